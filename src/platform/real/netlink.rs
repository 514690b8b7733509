//! Links, addresses, default routes and neighbours from the kernel; works without any network manager.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use futures_util::TryStreamExt;
use rtnetlink::packet_route::address::{AddressAttribute, AddressFlags, AddressMessage};
use rtnetlink::packet_route::link::{InfoKind, LinkAttribute, LinkFlags, LinkInfo, LinkLayerType, LinkMessage};
use rtnetlink::packet_route::neighbour::{NeighbourAddress, NeighbourAttribute, NeighbourMessage, NeighbourState};
use rtnetlink::packet_route::route::{RouteAddress, RouteAttribute, RouteHeader, RouteMessage, RouteType, RouteVia};
use rtnetlink::{Handle, IpVersion, RouteMessageBuilder};
use tokio::task::JoinHandle;

use super::aside::aside;
use crate::platform::{Address, Link, LinkKind, NetView, Route, Trouble};

const LIMIT: Duration = Duration::from_secs(2);
/// Rows of any table that are looked at; a terminal has a handful.
const MOST: usize = 2_000;

/// A netlink connection that ends with its owner.
pub(super) struct Netlink {
    pub handle: Handle,
    task: JoinHandle<()>,
}

impl Netlink {
    pub fn open() -> Result<Self, Trouble> {
        let (connection, handle, _) = rtnetlink::new_connection()?;
        Ok(Self { handle, task: tokio::spawn(connection) })
    }
}

impl Drop for Netlink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The network as the kernel has it now.
pub async fn view() -> Result<NetView, Trouble> {
    tokio::time::timeout(LIMIT, read_all()).await.map_err(|_| Trouble::Late)?
}

async fn read_all() -> Result<NetView, Trouble> {
    let netlink = Netlink::open()?;
    let links = take(netlink.handle.link().get().execute()).await?;
    let addresses = take(netlink.handle.address().get().execute()).await?;
    let mut routes = Vec::new();
    for version in [IpVersion::V4, IpVersion::V6] {
        let ask = match version {
            IpVersion::V4 => RouteMessageBuilder::<std::net::Ipv4Addr>::new().build(),
            IpVersion::V6 => RouteMessageBuilder::<std::net::Ipv6Addr>::new().build(),
        };
        // A kernel without IPv6 refuses the second question: that is no fault.
        match take(netlink.handle.route().get(ask).execute()).await {
            Ok(found) => routes.extend(found),
            Err(error) if matches!(version, IpVersion::V4) => return Err(error),
            Err(_) => {}
        }
    }
    let radios = radios(links.iter().filter_map(name_of).collect()).await;
    let mut links: Vec<Link> = links.iter().filter_map(|message| link(message, &radios)).collect();
    for message in &addresses {
        if let Some(link) = links.iter_mut().find(|link| link.index == message.header.index)
            && let Some(address) = address(message)
        {
            link.addresses.push(address);
        }
    }
    links.sort_by_key(|link| link.index);
    let mut found: Vec<Route> = routes.iter().flat_map(|message| default_routes(message, &links)).collect();
    // IPv4 first: that is where payment hosts are; then the metric decides, as in the kernel.
    found.sort_by_key(|route| (matches!(route.gateway, Some(IpAddr::V6(_))), route.metric));
    Ok(NetView { links, routes: found })
}

pub(super) async fn take<T>(
    stream: impl futures_util::Stream<Item = Result<T, rtnetlink::Error>>,
) -> Result<Vec<T>, Trouble> {
    let mut stream = std::pin::pin!(stream);
    let mut rows = Vec::new();
    while let Some(row) = stream.try_next().await.map_err(|error| Trouble::Other(error.to_string()))? {
        if rows.len() >= MOST {
            break;
        }
        rows.push(row);
    }
    Ok(rows)
}

pub(super) fn name_of(message: &LinkMessage) -> Option<String> {
    message.attributes.iter().find_map(|attribute| match attribute {
        LinkAttribute::IfName(name) => Some(name.clone()),
        _ => None,
    })
}

/// Names of links that are radios. Only sysfs tells; it may be that of another network namespace, so it is asked
/// for nothing else.
async fn radios(names: Vec<String>) -> HashMap<String, LinkKind> {
    let work = move || {
        let kind = |name: &str| {
            let place = std::path::Path::new("/sys/class/net").join(name);
            if place.join("phy80211").exists() || place.join("wireless").exists() {
                return Some(LinkKind::Wifi);
            }
            let uevent = std::fs::read_to_string(place.join("uevent")).unwrap_or_default();
            uevent.lines().any(|line| line == "DEVTYPE=wwan").then_some(LinkKind::Cellular)
        };
        names.into_iter().filter_map(|name| kind(&name).map(|kind| (name, kind))).collect()
    };
    aside(Duration::from_millis(500), work).await.unwrap_or_default()
}

