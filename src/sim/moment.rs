//! Milliseconds since 1970 and how a journal writes them. Own arithmetic: a million stamps a second, also unoptimised.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds of a day.
pub const DAY_MS: i64 = 86_400_000;

/// Now, in milliseconds since 1970-01-01T00:00:00Z.
pub fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as i64)
}

/// Minutes east of UTC on this machine now.
pub fn local_offset() -> i16 {
    let seconds = jiff::Zoned::now().offset().seconds();
    (seconds / 60) as i16
}

/// The fields of a civil moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    pub year: i64,
    pub month: i64,
    pub day: i64,
    /// 1 = first of January.
    pub day_of_year: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
    pub milli: i64,
}

/// `at_ms` on a clock `offset` minutes east of UTC (Gregorian, after Hinnant's `civil_from_days`).
pub const fn civil(at_ms: i64, offset: i16) -> Civil {
    let local = at_ms + offset as i64 * 60_000;
    let days = local.div_euclid(DAY_MS);
    let in_day = local.rem_euclid(DAY_MS);
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let from_march = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * from_march + 2) / 153;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + (month <= 2) as i64;
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let day_of_year = if month > 2 { from_march + 60 + leap as i64 } else { from_march - 305 };
    Civil {
        year,
        month,
        day: from_march - (153 * shifted_month + 2) / 5 + 1,
        day_of_year,
        hour: in_day / 3_600_000,
        minute: in_day / 60_000 % 60,
        second: in_day / 1000 % 60,
        milli: in_day % 1000,
    }
}

/// Appends `value` with leading zeros up to `width`.
pub fn push_digits(out: &mut Vec<u8>, value: i64, width: usize) {
    let start = out.len();
    out.resize(start + width, b'0');
    let mut rest = value;
    for place in out[start..].iter_mut().rev() {
        *place = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
}

/// Appends RFC 3339 with milliseconds and offset.
pub fn push_stamp(out: &mut Vec<u8>, at_ms: i64, offset: i16) {
    let c = civil(at_ms, offset);
    for (value, width, after) in [
        (c.year, 4, b'-'),
        (c.month, 2, b'-'),
        (c.day, 2, b'T'),
        (c.hour, 2, b':'),
        (c.minute, 2, b':'),
        (c.second, 2, b'.'),
    ] {
        push_digits(out, value, width);
        out.push(after);
    }
    push_digits(out, c.milli, 3);
    out.push(if offset < 0 { b'-' } else { b'+' });
    let minutes = i64::from(offset.unsigned_abs());
    push_digits(out, minutes / 60, 2);
    out.push(b':');
    push_digits(out, minutes % 60, 2);
}

/// Milliseconds of midnight (on the clock `offset`) before `at_ms`.
pub const fn midnight(at_ms: i64, offset: i16) -> i64 {
    let shift = offset as i64 * 60_000;
    (at_ms + shift).div_euclid(DAY_MS) * DAY_MS - shift
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_stamp_is_what_the_library_says(at in 0i64..4_000_000_000_000, offset in -720i16..840) {
            let mut out = Vec::new();
            push_stamp(&mut out, at, offset);
            let text = String::from_utf8(out).expect("ascii");
            let zone = jiff::tz::Offset::from_seconds(i32::from(offset) * 60).expect("offset");
            let theirs = jiff::Timestamp::from_millisecond(at).expect("moment").to_zoned(zone.to_time_zone());
            prop_assert_eq!(text, theirs.strftime("%Y-%m-%dT%H:%M:%S.%3f%:z").to_string());
            prop_assert_eq!(civil(at, offset).day_of_year, i64::from(theirs.day_of_year()));
            prop_assert_eq!(civil(midnight(at, offset), offset).hour, 0);
        }
    }
}
