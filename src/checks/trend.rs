//! `trend.*`: the newest hours against what is usual on this terminal itself.
//!
//! No share is bad by itself: one is told only if chance hardly ever makes it of what is usual here at these hours,
//! however many hours, codes and issuers were looked at. A terminal whose usual is not known yet is left in peace.

use std::collections::BTreeSet;
use std::time::Duration;

use super::chance::{at_least, at_most, at_most_usual, better_by};
use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Counts, Finding, Status, TrendFacts, Way, hour_begins};
use crate::platform::Fut;

/// All of these checks together are wrong about a healthy terminal this often, each time a new hour is looked at.
const WRONG: f64 = 2e-5;
/// Checks that share it.
const CHECKS: f64 = 5.0;
/// Chip readers get dirty slowly and fail rarely: for them the last 50, and the last day, may be wrong this often.
const WRONG_CHIP: f64 = 6e-4;
/// Trials that make a window of their own, whenever they began.
const WINDOW: u64 = 50;
/// Days with transactions before anything is usual.
const DAYS: u32 = 7;
/// Transactions before anything is usual; and for one hour of the day to have a usual of its own.
const USUAL: u64 = 200;
/// Cases before something is more than an accident.
const CASES: u64 = 4;
/// The same for one code.
const CASES_OF_CODE: u64 = 6;
/// A share is worth a word when it is so many times the usual one.
const TIMES: f64 = 1.5;
/// What came later makes it so unlikely that it still goes on.
const OVER: f64 = 0.005;
/// Other issuers' transactions before one issuer can be told from the rest.
const OTHERS: u64 = 5;

/// Cases of trials, hour by hour and by hour of the day.
struct Series {
    recent: Vec<(i64, u64, u64)>,
    usual: [(u64, u64); 24],
}

/// Since when something is not as usual.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// First hour.
    since: i64,
    cases: u64,
    trials: u64,
    /// What was usual at these hours.
    usual: f64,
    chance: f64,
}

impl Series {
    /// Counts what `pick` sees as cases and trials.
    fn of(facts: &TrendFacts, pick: impl Fn(&Counts) -> (u64, u64)) -> Self {
        let recent = facts.recent.iter().map(|span| {
            let (cases, trials) = pick(&span.counts);
            (span.hour, cases, trials)
        });
        let mut usual = [(0, 0); 24];
        for span in &facts.usual {
            usual[span.hour.rem_euclid(24) as usize] = pick(&span.counts);
        }
        Self { recent: recent.collect(), usual }
    }

    /// What was usual at these hours of the day, if that is known well enough, else at any.
    fn usual_at(&self, hours: &BTreeSet<usize>) -> (u64, u64) {
        let sum =
            |of: &mut dyn Iterator<Item = &(u64, u64)>| of.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        let same = sum(&mut hours.iter().filter_map(|hour| self.usual.get(*hour)));
        if same.1 >= USUAL { same } else { sum(&mut self.usual.iter()) }
    }

    /// The stretch up to now that is least like the usual, if chance hardly makes one; `looked_at` such series are
    /// looked at. `windows`: how often the last 50 and the last day may be wrong.
    fn run(&self, looked_at: usize, windows: f64) -> Option<Run> {
        let (mut cases, mut trials, mut hours) = (0, 0, BTreeSet::new());
        let (mut best, mut stretches) = (None, 0);
        // The last 50 and everything: looked at without choosing.
        let (mut fifty, mut all) = (None, 1.0);
        for (hour, more, of) in self.recent.iter().rev() {
            (cases, trials) = (cases + more, trials + of);
            hours.insert(hour.rem_euclid(24) as usize);
            let (usual_cases, usual_trials) = self.usual_at(&hours);
            if usual_trials < USUAL {
                return None;
            }
            all = at_least(cases, trials, (usual_cases as f64 + 0.5) / (usual_trials as f64 + 1.0));
            if trials >= WINDOW {
                fifty.get_or_insert(all);
            }
            if *more == 0 {
                continue;
            }
            stretches += 1;
            let highest = at_most_usual(usual_cases, usual_trials);
            let better = better_by(cases, trials, highest);
            if best.as_ref().is_none_or(|(than, _)| better > *than) {
                let chance = at_least(cases, trials, highest);
                let usual = usual_cases as f64 / usual_trials as f64;
                best = Some((better, Run { since: *hour, cases, trials, usual, chance }));
            }
        }
        let (_, mut run) = best?;
        run.chance *= (stretches * looked_at) as f64;
        let share = run.cases as f64 / run.trials as f64;
        let rare = run.chance < WRONG / CHECKS || fifty.unwrap_or(all).min(all) < windows;
        let told = rare && run.cases >= CASES && share >= run.usual * TIMES;
        (told && !self.is_over(&run)).then_some(run)
    }

