//! What the journal says, in numbers that checks can use without seeing the store.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{SourceStatus, Stamp, StoreStatus, TrendFacts};

/// The agent's summary of the journal and its own state, handed to checks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct JournalFacts {
    pub sources: Vec<SourceStatus>,
    pub store: StoreStatus,
    /// Newest transaction of any source.
    pub last_sale: Option<Stamp>,
    /// Newest one that a host answered, approved or not.
    pub last_answer: Option<Stamp>,
    /// What the hosts' own clocks said last (DE12, DE13): no right clock is before it.
    #[serde(default)]
    pub last_host: Option<Stamp>,
    /// Requests out and younger than the answer timeout.
    pub in_flight: u64,
    /// Requests without an answer, reversals and uploads that wait.
    pub waiting: u64,
    /// Sales whose outcome has to be queried.
    pub query_needed: u64,
    /// Of the newest 50 answered transactions.
    pub recent_answered: u64,
    pub recent_declined: u64,
    /// Most frequent decline code among them, and how often.
    pub top_decline: Option<(String, u64)>,
    /// Newest transactions in a row that got no answer.
    pub unanswered_in_a_row: u64,
    /// Code of the newest answer to a sale, and how many of the newest in a row say the same.
    #[serde(default)]
    pub same_answer: Option<(String, u64)>,
    /// Host time of the newest 50 answered, milliseconds.
    pub latency_p50_ms: Option<u32>,
    pub latency_p95_ms: Option<u32>,
    /// The batch is open: approved sales after the last settlement.
    pub batch_open: Option<u64>,
    /// Terminal and merchant number of the newest transaction that tells them.
    #[serde(default)]
    pub tid: Option<String>,
    #[serde(default)]
    pub mid: Option<String>,
    /// The newest hours against the usual ones; for checks alone, never on the wire.
    #[serde(default, skip_serializing)]
    pub trend: Option<Arc<TrendFacts>>,
}
