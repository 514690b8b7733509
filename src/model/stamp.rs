//! A moment with the offset it was written in.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment: microseconds since 1970-01-01T00:00:00Z, and the offset from UTC in minutes it is shown with.
///
/// Compares by the moment alone. On the wire it is RFC 3339 with offset.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stamp {
    /// Microseconds since the Unix epoch.
    pub micros: i64,
    /// Minutes east of UTC.
    pub offset: i16,
}

impl Stamp {
    /// A moment shown in UTC plus `offset` minutes.
    pub const fn new(micros: i64, offset: i16) -> Self {
        Self { micros, offset }
    }

    /// Reads RFC 3339 with offset, keeping the offset it was written in.
    pub fn parse(text: &str) -> Option<Self> {
        let at: jiff::Timestamp = text.parse().ok()?;
        Some(Self { micros: at.as_microsecond(), offset: written_offset(text)? })
    }

    /// Whole seconds since `earlier`; negative when `earlier` is later.
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        (self.micros - earlier.micros) / 1_000_000
    }

    /// `HH:MM` on the clock of its own offset.
    pub fn hh_mm(self) -> String {
        self.strftime("%H:%M")
    }

    /// `HH:MM:SS` on the clock of its own offset.
    pub fn hh_mm_ss(self) -> String {
        self.strftime("%H:%M:%S")
    }

    /// `MM-DD HH:MM` on the clock of its own offset.
    pub fn day_hh_mm(self) -> String {
        self.strftime("%m-%d %H:%M")
    }

    /// Any strftime form; an impossible moment prints as `-`.
    pub fn strftime(self, form: &str) -> String {
        self.zoned().map_or_else(|| "-".to_owned(), |at| at.strftime(form).to_string())
    }

    /// Days since the epoch on the calendar of its own offset.
    pub const fn day(self) -> i64 {
        (self.micros + self.offset as i64 * 60_000_000).div_euclid(86_400_000_000)
    }

    fn zoned(self) -> Option<jiff::Zoned> {
        let at = jiff::Timestamp::from_microsecond(self.micros).ok()?;
        let offset = jiff::tz::Offset::from_seconds(i32::from(self.offset) * 60).ok()?;
        Some(at.to_zoned(offset.to_time_zone()))
    }
}

/// Minutes of the offset written at the end of an RFC 3339 text.
fn written_offset(text: &str) -> Option<i16> {
    let text = text.trim();
    if text.ends_with(['Z', 'z']) {
        return Some(0);
    }
    let at = text.rfind(['+', '-'])?;
    let digits: String = text.get(at + 1..)?.chars().filter(char::is_ascii_digit).collect();
    let hours: i16 = digits.get(0..2)?.parse().ok()?;
    let minutes: i16 = digits.get(2..4).map_or(Some(0), |m| m.parse().ok())?;
    let total = hours * 60 + minutes;
    Some(if text.as_bytes()[at] == b'-' { -total } else { total })
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let form = match self.micros.rem_euclid(1_000_000) {
            0 => "%Y-%m-%dT%H:%M:%S%:z",
            n if n % 1000 == 0 => "%Y-%m-%dT%H:%M:%S.%3f%:z",
            _ => "%Y-%m-%dT%H:%M:%S.%6f%:z",
        };
        f.write_str(&self.strftime(form))
    }
}

impl PartialEq for Stamp {
    fn eq(&self, other: &Self) -> bool {
        self.micros == other.micros
    }
}
impl Eq for Stamp {}
impl PartialOrd for Stamp {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Stamp {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.micros.cmp(&other.micros)
    }
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("not an RFC 3339 time: {text}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_keeps_the_offset_it_was_written_in() {
        for text in ["2026-11-21T09:30:05.123+08:00", "1970-01-01T00:00:00+00:00", "2026-11-21T09:30:05.000123-03:30"] {
            assert_eq!(Stamp::parse(text).expect(text).to_string(), text);
        }
        assert_eq!(Stamp::parse("2026-11-21T01:30:05Z"), Stamp::parse("2026-11-21T09:30:05+08:00"));
    }
}