    /// Whether the last hours speak against its going on: a reader that was cleaned at noon is no news at four.
    fn is_over(&self, run: &Run) -> bool {
        let (mut cases, mut trials) = (0, 0);
        self.recent.iter().rev().take_while(|(hour, ..)| *hour > run.since).any(|(_, more, of)| {
            (cases, trials) = (cases + more, trials + of);
            let before = (run.cases - cases) as f64 / ((run.trials - trials).max(1)) as f64;
            let calm = cases as f64 <= trials as f64 * run.usual.max(1e-9) * TIMES;
            calm && at_most(cases, trials, before.min(1.0)) < OVER
        })
    }
}

/// What is known of this terminal's usual; none before it is.
fn usual_known(cx: &Cx) -> Option<&TrendFacts> {
    cx.journal.trend.as_deref().filter(|facts| facts.usual_days >= DAYS && !facts.recent.is_empty())
}

fn declines(counts: &Counts) -> (u64, u64) {
    (counts.declined, counts.answered())
}

fn of_bank(bank: u32) -> impl Fn(&Counts) -> (u64, u64) {
    move |counts| counts.banks.get(&bank).map_or((0, 0), |seen| (seen.declined, seen.count))
}

/// The one issuer whose cards are declined while the others' are not.
fn bank(facts: &TrendFacts) -> Option<(u32, Run)> {
    let banks: BTreeSet<u32> = facts.recent.iter().flat_map(|span| span.counts.banks.keys().copied()).collect();
    let looked_at = banks.len();
    let found = banks.into_iter().filter_map(|bank| {
        let mine = of_bank(bank);
        let series = Series::of(facts, &mine);
        // Few cards of it so far: its usual is taken to be as bad as that allows, but no better than everybody's.
        let everybody = Series::of(facts, declines);
        let run = series.run_with(looked_at, &everybody)?;
        let others = Series::of(facts, |counts| {
            let ((cases, trials), (all_cases, all_trials)) = (mine(counts), declines(counts));
            (all_cases.saturating_sub(cases), all_trials.saturating_sub(trials))
        });
        others.as_usual_since(run.since).then_some((bank, run))
    });
    found.min_by(|a, b| a.1.chance.total_cmp(&b.1.chance))
}

/// The response code that comes more often than usual.
fn code(facts: &TrendFacts) -> Option<(String, Run)> {
    let codes: BTreeSet<&String> = facts.recent.iter().flat_map(|span| span.counts.codes.keys()).collect();
    let looked_at = codes.len();
    let found = codes.into_iter().filter_map(|code| {
        let series = Series::of(facts, |counts| (counts.codes.get(code).copied().unwrap_or(0), counts.answered()));
        // One customer tries a few times, and has the same code each time.
        series.run(looked_at, 0.0).filter(|run| run.cases >= CASES_OF_CODE).map(|run| (code.clone(), run))
    });
    found.min_by(|a, b| a.1.chance.total_cmp(&b.1.chance))
}

/// Declines that neither one issuer nor one code explains.
fn rest(facts: &TrendFacts) -> Option<Run> {
    let (bank, code) = (bank(facts).map(|(bank, _)| of_bank(bank)), code(facts).map(|(code, _)| code));
    let series = Series::of(facts, |counts| {
        let (cases, trials) = declines(counts);
        let (bank_cases, bank_trials) = bank.as_ref().map_or((0, 0), |of| of(counts));
        let of_code = code.as_ref().and_then(|code| counts.codes.get(code)).copied().unwrap_or(0);
        (cases.saturating_sub(bank_cases.max(of_code)), trials.saturating_sub(bank_trials.max(of_code)))
    });
    series.run(1, WRONG)
}

