//! Sources that are no file of lines: what they have in common.
//!
//! What comes is put into the store together with the place to go on from, in one transaction; a reader that is killed
//! at any moment goes on where the store says. A row's id counts what has come from the source so far, as a byte offset
//! does in a file.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::time::Timespec;

use super::follow::{Halt, REPORT, RETRY, first_status, pause};
use super::stop::{Stop, Wake};
use super::{LineParser, Opened, Sink, SinkError, SourceError, SourceSpec, Taken, kind, ranges};
use crate::config::SourceConfig;
use crate::model::{Batch, FileMark, SaleId, SourceStatus};

/// A source that is no file of lines.
pub struct FeedKind {
    /// The `kind` in configuration.
    pub word: &'static str,
    pub(super) validate: fn(&SourceConfig) -> Vec<(String, String)>,
    /// Reads until stopped; an error is what it cannot go on after by itself.
    pub(super) run: fn(&mut Feed<'_>) -> Result<(), Halt>,
}

/// Whether a setting was given.
type Given = fn(&SourceConfig) -> bool;

/// Settings that one kind alone has.
pub(super) const OWN: &[(&str, &str, Given)] = &[
    ("units", "journald", |config| !config.units.is_empty()),
    ("identifiers", "journald", |config| !config.identifiers.is_empty()),
    ("table", "sqlite", |config| !config.table.is_empty()),
    ("query", "sqlite", |config| !config.query.is_empty()),
    ("order", "sqlite", |config| config.order != SourceConfig::default().order),
    ("updated", "sqlite", |config| !config.updated.is_empty()),
    ("relook", "sqlite", |config| config.relook != SourceConfig::default().relook),
    ("group", "socket", |config| !config.group.is_empty()),
    ("ack", "socket", |config| config.ack),
];

/// Settings of another kind than the source's: the setting, and whose it is.
pub(super) fn misplaced(config: &SourceConfig) -> Vec<(String, String)> {
    // A kind that does not exist is fault enough.
    let known = super::kind_words().any(|word| word == config.kind);
    let wrong = OWN.iter().filter(|(_, kind, given)| known && *kind != config.kind && given(config));
    wrong.map(|(setting, kind, _)| ((*setting).to_owned(), (*kind).to_owned())).collect()
}

/// What is wrong with the settings of messages: patterns where there are any, else a field map.
pub(super) fn payload_faults(config: &SourceConfig) -> Vec<(String, String)> {
    kind(payload_kind(config)).map(|kind| (kind.validate)(config)).unwrap_or_default()
}

fn payload_kind(config: &SourceConfig) -> &'static str {
    if config.patterns.is_empty() { "jsonl" } else { "regex" }
}

/// Runs a source to its end.
pub(super) fn run(kind: &FeedKind, spec: SourceSpec, sink: Box<dyn Sink>, stop: &Stop, wake: &Arc<Wake>) {
    let mut feed = Feed::new(kind.word, spec, sink, stop, wake);
    let mut retry = RETRY.0;
    while !stop.is_stopped() {
        let began = Instant::now();
        match feed.begin().and_then(|()| (kind.run)(&mut feed)) {
            Ok(()) | Err(Halt::Closed) => return,
            Err(Halt::Reset) => {}
            Err(Halt::Store) => feed.refused("store"),
            Err(Halt::Io(fault)) => feed.refused(&fault.to_string()),
        }
        if began.elapsed() > RETRY.1 {
            retry = RETRY.0;
        }
        pause(retry, stop, wake);
        retry = (retry * 2).min(RETRY.1);
    }
}

/// One source with its place in the store.
pub(super) struct Feed<'a> {
    pub spec: SourceSpec,
    pub stop: &'a Stop,
    pub wake: &'a Arc<Wake>,
    word: &'static str,
    sink: Box<dyn Sink>,
    /// Where the store stands; ordinal 0 until something was stored.
    pub mark: FileMark,
    /// Read, unreadable and unknown of marks before this one.
    before: (u64, u64, u64),
    pub status: SourceStatus,
    told: Option<SourceStatus>,
    told_at: Instant,
}

impl<'a> Feed<'a> {
    fn new(word: &'static str, spec: SourceSpec, sink: Box<dyn Sink>, stop: &'a Stop, wake: &'a Arc<Wake>) -> Self {
        let (status, mark) = (first_status(&spec), fresh_mark(word, &spec.name));
        Self { spec, stop, wake, word, sink, mark, before: (0, 0, 0), status, told: None, told_at: Instant::now() }
    }

    /// Asks the store where to go on.
    pub fn begin(&mut self) -> Result<(), Halt> {
        let mut marks = self.sink.marks(&self.spec.name)?;
        let ours = marks.iter().rposition(|mark| mark.print == self.word);
        self.mark = ours.map_or_else(|| fresh_mark(self.word, &self.spec.name), |at| marks.remove(at));
        let sum = |of: fn(&FileMark) -> u64| marks.iter().map(of).sum();
        self.status.last_unreadable = Some(self.mark.last_unreadable.clone()).filter(|told| !told.is_empty());
        self.before = (sum(|mark| mark.read), sum(|mark| mark.unreadable), sum(|mark| mark.unknown));
        Ok(())
    }

