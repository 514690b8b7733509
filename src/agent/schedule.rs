//! When checks run by themselves.

use std::time::Duration;

use tokio::time::Instant;

use crate::checks::{CHECKS, Check, Lane};
use crate::config::ChecksConfig;
use crate::model::Area;

/// Checks due this close to each other run together: one wake-up instead of many.
const TOGETHER: Duration = Duration::from_millis(500);

/// In the first round one lane waits for the one before it to come back, at most this long.
const LANE_WAIT: Duration = Duration::from_secs(1);

/// Pause between runs that a busy journal asks for.
const JOURNAL_PAUSE: Duration = Duration::from_secs(2);

struct Entry {
    check: &'static dyn Check,
    every: Duration,
    /// None while it runs.
    due: Option<Instant>,
    /// It has never run to its end.
    fresh: bool,
}

/// The next turn of every check.
pub(super) struct Schedule {
    entries: Vec<Entry>,
}

impl Schedule {
    /// The first round: what the terminal knows by itself is due at once and told first, each further lane behind the
    /// one before.
    pub fn new(config: &ChecksConfig, now: Instant) -> Self {
        let rate = if config.rate > 0.0 { config.rate } else { 1.0 };
        let entries = CHECKS
            .iter()
            .filter(|check| !config.off.iter().any(|off| off == check.spec().id))
            .map(|check| Entry {
                check: *check,
                every: check.spec().every.div_f64(rate),
                due: Some(now + LANE_WAIT * Lane::of(check.spec()) as u32),
                fresh: true,
            })
            .collect();
        Self { entries }
    }

    /// When the next one is due.
    pub fn next(&self) -> Option<Instant> {
        self.entries.iter().filter_map(|entry| entry.due).min()
    }

    /// Whether some have never come back.
    pub fn first_round(&self) -> bool {
        self.entries.iter().any(|entry| entry.fresh)
    }

    /// Takes those that are due now, or nearly.
    pub fn take(&mut self, now: Instant) -> Vec<&'static dyn Check> {
        let soon = now + TOGETHER;
        let mut taken = Vec::new();
        for entry in &mut self.entries {
            if entry.due.is_some_and(|due| due <= soon) {
                entry.due = None;
                taken.push(entry.check);
            }
        }
        taken
    }

    /// The journal has changed: checks that only read it need not wait for their turn.
    pub fn journal_changed(&mut self, now: Instant) {
        for entry in &mut self.entries {
            if matches!(entry.check.spec().area, Area::Transactions | Area::Source | Area::Store) {
                entry.due = entry.due.map(|due| due.min(now + JOURNAL_PAUSE));
            }
        }
    }

    /// What these families hang together with is looked at again at once.
    pub fn hasten(&mut self, checks: &[&'static dyn Check], now: Instant) {
        for entry in &mut self.entries {
            if checks.iter().any(|check| check.spec().id == entry.check.spec().id) {
                entry.due = entry.due.map(|due| due.min(now));
            }
        }
    }

    /// These have run.
    pub fn done(&mut self, checks: &[&'static dyn Check], now: Instant) {
        for entry in &mut self.entries {
            if checks.iter().any(|check| check.spec().id == entry.check.spec().id) {
                entry.due = Some(now + entry.every);
                entry.fresh = false;
            }
        }
        // The next lane of the first round need not wait any longer.
        let lane = |entry: &Entry| Lane::of(entry.check.spec());
        if let Some(next) = self.entries.iter().filter(|entry| entry.fresh).map(lane).min() {
            for entry in self.entries.iter_mut().filter(|entry| entry.fresh && lane(entry) == next) {
                entry.due = entry.due.map(|due| due.min(now));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lanes(taken: &[&'static dyn Check]) -> Vec<Lane> {
        let mut lanes: Vec<Lane> = taken.iter().map(|check| Lane::of(check.spec())).collect();
        lanes.dedup();
        lanes.sort_unstable();
        lanes.dedup();
        lanes
    }

    #[test]
    fn the_first_round_goes_lane_by_lane() {
        let now = Instant::now();
        let mut schedule = Schedule::new(&ChecksConfig::default(), now);
        let mut all = 0;
        assert!(schedule.first_round());
        for lane in Lane::ALL {
            let taken = schedule.take(now);
            assert_eq!(lanes(&taken), [lane]);
            assert!(schedule.take(now).is_empty(), "the next waits for this one");
            schedule.done(&taken, now);
            all += taken.len();
        }
        assert_eq!(all, CHECKS.len());
        assert!(!schedule.first_round());
        assert!(schedule.take(now).is_empty(), "all have run");
    }

    #[test]
    fn a_lane_that_does_not_come_back_holds_up_the_next_for_a_moment_only() {
        let now = Instant::now();
        let mut schedule = Schedule::new(&ChecksConfig::default(), now);
        let own = schedule.take(now);
        assert_eq!(schedule.next(), Some(now + LANE_WAIT));
        assert_eq!(lanes(&schedule.take(now + LANE_WAIT)), [Lane::Path]);
        // The first comes back late: that hastens those that have not begun, and runs nothing twice.
        schedule.done(&own, now + LANE_WAIT);
        assert_eq!(lanes(&schedule.take(now + LANE_WAIT * 2)), [Lane::Others]);
        assert!(schedule.take(now + LANE_WAIT * 2).is_empty());
    }

    #[test]
    fn what_was_asked_for_in_between_is_not_run_again_in_the_first_round() {
        let now = Instant::now();
        let mut schedule = Schedule::new(&ChecksConfig::default(), now);
        let own = schedule.take(now);
        let path: Vec<_> = CHECKS.iter().copied().filter(|check| Lane::of(check.spec()) == Lane::Path).collect();
        // A person's own question brought all of them.
        schedule.done(&path, now);
        schedule.done(&own, now);
        assert_eq!(lanes(&schedule.take(now)), [Lane::Others]);
    }
}
