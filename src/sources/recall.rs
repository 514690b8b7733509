//! What only memory holds of a journal, and what a restart takes away: by which whole numbers its cards are told apart.
//!
//! Cards are counted by a hash under a key that is made when the process starts and is stored nowhere: a hash that
//! outlived it could be tried against every card number there is. So hashes of an earlier run mean nothing to this one,
//! and the store has only first six and last four. Where the journal itself still shows whole numbers its end is read
//! once more. Where it does not (packed or binary files, files rotated away and closed, lines pushed through a socket,
//! another program's database, the system's journal) cards are told apart by what is left of them, and every count
//! says "at least".

use std::io;

use super::LineParser;
use super::body::Body;
use super::lines::{Lines, Shape, border_before};
use super::piece::{self, Got, Stretch};
use super::ranges;
use crate::model::{FileMark, Outcome, Sale};

/// Bytes of a journal that are read once more: a busy till writes less in a day.
const RECALL: u64 = 1 << 20;

/// The rows at the end of what was read of this file that are counted by card, as they read in it. None of them is
/// new: they are known by their ids.
pub fn recall(parser: &dyn LineParser, file: &Body, mark: &FileMark) -> io::Result<Vec<Sale>> {
    let end = ranges::end(&mark.done);
    if mark.ordinal == 0 || end == 0 || file.is_packed() || parser.shape() == Shape::Frames {
        return Ok(Vec::new());
    }
    let floor = mark.done.last().map_or(0, |(from, _)| *from);
    let mut from = border_before(file, floor, end.saturating_sub(RECALL).max(floor))?.unwrap_or(end);
    let (mut lines, mut rows) = (Lines::default(), Vec::new());
    while from < end {
        let stretch = Stretch { file: mark.ordinal, from, end, closed: true };
        let Got::Lines { taken, to } = piece::read(parser, &mut lines, file, stretch)? else { break };
        // Of a request nobody knows yet; its answer may leave out the card.
        let counted = |sale: &Sale| sale.failed() || sale.outcome == Outcome::Pending;
        rows.extend(taken.rows.into_iter().filter(counted));
        from = to;
    }
    Ok(rows)
}
