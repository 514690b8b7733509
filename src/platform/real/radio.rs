//! Radios over D-Bus: Wi-Fi from `wpa_supplicant`, modems from `ModemManager`. Their own words, not a manager's summary
//! of them: that one still says "connected" seconds after an access point has died.

use std::collections::HashMap;
use std::time::Duration;

use zbus::{Connection, OwnedObjectPath, OwnedVariant, connection};

use crate::platform::{ModemSeen, Radios, Trouble, WifiSeen};

/// For everything together.
const LIMIT: Duration = Duration::from_millis(2_500);
/// Radios that are looked at.
const MOST: usize = 8;
/// Access points that are looked at for the one that is wanted.
const HEARD: usize = 64;

const WPA: &str = "fi.w1.wpa_supplicant1";
const MM: &str = "org.freedesktop.ModemManager1";

type Properties = HashMap<String, OwnedVariant>;
type Objects = HashMap<OwnedObjectPath, HashMap<String, Properties>>;

/// Every radio; `address` is another bus than the system's, for tests.
pub async fn look(address: Option<&str>) -> Result<Radios, Trouble> {
    tokio::time::timeout(LIMIT, ask(address)).await.map_err(|_| Trouble::Late)?
}

async fn ask(address: Option<&str>) -> Result<Radios, Trouble> {
    let bus = match address {
        Some(address) => connection::Builder::address(address).build().await.map_err(said)?,
        None if !std::path::Path::new("/run/dbus/system_bus_socket").exists() => return Ok(Radios::default()),
        None => Connection::system().await.map_err(said)?,
    };
    // Whoever does not run is not started for a question.
    let running: Vec<String> = bus
        .call_method(
            Some("org.freedesktop.DBus"),
            "/org/freedesktop/DBus",
            Some("org.freedesktop.DBus"),
            "ListNames",
            &(),
        )
        .await
        .map_err(said)?
        .body()
        .deserialize()
        .map_err(said)?;
    let runs = |name: &str| running.iter().any(|own| own == name);
    let wifi = if runs(WPA) { wifi(&bus).await? } else { Vec::new() };
    let modem = if runs(MM) { modems(&bus).await? } else { Vec::new() };
    Ok(Radios { wifi, modem })
}

async fn all(bus: &Connection, service: &str, path: &str, interface: &str) -> Result<Properties, Trouble> {
    bus.call_method(Some(service), path, Some("org.freedesktop.DBus.Properties"), "GetAll", &(interface,))
        .await
        .map_err(said)?
        .body()
        .deserialize()
        .map_err(said)
}

fn get<T: TryFrom<OwnedVariant>>(properties: &Properties, name: &str) -> Option<T> {
    T::try_from(properties.get(name)?.try_clone().ok()?).ok()
}

fn path_of(properties: &Properties, name: &str) -> Option<String> {
    let path: OwnedObjectPath = get(properties, name)?;
    Some(path.to_string()).filter(|path| path != "/")
}

async fn wifi(bus: &Connection) -> Result<Vec<WifiSeen>, Trouble> {
    let root = all(bus, WPA, "/fi/w1/wpa_supplicant1", WPA).await?;
    let paths: Vec<OwnedObjectPath> = get(&root, "Interfaces").unwrap_or_default();
    let mut found = Vec::new();
    for path in paths.iter().take(MOST) {
        let own = all(bus, WPA, path, "fi.w1.wpa_supplicant1.Interface").await?;
        let mut seen = WifiSeen {
            interface: get(&own, "Ifname").unwrap_or_default(),
            state: get(&own, "State").unwrap_or_default(),
            reason: get(&own, "DisconnectReason").unwrap_or(0),
            ..WifiSeen::default()
        };
        if let Some(network) = path_of(&own, "CurrentNetwork") {
            let network = all(bus, WPA, &network, "fi.w1.wpa_supplicant1.Network").await.unwrap_or_default();
            let settings: Option<Properties> = get(&network, "Properties");
            let ssid: Option<String> = settings.and_then(|settings| get(&settings, "ssid"));
            ssid.unwrap_or_default().trim_matches('"').clone_into(&mut seen.ssid);
        }
        if let Some(bss) = path_of(&own, "CurrentBSS") {
            let bss = all(bus, WPA, &bss, "fi.w1.wpa_supplicant1.BSS").await.unwrap_or_default();
            seen.dbm = get(&bss, "Signal");
            seen.mhz = get(&bss, "Frequency");
            let rates: Vec<u32> = get(&bss, "Rates").unwrap_or_default();
            seen.mbit = rates.iter().max().map(|rate| rate / 1_000_000);
            seen.ssid = ssid_of(&bss).unwrap_or(seen.ssid);
            seen.wanted_heard = true;
        }
        let heard: Vec<OwnedObjectPath> = get(&own, "BSSs").unwrap_or_default();
        seen.heard = heard.len();
        if !seen.wanted_heard && !seen.ssid.is_empty() {
            for path in heard.iter().take(HEARD) {
                let bss = all(bus, WPA, path, "fi.w1.wpa_supplicant1.BSS").await.unwrap_or_default();
                seen.wanted_heard |= ssid_of(&bss).is_some_and(|ssid| ssid == seen.ssid);
            }
        }
        found.push(seen);
    }
    Ok(found)
}

