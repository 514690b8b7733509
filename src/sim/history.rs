//! Past shop days as journal lines, as fast as they can be thought of. No network, no clock.

use std::collections::VecDeque;

use super::bank::{Question, decide, issuer, reference};
use super::line::{Card, Line};
use super::moment::{DAY_MS, civil, midnight};
use super::shop::{Earlier, Shop, Wish};

/// The application waits this long for an answer, milliseconds.
const ANSWER_TIMEOUT_MS: i64 = 60_000;
/// Opening and closing, milliseconds after midnight.
const OPENS: i64 = 8 * 3_600_000 + 30 * 60_000;
const CLOSES: i64 = 21 * 3_600_000 + 30 * 60_000;

/// What a customer takes beside the wait for the next one, about, milliseconds.
const SERVED_MS: f64 = 2_200.0;

/// One opening of the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    pub opens_ms: i64,
    pub closes_ms: i64,
    /// Ends with a settlement; the one that is still going on does not.
    pub settles: bool,
    /// Has an outage for certain; others have one now and then.
    pub outage: bool,
}

/// Full days from the one that holds `first_ms` on, without end.
pub fn days_from(first_ms: i64, offset: i16) -> impl Iterator<Item = Session> {
    let first = midnight(first_ms, offset);
    (0..).map(move |day| {
        let start = first + day * DAY_MS;
        Session { opens_ms: start + OPENS, closes_ms: start + CLOSES, settles: true, outage: false }
    })
}

/// Between the last customer of the history and now: time enough for the longest timeout and every reversal.
const SETTLED_MS: i64 = 180_000;

/// The `days` days before today and today up to now; who starts a demo at night finds a shop that is open late.
pub fn days_until(now_ms: i64, days: u32, offset: i16) -> Vec<Session> {
    let today = midnight(now_ms, offset);
    let first = today - i64::from(days) * DAY_MS;
    let mut sessions: Vec<Session> = days_from(first, offset).take(days as usize).collect();
    let mut opens_ms = (today + OPENS).min(now_ms - 3 * 3_600_000);
    if let Some(yesterday) = sessions.last_mut() {
        yesterday.outage = true;
        opens_ms = opens_ms.max(yesterday.closes_ms + 600_000);
    }
    sessions.push(Session { opens_ms, closes_ms: now_ms - SETTLED_MS, settles: false, outage: false });
    sessions
}

/// The journal of some sessions, line by line in the order they were written.
pub struct History<'a, I> {
    shop: &'a mut Shop,
    seed: u64,
    offset: i16,
    /// Mean wait for the next customer at an hour of normal business, milliseconds.
    mean_gap: f64,
    sessions: I,
    session: Option<Session>,
    at_ms: i64,
    outage: Option<(i64, i64)>,
    customers: u32,
    /// Requests without an answer whose reversal could not go out yet.
    unreversed: VecDeque<(Wish, u32)>,
    ready: VecDeque<Line>,
}

impl<'a, I: Iterator<Item = Session>> History<'a, I> {
    /// History of `shop` with about `per_day` customers in a full day.
    pub fn new(shop: &'a mut Shop, seed: u64, offset: i16, per_day: u32, sessions: I) -> Self {
        Self {
            shop,
            seed,
            offset,
            mean_gap: ((CLOSES - OPENS) as f64 / f64::from(per_day.max(1)) - SERVED_MS).max(300.0),
            sessions,
            session: None,
            at_ms: 0,
            outage: None,
            customers: 0,
            unreversed: VecDeque::new(),
            ready: VecDeque::new(),
        }
    }

    /// One thing more happens; false when the last session is over.
    fn step(&mut self) -> bool {
        let Some(session) = self.session else {
            let Some(next) = self.sessions.next() else { return false };
            self.open(next);
            return true;
        };
        self.at_ms += (self.shop.chance.exponential(self.mean_gap / busyness(self.at_ms, self.offset))) as i64 + 300;
        if self.at_ms >= session.closes_ms {
            self.at_ms = session.closes_ms;
            self.close(session);
            return true;
        }
        if !self.is_out() {
            self.reverse_all();
        }
        self.customers += 1;
        if self.customers.is_multiple_of(40) {
            self.service("echo", 90);
        }
        let wish = self.shop.next_wish();
        self.serve(wish);
        true
    }

    fn open(&mut self, session: Session) {
        self.session = Some(session);
        // A day that ran over its end (very busy journals) pushes the next opening.
        self.at_ms = self.at_ms.max(session.opens_ms);
        self.service("signon", 420);
        let chance = &mut self.shop.chance;
        self.outage = (session.outage || chance.permille(250)).then(|| {
            let span = (session.closes_ms - session.opens_ms).max(1) as u64;
            let start = session.opens_ms + chance.between(span / 4, span / 4 * 3) as i64;
            (start, start + chance.between(6, 20) as i64 * 60_000)
        });
    }

    fn close(&mut self, session: Session) {
        self.outage = None;
        self.session = None;
        self.reverse_all();
        if session.settles {
            self.service("settle", 1_800);
            self.shop.batch += 1;
        }
    }

