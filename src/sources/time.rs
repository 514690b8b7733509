//! Times as journals write them. A written offset is kept; a time without one is on the clock of the source's zone.

use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::config::SourceConfig;
use crate::model::Stamp;
use crate::platform;

/// One second and one day in microseconds.
const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
/// End of the year 9999: later moments cannot be printed.
const LAST: i64 = 253_402_300_800 * SECOND;
/// Moments that a number of as many digits as a card's may tell: the years 2000 to 2039. No issuer's prefix begins so.
const LIKELY: std::ops::Range<i64> = 946_684_800 * SECOND..2_190_000_000 * SECOND;

/// Places where terminals stand, for systems without a zone database; none of them changes its clock in summer.
const WITHOUT_DATABASE: &[(&str, i16)] = &[
    ("UTC", 0),
    ("Asia/Shanghai", 480),
    ("Asia/Chongqing", 480),
    ("Asia/Hong_Kong", 480),
    ("Asia/Macau", 480),
    ("Asia/Taipei", 480),
    ("Asia/Singapore", 480),
    ("Asia/Urumqi", 360),
    ("PRC", 480),
];

/// Forms that are tried where nothing else fits: syslog's without a year, those of C, mail and web servers, Chinese.
const FORMS: &[&str] = &[
    "%b %d %H:%M:%S",
    "%a %b %d %H:%M:%S %Y",
    "%a, %d %b %Y %H:%M:%S %z",
    "%d/%b/%Y:%H:%M:%S %z",
    "%d %b %Y %H:%M:%S",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H时%M分%S秒",
];

/// Reads the times of one source.
pub struct Times {
    zone: TimeZone,
    /// strptime form, or empty.
    format: String,
}

impl Times {
    /// For this source; `system` is the zone of times that name none when the source names none either.
    pub fn new(config: &SourceConfig, system: TimeZone) -> Self {
        Self { zone: zone(&config.timezone).unwrap_or(system), format: config.time_format.clone() }
    }

