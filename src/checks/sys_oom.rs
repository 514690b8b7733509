//! `sys.oom`: did the system end programs for lack of memory.

use std::time::Duration;

use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Fact, Finding, Status};
use crate::platform::Fut;

pub(super) struct SysOom;

const SPEC: CheckSpec = CheckSpec {
    id: "sys.oom",
    area: Area::System,
    screen: "56",
    every: Duration::from_mins(1),
    limit: Duration::from_secs(4),
    needs: &["sys.memory"],
};

/// It is news for this long, seconds.
const NEWS_S: i64 = 86_400;

impl Check for SysOom {
    fn spec(&self) -> &'static CheckSpec {
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            let bytes = cx.host.read("/proc/vmstat", 64 * 1024).await.unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            let told = text.lines().find_map(|line| line.strip_prefix("oom_kill ")?.trim().parse::<i64>().ok());
            let Some(count) = told else {
                return vec![SPEC.found(&cx, Status::Absent, "sys-oom-untold")];
            };
            let before = cx.previous.iter().find(|found| found.id == SPEC.id);
            let number = |name: &str| match before.and_then(|found| found.facts.get(name)) {
                Some(Fact::Int(value)) => Some(*value),
                _ => None,
            };
            let now = cx.now.micros / 1_000_000;
            let known = number("killed").unwrap_or(0);
            // When the count grew last, as far as anybody looked; counted anew after a start of the machine.
            let seen = if count > known { Some(now) } else { number("seen").filter(|_| count == known) };
            let fresh = count > 0 && seen.is_some_and(|at| now - at < NEWS_S);
            let (status, code) = if fresh { (Status::Warning, "sys-oom-killed") } else { (Status::Ok, "sys-oom-ok") };
            let found = SPEC.found(&cx, status, code).fact("killed", count);
            vec![match seen {
                Some(at) => found.fact("seen", at),
                None => found,
            }]
        })
    }
}
