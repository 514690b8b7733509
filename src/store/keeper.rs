//! The one thread that holds the database: takes jobs from the queue, gathers live rows into transactions, moves the
//! store into memory when the medium fails and back when it recovers.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::audit::Head;
use super::db::Db;
use super::error::StoreError;
use super::place;
use super::spill::Spill;
use crate::config::StoreConfig;
use crate::model::{Batch, ChainFault, FileMark, Stamp, StoreStatus};

/// Live rows wait this long for company after the last transaction: on flash a page is written for each row that
/// comes alone. What a crash loses is read from the journal again.
const GATHER: Duration = Duration::from_secs(30);

/// Rows that are stored without waiting for more.
const GATHER_ROWS: usize = 4_096;

/// What one asks the thread to do.
pub(super) type Job = Box<dyn FnOnce(&mut Keeper) + Send>;

/// Where the database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Home {
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
    pub(super) db: Db,
    pub(super) dir: Option<PathBuf>,
    pub(super) config: StoreConfig,
    pub(super) opened: (Stamp, Instant),
    pub(super) home: Home,
    pub(super) retry_at: Option<Instant>,
    pub(super) status: StoreStatus,
    pub(super) shared: Arc<Shared>,
    /// Batches of the open transaction, to take them again elsewhere should it fail.
    pub(super) pending: Vec<Batch>,
    pub(super) flushed_at: Option<Instant>,
    /// Counts the times that marks became void; sources that read theirs in an earlier one must read them again.
    pub(super) epoch: u64,
    pub(super) read_in: HashMap<Arc<str>, u64>,
    pub(super) head: Head,
    /// Where audit rows go while the medium is full.
    pub(super) spill: Option<Spill>,
    /// Faults of the kept head that the next append would cover up.
    pub(super) covered: Vec<ChainFault>,
    /// Audit row and event up to which the medium has them, while the store lives in memory.
    pub(super) left_behind: (i64, i64),
    pub(super) retaining: bool,
    pub(super) closing: bool,
}

impl Keeper {
    /// Opens the store where it can be opened.
    pub(super) fn open(
        dir: Option<PathBuf>,
        config: StoreConfig,
        now: Stamp,
        shared: Arc<Shared>,
    ) -> rusqlite::Result<Self> {
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
            spill: None,
            covered: Vec::new(),
            left_behind: (0, 0),
            retaining: false,
            closing: false,
        };
        match keeper.dir.clone() {
            Some(dir) => {
                keeper.status.path = dir.join(place::FILE).to_string_lossy().into_owned();
                keeper.open_disk();
                keeper.lay_out();
            }
            None => keeper.status.memory_only = true,
        }
        keeper.publish();
        Ok(keeper)
    }

    /// Works until nobody can ask any more.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
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
        if self.retaining || self.db.trends.counting() {
            return Some(Duration::ZERO);
        }
        let flush_at = self.flush_at();
        let due = [flush_at, self.retry_at].into_iter().flatten().min();
        let wait = due.map(|due| due.saturating_duration_since(Instant::now()));
        [wait, self.db.lookback_due()].into_iter().flatten().min()
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
        if self.db.trends.counting() {
            self.count_older();
        }
        if self.db.lookback_due().is_some_and(|wait| wait.is_zero()) {
            self.look_back();
        }
    }

    /// Judges some more of the rows that history filled in behind, or that an older version stored.
    fn look_back(&mut self) {
        // Gathered rows go on waiting for company.
        let gathering = !self.pending.is_empty();
        let step = self.ask(|db| {
            db.begin()?;
            db.lookback_step()?;
            if !gathering {
                db.commit()?;
            }
            Ok(())
        });
        if step.is_err() {
            self.forget_half();
            self.db.tally.given_up = true;
        }
        self.shared.changes.send_modify(|count| *count += 1);
    }

    /// Counts some more of the rows that an older version stored without counting them.
    fn count_older(&mut self) {
        self.flush();
        let step = self.ask(|db| {
            db.begin()?;
            let more = db.trends_step()?;
            db.commit()?;
            Ok(more)
        });
        match step {
            Ok(true) => {}
            Ok(false) => self.shared.changes.send_modify(|count| *count += 1),
            Err(_) => {
                self.forget_half();
                // What cannot be counted now is left for the next start: nothing is tried without end.
                self.db.trends.give_up();
            }
        }
    }

    /// Asks the database, and once more where it went when its medium failed.
    pub(super) fn ask<T>(
        &mut self,
        mut question: impl FnMut(&mut Db) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match question(&mut self.db) {
            Err(StoreError::Sql(error)) => {
                self.recover(error)?;
                question(&mut self.db)
            }
            answer => answer,
        }
    }

    /// The marks of a source; from now on it knows where the store stands.
    pub(super) fn marks(&mut self, source: &str) -> Result<Vec<FileMark>, StoreError> {
        let marks = self.ask(|db| Ok(super::files::Files::marks(&db.conn, source)?))?;
        self.read_in.insert(Arc::from(source), self.epoch);
        Ok(marks)
    }

    /// Takes a batch into the open transaction and stores it when enough has gathered. With the mark comes what is
    /// stored and no longer needed: letting go of thousands of rows is left to who waits anyway.
    pub(super) fn commit(&mut self, mut batch: Batch) -> Result<(FileMark, Vec<Batch>), StoreError> {
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
        let due = gathered >= GATHER_ROWS || fresh_file || self.flush_at().is_some_and(|at| at <= Instant::now());
        let stored = if due { self.flush() } else { Vec::new() };
        self.status.sales = u64::try_from(self.db.files.held()).unwrap_or(0);
        self.tell();
        self.shared.changes.send_modify(|count| *count += 1);
        Ok((mark, stored))
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
    pub(super) fn take_again(&mut self) {
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

    /// Stores what has gathered, and gives it back.
    pub(super) fn flush(&mut self) -> Vec<Batch> {
        let mut stored = Vec::new();
        match self.db.commit() {
            Ok(()) => {
                stored = std::mem::take(&mut self.pending);
                self.spare_the_disk();
            }
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
        stored
    }

    /// Stores what has gathered and waits for the medium; false when the store lives in memory.
    pub(super) fn settled(&mut self) -> bool {
        if !self.pending.is_empty() {
            self.flush();
        }
        let dir = self.dir.as_deref().filter(|_| self.home == Home::Disk);
        dir.is_some_and(|dir| place::sync(dir).is_ok())
    }

    /// Begins to delete what is too old or too much; done in small steps between other jobs.
    pub(super) fn begin_retention(&mut self) {
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

    /// Lets handles see the status, sizes measured anew.
    pub(super) fn publish(&mut self) {
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
        // What only memory knows of the audit would go with it; the medium may take it by now.
        if self.home == Home::Memory && self.retry_at.is_some() {
            self.return_to_disk();
        }
        // What is lost without it are the last minutes of good states.
        let _ = self.db.keep_stood();
        let _ = self.db.keep_signals();
        if self.home == Home::Disk {
            // Without this the next start replays the log; nothing is lost.
            let _ = self.db.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            if self.covered.is_empty() {
                self.keep_head();
            }
        }
    }
}
