//! One transaction: first what the terminal knew, then what it means, then what to do. Shared by 32, 33 and 34.

use crate::codes::Explanation;
use crate::model::{Alike, Area, Outcome, Sale, SaleId, SaleState, Status};
use crate::tui::screens::{Cx, explanation, parts, playbook};
use crate::tui::view::{Act, Arg, Green, Open, Para, Row, Tone, View};

/// What became of the customer's money, as far as the terminal can know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charged {
    Yes,
    No,
    /// Nobody answered, or an answer that leaves it open: may be charged.
    Maybe,
    Reversed,
    /// A reversal waits to be sent.
    Reversing,
    /// A void or refund that went through.
    Back,
    /// A void or refund that did not: the first sale stands.
    Stands,
    /// Not about money.
    None,
}

impl Charged {
    /// Last part of its locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Maybe => "maybe",
            Self::Reversed => "reversed",
            Self::Reversing => "reversing",
            Self::Back => "back",
            Self::Stands => "stands",
            Self::None => "none",
        }
    }
}

/// Codes by which a host says that it does not know the outcome itself: in progress, late answer, no issuer answer.
const LEAVES_OPEN: [&str; 3] = ["09", "68", "98"];

/// Whether the customer was charged.
pub fn charged(sale: &Sale) -> Charged {
    match (sale.kind.as_str(), sale.outcome) {
        ("signon" | "echo" | "settle" | "balance", _) => Charged::None,
        ("reversal", Outcome::Approved) | (_, Outcome::Reversed) => Charged::Reversed,
        ("reversal", _) => Charged::Reversing,
        ("void" | "refund", Outcome::Approved) => Charged::Back,
        ("void" | "refund", Outcome::Declined) => Charged::Stands,
        (_, Outcome::Approved) => Charged::Yes,
        (_, Outcome::Declined) if sale.code.as_deref().is_some_and(|code| LEAVES_OPEN.contains(&code)) => {
            Charged::Maybe
        }
        (_, Outcome::Declined) => Charged::No,
        (_, Outcome::NoResponse | Outcome::Pending) => Charged::Maybe,
    }
}

/// The transaction with this id, wherever it is held.
pub fn find<'a>(cx: &'a Cx<'_>, id: SaleId) -> Option<&'a Sale> {
    let detail = cx.mirror.detail.as_ref().filter(|(have, _)| *have == id).and_then(|(_, detail)| detail.as_ref());
    let held = cx.snapshot().into_iter().flat_map(|s| s.failed.iter().chain(&s.unfinished).chain(&s.recent));
    detail.map(|detail| &detail.sale).or_else(|| held.chain(&cx.mirror.sales).find(|sale| sale.id == id))
}

/// The page about one transaction, opened from the screen `from`.
pub fn view(cx: &Cx<'_>, id: SaleId, from: &'static str) -> View {
    let Some(sale) = find(cx, id) else {
        let asked = cx.mirror.detail.as_ref().is_some_and(|(have, _)| *have == id);
        let key = if asked { "sale-gone" } else { "sale-fetching" };
        return View { head: vec![Para::tone(cx.t(key), Tone::Dim)], ..View::default() };
    };
    let profile = explanation::profile(cx, sale);
    let told = sale.code.as_deref().map(|code| explanation::told(cx, &profile, code));
    let mut head = vec![answer_line(cx, sale), what_line(cx, sale)];
    head.extend(around(cx, id));
    head.extend(verdict(cx, sale, told.as_ref()));
    if let Some(told) = told.filter(|_| sale.outcome == Outcome::Declined) {
        head.extend(explanation::body(cx, &told));
        head.extend(same_code(cx, sale, &told.code));
    }
    let failed = sale.outcome != Outcome::Approved;
    let green = failed
        .then(|| Green { label: cx.t("sale-green-customer"), act: Act::Open(Open::Place(from, Arg::ForCustomer(id))) });
    View { head, rows: if failed { ways_on(cx, sale, &profile, from) } else { Vec::new() }, green, ..View::default() }
}

