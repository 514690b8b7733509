//! A medium that is full: before the intent nothing is done, after it the outcome is kept.

use std::path::Path;

use pos_console::config::{Config, StoreConfig};
use pos_console::model::{AuditRow, Role, RunEnd, RunView};
use pos_console::proto::Request;

use crate::small::{self, fill, room};
use crate::{World, audit, code, config, net, person, plan, run, start, until};

#[test]
fn a_full_medium_stops_what_has_not_begun_and_loses_no_outcome() {
    small::run("full::inside");
}

fn tight() -> Config {
    Config { store: StoreConfig { reserve_mb: 0, ..StoreConfig::default() }, ..config() }
}

/// The last run is closed by these words.
fn closed(rows: &[AuditRow], words: &[&str]) {
    let intents: Vec<i64> = rows.iter().filter(|row| row.draft.phase == "intent").map(|row| row.seq).collect();
    let start = format!("run {};", intents.last().unwrap());
    let ends: Vec<&str> = rows
        .iter()
        .filter(|row| row.draft.phase != "intent" && row.draft.detail.starts_with(&start))
        .map(|row| row.draft.phase.as_str())
        .collect();
    assert_eq!(ends, words, "{rows:?}");
}

/// Runs where the medium takes two megabytes.
#[tokio::test]
async fn inside() {
    let Some(dir) = small::inside() else { return };
    let world = World::new();
    // Full, and what was laid out for that is gone: nothing is begun.
    let agent = start(&dir, &world, tight());
    let mut link = agent.handle().attach(person(Role::Technician, true)).await;
    let shown = plan(&link, "61").await;
    agent.stop().await;
    std::fs::remove_file(dir.join("state/audit.spill")).unwrap();
    fill(&dir);
    let agent = start(&dir, &world, tight());
    link = agent.handle().attach(person(Role::Technician, true)).await;
    assert_eq!(plan(&link, "61").await.hash, shown.hash);
    assert_eq!(code(&run(&link, "61", None).await), "audit");
    assert!(world.with(|state| state.done.is_empty()), "done without a row");
    agent.stop().await;
    room(&dir);
    start(&dir, &world, tight()).stop().await;
    // Full to the last byte before the intent, with room laid out: 61 is begun, guarded and kept, and all of it known
    // to the next life, which finds the medium as full.
    fill(&dir);
    let agent = start(&dir, &world, tight());
    link = agent.handle().attach(person(Role::Technician, true)).await;
    assert_eq!(code(&run(&link, "61", None).await), "accepted");
    until(&mut link, "a confirmation", crate::WAITS).await;
    assert!(crate::armed(&dir));
    assert_eq!(code(&link.ask(Request::Guard { keep: true }).await), "done");
    let ended = until(&mut link, "the end", RunView::ended).await;
    assert_eq!(ended.end, Some(RunEnd::Done), "{ended:?}");
    assert!(!crate::armed(&dir));
    agent.stop().await;
    let agent = start(&dir, &world, tight());
    link = agent.handle().attach(person(Role::Technician, true)).await;
    closed(&audit(&link).await, &["done"]);
    // 68, where nothing is armed.
    let reboot = Request::Do { action: "68".into(), reason: Some("lab".into()), token: None, guard_s: None };
    assert_eq!(code(&link.ask(reboot).await), "accepted");
    until(&mut link, "the end", RunView::ended).await;
    // What changes the network and does not prove itself is undone, by an agent of another life.
    world.with(|state| state.after = net("192.0.2.66/24"));
    assert_eq!(code(&run(&link, "61", None).await), "accepted");
    until(&mut link, "a confirmation", crate::WAITS).await;
    agent.stop().await;
    let agent = start(&dir, &world, tight());
    link = agent.handle().attach(person(Role::Technician, true)).await;
    world.with(|state| state.at.ms += 121_000);
    let ended = until(&mut link, "the end", RunView::ended).await;
    assert_eq!(ended.end, Some(RunEnd::Undone), "{ended:?}");
    assert_eq!(world.with(|state| state.net.clone()), net("192.0.2.10/24"));
    agent.stop().await;
    room(&dir);
    // The medium has room again: all of it is there, whole, and nothing is left to do.
    let agent = start(&dir, &world, tight());
    let link = agent.handle().attach(person(Role::Technician, true)).await;
    let rows = audit(&link).await;
    closed(&rows, &["interrupted", "undone"]);
    assert_eq!(rows.iter().filter(|row| row.draft.phase == "undone").count(), 1, "{rows:?}");
    assert_eq!(code(&link.ask(Request::Guard { keep: true }).await), "no-guard");
    agent.stop().await;
    not_even_the_reserve(&dir, &world).await;
}

/// What was laid out takes no row any more either when a run ends: what it came to is not lost, an agent of another life
/// writes it.
async fn not_even_the_reserve(dir: &Path, world: &std::sync::Arc<World>) {
    world.with(|state| state.after = net("192.0.2.10/24"));
    fill(dir);
    let agent = start(dir, world, tight());
    let mut link = agent.handle().attach(person(Role::Technician, true)).await;
    assert_eq!(code(&run(&link, "61", None).await), "accepted");
    until(&mut link, "a confirmation", crate::WAITS).await;
    // Every refusal is a row; none of them is on the medium before these are all.
    for _ in 0..800 {
        let reason = Some("x".repeat(200));
        let wanted = Request::Do { action: "68".into(), reason, token: None, guard_s: None };
        assert_eq!(code(&link.ask(wanted).await), "busy");
    }
    assert_eq!(code(&link.ask(Request::Guard { keep: true }).await), "done");
    let ended = until(&mut link, "the end", RunView::ended).await;
    assert_eq!(ended.end, Some(RunEnd::Done), "{ended:?}");
    // It could not be written, and nothing else is begun.
    assert_eq!(code(&run(&link, "61", None).await), "audit");
    agent.stop().await;
    assert!(crate::armed(dir), "forgotten without a row");
    room(dir);
    let acts = world.acts();
    let agent = start(dir, world, tight());
    let link = agent.handle().attach(person(Role::Technician, true)).await;
    crate::last::through(&link).await;
    closed(&audit(&link).await, &["interrupted", "done"]);
    assert_eq!(world.acts(), acts, "done twice");
    assert!(!crate::armed(dir));
    agent.stop().await;
}
