//! A new version on trial: it stays only if what worked before works again in time, else the version before comes back.
//! This is its memory and its rules; it holds no clock and does nothing. Whoever drives it writes the memory to the
//! medium after every change and before doing what [`Next`] says, so that a kill or a power cut anywhere loses nothing.
//! After a start the slot that runs is what counts, and not what was about to be done:
//!
//! ```text
//! Going --> Restarting --> Proving --> Good            Proving, too late or sick --> Returning --> Leaving --> Back
//!    '--> Failed, where nothing has changed            another start in the old slot --------------------------^
//! ```

use serde::{Deserialize, Serialize};

use crate::actions::begun::Begun;
use crate::model::StepSeen;
use crate::platform::{Deed, Steady};

/// Form of the memory on the medium.
pub const VERSION: u32 = 1;
/// Starts in which a new version may be proved; a third one says that it does not stay up.
const STARTS: u32 = 2;

/// Where a trial is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Being installed, or about to be.
    Going,
    /// Installed; the machine is to start anew.
    Restarting,
    /// It runs; whether all works is being looked at.
    Proving,
    /// The version before is being called back.
    Returning,
    /// It is next in line; the machine is to start anew.
    Leaving,
    /// Decided; only the record is missing.
    Good,
    Back,
    Failed,
}

/// What has to be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The installer is still at work.
    Wait,
    Restart,
    Prove,
    Return,
    Leave,
    Record,
}

/// Which system runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runs {
    /// The one before.
    Old,
    New,
    /// There is only one.
    Only,
}

/// What is found at a start of the agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    pub runs: Runs,
    /// The machine has started since the memory was written.
    pub other_boot: bool,
    pub busy: bool,
    /// The new version is wholly installed and next in line.
    pub whole: bool,
}

/// What happens to a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// All that had to be done is done; the new version runs only after a start.
    Installed {
        restart: bool,
    },
    /// A step failed.
    Broke,
    Well,
    /// Something that worked before did not come back in time.
    Sick,
    /// The version before is next in line, or runs.
    Returned {
        restart: bool,
    },
}

/// The memory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    pub version: u32,
    #[serde(flatten)]
    pub begun: Begun,
    /// Who installs.
    pub by: String,
    pub old: String,
    pub new: String,
    /// Slots by name; empty where there are none.
    pub old_slot: String,
    pub new_slot: String,
    /// The version before comes back by itself when this one is sick.
    pub returns: bool,
    /// Something is being changed; until then nothing has happened.
    pub touched: bool,
    pub phase: Phase,
    /// Why it went so: `interrupted`, `broke`, `fell-back`, `unsteady`, `sick`, `no-return`.
    #[serde(default)]
    pub why: String,
    /// The machine's own words about it.
    #[serde(default)]
    pub detail: String,
    /// The boot in which this was written.
    pub boot: String,
    /// Milliseconds of that boot until which it has to be proved.
    #[serde(default)]
    pub deadline_ms: u64,
    pub health_s: u32,
    #[serde(default)]
    pub starts: u32,
    /// What worked before: ids of findings.
    #[serde(default)]
    pub before: Vec<String>,
    /// The payment application stood, or said that it was well.
    #[serde(default)]
    pub app: bool,
    /// What is done, and what is done to go back.
    pub go: Vec<Deed>,
    pub back: Vec<Deed>,
    #[serde(default)]
    pub steps: Vec<StepSeen>,
}

