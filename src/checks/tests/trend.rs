//! Trends: silent on healthy shops for years, awake when something changes, silent again when it is over.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::checks::{CHECKS, Cx, run};
use crate::config::Config;
use crate::model::{
    BankCount, Counts, Fact, Finding, JournalFacts, Stamp, Status, TrendFacts, TrendSpan, Way, bucket, hour_of,
};
use crate::platform::fake::Machine;

/// Hours of a machine's journal, in words that a file can hold.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Hours {
    count: u64,
    declined: u64,
    insert: u64,
    fallback: u64,
    codes: BTreeMap<String, u64>,
    /// Transactions and declines by the first six digits.
    banks: BTreeMap<String, [u64; 2]>,
    /// Milliseconds and how often.
    times: Vec<[u64; 2]>,
}

impl Hours {
    fn counts(&self) -> Counts {
        let mut counts = Counts { count: self.count, declined: self.declined, ..Counts::default() };
        counts.ways[Way::Insert as usize] = self.insert;
        counts.ways[Way::Fallback as usize] = self.fallback;
        counts.codes.clone_from(&self.codes);
        for (bank, [count, declined]) in &self.banks {
            let seen = BankCount { count: *count, declined: *declined };
            counts.banks.insert(bank.parse().expect("six digits"), seen);
        }
        for [ms, often] in &self.times {
            counts.times.insert(bucket(u32::try_from(*ms).expect("milliseconds")), *often);
        }
        counts
    }
}

/// What the newest hours of a machine are compared with.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scene {
    days: u32,
    usual: Hours,
    /// The last one is the hour it is.
    recent: Vec<Hours>,
}

impl Scene {
    pub fn facts(&self, now: Stamp) -> TrendFacts {
        let hour = hour_of(now);
        let ago = (0..self.recent.len() as i64).rev();
        let recent = self.recent.iter().zip(ago).map(|(hours, ago)| span(hour - ago, hours.counts()));
        TrendFacts {
            offset: now.offset,
            recent: recent.collect(),
            usual: vec![span(hour.rem_euclid(24), self.usual.counts())],
            usual_days: self.days,
        }
    }
}

fn span(hour: i64, counts: Counts) -> TrendSpan {
    TrendSpan { hour, counts }
}

/// SplitMix64, so that a shop repeats.
struct Chance(u64);

impl Chance {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    fn pick<T: Copy>(&mut self, weighted: &[(T, u32)]) -> T {
        let total: u32 = weighted.iter().map(|(_, weight)| weight).sum();
        let mut at = self.unit() * f64::from(total);
        for (thing, weight) in weighted {
            at -= f64::from(*weight);
            if at < 0.0 {
                return *thing;
            }
        }
        weighted[0].0
    }
}

const BANKS: [(u32, u32); 9] = [
    (622_202, 30),
    (620_000, 20),
    (622_848, 15),
    (621_700, 12),
    (625_912, 8),
    (411_111, 6),
    (555_555, 4),
    (356_999, 3),
    (622_588, 2),
];
const CODES: [(&str, u32); 12] = [
    ("51", 36),
    ("55", 15),
    ("61", 9),
    ("05", 6),
    ("57", 5),
    ("54", 5),
    ("91", 5),
    ("14", 4),
    ("01", 4),
    ("62", 3),
    ("96", 3),
    ("41", 1),
];

/// What is wrong with a shop.
#[derive(Clone, Copy, Default)]
struct Trouble {
    fallback: f64,
    bank: Option<u32>,
    code: Option<&'static str>,
    declines: f64,
    slow: f64,
}

/// A shop like that of the simulator: its hours, its ways, its refusals; and customers who try again.
struct Shop {
    chance: Chance,
    per_hour: f64,
    hours: Vec<TrendSpan>,
}

impl Shop {
    fn new(seed: u64, per_hour: f64) -> Self {
        Self { chance: Chance(seed), per_hour, hours: Vec::new() }
    }

    /// One hour of business.
    fn hour(&mut self, hour: i64, trouble: Trouble) {
        let busy = match hour.rem_euclid(24) {
            11 | 18 | 19 => 1.5,
            12 => 1.8,
            14..=16 => 0.7,
            9..=20 => 1.0,
            8 | 21 => 0.4,
            _ => return,
        };
        let mut counts = Counts::default();
        let mut left = self.per_hour * busy * 2.0;
        while left >= 1.0 || self.chance.below(left) {
            left -= 1.0;
            // As many customers as come by chance.
            if self.chance.below(0.5) {
                self.customer(&mut counts, trouble);
            }
        }
        if counts.count > 0 {
            self.hours.push(span(hour, counts));
        }
    }

