//! Listings: order, pages, filters, moments.

use proptest::prelude::*;

use super::*;

#[test]
fn rows_come_back_as_they_went_in() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let bare = Sale {
        kind: "unheard-of".into(),
        method: None,
        amount: None,
        currency: None,
        stan: None,
        rrn: None,
        code: None,
        state: Some(SaleState::QueryNeeded),
        outcome: Outcome::Pending,
        tid: None,
        mid: None,
        entry_mode: None,
        card: None,
        latency_ms: None,
        host: Some("h".repeat(300).into()),
        host_time: None,
        fallback: None,
        issuer: None,
        text: Some("余额不足".into()),
        ..sale(20, 7)
    };
    let odd = Sale {
        amount: Some(i64::MIN),
        time: Stamp::new(-62_135_596_800_000_000, -720),
        code: Some("A2".into()),
        fallback: Some(true),
        host_time: Some(Stamp::new(7, -720)),
        latency_ms: Some(u32::MAX),
        host: Some("主机 'x' \u{0}".into()),
        ..sale(30, 0)
    };
    let mut rows = vec![sale(10, 5), bare, odd];
    Journal::new(&store, "app").live(rows.clone());
    for row in &mut rows {
        row.id = SaleId::new(1, row.id.offset());
        row.source = Arc::from("app");
    }
    assert_eq!(all(&store, SaleFilter::All, true, 10), rows);
    store.close();
    let store = open(dir.path());
    let again = all(&store, SaleFilter::All, true, 10);
    assert_eq!(again, rows);
    assert_eq!(again[2].time.offset, -720);
}

#[test]
fn committing_a_batch_again_changes_nothing() {
    let store = memory();
    let mut journal = Journal::new(&store, "app");
    journal.live(vec![declined(10, 0, "51"), sale(20, 1)]);
    journal.live(vec![declined(10, 0, "51"), sale(20, 1), sale(30, 2)]);
    assert_eq!(offsets(&store, SaleFilter::All), [10, 20, 30]);
    assert_eq!(wait(store.codes_seen())[0].count, 1);
    assert_eq!(store.status().sales, 3);
}

#[test]
fn a_wrong_stamp_stays_with_its_neighbours_when_journals_are_merged() {
    let store = memory();
    store.set_sources(&[Arc::from("a"), Arc::from("b")]);
    let (mut a, mut b) = (Journal::new(&store, "a"), Journal::new(&store, "b"));
    // Every ten minutes in `a`, five minutes later in `b`; three rows of `a` are dated wrongly.
    let mut rows: Vec<Sale> = (0..100).map(|n| sale(n * 10, n as i64 * 600)).collect();
    rows[50].time = Stamp::new(0, 0);
    rows[51].time = Stamp::parse("2099-01-01T00:00:00Z").unwrap();
    rows[99].time = Stamp::parse("2099-01-01T00:00:00Z").unwrap();
    a.live(rows);
    b.live((0..100).map(|n| Sale { rrn: None, ..sale(n * 10 + 5, n as i64 * 600 + 300) }).collect());
    for ascending in [true, false] {
        let listed: Vec<i64> =
            all(&store, SaleFilter::All, ascending, 7).iter().map(|row| row.id.offset() as i64).collect();
        assert_eq!(listed.len(), 200);
        let place = |offset: i64| listed.iter().position(|at| *at == offset).unwrap();
        for wrong in [500, 510, 990] {
            let near = if wrong == 990 { wrong - 15 } else { wrong + 5 };
            let apart = place(wrong).abs_diff(place(near));
            assert!(apart <= 40, "row {wrong} is listed {apart} rows from its neighbour, ascending {ascending}");
        }
        // Rows that are dated rightly are where they belong.
        for pair in (0..80).map(|n| n * 10) {
            if !(250..=750).contains(&pair) {
                assert_eq!(place(pair).abs_diff(place(pair + 5)), 1, "row {pair}, ascending {ascending}");
            }
        }
    }
}

#[test]
fn since_sees_past_a_clock_that_stepped_back() {
    let store = memory();
    let mut journal = Journal::new(&store, "app");
    let mut rows: Vec<Sale> = (0..100).map(|n| sale(n * 10, n as i64 * 60)).collect();
    for row in &mut rows[60..80] {
        row.time = Stamp::new(row.time.micros - DAY, 480);
    }
    journal.live(rows.clone());
    let since = Stamp::new(BASE + 50 * 60 * SECOND, 480);
    let expected: Vec<u64> = rows.iter().filter(|row| row.time >= since).map(|row| row.id.offset()).collect();
    assert_eq!(expected.len(), 30);
    for ascending in [true, false] {
        let mut query = SaleQuery { since: Some(since), ascending, limit: 7, ..SaleQuery::default() };
        let mut found = Vec::new();
        loop {
            let (rows, cursor) = page(&store, query.clone());
            found.extend(rows.iter().map(|row| row.id.offset()));
            query.cursor = cursor;
            if query.cursor.is_none() {
                break;
            }
        }
        if !ascending {
            found.reverse();
        }
        assert_eq!(found, expected, "ascending {ascending}");
    }
}

#[test]
fn a_page_is_bounded_and_says_whether_more_follows() {
    let store = memory();
    Journal::new(&store, "app").live((0..1_500).map(|n| sale(n * 10, n as i64)).collect());
    let (rows, cursor) = page(&store, SaleQuery { limit: 100_000, ..SaleQuery::default() });
    assert_eq!(rows.len(), crate::proto::MAX_PAGE);
    let (rows, cursor) = page(&store, SaleQuery { limit: 500, cursor, ..SaleQuery::default() });
    assert_eq!((rows.len(), cursor), (500, None));
}