fn ssid_of(bss: &Properties) -> Option<String> {
    let bytes: Vec<u8> = get(bss, "SSID")?;
    let text: String = String::from_utf8_lossy(&bytes).chars().filter(|c| !c.is_control()).take(32).collect();
    Some(text).filter(|text| !text.is_empty())
}

async fn modems(bus: &Connection) -> Result<Vec<ModemSeen>, Trouble> {
    let objects: Objects = bus
        .call_method(
            Some(MM),
            "/org/freedesktop/ModemManager1",
            Some("org.freedesktop.DBus.ObjectManager"),
            "GetManagedObjects",
            &(),
        )
        .await
        .map_err(said)?
        .body()
        .deserialize()
        .map_err(said)?;
    let mut found: Vec<ModemSeen> = objects.iter().filter_map(|(path, faces)| modem(path, faces)).take(MOST).collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

fn modem(path: &OwnedObjectPath, faces: &HashMap<String, Properties>) -> Option<ModemSeen> {
    let own = faces.get("org.freedesktop.ModemManager1.Modem")?;
    let none = Properties::new();
    let net = faces.get("org.freedesktop.ModemManager1.Modem.Modem3gpp").unwrap_or(&none);
    let lte: Properties =
        faces.get("org.freedesktop.ModemManager1.Modem.Signal").and_then(|face| get(face, "Lte")).unwrap_or_default();
    let tenths = |name: &str| get::<f64>(&lte, name).filter(|value| value.abs() < 500.0).map(|v| (v * 10.0) as i32);
    let percent: (u32, bool) = get(own, "SignalQuality").unwrap_or_default();
    let port: Option<String> = get(own, "PrimaryPort");
    Some(ModemSeen {
        name: port.unwrap_or_else(|| path.rsplit('/').next().unwrap_or_default().to_owned()),
        state: state(get(own, "State").unwrap_or(0)).to_owned(),
        failed: failure(get(own, "StateFailedReason").unwrap_or(0)).to_owned(),
        lock: lock(get(own, "UnlockRequired").unwrap_or(0)).to_owned(),
        registration: registration(get(net, "RegistrationState").unwrap_or(4)).to_owned(),
        operator: get(net, "OperatorName").unwrap_or_default(),
        percent: percent.0,
        rsrp: tenths("rsrp"),
        rsrq: tenths("rsrq"),
        apn: String::new(),
    })
}

/// `MMModemState`.
const fn state(number: i32) -> &'static str {
    match number {
        -1 => "failed",
        2 => "locked",
        3 => "disabled",
        6 => "enabled",
        7 => "searching",
        8 => "registered",
        10 => "connecting",
        11 => "connected",
        _ => "changing",
    }
}

/// `MMModemStateFailedReason`.
const fn failure(number: u32) -> &'static str {
    match number {
        0 => "",
        2 => "sim-missing",
        3 => "sim-error",
        6 => "esim-without-profiles",
        _ => "unknown",
    }
}

/// `MMModemLock`; 1 is none.
const fn lock(number: u32) -> &'static str {
    match number {
        0 | 1 => "",
        2 => "sim-pin",
        4 => "sim-puk",
        _ => "other",
    }
}

/// `MMModem3gppRegistrationState`.
const fn registration(number: u32) -> &'static str {
    match number {
        0 => "idle",
        1 => "home",
        2 => "searching",
        3 => "denied",
        5 => "roaming",
        _ => "unknown",
    }
}

fn said(error: impl std::fmt::Display) -> Trouble {
    Trouble::Other(error.to_string())
}
