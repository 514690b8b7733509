//! Room for the audit while the medium is full: a file laid out while there was room, which takes rows in place until
//! the database can take them again. They carry on the same chain, and come into the table as they are.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::Path;

use super::audit::Head;
use crate::model::AuditRow;

/// Name of the file in the state folder.
pub(super) const FILE: &str = "audit.spill";

/// Bytes that are laid out: some hundred rows.
const SIZE: usize = 128 * 1024;

/// Rows that the database has not taken yet.
#[derive(Debug)]
pub(super) struct Spill {
    file: File,
    /// Bytes of whole rows.
    used: usize,
    last: Option<Head>,
    /// A row did not get in: those behind it would stand on nothing.
    broken: bool,
}

impl Spill {
    /// Opens it with its rows; where it is missing, or short, it is laid out.
    pub fn open(dir: &Path) -> io::Result<(Self, Vec<AuditRow>)> {
        let (spill, rows) = Self::of(OpenOptions::new().create(true).truncate(false).mode(0o600), dir)?;
        let size = spill.file.metadata()?.len();
        if size < SIZE as u64 {
            // Written, and not only promised: some media promise more than they have.
            let missing = SIZE - usize::try_from(size).unwrap_or(SIZE);
            spill.file.write_all_at(&vec![0; missing], size)?;
        }
        Ok((spill, rows))
    }

    /// Opens it where it is there.
    pub fn open_there(dir: &Path) -> io::Result<(Self, Vec<AuditRow>)> {
        Self::of(&mut OpenOptions::new(), dir)
    }

    fn of(options: &mut OpenOptions, dir: &Path) -> io::Result<(Self, Vec<AuditRow>)> {
        let mut file = options.read(true).write(true).open(dir.join(FILE))?;
        let mut bytes = Vec::new();
        file.by_ref().take(SIZE as u64).read_to_end(&mut bytes)?;
        let (rows, used) = read(&bytes);
        let last = rows.last().map(|row| Head { seq: row.seq, hash: row.hash.clone() });
        Ok((Self { file, used, last, broken: false }, rows))
    }

    /// The last row in it.
    pub fn last(&self) -> Option<&Head> {
        self.last.as_ref()
    }

    /// Takes a row; it is on the medium when this returns.
    pub fn append(&mut self, row: &AuditRow) -> io::Result<()> {
        let written = self.write(row);
        self.broken |= written.is_err();
        written
    }

    fn write(&mut self, row: &AuditRow) -> io::Result<()> {
        let mut bytes = serde_json::to_vec(row)?;
        // The end of all rows behind it: whatever stood there before is no row.
        bytes.extend(*b"\n\0");
        if self.broken || self.used + bytes.len() > SIZE {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.file.write_all_at(&bytes, self.used as u64)?;
        self.file.sync_data()?;
        self.used += bytes.len() - 1;
        self.last = Some(Head { seq: row.seq, hash: row.hash.clone() });
        Ok(())
    }

    /// The database has them all.
    pub fn clear(&mut self) -> io::Result<()> {
        self.file.write_all_at(b"\0", 0)?;
        self.file.sync_data()?;
        (self.used, self.last, self.broken) = (0, None, false);
        Ok(())
    }
}

/// Whole rows from the beginning, and the bytes that they take.
fn read(bytes: &[u8]) -> (Vec<AuditRow>, usize) {
    let (mut rows, mut used) = (Vec::new(), 0);
    while let Some(end) = bytes[used..].iter().position(|byte| *byte == b'\n') {
        let Ok(row) = serde_json::from_slice(&bytes[used..used + end]) else { break };
        rows.push(row);
        used += end + 1;
    }
    (rows, used)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::model::{AuditDraft, Stamp};

    fn row(seq: i64, detail: &str) -> AuditRow {
        let word = str::to_owned;
        let draft = AuditDraft {
            time: Stamp::new(1_700_000_000_000_001, -210),
            who: word("人"),
            role: word("technician"),
            from: word("tty1"),
            action: word("reboot"),
            phase: word("intent"),
            reason: word("a \"reason\"\n"),
            detail: word(detail),
        };
        AuditRow { seq, hash: super::super::audit::hash(seq, &draft, ""), draft }
    }

    #[test]
    fn rows_read_back_as_they_were_and_torn_ones_are_none() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE);
        let (mut spill, rows) = Spill::open(dir.path()).unwrap();
        assert!(rows.is_empty() && spill.last().is_none());
        let all = [row(7, "a long detail of the first life, longer than the next one"), row(8, "")];
        for row in &all {
            spill.append(row).unwrap();
        }
        assert_eq!(std::fs::metadata(&path).unwrap().len(), SIZE as u64, "it takes no more room than it had");
        assert_eq!(Spill::open(dir.path()).unwrap().1, all);
        // Torn in the middle of the second.
        let mut bytes = std::fs::read(&path).unwrap();
        let at = bytes.iter().position(|byte| *byte == b'\n').unwrap();
        bytes[at + 20] = 0;
        std::fs::write(&path, &bytes).unwrap();
        let (mut again, rows) = Spill::open(dir.path()).unwrap();
        assert_eq!(rows, all[..1]);
        again.append(&row(8, "x")).unwrap();
        assert_eq!(Spill::open(dir.path()).unwrap().1, [all[0].clone(), row(8, "x")]);
        again.clear().unwrap();
        again.append(&row(9, "")).unwrap();
        assert_eq!(Spill::open(dir.path()).unwrap().1, [row(9, "")], "nothing of an earlier life is met again");
    }

    #[test]
    fn it_takes_what_it_has_room_for_and_nothing_behind_a_row_that_it_did_not_take() {
        let dir = tempfile::tempdir().unwrap();
        let (mut spill, _) = Spill::open(dir.path()).unwrap();
        let half = "x".repeat(SIZE / 2);
        spill.append(&row(1, &half)).unwrap();
        assert!(spill.append(&row(2, &half)).is_err());
        assert!(spill.append(&row(3, "")).is_err(), "a chain with a hole");
        assert_eq!(spill.last().unwrap().seq, 1);
        spill.clear().unwrap();
        spill.append(&row(2, &half)).unwrap();
    }
}
