//! How the parts of the terminal stood over time, good states too, so that a sale of last week can be shown beside
//! what was known then. One row per stretch without a change: an idle terminal writes next to nothing.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Row, Statement, params};
use serde::Deserialize as _;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as ValueError, StrDeserializer};

use super::db::Db;
use crate::model::{Area, Finding, Stamp, Status, Stood};

/// Parts that a sale depends on.
const AREAS: [Area; 7] =
    [Area::Network, Area::Host, Area::Clock, Area::Reader, Area::Power, Area::Params, Area::Version];

/// Stretches kept; the oldest go first.
const MOST: i64 = 20_000;

/// The end of a stretch is written this far behind at most, microseconds: flash is worth more than a few minutes.
const BEHIND: i64 = 15 * 60 * 1_000_000;

/// A stretch that nobody looked at for so long is over, microseconds: the agent may have slept.
const GAP: i64 = 30 * 60 * 1_000_000;

/// A state older than this says nothing about a sale any more, microseconds.
const LAST_KNOWN: i64 = 3_600 * 1_000_000;

/// Stretches around one moment that are looked at.
const AROUND: i64 = 500;

/// The stretches that touch a span of time.
pub(super) const STOOD_NEAR: &str = "SELECT n, id, area, status, code, facts, from_us, until_us, offset_min FROM stood \
     WHERE until_us >= ?1 AND from_us <= ?2 ORDER BY until_us LIMIT ?3";

/// The stretches that still go on, by id of their finding.
#[derive(Default)]
pub(super) struct Runs(HashMap<String, Run>);

struct Run {
    n: i64,
    stood: Stood,
    /// `until` as it is stored.
    kept: i64,
}

impl Db {
    /// Takes what checks have just found.
    pub fn take_stood(&mut self, findings: &[Finding], now: Stamp) -> rusqlite::Result<()> {
        let counts = |f: &&Finding| AREAS.contains(&f.area) && f.status != Status::Absent;
        for finding in findings.iter().filter(counts) {
            let run = self.runs.0.get_mut(&finding.id);
            let goes_on = |run: &&mut Run| {
                let same = run.stood.status == finding.status && run.stood.code == finding.code;
                same && (0..=GAP).contains(&(now.micros - run.stood.until.micros))
            };
            match run.filter(goes_on) {
                Some(run) => run.stood.until = now,
                None => self.begin_run(finding, now)?,
            }
        }
        let late = self.runs.0.values().any(|run| run.stood.until.micros - run.kept >= BEHIND);
        if late { self.keep_stood() } else { Ok(()) }
    }

    fn begin_run(&mut self, finding: &Finding, now: Stamp) -> rusqlite::Result<()> {
        let stood = Stood {
            area: finding.area,
            status: finding.status,
            id: finding.id.clone(),
            code: finding.code.clone(),
            facts: if finding.status.is_bad() { finding.facts.clone() } else { BTreeMap::new() },
            from: now,
            until: now,
        };
        let facts = (!stood.facts.is_empty()).then(|| serde_json::to_string(&stood.facts).unwrap_or_default());
        if let Some(ended) = self.runs.0.get(&finding.id) {
            self.conn.execute("UPDATE stood SET until_us = ?2 WHERE n = ?1", [ended.n, ended.stood.until.micros])?;
        }
        self.conn.execute(
            "INSERT INTO stood(id, area, status, code, facts, from_us, until_us, offset_min) \
             VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7)",
            params![stood.id, stood.area.word(), stood.status.word(), stood.code, facts, now.micros, now.offset],
        )?;
        let n = self.conn.last_insert_rowid();
        if n % 256 == 0 {
            self.conn.execute("DELETE FROM stood WHERE n <= ?1", [n - MOST])?;
        }
        self.runs.0.insert(finding.id.clone(), Run { n, stood, kept: now.micros });
        Ok(())
    }

    /// Writes how far each stretch reaches.
    pub fn keep_stood(&mut self) -> rusqlite::Result<()> {
        let own = self.conn.is_autocommit();
        if own {
            self.conn.execute_batch("BEGIN IMMEDIATE")?;
        }
        for run in self.runs.0.values_mut().filter(|run| run.kept != run.stood.until.micros) {
            self.conn.execute("UPDATE stood SET until_us = ?2 WHERE n = ?1", [run.n, run.stood.until.micros])?;
            run.kept = run.stood.until.micros;
        }
        if own { self.conn.execute_batch("COMMIT") } else { Ok(()) }
    }

    /// How the parts stood around a moment: what was wrong within a minute, else one witness for each part.
    pub fn stood_around(&self, near: &mut Statement<'_>, at: Stamp) -> rusqlite::Result<Vec<Stood>> {
        let (opens, closes) = (at.micros.saturating_sub(LAST_KNOWN), at.micros.saturating_add(60_000_000));
        let mut all: BTreeMap<i64, Stood> = BTreeMap::new();
        let mut found = near.query([opens, closes, AROUND])?;
        while let Some(row) = found.next()? {
            if let Some(stood) = read(row)? {
                all.insert(row.get(0)?, stood);
            }
        }
        for run in self.runs.0.values() {
            if run.stood.from.micros <= closes && run.stood.until.micros >= opens {
                all.insert(run.n, run.stood.clone());
            }
        }
        Ok(summed(&all.into_values().collect::<Vec<_>>(), at))
    }
}

/// Everything wrong near the moment; for a part without that, the worst that was seen near it, else its last state.
fn summed(all: &[Stood], at: Stamp) -> Vec<Stood> {
    let mut out = Vec::new();
    for area in AREAS {
        let own: Vec<&Stood> = all.iter().filter(|stood| stood.area == area && told(stood)).collect();
        let wrong: Vec<&Stood> = own.iter().filter(|stood| stood.status.is_bad() && stood.near(at)).copied().collect();
        if wrong.is_empty() {
            let near = own.iter().filter(|stood| stood.near(at)).max_by_key(|stood| stood.status.weight());
            // Of what was seen before, only the last look at each thing counts.
            let over =
                |stood: &Stood| own.iter().any(|other| other.id == stood.id && other.until.micros > stood.until.micros);
            let before = || own.iter().filter(|stood| !over(stood)).max_by_key(|stood| stood.status.weight());
            out.extend(near.or_else(before).map(|stood| (*stood).clone()));
        }
        out.extend(wrong.into_iter().cloned());
    }
    out
}

/// Whether this state says anything.
const fn told(stood: &Stood) -> bool {
    !matches!(stood.status, Status::NotTested | Status::Absent | Status::Stale)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Option<Stood>> {
    let offset = row.get(8)?;
    let (area, status): (String, String) = (row.get(2)?, row.get(3)?);
    let status: StrDeserializer<'_, ValueError> = status.as_str().into_deserializer();
    // Words of another version say nothing to this one.
    let (Some(area), Ok(status)) =
        (Area::ALL.into_iter().find(|known| known.word() == area), Status::deserialize(status))
    else {
        return Ok(None);
    };
    let facts = row.get::<_, Option<String>>(5)?.and_then(|text| serde_json::from_str(&text).ok());
    Ok(Some(Stood {
        area,
        status,
        id: row.get(1)?,
        code: row.get(4)?,
        facts: facts.unwrap_or_default(),
        from: Stamp::new(row.get(6)?, offset),
        until: Stamp::new(row.get(7)?, offset),
    }))
}
