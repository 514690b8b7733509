//! Walking a playbook: pure, and remembered as a path of signs (`y`, `n`, `u` for checks, digits for answers), so that
//! a place on a screen is a function of what was answered. What a check said stays said: a finding that changes while
//! a person reads never turns his answer into one to another question.

use std::fmt;
use std::sync::Arc;

use super::known::{Evidence, Knows, Truth};
use super::tree::{End, Kind, Node, Playbook};
use crate::text::{self, Lang};

/// The digit for "unclear".
pub const UNCLEAR: u8 = 8;

/// What was answered at one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Took {
    Truth(Truth),
    Digit(u8),
}

impl Took {
    /// Its sign in a path.
    pub fn sign(self) -> char {
        match self {
            Self::Truth(truth) => truth.sign(),
            Self::Digit(digit) => char::from(b'0' + digit.min(9)),
        }
    }

    /// Back from the sign.
    pub fn from_sign(sign: char) -> Option<Self> {
        let truth = Truth::ALL.into_iter().find(|truth| truth.sign() == sign.to_ascii_lowercase()).map(Self::Truth);
        truth.or_else(|| Some(Self::Digit(u8::try_from(sign.to_digit(10)?).ok()?)))
    }
}

/// A node that was passed.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// Place in [`Playbook::nodes`].
    pub node: usize,
    pub took: Took,
    /// What a check was answered from; none for answers of a person and those given in a path.
    pub evidence: Option<Evidence>,
}

/// One answer that may be given now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub n: u8,
    pub text: String,
}

/// An answer that the node it came to does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSuchStep {
    /// Name of the node.
    pub node: String,
    pub sign: char,
}

impl fmt::Display for NoSuchStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} has no answer {}", self.node, self.sign)
    }
}

impl std::error::Error for NoSuchStep {}

/// A playbook with the way that was taken through it so far.
#[derive(Clone, Debug)]
pub struct Walk {
    book: Arc<Playbook>,
    taken: Vec<Taken>,
    at: usize,
}

impl Walk {
    /// At the first node that a person has to see: checks before it answer themselves.
    pub fn start(book: Arc<Playbook>, known: &dyn Knows) -> Self {
        let mut walk = Self { at: book.start, taken: Vec::new(), book };
        walk.run(known);
        walk
    }

    /// Where a path leads, and on over the checks behind it. A check without a sign in the path answers itself.
    pub fn replay(book: Arc<Playbook>, path: &str, known: &dyn Knows) -> Result<Self, NoSuchStep> {
        let mut walk = Self { at: book.start, taken: Vec::new(), book };
        for sign in path.chars() {
            let wrong = |walk: &Self| NoSuchStep { node: walk.node().name.clone(), sign };
            let took = Took::from_sign(sign).ok_or_else(|| wrong(&walk))?;
            if matches!(took, Took::Digit(_)) {
                walk.run(known);
            }
            walk.take(took, None).ok_or_else(|| wrong(&walk))?;
        }
        walk.run(known);
        Ok(walk)
    }

    /// Exactly along a path that was walked before: nothing answers itself, the path holds every sign.
    pub fn along(book: Arc<Playbook>, path: &str) -> Result<Self, NoSuchStep> {
        let mut walk = Self { at: book.start, taken: Vec::new(), book };
        for sign in path.chars() {
            let took = Took::from_sign(sign).and_then(|took| walk.take(took, None));
            took.ok_or_else(|| NoSuchStep { node: walk.node().name.clone(), sign })?;
        }
        Ok(walk)
    }

    /// The answer of a person.
    pub fn answer(&mut self, digit: u8, known: &dyn Knows) -> Result<(), NoSuchStep> {
        let took = Took::Digit(digit);
        self.take(took, None).ok_or_else(|| NoSuchStep { node: self.node().name.clone(), sign: took.sign() })?;
        self.run(known);
        Ok(())
    }

