//! The surroundings of a sale: cards counted, states of the terminal over time.

use super::trail::finding;
use super::*;
use crate::model::{Alike, Area, CardKey, Evidence, Finding, SameCard, Status, Stood};

/// A decline whose card is known whole, as it comes from a source.
fn keyed(offset: u64, seconds: i64, code: &str, pan: &str) -> Sale {
    let masked = format!("\"{}*********{}\"", &pan[..6], &pan[pan.len() - 4..]);
    Sale {
        card: serde_json::from_str(&masked).ok(),
        card_key: CardKey::from_clear(pan),
        ..declined(offset, seconds, code)
    }
}

fn evidence_of(store: &Store, file: i64, offset: u64) -> Evidence {
    wait(store.evidence_of(vec![SaleId::new(file, offset)])).unwrap().remove(0)
}

const A: &str = "6222021111111110001";
/// Looks like `A` once it is masked.
const A_TWIN: &str = "6222022222222220001";
const B: &str = "6217003333333330002";

#[test]
fn cards_that_look_alike_are_told_apart_by_their_keys() {
    let store = memory();
    let mut journal = Journal::new(&store, "app");
    journal.live(vec![
        keyed(10, 0, "51", A),
        keyed(20, 60, "51", A_TWIN),
        keyed(30, 120, "51", B),
        keyed(40, 180, "61", B),
        sale(50, 200),
        keyed(60, 240, "51", A),
    ]);
    let told = evidence_of(&store, 1, 60);
    assert_eq!(told.hour, Some(Alike { sales: 4, cards: 3, exact: true, since: None, banks: Some(2) }));
    assert_eq!(told.day, told.hour);
    assert_eq!(told.same_card, Some(SameCard { times: 2, exact: true }));
    assert_eq!((told.others.approved, told.others.declined, told.others.unanswered), (1, 4, 0));
    assert_eq!(
        evidence_of(&store, 1, 40).hour,
        Some(Alike { sales: 1, cards: 1, exact: true, since: None, banks: None })
    );
    // What went through is compared with nothing.
    assert_eq!(evidence_of(&store, 1, 50).hour, None);
}

#[test]
fn after_a_restart_masked_numbers_give_a_lower_bound() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let rows = vec![keyed(10, 0, "51", A), keyed(20, 60, "51", A_TWIN), keyed(30, 120, "51", B)];
    let mark = Journal::new(&store, "app").commit(rows, 0, 40, true);
    store.close();
    let store = open(dir.path());
    let mut journal = Journal::new(&store, "app");
    journal.mark = store.marks("app").unwrap().remove(0);
    assert_eq!(journal.mark, mark);
    let told = evidence_of(&store, 1, 30);
    assert_eq!(told.hour, Some(Alike { sales: 3, cards: 2, exact: false, since: None, banks: Some(2) }));
    assert_eq!(told.same_card, Some(SameCard { times: 1, exact: true }));
    // A new card whose mask is known already may be the old one; another one is one more.
    journal.live(vec![keyed(40, 180, "51", A)]);
    let told = evidence_of(&store, 1, 40);
    assert_eq!(told.hour.map(|alike| (alike.cards, alike.exact)), Some((2, false)));
    assert_eq!(told.same_card, Some(SameCard { times: 3, exact: false }));
    // From here on every card is told apart by its whole number, and that is said.
    assert_eq!(told.hour.and_then(|alike| alike.since), Some(keyed(40, 180, "51", A).time));
    journal.live(vec![keyed(50, 240, "51", B)]);
    let told = evidence_of(&store, 1, 50);
    assert_eq!(told.day.and_then(|alike| alike.since), Some(keyed(40, 180, "51", A).time));
    store.close();
}

#[test]
fn an_hour_and_a_day_are_counted_by_the_stamp_and_by_card_only() {
    let store = memory();
    let mut journal = Journal::new(&store, "app");
    let wallet = Sale { method: Some("scan-pay".into()), ..keyed(25, 3_000, "51", "6259990000000000009") };
    journal.live(vec![
        keyed(10, -90_000, "51", "6200000000000000001"),
        keyed(20, -80_000, "51", B),
        wallet,
        keyed(30, 0, "51", A),
        keyed(40, 3_500, "51", B),
        keyed(50, 4_000, "51", "6200000000000000001"),
    ]);
    let told = evidence_of(&store, 1, 30);
    assert_eq!(told.hour.map(|alike| (alike.sales, alike.cards)), Some((2, 2)));
    assert_eq!(told.day.map(|alike| (alike.sales, alike.cards)), Some((4, 3)));
    assert_eq!(evidence_of(&store, 1, 25).hour, None);
}

#[test]
fn a_stripe_after_a_chip_that_failed_is_known_by_the_card() {
    let store = memory();
    let mut journal = Journal::new(&store, "app");
    let swiped = |offset, seconds, pan| Sale { entry_mode: Some("021".into()), ..keyed(offset, seconds, "05", pan) };
    journal.live(vec![keyed(10, 0, "05", A), swiped(20, 60, A), swiped(30, 70, B), swiped(40, 400, A)]);
    assert!(evidence_of(&store, 1, 20).chip_tried);
    assert!(!evidence_of(&store, 1, 30).chip_tried);
    assert!(!evidence_of(&store, 1, 40).chip_tried);
}

