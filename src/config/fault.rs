//! What is wrong in a config file: where, which key, and a sentence in the reader's language.

use std::fmt;
use std::path::PathBuf;

use crate::model::Fact;
use crate::text::{self, Lang};

/// One fault of one file.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    pub file: PathBuf,
    /// Line, counted from 1; 0 where the fault is the whole file.
    pub line: usize,
    /// Column in characters, counted from 1; only for text that is not TOML, else 0.
    pub column: usize,
    /// Dotted key, such as `source.path`; empty where there is none.
    pub key: String,
    pub problem: Problem,
}

/// What is wrong, as a locale message with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    pub message: &'static str,
    pub args: Vec<(&'static str, Fact)>,
}

impl Problem {
    pub fn new(message: &'static str) -> Self {
        Self { message, args: Vec::new() }
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Fact>) -> Self {
        self.args.push((name, value.into()));
        self
    }

    /// The sentence, without the place.
    pub fn words(&self, lang: Lang) -> String {
        text::ta(lang, self.message, &self.args)
    }
}

impl Fault {
    /// `FILE:LINE: key: what is wrong`, in this language.
    pub fn sentence(&self, lang: Lang) -> String {
        let mut place = self.file.display().to_string();
        for number in [self.line, self.column] {
            if number > 0 {
                place = format!("{place}:{number}");
            }
        }
        let key = if self.key.is_empty() { String::new() } else { format!("{}: ", self.key) };
        format!("{place}: {key}{}", self.problem.words(lang))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence(Lang::EN))
    }
}

impl std::error::Error for Fault {}
