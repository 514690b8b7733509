//! The ladder before and after a change of the network: does it carry, and does it carry less than before?

use std::sync::Arc;

use super::Desk;
use crate::agent::core::Msg;
use crate::checks::{self, CHECKS, Check};
use crate::model::{Finding, Said, Status};
use crate::platform;

/// Rungs that tell about the way to the hosts.
const RUNGS: [&str; 5] = ["net.link", "net.address", "net.gateway", "net.dns", "host.tcp"];

/// What the rungs said.
#[derive(Clone, Debug, Default)]
pub(super) struct Ladder {
    findings: Vec<Finding>,
}

impl Ladder {
    /// Climbs it, and lets everybody see what was found.
    pub async fn climb(desk: Desk) -> Self {
        Self { findings: look(&desk, rungs_and(&[])).await }
    }

    /// Whether the way stands: nothing of the network fails, no host fails that did not fail before, and at least one
    /// of gateway, name server and host has answered. "Cannot tell" is no pass.
    pub fn passes(&self, before: &Self) -> bool {
        let bad = |finding: &&Finding| {
            let old = finding.family() == "host.tcp" && before.failing().contains(&finding.id.as_str());
            finding.status == Status::Fail && !old
        };
        let answers = |finding: &Finding| {
            finding.status == Status::Ok && matches!(finding.family(), "net.gateway" | "net.dns" | "host.tcp")
        };
        !self.findings.iter().any(|finding| bad(&finding)) && self.findings.iter().any(answers)
    }

    /// Whether the way stands over this device: what failed on others before may go on failing.
    pub fn passes_by(&self, before: &Self, interface: &str) -> bool {
        let own = format!(":{interface}");
        let elsewhere = |f: &Finding| f.id.starts_with("net.") && f.id.contains(':') && !f.id.ends_with(&own);
        let old = before.failing();
        let findings = self.findings.iter().filter(|f| !(elsewhere(f) && old.contains(&f.id.as_str()))).cloned();
        Self { findings: findings.collect() }.passes(before)
    }

    /// Whether nothing fails that did not fail before.
    pub fn no_worse(&self, before: &Self) -> bool {
        let old = before.failing();
        self.failing().iter().all(|id| old.contains(id))
    }

    fn failing(&self) -> Vec<&str> {
        self.findings.iter().filter(|f| f.status == Status::Fail).map(|f| f.id.as_str()).collect()
    }

    /// The rung that is broken, in its own sentence.
    pub fn said(&self) -> Option<Said> {
        let mut judged = self.findings.clone();
        let root = checks::judge(&mut judged)?;
        let finding = judged.into_iter().find(|finding| finding.id == root)?;
        Some(Said { key: format!("finding-{}", finding.code), facts: finding.facts })
    }
}

/// The rungs, and these checks with them.
pub(super) fn rungs_and(more: &[&str]) -> Vec<&'static dyn Check> {
    CHECKS.iter().copied().filter(|check| RUNGS.contains(&check.spec().id) || more.contains(&check.spec().id)).collect()
}

/// The checks of these families.
pub(super) fn named(families: &[&str]) -> Vec<&'static dyn Check> {
    CHECKS.iter().copied().filter(|check| families.contains(&check.spec().id)).collect()
}

/// Runs these checks with fresh probes and hands what they found to the agent.
pub(super) async fn look(desk: &Desk, wanted: Vec<&'static dyn Check>) -> Vec<Finding> {
    let cx = checks::Cx {
        host: desk.host.clone(),
        config: desk.config.clone(),
        journal: Arc::new(desk.journal().await),
        now: platform::now(),
        previous: Arc::default(),
        asked: Arc::default(),
    };
    let findings = checks::run(cx, &wanted).await;
    let _ = desk.queue.send(Msg::Checked { checks: wanted, findings: findings.clone() }).await;
    findings
}
