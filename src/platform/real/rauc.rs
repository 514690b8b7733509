//! RAUC over D-Bus: slots, bundles, installing, marking. Whether an installation came about is read from the slots and
//! not concluded from a word at the end: RAUC may have died and come back meanwhile.

use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::mpsc;
use zbus::{Connection, OwnedVariant};

use super::bus::{DAEMON, call_at, short};
use crate::model::{Progress, SlotSeen};
use crate::platform::{BundleSeen, RaucSeen, Trouble};

const BUS: &str = "de.pengutronix.rauc";
const PATH: &str = "/";
const FACE: &str = "de.pengutronix.rauc.Installer";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
/// For looking; RAUC may have to be started for it.
const LOOK: Duration = Duration::from_secs(8);
/// A plain bundle is read to its end for its signature.
const BUNDLE: Duration = Duration::from_mins(2);
const STEP: Duration = Duration::from_millis(200);

type Facts = HashMap<String, OwnedVariant>;

/// How it stands.
pub async fn look() -> Result<RaucSeen, Trouble> {
    tokio::time::timeout(LOOK, ask()).await.map_err(|_| Trouble::Late)?
}

async fn ask() -> Result<RaucSeen, Trouble> {
    let bus = bus().await?;
    let own: Facts = call(&bus, BUS, PROPERTIES, "GetAll", &(FACE,)).await?;
    let rows: Vec<(String, Facts)> = call(&bus, BUS, FACE, "GetSlotStatus", &()).await?;
    // A boot loader that nobody has set up yet has no next slot.
    let next: String = call(&bus, BUS, FACE, "GetPrimary", &()).await.unwrap_or_default();
    let mut seen = RaucSeen {
        compatible: text(&own, "Compatible"),
        busy: text(&own, "Operation") != "idle",
        last_error: text(&own, "LastError"),
        ..RaucSeen::default()
    };
    for (name, facts) in rows {
        let boot = text(&facts, "bootname");
        if boot.is_empty() {
            continue;
        }
        if text(&facts, "status") == "ok" {
            seen.whole.push(name.clone());
        }
        let good = match text(&facts, "boot-status").as_str() {
            "good" => Some(true),
            "bad" => Some(false),
            _ => None,
        };
        let booted = text(&facts, "state") == "booted";
        let next = name == next;
        seen.slots.push(SlotSeen { name, boot, booted, next, good, version: text(&facts, "bundle.version") });
    }
    seen.slots.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(seen)
}

/// What a bundle says of itself, once its signature has been found good.
pub async fn bundle(path: &str) -> Result<BundleSeen, Trouble> {
    let work = async {
        let bus = bus().await?;
        let (compatible, version): (String, String) = call(&bus, BUS, FACE, "Info", &(path,)).await?;
        // Only newer ones tell more.
        let none: HashMap<String, OwnedVariant> = HashMap::new();
        let more: Facts = call(&bus, BUS, FACE, "InspectBundle", &(path, none)).await.unwrap_or_default();
        let update = more.get("update").and_then(|value| value.try_clone().ok());
        let update: Facts = update.and_then(|value| Facts::try_from(value).ok()).unwrap_or_default();
        Ok(BundleSeen { compatible, version, description: text(&update, "description") })
    };
    tokio::time::timeout(BUNDLE, work).await.map_err(|_| Trouble::Late)?
}

/// Installs a bundle and waits for its end; the caller has a limit.
pub async fn install(path: &str, told: Option<&mpsc::Sender<Progress>>) -> Result<String, Trouble> {
    let bus = bus().await?;
    let none: HashMap<String, OwnedVariant> = HashMap::new();
    let () = call(&bus, BUS, FACE, "InstallBundle", &(path, none)).await?;
    // This one and no other: should it die, whoever comes in its place knows nothing of what was begun.
    let owner: String = call_at(&bus, DAEMON, "org.freedesktop.DBus", "GetNameOwner", &(BUS,)).await?;
    loop {
        let facts: Facts = match call(&bus, &owner, PROPERTIES, "GetAll", &(FACE,)).await {
            Ok(facts) => facts,
            Err(_) => return Err(Trouble::Other("rauc went away".to_owned())),
        };
        let (percent, words, _): (i32, String, i32) =
            facts.get("Progress").and_then(|v| v.try_clone().ok()?.try_into().ok()).unwrap_or_default();
        if let Some(told) = told {
            // Whoever is behind sees the next one.
            let _ = told.try_send(Progress { percent: u8::try_from(percent.clamp(0, 100)).unwrap_or(0), text: words });
        }
        if text(&facts, "Operation") == "idle" {
            let error = text(&facts, "LastError");
            return if error.is_empty() { Ok("done".to_owned()) } else { Err(Trouble::Other(error)) };
        }
        tokio::time::sleep(STEP).await;
    }
}

/// Marks a slot `good`, `bad` or `active`.
pub async fn mark(state: &str, slot: &str) -> Result<String, Trouble> {
    let bus = bus().await?;
    let (name, words): (String, String) = call(&bus, BUS, FACE, "Mark", &(state, slot)).await?;
    Ok(format!("{name}: {words}"))
}

async fn bus() -> Result<Connection, Trouble> {
    Connection::system().await.map_err(|_| Trouble::Missing)
}

async fn call<B, T>(bus: &Connection, name: &str, face: &str, method: &str, body: &B) -> Result<T, Trouble>
where
    B: serde::Serialize + zbus::zvariant::DynamicType,
    T: serde::de::DeserializeOwned + zbus::zvariant::Type,
{
    call_at(bus, (name, PATH), face, method, body).await
}

fn text(facts: &Facts, name: &str) -> String {
    let value = facts.get(name).and_then(|value| value.try_clone().ok());
    short(&value.and_then(|value| String::try_from(value).ok()).unwrap_or_default())
}
