//! The audit on a medium that is full: its rows go where room was laid out for them, carry on the chain, and come into
//! the table once, whoever dies in between.

use std::fs;

use super::*;
use crate::model::{AuditDraft, ChainFault};
use crate::store::audit;
use crate::store::keeper::Keeper;

fn entry(action: &str) -> AuditDraft {
    AuditDraft {
        time: now(),
        who: "li".to_owned(),
        role: "technician".to_owned(),
        from: "tty1".to_owned(),
        action: action.to_owned(),
        phase: "intent".to_owned(),
        reason: String::new(),
        detail: String::new(),
    }
}

/// The medium takes no more rows.
fn full(store: &Store) {
    store
        .ask_blocking(|keeper: &mut Keeper| {
            keeper.flush();
            keeper.move_to_memory("full".to_owned());
            keeper.publish();
            Ok(())
        })
        .unwrap();
}

fn retry(store: &Store) {
    store
        .ask_blocking(|keeper: &mut Keeper| {
            keeper.retry_now();
            Ok(())
        })
        .unwrap();
}

fn commit(store: &Store, action: &str) -> Option<i64> {
    wait(store.audit_commit(entry(action))).unwrap().map(|row| row.seq)
}

/// What a cut of the power leaves of it.
fn cut(dir: &Path) -> tempfile::TempDir {
    let left = tempfile::tempdir().unwrap();
    for file in
        fs::read_dir(dir).unwrap().flatten().filter(|file| !file.file_name().to_str().unwrap().ends_with("-shm"))
    {
        fs::copy(file.path(), left.path().join(file.file_name())).unwrap();
    }
    left
}

fn actions(store: &Store) -> Vec<String> {
    wait(store.audit(0, 1_000)).unwrap().into_iter().map(|row| row.draft.action).collect()
}

/// A store that is full since its first row, with two rows more.
fn begun() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    assert_eq!(commit(&store, "before"), Some(1));
    full(&store);
    assert!(store.status().memory_only);
    assert_eq!((commit(&store, "one"), commit(&store, "two")), (Some(2), Some(3)));
    (dir, store)
}

#[test]
fn what_was_said_to_be_remembered_outlives_the_power() {
    let (dir, store) = begun();
    let left = cut(dir.path());
    drop(store);
    let next = open(left.path());
    assert_eq!(actions(&next), ["before", "one", "two"]);
    assert_eq!(wait(next.audit_verify()).unwrap().faults, []);
    // Full again before anything else, and cut again: nothing is there twice.
    full(&next);
    assert_eq!(commit(&next, "three"), Some(4));
    let again = cut(left.path());
    drop(next);
    let last = open(again.path());
    assert_eq!(commit(&last, "four"), Some(5));
    assert_eq!(actions(&last), ["before", "one", "two", "three", "four"]);
    assert_eq!(wait(last.audit_verify()).unwrap().faults, []);
}

#[test]
fn the_medium_has_room_again_and_each_row_comes_once() {
    let (dir, store) = begun();
    retry(&store);
    assert!(!store.status().memory_only);
    assert_eq!(actions(&store), ["before", "one", "two"]);
    assert_eq!(wait(store.audit_verify()).unwrap().faults, []);
    // Cut after the table had them and before the other place was cleared: they are known.
    let spill = fs::read(cut(dir.path()).path().join("audit.spill")).unwrap();
    full(&store);
    assert_eq!(commit(&store, "three"), Some(4));
    let three = fs::read(dir.path().join("audit.spill")).unwrap();
    retry(&store);
    store.close();
    assert_ne!(spill, three);
    fs::write(dir.path().join("audit.spill"), three).unwrap();
    let next = open(dir.path());
    assert_eq!(actions(&next), ["before", "one", "two", "three"]);
    assert_eq!(wait(next.audit_verify()).unwrap().faults, []);
}

#[test]
fn rows_cut_off_or_changed_in_the_other_place_are_found() {
    let (dir, store) = begun();
    let (gone, changed) = (cut(dir.path()), cut(dir.path()));
    drop(store);
    let path = gone.path().join("audit.spill");
    let size = fs::metadata(&path).unwrap().len() as usize;
    fs::write(&path, vec![0; size]).unwrap();
    let faults = wait(open(gone.path()).audit_verify()).unwrap().faults;
    assert_eq!(faults, [ChainFault::Truncated { last: 1, expected: 3 }]);
    let path = changed.path().join("audit.spill");
    let bytes = String::from_utf8(fs::read(&path).unwrap()).unwrap().replacen("\"li\"", "\"me\"", 1);
    fs::write(&path, bytes).unwrap();
    let faults = wait(open(changed.path()).audit_verify()).unwrap().faults;
    assert!(faults.contains(&ChainFault::Changed { seq: 2 }), "{faults:?}");
}

#[test]
fn without_room_nothing_is_said_to_be_remembered() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    full(&store);
    let long = |store: &Store| {
        let row = AuditDraft { detail: "x".repeat(20_000), ..entry("long") };
        wait(store.audit_commit(row)).unwrap().is_some()
    };
    let taken = (0..20).filter(|_| long(&store)).count();
    assert_eq!(taken, 6);
    assert_eq!(commit(&store, "short"), None, "a row behind one that is missing");
    let left = cut(dir.path());
    assert_eq!(wait(open(left.path()).audit_verify()).unwrap().rows, 6);
    // Whatever memory knows goes to the medium once that has room.
    retry(&store);
    assert_eq!(actions(&store).len(), 21);
    assert_eq!(wait(store.audit_verify()).unwrap().faults, []);
    assert_eq!(commit(&store, "after"), Some(22));
    assert_eq!(wait(memory().audit_commit(entry("nowhere"))).unwrap(), None);
}

#[test]
fn a_database_that_does_not_even_open_does_not_begin_the_chain_anew() {
    let (dir, store) = begun();
    store.close();
    // Its place is taken by something that no database can be opened in, for as long as the medium is bad.
    let path = dir.path().join("store.db");
    fs::rename(&path, dir.path().join("aside")).unwrap();
    fs::create_dir(&path).unwrap();
    let store = open(dir.path());
    assert!(store.status().memory_only);
    assert_eq!(commit(&store, "four"), Some(4));
    let head = fs::read_to_string(dir.path().join("audit.head")).unwrap();
    assert!(head.starts_with("4 "), "{head}");
    fs::remove_dir(&path).unwrap();
    fs::rename(dir.path().join("aside"), &path).unwrap();
    retry(&store);
    assert_eq!(actions(&store), ["before", "one", "two", "four"]);
    assert_eq!(wait(store.audit_verify()).unwrap().faults, []);
    assert_eq!(audit::read_head(dir.path()), audit::Kept::At(audit::Head { seq: 4, hash: head[2..66].to_owned() }));
}
