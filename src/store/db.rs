//! One open database with what is kept in memory of it. Knows SQL and its transaction, not where the file lives.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};

use super::audit::Head;
use super::crowd::CardKeys;
use super::files::Files;
use super::log::Log;
use super::packs;
use super::signals::Signals;
use super::stood::Runs;
use super::tally::Tally;
use super::trends::Trends;
use super::walk::Table;
use super::words::Words;

/// Migrations in their order; one is never edited once it has left the house.
const MIGRATIONS: [&str; 10] = [
    include_str!("migrations/0001.sql"),
    include_str!("migrations/0002.sql"),
    include_str!("migrations/0003.sql"),
    include_str!("migrations/0004.sql"),
    include_str!("migrations/0005.sql"),
    include_str!("migrations/0006.sql"),
    include_str!("migrations/0007.sql"),
    include_str!("migrations/0008.sql"),
    include_str!("migrations/0009.sql"),
    include_str!("migrations/0010.sql"),
];

/// Compiled statements kept: those of the writer, and those of a screen that asks while it writes.
const STATEMENTS: usize = 32;

/// Marks a database as ours ("posc").
pub(super) const APPLICATION_ID: i32 = 0x706f_7363;

/// An open database.
pub(super) struct Db {
    /// Stands before the connection: it ends first.
    log: Log,
    pub conn: Connection,
    pub words: Words,
    pub files: Files,
    pub tally: Tally,
    pub runs: Runs,
    pub signals: Signals,
    pub cards: CardKeys,
    pub trends: Trends,
    /// The same sale may come from two journals, and is found by what it says.
    pub twins: bool,
    /// Many rows at once go into packs.
    pub packs: bool,
    /// Sources in the order of the configuration.
    pub order: Vec<Arc<str>>,
    /// What stands before the first audit row: something only in memory, where the older rows stayed on the medium.
    pub audit_base: Head,
}

impl Db {
    /// Brings the schema up to date and reads what is kept in memory.
    pub fn load(conn: Connection) -> rusqlite::Result<Self> {
        conn.set_prepared_statement_cache_capacity(STATEMENTS);
        migrate(&conn, &MIGRATIONS)?;
        let words = Words::load(&conn)?;
        let files = Files::load(&conn)?;
        let tally = Tally::load(&conn, &words, &files)?;
        let (runs, signals, cards) = (Runs::default(), Signals::default(), CardKeys::default());
        let trends = Trends::load(&conn)?;
        let log = Log::default();
        let audit_base = Head::default();
        let order = Vec::new();
        Ok(Self {
            log,
            conn,
            words,
            files,
            tally,
            runs,
            signals,
            cards,
            trends,
            twins: false,
            packs: true,
            order,
            audit_base,
        })
    }

    /// A new database in memory.
    pub fn in_memory() -> rusqlite::Result<Self> {
        let conn = Connection::open_in_memory()?;
        conn.execute_batch("PRAGMA journal_mode = MEMORY; PRAGMA cache_size = -2048; PRAGMA temp_store = MEMORY;")?;
        Self::load(conn)
    }

    /// Reads again what is kept in memory, after a transaction that came to nothing.
    pub fn reload(&mut self) -> rusqlite::Result<()> {
        self.words = Words::load(&self.conn)?;
        self.files = Files::load(&self.conn)?;
        self.tally = Tally::load(&self.conn, &self.words, &self.files)?;
        // Stretches that the lost transaction began are begun again.
        self.runs = Runs::default();
        self.trends = Trends::load(&self.conn)?;
        Ok(())
    }

    /// Opens the transaction that rows gather in.
    pub fn begin(&self) -> rusqlite::Result<()> {
        if self.conn.is_autocommit() {
            self.conn.execute_batch("BEGIN IMMEDIATE")?;
        }
        Ok(())
    }

