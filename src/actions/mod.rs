//! One-key actions as data: one entry in [`ACTIONS`] each. What runs them is the agent; what a person reads about
//! them are the locale messages `action-<id>`, `action-does-<id>` and `action-not-<id>`.

pub mod begun;
pub mod clock;
pub mod guard;
pub mod hours;
mod ifupdown;
pub mod net_setup;
pub mod network;
pub mod phone;
mod prepare;
pub mod simple;
mod slip;
pub mod update;

use crate::model::Role;
use simple::Simple;
use update::Verb;

pub use prepare::{Cx, Prepared, said};

/// How much an action asks of the person: 0 look, 1 green, 2 green and a shown 2-digit code, 3 technician and 4 digits.
pub type Risk = u8;

/// Which open business makes an action wait (PRODUCT §2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    /// For nothing.
    Never,
    /// While a request is out and younger than the answer timeout.
    InFlight,
    /// Also while the batch is not settled.
    Batch,
}

/// What is fixed about an action. Ids are frozen.
#[derive(Debug)]
pub struct ActionSpec {
    pub id: &'static str,
    /// Screen that offers it.
    pub screen: &'static str,
    pub role: Role,
    pub risk: Risk,
    pub waits: Waits,
    /// Can cut the line: refused in-process over SSH, runs under the guard.
    pub guarded: bool,
    /// Somebody has to say why.
    pub reason: bool,
    /// What it usually takes, seconds.
    pub seconds: u16,
    /// How it is carried out; none while this version lacks it.
    pub runs: Option<Runner>,
}

/// How an action is carried out; actions without one say so and are audited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runner {
    Network,
    NetSetup,
    Clock,
    /// A few things one after the other, then a look whether it helped.
    Simple(Simple),
    /// New versions, on trial until they are proved.
    Update(Verb),
}

impl Runner {
    /// Looks at the machine and says what would be done.
    pub async fn prepare(self, cx: &Cx, id: &str) -> Prepared {
        match self {
            Self::Simple(which) => simple::prepare(cx, which, id).await,
            Self::Network => network::prepare(cx).await,
            Self::NetSetup => net_setup::prepare(cx).await,
            Self::Clock => clock::prepare(cx).await,
            Self::Update(verb) => update::prepare(cx, verb).await,
        }
    }
}

const fn action(
    id: &'static str,
    screen: &'static str,
    role: Role,
    risk: Risk,
    waits: Waits,
    seconds: u16,
) -> ActionSpec {
    ActionSpec { id, screen, role, risk, waits, guarded: false, reason: false, seconds, runs: None }
}

const fn runs(mut spec: ActionSpec, runner: Runner) -> ActionSpec {
    spec.runs = Some(runner);
    spec
}

const fn simple(spec: ActionSpec, which: Simple) -> ActionSpec {
    runs(spec, Runner::Simple(which))
}

/// Somebody has to say why.
const fn why(mut spec: ActionSpec) -> ActionSpec {
    spec.reason = true;
    spec
}

const fn guarded(mut spec: ActionSpec) -> ActionSpec {
    spec.guarded = true;
    spec
}

/// Every action, in the order of FIX.
pub const ACTIONS: &[ActionSpec] = &[
    runs(guarded(action("restart-network", "61", Role::Merchant, 1, Waits::InFlight, 20)), Runner::Network),
    runs(action("sync-time", "62", Role::Merchant, 1, Waits::InFlight, 10), Runner::Clock),
    simple(action("reset-reader", "63", Role::Merchant, 1, Waits::InFlight, 8), Simple::Reader),
    simple(action("restart-app", "64", Role::Merchant, 2, Waits::InFlight, 30), Simple::App),
    simple(action("sign-on", "65", Role::Merchant, 1, Waits::InFlight, 15), Simple::SignOn),
    simple(action("reset-printer", "66", Role::Merchant, 1, Waits::Never, 5), Simple::Printer),
    // One for 66, which clears a printer: this one shows that it prints.
    simple(action("test-slip", "51", Role::Merchant, 1, Waits::InFlight, 10), Simple::Slip),
    simple(why(guarded(action("reboot", "68", Role::Merchant, 2, Waits::InFlight, 90))), Simple::Reboot),
    runs(action("update-check", "71", Role::Merchant, 0, Waits::Never, 15), Runner::Update(Verb::Check)),
    runs(guarded(action("update-install", "72", Role::Merchant, 2, Waits::Batch, 300)), Runner::Update(Verb::Install)),
    runs(
        why(guarded(action("update-rollback", "73", Role::Technician, 2, Waits::Batch, 120))),
        Runner::Update(Verb::Rollback),
    ),
    runs(guarded(action("net-setup", "95", Role::Merchant, 2, Waits::InFlight, 30)), Runner::NetSetup),
    simple(why(action("power-off", "96", Role::Technician, 3, Waits::InFlight, 20)), Simple::PowerOff),
    // Each file says who may do it, and how it is asked; a technician where it says nothing.
    simple(action("plugin-691", "691", Role::Merchant, 2, Waits::InFlight, 30), Simple::Plugin),
    simple(action("plugin-692", "692", Role::Merchant, 2, Waits::InFlight, 30), Simple::Plugin),
    simple(action("plugin-693", "693", Role::Merchant, 2, Waits::InFlight, 30), Simple::Plugin),
    simple(action("plugin-694", "694", Role::Merchant, 2, Waits::InFlight, 30), Simple::Plugin),
    simple(action("plugin-695", "695", Role::Merchant, 2, Waits::InFlight, 30), Simple::Plugin),
    simple(action("plugin-696", "696", Role::Merchant, 2, Waits::InFlight, 30), Simple::Plugin),
    simple(action("plugin-697", "697", Role::Merchant, 2, Waits::InFlight, 30), Simple::Plugin),
    simple(action("plugin-698", "698", Role::Merchant, 2, Waits::InFlight, 30), Simple::Plugin),
];

/// The action with this id or screen number.
pub fn find(word: &str) -> Option<&'static ActionSpec> {
    ACTIONS.iter().find(|spec| spec.id == word || spec.screen == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_screens_are_unique() {
        for (at, spec) in ACTIONS.iter().enumerate() {
            for other in &ACTIONS[at + 1..] {
                assert!(spec.id != other.id && spec.screen != other.screen, "{} and {}", spec.id, other.id);
            }
        }
    }
}
