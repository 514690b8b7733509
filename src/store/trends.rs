//! Transactions in numbers, hour by hour: counted as rows arrive, in memory until the transaction that stores them is.
//!
//! At every moment the table and what waits for it hold the sum over all listed rows, as they read now: whatever hides
//! a row or changes how it ended takes it out and, where it still counts, in again. Numbers outlive rows that had to
//! make room, but not the days that are kept.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};

use super::db::Db;
use super::walk::{LISTED, Order, Table, until};
use crate::model::{BUCKETS, Counts, Outcome, Sale, SaleState, Way, bucket, hour_of};

/// Setting that says up to which row the rows of an older version still have to be counted.
const TODO: &str = "trends.todo";

/// Rows counted at a time when an older version's are.
const STEP: usize = 2_000;

/// Different codes, and issuers, kept for one hour: a journal of nonsense must not fill the memory.
const MOST: usize = 100;

/// How a customer's transaction ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Approved,
    Declined,
    NoResponse,
}

/// How a row counts; none for services, for what is not over, and for a request that was answered after it had been
/// given up: its answer counts.
fn end(sale: &Sale) -> Option<End> {
    let service = ["reversal", "settle", "signon", "echo"];
    if service.iter().any(|kind| sale.kind.eq_ignore_ascii_case(kind)) {
        return None;
    }
    match (sale.outcome, sale.state) {
        (Outcome::Approved, _) => Some(End::Approved),
        (Outcome::Declined, _) => Some(End::Declined),
        (Outcome::Reversed, _) if sale.code.is_some() => Some(End::Approved),
        (Outcome::Reversed, _) | (Outcome::NoResponse, Some(_)) | (Outcome::Pending, Some(SaleState::Reversed)) => {
            Some(End::NoResponse)
        }
        (Outcome::NoResponse, None) | (Outcome::Pending, _) => None,
    }
}

/// The first six digits of a card, where all of them are known; a wallet's number names no issuer.
fn issuer(sale: &Sale) -> Option<u32> {
    if Way::of(sale) == Some(Way::Scan) {
        return None;
    }
    sale.card.as_ref()?.as_str().get(..6)?.parse().ok()
}

/// What changed in one hour.
struct Change {
    count: i64,
    declined: i64,
    no_response: i64,
    ways: [i64; 5],
    codes: Vec<(String, i64)>,
    /// Issuer, transactions, declines.
    banks: Vec<(u32, i64, i64)>,
    times: [i32; BUCKETS],
}

impl Default for Change {
    fn default() -> Self {
        Self {
            count: 0,
            declined: 0,
            no_response: 0,
            ways: [0; 5],
            codes: Vec::new(),
            banks: Vec::new(),
            times: [0; BUCKETS],
        }
    }
}

impl Change {
    fn take(&mut self, sale: &Sale, end: End, by: i64) {
        let declined = if end == End::Declined { by } else { 0 };
        self.count += by;
        self.declined += declined;
        self.no_response += if end == End::NoResponse { by } else { 0 };
        if let Some(way) = Way::of(sale) {
            self.ways[way as usize] += by;
        }
        if let Some(code) = sale.code.as_deref().filter(|_| end == End::Declined) {
            if let Some((_, count)) = self.codes.iter_mut().find(|(known, _)| known == code) {
                *count += by;
            } else if self.codes.len() < MOST {
                self.codes.push((code.to_owned(), by));
            }
        }
        if let Some(bank) = issuer(sale) {
            if let Some((_, count, refused)) = self.banks.iter_mut().find(|(known, ..)| *known == bank) {
                (*count, *refused) = (*count + by, *refused + declined);
            } else if self.banks.len() < MOST {
                self.banks.push((bank, by, declined));
            }
        }
        if let Some(ms) = sale.latency_ms {
            self.times[usize::from(bucket(ms))] += if by > 0 { 1 } else { -1 };
        }
    }

    /// Puts the change into the numbers of its hour.
    fn apply(&self, counts: &mut Counts) {
        let plus = |number: &mut u64, by: i64| *number = number.saturating_add_signed(by);
        plus(&mut counts.count, self.count);
        plus(&mut counts.declined, self.declined);
        plus(&mut counts.no_response, self.no_response);
        for (number, by) in counts.ways.iter_mut().zip(self.ways) {
            plus(number, by);
        }
        for (code, by) in &self.codes {
            if counts.codes.len() < MOST || counts.codes.contains_key(code) {
                plus(counts.codes.entry(code.clone()).or_default(), *by);
            }
        }
        for (bank, count, declined) in &self.banks {
            if counts.banks.len() < MOST || counts.banks.contains_key(bank) {
                let known = counts.banks.entry(*bank).or_default();
                plus(&mut known.count, *count);
                plus(&mut known.declined, *declined);
            }
        }
        for (at, by) in self.times.iter().enumerate().filter(|(_, by)| **by != 0) {
            plus(counts.times.entry(at as u8).or_default(), i64::from(*by));
        }
        counts.codes.retain(|_, count| *count > 0);
        counts.banks.retain(|_, bank| bank.count > 0);
        counts.times.retain(|_, count| *count > 0);
    }
}

/// Sums that were made once.
#[derive(Default)]
pub(super) struct Sums {
    /// Hours they are about, the last one not included.
    pub span: (i64, i64),
    pub by_hour_of_day: Vec<Counts>,
    pub days: u32,
}

