//! Who refused a sale, whose job it is, what worked and what is not worth trying: from the transaction, what was known
//! around it, and its code's place in the tables. Pure: no clock, no store, and no texts but in [`said`]. The rules are
//! data (`config/verdicts.toml`), read at first use; the first one that fits counts.

mod money;
mod rules;
mod said;
mod signs;
#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::codes::Bare;
use crate::model::{Evidence, Finding, Sale, Status};

pub use money::{Charged, Refund, charged, refund};
pub use said::{Said, said};
pub use signs::{fallback, way};

/// Who said no, or that nobody said anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// The card's bank, proved by the code or by DE44.1.
    Issuer,
    /// The acquirer's side answered; whether it asked the bank is not proved.
    Acquirer,
    /// A system between the acquirer and the card's bank.
    Network,
    /// The terminal, the card's chip or the cashier, before anybody was asked.
    Terminal,
    /// No answer came.
    Nobody,
    Unknown,
    /// Nothing was refused.
    None,
}

/// Whose job it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Job {
    /// The customer: another card, or a call to the card's bank.
    Customer,
    /// The shop, with what it has at hand.
    Merchant,
    Acquirer,
    /// Whoever services the terminal.
    Service,
    /// Whoever runs the line.
    Isp,
    /// The card's bank by itself.
    Issuer,
    Unknown,
    /// Nobody has to do anything.
    None,
}

/// What proves that somebody answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// A reference number (DE37).
    Reference,
    /// The host's clock in the answer (DE12, DE13).
    HostTime,
    /// The issuer named in the answer (DE44.1).
    Issuer,
    /// The time until the answer was measured.
    Latency,
    /// A code, which a terminal can also make up.
    Code,
    None,
}

/// What worked for this transaction, in the order of its way.
pub const PARTS: &[&str] = &["reader", "terminal", "line", "host"];

/// What can be tried without any use.
pub const USELESS: &[&str] = &["restart", "network", "reader", "update", "same-card", "split", "resend", "code"];

/// The verdict on one transaction: words of closed lists, the same in every language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The rule that held; its sentence is `verdict-is-<rule>`.
    pub rule: &'static str,
    pub who: Who,
    pub job: Job,
    pub proof: Proof,
    /// Parts of [`PARTS`] that worked for it.
    pub worked: Vec<&'static str>,
    /// Words of [`USELESS`].
    pub useless: Vec<&'static str>,
    pub charged: Charged,
    pub refund: Refund,
    /// The screen that goes on.
    pub see: Option<&'static str>,
}

/// What is judged.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    pub sale: &'a Sale,
    pub evidence: &'a Evidence,
    /// The sale's code in the table of its journal; none for a code that no table knows.
    pub code: Option<&'a Bare>,
    /// What is wrong now, where the sale is the newest thing that happened.
    pub now: &'a [Finding],
}

/// Judges one transaction.
pub fn judge(scene: &Scene<'_>) -> Verdict {
    let signs = signs::Signs::of(scene);
    let charged = charged(scene.sale, scene.code, Some(scene.evidence));
    let rule = rules::all().iter().find(|rule| rule.when.iter().all(|term| signs.holds(term)));
    let who = match rule.map_or("unknown", |rule| rule.who.as_str()) {
        "answerer" if signs.has("issuer-proven") => Who::Issuer,
        "answerer" | "acquirer" => Who::Acquirer,
        "issuer" => Who::Issuer,
        "network" => Who::Network,
        "terminal" => Who::Terminal,
        "nobody" => Who::Nobody,
        "none" => Who::None,
        _ => Who::Unknown,
    };
    let job = match rule.map_or("unknown", |rule| rule.job.as_str()) {
        "customer" => Job::Customer,
        "merchant" => Job::Merchant,
        "acquirer" => Job::Acquirer,
        "service" => Job::Service,
        "isp" => Job::Isp,
        "issuer" => Job::Issuer,
        "none" => Job::None,
        _ => Job::Unknown,
    };
    Verdict {
        rule: rule.map_or("unclear", |rule| rule.id.as_str()),
        who,
        job,
        proof: signs::proof(scene.sale),
        worked: worked(scene, &signs),
        useless: rule.map_or_else(Vec::new, |rule| rule.useless.iter().map(String::as_str).collect()),
        charged,
        refund: refund(scene.sale, charged, who),
        see: rule.and_then(|rule| rule.see.as_deref()),
    }
}

/// An answer proves the whole way; without one, only what was tested about then.
fn worked(scene: &Scene<'_>, signs: &signs::Signs<'_>) -> Vec<&'static str> {
    let answered = signs.has("answered") && !signs.has("local");
    let read = signs.has("inserted") || signs.has("tapped") || (signs.has("swiped") && !signs.has("fallback"));
    let fine = |area| scene.evidence.area(area, scene.sale.time).is_some_and(|stood| stood.status == Status::Ok);
    PARTS
        .iter()
        .copied()
        .filter(|part| match *part {
            "reader" => read,
            "terminal" => answered,
            "line" => answered || fine(crate::model::Area::Network),
            _ => answered || fine(crate::model::Area::Host),
        })
        .collect()
}

/// Every rule's id, in the order in which they are tried; their sentences are `verdict-is-<id>`.
pub fn rule_ids() -> impl Iterator<Item = &'static str> {
    rules::all().iter().map(|rule| rule.id.as_str())
}
