//! Rows on their way out of a pack: each is read as far as it takes to find the next one, and made a transaction where
//! one is wanted.

use rusqlite::ffi;

use super::format::{FIRST_WORD, MOST_SHARED, NO_WORD, SIX_AND_FOUR, SPELT, TEN_DIGITS, has, unit, words};
use crate::model::{MaskedPan, Outcome, Sale, SaleId, SaleState, Short, Stamp};
use crate::store::rows::{outcome_of, state_of, stored_card};
use crate::store::walk::Table;
use crate::store::words::Column;

/// A text of a row.
#[derive(Clone, Copy)]
enum Word<'p> {
    None,
    Number(i64),
    Spelt(&'p [u8]),
}

/// A row of a pack, until the next one is read.
pub struct Line<'p> {
    pub id: i64,
    /// Microseconds.
    pub time: i64,
    /// The row that answered it.
    pub answered_by: Option<i64>,
    offset: i16,
    has: u32,
    end: u8,
    words: [Word<'p>; 10],
    amount: i64,
    stan: Vec<u8>,
    rrn: Vec<u8>,
    /// As it is written.
    card: &'p [u8],
    latency_ms: u32,
    host_time: i64,
    original_stan: &'p [u8],
}

impl Line<'_> {
    pub const fn is_listed(&self) -> bool {
        self.answered_by.is_none()
    }

    pub fn outcome(&self) -> Outcome {
        outcome_of((self.end >> 4).into())
    }

    fn state(&self) -> Option<SaleState> {
        state_of((self.end & 15).into())
    }

    pub fn kind(&self, table: Table<'_>) -> Short {
        self.word(table, Column::Kind).unwrap_or_default()
    }

    fn word(&self, table: Table<'_>, column: Column) -> Option<Short> {
        match self.words[column as usize] {
            Word::None => None,
            Word::Number(number) => table.words.word(number),
            Word::Spelt(text) => Some(Short::from_utf8_lossy(text)),
        }
    }

    /// The transaction as its line told it.
    pub fn sale(&self, table: Table<'_>) -> Sale {
        /// What is there only where its bit is set.
        macro_rules! there {
            ($bit:ident, $value:expr) => {
                if self.has & has::$bit != 0 { Some($value) } else { None }
            };
        }
        let stamp = |micros| Stamp::new(micros, self.offset);
        let text = |bytes: &[u8]| Short::from_utf8_lossy(bytes);
        let word = |column| self.word(table, column);
        Sale {
            id: SaleId(self.id),
            time: stamp(self.time),
            kind: self.kind(table),
            method: word(Column::Method),
            amount: there!(AMOUNT, self.amount),
            currency: word(Column::Currency),
            stan: there!(STAN, text(&self.stan)),
            rrn: there!(RRN, text(&self.rrn)),
            code: word(Column::Code),
            state: self.state(),
            outcome: self.outcome(),
            tid: word(Column::Tid),
            mid: word(Column::Mid),
            entry_mode: word(Column::EntryMode),
            card: there!(CARD, self.card).and_then(card),
            latency_ms: there!(LATENCY, self.latency_ms),
            host: word(Column::Host),
            host_time: there!(HOST_TIME, stamp(self.host_time)),
            fallback: there!(FALLBACK_KNOWN, self.has & has::FALLBACK != 0),
            original_stan: there!(ORIGINAL_STAN, text(self.original_stan)),
            issuer: word(Column::Issuer),
            text: word(Column::Text),
            late_by: None,
            undone_by: None,
            as_host: false,
            card_key: None,
            source: table.source(self.id),
        }
    }
}

/// The rows of a pack, read one after the other.
pub struct Lines<'p> {
    bytes: &'p [u8],
    line: Line<'p>,
}

impl<'p> Lines<'p> {
    /// Those of a pack whose ids count from this one.
    pub fn of(first: i64, bytes: &'p [u8]) -> Self {
        let line = Line {
            id: first,
            time: 0,
            answered_by: None,
            offset: 0,
            has: 0,
            end: 0,
            words: [Word::None; 10],
            amount: 0,
            stan: Vec::new(),
            rrn: Vec::new(),
            card: &[],
            latency_ms: 0,
            host_time: 0,
            original_stan: &[],
        };
        Self { bytes, line }
    }

    /// The next one. Bytes that are no row are a damaged database.
    pub fn next(&mut self) -> rusqlite::Result<Option<&Line<'p>>> {
        if self.bytes.is_empty() {
            return Ok(None);
        }
        let read = read(&mut self.line, &mut self.bytes);
        read.map(|()| Some(&self.line)).ok_or_else(|| {
            rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_CORRUPT), Some("a pack of rows".to_owned()))
        })
    }
}

