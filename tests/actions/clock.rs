//! 62 SYNC TIME on a machine made of data: a daemon's "OK" is measured again, and a time that cannot be is nobody's to
//! take but a technician's.

use pos_console::config::{ActionsConfig, ClockConfig, Config, SourceConfig};
use pos_console::model::{Draft, Role, RunEnd, RunView};
use pos_console::proto::{Reply, Request};

use crate::{HEALTHY, World, audit, code, config, person, phases, plan, run, start, start_on, until};

fn clock(servers: &[&str], http: &[&str]) -> Config {
    let all = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect();
    Config {
        clock: ClockConfig { servers: all(servers), http: all(http), ..ClockConfig::default() },
        actions: ActionsConfig {
            time: "command".into(),
            time_command: vec!["set-the-clock".into()],
            ..config().actions
        },
        ..config()
    }
}

#[tokio::test]
async fn an_ok_of_the_daemon_is_measured_again() {
    for (server, end) in [("192.0.2.123", RunEnd::Failed), ("192.0.2.124", RunEnd::Done)] {
        let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
        let agent = start(dir.path(), &world, clock(&[server], &[]));
        let mut link = agent.handle().attach(person(Role::Merchant, false)).await;
        assert_eq!(code(&run(&link, "62", None).await), "accepted");
        let ended = until(&mut link, "the end", RunView::ended).await;
        assert_eq!(ended.end, Some(end), "{ended:?}");
        assert_eq!(phases(&audit(&link).await), ["intent", end.word()]);
        agent.stop().await;
    }
}

/// Half an hour after a host said what time it was.
const NOW: &str = "now = \"2026-11-21T10:00:00+08:00\"\nbuilt = \"2026-11-01T00:00:00Z\"\n";
const SALE: &str = r#"{"time":"2026-11-21T09:30:05+08:00","kind":"sale","amount":100,"stan":"000777","code":"00","host_time":"1121093005"}"#;

fn tells(at: &str, seconds: i64) -> String {
    format!("[[time]]\nat = \"{at}\"\noffset_ms = {}\n", seconds * 1_000)
}

/// What tells the time how wrong, and what has to be said yes to.
struct Case {
    name: &'static str,
    ntp: &'static [i64],
    http: Option<i64>,
    wanted: &'static [&'static str],
}

#[tokio::test]
async fn the_shop_never_takes_a_time_that_cannot_be_and_a_technician_says_yes() {
    const DAY: i64 = 86_400;
    let cases = [
        Case { name: "all agree", ntp: &[90, 91], http: Some(92), wanted: &[] },
        Case { name: "two servers", ntp: &[0, 100], http: None, wanted: &["clock-disagree"] },
        Case { name: "a server and a web server", ntp: &[5], http: Some(60), wanted: &["clock-disagree"] },
        Case {
            name: "before the build",
            ntp: &[-40 * DAY],
            http: None,
            wanted: &["clock-too-old", "clock-behind-sales"],
        },
        Case { name: "before a host's answer", ntp: &[-DAY], http: None, wanted: &["clock-behind-sales"] },
        Case { name: "a web server alone", ntp: &[], http: Some(-DAY), wanted: &["clock-behind-sales"] },
    ];
    for Case { name, ntp, http, wanted } in cases {
        let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
        let journal = dir.path().join("journal.jsonl");
        std::fs::write(&journal, format!("{SALE}\n")).unwrap();
        let source = SourceConfig { name: "app".into(), path: journal, ..SourceConfig::default() };
        let servers: Vec<String> = (1..=ntp.len()).map(|n| format!("192.0.2.20{n}")).collect();
        let servers: Vec<&str> = servers.iter().map(String::as_str).collect();
        let web: &[&str] = if http.is_some() { &["http://192.0.2.99"] } else { &[] };
        let config = Config { source: vec![source], ..clock(&servers, web) };
        let healthy = HEALTHY.split("[[time]]").next().unwrap();
        let mut machine = format!("{NOW}{healthy}");
        for (at, seconds) in servers.iter().zip(ntp) {
            machine += &tells(&format!("{at}:123"), *seconds);
        }
        if let Some(seconds) = http {
            machine += &tells("192.0.2.99:80", seconds);
        }
        let agent = start_on(dir.path(), &world, config, &machine);
        let shop = agent.handle().attach(person(Role::Merchant, false)).await;
        assert!(matches!(shop.ask(Request::CaughtUp).await, Reply::CaughtUp { read: 1, .. }), "{name}");
        let technician = agent.handle().attach(person(Role::Technician, false)).await;
        for (link, is_technician) in [(&shop, false), (&technician, true)] {
            let shown = plan(link, "62").await;
            let asked: Vec<&str> = shown.blocks.iter().map(|block| block.code.as_str()).collect();
            assert_eq!(asked, wanted, "{name}");
            assert_eq!(!shown.token.is_empty(), is_technician || wanted.is_empty(), "{name}");
        }
        if let Some(first) = wanted.first() {
            assert_eq!(code(&run(&shop, "62", None).await), *first, "{name}");
            let rows = audit(&shop).await;
            assert_eq!((phases(&rows), rows[0].draft.detail.as_str()), (vec!["refused"], *first), "{name}");
        }
        assert!(world.with(|state| state.done.is_empty()), "{name}");
        agent.stop().await;
    }
}

#[tokio::test]
async fn a_typed_time_is_compared_with_every_source_that_answers() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    let machine = format!("{NOW}{}{}", HEALTHY.split("[[time]]").next().unwrap(), tells("192.0.2.201:123", 0));
    let agent = start_on(dir.path(), &world, clock(&["192.0.2.201"], &[]), &machine);
    let technician = agent.handle().attach(person(Role::Technician, false)).await;
    let shop = agent.handle().attach(person(Role::Merchant, false)).await;
    for (local, wanted) in [
        ("202611211001", vec![]),
        ("202611211005", vec!["clock-disagree"]),
        ("202610010000", vec!["clock-disagree", "clock-too-old"]),
    ] {
        let draft = Draft::Time { local: local.into() };
        assert_eq!(code(&technician.ask(Request::Draft { draft: draft.clone() }).await), "done");
        let shown = plan(&technician, "62").await;
        let asked: Vec<&str> = shown.blocks.iter().map(|block| block.code.as_str()).collect();
        assert_eq!((asked, shown.token.is_empty()), (wanted, false), "{local}");
        // The shop has no watch that counts.
        assert_eq!(code(&shop.ask(Request::Draft { draft }).await), "done");
        assert_eq!(code(&run(&shop, "62", None).await), "role", "{local}");
    }
    assert!(world.with(|state| state.done.is_empty()));
    agent.stop().await;
}
