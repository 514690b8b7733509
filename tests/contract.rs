//! The same script over both links: what a front end sees, is refused and leaves in the audit must not depend on
//! whether the agent sits in its process or behind a socket.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "contract/frames.rs"]
mod frames;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use pos_console::agent::{Agent, Boot, Folder, policy};
use pos_console::config::{Config, SourceConfig};
use pos_console::link::{Link, dial::dial};
use pos_console::model::{Actor, Role, SaleId, Snapshot};
use pos_console::platform::fake::Machine;
use pos_console::playbooks::{self, Knows, Question, Told, Truth, Walk};
use pos_console::proto::{Reply, Request, SaleFilter, SaleQuery};
use pos_console::tui::mirror::Mirror;

const JOURNAL: &str = concat!(
    r#"{"time":"2026-11-21T09:30:05.123+08:00","kind":"sale","method":"card","amount":1234,"currency":"156","stan":"000123","rrn":"112112030551","code":"51","tid":"12345678","mid":"898000000000001","entry_mode":"051","card":"6222021234567890123","latency_ms":1200,"host":"primary"}"#,
    "\n",
    r#"{"time":"2026-11-21T09:31:05.123+08:00","kind":"sale","amount":100,"currency":"156","stan":"000124","code":"00","rrn":"112112030552","tid":"12345678","card":"4111111111111111"}"#,
    "\n",
    r#"{"time":"2026-11-21T09:32:05.123+08:00","kind":"sale","amount":5,"stan":"000125","code":null,"state":"timeout","tid":"12345678"}"#,
    "\nthis is no transaction\n",
);

fn config(dir: &Path) -> Arc<Config> {
    let path = dir.join("journal.jsonl");
    if !path.exists() {
        std::fs::write(&path, JOURNAL).unwrap();
    }
    Arc::new(Config {
        source: vec![SourceConfig { name: "app".into(), path, ..SourceConfig::default() }],
        ..Config::default()
    })
}

fn start(dir: &Path, in_process: bool) -> Agent {
    let boot = Boot {
        config: config(dir),
        // Never this machine: it would be acted upon.
        host: Arc::new(Machine::default()),
        folder: Some(Folder::lock(&dir.join("state")).unwrap()),
        sockets: Vec::new(),
        in_process,
        watch: false,
    };
    Agent::start(boot).unwrap()
}

/// Takes updates until the state fits.
async fn until(link: &mut Link, mirror: &mut Mirror, what: &str, fits: impl Fn(&Snapshot) -> bool) {
    let waiting = async {
        while !mirror.snapshot.as_ref().is_some_and(&fits) {
            mirror.apply(link.updates.recv().await.expect("the agent is there"));
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(20), waiting).await.is_ok(), "waited in vain for: {what}");
}

/// What one person sees and is told: comparable text, without moments and paths.
async fn script(mut link: Link) -> Vec<String> {
    let mut said = Vec::new();
    let mut mirror = Mirror::default();
    assert!(matches!(link.ask(Request::CaughtUp).await, Reply::CaughtUp { read: 3, unreadable: 1 }));
    until(&mut link, &mut mirror, "three sales and whose they are", |s| {
        s.recent.len() == 3 && s.terminal.tid.is_some()
    })
    .await;
    let snapshot = mirror.snapshot.clone().unwrap();
    for sale in &snapshot.recent {
        said.push(serde_json::to_string(sale).unwrap());
    }
    said.push(format!("{:?} {:?}", snapshot.actor.role, snapshot.terminal.tid));
    let failed = SaleQuery { filter: SaleFilter::Failed, limit: 10, ..SaleQuery::default() };
    for request in [
        Request::Sales(failed),
        Request::Sale { id: snapshot.recent[0].id },
        Request::Do { action: "restart-network".into(), reason: None, token: None, guard_s: None },
        Request::Do {
            action: "update-rollback".into(),
            reason: Some("card 6222021234567890123".into()),
            token: None,
            guard_s: None,
        },
        Request::Do { action: "format-disk".into(), reason: None, token: None, guard_s: None },
        Request::Set { key: "lang".into(), value: "en".into() },
        Request::Set { key: "evil".into(), value: "en".into() },
        Request::Set { key: "lang".into(), value: "klingon".into() },
        walked("P51", "", None),
        walked("P51", "y1n13", Some(snapshot.recent[0].id)),
        walked("p51", "y1n13", Some(snapshot.recent[0].id)),
        walked("P51", "y1n13", Some(SaleId(7))),
        Request::Round { round: "daily".into(), marks: "11121113".into() },
        Request::Round { round: "daily".into(), marks: "111".into() },
        Request::Round { round: "daily".into(), marks: "1112111x".into() },
        Request::Round { round: "card".into(), marks: "11121113".into() },
        Request::AuditVerify,
        Request::Trends,
    ] {
        let reply = link.ask(request).await;
        let reply = match reply {
            Reply::AuditVerified(report) => format!("{} rows, faults {:?}", report.rows, report.faults),
            other => serde_json::to_string(&other).unwrap(),
        };
        said.push(reply);
    }
    let Reply::Events { rows } = link.ask(Request::Events { before: None, limit: 100 }).await else { panic!("events") };
    said.extend(
        rows.iter()
            .filter(|event| matches!(event.kind.as_str(), "walk" | "round"))
            .map(|event| format!("{} {:?}", event.code, event.facts)),
    );
    let Reply::Audit { rows } = link.ask(Request::Audit { after: 0, limit: 100 }).await else { panic!("audit") };
    for row in rows {
        let d = row.draft;
        assert!(d.action != "update-rollback" || d.reason == "card 622202*********0123", "{}", d.reason);
        said.push(format!("{} {} {} {} {} {} {}", row.seq, d.role, d.who, d.action, d.phase, d.reason, d.detail));
    }
    said
}