    /// From here on rows belong to a table or journal that has begun anew: their numbers begin at 0 again.
    pub fn begin_anew(&mut self) {
        self.before.0 += self.mark.read;
        self.before.1 += self.mark.unreadable;
        self.before.2 += self.mark.unknown;
        self.mark = fresh_mark(self.word, &self.spec.name);
    }

    /// How messages of this source are read: by the patterns where there are any, else as JSON with the field map.
    pub fn payload(&self) -> Opened {
        let word = payload_kind(&self.spec.config);
        let kind = kind(word).ok_or_else(|| SourceError::Kind(word.to_owned()))?;
        (kind.open)(&self.spec.config, self.maker())
    }

    /// What makes transactions of this source.
    pub fn maker(&self) -> super::Maker {
        let times = super::Times::new(&self.spec.config, self.spec.zone_default.clone());
        super::Maker::new(self.spec.name.clone(), &self.spec.successes, times)
    }

    /// Everything up to here is in the store.
    pub fn position(&self) -> u64 {
        self.mark.done.last().map_or(0, |(_, to)| *to)
    }

    /// Stores what came, up to `to`, with the place to go on from. While the store refuses, it waits.
    pub fn commit(&mut self, mut taken: Taken, to: u64, cursor: String) -> Result<(), Halt> {
        self.allocate()?;
        let file = self.mark.ordinal;
        taken.rows.iter_mut().for_each(|sale| sale.id = SaleId::new(file, sale.id.offset()));
        let mut mark = self.mark.clone();
        if to > self.position() {
            ranges::add(&mut mark.done, self.position(), to);
        }
        mark.read += taken.rows.len() as u64;
        mark.unreadable += taken.unreadable;
        mark.unknown += taken.unknown;
        if let Some((at, reason)) = &taken.last {
            mark.refused(*at, reason);
        }
        mark.cursor = cursor;
        let newest = taken.rows.last().map(|sale| sale.time);
        self.mark = self.send(&Batch { mark, rows: taken.rows, live: self.status.caught_up, again: false })?;
        self.status.last = newest.or(self.status.last);
        self.status.last_unreadable = Some(self.mark.last_unreadable.clone()).filter(|told| !told.is_empty());
        self.report(false);
        Ok(())
    }

    /// Puts newer forms of rows that were stored before in their places.
    pub fn restate(&mut self, mut taken: Taken, cursor: String) -> Result<(), Halt> {
        let mut mark = self.mark.clone();
        mark.cursor = cursor;
        taken.rows.iter_mut().for_each(|sale| sale.id = SaleId::new(mark.ordinal, sale.id.offset()));
        self.mark = self.send(&Batch { mark, rows: taken.rows, live: true, again: true })?;
        Ok(())
    }

    /// Has what was committed on the medium; false when it is only in memory.
    pub fn settle(&mut self) -> Result<bool, Halt> {
        Ok(self.sink.settle()?)
    }

    fn allocate(&mut self) -> Result<(), Halt> {
        if self.mark.ordinal == 0 {
            let batch = Batch { mark: self.mark.clone(), rows: Vec::new(), live: false, again: false };
            self.mark = self.send(&batch)?;
        }
        Ok(())
    }

    fn send(&mut self, batch: &Batch) -> Result<FileMark, Halt> {
        let mut retry = RETRY.0;
        loop {
            match self.sink.commit(batch.clone()) {
                Err(SinkError::Store(_)) if !self.stop.is_stopped() => self.refused("store"),
                other => {
                    if self.status.error.as_deref() == Some("store") {
                        self.status.error = None;
                    }
                    return Ok(other?);
                }
            }
            pause(retry, self.stop, self.wake);
            retry = (retry * 2).min(RETRY.1);
        }
    }

    /// Tells why it cannot be read now; there is nothing to wait for.
    pub fn refused(&mut self, why: &str) {
        self.status.error = Some(why.to_owned());
        self.status.caught_up = true;
        self.report(true);
    }

    /// Tells how things are, if that has changed.
    pub fn report(&mut self, now: bool) {
        self.status.read = self.before.0 + self.mark.read;
        self.status.unreadable = self.before.1 + self.mark.unreadable;
        self.status.unknown = self.before.2 + self.mark.unknown;
        let urgent = self.told.as_ref().is_none_or(|told| {
            told.caught_up != self.status.caught_up
                || told.error != self.status.error
                || told.polled != self.status.polled
        });
        if (now || urgent || self.told_at.elapsed() >= REPORT) && self.told.as_ref() != Some(&self.status) {
            self.told = Some(self.status.clone());
            self.told_at = Instant::now();
            self.sink.status(self.status.clone());
        }
    }

