//! 51 PRINTER, 52 SUPPLY, 53 CLOCK: what checks found about one part, worst first; green looks again. On 51 also what
//! can be printed.

use crate::model::{Area, Draft, Finding, Role, SlipOf, Status};
use crate::proto::Request;
use crate::tui::screens::{Cx, Lines, Place, ScreenSpec, action, nothing, parts};
use crate::tui::view::{Act, Arg, Entry, Green, Open, Para, Row, Tone, View};

const fn part(id: &'static str, zh: &'static str, name: &'static str) -> ScreenSpec {
    ScreenSpec { id, zh, name, lines: Lines::Open, green: &["checkup-green-again"], needs: nothing, content: view }
}

pub const PRINTER: ScreenSpec = ScreenSpec {
    green: &["checkup-green-again", "fix-green-do"],
    needs: printer_needs,
    content: printer_view,
    ..part("51", "打印机", "PRINTER")
};
pub const SUPPLY: ScreenSpec = part("52", "供电", "SUPPLY");
pub const CLOCK: ScreenSpec = ScreenSpec {
    green: &["checkup-green-again", "fix-green-do"],
    needs: clock_needs,
    content: clock_view,
    ..part("53", "时钟", "CLOCK")
};
/// Year, month, day, hour, minute.
const TYPED: usize = 12;

/// The slips of 51: the word of the place, what is printed, the line that leads there.
const SLIPS: [(&str, SlipOf, &str); 2] =
    [("slip", SlipOf::Test, "device-line-slip"), ("acceptance", SlipOf::Acceptance, "device-line-acceptance")];

/// The slip that has been chosen: its word and the language of whoever holds the paper.
fn slip(place: &Place) -> Option<(SlipOf, &str)> {
    let Arg::Word(chosen) = &place.arg else { return None };
    let (chosen, lang) = chosen.split_once(':')?;
    SLIPS.iter().find(|(word, ..)| *word == chosen).map(|(_, of, _)| (*of, lang))
}

/// Where a slip is printed.
pub(super) fn slip_place(cx: &Cx<'_>, of: SlipOf) -> Option<Open> {
    let (word, ..) = SLIPS.iter().find(|(_, own, _)| *own == of)?;
    Some(Open::Place("51", Arg::Word(format!("{word}:{}", cx.lang.tag()))))
}

fn printer_needs(place: &Place) -> Vec<Request> {
    let Some((of, lang)) = slip(place) else { return vec![Request::Baselines] };
    let draft = Request::Draft { draft: Draft::Slip { about: of, lang: lang.to_owned() } };
    std::iter::once(draft).chain(action::needs(place)).collect()
}

fn printer_view(cx: &Cx<'_>) -> View {
    if slip(cx.place).is_some() { action::view(cx) } else { view(cx) }
}

/// What can be printed here.
fn slip_rows(cx: &Cx<'_>) -> Vec<Row> {
    let accepted = cx.mirror.baselines.as_ref().is_some_and(|baselines| baselines.accepted.is_some());
    let offered = SLIPS.iter().filter(|(_, of, _)| accepted || *of == SlipOf::Test);
    let row = |(word, of, key): &(&str, SlipOf, &str)| Row {
        text: cx.t(key),
        open: slip_place(cx, *of),
        key: (*word).to_owned(),
        ..Row::default()
    };
    offered.map(row).collect()
}

/// The time that has been typed by hand.
fn typed(place: &Place) -> Option<&str> {
    match &place.arg {
        Arg::Word(word) => word.strip_prefix("set:"),
        _ => None,
    }
}

fn clock_needs(place: &Place) -> Vec<Request> {
    match typed(place) {
        Some(local) => {
            let draft = Request::Draft { draft: Draft::Time { local: local.to_owned() } };
            std::iter::once(draft).chain(action::needs(place)).collect()
        }
        None => vec![Request::Rights],
    }
}

/// 53, the box for a time by hand, or what the typed one would do.
fn clock_view(cx: &Cx<'_>) -> View {
    match &cx.place.arg {
        Arg::Word(_) if typed(cx.place).is_some() => action::view(cx),
        Arg::Word(_) => {
            let entry = Entry {
                label: cx.t("device-type-time"),
                max: TYPED,
                leads: Some("set:".to_owned()),
                ..Entry::default()
            };
            let head = vec![Para::new(cx.t("device-time-how"))];
            View { head, entry: Some(entry), ..View::default() }
        }
        _ => view(cx),
    }
}

/// The last way to a right clock, where no source answers.
fn by_hand(cx: &Cx<'_>) -> Row {
    let role = cx.snapshot().map_or(Role::Viewer, |snapshot| snapshot.actor.role);
    let may = role.may(Role::Technician) || cx.mirror.granted("sync-time");
    let technician = cx.t("status-role-technician");
    let blocked = (!may).then(|| cx.ta("fix-role", &[("role", technician.into())]));
    Row {
        text: cx.t("device-line-by-hand"),
        tone: if may { Tone::Plain } else { Tone::Dim },
        open: may.then(|| Open::Place("53", Arg::Word("set".to_owned()))),
        blocked,
        key: "by hand".to_owned(),
        ..Row::default()
    }
}

/// The area of a screen, and the action that mends most of it.
fn of(id: &str) -> (Area, Option<&'static str>) {
    match id {
        "51" => (Area::Printer, Some("66")),
        "52" => (Area::Power, None),
        _ => (Area::Clock, Some("62")),
    }
}

fn view(cx: &Cx<'_>) -> View {
    let Some(snapshot) = cx.snapshot() else { return parts::connecting(cx) };
    let id = cx.place.screen.as_str();
    let (area, action) = of(id);
    let mut own: Vec<&Finding> = snapshot.findings.iter().filter(|found| found.area == area).collect();
    let nothing_there = own.iter().all(|found| found.status == Status::Absent);
    own.retain(|found| found.status != Status::Absent);
    own.sort_by_key(|found| std::cmp::Reverse(if found.status.is_bad() { found.status.weight() } else { 0 }));
    let mut head = Vec::new();
    if id == "53" {
        let time = cx.now.strftime("%Y-%m-%d %H:%M:%S %:z");
        head.push(Para::new(cx.ta("device-clock-now", &[("time", time.into())])));
    }
    match (id, nothing_there) {
        ("51", true) => head.push(Para::new(cx.t("device-no-printer"))),
        ("52", true) => head.push(Para::new(cx.t("device-no-power"))),
        _ => {}
    }
    let bad = own.iter().any(|found| found.status.is_bad());
    if bad || nothing_there {
        head.push(Para::new(cx.t(&format!("screen-meanwhile-{id}"))));
    }
    let mut rows: Vec<_> = own.into_iter().map(|found| parts::finding_row(cx, found)).collect();
    rows.extend((id == "51" && !nothing_there).then(|| slip_rows(cx)).into_iter().flatten());
    rows.extend(action.map(|action| parts::screen_row(cx, None, action, String::new())));
    rows.extend((id == "53").then(|| by_hand(cx)));
    let act = Act::Ask(Request::Check { scope: vec![area.word().to_owned()] });
    View { head, rows, green: Some(Green { label: cx.t("checkup-green-again"), act }), ..View::default() }
}
