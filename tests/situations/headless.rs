//! Evidence and verdict where scripts and people without a screen read them: `journal` and `explain`.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

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

/// A folder with the journal, and the console on it.
struct Shop {
    dir: TempDir,
}

impl Shop {
    fn new() -> Self {
        Self::with(JOURNAL)
    }

    fn with(journal: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        std::fs::write(path("journal.jsonl"), journal).unwrap();
        let config = format!("[[source]]\nname = \"app\"\npath = \"{}\"\n", path("journal.jsonl").display());
        std::fs::write(path("pos-console.toml"), config).unwrap();
        Self { dir }
    }

    fn start(&self, words: &[&str], out: Stdio) -> Child {
        Command::new(env!("CARGO_BIN_EXE_pos-console"))
            .arg("--config")
            .arg(self.dir.path().join("pos-console.toml"))
            .arg("--state-dir")
            .arg(self.dir.path().join("state"))
            .args(words)
            .stdin(Stdio::null())
            .stdout(out)
            .spawn()
            .unwrap()
    }

    /// What it prints; one that never ends is a fault, not a hang.
    fn says(&self, words: &[&str]) -> String {
        let path = self.dir.path().join("out");
        let mut child = self.start(words, std::fs::File::create(&path).unwrap().into());
        let end = Instant::now() + Duration::from_mins(2);
        while child.try_wait().unwrap().is_none() {
            if Instant::now() > end {
                child.kill().unwrap();
                panic!("{words:?} did not end");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        std::fs::read_to_string(path).unwrap()
    }

    fn told(&self, words: &[&str]) -> Value {
        serde_json::from_str(&self.says(words)).unwrap()
    }
}

/// The file of parameters is looked at where no agent has: without one the same is said as with one.
#[test]
fn a_code_about_the_terminal_is_judged_by_its_parameters() {
    for (code, parameters, rule) in [
        ("97", "TID = 87654321", "terminal-number"),
        ("97", "tid=12345678 ; as on the label\nlimit_single=50000\napp_version=1.3", "terminal-right"),
        ("58", "tid=87654321", "terminal-number"),
        ("61", "tid=12345678\nlimit_single=40000", "limit-params"),
        ("61", "tid=12345678\nlimit_single=50,000.00", "limit"),
        ("20", "tid=12345678\napp_version=1.2", "old-params"),
    ] {
        let line = format!(
            r#"{{"time":"2026-11-21T09:00:00+08:00","code":"{code}","tid":"12345678","rrn":"112112030500","card":"6222021234567890123"}}"#
        );
        let shop = Shop::with(&format!("{line}\n"));
        let path = |name: &str| shop.dir.path().join(name);
        std::fs::write(path("params.ini"), parameters).unwrap();
        let config = std::fs::read_to_string(path("pos-console.toml")).unwrap();
        let expected = "limit_single = \"50000\"\napp_version = \"1.3\"";
        let settings = format!("[parameters]\nfile = \"params.ini\"\n[parameters.expected]\n{expected}\n");
        std::fs::write(path("pos-console.toml"), format!("{config}{settings}")).unwrap();
        let told = shop.told(&["journal", "--json"]);
        assert_eq!(told[0]["verdict"]["rule"], rule, "{code} {parameters}");
    }
}

/// An agent that ends with its test.
struct Agent(Child);

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn every_refusal_in_the_journal_has_its_evidence_and_verdict() {
    let rows = Shop::new().told(&["journal", "--json"]);
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

#[test]
fn the_text_of_the_journal_says_who_refused_and_whose_job_it_is() {
    let shop = Shop::new();
    let text = shop.says(&["--lang", "en", "journal"]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 9, "five rows, four of them with a verdict: {text}");
    assert!(lines[0].contains("approved") && !lines[1].starts_with(' '), "{text}");
    assert_eq!(
        lines[2],
        "    The card's bank answered: Not enough available money. Another card, QR or a smaller amount. \
         Whose job: the customer (another card, QR, or the number on the card)."
    );
    assert!(lines[8].starts_with("    The QR payment has no result yet: query it first"), "{text}");
    let text = shop.says(&["--lang", "zh", "journal", "--declined", "--limit", "1"]);
    let (row, verdict) = text.trim_end().split_once('\n').unwrap();
    assert!(row.contains("000004"), "{text}");
    assert!(verdict.starts_with("    发卡行") && verdict.contains("该办的人"), "{text}");
    assert!(verdict.contains("已试2次"), "the keys of the first run are gone, the journal is not: {text}");
    assert!(!shop.says(&["journal", "--csv"]).contains("    "));
}

#[test]
fn explain_knows_the_last_refusal_of_an_agent_that_runs() {
    let shop = Shop::new();
    // Nobody to ask: the code is explained, nothing is claimed about this terminal.
    assert_eq!(shop.told(&["explain", "51", "--json"])["last"], Value::Null);
    let _agent = Agent(shop.start(&["agent"], Stdio::null()));
    let end = Instant::now() + Duration::from_mins(2);
    let last = loop {
        let last = shop.told(&["explain", "51", "--json"])["last"].take();
        // The journal may not be read to its end yet.
        if last["stan"] == "000004" {
            break last;
        }
        assert!(Instant::now() < end, "the agent never told: {last}");
        std::thread::sleep(Duration::from_millis(50));
    };
    assert_eq!(last["evidence"]["same_card"], json!({"times": 2, "exact": true}));
    assert_eq!(last["evidence"]["same_code"]["hours_24"]["cards"], 2);
    assert_eq!((&last["verdict"]["rule"], &last["verdict"]["job"]), (&json!("funds-again"), &json!("customer")));
    let text = shop.says(&["--lang", "en", "explain", "51"]);
    let end: Vec<&str> = text.lines().rev().take(2).collect();
    assert!(end[1].starts_with("Last on this terminal: 2026-11-21T09:30:00+08:00, STAN 000004, reference"), "{text}");
    assert!(end[0].contains("this card was tried 2 times"), "{text}");
    assert!(shop.says(&["--lang", "zh", "explain", "51"]).contains("本机最近一次："), "{text}");
    // A code that never occurred here has no last one.
    assert_eq!(shop.told(&["explain", "61", "--json"])["last"], Value::Null);
    assert!(!shop.says(&["--lang", "en", "explain", "61"]).contains("Last on this terminal"));
}

/// A code that leaves the outcome open is an answer only where something proves one; what is open is said in its words.
#[test]
fn a_code_alone_is_no_proof_that_a_host_answered() {
    let line = |stan: u32, code: &str, more: &str| {
        format!(
            "{{\"time\":\"2026-11-21T09:0{stan}:00+08:00\",\"code\":\"{code}\",\"stan\":\"00000{stan}\",\"amount\":100{more}}}\n"
        )
    };
    let proved = ",\"rrn\":\"112112030501\"";
    let shop = Shop::with(&[line(1, "98", ""), line(2, "98", proved), line(3, "09", proved)].concat());
    let text = shop.says(&["--lang", "en", "journal"]);
    let told: Vec<&str> = text.lines().filter(|line| line.starts_with(' ')).collect();
    assert!(told[0].contains("By its code the outcome is open") && !told[0].contains("The host answered"), "{text}");
    assert!(told[1].contains("The host answered, but the outcome is open: No answer from the card's bank"), "{text}");
    assert!(told[2].contains("Still being processed"), "{text}");
    assert!(told.iter().all(|line| line.contains("do not charge again")), "{text}");
    let text = shop.says(&["--lang", "zh", "journal"]);
    assert!(text.contains("不能确定有没有主机答复") && text.matches("主机答复了").count() == 2, "{text}");
}

/// A site's own words take effect; a file with a fault is left out whole and named with its line, and a configuration
/// that holds one is not called good.
#[test]
fn a_site_s_own_code_table_counts_and_a_faulty_one_is_refused() {
    let shop = Shop::new();
    let codes = shop.dir.path().join("codes");
    std::fs::create_dir(&codes).unwrap();
    std::fs::write(codes.join("10-ours.toml"), "profile = \"unionpay\"\n[codes]\n51 = { en = \"Our words\" }\n")
        .unwrap();
    assert_eq!(shop.told(&["--lang", "en", "explain", "51", "--json"])["meaning"], "Our words");
    let check = || shop.start(&["--lang", "en", "config", "check"], Stdio::null()).wait().unwrap().code();
    assert_eq!(check(), Some(0));
    let bad = "profile = \"unionpay\"\n[codes]\n51 = { en = \"Bad\", retry = \"perhaps\" }\n";
    std::fs::write(codes.join("20-bad.toml"), bad).unwrap();
    assert_eq!(shop.told(&["--lang", "en", "explain", "51", "--json"])["meaning"], "Our words");
    assert_eq!(check(), Some(78));
    assert!(shop.says(&["--lang", "en", "config", "check"]).is_empty(), "it is called good");
    // Who reads the sentence alone learns the rule too: who answered, whether to try again, since when.
    let text = shop.says(&["--lang", "en", "explain", "57", "--profile", "visa"]);
    assert!(text.contains("category 1") && text.contains("2026-10-25"), "{text}");
}

/// One sale reversed because of a fault at the terminal, one voided by card and amount, one that stands.
const UNDONE: &str = concat!(
    r#"{"time":"2026-11-21T09:00:00+08:00","code":"00","stan":"000001","rrn":"112112030501","amount":100,"card":"6222021234567890123"}"#,
    "\n",
    r#"{"time":"2026-11-21T09:01:00+08:00","code":"00","stan":"000002","rrn":"112112030502","amount":200,"card":"6222029876543210123"}"#,
    "\n",
    r#"{"time":"2026-11-21T09:02:00+08:00","code":"00","stan":"000003","rrn":"112112030503","amount":300,"card":"6222029876543210123"}"#,
    "\n",
    r#"{"time":"2026-11-21T09:03:00+08:00","kind":"reversal","code":"96","state":"sent","stan":"000001","amount":100}"#,
    "\n",
    r#"{"time":"2026-11-21T09:03:02+08:00","kind":"reversal","code":"00","stan":"000001","rrn":"112112030504","amount":100}"#,
    "\n",
    r#"{"time":"2026-11-21T09:04:00+08:00","kind":"void","code":"00","stan":"000004","rrn":"112112030505","amount":200,"card":"6222029876543210123"}"#,
    "\n",
    r#"{"time":"2026-11-21T09:05:00+08:00","kind":"reversal","code":"06","state":"sent","stan":"000005","amount":500}"#,
    "\n",
);

#[test]
fn what_was_undone_reads_as_approved_nowhere() {
    let shop = Shop::with(UNDONE);
    let rows = shop.told(&["journal", "--json"]);
    let outcomes: Vec<&str> = rows.as_array().unwrap().iter().map(|row| row["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["reversed", "reversed", "approved", "reversed", "approved", "pending"]);
    let undone = |at: usize| (rows[at]["verdict"]["rule"].clone(), rows[at]["evidence"]["undone"]["kind"].clone());
    assert_eq!(undone(0), (json!("reversed"), json!("reversal")));
    assert_eq!(undone(1), (json!("voided"), json!("void")));
    assert_eq!((&rows[0]["verdict"]["charged"], &rows[0]["verdict"]["refund"]), (&json!("reversed"), &json!("issuer")));
    // A reversal that was only sent carries the reason, and nobody has answered.
    assert_eq!((&rows[5]["code"], &rows[5]["evidence"]["answered"]), (&json!("06"), &json!(false)));
    assert_eq!(shop.told(&["journal", "--declined", "--json"]), json!([]));
    let csv = shop.says(&["journal", "--csv"]);
    assert_eq!(csv.lines().filter(|line| line.contains(",approved,")).count(), 2, "{csv}");
    assert!(csv.lines().nth(1).unwrap().contains(",00,reversed,"), "{csv}");
    let text = shop.says(&["--lang", "en", "journal"]);
    assert!(text.lines().next().unwrap().contains("reversed"), "{text}");
    assert!(text.contains("    This sale was voided at the till"), "{text}");
    let home = shop.says(&["--lang", "en", "show", "0"]);
    assert!(home.contains("void") && !home.contains("000002"), "{home}");
    let open = shop.says(&["--lang", "en", "show", "33"]);
    assert!(open.contains("reversal sent, no answer yet"), "{open}");
    assert!(open.contains("sale reversed") && !open.contains("approved"), "{open}");
}

/// As it is written by an application that masks its numbers itself.
fn masked(journal: &str) -> String {
    journal.replace("6222021234567890123", "622202*********0123").replace("6222029876543210123", "622202*********0123")
}

/// A request that shows the card, and an answer that leaves it out.
const ASKED: &str = concat!(
    r#"{"time":"2026-11-21T09:50:00+08:00","code":null,"state":"sent","stan":"000006","card":"6222029876543210123"}"#,
    "\n",
    r#"{"time":"2026-11-21T09:50:02+08:00","code":"51","stan":"000006","rrn":"112112030506","latency_ms":1200,"amount":1,"entry_mode":"051"}"#,
    "\n",
);

#[test]
fn after_a_restart_cards_are_counted_as_before_as_far_as_the_journal_shows_them() {
    let same = |journal: &str, sales: u64, cards: u64, exact: bool| {
        let shop = Shop::with(journal);
        for run in ["first", "second", "third"] {
            let rows = shop.told(&["journal", "--declined", "--json"]);
            let last = &rows[rows.as_array().unwrap().len() - 1]["evidence"];
            let told = &last["same_code"]["hours_24"];
            assert_eq!(
                (&told["sales"], &told["cards"], &told["exact"]),
                (&json!(sales), &json!(cards), &json!(exact)),
                "{run}"
            );
            assert_eq!(last["same_card"], json!({"times": if exact { 2 } else { sales }, "exact": exact}), "{run}");
        }
        shop
    };
    same(JOURNAL, 3, 2, true);
    // Of numbers that were masked nobody can tell whether they are one card: at least one.
    let shop = same(&masked(JOURNAL), 3, 1, false);
    let text = shop.says(&["--lang", "en", "journal", "--declined", "--limit", "1"]);
    assert!(text.contains("most likely this card was tried 3 times"), "{text}");
    // Nothing of it is stored: no whole number is found in the state folder.
    let shop = Shop::with(&format!("{JOURNAL}{ASKED}"));
    for _ in 0..2 {
        let rows = shop.told(&["journal", "--declined", "--json"]);
        let told = &rows[3]["evidence"]["same_code"]["hours_24"];
        assert_eq!(*told, json!({"sales": 4, "cards": 2, "exact": true, "banks": 1}), "{rows}");
    }
    for file in std::fs::read_dir(shop.dir.path().join("state")).unwrap() {
        let path = file.unwrap().path();
        let Ok(bytes) = std::fs::read(&path) else { continue };
        for card in [&b"6222021234567890123"[..], b"6222029876543210123"] {
            assert!(!bytes.windows(card.len()).any(|part| part == card), "{}", path.display());
        }
    }
}

/// Walks with the first answer each time until the end.
fn walk(shop: &Shop, id: &str) -> Value {
    let mut answers = String::new();
    loop {
        let told = shop.told(&["playbook", id, "--answers", &answers, "--json"]);
        if !told["end"].is_null() {
            return told;
        }
        assert!(answers.len() < 60, "{id} has no end: {told}");
        assert_eq!(told["kept"], Value::Null, "nothing is kept before an end");
        answers += &told["ask"]["answers"][0]["n"].to_string();
    }
}

#[test]
fn the_end_of_a_playbook_is_kept_and_says_so_or_says_that_it_is_not() {
    let shop = Shop::new();
    let told = walk(&shop, "PPIN");
    assert_eq!(told["kept"], true, "{told}");
    let path = told["path"].as_str().unwrap();
    let text = shop.says(&["--lang", "en", "playbook", "PPIN", "--answers", path]);
    assert!(text.trim_end().ends_with("The end is kept in 12 EVENTS."), "{text}");
    let events = shop.says(&["--lang", "en", "show", "12"]);
    let title = text.lines().next().and_then(|line| line.strip_prefix("PPIN ")).unwrap();
    assert!(events.contains(&format!("Step by step, {title}")), "{events}");
    assert!(shop.says(&["--lang", "zh", "playbook", "PPIN", "--answers", path]).contains("12"), "{text}");
    // A state folder that cannot be one: the agent lives in memory and forgets.
    let shop = Shop::new();
    std::fs::write(shop.dir.path().join("state"), "a file where a folder belongs").unwrap();
    assert_eq!(walk(&shop, "PPIN")["kept"], false);
    let text = shop.says(&["--lang", "en", "playbook", "PPIN", "--answers", path]);
    assert!(text.contains("This end was not kept"), "{text}");
}

/// Its word on the way was once lost to every second question: no row, no reason, and an exit code of success.
#[test]
fn a_journal_that_cannot_be_read_is_told_every_time() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sales.db");
    std::fs::write(&path, "no database\n".repeat(400)).unwrap();
    let source = format!("[[source]]\nname = \"app\"\nkind = \"sqlite\"\npath = \"{}\"\n", path.display());
    std::fs::write(dir.path().join("pos-console.toml"), source + "table = \"sales\"\norder = \"id\"\n").unwrap();
    for round in 0..6 {
        let out = Command::new(env!("CARGO_BIN_EXE_pos-console"))
            .args(["--lang", "en", "--config"])
            .arg(dir.path().join("pos-console.toml"))
            .arg("--state-dir")
            .arg(dir.path().join(format!("state-{round}")))
            .args(["journal", "--json"])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(66), "round {round}: {told}");
        assert!(told.contains("sales.db") && told.contains("no SQLite file"), "round {round}: {told}");
        assert_eq!(out.stdout.trim_ascii(), b"[]");
    }
}
