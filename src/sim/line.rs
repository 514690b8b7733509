//! One line of the payment application's journal, in the console's default schema or with another vendor's names.
//!
//! Card numbers are written in the clear on purpose: real applications do, and the console must mask them. All of
//! them are public test numbers.

use super::moment::{push_digits, push_stamp};

/// Terminal identification (DE41) of the simulated terminal.
pub const TID: &str = "12345678";
/// Card acceptor identification (DE42) of the simulated shop.
pub const MID: &str = "898000000000001";

/// What the application writes into its card field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Card {
    /// The number alone.
    Pan(&'static str),
    /// Track 2 of a swiped card: number, expiry, service code, discretionary data.
    Track(&'static str),
    /// The 18 digits of a customer's payment code.
    Wallet(u64),
}

impl Card {
    /// The number of a bank card, without track data.
    pub fn pan(self) -> Option<&'static str> {
        match self {
            Self::Pan(pan) | Self::Track(pan) => Some(pan),
            Self::Wallet(_) => None,
        }
    }
}

/// What follows the number on a simulated track 2: expiry 30-12, service code 101.
pub const TRACK_TAIL: &str = "=30121010000000000";

/// A journal line; what is `None` is left out, only `code` is always there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Milliseconds since the epoch when it was written.
    pub at_ms: i64,
    pub kind: &'static str,
    pub method: Option<&'static str>,
    /// Fen.
    pub amount: Option<u64>,
    pub stan: u32,
    /// Twelve digits (DE37).
    pub rrn: Option<u64>,
    /// Response code (DE39), two ASCII letters or digits.
    pub code: Option<[u8; 2]>,
    pub state: Option<&'static str>,
    pub entry_mode: Option<&'static str>,
    pub card: Option<Card>,
    pub latency_ms: Option<u32>,
    /// The host's clock in its answer (DE13, DE12): ten digits, `MMDDhhmmss`.
    pub host_time: Option<u64>,
    /// Who issued the card, as the answer says (DE44.1).
    pub issuer: Option<&'static str>,
    /// Whether the stripe was taken because the chip could not be read (DE60.5), where a card was read.
    pub fallback: Option<bool>,
    /// What a void takes back: batch and trace number (DE61). Only messages say it.
    pub original: Option<(u32, u32)>,
    /// Batch number: a field the console does not know, as every application has some.
    pub batch: u32,
}

impl Line {
    /// A line that says only when, what and which number.
    pub const fn bare(at_ms: i64, kind: &'static str, stan: u32, batch: u32) -> Self {
        Self {
            at_ms,
            kind,
            method: None,
            amount: None,
            stan,
            rrn: None,
            code: None,
            state: None,
            entry_mode: None,
            card: None,
            latency_ms: None,
            host_time: None,
            issuer: None,
            fallback: None,
            original: None,
            batch,
        }
    }
}

/// What the journal is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Schema {
    /// The console's default journal line.
    #[default]
    Default,
    /// Another vendor's JSON: read with [`MAP`].
    Mapped,
    /// Lines of text: read with patterns.
    Text,
    /// The log of a jPOS channel.
    Jpos,
    /// A trace of the messages in hex.
    Hex,
    /// A table of a database.
    Table,
}

/// `[source.map]` that reads [`Schema::Mapped`]: ours, theirs.
pub const MAP: &[(&str, &str)] = &[
    ("time", "ts"),
    ("kind", "txn.type"),
    ("method", "txn.via"),
    ("amount", "txn.amt"),
    ("currency", "txn.cur"),
    ("stan", "trace"),
    ("rrn", "ref"),
    ("code", "rc"),
    ("state", "status"),
    ("tid", "term.id"),
    ("mid", "term.merchant"),
    ("entry_mode", "pem"),
    ("card", "pan"),
    ("latency_ms", "ms"),
    ("host", "route"),
    ("host_time", "host_at"),
    ("issuer", "iss"),
    ("fallback", "fb"),
];

/// How lines of JSON are written: schema and clock.
#[derive(Clone, Copy, Debug)]
pub struct Pen {
    pub schema: Schema,
    /// Minutes east of UTC.
    pub offset: i16,
}

impl Pen {
    /// Appends the line and its newline.
    pub fn write(self, line: &Line, out: &mut Vec<u8>) {
        match self.schema {
            Schema::Mapped => self.mapped_schema(line, out),
            _ => self.default_schema(line, out),
        }
    }

