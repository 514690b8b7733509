//! The way the kernel would send a packet to an address: every table and rule counts, as for the payment application.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use rtnetlink::RouteMessageBuilder;
use rtnetlink::packet_route::link::LinkAttribute;
use rtnetlink::packet_route::route::{RouteAddress, RouteAttribute, RouteMessage, RouteMetric, RouteVia};
use rustix::io::Errno;

use super::netlink::{Netlink, name_of, take};
use crate::platform::{Hop, RouteFault, Trouble};

const LIMIT: Duration = Duration::from_secs(2);

/// Asks the kernel.
pub async fn to(ip: IpAddr) -> Result<Hop, RouteFault> {
    tokio::time::timeout(LIMIT, ask(ip)).await.unwrap_or_else(|_| Err(RouteFault::Other("late".to_owned())))
}

async fn ask(ip: IpAddr) -> Result<Hop, RouteFault> {
    let netlink = Netlink::open().map_err(|trouble| said(&trouble))?;
    let question = match ip {
        IpAddr::V4(ip) => RouteMessageBuilder::<Ipv4Addr>::new().destination_prefix(ip, 32).build(),
        IpAddr::V6(ip) => RouteMessageBuilder::<Ipv6Addr>::new().destination_prefix(ip, 128).build(),
    };
    let mut stream = std::pin::pin!(netlink.handle.route().get(question).execute());
    let answer = match futures_util::TryStreamExt::try_next(&mut stream).await {
        Ok(Some(answer)) => answer,
        Ok(None) => return Err(RouteFault::None),
        Err(rtnetlink::Error::NetlinkError(error)) => return Err(refused(&error.to_io())),
        Err(error) => return Err(RouteFault::Other(error.to_string())),
    };
    let mut hop = hop(&answer);
    let index = answer.attributes.iter().find_map(|attribute| match attribute {
        RouteAttribute::Oif(index) => Some(*index),
        _ => None,
    });
    let links = take(netlink.handle.link().get().execute()).await.map_err(|trouble| said(&trouble))?;
    if let Some(link) = links.iter().find(|link| Some(link.header.index) == index) {
        hop.interface = name_of(link).unwrap_or_default();
        let mtu =
            link.attributes.iter().find_map(|one| if let LinkAttribute::Mtu(mtu) = one { Some(*mtu) } else { None });
        if hop.mtu == 0 {
            hop.mtu = mtu.unwrap_or(0);
        }
    }
    Ok(hop)
}

fn said(trouble: &Trouble) -> RouteFault {
    RouteFault::Other(trouble.to_string())
}

fn refused(error: &std::io::Error) -> RouteFault {
    match Errno::from_io_error(error) {
        Some(Errno::NETUNREACH) => RouteFault::None,
        Some(Errno::HOSTUNREACH | Errno::ACCESS | Errno::INVAL | Errno::PERM) => RouteFault::Forbidden,
        _ => RouteFault::Other(error.to_string()),
    }
}

fn hop(answer: &RouteMessage) -> Hop {
    let mut hop = Hop::default();
    for attribute in &answer.attributes {
        match attribute {
            RouteAttribute::Gateway(address) => hop.gateway = plain(address),
            RouteAttribute::Via(RouteVia::Inet6(ip)) => hop.gateway = Some(IpAddr::V6(*ip)),
            RouteAttribute::PrefSource(address) => hop.source = plain(address),
            RouteAttribute::Metrics(metrics) => {
                let mtu =
                    metrics.iter().find_map(|one| if let RouteMetric::Mtu(mtu) = one { Some(*mtu) } else { None });
                hop.mtu = mtu.unwrap_or(0);
            }
            _ => {}
        }
    }
    hop
}

const fn plain(address: &RouteAddress) -> Option<IpAddr> {
    match address {
        RouteAddress::Inet(ip) => Some(IpAddr::V4(*ip)),
        RouteAddress::Inet6(ip) => Some(IpAddr::V6(*ip)),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_way_to_this_machine_is_its_loopback() {
        let hop = to(IpAddr::from([127, 0, 0, 1])).await.unwrap();
        assert_eq!((hop.interface.as_str(), hop.gateway), ("lo", None));
        assert!(hop.mtu >= 1_280, "{hop:?}");
    }
}
