//! 32 DECLINES: sales that failed, newest first; a digit opens one with its evidence.

use crate::model::Sale;
use crate::proto::{Request, SaleFilter, SaleQuery};
use crate::tui::screens::{Cx, Lines, Place, ScreenSpec, evidence, explanation, parts, playbook};
use crate::tui::view::{Arg, Para, Row, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "32",
    zh: "失败交易",
    name: "DECLINES",
    lines: Lines::Open,
    green: playbook::SALES_GREEN,
    needs,
    content: view,
};

fn needs(place: &Place) -> Vec<Request> {
    match &place.arg {
        Arg::Sale(id) | Arg::ForCustomer(id) | Arg::Playbook { sale: Some(id), .. } => vec![Request::Sale { id: *id }],
        _ => vec![Request::Sales(SaleQuery { filter: SaleFilter::Failed, limit: 200, ..SaleQuery::default() })],
    }
}

fn view(cx: &Cx<'_>) -> View {
    match &cx.place.arg {
        Arg::Sale(id) => evidence::view(cx, *id, "32"),
        Arg::ForCustomer(id) => evidence::for_customer(cx, *id),
        _ => list(cx),
    }
}

fn list(cx: &Cx<'_>) -> View {
    let Some(snapshot) = cx.snapshot() else { return parts::connecting(cx) };
    let failed = |sale: &&Sale| sale.failed();
    let sales = parts::newest_first(&snapshot.failed, cx.mirror.sales.iter().filter(failed));
    let mut head: Vec<Para> = cx.zone_note(sales.iter().copied().filter(failed)).into_iter().collect();
    let rows: Vec<Row> = sales.into_iter().filter(failed).map(|sale| row(cx, sale)).collect();
    if rows.is_empty() {
        let key = if snapshot.journal.sources.is_empty() { "sales-no-journal" } else { "sale-none-failed" };
        head.push(Para::tone(cx.t(key), Tone::Dim));
    }
    View { head, rows, ..View::default() }
}

/// Time, code with its short reason, amount.
fn row(cx: &Cx<'_>, sale: &Sale) -> Row {
    let reason = match sale.code.as_deref() {
        Some(code) => {
            format!("{} {}", parts::clean(code), explanation::short(cx, &explanation::profile(cx, sale), code))
        }
        None => parts::outcome_word(cx.lang, sale),
    };
    parts::sale_row(cx, "32", sale, format!("{} {reason}", cx.when(sale.time)))
}
