//! A round of inspection: item by item, each marked by a digit; at its end what was wrong, with the screen that helps.
//! Places inside 84; a place holds the marks so far, so yellow goes one item back.

use crate::handbook::{self, Chapter, Mark, Step};
use crate::model::{Event, Fact, Role, Stamp};
use crate::proto::Request;
use crate::tui::screens::{self, Cx, handbook as book, parts};
use crate::tui::view::{Arg, Open, Para, Row, Tone, View};

/// The digit that opens the screen an item names.
const SCREEN_DIGIT: u8 = 7;

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

fn ask(cx: &Cx<'_>, chapter: &Chapter, marks: &str, (item, n, count): (&Step, usize, usize)) -> View {
    let args = [("title", chapter.title.get(cx.lang).into()), ("n", n.into()), ("count", count.into())];
    let head =
        vec![Para::tone(cx.ta("handbook-item", &args), Tone::Dim), Para::tone(item.text.get(cx.lang), Tone::Strong)];
    let row =
        |n: u8, text, open| Row { n: Some(n), text, open: Some(open), key: format!("mark.{n}"), ..Row::default() };
    let next = |sign: u8| Arg::Round { id: chapter.id.clone(), marks: format!("{marks}{sign}") };
    let mut rows: Vec<Row> = Mark::ALL
        .iter()
        .map(|(_, sign, word)| row(*sign, cx.t(&format!("handbook-mark-{word}")), Open::Place("84", next(*sign))))
        .collect();
    if let Some(spec) = item.screen.as_deref().and_then(screens::by_id) {
        let args = [("screen", format!("{} {}", spec.id, parts::title(spec, cx.lang)).into())];
        rows.push(row(SCREEN_DIGIT, cx.ta("playbook-open-screen", &args), Open::Screen(spec.id)));
    }
    View { head, rows, ..View::default() }
}

fn end(cx: &Cx<'_>, chapter: &Chapter, marks: &str, items: &[&Step], done: &[Mark]) -> View {
    let count = |wanted: Mark| done.iter().filter(|mark| **mark == wanted).count();
    let args = [
        ("title", chapter.title.get(cx.lang).into()),
        ("fine", count(Mark::Fine).into()),
        ("faults", count(Mark::Fault).into()),
        ("skipped", count(Mark::Skipped).into()),
    ];
    let whole = count(Mark::Fine) == done.len();
    let mut head = vec![Para::tone(cx.ta("handbook-round-end", &args), if whole { Tone::Good } else { Tone::Strong })];
    head.push(Para::new(cx.t(if count(Mark::Fault) == 0 { "handbook-round-fine" } else { "handbook-round-faults" })));
    let open = items.iter().zip(done).filter(|(_, mark)| **mark != Mark::Fine);
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
    let looks_only = cx.snapshot().is_none_or(|snapshot| snapshot.actor.role == Role::Viewer);
    let tell = (!looks_only).then(|| Request::Round { round: chapter.id.clone(), marks: marks.to_owned() });
    View { head, rows: rows.collect(), tell, ..View::default() }
}

/// When a round was walked last, or that it is due; nothing for other chapters.
pub fn due(cx: &Cx<'_>, chapter: &Chapter) -> String {
    let Some(every) = chapter.every else { return String::new() };
    let is_it =
        |event: &&Event| event.kind == "round" && event.facts.get("round") == Some(&Fact::Text(chapter.id.clone()));
    let last = cx.mirror.events.iter().filter(is_it).map(|event| event.at).max_by_key(|at| at.micros);
    match last {
        Some(at) if day(cx.now) - day(at) < every.days() => cx.ta("handbook-done", &[("time", cx.when(at).into())]),
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
