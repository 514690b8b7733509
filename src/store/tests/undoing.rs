//! Which sale was undone by what: the same in whatever order the rows came, across restarts, and in older stores.

use proptest::prelude::*;
use rusqlite::Connection;

use super::*;

/// How every row reads: outcome, state, undone by.
type Reading = Vec<(u64, Outcome, Option<SaleState>, Option<u64>)>;

fn reading(store: &Store) -> Reading {
    // What waits to be judged is judged between two questions.
    wait(store.flush()).unwrap();
    let rows = all(store, SaleFilter::All, true, 500);
    rows.iter().map(|sale| (sale.id.offset(), sale.outcome, sale.state, sale.undone_by.map(SaleId::offset))).collect()
}

fn batch_open(store: &Store) -> Option<u64> {
    wait(store.journal_facts(now(), 60)).batch_open
}

fn settled(offset: u64) -> Sale {
    Sale { kind: "settle".into(), entry_mode: None, amount: None, card: None, ..sale(offset, 0) }
}

fn void_of(offset: u64, of: u64) -> Sale {
    let rrn = sale(of, 0).rrn;
    Sale { kind: "void".into(), rrn, ..sale(offset, offset as i64) }
}

fn reversal_of(offset: u64, of: u64) -> Sale {
    let (stan, rrn) = (sale(of, 0).stan, None);
    Sale { kind: "reversal".into(), outcome: Outcome::Reversed, stan, rrn, ..sale(offset, offset as i64) }
}

/// Ten bytes a row.
fn commit(journal: &mut Journal<'_>, rows: &[Sale], live: bool) {
    if let (Some(first), Some(last)) = (rows.first(), rows.last()) {
        journal.commit(rows.to_vec(), first.id.offset(), last.id.offset() + 10, live);
    }
}

#[test]
fn a_void_that_was_reversed_leaves_its_sale_as_it_was() {
    let rows = [settled(0), sale(10, 10), sale(20, 20), void_of(30, 10), reversal_of(40, 30)];
    for size in [1, 2, 5] {
        let store = memory();
        let mut journal = Journal::new(&store, "app");
        rows.chunks(size).for_each(|some| commit(&mut journal, some, true));
        let reads = reading(&store);
        assert_eq!(reads[1], (10, Outcome::Approved, None, None), "in batches of {size}");
        assert_eq!(reads[3].1, Outcome::Reversed, "in batches of {size}");
        assert_eq!(batch_open(&store), Some(2), "in batches of {size}");
        // It can be undone again.
        commit(&mut journal, &[void_of(50, 10)], true);
        assert_eq!(reading(&store)[1].3, Some(50));
        assert_eq!(batch_open(&store), Some(2), "the other sale and the void");
    }
}

/// By card and amount it could be either, and the newer one by trace number and time.
#[test]
fn a_void_that_names_its_sale_is_about_that_one_and_no_other() {
    let alike = |offset: u64| Sale { rrn: None, ..sale(offset, offset as i64) };
    let naming = |offset: u64, original: u64| Sale {
        original_stan: sale(original, 0).stan,
        kind: "void".into(),
        card: None,
        ..alike(offset)
    };
    for (original, expected) in [(10, [Some(30), None]), (20, [None, Some(30)]), (990, [None, None])] {
        let store = memory();
        let rows = [alike(10), alike(20), naming(30, original)];
        commit(&mut Journal::new(&store, "app"), &rows, true);
        assert_eq!(reading(&store)[..2].iter().map(|row| row.3).collect::<Vec<_>>(), expected, "names {original}");
    }
}

#[test]
fn an_answered_void_knows_from_its_request_what_it_takes_back() {
    let store = memory();
    let asked =
        |row: Sale| Sale { state: Some(SaleState::Sent), outcome: Outcome::Pending, code: None, rrn: None, ..row };
    let void = Sale { kind: "void".into(), card: None, ..sale(40, 40) };
    let rows = [
        Sale { rrn: None, ..sale(10, 10) },
        Sale { rrn: None, ..sale(20, 20) },
        asked(Sale { original_stan: sale(10, 0).stan, ..Sale { stan: void.stan.clone(), ..void.clone() } }),
        Sale { id: SaleId::new(0, 50), rrn: sale(990, 0).rrn, ..void },
    ];
    commit(&mut Journal::new(&store, "app"), &rows, true);
    let undone: Vec<Option<u64>> = reading(&store).iter().map(|row| row.3).collect();
    assert_eq!(undone, [Some(50), None, None]);
}

