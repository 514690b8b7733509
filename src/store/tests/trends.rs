//! Numbers by hour against a recount of every listed row, whatever came in whichever order.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::model::{BankCount, Counts, Way, bucket, hour_of};

fn kept(store: &Store) -> BTreeMap<i64, Counts> {
    inside(store, |keeper| keeper.db.trend_hours(-1_000_000, 1_000_000).unwrap()).into_iter().collect()
}

/// The same, from the rows as they are listed.
fn recounted(store: &Store) -> BTreeMap<i64, Counts> {
    let mut hours: BTreeMap<i64, Counts> = BTreeMap::new();
    for sale in all(store, SaleFilter::All, true, 200) {
        if ["reversal", "settle", "signon", "echo"].contains(&sale.kind.as_str()) {
            continue;
        }
        let unanswered = match (sale.outcome, sale.state) {
            (Outcome::Approved | Outcome::Declined, _) => false,
            (Outcome::Reversed, _) => sale.code.is_none(),
            (Outcome::NoResponse, state) if state.is_some() => true,
            (Outcome::Pending, Some(SaleState::Reversed)) => true,
            _ => continue,
        };
        let counts = hours.entry(hour_of(sale.time)).or_default();
        let declined = u64::from(sale.outcome == Outcome::Declined);
        counts.count += 1;
        counts.declined += declined;
        counts.no_response += u64::from(unanswered);
        if let Some(way) = Way::of(&sale) {
            counts.ways[way as usize] += 1;
        }
        if declined == 1 {
            *counts.codes.entry(sale.code.as_deref().unwrap().to_owned()).or_default() += 1;
        }
        let scanned = sale.method.as_deref() == Some("scan-pay");
        if let Some(card) = sale.card.as_ref().filter(|card| !scanned && !card.as_str().starts_with('*')) {
            let bank: &mut BankCount = counts.banks.entry(card.as_str()[..6].parse().unwrap()).or_default();
            (bank.count, bank.declined) = (bank.count + 1, bank.declined + declined);
        }
        if let Some(ms) = sale.latency_ms {
            *counts.times.entry(bucket(ms)).or_default() += 1;
        }
    }
    hours
}

/// What happens to the store while journals are read.
#[derive(Clone, Debug)]
enum Step {
    /// So many lines of one of the journals come; the second number says whether they stand behind a gap.
    Lines(usize, usize, bool),
    /// The gap of a journal is read.
    Fill(usize),
    Restart,
    /// A batch fails half way and is taken again.
    Fail,
    Ask,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (0..2_usize, 1..8_usize, any::<bool>()).prop_map(|(journal, lines, gap)| Step::Lines(journal, lines, gap)),
        2 => (0..2_usize).prop_map(Step::Fill),
        1 => Just(Step::Restart),
        1 => Just(Step::Fail),
        1 => Just(Step::Ask),
    ]
}

/// One journal on its way into the store.
struct Reading {
    mark: FileMark,
    end: u64,
    gaps: Vec<(u64, Vec<Sale>)>,
}

impl Reading {
    fn commit(&mut self, store: &Store, rows: Vec<Sale>, from: u64, live: bool) {
        let to = from + rows.len() as u64 * 10;
        let rows =
            rows.into_iter().zip(0..).map(|(row, n)| Sale { id: SaleId::new(0, from + n * 10), ..row }).collect();
        let mut journal = Journal { store, mark: self.mark.clone() };
        journal.commit(rows, from, to, live);
        self.mark = journal.mark;
    }
}

