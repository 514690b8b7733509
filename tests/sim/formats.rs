//! Every form the journal can be written in, read by the real console: the same days of the same shop.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::sim;

/// Everything that was answered on this day, as far as every form can tell it.
fn answered(dir: &Path, day: &str) -> BTreeSet<[String; 8]> {
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
    rows.iter()
        .filter(|row| row["code"].is_string() && row["time"].as_str().is_some_and(|time| time.starts_with(day)))
        .map(|row| {
            let card = if row["entry_mode"].as_str().is_some_and(|mode| mode.starts_with("03")) { "" } else { "card" };
            ["time", "kind", "amount", "stan", "rrn", "code", "entry_mode", card].map(|key| row[key].to_string())
        })
        .collect()
}

#[test]
fn the_console_reads_the_same_sales_out_of_every_form() {
    let today = || jiff::Zoned::now().date();
    // Two runs on both sides of a midnight are two histories.
    for _ in 0..2 {
        let before = today();
        let yesterday = before.yesterday().expect("a day").to_string();
        let read: Vec<(&str, BTreeSet<[String; 8]>)> = ["jsonl", "text", "jpos", "iso8583", "sqlite"]
            .into_iter()
            .map(|format| {
                let dir = tempfile::tempdir().expect("folder");
                let here = dir.path().to_str().expect("a plain path");
                let run = ["run", "--dir", here, "--format", format, "--history", "1", "--customers", "0", "--instant"];
                let done = sim(&run);
                assert!(done.status.success(), "{format}: {}", String::from_utf8_lossy(&done.stderr));
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
