//! The guard: a change that can cut the line is undone by itself unless it is proved or confirmed in time. This is its
//! memory and its rules; it holds no clock and does nothing. Whoever drives it writes the memory to the medium after
//! every [`Armed::on`] and before doing what that says, so that a kill or a power cut anywhere loses nothing:
//!
//! ```text
//! Acting --> Judging --> Kept ----> gone          deadline, another boot, "undo" --> Undoing
//!    '----------'-----> Undoing --> Undone --> gone
//! ```

use serde::{Deserialize, Serialize};

use super::begun::Begun;
use crate::model::{Said, Stamp, StepSeen};
use crate::platform::{Deed, NetKept, Steady};

/// Form of the memory on the medium.
pub const VERSION: u32 = 1;

/// Where a guarded run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Steps are being done, or are about to be.
    Acting,
    /// All is done that will be: it waits for proof or for a person.
    Judging,
    /// Kept for good; only the record is missing.
    Kept,
    /// Being put back.
    Undoing,
    /// Put back; only the record is missing.
    Undone,
}

/// What happens to a guarded run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Every step that was needed has been done.
    Acted,
    /// The ladder passed and the person's own connection moves.
    Proved,
    /// A person keeps it.
    Keep,
    /// A person undoes it.
    Undo,
    /// What was done did not come about at all, or did harm.
    Broken,
    /// Time has passed.
    Look,
    /// The agent is there again after it was gone.
    Resumed,
    /// What was before is back, as far as it could be put back.
    Restored,
    /// The record stands.
    Recorded,
}

/// What has to be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Go on as before.
    Go,
    /// Put back what was before, then say [`Event::Restored`].
    Undo,
    /// Write the outcome into the audit, then say [`Event::Recorded`].
    Record,
    /// Forget the memory.
    Forget,
}

/// The memory of a guarded run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Armed {
    pub version: u32,
    #[serde(flatten)]
    pub begun: Begun,
    pub seconds: u32,
    /// The boot it belongs to.
    pub boot: String,
    /// Milliseconds of that boot at which it is undone.
    pub deadline_ms: u64,
    /// The same on the wall clock, for people only.
    pub deadline: Stamp,
    pub phase: Phase,
    /// Why it was decided so: `proved`, `confirmed`, `deadline`, `asked`, `broken`, `reboot`.
    pub why: String,
    /// Who decided it, where a person did.
    #[serde(default)]
    pub decided_by: Option<String>,
    pub kept: NetKept,
    /// Ways back, gentlest first; later ones only where those before were not enough.
    pub back: Vec<Deed>,
    /// The device that has to have the new profile, and that profile's UUID; none where no setting is changed.
    #[serde(default)]
    pub wanted: Option<(String, String)>,
    /// Keeps what was changed beyond the next start; done before it counts as kept.
    #[serde(default)]
    pub commit: Vec<Deed>,
    /// What is not needed any more once it is kept.
    #[serde(default)]
    pub then: Vec<Deed>,
    /// Done once it is decided and, where it has to be, put back.
    #[serde(default)]
    pub after: Vec<Deed>,
    pub steps: Vec<StepSeen>,
    /// What was said of it at the end.
    #[serde(default)]
    pub said: Vec<Said>,
}

impl Armed {
    /// Whether its time is up: the deadline, or another boot.
    pub fn over(&self, now: &Steady) -> bool {
        now.boot != self.boot || now.ms >= self.deadline_ms
    }

    /// Milliseconds that are left.
    pub fn left_ms(&self, now: &Steady) -> u64 {
        if now.boot == self.boot { self.deadline_ms.saturating_sub(now.ms) } else { 0 }
    }

    /// Whether it is still open which way it goes.
    pub const fn open(&self) -> bool {
        matches!(self.phase, Phase::Acting | Phase::Judging)
    }

