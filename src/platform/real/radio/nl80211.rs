//! Wi-Fi as the kernel has it (nl80211): which interfaces there are, what each is associated with, and how well. Anybody
//! may ask, and nobody has to be on the bus. Changes nothing, scans nothing, judges nothing.
//!
//! Generic netlink over the connection that rtnetlink brings; of some 350 attributes two dozen are read, one by one:
//! what is missing, too short or new leaves the others as they are.

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Duration;

use futures_util::StreamExt as _;
use rtnetlink::packet_core::{
    NLM_F_DUMP, NLM_F_REQUEST, NetlinkDeserializable, NetlinkHeader, NetlinkMessage, NetlinkPayload,
    NetlinkSerializable, NlasIterator,
};
use rtnetlink::packet_route::link::{LinkAttribute, LinkFlags, LinkMessage, State};
use rtnetlink::proto::{ConnectionHandle, new_connection};
use rtnetlink::sys::{SocketAddr, protocols::NETLINK_GENERIC};
use tokio::task::JoinHandle;

use super::{MOST, hardware, written};
use crate::platform::Trouble;
use crate::platform::real::netlink::{Netlink, take};

const LIMIT: Duration = Duration::from_secs(1);
/// Rows of any answer that are kept.
const ROWS: usize = 512;

/// `GENL_ID_CTRL`, `CTRL_CMD_GETFAMILY` and its attributes (linux/genetlink.h).
const CONTROL: u16 = 0x10;
const GET_FAMILY: u8 = 3;
const FAMILY_ID: u16 = 1;
const FAMILY_NAME: u16 = 2;

/// `enum nl80211_commands` (linux/nl80211.h).
const GET_INTERFACE: u8 = 5;
const GET_STATION: u8 = 17;
const GET_SCAN: u8 = 32;

/// `enum nl80211_attrs`.
const IFINDEX: u16 = 3;
const IFNAME: u16 = 4;
const IFTYPE: u16 = 5;
const MAC: u16 = 6;
const STA_INFO: u16 = 21;
const WIPHY_FREQ: u16 = 38;
const BSS: u16 = 47;
const SSID: u16 = 52;

/// `enum nl80211_iftype`: those that connect to an access point.
const STATION: u32 = 2;
const P2P_CLIENT: u32 = 8;

/// `enum nl80211_sta_info`.
const STA_SIGNAL: u16 = 7;
const STA_TX_BITRATE: u16 = 8;
const STA_TX_RETRIES: u16 = 11;
const STA_TX_FAILED: u16 = 12;
const STA_SIGNAL_AVG: u16 = 13;
const STA_CONNECTED: u16 = 16;
const STA_FLAGS: u16 = 17;
const STA_BEACON_LOSS: u16 = 18;
/// `NL80211_STA_FLAG_AUTHORIZED`, as a bit.
const AUTHORIZED: u32 = 1 << 1;
/// `enum nl80211_rate_info`, in 100 kbit/s.
const RATE: u16 = 1;
const RATE_32: u16 = 5;

/// `enum nl80211_bss`.
const BSS_BSSID: u16 = 1;
const BSS_FREQUENCY: u16 = 2;
const BSS_ELEMENTS: u16 = 6;
const BSS_SIGNAL_MBM: u16 = 7;
const BSS_STATUS: u16 = 9;
const BSS_SEEN_MS_AGO: u16 = 10;
const BSS_BEACON_ELEMENTS: u16 = 11;
/// `NL80211_BSS_STATUS_ASSOCIATED`
const ASSOCIATED: u32 = 1;

/// One interface, as far as the kernel tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Interface {
    index: u32,
    pub name: String,
    pub ssid: Option<String>,
    pub mhz: Option<u16>,
    /// It is switched on, and (RFC 2863) ready to carry packets; none where the links cannot be read.
    pub up: Option<bool>,
    pub ready: Option<bool>,
    /// The access point as a peer; none where there is none.
    pub peer: Option<Peer>,
    /// What the last scans heard; none where the kernel does not tell.
    pub heard: Option<Vec<Point>>,
}

