//! Screens that keep their number but whose content this version lacks: they say so, say what helps meanwhile, and
//! show what checks already know about the thing.

use crate::tui::screens::{Cx, Lines, ScreenSpec, nothing, parts};
use crate::tui::view::{Para, Tone, View};

const fn later(id: &'static str, zh: &'static str, name: &'static str) -> ScreenSpec {
    ScreenSpec { id, zh, name, lines: Lines::Open, green: &[], needs: nothing, content: view }
}

pub const FOLLOW: ScreenSpec = later("81", "远程协助", "FOLLOW");
pub const QR: ScreenSpec = later("82", "二维码", "QR");
pub const BUNDLE: ScreenSpec = later("83", "诊断包", "BUNDLE");

fn view(cx: &Cx<'_>) -> View {
    let id = cx.place.screen.as_str();
    let mut rows = parts::finding_rows(cx, id);
    let mut head = Vec::new();
    if matches!(id, "81" | "82") {
        head.push(Para::tone(cx.t("help-never-asked"), Tone::Warn));
    }
    head.push(Para::tone(cx.t(&format!("screen-about-{id}")), Tone::Dim));
    head.push(Para::new(cx.t(if rows.is_empty() { "screen-later" } else { "screen-later-partly" })));
    head.push(Para::new(cx.t(&format!("screen-meanwhile-{id}"))));
    rows.extend(instead(id).iter().map(|id| parts::screen_row(cx, None, id, String::new())));
    View { head, rows, ..View::default() }
}

/// Screens that help meanwhile.
fn instead(id: &str) -> &'static [&'static str] {
    match id {
        "81" | "82" | "83" => &["8", "11"],
        _ => &[],
    }
}
