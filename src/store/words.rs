//! Words that repeat from row to row, kept once: a terminal's number or a host's name costs a row one byte.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

use crate::model::Short;

/// Beyond this many the table is full and words are stored as text: a journal with a new host name on every line
/// must not fill the memory.
const MOST: usize = 4096;

/// Longer ones are no words.
const LONGEST: usize = 64;

/// Columns that hold words.
#[derive(Clone, Copy)]
pub(super) enum Column {
    Kind,
    Method,
    Currency,
    Code,
    Tid,
    Mid,
    EntryMode,
    Host,
    Issuer,
    Text,
}

/// The table of words in memory.
#[derive(Default)]
pub(super) struct Words {
    by_number: Vec<Option<Arc<str>>>,
    by_text: HashMap<Arc<str>, i64, RandomState>,
    /// The last word of each column: most rows repeat it.
    last: [i64; 10],
}

impl Words {
    /// Reads the table.
    pub fn load(conn: &Connection) -> rusqlite::Result<Self> {
        let mut words = Self::default();
        let mut statement = conn.prepare("SELECT n, text FROM words")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            words.learn(row.get(0)?, &row.get::<_, String>(1)?);
        }
        Ok(words)
    }

    /// The number of a word of this column, new ones added to the table; none when it has to be stored as text.
    pub fn number(&mut self, conn: &Connection, column: Column, text: &str) -> rusqlite::Result<Option<i64>> {
        let last = &mut self.last[column as usize];
        if self.by_number.get(*last as usize).and_then(Option::as_deref) == Some(text) {
            return Ok(Some(*last));
        }
        if let Some(&number) = self.by_text.get(text) {
            *last = number;
            return Ok(Some(number));
        }
        if self.by_text.len() >= MOST || text.len() > LONGEST {
            return Ok(None);
        }
        conn.execute("INSERT INTO words(text) VALUES(?1)", [text])?;
        let number = conn.last_insert_rowid();
        self.learn(number, text);
        Ok(Some(number))
    }

    /// The text of a stored word.
    pub fn text(&self, row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Short>> {
        Ok(match row.get_ref(at)? {
            ValueRef::Integer(number) => self.word(number),
            ValueRef::Text(text) => Some(Short::from_utf8_lossy(text)),
            _ => None,
        })
    }

    /// The word with this number.
    pub fn word(&self, number: i64) -> Option<Short> {
        self.by_number.get(usize::try_from(number).ok()?)?.as_deref().map(Short::from)
    }

    fn learn(&mut self, number: i64, text: &str) {
        // Numbers are given out by this program alone; a wild one is a damaged table.
        let Ok(at) = usize::try_from(number) else { return };
        if at > MOST * 2 {
            return;
        }
        if self.by_number.len() <= at {
            self.by_number.resize(at + 1, None);
        }
        let text: Arc<str> = Arc::from(text);
        self.by_number[at] = Some(text.clone());
        self.by_text.insert(text, number);
    }
}
