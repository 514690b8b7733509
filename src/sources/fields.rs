//! The fields of a journal line, whatever its format, and the masked transaction they make. Nothing that a line says
//! gets past this file unmasked.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use compact_str::format_compact;

use super::host_time::host_time;
use super::outcome::{self, Told};
use super::swar;
use super::time::Times;
use crate::iso8583::Fault;
use crate::model::{CardKey, MaskedPan, Outcome, Sale, SaleId, Short, Stamp, scrub};

/// Bytes of a text field that are kept.
const TEXT_MAX: usize = 128;
/// Largest amount: DE4 has twelve digits; more of them are no amount.
const AMOUNT_MAX: i64 = 999_999_999_999;

/// A field of the default journal line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Time,
    Kind,
    Method,
    Amount,
    Currency,
    Stan,
    Rrn,
    Code,
    Tid,
    Mid,
    EntryMode,
    Card,
    LatencyMs,
    Host,
    State,
    HostTime,
    Fallback,
    Issuer,
    Text,
    OriginalStan,
}

impl Field {
    /// Every field with its name in the default journal and in configuration, in the order of the default line.
    pub const ALL: [(Self, &'static str); 20] = [
        (Self::Time, "time"),
        (Self::Kind, "kind"),
        (Self::Method, "method"),
        (Self::Amount, "amount"),
        (Self::Currency, "currency"),
        (Self::Stan, "stan"),
        (Self::Rrn, "rrn"),
        (Self::Code, "code"),
        (Self::Tid, "tid"),
        (Self::Mid, "mid"),
        (Self::EntryMode, "entry_mode"),
        (Self::Card, "card"),
        (Self::LatencyMs, "latency_ms"),
        (Self::Host, "host"),
        (Self::State, "state"),
        (Self::HostTime, "host_time"),
        (Self::Fallback, "fallback"),
        (Self::Issuer, "issuer"),
        (Self::Text, "text"),
        (Self::OriginalStan, "original_stan"),
    ];

    const fn bit(self) -> u32 {
        1 << self as u32
    }

    /// Whether many lines say the same, and nothing is asked of it but its [`text`].
    pub const fn repeats(self) -> bool {
        use Field::{Code, Currency, EntryMode, Host, Issuer, Kind, Method, Mid, State, Text, Tid};
        matches!(self, Kind | Method | Currency | Code | Tid | Mid | EntryMode | Host | State | Issuer | Text)
    }

    /// The field of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(field, _)| *field)
    }
}

/// A value as a line holds it, still unmasked.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value<'a> {
    #[default]
    None,
    Text(Cow<'a, str>),
    Whole(u64),
    Negative(i64),
    Real(f64),
    Bool(bool),
    /// A list or object where none belongs.
    Other,
}

/// Texts as they are kept, made of values that come again.
pub type Words = [Option<Short>];

/// The values of one line.
#[derive(Clone, Debug, Default)]
pub struct Line<'a> {
    values: [Value<'a>; Field::ALL.len()],
    /// A bit for each field that was set; what stands in the other ones is of an earlier line.
    told: u32,
    /// Which of the [`Words`] a field is, and a bit for each that is one.
    words: [u8; Field::ALL.len()],
    again: u32,
}

impl PartialEq for Line<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.again == other.again && Field::ALL.iter().all(|(field, _)| self.get(*field) == other.get(*field))
    }
}

impl<'a> Line<'a> {
    /// Takes a value for a field; the last one counts.
    pub fn set(&mut self, field: Field, value: Value<'a>) {
        self.values[field as usize] = value;
        self.told |= field.bit();
        self.again &= !field.bit();
    }

    /// Takes one of the words for a field.
    pub const fn set_word(&mut self, field: Field, word: u8) {
        self.words[field as usize] = word;
        self.told &= !field.bit();
        self.again |= field.bit();
    }

    /// As if nothing had been set.
    pub const fn clear(&mut self) {
        self.told = 0;
        self.again = 0;
    }

