//! The payment application's database: read while it is written to, never in its way.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pos_console::config::SourceConfig;
use pos_console::model::{MaskedPan, Outcome, SaleState, Stamp};
use rusqlite::Connection;

use crate::desk::{Desk, done, job, start};

const SCHEMA: &str = "CREATE TABLE sales(id INTEGER PRIMARY KEY, time TEXT, method TEXT, amount INTEGER, stan TEXT, \
                      rrn TEXT, code TEXT, state TEXT, card TEXT, track2 TEXT, changed INTEGER DEFAULT 0);";

pub struct Shop {
    pub folder: tempfile::TempDir,
}

impl Shop {
    pub fn new(mode: &str) -> Self {
        let shop = Self { folder: tempfile::tempdir().expect("a folder") };
        shop.sql(&format!("PRAGMA journal_mode = {mode}; {SCHEMA}"));
        shop
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("sales#1%.db")
    }

    pub fn config(&self) -> SourceConfig {
        SourceConfig { kind: "sqlite".into(), path: self.path(), table: "sales".into(), ..SourceConfig::default() }
    }

    /// Has another process run this.
    pub fn sql(&self, text: &str) {
        done("sqlite::sql_process", &[&self.path().display().to_string(), text]);
    }

    fn add(&self, from: u64, count: u64) {
        let rows: Vec<String> = (from..from + count).map(insert).collect();
        self.sql(&format!("BEGIN; {} COMMIT;", rows.concat()));
    }
}

fn insert(stan: u64) -> String {
    format!(
        "INSERT INTO sales(time, amount, stan, rrn, code, card, track2) VALUES('2026-11-21 09:30:05', {stan}, '{stan}', \
         '{stan:012}', '00', '6222021234567890123', '6222021234567890123=30122010000');"
    )
}

/// The other process of [`Shop::sql`].
#[test]
fn sql_process() {
    let Some(words) = job("sql_process") else { return };
    let conn = Connection::open(&words[0]).expect("opened");
    conn.busy_timeout(Duration::from_secs(10)).expect("patience");
    conn.execute_batch(&words[1]).expect("done");
    if words.get(2).is_some_and(|how| how == "abort") {
        std::process::abort();
    }
}

/// A writer without any patience: prints how many rows it wrote and how often it was told to wait.
#[test]
fn hammer_process() {
    let Some(words) = job("hammer_process") else { return };
    let (from, count): (u64, u64) = (words[1].parse().expect("from"), words[2].parse().expect("count"));
    let conn = Connection::open(&words[0]).expect("opened");
    conn.busy_timeout(Duration::ZERO).expect("no patience");
    let mut busy = 0;
    for stan in from..from + count {
        let update =
            format!("UPDATE sales SET state = 'timeout', code = NULL, changed = {stan} WHERE stan = '{}';", stan - 1);
        let change = if stan % 7 == 0 { update.as_str() } else { "" };
        while let Err(fault) = conn.execute_batch(&format!("BEGIN IMMEDIATE; {change} {} COMMIT;", insert(stan))) {
            let waits = fault.sqlite_error_code();
            assert!(
                matches!(waits, Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked)),
                "{fault}"
            );
            busy += 1;
            let _ = conn.execute_batch("ROLLBACK");
        }
        // Now and then a shop is quiet, and now and then it is not at all.
        std::thread::sleep(Duration::from_millis(if stan % 50 < 25 { 0 } else { stan * 7 % 60 }));
    }
    println!("busy={busy}");
}

fn hammered(mode: &str) {
    let shop = Shop::new(mode);
    shop.add(1, 100);
    let config = SourceConfig { relook: 50, ..shop.config() };
    let desk = Desk::open(None, &config);
    let writer = start("sqlite::hammer_process", &[&shop.path().display().to_string(), "101", "300"]);
    let output = writer.wait_with_output().expect("ended");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{mode}: {text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("busy=0"), "{mode}: the writer had to wait: {text}");
    desk.until("all rows, each once", |desk| desk.stans() == (1..=400).collect::<Vec<_>>());
    // Rows that changed stand as they are now.
    let changed = |stan: u64| (stan + 1).is_multiple_of(7) && (100..400).contains(&stan);
    desk.until("the changes", |desk| {
        desk.sales().iter().all(|sale| {
            let stan = sale.stan.as_deref().and_then(|stan| stan.parse().ok()).unwrap_or(0);
            sale.outcome == if changed(stan) { Outcome::NoResponse } else { Outcome::Approved }
        })
    });
    assert_eq!(desk.status().error, None);
}

