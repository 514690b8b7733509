//! New settings by NetworkManager: what devices and Wi-Fi networks there are, and a new profile beside those that
//! stand. The new one is in NetworkManager's memory only until it is saved; no profile is ever changed in its place.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use futures_util::StreamExt as _;
use zbus::{Connection, MessageStream, OwnedObjectPath, OwnedVariant};

use super::nm::{
    ACTIVATED, ACTIVATING, ACTIVE, BUS, DEVICE, Profile, ROOT, SETTINGS, SETTINGS_FACE, STEP, bus, call, device,
    object, own, paths, property, said, text,
};
use crate::model::{NetChange, NetDevice, NetKind, NetProfile, NetSeen, WifiLock, WifiNear, bytes_of, ssid_name};
use crate::platform::{SetUp, Trouble};

const PROFILE: &str = "org.freedesktop.NetworkManager.Settings.Connection";
const WIRELESS: &str = "org.freedesktop.NetworkManager.Device.Wireless";
const POINT: &str = "org.freedesktop.NetworkManager.AccessPoint";
/// For looking without a scan.
const LOOK: Duration = Duration::from_secs(3);
/// A scan takes this long at most.
const SCAN: Duration = Duration::from_secs(6);
/// Networks that are shown.
const MOST: usize = 40;
/// `NM_SETTINGS_ADD_CONNECTION2_FLAG_IN_MEMORY`, `NM_SETTINGS_UPDATE2_FLAG_TO_DISK`
const IN_MEMORY: u32 = 2;
const TO_DISK: u32 = 1;
/// A device in this state has failed to connect (`NM_DEVICE_STATE_FAILED`).
const FAILED: u32 = 120;
/// One in this state can be connected (`NM_DEVICE_STATE_DISCONNECTED`).
const USABLE: u32 = 30;
/// A radio stays off for so long, and is given so long to be there again.
const RADIO_OFF: Duration = Duration::from_secs(2);
const RADIO_ON: Duration = Duration::from_secs(12);
/// The mobile network's way is taken before a cable's (100) and a radio's (600).
const FIRST: i64 = 50;
/// Sections whose secrets belong to a profile.
const SECRETS: [&str; 4] = ["802-11-wireless-security", "802-1x", "gsm", "pppoe"];

/// Settings of one section.
type Section = HashMap<String, OwnedVariant>;

/// What can be set up, with `scan` also the networks in reach.
pub async fn look(scan: bool) -> Result<NetSeen, Trouble> {
    let limit = if scan { SCAN + LOOK } else { LOOK };
    tokio::time::timeout(limit, list(scan)).await.map_err(|_| Trouble::Late)?
}

async fn list(scan: bool) -> Result<NetSeen, Trouble> {
    let bus = bus().await?;
    let mut seen = NetSeen { scanned: scan, profiles: profiles(&bus).await?, ..NetSeen::default() };
    for path in paths(&bus).await? {
        let Some(found) = one(&bus, path.as_str()).await? else { continue };
        if found.kind == NetKind::Wifi && scan {
            seen.wifi.extend(networks(&bus, path.as_str()).await.unwrap_or_default());
        }
        seen.devices.push(found);
    }
    seen.wifi.sort_by_key(|near| std::cmp::Reverse((near.active, near.strength)));
    let mut names = std::collections::HashSet::new();
    seen.wifi.retain(|near| names.insert(near.ssid.clone()));
    seen.wifi.truncate(MOST);
    Ok(seen)
}

/// A device that can be set up; none for bridges, tunnels and what nobody manages.
async fn one(bus: &Connection, path: &str) -> Result<Option<NetDevice>, Trouble> {
    let number = u32::try_from(property(bus, path, DEVICE, "DeviceType").await?).map_err(said)?;
    let managed = bool::try_from(property(bus, path, DEVICE, "Managed").await?).map_err(said)?;
    // NM_DEVICE_TYPE_ETHERNET, _VETH, _WIFI, _MODEM
    let kind = match number {
        1 | 20 => NetKind::Wired,
        2 => NetKind::Wifi,
        8 => NetKind::Cell,
        _ => return Ok(None),
    };
    if !managed {
        return Ok(None);
    }
    let interface = text(property(bus, path, DEVICE, "Interface").await?)?;
    let mut found = NetDevice { interface, kind, ..NetDevice::default() };
    let active = object(property(bus, path, DEVICE, "ActiveConnection").await?)?;
    if active.as_str() != "/" {
        found.profile = Some(text(property(bus, active.as_str(), ACTIVE, "Uuid").await?)?);
        let profile = object(property(bus, active.as_str(), ACTIVE, "Connection").await?)?;
        let settings: Profile = call(bus, profile.as_str(), PROFILE, "GetSettings", &()).await?;
        let metric = settings.get("ipv4").and_then(|ipv4| i64::try_from(ipv4.get("route-metric")?.clone()).ok());
        found.automatic = word(&settings, "ipv4", "method").map(|method| method == "auto");
        found.apn = word(&settings, "gsm", "apn");
        found.first = metric == Some(FIRST);
        found.ssid = ssid(&settings);
    }
    Ok(Some(found))
}

