//! What the machine answers: plain data, no I/O.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

/// Why the machine did not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// No answer within the limit.
    #[error("late")]
    Late,
    #[error("denied")]
    Denied,
    /// This machine has no such thing.
    #[error("missing")]
    Missing,
    /// More was answered than is ever read.
    #[error("too-big")]
    TooBig,
    /// The system's own words.
    #[error("{0}")]
    Other(String),
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::NotFound => Self::Missing,
            std::io::ErrorKind::PermissionDenied => Self::Denied,
            std::io::ErrorKind::TimedOut => Self::Late,
            _ => Self::Other(error.to_string()),
        }
    }
}

/// Why a file was not read.
pub type ReadFault = Trouble;

/// What a link is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkKind {
    #[default]
    Ethernet,
    Wifi,
    Cellular,
    Loopback,
    /// Made by software, but carries a path: veth, vlan, bridge, bond, tunnel.
    Virtual,
    /// Made by software and leads nowhere by itself: dummy, ifb, container bridges and their ports.
    Internal,
}

impl LinkKind {
    /// The word used in facts.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ethernet => "ethernet",
            Self::Wifi => "wifi",
            Self::Cellular => "cellular",
            Self::Loopback => "loopback",
            Self::Virtual => "virtual",
            Self::Internal => "internal",
        }
    }

    /// A link with hardware behind it.
    pub const fn is_real(self) -> bool {
        matches!(self, Self::Ethernet | Self::Wifi | Self::Cellular)
    }
}

/// An address of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub ip: IpAddr,
    pub prefix: u8,
    /// Seconds the lease is still valid; none for an address without an end.
    pub lease_s: Option<u32>,
    /// Seconds since the kernel was given it, or had its lease renewed.
    pub renewed_s: Option<u32>,
    /// Somebody else has it (IPv6 duplicate address detection).
    pub duplicate: bool,
}

impl Address {
    /// Valid on its own wire only: 169.254/16, fe80::/10.
    pub const fn is_link_local(&self) -> bool {
        match self.ip {
            IpAddr::V4(ip) => ip.is_link_local(),
            IpAddr::V6(ip) => ip.is_unicast_link_local(),
        }
    }

    /// Whether `other` is in the same subnet.
    pub fn covers(&self, other: IpAddr) -> bool {
        match (self.ip, other) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix.min(32))).unwrap_or(0);
                own.to_bits() & mask == other.to_bits() & mask
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix.min(128))).unwrap_or(0);
                own.to_bits() & mask == other.to_bits() & mask
            }
            _ => false,
        }
    }
}

/// A network interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub index: u32,
    pub name: String,
    pub kind: LinkKind,
    /// Switched on by the administrator.
    pub up: bool,
    /// The wire or the radio is connected.
    pub carrier: bool,
    pub addresses: Vec<Address>,
    /// How often the carrier came or went since boot.
    pub carrier_changes: Option<u32>,
    /// It was never connected since boot, as far as the kernel tells.
    pub never_connected: bool,
}

/// A default route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    pub interface: String,
    /// None on a link that leads to one peer only (cellular, tunnel).
    pub gateway: Option<IpAddr>,
    /// Lower wins.
    pub metric: u32,
}

/// The network as the kernel has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetView {
    pub links: Vec<Link>,
    /// Default routes, the one in use first.
    pub routes: Vec<Route>,
}

impl NetView {
    /// The link of this name.
    pub fn link(&self, name: &str) -> Option<&Link> {
        self.links.iter().find(|link| link.name == name)
    }

    /// The link that owns this address.
    pub fn link_of(&self, ip: IpAddr) -> Option<&Link> {
        self.links.iter().find(|link| link.addresses.iter().any(|address| address.ip == ip))
    }

    /// Whether this address is in a subnet of one of our links: no gateway is needed.
    pub fn on_link(&self, ip: IpAddr) -> bool {
        self.links.iter().filter(|link| link.up).any(|link| link.addresses.iter().any(|a| a.covers(ip)))
    }
}

/// Answer to an ICMP echo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ping {
    Answered {
        rtt: Duration,
    },
    Silent,
    Unreachable,
    /// This user may not send echo requests.
    Denied,
}

/// What ARP or NDP knows of a neighbour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Neighbour {
    /// Confirmed while we were asking.
    Confirmed,
    /// Known from before, not confirmed now.
    Remembered,
    /// Asked for, no answer.
    Failed,
    #[default]
    Unknown,
}

impl Neighbour {
    /// The word used in facts.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Remembered => "remembered",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

/// Signs of life of a neighbour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Knock {
    pub ping: Ping,
    pub neighbour: Neighbour,
    /// One of its ports answered or refused.
    pub port_answered: bool,
}

/// What a knock proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    Alive,
    Dead,
    /// No sign, but that proves nothing.
    Unclear,
}

impl Knock {
    /// What this knock proves.
    pub const fn life(&self) -> Life {
        match (self.ping, self.neighbour, self.port_answered) {
            (Ping::Answered { .. }, _, _) | (_, _, true) | (_, Neighbour::Confirmed, _) => Life::Alive,
            (_, Neighbour::Failed, _) => Life::Dead,
            _ => Life::Unclear,
        }
    }
}

/// Why the system's own resolver gave no address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookupFault {
    /// The name is unknown.
    NotFound,
    Late,
    Other(String),
}