    fn get(&self, field: Field) -> &Value<'a> {
        const NONE: &Value<'_> = &Value::None;
        if self.told & field.bit() == 0 { NONE } else { &self.values[field as usize] }
    }

    fn text(&self, field: Field, words: &Words) -> Option<Short> {
        let at = field as usize;
        if self.again & field.bit() != 0 {
            words.get(usize::from(self.words[at]))?.clone()
        } else if self.told & field.bit() != 0 {
            text(field, &self.values[at])
        } else {
            None
        }
    }

    /// The same, no longer tied to the text it was read from.
    pub fn into_owned(self) -> Line<'static> {
        Line {
            told: self.told,
            words: self.words,
            again: self.again,
            values: self.values.map(|value| match value {
                Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
                Value::None => Value::None,
                Value::Whole(number) => Value::Whole(number),
                Value::Negative(number) => Value::Negative(number),
                Value::Real(number) => Value::Real(number),
                Value::Bool(truth) => Value::Bool(truth),
                Value::Other => Value::Other,
            }),
        }
    }
}

/// Why a line is no transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Not one whole JSON object.
    NotObject,
    /// No time, or one that cannot be read.
    NoTime,
    /// Neither a response code nor a state.
    NoCode,
    /// Longer than any line may be.
    TooLong,
    /// A gap of zero bytes, as a power cut leaves it.
    Zeros,
    /// No pattern of a text journal knows it.
    Format,
    /// The rest of a message that was never written to its end.
    Torn,
    /// A message that could be read up to here.
    Message(Fault),
    /// A message in another packing than the configured one: this one fits.
    Fits(Arc<str>),
}

/// As in [`crate::model::SourceStatus::last_unreadable`].
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotObject => "not-object",
            Self::NoTime => "no-time",
            Self::NoCode => "no-code",
            Self::TooLong => "too-long",
            Self::Zeros => "zeros",
            Self::Format => "format",
            Self::Torn => "torn",
            Self::Message(Fault { field, offset, kind }) => return write!(f, "{kind} field {field} byte {offset}"),
            Self::Fits(packing) => return write!(f, "packing {packing} fits"),
        })
    }
}

/// Makes transactions of one source.
pub struct Maker {
    source: Arc<str>,
    /// In order: the first of them is that of nearly every line.
    successes: Vec<String>,
    times: Times,
}

impl Maker {
    /// For this source; `successes` are the codes that are not declines.
    pub fn new(source: Arc<str>, successes: &HashSet<String>, times: Times) -> Self {
        let mut successes: Vec<String> = successes.iter().cloned().collect();
        successes.sort_unstable();
        Self { source, successes, times }
    }

    /// The masked transaction of a line. Optional fields of a wrong type are left out.
    pub fn sale(&self, line: &Line<'_>, id: SaleId) -> Result<Sale, Reason> {
        self.sale_in(line, id, None)
    }

    /// The same in an envelope that has a time of its own, for lines that tell none.
    pub fn sale_in(&self, line: &Line<'_>, id: SaleId, envelope: Option<Stamp>) -> Result<Sale, Reason> {
        self.sale_of(line, &[], id, envelope)
    }

    /// The same of a line that takes fields from the words.
    pub fn sale_of(&self, line: &Line<'_>, words: &Words, id: SaleId, envelope: Option<Stamp>) -> Result<Sale, Reason> {
        let text = |field| line.text(field, words);
        let told = line.get(Field::Time);
        let envelope = envelope.filter(|_| *told == Value::None);
        let time = self.time(told).or(envelope).ok_or(Reason::NoTime)?;
        let code = text(Field::Code);
        let word = text(Field::State);
        if code.is_none() && word.is_none() {
            return Err(Reason::NoCode);
        }
        let state = word.as_deref().and_then(outcome::state);
        let kind = text(Field::Kind).unwrap_or_else(|| Short::const_new("sale"));
        let rrn = text_from(line.get(Field::Rrn), 13);
        let latency_ms = number(line.get(Field::LatencyMs)).and_then(|ms| u32::try_from(ms).ok());
        let host_time = host_time(line.get(Field::HostTime), &self.times, time);
        let answered = rrn.is_some() || latency_ms.is_some() || host_time.is_some();
        let told = Told { kind: &kind, code: code.as_deref(), state, answered };
        let outcome = outcome::outcome(&told, &self.successes);
        Ok(Sale {
            id,
            time,
            kind,
            method: text(Field::Method),
            amount: number(line.get(Field::Amount)).filter(|amount| amount.abs() <= AMOUNT_MAX),
            currency: text(Field::Currency),
            stan: text(Field::Stan),
            rrn,
            code,
            state,
            outcome,
            tid: text(Field::Tid),
            mid: text(Field::Mid),
            entry_mode: text(Field::EntryMode),
            card: card(line.get(Field::Card)),
            latency_ms,
            host: text(Field::Host),
            host_time,
            fallback: truth(line.get(Field::Fallback)),
            original_stan: text(Field::OriginalStan),
            issuer: text(Field::Issuer),
            text: text(Field::Text),
            late_by: None,
            undone_by: None,
            as_host: false,
            // Only failures are counted by card; of a request nobody knows yet.
            card_key: match outcome {
                Outcome::Declined | Outcome::NoResponse | Outcome::Pending => card_key(line.get(Field::Card)),
                _ => None,
            },
            source: self.source.clone(),
        })
    }

