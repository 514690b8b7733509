//! 3 SALES: the last sale, how well the journal can be read, and the screens about transactions.

use crate::model::{Snapshot, Status};
use crate::tui::screens::{Cx, Lines, ScreenSpec, nothing, parts};
use crate::tui::view::{Act, Arg, Green, Open, Para, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "3",
    zh: "交易",
    name: "SALES",
    lines: Lines::Children,
    green: &["sales-green-last"],
    needs: nothing,
    content: view,
};

fn view(cx: &Cx<'_>) -> View {
    let Some(snapshot) = cx.snapshot() else {
        return View { rows: parts::child_rows(cx, "3", |_| (None, String::new())), ..parts::connecting(cx) };
    };
    let last = parts::last_sale(snapshot);
    let mut head = Vec::new();
    head.push(match last {
        Some(sale) => {
            let args = [
                ("time", cx.when_exactly(sale.time).into()),
                ("kind", parts::kind_word(cx.lang, sale).into()),
                ("amount", parts::money(cx.lang, sale).into()),
                ("outcome", parts::outcome_word(cx.lang, sale).into()),
                ("code", parts::clean(sale.code.as_deref().unwrap_or("--")).into()),
            ];
            Para::tone(cx.ta("sales-last", &args), parts::outcome_tone(sale.outcome))
        }
        None => Para::tone(cx.t("sales-none"), Tone::Dim),
    });
    head.extend(sources(cx, snapshot));
    let green = last
        .map(|sale| Green { label: cx.t("sales-green-last"), act: Act::Open(Open::Place("34", Arg::Sale(sale.id))) });
    View { head, rows: rows(cx, snapshot), green, ..View::default() }
}

/// What is to be said of the journals: only what is not well, and that there is none.
fn sources(cx: &Cx<'_>, snapshot: &Snapshot) -> Vec<Para> {
    if snapshot.journal.sources.is_empty() {
        return vec![Para::tone(cx.t("sales-no-journal"), Tone::Warn)];
    }
    let mut out = Vec::new();
    for source in &snapshot.journal.sources {
        let name = parts::clean(&source.name);
        if let Some(error) = &source.error {
            let key = match error.as_str() {
                "missing" => "sales-journal-missing",
                "denied" => "sales-journal-denied",
                "directory" => "sales-journal-directory",
                _ => "sales-journal-error",
            };
            let args = [
                ("name", name.into()),
                ("path", parts::clean(&source.path).into()),
                ("error", parts::clean(error).into()),
            ];
            out.push(Para::tone(cx.ta(key, &args), Tone::Bad));
        } else if source.unreadable > 0 {
            let args = [("name", name.into()), ("count", source.unreadable.into()), ("read", source.read.into())];
            out.push(Para::tone(cx.ta("sales-journal-unreadable", &args), Tone::Warn));
        } else if !source.caught_up {
            out.push(Para::tone(cx.ta("sales-journal-behind", &[("name", name.into())]), Tone::Dim));
        }
    }
    out
}

fn rows(cx: &Cx<'_>, snapshot: &Snapshot) -> Vec<crate::tui::view::Row> {
    let count = |key: &str, count: usize| cx.ta(key, &[("count", count.into())]);
    parts::child_rows(cx, "3", |id| match id {
        "31" => match snapshot.failed.iter().rev().find_map(|sale| sale.code.as_deref()) {
            Some(code) => (None, cx.ta("sales-line-code", &[("code", parts::clean(code).into())])),
            None => (None, String::new()),
        },
        "32" => {
            let today = |at: crate::model::Stamp| at.day() == cx.now.day();
            let failed = snapshot.failed.iter().filter(|sale| sale.failed() && today(sale.time)).count();
            (None, count("sales-line-failed", failed))
        }
        "33" => {
            let open = snapshot.unfinished.len();
            ((open > 0).then_some(Status::Warning), count("sales-line-open", open))
        }
        "34" => (None, parts::last_sale(snapshot).map(|sale| cx.when(sale.time)).unwrap_or_default()),
        _ => {
            let changed = snapshot.findings.iter().filter(|finding| finding.screen == id && finding.status.is_bad());
            (changed.map(|finding| finding.status).max_by_key(|status| status.weight()), String::new())
        }
    })
}
