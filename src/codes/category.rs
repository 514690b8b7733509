//! The closed word lists of the tables: categories, retry rules, who answered, whom to call.

use serde::{Serialize, Serializer};

use crate::text::{self, Lang};

/// What kind of answer a response code is. The words are frozen (`explain --json`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Category {
    /// Done, also with a defect to clear up later (UnionPay A2, A4-A6).
    Approved,
    /// Done for a part of the amount.
    Partial,
    Funds,
    Limit,
    CardStatus,
    Pin,
    FraudPickup,
    FormatConfig,
    MerchantConfig,
    SystemTimeout,
    Duplicate,
    Expired,
    NotPermitted,
    SecurityKey,
    /// The code or its table is not known; neither a success nor a decline.
    Unknown,
}

impl Category {
    /// Every category with its word.
    const WORDS: [(Self, &'static str); 15] = [
        (Self::Approved, "approved"),
        (Self::Partial, "partial"),
        (Self::Funds, "funds"),
        (Self::Limit, "limit"),
        (Self::CardStatus, "card-status"),
        (Self::Pin, "pin"),
        (Self::FraudPickup, "fraud/pickup"),
        (Self::FormatConfig, "format/config"),
        (Self::MerchantConfig, "merchant-config"),
        (Self::SystemTimeout, "system/timeout"),
        (Self::Duplicate, "duplicate"),
        (Self::Expired, "expired"),
        (Self::NotPermitted, "not-permitted"),
        (Self::SecurityKey, "security/MAC-key"),
        (Self::Unknown, "unknown"),
    ];

    /// Every category, in a fixed order.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::WORDS.iter().map(|(category, _)| *category)
    }

    /// The word used in data files and JSON.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(category, _)| *category == self).map_or("unknown", |(_, word)| word)
    }

    /// Back from the word; `unknown` cannot be written into a table.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(category, known)| *known == word && *category != Self::Unknown).map(|(c, _)| *c)
    }

    /// Whether money or action went through, wholly or in part.
    pub fn is_success(self) -> bool {
        matches!(self, Self::Approved | Self::Partial)
    }

    /// For people, in their language.
    pub fn words(self, lang: Lang) -> String {
        worded(lang, "category", self.word())
    }
}

impl Serialize for Category {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

/// What may be done with the sale: `-` nothing to retry, `yes` at once, `unknown` for codes that no table knows.
pub const RETRY: &[&str] =
    &["-", "yes", "later", "after-fix", "different-card", "enter-pin", "insert-chip", "never", "unknown"];

/// Who gave the answer. `issuer` only where the code alone proves it.
pub const ANSWERED_BY: &[&str] = &["issuer", "acquirer-side", "terminal", "unknown"];

/// Who can change it (the words of the playbooks).
pub const CALL: &[&str] = &["none", "issuer", "acquirer", "service", "isp"];

/// A retry rule for people.
pub fn retry_words(retry: &str, lang: Lang) -> String {
    worded(lang, "retry", if retry == "-" { "none" } else { retry })
}

/// Who answered, for people.
pub fn answered_words(answered_by: &str, lang: Lang) -> String {
    worded(lang, "answered", answered_by)
}

/// Whom to call, for people.
pub fn call_words(call: &str, lang: Lang) -> String {
    worded(lang, "call", call)
}

fn worded(lang: Lang, list: &str, word: &str) -> String {
    text::t(lang, &format!("codes-{list}-{}", word.replace('/', "-").to_ascii_lowercase()))
}