    fn customer(&mut self, counts: &mut Counts, trouble: Trouble) {
        let chance = &mut self.chance;
        let mut way = chance.pick(&[(Way::Tap, 34), (Way::Insert, 30), (Way::Swipe, 6), (Way::Scan, 30)]);
        if way == Way::Insert && chance.below(0.02 + trouble.fallback) {
            way = Way::Fallback;
        }
        let bank = (way != Way::Scan).then(|| chance.pick(&BANKS));
        let refusal = match way {
            Way::Swipe | Way::Fallback => 0.2,
            Way::Scan => 0.035,
            _ => 0.07,
        };
        let (mut declined, mut code) = (chance.below(refusal), chance.pick(&CODES));
        if bank.is_some() && bank == trouble.bank && chance.below(0.8) {
            (declined, code) = (true, "91");
        }
        if chance.below(trouble.declines) {
            declined = true;
            code = trouble.code.unwrap_or(code);
        }
        // Who is refused may try again, mostly with the same end.
        let tries = if declined && chance.below(0.25) { 2 } else { 1 };
        for _ in 0..tries {
            let silent = chance.below(0.007);
            counts.count += 1;
            counts.ways[way as usize] += 1;
            counts.no_response += u64::from(silent);
            let declined = declined && !silent;
            counts.declined += u64::from(declined);
            if declined {
                *counts.codes.entry(code.to_owned()).or_default() += 1;
            }
            if let Some(bank) = bank {
                let seen = counts.banks.entry(bank).or_default();
                *seen = BankCount { count: seen.count + 1, declined: seen.declined + u64::from(declined) };
            }
            if !silent {
                let ms = (350.0 - 550.0 * (1.0 - chance.unit()).ln()) * (1.0 + trouble.slow);
                *counts.times.entry(bucket(ms as u32)).or_default() += 1;
            }
        }
    }

    /// As the store tells it: the last 24 hours, or as many as hold 50; and the 28 days before.
    fn facts(&self, now: i64) -> TrendFacts {
        let (mut seen, mut from) = (0, self.hours.len());
        while from > 0 && (seen < 50 || self.hours[from - 1].hour > now - 24) && self.hours[from - 1].hour > now - 168 {
            from -= 1;
            seen += self.hours[from].counts.count;
        }
        let recent = self.hours[from..].to_vec();
        let first = recent.first().map_or(now, |span| span.hour);
        let mut usual: Vec<TrendSpan> = (0..24).map(|hour| span(hour, Counts::default())).collect();
        let mut days = std::collections::BTreeSet::new();
        for span in self.hours[..from].iter().rev().take_while(|span| span.hour >= first - 28 * 24) {
            usual[span.hour.rem_euclid(24) as usize].counts.add(&span.counts);
            days.insert(span.hour.div_euclid(24));
        }
        usual.retain(|span| span.counts.count > 0);
        TrendFacts { offset: 480, recent, usual, usual_days: days.len() as u32 }
    }

    /// What the checks say in this hour.
    async fn look(&self, now: i64) -> Vec<Finding> {
        let journal = JournalFacts { trend: Some(self.facts(now).into()), ..JournalFacts::default() };
        let cx = Cx {
            host: std::sync::Arc::new(Machine::default()),
            config: std::sync::Arc::new(Config::default()),
            journal: journal.into(),
            now: Stamp::default(),
            previous: std::sync::Arc::default(),
            asked: std::sync::Arc::default(),
        };
        let trends: Vec<_> = CHECKS.iter().copied().filter(|check| check.spec().id.starts_with("trend.")).collect();
        let mut found = run(cx, &trends).await;
        found.retain(|finding| finding.status == Status::Warning);
        found
    }
}

