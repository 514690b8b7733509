//! systemd units over D-Bus. A bus that hangs is late, not fatal.

use std::time::Duration;

use zbus::{Connection, OwnedObjectPath, OwnedVariant, connection};

use super::bus;
use crate::platform::{Trouble, UnitSeen, Units};

/// For everything together: connecting waits without limit where the bus does not answer.
const LIMIT: Duration = Duration::from_millis(2_500);
/// How often a job is looked at.
const STEP: Duration = Duration::from_millis(200);
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
        None => bus::system().await?,
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
    String::try_from(value(bus, path, name).await?).map_err(said)
}

async fn value(bus: &Connection, path: &OwnedObjectPath, name: &str) -> Result<OwnedVariant, Trouble> {
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
    answer.body().deserialize().map_err(said)
}

fn said(error: impl std::fmt::Display) -> Trouble {
    Trouble::Other(error.to_string())
}

const NETWORKD: &str = "org.freedesktop.network1";

/// Restarts a unit and waits until it is active; the caller has a limit.
pub async fn restart(unit: &str) -> Result<String, Trouble> {
    match job(&system().await?, "RestartUnit", unit).await?.as_str() {
        "inactive" => Err(Trouble::Other("inactive".to_owned())),
        state => Ok(state.to_owned()),
    }
}

/// Starts a unit and waits for its end or until it stands; the caller has a limit.
pub async fn start(unit: &str) -> Result<String, Trouble> {
    match job(&system().await?, "StartUnit", unit).await?.as_str() {
        // A oneshot that has ended well.
        "inactive" => Ok("done".to_owned()),
        state => Ok(state.to_owned()),
    }
}

async fn system() -> Result<Connection, Trouble> {
    if !std::path::Path::new("/run/systemd/system").exists() {
        return Err(Trouble::Missing);
    }
    bus::system().await
}

/// Lets systemd do it, and waits until its job is through: until then the unit's state tells of the time before.
async fn job(bus: &Connection, method: &str, unit: &str) -> Result<String, Trouble> {
    bus.call_method(Some(SYSTEMD), ROOT, Some(MANAGER), method, &(unit, "replace")).await.map_err(said)?;
    loop {
        tokio::time::sleep(STEP).await;
        let answer = bus.call_method(Some(SYSTEMD), ROOT, Some(MANAGER), "LoadUnit", &(unit,)).await.map_err(said)?;
        let path: OwnedObjectPath = answer.body().deserialize().map_err(said)?;
        let (waits, _): (u32, OwnedObjectPath) = value(bus, &path, "Job").await?.try_into().map_err(said)?;
        if waits != 0 {
            continue;
        }
        match state_of(bus, unit).await?.as_str() {
            state @ ("active" | "inactive") => return Ok(state.to_owned()),
            "failed" => return Err(Trouble::Other("failed".to_owned())),
            "not-found" => return Err(Trouble::Missing),
            _ => {}
        }
    }
}

/// The machine goes down, by systemd-logind.
pub async fn power(method: &str) -> Result<String, Trouble> {
    let bus = bus::system().await?;
    let (name, path, manager) = ("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager");
    // Not interactive: nobody is there to be asked.
    bus.call_method(Some(name), path, Some(manager), method, &(false,)).await.map_err(said)?;
    Ok("going down".to_owned())
}

/// systemd-networkd configures a link again.
pub async fn networkd_reconfigure(interface: &str) -> Result<String, Trouble> {
    let index = super::netlink::index_of(interface).await.ok_or(Trouble::Missing)?;
    networkd("ReconfigureLink", &(i32::try_from(index).unwrap_or(i32::MAX),)).await
}

/// systemd-networkd reads its files again.
pub async fn networkd_reload() -> Result<String, Trouble> {
    networkd("Reload", &()).await
}

async fn networkd<B: serde::Serialize + zbus::zvariant::DynamicType>(
    method: &str,
    body: &B,
) -> Result<String, Trouble> {
    let bus = Connection::system().await.map_err(said)?;
    let manager = "org.freedesktop.network1.Manager";
    bus.call_method(Some(NETWORKD), "/org/freedesktop/network1", Some(manager), method, body).await.map_err(said)?;
    Ok("done".to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use futures_util::StreamExt as _;
    use zbus::Structure;

    use super::*;

    /// A systemd with one unit: what it was before its job, for how many looks the job waits, what comes of it.
    async fn play(bus: Connection, before: &'static str, after: &'static str) {
        let mut calls = zbus::MessageStream::from(&bus);
        let mut looks = 0;
        while let Some(Ok(call)) = calls.next().await {
            let header = call.header();
            let object = |path: &'static str| OwnedObjectPath::try_from(path).unwrap();
            match header.member().map(zbus::names::MemberName::as_str) {
                Some("StartUnit" | "RestartUnit") => bus.reply(&header, &(object("/job/7"),)).await.unwrap(),
                Some("LoadUnit") => bus.reply(&header, &(object("/unit/one"),)).await.unwrap(),
                Some("Get") => {
                    let (_, property): (String, String) = call.body().deserialize().unwrap();
                    let through = looks >= 3;
                    let value = match property.as_str() {
                        "Job" => {
                            looks += 1;
                            let number = if looks >= 3 { 0_u32 } else { 7 };
                            zbus::Variant::from(Structure::from((number, object("/job/7").into_inner())))
                        }
                        "LoadState" => zbus::Variant::from("loaded"),
                        _ => zbus::Variant::from(if through { after } else { before }),
                    };
                    bus.reply(&header, &(value,)).await.unwrap();
                }
                _ => {}
            }
        }
    }

    #[tokio::test]
    async fn a_unit_is_done_when_its_job_is_and_not_before() {
        // As it stands before its job has begun, each of these looks like another end.
        for (method, before, after, wanted) in [
            ("StartUnit", "inactive", "failed", Err(Trouble::Other("failed".to_owned()))),
            ("StartUnit", "failed", "inactive", Ok("inactive".to_owned())),
            ("RestartUnit", "active", "failed", Err(Trouble::Other("failed".to_owned()))),
            ("RestartUnit", "failed", "active", Ok("active".to_owned())),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let Some((address, _daemon)) = crate::platform::real::tests::bus(folder.path()).await else {
                println!("skipped: there is no dbus-daemon here");
                return;
            };
            let systemd = connection::Builder::address(address.as_str()).build().await.unwrap();
            systemd.request_name(SYSTEMD).await.unwrap();
            let playing = tokio::spawn(play(systemd, before, after));
            let bus = connection::Builder::address(address.as_str()).build().await.unwrap();
            assert_eq!(job(&bus, method, "one.service").await, wanted, "{method} {before} {after}");
            playing.abort();
        }
    }
}
