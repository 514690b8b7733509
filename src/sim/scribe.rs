//! The journal's lines in every form it can be written in: JSON, text, and the messages themselves as a jPOS channel or
//! a trace in hex logs them. A table of a database is [`super::ledger`]'s business.
//!
//! Where the messages themselves are written, a request always stands before its answer, and nothing says that an
//! answer did not come: no message does.

use super::line::{Card, Line, MID, Pen, Schema, TID, TRACK_TAIL};
use super::moment::{DAY_MS, civil, midnight, push_digits};
use super::terminal::{padded, service_request, words};
use super::wire::Message;

/// `patterns` that read [`Schema::Text`].
pub const PATTERN: &str = r"^\[(?P<time>[^\]]+)\] \[(?:INFO|WARN) ?\] \S+ - (?P<kind>\w+) stan=(?P<stan>\d+)(?: via=(?P<method>\S+))?(?: amt=(?P<amount>\d+) cur=(?P<currency>\d+))?(?: pem=(?P<entry_mode>\d+))?(?: card=(?P<card>\S+))?(?: fb=(?P<fallback>\d))?(?: st=(?P<state>\S+))?(?: rc=(?P<code>\w\w))?(?: rrn=(?P<rrn>\d+))?(?: ms=(?P<latency_ms>\d+))?(?: at=(?P<host_time>\d+))?(?: iss=(?P<issuer>\d+))? tid=(?P<tid>\d+) mid=(?P<mid>\d+) to=(?P<host>\S+)$";

/// Writes lines one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Scribe {
    pub pen: Pen,
    /// The last request that was written: trace number, and whether it reverses.
    asked: Option<(u32, bool)>,
}

impl Scribe {
    /// One that has written nothing yet.
    pub const fn new(pen: Pen) -> Self {
        Self { pen, asked: None }
    }

    /// Appends what a line is in this form; nothing where the form has no word for it.
    pub fn write(&mut self, line: &Line, out: &mut Vec<u8>) {
        match self.pen.schema {
            Schema::Default | Schema::Mapped | Schema::Table => self.pen.write(line, out),
            Schema::Text => self.text(line, out),
            Schema::Jpos | Schema::Hex => self.messages(line, out),
        }
    }

    fn text(self, line: &Line, out: &mut Vec<u8>) {
        let odd = line.code.is_some_and(|code| code != *b"00") || line.state == Some("timeout");
        out.push(b'[');
        local(out, line.at_ms, self.pen.offset, b' ');
        out.extend_from_slice(if odd { b"] [WARN ] " } else { b"] [INFO ] " });
        out.extend_from_slice(b"txn.c:188 - ");
        out.extend_from_slice(line.kind.as_bytes());
        put(out, "stan", Some(digits(u64::from(line.stan), 6)));
        put(out, "via", line.method);
        put(out, "amt", line.amount.map(|amount| format!("{amount} cur=156")));
        put(out, "pem", line.entry_mode);
        put(out, "card", line.card.map(written));
        put(out, "fb", line.fallback.map(|fallback| u8::from(fallback).to_string()));
        put(out, "st", line.state);
        put(out, "rc", line.code.map(|code| String::from_utf8_lossy(&code).into_owned()));
        put(out, "rrn", line.rrn.map(|rrn| digits(rrn, 12)));
        put(out, "ms", line.latency_ms.map(|ms| ms.to_string()));
        put(out, "at", line.host_time.map(|clock| digits(clock, 10)));
        put(out, "iss", line.issuer);
        put(out, "tid", Some(TID));
        put(out, "mid", Some(MID));
        out.extend_from_slice(b" to=primary\n");
    }

    fn messages(&mut self, line: &Line, out: &mut Vec<u8>) {
        let reverses = line.kind == "reversal";
        let request = request(line, self.pen.offset);
        if self.asked != Some((line.stan, reverses)) {
            self.asked = Some((line.stan, reverses));
            let at_ms = line.at_ms - i64::from(line.latency_ms.unwrap_or(0));
            self.message(&request, at_ms, false, out);
        }
        if let Some(code) = line.code.filter(|_| line.state.is_none()) {
            self.message(&answer(&request, line, code), line.at_ms, true, out);
        }
    }

