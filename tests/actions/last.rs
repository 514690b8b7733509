//! The last rung: what was put back carries nothing either. The terminal starts anew, once a day, when the shop is
//! closed or its owner wants it so; and whoever comes up after that finds nothing left to do.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt as _;
use pos_console::agent::{Agent, Folder};
use pos_console::config::{ActionsConfig, Config, SourceConfig};
use pos_console::link::Link;
use pos_console::model::{AuditRow, NetKind, Role, RunEnd, RunView};
use pos_console::platform::{Deed, Trouble};
use pos_console::proto::{Reply, Request};

use crate::{HEALTHY, World, armed, audit, code, config, net, person, phases, run, start, start_on, until};

fn policy(rung: &str, hours: &str) -> Config {
    let actions = ActionsConfig { reboot_rung: rung.into(), open_hours: hours.into(), ..config().actions };
    // A name that no server here knows: the ladder never passes.
    let mut config = Config { actions, ..config() };
    config.network.probe_name = "nowhere.test".into();
    config
}

fn reboots(world: &World) -> usize {
    world.with(|state| state.done.iter().filter(|deed| **deed == Deed::Reboot).count())
}

/// Restarts the network of a terminal whose network is dead before and after, until that is undone.
async fn undone(
    dir: &std::path::Path,
    world: &std::sync::Arc<World>,
    config: Config,
) -> Vec<pos_console::model::AuditRow> {
    world.with(|state| state.after = net("192.0.2.66/24"));
    let agent = start(dir, world, config);
    let mut link = agent.handle().attach(person(Role::Technician, true)).await;
    assert_eq!(code(&run(&link, "61", None).await), "accepted");
    until(&mut link, "a confirmation", crate::WAITS).await;
    world.with(|state| state.at.ms += 121_000);
    let ended = until(&mut link, "the end", RunView::ended).await;
    assert_eq!(ended.end, Some(RunEnd::Undone), "{ended:?}");
    let rows = through(&link).await;
    agent.stop().await;
    rows
}

/// The audit once the last rung, which comes after the record, is through.
pub async fn through(link: &Link) -> Vec<AuditRow> {
    let idle = async {
        while code(&link.ask(Request::Guard { keep: true }).await) != "no-guard" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_mins(1), idle).await.is_ok(), "it never ends");
    audit(link).await
}

/// Where the bus is, in a namespace of its own.
pub const BUS: &str = "/run/bus";

/// A systemd-logind that takes orders and does nothing, on a real bus.
pub struct Login {
    asked: Arc<Mutex<Vec<(String, bool)>>>,
    _daemon: tokio::process::Child,
}

impl Login {
    /// None where there is no dbus-daemon.
    pub async fn play() -> Option<Self> {
        let config = format!(
            "<busconfig><listen>unix:path={BUS}</listen><policy context=\"default\"><allow send_destination=\"*\"/>\
             <allow receive_sender=\"*\"/><allow own=\"*\"/></policy></busconfig>"
        );
        std::fs::write("/run/bus.conf", config).unwrap();
        let daemon = tokio::process::Command::new("dbus-daemon")
            .args(["--config-file=/run/bus.conf", "--nofork", "--nosyslog"])
            .kill_on_drop(true)
            .spawn();
        let Ok(daemon) = daemon else {
            println!("skipped: no dbus-daemon, so nobody is there who could start the machine anew");
            return None;
        };
        while tokio::net::UnixStream::connect(BUS).await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let bus = zbus::connection::Builder::address(format!("unix:path={BUS}").as_str()).build().await.unwrap();
        bus.request_name("org.freedesktop.login1").await.unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        tokio::spawn(async move {
            let mut calls = zbus::MessageStream::from(&bus);
            while let Some(Ok(call)) = calls.next().await {
                let header = call.header();
                let of_manager = header.path().is_some_and(|path| path.as_str() == "/org/freedesktop/login1");
                if let Some(member) = header.member().filter(|_| of_manager)
                    && let Ok((interactive,)) = call.body().deserialize::<(bool,)>()
                {
                    heard.lock().unwrap().push((member.to_string(), interactive));
                    bus.reply(&header, &()).await.unwrap();
                }
            }
        });
        Some(Self { asked, _daemon: daemon })
    }

