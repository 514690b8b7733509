//! Which findings an item of a round is about, and which of them prove something. What was found is for others to say.

use super::{Mark, Step};
use crate::model::{Finding, Status};

/// Checks that a person takes part in: they answer once they have been tested.
const TAKEN_PART: [&str; 3] = ["reader.card", "reader.swipe", "reader.scan"];

impl Step {
    /// Whether it is about the finding of this id.
    pub fn asks(&self, id: &str) -> bool {
        self.checks.iter().any(|check| fits(check, id))
    }

    /// Whether it is about this one before all others: those alone prove nothing of it.
    pub fn rests_on(&self, id: &str) -> bool {
        self.checks.first().is_some_and(|check| fits(check, id))
    }

    /// Whether what was found here says no: nobody overrules it.
    pub fn is_denied(&self, findings: &[Finding]) -> bool {
        findings.iter().any(|found| found.status.is_bad() && self.asks(&found.id))
    }
}

impl Mark {
    /// What may be written down of a mark by what was found: `proved` and `denied` are the checks' own word.
    #[must_use]
    pub fn held_against(self, proved: bool, denied: bool) -> Self {
        match self {
            Self::Fine | Self::Proved if denied => Self::Fault,
            Self::Proved if !proved => Self::Skipped,
            mark => mark,
        }
    }
}

/// Whether the terminal has what this is about; an empty slot can be tested.
pub fn is_there(found: &Finding) -> bool {
    found.status != Status::Absent || found.code == "reader-card-empty"
}

/// Whether it answers an item: where a person takes part, it was tested.
pub fn is_tested(found: &Finding) -> bool {
    !TAKEN_PART.contains(&found.family()) || found.facts.contains_key("tested")
}

/// A family stands for all its subjects, but a card reader for those that are not tapped.
fn fits(check: &str, id: &str) -> bool {
    let (family, subject) = id.split_once(':').map_or((id, None), |(family, subject)| (family, Some(subject)));
    check == id || (check == family && !(TAKEN_PART.contains(&check) && subject == Some("tap")))
}
