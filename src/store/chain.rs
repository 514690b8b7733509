//! The audit as the thread keeps it: where the chain goes on, and its head beside the database.

use super::audit::{self, Head, Kept};
use super::db::Db;
use super::error::StoreError;
use super::keeper::{Home, Keeper};
use super::spill::Spill;
use crate::model::{AuditDraft, AuditRow, ChainFault, ChainReport};

impl Keeper {
    /// Where the audit chain goes on, and what is wrong with its kept end.
    pub(super) fn find_head(&mut self) {
        let last = self.db.audit_last().unwrap_or_default();
        self.covered.clear();
        self.head = last.clone();
        let Some(dir) = self.dir.as_deref().filter(|_| self.home == Home::Disk) else { return };
        let kept = audit::read_head(dir);
        match (self.db.audit_head_fault(&kept).ok().flatten(), kept) {
            (Some(fault), kept) => {
                // Rows were cut off: going on behind them leaves a gap that stays visible.
                if let (ChainFault::Truncated { .. }, Kept::At(head)) = (&fault, kept) {
                    self.head = head;
                }
                self.covered.push(fault);
            }
            (None, Kept::At(head)) if head != last => self.keep_head(),
            (None, _) => {}
        }
    }

    pub(super) fn keep_head(&self) {
        if self.head.seq > 0
            && self.home == Home::Disk
            && let Some(dir) = &self.dir
        {
            // A head that is one row behind is understood; the next append writes it again.
            let _ = audit::write_head(dir, &self.head);
        }
    }

    /// Lays out room for the time when the medium has none.
    pub(super) fn lay_out(&mut self) {
        let Some(dir) = self.dir.as_deref().filter(|_| self.home == Home::Disk && self.spill.is_none()) else { return };
        // Without it nothing can be begun on a full medium, which is said then.
        self.spill = Spill::open(dir).ok().map(|(spill, _)| spill);
    }

    /// Appends to the audit: on the medium, and its head beside it, when this returns true with the row.
    pub(super) fn audit_append(&mut self, draft: &AuditDraft) -> Result<(AuditRow, bool), StoreError> {
        self.flush();
        let append = |keeper: &mut Self| {
            let (head, covered) = (keeper.head.clone(), keeper.covered.clone());
            keeper.db.audit_append(draft, &head, &covered)
        };
        let row = match append(self) {
            Err(error) => {
                // An append that began the store anew is worth doing again there.
                if let Err(StoreError::Sql(error)) = self.recover(error) {
                    return Err(StoreError::Sql(error));
                }
                append(self)?
            }
            Ok(row) => row,
        };
        self.head = Head { seq: row.seq, hash: row.hash.clone() };
        self.covered.clear();
        self.keep_head();
        let kept = self.home == Home::Disk || self.spilled(&row);
        Ok((row, kept))
    }

    /// Puts a row where the medium still has room for it.
    fn spilled(&mut self, row: &AuditRow) -> bool {
        // Where nothing is tried again the medium is not full, but somebody else's.
        let Some(spill) = self.spill.as_mut().filter(|_| self.retry_at.is_some()) else { return false };
        if spill.append(row).is_err() {
            return false;
        }
        if let Some(dir) = &self.dir {
            // A head that lags behind is less than a row that is lost.
            let _ = audit::write_head(dir, &self.head).or_else(|_| audit::write_head_over(dir, &self.head));
        }
        true
    }

    /// Takes the rows that came while the medium was full into this database of the state folder.
    pub(super) fn take_spilled(&mut self, db: &Db) -> rusqlite::Result<()> {
        let Some(dir) = self.dir.clone() else { return Ok(()) };
        let Ok((mut spill, rows)) = Spill::open_there(&dir) else { return Ok(()) };
        let before = db.audit_last()?;
        let fresh: Vec<_> = rows.into_iter().filter(|row| row.seq > before.seq).collect();
        db.audit_take(&fresh)?;
        // It stood at one of these rows, or there was none yet: none of them was cut off.
        let stood = match audit::read_head(&dir) {
            Kept::At(head) => head.seq >= before.seq && db.audit_hash(head.seq)? == Some(head.hash),
            Kept::Missing => before.seq == 0,
        };
        if let Some(last) = fresh.last().filter(|_| stood) {
            let _ = audit::write_head(&dir, &Head { seq: last.seq, hash: last.hash.clone() });
        }
        // Met again, they are known.
        let _ = spill.clear();
        self.spill = Some(spill);
        Ok(())
    }

    /// The chain goes on in memory where it ended on the medium, as far as that still tells.
    pub(super) fn carry_on(&mut self, copied: bool) {
        let Some(dir) = self.dir.clone() else { return };
        let rows = match Spill::open_there(&dir) {
            Ok((spill, rows)) => {
                self.spill = self.spill.take().or(Some(spill));
                rows
            }
            Err(_) => Vec::new(),
        };
        if copied {
            let last = self.db.audit_last().unwrap_or_default();
            let fresh: Vec<_> = rows.into_iter().filter(|row| row.seq > last.seq).collect();
            // Not seen in the list then; the medium has them.
            let _ = self.db.audit_take(&fresh);
        } else if let Some(last) = rows.last() {
            self.db.audit_base = Head { seq: last.seq, hash: last.hash.clone() };
        } else if let Kept::At(head) = audit::read_head(&dir) {
            self.db.audit_base = head;
        } else {
            // Where it ended nobody knows: nothing is put behind it.
            self.spill = None;
        }
    }

    /// Checks the audit chain against the kept head.
    pub(super) fn audit_verify(&mut self) -> Result<ChainReport, StoreError> {
        let kept = match self.dir.as_deref().filter(|_| self.home == Home::Disk) {
            Some(dir) => audit::read_head(dir),
            None => Kept::At(self.head.clone()),
        };
        self.ask(|db| Ok(db.audit_verify(&kept)?))
    }
}