/// Profiles of radios and modems.
async fn profiles(bus: &Connection) -> Result<Vec<NetProfile>, Trouble> {
    let all: Vec<OwnedObjectPath> = call(bus, SETTINGS, SETTINGS_FACE, "ListConnections", &()).await?;
    let mut found = Vec::new();
    for path in all {
        let Ok(settings) = call::<_, Profile>(bus, path.as_str(), PROFILE, "GetSettings", &()).await else { continue };
        let kind = match word(&settings, "connection", "type").as_deref() {
            Some("802-11-wireless") => NetKind::Wifi,
            Some("gsm") => NetKind::Cell,
            _ => continue,
        };
        let Some(uuid) = word(&settings, "connection", "uuid") else { continue };
        found.push(NetProfile { uuid, kind, ssid: ssid(&settings), apn: word(&settings, "gsm", "apn") });
    }
    Ok(found)
}

fn word(settings: &Profile, section: &str, key: &str) -> Option<String> {
    text(settings.get(section)?.get(key)?.clone()).ok()
}

fn ssid(settings: &Profile) -> Option<String> {
    let ssid = settings.get("802-11-wireless")?.get("ssid")?.clone();
    Vec::<u8>::try_from(ssid).ok().map(|bytes| hex(&bytes))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        // Writing into a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The networks that this radio hears, after a fresh look.
async fn networks(bus: &Connection, path: &str) -> Result<Vec<WifiNear>, Trouble> {
    let last = async || i64::try_from(property(bus, path, WIRELESS, "LastScan").await?).map_err(said);
    let before = last().await.ok();
    let nothing: HashMap<String, OwnedVariant> = HashMap::new();
    let asked: Result<(), Trouble> = call(bus, path, WIRELESS, "RequestScan", &(nothing,)).await;
    let until = tokio::time::Instant::now() + SCAN;
    // A radio that scans already, or that may not now, is heard with what it knows.
    while asked.is_ok() && before.is_some() && tokio::time::Instant::now() < until && last().await.ok() == before {
        tokio::time::sleep(STEP).await;
    }
    let current = property(bus, path, WIRELESS, "ActiveAccessPoint").await.and_then(object);
    let current = current.map(|path| path.as_str().to_owned()).unwrap_or_default();
    let points: Vec<OwnedObjectPath> = call(bus, path, WIRELESS, "GetAllAccessPoints", &()).await?;
    let mut found = Vec::new();
    for point in points {
        // It may be gone in this very moment.
        let Ok(mut near) = network(bus, point.as_str()).await else { continue };
        near.active = point.as_str() == current;
        if !near.ssid.is_empty() {
            found.push(near);
        }
    }
    Ok(found)
}

async fn network(bus: &Connection, point: &str) -> Result<WifiNear, Trouble> {
    let number = async |name: &str| u32::try_from(property(bus, point, POINT, name).await?).map_err(said);
    let ssid = Vec::<u8>::try_from(property(bus, point, POINT, "Ssid").await?).map_err(said)?;
    let strength = u8::try_from(property(bus, point, POINT, "Strength").await?).map_err(said)?;
    let lock = lock(number("Flags").await?, number("WpaFlags").await?, number("RsnFlags").await?);
    Ok(WifiNear { ssid: hex(&ssid), strength, lock, active: false })
}

/// `NM80211ApFlags` and `NM80211ApSecurityFlags`.
const fn lock(flags: u32, wpa: u32, rsn: u32) -> WifiLock {
    let both = wpa | rsn;
    match () {
        () if both & 0x100 != 0 => WifiLock::Psk,
        () if both & 0x400 != 0 => WifiLock::Sae,
        () if both & 0x200 != 0 => WifiLock::Enterprise,
        () if flags & 1 != 0 && both == 0 => WifiLock::Wep,
        () if both != 0 && both & 0x1800 == 0 => WifiLock::Enterprise,
        () => WifiLock::Open,
    }
}

/// Makes the profile and connects the device with it.
pub async fn set_up(wanted: &SetUp) -> Result<String, Trouble> {
    let bus = bus().await?;
    radio_on(&bus, wanted.kind).await?;
    let device = device(&bus, &wanted.interface).await?;
    let settings = settings(&bus, wanted).await?;
    let path = add(&bus, settings).await?;
    connect(&bus, &device, &path).await
}

/// A radio that was switched off hears nothing.
async fn radio_on(bus: &Connection, kind: NetKind) -> Result<(), Trouble> {
    let Some(name) = switch(kind) else { return Ok(()) };
    if bool::try_from(property(bus, ROOT, BUS, name).await?).map_err(said)? {
        return Ok(());
    }
    set_radio(bus, name, true).await
}

/// The property of `NetworkManager` that switches the radios of this kind.
const fn switch(kind: NetKind) -> Option<&'static str> {
    match kind {
        NetKind::Wired => None,
        NetKind::Wifi => Some("WirelessEnabled"),
        NetKind::Cell => Some("WwanEnabled"),
    }
}

