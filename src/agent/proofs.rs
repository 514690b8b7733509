//! What the agent has seen well itself. A front end says at the end of a round which items checks have proved: that is
//! held against this, not believed.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::handbook::{Mark, Step, is_tested};
use crate::model::{Finding, Status};

/// A round takes no longer. Counted apart from the wall clock, which may be set in the middle of it.
const ROUND: Duration = Duration::from_hours(4);

/// When each finding was last well, by its id.
#[derive(Debug, Default)]
pub(super) struct Proofs(BTreeMap<String, Instant>);

impl Proofs {
    pub fn take(&mut self, findings: &[Finding], now: Instant) {
        for found in findings.iter().filter(|found| found.status == Status::Ok && is_tested(found)) {
            self.0.insert(found.id.clone(), now);
        }
        self.0.retain(|_, at| now.duration_since(*at) < ROUND);
    }

    /// The marks that may be written down: what no check has proved was not seen, and what one denies now is a fault.
    pub fn hold<'a>(&self, items: impl Iterator<Item = &'a Step>, marks: &[Mark], findings: &[Finding]) -> Vec<Mark> {
        let proved = |item: &Step| self.0.keys().any(|id| item.rests_on(id));
        items.zip(marks).map(|(item, mark)| mark.held_against(proved(item), item.is_denied(findings))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Area, Facts, Stamp};

    fn found(id: &str, status: Status) -> Finding {
        Finding {
            id: id.to_owned(),
            area: Area::Network,
            screen: "22".to_owned(),
            status,
            code: String::new(),
            facts: Facts::new(),
            remedy: None,
            at: Stamp::default(),
            root: false,
            caused_by: None,
        }
    }

    fn item(checks: &[&str]) -> Step {
        Step { checks: checks.iter().map(|id| (*id).to_owned()).collect(), ..Step::default() }
    }

    #[test]
    fn what_no_check_has_proved_is_not_believed() {
        let mut proofs = Proofs::default();
        let now = Instant::now();
        let mut card = found("reader.card:insert", Status::Ok);
        let findings = [found("host.tcp:primary", Status::Ok), found("net.dns", Status::Warning), card.clone()];
        proofs.take(&findings, now);
        let items = [item(&["host.tcp"]), item(&["net.dns"]), item(&["reader.card"]), item(&[]), item(&["app.alive"])];
        let marks = [Mark::Proved; 5];
        let held = proofs.hold(items.iter(), &marks, &findings);
        assert_eq!(held, [Mark::Proved, Mark::Fault, Mark::Skipped, Mark::Skipped, Mark::Skipped]);
        // A card that was in the reader.
        card.facts.insert("tested".to_owned(), true.into());
        proofs.take(&[card], now);
        assert_eq!(proofs.hold(items[2..3].iter(), &marks[..1], &[]), [Mark::Proved]);
        // A person's own eyes, but not against a check.
        assert_eq!(proofs.hold(items.iter(), &[Mark::Fine; 2], &findings), [Mark::Fine, Mark::Fault]);
        // Of a round long ago.
        proofs.take(&[], now + ROUND);
        assert_eq!(proofs.hold(items.iter(), &marks[..1], &findings), [Mark::Skipped]);
    }
}
