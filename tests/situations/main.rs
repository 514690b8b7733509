//! Situations at the counter as a table: a sale, what was known around it, and the verdict that has to come out. The
//! claims of the articles about declines are among them, with the truth beside each.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod headless;

use std::collections::BTreeSet;
use std::sync::Arc;

use pos_console::codes;
use pos_console::model::{
    Alike, Area, Evidence, Facts, Finding, Others, Outcome, Sale, SaleId, SaleState, SameCard, Stamp, Status, Stood,
    Undone,
};
use pos_console::verdict::{self, Scene, Verdict};

/// name, claim, sale, around, rule, who, job, charged, worked, no use; parted by tabs, `#` begins a comment.
const TABLE: &str = include_str!("situations.tsv");
const COLUMNS: usize = 10;

/// 2026-11-21T09:30:05+08:00.
const AT: Stamp = Stamp::new(1_795_224_605_000_000, 480);

fn rows() -> Vec<(usize, Vec<&'static str>)> {
    let lines = TABLE.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines.map(|(at, line)| (at + 1, line.split('\t').map(str::trim).collect())).collect()
}

fn status(word: &str) -> Status {
    serde_json::from_value(word.into()).unwrap_or_else(|_| panic!("no status {word}"))
}

fn outcome(word: &str) -> Outcome {
    serde_json::from_value(word.into()).unwrap_or_else(|_| panic!("no outcome {word}"))
}

fn area(family: &str) -> Area {
    let word = match family.split('.').next().unwrap() {
        "net" => "network",
        word => word,
    };
    Area::ALL.into_iter().find(|area| area.word() == word).unwrap_or_else(|| panic!("no area {family}"))
}

/// `code=51 rrn ms entry=051 ...`
fn sale(told: &str) -> (Sale, String) {
    let mut profile = "unionpay".to_owned();
    let mut ended = None;
    let mut sale = Sale {
        id: SaleId::new(1, 100),
        time: AT,
        kind: "sale".into(),
        method: Some("card".into()),
        amount: Some(1_234),
        currency: Some("156".into()),
        stan: Some("000123".into()),
        rrn: None,
        code: None,
        state: None,
        outcome: Outcome::Pending,
        tid: None,
        mid: None,
        entry_mode: Some("051".into()),
        card: None,
        latency_ms: None,
        host: None,
        host_time: None,
        fallback: None,
        original_stan: None,
        issuer: None,
        text: None,
        late_by: None,
        undone_by: None,
        as_host: false,
        card_key: None,
        source: Arc::from("pos"),
    };
    for word in told.split_whitespace() {
        let (key, value) = word.split_once('=').unwrap_or((word, ""));
        let text = || Some(value.into());
        match key {
            "code" => sale.code = text(),
            "rrn" => sale.rrn = Some("112112030551".into()),
            "ms" => sale.latency_ms = Some(1_200),
            "host_time" => {
                let seconds: i64 = value.parse().unwrap();
                sale.host_time = Some(Stamp::new(AT.micros + seconds * 1_000_000, AT.offset));
            }
            "issuer" => sale.issuer = text(),
            "entry" => sale.entry_mode = text(),
            "method" => (sale.method, sale.entry_mode) = (text(), None),
            "kind" => sale.kind = value.into(),
            "fallback" => sale.fallback = Some(value == "yes"),
            "state" => sale.state = Some(serde_json::from_value::<SaleState>(value.into()).unwrap()),
            "outcome" => ended = Some(outcome(value)),
            "profile" => value.clone_into(&mut profile),
            _ => panic!("no word of a sale: {word}"),
        }
    }
    let success = sale.code.as_deref().and_then(|code| codes::is_success(&profile, code)).unwrap_or(false);
    sale.outcome = ended.unwrap_or(match (&sale.code, sale.state) {
        (Some(_), _) if success => Outcome::Approved,
        (Some(_), _) => Outcome::Declined,
        (None, Some(SaleState::Timeout)) => Outcome::NoResponse,
        (None, Some(SaleState::Reversed)) => Outcome::Reversed,
        (None, _) => Outcome::Pending,
    });
    (sale, profile)
}

/// `net.link=ok host.tcp=fail hour=3/2 others=2,0,1 now:net.link=fail ...`
fn around(told: &str) -> (Evidence, Vec<Finding>) {
    let mut evidence = Evidence::default();
    let mut now = Vec::new();
    let alike = |value: &str| {
        let (cards, banks) = value.split_once('/').unwrap_or((value, ""));
        let cards: u64 = cards.parse().unwrap();
        Some(Alike { sales: cards, cards, exact: true, since: None, banks: banks.parse().ok() })
    };
    for word in told.split_whitespace() {
        let (key, value) = word.split_once('=').unwrap_or((word, ""));
        match key {
            "hour" => evidence.hour = alike(value),
            "day" => evidence.day = alike(value),
            "same" => evidence.same_card = Some(SameCard { times: value.parse().unwrap(), exact: true }),
            "undone" => evidence.undone = Some(Undone { time: AT, kind: value.into() }),
            "late" => evidence.late = Some((AT, outcome(value))),
            "chip-tried" => evidence.chip_tried = true,
            "others" => {
                let counts: Vec<u64> = value.split(',').map(|count| count.parse().unwrap()).collect();
                evidence.others = Others { approved: counts[0], declined: counts[1], unanswered: counts[2] };
            }
            key if key.starts_with("now:") => now.push(Finding {
                id: key[4..].to_owned(),
                area: area(&key[4..]),
                screen: String::new(),
                status: status(value),
                code: String::new(),
                facts: Facts::new(),
                remedy: None,
                at: AT,
                root: true,
                caused_by: None,
            }),
            family => {
                let (value, ago) = value.split_once('@').unwrap_or((value, "0"));
                let ago: i64 = ago.parse().unwrap();
                // `version.expected=warning:code_table`: what the finding names.
                let (value, name) = value.split_once(':').unwrap_or((value, ""));
                let facts = Facts::from([("name".to_owned(), name.into())]);
                let at = Stamp::new(AT.micros - ago * 1_000_000, AT.offset);
                evidence.stood.push(Stood {
                    area: area(family),
                    status: status(value),
                    id: format!("{family}:x"),
                    code: String::new(),
                    facts,
                    from: Stamp::new(at.micros - 60_000_000, at.offset),
                    until: at,
                });
            }
        }
    }
    if evidence.day.is_none() {
        evidence.day = evidence.hour;
    }
    (evidence, now)
}