    /// Back to the question before this one; false at the first.
    pub fn back(&mut self) -> bool {
        let Some(at) = self.taken.iter().rposition(|taken| matches!(taken.took, Took::Digit(_))) else { return false };
        self.at = self.taken[at].node;
        self.taken.truncate(at);
        true
    }

    /// The playbook.
    pub const fn book(&self) -> &Arc<Playbook> {
        &self.book
    }

    /// Where it stands.
    pub fn node(&self) -> &Node {
        &self.book.nodes[self.at]
    }

    /// Everything passed, in its order.
    pub fn taken(&self) -> &[Taken] {
        &self.taken
    }

    /// The node of something passed.
    pub fn node_of(&self, taken: &Taken) -> &Node {
        &self.book.nodes[taken.node]
    }

    /// What was passed since the last answer of a person: checks, with what they were answered from.
    pub fn since_answer(&self) -> &[Taken] {
        let from = self.taken.iter().rposition(|taken| matches!(taken.took, Took::Digit(_))).map_or(0, |at| at + 1);
        &self.taken[from..]
    }

    /// The way so far as signs: [`Walk::replay`] leads here again.
    pub fn path(&self) -> String {
        self.taken.iter().map(|taken| taken.took.sign()).collect()
    }

    /// Set at the end.
    pub fn end(&self) -> Option<&End> {
        match &self.node().kind {
            Kind::End(end) => Some(end),
            _ => None,
        }
    }

    /// What may be answered now, with its digit; nothing at an end.
    pub fn choices(&self, lang: Lang) -> Vec<Choice> {
        choices(&self.node().kind, lang)
    }

    /// What was answered, in words.
    pub fn answer_words(&self, taken: &Taken, lang: Lang) -> String {
        match taken.took {
            Took::Truth(truth) => text::t(lang, &format!("playbook-truth-{}", truth.word())),
            Took::Digit(digit) => {
                let all = choices(&self.node_of(taken).kind, lang);
                all.into_iter().find(|choice| choice.n == digit).map(|choice| choice.text).unwrap_or_default()
            }
        }
    }

    /// Passes checks until a person has to be asked or told something. A playbook has no loops.
    fn run(&mut self, known: &dyn Knows) {
        while let Kind::Check { question, .. } = &self.node().kind {
            let told = known.tell(question);
            if self.take(Took::Truth(told.truth), told.evidence).is_none() {
                return;
            }
        }
    }

    fn take(&mut self, took: Took, evidence: Option<Evidence>) -> Option<()> {
        let to = match (&self.node().kind, took) {
            (Kind::Check { yes, no, unknown, .. }, Took::Truth(truth)) => match truth {
                Truth::Yes => *yes,
                Truth::No => *no,
                Truth::Unknown => *unknown,
            },
            (Kind::Do { answers, unclear, .. }, Took::Digit(1)) if answers.is_empty() => *unclear,
            (Kind::Ask { answers, unclear } | Kind::Do { answers, unclear, .. }, Took::Digit(digit)) => {
                if digit == UNCLEAR && !answers.is_empty() {
                    *unclear
                } else {
                    answers.get(usize::from(digit).checked_sub(1)?)?.1
                }
            }
            _ => return None,
        };
        self.taken.push(Taken { node: self.at, took, evidence });
        self.at = to;
        Some(())
    }
}

fn choices(kind: &Kind, lang: Lang) -> Vec<Choice> {
    match kind {
        Kind::Do { answers, .. } if answers.is_empty() => {
            vec![Choice { n: 1, text: text::t(lang, "playbook-next") }]
        }
        Kind::Ask { answers, .. } | Kind::Do { answers, .. } => {
            let labelled = answers.iter().zip(1_u8..).map(|((words, _), n)| (n, words.get(lang).to_owned()));
            let unclear = std::iter::once((UNCLEAR, text::t(lang, "playbook-unclear")));
            labelled.chain(unclear).map(|(n, text)| Choice { n, text }).collect()
        }
        Kind::Check { .. } | Kind::End(_) => Vec::new(),
    }
}
