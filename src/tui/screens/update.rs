//! 7 UPDATE: which version runs; checking and installing come later.

use crate::tui::screens::{Cx, Lines, ScreenSpec, nothing, parts};
use crate::tui::view::{Para, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "7",
    zh: "升级",
    name: "UPDATE",
    lines: Lines::Children,
    green: &[],
    needs: nothing,
    content: view,
};

fn view(cx: &Cx<'_>) -> View {
    let rows = parts::child_rows(cx, "7", |_| (None, cx.t("screen-not-yet")));
    let Some(snapshot) = cx.snapshot() else { return View { rows, ..parts::connecting(cx) } };
    let version = [("version", parts::clean(&snapshot.terminal.version).into())];
    let head = vec![Para::new(cx.ta("update-running", &version)), Para::tone(cx.t("update-later"), Tone::Dim)];
    View { head, rows, ..View::default() }
}