fn fact(finding: &Finding, name: &str) -> String {
    match &finding.facts[name] {
        Fact::Text(text) => text.clone(),
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn a_thousand_healthy_days_pass_almost_without_a_word() {
    let mut words = Vec::new();
    // A small shop, a usual one, a busy one: 1000 days in all after their first month.
    for (seed, per_hour, days) in [(1, 3.0, 400_i64), (2, 14.0, 500), (3, 60.0, 100)] {
        let mut shop = Shop::new(seed, per_hour);
        for hour in 0..(30 + days) * 24 {
            shop.hour(hour, Trouble::default());
            // Before, at and after the rush, and in the evening.
            if hour > 30 * 24 && matches!(hour.rem_euclid(24), 10 | 13 | 17 | 20) {
                let found = shop.look(hour).await;
                words.extend(found.iter().map(|finding| format!("shop {seed} day {} {}", hour / 24, finding.id)));
            }
            if shop.hours.len() > 2_000 {
                shop.hours.drain(..1_000);
            }
        }
    }
    words.sort();
    words.dedup();
    assert!(words.len() <= 5, "{} false alarms:\n{}", words.len(), words.join("\n"));
}

/// Hours of trouble after a good month: when it was first told, what was said, and when it was over.
async fn trouble(seed: u64, trouble: Trouble) -> (i64, Vec<Finding>, i64) {
    let mut shop = Shop::new(seed, 14.0);
    let begins = 40 * 24 + 11;
    for hour in 0..begins {
        shop.hour(hour, Trouble::default());
    }
    assert!(shop.look(begins - 1).await.is_empty());
    let mut first = None;
    for hour in begins..begins + 9 {
        shop.hour(hour, trouble);
        if first.is_none() && !shop.look(hour).await.is_empty() {
            first = Some(hour - begins);
        }
    }
    let said = shop.look(begins + 8).await;
    let ends = begins + 9;
    let mut hour = ends;
    while hour < ends + 72 {
        shop.hour(hour, Trouble::default());
        if shop.look(hour).await.is_empty() {
            break;
        }
        hour += 1;
    }
    (first.expect("told"), said, hour - ends)
}

#[tokio::test]
async fn a_dirty_chip_reader_is_told_with_since_when_and_forgotten_when_it_is_clean() {
    let (first, said, over) = trouble(7, Trouble { fallback: 0.3, ..Trouble::default() }).await;
    assert!(first <= 3, "told after {first} hours");
    let ids: Vec<&str> = said.iter().map(|finding| finding.id.as_str()).collect();
    assert_eq!(ids, ["trend.fallback"]);
    assert_eq!((said[0].screen.as_str(), said[0].code.as_str()), ("42", "trend-fallback"));
    let since = fact(&said[0], "since");
    assert!(["02-10 11:00", "02-10 12:00"].contains(&since.as_str()), "{since}");
    assert!(over <= 24, "still told {over} hours later");
}

#[tokio::test]
async fn one_issuers_trouble_is_that_issuers() {
    let (first, said, over) = trouble(8, Trouble { bank: Some(622_202), ..Trouble::default() }).await;
    let ids: Vec<&str> = said.iter().map(|finding| finding.id.as_str()).collect();
    assert!(first <= 3, "told after {first} hours");
    assert_eq!(ids, ["trend.bank:622202"], "once, and not the terminal");
    assert_eq!(fact(&said[0], "bank"), "622202");
    assert!(over <= 24, "still told {over} hours later");
}

#[tokio::test]
async fn one_code_and_many_declines_and_a_slow_host_are_told_apart() {
    let (_, said, _) = trouble(9, Trouble { declines: 0.15, code: Some("96"), ..Trouble::default() }).await;
    let ids: Vec<&str> = said.iter().map(|finding| finding.id.as_str()).collect();
    assert_eq!(ids, ["trend.code"]);
    assert_eq!(fact(&said[0], "code"), "96");
    let (first, said, _) = trouble(10, Trouble { declines: 0.25, ..Trouble::default() }).await;
    assert!(first <= 4 && said.iter().any(|finding| finding.id == "trend.declines"), "{said:?}");
    assert!(said.iter().all(|finding| !finding.id.starts_with("trend.bank")));
    let (first, said, over) = trouble(11, Trouble { slow: 1.6, ..Trouble::default() }).await;
    let ids: Vec<&str> = said.iter().map(|finding| finding.id.as_str()).collect();
    assert_eq!((ids, first <= 2, over <= 24), (vec!["trend.latency"], true, true), "{first} {over}");
}

#[tokio::test]
async fn the_first_days_say_nothing_whatever_happens() {
    let mut shop = Shop::new(5, 14.0);
    for hour in 0..7 * 24 {
        let trouble = Trouble { fallback: 0.5, declines: 0.5, slow: 3.0, ..Trouble::default() };
        shop.hour(hour, if hour > 5 * 24 { trouble } else { Trouble::default() });
        assert!(shop.look(hour).await.is_empty(), "hour {hour}");
    }
}
