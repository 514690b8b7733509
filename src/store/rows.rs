//! A transaction as a row of the table of sales, and back.

use std::ops::Deref;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, Statement};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as ValueError, StrDeserializer};

use super::packs::{self, Packed};
use super::walk::Table;
use super::words::{Column, Words};
use crate::model::{MaskedPan, Outcome, Sale, SaleId, SaleState, Short, Stamp};

/// What [`read`] needs, in its order.
pub(super) const COLUMNS: &str = "id, time_us, offset_min, outcome, kind, method, amount, currency, stan, rrn, code, \
     tid, mid, entry_mode, card, latency_ms, host, state, reversed_by, late_by, host_us, fallback, issuer, text, \
     original_stan";

/// Place of the first column that a query adds behind [`COLUMNS`].
pub(super) const BEHIND: usize = 25;

/// Columns of a new row, in the order in which [`bind`] fills them.
const STORED: [&str; 29] = [
    "id",
    "time_us",
    "offset_min",
    "outcome",
    "kind",
    "method",
    "amount",
    "currency",
    "stan",
    "rrn",
    "code",
    "tid",
    "mid",
    "entry_mode",
    "card",
    "latency_ms",
    "host",
    "state",
    "open",
    "answered_by",
    "same_as",
    "reversed_by",
    "late_by",
    "host_us",
    "fallback",
    "issuer",
    "text",
    "as_host",
    "original_stan",
];

/// The statement that stores so many rows at once: opening the table and its indexes costs as much as a row.
///
/// `OR FAIL`: a row that cannot be stored undoes the whole transaction anyway, so no page is kept aside for that.
pub(super) fn insert_sql(rows: usize) -> String {
    let places = vec!["?"; STORED.len()].join(",");
    let rows = vec![format!("({places})"); rows].join(",");
    format!("INSERT OR FAIL INTO sales({}) VALUES{rows}", STORED.join(","))
}

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
    let sent = sale.state == Some(SaleState::Sent) && sale.answer_code().is_none();
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

pub(super) fn outcome_of(number: i64) -> Outcome {
    match number {
        0 => Outcome::Approved,
        1 => Outcome::Declined,
        2 => Outcome::Reversed,
        3 => Outcome::NoResponse,
        _ => Outcome::Pending,
    }
}

pub(super) const fn state_number(state: SaleState) -> i64 {
    match state {
        SaleState::Sent => 1,
        SaleState::Timeout => 2,
        SaleState::Reversed => 3,
        SaleState::QueryNeeded => 4,
    }
}

pub(super) fn state_of(number: i64) -> Option<SaleState> {
    match number {
        1 => Some(SaleState::Sent),
        2 => Some(SaleState::Timeout),
        3 => Some(SaleState::Reversed),
        4 => Some(SaleState::QueryNeeded),
        _ => None,
    }
}

/// A transaction on its way: as its line told it, or with what its request told beyond it. Small, as thousands of rows
/// are gone through more than once.
pub(super) enum Told<'s> {
    Line(&'s Sale),
    Whole(Arc<Sale>),
}

impl Deref for Told<'_> {
    type Target = Sale;

    fn deref(&self) -> &Sale {
        match self {
            Self::Line(sale) => sale,
            Self::Whole(sale) => sale,
        }
    }
}

/// A row that is about to be stored: its transaction, and what is known of it beyond its line.
pub(super) struct Fresh<'s> {
    pub sale: Told<'s>,
    pub id: i64,
    pub open: Option<i64>,
    pub answered_by: Option<i64>,
    pub same_as: Option<i64>,
    pub reversed_by: Option<i64>,
    pub late_by: Option<i64>,
}

impl Fresh<'_> {
    /// The transaction as [`read`] will give it.
    pub fn as_read(&self) -> Sale {
        let written = (self.sale.outcome, self.sale.state);
        let (outcome, state) = ended(written, self.reversed_by.is_some(), self.late_by.is_some());
        let undone_by = self.reversed_by.map(SaleId);
        Sale { state, outcome, undone_by, ..Sale::clone(&self.sale) }
    }
}

/// How a row reads after what became of it later.
const fn ended(
    (outcome, state): (Outcome, Option<SaleState>),
    reversed: bool,
    late: bool,
) -> (Outcome, Option<SaleState>) {
    match (reversed, late, outcome) {
        (true, _, Outcome::Approved) => (Outcome::Reversed, Some(SaleState::Reversed)),
        (true, ..) => (outcome, Some(SaleState::Reversed)),
        (_, true, Outcome::Pending) => (Outcome::NoResponse, None),
        (_, true, _) => (outcome, None),
        _ => (outcome, state),
    }
}

