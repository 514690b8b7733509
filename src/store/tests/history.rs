//! How much history is kept.

use super::*;

fn keep(days: u32, max_mb: u64) -> StoreConfig {
    StoreConfig { days, max_mb, reserve_mb: 0 }
}

/// Deletes until nothing is left to delete.
fn retain(store: &Store) {
    let mut changes = store.changes();
    changes.mark_unchanged();
    store.retention();
    wait(changes.changed()).unwrap();
}

/// One sale a day.
fn daily(days: std::ops::Range<i64>) -> Vec<Sale> {
    days.map(|day| sale(day as u64 * 10, day * 86_400)).collect()
}

#[test]
fn days_are_counted_from_the_newest_sale_whatever_the_clock_says() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(Some(dir.path()), &keep(400, 0), Stamp::new(0, 0));
    let mut journal = Journal::new(&store, "app");
    journal.live(daily(0..600));
    retain(&store);
    assert_eq!(offsets(&store, SaleFilter::All), (199..600).map(|day| day * 10).collect::<Vec<u64>>());
    assert_eq!(store.status().sales, 401);
    // What was deleted is not read again: the mark stays.
    assert_eq!(store.marks("app").unwrap()[0].done, [(0, 6_000)]);
    store.close();
    let store = open(dir.path());
    assert_eq!(store.status().sales, 401);
}

#[test]
fn wrong_stamps_neither_wipe_the_history_nor_outlive_it() {
    for wrong in ["2099-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2031-01-01T00:00:00Z"] {
        let store = Store::open(None, &keep(400, 0), now());
        let mut rows = daily(0..600);
        for at in [100, 300, 599] {
            rows[at].time = Stamp::parse(wrong).unwrap();
        }
        Journal::new(&store, "app").live(rows);
        retain(&store);
        let kept = offsets(&store, SaleFilter::All);
        assert!((398..=404).contains(&kept.len()), "{wrong}: {}", kept.len());
        assert!(!kept.contains(&1_000), "{wrong}: goes with its neighbours");
        assert!(kept.contains(&3_000) && kept.contains(&5_990), "{wrong}: stays with its neighbours");
    }
}

#[test]
fn a_silent_journal_ages_by_the_newest_of_all() {
    let store = Store::open(None, &keep(400, 0), now());
    let mut old = Journal::new(&store, "old");
    let timeouts = (0..100).map(|day| request(day as u64 * 10, day * 86_400, SaleState::Timeout)).collect();
    old.live(timeouts);
    Journal::new(&store, "new").live(daily(550..600));
    assert_eq!(wait(store.journal_facts(now(), 60)).waiting, 100);
    retain(&store);
    assert_eq!(store.status().sales, 50);
    assert_eq!(wait(store.journal_facts(now(), 60)).waiting, 0);
    assert_eq!(offsets(&store, SaleFilter::Unfinished), [0_u64; 0]);
}

#[test]
fn a_store_that_is_too_big_loses_its_oldest_rows_and_gives_space_back() {
    // In packs they take a fraction of the space.
    for (packs, at_once) in [(false, 4_000), (true, 40_000)] {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(Some(dir.path()), &keep(0, 1), now());
        if !packs {
            one_by_one(&store);
        }
        let mut journal = Journal::new(&store, "app");
        for part in 0..5 {
            let rows = (part * at_once..(part + 1) * at_once).map(|n| sale(n * 10, n as i64)).collect();
            journal.commit(rows, part * at_once * 10, (part + 1) * at_once * 10, false);
        }
        assert!(store.status().bytes > 1_500_000);
        retain(&store);
        let kept = all(&store, SaleFilter::All, false, 1_000);
        assert!((at_once * 3 / 4..at_once * 3).contains(&(kept.len() as u64)), "{packs}: {}", kept.len());
        assert_eq!(store.status().sales, kept.len() as u64);
        assert_eq!(kept[0].id.offset(), at_once * 50 - 10);
        assert_eq!(kept.windows(2).filter(|pair| pair[0].id.offset() != pair[1].id.offset() + 10).count(), 0);
        store.close();
        let size = std::fs::metadata(dir.path().join("store.db")).unwrap().len();
        assert!(size < 4 * 1_048_576, "{size}");
    }
}