impl Series {
    /// As [`Series::run`] for a part of `whole` that may be too rare to have a usual of its own.
    fn run_with(&self, looked_at: usize, whole: &Self) -> Option<Run> {
        let sum = |series: &Self| series.usual.iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        let ((cases, trials), (all_cases, all_trials)) = (sum(self), sum(whole));
        if all_trials < USUAL {
            return None;
        }
        let highest = at_most_usual(cases, trials).max(at_most_usual(all_cases, all_trials));
        // As if it had been seen often enough, with that share.
        let weight = 10_000;
        let mut usual = [(0, 0); 24];
        usual[0] = ((highest * weight as f64).ceil() as u64, weight);
        let run = Self { recent: self.recent.clone(), usual }.run(looked_at, 0.0)?;
        let usual =
            if trials >= USUAL / 4 { cases as f64 / trials as f64 } else { all_cases as f64 / all_trials as f64 };
        Some(Run { usual, ..run })
    }

    /// Whether there were enough since this hour, and no more cases than usual.
    fn as_usual_since(&self, since: i64) -> bool {
        let newer = self.recent.iter().filter(|(hour, ..)| *hour >= since);
        let (cases, trials) = newer.fold((0, 0), |sum, (_, cases, trials)| (sum.0 + cases, sum.1 + trials));
        let (usual_cases, usual_trials) = self.usual_at(&BTreeSet::new());
        trials >= OTHERS && at_least(cases, trials, at_most_usual(usual_cases, usual_trials)) > 0.01
    }
}

/// Host times beyond twice the usual median: since when more than half are, and the median before and now.
fn slow(facts: &TrendFacts) -> Option<(Run, u32, u32)> {
    let mut usual = Counts::default();
    facts.usual.iter().for_each(|span| usual.add(&span.counts));
    let median = usual.time_ms(50)?;
    let series = Series::of(facts, |counts| (counts.slower_than(2 * median), counts.times.values().sum()));
    let run = series.run(1, WRONG).filter(|run| run.cases * 2 > run.trials)?;
    let mut now = Counts::default();
    facts.recent.iter().filter(|span| span.hour >= run.since).for_each(|span| now.add(&span.counts));
    Some((run, now.time_ms(50)?, median))
}

/// A share in per cent: whole, or with one place below ten.
fn percent(share: f64) -> f64 {
    let percent = share * 100.0;
    if percent >= 10.0 { percent.round() } else { (percent * 10.0).round() / 10.0 }
}

fn seconds(ms: u32) -> f64 {
    f64::from(ms / 100) / 10.0
}

impl CheckSpec {
    /// What was found about a run; without one, that all is as usual.
    fn run_found(&self, cx: &Cx, facts: &TrendFacts, code: &str, run: Option<Run>) -> Finding {
        let Some(run) = run else { return self.found(cx, Status::Ok, "trend-ok") };
        let share = run.cases as f64 / run.trials.max(1) as f64;
        self.found(cx, Status::Warning, code)
            .fact("since", hour_begins(run.since, facts.offset).day_hh_mm())
            .fact("events", run.cases)
            .fact("trials", run.trials)
            .fact("percent", percent(share))
            .fact("usual_percent", percent(run.usual))
    }
}

const fn spec(id: &'static str, area: Area, screen: &'static str, needs: &'static [&'static str]) -> CheckSpec {
    CheckSpec { id, area, screen, every: Duration::from_mins(1), limit: Duration::from_secs(2), needs }
}

/// Runs `judge` where something is usual already.
fn found(spec: &'static CheckSpec, cx: &Cx, judge: impl Fn(&TrendFacts) -> Finding) -> Vec<Finding> {
    vec![usual_known(cx).map_or_else(|| spec.found(cx, Status::Absent, "trend-none"), judge)]
}

pub(super) struct Fallback;

const FALLBACK: CheckSpec = spec("trend.fallback", Area::Transactions, "42", &["reader.fallback"]);

impl Check for Fallback {
    fn spec(&self) -> &'static CheckSpec {
        &FALLBACK
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            found(&FALLBACK, &cx, |facts| {
                FALLBACK.run_found(&cx, facts, "trend-fallback", chip_series(facts).run(1, WRONG_CHIP))
            })
        })
    }
}

