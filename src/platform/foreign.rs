//! Somebody else's SQLite database, read without ever standing in its owner's way.
//!
//! Nothing is written, no file is made beside it, and no lock is taken that a writer could meet:
//! - with a write-ahead log that is in use, SQLite's own snapshot is read (`readonly_shm`): writers never wait for
//!   readers there;
//! - in every other state the file is read without locks (`immutable`), and the reading counts only if nothing can have
//!   been written meanwhile: the file was quiet before, no journal stood beside it before or after, and neither its
//!   header nor its times have changed.
//!
//! What cannot be read that way is told, not forced.

use std::fs::{File, Metadata};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use rusqlite::{Connection, ErrorCode, OpenFlags, Row, types::ValueRef};

/// Waits for a lock that only recovery by the owner holds.
const PATIENCE: Duration = Duration::from_millis(50);
/// A file that was written to within this time may be written to in the same tick of its clock again.
const QUIET: Duration = Duration::from_millis(20);
/// Looks at a file that is being written to, before that is told.
const TRIES: u32 = 8;
/// Bytes of the header (<https://sqlite.org/fileformat2.html#the_database_header>).
const HEADER: usize = 100;

/// One of us at a time: closing a file drops every lock that this process holds on it.
static TURN: Mutex<()> = Mutex::new(());

/// Why it cannot be read, now or at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Foreign {
    #[error("missing")]
    Missing,
    #[error("denied")]
    Denied,
    #[error("directory")]
    Directory,
    /// No SQLite database, or an encrypted one.
    #[error("not-sqlite")]
    NotSqlite,
    /// A writer is at work; it will be over soon.
    #[error("busy")]
    Busy,
    /// A transaction was left in the middle: its owner has to open it first.
    #[error("left-open")]
    LeftOpen,
    /// Neither table nor view of this name.
    #[error("no-table {0}")]
    NoTable(String),
    #[error("no-column {0}")]
    NoColumn(String),
    /// The column that should grow with every row holds something else than whole numbers.
    #[error("no-number {0}")]
    NoNumber(String),
    /// What SQLite says of a query.
    #[error("query {0}")]
    Query(String),
}

impl From<rusqlite::Error> for Foreign {
    fn from(fault: rusqlite::Error) -> Self {
        match fault.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::NotADatabase) => Self::NotSqlite,
            Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly) => Self::LeftOpen,
            Some(ErrorCode::PermissionDenied) => Self::Denied,
            _ => Self::Query(fault.to_string()),
        }
    }
}

impl From<std::io::Error> for Foreign {
    fn from(fault: std::io::Error) -> Self {
        match fault.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => Self::Missing,
            ErrorKind::PermissionDenied => Self::Denied,
            ErrorKind::IsADirectory => Self::Directory,
            _ => Self::Query(fault.to_string()),
        }
    }
}

/// A value of a foreign column.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Null,
    Whole(i64),
    Real(f64),
    /// Text, or the bytes of a blob: in whatever encoding the application wrote.
    Bytes(Vec<u8>),
}

impl From<ValueRef<'_>> for Cell {
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(number) => Self::Whole(number),
            ValueRef::Real(number) => Self::Real(number),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Self::Bytes(bytes.to_vec()),
        }
    }
}

/// An open view of the database; every reading through it is of one moment.
pub struct View<'c>(&'c Connection);

