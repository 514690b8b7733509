//! Transactions in numbers, by hour of the clock they were stamped with.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Sale, Stamp};

/// Hours of a week: the same hour last week is this many before.
pub const WEEK_HOURS: i64 = 168;

const HOUR_US: i64 = 3_600_000_000;

/// How a payment came into the terminal. The order is that of [`Counts::ways`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Insert,
    Tap,
    Swipe,
    Scan,
    /// A chip card that was swiped after its chip had failed.
    Fallback,
}

impl Way {
    /// Every way, in the order of [`Counts::ways`].
    pub const ALL: [Self; 5] = [Self::Insert, Self::Tap, Self::Swipe, Self::Scan, Self::Fallback];

    /// The word used in JSON and in locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Insert => "insert",
            Self::Tap => "tap",
            Self::Swipe => "swipe",
            Self::Scan => "scan",
            Self::Fallback => "fallback",
        }
    }

    /// How this transaction came in, where its method or entry mode (ISO 8583:1987 DE22, first two digits) tells.
    pub fn of(sale: &Sale) -> Option<Self> {
        if matches!(sale.method.as_deref(), Some("scan-pay" | "scan-show" | "wallet")) {
            return Some(Self::Scan);
        }
        if sale.fallback == Some(true) {
            return Some(Self::Fallback);
        }
        match sale.entry_mode.as_deref()?.get(..2)? {
            "05" | "95" => Some(Self::Insert),
            "07" | "91" => Some(Self::Tap),
            "02" | "90" => Some(Self::Swipe),
            "03" => Some(Self::Scan),
            "80" => Some(Self::Fallback),
            _ => None,
        }
    }
}

/// How often transactions with cards of one issuer came, and were declined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankCount {
    #[serde(rename = "n")]
    pub count: u64,
    #[serde(rename = "d", default, skip_serializing_if = "is_zero")]
    pub declined: u64,
}

/// Customers' transactions of some hours. Sign-ons, echoes, settlements and reversals are not among them, nor is a
/// request whose end is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    #[serde(rename = "n", skip_serializing_if = "is_zero")]
    pub count: u64,
    #[serde(rename = "d", skip_serializing_if = "is_zero")]
    pub declined: u64,
    #[serde(rename = "x", skip_serializing_if = "is_zero")]
    pub no_response: u64,
    /// By [`Way::ALL`].
    #[serde(rename = "w", skip_serializing_if = "are_zero")]
    pub ways: [u64; 5],
    /// Declines by response code (DE39).
    #[serde(rename = "c", skip_serializing_if = "BTreeMap::is_empty")]
    pub codes: BTreeMap<String, u64>,
    /// By the first six digits of the card.
    #[serde(rename = "b", with = "numbered", skip_serializing_if = "BTreeMap::is_empty")]
    pub banks: BTreeMap<u32, BankCount>,
    /// Host times by [`bucket`].
    #[serde(rename = "t", with = "numbered", skip_serializing_if = "BTreeMap::is_empty")]
    pub times: BTreeMap<u8, u64>,
}

/// Maps by number, as JSON has them: behind a tag that names the variant, serde gives their keys back as text only.
mod numbered {
    use std::collections::BTreeMap;
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<K: Display, V: Serialize, S: Serializer>(map: &BTreeMap<K, V>, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(map.iter().map(|(number, value)| (number.to_string(), value)))
    }

    pub fn deserialize<'de, K, V, D>(from: D) -> Result<BTreeMap<K, V>, D::Error>
    where
        K: FromStr + Ord,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        let map = BTreeMap::<String, V>::deserialize(from)?;
        let number = |(text, value): (String, V)| Some((text.parse().ok()?, value));
        map.into_iter().map(|one| number(one).ok_or_else(|| serde::de::Error::custom("not a number"))).collect()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

fn are_zero(numbers: &[u64; 5]) -> bool {
    numbers.iter().all(is_zero)
}

impl Counts {
    /// Transactions that a host answered.
    pub const fn answered(&self) -> u64 {
        self.count.saturating_sub(self.no_response)
    }

