//! Journals of one JSON object a line: the default schema, or any other through `[source.map]`.
//!
//! Almost every line is flat and plain, and read in place by [`flat`]; whatever is not goes through the JSON library.

mod flat;
mod memo;
mod schema;

use crate::config::SourceConfig;
use crate::model::Sale;

use super::fields::{Field, Line, Maker, Reason, decoded};
use super::{LineParser, Opened, SourceKind, Taken};
use memo::Memo;
use schema::Schema;

/// This format's entry in [`super::KINDS`].
pub const KIND: SourceKind = SourceKind { word: "jsonl", validate, open };

/// Objects tried behind a torn start, so that a hostile line costs no more than a few readings.
const SALVAGE_TRIES: usize = 64;

fn validate(config: &SourceConfig) -> Vec<(String, String)> {
    map_faults(config)
}

/// What is wrong with a field map.
pub(super) fn map_faults(config: &SourceConfig) -> Vec<(String, String)> {
    let unknown = |name: &&String| Field::named(name).is_none();
    let mut faults: Vec<_> = config
        .map
        .keys()
        .filter(unknown)
        .map(|name| {
            let known: Vec<_> = Field::ALL.iter().map(|(_, name)| *name).collect();
            (format!("map.{name}"), format!("unknown field; known are {}", known.join(", ")))
        })
        .collect();
    let empty = config.map.iter().filter(|(_, theirs)| theirs.is_empty());
    faults.extend(empty.map(|(name, _)| (format!("map.{name}"), "names no field of the journal".to_owned())));
    faults
}

#[expect(clippy::unnecessary_wraps, reason = "other formats can fail to open")]
fn open(config: &SourceConfig, maker: Maker) -> Opened {
    Ok(Box::new(Jsonl { schema: Schema::new(&config.map), maker }))
}

struct Jsonl {
    schema: Schema,
    maker: Maker,
}

/// What the lines of one piece are read with.
#[derive(Default)]
struct Desk<'a> {
    /// The piece and its offset, if all of it is UTF-8.
    text: Option<(&'a str, u64)>,
    memo: Memo<'a>,
    line: Line<'a>,
}

impl<'a> Desk<'a> {
    /// A line, or the end of one, as UTF-8.
    fn text(&self, line: &'a [u8], at: u64) -> Option<&'a str> {
        let Some((text, from)) = self.text else { return std::str::from_utf8(line).ok() };
        let from = (at - from) as usize;
        text.get(from..from + line.len())
    }
}

impl LineParser for Jsonl {
    fn line(&self, line: &[u8], at: u64, taken: &mut Taken) {
        self.next_line(line, at, taken, &mut Desk::default());
    }

    fn records(&self, bytes: &[u8], at: u64, taken: &mut Taken) {
        let text = std::str::from_utf8(bytes).ok().map(|text| (text, at));
        let mut desk = Desk { text, memo: Memo::of_lines(), line: Line::default() };
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]) {
            self.next_line(&bytes[start..end], at + start as u64, taken, &mut desk);
            start = end + 1;
        }
    }

    fn is_whole(&self, rest: &[u8]) -> bool {
        let rest = rest.trim_ascii();
        rest.ends_with(b"}") && objects(rest).1 == rest.len()
    }
}

