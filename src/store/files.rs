//! Journal files: which source they belong to, what of them is stored, how many of their rows are listed.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::{Connection, Row, params};

use crate::model::{FileMark, SaleId};

/// What is kept in memory of a file.
#[derive(Clone, Debug)]
pub(super) struct FileState {
    pub source: Arc<str>,
    /// Rows of it that are listed.
    pub held: i64,
    pub done: Vec<(u64, u64)>,
}

/// All files, by ordinal.
#[derive(Default)]
pub(super) struct Files(BTreeMap<i64, FileState>);

impl Files {
    /// Reads the table.
    pub fn load(conn: &Connection) -> rusqlite::Result<Self> {
        let mut statement = conn.prepare("SELECT ordinal, source, held, done FROM files")?;
        let mut rows = statement.query([])?;
        let mut files = Self::default();
        let mut names: Vec<Arc<str>> = Vec::new();
        while let Some(row) = rows.next()? {
            let name: String = row.get(1)?;
            let known = names.iter().find(|known| ***known == *name).cloned();
            let source = known.unwrap_or_else(|| {
                let fresh: Arc<str> = Arc::from(name);
                names.push(fresh.clone());
                fresh
            });
            let done = ranges(&row.get::<_, String>(3)?);
            files.0.insert(row.get(0)?, FileState { source, held: row.get(2)?, done });
        }
        Ok(files)
    }

    /// The file with this ordinal.
    pub fn get(&self, ordinal: i64) -> Option<&FileState> {
        self.0.get(&ordinal)
    }

    /// The source of a row.
    pub fn source_of(&self, id: i64) -> Option<&Arc<str>> {
        self.0.get(&SaleId(id).file()).map(|file| &file.source)
    }

    /// Rows that are listed, of all files.
    pub fn held(&self) -> i64 {
        self.0.values().map(|file| file.held).sum()
    }

    /// Ordinals of one source, oldest first.
    pub fn of(&self, source: &str) -> Vec<i64> {
        self.0.iter().filter(|(_, file)| *file.source == *source).map(|(ordinal, _)| *ordinal).collect()
    }

    /// The first row of a source that history may still fill in before; none where nothing is left out.
    pub fn first_gap(&self, source: &str) -> Option<i64> {
        let mut own = self.0.iter().filter(|(_, file)| *file.source == *source);
        own.find_map(|(ordinal, file)| match file.done.as_slice() {
            [(0, _)] => None,
            [(0, end), ..] => Some(SaleId::new(*ordinal, *end).0),
            _ => Some(SaleId::new(*ordinal, 0).0),
        })
    }

    /// Names of all sources that ever stored something, in the order given, the others behind them by name.
    pub fn sources(&self, order: &[Arc<str>]) -> Vec<Arc<str>> {
        let mut names: Vec<Arc<str>> = order.to_vec();
        let mut others: Vec<Arc<str>> = Vec::new();
        for file in self.0.values() {
            if !names.contains(&file.source) && !others.contains(&file.source) {
                others.push(file.source.clone());
            }
        }
        others.sort();
        names.extend(others);
        names.retain(|name| self.0.values().any(|file| file.source == *name));
        names
    }

    /// Adds a file; ordinal 0 asks for a new one.
    pub fn add(&mut self, conn: &Connection, mark: &FileMark) -> rusqlite::Result<i64> {
        let wanted = (mark.ordinal != 0).then_some(mark.ordinal);
        conn.execute(
            "INSERT INTO files(ordinal, source, dev, ino, print_len, print, done, read, unreadable, unknown, \
             mtime, held) VALUES(?6, ?1, ?2, ?3, ?4, ?5, '', 0, 0, 0, 0, 0)",
            params![&*mark.source, mark.dev as i64, mark.ino as i64, mark.print_len, mark.print, wanted],
        )?;
        let ordinal = conn.last_insert_rowid();
        self.0.insert(ordinal, FileState { source: mark.source.clone(), held: 0, done: Vec::new() });
        Ok(ordinal)
    }

    /// Whether this mark goes on from what is stored: same source, and nothing that was done is undone.
    pub fn continues(&self, mark: &FileMark) -> bool {
        self.get(mark.ordinal).is_some_and(|file| {
            file.source == mark.source
                && file.done.iter().all(|old| mark.done.iter().any(|new| new.0 <= old.0 && old.1 <= new.1))
        })
    }

    /// Stores a mark with the number of listed rows.
    pub fn write(&mut self, conn: &Connection, mark: &FileMark) -> rusqlite::Result<()> {
        let Some(file) = self.0.get_mut(&mark.ordinal) else { return Ok(()) };
        file.done.clone_from(&mark.done);
        conn.execute(
            "UPDATE files SET dev = ?2, ino = ?3, print_len = ?4, print = ?5, done = ?6, read = ?7, unreadable = ?8, \
             unknown = ?9, mtime = ?10, held = ?11, cursor = ?12, last_unreadable = ?13 WHERE ordinal = ?1",
            params![
                mark.ordinal,
                mark.dev as i64,
                mark.ino as i64,
                mark.print_len,
                mark.print,
                text(&mark.done),
                mark.read as i64,
                mark.unreadable as i64,
                mark.unknown as i64,
                mark.mtime,
                file.held,
                mark.cursor,
                mark.last_unreadable
            ],
        )?;
        Ok(())
    }

    /// Changes the number of listed rows of a file, and stores it.
    pub fn list(&mut self, conn: &Connection, ordinal: i64, by: i64) -> rusqlite::Result<()> {
        let Some(file) = self.0.get_mut(&ordinal) else { return Ok(()) };
        file.held += by;
        conn.execute("UPDATE files SET held = ?2 WHERE ordinal = ?1", [ordinal, file.held])?;
        Ok(())
    }

    /// The marks of one source as they are stored, oldest file first.
    pub fn marks(conn: &Connection, source: &str) -> rusqlite::Result<Vec<FileMark>> {
        let mut statement = conn.prepare(
            "SELECT ordinal, source, dev, ino, print_len, print, done, read, unreadable, unknown, mtime, cursor, \
             last_unreadable FROM files WHERE source = ?1 ORDER BY ordinal",
        )?;
        statement.query_map([source], mark)?.collect()
    }
}

fn mark(row: &Row<'_>) -> rusqlite::Result<FileMark> {
    Ok(FileMark {
        ordinal: row.get(0)?,
        source: Arc::from(row.get::<_, String>(1)?),
        dev: row.get::<_, i64>(2)? as u64,
        ino: row.get::<_, i64>(3)? as u64,
        print_len: row.get(4)?,
        print: row.get(5)?,
        done: ranges(&row.get::<_, String>(6)?),
        read: row.get::<_, i64>(7)? as u64,
        unreadable: row.get::<_, i64>(8)? as u64,
        unknown: row.get::<_, i64>(9)? as u64,
        mtime: row.get(10)?,
        cursor: row.get(11)?,
        last_unreadable: row.get(12)?,
    })
}

fn text(done: &[(u64, u64)]) -> String {
    let parts: Vec<String> = done.iter().map(|(from, to)| format!("{from}-{to}")).collect();
    parts.join(",")
}

fn ranges(text: &str) -> Vec<(u64, u64)> {
    text.split(',')
        .filter_map(|part| {
            let (from, to) = part.split_once('-')?;
            Some((from.parse().ok()?, to.parse().ok()?))
        })
        .collect()
}
