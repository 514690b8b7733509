//! Response codes (ISO 8583 field 39) explained: tables as data, keyed by (profile, code), because the same code means
//! different things at different acquirers.
//!
//! The tables are `config/codes/*.toml`, built in and parsed one by one at first use; a site lays its own files over
//! them with [`load_dir`]. Nothing here knows a transaction: whether a host answered at all is judged from the
//! journal, and only then is its code looked up.

mod bare;
mod book;
mod category;
mod judge;
mod read;
mod sheet;
mod texts;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::civil::Date;
use serde::Serialize;

use crate::data::{self, Words};
use crate::model::{Fact, Stamp};
use crate::text::{self, Lang};
use book::{Book, Found};

pub use crate::data::Fault;
pub use bare::{Bare, bare};
pub use category::{ANSWERED_BY, CALL, Category, RETRY, answered_words, call_words, retry_words};
pub use judge::SHORT_CELLS;
pub use texts::TextHint;

/// What a code means and what to do about it, in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// As its table writes it.
    pub code: String,
    pub profile: String,
    /// One row of a small screen.
    pub meaning: String,
    pub detail: Option<String>,
    pub category: Category,
    /// `issuer` (only where the code proves it), `acquirer-side`, `terminal`, `unknown`.
    pub answered_by: String,
    /// True only for codes that stand for a broken way to the host.
    pub network_at_fault: bool,
    /// One of [`RETRY`].
    pub retry: String,
    /// Who can change it: one of [`CALL`].
    pub call: String,
    /// What the customer may hear.
    pub say: String,
    /// What the cashier does, one thing each.
    pub steps: Vec<String>,
    /// What the code is not.
    pub not: Vec<String>,
    pub playbook: Option<String>,
    /// Texts that terminals show for it.
    pub display: Vec<String>,
    /// What it means in the other generation of the table, or that it was found in another table.
    pub other_generation: Option<String>,
    /// The scheme's own rule, such as a retry category.
    pub rule: Option<String>,
    /// Changes with their day, as sentences.
    pub dated: Vec<String>,
    /// False if no table knows the code: nothing is claimed then.
    pub known: bool,
}

/// No clock of a terminal that has these tables reads an earlier day.
const WRITTEN: Date = jiff::civil::date(2026, 1, 1);

static BOOK: RwLock<Option<Arc<Book>>> = RwLock::new(None);

fn book() -> Arc<Book> {
    if let Some(book) = &*BOOK.read().unwrap_or_else(PoisonError::into_inner) {
        return book.clone();
    }
    let mut slot = BOOK.write().unwrap_or_else(PoisonError::into_inner);
    slot.get_or_insert_with(|| Arc::new(Book::new(Vec::new()))).clone()
}

/// Lays the `*.toml` files of a directory over the built-in tables, in the order of their names, instead of what was
/// laid before. A file with a fault is left out whole; every fault of every file is returned. No directory, no faults.
/// `playbooks` are the ids of those that there are: a code leads to no other.
pub fn load_dir(dir: &Path, playbooks: &[String]) -> Vec<Fault> {
    let (good, faults) = load(dir, playbooks);
    *BOOK.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(Book::new(good)));
    faults
}

/// The files of a directory that stand, and the faults of the others. Files may build on one another, so all are
/// judged together, and again after the faulty ones are gone.
fn load(dir: &Path, playbooks: &[String]) -> (Vec<sheet::Sheet>, Vec<Fault>) {
    let (mut good, mut faults) = read_dir(dir);
    loop {
        let book = Book::new(good.clone());
        let profiles: BTreeSet<&str> = good.iter().map(|sheet| sheet.profile.as_str()).collect();
        let judged: Vec<Fault> = profiles.iter().flat_map(|profile| judge::judge(&book, profile, playbooks)).collect();
        let stands = |sheet: &sheet::Sheet| {
            let file = sheet.place.as_ref().map(|place| place.file.as_ref());
            !judged.iter().any(|fault| Some(fault.file.as_str()) == file)
        };
        let kept: Vec<_> = good.iter().filter(|sheet| stands(sheet)).cloned().collect();
        for fault in judged {
            if !faults.contains(&fault) {
                faults.push(fault);
            }
        }
        if kept.len() == good.len() {
            return (good, faults);
        }
        good = kept;
    }
}

