//! What front ends and the agent say to each other: a closed set of verbs that name checks and actions by id, so a
//! new check, action or screen never edits it.

use serde::{Deserialize, Serialize};

use crate::model::{
    AuditRow, Baselines, ChainReport, Challenge, CodeSeen, Event, Evidence, Finding, Plan, PluginSeen, Rights, Role,
    RunView, Sale, SaleId, Secret, SignalDay, Snapshot, Stamp, Trends, UpdateSeen,
};

/// Version of this protocol; a console and an agent of different versions say so and part.
pub const VERSION: u32 = 2;

/// Longest frame on a socket, bytes.
pub const MAX_FRAME: usize = 1024 * 1024;

/// Most transactions whose evidence is asked for at once: an answer is one frame.
pub const MAX_EVIDENCE: usize = 200;

/// Most rows in one page.
pub const MAX_PAGE: usize = 1000;

/// Which transactions a page holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SaleFilter {
    #[default]
    All,
    /// Declined by a host.
    Declined,
    /// Declined, or without an answer.
    Failed,
    /// Reversals, unsent, query-needed.
    Unfinished,
}

/// Place in a listing, opaque to front ends: per source the last id that was listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor(pub std::collections::BTreeMap<String, SaleId>);

/// Asks for transactions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleQuery {
    #[serde(default)]
    pub filter: SaleFilter,
    /// Only those at or after this moment.
    #[serde(default)]
    pub since: Option<Stamp>,
    /// Oldest first when set, else newest first.
    #[serde(default)]
    pub ascending: bool,
    /// Continue behind the last page.
    #[serde(default)]
    pub cursor: Option<Cursor>,
    /// Rows wanted, at most [`MAX_PAGE`].
    pub limit: usize,
}

/// What a front end asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case")]
pub enum Request {
    /// One page of transactions.
    Sales(SaleQuery),
    /// One transaction with what the terminal knew around it.
    Sale {
        id: SaleId,
    },
    /// What the terminal knew around each of these transactions, at most [`MAX_EVIDENCE`].
    Evidence {
        ids: Vec<SaleId>,
    },
    /// Answered when every source has reached the end it had when the agent started, and all of it is committed.
    CaughtUp,
    /// Runs checks now with fresh probes; no scope means all. Words are areas or check ids.
    Check {
        scope: Vec<String>,
    },
    /// Newest events before this id (none: the newest).
    Events {
        before: Option<i64>,
        limit: usize,
    },
    /// Audit rows behind this sequence number, oldest first.
    Audit {
        after: i64,
        limit: usize,
    },
    /// The newest audit rows, oldest first.
    AuditTail {
        limit: usize,
    },
    AuditVerify,
    /// Transactions in numbers, by hour, day and week.
    Trends,
    /// What an action would do now; looks only.
    Plan {
        action: String,
        /// Seconds of the guard, where another time than the configured one is wanted.
        #[serde(default)]
        guard_s: Option<u32>,
    },
    /// Runs an action by its frozen id. Audited also when refused or unavailable.
    Do {
        action: String,
        reason: Option<String>,
        /// Of the plan that was shown; none plans anew and does that.
        #[serde(default)]
        token: Option<String>,
        #[serde(default)]
        guard_s: Option<u32>,
    },
    /// What the next plan of this person is about: kept for this link until it is begun, or for a while.
    Draft {
        draft: crate::model::Draft,
    },
    /// Devices that 95 can set up; with `scan` also the Wi-Fi networks in reach.
    Net {
        scan: bool,
    },
    /// Keeps the change that waits, or undoes it now.
    Guard {
        keep: bool,
    },
    /// The result of this run has been seen.
    Noted {
        run: i64,
    },
    /// Keeps a choice made at the terminal itself (`lang`) for its next console.
    Set {
        key: String,
        value: String,
    },
    /// A playbook was walked to this end: kept as an event. Nothing but what the playbook itself has is taken.
    Walked {
        playbook: String,
        /// The whole way as signs, what checks said included.
        answers: String,
        /// Name of the node it ended at.
        end: String,
        /// The transaction it was about.
        #[serde(default)]
        sale: Option<SaleId>,
    },
    /// A round of the handbook was walked: kept as an event.
    Round {
        round: String,
        /// A sign per item, `1` fine, `2` something is wrong, `3` not looked at.
        marks: String,
    },
    /// What the site has laid down under 691 to 698.
    Plugins,
    /// What runs, and what could be installed as it was told last; looks at this machine only.
    Updates,
    /// What this terminal can be compared with.
    Baselines,
    /// How each way out was connected in the last 24 hours.
    Signals,
    /// What passcodes and support's answers allow here.
    Rights,
    /// Takes a role by its passcode, until nobody presses a key for a while.
    Unlock {
        role: Role,
        passcode: Secret,
    },
    /// Asks for what has to be read out to support, who then allows one action (its id or number), or a new passcode
    /// (`passcode-merchant`, `passcode-technician`).
    Challenge {
        action: String,
    },
    /// What support answered.
    Answer {
        answer: Secret,
    },
    /// Sets a passcode: root at installation, or whoever support allowed it. Empty: takes it away (root only).
    SetPasscode {
        role: Role,
        passcode: Secret,
    },
    /// Sets this terminal's key for support's answers (root only); empty takes it away.
    SetPhoneKey {
        key: Secret,
    },
    /// Gives back what a passcode or support allowed.
    Lock,
    /// Somebody has pressed a key.
    Present,
    /// Gives the state folder to a waiting `agent` process.
    HandOver,
}