#[test]
fn facts_and_codes_follow_the_rows() {
    let store = memory();
    let mut journal = Journal::new(&store, "app");
    let settle = Sale { kind: "settle".into(), entry_mode: None, ..sale(50, 5) };
    let tap = Sale { entry_mode: Some("071".into()), ..sale(60, 6) };
    let scan = Sale { entry_mode: None, method: Some("scan-pay".into()), ..sale(70, 7) };
    journal.live(vec![
        declined(10, 1, "61"),
        declined(20, 2, "51"),
        declined(30, 3, "51"),
        sale(40, 4),
        settle,
        tap,
        scan,
        request(80, 8, SaleState::QueryNeeded),
        request(90, 9, SaleState::Timeout),
        request(100, 10, SaleState::Sent),
    ]);
    let at = Stamp::new(BASE + 20 * SECOND, 480);
    let facts = wait(store.journal_facts(at, 60));
    assert_eq!((facts.in_flight, facts.waiting, facts.query_needed), (1, 1, 1));
    assert_eq!((facts.recent_answered, facts.recent_declined), (7, 3));
    assert_eq!(facts.top_decline, Some(("51".to_owned(), 2)));
    assert_eq!(facts.unanswered_in_a_row, 1);
    assert_eq!((facts.latency_p50_ms, facts.latency_p95_ms), (Some(900), Some(900)));
    assert_eq!(facts.batch_open, Some(2));
    assert_eq!(facts.last_answer.map(|at| at.micros), Some(BASE + 7 * SECOND));
    assert_eq!(wait(store.journal_facts(Stamp::new(BASE + 200 * SECOND, 480), 60)).waiting, 2);
    let good: Vec<(String, i64)> =
        wait(store.last_good()).into_iter().map(|(way, at)| (way, (at.micros - BASE) / SECOND)).collect();
    assert_eq!(good, [("insert".to_owned(), 4), ("tap".to_owned(), 6), ("scan".to_owned(), 7)]);
    let codes: Vec<(String, u64)> = wait(store.codes_seen()).into_iter().map(|seen| (seen.code, seen.count)).collect();
    assert_eq!(codes, [("51".to_owned(), 2), ("61".to_owned(), 1)]);
    // The next sale joins the open batch; history behind the settlement does not.
    journal.live(vec![sale(110, 30)]);
    assert_eq!(wait(store.journal_facts(at, 60)).batch_open, Some(3));
}

/// What is known of a row in the model.
#[derive(Clone, Debug)]
struct Row {
    source: usize,
    seconds: i64,
    outcome: u8,
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (0..3_usize, 0..50_i64, 0..8_u8).prop_map(|(source, step, outcome)| (source, step, outcome));
    proptest::collection::vec(row, 0..120).prop_map(|steps| {
        let mut seconds = 0;
        let row = |(source, step, outcome)| {
            seconds += step;
            Row { source, seconds, outcome }
        };
        steps.into_iter().map(row).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Journals with right clocks, rotated now and then, their tails read before their history: every listing is
    /// exactly the rows by time, in pages of any size, both ways.
    #[test]
    fn pages_hold_every_row_once_in_order(
        rows in rows(), size in 1..40_usize, rotate in 5..60_usize, tail in 0..40_usize,
    ) {
        let names: [Arc<str>; 3] = [Arc::from("a"), Arc::from("b"), Arc::from("c")];
        let store = memory();
        store.set_sources(&names);
        let mut sales: Vec<Sale> = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            let made = match row.outcome {
                0 | 1 => declined(at as u64 * 10, row.seconds, "51"),
                2 => request(at as u64 * 10, row.seconds, SaleState::Timeout),
                _ => sale(at as u64 * 10, row.seconds),
            };
            sales.push(Sale { source: names[row.source].clone(), ..made });
        }
        for name in &names {
            let mine: Vec<Sale> = sales.iter().filter(|sale| sale.source == *name).cloned().collect();
            for file in mine.chunks(rotate) {
                let mut journal = Journal::new(&store, name);
                let cut = file.len().saturating_sub(tail);
                let border = file.get(cut).map_or(10_000, |sale| sale.id.offset());
                journal.commit(file[cut..].to_vec(), border, 20_000, true);
                journal.commit(file[..cut].to_vec(), 0, border, false);
            }
        }
        for filter in [SaleFilter::All, SaleFilter::Declined, SaleFilter::Failed, SaleFilter::Unfinished] {
            let belongs = |sale: &&Sale| match filter {
                SaleFilter::All => true,
                SaleFilter::Declined => sale.outcome == Outcome::Declined,
                SaleFilter::Failed => sale.failed(),
                SaleFilter::Unfinished => sale.unfinished(),
            };
            let mut expected: Vec<&Sale> = sales.iter().filter(belongs).collect();
            // Rows of one second keep the order of the configuration, then that of their journal.
            expected.sort_by_key(|sale| (sale.time, names.iter().position(|name| *name == sale.source)));
            let expected: Vec<u64> = expected.iter().map(|sale| sale.id.offset()).collect();
            for ascending in [true, false] {
                let mut found: Vec<u64> =
                    all(&store, filter, ascending, size).iter().map(|sale| sale.id.offset()).collect();
                if !ascending {
                    found.reverse();
                }
                prop_assert_eq!(&found, &expected, "{:?} ascending {}", filter, ascending);
            }
        }
    }
}
