//! Listings: each journal is walked in the order it was read, several are merged by the moments of [`super::order`].
//! Pages follow each other exactly, whatever arrives in between.

use std::collections::VecDeque;
use std::sync::Arc;

use super::db::Db;
use super::order::{NEIGHBOURS, PLAUSIBLE_FROM, order_stamp};
use super::rows;
use super::walk::{DECLINED, LISTED, Order, Span, Which, until};
use crate::model::{Sale, SaleId};
use crate::proto::{Cursor, MAX_PAGE, SaleFilter, SaleQuery};

/// A listing `since` a moment gives up behind this many older rows in a row: clocks step back, but not for ever.
const GIVE_UP: usize = 100_000;

/// Rows read ahead at a time.
const CHUNK: usize = 256;

/// Rows searched for plausible neighbours.
const NEIGHBOUR_SCAN: usize = 20_000;

/// The rows of a filter, by an index where few of many are wanted.
const fn rows_of(filter: SaleFilter) -> Which {
    match filter {
        SaleFilter::All => LISTED,
        SaleFilter::Declined => DECLINED,
        SaleFilter::Failed => Which {
            table: "sales INDEXED BY sales_failed",
            condition: "outcome IN (1, 3) AND answered_by IS NULL AND same_as IS NULL",
            packed: None,
        },
        SaleFilter::Unfinished => {
            let table = "sales INDEXED BY sales_open";
            Which { table, condition: "open IS NOT NULL AND open < 9", packed: None }
        }
    }
}

/// One source on its way through a listing.
struct Walker {
    rows: Which,
    order: Order,
    /// Spans still to be walked, the next one last.
    spans: Vec<Span>,
    buffer: VecDeque<Sale>,
    /// Plausible times behind the walker, nearest last; and beyond its buffer. Kept only for merging.
    merging: bool,
    passed: VecDeque<i64>,
    beyond: Vec<i64>,
}

impl Db {
    /// One page, and where the next one begins; none when this was the last.
    pub fn sales(&self, query: &SaleQuery) -> rusqlite::Result<(Vec<Sale>, Option<Cursor>)> {
        let limit = if query.limit == 0 { MAX_PAGE } else { query.limit.min(MAX_PAGE) };
        let mut cursor = query.cursor.clone().unwrap_or_default();
        let sources = self.files.sources(&self.order);
        let mut walkers = Vec::with_capacity(sources.len());
        for source in &sources {
            walkers.push(self.walker(query, source, sources.len() > 1, cursor.0.get(&**source).copied())?);
        }
        let mut page = Vec::new();
        let mut more = false;
        while let Some(at) = self.next_walker(&mut walkers, query)? {
            if page.len() == limit {
                more = true;
                break;
            }
            if let Some(sale) = walkers[at].pop() {
                cursor.0.insert(sale.source.to_string(), sale.id);
                page.push(sale);
            }
        }
        Ok((page, more.then_some(cursor)))
    }

    /// One transaction; a request that was answered is found as its answer.
    pub fn sale(&self, id: SaleId) -> rusqlite::Result<Option<Sale>> {
        let found = rows::find(self.table(), id.0)?;
        match found.as_ref().and_then(|found| found.answered_by) {
            Some(answer) => Ok(rows::find(self.table(), answer)?.map(|found| found.sale)),
            None => Ok(found.map(|found| found.sale)),
        }
    }

    fn walker(
        &self,
        query: &SaleQuery,
        source: &Arc<str>,
        merging: bool,
        last: Option<SaleId>,
    ) -> rusqlite::Result<Walker> {
        let mut walker = Walker {
            rows: rows_of(query.filter),
            order: if query.ascending { Order::Oldest } else { Order::Newest },
            spans: self.spans(source, merging),
            buffer: VecDeque::new(),
            merging,
            passed: VecDeque::new(),
            beyond: Vec::new(),
        };
        if walker.order == Order::Oldest {
            walker.spans.reverse();
        }
        let since = query.since.map(|since| since.micros);
        let start = match (last, since) {
            (Some(last), _) => Some(last.0),
            (None, Some(since)) if query.ascending => self.before_since(&walker, since)?,
            (None, _) => None,
        };
        if let Some(start) = start {
            let behind = walker.skip_to(start);
            if merging {
                let times = self.times(walker.rows, &behind, walker.order.turned())?;
                walker.passed = times.into_iter().rev().collect();
            }
        }
        Ok(walker)
    }

    /// The ids of a source, oldest span first; a lone source owns all ids.
    fn spans(&self, source: &str, merging: bool) -> Vec<Span> {
        if !merging {
            return vec![(-1, i64::MAX)];
        }
        let mut spans: Vec<Span> = Vec::new();
        for ordinal in self.files.of(source) {
            let span = (SaleId::new(ordinal, 0).0 - 1, SaleId::new(ordinal + 1, 0).0);
            match spans.last_mut() {
                Some(last) if last.1 == span.0 + 1 => last.1 = span.1,
                _ => spans.push(span),
            }
        }
        spans
    }

