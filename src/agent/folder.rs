//! The state folder and its lock: whoever holds the flock writes. No pid files; a killed holder frees it.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::FlockOperation;

/// Why the folder could not be had.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another process writes here: dial it.
    #[error("the state folder is in use by another process")]
    Held,
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
}

/// A locked state folder; dropping it frees the lock.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Creates the folder where needed (mode 0750) and takes its lock without waiting.
    pub fn lock(path: &Path) -> Result<Self, FolderError> {
        let fail = |source| FolderError::Io { path: path.to_owned(), source };
        std::fs::DirBuilder::new().recursive(true).mode(0o750).create(path).map_err(fail)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o640)
            .open(path.join("lock"))
            .map_err(fail)?;
        match rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(rustix::io::Errno::WOULDBLOCK) => Err(FolderError::Held),
            Err(errno) => Err(fail(errno.into())),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The socket of whoever holds this folder.
    pub fn socket_in(path: &Path) -> PathBuf {
        path.join("agent.sock")
    }
}