fn read<'p>(line: &mut Line<'p>, bytes: &mut &'p [u8]) -> Option<()> {
    line.id = line.id.wrapping_add(take(bytes)? as i64);
    let has = u32::try_from(take(bytes)?).ok()?;
    line.has = has;
    let unit = unit(has);
    line.time = line.time.wrapping_add(take_signed(bytes)?.wrapping_mul(unit));
    macro_rules! take_field {
        ($bit:ident, $column:ident, $field:ident) => {
            if has & has::$bit != 0 {
                line.words[Column::$column as usize] = take_word(bytes)?;
            }
        };
    }
    words!(take_field);
    if has & has::END != 0 {
        line.end = *take_bytes(bytes, 1)?.first()?;
    }
    if has & has::OFFSET != 0 {
        line.offset = take_signed(bytes)?.try_into().ok()?;
    }
    line.answered_by = if has & has::ANSWER == 0 { None } else { Some(line.id.wrapping_add(take_signed(bytes)?)) };
    if has & has::AMOUNT != 0 {
        line.amount = take_signed(bytes)?;
    }
    if has & has::STAN != 0 {
        take_tail(bytes, &mut line.stan)?;
    }
    if has & has::RRN != 0 {
        take_tail(bytes, &mut line.rrn)?;
    }
    if has & has::CARD != 0 {
        line.card = take_card(bytes)?;
    }
    if has & has::LATENCY != 0 {
        line.latency_ms = take(bytes)?.try_into().ok()?;
    }
    if has & has::HOST_TIME != 0 {
        line.host_time = line.time.wrapping_add(take_signed(bytes)?.wrapping_mul(unit));
    }
    if has & has::ORIGINAL_STAN != 0 {
        line.original_stan = take_text(bytes)?;
    }
    Some(())
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn take_signed(bytes: &mut &[u8]) -> Option<i64> {
    let number = take(bytes)?;
    Some((number >> 1) as i64 ^ -((number & 1) as i64))
}

fn take_bytes<'p>(bytes: &mut &'p [u8], count: u64) -> Option<&'p [u8]> {
    let (taken, rest) = bytes.split_at_checked(usize::try_from(count).ok()?)?;
    *bytes = rest;
    Some(taken)
}

fn take_word<'p>(bytes: &mut &'p [u8]) -> Option<Word<'p>> {
    Some(match take(bytes)? {
        NO_WORD => Word::None,
        SPELT => Word::Spelt(take_text(bytes)?),
        number => Word::Number((number - FIRST_WORD) as i64),
    })
}

fn take_text<'p>(bytes: &mut &'p [u8]) -> Option<&'p [u8]> {
    let length = take(bytes)?;
    take_bytes(bytes, length)
}

/// A card with its length before it.
fn take_card<'p>(bytes: &mut &'p [u8]) -> Option<&'p [u8]> {
    let length = *bytes.first()?;
    let places = if length & SIX_AND_FOUR == 0 { length.into() } else { TEN_DIGITS as u64 };
    take_bytes(bytes, 1 + places)
}

/// The card that is written so. It is masked again, which changes nothing.
fn card(written: &[u8]) -> Option<MaskedPan> {
    let (&length, rest) = written.split_first()?;
    if length & SIX_AND_FOUR == 0 {
        return stored_card(std::str::from_utf8(rest).ok()?);
    }
    let mut number = rest.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte));
    let mut places = [b'*'; (!SIX_AND_FOUR) as usize];
    let places = places.get_mut(..usize::from(length & !SIX_AND_FOUR))?;
    let last = places.len().checked_sub(4).filter(|last| *last >= 6)?;
    for at in (last..places.len()).rev().chain((0..6).rev()) {
        places[at] = b'0' + (number % 10) as u8;
        number /= 10;
    }
    stored_card(std::str::from_utf8(places).ok()?)
}

/// The next number, in place of the one before.
fn take_tail(bytes: &mut &[u8], number: &mut Vec<u8>) -> Option<()> {
    let parts = *take_bytes(bytes, 1)?.first()?;
    let (same, mut rest) = (usize::from(parts >> 4), u64::from(parts & 15));
    if rest >= MOST_SHARED as u64 {
        rest = rest.checked_add(take(bytes)?)?;
    }
    if same > number.len() {
        return None;
    }
    number.truncate(same);
    number.extend_from_slice(take_bytes(bytes, rest)?);
    Some(())
}
