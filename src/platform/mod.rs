//! The only door to the machine: files, processes, links, name servers, hosts, clocks. `real` is this machine, `fake`
//! one written as TOML, for tests.
//!
//! Everything behind the door is bounded in time and memory: a hanging bus, an endless sender or a hostile certificate
//! comes back as a [`Trouble`] or as a word in the answer, never as a stuck future.

mod card;
mod data;
mod device;
pub mod escpos;
pub mod fake;
pub mod foreign;
mod gear;
mod hands;
mod helper;
mod identity;
mod lease;
mod piped;
mod private;
mod probe;
mod radio;
mod real;
mod typed;
mod updating;
mod zone;

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::model::Stamp;

pub use card::{CardFault, CardState, Directory, ReaderSeen, Selected};
pub use data::{
    Address, CertSeen, ConnectFault, Dialled, DnsReply, ExecFault, Knock, Life, Link, LinkKind, LookupFault, Neighbour,
    NetView, Output, Ping, ReadFault, Route, Space, Temperature, TimeFault, TimeSeen, TlsAsk, TlsFault, TlsSeen,
    Trouble, Trust, UnitSeen, Units, Vitals,
};
pub use device::{DeviceFault, ProcessSeen};
pub use gear::{Gear, NoGear};
pub use hands::{Deed, Hands, LinkKept, NetKept, NmDevice, NoHands, RouteKept, SetUp, Steady, TcpSeen};
pub use helper::{restore, step_clock, update, usb_rebind};
pub use identity::{give_to_group, groups_of, machine_name, remote_from_env, serial, ssh_connection, user_name};
pub use lease::LeaseSeen;
pub use piped::{Ended, Piped};
pub use private::{private_line, private_text};
pub use probe::{Claim, Hop, HopSeen, Page, RouteFault, Talk, TraceEnd, TraceSeen, Train, TrainSeen};
pub use radio::{ModemSeen, Radios, WifiSeen};
pub use typed::{InputFault, ScanKind, SwipeSeen, Track, Typed};
pub use updating::{BundleSeen, FileSeen, Installer, RaucSeen};
pub use zone::{local_zone, zone};

/// A boxed future, so that machines can be swapped behind `dyn Host`.
pub type Fut<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A machine.
pub trait Host: Send + Sync {
    /// Wall clock, shown with the offset of the system's zone.
    fn now(&self) -> Stamp;

    /// The moment of a local time on this machine, `YYYYMMDDHHMM`.
    fn local(&self, text: &str) -> Option<Stamp> {
        zone::local(text, &jiff::tz::Offset::from_seconds(i32::from(self.now().offset) * 60).ok()?.to_time_zone())
    }

    /// When this program was built: a clock before this moment is wrong.
    fn built(&self) -> Stamp;

    /// At most `bound` bytes of a file.
    fn read<'a>(&'a self, path: &'a str, bound: usize) -> Fut<'a, Result<Vec<u8>, ReadFault>>;

    /// Links, addresses and default routes as the kernel has them.
    fn net(&self) -> Fut<'_, Result<NetView, Trouble>>;

    /// ICMP echo, up to three times within `limit`.
    fn ping(&self, to: IpAddr, limit: Duration) -> Fut<'_, Ping>;

    /// Any sign of life from a neighbour: echo, a port that answers or refuses, ARP or NDP.
    fn knock<'a>(&'a self, to: IpAddr, interface: &'a str, limit: Duration) -> Fut<'a, Knock>;

    /// Addresses of a name as programs on this machine get them (hosts file, name service switch).
    fn lookup<'a>(&'a self, name: &'a str, limit: Duration) -> Fut<'a, Result<Vec<IpAddr>, LookupFault>>;

    /// One question for addresses to one name server.
    fn ask_dns<'a>(&'a self, server: SocketAddr, name: &'a str, limit: Duration) -> Fut<'a, DnsReply>;

    /// Opens a TCP connection and closes it again; with `tls` the handshake is made too, and looked at. No data is
    /// ever sent over it.
    fn dial(&self, to: SocketAddr, tls: Option<TlsAsk>) -> Fut<'_, Dialled>;

