//! 95 and 53 by keypad: choosing does nothing, a password is stars and goes to the agent alone, letters come by pressing
//! again, a dot by itself.

use pos_console::model::{Draft, NetChange, NetDevice, NetKind, NetSeen, Role, Secret, WifiLock, WifiNear};
use pos_console::proto::{Reply, Request, Update};
use pos_console::text::Lang;
use pos_console::tui::app::Event;
use pos_console::tui::view::Arg;

use crate::driver::Console;
use crate::support;

fn seen() -> NetSeen {
    let device = |interface: &str, kind| NetDevice { interface: interface.into(), kind, ..NetDevice::default() };
    let near = |ssid: &str, strength, lock| WifiNear { ssid: ssid.into(), strength, lock, active: false };
    let cable = NetDevice {
        profile: Some("shop".into()),
        automatic: Some(true),
        addresses: vec!["192.0.2.10/24".into()],
        ..device("eth0", NetKind::Wired)
    };
    NetSeen {
        devices: vec![cable, device("wlan0", NetKind::Wifi), device("cdc-wdm0", NetKind::Cell)],
        profiles: Vec::new(),
        wifi: vec![
            near("53484f50", 80, WifiLock::Psk),
            near("b5ea", 60, WifiLock::Psk),
            near("4f50454e", 40, WifiLock::Open),
            near("4f4c44", 30, WifiLock::Wep),
        ],
        scanned: true,
    }
}

fn at_95(role: Role, lang: Lang, size: (u16, u16)) -> Console {
    let mut console = Console::new("normal", lang, size);
    let mut snapshot = support::normal();
    snapshot.actor.role = role;
    console.event(Event::Update(Update::Snapshot(Box::new(snapshot))));
    console.press("0 9 5");
    told(&mut console);
    assert_eq!(console.id(), "95");
    console
}

fn told(console: &mut Console) {
    console.event(Event::Answer(Request::Net { scan: true }, Reply::Net(seen())));
    console.draw();
}

fn drafts(console: &Console) -> Vec<NetChange> {
    let of = |asked| match asked {
        Request::Draft { draft: Draft::Net { change } } => Some(change),
        _ => None,
    };
    console.asked().into_iter().filter_map(of).collect()
}

#[test]
fn a_wifi_password_by_keypad() {
    for (size, lang) in [((40, 15), Lang::ZH), ((80, 24), Lang::EN)] {
        let mut console = at_95(Role::Merchant, lang, size);
        assert!(!console.asked().contains(&Request::Net { scan: true }), "listening is chosen");
        console.press("1");
        assert!(console.asked().contains(&Request::Net { scan: true }));
        told(&mut console);
        assert!(console.text().contains("SHOP") && console.text().contains('店'), "{}", console.text());
        // Digits with letters, hidden: h e 1 (again: another sign) ...
        console.press("1 2");
        console.rush("4 4 3 3");
        console.wait(1_300);
        assert!(console.text().contains("**_"), "{}", console.text());
        console.press("right 1 8 8 8 right 8 right 8 right 8 right 8 right 8");
        assert_eq!(drafts(&console), []);
        console.press("up");
        let shown = console.text();
        assert!(shown.contains("he1v8888_") || shown.contains("he1v"), "{shown}");
        console.press("up G");
        let changes = drafts(&console);
        let NetChange::Wifi { ssid, lock, password, hidden: false } = &changes[0] else { panic!("{changes:?}") };
        assert_eq!((ssid.as_str(), *lock), ("53484f50", WifiLock::Psk));
        assert!(password.expose().starts_with("he1"), "{}", password.expose());
        assert_eq!(console.app.place().arg, Arg::Word("plan".to_owned()));
        let told = password.expose().to_owned();
        assert!(!console.text().contains(&told) && !format!("{:?}", console.effects).contains(&told));
        // Nothing of it is a place to come back to.
        console.press("Y");
        assert!(!console.text().contains('*'), "{}", console.text());
    }
}

#[test]
fn a_keyboard_writes_letters_and_digits_as_they_are() {
    let mut console = at_95(Role::Merchant, Lang::EN, (40, 15));
    console.press("1");
    told(&mut console);
    console.press("1 4");
    console.rush("p a s s 1 1 2 2");
    assert!(console.text().contains("pass1122_"), "{}", console.text());
    console.press("G");
    let password = Secret::new("pass1122".to_owned());
    assert_eq!(
        drafts(&console),
        [NetChange::Wifi { ssid: "53484f50".into(), lock: WifiLock::Psk, hidden: false, password }]
    );
}