fn link(message: &LinkMessage, radios: &HashMap<String, LinkKind>) -> Option<Link> {
    let name = name_of(message)?;
    let flags = message.header.flags;
    let (mut info, mut port, mut carrier_changes, mut carrier, mut ups) = (None, false, None, None, None);
    for attribute in &message.attributes {
        match attribute {
            LinkAttribute::LinkInfo(infos) => {
                info = infos.iter().find_map(|one| if let LinkInfo::Kind(kind) = one { Some(kind) } else { None });
            }
            LinkAttribute::Controller(_) => port = true,
            LinkAttribute::CarrierChanges(n) => carrier_changes = Some(*n),
            LinkAttribute::CarrierUpCount(n) => ups = Some(*n),
            LinkAttribute::Carrier(n) => carrier = Some(*n != 0),
            _ => {}
        }
    }
    let kind = kind(&name, message.header.link_layer_type, info, port, radios.get(&name).copied());
    let up = flags.contains(LinkFlags::Up);
    Some(Link {
        index: message.header.index,
        name,
        kind,
        up,
        carrier: up && flags.contains(LinkFlags::LowerUp) && carrier.unwrap_or(true),
        addresses: Vec::new(),
        carrier_changes,
        never_connected: ups == Some(0),
    })
}

fn kind(name: &str, layer: LinkLayerType, info: Option<&InfoKind>, port: bool, radio: Option<LinkKind>) -> LinkKind {
    if layer == LinkLayerType::Loopback {
        return LinkKind::Loopback;
    }
    match (info, layer) {
        (Some(InfoKind::Wwan | InfoKind::RmNet), _) | (None, LinkLayerType::Ppp | LinkLayerType::Rawip) => {
            LinkKind::Cellular
        }
        (None, LinkLayerType::Ether) => radio.unwrap_or(LinkKind::Ethernet),
        (None, _) => radio.unwrap_or(LinkKind::Internal),
        // A switch chip's ports are real wires.
        (Some(InfoKind::Dsa | InfoKind::VirtWifi), _) => LinkKind::Ethernet,
        (Some(info), _) if port || leads_nowhere(name, info) => LinkKind::Internal,
        (Some(_), LinkLayerType::Ether | LinkLayerType::Ppp | LinkLayerType::Rawip | LinkLayerType::None) => {
            LinkKind::Virtual
        }
        // Tunnels that the kernel makes by itself (sit0, tunl0, ip6tnl0) carry nothing until configured.
        (Some(_), _) => LinkKind::Internal,
    }
}

/// Made for containers or for tests, not to carry this machine.
fn leads_nowhere(name: &str, info: &InfoKind) -> bool {
    const CONTAINERS: [&str; 6] = ["docker", "br-", "virbr", "cni", "lxc", "podman"];
    let inner = matches!(
        info,
        InfoKind::Dummy | InfoKind::Ifb | InfoKind::Nlmon | InfoKind::Can | InfoKind::Vcan | InfoKind::Vxcan
    );
    inner || CONTAINERS.iter().any(|start| name.starts_with(start))
}

fn address(message: &AddressMessage) -> Option<Address> {
    let (mut local, mut any, mut lease_s, mut renewed_s, mut duplicate) = (None, None, None, None, false);
    for attribute in &message.attributes {
        match attribute {
            AddressAttribute::Local(ip) => local = Some(*ip),
            AddressAttribute::Address(ip) => any = Some(*ip),
            AddressAttribute::CacheInfo(info) => {
                lease_s = (info.ifa_valid != u32::MAX).then_some(info.ifa_valid);
                // Hundredths of a second since boot.
                renewed_s = u32::try_from(up_for()).ok().map(|up| up.saturating_sub(info.tstamp / 100));
            }
            AddressAttribute::Flags(flags) => duplicate = flags.contains(AddressFlags::Dadfailed),
            _ => {}
        }
    }
    // On a point-to-point link `Address` is the peer's and `Local` ours.
    Some(Address { ip: local.or(any)?, prefix: message.header.prefix_len, lease_s, renewed_s, duplicate })
}

/// Seconds since boot, without those asleep, as the kernel stamps addresses.
fn up_for() -> i64 {
    rustix::time::clock_gettime(rustix::time::ClockId::Monotonic).tv_sec
}