/// What waits to be stored.
#[derive(Default)]
pub(super) struct Trends {
    changes: Vec<(i64, Change)>,
    place: HashMap<i64, usize>,
    /// Where the last row went: the next one mostly belongs there too.
    last: usize,
    /// Rows up to this one are counted later, by [`Db::trends_step`].
    todo: Option<i64>,
    given_up: bool,
    /// Kept until a row in its span comes or goes.
    pub usual: Option<Sums>,
}

impl Trends {
    /// Nothing waits; says what an older version left to be counted.
    pub fn load(conn: &Connection) -> rusqlite::Result<Self> {
        let kept = conn.query_row("SELECT value FROM settings WHERE key = ?1", [TODO], |row| row.get::<_, String>(0));
        let todo = kept.optional()?.and_then(|text| text.parse().ok());
        Ok(Self { todo, ..Self::default() })
    }

    /// Counts a row that is listed from now on.
    pub fn count_in(&mut self, sale: &Sale, id: i64) {
        self.count(sale, id, 1);
    }

    /// Takes out a row that is not listed any more, or reads differently from now on.
    pub fn count_out(&mut self, sale: &Sale, id: i64) {
        self.count(sale, id, -1);
    }

    /// Whether rows of an older version wait to be counted.
    pub const fn counting(&self) -> bool {
        self.todo.is_some() && !self.given_up
    }

    /// Leaves older rows uncounted until the next start.
    pub fn give_up(&mut self) {
        self.given_up = true;
    }

    fn count(&mut self, sale: &Sale, id: i64, by: i64) {
        if self.todo.is_some_and(|todo| id <= todo) {
            return;
        }
        let Some(end) = end(sale) else { return };
        self.at(hour_of(sale.time)).take(sale, end, by);
    }

    fn at(&mut self, hour: i64) -> &mut Change {
        if self.changes.get(self.last).is_none_or(|(known, _)| *known != hour) {
            self.last = *self.place.entry(hour).or_insert(self.changes.len());
            if self.last == self.changes.len() {
                self.changes.push((hour, Change::default()));
            }
            if self.usual.as_ref().is_some_and(|usual| (usual.span.0..usual.span.1).contains(&hour)) {
                self.usual = None;
            }
        }
        &mut self.changes[self.last].1
    }

    /// Writes what waits into the open transaction.
    pub fn flush(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        if self.changes.is_empty() {
            return Ok(());
        }
        let mut read = conn.prepare("SELECT counts FROM trends WHERE hour = ?1")?;
        let mut write = conn.prepare("INSERT OR REPLACE INTO trends VALUES(?1, ?2)")?;
        for (hour, change) in &self.changes {
            let stored: Option<String> = read.query_row([hour], |row| row.get(0)).optional()?;
            let mut counts: Counts = stored.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
            change.apply(&mut counts);
            if counts.count == 0 {
                conn.execute("DELETE FROM trends WHERE hour = ?1", [hour])?;
            } else {
                write.execute(params![hour, serde_json::to_string(&counts).unwrap_or_default()])?;
            }
        }
        self.changes.clear();
        self.place.clear();
        Ok(())
    }

    /// Forgets the numbers of hours before this one.
    pub fn forget_before(&mut self, conn: &Connection, hour: i64) -> rusqlite::Result<()> {
        self.flush(conn)?;
        if conn.execute("DELETE FROM trends WHERE hour < ?1", [hour])? > 0 {
            self.usual = None;
        }
        Ok(())
    }
}

impl Db {
    /// The numbers of these hours, the last one not included, in their order; hours without transactions are left out.
    pub fn trend_hours(&mut self, from: i64, to: i64) -> rusqlite::Result<Vec<(i64, Counts)>> {
        self.trends.flush(&self.conn)?;
        let mut statement =
            self.conn.prepare("SELECT hour, counts FROM trends WHERE hour >= ?1 AND hour < ?2 ORDER BY hour")?;
        let mut found = statement.query([from, to])?;
        let mut hours = Vec::new();
        while let Some(row) = found.next()? {
            let text = row.get_ref(1)?.as_str().unwrap_or_default();
            hours.push((row.get(0)?, serde_json::from_str(text).unwrap_or_default()));
        }
        Ok(hours)
    }

    /// Counts some more of the rows that an older version stored, newest first; false when all are.
    pub fn trends_step(&mut self) -> rusqlite::Result<bool> {
        let Some(todo) = self.trends.todo else { return Ok(false) };
        let sales = listed_down_from(self.table(), todo)?;
        let done = sales.len() < STEP;
        // From here on these rows are counted as they come and go.
        self.trends.todo = sales.last().filter(|_| !done).map(|sale| sale.id.0 - 1);
        for sale in &sales {
            self.trends.count_in(sale, sale.id.0);
        }
        self.trends.flush(&self.conn)?;
        match self.trends.todo {
            Some(rest) => self.set_setting(TODO, &rest.to_string())?,
            None => {
                self.conn.execute("DELETE FROM settings WHERE key = ?1", [TODO])?;
            }
        }
        self.trends.usual = None;
        Ok(!done)
    }
}

/// Listed rows up to this one, newest first, a step's worth.
fn listed_down_from(table: Table<'_>, id: i64) -> rusqlite::Result<Vec<Sale>> {
    let mut sales = Vec::new();
    table.sales(LISTED, ((i64::MIN, id.saturating_add(1)), Order::Newest), |sale| {
        sales.push(sale);
        until(sales.len() >= STEP)
    })?;
    Ok(sales)
}