#[test]
fn a_network_that_hides_is_typed_by_its_name() {
    for (size, lang) in [((40, 15), Lang::ZH), ((80, 24), Lang::EN)] {
        let mut console = at_95(Role::Merchant, lang, size);
        console.press("1");
        told(&mut console);
        // Behind those that are heard; s, h.
        console.press("5");
        console.rush("7 7 7 7");
        console.wait(1_300);
        console.rush("4 4");
        console.wait(1_300);
        assert!(console.text().contains("sh_"), "{}", console.text());
        console.press("G");
        assert!(console.text().contains("WPA2") && console.text().contains("WPA3"), "{}", console.text());
        assert_eq!(drafts(&console), []);
        console.press("1 1 8 8 8 8 8 8 8 8 G");
        let password = Secret::new("88888888".to_owned());
        let hidden = NetChange::Wifi { ssid: "7368".into(), lock: WifiLock::Psk, hidden: true, password };
        assert_eq!(drafts(&console), [hidden]);
        assert_eq!(console.app.place().arg, Arg::Word("plan".to_owned()));
    }
    // Without a lock nothing else is asked; a sign that stands between words is part of a name.
    let mut console = at_95(Role::Merchant, Lang::EN, (40, 15));
    console.press("1");
    told(&mut console);
    console.press("5");
    console.rush("a : b .");
    console.press("G 3");
    let hidden =
        NetChange::Wifi { ssid: "613a622e".into(), lock: WifiLock::Open, hidden: true, password: Secret::default() };
    assert_eq!(drafts(&console), [hidden]);
}

#[test]
fn an_open_network_and_the_mobile_one_need_no_word() {
    let mut console = at_95(Role::Merchant, Lang::ZH, (40, 15));
    console.press("1");
    told(&mut console);
    console.press("3");
    let open =
        NetChange::Wifi { ssid: "4f50454e".into(), lock: WifiLock::Open, hidden: false, password: Secret::default() };
    assert_eq!(drafts(&console), std::slice::from_ref(&open));
    // Taken once: what is asked again for its own answer never comes to a plan.
    let draft = Request::Draft { draft: Draft::Net { change: open } };
    console.event(Event::Answer(draft, Reply::Done));
    console.draw();
    assert_eq!(drafts(&console).len(), 1);
    console.press("0 9 5");
    told(&mut console);
    console.press("2");
    assert_eq!(drafts(&console).last(), Some(&NetChange::Mobile { apn: None }));
    let plan = Request::Plan { action: "net-setup".into(), guard_s: None };
    assert_eq!(console.asked().last(), Some(&plan));
    // A lock that is broken is greyed, with the reason.
    console.press("0 9 5");
    told(&mut console);
    console.press("1");
    told(&mut console);
    let before = drafts(&console).len();
    console.press("4");
    assert!(console.text().contains("WPA2"), "{}", console.text());
    // The rest is for technicians.
    console.press("Y 4");
    assert_eq!((drafts(&console).len(), console.app.place().arg.clone()), (before, Arg::None));
}

#[test]
fn a_fixed_address_by_keypad() {
    let mut console = at_95(Role::Technician, Lang::ZH, (40, 15));
    console.press("4 1");
    console.press("1 9 2 0 0 0 0 0 2 0 7 7");
    assert!(console.text().contains("192.000.002.077_"), "{}", console.text());
    console.press("G 2 5 5 2 5 5 2 5 5 0 G 1 9 2 right 0 right 2 right 1 G 0");
    assert_eq!(drafts(&console), []);
    console.press("G");
    let fixed = NetChange::Fixed {
        interface: "eth0".into(),
        address: [192, 0, 2, 77].into(),
        prefix: 24,
        gateway: Some([192, 0, 2, 1].into()),
        dns: None,
    };
    assert_eq!(drafts(&console), [fixed]);
    // What is no mask is said at once.
    let mut console = at_95(Role::Technician, Lang::EN, (40, 15));
    console.press("4 1 1 0 right 1 right 1 right 1 G 2 5 5 0 0 0 2 5 5 0 0 0 G");
    assert!(console.text().contains("no address or mask") && drafts(&console).is_empty(), "{}", console.text());
    // Green on nothing is nothing.
    console.press("Y G");
    assert_eq!(drafts(&console), []);
}

#[test]
fn a_time_by_hand() {
    let mut console = at_95(Role::Technician, Lang::ZH, (40, 15));
    console.press("0 5 3");
    let line = console.rows().iter().find(|row| row.contains("手动")).and_then(|row| row.trim().chars().next());
    console.press(&line.unwrap_or('?').to_string());
    console.press("2 0 2 6 1 1 2 2 0 9 3 0 G");
    let draft = Request::Draft { draft: Draft::Time { local: "202611220930".into() } };
    let plan = Request::Plan { action: "sync-time".into(), guard_s: None };
    let asked = console.asked();
    assert!(asked.contains(&draft) && asked.last() == Some(&plan), "{asked:?}");
    assert_eq!(console.id(), "53");
    // The shop is told whose job it is.
    let mut console = at_95(Role::Merchant, Lang::EN, (40, 15));
    console.press("0 5 3");
    let line = console.rows().iter().find(|row| row.contains("by hand")).and_then(|row| row.trim().chars().next());
    console.press(&line.unwrap_or('?').to_string());
    assert!(console.text().contains("technician"), "{}", console.text());
}