async fn set_radio(bus: &Connection, name: &str, on: bool) -> Result<(), Trouble> {
    call(bus, ROOT, "org.freedesktop.DBus.Properties", "Set", &(BUS, name, OwnedVariant::from(on))).await
}

/// Switches every radio of this kind off, and leaves it so for a moment; or on, and waits until one can be used.
pub async fn radio(kind: NetKind, on: bool) -> Result<String, Trouble> {
    let bus = bus().await?;
    let name = switch(kind).ok_or(Trouble::Missing)?;
    set_radio(&bus, name, on).await?;
    if !on {
        tokio::time::sleep(RADIO_OFF).await;
        return Ok("off".to_owned());
    }
    let until = tokio::time::Instant::now() + RADIO_ON;
    while tokio::time::Instant::now() < until {
        for path in paths(&bus).await? {
            let state = u32::try_from(property(&bus, path.as_str(), DEVICE, "State").await?).map_err(said)?;
            let found = one(&bus, path.as_str()).await?;
            if state >= USABLE && found.is_some_and(|found| found.kind == kind) {
                return Ok("on".to_owned());
            }
        }
        tokio::time::sleep(STEP).await;
    }
    Err(Trouble::Other("no radio".to_owned()))
}

/// What the new profile says.
async fn settings(bus: &Connection, wanted: &SetUp) -> Result<Profile, Trouble> {
    let mut profile = match &wanted.base {
        Some(base) => whole(bus, base).await?,
        None => Profile::new(),
    };
    let (kind, name) = match &wanted.change {
        NetChange::Wifi { ssid, .. } => ("802-11-wireless", ssid_name(ssid)),
        NetChange::Mobile { .. } => ("gsm", "pos-console mobile".to_owned()),
        _ => ("802-3-ethernet", format!("pos-console {}", wanted.interface)),
    };
    let connection = profile.entry("connection".to_owned()).or_default();
    connection.remove("timestamp");
    connection.remove("autoconnect");
    connection.insert("uuid".to_owned(), own(&wanted.profile)?);
    if wanted.base.is_none() {
        connection.insert("id".to_owned(), own(&name)?);
        connection.insert("type".to_owned(), own(kind)?);
        connection.insert("interface-name".to_owned(), own(&wanted.interface)?);
    }
    match &wanted.change {
        NetChange::Wifi { ssid, lock, hidden, .. } => {
            wifi(&mut profile, (ssid, *hidden), *lock, wanted.password.expose())?;
        }
        NetChange::Automatic { .. } => {
            profile.insert("ipv4".to_owned(), Section::from([("method".to_owned(), own("auto")?)]));
        }
        NetChange::Fixed { address, prefix, gateway, dns, .. } => {
            profile.insert("ipv4".to_owned(), fixed(*address, *prefix, *gateway, *dns)?);
        }
        NetChange::Mobile { apn } => mobile(&mut profile, apn.as_deref())?,
    }
    Ok(profile)
}

/// A profile with its secrets.
async fn whole(bus: &Connection, uuid: &str) -> Result<Profile, Trouble> {
    let path: OwnedObjectPath = call(bus, SETTINGS, SETTINGS_FACE, "GetConnectionByUuid", &(uuid,)).await?;
    let mut profile: Profile = call(bus, path.as_str(), PROFILE, "GetSettings", &()).await?;
    for name in SECRETS.into_iter().filter(|name| profile.contains_key(*name)).collect::<Vec<_>>() {
        // A section without secrets is refused by some versions.
        let secrets: Profile = call(bus, path.as_str(), PROFILE, "GetSecrets", &(name,)).await.unwrap_or_default();
        for (section, keys) in secrets {
            profile.entry(section).or_default().extend(keys);
        }
    }
    Ok(profile)
}

