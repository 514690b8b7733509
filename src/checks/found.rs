//! How checks write down what they found.

use super::{CheckSpec, Cx};
use crate::model::{Fact, Facts, Finding, Status};

impl CheckSpec {
    /// A finding of this check; the sentence is `finding-<code>`.
    pub(super) fn found(&self, cx: &Cx, status: Status, code: &str) -> Finding {
        Finding {
            id: self.id.to_owned(),
            area: self.area,
            screen: self.screen.to_owned(),
            status,
            code: code.to_owned(),
            facts: Facts::new(),
            remedy: None,
            at: cx.now,
            root: false,
            caused_by: None,
        }
    }
}

/// Adds to a finding.
pub(super) trait Build: Sized {
    /// Makes it one about `subject`, such as `primary` in `host.tcp:primary`.
    fn about(self, subject: &str) -> Self;
    /// Adds a measured value; the unit is in the name.
    fn fact(self, name: &str, value: impl Into<Fact>) -> Self;
    /// Names the action that helps, where the finding is bad.
    fn remedy(self, action: &str) -> Self;
}

impl Build for Finding {
    fn about(mut self, subject: &str) -> Self {
        self.id = format!("{}:{subject}", self.family());
        self
    }

    fn fact(mut self, name: &str, value: impl Into<Fact>) -> Self {
        self.facts.insert(name.to_owned(), value.into());
        self
    }

    fn remedy(mut self, action: &str) -> Self {
        self.remedy = self.status.is_bad().then(|| action.to_owned());
        self
    }
}

/// Milliseconds with one digit behind the point.
pub(super) fn ms(time: std::time::Duration) -> Fact {
    Fact::Real((time.as_secs_f64() * 10_000.0).round() / 10.0)
}
