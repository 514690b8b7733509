//! A machine written as TOML, for tests (tests/machines). It behaves: what is behind a dead link or a dead gateway is
//! not reached, whatever else the file says.

mod gear;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

pub use gear::{FakeGear, ReaderEntry};

use super::{
    Address, CertSeen, Claim, ConnectFault, Dialled, DnsReply, ExecFault, Fut, Gear, Hands, Hop, Host, Knock, Link,
    LinkKind, LookupFault, Neighbour, NetView, Output, Page, Ping, ReadFault, Route, RouteFault, Space, Talk,
    Temperature, TimeFault, TimeSeen, TlsAsk, TlsFault, TlsSeen, TraceSeen, Train, TrainSeen, Trouble, Trust, Units,
    Vitals,
};
use crate::model::Stamp;

mod deep;

pub use deep::{EchoEntry, SpaceEntry};

/// A machine as a file tells it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Machine {
    pub now: Stamp,
    pub built: Stamp,
    pub link: Vec<LinkEntry>,
    pub route: Vec<RouteEntry>,
    pub neighbour: Vec<NeighbourEntry>,
    pub dns: Vec<DnsEntry>,
    pub port: Vec<PortEntry>,
    pub time: Vec<TimeEntry>,
    pub space: BTreeMap<String, SpaceEntry>,
    pub vitals: Vitals,
    pub temperature: Vec<Temperature>,
    /// No systemd when left out.
    pub units: Option<Units>,
    pub files: BTreeMap<String, String>,
    /// What programs print, by their command line; `exit N` and `late` instead of it.
    pub programs: BTreeMap<String, String>,
    /// Folders without a file in them.
    pub folders: Vec<String>,
    pub gear: FakeGear,
    /// What the system's resolver knows beyond the name servers (other name services).
    pub known: BTreeMap<String, Vec<IpAddr>>,
    /// Netlink, memory and sensors fail with this word.
    pub broken: Option<String>,
    pub radios: super::Radios,
    /// Answers to trains of echoes, by address.
    pub echo: Vec<EchoEntry>,
    /// What a network manager says of leases, by interface.
    pub lease: BTreeMap<String, super::LeaseSeen>,
    /// Who else answers for an address: its hardware address.
    pub claimed: BTreeMap<Ipv4Addr, String>,
    /// Addresses that no route of this machine leads to: `none` or `forbidden`.
    pub unrouted: BTreeMap<IpAddr, String>,
    /// Whoever may change it; nobody in a file.
    #[serde(skip)]
    pub worked: Option<Arc<dyn Hands>>,
}

impl Default for Machine {
    fn default() -> Self {
        Self {
            now: Stamp::new(1_795_224_605_000_000, 480),
            built: Stamp::new(1_767_225_600_000_000, 0),
            link: Vec::new(),
            route: Vec::new(),
            neighbour: Vec::new(),
            dns: Vec::new(),
            port: Vec::new(),
            time: Vec::new(),
            space: BTreeMap::new(),
            vitals: Vitals {
                memory_total: 1_000_000_000,
                memory_available: 600_000_000,
                cores: 4,
                ..Vitals::default()
            },
            temperature: Vec::new(),
            units: None,
            files: BTreeMap::new(),
            programs: BTreeMap::new(),
            folders: Vec::new(),
            gear: FakeGear::default(),
            known: BTreeMap::new(),
            broken: None,
            radios: super::Radios::default(),
            echo: Vec::new(),
            lease: BTreeMap::new(),
            claimed: BTreeMap::new(),
            unrouted: BTreeMap::new(),
            worked: None,
        }
    }
}

/// A link with its addresses (`192.0.2.10/24`).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "a file's words, each by itself")]
pub struct LinkEntry {
    pub name: String,
    #[serde(default)]
    pub kind: LinkKind,
    #[serde(default = "yes")]
    pub up: bool,
    #[serde(default = "yes")]
    pub carrier: bool,
    #[serde(default)]
    pub addresses: Vec<String>,
    #[serde(default)]
    pub lease_s: Option<u32>,
    #[serde(default)]
    pub renewed_s: Option<u32>,
    #[serde(default)]
    pub duplicate: bool,
    #[serde(default)]
    pub never_connected: bool,
}

/// A default route.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteEntry {
    pub interface: String,
    #[serde(default)]
    pub gateway: Option<IpAddr>,
    #[serde(default)]
    pub metric: u32,
}

