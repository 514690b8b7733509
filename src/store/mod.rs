//! The store: transactions, audit chain, events and settings in SQLite, on one named thread behind a bounded queue.
//!
//! It never fails to open and never stops the console: a medium that is full or takes no writes moves it into memory,
//! a damaged file is set aside and built anew from the journals, and [`Store::status`] says so. It knows nothing of
//! journal formats, checks or screens.
//!
//! A transaction is a row of the table `sales` as long as anything may be looked for by what it says; the rest of a
//! history rests in `packs`, many to a record. `walk` gives both in their order.

use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::{Semaphore, oneshot, watch};

use crate::config::StoreConfig;
use crate::model::{
    AuditDraft, AuditRow, Batch, ChainReport, CodeSeen, Event, Evidence, Facts, FileMark, Finding, JournalFacts, Sale,
    SaleId, SignalDay, Stamp, StoreStatus, Trends,
};
use crate::proto::{Cursor, SaleQuery};

mod armed;
mod audit;
mod chain;
mod crowd;
mod db;
mod error;
mod events;
mod facts;
mod files;
mod ingest;
mod keeper;
mod list;
mod log;
mod lookback;
mod moves;
mod order;
mod packs;
mod place;
mod retain;
mod rows;
mod sides;
mod signals;
mod spill;
mod stood;
mod tally;
#[cfg(test)]
mod tests;
mod tracker;
mod trend_sums;
mod trends;
mod undone;
mod walk;
mod words;

pub use armed::ArmedFile;
pub use error::StoreError;
use keeper::{Job, Keeper, Shared};

/// Questions of the agent that may wait; sources wait for their answer, so each holds one place at most.
const DEPTH: usize = 64;

/// A handle on the store, cheap to clone. The thread ends with [`Store::close`] or with the last handle.
#[derive(Clone)]
pub struct Store {
    jobs: Sender<Job>,
    room: Arc<Semaphore>,
    shared: Arc<Shared>,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("status", &self.status()).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the store of this state folder (none: in memory). What stands in the way is told by [`Store::status`].
    pub fn open(dir: Option<&Path>, config: &StoreConfig, now: Stamp) -> Self {
        let shared = Arc::new(Shared { status: Mutex::default(), changes: watch::Sender::new(0) });
        let (jobs, queue) = mpsc::channel::<Job>();
        let keeper = Keeper::open(dir.map(Path::to_path_buf), config.clone(), now, shared.clone());
        let thread = keeper.map_err(|error| error.to_string()).and_then(|keeper| {
            let thread = std::thread::Builder::new().name("store".to_owned());
            thread.spawn(move || keeper.run(&queue)).map_err(|error| error.to_string())
        });
        let thread = match thread {
            Ok(thread) => Some(thread),
            Err(words) => {
                // No memory for a database or a thread: every question is answered with "closed".
                let mut status = shared.status.lock().unwrap_or_else(PoisonError::into_inner);
                (status.memory_only, status.error) = (true, Some(words));
                None
            }
        };
        Self { jobs, room: Arc::new(Semaphore::new(DEPTH)), shared, thread: Arc::new(Mutex::new(thread)) }
    }

    /// Where the store lives and how well.
    pub fn status(&self) -> StoreStatus {
        self.shared.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Counts changes of what listings show: rows that came, were joined, or went.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.shared.changes.subscribe()
    }

    /// Tells the configured sources in their order: of two that see the same sale, the first one's row counts.
    pub fn set_sources(&self, order: &[Arc<str>]) {
        let order = order.to_vec();
        self.tell(move |keeper| {
            keeper.flush();
            // Without the index of twins they are counted twice, which is no reason to stop.
            let _ = keeper.ask(|db| Ok(db.set_sources(&order)?));
        });
    }

    /// What is stored of a source's files, oldest first. Blocks: for source threads.
    pub fn marks(&self, source: &str) -> Result<Vec<FileMark>, StoreError> {
        let source = source.to_owned();
        self.ask_blocking(move |keeper| keeper.marks(&source))
    }

    /// Takes rows and the mark that stands after them, both or none; the mark comes back with its ordinal. Row ids
    /// take the mark's ordinal, their own offset. Blocks: for source threads.
    ///
    /// Live rows are seen at once and stored with others within 30 s; a crash before that stores neither rows nor mark.
    /// [`StoreError::Reset`]: ask for the marks again and read from there.
    pub fn commit(&self, batch: Batch) -> Result<FileMark, StoreError> {
        self.commit_beside(batch, || {})
    }

