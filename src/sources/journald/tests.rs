//! The real `journalctl` on a real journal where one can be run here, and a script that speaks what it was recorded
//! to say everywhere.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::*;
use crate::sources::feed::run;
use crate::sources::shelf::{Running, Shelf, config, spec};
use crate::sources::stop::{Stop, Wake};

/// Messages as `journalctl --output=json --all --output-fields=MESSAGE` (systemd 252) writes them, without feed.
fn entry(number: u64, message: &str) -> String {
    format!(
        "{{\"__CURSOR\":\"s=1;i={number};b=2;m=3;t=4;x=5\",\"__REALTIME_TIMESTAMP\":\"{}\",\
         \"__MONOTONIC_TIMESTAMP\":\"1\",\"_BOOT_ID\":\"2\",\"MESSAGE\":{message}}}",
        1_795_224_605_000_000 + number
    )
}

fn bytes(text: &[u8]) -> String {
    serde_json::to_string(text).expect("numbers")
}

fn sale(stan: u64) -> String {
    serde_json::to_string(&format!("{{\"stan\":\"{stan}\",\"code\":\"00\"}}")).expect("a text")
}

/// A journal in a file and a program that tells it as `journalctl` does: after a cursor, to the end or for ever.
struct Fake {
    folder: tempfile::TempDir,
    shelf: Shelf,
}

const SCRIPT: &str = r#"#!/bin/sh
dir=$(dirname "$0")
echo "$@" >> "$dir/calls"
if [ -e "$dir/broken" ]; then echo "No journal files were opened due to insufficient permissions." >&2; exit 1; fi
after=0; follow=no
for word in "$@"; do
  case "$word" in
    --after-cursor=*) after=${word#*;i=}; after=${after%%;*} ;;
    --follow) follow=yes ;;
  esac
done
from=$((after + 1))
if [ $follow = yes ]; then exec tail -n +$from -f "$dir/journal"; fi
tail -n +$from "$dir/journal"
"#;