    fn is_out(&self) -> bool {
        self.outage.is_some_and(|(from, to)| (from..to).contains(&self.at_ms))
    }

    /// Sign-on, settlement, echo: the acquirer's host answers by itself.
    fn service(&mut self, kind: &'static str, latency: u32) {
        let stan = self.shop.next_stan();
        let latency = latency + self.shop.chance.below(300) as u32;
        self.at_ms += i64::from(latency);
        let rrn = (kind != "echo").then(|| reference(self.at_ms, self.offset, stan));
        let bare = Line::bare(self.at_ms, kind, stan, self.shop.batch);
        let host_time = rrn.map(|_| self.host_clock());
        self.ready.push_back(Line { rrn, code: Some(*b"00"), latency_ms: Some(latency), host_time, ..bare });
    }

    /// What the host's clock says now: a second ahead of ours.
    fn host_clock(&self) -> u64 {
        let c = civil(self.at_ms + 1_000, self.offset);
        [c.month, c.day, c.hour, c.minute, c.second].into_iter().fold(0, |all, part| all * 100 + part as u64)
    }

    fn serve(&mut self, wish: Wish) {
        let stan = self.shop.next_stan();
        let asked = line_of(&wish, self.at_ms, stan, self.shop.batch);
        if wish.logs_request {
            self.ready.push_back(Line { state: Some("sent"), ..asked });
        }
        let verdict = decide(question(&wish, self.seed, stan));
        let code = if self.is_out() { None } else { verdict.code };
        let Some(code) = code else {
            self.at_ms += ANSWER_TIMEOUT_MS;
            self.ready.push_back(Line { at_ms: self.at_ms, state: Some("timeout"), ..asked });
            self.unreversed.push_back((wish, stan));
            if !self.is_out() {
                self.reverse_all();
            }
            return;
        };
        if wish.asks_customer {
            self.at_ms += 4_000;
            self.ready.push_back(Line { at_ms: self.at_ms, state: Some("query-needed"), ..asked });
            self.at_ms += self.shop.chance.between(5_000, 20_000) as i64;
        }
        self.at_ms += i64::from(verdict.think_ms);
        let rrn = Some(reference(self.at_ms, self.offset, stan));
        let latency_ms = Some(verdict.think_ms);
        let issuer = wish.card.and_then(Card::pan).map(issuer);
        let host_time = Some(self.host_clock());
        self.ready.push_back(Line { at_ms: self.at_ms, rrn, code: Some(code), latency_ms, host_time, issuer, ..asked });
        match &code {
            b"00" => self.shop.approved(earlier(&wish, stan, self.shop.batch)),
            // A wrong MAC: the application gets new keys before it goes on.
            b"A0" => self.service("signon", 500),
            _ => {}
        }
    }

    fn reverse_all(&mut self) {
        while let Some((wish, stan)) = self.unreversed.pop_front() {
            self.at_ms += self.shop.chance.between(800, 2_500) as i64;
            let asked = Line { kind: "reversal", ..line_of(&wish, self.at_ms, stan, self.shop.batch) };
            if wish.logs_request {
                self.ready.push_back(Line { code: Some(*b"98"), state: Some("sent"), ..asked });
            }
            let latency = 350 + self.shop.chance.below(900) as u32;
            self.at_ms += i64::from(latency);
            let rrn = Some(reference(self.at_ms, self.offset, stan));
            let (code, latency_ms, host_time) = (Some(*b"00"), Some(latency), Some(self.host_clock()));
            self.ready.push_back(Line { at_ms: self.at_ms, rrn, code, latency_ms, host_time, ..asked });
        }
    }
}

impl<I: Iterator<Item = Session>> Iterator for History<'_, I> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        loop {
            if let Some(line) = self.ready.pop_front() {
                return Some(line);
            }
            if !self.step() {
                return None;
            }
        }
    }
}

/// How busy a shop is at this hour, 1 = normal.
fn busyness(at_ms: i64, offset: i16) -> f64 {
    match civil(at_ms, offset).hour {
        11 | 18 | 19 => 1.5,
        12 => 1.8,
        14..=16 => 0.7,
        21..=23 | 0..=8 => 0.6,
        _ => 1.0,
    }
}

/// The request of a wish as a journal line without outcome.
pub fn line_of(wish: &Wish, at_ms: i64, stan: u32, batch: u32) -> Line {
    Line {
        method: Some(wish.method),
        amount: wish.amount,
        entry_mode: Some(wish.entry_mode),
        card: wish.card,
        fallback: wish.card.and_then(Card::pan).map(|_| wish.fallback),
        original: wish.original.map(|original| (original.batch, original.stan)),
        ..Line::bare(at_ms, wish.kind, stan, batch)
    }
}

/// What can be taken back later.
pub fn earlier(wish: &Wish, stan: u32, batch: u32) -> Earlier {
    Earlier {
        kind: wish.kind,
        stan,
        batch,
        amount: wish.amount.unwrap_or(0),
        method: wish.method,
        entry_mode: wish.entry_mode,
        card: wish.card,
    }
}