    /// How often in this way.
    pub const fn way(&self, way: Way) -> u64 {
        self.ways[way as usize]
    }

    /// Transactions that began at the chip, whether it worked or not.
    pub const fn chip(&self) -> u64 {
        self.way(Way::Insert) + self.way(Way::Fallback)
    }

    /// Adds another one's numbers.
    pub fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.declined += other.declined;
        self.no_response += other.no_response;
        for (mine, theirs) in self.ways.iter_mut().zip(other.ways) {
            *mine += theirs;
        }
        for (code, count) in &other.codes {
            *self.codes.entry(code.clone()).or_default() += count;
        }
        for (bank, theirs) in &other.banks {
            let mine = self.banks.entry(*bank).or_default();
            mine.count += theirs.count;
            mine.declined += theirs.declined;
        }
        for (bucket, count) in &other.times {
            *self.times.entry(*bucket).or_default() += count;
        }
    }

    /// The host time that this share of the answers does not exceed, milliseconds: nearest rank, spread evenly within
    /// its bucket.
    pub fn time_ms(&self, percent: u64) -> Option<u32> {
        let total: u64 = self.times.values().sum();
        let rank = (total * percent).div_ceil(100).max(1);
        let mut below = 0;
        for (&at, &count) in &self.times {
            if below + count >= rank {
                let (low, high) = (u64::from(bucket_from(at)), u64::from(bucket_from(at + 1)));
                let inside = (high - low) * (rank - below) / count;
                return u32::try_from(low + inside.saturating_sub(1)).ok();
            }
            below += count;
        }
        None
    }

    /// Host times that certainly exceed this one: those in buckets wholly above it.
    pub fn slower_than(&self, ms: u32) -> u64 {
        self.times.iter().filter(|(at, _)| bucket_from(**at) > ms).map(|(_, count)| count).sum()
    }

    /// Keeps only the most frequent codes and issuers, for lists that must stay short.
    pub fn shorten(&mut self, most: usize) {
        shorten(&mut self.codes, most, |count| *count);
        shorten(&mut self.banks, most, |bank| bank.count);
    }
}

fn shorten<K: Ord + Clone, V>(map: &mut BTreeMap<K, V>, most: usize, weight: impl Fn(&V) -> u64) {
    while map.len() > most {
        let least = map.iter().min_by_key(|(_, value)| weight(value)).map(|(key, _)| key.clone());
        let Some(least) = least else { return };
        map.remove(&least);
    }
}

/// The greatest bucket: everything from 13 minutes on.
const LAST_BUCKET: u8 = 70;

/// How many buckets there are.
pub const BUCKETS: usize = LAST_BUCKET as usize + 1;

/// The bucket of a host time: four to an octave, so that its borders are at most a quarter apart.
pub const fn bucket(ms: u32) -> u8 {
    // Below 8 ms the quarters of an octave are no whole milliseconds.
    let ms = if ms < 4 { 4 } else { ms };
    let octave = ms.ilog2();
    let quarter = (ms >> (octave - 2)) & 3;
    let at = (octave - 2) * 4 + quarter;
    if at > LAST_BUCKET as u32 { LAST_BUCKET } else { at as u8 }
}

/// The least host time of a bucket, milliseconds.
pub const fn bucket_from(bucket: u8) -> u32 {
    if bucket == 0 {
        return 0;
    }
    (4 + (bucket % 4) as u32) << (bucket / 4)
}

/// One hour, or several that were put together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrendSpan {
    /// The first hour, as [`hour_of`] counts them; in [`TrendFacts::usual`] the hour of the day.
    pub hour: i64,
    pub counts: Counts,
}

/// The hour of a moment on the clock of its own offset, counted from the epoch: 24 to a day, whatever the zone does.
pub const fn hour_of(at: Stamp) -> i64 {
    (at.micros + at.offset as i64 * 60_000_000).div_euclid(HOUR_US)
}

