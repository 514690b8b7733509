//! Events of the terminal (screen 12), kept across restarts.

use rusqlite::{Row, params};

use super::db::Db;
use super::error::StoreError;
use crate::model::{Event, Facts, Finding, Stamp};

/// Events kept; the oldest go first.
const MOST: i64 = 20_000;

const COLUMNS: &str = "id, at_us, offset_min, kind, code, finding, facts";

impl Db {
    /// Keeps an event and gives it its number.
    pub fn event_append(
        &self,
        at: Stamp,
        kind: &str,
        finding: Option<Finding>,
        code: &str,
        facts: Facts,
    ) -> Result<Event, StoreError> {
        let told = finding.as_ref().map(serde_json::to_string).transpose()?;
        self.conn.execute(
            "INSERT INTO events(at_us, offset_min, kind, code, finding, facts) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
            params![at.micros, at.offset, kind, code, told, serde_json::to_string(&facts)?],
        )?;
        let id = self.conn.last_insert_rowid();
        if id % 256 == 0 {
            self.conn.execute("DELETE FROM events WHERE id <= ?1", [id - MOST])?;
        }
        Ok(Event { id, at, kind: kind.to_owned(), finding, code: code.to_owned(), facts })
    }

    /// The newest events before this number (none: of all), newest last.
    pub fn events(&self, before: Option<i64>, limit: usize) -> rusqlite::Result<Vec<Event>> {
        let mut statement =
            self.conn.prepare(&format!("SELECT {COLUMNS} FROM events WHERE id < ?1 ORDER BY id DESC LIMIT ?2"))?;
        let found = statement.query_map(params![before.unwrap_or(i64::MAX), limit as i64], read)?;
        let mut events: Vec<Event> = found.collect::<Result<_, _>>()?;
        events.reverse();
        Ok(events)
    }

    /// Number of the newest event.
    pub fn newest_event(&self) -> rusqlite::Result<i64> {
        self.conn.query_row("SELECT coalesce(max(id), 0) FROM events", [], |row| row.get(0))
    }

    /// Events behind this number, oldest first.
    pub fn events_after(&self, after: i64) -> rusqlite::Result<Vec<Event>> {
        let mut statement = self.conn.prepare(&format!("SELECT {COLUMNS} FROM events WHERE id > ?1 ORDER BY id"))?;
        statement.query_map([after], read)?.collect()
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Event> {
    // An event of another version that does not read back is shown without its finding, not lost.
    let finding = row.get::<_, Option<String>>(5)?.and_then(|text| serde_json::from_str(&text).ok());
    Ok(Event {
        id: row.get(0)?,
        at: Stamp::new(row.get(1)?, row.get(2)?),
        kind: row.get(3)?,
        finding,
        code: row.get(4)?,
        facts: serde_json::from_str(&row.get::<_, String>(6)?).unwrap_or_default(),
    })
}