    /// What it was asked for, and whether it was to ask a person.
    pub fn asked(&self) -> Vec<(String, bool)> {
        self.asked.lock().unwrap().clone()
    }
}

#[tokio::test]
async fn a_terminal_without_a_network_starts_anew_once_a_day_where_that_is_wanted() {
    for (rung, hours, wanted) in
        [("never", "", 0), ("closed", "", 0), ("closed", "00:00-00:00", 0), ("always", "00:00-00:00", 1)]
    {
        let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
        let rows = undone(dir.path(), &world, policy(rung, hours)).await;
        assert_eq!(reboots(&world), wanted, "{rung} {hours}");
        let whole: &[&str] = if wanted == 1 { &["intent", "undone", "intent", "done"] } else { &["intent", "undone"] };
        assert_eq!(phases(&rows), whole, "{rung} {hours}");
        if wanted == 0 {
            continue;
        }
        assert_eq!(rows[2].draft.action, "reboot");
        // It came up again, and the network is as dead as before: not a second time on this day.
        world.with(|state| "second".clone_into(&mut state.at.boot));
        undone(dir.path(), &world, policy(rung, hours)).await;
        assert_eq!(reboots(&world), 1, "the budget of a day");
    }
}

#[tokio::test]
async fn nobody_who_pays_is_cut_off_and_the_day_is_not_lost_for_it() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    let journal = dir.path().join("journal.jsonl");
    let line = |code: &str, state: &str| {
        let now = jiff::Timestamp::now();
        format!(
            r#"{{"time":"{now}","kind":"sale","amount":100,"stan":"000779","tid":"12345678","code":{code},"state":{state}}}"#
        ) + "\n"
    };
    std::fs::write(&journal, "").unwrap();
    let source = SourceConfig { name: "app".into(), path: journal.clone(), ..SourceConfig::default() };
    world.with(|state| state.after = net("192.0.2.66/24"));
    let agent = start(dir.path(), &world, Config { source: vec![source], ..policy("always", "") });
    let mut link = agent.handle().attach(person(Role::Technician, true)).await;
    assert_eq!(code(&run(&link, "61", None).await), "accepted");
    until(&mut link, "a confirmation", crate::WAITS).await;
    // Somebody pays while it is undone.
    std::fs::write(&journal, line("null", "\"sent\"")).unwrap();
    until_in_flight(&agent, 1).await;
    world.with(|state| state.at.ms += 121_000);
    until(&mut link, "the end", RunView::ended).await;
    assert_eq!(reboots(&world), 0, "a sale is in flight");
    assert_eq!(code(&link.ask(Request::Guard { keep: true }).await), "busy");
    let mut file = std::fs::OpenOptions::new().append(true).open(&journal).unwrap();
    std::io::Write::write_all(&mut file, line("\"00\"", "null").as_bytes()).unwrap();
    let rows = through(&link).await;
    assert_eq!((reboots(&world), phases(&rows).as_slice()), (1, &["intent", "undone", "intent", "done"][..]));
    agent.stop().await;
}

async fn until_in_flight(agent: &Agent, wanted: u64) {
    let waiting = async {
        loop {
            let mut link = agent.handle().attach(person(Role::Viewer, false)).await;
            let snapshot = pos_console::headless::first_snapshot(&mut link).await.unwrap();
            if snapshot.journal.in_flight == wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(30), waiting).await.is_ok(), "not told: {wanted} in flight");
}

#[tokio::test]
async fn a_radio_is_switched_off_and_on_last_and_never_left_off() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    world.with(|state| state.after = net("192.0.2.66/24"));
    let machine = HEALTHY.replace("name = \"eth0\"", "name = \"eth0\"\nkind = \"wifi\"");
    let agent = start_on(dir.path(), &world, policy("never", ""), &machine);
    let mut link = agent.handle().attach(person(Role::Technician, true)).await;
    let shown = crate::plan(&link, "61").await;
    let steps: Vec<&str> = shown.steps.iter().map(|step| step.key.as_str()).collect();
    assert_eq!(steps, ["run-deed-reconnect", "run-rung-reload", "run-deed-unit", "run-rung-radio"]);
    assert_eq!(code(&run(&link, "61", Some(shown.token)).await), "accepted");
    until(&mut link, "a confirmation", crate::WAITS).await;
    let radio = |on| Deed::NmRadio { kind: NetKind::Wifi, on };
    let switched = |deeds: &[Deed]| -> Vec<Deed> {
        deeds.iter().filter(|deed| matches!(deed, Deed::NmRadio { .. })).cloned().collect()
    };
    let before = world.with(|state| state.done.clone());
    assert_eq!(switched(&before), [radio(false), radio(true)]);
    let restarted = before.iter().position(|deed| matches!(deed, Deed::RestartUnit { .. }));
    assert!(restarted < before.iter().position(|deed| *deed == radio(false)), "{before:?}");
    // Whatever comes between: the way back begins with the radio.
    world.with(|state| state.at.ms += 121_000);
    until(&mut link, "the end", RunView::ended).await;
    let after = world.with(|state| state.done[before.len()..].to_vec());
    assert_eq!(switched(&after), [radio(true)], "{after:?}");
    agent.stop().await;
}

