//! What DHCP clients have written down of their leases: who gave the address, and until when. Read-only; a client that
//! writes nothing down that this user may read tells nothing.

use std::net::IpAddr;

use super::Cx;
use crate::platform::Link;

const FILE: usize = 256 * 1024;

/// The newest lease of an interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lease {
    /// Who gave it.
    pub(super) server: Option<IpAddr>,
    /// Seconds since 1970; none where the client does not say.
    pub(super) until_s: Option<i64>,
}

/// Looks where `systemd-networkd` and `dhclient` keep them.
pub(super) async fn of(cx: &Cx, link: &Link) -> Option<Lease> {
    let text = async |path: String| {
        let bytes = cx.host.read(&path, FILE).await.ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    };
    if let Some(text) = text(format!("/run/systemd/netif/leases/{}", link.index)).await {
        return Some(networkd(&text));
    }
    for path in [format!("/var/lib/dhcp/dhclient.{}.leases", link.name), "/var/lib/dhcp/dhclient.leases".to_owned()] {
        if let Some(lease) = text(path).await.and_then(|text| dhclient(&text, &link.name)) {
            return Some(lease);
        }
    }
    None
}

fn networkd(text: &str) -> Lease {
    let server = text.lines().find_map(|line| line.strip_prefix("SERVER_ADDRESS=")?.trim().parse().ok());
    Lease { server, until_s: None }
}

/// The last lease of this interface (dhclient.leases(5); times are UTC).
fn dhclient(text: &str, interface: &str) -> Option<Lease> {
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
    Some(Lease { server, until_s })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_lease_of_the_interface_counts() {
        let text = "lease {\n  interface \"eth0\";\n  option dhcp-server-identifier 192.0.2.9;\n  expire 1 2026/11/20 \
                    10:00:00;\n}\nlease {\n  interface \"eth0\";\n  option dhcp-server-identifier 192.0.2.1;\n  expire 6 \
                    2026/11/21 01:30:05;\n}\nlease {\n  interface \"eth1\";\n  expire never;\n}\n";
        let lease = dhclient(text, "eth0").expect("a lease");
        assert_eq!((lease.server, lease.until_s), (Some(IpAddr::from([192, 0, 2, 1])), Some(1_795_224_605)));
        assert_eq!(dhclient(text, "eth1"), Some(Lease::default()));
        assert_eq!(dhclient(text, "wlan0"), None);
        assert_eq!(networkd("ADDRESS=192.0.2.10\nSERVER_ADDRESS=192.0.2.1\n").server, Some([192, 0, 2, 1].into()));
    }

    proptest::proptest! {
        #[test]
        fn any_file_is_read(text in "(lease \\{|interface \"e\";|expire [0-9 /:é]{0,20};|option dhcp-server-identifier .{0,9};|\n| ){0,20}") {
            dhclient(&text, "e");
            networkd(&text);
        }
    }
}
