//! How well each way out was connected in each of the last hours (21). One row an hour for each, written a few times
//! an hour: flash is worth more than a few minutes.

use std::collections::BTreeMap;

use rusqlite::params;

use super::db::Db;
use crate::model::{Finding, SignalDay, SignalHour, Stamp};

const HOUR: i64 = 3_600 * 1_000_000;
/// Hours that are told, and those that are kept.
const TOLD: i64 = 24;
const KEPT: i64 = 48;
/// What is only in memory is written this long after it came at the latest, microseconds.
const BEHIND: i64 = 15 * 60 * 1_000_000;
/// Ways out that are kept.
const MOST: usize = 16;

/// The hour under way of each, and when they were written last.
#[derive(Default)]
pub(super) struct Signals {
    now: BTreeMap<String, SignalHour>,
    kept: i64,
}

impl Db {
    /// Takes what checks have just found.
    pub fn take_signals(&mut self, findings: &[Finding], now: Stamp) -> rusqlite::Result<()> {
        let hour = now.micros.div_euclid(HOUR);
        if self.signals.now.values().any(|seen| seen.hour != hour) {
            self.keep_signals()?;
            self.signals.now.clear();
            self.conn.execute("DELETE FROM signal_hours WHERE abs(hour - ?1) > ?2", [hour, KEPT])?;
        }
        for finding in findings {
            let Some(seen) = SignalHour::of(finding, hour) else { continue };
            let room = self.signals.now.len() < MOST;
            match self.signals.now.get_mut(&finding.id) {
                Some(have) => have.and(seen),
                None if room => {
                    self.signals.now.insert(finding.id.clone(), seen);
                }
                None => {}
            }
        }
        if (now.micros - self.signals.kept).abs() < BEHIND {
            return Ok(());
        }
        self.signals.kept = now.micros;
        self.keep_signals()
    }

    /// Writes the hour under way.
    pub fn keep_signals(&self) -> rusqlite::Result<()> {
        let mut keep = self.conn.prepare_cached(
            "INSERT INTO signal_hours(id, hour, low, bad) VALUES(?1, ?2, ?3, ?4) ON CONFLICT(id, hour) DO UPDATE SET \
             low = min(coalesce(low, excluded.low), coalesce(excluded.low, low)), bad = max(bad, excluded.bad)",
        )?;
        for (id, seen) in &self.signals.now {
            keep.execute(params![id, seen.hour, seen.low, seen.bad])?;
        }
        Ok(())
    }

    /// The last 24 hours of every way out.
    pub fn signals_shown(&self, now: Stamp) -> rusqlite::Result<Vec<SignalDay>> {
        let hour = now.micros.div_euclid(HOUR);
        let mut days: BTreeMap<String, BTreeMap<i64, SignalHour>> = BTreeMap::new();
        let mut kept = self.conn.prepare_cached(
            "SELECT id, hour, low, bad FROM signal_hours WHERE hour > ?1 AND hour <= ?2 ORDER BY hour LIMIT 1000",
        )?;
        let mut rows = kept.query([hour - TOLD, hour])?;
        while let Some(row) = rows.next()? {
            let seen = SignalHour { hour: row.get(1)?, low: row.get(2)?, bad: row.get(3)? };
            days.entry(row.get(0)?).or_default().insert(seen.hour, seen);
        }
        for (id, seen) in self.signals.now.iter().filter(|(_, seen)| (hour - TOLD + 1..=hour).contains(&seen.hour)) {
            days.entry(id.clone()).or_default().entry(seen.hour).or_insert(*seen).and(*seen);
        }
        Ok(days.into_iter().map(|(id, hours)| SignalDay { id, hours: hours.into_values().collect() }).collect())
    }
}
