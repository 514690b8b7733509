//! Requests and answers, reversals, and two journals of the same sales.

use super::*;

#[test]
fn a_request_and_its_answer_are_one_sale() {
    let store = memory();
    let mut journal = Journal::new(&store, "app");
    journal.live(vec![request(10, 0, SaleState::Sent), sale(20, 1)]);
    assert_eq!(offsets(&store, SaleFilter::Unfinished), [10]);
    let answer = Sale { stan: Some("000010".into()), ..declined(30, 3, "51") };
    journal.live(vec![answer]);
    assert_eq!(offsets(&store, SaleFilter::All), [20, 30]);
    assert_eq!(offsets(&store, SaleFilter::Unfinished), [0_u64; 0]);
    assert_eq!(store.status().sales, 2);
    // Who still holds the request's number finds the sale it became.
    let found = wait(store.sale(SaleId::new(1, 10))).unwrap().unwrap();
    assert_eq!((found.id, found.code.as_deref()), (SaleId::new(1, 30), Some("51")));
}

#[test]
fn an_answer_off_the_line_is_completed_by_its_request() {
    let store = memory();
    let mut journal = Journal::new(&store, "app");
    let asked = Sale { fallback: Some(true), ..request(10, 0, SaleState::Sent) };
    journal.live(vec![asked.clone()]);
    let bare = Sale {
        stan: Some("000010".into()),
        entry_mode: None,
        card: None,
        amount: None,
        method: None,
        latency_ms: None,
        fallback: None,
        ..declined(30, 2, "45")
    };
    journal.live(vec![bare.clone()]);
    let found = wait(store.sale(SaleId::new(1, 30))).unwrap().unwrap();
    assert_eq!((found.latency_ms, found.fallback), (Some(2_000), Some(true)));
    assert_eq!((found.entry_mode, found.card, found.amount), (asked.entry_mode, asked.card, asked.amount));
    // A clock that was set in between measures nothing.
    journal.live(vec![
        request(40, 100, SaleState::Sent),
        Sale { stan: Some("000040".into()), latency_ms: None, ..sale(50, 90) },
    ]);
    assert_eq!(wait(store.sale(SaleId::new(1, 50))).unwrap().unwrap().latency_ms, None);
}

#[test]
fn only_the_same_kind_terminal_day_and_number_answer() {
    for (at, change) in [
        ("other number", Sale { stan: Some("000011".into()), ..sale(30, 3) }),
        ("other terminal", Sale { stan: Some("000010".into()), tid: Some("87654321".into()), ..sale(30, 3) }),
        ("other kind", Sale { stan: Some("000010".into()), kind: "void".into(), ..sale(30, 3) }),
        ("next day", Sale { stan: Some("000010".into()), ..sale(30, 90_000) }),
        ("no answer", Sale { stan: Some("000010".into()), ..request(30, 3, SaleState::Sent) }),
    ] {
        let store = memory();
        Journal::new(&store, "app").live(vec![request(10, 0, SaleState::Sent), change]);
        assert_eq!(offsets(&store, SaleFilter::All), [10, 30], "{at}");
    }
    let store = memory();
    let answer = Sale { stan: Some("000010".into()), tid: None, ..sale(30, 3) };
    Journal::new(&store, "app").live(vec![request(10, 0, SaleState::Sent), answer]);
    assert_eq!(offsets(&store, SaleFilter::All), [30], "an absent terminal is no other one");
}

#[test]
fn an_answer_across_midnight_still_belongs() {
    let store = memory();
    let answer = Sale { stan: Some("000010".into()), ..sale(30, 86_402) };
    Journal::new(&store, "app").live(vec![request(10, 86_398, SaleState::Sent), answer]);
    assert_eq!(offsets(&store, SaleFilter::All), [30]);
}

#[test]
fn a_timeout_ends_the_request_and_a_late_answer_ends_the_waiting() {
    let store = memory();
    let mut journal = Journal::new(&store, "app");
    let stan = || Some("000010".into());
    journal.live(vec![request(10, 0, SaleState::Sent), Sale { stan: stan(), ..request(20, 60, SaleState::Timeout) }]);
    assert_eq!(offsets(&store, SaleFilter::All), [20]);
    assert_eq!(offsets(&store, SaleFilter::Unfinished), [20]);
    journal.live(vec![Sale { stan: stan(), ..sale(30, 90) }]);
    assert_eq!(offsets(&store, SaleFilter::All), [20, 30]);
    assert_eq!(offsets(&store, SaleFilter::Unfinished), [0_u64; 0]);
    assert_eq!(offsets(&store, SaleFilter::Failed), [20]);
}

