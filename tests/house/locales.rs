//! Sentences: every language has every one, with the same arguments, in signs that any terminal can show; every one is
//! used, and every one that is asked for is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use regex::Regex;
use unicode_width::UnicodeWidthChar as _;

use crate::source::sources;
use crate::{files_below, none_of, read, top};

const LOCALES: &str = "config/locales";

/// The language that the others are compared with.
const FIRST: &str = "zh-CN";

/// Words that look like keys but are the frozen ids of other things.
fn other_words() -> BTreeSet<String> {
    let mut words: BTreeSet<String> = BTreeSet::new();
    words.extend(pos_console::actions::ACTIONS.iter().map(|action| action.id.to_owned()));
    words
}

#[derive(Default)]
struct Sentence {
    args: BTreeSet<String>,
    text: String,
}

/// File and key.
type Sentences = BTreeMap<(String, String), Sentence>;

fn languages() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(top().join(LOCALES))
        .expect("locales")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn sentences(language: &str, faults: &mut Vec<String>) -> Sentences {
    let mut all = Sentences::new();
    for file in files_below(&format!("{LOCALES}/{language}"), "ftl") {
        let stem = file.rsplit('/').next().unwrap_or_default().trim_end_matches(".ftl").to_owned();
        let resource = match fluent_syntax::parser::parse(read(&file)) {
            Ok(resource) => resource,
            Err((resource, errors)) => {
                faults.extend(errors.iter().map(|error| format!("{file}: {error}")));
                resource
            }
        };
        for entry in resource.body {
            let Entry::Message(message) = entry else { continue };
            let key = message.id.name;
            let mut sentence = Sentence::default();
            match &message.value {
                Some(pattern) => collect(pattern, &mut sentence),
                None => faults.push(format!("{file}: {key} says nothing")),
            }
            if !key.starts_with(&format!("{stem}-")) {
                faults.push(format!("{file}: {key} does not begin with {stem}-"));
            }
            if all.insert((stem.clone(), key.clone()), sentence).is_some() {
                faults.push(format!("{file}: {key} stands twice"));
            }
        }
    }
    all
}

fn collect(pattern: &Pattern<String>, into: &mut Sentence) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => into.text.push_str(value),
            PatternElement::Placeable { expression } => collect_expression(expression, into),
        }
    }
}

fn collect_expression(expression: &Expression<String>, into: &mut Sentence) {
    match expression {
        Expression::Inline(inline) => collect_inline(inline, into),
        Expression::Select { selector, variants } => {
            collect_inline(selector, into);
            for variant in variants {
                collect(&variant.value, into);
            }
        }
    }
}

fn collect_inline(inline: &InlineExpression<String>, into: &mut Sentence) {
    match inline {
        InlineExpression::VariableReference { id } => {
            into.args.insert(id.name.clone());
        }
        InlineExpression::StringLiteral { value } => into.text.push_str(value),
        InlineExpression::FunctionReference { arguments, .. } => {
            for argument in &arguments.positional {
                collect_inline(argument, into);
            }
        }
        InlineExpression::Placeable { expression } => collect_expression(expression, into),
        _ => {}
    }
}

#[test]
fn every_language_has_every_sentence_with_the_same_arguments() {
    let mut faults = Vec::new();
    let first = sentences(FIRST, &mut faults);
    assert!(!first.is_empty(), "no sentences in {FIRST}");
    for language in languages().iter().filter(|language| *language != FIRST) {
        let other = sentences(language, &mut faults);
        for (place, sentence) in &first {
            match other.get(place) {
                None => faults.push(format!("{}: {} is missing in {language}", place.0, place.1)),
                Some(theirs) if theirs.args != sentence.args => faults.push(format!(
                    "{}: {} takes {:?} in {FIRST} and {:?} in {language}",
                    place.0, place.1, sentence.args, theirs.args
                )),
                Some(_) => {}
            }
        }
        for place in other.keys().filter(|place| !first.contains_key(place)) {
            faults.push(format!("{}: {} is missing in {FIRST}", place.0, place.1));
        }
    }
    none_of(&faults, "languages differ:");
}

/// Keys that the source names: whole ones, and ones with holes (`finding-{code}`); other words and words with holes,
/// which may fill the holes.
struct Asked {
    whole: BTreeMap<String, String>,
    holes: Vec<Regex>,
    fillings: Vec<Regex>,
    words: BTreeSet<String>,
}

