//! `net.firewall`: does the shop's own network let nothing out. One host that is blocked may be blocked at its own end;
//! several at once, or a proxy beside a closed door, are the shop's.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::future::join_all;

use super::found::Build;
use super::reach::{Reached, path, reach};
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Finding, Status};
use crate::platform::{ConnectFault, Fut};

/// Ports on which proxies listen.
const PROXIES: [u16; 2] = [3_128, 8_080];
const KNOCK: Duration = Duration::from_secs(2);

pub(super) struct NetFirewall;

const SPEC: CheckSpec = CheckSpec {
    id: "net.firewall",
    area: Area::Network,
    screen: "22",
    every: Duration::from_mins(1),
    limit: Duration::from_millis(9_400),
    needs: &["net.dns", "net.gateway", "net.address", "net.link"],
};

impl Check for NetFirewall {
    fn spec(&self) -> &'static CheckSpec {
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move { vec![look(&cx).await] })
    }
}

async fn look(cx: &Cx) -> Finding {
    let hosts = join_all(cx.config.host.iter().map(|host| reach(cx, host))).await;
    let (mut faults, mut places): (Vec<ConnectFault>, Vec<IpAddr>) = (Vec::new(), Vec::new());
    for host in hosts {
        let Reached::Dialled { to, dialled } = host else { continue };
        if path(cx, to.ip()).await != "routed" {
            continue;
        }
        match dialled.tcp {
            Ok(_) => return SPEC.found(cx, Status::Ok, "net-firewall-open"),
            Err(fault) => faults.push(fault),
        }
        if !places.contains(&to.ip()) {
            places.push(to.ip());
        }
    }
    let unseen = || SPEC.found(cx, Status::Absent, "net-firewall-unseen");
    if faults.is_empty() || faults.contains(&ConnectFault::Unreachable) {
        return unseen();
    }
    let blocked = places.len() > 1 && faults.iter().all(|fault| *fault == ConnectFault::Filtered);
    match proxy(cx).await {
        Some(at) => SPEC.found(cx, Status::Fail, "net-firewall-proxy").fact("proxy", at.to_string()),
        None if blocked => SPEC.found(cx, Status::Fail, "net-firewall-blocked"),
        None => unseen(),
    }
    .fact("hosts_count", places.len())
}

/// A proxy on the gateway.
async fn proxy(cx: &Cx) -> Option<SocketAddr> {
    let view = cx.host.net().await.ok()?;
    let gateway = view.routes.iter().find_map(|route| route.gateway)?;
    let dials = PROXIES.map(|port| async move {
        let at = SocketAddr::new(gateway, port);
        let dialled = tokio::time::timeout(KNOCK, cx.host.dial(at, None)).await.ok()?;
        dialled.tcp.is_ok().then_some(at)
    });
    join_all(dials).await.into_iter().flatten().next()
}
