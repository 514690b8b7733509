//! In which order checks begin, and how many at once: on a slow terminal everything at one moment is late together.
//! What the terminal knows by itself comes first, then the way to the hosts as one picture, then whoever else has to be
//! asked. Decides about beginnings only; what a check may take is its own limit.

use std::time::Duration;

use super::{Check, CheckSpec};

/// Whom a check asks. A check never needs one of a later lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// The kernel's files, the journal, the store.
    Own,
    /// The way to the hosts, with what the journal tells about it.
    Path,
    /// Other services and programs of this machine.
    Others,
}

impl Lane {
    pub const ALL: [Self; 3] = [Self::Own, Self::Path, Self::Others];

    /// Where this check stands.
    pub fn of(spec: &CheckSpec) -> Self {
        match spec.id.split('.').next().unwrap_or_default() {
            "net" | "host" | "txn" | "trend" => Self::Path,
            _ if spec.id == "clock.offset" => Self::Path,
            _ if OTHERS.contains(&spec.id) => Self::Others,
            _ => Self::Own,
        }
    }

    /// Places that one of its checks takes: whoever waits for the network leaves the machine to others.
    fn places(self) -> u32 {
        if self == Self::Path { 1 } else { 2 }
    }
}

/// Families that ask somebody else, or look through the whole machine. The site's commands, which may take longest,
/// begin first.
const OTHERS: &[&str] = &[
    "custom",
    "app.alive",
    "clock.rtc",
    "clock.sync",
    "power.boots",
    "printer.status",
    "reader.card",
    "reader.device",
    "reader.scan",
    "reader.service",
    "reader.swipe",
    "sec.cert",
    "sec.keys",
    "sec.ports",
    "sec.tamper",
    "sys.units",
    "version.system",
];

/// How beginnings are spread.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turns {
    /// Places in all.
    pub places: u32,
    /// A check that takes longer waits for somebody, and its places go to the next.
    pub head: Duration,
    /// Checks end this long after the run began, however late their turn came; those whose limit is longer wait for a
    /// person and have it whole.
    pub whole: Duration,
}

impl Turns {
    /// Everything has begun within a second where nothing is slow, and a verdict stands within ten where all hangs.
    pub const USUAL: Self = Self { places: 8, head: Duration::from_millis(250), whole: Duration::from_millis(9_900) };

    /// Places of this check; never more than there are.
    pub fn places_of(&self, spec: &CheckSpec) -> u32 {
        Lane::of(spec).places().min(self.places)
    }
}

/// The checks in the order in which they begin, each with its place in `wanted`.
pub(super) fn in_turn(wanted: &[&'static dyn Check]) -> Vec<(usize, &'static dyn Check)> {
    let mut order: Vec<_> = wanted.iter().copied().enumerate().collect();
    let first = |spec: &CheckSpec| OTHERS.iter().position(|id| *id == spec.id);
    order.sort_by_key(|(_, check)| (Lane::of(check.spec()), first(check.spec())));
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::CHECKS;

    #[test]
    fn nothing_needs_what_begins_later() {
        for check in CHECKS {
            let spec = check.spec();
            for need in spec.needs {
                let other = CHECKS.iter().find(|other| other.spec().id == *need).expect("a check");
                assert!(Lane::of(other.spec()) <= Lane::of(spec), "{} needs {need}", spec.id);
            }
        }
    }

    #[test]
    fn whoever_is_asked_last_is_a_check() {
        for id in OTHERS {
            assert!(CHECKS.iter().any(|check| check.spec().id == *id), "{id}");
        }
    }

    #[test]
    fn the_order_is_that_of_the_lanes_and_in_each_that_of_the_ladder() {
        let order = in_turn(CHECKS);
        let lanes: Vec<Lane> = order.iter().map(|(_, check)| Lane::of(check.spec())).collect();
        assert!(lanes.is_sorted());
        let places = |lane: Lane| -> Vec<usize> {
            order.iter().filter(|(_, check)| Lane::of(check.spec()) == lane).map(|(at, _)| *at).collect()
        };
        assert!(places(Lane::Own).is_sorted() && places(Lane::Path).is_sorted());
        assert_eq!(
            order.iter().find(|(_, check)| Lane::of(check.spec()) == Lane::Others).map(|(_, c)| c.spec().id),
            Some("custom")
        );
        assert_eq!(order.len(), CHECKS.len());
    }
}
