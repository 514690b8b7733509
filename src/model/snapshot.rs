//! What a front end holds: the whole state in one piece, then deltas.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Actor, CodeSeen, Finding, JournalFacts, Sale, Stamp};

/// What is known of the terminal itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terminal {
    /// Terminal identification (DE41): configured, else the newest seen in the journal.
    pub tid: Option<String>,
    /// Merchant identification (DE42), likewise.
    pub mid: Option<String>,
    /// Serial number of the device, where the machine tells it.
    pub serial: Option<String>,
    /// Host name of the machine.
    pub machine: String,
    /// Version of the agent.
    pub version: String,
    /// Everything shown is simulated: DEMO on every screen.
    pub demo: bool,
    /// The agent runs inside the console's own process.
    pub in_process: bool,
    /// Support line shown on HELP.
    pub support_phone: String,
    pub support_hours: String,
    /// Language that was chosen at the terminal itself (91 in kiosk mode); a tag such as `en`.
    #[serde(default)]
    pub lang: Option<String>,
    /// Code table of the first source, such as `unionpay`.
    pub profile: String,
}

/// One journal and how well it could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceStatus {
    pub name: Arc<str>,
    pub path: String,
    /// Code table of this source.
    pub profile: String,
    /// Transactions taken from it.
    pub read: u64,
    /// Lines that could not be read as one transaction.
    pub unreadable: u64,
    /// Of these, lines of a text journal that no pattern knows ("unknown format").
    #[serde(default)]
    pub unknown: u64,
    /// The last line that could not be read: `OFFSET WHY`, never its content. Why is `not-object`, `no-time`,
    /// `no-code`, `too-long`, `zeros` or `format`.
    pub last_unreadable: Option<String>,
    /// Bytes not read yet.
    pub behind: u64,
    /// Reached the end it had when the agent started.
    pub caught_up: bool,
    /// Why it cannot be read now: `missing`, `denied`, `directory`, `special` (a pipe or
    /// device), `pattern`, `store`, a word of another kind of source with details behind it (`no-column sales.rc`), or
    /// the system's words.
    pub error: Option<String>,
    /// Time of its newest transaction.
    pub last: Option<Stamp>,
    /// Followed by polling because inotify failed.
    pub polled: bool,
}

/// How well the store can be written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreStatus {
    /// Where it is.
    pub path: String,
    /// Transactions held.
    pub sales: u64,
    /// Bytes on disk.
    pub bytes: u64,
    /// Lives in memory only, because of `error`.
    pub memory_only: bool,
    /// `read-only`, `full`, or the system's words.
    pub error: Option<String>,
    /// A damaged database was set aside under this name.
    pub set_aside: Option<String>,
}

/// One row of EVENTS (screen 12).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    pub id: i64,
    pub at: Stamp,
    /// `finding`, `start`, `action`, `store`, `source`.
    pub kind: String,
    /// For `finding`: the finding as it became.
    pub finding: Option<Finding>,
    /// Locale key of the sentence for the other kinds, without the `event-` prefix.
    pub code: String,
    pub facts: super::Facts,
}

/// Everything a front end needs for its first frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The agent's clock when it was made.
    pub at: Stamp,
    pub actor: Actor,
    pub terminal: Terminal,
    pub findings: Vec<Finding>,
    /// Id of the root cause among them.
    pub root_cause: Option<String>,
    /// A run of checks is under way.
    pub checking: bool,
    /// Newest transactions, newest last, at most 50.
    pub recent: Vec<Sale>,
    /// Newest declined or unanswered ones, newest last, at most 50.
    pub failed: Vec<Sale>,
    /// Reversals, unsent, query-needed; newest last.
    pub unfinished: Vec<Sale>,
    /// Newest approved sale per way of paying (`insert`, `tap`, `swipe`, `scan`) and last print.
    pub last_good: Vec<(String, Stamp)>,
    /// Codes that occurred here, most frequent first.
    pub codes: Vec<CodeSeen>,
    pub journal: JournalFacts,
    /// Newest events, newest last, at most 50.
    pub events: Vec<Event>,
    /// The run under way, or the last one until somebody has taken note of its result.
    #[serde(default)]
    pub run: Option<super::RunView>,
}

/// Rows kept in a snapshot's lists.
pub const SNAPSHOT_ROWS: usize = 50;

impl Snapshot {
    /// Takes new or changed transactions into the lists, keeping their order and bound.
    pub fn take_sales(&mut self, rows: Vec<Sale>, journal: JournalFacts, last_good: Vec<(String, Stamp)>) {
        for row in rows {
            upsert(&mut self.failed, &row, row.failed());
            upsert(&mut self.unfinished, &row, row.unfinished());
            upsert(&mut self.recent, &row, true);
        }
        self.journal = journal;
        self.last_good = last_good;
    }

    /// Takes a new event.
    pub fn push_event(&mut self, event: Event) {
        self.events.push(event);
        let extra = self.events.len().saturating_sub(SNAPSHOT_ROWS);
        self.events.drain(..extra);
    }
}

/// Replaces the row with this id, or adds it; `belongs` false removes it.
fn upsert(list: &mut Vec<Sale>, row: &Sale, belongs: bool) {
    match list.iter().position(|have| have.id == row.id) {
        Some(at) if belongs => list[at] = row.clone(),
        Some(at) => {
            list.remove(at);
        }
        None if belongs => {
            list.push(row.clone());
            let extra = list.len().saturating_sub(SNAPSHOT_ROWS);
            list.drain(..extra);
        }
        None => {}
    }
}
