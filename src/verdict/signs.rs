//! What can be read off a transaction and its surroundings: the words that rules are made of.

use std::collections::BTreeSet;

use super::{Proof, Scene};
use crate::codes::{Bare, Category};
use crate::model::{Area, Evidence, Fact, Facts, Outcome, Sale, SaleState, Status};

/// Plain signs. Besides them a rule may ask `outcome:`, `kind:`, `state:`, `class:`, `category:`, `call:`, `code:` and
/// `bad:` (a family of checks that was wrong within a minute) with a word behind.
#[cfg(test)]
pub(super) const PLAIN: &[&str] = &[
    "answered",
    "code-only",
    "unanswered",
    "known-code",
    "of-terminal",
    "issuer-proven",
    "local",
    "wallet",
    "inserted",
    "tapped",
    "swiped",
    "typed",
    "fallback",
    "late",
    "late-approved",
    "voided",
    "line-ok",
    "line-bad",
    "host-ok",
    "host-bad",
    "clock-bad",
    "power-bad",
    "host-clock-off",
    "params-ok",
    "code-table-differs",
    "now-line-bad",
    "now-host-bad",
    "many-hour",
    "many-day",
    "one-bank",
    "several-banks",
    "same-card",
    "others-good",
    "others-answered",
    "others-mute",
];

/// Prefixes of signs with a word behind.
#[cfg(test)]
pub(super) const PREFIXES: &[&str] = &["outcome", "kind", "state", "class", "category", "call", "code", "bad"];

/// Different cards that make "several".
const SEVERAL: u64 = 3;

/// The host's clock and ours may be so far apart, seconds: an answer takes its time, and clocks are set by hand.
const CLOCK_S: i64 = 120;

/// The signs of one scene.
pub(super) struct Signs<'a> {
    plain: BTreeSet<&'static str>,
    scene: &'a Scene<'a>,
}

impl<'a> Signs<'a> {
    /// Reads them off.
    pub fn of(scene: &'a Scene<'a>) -> Self {
        let mut plain = BTreeSet::new();
        let mut set = |word: &'static str, holds: bool| {
            if holds {
                plain.insert(word);
            }
        };
        of_answer(scene, &mut set);
        of_card(scene, &mut set);
        of_surroundings(scene, &mut set);
        of_others(scene, &mut set);
        Self { plain, scene }
    }

    /// A plain sign.
    pub fn has(&self, word: &str) -> bool {
        self.plain.contains(word)
    }

    /// A term of a rule: `a|b`, `!a`.
    pub fn holds(&self, term: &str) -> bool {
        term.split('|').any(|word| match word.strip_prefix('!') {
            Some(word) => !self.one(word),
            None => self.one(word),
        })
    }

    fn one(&self, word: &str) -> bool {
        let Some((prefix, word)) = word.split_once(':') else { return self.has(word) };
        let sale = self.scene.sale;
        let code = self.scene.code;
        match prefix {
            "outcome" => sale.outcome.word() == word,
            "kind" => sale.kind == word,
            "state" => sale.state.is_some_and(|state| state_word(state) == word),
            "code" => sale.code.as_deref() == Some(word),
            "class" => code.is_some_and(|bare| bare.class == word),
            "category" => code.is_some_and(|bare| bare.category.word() == word),
            "call" => code.is_some_and(|bare| bare.call == word),
            "bad" => {
                let then = self.scene.evidence.wrong(sale.time).any(|stood| stood.family() == word);
                then || wrong_params(self.scene).any(|(family, _)| family == word)
            }
            _ => false,
        }
    }
}

/// What is wrong with the parameters, with its facts: about then, and now where the sale is the newest. They do not
/// change by themselves.
fn wrong_params<'a>(scene: &Scene<'a>) -> impl Iterator<Item = (&'a str, &'a Facts)> {
    let ours = |area: Area| matches!(area, Area::Params | Area::Version);
    let then = scene.evidence.wrong(scene.sale.time).filter(move |stood| ours(stood.area));
    let now = scene.now.iter().filter(move |found| ours(found.area) && found.status.is_bad());
    then.map(|stood| (stood.family(), &stood.facts)).chain(now.map(|found| (found.family(), &found.facts)))
}

const fn state_word(state: SaleState) -> &'static str {
    match state {
        SaleState::Sent => "sent",
        SaleState::Timeout => "timeout",
        SaleState::Reversed => "reversed",
        SaleState::QueryNeeded => "query-needed",
    }
}

/// What proves that somebody answered; a code is no proof by itself.
pub fn proof(sale: &Sale) -> Proof {
    // A reversal request that was only sent carries the reason as its code, and the number of the first sale.
    if sale.answer_code().is_none() {
        Proof::None
    } else if sale.rrn.is_some() {
        Proof::Reference
    } else if sale.host_time.is_some() {
        Proof::HostTime
    } else if sale.issuer.is_some() {
        Proof::Issuer
    } else if sale.latency_ms.is_some() {
        Proof::Latency
    } else {
        Proof::Code
    }
}