/// A device in the local network, such as the router.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeighbourEntry {
    pub ip: IpAddr,
    /// Answers to echo requests after this long.
    #[serde(default)]
    pub ping_ms: Option<f64>,
    /// This user may not send echo requests.
    #[serde(default)]
    pub denied: bool,
    #[serde(default)]
    pub arp: Neighbour,
    #[serde(default)]
    pub port: bool,
    /// Lets traffic through although it gives no sign of life itself.
    #[serde(default)]
    pub forwards: bool,
}

/// A name server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DnsEntry {
    pub server: IpAddr,
    /// `silent`, `refused`, `unreachable`, `garbage`, or a code such as `servfail`.
    #[serde(default)]
    pub fault: Option<String>,
    #[serde(default = "few_ms")]
    pub rtt_ms: f64,
    /// What it says of names that do not exist, in place of the truth.
    #[serde(default)]
    pub lies: Option<IpAddr>,
    /// An empty list is a name without an address; a missing name does not exist.
    #[serde(default)]
    pub names: BTreeMap<String, Vec<IpAddr>>,
}

/// A port that something may listen on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PortEntry {
    pub at: SocketAddr,
    #[serde(default)]
    pub fault: Option<ConnectFault>,
    #[serde(default = "few_ms")]
    pub connect_ms: f64,
    /// `silent`, `closed`, `not-tls`, `web`, `alert`, `broken`.
    #[serde(default)]
    pub tls_fault: Option<String>,
    /// Large packets are lost on the way: the handshake comes about with small ones only.
    #[serde(default)]
    pub narrow: bool,
    /// What it answers to a message, in hex; `silent`, `closed` or `garbage`. Silent when left out.
    #[serde(default)]
    pub answer: Option<String>,
    /// Status of the page it shows, and where that leads.
    #[serde(default)]
    pub page: Option<(u16, String)>,
    #[serde(default)]
    pub cert: Option<CertEntry>,
}

/// A certificate.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertEntry {
    pub names: Vec<String>,
    pub from: Stamp,
    pub until: Stamp,
    /// `trusted`, `unknown`, `self-signed`, `no-roots`; `unreadable` and `too-big` cannot be judged; any other word
    /// is a fault of the chain.
    #[serde(default = "trusted")]
    pub trust: String,
}

/// A time server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeEntry {
    pub at: SocketAddr,
    #[serde(default)]
    pub offset_ms: i64,
    /// `silent`, `refused`, or why it is useless.
    #[serde(default)]
    pub fault: Option<String>,
}

const fn yes() -> bool {
    true
}

const fn few_ms() -> f64 {
    5.0
}

fn trusted() -> String {
    "trusted".to_owned()
}

fn ms(ms: f64) -> Duration {
    Duration::from_secs_f64(ms.max(0.0) / 1_000.0)
}

/// How far a packet gets.
enum Way {
    Through,
    /// It is lost without a word.
    Lost,
    /// The kernel refuses to send it.
    None,
}

