//! The head of what is remembered of a run that outlives the agent: which one it is, who began it, from where and when.

use serde::{Deserialize, Serialize};

use crate::model::{Actor, Role, RunPhase, RunView, Session, Stamp, StepSeen, StepState};

/// Who began what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Begun {
    /// Sequence number of its intent in the audit.
    pub run: i64,
    pub action: String,
    pub who: String,
    pub role: Role,
    pub from: String,
    /// The connection they sat behind.
    #[serde(default)]
    pub session: Option<Session>,
    pub began: Stamp,
}

impl Begun {
    /// Begun now by this person.
    pub fn by(actor: &Actor, run: i64, action: &str, began: Stamp) -> Self {
        Self {
            run,
            action: action.to_owned(),
            who: actor.name.clone(),
            role: actor.role,
            from: actor.from.clone(),
            session: actor.session,
            began,
        }
    }

    /// The person, for an agent that has never met them.
    pub fn actor(&self) -> Actor {
        let (name, from) = (self.who.clone(), self.from.clone());
        Actor { uid: u32::MAX, name, role: self.role, from, session: self.session }
    }

    /// The run as an agent finds it that did not begin it: what was half done is not done again.
    pub fn found(&self, steps: &[StepSeen]) -> RunView {
        let mut steps = steps.to_vec();
        for step in steps.iter_mut().filter(|step| step.state == StepState::Running) {
            step.state = StepState::Failed;
            "interrupted".clone_into(&mut step.detail);
        }
        RunView {
            id: self.run,
            action: self.action.clone(),
            who: self.who.clone(),
            role: self.role,
            began: self.began,
            phase: RunPhase::Checking,
            steps,
            guard_left_ms: None,
            guard_s: None,
            end: None,
            said: Vec::new(),
            progress: None,
        }
    }
}

#[cfg(test)]
impl Begun {
    /// Somebody at the terminal.
    pub(crate) fn example(action: &str) -> Self {
        let (who, from) = ("tester".to_owned(), "tty1".to_owned());
        let (run, role, began) = (1, Role::Technician, Stamp::default());
        Self { run, action: action.to_owned(), who, role, from, session: None, began }
    }
}