/// The connection to the access point.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Peer {
    pub address: String,
    /// Of the last packet, and on average, dBm.
    pub dbm: Option<i16>,
    pub dbm_avg: Option<i16>,
    /// Rate of sending, Mbit/s.
    pub mbit: Option<u32>,
    /// Packets sent again, given up, and beacons that did not come, since it is connected.
    pub retries: Option<u32>,
    pub failed: Option<u32>,
    pub beacon_loss: Option<u32>,
    pub connected_s: Option<u32>,
    /// Keys are agreed on; none where the driver does not tell.
    pub authorized: Option<bool>,
}

/// An access point that was heard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Point {
    pub bssid: String,
    /// Empty where it hides its name.
    pub ssid: String,
    pub mhz: Option<u16>,
    pub dbm: Option<i16>,
    pub ago_ms: u32,
    /// It is the one that the interface is associated with.
    pub ours: bool,
}

impl Interface {
    /// The access point it is associated with, as the scan has it.
    pub fn own_point(&self) -> Option<&Point> {
        self.heard.iter().flatten().find(|point| point.ours)
    }
}

/// Every interface that connects to access points; none on a kernel without nl80211.
pub(super) async fn view() -> Result<Vec<Interface>, Trouble> {
    tokio::time::timeout(LIMIT, read_all()).await.map_err(|_| Trouble::Late)?
}

async fn read_all() -> Result<Vec<Interface>, Trouble> {
    let Ok(kernel) = Kernel::open() else { return Ok(Vec::new()) };
    let family = match kernel.family("nl80211").await {
        Err(Trouble::Missing) => return Ok(Vec::new()),
        other => other?,
    };
    let rows = kernel.ask(family, GET_INTERFACE, None).await?;
    let mut found: Vec<Interface> = rows.iter().filter_map(|row| interface(row)).take(MOST).collect();
    if found.is_empty() {
        return Ok(found);
    }
    let switched = switched().await.unwrap_or_default();
    for one in &mut found {
        // Not every driver can tell each of them.
        let heard = kernel.ask(family, GET_SCAN, Some(one.index)).await;
        one.heard = heard.ok().map(|rows| rows.iter().filter_map(|row| point(row)).collect());
        let peers = kernel.ask(family, GET_STATION, Some(one.index)).await.unwrap_or_default();
        one.peer = access_point(peers.iter().filter_map(|row| peer(row)).collect(), one.own_point());
        if let Some((up, ready)) = switched.get(&one.index) {
            (one.up, one.ready) = (Some(*up), *ready);
        }
    }
    Ok(found)
}

/// Of each link whether it is switched on, and whether it is ready.
async fn switched() -> Result<HashMap<u32, (bool, Option<bool>)>, Trouble> {
    let netlink = Netlink::open()?;
    let links = take(netlink.handle.link().get().execute()).await?;
    let state = |link: &LinkMessage| {
        link.attributes.iter().find_map(|attribute| match attribute {
            LinkAttribute::OperState(State::Unknown) => None,
            LinkAttribute::OperState(state) => Some(*state == State::Up),
            _ => None,
        })
    };
    let row = |link: &LinkMessage| (link.header.index, (link.header.flags.contains(LinkFlags::Up), state(link)));
    Ok(links.iter().map(row).collect())
}

/// A generic netlink message: its command, and its attributes as they came.
#[derive(Clone, Debug)]
struct Generic {
    family: u16,
    command: u8,
    attributes: Vec<u8>,
}

impl NetlinkSerializable for Generic {
    fn message_type(&self) -> u16 {
        self.family
    }

    fn buffer_len(&self) -> usize {
        4 + self.attributes.len()
    }

    fn serialize(&self, buffer: &mut [u8]) {
        let head = [self.command, 1, 0, 0];
        for (place, byte) in buffer.iter_mut().zip(head.iter().chain(&self.attributes)) {
            *place = *byte;
        }
    }
}