fn read_dir(dir: &Path) -> (Vec<sheet::Sheet>, Vec<Fault>) {
    let (mut sheets, mut faults) = (Vec::new(), Vec::new());
    for file in data::files(dir) {
        match file.map(|(name, text)| read::read(&name, &text)) {
            Ok((sheet, found)) => {
                if found.is_empty() {
                    sheets.push(sheet);
                }
                faults.extend(found);
            }
            Err(fault) => faults.push(fault),
        }
    }
    (sheets, faults)
}

/// Explains a code by the rules in force last.
pub fn explain(profile: &str, code: &str, lang: Lang) -> Explanation {
    explain_on(profile, code, lang, Date::MAX)
}

/// Explains a code by the rules in force at a moment: those of the day of a sale, or of today. A clock that reads a day
/// before the tables were written is wrong and changes nothing.
pub fn explain_at(profile: &str, code: &str, lang: Lang, at: Stamp) -> Explanation {
    let day = at.strftime("%Y-%m-%d").parse().ok().filter(|day| *day >= WRITTEN);
    explain_on(profile, code, lang, day.unwrap_or(Date::MAX))
}

/// Explains a code by the rules in force on a day.
pub fn explain_on(profile: &str, code: &str, lang: Lang, day: Date) -> Explanation {
    let book = book();
    let profile = profile_name(profile);
    let Some(sheet) = book.sheet(&profile).filter(|_| profile != book::CLASSES) else {
        return unknown(&profile, normal(code, 2), lang, "profile");
    };
    let code = normal(code, sheet.digits.unwrap_or(2));
    match book.find(&profile, &code) {
        Some(found) => known(&found, profile, code, lang, day),
        None => unknown(&profile, code, lang, "code"),
    }
}

fn known(found: &Found<'_>, profile: String, code: String, lang: Lang, day: Date) -> Explanation {
    let entry = found.entry;
    let one = |words: Option<&Words<String>>| words.and_then(|words| words.find(lang)).cloned();
    let many =
        |words: Option<&Words<Vec<String>>>| words.and_then(|words| words.find(lang)).cloned().unwrap_or_default();
    let word = |field: Option<&&'static str>| field.map_or("unknown", |word| *word).to_owned();
    let dated = entry.dated.as_deref().unwrap_or_default();
    // The earliest change still to come tells what holds on that day.
    let coming = dated.iter().find(|dated| dated.from > day);
    let rule = coming.and_then(|dated| dated.before_rule.as_ref()).or(entry.rule.as_ref());
    let retry = coming.and_then(|dated| dated.before_retry.as_ref());
    Explanation {
        meaning: one(Some(&entry.meaning)).unwrap_or_default(),
        detail: one(found.words(|e| &e.detail)),
        category: found.category(),
        answered_by: word(found.field(|e| e.answered_by.as_ref())),
        network_at_fault: found.field(|e| e.network_at_fault.as_ref()).copied().unwrap_or(false),
        retry: word(retry.or_else(|| found.field(|e| e.retry.as_ref()))),
        call: word(found.field(|e| e.call.as_ref())),
        say: one(found.words(|e| &e.say)).unwrap_or_default(),
        steps: many(found.words(|e| &e.steps)),
        not: many(found.words(|e| &e.not)),
        playbook: found.field(|e| e.playbook.as_ref()).filter(|id| !id.is_empty()).cloned(),
        display: entry.display.clone().unwrap_or_default(),
        other_generation: one(found.words(|e| &e.other)).or_else(|| one(found.note())),
        rule: rule.and_then(|rule| one(found.owner.rules.get(rule))),
        dated: dated.iter().filter_map(|dated| one(Some(&dated.words))).collect(),
        known: true,
        code,
        profile,
    }
}

fn unknown(profile: &str, code: String, lang: Lang, what: &str) -> Explanation {
    let args = [("code", Fact::Text(code.clone())), ("profile", Fact::Text(profile.to_owned()))];
    let say = |key: &str| text::ta(lang, &format!("codes-unknown-{key}"), &args);
    Explanation {
        meaning: say(what),
        detail: Some(say("detail")),
        category: Category::Unknown,
        answered_by: "unknown".to_owned(),
        network_at_fault: false,
        retry: "unknown".to_owned(),
        call: "acquirer".to_owned(),
        say: say("say"),
        steps: ["step-1", "step-2", "step-3"].into_iter().map(say).collect(),
        not: vec![say("not-1")],
        playbook: None,
        display: Vec::new(),
        other_generation: None,
        rule: None,
        dated: Vec::new(),
        known: false,
        code,
        profile: profile.to_owned(),
    }
}

