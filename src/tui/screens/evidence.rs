//! One transaction: first what the terminal knew, then what it means, then what to do. Shared by 32, 33 and 34.

use crate::codes::{self, Bare, Category, Explanation};
use crate::model::{Alike, Evidence, Outcome, Sale, SaleId, SaleState, Status};
use crate::text;
use crate::tui::screens::{Cx, explanation, parts, playbook, surroundings};
use crate::tui::view::{Act, Arg, Green, Open, Para, Row, Tone, View};
use crate::verdict::{self, Charged, Job, Refund, Scene, Verdict};

/// What became of the customer's money.
pub fn charged(cx: &Cx<'_>, sale: &Sale) -> Charged {
    let known = evidence(cx, sale.id).cloned().or_else(|| late(cx, sale));
    verdict::charged(sale, bare(cx, sale).as_ref(), known.as_ref())
}

/// The answer that came after a sale was given up, where a list holds it.
fn late(cx: &Cx<'_>, sale: &Sale) -> Option<Evidence> {
    let answer = find(cx, sale.late_by?)?;
    Some(Evidence { late: Some((answer.time, answer.outcome)), ..Evidence::default() })
}

/// The sale's code in the table of its journal.
fn bare(cx: &Cx<'_>, sale: &Sale) -> Option<Bare> {
    codes::bare(&explanation::profile(cx, sale), sale.code.as_deref()?)
}

/// What was fetched about the sale's surroundings.
fn evidence<'a>(cx: &'a Cx<'_>, id: SaleId) -> Option<&'a Evidence> {
    let (_, detail) = cx.mirror.detail.as_ref().filter(|(have, _)| *have == id)?;
    detail.as_ref().map(|detail| &detail.evidence)
}

/// Who refused, whose job it is, what worked.
fn judged(cx: &Cx<'_>, sale: &Sale, evidence: &Evidence) -> Verdict {
    let newest = parts::last_sale_of(cx).is_none_or(|last| last.id == sale.id);
    let now = cx.snapshot().filter(|_| newest).map(|snapshot| snapshot.findings.as_slice()).unwrap_or_default();
    verdict::judge(&Scene { sale, evidence, code: bare(cx, sale).as_ref(), now })
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
    let nothing = Evidence::default();
    let known = evidence(cx, id);
    let evidence = known.unwrap_or(&nothing);
    let judged = judged(cx, sale, evidence);
    let meaning = told.as_ref().map(|told| told.meaning.as_str()).unwrap_or_default();
    let mut head = vec![answer_line(cx, sale)];
    head.extend(surroundings::verdict_paras(cx, sale, evidence, &judged, meaning));
    head.extend(money(cx, sale, &judged));
    if known.is_some() {
        head.extend(surroundings::paras(cx, sale, evidence));
    }
    head.push(what_line(cx, sale));
    if let Some(told) = told.filter(|_| sale.outcome == Outcome::Declined) {
        head.extend(explanation::to_do(cx, &fitting(cx, sale, &judged, told)));
    }
    let failed = sale.outcome != Outcome::Approved;
    let green = failed
        .then(|| Green { label: cx.t("sale-green-customer"), act: Act::Open(Open::Place(from, Arg::ForCustomer(id))) });
    let rows = if failed { ways_on(cx, sale, &judged, &profile, from) } else { Vec::new() };
    View { head, rows, green, ..View::default() }
}

/// What the tables advise, as far as it helps: they speak of paying with a card, so another one or the number on it is
/// no help where money goes back, nor to somebody who asked for a balance.
fn fitting(cx: &Cx<'_>, sale: &Sale, judged: &Verdict, told: Explanation) -> Explanation {
    let of_card = told.call == "issuer";
    if sale.kind == "balance" {
        let of_terminal =
            matches!(told.category, Category::MerchantConfig | Category::SecurityKey | Category::FormatConfig);
        let steps = if of_terminal && !of_card && judged.job != Job::Customer { told.steps } else { Vec::new() };
        return Explanation { say: cx.t("sale-tell-none"), steps, ..told };
    }
    if of_card && (takes_back(sale) || sale.kind == "completion") && judged.job != Job::Customer {
        return Explanation { say: String::new(), steps: Vec::new(), ..told };
    }
    told
}