#[test]
fn a_reversal_undoes_the_sale_and_both_stay() {
    let store = memory();
    let mut journal = Journal::new(&store, "app");
    let reversal =
        Sale { kind: "reversal".into(), stan: Some("000010".into()), outcome: Outcome::Reversed, ..sale(30, 200) };
    journal.live(vec![request(10, 0, SaleState::Timeout), reversal]);
    assert_eq!(offsets(&store, SaleFilter::All), [10, 30]);
    assert_eq!(offsets(&store, SaleFilter::Unfinished), [0_u64; 0]);
    let undone = wait(store.sale(SaleId::new(1, 10))).unwrap().unwrap();
    assert_eq!((undone.outcome, undone.state), (Outcome::NoResponse, Some(SaleState::Reversed)));
    assert!(!undone.unfinished());
}

/// How the row at this place reads.
fn reads(store: &Store, at: u64) -> (Outcome, Option<SaleState>, Option<u64>) {
    let found = wait(store.sale(SaleId::new(1, at))).unwrap().unwrap();
    (found.outcome, found.state, found.undone_by.map(SaleId::offset))
}

fn reversal(offset: u64, second: i64, of: u64) -> Sale {
    let stan = Some(format!("{of:06}").into());
    Sale { kind: "reversal".into(), stan, outcome: Outcome::Reversed, rrn: None, ..sale(offset, second) }
}

fn void(offset: u64, second: i64) -> Sale {
    Sale { kind: "void".into(), rrn: Some(format!("9{offset:011}").into()), ..sale(offset, second) }
}

const UNDONE: (Outcome, Option<SaleState>) = (Outcome::Reversed, Some(SaleState::Reversed));

#[test]
fn a_sale_that_went_through_reads_as_undone_after_its_reversal_or_void() {
    let store = memory();
    let mut journal = Journal::new(&store, "app");
    let other = Sale { amount: Some(777), ..sale(40, 40) };
    journal.live(vec![sale(10, 10), sale(20, 20), other]);
    journal.live(vec![reversal(50, 50, 10)]);
    assert_eq!(reads(&store, 10), (UNDONE.0, UNDONE.1, Some(50)));
    assert_eq!(reads(&store, 20), (Outcome::Approved, None, None));
    // A void has a number of its own: card and amount tell.
    journal.live(vec![Sale { amount: Some(777), ..void(60, 60) }, sale(70, 70), reversal(80, 80, 70)]);
    assert_eq!(reads(&store, 40), (UNDONE.0, UNDONE.1, Some(60)));
    assert_eq!(reads(&store, 70), (UNDONE.0, UNDONE.1, Some(80)), "both in one batch");
    let evidence = wait(store.evidence_of(vec![SaleId::new(1, 40)])).unwrap();
    assert_eq!(evidence[0].undone.as_ref().map(|undone| undone.kind.as_str()), Some("void"));
    // Each stays listed once.
    assert_eq!(offsets(&store, SaleFilter::All), [10, 20, 40, 50, 60, 70, 80]);
    assert_eq!(offsets(&store, SaleFilter::Failed), [0_u64; 0]);
}