/// Did a host answer, with what, how fast.
fn answer_line(cx: &Cx<'_>, sale: &Sale) -> Para {
    let none = || "none".to_owned();
    let args = [
        ("time", cx.when_exactly(sale.time).into()),
        ("code", sale.code.as_deref().map_or_else(none, parts::clean).into()),
        ("rrn", sale.rrn.as_deref().map_or_else(none, parts::clean).into()),
        ("seconds", sale.latency_ms.map_or_else(none, parts::seconds).into()),
        ("host", sale.host.as_deref().map_or_else(none, parts::clean).into()),
    ];
    let key = if answered(sale) {
        "sale-answered"
    } else {
        match sale.state {
            Some(SaleState::QueryNeeded) => "sale-unanswered-query",
            Some(SaleState::Sent) if sale.outcome == Outcome::Pending => "sale-unanswered-sent",
            _ => "sale-unanswered",
        }
    };
    Para::tone(cx.ta(key, &args), Tone::Strong)
}

/// A host answered: there is a code or a reference number.
fn answered(sale: &Sale) -> bool {
    sale.rrn.is_some() || (sale.code.is_some() && sale.outcome != Outcome::NoResponse)
}

/// What was asked for.
fn what_line(cx: &Cx<'_>, sale: &Sale) -> Para {
    let none = || "none".to_owned();
    let args = [
        ("kind", parts::kind_word(cx.lang, sale).into()),
        ("amount", parts::money(cx.lang, sale).into()),
        ("card", sale.card.as_ref().map_or_else(none, |card| parts::clean(card.as_str())).into()),
        ("way", cx.t(&format!("sale-way-{}", way(sale))).into()),
        ("stan", sale.stan.as_deref().map_or_else(none, parts::clean).into()),
    ];
    Para::tone(cx.ta("sale-what", &args), Tone::Dim)
}

/// How the card or code was read: DE22's first two digits, or the method.
fn way(sale: &Sale) -> &'static str {
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

/// What line, host and clock were like around it.
fn around(cx: &Cx<'_>, id: SaleId) -> Option<Para> {
    let (_, detail) = cx.mirror.detail.as_ref().filter(|(have, _)| *have == id)?;
    let detail = detail.as_ref()?;
    let at = detail.sale.time;
    let words: Vec<String> = [Area::Network, Area::Host, Area::Clock, Area::Reader, Area::Power]
        .into_iter()
        .filter_map(|area| {
            let status = detail.evidence.area(area, at)?.status;
            Some(format!("{} {}", parts::area_word(cx.lang, area), parts::status_word(cx.lang, status)))
        })
        .collect();
    if words.is_empty() {
        return Some(Para::tone(cx.t("sale-around-unknown"), Tone::Dim));
    }
    let bad = detail.evidence.wrong(at).any(|stood| stood.status == Status::Fail);
    let tone = if bad { Tone::Warn } else { Tone::Plain };
    Some(Para::tone(cx.ta("sale-around", &[("words", words.join(", ").into())]), tone))
}

/// Who said what, what that proves, and what became of the money.
fn verdict(cx: &Cx<'_>, sale: &Sale, told: Option<&Explanation>) -> Vec<Para> {
    let mut out = Vec::new();
    if let Some(told) = told.filter(|_| sale.outcome == Outcome::Declined) {
        let key = match (told.answered_by.as_str(), told.network_at_fault, sale.rrn.is_some()) {
            ("terminal", ..) => "sale-verdict-terminal",
            (_, true, _) => "sale-verdict-beyond",
            (_, false, true) => "sale-verdict-reached",
            (_, false, false) => "sale-verdict-code-only",
        };
        let args = [("meaning", told.meaning.as_str().into()), ("side", told.answered_by.as_str().into())];
        out.push(Para::tone(cx.ta(key, &args), Tone::Strong));
    } else if matches!(sale.outcome, Outcome::NoResponse | Outcome::Pending) {
        out.push(Para::tone(cx.t("sale-verdict-no-answer"), Tone::Strong));
    }
    let charged = charged(sale);
    let tone = if charged == Charged::Maybe { Tone::Warn } else { Tone::Plain };
    out.push(Para::tone(cx.t(&format!("sale-money-{}", charged.word())), tone));
    out
}

