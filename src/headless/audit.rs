//! `audit` and `audit verify`.

use std::io;

use super::output::{Exit, Output};
use crate::link::Link;
use crate::model::ChainFault;
use crate::proto::{MAX_PAGE, Reply, Request};
use crate::text;

/// Prints the whole trail, oldest first.
pub async fn list(link: &Link, out: &mut Output) -> io::Result<Exit> {
    let mut rows = Vec::new();
    let mut after = 0;
    loop {
        match link.ask(Request::Audit { after, limit: MAX_PAGE }).await {
            Reply::Audit { rows: page } => {
                let Some(last) = page.last() else { break };
                after = last.seq;
                rows.extend(page);
            }
            Reply::Refused(refusal) => return Ok(out.refused(&refusal)),
            _ => break,
        }
    }
    if out.json {
        out.json(&rows)?;
        return Ok(Exit::Ok);
    }
    for row in &rows {
        let draft = &row.draft;
        out.line(&format!(
            "{:>6} {} {} ({}, {}) {} {} {} {}",
            row.seq,
            draft.time,
            draft.who,
            draft.role,
            draft.from,
            draft.action,
            draft.phase,
            draft.reason,
            draft.detail
        ))?;
    }
    Ok(Exit::Ok)
}

/// Recomputes the chain; any fault exits 2.
pub async fn verify(link: &Link, out: &mut Output) -> io::Result<Exit> {
    let report = match link.ask(Request::AuditVerify).await {
        Reply::AuditVerified(report) => report,
        Reply::Refused(refusal) => return Ok(out.refused(&refusal)),
        _ => return Ok(Exit::Internal),
    };
    if out.json {
        out.json(&report)?;
    } else if report.faults.is_empty() {
        out.line(&text::ta(out.lang, "cli-audit-whole", &[("rows", report.rows.into())]))?;
    } else {
        for fault in &report.faults {
            let sentence = fault_sentence(out.lang, fault);
            out.line(&sentence)?;
        }
    }
    Ok(if report.faults.is_empty() { Exit::Ok } else { Exit::Fail })
}

/// The sentence of a fault in the chain.
pub fn fault_sentence(lang: text::Lang, fault: &ChainFault) -> String {
    match fault {
        ChainFault::Changed { seq } => text::ta(lang, "cli-audit-changed", &[("seq", (*seq).into())]),
        ChainFault::Missing { seq } => text::ta(lang, "cli-audit-missing", &[("seq", (*seq).into())]),
        ChainFault::Truncated { last, expected } => {
            text::ta(lang, "cli-audit-truncated", &[("last", (*last).into()), ("expected", (*expected).into())])
        }
        ChainFault::HeadMismatch { seq } => text::ta(lang, "cli-audit-head", &[("seq", (*seq).into())]),
        ChainFault::HeadMissing => text::t(lang, "cli-audit-head-missing"),
    }
}