impl Request {
    /// Whether a passcode or a key is in it: no copy of it is kept.
    pub const fn secret(&self) -> bool {
        match self {
            Self::Unlock { .. } | Self::Answer { .. } | Self::SetPasscode { .. } | Self::SetPhoneKey { .. } => true,
            Self::Draft { draft } => draft.secret(),
            _ => false,
        }
    }
}

/// What the agent answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "kebab-case")]
pub enum Reply {
    Sales { rows: Vec<Sale>, cursor: Option<Cursor> },
    Sale { sale: Option<Box<Sale>>, evidence: Box<Evidence> },
    Evidence { rows: Vec<Evidence> },
    CaughtUp { read: u64, unreadable: u64 },
    Checked { findings: Vec<Finding>, root_cause: Option<String> },
    Events { rows: Vec<Event> },
    Audit { rows: Vec<AuditRow> },
    AuditVerified(ChainReport),
    Planned(Box<Plan>),
    Trends(Box<Trends>),
    Plugins { rows: Vec<PluginSeen> },
    Updates(Box<UpdateSeen>),
    Baselines(Box<Baselines>),
    Signals { rows: Vec<SignalDay> },
    Rights(Rights),
    Net(crate::model::NetSeen),
    Challenged(Challenge),
    Accepted { run: i64 },
    Done,
    Refused(Refusal),
}

/// Why the agent did not do it: a coded reason, the sentence is the locale message `refused-<code>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// `role`, `unavailable`, `needs-agent`, `unknown-action`, `unknown-check`, `audit`, `store`, `busy`,
    /// `bad-request`, `lost`; of actions also `in-flight`, `stale-plan`, `plan-changed`, `no-guard` and the codes of
    /// a plan's blocks; of passcodes `passcode-unset`, `passcode-wrong`, `passcode-wait`, `passcode-weak`,
    /// `passcode-root`, `phone-unset`, `phone-none`, `phone-wrong`.
    pub code: String,
    pub detail: String,
}

/// What the agent tells unasked: a snapshot first, then deltas.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "update", rename_all = "kebab-case")]
pub enum Update {
    Snapshot(Box<Snapshot>),
    /// New or changed transactions.
    Sales {
        rows: Vec<Sale>,
        journal: Box<crate::model::JournalFacts>,
        last_good: Vec<(String, Stamp)>,
    },
    Codes {
        rows: Vec<CodeSeen>,
    },
    /// The whole list of findings, judged.
    Findings {
        findings: Vec<Finding>,
        root_cause: Option<String>,
        checking: bool,
        at: Stamp,
    },
    Journal {
        journal: Box<crate::model::JournalFacts>,
    },
    Event {
        event: Event,
    },
    /// A run went on; none when its result has been noted.
    Run {
        run: Option<Box<RunView>>,
    },
    /// The agent gives way to another one: reconnect.
    Leaving,
}

/// What stands on a line of the socket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "frame", rename_all = "kebab-case")]
pub enum Frame {
    /// First line of both sides.
    Hello {
        version: u32,
        build: String,
        #[serde(default)]
        from: String,
        #[serde(default)]
        session: Option<crate::model::Session>,
    },
    Call {
        id: u64,
        request: Request,
    },
    Answer {
        id: u64,
        reply: Reply,
    },
    Update {
        update: Update,
    },
}
