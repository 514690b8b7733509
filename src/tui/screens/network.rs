//! 2 NETWORK: the interfaces as they are, and one line for each screen below.

use crate::model::{Area, Finding, Snapshot, Status};
use crate::tui::screens::{Cx, Lines, ScreenSpec, nothing, parts, path, signal, trace};
use crate::tui::view::{Act, Green, Open, Para, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "2",
    zh: "网络",
    name: "NETWORK",
    lines: Lines::Children,
    green: &["network-green-path"],
    needs: nothing,
    content: view,
};

/// What is said here; the rest of the way to the host is on 22 and 23.
const SHOWN: [&str; 6] = ["net.link", "net.wifi", "net.cell", "net.address", "net.gateway", "net.route"];

fn view(cx: &Cx<'_>) -> View {
    let Some(snapshot) = cx.snapshot() else {
        return View { rows: rows(cx, None), ..parts::connecting(cx) };
    };
    let mut head: Vec<Para> = SHOWN
        .iter()
        .flat_map(|family| snapshot.findings.iter().filter(move |f| f.family() == *family))
        .filter(|f| f.status != Status::Absent)
        .map(|f| Para::tone(parts::sentence(cx.lang, f), parts::status_tone(cx.status_of(f))))
        .collect();
    if head.is_empty() {
        head.push(Para::tone(cx.t("network-nothing-known"), Tone::Dim));
    }
    let green = Green { label: cx.t("network-green-path"), act: Act::Open(Open::Screen("22")) };
    View { head, rows: rows(cx, Some(snapshot)), green: Some(green), ..View::default() }
}

fn rows(cx: &Cx<'_>, snapshot: Option<&Snapshot>) -> Vec<crate::tui::view::Row> {
    parts::child_rows(cx, "2", |id| {
        let Some(snapshot) = snapshot else { return (None, String::new()) };
        let said = |status: Option<Status>| match status {
            Some(status) => (Some(status), String::new()),
            None => (Some(Status::NotTested), String::new()),
        };
        match id {
            "21" => said(signal::worst(cx, snapshot)),
            "22" => match path::broken_at(cx, snapshot) {
                Some(step) => (Some(Status::Fail), cx.ta("network-broken-at", &[("step", step.into())])),
                None => said(parts::worst(cx, snapshot.findings.iter().filter(|f| path::is_rung(f)))),
            },
            "23" => said(parts::worst(cx, snapshot.findings.iter().filter(|f: &&Finding| f.area == Area::Host))),
            _ => (None, trace::last(cx, snapshot)),
        }
    })
}
