//! `sys.load`: is the machine kept busy by something.

use std::time::Duration;

use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Finding, Status};
use crate::platform::Fut;

/// Waiting programs per core, averaged over five minutes, from which sales become slow.
const HIGH: f64 = 8.0;

pub(super) struct SysLoad;

const SPEC: CheckSpec = CheckSpec {
    id: "sys.load",
    area: Area::System,
    screen: "56",
    every: Duration::from_mins(1),
    limit: Duration::from_secs(5),
    needs: &[],
};

impl Check for SysLoad {
    fn spec(&self) -> &'static CheckSpec {
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            vec![match cx.host.vitals().await {
                Ok(vitals) => {
                    let high = vitals.load_5 > HIGH * f64::from(vitals.cores.max(1));
                    let (status, code) =
                        if high { (Status::Warning, "sys-load-high") } else { (Status::Ok, "sys-load-ok") };
                    SPEC.found(&cx, status, code)
                        .fact("load_1", vitals.load_1)
                        .fact("load_5", vitals.load_5)
                        .fact("load_15", vitals.load_15)
                        .fact("cores", vitals.cores)
                }
                Err(trouble) => {
                    SPEC.found(&cx, Status::Unknown, "sys-load-unknown").fact("reason", trouble.to_string())
                }
            }]
        })
    }
}
