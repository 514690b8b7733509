//! The audit chain: every row's hash covers its fields and its predecessor's hash; the newest one is also kept in a
//! file of its own, so that a table cut short is told from one that was never longer.

use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use rusqlite::{OptionalExtension, Row, params};

use super::db::Db;
use crate::model::{AuditDraft, AuditRow, ChainFault, ChainReport, Stamp};

/// Name of the file that keeps the head.
const HEAD_FILE: &str = "audit.head";

/// Setting that keeps faults a later append would have covered up.
pub(super) const FAULTS: &str = "audit.faults";

/// Place in the chain: sequence number and hash of a row; 0 and nothing before the first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    pub seq: i64,
    pub hash: String,
}

/// What the file beside the database says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// Gone, or not readable as a head.
    Missing,
    At(Head),
}

/// Reads the kept head.
pub(super) fn read_head(dir: &Path) -> Kept {
    let Ok(text) = std::fs::read_to_string(dir.join(HEAD_FILE)) else { return Kept::Missing };
    let mut words = text.split_whitespace();
    match (words.next().and_then(|seq| seq.parse().ok()), words.next(), words.next()) {
        (Some(seq), Some(hash), None) if hash.len() == 64 => Kept::At(Head { seq, hash: hash.to_owned() }),
        _ => Kept::Missing,
    }
}

/// Writes the kept head: wholly or not at all, and on the medium when it returns.
pub(super) fn write_head(dir: &Path, head: &Head) -> io::Result<()> {
    let fresh = dir.join("audit.head.new");
    let written = File::create(&fresh).and_then(|mut file| {
        writeln!(file, "{} {}", head.seq, head.hash)?;
        file.sync_all()?;
        std::fs::rename(&fresh, dir.join(HEAD_FILE))
    });
    if let Err(error) = written {
        // A full disk leaves an empty file behind; the old head still stands.
        let _ = std::fs::remove_file(&fresh);
        return Err(error);
    }
    File::open(dir)?.sync_all()
}

/// Writes the kept head over the one that stands there, on a medium that has no room for another file. A head is
/// shorter than a sector, and never shorter than the one before.
pub(super) fn write_head_over(dir: &Path, head: &Head) -> io::Result<()> {
    let file = OpenOptions::new().write(true).open(dir.join(HEAD_FILE))?;
    file.write_all_at(format!("{} {}\n", head.seq, head.hash).as_bytes(), 0)?;
    file.sync_data()
}

