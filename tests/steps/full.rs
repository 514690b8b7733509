//! An update whose outcome no medium takes: it is not forgotten, and nothing is done twice for it.

use std::sync::Arc;
use std::time::Duration;

use pos_console::config::{Config, StoreConfig};
use pos_console::link::Link;
use pos_console::model::{Role, RunEnd};
use pos_console::proto::{Reply, Request};

use super::update::{STICK, Terminal, restarting, start};
use super::{end, person, run, small};

#[test]
fn an_outcome_that_nothing_takes_is_written_when_there_is_room() {
    small::run("full::inside");
}

/// How often a run was closed as done, and how the last row reads.
async fn done(link: &Link) -> (usize, String) {
    let (mut count, mut after, mut phase) = (0, 0, String::new());
    loop {
        let Reply::Audit { rows } = link.ask(Request::Audit { after, limit: 100 }).await else { panic!("no audit") };
        let Some(last) = rows.last() else { return (count, phase) };
        (after, phase) = (last.seq, last.draft.phase.clone());
        count += rows.iter().filter(|row| row.draft.phase == "done").count();
    }
}

/// Runs where the medium takes two megabytes.
#[tokio::test]
async fn inside() {
    let Some(dir) = small::inside() else { return };
    let tight = |config: &mut Config| config.store = StoreConfig { reserve_mb: 0, ..StoreConfig::default() };
    let terminal = Arc::new(Terminal::default());
    let agent = start(&dir, &terminal, STICK, tight);
    let link = agent.handle().attach(person(Role::Merchant)).await;
    assert_eq!(run(&link, "72", None).await, "accepted");
    restarting(&terminal, 1).await;
    agent.stop().await;
    terminal.power();
    small::fill(&dir);
    // Its time never passes in this boot: a person says that it works.
    let sick = STICK.replace("\"fine\"", "\"exit 1\"");
    let agent = start(&dir, &terminal, &sick, tight);
    let mut link = agent.handle().attach(person(Role::Technician)).await;
    // Every refusal is a row; what was laid out for them takes no more behind these.
    for _ in 0..800 {
        assert_eq!(run(&link, "68", Some(&"x".repeat(200))).await, "busy");
    }
    assert_eq!(link.ask(Request::Guard { keep: true }).await, Reply::Done);
    let ended = end(&mut link).await;
    assert_eq!(ended.end, Some(RunEnd::Done), "{ended:?}");
    let before = terminal.state();
    agent.stop().await;
    // Still full: another life ends it the same way and cannot write it either.
    let agent = start(&dir, &terminal, &sick, tight);
    agent.stop().await;
    small::room(&dir);
    let agent = start(&dir, &terminal, &sick, tight);
    let link = agent.handle().attach(person(Role::Technician)).await;
    let told = async {
        while done(&link).await != (1, "done".to_owned()) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_mins(1), told).await.is_ok(), "{:?}", done(&link).await);
    assert_eq!(terminal.state(), before, "done twice");
    assert_eq!(terminal.with(|slots| slots.restarts), 1);
    agent.stop().await;
    // And no more than once.
    let agent = start(&dir, &terminal, STICK, tight);
    let link = agent.handle().attach(person(Role::Technician)).await;
    assert_eq!(done(&link).await.0, 1);
    assert!(!matches!(link.ask(Request::Guard { keep: true }).await, Reply::Done));
    agent.stop().await;
}
