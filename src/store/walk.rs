//! Rows in the order of their ids, wherever they rest: in the table of sales or in a pack.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::Arc;

use rusqlite::{Connection, Row};

use super::files::Files;
use super::packs::read::{Line, Lines};
use super::rows;
use super::words::Words;
use crate::model::{Sale, SaleId};

/// Ids between two others, both exclusive.
pub(super) type Span = (i64, i64);

/// The ids of a file.
pub(super) const fn span_of(ordinal: i64) -> Span {
    (SaleId::new(ordinal, 0).0 - 1, SaleId::new(ordinal + 1, 0).0)
}

/// Which way rows are walked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// The oldest ones first.
    Oldest,
    /// The newest ones first.
    Newest,
}

impl Order {
    /// The other way.
    pub const fn turned(self) -> Self {
        match self {
            Self::Oldest => Self::Newest,
            Self::Newest => Self::Oldest,
        }
    }
}

/// The stored rows, and what it takes to read them.
#[derive(Clone, Copy)]
pub(super) struct Table<'d> {
    pub conn: &'d Connection,
    pub words: &'d Words,
    pub files: &'d Files,
}

/// Which rows are walked.
#[derive(Clone, Copy)]
pub(super) struct Which {
    /// The table of sales, by an index where few of many are wanted.
    pub table: &'static str,
    pub condition: &'static str,
    /// Whether a row out of a pack is one of them; none where none of them is in a pack.
    pub packed: Option<fn(&Line<'_>) -> bool>,
}

/// Every stored row.
pub(super) const EVERY: Which = Which { table: "sales", condition: "true", packed: Some(|_| true) };

/// Rows that are listed and counted.
pub(super) const LISTED: Which = Which {
    table: "sales",
    condition: "answered_by IS NULL AND same_as IS NULL",
    packed: Some(|line| line.answered_by.is_none()),
};

/// Those of them that a host declined.
pub(super) const DECLINED: Which = Which {
    table: "sales INDEXED BY sales_declined",
    condition: "outcome = 1 AND answered_by IS NULL AND same_as IS NULL",
    packed: None,
};

impl Table<'_> {
    /// The source of a row.
    pub fn source(self, id: i64) -> Arc<str> {
        self.files.source_of(id).cloned().unwrap_or_default()
    }

    /// Gives `each` the rows of a span until it has enough, made into what is asked for by `row` from these columns
    /// (their ids first), or by `packed`.
    pub fn walk<T>(
        self,
        (which, columns): (Which, &str),
        (span, order): (Span, Order),
        row: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
        packed: impl Fn(&Line<'_>) -> T,
        mut each: impl FnMut(i64, T) -> ControlFlow<()>,
    ) -> rusqlite::Result<()> {
        let Which { table, condition, packed: filter } = which;
        let word = if order == Order::Oldest { "ASC" } else { "DESC" };
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {columns} FROM {table} WHERE id > ?1 AND id < ?2 AND {condition} ORDER BY id {word}"
        ))?;
        let mut found = statement.query([span.0, span.1])?;
        let read = |found: &Row<'_>| Ok::<_, rusqlite::Error>((found.get(0)?, row(found)?));
        let mut rows = || found.next()?.map(read).transpose();
        let mut packs = Packs { table: self, span, order, at: None, rows: VecDeque::new() };
        let mut next_packed = || match filter {
            Some(filter) => packs.next(|line| filter(line).then(|| packed(line))),
            None => Ok(None),
        };
        let (mut in_table, mut in_pack) = (rows()?, next_packed()?);
        loop {
            let from_pack = match (&in_table, &in_pack) {
                (Some((row, _)), Some((packed, _))) => (packed < row) == (order == Order::Oldest),
                (None, Some(_)) => true,
                (Some(_), None) => false,
                (None, None) => return Ok(()),
            };
            let taken = if from_pack { in_pack.take() } else { in_table.take() };
            if let Some((id, value)) = taken
                && each(id, value).is_break()
            {
                return Ok(());
            }
            if from_pack {
                in_pack = next_packed()?;
            } else {
                in_table = rows()?;
            }
        }
    }

    /// The same for whole transactions, as they read now.
    pub fn sales(
        self,
        which: Which,
        way: (Span, Order),
        mut each: impl FnMut(Sale) -> ControlFlow<()>,
    ) -> rusqlite::Result<()> {
        let row = |row: &Row<'_>| rows::read(row, self.words, self.source(row.get(0)?));
        self.walk((which, rows::COLUMNS), way, row, |line| line.sale(self), |_, sale| each(sale))
    }

    /// The same for ids and moments, microseconds.
    pub fn times(
        self,
        which: Which,
        way: (Span, Order),
        each: impl FnMut(i64, i64) -> ControlFlow<()>,
    ) -> rusqlite::Result<()> {
        let row = |row: &Row<'_>| row.get(1);
        self.walk((which, "id, time_us"), way, row, |line| line.time, each)
    }
}

/// Goes on until there are enough.
pub(super) const fn until(enough: bool) -> ControlFlow<()> {
    if enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

/// The packs of a span, one after the other.
struct Packs<'d, T> {
    table: Table<'d>,
    span: Span,
    order: Order,
    /// Where the next pack is looked for.
    at: Option<i64>,
    /// Rows of this one that are still to come, oldest first.
    rows: VecDeque<(i64, T)>,
}

impl<T> Packs<'_, T> {
    fn next(&mut self, read: impl Fn(&Line<'_>) -> Option<T>) -> rusqlite::Result<Option<(i64, T)>> {
        while self.rows.is_empty() {
            if !self.read_next(&read)? {
                return Ok(None);
            }
        }
        Ok(match self.order {
            Order::Oldest => self.rows.pop_front(),
            Order::Newest => self.rows.pop_back(),
        })
    }

    /// Reads the next pack; false where there is none.
    fn read_next(&mut self, read: impl Fn(&Line<'_>) -> Option<T>) -> rusqlite::Result<bool> {
        let (conn, (low, high)) = (self.table.conn, self.span);
        let at = match (self.at, self.order) {
            (Some(at), _) => at,
            (None, Order::Newest) => high.saturating_sub(1),
            (None, Order::Oldest) => {
                // The first one may begin before the span.
                let mut find = conn.prepare_cached("SELECT max(first) FROM packs WHERE first <= ?1")?;
                find.query_row([low], |row| row.get::<_, Option<i64>>(0))?.unwrap_or(low)
            }
        };
        let mut find = conn.prepare_cached(match self.order {
            Order::Oldest => "SELECT first, last, rows FROM packs WHERE first >= ?1 ORDER BY first LIMIT 1",
            Order::Newest => "SELECT first, last, rows FROM packs WHERE first <= ?1 ORDER BY first DESC LIMIT 1",
        })?;
        let mut found = find.query([at])?;
        let Some(pack) = found.next()? else { return Ok(false) };
        let (first, last): (i64, i64) = (pack.get(0)?, pack.get(1)?);
        match self.order {
            Order::Oldest if first >= high => return Ok(false),
            Order::Newest if last <= low => return Ok(false),
            Order::Oldest => self.at = Some(first.saturating_add(1)),
            // Only damage gives a row such an id: there is none before it.
            Order::Newest if first == i64::MIN => return Ok(false),
            Order::Newest => self.at = Some(first - 1),
        }
        let mut lines = Lines::of(first, pack.get_ref(2)?.as_blob()?);
        while let Some(line) = lines.next()? {
            if line.id >= high {
                break;
            }
            if line.id > low {
                self.rows.extend(read(line).map(|value| (line.id, value)));
            }
        }
        Ok(true)
    }
}