impl Jsonl {
    /// Takes one line that stands behind those of the memo.
    fn next_line<'a>(&'a self, line: &'a [u8], at: u64, taken: &mut Taken, desk: &mut Desk<'a>) {
        let (line, at) = without_lead(line, at, taken);
        if line.is_empty() {
            return;
        }
        if self.object(line, at, desk) {
            taken.take(at, self.sale(desk, at, taken));
        } else {
            self.pieces(line, at, taken, desk);
        }
    }

    fn sale(&self, desk: &Desk<'_>, at: u64, taken: &Taken) -> Result<Sale, Reason> {
        self.maker.sale_of(&desk.line, desk.memo.words(), taken.id(at), taken.envelope)
    }

    /// Whether a line is one whole object; its fields are on the desk.
    fn object<'a>(&'a self, line: &'a [u8], at: u64, desk: &mut Desk<'a>) -> bool {
        if line.first() != Some(&b'{') {
            return false;
        }
        let found = if let Some(text) = desk.text(line, at) {
            desk.line.clear();
            if flat::read(text, &self.schema, &mut desk.memo, &mut desk.line).is_some() {
                return true;
            }
            self.schema.read(text)
        } else {
            // Another encoding: the text is made first, so that no byte of a character passes for a quote.
            self.schema.read(&decoded(line)).map(Line::into_owned)
        };
        found.map(|found| desk.line = found).is_some()
    }

    /// A line that is not one object: several whole ones whose line ends were lost, or one behind a torn start.
    fn pieces<'a>(&'a self, line: &'a [u8], at: u64, taken: &mut Taken, desk: &mut Desk<'a>) {
        let (ends, rest) = objects(line);
        let (torn, torn_at) = match &line[rest..] {
            [] if ends.len() > 1 => (None, 0),
            // The application died between two objects, or within the second.
            [b'{', ..] if !ends.is_empty() => (Some(&line[rest..]), at + rest as u64),
            _ => return self.salvage(line, at, taken, desk),
        };
        let mut from = 0;
        for end in ends {
            self.next_line(&line[from..end], at + from as u64, taken, desk);
            from = end;
        }
        if let Some(torn) = torn {
            self.salvage(torn, torn_at, taken, desk);
        }
    }

    /// Counts a torn start, and takes the whole object behind it if there is one up to the end of the line.
    fn salvage<'a>(&'a self, line: &'a [u8], at: u64, taken: &mut Taken, desk: &mut Desk<'a>) {
        taken.refuse(at, Reason::NotObject);
        let starts = memchr::memchr_iter(b'{', line).skip_while(|start| *start == 0);
        for start in starts.filter(|at| line[at + 1..].trim_ascii_start().starts_with(b"\"")).take(SALVAGE_TRIES) {
            let offset = at + start as u64;
            if self.object(&line[start..], offset, desk)
                && let Ok(sale) = self.sale(desk, offset, taken)
            {
                taken.take(offset, Ok(sale));
                return;
            }
        }
    }
}

/// The line without white space, byte order mark and the zeros that a power cut leaves.
fn without_lead<'a>(line: &'a [u8], at: u64, taken: &mut Taken) -> (&'a [u8], u64) {
    let whole = line.len();
    let mut rest = line.trim_ascii_start();
    rest = rest.strip_prefix(b"\xef\xbb\xbf").unwrap_or(rest).trim_ascii_start();
    let zeros = rest.iter().take_while(|b| **b == 0).count();
    if zeros > 0 {
        taken.refuse(at + (whole - rest.len()) as u64, Reason::Zeros);
        rest = rest[zeros..].trim_ascii_start();
    }
    (rest.trim_ascii_end(), at + (whole - rest.len()) as u64)
}

/// Ends of the whole objects that a line begins with, and where what is left of it begins.
fn objects(line: &[u8]) -> (Vec<usize>, usize) {
    let text = std::str::from_utf8(line);
    let (mut ends, mut from) = (Vec::new(), 0);
    while line.get(from) == Some(&b'{') {
        // Text in another encoding is only looked at for its borders; skipping a value does not decode it.
        let used = match text {
            Ok(text) => first_value(serde_json::Deserializer::from_str(&text[from..]).into_iter()),
            Err(_) => first_value(serde_json::Deserializer::from_slice(&line[from..]).into_iter()),
        };
        let Some(used) = used else { break };
        ends.push(from + used);
        from += used;
        from += line[from..].len() - line[from..].trim_ascii_start().len();
    }
    (ends, from)
}

/// Length of the first value of a stream.
fn first_value<'de, R: serde_json::de::Read<'de>>(
    mut values: serde_json::StreamDeserializer<'de, R, serde::de::IgnoredAny>,
) -> Option<usize> {
    values.next()?.ok()?;
    Some(values.byte_offset())
}

#[cfg(test)]
mod tests;
