//! 95 on a machine made of data: what is chosen is shown and done, kept when it proves itself, undone when nobody keeps
//! it; the shop chooses Wi-Fi and the mobile network; a password is found nowhere afterwards.

use std::time::Duration;

use pos_console::link::Link;
use pos_console::model::{
    Draft, NetChange, NetDevice, NetKind, NetProfile, NetSeen, Role, RunEnd, RunView, Secret, WifiLock, WifiNear,
};
use pos_console::platform::{Deed, Trouble};
use pos_console::proto::{Reply, Request};

use crate::{World, armed, audit, code, config, net, person, phases, plan, run, start, until};

/// A word that is found nowhere else.
const PASSWORD: &str = "Zx9-quagga-4417";

/// A cable, a radio and a modem.
pub fn seen(profile: &str, scan: bool) -> NetSeen {
    let device = |interface: &str, kind| NetDevice { interface: interface.into(), kind, ..NetDevice::default() };
    let cable = NetDevice {
        profile: Some(profile.into()),
        automatic: Some(true),
        addresses: vec!["192.0.2.10/24".into()],
        ..device("eth0", NetKind::Wired)
    };
    let near = WifiNear { ssid: "53484f50".into(), strength: 70, lock: WifiLock::Psk, active: false };
    let known = NetProfile { uuid: "sim".into(), kind: NetKind::Cell, ssid: None, apn: Some("cmnet".into()) };
    NetSeen {
        devices: vec![cable, device("wlan0", NetKind::Wifi), device("cdc-wdm0", NetKind::Cell)],
        profiles: vec![known],
        wifi: if scan { vec![near] } else { Vec::new() },
        scanned: scan,
    }
}

fn fixed(address: &str) -> NetChange {
    let (gateway, dns) = (Some([192, 0, 2, 1].into()), None);
    NetChange::Fixed { interface: "eth0".into(), address: address.parse().unwrap(), prefix: 24, gateway, dns }
}

async fn choose(link: &Link, change: NetChange) {
    let reply = link.ask(Request::Draft { draft: Draft::Net { change } }).await;
    assert_eq!(code(&reply), "done", "{reply:?}");
}

#[tokio::test]
async fn new_settings_are_kept_once_they_prove_themselves() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    let agent = start(dir.path(), &world, config());
    let mut link = agent.handle().attach(person(Role::Technician, false)).await;
    assert_eq!(plan(&link, "95").await.blocks[0].code, "set-nothing");
    choose(&link, fixed("192.0.2.77")).await;
    let shown = plan(&link, "95").await;
    assert_eq!((shown.steps[0].key.as_str(), shown.guard_s), ("run-deed-fixed", Some(60)));
    assert!(world.with(|state| state.done.is_empty()), "choosing acts");
    assert_eq!(code(&run(&link, "95", Some(shown.token)).await), "accepted");
    let ended = until(&mut link, "the end", RunView::ended).await;
    assert_eq!(ended.end, Some(RunEnd::Done), "{ended:?}");
    let done = world.with(|state| state.done.clone());
    let new = match &done[0] {
        Deed::NmSetUp { set_up } => set_up.profile.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(new.len(), 36, "{new}");
    // Written down, and only then is the former one gone.
    let rest = [Deed::NmSave { profile: new.clone() }, Deed::NmDelete { profile: "shop".into() }];
    assert_eq!(done[1..], rest, "{done:?}");
    assert_eq!(world.with(|state| state.profile.clone()), new);
    assert!(!armed(dir.path()));
    // Begun: the choice is used up.
    assert_eq!(plan(&link, "95").await.blocks[0].code, "set-nothing");
    agent.stop().await;
}

#[tokio::test]
async fn what_cuts_the_line_is_undone_at_the_deadline() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    world.with(|state| state.set_up = Ok(net("203.0.113.5/24")));
    let agent = start(dir.path(), &world, config());
    let mut link = agent.handle().attach(person(Role::Technician, true)).await;
    choose(&link, fixed("192.0.2.77")).await;
    assert_eq!(code(&run(&link, "95", None).await), "accepted");
    until(&mut link, "a confirmation", crate::WAITS).await;
    // Another agent takes it up: killed in the middle, the promise holds.
    agent.stop().await;
    let agent = start(dir.path(), &world, config());
    let mut link = agent.handle().attach(person(Role::Technician, true)).await;
    world.with(|state| state.at.ms += 121_000);
    let ended = until(&mut link, "the end", RunView::ended).await;
    assert_eq!(ended.end, Some(RunEnd::Undone), "{ended:?}");
    let (net_now, profile, made) = world.with(|state| (state.net.clone(), state.profile.clone(), state.made.clone()));
    assert_eq!((net_now, profile.as_str(), made.len()), (net("192.0.2.10/24"), "shop", 0));
    assert!(!world.with(|state| state.done.iter().any(|deed| matches!(deed, Deed::NmSave { .. }))));
    assert!(!armed(dir.path()));
    agent.stop().await;
}