    /// A train of ICMP echoes.
    fn train(&self, _to: IpAddr, train: Train) -> Fut<'_, TrainSeen> {
        Box::pin(async move { TrainSeen { sent: train.count, denied: true, ..TrainSeen::default() } })
    }

    /// The way packets to this address take, by every table and rule of the kernel.
    fn route(&self, _to: IpAddr) -> Fut<'_, Result<Hop, RouteFault>> {
        Box::pin(async { Err(RouteFault::Other("missing".to_owned())) })
    }

    /// Every station on the way to a port, asked with connections that live only so many stations.
    fn trace(&self, _to: SocketAddr, _limit: Duration) -> Fut<'_, TraceSeen> {
        Box::pin(async { TraceSeen { hops: Vec::new(), end: TraceEnd::Untold("missing".to_owned()) } })
    }

    /// Whether somebody else on the wire answers for an address of ours.
    fn claim<'a>(&'a self, _ip: Ipv4Addr, _interface: &'a str) -> Fut<'a, Claim> {
        Box::pin(async { Claim::Untold("missing".to_owned()) })
    }

    /// What a network manager's own DHCP client says about this interface; it is nobody's where no manager has it.
    fn lease<'a>(&'a self, _interface: &'a str) -> Fut<'a, Result<LeaseSeen, Trouble>> {
        Box::pin(async { Err(Trouble::Missing) })
    }

    /// As `dial`, with small packets only, in both directions.
    fn dial_small(&self, to: SocketAddr, tls: Option<TlsAsk>) -> Fut<'_, Dialled> {
        self.dial(to, tls)
    }

    /// Sends one frame (2 bytes of length before it) and takes one; over TLS only to whom the certificate proves.
    fn talk(&self, _to: SocketAddr, _tls: Option<TlsAsk>, _frame: Vec<u8>) -> Fut<'_, Talk> {
        Box::pin(async { Talk::Silent })
    }

    /// Asks for a page over plain HTTP and looks at the head of the answer.
    fn page<'a>(&'a self, _to: SocketAddr, _host: &'a str, _path: &'a str) -> Fut<'a, Page> {
        Box::pin(async { Page::Silent })
    }

    /// Asks a web server for its date, which is right to the second.
    fn http_date<'a>(
        &'a self,
        _to: SocketAddr,
        _host: &'a str,
        _limit: Duration,
    ) -> Fut<'a, Result<TimeSeen, TimeFault>> {
        Box::pin(async { Err(TimeFault::Silent) })
    }

    /// What the mobile network says that it is (NITZ).
    fn nitz(&self) -> Fut<'_, Result<TimeSeen, TimeFault>> {
        Box::pin(async { Err(TimeFault::Silent) })
    }

    /// Wi-Fi and mobile radios, in their own words.
    fn radios(&self) -> Fut<'_, Result<Radios, Trouble>> {
        Box::pin(async { Ok(Radios::default()) })
    }

    /// Asks an NTP server for the offset of the clock.
    fn sntp(&self, server: SocketAddr, limit: Duration) -> Fut<'_, Result<TimeSeen, TimeFault>>;

    /// Room on the file system that holds `path`.
    fn space<'a>(&'a self, path: &'a str) -> Fut<'a, Result<Space, Trouble>>;

    /// Memory and load.
    fn vitals(&self) -> Fut<'_, Result<Vitals, Trouble>>;

    /// Every temperature sensor.
    fn temperatures(&self) -> Fut<'_, Result<Vec<Temperature>, Trouble>>;

    /// Failed systemd units, and the state of those named.
    fn units<'a>(&'a self, names: &'a [String]) -> Fut<'a, Result<Units, Trouble>>;

    /// Runs a program (no shell) with an empty standard input; it is killed with its children after `limit` or when
    /// it writes more than `bound` bytes.
    fn exec<'a>(&'a self, argv: &'a [String], limit: Duration, bound: usize) -> Fut<'a, Result<Output, ExecFault>>;

    /// Names in a folder, sorted; at most a thousand.
    fn list<'a>(&'a self, path: &'a str) -> Fut<'a, Result<Vec<String>, ReadFault>>;

    /// Size and time of a file.
    fn file<'a>(&'a self, _path: &'a str) -> Fut<'a, Result<FileSeen, ReadFault>> {
        Box::pin(async { Err(Trouble::Missing) })
    }

    /// A small file from an http(s) address; over TLS only from whom the certificate proves.
    fn fetch<'a>(
        &'a self,
        _url: &'a str,
        _ca_file: Option<&'a std::path::Path>,
        _bound: usize,
        _limit: Duration,
    ) -> Fut<'a, Result<Vec<u8>, Trouble>> {
        Box::pin(async { Err(Trouble::Missing) })
    }

    /// Whether a file carries the signature of this minisign key beside it (`.minisig`); the words that were signed
    /// with it.
    fn signed<'a>(&'a self, _path: &'a str, _key: &'a str) -> Fut<'a, Result<String, Trouble>> {
        Box::pin(async { Err(Trouble::Missing) })
    }

    /// Readers, printers and what else hangs on the machine; none by default.
    fn gear(&self) -> Arc<dyn Gear> {
        Arc::new(NoGear)
    }

    /// The same as another user of this machine, where that is allowed.
    fn exec_as<'a>(
        &'a self,
        argv: &'a [String],
        user: Option<&'a str>,
        limit: Duration,
        bound: usize,
    ) -> Fut<'a, Result<Output, ExecFault>> {
        match user {
            None => self.exec(argv, limit, bound),
            Some(_) => Box::pin(async { Err(ExecFault::Denied) }),
        }
    }

    /// Whoever may change it; nobody by default.
    fn hands(&self) -> Arc<dyn Hands> {
        Arc::new(NoHands)
    }
}

/// This machine.
pub fn real() -> Arc<dyn Host> {
    Arc::new(real::Real)
}

/// The wall clock with the offset of the system's zone.
pub fn now() -> Stamp {
    let at = jiff::Timestamp::now();
    let offset = local_zone().to_offset(at).seconds() / 60;
    Stamp::new(at.as_microsecond(), i16::try_from(offset).unwrap_or(0))
}

/// When this program was built.
pub fn built() -> Stamp {
    let secs: i64 = env!("POS_BUILD_EPOCH").parse().unwrap_or(0);
    Stamp::new(secs.saturating_mul(1_000_000), 0)
}
