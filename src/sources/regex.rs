//! Text journals: patterns of the site, tried in order; their group names are the default journal's fields.

use std::borrow::Cow;

use regex::{CaptureLocations, Regex};

use super::fields::{Field, Line, Maker, Reason, Value, decoded};
use super::{LineParser, SourceError, SourceKind, Taken};
use crate::config::SourceConfig;

/// This format's entry in [`super::KINDS`].
pub const KIND: SourceKind = SourceKind { word: "regex", validate, open };

fn validate(config: &SourceConfig) -> Vec<(String, String)> {
    if config.patterns.is_empty() {
        return vec![("patterns".to_owned(), "a regex source needs at least one pattern".to_owned())];
    }
    let faults = config.patterns.iter().enumerate();
    faults.filter_map(|(at, text)| Some((format!("patterns[{at}]"), Pattern::new(text).err()?))).collect()
}

fn open(config: &SourceConfig, maker: Maker) -> Result<Box<dyn LineParser>, SourceError> {
    let patterns: Result<Vec<_>, _> = config.patterns.iter().map(|text| Pattern::new(text)).collect();
    match patterns {
        Ok(patterns) if !patterns.is_empty() => Ok(Box::new(Text { patterns, maker })),
        Ok(_) => Err(SourceError::Pattern("no pattern".to_owned())),
        Err(why) => Err(SourceError::Pattern(why)),
    }
}

/// A pattern with the field of each of its groups.
struct Pattern {
    regex: Regex,
    groups: Vec<(usize, Field)>,
}

impl Pattern {
    fn new(text: &str) -> Result<Self, String> {
        let regex = Regex::new(text).map_err(|fault| reason(&fault))?;
        let mut groups = Vec::new();
        for (at, name) in regex.capture_names().enumerate().filter_map(|(at, name)| Some((at, name?))) {
            let field = Field::named(name).ok_or_else(|| format!("the group name {name} is no field"))?;
            groups.push((at, field));
        }
        let has = |wanted: &[Field]| groups.iter().any(|(_, field)| wanted.contains(field));
        if !has(&[Field::Time]) {
            return Err("needs a group (?P<time>...)".to_owned());
        }
        if !has(&[Field::Code, Field::State]) {
            return Err("needs a group (?P<code>...) or (?P<state>...)".to_owned());
        }
        Ok(Self { regex, groups })
    }

    fn read<'a>(&self, text: &'a str, places: &mut CaptureLocations) -> Option<Line<'a>> {
        self.regex.captures_read(places, text)?;
        let mut line = Line::default();
        for &(group, field) in &self.groups {
            let told = places.get(group).and_then(|(from, to)| text.get(from..to)).map(str::trim);
            if let Some(told) = told.filter(|told| !says_nothing(told)) {
                line.set(field, Value::Text(Cow::Borrowed(told)));
            }
        }
        Some(line)
    }
}

/// How text journals write "none".
fn says_nothing(told: &str) -> bool {
    matches!(told, "" | "-" | "--" | "null" | "NULL" | "none" | "None")
}

/// The last line of the library's explanation: the ones before it draw the pattern.
fn reason(fault: &regex::Error) -> String {
    let text = fault.to_string();
    text.lines().last().unwrap_or_default().trim_start_matches("error:").trim().to_owned()
}

struct Text {
    patterns: Vec<Pattern>,
    maker: Maker,
}

impl LineParser for Text {
    fn line(&self, line: &[u8], at: u64, taken: &mut Taken) {
        let text = decoded(line);
        let text = text.trim_start_matches(['\0', '\u{feff}']).trim_end();
        if text.is_empty() {
            return;
        }
        let found = self.patterns.iter().find_map(|pattern| pattern.read(text, &mut pattern.regex.capture_locations()));
        match found {
            Some(found) => taken.take(at, self.maker.sale(&found, taken.id(at))),
            None => taken.refuse(at, Reason::Format),
        }
    }
}
