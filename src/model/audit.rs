//! The audit trail: who did what, chained by hashes.

use serde::{Deserialize, Serialize};

use super::Stamp;

/// What is about to be written into the audit; the store adds sequence, time order and hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditDraft {
    pub time: Stamp,
    pub who: String,
    pub role: String,
    pub from: String,
    /// Action id, such as `restart-network`, or a console word such as `set-language`.
    pub action: String,
    /// `intent`, `done`, `failed`, `undone`, `refused`, `unavailable`, `interrupted`.
    pub phase: String,
    /// Given by the person, or the reason of a refusal.
    pub reason: String,
    pub detail: String,
}

/// One audit row. `hash` is hex SHA-256 over the row's fields and its predecessor's hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    pub seq: i64,
    #[serde(flatten)]
    pub draft: AuditDraft,
    pub hash: String,
}

/// What is wrong with the audit chain, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "fault")]
pub enum ChainFault {
    /// The row's hash does not fit its content or its predecessor.
    Changed { seq: i64 },
    /// A sequence number is missing.
    Missing { seq: i64 },
    /// The table ends before the head that was kept outside it.
    Truncated { last: i64, expected: i64 },
    /// The head kept outside the table names another hash for its row.
    HeadMismatch { seq: i64 },
    /// The head kept outside the table is gone or unreadable although rows exist.
    HeadMissing,
}

/// The outcome of `audit verify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainReport {
    pub rows: i64,
    /// Hash of the last row, empty when there is none.
    pub head: String,
    pub faults: Vec<ChainFault>,
}
