//! How a terminal stands: what is plugged in, set up and installed, in words that can be compared with another day's.
//! Only what was seen is in it: what could not be told differs from nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Fact, Finding, Stamp, Status, Terminal};

/// Parts by their words, as they stood; the name of a part is the locale message `standing-<word>`.
pub type Standing = BTreeMap<String, String>;

/// Characters of a part that are kept.
const MOST: usize = 200;

/// Facts that are compared: the finding's family, the fact, the part's word.
const PARTS: [(&str, &str, &str); 9] = [
    ("net.link", "kind", "link"),
    ("net.gateway", "gateway", "gateway"),
    ("net.dns", "servers", "dns"),
    ("net.wifi", "ssid", "wifi"),
    ("net.cell", "operator", "operator"),
    ("net.cell", "apn", "apn"),
    ("host.cert", "issuer", "issuer"),
    ("reader.device", "readers", "readers"),
    ("printer.status", "device", "printer"),
];

/// Facts that are versions, likewise; the first words of their lines on 55 are the locale messages `versions-<word>`.
pub const VERSIONS: [(&str, &str, &str); 4] = [
    ("version.system", "system", "system"),
    ("version.system", "kernel", "kernel"),
    ("version.expected", "app_version", "app"),
    ("version.expected", "param_version", "params"),
];

/// Every part's word, in the order they are told.
pub const STANDING: [&str; 18] = [
    "tid", "mid", "serial", "link", "address", "gateway", "dns", "wifi", "operator", "apn", "issuer", "readers",
    "printer", "usb", "system", "kernel", "app", "params",
];

/// How a terminal stood on a day that counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoodOn {
    pub at: Stamp,
    pub parts: Standing,
}

/// A round that takes a new or exchanged terminal over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    pub at: Stamp,
    pub who: String,
    /// Chapter of the handbook, and a sign per item.
    pub round: String,
    pub marks: String,
}

/// What a terminal can be compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baselines {
    /// Its last acceptance.
    #[serde(default)]
    pub accepted: Option<Accepted>,
    /// As it stood when it was accepted without a fault.
    #[serde(default)]
    pub install: Option<StoodOn>,
    /// As it stood on the last day before today on which nothing was wrong.
    #[serde(default)]
    pub good: Option<StoodOn>,
}

/// A part that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The part's word.
    pub part: &'static str,
    pub then: String,
    pub now: String,
}

/// How it stands now, by what checks have found.
pub fn standing(findings: &[Finding], terminal: &Terminal) -> Standing {
    let mut parts = Standing::new();
    let mut put = |word: &str, value: String| {
        let value: String = value.chars().filter(|sign| !sign.is_control()).take(MOST).collect();
        if !value.trim().is_empty() && value != "-" {
            parts.insert(word.to_owned(), value);
        }
    };
    for (word, value) in [("tid", &terminal.tid), ("mid", &terminal.mid), ("serial", &terminal.serial)] {
        put(word, value.clone().unwrap_or_default());
    }
    // What is broken now says so itself, and what is not used is nobody's.
    let told = |found: &Finding| match found.status {
        Status::Ok | Status::Warning => true,
        // Versions are told also where nothing is expected of them.
        Status::Absent => found.family() == "version.expected",
        _ => false,
    };
    let seen = |family: &'static str| findings.iter().filter(move |f| f.family() == family && told(f));
    for (family, fact, word) in PARTS.into_iter().chain(VERSIONS) {
        put(word, joined(seen(family).map(|found| named(found, written(found, fact)))));
    }
    // An address by DHCP may be another one every day.
    let address = |found: &Finding| match found.facts.get("dynamic") {
        Some(Fact::Bool(true)) => "DHCP".to_owned(),
        // Those of IPv6 change by themselves, for privacy.
        _ => written(found, "addresses").split(", ").filter(|ip| ip.contains('.')).collect::<Vec<_>>().join(", "),
    };
    put("address", joined(seen("net.address").map(|found| named(found, address(found)))));
    put("usb", joined(seen("sys.usb").map(|found| written(found, "devices"))));
    parts
}

