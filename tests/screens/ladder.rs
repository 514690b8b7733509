//! 22, 21 and 5: a rung that nobody asked for is not there, hours come from the store, and a lamp says what is known.

use pos_console::checks;
use pos_console::model::{Fact, Finding, SignalDay, SignalHour, Snapshot, Status};
use pos_console::text::Lang;

use crate::support::{mirror, normal, now};
use crate::{plain, said, view};

fn set(state: &mut Snapshot, family: &str, change: impl Fn(&mut Finding)) {
    let own: Vec<&mut Finding> = state.findings.iter_mut().filter(|found| found.family() == family).collect();
    assert!(!own.is_empty(), "{family}");
    for found in own {
        change(found);
    }
}

#[test]
fn a_host_without_an_echo_test_has_no_rung_for_it_and_the_way_is_whole() {
    for lang in [Lang::ZH, Lang::EN] {
        let rung = checks::name(lang, "host.echo");
        let mut state = normal();
        let mut echo = state.findings.iter().find(|found| found.family() == "host.cert").unwrap().clone();
        echo.id = "host.echo:primary".to_owned();
        (echo.status, echo.code) = (Status::Fail, "host-echo-silent".to_owned());
        state.findings.retain(|found| found.family() != "host.echo");
        state.findings.push(echo);
        assert!(said(&view(&mirror(state.clone()), &plain("22"), lang)).contains(&rung), "asked for and silent");
        set(&mut state, "host.echo", |echo| {
            (echo.status, echo.code) = (Status::Absent, "host-echo-not-asked".to_owned());
        });
        let shown = view(&mirror(state), &plain("22"), lang);
        assert!(!shown.rows.iter().any(|row| row.text.contains(&rung)), "{}", said(&shown));
        assert!(!said(&shown).contains("<-"), "nothing is broken");
    }
}

#[test]
fn that_no_host_is_configured_is_said_when_it_is_known_and_not_before_the_first_look() {
    let mut state = normal();
    let host = state.findings.iter().find(|found| found.family() == "host.tcp").unwrap().clone();
    state.findings.retain(|found| !found.family().starts_with("host.") && found.family() != "net.trace");
    let no_host = "No acquirer host configured";
    let says = |state: &Snapshot, id: &str| said(&view(&mirror(state.clone()), &plain(id), Lang::EN)).contains(no_host);
    for id in ["22", "23", "24"] {
        assert!(!says(&state, id), "{id}");
    }
    state.findings.push(Finding {
        status: Status::Absent,
        code: "host-none".to_owned(),
        id: "host.tcp".to_owned(),
        ..host
    });
    for id in ["22", "23", "24"] {
        assert!(says(&state, id), "{id}");
    }
}

#[test]
fn the_hours_on_21_are_those_that_were_measured() {
    let hour = now().micros.div_euclid(3_600_000_000);
    let seen = |ago: i64, low, bad| SignalHour { hour: hour - ago, low, bad };
    let mut here = mirror(normal());
    let line = |here: &_| {
        let shown = said(&view(here, &plain("21"), Lang::EN));
        shown.lines().find(|line| line.starts_with("eth0 24 h ")).unwrap()["eth0 24 h ".len()..].to_owned()
    };
    assert_eq!(line(&here), "-".repeat(24), "nobody has looked");
    let hours = vec![seen(30, None, true), seen(23, None, false), seen(3, None, true), seen(0, None, false)];
    here.signals = vec![SignalDay { id: "net.link:eth0".to_owned(), hours }];
    assert_eq!(line(&here), format!(".{}x--.", "-".repeat(19)));
    // A radio has its weakest of each hour as a digit.
    let snapshot = here.snapshot.as_mut().unwrap();
    snapshot.findings.iter_mut().find(|found| found.id == "net.link:eth0").unwrap().id = "net.wifi:eth0".to_owned();
    let hours = vec![seen(2, Some(-50), false), seen(1, Some(-70), false), seen(0, Some(-95), false)];
    here.signals = vec![SignalDay { id: "net.wifi:eth0".to_owned(), hours }];
    assert!(line(&here).ends_with("-420"), "{}", line(&here));
}

#[test]
fn what_the_kernel_counts_of_a_radio_stands_on_21() {
    let mut here = mirror(normal());
    let mut shown = |facts: &[(&str, i64)], lang| {
        let snapshot = here.snapshot.as_mut().unwrap();
        let radio = snapshot.findings.iter_mut().find(|found| found.id == "net.wifi:wlan0").unwrap();
        radio.facts.extend(facts.iter().map(|(name, count)| ((*name).to_owned(), Fact::Int(*count))));
        said(&view(&here, &plain("21"), lang))
    };
    let first = shown(&[("dbm_avg", -62), ("connected_s", 3_600), ("retries", 240), ("beacon_loss", 0)], Lang::EN);
    assert!(
        first.contains("-62 dBm on average since ")
            && !first.contains("3600")
            && first.contains("sent again and again: 240"),
        "{first}"
    );
    assert!(!first.contains("beacons missed"), "{first}");
    // Given up as well: both in one line.
    let both = shown(&[("failed", 3), ("beacon_loss", 2)], Lang::EN);
    assert!(both.contains("sent again: 240, given up: 3") && both.contains("beacons missed: 2"), "{both}");
    assert!(!both.contains("again and again"), "{both}");
    let zh = shown(&[], Lang::ZH);
    assert!(zh.contains("重发240次，放弃3次") && zh.contains("信标丢失2次"), "{zh}");
}

#[test]
fn on_5_a_clock_that_nobody_asked_about_is_not_tested_and_the_keypad_is_there() {
    let mut state = normal();
    state.findings.retain(|found| !found.id.starts_with("clock."));
    let shown = view(&mirror(state), &plain("5"), Lang::ZH);
    let line = |name: &str| shown.rows.iter().find(|row| row.text.contains(name)).unwrap();
    assert_eq!(line("CLOCK").status, Some(Status::NotTested));
    assert_eq!((line("KEYPAD").status, line("KEYPAD").right.as_str()), (None, ""));
}
