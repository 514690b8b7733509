//! A radio that no `NetworkManager` looks after begins anew: Wi-Fi by its own supplicant, a modem by `ModemManager`. Each
//! is found by the link that it carries; no other one is touched.

use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram as Blocking};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::net::UnixDatagram;
use tokio::time::{Instant, sleep};
use zbus::Connection;

use super::{LIMIT, MM, MOST, Properties, WPA, all, get, modem_objects, running, state, within};
use crate::platform::real::bus::{call_at, short};
use crate::platform::{Deed, Link, LinkKind, Trouble};

const MODEM: &str = "org.freedesktop.ModemManager1.Modem";
/// States of a modem (`MMModemState`) from which it can be switched, and in which it is on.
const DISABLED: i32 = 3;
const ENABLED: i32 = 6;
/// `MM_MODEM_3GPP_FACILITY_SIM`: the card may ask for its PIN again.
const PIN: u32 = 1;
/// A modem and its network are given this long; a way back cannot take longer.
const ON: Duration = Duration::from_secs(20);
/// A supplicant searches for so long before its state tells of it; then it is given the rest.
const SEARCH: Duration = Duration::from_secs(3);
const JOINED: Duration = Duration::from_secs(15);
const STEP: Duration = Duration::from_millis(300);
/// Where supplicants listen that are on no bus, such as those that ifupdown starts; their group is netdev.
const SOCKETS: &str = "/run/wpa_supplicant";
const COMPLETED: &str = "completed";

/// What has the radio of this link begin anew; nothing where it has none, else why it cannot be done.
pub async fn deeds(address: Option<&str>, link: &Link) -> Result<Vec<Deed>, Trouble> {
    let interface = link.name.clone();
    let modem = within(LIMIT, async {
        let Some((bus, names)) = running(address).await? else { return Ok(None) };
        if names.iter().any(|name| name == MM) { modem_of(&bus, link).await } else { Ok(None) }
    });
    if let Some(modem) = modem.await? {
        if modem.state < DISABLED {
            return Err(Trouble::Other(format!("modem {}", state(modem.state))));
        }
        if modem.pin {
            return Err(Trouble::Other("sim-pin".to_owned()));
        }
        let (modem, apn) = (modem.port, modem.apn);
        return Ok(vec![
            Deed::ModemOff { interface: interface.clone(), modem: modem.clone() },
            Deed::ModemOn { interface, modem, apn },
        ]);
    }
    match link.kind {
        LinkKind::Cellular => Err(Trouble::Missing),
        LinkKind::Wifi => supplicant(address, &interface).await.map(|_| vec![Deed::WifiAgain { interface }]),
        // A cable's supplicant is none of a radio; whatever else has one is worth asking.
        LinkKind::Virtual if supplicant(address, &interface).await.is_ok() => Ok(vec![Deed::WifiAgain { interface }]),
        _ => Ok(Vec::new()),
    }
}

/// A modem with what it carries.
struct Modem {
    path: String,
    port: String,
    state: i32,
    pin: bool,
    /// Of the connection that stands.
    apn: Option<String>,
    /// Every connection that it knows, with its access point name.
    bearers: Vec<(String, String)>,
}

async fn modems(bus: &Connection) -> Result<Vec<(Modem, Vec<String>)>, Trouble> {
    let objects = modem_objects(bus).await?;
    let mut found = Vec::new();
    for (path, faces) in objects.iter().take(MOST) {
        let Some(own) = faces.get(MODEM) else { continue };
        let locks = faces.get("org.freedesktop.ModemManager1.Modem.Modem3gpp");
        let locks: u32 = locks.and_then(|face| get(face, "EnabledFacilityLocks")).unwrap_or(0);
        let ports: Vec<(String, u32)> = get(own, "Ports").unwrap_or_default();
        let mut links: Vec<String> = ports.into_iter().map(|(name, _)| name).collect();
        let mut modem = Modem {
            path: path.to_string(),
            port: get(own, "PrimaryPort").unwrap_or_default(),
            state: get(own, "State").unwrap_or(0),
            pin: locks & PIN != 0,
            apn: None,
            bearers: Vec::new(),
        };
        let bearers: Vec<zbus::OwnedObjectPath> = get(own, "Bearers").unwrap_or_default();
        for path in bearers.iter().take(MOST) {
            let bearer = all(bus, MM, path, "org.freedesktop.ModemManager1.Bearer").await?;
            let settings: Properties = get(&bearer, "Properties").unwrap_or_default();
            let apn: String = get(&settings, "apn").unwrap_or_default();
            if get(&bearer, "Connected") == Some(true) {
                modem.apn = Some(apn.clone());
                links.extend(get::<String>(&bearer, "Interface"));
            }
            modem.bearers.push((path.to_string(), apn));
        }
        found.push((modem, links));
    }
    Ok(found)
}

