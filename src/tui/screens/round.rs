//! A round of inspection: item by item, each answered by a check or marked by a digit; at its end what was wrong, with
//! the screen that helps. Places inside 84; a place holds the marks so far, so yellow goes one item back.

use crate::handbook::{self, Chapter, Every, Mark, Step};
use crate::model::{Event, Fact, Finding, Role, SlipOf, Stamp, Status};
use crate::proto::Request;
use crate::tui::screens::{self, Cx, device_part, handbook as book, parts};
use crate::tui::view::{Act, Arg, Green, Open, Para, Row, Tone, View};

/// The digit that opens the screen an item names.
const SCREEN_DIGIT: u8 = 7;
/// An answer of a check is one for so many seconds.
const FRESH_S: i64 = 180;
/// Microseconds of a day.
const DAY_US: i64 = 86_400 * 1_000_000;

/// The item that comes next, or the end.
pub fn view(cx: &Cx<'_>, id: &str, marks: &str) -> View {
    let Some(chapter) = handbook::get(id).filter(|chapter| chapter.every.is_some()) else { return book::gone(cx) };
    let Some(done) = Mark::row(marks) else { return book::gone(cx) };
    let items: Vec<&Step> = chapter.items().collect();
    match items.get(done.len()) {
        Some(item) => ask(cx, &chapter, marks, (item, done.len() + 1, items.len())),
        None if done.len() == items.len() => end(cx, &chapter, marks, &items, &done),
        None => book::gone(cx),
    }
}

