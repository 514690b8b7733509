//! `net.address`: has each link an address that reaches farther than its own wire.

use std::time::Duration;

use super::found::Build;
use super::net_link::{Judged, carries, judged};
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Finding, Status};
use crate::platform::{Address, Fut, NetView};

pub(super) struct NetAddress;

const SPEC: CheckSpec = CheckSpec {
    id: "net.address",
    area: Area::Network,
    screen: "22",
    every: Duration::from_secs(30),
    limit: Duration::from_secs(4),
    needs: &["net.link"],
};

impl Check for NetAddress {
    fn spec(&self) -> &'static CheckSpec {
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            match cx.host.net().await {
                Ok(view) => look(&cx, &view),
                Err(trouble) => {
                    vec![SPEC.found(&cx, Status::Unknown, "net-address-unknown").fact("reason", trouble.to_string())]
                }
            }
        })
    }
}

fn look(cx: &Cx, view: &NetView) -> Vec<Finding> {
    let judged = judged(view, &cx.config.network.interfaces);
    if judged.is_empty() {
        return vec![SPEC.found(cx, Status::NotTested, "net-address-untested")];
    }
    let works = judged.iter().any(|one| carries(one.link));
    judged.iter().map(|one| about(cx, one, works)).collect()
}

fn about(cx: &Cx, one: &Judged<'_>, works: bool) -> Finding {
    let link = one.link;
    let bad = if works { Status::Warning } else { Status::Fail };
    let wide: Vec<&Address> = link.addresses.iter().filter(|address| !address.is_link_local()).collect();
    let (status, code) = if one.spare {
        (Status::Absent, "net-address-spare")
    } else if !link.carrier {
        // A static address stays on a dead link: it proves nothing.
        (Status::NotTested, "net-address-untested")
    } else if !wide.is_empty() && wide.iter().all(|address| address.duplicate) {
        (bad, "net-address-duplicate")
    } else if !wide.is_empty() {
        (Status::Ok, "net-address-ok")
    } else if link.addresses.iter().any(|address| address.ip.is_ipv4()) {
        // 169.254: DHCP was asked and nobody answered.
        (bad, "net-address-self")
    } else {
        (bad, "net-address-none")
    };
    let shown: Vec<String> = link.addresses.iter().map(|a| format!("{}/{}", a.ip, a.prefix)).collect();
    let first = wide.first().map_or_else(String::new, |a| format!("{}/{}", a.ip, a.prefix));
    let mut found = SPEC.found(cx, status, code).about(&link.name).remedy("restart-network");
    if let Some(lease) = wide.iter().find_map(|address| address.lease_s) {
        found = found.fact("lease_s", lease);
    }
    let dynamic = wide.iter().any(|address| address.lease_s.is_some());
    found.fact("interface", link.name.as_str()).fact("address", first).fact("addresses", shown).fact("dynamic", dynamic)
}