/// The modem that carries this link: it says so, or it is the only one for the only kind of link that it may be.
async fn modem_of(bus: &Connection, link: &Link) -> Result<Option<Modem>, Trouble> {
    let mut found = modems(bus).await?;
    let at = found.iter().position(|(_, links)| links.contains(&link.name));
    let at = at.or_else(|| (link.kind == LinkKind::Cellular && found.len() == 1).then_some(0));
    Ok(at.map(|at| found.swap_remove(at).0))
}

async fn modem_at(bus: &Connection, port: &str) -> Result<Modem, Trouble> {
    let found = modems(bus).await?;
    found.into_iter().map(|(modem, _)| modem).find(|modem| modem.port == port).ok_or(Trouble::Missing)
}

async fn bus_at(address: Option<&str>) -> Result<Connection, Trouble> {
    Ok(running(address).await?.ok_or(Trouble::Missing)?.0)
}

async fn enable(bus: &Connection, modem: &Modem, on: bool) -> Result<(), Trouble> {
    call_at(bus, (MM, modem.path.as_str()), MODEM, "Enable", &(on,)).await
}

/// The modem goes off: its connections end, its radio sends no more.
pub async fn modem_off(address: Option<&str>, port: &str) -> Result<String, Trouble> {
    let bus = bus_at(address).await?;
    let modem = modem_at(&bus, port).await?;
    enable(&bus, &modem, false).await?;
    Ok(format!("{}, off", state(modem.state)))
}

/// The modem goes on, and connects what had been connected. Whatever happened meanwhile: it may just be going off, or its
/// manager may have begun anew and know neither its old name nor its connections.
pub async fn modem_on(address: Option<&str>, port: &str, apn: Option<&str>) -> Result<String, Trouble> {
    let until = Instant::now() + ON;
    loop {
        let done = tokio::time::timeout_at(until, modem_on_once(address, port, apn)).await;
        match done.unwrap_or(Err(Trouble::Late)) {
            Err(_) if Instant::now() + STEP < until => sleep(STEP).await,
            done => return done,
        }
    }
}

async fn modem_on_once(address: Option<&str>, port: &str, apn: Option<&str>) -> Result<String, Trouble> {
    let bus = bus_at(address).await?;
    // Asked for even where it is on: somebody may have asked for the other a moment ago, and it has not begun yet.
    enable(&bus, &modem_at(&bus, port).await?, true).await?;
    let modem = modem_at(&bus, port).await?;
    if modem.state < ENABLED {
        return Err(Trouble::Other(format!("modem {}", state(modem.state))));
    }
    let Some(apn) = apn.filter(|_| modem.apn.is_none()) else { return Ok("on".to_owned()) };
    let known = modem.bearers.iter().find(|(_, own)| own == apn);
    let connected = if let Some((bearer, _)) = known {
        // It still knows its user and password.
        call_at(&bus, (MM, bearer.as_str()), "org.freedesktop.ModemManager1.Bearer", "Connect", &()).await
    } else {
        let face = "org.freedesktop.ModemManager1.Modem.Simple";
        let wanted = std::collections::HashMap::from([("apn", zbus::Variant::from(apn))]);
        let bearer = call_at(&bus, (MM, modem.path.as_str()), face, "Connect", &(wanted,)).await;
        bearer.map(|_: zbus::OwnedObjectPath| ())
    };
    connected.map(|()| "connected".to_owned())
}

/// Whoever keeps the Wi-Fi of a link.
enum Supplicant {
    Bus(Connection, String),
    Socket(UnixDatagram),
}