    /// The same with something to do while the store works.
    pub fn commit_beside(&self, batch: Batch, meanwhile: impl FnOnce()) -> Result<FileMark, StoreError> {
        let answered = self.begin(move |keeper| keeper.commit(batch));
        meanwhile();
        answered.recv().map_err(|_| StoreError::Closed)?.map(|(mark, _)| mark)
    }

    /// Takes the cards of rows that an earlier run has stored: how they are told apart is held in memory only. Blocks:
    /// for source threads.
    pub fn recall(&self, rows: Vec<Sale>) -> Result<(), StoreError> {
        self.ask_blocking(move |keeper| {
            keeper.db.cards.recall(&rows);
            Ok(())
        })
    }

    /// Has everything that was taken so far on the medium: it survives the loss of power. False: the store lives in
    /// memory, and so do the rows. Blocks: for source threads.
    pub fn settle(&self) -> Result<bool, StoreError> {
        self.ask_blocking(|keeper| Ok(keeper.settled()))
    }

    /// One page of transactions, and where the next one begins; none when this was the last.
    pub async fn sales(&self, query: SaleQuery) -> Result<(Vec<Sale>, Option<Cursor>), StoreError> {
        self.ask(move |keeper| keeper.ask(|db| Ok(db.sales(&query)?))).await
    }

    /// One transaction; a request that was answered is found as its answer.
    pub async fn sale(&self, id: SaleId) -> Result<Option<Sale>, StoreError> {
        self.ask(move |keeper| keeper.ask(|db| Ok(db.sale(id)?))).await
    }

    /// The journal in numbers: everything but `sources`; zeros when the store cannot answer.
    pub async fn journal_facts(&self, now: Stamp, answer_timeout_s: u64) -> JournalFacts {
        let asked = self.ask(move |keeper| keeper.ask(|db| Ok(db.journal_facts(now, answer_timeout_s)?))).await;
        JournalFacts { store: self.status(), ..asked.unwrap_or_default() }
    }

    /// Newest approved sale per way: `insert`, `tap`, `swipe`, `scan`; those that occurred.
    pub async fn last_good(&self) -> Vec<(String, Stamp)> {
        self.ask(|keeper| Ok(keeper.db.last_good())).await.unwrap_or_default()
    }

    /// Codes of declines that occurred, most frequent first.
    pub async fn codes_seen(&self) -> Vec<CodeSeen> {
        self.ask(|keeper| Ok(keeper.db.codes_seen())).await.unwrap_or_default()
    }

    /// Transactions in numbers up to now, by hour, day and week.
    pub async fn trends(&self, now: Stamp) -> Result<Trends, StoreError> {
        self.ask(move |keeper| keeper.ask(|db| Ok(db.trends_shown(now)?))).await
    }

    /// How each way out was connected in the last 24 hours.
    pub async fn signals(&self, now: Stamp) -> Result<Vec<SignalDay>, StoreError> {
        self.ask(move |keeper| keeper.ask(|db| Ok(db.signals_shown(now)?))).await
    }

    /// Appends to the audit; on the medium when it returns, unless that takes nothing at all.
    pub async fn audit_append(&self, draft: AuditDraft) -> Result<AuditRow, StoreError> {
        self.ask(move |keeper| keeper.audit_append(&draft).map(|(row, _)| row)).await
    }

    /// The same for what must not be done unless it is remembered: none where the row would be gone with the power.
    pub async fn audit_commit(&self, draft: AuditDraft) -> Result<Option<AuditRow>, StoreError> {
        self.ask(move |keeper| keeper.audit_append(&draft).map(|(row, kept)| kept.then_some(row))).await
    }

    /// Audit rows behind this sequence number, oldest first.
    pub async fn audit(&self, after: i64, limit: usize) -> Result<Vec<AuditRow>, StoreError> {
        self.ask(move |keeper| keeper.ask(|db| Ok(db.audit_after(after, limit)?))).await
    }

    /// The newest audit rows, oldest first.
    pub async fn audit_tail(&self, limit: usize) -> Result<Vec<AuditRow>, StoreError> {
        self.ask(move |keeper| keeper.ask(|db| Ok(db.audit_tail(limit)?))).await
    }

