//! One piece of a file, read and made into transactions.

use std::io;

use super::body::Body;
use super::fields::Reason;
use super::identity;
use super::lines::{Lines, Piece, Shape};
use super::{LineParser, Taken};

/// Bytes of a short line: a guess at how many rows a piece will give, as making room for more means copying them all.
const LINE_SHORT: usize = 200;

/// A stretch of a file between line borders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Ordinal of the file.
    pub file: i64,
    pub from: u64,
    pub end: u64,
    /// The end is a line border: history. Otherwise more may be written behind it.
    pub closed: bool,
}

/// What a stretch begins with.
pub enum Got {
    /// What its lines up to here gave.
    Lines { taken: Taken, to: u64 },
    /// Nothing but the line end behind a whole object.
    LineEnd,
    /// The beginning of a line.
    Torn,
    /// Nothing, or nothing that can be told yet.
    Wait,
}

/// Reads the first piece of a stretch.
pub fn read(parser: &dyn LineParser, lines: &mut Lines, file: &Body, stretch: Stretch) -> io::Result<Got> {
    let Stretch { from, end, closed, .. } = stretch;
    let shape = parser.shape();
    let mut taken = Taken { file: stretch.file, ..Taken::default() };
    if shape == Shape::Frames {
        taken.written = identity::mtime(&file.metadata()?);
    }
    let to = match lines.next(file, (from, end, closed), shape, |bytes| parser.border(bytes))? {
        Piece::Lines(bytes) => {
            taken.rows.reserve(bytes.len() / LINE_SHORT);
            parser.records(bytes, from, &mut taken);
            let to = from + bytes.len() as u64;
            if !closed && to == end && bytes.len() <= 2 && taken.is_empty() {
                return Ok(Got::LineEnd);
            }
            to
        }
        Piece::Torn(bytes) if parser.is_whole(bytes) => {
            let bytes = bytes.trim_ascii_end();
            parser.records(bytes, from, &mut taken);
            from + bytes.len() as u64
        }
        Piece::Torn(_) => return Ok(Got::Torn),
        Piece::TooLong(to) => {
            taken.refuse(from, Reason::TooLong);
            to
        }
        Piece::Zeros(to) => {
            taken.refuse(from, Reason::Zeros);
            to
        }
        Piece::Wait => return Ok(Got::Wait),
    };
    if to == end && file.is_broken() {
        taken.refuse(to, Reason::Torn);
    }
    Ok(Got::Lines { taken, to })
}
