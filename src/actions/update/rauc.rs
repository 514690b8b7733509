//! RAUC: two systems side by side. What runs is never touched; going back is naming the other one.

use super::{Going, Restart, offer, restart};
use crate::actions::{Cx, Prepared};
use crate::model::{OfferSeen, Signed, UpdateSeen};
use crate::platform::{Deed, RaucSeen, Trouble};

/// What the source offers, with RAUC's own word about its signature where the bundle is on this machine.
pub async fn offer(cx: &Cx, rauc: &RaucSeen, fresh: bool) -> Result<OfferSeen, offer::Fault> {
    let mut found = offer::find(cx, fresh, ".raucb").await?;
    if found.bundle.contains("://") {
        return Ok(found);
    }
    if let Some(known) = cx.updates.proved(&found) {
        return Ok(known);
    }
    match cx.hands.bundle(&found.bundle).await {
        Ok(seen) => {
            found.signed = if seen.compatible != rauc.compatible {
                Signed::Bad(format!("compatible {}", seen.compatible))
            } else if !found.version.is_empty() && found.version != seen.version {
                Signed::Bad(format!("version {}", seen.version))
            } else {
                Signed::Good
            };
            found.version = seen.version;
            if found.zh.is_empty() && found.en.is_empty() {
                found.zh = offer::line(&seen.description, 600);
                found.en.clone_from(&found.zh);
            }
            Ok(found)
        }
        Err(Trouble::Other(words)) => Ok(OfferSeen { signed: Signed::Bad(words), ..found }),
        Err(trouble) => Err(("upgrade-source", trouble.to_string())),
    }
}

/// Into the slot that does not run.
pub fn install(cx: &Cx, rauc: &RaucSeen, found: &OfferSeen, going: &mut Going, plan: &mut Prepared) {
    let booted = rauc.slots.iter().find(|slot| slot.booted);
    let others: Vec<_> = rauc.slots.iter().filter(|slot| !slot.booted).collect();
    let (Some(booted), [other]) = (booted, others.as_slice()) else {
        return plan.block("upgrade-slots", rauc.slots.len().to_string());
    };
    if rauc.busy {
        plan.block("upgrade-busy", String::new());
    }
    // The other one is the only way back until this one has been found good.
    if booted.good == Some(false) {
        plan.ask("upgrade-unproved", booted.boot.clone());
    }
    going.old_slot.clone_from(&booted.name);
    going.new_slot.clone_from(&other.name);
    let mut bundle = found.bundle.clone();
    if bundle.contains("://") {
        bundle = format!("{}/bundle", cx.updates.folder);
        going.go.push(fetch(cx, found, &found.bundle, &bundle));
    }
    going.go.push(Deed::RaucInstall { bundle, version: found.version.clone(), stamp: found.stamp.clone() });
    let mark = |state: &str, slot: &str| Deed::RaucMark { state: state.to_owned(), slot: slot.to_owned() };
    going.back = vec![mark("active", &booted.name), mark("bad", &other.name)];
    going.restart = restart(cx, Restart::Always);
}

/// Brings a bundle into our own folder.
pub fn fetch(cx: &Cx, found: &OfferSeen, from: &str, to: &str) -> Deed {
    let config = &cx.config.update;
    Deed::Fetch {
        from: from.to_owned(),
        ca_file: config.ca_file.display().to_string(),
        to: to.to_owned(),
        size: found.size,
        sha256: found.sha256.clone(),
        most: config.max_mb.saturating_mul(1_000_000),
    }
}

/// The other one is started next.
pub fn rollback(cx: &Cx, seen: &UpdateSeen, going: &mut Going, plan: &mut Prepared) {
    let (Some(booted), Some(other)) = (seen.booted(), seen.other()) else {
        return plan.block("upgrade-slots", seen.slots.len().to_string());
    };
    // The boot loader counts a slot as bad that nobody has called good; whether it was ever whole its version tells.
    if other.version.is_empty() || other.good == Some(false) {
        plan.ask("upgrade-other", other.boot.clone());
    }
    going.old_slot.clone_from(&booted.name);
    going.new_slot.clone_from(&other.name);
    going.new = if other.version.is_empty() { other.boot.clone() } else { other.version.clone() };
    going.go = vec![Deed::RaucMark { state: "active".to_owned(), slot: other.name.clone() }];
    going.restart = restart(cx, Restart::Always);
}
