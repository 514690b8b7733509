//! Every form the journal can be written in, read by the real console: the same days of the same shop, with the same
//! verdicts from the same evidence. What an application pushes to a socket is the JSON form.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::sim;

/// Everything that was answered on this day, as far as every form can tell it.
fn answered(dir: &Path, day: &str) -> BTreeSet<[String; 9]> {
    let out = Command::new(env!("CARGO_BIN_EXE_pos-console"))
        .arg("--config")
        .arg(dir.join("pos-console.toml"))
        .arg("--state-dir")
        .arg(dir.join("state"))
        .args(["journal", "--limit", "0", "--json"])
        .output()
        .expect("pos-console starts");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let rows: Vec<Value> = serde_json::from_slice(&out.stdout).expect("a list");
    // Who starts it soon after midnight finds a shop that opened once more the evening before, some hours ago to the
    // millisecond: no two of them are alike.
    let late = format!("{day}T21:40");
    let of_the_day = |time: &str| time.starts_with(day) && *time < *late;
    rows.iter()
        .filter(|row| row["code"].is_string() && row["time"].as_str().is_some_and(of_the_day))
        .map(|row| {
            let card = if row["entry_mode"].as_str().is_some_and(|mode| mode.starts_with("03")) { "" } else { "card" };
            let [time, kind, amount, stan, rrn, code, mode, card] =
                ["time", "kind", "amount", "stan", "rrn", "code", "entry_mode", card].map(|key| row[key].to_string());
            // What is wrong now counts for the newest sale only, and who asks an agent hears of more.
            let evening = row["time"].as_str().is_some_and(|time| time > format!("{day}T20").as_str());
            let verdict = &row["verdict"];
            let told = if evening || verdict.is_null() {
                String::new()
            } else {
                let [rule, who, charged] = ["rule", "who", "charged"].map(|key| verdict[key].to_string());
                format!("{rule} {who} {charged} {}", row["evidence"]["same_code"]["hours_24"]["cards"])
            };
            [time, kind, amount, stan, rrn, code, mode, card, format!("{} {told}", row["outcome"])]
        })
        .collect()
}

/// An agent that ends with its test.
struct Agent(Child);

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Takes the journal out of this folder's configuration and pushes its lines to a socket instead, each answered before
/// anybody asks for it.
fn pushed(dir: &Path) -> Agent {
    let socket = dir.join("sales.sock");
    let config = dir.join("pos-console.toml");
    let journal = dir.join("journal.jsonl");
    let text = std::fs::read_to_string(&config).expect("config");
    let path = |path: &Path| format!("path = \"{}\"", path.display());
    let kind = "kind = \"jsonl\"";
    assert!(text.contains(&path(&journal)) && text.contains(kind), "{text}");
    let text = text.replace(&path(&journal), &path(&socket)).replace(kind, "kind = \"socket\"\nack = true");
    std::fs::write(&config, text).expect("written");
    let agent = Command::new(env!("CARGO_BIN_EXE_pos-console"))
        .arg("--config")
        .arg(&config)
        .arg("--state-dir")
        .arg(dir.join("state"))
        .arg("agent")
        .spawn()
        .expect("pos-console starts");
    let agent = Agent(agent);
    let end = Instant::now() + Duration::from_mins(2);
    let mut stream = loop {
        match UnixStream::connect(&socket) {
            Ok(stream) => break stream,
            Err(fault) => assert!(Instant::now() < end, "nobody listens: {fault}"),
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    stream.set_read_timeout(Some(Duration::from_mins(2))).expect("a time limit");
    let mut answers = BufReader::new(stream.try_clone().expect("its other half"));
    let lines = std::fs::read_to_string(&journal).expect("journal");
    stream.write_all(lines.as_bytes()).expect("pushed");
    for (number, line) in lines.lines().enumerate() {
        let mut answer = String::new();
        answers.read_line(&mut answer).expect("an answer");
        assert_eq!(answer.trim_end(), format!("{{\"ack\":{}}}", number + 1), "{line}");
    }
    agent
}

#[test]
fn the_console_reads_the_same_sales_out_of_every_form() {
    let today = || jiff::Zoned::now().date();
    // Two runs on both sides of a midnight are two histories.
    for _ in 0..2 {
        let before = today();
        let yesterday = before.yesterday().expect("a day").to_string();
        let read: Vec<(&str, BTreeSet<[String; 9]>)> = ["jsonl", "text", "jpos", "iso8583", "sqlite", "socket"]
            .into_iter()
            .map(|format| {
                let dir = tempfile::tempdir().expect("folder");
                let here = dir.path().to_str().expect("a plain path");
                let form = if format == "socket" { "jsonl" } else { format };
                let run = ["run", "--dir", here, "--format", form, "--history", "1", "--customers", "0", "--instant"];
                let done = sim(&run);
                assert!(done.status.success(), "{format}: {}", String::from_utf8_lossy(&done.stderr));
                let _agent = (format == "socket").then(|| pushed(dir.path()));
                (format, answered(dir.path(), &yesterday))
            })
            .collect();
        if today() != before {
            continue;
        }
        let (_, first) = &read[0];
        assert!(first.len() > 100, "{}", first.len());
        for (format, rows) in &read[1..] {
            let odd: Vec<_> = first.symmetric_difference(rows).take(6).collect();
            assert!(odd.is_empty(), "{format}: {} against {} rows: {odd:#?}", rows.len(), first.len());
        }
        return;
    }
}
