//! What links have, and putting it back: addresses, routes and name servers by the kernel's own interface, whoever
//! manages the network. Only differences are touched, so doing it twice does it once.

use std::net::IpAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use rtnetlink::packet_route::address::{AddressAttribute, AddressMessage, AddressScope};
use rtnetlink::packet_route::link::LinkFlags;
use rtnetlink::packet_route::route::{
    RouteAddress, RouteAttribute, RouteHeader, RouteMessage, RouteProtocol, RouteType,
};
use rtnetlink::{IpVersion, LinkUnspec, RouteMessageBuilder};

use super::aside::aside;
use super::netlink::{Netlink, name_of, take};
use crate::platform::{LinkKept, NetKept, RouteKept, Trouble};

const LIMIT: Duration = Duration::from_secs(5);
const RESOLV: &str = "/etc/resolv.conf";
const MOST: u64 = 64 * 1024;

/// A link with the kernel's own rows, so that they can be taken away again.
struct Seen {
    index: u32,
    up: bool,
    addresses: Vec<(String, AddressMessage)>,
    routes: Vec<(RouteKept, RouteMessage)>,
}

/// What these links have now; links that are not there are left out.
pub async fn keep(interfaces: &[String]) -> Result<NetKept, Trouble> {
    let look = async {
        let netlink = Netlink::open()?;
        let mut links = Vec::new();
        for name in interfaces {
            let Some(seen) = look(&netlink, name).await? else { continue };
            links.push(LinkKept {
                name: name.clone(),
                up: seen.up,
                addresses: seen.addresses.into_iter().map(|(text, _)| text).collect(),
                routes: seen.routes.into_iter().map(|(route, _)| route).collect(),
                profile: None,
            });
        }
        Ok(NetKept { links, resolv: resolv().await })
    };
    tokio::time::timeout(LIMIT, look).await.map_err(|_| Trouble::Late)?
}

/// Puts it back, and says how much was not as it had been.
pub async fn restore(kept: &NetKept) -> Result<String, Trouble> {
    let work = async {
        let netlink = Netlink::open()?;
        let mut changed = 0;
        for link in &kept.links {
            changed += restore_link(&netlink, link).await?;
        }
        if let Some(text) = kept.resolv.clone()
            && resolv().await.as_ref() != Some(&text)
        {
            aside(LIMIT, move || write_resolv(&text)).await??;
            changed += 1;
        }
        Ok(format!("changed {changed}"))
    };
    tokio::time::timeout(LIMIT * 2, work).await.map_err(|_| Trouble::Late)?
}

async fn look(netlink: &Netlink, name: &str) -> Result<Option<Seen>, Trouble> {
    let links = take(netlink.handle.link().get().execute()).await?;
    let Some(link) = links.iter().find(|link| name_of(link).as_deref() == Some(name)) else { return Ok(None) };
    let index = link.header.index;
    let mut seen =
        Seen { index, up: link.header.flags.contains(LinkFlags::Up), addresses: Vec::new(), routes: Vec::new() };
    for message in take(netlink.handle.address().get().execute()).await? {
        // The kernel makes link-local addresses by itself.
        if message.header.index == index && message.header.scope == AddressScope::Universe {
            let ip = message.attributes.iter().find_map(|attribute| match attribute {
                AddressAttribute::Local(ip) => Some(*ip),
                _ => None,
            });
            let ip = ip.or_else(|| {
                message.attributes.iter().find_map(|attribute| match attribute {
                    AddressAttribute::Address(ip) => Some(*ip),
                    _ => None,
                })
            });
            if let Some(ip) = ip {
                seen.addresses.push((format!("{ip}/{}", message.header.prefix_len), message));
            }
        }
    }
    for version in [IpVersion::V4, IpVersion::V6] {
        let ask = match version {
            IpVersion::V4 => RouteMessageBuilder::<std::net::Ipv4Addr>::new().build(),
            IpVersion::V6 => RouteMessageBuilder::<std::net::Ipv6Addr>::new().build(),
        };
        // A kernel without IPv6 refuses the second question.
        let routes = take(netlink.handle.route().get(ask).execute()).await.unwrap_or_default();
        seen.routes.extend(routes.into_iter().filter_map(|message| Some((route(&message, index)?, message))));
    }
    Ok(Some(seen))
}

