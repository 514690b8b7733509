//! 84 HANDBOOK: every code of this terminal's table by number, each with its explanation.

use crate::codes as tables;
use crate::tui::screens::{Cx, Lines, ScreenSpec, codes, explanation, nothing, playbook};
use crate::tui::view::{Arg, Para, Row, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "84",
    zh: "手册",
    name: "HANDBOOK",
    lines: Lines::Open,
    green: playbook::HANDBOOK_GREEN,
    needs: nothing,
    content: view,
};

fn view(cx: &Cx<'_>) -> View {
    if let Arg::Code { profile, code } = &cx.place.arg {
        return explanation::page(cx, profile, code);
    }
    let profile = explanation::default_profile(cx);
    let rows: Vec<Row> =
        tables::listed(&profile).iter().map(|code| codes::code_row(cx, "84", &profile, code)).collect();
    let title = tables::profile_title(&profile, cx.lang).unwrap_or(profile);
    let args = [("count", rows.len().into()), ("profile", title.into())];
    View { head: vec![Para::tone(cx.ta("help-handbook", &args), Tone::Dim)], rows, ..View::default() }
}