/// Answer of one name server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DnsReply {
    /// The name has addresses.
    Addresses {
        ips: Vec<IpAddr>,
        rtt: Duration,
    },
    /// The server knows the name, but no address of it.
    NoData {
        rtt: Duration,
    },
    /// The server says that there is no such name (NXDOMAIN).
    NoName {
        rtt: Duration,
    },
    /// The server answered, and could or would not tell: `servfail`, `refused`, or the code's number.
    Error {
        code: String,
        rtt: Duration,
    },
    /// Something came back that is no answer to the question.
    Garbage,
    Silent,
    /// Nothing listens there.
    Refused,
    Unreachable,
}

impl DnsReply {
    /// The word used in facts.
    pub fn word(&self) -> String {
        match self {
            Self::Addresses { .. } => "ok".to_owned(),
            Self::NoData { .. } => "no-data".to_owned(),
            Self::NoName { .. } => "nxdomain".to_owned(),
            Self::Error { code, .. } => code.clone(),
            Self::Garbage => "garbage".to_owned(),
            Self::Silent => "timeout".to_owned(),
            Self::Refused => "refused".to_owned(),
            Self::Unreachable => "unreachable".to_owned(),
        }
    }

    /// The server itself spoke DNS with us.
    pub const fn spoke(&self) -> bool {
        matches!(self, Self::Addresses { .. } | Self::NoData { .. } | Self::NoName { .. } | Self::Error { .. })
    }
}

/// Why no TCP connection came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConnectFault {
    /// The host answered: nothing listens on this port.
    Refused,
    /// Something on the way forbids it: an ICMP prohibition, a local rule, or silence of a port whose host answers
    /// an echo.
    Filtered,
    /// No answer at all.
    Timeout,
    /// No way there: no route, or a router said so.
    Unreachable,
}

impl ConnectFault {
    /// The word used in facts and in finding codes.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Filtered => "filtered",
            Self::Timeout => "timeout",
            Self::Unreachable => "unreachable",
        }
    }
}

/// What to look for in a TLS handshake.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TlsAsk {
    /// Name that the certificate must carry.
    pub server_name: String,
    /// PEM file with an authority of the acquirer's own, beside the system's.
    pub ca_file: Option<PathBuf>,
}

/// Why the handshake failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsFault {
    /// The port accepted and said nothing.
    Silent,
    /// The peer closed the connection.
    Closed,
    /// What came back is not TLS.
    NotTls,
    /// A web page came back: a login page or a proxy stands in between.
    Web,
    /// The peer refused, with this TLS alert.
    Alert(String),
    /// The handshake broke for another reason.
    Broken(String),
    /// The configured name is no name.
    BadName,
}

/// Whether the chain leads to an authority that is trusted here. Dates and name are told apart from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    Trusted,
    UnknownIssuer,
    SelfSigned,
    /// This machine has no authorities at all.
    NoRoots,
    /// Anything else that is wrong with the chain, in the library's words.
    Bad(String),
}

/// The certificate that was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertSeen {
    pub subject: String,
    pub issuer: String,
    /// Unix seconds.
    pub not_before: i64,
    /// Unix seconds.
    pub not_after: i64,
    pub name_ok: bool,
    /// Names in the certificate, at most a few.
    pub names: Vec<String>,
    pub trust: Trust,
}

/// A handshake that came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsSeen {
    pub took: Duration,
    /// Such as `TLSv1_3`.
    pub version: String,
    /// The certificate, or why it cannot be judged: `too-big`, `unreadable`, `ca-file: ...`.
    pub cert: Result<CertSeen, String>,
}

/// A connection attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialled {
    /// Time until the connection stood, and our own address of it.
    pub tcp: Result<(Duration, IpAddr), ConnectFault>,
    /// None where it was not asked, or no connection came about.
    pub tls: Option<Result<TlsSeen, TlsFault>>,
}

/// Answer of a time server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeSeen {
    /// Microseconds to add to our clock; positive when it is behind.
    pub offset_us: i64,
    pub rtt: Duration,
    pub stratum: u8,
}

/// Why a time server gave no time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimeFault {
    Silent,
    /// Nothing listens there.
    Refused,
    /// Answered, but its own clock is not set, or it asks to be left alone.
    Useless(String),
}

/// Room on a file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    pub total: u64,
    /// Bytes that an ordinary user can still write.
    pub free: u64,
    pub inodes: u64,
    pub inodes_free: u64,
}

/// Memory and load.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Vitals {
    pub memory_total: u64,
    pub memory_available: u64,
    pub load_1: f64,
    pub load_5: f64,
    pub load_15: f64,
    pub cores: u32,
}

/// One temperature sensor.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Temperature {
    pub label: String,
    /// Degrees Celsius as the driver tells it: may be absurd.
    pub celsius: f64,
}

/// State of a systemd unit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitSeen {
    pub name: String,
    /// `active`, `inactive`, `failed`, `activating`, ... or `not-found`.
    pub state: String,
}

/// Units of the machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Units {
    pub failed: Vec<String>,
    /// Those that were asked for, in that order.
    pub named: Vec<UnitSeen>,
}

/// What a program left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Exit status; 128 + signal when it was killed by one.
    pub code: i32,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub took: Duration,
}

/// Why a program gave no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExecFault {
    #[error("missing")]
    Missing,
    #[error("denied")]
    Denied,
    /// Killed after its limit.
    #[error("late")]
    Late,
    /// Killed because it wrote more than is kept.
    #[error("flood")]
    Flood,
    #[error("{0}")]
    Other(String),
}
