//! Actions of a few steps: done once, proved instead of believed, not without a reason where one is wanted, and what a
//! site lays beside them only where nobody but root could have written it.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "steps/both.rs"]
mod both;
#[path = "steps/full.rs"]
mod full;
#[path = "steps/slip.rs"]
mod slip;
#[path = "support/small.rs"]
mod small;
#[path = "steps/update.rs"]
mod update;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pos_console::agent::{Agent, Boot, Folder};
use pos_console::config::{ActionsConfig, Config};
use pos_console::link::Link;
use pos_console::model::{Actor, Plan, Role, RunEnd, RunView};
use pos_console::platform::fake::Machine;
use pos_console::platform::{Deed, Fut, Hands, NetKept, NmDevice, Steady, TcpSeen, Trouble};
use pos_console::proto::{Reply, Request, Update};

/// Does everything it is told, or nothing.
#[derive(Debug, Default)]
struct Worker {
    done: Mutex<Vec<Deed>>,
    fails: bool,
}

impl Hands for Worker {
    fn steady(&self) -> Steady {
        Steady { boot: "first".into(), ms: 1_000 }
    }

    fn pace(&self) -> u32 {
        10
    }

    fn nm(&self) -> Fut<'_, Result<Vec<NmDevice>, Trouble>> {
        Box::pin(async { Err(Trouble::Missing) })
    }

    fn keep<'a>(&'a self, _: &'a [String]) -> Fut<'a, Result<NetKept, Trouble>> {
        Box::pin(async { Err(Trouble::Missing) })
    }

    fn tcp(&self, _: pos_console::model::Session) -> Fut<'_, Result<Option<TcpSeen>, Trouble>> {
        Box::pin(async { Ok(None) })
    }

    fn act<'a>(&'a self, deed: &'a Deed, _: Duration) -> Fut<'a, Result<String, Trouble>> {
        Box::pin(async move {
            self.done.lock().unwrap().push(deed.clone());
            if self.fails { Err(Trouble::Other("exit 1".into())) } else { Ok("exit 0".to_owned()) }
        })
    }
}

const UNITS: &str = r#"
[units]
failed = []
named = [{ name = "payment.service", state = "active" }, { name = "pcscd.service", state = "active" }]
"#;

fn start(dir: &Path, worker: &Arc<Worker>, actions: ActionsConfig) -> Agent {
    let boot = Boot {
        config: Arc::new(Config { actions, actions_dir: dir.join("actions.d"), ..Config::default() }),
        host: Arc::new(Machine { worked: Some(worker.clone()), ..Machine::parse(UNITS).unwrap() }),
        folder: Some(Folder::lock(&dir.join("state")).unwrap()),
        sockets: Vec::new(),
        in_process: false,
        watch: false,
    };
    Agent::start(boot).unwrap()
}

fn person(role: Role) -> Actor {
    Actor { uid: 1000, name: "tester".into(), role, from: "tty1".into(), session: None }
}

async fn plan(link: &Link, action: &str) -> Plan {
    match link.ask(Request::Plan { action: action.into(), guard_s: None }).await {
        Reply::Planned(plan) => *plan,
        other => panic!("{other:?}"),
    }
}

async fn run(link: &Link, action: &str, reason: Option<&str>) -> String {
    let reason = reason.map(str::to_owned);
    match link.ask(Request::Do { action: action.into(), reason, token: None, guard_s: None }).await {
        Reply::Refused(refusal) => refusal.code,
        Reply::Accepted { .. } => "accepted".into(),
        other => panic!("{other:?}"),
    }
}

async fn end(link: &mut Link) -> RunView {
    let waiting = async {
        loop {
            match link.updates.recv().await.expect("the agent is there") {
                Update::Run { run: Some(run) } if run.ended() => return *run,
                // One that failed at once was over before anything else was told.
                Update::Snapshot(told) if told.run.as_ref().is_some_and(RunView::ended) => {
                    return told.run.expect("it is there");
                }
                _ => {}
            }
        }
    };
    let Ok(run) = tokio::time::timeout(Duration::from_mins(2), waiting).await else { panic!("it never ends") };
    run
}

async fn phases(link: &Link) -> Vec<String> {
    match link.ask(Request::Audit { after: 0, limit: 100 }).await {
        Reply::Audit { rows } => rows.into_iter().map(|row| row.draft.phase).collect(),
        other => panic!("{other:?}"),
    }
}

fn words(text: &[&str]) -> Vec<String> {
    text.iter().map(|word| (*word).to_owned()).collect()
}

#[tokio::test]
async fn the_application_is_restarted_and_has_to_stand() {
    let shop = |unit: &str| ActionsConfig { app_unit: unit.into(), app_stands_s: 1, ..ActionsConfig::default() };
    let dir = tempfile::tempdir().unwrap();
    let worker = Arc::new(Worker::default());
    let agent = start(dir.path(), &worker, shop("payment.service"));
    let mut link = agent.handle().attach(person(Role::Merchant)).await;
    assert_eq!(run(&link, "64", None).await, "accepted");
    let ended = end(&mut link).await;
    assert_eq!((ended.end, ended.said[0].key.as_str()), (Some(RunEnd::Done), "run-done-proved"), "{ended:?}");
    assert_eq!(*worker.done.lock().unwrap(), [Deed::RestartUnit { unit: "payment.service".into() }]);
    assert_eq!(phases(&link).await, ["intent", "done"]);
    agent.stop().await;
    // A step that fails is the end of it, and a program that nobody has says nothing good.
    let dir = tempfile::tempdir().unwrap();
    let worker = Arc::new(Worker { fails: true, ..Worker::default() });
    let agent = start(dir.path(), &worker, shop("payment.service"));
    let mut link = agent.handle().attach(person(Role::Merchant)).await;
    assert_eq!(run(&link, "restart-app", None).await, "accepted");
    assert_eq!(end(&mut link).await.end, Some(RunEnd::Failed));
    assert_eq!(phases(&link).await, ["intent", "failed"]);
    agent.stop().await;
}