/// When an hour begins on a clock with this offset.
pub const fn hour_begins(hour: i64, offset: i16) -> Stamp {
    Stamp::new(hour * HOUR_US - offset as i64 * 60_000_000, offset)
}

/// The newest hours against what was usual before: what checks of trends are given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrendFacts {
    /// Offset of the newest transaction, to tell when an hour was.
    pub offset: i16,
    /// The last 24 hours with transactions, or as many as it takes to see 50; oldest first.
    pub recent: Vec<TrendSpan>,
    /// The 28 days before them, by hour of the day.
    pub usual: Vec<TrendSpan>,
    /// Days with transactions among those.
    pub usual_days: u32,
}

/// What 35 shows. Only hours, days and weeks with transactions are listed, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Trends {
    /// Offset of the newest transaction: whose day today is.
    pub offset: i16,
    /// The hour it is.
    pub hour: i64,
    /// Today, hour by hour.
    pub hours: Vec<TrendSpan>,
    /// The same day last week, hour by hour.
    pub hours_before: Vec<TrendSpan>,
    /// The last 14 days, today among them.
    pub days: Vec<TrendSpan>,
    /// The last 8 weeks, this one among them; weeks begin on Monday.
    pub weeks: Vec<TrendSpan>,
    /// The 28 days before today.
    pub usual: Counts,
    /// Days with transactions among those.
    pub usual_days: u32,
    /// Older transactions are still being counted.
    pub counting: bool,
}

impl Trends {
    /// Today in one.
    pub fn today(&self) -> Counts {
        let mut sum = Counts::default();
        for span in &self.hours {
            sum.add(&span.counts);
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_follow_each_other_without_gaps() {
        for at in 0..LAST_BUCKET {
            let (from, next) = (bucket_from(at), bucket_from(at + 1));
            assert!(from < next, "{at}");
            assert_eq!((bucket(from), bucket(next - 1), bucket(next)), (at, at, at + 1), "{from}..{next}");
            assert!(at < 4 || f64::from(next) / f64::from(from) <= 1.25);
        }
        assert_eq!(bucket(u32::MAX), LAST_BUCKET);
        assert!(bucket_from(LAST_BUCKET) > 13 * 60_000);
    }

    #[test]
    fn a_percentile_lies_within_a_quarter_of_the_true_one() {
        let mut counts = Counts::default();
        let times: Vec<u32> = (0..1_000).map(|n| 600 + n * n % 1_777).collect();
        for ms in &times {
            *counts.times.entry(bucket(*ms)).or_default() += 1;
        }
        let mut sorted = times;
        sorted.sort_unstable();
        for percent in [1, 50, 95, 100] {
            let truth = f64::from(sorted[(1_000 * percent / 100 - 1) as usize]);
            let told = f64::from(counts.time_ms(percent).expect("times"));
            assert!((told / truth - 1.0).abs() <= 0.25, "{percent}: {told} for {truth}");
        }
        assert_eq!(Counts::default().time_ms(50), None);
    }

    #[test]
    fn an_hour_is_the_one_on_the_clock_of_the_stamp() {
        let at = Stamp::parse("2026-11-21T09:30:05+08:00").expect("a stamp");
        assert_eq!((hour_of(at).rem_euclid(24), hour_of(at).div_euclid(24)), (9, at.day()));
        assert_eq!(hour_begins(hour_of(at), 480).to_string(), "2026-11-21T09:00:00+08:00");
        // The clocks went back between these two: the same hour of the day, a week apart.
        let summer = Stamp::parse("2026-10-24T09:30:00+02:00").expect("a stamp");
        let winter = Stamp::parse("2026-10-31T09:30:00+01:00").expect("a stamp");
        assert_eq!(hour_of(winter) - hour_of(summer), WEEK_HOURS);
    }
}
