//! 84 HANDBOOK: chapters of short steps, rounds of inspection, and every code of this terminal's table by number.

use crate::codes as tables;
use crate::handbook::{self, Chapter};
use crate::proto::Request;
use crate::tui::screens::{Cx, Lines, Place, ScreenSpec, codes, explanation, parts, playbook, round};
use crate::tui::view::{Act, Arg, Green, Open, Para, Row, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "84",
    zh: "手册",
    name: "HANDBOOK",
    lines: Lines::Open,
    green: &[
        "handbook-green-next",
        "handbook-green-list",
        "handbook-green-item",
        "checkup-green-again",
        "playbook-start",
        "playbook-green-next",
        "playbook-green-screen",
        "playbook-green-check",
        "playbook-green-on",
    ],
    needs,
    content: view,
};

/// Events looked through for the last round of each kind.
const EVENTS: usize = 500;

fn needs(place: &Place) -> Vec<Request> {
    let list = matches!(place.arg, Arg::None);
    list.then_some(Request::Events { before: None, limit: EVENTS }).into_iter().collect()
}

fn view(cx: &Cx<'_>) -> View {
    match &cx.place.arg {
        Arg::Code { profile, code } => explanation::page(cx, profile, code),
        Arg::Way(_) => all_codes(cx),
        Arg::Chapter { id, page } => chapter(cx, id, *page),
        Arg::Round { id, marks } => round::view(cx, id, marks),
        _ => contents(cx),
    }
}

/// What there is: the code table, then the chapters.
fn contents(cx: &Cx<'_>) -> View {
    let codes = Row {
        text: cx.t("handbook-codes"),
        open: Some(Open::Place("84", Arg::Way(1))),
        key: "codes".to_owned(),
        ..Row::default()
    };
    let chapters = handbook::all();
    let chapters = chapters.iter().map(|chapter| Row { right: round::due(cx, chapter), ..entry(cx, chapter) });
    let rows = std::iter::once(codes).chain(chapters).collect();
    View { head: vec![Para::tone(cx.t("handbook-head"), Tone::Dim)], rows, ..View::default() }
}

/// A chapter in the list; a round begins at its first item.
fn entry(cx: &Cx<'_>, chapter: &Chapter) -> Row {
    Row {
        text: chapter.title.get(cx.lang).to_owned(),
        open: Some(open(chapter, 0)),
        key: format!("chapter.{}", chapter.id),
        ..Row::default()
    }
}

/// Where a chapter is read.
pub fn open(chapter: &Chapter, page: usize) -> Open {
    let id = chapter.id.clone();
    let arg = match chapter.every {
        Some(_) => Arg::Round { id, marks: String::new() },
        None => Arg::Chapter { id, page },
    };
    Open::Place("84", arg)
}

/// The line that leads to a chapter from elsewhere.
pub fn row(cx: &Cx<'_>, n: Option<u8>, chapter: &Chapter) -> Row {
    let text = cx.ta("handbook-see", &[("title", chapter.title.get(cx.lang).into())]);
    Row { n, text, tone: Tone::Dim, ..entry(cx, chapter) }
}

/// Every code of this terminal's table.
fn all_codes(cx: &Cx<'_>) -> View {
    let profile = explanation::default_profile(cx);
    let rows: Vec<Row> =
        tables::listed(&profile).iter().map(|code| codes::code_row(cx, "84", &profile, code)).collect();
    let title = tables::profile_title(&profile, cx.lang).unwrap_or(profile);
    let args = [("count", rows.len().into()), ("profile", title.into())];
    View { head: vec![Para::tone(cx.ta("help-handbook", &args), Tone::Dim)], rows, ..View::default() }
}

/// One page of a chapter: its steps by digits, a digit opens the screen that a step names.
fn chapter(cx: &Cx<'_>, id: &str, at: usize) -> View {
    let Some(chapter) = handbook::get(id) else { return gone(cx) };
    let Some(page) = chapter.pages.get(at) else { return gone(cx) };
    let count = chapter.pages.len();
    let args = [("title", chapter.title.get(cx.lang).into()), ("page", (at + 1).into()), ("count", count.into())];
    let mut head = vec![Para::tone(cx.ta("handbook-page", &args), Tone::Dim)];
    head.push(Para::tone(page.title.get(cx.lang), Tone::Strong));
    let last = at + 1 == count;
    let mut rows: Vec<Row> = page.steps.iter().zip(1_u32..).map(|(step, n)| step_row(cx, step, n)).collect();
    if last {
        rows.extend(chapter.playbooks.iter().filter_map(|id| playbook::titled_row(cx, id)));
    }
    let first_book = || playbook::start("84", chapter.playbooks.first()?, None, None);
    let green = |key: &str, open| Some(Green { label: cx.t(key), act: Act::Open(open) });
    let green = match (last, first_book()) {
        (false, _) => green("handbook-green-next", open(&chapter, at + 1)),
        (true, Some(book)) => green("playbook-start", book),
        (true, None) => green("handbook-green-list", Open::Screen("84")),
    };
    View { head, rows, green, ..View::default() }
}

/// A site may lay other chapters over these while somebody reads.
pub fn gone(cx: &Cx<'_>) -> View {
    View { head: vec![Para::tone(cx.t("handbook-gone"), Tone::Dim)], ..View::default() }
}

fn step_row(cx: &Cx<'_>, step: &handbook::Step, n: u32) -> Row {
    let screen = step.screen.as_deref().and_then(crate::tui::screens::by_id);
    Row {
        text: parts::clean(step.text.get(cx.lang)),
        open: screen.map(|spec| Open::Screen(spec.id)),
        key: format!("step.{n}"),
        ..Row::default()
    }
}