/// Did a host answer, with what, how fast.
fn answer_line(cx: &Cx<'_>, sale: &Sale) -> Para {
    let none = || "none".to_owned();
    if sale.is_reversal_request() {
        let reason = parts::reversal_reason(cx.lang, sale).unwrap_or_else(none);
        let args = [("time", cx.when_exactly(sale.time).into()), ("reason", reason.into())];
        return Para::tone(cx.ta("sale-reversal-asked", &args), Tone::Strong);
    }
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
        ("way", cx.t(&format!("sale-way-{}", verdict::way(sale))).into()),
        ("stan", sale.stan.as_deref().map_or_else(none, parts::clean).into()),
    ];
    Para::tone(cx.ta("sale-what", &args), Tone::Dim)
}

/// What became of the money, and who gives back what was taken.
fn money(cx: &Cx<'_>, sale: &Sale, judged: &Verdict) -> Vec<Para> {
    let charged = judged.charged;
    let tone = if charged.open() { Tone::Warn } else { Tone::Plain };
    let mut out = vec![Para::tone(about(cx, sale, charged, "money"), tone)];
    let who = match judged.refund {
        Refund::None => return out,
        Refund::Acquirer if takes_back(sale) => "undo",
        Refund::Wallet if charged == Charged::Reversed => "wallet-back",
        refund => refund.word(),
    };
    out.push(Para::new(cx.t(&format!("verdict-refund-{who}"))));
    out
}

/// A void or refund: what it does with money is the other way round.
fn takes_back(sale: &Sale) -> bool {
    matches!(sale.kind.as_str(), "void" | "refund")
}

/// What is said of the customer's money, in the words for what was asked: a refund, a hold, or a payment.
pub fn about(cx: &Cx<'_>, sale: &Sale, charged: Charged, what: &str) -> String {
    let kind = match sale.kind.as_str() {
        "void" | "refund" => "undo-",
        "preauth" => "hold-",
        _ => "",
    };
    let own = format!("sale-{what}-{kind}{}", charged.word());
    let has = text::has(cx.lang, &own);
    cx.t(&if has { own } else { format!("sale-{what}-{}", charged.word()) })
}

/// Parameters of this terminal that a code may be about (unknown terminal, not permitted, limits): the worst of them.
fn parameter(cx: &Cx<'_>, sale: &Sale) -> Option<Row> {
    let families: &[&str] = match sale.code.as_deref()? {
        "97" => &["params.tid", "params.mid", "params.file"],
        "58" => &["params.tid", "params.mid", "params.keys", "params.file"],
        "61" => &["params.limits", "params.file"],
        "20" => &["version.expected", "params.file"],
        _ => return None,
    };
    let told = cx.snapshot()?.findings.iter().filter(|found| families.contains(&found.family()));
    // What is well is worth a line too: whose limit it was not.
    let told = told.filter(|found| !matches!(found.status, Status::Absent | Status::NotTested));
    let worst = told.rev().max_by_key(|found| found.status.weight())?;
    Some(Row {
        n: Some(6),
        text: parts::sentence(cx.lang, worst),
        open: Some(Open::Screen("55")),
        tone: parts::status_tone(cx.status_of(worst)),
        key: "parameter".to_owned(),
        ..Row::default()
    })
}

/// How many different cards got its code, where the agent counts them.
pub fn same_code_cards(cx: &Cx<'_>, id: SaleId) -> Option<u64> {
    let sure = |alike: &Alike| alike.exact || alike.cards >= 3;
    evidence(cx, id)?.hour.filter(sure).map(|alike| alike.cards)
}