impl Trial {
    /// Takes what is found at a start of the agent.
    pub fn resume(&mut self, found: Found, now: &Steady) -> Next {
        let next = match (self.phase, found.runs) {
            (Phase::Good | Phase::Back | Phase::Failed, _) => Next::Record,
            (Phase::Going | Phase::Restarting, Runs::New) => self.prove(now),
            (Phase::Going, Runs::Old) if found.busy && !found.other_boot => Next::Wait,
            (Phase::Going, Runs::Old) if found.whole && !found.other_boot => self.to(Phase::Restarting, Next::Restart),
            (Phase::Going, Runs::Old) => {
                self.decide(Phase::Failed, if found.whole { "fell-back" } else { "interrupted" })
            }
            (Phase::Going, Runs::Only) if !self.touched => self.decide(Phase::Failed, "interrupted"),
            (Phase::Going, Runs::Only) if found.busy && !found.other_boot => Next::Wait,
            (Phase::Going, Runs::Only) if self.half_done() && found.other_boot => self.sick("interrupted"),
            // Half done, perhaps: whether it works is looked at, and called back where it does not.
            (Phase::Going, Runs::Only) => {
                "interrupted".clone_into(&mut self.why);
                self.prove(now)
            }
            (Phase::Restarting, Runs::Old) if found.other_boot => self.decide(Phase::Back, "fell-back"),
            (Phase::Restarting, Runs::Only) if found.other_boot => self.prove(now),
            (Phase::Restarting, _) => Next::Restart,
            (Phase::Proving, Runs::Old) => self.decide(Phase::Back, "fell-back"),
            (Phase::Proving, _) if !found.other_boot => Next::Prove,
            (Phase::Proving, _) if self.starts >= STARTS => self.sick("unsteady"),
            (Phase::Proving, _) => self.prove(now),
            (Phase::Returning | Phase::Leaving, Runs::Old) => self.to(Phase::Back, Next::Record),
            (Phase::Returning, _) => Next::Return,
            (Phase::Leaving, _) if !found.other_boot => Next::Leave,
            (Phase::Leaving, Runs::Only) => self.to(Phase::Back, Next::Record),
            (Phase::Leaving, Runs::New) => self.decide(Phase::Failed, "no-return"),
        };
        self.boot.clone_from(&now.boot);
        next
    }

    /// Takes what happened.
    pub fn on(&mut self, event: Event, now: &Steady) -> Next {
        let slots = !self.new_slot.is_empty();
        match (self.phase, event) {
            (Phase::Going, Event::Installed { restart: true }) => self.to(Phase::Restarting, Next::Restart),
            (Phase::Going, Event::Installed { restart: false }) => self.prove(now),
            // Nothing of what runs has been touched.
            (Phase::Going, Event::Broke) if slots => self.decide(Phase::Failed, "broke"),
            (Phase::Going, Event::Broke) if self.half_done() => self.sick("broke"),
            (Phase::Going, Event::Broke) => {
                "broke".clone_into(&mut self.why);
                self.prove(now)
            }
            (Phase::Proving, Event::Well) => self.to(Phase::Good, Next::Record),
            (Phase::Proving, Event::Sick) => self.sick("sick"),
            (Phase::Returning, Event::Returned { restart: true }) => self.to(Phase::Leaving, Next::Leave),
            (Phase::Returning, Event::Returned { restart: false }) => self.to(Phase::Back, Next::Record),
            (Phase::Returning, Event::Broke) => self.decide(Phase::Failed, "no-return"),
            _ => Next::Record,
        }
    }

    /// Milliseconds that are left for proving.
    pub fn left_ms(&self, now: &Steady) -> u64 {
        if now.boot == self.boot { self.deadline_ms.saturating_sub(now.ms) } else { 0 }
    }

    /// Packages that broke off are neither the old version nor the new one, however well they may look: they go back.
    fn half_done(&self) -> bool {
        self.by == "apt" && self.returns
    }

    fn prove(&mut self, now: &Steady) -> Next {
        self.starts += 1;
        self.boot.clone_from(&now.boot);
        self.deadline_ms = now.ms + u64::from(self.health_s) * 1_000;
        self.to(Phase::Proving, Next::Prove)
    }

    fn sick(&mut self, why: &str) -> Next {
        if self.returns {
            why.clone_into(&mut self.why);
            return self.to(Phase::Returning, Next::Return);
        }
        self.decide(Phase::Failed, why)
    }

    fn decide(&mut self, phase: Phase, why: &str) -> Next {
        why.clone_into(&mut self.why);
        self.to(phase, Next::Record)
    }

