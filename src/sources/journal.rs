//! One file of a journal, present or past: its mark, its open handle, and what is left to read of it.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::body::Body;
use super::identity;
use super::ranges;
use crate::model::FileMark;

/// A file that is or was the journal.
pub struct Journal {
    pub mark: FileMark,
    /// Open while something may be left to read.
    pub file: Option<Arc<Body>>,
    pub size: u64,
    /// Its size when the reader started; 0 for files that came later.
    pub at_start: u64,
    /// A line without its end: known not to end between these bytes.
    pub torn: Option<(u64, u64)>,
    /// Nothing can be read before something happens.
    pub stuck: bool,
    /// It can be no file that is found later: deleted, or written over.
    pub gone: bool,
    /// No name leads to it any more.
    pub unlinked: bool,
    /// When it was last seen to grow.
    pub quiet_since: Instant,
}

impl Journal {
    /// A known file that is not open.
    pub fn known(mark: FileMark) -> Self {
        Self {
            mark,
            file: None,
            size: 0,
            at_start: 0,
            torn: None,
            stuck: false,
            gone: false,
            unlinked: false,
            quiet_since: Instant::now(),
        }
    }

    /// Whether an open file with this identity and beginning is this one.
    pub fn is(&self, meta: &std::fs::Metadata, head: &[u8]) -> bool {
        self.has_inode(meta) && !self.gone && identity::fits(&self.mark, head, meta.len())
    }

    /// The same for a packed file: its own size says nothing.
    pub fn is_packed_as(&self, meta: &std::fs::Metadata, head: &[u8]) -> bool {
        self.has_inode(meta) && !self.gone && identity::begins(&self.mark, head)
    }

    /// Whether the mark is of this inode.
    pub fn has_inode(&self, meta: &std::fs::Metadata) -> bool {
        (self.mark.dev, self.mark.ino) == (meta.dev(), meta.ino())
    }

    /// When its content was last changed, microseconds since 1970; as last noted where it is not open.
    pub fn changed(&self) -> i64 {
        let meta = self.file.as_ref().and_then(|file| file.metadata().ok());
        meta.map_or(self.mark.mtime, |meta| identity::mtime(&meta))
    }

    /// Opens it for reading on.
    pub fn attach(&mut self, file: Body, size: u64) {
        self.file = Some(Arc::new(file));
        self.size = size;
        self.stuck = false;
        self.torn = None;
        self.quiet_since = Instant::now();
    }

    /// Looks at the open file again. `happened` says that something may have been written without its growing.
    pub fn refresh(&mut self, happened: bool) -> io::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let meta = file.metadata()?;
        self.unlinked = meta.nlink() == 0;
        // What is packed stays as it is.
        if file.is_packed() {
            return Ok(());
        }
        if meta.len() == self.size && !happened {
            return Ok(());
        }
        let head = file.head()?;
        if !identity::fits(&self.mark, &head, meta.len()) {
            self.lose();
            return Ok(());
        }
        // Found empty or with half a line: only now can it, or a copy of it, be told from others.
        if self.mark.done.is_empty() {
            identity::extend(&mut self.mark, &head);
        }
        if meta.len() != self.size {
            self.quiet_since = Instant::now();
            self.size = meta.len();
        }
        self.stuck = false;
        Ok(())
    }

    /// The file was written over in place: what was not read yet can only be in a copy.
    fn lose(&mut self) {
        self.file = None;
        self.gone = true;
    }

    /// Closes a file that is read to its end and will hardly grow: one without a name keeps its space from others.
    pub fn release(&mut self, patience: Duration, patience_unlinked: Duration) {
        let patience = match &self.file {
            Some(file) if file.is_packed() => Duration::ZERO,
            _ if self.unlinked => patience_unlinked,
            _ => patience,
        };
        if self.file.is_some() && self.live() == 0 && self.gap().is_none() && self.quiet_since.elapsed() >= patience {
            self.file = None;
            self.gone |= self.unlinked;
        }
    }

    /// Where new lines begin.
    pub fn live_from(&self) -> u64 {
        ranges::end(&self.mark.done)
    }

    /// Bytes behind everything that has been read, unless nothing can be read of them now.
    pub fn live(&self) -> u64 {
        match self.file {
            Some(_) if !self.stuck => self.size.saturating_sub(self.live_from()),
            _ => 0,
        }
    }

    /// The first stretch of history that has been left out.
    pub fn gap(&self) -> Option<(u64, u64)> {
        self.file.as_ref().and_then(|_| ranges::first_gap(&self.mark.done))
    }

    /// Bytes below `limit` that are yet to be read; the unfinished line at the end does not count.
    pub fn behind(&self, limit: u64) -> u64 {
        if self.file.is_none() {
            return 0;
        }
        let limit = limit.min(self.size);
        let waiting = if self.stuck { limit.saturating_sub(self.live_from()) } else { 0 };
        ranges::missing(&self.mark.done, limit).saturating_sub(waiting)
    }
}
