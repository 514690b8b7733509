//! 56 SYSTEM: processor, memory, storage, temperature, services, and this console's own parts.

use crate::model::{Area, Finding, Snapshot, Status};
use crate::proto::Request;
use crate::tui::screens::{Cx, Lines, ScreenSpec, nothing, parts};
use crate::tui::view::{Act, Green, Para, Row, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "56",
    zh: "系统",
    name: "SYSTEM",
    lines: Lines::Open,
    green: &["checkup-green-run"],
    needs: nothing,
    content: view,
};

fn view(cx: &Cx<'_>) -> View {
    let Some(snapshot) = cx.snapshot() else { return parts::connecting(cx) };
    let mut own: Vec<&Finding> = snapshot
        .findings
        .iter()
        .filter(|f| matches!(f.area, Area::System | Area::Store | Area::App) && f.status != Status::Absent)
        .collect();
    own.sort_by_key(|f| std::cmp::Reverse(if f.status.is_bad() { f.status.weight() } else { 0 }));
    let mut rows: Vec<Row> = own.into_iter().map(|f| parts::finding_row(cx, f)).collect();
    let mut head = Vec::new();
    if rows.is_empty() {
        head.push(Para::tone(cx.t("checkup-never"), Tone::Dim));
    }
    rows.extend(own_parts(cx, snapshot));
    let scope = ["system", "store", "app"].map(str::to_owned).to_vec();
    View {
        head,
        rows,
        green: Some(Green { label: cx.t("checkup-green-run"), act: Act::Ask(Request::Check { scope }) }),
        ..View::default()
    }
}

/// The agent and its store.
fn own_parts(cx: &Cx<'_>, snapshot: &Snapshot) -> Vec<Row> {
    let store = &snapshot.journal.store;
    let agent = if snapshot.terminal.in_process { "device-agent-inside" } else { "device-agent" };
    let version = [("version", parts::clean(&snapshot.terminal.version).into())];
    let megabytes = format!("{:.1}", store.bytes as f64 / 1_000_000.0);
    let held = [("sales", store.sales.into()), ("megabytes", megabytes.into())];
    let mut rows = vec![
        Row { text: cx.ta(agent, &version), key: "agent".to_owned(), ..Row::default() },
        Row { text: cx.ta("device-store", &held), key: "store".to_owned(), ..Row::default() },
    ];
    if let Some(name) = &store.set_aside {
        let args = [("name", parts::clean(name).into())];
        rows.push(Row {
            text: cx.ta("device-set-aside", &args),
            key: "aside".to_owned(),
            tone: Tone::Warn,
            ..Row::default()
        });
    }
    rows
}