fn play(lines: &[Sale], steps: &[Step]) {
    let dir = tempfile::tempdir().unwrap();
    let names: [Arc<str>; 2] = [Arc::from("app"), Arc::from("log")];
    let opened = || {
        let store = open(dir.path());
        store.set_sources(&names);
        store
    };
    let mut store = opened();
    let mut readings = names.clone().map(|name| {
        let mark = Journal::new(&store, &name).mark;
        Reading { mark, end: 0, gaps: Vec::new() }
    });
    let mut next = lines.iter().cloned().cycle();
    for step in steps {
        match step {
            Step::Lines(at, count, gap) => {
                let rows: Vec<Sale> = next.by_ref().take(*count).collect();
                let reading = &mut readings[*at];
                let from = reading.end;
                reading.end += *count as u64 * 10;
                if *gap {
                    reading.gaps.push((from, rows));
                } else {
                    reading.commit(&store, rows, from, true);
                }
            }
            Step::Fill(at) => {
                if let Some((from, rows)) = readings[*at].gaps.pop() {
                    readings[*at].commit(&store, rows, from, false);
                }
            }
            Step::Restart => {
                store.close();
                store = opened();
            }
            Step::Fail => inside(&store, |keeper| {
                keeper.db.rollback();
                keeper.db.reload().unwrap();
                keeper.take_again();
            }),
            Step::Ask => drop(wait(store.trends(now())).unwrap()),
        }
    }
    assert_eq!(kept(&store), recounted(&store));
    // And nothing of it is lost on the medium.
    store.close();
    let store = opened();
    assert_eq!(kept(&store), recounted(&store), "after a restart");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]
    #[test]
    fn numbers_are_those_of_the_rows(
        lines in prop::collection::vec(line(), 1..60),
        steps in prop::collection::vec(step(), 1..30),
    ) {
        play(&lines, &steps);
    }
}

/// A store as the version before left it: rows, and no numbers.
fn uncounted(store: &Store) {
    inside(store, |keeper| {
        keeper.flush();
        let undo = "DROP TABLE packs; DROP TABLE trends; ALTER TABLE files DROP COLUMN cursor; ALTER TABLE sales DROP COLUMN as_host; \
                    ALTER TABLE sales DROP COLUMN original_stan; \
                    ALTER TABLE files DROP COLUMN last_unreadable; PRAGMA user_version = 3;";
        keeper.db.conn.execute_batch(undo).unwrap();
    });
}

#[test]
fn rows_of_an_older_version_are_counted_in_steps_while_new_ones_come() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut journal = Journal::new(&store, "app");
    let rows = |from: u64, count: u64| (0..count).map(|n| sale(from + n * 10, (from + n * 10) as i64)).collect();
    one_by_one(&store);
    journal.commit(rows(0, 3_000), 0, 30_000, false);
    // A gap: read when counting has begun.
    journal.commit(rows(40_000, 2_500), 40_000, 65_000, true);
    let mark = journal.mark.clone();
    uncounted(&store);
    store.close();
    let store = open(dir.path());
    let mut journal = Journal { store: &store, mark };
    journal.commit(rows(30_000, 500), 30_000, 35_000, false);
    journal.commit(rows(65_000, 100), 65_000, 66_000, true);
    while wait(store.trends(now())).unwrap().counting {
        std::thread::yield_now();
    }
    let counted: u64 = kept(&store).values().map(|hour| hour.count).sum();
    assert_eq!(counted, 6_100);
    assert_eq!(kept(&store), recounted(&store));
    store.close();
    let store = open(dir.path());
    assert!(!wait(store.trends(now())).unwrap().counting, "once is enough");
    assert_eq!(kept(&store), recounted(&store));
}

#[test]
fn numbers_outlive_rows_that_made_room_but_not_their_days() {
    let dir = tempfile::tempdir().unwrap();
    let config = StoreConfig { days: 30, max_mb: 0, reserve_mb: 0 };
    let store = Store::open(Some(dir.path()), &config, now());
    let mut journal = Journal::new(&store, "app");
    journal.live((0..100).map(|day| sale(day as u64 * 10, day * 86_400)).collect());
    inside(&store, |keeper| keeper.db.delete_up_to("app", SaleId::new(1, 800).0).unwrap());
    assert_eq!(kept(&store).len(), 100);
    let mut changes = store.changes();
    changes.mark_unchanged();
    store.retention();
    wait(changes.changed()).unwrap();
    let last = hour_of(now()) + 99 * 24;
    let left = kept(&store);
    assert!(left.keys().all(|hour| *hour >= last - 32 * 24) && left.len() > 29, "{}", left.len());
}

