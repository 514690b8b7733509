//! Rows on their way into a pack.

use rusqlite::Connection;

use super::format::{FIRST_WORD, FULL, MILLI, MOST_SHARED, NO_WORD, SIX_AND_FOUR, SPELT, TEN_DIGITS, has, unit, words};
use crate::model::{Outcome, Sale, Short};
use crate::store::rows::{outcome_number, state_number};
use crate::store::tally;
use crate::store::words::{Column, Words};

/// A pack that is being written.
pub struct Pack<'s> {
    pub first: i64,
    pub last: i64,
    /// Rows that are listed.
    pub listed: i64,
    /// Those of them that a settlement settles.
    pub sold: i64,
    pub bytes: Vec<u8>,
    before: Option<&'s Sale>,
    /// The last numbers that a row had.
    stan: &'s str,
    rrn: &'s str,
}

impl<'s> Pack<'s> {
    /// An empty one for rows from this id on.
    pub fn from(first: i64) -> Self {
        let bytes = Vec::with_capacity(FULL + FULL / 8);
        Self { first, last: first, listed: 0, sold: 0, bytes, before: None, stan: "", rrn: "" }
    }

    pub const fn is_full(&self) -> bool {
        self.bytes.len() >= FULL
    }

    /// Adds a row behind those that are there.
    pub fn push(
        &mut self,
        conn: &Connection,
        words: &mut Words,
        (id, sale, answered_by): (i64, &'s Sale, Option<i64>),
    ) -> rusqlite::Result<()> {
        let before = self.before;
        let since = sale.time.micros.wrapping_sub(before.map_or(0, |before| before.time.micros));
        let host_ahead = sale.host_time.map_or(0, |at| at.micros.wrapping_sub(sale.time.micros));
        let fine = since % MILLI != 0 || host_ahead % MILLI != 0;
        let has = bits(sale, before, answered_by.is_some()) | if fine { has::MICROS } else { 0 };
        let unit = unit(has);

        let bytes = &mut self.bytes;
        put(bytes, id.wrapping_sub(self.last) as u64);
        put(bytes, has.into());
        put_signed(bytes, since / unit);
        macro_rules! put_field {
            ($bit:ident, $column:ident, $field:ident) => {
                if has & has::$bit != 0 {
                    put_word(bytes, (conn, words), Column::$column, Option::from(&sale.$field))?;
                }
            };
        }
        words!(put_field);
        if has & has::END != 0 {
            bytes.push((outcome_number(sale.outcome) << 4 | sale.state.map_or(0, state_number)) as u8);
        }
        if has & has::OFFSET != 0 {
            put_signed(bytes, sale.time.offset.into());
        }
        if let Some(by) = answered_by {
            put_signed(bytes, by.wrapping_sub(id));
        }
        if let Some(amount) = sale.amount {
            put_signed(bytes, amount);
        }
        if let Some(stan) = &sale.stan {
            put_tail(bytes, std::mem::replace(&mut self.stan, stan), stan);
        }
        if let Some(rrn) = &sale.rrn {
            put_tail(bytes, std::mem::replace(&mut self.rrn, rrn), rrn);
        }
        if let Some(card) = &sale.card {
            put_card(bytes, card.as_str().as_bytes());
        }
        if let Some(latency) = sale.latency_ms {
            put(bytes, latency.into());
        }
        if sale.host_time.is_some() {
            put_signed(bytes, host_ahead / unit);
        }
        if let Some(stan) = &sale.original_stan {
            put_text(bytes, stan);
        }
        self.last = id;
        if answered_by.is_none() {
            self.listed += 1;
            self.sold += i64::from(sale.outcome == Outcome::Approved && tally::in_batch(&sale.kind));
        }
        self.before = Some(sale);
        Ok(())
    }
}

fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn put_signed(bytes: &mut Vec<u8>, number: i64) {
    put(bytes, (number << 1 ^ number >> 63) as u64);
}

fn put_word(
    bytes: &mut Vec<u8>,
    (conn, words): (&Connection, &mut Words),
    column: Column,
    text: Option<&Short>,
) -> rusqlite::Result<()> {
    let Some(text) = text else {
        put(bytes, NO_WORD);
        return Ok(());
    };
    if let Some(number) = words.number(conn, column, text)?.and_then(|number| u64::try_from(number).ok()) {
        put(bytes, number + FIRST_WORD);
    } else {
        put(bytes, SPELT);
        put_text(bytes, text);
    }
    Ok(())
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    put(bytes, text.len() as u64);
    bytes.extend_from_slice(text.as_bytes());
}

/// Which bits of a row are set, as against the one before it.
fn bits(sale: &Sale, before: Option<&Sale>, answered: bool) -> u32 {
    let mut has = 0;
    let mut note = |bit: u32, there: bool| has |= if there { bit } else { 0 };
    macro_rules! differs {
        ($bit:ident, $column:ident, $field:ident) => {
            note(has::$bit, before.is_none_or(|before| before.$field != sale.$field))
        };
    }
    words!(differs);
    note(has::END, before.is_none_or(|before| (before.outcome, before.state) != (sale.outcome, sale.state)));
    note(has::ANSWER, answered);
    note(has::AMOUNT, sale.amount.is_some());
    note(has::STAN, sale.stan.is_some());
    note(has::RRN, sale.rrn.is_some());
    note(has::CARD, sale.card.is_some());
    note(has::LATENCY, sale.latency_ms.is_some());
    note(has::HOST_TIME, sale.host_time.is_some());
    note(has::OFFSET, before.is_none_or(|before| before.time.offset != sale.time.offset));
    note(has::ORIGINAL_STAN, sale.original_stan.is_some());
    note(has::FALLBACK_KNOWN, sale.fallback.is_some());
    note(has::FALLBACK, sale.fallback == Some(true));
    has
}

fn put_card(bytes: &mut Vec<u8>, card: &[u8]) {
    // No masked number is longer than 19 places.
    let length = card.len() as u8;
    if let Some(number) = six_and_four(card) {
        bytes.push(length | SIX_AND_FOUR);
        bytes.extend_from_slice(&number.to_le_bytes()[..TEN_DIGITS]);
    } else {
        bytes.push(length);
        bytes.extend_from_slice(card);
    }
}

fn six_and_four(card: &[u8]) -> Option<u64> {
    let (first, rest) = card.split_at_checked(6)?;
    let (stars, last) = rest.split_at_checked(rest.len().checked_sub(4)?)?;
    let digit = |number: u64, place: &u8| place.is_ascii_digit().then(|| number * 10 + u64::from(place - b'0'));
    let number = first.iter().chain(last).try_fold(0, digit)?;
    stars.iter().all(|place| *place == b'*').then_some(number)
}

/// A number that counts on from the one before: how much of it is the same, and the rest.
fn put_tail(bytes: &mut Vec<u8>, before: &str, text: &str) {
    let same = before.bytes().zip(text.bytes()).take(MOST_SHARED).take_while(|(a, b)| a == b).count();
    let rest = &text.as_bytes()[same..];
    bytes.push((same << 4 | rest.len().min(MOST_SHARED)) as u8);
    if rest.len() >= MOST_SHARED {
        put(bytes, (rest.len() - MOST_SHARED) as u64);
    }
    bytes.extend_from_slice(rest);
}
