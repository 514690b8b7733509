//! When a terminal may restart itself because nothing else has brought its network back: never while the shop is open,
//! and once a day at most.

use crate::model::Stamp;

/// Minutes of the day, from and to; across midnight where the first is the later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    from: u16,
    to: u16,
}

impl Hours {
    /// Reads `08:00-22:00`.
    pub fn parse(text: &str) -> Option<Self> {
        let minute = |text: &str| -> Option<u16> {
            let (hour, minute) = text.trim().split_once(':')?;
            let two = |part: &str| part.parse::<u16>().ok().filter(|_| part.len() == 2);
            let (hour, minute) = (two(hour)?, two(minute)?);
            (hour < 24 && minute < 60).then_some(hour * 60 + minute)
        };
        let (from, to) = text.split_once('-')?;
        Some(Self { from: minute(from)?, to: minute(to)? })
    }

    /// Whether the shop is open; the same minute twice is the whole day.
    pub fn open(self, at: Stamp) -> bool {
        let local = at.micros.div_euclid(60_000_000) + i64::from(at.offset);
        let minute = u16::try_from(local.rem_euclid(24 * 60)).unwrap_or(0);
        if self.from < self.to {
            (self.from..self.to).contains(&minute)
        } else {
            minute >= self.from || minute < self.to
        }
    }
}

/// Whether the terminal may restart itself now: `never`; `closed`, only where the opening hours are known and it is not
/// open; `always`. `last` is the day it did so last.
pub fn reboot_due(policy: &str, hours: &str, now: Stamp, last: &str) -> bool {
    let allowed = match policy {
        "always" => true,
        "closed" => Hours::parse(hours).is_some_and(|hours| !hours.open(now)),
        _ => false,
    };
    allowed && day(now) != last
}

/// The day of the budget.
pub fn day(now: Stamp) -> String {
    now.strftime("%Y-%m-%d")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(text: &str) -> Stamp {
        Stamp::parse(text).unwrap()
    }

    #[test]
    fn opening_hours_are_local_and_may_cross_midnight() {
        let shop = Hours::parse("08:00-22:00").unwrap();
        assert!(shop.open(at("2026-11-21T08:00:00+08:00")) && shop.open(at("2026-11-21T21:59:59+08:00")));
        assert!(!shop.open(at("2026-11-21T22:00:00+08:00")) && !shop.open(at("2026-11-21T03:00:00+08:00")));
        let bar = Hours::parse("18:00-02:00").unwrap();
        assert!(bar.open(at("2026-11-21T01:00:00+08:00")) && !bar.open(at("2026-11-21T12:00:00+08:00")));
        for bad in ["", "8-22", "08:00", "25:00-26:00", "08:00-22:60", "8:00-22:00", "-"] {
            assert_eq!(Hours::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn it_restarts_itself_once_a_day_and_never_while_the_shop_is_open() {
        let (night, noon) = (at("2026-11-21T03:00:00+08:00"), at("2026-11-21T12:00:00+08:00"));
        assert!(reboot_due("closed", "08:00-22:00", night, ""));
        assert!(!reboot_due("closed", "08:00-22:00", night, "2026-11-21"));
        assert!(!reboot_due("closed", "08:00-22:00", noon, ""));
        assert!(!reboot_due("closed", "", night, ""), "nobody said when the shop is open");
        assert!(reboot_due("always", "", noon, "2026-11-20") && !reboot_due("never", "08:00-22:00", night, ""));
    }
}
