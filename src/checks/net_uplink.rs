//! `net.uplink`: does anything at all answer from behind the gateway. When the router lives and nobody beyond it does,
//! neither name servers nor hosts are at fault: the provider's line is.

use std::net::IpAddr;
use std::time::Duration;

use futures_util::future::join_all;

use super::found::Build;
use super::net_link::{carries, judged};
use super::reach::{Reached, path, reach};
use super::{Check, CheckSpec, Cx, names};
use crate::model::{Area, Finding, Status};
use crate::platform::{ConnectFault, Fut, Train};

const ECHOES: Train = Train { count: 3, gap: Duration::from_millis(300), wait: Duration::from_millis(2_600), size: 16 };
/// So many places have to be silent: one alone may have died by itself.
const ENOUGH: usize = 2;

pub(super) struct NetUplink;

const SPEC: CheckSpec = CheckSpec {
    id: "net.uplink",
    area: Area::Network,
    screen: "22",
    every: Duration::from_mins(1),
    limit: Duration::from_millis(9_400),
    needs: &["net.gateway", "net.address", "net.link"],
};

impl Check for NetUplink {
    fn spec(&self) -> &'static CheckSpec {
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move { vec![look(&cx).await] })
    }
}

async fn look(cx: &Cx) -> Finding {
    let untold = || SPEC.found(cx, Status::Absent, "net-uplink-untold");
    let view = cx.host.net().await.unwrap_or_default();
    if !judged(&view, &cx.config.network.interfaces).iter().any(|one| carries(one.link)) {
        return untold();
    }
    let (hosts, servers) = tokio::join!(hosts(cx), servers(cx));
    let mut places: Vec<IpAddr> = Vec::new();
    for (ip, alive) in hosts.into_iter().chain(servers) {
        if alive {
            return SPEC.found(cx, Status::Ok, "net-uplink-ok");
        }
        if !places.contains(&ip) {
            places.push(ip);
        }
    }
    if places.len() < ENOUGH {
        return untold();
    }
    SPEC.found(cx, Status::Fail, "net-uplink-dead").fact("places_count", places.len())
}

/// Hosts behind the gateway, and whether they gave a sign of life.
async fn hosts(cx: &Cx) -> Vec<(IpAddr, bool)> {
    let mut all = Vec::new();
    for host in join_all(cx.config.host.iter().map(|host| reach(cx, host))).await {
        if let Reached::Dialled { to, dialled } = host
            && path(cx, to.ip()).await == "routed"
        {
            all.push((to.ip(), matches!(dialled.tcp, Ok(_) | Err(ConnectFault::Refused | ConnectFault::Filtered))));
        }
    }
    all
}

/// Name servers behind the gateway, likewise.
async fn servers(cx: &Cx) -> Vec<(IpAddr, bool)> {
    let name = names::wanted(cx).await.into_iter().next().unwrap_or_else(|| ".".to_owned());
    let mut routed = Vec::new();
    for server in names::servers(cx).await {
        if path(cx, server.ip()).await == "routed" {
            routed.push(server);
        }
    }
    join_all(routed.into_iter().map(async |server| {
        let spoke = cx.host.ask_dns(server, &name, names::ASK).await.spoke();
        (server.ip(), spoke || !cx.host.train(server.ip(), ECHOES).await.rtts.is_empty())
    }))
    .await
}