fn chip_series(facts: &TrendFacts) -> Series {
    Series::of(facts, |counts| (counts.way(Way::Fallback), counts.chip()))
}

/// Whether the chip reader itself has to be cleaned: against what is usual here. Before that is known the rate is told
/// and not judged.
pub(super) struct Reader;

const READER: CheckSpec = spec("reader.fallback", Area::Reader, "42", &[]);

impl Check for Reader {
    fn spec(&self) -> &'static CheckSpec {
        &READER
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            let facts = cx.journal.trend.as_deref().filter(|facts| !facts.recent.is_empty());
            let Some(facts) = facts else { return vec![READER.found(&cx, Status::Absent, "reader-fallback-none")] };
            let series = chip_series(facts);
            let (cases, trials) = series.recent.iter().fold((0, 0), |sum, one| (sum.0 + one.1, sum.1 + one.2));
            if trials == 0 {
                return vec![READER.found(&cx, Status::Absent, "reader-fallback-none")];
            }
            let rate = |found: Finding, cases: u64, trials: u64| {
                let share = cases as f64 / trials.max(1) as f64;
                found.fact("events", cases).fact("trials", trials).fact("percent", percent(share))
            };
            let run = usual_known(&cx).and_then(|facts| chip_series(facts).run(1, WRONG_CHIP));
            if let Some(run) = run {
                let since = hour_begins(run.since, facts.offset).day_hh_mm();
                let found = READER.found(&cx, Status::Warning, "reader-fallback").fact("since", since);
                return vec![rate(found, run.cases, run.trials)];
            }
            let since = facts.recent.first().map_or(0, |span| span.hour);
            let since = hour_begins(since, facts.offset).day_hh_mm();
            vec![rate(READER.found(&cx, Status::Ok, "reader-fallback-ok").fact("since", since), cases, trials)]
        })
    }
}

pub(super) struct Bank;

const BANK: CheckSpec = spec("trend.bank", Area::Transactions, "35", &[]);

impl Check for Bank {
    fn spec(&self) -> &'static CheckSpec {
        &BANK
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            found(&BANK, &cx, |facts| match bank(facts) {
                Some((bank, run)) => {
                    let bank = format!("{bank:06}");
                    BANK.run_found(&cx, facts, "trend-bank", Some(run)).about(&bank).fact("bank", bank)
                }
                None => BANK.run_found(&cx, facts, "", None),
            })
        })
    }
}

pub(super) struct Code;

const CODE: CheckSpec = spec("trend.code", Area::Transactions, "35", &[]);

impl Check for Code {
    fn spec(&self) -> &'static CheckSpec {
        &CODE
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            found(&CODE, &cx, |facts| {
                // One issuer's trouble has one code as well: it is told once.
                let told = bank(facts).map_or(0, |(_, run)| run.cases);
                match code(facts).filter(|(_, run)| run.cases > told) {
                    Some((code, run)) => CODE.run_found(&cx, facts, "trend-code", Some(run)).fact("code", code),
                    None => CODE.run_found(&cx, facts, "", None),
                }
            })
        })
    }
}

pub(super) struct Declines;

const DECLINES: CheckSpec = spec("trend.declines", Area::Transactions, "35", &[]);

impl Check for Declines {
    fn spec(&self) -> &'static CheckSpec {
        &DECLINES
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(
            async move { found(&DECLINES, &cx, |facts| DECLINES.run_found(&cx, facts, "trend-declines", rest(facts))) },
        )
    }
}

pub(super) struct Latency;

const HOSTS: &[&str] =
    &["host.echo", "host.cert", "host.tls", "host.tcp", "net.dns", "net.gateway", "net.address", "net.link"];

const LATENCY: CheckSpec = spec("trend.latency", Area::Transactions, "35", HOSTS);

impl Check for Latency {
    fn spec(&self) -> &'static CheckSpec {
        &LATENCY
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            found(&LATENCY, &cx, |facts| match slow(facts) {
                Some((run, now, usual)) => LATENCY
                    .run_found(&cx, facts, "trend-latency", Some(run))
                    .fact("p50_ms", now)
                    .fact("usual_ms", usual)
                    .fact("p50_s", seconds(now))
                    .fact("usual_s", seconds(usual)),
                None => LATENCY.run_found(&cx, facts, "", None),
            })
        })
    }
}
