//! 21 SIGNAL: how well each way out is connected - cable, Wi-Fi, mobile network - and how it stood in the last 24 hours.

use crate::model::{Fact, Finding, Snapshot, Stamp, Status};
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
    vec![Request::Signals]
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
    let radio = shown().any(|finding| finding.family() != "net.link");
    view.tail.push(Para::tone(cx.t(if radio { "network-day-radio" } else { "network-day-cable" }), Tone::Dim));
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
    // Since when says more than for how many seconds.
    let mut finding = finding.clone();
    if let Some(Fact::Int(seconds)) = finding.facts.get("connected_s") {
        let since = Stamp::new(finding.at.micros - seconds * 1_000_000, finding.at.offset).day_hh_mm();
        finding.facts.insert("connected".to_owned(), since.as_str().into());
    }
    let has = |name: &str| match finding.facts.get(name) {
        Some(Fact::Int(count)) => !["roams_count", "beacon_loss"].contains(&name) || *count > 0,
        Some(Fact::Text(text)) => !text.is_empty(),
        Some(_) => true,
        None => false,
    };
    let lines: [(&str, &[&str]); 11] = [
        ("network-cable", &["speed_mbit", "duplex"]),
        ("network-errors", &["rx_errors", "tx_errors"]),
        ("network-channel", &["channel", "mbit"]),
        ("network-average", &["dbm_avg", "connected"]),
        ("network-resent", &["retries", "failed"]),
        ("network-retries", &["retries"]),
        ("network-failed", &["failed"]),
        ("network-beacons", &["beacon_loss"]),
        ("network-roams", &["roams_count", "roams"]),
        ("network-apn", &["apn"]),
        ("network-lte", &["rsrp_dbm", "rsrq_db"]),
    ];
    // Both counts in one line, where both are known.
    let both = has("retries") && has("failed");
    let alone = |key: &str| matches!(key, "network-retries" | "network-failed");
    let told = lines.into_iter().filter(|(key, facts)| facts.iter().all(|fact| has(fact)) && !(both && alone(key)));
    told.map(|(key, _)| Row {
        text: parts::clean(&cx.tf(key, &finding)),
        tone: Tone::Dim,
        key: format!("{} {key}", finding.id),
        ..Row::default()
    })
    .collect()
}

/// One sign an hour, the newest at the right: `-` nobody looked, `.` well, `x` bad at some moment; of a radio the
/// weakest of the hour, 4 (strong) to 0.
fn day(cx: &Cx<'_>, finding: &Finding) -> String {
    let now = cx.now.micros.div_euclid(3_600 * 1_000_000);
    let own = cx.mirror.signals.iter().find(|day| day.id == finding.id);
    let sign = |hour: i64| match own.and_then(|day| day.hours.iter().find(|seen| seen.hour == hour)) {
        None => '-',
        Some(seen) if seen.bad => 'x',
        Some(seen) => seen.low.map_or('.', |dbm| strength(finding.family(), dbm)),
    };
    (now - HOURS + 1..=now).map(sign).collect()
}

/// A strength as a digit: 4 is strong, below 1 it breaks off.
fn strength(family: &str, dbm: i32) -> char {
    let steps = if family == "net.cell" { [-120, -110, -100, -90] } else { [-85, -75, -67, -55] };
    char::from(b'0' + steps.iter().filter(|step| dbm >= **step).count() as u8)
}
