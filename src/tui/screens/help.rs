//! 8 HELP: whom to call, and what they will ask for.

use crate::tui::screens::{Cx, Lines, ScreenSpec, nothing, parts};
use crate::tui::view::{Para, Tone, View};

pub const SCREEN: ScreenSpec =
    ScreenSpec {
        id: "8", zh: "求助", name: "HELP", lines: Lines::Children, green: &[], needs: nothing, content: view
    };

fn view(cx: &Cx<'_>) -> View {
    let rows = parts::child_rows(cx, "8", |id| match id {
        "84" | "85" => (None, String::new()),
        _ => (None, cx.t("screen-not-yet")),
    });
    let mut head = Vec::new();
    if let Some(snapshot) = cx.snapshot() {
        let terminal = &snapshot.terminal;
        if terminal.support_phone.is_empty() {
            head.push(Para::new(cx.t("help-no-phone")));
        } else {
            head.push(Para::tone(parts::clean(&terminal.support_phone), Tone::Big));
        }
        if !terminal.support_hours.is_empty() {
            let hours = parts::clean(&terminal.support_hours);
            head.push(Para::new(cx.ta("help-hours", &[("hours", hours.into())])));
        }
        let told = |value: &Option<String>| {
            value.as_deref().filter(|text| !text.is_empty()).map_or_else(|| cx.t("device-not-known"), parts::clean)
        };
        let numbers = [("tid", told(&terminal.tid).into()), ("serial", told(&terminal.serial).into())];
        head.push(Para::tone(cx.ta("help-numbers", &numbers), Tone::Strong));
    }
    head.push(Para::tone(cx.t("help-never-asked"), Tone::Warn));
    View { head, rows, ..View::default() }
}
