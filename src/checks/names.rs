//! Names and who can tell their addresses: shared by the checks that need one.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::future::join_all;

use super::Cx;
use crate::platform::DnsReply;

/// One question to one server, its repetition included.
pub(super) const ASK: Duration = Duration::from_millis(2_600);
/// The system's own resolver: it may try dead servers one after the other.
pub(super) const LOOKUP: Duration = Duration::from_secs(3);
/// The C library asks no more servers than this.
const SERVERS: usize = 3;
/// Search domains that are tried.
const DOMAINS: usize = 6;
const RESOLV_CONF: usize = 64 * 1024;
const HOSTS: usize = 1024 * 1024;

/// Where a host is: `host:port` taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    At(SocketAddr),
    Named(String, u16),
}

/// Takes `host:port` apart; without a port `default` is taken, and none where there is none.
pub(super) fn place(text: &str, default: Option<u16>) -> Option<Place> {
    let text = text.trim();
    if let Ok(at) = text.parse::<SocketAddr>() {
        return Some(Place::At(at));
    }
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    if let Ok(ip) = bare.parse::<IpAddr>() {
        return default.map(|port| Place::At(SocketAddr::new(ip, port)));
    }
    let (name, port) = match text.rsplit_once(':') {
        Some((name, port)) => (name, port.parse().ok()?),
        None => (text, default?),
    };
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_');
    let good = !name.is_empty() && name.len() <= 253 && name.chars().all(is_name) && port != 0;
    good.then(|| Place::Named(name.trim_end_matches('.').to_ascii_lowercase(), port))
}

/// Name servers to ask: the configured ones, else the system's.
pub(super) async fn servers(cx: &Cx) -> Vec<SocketAddr> {
    let configured = &cx.config.network.dns;
    if !configured.is_empty() {
        let at = |text: &String| match place(text, Some(53)) {
            Some(Place::At(at)) => Some(at),
            _ => None,
        };
        return configured.iter().filter_map(at).take(8).collect();
    }
    let text = cx.host.read("/etc/resolv.conf", RESOLV_CONF).await.unwrap_or_default();
    nameservers(&String::from_utf8_lossy(&text))
}

/// What the C library tries besides the name itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Search {
    /// Domains that are put behind a name, in their order.
    pub(super) domains: Vec<String>,
    /// A name with fewer dots is tried with them first.
    pub(super) ndots: usize,
}

/// The system's search list; none where name servers are configured here.
pub(super) async fn search(cx: &Cx) -> Search {
    if !cx.config.network.dns.is_empty() {
        return Search::default();
    }
    let text = cx.host.read("/etc/resolv.conf", RESOLV_CONF).await.unwrap_or_default();
    search_list(&String::from_utf8_lossy(&text))
}

/// `search`, `domain` (the last of them counts) and `options ndots:` of a resolv.conf (resolv.conf(5)).
fn search_list(text: &str) -> Search {
    let mut search = Search { ndots: 1, ..Search::default() };
    for line in text.lines() {
        let mut words = line.split_whitespace();
        match words.next() {
            Some("search") => search.domains = words.map(|word| word.trim_matches('.').to_ascii_lowercase()).collect(),
            Some("domain") => {
                search.domains = words.take(1).map(|word| word.trim_matches('.').to_ascii_lowercase()).collect();
            }
            Some("options") => {
                let ndots = words.filter_map(|word| word.strip_prefix("ndots:")?.parse::<usize>().ok()).next_back();
                search.ndots = ndots.map_or(search.ndots, |ndots| ndots.min(15));
            }
            _ => {}
        }
    }
    search.domains.retain(|domain| !domain.is_empty() && domain.len() <= 253);
    search.domains.truncate(DOMAINS);
    search
}

/// `nameserver` lines of a resolv.conf.
fn nameservers(text: &str) -> Vec<SocketAddr> {
    let of_line = |line: &str| {
        let mut words = line.split_whitespace();
        let ip = words.next().filter(|word| *word == "nameserver").and_then(|_| words.next())?;
        Some(SocketAddr::new(ip.split('%').next().unwrap_or(ip).parse().ok()?, 53))
    };
    text.lines().filter_map(of_line).take(SERVERS).collect()
}

