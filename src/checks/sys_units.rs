//! `sys.units`: do the system's services run.

use std::time::Duration;

use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Finding, Status};
use crate::platform::{Fut, Trouble, UnitSeen, Units};

pub(super) struct SysUnits;

const SPEC: CheckSpec = CheckSpec {
    id: "sys.units",
    area: Area::System,
    screen: "56",
    every: Duration::from_mins(1),
    limit: Duration::from_secs(5),
    needs: &[],
};

impl Check for SysUnits {
    fn spec(&self) -> &'static CheckSpec {
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            let wanted = &cx.config.system.units;
            vec![match cx.host.units(wanted).await {
                Ok(units) => judge(&cx, &units),
                Err(Trouble::Missing) if wanted.is_empty() => SPEC.found(&cx, Status::Absent, "sys-units-none"),
                Err(Trouble::Missing) => SPEC.found(&cx, Status::Unknown, "sys-units-no-systemd"),
                Err(trouble) => {
                    SPEC.found(&cx, Status::Unknown, "sys-units-unknown").fact("reason", trouble.to_string())
                }
            }]
        })
    }
}

fn judge(cx: &Cx, units: &Units) -> Finding {
    let down = |unit: &&UnitSeen| !matches!(unit.state.as_str(), "active" | "reloading");
    let worst = |unit: &&UnitSeen| !matches!(unit.state.as_str(), "activating" | "deactivating");
    let unit = units.named.iter().filter(down).max_by_key(worst);
    if let Some(unit) = unit {
        let (status, code) = match unit.state.as_str() {
            "activating" | "deactivating" => (Status::Warning, "sys-units-starting"),
            _ => (Status::Fail, "sys-units-down"),
        };
        let found = SPEC
            .found(cx, status, code)
            .fact("unit", unit.name.as_str())
            .fact("state", unit.state.as_str())
            .fact("failed", units.failed.clone());
        // The payment application's own, by whichever name the site gave it.
        let own = [&cx.config.app.unit, &cx.config.actions.app_unit].contains(&&unit.name);
        return if own { found.remedy("restart-app") } else { found };
    }
    match units.failed.first() {
        Some(first) => SPEC
            .found(cx, Status::Warning, "sys-units-failed")
            .fact("unit", first.as_str())
            .fact("failed_count", units.failed.len())
            .fact("failed", units.failed.clone()),
        None => SPEC.found(cx, Status::Ok, "sys-units-ok"),
    }
}
