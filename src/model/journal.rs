//! What passes from a journal's reader to the store: rows with the mark that says what has been read.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Sale;

/// A journal file that is or was read, and which of its bytes are in the store.
///
/// Identity is device, inode and a print of the first bytes: an inode is reused, a copy has another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileMark {
    /// Ours, never reused: the high bits of every [`super::SaleId`] from this file. Newer files have higher ones.
    /// 0 asks the store for a new one.
    pub ordinal: i64,
    pub source: Arc<str>,
    pub dev: u64,
    pub ino: u64,
    /// Bytes at the start of the file that `print` covers.
    pub print_len: u32,
    /// Hex digest of those bytes.
    pub print: String,
    /// Byte ranges that are in the store, sorted, not touching; all borders are line borders.
    pub done: Vec<(u64, u64)>,
    /// Transactions taken from it.
    pub read: u64,
    /// Lines that could not be read.
    pub unreadable: u64,
    /// Of these, lines of a text journal that no pattern knows.
    #[serde(default)]
    pub unknown: u64,
    /// When the file was last written to, as seen when the mark was made, microseconds since the epoch: a rotated
    /// file that was written to later is newer than this one.
    #[serde(default)]
    pub mtime: i64,
    /// Where to go on in a source that is no file, in that source's own words; empty for files.
    #[serde(default)]
    pub cursor: String,
    /// The last of its lines that could not be read, as in [`super::SourceStatus::last_unreadable`]; empty where all could.
    #[serde(default)]
    pub last_unreadable: String,
}

impl FileMark {
    /// Notes a line that could not be read, at this byte of it: history is read behind newer lines, the last one counts.
    pub fn refused(&mut self, at: u64, reason: &impl std::fmt::Display) {
        let known = self.last_unreadable.split_once(' ').and_then(|(known, _)| known.parse::<u64>().ok());
        if known.is_none_or(|known| known <= at) {
            self.last_unreadable = format!("{at} {reason}");
        }
    }
}

/// Rows and the mark that stands after them: stored in one transaction or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    pub mark: FileMark,
    pub rows: Vec<Sale>,
    /// New lines, as against history that fills in behind.
    pub live: bool,
    /// Rows that may be in the store already: this newer form takes their place (a table whose rows change).
    pub again: bool,
}