fn wifi(profile: &mut Profile, (ssid, hidden): (&str, bool), lock: WifiLock, password: &str) -> Result<(), Trouble> {
    let name = bytes_of(ssid).ok_or(Trouble::Missing)?;
    let radio = [("ssid".to_owned(), list_of(name)?), ("mode".to_owned(), own("infrastructure")?)];
    let mut radio = Section::from(radio);
    if hidden {
        radio.insert("hidden".to_owned(), OwnedVariant::from(true));
    }
    profile.insert("802-11-wireless".to_owned(), radio);
    let manner = match lock {
        WifiLock::Psk => "wpa-psk",
        WifiLock::Sae => "sae",
        _ => return Ok(()),
    };
    let keys = [("key-mgmt".to_owned(), own(manner)?), ("psk".to_owned(), own(password)?)];
    profile.insert("802-11-wireless-security".to_owned(), Section::from(keys));
    Ok(())
}

fn fixed(address: Ipv4Addr, prefix: u8, gateway: Option<Ipv4Addr>, dns: Option<Ipv4Addr>) -> Result<Section, Trouble> {
    let mut one: HashMap<String, OwnedVariant> = HashMap::new();
    one.insert("address".to_owned(), own(&address.to_string())?);
    one.insert("prefix".to_owned(), OwnedVariant::from(u32::from(prefix)));
    let mut section = Section::new();
    section.insert("method".to_owned(), own("manual")?);
    section.insert("address-data".to_owned(), list_of(vec![one])?);
    if let Some(gateway) = gateway {
        section.insert("gateway".to_owned(), own(&gateway.to_string())?);
    }
    if let Some(dns) = dns {
        // In the order of the wire, whatever the machine's own is.
        section.insert("dns".to_owned(), list_of(vec![u32::from_ne_bytes(dns.octets())])?);
    }
    Ok(section)
}

fn mobile(profile: &mut Profile, apn: Option<&str>) -> Result<(), Trouble> {
    let gsm = profile.entry("gsm".to_owned()).or_default();
    if let Some(apn) = apn {
        gsm.insert("apn".to_owned(), own(apn)?);
        gsm.remove("auto-config");
    } else if !gsm.contains_key("apn") {
        gsm.insert("auto-config".to_owned(), OwnedVariant::from(true));
    }
    let ipv4 = profile.entry("ipv4".to_owned()).or_default();
    if !ipv4.contains_key("method") {
        ipv4.insert("method".to_owned(), own("auto")?);
    }
    ipv4.insert("route-metric".to_owned(), OwnedVariant::from(FIRST));
    Ok(())
}

fn list_of<T>(list: Vec<T>) -> Result<OwnedVariant, Trouble>
where
    zbus::Variant<'static>: From<Vec<T>>,
{
    OwnedVariant::try_from(zbus::Variant::from(list)).map_err(said)
}

/// Adds it, in memory only; an older NetworkManager has another word for that.
async fn add(bus: &Connection, profile: Profile) -> Result<OwnedObjectPath, Trouble> {
    let nothing: HashMap<String, OwnedVariant> = HashMap::new();
    let added: Result<(OwnedObjectPath, HashMap<String, OwnedVariant>), Trouble> =
        call(bus, SETTINGS, SETTINGS_FACE, "AddConnection2", &(&profile, IN_MEMORY, nothing)).await;
    match added {
        Ok((path, _)) => Ok(path),
        Err(trouble) if unknown(&trouble) => {
            call(bus, SETTINGS, SETTINGS_FACE, "AddConnectionUnsaved", &(&profile,)).await
        }
        Err(trouble) => Err(trouble),
    }
}

fn unknown(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Other(words) if words.contains("UnknownMethod"))
}

/// Connects a device with a profile, and tells why it did not come about.
async fn connect(bus: &Connection, device: &OwnedObjectPath, path: &OwnedObjectPath) -> Result<String, Trouble> {
    let rule = format!("type='signal',sender='{BUS}',interface='{DEVICE}',member='StateChanged',path='{device}'");
    let mut changes = MessageStream::for_match_rule(rule.as_str(), bus, None).await.map_err(said)?;
    let nothing = OwnedObjectPath::try_from("/").map_err(said)?;
    let active: OwnedObjectPath = call(bus, ROOT, BUS, "ActivateConnection", &(path, device, &nothing)).await?;
    let mut why = 0;
    loop {
        let state = property(bus, active.as_str(), ACTIVE, "State").await;
        match state.ok().and_then(|state| u32::try_from(state).ok()) {
            Some(ACTIVATED) => return Ok("activated".to_owned()),
            Some(ACTIVATING) => {}
            // A failed one goes at once; why it did has been told before, and is asked for once more.
            _ => {
                let late = tokio::time::timeout(STEP, failure(&mut changes)).await;
                let why = late.ok().flatten().unwrap_or(why);
                return Err(Trouble::Other(format!("not activated: {} ({why})", reason(why))));
            }
        }
        if let Ok(Some(number)) = tokio::time::timeout(STEP, failure(&mut changes)).await {
            why = number;
        }
    }
}

