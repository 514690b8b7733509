//! What DHCP clients say of their leases: whether an address is being asked for, who gave the one that is there, and
//! until when. Read-only; a client that tells nothing to this user is not guessed at.

use super::Cx;
use crate::platform::{LeaseSeen, Link};

const FILE: usize = 256 * 1024;

/// Clients by the name of their program, and where each writes down its process for an interface.
const CLIENTS: [(&str, &str); 5] = [
    ("dhclient", "/run/dhclient.{}.pid"),
    ("dhclient", "/run/dhclient-{}.pid"),
    ("udhcpc", "/run/udhcpc.{}.pid"),
    ("dhcpcd", "/run/dhcpcd/{}.pid"),
    ("dhcpcd", "/run/dhcpcd-{}.pid"),
];

/// What whoever manages this interface says of its lease; none where nobody tells.
pub(super) async fn of(cx: &Cx, link: &Link) -> Option<LeaseSeen> {
    // A network manager first: files of another client may be years old.
    if let Ok(seen) = cx.host.lease(&link.name).await {
        return Some(seen);
    }
    let text = async |path: String| {
        let bytes = cx.host.read(&path, FILE).await.ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    };
    if let Some(lease) = text(format!("/run/systemd/netif/leases/{}", link.index)).await {
        return Some(networkd(&lease));
    }
    if let Some(state) = text(format!("/run/systemd/netif/links/{}", link.index)).await {
        let value = |name: &str| state.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim();
        if value("ADMIN_STATE=") != "unmanaged" {
            let rules = text(value("NETWORK_FILE=").to_owned()).await.unwrap_or_default();
            return Some(LeaseSeen {
                seeking: value("ADMIN_STATE=") == "configuring" && by_dhcp(&rules),
                ..LeaseSeen::default()
            });
        }
    }
    let mut found = None;
    for path in [format!("/var/lib/dhcp/dhclient.{}.leases", link.name), "/var/lib/dhcp/dhclient.leases".to_owned()] {
        found = found.or(text(path).await.and_then(|text| dhclient(&text, &link.name)));
    }
    for (program, path) in CLIENTS {
        let Some(pid) = text(path.replace("{}", &link.name)).await.and_then(|pid| pid.trim().parse::<u32>().ok())
        else {
            continue;
        };
        // The file may outlive its program, and its number may be another's.
        let runs = text(format!("/proc/{pid}/comm")).await.is_some_and(|name| name.trim() == program);
        if runs {
            found.get_or_insert_default().seeking = true;
        }
    }
    found
}

/// Whether systemd.network(5) rules ask for an IPv4 address by DHCP.
fn by_dhcp(rules: &str) -> bool {
    let mut words = rules.lines().filter_map(|line| line.trim().strip_prefix("DHCP="));
    words.next_back().is_some_and(|word| matches!(word.trim(), "yes" | "true" | "1" | "on" | "both" | "ipv4" | "v4"))
}

fn networkd(text: &str) -> LeaseSeen {
    let server = text.lines().find_map(|line| line.strip_prefix("SERVER_ADDRESS=")?.trim().parse().ok());
    LeaseSeen { server, ..LeaseSeen::default() }
}

/// The last lease of this interface (dhclient.leases(5); times are UTC).
fn dhclient(text: &str, interface: &str) -> Option<LeaseSeen> {
    let own = format!("interface \"{interface}\";");
    let block = text.split("lease {").skip(1).filter(|block| block.contains(&own)).last()?;
    let value = |name: &str| {
        let line = block.lines().map(str::trim).find(|line| line.starts_with(name))?;
        Some(line[name.len()..].trim().trim_end_matches(';'))
    };
    let until_s = value("expire").and_then(|text| {
        let stamp = text.split_once(' ')?.1;
        let civil = jiff::civil::DateTime::strptime("%Y/%m/%d %H:%M:%S", stamp).ok()?;
        Some(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second())
    });
    let server = value("option dhcp-server-identifier").and_then(|text| text.parse().ok());
    Some(LeaseSeen { server, until_s, ..LeaseSeen::default() })
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    #[test]
    fn the_newest_lease_of_the_interface_counts() {
        let text = "lease {\n  interface \"eth0\";\n  option dhcp-server-identifier 192.0.2.9;\n  expire 1 2026/11/20 \
                    10:00:00;\n}\nlease {\n  interface \"eth0\";\n  option dhcp-server-identifier 192.0.2.1;\n  expire 6 \
                    2026/11/21 01:30:05;\n}\nlease {\n  interface \"eth1\";\n  expire never;\n}\n";
        let lease = dhclient(text, "eth0").expect("a lease");
        assert_eq!((lease.server, lease.until_s), (Some(IpAddr::from([192, 0, 2, 1])), Some(1_795_224_605)));
        assert_eq!(dhclient(text, "eth1"), Some(LeaseSeen::default()));
        assert_eq!(dhclient(text, "wlan0"), None);
        assert_eq!(networkd("ADDRESS=192.0.2.10\nSERVER_ADDRESS=192.0.2.1\n").server, Some([192, 0, 2, 1].into()));
    }

    #[test]
    fn rules_say_whether_an_address_is_asked_for() {
        assert!(by_dhcp("[Match]\nName=eth0\n[Network]\nDHCP=ipv4\n"));
        assert!(by_dhcp("DHCP=no\nDHCP=yes\n"), "the last word counts");
        assert!(!by_dhcp("DHCP=ipv6\n"));
        assert!(!by_dhcp("#DHCP=yes\nAddress=192.0.2.10/24\n"));
    }

    proptest::proptest! {
        #[test]
        fn any_file_is_read(text in "(lease \\{|interface \"e\";|expire [0-9 /:é]{0,20};|option dhcp-server-identifier .{0,9};|\n| ){0,20}") {
            dhclient(&text, "e");
            networkd(&text);
        }
    }
}
