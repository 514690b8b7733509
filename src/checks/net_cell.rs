//! `net.cell`: is the mobile network there: the SIM card, its lock, the registration, the signal.

use std::time::Duration;

use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Fact, Finding, Status};
use crate::platform::{Fut, ModemSeen};

/// LTE received power, tenths of dBm, below which sales begin to time out.
const WEAK: i32 = -1_150;
/// Signal in percent, where nothing better is told.
const WEAK_PERCENT: u32 = 15;

pub(super) struct NetCell;

const SPEC: CheckSpec = CheckSpec {
    id: "net.cell",
    area: Area::Network,
    screen: "21",
    every: Duration::from_secs(30),
    limit: Duration::from_secs(5),
    needs: &[],
};

impl Check for NetCell {
    fn spec(&self) -> &'static CheckSpec {
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            match cx.host.radios().await {
                Ok(radios) if radios.modem.is_empty() && !radios.modem_trouble.is_empty() => {
                    vec![SPEC.found(&cx, Status::Unknown, "net-cell-unknown").fact("reason", radios.modem_trouble)]
                }
                Ok(radios) if radios.modem.is_empty() => vec![SPEC.found(&cx, Status::Absent, "net-cell-none")],
                Ok(radios) => radios.modem.iter().map(|modem| look(&cx, modem)).collect(),
                Err(trouble) => {
                    vec![SPEC.found(&cx, Status::Unknown, "net-cell-unknown").fact("reason", trouble.to_string())]
                }
            }
        })
    }
}

fn look(cx: &Cx, modem: &ModemSeen) -> Finding {
    let registered = matches!(modem.registration.as_str(), "home" | "roaming");
    let weak = modem.rsrp.map_or(modem.percent < WEAK_PERCENT, |rsrp| rsrp < WEAK);
    let (status, code) = match (modem.failed.as_str(), modem.lock.as_str(), modem.state.as_str()) {
        ("sim-missing", ..) => (Status::Fail, "net-cell-no-sim"),
        ("sim-error" | "esim-without-profiles", ..) => (Status::Fail, "net-cell-bad-sim"),
        (failed, ..) if !failed.is_empty() => (Status::Fail, "net-cell-broken"),
        (_, "sim-puk", _) => (Status::Fail, "net-cell-puk"),
        (_, lock, _) if !lock.is_empty() => (Status::Fail, "net-cell-pin"),
        (.., "disabled") => (Status::Absent, "net-cell-unused"),
        _ if modem.registration == "denied" => (Status::Fail, "net-cell-denied"),
        _ if !registered => (Status::Fail, "net-cell-searching"),
        _ if weak => (Status::Warning, "net-cell-weak"),
        _ => (Status::Ok, "net-cell-ok"),
    };
    let mut found = SPEC.found(cx, status, code).about(&modem.name);
    for (name, tenths) in [("rsrp_dbm", modem.rsrp), ("rsrq_db", modem.rsrq)] {
        if let Some(tenths) = tenths {
            found = found.fact(name, Fact::Real(f64::from(tenths) / 10.0));
        }
    }
    found
        .fact("modem", modem.name.as_str())
        // Not known yet when a modem has just registered.
        .fact("operator", if modem.operator.is_empty() { "none" } else { modem.operator.as_str() })
        .fact("apn", modem.apn.as_str())
        .fact("percent", modem.percent)
        .fact("registration", modem.registration.as_str())
        .fact("state", modem.state.as_str())
}
