//! 95 NET SETUP: Wi-Fi, addresses and the mobile network as a person chose them. What is new is a profile beside those
//! that stand; it is written down only once it is kept, so whatever cuts it short leaves what was before.

use super::network::{NM_UNIT, guard_seconds, line_notes, restart_manager, restore};
use super::prepare::{Cx, Prepared};
use crate::model::{Draft, NetChange, NetDevice, NetKind, NetSeen, Role, Said, Secret, ssid_name};
use crate::platform::{Deed, SetUp, Trouble};

/// The profile that is yet to be made.
const NEW: String = String::new();

/// Why nothing can be set up: code and detail of the refusal.
pub fn untold(trouble: &Trouble) -> (&'static str, String) {
    match trouble {
        Trouble::Missing => ("set-manager", String::new()),
        Trouble::Late => ("set-late", String::new()),
        other => ("set-untold", other.to_string()),
    }
}

/// Looks at the machine and says what would be done.
pub async fn prepare(cx: &Cx) -> Prepared {
    let mut plan = Prepared { at: cx.hands.steady(), ..Prepared::default() };
    let Some((Draft::Net { change }, _)) = &cx.draft else {
        plan.block("set-nothing", "");
        return plan;
    };
    if !cx.role.may(change.role()) {
        plan.block("role", Role::Technician.word());
    }
    if let Some(fault) = change.fault() {
        plan.block(fault, "");
        return plan;
    }
    let seen = match cx.hands.net_seen(false).await {
        Ok(seen) if manages(cx) => seen,
        Ok(_) | Err(Trouble::Missing) => {
            plan.block("set-manager", cx.config.actions.network.clone());
            return plan;
        }
        Err(trouble) => {
            let (code, detail) = untold(&trouble);
            plan.block(code, detail);
            return plan;
        }
    };
    let Some(device) = device(change, &seen) else {
        plan.block("set-no-device", named(change));
        return plan;
    };
    let view = cx.host.net().await.unwrap_or_default();
    plan.interfaces = view.routes.iter().map(|route| route.interface.clone()).collect();
    plan.interfaces.insert(0, device.interface.clone());
    plan.interfaces.dedup();
    plan.kept = cx.hands.keep(&plan.interfaces).await.unwrap_or_default();
    // A modem that is not connected has no link yet, and perhaps nothing else has one either.
    if plan.kept.links.is_empty() && device.kind != NetKind::Cell {
        plan.block("no-interface", plan.interfaces.join(" "));
        return plan;
    }
    plan.guard_s = Some(guard_seconds(cx));
    deeds(cx, change, device, &seen, &mut plan);
    line_notes(cx, &view, &mut plan);
    plan.notes.push(Said::new("run-note-set-up"));
    plan
}

/// The configuration may say that somebody else runs the network here.
fn manages(cx: &Cx) -> bool {
    matches!(cx.config.actions.network.as_str(), "auto" | "networkmanager")
}

/// What a change is about, where there is no such thing.
fn named(change: &NetChange) -> String {
    match change {
        NetChange::Wifi { .. } => "Wi-Fi".to_owned(),
        NetChange::Mobile { .. } => "4G".to_owned(),
        NetChange::Automatic { interface } | NetChange::Fixed { interface, .. } => interface.clone(),
    }
}

/// The device that a change is about; of several radios the one that is connected.
fn device<'a>(change: &NetChange, seen: &'a NetSeen) -> Option<&'a NetDevice> {
    let of = |kind: NetKind| {
        let mut all: Vec<&NetDevice> = seen.devices.iter().filter(|device| device.kind == kind).collect();
        all.sort_by_key(|device| device.profile.is_none());
        all.first().copied()
    };
    match change {
        NetChange::Wifi { .. } => of(NetKind::Wifi),
        NetChange::Mobile { .. } => of(NetKind::Cell),
        NetChange::Automatic { interface } | NetChange::Fixed { interface, .. } => {
            let fits = |device: &&NetDevice| device.interface == *interface && device.kind != NetKind::Cell;
            // A radio without a network has nothing that could get an address.
            seen.devices.iter().find(fits).filter(|device| device.kind == NetKind::Wired || device.profile.is_some())
        }
    }
}

