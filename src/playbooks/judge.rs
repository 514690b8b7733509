//! Whether a playbook stands: every way leads to an end, nothing is out of reach, what is not known never ends well,
//! and everything is said in every language.

use super::sheet::{Draft, Sheet};
use super::tree::{Money, Playbook, Question};
use super::{Kind, tree};
use crate::data::{Fault, Words};
use crate::text::{self, Lang};

/// Most cells of a title: one row of the base layout with a word before it.
pub const TITLE_CELLS: usize = 32;
/// Most cells of a node's text: five rows of the base layout.
pub const TEXT_CELLS: usize = 200;
/// Most cells of an answer: one row of the base layout behind its digit.
pub const LABEL_CELLS: usize = 36;
/// Answers have the digits 1 to 7.
const MOST_ANSWERS: usize = 7;
/// On an instruction 7 opens its screen.
const MOST_RESULTS: usize = 6;

/// Keys that every kind of node may have.
const COMMON: &[&str] = &["kind"];
const CHECK: &[&str] = &["works", "fine", "says", "of", "code", "fact", "yes", "no", "unknown"];
const ASK: &[&str] = &["answers", "unclear"];
const DO: &[&str] = &["screen", "answers", "unclear", "next"];
const END: &[&str] = &["call", "retry", "good", "money", "say", "opens"];

/// Every fault of a file that can be seen without the others.
pub(super) fn judge(sheet: &Sheet) -> Vec<Fault> {
    let mut judge = Judge { sheet, faults: Vec::new() };
    judge.head();
    for draft in &sheet.nodes {
        judge.draft(draft);
    }
    judge.tree();
    judge.faults
}

/// What a playbook opens that is not in `ids`.
pub(super) fn opens(book: &Playbook, ids: &[String]) -> Vec<Fault> {
    let lost = |id: &str| id != "code" && !ids.iter().any(|known| known == id);
    let mut faults = Vec::new();
    for node in &book.nodes {
        if let Kind::End(end) = &node.kind
            && let Some(id) = end.opens.as_deref().filter(|id| lost(id))
        {
            let at = format!("nodes.{}.opens", node.name);
            faults.push(Fault::new(&book.file, node.line, &at, "no-playbook", id));
        }
    }
    faults
}

struct Judge<'s> {
    sheet: &'s Sheet,
    faults: Vec<Fault>,
}

