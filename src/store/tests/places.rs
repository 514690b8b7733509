//! Where the store lives: damaged, foreign, full and read-only files, and crashes.

use std::fs;

use rusqlite::Connection;

use super::*;
use crate::store::StoreError;
use crate::store::keeper::Keeper;

/// Lets the database grow no further, as a full disk would.
fn fill(store: &Store) {
    inside(store, |keeper| {
        keeper.flush();
        keeper.db.conn.query_row("PRAGMA max_page_count = 1", [], |_| Ok(())).unwrap();
    });
}

fn entry(action: &str) -> crate::model::AuditDraft {
    crate::model::AuditDraft {
        time: now(),
        who: "li".to_owned(),
        role: "technician".to_owned(),
        from: "tty1".to_owned(),
        action: action.to_owned(),
        phase: "done".to_owned(),
        reason: String::new(),
        detail: String::new(),
    }
}

/// A folder whose store holds two sales, closed.
fn filled() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    Journal::new(&store, "app").live(vec![sale(10, 0), declined(20, 1, "51")]);
    wait(store.audit_append(entry("before"))).unwrap();
    wait(store.set("lang", "en")).unwrap();
    store.close();
    dir
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn closing_leaves_one_sound_file() {
    let dir = filled();
    assert_eq!(names(dir.path()), ["audit.head", "audit.spill", "store.db"]);
    let store = open(dir.path());
    let status = store.status();
    assert_eq!((status.memory_only, status.error, status.set_aside, status.sales), (false, None, None, 2));
    assert!(status.bytes > 0);
    assert_eq!(wait(store.get("lang")).as_deref(), Some("en"));
    assert_eq!(store.marks("app").unwrap()[0].read, 2);
    let other = store.clone();
    store.close();
    assert!(matches!(other.marks("app"), Err(StoreError::Closed)));
    assert!(matches!(wait(other.sale(SaleId(1))), Err(StoreError::Closed)));
}

#[test]
fn ordinals_are_never_used_twice() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let first = Journal::new(&store, "app").commit(Vec::new(), 0, 0, true).ordinal;
    let second = Journal::new(&store, "app").commit(Vec::new(), 0, 0, true).ordinal;
    inside(&store, |keeper| keeper.db.conn.execute("DELETE FROM files", []).unwrap());
    store.close();
    let store = open(dir.path());
    let third = Journal::new(&store, "app").commit(Vec::new(), 0, 0, true).ordinal;
    assert!(0 < first && first < second && second < third);
}

#[test]
fn a_killed_store_holds_rows_and_mark_or_neither() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut journal = Journal::new(&store, "app");
    journal.live(vec![sale(10, 0)]);
    wait(store.flush()).unwrap();
    // Within the time that live rows gather: seen at once, not stored yet.
    journal.live(vec![sale(20, 1), sale(30, 2)]);
    assert_eq!(offsets(&store, SaleFilter::All), [10, 20, 30]);
    let copy = tempfile::tempdir().unwrap();
    for name in names(dir.path()) {
        fs::copy(dir.path().join(&name), copy.path().join(&name)).unwrap();
    }
    let killed = open(copy.path());
    let marks = killed.marks("app").unwrap();
    assert_eq!((offsets(&killed, SaleFilter::All), marks[0].read), (vec![10], 1));
    assert_eq!(marks[0].done, [(10, 20)]);
    // And the lines are read again from that mark, once each.
    let mut journal = Journal { store: &killed, mark: marks[0].clone() };
    journal.live(vec![sale(20, 1), sale(30, 2)]);
    killed.close();
    let killed = open(copy.path());
    assert_eq!(offsets(&killed, SaleFilter::All), [10, 20, 30]);
    assert_eq!(killed.status().sales, 3);
}

