//! Evidence and verdict where scripts read them: `journal --json`.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const JOURNAL: &str = concat!(
    r#"{"time":"2026-11-21T09:00:00+08:00","code":"00","stan":"000001","rrn":"112112030500","card":"6222021234567890123","entry_mode":"051","latency_ms":900}"#,
    "\n",
    r#"{"time":"2026-11-21T09:10:00+08:00","code":"51","stan":"000002","rrn":"112112030501","card":"6222021234567890123","entry_mode":"051","latency_ms":1200,"host_time":"1121091007","issuer":"01020000"}"#,
    "\n",
    r#"{"time":"2026-11-21T09:20:00+08:00","code":"51","stan":"000003","rrn":"112112030502","card":"6222029876543210123","entry_mode":"051"}"#,
    "\n",
    r#"{"time":"2026-11-21T09:30:00+08:00","code":"51","stan":"000004","rrn":"112112030503","card":"6222029876543210123","entry_mode":"801"}"#,
    "\n",
    r#"{"time":"2026-11-21T09:40:00+08:00","method":"scan-pay","code":null,"state":"query-needed","stan":"000005","amount":100}"#,
    "\n",
);

/// Runs the console on the journal; one that never ends is a fault, not a hang.
fn told(words: &[&str]) -> Value {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    std::fs::write(path("journal.jsonl"), JOURNAL).unwrap();
    let config = format!("[[source]]\nname = \"app\"\npath = \"{}\"\n", path("journal.jsonl").display());
    std::fs::write(path("pos-console.toml"), config).unwrap();
    let out = std::fs::File::create(path("out.json")).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_pos-console"))
        .arg("--config")
        .arg(path("pos-console.toml"))
        .arg("--state-dir")
        .arg(path("state"))
        .args(words)
        .stdin(Stdio::null())
        .stdout(out)
        .spawn()
        .unwrap();
    let end = Instant::now() + Duration::from_mins(2);
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > end {
            child.kill().unwrap();
            panic!("{words:?} did not end");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    serde_json::from_str(&std::fs::read_to_string(path("out.json")).unwrap()).unwrap()
}

#[test]
fn every_refusal_in_the_journal_has_its_evidence_and_verdict() {
    let rows = told(&["journal", "--json"]);
    assert_eq!(rows[0]["outcome"], "approved");
    assert_eq!((&rows[0]["verdict"], &rows[0]["evidence"]), (&Value::Null, &Value::Null));
    let first = &rows[1];
    assert_eq!(first["evidence"]["answered"], true);
    assert_eq!(first["evidence"]["host_ahead_s"], 7);
    assert_eq!(first["evidence"]["issuer"], "01020000");
    assert_eq!(first["evidence"]["fallback"], false);
    assert_eq!(first["evidence"]["around"]["network"], Value::Null, "nobody looked");
    // Two cards that look alike once they are masked, told apart by their keys.
    let cards = json!({"sales": 3, "cards": 2, "exact": true, "banks": 1});
    assert_eq!(first["evidence"]["same_code"]["minutes_60"], cards);
    assert_eq!(first["evidence"]["same_card"], json!({"times": 1, "exact": true}));
    assert_eq!(first["verdict"]["who"], "issuer");
    assert_eq!(first["verdict"]["charged"], "no");
    assert_eq!(first["verdict"]["worked"], json!(["reader", "terminal", "line", "host"]));
    let again = &rows[3];
    assert_eq!(again["evidence"]["same_card"], json!({"times": 2, "exact": true}));
    assert_eq!((&again["verdict"]["rule"], &again["evidence"]["fallback"]), (&json!("funds-again"), &json!(true)));
    let open = &rows[4];
    assert_eq!(open["evidence"]["answered"], false);
    assert_eq!(open["verdict"]["who"], "nobody");
    assert_eq!((&open["verdict"]["charged"], &open["verdict"]["refund"]), (&json!("query"), &json!("wallet")));
    let text = rows.to_string();
    assert!(!text.contains("1234567890") && !text.contains("9876543210"), "a whole number: {text}");
}