impl Fake {
    fn new() -> Self {
        let fake = Self { folder: tempfile::tempdir().expect("a folder"), shelf: Shelf::default() };
        std::fs::write(fake.program(), SCRIPT).expect("written");
        std::fs::set_permissions(fake.program(), std::fs::Permissions::from_mode(0o755)).expect("runs");
        std::fs::write(fake.path("journal"), "").expect("written");
        fake
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn program(&self) -> PathBuf {
        self.path("journalctl")
    }

    fn add(&self, entries: &[String]) {
        let mut journal = std::fs::OpenOptions::new().append(true).open(self.path("journal")).expect("opened");
        for entry in entries {
            writeln!(journal, "{entry}").expect("written");
        }
    }

    fn calls(&self) -> Vec<String> {
        std::fs::read_to_string(self.path("calls")).unwrap_or_default().lines().map(str::to_owned).collect()
    }

    fn start(&self, config: &SourceConfig) -> Reading {
        Reading::start(&self.program(), config, &self.shelf)
    }
}

/// A reader with a program of its own.
struct Reading {
    stop: Stop,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Reading {
    fn start(program: &Path, config: &SourceConfig, shelf: &Shelf) -> Self {
        // A kind is a plain function: the program's name reaches it by the thread's.
        fn with_the_threads_name(feed: &mut Feed<'_>) -> Result<(), Halt> {
            let program = std::thread::current().name().unwrap_or_default().to_owned();
            run_with(&program, feed)
        }
        let (spec, shelf, stop) = (spec(config), shelf.clone(), Stop::new());
        let ends = stop.clone();
        let kind = FeedKind { run: with_the_threads_name, ..KIND };
        let work = move || {
            let wake = Arc::new(Wake::default());
            ends.wakes(&wake);
            run(&kind, spec, Box::new(shelf), &ends, &wake);
        };
        let named = std::thread::Builder::new().name(program.display().to_string());
        Self { stop, thread: Some(named.spawn(work).expect("a thread")) }
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.stop.stop();
        let ended = self.thread.take().map(std::thread::JoinHandle::join);
        assert!(std::thread::panicking() || ended.is_none_or(|ended| ended.is_ok()), "the reader panicked");
    }
}

fn journald() -> SourceConfig {
    config("journald", Path::new(""))
}

#[test]
fn history_then_what_comes_and_only_once_after_a_restart() {
    let fake = Fake::new();
    let quoted = |text: &str| serde_json::to_string(text).expect("a text");
    fake.add(&[
        entry(1, &sale(1)),
        entry(2, &quoted("Started payment application.")),
        entry(3, "null"),
        entry(4, &bytes("{\"stan\":\"2\",\"code\":\"51\",\"host\":\"主机\"}".as_bytes())),
        entry(5, &bytes(&encoding_rs::GBK.encode("{\"stan\":\"3\",\"code\":\"51\",\"host\":\"主机\"}").0)),
        entry(6, &quoted("{\"stan\":\"4\",\"code\":\"00\"}\n{\"stan\":\"5\",\"code\":\"00\"}")),
        entry(7, &format!("[{},{}]", sale(6), sale(7))),
        entry(8, &quoted("{\"stan\":\"8\",\"co")),
        entry(9, &quoted("{\"stan\":\"9\",\"code\":null,\"state\":\"query-needed\",\"method\":\"scan-show\"}")),
        "not json at all".to_owned(),
    ]);
    let reading = fake.start(&journald());
    fake.shelf.until("history", |state| state.status.caught_up);
    assert_eq!(fake.shelf.stans(), ["1", "2", "3", "4", "5", "6", "7", "9"]);
    fake.shelf.with(|state| {
        assert_eq!((state.status.read, state.status.unreadable), (8, 2));
        let rows: Vec<_> = state.rows.values().collect();
        assert_eq!((rows[1].host.as_deref(), rows[2].host.as_deref()), (Some("主机"), Some("主机")));
        assert_eq!(rows[0].time.to_string(), "2026-11-21T01:30:05.000001+00:00");
        assert_eq!(rows[7].method.as_deref(), Some("scan-show"));
    });
    fake.add(&[entry(11, &sale(11))]);
    fake.shelf.until("the new one", |state| state.rows.len() == 9);
    let crashed = fake.shelf.after_crash();
    drop(reading);
    fake.add(&[entry(12, &sale(12))]);
    let again = Fake { shelf: crashed, ..fake };
    let _reading = again.start(&journald());
    again.shelf.until("the one that came meanwhile", |state| state.rows.len() == 10);
    assert_eq!(again.shelf.stans().last().map(String::as_str), Some("12"));
    // The row may come with history, before the child that follows has been started.
    again.shelf.until("the child that follows", |_| again.calls().last().is_some_and(|call| call.contains("--follow")));
    let calls = again.calls();
    assert!(calls[0].contains("--all") && !calls[0].contains("--after-cursor") && !calls[0].contains("--follow"));
    assert!(calls.last().is_some_and(|call| call.contains("--follow") && call.contains("--after-cursor=s=1;i=")));
}

#[test]
fn a_crash_at_any_commit_loses_nothing_and_repeats_nothing() {
    let fake = Fake::new();
    fake.add(&(1..=60).map(|at| entry(at, &sale(at))).collect::<Vec<_>>());
    let mut shelf = Shelf::default();
    for at in 61..=90 {
        let reading = Reading::start(&fake.program(), &journald(), &shelf);
        fake.add(&[entry(at, &sale(at))]);
        if at % 3 == 0 {
            shelf.until("some rows", |state| state.rows.len() as u64 >= 60);
        }
        // Whatever the store has at this moment is what the next reader finds.
        let left = shelf.after_crash();
        drop(reading);
        shelf = left;
    }
    let _reading = Reading::start(&fake.program(), &journald(), &shelf);
    shelf.until("all of them", |state| state.rows.len() == 90);
    let wanted: Vec<String> = (1..=90).map(|at| at.to_string()).collect();
    assert_eq!(shelf.stans(), wanted);
}

#[test]
fn a_child_that_dies_is_started_again_and_told() {
    let fake = Fake::new();
    fake.add(&[entry(1, &sale(1))]);
    std::fs::write(fake.path("broken"), "").expect("written");
    let _reading = fake.start(&journald());
    let said = "ended No journal files were opened due to insufficient permissions.";
    fake.shelf.until("its words", |state| state.status.error.as_deref() == Some(said) && state.status.caught_up);
    std::fs::remove_file(fake.path("broken")).expect("removed");
    fake.shelf.until("recovery", |state| state.rows.len() == 1 && state.status.error.is_none());
}

#[test]
fn without_journalctl_a_word_says_so() {
    let shelf = Shelf::default();
    let _reading = Reading::start(Path::new("/no/such/journalctl"), &journald(), &shelf);
    shelf.until("the word", |state| state.status.error.as_deref() == Some("no-journalctl") && state.status.caught_up);
}

#[test]
fn a_store_that_begins_anew_gets_everything_again() {
    let fake = Fake::new();
    fake.add(&(1..=5).map(|at| entry(at, &sale(at))).collect::<Vec<_>>());
    let _reading = fake.start(&journald());
    fake.shelf.until("history", |state| state.rows.len() == 5);
    fake.shelf.with(|state| state.anew = true);
    fake.add(&[entry(6, &sale(6))]);
    fake.shelf.until("everything again", |state| state.rows.len() == 6);
}

#[test]
fn patterns_need_no_time_because_the_message_has_one() {
    let fake = Fake::new();
    let text = |text: &str| serde_json::to_string(text).expect("a text");
    fake.add(&[entry(1, &text("TXN stan=7 rc=51")), entry(2, &text("heartbeat"))]);
    let patterns = vec![r"TXN stan=(?P<stan>\d+) rc=(?P<code>\w\w)".to_owned()];
    let config = SourceConfig { patterns, timezone: "+08:00".to_owned(), ..journald() };
    assert!(super::super::validate(&config).is_empty(), "{:?}", super::super::validate(&config));
    let _reading = fake.start(&config);
    fake.shelf.until("both", |state| state.rows.len() == 1 && state.status.unknown == 1);
    let time = fake.shelf.with(|state| state.rows.values().next().map(|sale| sale.time.to_string()));
    assert_eq!(time.as_deref(), Some("2026-11-21T09:30:05.000001+08:00"));
}

#[test]
fn filters_and_folder_reach_the_child() {
    let config = SourceConfig {
        units: vec!["pay.service".to_owned()],
        identifiers: vec!["pay".to_owned()],
        path: "/var/log/journal".into(),
        ..journald()
    };
    let argv = argv("journalctl", &config, "s=1;i=2", true);
    let wanted = ["--unit=pay.service", "--identifier=pay", "--directory=/var/log/journal", "--after-cursor=s=1;i=2"];
    assert_eq!(
        argv[argv.len() - 4..],
        ["--directory=/var/log/journal", "--unit=pay.service", "--identifier=pay", "--after-cursor=s=1;i=2"]
    );
    assert!(wanted.iter().all(|word| argv.iter().any(|have| have == word)));
}

/// A journal daemon of our own, in a namespace where its `/run` is a folder of this test.
struct Daemon {
    folder: tempfile::TempDir,
    program: Option<Piped>,
}

impl Daemon {
    fn start() -> Result<Self, String> {
        let daemon = "/usr/lib/systemd/systemd-journald";
        if !Path::new(daemon).exists() || !Path::new("/usr/bin/journalctl").exists() {
            return Err("no systemd-journald here".to_owned());
        }
        if !rustix::process::geteuid().is_root() {
            return Err("needs root for a mount namespace".to_owned());
        }
        let machine = std::fs::read_to_string("/etc/machine-id").unwrap_or_default();
        if machine.trim().len() != 32 {
            return Err("no machine id here".to_owned());
        }
        let folder = tempfile::tempdir().map_err(|fault| fault.to_string())?;
        let run = folder.path().join("run");
        std::fs::create_dir_all(run.join("systemd/journal")).map_err(|fault| fault.to_string())?;
        std::fs::create_dir_all(run.join("log/journal").join(machine.trim())).map_err(|fault| fault.to_string())?;
        let script = format!("mount --bind {} /run && exec {daemon}", run.display());
        let argv = ["unshare", "-m", "sh", "-c", &script].map(str::to_owned);
        let program = Piped::start(&argv).map_err(|fault| fault.to_string())?;
        let daemon = Self { folder, program: Some(program) };
        let began = Instant::now();
        while !daemon.run().join("systemd/journal/socket").exists() {
            if began.elapsed() > Duration::from_secs(20) {
                return Err(format!("the daemon did not start: {:?}", daemon.end()));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(daemon)
    }

    fn run(&self) -> PathBuf {
        self.folder.path().join("run")
    }

    fn end(mut self) -> Option<Ended> {
        self.program.take().map(Piped::end)
    }

    /// Sends a message by the daemon's native protocol.
    fn log(&self, identifier: &str, message: &[u8]) {
        let socket = std::os::unix::net::UnixDatagram::unbound().expect("a socket");
        let mut text = format!("SYSLOG_IDENTIFIER={identifier}\nMESSAGE\n").into_bytes();
        text.extend((message.len() as u64).to_le_bytes());
        text.extend_from_slice(message);
        text.push(b'\n');
        socket.send_to(&text, self.run().join("systemd/journal/socket")).expect("sent");
    }
}

#[test]
fn the_real_journal_is_followed() {
    let daemon = match Daemon::start() {
        Ok(daemon) => daemon,
        Err(why) => {
            println!("skipped: {why}");
            return;
        }
    };
    let message = |stan: u64| format!("{{\"stan\":\"{stan}\",\"code\":\"00\"}}").into_bytes();
    for stan in 1..=20 {
        daemon.log("pay", &message(stan));
        daemon.log("other", &message(1_000 + stan));
    }
    daemon.log("pay", &encoding_rs::GBK.encode("{\"stan\":\"21\",\"code\":\"51\",\"host\":\"主机\"}").0);
    let mut long = message(22);
    long.pop();
    long.extend(format!(",\"note\":\"{}\"}}", "x".repeat(6_000)).into_bytes());
    daemon.log("pay", &long);
    let config =
        SourceConfig { path: daemon.run().join("log/journal"), identifiers: vec!["pay".to_owned()], ..journald() };
    let mut shelf = Shelf::default();
    for round in 0..4_u64 {
        let running = Running::start(&config, &shelf);
        let wanted = 22 + round * 5;
        shelf.until("the rows so far", |state| state.rows.len() as u64 >= wanted && state.status.caught_up);
        for stan in 0..5 {
            daemon.log("pay", &message(23 + round * 5 + stan));
        }
        if round % 2 == 0 {
            shelf.until("what just came", |state| state.rows.len() as u64 == wanted + 5);
        }
        let left = shelf.after_crash();
        drop(running);
        shelf = left;
    }
    let _running = Running::start(&config, &shelf);
    shelf.until("all", |state| state.rows.len() == 42);
    let wanted: Vec<String> = (1..=42).map(|stan| stan.to_string()).collect();
    assert_eq!(shelf.stans(), wanted);
    let host = shelf.with(|state| state.rows.values().nth(20).and_then(|sale| sale.host.clone()));
    assert_eq!(host.as_deref(), Some("主机"));
}

#[test]
fn no_card_number_comes_through_whatever_field_and_form_it_stands_in() {
    let fake = Fake::new();
    let pans = ["6222021234567890123", "6200000000000000", "4111111111111111"];
    let mut entries = Vec::new();
    for pan in pans {
        let spaced = format!("{} {} {}", &pan[..4], &pan[4..8], &pan[8..]);
        for form in [pan.to_owned(), spaced, format!(";{pan}=30121010000000000?")] {
            for field in ["card", "host", "rrn", "text", "kind", "tid", "note"] {
                let line = format!("{{\"stan\":\"1\",\"code\":\"51\",\"{field}\":\"{form}\"}}");
                let number = entries.len() as u64 + 1;
                // As text, and as bytes where journalctl takes it for no text.
                let quoted = serde_json::to_string(&line).expect("a text");
                entries.push(entry(number, &if number.is_multiple_of(2) { bytes(line.as_bytes()) } else { quoted }));
            }
        }
    }
    let count = entries.len();
    fake.add(&entries);
    let _reading = fake.start(&journald());
    fake.shelf.until("history", |state| state.status.caught_up);
    fake.shelf.with(|state| {
        assert_eq!(state.rows.len(), count);
        let digits: String =
            format!("{:?}", state.rows).chars().filter(|sign| sign.is_ascii_digit() || *sign == '*').collect();
        for pan in pans {
            assert!(!digits.contains(pan), "{pan} came through");
            assert!(!digits.contains(&pan[4..]), "the end of {pan} came through");
        }
    });
}