    /// Stores the gathered rows.
    pub fn commit(&mut self) -> rusqlite::Result<()> {
        if self.conn.is_autocommit() {
            return Ok(());
        }
        self.tally.flush(&self.conn)?;
        self.trends.flush(&self.conn)?;
        self.conn.execute_batch("COMMIT")?;
        self.log.relieve(&self.conn);
        Ok(())
    }

    /// Forgets the gathered rows.
    pub fn rollback(&self) {
        if !self.conn.is_autocommit() {
            // SQLite may have rolled back by itself; then there is nothing to do.
            let _ = self.conn.execute_batch("ROLLBACK");
        }
    }

    /// What reads the stored rows.
    pub const fn table(&self) -> Table<'_> {
        Table { conn: &self.conn, words: &self.words, files: &self.files }
    }

    /// Takes the order of the configured sources. Where the same sale may come from two journals, every row is one by
    /// itself, and the index that finds twins is built.
    pub fn set_sources(&mut self, order: &[Arc<str>]) -> rusqlite::Result<()> {
        self.order = order.to_vec();
        self.twins = false;
        if order.len() >= 2 {
            packs::unpack_all(&self.conn, &mut self.words, &self.files)?;
            self.conn
                .execute_batch("CREATE INDEX IF NOT EXISTS sales_twins ON sales(rrn, stan) WHERE rrn IS NOT NULL")?;
            self.twins = true;
        }
        Ok(())
    }

    /// A kept setting; names with a dot are the store's own.
    pub fn setting(&self, key: &str) -> rusqlite::Result<Option<String>> {
        self.conn.query_row("SELECT value FROM settings WHERE key = ?1", [key], |row| row.get(0)).optional()
    }

    /// Every kept setting.
    pub fn settings(&self) -> rusqlite::Result<Vec<(String, String)>> {
        let mut statement = self.conn.prepare("SELECT key, value FROM settings")?;
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    }

    /// Keeps a setting.
    pub fn set_setting(&self, key: &str, value: &str) -> rusqlite::Result<()> {
        self.conn.execute("INSERT OR REPLACE INTO settings VALUES(?1, ?2)", params![key, value])?;
        Ok(())
    }
}

/// The newest schema this version knows.
pub(super) const fn newest_version() -> i32 {
    MIGRATIONS.len() as i32
}

/// Runs the migrations that this database lacks, each in a transaction of its own.
fn migrate(conn: &Connection, migrations: &[&str]) -> rusqlite::Result<()> {
    let have: u32 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    for (at, sql) in migrations.iter().enumerate().skip(have as usize) {
        let version = at + 1;
        conn.execute_batch(&format!(
            "BEGIN IMMEDIATE; {sql} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {version}; COMMIT;"
        ))
        .inspect_err(|_| {
            let _ = conn.execute_batch("ROLLBACK");
        })?;
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_database_of_version_1_is_brought_up_to_date_with_its_rows() {
        let conn = Connection::open_in_memory().unwrap();
        migrate(&conn, &MIGRATIONS[..1]).unwrap();
        conn.execute("INSERT INTO settings VALUES('lang', 'en')", []).unwrap();
        let later = "CREATE TABLE later(x); INSERT INTO later SELECT value FROM settings;";
        let mut all = MIGRATIONS.to_vec();
        all.push(later);
        migrate(&conn, &all).unwrap();
        migrate(&conn, &all).unwrap();
        let kept: String = conn.query_row("SELECT x FROM later", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, "en");
        let version: u32 = conn.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
        assert_eq!(version as usize, all.len());
    }

    #[test]
    fn a_migration_that_fails_leaves_no_half() {
        let conn = Connection::open_in_memory().unwrap();
        let mut all = MIGRATIONS.to_vec();
        all.push("CREATE TABLE half(x); INSERT INTO nowhere VALUES(1);");
        assert!(migrate(&conn, &all).is_err());
        assert!(conn.is_autocommit());
        let version: u32 = conn.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
        assert_eq!(version as usize, MIGRATIONS.len());
        assert!(conn.prepare("SELECT * FROM half").is_err());
    }
}
