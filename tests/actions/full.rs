//! A medium that is full: before the intent nothing is done, after it the outcome is kept.

use std::path::{Path, PathBuf};

use pos_console::config::{Config, StoreConfig};
use pos_console::model::{Role, RunEnd, RunView};
use pos_console::proto::Request;

use crate::{World, audit, code, config, net, person, phases, plan, run, start, until};

const INSIDE: &str = "POS_CONSOLE_TEST_FULL";

#[test]
fn a_full_medium_stops_what_has_not_begun_and_loses_no_outcome() {
    use std::process::{Command, Stdio};
    let dir = tempfile::tempdir().unwrap();
    let mount = format!("mount -t tmpfs -o size=2m none {}", dir.path().display());
    let can = Command::new("unshare").args(["-rm", "sh", "-c", &mount]).stderr(Stdio::null()).status();
    if !can.is_ok_and(|status| status.success()) {
        println!("skipped: no namespaces for this user");
        return;
    }
    let status = Command::new("unshare")
        .args(["-rm", "sh", "-c", &format!("{mount} && exec \"$@\""), "sh"])
        .arg(std::env::current_exe().unwrap())
        .args(["full::inside", "--exact", "--nocapture"])
        .env(INSIDE, dir.path())
        .status()
        .unwrap();
    assert!(status.success(), "see above");
}

/// Takes every byte that is left.
fn fill(dir: &Path) {
    use std::io::Write as _;
    let mut file = std::fs::File::create(dir.join("filler")).unwrap();
    for size in [64 * 1024, 512, 1] {
        while file.write_all(&vec![7; size]).is_ok() {}
    }
}

fn room(dir: &Path) {
    std::fs::remove_file(dir.join("filler")).unwrap();
}

fn small() -> Config {
    Config { store: StoreConfig { reserve_mb: 0, ..StoreConfig::default() }, ..config() }
}

/// Runs where the medium takes two megabytes.
#[tokio::test]
async fn inside() {
    let Some(dir) = std::env::var_os(INSIDE).map(PathBuf::from) else { return };
    let world = World::new();
    let agent = start(&dir, &world, small());
    let mut link = agent.handle().attach(person(Role::Technician, true)).await;
    // Full before the intent, after the plan was shown.
    let shown = plan(&link, "61").await;
    fill(&dir);
    assert_eq!(code(&run(&link, "61", Some(shown.token)).await), "audit");
    assert!(world.with(|state| state.done.is_empty()), "done without a row");
    agent.stop().await;
    room(&dir);
    // Full after the intent.
    world.with(|state| state.after = net("192.0.2.66/24"));
    let agent = start(&dir, &world, small());
    link = agent.handle().attach(person(Role::Technician, true)).await;
    assert_eq!(code(&run(&link, "61", None).await), "accepted");
    until(&mut link, "a confirmation", crate::WAITS).await;
    fill(&dir);
    // What could not be remembered is not said to be kept.
    assert_eq!(code(&link.ask(Request::Guard { keep: true }).await), "busy");
    world.with(|state| state.at.ms += 121_000);
    let ended = until(&mut link, "the end", RunView::ended).await;
    assert_eq!(ended.end, Some(RunEnd::Undone), "{ended:?}");
    assert_eq!(world.with(|state| state.net.clone()), net("192.0.2.10/24"));
    room(&dir);
    agent.stop().await;
    // The next life finds the outcome, whole, and nothing left to do.
    let agent = start(&dir, &world, small());
    let link = agent.handle().attach(person(Role::Technician, true)).await;
    let rows = audit(&link).await;
    assert_eq!(phases(&rows).last(), Some(&"undone"), "{rows:?}");
    assert_eq!(rows.iter().filter(|row| row.draft.phase == "undone").count(), 1, "{rows:?}");
    let intents: Vec<i64> = rows.iter().filter(|row| row.draft.phase == "intent").map(|row| row.seq).collect();
    let outcome = rows.last().unwrap();
    assert!(outcome.draft.detail.starts_with(&format!("run {};", intents.last().unwrap())), "{rows:?}");
    assert_eq!(code(&link.ask(Request::Guard { keep: true }).await), "no-guard");
    agent.stop().await;
}
