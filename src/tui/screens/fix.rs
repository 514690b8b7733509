//! 6 FIX: what one key can do here, how long it takes, what it asks for.

use crate::actions;
use crate::tui::screens::{Cx, Lines, ScreenSpec, nothing, parts};
use crate::tui::view::{Para, Row, Tone, View};

pub const SCREEN: ScreenSpec =
    ScreenSpec {
        id: "6", zh: "修复", name: "FIX", lines: Lines::Children, green: &[], needs: nothing, content: view
    };

fn view(cx: &Cx<'_>) -> View {
    let offered = |id: &str| actions::find(id);
    let rows: Vec<Row> = parts::child_rows(cx, "6", |id| {
        let Some(action) = offered(id) else { return (None, String::new()) };
        let args = [("seconds", i64::from(action.seconds).into()), ("risk", i64::from(action.risk).into())];
        (None, cx.ta("fix-line", &args))
    })
    .into_iter()
    .map(|row| {
        let here = offered(&row.key).is_some_and(|action| action.runs.is_some());
        Row { tone: if here { Tone::Plain } else { Tone::Dim }, ..row }
    })
    .collect();
    let any = actions::ACTIONS.iter().any(|action| action.runs.is_some());
    let head = vec![Para::new(cx.t(if any { "fix-head" } else { "fix-head-none" }))];
    let tail = vec![Para::tone(cx.t("fix-codes-not-cured"), Tone::Dim), Para::tone(cx.t("fix-plugins"), Tone::Dim)];
    View { head, rows, tail, ..View::default() }
}
