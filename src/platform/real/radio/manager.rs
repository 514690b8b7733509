//! Wi-Fi as `NetworkManager` has it, which anybody may ask: the network that is wanted where the supplicant does not
//! know it any more, and everything where the supplicant tells this user nothing.

use std::collections::HashMap;

use zbus::{Connection, OwnedObjectPath, OwnedVariant};

use super::told::Ears;
use super::{HEARD, MOST, NM, Properties, WANTED, all, choose, get, path_of, written};
use crate::platform::real::bus::call_at;
use crate::platform::{Trouble, WifiSeen};

/// `NM_DEVICE_TYPE_WIFI`
const WIFI: u32 = 2;
/// `NM_DEVICE_STATE_UNMANAGED`: what it has saved is not for this one.
const UNMANAGED: u32 = 10;
/// `NM_DEVICE_STATE_ACTIVATED`
const ACTIVATED: u32 = 100;
/// `NM_DEVICE_STATE_REASON_NO_SECRETS`: it would ask for another password.
const NO_SECRETS: u32 = 7;
/// IEEE 802.11 reason code of a handshake that timed out, as a wrong password leaves it.
pub(super) const HANDSHAKE: i32 = 15;

/// Adds to what the supplicant told, or tells in its place.
pub(super) async fn amend(
    bus: &Connection,
    own: Result<Vec<WifiSeen>, Trouble>,
    ears: &Ears,
) -> Result<Vec<WifiSeen>, Trouble> {
    ears.listen(bus).await;
    let wanting = |seen: &WifiSeen| seen.ssid.is_empty();
    match &own {
        Ok(all) if !all.is_empty() && !all.iter().any(wanting) => return own,
        _ => {}
    }
    let Ok(managed) = devices(bus, ears).await else { return own };
    match own {
        Ok(mut all) if !all.is_empty() => {
            for seen in all.iter_mut().filter(|seen| wanting(seen)) {
                let Some(other) = managed.iter().find(|other| other.interface == seen.interface) else { continue };
                seen.ssid.clone_from(&other.ssid);
                seen.wanted_heard = other.wanted_heard;
                seen.wanted.clone_from(&other.wanted);
                seen.reason = if seen.reason == 0 { other.reason } else { seen.reason };
            }
            Ok(all)
        }
        // Nothing managed is nothing there, and only then it matters that the supplicant is mute.
        Err(trouble) if managed.is_empty() => Err(trouble),
        _ => Ok(managed),
    }
}

async fn devices(bus: &Connection, ears: &Ears) -> Result<Vec<WifiSeen>, Trouble> {
    let root = all(bus, NM, "/org/freedesktop/NetworkManager", NM).await?;
    let paths: Vec<OwnedObjectPath> = get(&root, "Devices").unwrap_or_default();
    let mut found = Vec::new();
    let mut wanted: Option<Vec<String>> = None;
    for path in paths.iter().take(64) {
        let device = all(bus, NM, path, "org.freedesktop.NetworkManager.Device").await?;
        let strange = get(&device, "State") == Some(UNMANAGED);
        if get(&device, "DeviceType") != Some(WIFI) || strange || found.len() >= MOST {
            continue;
        }
        let radio = all(bus, NM, path, "org.freedesktop.NetworkManager.Device.Wireless").await?;
        let mut seen = one(bus, (&device, &radio), ears.why(path)).await;
        if seen.ssid.is_empty() {
            let names = heard(bus, &radio).await;
            if wanted.is_none() {
                wanted = Some(saved(bus).await.unwrap_or_default());
            }
            choose(&mut seen, wanted.as_deref().unwrap_or_default(), &names);
        }
        found.push(seen);
    }
    Ok(found)
}

/// `failed` is why it failed last, as it was heard: its own state keeps that for a moment only.
async fn one(bus: &Connection, (device, radio): (&Properties, &Properties), failed: Option<u32>) -> WifiSeen {
    let state: u32 = get(device, "State").unwrap_or(0);
    let (_, own): (u32, u32) = get(device, "StateReason").unwrap_or_default();
    let password = state != ACTIVATED && (own == NO_SECRETS || failed == Some(NO_SECRETS));
    let points: Vec<OwnedObjectPath> = get(radio, "AccessPoints").unwrap_or_default();
    let mut seen = WifiSeen {
        interface: get(device, "Interface").unwrap_or_default(),
        state: if state == ACTIVATED { "completed" } else { "disconnected" }.to_owned(),
        reason: if password { HANDSHAKE } else { 0 },
        heard: points.len(),
        ..WifiSeen::default()
    };
    if let Some(path) = path_of(radio, "ActiveAccessPoint") {
        let point = all(bus, NM, &path, "org.freedesktop.NetworkManager.AccessPoint").await.unwrap_or_default();
        // Its percent are twice the dB above -100 (nm-wifi-utils.c).
        seen.dbm = get::<u8>(&point, "Strength").map(|percent| i16::from(percent.min(100)) / 2 - 100);
        seen.mhz = get::<u32>(&point, "Frequency").and_then(|mhz| u16::try_from(mhz).ok());
        seen.mbit = get::<u32>(radio, "Bitrate").filter(|rate| *rate > 0).map(|rate| rate / 1_000);
        seen.bssid = get::<String>(&point, "HwAddress").unwrap_or_default().to_lowercase();
        seen.ssid = get::<Vec<u8>>(&point, "Ssid").and_then(|bytes| written(&bytes)).unwrap_or_default();
        seen.wanted_heard = true;
    }
    seen
}

/// Names of the networks that are heard.
async fn heard(bus: &Connection, radio: &Properties) -> Vec<String> {
    let points: Vec<OwnedObjectPath> = get(radio, "AccessPoints").unwrap_or_default();
    let mut names = Vec::new();
    for path in points.iter().take(HEARD) {
        let point = all(bus, NM, path, "org.freedesktop.NetworkManager.AccessPoint").await.unwrap_or_default();
        names.extend(get::<Vec<u8>>(&point, "Ssid").and_then(|bytes| written(&bytes)));
    }
    names
}

/// Names of the Wi-Fi networks that are saved to be connected to by themselves, the one used last first. Passwords are not among what is told.
async fn saved(bus: &Connection) -> Result<Vec<String>, Trouble> {
    let settings = "org.freedesktop.NetworkManager.Settings";
    let root = all(bus, NM, "/org/freedesktop/NetworkManager/Settings", settings).await?;
    let paths: Vec<OwnedObjectPath> = get(&root, "Connections").unwrap_or_default();
    let mut names: Vec<(u64, String)> = Vec::new();
    for path in paths.iter().take(WANTED) {
        let face = "org.freedesktop.NetworkManager.Settings.Connection";
        let profile: HashMap<String, HashMap<String, OwnedVariant>> =
            call_at(bus, (NM, path.as_str()), face, "GetSettings", &()).await?;
        let own = profile.get("connection");
        let by_itself = own.and_then(|own| get(own, "autoconnect")).unwrap_or(true);
        let ssid: Option<Vec<u8>> = profile.get("802-11-wireless").and_then(|wifi| get(wifi, "ssid"));
        // When it was used last, seconds since 1970; never is 0.
        let used: u64 = own.and_then(|own| get(own, "timestamp")).unwrap_or(0);
        if by_itself {
            names.extend(ssid.and_then(|bytes| written(&bytes)).map(|name| (used, name)));
        }
    }
    names.sort_by_key(|(used, _)| std::cmp::Reverse(*used));
    Ok(names.into_iter().map(|(_, name)| name).collect())
}
