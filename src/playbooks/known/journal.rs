//! Checks that ask the journal. The snapshot holds the newest rows only: "no" is said where the rows held prove it.

use std::collections::BTreeSet;

use crate::model::{Outcome, SNAPSHOT_ROWS, Sale};

use super::{DAY, Evidence, Known, Told, Truth};
use crate::playbooks::tree::Topic;

/// Different cards that make "several".
const SEVERAL: usize = 3;
/// Amounts before "usual" means anything.
const ENOUGH: usize = 10;
/// So many times the largest amount taken is unusual.
const FAR: i64 = 5;
/// Codes by which a host says that it does not know the outcome itself.
const LEAVES_OPEN: [&str; 3] = ["09", "68", "98"];

/// Answers one topic.
pub(super) fn tell(known: &Known<'_>, topic: Topic) -> Told {
    match topic {
        Topic::Answered => with_sale(known, answered),
        Topic::Unfinished => unfinished(known),
        Topic::SaleApproved => with_sale(known, |known, sale| is(known, sale, sale.outcome == Outcome::Approved)),
        Topic::SaleRefused => with_sale(known, |known, sale| is(known, sale, refused(sale))),
        Topic::SaleReversed => with_sale(known, |known, sale| is(known, sale, sale.outcome == Outcome::Reversed)),
        Topic::ReversalWaits => reversal_waits(known),
        Topic::Undoing => with_sale(known, undoing),
        Topic::Wallet => with_sale(known, wallet),
        Topic::ManyCardsHour => many_cards(known, 3_600),
        Topic::ManyCardsDay => many_cards(known, DAY),
        Topic::OneBank => one_bank(known),
        Topic::OthersApproved => others_approved(known),
        Topic::SameCardAgain => with_sale(known, same_card_again),
        Topic::AmountUnusual => with_sale(known, amount_unusual),
        Topic::AboveApproved => above_approved(known),
        Topic::AgainAfterSignOn => again_after_sign_on(known),
        Topic::StanAgain => with_sale(known, stan_again),
        Topic::UsedStripe => with_sale(known, |_, sale| way(sale, &["02", "90", "80"], "playbook-seen-stripe")),
        Topic::UsedTap => with_sale(known, |_, sale| way(sale, &["07", "91", "96", "98"], "playbook-seen-tap")),
        Topic::ReadInsert => read_today(known, "insert"),
        Topic::ReadSwipe => read_today(known, "swipe"),
        Topic::ReadTap => read_today(known, "tap"),
        Topic::ReadScan => read_today(known, "scan"),
        Topic::TableNew => table_new(known),
    }
}

const fn yes_no(yes: bool) -> Truth {
    if yes { Truth::Yes } else { Truth::No }
}

fn seen(truth: Truth, key: &str) -> Told {
    Told::new(truth, Evidence::new(key))
}

fn with_sale(known: &Known<'_>, tell: impl Fn(&Known<'_>, &Sale) -> Told) -> Told {
    match known.sale {
        Some(sale) => tell(known, sale),
        None => seen(Truth::Unknown, "playbook-seen-no-sale"),
    }
}

/// A code is no proof by itself: a reversal request carries one as its reason, a terminal makes some up.
fn answered(known: &Known<'_>, sale: &Sale) -> Told {
    let time = known.when(sale.time);
    let Some(code) = sale.code.as_deref() else {
        return Told::new(Truth::No, Evidence::new("playbook-seen-unanswered").fact("time", time));
    };
    let about = |key: &str| Evidence::new(key).fact("time", time.as_str()).fact("code", code);
    let offline = matches!(code, "Y1" | "Y2" | "Y3" | "Z1" | "Z2" | "Z3");
    if offline {
        return Told::new(Truth::No, about("playbook-seen-local"));
    }
    if sale.kind == "reversal" && sale.outcome != Outcome::Declined && sale.rrn.is_none() {
        return Told::new(Truth::No, about("playbook-seen-request"));
    }
    match (&sale.rrn, sale.latency_ms) {
        (Some(rrn), _) => Told::new(Truth::Yes, about("playbook-seen-answered").fact("rrn", rrn.as_str())),
        (None, Some(ms)) => {
            Told::new(Truth::Yes, about("playbook-seen-answered-in").fact("seconds", f64::from(ms) / 1_000.0))
        }
        (None, None) => Told::new(Truth::Unknown, about("playbook-seen-code-only")),
    }
}

