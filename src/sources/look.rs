//! Which files of a journal there are: the one at its path, and those that rotation has moved, copied or replaced
//! since the last look, also while nobody looked.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use super::body::Body;
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
            Err(refused) => self.departed(refused),
        }
        self.started = true;
        Ok(())
    }

    /// Whether the file at the path is the one that is open.
    fn is_current(&mut self, meta: &Metadata) -> bool {
        let Some(at) = self.current else { return false };
        let newest = at + 1 == self.journals.len();
        let journal = &mut self.journals[at];
        if !journal.has_inode(meta) {
            return false;
        }
        if journal.file.is_none() {
            // A packed one is closed when it is read: nothing is opened for it again until it changes.
            return !journal.gone && identity::mtime(meta) == journal.mark.mtime;
        }
        // Nothing was taken from it yet, and it has changed: another content may have been copied away in between.
        let packed = journal.file.as_ref().is_some_and(|file| file.is_packed());
        let changed = identity::mtime(meta) != journal.mark.mtime || (!packed && meta.len() != journal.size);
        if journal.mark.ordinal == 0 && changed && newest {
            self.journals.pop();
            self.current = None;
            return false;
        }
        journal.mark.mtime = identity::mtime(meta);
        true
    }

    /// No file stands at the path that can be read. What stood there was perhaps copied before it was moved aside, so
    /// this is looked for now: copies hold what was written first.
    fn departed(&mut self, refused: Refused) {
        if !self.started || self.current.take().is_some() {
            self.discover(true);
        }
        self.refused(refused);
    }

    /// Another file stands at the path than before, or the first one.
    fn arrived(&mut self) {
        let (file, meta) = match Body::open(&self.spec.config.path) {
            Ok(opened) => opened,
            Err(refused) => return self.departed(refused),
        };
        let head = match file.head() {
            Ok(head) => head,
            Err(fault) => return self.refused(Refused::from(fault)),
        };
        self.readable();
        let packed = file.is_packed();
        let fits = |journal: &Journal| {
            if packed { journal.is_packed_as(&meta, &head) } else { journal.is(&meta, &head) }
        };
        let known = self.alike(|_, journal| fits(journal)).pop();
        let at = if let Some(at) = known {
            // A packed file is closed when it is read, and stays as it is.
            if !packed || self.is_left(at, &file, &meta) {
                self.attach(at, file, &meta);
            }
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
    /// `unseen` are wanted, files that came and were rotated away since the last look. At the first start these are
    /// all that rotation has left: the journal's history.
    fn discover(&mut self, unseen: bool) {
        let newest = self.journals.last().map_or(i64::MIN, |journal| journal.mark.mtime);
        let first_start = self.journals.is_empty();
        let mut strangers = Vec::new();
        let mut beside = vec![false; self.journals.len()];
        let mut copied = beside.clone();
        for sibling in siblings::list(&self.spec.config.path) {
            let known = self.journals.iter().any(|journal| journal.mark.ino == sibling.ino);
            if !known && !sibling.related {
                continue;
            }
            let Ok((file, meta)) = Body::open(&sibling.path) else { continue };
            // A copy that is still being packed stands beside what it is made of.
            if file.is_packed() && sibling.path.with_extension("").exists() {
                continue;
            }
            let Ok(head) = file.head() else { continue };
            let fits = |journal: &Journal| {
                if file.is_packed() { journal.is_packed_as(&meta, &head) } else { journal.is(&meta, &head) }
            };
            match self.alike(|_, journal| fits(journal)).pop() {
                Some(at) => {
                    beside[at] = true;
                    // The last ones may get late lines from an application that has not noticed the rotation.
                    if self.is_left(at, &file, &meta) || (!file.is_packed() && at + 2 >= self.journals.len()) {
                        self.attach(at, file, &meta);
                    }
                }
                None if sibling.related => strangers.push(Stranger { sibling, file, meta, head }),
                None => {}
            }
        }
        strangers.retain(|stranger| !stranger.head.is_empty() && !siblings::is_compressed(&stranger.head));
        if first_start {
            siblings::oldest_first(&mut strangers, |one| &one.sibling, |one| identity::mtime(&one.meta));
        } else {
            strangers.sort_by_key(|stranger| identity::mtime(&stranger.meta));
        }
        for Stranger { sibling, file, meta, head } in strangers {
            let copy_of = if file.is_packed() {
                // Packed files stand in for one plain file each, the older for the older.
                self.alike(|at, journal| !beside[at] && identity::begins(&journal.mark, &head)).first().copied()
            } else {
                let fits =
                    |journal: &Journal| journal.mark.print_len > 0 && identity::fits(&journal.mark, &head, meta.len());
                // Where the file itself was moved aside, nothing is copied: another number is another file. So is one
                // that begins alike and goes on, where a whole copy stands already.
                let other = |at: &usize| beside[*at] || copied[*at] && self.is_left(*at, &file, &meta);
                self.alike(|_, journal| fits(journal)).pop().filter(|at| !(sibling.numbered && other(at)))
            };
            match copy_of {
                Some(at) if !beside[at] && self.is_left(at, &file, &meta) => {
                    beside[at] |= file.is_packed();
                    self.attach(at, file, &meta);
                }
                Some(at) => {
                    beside[at] |= file.is_packed();
                    copied[at] |= !self.is_left(at, &file, &meta);
                }
                None if unseen && sibling.rotated && (first_start || identity::mtime(&meta) > newest) => {
                    self.add(file, &meta, &head);
                    // It stands here itself: a later file that begins alike (with the same heading, say) is no copy.
                    beside.push(true);
                    copied.push(false);
                }
                None => {}
            }
        }
        if unseen && !first_start {
            self.unread_by_age();
        }
    }

    /// Puts the files that nothing was taken from into the order in which they were last written: one that was found
    /// empty may have been copied away and written anew before it was moved aside itself.
    fn unread_by_age(&mut self) {
        let first = self.journals.iter().rposition(|journal| journal.mark.ordinal > 0).map_or(0, |at| at + 1);
        self.journals[first..].sort_by_cached_key(Journal::changed);
    }

    /// Those of the known files that fit and are most certain to: of more than one the longest beginning is known.
    fn alike(&self, fits: impl Fn(usize, &Journal) -> bool) -> Vec<usize> {
        let fit = |(at, journal): (usize, &Journal)| fits(at, journal).then_some((at, journal.mark.print_len));
        let found: Vec<(usize, u32)> = self.journals.iter().enumerate().filter_map(fit).collect();
        let most = found.iter().map(|one| one.1).max();
        found.into_iter().filter(|one| Some(one.1) == most).map(|one| one.0).collect()
    }

    /// Whether a known file that is not open has unread bytes.
    fn is_left(&self, at: usize, file: &Body, meta: &Metadata) -> bool {
        let done = &self.journals[at].mark.done;
        let to_its_end = ranges::first_gap(done).is_none() && file.claims_size(ranges::end(done));
        !to_its_end && ranges::missing(done, file.size().unwrap_or(meta.len())) > 0
    }

    fn attach(&mut self, at: usize, file: Body, meta: &Metadata) {
        let started = self.started;
        let journal = &mut self.journals[at];
        if journal.file.is_none() {
            let size = file.size().unwrap_or(meta.len());
            journal.attach(file, size);
            journal.at_start = if started { 0 } else { size };
        }
    }

    /// A file that was never seen before.
    fn add(&mut self, file: Body, meta: &Metadata, head: &[u8]) -> usize {
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
            last_unreadable: String::new(),
        };
        identity::extend(&mut mark, head);
        self.journals.push(Journal::known(mark));
        let at = self.journals.len() - 1;
        self.attach(at, file, meta);
        at
    }
}

/// A file beside the journal that is none of the known ones.
struct Stranger {
    sibling: Sibling,
    file: Body,
    meta: Metadata,
    head: Vec<u8>,
}
