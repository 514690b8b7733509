//! From the words on a screen back to the codes that can stand behind them.

use std::collections::HashSet;

use serde::Serialize;

use super::book::{Book, CLASSES};
use super::sheet::{Entry, TextRow};
use crate::text::Lang;

/// Texts narrower than this are not looked for inside what a person read out: two Chinese signs, or four letters.
const SHORTEST_INSIDE: usize = 4;

/// What is known of words without a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TextHint {
    /// To be said before the codes are listed.
    pub say: String,
    pub playbook: Option<String>,
    /// A host may stand behind them; else the terminal says them by itself, such as about paper.
    pub of_host: bool,
}

/// Letters and digits only, so that commas, brackets and spaces do not part two spellings of a text.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// How much a text says: a Chinese sign as much as two letters.
fn weight(text: &str) -> usize {
    text.chars().map(|sign| if sign.is_ascii() { 1 } else { 2 }).sum()
}

/// How much two texts share, where one holds the other; the inner one is no mere syllable.
fn shared(asked: &str, known: &str) -> Option<usize> {
    if known.contains(asked) {
        return Some(weight(asked));
    }
    let inner = weight(known);
    (inner >= SHORTEST_INSIDE && asked.contains(known)).then_some(inner)
}

/// What a terminal of one profile may show, each text in plain signs.
struct Known<'b> {
    book: &'b Book,
    profile: &'b str,
    /// Codes with their texts, those of base tables too.
    codes: Vec<(&'b str, Vec<String>)>,
    /// Rows of heard words, the table's own before those that all tables share.
    rows: Vec<(&'b TextRow, Vec<String>)>,
}

impl<'b> Known<'b> {
    fn of(book: &'b Book, profile: &'b str) -> Self {
        let family = book.family(profile);
        let all = |texts: &mut dyn Iterator<Item = &String>| texts.map(|text| plain(text)).collect();
        let texts_of =
            |code: &str| all(&mut family.iter().filter_map(|sheet| sheet.codes.get(code)).flat_map(Entry::texts));
        let codes = book.codes(profile, false).into_iter().map(|code| (code, texts_of(code))).collect();
        let shared = book.sheet(CLASSES).filter(|_| !family.is_empty());
        let rows = family.iter().copied().chain(shared).flat_map(|sheet| &sheet.texts);
        let rows = rows.map(|row| (row, all(&mut row.heard.iter()))).collect();
        Self { book, profile, codes, rows }
    }

    /// The row whose words fit best: the same ones, else those that share most; of two the table's own.
    fn row(&self, asked: &str) -> Option<&'b TextRow> {
        let fit = |heard: &Vec<String>| {
            let one = |heard: &String| shared(asked, heard).map(|signs| (heard == asked, signs));
            heard.iter().filter_map(one).max()
        };
        let fits = self.rows.iter().rev().filter_map(|(row, heard)| Some((fit(heard)?, *row)));
        fits.max_by_key(|(fit, _)| *fit).map(|(_, row)| row)
    }

    /// Codes whose texts pass a test, in the table's order.
    fn codes_by(&self, test: impl Fn(&str) -> bool) -> Vec<&'b str> {
        let hit = self.codes.iter().filter(|(_, texts)| texts.iter().any(|known| test(known)));
        hit.map(|(code, _)| *code).collect()
    }

    /// Codes with a text that holds the asked one or is most of it, the likest first.
    fn near(&self, asked: &str) -> Vec<&'b str> {
        let whole = weight(asked);
        let apart = |known: &String| {
            let same = shared(asked, known).filter(|same| same * 2 > whole)?;
            Some(weight(known).max(whole) - same)
        };
        let hits = self.codes.iter().filter_map(|(code, texts)| Some((texts.iter().filter_map(apart).min()?, *code)));
        let mut hits: Vec<(usize, &str)> = hits.collect();
        hits.sort_by_key(|(apart, _)| *apart);
        hits.into_iter().map(|(_, code)| code).collect()
    }

    /// Codes of a row: named one by one, by texts that mean the same, or by what they are about.
    fn of_row(&self, row: &'b TextRow) -> Vec<&'b str> {
        let likes: Vec<String> = row.like.iter().map(|like| plain(like)).collect();
        let mut codes: Vec<&str> = row.codes.iter().map(String::as_str).collect();
        codes.extend(self.codes_by(|known| likes.iter().any(|like| known.contains(like))));
        let class = |code: &str| self.book.find(self.profile, code).and_then(|found| found.entry.class.as_ref());
        let of_class =
            |(code, _): &&(&'b str, Vec<String>)| class(code).is_some_and(|class| row.classes.contains(class));
        codes.extend(self.codes.iter().filter(of_class).map(|(code, _)| *code));
        codes
    }

    /// Codes behind a text: those whose own text it is, or begins with it; else those with a text like it, and those
    /// of the row of heard words that fits best.
    fn behind(&self, text: &str) -> Vec<&'b str> {
        let asked = plain(text);
        if asked.is_empty() {
            return Vec::new();
        }
        let mut codes = self.codes_by(|known| known == asked);
        if codes.is_empty() {
            codes = self.near(&asked);
            codes.extend(self.row(&asked).into_iter().flat_map(|row| self.of_row(row)));
        } else {
            // A small display may show no more than the beginning.
            codes.extend(self.codes_by(|known| known.starts_with(&asked)));
        }
        let mut seen = HashSet::new();
        codes.retain(|code| seen.insert(*code));
        codes
    }
}

