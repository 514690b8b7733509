//! How the store moves: into memory when its medium fails, back when it recovers, to a new file when the old one is
//! damaged. Rows come from the journals again; audit, events and settings go along.

use std::path::Path;
use std::time::{Duration, Instant};

use super::db::Db;
use super::error::{StoreError, Trouble, io_word, trouble};
use super::keeper::{Home, Keeper};
use super::place::{self, Refusal};
use super::retain::MEGABYTE;
use crate::model::Stamp;

/// A failed medium is tried again this often.
const RETRY: Duration = Duration::from_mins(1);

/// A store of so many bytes is no burden to any disk.
const SMALL: u64 = 4 * MEGABYTE;

/// What keeps a database from taking rows.
fn word(error: &rusqlite::Error) -> String {
    match trouble(error) {
        Trouble::Medium(word) => word,
        _ => error.to_string(),
    }
}

impl Keeper {
    /// Goes on after a failure, elsewhere or anew; hands the error back when that would not help.
    pub(super) fn recover(&mut self, error: rusqlite::Error) -> Result<(), StoreError> {
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
    pub(super) fn open_disk(&mut self) {
        let Some(dir) = self.dir.clone() else { return };
        match place::open(&dir) {
            Ok(db) => self.settle(db),
            Err(Refusal::Damaged) => self.begin_anew(),
            Err(Refusal::NotOurs(word)) => self.stay_in_memory(word.to_owned(), None),
            Err(Refusal::Medium(word)) => self.move_to_memory(word),
        }
    }

    /// Lives on this database in the state folder from now on.
    pub(super) fn settle(&mut self, mut db: Db) {
        if let Err(error) = self.take_spilled(&db) {
            // It opens, and takes nothing yet.
            drop(db);
            return self.move_to_memory(word(&error));
        }
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

    /// Sets the damaged database aside and begins a new one; sources are told to read again.
    pub(super) fn begin_anew(&mut self) {
        let Some(dir) = self.dir.clone() else { return };
        // The damaged file must be closed before it is renamed, or closing would remove the new one's log.
        let Ok(empty) = Db::in_memory() else { return };
        let damaged = std::mem::replace(&mut self.db, empty);
        self.db.order.clone_from(&damaged.order);
        drop(damaged);
        self.home = Home::Memory;
        self.epoch += 1;
        self.pending.clear();
        match self.replace_damaged(&dir) {
            Ok(db) => self.settle(db),
            Err(word) => self.stay_in_memory(word, Some(RETRY)),
        }
    }

    /// A new database in place of the damaged one, which is kept under another name; else why not.
    fn replace_damaged(&mut self, dir: &Path) -> Result<Db, String> {
        let name = place::set_aside(dir, self.now()).map_err(|error| io_word(&error))?;
        self.status.set_aside = Some(name.clone());
        match place::open(dir) {
            Ok(db) => {
                place::salvage(&dir.join(name), &db);
                Ok(db)
            }
            Err(Refusal::Medium(word)) => Err(word),
            Err(other) => Err(format!("{other:?}")),
        }
    }

    /// Leaves the disk while others can still write on it: a first ingest must not take the payment application's
    /// last megabytes. A small store stays, it takes next to nothing.
    pub(super) fn spare_the_disk(&mut self) {
        let Some(dir) = self.dir.clone().filter(|_| self.home == Home::Disk) else { return };
        if place::bytes(&dir) > SMALL && self.free_share(&dir) < 1 {
            self.move_to_memory("full".to_owned());
        }
    }

    /// Free space in quarters of the reserve.
    fn free_share(&self, dir: &Path) -> u64 {
        let quarter = (self.config.reserve_mb / 4).saturating_mul(MEGABYTE);
        place::free_bytes(dir).checked_div(quarter).unwrap_or(u64::MAX)
    }

    /// Goes on in memory with the newest rows of the medium that failed.
    pub(super) fn move_to_memory(&mut self, word: String) {
        self.db.rollback();
        let order = self.db.order.clone();
        let copied = self.dir.as_deref().map(place::copy_to_memory);
        if let Some(Ok(db)) = copied {
            self.db = db;
            let _ = self.db.set_sources(&order);
            self.carry_on(true);
            self.stay_in_memory(word, Some(RETRY));
            self.take_again();
        } else {
            self.pending.clear();
            self.epoch += u64::from(self.home == Home::Disk);
            if let Ok(db) = Db::in_memory() {
                self.db = db;
            }
            let _ = self.db.set_sources(&order);
            self.carry_on(false);
            self.stay_in_memory(word, Some(RETRY));
        }
    }

    pub(super) fn stay_in_memory(&mut self, word: String, retry: Option<Duration>) {
        self.home = Home::Memory;
        self.retaining = false;
        self.status.memory_only = true;
        self.status.error = Some(word);
        self.retry_at = retry.map(|wait| Instant::now() + wait);
        self.find_head();
        self.left_behind = (self.head.seq, self.db.newest_event().unwrap_or(0));
    }

    /// Tries the medium again; what only memory knows and no journal can give back goes along.
    pub(super) fn return_to_disk(&mut self) {
        self.retry_at = Some(Instant::now() + RETRY);
        let Some(dir) = self.dir.clone() else { return };
        if self.status.error.as_deref() == Some("full") && self.free_share(&dir) < 2 {
            return;
        }
        let opened = match place::open_and_write(&dir) {
            Err(Refusal::Damaged) => self.replace_damaged(&dir),
            Err(Refusal::Medium(word)) => Err(word),
            Err(Refusal::NotOurs(word)) => {
                self.retry_at = None;
                Err(word.to_owned())
            }
            Ok(db) => Ok(db),
        };
        let spilled = self.spill.as_ref().and_then(|spill| spill.last()).map_or(0, |last| last.seq);
        let taken = opened.and_then(|disk| match self.take_spilled(&disk) {
            Ok(()) => Ok(disk),
            Err(error) => Err(word(&error)),
        });
        let disk = match taken {
            Ok(disk) => disk,
            Err(word) => {
                self.status.error = Some(word);
                return self.publish();
            }
        };
        let (audit_from, events_from) = self.left_behind;
        let audit = self.db.audit_after(audit_from.max(spilled), usize::MAX >> 1).unwrap_or_default();
        let events = self.db.events_after(events_from).unwrap_or_default();
        let settings = self.db.settings().unwrap_or_default();
        self.db.rollback();
        self.pending.clear();
        self.epoch += 1;
        self.settle(disk);
        self.lay_out();
        for row in audit {
            let _ = self.audit_append(&row.draft);
        }
        for event in events {
            let _ = self.ask(|db| {
                db.event_append(event.at, &event.kind, event.finding.clone(), &event.code, event.facts.clone())
            });
        }
        for (key, value) in settings.iter().filter(|(key, _)| !key.contains('.')) {
            let _ = self.ask(|db| Ok(db.set_setting(key, value)?));
        }
        self.publish();
        self.shared.changes.send_modify(|count| *count += 1);
    }

    /// The agent's clock.
    pub(super) fn now(&self) -> Stamp {
        let (stamp, at) = self.opened;
        Stamp::new(stamp.micros + i64::try_from(at.elapsed().as_micros()).unwrap_or(0), stamp.offset)
    }

    /// Tries the medium at once.
    #[cfg(test)]
    pub(super) fn retry_now(&mut self) {
        self.return_to_disk();
    }
}