/// Hex SHA-256 over `pos-console audit 1`, then each field with its length before it (8 bytes, little endian), numbers
/// as 8 bytes little endian: seq, microseconds, offset in minutes, who, role, from, action, phase, reason, detail, and
/// the predecessor's hash as it is written (empty for the first row).
pub(super) fn hash(seq: i64, draft: &AuditDraft, previous: &str) -> String {
    let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
    let mut field = |bytes: &[u8]| {
        digest.update(&(bytes.len() as u64).to_le_bytes());
        digest.update(bytes);
    };
    field(b"pos-console audit 1");
    field(&seq.to_le_bytes());
    field(&draft.time.micros.to_le_bytes());
    field(&i64::from(draft.time.offset).to_le_bytes());
    for text in [&draft.who, &draft.role, &draft.from, &draft.action, &draft.phase, &draft.reason, &draft.detail] {
        field(text.as_bytes());
    }
    field(previous.as_bytes());
    digest.finish().as_ref().iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing into a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

const COLUMNS: &str = "seq, time_us, offset_min, who, role, \"from\", action, phase, reason, detail, hash";

fn read(row: &Row<'_>) -> rusqlite::Result<AuditRow> {
    let draft = AuditDraft {
        time: Stamp::new(row.get(1)?, row.get(2)?),
        who: row.get(3)?,
        role: row.get(4)?,
        from: row.get(5)?,
        action: row.get(6)?,
        phase: row.get(7)?,
        reason: row.get(8)?,
        detail: row.get(9)?,
    };
    Ok(AuditRow { seq: row.get(0)?, draft, hash: row.get(10)? })
}

/// What the kept head says about a chain that ends at `last`; `hash_at` reads a row's hash.
fn judge_head(
    kept: &Kept,
    last: &Head,
    hash_at: impl FnOnce(i64) -> rusqlite::Result<Option<String>>,
) -> rusqlite::Result<Option<ChainFault>> {
    let Kept::At(head) = kept else { return Ok((last.seq > 0).then_some(ChainFault::HeadMissing)) };
    if head.seq > last.seq {
        return Ok(Some(ChainFault::Truncated { last: last.seq, expected: head.seq }));
    }
    // One row more than the head: the power went between the row and the head.
    let near = head.seq + 1 >= last.seq;
    let fits =
        if head.seq == last.seq { head.hash == last.hash } else { hash_at(head.seq)? == Some(head.hash.clone()) };
    Ok((!near || !fits).then_some(ChainFault::HeadMismatch { seq: head.seq }))
}

impl Db {
    /// The last row's place; the place before the first when there is none.
    pub fn audit_last(&self) -> rusqlite::Result<Head> {
        let last = self.conn.query_row("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", [], |row| {
            Ok(Head { seq: row.get(0)?, hash: row.get(1)? })
        });
        Ok(last.optional()?.unwrap_or_else(|| self.audit_base.clone()))
    }

    pub fn audit_hash(&self, seq: i64) -> rusqlite::Result<Option<String>> {
        self.conn.query_row("SELECT hash FROM audit WHERE seq = ?1", [seq], |row| row.get(0)).optional()
    }

    /// What is wrong between the table's end and the kept head.
    pub fn audit_head_fault(&self, kept: &Kept) -> rusqlite::Result<Option<ChainFault>> {
        judge_head(kept, &self.audit_last()?, |seq| self.audit_hash(seq))
    }

    /// Appends a row behind `head`, in a transaction that is on the medium when it returns. Faults that the new head
    /// would cover up are kept.
    pub fn audit_append(
        &mut self,
        draft: &AuditDraft,
        head: &Head,
        covered: &[ChainFault],
    ) -> rusqlite::Result<AuditRow> {
        self.conn.execute_batch("PRAGMA synchronous = FULL; BEGIN IMMEDIATE")?;
        let seq = head.seq + 1;
        let row = AuditRow { seq, hash: hash(seq, draft, &head.hash), draft: draft.clone() };
        let stored = self.audit_insert(&row).and_then(|()| self.keep_faults(covered));
        let stored = stored.and_then(|()| self.conn.execute_batch("COMMIT"));
        if stored.is_err() {
            self.rollback();
        }
        self.conn.execute_batch("PRAGMA synchronous = NORMAL")?;
        stored.map(|()| row)
    }

    /// Stores a row as it is.
    pub fn audit_insert(&self, row: &AuditRow) -> rusqlite::Result<()> {
        let AuditRow { seq, draft, hash } = row;
        self.conn.execute(
            &format!("INSERT INTO audit({COLUMNS}) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"),
            params![
                seq,
                draft.time.micros,
                draft.time.offset,
                draft.who,
                draft.role,
                draft.from,
                draft.action,
                draft.phase,
                draft.reason,
                draft.detail,
                hash
            ],
        )?;
        Ok(())
    }

    /// Stores rows as they are, all or none; on the medium when it returns.
    pub fn audit_take(&self, rows: &[AuditRow]) -> rusqlite::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        self.conn.execute_batch("PRAGMA synchronous = FULL; BEGIN IMMEDIATE")?;
        let stored = rows.iter().try_for_each(|row| self.audit_insert(row));
        let stored = stored.and_then(|()| self.conn.execute_batch("COMMIT"));
        if stored.is_err() {
            self.rollback();
        }
        self.conn.execute_batch("PRAGMA synchronous = NORMAL")?;
        stored
    }

    fn keep_faults(&self, covered: &[ChainFault]) -> rusqlite::Result<()> {
        if covered.is_empty() {
            return Ok(());
        }
        let mut all = self.kept_faults()?;
        all.extend(covered.iter().filter(|fault| !all.contains(fault)).cloned().collect::<Vec<_>>());
        self.set_setting(FAULTS, &serde_json::to_string(&all).unwrap_or_default())
    }

    fn kept_faults(&self) -> rusqlite::Result<Vec<ChainFault>> {
        Ok(self.setting(FAULTS)?.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    /// Rows behind this sequence number, oldest first.
    pub fn audit_after(&self, after: i64, limit: usize) -> rusqlite::Result<Vec<AuditRow>> {
        let mut statement =
            self.conn.prepare(&format!("SELECT {COLUMNS} FROM audit WHERE seq > ?1 ORDER BY seq LIMIT ?2"))?;
        statement.query_map(params![after, limit as i64], read)?.collect()
    }

    /// The newest rows, oldest first.
    pub fn audit_tail(&self, limit: usize) -> rusqlite::Result<Vec<AuditRow>> {
        let mut statement = self.conn.prepare(&format!("SELECT {COLUMNS} FROM audit ORDER BY seq DESC LIMIT ?1"))?;
        let mut rows: Vec<AuditRow> = statement.query_map([limit as i64], read)?.collect::<Result<_, _>>()?;
        rows.reverse();
        Ok(rows)
    }

    /// Walks the whole chain and compares its end with the kept head.
    pub fn audit_verify(&self, kept: &Kept) -> rusqlite::Result<ChainReport> {
        let mut report = ChainReport { rows: 0, head: String::new(), faults: Vec::new() };
        let mut previous = Some(self.audit_base.hash.clone());
        let mut expected = self.audit_base.seq + 1;
        let mut statement = self.conn.prepare(&format!("SELECT {COLUMNS} FROM audit ORDER BY seq"))?;
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            let seq: i64 = row.get(0)?;
            if seq > expected {
                report.faults.push(ChainFault::Missing { seq: expected });
                // What stood before this row is gone, so its link cannot be proved, only the next one's.
                previous = None;
            }
            // A field of another type is as changed as one of another value.
            let stored = read(row).ok();
            let sound = stored.as_ref().is_some_and(|row| {
                seq >= expected && previous.as_ref().is_none_or(|previous| hash(seq, &row.draft, previous) == row.hash)
            });
            if !sound {
                report.faults.push(ChainFault::Changed { seq });
            }
            report.rows += 1;
            report.head = stored.map(|row| row.hash).unwrap_or_default();
            previous = Some(report.head.clone());
            expected = seq + 1;
        }
        let last = Head { seq: expected - 1, hash: report.head.clone() };
        let head = judge_head(kept, &last, |seq| self.audit_hash(seq).or(Ok(None)))?;
        for fault in head.into_iter().chain(self.kept_faults()?) {
            if !report.faults.contains(&fault) {
                report.faults.push(fault);
            }
        }
        Ok(report)
    }
}

/// The rows of a damaged database, up to the first that does not read.
pub(super) fn readable(conn: &rusqlite::Connection) -> rusqlite::Result<Vec<AuditRow>> {
    let mut statement = conn.prepare(&format!("SELECT {COLUMNS} FROM audit ORDER BY seq"))?;
    Ok(statement.query_map([], read)?.map_while(Result::ok).collect())
}