async fn supplicant(address: Option<&str>, interface: &str) -> Result<Supplicant, Trouble> {
    within(LIMIT, async {
        let by_bus = by_bus(address, interface).await;
        match by_socket(interface).await {
            _ if by_bus.is_ok() => by_bus,
            Err(Trouble::Missing) if matches!(by_bus, Err(Trouble::Denied)) => by_bus,
            by_socket => by_socket,
        }
    })
    .await
}

async fn by_bus(address: Option<&str>, interface: &str) -> Result<Supplicant, Trouble> {
    let (bus, names) = running(address).await?.ok_or(Trouble::Missing)?;
    // Whoever does not run is not started for a question.
    if !names.iter().any(|name| name == WPA) {
        return Err(Trouble::Missing);
    }
    let root = "/fi/w1/wpa_supplicant1";
    let path: zbus::OwnedObjectPath = call_at(&bus, (WPA, root), WPA, "GetInterface", &(interface,)).await?;
    Ok(Supplicant::Bus(bus, path.to_string()))
}

/// The socket of `wpa_cli`. Its answers come to a name that nobody else has.
async fn by_socket(interface: &str) -> Result<Supplicant, Trouble> {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    let own = format!("pos-console-{}-{}", std::process::id(), ASKED.fetch_add(1, Ordering::Relaxed));
    let socket = Blocking::bind_addr(&SocketAddr::from_abstract_name(own)?)?;
    socket.connect(std::path::Path::new(SOCKETS).join(interface)).map_err(|error| match error.kind() {
        // One that has ended leaves its socket behind.
        std::io::ErrorKind::ConnectionRefused => Trouble::Missing,
        _ => Trouble::from(error),
    })?;
    socket.set_nonblocking(true)?;
    let supplicant = Supplicant::Socket(UnixDatagram::from_std(socket)?);
    supplicant.state().await.map(|_| supplicant)
}

impl Supplicant {
    /// `completed`, `scanning`, `disconnected` ...
    async fn state(&self) -> Result<String, Trouble> {
        match self {
            Self::Bus(bus, path) => {
                let own = all(bus, WPA, path, "fi.w1.wpa_supplicant1.Interface").await?;
                get(&own, "State").ok_or(Trouble::Missing)
            }
            Self::Socket(socket) => {
                let told = ask(socket, "STATUS").await?;
                let state = told.lines().find_map(|line| line.strip_prefix("wpa_state=")).ok_or(Trouble::Missing)?;
                Ok(state.to_lowercase())
            }
        }
    }

    /// One word that needs no second one: whoever dies after it leaves a radio that joins by itself.
    async fn join_again(&self) -> Result<(), Trouble> {
        match self {
            Self::Bus(bus, path) => {
                let face = "fi.w1.wpa_supplicant1.Interface";
                call_at(bus, (WPA, path.as_str()), face, "Reassociate", &()).await
            }
            Self::Socket(socket) => match ask(socket, "REASSOCIATE").await?.trim() {
                "OK" => Ok(()),
                other => Err(Trouble::Other(short(other))),
            },
        }
    }
}

async fn ask(socket: &UnixDatagram, word: &str) -> Result<String, Trouble> {
    let answer = async {
        socket.send(word.as_bytes()).await?;
        let mut bytes = vec![0; 4096];
        let size = socket.recv(&mut bytes).await?;
        Ok(String::from_utf8_lossy(&bytes[..size]).into_owned())
    };
    within(LIMIT, answer).await
}

/// Wi-Fi joins its network again; how it stood before and stands now.
pub async fn wifi(address: Option<&str>, interface: &str) -> Result<String, Trouble> {
    let supplicant = supplicant(address, interface).await?;
    let before = supplicant.state().await?;
    supplicant.join_again().await?;
    sleep(SEARCH).await;
    let until = Instant::now() + JOINED;
    loop {
        let now = supplicant.state().await?;
        if now == COMPLETED {
            return Ok(format!("{before}, {now}"));
        }
        if Instant::now() >= until {
            return Err(Trouble::Other(format!("{before}, {now}")));
        }
        sleep(STEP).await;
    }
}
