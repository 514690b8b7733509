//! A transaction as the payment application's journal tells it, masked.

use std::sync::Arc;

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use super::{CardKey, MaskedPan, Stamp};

/// Identity and order of a journal line: file ordinal in the high bits, byte offset of the line in the low 40.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SaleId(pub i64);

impl SaleId {
    /// Bits kept for the byte offset: files up to 1 TiB.
    pub const OFFSET_BITS: u32 = 40;

    /// The line at `offset` of the file with this ordinal.
    pub const fn new(file: i64, offset: u64) -> Self {
        Self((file << Self::OFFSET_BITS) | offset as i64)
    }

    /// Ordinal of the file.
    pub const fn file(self) -> i64 {
        self.0 >> Self::OFFSET_BITS
    }

    /// Byte offset of the line in its file.
    pub const fn offset(self) -> u64 {
        (self.0 & ((1 << Self::OFFSET_BITS) - 1)) as u64
    }
}

/// How a transaction ended, as far as the terminal knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Approved,
    Declined,
    Reversed,
    NoResponse,
    Pending,
}

impl Outcome {
    /// The word used in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Reversed => "reversed",
            Self::NoResponse => "no-response",
            Self::Pending => "pending",
        }
    }
}

/// What the journal says of a request without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SaleState {
    Sent,
    Timeout,
    Reversed,
    QueryNeeded,
}

/// A text of a transaction. Nearly all of them are short and live in the row itself: a journal has millions.
pub type Short = CompactString;

/// One transaction. Text fields are as the journal wrote them, with card numbers masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sale {
    pub id: SaleId,
    pub time: Stamp,
    /// `sale`, `void`, `refund`, `preauth`, `completion`, `balance`, `reversal`, `settle`, `signon`, `echo`; others
    /// are kept as they are.
    pub kind: Short,
    /// `card`, `scan-pay`, `scan-show`, `wallet`; others are kept as they are.
    pub method: Option<Short>,
    /// Minor units of `currency`.
    pub amount: Option<i64>,
    /// ISO 4217 numeric or letters, as written.
    pub currency: Option<Short>,
    /// System trace audit number (ISO 8583:1987 DE11).
    pub stan: Option<Short>,
    /// Retrieval reference number (DE37): proof that the acquirer's side answered.
    pub rrn: Option<Short>,
    /// Response code (DE39); none while no answer came.
    pub code: Option<Short>,
    pub state: Option<SaleState>,
    pub outcome: Outcome,
    /// Card acceptor terminal identification (DE41).
    pub tid: Option<Short>,
    /// Card acceptor identification (DE42).
    pub mid: Option<Short>,
    /// Point of service entry mode (DE22).
    pub entry_mode: Option<Short>,
    pub card: Option<MaskedPan>,
    /// Request to answer, milliseconds.
    pub latency_ms: Option<u32>,
    /// Name of the host that was asked, as the journal wrote it.
    pub host: Option<Short>,
    /// The host's own clock in its answer (DE12 and DE13), in the zone of `time`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_time: Option<Stamp>,
    /// The chip could not be read and the stripe was used instead, where the journal says so itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<bool>,
    /// Trace number of the transaction that this one takes back, where it says so (DE90, or UnionPay's DE61).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_stan: Option<Short>,
    /// Who issued the card, as the answer names it (DE44.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<Short>,
    /// What the payment application showed, in its own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Short>,
    /// The answer that came after this one had been given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_by: Option<SaleId>,
    /// The reversal or void that undid it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_by: Option<SaleId>,
    /// A gateway told it as it stood towards the terminal, where it is the host itself; the same exchange may stand in
    /// its journal once more, towards the acquirer. Between a source and the store only.
    #[serde(skip)]
    pub as_host: bool,
    /// Tells cards apart between a source and the store; gone beyond it.
    #[serde(skip)]
    pub card_key: Option<CardKey>,
    /// Name of the configured source.
    pub source: Arc<str>,
}

impl Sale {
    /// Declined by a host, or without an answer.
    pub const fn failed(&self) -> bool {
        matches!(self.outcome, Outcome::Declined | Outcome::NoResponse)
    }

    /// A reversal that was sent and not answered: its code is the reason why the terminal reverses, which is no answer.
    pub fn is_reversal_request(&self) -> bool {
        self.kind.eq_ignore_ascii_case("reversal") && matches!(self.outcome, Outcome::Pending | Outcome::NoResponse)
    }

    /// The code that a host answered with (DE39).
    pub fn answer_code(&self) -> Option<&str> {
        self.code.as_deref().filter(|_| !self.is_reversal_request())
    }

    /// An answer, a reversal or a query is still to come for money that may have moved.
    pub fn unfinished(&self) -> bool {
        !self.moneyless()
            && match self.state {
                Some(SaleState::Sent | SaleState::Timeout | SaleState::QueryNeeded) => self.answer_code().is_none(),
                Some(SaleState::Reversed) => false,
                None => self.outcome == Outcome::Pending,
            }
    }

    /// Kinds that move no money whatever becomes of them.
    pub fn moneyless(&self) -> bool {
        matches!(self.kind.as_str(), "echo" | "signon" | "balance")
    }
}

/// A response code that occurred on this terminal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeSeen {
    pub code: String,
    pub count: u64,
    pub last: Stamp,
    pub source: Arc<str>,
}