#[test]
fn a_reversal_with_a_trace_number_of_its_own_ends_the_sale_that_it_names() {
    let store = memory();
    let sent =
        |row: Sale| Sale { state: Some(SaleState::Timeout), outcome: Outcome::Pending, code: None, rrn: None, ..row };
    let named = |offset: u64, of: u64| Sale {
        original_stan: sale(of, 0).stan,
        stan: sale(offset, 0).stan,
        ..reversal_of(offset, of)
    };
    let rows = [sent(sale(10, 10)), sale(20, 20), named(30, 10), named(40, 20)];
    commit(&mut Journal::new(&store, "app"), &rows, true);
    let reads = reading(&store);
    assert_eq!((reads[0].3, reads[1].3), (Some(30), Some(40)), "{reads:?}");
    assert_eq!(wait(store.journal_facts(now(), 60)).waiting, 0);
}

#[test]
fn a_restart_while_history_fills_in_loses_no_reversal() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut journal = Journal::new(&store, "app");
    // The tail first: it holds the reversal.
    commit(&mut journal, &[reversal_of(500, 410), sale(510, 510)], true);
    commit(&mut journal, &[settled(0), sale(10, 10)], false);
    let mark = journal.mark.clone();
    store.close();
    let store = open(dir.path());
    let mut journal = Journal { store: &store, mark };
    journal.commit(vec![sale(410, 410)], 20, 500, false);
    let reads = reading(&store);
    assert_eq!(reads.iter().find(|row| row.0 == 410).map(|row| row.3), Some(Some(500)));
}

/// What the void before the gap had undone does not show in the store any more.
#[test]
fn a_void_before_a_gap_that_was_reversed_behind_it_and_in_it_is_judged_with_the_gap() {
    let alike = |offset: u64| Sale { amount: Some(100), card: sale(10, 0).card, ..sale(offset, offset as i64) };
    let void = |sale: Sale| Sale { kind: "void".into(), ..sale };
    let rows = [
        settled(0),
        alike(10),
        void(Sale { rrn: sale(10, 0).rrn, ..alike(20) }),
        alike(30),
        void(alike(40)),
        Sale { amount: Some(100), ..reversal_of(50, 20) },
        Sale { amount: Some(100), ..reversal_of(60, 20) },
    ];
    let store = memory();
    commit(&mut Journal::new(&store, "app"), &rows, true);
    let expected = reading(&store);
    assert_eq!((expected[1].3, expected[3].3), (None, Some(40)));

    let store = memory();
    let mut journal = Journal::new(&store, "app");
    commit(&mut journal, &rows[..3], true);
    commit(&mut journal, &rows[6..], true);
    commit(&mut journal, &rows[3..6], false);
    assert_eq!(reading(&store), expected);
}

#[test]
fn a_store_of_an_older_version_is_looked_through_once() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    one_by_one(&store);
    let mut journal = Journal::new(&store, "app");
    let sales: Vec<Sale> = (1..4_500).map(|at| Sale { amount: Some(at), ..sale(at as u64 * 10, at) }).collect();
    commit(&mut journal, &[vec![settled(0)], sales].concat(), true);
    let undo = |offset: u64, of: u64| Sale { amount: Some(of as i64 / 10), ..reversal_of(offset, of) };
    commit(&mut journal, &[undo(45_000, 20_000), undo(45_010, 44_000)], true);
    let (reads, open_then) = (reading(&store), batch_open(&store));
    assert_eq!(reads.iter().filter(|row| row.3.is_some()).count(), 2);
    store.close();

    let conn = Connection::open(dir.path().join("store.db")).unwrap();
    conn.execute_batch(
        "UPDATE sales SET reversed_by = NULL; DROP TABLE packs; ALTER TABLE sales DROP COLUMN as_host; \
         ALTER TABLE sales DROP COLUMN original_stan; ALTER TABLE files DROP COLUMN last_unreadable; \
         DELETE FROM settings WHERE key LIKE 'undone%'; PRAGMA user_version = 5;",
    )
    .unwrap();
    drop(conn);
    let store = open(dir.path());
    let mut steps = 0;
    while reading(&store) != reads {
        steps += 1;
        assert!(steps < 50, "never finished");
    }
    assert_eq!(batch_open(&store), open_then);
    store.close();
    let conn = Connection::open(dir.path().join("store.db")).unwrap();
    let todo: String =
        conn.query_row("SELECT value FROM settings WHERE key = 'undone.todo'", [], |row| row.get(0)).unwrap();
    assert_eq!(todo, "{}");
}