fn deeds(cx: &Cx, change: &NetChange, device: &NetDevice, seen: &NetSeen, plan: &mut Prepared) {
    let mut change = change.clone();
    let mut password = Secret::default();
    let all = |kind: NetKind| seen.profiles.iter().filter(move |profile| profile.kind == kind);
    // What it takes over, and what it stands in for. Another Wi-Fi network's profile stays: it may be wanted again.
    let (base, replaced): (Option<String>, Vec<String>) = match &mut change {
        NetChange::Wifi { ssid, password: typed, .. } => {
            password = std::mem::take(typed);
            let same = all(NetKind::Wifi).filter(|profile| profile.ssid.as_ref() == Some(ssid));
            (None, same.map(|profile| profile.uuid.clone()).collect())
        }
        NetChange::Mobile { .. } => {
            let known = all(NetKind::Cell).map(|profile| profile.uuid.clone()).next();
            let base = device.profile.clone().or(known);
            (base.clone(), base.into_iter().collect())
        }
        _ => (device.profile.clone(), device.profile.clone().into_iter().collect()),
    };
    let set_up = SetUp { interface: device.interface.clone(), kind: device.kind, profile: NEW, base, change, password };
    // The mobile network that was put first would stay first.
    let first = |other: &&NetDevice| other.kind == NetKind::Cell && other.first && other.interface != device.interface;
    let mobile = seen.devices.iter().find(first);
    plan.rungs = mobile.iter().map(|other| vec![Deed::NmDisconnect { interface: other.interface.clone() }]).collect();
    plan.rungs.push(vec![Deed::NmSetUp { set_up }]);
    plan.steps = plan.rungs.iter().flatten().map(super::said).collect();
    plan.wanted = Some(device.interface.clone());
    plan.commit = vec![Deed::NmSave { profile: NEW }];
    plan.then = replaced.into_iter().map(|profile| Deed::NmDelete { profile }).collect();
    plan.then.extend(mobile.and_then(|other| other.profile.clone()).map(|profile| Deed::NmAside { profile }));
    plan.back = vec![restart_manager(cx, NM_UNIT), Deed::NmDelete { profile: NEW }];
    for other in std::iter::once(device).chain(mobile) {
        let again = other.profile.clone().map(|profile| (other.interface.clone(), profile));
        plan.back.extend(again.map(|(interface, profile)| Deed::NmReconnect { interface, profile }));
    }
    plan.back.push(restore(cx, plan));
}

/// The change in words; a password has none.
pub(super) fn said(set_up: &SetUp) -> Said {
    let with = |key: &str| Said::new(key).fact("interface", set_up.interface.as_str());
    match &set_up.change {
        NetChange::Wifi { ssid, .. } => with("run-deed-wifi").fact("ssid", ssid_name(ssid)),
        NetChange::Automatic { .. } => with("run-deed-automatic"),
        NetChange::Fixed { address, prefix, gateway, dns, .. } => {
            let or = |ip: &Option<std::net::Ipv4Addr>| ip.map_or_else(|| "-".to_owned(), |ip| ip.to_string());
            with("run-deed-fixed")
                .fact("address", format!("{address}/{prefix}"))
                .fact("gateway", or(gateway))
                .fact("dns", or(dns))
        }
        NetChange::Mobile { apn } => with("run-deed-mobile").fact("apn", apn.as_deref().unwrap_or("-")),
    }
}

/// The code of the sentence that tells why new settings did not come about.
pub fn why(detail: &str) -> &'static str {
    const WORDS: [(&str, &str); 8] = [
        ("password", "run-set-up-password"),
        ("no-address", "run-set-up-no-address"),
        ("out-of-reach", "run-set-up-out-of-reach"),
        ("radio", "run-set-up-radio"),
        ("sim", "run-set-up-sim"),
        ("apn", "run-set-up-apn"),
        ("mobile", "run-set-up-mobile"),
        ("cable", "run-set-up-cable"),
    ];
    let told = detail.split("not activated: ").nth(1).unwrap_or_default();
    WORDS.iter().find(|(word, _)| told.starts_with(word)).map_or("run-set-up-other", |(_, key)| key)
}
