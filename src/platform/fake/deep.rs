//! The deeper questions to a machine in a file: echoes, routes, talks with a host.

use std::net::{IpAddr, SocketAddr};

use serde::Deserialize;

use super::{Machine, PortEntry, Way, ms};
use crate::model::bytes_of;
use crate::platform::{
    ConnectFault, FileSeen, Hop, HopSeen, Page, RouteFault, Talk, TlsAsk, TraceEnd, TraceSeen, Train, TrainSeen,
    Trouble, Trust,
};

/// A file system.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpaceEntry {
    pub total: u64,
    pub free: u64,
    #[serde(default)]
    pub inodes: u64,
    #[serde(default)]
    pub inodes_free: u64,
}

/// How an address answers a train of echoes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EchoEntry {
    pub ip: IpAddr,
    #[serde(default = "super::few_ms")]
    pub rtt_ms: f64,
    /// Of a hundred, so many are lost.
    #[serde(default)]
    pub lost_percent: u16,
    /// Data bytes that still get through.
    #[serde(default)]
    pub most: Option<usize>,
}

impl Machine {
    pub(super) fn file_seen(&self, path: &str) -> Result<FileSeen, Trouble> {
        if let Some(text) = self.files.get(path) {
            return Ok(FileSeen { size: text.len() as u64, changed_us: 1, folder: false });
        }
        let below = format!("{}/", path.trim_end_matches('/'));
        let folder =
            self.folders.iter().any(|folder| folder == path) || self.files.keys().any(|f| f.starts_with(&below));
        if folder { Ok(FileSeen { folder, ..FileSeen::default() }) } else { Err(Trouble::Missing) }
    }

    pub(super) fn echoes(&self, to: IpAddr, train: Train) -> TrainSeen {
        let mut seen = TrainSeen { sent: train.count, ..TrainSeen::default() };
        if !matches!(self.way(to), Way::Through) {
            return seen;
        }
        let neighbour = self.neighbour.iter().find(|entry| entry.ip == to);
        if neighbour.is_some_and(|entry| entry.denied) {
            seen.denied = true;
            return seen;
        }
        let near = neighbour.and_then(|entry| entry.ping_ms).map(|rtt_ms| (rtt_ms, 0, None));
        let entry = self.echo.iter().find(|entry| entry.ip == to);
        let Some((rtt, lost, most)) = entry.map(|entry| (entry.rtt_ms, entry.lost_percent, entry.most)).or(near) else {
            return seen;
        };
        if most.is_some_and(|most| train.size > most) {
            return seen;
        }
        // Every hundredth that is lost is spread evenly.
        let kept = (0..train.count).filter(|nth| (nth * lost) % 100 + lost < 100 || lost == 0);
        let kept = if lost == 0 { train.count } else { u16::try_from(kept.count()).unwrap_or(0) };
        seen.rtts = vec![ms(rtt); usize::from(kept)];
        seen
    }

    pub(super) fn hop(&self, to: IpAddr) -> Result<Hop, RouteFault> {
        match self.unrouted.get(&to).map(String::as_str) {
            Some("none") => return Err(RouteFault::None),
            Some(_) => return Err(RouteFault::Forbidden),
            None => {}
        }
        let view = self.view();
        let hop = |interface: &str, gateway| Hop { interface: interface.to_owned(), gateway, source: None, mtu: 1_500 };
        if let Some(own) = view.link_of(to) {
            return Ok(hop(&own.name, None));
        }
        if to.is_loopback() {
            return Ok(hop("lo", None));
        }
        let near = view.links.iter().find(|link| link.up && link.addresses.iter().any(|address| address.covers(to)));
        if let Some(near) = near {
            return Ok(hop(&near.name, None));
        }
        let up = |name: &str| {
            view.link(name).is_some_and(|link| link.up && link.addresses.iter().any(|a| !a.is_link_local()))
        };
        let route = view.routes.iter().find(|route| up(&route.interface)).ok_or(RouteFault::None)?;
        Ok(hop(&route.interface, route.gateway))
    }

    /// The gateway, then the host, as far as packets get.
    pub(super) fn stations(&self, to: SocketAddr) -> TraceSeen {
        let hop = |ip, rtt| HopSeen { ip: Some(ip), sent: 5, rtts: vec![ms(rtt); 5] };
        let gateway = self.hop(to.ip()).ok().and_then(|hop| hop.gateway);
        let near: Vec<HopSeen> = gateway.into_iter().map(|ip| hop(ip, 1.0)).collect();
        let reached = || near.iter().cloned().chain([hop(to.ip(), 5.0)]).collect();
        match (self.way(to.ip()), self.connect(to, None).tcp) {
            (Way::None, _) => TraceSeen { hops: Vec::new(), end: TraceEnd::NotSent },
            (Way::Lost, _) => TraceSeen { hops: Vec::new(), end: TraceEnd::NoNeighbour },
            (Way::Through, Ok(_)) => TraceSeen { hops: reached(), end: TraceEnd::Open },
            (Way::Through, Err(ConnectFault::Refused)) => TraceSeen { hops: reached(), end: TraceEnd::Refused },
            (Way::Through, Err(_)) => TraceSeen { hops: near, end: TraceEnd::Silent },
        }
    }

    /// The same machine with nothing narrow on its ways.
    pub(super) fn wide(&self) -> Self {
        let mut wide = self.clone();
        for port in &mut wide.port {
            port.narrow = false;
        }
        wide
    }

    pub(super) fn answer(&self, to: SocketAddr, tls: Option<&TlsAsk>) -> Talk {
        let dialled = self.connect(to, tls);
        match (dialled.tcp, dialled.tls) {
            (Err(fault), _) => return Talk::NoConnection(fault),
            (Ok(_), Some(Err(fault))) => return Talk::NoHandshake(fault),
            (Ok(_), Some(Ok(seen)))
                if !seen.cert.as_ref().is_ok_and(|cert| cert.trust == Trust::Trusted && cert.name_ok) =>
            {
                return Talk::NotTrusted;
            }
            _ => {}
        }
        match self.port_at(to).and_then(|port| port.answer.as_deref()) {
            None | Some("silent") => Talk::Silent,
            Some("closed") => Talk::Closed,
            Some(hex) => bytes_of(hex).map_or(Talk::Garbage, |bytes| Talk::Answer { bytes, took: ms(40.0) }),
        }
    }

    pub(super) fn shown_page(&self, to: SocketAddr) -> Page {
        match self.connect(to, None).tcp {
            Err(fault) => Page::NoConnection(fault),
            Ok(_) => match self.port_at(to).and_then(|port| port.page.clone()) {
                Some((status, location)) => Page::Answer { status, body: status == 200, location },
                None => Page::Silent,
            },
        }
    }

    fn port_at(&self, to: SocketAddr) -> Option<&PortEntry> {
        self.port.iter().find(|port| port.at == to && port.fault != Some(ConnectFault::Refused))
    }
}
