//! Messages dumped over several lines, and a gateway that writes down both sides of each exchange.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use pos_console::config::SourceConfig;
use pos_console::model::{Outcome, Sale};

use crate::desk::Desk;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/journals").join(name)
}

fn config(kind: &str, path: &Path) -> SourceConfig {
    SourceConfig {
        kind: kind.to_owned(),
        path: path.to_path_buf(),
        timezone: "+08:00".to_owned(),
        ..SourceConfig::default()
    }
}

/// Reads a journal to its end.
fn read(kind: &str, path: &Path) -> Vec<Sale> {
    let desk = Desk::open(None, &config(kind, path));
    desk.until("the end of the journal", |desk| desk.status().caught_up);
    desk.sales()
}

/// What a sale tells, whatever way it was written.
fn told(sales: &[Sale]) -> Vec<String> {
    let of = |sale: &Sale| {
        let card = sale.card.as_ref().map(ToString::to_string);
        format!("{} {} {:?} {:?} {:?} {:?} {card:?}", sale.time, sale.kind, sale.stan, sale.rrn, sale.code, sale.amount)
    };
    sales.iter().map(of).collect()
}

#[test]
fn a_dump_over_several_lines_reads_as_one_on_a_single_line() {
    // The same messages; only the one that breaks off in the other file is another matter.
    let single = read("iso8583", &fixture("iso8583-c-stack.log"));
    let several = read("iso8583", &fixture("iso8583-dumps.log"));
    assert!(single.len() >= 7, "{single:?}");
    assert_eq!(told(&several), told(&single));
}

#[test]
fn a_dump_that_is_still_being_written_is_one_message_when_it_is_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("app.log");
    let text = std::fs::read_to_string(fixture("iso8583-dumps.log")).expect("a journal");
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut file = std::fs::File::create(&path).expect("a file");
    let desk = Desk::open(None, &config("iso8583", &path));
    for (n, line) in lines.iter().enumerate() {
        // In the middle of a row, too.
        let (first, rest) = line.split_at(line.floor_char_boundary(line.len() / 2));
        file.write_all(first.as_bytes()).expect("written");
        if n % 3 == 0 {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        file.write_all(rest.as_bytes()).expect("written");
    }
    let wanted = told(&read("iso8583", &fixture("iso8583-dumps.log")));
    desk.until("every message", |desk| desk.sales().len() >= wanted.len());
    assert_eq!(told(&desk.sales()), wanted);
}

#[test]
fn a_lone_message_is_told_without_waiting_for_the_next_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("app.log");
    let text = std::fs::read_to_string(fixture("iso8583-dumps.log")).expect("a journal");
    // The first message, without the line behind it.
    let first: Vec<&str> = text.lines().take_while(|line| !line.ends_with("0000003e")).collect();
    assert!(first.len() > 3 && first.len() < 8, "{first:?}");
    std::fs::write(&path, first.join("\n") + "\n").expect("written");
    let desk = Desk::open(None, &config("iso8583", &path));
    desk.until("the message", |desk| desk.sales().len() == 1);
}

#[test]
fn an_exchange_that_a_gateway_tells_from_both_sides_is_one_sale() {
    let sales = read("jpos", &fixture("jpos-gateway.log"));
    let ends: Vec<(Option<&str>, Outcome, Option<u32>)> =
        sales.iter().map(|sale| (sale.stan.as_deref(), sale.outcome, sale.latency_ms)).collect();
    let expected = [
        (Some("000122"), Outcome::Declined, Some(1_096)),
        // Its number towards the acquirer: that is who is asked about it.
        (Some("004711"), Outcome::Approved, Some(1_096)),
        // Never sent on: the gateway itself refused it.
        (Some("000124"), Outcome::Declined, Some(50)),
    ];
    assert_eq!(ends, expected);
}

#[test]
fn two_sales_of_one_card_and_amount_stay_two() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("gateway.log");
    let text = std::fs::read_to_string(fixture("jpos-gateway.log")).expect("a journal");
    let (head, rest) = text.split_once("<log").expect("a log");
    let exchange: String = rest.split_inclusive("</log>\n").take(4).fold("<log".to_owned(), |mut all, log| {
        let _ = write!(all, "{log}");
        all
    });
    // The customer is charged again half a minute later, with the next numbers.
    let again = exchange.replace("T09:30:0", "T09:30:3").replace("000122", "000123");
    std::fs::write(&path, format!("{head}{exchange}{again}")).expect("written");
    let sales = read("jpos", &path);
    let stans: Vec<Option<&str>> = sales.iter().map(|sale| sale.stan.as_deref()).collect();
    assert_eq!(stans, [Some("000122"), Some("000123")], "{sales:?}");
}
