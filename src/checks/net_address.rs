//! `net.address`: has each link an address that is its own, fits its network, and lasts.

use std::net::IpAddr;
use std::time::Duration;

use futures_util::future::join_all;

use super::found::Build;
use super::leases;
use super::names::{self, Place};
use super::net_link::{Judged, carries, judged};
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Fact, Finding, Status};
use crate::platform::{Address, Claim, Fut, LeaseSeen, Life, Link, LinkKind, NetView};

/// A lease is renewed at half its time, and from anybody at seven eighths (RFC 2131): what has less left than this
/// share was not.
const OVERDUE: u64 = 8;
/// Shorter leases than this run out before anybody can be told.
const SHORT_S: u32 = 60;
/// A network of a shop is no larger than this; a larger one has to prove that its neighbours are there.
const ORDINARY: u8 = 24;
const KNOCK: Duration = Duration::from_millis(2_500);
/// Neighbours that are asked.
const ASKED: usize = 3;

pub(super) struct NetAddress;

const SPEC: CheckSpec = CheckSpec {
    id: "net.address",
    area: Area::Network,
    screen: "22",
    every: Duration::from_secs(30),
    limit: Duration::from_secs(8),
    needs: &["net.link"],
};

impl Check for NetAddress {
    fn spec(&self) -> &'static CheckSpec {
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            match cx.host.net().await {
                Ok(view) => look(&cx, &view).await,
                Err(trouble) => {
                    vec![SPEC.found(&cx, Status::Unknown, "net-address-unknown").fact("reason", trouble.to_string())]
                }
            }
        })
    }
}

async fn look(cx: &Cx, view: &NetView) -> Vec<Finding> {
    let judged = judged(view, &cx.config.network.interfaces);
    if judged.is_empty() {
        return vec![SPEC.found(cx, Status::NotTested, "net-address-untested")];
    }
    let works = judged.iter().any(|one| carries(one.link));
    join_all(judged.iter().map(|one| about(cx, view, one, works))).await
}

async fn about(cx: &Cx, view: &NetView, one: &Judged<'_>, works: bool) -> Finding {
    let link = one.link;
    let bad = if works { Status::Warning } else { Status::Fail };
    let wide: Vec<&Address> = link.addresses.iter().filter(|address| !address.is_link_local()).collect();
    let mut more: Vec<(&str, Fact)> = Vec::new();
    // A fixed address has no lease, and without a carrier nobody is asked for one.
    let by_lease = wide.is_empty() || wide.iter().any(|address| address.lease_s.is_some());
    let lease = if link.carrier && !one.spare && by_lease { leases::of(cx, link).await } else { None };
    let (status, code) = if one.spare {
        (Status::Absent, "net-address-spare")
    } else if !link.carrier {
        // A static address stays on a dead link: it proves nothing.
        (Status::NotTested, "net-address-untested")
    } else if !wide.is_empty() && wide.iter().all(|address| address.duplicate) {
        (bad, "net-address-duplicate")
    } else if let Some((code, facts)) = fault_of(cx, view, link, &wide, lease.as_ref()).await {
        more = facts;
        (if code.starts_with("net-address-lease") { Status::Warning } else { Status::Fail }, code)
    } else if let Some(left) = wide.iter().find_map(|address| address.lease_s) {
        more = vec![("left_h", (left / 3_600).into()), ("left_min", left.div_ceil(60).into())];
        (Status::Ok, "net-address-leased")
    } else if !wide.is_empty() {
        (Status::Ok, "net-address-ok")
    } else if link.addresses.iter().any(|address| address.ip.is_ipv4()) {
        // 169.254: DHCP was asked and nobody answered.
        (bad, "net-address-self")
    } else if was_leased(cx, &link.name) || lease.as_ref().is_some_and(|lease| ran_out(cx, lease)) {
        (bad, "net-address-lost")
    } else if lease.as_ref().is_some_and(|lease| lease.seeking) {
        (bad, "net-address-seeking")
    } else if lease.as_ref().is_some_and(|lease| lease.unanswered) {
        (bad, "net-address-unanswered")
    } else {
        (bad, "net-address-none")
    };
    let shown: Vec<String> = link.addresses.iter().map(|a| format!("{}/{}", a.ip, a.prefix)).collect();
    let first = wide.first().map_or_else(String::new, |a| format!("{}/{}", a.ip, a.prefix));
    let mut found = SPEC.found(cx, status, code).about(&link.name).remedy("restart-network");
    if let Some(lease) = wide.iter().find_map(|address| address.lease_s) {
        found = found.fact("lease_s", lease);
    }
    for (name, fact) in more {
        found = found.fact(name, fact);
    }
    if let Some(server) = lease.as_ref().and_then(|lease| lease.server) {
        found = found.fact("dhcp_server", server.to_string());
    }
    if let Some(word) = lease.as_ref().and_then(word) {
        found = found.fact("dhcp", word);
    }
    let dynamic = wide.iter().any(|address| address.lease_s.is_some()) || code == "net-address-lost";
    found.fact("interface", link.name.as_str()).fact("address", first).fact("addresses", shown).fact("dynamic", dynamic)
}

