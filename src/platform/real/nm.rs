//! NetworkManager over D-Bus: devices and their profiles, connecting one again, checkpoints. A checkpoint dies with
//! NetworkManager, so it is never the only way back.

use std::collections::HashMap;
use std::time::Duration;

use zbus::{Connection, OwnedObjectPath, OwnedVariant};

use super::bus::{DAEMON, UNKNOWN, call_at, short, system};
use super::kept;
use crate::platform::{LinkKept, NmDevice, Trouble};

pub(super) const BUS: &str = "org.freedesktop.NetworkManager";
pub(super) const ROOT: &str = "/org/freedesktop/NetworkManager";
pub(super) const DEVICE: &str = "org.freedesktop.NetworkManager.Device";
pub(super) const ACTIVE: &str = "org.freedesktop.NetworkManager.Connection.Active";
pub(super) const SETTINGS: &str = "/org/freedesktop/NetworkManager/Settings";
pub(super) const SETTINGS_FACE: &str = "org.freedesktop.NetworkManager.Settings";
/// For looking; what changes something has its own limit.
const LOOK: Duration = Duration::from_secs(3);
pub(super) const STEP: Duration = Duration::from_millis(200);
/// `NM_ACTIVE_CONNECTION_STATE_ACTIVATING`, `NM_ACTIVE_CONNECTION_STATE_ACTIVATED`
pub(super) const ACTIVATING: u32 = 1;
pub(super) const ACTIVATED: u32 = 2;

/// `NM_CHECKPOINT_CREATE_FLAG_ALLOW_OVERLAPPING`: one that somebody forgot is no reason to go without.
const OVERLAPPING: u32 = 8;

/// Settings of a profile: section, key, value.
pub(super) type Profile = HashMap<String, HashMap<String, OwnedVariant>>;

/// Every device, with the profile that is active on it.
pub async fn devices() -> Result<Vec<NmDevice>, Trouble> {
    tokio::time::timeout(LOOK, list()).await.map_err(|_| Trouble::Late)?
}

async fn list() -> Result<Vec<NmDevice>, Trouble> {
    let bus = bus().await?;
    let mut found = Vec::new();
    for path in paths(&bus).await? {
        let interface = text(property(&bus, path.as_str(), DEVICE, "Interface").await?)?;
        let managed = bool::try_from(property(&bus, path.as_str(), DEVICE, "Managed").await?).map_err(said)?;
        let active = object(property(&bus, path.as_str(), DEVICE, "ActiveConnection").await?)?;
        let profile = match active.as_str() {
            "/" => None,
            active => Some(text(property(&bus, active, ACTIVE, "Uuid").await?)?),
        };
        found.push(NmDevice { interface, managed, profile });
    }
    Ok(found)
}

/// The devices' objects.
pub(super) async fn paths(bus: &Connection) -> Result<Vec<OwnedObjectPath>, Trouble> {
    call(bus, ROOT, BUS, "GetDevices", &()).await
}

/// Connects a device again with this profile, and waits until it stands or has failed.
pub async fn reconnect(interface: &str, profile: &str) -> Result<String, Trouble> {
    let bus = bus().await?;
    let device = device(&bus, interface).await?;
    let settings: OwnedObjectPath = call(&bus, SETTINGS, SETTINGS_FACE, "GetConnectionByUuid", &(profile,)).await?;
    let nothing = OwnedObjectPath::try_from("/").map_err(said)?;
    let active: OwnedObjectPath = call(&bus, ROOT, BUS, "ActivateConnection", &(&settings, &device, &nothing)).await?;
    // The activation's own state, not the device's: that one may still tell of the connection before.
    loop {
        let state = property(&bus, active.as_str(), ACTIVE, "State").await;
        match state.ok().and_then(|state| u32::try_from(state).ok()) {
            Some(ACTIVATED) => return Ok("activated".to_owned()),
            Some(ACTIVATING) => tokio::time::sleep(STEP).await,
            // A failed one goes at once.
            _ => return Err(Trouble::Other("not activated".to_owned())),
        }
    }
}

/// Reads settings again.
pub async fn reload() -> Result<String, Trouble> {
    let bus = bus().await?;
    let () = call(&bus, ROOT, BUS, "Reload", &(0_u32,)).await?;
    Ok("reloaded".to_owned())
}

/// Keeps what these devices have; the answer names the checkpoint.
pub async fn checkpoint(interfaces: &[String], seconds: u32) -> Result<String, Trouble> {
    let bus = bus().await?;
    let mut devices = Vec::new();
    for interface in interfaces {
        devices.push(device(&bus, interface).await?);
    }
    // Connections that came meanwhile stay: this is about the devices only.
    let path: OwnedObjectPath = call(&bus, ROOT, BUS, "CheckpointCreate", &(devices, seconds, OVERLAPPING)).await?;
    Ok(path.as_str().to_owned())
}