#[test]
fn a_writer_with_a_log_never_waits_for_us() {
    hammered("WAL");
}

#[test]
fn a_writer_with_a_rollback_journal_never_waits_for_us() {
    for mode in ["DELETE", "PERSIST", "TRUNCATE"] {
        hammered(mode);
    }
}

#[test]
fn nothing_is_made_or_changed_beside_the_database() {
    for mode in ["WAL", "DELETE"] {
        let shop = Shop::new(mode);
        shop.add(1, 20);
        let list = || {
            let mut names: Vec<_> = std::fs::read_dir(shop.folder.path())
                .expect("a folder")
                .map(|entry| {
                    let entry = entry.expect("an entry");
                    (entry.file_name(), entry.metadata().expect("there").modified().expect("a time"))
                })
                .collect();
            names.sort();
            names
        };
        let before = list();
        let desk = Desk::open(None, &shop.config());
        desk.until("the rows", |desk| desk.stans().len() == 20);
        drop(desk);
        assert_eq!(before, list(), "{mode}");
    }
}

#[test]
fn no_card_data_and_no_unmapped_column_comes_through() {
    let shop = Shop::new("WAL");
    shop.add(1, 1);
    shop.sql(
        "INSERT INTO sales(time, method, amount, stan, code, state) VALUES(1795224606, 'scan-show', 5, 2, NULL, 'query-needed');
         INSERT INTO sales(time, method, amount, stan, code) VALUES('20261121093007', 'wallet', 7, 3, '05');",
    );
    let desk = Desk::open(None, &shop.config());
    desk.until("the rows", |desk| desk.stans() == [1, 2, 3]);
    let sales = desk.sales();
    assert_eq!(sales[0].card.as_ref().map(MaskedPan::as_str), Some("622202*********0123"));
    let all = serde_json::to_string(&sales).expect("text");
    assert!(!all.contains("6222021234567890123") && !all.contains("3012201"), "{all}");
    assert_eq!((sales[1].method.as_deref(), sales[1].state), (Some("scan-show"), Some(SaleState::QueryNeeded)));
    assert_eq!(sales[1].time.to_string(), "2026-11-21T01:30:06+00:00");
    assert_eq!((sales[2].method.as_deref(), sales[2].code.as_deref()), (Some("wallet"), Some("05")));
}

#[test]
fn an_answer_takes_the_place_of_its_request_and_a_reversal_of_its_sale() {
    let shop = Shop::new("WAL");
    shop.sql(
        "INSERT INTO sales(time, amount, stan, state) VALUES('2026-11-21 09:30:05', 5, '1', 'sent');
         INSERT INTO sales(time, amount, stan, code) VALUES('2026-11-21 09:31:05', 6, '2', '00');",
    );
    let state = shop.folder.path().join("state");
    let desk = Desk::open(Some(&state), &shop.config());
    desk.until("both", |desk| desk.stans() == [1, 2]);
    shop.sql("UPDATE sales SET code = '51', state = NULL, rrn = '112112030551' WHERE stan = '1'");
    desk.until("the answer", |desk| desk.sales()[0].outcome == Outcome::Declined);
    assert_eq!(desk.stans(), [1, 2], "order and number stay");
    desk.counter.store.settle().expect("stored");
    drop(desk);
    // While nobody looks.
    shop.sql("UPDATE sales SET state = 'reversed' WHERE stan = '2'");
    let desk = Desk::open(Some(&state), &shop.config());
    desk.until("the reversal", |desk| desk.sales()[1].outcome == Outcome::Reversed);
    let outcomes: Vec<_> = desk.sales().into_iter().map(|sale| sale.outcome).collect();
    assert_eq!(outcomes, [Outcome::Declined, Outcome::Reversed]);
    let facts = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime")
        .block_on(desk.counter.store.journal_facts(Stamp::new(1_795_224_605_000_000, 0), 60));
    assert_eq!((facts.in_flight, facts.waiting, facts.store.sales), (0, 0, 2));
    let codes = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime")
        .block_on(desk.counter.store.codes_seen());
    assert_eq!(codes.iter().map(|seen| (seen.code.as_str(), seen.count)).collect::<Vec<_>>(), [("51", 1)]);
}

