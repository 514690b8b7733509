//! What a screen says, before anyone draws it: the terminal and `show --json` are two renderings of one [`View`].

use crate::model::{SaleId, Status};
use crate::proto::Request;

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

/// A line of a list. On a screen with children `n` is the child's digit; on a leaf the renderer numbers the page
/// `1`-`8` and `n` is none.
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
    /// One code of a table.
    Code { profile: String, code: String },
    /// A numbered way or page inside the screen.
    Way(u8),
    /// A finding by id.
    Finding(String),
    /// The screen one came from (for 85).
    From(String),
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
}

/// A screen's content.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// Above the rows.
    pub head: Vec<Para>,
    pub rows: Vec<Row>,
    /// Below the rows.
    pub tail: Vec<Para>,
    pub green: Option<Green>,
    /// When set, digits go into the box and green accepts it: the typed text comes back in `Place::typed`.
    pub entry: Option<Entry>,
    /// Yellow does this instead of going back.
    pub title_note: Option<String>,
}
