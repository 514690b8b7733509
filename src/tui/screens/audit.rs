//! 94 AUDIT: who did what, newest first; green proves that nobody changed the record.

use crate::model::{AuditRow, ChainFault, ChainReport};
use crate::proto::Request;
use crate::text;
use crate::tui::screens::{Cx, Lines, Place, ScreenSpec, parts};
use crate::tui::view::{Act, Green, Para, Row, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "94",
    zh: "操作记录",
    name: "AUDIT",
    lines: Lines::Read,
    green: &["admin-green-verify"],
    needs,
    content: view,
};

/// How far a run got, and the sentence for it.
const PHASES: [(&str, &str); 7] = [
    ("intent", "action-phase-intent"),
    ("done", "action-phase-done"),
    ("failed", "action-phase-failed"),
    ("undone", "action-phase-undone"),
    ("refused", "action-phase-refused"),
    ("unavailable", "action-phase-unavailable"),
    ("interrupted", "action-phase-interrupted"),
];

fn needs(_place: &Place) -> Vec<Request> {
    vec![Request::AuditTail { limit: 100 }]
}

fn view(cx: &Cx<'_>) -> View {
    let mut rows: Vec<&AuditRow> = cx.mirror.audit.iter().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.seq));
    let mut head: Vec<Para> = cx.mirror.audit_report.iter().map(|report| verified(cx, report)).collect();
    if rows.is_empty() {
        head.push(Para::tone(cx.t("admin-audit-none"), Tone::Dim));
    }
    View {
        head,
        rows: rows.into_iter().map(|row| line(cx, row)).collect(),
        green: Some(Green { label: cx.t("admin-green-verify"), act: Act::Ask(Request::AuditVerify) }),
        ..View::default()
    }
}

/// What the chain of hashes proves.
fn verified(cx: &Cx<'_>, report: &ChainReport) -> Para {
    let Some(first) = report.faults.first() else {
        return Para::tone(cx.ta("admin-chain-whole", &[("rows", report.rows.into())]), Tone::Good);
    };
    let (word, seq) = match first {
        ChainFault::Changed { seq } => ("changed", *seq),
        ChainFault::Missing { seq } => ("missing", *seq),
        ChainFault::Truncated { last, .. } => ("truncated", *last),
        ChainFault::HeadMismatch { seq } => ("head", *seq),
        ChainFault::HeadMissing => ("no-head", 0),
    };
    Para::tone(cx.ta(&format!("admin-chain-{word}"), &[("seq", seq.into())]), Tone::Bad)
}

/// When, what, how far it went; by whom on the right.
fn line(cx: &Cx<'_>, row: &AuditRow) -> Row {
    let draft = &row.draft;
    let named = format!("action-{}", draft.action);
    let action = match draft.action.as_str() {
        "set" => cx.t("action-set"),
        _ if text::has(cx.lang, &named) => cx.t(&named),
        other => parts::clean(other),
    };
    let phase = PHASES.iter().find(|(word, _)| *word == draft.phase);
    let phase = phase.map_or_else(|| parts::clean(&draft.phase), |(_, key)| cx.t(key));
    let tone = if matches!(draft.phase.as_str(), "failed" | "undone" | "refused" | "interrupted") {
        Tone::Warn
    } else {
        Tone::Plain
    };
    Row {
        text: format!("{} {} {action} {phase}", row.seq, cx.when(draft.time)),
        right: parts::clean(&draft.who),
        tone,
        key: row.seq.to_string(),
        ..Row::default()
    }
}
