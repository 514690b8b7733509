//! Where the store lives: a file in the state folder, or memory when that cannot be. Judges files before touching
//! them: a foreign or newer database is never written, a damaged one is set aside, never deleted.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension};
use rustix::fs::Access;

use super::audit::Head;
use super::db::{APPLICATION_ID, Db, newest_version};
use super::error::{Trouble, io_word, trouble};
use crate::model::{SaleId, Stamp};

/// Name of the database in the state folder.
pub(super) const FILE: &str = "store.db";

/// Rows kept while the store lives in memory.
pub(super) const MEMORY_ROWS: i64 = 20_000;

/// Rows of a pack, more or less: what is too much goes with the next rows that come.
const IN_A_PACK: i64 = 130;

/// Audit rows and events taken along into memory.
const MEMORY_AUDIT: i64 = 1_000;

/// Why the database in the state folder cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Unsound: to be set aside.
    Damaged,
    /// Somebody else's, or a later version's: never touched, and no use asking again.
    NotOurs(&'static str),
    /// The medium does not take writes now.
    Medium(String),
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        match trouble(&error) {
            Trouble::Damaged => Self::Damaged,
            Trouble::Medium(word) => Self::Medium(word),
            Trouble::Other => Self::Medium(error.to_string()),
        }
    }
}

/// Opens the database of this folder for writing, making both where they are missing.
pub(super) fn open(dir: &Path) -> Result<Db, Refusal> {
    let read_only = || Refusal::Medium("read-only".to_owned());
    let path = dir.join(FILE);
    prepare(dir, &path).map_err(|error| Refusal::Medium(io_word(&error)))?;
    let fresh = judge(&path)?;
    // Asked of the system: a write that would tell costs a flush of the medium at every start.
    rustix::fs::access(dir, Access::WRITE_OK | Access::EXEC_OK).map_err(|_| read_only())?;
    let conn = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_timeout(std::time::Duration::from_secs(3))?;
    if fresh {
        // Before anything reaches the log: a crash must not leave a file that looks like somebody else's.
        conn.execute_batch(&format!(
            "PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA application_id = {APPLICATION_ID};"
        ))?;
    }
    // The log is checkpointed by size, the cache bounded; journals can be read again, so their rows need no fsync.
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -2048; \
         PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0; PRAGMA wal_autocheckpoint = 4000; \
         PRAGMA journal_size_limit = 16777216; PRAGMA trusted_schema = OFF;",
    )?;
    if conn.query_row("PRAGMA user_version", [], |row| row.get::<_, i32>(0))? > newest_version() {
        return Err(Refusal::NotOurs("newer"));
    }
    let db = Db::load(conn)?;
    if db.conn.is_readonly(rusqlite::MAIN_DB)? {
        return Err(read_only());
    }
    Ok(db)
}

/// Opens it again after its medium had failed: only a write tells whether writes are possible again.
pub(super) fn open_and_write(dir: &Path) -> Result<Db, Refusal> {
    let db = open(dir)?;
    db.set_setting("opened", env!("CARGO_PKG_VERSION"))?;
    db.conn.execute_batch("PRAGMA wal_checkpoint(PASSIVE)")?;
    Ok(db)
}