#[test]
fn a_change_far_behind_is_seen_by_its_column() {
    let shop = Shop::new("WAL");
    shop.add(1, 60);
    let config = SourceConfig { relook: 5, updated: "changed".into(), ..shop.config() };
    let desk = Desk::open(None, &config);
    desk.until("the rows", |desk| desk.stans().len() == 60);
    shop.sql("UPDATE sales SET state = 'reversed', changed = 1 WHERE stan = '3'");
    desk.until("the change", |desk| desk.sales()[2].outcome == Outcome::Reversed);
    assert_eq!(desk.stans().len(), 60);
}

#[test]
fn a_table_that_was_emptied_or_replaced_begins_anew() {
    let shop = Shop::new("WAL");
    shop.add(1, 30);
    let state = shop.folder.path().join("state");
    let desk = Desk::open(Some(&state), &shop.config());
    desk.until("the first batch", |desk| desk.stans().len() == 30);
    // Settled and cleared: the numbers of its rows begin at 1 again.
    shop.sql("DELETE FROM sales");
    shop.add(31, 10);
    desk.until("the second batch", |desk| desk.stans() == (1..=40).collect::<Vec<_>>());
    desk.counter.store.settle().expect("stored");
    drop(desk);
    // While nobody looks, and with more rows than before.
    shop.sql("DELETE FROM sales");
    shop.add(41, 50);
    let desk = Desk::open(Some(&state), &shop.config());
    desk.until("the third batch", |desk| desk.stans() == (1..=90).collect::<Vec<_>>());
    // Another file with the same content is the same table.
    desk.counter.store.settle().expect("stored");
    drop(desk);
    shop.sql("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE;");
    let copy = shop.folder.path().join("copy");
    std::fs::copy(shop.path(), &copy).expect("copied");
    std::fs::rename(&copy, shop.path()).expect("replaced");
    shop.add(91, 1);
    let desk = Desk::open(Some(&state), &shop.config());
    desk.until("one more", |desk| desk.stans() == (1..=91).collect::<Vec<_>>());
}

#[test]
fn what_is_wrong_is_told_with_table_and_column() {
    let shop = Shop::new("WAL");
    let error = |config: &SourceConfig| {
        let desk = Desk::open(None, config);
        desk.until("a word", |desk| desk.status().error.is_some() && desk.status().caught_up);
        desk.status().error.unwrap_or_default()
    };
    let with = |change: fn(&mut SourceConfig)| {
        let mut config = shop.config();
        change(&mut config);
        error(&config)
    };
    assert_eq!(with(|config| config.table = "sale".into()), "no-table sale");
    assert_eq!(with(|config| drop(config.map.insert("code".into(), "rc".into()))), "no-column sales.rc");
    assert_eq!(with(|config| config.order = "seq".into()), "no-column sales.seq");
    assert_eq!(with(|config| config.updated = "at".into()), "no-column sales.at");
    assert_eq!(with(|config| config.query = "SELECT time FROM sales".into()), "no-column query.rowid");
    // Neither a view nor a table without row numbers grows by them.
    shop.sql(
        "CREATE VIEW seen AS SELECT * FROM sales; CREATE TABLE keyed(k TEXT PRIMARY KEY, time, code) WITHOUT ROWID",
    );
    assert_eq!(with(|config| config.table = "seen".into()), "no-column seen.rowid");
    assert_eq!(with(|config| config.table = "keyed".into()), "no-column keyed.rowid");
    shop.add(1, 3);
    assert_eq!(with(|config| config.order = "time".into()), "no-number time");
    let text = with(|config| config.query = "SELECT FROM".into());
    assert!(text.starts_with("query ") && text.contains("syntax error"), "{text}");
    let text = shop.folder.path().join("text");
    std::fs::write(&text, "this is no database, whatever its name says; it is long enough to be one, too.")
        .expect("written");
    assert_eq!(error(&SourceConfig { path: text, ..shop.config() }), "not-sqlite");
    assert_eq!(error(&SourceConfig { path: shop.folder.path().join("nowhere"), ..shop.config() }), "missing");
    assert_eq!(error(&SourceConfig { path: shop.folder.path().into(), ..shop.config() }), "directory");
}

