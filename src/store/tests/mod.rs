//! Tests of the store as the agent and the sources use it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;

use super::Store;
use super::keeper::Keeper;
use crate::config::StoreConfig;
use crate::model::{Batch, FileMark, Outcome, Sale, SaleId, SaleState, Stamp};
use crate::proto::{Cursor, SaleFilter, SaleQuery};

mod evidence;
mod history;
mod joining;
mod listing;
mod packing;
mod places;
mod signals;
mod spilling;
mod trail;
mod trends;
mod undoing;

/// 2026-11-21T00:00:00+08:00.
pub const BASE: i64 = 1_795_190_400_000_000;
pub const SECOND: i64 = 1_000_000;
pub const DAY: i64 = 86_400 * SECOND;

pub fn now() -> Stamp {
    Stamp::new(BASE, 480)
}

/// A store in this folder.
pub fn open(dir: &Path) -> Store {
    Store::open(Some(dir), &StoreConfig::default(), now())
}

/// A store in memory.
pub fn memory() -> Store {
    Store::open(None, &StoreConfig::default(), now())
}

/// An approved card sale at this byte of its file, this many seconds after [`BASE`].
pub fn sale(offset: u64, seconds: i64) -> Sale {
    Sale {
        id: SaleId::new(0, offset),
        time: Stamp::new(BASE + seconds * SECOND, 480),
        kind: "sale".into(),
        method: Some("card".into()),
        amount: Some(1234),
        currency: Some("156".into()),
        stan: Some(format!("{offset:06}").into()),
        rrn: Some(format!("{offset:012}").into()),
        code: Some("00".into()),
        state: None,
        outcome: Outcome::Approved,
        tid: Some("12345678".into()),
        mid: Some("898000000000001".into()),
        entry_mode: Some("051".into()),
        card: serde_json::from_str("\"622202******1234\"").ok(),
        latency_ms: Some(900),
        host: Some("primary".into()),
        host_time: Some(Stamp::new(BASE + seconds * SECOND + SECOND, 480)),
        fallback: Some(false),
        original_stan: None,
        issuer: Some("0102".into()),
        text: None,
        late_by: None,
        undone_by: None,
        as_host: false,
        card_key: None,
        source: Arc::from(""),
    }
}

pub fn declined(offset: u64, seconds: i64, code: &str) -> Sale {
    Sale { outcome: Outcome::Declined, code: Some(code.into()), ..sale(offset, seconds) }
}

/// A request without an answer.
pub fn request(offset: u64, seconds: i64, state: SaleState) -> Sale {
    let outcome = match state {
        SaleState::Timeout => Outcome::NoResponse,
        SaleState::Reversed => Outcome::Reversed,
        SaleState::Sent | SaleState::QueryNeeded => Outcome::Pending,
    };
    Sale { outcome, state: Some(state), code: None, rrn: None, latency_ms: None, ..sale(offset, seconds) }
}

/// A line of a journal in a shop where much goes wrong, and with few numbers, so that lines meet each other.
pub fn line() -> impl Strategy<Value = Sale> {
    let kind = prop::sample::select(vec!["sale", "sale", "sale", "void", "balance", "reversal", "settle", "echo"]);
    let end = prop::sample::select(vec!["00", "00", "00", "51", "91", "sent", "sent", "timeout", "reversed", "query"]);
    let way = prop::sample::select(vec!["051", "071", "021", "801", "901", "xx", ""]);
    let card = prop::sample::select(vec!["622202******1234", "411111******1111", "********1234", ""]);
    let offset = prop::sample::select(vec![480_i16, -210, 0]);
    (kind, end, way, card, offset, 0..12_u64, 0..6 * 3_600_i64, 0..20_000_u32).prop_map(
        |(kind, end, way, card, offset, stan, seconds, ms)| {
            let base = match end {
                "sent" => request(0, seconds, SaleState::Sent),
                "timeout" => request(0, seconds, SaleState::Timeout),
                "reversed" => request(0, seconds, SaleState::Reversed),
                "query" => request(0, seconds, SaleState::QueryNeeded),
                "00" => Sale { latency_ms: Some(ms), ..sale(0, seconds) },
                code => declined(0, seconds, code),
            };
            let outcome = match (kind, base.outcome) {
                ("reversal", Outcome::Approved) => Outcome::Reversed,
                (_, outcome) => outcome,
            };
            Sale {
                kind: kind.into(),
                time: Stamp { offset, ..base.time },
                stan: Some(format!("{stan:06}").into()),
                rrn: base.rrn.is_some().then(|| format!("{stan:012}").into()),
                fallback: (way == "901").then_some(true),
                entry_mode: Some(way.into()).filter(|_| !way.is_empty()),
                card: serde_json::from_value(card.into()).ok().filter(|_| !card.is_empty()),
                method: Some(if stan % 5 == 0 { "scan-pay" } else { "card" }.into()),
                outcome,
                ..base
            }
        },
    )
}

