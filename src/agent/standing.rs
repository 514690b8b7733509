//! What the terminal is compared with: how it stood when it was taken over, and on the last day without a fault. Kept
//! as settings of the store; what is compared is [`standing`]'s.

use serde::de::DeserializeOwned;

use crate::checks::CHECKS;
use crate::handbook::Mark;
use crate::model::{Accepted, Actor, Baselines, Role, Snapshot, Stamp, Standing, StoodOn, standing};
use crate::platform;
use crate::store::Store;

const ACCEPTED: &str = "standing.accepted";
const INSTALL: &str = "standing.install";
/// The newest day without a fault, and the one before it.
const GOOD: &str = "standing.good";
const BEFORE: &str = "standing.before";

/// What the terminal can be compared with.
pub(super) async fn baselines(store: &Store) -> Baselines {
    let newest: Option<StoodOn> = get(store, GOOD).await;
    let today = platform::now().day();
    let good = match newest {
        Some(newest) if newest.at.day() >= today => get(store, BEFORE).await,
        newest => newest,
    };
    Baselines { accepted: get(store, ACCEPTED).await, install: get(store, INSTALL).await, good }
}

/// Keeps a round that took the terminal over. It is what others are compared with only if a technician found no fault.
pub(super) async fn accept(store: &Store, actor: &Actor, (round, marks): (&str, &str), parts: Standing) {
    let at = platform::now();
    let accepted = Accepted { at, who: actor.name.clone(), round: round.to_owned(), marks: marks.to_owned() };
    set(store, ACCEPTED, &accepted).await;
    if is_baseline(actor.role, marks) {
        set(store, INSTALL, &StoodOn { at, parts }).await;
    }
}

/// Whether such a round becomes what others are compared with.
fn is_baseline(role: Role, marks: &str) -> bool {
    role.may(Role::Technician) && Mark::row(marks).is_some_and(|marks| !marks.contains(&Mark::Fault))
}

/// Watches for days without a fault.
#[derive(Debug, Default)]
pub(super) struct GoodDays(Option<(i64, Standing)>);

impl GoodDays {
    /// Looks at what was found now; what is new is kept, of each day the last of it.
    pub fn look(&mut self, store: &Store, snapshot: &Snapshot, off: &[String]) {
        let whole = |family: &str| {
            off.iter().any(|id| id == family) || snapshot.findings.iter().any(|found| found.family() == family)
        };
        if snapshot.root_cause.is_some() || !CHECKS.iter().all(|check| whole(check.spec().id)) {
            return;
        }
        let parts = standing(&snapshot.findings, &snapshot.terminal);
        let now = (snapshot.at.day(), parts);
        if self.0.as_ref() == Some(&now) {
            return;
        }
        self.0 = Some(now.clone());
        let (store, at) = (store.clone(), snapshot.at);
        tokio::spawn(async move { keep(&store, at, now.1).await });
    }
}

async fn keep(store: &Store, at: Stamp, parts: Standing) {
    let newest: Option<StoodOn> = get(store, GOOD).await;
    if let Some(newest) = newest.filter(|newest| newest.at.day() < at.day()) {
        set(store, BEFORE, &newest).await;
    }
    set(store, GOOD, &StoodOn { at, parts }).await;
}

async fn get<T: DeserializeOwned>(store: &Store, key: &str) -> Option<T> {
    serde_json::from_str(&store.get(key).await?).ok()
}

/// What cannot be kept is not compared with: the store says itself that it takes nothing.
async fn set(store: &Store, key: &str, value: &impl serde::Serialize) {
    if let Ok(text) = serde_json::to_string(value) {
        let _ = store.set(key, &text).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_technician_without_a_fault_makes_a_baseline() {
        assert!(is_baseline(Role::Technician, "1535"));
        assert!(!is_baseline(Role::Technician, "1525"));
        assert!(!is_baseline(Role::Merchant, "1111"));
        assert!(!is_baseline(Role::Technician, "19"));
    }
}
