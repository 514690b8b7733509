//! A transaction as a row of the table of sales, and back.

use std::sync::Arc;

use rusqlite::{Connection, Row, Statement};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as ValueError, StrDeserializer};

use super::words::{Column, Words};
use crate::model::{MaskedPan, Outcome, Sale, SaleId, SaleState, Stamp};

/// What [`read`] needs, in its order.
pub(super) const COLUMNS: &str = "id, time_us, offset_min, outcome, kind, method, amount, currency, stan, rrn, code, \
     tid, mid, entry_mode, card, latency_ms, host, state, reversed_by, late_by, host_us, fallback, issuer, text";

/// Place of the first column that a query adds behind [`COLUMNS`].
pub(super) const BEHIND: usize = 24;

/// Rows that are listed and counted.
pub(super) const LISTED: &str = "answered_by IS NULL AND same_as IS NULL";

/// A row is stored once; reading a line again changes nothing.
pub(super) const INSERT: &str = "INSERT OR IGNORE INTO sales(id, time_us, offset_min, outcome, kind, method, amount, \
     currency, stan, rrn, code, tid, mid, entry_mode, card, latency_ms, host, state, open, same_as, host_us, fallback, issuer, \
     text) \
     VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, \
     ?21, ?22, ?23, ?24)";

/// The column `open`: what is still to come for a row.
pub(super) mod open {
    /// Out, no answer yet.
    pub const SENT: i64 = 1;
    /// No answer came in time.
    pub const TIMEOUT: i64 = 2;
    /// The outcome has to be queried.
    pub const QUERY: i64 = 3;
    /// Pending for another reason.
    pub const OTHER: i64 = 4;
    /// Out, but it moves no money: only its answer is awaited.
    pub const MONEYLESS: i64 = 9;
    /// One more than the greatest.
    pub const COUNT: usize = 10;
}

/// The value of `open` for a row that just arrived.
pub(super) fn open_as(sale: &Sale) -> Option<i64> {
    let sent = sale.state == Some(SaleState::Sent) && sale.code.is_none();
    if sent && sale.moneyless() {
        return Some(open::MONEYLESS);
    }
    sale.unfinished().then_some(match sale.state {
        Some(SaleState::Sent) => open::SENT,
        Some(SaleState::Timeout) => open::TIMEOUT,
        Some(SaleState::QueryNeeded) => open::QUERY,
        Some(SaleState::Reversed) | None => open::OTHER,
    })
}

/// The stored form of an outcome.
pub(super) const fn outcome_number(outcome: Outcome) -> i64 {
    match outcome {
        Outcome::Approved => 0,
        Outcome::Declined => 1,
        Outcome::Reversed => 2,
        Outcome::NoResponse => 3,
        Outcome::Pending => 4,
    }
}

fn outcome_of(number: i64) -> Outcome {
    match number {
        0 => Outcome::Approved,
        1 => Outcome::Declined,
        2 => Outcome::Reversed,
        3 => Outcome::NoResponse,
        _ => Outcome::Pending,
    }
}

const fn state_number(state: SaleState) -> i64 {
    match state {
        SaleState::Sent => 1,
        SaleState::Timeout => 2,
        SaleState::Reversed => 3,
        SaleState::QueryNeeded => 4,
    }
}

fn state_of(number: i64) -> Option<SaleState> {
    match number {
        1 => Some(SaleState::Sent),
        2 => Some(SaleState::Timeout),
        3 => Some(SaleState::Reversed),
        4 => Some(SaleState::QueryNeeded),
        _ => None,
    }
}

