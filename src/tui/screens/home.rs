//! 0 HOME: the state of the terminal and of the last sale on thirteen lines.

use crate::actions;
use crate::model::{Area, Finding, Outcome, RunEnd, Sale, Snapshot, Status};
use crate::text;
use crate::tui::screens::{Cx, Lines, ScreenSpec, nothing, parts};
use crate::tui::view::{Act, Arg, Green, Lamp, Open, Para, Row, Tone, View, lamp_lines};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "0",
    zh: "首页",
    name: "HOME",
    lines: Lines::Children,
    green: &["home-green-run", "home-green-fix", "home-green-sale", "home-green-verdict", "home-green-checkup"],
    needs: nothing,
    content: view,
};

/// Whether a finding counts for a lamp.
type Belongs = fn(&Finding) -> bool;

/// Screen, locale word and rule of each lamp.
const LAMPS: [(&str, &str, Belongs); 8] = [
    ("2", "network", |f| f.area == Area::Network),
    ("23", "host", |f| f.area == Area::Host),
    ("4", "reader", |f| f.area == Area::Reader),
    ("51", "printer", |f| f.area == Area::Printer),
    ("52", "power", |f| f.area == Area::Power),
    ("53", "clock", |f| f.area == Area::Clock),
    ("64", "app", |f| f.area == Area::App),
    ("56", "storage", |f| matches!(f.family(), "sys.disk" | "sys.flash" | "sys.readonly" | "store.health")),
];

/// Areas side by side at most: three short names fit into forty cells, two with Chinese names.
const COLUMNS: u8 = 3;

/// Lines between title and bottom row in the base layout.
const BODY: usize = 13;

fn view(cx: &Cx<'_>) -> View {
    let Some(snapshot) = cx.snapshot() else {
        return View { rows: menu(cx), columns: COLUMNS, ..parts::connecting(cx) };
    };
    let (lamps, rows) = (lamps(cx, snapshot), menu(cx));
    let (pay, sale) = (pay_line(cx, snapshot), sale_line(cx, snapshot));
    let width = usize::from(cx.width.max(20));
    let lines = |para: &Para| text::wrap(&para.text, width).len();
    let fixed = lamp_lines(&lamps, width).len() + rows.len().div_ceil(side_by_side(&rows, width));
    let others = fixed + run_line(cx).as_ref().map_or(0, lines) + lines(&pay) + sale.as_ref().map_or(0, lines);
    // The worst finding gives way: the whole of it is on VERDICT.
    let worst = worst_line(cx, snapshot, BODY.saturating_sub(others).clamp(1, 2));
    let head = run_line(cx).into_iter().chain([pay, worst]).chain(sale).collect();
    View { lamps, head, rows, columns: COLUMNS, green: Some(green(cx, snapshot)), ..View::default() }
}

/// The change that waits, or the result that nobody has taken note of yet.
fn run_line(cx: &Cx<'_>) -> Option<Para> {
    let run = cx.run()?;
    // What became of an update counts more than that it was one: nobody was there in the night.
    let update = run.ended() && run.action.starts_with("update-") && run.action != "update-check";
    let stopped = run.said.iter().find(|said| said.key == "update-gave-up");
    if let Some(said) = stopped.or(run.said.first()).filter(|_| update) {
        let tone = if run.end == Some(RunEnd::Done) { Tone::Good } else { Tone::Warn };
        return Some(Para::tone(cx.said(said), tone));
    }
    let (key, tone) = match run.end {
        None => ("home-run", Tone::Strong),
        Some(RunEnd::Done) => ("home-run-done", Tone::Good),
        Some(RunEnd::Failed) => ("home-run-failed", Tone::Bad),
        Some(RunEnd::Undone) => ("home-run-undone", Tone::Warn),
    };
    Some(Para::tone(cx.ta(key, &[("action", cx.t(&format!("action-{}", run.action)).into())]), tone))
}

/// The lamps, with the ids of the screens that own them.
fn lamps(cx: &Cx<'_>, snapshot: &Snapshot) -> Vec<Lamp> {
    LAMPS
        .iter()
        .map(|(screen, word, belongs)| {
            let status = match parts::worst(cx, snapshot.findings.iter().filter(|f| belongs(f))) {
                None => Status::NotTested,
                // Every terminal has these: nobody was told what to ask, which is not the same as having none.
                Some(Status::Absent) if matches!(*screen, "2" | "23" | "53" | "56") => Status::NotTested,
                Some(status) => status,
            };
            Lamp {
                screen,
                label: cx.t(&format!("home-lamp-{word}")),
                status,
                word: parts::status_word(cx.lang, status),
            }
        })
        .collect()
}

fn menu(cx: &Cx<'_>) -> Vec<Row> {
    parts::child_rows(cx, "0", |_| (None, String::new()))
}

/// How many areas stand side by side at this width, each with its digit and a gap of two cells.
fn side_by_side(rows: &[Row], width: usize) -> usize {
    let widest = rows.iter().map(|row| text::width(&row.text) + 2).max().unwrap_or(1);
    (1..=usize::from(COLUMNS)).rev().find(|n| (widest + 2) * n <= width + 2).unwrap_or(1)
}

