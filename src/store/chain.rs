//! The audit as the thread keeps it: where the chain goes on, and its head beside the database.

use super::audit::{self, Head, Kept};
use super::error::StoreError;
use super::keeper::{Home, Keeper};
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

    /// Appends to the audit: on the medium, and its head beside it, when this returns.
    pub(super) fn audit_append(&mut self, draft: &AuditDraft) -> Result<AuditRow, StoreError> {
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
        Ok(row)
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
