//! `net.portal`: does a login page stand between the shop and the world. Asked only where a page is configured.

use std::net::SocketAddr;
use std::time::Duration;

use super::found::Build;
use super::names::{self, Place};
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Finding, Status};
use crate::platform::{Fut, Page};

pub(super) struct NetPortal;

const SPEC: CheckSpec = CheckSpec {
    id: "net.portal",
    area: Area::Network,
    screen: "22",
    every: Duration::from_mins(5),
    limit: Duration::from_millis(9_500),
    needs: &["net.uplink", "net.gateway", "net.address", "net.link"],
};

impl Check for NetPortal {
    fn spec(&self) -> &'static CheckSpec {
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move { vec![look(&cx).await] })
    }
}

async fn look(cx: &Cx) -> Finding {
    let url = cx.config.network.portal_url.as_str();
    if url.is_empty() {
        return SPEC.found(cx, Status::Absent, "net-portal-not-asked");
    }
    let unknown = |reason: &str| SPEC.found(cx, Status::NotTested, "net-portal-untested").fact("reason", reason);
    let Some((host, path)) = url.strip_prefix("http://").map(|rest| rest.split_once('/').unwrap_or((rest, ""))) else {
        return unknown("url");
    };
    let to: SocketAddr = match names::place(host, Some(80)) {
        Some(Place::At(at)) => at,
        Some(Place::Named(name, port)) => match names::resolve(cx, &name).await.and_then(|ips| ips.first().copied()) {
            Some(ip) => (ip, port).into(),
            None => return unknown("unresolved"),
        },
        None => return unknown("url"),
    };
    let (status, location, body) = match cx.host.page(to, host, &format!("/{path}")).await {
        Page::Answer { status, location, body } => (status, location, body),
        Page::NoConnection(fault) => return unknown(fault.word()),
        Page::Silent => return unknown("silent"),
        Page::Garbage => return unknown("garbage"),
    };
    // Pages made for this say nothing (204); any other page of its own may well have something to say.
    let elsewhere = (300..400).contains(&status) && !same_place(&location, host);
    let speaks = status == 200 && body && url.contains("204");
    let code = if elsewhere || speaks || status == 511 { "net-portal-login" } else { "net-portal-free" };
    let status_of = if code == "net-portal-login" { Status::Fail } else { Status::Ok };
    SPEC.found(cx, status_of, code).fact("http_status", u32::from(status)).fact("location", location)
}

/// Whether an address leads to the same host.
fn same_place(location: &str, host: &str) -> bool {
    let rest = location.split_once("://").map_or("", |(_, rest)| rest);
    let there = rest.split('/').next().unwrap_or_default();
    let name = |place: &str| place.split(':').next().unwrap_or_default().to_ascii_lowercase();
    location.starts_with('/') || name(there) == name(host)
}
