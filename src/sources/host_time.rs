//! The host's clock in an answer (DE12 hhmmss, DE13 MMDD): no year, often no day, so the nearest to the journal's own
//! stamp is meant.

use super::fields::Value;
use super::time::Times;
use crate::model::Stamp;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// A host's time beside a line's: a full time in any form of the source, `MMDDhhmmss` or `hhmmss` in the zone of
/// `beside`.
pub fn host_time(value: &Value<'_>, times: &Times, beside: Stamp) -> Option<Stamp> {
    let told = match value {
        Value::Text(text) => {
            let text = text.trim();
            short(text, beside).or_else(|| times.text(text).filter(|_| text.len() > 10))
        }
        // A number has lost its leading zeros.
        Value::Whole(number @ 0..1_000_000) => short(&format!("{number:06}"), beside),
        Value::Whole(number @ 1_000_000..10_000_000_000) => {
            short(&format!("{number:010}"), beside).or_else(|| times.number(*number))
        }
        Value::Whole(number) => times.number(*number),
        _ => None,
    };
    told.map(|at| Stamp::new(at.micros, beside.offset))
}

/// `hhmmss` or `MMDDhhmmss`, signs between them left out.
fn short(text: &str, beside: Stamp) -> Option<Stamp> {
    let mut digits = [0_u8; 10];
    let mut count = 0;
    for sign in text.bytes() {
        match sign {
            b'0'..=b'9' => {
                *digits.get_mut(count)? = sign - b'0';
                count += 1;
            }
            b':' | b'/' | b'-' | b' ' => {}
            _ => return None,
        }
    }
    let two = |at: usize| i64::from(digits[at]) * 10 + i64::from(digits[at + 1]);
    let clock = count.checked_sub(6).filter(|at| matches!(at, 0 | 4))?;
    let (hour, minute, second) = (two(clock), two(clock + 2), two(clock + 4));
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let of_day = ((hour * 60 + minute) * 60 + second) * SECOND;
    let shift = i64::from(beside.offset) * 60 * SECOND;
    let local = beside.micros + shift;
    let days: Vec<i64> = if clock == 0 {
        let day = local.div_euclid(DAY);
        vec![day - 1, day, day + 1]
    } else {
        let at = jiff::Timestamp::from_microsecond(local).ok()?;
        let year = jiff::tz::Offset::UTC.to_datetime(at).year();
        let month = i8::try_from(two(0)).ok()?;
        let day = i8::try_from(two(2)).ok()?;
        (year - 1..=year + 1).filter_map(|year| days_since_1970(year, month, day)).collect()
    };
    let nearest = days.into_iter().map(|day| day * DAY + of_day).min_by_key(|at| (at - local).abs())?;
    Some(Stamp::new(nearest - shift, beside.offset))
}

fn days_since_1970(year: i16, month: i8, day: i8) -> Option<i64> {
    let date = jiff::civil::Date::new(year, month, day).ok()?;
    Some(i64::from((date - jiff::civil::Date::new(1970, 1, 1).ok()?).get_days()))
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::config::SourceConfig;

    fn read(value: &Value<'_>, beside: &str) -> Option<String> {
        let times = Times::new(&SourceConfig::default(), jiff::tz::TimeZone::fixed(jiff::tz::offset(8)));
        host_time(value, &times, Stamp::parse(beside).expect("stamp")).map(|at| at.to_string())
    }

    #[test]
    fn the_nearest_day_or_year_is_meant() {
        for (told, beside, wanted) in [
            ("093012", "2026-11-21T09:30:05+08:00", "2026-11-21T09:30:12+08:00"),
            ("09:30:12", "2026-11-21T09:30:05+08:00", "2026-11-21T09:30:12+08:00"),
            ("000003", "2026-11-21T23:59:58+08:00", "2026-11-22T00:00:03+08:00"),
            ("235958", "2026-11-22T00:00:03+08:00", "2026-11-21T23:59:58+08:00"),
            ("1121093012", "2026-11-21T09:30:05+08:00", "2026-11-21T09:30:12+08:00"),
            ("1231235959", "2027-01-01T00:00:02+08:00", "2026-12-31T23:59:59+08:00"),
            ("0101000001", "2026-12-31T23:59:58+08:00", "2027-01-01T00:00:01+08:00"),
            ("0229120000", "2028-02-29T12:00:00+08:00", "2028-02-29T12:00:00+08:00"),
            ("2026-11-21T01:30:12Z", "2026-11-21T09:30:05+08:00", "2026-11-21T09:30:12+08:00"),
            ("20261121093012", "2026-11-21T09:30:05+08:00", "2026-11-21T09:30:12+08:00"),
        ] {
            assert_eq!(read(&Value::Text(Cow::Borrowed(told)), beside).as_deref(), Some(wanted), "{told}");
        }
        let beside = "2026-01-21T09:30:05+08:00";
        assert_eq!(read(&Value::Whole(93_012), beside).as_deref(), Some("2026-01-21T09:30:12+08:00"));
        assert_eq!(read(&Value::Whole(121_093_012), beside).as_deref(), Some("2026-01-21T09:30:12+08:00"));
        for bad in ["", "soon", "240000", "1399093012", "12", "093060000"] {
            assert_eq!(read(&Value::Text(Cow::Borrowed(bad)), beside), None, "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn garbage_is_survived(text in "[0-9:/ -]{0,16}|\\PC{0,20}", micros in proptest::num::i64::ANY) {
            let times = Times::new(&SourceConfig::default(), jiff::tz::TimeZone::UTC);
            let beside = Stamp::new(micros / 4, 480);
            let _ = host_time(&Value::Text(Cow::Owned(text)), &times, beside);
        }
    }
}
