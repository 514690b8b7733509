//! 22 PATH: the ladder from the plug to the acquirer; the first broken rung is named, the rest is not tested.

use crate::checks::LADDER;
use crate::model::{Fact, Finding, Snapshot, Status};
use crate::proto::Request;
use crate::text;
use crate::tui::screens::{Cx, Lines, ScreenSpec, nothing, parts};
use crate::tui::view::{Act, Arg, Green, Open, Para, Row, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "22",
    zh: "线路检测",
    name: "PATH",
    lines: Lines::Open,
    green: &["checkup-green-run"],
    needs: nothing,
    content: view,
};

/// Rungs that every terminal has: without a finding they have not been tested yet.
const ALWAYS: [&str; 4] = ["net.link", "net.address", "net.gateway", "net.dns"];

/// Whether this finding is a rung of the ladder.
pub fn is_rung(finding: &Finding) -> bool {
    LADDER.contains(&finding.family())
}

/// Whether it is known that no host is configured: before the first look nothing is.
pub fn no_host(snapshot: &Snapshot) -> bool {
    let mut hosts = snapshot.findings.iter().filter(|finding| finding.family() == "host.tcp").peekable();
    hosts.peek().is_some() && hosts.all(|finding| finding.status == Status::Absent)
}

/// A line of the ladder.
struct Rung<'a> {
    family: &'static str,
    status: Status,
    finding: Option<&'a Finding>,
    /// Several stand in this family, so each names its subject.
    many: bool,
}

fn view(cx: &Cx<'_>) -> View {
    let Some(snapshot) = cx.snapshot() else { return parts::connecting(cx) };
    let ladder = ladder(cx, snapshot);
    let broken = ladder.iter().position(|rung| rung.status == Status::Fail);
    let rows = ladder.iter().enumerate().map(|(at, rung)| row(cx, rung, broken == Some(at))).collect();
    let scope = ["network", "host", "clock"].map(str::to_owned).to_vec();
    let mut view = View {
        rows,
        green: Some(Green { label: cx.t("checkup-green-run"), act: Act::Ask(Request::Check { scope }) }),
        ..View::default()
    };
    if snapshot.checking {
        view.head.push(Para::tone(cx.t("checkup-running"), Tone::Dim));
    }
    match broken.and_then(|at| Some((at, ladder[at].finding?))) {
        Some((at, finding)) => {
            let args = [("step", Fact::from(at + 1)), ("sentence", parts::sentence(cx.lang, finding).into())];
            view.tail.push(Para::tone(cx.ta("network-broken", &args), Tone::Bad));
        }
        None if ladder.iter().all(|rung| matches!(rung.status, Status::Ok | Status::Absent)) => {
            view.tail.push(Para::tone(cx.t("network-whole"), Tone::Good));
        }
        None => view.tail.push(Para::tone(cx.t("network-unsure"), Tone::Dim)),
    }
    if no_host(snapshot) {
        view.tail.push(Para::tone(cx.t("network-no-host"), Tone::Dim));
    }
    view
}

/// Number of the first broken rung.
pub fn broken_at(cx: &Cx<'_>, snapshot: &Snapshot) -> Option<usize> {
    ladder(cx, snapshot).iter().position(|rung| rung.status == Status::Fail).map(|at| at + 1)
}

fn ladder<'a>(cx: &Cx<'_>, snapshot: &'a Snapshot) -> Vec<Rung<'a>> {
    let mut rungs = Vec::new();
    // Of several interfaces one is enough; every host and every server stands for itself.
    for family in LADDER {
        let found: Vec<&Finding> =
            snapshot.findings.iter().filter(|f| f.family() == family && f.status != Status::Absent).collect();
        let one_is_enough = matches!(family, "net.link" | "net.address");
        let shown: Vec<&Finding> = if one_is_enough {
            found.iter().copied().min_by_key(|f| carries(cx.status_of(f))).into_iter().collect()
        } else {
            found
        };
        if shown.is_empty() && ALWAYS.contains(&family) {
            rungs.push(Rung { family, status: Status::NotTested, finding: None, many: false });
        }
        let many = shown.len() > 1;
        rungs.extend(shown.into_iter().map(|f| Rung { family, status: cx.status_of(f), finding: Some(f), many }));
    }
    rungs
}

/// Order in which one of several interfaces stands for the rung: the one that carries first.
fn carries(status: Status) -> u8 {
    match status {
        Status::Ok => 0,
        Status::Warning => 1,
        Status::Stale => 2,
        Status::Unknown => 3,
        Status::Fail => 4,
        Status::NotTested | Status::Absent => 5,
    }
}

fn row(cx: &Cx<'_>, rung: &Rung<'_>, first_broken: bool) -> Row {
    let name = parts::check_name(cx.lang, rung.family);
    let subject = rung.finding.and_then(Finding::subject).filter(|_| rung.many || rung.family == "net.link");
    let text = subject.map_or_else(|| name.clone(), |subject| format!("{name} {}", parts::clean(subject)));
    Row {
        status: Some(rung.status),
        text: if first_broken { format!("{text} <-") } else { text },
        right: rung.finding.filter(|_| measured(rung.status)).map(|f| measure(cx, f)).unwrap_or_default(),
        tone: parts::status_tone(rung.status),
        open: rung.finding.map(|f| Open::Place("11", Arg::Finding(f.id.clone()))),
        key: rung.finding.map_or_else(|| rung.family.to_owned(), |f| f.id.clone()),
        ..Row::default()
    }
}

/// Whether a status rests on a measurement.
pub const fn measured(status: Status) -> bool {
    matches!(status, Status::Ok | Status::Warning | Status::Stale)
}

/// The one figure worth showing of a rung.
pub fn measure(cx: &Cx<'_>, finding: &Finding) -> String {
    let number = |name: &str| match finding.facts.get(name)? {
        Fact::Int(value) => Some(*value as f64),
        Fact::Real(value) => Some(*value),
        _ => None,
    };
    if let Some(days) = number("days").or_else(|| number("days_left")) {
        return cx.ta("network-days", &[("days", (days as i64).into())]);
    }
    if let Some(offset) = number("offset_ms") {
        // Adding nothing makes a zero of one below it.
        return format!("{:+.1}s", (offset / 100.0).round() / 10.0 + 0.0);
    }
    for name in ["rtt_ms", "connect_ms", "handshake_ms", "echo_ms", "latency_ms", "ms"] {
        if let Some(ms) = number(name) {
            return if ms < 10.0 { format!("{ms:.1}ms") } else { format!("{ms:.0}ms") };
        }
    }
    // A way without a gateway is told by its device; on a link that one is named already.
    let shown: &[&str] = match finding.family() {
        "net.route" => &["gateway", "interface"],
        _ => &["last", "interface_used", "gateway", "address", "addresses", "speed"],
    };
    shown
        .iter()
        .filter_map(|name| parts::fact(finding, name))
        .find(|value| value != "-")
        .map_or_else(String::new, |value| text::truncate(&value, 20))
}