/// The parameters of a statement of [`insert_sql`], filled row after row. What stands there from the statement's last
/// run is not bound again: most of a row is the same as in others.
pub(super) struct Places<'p, 'c> {
    statement: &'p mut Statement<'c>,
    /// What each parameter is: a number, [`NULL`] or [`OTHER`].
    bound: Vec<i64>,
    at: usize,
}

/// No value.
const NULL: i64 = i64::MIN;

/// What is always bound: a text, and a number that would be taken for one of these two.
const OTHER: i64 = i64::MIN + 1;

impl<'p, 'c> Places<'p, 'c> {
    /// The parameters of this statement, which stores so many rows at once.
    pub fn new(statement: &'p mut Statement<'c>, rows: usize) -> Self {
        statement.clear_bindings();
        Self { statement, bound: vec![NULL; rows * STORED.len()], at: 0 }
    }

    /// Stores rows, as many as the statement takes; none of them may be there.
    pub fn insert(&mut self, conn: &Connection, words: &mut Words, rows: &[&Fresh<'_>]) -> rusqlite::Result<()> {
        self.at = 0;
        rows.iter().try_for_each(|row| bind(conn, self, words, row))?;
        self.statement.raw_execute().map(drop)
    }

    fn number(&mut self, value: Option<i64>) -> rusqlite::Result<()> {
        let known = value.map_or(NULL, |value| value.max(OTHER));
        let before = std::mem::replace(&mut self.bound[self.at], known);
        self.at += 1;
        if before == known && known != OTHER {
            return Ok(());
        }
        self.statement.raw_bind_parameter(self.at, value)
    }

    fn text(&mut self, value: Option<&str>) -> rusqlite::Result<()> {
        let Some(text) = value else { return self.number(None) };
        self.bound[self.at] = OTHER;
        self.at += 1;
        self.statement.raw_bind_parameter(self.at, text)
    }
}

fn bind(conn: &Connection, places: &mut Places<'_, '_>, words: &mut Words, row: &Fresh<'_>) -> rusqlite::Result<()> {
    let sale = &*row.sale;
    let mut word = |places: &mut Places<'_, '_>, column, text: Option<&str>| {
        let number = text.map(|text| words.number(conn, column, text)).transpose()?.flatten();
        if number.is_some() { places.number(number) } else { places.text(text) }
    };
    places.number(Some(row.id))?;
    places.number(Some(sale.time.micros))?;
    places.number(Some(sale.time.offset.into()))?;
    places.number(Some(outcome_number(sale.outcome)))?;
    word(places, Column::Kind, Some(&sale.kind))?;
    word(places, Column::Method, sale.method.as_deref())?;
    places.number(sale.amount)?;
    word(places, Column::Currency, sale.currency.as_deref())?;
    places.text(sale.stan.as_deref())?;
    places.text(sale.rrn.as_deref())?;
    word(places, Column::Code, sale.code.as_deref())?;
    word(places, Column::Tid, sale.tid.as_deref())?;
    word(places, Column::Mid, sale.mid.as_deref())?;
    word(places, Column::EntryMode, sale.entry_mode.as_deref())?;
    places.text(sale.card.as_ref().map(MaskedPan::as_str))?;
    places.number(sale.latency_ms.map(i64::from))?;
    word(places, Column::Host, sale.host.as_deref())?;
    places.number(sale.state.map(state_number))?;
    places.number(row.open)?;
    places.number(row.answered_by)?;
    places.number(row.same_as)?;
    places.number(row.reversed_by)?;
    places.number(row.late_by)?;
    places.number(sale.host_time.map(|at| at.micros))?;
    places.number(sale.fallback.map(i64::from))?;
    word(places, Column::Issuer, sale.issuer.as_deref())?;
    word(places, Column::Text, sale.text.as_deref())?;
    places.number(sale.as_host.then_some(1))?;
    places.text(sale.original_stan.as_deref())
}

/// A stored row with all that is known of it beyond its line.
pub(super) struct Found {
    /// As it reads now.
    pub sale: Sale,
    /// Outcome and state as its line told them, whatever became of it later.
    written: (Outcome, Option<SaleState>),
    pub open: Option<i64>,
    pub answered_by: Option<i64>,
    pub same_as: Option<i64>,
}

impl Found {
    /// Whether it is listed and counted.
    pub const fn is_listed(&self) -> bool {
        self.answered_by.is_none() && self.same_as.is_none()
    }

