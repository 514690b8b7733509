//! How a payment host is reached: one dial, looked at by several checks.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::found::Build;
use super::names::{self, Place};
use super::{Check, CheckSpec, Cx};
use crate::config::HostConfig;
use crate::model::{Finding, Status};
use crate::platform::{Dialled, Fut, TlsAsk};

/// Addresses of one host that are tried, each this much after the one before (RFC 8305).
const ADDRESSES: usize = 4;
const STAGGER: Duration = Duration::from_millis(250);

/// What became of reaching a host.
pub(super) enum Reached {
    /// Not `host:port`.
    BadAddress,
    /// Nobody tells the address of its name.
    Unresolved,
    Dialled {
        to: SocketAddr,
        dialled: Box<Dialled>,
    },
}

/// Dials a host; of several addresses the first that accepts.
pub(super) async fn reach(cx: &Cx, host: &HostConfig) -> Reached {
    let (ips, port): (Vec<IpAddr>, u16) = match names::place(&host.address, None) {
        None => return Reached::BadAddress,
        Some(Place::At(at)) => (vec![at.ip()], at.port()),
        Some(Place::Named(name, port)) => match names::resolve(cx, &name).await {
            Some(ips) => (ips, port),
            None => return Reached::Unresolved,
        },
    };
    let ask = host.tls.then(|| tls_ask(host));
    let mut dials: FuturesUnordered<_> = (0u32..)
        .zip(ips.into_iter().take(ADDRESSES))
        .map(|(nth, ip)| {
            let (to, ask) = (SocketAddr::new(ip, port), ask.clone());
            async move {
                tokio::time::sleep(STAGGER * nth).await;
                (to, cx.host.dial(to, ask).await)
            }
        })
        .collect();
    let mut first = None;
    while let Some((to, dialled)) = dials.next().await {
        if dialled.tcp.is_ok() {
            return Reached::Dialled { to, dialled: Box::new(dialled) };
        }
        // Refused tells more than silence.
        first = match first {
            Some((_, Dialled { tcp: Err(crate::platform::ConnectFault::Refused), .. })) => first,
            Some(_) if dialled.tcp != Err(crate::platform::ConnectFault::Refused) => first,
            _ => Some((to, dialled)),
        };
    }
    first.map_or(Reached::Unresolved, |(to, dialled)| Reached::Dialled { to, dialled: Box::new(dialled) })
}

/// What to look for in the handshake with a host.
pub(super) fn tls_ask(host: &HostConfig) -> TlsAsk {
    let own_name = match names::place(&host.address, None) {
        Some(Place::At(at)) => at.ip().to_string(),
        Some(Place::Named(name, _)) => name,
        None => String::new(),
    };
    let named = !host.server_name.is_empty();
    TlsAsk {
        server_name: if named { host.server_name.clone() } else { own_name },
        ca_file: (!host.ca_file.as_os_str().is_empty()).then(|| host.ca_file.clone()),
    }
}

/// Which way a host lies: `loopback`, `on-link`, or `routed` over the gateway.
pub(super) async fn path(cx: &Cx, to: IpAddr) -> &'static str {
    if to.is_loopback() {
        return "loopback";
    }
    match cx.host.net().await {
        // An address of this machine never leaves it.
        Ok(view) if view.link_of(to).is_some() => "loopback",
        Ok(view) if view.on_link(to) => "on-link",
        _ => "routed",
    }
}

/// Name shown for a host: the configured one, else its place in the file.
pub(super) fn shown(nth: usize, host: &HostConfig) -> String {
    if host.name.is_empty() { format!("host-{}", nth + 1) } else { host.name.clone() }
}

/// A check that looks at every configured host by itself; `absent` where there is none.
pub(super) struct PerHost {
    pub(super) spec: &'static CheckSpec,
    /// What is found of one host, by the name that is shown for it.
    pub(super) look: for<'a> fn(&'a Cx, String, &'a HostConfig) -> Fut<'a, Finding>,
}

impl Check for PerHost {
    fn spec(&self) -> &'static CheckSpec {
        self.spec
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move { each_host(self.spec, &cx, self.look).await })
    }
}

/// Looks at every host at once.
pub(super) async fn each_host(
    spec: &'static CheckSpec,
    cx: &Cx,
    look: for<'a> fn(&'a Cx, String, &'a HostConfig) -> Fut<'a, Finding>,
) -> Vec<Finding> {
    if cx.config.host.is_empty() {
        return vec![spec.found(cx, Status::Absent, "host-none")];
    }
    let all = cx.config.host.iter().enumerate().map(|(nth, host)| look(cx, shown(nth, host), host));
    futures_util::future::join_all(all).await
}

/// A finding about one host, with the facts every such finding has.
pub(super) fn about_host(
    spec: &CheckSpec,
    cx: &Cx,
    host: &HostConfig,
    name: &str,
    status: Status,
    code: &str,
) -> Finding {
    spec.found(cx, status, code).about(name).fact("host", name).fact("address", host.address.as_str())
}
