//! `sys.temperature`: is the terminal too hot.

use std::time::Duration;

use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Finding, Status};
use crate::platform::{Fut, Temperature};

pub(super) struct SysTemperature;

const SPEC: CheckSpec = CheckSpec {
    id: "sys.temperature",
    area: Area::System,
    screen: "56",
    every: Duration::from_mins(1),
    limit: Duration::from_secs(5),
    needs: &[],
};

impl Check for SysTemperature {
    fn spec(&self) -> &'static CheckSpec {
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            vec![match cx.host.temperatures().await {
                Ok(all) if all.is_empty() => SPEC.found(&cx, Status::Absent, "sys-temperature-none"),
                Ok(all) => judge(&cx, &all),
                Err(trouble) => {
                    SPEC.found(&cx, Status::Unknown, "sys-temperature-unknown").fact("reason", trouble.to_string())
                }
            }]
        })
    }
}

fn judge(cx: &Cx, all: &[Temperature]) -> Finding {
    let limits = &cx.config.system;
    // Drivers that count in tenths or send rubbish: no board is that hot and still runs.
    let sane = |one: &&Temperature| (-40.0..=130.0).contains(&one.celsius);
    let Some(hottest) = all.iter().filter(sane).max_by(|a, b| a.celsius.total_cmp(&b.celsius)) else {
        let shown = all.first().map_or(0.0, |one| one.celsius);
        return SPEC.found(cx, Status::Unknown, "sys-temperature-absurd").fact("celsius", shown);
    };
    let (status, code) = match hottest.celsius {
        hot if hot >= f64::from(limits.temperature_fail) => (Status::Fail, "sys-temperature-high"),
        hot if hot >= f64::from(limits.temperature_warn) => (Status::Warning, "sys-temperature-high"),
        _ => (Status::Ok, "sys-temperature-ok"),
    };
    SPEC.found(cx, status, code).fact("celsius", hottest.celsius).fact("sensor", hottest.label.as_str())
}