/// Whether a name needs no name server: `localhost`, or in the hosts file.
pub(super) async fn is_local(cx: &Cx, name: &str) -> bool {
    if name == "localhost" || name.ends_with(".localhost") {
        return true;
    }
    let text = cx.host.read("/etc/hosts", HOSTS).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    text.lines().any(|line| {
        let line = line.split('#').next().unwrap_or_default();
        line.split_whitespace().skip(1).any(|own| own.eq_ignore_ascii_case(name))
    })
}

/// Names that have to resolve: hosts, time servers, the configured probe. Each once.
pub(super) async fn wanted(cx: &Cx) -> Vec<String> {
    let config = &cx.config;
    let hosts = config.host.iter().filter_map(|host| place(&host.address, None));
    let clocks = config.clock.servers.iter().filter_map(|server| place(server, Some(123)));
    let probe = place(&config.network.probe_name, Some(1)).into_iter();
    let mut names: Vec<String> = Vec::new();
    for place in hosts.chain(clocks).chain(probe) {
        if let Place::Named(name, _) = place
            && !names.contains(&name)
            && !is_local(cx, &name).await
        {
            names.push(name);
        }
    }
    names
}

/// Addresses of a name: whoever tells first, the system or one of the name servers.
pub(super) async fn resolve(cx: &Cx, name: &str) -> Option<Vec<IpAddr>> {
    let system = async { cx.host.lookup(name, LOOKUP).await.ok() };
    let asked = async {
        let servers = servers(cx).await;
        let replies = join_all(servers.iter().map(|server| cx.host.ask_dns(*server, name, ASK))).await;
        replies.into_iter().find_map(|reply| match reply {
            DnsReply::Addresses { ips, .. } => Some(ips),
            _ => None,
        })
    };
    let (mut system, mut asked) = (std::pin::pin!(system), std::pin::pin!(asked));
    tokio::select! {
        found = &mut system => match found {
            Some(ips) => Some(ips),
            None => asked.await,
        },
        found = &mut asked => match found {
            Some(ips) => Some(ips),
            None => system.await,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        assert_eq!(place("192.0.2.7:6000", None), Some(Place::At(([192, 0, 2, 7], 6000).into())));
        assert_eq!(place("[2001:db8::1]:6000", None), "[2001:db8::1]:6000".parse().ok().map(Place::At));
        assert_eq!(place("2001:db8::1", Some(53)), "[2001:db8::1]:53".parse().ok().map(Place::At));
        assert_eq!(place("Acquirer.Example.:6000", None), Some(Place::Named("acquirer.example".to_owned(), 6000)));
        for bad in ["", ":1", "host", "host:0", "host:70000", "a b:1", "http://host:1/"] {
            assert_eq!(place(bad, None), None, "{bad}");
        }
    }

    #[test]
    fn the_search_list_is_read_as_the_c_library_reads_it() {
        let read = |text| search_list(text);
        let of = |domains: &[&str], ndots| Search { domains: domains.iter().map(|d| (*d).to_owned()).collect(), ndots };
        assert_eq!(read("nameserver 192.0.2.53\n"), of(&[], 1));
        assert_eq!(read("domain a.example\nsearch Shop.example. b.example\n"), of(&["shop.example", "b.example"], 1));
        assert_eq!(read("search a.example\ndomain b.example c.example\n"), of(&["b.example"], 1));
        assert_eq!(read("options timeout:1 ndots:5\nsearch a.example\n"), of(&["a.example"], 5));
        assert_eq!(read("options ndots:x\n"), of(&[], 1));
    }

    #[test]
    fn name_servers_are_read_as_the_c_library_reads_them() {
        let text = "# comment\nsearch a.example\nnameserver 192.0.2.53\nnameserver  fe80::1%eth0\nnameserver x\n\
                    nameserver 192.0.2.54\nnameserver 192.0.2.55\n";
        let found: Vec<String> = nameservers(text).iter().map(SocketAddr::to_string).collect();
        assert_eq!(found, ["192.0.2.53:53", "[fe80::1]:53", "192.0.2.54:53"]);
    }
}
