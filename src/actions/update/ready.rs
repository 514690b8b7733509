//! Whether an update may begin now: nobody shops, the power will last, there is room. Looked at when the plan is made
//! and once more before the first step that changes something.

use super::Verb;
use crate::actions::hours::Hours;
use crate::actions::{Cx, Prepared};
use crate::platform::{Deed, Host};

const FOLDER: &str = "/sys/class/power_supply";
const VALUE: usize = 64;
const MOST: usize = 16;

/// Adds what stands against it.
pub async fn judge(cx: &Cx, verb: Verb, bytes: u64, plan: &mut Prepared) {
    let config = &cx.config;
    let hours = Hours::parse(&config.actions.open_hours);
    // Going back is for a shop that cannot work: it does not wait for the evening.
    if verb == Verb::Install && !config.update.during_hours && hours.is_some_and(|hours| hours.open(cx.host.now())) {
        plan.ask("upgrade-open", config.actions.open_hours.clone());
    }
    if let Some(charge) = weak(cx.host.as_ref(), config.update.battery_percent).await {
        plan.block("upgrade-power", charge);
    }
    if let Some(free) = tight(cx, bytes).await {
        plan.block("upgrade-space", free);
    }
}

/// The first reason against going on, at a moment when all that was shown has been agreed to.
pub async fn still(cx: &Cx, bytes: u64) -> Option<(&'static str, String)> {
    if let Some(charge) = weak(cx.host.as_ref(), cx.config.update.battery_percent).await {
        return Some(("upgrade-power", charge));
    }
    tight(cx, bytes).await.map(|free| ("upgrade-space", free))
}

/// Bytes that these bring into our own folder.
pub fn bytes(go: &[Deed]) -> u64 {
    go.iter().map(|deed| if let Deed::Fetch { size, .. } = deed { *size } else { 0 }).sum()
}

/// Charge of the battery, where neither mains nor enough of it is there. A terminal that has no supplies to tell of is
/// one that hangs on the mains.
async fn weak(host: &dyn Host, least: u8) -> Option<String> {
    let value = async |name: &str, what: &str| -> String {
        let bytes = host.read(&format!("{FOLDER}/{name}/{what}"), VALUE).await.unwrap_or_default();
        String::from_utf8_lossy(&bytes).trim().to_owned()
    };
    let mut charge: Option<String> = None;
    for name in host.list(FOLDER).await.unwrap_or_default().into_iter().take(MOST) {
        // Mice and pens have batteries too.
        if value(&name, "scope").await == "Device" {
            continue;
        }
        if value(&name, "type").await == "Battery" {
            if value(&name, "present").await != "0" {
                charge = Some(value(&name, "capacity").await);
            }
        } else if matches!(value(&name, "online").await.as_str(), "1" | "2") {
            return None;
        }
    }
    let charge = charge?;
    let enough = charge.parse::<u8>().is_ok_and(|percent| percent >= least);
    (!enough).then(|| if charge.is_empty() { "?".to_owned() } else { charge })
}

/// Megabytes that are free, where they do not do.
async fn tight(cx: &Cx, bytes: u64) -> Option<String> {
    let folder = if cx.updates.folder.is_empty() { "/" } else { &cx.updates.folder };
    let mut space = cx.host.space(folder).await;
    if space.is_err() {
        // It is made when the first bundle comes.
        let parent = folder.rsplit_once('/').map_or("/", |(parent, _)| if parent.is_empty() { "/" } else { parent });
        space = cx.host.space(parent).await;
    }
    let free = space.ok()?.free;
    let needed = bytes.saturating_add(cx.config.update.reserve_mb.saturating_mul(1_000_000));
    (free < needed).then(|| (free / 1_000_000).to_string())
}
