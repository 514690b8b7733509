//! Words: locales, cell width, truncation. One language more is one folder more under `config/locales` and one line
//! in [`LANGS`]; one file of sentences more is one line in [`FILES`].

mod near;
mod width;

use std::collections::HashMap;
use std::sync::OnceLock;

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
/// names its file, so that only the files in use are parsed.
const FILES: &[(&str, [&str; 2])] = sentences![
    "action", "admin", "app", "checkup", "cli", "codes", "config", "data", "device", "event", "finding", "fix",
    "handbook", "help", "home", "network", "playbook", "reader", "refused", "rights", "run", "sale", "sales", "screen",
    "status", "support", "trends", "update", "verdict",
];

type Bundle = FluentBundle<FluentResource>;

fn bundle(lang: Lang, file: usize) -> &'static Bundle {
    static BUNDLES: OnceLock<Vec<OnceLock<Bundle>>> = OnceLock::new();
    let all = BUNDLES.get_or_init(|| (0..FILES.len() * LANGS.len()).map(|_| OnceLock::new()).collect());
    all[file * LANGS.len() + lang.0].get_or_init(|| {
        let id: unic_langid::LanguageIdentifier = LANGS[lang.0].tag.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // Isolation marks (U+2068/2069) would land on the screen.
        bundle.set_use_isolating(false);
        let resource = match FluentResource::try_new(FILES[file].1[lang.0].to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
        bundle
    })
}

fn file_of(key: &str) -> Option<usize> {
    static INDEX: OnceLock<HashMap<&str, usize>> = OnceLock::new();
    let index = INDEX.get_or_init(|| FILES.iter().enumerate().map(|(i, (name, _))| (*name, i)).collect());
    index.get(key.split('-').next().unwrap_or(key)).copied()
}

/// Whether a sentence with this key exists in this language.
pub fn has(lang: Lang, key: &str) -> bool {
    file_of(key).is_some_and(|file| bundle(lang, file).has_message(key))
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
    let found = file_of(key).and_then(|file| {
        let bundle = bundle(lang, file);
        let pattern = bundle.get_message(key)?.value()?;
        Some(bundle.format_pattern(pattern, args, &mut Vec::new()).into_owned())
    });
    found.unwrap_or_else(|| format!("[{key}]"))
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
