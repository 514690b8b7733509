//! 00 CONFIRM: the change that waits for somebody to keep it or undo it; else the last result.

use crate::actions::phone;
use crate::model::Role;
use crate::proto::Request;
use crate::tui::screens::{Cx, Lines, ScreenSpec, parts, run};
use crate::tui::view::{Act, Arg, Green, Open, Para, Row, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "00",
    zh: "待确认",
    name: "CONFIRM",
    lines: Lines::Choices(2),
    green: &["run-green-keep", "run-green-undo", "run-green-noted"],
    needs: |_| vec![Request::Rights],
    content: view,
};

fn view(cx: &Cx<'_>) -> View {
    let Some(shown) = cx.run() else {
        return View {
            head: vec![Para::new(cx.t("fix-confirm-none")), Para::tone(cx.t("screen-about-00"), Tone::Dim)],
            ..View::default()
        };
    };
    let mut head = run::paras(cx, shown);
    if shown.ended() {
        let green = Green { label: cx.t("run-green-noted"), act: Act::Ask(Request::Noted { run: shown.id }) };
        return View { head, rows: run::step_rows(cx, shown), green: Some(green), ..View::default() };
    }
    let role = cx.snapshot().map_or(Role::Viewer, |snapshot| snapshot.actor.role);
    if !role.may(shown.role) && !cx.mirror.granted(phone::GUARD) {
        let role = cx.t(&format!("status-role-{}", shown.role.word()));
        head.push(Para::tone(cx.ta("fix-role", &[("role", role.into())]), Tone::Warn));
        head.push(Para::new(cx.t("run-by-phone")));
        let rows = vec![parts::screen_row(cx, None, "92", String::new())];
        return View { head, rows, live: true, ..View::default() };
    }
    let choice = |n: u8, key: &str| Row {
        n: Some(n),
        text: cx.t(key),
        open: Some(Open::Place("00", Arg::Way(n))),
        key: format!("choice {n}"),
        ..Row::default()
    };
    let rows = vec![choice(1, "run-choice-keep"), choice(2, "run-choice-undo")];
    let green = match cx.place.arg {
        Arg::Way(1) => Some(("run-sure-keep", "run-green-keep", true)),
        Arg::Way(2) => Some(("run-sure-undo", "run-green-undo", false)),
        _ => None,
    };
    if let Some((sure, _, _)) = green {
        head.push(Para::tone(cx.t(sure), Tone::Strong));
    }
    let green = green.map(|(_, label, keep)| Green { label: cx.t(label), act: Act::Ask(Request::Guard { keep }) });
    View { head, rows, green, live: true, ..View::default() }
}