impl Judge<'_> {
    fn fault(&mut self, line: usize, at: &str, what: &'static str, detail: impl Into<String>) {
        self.faults.push(Fault::new(&self.sheet.file, line, at, what, detail));
    }

    fn head(&mut self) {
        let id = &self.sheet.id;
        let letters = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        if id.is_empty() {
            self.fault(0, "id", "missing", "");
        } else if !id.starts_with('P') || id.len() > 12 || !id.bytes().all(letters) {
            self.fault(0, "id", "bad-id", id.clone());
        }
        if self.sheet.start.is_empty() {
            self.fault(0, "start", "missing", "");
        }
        if self.sheet.nodes.is_empty() {
            self.fault(0, "nodes", "missing", "");
        }
        self.words(0, "title", &self.sheet.title, TITLE_CELLS);
    }

    /// One text in every language, none too long.
    fn words(&mut self, line: usize, at: &str, words: &Words, cells: usize) {
        for lang in Lang::all() {
            match words.exact(lang) {
                None => self.fault(line, at, "no-language", lang.tag()),
                Some(told) if text::width(told) > cells => {
                    let at = format!("{at}.{}", lang.tag());
                    self.fault(line, &at, "long", format!("{} > {cells}", text::width(told)));
                }
                Some(_) => {}
            }
        }
    }

    fn draft(&mut self, draft: &Draft) {
        let at = format!("nodes.{}", draft.name);
        let Some(kind) = draft.kind else {
            if !draft.keys.iter().any(|key| key == "kind") {
                self.fault(draft.line, &format!("{at}.kind"), "missing", "");
            }
            return;
        };
        let own = match kind {
            "check" => CHECK,
            "ask" => ASK,
            "do" => DO,
            _ => END,
        };
        let is_tag = |key: &str| Lang::all().any(|lang| lang.tag() == key);
        for key in draft.keys.iter().filter(|key| !is_tag(key)) {
            let known = |list: &[&str]| list.contains(&key.as_str());
            let foreign = [CHECK, ASK, DO, END].into_iter().any(known) && !known(own);
            if foreign && !known(COMMON) {
                self.fault(draft.line, &format!("{at}.{key}"), "wrong-kind", kind);
            }
        }
        self.words(draft.line, &at, &draft.text, TEXT_CELLS);
        match kind {
            "check" => self.check(draft, &at),
            "ask" => self.ask(draft, &at),
            "do" => self.instruction(draft, &at),
            _ => self.end(draft, &at),
        }
    }

    fn check(&mut self, draft: &Draft, at: &str) {
        if draft.questions.len() != 1 {
            self.fault(draft.line, at, "one-question", "works, fine, says, code, fact");
        }
        if let Some(Question::Says { of, .. }) = draft.questions.first()
            && of.is_empty()
        {
            self.fault(draft.line, &format!("{at}.of"), "missing", "");
        }
        for (key, to) in [("yes", &draft.yes), ("no", &draft.no)] {
            if to.is_none() {
                self.fault(draft.line, &format!("{at}.{key}"), "missing", "");
            }
        }
        if draft.unknown.is_none() {
            self.fault(draft.line, &format!("{at}.unknown"), "no-unknown", "");
        }
    }

    fn ask(&mut self, draft: &Draft, at: &str) {
        if draft.answers.is_empty() || draft.answers.len() > MOST_ANSWERS {
            self.fault(draft.line, &format!("{at}.answers"), "answers", MOST_ANSWERS.to_string());
        }
        self.answers(draft, at);
    }

    /// Labels in every language, and a way out for whoever cannot tell.
    fn answers(&mut self, draft: &Draft, at: &str) {
        for ((words, _), n) in draft.answers.iter().zip(1..) {
            self.words(draft.line, &format!("{at}.answers.{n}"), words, LABEL_CELLS);
        }
        if draft.unclear.is_none() {
            self.fault(draft.line, &format!("{at}.unclear"), "no-unclear", "");
        }
    }

    fn instruction(&mut self, draft: &Draft, at: &str) {
        match draft.screen.as_deref() {
            None => self.fault(draft.line, &format!("{at}.screen"), "missing", ""),
            Some(id) if !text::has(Lang::ZH, &format!("screen-about-{id}")) => {
                self.fault(draft.line, &format!("{at}.screen"), "no-screen", id);
            }
            Some(id) => self.dialled(draft, at, id),
        }
        match (draft.answers.is_empty(), &draft.next) {
            (true, None) => self.fault(draft.line, &format!("{at}.next"), "missing", ""),
            (false, Some(_)) => self.fault(draft.line, &format!("{at}.next"), "both", ""),
            (true, Some(_)) => {}
            (false, None) => {
                if draft.answers.len() > MOST_RESULTS {
                    self.fault(draft.line, &format!("{at}.answers"), "answers", MOST_RESULTS.to_string());
                }
                self.answers(draft, at);
            }
        }
    }

    /// Whoever is guided by phone hears how to get there: the digits stand in the text.
    fn dialled(&mut self, draft: &Draft, at: &str, id: &str) {
        let way = dial(id);
        for (lang, told) in &draft.text.0 {
            if !told.contains(&way) {
                self.fault(draft.line, &format!("{at}.{}", lang.tag()), "no-dial", way.clone());
            }
        }
    }

    fn end(&mut self, draft: &Draft, at: &str) {
        for (key, there) in [("call", draft.call.is_some()), ("retry", draft.retry.is_some())] {
            if !there && !draft.keys.iter().any(|written| written == key) {
                self.fault(draft.line, &format!("{at}.{key}"), "missing", "");
            }
        }
        if draft.good && draft.call.is_some_and(|call| call != "none") {
            self.fault(draft.line, &format!("{at}.good"), "good-calls", "");
        }
        // Money that may be gone is never asked for twice.
        if draft.money == Some(Money::MayBeCharged) && draft.retry.is_some_and(|retry| retry != "never") {
            self.fault(draft.line, &format!("{at}.retry"), "asks-twice", "");
        }
        if !draft.say.is_empty() {
            self.words(draft.line, &format!("{at}.say"), &draft.say, TEXT_CELLS);
        }
    }

    /// Links lead somewhere, all is reached, nothing goes round, and nothing unknown ends well.
    fn tree(&mut self) {
        let nodes = &self.sheet.nodes;
        let place = |name: &str| nodes.iter().position(|node| node.name == name);
        let mut ways: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
        for (from, draft) in nodes.iter().enumerate() {
            for (key, to) in draft.links() {
                let at = format!("nodes.{}.{key}", draft.name);
                match place(to) {
                    Some(to) => {
                        ways[from].push(to);
                        if ends_well(&nodes[to]) && is_doubt(draft, key) {
                            self.fault(draft.line, &at, "unknown-green", nodes[to].name.clone());
                        }
                    }
                    None => self.fault(draft.line, &at, "dead-link", to),
                }
            }
            let asks = draft.next.is_none() && ways[from].len() > 1;
            if asks && ways[from].iter().all(|to| *to == ways[from][0]) {
                self.fault(draft.line, &format!("nodes.{}", draft.name), "dead-question", "");
            }
        }
        let Some(start) = place(&self.sheet.start) else {
            if !self.sheet.start.is_empty() {
                self.fault(0, "start", "dead-link", self.sheet.start.clone());
            }
            return;
        };
        let mut colour = vec![Colour::New; nodes.len()];
        let mut loops = Vec::new();
        visit(start, &ways, &mut colour, &mut loops);
        for at in loops {
            self.fault(nodes[at].line, &format!("nodes.{}", nodes[at].name), "loop", "");
        }
        for (draft, _) in nodes.iter().zip(&colour).filter(|(_, colour)| **colour == Colour::New) {
            self.fault(draft.line, &format!("nodes.{}", draft.name), "unreachable", "");
        }
    }
}