fn default_routes(message: &RouteMessage, links: &[Link]) -> Vec<Route> {
    let header = &message.header;
    if header.destination_prefix_length != 0
        || header.kind != RouteType::Unicast
        || header.table != RouteHeader::RT_TABLE_MAIN
    {
        return Vec::new();
    }
    let (mut metric, mut hops) = (0, Vec::new());
    for attribute in &message.attributes {
        match attribute {
            RouteAttribute::Oif(index) => hops.push((*index, gateway_in(&message.attributes))),
            RouteAttribute::Priority(priority) => metric = *priority,
            RouteAttribute::MultiPath(paths) => {
                hops.extend(paths.iter().map(|path| (path.interface_index, gateway_in(&path.attributes))));
            }
            _ => {}
        }
    }
    let named = |index: u32| links.iter().find(|link| link.index == index).map(|link| link.name.clone());
    hops.into_iter().filter_map(|(index, gateway)| Some(Route { interface: named(index)?, gateway, metric })).collect()
}

fn gateway_in(attributes: &[RouteAttribute]) -> Option<IpAddr> {
    attributes.iter().find_map(|attribute| match attribute {
        RouteAttribute::Gateway(RouteAddress::Inet(ip)) | RouteAttribute::Via(RouteVia::Inet(ip)) => {
            Some(IpAddr::V4(*ip))
        }
        RouteAttribute::Gateway(RouteAddress::Inet6(ip)) | RouteAttribute::Via(RouteVia::Inet6(ip)) => {
            Some(IpAddr::V6(*ip))
        }
        _ => None,
    })
}

/// What the kernel knows of a neighbour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NeighbourEntry {
    pub state: NeighbourState,
    /// How long ago it was heard, as far as the kernel tells.
    pub heard: Option<Duration>,
}

/// The neighbour table's entry for an address.
pub async fn neighbour(ip: IpAddr) -> Result<Option<NeighbourEntry>, Trouble> {
    let look = async {
        let netlink = Netlink::open()?;
        let rows = take(netlink.handle.neighbours().get().execute()).await?;
        Ok(rows.iter().find(|row| is_about(row, ip)).map(entry))
    };
    tokio::time::timeout(LIMIT, look).await.map_err(|_| Trouble::Late)?
}

/// Index of a link.
pub async fn index_of(interface: &str) -> Option<u32> {
    let view = view().await.ok()?;
    view.link(interface).map(|link| link.index)
}

fn is_about(row: &NeighbourMessage, ip: IpAddr) -> bool {
    row.attributes.iter().any(|attribute| match attribute {
        NeighbourAttribute::Destination(NeighbourAddress::Inet(own)) => IpAddr::V4(*own) == ip,
        NeighbourAttribute::Destination(NeighbourAddress::Inet6(own)) => IpAddr::V6(*own) == ip,
        _ => false,
    })
}

fn entry(row: &NeighbourMessage) -> NeighbourEntry {
    // The kernel counts in clock ticks of user space, 100 a second on every Linux we run on.
    let heard = row.attributes.iter().find_map(|attribute| match attribute {
        NeighbourAttribute::CacheInfo(info) => Some(Duration::from_millis(u64::from(info.confirmed) * 10)),
        _ => None,
    });
    NeighbourEntry { state: row.header.state, heard }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_loopback_link_is_seen_with_its_address() {
        let view = view().await.unwrap();
        let lo = view.link("lo").expect("every Linux has lo");
        assert_eq!(lo.kind, LinkKind::Loopback);
        assert!(view.routes.iter().all(|route| view.link(&route.interface).is_some()));
        if lo.up {
            assert!(lo.addresses.iter().any(|a| a.ip == IpAddr::from([127, 0, 0, 1]) && a.lease_s.is_none()), "{lo:?}");
        } else {
            println!("skipped: lo is down here, so it has no address");
        }
    }

    #[test]
    fn software_links_are_told_from_wires() {
        let kind = |name, layer, info: Option<InfoKind>, port| super::kind(name, layer, info.as_ref(), port, None);
        assert_eq!(kind("eth0", LinkLayerType::Ether, None, false), LinkKind::Ethernet);
        assert_eq!(kind("eth0", LinkLayerType::Ether, Some(InfoKind::Veth), false), LinkKind::Virtual);
        assert_eq!(kind("veth12", LinkLayerType::Ether, Some(InfoKind::Veth), true), LinkKind::Internal);
        assert_eq!(kind("docker0", LinkLayerType::Ether, Some(InfoKind::Bridge), false), LinkKind::Internal);
        assert_eq!(kind("ifb0", LinkLayerType::Ether, Some(InfoKind::Ifb), false), LinkKind::Internal);
        assert_eq!(kind("lo", LinkLayerType::Loopback, None, false), LinkKind::Loopback);
        assert_eq!(kind("wg0", LinkLayerType::None, Some(InfoKind::Wireguard), false), LinkKind::Virtual);
        assert_eq!(kind("tunl0", LinkLayerType::Tunnel, Some(InfoKind::IpIp), false), LinkKind::Internal);
        assert_eq!(kind("ppp0", LinkLayerType::Ppp, None, false), LinkKind::Cellular);
    }
}
