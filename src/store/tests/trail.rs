//! The audit chain against every kind of tampering; events and what was found around a moment.

use std::fs;

use rusqlite::Connection;

use super::*;
use crate::model::{Area, AuditDraft, ChainFault, ChainReport, Facts, Finding, Status};

fn entry(n: i64) -> AuditDraft {
    AuditDraft {
        time: Stamp::new(BASE + n * SECOND, 480),
        who: format!("人{n}"),
        role: "technician".to_owned(),
        from: "ssh 192.0.2.7".to_owned(),
        action: "restart-network".to_owned(),
        phase: "intent".to_owned(),
        reason: "断网".to_owned(),
        detail: String::new(),
    }
}

/// A closed store with five audit rows.
fn chain() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    for n in 1..=5 {
        let row = wait(store.audit_append(entry(n))).unwrap();
        assert_eq!((row.seq, row.hash.len()), (n, 64));
    }
    store.close();
    dir
}

fn tamper(dir: &Path, sql: &str) {
    Connection::open(dir.join("store.db")).unwrap().execute_batch(sql).unwrap();
}

fn verify(dir: &Path) -> ChainReport {
    let store = open(dir);
    let report = wait(store.audit_verify()).unwrap();
    store.close();
    report
}

#[test]
fn an_untouched_chain_is_sound_and_reads_back() {
    let dir = chain();
    let report = verify(dir.path());
    assert_eq!((report.rows, report.faults.len()), (5, 0));
    let store = open(dir.path());
    let rows = wait(store.audit(0, 100)).unwrap();
    assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert_eq!(rows[4].hash, report.head);
    assert_eq!(rows[2].draft, entry(3));
    assert_eq!(wait(store.audit_tail(2)).unwrap(), rows[3..]);
    assert_eq!(wait(store.audit(3, 1)).unwrap(), rows[3..4]);
    let empty = memory();
    assert_eq!(wait(empty.audit_verify()).unwrap(), ChainReport { rows: 0, head: String::new(), faults: Vec::new() });
}

#[test]
fn every_changed_field_is_found() {
    for column in ["time_us", "offset_min", "who", "role", "\"from\"", "action", "phase", "reason", "detail", "hash"] {
        let dir = chain();
        let value = if column.ends_with("_us") || column.ends_with("_min") { "1" } else { "'x'" };
        tamper(dir.path(), &format!("UPDATE audit SET {column} = {value} WHERE seq = 3"));
        let faults = verify(dir.path()).faults;
        assert!(faults.contains(&ChainFault::Changed { seq: 3 }), "{column}: {faults:?}");
    }
    let dir = chain();
    tamper(dir.path(), "UPDATE audit SET who = x'ff' WHERE seq = 2");
    assert!(verify(dir.path()).faults.contains(&ChainFault::Changed { seq: 2 }));
}

#[test]
fn text_moved_between_fields_is_found() {
    let dir = chain();
    tamper(dir.path(), "UPDATE audit SET reason = '', detail = reason WHERE seq = 3");
    assert_eq!(verify(dir.path()).faults, [ChainFault::Changed { seq: 3 }]);
}

#[test]
fn a_row_forged_with_a_right_hash_breaks_the_next_link() {
    let dir = chain();
    let store = open(dir.path());
    let rows = wait(store.audit(0, 10)).unwrap();
    store.close();
    let forged = AuditDraft { who: "nobody".to_owned(), ..rows[2].draft.clone() };
    let hash = crate::store::audit::hash(3, &forged, &rows[1].hash);
    tamper(dir.path(), &format!("UPDATE audit SET who = 'nobody', hash = '{hash}' WHERE seq = 3"));
    assert_eq!(verify(dir.path()).faults, [ChainFault::Changed { seq: 4 }]);
    let dir = chain();
    let forged = AuditDraft { who: "nobody".to_owned(), ..rows[4].draft.clone() };
    let hash = crate::store::audit::hash(5, &forged, &rows[3].hash);
    tamper(dir.path(), &format!("UPDATE audit SET who = 'nobody', hash = '{hash}' WHERE seq = 5"));
    assert_eq!(verify(dir.path()).faults, [ChainFault::HeadMismatch { seq: 5 }]);
}

#[test]
fn removed_and_reordered_rows_are_found() {
    let dir = chain();
    tamper(dir.path(), "DELETE FROM audit WHERE seq = 3");
    assert_eq!(verify(dir.path()).faults, [ChainFault::Missing { seq: 3 }]);
    let dir = chain();
    tamper(dir.path(), "DELETE FROM audit WHERE seq = 1");
    assert_eq!(verify(dir.path()).faults, [ChainFault::Missing { seq: 1 }]);
    let dir = chain();
    tamper(dir.path(), "DELETE FROM audit WHERE seq = 3; UPDATE audit SET seq = seq - 1 WHERE seq > 3");
    assert!(verify(dir.path()).faults.contains(&ChainFault::Changed { seq: 3 }));
    let dir = chain();
    tamper(
        dir.path(),
        "UPDATE audit SET seq = 99 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; \
         UPDATE audit SET seq = 3 WHERE seq = 99",
    );
    let faults = verify(dir.path()).faults;
    assert!(faults.contains(&ChainFault::Changed { seq: 2 }) && faults.contains(&ChainFault::Changed { seq: 3 }));
}

