//! `host:port` and `[ipv6]:port`, as every address in a config is written.

/// Splits an address into its host (without brackets) and its port; none where it is not one.
///
/// `default_port` serves addresses whose port may be left out (NTP: 123).
pub fn split_address(text: &str, default_port: Option<u16>) -> Option<(&str, u16)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (host, tail) = rest.split_once(']')?;
        host.parse::<std::net::Ipv6Addr>().ok()?;
        let port = match tail.strip_prefix(':') {
            Some(digits) => port(digits)?,
            None if tail.is_empty() => default_port?,
            None => return None,
        };
        return Some((host, port));
    }
    if default_port.is_some() && text.parse::<std::net::Ipv6Addr>().is_ok() {
        return Some((text, default_port?));
    }
    let (host, port) = match text.split_once(':') {
        Some((host, digits)) => (host, port(digits)?),
        None => (text, default_port?),
    };
    is_host(host).then_some((host, port))
}

fn port(digits: &str) -> Option<u16> {
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten().filter(|port| *port != 0)
}

/// Whether this can be a host name or an IPv4 address. Digits and dots alone must be a real address.
pub(super) fn is_host(host: &str) -> bool {
    if host.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return host.parse::<std::net::Ipv4Addr>().is_ok();
    }
    host.len() <= 253
        && host.strip_suffix('.').unwrap_or(host).split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (text, split) in [
            ("acquirer.example:6000", Some(("acquirer.example", 6000))),
            ("10.0.0.1:443", Some(("10.0.0.1", 443))),
            ("[2001:db8::1]:7000", Some(("2001:db8::1", 7000))),
            ("localhost:1", Some(("localhost", 1))),
            ("acquirer.example", None),
            ("acquirer.example:0", None),
            ("acquirer.example:65536", None),
            ("acquirer.example:+80", None),
            ("2001:db8::1:7000", None),
            ("10.0.0.256:443", None),
            (":443", None),
            ("https://acquirer.example:443", None),
            ("bad host:443", None),
            ("a..b:443", None),
            ("", None),
        ] {
            assert_eq!(split_address(text, None), split, "{text}");
        }
    }

    #[test]
    fn a_port_may_be_left_out_where_there_is_a_usual_one() {
        for (text, split) in [
            ("pool.example", Some(("pool.example", 123))),
            ("pool.example:1123", Some(("pool.example", 1123))),
            ("2001:db8::1", Some(("2001:db8::1", 123))),
            ("[2001:db8::1]", Some(("2001:db8::1", 123))),
            ("[2001:db8::1]x", None),
            ("pool example", None),
        ] {
            assert_eq!(split_address(text, Some(123)), split, "{text}");
        }
    }
}
