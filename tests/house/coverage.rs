//! Every requirement of the sources ends as a feature, a page of the handbook, or a written reason why not.

use std::collections::BTreeSet;

use pos_console::handbook;
use pos_console::tui::screens::by_id;
use regex::Regex;

use crate::{files_below, none_of, read, top};

const TABLE: &str = "tests/coverage/requirements.tsv";

/// Requirements are numbered from 1 to this.
const COUNT: usize = 110;

/// Most that may be none of our business.
const MOST_NOT_OURS: usize = 15;

struct Row<'t> {
    id: &'t str,
    kind: &'t str,
    place: &'t str,
    test: &'t str,
}

fn rows<'t>(table: &'t str, faults: &mut Vec<String>) -> Vec<Row<'t>> {
    let mut lines = table.lines();
    if lines.next() != Some("id\tkind\twhere\ttest") {
        faults.push("the header is not: id kind where test".to_owned());
    }
    let mut rows = Vec::new();
    for line in lines {
        match line.split('\t').collect::<Vec<_>>().as_slice() {
            [id, kind, place, test] => rows.push(Row { id, kind, place, test }),
            other => faults.push(format!("{} fields: {line}", other.len())),
        }
    }
    rows
}

/// Names of the functions that run as tests, in `src` and `tests`.
fn tests() -> BTreeSet<String> {
    let attributed = r"(?:#\[(?:tokio::)?test(?:\([^\]]*\))?\]\s*(?:#\[[^\]]*\]\s*)*(?:pub )?(?:async )?fn )(\w+)";
    let attributed = Regex::new(attributed).expect("a pattern");
    let files = files_below("src", "rs").into_iter().chain(files_below("tests", "rs"));
    let names = |text: String| attributed.captures_iter(&text).map(|found| found[1].to_owned()).collect::<Vec<_>>();
    files.flat_map(|file| names(read(&file))).collect()
}

/// What is wrong with the place of a feature: a file from the top, or `screen ID`.
fn feature(place: &str) -> Option<String> {
    match place.strip_prefix("screen ") {
        Some(id) => by_id(id).is_none().then(|| format!("no screen {id}")),
        None => (place.is_empty() || !top().join(place).is_file()).then(|| format!("no file {place}")),
    }
}

/// What is wrong with the place of an entry in the handbook: `CHAPTER PAGE`, from 1.
fn page(place: &str) -> Option<String> {
    let found = place.split_once(' ').and_then(|(id, page)| {
        let chapter = handbook::get(id)?;
        chapter.pages.get(page.parse::<usize>().ok()?.checked_sub(1)?).map(|_| ())
    });
    found.is_none().then(|| format!("no page {place}"))
}

fn faults(table: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let rows = rows(table, &mut faults);
    let tests = tests();
    assert!(tests.len() > 100, "tests are not found: {}", tests.len());
    for n in 1..=COUNT {
        let id = format!("S-{n:02}");
        match rows.iter().filter(|row| row.id == id).count() {
            1 => {}
            count => faults.push(format!("{id} stands {count} times")),
        }
    }
    if rows.len() != COUNT {
        faults.push(format!("{} rows for {COUNT} requirements", rows.len()));
    }
    let not_ours = rows.iter().filter(|row| row.kind == "not-ours").count();
    if not_ours > MOST_NOT_OURS {
        faults.push(format!("{not_ours} are not ours, at most {MOST_NOT_OURS} may be"));
    }
    for row in &rows {
        let places = || row.place.split(", ");
        let wrong: Vec<String> = match row.kind {
            "feature" if row.test == "-" => vec!["a feature without a test".to_owned()],
            "feature" => places().filter_map(feature).collect(),
            "handbook" => places().filter_map(page).collect(),
            "not-ours" if row.place.len() < 40 => vec!["no reason why not".to_owned()],
            "not-ours" => Vec::new(),
            other => vec![format!("no kind: {other}")],
        };
        faults.extend(wrong.into_iter().map(|wrong| format!("{}: {wrong}", row.id)));
        if row.test != "-" && !tests.contains(row.test) {
            faults.push(format!("{}: no test {}", row.id, row.test));
        }
    }
    faults
}

#[test]
fn every_requirement_ends_somewhere() {
    none_of(&faults(&read(TABLE)), TABLE);
}

#[test]
fn a_table_with_a_fault_is_refused() {
    let good = read(TABLE);
    for (from, to, says) in [
        ("S-02\t", "S-03\t", "S-02 stands 0 times"),
        ("S-02\tfeature", "S-02\tmaybe", "no kind"),
        ("screen 31", "screen 99", "no screen 99"),
        ("src/codes/mod.rs", "src/codes/none.rs", "no file"),
        ("shop 3", "shop 99", "no page"),
        ("\tbuilt_in_tables_are_whole", "\tnobody_wrote_this", "no test nobody_wrote_this"),
        ("\tbuilt_in_tables_are_whole", "\t-", "a feature without a test"),
        ("id\tkind", "kind\tid", "header"),
    ] {
        let broken = good.replacen(from, to, 1);
        assert_ne!(broken, good, "{from}");
        let found = faults(&broken);
        assert!(found.iter().any(|fault| fault.contains(says)), "{says}: {found:?}");
    }
    let reason = "x".repeat(40);
    let shirked: String = good
        .lines()
        .map(|line| match line.split('\t').next() {
            Some(id) if id.starts_with("S-1") => format!("{id}\tnot-ours\t{reason}\t-\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    assert!(faults(&shirked).iter().any(|fault| fault.contains("not ours")));
}
