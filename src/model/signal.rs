//! How well each way out was connected, hour by hour.

use serde::{Deserialize, Serialize};

use super::{Fact, Finding, Status};

/// Ways out whose hours are kept.
const WAYS: [&str; 3] = ["net.link", "net.wifi", "net.cell"];
/// Facts that hold the strength of a radio, dBm.
const STRENGTH: [&str; 2] = ["dbm", "rsrp_dbm"];

/// One hour of one way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignalHour {
    /// Hours since 1970 (UTC).
    pub hour: i64,
    /// The weakest that was measured, dBm; a cable has none.
    #[serde(default)]
    pub low: Option<i32>,
    /// It was bad at some moment.
    #[serde(default)]
    pub bad: bool,
}

/// The last hours of a way out, oldest first; an hour in which nobody looked is not among them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignalDay {
    /// Id of its finding, such as `net.wifi:wlan0`.
    pub id: String,
    pub hours: Vec<SignalHour>,
}

impl SignalHour {
    /// What a finding says of this hour; nothing where it is not about a way out, or does not know.
    pub fn of(finding: &Finding, hour: i64) -> Option<Self> {
        let known = WAYS.contains(&finding.family())
            && !matches!(finding.status, Status::Absent | Status::NotTested | Status::Unknown | Status::Stale);
        let strength = || STRENGTH.iter().find_map(|name| finding.facts.get(*name)).and_then(whole);
        known.then(|| Self { hour, low: strength(), bad: finding.status.is_bad() })
    }

    /// Both looks at the same hour.
    pub fn and(&mut self, other: Self) {
        self.low = [self.low, other.low].into_iter().flatten().min();
        self.bad |= other.bad;
    }
}

/// A strength that a radio can have; anything else is nonsense of its driver.
fn whole(fact: &Fact) -> Option<i32> {
    let value = match fact {
        Fact::Int(value) => *value as f64,
        Fact::Real(value) => *value,
        _ => return None,
    };
    (-200.0..=50.0).contains(&value).then_some(value.round() as i32)
}