/// What the checks of an item say now.
enum Told<'a> {
    /// There are none, or this terminal has nothing that they could look at.
    Nothing,
    /// Not looked at for a while, or not tested.
    Old,
    /// Somebody has to do something now.
    Waits(&'a Finding),
    Well(Vec<&'a Finding>),
    Bad(Vec<&'a Finding>),
}

fn told<'a>(cx: &'a Cx<'_>, item: &Step) -> Told<'a> {
    let findings = cx.snapshot().into_iter().flat_map(|snapshot| &snapshot.findings);
    let own: Vec<&Finding> = findings.filter(|found| item.asks(&found.id) && handbook::is_there(found)).collect();
    let carries = |found: &&Finding| item.rests_on(&found.id);
    if !own.iter().any(carries) {
        return Told::Nothing;
    }
    if let Some(found) = own.iter().find(|found| found.facts.contains_key("wait_s")) {
        return Told::Waits(found);
    }
    let fresh = |found: &&Finding| handbook::is_tested(found) && cx.now.seconds_since(found.at).abs() <= FRESH_S;
    let well = |found: &&Finding| cx.status_of(found) == Status::Ok;
    let bad: Vec<&Finding> = own.iter().copied().filter(|found| !well(found)).collect();
    match (own.iter().all(fresh), bad.is_empty()) {
        (false, _) => Told::Old,
        (true, true) => Told::Well(own),
        (true, false) => Told::Bad(bad),
    }
}

fn ask(cx: &Cx<'_>, chapter: &Chapter, marks: &str, (item, n, count): (&Step, usize, usize)) -> View {
    let args = [("title", chapter.title.get(cx.lang).into()), ("n", n.into()), ("count", count.into())];
    let mut head =
        vec![Para::tone(cx.ta("handbook-item", &args), Tone::Dim), Para::tone(item.text.get(cx.lang), Tone::Strong)];
    head.extend(identity(cx, item));
    let row =
        |n: u8, text, open| Row { n: Some(n), text, open: Some(open), key: format!("mark.{n}"), ..Row::default() };
    let next = |sign: u8| Arg::Round { id: chapter.id.clone(), marks: format!("{marks}{sign}") };
    let told = told(cx, item);
    head.extend(sentences(cx, &told, item));
    // A check that says no is not overruled; what it cannot tell a person can.
    let failed = matches!(&told, Told::Bad(bad) if bad.iter().any(|found| found.status.is_bad()));
    let offered = |mark: Mark| match mark {
        Mark::Fine => !failed && !matches!(told, Told::Well(_)),
        Mark::Fault | Mark::Skipped => true,
        Mark::Absent => chapter.every == Some(Every::Once),
        Mark::Proved => false,
    };
    let word = |mark: Mark| match mark {
        // Where "not here" is a mark of its own.
        Mark::Skipped if offered(Mark::Absent) => cx.t("handbook-mark-unseen"),
        mark => cx.t(&format!("handbook-mark-{}", mark.word())),
    };
    let mut rows: Vec<Row> = Mark::ALL
        .iter()
        .filter(|(mark, ..)| offered(*mark))
        .map(|(mark, sign, _)| row(*sign, word(*mark), Open::Place("84", next(*sign))))
        .collect();
    if let Some(spec) = item.screen.as_deref().and_then(screens::by_id) {
        let args = [("screen", format!("{} {}", spec.id, parts::title(spec, cx.lang)).into())];
        rows.push(row(SCREEN_DIGIT, cx.ta("playbook-open-screen", &args), Open::Screen(spec.id)));
    }
    let look =
        || Green { label: cx.t("checkup-green-again"), act: Act::Ask(Request::Check { scope: item.checks.clone() }) };
    let green = match told {
        Told::Well(_) => {
            let proved = Open::Place("84", next(5));
            Some(Green { label: cx.t("handbook-green-item"), act: Act::Open(proved) })
        }
        Told::Old | Told::Bad(_) => Some(look()),
        Told::Nothing | Told::Waits(_) => None,
    };
    View { head, rows, green, live: true, ..View::default() }
}

/// Who this terminal is, where an item is about that.
fn identity(cx: &Cx<'_>, item: &Step) -> Vec<Para> {
    let Some(snapshot) = cx.snapshot().filter(|_| item.checks.iter().any(|id| id == "params.tid")) else {
        return Vec::new();
    };
    let value =
        |value: &Option<String>| value.clone().map_or_else(|| cx.t("device-not-known"), |text| parts::clean(&text));
    let line = |key: &str, own: &Option<String>| Para::new(cx.ta(key, &[("value", value(own).into())]));
    vec![line("device-tid", &snapshot.terminal.tid), line("device-mid", &snapshot.terminal.mid)]
}

/// What the checks say, in their words.
fn sentences(cx: &Cx<'_>, told: &Told<'_>, item: &Step) -> Vec<Para> {
    let all = |found: &[&Finding]| -> Vec<Para> {
        let said =
            |found: &&Finding| Para::tone(parts::sentence(cx.lang, found), parts::status_tone(cx.status_of(found)));
        found.iter().map(said).collect()
    };
    match told {
        Told::Nothing if item.checks.is_empty() => Vec::new(),
        Told::Nothing => vec![Para::tone(cx.t("handbook-check-none"), Tone::Dim)],
        Told::Old => vec![Para::new(cx.t("handbook-check-old"))],
        Told::Waits(found) => vec![Para::tone(parts::sentence(cx.lang, found), Tone::Strong)],
        Told::Well(own) => {
            let count = [("count", own.len().into())];
            vec![Para::tone(cx.ta("handbook-check-well", &count), Tone::Good)]
        }
        Told::Bad(bad) => all(bad),
    }
}

fn end(cx: &Cx<'_>, chapter: &Chapter, marks: &str, items: &[&Step], done: &[Mark]) -> View {
    let count = |wanted: Mark| done.iter().filter(|mark| **mark == wanted).count();
    let once = chapter.every == Some(Every::Once);
    let args = [
        ("title", chapter.title.get(cx.lang).into()),
        ("fine", (count(Mark::Fine) + count(Mark::Proved)).into()),
        ("faults", count(Mark::Fault).into()),
        ("skipped", count(Mark::Skipped).into()),
    ];
    let whole = count(Mark::Fault) + count(Mark::Skipped) == 0;
    let mut head = vec![Para::tone(cx.ta("handbook-round-end", &args), if whole { Tone::Good } else { Tone::Strong })];
    head.push(Para::new(cx.t(if count(Mark::Fault) == 0 { "handbook-round-fine" } else { "handbook-round-faults" })));
    if count(Mark::Absent) > 0 {
        head.push(Para::new(cx.ta("handbook-round-absent", &[("count", count(Mark::Absent).into())])));
    }
    let role = cx.snapshot().map_or(Role::Viewer, |snapshot| snapshot.actor.role);
    if once {
        let key = match (role.may(Role::Technician), count(Mark::Fault)) {
            (true, 0) => "handbook-accepted-kept",
            (true, _) => "handbook-accepted-faults",
            (false, _) => "handbook-accepted-role",
        };
        head.push(Para::new(cx.t(key)));
    }
    let open = items.iter().zip(done).filter(|(_, mark)| matches!(mark, Mark::Fault | Mark::Skipped));
    let rows = open.zip(1_u32..).map(|((item, mark), n)| Row {
        text: cx.ta(
            if *mark == Mark::Fault { "handbook-row-fault" } else { "handbook-row-skipped" },
            &[("item", item.text.get(cx.lang).into())],
        ),
        tone: if *mark == Mark::Fault { Tone::Warn } else { Tone::Dim },
        open: item.screen.as_deref().and_then(screens::by_id).map(|spec| Open::Screen(spec.id)),
        key: format!("item.{n}"),
        ..Row::default()
    });
    let print = once.then(|| Row {
        text: cx.t("handbook-print"),
        open: device_part::slip_place(cx, SlipOf::Acceptance),
        key: "print".to_owned(),
        ..Row::default()
    });
    let rows = print.into_iter().chain(rows).collect();
    let tell = (role != Role::Viewer).then(|| Request::Round { round: chapter.id.clone(), marks: marks.to_owned() });
    View { head, rows, tell, ..View::default() }
}

/// When a round was walked last, or that it is due; nothing for other chapters.
pub fn due(cx: &Cx<'_>, chapter: &Chapter) -> String {
    let Some(every) = chapter.every else { return String::new() };
    let is_it =
        |event: &&Event| event.kind == "round" && event.facts.get("round") == Some(&Fact::Text(chapter.id.clone()));
    let last = cx.mirror.events.iter().filter(is_it).map(|event| event.at).max_by_key(|at| at.micros);
    match last {
        Some(at) if day(cx.now) - day(at) < every.days() => cx.ta("handbook-done", &[("time", cx.when(at).into())]),
        _ if every == Every::Once => cx.t("handbook-once"),
        _ => cx.t("handbook-due"),
    }
}

/// Number of the day on the wall.
const fn day(at: Stamp) -> i64 {
    (at.micros + at.offset as i64 * 60_000_000).div_euclid(DAY_US)
}

/// A round that was walked, for 12.
pub fn walked(cx: &Cx<'_>, event: &Event) -> (String, Option<Open>) {
    let id = match event.facts.get("round") {
        Some(Fact::Text(id)) => parts::clean(id),
        _ => String::new(),
    };
    let chapter = handbook::get(&id);
    let title = chapter.as_ref().map_or(id, |chapter| chapter.title.get(cx.lang).to_owned());
    let number = |name: &str| match event.facts.get(name) {
        Some(Fact::Int(number)) => *number,
        _ => 0,
    };
    let args = [
        ("title", title.into()),
        ("fine", number("fine").into()),
        ("faults", number("faults").into()),
        ("skipped", number("skipped").into()),
    ];
    (cx.ta("handbook-round-end", &args), chapter.map(|chapter| book::open(&chapter, 0)))
}
