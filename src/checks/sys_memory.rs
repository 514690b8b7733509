//! `sys.memory`: is there memory left for the payment application.

use std::time::Duration;

use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Finding, Status};
use crate::platform::Fut;

pub(super) struct SysMemory;

const SPEC: CheckSpec = CheckSpec {
    id: "sys.memory",
    area: Area::System,
    screen: "56",
    every: Duration::from_mins(1),
    limit: Duration::from_secs(5),
    needs: &[],
};

impl Check for SysMemory {
    fn spec(&self) -> &'static CheckSpec {
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            let limits = &cx.config.system;
            vec![match cx.host.vitals().await {
                Ok(vitals) if vitals.memory_total > 0 => {
                    let share = u128::from(vitals.memory_available) * 100 / u128::from(vitals.memory_total);
                    let (status, code) = match share {
                        left if left < u128::from(limits.memory_fail_percent) => (Status::Fail, "sys-memory-out"),
                        left if left < u128::from(limits.memory_warn_percent) => (Status::Warning, "sys-memory-low"),
                        _ => (Status::Ok, "sys-memory-ok"),
                    };
                    SPEC.found(&cx, status, code)
                        .remedy("restart-app")
                        .fact("available_percent", u64::try_from(share).unwrap_or(100))
                        .fact("available_mb", vitals.memory_available / 1_000_000)
                        .fact("total_mb", vitals.memory_total / 1_000_000)
                }
                Ok(_) => SPEC.found(&cx, Status::Unknown, "sys-memory-unknown").fact("reason", "0"),
                Err(trouble) => {
                    SPEC.found(&cx, Status::Unknown, "sys-memory-unknown").fact("reason", trouble.to_string())
                }
            }]
        })
    }
}