    /// A written time: by the source's own form if it has one, else RFC 3339, `YYYY-MM-DD HH:MM:SS`, compact digits
    /// or a number of seconds.
    pub fn text(&self, text: &str) -> Option<Stamp> {
        if self.format.is_empty()
            && let Some((local, Offset::Minutes(offset))) = dashed(text.as_bytes())
        {
            return Some(Stamp::new(local - i64::from(offset) * 60 * SECOND, offset));
        }
        let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '[' | ']'));
        if self.format.is_empty() {
            return self.known(text);
        }
        // A newer version of the application may have gone over to the standard form.
        self.formatted(text).or_else(|| self.known(text).filter(|_| text.as_bytes().get(4) == Some(&b'-')))
    }

    /// A number: compact digits if they are a possible date, else seconds, ms, us or ns since 1970 by their size.
    pub fn number(&self, value: u64) -> Option<Stamp> {
        self.text(&value.to_string()).or_else(|| self.epoch(value))
    }

    /// Seconds since 1970 with a fraction.
    pub fn seconds(&self, value: f64) -> Option<Stamp> {
        let micros = (value * SECOND as f64).round();
        (0.0..LAST as f64).contains(&micros).then(|| self.shown(micros as i64))
    }

    fn known(&self, text: &str) -> Option<Stamp> {
        let bytes = text.as_bytes();
        if bytes.iter().all(u8::is_ascii_digit) {
            return self.digits(bytes);
        }
        match dashed(bytes).or_else(|| compact_t(bytes)) {
            Some((local, Offset::Minutes(offset))) => Some(Stamp::new(local - i64::from(offset) * 60 * SECOND, offset)),
            Some((local, Offset::Unwritten)) => self.local(local),
            None if bytes.iter().all(|b| b.is_ascii_digit() || *b == b'.') => self.seconds(text.parse().ok()?),
            None => Stamp::parse(text).or_else(|| FORMS.iter().find_map(|form| self.by(form, text))),
        }
    }

    /// `YYYYMMDDhhmmss[mmm]`, `yyMMddhhmmss`, or a number since 1970.
    fn digits(&self, text: &[u8]) -> Option<Stamp> {
        let dated = match text.len() {
            12 => {
                let year = number(text, 0, 2)?;
                date(if year < 70 { 2000 + year } else { 1900 + year }, number(text, 2, 2)?, number(text, 4, 2)?)
                    .and_then(|day| Some(day + clock(text, 6, 8, 10)?))
            }
            14 | 17 => compact_date(text).and_then(|day| {
                let millis = if text.len() == 17 { number(text, 14, 3)? } else { 0 };
                Some(day + clock(text, 8, 10, 12)? + millis * 1000)
            }),
            _ => None,
        };
        match dated {
            Some(local) => self.local(local),
            None => self.epoch(std::str::from_utf8(text).ok()?.parse().ok()?),
        }
    }

    fn epoch(&self, value: u64) -> Option<Stamp> {
        let micros = match value {
            0..100_000_000_000 => value * 1_000_000,
            100_000_000_000..100_000_000_000_000 => value * 1_000,
            100_000_000_000_000..100_000_000_000_000_000 => value,
            _ => value / 1_000,
        };
        let micros = i64::try_from(micros).ok().filter(|micros| *micros < LAST)?;
        // A card number in the wrong field must not be kept as a moment of another century.
        (value < 100_000_000_000 || LIKELY.contains(&micros)).then(|| self.shown(micros))
    }

    /// By the source's strptime form.
    fn formatted(&self, text: &str) -> Option<Stamp> {
        self.by(&self.format, text)
    }

    fn by(&self, form: &str, text: &str) -> Option<Stamp> {
        let mut parts = jiff::fmt::strtime::parse(form, text).ok()?;
        if parts.year().is_none() && parts.month().is_some() && parts.timestamp().is_none() {
            return self.of_last_year(&mut parts);
        }
        if let Some(offset) = parts.offset() {
            return Some(Stamp::new(parts.to_timestamp().ok()?.as_microsecond(), (offset.seconds() / 60) as i16));
        }
        match parts.to_datetime() {
            Ok(at) => {
                let utc = at.to_zoned(TimeZone::UTC).ok()?;
                self.local(utc.timestamp().as_microsecond())
            }
            Err(_) => parts.to_timestamp().ok().map(|at| self.shown(at.as_microsecond())),
        }
    }

    /// A time that names no year (RFC 3164) was written within the last one: the newest year that does not put it into
    /// the future. Over New Year the machine's clock tells December from January.
    fn of_last_year(&self, parts: &mut jiff::fmt::strtime::BrokenDownTime) -> Option<Stamp> {
        let now = platform::now();
        let this = jiff::Timestamp::from_microsecond(now.micros).ok()?.to_zoned(TimeZone::UTC).year();
        (this - 4..=this + 1).rev().find_map(|year| {
            parts.set_year(Some(year)).ok()?;
            // The 29th of February is not in every year.
            let utc = parts.to_datetime().ok()?.to_zoned(TimeZone::UTC).ok()?;
            self.local(utc.timestamp().as_microsecond()).filter(|at| at.micros <= now.micros + DAY)
        })
    }

    /// A time on the clock of the zone; the hour that is skipped or told twice counts as before the change.
    fn local(&self, local: i64) -> Option<Stamp> {
        let at = jiff::Timestamp::from_microsecond(local).ok()?;
        let civil = jiff::tz::Offset::UTC.to_datetime(at);
        let offset = match self.zone.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset,
            AmbiguousOffset::Gap { before, .. } | AmbiguousOffset::Fold { before, .. } => before,
        };
        let seconds = i64::from(offset.seconds());
        Some(Stamp::new(local - seconds * SECOND, (seconds / 60) as i16))
    }

    /// A moment, shown in the zone.
    fn shown(&self, micros: i64) -> Stamp {
        let offset = jiff::Timestamp::from_microsecond(micros).map_or(0, |at| self.zone.to_offset(at).seconds() / 60);
        Stamp::new(micros, offset as i16)
    }
}

/// A zone by its IANA name or as `+08:00`; none when it is empty or unknown.
pub fn zone(name: &str) -> Option<TimeZone> {
    if name.is_empty() {
        return None;
    }
    if let Some(zone) = platform::zone(name) {
        return Some(zone);
    }
    let fixed = WITHOUT_DATABASE.iter().find(|(known, _)| *known == name).map(|(_, minutes)| *minutes);
    match fixed.or_else(|| offset(name.as_bytes())) {
        Some(minutes) => jiff::tz::Offset::from_seconds(i32::from(minutes) * 60).ok().map(TimeZone::fixed),
        // Names in other cases, and databases in other forms.
        None => TimeZone::get(name).ok(),
    }
}