impl NetlinkDeserializable for Generic {
    type Error = Infallible;

    fn deserialize(header: &NetlinkHeader, payload: &[u8]) -> Result<Self, Infallible> {
        Ok(Self {
            family: header.message_type,
            command: payload.first().copied().unwrap_or(0),
            attributes: payload.get(4..).unwrap_or_default().to_vec(),
        })
    }
}

/// A connection that ends with its owner.
struct Kernel {
    handle: ConnectionHandle<Generic>,
    task: JoinHandle<()>,
}

impl Kernel {
    fn open() -> Result<Self, Trouble> {
        let (connection, handle, _) = new_connection(NETLINK_GENERIC)?;
        Ok(Self { handle, task: tokio::spawn(connection) })
    }

    /// Number of a family, which the kernel chooses when it loads it. All of them are asked for: the kernel would try to
    /// load one that is asked for by name.
    async fn family(&self, name: &str) -> Result<u16, Trouble> {
        let known = self.ask(CONTROL, GET_FAMILY, None).await?;
        let called =
            |row: &&Vec<u8>| value(row, FAMILY_NAME).and_then(|own| own.strip_suffix(&[0])) == Some(name.as_bytes());
        let id = |row: &Vec<u8>| value(row, FAMILY_ID).and_then(number).and_then(|id| u16::try_from(id).ok());
        known.iter().find(called).and_then(id).ok_or(Trouble::Missing)
    }

    /// Everything that is known of that, of one interface or of all; attributes only.
    async fn ask(&self, family: u16, command: u8, index: Option<u32>) -> Result<Vec<Vec<u8>>, Trouble> {
        let attributes = index.map(|index| attribute(IFINDEX, &index.to_ne_bytes())).unwrap_or_default();
        let ask = NetlinkPayload::InnerMessage(Generic { family, command, attributes });
        let mut message = NetlinkMessage::new(NetlinkHeader::default(), ask);
        message.header.flags = NLM_F_REQUEST | NLM_F_DUMP;
        let said = |error: &dyn std::fmt::Display| Trouble::Other(error.to_string());
        let mut answers = self.handle.request(message, SocketAddr::new(0, 0)).map_err(|error| said(&error))?;
        let mut rows = Vec::new();
        // To its end: the kernel answers one such question of a connection at a time.
        while let Some(answer) = answers.next().await {
            match answer.payload {
                NetlinkPayload::InnerMessage(row) if rows.len() < ROWS => rows.push(row.attributes),
                NetlinkPayload::Error(error) if error.code.is_some() => return Err(error.to_io().into()),
                NetlinkPayload::Done(_) => break,
                _ => {}
            }
        }
        Ok(rows)
    }
}

