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

/// Debian's unit that brings up one interface.
const RAISES: &str = "ifup@";
const RAISERS: &str = "ifup@*.service";
/// ... and the one for all of them.
const ALL: &str = "networking.service";
/// What takes the locks of ifupdown besides.
const LOCKED: [&str; 2] = [RAISES, "pos-console-ifcycle@"];
const SIGTERM: i32 = 15;
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
    let path = loaded(bus, &full).await?;
    if property(bus, &path, "LoadState").await? == "not-found" {
        return Ok("not-found".to_owned());
    }
    property(bus, &path, "ActiveState").await
}

/// Whether Debian's ifup@ of an interface is still at work: it counts as active from its first moment on.
async fn at_work(bus: &Connection, unit: &str, path: &OwnedObjectPath) -> Result<bool, Trouble> {
    if !unit.starts_with(RAISES) || property(bus, path, "SubState").await? != "running" {
        return Ok(false);
    }
    // One that stays, as a daemon does, is through when it runs.
    let stays = value_of(bus, path, ("org.freedesktop.systemd1.Service", "RemainAfterExit")).await?;
    bool::try_from(stays).map_err(said)
}

async fn property(bus: &Connection, path: &OwnedObjectPath, name: &str) -> Result<String, Trouble> {
    String::try_from(value(bus, path, name).await?).map_err(said)
}

async fn value(bus: &Connection, path: &OwnedObjectPath, name: &str) -> Result<OwnedVariant, Trouble> {
    value_of(bus, path, ("org.freedesktop.systemd1.Unit", name)).await
}

async fn value_of(bus: &Connection, path: &OwnedObjectPath, which: (&str, &str)) -> Result<OwnedVariant, Trouble> {
    let answer = bus
        .call_method(Some(SYSTEMD), path.as_ref(), Some("org.freedesktop.DBus.Properties"), "Get", &which)
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
    let bus = system().await?;
    room(&bus, unit).await?;
    break_off(&bus, unit).await?;
    match job(&bus, "RestartUnit", unit).await?.as_str() {
        "inactive" => Err(Trouble::Other("inactive".to_owned())),
        state => Ok(state.to_owned()),
    }
}

/// Starts a unit and waits for its end or until it stands; the caller has a limit.
pub async fn start(unit: &str) -> Result<String, Trouble> {
    let bus = system().await?;
    room(&bus, unit).await?;
    match job(&bus, "StartUnit", unit).await?.as_str() {
        // A oneshot that has ended well.
        "inactive" => Ok("done".to_owned()),
        state => Ok(state.to_owned()),
    }
}

/// Waits until networking.service has ended what it does: it holds the locks of ifupdown meanwhile, and an ifdown that
/// is asked for now would come when the addresses have long been put back, and take them away. Units of others go on.
async fn room(bus: &Connection, unit: &str) -> Result<(), Trouble> {
    if unit != ALL && !LOCKED.iter().any(|start| unit.starts_with(start)) {
        return Ok(());
    }
    while matches!(state_of(bus, ALL).await?.as_str(), "activating" | "deactivating") {
        tokio::time::sleep(STEP).await;
    }
    Ok(())
}

/// Before an interface goes down: what an earlier restart left at work in its ifup@ (a DHCP server that does not answer)
/// holds its lock, and its ifdown would wait for that.
async fn break_off(bus: &Connection, unit: &str) -> Result<(), Trouble> {
    let those = match unit {
        ALL => raising(bus).await?,
        unit if unit.starts_with(RAISES) => vec![unit.to_owned()],
        _ => Vec::new(),
    };
    for unit in those {
        let path = loaded(bus, &unit).await?;
        if at_work(bus, &unit, &path).await? {
            bus.call_method(Some(SYSTEMD), ROOT, Some(MANAGER), "KillUnit", &(unit.as_str(), "all", SIGTERM))
                .await
                .map_err(said)?;
        }
    }
    Ok(())
}