impl Machine {
    /// Reads a machine.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    fn view(&self) -> NetView {
        let link = |(at, entry): (usize, &LinkEntry)| Link {
            index: u32::try_from(at).unwrap_or(0) + 1,
            name: entry.name.clone(),
            kind: entry.kind,
            up: entry.up,
            carrier: entry.up && entry.carrier,
            addresses: entry.addresses.iter().filter_map(|text| address(text, entry)).collect(),
            carrier_changes: None,
            never_connected: entry.never_connected,
        };
        let route = |entry: &RouteEntry| Route {
            interface: entry.interface.clone(),
            gateway: entry.gateway,
            metric: entry.metric,
        };
        let mut routes: Vec<Route> = self.route.iter().map(route).collect();
        routes.sort_by_key(|route| route.metric);
        NetView { links: self.link.iter().enumerate().map(link).collect(), routes }
    }

    fn way(&self, to: IpAddr) -> Way {
        let view = self.view();
        if to.is_loopback() || view.link_of(to).is_some() {
            return Way::Through;
        }
        let near = |link: &&Link| link.carrier && link.addresses.iter().any(|address| address.covers(to));
        if view.links.iter().any(|link| near(&link)) {
            return Way::Through;
        }
        let usable =
            |route: &&Route| view.link(&route.interface).is_some_and(|link| link.carrier && !link.addresses.is_empty());
        match view.routes.iter().find(usable) {
            None => Way::None,
            Some(Route { gateway: None, .. }) => Way::Through,
            Some(Route { gateway: Some(gateway), .. }) => {
                let lives = |entry: &NeighbourEntry| entry.ping_ms.is_some() || entry.port || entry.forwards;
                let alive = self.neighbour.iter().any(|entry| entry.ip == *gateway && lives(entry));
                if alive { Way::Through } else { Way::Lost }
            }
        }
    }

    fn own_address(&self, to: IpAddr) -> IpAddr {
        let view = self.view();
        let first = view.links.iter().filter(|link| link.carrier).flat_map(|link| &link.addresses).next();
        if to.is_loopback() { to } else { first.map_or(to, |address| address.ip) }
    }

    fn ask(&self, server: IpAddr, name: &str) -> DnsReply {
        match self.way(server) {
            Way::None => return DnsReply::Unreachable,
            Way::Lost => return DnsReply::Silent,
            Way::Through => {}
        }
        let Some(entry) = self.dns.iter().find(|entry| entry.server == server) else { return DnsReply::Silent };
        let rtt = ms(entry.rtt_ms);
        match entry.fault.as_deref() {
            Some("silent") => DnsReply::Silent,
            Some("refused") => DnsReply::Refused,
            Some("unreachable") => DnsReply::Unreachable,
            Some("garbage") => DnsReply::Garbage,
            Some(code) => DnsReply::Error { code: code.to_owned(), rtt },
            None if name == "." => DnsReply::NoData { rtt },
            None => match entry.names.get(name) {
                None => match entry.lies {
                    Some(ip) => DnsReply::Addresses { ips: vec![ip], rtt },
                    None => DnsReply::NoName { rtt },
                },
                Some(ips) if ips.is_empty() => DnsReply::NoData { rtt },
                Some(ips) => DnsReply::Addresses { ips: ips.clone(), rtt },
            },
        }
    }

    fn connect(&self, to: SocketAddr, tls: Option<&TlsAsk>) -> Dialled {
        let failed = |fault| Dialled { tcp: Err(fault), tls: None };
        match self.way(to.ip()) {
            Way::None => return failed(ConnectFault::Unreachable),
            Way::Lost => return failed(ConnectFault::Timeout),
            Way::Through => {}
        }
        let Some(port) = self.port.iter().find(|port| port.at == to) else { return failed(ConnectFault::Timeout) };
        match port.fault {
            Some(fault) => failed(fault),
            None => Dialled {
                tcp: Ok((ms(port.connect_ms), self.own_address(to.ip()))),
                tls: tls.map(|ask| if port.narrow { Err(TlsFault::Silent) } else { handshake(port, ask) }),
            },
        }
    }
}

fn address(text: &str, link: &LinkEntry) -> Option<Address> {
    let (ip, prefix) = text.split_once('/')?;
    Some(Address {
        ip: ip.parse().ok()?,
        prefix: prefix.parse().ok()?,
        lease_s: link.lease_s,
        renewed_s: link.renewed_s,
        duplicate: link.duplicate,
    })
}

fn handshake(port: &PortEntry, ask: &TlsAsk) -> Result<TlsSeen, TlsFault> {
    match (port.tls_fault.as_deref(), &port.cert) {
        (Some("silent"), _) => Err(TlsFault::Silent),
        (Some("web"), _) => Err(TlsFault::Web),
        (Some("closed"), _) => Err(TlsFault::Closed),
        (Some("alert"), _) => Err(TlsFault::Alert("HandshakeFailure".to_owned())),
        (Some("not-tls"), _) | (None, None) => Err(TlsFault::NotTls),
        (Some(word), _) => Err(TlsFault::Broken(word.to_owned())),
        (None, Some(cert)) => {
            let trust = match cert.trust.as_str() {
                "trusted" => Ok(Trust::Trusted),
                "unknown" => Ok(Trust::UnknownIssuer),
                "self-signed" => Ok(Trust::SelfSigned),
                "no-roots" => Ok(Trust::NoRoots),
                word @ ("unreadable" | "too-big") => Err(word.to_owned()),
                word => Ok(Trust::Bad(word.to_owned())),
            };
            Ok(TlsSeen {
                took: ms(30.0),
                version: "TLSv1_3".to_owned(),
                cert: trust.map(|trust| CertSeen {
                    subject: format!("CN={}", cert.names.join(",")),
                    issuer: "CN=Example CA".to_owned(),
                    not_before: cert.from.micros / 1_000_000,
                    not_after: cert.until.micros / 1_000_000,
                    name_ok: cert.names.contains(&ask.server_name),
                    names: cert.names.clone(),
                    trust,
                }),
            })
        }
    }
}

impl Host for Machine {
    fn now(&self) -> Stamp {
        self.now
    }

    fn built(&self) -> Stamp {
        self.built
    }

