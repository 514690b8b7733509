//! Words: locales, cell width, truncation. One language more is one folder more under `config/locales` and one line
//! in [`LANGS`]; one file of sentences more is one line in [`FILES`].

mod near;
mod width;

use std::sync::{OnceLock, PoisonError, RwLock};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use crate::model::{Fact, Facts};

pub use near::nearest;
pub use width::{clean, pad, truncate, width, wrap};

/// A language of the console: an index into [`LANGS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lang(usize);

impl Lang {
    pub const ZH: Self = Self(0);
    pub const EN: Self = Self(1);

    /// Every language.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..LANGS.len()).map(Self)
    }

    /// From a tag such as `zh`, `zh_CN.UTF-8`, `en-US`.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let tag = tag.to_ascii_lowercase();
        LANGS.iter().position(|spec| tag.split(['-', '_', '.', '@']).next() == Some(spec.tag)).map(Self)
    }

    /// `zh`, `en`.
    pub fn tag(self) -> &'static str {
        LANGS[self.0].tag
    }

    /// What its speakers call it.
    pub fn own_name(self) -> &'static str {
        LANGS[self.0].own_name
    }
}

struct LangSpec {
    tag: &'static str,
    own_name: &'static str,
}

const LANGS: &[LangSpec] = &[LangSpec { tag: "zh", own_name: "中文" }, LangSpec { tag: "en", own_name: "English" }];

macro_rules! sentences {
    ($($name:literal),* $(,)?) => {
        &[$(($name, [
            include_str!(concat!("../../config/locales/zh-CN/", $name, ".ftl")),
            include_str!(concat!("../../config/locales/en/", $name, ".ftl")),
        ])),*]
    };
}

/// Files of sentences, each with its text per language in the order of [`LANGS`]. A key's part before its first `-`
/// names its file.
const FILES: &[(&str, [&str; 2])] = sentences![
    "action", "admin", "app", "checkup", "cli", "codes", "config", "data", "device", "event", "finding", "fix",
    "handbook", "help", "home", "network", "playbook", "reader", "refused", "rights", "run", "sale", "sales", "screen",
    "setup", "slip", "standing", "status", "support", "trends", "update", "verdict", "versions",
];

type Bundle = FluentBundle<FluentResource>;

/// The sentences of a language that have been asked for: of a thousand a console says a few dozen, and parsed ones
/// take many times the room of their text.
fn said(lang: Lang) -> &'static RwLock<Bundle> {
    static SAID: [OnceLock<RwLock<Bundle>>; LANGS.len()] = [const { OnceLock::new() }; LANGS.len()];
    SAID[lang.0].get_or_init(|| {
        let id: unic_langid::LanguageIdentifier = LANGS[lang.0].tag.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // Isolation marks (U+2068/2069) would land on the screen.
        bundle.set_use_isolating(false);
        RwLock::new(bundle)
    })
}

/// The lines of a sentence in its file. No sentence refers to another one, so it is whole by itself.
fn lines_of(lang: Lang, key: &str) -> Option<&'static str> {
    let file = FILES.iter().find(|file| Some(file.0) == key.split('-').next())?;
    let text = file.1[lang.0];
    let is_start = |at: usize| {
        (at == 0 || text.as_bytes()[at - 1] == b'\n') && text[at + key.len()..].trim_start_matches(' ').starts_with('=')
    };
    let from = memchr::memmem::find_iter(text.as_bytes(), key).find(|at| is_start(*at))?;
    // It ends where another one or a comment begins.
    let begins =
        |at: &usize| text.as_bytes().get(at + 1).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'#');
    let ends = memchr::memchr_iter(b'\n', &text.as_bytes()[from..]).map(|at| from + at).find(begins);
    Some(&text[from..ends.map_or(text.len(), |at| at + 1)])
}

/// Whether a sentence with this key exists in this language.
pub fn has(lang: Lang, key: &str) -> bool {
    lines_of(lang, key).is_some()
}

/// A sentence without arguments. A missing one shows as its key in brackets (a test keeps that from happening).
pub fn t(lang: Lang, key: &str) -> String {
    render(lang, key, None)
}

/// A sentence with arguments.
pub fn ta(lang: Lang, key: &str, args: &[(&str, Fact)]) -> String {
    let mut fluent = FluentArgs::with_capacity(args.len());
    for (name, value) in args {
        fluent.set(*name, fluent_value(value));
    }
    render(lang, key, Some(&fluent))
}

/// A sentence with a finding's facts as arguments.
pub fn tf(lang: Lang, key: &str, facts: &Facts) -> String {
    let mut fluent = FluentArgs::with_capacity(facts.len());
    for (name, value) in facts {
        fluent.set(name.as_str(), fluent_value(value));
    }
    render(lang, key, Some(&fluent))
}

/// Words behind one another, as each language sets them off.
pub fn listed(lang: Lang, words: &[String]) -> String {
    words.join(if lang == Lang::ZH { "、" } else { ", " })
}

fn render(lang: Lang, key: &str, args: Option<&FluentArgs<'_>>) -> String {
    let said = said(lang);
    let say = || {
        let bundle = said.read().unwrap_or_else(PoisonError::into_inner);
        let pattern = bundle.get_message(key)?.value()?;
        Some(bundle.format_pattern(pattern, args, &mut Vec::new()).into_owned())
    };
    let learn = || {
        let (Ok(sentence) | Err((sentence, _))) = FluentResource::try_new(lines_of(lang, key)?.to_owned());
        said.write().unwrap_or_else(PoisonError::into_inner).add_resource_overriding(sentence);
        say()
    };
    say().or_else(learn).unwrap_or_else(|| format!("[{key}]"))
}

fn fluent_value(fact: &Fact) -> FluentValue<'static> {
    match fact {
        Fact::Bool(value) => FluentValue::from(if *value { "yes" } else { "no" }),
        // Numbers pass as numbers, for plural rules; Fluent writes them without grouping.
        Fact::Int(value) => FluentValue::from(*value),
        Fact::Real(value) => FluentValue::from((value * 10.0).round() / 10.0),
        Fact::Text(value) => FluentValue::from(value.clone()),
        Fact::List(values) => FluentValue::from(values.join(", ")),
    }
}
