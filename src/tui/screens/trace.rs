//! 24 TRACE: every station on the way to each payment host, and behind which one it ends. Green traces anew.

use crate::model::{Fact, Finding, Snapshot};
use crate::proto::Request;
use crate::tui::screens::{Cx, Lines, ScreenSpec, nothing, parts, path};
use crate::tui::view::{Act, Arg, Green, Open, Para, Row, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "24",
    zh: "路由跟踪",
    name: "TRACE",
    lines: Lines::Open,
    green: &["network-trace-green"],
    needs: nothing,
    content: view,
};

const FAMILY: &str = "net.trace";

fn view(cx: &Cx<'_>) -> View {
    let Some(snapshot) = cx.snapshot() else { return parts::connecting(cx) };
    let traces: Vec<&Finding> = traces(snapshot).collect();
    let waits = traces.iter().find(|found| found.facts.contains_key("wait_s")).copied();
    let hosts: Vec<&Finding> = traces.into_iter().filter(|found| found.subject().is_some()).collect();
    let mut view = View::default();
    match waits {
        Some(found) => view.head.push(Para::tone(parts::sentence(cx.lang, found), Tone::Strong)),
        None if hosts.is_empty() && path::no_host(snapshot) => {
            view.head.push(Para::tone(cx.t("network-no-host"), Tone::Dim));
            view.rows.push(parts::screen_row(cx, None, "22", String::new()));
            return view;
        }
        None => {
            let act = Act::Ask(Request::Check { scope: vec![FAMILY.to_owned()] });
            view.green = Some(Green { label: cx.t("network-trace-green"), act });
        }
    }
    let traced: Vec<&Finding> = hosts.into_iter().filter(|found| found.facts.contains_key("hops")).collect();
    if traced.is_empty() && waits.is_none() {
        view.head.push(Para::tone(cx.t("network-trace-none"), Tone::Dim));
    }
    for (nth, found) in traced.iter().enumerate() {
        view.rows.extend(rows(cx, nth, found));
    }
    if let Some(found) = traced.first() {
        let time = [("time", cx.when(found.at).into())];
        view.tail.push(Para::tone(cx.ta("network-trace-at", &time), Tone::Dim));
        view.tail.push(Para::tone(cx.t("network-trace-columns"), Tone::Dim));
    }
    view.tail.push(Para::tone(cx.t("network-trace-only"), Tone::Dim));
    view
}

/// What checks told of ways.
fn traces(snapshot: &Snapshot) -> impl Iterator<Item = &Finding> {
    snapshot.findings.iter().filter(|found| found.family() == FAMILY)
}

/// When the ways were traced last, and the worst of what was seen, for the line on 2.
pub fn last(cx: &Cx<'_>, snapshot: &Snapshot) -> String {
    let last = traces(snapshot).filter(|found| found.facts.contains_key("hops")).map(|found| found.at).max();
    last.map_or_else(String::new, |at| cx.when_short(at))
}

/// What was seen of one host: the sentence, the stations, and where it ends.
fn rows(cx: &Cx<'_>, nth: usize, found: &Finding) -> Vec<Row> {
    let mut rows = vec![Row {
        text: parts::sentence(cx.lang, found),
        tone: tone(found),
        open: Some(Open::Place("11", Arg::Finding(found.id.clone()))),
        key: found.id.clone(),
        ..Row::default()
    }];
    let Some(Fact::List(hops)) = found.facts.get("hops") else { return rows };
    rows.extend(hops.iter().map(|line| station(cx, &found.id, line)));
    if ends(&found.code) {
        let text = cx.t("network-trace-break");
        rows.push(Row { text, tone: Tone::Bad, key: format!("break {nth}"), ..Row::default() });
    }
    rows
}

/// A station: its place on the way and address, loss and times at the right.
fn station(cx: &Cx<'_>, id: &str, line: &str) -> Row {
    let words: Vec<&str> = line.split_whitespace().collect();
    let word = |at: usize| parts::clean(words.get(at).copied().unwrap_or("-"));
    let silent = word(1) == "-";
    let lost: u32 = word(2).parse().unwrap_or(0);
    Row {
        text: if silent {
            cx.ta("network-trace-quiet", &[("nth", word(0).into())])
        } else {
            cx.ta("network-trace-hop", &[("nth", word(0).into()), ("address", word(1).into())])
        },
        right: if silent { String::new() } else { format!("{lost}% {}/{}/{}", word(3), word(4), word(5)) },
        tone: match lost {
            _ if silent => Tone::Dim,
            0..40 => Tone::Plain,
            _ => Tone::Warn,
        },
        key: format!("{id} {}", word(0)),
        ..Row::default()
    }
}

/// A trace is made once: it has no status any more, only what it said.
fn tone(found: &Finding) -> Tone {
    match found.code.as_str() {
        "net-trace-whole" => Tone::Good,
        "net-trace-lossy" => Tone::Warn,
        code if ends(code) || code == "net-trace-refused" => Tone::Bad,
        _ => Tone::Plain,
    }
}

/// Codes of a way that ends before the host's port.
fn ends(code: &str) -> bool {
    let ends = ["at-once", "near", "mute", "router", "beyond", "port", "forbidden", "no-way"];
    code.strip_prefix("net-trace-").is_some_and(|word| ends.contains(&word))
}
