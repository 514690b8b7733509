//! 42 CHIP and 43 TAP: one card at a time, one step at a time: what to do now, then what came out of it.

use crate::model::{Fact, Finding, Status};
use crate::proto::Request;
use crate::tui::screens::{Cx, Lines, ScreenSpec, nothing, parts};
use crate::tui::view::{Act, Arg, Green, Open, Para, Row, Tone, View};

const fn bench(id: &'static str, zh: &'static str, name: &'static str) -> ScreenSpec {
    ScreenSpec { id, zh, name, lines: Lines::Open, green: &["reader-green-test"], needs: nothing, content: view }
}

pub const CHIP: ScreenSpec = bench("42", "插卡", "CHIP");
pub const TAP: ScreenSpec = bench("43", "挥卡", "TAP");

/// The check that is asked for on this screen.
fn subject(id: &str) -> &'static str {
    if id == "43" { "reader.card:tap" } else { "reader.card" }
}

fn view(cx: &Cx<'_>) -> View {
    let Some(snapshot) = cx.snapshot() else { return parts::connecting(cx) };
    let id = cx.place.screen.as_str();
    let wanted = subject(id);
    let own = snapshot.findings.iter().find(|found| found.id == wanted);
    let mut view = View { rows: others(cx, id), ..View::default() };
    let Some(found) = own.filter(|found| is_there(found)) else {
        let why = snapshot.findings.iter().find(|found| found.id == "reader.service");
        let said = own.into_iter().chain(why).last().map(|found| parts::sentence(cx.lang, found)).unwrap_or_default();
        view.head.push(Para::tone(format!("{}{said}", cx.t("reader-test-none")), Tone::Dim));
        view.head.push(Para::new(cx.t(&format!("screen-meanwhile-{id}"))));
        view.rows.push(parts::screen_row(cx, None, "4", String::new()));
        return view;
    };
    let waits = found.facts.contains_key("wait_s");
    let tested = found.facts.contains_key("tested");
    let steps = if tested { "reader-test-next" } else { how(id) };
    let said = Para::tone(parts::sentence(cx.lang, found), parts::status_tone(cx.status_of(found)));
    view.head.push(if waits { Para { tone: Tone::Strong, ..said } } else { said });
    if !waits {
        view.head.push(Para::new(cx.t(steps)));
        let scope = vec![wanted.to_owned()];
        let act = Act::Ask(Request::Check { scope });
        view.green = Some(Green { label: cx.t("reader-green-test"), act });
    }
    view.rows.splice(0..0, details(cx, found));
    view.tail.push(Para::tone(cx.t("reader-only-status"), Tone::Dim));
    view
}

const fn how(id: &str) -> &'static str {
    if matches!(id.as_bytes(), b"43") { "reader-test-tap" } else { "reader-test-chip" }
}

/// There is a reader to test.
fn is_there(found: &Finding) -> bool {
    !matches!(found.code.as_str(), "reader-card-none-here" | "reader-untested")
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
    let mine = snapshot.filter(|found| found.screen == id && found.family() != "reader.card");
    mine.filter(|found| found.status != Status::Absent).map(|found| parts::finding_row(cx, found)).collect()
}