/// Every source was read to its end.
fn journal_read(known: &Known<'_>) -> bool {
    let sources = &known.snapshot.journal.sources;
    !sources.is_empty() && sources.iter().all(|source| source.error.is_none() && source.caught_up)
}

fn unfinished(known: &Known<'_>) -> Told {
    let facts = &known.snapshot.journal;
    let held = u64::try_from(known.snapshot.unfinished.len()).unwrap_or(u64::MAX);
    let open = held.max(facts.waiting + facts.query_needed).max(facts.in_flight);
    match open {
        0 if journal_read(known) => seen(Truth::No, "playbook-seen-none-open"),
        0 => seen(Truth::Unknown, "playbook-seen-journal-unread"),
        open => Told::new(Truth::Yes, Evidence::new("playbook-seen-open").fact("count", open)),
    }
}

fn is(known: &Known<'_>, sale: &Sale, yes: bool) -> Told {
    let evidence = Evidence::new(format!("playbook-seen-outcome-{}", sale.outcome.word()));
    Told::new(yes_no(yes), evidence.fact("time", known.when(sale.time)))
}

fn refused(sale: &Sale) -> bool {
    let open = sale.code.as_deref().is_none_or(|code| LEAVES_OPEN.contains(&code));
    sale.outcome == Outcome::Declined && !open
}

fn reversal_waits(known: &Known<'_>) -> Told {
    let own = |row: &&Sale| match known.sale.and_then(|sale| sale.stan.as_ref()) {
        Some(stan) => row.stan.as_ref().is_none_or(|have| have == stan),
        None => true,
    };
    let waits = known.snapshot.unfinished.iter().filter(|row| row.kind == "reversal").any(|row| own(&row));
    match waits {
        true => seen(Truth::Yes, "playbook-seen-reversal-waits"),
        false if journal_read(known) => seen(Truth::No, "playbook-seen-no-reversal"),
        false => seen(Truth::Unknown, "playbook-seen-journal-unread"),
    }
}

fn undoing(_: &Known<'_>, sale: &Sale) -> Told {
    let undoes = matches!(sale.kind.as_str(), "void" | "refund" | "reversal" | "completion");
    seen(yes_no(undoes), if undoes { "playbook-seen-undoing" } else { "playbook-seen-taking" })
}

fn wallet(_: &Known<'_>, sale: &Sale) -> Told {
    match (sale.method.as_deref(), &sale.card) {
        (Some("card"), _) | (None, Some(_)) => seen(Truth::No, "playbook-seen-card"),
        (Some(_), _) => seen(Truth::Yes, "playbook-seen-wallet"),
        (None, None) => seen(Truth::Unknown, "playbook-seen-way-unknown"),
    }
}

/// Failed sales with the code, so many seconds around the moment, and whether all of them are held.
fn same_code<'k>(known: &Known<'k>, seconds: i64) -> (Vec<&'k Sale>, bool) {
    let Some(code) = known.code.as_deref() else { return (Vec::new(), false) };
    let then = known.then();
    let near = |row: &&Sale| then.seconds_since(row.time).abs() <= seconds;
    let same = |row: &&Sale| row.failed() && row.code.as_deref() == Some(code);
    let mut rows: Vec<&Sale> = known.rows().into_iter().filter(near).filter(same).collect();
    if let Some(sale) = known.sale
        && same(&sale)
        && rows.iter().all(|row| row.id != sale.id)
    {
        rows.push(sale);
    }
    let failed = &known.snapshot.failed;
    let reaches_back = failed.iter().any(|row| then.seconds_since(row.time) > seconds);
    (rows, journal_read(known) && (failed.len() < SNAPSHOT_ROWS || reaches_back))
}

/// A mask that tells cards apart.
fn mask(sale: &Sale) -> Option<&str> {
    let mask = sale.card.as_ref()?.as_str();
    (mask.bytes().filter(u8::is_ascii_digit).count() >= 4).then_some(mask)
}

