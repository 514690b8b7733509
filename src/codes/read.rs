//! From the text of a table file to a [`Sheet`]. Every fault is collected, none ends the reading; a field with a fault
//! is left out. Judging what a whole table needs is `judge`'s work.

use jiff::civil::Date;
use toml::de::DeTable;

use super::category::{ANSWERED_BY, CALL, Category, RETRY};
use super::sheet::{Dated, Entry, Sheet, TextRow};
use crate::data::{self, Fault, Reader, Value, Words};

/// Reads one file. `file` names it in faults.
pub(super) fn read(file: &str, text: &str) -> (Sheet, Vec<Fault>) {
    data::read(file, text, |reader, root| TableReader(reader).sheet(root))
}

struct TableReader<'r>(&'r mut Reader);

impl TableReader<'_> {
    fn sheet(&mut self, root: &DeTable<'_>) -> Sheet {
        let mut sheet = Sheet { place: Some(self.0.top()), ..Sheet::default() };
        for (key, value) in root {
            let at = key.get_ref().as_ref();
            match at {
                "profile" => sheet.profile = self.0.text(value, at).unwrap_or_default(),
                "name" => sheet.name = self.0.words(value, at, Reader::text),
                "note" => sheet.note = self.0.words(value, at, Reader::text),
                "borrowed" => sheet.borrowed = self.0.words(value, at, Reader::text),
                "base" => sheet.base = self.0.list(value, at),
                "also" => sheet.also = self.0.list(value, at),
                "digits" => sheet.digits = self.digits(value, at),
                "class" => {
                    for (id, value) in self.0.table(value, at).into_iter().flatten() {
                        let at = format!("class.{}", id.get_ref());
                        sheet.classes.insert(id.get_ref().to_string(), self.entry(value, &at));
                    }
                }
                "codes" => {
                    for (id, value) in self.0.table(value, at).into_iter().flatten() {
                        let at = format!("codes.{}", id.get_ref());
                        sheet.codes.insert(id.get_ref().to_string(), self.entry(value, &at));
                    }
                }
                "rules" => {
                    for (id, value) in self.0.table(value, at).into_iter().flatten() {
                        let at = format!("rules.{}", id.get_ref());
                        sheet.rules.insert(id.get_ref().to_string(), self.0.words(value, &at, Reader::text));
                    }
                }
                "texts" => sheet.texts = self.rows(value, at),
                _ => self.0.fault(value, at, "unknown-key", ""),
            }
        }
        if sheet.profile.is_empty() {
            self.0.fault_of_file("profile", "missing");
        }
        sheet
    }

    fn entry(&mut self, value: &Value<'_>, at: &str) -> Entry {
        let mut entry = Entry { place: Some(self.0.place(value.span().start)), ..Entry::default() };
        let Some(table) = self.0.table(value, at) else { return entry };
        for (key, value) in table {
            let key = key.get_ref().as_ref();
            let at = &format!("{at}.{key}");
            match key {
                "class" => entry.class = self.0.text(value, at),
                "detail" => entry.detail = self.0.words(value, at, Reader::text),
                "say" => entry.say = self.0.words(value, at, Reader::text),
                "steps" => entry.steps = self.0.words(value, at, Reader::list),
                "not" => entry.not = self.0.words(value, at, Reader::list),
                "other" => entry.other = self.0.words(value, at, Reader::text),
                "category" => entry.category = self.category(value, at),
                "answered_by" => entry.answered_by = self.0.one_of(value, at, ANSWERED_BY),
                "retry" => entry.retry = self.0.one_of(value, at, RETRY),
                "call" => entry.call = self.0.one_of(value, at, CALL),
                "playbook" => entry.playbook = self.0.any_text(value, at),
                "network_at_fault" => entry.network_at_fault = self.0.flag(value, at),
                "rule" => entry.rule = self.0.text(value, at),
                "display" => entry.display = self.0.list(value, at),
                "heard" => entry.heard = self.0.list(value, at),
                "dated" => entry.dated = Some(self.dated(value, at)),
                tag => self.0.language(tag, value, at, &mut entry.meaning),
            }
        }
        entry
    }

    fn dated(&mut self, value: &Value<'_>, at: &str) -> Vec<Dated> {
        let mut all = Vec::new();
        for (_, table) in self.0.tables(value, at) {
            let (mut from, mut before_retry, mut before_rule) = (None, None, None);
            let mut words = Words::default();
            for (key, value) in table {
                let key = key.get_ref().as_ref();
                let at = &format!("{at}.{key}");
                match key {
                    "from" => {
                        from = self.0.text(value, at).and_then(|text| text.parse::<Date>().ok());
                        if from.is_none() {
                            self.0.fault(value, at, "date", "");
                        }
                    }
                    "before_retry" => before_retry = self.0.one_of(value, at, RETRY),
                    "before_rule" => before_rule = self.0.text(value, at),
                    tag => self.0.language(tag, value, at, &mut words),
                }
            }
            match from {
                Some(from) => all.push(Dated { from, words, before_retry, before_rule }),
                None => self.0.fault(value, &format!("{at}.from"), "missing", ""),
            }
        }
        all.sort_by_key(|dated| dated.from);
        all
    }

    fn rows(&mut self, value: &Value<'_>, at: &str) -> Vec<TextRow> {
        let mut rows = Vec::new();
        for (_, table) in self.0.tables(value, at) {
            let mut row = TextRow {
                heard: Vec::new(),
                like: Vec::new(),
                codes: Vec::new(),
                classes: Vec::new(),
                playbook: None,
                words: Words::default(),
            };
            for (key, value) in table {
                let key = key.get_ref().as_ref();
                let at = &format!("{at}.{key}");
                match key {
                    "heard" => row.heard = self.0.list(value, at).unwrap_or_default(),
                    "like" => row.like = self.0.list(value, at).unwrap_or_default(),
                    "codes" => row.codes = self.0.list(value, at).unwrap_or_default(),
                    "classes" => row.classes = self.0.list(value, at).unwrap_or_default(),
                    "playbook" => row.playbook = self.0.text(value, at),
                    tag => self.0.language(tag, value, at, &mut row.words),
                }
            }
            if row.heard.is_empty() {
                self.0.fault(value, &format!("{at}.heard"), "missing", "");
            }
            rows.push(row);
        }
        rows
    }

    fn digits(&mut self, value: &Value<'_>, at: &str) -> Option<usize> {
        let digits = value.get_ref().as_integer().and_then(|digits| digits.as_str().parse().ok());
        let digits = digits.filter(|digits| (1..=4).contains(digits));
        if digits.is_none() {
            self.0.fault(value, at, "type", "1, 2, 3, 4");
        }
        digits
    }

    fn category(&mut self, value: &Value<'_>, at: &str) -> Option<Category> {
        let text = self.0.text(value, at)?;
        let category = Category::from_word(&text);
        if category.is_none() {
            let words: Vec<_> = Category::all().filter(|c| *c != Category::Unknown).map(Category::word).collect();
            self.0.fault(value, at, "word", words.join(", "));
        }
        category
    }
}
