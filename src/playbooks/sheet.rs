//! What one playbook file holds, as written: links are names, everything may be missing. Nothing is judged here.

use super::tree::{Money, Question};
use crate::data::Words;

/// A playbook as written.
#[derive(Clone, Debug, Default)]
pub(super) struct Sheet {
    pub file: String,
    pub id: String,
    pub title: Words,
    pub start: String,
    /// In the order of the file's lines.
    pub nodes: Vec<Draft>,
}

/// A node as written.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub name: String,
    pub line: usize,
    pub kind: Option<&'static str>,
    pub text: Words,
    /// Every `works`, `fine`, `says`, `code` and `fact` of the node; a check has one.
    pub questions: Vec<Question>,
    pub of: Vec<String>,
    pub yes: Option<String>,
    pub no: Option<String>,
    pub unknown: Option<String>,
    pub next: Option<String>,
    pub answers: Vec<(Words, String)>,
    pub unclear: Option<String>,
    pub screen: Option<String>,
    pub call: Option<&'static str>,
    pub retry: Option<&'static str>,
    pub good: bool,
    pub money: Option<Money>,
    pub say: Words,
    pub opens: Option<String>,
    /// Which keys were written, to refuse those of another kind.
    pub keys: Vec<String>,
}

impl Draft {
    /// Where it leads, with the key that says so.
    pub fn links(&self) -> Vec<(&'static str, &str)> {
        let single = [
            ("yes", &self.yes),
            ("no", &self.no),
            ("unknown", &self.unknown),
            ("next", &self.next),
            ("unclear", &self.unclear),
        ];
        let mut all: Vec<(&'static str, &str)> =
            single.into_iter().filter_map(|(key, to)| Some((key, to.as_deref()?))).collect();
        all.extend(self.answers.iter().map(|(_, to)| ("answers", to.as_str())));
        all
    }
}