/// Cards with different masks are different; with the same mask they may be, so only few sales prove few cards.
fn many_cards(known: &Known<'_>, seconds: i64) -> Told {
    let (rows, all) = same_code(known, seconds);
    let cards: BTreeSet<&str> = rows.iter().filter_map(|row| mask(row)).collect();
    let code = known.code.as_deref().unwrap_or_default();
    let about = |key: &str, count: u64| {
        Evidence::new(key).fact("code", code).fact("count", count).fact("hours", seconds / 3_600)
    };
    let told = known.cards.filter(|_| seconds == 3_600);
    let count = |held: usize| u64::try_from(held).unwrap_or(u64::MAX);
    match told {
        _ if cards.len() >= SEVERAL => Told::new(Truth::Yes, about("playbook-seen-cards", count(cards.len()))),
        Some(cards) => Told::new(yes_no(cards >= count(SEVERAL)), about("playbook-seen-cards", cards)),
        None if code.is_empty() => seen(Truth::Unknown, "playbook-seen-no-sale"),
        None if all && rows.len() < SEVERAL => Told::new(Truth::No, about("playbook-seen-times", count(rows.len()))),
        None if rows.len() < SEVERAL => seen(Truth::Unknown, "playbook-seen-journal-unread"),
        None => Told::new(Truth::Unknown, about("playbook-seen-cards-unsure", count(rows.len()))),
    }
}

/// The first six digits name the bank; different ones may still be of one bank, so this never says no.
fn one_bank(known: &Known<'_>) -> Told {
    let (rows, _) = same_code(known, DAY);
    let masks: BTreeSet<&str> = rows.iter().filter_map(|row| mask(row)).collect();
    let banks: BTreeSet<Option<&str>> = masks
        .iter()
        .map(|mask| mask.get(..6).filter(|first| first.bytes().all(|byte| byte.is_ascii_digit())))
        .collect();
    if masks.len() >= 2 && banks.len() == 1 && !banks.contains(&None) {
        return Told::new(Truth::Yes, Evidence::new("playbook-seen-one-bank").fact("count", masks.len()));
    }
    seen(Truth::Unknown, "playbook-seen-banks-unsure")
}

/// Another card that a host approved about then: terminal, line and acquirer worked.
fn others_approved(known: &Known<'_>) -> Told {
    let then = known.then();
    let own = known.sale.map(|sale| sale.id);
    let card = known.sale.and_then(mask);
    let near = |row: &&Sale| then.seconds_since(row.time).abs() <= 1_800 && Some(row.id) != own;
    let taking = |row: &&Sale| matches!(row.kind.as_str(), "sale" | "preauth" | "completion") && row.card.is_some();
    let other = |row: &&Sale| card.is_none() || mask(row) != card;
    let rows: Vec<&Sale> = known.rows().into_iter().filter(near).filter(taking).filter(other).collect();
    let online = |row: &&&Sale| row.rrn.is_some() || row.code.as_deref().is_some_and(|code| !code.starts_with('Y'));
    let good = rows.iter().filter(|row| row.outcome == Outcome::Approved).filter(online).count();
    if good > 0 {
        return Told::new(Truth::Yes, Evidence::new("playbook-seen-others").fact("count", good));
    }
    if rows.is_empty() {
        return seen(Truth::Unknown, "playbook-seen-nothing-else");
    }
    Told::new(Truth::No, Evidence::new("playbook-seen-no-others").fact("count", rows.len()))
}

fn same_card_again(known: &Known<'_>, sale: &Sale) -> Told {
    let Some(card) = mask(sale) else { return seen(Truth::Unknown, "playbook-seen-card-unknown") };
    let (rows, all) = same_code(known, 3_600);
    let times = rows.iter().filter(|row| mask(row) == Some(card)).count();
    let evidence = Evidence::new("playbook-seen-same-card").fact("count", times);
    match times {
        2.. => Told::new(Truth::Yes, evidence),
        _ if all => Told::new(Truth::No, evidence),
        _ => seen(Truth::Unknown, "playbook-seen-journal-unread"),
    }
}

/// Amounts in the sale's currency that went through.
fn approved_amounts(known: &Known<'_>, like: &Sale) -> Vec<i64> {
    let good = |row: &&Sale| row.outcome == Outcome::Approved && row.kind == like.kind && row.currency == like.currency;
    known.rows().into_iter().filter(good).filter_map(|row| row.amount).collect()
}

fn amount_unusual(known: &Known<'_>, sale: &Sale) -> Told {
    let taken = approved_amounts(known, sale);
    match (sale.amount, taken.iter().max()) {
        (Some(amount), Some(&most)) if taken.len() >= ENOUGH => {
            let unusual = amount > most.saturating_mul(FAR);
            seen(yes_no(unusual), if unusual { "playbook-seen-amount-unusual" } else { "playbook-seen-amount-usual" })
        }
        _ => seen(Truth::Unknown, "playbook-seen-few-amounts"),
    }
}

