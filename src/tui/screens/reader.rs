//! 4 READER: each way of reading, with what the journal and the tests say of it.

use crate::model::{Area, Counts, Fact, Finding, Snapshot, Status, Trends, Way};
use crate::proto::Request;
use crate::tui::screens::{Cx, Lines, Place, ScreenSpec, parts};
use crate::tui::view::{Para, Tone, View};

pub const SCREEN: ScreenSpec =
    ScreenSpec { id: "4", zh: "读卡", name: "READER", lines: Lines::Children, green: &[], needs, content: view };

fn needs(_place: &Place) -> Vec<Request> {
    vec![Request::Trends]
}

fn view(cx: &Cx<'_>) -> View {
    let last = |id: &str| {
        let (way, _) = way(id);
        cx.snapshot().and_then(|s| s.last_good.iter().find(|(have, _)| have == way)).map(|(_, at)| *at)
    };
    let rows = parts::child_rows(cx, "4", |id| {
        let bad = cx.snapshot().and_then(|s| worst(s, id)).filter(|status| status.is_bad());
        match last(id) {
            Some(at) => (bad, cx.ta("reader-last-good", &[("time", cx.when(at).into())])),
            None => (bad, cx.t("reader-no-record")),
        }
    });
    let Some(snapshot) = cx.snapshot() else { return View { rows, ..parts::connecting(cx) } };
    let own = snapshot.findings.iter().filter(|f| f.area == Area::Reader && f.screen == "4");
    let told = own.filter(|f| !matches!(f.status, Status::Absent | Status::NotTested));
    let mut head: Vec<Para> =
        told.map(|f| Para::tone(parts::sentence(cx.lang, f), parts::status_tone(cx.status_of(f)))).collect();
    head.push(Para::new(cx.t("reader-from-journal")));
    let mut tail: Vec<Para> = cx.mirror.trends.as_ref().map(|trends| journal(cx, trends)).unwrap_or_default();
    tail.extend(tests(cx, snapshot));
    View { head, rows, tail, ..View::default() }
}

/// The way of reading a screen is about: as the snapshot and as the numbers name it.
fn way(id: &str) -> (&'static str, Way) {
    match id {
        "41" => ("swipe", Way::Swipe),
        "42" => ("insert", Way::Insert),
        "43" => ("tap", Way::Tap),
        _ => ("scan", Way::Scan),
    }
}

fn worst(snapshot: &Snapshot, id: &str) -> Option<Status> {
    let own = snapshot.findings.iter().filter(|f| f.area == Area::Reader && f.screen == id);
    own.map(|f| f.status).max_by_key(|status| status.weight())
}

/// Good and bad of the newest days, as the journal has them.
fn journal(cx: &Cx<'_>, trends: &Trends) -> Vec<Para> {
    let mut sum = Counts::default();
    trends.days.iter().for_each(|span| sum.add(&span.counts));
    if sum.count == 0 {
        return Vec::new();
    }
    let ways = ["41", "42", "43", "44"].map(|id| {
        let count = sum.way(way(id).1);
        cx.ta(&format!("reader-way-{id}"), &[("count", count.into())])
    });
    let separator = if cx.lang == crate::text::Lang::ZH { "、" } else { ", " };
    let mut out = vec![Para::new(cx.ta("reader-journal", &[("ways", ways.join(separator).into())]))];
    let fallback = sum.way(Way::Fallback);
    if fallback > 0 {
        let args = [("chip", sum.chip().into()), ("fallback", fallback.into())];
        out.push(Para::tone(cx.ta("reader-journal-fallback", &args), Tone::Plain));
    }
    out
}

/// Good and bad of the tests made here, a line for each way that was tested.
fn tests(cx: &Cx<'_>, snapshot: &Snapshot) -> Vec<Para> {
    let number = |found: &Finding, name: &str| match found.facts.get(name) {
        Some(Fact::Int(value)) => *value,
        _ => 0,
    };
    let counted = snapshot.findings.iter().filter(|f| f.area == Area::Reader);
    let tested = counted.filter(|f| number(f, "good") + number(f, "bad") > 0);
    tested.map(|f| Para::new(format!("{} {}", f.screen, cx.tf("reader-counts", f)))).collect()
}