/// What is not as it was, in the order of [`STANDING`]; only what was known on both days.
pub fn differences(then: &Standing, now: &Standing) -> Vec<Difference> {
    let differs = |part: &'static str| {
        let (was, is) = (then.get(part)?, now.get(part)?);
        (was != is).then(|| Difference { part, then: was.clone(), now: is.clone() })
    };
    STANDING.into_iter().filter_map(differs).collect()
}

fn written(found: &Finding, fact: &str) -> String {
    match found.facts.get(fact) {
        Some(Fact::Text(text)) => text.clone(),
        Some(Fact::List(all)) => {
            let mut all = all.clone();
            // Who was plugged in first is no difference.
            all.sort();
            all.join(", ")
        }
        Some(Fact::Int(number)) => number.to_string(),
        Some(Fact::Bool(_) | Fact::Real(_)) | None => String::new(),
    }
}

/// With its subject, where several have one.
fn named(found: &Finding, value: String) -> String {
    match found.subject().filter(|_| !value.is_empty()) {
        Some(subject) => format!("{subject} {value}"),
        None => value,
    }
}

fn joined(values: impl Iterator<Item = String>) -> String {
    let mut values: Vec<String> = values.filter(|value| !value.is_empty()).collect();
    values.sort();
    values.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Area, Facts};

    fn found(id: &str, status: Status, facts: &[(&str, Fact)]) -> Finding {
        let facts: Facts = facts.iter().map(|(name, fact)| ((*name).to_owned(), fact.clone())).collect();
        Finding {
            id: id.to_owned(),
            area: Area::Network,
            screen: "2".to_owned(),
            status,
            code: String::new(),
            facts,
            remedy: None,
            at: Stamp::default(),
            root: false,
            caused_by: None,
        }
    }

    fn of(findings: &[Finding]) -> Standing {
        standing(findings, &Terminal { tid: Some("12345678".to_owned()), ..Terminal::default() })
    }

    #[test]
    fn only_what_was_seen_on_both_days_differs() {
        let dns = |servers: &[&str]| {
            let servers: Vec<String> = servers.iter().map(|s| (*s).to_owned()).collect();
            found("net.dns", Status::Ok, &[("servers", servers.into())])
        };
        let reader = |status| found("reader.device", status, &[("readers", vec!["ACS".to_owned()].into())]);
        let then = of(&[dns(&["9.9.9.9", "1.1.1.1"]), reader(Status::Ok)]);
        assert_eq!(differences(&then, &of(&[dns(&["1.1.1.1", "9.9.9.9"]), reader(Status::Unknown)])), []);
        let now = of(&[dns(&["10.0.0.1"]), reader(Status::Fail)]);
        let told = differences(&then, &now);
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(
            (told[0].part, told[0].then.as_str(), told[0].now.as_str()),
            ("dns", "1.1.1.1, 9.9.9.9", "10.0.0.1")
        );
    }

    #[test]
    fn an_address_of_today_is_no_difference() {
        let address = |dynamic: bool, ip: &str| {
            let facts = [("dynamic", Fact::Bool(dynamic)), ("addresses", vec![ip.to_owned()].into())];
            found("net.address:eth0", Status::Ok, &facts)
        };
        let of = |dynamic, ip| of(&[address(dynamic, ip)]);
        assert_eq!(differences(&of(true, "192.0.2.7/24"), &of(true, "192.0.2.8/24")), []);
        assert_eq!(differences(&of(false, "192.0.2.7/24"), &of(false, "192.0.2.8/24")).len(), 1);
        assert_eq!(differences(&of(true, "192.0.2.7/24"), &of(false, "192.0.2.7/24")).len(), 1);
    }

    #[test]
    fn every_part_has_a_place_in_the_order() {
        for (.., word) in PARTS.into_iter().chain(VERSIONS) {
            assert!(STANDING.contains(&word), "{word}");
        }
        assert_eq!(of(&[]).keys().collect::<Vec<_>>(), ["tid"]);
    }
}
