//! Where reading a table goes on, and how the table is known again.
//!
//! Nothing here can be turned back into a card number: prints are made of the fields that name a sale, never of the
//! card's.

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use super::table::Record;
use crate::sources::fields::Field;

/// The place after the newest row that is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Its number; -1 before the first.
    pub at: i64,
    /// Greatest value of the column that tells changes.
    #[serde(default = "least")]
    pub updated: i64,
    /// The newest rows, oldest first.
    pub seen: Vec<Seen>,
}

const fn least() -> i64 {
    i64::MIN
}

/// A row and its print.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen(i64, String);

impl Seen {
    /// The row of this number.
    pub fn new(order: i64, print: u64) -> Self {
        Self(order, format!("{print:016x}"))
    }

    /// Whether it is this row.
    pub fn is(&self, order: i64, print: u64) -> bool {
        *self == Self::new(order, print)
    }
}

impl Default for Cursor {
    fn default() -> Self {
        Self { at: -1, updated: least(), seen: Vec::new() }
    }
}

impl Cursor {
    /// As it was stored; the beginning where nothing was.
    pub fn from_text(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// To be stored.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// What a sale keeps from its first to its last form: its trace number and amount, else its time.
pub fn row_print(row: &Record) -> u64 {
    let has = |field: Field| row.text(field).is_some_and(|text| !text.is_empty());
    let names = if has(Field::Stan) { [Field::Stan, Field::Amount] } else { [Field::Time, Field::Amount] };
    print(names.iter().map(|field| row.text(*field).unwrap_or_default()))
}

/// Everything that is mapped but the card.
pub fn content_print(row: &Record) -> u64 {
    print(
        Field::ALL
            .iter()
            .filter(|(field, _)| *field != Field::Card)
            .map(|(field, _)| row.text(*field).unwrap_or_default()),
    )
}

fn print(parts: impl Iterator<Item = String>) -> u64 {
    let mut all = String::new();
    for part in parts {
        all.push_str(&part);
        all.push('\0');
    }
    let bytes = digest(&SHA256, all.as_bytes());
    bytes.as_ref().iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}