#[test]
fn a_batch_that_fails_half_way_leaves_nothing_and_those_before_it_stay() {
    let store = memory();
    let mut journal = Journal::new(&store, "app");
    journal.live(vec![sale(10, 0)]);
    inside(&store, |keeper| {
        keeper
            .db
            .conn
            .execute_batch(
                "CREATE TRIGGER trap BEFORE INSERT ON sales WHEN new.amount = 13 BEGIN SELECT raise(FAIL, 'trap'); END",
            )
            .unwrap();
    });
    let mut mark = journal.mark.clone();
    mark.done = vec![(10, 40)];
    let rows = vec![declined(20, 1, "51"), Sale { amount: Some(13), ..sale(30, 2) }];
    let failed = store.commit(Batch { mark, rows, live: true, again: false });
    assert!(matches!(failed, Err(StoreError::Sql(_))), "{failed:?}");
    assert_eq!(offsets(&store, SaleFilter::All), [10]);
    assert_eq!(store.marks("app").unwrap()[0].done, [(10, 20)]);
    assert!(wait(store.codes_seen()).is_empty());
    journal.live(vec![sale(20, 1)]);
    assert_eq!(offsets(&store, SaleFilter::All), [10, 20]);
}

#[test]
fn a_mark_that_does_not_go_on_from_the_store_is_refused() {
    let store = memory();
    let mut journal = Journal::new(&store, "app");
    journal.commit(vec![sale(10, 0)], 0, 20, true);
    let refused = |mark: FileMark| {
        matches!(
            store.commit(Batch { mark, rows: vec![sale(50, 0)], live: true, again: false }),
            Err(StoreError::Reset)
        )
    };
    let known = journal.mark.clone();
    assert!(refused(FileMark { ordinal: 77, ..known.clone() }), "an unknown file");
    assert!(refused(FileMark { source: Arc::from("other"), ..known.clone() }), "another source's file");
    assert!(refused(FileMark { done: vec![(40, 60)], ..known.clone() }), "what was done is undone");
    assert_eq!(offsets(&store, SaleFilter::All), [10]);
    assert!(!refused(FileMark { done: vec![(0, 60)], ..known }));
}

#[test]
fn damaged_files_are_set_aside_and_the_audit_is_saved() {
    for (damage, audit_readable) in [("garbage", false), ("truncated", false), ("short", false), ("page", true)] {
        let dir = filled();
        let path = dir.path().join("store.db");
        let mut bytes = fs::read(&path).unwrap();
        match damage {
            "garbage" => bytes.fill(0x5a),
            "truncated" => bytes.truncate(bytes.len() - 4096),
            "short" => bytes.truncate(50),
            // The root page of the files: it is read at every start.
            _ => {
                let root: usize = {
                    let conn = Connection::open(&path).unwrap();
                    let find = "SELECT rootpage FROM sqlite_schema WHERE name = 'files'";
                    conn.query_row(find, [], |row| row.get::<_, u32>(0)).unwrap() as usize
                };
                bytes[(root - 1) * 4096..root * 4096].fill(0xff);
            }
        }
        fs::write(&path, &bytes).unwrap();
        let store = open(dir.path());
        let status = store.status();
        let aside = status.set_aside.unwrap_or_else(|| panic!("{damage}: not set aside, {:?}", status.error));
        assert_eq!(aside, "store-20261121-000000.damaged");
        assert_eq!((status.memory_only, status.error, status.sales), (false, None, 0), "{damage}");
        let kept = fs::read(dir.path().join(&aside)).unwrap();
        let differ: Vec<usize> =
            (0..bytes.len().max(kept.len())).filter(|at| kept.get(*at) != bytes.get(*at)).collect();
        assert_eq!(differ, [0_usize; 0], "{damage}: the damaged file is kept as it was");
        assert!(store.marks("app").unwrap().is_empty());
        Journal::new(&store, "app").live(vec![sale(10, 0)]);
        if audit_readable {
            assert_eq!(wait(store.audit_verify()).unwrap().faults, [], "{damage}");
            assert_eq!(wait(store.get("lang")).as_deref(), Some("en"));
        }
        store.close();
        assert_eq!(open(dir.path()).status().sales, 1);
    }
}

