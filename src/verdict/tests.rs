//! The rules as they are written: readable, made of known words, each with its sentence, none out of reach.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeSet;

use super::{Charged, Job, Refund, USELESS, Who, rules, signs};
use crate::model::{Outcome, SaleState};
use crate::text::{self, Lang};

const WHO: &[&str] = &["issuer", "acquirer", "answerer", "network", "terminal", "nobody", "unknown", "none"];
const JOB: &[&str] = &["customer", "merchant", "acquirer", "service", "isp", "issuer", "unknown", "none"];

fn word(value: impl serde::Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

#[test]
fn every_rule_reads_and_says_something_in_both_languages() {
    assert_eq!(rules::fault(), None);
    let rules = rules::all();
    let ids: BTreeSet<&str> = rules.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids.len(), rules.len(), "an id is used twice");
    for rule in rules {
        let id = &rule.id;
        assert!(WHO.contains(&rule.who.as_str()), "{id}: who {}", rule.who);
        assert!(JOB.contains(&rule.job.as_str()), "{id}: job {}", rule.job);
        assert!(rule.useless.iter().all(|word| USELESS.contains(&word.as_str())), "{id}: {:?}", rule.useless);
        assert!(
            rule.see.as_deref().is_none_or(|see| crate::tui::screens::by_id(see).is_some()),
            "{id}: {:?}",
            rule.see
        );
        for lang in [Lang::ZH, Lang::EN] {
            assert!(text::has(lang, &format!("verdict-is-{id}")), "{id} has no sentence");
        }
        assert!(!rule.when.is_empty(), "{id} holds always");
    }
}

#[test]
fn rules_are_made_of_known_words() {
    let bare = |prefix: &str, word: &str| match prefix {
        "outcome" => [Outcome::Approved, Outcome::Declined, Outcome::Reversed, Outcome::NoResponse, Outcome::Pending]
            .iter()
            .any(|outcome| outcome.word() == word),
        "kind" => {
            ["sale", "void", "refund", "preauth", "completion", "balance", "reversal", "settle", "signon", "echo"]
                .contains(&word)
        }
        "state" => serde_json::from_value::<SaleState>(word.into()).is_ok(),
        "class" => include_str!("../../config/codes/classes.toml").contains(&format!("\n[class.{word}]\n")),
        "category" => crate::codes::Category::all().any(|category| category.word() == word),
        "call" => crate::codes::CALL.contains(&word),
        "code" => word.len() == 2,
        // Families that are planned but not checked yet are named in the product.
        "bad" => ["net.", "host.", "params.", "version."].iter().any(|room| word.starts_with(room)),
        _ => false,
    };
    for rule in rules::all() {
        for term in rule.when.iter().flat_map(|term| term.split('|')) {
            let term = term.strip_prefix('!').unwrap_or(term);
            let known = match term.split_once(':') {
                Some((prefix, word)) => signs::PREFIXES.contains(&prefix) && bare(prefix, word),
                None => signs::PLAIN.contains(&term),
            };
            assert!(known, "{}: {term}", rule.id);
        }
    }
}

/// A rule behind one that holds whenever it does would never be reached.
#[test]
fn no_rule_hides_a_later_one_by_its_terms_alone() {
    let rules = rules::all();
    for (at, rule) in rules.iter().enumerate() {
        let own: BTreeSet<&str> = rule.when.iter().map(String::as_str).collect();
        for before in &rules[..at] {
            let hides = before.when.iter().all(|term| {
                let wide: BTreeSet<&str> = term.split('|').collect();
                own.iter().any(|mine| mine.split('|').all(|word| wide.contains(word)))
            });
            assert!(!hides, "{} stands behind {}", rule.id, before.id);
        }
    }
}

#[test]
fn words_in_json_are_those_of_the_rules() {
    for who in [Who::Issuer, Who::Acquirer, Who::Network, Who::Terminal, Who::Nobody, Who::Unknown, Who::None] {
        assert!(WHO.contains(&word(who).as_str()), "{who:?}");
    }
    for job in [Job::Customer, Job::Merchant, Job::Acquirer, Job::Service, Job::Isp, Job::Issuer, Job::Unknown] {
        assert!(JOB.contains(&word(job).as_str()), "{job:?}");
        assert!(text::has(Lang::ZH, &format!("verdict-job-{}", word(job))), "{job:?}");
    }
    for charged in Charged::ALL {
        assert_eq!(word(charged), charged.word());
        for key in ["charged", "money", "tell", "customer"] {
            assert!(text::has(Lang::EN, &format!("sale-{key}-{}", charged.word())), "{key} {charged:?}");
        }
    }
    for refund in Refund::ALL {
        assert_eq!(word(refund), refund.word());
        assert!(refund == Refund::None || text::has(Lang::ZH, &format!("verdict-refund-{}", refund.word())));
    }
    for use_of in USELESS {
        assert!(text::has(Lang::ZH, &format!("verdict-use-{use_of}")), "{use_of}");
    }
}
