//! Radios from run to run: moves between access points, packets sent again, what cannot be read.

use super::*;
use crate::platform::{ModemSeen, WifiSeen};

fn wifi(bssid: &str) -> Machine {
    let mut machine = Machine::default();
    let here = !bssid.is_empty();
    machine.radios.wifi = vec![WifiSeen {
        interface: "wlan0".to_owned(),
        state: if here { "completed" } else { "scanning" }.to_owned(),
        ssid: "SHOP".to_owned(),
        dbm: here.then_some(-60),
        bssid: bssid.to_owned(),
        wanted_heard: here,
        ..WifiSeen::default()
    }];
    let table = "Inter-| sta-|   Quality        |   Discarded packets\n face | tus | link level noise |  nwid  crypt\n wlan0: \
                 0000   52.  -58.  -256        0      0      0     17      3        1\n";
    machine.files.insert("/proc/net/wireless".to_owned(), table.to_owned());
    machine
}

async fn look(machine: Machine, previous: Vec<Finding>, id: &str) -> Finding {
    let wanted: Vec<&'static dyn Check> = CHECKS.iter().copied().filter(|check| check.spec().id == id).collect();
    let cx = Cx { host: Arc::new(machine), previous: Arc::new(previous), ..bare_cx() };
    run(cx, &wanted).await.remove(0)
}

#[tokio::test]
async fn moves_between_access_points_are_counted_also_over_a_gap() {
    let count = |found: &Finding| found.facts["roams_count"].clone();
    let first = look(wifi("02:00:00:00:00:01"), Vec::new(), "net.wifi").await;
    assert_eq!((shown(&first), count(&first)), ("ok net-wifi-ok".to_owned(), Fact::Int(0)));
    assert_eq!(first.facts["retries"], Fact::Int(17));
    let gap = look(wifi(""), vec![first], "net.wifi").await;
    assert_eq!((shown(&gap), count(&gap)), ("fail net-wifi-gone".to_owned(), Fact::Int(0)));
    let second = look(wifi("02:00:00:00:00:02"), vec![gap], "net.wifi").await;
    assert_eq!(count(&second), Fact::Int(1));
    let Fact::List(roams) = &second.facts["roams"] else { panic!("{second:?}") };
    assert!(roams[0].ends_with("02:00:00:00:00:01 > 02:00:00:00:00:02"), "{roams:?}");
    let third = look(wifi("02:00:00:00:00:02"), vec![second], "net.wifi").await;
    assert_eq!(count(&third), Fact::Int(1));
}

#[tokio::test]
async fn of_several_wanted_networks_that_have_gone_the_one_it_was_on_is_named() {
    let gone = |heard| {
        let mut machine = wifi("");
        let radio = &mut machine.radios.wifi[0];
        (radio.ssid, radio.heard) = ("HOME".to_owned(), heard);
        radio.wanted = vec!["HOME".to_owned(), "SHOP".to_owned()];
        machine
    };
    let ssid = |found: &Finding| found.facts["ssid"].clone();
    let first = look(gone(0), Vec::new(), "net.wifi").await;
    assert_eq!((shown(&first), ssid(&first)), ("fail net-wifi-gone".to_owned(), Fact::from("HOME, SHOP")));
    // Nothing is heard at all: it may be the radio. Others are: another one has to be chosen.
    assert_eq!(first.remedy.as_deref(), Some("restart-network"));
    let well = look(wifi("02:00:00:00:00:01"), Vec::new(), "net.wifi").await;
    let known = look(gone(3), vec![well], "net.wifi").await;
    assert_eq!((ssid(&known), known.remedy.as_deref()), (Fact::from("SHOP"), Some("net-setup")));
    // Its beacons stopped a moment ago: it is still in the list.
    let mut silent = wifi("");
    silent.radios.wifi[0].wanted_heard = true;
    silent.radios.wifi[0].reason = -4;
    assert_eq!(shown(&look(silent.clone(), Vec::new(), "net.wifi").await), "fail net-wifi-gone");
    silent.radios.wifi[0].state = "associating".to_owned();
    assert_eq!(shown(&look(silent, Vec::new(), "net.wifi").await), "fail net-wifi-off");
}