    /// The transaction as its line told it.
    pub fn into_written(self) -> Sale {
        let (outcome, state) = self.written;
        Sale { state, outcome, ..self.sale }
    }
}

impl From<Packed> for Found {
    fn from(row: Packed) -> Self {
        let Packed { sale, answered_by } = row;
        Self { written: (sale.outcome, sale.state), sale, open: None, answered_by, same_as: None }
    }
}

/// The row with this id, wherever it rests.
pub(super) fn find(table: Table<'_>, id: i64) -> rusqlite::Result<Option<Found>> {
    let sql = format!("SELECT {COLUMNS}, open, answered_by, same_as FROM sales WHERE id = ?1");
    let mut find = table.conn.prepare_cached(&sql)?;
    let found = find.query_row([id], |row| {
        Ok(Found {
            sale: read(row, table.words, table.source(id))?,
            written: written(row)?,
            open: row.get(BEHIND)?,
            answered_by: row.get(BEHIND + 1)?,
            same_as: row.get(BEHIND + 2)?,
        })
    });
    match found.optional()? {
        Some(found) => Ok(Some(found)),
        None => Ok(packs::find(table, id)?.map(Found::from)),
    }
}

/// Outcome and state of a row of [`COLUMNS`] as its line told them.
fn written(row: &Row<'_>) -> rusqlite::Result<(Outcome, Option<SaleState>)> {
    Ok((outcome_of(row.get(3)?), row.get::<_, Option<i64>>(17)?.and_then(state_of)))
}

/// A row of [`COLUMNS`] as a transaction of this source.
///
/// What became of it later is shown in its state: one that a reversal undid reads as reversed, one that was answered
/// after it had been given up waits for nothing any more.
pub(super) fn read(row: &Row<'_>, words: &Words, source: Arc<str>) -> rusqlite::Result<Sale> {
    let (undone_by, late_by): (Option<i64>, Option<i64>) = (row.get(18)?, row.get(19)?);
    let (outcome, state) = ended(written(row)?, undone_by.is_some(), late_by.is_some());
    let offset = row.get(2)?;
    let card = row.get_ref(14)?.as_str_or_null().ok().flatten().and_then(stored_card);
    Ok(Sale {
        id: SaleId(row.get(0)?),
        time: Stamp::new(row.get(1)?, offset),
        kind: words.text(row, 4)?.unwrap_or_default(),
        method: words.text(row, 5)?,
        amount: row.get(6)?,
        currency: words.text(row, 7)?,
        stan: short(row, 8)?,
        rrn: short(row, 9)?,
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
        original_stan: short(row, 24)?,
        late_by: late_by.map(SaleId),
        undone_by: undone_by.map(SaleId),
        as_host: false,
        card_key: None,
        source,
    })
}

fn short(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Short>> {
    Ok(row.get_ref(at)?.as_str_or_null()?.map(Short::from))
}

/// A card number as it was stored; reading masks it again, which changes nothing.
pub(super) fn stored_card(text: &str) -> Option<MaskedPan> {
    let text: StrDeserializer<'_, ValueError> = text.into_deserializer();
    MaskedPan::deserialize(text).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn what_stands_from_the_row_before_is_that_rows_only_where_it_is_equal() {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch("CREATE TABLE t(a, b)").unwrap();
        let numbers = [None, Some(1), Some(2), Some(i64::MIN), Some(i64::MIN + 1), Some(i64::MAX)];
        let texts = [None, Some("a"), Some("b")];
        let mut rows = Vec::new();
        for (before, after) in numbers.iter().flat_map(|before| numbers.iter().map(move |after| (*before, *after))) {
            for (said, says) in texts.iter().flat_map(|said| texts.iter().map(move |says| (*said, *says))) {
                rows.extend([(before, said), (after, says)]);
            }
        }
        let mut insert = conn.prepare("INSERT INTO t VALUES(?, ?)").unwrap();
        let mut places = Places::new(&mut insert, 1);
        for (number, text) in &rows {
            places.at = 0;
            places.number(*number).unwrap();
            places.text(*text).unwrap();
            places.statement.raw_execute().unwrap();
        }
        let mut find = conn.prepare("SELECT a, b FROM t ORDER BY rowid").unwrap();
        let found = find.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        let found: Vec<(Option<i64>, Option<String>)> = found.map(Result::unwrap).collect();
        let wanted = rows.iter().map(|(number, text)| (*number, text.map(str::to_owned)));
        assert!(found.into_iter().eq(wanted));
    }
}