/// Where one can go from here.
fn ways_on(cx: &Cx<'_>, sale: &Sale, judged: &Verdict, profile: &str, from: &'static str) -> Vec<Row> {
    let line = |n: u8, key: &str, open| Row {
        n: Some(n),
        text: cx.t(key),
        open: Some(open),
        key: key.to_owned(),
        ..Row::default()
    };
    let mut rows = vec![line(1, "sale-row-customer", Open::Place(from, Arg::ForCustomer(sale.id)))];
    if let Some(code) = sale.answer_code() {
        let code = Arg::Code { profile: profile.to_owned(), code: code.to_string() };
        rows.push(line(2, "sale-row-code", Open::Place("31", code)));
        rows.push(line(3, "sale-row-path-useless", Open::Screen("22")));
        if charged(cx, sale).open() && from != "33" {
            rows.push(line(4, "sale-row-unfinished", Open::Screen("33")));
        }
    } else {
        rows.push(line(2, "sale-row-verdict", Open::Screen("11")));
        rows.push(line(3, "sale-row-path", Open::Screen("22")));
        if from != "33" {
            rows.push(line(4, "sale-row-unfinished", Open::Screen("33")));
        }
    }
    // Step by step to a payment is no help to somebody who asked for a balance.
    let pays = sale.kind != "balance" || judged.job != Job::Customer;
    let id = playbook::of_sale(cx, sale).filter(|_| pays);
    let open = id.and_then(|id| playbook::start(from, &id, Some(sale), None));
    rows.extend(open.map(|open| playbook::start_row(cx, Some(5), open)));
    rows.extend(parameter(cx, sale));
    rows
}

/// Who says when money arrives, and what to keep until then: a wallet's side where the customer paid with one.
fn arrives(cx: &Cx<'_>, sale: &Sale, charged: Charged, scanned: bool) -> String {
    let moves = matches!(charged, Charged::Reversed | Charged::Reversing | Charged::Back) || charged.open();
    if scanned && moves && !(takes_back(sale) && charged.open()) {
        return cx.t(&format!("sale-customer-scan-{}", charged.word()));
    }
    about(cx, sale, charged, "customer")
}

/// A page to turn towards the customer: large, calm, no blame, no card number.
pub fn for_customer(cx: &Cx<'_>, id: SaleId) -> View {
    let Some(sale) = find(cx, id) else {
        return View { head: vec![Para::tone(cx.t("sale-gone"), Tone::Dim)], ..View::default() };
    };
    let profile = explanation::profile(cx, sale);
    let say = sale.code.as_deref().map(|code| explanation::told(cx, &profile, code).say).filter(|say| !say.is_empty());
    let charged = charged(cx, sale);
    let scanned = verdict::way(sale) == "scan";
    let words = match (sale.outcome, say) {
        // What the tables say is about paying with a card.
        (Outcome::Declined, _) if takes_back(sale) || sale.kind == "balance" => about(cx, sale, charged, "tell"),
        (Outcome::Declined, _) if scanned && !charged.open() => cx.t("sale-tell-scanned"),
        (Outcome::Declined, Some(say)) => say,
        (Outcome::Declined, None) => cx.t("sale-tell-declined"),
        _ => about(cx, sale, charged, "tell"),
    };
    let mut head = vec![Para::tone(parts::money(cx.lang, sale), Tone::Big), Para::tone(words, Tone::Strong)];
    // What moves no money has been told so already.
    if charged != Charged::None {
        head.push(Para::new(arrives(cx, sale, charged, scanned)));
    }
    let proof = [
        ("time", cx.when_exactly(sale.time).into()),
        ("rrn", sale.rrn.as_deref().map_or_else(|| "none".to_owned(), parts::clean).into()),
        ("stan", sale.stan.as_deref().map_or_else(|| "none".to_owned(), parts::clean).into()),
    ];
    head.push(Para::tone(cx.ta("sale-proof", &proof), Tone::Dim));
    head.retain(|para| !para.text.is_empty());
    View { head, ..View::default() }
}
