//! 33 UNFINISHED: what is still open, and for each sale whether the customer was charged.

use crate::model::Sale;
use crate::proto::{Request, SaleFilter, SaleQuery};
use crate::tui::screens::{Cx, Lines, Place, ScreenSpec, evidence, parts, playbook};
use crate::tui::view::{Arg, Para, Row, Tone, View};
use crate::verdict::Charged;

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
    head.extend(cx.zone_note(sales.iter().copied()));
    if let Some(open) = snapshot.journal.batch_open {
        head.push(Para::tone(cx.ta("sale-batch", &[("count", open.into())]), Tone::Dim));
    }
    let tail = if sales.is_empty() { Vec::new() } else { vec![Para::new(cx.t("sale-do-not-repeat"))] };
    View { head, rows: sales.into_iter().map(|sale| row(cx, sale)).collect(), tail, ..View::default() }
}

/// Time, kind, what became of the money; amount on the right.
fn row(cx: &Cx<'_>, sale: &Sale) -> Row {
    let charged = evidence::charged(cx, sale);
    let word = cx.t(&format!("sale-charged-{}", charged.word()));
    // A waiting reversal is named by its state already.
    let what = if charged == Charged::Reversing { word } else { format!("{} {word}", parts::kind_word(cx.lang, sale)) };
    parts::sale_row(cx, "33", sale, format!("{} {what}", cx.when(sale.time)))
}
