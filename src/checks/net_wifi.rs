//! `net.wifi`: is each Wi-Fi connected, how well, and if not, why: a wrong password and an access point that has gone
//! are two different things.

use std::time::Duration;

use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Fact, Finding, Status};
use crate::platform::{Fut, WifiSeen};

/// Below this sales begin to time out, dBm; below the second hardly anything gets through.
const WEAK: i16 = -72;
const POOR: i16 = -82;
/// IEEE 802.11 reason codes that a wrong password leaves: 4-way handshake timeout, wrong MIC, 802.1X failed.
const PASSWORD: [i32; 4] = [14, 15, 2, 23];

/// IEEE 802.11 reason code of a station that fell silent.
const SILENT: i32 = 4;
/// States in which the supplicant looks for a network.
const LOOKING: [&str; 3] = ["scanning", "disconnected", "inactive"];
/// State of a radio that is switched off.
const OFF: &str = "interface_disabled";
/// Networks that are named where nobody knows which of them is meant.
const NAMED: usize = 3;

/// Moves to another access point that are kept.
const ROAMS: usize = 8;

pub(super) struct NetWifi;

const SPEC: CheckSpec = CheckSpec {
    id: "net.wifi",
    area: Area::Network,
    screen: "21",
    every: Duration::from_secs(30),
    limit: Duration::from_secs(5),
    needs: &[],
};

impl Check for NetWifi {
    fn spec(&self) -> &'static CheckSpec {
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            match cx.host.radios().await {
                Ok(radios) if radios.wifi.is_empty() && !radios.wifi_trouble.is_empty() => {
                    vec![SPEC.found(&cx, Status::Unknown, "net-wifi-unknown").fact("reason", radios.wifi_trouble)]
                }
                Ok(radios) if radios.wifi.is_empty() => vec![SPEC.found(&cx, Status::Absent, "net-wifi-none")],
                Ok(radios) => {
                    let retries = retries(&cx).await;
                    radios.wifi.iter().map(|wifi| look(&cx, wifi, &retries)).collect()
                }
                Err(trouble) => {
                    vec![SPEC.found(&cx, Status::Unknown, "net-wifi-unknown").fact("reason", trouble.to_string())]
                }
            }
        })
    }
}

/// Packets by interface that came through only after many tries, or not at all, since it was switched on, of drivers
/// that nl80211 does not know. Not every driver counts them.
async fn retries(cx: &Cx) -> Vec<(String, i64)> {
    let text = cx.host.read("/proc/net/wireless", 16 * 1024).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    let of_line = |line: &str| {
        let (name, rest) = line.split_once(':')?;
        // Status, link, level, noise; then nwid, crypt, frag, retry, misc, and missed beacons.
        Some((name.trim().to_owned(), rest.split_whitespace().nth(7)?.parse().ok()?))
    };
    text.lines().filter_map(of_line).collect()
}

/// How often it went to another access point of the same network, and the newest of these moments.
fn roams(cx: &Cx, wifi: &WifiSeen) -> Vec<String> {
    let id = format!("{}:{}", SPEC.id, wifi.interface);
    let Some(before) = cx.previous.iter().find(|found| found.id == id) else { return Vec::new() };
    let mut roams = match before.facts.get("roams") {
        Some(Fact::List(roams)) => roams.clone(),
        _ => Vec::new(),
    };
    let was = |name: &str| match before.facts.get(name) {
        Some(Fact::Text(text)) => text.as_str(),
        _ => "",
    };
    let moved = !was("bssid").is_empty() && !wifi.bssid.is_empty() && was("bssid") != wifi.bssid;
    if moved && was("ssid") == wifi.ssid {
        roams.push(format!("{} {} > {}", cx.now.strftime("%m-%d %H:%M"), was("bssid"), wifi.bssid));
    }
    roams.drain(..roams.len().saturating_sub(ROAMS));
    roams
}

/// Where only the kernel tells, the network that it was on before is the one that is wanted, until it is switched off.
fn remembered(cx: &Cx, wifi: &WifiSeen) -> WifiSeen {
    let mut wifi = wifi.clone();
    if !wifi.kernel_only || !wifi.ssid.is_empty() || wifi.state == OFF {
        return wifi;
    }
    let id = format!("{}:{}", SPEC.id, wifi.interface);
    let before = cx.previous.iter().find(|found| found.id == id).and_then(|found| found.facts.get("ssid"));
    if let Some(Fact::Text(ssid)) = before {
        wifi.ssid.clone_from(ssid);
        wifi.wanted_heard = wifi.names.contains(ssid);
    }
    wifi
}

