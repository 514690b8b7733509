//! The one thread that holds the database: takes jobs from the queue, gathers live rows into transactions, moves the
//! store into memory when the medium fails and back when it recovers.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::audit::{self, Head, Kept};
use super::db::Db;
use super::error::{StoreError, Trouble, trouble};
use super::place::{self, Refusal};
use crate::config::StoreConfig;
use crate::model::{AuditDraft, AuditRow, Batch, ChainFault, ChainReport, FileMark, Stamp, StoreStatus};

/// Live rows wait this long for company after the last transaction: on flash a page is written for each row that
/// comes alone. What a crash loses is read from the journal again.
const GATHER: Duration = Duration::from_secs(30);

/// Rows that are stored without waiting for more.
const GATHER_ROWS: usize = 4_096;

/// A failed medium is tried again this often.
const RETRY: Duration = Duration::from_mins(1);

/// What one asks the thread to do.
pub(super) type Job = Box<dyn FnOnce(&mut Keeper) + Send>;

/// Where the database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Home {
    Disk,
    Memory,
}

/// What handles see without asking.
pub(super) struct Shared {
    pub status: Mutex<StoreStatus>,
    /// Counts changes of what listings show.
    pub changes: watch::Sender<u64>,
}

/// The state of the thread.
pub(super) struct Keeper {
    pub db: Db,
    dir: Option<PathBuf>,
    config: StoreConfig,
    opened: (Stamp, Instant),
    home: Home,
    retry_at: Option<Instant>,
    status: StoreStatus,
    shared: Arc<Shared>,
    /// Batches of the open transaction, to take them again elsewhere should it fail.
    pending: Vec<Batch>,
    flushed_at: Option<Instant>,
    /// Counts the times that marks became void; sources that read theirs in an earlier one must read them again.
    epoch: u64,
    read_in: HashMap<Arc<str>, u64>,
    head: Head,
    /// Faults of the kept head that the next append would cover up.
    covered: Vec<ChainFault>,
    retaining: bool,
    pub closing: bool,
}

impl Keeper {
    /// Opens the store where it can be opened.
    pub fn open(dir: Option<PathBuf>, config: StoreConfig, now: Stamp, shared: Arc<Shared>) -> rusqlite::Result<Self> {
        let mut keeper = Self {
            db: Db::in_memory()?,
            dir,
            config,
            opened: (now, Instant::now()),
            home: Home::Memory,
            retry_at: None,
            status: StoreStatus::default(),
            shared,
            pending: Vec::new(),
            flushed_at: None,
            epoch: 0,
            read_in: HashMap::new(),
            head: Head::default(),
            covered: Vec::new(),
            retaining: false,
            closing: false,
        };
        match keeper.dir.clone() {
            Some(dir) => {
                keeper.status.path = dir.join(place::FILE).to_string_lossy().into_owned();
                keeper.open_disk();
            }
            None => keeper.status.memory_only = true,
        }
        keeper.publish();
        Ok(keeper)
    }

