//! 33 UNFINISHED: what is still open, and for each sale whether the customer was charged.

use crate::model::{Outcome, Sale, SaleState, Snapshot};
use crate::proto::{Request, SaleFilter, SaleQuery};
use crate::tui::screens::{Cx, Lines, Place, ScreenSpec, evidence, parts, playbook};
use crate::tui::view::{Arg, Para, Row, Tone, View};
use crate::verdict::Charged;

/// A result is shown for so long, seconds.
const SETTLED_S: i64 = 24 * 3_600;

/// Columns from which a reason stands beside its reversal.
const ROOM: u16 = 70;

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "33",
    zh: "待处理",
    name: "UNFINISHED",
    lines: Lines::Open,
    green: playbook::SALES_GREEN,
    needs,
    content: view,
};

fn needs(place: &Place) -> Vec<Request> {
    match &place.arg {
        Arg::Sale(id) | Arg::ForCustomer(id) | Arg::Playbook { sale: Some(id), .. } => vec![Request::Sale { id: *id }],
        _ => vec![Request::Sales(SaleQuery { filter: SaleFilter::Unfinished, limit: 100, ..SaleQuery::default() })],
    }
}

fn view(cx: &Cx<'_>) -> View {
    match &cx.place.arg {
        Arg::Sale(id) => return evidence::view(cx, *id, "33"),
        Arg::ForCustomer(id) => return evidence::for_customer(cx, *id),
        _ => {}
    }
    let Some(snapshot) = cx.snapshot() else { return parts::connecting(cx) };
    let sales = parts::newest_first(&snapshot.unfinished, cx.mirror.sales.iter().filter(|sale| sale.unfinished()));
    let mut head = Vec::new();
    if snapshot.journal.sources.is_empty() {
        head.push(Para::tone(cx.t("sales-no-journal"), Tone::Dim));
    } else if sales.is_empty() {
        head.push(Para::tone(cx.t("sale-none-open"), Tone::Good));
    } else {
        head.push(Para::tone(cx.ta("sale-open", &[("count", sales.len().into())]), Tone::Warn));
    }
    let settled = settled(snapshot);
    if !settled.is_empty() {
        head.push(Para::tone(cx.ta("sale-settled", &[("count", settled.len().into())]), Tone::Dim));
    }
    head.extend(cx.zone_note(sales.iter().copied()));
    if let Some(open) = snapshot.journal.batch_open {
        head.push(Para::tone(cx.ta("sale-batch", &[("count", open.into())]), Tone::Dim));
    }
    let tail = if sales.is_empty() { Vec::new() } else { vec![Para::new(cx.t("sale-do-not-repeat"))] };
    let settled = settled.into_iter().map(|sale| Row { tone: Tone::Dim, ..row(cx, sale) });
    let rows = sales.into_iter().map(|sale| row(cx, sale)).chain(settled).collect();
    View { head, rows, tail, ..View::default() }
}

/// Sales that were open or undone and have their result by now, newest first: what the customer was told then has an
/// end that he may ask for.
fn settled(snapshot: &Snapshot) -> Vec<&Sale> {
    let Some(newest) = snapshot.recent.last().map(|sale| sale.time) else { return Vec::new() };
    let has_end = |sale: &&Sale| {
        let ended = sale.outcome == Outcome::Reversed || sale.undone_by.is_some() || sale.late_by.is_some();
        ended && sale.kind != "reversal" && newest.seconds_since(sale.time) <= SETTLED_S
    };
    let failed = snapshot.failed.iter().rev().filter(|sale| snapshot.recent.iter().all(|have| have.id != sale.id));
    snapshot.recent.iter().rev().chain(failed).filter(has_end).collect()
}

/// How far a reversal has got, and where there is room why the terminal reverses.
fn reversal(cx: &Cx<'_>, sale: &Sale) -> String {
    let what = cx.t(match sale.state {
        Some(SaleState::Sent) => "sale-reversal-sent",
        Some(SaleState::Timeout) => "sale-reversal-mute",
        _ => "sale-charged-reversing",
    });
    match parts::reversal_reason(cx.lang, sale).filter(|_| cx.width >= ROOM) {
        Some(reason) => cx.ta("sale-reversal-why", &[("what", what.into()), ("reason", reason.into())]),
        None => what,
    }
}

/// Time, kind, what became of the money; amount on the right.
fn row(cx: &Cx<'_>, sale: &Sale) -> Row {
    let charged = evidence::charged(cx, sale);
    // A waiting reversal is named by its state already.
    let what = if charged == Charged::Reversing {
        reversal(cx, sale)
    } else {
        format!("{} {}", parts::kind_word(cx.lang, sale), evidence::about(cx, sale, charged, "charged"))
    };
    parts::sale_row(cx, "33", sale, format!("{} {what}", cx.when(sale.time)))
}