#[test]
fn an_exchange_that_a_gateway_tells_twice_counts_once_also_across_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    for as_host_first in [true, false] {
        let dir = dir.path().join(as_host_first.to_string());
        std::fs::create_dir(&dir).unwrap();
        let sides = |at: u64| {
            let one = |offset: u64, as_host: bool| Sale {
                stan: Some(format!("{offset:06}").into()),
                rrn: Some(format!("{at:012}").into()),
                as_host,
                ..sale(offset, at as i64)
            };
            [one(at, as_host_first), one(at + 10, !as_host_first)]
        };
        let store = open(&dir);
        let mut journal = Journal::new(&store, "gateway");
        let ([first, second], [third, fourth]) = (sides(10), sides(30));
        commit(&mut journal, &[first, second, third], true);
        let mark = journal.mark.clone();
        store.close();
        let store = open(&dir);
        let mut journal = Journal { store: &store, mark };
        commit(&mut journal, &[fourth], true);
        let listed: Vec<u64> = reading(&store).iter().map(|row| row.0).collect();
        assert_eq!(listed, if as_host_first { [20, 40] } else { [10, 30] }, "as host first: {as_host_first}");
        assert_eq!(store.status().sales, 2);
        store.close();
    }
}

/// A journal of few numbers, cards and amounts, so that rows meet each other.
fn journal() -> impl Strategy<Value = Vec<Sale>> {
    let row = (0..9_u8, 0..40_usize, 0..3_i64, 0..2_u8);
    proptest::collection::vec(row, 1..40).prop_map(|steps| {
        let mut rows = vec![settled(0)];
        for (kind, of, amount, card) in steps {
            let offset = rows.len() as u64 * 10;
            let target = (of % rows.len()) as u64 * 10;
            let amount = rows[of % rows.len()].amount.filter(|_| kind > 4).or(Some(100 + amount));
            let row = match kind {
                0..=3 => sale(offset, offset as i64),
                4 => Sale { stan: sale(target, 0).stan, ..sale(offset, offset as i64) },
                5 => void_of(offset, target),
                6 => Sale { kind: "void".into(), ..sale(offset, offset as i64) },
                7 => Sale { original_stan: sale(target, 0).stan, kind: "void".into(), ..sale(offset, offset as i64) },
                _ => reversal_of(offset, target),
            };
            let card = ["\"622202******1234\"", "\"411111******1111\""][usize::from(card)];
            rows.push(Sale { amount, card: serde_json::from_str(card).ok(), ..row });
        }
        rows
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn rows_read_the_same_in_whatever_order_they_came(
        rows in journal(), cuts in [0..100_usize, 0..100, 0..100], restart in 0..4_usize,
    ) {
        let store = memory();
        commit(&mut Journal::new(&store, "app"), &rows, true);
        let (expected, batch) = (reading(&store), batch_open(&store));

        let mut cuts = cuts.map(|cut| cut * rows.len() / 100);
        cuts.sort_unstable();
        let [a, b, c] = cuts;
        // The tail, then history from its beginning on, with new rows in between; cut off at any moment.
        let parts = [(b, c, true), (0, a, false), (c, rows.len(), true), (a, b, false)];
        let dir = tempfile::tempdir().unwrap();
        let mut store = open(dir.path());
        let mut mark = Journal::new(&store, "app").mark;
        for (at, (from, to, live)) in parts.into_iter().enumerate() {
            if at == restart {
                store.close();
                store = open(dir.path());
            }
            let mut journal = Journal { store: &store, mark };
            commit(&mut journal, &rows[from..to], live);
            mark = journal.mark.clone();
        }
        prop_assert_eq!(reading(&store), expected);
        prop_assert_eq!(batch_open(&store), batch);
        store.close();
    }
}
