//! The front ends' ends of their links: bounded, never waited for. One that is too slow misses deltas and gets one
//! fresh snapshot when it has room again.

use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

use crate::model::{Actor, Snapshot};
use crate::proto::Update;

struct Outlet {
    id: u64,
    actor: Actor,
    updates: Sender<Update>,
    /// Has missed something.
    late: bool,
}

/// Every front end that is attached.
#[derive(Default)]
pub(super) struct Outlets {
    list: Vec<Outlet>,
    next: u64,
}

impl Outlets {
    pub fn add(&mut self, actor: Actor, updates: Sender<Update>) -> u64 {
        self.next += 1;
        // Nothing has been sent yet: the first resync brings the snapshot.
        self.list.push(Outlet { id: self.next, actor, updates, late: true });
        self.next
    }

    pub fn remove(&mut self, id: u64) {
        self.list.retain(|outlet| outlet.id != id);
    }

    /// The person behind it has another role now, and is told with a fresh snapshot.
    pub fn set_role(&mut self, id: u64, role: crate::model::Role) {
        for outlet in self.list.iter_mut().filter(|outlet| outlet.id == id) {
            outlet.actor.role = role;
            outlet.late = true;
        }
    }

    /// Sends a delta to everyone who has all before it.
    pub fn publish(&mut self, update: &Update) {
        self.list.retain_mut(|outlet| {
            if outlet.late {
                return true;
            }
            match outlet.updates.try_send(update.clone()) {
                Ok(()) => true,
                Err(TrySendError::Full(_)) => {
                    outlet.late = true;
                    true
                }
                Err(TrySendError::Closed(_)) => false,
            }
        });
    }

    /// Everyone needs the whole state anew.
    pub fn outdate(&mut self) {
        for outlet in &mut self.list {
            outlet.late = true;
        }
    }

    /// Brings late ones up to date where they have room; true while some still wait.
    pub fn resync(&mut self, snapshot: &Snapshot) -> bool {
        self.list.retain_mut(|outlet| {
            if !outlet.late {
                return true;
            }
            let own = Snapshot { actor: outlet.actor.clone(), ..snapshot.clone() };
            match outlet.updates.try_send(Update::Snapshot(Box::new(own))) {
                Ok(()) => {
                    outlet.late = false;
                    true
                }
                Err(TrySendError::Full(_)) => true,
                Err(TrySendError::Closed(_)) => false,
            }
        });
        self.list.iter().any(|outlet| outlet.late)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::load::empty_snapshot;
    use crate::model::Role;

    #[test]
    fn a_late_reader_gets_one_fresh_snapshot() {
        let actor = Actor { uid: 1, name: "a".into(), role: Role::Viewer, from: "local".into(), session: None };
        let (tx, mut rx) = tokio::sync::mpsc::channel(2);
        let mut outlets = Outlets::default();
        outlets.add(actor.clone(), tx);
        let snapshot = empty_snapshot();
        assert!(!outlets.resync(&snapshot));
        for _ in 0..5 {
            outlets.publish(&Update::Leaving);
        }
        assert!(outlets.resync(&snapshot), "no room yet");
        assert!(matches!(rx.try_recv(), Ok(Update::Snapshot(own)) if own.actor == actor));
        assert!(matches!(rx.try_recv(), Ok(Update::Leaving)));
        assert!(!outlets.resync(&snapshot));
        assert!(matches!(rx.try_recv(), Ok(Update::Snapshot(_))));
        assert!(rx.try_recv().is_err());
        drop(rx);
        outlets.publish(&Update::Leaving);
        assert!(outlets.list.is_empty(), "a closed outlet goes");
    }
}