    fn default_schema(self, line: &Line, out: &mut Vec<u8>) {
        out.extend_from_slice(br#"{"time":""#);
        push_stamp(out, line.at_ms, self.offset);
        out.push(b'"');
        text(out, "kind", Some(line.kind));
        text(out, "method", line.method);
        if let Some(amount) = line.amount {
            number(out, "amount", amount);
            text(out, "currency", Some("156"));
        }
        digits(out, "stan", Some(u64::from(line.stan)), 6);
        digits(out, "rrn", line.rrn, 12);
        code(out, "code", line.code);
        text(out, "state", line.state);
        text(out, "tid", Some(TID));
        text(out, "mid", Some(MID));
        text(out, "entry_mode", line.entry_mode);
        card(out, "card", line.card);
        if let Some(latency) = line.latency_ms {
            number(out, "latency_ms", u64::from(latency));
        }
        text(out, "host", Some("primary"));
        digits(out, "host_time", line.host_time, 10);
        text(out, "issuer", line.issuer);
        truth(out, "fallback", line.fallback);
        digits(out, "batch", Some(u64::from(line.batch)), 6);
        out.extend_from_slice(b"}\n");
    }

    fn mapped_schema(self, line: &Line, out: &mut Vec<u8>) {
        out.extend_from_slice(br#"{"app":"cashier""#);
        digits(out, "trace", Some(u64::from(line.stan)), 6);
        out.extend_from_slice(br#","txn":{"id":"#);
        push_number(out, u64::from(line.stan));
        text(out, "type", Some(line.kind));
        text(out, "via", line.method);
        if let Some(amount) = line.amount {
            number(out, "amt", amount);
            text(out, "cur", Some("156"));
        }
        out.push(b'}');
        card(out, "pan", line.card);
        digits(out, "ref", line.rrn, 12);
        text(out, "status", line.state);
        code(out, "rc", line.code);
        out.extend_from_slice(br#","term":{"os":"linux""#);
        text(out, "id", Some(TID));
        text(out, "merchant", Some(MID));
        out.push(b'}');
        text(out, "pem", line.entry_mode);
        if let Some(latency) = line.latency_ms {
            number(out, "ms", u64::from(latency));
        }
        text(out, "route", Some("primary"));
        digits(out, "host_at", line.host_time, 10);
        text(out, "iss", line.issuer);
        truth(out, "fb", line.fallback);
        out.extend_from_slice(br#","ts":""#);
        push_stamp(out, line.at_ms, self.offset);
        out.extend_from_slice(b"\"}\n");
    }
}

fn name(out: &mut Vec<u8>, name: &str) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
}

/// Values are ours and hold nothing to escape; a test reads every kind of line back.
fn text(out: &mut Vec<u8>, key: &str, value: Option<&str>) {
    let Some(value) = value else { return };
    name(out, key);
    out.push(b'"');
    out.extend_from_slice(value.as_bytes());
    out.push(b'"');
}

fn digits(out: &mut Vec<u8>, key: &str, value: Option<u64>, width: usize) {
    let Some(value) = value else { return };
    name(out, key);
    out.push(b'"');
    push_digits(out, value as i64, width);
    out.push(b'"');
}

fn number(out: &mut Vec<u8>, key: &str, value: u64) {
    name(out, key);
    push_number(out, value);
}

fn truth(out: &mut Vec<u8>, key: &str, value: Option<bool>) {
    let Some(value) = value else { return };
    name(out, key);
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

fn push_number(out: &mut Vec<u8>, value: u64) {
    let width = value.checked_ilog10().map_or(1, |log| log as usize + 1);
    push_digits(out, value as i64, width);
}

fn code(out: &mut Vec<u8>, key: &str, value: Option<[u8; 2]>) {
    name(out, key);
    match value {
        Some(code) => out.extend_from_slice(&[b'"', code[0], code[1], b'"']),
        None => out.extend_from_slice(b"null"),
    }
}

fn card(out: &mut Vec<u8>, key: &str, value: Option<Card>) {
    match value {
        None => {}
        Some(Card::Pan(pan)) => text(out, key, Some(pan)),
        Some(Card::Wallet(number)) => digits(out, key, Some(number), 18),
        Some(Card::Track(pan)) => {
            text(out, key, Some(pan));
            out.pop();
            out.extend_from_slice(TRACK_TAIL.as_bytes());
            out.push(b'"');
        }
    }
}