fn look(cx: &Cx, wifi: &WifiSeen, retries: &[(String, i64)]) -> Finding {
    let wifi = &remembered(cx, wifi);
    let (status, code) = match wifi {
        WifiSeen { state, dbm, .. } if state == "completed" => match dbm {
            Some(dbm) if *dbm < POOR => (Status::Warning, "net-wifi-poor"),
            Some(dbm) if *dbm < WEAK => (Status::Warning, "net-wifi-weak"),
            Some(_) => (Status::Ok, "net-wifi-ok"),
            None => (Status::Ok, "net-wifi-unmeasured"),
        },
        // Nobody tells what it is for; it may be a spare one.
        WifiSeen { ssid, kernel_only: true, state, .. } if ssid.is_empty() && state != OFF => {
            (Status::Absent, "net-wifi-idle")
        }
        // Nobody has chosen a network: a radio that is not used.
        WifiSeen { ssid, .. } if ssid.is_empty() => (Status::Absent, "net-wifi-unused"),
        WifiSeen { wanted_heard: true, reason, .. } if PASSWORD.contains(&reason.abs()) => {
            (Status::Fail, "net-wifi-password")
        }
        // The kernel does not tell whether anybody looks for it: one that hears nothing may have been left alone.
        WifiSeen { wanted_heard: false, kernel_only: true, heard: 0, .. } => (Status::Fail, "net-wifi-lost"),
        WifiSeen { wanted_heard: false, .. } => (Status::Fail, "net-wifi-gone"),
        // We ourselves gave it up because it fell silent, and are looking for it: it is in the list of the last scan.
        WifiSeen { state, reason, .. } if *reason == -SILENT && LOOKING.contains(&state.as_str()) => {
            (Status::Fail, "net-wifi-gone")
        }
        _ => (Status::Fail, "net-wifi-off"),
    };
    // A wrong password stays wrong however often it is tried, and of a network that has gone while others are heard
    // another one has to be chosen. A radio that hears nothing at all may only have to be started anew.
    let choose = code == "net-wifi-password" || code == "net-wifi-gone" && wifi.heard > 0;
    let remedy = if choose { "net-setup" } else { "restart-network" };
    let mut found = SPEC.found(cx, status, code).about(&wifi.interface).remedy(remedy);
    if let Some(dbm) = wifi.dbm {
        found = found.fact("dbm", i64::from(dbm));
    }
    if let Some(mhz) = wifi.mhz {
        found = found.fact("mhz", u32::from(mhz)).fact("channel", channel(mhz));
    }
    if let Some(mbit) = wifi.mbit {
        found = found.fact("mbit", mbit);
    }
    let table = retries.iter().find(|(name, _)| *name == wifi.interface).map(|(_, count)| *count);
    // The table has of the kernel's own figures only those that were given up, under another name.
    let kernel = wifi.kernel_only || wifi.retries.is_some() || wifi.failed.is_some();
    let counts = [
        ("retries", wifi.retries.map(i64::from).or(table.filter(|_| !kernel))),
        ("failed", wifi.failed.map(i64::from)),
        ("beacon_loss", wifi.beacon_loss.map(i64::from)),
        ("connected_s", wifi.connected_s.map(i64::from)),
        ("dbm_avg", wifi.dbm_avg.map(i64::from)),
    ];
    for (name, count) in counts.into_iter().filter_map(|(name, count)| Some((name, count?))) {
        found = found.fact(name, count);
    }
    let roams = roams(cx, wifi);
    // While it is between two of them it has none: the last one is what the next is compared with.
    let id = found.id.clone();
    let last = cx.previous.iter().find(|before| before.id == id).and_then(|before| before.facts.get("bssid")).cloned();
    let bssid = if wifi.bssid.is_empty() { last } else { Some(Fact::from(wifi.bssid.as_str())) };
    if let Some(bssid) = bssid {
        found = found.fact("bssid", bssid);
    }
    found
        .fact("roams_count", roams.len())
        .fact("roams", roams)
        .fact("interface", wifi.interface.as_str())
        .fact("ssid", meant(cx, wifi))
        .fact("state", wifi.state.as_str())
        .fact("reason", i64::from(wifi.reason))
        .fact("heard", wifi.heard)
}

/// The network it is about: where none of several wanted ones is heard, the one it was on before, else all of them.
fn meant(cx: &Cx, wifi: &WifiSeen) -> String {
    if wifi.wanted_heard || wifi.wanted.len() < 2 {
        return wifi.ssid.clone();
    }
    let id = format!("{}:{}", SPEC.id, wifi.interface);
    let before = cx.previous.iter().find(|found| found.id == id).and_then(|found| found.facts.get("ssid"));
    match before {
        Some(Fact::Text(ssid)) if wifi.wanted.contains(ssid) => ssid.clone(),
        _ => wifi.wanted.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", "),
    }
}

/// Number of a channel by its frequency.
const fn channel(mhz: u16) -> u32 {
    (match mhz {
        2_484 => 14,
        2_412..=2_472 => (mhz - 2_407) / 5,
        5_000..=5_895 => (mhz - 5_000) / 5,
        5_955..=7_115 => (mhz - 5_950) / 5,
        _ => 0,
    }) as u32
}