impl View<'_> {
    /// Names of a table's or view's columns; `rowid` is not among them.
    pub fn columns(&self, table: &str) -> Result<Vec<String>, Foreign> {
        let mut statement = self.0.prepare("SELECT name FROM pragma_table_xinfo(?1)")?;
        let names: Vec<String> = statement.query_map([table], |row| row.get(0))?.collect::<Result<_, _>>()?;
        if names.is_empty() { Err(Foreign::NoTable(table.to_owned())) } else { Ok(names) }
    }

    /// Names of a query's columns.
    pub fn columns_of(&self, query: &str) -> Result<Vec<String>, Foreign> {
        let statement = self.0.prepare(&format!("SELECT * FROM ({query}) LIMIT 0"))?;
        Ok(statement.column_names().map(str::to_owned).collect())
    }

    /// Rows of a query with these values bound.
    pub fn rows(&self, sql: &str, bound: &[i64]) -> Result<Vec<Vec<Cell>>, Foreign> {
        let mut statement = self.0.prepare(sql)?;
        let count = statement.column_count();
        let cells = |row: &Row<'_>| (0..count).map(|at| Ok(Cell::from(row.get_ref(at)?))).collect();
        let rows = statement.query_map(rusqlite::params_from_iter(bound), cells)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// Reads a database once; `ask` may be asked again where a writer came in between.
pub fn read<T>(path: &Path, mut ask: impl FnMut(&View<'_>) -> Result<T, Foreign>) -> Result<T, Foreign> {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut tries = TRIES;
    loop {
        match try_read(path, &mut ask) {
            Err(Foreign::Busy) if tries > 0 => tries -= 1,
            answer => return answer,
        }
        std::thread::sleep(QUIET + Duration::from_millis(2));
    }
}

fn try_read<T>(path: &Path, ask: &mut impl FnMut(&View<'_>) -> Result<T, Foreign>) -> Result<T, Foreign> {
    let before = State::of(path)?;
    match before.kind() {
        Kind::Empty => with(path, "immutable=1", ask),
        Kind::Log => with(path, "readonly_shm=1", ask),
        Kind::LeftOpen => Err(Foreign::LeftOpen),
        Kind::Busy => Err(Foreign::Busy),
        Kind::Still => {
            let answer = with(path, "immutable=1", ask);
            // A torn reading may look like anything, also like a damaged file or a table that is not there.
            if State::of(path)? == before { answer } else { Err(Foreign::Busy) }
        }
    }
}

fn with<T>(path: &Path, how: &str, ask: &mut impl FnMut(&View<'_>) -> Result<T, Foreign>) -> Result<T, Foreign> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(format!("file:{}?mode=ro&{how}", escaped(path)), flags)?;
    conn.busy_timeout(PATIENCE)?;
    conn.execute_batch("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA mmap_size = 0; BEGIN")?;
    let answer = ask(&View(&conn));
    // Read only: there is nothing that a failure could leave behind.
    let _ = conn.execute_batch("COMMIT");
    answer
}

/// A path as SQLite's URIs want it.
fn escaped(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    path.to_string_lossy()
        .chars()
        .map(|sign| match sign {
            '%' => "%25".to_owned(),
            '?' => "%3f".to_owned(),
            '#' => "%23".to_owned(),
            other => other.to_string(),
        })
        .collect()
}

/// What stands on the disk at a moment.
#[derive(PartialEq, Eq)]
struct State {
    header: Vec<u8>,
    size: u64,
    written: (i64, i64),
    inode: (u64, u64),
    quiet: bool,
    /// A rollback journal with something in it.
    journal: bool,
    /// A log with something in it; a log and its index at all.
    log: bool,
    indexed: bool,
}

/// How it can be read.
enum Kind {
    /// Nothing in it yet.
    Empty,
    /// A write-ahead log is in use.
    Log,
    /// Nobody has anything under way.
    Still,
    Busy,
    LeftOpen,
}

impl State {
    fn of(path: &Path) -> Result<Self, Foreign> {
        let mut file = File::open(path)?;
        let meta = file.metadata()?;
        if meta.is_dir() {
            return Err(Foreign::Directory);
        }
        let mut header = vec![0; HEADER];
        let got = file.read(&mut header)?;
        header.truncate(got);
        if got > 0 && !header.starts_with(b"SQLite format 3\0") {
            return Err(Foreign::NotSqlite);
        }
        let age = meta.modified().ok().and_then(|at| SystemTime::now().duration_since(at).ok());
        Ok(Self {
            header,
            size: meta.len(),
            written: (meta.mtime(), meta.mtime_nsec()),
            inode: (meta.dev(), meta.ino()),
            // A time in the future tells nothing: clocks are stepped here.
            quiet: age.is_none_or(|age| age >= QUIET),
            journal: hot(&beside(path, "-journal")),
            log: size(&beside(path, "-wal")) > 0,
            // Without a log SQLite would make one.
            indexed: beside(path, "-shm").exists() && beside(path, "-wal").exists(),
        })
    }

    fn kind(&self) -> Kind {
        let logged = self.header.len() > 19 && (self.header[18] == 2 || self.header[19] == 2);
        match (self.header.is_empty(), logged) {
            (true, _) => Kind::Empty,
            (_, true) if self.indexed => Kind::Log,
            // What stands in the log is not in the file, and without its index only the owner may put it there.
            (_, true) if self.log => Kind::LeftOpen,
            _ if self.journal && self.stale() => Kind::LeftOpen,
            _ if self.journal || !self.quiet => Kind::Busy,
            _ => Kind::Still,
        }
    }

    /// Nobody has written to it for so long that the journal beside it was left, not made.
    fn stale(&self) -> bool {
        let written = SystemTime::UNIX_EPOCH + Duration::from_secs(self.written.0.max(0) as u64);
        SystemTime::now().duration_since(written).is_ok_and(|age| age > Duration::from_mins(1))
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |meta: Metadata| meta.len())
}

/// Whether a rollback journal may have something in it: one that is kept between transactions begins with zeros.
fn hot(path: &Path) -> bool {
    let mut head = [0; 8];
    File::open(path)
        .and_then(|mut file| file.read(&mut head))
        .is_ok_and(|got| got > 0 && head[..got].iter().any(|byte| *byte != 0))
}
