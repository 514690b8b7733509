//! Radios: Wi-Fi from the kernel and, over D-Bus, from `wpa_supplicant`; modems from `ModemManager`. Their own words,
//! not a manager's summary of them: that one still says "connected" seconds after an access point has died. Where a
//! distribution keeps `wpa_supplicant` to root, `NetworkManager` is asked all the same, and always for the network that
//! is wanted: once it has given up, the supplicant knows of none. One that cannot be read leaves the others as they are,
//! and of a supplicant that is not on the bus, or of another one, the kernel tells.

pub mod anew;
mod kernel;
mod manager;
mod nl80211;
mod told;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests;

use std::collections::HashMap;
use std::sync::LazyLock;
use std::time::Duration;

use zbus::{Connection, OwnedObjectPath, OwnedVariant, connection};

use self::told::Ears;
use super::bus::{DAEMON, call_at, no_bus, system};
use crate::model::bytes_of;
use crate::platform::{ModemSeen, Radios, Trouble, WifiSeen};

/// For finding out who runs, then for Wi-Fi and modems at the same time; of it the supplicant has a part.
const FIRST: Duration = Duration::from_secs(2);
const LIMIT: Duration = Duration::from_millis(2_500);
const SUPPLICANT: Duration = Duration::from_millis(1_200);
/// Radios that are looked at.
const MOST: usize = 8;
/// Access points that are looked at for the one that is wanted.
const HEARD: usize = 64;
/// One that was heard longer ago is not heard, seconds: it looks for others every few seconds.
const HEARD_S: u32 = 20;
/// Networks that may be wanted.
const WANTED: usize = 16;

const WPA: &str = "fi.w1.wpa_supplicant1";
const MM: &str = "org.freedesktop.ModemManager1";
const NM: &str = "org.freedesktop.NetworkManager";

type Properties = HashMap<String, OwnedVariant>;
type Objects = HashMap<OwnedObjectPath, HashMap<String, Properties>>;

/// Every radio of this machine.
pub async fn here() -> Result<Radios, Trouble> {
    static EARS: LazyLock<Ears> = LazyLock::new(Ears::default);
    let (told, own) = tokio::join!(look(None, &EARS), nl80211::view());
    // A kernel that tells nothing is no trouble: most terminals have no Wi-Fi.
    kernel::merge(told, &own.unwrap_or_default())
}

/// Every radio that somebody on a bus tells of; `address` is another bus than the system's, for tests.
async fn look(address: Option<&str>, ears: &Ears) -> Result<Radios, Trouble> {
    let Some((bus, running)) = within(FIRST, running(address)).await? else { return Ok(Radios::default()) };
    let runs = |name: &str| running.iter().any(|own| own == name);
    // Each by itself: one that hangs leaves the other as it is.
    let (wifi, modem) = tokio::join!(
        within(LIMIT, async {
            let own = if runs(WPA) { within(SUPPLICANT, wifi(&bus)).await } else { Ok(Vec::new()) };
            if runs(NM) { manager::amend(&bus, own, ears).await } else { own }
        }),
        within(LIMIT, async { if runs(MM) { modems(&bus).await } else { Ok(Vec::new()) } }),
    );
    let trouble = |found: Option<&Trouble>| found.map(ToString::to_string).unwrap_or_default();
    Ok(Radios {
        wifi_trouble: trouble(wifi.as_ref().err()),
        modem_trouble: trouble(modem.as_ref().err()),
        wifi: wifi.unwrap_or_default(),
        modem: modem.unwrap_or_default(),
    })
}

async fn within<T>(limit: Duration, ask: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
    tokio::time::timeout(limit, ask).await.unwrap_or(Err(Trouble::Late))
}

/// The bus, and who is on it; none where there is no bus.
async fn running(address: Option<&str>) -> Result<Option<(Connection, Vec<String>)>, Trouble> {
    let bus = match address {
        Some(address) => connection::Builder::address(address).build().await.map_err(|error| no_bus(&error))?,
        None if !std::path::Path::new("/run/dbus/system_bus_socket").exists() => return Ok(None),
        None => system().await?,
    };
    // Whoever does not run is not started for a question.
    let running: Vec<String> = call_at(&bus, DAEMON, DAEMON.0, "ListNames", &()).await?;
    Ok(Some((bus, running)))
}

async fn all(bus: &Connection, service: &str, path: &str, interface: &str) -> Result<Properties, Trouble> {
    call_at(bus, (service, path), "org.freedesktop.DBus.Properties", "GetAll", &(interface,)).await
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
        found.push(interface(bus, path).await?);
    }
    Ok(found)
}