#[tokio::test]
async fn what_nobody_configured_says_so_and_what_is_configured_is_done() {
    let dir = tempfile::tempdir().unwrap();
    let worker = Arc::new(Worker::default());
    let agent = start(dir.path(), &worker, ActionsConfig::default());
    let link = agent.handle().attach(person(Role::Merchant)).await;
    for (action, code) in [("64", "no-app"), ("65", "no-hook"), ("66", "no-printer-way")] {
        let shown = plan(&link, action).await;
        assert_eq!((shown.token.as_str(), shown.blocks[0].code.as_str()), ("", code));
        assert_eq!(run(&link, action, None).await, code);
    }
    // The card service is there without being named.
    assert!(!plan(&link, "63").await.token.is_empty());
    agent.stop().await;
    let dir = tempfile::tempdir().unwrap();
    let actions = ActionsConfig {
        reader_usb: "1-1.2".into(),
        sign_on_command: words(&["/opt/app/sign-on", "--now"]),
        printer_command: words(&["printer-reset.service"]),
        ..ActionsConfig::default()
    };
    let agent = start(dir.path(), &worker, actions);
    let mut link = agent.handle().attach(person(Role::Merchant)).await;
    for action in ["63", "65", "66"] {
        assert_eq!(run(&link, action, None).await, "accepted");
        let ended = end(&mut link).await;
        assert_eq!(ended.end, Some(RunEnd::Done), "{ended:?}");
    }
    let wanted = [
        Deed::StartUnit { unit: "pos-console-usb-rebind@1-1.2.service".into() },
        Deed::RestartUnit { unit: "pcscd.service".into() },
        Deed::Run { argv: words(&["/opt/app/sign-on", "--now"]) },
        Deed::StartUnit { unit: "printer-reset.service".into() },
    ];
    assert_eq!(*worker.done.lock().unwrap(), wanted);
    agent.stop().await;
}

#[tokio::test]
async fn the_terminal_goes_down_only_for_a_reason_and_by_whoever_may() {
    let dir = tempfile::tempdir().unwrap();
    let worker = Arc::new(Worker::default());
    let agent = start(dir.path(), &worker, ActionsConfig::default());
    let shop = agent.handle().attach(person(Role::Merchant)).await;
    assert_eq!(run(&shop, "96", Some("move")).await, "role");
    assert_eq!(run(&shop, "68", None).await, "reason-wanted");
    assert_eq!(run(&shop, "68", Some("  ")).await, "reason-wanted");
    assert_eq!(worker.done.lock().unwrap().len(), 0);
    let mut technician = agent.handle().attach(person(Role::Technician)).await;
    assert_eq!(run(&technician, "96", Some("move")).await, "accepted");
    assert_eq!(end(&mut technician).await.end, Some(RunEnd::Done));
    assert_eq!(*worker.done.lock().unwrap(), [Deed::PowerOff]);
    assert_eq!(phases(&technician).await, ["refused", "refused", "refused", "intent", "done"]);
    agent.stop().await;
}

#[tokio::test]
async fn a_sites_own_action_counts_only_when_it_is_roots() {
    use std::os::unix::fs::PermissionsExt as _;
    if !rustix::process::geteuid().is_root() {
        println!("skipped: files of root can only be made by root");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let (folder, file) = (dir.path().join("actions.d"), dir.path().join("actions.d/693.toml"));
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(
        &file,
        "name = { zh = \"清缓存\", en = \"Clear cache\" }\ndoes = { zh = \"清。\", en = \"Clears.\" }\nargv = [\"/usr/bin/env\", \"true\"]\n",
    )
    .unwrap();
    let worker = Arc::new(Worker::default());
    let agent = start(dir.path(), &worker, ActionsConfig::default());
    let mut link = agent.handle().attach(person(Role::Technician)).await;
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o666)).unwrap();
    assert_eq!(run(&link, "693", None).await, "plugin-writable");
    let Reply::Plugins { rows } = link.ask(Request::Plugins).await else { panic!("no list") };
    assert_eq!(rows[0].fault.as_ref().map(|fault| fault.0.as_str()), Some("plugin-writable"));
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(run(&link, "692", None).await, "plugin-none");
    let merchant = agent.handle().attach(person(Role::Merchant)).await;
    assert_eq!(run(&merchant, "693", None).await, "role");
    assert_eq!(run(&link, "693", None).await, "accepted");
    assert_eq!(end(&mut link).await.end, Some(RunEnd::Done));
    assert_eq!(*worker.done.lock().unwrap(), [Deed::Run { argv: words(&["/usr/bin/env", "true"]) }]);
    agent.stop().await;
}
