//! What a screen says, before anyone draws it: the terminal and `show --json` are two renderings of one [`View`].

use crate::model::{Draft, NetChange, Role, SaleId, Secret, Status, WifiLock};
use crate::proto::Request;
use crate::text;

/// Emphasis; never the only carrier of a meaning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Plain,
    Strong,
    Dim,
    Good,
    Warn,
    Bad,
    /// Large digits where room allows (phone number, state code).
    Big,
}

/// A paragraph without a number; wrapped to the width.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Para {
    pub text: String,
    pub tone: Tone,
}

impl Para {
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), tone: Tone::Plain }
    }

    pub fn tone(text: impl Into<String>, tone: Tone) -> Self {
        Self { text: text.into(), tone }
    }
}

/// A line of a list. On a screen with children `n` is the child's digit; on a leaf `n` is none and [`page`] numbers
/// the lines with the digits that no fixed line takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Fixed digit, for children of an area and for choices whose digit means something.
    pub n: Option<u8>,
    /// Drawn as a word or mark before the text.
    pub status: Option<Status>,
    pub text: String,
    /// Right-hand column: a time, a value.
    pub right: String,
    pub tone: Tone,
    /// What the digit does; none for a line that is only read.
    pub open: Option<Open>,
    /// Why it cannot be opened: shown, greyed.
    pub blocked: Option<String>,
    /// Says which thing this line is, so that rows can be frozen while new ones wait.
    pub key: String,
}

/// Where a digit or the green key leads. Opening never acts on the terminal; [`Act::Ask`] does, through green only.
#[derive(Clone, Debug, PartialEq)]
pub enum Open {
    /// A screen by id.
    Screen(&'static str),
    /// A place inside a screen: screen id and argument, such as one decline of 32.
    Place(&'static str, Arg),
}

impl Eq for Open {}

/// What a place inside a screen is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Arg {
    #[default]
    None,
    /// One transaction.
    Sale(SaleId),
    /// The words for the customer about one transaction, to be turned towards him.
    ForCustomer(SaleId),
    /// One code of a table.
    Code { profile: String, code: String },
    /// A numbered way or page inside the screen.
    Way(u8),
    /// A finding by id.
    Finding(String),
    /// The screen one came from (for 85).
    From(String),
    /// A step of a playbook: the signs of the way so far, and the sale or code it is about.
    Playbook { id: String, path: String, sale: Option<SaleId>, code: Option<String> },
    /// A page of a chapter of the handbook, from 0.
    Chapter { id: String, page: usize },
    /// A round of inspection: a sign for each item that was looked at.
    Round { id: String, marks: String },
    /// A choice by word (a language tag, a display word).
    Word(String),
}

/// What green does now, named in the bottom bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Green {
    /// Short label: `重新检查`, `Explain`.
    pub label: String,
    pub act: Act,
}

/// What green may do.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    Open(Open),
    /// Ask the agent for something harmless (run checks, next page).
    Ask(Request),
    /// Show the plan of an action and ask for the code by its risk; only then ask the agent to do it.
    Confirm(Confirm),
    /// Change the language or look of this console.
    Local(Local),
    /// Leave the console.
    Leave,
}

/// Changes of this console only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Local {
    Lang(String),
    Ascii(bool),
    Color(bool),
    /// One finding per page, big digits.
    Large(bool),
}

/// A dialog before an action: keys are ignored for its first 0.7 s.
#[derive(Clone, Debug, PartialEq)]
pub struct Confirm {
    pub title: String,
    /// What it will do, and what it does not cure.
    pub body: Vec<Para>,
    /// Digits of the code that is shown and has to be typed: 0, 2 or 4.
    pub code_digits: u8,
    pub request: Request,
}

/// A number or text entry box.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    pub label: String,
    /// Most characters.
    pub max: usize,
    /// Not for a place but for the agent alone.
    pub hidden: Option<Hidden>,
    /// What the digits of a keypad write.
    pub keys: Keys,
    /// The typed text becomes the end of this place's word, on the same screen.
    pub leads: Option<String>,
    /// What comes behind it there.
    pub ends: &'static str,
    /// What is typed is shown from the start although it is hidden.
    pub shown: bool,
}

/// What the digits of a keypad write into a box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keys {
    /// Themselves.
    #[default]
    Digits,
    /// Letters, pressed several times; see [`super::multitap`].
    Letters,
    /// An address: a dot comes by itself after three digits.
    Address,
}

/// What is typed for the agent alone; it never becomes part of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hidden {
    /// The passcode of a role.
    Unlock(Role),
    /// A new passcode; typed twice.
    New(Role),
    /// What support answered; good once, so it is shown.
    Answer,
    /// The password of a Wi-Fi network.
    Wifi { ssid: String, lock: WifiLock, hidden: bool },
}

impl Hidden {
    /// Whether stars stand for what is typed.
    pub const fn stars(&self) -> bool {
        !matches!(self, Self::Answer)
    }