#[tokio::test]
async fn a_wrong_password_is_said_and_changes_nothing() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    world.with(|state| state.set_up = Err("password"));
    let agent = start(dir.path(), &world, config());
    let mut link = agent.handle().attach(person(Role::Merchant, false)).await;
    let password = Secret::new(PASSWORD.to_owned());
    choose(&link, NetChange::Wifi { ssid: "53484f50".into(), lock: WifiLock::Psk, hidden: false, password }).await;
    let shown = plan(&link, "95").await;
    assert!(!format!("{shown:?}").contains(PASSWORD));
    assert_eq!(code(&run(&link, "95", Some(shown.token)).await), "accepted");
    let ended = until(&mut link, "the end", RunView::ended).await;
    let said: Vec<&str> = ended.said.iter().map(|said| said.key.as_str()).collect();
    assert_eq!((ended.end, &said[..2]), (Some(RunEnd::Failed), &["run-set-up-password", "run-set-up-as-before"][..]));
    // The radio got it, and nobody else.
    let given = world.with(|state| match &state.done[0] {
        Deed::NmSetUp { set_up } => set_up.password.expose().to_owned(),
        other => panic!("{other:?}"),
    });
    assert_eq!(given, PASSWORD);
    let rows = audit(&link).await;
    assert_eq!(phases(&rows), ["intent", "failed"]);
    assert!(!format!("{rows:?} {ended:?}").contains(PASSWORD));
    agent.stop().await;
    for file in std::fs::read_dir(dir.path().join("state")).unwrap().flatten().filter(|file| file.path().is_file()) {
        let bytes = std::fs::read(file.path()).unwrap();
        let found = bytes.windows(PASSWORD.len()).any(|part| part == PASSWORD.as_bytes());
        assert!(!found, "{}", file.path().display());
    }
}

#[tokio::test]
async fn the_shop_chooses_wifi_and_the_mobile_network_and_no_more() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    let agent = start(dir.path(), &world, config());
    let link = agent.handle().attach(person(Role::Merchant, false)).await;
    let apn = NetChange::Mobile { apn: Some("cmnet".into()) };
    for change in [fixed("192.0.2.77"), NetChange::Automatic { interface: "eth0".into() }, apn] {
        choose(&link, change).await;
        assert_eq!(plan(&link, "95").await.blocks[0].code, "role");
        assert_eq!(code(&run(&link, "95", None).await), "role");
    }
    choose(&link, NetChange::Mobile { apn: None }).await;
    let shown = plan(&link, "95").await;
    assert!(!shown.token.is_empty(), "{shown:?}");
    // What has been chosen since is another thing than what was shown.
    let open = NetChange::Wifi { ssid: "41".into(), lock: WifiLock::Open, hidden: false, password: Secret::default() };
    choose(&link, open).await;
    assert_eq!(code(&run(&link, "95", Some(shown.token)).await), "plan-changed");
    let short = Secret::new("short".to_owned());
    choose(&link, NetChange::Wifi { ssid: "41".into(), lock: WifiLock::Psk, hidden: false, password: short }).await;
    assert_eq!(plan(&link, "95").await.blocks[0].code, "set-password");
    // A choice belongs to whoever made it, and not for ever.
    let other = agent.handle().attach(person(Role::Merchant, false)).await;
    assert_eq!(plan(&other, "95").await.blocks[0].code, "set-nothing");
    world.with(|state| state.at.ms += 601_000);
    assert_eq!(plan(&link, "95").await.blocks[0].code, "set-nothing");
    let viewer = agent.handle().attach(person(Role::Viewer, false)).await;
    let draft = Draft::Net { change: NetChange::Mobile { apn: None } };
    assert_eq!(code(&viewer.ask(Request::Draft { draft }).await), "role");
    assert!(world.with(|state| state.done.is_empty()));
    agent.stop().await;
}

#[tokio::test]
async fn the_mobile_network_takes_over_what_was_known_of_it() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    let agent = start(dir.path(), &world, config());
    let mut link = agent.handle().attach(person(Role::Technician, true)).await;
    choose(&link, NetChange::Mobile { apn: None }).await;
    assert_eq!(code(&run(&link, "95", None).await), "accepted");
    until(&mut link, "a confirmation", |run| run.guard_left_ms.is_some() && !run.said.is_empty()).await;
    let base = world.with(|state| match &state.done[0] {
        Deed::NmSetUp { set_up } => (set_up.interface.clone(), set_up.base.clone()),
        other => panic!("{other:?}"),
    });
    assert_eq!(base, ("cdc-wdm0".to_owned(), Some("sim".to_owned())));
    assert_eq!(code(&link.ask(Request::Guard { keep: false }).await), "done");
    let ended = until(&mut link, "the end", RunView::ended).await;
    assert_eq!(ended.end, Some(RunEnd::Undone), "{ended:?}");
    assert!(world.with(|state| state.made.is_empty()));
    agent.stop().await;
}

