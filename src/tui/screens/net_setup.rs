//! 95 NET SETUP: what is chosen here becomes a plan; only its green acts. A password goes to the agent alone.

use crate::model::{
    Draft, NetChange, NetDevice, NetKind, NetSeen, Role, Secret, WifiLock, WifiNear, hex_of, ssid_name,
};
use crate::proto::Request;
use crate::tui::screens::{Cx, Lines, Place, ScreenSpec, action, parts};
use crate::tui::view::{Arg, Entry, Green, Hidden, Keys, Open, Para, Row, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "95",
    zh: "网络设置",
    name: "NET SETUP",
    lines: Lines::Open,
    green: &["fix-green-do", "setup-green-again"],
    needs,
    content: view,
};

/// Why nothing can be shown to be set up.
const UNTOLD: [&str; 3] = ["set-manager", "set-late", "set-untold"];
/// Longest password, longest access point.
const PASSWORD: usize = 63;
const APN: usize = 64;
/// Longest name of a Wi-Fi network.
const NAME: usize = 32;
/// Stands behind the lock of a network that does not say that it is there.
const HIDDEN: &str = "+";
/// Four numbers of three digits, and their dots.
const ADDRESS: usize = 15;

/// What has been chosen, step by step, as the words of the place.
fn words(place: &Place) -> Vec<&str> {
    match &place.arg {
        Arg::Word(word) => word.split(':').collect(),
        _ => Vec::new(),
    }
}

fn needs(place: &Place) -> Vec<Request> {
    let words = words(place);
    if let Some(change) = change(&words) {
        let draft = Request::Draft { draft: Draft::Net { change } };
        return std::iter::once(draft).chain(action::needs(place)).collect();
    }
    match words.as_slice() {
        ["plan"] => action::needs(place),
        ["wifi"] => vec![Request::Net { scan: true }],
        [] => vec![Request::Rights, Request::Net { scan: false }],
        _ => Vec::new(),
    }
}

/// The change that a place has come to, where nothing of it is secret.
fn change(words: &[&str]) -> Option<NetChange> {
    match words {
        [word @ ("join" | "join+"), ssid] => {
            let hidden = *word == "join+";
            Some(NetChange::Wifi {
                ssid: (*ssid).to_owned(),
                lock: WifiLock::Open,
                hidden,
                password: Secret::default(),
            })
        }
        ["auto", interface] => Some(NetChange::Automatic { interface: (*interface).to_owned() }),
        ["mobile"] => Some(NetChange::Mobile { apn: None }),
        ["apn", apn] => Some(NetChange::Mobile { apn: Some((*apn).to_owned()) }),
        ["fixed", interface, rest @ ..] => NetChange::typed(interface, rest),
        _ => None,
    }
}

fn view(cx: &Cx<'_>) -> View {
    let running = cx.run().is_some_and(|run| run.action == "net-setup" && !run.ended());
    let words = words(cx.place);
    if running || change(&words).is_some() || words == ["plan"] {
        return action::view(cx);
    }
    let Some(seen) = &cx.mirror.net else {
        let said = cx.mirror.refusal.as_ref().filter(|refusal| UNTOLD.contains(&refusal.code.as_str()));
        let key = said.map_or_else(|| "setup-looking".to_owned(), |refusal| format!("refused-{}", refusal.code));
        let detail = said.map(|refusal| parts::clean(&refusal.detail)).unwrap_or_default();
        return View {
            head: vec![Para::tone(cx.ta(&key, &[("detail", detail.into())]), Tone::Dim)],
            ..View::default()
        };
    };
    match words.as_slice() {
        ["wifi"] => networks(cx, seen),
        ["wifi", ssid, lock] => manners(cx, ssid, lock),
        ["name"] => typed(cx, "setup-name-how", "setup-type-name", ("name:", Keys::Letters, NAME)),
        // A name may hold the very sign that stands between the words.
        ["name", typed @ ..] => locks(cx, &hex_of(&typed.join(":"))),
        ["pass", ssid, lock, manner] => password(cx, ssid, lock, manner),
        ["auto"] => devices(cx, seen, "auto", ""),
        ["fixed"] => devices(cx, seen, "fixed", ":"),
        ["fixed", typed @ ..] => fixed(cx, typed),
        ["apn"] => typed(cx, "setup-apn-how", "setup-type-apn", ("apn:", Keys::Letters, APN)),
        _ => choices(cx, seen),
    }
}