/// Waits until the device says why it failed.
async fn failure(changes: &mut MessageStream) -> Option<u32> {
    loop {
        let message = changes.next().await?.ok()?;
        let (state, _, reason): (u32, u32, u32) = message.body().deserialize().ok()?;
        if state == FAILED {
            return Some(reason);
        }
    }
}

/// `NMDeviceStateReason`, as far as somebody can do something about it.
const fn reason(number: u32) -> &'static str {
    match number {
        5..=6 | 15..=17 => "no-address",
        7 | 9 | 10 => "password",
        8 | 11 => "radio",
        28 => "apn",
        22..=27 | 29..=32 | 57 => "mobile",
        33 | 44..=47 | 59 => "sim",
        39 | 40 => "cable",
        53 => "out-of-reach",
        _ => "other",
    }
}

/// Writes a profile to the medium.
pub async fn save(uuid: &str) -> Result<String, Trouble> {
    let bus = bus().await?;
    let path: OwnedObjectPath = call(&bus, SETTINGS, SETTINGS_FACE, "GetConnectionByUuid", &(uuid,)).await?;
    let (same, nothing): (Profile, HashMap<String, OwnedVariant>) = (HashMap::new(), HashMap::new());
    let saved: Result<HashMap<String, OwnedVariant>, Trouble> =
        call(&bus, path.as_str(), PROFILE, "Update2", &(same, TO_DISK, nothing)).await;
    match saved {
        Ok(_) => {}
        Err(trouble) if unknown(&trouble) => {
            let unsaved = property(&bus, path.as_str(), PROFILE, "Unsaved").await?;
            if bool::try_from(unsaved).map_err(said)? {
                let () = call(&bus, path.as_str(), PROFILE, "Save", &()).await?;
            }
        }
        Err(trouble) => return Err(trouble),
    }
    Ok("saved".to_owned())
}

/// Forgets a profile for good.
pub async fn delete(uuid: &str) -> Result<String, Trouble> {
    let bus = bus().await?;
    let found: Result<OwnedObjectPath, Trouble> =
        call(&bus, SETTINGS, SETTINGS_FACE, "GetConnectionByUuid", &(uuid,)).await;
    let Ok(path) = found else { return Ok("not there".to_owned()) };
    let () = call(&bus, path.as_str(), PROFILE, "Delete", &()).await?;
    Ok("forgotten".to_owned())
}

/// A mobile profile that came first is kept for later: it connects no more by itself, and its way is the last again.
pub async fn aside(uuid: &str) -> Result<String, Trouble> {
    let bus = bus().await?;
    let path: OwnedObjectPath = call(&bus, SETTINGS, SETTINGS_FACE, "GetConnectionByUuid", &(uuid,)).await?;
    let mut profile = whole(&bus, uuid).await?;
    profile.entry("connection".to_owned()).or_default().insert("autoconnect".to_owned(), OwnedVariant::from(false));
    if let Some(ipv4) = profile.get_mut("ipv4") {
        ipv4.remove("route-metric");
    }
    let () = call(&bus, path.as_str(), PROFILE, "Update", &(profile,)).await?;
    Ok("set aside".to_owned())
}

/// Disconnects a device.
pub async fn disconnect(interface: &str) -> Result<String, Trouble> {
    let bus = bus().await?;
    let path = device(&bus, interface).await?;
    let () = call(&bus, path.as_str(), DEVICE, "Disconnect", &()).await?;
    Ok("disconnected".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_are_read_as_access_points_tell_them() {
        assert_eq!(lock(0, 0, 0), WifiLock::Open);
        assert_eq!(lock(1, 0, 0), WifiLock::Wep);
        assert_eq!(lock(1, 0, 0x188), WifiLock::Psk);
        // WPA2 and WPA3 at once: the older one is understood everywhere.
        assert_eq!(lock(1, 0, 0x588), WifiLock::Psk);
        assert_eq!(lock(1, 0, 0x488), WifiLock::Sae);
        assert_eq!(lock(1, 0x208, 0x288), WifiLock::Enterprise);
        // Opportunistic encryption asks for nothing.
        assert_eq!(lock(0, 0, 0x800), WifiLock::Open);
    }
}