    const fn to(&mut self, phase: Phase, next: Next) -> Next {
        self.phase = phase;
        next
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn trial() -> Trial {
        Trial {
            version: VERSION,
            begun: Begun::example("update-install"),
            by: "rauc".to_owned(),
            old: "1.0".to_owned(),
            new: "2.0".to_owned(),
            old_slot: "rootfs.0".to_owned(),
            new_slot: "rootfs.1".to_owned(),
            returns: true,
            touched: true,
            phase: Phase::Going,
            why: String::new(),
            detail: String::new(),
            boot: "0".to_owned(),
            deadline_ms: 0,
            health_s: 60,
            starts: 0,
            before: Vec::new(),
            app: false,
            go: Vec::new(),
            back: Vec::new(),
            steps: Vec::new(),
        }
    }

    /// A terminal with two slots: what is on its medium, what its boot loader would start, what its agent does.
    struct Terminal {
        medium: String,
        agent: Option<(Trial, Next)>,
        boots: u64,
        new_runs: bool,
        new_next: bool,
        whole: bool,
        /// The new version does its work.
        well: bool,
        records: Vec<Phase>,
    }

    impl Terminal {
        fn new(well: bool) -> Self {
            let trial = trial();
            let medium = serde_json::to_string(&trial).unwrap();
            Self {
                medium,
                agent: Some((trial, Next::Wait)),
                boots: 0,
                new_runs: false,
                new_next: false,
                whole: false,
                well,
                records: Vec::new(),
            }
        }

        fn now(&self) -> Steady {
            Steady { boot: self.boots.to_string(), ms: 5 }
        }

        fn event(&mut self, event: Event, written: bool) {
            let now = self.now();
            let Some((trial, next)) = &mut self.agent else { return };
            *next = trial.on(event, &now);
            if written {
                self.medium = serde_json::to_string(&*trial).unwrap();
            }
        }

        /// The agent gets on by one thing; `written` is false where it dies before the medium has it.
        fn work(&mut self, written: bool) {
            let Some((_, next)) = &self.agent else { return };
            match *next {
                Next::Wait => {
                    self.whole = true;
                    self.new_next = true;
                    self.event(Event::Installed { restart: true }, written);
                }
                Next::Restart | Next::Leave => self.power_cut(),
                Next::Prove => self.event(if self.well { Event::Well } else { Event::Sick }, written),
                Next::Return => {
                    self.new_next = false;
                    self.event(Event::Returned { restart: true }, written);
                }
                Next::Record => {
                    let phase = self.agent.as_ref().unwrap().0.phase;
                    if self.records.is_empty() {
                        self.records.push(phase);
                    }
                }
            }
            if !written {
                self.agent = None;
            }
        }

        fn power_cut(&mut self) {
            self.agent = None;
            self.boots += 1;
            self.new_runs = self.new_next;
        }

        fn start(&mut self) {
            if self.agent.is_some() {
                return;
            }
            let mut trial: Trial = serde_json::from_str(&self.medium).unwrap();
            let found = Found {
                runs: if self.new_runs { Runs::New } else { Runs::Old },
                other_boot: trial.boot != self.boots.to_string(),
                busy: false,
                whole: self.whole && self.new_next,
            };
            let next = trial.resume(found, &self.now());
            self.medium = serde_json::to_string(&trial).unwrap();
            self.agent = Some((trial, next));
        }
    }

    proptest! {
        #[test]
        fn whatever_is_cut_off_the_end_is_true(well: bool, fates in prop::collection::vec(0_u8..5, 0..40)) {
            let mut terminal = Terminal::new(well);
            for fate in fates {
                match fate {
                    0 => terminal.work(true),
                    1 => terminal.work(false),
                    2 => terminal.agent = None,
                    3 => terminal.power_cut(),
                    _ => terminal.start(),
                }
            }
            for _ in 0..12 {
                terminal.start();
                terminal.work(true);
            }
            prop_assert_eq!(terminal.records.len(), 1, "it never ends");
            match terminal.records[0] {
                // A version that does not work never stays, and one that was called good runs.
                Phase::Good => prop_assert!(terminal.well && terminal.new_runs),
                Phase::Back | Phase::Failed => prop_assert!(!terminal.new_runs && !terminal.new_next),
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }

    #[test]
    fn a_version_that_does_not_stay_up_is_given_two_starts() {
        let at = |boot: &str| Steady { boot: boot.to_owned(), ms: 0 };
        let runs = Found { runs: Runs::New, other_boot: true, busy: false, whole: true };
        let mut run = trial();
        run.phase = Phase::Restarting;
        assert_eq!(run.resume(runs, &at("1")), Next::Prove);
        assert_eq!(run.resume(runs, &at("2")), Next::Prove);
        assert_eq!((run.resume(runs, &at("3")), run.why.as_str()), (Next::Return, "unsteady"));
    }

    #[test]
    fn where_there_are_no_slots_a_broken_installation_is_looked_at() {
        let now = Steady { boot: "0".to_owned(), ms: 0 };
        let mut run = Trial { old_slot: String::new(), new_slot: String::new(), ..trial() };
        assert_eq!(run.on(Event::Broke, &now), Next::Prove);
        assert_eq!((run.on(Event::Sick, &now), run.why.as_str()), (Next::Return, "sick"));
        assert_eq!(run.on(Event::Returned { restart: false }, &now), Next::Record);
        assert_eq!(run.phase, Phase::Back);
    }
}
