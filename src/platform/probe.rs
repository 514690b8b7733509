//! What deeper questions to the network answer: trains of echoes, routes, traces, claims to an address, talks with a
//! host.
//! Plain data, no I/O.

use std::net::IpAddr;
use std::time::Duration;

use super::{ConnectFault, TlsFault};

/// A train of echo requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Train {
    pub count: u16,
    /// Between two of them.
    pub gap: Duration,
    /// No answer is awaited longer than this.
    pub wait: Duration,
    /// Bytes of data in each; they are never fragmented by this machine.
    pub size: usize,
}

/// What came back of a train.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrainSeen {
    pub sent: u16,
    /// Round trips of those that were answered, in the order of sending.
    pub rtts: Vec<Duration>,
    /// This user may not send echo requests.
    pub denied: bool,
}

impl TrainSeen {
    /// How many were not answered.
    pub fn lost(&self) -> usize {
        usize::from(self.sent).saturating_sub(self.rtts.len())
    }

    /// The middle round trip.
    pub fn median(&self) -> Option<Duration> {
        let mut sorted = self.rtts.clone();
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).copied()
    }
}

/// The way the kernel would send a packet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hop {
    pub interface: String,
    /// None where the address is on the wire itself.
    pub gateway: Option<IpAddr>,
    /// Our own address on that way.
    pub source: Option<IpAddr>,
    /// Largest packet, bytes.
    pub mtu: u32,
}

/// Why there is no way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RouteFault {
    /// No route leads there.
    None,
    /// A route of this machine forbids it (prohibit, blackhole, unreachable).
    Forbidden,
    Other(String),
}

/// Who answers for an address of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    Nobody,
    /// Another device, by its hardware address.
    Other(String),
    /// It cannot be asked, with the reason.
    Untold(String),
}

/// What became of a message to a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Talk {
    NoConnection(ConnectFault),
    NoHandshake(TlsFault),
    /// Its certificate is not one to send anything to.
    NotTrusted,
    /// It took the message and said nothing.
    Silent,
    Closed,
    /// What came back is no frame.
    Garbage,
    Answer {
        /// The frame without its length.
        bytes: Vec<u8>,
        took: Duration,
    },
}

/// What became of asking for a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    NoConnection(ConnectFault),
    Silent,
    /// No HTTP.
    Garbage,
    Answer {
        status: u16,
        /// Where it sends us to.
        location: String,
        /// A body came with it.
        body: bool,
    },
}

/// One station on the way to a host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HopSeen {
    /// None where nobody answered from there.
    pub ip: Option<IpAddr>,
    pub sent: u16,
    /// Round trips of the answers.
    pub rtts: Vec<Duration>,
}

impl HopSeen {
    /// How many of a hundred were not answered.
    pub fn lost_percent(&self) -> u32 {
        let sent = u32::from(self.sent).max(1);
        sent.saturating_sub(self.rtts.len() as u32) * 100 / sent
    }
}

/// How a way ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TraceEnd {
    /// The host accepts connections at its port.
    Open,
    /// The host itself refuses them.
    Refused,
    /// A station, or the host, says that it cannot or must not go on.
    Said { by: IpAddr, forbidden: bool },
    /// Nobody says anything any more behind the last station.
    Silent,
    /// No route, or a rule of this machine forbids it: nothing was sent.
    NotSent,
    /// Nobody answers for the first station on the wire.
    NoNeighbour,
    /// This system cannot trace, with the reason.
    Untold(String),
}

/// The way to a host, station by station.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceSeen {
    /// From the first on; the last is the last that said something, or the host.
    pub hops: Vec<HopSeen>,
    pub end: TraceEnd,
}
