//! Requests of one source that wait for something, so that a later line can end them: its answer, an answer that came
//! too late, or the reversal that undid it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::rows::open;
use crate::model::{CardKey, MaskedPan, Outcome, Sale, SaleState, Short, Stamp};

/// Requests remembered per source; the oldest are forgotten first. They stay listed as unfinished.
const MOST: usize = 5_000;

/// An answer this close belongs to its request also when midnight lies between them.
const ACROSS_MIDNIGHT_S: i64 = 600;

/// A reversal may be sent days after the sale, when the line is back.
const REVERSED_WITHIN_DAYS: i64 = 3;

/// Longer than this no host is waited for: one of the two clocks was set in between.
const LONGEST_MS: u32 = 600_000;

/// A request that waits.
#[derive(Clone, Debug)]
pub(super) struct Open {
    pub id: i64,
    pub time: Stamp,
    pub kind: Short,
    pub tid: Option<Short>,
    /// One of [`rows::open`](super::rows::open).
    pub waits: i64,
    /// What only a request may tell.
    pub told: Box<Told>,
}

/// What a request tells and its answer, as it comes off the line, may leave out.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    method: Option<Short>,
    amount: Option<i64>,
    currency: Option<Short>,
    mid: Option<Short>,
    entry_mode: Option<Short>,
    card: Option<MaskedPan>,
    card_key: Option<CardKey>,
    fallback: Option<bool>,
    original_stan: Option<Short>,
    host: Option<Short>,
}

impl Told {
    pub fn of(sale: &Sale) -> Self {
        Self {
            method: sale.method.clone(),
            amount: sale.amount,
            currency: sale.currency.clone(),
            mid: sale.mid.clone(),
            entry_mode: sale.entry_mode.clone(),
            card: sale.card.clone(),
            card_key: sale.card_key,
            fallback: sale.fallback,
            original_stan: sale.original_stan.clone(),
            host: sale.host.clone(),
        }
    }
}

impl Open {
    /// The answer with all that its request told; none where it told all of it itself. Where the journal has no time
    /// of the host, it is that between the two lines.
    fn complete(&self, sale: &Sale) -> Option<Sale> {
        /// Fills a gap.
        fn fill<T: Clone>(gap: &mut Option<T>, told: Option<&T>) -> bool {
            let fills = gap.is_none() && told.is_some();
            if fills {
                *gap = told.cloned();
            }
            fills
        }
        let card_told = sale.card.is_some() || self.told.card.is_none();
        let all_told = card_told && (sale.original_stan.is_some() || self.told.original_stan.is_none());
        if sale.latency_ms.is_some() && sale.entry_mode.is_some() && sale.amount.is_some() && all_told {
            return None;
        }
        let (mut whole, told) = (sale.clone(), &*self.told);
        let between = (sale.time.micros - self.time.micros) / 1000;
        let measured = u32::try_from(between).ok().filter(|ms| sale.answer_code().is_some() && *ms <= LONGEST_MS);
        let filled = [
            fill(&mut whole.latency_ms, measured.as_ref()),
            fill(&mut whole.method, told.method.as_ref()),
            fill(&mut whole.amount, told.amount.as_ref()),
            fill(&mut whole.currency, told.currency.as_ref()),
            fill(&mut whole.mid, told.mid.as_ref()),
            fill(&mut whole.entry_mode, told.entry_mode.as_ref()),
            fill(&mut whole.card, told.card.as_ref()),
            fill(&mut whole.card_key, told.card_key.as_ref()),
            fill(&mut whole.fallback, told.fallback.as_ref()),
            fill(&mut whole.original_stan, told.original_stan.as_ref()),
            fill(&mut whole.host, told.host.as_ref()),
        ];
        filled.contains(&true).then_some(whole)
    }
}

/// How a later row ends a waiting request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is the answer: both are one sale, shown as the answer.
    Answered,
    /// It answers what had been given up: both are shown, the first waits no more.
    Late,
    /// It undid it.
    Reversed,
}

/// The waiting requests of one source.
#[derive(Default)]
pub(super) struct Tracker {
    by_stan: HashMap<Arc<str>, Vec<Open>, RandomState>,
    stans: BTreeMap<i64, Arc<str>>,
}

