//! 00 CONFIRM: the change that waits for somebody to keep it or undo it.

use crate::tui::screens::{Cx, Lines, ScreenSpec, nothing};
use crate::tui::view::{Para, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "00",
    zh: "待确认",
    name: "CONFIRM",
    lines: Lines::Read,
    green: &[],
    needs: nothing,
    content: view,
};

fn view(cx: &Cx<'_>) -> View {
    View {
        head: vec![Para::new(cx.t("fix-confirm-none")), Para::tone(cx.t("screen-about-00"), Tone::Dim)],
        tail: vec![Para::tone(cx.t("screen-later"), Tone::Dim)],
        ..View::default()
    }
}