    fn message(self, message: &Message, at_ms: i64, incoming: bool, out: &mut Vec<u8>) {
        if self.pen.schema == Schema::Hex {
            // What is written out cannot be wrong in a field: it is made of ours.
            let bytes = message.encode().unwrap_or_default();
            local(out, at_ms, self.pen.offset, b' ');
            let way = if incoming { "recv" } else { "send" };
            let head = format!(" {way} stan={:06} len={}: ", message.number(11).unwrap_or(0), bytes.len());
            out.extend_from_slice(head.as_bytes());
            for byte in bytes {
                out.extend_from_slice(format!("{byte:02X}").as_bytes());
            }
            out.push(b'\n');
            return;
        }
        let (tag, way) = if incoming { ("receive", "incoming") } else { ("send", "outgoing") };
        out.extend_from_slice(b"<log realm=\"channel/127.0.0.1\" at=\"");
        local(out, at_ms, self.pen.offset, b'T');
        let mti = message.mti;
        let head =
            format!("\">\n  <{tag}>\n    <isomsg direction=\"{way}\">\n      <field id=\"0\" value=\"{mti:04x}\"/>\n");
        out.extend_from_slice(head.as_bytes());
        for (field, value) in message.fields() {
            let field = format!("      <field id=\"{field}\" value=\"{}\"/>\n", String::from_utf8_lossy(value));
            out.extend_from_slice(field.as_bytes());
        }
        out.extend_from_slice(format!("    </isomsg>\n  </{tag}>\n</log>\n").as_bytes());
    }
}

/// `key=value` behind a space, where there is a value.
fn put(out: &mut Vec<u8>, key: &str, value: Option<impl AsRef<str>>) {
    if let Some(value) = value {
        out.extend_from_slice(format!(" {key}={}", value.as_ref()).as_bytes());
    }
}

/// A number with leading zeros.
pub fn digits(value: u64, width: usize) -> String {
    format!("{value:0width$}")
}

/// What the application writes into its card field.
pub fn written(card: Card) -> String {
    match card {
        Card::Pan(pan) => pan.to_owned(),
        Card::Track(pan) => [pan, TRACK_TAIL].concat(),
        Card::Wallet(number) => digits(number, 18),
    }
}

/// Local time without its zone, as such logs have it.
pub fn local(out: &mut Vec<u8>, at_ms: i64, offset: i16, between: u8) {
    let c = civil(at_ms, offset);
    for (value, width, after) in [(c.year, 4, b'-'), (c.month, 2, b'-'), (c.day, 2, between)] {
        push_digits(out, value, width);
        out.push(after);
    }
    let of_day = (at_ms - midnight(at_ms, offset)).rem_euclid(DAY_MS);
    for (value, after) in [(of_day / 3_600_000, b':'), (of_day / 60_000 % 60, b':'), (of_day / 1000 % 60, b'.')] {
        push_digits(out, value, 2);
        out.push(after);
    }
    push_digits(out, of_day % 1000, 3);
}

/// The request behind a line.
fn request(line: &Line, offset: i16) -> Message {
    if matches!(line.kind, "signon" | "settle" | "echo") {
        return service_request(line.kind, line.stan, line.batch).with(11, padded(&[(i64::from(line.stan), 6)]));
    }
    let reverses = line.kind == "reversal";
    let (mti, processing, condition, kind) = words(line.kind);
    let (chip, broken) = (line.entry_mode.is_some_and(|mode| !mode.starts_with("02")), line.fallback == Some(true));
    let data =
        [(kind, 2), (i64::from(line.batch), 6), (0, 3), (if chip { 5 } else { 2 }, 1), (i64::from(broken) * 2, 1)];
    let mut message = Message::new(if reverses { 0x0400 } else { mti })
        .with(3, *processing)
        .with(11, padded(&[(i64::from(line.stan), 6)]))
        .with(25, *condition)
        .with(41, TID)
        .with(42, MID)
        .with(49, *b"156")
        .with(60, padded(&data));
    if let Some(mode) = line.entry_mode {
        message = message.with(22, mode);
    }
    if let Some(amount) = line.amount {
        message = message.with(4, padded(&[(amount as i64, 12)]));
    }
    if reverses {
        message = message.with(39, *b"98");
    }
    if let Some((batch, stan)) = line.original {
        let today = civil(line.at_ms, offset);
        let parts = [(i64::from(batch), 6), (i64::from(stan), 6), (today.month, 2), (today.day, 2)];
        message = message.with(61, padded(&parts));
    }
    match line.card {
        Some(Card::Track(pan)) => message.with(35, [pan, TRACK_TAIL].concat()),
        Some(Card::Pan(pan)) => message.with(2, pan),
        Some(Card::Wallet(code)) => message.with(59, padded(&[(code as i64, 18)])),
        None => message,
    }
}

fn answer(request: &Message, line: &Line, code: [u8; 2]) -> Message {
    let mut answer = request.answer(&[3, 4, 11, 25, 41, 42, 49, 60]).with(39, code);
    if let Some(rrn) = line.rrn {
        answer = answer.with(37, padded(&[(rrn as i64, 12)]));
    }
    if let Some(clock) = line.host_time {
        answer = answer.with(12, padded(&[((clock % 1_000_000) as i64, 6)]));
        answer = answer.with(13, padded(&[((clock / 1_000_000) as i64, 4)]));
    }
    match line.issuer {
        Some(issuer) => answer.with(44, format!("{issuer:<11}48020000   ")),
        None => answer,
    }
}
