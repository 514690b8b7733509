//! The last rung: what was put back carries nothing either. The terminal starts anew, once a day, when the shop is
//! closed or its owner wants it so; and whoever comes up after that finds nothing left to do.

use pos_console::agent::Folder;
use pos_console::config::{ActionsConfig, Config};
use pos_console::model::{Role, RunEnd, RunView};
use pos_console::platform::Deed;

use crate::{World, armed, audit, code, config, net, person, phases, run, start, until};

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
    // The last rung comes after the record; the next run is begun only when it is through.
    let idle = async {
        while code(&link.ask(pos_console::proto::Request::Guard { keep: true }).await) != "no-guard" {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    assert!(tokio::time::timeout(std::time::Duration::from_mins(1), idle).await.is_ok(), "it never ends");
    let rows = audit(&link).await;
    agent.stop().await;
    rows
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
    use pos_console::proto::{Reply, Request};
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
