//! The kernel's own figures beside what the supplicant and the manager say. Its figures are the freshest, and an
//! interface nobody else knows is there all the same; what is wanted, and why that failed, only the others know.

use super::HEARD_S;
use super::nl80211::{Interface, Peer, Point};
use crate::platform::{Radios, Trouble, WifiSeen};

/// States, in the supplicant's words.
const COMPLETED: &str = "completed";
const DISCONNECTED: &str = "disconnected";
const HANDSHAKE: &str = "4way_handshake";
const OFF: &str = "interface_disabled";
/// States in which whoever tells them sees no access point; the manager is also in one of them while it waits for an
/// address.
const APART: [&str; 3] = [DISCONNECTED, "inactive", OFF];

/// Both together. Where the others cannot be read the kernel alone has to do.
pub(super) fn merge(told: Result<Radios, Trouble>, kernel: &[Interface]) -> Result<Radios, Trouble> {
    let mut radios = match told {
        Ok(radios) => radios,
        Err(trouble) if kernel.is_empty() => return Err(trouble),
        Err(trouble) => {
            Radios { wifi_trouble: trouble.to_string(), modem_trouble: trouble.to_string(), ..Radios::default() }
        }
    };
    for own in kernel {
        match radios.wifi.iter_mut().find(|seen| seen.interface == own.name) {
            Some(seen) => amend(seen, own),
            None => radios.wifi.push(alone(own)),
        }
    }
    Ok(radios)
}

fn amend(seen: &mut WifiSeen, own: &Interface) {
    let state = state(own);
    if associated(own) {
        if state == COMPLETED && APART.contains(&seen.state.as_str()) {
            (seen.state, seen.reason) = (COMPLETED.to_owned(), 0);
        }
        figures(seen, own);
    } else if seen.state == COMPLETED && own.heard.is_some() && own.ready != Some(true) {
        // The manager hears of it seconds later.
        *seen = WifiSeen {
            interface: std::mem::take(&mut seen.interface),
            state: state.to_owned(),
            wanted_heard: names(own).contains(&seen.ssid),
            ssid: std::mem::take(&mut seen.ssid),
            wanted: std::mem::take(&mut seen.wanted),
            reason: seen.reason,
            heard: seen.heard,
            ..WifiSeen::default()
        };
    }
}

/// An interface that nobody else tells of.
fn alone(own: &Interface) -> WifiSeen {
    let names = names(own);
    let ssid = own.ssid.clone().unwrap_or_default();
    let mut seen = WifiSeen {
        interface: own.name.clone(),
        state: state(own).to_owned(),
        wanted_heard: names.contains(&ssid),
        ssid,
        heard: fresh(own).count(),
        kernel_only: true,
        names,
        ..WifiSeen::default()
    };
    if associated(own) {
        figures(&mut seen, own);
    }
    seen
}

/// How well it is connected.
fn figures(seen: &mut WifiSeen, own: &Interface) {
    let (none, nowhere) = (Peer::default(), Point::default());
    let (peer, point) = (own.peer.as_ref().unwrap_or(&none), own.own_point().unwrap_or(&nowhere));
    seen.dbm = peer.dbm.or(peer.dbm_avg).or(point.dbm).or(seen.dbm);
    seen.dbm_avg = peer.dbm_avg;
    seen.mhz = point.mhz.or(own.mhz).or(seen.mhz);
    seen.mbit = peer.mbit.or(seen.mbit);
    for bssid in [&peer.address, &point.bssid].into_iter().filter(|bssid| !bssid.is_empty()) {
        seen.bssid.clone_from(bssid);
    }
    for ssid in [Some(&point.ssid), own.ssid.as_ref()].into_iter().flatten().filter(|ssid| !ssid.is_empty()) {
        seen.ssid.clone_from(ssid);
    }
    seen.wanted_heard = true;
    (seen.retries, seen.failed, seen.beacon_loss) = (peer.retries, peer.failed, peer.beacon_loss);
    seen.connected_s = peer.connected_s;
}

fn associated(own: &Interface) -> bool {
    own.peer.is_some() || own.own_point().is_some()
}

fn state(own: &Interface) -> &'static str {
    let authorized = own.peer.as_ref().and_then(|peer| peer.authorized);
    match (own.up, associated(own)) {
        (Some(false), _) => OFF,
        (_, false) => DISCONNECTED,
        // Not every driver tells of its keys: then a link that is ready has them.
        _ if authorized == Some(true) || own.ready.unwrap_or(authorized.is_none()) => COMPLETED,
        _ => HANDSHAKE,
    }
}

/// Access points that are heard: the kernel keeps those that have gone for a while, and the one it is on for good.
fn fresh(own: &Interface) -> impl Iterator<Item = &Point> {
    own.heard.iter().flatten().filter(|point| point.ours || point.ago_ms <= HEARD_S * 1_000)
}

fn names(own: &Interface) -> Vec<String> {
    let mut names: Vec<String> = fresh(own).map(|point| point.ssid.clone()).filter(|name| !name.is_empty()).collect();
    names.sort();
    names.dedup();
    names
}
