//! 34 LIVE: every transaction as the journal tells it, masked, newest first.

use crate::model::{Outcome, Sale};
use crate::proto::Request;
use crate::tui::screens::{Cx, Lines, Place, ScreenSpec, evidence, parts, playbook};
use crate::tui::view::{Arg, Para, Row, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "34",
    zh: "实时交易",
    name: "LIVE",
    lines: Lines::Open,
    green: playbook::SALES_GREEN,
    needs,
    content: view,
};

fn needs(place: &Place) -> Vec<Request> {
    match &place.arg {
        Arg::Sale(id) | Arg::ForCustomer(id) | Arg::Playbook { sale: Some(id), .. } => vec![Request::Sale { id: *id }],
        _ => Vec::new(),
    }
}

fn view(cx: &Cx<'_>) -> View {
    match &cx.place.arg {
        Arg::Sale(id) => return evidence::view(cx, *id, "34"),
        Arg::ForCustomer(id) => return evidence::for_customer(cx, *id),
        _ => {}
    }
    let Some(snapshot) = cx.snapshot() else { return parts::connecting(cx) };
    let rows: Vec<Row> = snapshot.recent.iter().rev().map(|sale| row(cx, sale)).collect();
    let mut head = Vec::new();
    if rows.is_empty() {
        let key = if snapshot.journal.sources.is_empty() { "sales-no-journal" } else { "sales-none" };
        head.push(Para::tone(cx.t(key), Tone::Dim));
    }
    View { head, rows, live: true, ..View::default() }
}

/// Time, how it ended with the code, card; amount on the right.
fn row(cx: &Cx<'_>, sale: &Sale) -> Row {
    let code = sale.code.as_deref().filter(|_| sale.outcome == Outcome::Declined).unwrap_or_default();
    let kind = if sale.kind == "sale" { String::new() } else { parts::kind_word(cx.lang, sale) };
    let card = sale.card.as_ref().map(|card| parts::clean(card.as_str())).unwrap_or_default();
    // The short card leaves room at 40 columns.
    let card = if cx.width < 70 { card.chars().skip(card.chars().count().saturating_sub(4)).collect() } else { card };
    let words = [cx.when_exactly(sale.time), kind, parts::outcome_word(cx.lang, sale), parts::clean(code), card];
    let words = words.iter().filter(|word| !word.is_empty()).cloned().collect::<Vec<_>>();
    parts::sale_row(cx, "34", sale, words.join(" "))
}
