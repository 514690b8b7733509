//! `check`: runs the checks now and says what is wrong; also a valid monitoring plugin (first line, exit code).

use std::fmt::Write as _;
use std::io;

use serde::Serialize;

use super::output::{Exit, Output};
use crate::checks;
use crate::link::Link;
use crate::model::{Area, Fact, Facts, Finding, Status};
use crate::proto::{Reply, Request};
use crate::text::{self, Lang};

/// `check --json`: stable keys.
#[derive(Serialize)]
struct Report<'a> {
    status: Status,
    root_cause: Option<&'a str>,
    findings: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    area: Area,
    screen: &'a str,
    status: Status,
    code: &'a str,
    summary: String,
    facts: &'a Facts,
    root: bool,
    caused_by: Option<&'a str>,
    remedy: Option<&'a str>,
}

/// Runs them and prints the report.
pub async fn run(link: &Link, scope: Vec<String>, out: &mut Output) -> io::Result<Exit> {
    if let Reply::Refused(refusal) = link.ask(Request::CaughtUp).await {
        return Ok(out.refused(&refusal));
    }
    let (findings, root_cause) = match link.ask(Request::Check { scope }).await {
        Reply::Checked { findings, root_cause } => (findings, root_cause),
        Reply::Refused(refusal) => return Ok(out.refused(&refusal)),
        _ => return Ok(Exit::Internal),
    };
    let status = checks::overall(&findings);
    if out.json {
        let rows = findings.iter().map(|finding| row(out.lang, finding)).collect();
        out.json(&Report { status, root_cause: root_cause.as_deref(), findings: rows })?;
    } else {
        print(&findings, root_cause.as_deref(), status, out)?;
    }
    Ok(Exit::of(status))
}

fn row(lang: Lang, finding: &Finding) -> Row<'_> {
    Row {
        id: &finding.id,
        area: finding.area,
        screen: &finding.screen,
        status: finding.status,
        code: &finding.code,
        summary: checks::sentence(lang, finding),
        facts: &finding.facts,
        root: finding.root,
        caused_by: finding.caused_by.as_deref(),
        remedy: finding.remedy.as_deref(),
    }
}

/// The plugin convention's word, then the root's sentence; below, one line a finding.
fn print(findings: &[Finding], root: Option<&str>, status: Status, out: &mut Output) -> io::Result<()> {
    let word = match Exit::of(status) {
        Exit::Ok => "OK",
        Exit::Warning => "WARNING",
        Exit::Fail => "CRITICAL",
        _ => "UNKNOWN",
    };
    let first = findings.iter().find(|finding| Some(finding.id.as_str()) == root);
    let says =
        first.map_or_else(|| text::t(out.lang, "cli-check-clean"), |finding| checks::sentence(out.lang, finding));
    // A bar begins the figures, so none may stand before them or below.
    let plain = |text: String| text.replace('|', "/");
    out.line(&format!("POS {word} - {} | {}", plain(says), figures(findings)))?;
    for finding in findings {
        let mark = crate::tui::screens::status_word(out.lang, finding.status);
        let mut line =
            format!("{} {} {}", text::pad(&mark, 10), text::pad(&finding.id, 24), checks::sentence(out.lang, finding));
        if let Some(cause) = &finding.caused_by {
            line.push(' ');
            line.push_str(&text::ta(out.lang, "cli-check-because", &[("id", cause.clone().into())]));
        }
        out.line(&plain(line))?;
    }
    Ok(())
}

/// Facts that are a time of a rung.
const TIMES: [&str; 4] = ["rtt_ms", "connect_ms", "handshake_ms", "echo_ms"];

/// What was counted and measured, as monitoring systems draw it: `label=value[unit]`.
fn figures(findings: &[Finding]) -> String {
    let count = |status: Status| findings.iter().filter(|finding| finding.status == status).count();
    let mut out = format!(
        "ok={} warning={} fail={} unknown={}",
        count(Status::Ok),
        count(Status::Warning),
        count(Status::Fail),
        count(Status::Unknown)
    );
    for finding in findings.iter().filter(|finding| matches!(finding.area, Area::Network | Area::Host)) {
        let time = TIMES.iter().find_map(|name| match finding.facts.get(*name) {
            Some(Fact::Real(ms)) => Some(*ms),
            _ => None,
        });
        if let Some(ms) = time {
            let _ = write!(out, " '{}'={ms}ms", finding.id.replace(['\'', '='], "_"));
        }
    }
    out
}