    fn read<'a>(&'a self, path: &'a str, bound: usize) -> Fut<'a, Result<Vec<u8>, ReadFault>> {
        let text = match (path, self.files.get(path)) {
            (_, Some(text)) => Some(text.clone()),
            ("/etc/resolv.conf", None) => Some(
                self.dns.iter().fold(String::new(), |text, entry| text + &format!("nameserver {}\n", entry.server)),
            ),
            ("/proc/self/mounts", None) => Some(
                self.space.keys().fold(String::new(), |text, place| text + &format!("/dev/vda1 {place} ext4 rw 0 0\n")),
            ),
            _ => None,
        };
        Box::pin(async move {
            match text {
                Some(text) if text.len() > bound => Err(Trouble::TooBig),
                Some(text) => Ok(text.into_bytes()),
                None => Err(Trouble::Missing),
            }
        })
    }

    fn net(&self) -> Fut<'_, Result<NetView, Trouble>> {
        Box::pin(async move { self.broken.clone().map_or_else(|| Ok(self.view()), |word| Err(Trouble::Other(word))) })
    }

    fn ping(&self, to: IpAddr, _: Duration) -> Fut<'_, Ping> {
        Box::pin(async move { self.knock_now(to).ping })
    }

    fn knock<'a>(&'a self, to: IpAddr, _: &'a str, _: Duration) -> Fut<'a, Knock> {
        Box::pin(async move { self.knock_now(to) })
    }

    fn lookup<'a>(&'a self, name: &'a str, _: Duration) -> Fut<'a, Result<Vec<IpAddr>, LookupFault>> {
        Box::pin(async move {
            let known = self.known.get(name).cloned();
            // As the C library does: the first that says anything of the name is believed.
            let told = self.dns.iter().find_map(|entry| match self.ask(entry.server, name) {
                DnsReply::Addresses { ips, .. } => Some(Some(ips)),
                DnsReply::NoName { .. } | DnsReply::NoData { .. } => Some(None),
                _ => None,
            });
            let told = told.flatten();
            known.or(told).ok_or(LookupFault::NotFound)
        })
    }

    fn ask_dns<'a>(&'a self, server: SocketAddr, name: &'a str, _: Duration) -> Fut<'a, DnsReply> {
        Box::pin(async move { self.ask(server.ip(), name) })
    }

    fn dial(&self, to: SocketAddr, tls: Option<TlsAsk>) -> Fut<'_, Dialled> {
        Box::pin(async move { self.connect(to, tls.as_ref()) })
    }

    fn http_date<'a>(&'a self, to: SocketAddr, _: &'a str, limit: Duration) -> Fut<'a, Result<TimeSeen, TimeFault>> {
        self.sntp(to, limit)
    }

    fn sntp(&self, server: SocketAddr, _: Duration) -> Fut<'_, Result<TimeSeen, TimeFault>> {
        Box::pin(async move {
            let entry = self.time.iter().find(|entry| entry.at == server);
            match (self.way(server.ip()), entry) {
                (Way::Through, Some(TimeEntry { fault: None, offset_ms, .. })) => {
                    Ok(TimeSeen { offset_us: offset_ms * 1_000, rtt: ms(8.0), stratum: 2 })
                }
                (Way::Through, Some(TimeEntry { fault: Some(word), .. })) => match word.as_str() {
                    "silent" => Err(TimeFault::Silent),
                    "refused" => Err(TimeFault::Refused),
                    word => Err(TimeFault::Useless(word.to_owned())),
                },
                _ => Err(TimeFault::Silent),
            }
        })
    }

    fn radios(&self) -> Fut<'_, Result<super::Radios, Trouble>> {
        Box::pin(async move { Ok(self.radios.clone()) })
    }

    fn train(&self, to: IpAddr, train: Train) -> Fut<'_, TrainSeen> {
        Box::pin(async move { self.echoes(to, train) })
    }

    fn lease<'a>(&'a self, interface: &'a str) -> Fut<'a, Result<super::LeaseSeen, Trouble>> {
        Box::pin(async move { self.lease.get(interface).cloned().ok_or(Trouble::Missing) })
    }

    fn route(&self, to: IpAddr) -> Fut<'_, Result<Hop, RouteFault>> {
        Box::pin(async move { self.hop(to) })
    }

    fn trace(&self, to: SocketAddr, _: Duration) -> Fut<'_, TraceSeen> {
        Box::pin(async move { self.stations(to) })
    }

    fn claim<'a>(&'a self, ip: Ipv4Addr, _: &'a str) -> Fut<'a, Claim> {
        Box::pin(async move { self.claimed.get(&ip).map_or(Claim::Nobody, |mac| Claim::Other(mac.clone())) })
    }

    fn dial_small(&self, to: SocketAddr, tls: Option<TlsAsk>) -> Fut<'_, Dialled> {
        Box::pin(async move { self.wide().connect(to, tls.as_ref()) })
    }

    fn talk(&self, to: SocketAddr, tls: Option<TlsAsk>, _: Vec<u8>) -> Fut<'_, Talk> {
        Box::pin(async move { self.answer(to, tls.as_ref()) })
    }

    fn page<'a>(&'a self, to: SocketAddr, _: &'a str, _: &'a str) -> Fut<'a, Page> {
        Box::pin(async move { self.shown_page(to) })
    }

    fn space<'a>(&'a self, path: &'a str) -> Fut<'a, Result<Space, Trouble>> {
        Box::pin(async move {
            let entry = self.space.get(path).ok_or(Trouble::Missing)?;
            let SpaceEntry { total, free, inodes, inodes_free } = *entry;
            Ok(Space { total, free, inodes, inodes_free })
        })
    }

    fn vitals(&self) -> Fut<'_, Result<Vitals, Trouble>> {
        Box::pin(async move { self.broken.clone().map_or(Ok(self.vitals), |word| Err(Trouble::Other(word))) })
    }

    fn temperatures(&self) -> Fut<'_, Result<Vec<Temperature>, Trouble>> {
        Box::pin(async move {
            self.broken.clone().map_or_else(|| Ok(self.temperature.clone()), |word| Err(Trouble::Other(word)))
        })
    }

    fn units<'a>(&'a self, names: &'a [String]) -> Fut<'a, Result<Units, Trouble>> {
        Box::pin(async move {
            if self.broken.is_some() {
                return Err(Trouble::Late);
            }
            let mut units = self.units.clone().ok_or(Trouble::Missing)?;
            units.named.retain(|unit| names.contains(&unit.name));
            Ok(units)
        })
    }

    fn exec<'a>(&'a self, argv: &'a [String], _: Duration, bound: usize) -> Fut<'a, Result<Output, ExecFault>> {
        Box::pin(async move {
            let text = self.programs.get(&argv.join(" ")).ok_or(ExecFault::Missing)?;
            let ended = |code: i32, text: &str| Output {
                code,
                stdout: text.as_bytes().to_vec(),
                stderr: Vec::new(),
                took: Duration::from_millis(20),
            };
            match (text.as_str(), text.strip_prefix("exit ").and_then(|code| code.parse().ok())) {
                ("late", _) => Err(ExecFault::Late),
                (_, Some(code)) => Ok(ended(code, "")),
                (text, None) if text.len() > bound => Err(ExecFault::Flood),
                (text, None) => Ok(ended(0, text)),
            }
        })
    }

    fn list<'a>(&'a self, path: &'a str) -> Fut<'a, Result<Vec<String>, ReadFault>> {
        Box::pin(async move {
            let below = format!("{}/", path.trim_end_matches('/'));
            let all = self.files.keys().chain(&self.folders);
            let inside = all.filter_map(|file| file.strip_prefix(&below)?.split('/').next());
            let names: std::collections::BTreeSet<String> = inside.map(str::to_owned).collect();
            let known = !names.is_empty() || self.folders.iter().any(|folder| folder == path);
            if known { Ok(names.into_iter().collect()) } else { Err(Trouble::Missing) }
        })
    }

    fn file<'a>(&'a self, path: &'a str) -> Fut<'a, Result<super::FileSeen, ReadFault>> {
        Box::pin(async move { self.file_seen(path) })
    }

    fn gear(&self) -> Arc<dyn Gear> {
        let other = self.gear.instead.clone();
        other.unwrap_or_else(|| Arc::new(self.gear.clone()))
    }

    fn hands(&self) -> Arc<dyn Hands> {
        self.worked.clone().unwrap_or_else(|| Arc::new(super::NoHands))
    }
}

impl Machine {
    fn knock_now(&self, to: IpAddr) -> Knock {
        let entry = self.neighbour.iter().find(|entry| entry.ip == to);
        let ping = match entry {
            Some(NeighbourEntry { denied: true, .. }) => Ping::Denied,
            Some(NeighbourEntry { ping_ms: Some(rtt), .. }) => Ping::Answered { rtt: ms(*rtt) },
            _ => Ping::Silent,
        };
        let neighbour = entry.map_or(Neighbour::Failed, |entry| entry.arp);
        Knock { ping, neighbour, port_answered: entry.is_some_and(|entry| entry.port) }
    }
}