/// A route of this link that somebody has set: the kernel's own come and go with addresses.
fn route(message: &RouteMessage, index: u32) -> Option<RouteKept> {
    let header = &message.header;
    let ours = header.table == RouteHeader::RT_TABLE_MAIN
        && header.kind == RouteType::Unicast
        && header.protocol != RouteProtocol::Kernel
        && header.protocol != RouteProtocol::Ra;
    let (mut oif, mut to, mut via, mut metric) = (None, None, None, 0);
    for attribute in &message.attributes {
        match attribute {
            RouteAttribute::Oif(index) => oif = Some(*index),
            RouteAttribute::Destination(RouteAddress::Inet(ip)) => to = Some(IpAddr::V4(*ip)),
            RouteAttribute::Destination(RouteAddress::Inet6(ip)) => to = Some(IpAddr::V6(*ip)),
            RouteAttribute::Gateway(RouteAddress::Inet(ip)) => via = Some(IpAddr::V4(*ip)),
            RouteAttribute::Gateway(RouteAddress::Inet6(ip)) => via = Some(IpAddr::V6(*ip)),
            RouteAttribute::Priority(priority) => metric = *priority,
            _ => {}
        }
    }
    let to = to.map(|ip| format!("{ip}/{}", header.destination_prefix_length));
    // A default route without a gateway has no family of its own to be put back with: left to whoever manages it.
    (ours && oif == Some(index) && (to.is_some() || via.is_some())).then_some(RouteKept { to, via, metric })
}

async fn restore_link(netlink: &Netlink, kept: &LinkKept) -> Result<usize, Trouble> {
    let Some(seen) = look(netlink, &kept.name).await? else { return Err(Trouble::Missing) };
    let handle = &netlink.handle;
    let mut changed = 0;
    if kept.up && !seen.up {
        handle.link().set(LinkUnspec::new_with_index(seen.index).up().build()).execute().await.map_err(said)?;
        changed += 1;
    }
    for text in kept.addresses.iter().filter(|text| !seen.addresses.iter().any(|(have, _)| have == *text)) {
        let Some((ip, prefix)) = prefixed(text) else { continue };
        handle.address().add(seen.index, ip, prefix).replace().execute().await.map_err(said)?;
        changed += 1;
    }
    // What was not there goes only once what was there is back.
    for (_, message) in seen.addresses.into_iter().filter(|(text, _)| !kept.addresses.contains(text)) {
        // Gone together with another one is as good.
        let _ = handle.address().del(message).execute().await;
        changed += 1;
    }
    let Some(seen) = look(netlink, &kept.name).await? else { return Err(Trouble::Missing) };
    for (have, message) in &seen.routes {
        if !kept.routes.iter().any(|route| route.to == have.to && route.via == have.via) {
            let _ = handle.route().del(message.clone()).execute().await;
            changed += 1;
        }
    }
    for route in &kept.routes {
        if !seen.routes.iter().any(|(have, _)| have.to == route.to && have.via == route.via) {
            handle.route().add(message(seen.index, route)?).replace().execute().await.map_err(said)?;
            changed += 1;
        }
    }
    Ok(changed)
}

fn message(index: u32, route: &RouteKept) -> Result<RouteMessage, Trouble> {
    let mut builder = RouteMessageBuilder::<IpAddr>::new().output_interface(index).priority(route.metric);
    let any = match route.via {
        Some(IpAddr::V6(_)) => IpAddr::from([0_u16; 8]),
        _ => IpAddr::from([0; 4]),
    };
    let (to, prefix) = route.to.as_deref().and_then(prefixed).unwrap_or((any, 0));
    builder = builder.destination_prefix(to, prefix).map_err(said)?;
    if let Some(via) = route.via {
        builder = builder.gateway(via).map_err(said)?;
    }
    Ok(builder.build())
}

