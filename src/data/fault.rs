//! What is wrong with a data file, as one sentence with file and line.

use std::fmt;
use std::sync::Arc;

use crate::model::Fact;
use crate::text::{self, Lang};

/// One thing that is wrong in a data file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub file: String,
    /// From 1; 0 where the whole file is meant.
    pub line: usize,
    /// Where inside the file, such as `codes.51.retry`.
    pub at: String,
    /// Which rule it breaks: last part of its locale key.
    pub what: &'static str,
    detail: String,
}

impl Fault {
    /// A fault of the rule `what`, whose sentence is `data-fault-<what>`.
    pub fn new(file: &str, line: usize, at: &str, what: &'static str, detail: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, at: at.to_owned(), what, detail: detail.into() }
    }

    /// For people: file, line, place and what to do.
    pub fn sentence(&self, lang: Lang) -> String {
        let args = [("at", Fact::Text(self.at.clone())), ("detail", Fact::Text(self.detail.clone()))];
        let what = text::ta(lang, &format!("data-fault-{}", self.what), &args);
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

/// Where something was written.
#[derive(Clone, Debug)]
pub struct Place {
    pub file: Arc<str>,
    /// From 1; 0 where the whole file is meant.
    pub line: usize,
}

impl Place {
    /// A fault at this place.
    pub fn fault(&self, at: &str, what: &'static str, detail: impl Into<String>) -> Fault {
        Fault::new(&self.file, self.line, at, what, detail)
    }
}
