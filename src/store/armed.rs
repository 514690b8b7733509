//! The memory of a guarded run, and of an update on trial, beside the database and independent of it: a file that is wholly there or not at all,
//! and on the medium when writing it returns.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};

/// A memory is never longer, bytes.
const MOST: u64 = 1024 * 1024;

/// Bytes that are laid out for a full medium; a memory there ends in blanks.
const ROOM: u64 = 32 * 1024;
const SPARES: [&str; 2] = ["spare", "spare-2"];

/// Where a run is remembered.
#[derive(Clone, Debug)]
pub struct ArmedFile {
    dir: PathBuf,
    name: &'static str,
}

impl ArmedFile {
    /// A guarded run's, in this state folder.
    pub fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), name: "guard.json" }
    }

    /// An update's.
    pub fn of_update(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), name: "update.json" }
    }

    fn beside(&self, ending: &str) -> PathBuf {
        self.dir.join(format!("{}.{ending}", self.name))
    }

    /// What stands there; none where nothing is armed.
    pub fn read(&self) -> io::Result<Option<String>> {
        let path = self.dir.join(self.name);
        match std::fs::metadata(&path) {
            Ok(meta) if meta.len() > MOST => Err(io::ErrorKind::InvalidData.into()),
            Ok(_) => std::fs::read_to_string(path).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Lays out room for the time when the medium has none; without it nothing is armed then, which is said.
    pub fn lay_out(&self) {
        for name in SPARES {
            let path = self.beside(name);
            if std::fs::metadata(&path).is_ok_and(|meta| meta.len() == ROOM) {
                continue;
            }
            let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path);
            // Written, and not only promised: some media promise more than they have.
            if file.and_then(|mut file| file.write_all(&vec![b' '; ROOM as usize])).is_err() {
                let _ = std::fs::remove_file(&path);
            }
        }
    }

    /// Writes it: the old text or the new one stands there whatever happens, the new one when this returns.
    pub fn write(&self, text: &str) -> io::Result<()> {
        match self.write_fresh(text) {
            Err(error) if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => {
                self.write_spare(text).map_err(|_| error)
            }
            written => written,
        }
    }

    fn write_fresh(&self, text: &str) -> io::Result<()> {
        let fresh = self.beside("new");
        let written =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh).and_then(|mut file| {
                file.write_all(text.as_bytes())?;
                file.sync_all()?;
                std::fs::rename(&fresh, self.dir.join(self.name))
            });
        if let Err(error) = written {
            // A full medium leaves an empty file behind; the old text still stands.
            let _ = std::fs::remove_file(&fresh);
            return Err(error);
        }
        self.sync()
    }

    /// Into what was laid out. The file whose place it takes is laid out as well, but for the first time: there are two.
    fn write_spare(&self, text: &str) -> io::Result<()> {
        let (own, missing) = (self.dir.join(self.name), io::Error::from(io::ErrorKind::StorageFull));
        let whole = |path: &PathBuf| std::fs::metadata(path).is_ok_and(|meta| meta.len() == ROOM);
        let spare = SPARES.map(|name| self.beside(name)).into_iter().find(whole).ok_or(missing)?;
        let mut bytes = text.as_bytes().to_vec();
        if bytes.len() > ROOM as usize {
            return Err(io::ErrorKind::StorageFull.into());
        }
        bytes.resize(ROOM as usize, b' ');
        let file = OpenOptions::new().write(true).open(&spare)?;
        file.write_all_at(&bytes, 0)?;
        file.sync_data()?;
        if whole(&own) {
            renameat_with(CWD, &spare, CWD, &own, RenameFlags::EXCHANGE)?;
        } else {
            std::fs::rename(&spare, &own)?;
        }
        self.sync()
    }

    /// Forgets it.
    pub fn remove(&self) -> io::Result<()> {
        match std::fs::remove_file(self.dir.join(self.name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => self.sync(),
        }
    }

    /// Lets the bundles of an update go.
    pub fn remove_bundles(&self) -> io::Result<()> {
        match std::fs::remove_dir_all(self.dir.join("update")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Sets an unreadable memory aside, so that it is not met again at every start.
    pub fn set_aside(&self) -> io::Result<()> {
        std::fs::rename(self.dir.join(self.name), self.beside("bad"))?;
        self.sync()
    }

    fn sync(&self) -> io::Result<()> {
        File::open(&self.dir)?.sync_all()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_memory_is_there_wholly_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let file = ArmedFile::new(dir.path());
        assert_eq!(file.read().unwrap(), None);
        file.write("one").unwrap();
        file.write("two").unwrap();
        assert_eq!(file.read().unwrap().as_deref(), Some("two"));
        assert!(!dir.path().join("guard.json.new").exists());
        // Writing fails: what stood there stands.
        std::fs::create_dir(dir.path().join("guard.json.new")).unwrap();
        assert!(file.write("three").is_err());
        assert_eq!(file.read().unwrap().as_deref(), Some("two"));
        std::fs::remove_dir(dir.path().join("guard.json.new")).unwrap();
        file.remove().unwrap();
        file.remove().unwrap();
        assert_eq!(file.read().unwrap(), None);
    }
}
