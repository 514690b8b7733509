//! The journal of the live shop: a file with whole lines in one write and the faults real files have, or a table.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::SimError;
use super::faults::{Fault, Faults};
use super::line::{Line, Pen, Schema};
use super::scribe::Scribe;
use super::table::Table;

/// Lines between two rotations while the fault is on.
const ROTATE_EVERY: u64 = 20;
/// Old journals kept, as log rotation does.
const KEPT: u32 = 5;
/// Between the two pieces of a line that is written in two.
const TORN_PAUSE: Duration = Duration::from_millis(300);

/// Where lines go.
#[derive(Debug)]
enum Book {
    File(File),
    Table(Table),
}

/// The journal, open for appending.
#[derive(Debug)]
pub struct Ledger {
    path: PathBuf,
    book: Book,
    scribe: Scribe,
    /// Lines since the start.
    pub written: u64,
    buffer: Vec<u8>,
}

impl Ledger {
    /// Opens or creates the journal.
    pub fn open(path: &Path, pen: Pen) -> Result<Self, SimError> {
        let book = match pen.schema {
            Schema::Table => Book::Table(Table::open(path, pen.offset)?),
            _ => Book::File(append_to(path)?),
        };
        Ok(Self { path: path.to_owned(), book, scribe: Scribe::new(pen), written: 0, buffer: Vec::new() })
    }

    /// Trace number in the last lines of a journal that is already there.
    pub fn last_stan(&self) -> Result<Option<u32>, SimError> {
        if let Book::Table(table) = &self.book {
            return table.last_stan();
        }
        let failed = || SimError::file(&self.path);
        let mut file = File::open(&self.path).map_err(failed())?;
        let length = file.metadata().map_err(failed())?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(64 * 1024))).map_err(failed())?;
        let mut tail = Vec::new();
        file.read_to_end(&mut tail).map_err(failed())?;
        let tail = String::from_utf8_lossy(&tail);
        let names = ["\"stan\":\"", "\"trace\":\"", " stan=", "id=\"11\" value=\""];
        let last = names.iter().filter_map(|name| {
            let at = tail.rfind(name)? + name.len();
            tail.get(at..at + 6)?.parse().ok()
        });
        Ok(last.max())
    }

    /// Many lines at once, without faults.
    pub fn append_all(&mut self, lines: impl Iterator<Item = Line>) -> Result<(), SimError> {
        let file = match &mut self.book {
            Book::File(file) => file,
            Book::Table(table) => {
                self.written += table.take(lines)?;
                return Ok(());
            }
        };
        let mut out = BufWriter::with_capacity(256 * 1024, file);
        let failed = || SimError::file(&self.path);
        for line in lines {
            self.buffer.clear();
            self.scribe.write(&line, &mut self.buffer);
            out.write_all(&self.buffer).map_err(failed())?;
            self.written += 1;
        }
        out.flush().map_err(failed())
    }

    /// One line, with what is wrong with the file at the moment.
    pub async fn append(&mut self, line: &Line, faults: &Faults) -> Result<(), SimError> {
        if let Book::Table(table) = &mut self.book {
            self.written += table.take(std::iter::once(*line))?;
            return Ok(());
        }
        if self.written % ROTATE_EVERY == ROTATE_EVERY - 1 {
            if faults.has(Fault::Rotate) {
                self.rotate()?;
            } else if faults.has(Fault::Truncate) {
                self.copy_truncate()?;
            }
        }
        self.buffer.clear();
        self.scribe.write(line, &mut self.buffer);
        let torn = faults.has(Fault::Torn);
        if torn && self.written.is_multiple_of(3) {
            // A power cut left this piece behind; the application begins a new line after it.
            let piece = [&self.buffer[..self.buffer.len() / 3], b"\n"].concat();
            self.put(&piece)?;
        }
        if torn && self.written % 3 == 1 {
            let whole = std::mem::take(&mut self.buffer);
            let (first, second) = whole.split_at(whole.len() / 2);
            self.put(first)?;
            tokio::time::sleep(TORN_PAUSE).await;
            self.put(second)?;
        } else {
            let whole = std::mem::take(&mut self.buffer);
            self.put(&whole)?;
            self.buffer = whole;
        }
        self.written += 1;
        Ok(())
    }

    /// One write call, so that a reader never sees a part of it.
    fn put(&mut self, bytes: &[u8]) -> Result<(), SimError> {
        match &mut self.book {
            Book::File(file) => file.write_all(bytes).map_err(SimError::file(&self.path)),
            Book::Table(_) => Ok(()),
        }
    }

    fn old(&self, number: u32) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(format!(".{number}"));
        name.into()
    }

    fn shift_old(&self) -> Result<(), SimError> {
        for number in (1..KEPT).rev() {
            let from = self.old(number);
            if from.exists() {
                std::fs::rename(&from, self.old(number + 1)).map_err(SimError::file(&from))?;
            }
        }
        Ok(())
    }

    fn rotate(&mut self) -> Result<(), SimError> {
        self.shift_old()?;
        std::fs::rename(&self.path, self.old(1)).map_err(SimError::file(&self.path))?;
        self.book = Book::File(append_to(&self.path)?);
        Ok(())
    }

    fn copy_truncate(&mut self) -> Result<(), SimError> {
        self.shift_old()?;
        std::fs::copy(&self.path, self.old(1)).map_err(SimError::file(&self.path))?;
        match &self.book {
            Book::File(file) => file.set_len(0).map_err(SimError::file(&self.path)),
            Book::Table(_) => Ok(()),
        }
    }
}

fn append_to(path: &Path) -> Result<File, SimError> {
    OpenOptions::new().create(true).append(true).open(path).map_err(SimError::file(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEN: Pen = Pen { schema: Schema::Default, offset: 480 };

    fn sale(stan: u32) -> Line {
        Line { code: Some(*b"00"), amount: Some(100), ..Line::bare(1_760_000_000_000, "sale", stan, 1) }
    }

    async fn write_with(fault: Fault, lines: u32) -> (tempfile::TempDir, Vec<String>) {
        let dir = tempfile::tempdir().expect("folder");
        let path = dir.path().join("journal.jsonl");
        let mut ledger = Ledger::open(&path, PEN).expect("opens");
        for stan in 1..=lines {
            ledger.append(&sale(stan), &Faults::new([fault])).await.expect("writes");
        }
        assert_eq!(ledger.last_stan().expect("reads"), Some(lines));
        let mut files: Vec<String> =
            (1..=KEPT).rev().filter_map(|old| std::fs::read_to_string(ledger.old(old)).ok()).collect();
        files.push(std::fs::read_to_string(&path).expect("journal"));
        (dir, files)
    }

    fn stans(files: &[String]) -> Vec<u32> {
        let whole = files
            .iter()
            .flat_map(|file| file.lines())
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok()?["stan"].as_str()?.parse().ok());
        whole.collect()
    }

    #[tokio::test]
    async fn rotated_and_truncated_journals_hold_every_line_once() {
        for fault in [Fault::Rotate, Fault::Truncate] {
            let (_dir, files) = write_with(fault, 70).await;
            assert_eq!(files.len(), 4, "{fault}");
            assert_eq!(stans(&files), (1..=70).collect::<Vec<u32>>(), "{fault}");
        }
    }

    #[tokio::test]
    async fn a_torn_journal_still_holds_every_line_beside_the_pieces() {
        let (_dir, files) = write_with(Fault::Torn, 9).await;
        assert_eq!(stans(&files), (1..=9).collect::<Vec<u32>>());
        assert_eq!(files[0].lines().count(), 12);
    }
}