/// Stores a row under this id; false when it was there.
pub(super) fn insert(
    conn: &Connection,
    statement: &mut Statement<'_>,
    words: &mut Words,
    sale: &Sale,
    id: i64,
    same_as: Option<i64>,
) -> rusqlite::Result<bool> {
    let mut word = |statement: &mut Statement<'_>, at, column, text: Option<&str>| -> rusqlite::Result<()> {
        let number = text.map(|text| words.number(conn, column, text)).transpose()?.flatten();
        match number {
            Some(number) => statement.raw_bind_parameter(at, number),
            None => statement.raw_bind_parameter(at, text),
        }
    };
    word(statement, 5, Column::Kind, Some(&sale.kind))?;
    word(statement, 6, Column::Method, sale.method.as_deref())?;
    word(statement, 8, Column::Currency, sale.currency.as_deref())?;
    word(statement, 11, Column::Code, sale.code.as_deref())?;
    word(statement, 12, Column::Tid, sale.tid.as_deref())?;
    word(statement, 13, Column::Mid, sale.mid.as_deref())?;
    word(statement, 14, Column::EntryMode, sale.entry_mode.as_deref())?;
    word(statement, 17, Column::Host, sale.host.as_deref())?;
    word(statement, 23, Column::Issuer, sale.issuer.as_deref())?;
    word(statement, 24, Column::Text, sale.text.as_deref())?;
    statement.raw_bind_parameter(1, id)?;
    statement.raw_bind_parameter(2, sale.time.micros)?;
    statement.raw_bind_parameter(3, sale.time.offset)?;
    statement.raw_bind_parameter(4, outcome_number(sale.outcome))?;
    statement.raw_bind_parameter(7, sale.amount)?;
    statement.raw_bind_parameter(9, sale.stan.as_deref())?;
    statement.raw_bind_parameter(10, sale.rrn.as_deref())?;
    statement.raw_bind_parameter(15, sale.card.as_ref().map(MaskedPan::as_str))?;
    statement.raw_bind_parameter(16, sale.latency_ms)?;
    statement.raw_bind_parameter(18, sale.state.map(state_number))?;
    statement.raw_bind_parameter(19, if same_as.is_some() { None } else { open_as(sale) })?;
    statement.raw_bind_parameter(20, same_as)?;
    statement.raw_bind_parameter(21, sale.host_time.map(|at| at.micros))?;
    statement.raw_bind_parameter(22, sale.fallback)?;
    Ok(statement.raw_execute()? == 1)
}

/// A row of [`COLUMNS`] as a transaction of this source.
///
/// What became of it later is shown in its state: one that a reversal undid reads as reversed, one that was answered
/// after it had been given up waits for nothing any more.
pub(super) fn read(row: &Row<'_>, words: &Words, source: Arc<str>) -> rusqlite::Result<Sale> {
    let mut outcome = outcome_of(row.get(3)?);
    let mut state = row.get::<_, Option<i64>>(17)?.and_then(state_of);
    if row.get::<_, Option<i64>>(18)?.is_some() {
        state = Some(SaleState::Reversed);
    } else if row.get::<_, Option<i64>>(19)?.is_some() {
        state = None;
        if outcome == Outcome::Pending {
            outcome = Outcome::NoResponse;
        }
    }
    let offset = row.get(2)?;
    let card = row.get_ref(14)?.as_str_or_null().ok().flatten().and_then(stored_card);
    Ok(Sale {
        id: SaleId(row.get(0)?),
        time: Stamp::new(row.get(1)?, offset),
        kind: words.text(row, 4)?.unwrap_or_default(),
        method: words.text(row, 5)?,
        amount: row.get(6)?,
        currency: words.text(row, 7)?,
        stan: row.get(8)?,
        rrn: row.get(9)?,
        code: words.text(row, 10)?,
        state,
        outcome,
        tid: words.text(row, 11)?,
        mid: words.text(row, 12)?,
        entry_mode: words.text(row, 13)?,
        card,
        latency_ms: row.get(15)?,
        host: words.text(row, 16)?,
        host_time: row.get::<_, Option<i64>>(20)?.map(|micros| Stamp::new(micros, offset)),
        fallback: row.get(21)?,
        issuer: words.text(row, 22)?,
        text: words.text(row, 23)?,
        card_key: None,
        source,
    })
}

/// A card number as it was stored; reading masks it again, which changes nothing.
fn stored_card(text: &str) -> Option<MaskedPan> {
    let text: StrDeserializer<'_, ValueError> = text.into_deserializer();
    MaskedPan::deserialize(text).ok()
}
