//! What a DHCP client says about one interface. Plain data, no I/O.

use std::net::IpAddr;

/// A client's own word about its interface.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LeaseSeen {
    /// It asks for an address now.
    pub seeking: bool,
    /// It has asked, and nobody gave one.
    pub unanswered: bool,
    /// Who gave the address that it has.
    pub server: Option<IpAddr>,
    /// Until when, seconds since 1970; none where the client does not say.
    pub until_s: Option<i64>,
}