/// Without NetworkManager: a modem is switched by its own manager, for the link that it carries.
#[tokio::test]
async fn a_modem_is_switched_last_and_on_again_whoever_dies() {
    let by_command = |rung: &str| {
        let mut config = policy(rung, "");
        config.actions.network = "command".into();
        config.actions.network_command = vec!["/usr/bin/shop-network".into()];
        config
    };
    let own = || ("eth0".to_owned(), "cdc-wdm0".to_owned());
    let off = Deed::ModemOff { interface: own().0, modem: own().1 };
    let on = Deed::ModemOn { interface: own().0, modem: own().1, apn: Some("cmiot".into()) };
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    let agent = start(dir.path(), &world, by_command("never"));
    let mut link = agent.handle().attach(person(Role::Technician, true)).await;
    // One that nobody manages, or whose card would ask, is no rung, and that is told.
    let keys = |said: &[pos_console::model::Said]| said.iter().map(|said| said.key.clone()).collect::<Vec<_>>();
    world.with(|state| state.radio = Err(Trouble::Missing));
    let shown = crate::plan(&link, "61").await;
    assert_eq!(keys(&shown.steps), ["run-deed-run"]);
    assert!(keys(&shown.notes).contains(&"run-note-radio".to_owned()), "{shown:?}");
    world.with(|state| state.radio = Ok(vec![off.clone(), on.clone()]));
    let shown = crate::plan(&link, "61").await;
    assert_eq!(keys(&shown.steps), ["run-deed-run", "run-rung-radio"]);
    assert_eq!(code(&run(&link, "61", Some(shown.token)).await), "accepted");
    until(&mut link, "a confirmation", crate::WAITS).await;
    let done = world.with(|state| std::mem::take(&mut state.done));
    let again = done[0].clone();
    assert_eq!(
        done,
        [again.clone(), off.clone(), on.clone(), again],
        "its own command, the modem, the command once more"
    );
    // The agent dies; the addresses are all there, and still the modem is not left as it is.
    agent.stop().await;
    let agent = start(dir.path(), &world, by_command("never"));
    let mut link = agent.handle().attach(person(Role::Technician, true)).await;
    world.with(|state| state.at.ms += 121_000);
    until(&mut link, "the end", RunView::ended).await;
    assert_eq!(world.with(|state| state.done.clone()), std::slice::from_ref(&on));
    agent.stop().await;
    // It dies between off and on, and another link carries: what is kept is not a modem that is off.
    let well = || {
        let mut config = by_command("never");
        config.network.probe_name = "probe.test".into();
        config
    };
    world.with(|state| (state.done, state.mute) = (Vec::new(), true));
    let agent = start(dir.path(), &world, by_command("never"));
    let link = agent.handle().attach(person(Role::Technician, false)).await;
    assert_eq!(code(&run(&link, "61", None).await), "accepted");
    let gone = async {
        while !world.with(|state| state.done.contains(&off)) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_mins(1), gone).await.is_ok(), "it is never switched off");
    agent.stop().await;
    world.with(|state| (state.done, state.mute) = (Vec::new(), false));
    let agent = start(dir.path(), &world, well());
    let mut link = agent.handle().attach(person(Role::Technician, false)).await;
    let ended = until(&mut link, "the end", RunView::ended).await;
    assert_eq!((ended.end, world.with(|state| state.done.clone())), (Some(RunEnd::Done), vec![on.clone()]));
    agent.stop().await;
    // A network that comes back by itself never touches it, whatever is undone afterwards.
    world.with(|state| state.done.clear());
    let agent = start(dir.path(), &world, well());
    let mut link = agent.handle().attach(person(Role::Technician, true)).await;
    assert_eq!(code(&run(&link, "61", None).await), "accepted");
    until(&mut link, "a confirmation", crate::WAITS).await;
    assert_eq!(code(&link.ask(Request::Guard { keep: false }).await), "done");
    until(&mut link, "the end", RunView::ended).await;
    assert_eq!(world.with(|state| state.done.len()), 1);
    agent.stop().await;
}

