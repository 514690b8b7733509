//! `do` asks before it acts, and does what it has shown, once, while that is still what it was.

use pos_console::agent::Folder;
use pos_console::link::dial::dial;
use pos_console::proto::{Reply, Request};

use crate::terminal::{Session, Start};

/// Plans that an agent keeps for whoever hesitates.
const OFFERS: usize = 32;

#[tokio::test]
async fn a_sites_own_action_is_done_once_it_is_said_yes_to_and_never_by_an_old_plan() {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: files of root can only be made by root");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    std::fs::create_dir(path("actions.d")).unwrap();
    let plugin = format!(
        "name = {{ zh = \"清\", en = \"Clear\" }}\ndoes = {{ zh = \"清。\", en = \"Clears.\" }}\nargv = [\"/usr/bin/touch\", \"{}\"]\nverify = [\"/usr/bin/test\", \"-e\", \"{}\"]\n",
        path("done"),
        path("done")
    );
    std::fs::write(path("actions.d/691.toml"), plugin).unwrap();
    std::fs::write(path("pos.toml"), "").unwrap();
    let (config, state) = (path("pos.toml"), path("state"));
    let console =
        [env!("CARGO_BIN_EXE_pos-console"), "--config", &config, "--state-dir", &state, "--lang", "en", "do", "691"];
    let begin = || Session::spawn(&console, &Start::default());
    let done = || std::path::Path::new(&path("done")).exists();

    // Somebody thinks about it for so long that others have looked at theirs.
    let mut session = begin();
    session.shows("Do it?");
    let link = dial(&Folder::socket_in(std::path::Path::new(&state)), "test").await.unwrap();
    for _ in 0..OFFERS {
        let planned = link.ask(Request::Plan { action: "plugin-691".into(), guard_s: None }).await;
        assert!(matches!(&planned, Reply::Planned(plan) if !plan.token.is_empty()), "{planned:?}");
    }
    session.send("y\n").shows("too old");
    assert!(!session.ends().success() && !done(), "an old plan was done");
    drop(link);
    // No is no.
    let mut session = begin();
    session.shows("Do it?").send("n\n");
    assert!(!session.ends().success() && !done());
    let mut session = begin();
    session.shows("Do it?").send("y\n");
    assert!(session.ends().success(), "{}", session.text());
    assert!(done());
    let words = [&console[1..7], &["audit", "--json"]].concat();
    let audit = std::process::Command::new(console[0]).args(words).output().unwrap();
    let rows: serde_json::Value = serde_json::from_slice(&audit.stdout).unwrap();
    let text = rows.to_string();
    let count = |phase: &str| text.matches(&format!("\"phase\":\"{phase}\"")).count();
    assert_eq!((count("refused"), count("intent"), count("done")), (1, 1, 1), "{text}");
}