/// Whether a strptime form holds only conversions that exist.
pub fn format_fault(form: &str) -> Option<String> {
    let at = jiff::Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
    jiff::fmt::strtime::format(form, &at).err().map(|fault| fault.to_string())
}

/// The offset behind a time.
enum Offset {
    Unwritten,
    /// East of UTC.
    Minutes(i16),
}

/// `YYYY-MM-DD HH:MM[:SS[.frac]][offset]`, also with `/` or `.` in the date and `T`: local microseconds and offset.
fn dashed(text: &[u8]) -> Option<(i64, Offset)> {
    let head: &[u8; 16] = text.first_chunk()?;
    let two = |at: usize| pair(head[at], head[at + 1]);
    let dash = head[4];
    if !matches!(dash, b'-' | b'/' | b'.') || head[7] != dash {
        return None;
    }
    if !matches!(head[10], b'T' | b't' | b' ' | b'_') || head[13] != b':' {
        return None;
    }
    let day = date(two(0)? * 100 + two(2)?, two(5)?, two(8)?)?;
    let (hour, minute) = (two(11)?, two(14)?);
    let Some(&[b':', tens, ones]) = text[16..].first_chunk() else {
        let offset = rest(text.get(16..).filter(|text| text.first() != Some(&b':'))?)?;
        return Some((day + (hour * 60 + minute) * 60 * SECOND, offset));
    };
    let clock = of_day(hour, minute, pair(tens, ones)?)?;
    let (fraction, used) = fraction(&text[19..])?;
    Some((day + clock + fraction, rest(text.get(19 + used..)?)?))
}

/// `YYYYMMDDThhmmss[.frac][offset]`, also with a space.
fn compact_t(text: &[u8]) -> Option<(i64, Offset)> {
    if !matches!(text.get(8)?, b'T' | b't' | b' ') {
        return None;
    }
    let (fraction, used) = fraction(text.get(15..)?)?;
    Some((compact_date(text)? + clock(text, 9, 11, 13)? + fraction, rest(text.get(15 + used..)?)?))
}

fn compact_date(text: &[u8]) -> Option<i64> {
    date(number(text, 0, 4)?, two(text, 4)?, two(text, 6)?)
}

/// Microseconds of a fraction such as `.123` or `,123`, and how many bytes it takes.
fn fraction(text: &[u8]) -> Option<(i64, usize)> {
    if !matches!(text.first(), Some(b'.' | b',')) {
        return Some((0, 0));
    }
    let (mut micros, mut unit, mut digits) = (0, SECOND, 0);
    for byte in text[1..].iter().take_while(|byte| byte.is_ascii_digit()) {
        // Nothing beyond the sixth digit counts.
        unit /= 10;
        micros += i64::from(byte - b'0') * unit;
        digits += 1;
    }
    (digits > 0).then_some((micros, digits + 1))
}

/// What may follow a time; none means that it is no time.
fn rest(text: &[u8]) -> Option<Offset> {
    if let Some(minutes) = offset(text) {
        return Some(Offset::Minutes(minutes));
    }
    let text = text.trim_ascii_start();
    let text = text.split(|b| *b == b'[').next().unwrap_or_default();
    if text.is_empty() { Some(Offset::Unwritten) } else { offset(text).map(Offset::Minutes) }
}