#[tokio::test]
async fn a_terminal_that_went_down_in_the_middle_finds_its_rows_and_closes_them() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    world.with(|state| state.after = net("192.0.2.66/24"));
    let agent = start(dir.path(), &world, policy("always", ""));
    let mut link = agent.handle().attach(person(Role::Technician, true)).await;
    assert_eq!(code(&run(&link, "61", None).await), "accepted");
    until(&mut link, "a confirmation", crate::WAITS).await;
    agent.stop().await;
    assert!(armed(dir.path()));
    // The power was cut, and came back: the guard is honoured in the next boot.
    world.with(|state| "second".clone_into(&mut state.at.boot));
    let agent = start(dir.path(), &world, policy("never", ""));
    let mut link = agent.handle().attach(person(Role::Technician, true)).await;
    let ended = until(&mut link, "the end", RunView::ended).await;
    assert_eq!((ended.end, ended.said[0].key.as_str()), (Some(RunEnd::Undone), "run-undone-boot"));
    assert!(!armed(dir.path()));
    assert_eq!(phases(&audit(&link).await), ["intent", "interrupted", "undone"]);
    agent.stop().await;
    // One guard file, one lock: nobody else holds them now.
    assert!(Folder::lock(&dir.path().join("state")).is_ok());
}

#[tokio::test]
async fn support_lets_the_shop_keep_a_change_by_phone() {
    use pos_console::actions::phone::{Asked, Deal, Key};
    use pos_console::model::Actor;
    const MASTER: &str = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8";
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    let terminal = pos_console::config::TerminalConfig { tid: "12345678".into(), ..Default::default() };
    let agent = start(dir.path(), &world, Config { terminal, ..config() });
    let key = Key::parse(Key::parse(MASTER).unwrap().of_terminal("12345678").expose()).unwrap();
    let own = Actor { uid: rustix::process::geteuid().as_raw(), ..person(Role::Technician, false) };
    let owner = agent.handle().attach(own).await;
    let set = Request::SetPhoneKey { key: Key::parse(MASTER).unwrap().of_terminal("12345678") };
    assert_eq!(code(&owner.ask(set).await), "done");
    let mut far = agent.handle().attach(person(Role::Technician, true)).await;
    assert_eq!(code(&run(&far, "61", None).await), "accepted");
    until(&mut far, "a confirmation", crate::WAITS).await;
    let shop = agent.handle().attach(person(Role::Merchant, false)).await;
    assert_eq!(code(&shop.ask(Request::Guard { keep: true }).await), "role");
    let asked = match shop.ask(Request::Challenge { action: "00".into() }).await {
        Reply::Challenged(told) => told,
        other => panic!("{other:?}"),
    };
    assert_eq!(asked.action, "guard");
    let answer = |action: &str| {
        let deal = Deal { terminal: "12345678", action, role: Role::Technician };
        Request::Answer { answer: Asked::parse(&asked.digits).unwrap().answer(&key, deal) }
    };
    // An answer for another action is no answer for this one.
    assert_eq!(code(&shop.ask(answer("restart-network")).await), "phone-wrong");
    assert_eq!(code(&shop.ask(answer("guard")).await), "done");
    assert_eq!(code(&shop.ask(Request::Guard { keep: true }).await), "done");
    let ended = until(&mut far, "the end", RunView::ended).await;
    assert_eq!((ended.end, ended.said[0].key.as_str()), (Some(RunEnd::Done), "run-kept-by"));
    // Good once.
    match shop.ask(Request::Rights).await {
        Reply::Rights(rights) => assert_eq!(rights.granted, None),
        other => panic!("{other:?}"),
    }
    agent.stop().await;
}