#[test]
fn many_sales_asked_at_once_are_told_as_one_by_one() {
    let store = memory();
    let mut journal = Journal::new(&store, "app");
    let mut rows = Vec::new();
    for at in 0..400_u64 {
        let seconds = i64::try_from(at).unwrap() * 700;
        let pan = format!("62220200000000{:05}", at * 7 % 13);
        rows.push(if at % 3 == 0 { keyed(at * 10 + 10, seconds, "51", &pan) } else { sale(at * 10 + 10, seconds) });
    }
    let ids: Vec<SaleId> = rows.iter().filter(|row| row.failed()).map(|row| SaleId::new(1, row.id.offset())).collect();
    journal.live(rows);
    let together = wait(store.evidence_of(ids.clone())).unwrap();
    for (id, told) in ids.iter().zip(&together) {
        assert_eq!(*told, evidence_of(&store, 1, id.offset()), "{id:?}");
    }
    assert!(together.iter().any(|told| told.day.is_some_and(|alike| alike.cards > 5)));
    assert_eq!(wait(store.evidence_of(vec![SaleId::new(9, 1)])).unwrap(), [Evidence::default()]);
}

fn at(seconds: i64) -> Stamp {
    Stamp::new(BASE + seconds * SECOND, 480)
}

fn found(id: &str, status: Status, code: &str) -> Finding {
    let area = match id.split('.').next() {
        Some("host") => Area::Host,
        Some("reader") => Area::Reader,
        Some("printer") => Area::Printer,
        _ => Area::Network,
    };
    Finding { area, code: code.to_owned(), ..finding(id, status) }
}

/// As (id, status, from, until), seconds.
fn stood(store: &Store, seconds: i64) -> Vec<(String, Status, i64, i64)> {
    let sale = Sale { time: at(seconds), ..sale(10, 0) };
    let told = wait(store.evidence(vec![sale])).remove(0).stood;
    let since = |stamp: Stamp| (stamp.micros - BASE) / SECOND;
    told.into_iter().map(|Stood { id, status, from, until, .. }| (id, status, since(from), since(until))).collect()
}

#[test]
fn good_states_are_kept_with_their_stretch_of_time() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let tell = |store: &Store, seconds: i64, findings: &[Finding]| store.stood(findings.to_vec(), at(seconds));
    let link = |status, code| found("net.link:eth0", status, code);
    for minute in 0..30 {
        tell(&store, minute * 60, &[link(Status::Ok, "net-link-up"), found("printer.status", Status::Fail, "x")]);
    }
    tell(&store, 1_800, &[link(Status::Fail, "net-link-down"), found("host.tcp:primary", Status::NotTested, "y")]);
    tell(&store, 1_830, &[link(Status::Fail, "net-link-down")]);
    tell(&store, 1_840, &[link(Status::Ok, "net-link-up"), found("host.tcp:primary", Status::Ok, "up")]);
    let eth = |status, from, until| ("net.link:eth0".to_owned(), status, from, until);
    let check = |store: &Store| {
        assert_eq!(stood(store, 600), [eth(Status::Ok, 0, 1_740)]);
        // Trouble within a minute counts; what could not be tested says nothing.
        assert_eq!(stood(store, 1_780)[0], eth(Status::Fail, 1_800, 1_830));
        assert_eq!(stood(store, 1_780).len(), 2);
        assert_eq!(stood(store, 1_780)[1].0, "host.tcp:primary");
        // A quarter of an hour after the last look: the last state, not near.
        let late = stood(store, 2_740);
        assert_eq!(late[0], eth(Status::Ok, 1_840, 1_840));
        // After an hour nothing is known any more.
        assert_eq!(stood(store, 9_000), []);
    };
    check(&store);
    store.close();
    // The ends that were not written yet are written when the store is closed.
    let store = open(dir.path());
    check(&store);
    // What was known before a restart does not go on.
    tell(&store, 1_900, &[link(Status::Ok, "net-link-up")]);
    assert_eq!(stood(&store, 1_930)[0], eth(Status::Ok, 1_900, 1_900));
    assert_eq!(stood(&store, 1_600)[0], eth(Status::Ok, 0, 1_740));
    store.close();
}

#[test]
fn a_pause_or_a_clock_step_ends_a_stretch() {
    let store = memory();
    let link = || vec![found("net.link:eth0", Status::Ok, "net-link-up")];
    store.stood(link(), at(0));
    store.stood(link(), at(5_000));
    store.stood(link(), at(4_000));
    let all = |seconds| stood(&store, seconds).len();
    assert_eq!(stood(&store, 5_000)[0].2, 5_000);
    assert_eq!(stood(&store, 4_000)[0].2, 4_000);
    assert_eq!((all(2_500), all(20_000)), (1, 0));
    assert_eq!(stood(&store, 2_500)[0].3, 0);
}