    /// How long until the status may be told again, where there is something to tell; else `most`.
    pub fn patience(&self, most: Option<Duration>) -> Option<Duration> {
        if self.told.as_ref() == Some(&self.status) {
            return most;
        }
        let due = REPORT.saturating_sub(self.told_at.elapsed());
        Some(most.map_or(due, |most| most.min(due)))
    }

    /// A reader of messages, or the word for why there is none.
    pub fn parser_or_refuse(&mut self) -> Option<Box<dyn LineParser>> {
        let parser = self.payload().ok();
        if parser.is_none() {
            self.refused("pattern");
        }
        parser
    }
}

/// The mark of a source from which nothing was stored yet; its kind stands where a file has the print of its head.
fn fresh_mark(word: &str, name: &Arc<str>) -> FileMark {
    FileMark {
        ordinal: 0,
        source: name.clone(),
        dev: 0,
        ino: 0,
        print_len: 0,
        print: word.to_owned(),
        done: Vec::new(),
        read: 0,
        unreadable: 0,
        unknown: 0,
        mtime: 0,
        cursor: String::new(),
        last_unreadable: String::new(),
    }
}

/// Waits until one of these is ready or somebody rings; false when the time is over first.
pub(super) fn wait(fds: &[PollFd<'_>], wake: &Wake, most: Option<Duration>) -> std::io::Result<bool> {
    let most = most.map(|most| Timespec { tv_sec: most.as_secs() as i64, tv_nsec: i64::from(most.subsec_nanos()) });
    let line = wake.line()?;
    let mut all: Vec<PollFd<'_>> = fds.to_vec();
    all.push(PollFd::from_borrowed_fd(line, PollFlags::IN));
    let ready = match poll(&mut all, most.as_ref()) {
        Ok(ready) => ready,
        Err(Errno::INTR) => 0,
        Err(fault) => return Err(fault.into()),
    };
    if all.last().is_some_and(|rung| !rung.revents().is_empty()) {
        wake.hush();
    }
    Ok(ready > 0)
}

/// What a stream of bytes holds up to a line feed.
pub(super) enum Whole<'a> {
    Line(&'a [u8]),
    /// Longer than lines may be: passed over.
    TooLong,
}

/// Lines out of a stream that comes in pieces of any size, in bounded memory.
pub(super) struct Splitter {
    buffer: Vec<u8>,
    most: usize,
    /// An overlong line is under way.
    skipping: bool,
}

impl Splitter {
    /// For lines of at most this many bytes.
    pub fn new(most: usize) -> Self {
        Self { buffer: Vec::new(), most, skipping: false }
    }

    /// Takes the next bytes and hands out the lines they end.
    pub fn take(&mut self, mut bytes: &[u8], mut each: impl FnMut(Whole<'_>)) {
        while let Some(feed) = memchr::memchr(b'\n', bytes) {
            let (line, rest) = bytes.split_at(feed);
            bytes = &rest[1..];
            self.hold(line);
            if self.skipping {
                self.skipping = false;
                each(Whole::TooLong);
            } else {
                each(Whole::Line(&self.buffer));
            }
            self.buffer.clear();
            // One long line must not hold its memory for ever.
            self.buffer.shrink_to(64 << 10);
        }
        self.hold(bytes);
    }

    fn hold(&mut self, bytes: &[u8]) {
        if !self.skipping && self.buffer.len() + bytes.len() > self.most {
            self.skipping = true;
            self.buffer = Vec::new();
        } else if !self.skipping {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// What stands behind the last line feed; none of an overlong line.
    pub fn rest(&self) -> &[u8] {
        &self.buffer
    }

    /// An overlong line is under way.
    pub fn is_skipping(&self) -> bool {
        self.skipping
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(pieces: &[&[u8]], most: usize) -> (Vec<Vec<u8>>, u32, Vec<u8>) {
        let mut splitter = Splitter::new(most);
        let (mut lines, mut skipped) = (Vec::new(), 0);
        for piece in pieces {
            splitter.take(piece, |whole| match whole {
                Whole::Line(line) => lines.push(line.to_vec()),
                Whole::TooLong => skipped += 1,
            });
        }
        (lines, skipped, splitter.rest().to_vec())
    }

    #[test]
    fn lines_come_out_of_any_pieces_and_long_ones_are_passed_over() {
        assert_eq!(
            split(&[b"a\nb", b"c", b"\n\nd"], 10),
            (vec![b"a".to_vec(), b"bc".to_vec(), b"".to_vec()], 0, b"d".to_vec())
        );
        let (lines, skipped, rest) = split(&[b"1234", b"5678\nab\n", b"123456"], 5);
        assert_eq!((lines, skipped, rest), (vec![b"ab".to_vec()], 1, vec![]));
    }

    proptest! {
        #[test]
        fn where_a_stream_is_cut_makes_no_difference(
            bytes in prop::collection::vec(prop_oneof![Just(b'\n'), any::<u8>()], 0..200),
            cut in 1_usize..20,
        ) {
            let pieces: Vec<&[u8]> = bytes.chunks(cut).collect();
            prop_assert_eq!(split(&pieces, 30), split(&[&bytes], 30));
        }
    }
}
