//! What a printer that speaks is told to print, and an acceptance: its marks, its slip, and what it is kept for.

use pos_console::model::{Baselines, Draft, SlipOf};

use super::*;

/// A terminal with this printer, who hangs on `/dev/usb/lp0` and answers with these bytes.
fn with_printer(dir: &Path, worker: &Arc<Worker>, says: &str) -> Agent {
    let mut machine = Machine::parse(UNITS).unwrap();
    machine.worked = Some(worker.clone());
    machine.gear.device.insert("/dev/usb/lp0".into(), says.into());
    let mut config = Config::default();
    config.printer.device = "/dev/usb/lp0".into();
    config.terminal.tid = "12345678".into();
    let boot = Boot {
        config: Arc::new(config),
        host: Arc::new(machine),
        folder: Some(Folder::lock(&dir.join("state")).unwrap()),
        sockets: Vec::new(),
        in_process: false,
        watch: false,
    };
    Agent::start(boot).unwrap()
}

fn printed(worker: &Worker) -> Vec<String> {
    match worker.done.lock().unwrap().as_slice() {
        [Deed::Print { lines, .. }] => lines.clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_test_slip_is_printed_once_and_says_whose_terminal_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let worker = Arc::new(Worker::default());
    let agent = with_printer(dir.path(), &worker, "12121212");
    let mut link = agent.handle().attach(person(Role::Merchant)).await;
    let shown = plan(&link, "51").await;
    assert_eq!((shown.action.as_str(), shown.steps.len(), shown.blocks.len()), ("test-slip", 1, 0), "{shown:?}");
    let token = Some(shown.token);
    let request = Request::Do { action: "test-slip".into(), reason: None, token, guard_s: None };
    assert!(matches!(link.ask(request).await, Reply::Accepted { .. }));
    let ended = end(&mut link).await;
    assert_eq!((ended.end, ended.said[0].key.as_str()), (Some(RunEnd::Done), "run-done-proved"), "{ended:?}");
    let lines = printed(&worker);
    assert!(lines.iter().any(|line| line.contains("12345678")) && lines.len() > 8, "{lines:?}");
    assert_eq!(phases(&link).await, ["intent", "done"]);
    agent.stop().await;
}

#[tokio::test]
async fn nothing_is_printed_without_paper_or_with_the_cover_open() {
    for (says, why) in [
        ("1A32127E", "print-paper"),
        ("1A161212", "print-cover"),
        ("1A525212", "print-hot"),
        ("1A521A12", "print-fault"),
        ("held", "print-held"),
        ("denied", "print-unknown"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let worker = Arc::new(Worker::default());
        let agent = with_printer(dir.path(), &worker, says);
        let link = agent.handle().attach(person(Role::Technician)).await;
        assert_eq!(run(&link, "test-slip", None).await, why);
        assert!(worker.done.lock().unwrap().is_empty());
        assert_eq!(phases(&link).await, ["refused"]);
        agent.stop().await;
    }
    // One that tells nothing may print all the same: that it did is not claimed.
    let dir = tempfile::tempdir().unwrap();
    let worker = Arc::new(Worker::default());
    let agent = with_printer(dir.path(), &worker, "silent");
    let mut link = agent.handle().attach(person(Role::Merchant)).await;
    assert_eq!(run(&link, "test-slip", None).await, "accepted");
    assert_eq!(end(&mut link).await.said[0].key, "run-done-unproved");
    agent.stop().await;
}

async fn baselines(link: &Link) -> Baselines {
    match link.ask(Request::Baselines).await {
        Reply::Baselines(known) => *known,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_acceptance_is_kept_printed_and_only_without_a_fault_a_baseline() {
    let dir = tempfile::tempdir().unwrap();
    let worker = Arc::new(Worker::default());
    let agent = with_printer(dir.path(), &worker, "12121212");
    let mut link = agent.handle().attach(person(Role::Technician)).await;
    let draft = Draft::Slip { about: SlipOf::Acceptance, lang: "en".into() };
    assert_eq!(link.ask(Request::Draft { draft: draft.clone() }).await, Reply::Done);
    assert_eq!(run(&link, "test-slip", None).await, "print-nothing");
    let round = pos_console::handbook::get("acceptance").unwrap();
    let items = round.items().count();
    let printer = round.items().position(|item| item.rests_on("printer.status")).unwrap();
    let walk = async |marks: String| {
        let done = link.ask(Request::Round { round: "acceptance".into(), marks }).await;
        assert_eq!(done, Reply::Done);
    };
    let kept = async |wanted: &dyn Fn(&str) -> bool| loop {
        let known = baselines(&link).await;
        if known.accepted.as_ref().is_some_and(|accepted| wanted(&accepted.marks)) {
            return known;
        }
        tokio::task::yield_now().await;
    };
    // Findings are what is compared: once they are there.
    assert!(matches!(link.ask(Request::Check { scope: Vec::new() }).await, Reply::Checked { .. }));
    walk(format!("2{}", "1".repeat(items - 1))).await;
    assert_eq!(kept(&|marks| marks.starts_with('2')).await.install, None);
    // A console calls everything proved: what the agent itself has not seen well was not seen.
    walk("5".repeat(items)).await;
    let held = kept(&|marks| !marks.contains('1')).await.accepted.unwrap().marks;
    assert_eq!(held.chars().nth(printer), Some('5'), "{held}");
    assert!(held.contains('3'), "{held}");
    let mut marks = "4".repeat(items);
    marks.replace_range(printer..=printer, "5");
    walk(marks.clone()).await;
    kept(&|held| held == marks).await;
    let install = loop {
        if let Some(install) = baselines(&link).await.install {
            break install;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(install.parts.get("tid").map(String::as_str), Some("12345678"));
    assert_eq!(install.parts.get("printer").map(String::as_str), Some("/dev/usb/lp0"), "{install:?}");
    assert_eq!(link.ask(Request::Draft { draft }).await, Reply::Done);
    assert_eq!(run(&link, "test-slip", None).await, "accepted");
    assert_eq!(end(&mut link).await.end, Some(RunEnd::Done));
    let lines = printed(&worker);
    assert!(lines[0].starts_with("ACCEPTANCE"), "{lines:?}");
    assert_eq!(lines.iter().filter(|line| line.starts_with("checked ")).count(), 1, "{lines:?}");
    agent.stop().await;
}
