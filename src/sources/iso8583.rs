//! Journals of ISO 8583 messages: text logs with hex dumps on one line or over several, and binary files of frames.
//!
//! What a line says around its dump matters little: the message tells what it is, and whether it asks or answers.

use std::borrow::Cow;
use std::sync::Arc;

use regex::Regex;

use super::fields::{Field, Line, Maker, Reason, Value, decoded};
use super::lines::{Shape, line_border};
use super::message;
use super::{LineParser, Opened, SourceError, SourceKind, Taken};
use crate::config::SourceConfig;
use crate::iso8583::{Decoded, Packing, by_name, decode_any, decode_as};
use frames::Frames;
use walk::Walk;

mod dump;
mod frames;
mod walk;

/// This format's entry in [`super::KINDS`].
pub const KIND: SourceKind = SourceKind { word: "iso8583", validate, open };

/// Fewer bytes in hex are no message: type, bitmap and one field at least.
const SHORTEST: usize = 14;

/// How the messages stand in the journal.
pub const FRAMINGS: [&str; 2] = ["hex", "frames"];

fn validate(config: &SourceConfig) -> Vec<(String, String)> {
    let mut faults = Vec::new();
    if !FRAMINGS.contains(&config.framing.as_str()) && !config.framing.is_empty() {
        faults.push(("framing".to_owned(), format!("unknown: {}", config.framing)));
    }
    let patterns = config.patterns.iter().enumerate();
    faults.extend(patterns.filter_map(|(at, text)| Some((format!("patterns[{at}]"), Pattern::new(text).err()?))));
    faults
}

fn open(config: &SourceConfig, maker: Maker) -> Opened {
    let packing = match config.packing.as_str() {
        "" => None,
        name => Some(by_name(name).ok_or_else(|| SourceError::Packing(name.to_owned()))?),
    };
    let reader = Reader { packing, maker };
    if config.framing == "frames" {
        return Ok(Box::new(Frames { reader }));
    }
    let patterns: Result<Vec<_>, _> = config.patterns.iter().map(|text| Pattern::new(text)).collect();
    Ok(Box::new(Hex { reader, stamp: stamp()?, patterns: patterns.map_err(SourceError::Pattern)? }))
}

/// Messages to transactions.
struct Reader {
    /// None: told by each message's first bytes.
    packing: Option<Arc<Packing>>,
    maker: Maker,
}

impl Reader {
    fn decode(&self, message: &[u8]) -> Decoded {
        match &self.packing {
            Some(packing) => decode_as(message, packing),
            None => decode_any(message),
        }
    }

    /// Takes a message as a row, and counts what could not be read of it.
    fn take(&self, decoded: &Decoded, time: Value<'_>, at: u64, taken: &mut Taken) {
        let mti = decoded.mti().unwrap_or_default();
        let mut refused = decoded.error.map(Reason::Message);
        if let Some(fits) = &decoded.fits {
            refused = Some(Reason::Fits(fits.clone()));
        } else if mti.len() == 4 {
            let mut line: Line<'_> = message::line(mti, |number| decoded.field(number));
            line.set(Field::Time, time);
            match self.maker.sale(&line, taken.id(at)) {
                Ok(mut sale) => {
                    sale.card.clone_from(&decoded.card);
                    sale.card_key = decoded.card_key;
                    taken.rows.push(sale);
                }
                Err(reason) => refused = refused.or(Some(reason)),
            }
        }
        if let Some(reason) = refused {
            taken.refuse(at, reason);
        }
    }
}

/// A text log.
struct Hex {
    reader: Reader,
    stamp: Regex,
    patterns: Vec<Pattern>,
}

impl LineParser for Hex {
    fn line(&self, line: &[u8], at: u64, taken: &mut Taken) {
        if self.patterns.is_empty() {
            Walk::new(self, Some((at, taken))).go(line, true);
            return;
        }
        // Cheap for the many lines that hold no dump.
        if line.len() < 2 * SHORTEST {
            return;
        }
        let text = decoded(line);
        let found = self.patterns.iter().find_map(|pattern| pattern.read(&text));
        let (time, bytes) = match found {
            Some(Found { incoming: true, .. }) => return,
            Some(found) => (found.time, found.bytes),
            None => {
                let rest = self.stamp.find(&text).map_or(&*text, |stamp| &text[stamp.end()..]);
                if dump(rest).is_some() {
                    taken.refuse(at, Reason::Format);
                }
                return;
            }
        };
        let time = time.map_or(Value::None, |time| Value::Text(Cow::Borrowed(time)));
        match bytes {
            Ok(bytes) => self.reader.take(&self.reader.decode(&bytes), time, at, taken),
            Err(offset) => self.reader.take(&Decoded::not_hex(offset), time, at, taken),
        }
    }

    /// In order, so that an answer never comes before its request.
    fn shape(&self) -> Shape {
        Shape::Records
    }