#[test]
fn an_hour_of_nonsense_stays_small() {
    let store = memory();
    let mut journal = Journal::new(&store, "app");
    let row = |n: u64| {
        let card = format!("\"{:06}******1234\"", 100_000 + n);
        Sale { card: serde_json::from_str(&card).ok(), ..declined(n * 10, 0, &format!("{n}")) }
    };
    journal.live((0..5_000).map(row).collect());
    let hours = kept(&store);
    let (_, hour) = hours.first_key_value().unwrap();
    assert_eq!((hours.len(), hour.count, hour.codes.len(), hour.banks.len()), (1, 5_000, 100, 100));
}

#[test]
fn today_is_the_day_on_the_clock_of_the_journal_and_weeks_begin_on_monday() {
    let store = memory();
    let mut journal = Journal::new(&store, "app");
    // 2026-11-21 is a Saturday. The machine keeps UTC, the journal +08:00: it is tomorrow there already.
    let at = |days: i64, hours: i64| sale(0, days * 86_400 + hours * 3_600).time;
    let times = [at(-7, 1), at(-6, 9), at(-5, 9), at(-1, 23), at(0, 0), at(0, 1), at(0, 1)];
    let rows = times.iter().zip(0..).map(|(time, n)| Sale { time: *time, ..sale(n * 10, 0) }).collect();
    journal.live(rows);
    let utc = Stamp::new(at(0, 1).micros + 60 * SECOND, 0);
    assert_eq!(utc.day(), at(0, 0).day() - 1);
    let shown = wait(store.trends(utc)).unwrap();
    let hours = |spans: &[crate::model::TrendSpan]| -> Vec<(i64, u64)> {
        spans.iter().map(|span| (span.hour - at(0, 0).day() * 24, span.counts.count)).collect()
    };
    assert_eq!(hours(&shown.hours), [(0, 1), (1, 2)]);
    assert_eq!(hours(&shown.hours_before), [(-167, 1)]);
    assert_eq!(hours(&shown.days), [(-168, 1), (-144, 1), (-120, 1), (-24, 1), (0, 3)]);
    // Monday the 16th, and the 9th before it.
    assert_eq!(hours(&shown.weeks), [(-12 * 24, 2), (-5 * 24, 5)]);
    assert_eq!((shown.usual.count, shown.usual_days), (4, 4));
    let facts = wait(store.journal_facts(utc, 60)).trend.unwrap();
    assert_eq!(facts.offset, 480);
    // Fifty are not there; seven days back is as far as the newest hours go.
    assert_eq!(facts.recent.iter().map(|span| span.counts.count).sum::<u64>(), 6);
    assert_eq!((facts.usual.len(), facts.usual_days), (1, 1));
}

#[test]
fn numbers_come_over_a_socket_as_they_are() {
    let store = memory();
    Journal::new(&store, "app").live(vec![sale(0, 0), declined(10, 60, "51")]);
    let told = crate::proto::Reply::Trends(Box::new(wait(store.trends(now())).unwrap()));
    let line = serde_json::to_string(&told).unwrap();
    assert!(line.contains("622202"), "{line}");
    assert_eq!(serde_json::from_str::<crate::proto::Reply>(&line).unwrap(), told);
}

#[test]
fn the_usual_is_kept_until_something_in_it_changes() {
    let store = memory();
    let mut journal = Journal::new(&store, "app");
    let day =
        |day: u64, n: u64| (0..n).map(move |i| sale((day * 100 + i) * 10, day as i64 * 86_400 + 36_000 + i as i64));
    journal.commit(day(1, 60).chain(day(3, 60)).collect(), 1_000, 3_600, true);
    let asked = |store: &Store| {
        let newest = now().micros + 4 * 86_400 * SECOND;
        wait(store.journal_facts(Stamp::new(newest, 480), 60)).trend.unwrap()
    };
    let facts = asked(&store);
    assert_eq!((facts.usual_days, facts.usual.len(), facts.usual[0].hour), (1, 1, 10));
    assert_eq!(facts.usual[0].counts.count, 60);
    assert_eq!(facts.recent.iter().map(|span| span.counts.count).sum::<u64>(), 60);
    // History that fills in behind is seen.
    journal.commit(day(0, 50).collect(), 0, 1_000, false);
    let facts = asked(&store);
    assert_eq!((facts.usual_days, facts.usual[0].counts.count), (2, 110));
}
