//! systemd units over D-Bus. A bus that hangs is late, not fatal.

use std::time::Duration;

use zbus::{Connection, OwnedObjectPath, OwnedVariant, connection};

use crate::platform::{Trouble, UnitSeen, Units};

/// For everything together: connecting waits without limit where the bus does not answer.
const LIMIT: Duration = Duration::from_millis(2_500);
/// Failed units that are named.
const MOST: usize = 20;

const SYSTEMD: &str = "org.freedesktop.systemd1";
const ROOT: &str = "/org/freedesktop/systemd1";
const MANAGER: &str = "org.freedesktop.systemd1.Manager";

/// name, description, load, active, sub, followed, path, job id, job type, job path.
type Row = (String, String, String, String, String, String, OwnedObjectPath, u32, String, OwnedObjectPath);

/// Failed units and the state of those named; `address` is another bus than the system's, for tests.
pub async fn look(address: Option<&str>, names: &[String]) -> Result<Units, Trouble> {
    if address.is_none() && !std::path::Path::new("/run/systemd/system").exists() {
        return Err(Trouble::Missing);
    }
    tokio::time::timeout(LIMIT, ask(address, names)).await.map_err(|_| Trouble::Late)?
}

async fn ask(address: Option<&str>, names: &[String]) -> Result<Units, Trouble> {
    let bus = match address {
        Some(address) => connection::Builder::address(address).build().await.map_err(said)?,
        None => Connection::system().await.map_err(said)?,
    };
    let states: &[&str] = &["failed"];
    let answer =
        bus.call_method(Some(SYSTEMD), ROOT, Some(MANAGER), "ListUnitsFiltered", &(states,)).await.map_err(said)?;
    let rows: Vec<Row> = answer.body().deserialize().map_err(said)?;
    let failed = rows.into_iter().map(|row| row.0).take(MOST).collect();
    let mut named = Vec::new();
    for name in names {
        named.push(UnitSeen { name: name.clone(), state: state_of(&bus, name).await? });
    }
    Ok(Units { failed, named })
}

async fn state_of(bus: &Connection, name: &str) -> Result<String, Trouble> {
    // LoadUnit answers for units that are not in memory too; its LoadState tells whether the file exists.
    let full = if name.contains('.') { name.to_owned() } else { format!("{name}.service") };
    let answer =
        bus.call_method(Some(SYSTEMD), ROOT, Some(MANAGER), "LoadUnit", &(full.as_str(),)).await.map_err(said)?;
    let path: OwnedObjectPath = answer.body().deserialize().map_err(said)?;
    if property(bus, &path, "LoadState").await? == "not-found" {
        return Ok("not-found".to_owned());
    }
    property(bus, &path, "ActiveState").await
}

async fn property(bus: &Connection, path: &OwnedObjectPath, name: &str) -> Result<String, Trouble> {
    let answer = bus
        .call_method(
            Some(SYSTEMD),
            path.as_ref(),
            Some("org.freedesktop.DBus.Properties"),
            "Get",
            &("org.freedesktop.systemd1.Unit", name),
        )
        .await
        .map_err(said)?;
    let value: OwnedVariant = answer.body().deserialize().map_err(said)?;
    String::try_from(value).map_err(said)
}

fn said(error: impl std::fmt::Display) -> Trouble {
    Trouble::Other(error.to_string())
}
