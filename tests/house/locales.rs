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
    words.extend(pos_console::playbooks::Topic::WORDS.iter().map(|(_, word)| (*word).to_owned()));
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

/// A text with holes (`finding-{code}`): what stands between them.
struct Template(Vec<String>);

impl Template {
    fn new(text: &str) -> Self {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((piece, behind)) = rest.split_once('{') {
            pieces.push(piece.to_owned());
            rest = behind.split_once('}').map_or("", |(_, rest)| rest);
        }
        pieces.push(rest.to_owned());
        Self(pieces)
    }

    /// Whether the text is of this form, with words that are `said` in the holes.
    fn fits(&self, text: &str, said: &dyn Fn(&str) -> bool) -> bool {
        fn fits(pieces: &[String], text: &str, said: &dyn Fn(&str) -> bool) -> bool {
            let Some((first, others)) = pieces.split_first() else { return text.is_empty() };
            let Some(rest) = text.strip_prefix(first.as_str()) else { return false };
            if others.is_empty() {
                return rest.is_empty();
            }
            let ends = rest.char_indices().map(|(at, sign)| at + sign.len_utf8());
            ends.into_iter().any(|end| said(&rest[..end]) && fits(others, &rest[end..], said))
        }
        fits(&self.0, text, said)
    }
}

/// Keys that the source names: whole ones, and ones with holes; and all other words, which may fill the holes.
struct Asked {
    whole: BTreeMap<String, String>,
    templates: Vec<Template>,
    words: BTreeSet<String>,
    word_templates: Vec<Template>,
}

fn asked(files: &BTreeSet<String>) -> Asked {
    let key = Regex::new("^[a-z0-9]+(-[a-z0-9]+)+$").expect("a pattern");
    let template = Regex::new(r"^[a-z0-9]+-[a-z0-9-]*(\{[a-z_0-9.]*\}|[a-z0-9-])*$").expect("a pattern");
    let mut asked =
        Asked { whole: BTreeMap::new(), templates: Vec::new(), words: BTreeSet::new(), word_templates: Vec::new() };
    for (file, source) in sources() {
        for (text, line) in &source.texts {
            let of_a_file = text.split_once('-').is_some_and(|(stem, _)| files.contains(stem));
            if of_a_file && key.is_match(text) {
                asked.whole.entry(text.clone()).or_insert_with(|| format!("{file}:{line}"));
            } else if template.is_match(text) {
                let list = if of_a_file { &mut asked.templates } else { &mut asked.word_templates };
                list.push(Template::new(text));
            }
            asked.words.insert(plain(text));
        }
    }
    // The rules of verdicts are data, and their ids are the ends of their sentences' keys.
    let rules = read("config/verdicts.toml");
    asked
        .words
        .extend(rules.lines().filter_map(|line| line.strip_prefix("id = ")).map(|id| plain(id.trim_matches('"'))));
    asked
}

/// A word as it is written in a key: `net.link` is `net-link` there.
fn plain(word: &str) -> String {
    word.to_lowercase().replace(|sign: char| !sign.is_alphanumeric(), "-")
}

impl Asked {
    fn asks_for(&self, key: &str) -> bool {
        let word = |word: &str| self.words.contains(&plain(word));
        let said = |text: &str| word(text) || self.word_templates.iter().any(|template| template.fits(text, &word));
        self.whole.contains_key(key) || self.templates.iter().any(|template| template.fits(key, &said))
    }
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
        // A check's word for what it found is the end of its sentence's key.
        let is_code = place.starts_with("src/checks/") && keys.contains(format!("finding-{key}").as_str());
        if !keys.contains(key.as_str()) && !others.contains(key) && !is_code {
            faults.push(format!("{place}: there is no sentence {key}"));
        }
    }
    for (file, key) in all.keys() {
        if !asked.asks_for(key) {
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

#[test]
fn every_file_of_sentences_is_built_in() {
    let mut faults = Vec::new();
    for language in pos_console::text::Lang::all() {
        for (_, key) in sentences(FIRST, &mut Vec::new()).into_keys() {
            if !pos_console::text::has(language, &key) {
                faults.push(format!("{key} ({})", language.tag()));
            }
        }
    }
    none_of(&faults, "written, but not in the program (src/text/mod.rs):");
}
