//! Finds logs and messages in a stream of text, line by line, and where whole ones end.

use std::borrow::Cow;

use super::trace::Trace;
use crate::model::bytes_of;
use crate::sources::fields::decoded;

/// Fields kept of one message: more are no message of a terminal.
const MOST_FIELDS: usize = 256;

/// What stands in the stream.
pub enum Event<'a> {
    /// A log begins.
    Log,
    Message(Message<'a>),
    /// A message that begins here and never ends.
    Torn(usize),
    /// A line that is a JSON object, outside of any log.
    Json(&'a [u8], usize),
    /// A line of other text, outside of any log; no part of a stack trace.
    Other(usize),
}

/// A message, field by field.
pub struct Message<'a> {
    /// A place in the stream that no other message has.
    pub at: usize,
    /// When its log was written, as written.
    pub time: Option<Cow<'a, str>>,
    /// It came in, or went out, where the log says so.
    pub incoming: Option<bool>,
    fields: Vec<(u8, String)>,
}

impl Message<'_> {
    /// The text of a field; 0 is the message type.
    pub fn get(&self, number: u8) -> Option<&str> {
        self.fields.iter().find(|(known, _)| *known == number).map(|(_, text)| text.as_str())
    }
}

#[derive(Default)]
struct State {
    /// Logs that are open.
    logs: u32,
    time: Option<String>,
    message: Option<Message<'static>>,
    /// Messages in fields of the open one.
    nested: u32,
    /// Dumps of a transaction's memory, which repeat messages told before.
    contexts: u32,
    /// Where the log began that came while a message was open.
    within: usize,
    /// Everything before is whole.
    border: usize,
    /// The last line was part of a stack trace.
    trace: Trace,
}

/// Goes through a text that begins outside of any log; gives back the end of what is whole. `closed`: the last line
/// counts also without its line feed, and nothing follows.
pub fn scan<'a>(bytes: &'a [u8], closed: bool, found: &mut dyn FnMut(Event<'a>)) -> usize {
    let mut state = State::default();
    let mut start = 0;
    for feed in memchr::memchr_iter(b'\n', bytes) {
        state.line(&bytes[start..feed], start, found);
        start = feed + 1;
        state.rest(start);
    }
    if closed && start < bytes.len() {
        state.line(&bytes[start..], start, found);
        state.rest(bytes.len());
    }
    if let Some(message) = state.message.filter(|_| closed) {
        found(Event::Torn(message.at));
    }
    state.border
}

impl State {
    /// What stands before here is whole, if nothing is open.
    fn rest(&mut self, at: usize) {
        if self.logs == 0 && self.message.is_none() {
            self.border = at;
        }
    }

    fn line<'a>(&mut self, line: &'a [u8], start: usize, found: &mut dyn FnMut(Event<'a>)) {
        let trimmed = line.trim_ascii();
        self.trace = self.trace.then(trimmed);
        // What an exception quotes is no part of the log: not a field, and not the end of a message.
        if self.trace != Trace::None {
            return;
        }
        if self.logs == 0 && self.message.is_none() {
            match trimmed {
                [] => return,
                [b'{', ..] => return found(Event::Json(line, start)),
                _ if memchr::memmem::find(trimmed, b"<log").is_none()
                    && memchr::memmem::find(trimmed, b"<isomsg").is_none() =>
                {
                    if !trimmed.starts_with(b"<") {
                        found(Event::Other(start));
                    }
                    return;
                }
                _ => {}
            }
        } else if memchr::memchr(b'<', trimmed).is_none() {
            return;
        }
        let text = decoded(line);
        let mut rest = &*text;
        let mut count = 0;
        while let Some(open) = rest.find('<') {
            let quoted = rest[..open].ends_with(['"', '\'']);
            rest = &rest[open + 1..];
            if rest.starts_with("!--") {
                rest = rest.split_once("-->").map_or("", |(_, behind)| behind);
                continue;
            }
            if quoted {
                continue;
            }
            let Some(tag) = Tag::read(rest) else { continue };
            rest = &rest[tag.length..];
            self.tag(&tag, start, start + count, found);
            count += 1;
        }
    }