/// Digits from HOME to a screen, as they are read out.
pub fn dial(id: &str) -> String {
    let digits = id.chars().map(|digit| digit.to_string());
    std::iter::once("0".to_owned()).chain(digits).collect::<Vec<_>>().join(" ")
}

/// An end that says one may simply go on.
fn ends_well(draft: &Draft) -> bool {
    let end = tree::End {
        call: draft.call.unwrap_or_default(),
        retry: draft.retry.unwrap_or_default(),
        good: draft.good,
        ..tree::End::default()
    };
    draft.kind == Some("end") && end.is_green()
}

/// Taken without anybody or anything having said that it is so.
fn is_doubt(draft: &Draft, key: &str) -> bool {
    match draft.kind {
        Some("check") => key == "unknown",
        _ => matches!(key, "unclear" | "next"),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Colour {
    New,
    Open,
    Done,
}

/// Depth first; `loops` takes every node that a way leads back to. Depth is bound by the number of nodes, and a file
/// of thousands is no playbook: the stack is kept by hand.
fn visit(start: usize, ways: &[Vec<usize>], colour: &mut [Colour], loops: &mut Vec<usize>) {
    let mut stack = vec![(start, 0)];
    colour[start] = Colour::Open;
    while let Some((node, next)) = stack.pop() {
        let Some(&to) = ways[node].get(next) else {
            colour[node] = Colour::Done;
            continue;
        };
        stack.push((node, next + 1));
        match colour[to] {
            Colour::New => {
                colour[to] = Colour::Open;
                stack.push((to, 0));
            }
            Colour::Open if !loops.contains(&to) => loops.push(to),
            _ => {}
        }
    }
}
