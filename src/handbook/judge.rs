//! Whether a chapter stands: everything in every language, short enough to be read on the smallest common screen, and
//! every screen and playbook that it names is there.

use super::{Chapter, Step};
use crate::data::{Fault, Words};
use crate::playbooks;
use crate::text::{self, Lang};

/// Most cells of a chapter's title: one row of the base layout behind its digit.
pub const TITLE_CELLS: usize = 34;
/// Most cells of a page's title: one row of the base layout.
pub const PAGE_CELLS: usize = 38;
/// Cells of one line of a step, behind its digit, in the base layout.
const LINE_CELLS: usize = 38;
/// Lines of a step: more are cut where a page is turned.
const LINES: usize = 2;
/// Steps have the digits 1 to 8.
const MOST_STEPS: usize = 8;

/// What is wrong with the chapter but for its steps.
pub(super) fn judge(chapter: &Chapter) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |at: &str, what: &'static str, detail: String| {
        faults.push(Fault::new(&chapter.file, 0, at, what, detail));
    };
    let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if chapter.id.is_empty() {
        fault("id", "missing", String::new());
    } else if chapter.id.len() > 16 || !chapter.id.bytes().all(letters) {
        fault("id", "bad-chapter", chapter.id.clone());
    }
    for (what, detail) in words(&chapter.title, TITLE_CELLS) {
        fault("title", what, detail);
    }
    for id in chapter.playbooks.iter().filter(|id| playbooks::get(id).is_none()) {
        fault("playbooks", "no-playbook", id.clone());
    }
    if chapter.pages.is_empty() {
        fault("pages", "missing", String::new());
    }
    for (page, n) in chapter.pages.iter().zip(1_usize..) {
        for (what, detail) in words(&page.title, PAGE_CELLS) {
            fault(&format!("pages.{n}.title"), what, detail);
        }
        if page.steps.is_empty() || page.steps.len() > MOST_STEPS {
            fault(&format!("pages.{n}.steps"), "answers", MOST_STEPS.to_string());
        }
    }
    faults
}

/// What is wrong with one text: which rule, and the detail.
fn words(words: &Words, cells: usize) -> Vec<(&'static str, String)> {
    let told = |lang: Lang| match words.exact(lang) {
        None => Some(("no-language", lang.tag().to_owned())),
        Some(told) if text::width(told) > cells => Some(("long", format!("{} > {cells}", text::width(told)))),
        Some(_) => None,
    };
    Lang::all().filter_map(told).collect()
}

/// What is wrong with one step.
pub(super) fn step(step: &Step) -> Vec<(&'static str, String)> {
    let mut faults = Vec::new();
    for lang in Lang::all() {
        match step.text.exact(lang) {
            None => faults.push(("no-language", lang.tag().to_owned())),
            Some(told) if text::wrap(told, LINE_CELLS).len() > LINES => {
                faults.push(("long", format!("{} > {}", text::width(told), LINES * LINE_CELLS)));
            }
            Some(_) => {}
        }
    }
    let Some(id) = step.screen.as_deref() else { return faults };
    if !text::has(Lang::ZH, &format!("screen-about-{id}")) {
        faults.push(("no-screen", id.to_owned()));
    }
    // Whoever is guided by phone hears how to get there.
    let way = playbooks::dial(id);
    for lang in Lang::all().filter(|lang| step.text.exact(*lang).is_some_and(|told| !told.contains(&way))) {
        faults.push(("no-dial", format!("{way} ({})", lang.tag())));
    }
    faults
}
