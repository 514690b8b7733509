//! The write-ahead log, put into the database beside the thread that writes on: while a journal is read for the first
//! time, about a seventh of that thread's time would go into copying pages and waiting for the medium. What is on the
//! medium at which moment stays SQLite's own affair (<https://sqlite.org/wal.html#ckpt>), with a second connection for
//! a moment.

use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use rusqlite::{Connection, OpenFlags};

/// Pages of the log that are worth it. The writer's own checkpoint, which comes at a few more (`place::open`), finds
/// little left to do and begins the log anew.
const LONG: i64 = 1_500;

/// What copies the log of one database. Belongs to the connection that writes, and ends before it: a file that is
/// renamed must not be open anywhere.
#[derive(Default)]
pub(super) struct Log(Option<JoinHandle<()>>);

impl Log {
    /// Begins to copy where much has gathered; what fails now, the writer will meet itself.
    pub fn relieve(&mut self, conn: &Connection) {
        if self.0.as_ref().is_some_and(|thread| !thread.is_finished()) {
            return;
        }
        self.wait();
        let path = conn.path().filter(|path| !path.is_empty()).map(PathBuf::from);
        if let Some(path) = path.filter(|_| left(conn).is_ok_and(|pages| pages >= LONG)) {
            let thread = std::thread::Builder::new().name("store log".to_owned());
            self.0 = thread.spawn(move || drop(copy(&path))).ok();
        }
    }

    fn wait(&mut self) {
        if let Some(thread) = self.0.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.wait();
    }
}

/// Pages of the log that are not in the database yet.
fn left(conn: &Connection) -> rusqlite::Result<i64> {
    conn.prepare_cached("PRAGMA wal_checkpoint(NOOP)")?
        .query_row([], |row| Ok(row.get::<_, i64>(1)? - row.get::<_, i64>(2)?))
}

/// Copies what is in the log by now; never waits for anybody.
fn copy(path: &Path) -> rusqlite::Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_long_log_is_copied_while_rows_are_written_and_nothing_is_lost() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.db");
        let conn = Connection::open(&path).unwrap();
        conn.execute_batch("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t(x)").unwrap();
        let write = |rows: i64| {
            let sql = "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
                       INSERT INTO t SELECT zeroblob(2000) FROM n";
            conn.execute(sql, [rows]).unwrap();
        };
        let mut log = Log::default();
        write(100);
        log.relieve(&conn);
        assert!(log.0.is_none(), "a short log is left to the writer");
        write(2 * LONG);
        log.relieve(&conn);
        assert!(log.0.is_some());
        write(100);
        log.wait();
        let left = left(&conn).unwrap();
        assert!(left < LONG, "{left} pages are left");
        drop(log);
        drop(conn);
        let rows =
            |conn: &Connection| conn.query_row("SELECT count(*) FROM t", [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(rows(&Connection::open(&path).unwrap()), 200 + 2 * LONG);
    }

    #[test]
    fn a_database_in_memory_has_no_log() {
        let conn = Connection::open_in_memory().unwrap();
        let mut log = Log::default();
        log.relieve(&conn);
        assert!(log.0.is_none());
    }
}
