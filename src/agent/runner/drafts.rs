//! What persons have chosen and not begun yet: one thing for each link, in memory only, for a while.

use std::collections::BTreeMap;

use crate::model::Draft;
use crate::platform::Steady;

/// A draft is kept this long, milliseconds.
const KEPT_MS: u64 = 10 * 60_000;
/// Links at once that may have one.
const MOST: usize = 64;

/// Drafts by link.
#[derive(Debug, Default)]
pub(in crate::agent) struct Drafts(BTreeMap<u64, (Draft, Steady)>);

impl Drafts {
    /// The newest counts; false where there are too many.
    pub fn keep(&mut self, link: u64, draft: Draft, now: Steady) -> bool {
        self.0.retain(|_, (_, since)| !old(since, &now));
        if self.0.get(&link).is_some_and(|(have, _)| *have == draft) {
            // A time that was typed runs on since.
            return true;
        }
        let room = self.0.len() < MOST || self.0.contains_key(&link);
        if room {
            self.0.insert(link, (draft, now));
        }
        room
    }

    /// What this link has chosen for this action, and since when.
    pub fn of(&self, link: u64, action: &str, now: &Steady) -> Option<(Draft, Steady)> {
        let (draft, since) = self.0.get(&link)?;
        (draft.action() == action && !old(since, now)).then(|| (draft.clone(), since.clone()))
    }

    /// Begun, or the link is gone.
    pub fn forget(&mut self, link: u64) {
        self.0.remove(&link);
    }
}

/// Another boot is later than everything.
fn old(since: &Steady, now: &Steady) -> bool {
    now.boot != since.boot || now.ms.saturating_sub(since.ms) > KEPT_MS
}