/// Minutes of `Z`, `UTC`, `+08:00`, `+0800`, `+08`.
fn offset(text: &[u8]) -> Option<i16> {
    if matches!(text, b"Z" | b"z" | b"UTC" | b"GMT") {
        return Some(0);
    }
    let sign = match text.first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let hours = two(text, 1)?;
    let minutes = match text.len() {
        3 => 0,
        5 => two(text, 3)?,
        6 if text[3] == b':' => two(text, 4)?,
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some((sign * (hours * 60 + minutes)) as i16)
}

/// Two digits at `from`.
fn two(text: &[u8], from: usize) -> Option<i64> {
    let &[tens, ones] = text.get(from..)?.first_chunk()?;
    pair(tens, ones)
}

const fn pair(tens: u8, ones: u8) -> Option<i64> {
    if tens.is_ascii_digit() && ones.is_ascii_digit() {
        Some((tens - b'0') as i64 * 10 + (ones - b'0') as i64)
    } else {
        None
    }
}

/// `length` digits at `from`.
fn number(text: &[u8], from: usize, length: usize) -> Option<i64> {
    let mut value = 0;
    for byte in text.get(from..from + length)? {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value * 10 + i64::from(byte - b'0');
    }
    Some(value)
}

/// Microseconds since midnight, of two digits each at these places.
fn clock(text: &[u8], hour: usize, minute: usize, second: usize) -> Option<i64> {
    of_day(two(text, hour)?, two(text, minute)?, two(text, second)?)
}

/// Microseconds since midnight; a leap second is told as the last one of its minute.
fn of_day(hour: i64, minute: i64, second: i64) -> Option<i64> {
    (hour < 24 && minute < 60 && second <= 60).then_some(((hour * 60 + minute) * 60 + second.min(59)) * SECOND)
}

/// Midnight of a day of the Gregorian calendar, microseconds since 1970 (H. Hinnant's days_from_civil).
fn date(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some((era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468) * DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(timezone: &str, format: &str) -> Times {
        let config =
            SourceConfig { timezone: timezone.to_owned(), time_format: format.to_owned(), ..SourceConfig::default() };
        Times::new(&config, TimeZone::UTC)
    }

    /// Syslog's lines (RFC 3164) name no year, nor do some applications' own forms.
    #[test]
    fn a_time_without_a_year_is_of_the_last_one() {
        let now = platform::now().micros;
        for (format, form) in [("", "%b %e %H:%M:%S"), ("%m-%d %H:%M:%S", "%m-%d %H:%M:%S")] {
            for days in [0, 1, 40, 200, 360] {
                let at = jiff::Timestamp::from_microsecond(now - days * DAY).expect("a moment");
                let text = at.to_zoned(TimeZone::UTC).strftime(form).to_string();
                let told = times("UTC", format).text(&text).expect(&text);
                assert_eq!(told.micros, (now - days * DAY).div_euclid(SECOND) * SECOND, "{text}");
            }
        }
        assert!(times("UTC", "").text("Feb 30 09:30:05").is_none());
        // The last leap year's.
        assert!(times("UTC", "").text("Feb 29 09:30:05").is_some());
    }

    #[test]
    fn reads_the_forms_that_journals_write() {
        let shanghai = times("Asia/Shanghai", "");
        for (text, told) in [
            ("2026-11-21T09:30:05.123+08:00", "2026-11-21T09:30:05.123+08:00"),
            ("2026-11-21T01:30:05Z", "2026-11-21T01:30:05+00:00"),
            ("2026-11-21T01:30:05-0330", "2026-11-21T01:30:05-03:30"),
            ("2026-11-21 09:30:05", "2026-11-21T09:30:05+08:00"),
            ("2026-11-21T09:30:05.5", "2026-11-21T09:30:05.500+08:00"),
            ("2026-11-21 09:30:05,123", "2026-11-21T09:30:05.123+08:00"),
            ("2026/11/21 09:30:05", "2026-11-21T09:30:05+08:00"),
            ("[2026-11-21 09:30]", "2026-11-21T09:30:00+08:00"),
            ("2026-11-21T09:30:05.123456789+08:00", "2026-11-21T09:30:05.123456+08:00"),
            ("2026-11-21T09:30:05+08:00[Asia/Shanghai]", "2026-11-21T09:30:05+08:00"),
            ("20261121093005", "2026-11-21T09:30:05+08:00"),
            ("20261121093005123", "2026-11-21T09:30:05.123+08:00"),
            ("20261121T093005Z", "2026-11-21T09:30:05+00:00"),
            ("261121093005", "2026-11-21T09:30:05+08:00"),
            ("991231235960", "1999-12-31T23:59:59+08:00"),
            ("1795224605", "2026-11-21T09:30:05+08:00"),
            ("1795224605123", "2026-11-21T09:30:05.123+08:00"),
            ("1795224605123456", "2026-11-21T09:30:05.123456+08:00"),
            ("1795224605123456789", "2026-11-21T09:30:05.123456+08:00"),
            ("1795224605.5", "2026-11-21T09:30:05.500+08:00"),
            ("0", "1970-01-01T08:00:00+08:00"),
            ("2024-02-29 00:00:00", "2024-02-29T00:00:00+08:00"),
            ("Sat Nov 21 09:30:05 2026", "2026-11-21T09:30:05+08:00"),
            ("Sat, 21 Nov 2026 01:30:05 +0000", "2026-11-21T01:30:05+00:00"),
            ("21/Nov/2026:09:30:05 +0800", "2026-11-21T09:30:05+08:00"),
            ("2026年11月21日 09:30:05", "2026-11-21T09:30:05+08:00"),
            ("2026年11月21日 09时30分05秒", "2026-11-21T09:30:05+08:00"),
        ] {
            assert_eq!(shanghai.text(text).expect(text).to_string(), told, "{text}");
        }
        for text in ["", "yesterday", "2026-02-29 00:00:00", "2026-13-01 00:00:00", "2026-11-21", "2026-11-21 25:00:00"]
        {
            assert_eq!(shanghai.text(text), None, "{text}");
        }
        assert_eq!(shanghai.number(20_261_121_093_005), shanghai.text("2026-11-21 09:30:05"));
        assert_eq!(shanghai.number(1_795_224_605), shanghai.text("2026-11-21 09:30:05"));
        // Card numbers, no moments.
        for card in [4_626_422_512_489_677, 377_670_254_399_996, 6_222_021_234_567_890_123] {
            assert_eq!(shanghai.number(card), None);
        }
        assert_eq!(shanghai.seconds(1_795_224_605.25).expect("a time").micros, 1_795_224_605_250_000);
        assert_eq!(shanghai.seconds(f64::NAN), None);
    }

    #[test]
    fn a_form_of_the_site_is_read_in_its_zone() {
        let site = times("Asia/Shanghai", "%d.%m.%Y %H:%M:%S");
        assert_eq!(site.text("21.11.2026 09:30:05").expect("a time").to_string(), "2026-11-21T09:30:05+08:00");
        assert_eq!(site.text("2026-11-21T09:30:05Z").expect("a time").to_string(), "2026-11-21T09:30:05+00:00");
        assert_eq!(site.text("20261121093005"), None);
        let with_offset = times("", "%d/%b/%Y:%H:%M:%S %z");
        let at = with_offset.text("21/Nov/2026:09:30:05 +0800").expect("a time");
        assert_eq!(at.to_string(), "2026-11-21T09:30:05+08:00");
        assert!(format_fault("%d.%m.%Y %H:%M:%S").is_none());
        assert!(format_fault("%Y-%!").is_some());
    }

    #[test]
    fn a_zone_with_summer_time_is_followed() {
        let berlin = times("Europe/Berlin", "");
        for (text, told) in [
            ("2026-01-01 12:00:00", "2026-01-01T12:00:00+01:00"),
            ("2026-07-01 12:00:00", "2026-07-01T12:00:00+02:00"),
            ("2026-10-25 02:30:00", "2026-10-25T02:30:00+02:00"),
        ] {
            assert_eq!(berlin.text(text).expect(text).to_string(), told);
        }
        assert!(zone("+08:00").is_some());
        assert!(zone("Asia/Nowhere").is_none());
    }

    proptest::proptest! {
        /// The hand-written reader and the library agree on every RFC 3339 time.
        #[test]
        fn agrees_with_the_library(
            y in 1970_i32..2100, mo in 1_u32..13, d in 1_u32..32, h in 0_u32..24, mi in 0_u32..60, s in 0_u32..60,
            micros in 0_u32..1_000_000, zone in -1080_i32..1080,
        ) {
            let sign = if zone < 0 { '-' } else { '+' };
            let (zh, zm) = (zone.abs() / 60, zone.abs() % 60);
            let text = format!("{y:04}-{mo:02}-{d:02}T{h:02}:{mi:02}:{s:02}.{micros:06}{sign}{zh:02}:{zm:02}");
            let (ours, theirs) = (times("", "").text(&text), Stamp::parse(&text));
            proptest::prop_assert_eq!(ours, theirs);
            proptest::prop_assert_eq!(ours.map(|at| at.offset), theirs.map(|at| at.offset));
        }

        #[test]
        fn no_text_makes_it_stumble(text in "\\PC{0,40}|[0-9T:. +Z-]{0,40}") {
            if let Some(at) = times("Asia/Shanghai", "").text(&text) {
                proptest::prop_assert_ne!(at.to_string(), "-");
            }
        }
    }
}