#[test]
fn a_query_puts_columns_together() {
    let shop = Shop::new("WAL");
    shop.sql(
        "CREATE TABLE parts(n INTEGER PRIMARY KEY, d TEXT, t TEXT, rc TEXT, trace INTEGER);
         INSERT INTO parts VALUES(1, '20261121', '093005', '51', 7), (2, '20261121', '093105', '00', 8);",
    );
    let config = SourceConfig {
        table: String::new(),
        query: "SELECT n, d || t AS time, rc AS code, trace AS stan FROM parts;".into(),
        order: "n".into(),
        ..shop.config()
    };
    let desk = Desk::open(None, &config);
    desk.until("both", |desk| desk.stans() == [7, 8]);
    assert_eq!(desk.sales()[0].time.to_string(), "2026-11-21T09:30:05+00:00");
    assert_eq!(desk.sales()[0].outcome, Outcome::Declined);
}

/// The application died: its log is still there, with and without the index.
#[test]
fn what_a_dead_application_left_is_read_or_told() {
    let shop = Shop::new("WAL");
    shop.add(1, 2);
    let text = format!("{}{}", insert(3), insert(4));
    let dead = start("sqlite::sql_process", &[&shop.path().display().to_string(), &text, "abort"]);
    assert!(!dead.wait_with_output().expect("ended").status.success());
    let beside = |end: &str| PathBuf::from(format!("{}{end}", shop.path().display()));
    assert!(beside("-wal").exists() && beside("-shm").exists());
    let desk = Desk::open(None, &shop.config());
    desk.until("the rows in the log", |desk| desk.stans() == [1, 2, 3, 4]);
    drop(desk);
    std::fs::remove_file(beside("-shm")).expect("removed");
    let desk = Desk::open(None, &shop.config());
    desk.until("the word", |desk| desk.status().error.as_deref() == Some("left-open"));
    assert!(desk.stans().is_empty());
    // It opens its database again.
    shop.sql(&insert(5));
    desk.until("all rows", |desk| desk.stans() == [1, 2, 3, 4, 5] && desk.status().error.is_none());
}

/// A user who may only read.
#[test]
fn a_log_whose_index_cannot_be_written_is_read() {
    let shop = Shop::new("WAL");
    shop.add(1, 5);
    let mut holder = start("sqlite::hold_process", &[&shop.path().display().to_string()]);
    let beside = |end: &str| PathBuf::from(format!("{}{end}", shop.path().display()));
    let wait = Desk::open(None, &shop.config());
    wait.until("the application", |_| {
        beside("-shm").exists() && std::fs::metadata(beside("-wal")).is_ok_and(|m| m.len() > 0)
    });
    for path in [shop.path(), beside("-wal"), beside("-shm")] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o444)).expect("read only");
    }
    wait.until("the rows", |desk| desk.stans() == [1, 2, 3, 4, 5, 6]);
    holder.kill().expect("killed");
    let _ = holder.wait();
}

/// An application that holds its database open with rows in the log.
#[test]
fn hold_process() {
    let Some(words) = job("hold_process") else { return };
    let conn = Connection::open(&words[0]).expect("opened");
    conn.execute_batch(&insert(6)).expect("written");
    std::thread::sleep(Duration::from_mins(10));
    drop(conn);
}

/// A transaction that is long under way.
#[test]
fn an_open_transaction_is_never_read_and_never_disturbed() {
    let shop = Shop::new("DELETE");
    shop.add(1, 3);
    let path = shop.path();
    let desk = Desk::open(None, &shop.config());
    desk.until("the rows", |desk| desk.stans().len() == 3);
    let spill = "PRAGMA cache_size = 5; PRAGMA cache_spill = 1; BEGIN IMMEDIATE; \
                 WITH RECURSIVE n(x) AS (SELECT 100 UNION ALL SELECT x + 1 FROM n WHERE x < 2000) \
                 INSERT INTO sales(time, stan, code) SELECT '2026-11-21 09:30:05', x, '00' FROM n;";
    done("sqlite::sql_process", &[&path.display().to_string(), &format!("{spill} ROLLBACK;")]);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(desk.stans(), [1, 2, 3], "rows of a transaction that came to nothing");
    // It dies in the middle: the journal stays, and its owner has to clean up.
    let dead = start("sqlite::sql_process", &[&path.display().to_string(), spill, "abort"]);
    let _ = dead.wait_with_output();
    assert!(hot(&path), "no hot journal was left");
    desk.until("a word", |desk| matches!(desk.status().error.as_deref(), Some("busy" | "left-open")));
    assert_eq!(desk.stans(), [1, 2, 3]);
    shop.add(4, 1);
    desk.until("the owner's repair", |desk| desk.stans() == [1, 2, 3, 4]);
}

fn hot(path: &Path) -> bool {
    std::fs::metadata(format!("{}-journal", path.display())).is_ok_and(|meta| meta.len() > 0)
}