/// The same code with several cards points away from this one.
fn same_code(cx: &Cx<'_>, sale: &Sale, code: &str) -> Option<Para> {
    let cards = same_code_cards(cx, sale.id).filter(|cards| *cards > 1)?;
    let args = [("cards", cards.into()), ("code", parts::clean(code).into())];
    Some(Para::tone(cx.ta("sale-same-code", &args), Tone::Dim))
}

/// How many different cards got its code, where the agent counts them.
pub fn same_code_cards(cx: &Cx<'_>, id: SaleId) -> Option<u64> {
    let (_, detail) = cx.mirror.detail.as_ref().filter(|(have, _)| *have == id)?;
    let sure = |alike: &Alike| alike.exact || alike.cards >= 3;
    detail.as_ref()?.evidence.hour.filter(sure).map(|alike| alike.cards)
}

/// Where one can go from here.
fn ways_on(cx: &Cx<'_>, sale: &Sale, profile: &str, from: &'static str) -> Vec<Row> {
    let line = |n: u8, key: &str, open| Row {
        n: Some(n),
        text: cx.t(key),
        open: Some(open),
        key: key.to_owned(),
        ..Row::default()
    };
    let mut rows = vec![line(1, "sale-row-customer", Open::Place(from, Arg::ForCustomer(sale.id)))];
    if let Some(code) = &sale.code {
        let code = Arg::Code { profile: profile.to_owned(), code: code.clone() };
        rows.push(line(2, "sale-row-code", Open::Place("31", code)));
        rows.push(line(3, "sale-row-path-useless", Open::Screen("22")));
        if charged(sale) == Charged::Maybe && from != "33" {
            rows.push(line(4, "sale-row-unfinished", Open::Screen("33")));
        }
    } else {
        rows.push(line(2, "sale-row-verdict", Open::Screen("11")));
        rows.push(line(3, "sale-row-path", Open::Screen("22")));
        if from != "33" {
            rows.push(line(4, "sale-row-unfinished", Open::Screen("33")));
        }
    }
    let open = playbook::of_sale(cx, sale).and_then(|id| playbook::start(from, &id, Some(sale), None));
    rows.extend(open.map(|open| playbook::start_row(cx, Some(5), open)));
    rows
}

/// A page to turn towards the customer: large, calm, no blame, no card number.
pub fn for_customer(cx: &Cx<'_>, id: SaleId) -> View {
    let Some(sale) = find(cx, id) else {
        return View { head: vec![Para::tone(cx.t("sale-gone"), Tone::Dim)], ..View::default() };
    };
    let profile = explanation::profile(cx, sale);
    let say = sale.code.as_deref().map(|code| explanation::told(cx, &profile, code).say).filter(|say| !say.is_empty());
    let charged = charged(sale);
    let words = match (sale.outcome, say) {
        (Outcome::Declined, Some(say)) => say,
        (Outcome::Declined, None) => cx.t("sale-tell-declined"),
        _ => cx.t(&format!("sale-tell-{}", charged.word())),
    };
    let mut head = vec![
        Para::tone(parts::money(cx.lang, sale), Tone::Big),
        Para::tone(words, Tone::Strong),
        Para::new(cx.t(&format!("sale-customer-{}", charged.word()))),
    ];
    let proof = [
        ("time", cx.when_exactly(sale.time).into()),
        ("rrn", sale.rrn.as_deref().map_or_else(|| "none".to_owned(), parts::clean).into()),
        ("stan", sale.stan.as_deref().map_or_else(|| "none".to_owned(), parts::clean).into()),
    ];
    head.push(Para::tone(cx.ta("sale-proof", &proof), Tone::Dim));
    head.retain(|para| !para.text.is_empty());
    View { head, ..View::default() }
}