    /// Where one goes once it is typed.
    pub const fn then(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Wifi { .. } => Some(("95", "plan")),
            _ => None,
        }
    }

    /// What the agent is asked.
    pub fn request(self, typed: Secret) -> Request {
        match self {
            Self::Unlock(role) => Request::Unlock { role, passcode: typed },
            Self::New(role) => Request::SetPasscode { role, passcode: typed },
            Self::Answer => Request::Answer { answer: typed },
            Self::Wifi { ssid, lock, hidden } => {
                Request::Draft { draft: Draft::Net { change: NetChange::Wifi { ssid, lock, hidden, password: typed } } }
            }
        }
    }
}

/// The state of one part of the terminal, with the screen that owns it: `网络2 正常`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lamp {
    pub screen: &'static str,
    pub label: String,
    pub status: Status,
    /// The status in words.
    pub word: String,
}

impl Lamp {
    /// As it is written: label with the screen's digits, then the word.
    pub fn text(&self) -> String {
        format!("{}{} {}", self.label, self.screen, self.word)
    }
}

/// Lamps in lines of at most `cells`, two cells between them, none cut in half.
pub fn lamp_lines(lamps: &[Lamp], cells: usize) -> Vec<Vec<&Lamp>> {
    let mut lines: Vec<Vec<&Lamp>> = Vec::new();
    let mut used = 0;
    for lamp in lamps {
        let wide = text::width(&lamp.text());
        match lines.last_mut() {
            Some(line) if used + 2 + wide <= cells => {
                line.push(lamp);
                used += 2 + wide;
            }
            _ => {
                lines.push(vec![lamp]);
                used = wide;
            }
        }
    }
    lines
}

/// Rows of one page, each with the digit in front of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page<'a> {
    pub lines: Vec<(Option<u8>, &'a Row)>,
    /// From 0.
    pub page: usize,
    /// At least 1; `9` turns to the next one when there are more.
    pub pages: usize,
}

/// Numbers rows for one page. Rows with a fixed digit stand on every page; the others get, page by page and in their
/// order, the digits 1 to 8 that are left. `most` is how many rows without a fixed digit fit.
pub fn page(rows: &[Row], page: usize, most: usize) -> Page<'_> {
    let taken: Vec<u8> = rows.iter().filter_map(|row| row.n).collect();
    let left: Vec<u8> = (1..=8).filter(|digit| !taken.contains(digit)).collect();
    let size = most.min(left.len()).max(1);
    let free = rows.iter().filter(|row| row.n.is_none()).count();
    let pages = free.div_ceil(size).max(1);
    let page = page.min(pages - 1);
    let mut seen = 0;
    let mut lines = Vec::new();
    for row in rows {
        if row.n.is_some() {
            lines.push((row.n, row));
            continue;
        }
        if seen / size == page {
            lines.push((left.get(seen % size).copied(), row));
        }
        seen += 1;
    }
    Page { lines, page, pages }
}

/// A screen's content.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// First of all, drawn by [`lamp_lines`].
    pub lamps: Vec<Lamp>,
    /// Above the rows.
    pub head: Vec<Para>,
    /// Numbered and turned by [`page`].
    pub rows: Vec<Row>,
    /// Rows side by side where each fits into its share of the width (0 and 1: one below the other), filled line by
    /// line; only for rows with a fixed digit.
    pub columns: u8,
    /// Below the rows.
    pub tail: Vec<Para>,
    pub green: Option<Green>,
    /// When set, digits go into the box and green accepts it: the typed text comes back in `Place::typed`.
    pub entry: Option<Entry>,
    /// What the agent is told once this has been drawn: only what is to be remembered, never an action.
    pub tell: Option<Request>,
    /// New rows come in until a key is pressed (34, 12); other lists stand still from the moment they are opened.
    pub live: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(fixed: &[Option<u8>]) -> Vec<Row> {
        fixed.iter().map(|n| Row { n: *n, ..Row::default() }).collect()
    }

    fn digits(rows: &[Row], at: usize, most: usize) -> Vec<Option<u8>> {
        page(rows, at, most).lines.iter().map(|(n, _)| *n).collect()
    }

    #[test]
    fn a_page_numbers_what_no_fixed_line_takes() {
        let leaf = rows(&[None; 11]);
        assert_eq!(digits(&leaf, 0, 20), (1..=8).map(Some).collect::<Vec<_>>());
        assert_eq!(digits(&leaf, 1, 20), [Some(1), Some(2), Some(3)]);
        assert_eq!((page(&leaf, 9, 20).page, page(&leaf, 0, 20).pages), (1, 2));
        let checkup = rows(&[Some(1), Some(2), None, None]);
        assert_eq!(digits(&checkup, 0, 1), [Some(1), Some(2), Some(3)]);
        assert_eq!(digits(&checkup, 1, 1), [Some(1), Some(2), Some(3)]);
        let pinned = rows(&[None, None, Some(8)]);
        assert_eq!(digits(&pinned, 0, 8), [Some(1), Some(2), Some(8)]);
        assert_eq!(page(&rows(&[]), 0, 8).pages, 1);
    }

    #[test]
    fn lamps_are_never_cut() {
        let lamp = |screen| Lamp { screen, label: "网络".to_owned(), status: Status::Ok, word: "正常".to_owned() };
        let lamps = [lamp("2"), lamp("23"), lamp("51")];
        let lines = lamp_lines(&lamps, 24);
        assert_eq!(lines.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(lamp_lines(&lamps, 1).len(), 3);
    }
}
