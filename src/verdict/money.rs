//! What became of the customer's money, as far as the terminal can know, and who gives it back.

use serde::Serialize;

use super::Who;
use crate::codes::{Bare, Category};
use crate::model::{Evidence, Outcome, Sale, SaleState};

/// What became of the customer's money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Charged {
    Yes,
    No,
    /// Nobody answered, or an answer that leaves it open: may be charged.
    Maybe,
    /// The outcome has to be asked for: may be charged until then.
    Query,
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
    /// Every state, in a fixed order.
    pub const ALL: [Self; 9] = [
        Self::Yes,
        Self::No,
        Self::Maybe,
        Self::Query,
        Self::Reversed,
        Self::Reversing,
        Self::Back,
        Self::Stands,
        Self::None,
    ];

    /// The word in JSON, and the last part of its locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Maybe => "maybe",
            Self::Query => "query",
            Self::Reversed => "reversed",
            Self::Reversing => "reversing",
            Self::Back => "back",
            Self::Stands => "stands",
            Self::None => "none",
        }
    }

    /// Money that may have moved without a sale: nobody may charge again before it is known.
    pub const fn open(self) -> bool {
        matches!(self, Self::Maybe | Self::Query | Self::Reversing)
    }
}

/// Who gives money back that was taken without a sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refund {
    /// Nothing to give back.
    None,
    /// The terminal's reversal does, when it gets through; nobody has to ask.
    Reversal,
    /// The card's bank books it back after the reversal.
    Issuer,
    /// The acquirer finds it at settlement, with the numbers of this sale.
    Acquirer,
    /// The wallet's side, through the acquirer, once the result is known.
    Wallet,
    /// The shop, by a void or refund on the terminal.
    Merchant,
}

impl Refund {
    /// Every answer, in a fixed order.
    pub const ALL: [Self; 6] = [Self::None, Self::Reversal, Self::Issuer, Self::Acquirer, Self::Wallet, Self::Merchant];

    /// The word in JSON, and the last part of its locale key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Reversal => "reversal",
            Self::Issuer => "issuer",
            Self::Acquirer => "acquirer",
            Self::Wallet => "wallet",
            Self::Merchant => "merchant",
        }
    }
}

/// Codes by which a host says that it does not know the outcome itself, where their table is not known.
const LEAVES_OPEN: [&str; 3] = ["09", "68", "98"];

/// Whether this answer leaves the outcome open: still in progress, came late, or the card's bank did not answer.
fn leaves_open(sale: &Sale, code: Option<&Bare>) -> bool {
    match code {
        Some(bare) => {
            matches!(bare.class.as_str(), "unclear" | "status")
                || (bare.category == Category::SystemTimeout && bare.retry == "-")
        }
        None => sale.code.as_deref().is_some_and(|code| LEAVES_OPEN.contains(&code)),
    }
}

/// A code that proves nothing: a terminal can make it up after a request got through.
fn unproved(sale: &Sale, code: Option<&Bare>) -> bool {
    let doubtful = code.is_none_or(|bare| bare.category == Category::SystemTimeout && bare.answered_by != "terminal");
    doubtful && super::signs::proof(sale) == super::Proof::Code
}

/// Whether the customer was charged.
pub fn charged(sale: &Sale, code: Option<&Bare>, evidence: Option<&Evidence>) -> Charged {
    let late = evidence.and_then(|evidence| evidence.late).map(|(_, outcome)| outcome);
    match (sale.kind.as_str(), sale.outcome) {
        ("signon" | "echo" | "settle" | "balance", _) => Charged::None,
        // What takes money back may be undone, unanswered or answered late itself: it is the other way round there.
        ("void" | "refund", _) => gone_back(sale, code, late),
        ("reversal", Outcome::Approved) | (_, Outcome::Reversed) => Charged::Reversed,
        ("reversal", _) => Charged::Reversing,
        (_, Outcome::Approved) => Charged::Yes,
        (_, Outcome::Declined) if leaves_open(sale, code) && sale.state == Some(SaleState::QueryNeeded) => {
            Charged::Query
        }
        (_, Outcome::Declined) if leaves_open(sale, code) => Charged::Maybe,
        (_, Outcome::Declined) if unproved(sale, code) => Charged::Maybe,
        (_, Outcome::Declined) => Charged::No,
        // Nobody answered, and the reversal that followed went through.
        (_, Outcome::NoResponse | Outcome::Pending) if sale.state == Some(SaleState::Reversed) => Charged::Reversed,
        (_, Outcome::NoResponse | Outcome::Pending) => match (late, sale.state) {
            (Some(Outcome::Approved), _) => Charged::Yes,
            (Some(Outcome::Declined), _) => Charged::No,
            (Some(Outcome::Reversed), _) => Charged::Reversed,
            (_, Some(SaleState::QueryNeeded)) => Charged::Query,
            _ => Charged::Maybe,
        },
    }
}

/// Whether a void or refund gave the money back; `late` is the outcome of an answer that came too late.
fn gone_back(sale: &Sale, code: Option<&Bare>, late: Option<Outcome>) -> Charged {
    let open = if sale.state == Some(SaleState::QueryNeeded) { Charged::Query } else { Charged::Maybe };
    let mute = matches!(sale.outcome, Outcome::NoResponse | Outcome::Pending);
    if mute && sale.state == Some(SaleState::Reversed) {
        return Charged::Stands;
    }
    if !mute && sale.outcome == Outcome::Declined && (leaves_open(sale, code) || unproved(sale, code)) {
        return open;
    }
    match if mute { late } else { Some(sale.outcome) } {
        Some(Outcome::Approved) => Charged::Back,
        Some(Outcome::Declined | Outcome::Reversed) => Charged::Stands,
        Some(Outcome::NoResponse | Outcome::Pending) | None => open,
    }
}

/// Who gives back what may have been taken.
pub fn refund(sale: &Sale, charged: Charged, who: Who) -> Refund {
    let wallet = super::way(sale) == "scan";
    let back = matches!(sale.kind.as_str(), "void" | "refund");
    match charged {
        // Nothing was taken by it; what it should give back is known when its result is.
        Charged::Maybe | Charged::Query if back => Refund::Acquirer,
        Charged::Maybe | Charged::Query | Charged::Reversed if wallet => Refund::Wallet,
        Charged::Maybe | Charged::Query => Refund::Acquirer,
        Charged::Reversing => Refund::Reversal,
        Charged::Reversed => Refund::Issuer,
        Charged::Stands => Refund::Merchant,
        // The answer came when the sale had been given up.
        Charged::Yes if sale.failed() || who == Who::Nobody => Refund::Merchant,
        Charged::Yes | Charged::No | Charged::Back | Charged::None => Refund::None,
    }
}
