//! The journal as a table of the application's own database: a row is begun with the request and written over when
//! something becomes of it, as applications do.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension, params};

use super::SimError;
use super::line::{Line, MID, TID};
use super::moment::push_stamp;
use super::scribe::{digits, written};

/// `table` of the source that reads it.
pub const NAME: &str = "txn";
/// `order` of that source.
pub const ORDER: &str = "id";
/// `[source.map]` of that source: ours, theirs. Other columns are named as the console names them.
pub const MAP: &[(&str, &str)] = &[
    ("time", "created"),
    ("kind", "type"),
    ("stan", "trace"),
    ("rrn", "ref"),
    ("code", "rc"),
    ("state", "status"),
    ("card", "pan"),
    ("entry_mode", "pem"),
];

const SCHEMA: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \
     CREATE TABLE IF NOT EXISTS txn(id INTEGER PRIMARY KEY AUTOINCREMENT, created TEXT, type TEXT, method TEXT, \
     amount INTEGER, currency TEXT, trace TEXT, ref TEXT, rc TEXT, status TEXT, tid TEXT, mid TEXT, pem TEXT, pan TEXT, \
     latency_ms INTEGER, host TEXT, host_time TEXT, issuer TEXT, fallback INTEGER, batch INTEGER);";

/// The table, open for writing.
#[derive(Debug)]
pub struct Table {
    path: PathBuf,
    /// Behind a lock only because the application may be moved from thread to thread.
    conn: Mutex<Connection>,
    /// Minutes east of UTC.
    offset: i16,
    /// The row of a request that may still be written over: trace number, kind, number of the row.
    open: Option<(u32, &'static str, i64)>,
}

impl Table {
    /// Opens or makes the database.
    pub fn open(path: &Path, offset: i16) -> Result<Self, SimError> {
        let failed = |source| SimError::Database { path: path.to_owned(), source };
        let conn = Connection::open(path).map_err(failed)?;
        conn.execute_batch(SCHEMA).map_err(failed)?;
        Ok(Self { path: path.to_owned(), conn: Mutex::new(conn), offset, open: None })
    }

    /// The newest trace number.
    pub fn last_stan(&self) -> Result<Option<u32>, SimError> {
        let newest = "SELECT trace FROM txn ORDER BY id DESC LIMIT 1";
        let conn = self.conn.lock().unwrap_or_else(PoisonError::into_inner);
        let found = conn.query_row(newest, [], |row| row.get::<_, String>(0)).optional();
        Ok(found.map_err(self.failed())?.and_then(|text| text.parse().ok()))
    }

    /// Takes lines in one transaction; says how many.
    pub fn take(&mut self, lines: impl Iterator<Item = Line>) -> Result<u64, SimError> {
        let failed = self.failed();
        let take = || -> rusqlite::Result<u64> {
            self.conn().execute_batch("BEGIN IMMEDIATE")?;
            let mut count = 0;
            for line in lines {
                self.put(&line)?;
                count += 1;
            }
            self.conn().execute_batch("COMMIT")?;
            Ok(count)
        };
        take().map_err(failed)
    }

    fn conn(&mut self) -> &mut Connection {
        self.conn.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&mut self, line: &Line) -> rusqlite::Result<()> {
        let known = self.open.take().filter(|(stan, kind, _)| (*stan, *kind) == (line.stan, line.kind));
        let known = known.map(|(.., row)| row);
        let mut created = Vec::new();
        push_stamp(&mut created, line.at_ms, self.offset);
        self.conn().execute(
            "INSERT OR REPLACE INTO txn VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, \
             'primary', ?16, ?17, ?18, ?19)",
            params![
                known,
                String::from_utf8_lossy(&created),
                line.kind,
                line.method,
                line.amount.map(|amount| amount as i64),
                line.amount.map(|_| "156"),
                digits(u64::from(line.stan), 6),
                line.rrn.map(|rrn| digits(rrn, 12)),
                line.code.map(|code| String::from_utf8_lossy(&code).into_owned()),
                line.state,
                TID,
                MID,
                line.entry_mode,
                line.card.map(written),
                line.latency_ms,
                line.host_time.map(|clock| digits(clock, 10)),
                line.issuer,
                line.fallback,
                line.batch
            ],
        )?;
        if line.code.is_none() || line.state.is_some() {
            self.open = Some((line.stan, line.kind, self.conn().last_insert_rowid()));
        }
        Ok(())
    }

    fn failed(&self) -> impl Fn(rusqlite::Error) -> SimError + use<> {
        let path = self.path.clone();
        move |source| SimError::Database { path: path.clone(), source }
    }
}
