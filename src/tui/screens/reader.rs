//! 4 READER: what the journal says of each way of reading; the tests of the readers themselves come later.

use crate::model::{Area, Status};
use crate::tui::screens::{Cx, Lines, ScreenSpec, nothing, parts};
use crate::tui::view::{Para, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "4",
    zh: "读卡",
    name: "READER",
    lines: Lines::Children,
    green: &[],
    needs: nothing,
    content: view,
};

fn view(cx: &Cx<'_>) -> View {
    let last = |id: &str| {
        let way = match id {
            "41" => "swipe",
            "42" => "insert",
            "43" => "tap",
            _ => "scan",
        };
        cx.snapshot().and_then(|s| s.last_good.iter().find(|(have, _)| have == way)).map(|(_, at)| *at)
    };
    let rows = parts::child_rows(cx, "4", |id| match last(id) {
        Some(at) => (None, cx.ta("reader-last-good", &[("time", cx.when(at).into())])),
        None => (None, cx.t("reader-no-record")),
    });
    let Some(snapshot) = cx.snapshot() else { return View { rows, ..parts::connecting(cx) } };
    let own = snapshot.findings.iter().filter(|f| f.area == Area::Reader && f.status != Status::Absent);
    let mut head: Vec<Para> =
        own.map(|f| Para::tone(parts::sentence(cx.lang, f), parts::status_tone(cx.status_of(f)))).collect();
    if head.is_empty() {
        head.push(Para::new(cx.t("reader-from-journal")));
    }
    View { head, rows, tail: vec![Para::tone(cx.t("reader-tests-later"), Tone::Dim)], ..View::default() }
}
