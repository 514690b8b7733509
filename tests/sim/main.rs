//! The real `pos-sim`: exit codes, signals, and what stands in its folder when it says so.

mod checks;
mod formats;

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};

fn sim(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pos-sim")).args(args).output().expect("pos-sim starts")
}

fn code(args: &[&str]) -> Option<i32> {
    sim(args).status.code()
}

/// Starts `run` and waits for its first line; what is in the folder then is whole.
fn started(dir: &Path) -> (Child, BufReader<std::process::ChildStdout>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_pos-sim"))
        .args(["run", "--tls", "--history", "1", "--dir"])
        .arg(dir)
        .stdout(Stdio::piped())
        .spawn()
        .expect("pos-sim starts");
    let mut out = BufReader::new(child.stdout.take().expect("piped"));
    let mut line = String::new();
    out.read_line(&mut line).expect("a line");
    assert!(line.starts_with("pos-sim: ") && line.contains("127.0.0.1:"), "{line}");
    (child, out)
}

#[test]
fn a_signal_ends_it_cleanly_and_the_journal_holds_whole_lines() {
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        let dir = tempfile::tempdir().expect("folder");
        let (mut child, mut out) = started(dir.path());
        for file in ["journal.jsonl", "pos-console.toml", "ca.pem", "pos-sim.json"] {
            assert!(dir.path().join(file).exists(), "{file}");
        }
        let pid = Pid::from_child(&child);
        kill_process(pid, signal).expect("is ours");
        assert_eq!(child.wait().expect("ends").code(), Some(0));
        let mut rest = String::new();
        out.read_to_string(&mut rest).expect("last words");
        assert!(rest.starts_with("pos-sim: stopped by SIG"), "{rest}");
        let journal = std::fs::read(dir.path().join("journal.jsonl")).expect("journal");
        assert!(journal.ends_with(b"}\n"));
        assert!(!dir.path().join("pos-sim.json").exists());
    }
}

#[test]
fn exit_codes_say_what_was_wrong() {
    let dir = tempfile::tempdir().expect("folder");
    let here = dir.path().to_str().expect("a plain path");
    let none = dir.path().join("none");
    let none = none.to_str().expect("a plain path");
    for (args, expected) in [
        (&["--help"][..], 0),
        (&["journal", "--lines", "3"], 0),
        (&["config", "--dir", here], 0),
        (&[], 64),
        (&["run"], 64),
        (&["run", "--dir", here, "--fault", "mutte"], 64),
        (&["run", "--dir", here, "--fault", "expired"], 64),
        (&["run", "--dir", here, "--speed", "0"], 64),
        (&["fault", "--dir", none, "mute"], 64),
        (&["run", "--dir", "/dev/null/x"], 73),
        (&["journal", "--lines", "3", "--out", "/dev/null/x"], 73),
    ] {
        assert_eq!(code(args), Some(expected), "{args:?}");
    }
    let (mut child, _out) = started(dir.path());
    assert_eq!(code(&["run", "--dir", here]), Some(75));
    let config = std::fs::read_to_string(dir.path().join("pos-console.toml")).expect("config");
    let port = config.lines().find_map(|line| line.strip_prefix("address = \"127.0.0.1:")).expect("address");
    let port = port.trim_end_matches('"');
    assert_eq!(code(&["run", "--dir", none, "--port", port]), Some(69));
    assert_eq!(code(&["fault", "--dir", here, "mute"]), Some(0));
    child.kill().expect("is ours");
    child.wait().expect("ends");
    // kill -9 leaves the status behind, but the lock tells that nobody is there.
    assert_eq!(code(&["fault", "--dir", here, "mute"]), Some(64));
}

#[test]
fn a_bulk_journal_goes_to_standard_output_and_its_tally_to_standard_error() {
    let done = sim(&["journal", "--lines", "1000", "--garbage", "20", "--map"]);
    assert_eq!(done.stdout.split_inclusive(|byte| *byte == b'\n').count(), 1000);
    let tally = String::from_utf8(done.stderr).expect("text");
    assert!(tally.starts_with("pos-sim: lines=1000 transactions=9"), "{tally}");
    let again = sim(&["journal", "--lines", "1000", "--garbage", "20", "--map"]);
    assert!(done.stdout == again.stdout);
}
