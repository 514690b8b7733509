//! jPOS logs: a stream of `<log>` elements that is no XML document, and its successors with one JSON object a line.
//!
//! What matters are the messages in it. Stack traces and any other text between them are stepped over; a message whose
//! log was never closed ends where the next one with a message begins.

use std::borrow::Cow;

use serde_json::Value as Json;

use super::fields::{Field, Maker, Reason, Value, decoded};
use super::lines::Shape;
use super::{LineParser, Opened, SourceKind, Taken, message};
use crate::config::SourceConfig;
use crate::model::Sale;
use scan::{Event, Message, scan};

mod scan;
mod trace;

/// This format's entry in [`super::KINDS`].
pub const KIND: SourceKind = SourceKind { word: "jpos", validate: |_| Vec::new(), open };

/// Levels of a JSON object that are looked into.
const DEEPEST: usize = 8;

#[expect(clippy::unnecessary_wraps, reason = "other formats can fail to open")]
fn open(_: &SourceConfig, maker: Maker) -> Opened {
    Ok(Box::new(Jpos { maker }))
}

struct Jpos {
    maker: Maker,
}

impl LineParser for Jpos {
    fn line(&self, line: &[u8], at: u64, taken: &mut Taken) {
        self.records(line, at, taken);
    }

    fn shape(&self) -> Shape {
        Shape::Records
    }

    fn border(&self, bytes: &[u8]) -> usize {
        scan(bytes, false, &mut |_| {})
    }

    fn is_whole(&self, rest: &[u8]) -> bool {
        let rest = rest.trim_ascii_end();
        rest.ends_with(b"</log>") && scan(rest, true, &mut |_| {}) == rest.len()
    }

    fn records(&self, bytes: &[u8], at: u64, taken: &mut Taken) {
        let (mut known, mut others, mut first) = (false, 0, 0);
        scan(bytes, true, &mut |event| match event {
            Event::Log => known = true,
            Event::Message(found) => {
                known = true;
                self.take(&found, at + found.at as u64, taken);
            }
            Event::Torn(place) => taken.refuse(at + place as u64, Reason::Torn),
            Event::Json(line, place) => {
                known = true;
                self.json(line, at + place as u64, taken);
            }
            Event::Other(place) => {
                first = if others == 0 { place } else { first };
                others += 1;
            }
        });
        // Text between events is usual; a journal of nothing else is another format.
        if !known {
            (0..others).for_each(|_| taken.refuse(at + first as u64, Reason::Format));
        }
    }
}

impl Jpos {
    fn take(&self, found: &Message<'_>, at: u64, taken: &mut Taken) {
        let code = found.get(39);
        // Some applications dump an answer without its type.
        let mti = found.get(0).or_else(|| code.map(|_| "0210")).unwrap_or_default();
        let mut line = message::line(mti, |number| found.get(number));
        if let Some(card) = found.get(2).or_else(|| found.get(35)) {
            // It writes the hidden places of a number as underscores.
            line.set(Field::Card, Value::Text(card.replace('_', "*").into()));
        }
        if let Some(time) = &found.time {
            line.set(Field::Time, Value::Text(standard(time)));
        }
        if mti.len() == 4 {
            // Towards whoever asks it is the host: the request comes in, the answer goes out.
            let as_host = found.incoming == Some(message::is_request(mti));
            let sale = self.maker.sale(&line, taken.id(at));
            taken.take(at, sale.map(|sale| Sale { as_host, ..sale }));
        } else {
            taken.refuse(at, Reason::NoCode);
        }
    }

    /// One object a line; its messages are texts in it that hold the older form.
    fn json(&self, line: &[u8], at: u64, taken: &mut Taken) {
        let text = decoded(line);
        let Ok(object) = serde_json::from_str::<Json>(text.trim()) else {
            return taken.refuse(at, Reason::NotObject);
        };
        let time = ["ts", "at", "time", "timestamp", "@timestamp"].iter().find_map(|key| match object.get(*key)? {
            Json::String(text) => Some(text.clone()),
            Json::Number(number) => Some(number.to_string()),
            _ => None,
        });
        let mut texts = Vec::new();
        messages(&object, DEEPEST, &mut texts);
        let mut count = 0;
        for text in texts {
            scan(text.as_bytes(), true, &mut |event| {
                // Every row has a place of its own.
                let place = at + count;
                match event {
                    Event::Message(mut found) => {
                        found.time = found.time.or_else(|| time.clone().map(Cow::Owned));
                        self.take(&found, place, taken);
                        count += 1;
                    }
                    Event::Torn(_) => taken.refuse(place, Reason::Torn),
                    Event::Log | Event::Json(..) | Event::Other(_) => {}
                }
            });
        }
    }
}

/// Every text in an object that holds a message.
fn messages<'a>(json: &'a Json, deeper: usize, found: &mut Vec<&'a str>) {
    match json {
        Json::String(text) if text.contains("<isomsg") => found.push(text),
        Json::Array(items) if deeper > 0 => items.iter().for_each(|item| messages(item, deeper - 1, found)),
        Json::Object(object) if deeper > 0 => object.values().for_each(|item| messages(item, deeper - 1, found)),
        _ => {}
    }
}

/// As the old form of a date writes them.
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The time of a log; older releases wrote `Fri May 17 08:11:34 UYT 2002.824`, the last part in milliseconds.
fn standard(time: &str) -> Cow<'_, str> {
    let words: Vec<&str> = time.split_whitespace().collect();
    let [_, month, day, clock, zone, year] = words[..] else { return Cow::Borrowed(time) };
    let Some(month) = MONTHS.iter().position(|known| *known == month) else { return Cow::Borrowed(time) };
    let (year, millis) = year.split_once('.').unwrap_or((year, "0"));
    let (Ok(day), Ok(millis)) = (day.parse::<u8>(), millis.parse::<u16>()) else { return Cow::Borrowed(time) };
    // Other abbreviations mean several zones each: the source's is meant.
    let zone = if matches!(zone, "UTC" | "GMT" | "Z") { "Z" } else { "" };
    Cow::Owned(format!("{year}-{:02}-{day:02}T{clock}.{millis:03}{zone}", month + 1))
}