/// Has what was committed on the medium: rows need no fsync of their own, but for those that no journal gives again.
pub(super) fn sync(dir: &Path) -> io::Result<()> {
    match File::open(beside(&dir.join(FILE), "-wal")) {
        Ok(log) => log.sync_data(),
        // All of it went into the database itself, which that synced.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Makes the folder and an empty file that only its owner reads.
fn prepare(dir: &Path, path: &Path) -> io::Result<()> {
    if !dir.is_dir() {
        DirBuilder::new().recursive(true).mode(0o750).create(dir)?;
    }
    match OpenOptions::new().write(true).create_new(true).mode(0o640).open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Looks at the first bytes, without SQLite (<https://sqlite.org/fileformat2.html#the_database_header>). True: there
/// are none yet.
fn judge(path: &Path) -> Result<bool, Refusal> {
    let file = File::open(path).map_err(|error| Refusal::Medium(io_word(&error)))?;
    let size = file.metadata().map_or(0, |meta| meta.len());
    let mut head = Vec::new();
    file.take(100).read_to_end(&mut head).map_err(|error| Refusal::Medium(io_word(&error)))?;
    if head.is_empty() {
        return Ok(true);
    }
    if head.len() < 100 || !head.starts_with(b"SQLite format 3\0") {
        return Err(Refusal::Damaged);
    }
    let number = |at: usize| head[at..at + 4].iter().fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
    if number(68) != APPLICATION_ID as u32 {
        return Err(Refusal::NotOurs("foreign"));
    }
    if number(60) > newest_version() as u32 {
        return Err(Refusal::NotOurs("newer"));
    }
    let page = match u64::from(head[16]) << 8 | u64::from(head[17]) {
        1 => 65_536,
        size => size,
    };
    // Pages may still be in the write-ahead log; without one the file must be whole.
    let logged = std::fs::metadata(beside(path, "-wal")).is_ok_and(|meta| meta.len() > 0);
    let whole = size >= page * u64::from(number(28));
    if logged || whole { Ok(false) } else { Err(Refusal::Damaged) }
}

/// `store.db-wal` of `store.db`.
fn beside(path: &Path, tail: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(tail);
    PathBuf::from(name)
}

/// Bytes of the database with its log.
pub(super) fn bytes(dir: &Path) -> u64 {
    let path = dir.join(FILE);
    [path.clone(), beside(&path, "-wal")].iter().filter_map(|path| std::fs::metadata(path).ok()).map(|m| m.len()).sum()
}

/// Bytes that programs without privileges can still write on this file system; unknown counts as plenty.
pub(super) fn free_bytes(dir: &Path) -> u64 {
    rustix::fs::statvfs(dir).map_or(u64::MAX, |stat| stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// Renames a damaged database with its log to `store-YYYYMMDD-HHMMSS.damaged` and returns that name.
pub(super) fn set_aside(dir: &Path, now: Stamp) -> io::Result<String> {
    let base = now.strftime("store-%Y%m%d-%H%M%S");
    let names = std::iter::once(format!("{base}.damaged")).chain((2..100).map(|n| format!("{base}-{n}.damaged")));
    let mut free = names.filter(|name| !dir.join(name).exists());
    let name = free.next().ok_or_else(|| io::Error::from(io::ErrorKind::AlreadyExists))?;
    let (from, to) = (dir.join(FILE), dir.join(&name));
    std::fs::rename(&from, &to)?;
    for tail in ["-wal", "-shm"] {
        match std::fs::rename(beside(&from, tail), beside(&to, tail)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(name)
}

/// Takes out of a damaged database what no journal can give back: audit rows and settings, as far as they read.
pub(super) fn salvage(damaged: &Path, into: &Db) {
    let Ok(old) = Connection::open_with_flags(damaged, OpenFlags::SQLITE_OPEN_READ_ONLY) else { return };
    if let Ok(rows) = super::audit::readable(&old) {
        for row in rows {
            if into.audit_insert(&row).is_err() {
                break;
            }
        }
    }
    let settings = old.prepare("SELECT key, value FROM settings").and_then(|mut statement| {
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<Vec<(String, String)>, _>>()
    });
    // Names with a dot are counts of that database, not of this one; faults of its audit chain go along.
    let keep = |key: &str| !key.contains('.') || key == super::audit::FAULTS;
    for (key, value) in settings.unwrap_or_default().into_iter().filter(|(key, _)| keep(key)) {
        // What cannot be kept is lost with the rest of the damaged file.
        let _ = into.set_setting(&key, &value);
    }
}

/// A database in memory with the newest rows of the one in this folder, as far as that reads.
pub(super) fn copy_to_memory(dir: &Path) -> rusqlite::Result<Db> {
    let path = dir.join(FILE);
    let mut db = Db::in_memory()?;
    attach(&db.conn, &path)?;
    let copied = copy(&db.conn);
    db.conn.execute_batch("DETACH disk")?;
    db.audit_base = copied?;
    db.reload()?;
    Ok(db)
}

fn attach(conn: &Connection, path: &Path) -> rusqlite::Result<()> {
    let quoted: String = path
        .to_string_lossy()
        .chars()
        .map(|c| match c {
            '%' => "%25".to_owned(),
            '?' => "%3f".to_owned(),
            '#' => "%23".to_owned(),
            other => other.to_string(),
        })
        .collect();
    let try_with = |mode: &str| -> rusqlite::Result<()> {
        conn.execute("ATTACH ?1 AS disk", [format!("file:{quoted}?{mode}")])?;
        let version = conn.query_row("PRAGMA disk.user_version", [], |row| row.get::<_, i32>(0));
        if version != Ok(newest_version()) {
            conn.execute_batch("DETACH disk")?;
            version?;
            return Err(rusqlite::Error::InvalidQuery);
        }
        Ok(())
    };
    // On a read-only medium the log's index cannot be made; a database without a log reads without it.
    let no_log = std::fs::metadata(beside(path, "-wal")).map_or(true, |meta| meta.len() == 0);
    try_with("mode=ro").or_else(|error| if no_log { try_with("immutable=1") } else { Err(error) })
}

/// Copies out of the attached database; returns what stands before the first audit row that was copied.
fn copy(conn: &Connection) -> rusqlite::Result<Head> {
    conn.execute_batch(
        "BEGIN; DELETE FROM words; INSERT INTO words SELECT * FROM disk.words; \
         INSERT INTO files SELECT * FROM disk.files; INSERT INTO codes SELECT * FROM disk.codes; \
         INSERT INTO goods SELECT * FROM disk.goods; \
         INSERT INTO trends SELECT * FROM disk.trends; INSERT INTO settings SELECT * FROM disk.settings;",
    )?;
    let sources: i64 = conn.query_row("SELECT count(DISTINCT source) FROM files", [], |row| row.get(0))?;
    let quota = MEMORY_ROWS / sources.max(1);
    let mut statement = conn.prepare("SELECT ordinal, source FROM files ORDER BY source, ordinal DESC")?;
    let files: Vec<(i64, String)> =
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let (mut left, mut packs_left, mut of) = (0, 0, String::new());
    for (ordinal, source) in files {
        if of != source {
            (left, packs_left, of) = (quota, quota / IN_A_PACK + 1, source);
        }
        let span = [SaleId::new(ordinal, 0).0, SaleId::new(ordinal + 1, 0).0 - 1];
        left -= conn.execute(
            "INSERT INTO sales SELECT * FROM disk.sales WHERE id BETWEEN ?1 AND ?2 ORDER BY id DESC LIMIT ?3",
            [span[0], span[1], left],
        )? as i64;
        packs_left -= conn.execute(
            "INSERT INTO packs SELECT * FROM disk.packs WHERE first BETWEEN ?1 AND ?2 ORDER BY first DESC LIMIT ?3",
            [span[0], span[1], packs_left],
        )? as i64;
        if left == 0 || packs_left == 0 {
            // No row comes without those around it, which may rest the other way.
            let cut: i64 = conn.query_row(
                "SELECT max(CASE WHEN ?3 THEN coalesce((SELECT min(id) FROM sales WHERE id BETWEEN ?1 AND ?2), 0) \
                 ELSE 0 END, CASE WHEN ?4 THEN coalesce((SELECT min(first) FROM packs WHERE first BETWEEN ?1 AND ?2), \
                 0) ELSE 0 END)",
                (span[0], span[1], left == 0, packs_left == 0),
                |row| row.get(0),
            )?;
            conn.execute("DELETE FROM sales WHERE id >= ?1 AND id < ?2", [span[0], cut])?;
            conn.execute("DELETE FROM packs WHERE first >= ?1 AND last < ?2", [span[0], cut])?;
            (left, packs_left) = (0, 0);
        }
        conn.execute(
            "UPDATE files SET held = (SELECT count(*) FROM sales WHERE id BETWEEN ?1 AND ?2 \
             AND answered_by IS NULL AND same_as IS NULL) \
             + (SELECT coalesce(sum(listed), 0) FROM packs WHERE first BETWEEN ?1 AND ?2) WHERE ordinal = ?3",
            [span[0], span[1], ordinal],
        )?;
    }
    conn.execute("INSERT INTO audit SELECT * FROM disk.audit ORDER BY seq DESC LIMIT ?1", [MEMORY_AUDIT])?;
    conn.execute("INSERT INTO events SELECT * FROM disk.events ORDER BY id DESC LIMIT ?1", [MEMORY_AUDIT])?;
    conn.execute("INSERT INTO stood SELECT * FROM disk.stood ORDER BY n DESC LIMIT ?1", [MEMORY_AUDIT])?;
    let before = conn
        .query_row(
            "SELECT seq, hash FROM disk.audit WHERE seq < (SELECT min(seq) FROM audit) ORDER BY seq DESC LIMIT 1",
            [],
            |row| Ok(Head { seq: row.get(0)?, hash: row.get(1)? }),
        )
        .optional()?;
    conn.execute_batch("COMMIT")?;
    Ok(before.unwrap_or_default())
}