/// As nl80211 alone has it: no supplicant or manager on the bus.
fn bare(bssid: &str, names: &[&str]) -> Machine {
    let mut machine = wifi(bssid);
    let radio = &mut machine.radios.wifi[0];
    radio.kernel_only = true;
    (radio.heard, radio.names) = (names.len(), names.iter().map(ToString::to_string).collect());
    if bssid.is_empty() {
        (radio.state, radio.ssid) = ("disconnected".to_owned(), String::new());
    } else {
        (radio.retries, radio.failed, radio.dbm_avg) = (Some(240), Some(3), Some(-62));
    }
    machine
}

#[tokio::test]
async fn what_only_the_kernel_knows_is_told_and_no_more() {
    let idle = look(bare("", &["SHOP"]), Vec::new(), "net.wifi").await;
    assert_eq!(shown(&idle), "absent net-wifi-idle", "nobody knows what it is for");
    let well = look(bare("02:00:00:00:00:01", &["SHOP"]), vec![idle], "net.wifi").await;
    assert_eq!(shown(&well), "ok net-wifi-ok");
    // The kernel's own count, not that of the old table, which has 17.
    let count = |name: &str| well.facts[name].clone();
    assert_eq!((count("retries"), count("failed"), count("dbm_avg")), (Fact::Int(240), Fact::Int(3), Fact::Int(-62)));

    // The network it was on is the one that is wanted, also a look later.
    let mut before = well;
    for (names, wanted, remedy) in [
        (&["SHOP"][..], "fail net-wifi-off", "restart-network"),
        (&["OTHER"], "fail net-wifi-gone", "net-setup"),
        (&[], "fail net-wifi-lost", "restart-network"),
    ] {
        before = look(bare("", names), vec![before], "net.wifi").await;
        assert_eq!((shown(&before).as_str(), before.remedy.as_deref()), (wanted, Some(remedy)));
        assert_eq!(before.facts["ssid"], Fact::from("SHOP"));
    }
    let back = look(bare("02:00:00:00:00:02", &["SHOP"]), vec![before], "net.wifi").await;
    assert_eq!((shown(&back), &back.facts["roams_count"]), ("ok net-wifi-ok".to_owned(), &Fact::Int(1)));
    // Somebody has switched it off, and it was forgotten.
    let mut off = bare("", &[]);
    off.radios.wifi[0].state = "interface_disabled".to_owned();
    let off = look(off, vec![back], "net.wifi").await;
    assert_eq!(shown(&off), "absent net-wifi-unused");
    assert_eq!(shown(&look(bare("", &[]), vec![off], "net.wifi").await), "absent net-wifi-idle");
    let mut mute = bare("02:00:00:00:00:01", &["SHOP"]);
    mute.radios.wifi[0].dbm = None;
    assert_eq!(shown(&look(mute, Vec::new(), "net.wifi").await), "ok net-wifi-unmeasured");
}

#[tokio::test]
async fn a_radio_that_may_not_be_read_leaves_the_other_alone() {
    let mut machine = Machine::default();
    machine.radios.wifi_trouble = "denied".to_owned();
    let modem =
        ModemSeen { name: "m".to_owned(), registration: "home".to_owned(), percent: 70, ..ModemSeen::default() };
    machine.radios.modem = vec![ModemSeen { apn: "cmiot".to_owned(), ..modem }];
    let wifi = look(machine.clone(), Vec::new(), "net.wifi").await;
    assert_eq!(shown(&wifi), "unknown net-wifi-unknown");
    let cell = look(machine, Vec::new(), "net.cell").await;
    assert_eq!((shown(&cell), &cell.facts["apn"]), ("ok net-cell-ok".to_owned(), &Fact::from("cmiot")));
    // The sentence leaves out an operator that is not known yet.
    assert_eq!(cell.facts["operator"], Fact::from("none"));
}
