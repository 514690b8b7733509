//! The journal in numbers: what checks and HOME ask for, from the newest rows and from what is counted anyway.

use std::collections::HashMap;

use super::db::Db;
use super::rows::open;
use super::tally::WAYS;
use super::walk::Table;
use crate::model::{CodeSeen, JournalFacts, Outcome, Sale, Stamp};
use crate::proto::SaleQuery;

/// Answered transactions that are judged.
const RECENT: usize = 50;

/// Newest rows they are looked for in.
const LOOK_AT: usize = 300;

/// Requests that can be in flight at once, far beyond what a terminal does.
const MOST_IN_FLIGHT: usize = 1_000;

impl Db {
    /// Everything of [`JournalFacts`] but `sources` and `store`.
    pub fn journal_facts(&mut self, now: Stamp, answer_timeout_s: u64) -> rusqlite::Result<JournalFacts> {
        let newest = self.newest_rows()?;
        let answered: Vec<&Sale> = newest.iter().filter(|sale| judged(sale)).take(RECENT).collect();
        let declined: Vec<&Sale> = answered.iter().filter(|sale| sale.outcome == Outcome::Declined).copied().collect();
        let mut latencies: Vec<u32> = answered.iter().filter_map(|sale| sale.latency_ms).collect();
        latencies.sort_unstable();
        let (in_flight, money_in_flight) = self.in_flight(now, answer_timeout_s);
        let counted = |kind: i64| u64::try_from(self.tally.open[kind as usize]).unwrap_or(0);
        let waiting = counted(open::SENT) + counted(open::TIMEOUT) + counted(open::OTHER);
        let query_needed = counted(open::QUERY);
        let trend = self.trend_facts(newest.first().map(|sale| sale.time), now)?;
        Ok(JournalFacts {
            last_sale: newest.first().map(|sale| sale.time),
            last_answer: newest.iter().find(|sale| sale.answer_code().is_some()).map(|sale| sale.time),
            last_host: newest.iter().filter_map(|sale| sale.host_time).max(),
            in_flight,
            waiting: waiting.saturating_sub(money_in_flight),
            query_needed,
            recent_answered: answered.len() as u64,
            recent_declined: declined.len() as u64,
            top_decline: top_code(&declined),
            unanswered_in_a_row: unanswered_in_a_row(&newest),
            same_answer: same_answer(&newest),
            latency_p50_ms: at_percent(&latencies, 50),
            latency_p95_ms: at_percent(&latencies, 95),
            batch_open: self.batch_open()?,
            trend,
            ..JournalFacts::default()
        })
    }

    /// The newest rows, as many as it takes to see enough answers.
    fn newest_rows(&self) -> rusqlite::Result<Vec<Sale>> {
        let mut query = SaleQuery { limit: RECENT + RECENT / 4, ..SaleQuery::default() };
        let mut newest = Vec::new();
        loop {
            let (mut rows, cursor) = self.sales(&query)?;
            newest.append(&mut rows);
            let enough = newest.len() >= LOOK_AT || newest.iter().filter(|sale| judged(sale)).count() >= RECENT;
            query.cursor = cursor.filter(|_| !enough);
            if query.cursor.is_none() {
                return Ok(newest);
            }
        }
    }

    /// Requests out and younger than the timeout: all, and those that move money.
    fn in_flight(&self, now: Stamp, answer_timeout_s: u64) -> (u64, u64) {
        let mut counts = (0, 0);
        for (_, tally) in &self.tally.by_source {
            for request in tally.tracker.sent().take(MOST_IN_FLIGHT) {
                // The payment application's clock may run ahead of ours a little.
                if now.seconds_since(request.time).unsigned_abs() < answer_timeout_s {
                    counts.0 += 1;
                    counts.1 += u64::from(request.waits == open::SENT);
                }
            }
        }
        counts
    }

    /// Approved sales since the last settlement; none when no journal ever settled.
    fn batch_open(&mut self) -> rusqlite::Result<Option<u64>> {
        let mut total = None;
        for source in self.files.sources(&self.order) {
            let ordinals = self.files.of(&source);
            let table = Table { conn: &self.conn, words: &self.words, files: &self.files };
            let batch = self.tally.of(&source).batch(table, &ordinals)?;
            if batch.settled.is_some() {
                total = Some(total.unwrap_or(0) + batch.approved);
            }
        }
        Ok(total)
    }

    /// The newest success per way of paying.
    pub fn last_good(&self) -> Vec<(String, Stamp)> {
        let newest = |at: usize| {
            let goods = self.tally.by_source.iter().filter_map(|(_, tally)| tally.goods.get(at).copied().flatten());
            goods.map(|good| good.time).max()
        };
        WAYS.iter().enumerate().filter_map(|(at, way)| newest(at).map(|time| ((*way).to_owned(), time))).collect()
    }

    /// Codes of declines that occurred, most frequent first.
    pub fn codes_seen(&self) -> Vec<CodeSeen> {
        let mut seen: Vec<CodeSeen> = Vec::new();
        for (source, tally) in &self.tally.by_source {
            seen.extend(tally.codes.iter().filter(|(_, count)| count.count > 0).map(|(code, count)| CodeSeen {
                code: code.clone(),
                count: count.count as u64,
                last: count.last,
                source: source.clone(),
            }));
        }
        seen.sort_by(|a, b| {
            b.count
                .cmp(&a.count)
                .then(b.last.cmp(&a.last))
                .then_with(|| (&a.code, &a.source).cmp(&(&b.code, &b.source)))
        });
        seen
    }
}

/// Whether a row says how hosts answer: signing on and echoes say little about sales.
fn judged(sale: &Sale) -> bool {
    sale.answer_code().is_some() && !matches!(sale.kind.as_str(), "echo" | "signon")
}

fn top_code(declined: &[&Sale]) -> Option<(String, u64)> {
    let mut counts: HashMap<&str, u64> = HashMap::new();
    for code in declined.iter().filter_map(|sale| sale.code.as_deref()) {
        *counts.entry(code).or_default() += 1;
    }
    let top = counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(a.0)))?;
    Some((top.0.to_owned(), top.1))
}

/// Newest rows in a row that got no answer; requests that are still out say nothing yet.
fn unanswered_in_a_row(newest: &[Sale]) -> u64 {
    let settled = newest.iter().filter(|sale| sale.outcome != Outcome::Pending);
    settled.take_while(|sale| sale.code.is_none()).count() as u64
}

/// The newest answer, and for how many of the newest sales in a row it was the same.
fn same_answer(newest: &[Sale]) -> Option<(String, u64)> {
    let mut codes = newest.iter().filter(|sale| judged(sale)).filter_map(|sale| sale.answer_code());
    let first = codes.next()?;
    Some((first.to_string(), 1 + codes.take_while(|code| *code == first).count() as u64))
}

/// The value at this percentile of a sorted list, nearest rank.
fn at_percent(sorted: &[u32], percent: usize) -> Option<u32> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied()
}
