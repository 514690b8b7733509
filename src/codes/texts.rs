//! From the words on a screen back to the codes that can stand behind them.

use std::collections::HashSet;

use serde::Serialize;

use super::book::{Book, CLASSES};
use super::sheet::{Entry, Sheet, TextRow};
use crate::text::Lang;

/// Texts shorter than this are not looked for inside what a person read out.
const SHORTEST_INSIDE: usize = 3;

/// What is known of words without a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TextHint {
    /// To be said before the codes are listed.
    pub say: String,
    pub playbook: Option<String>,
}

/// Letters and digits only, so that commas, brackets and spaces do not part two spellings of a text.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// One holds the other, and the inner one is no mere syllable.
fn alike(asked: &str, known: &str) -> bool {
    known.contains(asked) || (known.chars().count() >= SHORTEST_INSIDE && asked.contains(known))
}

/// Codes of a profile with every text a terminal may show for them, its base tables' texts too.
fn shown<'b>(book: &'b Book, profile: &str) -> Vec<(&'b str, Vec<String>)> {
    let family = book.family(profile);
    let texts_of = |code: &str| {
        family.iter().filter_map(|sheet| sheet.codes.get(code)).flat_map(Entry::texts).map(|text| plain(text)).collect()
    };
    book.codes(profile, false).into_iter().map(|code| (code, texts_of(code))).collect()
}

/// The table's own row before the one that all tables share.
fn row<'b>(book: &'b Book, profile: &str, asked: &str) -> Option<&'b TextRow> {
    let of = |sheets: Vec<&'b Sheet>| {
        let rows = || sheets.iter().flat_map(|sheet| &sheet.texts);
        let heard =
            |test: fn(&str, &str) -> bool| rows().find(|row| row.heard.iter().any(|heard| test(asked, &plain(heard))));
        heard(|asked, known| asked == known).or_else(|| heard(alike))
    };
    let own = book.family(profile);
    if own.is_empty() {
        return None;
    }
    of(own).or_else(|| of(book.sheet(CLASSES).into_iter().collect()))
}

/// Codes behind a text: those whose own text it is, else those whose text holds it or is held by it, else what the
/// table of heard words says.
pub(super) fn behind(book: &Book, profile: &str, text: &str) -> Vec<String> {
    among(book, profile, &shown(book, profile), text).into_iter().map(str::to_owned).collect()
}

fn among<'b>(book: &'b Book, profile: &str, shown: &[(&'b str, Vec<String>)], text: &str) -> Vec<&'b str> {
    let asked = plain(text);
    if asked.is_empty() {
        return Vec::new();
    }
    let pick = |test: &dyn Fn(&str) -> bool| -> Vec<&'b str> {
        let hit = shown.iter().filter(|(_, texts)| texts.iter().any(|known| test(known)));
        hit.map(|(code, _)| *code).collect()
    };
    let same = pick(&|known| known == asked);
    if !same.is_empty() {
        return same;
    }
    let near = pick(&|known| alike(&asked, known));
    if !near.is_empty() {
        return near;
    }
    let Some(row) = row(book, profile, &asked) else { return Vec::new() };
    let likes: Vec<String> = row.like.iter().map(|like| plain(like)).collect();
    let like = pick(&|known| likes.iter().any(|like| known.contains(like)));
    let mut codes: Vec<&str> = row.codes.iter().map(String::as_str).collect();
    codes.extend(like.into_iter().filter(|code| !row.codes.iter().any(|known| known == code)));
    if !row.classes.is_empty() {
        let class = |code: &str| book.find(profile, code).and_then(|found| found.entry.class.as_ref());
        let fits = |code: &&str| class(code).is_some_and(|class| row.classes.contains(class));
        codes.extend(book.codes(profile, false).into_iter().filter(fits));
    }
    codes
}

/// What to say about words without a code, if the table knows them.
pub(super) fn hint(book: &Book, profile: &str, text: &str, lang: Lang) -> Option<TextHint> {
    let asked = plain(text);
    let row = row(book, profile, &asked).filter(|_| !asked.is_empty())?;
    Some(TextHint { say: row.words.find(lang)?.clone(), playbook: row.playbook.clone() })
}

/// Texts worth offering for choice, those with the most codes behind them first.
pub(super) fn offered(book: &Book, profile: &str) -> Vec<String> {
    let family = book.family(profile);
    let shown = shown(book, profile);
    let mut order: Vec<&String> = family
        .iter()
        .copied()
        .chain(book.sheet(CLASSES))
        .flat_map(|sheet| &sheet.texts)
        .filter_map(|r| r.heard.first())
        .collect();
    for code in book.codes(profile, false) {
        let entries = family.iter().filter_map(|sheet| sheet.codes.get(code));
        order.extend(entries.flat_map(|entry| entry.display.iter().flatten()));
    }
    let mut seen = HashSet::new();
    let mut counted: Vec<(usize, usize, &String)> = Vec::new();
    for text in order {
        if seen.insert(plain(text)) {
            counted.push((among(book, profile, &shown, text).len(), counted.len(), text));
        }
    }
    counted.sort_by_key(|(codes, place, _)| (usize::MAX - codes, *place));
    counted.into_iter().map(|(_, _, text)| text.clone()).collect()
}
