//! 1 CHECKUP: green runs every check; problems by weight, with a count of what is well.

use crate::model::{Snapshot, Stamp, Status};
use crate::proto::Request;
use crate::tui::screens::{Cx, Lines, ScreenSpec, nothing, parts};
use crate::tui::view::{Act, Green, Para, Row, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "1",
    zh: "体检",
    name: "CHECKUP",
    lines: Lines::Children,
    green: &["checkup-green-run"],
    needs: nothing,
    content: view,
};

fn view(cx: &Cx<'_>) -> View {
    let Some(snapshot) = cx.snapshot() else {
        return View { rows: fixed(cx), ..parts::connecting(cx) };
    };
    let mut rows = fixed(cx);
    rows.extend(parts::problems(snapshot).into_iter().map(|finding| Row {
        right: if parts::is_root(snapshot, finding) {
            cx.t("checkup-root")
        } else if finding.caused_by.is_some() {
            cx.t("checkup-follows")
        } else {
            String::new()
        },
        ..parts::finding_row(cx, finding)
    }));
    let label = if snapshot.checking { "checkup-green-again" } else { "checkup-green-run" };
    View {
        head: head(cx, snapshot),
        rows,
        green: Some(Green { label: cx.t(label), act: Act::Ask(Request::Check { scope: Vec::new() }) }),
        ..View::default()
    }
}

fn fixed(cx: &Cx<'_>) -> Vec<Row> {
    parts::child_rows(cx, "1", |_| (None, String::new()))
}

/// How many are how, and when that was found.
fn head(cx: &Cx<'_>, snapshot: &Snapshot) -> Vec<Para> {
    if snapshot.findings.is_empty() {
        let key = if snapshot.checking { "checkup-running" } else { "checkup-never" };
        return vec![Para::tone(cx.t(key), Tone::Dim)];
    }
    let count = |wanted: Status| snapshot.findings.iter().filter(|f| cx.status_of(f) == wanted).count();
    let counts: Vec<String> =
        [Status::Fail, Status::Warning, Status::Unknown, Status::Stale, Status::NotTested, Status::Ok, Status::Absent]
            .into_iter()
            .filter(|status| count(*status) > 0)
            .map(|status| format!("{}{}{}", parts::status_word(cx.lang, status), gap(cx), count(status)))
            .collect();
    let newest = snapshot.findings.iter().map(|f| f.at).max().unwrap_or(Stamp::default());
    let key = if snapshot.checking { "checkup-when-running" } else { "checkup-when" };
    vec![
        Para::tone(counts.join("  "), Tone::Strong),
        Para::tone(cx.ta(key, &[("time", cx.when_exactly(newest).into())]), Tone::Dim),
    ]
}

/// Chinese sets a number against its word, English apart.
fn gap(cx: &Cx<'_>) -> &'static str {
    if cx.lang == crate::text::Lang::ZH { "" } else { " " }
}
