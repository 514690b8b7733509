//! 41 SWIPE, 42 CHIP, 43 TAP and 44 SCAN: one card at a time, one step at a time: what to do now, then what came out of it.

use crate::model::{Fact, Finding, Snapshot, Status};
use crate::proto::Request;
use crate::tui::screens::{Cx, Lines, ScreenSpec, nothing, parts};
use crate::tui::view::{Act, Arg, Green, Open, Para, Row, Tone, View};

const fn bench(id: &'static str, zh: &'static str, name: &'static str) -> ScreenSpec {
    ScreenSpec { id, zh, name, lines: Lines::Open, green: &["reader-green-test"], needs: nothing, content: view }
}

pub const SWIPE: ScreenSpec = bench("41", "刷卡", "SWIPE");
pub const CHIP: ScreenSpec = bench("42", "插卡", "CHIP");
pub const TAP: ScreenSpec = bench("43", "挥卡", "TAP");
pub const SCAN: ScreenSpec = bench("44", "扫码", "SCAN");

/// The check that is asked for on this screen.
fn subject(id: &str) -> &'static str {
    match id {
        "41" => "reader.swipe",
        "43" => "reader.card:tap",
        "44" => "reader.scan",
        _ => "reader.card",
    }
}

fn view(cx: &Cx<'_>) -> View {
    let Some(snapshot) = cx.snapshot() else { return parts::connecting(cx) };
    let id = cx.place.screen.as_str();
    let wanted = subject(id);
    let own = snapshot.findings.iter().find(|found| found.id == wanted);
    let mut view = View { rows: others(cx, id), ..View::default() };
    let Some(found) = own.filter(|found| is_there(found)) else {
        view.head
            .push(Para::tone(cx.ta("reader-test-none", &[("why", why_none(cx, snapshot, own).into())]), Tone::Dim));
        view.head.push(Para::new(cx.t(&format!("screen-meanwhile-{id}"))));
        view.rows.push(parts::screen_row(cx, None, "4", String::new()));
        return view;
    };
    let waits = found.facts.contains_key("wait_s");
    let tested = found.facts.contains_key("tested");
    let steps = if tested { next(id) } else { how(id) };
    let said = Para::tone(parts::sentence(cx.lang, found), parts::status_tone(cx.status_of(found)));
    view.head.push(if waits { Para { tone: Tone::Strong, ..said } } else { said });
    if !waits {
        view.head.push(Para::new(cx.t(steps)));
        let scope = vec![wanted.to_owned()];
        let act = Act::Ask(Request::Check { scope });
        view.green = Some(Green { label: cx.t("reader-green-test"), act });
    }
    view.rows.splice(0..0, details(cx, found));
    let promise = if matches!(id, "41" | "44") { "reader-only-quality" } else { "reader-only-status" };
    view.tail.push(Para::tone(cx.t(promise), Tone::Dim));
    view
}

/// Why no reader of this kind can be tested: what is before it, else that there is none of its kind.
fn why_none(cx: &Cx<'_>, snapshot: &Snapshot, own: Option<&Finding>) -> String {
    let id = cx.place.screen.as_str();
    let pcsc = matches!(id, "42" | "43");
    let not_well = |found: &&Finding| found.status != Status::Ok;
    let before = ["reader.service", "reader.device"].into_iter().filter(|_| pcsc);
    let mut before = before.filter_map(|family| snapshot.findings.iter().find(|found| found.id == family));
    let none = |found: &&Finding| pcsc && found.code == "reader-card-none-here";
    match before.find(not_well).or(own.filter(|found| !none(found))) {
        Some(found) => parts::sentence(cx.lang, found),
        None if pcsc && snapshot.findings.iter().any(|found| found.id == "reader.device") => {
            cx.t(&format!("reader-none-{id}"))
        }
        None => parts::status_word(cx.lang, Status::NotTested),
    }
}

/// What to do first.
fn how(id: &str) -> &'static str {
    match id {
        "41" => "reader-test-swipe",
        "43" => "reader-test-tap",
        "44" => "reader-test-scan",
        _ => "reader-test-chip",
    }
}

/// What to do after a test.
fn next(id: &str) -> &'static str {
    if matches!(id, "42" | "43") { "reader-test-next" } else { "reader-test-again" }
}

/// There is a reader to test.
fn is_there(found: &Finding) -> bool {
    !matches!(found.status, Status::Absent) && found.code != "reader-untested" || found.code == "reader-card-empty"
}

/// What was measured, a line each, to be read out.
fn details(cx: &Cx<'_>, found: &Finding) -> Vec<Row> {
    let line = |key: &str| Row { text: parts::clean(&cx.tf(key, found)), key: key.to_owned(), ..Row::default() };
    let has = |name: &str| found.facts.contains_key(name);
    let number = |name: &str| match found.facts.get(name) {
        Some(Fact::Int(value)) => *value,
        _ => 0,
    };
    let mut rows = Vec::new();
    if has("tested") {
        let when = cx.ta("reader-tested-at", &[("time", cx.when(found.at).into())]);
        let open = Some(Open::Place("11", Arg::Finding(found.id.clone())));
        rows.push(Row {
            status: Some(cx.status_of(found)),
            text: when,
            open,
            key: "when".to_owned(),
            ..Row::default()
        });
    }
    if has("track_2") {
        for track in ["track_1", "track_2", "track_3"] {
            let number = track.trim_start_matches("track_");
            let word = parts::fact(found, track).unwrap_or_default();
            let state = cx.t(&format!("reader-track-{word}"));
            let text = cx.ta("reader-track", &[("number", number.into()), ("state", state.into())]);
            rows.push(Row { text, key: track.to_owned(), ..Row::default() });
        }
        let said = |name: &str| matches!(found.facts.get(name), Some(Fact::Bool(true)));
        rows.push(line(if said("checked") { "reader-track-checked" } else { "reader-track-unchecked" }));
        rows.push(line(if said("backward") { "reader-track-backward" } else { "reader-track-forward" }));
    }
    if has("protocols") {
        rows.push(line("reader-card-is"));
        rows.push(line("reader-atr"));
    }
    if has("reader") {
        rows.push(line("reader-which"));
    }
    if number("good") + number("bad") > 0 {
        rows.push(line("reader-counts"));
    }
    rows
}

/// What else checks found that belongs to this screen.
fn others(cx: &Cx<'_>, id: &str) -> Vec<Row> {
    let snapshot = cx.snapshot().into_iter().flat_map(|s| s.findings.iter());
    let bench = ["reader.card", "reader.swipe", "reader.scan"];
    let mine = snapshot.filter(|found| found.screen == id && !bench.contains(&found.family()));
    let row = |found: &Finding| {
        let row = parts::finding_row(cx, found);
        // "As usual" alone does not say what.
        let named = || format!("{}: {}", parts::check_name(cx.lang, found.family()), row.text);
        Row { text: if found.code == "trend-ok" { named() } else { row.text.clone() }, ..row }
    };
    mine.filter(|found| found.status != Status::Absent).map(row).collect()
}