/// A file of a source, read as far as the batches that were committed say.
pub struct Journal<'s> {
    pub store: &'s Store,
    pub mark: FileMark,
}

impl<'s> Journal<'s> {
    pub fn new(store: &'s Store, source: &str) -> Self {
        let mark = FileMark {
            ordinal: 0,
            source: Arc::from(source),
            dev: 1,
            ino: 2,
            print_len: 3,
            print: "abc".to_owned(),
            done: Vec::new(),
            read: 0,
            unreadable: 0,
            unknown: 0,
            mtime: 0,
            cursor: String::new(),
            last_unreadable: String::new(),
        };
        Self { store, mark }
    }

    /// Commits rows whose bytes are `from..to`.
    pub fn commit(&mut self, rows: Vec<Sale>, from: u64, to: u64, live: bool) -> FileMark {
        let mut mark = self.mark.clone();
        mark.done.push((from, to));
        mark.done.sort_unstable();
        let mut joined: Vec<(u64, u64)> = Vec::new();
        for (from, to) in mark.done {
            match joined.last_mut() {
                Some(last) if last.1 >= from => last.1 = last.1.max(to),
                _ => joined.push((from, to)),
            }
        }
        mark.done = joined;
        mark.read += rows.len() as u64;
        self.mark = self.store.commit(Batch { mark, rows, live, again: false }).unwrap();
        self.mark.clone()
    }

    /// Commits rows one after the other, each ten bytes long.
    pub fn live(&mut self, rows: Vec<Sale>) {
        let from = rows.first().map_or(0, |row| row.id.offset());
        let to = rows.last().map_or(0, |row| row.id.offset() + 10);
        self.commit(rows, from, to, true);
    }
}

/// Does something on the store's own thread.
pub fn inside<T: Send + 'static>(store: &Store, job: impl FnOnce(&mut Keeper) -> T + Send + 'static) -> T {
    store.ask_blocking(move |keeper| Ok(job(keeper))).unwrap()
}

/// Stores every row by itself from now on, as older versions did.
pub fn one_by_one(store: &Store) {
    inside(store, |keeper| keeper.db.packs = false);
}

/// Runs a future of the store to its end.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

pub fn page(store: &Store, query: SaleQuery) -> (Vec<Sale>, Option<Cursor>) {
    wait(store.sales(query)).unwrap()
}

/// Every row of a filter, newest first, in pages of this size.
pub fn all(store: &Store, filter: SaleFilter, ascending: bool, limit: usize) -> Vec<Sale> {
    let mut query = SaleQuery { filter, ascending, limit, ..SaleQuery::default() };
    let mut rows = Vec::new();
    loop {
        let (mut page, cursor) = page(store, query.clone());
        rows.append(&mut page);
        match cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => return rows,
        }
    }
}

/// Offsets of the rows of a filter, oldest first.
pub fn offsets(store: &Store, filter: SaleFilter) -> Vec<u64> {
    all(store, filter, true, 3).iter().map(|sale| sale.id.offset()).collect()
}
