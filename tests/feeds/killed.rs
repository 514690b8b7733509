//! kill -9 of the reader at any moment: every row is there once.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use pos_console::config::SourceConfig;

use crate::desk::{Desk, job, start};
use crate::sqlite::Shop;

/// A reader in a process of its own, whose store is on the medium every few milliseconds.
#[test]
fn reader_process() {
    let Some(words) = job("reader_process") else { return };
    let config: SourceConfig = serde_json::from_str(&words[1]).expect("settings");
    let desk = Desk::open(Some(Path::new(&words[0])), &config);
    loop {
        std::thread::sleep(Duration::from_millis(7));
        // It is killed some day.
        if desk.counter.store.settle().is_err() {
            return;
        }
    }
}

fn reader(state: &Path, config: &SourceConfig) -> std::process::Child {
    let config = serde_json::to_string(config).expect("settings");
    start("killed::reader_process", &[&state.display().to_string(), &config])
}

#[test]
fn a_database_is_read_once_whenever_the_reader_dies() {
    let shop = Shop::new("WAL");
    let state = shop.folder.path().join("state");
    let mut written = 0;
    for round in 0..12_u64 {
        let mut child = reader(&state, &shop.config());
        for burst in 0..4 {
            let rows = 1 + (round * 5 + burst) % 9;
            let text: Vec<String> = (written + 1..=written + rows)
                .map(|stan| format!("INSERT INTO sales(time, stan, code) VALUES('2026-11-21 09:30:05', {stan}, '00');"))
                .collect();
            shop.sql(&text.concat());
            written += rows;
        }
        std::thread::sleep(Duration::from_millis(round * 17 % 120));
        child.kill().expect("killed");
        let _ = child.wait();
    }
    let desk = Desk::open(Some(&state), &shop.config());
    desk.until("all rows, each once", |desk| desk.stans() == (1..=written).collect::<Vec<_>>());
}

#[test]
fn what_a_socket_answered_survives_kill_9() {
    let folder = tempfile::tempdir().expect("a folder");
    let (state, path) = (folder.path().join("state"), folder.path().join("sales.sock"));
    let config = SourceConfig { kind: "socket".into(), path: path.clone(), ack: true, ..SourceConfig::default() };
    let (mut stan, mut answered) = (0_u64, Vec::new());
    for round in 0..8_u64 {
        let mut child = reader(&state, &config);
        let began = Instant::now();
        let mut stream = loop {
            match UnixStream::connect(&path) {
                Ok(stream) => break stream,
                Err(fault) => assert!(began.elapsed() < Duration::from_secs(40), "{fault}"),
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let mut answers = BufReader::new(stream.try_clone().expect("an ear"));
        let first = stan + 1;
        let mut sent = 0;
        for at in 0..40_u64 {
            stan += 1;
            let line = format!("{{\"time\":\"2026-11-21T09:30:05Z\",\"code\":\"00\",\"stan\":\"{stan}\"}}\n");
            if stream.write_all(line.as_bytes()).is_err() {
                break;
            }
            sent += 1;
            let mut text = String::new();
            if at < 20 + round && answers.read_line(&mut text).is_ok_and(|got| got > 0) {
                let number: u64 =
                    text.trim().trim_start_matches("{\"ack\":").trim_end_matches('}').parse().expect("a number");
                answered.push(first + number - 1);
            }
        }
        assert!(sent > 0);
        child.kill().expect("killed");
        let _ = child.wait();
        // What it had still sent as answers counts as well.
        for line in answers.lines().map_while(Result::ok) {
            let number: Option<u64> = line.trim_start_matches("{\"ack\":").trim_end_matches('}').parse().ok();
            answered.extend(number.map(|number| first + number - 1));
        }
    }
    let desk = Desk::open(Some(&state), &config);
    desk.until("the store", |desk| desk.status().caught_up);
    let stored = desk.stans();
    let mut once = stored.clone();
    once.dedup();
    assert_eq!(stored, once, "a line twice");
    let lost: Vec<_> = answered.iter().filter(|stan| !stored.contains(stan)).collect();
    assert!(lost.is_empty() && answered.len() >= 8 * 20, "answered and lost: {lost:?} of {}", answered.len());
}