/// Profile names are lower case; what comes from a configuration or a command line may not be.
fn profile_name(profile: &str) -> String {
    clean(profile, 32).to_lowercase()
}

/// A code as its table writes it: no spaces around, upper case, ASCII even from a wide input method, numbers filled
/// with zeros to `digits`.
fn normal(code: &str, digits: usize) -> String {
    let code = clean(code, 16).to_uppercase();
    let number = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let advice = code.strip_prefix("MAC").map(|rest| rest.trim_start_matches([' ', '-', ':', '_']));
    match advice.filter(|advice| number(advice) && advice.len() <= 2) {
        Some(advice) => format!("MAC {advice:0>2}"),
        None if number(&code) => format!("{code:0>digits$}"),
        None => code,
    }
}

/// What is safe to show of a word from outside.
fn clean(word: &str, longest: usize) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        c => c,
    };
    let word: String = word.trim().chars().map(narrow).filter(|c| !c.is_control()).take(longest).collect();
    word.trim().to_owned()
}

/// Whether to do it again, for people: while the outcome is open nobody is told to, not even later.
pub fn again_words(told: &Explanation, lang: Lang) -> String {
    let open = bare(&told.profile, &told.code).is_some_and(|bare| bare.class == "unclear");
    retry_words(if open { "unknown" } else { &told.retry }, lang)
}

/// Looks a code up and hands it to `take`; nothing if the profile or the code is unknown.
fn with<T>(profile: &str, code: &str, take: impl FnOnce(Found<'_>) -> T) -> Option<T> {
    let book = book();
    let profile = profile_name(profile);
    let code = normal(code, book.sheet(&profile)?.digits.unwrap_or(2));
    book.find(&profile, &code).map(take)
}

/// The short meaning for list rows.
pub fn short(profile: &str, code: &str, lang: Lang) -> Option<String> {
    with(profile, code, |found| found.entry.meaning.find(lang).cloned())?
}

/// The category alone, without building texts.
pub fn category(profile: &str, code: &str) -> Option<Category> {
    with(profile, code, |found| found.category())
}

/// Whether a code is no decline; nothing for a code that no table knows.
pub fn is_success(profile: &str, code: &str) -> Option<bool> {
    category(profile, code).map(Category::is_success)
}

/// Codes that are no declines, for whoever judges many lines.
pub fn successes(profile: &str) -> Vec<String> {
    let book = book();
    let profile = profile_name(profile);
    let codes = book.codes(&profile, true).into_iter();
    let good = codes.filter(|code| book.find(&profile, code).is_some_and(|found| found.category().is_success()));
    good.map(str::to_owned).collect()
}

/// Every profile, in the order people see them.
pub fn profiles() -> Vec<&'static str> {
    book().profiles().collect()
}

/// What people call a profile.
pub fn profile_title(profile: &str, lang: Lang) -> Option<String> {
    book().sheet(&profile_name(profile))?.name.find(lang).cloned()
}

/// All codes of a profile in display order, those of its base tables included.
pub fn listed(profile: &str) -> Vec<String> {
    book().codes(&profile_name(profile), false).into_iter().map(str::to_owned).collect()
}

/// Codes with letters: on a keypad they can only be chosen from a list.
pub fn lettered(profile: &str) -> Vec<String> {
    listed(profile).into_iter().filter(|code| code.bytes().any(|byte| byte.is_ascii_alphabetic())).collect()
}

/// Codes that can stand behind a text without a code.
pub fn behind_text(profile: &str, text: &str) -> Vec<String> {
    texts::behind(&book(), &profile_name(profile), text)
}

/// What to say about such a text before its codes, if it is known.
pub fn text_hint(profile: &str, text: &str, lang: Lang) -> Option<TextHint> {
    texts::hint(&book(), &profile_name(profile), text, lang)
}

/// Texts that terminals show or people read out, those with the most codes behind them first.
pub fn texts(profile: &str, lang: Lang) -> Vec<String> {
    texts::offered(&book(), &profile_name(profile), lang)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may")]
mod tests;