/// Goes back to a checkpoint.
pub async fn rollback(checkpoint: &str) -> Result<String, Trouble> {
    let bus = bus().await?;
    let path = OwnedObjectPath::try_from(checkpoint).map_err(said)?;
    let results: HashMap<String, u32> = call(&bus, ROOT, BUS, "CheckpointRollback", &(&path,)).await?;
    let failed = results.values().filter(|result| **result != 0).count();
    if failed > 0 {
        Err(Trouble::Other(format!("{failed} devices did not go back")))
    } else {
        Ok("rolled back".to_owned())
    }
}

/// Lets a checkpoint go.
pub async fn forget(checkpoint: &str) -> Result<String, Trouble> {
    let bus = bus().await?;
    let path = OwnedObjectPath::try_from(checkpoint).map_err(said)?;
    let () = call(&bus, ROOT, BUS, "CheckpointDestroy", &(&path,)).await?;
    Ok("forgotten".to_owned())
}

/// Gives a device the addresses and the gateway it had as fixed ones, without connecting it anew; its saved profile
/// stays as it is.
pub async fn reapply(kept: &LinkKept) -> Result<String, Trouble> {
    let bus = bus().await?;
    let device = device(&bus, &kept.name).await?;
    let (mut profile, version): (Profile, u64) =
        call(&bus, device.as_str(), DEVICE, "GetAppliedConnection", &(0_u32,)).await?;
    let mut section: HashMap<String, OwnedVariant> = HashMap::new();
    section.insert("method".to_owned(), own("manual")?);
    let mut addresses: Vec<HashMap<String, OwnedVariant>> = Vec::new();
    for text in &kept.addresses {
        let Some((ip, prefix)) = kept::prefixed(text).filter(|(ip, _)| ip.is_ipv4()) else { continue };
        let mut address = HashMap::new();
        address.insert("address".to_owned(), own(ip.to_string().as_str())?);
        address.insert("prefix".to_owned(), OwnedVariant::from(u32::from(prefix)));
        addresses.push(address);
    }
    if addresses.is_empty() {
        return Err(Trouble::Missing);
    }
    section.insert(
        "address-data".to_owned(),
        OwnedVariant::try_from(zbus::zvariant::Variant::from(addresses)).map_err(said)?,
    );
    let gateway = kept.routes.iter().find(|route| route.to.is_none()).and_then(|route| route.via);
    if let Some(gateway) = gateway.filter(std::net::IpAddr::is_ipv4) {
        section.insert("gateway".to_owned(), own(gateway.to_string().as_str())?);
    }
    profile.insert("ipv4".to_owned(), section);
    let () = call(&bus, device.as_str(), DEVICE, "Reapply", &(profile, version, 0_u32)).await?;
    Ok("reapplied".to_owned())
}

/// The bus, once NetworkManager answers on it.
pub(super) async fn bus() -> Result<Connection, Trouble> {
    let bus = system().await?;
    let there: bool = call_at(&bus, DAEMON, "org.freedesktop.DBus", "NameHasOwner", &(BUS,)).await?;
    if !there {
        return Err(Trouble::Missing);
    }
    // It has its name before it has anything to be asked, seconds before on a slow machine: what would fail now succeeds
    // then. Whoever calls has a limit.
    while property(&bus, ROOT, BUS, "Version").await == Err(Trouble::Other(UNKNOWN.to_owned())) {
        tokio::time::sleep(STEP).await;
    }
    Ok(bus)
}

pub(super) async fn device(bus: &Connection, interface: &str) -> Result<OwnedObjectPath, Trouble> {
    let known = call(bus, ROOT, BUS, "GetDeviceByIpIface", &(interface,)).await;
    if known.is_ok() {
        return known;
    }
    // A modem that is not connected has no interface yet, only a port.
    for path in paths(bus).await? {
        if text(property(bus, path.as_str(), DEVICE, "Interface").await?)? == interface {
            return Ok(path);
        }
    }
    known
}

pub(super) async fn call<B, T>(bus: &Connection, path: &str, face: &str, method: &str, body: &B) -> Result<T, Trouble>
where
    B: serde::Serialize + zbus::zvariant::DynamicType,
    T: serde::de::DeserializeOwned + zbus::zvariant::Type,
{
    call_at(bus, (BUS, path), face, method, body).await
}

pub(super) async fn property(bus: &Connection, path: &str, face: &str, name: &str) -> Result<OwnedVariant, Trouble> {
    call(bus, path, "org.freedesktop.DBus.Properties", "Get", &(face, name)).await
}

pub(super) fn text(value: OwnedVariant) -> Result<String, Trouble> {
    String::try_from(value).map_err(said)
}

pub(super) fn object(value: OwnedVariant) -> Result<OwnedObjectPath, Trouble> {
    OwnedObjectPath::try_from(value).map_err(said)
}

pub(super) fn own(text: &str) -> Result<OwnedVariant, Trouble> {
    OwnedVariant::try_from(zbus::zvariant::Variant::from(text)).map_err(said)
}

pub(super) fn said(error: impl std::fmt::Display) -> Trouble {
    Trouble::Other(short(&error.to_string()))
}