#[test]
fn what_only_looks_like_its_void_or_reversal_undoes_nothing() {
    let alone = || vec![sale(10, 10)];
    for (why, before, undo) in [
        ("other amount", alone(), Sale { amount: Some(1), ..reversal(50, 50, 10) }),
        ("other terminal", alone(), Sale { tid: Some("1".into()), ..reversal(50, 50, 10) }),
        ("other number", alone(), reversal(50, 50, 11)),
        ("days later", alone(), reversal(50, 5 * 86_400, 10)),
        ("a refused void", alone(), Sale { outcome: Outcome::Declined, code: Some("25".into()), ..void(50, 50) }),
        (
            "a void of another card",
            alone(),
            Sale { card: serde_json::from_str("\"411111******1111\"").ok(), ..void(50, 50) },
        ),
        ("a void that two sales fit", vec![sale(10, 10), sale(20, 20)], void(50, 50)),
        ("a sale after the void", Vec::new(), void(5, 5)),
    ] {
        let store = memory();
        let mut journal = Journal::new(&store, "app");
        let mut rows = before;
        rows.push(undo);
        if rows.len() == 1 {
            rows.push(sale(10, 10));
        }
        journal.live(rows);
        assert_eq!(reads(&store, 10).0, Outcome::Approved, "{why}");
    }
    // The reference number of the first sale tells which of two alike it was.
    let store = memory();
    let rrn = sale(20, 20).rrn;
    Journal::new(&store, "app").live(vec![sale(10, 10), sale(20, 20), Sale { rrn, ..void(50, 50) }]);
    assert_eq!((reads(&store, 10).0, reads(&store, 20).0), (Outcome::Approved, Outcome::Reversed));
}

#[test]
fn a_sale_is_undone_also_across_a_restart_and_from_behind() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut journal = Journal::new(&store, "app");
    journal.live(vec![sale(10, 10)]);
    let mark = journal.mark.clone();
    store.close();
    let store = open(dir.path());
    Journal { store: &store, mark }.live(vec![sale(20, 20), reversal(30, 30, 10)]);
    assert_eq!(reads(&store, 10), (UNDONE.0, UNDONE.1, Some(30)));
    // The tail was read first: the reversal is there before its sale.
    let store = memory();
    let mut journal = Journal::new(&store, "app");
    journal.commit(vec![reversal(500, 500, 10), sale(510, 510)], 500, 520, true);
    journal.commit(vec![sale(10, 10)], 0, 500, false);
    assert_eq!(reads(&store, 10), (UNDONE.0, UNDONE.1, Some(500)));
}

#[test]
fn a_reversal_sent_with_its_reason_waits_until_it_is_answered() {
    let store = memory();
    let mut journal = Journal::new(&store, "app");
    let asked = |offset: u64, second: i64| Sale {
        kind: "reversal".into(),
        stan: Some("000010".into()),
        code: Some("98".into()),
        ..request(offset, second, SaleState::Sent)
    };
    journal.live(vec![sale(10, 10), asked(20, 70)]);
    assert_eq!(offsets(&store, SaleFilter::Unfinished), [20]);
    // Sent again it is still one reversal, and the reason is no answer to the first one.
    journal.live(vec![asked(30, 130)]);
    assert_eq!(offsets(&store, SaleFilter::Unfinished), [30]);
    assert_eq!(offsets(&store, SaleFilter::All), [10, 30]);
    assert_eq!(wait(store.journal_facts(now(), 60)).last_answer, Some(sale(10, 10).time));
    journal.live(vec![Sale { code: Some("00".into()), ..reversal(40, 132, 10) }]);
    assert_eq!(offsets(&store, SaleFilter::Unfinished), [0_u64; 0]);
    assert_eq!(offsets(&store, SaleFilter::All), [10, 40]);
    assert_eq!(reads(&store, 10), (UNDONE.0, UNDONE.1, Some(40)));
}

#[test]
fn history_that_fills_in_behind_finds_its_answers() {
    // The tail was read first: answers at 500 and 510, the reversal at 520; their requests stand in the gap.
    let store = memory();
    let mut journal = Journal::new(&store, "app");
    let stan = |n: u64| Some(format!("{n:06}").into());
    let tail = vec![
        Sale { stan: stan(470), ..sale(500, 500) },
        Sale { stan: stan(480), ..declined(510, 510, "61") },
        Sale { kind: "reversal".into(), stan: stan(460), outcome: Outcome::Reversed, ..sale(520, 520) },
    ];
    journal.commit(tail, 500, 530, true);
    let first = vec![request(100, 100, SaleState::Sent), Sale { stan: stan(100), ..sale(110, 110) }];
    journal.commit(first, 0, 450, false);
    assert_eq!(offsets(&store, SaleFilter::All), [110, 500, 510, 520]);
    let gap = vec![
        request(460, 460, SaleState::Timeout),
        request(470, 470, SaleState::Sent),
        request(480, 480, SaleState::Sent),
        request(490, 490, SaleState::Sent),
    ];
    journal.commit(gap, 450, 500, false);
    assert_eq!(offsets(&store, SaleFilter::All), [110, 460, 490, 500, 510, 520]);
    assert_eq!(offsets(&store, SaleFilter::Unfinished), [490]);
    assert_eq!(store.status().sales, 6);
}

