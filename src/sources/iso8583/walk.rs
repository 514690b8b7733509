//! A text log on its way from line to line: a record is a line with a time and what follows it without one; the dump of
//! a message stands in one line or goes on over several.

use std::borrow::Cow;

use super::dump::{Block, Offsets, Row, row};
use super::{Hex, SHORTEST, dump};
use crate::sources::Taken;
use crate::sources::fields::{Value, decoded};

/// A line of hex and nothing else begins a dump only with so many bytes.
const BARE_FIRST: usize = 8;

/// A dump under way.
struct Pending {
    block: Block,
    /// Its rows have offsets.
    numbered: bool,
    at: usize,
    time: Option<String>,
}

/// The state between two lines.
pub(super) struct Walk<'h, 't> {
    hex: &'h Hex,
    /// Where the first byte stands in the file, and where messages go; without it only borders are looked for.
    out: Option<(u64, &'t mut Taken)>,
    pending: Option<Pending>,
    /// The last time that was written.
    time: Option<String>,
    /// Where the line with that time begins, if nothing of its record has been taken yet.
    record: usize,
}

impl<'h, 't> Walk<'h, 't> {
    pub fn new(hex: &'h Hex, out: Option<(u64, &'t mut Taken)>) -> Self {
        Self { hex, out, pending: None, time: None, record: usize::MAX }
    }

    /// Goes through whole lines; gives back the end of the last whole record. `closed`: nothing follows.
    pub fn go(mut self, bytes: &[u8], closed: bool) -> usize {
        let mut start = 0;
        for feed in memchr::memchr_iter(b'\n', bytes) {
            self.line(&bytes[start..feed], start);
            start = feed + 1;
        }
        if closed {
            self.line(&bytes[start..], start);
            self.finish();
            return bytes.len();
        }
        // A dump that makes sense has come to its end; anything else may go on.
        match &self.pending {
            Some(pending) if !self.is_whole(pending) => self.record.min(pending.at),
            Some(_) => start,
            None => self.record.min(start),
        }
    }

    fn is_whole(&self, pending: &Pending) -> bool {
        self.hex.reader.decode(&pending.block.bytes).error.is_none()
    }

    fn line(&mut self, line: &[u8], start: usize) {
        let text = decoded(line);
        let stamp = self.hex.stamp.find(&text);
        let rest = stamp.map_or(&*text, |stamp| &text[stamp.end()..]);
        let stamp = stamp.map(|stamp| stamp.as_str());
        let Row { numbered, bare } = row(rest);
        if numbered.is_some_and(|row| self.numbered(row, stamp, start)) {
            return;
        }
        // A line with a time of its own begins something else.
        if stamp.is_none() && bare.is_some_and(|bytes| self.bare(bytes, start)) {
            return;
        }
        self.finish();
        self.stamped(stamp, start);
        // Cheap for the many lines that hold no dump.
        if rest.len() >= 2 * SHORTEST
            && let Some(bytes) = dump(rest)
        {
            self.begin(bytes, start, false);
        }
    }

    /// Takes a row with an offset; false where it goes on with nothing.
    fn numbered(&mut self, (offsets, bytes): (Offsets, Vec<u8>), stamp: Option<&str>, start: usize) -> bool {
        if offsets.contains(&Some(0)) {
            self.finish();
            self.stamped(stamp, start);
            self.begin(bytes, start, true);
            return true;
        }
        let pending = self.pending.as_mut().filter(|pending| pending.numbered);
        pending.is_some_and(|pending| pending.block.goes_on(offsets, &bytes))
    }

    /// Takes a row of nothing but hex; false where none is expected.
    fn bare(&mut self, bytes: Vec<u8>, start: usize) -> bool {
        // What is whole already is followed by another one.
        let goes_on = self.pending.as_ref().is_some_and(|pending| !pending.numbered && !self.is_whole(pending));
        if let Some(pending) = self.pending.as_mut().filter(|_| goes_on) {
            pending.block.bytes.extend(&bytes);
            return true;
        }
        let begins = self.time.is_some() && bytes.len() >= BARE_FIRST;
        if begins {
            self.finish();
            self.begin(bytes, start, false);
        }
        begins
    }

    fn stamped(&mut self, stamp: Option<&str>, start: usize) {
        if let Some(stamp) = stamp {
            self.time = Some(stamp.to_owned());
            self.record = start;
        }
    }

    fn begin(&mut self, bytes: Vec<u8>, at: usize, numbered: bool) {
        self.pending = Some(Pending { block: Block::of(bytes), numbered, at, time: self.time.clone() });
    }

    /// What is pending is all there is of it.
    fn finish(&mut self) {
        let Some(Pending { block, at, time, .. }) = self.pending.take() else { return };
        // A few bytes are no message.
        if block.bytes.len() < SHORTEST {
            return;
        }
        self.record = usize::MAX;
        let hex = self.hex;
        if let Some((from, taken)) = &mut self.out {
            let time = time.as_deref().map_or(Value::None, |time| Value::Text(Cow::Borrowed(time)));
            hex.reader.take(&hex.reader.decode(&block.bytes), time, *from + at as u64, taken);
        }
    }
}
