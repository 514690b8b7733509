//! `net.route`: which way the packets to each host really take, and whether that way begins alive.

use std::net::IpAddr;
use std::time::Duration;

use super::found::Build;
use super::names::{self, Place};
use super::reach::{PerHost, about_host, path};
use super::{CheckSpec, Cx};
use crate::config::HostConfig;
use crate::model::{Area, Finding, Status};
use crate::platform::{Hop, Life, RouteFault};

const KNOCK: Duration = Duration::from_millis(4_200);

const SPEC: CheckSpec = CheckSpec {
    id: "net.route",
    area: Area::Network,
    screen: "22",
    every: Duration::from_mins(1),
    limit: Duration::from_millis(9_500),
    needs: &["net.dns", "net.gateway", "net.address", "net.link"],
};

pub(super) const CHECK: PerHost = PerHost { spec: &SPEC, look: |cx, name, host| Box::pin(look(cx, name, host)) };

async fn look(cx: &Cx, name: String, host: &HostConfig) -> Finding {
    let found = |status, code| about_host(&SPEC, cx, host, &name, status, code);
    let Some(ip) = address(cx, host).await else {
        return found(Status::Absent, "net-route-untested");
    };
    let way = path(cx, ip).await;
    match cx.host.route(ip).await {
        Ok(hop) => {
            let dead = own_gateway(cx, &hop).await;
            let (status, code) = match hop.gateway {
                _ if dead => (Status::Fail, "net-route-gateway-dead"),
                Some(_) => (Status::Ok, "net-route-ok"),
                None => (Status::Ok, "net-route-near"),
            };
            let gateway = hop.gateway.map_or_else(|| "-".to_owned(), |ip| ip.to_string());
            let source = hop.source.map_or_else(|| "-".to_owned(), |ip| ip.to_string());
            found(status, code)
                .fact("interface", hop.interface)
                .fact("gateway", gateway)
                .fact("source", source)
                .fact("mtu", hop.mtu)
        }
        Err(RouteFault::None) => found(Status::Fail, "net-route-none"),
        Err(RouteFault::Forbidden) => found(Status::Fail, "net-route-forbidden").remedy("restart-network"),
        // A kernel that does not tell its routes says nothing about them.
        Err(RouteFault::Other(reason)) => found(Status::Absent, "net-route-untold").fact("reason", reason),
    }
    .fact("ip", ip.to_string())
    .fact("path", way)
}

/// The first address of a host.
pub(super) async fn address(cx: &Cx, host: &HostConfig) -> Option<IpAddr> {
    match names::place(&host.address, None)? {
        Place::At(at) => Some(at.ip()),
        Place::Named(name, _) => names::resolve(cx, &name).await?.first().copied(),
    }
}

/// Whether this way has a gateway of its own (IPv6 may have another one), and that one is dead. The one that packets
/// without a way of their own take is `net.gateway`'s business.
async fn own_gateway(cx: &Cx, hop: &Hop) -> bool {
    let Some(gateway) = hop.gateway else { return false };
    let view = cx.host.net().await.unwrap_or_default();
    let carried = |interface: &str| view.link(interface).is_some_and(|link| link.carrier);
    if view.routes.iter().find(|route| carried(&route.interface)).is_some_and(|route| route.gateway == Some(gateway)) {
        return false;
    }
    cx.host.knock(gateway, &hop.interface, KNOCK).await.life() == Life::Dead
}