    fn time(&self, value: &Value<'_>) -> Option<Stamp> {
        match value {
            Value::Text(text) => self.times.text(text),
            Value::Whole(number) => self.times.number(*number),
            Value::Real(seconds) => self.times.seconds(*seconds),
            Value::None | Value::Negative(_) | Value::Bool(_) | Value::Other => None,
        }
    }
}

/// What a field that [`Field::repeats`] makes of a value; a code that is a number is written with at least two digits.
pub fn text(field: Field, value: &Value<'_>) -> Option<Short> {
    match (field, value) {
        (Field::Code, Value::Whole(number @ 0..=9)) => Some(format_compact!("0{number}")),
        _ => text_from(value, 12),
    }
}

/// A text without card numbers and control signs; empty ones and other types are none.
fn text_from(value: &Value<'_>, shortest_card: usize) -> Option<Short> {
    let digits;
    let raw = match value {
        Value::Text(text) => trimmed(text),
        Value::Whole(number) => {
            digits = number.to_string();
            &digits
        }
        _ => return None,
    };
    if raw.is_empty() {
        return None;
    }
    // Cut with room to spare, so that no card number is cut into something that looks like none.
    let clean =
        if raw.len() < shortest_card { Cow::Borrowed(raw) } else { scrub(cut(raw, 2 * TEXT_MAX), shortest_card) };
    let clean = cut(&clean, TEXT_MAX);
    if swar::is_printable_ascii(clean.as_bytes()) {
        return Some(clean.into());
    }
    Some(clean.chars().map(|sign| if unprintable(sign) { ' ' } else { sign }).collect())
}

/// Control signs, and those that turn the direction of writing: a journal must not steer the screen.
fn unprintable(sign: char) -> bool {
    sign.is_control() || matches!(sign, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn cut(text: &str, most: usize) -> &str {
    if text.len() <= most { text } else { &text[..text.floor_char_boundary(most)] }
}

/// Without white space at its ends; quick where there is none.
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [b'!'..=b'~', .., b'!'..=b'~'] | [b'!'..=b'~'] => text,
        _ => text.trim(),
    }
}

/// A whole number, also when it is written as a text.
fn number(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Whole(number) => i64::try_from(*number).ok(),
        Value::Negative(number) => Some(*number),
        Value::Text(text) => text.trim().parse().ok(),
        Value::Real(real) if real.fract() == 0.0 && real.abs() < 1e15 => Some(*real as i64),
        Value::Real(_) | Value::None | Value::Bool(_) | Value::Other => None,
    }
}

/// Whatever stands in a card field, masked.
fn card(value: &Value<'_>) -> Option<MaskedPan> {
    let masked = match value {
        Value::Text(text) => MaskedPan::from_clear(text),
        Value::Whole(number) => MaskedPan::from_clear(&number.to_string()),
        _ => return None,
    };
    (!masked.as_str().is_empty()).then_some(masked)
}

/// What tells this card from others while the process lives.
fn card_key(value: &Value<'_>) -> Option<CardKey> {
    match value {
        Value::Text(text) => CardKey::from_clear(text),
        Value::Whole(number) => CardKey::from_clear(&number.to_string()),
        _ => None,
    }
}

/// A truth value, however it is written.
fn truth(value: &Value<'_>) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::Whole(0) => Some(false),
        Value::Whole(1) => Some(true),
        Value::Text(text) => match trimmed(text).to_ascii_lowercase().as_str() {
            "true" | "yes" | "y" | "1" | "fallback" => Some(true),
            "false" | "no" | "n" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A line's bytes as text: UTF-8, else GB18030 as older Chinese applications write.
pub fn decoded(line: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(line) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::GB18030.decode_without_bom_handling(line).0,
    }
}
