//! Text journals: patterns of the site, tried in order; their group names are the default journal's fields.

use std::borrow::Cow;

use regex::{CaptureLocations, Regex};

use super::fields::{Field, Line, Maker, Reason, Value, decoded};
use super::{LineParser, Opened, SourceError, SourceKind, Taken};
use crate::config::SourceConfig;

/// This format's entry in [`super::KINDS`].
pub const KIND: SourceKind = SourceKind { word: "regex", validate, open };

fn validate(config: &SourceConfig) -> Vec<(String, String)> {
    if config.patterns.is_empty() {
        return vec![("patterns".to_owned(), "a regex source needs at least one pattern".to_owned())];
    }
    let faults = config.patterns.iter().enumerate();
    let timed = needs_time(config);
    faults.filter_map(|(at, text)| Some((format!("patterns[{at}]"), Pattern::new(text, timed).err()?))).collect()
}

fn open(config: &SourceConfig, maker: Maker) -> Opened {
    let patterns: Result<Vec<_>, _> =
        config.patterns.iter().map(|text| Pattern::new(text, needs_time(config))).collect();
    match patterns {
        Ok(patterns) if !patterns.is_empty() => Ok(Box::new(Text { patterns, maker })),
        Ok(_) => Err(SourceError::Pattern("no pattern".to_owned())),
        Err(why) => Err(SourceError::Pattern(why)),
    }
}

/// Whether every line has to tell its time: a message of the system's journal has one of its own.
fn needs_time(config: &SourceConfig) -> bool {
    config.kind != "journald"
}

/// A pattern with the field of each of its groups.
struct Pattern {
    regex: Regex,
    groups: Vec<(usize, Field)>,
}

impl Pattern {
    fn new(text: &str, timed: bool) -> Result<Self, String> {
        let regex = Regex::new(text).map_err(|fault| reason(&fault))?;
        let mut groups = Vec::new();
        for (at, name) in regex.capture_names().enumerate().filter_map(|(at, name)| Some((at, name?))) {
            let field = Field::named(name).ok_or_else(|| format!("the group name {name} is no field"))?;
            groups.push((at, field));
        }
        let has = |wanted: &[Field]| groups.iter().any(|(_, field)| wanted.contains(field));
        if timed && !has(&[Field::Time]) {
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
pub(super) fn reason(fault: &regex::Error) -> String {
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
            Some(found) => taken.take(at, self.maker.sale_in(&found, taken.id(at), taken.envelope)),
            None => taken.refuse(at, Reason::Format),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::*;
    use crate::model::{Outcome, SaleState};
    use crate::sources::{SourceSpec, parser, validate as faults};

    const PATTERNS: &[&str] = &[
        r"^\[(?P<time>[^\]]+)\] \[INFO ?\] .*stan=(?P<stan>\d+) rc=(?P<code>\S+) amt=(?P<amount>\d+)(?: card=(?P<card>[\d* -]+))?(?: st=(?P<state>\w+))?",
        r"^(?P<time>\d{12})\|(?P<kind>\w+)\|(?P<code>\w\w)\|(?P<host>[^|]*)",
    ];

    fn config(patterns: &[&str]) -> SourceConfig {
        let patterns = patterns.iter().map(|text| (*text).to_owned()).collect();
        SourceConfig { kind: "regex".to_owned(), path: "journal.log".into(), patterns, ..SourceConfig::default() }
    }

    fn read(line: &[u8]) -> Taken {
        let spec = SourceSpec {
            config: config(PATTERNS),
            name: "app".into(),
            successes: Arc::new(["00".to_owned()].into()),
            zone_default: TimeZone::fixed(jiff::tz::offset(8)),
            tail_first: true,
        };
        let mut taken = Taken { file: 1, ..Taken::default() };
        parser(&spec).expect("a parser").line(line, 7, &mut taken);
        taken
    }

    #[test]
    fn the_first_pattern_that_fits_makes_the_transaction() {
        let taken =
            read(b"[2026-11-21 09:30:05] [INFO ] host.c:88 - rsp stan=000123 rc=51 amt=1234 card=6222021234567890123");
        let sale = taken.rows.first().expect("a row");
        assert_eq!(sale.time.to_string(), "2026-11-21T09:30:05+08:00");
        assert_eq!((sale.kind.as_str(), sale.code.as_deref(), sale.amount), ("sale", Some("51"), Some(1234)));
        assert_eq!((sale.outcome, sale.id.offset(), sale.host.as_deref()), (Outcome::Declined, 7, None));
        assert_eq!(sale.card.as_ref().map(crate::model::MaskedPan::as_str), Some("622202*********0123"));
        let taken = read(b"261121093005|reversal|98|primary");
        let sale = taken.rows.first().expect("a row");
        assert_eq!((sale.kind.as_str(), sale.outcome), ("reversal", Outcome::Pending));
        let taken = read(b"[2026-11-21 09:30:05] [INFO ] x stan=000124 rc=-- amt=1 st=TIMEOUT\r");
        let sale = taken.rows.first().expect("a row");
        assert_eq!(
            (sale.code.as_deref(), sale.state, sale.outcome),
            (None, Some(SaleState::Timeout), Outcome::NoResponse)
        );
    }

    #[test]
    fn other_lines_are_counted_apart() {
        let unknown = read(b"[2026-11-21 09:30:05] [DEBUG] net.c:12 - heartbeat ok");
        assert_eq!((unknown.unreadable, unknown.unknown), (1, 1));
        let no_time = read(b"[yesterday] [INFO ] x stan=1 rc=00 amt=1");
        assert_eq!((no_time.unreadable, no_time.unknown), (1, 0));
        let no_code = read(b"[2026-11-21 09:30:05] [INFO ] x stan=1 rc=-- amt=1");
        assert_eq!((no_code.unreadable, no_code.unknown, no_code.rows.len()), (1, 0, 0));
        assert_eq!(read(b"  \r").unreadable, 0);
    }

    #[test]
    fn text_in_gbk_is_read() {
        let (line, _, _) = encoding_rs::GBK.encode("261121093005|sale|00|主机");
        assert_eq!(read(&line).rows.first().and_then(|sale| sale.host.clone()).as_deref(), Some("主机"));
    }

    #[test]
    fn each_bad_pattern_is_told_by_its_place() {
        let told = faults(&config(&[
            PATTERNS[0],
            "(?P<time>",
            r"(?P<time>\d+)",
            r"(?P<code>\d+)",
            r"(?P<time>\d+) (?P<codes>\d+)",
        ]));
        let keys: Vec<_> = told.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["patterns[1]", "patterns[2]", "patterns[3]", "patterns[4]"]);
        assert_eq!(told[0].1, "unclosed group");
        assert!(told.iter().all(|(_, why)| !why.contains('\n')));
        assert_eq!(faults(&config(&[])).len(), 1);
        assert!(faults(&config(PATTERNS)).is_empty());
        let bad = SourceConfig {
            kind: "jsonx".to_owned(),
            timezone: "Asia/Nowhere".to_owned(),
            time_format: "%Y-%!".to_owned(),
            ..SourceConfig::default()
        };
        let keys: Vec<_> = faults(&bad).into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys, ["kind", "path", "timezone", "time_format"]);
    }

    proptest! {
        #[test]
        fn garbage_is_survived(line in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(read(&line).rows.is_empty());
        }
    }
}