    /// Takes what happened. False says that it was not taken: too late, or too early.
    pub fn on(&mut self, event: Event, now: &Steady) -> (Next, bool) {
        if self.open() && self.over(now) {
            self.decide(Phase::Undoing, if now.boot == self.boot { "deadline" } else { "reboot" });
            return (Next::Undo, !matches!(event, Event::Keep | Event::Proved));
        }
        match (self.phase, event) {
            (Phase::Acting, Event::Acted | Event::Resumed) => {
                self.phase = Phase::Judging;
                (Next::Go, true)
            }
            (Phase::Judging, Event::Proved) => self.settle(Phase::Kept, "proved"),
            (Phase::Judging, Event::Keep) => self.settle(Phase::Kept, "confirmed"),
            (Phase::Acting | Phase::Judging, Event::Undo) => self.settle(Phase::Undoing, "asked"),
            (Phase::Acting | Phase::Judging, Event::Broken) => self.settle(Phase::Undoing, "broken"),
            (Phase::Undoing, Event::Restored) => {
                self.phase = Phase::Undone;
                (Next::Record, true)
            }
            (Phase::Kept | Phase::Undone, Event::Recorded) => (Next::Forget, true),
            // Again what had to be done when the agent went.
            (Phase::Undoing, Event::Resumed) => (Next::Undo, true),
            (Phase::Kept | Phase::Undone, Event::Resumed) => (Next::Record, true),
            (_, Event::Look) => (Next::Go, true),
            _ => (Next::Go, false),
        }
    }

    fn settle(&mut self, phase: Phase, why: &str) -> (Next, bool) {
        self.decide(phase, why);
        (if phase == Phase::Kept { Next::Record } else { Next::Undo }, true)
    }

    fn decide(&mut self, phase: Phase, why: &str) {
        self.phase = phase;
        why.clone_into(&mut self.why);
    }
}

