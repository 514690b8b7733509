//! A sale in flight comes first: a run waits for its end, and then for what was agreed to to hold still.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use pos_console::agent::Agent;
use pos_console::config::{Config, SourceConfig};
use pos_console::link::Link;
use pos_console::model::{Role, RunEnd, RunPhase, RunView};
use pos_console::proto::{Reply, Request, Update};

use crate::{World, armed, audit, code, config, person, phases, plan, run, start, until};

/// A sale's request, or its answer.
fn line(code: &str, state: &str) -> String {
    let now = jiff::Timestamp::now();
    format!(
        r#"{{"time":"{now}","kind":"sale","amount":100,"stan":"000777","tid":"12345678","code":{code},"state":{state}}}"#
    ) + "\n"
}

/// A terminal at which somebody pays.
async fn paying(dir: &Path, world: &Arc<World>) -> (Agent, Link) {
    let journal = dir.join("journal.jsonl");
    std::fs::write(&journal, line("null", "\"sent\"")).unwrap();
    let source = SourceConfig { name: "app".into(), path: journal, ..SourceConfig::default() };
    let agent = start(dir, world, Config { source: vec![source], ..config() });
    let link = agent.handle().attach(person(Role::Merchant, false)).await;
    assert!(matches!(link.ask(Request::CaughtUp).await, Reply::CaughtUp { read: 1, .. }));
    (agent, link)
}

/// The answer comes.
fn paid(dir: &Path) {
    let mut file = std::fs::OpenOptions::new().append(true).open(dir.join("journal.jsonl")).unwrap();
    std::io::Write::write_all(&mut file, line("\"00\"", "null").as_bytes()).unwrap();
}

/// Takes updates until the run says that it waits.
async fn holds(link: &mut Link) {
    let holds = until(link, "the sale's end", |run| !run.said.is_empty()).await;
    assert_eq!((holds.phase, holds.said[0].key.as_str()), (RunPhase::Holding, "run-holding"));
}

#[tokio::test]
async fn a_sale_in_flight_comes_first() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    let (agent, mut link) = paying(dir.path(), &world).await;
    let waiting = async {
        loop {
            if let Some(Update::Snapshot(snapshot)) = link.updates.recv().await
                && snapshot.journal.in_flight == 1
            {
                return;
            }
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(20), waiting).await.is_ok(), "no sale in flight");
    // It can be begun, says that it waits, and touches nothing until the answer is there.
    let shown = plan(&link, "61").await;
    assert_eq!(shown.notes[0].key, "run-note-in-flight");
    assert_eq!(code(&run(&link, "61", Some(shown.token)).await), "accepted");
    holds(&mut link).await;
    assert_eq!(code(&run(&link, "61", None).await), "busy");
    assert_eq!(world.with(|state| state.done.len()), 0);
    paid(dir.path());
    let ended = until(&mut link, "the end", RunView::ended).await;
    assert_eq!(ended.end, Some(RunEnd::Done), "{ended:?}");
    assert_eq!(phases(&audit(&link).await), ["intent", "refused", "done"]);
    agent.stop().await;
}

#[tokio::test]
async fn what_was_agreed_to_has_to_hold_when_the_sale_has_ended() {
    for (case, word) in [("plan", "plan-changed"), ("precondition", "no-interface")] {
        let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
        let (agent, mut link) = paying(dir.path(), &world).await;
        assert_eq!(code(&run(&link, "61", None).await), "accepted");
        holds(&mut link).await;
        world.with(|state| match case {
            "plan" => state.profile = "another".into(),
            _ => state.gone = true,
        });
        paid(dir.path());
        let ended = until(&mut link, "the end", RunView::ended).await;
        assert_eq!((ended.end, &ended.said[0].key), (Some(RunEnd::Failed), &format!("refused-{word}")), "{ended:?}");
        assert_eq!(world.with(|state| state.done.len()), 0, "{case}");
        let rows = audit(&link).await;
        assert_eq!(phases(&rows), ["intent", "failed"]);
        assert!(rows[1].draft.detail.contains(&format!("refused {word}")), "{rows:?}");
        assert!(!armed(dir.path()));
        agent.stop().await;
    }
}

#[tokio::test]
async fn a_sale_that_waits_can_be_left_alone() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    let (agent, mut link) = paying(dir.path(), &world).await;
    assert_eq!(code(&run(&link, "61", None).await), "accepted");
    holds(&mut link).await;
    assert_eq!(code(&link.ask(Request::Guard { keep: false }).await), "done");
    let ended = until(&mut link, "the end", RunView::ended).await;
    assert_eq!((ended.end, world.with(|state| state.done.len())), (Some(RunEnd::Failed), 0));
    agent.stop().await;
}