    /// Which walker's row comes next: the least moment ascending, else the greatest; ties by the configuration.
    fn next_walker(&self, walkers: &mut [Walker], query: &SaleQuery) -> rusqlite::Result<Option<usize>> {
        let mut best: Option<(i64, usize)> = None;
        for (at, walker) in walkers.iter_mut().enumerate() {
            let Some(moment) = walker.moment(self, query)? else { continue };
            let better = best.is_none_or(|(than, _)| if query.ascending { moment < than } else { moment >= than });
            if better {
                best = Some((moment, at));
            }
        }
        Ok(best.map(|(_, at)| at))
    }

    /// The row before the first one at or after `since`, as far back as [`GIVE_UP`] allows.
    fn before_since(&self, walker: &Walker, since: i64) -> rusqlite::Result<Option<i64>> {
        let (mut first, mut missed) = (i64::MAX, 0);
        for span in &walker.spans {
            self.table().times(walker.rows, (*span, Order::Newest), |id, time| {
                if time >= since {
                    (first, missed) = (id, 0);
                } else {
                    missed += 1;
                }
                until(missed > GIVE_UP)
            })?;
            if missed > GIVE_UP {
                break;
            }
        }
        Ok(Some(first - 1))
    }

    /// Plausible times in these spans (the nearest span last), nearest first, at most [`NEIGHBOURS`].
    fn times(&self, rows: Which, spans: &[Span], order: Order) -> rusqlite::Result<Vec<i64>> {
        let mut times = Vec::new();
        for span in spans.iter().rev() {
            let mut seen = 0;
            self.table().times(rows, (*span, order), |_, time| {
                seen += 1;
                times.extend((time >= PLAUSIBLE_FROM).then_some(time));
                until(times.len() >= NEIGHBOURS || seen >= NEIGHBOUR_SCAN)
            })?;
            if times.len() >= NEIGHBOURS {
                break;
            }
        }
        Ok(times)
    }
}

impl Walker {
    /// Leaves out everything up to `id`; returns what lies behind, the nearest span last.
    fn skip_to(&mut self, id: i64) -> Vec<Span> {
        let mut behind = Vec::new();
        let mut ahead = Vec::new();
        while let Some((low, high)) = self.spans.pop() {
            let (back, front) = if self.order == Order::Oldest {
                ((low, high.min(id.saturating_add(1))), (low.max(id), high))
            } else {
                ((low.max(id.saturating_sub(1)), high), (low, high.min(id)))
            };
            if back.0 + 1 < back.1 {
                behind.push(back);
            }
            if front.0 + 1 < front.1 {
                ahead.push(front);
            }
        }
        ahead.reverse();
        self.spans = ahead;
        behind
    }

    /// The moment of the row in front, after leaving out those before `since`; none at the end.
    fn moment(&mut self, db: &Db, query: &SaleQuery) -> rusqlite::Result<Option<i64>> {
        let mut missed = 0;
        loop {
            if self.buffer.is_empty() {
                // What is left out is read in large steps: each reads a pack from its beginning.
                self.refill(db, if missed > 0 { CHUNK } else { query.limit })?;
            }
            let Some(head) = self.buffer.front() else { return Ok(None) };
            if query.since.is_none_or(|since| head.time >= since) {
                break;
            }
            self.pop();
            missed += 1;
            if missed > GIVE_UP {
                self.buffer.clear();
                self.spans.clear();
                return Ok(None);
            }
        }
        let Some(head) = self.buffer.front() else { return Ok(None) };
        if !self.merging {
            return Ok(Some(head.time.micros));
        }
        let behind: Vec<i64> = self.passed.iter().copied().collect();
        let coming = self.buffer.iter().skip(1).map(|sale| sale.time.micros).filter(|time| *time >= PLAUSIBLE_FROM);
        let ahead: Vec<i64> = coming.chain(self.beyond.iter().copied()).take(NEIGHBOURS).collect();
        let (older, newer) = if self.order == Order::Oldest { (behind, ahead) } else { (ahead, behind) };
        Ok(Some(order_stamp(head.time.micros, &older, &newer)))
    }

    fn pop(&mut self) -> Option<Sale> {
        let sale = self.buffer.pop_front()?;
        if self.merging && sale.time.micros >= PLAUSIBLE_FROM {
            self.passed.push_back(sale.time.micros);
            if self.passed.len() > NEIGHBOURS {
                self.passed.pop_front();
            }
        }
        Some(sale)
    }

    fn refill(&mut self, db: &Db, limit: usize) -> rusqlite::Result<()> {
        let wanted = limit.saturating_add(1).clamp(2, CHUNK);
        while self.buffer.len() < wanted {
            let Some(span) = self.spans.last_mut() else { break };
            let (mut room, before) = (wanted - self.buffer.len(), *span);
            db.table().sales(self.rows, (before, self.order), |sale| {
                match self.order {
                    Order::Oldest => span.0 = sale.id.0,
                    Order::Newest => span.1 = sale.id.0,
                }
                self.buffer.push_back(sale);
                room -= 1;
                until(room == 0)
            })?;
            if room > 0 {
                self.spans.pop();
            }
        }
        if self.merging {
            self.beyond = db.times(self.rows, &self.spans, self.order)?;
        }
        Ok(())
    }
}