#[cfg(test)]
#[allow(clippy::panic, clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn armed(seconds: u32) -> Armed {
        Armed {
            version: VERSION,
            begun: Begun::example("restart-network"),
            seconds,
            boot: "a".to_owned(),
            deadline_ms: u64::from(seconds) * 1_000,
            deadline: Stamp::default(),
            phase: Phase::Acting,
            why: String::new(),
            decided_by: None,
            kept: NetKept::default(),
            back: Vec::new(),
            wanted: None,
            commit: Vec::new(),
            then: Vec::new(),
            after: Vec::new(),
            steps: Vec::new(),
            said: Vec::new(),
        }
    }

    /// What may happen to a terminal with an armed guard.
    #[derive(Clone, Copy, Debug)]
    enum Fate {
        /// The agent gets on with its work.
        Work,
        Prove,
        Keep,
        Undo,
        Break,
        Wait(u64),
        /// The agent is killed here, before or after the medium has what it was about to write.
        Kill,
        KillUnwritten,
        /// The power is cut: another boot.
        PowerCut,
        Start,
    }

    fn fate() -> impl Strategy<Value = Fate> {
        prop_oneof![
            4 => Just(Fate::Work),
            2 => Just(Fate::Prove),
            2 => Just(Fate::Keep),
            2 => Just(Fate::Undo),
            1 => Just(Fate::Break),
            3 => (0_u64..9_000).prop_map(Fate::Wait),
            2 => Just(Fate::Kill),
            2 => Just(Fate::KillUnwritten),
            1 => Just(Fate::PowerCut),
            4 => Just(Fate::Start),
        ]
    }

    /// A terminal: what is on its medium, what its agent holds, what its network is like.
    struct Terminal {
        medium: Option<String>,
        agent: Option<(Armed, Next)>,
        now: Steady,
        changed: bool,
        /// How often something was really put back.
        restored: u32,
        undos_begun: u32,
        records: Vec<&'static str>,
        forgotten: bool,
        taken_keep: bool,
    }

    impl Terminal {
        fn new() -> Self {
            let armed = armed(20);
            Self {
                medium: Some(serde_json::to_string(&armed).unwrap()),
                agent: Some((armed, Next::Go)),
                now: Steady { boot: "a".to_owned(), ms: 0 },
                changed: true,
                restored: 0,
                undos_begun: 0,
                records: Vec::new(),
                forgotten: false,
                taken_keep: false,
            }
        }

        fn event(&mut self, event: Event, written: bool) {
            let Some((armed, next)) = &mut self.agent else { return };
            let (said, taken) = armed.on(event, &self.now);
            // What still has to be done is not forgotten because somebody asked for something else.
            if said != Next::Go {
                *next = said;
            }
            if written {
                // A person is told only what stands on the medium.
                self.taken_keep |= taken && event == Event::Keep;
                self.medium = Some(serde_json::to_string(&*armed).unwrap());
            }
        }

        /// Does what was said last.
        fn work(&mut self) {
            let Some((armed, next)) = &mut self.agent else { return };
            match std::mem::replace(next, Next::Go) {
                Next::Go => {
                    let event = if armed.phase == Phase::Acting { Event::Acted } else { Event::Look };
                    self.event(event, true);
                }
                Next::Undo => {
                    self.undos_begun += 1;
                    self.restored += u32::from(self.changed);
                    self.changed = false;
                    self.event(Event::Restored, true);
                }
                Next::Record => {
                    let word = if armed.phase == Phase::Kept { "kept" } else { "undone" };
                    // The driver looks into the audit before it writes: a row that stands is not written twice.
                    if self.records.last() != Some(&word) {
                        self.records.push(word);
                    }
                    self.event(Event::Recorded, true);
                }
                Next::Forget => {
                    self.medium = None;
                    self.agent = None;
                    self.forgotten = true;
                }
            }
        }

        fn start(&mut self) {
            if self.agent.is_some() {
                return;
            }
            let Some(text) = &self.medium else { return };
            self.agent = Some((serde_json::from_str(text).unwrap(), Next::Go));
            self.event(Event::Resumed, true);
        }

        fn on(&mut self, fate: Fate) {
            match fate {
                Fate::Work => self.work(),
                Fate::Prove => self.event(Event::Proved, true),
                Fate::Keep => self.event(Event::Keep, true),
                Fate::Undo => self.event(Event::Undo, true),
                Fate::Break => self.event(Event::Broken, true),
                Fate::Wait(ms) => {
                    self.now.ms += ms;
                    self.event(Event::Look, true);
                }
                Fate::Kill => self.agent = None,
                Fate::KillUnwritten => {
                    self.event(Event::Keep, false);
                    self.agent = None;
                }
                Fate::PowerCut => {
                    self.agent = None;
                    self.now = Steady { boot: format!("{}x", self.now.boot), ms: 0 };
                }
                Fate::Start => self.start(),
            }
        }
    }

    proptest! {
        #[test]
        fn whatever_happens_it_is_kept_once_or_undone_once(fates in prop::collection::vec(fate(), 0..60)) {
            let mut terminal = Terminal::new();
            for fate in fates {
                terminal.on(fate);
            }
            // In the end somebody starts the agent again, and time passes.
            terminal.on(Fate::Start);
            terminal.on(Fate::Wait(30_000));
            for _ in 0..6 {
                terminal.on(Fate::Work);
            }
            prop_assert!(terminal.forgotten, "it never ends");
            prop_assert_eq!(terminal.records.len(), 1, "{:?}", terminal.records);
            prop_assert!(terminal.restored <= 1);
            if terminal.records[0] == "kept" {
                prop_assert_eq!((terminal.undos_begun, terminal.changed), (0, true));
            } else {
                prop_assert_eq!((terminal.restored, terminal.changed), (1, false));
            }
            // Whoever was told that it is kept finds it kept.
            prop_assert!(!terminal.taken_keep || terminal.records[0] == "kept");
        }
    }

    #[test]
    fn keeping_comes_too_early_while_it_acts_and_too_late_after_the_deadline() {
        let at = |ms| Steady { boot: "a".to_owned(), ms };
        let mut run = armed(20);
        assert_eq!(run.on(Event::Keep, &at(1)), (Next::Go, false));
        assert_eq!(run.on(Event::Acted, &at(2)), (Next::Go, true));
        assert_eq!(run.clone().on(Event::Keep, &at(19_999)), (Next::Record, true));
        assert_eq!(run.on(Event::Keep, &at(20_000)), (Next::Undo, false));
        assert_eq!((run.phase, run.why.as_str()), (Phase::Undoing, "deadline"));
        assert_eq!(run.on(Event::Keep, &at(20_001)), (Next::Go, false));
    }

    #[test]
    fn another_boot_undoes_whatever_its_clock_says() {
        let mut run = armed(20);
        let next_boot = Steady { boot: "b".to_owned(), ms: 5 };
        assert_eq!(run.on(Event::Resumed, &next_boot), (Next::Undo, true));
        assert_eq!((run.why.as_str(), run.left_ms(&next_boot)), ("reboot", 0));
    }
}