/// Codes that can stand behind a text, the likest first.
pub(super) fn behind(book: &Book, profile: &str, text: &str) -> Vec<String> {
    Known::of(book, profile).behind(text).into_iter().map(str::to_owned).collect()
}

/// What to say about words without a code, if the table knows them.
pub(super) fn hint(book: &Book, profile: &str, text: &str, lang: Lang) -> Option<TextHint> {
    let asked = plain(text);
    let row = Known::of(book, profile).row(&asked).filter(|_| !asked.is_empty())?;
    let of_host = !(row.codes.is_empty() && row.like.is_empty() && row.classes.is_empty());
    Some(TextHint { say: row.words.find(lang)?.clone(), playbook: row.playbook.clone(), of_host })
}

/// A text with so many codes behind it is what people come with.
const VAGUE: usize = 10;

/// Texts worth offering for choice: the table's own and vague ones, what tills of any table say, then every display;
/// of each those with the most codes behind them first. Where no table tells what its
/// terminals show, heard words are offered in the reader's language.
pub(super) fn offered(book: &Book, profile: &str, lang: Lang) -> Vec<String> {
    let known = Known::of(book, profile);
    let family = book.family(profile);
    let displays = |code: &str| {
        let entries = family.iter().filter_map(|sheet| sheet.codes.get(code));
        entries.flat_map(|entry| entry.display.iter().flatten()).collect::<Vec<_>>()
    };
    let shown: Vec<&String> = book.codes(profile, false).into_iter().flat_map(displays).collect();
    let wanted = |heard: &&String| shown.is_empty() && heard.is_ascii() == (lang == Lang::EN);
    let first = |(row, _): &(&'_ TextRow, _)| row.heard.iter().find(wanted).or(row.heard.first()).cloned();
    let own: usize = family.iter().map(|sheet| sheet.texts.len()).sum();
    let rows = known.rows.iter().enumerate().filter_map(|(at, row)| Some((usize::from(at >= own), first(row)?)));
    let order = rows.chain(shown.iter().map(|text| (2, (*text).clone())));
    let mut seen = HashSet::new();
    let mut counted: Vec<(usize, usize, String)> = Vec::new();
    for (group, text) in order {
        if seen.insert(plain(&text)) {
            let codes = known.behind(&text).len();
            counted.push((if codes >= VAGUE { 0 } else { group }, codes, text));
        }
    }
    counted.sort_by_key(|(group, codes, _)| (*group, std::cmp::Reverse(*codes)));
    counted.into_iter().map(|(_, _, text)| text).collect()
}
