//! 23 ACQUIRER: each host as it is reached, and what it last replied to the payment application.

use crate::model::{Finding, Sale, Status};
use crate::proto::Request;
use crate::tui::screens::{Cx, Lines, ScreenSpec, nothing, parts, path};
use crate::tui::view::{Act, Arg, Green, Open, Para, Row, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "23",
    zh: "收单主机",
    name: "ACQUIRER",
    lines: Lines::Open,
    green: &["checkup-green-run"],
    needs: nothing,
    content: view,
};

/// Replies shown below the hosts.
const REPLIES: usize = 8;

fn view(cx: &Cx<'_>) -> View {
    let Some(snapshot) = cx.snapshot() else { return parts::connecting(cx) };
    let hosts: Vec<&Finding> =
        snapshot.findings.iter().filter(|f| f.family().starts_with("host.") && f.status != Status::Absent).collect();
    let mut head = Vec::new();
    if path::no_host(snapshot) {
        head.push(Para::tone(cx.t("network-no-host"), Tone::Dim));
    }
    let mut rows: Vec<Row> = hosts.into_iter().map(|finding| host_row(cx, finding)).collect();
    let answered = snapshot.recent.iter().rev().filter(|sale| sale.answer_code().is_some() || sale.rrn.is_some());
    let replies: Vec<Row> = answered.take(REPLIES).map(|sale| reply_row(cx, sale)).collect();
    if replies.is_empty() {
        head.push(Para::tone(cx.t("network-no-reply"), Tone::Dim));
    }
    rows.extend(replies);
    let scope = vec!["host".to_owned()];
    View {
        head,
        rows,
        green: Some(Green { label: cx.t("checkup-green-run"), act: Act::Ask(Request::Check { scope }) }),
        ..View::default()
    }
}

fn host_row(cx: &Cx<'_>, finding: &Finding) -> Row {
    let name = parts::check_name(cx.lang, finding.family());
    let subject = finding.subject().map(parts::clean).unwrap_or_default();
    Row {
        text: format!("{subject} {name}").trim().to_owned(),
        right: if path::measured(finding.status) { path::measure(cx, finding) } else { String::new() },
        ..parts::finding_row(cx, finding)
    }
}

/// When the host answered, with what, how fast.
fn reply_row(cx: &Cx<'_>, sale: &Sale) -> Row {
    let args = [
        ("time", cx.when_exactly(sale.time).into()),
        ("code", parts::clean(sale.code.as_deref().unwrap_or("--")).into()),
        ("host", parts::clean(sale.host.as_deref().unwrap_or_default()).into()),
    ];
    Row {
        text: cx.ta("network-reply", &args).trim_end().to_owned(),
        right: sale.latency_ms.map(|ms| format!("{}s", parts::seconds(ms))).unwrap_or_default(),
        tone: parts::outcome_tone(sale.outcome),
        open: Some(Open::Place("34", Arg::Sale(sale.id))),
        key: format!("reply {}", sale.id.0),
        ..Row::default()
    }
}