fn above_approved(known: &Known<'_>) -> Told {
    let (rows, _) = same_code(known, DAY);
    let refused: Vec<i64> = rows.iter().filter_map(|row| row.amount).collect();
    let taken = rows.first().map(|row| approved_amounts(known, row)).unwrap_or_default();
    match (refused.iter().min(), taken.iter().max()) {
        (Some(least), Some(most)) if refused.len() >= 2 && taken.len() >= ENOUGH => {
            let above = least > most;
            seen(yes_no(above), if above { "playbook-seen-above" } else { "playbook-seen-not-above" })
        }
        _ => seen(Truth::Unknown, "playbook-seen-few-amounts"),
    }
}

fn again_after_sign_on(known: &Known<'_>) -> Told {
    let rows = known.rows();
    let signed = rows.iter().filter(|row| row.kind == "signon" && row.outcome == Outcome::Approved);
    let young = |row: &&&Sale| known.snapshot.at.seconds_since(row.time) <= DAY;
    let Some(signed) = signed.filter(young).map(|row| row.time).max() else {
        return seen(Truth::Unknown, "playbook-seen-no-sign-on");
    };
    let refused = known.code.as_deref().and_then(|code| {
        let same = rows.iter().filter(|row| row.failed() && row.kind != "signon" && row.code.as_deref() == Some(code));
        same.map(|row| row.time).max()
    });
    let again = refused.is_some_and(|refused| refused > signed);
    let key = if again { "playbook-seen-after-sign-on" } else { "playbook-seen-not-after-sign-on" };
    Told::new(yes_no(again), Evidence::new(key).fact("time", known.when(signed)))
}

/// A restarted counter gives two different sales one number; a reversal rightly carries that of its sale.
fn stan_again(known: &Known<'_>, sale: &Sale) -> Told {
    let Some(stan) = sale.stan.as_deref() else { return seen(Truth::Unknown, "playbook-seen-no-stan") };
    let rows = known.rows();
    let near = |row: &&&Sale| sale.time.seconds_since(row.time).abs() <= DAY && row.id != sale.id;
    let same = |row: &&&Sale| row.stan.as_deref() == Some(stan) && row.tid == sale.tid && row.kind != "reversal";
    let differs = |row: &&Sale| row.amount != sale.amount || mask(row) != mask(sale);
    if rows.iter().filter(near).filter(same).any(differs) {
        return Told::new(Truth::Yes, Evidence::new("playbook-seen-stan-again").fact("stan", stan));
    }
    let whole = known.snapshot.recent.len() < SNAPSHOT_ROWS
        || known.snapshot.recent.iter().any(|row| sale.time.seconds_since(row.time) > DAY);
    if whole && journal_read(known) {
        return Told::new(Truth::No, Evidence::new("playbook-seen-stan-once").fact("stan", stan));
    }
    seen(Truth::Unknown, "playbook-seen-journal-unread")
}

/// ISO 8583:1987 DE22, first two digits.
fn way(sale: &Sale, modes: &[&str], yes: &str) -> Told {
    match sale.entry_mode.as_deref().and_then(|mode| mode.get(..2)) {
        Some("00") | None => seen(Truth::Unknown, "playbook-seen-way-unknown"),
        Some(mode) if modes.contains(&mode) => seen(Truth::Yes, yes),
        Some(_) => seen(Truth::No, "playbook-seen-other-way"),
    }
}

/// That nothing was read proves nothing: perhaps nobody tried.
fn read_today(known: &Known<'_>, way: &str) -> Told {
    let last = known.snapshot.last_good.iter().filter(|(have, _)| have == way).map(|(_, at)| *at).max();
    match last {
        Some(at) if at.day() == known.snapshot.at.day() => {
            Told::new(Truth::Yes, Evidence::new("playbook-seen-read-today").fact("time", known.when(at)))
        }
        Some(at) => Told::new(Truth::Unknown, Evidence::new("playbook-seen-read-last").fact("time", known.when(at))),
        None => seen(Truth::Unknown, "playbook-seen-read-never"),
    }
}

fn table_new(known: &Known<'_>) -> Told {
    let source = known.sale.and_then(|sale| {
        let sources = &known.snapshot.journal.sources;
        sources.iter().find(|source| source.name == sale.source).map(|source| source.profile.as_str())
    });
    match source.filter(|profile| !profile.is_empty()).unwrap_or(&known.snapshot.terminal.profile) {
        "unionpay" => seen(Truth::Yes, "playbook-seen-table-new"),
        "unionpay-old" => seen(Truth::No, "playbook-seen-table-old"),
        _ => seen(Truth::Unknown, "playbook-seen-table-other"),
    }
}