    /// Checks the whole audit chain and its head.
    pub async fn audit_verify(&self) -> Result<ChainReport, StoreError> {
        self.ask(Keeper::audit_verify).await
    }

    /// Keeps an event and gives it its number.
    pub async fn event_append(
        &self,
        at: Stamp,
        kind: &str,
        finding: Option<Finding>,
        code: &str,
        facts: Facts,
    ) -> Result<Event, StoreError> {
        let (kind, code) = (kind.to_owned(), code.to_owned());
        self.ask(move |keeper| keeper.ask(|db| db.event_append(at, &kind, finding.clone(), &code, facts.clone()))).await
    }

    /// The newest events before this number (none: of all), newest last.
    pub async fn events(&self, before: Option<i64>, limit: usize) -> Result<Vec<Event>, StoreError> {
        self.ask(move |keeper| keeper.ask(|db| Ok(db.events(before, limit)?))).await
    }

    /// Keeps how the parts of the terminal stood, as checks have just found them.
    pub fn stood(&self, findings: Vec<Finding>, now: Stamp) {
        self.tell(move |keeper| {
            // Evidence that cannot be kept is told as "not looked at".
            let _ = keeper.ask(|db| Ok(db.take_stood(&findings, now)?));
            let _ = keeper.ask(|db| Ok(db.take_signals(&findings, now)?));
        });
    }

    /// The surroundings of these transactions, in their order; empty ones when the store cannot answer.
    pub async fn evidence(&self, sales: Vec<Sale>) -> Vec<Evidence> {
        let count = sales.len();
        let asked = self.ask(move |keeper| keeper.ask(|db| Ok(db.evidence(&sales)?))).await;
        asked.unwrap_or_else(|_| vec![Evidence::default(); count])
    }

    /// The same by their ids; one that is gone has empty surroundings.
    pub async fn evidence_of(&self, ids: Vec<SaleId>) -> Result<Vec<Evidence>, StoreError> {
        self.ask(move |keeper| keeper.ask(|db| Ok(db.evidence_of(&ids)?))).await
    }

    /// Keeps a setting (`lang`, `display`).
    pub async fn set(&self, key: &str, value: &str) -> Result<(), StoreError> {
        let (key, value) = (key.to_owned(), value.to_owned());
        self.ask(move |keeper| keeper.ask(|db| Ok(db.set_setting(&key, &value)?))).await
    }

    /// A kept setting.
    pub async fn get(&self, key: &str) -> Option<String> {
        let key = key.to_owned();
        self.ask(move |keeper| keeper.ask(|db| Ok(db.setting(&key)?))).await.ok().flatten()
    }

    /// Begins to delete what is too old or too much, in small steps. Never to be called during a first ingest.
    pub fn retention(&self) {
        self.tell(Keeper::begin_retention);
    }

    /// Stores what has gathered, at once.
    pub async fn flush(&self) -> Result<(), StoreError> {
        self.ask(|keeper| {
            keeper.flush();
            Ok(())
        })
        .await
    }

    /// Stores everything, leaves one sound file, ends the thread. Other handles are told that it is closed.
    pub fn close(self) {
        self.tell(|keeper| keeper.closing = true);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A thread that panicked has nothing left to store.
            let _ = thread.join();
        }
    }

    /// Asks and waits for the answer without holding up the loop.
    async fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Keeper) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let room = self.room.clone().acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let (answer, answered) = oneshot::channel();
        self.tell(move |keeper| {
            // Nobody waits any more when the asking task was dropped.
            let _ = answer.send(job(keeper));
            drop(room);
        });
        answered.await.map_err(|_| StoreError::Closed)?
    }

    fn ask_blocking<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Keeper) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.begin(job).recv().map_err(|_| StoreError::Closed)?
    }

    /// Asks; the answer comes where this returns.
    fn begin<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Keeper) -> Result<T, StoreError> + Send + 'static,
    ) -> Receiver<Result<T, StoreError>> {
        let (answer, answered): (SyncSender<_>, _) = mpsc::sync_channel(1);
        self.tell(move |keeper| {
            // Nobody waits any more when the source ended.
            let _ = answer.send(job(keeper));
        });
        answered
    }

    fn tell(&self, job: impl FnOnce(&mut Keeper) + Send + 'static) {
        // A closed store drops the job, and with it the place for its answer.
        let _ = self.jobs.send(Box::new(job));
    }
}
