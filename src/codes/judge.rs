//! Whether the tables are whole: every code explained in every language, every reference leads somewhere.

use super::book::{Book, CLASSES, Found};
use super::sheet::Sheet;
use crate::data::{Fault, Place, Words};
use crate::text::{self, Lang};

/// Cells of a list row in the base layout: a short meaning fits one.
pub const SHORT_CELLS: usize = 40;

/// Every fault of one merged table; `playbooks` are those that there are.
pub(super) fn judge(book: &Book, profile: &str, playbooks: &[String]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let Some(sheet) = book.sheet(profile) else { return faults };
    let top = sheet.place.clone().unwrap_or(Place { file: profile.into(), line: 0 });
    if profile != CLASSES {
        missing_languages(&mut faults, &top, "name", &sheet.name);
    }
    for name in sheet.base.iter().chain(sheet.also.iter()).flatten() {
        if book.sheet(name).is_none() {
            faults.push(top.fault("base", "no-table", name.clone()));
        }
    }
    for (id, words) in &sheet.rules {
        missing_languages(&mut faults, &top, &format!("rules.{id}"), words);
    }
    for row in &sheet.texts {
        missing_languages(&mut faults, &top, &format!("texts.{}", row.heard.join("/")), &row.words);
        for code in row.codes.iter().filter(|code| book.find(profile, code).is_none()) {
            faults.push(top.fault("texts.codes", "no-code", code.clone()));
        }
        for class in row.classes.iter().filter(|class| !book.has_class(profile, class)) {
            faults.push(top.fault("texts.classes", "no-class", class.clone()));
        }
        faults.extend(lost(row.playbook.as_ref(), playbooks).map(|id| top.fault("texts.playbook", "no-playbook", id)));
    }
    for (code, entry) in &sheet.codes {
        judge_code(&mut faults, &Found { book, sheet, owner: sheet, entry, listed: true }, code, sheet);
        let place = entry.place.as_ref().unwrap_or(&top);
        let at = || format!("codes.{code}.playbook");
        faults.extend(lost(entry.playbook.as_ref(), playbooks).map(|id| place.fault(&at(), "no-playbook", id)));
    }
    faults
}

/// A playbook that is named and not there; an empty name says that none is wanted.
fn lost<'i>(named: Option<&'i String>, playbooks: &[String]) -> Option<&'i str> {
    named.filter(|id| !id.is_empty() && !playbooks.contains(id)).map(String::as_str)
}

fn judge_code(faults: &mut Vec<Fault>, found: &Found<'_>, code: &str, sheet: &Sheet) {
    let entry = found.entry;
    let place = entry.place.clone().unwrap_or(Place { file: sheet.profile.as_str().into(), line: 0 });
    let at = format!("codes.{code}");
    let field = |name: &str| format!("{at}.{name}");
    if super::normal(code, sheet.digits.unwrap_or(2)) != code {
        faults.push(place.fault(&at, "spelling", super::normal(code, sheet.digits.unwrap_or(2))));
    }
    if let Some(class) = entry.class.as_ref().filter(|_| found.class().is_none()) {
        faults.push(place.fault(&field("class"), "no-class", class.clone()));
    }
    missing_languages(faults, &place, &at, &entry.meaning);
    for (lang, words) in &entry.meaning.0 {
        if text::width(words) > SHORT_CELLS {
            faults.push(place.fault(&field(lang.tag()), "long", format!("{} > {SHORT_CELLS}", text::width(words))));
        }
    }
    missing_languages(faults, &place, &field("say"), found.words(|e| &e.say).unwrap_or(&Words::default()));
    missing_languages(faults, &place, &field("steps"), found.words(|e| &e.steps).unwrap_or(&Words::default()));
    missing_languages(faults, &place, &field("not"), found.words(|e| &e.not).unwrap_or(&Words::default()));
    for (name, words) in [("detail", found.words(|e| &e.detail)), ("other", found.words(|e| &e.other))] {
        if let Some(words) = words {
            missing_languages(faults, &place, &field(name), words);
        }
    }
    for (name, there) in [
        ("category", found.field(|e| e.category.as_ref()).is_some()),
        ("answered_by", found.field(|e| e.answered_by.as_ref()).is_some()),
        ("retry", found.field(|e| e.retry.as_ref()).is_some()),
        ("call", found.field(|e| e.call.as_ref()).is_some()),
    ] {
        if !there {
            faults.push(place.fault(&field(name), "missing", ""));
        }
    }
    let rules = entry.rule.iter().chain(entry.dated.iter().flatten().filter_map(|dated| dated.before_rule.as_ref()));
    for rule in rules.filter(|rule| !sheet.rules.contains_key(*rule)) {
        faults.push(place.fault(&field("rule"), "no-rule", rule.clone()));
    }
    for dated in entry.dated.iter().flatten() {
        missing_languages(faults, &place, &field("dated"), &dated.words);
    }
}

fn missing_languages<T>(faults: &mut Vec<Fault>, place: &Place, at: &str, words: &Words<T>) {
    for lang in Lang::all().filter(|lang| words.exact(*lang).is_none()) {
        faults.push(place.fault(at, "no-language", lang.tag()));
    }
}