/// The first page: what there is, and what can be chosen.
fn choices(cx: &Cx<'_>, seen: &NetSeen) -> View {
    let head = seen.devices.iter().map(|device| Para::new(device_text(cx, device))).collect();
    let has = |kind: NetKind| seen.devices.iter().any(|device| device.kind == kind);
    let role = cx.snapshot().map_or(Role::Viewer, |snapshot| snapshot.actor.role);
    let granted = cx.mirror.granted("net-setup");
    let none = |kind: NetKind| (!has(kind)).then(|| cx.t("setup-none"));
    let technician = (!role.may(Role::Technician) && !granted)
        .then(|| cx.ta("fix-role", &[("role", cx.t("status-role-technician").into())]));
    let wired = (!has(NetKind::Wired) && !has(NetKind::Wifi)).then(|| cx.t("setup-none"));
    let lines = [
        ("wifi", "setup-line-wifi", none(NetKind::Wifi)),
        ("mobile", "setup-line-mobile", none(NetKind::Cell)),
        ("auto", "setup-line-auto", technician.clone().or_else(|| wired.clone())),
        ("fixed", "setup-line-fixed", technician.clone().or(wired)),
        ("apn", "setup-line-apn", technician.or_else(|| none(NetKind::Cell))),
    ];
    let rows = (1_u8..).zip(lines).map(|(n, (word, key, blocked))| Row {
        n: Some(n),
        text: cx.t(key),
        tone: if blocked.is_some() { Tone::Dim } else { Tone::Plain },
        open: blocked.is_none().then(|| Open::Place("95", Arg::Word(word.to_owned()))),
        blocked,
        key: word.to_owned(),
        ..Row::default()
    });
    let tail = vec![Para::tone(cx.t("setup-guarded"), Tone::Dim)];
    View { head, rows: rows.collect(), tail, live: true, ..View::default() }
}

