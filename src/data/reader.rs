//! From TOML to what a room wants of it. Every fault is collected, none ends the reading; a field with a fault is left
//! out.

use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Fault, Place};
use super::words::Words;
use crate::text::Lang;

/// A value with its place in the text.
pub type Value<'a> = Spanned<DeValue<'a>>;

/// Hands the root of a file to `take`; a file that is no TOML has only its faults of writing. `file` names it.
pub fn read<S: Default>(file: &str, text: &str, take: impl FnOnce(&mut Reader, &DeTable<'_>) -> S) -> (S, Vec<Fault>) {
    let mut reader = Reader::new(file, text);
    let (root, errors) = DeTable::parse_recoverable(text);
    let taken = if errors.is_empty() { take(&mut reader, root.get_ref()) } else { S::default() };
    for error in errors {
        let place = reader.place(error.span().map_or(0, |span| span.start));
        reader.faults.push(place.fault("", "syntax", error.message()));
    }
    (taken, reader.faults)
}

/// Reads values and keeps what is wrong with them.
pub struct Reader {
    file: Arc<str>,
    /// Offset behind each line's end.
    ends: Vec<usize>,
    faults: Vec<Fault>,
}

impl Reader {
    fn new(file: &str, text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1).collect();
        Self { file: file.into(), ends, faults: Vec::new() }
    }

    /// The whole file as a place.
    pub fn top(&self) -> Place {
        Place { file: self.file.clone(), line: 0 }
    }

    /// The place of an offset in the text.
    pub fn place(&self, offset: usize) -> Place {
        Place { file: self.file.clone(), line: self.ends.partition_point(|end| *end <= offset) + 1 }
    }

    /// Keeps a fault of this value.
    pub fn fault(&mut self, value: &Value<'_>, at: &str, what: &'static str, detail: impl Into<String>) {
        let place = self.place(value.span().start);
        self.faults.push(place.fault(at, what, detail));
    }

    /// Keeps a fault of the whole file.
    pub fn fault_of_file(&mut self, at: &str, what: &'static str) {
        let place = self.top();
        self.faults.push(place.fault(at, what, ""));
    }

    pub fn table<'v, 'a>(&mut self, value: &'v Value<'a>, at: &str) -> Option<&'v DeTable<'a>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.fault(value, at, "type", "{ ... }");
        }
        table
    }

    /// A list of tables; what is none is left out.
    pub fn tables<'v, 'a>(&mut self, value: &'v Value<'a>, at: &str) -> Vec<(&'v Value<'a>, &'v DeTable<'a>)> {
        let Some(values) = value.get_ref().as_array() else {
            self.fault(value, at, "type", "[{ ... }]");
            return Vec::new();
        };
        values.iter().filter_map(|value| Some((value, self.table(value, at)?))).collect()
    }

    /// A text, which may be empty.
    pub fn any_text(&mut self, value: &Value<'_>, at: &str) -> Option<String> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.fault(value, at, "type", "\"...\"");
        }
        text.map(str::to_owned)
    }

    /// A text that shows something and nothing else than itself.
    pub fn text(&mut self, value: &Value<'_>, at: &str) -> Option<String> {
        let text = self.any_text(value, at)?;
        if text.trim().is_empty() {
            self.fault(value, at, "empty", "");
            return None;
        }
        if text.chars().any(char::is_control) {
            self.fault(value, at, "control", "");
            return None;
        }
        Some(text)
    }

    /// A list of texts.
    pub fn list(&mut self, value: &Value<'_>, at: &str) -> Option<Vec<String>> {
        let Some(values) = value.get_ref().as_array() else {
            self.fault(value, at, "type", "[\"...\"]");
            return None;
        };
        Some(values.iter().filter_map(|value| self.text(value, at)).collect())
    }

    /// A list of texts that is not empty.
    pub fn some(&mut self, value: &Value<'_>, at: &str) -> Option<Vec<String>> {
        if value.get_ref().as_array().is_some_and(|values| values.is_empty()) {
            self.fault(value, at, "type", "[\"...\"]");
            return None;
        }
        self.list(value, at)
    }

    pub fn flag(&mut self, value: &Value<'_>, at: &str) -> Option<bool> {
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.fault(value, at, "type", "true, false");
        }
        flag
    }

    /// One of a closed list of words.
    pub fn one_of(&mut self, value: &Value<'_>, at: &str, words: &[&'static str]) -> Option<&'static str> {
        let text = self.text(value, at)?;
        let found = words.iter().find(|word| **word == text).copied();
        if found.is_none() {
            self.fault(value, at, "word", words.join(", "));
        }
        found
    }

    /// A table of languages; `one` reads what stands in each.
    pub fn words<T>(
        &mut self,
        value: &Value<'_>,
        at: &str,
        one: impl Fn(&mut Self, &Value<'_>, &str) -> Option<T>,
    ) -> Words<T> {
        let mut words = Words::default();
        for (key, value) in self.table(value, at).into_iter().flatten() {
            let tag = key.get_ref().as_ref();
            let at = format!("{at}.{tag}");
            match Lang::all().find(|lang| lang.tag() == tag) {
                Some(lang) => words.0.extend(one(self, value, &at).map(|text| (lang, text))),
                None => self.fault(value, &at, "language", ""),
            }
        }
        words
    }

    /// A key that may be a language (its text joins `words`), else is none that is known.
    pub fn language(&mut self, tag: &str, value: &Value<'_>, at: &str, words: &mut Words) {
        match Lang::all().find(|lang| lang.tag() == tag) {
            Some(lang) => words.0.extend(self.text(value, at).map(|text| (lang, text))),
            None => self.fault(value, at, "unknown-key", ""),
        }
    }
}