pub(super) fn prefixed(text: &str) -> Option<(IpAddr, u8)> {
    let (ip, prefix) = text.split_once('/')?;
    Some((ip.parse().ok()?, prefix.parse().ok()?))
}

fn said(error: impl std::fmt::Display) -> Trouble {
    Trouble::Other(error.to_string())
}

/// The text of the name servers' file, where it is a plain one: a link belongs to whoever it leads to.
async fn resolv() -> Option<String> {
    let read = || {
        let meta = std::fs::symlink_metadata(RESOLV).ok()?;
        (meta.is_file() && meta.len() <= MOST).then(|| std::fs::read_to_string(RESOLV).ok())?
    };
    aside(LIMIT, read).await.ok().flatten()
}

fn write_resolv(text: &str) -> Result<(), Trouble> {
    use std::io::Write as _;
    // In its place: the file may be mounted by itself, and a link that came meanwhile is not followed.
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .truncate(true)
        .custom_flags(i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0))
        .open(Path::new(RESOLV))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    const INSIDE: &str = "POS_CONSOLE_TEST_KEPT";
    const LAY: &str = "
        mount -t tmpfs none /run
        echo 'nameserver 192.0.2.53' > /run/resolv.conf && mount --bind /run/resolv.conf /etc/resolv.conf
        ip link set lo up
        ip link add eth0 type veth peer name far && ip link set far up && ip link set eth0 up
        ip addr add 192.0.2.10/24 dev eth0
        ip route add default via 192.0.2.1 metric 100 && ip route add 198.51.100.0/24 via 192.0.2.2
    ";
    const DAMAGE: [&str; 6] = [
        "ip addr flush dev eth0",
        "ip addr add 203.0.113.5/24 dev eth0; ip addr del 192.0.2.10/24 dev eth0; ip route add default via 203.0.113.1",
        "ip link set eth0 down",
        "ip route replace 198.51.100.0/24 via 192.0.2.3",
        "ip route del default",
        "echo 'nameserver 203.0.113.53' > /etc/resolv.conf",
    ];

    fn shell(text: &str) {
        assert!(Command::new("sh").args(["-c", text]).status().unwrap().success(), "{text}");
    }

    #[test]
    fn whatever_is_broken_what_was_kept_comes_back() {
        let can =
            Command::new("unshare").args(["-rnm", "ip", "link"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !can.is_ok_and(|status| status.success()) {
            println!("skipped: no namespaces for this user, or no `ip`");
            return;
        }
        let exe = std::env::current_exe().unwrap();
        let status = Command::new("unshare")
            .args(["-rnm", "--fork", "--kill-child", "sh", "-c", &format!("set -e; {LAY} exec \"$@\""), "sh"])
            .arg(exe)
            .args(["platform::real::kept::tests::inside", "--exact", "--nocapture"])
            .env(INSIDE, "1")
            .status()
            .unwrap();
        assert!(status.success(), "see above");
    }

    /// Runs in the namespace.
    #[tokio::test]
    async fn inside() {
        if std::env::var_os(INSIDE).is_none() {
            return;
        }
        let names = ["eth0".to_owned()];
        let kept = keep(&names).await.unwrap();
        assert_eq!(kept.links[0].addresses, ["192.0.2.10/24"], "{kept:?}");
        assert_eq!(kept.links[0].routes.len(), 2, "{kept:?}");
        for damage in DAMAGE {
            shell(damage);
            assert!(!kept.same_ways(&keep(&names).await.unwrap()), "{damage}: nothing is broken");
            let said = restore(&kept).await.unwrap();
            let now = keep(&names).await.unwrap();
            assert!(kept.same_ways(&now), "{damage}: {said}, {now:?}");
            assert_eq!(restore(&kept).await.unwrap(), "changed 0", "{damage}: once more");
        }
    }
}