impl Drop for Kernel {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An attribute as it is sent.
fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(4 + value.len()).unwrap_or(u16::MAX);
    let mut bytes = [length.to_ne_bytes(), kind.to_ne_bytes()].concat();
    bytes.extend(value);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

/// Attributes in the order in which they come, up to the first that is broken.
fn attributes(bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    NlasIterator::new(bytes).map_while(Result::ok).filter_map(|one| {
        let (kind, end) = (one.kind(), usize::from(one.length()));
        Some((kind, one.into_inner().get(4..end)?))
    })
}

fn value(bytes: &[u8], kind: u16) -> Option<&[u8]> {
    attributes(bytes).find(|(own, _)| *own == kind).map(|(_, value)| value)
}

/// A number of one, two or four bytes, in the machine's order.
fn number(value: &[u8]) -> Option<u32> {
    match *value {
        [a] => Some(u32::from(a)),
        [a, b] => Some(u32::from(u16::from_ne_bytes([a, b]))),
        [a, b, c, d] => Some(u32::from_ne_bytes([a, b, c, d])),
        _ => None,
    }
}

fn interface(row: &[u8]) -> Option<Interface> {
    let kind = value(row, IFTYPE).and_then(number)?;
    if kind != STATION && kind != P2P_CLIENT {
        return None;
    }
    let name = String::from_utf8_lossy(value(row, IFNAME)?);
    Some(Interface {
        index: value(row, IFINDEX).and_then(number)?,
        name: name.trim_end_matches('\0').to_owned(),
        ssid: value(row, SSID).and_then(written),
        mhz: value(row, WIPHY_FREQ).and_then(number).and_then(frequency),
        ..Interface::default()
    })
}

fn peer(row: &[u8]) -> Option<Peer> {
    let info = value(row, STA_INFO)?;
    let count = |kind| value(info, kind).and_then(number);
    // One byte with a sign.
    let dbm = |kind| count(kind).and_then(|byte| u8::try_from(byte).ok()).and_then(|byte| strength(byte as i8));
    let rate = |rates: &[u8]| value(rates, RATE_32).or_else(|| value(rates, RATE)).and_then(number);
    Some(Peer {
        address: value(row, MAC).map(hardware).unwrap_or_default(),
        dbm: dbm(STA_SIGNAL),
        dbm_avg: dbm(STA_SIGNAL_AVG),
        mbit: value(info, STA_TX_BITRATE).and_then(rate).filter(|rate| *rate > 0).map(|rate| (rate / 10).max(1)),
        retries: count(STA_TX_RETRIES),
        failed: count(STA_TX_FAILED),
        beacon_loss: count(STA_BEACON_LOSS),
        connected_s: count(STA_CONNECTED),
        authorized: value(info, STA_FLAGS).and_then(authorized),
    })
}

/// Of several peers (others may be talked to directly) the access point; the first where no scan tells which it is.
fn access_point(mut peers: Vec<Peer>, point: Option<&Point>) -> Option<Peer> {
    let at = peers.iter().position(|peer| point.is_some_and(|point| point.bssid == peer.address)).unwrap_or(0);
    (at < peers.len()).then(|| peers.swap_remove(at))
}

/// `struct nl80211_sta_flag_update`: which flags are told, and which of them are set.
fn authorized(update: &[u8]) -> Option<bool> {
    let (told, set) = update.split_at_checked(4)?;
    let (told, set) = (number(told)?, number(set.get(..4)?)?);
    (told & AUTHORIZED != 0).then_some(set & AUTHORIZED != 0)
}

fn point(row: &[u8]) -> Option<Point> {
    let bss = value(row, BSS)?;
    let own = |kind| value(bss, kind).and_then(number);
    let elements = value(bss, BSS_ELEMENTS).or_else(|| value(bss, BSS_BEACON_ELEMENTS)).unwrap_or_default();
    // Hundredths of a dBm, with a sign.
    let dbm = own(BSS_SIGNAL_MBM).and_then(|mbm| i8::try_from(mbm.cast_signed() / 100).ok());
    Some(Point {
        bssid: hardware(value(bss, BSS_BSSID)?),
        ssid: name_in(elements).unwrap_or_default(),
        mhz: own(BSS_FREQUENCY).and_then(frequency),
        dbm: dbm.and_then(strength),
        ago_ms: own(BSS_SEEN_MS_AGO).unwrap_or(0),
        ours: own(BSS_STATUS) == Some(ASSOCIATED),
    })
}

/// The network's name among the elements of a beacon (IEEE 802.11, 9.4.2: number, length, content; the name is 0).
fn name_in(mut elements: &[u8]) -> Option<String> {
    while let [kind, length, rest @ ..] = elements {
        let (content, behind) = rest.split_at_checked(usize::from(*length))?;
        if *kind == 0 {
            // One that hides it sends zeros.
            return written(content);
        }
        elements = behind;
    }
    None
}

/// Drivers say 0 or +127 for what they do not know.
fn strength(dbm: i8) -> Option<i16> {
    Some(i16::from(dbm)).filter(|dbm| (-120..0).contains(dbm))
}

fn frequency(mhz: u32) -> Option<u16> {
    u16::try_from(mhz).ok().filter(|mhz| *mhz > 0)
}