#[test]
fn a_request_at_the_end_of_one_file_is_answered_in_the_next() {
    let store = memory();
    let mut old = Journal::new(&store, "app");
    old.commit(Vec::new(), 0, 0, false);
    let mut new = Journal::new(&store, "app");
    new.commit(vec![Sale { stan: Some("000090".into()), ..sale(0, 100) }], 0, 10, true);
    old.mark.done.clear();
    old.commit(vec![request(90, 90, SaleState::Sent)], 0, 100, false);
    assert_eq!(offsets(&store, SaleFilter::All), [0]);
}

#[test]
fn open_requests_are_remembered_across_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut journal = Journal::new(&store, "app");
    journal.live(vec![request(10, 0, SaleState::Sent), request(20, 0, SaleState::Timeout)]);
    let mark = journal.mark.clone();
    store.close();
    let store = open(dir.path());
    let facts = wait(store.journal_facts(now(), 60));
    assert_eq!((facts.in_flight, facts.waiting), (1, 1));
    let mut journal = Journal { store: &store, mark };
    journal.live(vec![Sale { stan: Some("000010".into()), ..sale(30, 3) }]);
    assert_eq!(offsets(&store, SaleFilter::All), [20, 30]);
    assert_eq!(wait(store.journal_facts(now(), 60)).in_flight, 0);
}

#[test]
fn two_journals_of_one_sale_count_once_in_whatever_order_they_are_read() {
    let names: [Arc<str>; 3] = [Arc::from("app"), Arc::from("log"), Arc::from("third")];
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [1, 2, 0]] {
        let store = memory();
        store.set_sources(&names);
        for at in order {
            let mut journal = Journal::new(&store, &names[at]);
            // The same sale, stamped a minute later each; one more that only this journal has.
            let shared = declined(100, 60 * at as i64, "51");
            let own = sale(200 + at as u64 * 10, 10);
            journal.live(vec![shared, own]);
        }
        let rows = all(&store, SaleFilter::All, true, 100);
        let listed: Vec<(&str, u64)> = rows.iter().map(|row| (&*row.source, row.id.offset())).collect();
        assert_eq!(listed.len(), 4, "{order:?}: {listed:?}");
        assert!(listed.contains(&("app", 100)), "{order:?}: {listed:?}");
        assert_eq!(offsets(&store, SaleFilter::Declined), [100], "{order:?}");
        let codes = wait(store.codes_seen());
        assert_eq!(codes.len(), 1, "{order:?}: {codes:?}");
        assert_eq!((codes[0].count, &*codes[0].source), (1, "app"));
        assert_eq!(store.status().sales, 4);
    }
}

#[test]
fn sales_that_only_look_alike_are_no_twins() {
    let names: [Arc<str>; 2] = [Arc::from("app"), Arc::from("log")];
    for (why, other) in [
        ("too far apart", sale(100, 601)),
        ("other amount", Sale { amount: Some(1), ..sale(100, 0) }),
        ("other reference", Sale { rrn: Some("1".into()), ..sale(100, 0) }),
        ("other number", Sale { stan: Some("1".into()), ..sale(100, 0) }),
        ("other terminal", Sale { tid: Some("1".into()), ..sale(100, 0) }),
        ("no reference", Sale { rrn: None, ..sale(100, 0) }),
    ] {
        let store = memory();
        store.set_sources(&names);
        Journal::new(&store, "app").live(vec![sale(100, 0)]);
        Journal::new(&store, "log").live(vec![other]);
        assert_eq!(store.status().sales, 2, "{why}");
    }
    // One journal may hold the same line twice: content never drops rows.
    let store = memory();
    store.set_sources(&names);
    let twice = Sale { id: SaleId::new(0, 110), ..sale(100, 0) };
    Journal::new(&store, "app").live(vec![sale(100, 0), twice]);
    assert_eq!(store.status().sales, 2);
}