    /// Works until nobody can ask any more.
    pub fn run(mut self, jobs: &Receiver<Job>) {
        while !self.closing {
            let job = match self.idle_for() {
                Some(wait) => jobs.recv_timeout(wait),
                None => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match job {
                Ok(job) => job(&mut self),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.tick();
        }
        self.shut();
    }

    /// How long nothing is due; none means until somebody asks.
    fn idle_for(&self) -> Option<Duration> {
        if self.retaining {
            return Some(Duration::ZERO);
        }
        let flush_at = self.flush_at();
        let due = [flush_at, self.retry_at].into_iter().flatten().min()?;
        Some(due.saturating_duration_since(Instant::now()))
    }

    fn flush_at(&self) -> Option<Instant> {
        let wait = self.flushed_at.map_or_else(Instant::now, |at| at + GATHER);
        (!self.pending.is_empty()).then_some(wait)
    }

    fn tick(&mut self) {
        let now = Instant::now();
        if self.flush_at().is_some_and(|at| at <= now) {
            self.flush();
        }
        if self.retry_at.is_some_and(|at| at <= now) {
            self.return_to_disk();
        }
        if self.retaining {
            self.retain();
        }
    }

    /// Asks the database, and once more where it went when its medium failed.
    pub fn ask<T>(&mut self, mut question: impl FnMut(&mut Db) -> Result<T, StoreError>) -> Result<T, StoreError> {
        match question(&mut self.db) {
            Err(StoreError::Sql(error)) => {
                self.recover(error)?;
                question(&mut self.db)
            }
            answer => answer,
        }
    }

    /// The marks of a source; from now on it knows where the store stands.
    pub fn marks(&mut self, source: &str) -> Result<Vec<FileMark>, StoreError> {
        let marks = self.ask(|db| Ok(super::files::Files::marks(&db.conn, source)?))?;
        self.read_in.insert(Arc::from(source), self.epoch);
        Ok(marks)
    }

    /// Takes a batch into the open transaction and stores it when enough has gathered.
    pub fn commit(&mut self, mut batch: Batch) -> Result<FileMark, StoreError> {
        if self.read_in.get(&batch.mark.source).copied().unwrap_or(0) != self.epoch {
            return Err(StoreError::Reset);
        }
        let fresh_file = batch.mark.ordinal == 0;
        let mark = self.take(&batch).or_else(|error| {
            if let StoreError::Sql(error) = error {
                // What was taken of the batch goes before anything else happens.
                self.recover(error).inspect_err(|_| self.forget_half())?;
                return self.take(&batch).inspect_err(|_| self.forget_half());
            }
            self.forget_half();
            Err(error)
        })?;
        batch.mark = mark.clone();
        self.pending.push(batch);
        let gathered: usize = self.pending.iter().map(|batch| batch.rows.len()).sum();
        // A new file means that a journal was rotated: what stood in the old one may soon be gone.
        if gathered >= GATHER_ROWS || fresh_file || self.flush_at().is_some_and(|at| at <= Instant::now()) {
            self.flush();
        }
        self.status.sales = u64::try_from(self.db.files.held()).unwrap_or(0);
        self.tell();
        self.shared.changes.send_modify(|count| *count += 1);
        Ok(mark)
    }

    fn take(&mut self, batch: &Batch) -> Result<FileMark, StoreError> {
        self.db.begin()?;
        let mark = self.db.take(batch, false)?;
        if self.home == Home::Memory {
            self.db.trim(place::MEMORY_ROWS)?;
        }
        Ok(mark)
    }

    /// Undoes a batch that failed half way, keeping those before it.
    fn forget_half(&mut self) {
        self.db.rollback();
        if self.db.reload().is_ok() {
            self.take_again();
        }
    }

    /// Takes the batches of a transaction that came to nothing again.
    fn take_again(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        if pending.is_empty() {
            return;
        }
        let again = self
            .db
            .begin()
            .map_err(StoreError::from)
            .and_then(|()| pending.iter().try_for_each(|batch| self.db.take(batch, true).map(drop)));
        if again.is_ok() {
            self.pending = pending;
        } else {
            self.db.rollback();
            let _ = self.db.reload();
            self.epoch += 1;
        }
    }

    /// Stores what has gathered.
    pub fn flush(&mut self) {
        match self.db.commit() {
            Ok(()) => self.pending.clear(),
            Err(error) => {
                // The gathered batches went with the store, into memory; or their sources are told to read again.
                let _ = self.recover(error);
                if self.home == Home::Memory && self.db.commit().is_ok() {
                    self.pending.clear();
                }
            }
        }
        self.flushed_at = Some(Instant::now());
        self.publish();
    }

    /// Goes on after a failure, elsewhere or anew; hands the error back when that would not help.
    fn recover(&mut self, error: rusqlite::Error) -> Result<(), StoreError> {
        if self.home == Home::Memory {
            return Err(StoreError::Sql(error));
        }
        match trouble(&error) {
            Trouble::Damaged => {
                self.begin_anew();
                self.publish();
                Err(StoreError::Reset)
            }
            Trouble::Medium(word) => {
                self.move_to_memory(word);
                self.publish();
                Ok(())
            }
            Trouble::Other => Err(StoreError::Sql(error)),
        }
    }

    /// Opens the database of the state folder, or says why not and stays in memory.
    fn open_disk(&mut self) {
        let Some(dir) = self.dir.clone() else { return };
        match place::open(&dir) {
            Ok(db) => self.settle(db),
            Err(Refusal::Damaged) => self.begin_anew(),
            Err(Refusal::NotOurs(word)) => self.stay_in_memory(word.to_owned(), None),
            Err(Refusal::Medium(word)) => self.move_to_memory(word),
        }
    }

    /// Lives on this database in the state folder from now on.
    fn settle(&mut self, mut db: Db) {
        let order = std::mem::take(&mut self.db.order);
        // Without the index of twins they are counted twice, which is no reason to stop.
        let _ = db.set_sources(&order);
        self.db = db;
        self.home = Home::Disk;
        self.retry_at = None;
        self.status.memory_only = false;
        self.status.error = None;
        self.find_head();
    }

    /// Where the audit chain goes on, and what is wrong with its kept end.
    fn find_head(&mut self) {
        let last = self.db.audit_last().unwrap_or_default();
        self.covered.clear();
        self.head = last.clone();
        let Some(dir) = self.dir.as_deref().filter(|_| self.home == Home::Disk) else { return };
        let kept = audit::read_head(dir);
        match (self.db.audit_head_fault(&kept).ok().flatten(), kept) {
            (Some(fault), kept) => {
                // Rows were cut off: going on behind them leaves a gap that stays visible.
                if let (ChainFault::Truncated { .. }, Kept::At(head)) = (&fault, kept) {
                    self.head = head;
                }
                self.covered.push(fault);
            }
            (None, Kept::At(head)) if head != last => self.keep_head(),
            (None, _) => {}
        }
    }

    fn keep_head(&self) {
        if self.head.seq > 0
            && self.home == Home::Disk
            && let Some(dir) = &self.dir
        {
            // A head that is one row behind is understood; the next append writes it again.
            let _ = audit::write_head(dir, &self.head);
        }
    }

    /// Sets the damaged database aside and begins a new one; sources are told to read again.
    fn begin_anew(&mut self) {
        let Some(dir) = self.dir.clone() else { return };
        let order = std::mem::take(&mut self.db.order);
        self.epoch += 1;
        self.pending.clear();
        // The damaged file must be closed before it is renamed.
        match Db::in_memory() {
            Ok(db) => self.db = db,
            Err(_) => return,
        }
        self.db.order = order;
        self.home = Home::Memory;
        match place::set_aside(&dir, self.now()) {
            Ok(name) => {
                self.status.set_aside = Some(name.clone());
                match place::open(&dir) {
                    Ok(db) => {
                        place::salvage(&dir.join(name), &db);
                        self.settle(db);
                    }
                    Err(Refusal::Medium(word)) => self.stay_in_memory(word, Some(RETRY)),
                    Err(other) => self.stay_in_memory(format!("{other:?}"), None),
                }
            }
            Err(error) => self.stay_in_memory(super::error::io_word(&error), Some(RETRY)),
        }
    }

    /// Goes on in memory with the newest rows of the medium that failed.
    fn move_to_memory(&mut self, word: String) {
        self.db.rollback();
        let order = self.db.order.clone();
        let copied = self.dir.as_deref().map(place::copy_to_memory);
        if let Some(Ok(db)) = copied {
            self.db = db;
            let _ = self.db.set_sources(&order);
            self.stay_in_memory(word, Some(RETRY));
            self.take_again();
        } else {
            self.pending.clear();
            self.epoch += u64::from(self.home == Home::Disk);
            if let Ok(db) = Db::in_memory() {
                self.db = db;
            }
            let _ = self.db.set_sources(&order);
            self.stay_in_memory(word, Some(RETRY));
        }
    }

    fn stay_in_memory(&mut self, word: String, retry: Option<Duration>) {
        self.home = Home::Memory;
        self.retaining = false;
        self.status.memory_only = true;
        self.status.error = Some(word);
        self.retry_at = retry.map(|wait| Instant::now() + wait);
        self.find_head();
    }

    /// Tries the medium again; what only memory knows and no journal can give back goes along.
    fn return_to_disk(&mut self) {
        self.retry_at = Some(Instant::now() + RETRY);
        let Some(dir) = self.dir.clone() else { return };
        let disk = match place::open(&dir) {
            Ok(disk) => disk,
            Err(Refusal::Damaged) => return self.begin_anew(),
            Err(Refusal::NotOurs(word)) => return self.stay_in_memory(word.to_owned(), None),
            Err(Refusal::Medium(word)) => {
                self.status.error = Some(word);
                return self.publish();
            }
        };
        let known = disk.audit_last().map_or(0, |head| head.seq);
        let audit = self.db.audit_after(known.max(self.db.audit_base.seq), usize::MAX >> 1).unwrap_or_default();
        let events_from = disk.newest_event().unwrap_or(0);
        let events = self.db.events_after(events_from).unwrap_or_default();
        let settings = self.db.settings().unwrap_or_default();
        self.db.rollback();
        self.pending.clear();
        self.epoch += 1;
        self.settle(disk);
        for row in audit {
            let _ = self.audit_append(&row.draft);
        }
        for event in events {
            let _ = self.ask(|db| {
                db.event_append(event.at, &event.kind, event.finding.clone(), &event.code, event.facts.clone())
            });
        }
        for (key, value) in settings {
            let _ = self.ask(|db| Ok(db.set_setting(&key, &value)?));
        }
        self.publish();
        self.shared.changes.send_modify(|count| *count += 1);
    }

    /// Appends to the audit: on the medium, and its head beside it, when this returns.
    pub fn audit_append(&mut self, draft: &AuditDraft) -> Result<AuditRow, StoreError> {
        self.flush();
        let append = |keeper: &mut Self| {
            let (head, covered) = (keeper.head.clone(), keeper.covered.clone());
            keeper.db.audit_append(draft, &head, &covered)
        };
        let row = match append(self) {
            Err(error) => {
                // An append that began the store anew is worth doing again there.
                if let Err(StoreError::Sql(error)) = self.recover(error) {
                    return Err(StoreError::Sql(error));
                }
                append(self)?
            }
            Ok(row) => row,
        };
        self.head = Head { seq: row.seq, hash: row.hash.clone() };
        self.covered.clear();
        self.keep_head();
        Ok(row)
    }

    /// Checks the audit chain against the kept head.
    pub fn audit_verify(&mut self) -> Result<ChainReport, StoreError> {
        let kept = match self.dir.as_deref().filter(|_| self.home == Home::Disk) {
            Some(dir) => audit::read_head(dir),
            None => Kept::At(self.head.clone()),
        };
        self.ask(|db| Ok(db.audit_verify(&kept)?))
    }

    /// Begins to delete what is too old or too much; done in small steps between other jobs.
    pub fn begin_retention(&mut self) {
        self.retaining = self.home == Home::Disk || self.dir.is_none();
    }

    fn retain(&mut self) {
        self.flush();
        let (config, dir) = (self.config.clone(), self.dir.clone());
        let step = self.ask(|db| {
            db.begin()?;
            let more = db.retain_step(&config, dir.as_deref())?;
            db.commit()?;
            Ok(more)
        });
        if step.is_err() {
            self.forget_half();
        }
        self.retaining &= step.is_ok_and(|more| more);
        if !self.retaining {
            self.publish();
            self.shared.changes.send_modify(|count| *count += 1);
        }
    }

    /// The agent's clock.
    fn now(&self) -> Stamp {
        let (stamp, at) = self.opened;
        Stamp::new(stamp.micros + i64::try_from(at.elapsed().as_micros()).unwrap_or(0), stamp.offset)
    }

    /// Lets handles see the status, sizes measured anew.
    fn publish(&mut self) {
        self.status.sales = u64::try_from(self.db.files.held()).unwrap_or(0);
        self.status.bytes = match (self.home, &self.dir) {
            (Home::Disk, Some(dir)) => place::bytes(dir),
            _ => 0,
        };
        self.tell();
    }

    fn tell(&self) {
        self.shared.status.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&self.status);
    }

    /// Stores everything and leaves one sound file behind.
    fn shut(&mut self) {
        self.flush();
        if self.home == Home::Disk {
            // Without this the next start replays the log; nothing is lost.
            let _ = self.db.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            if self.covered.is_empty() {
                self.keep_head();
            }
        }
    }

    /// Tries the medium at once.
    #[cfg(test)]
    pub fn retry_now(&mut self) {
        self.return_to_disk();
    }
}
