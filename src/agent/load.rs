//! The journal's part of the snapshot, read from the store in one go; and what is known before it.

use super::Boot;
use crate::model::{
    Actor, CodeSeen, Event, JournalFacts, Role, SNAPSHOT_ROWS, Sale, Snapshot, SourceStatus, Stamp, Terminal,
};
use crate::platform;
use crate::proto::{SaleFilter, SaleQuery};
use crate::store::Store;

/// What the store says now.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub recent: Vec<Sale>,
    pub failed: Vec<Sale>,
    pub unfinished: Vec<Sale>,
    pub last_good: Vec<(String, Stamp)>,
    pub codes: Vec<CodeSeen>,
    pub journal: JournalFacts,
    pub events: Vec<Event>,
    /// The terminal's own language, where one was chosen.
    pub lang: Option<String>,
}

/// Reads it; what the store cannot answer stays empty, and its status says why.
pub(super) async fn load(store: Store, now: Stamp, answer_timeout_s: u64) -> Loaded {
    let newest = async |filter| {
        let query = SaleQuery { filter, limit: SNAPSHOT_ROWS, ..SaleQuery::default() };
        let mut rows = store.sales(query).await.map(|(rows, _)| rows).unwrap_or_default();
        rows.reverse();
        rows
    };
    Loaded {
        recent: newest(SaleFilter::All).await,
        failed: newest(SaleFilter::Failed).await,
        unfinished: newest(SaleFilter::Unfinished).await,
        last_good: store.last_good().await,
        codes: store.codes_seen().await,
        journal: store.journal_facts(now, answer_timeout_s).await,
        events: store.events(None, SNAPSHOT_ROWS).await.unwrap_or_default(),
        lang: store.get("lang").await,
    }
}

impl Loaded {
    /// Moves into the snapshot; true when a list is not what deltas had made of it, so that front ends need it whole.
    pub fn into_snapshot(self, snapshot: &mut Snapshot, sources: Vec<SourceStatus>, store: &Store) -> bool {
        let differs = snapshot.recent != self.recent
            || snapshot.failed != self.failed
            || snapshot.unfinished != self.unfinished
            || snapshot.codes != self.codes
            || snapshot.last_good != self.last_good;
        snapshot.recent = self.recent;
        snapshot.failed = self.failed;
        snapshot.unfinished = self.unfinished;
        snapshot.codes = self.codes;
        snapshot.last_good = self.last_good;
        let newest = |pick: fn(&Sale) -> Option<String>| snapshot.recent.iter().rev().find_map(pick);
        let tid = newest(|sale| sale.tid.as_ref().map(ToString::to_string));
        let mid = newest(|sale| sale.mid.as_ref().map(ToString::to_string));
        snapshot.journal = JournalFacts { sources, store: store.status(), tid, mid, ..self.journal };
        snapshot.events = self.events;
        snapshot.terminal.lang = self.lang;
        differs
    }
}

/// A snapshot of an agent that knows nothing yet.
pub(super) fn empty_snapshot() -> Snapshot {
    Snapshot {
        at: platform::now(),
        actor: Actor { uid: 0, name: String::new(), role: Role::Viewer, from: String::new(), session: None },
        terminal: Terminal::default(),
        findings: Vec::new(),
        root_cause: None,
        checking: false,
        recent: Vec::new(),
        failed: Vec::new(),
        unfinished: Vec::new(),
        last_good: Vec::new(),
        codes: Vec::new(),
        journal: JournalFacts::default(),
        events: Vec::new(),
        run: None,
    }
}

/// What is known of the terminal before anything has been read.
pub(super) fn terminal(boot: &Boot) -> Terminal {
    let config = &boot.config;
    let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    Terminal {
        tid: given(&config.terminal.tid),
        mid: given(&config.terminal.mid),
        serial: given(&config.terminal.serial).or_else(platform::serial),
        machine: platform::machine_name(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        demo: config.demo,
        in_process: boot.in_process,
        support_phone: config.support.phone.clone(),
        support_hours: config.support.hours.clone(),
        lang: None,
        profile: config.source.first().map_or_else(|| "unionpay".to_owned(), |source| source.profile.clone()),
    }
}