fn question(wish: &Wish, seed: u64, stan: u32) -> Question {
    let entry = wish.entry_mode.as_bytes();
    Question {
        seed,
        stan,
        amount: wish.amount.unwrap_or(0),
        entry: [entry[0], entry[1]],
        issuer_asked: wish.original.is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::line::{MAP, Pen, Schema};
    use serde_json::Value;

    const EIGHT: i16 = 480;
    const START: i64 = 1_760_000_000_000;

    fn lines(seed: u64, count: usize) -> Vec<Line> {
        let mut shop = Shop::new(seed, 300);
        History::new(&mut shop, seed, EIGHT, 180, days_from(START, EIGHT)).take(count).collect()
    }

    #[test]
    fn a_seed_gives_the_same_days_and_another_seed_others() {
        assert_eq!(lines(1, 3_000), lines(1, 3_000));
        assert_ne!(lines(1, 300), lines(2, 300));
    }

    #[test]
    fn every_line_reads_back_in_both_schemas_with_the_same_values() {
        for line in lines(4, 4_000) {
            let read = |schema| -> Value {
                let mut out = Vec::new();
                Pen { schema, offset: EIGHT }.write(&line, &mut out);
                assert_eq!(out.pop(), Some(b'\n'));
                serde_json::from_slice(&out).expect("one JSON object")
            };
            let (ours, theirs) = (read(Schema::Default), read(Schema::Mapped));
            for (name, path) in MAP {
                let there = path.split('.').try_fold(&theirs, |at, key| at.get(key));
                assert_eq!(ours.get(name), there, "{name}");
            }
            assert!(ours["code"].is_string() || ours["state"].is_string());
            assert!(ours["time"].is_string());
        }
    }

    #[test]
    fn a_shop_has_a_bit_of_everything_in_order_of_time() {
        let lines = lines(1, 12_000);
        assert!(lines.is_sorted_by_key(|line| line.at_ms));
        for kind in
            ["sale", "void", "refund", "preauth", "completion", "balance", "reversal", "settle", "signon", "echo"]
        {
            assert!(lines.iter().any(|line| line.kind == kind), "{kind}");
        }
        for method in ["card", "scan-pay", "scan-show", "wallet"] {
            assert!(lines.iter().any(|line| line.method == Some(method)), "{method}");
        }
        for state in ["sent", "timeout", "query-needed"] {
            assert!(lines.iter().any(|line| line.state == Some(state)), "{state}");
        }
        let answered: Vec<&Line> = lines.iter().filter(|line| line.kind == "sale" && line.code.is_some()).collect();
        let declined = answered.iter().filter(|line| line.code.is_some_and(|c| c != *b"00" && c[0] != b'A')).count();
        let percent = declined as f64 / answered.len() as f64 * 100.0;
        assert!((5.0..9.0).contains(&percent), "{percent} %");
    }

    #[test]
    fn every_timeout_is_reversed_with_its_own_trace_number() {
        let lines = lines(2, 12_000);
        let of = |wanted: &dyn Fn(&Line) -> bool| -> Vec<(u32, u32)> {
            lines.iter().filter(|line| wanted(line)).map(|line| (line.batch, line.stan)).collect()
        };
        let timeouts = of(&|line| line.state == Some("timeout"));
        let reversals = of(&|line| line.kind == "reversal" && line.code == Some(*b"00"));
        assert!(timeouts.len() > 20);
        // The last ones may lie beyond the end of what was taken.
        assert!(timeouts[..timeouts.len() - 20].iter().all(|one| reversals.contains(one)));
    }

    #[test]
    fn a_history_until_now_leaves_nothing_open_and_nothing_in_the_future() {
        for seed in 0..40 {
            let mut shop = Shop::new(seed, 300);
            let sessions = days_until(START, 1, EIGHT).into_iter();
            let lines: Vec<Line> = History::new(&mut shop, seed, EIGHT, 300, sessions).collect();
            assert!(lines.iter().all(|line| line.at_ms <= START), "seed {seed}");
            let ends = |stan| lines.iter().rfind(|line| line.stan == stan).is_some_and(|line| line.code.is_some());
            let open: Vec<u32> = lines.iter().map(|line| line.stan).filter(|stan| !ends(*stan)).collect();
            assert!(open.is_empty(), "seed {seed}: {open:?}");
        }
    }

    #[test]
    fn days_before_now_do_not_overlap_and_end_now() {
        for hour in 0..24 {
            let now = midnight(START, EIGHT) + hour * 3_600_000 + 60_000;
            let sessions = days_until(now, 3, EIGHT);
            assert_eq!(sessions.len(), 4);
            assert!(sessions.windows(2).all(|pair| pair[0].closes_ms < pair[1].opens_ms), "hour {hour}");
            let last = sessions[3];
            assert!(last.opens_ms < last.closes_ms && last.closes_ms < now && !last.settles);
        }
    }
}