fn of_answer(scene: &Scene<'_>, set: &mut impl FnMut(&'static str, bool)) {
    let sale = scene.sale;
    let proof = proof(sale);
    let offline = sale.code.as_deref().is_some_and(|code| matches!(code, "Y1" | "Y2" | "Y3" | "Z1" | "Z2" | "Z3"));
    let local = offline || scene.code.is_some_and(|bare| bare.answered_by == "terminal");
    let answered = !local && !matches!(proof, Proof::Code | Proof::None);
    set("answered", answered);
    set("code-only", !local && proof == Proof::Code);
    set("unanswered", proof == Proof::None);
    set("local", local);
    set("known-code", scene.code.is_some());
    set("of-terminal", scene.code.is_some_and(of_terminal));
    // A refund is paid from the shop's side: its balance and limits are no bank's answer about the card.
    let paid_by_shop = matches!(sale.kind.as_str(), "void" | "refund");
    let of_money = |bare: &Bare| matches!(bare.category, Category::Funds | Category::Limit);
    let by_code = scene.code.is_some_and(|bare| bare.answered_by == "issuer" && !(paid_by_shop && of_money(bare)));
    set("issuer-proven", !local && (by_code || sale.issuer.is_some()));
    let late = scene.evidence.late.map(|(_, outcome)| outcome);
    set("late", late.is_some());
    set("late-approved", late == Some(Outcome::Approved));
    set("voided", scene.evidence.undone.as_ref().is_some_and(|undone| undone.kind == "void"));
    let apart = sale.host_time.map(|host| host.seconds_since(sale.time).abs());
    set("host-clock-off", apart.is_some_and(|apart| apart > CLOCK_S));
}

/// An answer about this terminal, its merchant, its keys or the systems beyond: the same for whatever it asks next.
fn of_terminal(bare: &Bare) -> bool {
    matches!(bare.class.as_str(), "key" | "signon" | "clock" | "terminal" | "merchant")
        || matches!(bare.category, Category::SystemTimeout | Category::MerchantConfig)
}

/// How the card or code was read: DE22's first two digits, or the method.
pub fn way(sale: &Sale) -> &'static str {
    if sale.method.as_deref().is_some_and(|method| method != "card") {
        return "scan";
    }
    match sale.entry_mode.as_deref().and_then(|mode| mode.get(0..2)) {
        Some("05" | "95") => "insert",
        Some("07" | "91" | "96" | "98") => "tap",
        Some("02" | "90") => "swipe",
        Some("80") => "fallback",
        Some("01") => "manual",
        Some("03" | "04") => "scan",
        _ => "unknown",
    }
}

fn of_card(scene: &Scene<'_>, set: &mut impl FnMut(&'static str, bool)) {
    let way = way(scene.sale);
    set("wallet", way == "scan");
    set("inserted", way == "insert");
    set("tapped", way == "tap");
    set("swiped", matches!(way, "swipe" | "fallback"));
    set("typed", way == "manual");
    set("fallback", fallback(scene.sale, scene.evidence) == Some(true));
}

/// Whether the stripe stood in for a chip that could not be read: as the journal says, as DE22 says, or because the
/// same card was tried by its chip just before. None where nothing tells.
pub fn fallback(sale: &Sale, evidence: &Evidence) -> Option<bool> {
    match (sale.fallback, way(sale)) {
        (Some(told), _) => Some(told),
        (None, "fallback") => Some(true),
        (None, "swipe") if evidence.chip_tried => Some(true),
        (None, "insert" | "tap") => Some(false),
        _ => None,
    }
}

fn of_surroundings(scene: &Scene<'_>, set: &mut impl FnMut(&'static str, bool)) {
    let at = scene.sale.time;
    let is = |area: Area, wanted: fn(Status) -> bool| {
        scene.evidence.area(area, at).is_some_and(|stood| wanted(stood.status))
    };
    let ok = |status: Status| status == Status::Ok;
    set("line-ok", is(Area::Network, ok));
    set("line-bad", is(Area::Network, Status::is_bad));
    set("host-ok", is(Area::Host, ok));
    set("host-bad", is(Area::Host, Status::is_bad));
    set("clock-bad", is(Area::Clock, Status::is_bad));
    set("power-bad", is(Area::Power, Status::is_bad));
    let right_now = scene.now.iter().any(|found| found.family() == "params.tid" && found.status == Status::Ok);
    set("params-ok", (is(Area::Params, ok) || right_now) && wrong_params(scene).next().is_none());
    let code_table = |facts: &Facts| facts.get("name") == Some(&Fact::Text("code_table".to_owned()));
    set(
        "code-table-differs",
        wrong_params(scene).any(|(family, facts)| family == "version.expected" && code_table(facts)),
    );
    let now = |area: Area| scene.now.iter().any(|found| found.area == area && found.status == Status::Fail);
    set("now-line-bad", now(Area::Network));
    set("now-host-bad", now(Area::Host));
}

fn of_others(scene: &Scene<'_>, set: &mut impl FnMut(&'static str, bool)) {
    let evidence = scene.evidence;
    let (hour, day) = (evidence.hour.unwrap_or_default(), evidence.day.unwrap_or_default());
    set("many-hour", hour.cards >= SEVERAL);
    set("many-day", day.cards >= SEVERAL);
    set("one-bank", day.cards >= 2 && day.banks == Some(1));
    set("several-banks", day.banks.is_some_and(|banks| banks >= 2));
    set("same-card", evidence.same_card.is_some_and(|same| same.times >= 2));
    let others = evidence.others;
    set("others-good", others.approved > 0);
    set("others-answered", others.approved + others.declined > 0);
    set("others-mute", others.unanswered > 0 && others.approved + others.declined == 0);
}