    fn border(&self, bytes: &[u8]) -> usize {
        if self.patterns.is_empty() { Walk::new(self, None).go(bytes, false) } else { line_border(bytes) }
    }

    fn records(&self, bytes: &[u8], at: u64, taken: &mut Taken) {
        if self.patterns.is_empty() {
            Walk::new(self, Some((at, taken))).go(bytes, true);
            return;
        }
        // Patterns of a site say what a line is.
        let mut start = 0;
        for feed in memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]) {
            self.line(&bytes[start..feed], at + start as u64, taken);
            start = feed + 1;
        }
    }
}

/// A time as logs write it, wherever it stands.
fn stamp() -> Result<Regex, SourceError> {
    let text = r"\d{4}[-/.]\d{2}[-/.]\d{2}[ T_]\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?|\b20\d{12}(?:\d{3})?\b|\b20\d{6}[ T]\d{6}(?:[.,]\d{1,9})?";
    Regex::new(text).map_err(|fault| SourceError::Pattern(fault.to_string()))
}

/// A pattern of the site: groups `time`, `hex` and, where the terminal also plays the host, `direction`.
struct Pattern {
    regex: Regex,
}

/// What a pattern found in a line.
struct Found<'a> {
    time: Option<&'a str>,
    /// The bytes, or where the hex ends to be hex.
    bytes: Result<Vec<u8>, usize>,
    /// A request that somebody sent to the terminal.
    incoming: bool,
}

impl Pattern {
    fn new(text: &str) -> Result<Self, String> {
        let regex = Regex::new(text).map_err(|fault| super::regex::reason(&fault))?;
        for name in regex.capture_names().flatten() {
            if !matches!(name, "time" | "hex" | "direction") {
                return Err(format!("the group name {name} is none of time, hex, direction"));
            }
        }
        for wanted in ["time", "hex"] {
            if !regex.capture_names().flatten().any(|name| name == wanted) {
                return Err(format!("needs a group (?P<{wanted}>...)"));
            }
        }
        Ok(Self { regex })
    }

    fn read<'a>(&self, text: &'a str) -> Option<Found<'a>> {
        let found = self.regex.captures(text)?;
        let bytes = unhex(found.name("hex")?.as_str());
        let came = found.name("direction").is_some_and(|word| came_in(word.as_str()));
        let asks = bytes.as_deref().is_ok_and(|bytes| decode_any(bytes).mti().is_some_and(message::is_request));
        Some(Found { time: found.name("time").map(|time| time.as_str()), bytes, incoming: came && asks })
    }
}

/// Whether a direction says that the message came to the terminal.
fn came_in(word: &str) -> bool {
    let word = word.trim().to_lowercase();
    ["recv", "rec", "rx", "in", "rsp", "resp", "<", "收", "应答", "返回"].iter().any(|known| word.starts_with(known))
}

/// The bytes of a text in hex with white space anywhere; else how many could be read.
fn unhex(text: &str) -> Result<Vec<u8>, usize> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut digits = text.bytes().filter(|sign| !sign.is_ascii_whitespace());
    while let Some(high) = digits.next() {
        let nibble = |sign: Option<u8>| sign.and_then(|sign| (sign as char).to_digit(16));
        match (nibble(Some(high)), nibble(digits.next())) {
            (Some(high), Some(low)) => bytes.push((high << 4 | low) as u8),
            _ => return Err(bytes.len()),
        }
    }
    Ok(bytes)
}

/// The longest dump in a line: words of whole bytes in hex behind one another, the first perhaps behind a sign.
fn dump(text: &str) -> Option<Vec<u8>> {
    let mut best: Vec<u8> = Vec::new();
    let mut open: Vec<u8> = Vec::new();
    for word in text.split_whitespace() {
        let from = word.rfind([':', '=', '[', '(', '<', '>', '"', '\'', '|', '{', ',']).map_or(0, |at| at + 1);
        let closed = word.trim_end_matches([']', ')', '>', '"', '\'', '|', '}', ',', ';', '.']);
        // A sign at the end closes a dump, one before it opens one.
        let from = if from > closed.len() {
            closed.rfind([':', '=', '[', '(', '<', '>', '"', '\'', '|', '{', ',']).map_or(0, |at| at + 1)
        } else {
            from
        };
        let digits = closed.get(from..).unwrap_or_default();
        let bytes = if digits.len() % 2 == 0 { unhex(digits).unwrap_or_default() } else { Vec::new() };
        if from > 0 || bytes.is_empty() {
            best = longer(best, std::mem::take(&mut open));
        }
        open.extend(bytes);
        if closed.len() < word.len() {
            best = longer(best, std::mem::take(&mut open));
        }
    }
    Some(longer(best, open)).filter(|bytes| bytes.len() >= SHORTEST)
}

fn longer(a: Vec<u8>, b: Vec<u8>) -> Vec<u8> {
    if b.len() > a.len() { b } else { a }
}