/// The way `answers` and where it ends, as a console tells it.
fn walked(playbook: &str, answers: &str, sale: Option<SaleId>) -> Request {
    let walk = Walk::replay(playbooks::get(playbook).unwrap(), answers, &Nothing).unwrap();
    Request::Walked { playbook: playbook.into(), answers: walk.path(), end: walk.node().name.clone(), sale }
}

struct Nothing;

impl Knows for Nothing {
    fn tell(&self, _: &Question) -> Told {
        Told { truth: Truth::Unknown, evidence: None }
    }
}

fn person(role: Role) -> Actor {
    Actor { role, from: "test".into(), ..policy::actor(policy::own_uid(), "test", &Config::default().roles) }
}

#[tokio::test]
async fn both_links_behave_alike() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let agent = start(here.path(), false);
    let in_process = script(agent.handle().attach(person(Role::Technician)).await).await;
    agent.stop().await;

    let agent = start(there.path(), false);
    let socket = Folder::socket_in(&there.path().join("state"));
    let link = dial_soon(&socket).await;
    let over_socket = script(link).await;
    agent.stop().await;

    assert_eq!(in_process, over_socket);
    assert!(in_process.iter().any(|line| line.contains("upgrade-none")), "{in_process:#?}");
    assert!(in_process.iter().any(|line| line.contains("622202*********0123")), "{in_process:#?}");
    assert!(!in_process.iter().any(|line| line.contains("6222021234567890123")), "{in_process:#?}");
    // Told twice, kept once, with the playbook's own words.
    let kept: Vec<&String> = in_process.iter().filter(|line| line.starts_with("walk ")).collect();
    assert_eq!(kept.len(), 1, "{in_process:#?}");
    assert!(
        kept[0].contains(r#""call": Text("issuer")"#) && kept[0].contains(r#""playbook": Text("P51")"#),
        "{kept:?}"
    );
}

#[tokio::test]
async fn the_end_of_a_walk_is_kept_only_as_its_playbook_says() {
    let dir = tempfile::tempdir().unwrap();
    let agent = start(dir.path(), false);
    let mut link = agent.handle().attach(person(Role::Merchant)).await;
    let Request::Walked { answers, end, .. } = walked("P51", "y1n13", None) else { panic!("walked") };
    let tell = |playbook: &str, answers: &str, end: &str| Request::Walked {
        playbook: playbook.into(),
        answers: answers.into(),
        end: end.into(),
        sale: None,
    };
    let first = answers.get(..1).unwrap();
    for (playbook, answers, end) in [
        ("P51", answers.as_str(), "somewhere"),
        ("P51", first, end.as_str()),
        ("P51", "the till exploded", end.as_str()),
        ("P51", &format!("{answers}1"), end.as_str()),
        ("P99", answers.as_str(), end.as_str()),
    ] {
        let reply = link.ask(tell(playbook, answers, end)).await;
        assert!(
            matches!(&reply, Reply::Refused(r) if r.code == "bad-request"),
            "{playbook} {answers} {end}: {reply:?}"
        );
    }
    assert!(matches!(link.ask(tell("P51", &answers, &end)).await, Reply::Done));
    let mut mirror = Mirror::default();
    until(&mut link, &mut mirror, "the walk among the events", |s| s.events.iter().any(|e| e.kind == "walk")).await;
    let viewer = agent.handle().attach(person(Role::Viewer)).await;
    assert!(matches!(viewer.ask(tell("P51", &answers, &end)).await, Reply::Refused(r) if r.code == "role"));
    agent.stop().await;
    // It survives a restart.
    let agent = start(dir.path(), false);
    let link = agent.handle().attach(person(Role::Viewer)).await;
    let Reply::Events { rows } = link.ask(Request::Events { before: None, limit: 100 }).await else { panic!("events") };
    assert_eq!(rows.iter().filter(|event| event.kind == "walk").count(), 1, "{rows:?}");
    agent.stop().await;
}

