//! Which files of a journal there are: the one at its path, and those that rotation has moved, copied or replaced
//! since the last look, also while nobody looked.

use std::fs::{File, Metadata};
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use super::follow::{Follower, Halt};
use super::identity::{self, Refused};
use super::journal::Journal;
use super::ranges;
use super::siblings::{self, Sibling};
use crate::model::FileMark;

/// How long a rotated file stays open for late lines, and a deleted one.
const LATE: Duration = Duration::from_mins(10);
const LATE_UNLINKED: Duration = Duration::from_mins(1);

impl Follower {
    /// Brings the list of files up to date. `happened` says that something woke us.
    pub(super) fn look(&mut self, happened: bool) -> Result<(), Halt> {
        // First of all, so that what was written over is known to be lost before another file is looked for.
        for (at, journal) in self.journals.iter_mut().enumerate() {
            let current = Some(at) == self.current;
            journal.refresh(current && happened)?;
            journal.release(if current { Duration::MAX } else { LATE }, LATE_UNLINKED);
        }
        // What was written over before anything was taken from it counts as never seen.
        while let Some(at) = self.journals.iter().position(|journal| journal.gone && journal.mark.ordinal == 0) {
            self.journals.remove(at);
            self.current =
                self.current.filter(|current| *current != at).map(|current| current - usize::from(current > at));
        }
        match identity::at_path(&self.spec.config.path) {
            Ok(meta) if self.is_current(&meta) => self.readable(),
            Ok(_) => self.arrived(),
            Err(refused) => {
                if !self.started {
                    self.discover(true);
                }
                self.refused(refused);
            }
        }
        self.started = true;
        Ok(())
    }

    /// Whether the file at the path is the one that is open.
    fn is_current(&mut self, meta: &Metadata) -> bool {
        let Some(at) = self.current else { return false };
        let newest = at + 1 == self.journals.len();
        let journal = &mut self.journals[at];
        if journal.file.is_none() || !journal.has_inode(meta) {
            return false;
        }
        // Nothing was taken from it yet, and it has changed: another content may have been copied away in between.
        let changed = identity::mtime(meta) != journal.mark.mtime || meta.len() != journal.size;
        if journal.mark.ordinal == 0 && changed && newest {
            self.journals.pop();
            self.current = None;
            return false;
        }
        journal.mark.mtime = identity::mtime(meta);
        true
    }

    /// Another file stands at the path than before, or the first one.
    fn arrived(&mut self) {
        let (file, meta) = match identity::open(&self.spec.config.path) {
            Ok(opened) => opened,
            Err(refused) => {
                if !self.started {
                    self.discover(true);
                }
                return self.refused(refused);
            }
        };
        let head = match identity::head(&file) {
            Ok(head) => head,
            Err(fault) => return self.refused(Refused::from(fault)),
        };
        self.readable();
        let known = self.journals.iter().rposition(|journal| journal.is(&meta, &head));
        let at = if let Some(at) = known {
            self.attach(at, file, meta.len());
            self.current = Some(at);
            self.discover(false);
            at
        } else {
            self.discover(true);
            self.add(file, &meta, &head)
        };
        self.current = Some(at);
    }

    /// Looks beside the journal: known files with something left to read, copies of what was written over, and, when
    /// `unseen` are wanted, files that came and were rotated away since the last look.
    fn discover(&mut self, unseen: bool) {
        // At the first start nothing is known, and older files are left alone.
        let Some(newest) = self.journals.last().map(|journal| journal.mark.mtime) else { return };
        let mut strangers = Vec::new();
        let mut beside = vec![false; self.journals.len()];
        for sibling in siblings::list(&self.spec.config.path) {
            let known = self.journals.iter().any(|journal| journal.mark.ino == sibling.ino);
            if !known && !sibling.related {
                continue;
            }
            let Ok((file, meta)) = identity::open(&sibling.path) else { continue };
            let Ok(head) = identity::head(&file) else { continue };
            match self.journals.iter().rposition(|journal| journal.is(&meta, &head)) {
                Some(at) => {
                    beside[at] = true;
                    // The last ones may get late lines from an application that has not noticed the rotation.
                    if self.is_left(at, meta.len()) || at + 2 >= self.journals.len() {
                        self.attach(at, file, meta.len());
                    }
                }
                None if sibling.related => strangers.push(Stranger { sibling, file, meta, head }),
                None => {}
            }
        }
        strangers.retain(|stranger| !stranger.head.is_empty() && !siblings::is_compressed(&stranger.head));
        strangers.sort_by_key(|stranger| identity::mtime(&stranger.meta));
        for Stranger { sibling, file, meta, head } in strangers {
            let fits =
                |journal: &Journal| journal.mark.print_len > 0 && identity::fits(&journal.mark, &head, meta.len());
            let copy_of = self.journals.iter().rposition(fits);
            // Where the file itself was moved aside, nothing is copied: another number is another file.
            match copy_of.filter(|at| !(sibling.numbered && beside.get(*at) == Some(&true))) {
                Some(at) if !beside.get(at).is_some_and(|beside| *beside) && self.is_left(at, meta.len()) => {
                    self.attach(at, file, meta.len());
                }
                None if unseen && sibling.rotated && identity::mtime(&meta) > newest => {
                    self.add(file, &meta, &head);
                    // It stands here itself: a later file that begins alike (with the same heading, say) is no copy.
                    beside.push(true);
                }
                _ => {}
            }
        }
    }

    /// Whether a known file that is not open has unread bytes.
    fn is_left(&self, at: usize, size: u64) -> bool {
        ranges::missing(&self.journals[at].mark.done, size) > 0
    }

    fn attach(&mut self, at: usize, file: File, size: u64) {
        let started = self.started;
        let journal = &mut self.journals[at];
        if journal.file.is_none() {
            journal.attach(file, size);
            journal.at_start = if started { 0 } else { size };
        }
    }

    /// A file that was never seen before.
    fn add(&mut self, file: File, meta: &Metadata, head: &[u8]) -> usize {
        let mut mark = FileMark {
            ordinal: 0,
            source: self.spec.name.clone(),
            dev: meta.dev(),
            ino: meta.ino(),
            print_len: 0,
            print: identity::print(&[]),
            done: Vec::new(),
            read: 0,
            unreadable: 0,
            unknown: 0,
            mtime: identity::mtime(meta),
            cursor: String::new(),
        };
        identity::extend(&mut mark, head);
        self.journals.push(Journal::known(mark));
        let at = self.journals.len() - 1;
        self.attach(at, file, meta.len());
        at
    }
}

/// A file beside the journal that is none of the known ones.
struct Stranger {
    sibling: Sibling,
    file: File,
    meta: Metadata,
    head: Vec<u8>,
}
