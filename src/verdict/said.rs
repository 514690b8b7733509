//! The verdict in words. The only part of this room that knows a language.

use super::{Job, Proof, Verdict, Who};
use crate::model::{Evidence, Sale};
use crate::text::{self, Lang};

/// The verdict on one transaction as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Who refused, and what follows.
    pub line: String,
    /// What worked for it.
    pub worked: Option<String>,
    /// What is not worth trying.
    pub no_use: Option<String>,
    /// Whose job it is.
    pub job: Option<String>,
}

/// Says a verdict; `meaning` is what the table says of the sale's code.
pub fn said(lang: Lang, sale: &Sale, evidence: &Evidence, judged: &Verdict, meaning: &str) -> Said {
    let words = |list: &[&str], key: &str| {
        let words: Vec<String> = list.iter().map(|word| text::t(lang, &format!("verdict-{key}-{word}"))).collect();
        text::listed(lang, &words)
    };
    let worked = || text::ta(lang, "verdict-worked", &[("parts", words(&judged.worked, "part").into())]);
    let no_use = || text::ta(lang, "verdict-no-use", &[("words", words(&judged.useless, "use").into())]);
    Said {
        line: line(lang, sale, evidence, judged, meaning),
        worked: (!judged.worked.is_empty() && judged.who != Who::None).then(worked),
        no_use: (!judged.useless.is_empty()).then(no_use),
        job: job(judged.job).map(|job| {
            // A way to pay is no answer to somebody who asks for a balance.
            let own = format!("verdict-job-{job}-{}", sale.kind);
            text::t(lang, &if text::has(lang, &own) { own } else { format!("verdict-job-{job}") })
        }),
    }
}

fn line(lang: Lang, sale: &Sale, evidence: &Evidence, judged: &Verdict, meaning: &str) -> String {
    let cards = evidence.hour.or(evidence.day).map_or(0, |alike| alike.cards).max(cards_of_day(judged, evidence));
    let args = [
        ("meaning", meaning.into()),
        ("code", text::clean(sale.code.as_deref().unwrap_or_default()).into()),
        ("cards", cards.into()),
        ("times", evidence.same_card.map_or(1, |same| same.times).into()),
        ("sure", if evidence.same_card.is_none_or(|same| same.exact) { "yes" } else { "no" }.into()),
    ];
    let unproved = judged.proof == Proof::Code;
    // These speak of the host themselves.
    let by_code = match judged.rule {
        "open" if unproved => Some("verdict-is-open-by-code"),
        "undo-open" if unproved => Some("verdict-is-undo-open-by-code"),
        _ => None,
    };
    let what = match by_code {
        Some(key) => text::ta(lang, key, &args),
        None => text::ta(lang, &format!("verdict-is-{}", judged.rule), &args),
    };
    // A wallet's answer is not told from that of the bank behind it.
    let wallet = super::way(sale) == "scan";
    let who = match judged.who {
        Who::Issuer if wallet && unproved => "verdict-who-payer-by-code",
        Who::Issuer if wallet => "verdict-who-payer",
        Who::Issuer if unproved => "verdict-who-issuer-by-code",
        Who::Acquirer if unproved => "verdict-who-acquirer-by-code",
        Who::Issuer => "verdict-who-issuer",
        Who::Acquirer => "verdict-who-acquirer",
        Who::Network | Who::Terminal | Who::Nobody | Who::Unknown | Who::None => return what,
    };
    text::ta(lang, "verdict-line", &[("who", text::t(lang, who).into()), ("what", what.into())])
}

/// Rules that count cards over a day speak of the day's.
fn cards_of_day(judged: &Verdict, evidence: &Evidence) -> u64 {
    if judged.rule == "limit-many" { evidence.day.map_or(0, |day| day.cards) } else { 0 }
}

/// The last part of the sentence's key; none where nobody has to do anything.
const fn job(job: Job) -> Option<&'static str> {
    Some(match job {
        Job::Customer => "customer",
        Job::Merchant => "merchant",
        Job::Acquirer => "acquirer",
        Job::Service => "service",
        Job::Isp => "isp",
        Job::Issuer => "issuer",
        Job::Unknown => "unknown",
        Job::None => return None,
    })
}
