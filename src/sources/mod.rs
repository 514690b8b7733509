//! Journal readers: the masking border.
//!
//! One thread follows one journal: whole lines go through the parser of the journal's format, which makes masked
//! transactions, and into the [`Sink`] together with the mark of what has been read. Card data does not get past
//! [`fields`]. A format is one file and one line in [`KINDS`]; how files are followed is the same for all of them.

mod body;
mod feed;
mod fields;
mod follow;
mod host_time;
mod identity;
mod iso8583;
mod journal;
mod journald;
mod jpos;
mod jsonl;
mod lines;
mod look;
mod message;
mod outcome;
mod piece;
mod ranges;
mod recall;
mod regex;
#[cfg(test)]
mod shapes;
#[cfg(test)]
mod shelf;
mod siblings;
mod socket;
mod sqlite;
mod stop;
mod swar;
mod time;
mod watch;

use std::collections::HashSet;
use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::config::SourceConfig;
use crate::model::{Batch, FileMark, Sale, SaleId, SourceStatus, Stamp};
use fields::{Maker, Reason};
use lines::Shape;
use time::Times;

pub use feed::FeedKind;
pub use follow::{shown_path, spawn};
pub use iso8583::FRAMINGS;
pub use stop::Stop;

/// What one journal is read with.
#[derive(Clone)]
pub struct SourceSpec {
    pub config: SourceConfig,
    /// Shown as the transaction's source; the key of its marks in the store, so it must be unique.
    pub name: Arc<str>,
    /// Codes of the source's table that are not declines.
    pub successes: Arc<HashSet<String>>,
    /// Zone of times without offset when the source names none.
    pub zone_default: TimeZone,
    /// The newest lines go first and history fills in behind; who waits for the end is served sooner in order.
    pub tail_first: bool,
}

/// Why rows could not be stored.
#[derive(Debug, thiserror::Error)]
pub enum SinkError {
    /// Nobody takes rows any more: the reader ends.
    #[error("the store is closed")]
    Closed,
    /// The store began anew behind the reader's back: ask for the marks again and read from there.
    #[error("the store began anew")]
    Reset,
    /// They are offered again later.
    #[error("the store cannot be written: {0}")]
    Store(String),
}

/// Where rows go. Calls block.
pub trait Sink: Send {
    /// Everything that is in the store of this source, newest ordinal last.
    fn marks(&mut self, source: &str) -> Result<Vec<FileMark>, SinkError>;

    /// Stores rows and mark in one transaction. Ordinal 0 in the mark means a new file: the store allocates one and
    /// writes it into the rows' ids. Gives back the mark as stored.
    fn commit(&mut self, batch: Batch) -> Result<FileMark, SinkError>;

    /// The same with something to do while the store works.
    fn commit_beside(&mut self, batch: Batch, meanwhile: &mut dyn FnMut()) -> Result<FileMark, SinkError> {
        let mark = self.commit(batch);
        meanwhile();
        mark
    }

    /// Has what was committed on the medium, so that it survives the loss of power; false when it is only in memory.
    /// For sources that cannot be read again.
    fn settle(&mut self) -> Result<bool, SinkError> {
        Ok(true)
    }

    /// Rows that are stored already, read once more for what is kept in memory only.
    fn recall(&mut self, _rows: Vec<Sale>) -> Result<(), SinkError> {
        Ok(())
    }

    /// Tells how the source is; never blocks for long.
    fn status(&mut self, status: SourceStatus);
}

/// Why a source cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// No journal format of this name.
    #[error("unknown kind of source: {0}")]
    Kind(String),
    /// A pattern that is none, or lacks a group.
    #[error("bad pattern: {0}")]
    Pattern(String),
    /// No packing of this name.
    #[error("unknown packing: {0}")]
    Packing(String),
}

/// A journal format.
pub struct SourceKind {
    /// The `kind` in configuration.
    pub word: &'static str,
    validate: fn(&SourceConfig) -> Vec<(String, String)>,
    open: fn(&SourceConfig, Maker) -> Opened,
}

type Opened = Result<Box<dyn LineParser>, SourceError>;

/// Every journal format.
pub const KINDS: &[SourceKind] = &[jsonl::KIND, regex::KIND, iso8583::KIND, jpos::KIND];

/// Every source that is no file of lines.
pub const FEEDS: &[FeedKind] = &[journald::KIND, sqlite::KIND, socket::KIND];

/// The kind whose lines come by themselves: it can be read only by who stays.
pub const PUSHED: &str = socket::KIND.word;

/// Every word that `kind` may be in configuration.
pub fn kind_words() -> impl Iterator<Item = &'static str> + Clone {
    KINDS.iter().map(|kind| kind.word).chain(FEEDS.iter().map(|kind| kind.word))
}

