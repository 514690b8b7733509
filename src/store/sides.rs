//! A gateway's journal tells one exchange twice: towards the terminal, where it is the host, and towards the acquirer.
//! Both rows stay; the one towards the acquirer is listed and counted, for that is who answers.

use std::collections::VecDeque;
use std::sync::Arc;

use rusqlite::Row;

use super::packs::read::Line;
use super::rows;
use super::tracker::equal_or_absent;
use super::walk::{EVERY, Order, Table, span_of, until};
use crate::model::{MaskedPan, Sale, Short};

/// Newest rows of a source among which the other side is looked for.
const MOST: usize = 64;

/// Newest files of a source in which they are looked for.
const MOST_FILES: usize = 4;

/// Both sides of an exchange are written this close together, seconds.
const WITHIN_S: i64 = 60;

/// The newest rows of a source that tells both sides; empty for every other one.
#[derive(Default)]
pub(super) struct Sides {
    /// The source is such a journal.
    told: bool,
    /// The newest stored rows have been looked at for it.
    loaded: bool,
    rows: VecDeque<Side>,
}

struct Side {
    id: i64,
    time: crate::model::Stamp,
    as_host: bool,
    kind: Short,
    code: Option<Short>,
    stan: Option<Short>,
    rrn: Option<Short>,
    tid: Option<Short>,
    amount: Option<i64>,
    card: Option<MaskedPan>,
}

impl Sides {
    /// Whether the rows before this one are needed and not known: those of an earlier run, and, when the first row of
    /// such a journal comes, those that came while nobody knew that it is one.
    pub fn lacks_rows(&mut self, sale: &Sale) -> bool {
        !self.loaded || (sale.as_host && !self.told)
    }

    /// Reads the newest rows of a source that were stored and have not found their other side.
    pub fn load(&mut self, table: Table<'_>, source: &Arc<str>) -> rusqlite::Result<()> {
        self.rows.clear();
        let mut stored = Vec::new();
        let columns = format!("{}, same_as, as_host", rows::COLUMNS);
        let row = |row: &Row<'_>| {
            let as_host = row.get::<_, Option<i64>>(rows::BEHIND + 1)?.is_some();
            let sale = Sale { as_host, ..rows::read(row, table.words, source.clone())? };
            Ok((sale, row.get::<_, Option<i64>>(rows::BEHIND)?))
        };
        let packed = |line: &Line<'_>| (line.sale(table), None);
        for ordinal in table.files.of(source).into_iter().rev().take(MOST_FILES) {
            table.walk((EVERY, &columns), (span_of(ordinal), Order::Newest), row, packed, |_, row| {
                stored.push(row);
                until(stored.len() >= MOST)
            })?;
            if stored.len() >= MOST {
                break;
            }
        }
        self.loaded = true;
        self.told |= stored.iter().any(|(sale, _)| sale.as_host);
        self.note(stored.iter().rev().map(|(sale, same_as)| (sale, sale.id.0, *same_as)));
        Ok(())
    }

    /// Remembers rows that came before; one that another row stands for has its other side.
    pub fn note<'s>(&mut self, rows: impl Iterator<Item = (&'s Sale, i64, Option<i64>)>) {
        let mut paired = Vec::new();
        for (sale, id, same_as) in rows {
            match same_as {
                Some(other) => paired.push(other),
                None => self.keep(sale, id),
            }
        }
        self.rows.retain(|side| !paired.contains(&side.id));
    }

    /// Takes a row, and gives back the row that tells the same message from the other side.
    pub fn take(&mut self, sale: &Sale, id: i64) -> Option<i64> {
        self.told |= sale.as_host;
        if !self.told {
            self.rows = VecDeque::new();
            return None;
        }
        let at = self.rows.iter().rposition(|side| side.is_other(sale));
        if let Some(at) = at {
            return self.rows.remove(at).map(|side| side.id);
        }
        self.keep(sale, id);
        None
    }

    fn keep(&mut self, sale: &Sale, id: i64) {
        if self.rows.len() >= MOST {
            self.rows.pop_front();
        }
        self.rows.push_back(Side {
            id,
            time: sale.time,
            as_host: sale.as_host,
            kind: sale.kind.clone(),
            code: sale.code.clone(),
            stan: sale.stan.clone(),
            rrn: sale.rrn.clone(),
            tid: sale.tid.clone(),
            amount: sale.amount,
            card: sale.card.clone(),
        });
    }
}

impl Side {
    /// Many gateways count anew towards the acquirer: the reference number, else card and amount stay the same.
    fn is_other(&self, sale: &Sale) -> bool {
        fn same<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> bool {
            a.is_some() && a == b
        }
        let amounts = self.amount.is_none() || sale.amount.is_none() || self.amount == sale.amount;
        self.as_host != sale.as_host
            && self.kind == sale.kind
            && self.code == sale.code
            && amounts
            && self.time.seconds_since(sale.time).abs() <= WITHIN_S
            && equal_or_absent(self.tid.as_deref(), sale.tid.as_deref())
            && (same(self.stan.as_ref(), sale.stan.as_ref())
                || same(self.rrn.as_ref(), sale.rrn.as_ref())
                || (same(self.card.as_ref(), sale.card.as_ref()) && same(self.amount.as_ref(), sale.amount.as_ref())))
    }
}
