//! From the text of a table file to a [`Sheet`]. Every fault is collected, none ends the reading; a field with a fault
//! is left out. Judging what a whole table needs is `judge`'s work.

use std::sync::Arc;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::category::{ANSWERED_BY, CALL, Category, RETRY};
use super::fault::Fault;
use super::sheet::{Dated, Entry, Place, Sheet, TextRow, Words};
use crate::text::Lang;

type Value<'a> = Spanned<DeValue<'a>>;

/// Reads one file. `file` names it in faults.
pub(super) fn read(file: &str, text: &str) -> (Sheet, Vec<Fault>) {
    let mut reader = Reader::new(file, text);
    let (root, errors) = DeTable::parse_recoverable(text);
    let sheet = if errors.is_empty() { reader.sheet(root.get_ref()) } else { Sheet::default() };
    for error in errors {
        let place = reader.place(error.span().map_or(0, |span| span.start));
        reader.faults.push(Fault::new(&place, "", "syntax", error.message()));
    }
    (sheet, reader.faults)
}

struct Reader {
    file: Arc<str>,
    /// Offset behind each line's end.
    lines: Vec<usize>,
    faults: Vec<Fault>,
}

impl Reader {
    fn new(file: &str, text: &str) -> Self {
        let lines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1).collect();
        Self { file: file.into(), lines, faults: Vec::new() }
    }

    fn place(&self, offset: usize) -> Place {
        Place { file: self.file.clone(), line: self.lines.partition_point(|end| *end <= offset) + 1 }
    }

    fn fault(&mut self, value: &Value<'_>, at: &str, what: &'static str, detail: impl Into<String>) {
        let place = self.place(value.span().start);
        self.faults.push(Fault::new(&place, at, what, detail));
    }

    fn sheet(&mut self, root: &DeTable<'_>) -> Sheet {
        let mut sheet = Sheet { place: Some(Place { file: self.file.clone(), line: 0 }), ..Sheet::default() };
        for (key, value) in root {
            let at = key.get_ref().as_ref();
            match at {
                "profile" => sheet.profile = self.text(value, at).unwrap_or_default(),
                "name" => sheet.name = self.words(value, at, Self::text),
                "note" => sheet.note = self.words(value, at, Self::text),
                "borrowed" => sheet.borrowed = self.words(value, at, Self::text),
                "base" => sheet.base = self.list(value, at),
                "also" => sheet.also = self.list(value, at),
                "digits" => sheet.digits = self.digits(value, at),
                "class" => {
                    for (id, value) in self.table(value, at).into_iter().flatten() {
                        let at = format!("class.{}", id.get_ref());
                        sheet.classes.insert(id.get_ref().to_string(), self.entry(value, &at));
                    }
                }
                "codes" => {
                    for (id, value) in self.table(value, at).into_iter().flatten() {
                        let at = format!("codes.{}", id.get_ref());
                        sheet.codes.insert(id.get_ref().to_string(), self.entry(value, &at));
                    }
                }
                "rules" => {
                    for (id, value) in self.table(value, at).into_iter().flatten() {
                        let at = format!("rules.{}", id.get_ref());
                        sheet.rules.insert(id.get_ref().to_string(), self.words(value, &at, Self::text));
                    }
                }
                "texts" => sheet.texts = self.rows(value, at),
                _ => self.fault(value, at, "unknown-key", ""),
            }
        }
        if sheet.profile.is_empty() {
            let place = Place { file: self.file.clone(), line: 0 };
            self.faults.push(Fault::new(&place, "profile", "missing", ""));
        }
        sheet
    }

    fn entry(&mut self, value: &Value<'_>, at: &str) -> Entry {
        let mut entry = Entry { place: Some(self.place(value.span().start)), ..Entry::default() };
        let Some(table) = self.table(value, at) else { return entry };
        for (key, value) in table {
            let key = key.get_ref().as_ref();
            let at = &format!("{at}.{key}");
            match key {
                "class" => entry.class = self.text(value, at),
                "detail" => entry.detail = self.words(value, at, Self::text),
                "say" => entry.say = self.words(value, at, Self::text),
                "steps" => entry.steps = self.words(value, at, Self::list),
                "not" => entry.not = self.words(value, at, Self::list),
                "other" => entry.other = self.words(value, at, Self::text),
                "category" => entry.category = self.category(value, at),
                "answered_by" => entry.answered_by = self.one_of(value, at, ANSWERED_BY),
                "retry" => entry.retry = self.one_of(value, at, RETRY),
                "call" => entry.call = self.one_of(value, at, CALL),
                "playbook" => entry.playbook = self.any_text(value, at),
                "network_at_fault" => entry.network_at_fault = self.flag(value, at),
                "rule" => entry.rule = self.text(value, at),
                "display" => entry.display = self.list(value, at),
                "heard" => entry.heard = self.list(value, at),
                "dated" => entry.dated = Some(self.dated(value, at)),
                tag => match Lang::all().find(|lang| lang.tag() == tag) {
                    Some(lang) => entry.meaning.0.extend(self.text(value, at).map(|text| (lang, text))),
                    None => self.fault(value, at, "unknown-key", ""),
                },
            }
        }
        entry
    }

    fn dated(&mut self, value: &Value<'_>, at: &str) -> Vec<Dated> {
        let mut all = Vec::new();
        for table in self.tables(value, at) {
            let (mut from, mut before_retry, mut before_rule) = (None, None, None);
            let mut words = Words::default();
            for (key, value) in table {
                let key = key.get_ref().as_ref();
                let at = &format!("{at}.{key}");
                match key {
                    "from" => {
                        from = self.text(value, at).and_then(|text| text.parse::<Date>().ok());
                        if from.is_none() {
                            self.fault(value, at, "date", "");
                        }
                    }
                    "before_retry" => before_retry = self.one_of(value, at, RETRY),
                    "before_rule" => before_rule = self.text(value, at),
                    tag => match Lang::all().find(|lang| lang.tag() == tag) {
                        Some(lang) => words.0.extend(self.text(value, at).map(|text| (lang, text))),
                        None => self.fault(value, at, "unknown-key", ""),
                    },
                }
            }
            match from {
                Some(from) => all.push(Dated { from, words, before_retry, before_rule }),
                None => self.fault(value, &format!("{at}.from"), "missing", ""),
            }
        }
        all.sort_by_key(|dated| dated.from);
        all
    }

    fn rows(&mut self, value: &Value<'_>, at: &str) -> Vec<TextRow> {
        let mut rows = Vec::new();
        for table in self.tables(value, at) {
            let mut row = TextRow {
                heard: Vec::new(),
                like: Vec::new(),
                codes: Vec::new(),
                playbook: None,
                words: Words::default(),
            };
            for (key, value) in table {
                let key = key.get_ref().as_ref();
                let at = &format!("{at}.{key}");
                match key {
                    "heard" => row.heard = self.list(value, at).unwrap_or_default(),
                    "like" => row.like = self.list(value, at).unwrap_or_default(),
                    "codes" => row.codes = self.list(value, at).unwrap_or_default(),
                    "playbook" => row.playbook = self.text(value, at),
                    tag => match Lang::all().find(|lang| lang.tag() == tag) {
                        Some(lang) => row.words.0.extend(self.text(value, at).map(|text| (lang, text))),
                        None => self.fault(value, at, "unknown-key", ""),
                    },
                }
            }
            if row.heard.is_empty() {
                self.fault(value, &format!("{at}.heard"), "missing", "");
            }
            rows.push(row);
        }
        rows
    }

    fn words<T>(
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

    fn table<'v, 'a>(&mut self, value: &'v Value<'a>, at: &str) -> Option<&'v DeTable<'a>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.fault(value, at, "type", "{ ... }");
        }
        table
    }

    fn tables<'v, 'a>(&mut self, value: &'v Value<'a>, at: &str) -> Vec<&'v DeTable<'a>> {
        let Some(values) = value.get_ref().as_array() else {
            self.fault(value, at, "type", "[{ ... }]");
            return Vec::new();
        };
        values.iter().filter_map(|value| self.table(value, at)).collect()
    }

    fn any_text(&mut self, value: &Value<'_>, at: &str) -> Option<String> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.fault(value, at, "type", "\"...\"");
        }
        text.map(str::to_owned)
    }

    /// A text that shows something and nothing else than itself.
    fn text(&mut self, value: &Value<'_>, at: &str) -> Option<String> {
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

    fn list(&mut self, value: &Value<'_>, at: &str) -> Option<Vec<String>> {
        let Some(values) = value.get_ref().as_array() else {
            self.fault(value, at, "type", "[\"...\"]");
            return None;
        };
        Some(values.iter().filter_map(|value| self.text(value, at)).collect())
    }

    fn flag(&mut self, value: &Value<'_>, at: &str) -> Option<bool> {
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.fault(value, at, "type", "true, false");
        }
        flag
    }

    fn digits(&mut self, value: &Value<'_>, at: &str) -> Option<usize> {
        let digits = value.get_ref().as_integer().and_then(|digits| digits.as_str().parse().ok());
        let digits = digits.filter(|digits| (1..=4).contains(digits));
        if digits.is_none() {
            self.fault(value, at, "type", "1, 2, 3, 4");
        }
        digits
    }

    fn one_of(&mut self, value: &Value<'_>, at: &str, words: &[&'static str]) -> Option<&'static str> {
        let text = self.text(value, at)?;
        let found = words.iter().find(|word| **word == text).copied();
        if found.is_none() {
            self.fault(value, at, "word", words.join(", "));
        }
        found
    }

    fn category(&mut self, value: &Value<'_>, at: &str) -> Option<Category> {
        let text = self.text(value, at)?;
        let category = Category::from_word(&text);
        if category.is_none() {
            let words: Vec<_> = Category::all().filter(|c| *c != Category::Unknown).map(Category::word).collect();
            self.fault(value, at, "word", words.join(", "));
        }
        category
    }
}
