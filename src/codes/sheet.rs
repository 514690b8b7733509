//! What one table file holds, as written: every field optional, so that classes, tables and a site's files can be laid
//! over one another. Nothing is judged here.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::category::Category;
use crate::data::{Place, Words};

/// A rule that changes on a day.
#[derive(Clone, Debug)]
pub(super) struct Dated {
    pub from: Date,
    /// What changes, as a sentence.
    pub words: Words<String>,
    /// What held before that day, where it differs.
    pub before_retry: Option<&'static str>,
    pub before_rule: Option<String>,
}

/// A code or a class: both have the same fields.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    pub place: Option<Place>,
    pub class: Option<String>,
    pub meaning: Words<String>,
    pub detail: Words<String>,
    pub say: Words<String>,
    pub steps: Words<Vec<String>>,
    pub not: Words<Vec<String>>,
    /// What the same code means in the other generation of the table.
    pub other: Words<String>,
    pub category: Option<Category>,
    pub answered_by: Option<&'static str>,
    pub retry: Option<&'static str>,
    pub call: Option<&'static str>,
    /// Empty: none, whatever the class says.
    pub playbook: Option<String>,
    pub network_at_fault: Option<bool>,
    /// Key of a scheme's rule in [`Sheet::rules`].
    pub rule: Option<String>,
    /// Texts of terminals that may be shown.
    pub display: Option<Vec<String>>,
    /// Texts of terminals that are only looked up: too harsh to repeat.
    pub heard: Option<Vec<String>>,
    pub dated: Option<Vec<Dated>>,
}

impl Entry {
    /// Lays `upper` over this entry: what it says wins, field by field.
    pub fn over(&mut self, upper: Self) {
        fn set<T>(lower: &mut Option<T>, upper: Option<T>) {
            if upper.is_some() {
                *lower = upper;
            }
        }
        set(&mut self.place, upper.place);
        set(&mut self.class, upper.class);
        self.meaning.over(upper.meaning);
        self.detail.over(upper.detail);
        self.say.over(upper.say);
        self.steps.over(upper.steps);
        self.not.over(upper.not);
        self.other.over(upper.other);
        set(&mut self.category, upper.category);
        set(&mut self.answered_by, upper.answered_by);
        set(&mut self.retry, upper.retry);
        set(&mut self.call, upper.call);
        set(&mut self.playbook, upper.playbook);
        set(&mut self.network_at_fault, upper.network_at_fault);
        set(&mut self.rule, upper.rule);
        set(&mut self.display, upper.display);
        set(&mut self.heard, upper.heard);
        set(&mut self.dated, upper.dated);
    }

    /// Every text of a terminal, shown or not.
    pub fn texts(&self) -> impl Iterator<Item = &String> {
        self.display.iter().chain(self.heard.iter()).flatten()
    }
}

/// Words that people read out where no code is shown, and the codes that can stand behind them.
#[derive(Clone, Debug)]
pub(super) struct TextRow {
    pub heard: Vec<String>,
    /// Texts of the table that mean the same.
    pub like: Vec<String>,
    pub codes: Vec<String>,
    /// Classes whose codes can stand behind them, whatever the table numbers those.
    pub classes: Vec<String>,
    pub playbook: Option<String>,
    pub words: Words<String>,
}

/// One table file.
#[derive(Clone, Debug, Default)]
pub(super) struct Sheet {
    pub place: Option<Place>,
    pub profile: String,
    pub name: Words<String>,
    /// Said with every code of this table.
    pub note: Words<String>,
    /// Said with a code that was found in a `base` table.
    pub borrowed: Words<String>,
    /// Tables that know the codes missing here; their codes are listed too.
    pub base: Option<Vec<String>>,
    /// Tables looked into last; their codes are not listed.
    pub also: Option<Vec<String>>,
    /// Length of a numeric code: 2, or 3 in the later tables.
    pub digits: Option<usize>,
    pub classes: BTreeMap<String, Entry>,
    pub codes: BTreeMap<String, Entry>,
    pub rules: BTreeMap<String, Words<String>>,
    pub texts: Vec<TextRow>,
}

impl Sheet {
    /// Lays a site's file over this table.
    pub fn over(&mut self, upper: Self) {
        self.place = upper.place.or(self.place.take());
        self.profile = upper.profile;
        self.name.over(upper.name);
        self.note.over(upper.note);
        self.borrowed.over(upper.borrowed);
        self.base = upper.base.or(self.base.take());
        self.also = upper.also.or(self.also.take());
        self.digits = upper.digits.or(self.digits);
        for (id, entry) in upper.classes {
            self.classes.entry(id).or_default().over(entry);
        }
        for (id, entry) in upper.codes {
            self.codes.entry(id).or_default().over(entry);
        }
        for (id, words) in upper.rules {
            self.rules.entry(id).or_default().over(words);
        }
        self.texts.splice(0..0, upper.texts);
    }
}