/// The address came from DHCP when it was last seen.
fn was_leased(cx: &Cx, interface: &str) -> bool {
    let before = cx.previous.iter().find(|found| found.family() == SPEC.id && found.subject() == Some(interface));
    before.is_some_and(|found| found.facts.get("dynamic") == Some(&Fact::Bool(true)))
}

/// What the client does now, in a word.
fn word(lease: &LeaseSeen) -> Option<&'static str> {
    match lease {
        LeaseSeen { seeking: true, .. } => Some("seeking"),
        LeaseSeen { unanswered: true, .. } => Some("unanswered"),
        LeaseSeen { server: Some(_), .. } => Some("bound"),
        _ => None,
    }
}

/// The client itself has written down that its lease has ended.
fn ran_out(cx: &Cx, lease: &LeaseSeen) -> bool {
    lease.until_s.is_some_and(|until| until * 1_000_000 <= cx.now.micros)
}

/// What is wrong with addresses that are there.
async fn fault_of(
    cx: &Cx,
    view: &NetView,
    link: &Link,
    wide: &[&Address],
    lease: Option<&LeaseSeen>,
) -> Option<(&'static str, Vec<(&'static str, Fact)>)> {
    let first = wide.first()?;
    let IpAddr::V4(ip) = first.ip else { return overdue(cx, link, wide, lease).await };
    if matches!(link.kind, LinkKind::Ethernet | LinkKind::Wifi | LinkKind::Virtual)
        && let Claim::Other(mac) = cx.host.claim(ip, &link.name).await
    {
        return Some(("net-address-duplicate", vec![("other", mac.into())]));
    }
    if let Some(missing) = too_wide(cx, view, link, first).await {
        return Some(("net-address-wide", vec![("missing", missing.to_string().into())]));
    }
    overdue(cx, link, wide, lease).await
}

/// A lease that ought to have been renewed long ago; where it is known who gave it, whether that one still lives.
async fn overdue(
    cx: &Cx,
    link: &Link,
    wide: &[&Address],
    lease: Option<&LeaseSeen>,
) -> Option<(&'static str, Vec<(&'static str, Fact)>)> {
    let late = wide.iter().find_map(|address| {
        let (left, since) = (address.lease_s?, address.renewed_s?);
        let whole = u64::from(left) + u64::from(since);
        (left.saturating_add(since) >= SHORT_S && u64::from(left) * OVERDUE < whole).then_some(left)
    })?;
    let left = vec![("left_min", late.div_ceil(60).into())];
    match lease.and_then(|lease| lease.server) {
        Some(server)
            if wide.iter().any(|own| own.covers(server))
                && cx.host.knock(server, &link.name, KNOCK).await.life() == Life::Dead =>
        {
            Some(("net-address-lease-dead", left))
        }
        _ => Some(("net-address-lease", left)),
    }
}

/// Something that the mask calls a neighbour and that nobody on the wire answers for, while the gateway does.
async fn too_wide(cx: &Cx, view: &NetView, link: &Link, own: &Address) -> Option<IpAddr> {
    if own.prefix >= ORDINARY {
        return None;
    }
    let gateway = view.routes.iter().find(|route| route.interface == link.name).and_then(|route| route.gateway)?;
    let hosts = cx
        .config
        .host
        .iter()
        .map(|host| host.address.as_str())
        .chain(cx.config.clock.servers.iter().map(String::as_str));
    let literal = hosts.filter_map(|text| match names::place(text, Some(123)) {
        Some(Place::At(at)) => Some(at.ip()),
        _ => None,
    });
    let near = Address { prefix: ORDINARY, ..own.clone() };
    let mut asked: Vec<IpAddr> = Vec::new();
    for ip in literal.chain(names::servers(cx).await.iter().map(std::net::SocketAddr::ip)) {
        if asked.len() < ASKED && own.covers(ip) && !near.covers(ip) && !asked.contains(&ip) {
            asked.push(ip);
        }
    }
    if asked.is_empty() || cx.host.knock(gateway, &link.name, KNOCK).await.life() != Life::Alive {
        return None;
    }
    let knocks = join_all(asked.iter().map(|ip| cx.host.knock(*ip, &link.name, KNOCK))).await;
    // One that lives where the mask says proves the mask.
    let dead = |at: usize| knocks[at].life() == Life::Dead;
    (0..asked.len()).all(dead).then(|| asked[0])
}