#[test]
fn a_chain_cut_short_is_found_also_after_it_grew_again() {
    let dir = chain();
    tamper(dir.path(), "DELETE FROM audit WHERE seq > 3");
    let cut = ChainFault::Truncated { last: 3, expected: 5 };
    assert_eq!(verify(dir.path()).faults, std::slice::from_ref(&cut));
    let store = open(dir.path());
    assert_eq!(wait(store.audit_append(entry(6))).unwrap().seq, 6);
    assert_eq!(wait(store.audit_append(entry(7))).unwrap().seq, 7);
    store.close();
    assert_eq!(verify(dir.path()).faults, [ChainFault::Missing { seq: 4 }, cut]);
    let dir = chain();
    tamper(dir.path(), "DELETE FROM audit");
    assert_eq!(verify(dir.path()).faults, [ChainFault::Truncated { last: 0, expected: 5 }]);
    let dir = chain();
    fs::remove_file(dir.path().join("store.db")).unwrap();
    assert_eq!(verify(dir.path()).faults, [ChainFault::Truncated { last: 0, expected: 5 }]);
}

#[test]
fn a_head_that_is_gone_unreadable_or_another_is_found_also_later() {
    for (content, fault) in [
        (None, ChainFault::HeadMissing),
        (Some("5 garbage"), ChainFault::HeadMissing),
        (Some(""), ChainFault::HeadMissing),
        (
            Some(concat!("5 ", "00000000000000000000000000000000", "00000000000000000000000000000000")),
            ChainFault::HeadMismatch { seq: 5 },
        ),
    ] {
        let dir = chain();
        let head = dir.path().join("audit.head");
        match content {
            Some(text) => fs::write(&head, text).unwrap(),
            None => fs::remove_file(&head).unwrap(),
        }
        assert_eq!(verify(dir.path()).faults, std::slice::from_ref(&fault));
        assert_eq!(verify(dir.path()).faults, std::slice::from_ref(&fault), "opening and closing heals nothing");
        let store = open(dir.path());
        wait(store.audit_append(entry(6))).unwrap();
        store.close();
        assert_eq!(verify(dir.path()).faults, [fault], "nor does the next row");
    }
}

#[test]
fn a_crash_between_row_and_head_is_no_fault() {
    let dir = chain();
    let before = fs::read(dir.path().join("audit.head")).unwrap();
    let store = open(dir.path());
    wait(store.audit_append(entry(6))).unwrap();
    store.close();
    fs::write(dir.path().join("audit.head"), &before).unwrap();
    assert_eq!(verify(dir.path()).faults, []);
    // An older head still was put there by somebody.
    fs::write(dir.path().join("audit.head"), &before).unwrap();
    let store = open(dir.path());
    wait(store.audit_append(entry(7))).unwrap();
    store.close();
    assert_eq!(verify(dir.path()).faults, []);
    fs::write(dir.path().join("audit.head"), &before).unwrap();
    assert_eq!(verify(dir.path()).faults, [ChainFault::HeadMismatch { seq: 5 }]);
}

pub fn finding(id: &str, status: Status) -> Finding {
    Finding {
        id: id.to_owned(),
        area: Area::Network,
        screen: "2".to_owned(),
        status,
        code: "net-link-down".to_owned(),
        facts: Facts::from([("carrier".to_owned(), false.into())]),
        remedy: Some("restart-network".to_owned()),
        at: now(),
        root: true,
        caused_by: None,
    }
}

#[test]
fn events_survive_a_restart_and_are_paged() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    for n in 0..5 {
        let at = Stamp::new(BASE + n * SECOND, 480);
        wait(store.event_append(at, "finding", Some(finding("net.link:eth0", Status::Fail)), "", Facts::new()))
            .unwrap();
    }
    store.close();
    let store = open(dir.path());
    let newest = wait(store.events(None, 2)).unwrap();
    assert_eq!(newest.iter().map(|event| event.id).collect::<Vec<_>>(), [4, 5]);
    assert_eq!(newest[0].finding, Some(finding("net.link:eth0", Status::Fail)));
    let before = wait(store.events(Some(4), 10)).unwrap();
    assert_eq!(before.iter().map(|event| event.id).collect::<Vec<_>>(), [1, 2, 3]);
}
