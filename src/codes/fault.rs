//! What is wrong with a table file, as one sentence with file and line.

use std::fmt;

use super::sheet::Place;
use crate::model::Fact;
use crate::text::{self, Lang};

/// One thing that is wrong in a table file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub file: String,
    /// From 1; 0 where the whole file is meant.
    pub line: usize,
    /// Where inside the file, such as `codes.51.retry`.
    pub at: String,
    what: &'static str,
    detail: String,
}

impl Fault {
    pub(super) fn new(place: &Place, at: &str, what: &'static str, detail: impl Into<String>) -> Self {
        Self { file: place.file.to_string(), line: place.line, at: at.to_owned(), what, detail: detail.into() }
    }

    /// For people: file, line, place and what to do.
    pub fn sentence(&self, lang: Lang) -> String {
        let what = text::ta(
            lang,
            &format!("codes-fault-{}", self.what),
            &[("at", Fact::Text(self.at.clone())), ("detail", Fact::Text(self.detail.clone()))],
        );
        let line = if self.line == 0 { String::new() } else { format!(":{}", self.line) };
        format!("{}{line}: {what}", self.file)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence(Lang::EN))
    }
}

impl std::error::Error for Fault {}