#[tokio::test]
async fn a_viewer_is_refused_and_it_is_audited() {
    let dir = tempfile::tempdir().unwrap();
    let agent = start(dir.path(), false);
    let link = agent.handle().attach(person(Role::Viewer)).await;
    let Reply::Refused(refusal) =
        link.ask(Request::Do { action: "61".into(), reason: None, token: None, guard_s: None }).await
    else {
        panic!("not refused")
    };
    assert_eq!(refusal.code, "role");
    let Reply::Refused(refusal) = link.ask(Request::Set { key: "lang".into(), value: "en".into() }).await else {
        panic!("not refused")
    };
    assert_eq!(refusal.code, "role");
    let Reply::Audit { rows } = link.ask(Request::AuditTail { limit: 10 }).await else { panic!("audit") };
    let phases: Vec<_> = rows.iter().map(|row| (row.draft.action.as_str(), row.draft.phase.as_str())).collect();
    assert_eq!(phases, [("restart-network", "refused"), ("set", "refused")]);
    agent.stop().await;
}

#[tokio::test]
async fn the_folder_has_one_writer_and_an_in_process_agent_gives_way() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let console = start(dir.path(), true);
    assert!(Folder::lock(&state).is_err(), "two writers");
    let link = dial_soon(&Folder::socket_in(&state)).await;
    assert!(matches!(link.ask(Request::HandOver).await, Reply::Done));
    tokio::task::spawn_blocking(|| console.join()).await.unwrap();
    let agent = start(dir.path(), false);
    let link = dial_soon(&Folder::socket_in(&state)).await;
    assert!(matches!(link.ask(Request::HandOver).await, Reply::Refused(r) if r.code == "busy"));
    agent.stop().await;
}

#[tokio::test]
async fn garbage_on_the_socket_ends_only_that_connection() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let dir = tempfile::tempdir().unwrap();
    let agent = start(dir.path(), false);
    let socket = Folder::socket_in(&dir.path().join("state"));
    let good = dial_soon(&socket).await;
    let endless = vec![b'x'; pos_console::proto::MAX_FRAME + 10];
    for babble in
        [&b"\x00\xff\xfe\n"[..], b"{}\n", b"{\"frame\":\"hello\",\"version\":999,\"build\":\"x\"}\n", &endless]
    {
        let mut stream = tokio::net::UnixStream::connect(&socket).await.unwrap();
        // The agent may hang up before all of it is out.
        let _ = stream.write_all(babble).await;
        let mut rest = Vec::new();
        let closed = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut rest)).await;
        assert!(closed.is_ok(), "still open after {} bytes of garbage", babble.len());
    }
    assert!(matches!(good.ask(Request::CaughtUp).await, Reply::CaughtUp { .. }));
    agent.stop().await;
}

#[tokio::test]
async fn a_new_line_reaches_a_front_end_and_is_there_once() {
    use std::io::Write;
    let dir = tempfile::tempdir().unwrap();
    let agent = start(dir.path(), false);
    let mut link = agent.handle().attach(person(Role::Viewer)).await;
    let mut mirror = Mirror::default();
    until(&mut link, &mut mirror, "the first three", |s| s.recent.len() == 3).await;
    let line = r#"{"time":"2026-11-21T09:40:05+08:00","kind":"sale","amount":1,"stan":"000200","code":"61"}"#;
    let mut journal = std::fs::OpenOptions::new().append(true).open(dir.path().join("journal.jsonl")).unwrap();
    writeln!(journal, "{line}").unwrap();
    until(&mut link, &mut mirror, "the fourth", |s| {
        s.recent.len() == 4 && s.failed.last().is_some_and(|sale| sale.code.as_deref() == Some("61"))
    })
    .await;
    agent.stop().await;
    // A second life reads on where the first stopped.
    let agent = start(dir.path(), false);
    let link = agent.handle().attach(person(Role::Viewer)).await;
    assert!(matches!(link.ask(Request::CaughtUp).await, Reply::CaughtUp { read: 4, .. }));
    let query = SaleQuery { limit: 100, ..SaleQuery::default() };
    let Reply::Sales { rows, .. } = link.ask(Request::Sales(query)).await else { panic!("sales") };
    assert_eq!(rows.len(), 4);
    agent.stop().await;
}

/// The agent's thread opens its socket a moment after it has started.
async fn dial_soon(socket: &Path) -> Link {
    for _ in 0..400 {
        if let Ok(link) = dial(socket, "test").await {
            return link;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("nobody listens on {}", socket.display())
}