async fn interface(bus: &Connection, path: &str) -> Result<WifiSeen, Trouble> {
    let own = all(bus, WPA, path, "fi.w1.wpa_supplicant1.Interface").await?;
    let heard: Vec<OwnedObjectPath> = get(&own, "BSSs").unwrap_or_default();
    let mut seen = WifiSeen {
        interface: get(&own, "Ifname").unwrap_or_default(),
        state: get(&own, "State").unwrap_or_default(),
        reason: get(&own, "DisconnectReason").unwrap_or(0),
        heard: heard.len(),
        ..WifiSeen::default()
    };
    let wanted = wanted(bus, &own).await;
    if let Some(bss) = path_of(&own, "CurrentBSS") {
        let bss = all(bus, WPA, &bss, "fi.w1.wpa_supplicant1.BSS").await.unwrap_or_default();
        seen.dbm = get(&bss, "Signal");
        seen.mhz = get(&bss, "Frequency");
        let rates: Vec<u32> = get(&bss, "Rates").unwrap_or_default();
        seen.mbit = rates.iter().max().map(|rate| rate / 1_000_000);
        seen.bssid = get::<Vec<u8>>(&bss, "BSSID").map(|bytes| hardware(&bytes)).unwrap_or_default();
        seen.ssid = ssid_of(&bss).or_else(|| wanted.first().cloned()).unwrap_or_default();
        seen.wanted_heard = true;
        now(bus, path, &mut seen).await;
    } else if !wanted.is_empty() {
        let mut names = Vec::new();
        for path in heard.iter().take(HEARD) {
            let bss = all(bus, WPA, path, "fi.w1.wpa_supplicant1.BSS").await.unwrap_or_default();
            // It keeps those that have gone for a while.
            if get::<u32>(&bss, "Age").is_none_or(|age| age <= HEARD_S) {
                names.extend(ssid_of(&bss));
            }
        }
        choose(&mut seen, &wanted, &names);
    }
    Ok(seen)
}

/// Names of the networks that are wanted: the current one; while it searches there is none, and every enabled one is.
async fn wanted(bus: &Connection, own: &Properties) -> Vec<String> {
    let all_of_them: Vec<OwnedObjectPath> = get(own, "Networks").unwrap_or_default();
    let current = path_of(own, "CurrentNetwork").map(|path| vec![path]);
    let networks = current.unwrap_or_else(|| all_of_them.iter().map(ToString::to_string).collect());
    let mut wanted = Vec::new();
    for path in networks.iter().take(WANTED) {
        let network = all(bus, WPA, path, "fi.w1.wpa_supplicant1.Network").await.unwrap_or_default();
        let settings: Properties = get(&network, "Properties").unwrap_or_default();
        let ssid: String = get(&settings, "ssid").unwrap_or_default();
        if get(&network, "Enabled").unwrap_or(true) {
            wanted.extend(unquoted(&ssid));
        }
    }
    wanted
}

/// A name as the supplicant's configuration has it: in quotes, or in hex where it is not plain ASCII.
fn unquoted(ssid: &str) -> Option<String> {
    if let Some(text) = ssid.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        return written(text.as_bytes());
    }
    written(&bytes_of(ssid).unwrap_or_else(|| ssid.as_bytes().to_vec()))
}

/// Of the wanted networks the first that is heard. Where none is, which of them was the last one is not told here:
/// the first, and all of them beside it.
fn choose(seen: &mut WifiSeen, wanted: &[String], heard: &[String]) {
    let near = wanted.iter().find(|ssid| heard.contains(ssid));
    seen.wanted_heard = near.is_some();
    near.or_else(|| wanted.first()).cloned().unwrap_or_default().clone_into(&mut seen.ssid);
    seen.wanted = wanted.to_vec();
}

/// Signal and rate at this moment; those of the scan are as old as the scan.
async fn now(bus: &Connection, path: &str, seen: &mut WifiSeen) {
    let poll = bus.call_method(Some(WPA), path, Some("fi.w1.wpa_supplicant1.Interface"), "SignalPoll", &()).await;
    // The supplicant wraps it once more, unlike what its own documentation says.
    let Ok(params) = poll.and_then(|reply| reply.body().deserialize::<OwnedVariant>()) else { return };
    let Ok(params) = Properties::try_from(params) else { return };
    seen.mbit = get::<i32>(&params, "linkspeed").and_then(|rate| u32::try_from(rate).ok()).or(seen.mbit);
    let dbm = get::<i32>(&params, "rssi").and_then(|dbm| i16::try_from(dbm).ok());
    seen.dbm = dbm.filter(|dbm| (-120..0).contains(dbm)).or(seen.dbm);
}

fn hardware(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")
}

fn ssid_of(bss: &Properties) -> Option<String> {
    written(&get::<Vec<u8>>(bss, "SSID")?)
}

/// The name of a network as it is shown.
fn written(bytes: &[u8]) -> Option<String> {
    let text: String = String::from_utf8_lossy(bytes).chars().filter(|c| !c.is_control()).take(32).collect();
    Some(text).filter(|text| !text.is_empty())
}

/// Everything that `ModemManager` has, by path.
pub async fn modem_objects(bus: &Connection) -> Result<Objects, Trouble> {
    let at = (MM, "/org/freedesktop/ModemManager1");
    call_at(bus, at, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", &()).await
}

async fn modems(bus: &Connection) -> Result<Vec<ModemSeen>, Trouble> {
    let objects = modem_objects(bus).await?;
    let mut found = Vec::new();
    for (path, faces) in objects.iter().take(MOST) {
        let Some(mut seen) = modem(path, faces) else { continue };
        seen.apn = apn(bus, faces).await.unwrap_or_default();
        found.push(seen);
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// The access point name of a bearer: of the connected one, else of any.
async fn apn(bus: &Connection, faces: &HashMap<String, Properties>) -> Option<String> {
    let own = faces.get("org.freedesktop.ModemManager1.Modem")?;
    let bearers: Vec<OwnedObjectPath> = get(own, "Bearers")?;
    let mut found = None;
    for path in bearers.iter().take(MOST) {
        let bearer = all(bus, MM, path, "org.freedesktop.ModemManager1.Bearer").await.ok()?;
        let settings: Properties = get(&bearer, "Properties").unwrap_or_default();
        let apn: Option<String> = get(&settings, "apn").filter(|apn: &String| !apn.is_empty());
        if get(&bearer, "Connected") == Some(true) {
            return apn;
        }
        found = found.or(apn);
    }
    found
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