#[test]
fn damage_found_while_running_sets_aside_and_tells_sources_to_read_again() {
    let dir = filled();
    let store = open(dir.path());
    let mark = store.marks("app").unwrap().remove(0);
    inside(&store, |keeper| {
        keeper.db.conn.execute_batch("PRAGMA writable_schema = ON; PRAGMA shrink_memory").unwrap();
    });
    // Every page but the first, behind SQLite's back.
    let path = dir.path().join("store.db");
    let mut bytes = fs::read(&path).unwrap();
    bytes[4096..].fill(0xee);
    fs::write(&path, &bytes).unwrap();
    let next = |mark: &FileMark| {
        let mark = FileMark { done: vec![(10, 40)], ..mark.clone() };
        store.commit(Batch { mark, rows: vec![sale(30, 2)], live: true, again: false })
    };
    let told = next(&mark);
    assert!(matches!(told, Err(StoreError::Reset)), "{told:?}");
    assert!(store.status().set_aside.is_some());
    assert!(matches!(next(&mark), Err(StoreError::Reset)), "until the marks were asked for");
    assert!(store.marks("app").unwrap().is_empty());
    Journal::new(&store, "app").live(vec![sale(10, 0), sale(20, 1), sale(30, 2)]);
    assert_eq!(offsets(&store, SaleFilter::All), [10, 20, 30]);
}

#[test]
fn foreign_and_newer_databases_are_never_touched() {
    for (word, change) in [("foreign", "PRAGMA application_id = 7"), ("newer", "PRAGMA user_version = 1000")] {
        let dir = filled();
        let path = dir.path().join("store.db");
        Connection::open(&path).unwrap().execute_batch(&format!("PRAGMA journal_mode = DELETE; {change}")).unwrap();
        let before = fs::read(&path).unwrap();
        let store = open(dir.path());
        let status = store.status();
        assert_eq!((status.memory_only, status.error.as_deref(), status.set_aside), (true, Some(word), None));
        Journal::new(&store, "app").live(vec![sale(10, 0)]);
        assert_eq!(offsets(&store, SaleFilter::All), [10]);
        wait(store.audit_append(entry("in-memory"))).unwrap();
        assert_eq!(wait(store.audit_verify()).unwrap().faults, []);
        store.close();
        assert!(fs::read(&path).unwrap() == before, "{word}");
    }
}

#[test]
fn a_file_in_place_of_the_folder_means_memory() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("state");
    fs::write(&place, "not a folder").unwrap();
    let store = open(&place);
    let status = store.status();
    assert!(status.memory_only && status.error.is_some(), "{status:?}");
    Journal::new(&store, "app").live(vec![sale(10, 0)]);
    assert_eq!(offsets(&store, SaleFilter::All), [10]);
    wait(store.audit_append(entry("in-memory"))).unwrap();
    wait(store.event_append(now(), "start", None, "start", crate::model::Facts::new())).unwrap();
    assert_eq!(fs::read_to_string(&place).unwrap(), "not a folder");
    // Once the folder can be made, what no journal can give back moves there.
    fs::remove_file(&place).unwrap();
    inside(&store, Keeper::retry_now);
    assert_eq!((store.status().memory_only, store.status().error), (false, None));
    assert!(store.marks("app").unwrap().is_empty());
    Journal::new(&store, "app").live(vec![sale(10, 0)]);
    store.close();
    let store = open(&place);
    assert_eq!(offsets(&store, SaleFilter::All), [10]);
    assert_eq!(wait(store.audit(0, 10)).unwrap()[0].draft.action, "in-memory");
    assert_eq!(wait(store.audit_verify()).unwrap().faults, []);
    assert_eq!(wait(store.events(None, 10)).unwrap().len(), 1);
}

#[test]
fn a_folder_that_takes_no_writes_still_shows_what_it_holds() {
    use std::os::unix::fs::PermissionsExt;
    let dir = filled();
    let lock = |mode, file_mode| {
        fs::set_permissions(dir.path().join("store.db"), fs::Permissions::from_mode(file_mode)).unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(mode)).unwrap();
    };
    lock(0o555, 0o444);
    if fs::write(dir.path().join("probe"), "").is_ok() {
        println!("skipped: this user writes into read-only folders (root)");
        return;
    }
    let store = open(dir.path());
    let status = store.status();
    assert_eq!((status.memory_only, status.error.as_deref(), status.sales), (true, Some("read-only"), 2));
    assert_eq!(offsets(&store, SaleFilter::All), [10, 20]);
    store.close();
    lock(0o755, 0o644);
}

