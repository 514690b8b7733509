//! 21 SIGNAL: how well each way out is connected - cable, Wi-Fi, mobile network - and how it stood in the last 24 hours.

use crate::model::{Fact, Finding, Snapshot, Status};
use crate::proto::Request;
use crate::tui::screens::{Cx, Lines, Place, ScreenSpec, parts};
use crate::tui::view::{Act, Arg, Green, Open, Para, Row, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "21",
    zh: "信号",
    name: "SIGNAL",
    lines: Lines::Open,
    green: &["checkup-green-run"],
    needs,
    content: view,
};

/// Ways out, in this order.
const WAYS: [&str; 3] = ["net.link", "net.wifi", "net.cell"];
/// Hours of the line, the newest at the right.
const HOURS: i64 = 24;

fn needs(_place: &Place) -> Vec<Request> {
    vec![Request::Events { before: None, limit: 200 }]
}

fn view(cx: &Cx<'_>) -> View {
    let Some(snapshot) = cx.snapshot() else { return parts::connecting(cx) };
    let shown = || WAYS.iter().flat_map(|way| of(snapshot, way));
    let rows = shown().flat_map(|finding| std::iter::once(row(cx, finding)).chain(more(cx, finding))).collect();
    let mut view = View {
        rows,
        green: Some(Green {
            label: cx.t("checkup-green-run"),
            act: Act::Ask(Request::Check { scope: WAYS.map(str::to_owned).to_vec() }),
        }),
        ..View::default()
    };
    for (way, none) in [("net.wifi", "network-no-wifi"), ("net.cell", "network-no-cell")] {
        if of(snapshot, way).next().is_none() {
            view.tail.push(Para::tone(cx.t(none), Tone::Dim));
        }
    }
    for finding in shown() {
        let subject = parts::clean(finding.subject().unwrap_or_default());
        let line = [("subject", subject.into()), ("line", day(cx, finding).into())];
        view.tail.push(Para::tone(cx.ta("network-day", &line), Tone::Dim));
    }
    view
}

/// Findings of a family that tell of something that is there.
fn of<'a>(snapshot: &'a Snapshot, family: &'static str) -> impl Iterator<Item = &'a Finding> {
    snapshot.findings.iter().filter(move |f| f.family() == family && f.status != Status::Absent)
}

/// The worst of all ways, for the line on 2.
pub fn worst(cx: &Cx<'_>, snapshot: &Snapshot) -> Option<Status> {
    parts::worst(cx, WAYS.iter().flat_map(|way| of(snapshot, way)))
}

fn row(cx: &Cx<'_>, finding: &Finding) -> Row {
    let status = cx.status_of(finding);
    let number = |name: &str, unit: &str| parts::fact(finding, name).map(|value| format!("{value}{unit}"));
    let right = number("dbm", "dBm").or_else(|| number("rsrp_dbm", "dBm")).or_else(|| number("speed_mbit", "M"));
    Row {
        status: Some(status),
        text: parts::sentence(cx.lang, finding),
        right: right.unwrap_or_default(),
        tone: parts::status_tone(status),
        open: Some(Open::Place("11", Arg::Finding(finding.id.clone()))),
        key: finding.id.clone(),
        ..Row::default()
    }
}

/// What else is known of a way that is there, a line each, to be read out.
fn more(cx: &Cx<'_>, finding: &Finding) -> Vec<Row> {
    let has = |name: &str| match finding.facts.get(name) {
        Some(Fact::Int(count)) => name != "roams_count" || *count > 0,
        Some(Fact::Text(text)) => !text.is_empty(),
        Some(_) => true,
        None => false,
    };
    let lines: [(&str, &[&str]); 7] = [
        ("network-cable", &["speed_mbit", "duplex"]),
        ("network-errors", &["rx_errors", "tx_errors"]),
        ("network-channel", &["channel", "mbit"]),
        ("network-retries", &["retries"]),
        ("network-roams", &["roams_count", "roams"]),
        ("network-apn", &["apn"]),
        ("network-lte", &["rsrp_dbm", "rsrq_db"]),
    ];
    let told = lines.into_iter().filter(|(_, facts)| facts.iter().all(|fact| has(fact)));
    told.map(|(key, _)| Row {
        text: parts::clean(&cx.tf(key, finding)),
        tone: Tone::Dim,
        key: format!("{} {key}", finding.id),
        ..Row::default()
    })
    .collect()
}

/// One sign an hour: `.` nothing happened, `x` it was bad at some moment. What was bad before the first event that is
/// known stays unknown and reads as nothing.
fn day(cx: &Cx<'_>, finding: &Finding) -> String {
    let mut hours = [false; HOURS as usize];
    let mut bad_since: Option<i64> = None;
    let mut own: Vec<_> = cx.mirror.events.iter().filter_map(|event| Some((event, event.finding.as_ref()?))).collect();
    own.sort_by_key(|(event, _)| event.id);
    own.dedup_by_key(|(event, _)| event.id);
    let ago = |at: crate::model::Stamp| cx.now.seconds_since(at).max(0) / 3_600;
    let mut mark = |from: i64, to: i64| {
        for hour in to..=from {
            if let Some(place) = usize::try_from(HOURS - 1 - hour).ok().and_then(|place| hours.get_mut(place)) {
                *place = true;
            }
        }
    };
    for (event, had) in own.iter().filter(|(_, had)| had.id == finding.id) {
        match (had.status.is_bad(), bad_since) {
            (true, None) => bad_since = Some(ago(event.at)),
            (false, Some(from)) => {
                mark(from, ago(event.at));
                bad_since = None;
            }
            _ => {}
        }
    }
    if let Some(from) = bad_since {
        mark(from, 0);
    }
    hours.iter().map(|bad| if *bad { 'x' } else { '.' }).collect()
}
