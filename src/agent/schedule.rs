//! When checks run by themselves.

use std::time::Duration;

use tokio::time::Instant;

use crate::checks::{CHECKS, Check};
use crate::config::ChecksConfig;
use crate::model::Area;

/// Checks due this close to each other run together: one wake-up instead of many.
const TOGETHER: Duration = Duration::from_millis(500);

/// Pause between runs that a busy journal asks for.
const JOURNAL_PAUSE: Duration = Duration::from_secs(2);

struct Entry {
    check: &'static dyn Check,
    every: Duration,
    /// None while it runs.
    due: Option<Instant>,
}

/// The next turn of every check.
pub(super) struct Schedule {
    entries: Vec<Entry>,
}

impl Schedule {
    /// Everything is due at once.
    pub fn new(config: &ChecksConfig, now: Instant) -> Self {
        let rate = if config.rate > 0.0 { config.rate } else { 1.0 };
        let entries = CHECKS
            .iter()
            .filter(|check| !config.off.iter().any(|off| off == check.spec().id))
            .map(|check| Entry { check: *check, every: check.spec().every.div_f64(rate), due: Some(now) })
            .collect();
        Self { entries }
    }

    /// When the next one is due.
    pub fn next(&self) -> Option<Instant> {
        self.entries.iter().filter_map(|entry| entry.due).min()
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
            }
        }
    }
}