#[test]
fn a_full_disk_moves_the_store_into_memory_and_back() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    store.set_sources(&[Arc::from("app"), Arc::from("log")]);
    let mut journal = Journal::new(&store, "app");
    journal.live((0..50).map(|n| sale(n * 10, n as i64)).collect());
    wait(store.audit_append(entry("on-disk"))).unwrap();
    fill(&store);
    // Some rows gather, then more than fits.
    journal.live(vec![request(500, 50, SaleState::Timeout)]);
    let many: Vec<Sale> = (51..5_000).map(|n| sale(n * 10, n as i64)).collect();
    journal.live(many);
    let status = store.status();
    assert_eq!((status.memory_only, status.error.as_deref(), status.sales), (true, Some("full"), 5_000));
    assert_eq!(offsets(&store, SaleFilter::Unfinished), [500]);
    journal.live(vec![sale(50_000, 5_000)]);
    let row = wait(store.audit_append(entry("in-memory"))).unwrap();
    assert_eq!(row.seq, 2);
    wait(store.set("lang", "zh")).unwrap();
    assert_eq!(wait(store.audit_verify()).unwrap().faults, []);
    assert_eq!(all(&store, SaleFilter::All, false, 1_000).len(), 5_001);
    // The disk has room again: what it holds counts, sources read the rest again.
    inside(&store, Keeper::retry_now);
    let status = store.status();
    assert_eq!((status.memory_only, status.error), (false, None));
    let stale = store.commit(Batch { mark: journal.mark.clone(), rows: Vec::new(), live: true, again: false });
    assert!(matches!(stale, Err(StoreError::Reset)), "{stale:?}");
    let mark = store.marks("app").unwrap().remove(0);
    assert_eq!(mark.done, [(0, 500)]);
    let mut journal = Journal { store: &store, mark };
    journal.live((50..5_001).map(|n| sale(n * 10, n as i64)).collect());
    assert_eq!(store.status().sales, 5_001);
    // The audit went along.
    let actions: Vec<String> = wait(store.audit(0, 10)).unwrap().into_iter().map(|row| row.draft.action).collect();
    assert_eq!(actions, ["on-disk", "in-memory"]);
    assert_eq!(wait(store.audit_verify()).unwrap().faults, []);
    store.close();
    let store = open(dir.path());
    assert_eq!(wait(store.audit_verify()).unwrap().faults, []);
    assert_eq!(wait(store.get("lang")).as_deref(), Some("zh"));
}

#[test]
fn a_big_store_leaves_a_nearly_full_disk_to_others() {
    let dir = tempfile::tempdir().unwrap();
    let config = StoreConfig { reserve_mb: 1 << 50, ..StoreConfig::default() };
    let store = Store::open(Some(dir.path()), &config, now());
    let mut journal = Journal::new(&store, "app");
    journal.live(vec![sale(0, 0)]);
    assert!(!store.status().memory_only, "a small store is no burden");
    one_by_one(&store);
    for part in 0..12 {
        let rows = (part * 5_000 + 1..=(part + 1) * 5_000).map(|n| sale(n * 10, n as i64)).collect();
        journal.commit(rows, part * 50_000 + 10, (part + 1) * 50_000 + 10, false);
    }
    let status = store.status();
    assert_eq!((status.memory_only, status.error.as_deref()), (true, Some("full")));
    assert!(status.sales >= 20_000);
    inside(&store, Keeper::retry_now);
    assert!(store.status().memory_only, "no use going back before there is room");
    assert_eq!(page(&store, SaleQuery { limit: 1, ..SaleQuery::default() }).0[0].id.offset(), 600_000);
}

#[test]
fn memory_is_bounded_and_keeps_the_newest() {
    let store = memory();
    let mut journal = Journal::new(&store, "app");
    journal.commit((90_000..90_100).map(|n| sale(n * 10, n as i64)).collect(), 900_000, 901_000, true);
    for part in 0..9 {
        let rows: Vec<Sale> = (part * 10_000..(part + 1) * 10_000)
            .map(|n| if n % 100 == 0 { request(n * 10, n as i64, SaleState::Timeout) } else { sale(n * 10, n as i64) })
            .collect();
        journal.commit(rows, part * 100_000, (part + 1) * 100_000, false);
    }
    let rows = all(&store, SaleFilter::All, false, 1_000);
    assert!((20_000..=25_000).contains(&rows.len()), "{}", rows.len());
    assert_eq!(rows[0].id.offset(), 900_990);
    assert_eq!(store.status().sales, rows.len() as u64);
    let waiting = rows.iter().filter(|row| row.unfinished()).count() as u64;
    assert_eq!(wait(store.journal_facts(now(), 60)).waiting, waiting);
}
