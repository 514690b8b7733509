//! A binary file of frames: two bytes of length, then the message. What a crash has torn is stepped over to the next
//! frame that reads without a fault.

use std::ops::Range;

use super::Reader;
use crate::iso8583::{Decoded, decode};
use crate::sources::fields::{Reason, Value};
use crate::sources::lines::Shape;
use crate::sources::{LineParser, Taken};

/// Longest frame that is believed, length included.
const LONGEST: usize = 4096;
/// Shortest one: type, bitmap and one field.
const SHORTEST: usize = 14;

pub(super) struct Frames {
    pub reader: Reader,
}

/// A stretch of the file.
enum Stretch {
    /// One message.
    Frame(Range<usize>),
    /// The rest of a torn one, or anything else.
    Garbage(Range<usize>),
}

impl LineParser for Frames {
    /// Frames are no lines.
    fn line(&self, _: &[u8], _: u64, _: &mut Taken) {}

    fn shape(&self) -> Shape {
        Shape::Frames
    }

    fn border(&self, bytes: &[u8]) -> usize {
        self.walk(bytes, false).1
    }

    fn records(&self, bytes: &[u8], at: u64, taken: &mut Taken) {
        let stretches = self.walk(bytes, true).0;
        let mut messages: Vec<(u64, Decoded)> = Vec::new();
        for stretch in stretches {
            match stretch {
                Stretch::Frame(place) => {
                    messages.push((at + place.start as u64, self.reader.decode(self.message(&bytes[place]))));
                }
                Stretch::Garbage(place) => taken.refuse(at + place.start as u64, Reason::Torn),
            }
        }
        // A request seldom tells its time; its answer, which follows it, does. The last one was just written.
        let mut next = Clock::Written(taken.written);
        let mut times: Vec<Clock> = Vec::with_capacity(messages.len());
        for (_, decoded) in messages.iter().rev() {
            next = Clock::told(decoded, taken.written).unwrap_or(next);
            times.push(next);
        }
        for ((place, decoded), time) in messages.iter().zip(times.into_iter().rev()) {
            self.reader.take(decoded, time.value(), *place, taken);
        }
    }
}

impl Frames {
    /// The part of a frame that the packing describes.
    fn message<'a>(&self, frame: &'a [u8]) -> &'a [u8] {
        let own_length = match &self.reader.packing {
            Some(packing) => packing.header.has_length(),
            None => matches!(frame, [_, _, 0x60 | 0x68, ..]),
        };
        if own_length { frame } else { frame.get(2..).unwrap_or_default() }
    }

    /// The frames, and where the last one ends that is whole for sure. `closed`: nothing follows any more.
    fn walk(&self, bytes: &[u8], closed: bool) -> (Vec<Stretch>, usize) {
        let (mut found, mut at) = (Vec::new(), 0);
        while let Some(length) = length(&bytes[at..]) {
            // A frame of nothing keeps the line alive.
            if length == 2 {
                at += 2;
                continue;
            }
            let end = at + length;
            let whole = end <= bytes.len();
            if whole && self.reads(&bytes[at..end]) {
                found.push(Stretch::Frame(at..end));
                at = end;
                continue;
            }
            let until = if whole { end } else { bytes.len() };
            if let Some(next) = (at + 1..until).find(|next| self.begins(&bytes[*next..])) {
                found.push(Stretch::Garbage(at..next));
                at = next;
            } else if whole && (closed || bytes.len() - end >= LONGEST || self.begins(&bytes[end..])) {
                // Nothing better in it: a message with a fault.
                found.push(Stretch::Frame(at..end));
                at = end;
            } else if closed {
                found.push(Stretch::Garbage(at..bytes.len()));
                at = bytes.len();
            } else if bytes.len() - at > 2 * LONGEST {
                found.push(Stretch::Garbage(at..bytes.len() - LONGEST));
                at = bytes.len() - LONGEST;
            } else {
                break;
            }
        }
        if closed && at < bytes.len() {
            found.push(Stretch::Garbage(at..bytes.len()));
            at = bytes.len();
        }
        (found, at)
    }

    /// Whether a whole frame without a fault begins here.
    fn begins(&self, bytes: &[u8]) -> bool {
        length(bytes).and_then(|length| bytes.get(..length)).is_some_and(|frame| self.reads(frame))
    }

    fn reads(&self, frame: &[u8]) -> bool {
        if !(SHORTEST..=LONGEST).contains(&frame.len()) {
            return false;
        }
        let message = self.message(frame);
        let packing = self.reader.packing.clone().or_else(|| crate::iso8583::sniff(message));
        packing.is_some_and(|packing| decode(message, &packing).error.is_none())
    }
}

/// Bytes of the frame that begins here, its length included.
fn length(bytes: &[u8]) -> Option<usize> {
    let (length, _) = bytes.split_first_chunk::<2>()?;
    Some(usize::from(u16::from_be_bytes(*length)) + 2)
}

/// When a message was written.
#[derive(Clone, Copy)]
enum Clock {
    /// On the host's clock.
    Told(jiff::civil::DateTime),
    /// As the file says, microseconds since 1970.
    Written(i64),
}

impl Clock {
    /// The message's own date and clock (fields 13 and 12), in the year that is nearest before `written`.
    fn told(decoded: &Decoded, written: i64) -> Option<Self> {
        let part = |field: u8, from: usize| decoded.field(field)?.get(from..from + 2)?.parse::<i8>().ok();
        let at = jiff::Timestamp::from_microsecond(written).ok()?;
        // A day of room for clocks and zones that differ.
        let latest = jiff::tz::Offset::UTC.to_datetime(at.checked_add(jiff::SignedDuration::from_hours(36)).ok()?);
        let (month, day) = (part(13, 0)?, part(13, 2)?);
        let (hour, minute, second) = (part(12, 0)?, part(12, 2)?, part(12, 4)?);
        let of_year = |year: i16| jiff::civil::DateTime::new(year, month, day, hour, minute, second, 0).ok();
        (0..5).filter_map(|back| of_year(latest.year() - back)).find(|told| *told <= latest).map(Self::Told)
    }

    /// As a journal would write it.
    fn value(self) -> Value<'static> {
        match self {
            Self::Told(at) => Value::Text(at.strftime("%Y-%m-%d %H:%M:%S").to_string().into()),
            Self::Written(micros) => Value::Whole(micros.unsigned_abs()),
        }
    }
}