/// Every ifup@ that systemd has in its memory.
async fn raising(bus: &Connection) -> Result<Vec<String>, Trouble> {
    let (states, names): (&[&str], &[&str]) = (&[], &[RAISERS]);
    let which = (states, names);
    let answer =
        bus.call_method(Some(SYSTEMD), ROOT, Some(MANAGER), "ListUnitsByPatterns", &which).await.map_err(said)?;
    let rows: Vec<Row> = answer.body().deserialize().map_err(said)?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

async fn loaded(bus: &Connection, unit: &str) -> Result<OwnedObjectPath, Trouble> {
    let answer = bus.call_method(Some(SYSTEMD), ROOT, Some(MANAGER), "LoadUnit", &(unit,)).await.map_err(said)?;
    answer.body().deserialize().map_err(said)
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
        let path = loaded(bus, unit).await?;
        let (waits, _): (u32, OwnedObjectPath) = value(bus, &path, "Job").await?.try_into().map_err(said)?;
        if waits != 0 {
            continue;
        }
        match state_of(bus, unit).await?.as_str() {
            "active" if at_work(bus, unit, &path).await? => {}
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

    /// A systemd with one unit: what it was before its job, for how many looks the job waits, what comes of it. With
    /// `works` its program is at work for two more looks, and the unit counts as active meanwhile.
    async fn play(bus: Connection, before: &'static str, after: &'static str, works: bool) {
        let mut calls = zbus::MessageStream::from(&bus);
        let (mut looks, mut at_work) = (0, if works { 2 } else { 0 });
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
                        "RemainAfterExit" => zbus::Variant::from(true),
                        "SubState" => {
                            let sub = if at_work > 0 { "running" } else { "exited" };
                            at_work -= i32::from(at_work > 0);
                            zbus::Variant::from(sub)
                        }
                        _ if through && at_work > 0 => zbus::Variant::from("active"),
                        _ => zbus::Variant::from(if through { after } else { before }),
                    };
                    bus.reply(&header, &(value,)).await.unwrap();
                }
                _ => {}
            }
        }
    }

    /// A bus of its own: whoever plays systemd on it, whoever asks, and what both live on.
    struct Stage {
        systemd: Connection,
        bus: Connection,
        _kept: (tempfile::TempDir, tokio::process::Child),
    }

    async fn stage() -> Option<Stage> {
        let folder = tempfile::tempdir().unwrap();
        let Some((address, daemon)) = crate::platform::real::tests::bus(folder.path()).await else {
            println!("skipped: there is no dbus-daemon here");
            return None;
        };
        let join = || connection::Builder::address(address.as_str()).build();
        let (systemd, bus) = (join().await.unwrap(), join().await.unwrap());
        systemd.request_name(SYSTEMD).await.unwrap();
        Some(Stage { systemd, bus, _kept: (folder, daemon) })
    }

    async fn plays(
        (before, after, works): (&'static str, &'static str, bool),
        method: &str,
        unit: &str,
    ) -> Option<Result<String, Trouble>> {
        let Stage { systemd, bus, _kept } = stage().await?;
        let playing = tokio::spawn(play(systemd, before, after, works));
        let came = job(&bus, method, unit).await;
        playing.abort();
        Some(came)
    }

    #[tokio::test]
    async fn a_unit_is_done_when_its_job_is_and_not_before() {
        let failed = || Err(Trouble::Other("failed".to_owned()));
        // As it stands before its job has begun, each of these looks like another end.
        for (method, before, after, wanted) in [
            ("StartUnit", "inactive", "failed", failed()),
            ("StartUnit", "failed", "inactive", Ok("inactive".to_owned())),
            ("RestartUnit", "active", "failed", failed()),
            ("RestartUnit", "failed", "active", Ok("active".to_owned())),
        ] {
            let Some(came) = plays((before, after, false), method, "one.service").await else { return };
            assert_eq!(came, wanted, "{method} {before} {after}");
        }
    }

    /// Two ifup@ that are known, one of them at work; what is killed comes out.
    async fn play_raisers(bus: Connection, killed: tokio::sync::mpsc::UnboundedSender<String>) {
        let mut calls = zbus::MessageStream::from(&bus);
        while let Some(Ok(call)) = calls.next().await {
            let header = call.header();
            let object = |path: &str| OwnedObjectPath::try_from(path.to_owned()).unwrap();
            match header.member().map(zbus::names::MemberName::as_str) {
                Some("ListUnitsByPatterns") => {
                    let (_, names): (Vec<String>, Vec<String>) = call.body().deserialize().unwrap();
                    assert_eq!(names, [RAISERS]);
                    let row = |name: &str| -> Row {
                        let empty = String::new;
                        let path = object("/unit");
                        (name.to_owned(), empty(), empty(), empty(), empty(), empty(), path.clone(), 0, empty(), path)
                    };
                    let rows = vec![row("ifup@eth0.service"), row("ifup@eth1.service")];
                    bus.reply(&header, &(rows,)).await.unwrap();
                }
                Some("LoadUnit") => {
                    let unit: String = call.body().deserialize().unwrap();
                    let path = if unit.contains("eth1") { "/unit/hangs" } else { "/unit/up" };
                    bus.reply(&header, &(object(path),)).await.unwrap();
                }
                Some("Get") => {
                    let (_, property): (String, String) = call.body().deserialize().unwrap();
                    let hangs = header.path().is_some_and(|path| path.as_str() == "/unit/hangs");
                    let value = match property.as_str() {
                        "RemainAfterExit" => zbus::Variant::from(true),
                        _ => zbus::Variant::from(if hangs { "running" } else { "exited" }),
                    };
                    bus.reply(&header, &(value,)).await.unwrap();
                }
                Some("KillUnit") => {
                    let (unit, whom, signal): (String, String, i32) = call.body().deserialize().unwrap();
                    assert_eq!((whom.as_str(), signal), ("all", SIGTERM));
                    killed.send(unit).unwrap();
                    bus.reply(&header, &()).await.unwrap();
                }
                _ => {}
            }
        }
    }

    /// networking.service is at work for two looks; how often it was looked at.
    async fn play_at_work(bus: Connection, looks: std::sync::Arc<std::sync::atomic::AtomicUsize>) {
        let mut calls = zbus::MessageStream::from(&bus);
        while let Some(Ok(call)) = calls.next().await {
            let header = call.header();
            match header.member().map(zbus::names::MemberName::as_str) {
                Some("LoadUnit") => {
                    let unit: String = call.body().deserialize().unwrap();
                    assert_eq!(unit, ALL);
                    bus.reply(&header, &(OwnedObjectPath::try_from("/unit").unwrap(),)).await.unwrap();
                }
                Some("Get") => {
                    let (_, property): (String, String) = call.body().deserialize().unwrap();
                    let state = match property.as_str() {
                        "LoadState" => "loaded",
                        _ => match looks.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
                            0 => "deactivating",
                            1 => "activating",
                            _ => "failed",
                        },
                    };
                    bus.reply(&header, &(zbus::Variant::from(state),)).await.unwrap();
                }
                _ => {}
            }
        }
    }

    #[tokio::test]
    async fn while_all_interfaces_come_up_none_is_taken_down() {
        for (unit, wanted) in [
            ("ifup@eth0.service", 3),
            ("pos-console-ifcycle@eth0.service", 3),
            ("networking.service", 3),
            ("payment.service", 0),
        ] {
            let Some(Stage { systemd, bus, _kept }) = stage().await else { return };
            let looks = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
            let playing = tokio::spawn(play_at_work(systemd, looks.clone()));
            assert_eq!(room(&bus, unit).await, Ok(()));
            assert_eq!(looks.load(std::sync::atomic::Ordering::SeqCst), wanted, "{unit}");
            playing.abort();
        }
    }

    #[tokio::test]
    async fn before_an_interface_goes_down_what_hangs_in_its_ifup_is_ended() {
        let Some(Stage { systemd, bus, _kept }) = stage().await else { return };
        let (kills, mut killed) = tokio::sync::mpsc::unbounded_channel();
        let playing = tokio::spawn(play_raisers(systemd, kills));
        for (unit, wanted) in [
            ("networking.service", Some("ifup@eth1.service")),
            ("ifup@eth1.service", Some("ifup@eth1.service")),
            ("ifup@eth0.service", None),
            ("payment.service", None),
        ] {
            assert_eq!(break_off(&bus, unit).await, Ok(()));
            assert_eq!(killed.try_recv().ok().as_deref(), wanted, "{unit}");
        }
        playing.abort();
    }

    #[tokio::test]
    async fn an_interface_is_up_when_its_ifup_has_ended_and_not_when_it_begins() {
        let failed = || Err(Trouble::Other("failed".to_owned()));
        let active = || Ok("active".to_owned());
        for (unit, after, wanted) in [
            ("ifup@eth0.service", "failed", failed()),
            ("ifup@eth0.service", "active", active()),
            // A daemon of the site with the same setting runs for good: it stands.
            ("one.service", "failed", active()),
        ] {
            let Some(came) = plays(("active", after, true), "RestartUnit", unit).await else { return };
            assert_eq!(came, wanted, "{unit} {after}");
        }
    }
}