    fn tag<'a>(&mut self, tag: &Tag<'_>, line: usize, place: usize, found: &mut dyn FnMut(Event<'a>)) {
        match tag.name {
            "log" => {
                if self.message.is_none() {
                    // What was open was never closed.
                    self.logs = 0;
                    self.border = self.border.max(line);
                    self.contexts = 0;
                } else {
                    self.within = line;
                }
                self.logs += 1;
                self.time = tag.attribute("at").or_else(|| tag.attribute("ts")).map(Cow::into_owned);
                found(Event::Log);
            }
            "/log" => {
                self.logs = self.logs.saturating_sub(1);
                if self.logs == 0 {
                    self.contexts = 0;
                    if let Some(message) = self.message.take() {
                        found(Event::Torn(message.at));
                    }
                }
            }
            "context" if !tag.empty => self.contexts += 1,
            "/context" => self.contexts = self.contexts.saturating_sub(1),
            "isomsg" if tag.empty => {}
            "isomsg" if self.message.is_some() && tag.attribute("id").is_some() => self.nested += 1,
            "isomsg" => {
                if let Some(torn) = self.message.take() {
                    found(Event::Torn(torn.at));
                    if self.logs > 1 {
                        self.logs = 1;
                        self.border = self.border.max(self.within);
                    }
                }
                self.nested = 0;
                let time = self.time.clone().map(Cow::Owned);
                let incoming = tag.attribute("direction").and_then(|way| match &*way {
                    "incoming" => Some(true),
                    "outgoing" => Some(false),
                    _ => None,
                });
                self.message = Some(Message { at: place, time, incoming, fields: Vec::new() });
            }
            "/isomsg" if self.nested > 0 => self.nested -= 1,
            "/isomsg" => {
                if let Some(message) = self.message.take().filter(|_| self.contexts == 0) {
                    found(Event::Message(message));
                }
            }
            "field" if self.nested == 0 => {
                let Some(message) = self.message.as_mut().filter(|message| message.fields.len() < MOST_FIELDS) else {
                    return;
                };
                let id = tag.attribute("id").and_then(|id| id.parse().ok());
                if let (Some(id), Some(value)) = (id, tag.attribute("value")) {
                    let text = (tag.attribute("type").as_deref() == Some("binary")).then(|| text_in_hex(&value));
                    message.fields.push((id, text.flatten().unwrap_or_else(|| value.into_owned())));
                }
            }
            _ => {}
        }
    }
}

/// Bytes written in hex, where all of them are signs of a text.
fn text_in_hex(hex: &str) -> Option<String> {
    let text = String::from_utf8(bytes_of(hex)?).ok()?;
    text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ').then_some(text)
}

/// A tag within one line.
struct Tag<'a> {
    name: &'a str,
    attributes: &'a str,
    /// `<name/>`.
    empty: bool,
    /// Bytes up to behind its end.
    length: usize,
}

impl<'a> Tag<'a> {
    /// The tag whose text begins here, behind its `<`.
    fn read(text: &'a str) -> Option<Self> {
        let name_end = text.find(|c: char| c.is_whitespace() || matches!(c, '>' | '<')).unwrap_or(text.len());
        let name = text.get(..name_end)?;
        let mut quote = None;
        let end = text.bytes().enumerate().skip(name_end).find_map(|(at, sign)| match (quote, sign) {
            (None, b'"' | b'\'') => {
                quote = Some(sign);
                None
            }
            (Some(open), sign) if open == sign => {
                quote = None;
                None
            }
            (None, b'>') => Some(at),
            _ => None,
        })?;
        let inside = &text[..end];
        let empty = inside.ends_with('/') && !inside.starts_with('/');
        Some(Self {
            name: if name_end == end { name.strip_suffix('/').filter(|_| empty).unwrap_or(name) } else { name },
            attributes: text.get(name_end..end)?,
            empty,
            length: end + 1,
        })
    }

    /// The value of an attribute.
    fn attribute(&self, wanted: &str) -> Option<Cow<'a, str>> {
        let mut rest = self.attributes;
        loop {
            let (name, behind) = rest.split_once('=')?;
            let behind = behind.trim_start();
            let quote = behind.chars().next().filter(|sign| matches!(sign, '"' | '\''))?;
            let (value, after) = behind[1..].split_once(quote)?;
            if name.trim() == wanted {
                return Some(unescaped(value));
            }
            rest = after;
        }
    }
}

/// Without the escapes of XML.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let plain = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    Cow::Owned(plain.iter().fold(text.to_owned(), |text, (escape, sign)| text.replace(escape, sign)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_in_hex_are_the_text_they_spell() {
        for (hex, text) in [
            ("3531", Some("51")),
            ("313132", Some("112")),
            ("0051", None),
            ("353", None),
            ("35zz", None),
            ("+1+2", None),
        ] {
            assert_eq!(text_in_hex(hex).as_deref(), text, "{hex}");
        }
    }
}