fn asked(files: &BTreeSet<String>) -> Asked {
    let key = Regex::new("^[a-z0-9]+(-[a-z0-9]+)+$").expect("a pattern");
    let template = Regex::new(r"^[a-z0-9]+-[a-z0-9-]*(\{[a-z_0-9.]*\}|[a-z0-9-])*$").expect("a pattern");
    let hole = Regex::new(r"\\\{[^}]*\\\}").expect("a pattern");
    let mut asked = Asked { whole: BTreeMap::new(), holes: Vec::new(), fillings: Vec::new(), words: BTreeSet::new() };
    for (file, source) in sources() {
        for (text, line) in &source.texts {
            let of_a_file = text.split_once('-').is_some_and(|(stem, _)| files.contains(stem));
            if of_a_file && key.is_match(text) {
                asked.whole.entry(text.clone()).or_insert_with(|| format!("{file}:{line}"));
            } else if template.is_match(text) {
                let pattern = hole.replace_all(&regex::escape(text), ".+").into_owned();
                let list = if of_a_file { &mut asked.holes } else { &mut asked.fillings };
                list.extend(Regex::new(&format!("^{pattern}$")));
            }
            asked.words.insert(text.clone());
        }
    }
    asked
}

#[test]
fn every_sentence_that_is_asked_for_exists_and_every_one_that_exists_is_asked_for() {
    let all = sentences(FIRST, &mut Vec::new());
    let files: BTreeSet<String> = all.keys().map(|(file, _)| file.clone()).collect();
    let keys: BTreeSet<&str> = all.keys().map(|(_, key)| key.as_str()).collect();
    let asked = asked(&files);
    let others = other_words();
    let mut faults = Vec::new();
    for (key, place) in &asked.whole {
        if !keys.contains(key.as_str()) && !others.contains(key) {
            faults.push(format!("{place}: there is no sentence {key}"));
        }
    }
    for (file, key) in all.keys() {
        let by_hole = || asked.holes.iter().any(|pattern| pattern.is_match(key));
        // What fills the hole of `finding-{code}` must be said by somebody.
        let filled = || {
            let rest = &key[file.len() + 1..];
            file != "finding" || asked.words.contains(rest) || asked.fillings.iter().any(|word| word.is_match(rest))
        };
        if !(asked.whole.contains_key(key) || by_hole() && filled()) {
            faults.push(format!("{file}.ftl: nobody asks for {key}"));
        }
    }
    none_of(&faults, "sentences and source differ:");
}

/// A sign that cannot stand on a terminal's screen, or whose width depends on the terminal.
fn bad_sign(sign: char) -> Option<&'static str> {
    match sign {
        '\n' => None,
        '\u{1F000}'..='\u{1FAFF}' | '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}' | '\u{FE00}'..='\u{FE0F}' => {
            Some("an emoji or picture")
        }
        _ if sign.is_control()
            || matches!(sign, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}') =>
        {
            Some("an invisible sign")
        }
        _ if sign.width() != sign.width_cjk() => Some("of a width that depends on the terminal"),
        _ => None,
    }
}

#[test]
fn sentences_hold_only_signs_that_any_terminal_shows_alike() {
    let mut faults = Vec::new();
    for language in languages() {
        for ((file, key), sentence) in sentences(&language, &mut Vec::new()) {
            for sign in sentence.text.chars() {
                if let Some(why) = bad_sign(sign) {
                    faults.push(format!("{language}/{file}.ftl: {key}: {sign:?} is {why}"));
                }
            }
        }
    }
    for file in files_below("config/codes", "toml").into_iter().chain(files_below("config/playbooks", "toml")) {
        for (index, line) in read(&file).lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
            for sign in line.chars() {
                if let Some(why) = bad_sign(sign) {
                    faults.push(format!("{file}:{}: {sign:?} is {why}", index + 1));
                }
            }
        }
    }
    faults.dedup();
    none_of(&faults, "signs that tear columns:");
}

#[test]
fn the_source_holds_no_emoji() {
    let mut faults = Vec::new();
    for (file, source) in sources() {
        for (text, line) in &source.texts {
            for sign in text.chars().filter(|sign| bad_sign(*sign) == Some("an emoji or picture")) {
                faults.push(format!("{file}:{line}: {sign:?}"));
            }
        }
    }
    none_of(&faults, "pictures in the source:");
}

/// In this trade the word means chargeback; a shop that reads it on a decline is misled.
#[test]
fn a_decline_is_never_called_a_chargeback() {
    let mut faults = Vec::new();
    let places = files_below(LOCALES, "ftl").into_iter().chain(files_below("config/codes", "toml"));
    for file in places.chain(files_below("config/playbooks", "toml")) {
        for (index, line) in read(&file).lines().enumerate().filter(|(_, line)| line.contains("拒付")) {
            faults.push(format!("{file}:{}: {line}", index + 1));
        }
    }
    for (file, source) in sources() {
        for (text, line) in source.texts.iter().filter(|(text, _)| text.contains("拒付")) {
            faults.push(format!("{file}:{line}: {text}"));
        }
    }
    none_of(&faults, "拒付 means chargeback:");
}