fn judge(row: &[&str]) -> Verdict {
    let (sale, profile) = sale(row[2]);
    let (evidence, now) = around(row[3]);
    let code = sale.code.as_deref().and_then(|code| codes::bare(&profile, code));
    verdict::judge(&Scene { sale: &sale, evidence: &evidence, code: code.as_ref(), now: &now })
}

fn word(value: impl serde::Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

#[test]
fn every_situation_gets_its_verdict() {
    let mut faults = Vec::new();
    let rows = rows();
    for (line, row) in &rows {
        assert_eq!(row.len(), COLUMNS, "line {line}: {row:?}");
        let told = judge(row);
        let mut differ = |what: &str, wanted: &str, told: &str| {
            if wanted != told {
                faults.push(format!("line {line} ({}): {what} is {told}, not {wanted}", row[0]));
            }
        };
        differ("rule", row[4], told.rule);
        differ("who", row[5], &word(told.who));
        differ("job", row[6], &word(told.job));
        differ("charged", row[7], told.charged.word());
        differ("worked", row[8], &told.worked.join(" "));
        for useless in row[9].split_whitespace() {
            let (wanted, word) = useless.strip_prefix('!').map_or((true, useless), |word| (false, word));
            if told.useless.contains(&word) != wanted {
                faults.push(format!("line {line} ({}): no use: {:?}, against {useless}", row[0], told.useless));
            }
        }
    }
    println!("{} situations", rows.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(rows.len() >= 60, "only {} situations", rows.len());
    let names: BTreeSet<&str> = rows.iter().map(|(_, row)| row[0]).collect();
    assert_eq!(names.len(), rows.len(), "two situations have one name");
}

/// A rule without a situation could be moved anywhere and nobody would see.
#[test]
fn every_rule_has_a_situation() {
    let told: BTreeSet<&str> = rows().into_iter().map(|(_, row)| row[4]).collect();
    let missing: Vec<&str> = verdict::rule_ids().filter(|rule| *rule != "unclear" && !told.contains(rule)).collect();
    assert!(missing.is_empty(), "no situation for {missing:?}");
}

/// Each article's wrong claim and each right one stands in the table.
#[test]
fn every_claim_of_the_articles_is_judged() {
    let claims: BTreeSet<&str> =
        rows().into_iter().flat_map(|(_, row)| row[1].split(' ').collect::<Vec<_>>()).collect();
    for (article, count) in [("000", 11), ("001", 10), ("002", 11), ("003", 8), ("004", 6)] {
        for n in 1..=count {
            let claim = format!("{article}-{n}");
            assert!(claims.contains(claim.as_str()), "no situation for claim {claim}");
        }
    }
    println!("{} claims", claims.len());
}

/// Whatever is put around a sale that was answered, the shop's network is never blamed for the answer.
#[test]
fn an_answer_with_proof_is_never_the_networks_fault() {
    let broken = "net.link=fail net.dns=fail host.tcp=fail clock.offset=fail power.supply=fail now:net.link=fail";
    for code in codes::listed("unionpay").iter().chain(&codes::listed("unionpay-old")) {
        for kind in ["sale", "void", "settle", "signon", "preauth"] {
            let told = judge(&["", "", &format!("code={code} rrn ms kind={kind}"), broken]);
            assert_ne!(told.who, verdict::Who::Nobody, "{code} {kind}: {}", told.rule);
            assert_ne!(told.job, verdict::Job::Isp, "{code} {kind}: {}", told.rule);
            assert!(!told.rule.starts_with("mute"), "{code} {kind}: {}", told.rule);
            assert!(told.worked.contains(&"host") || told.who == verdict::Who::Terminal, "{code} {kind}: {told:?}");
        }
    }
}

/// Without an answer nobody is said to have refused, and nothing is said not to be charged.
#[test]
fn silence_is_never_a_refusal() {
    for state in ["timeout", "sent", "query-needed"] {
        for method in ["method=card", "method=scan-pay", "method=scan-show", "method=wallet"] {
            for surroundings in ["", "net.link=ok host.tcp=ok", "net.link=fail", "host.tcp=fail", "others=4,0,0"] {
                let told = judge(&["", "", &format!("{method} state={state}"), surroundings]);
                assert_eq!(told.who, verdict::Who::Nobody, "{state} {method} {surroundings}: {told:?}");
                assert!(told.charged.open(), "{state} {method} {surroundings}: {told:?}");
                assert_ne!(told.refund, verdict::Refund::None, "{state} {method}: {told:?}");
            }
        }
    }
}
