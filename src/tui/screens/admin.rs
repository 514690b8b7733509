//! 9 ADMIN: language, look, records, and settings of the terminal.

use crate::tui::screens::{Cx, Lines, ScreenSpec, nothing, parts};
use crate::tui::view::{Para, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "9",
    zh: "管理",
    name: "ADMIN",
    lines: Lines::Children,
    green: &[],
    needs: nothing,
    content: view,
};

fn view(cx: &Cx<'_>) -> View {
    let rows = parts::child_rows(cx, "9", |id| match id {
        "91" => (None, cx.lang.own_name().to_owned()),
        "93" => (None, cx.t(if cx.ascii { "admin-ascii-on" } else { "admin-ascii-off" })),
        _ => (None, String::new()),
    });
    let Some(snapshot) = cx.snapshot() else { return View { rows, ..parts::connecting(cx) } };
    let actor = &snapshot.actor;
    let args = [
        ("name", parts::clean(&actor.name).into()),
        ("role", cx.t(&format!("status-role-{}", actor.role.word())).into()),
        ("from", parts::clean(&actor.from).into()),
    ];
    View { head: vec![Para::tone(cx.ta("admin-who", &args), Tone::Dim)], rows, ..View::default() }
}