impl Tracker {
    /// Remembers a request; one without a trace number can never be matched, but is still in flight.
    pub fn add(&mut self, stan: Option<&str>, open: Open) {
        let stan: Arc<str> = Arc::from(stan.unwrap_or_default());
        self.stans.insert(open.id, stan.clone());
        self.by_stan.entry(stan).or_default().push(open);
        if self.stans.len() > MOST
            && let Some((&oldest, _)) = self.stans.first_key_value()
        {
            self.remove(oldest);
        }
    }

    /// Forgets a request.
    pub fn remove(&mut self, id: i64) -> Option<Open> {
        let stan = self.stans.remove(&id)?;
        let list = self.by_stan.get_mut(&stan)?;
        let at = list.iter().position(|open| open.id == id)?;
        let gone = list.swap_remove(at);
        if list.is_empty() {
            self.by_stan.remove(&stan);
        }
        Some(gone)
    }

    /// Whether a request with this row's trace number waits: nearly no row has to ask for more.
    pub fn awaits(&self, sale: &Sale) -> bool {
        numbers(sale).any(|(stan, _)| self.by_stan.contains_key(stan))
    }

    /// The row, stored under `id`, with what its request told beyond it.
    pub fn complete(&self, sale: &Sale, id: i64) -> Option<Sale> {
        let list = self.by_stan.get(sale.stan.as_deref().filter(|stan| !stan.is_empty())?)?;
        list.iter().find(|open| fate(open, sale, id) == Some(Fate::Answered))?.complete(sale)
    }

    /// Takes out the requests that this row, stored under `id`, ends.
    pub fn take_ended(&mut self, sale: &Sale, id: i64) -> Vec<(Open, Fate)> {
        let of = |(stan, own): (&str, bool)| {
            let waiting = self.by_stan.get(stan).into_iter().flatten();
            waiting.filter_map(move |open| {
                Some((open.id, fate(open, sale, id).filter(|fate| own || *fate == Fate::Reversed)?))
            })
        };
        let ended: Vec<(i64, Fate)> = numbers(sale).flat_map(of).collect();
        ended.into_iter().filter_map(|(id, fate)| self.remove(id).map(|open| (open, fate))).collect()
    }

    /// Whether a request with this id or a lower one waits.
    pub fn waits_before(&self, id: i64) -> bool {
        self.stans.first_key_value().is_some_and(|(&first, _)| first <= id)
    }

    /// Requests that are out, newest first.
    pub fn sent(&self) -> impl Iterator<Item = &Open> {
        self.stans
            .iter()
            .rev()
            .filter_map(|(id, stan)| self.by_stan.get(stan)?.iter().find(|open| open.id == *id))
            .filter(|open| matches!(open.waits, open::SENT | open::MONEYLESS))
    }
}

/// The trace numbers under which a row may be awaited: its own, and that of what it takes back.
fn numbers(sale: &Sale) -> impl Iterator<Item = (&str, bool)> {
    let original = sale.original_stan.as_deref().filter(|stan| sale.stan.as_deref() != Some(stan));
    let both = [sale.stan.as_deref().map(|stan| (stan, true)), original.map(|stan| (stan, false))];
    both.into_iter().flatten().filter(|(stan, _)| !stan.is_empty())
}

fn fate(open: &Open, sale: &Sale, id: i64) -> Option<Fate> {
    if id <= open.id || !equal_or_absent(open.tid.as_deref(), sale.tid.as_deref()) {
        return None;
    }
    if open.kind == sale.kind && same_day(open.time, sale.time) {
        // Sent again: the newest one waits for both.
        if sale.is_reversal_request() {
            return Some(Fate::Answered);
        }
        let out = matches!(open.waits, open::SENT | open::MONEYLESS);
        let ends = matches!(sale.state, Some(SaleState::Timeout | SaleState::Reversed | SaleState::QueryNeeded));
        if out && (sale.answer_code().is_some() || ends) {
            return Some(Fate::Answered);
        }
        if !out && sale.answer_code().is_some() {
            return Some(Fate::Late);
        }
    }
    let undone = sale.outcome == Outcome::Reversed
        && open.kind != "reversal"
        && (sale.time.day() - open.time.day()).abs() <= REVERSED_WITHIN_DAYS;
    undone.then_some(Fate::Reversed)
}

/// Terminal numbers agree unless both are written and differ.
pub(super) fn equal_or_absent(a: Option<&str>, b: Option<&str>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    }
}

fn same_day(request: Stamp, answer: Stamp) -> bool {
    request.day() == answer.day() || answer.seconds_since(request).abs() <= ACROSS_MIDNIGHT_S
}
