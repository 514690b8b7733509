//! The hours of the ways out: what was seen is told, also after a restart; what was not seen is not told as well.

use super::{BASE, SECOND, memory, open, wait};
use crate::model::{Area, Fact, Facts, Finding, SignalHour, Stamp, Status};
use crate::store::Store;

fn found(id: &str, status: Status, dbm: Option<i64>) -> Finding {
    Finding {
        id: id.to_owned(),
        area: Area::Network,
        screen: "21".to_owned(),
        status,
        code: String::new(),
        facts: dbm.map(|dbm| ("dbm".to_owned(), Fact::Int(dbm))).into_iter().collect::<Facts>(),
        remedy: None,
        at: Stamp::default(),
        root: false,
        caused_by: None,
    }
}

fn at(minutes: i64) -> Stamp {
    Stamp::new(BASE + minutes * 60 * SECOND, 480)
}

/// Hours since [`BASE`] with what is kept of each.
fn told(store: &Store, minutes: i64, id: &str) -> Vec<(i64, Option<i32>, bool)> {
    let days = wait(store.signals(at(minutes))).unwrap();
    let hours = days.into_iter().find(|day| day.id == id).map(|day| day.hours).unwrap_or_default();
    hours.iter().map(|seen: &SignalHour| (seen.hour - BASE / (3_600 * SECOND), seen.low, seen.bad)).collect()
}

#[test]
fn the_worst_of_each_hour_is_told_and_survives_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let wifi = |store: &Store, minutes: i64, status, dbm| {
        store.stood(
            vec![found("net.wifi:wlan0", status, Some(dbm)), found("net.dns", Status::Fail, Some(-3))],
            at(minutes),
        );
    };
    wifi(&store, 1, Status::Ok, -52);
    wifi(&store, 20, Status::Ok, -81);
    wifi(&store, 40, Status::Ok, -55);
    wifi(&store, 61, Status::Warning, -90);
    wifi(&store, 62, Status::Ok, -60);
    // Nobody looked in the third hour; nonsense is no strength.
    wifi(&store, 200, Status::Ok, -9_000);
    let all = [(0, Some(-81), false), (1, Some(-90), true), (3, None, false)];
    assert_eq!(told(&store, 201, "net.wifi:wlan0"), all);
    assert_eq!(told(&store, 201, "net.dns"), [], "no way out");
    store.close();
    let store = open(dir.path());
    wifi(&store, 230, Status::Unknown, -20);
    assert_eq!(told(&store, 231, "net.wifi:wlan0"), all);
    wifi(&store, 232, Status::Ok, -70);
    assert_eq!(told(&store, 233, "net.wifi:wlan0")[2], (3, Some(-70), false));
    // A day later only that day.
    wifi(&store, 24 * 60 + 70, Status::Ok, -70);
    let hours: Vec<i64> = told(&store, 24 * 60 + 71, "net.wifi:wlan0").iter().map(|seen| seen.0).collect();
    assert_eq!(hours, [3, 25]);
}

#[test]
fn a_clock_that_jumps_neither_grows_it_nor_stops_it() {
    let store = memory();
    for minutes in [5_000_000, 0, -400_000, 30, 61] {
        store.stood(vec![found("net.link:eth0", Status::Ok, None)], at(minutes));
    }
    assert_eq!(told(&store, 61, "net.link:eth0"), [(0, None, false), (1, None, false)]);
}