/// How money can be taken now: each way's last success, and whether the line held since.
fn pay_line(cx: &Cx<'_>, snapshot: &Snapshot) -> Para {
    let ways: Vec<String> = ["insert", "tap", "swipe", "scan", "print"]
        .iter()
        .filter_map(|way| {
            let (_, at) = snapshot.last_good.iter().find(|(have, _)| have == way)?;
            Some(format!("{}{}", cx.t(&format!("home-way-{way}")), cx.when_short(*at)))
        })
        .collect();
    if ways.is_empty() {
        let key = if snapshot.journal.sources.is_empty() { "home-pay-no-journal" } else { "home-pay-none" };
        return Para::tone(cx.t(key), Tone::Dim);
    }
    let (key, tone) =
        if line_doubtful(snapshot) { ("home-pay-doubtful", Tone::Warn) } else { ("home-pay", Tone::Plain) };
    Para::tone(cx.ta(key, &[("ways", ways.join(" ").into())]), tone)
}

/// The newest requests got no answer, or the way to the host is known to be broken.
fn line_doubtful(snapshot: &Snapshot) -> bool {
    let broken = |f: &Finding| f.status == Status::Fail && matches!(f.area, Area::Network | Area::Host | Area::Power);
    snapshot.journal.unanswered_in_a_row > 0
        || snapshot.findings.iter().any(|f| broken(f) && parts::is_root(snapshot, f))
}

/// The worst finding in one sentence, or what was tested.
fn worst_line(cx: &Cx<'_>, snapshot: &Snapshot, lines: usize) -> Para {
    let bad: Vec<&Finding> = parts::problems(snapshot).into_iter().filter(|f| f.status.is_bad()).collect();
    if let Some(first) = bad.first() {
        return Para::tone(worst_text(cx, first, bad.len() - 1, lines), parts::status_tone(first.status));
    }
    let count = |wanted: fn(Status) -> bool| snapshot.findings.iter().filter(|f| wanted(cx.status_of(f))).count();
    let ok = count(|s| s == Status::Ok);
    let open = count(|s| matches!(s, Status::Unknown | Status::Stale | Status::NotTested));
    let (key, tone) = match (ok, open) {
        (0, _) if snapshot.checking => ("home-checking", Tone::Dim),
        _ if snapshot.checking => ("home-checking-so-far", Tone::Plain),
        (0, 0) => ("home-untested", Tone::Dim),
        (_, 0) => ("home-fine", Tone::Good),
        _ => ("home-fine-but", Tone::Plain),
    };
    Para::tone(cx.ta(key, &[("ok", ok.into()), ("open", open.into())]), tone)
}

/// The sentence on so many lines at most.
fn worst_text(cx: &Cx<'_>, finding: &Finding, more: usize, lines: usize) -> String {
    let width = usize::from(cx.width.max(20));
    let key = if more > 0 { "home-worst-more" } else { "home-worst" };
    let said = |sentence: String| cx.ta(key, &[("sentence", sentence.into()), ("more", more.into())]);
    let whole = parts::sentence(cx.lang, finding);
    let around = text::width(&said(String::new()));
    let mut cells = text::width(&whole);
    loop {
        let line = said(text::truncate(&whole, cells));
        if cells <= 10 || text::wrap(&line, width).len() <= lines {
            return line;
        }
        cells = (lines * width).saturating_sub(around).min(cells - 1);
    }
}

/// The last sale and how it ended.
fn sale_line(cx: &Cx<'_>, snapshot: &Snapshot) -> Option<Para> {
    let sale = parts::last_sale(snapshot)?;
    let code = sale.code.as_deref().filter(|_| sale.outcome != Outcome::Approved).unwrap_or_default();
    let kind = if sale.kind == "sale" { String::new() } else { parts::kind_word(cx.lang, sale) };
    let what = format!("{kind} {}", parts::money(cx.lang, sale));
    let args = [
        ("time", cx.when_zoned(sale.time).into()),
        ("what", what.trim().into()),
        ("outcome", parts::outcome_word(cx.lang, sale).into()),
        ("code", parts::clean(code).into()),
    ];
    let key = if code.is_empty() { "home-last" } else { "home-last-code" };
    Some(Para::tone(cx.ta(key, &args), parts::outcome_tone(sale.outcome)))
}

/// The action that mends the worst finding, where this version has it.
fn remedy(finding: &Finding) -> Option<&'static str> {
    let action = actions::find(finding.remedy.as_deref()?)?;
    action.runs.is_some().then_some(action.screen)
}

/// The one useful next step: the plan of what mends the worst finding, the failed sale's evidence, the worst finding's
/// verdict, or a check-up.
fn green(cx: &Cx<'_>, snapshot: &Snapshot) -> Green {
    let open = |label: &str, open| Green { label: cx.t(label), act: Act::Open(open) };
    if snapshot.run.as_ref().is_some_and(|run| !run.ended()) {
        return open("home-green-run", Open::Screen("00"));
    }
    let failed = parts::last_sale(snapshot).filter(|sale| sale.failed());
    let bad = parts::problems(snapshot).into_iter().find(|f| f.status.is_bad());
    // A warning waits while somebody stands there with a declined card.
    let mends = bad.filter(|finding| finding.status == Status::Fail || failed.is_none_or(|sale| !answered(sale)));
    if let Some(screen) = mends.and_then(remedy) {
        return open("home-green-fix", Open::Screen(screen));
    }
    match (failed, bad) {
        // Without an answer the cause is what counts, where one is known.
        (Some(sale), Some(_)) if !answered(sale) && snapshot.root_cause.is_some() => {
            open("home-green-verdict", Open::Screen("11"))
        }
        (Some(sale), _) => open("home-green-sale", Open::Place("32", Arg::Sale(sale.id))),
        (None, Some(_)) => open("home-green-verdict", Open::Screen("11")),
        (None, None) => open("home-green-checkup", Open::Screen("1")),
    }
}

fn answered(sale: &Sale) -> bool {
    sale.outcome != Outcome::NoResponse
}