#[tokio::test]
async fn where_nobody_tells_of_the_networks_nothing_is_changed() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    let agent = start(dir.path(), &world, config());
    let mut link = agent.handle().attach(person(Role::Technician, false)).await;
    let cases =
        [(Trouble::Missing, "set-manager"), (Trouble::Late, "set-late"), (Trouble::Other("x".into()), "set-untold")];
    for (trouble, why) in cases {
        choose(&link, fixed("192.0.2.77")).await;
        let shown = plan(&link, "95").await;
        assert!(shown.blocks.is_empty(), "{shown:?}");
        // The bus goes away between looking and pressing.
        world.with(|state| state.untold = Some(trouble.clone()));
        assert_ne!(code(&run(&link, "95", Some(shown.token)).await), "accepted", "{trouble:?}");
        let looked = plan(&link, "95").await;
        assert_eq!(looked.blocks[0].code, why);
        assert_eq!(code(&run(&link, "95", None).await), why);
        match link.ask(Request::Net { scan: true }).await {
            Reply::Refused(refusal) => assert_eq!(refusal.code, why),
            other => panic!("{other:?}"),
        }
        world.with(|state| state.untold = None);
    }
    assert!(world.with(|state| state.done.is_empty()) && !armed(dir.path()));
    // It is there again, and so is what was chosen.
    assert_eq!(code(&run(&link, "95", None).await), "accepted");
    let ended = until(&mut link, "the end", RunView::ended).await;
    assert_eq!(ended.end, Some(RunEnd::Done), "{ended:?}");
    agent.stop().await;
}

#[tokio::test]
async fn a_typed_time_is_the_last_source_and_runs_on_meanwhile() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    let agent = start(dir.path(), &world, config());
    let typed = |local: &str| Request::Draft { draft: Draft::Time { local: local.into() } };
    let mut link = agent.handle().attach(person(Role::Technician, false)).await;
    for bad in ["", "202613010000", "20261122093", "2026112209300"] {
        assert_eq!(code(&link.ask(typed(bad)).await), "done");
        assert_eq!(plan(&link, "62").await.blocks[0].code, "clock-typed", "{bad}");
    }
    // The machine's own clock stands at 09:30:05 local time.
    assert_eq!(code(&link.ask(typed("202611210930")).await), "done");
    let shown = plan(&link, "62").await;
    let keys: Vec<&str> = shown.notes.iter().map(|note| note.key.as_str()).collect();
    assert_eq!(keys[..2], ["run-clock-typed-before", "run-clock-typed-after"], "{shown:?}");
    assert!(!shown.token.is_empty() && shown.blocks.is_empty(), "{shown:?}");
    world.with(|state| state.at.ms += 8_000);
    assert_eq!(code(&run(&link, "62", Some(shown.token)).await), "accepted");
    let ended = until(&mut link, "the end", RunView::ended).await;
    assert!(ended.ended());
    // Typed five seconds behind this clock, and eight passed since.
    let stepped = world.with(|state| state.clock_us);
    assert!((2_900_000..3_100_000).contains(&stepped), "{stepped}");
    let merchant = agent.handle().attach(person(Role::Merchant, false)).await;
    assert_eq!(code(&merchant.ask(typed("202611210930")).await), "done");
    assert_eq!(code(&run(&merchant, "62", None).await), "role");
    // Before the build: only with a technician's yes.
    assert_eq!(code(&link.ask(typed("202001010000")).await), "done");
    let shown = plan(&link, "62").await;
    assert!(shown.blocks.iter().any(|block| block.code == "clock-too-old" && block.yes), "{shown:?}");
    agent.stop().await;
}

#[tokio::test]
async fn whoever_looks_for_networks_changes_nothing() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    let agent = start(dir.path(), &world, config());
    let link = agent.handle().attach(person(Role::Viewer, false)).await;
    let Ok(reply) = tokio::time::timeout(Duration::from_mins(1), link.ask(Request::Net { scan: true })).await else {
        panic!("no answer")
    };
    assert!(matches!(reply, Reply::Net(seen) if seen.scanned && seen.wifi.len() == 1));
    assert!(world.with(|state| state.done.is_empty()));
    agent.stop().await;
}