/// Makes transactions of records; a journal with one on each line has only [`Self::line`] to say.
trait LineParser: Send + Sync {
    /// Takes one line, without its line feed; `at` is the offset of its first byte.
    fn line(&self, line: &[u8], at: u64, taken: &mut Taken);

    /// How the journal falls into records.
    fn shape(&self) -> Shape {
        Shape::Lines
    }

    /// End of the last whole record in bytes that begin with a record; 0 when none is whole.
    fn border(&self, bytes: &[u8]) -> usize {
        lines::line_border(bytes)
    }

    /// Takes whole records; `at` is the offset of the first byte.
    fn records(&self, bytes: &[u8], at: u64, taken: &mut Taken) {
        let mut start = 0;
        for feed in memchr::memchr_iter(b'\n', bytes) {
            self.line(&bytes[start..feed], at + start as u64, taken);
            start = feed + 1;
        }
        self.line(&bytes[start..], at + start as u64, taken);
    }

    /// Whether what stands at the end of the file without a line feed is whole already.
    fn is_whole(&self, _rest: &[u8]) -> bool {
        false
    }
}

/// What lines gave.
#[derive(Debug, Default)]
struct Taken {
    /// Ordinal of the file, for the rows' ids.
    file: i64,
    /// When the file was last written to, for frames that tell no time; microseconds since 1970.
    written: i64,
    /// When the message around the line was written, where there is one.
    envelope: Option<Stamp>,
    rows: Vec<Sale>,
    unreadable: u64,
    /// Of these, lines that no pattern knows.
    unknown: u64,
    /// The last of them.
    last: Option<(u64, Reason)>,
}

impl Taken {
    fn id(&self, at: u64) -> SaleId {
        SaleId::new(self.file, at)
    }

    fn take(&mut self, at: u64, sale: Result<Sale, Reason>) {
        match sale {
            Ok(sale) => self.rows.push(sale),
            Err(reason) => self.refuse(at, reason),
        }
    }

    fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.unreadable == 0
    }

    fn refuse(&mut self, at: u64, reason: Reason) {
        self.unreadable += 1;
        self.unknown += u64::from(reason == Reason::Format);
        self.last = Some((at, reason));
    }
}

/// Names of the default journal's fields: what `[source.map]` and pattern groups may name.
pub fn field_names() -> impl Iterator<Item = &'static str> + Clone {
    fields::Field::ALL.iter().map(|(_, name)| *name)
}

/// Every fault of a source's settings: the key, and what is wrong with it.
pub fn validate(config: &SourceConfig) -> Vec<(String, String)> {
    let mut faults = Vec::new();
    let validate = kind(&config.kind).map(|kind| kind.validate);
    if let Some(validate) = validate.or_else(|| feed(&config.kind).map(|kind| kind.validate)) {
        faults.extend(validate(config));
    } else {
        let known: Vec<_> = kind_words().collect();
        faults.push(("kind".to_owned(), format!("unknown: {}; known are {}", config.kind, known.join(", "))));
    }
    faults.extend(feed::misplaced(config));
    if config.path.as_os_str().is_empty() && config.kind != journald::KIND.word {
        faults.push(("path".to_owned(), "names no file".to_owned()));
    }
    // A machine without a zone database cannot tell whether there is such a zone.
    let can_tell = || !jiff::tz::db().is_definitively_empty();
    if !config.timezone.is_empty() && time::zone(&config.timezone).is_none() && can_tell() {
        faults.push(("timezone".to_owned(), format!("unknown zone: {}", config.timezone)));
    }
    if let Some(fault) = time::format_fault(&config.time_format) {
        faults.push(("time_format".to_owned(), fault));
    }
    faults
}

/// Settings that only one kind of source has, with that kind.
pub fn own_settings() -> impl Iterator<Item = (&'static str, &'static str)> {
    feed::OWN.iter().map(|(setting, kind, _)| (*setting, *kind))
}

fn kind(word: &str) -> Option<&'static SourceKind> {
    KINDS.iter().find(|kind| kind.word == word)
}

fn feed(word: &str) -> Option<&'static FeedKind> {
    FEEDS.iter().find(|kind| kind.word == word)
}

/// The parser of a source's lines.
fn parser(spec: &SourceSpec) -> Opened {
    let kind = kind(&spec.config.kind).ok_or_else(|| SourceError::Kind(spec.config.kind.clone()))?;
    let times = Times::new(&spec.config, spec.zone_default.clone());
    (kind.open)(&spec.config, Maker::new(spec.name.clone(), &spec.successes, times))
}