/// A device and what it has, on one line.
fn device_text(cx: &Cx<'_>, device: &NetDevice) -> String {
    let kind = match device.kind {
        NetKind::Wired => "setup-kind-wired",
        NetKind::Wifi => "setup-kind-wifi",
        NetKind::Cell => "setup-kind-cell",
    };
    let way = match (device.profile.is_some(), device.automatic) {
        (false, _) => "setup-way-none",
        (true, Some(false)) => "setup-way-fixed",
        (true, _) => "setup-way-auto",
    };
    let name = device.ssid.as_deref().map(ssid_name).or_else(|| device.apn.clone()).unwrap_or_default();
    let args = [
        ("interface", parts::clean(&device.interface).into()),
        ("kind", cx.t(kind).into()),
        ("way", cx.t(way).into()),
        ("name", parts::clean(&name).into()),
        ("address", device.addresses.join(" ").into()),
    ];
    cx.ta("setup-device", &args).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Wi-Fi networks in reach, strongest first.
fn networks(cx: &Cx<'_>, seen: &NetSeen) -> View {
    if !seen.scanned {
        return View { head: vec![Para::tone(cx.t("setup-scanning"), Tone::Dim)], ..View::default() };
    }
    let again =
        Green { label: cx.t("setup-green-again"), act: crate::tui::view::Act::Ask(Request::Net { scan: true }) };
    let by_name = Row {
        text: cx.t("setup-line-hidden"),
        open: Some(Open::Place("95", Arg::Word("name".to_owned()))),
        key: "name".to_owned(),
        ..Row::default()
    };
    let rows = seen.wifi.iter().map(|near| network(cx, near)).chain([by_name]).collect();
    let head = cx.t(if seen.wifi.is_empty() { "setup-no-wifi" } else { "setup-choose-wifi" });
    View { head: vec![Para::new(head)], rows, green: Some(again), live: true, ..View::default() }
}

/// How a network is locked that nobody hears: its owner has to say.
fn locks(cx: &Cx<'_>, ssid: &str) -> View {
    let row = |(n, (word, key)): (u8, (String, &str))| Row {
        n: Some(n),
        text: cx.t(key),
        open: Some(Open::Place("95", Arg::Word(word.clone()))),
        key: word,
        ..Row::default()
    };
    let lines = [
        (format!("wifi:{ssid}:psk{HIDDEN}"), "setup-lock-psk"),
        (format!("wifi:{ssid}:sae{HIDDEN}"), "setup-lock-sae"),
        (format!("join{HIDDEN}:{ssid}"), "setup-lock-open"),
    ];
    let head = vec![named(cx, ssid), Para::new(cx.t("setup-lock-ask"))];
    View { head, rows: (1_u8..).zip(lines).map(row).collect(), ..View::default() }
}

fn network(cx: &Cx<'_>, near: &WifiNear) -> Row {
    let blocked = match near.lock {
        WifiLock::Wep => Some(cx.t("setup-blocked-wep")),
        WifiLock::Enterprise => Some(cx.t("setup-blocked-enterprise")),
        _ => None,
    };
    let word = match near.lock {
        WifiLock::Open => format!("join:{}", near.ssid),
        lock => format!("wifi:{}:{}", near.ssid, lock.word()),
    };
    let marks = [
        near.active.then(|| cx.t("setup-mark-active")),
        (near.lock == WifiLock::Open).then(|| cx.t("setup-mark-open")),
    ];
    let marks: Vec<String> = marks.into_iter().flatten().chain([format!("{}%", near.strength)]).collect();
    Row {
        text: parts::clean(&ssid_name(&near.ssid)),
        right: marks.join(" "),
        tone: if blocked.is_some() { Tone::Dim } else { Tone::Plain },
        open: blocked.is_none().then_some(Open::Place("95", Arg::Word(word))),
        blocked,
        key: near.ssid.clone(),
        ..Row::default()
    }
}

fn named(cx: &Cx<'_>, ssid: &str) -> Para {
    Para::tone(cx.ta("setup-wifi-named", &[("name", parts::clean(&ssid_name(ssid)).into())]), Tone::Strong)
}

/// How the password is going to be typed: a keypad has no key to change that later.
fn manners(cx: &Cx<'_>, ssid: &str, lock: &str) -> View {
    let row = |(n, (word, key)): (u8, (&str, &str))| Row {
        n: Some(n),
        text: cx.t(key),
        open: Some(Open::Place("95", Arg::Word(format!("pass:{ssid}:{lock}:{word}")))),
        key: word.to_owned(),
        ..Row::default()
    };
    let lines = [
        ("digits", "setup-pass-digits"),
        ("letters", "setup-pass-letters"),
        ("digits-shown", "setup-pass-digits-shown"),
        ("letters-shown", "setup-pass-letters-shown"),
    ];
    let head = vec![named(cx, ssid), Para::new(cx.t("setup-pass-ask"))];
    View { head, rows: (1_u8..).zip(lines).map(row).collect(), ..View::default() }
}

fn password(cx: &Cx<'_>, ssid: &str, lock: &str, manner: &str) -> View {
    let hidden = lock.ends_with(HIDDEN);
    let Some(lock) = WifiLock::of(lock.trim_end_matches(HIDDEN)) else { return View::default() };
    let letters = manner.starts_with("letters");
    let mut head = vec![named(cx, ssid)];
    head.push(Para::new(cx.t(if letters { "setup-letters-how" } else { "setup-digits-how" })));
    let entry = Entry {
        label: cx.t("setup-type-password"),
        max: PASSWORD,
        hidden: Some(Hidden::Wifi { ssid: ssid.to_owned(), lock, hidden }),
        keys: if letters { Keys::Letters } else { Keys::Digits },
        shown: manner.ends_with("-shown"),
        ..Entry::default()
    };
    let tail = vec![Para::tone(cx.t("setup-password-kept"), Tone::Dim)];
    View { head, entry: Some(entry), tail, live: true, ..View::default() }
}

/// Which device an address is for; a radio only while it is connected.
fn devices(cx: &Cx<'_>, seen: &NetSeen, word: &str, end: &str) -> View {
    let fits = |device: &&NetDevice| {
        device.kind == NetKind::Wired || (device.kind == NetKind::Wifi && device.profile.is_some())
    };
    let row = |device: &NetDevice| Row {
        text: device_text(cx, device),
        open: Some(Open::Place("95", Arg::Word(format!("{word}:{}{end}", device.interface)))),
        key: device.interface.clone(),
        ..Row::default()
    };
    let rows: Vec<Row> = seen.devices.iter().filter(fits).map(row).collect();
    let key = if rows.is_empty() { "setup-none" } else { "setup-choose-device" };
    View { head: vec![Para::new(cx.t(key))], rows, live: true, ..View::default() }
}

/// Address, mask, gateway and name server, one after the other.
fn fixed(cx: &Cx<'_>, typed: &[&str]) -> View {
    const BOXES: [(&str, &str); 4] = [
        ("setup-type-address", "setup-address-how"),
        ("setup-type-mask", "setup-address-how"),
        ("setup-type-gateway", "setup-or-none-how"),
        ("setup-type-dns", "setup-or-none-how"),
    ];
    let (done, _) = typed.split_at(typed.len().saturating_sub(1));
    let values = done.get(1..).unwrap_or_default();
    // The last word is what comes next: empty, or something that could not be read.
    let wrong = typed.last().is_some_and(|last| !last.is_empty()) || !NetChange::typed_well(values);
    let Some((label, how)) = BOXES.get(values.len()).filter(|_| !wrong) else {
        let head = vec![Para::tone(cx.t("setup-unreadable"), Tone::Warn)];
        return View { head, ..View::default() };
    };
    let last = values.len() == BOXES.len() - 1;
    let prefix = format!("fixed:{}:", done.join(":"));
    let entry = Entry {
        label: cx.t(label),
        max: ADDRESS,
        keys: Keys::Address,
        leads: Some(prefix),
        ends: if last { "" } else { ":" },
        ..Entry::default()
    };
    let mut head: Vec<Para> = done.first().iter().map(|name| Para::tone(parts::clean(name), Tone::Strong)).collect();
    if !values.is_empty() {
        head.push(Para::tone(values.join(" / "), Tone::Strong));
    }
    head.push(Para::new(cx.t(how)));
    View { head, entry: Some(entry), live: true, ..View::default() }
}

fn typed(cx: &Cx<'_>, how: &str, label: &str, (prefix, keys, max): (&str, Keys, usize)) -> View {
    let entry = Entry { label: cx.t(label), max, keys, leads: Some(prefix.to_owned()), ..Entry::default() };
    View { head: vec![Para::new(cx.t(how))], entry: Some(entry), live: true, ..View::default() }
}
