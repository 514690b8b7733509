//! Real peers on a bus of our own: ModemManager with modems that are scripts, and Wi-Fi as NetworkManager and
//! wpa_supplicant have it on D-Bus (python-dbusmock, with the real ones' types).

use std::io::{Read, Write};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use super::manager::HANDSHAKE;
use super::*;
use crate::platform::real::tests::bus;
use crate::platform::{Deed, Link, LinkKind};

/// Daemons begin within seconds; a busy machine is given more.
const PATIENCE: Duration = Duration::from_mins(1);

/// A daemon that ends with its owner.
struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn daemon(command: &mut Command) -> Option<Daemon> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok().map(Daemon)
}

/// Runs shell with `call OBJECT METHOD ARGUMENTS...`, which asks `$SERVICE` on `$BUS`.
fn shell(bus: &str, service: &str, script: &str) {
    let call =
        r#"call() { local o=$1 m=$2; shift 2; gdbus call --address "$BUS" -d "$SERVICE" -o "$o" -m "$m" -- "$@"; }"#;
    let mut command = Command::new("bash");
    command.args(["-c", &format!("set -e\n{call}\n{script}")]).env("BUS", bus).env("SERVICE", service);
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
}

fn has(program: &str) -> bool {
    let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).stdout(Stdio::null()).status();
    found.is_ok_and(|status| status.success())
}

/// Looks until what is seen is as wanted; the last look.
async fn until(bus: &str, wanted: impl Fn(&Radios) -> bool) -> Radios {
    heard(bus, &Ears::default(), wanted).await
}

/// The same by somebody who listens meanwhile.
async fn heard(bus: &str, ears: &Ears, wanted: impl Fn(&Radios) -> bool) -> Radios {
    let since = Instant::now();
    loop {
        let seen = look(Some(bus), ears).await;
        match seen {
            Ok(seen) if wanted(&seen) => return seen,
            seen => assert!(since.elapsed() < PATIENCE, "{seen:?}"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Looks until what is seen is as wanted, and asks for it again meanwhile: on a busy machine a modem's answer may come
/// too late for its manager, which then leaves it switched off.
async fn asked(bus: &str, script: &str, wanted: impl Fn(&Radios) -> bool) -> Radios {
    let since = Instant::now();
    loop {
        shell(bus, MM, script);
        for _ in 0..30 {
            match look(Some(bus), &Ears::default()).await {
                Ok(seen) if wanted(&seen) => return seen,
                seen => assert!(since.elapsed() < PATIENCE, "{seen:?}"),
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// What a modem says of its SIM card, and of its registration (3GPP 27.007, +CREG).
struct Script {
    sim: &'static str,
    registered: u8,
}

const SCRIPTS: [(&str, Script); 7] = [
    ("well", Script { sim: "+CPIN: READY", registered: 1 }),
    ("pin", Script { sim: "+CPIN: SIM PIN", registered: 0 }),
    ("puk", Script { sim: "+CPIN: SIM PUK", registered: 0 }),
    ("none", Script { sim: "+CME ERROR: 10", registered: 0 }),
    ("denied", Script { sim: "+CPIN: READY", registered: 3 }),
    ("searching", Script { sim: "+CPIN: READY", registered: 2 }),
    ("asks", Script { sim: "+CPIN:  READY", registered: 1 }),
];

impl Script {
    /// The answer to a command, as little as ModemManager needs.
    fn answer(&self, command: &str, long: &mut bool) -> String {
        let known = |text: &str| format!("\r\n{text}\r\n\r\nOK\r\n");
        match command {
            "AT+CPIN?" if self.sim.starts_with("+CME") => format!("\r\n{}\r\n", self.sim),
            "AT+CPIN?" => known(self.sim),
            // Unlocked now; it will want its PIN after the next start.
            "AT+CLCK=\"SC\",2" if self.sim.contains("  ") => known("+CLCK: 1"),
            "AT+COPS=3,0" | "AT+COPS=3,2" => {
                *long = command.ends_with('0');
                "\r\nOK\r\n".to_owned()
            }
            "AT+COPS?" if *long => known("+COPS: 0,0,\"LABNET\",7"),
            "AT+COPS?" => known("+COPS: 0,2,\"00101\",7"),
            "AT+CREG?" => known(&format!("+CREG: 2,{},\"00C3\",\"0000BEEF\",7", self.registered)),
            "AT+CGREG?" => known(&format!("+CGREG: 2,{},\"00C3\",\"0000BEEF\",7", self.registered)),
            "AT" | "ATE0" | "ATV1" | "AT+CMEE=1" | "ATX4" | "AT&C1" | "ATZ" | "ATH" | "AT+CFUN=1" | "AT+CREG=2"
            | "AT+CREG=1" | "AT+CREG=0" | "AT+CGREG=2" | "AT+CGREG=1" | "AT+CGREG=0" | "AT+CNUM" => {
                "\r\nOK\r\n".to_owned()
            }
            _ => FIXED
                .iter()
                .find(|(own, _)| *own == command)
                .map_or("\r\nERROR\r\n".to_owned(), |(_, text)| known(text)),
        }
    }
}

const FIXED: &[(&str, &str)] = &[
    ("AT+GCAP", "+GCAP: +CGSM"),
    ("ATI", "Lab\r\nModem\r\nRev 1.0"),
    ("AT+CGMI", "LAB"),
    ("AT+CGMM", "POS-4G"),
    ("AT+CGMR", "1.0"),
    ("AT+CGSN", "490154203237518"),
    ("AT+CIMI", "001010123456789"),
    ("AT+CCID", "+CCID: 89860000000000000001"),
    ("AT+CFUN?", "+CFUN: 1"),
    ("AT+CSQ", "+CSQ: 19,99"),
    ("AT+CSCS=?", "+CSCS: (\"IRA\",\"GSM\",\"UCS2\")"),
    ("AT+CSCS?", "+CSCS: \"IRA\""),
    ("AT+CIND=?", "+CIND: (\"signal\",(0-5)),(\"service\",(0-1)),(\"roam\",(0-1))"),
    ("AT+CIND?", "+CIND: 4,1,0"),
    ("AT+CGDCONT=?", "+CGDCONT: (1-11),\"IP\",,,(0-2),(0-4)"),
    ("AT+CGDCONT?", "+CGDCONT: 1,\"IP\",\"lab\",\"\",0,0"),
    ("AT+CLCK=?", "+CLCK: (\"SC\",\"FD\")"),
    ("AT+CLCK=\"SC\",2", "+CLCK: 0"),
    ("AT+WS46=?", "+WS46: (12,22,25,28)"),
];

/// A modem behind an abstract socket, as long as the test runs.
fn modem_at(name: &str, script: Script) {
    let at = SocketAddr::from_abstract_name(name).unwrap();
    let listener = UnixListener::bind_addr(&at).unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            serve(stream, &script);
        }
    });
}

fn serve(mut stream: UnixStream, script: &Script) {
    let (mut pending, mut buffer, mut long) = (String::new(), [0; 512], false);
    while let Ok(size @ 1..) = stream.read(&mut buffer) {
        pending.push_str(&String::from_utf8_lossy(&buffer[..size]));
        while let Some((line, rest)) = pending.split_once('\r') {
            let answer = script.answer(line.trim(), &mut long);
            let blank = line.trim().is_empty();
            pending = rest.to_owned();
            if !blank && stream.write_all(answer.as_bytes()).is_err() {
                return;
            }
        }
    }
}

fn manager_on(bus: &str) -> Command {
    let mut command = Command::new("/usr/sbin/ModemManager");
    command.args(["--test-session", "--test-enable", "--test-no-udev", "--test-no-suspend-resume", "--no-auto-scan"]);
    command.env("DBUS_SESSION_BUS_ADDRESS", bus);
    command
}

#[tokio::test]
async fn modems_are_read_as_modem_manager_has_them() {
    let folder = tempfile::tempdir().unwrap();
    let Some((bus, _bus)) = bus(folder.path()).await.filter(|_| has("gdbus")) else {
        println!("skipped: there is no dbus-daemon or gdbus here");
        return;
    };
    let own = std::process::id();
    for (name, script) in SCRIPTS {
        modem_at(&format!("abstract:pos{own}{name}"), script);
    }
    let Some(manager) = daemon(&mut manager_on(&bus)) else {
        println!("skipped: there is no ModemManager here");
        return;
    };
    let root = "/org/freedesktop/ModemManager1";
    shell(&bus, MM, &format!("until call {root} org.freedesktop.DBus.Peer.Ping >/dev/null 2>&1; do sleep .05; done"));
    for (name, _) in SCRIPTS {
        let at = format!("call {root} {MM}.Test.SetProfile {name} generic \"['abstract:pos{own}{name}']\"");
        shell(&bus, MM, &at);
    }
    let of = |seen: &Radios, name: &str| {
        seen.modem.iter().find(|modem| modem.name.ends_with(&format!("{own}{name}"))).cloned().unwrap_or_default()
    };
    let told = |seen: &Radios| {
        of(seen, "pin").lock == "sim-pin"
            && of(seen, "puk").lock == "sim-puk"
            && of(seen, "none").failed == "sim-missing"
    };
    let seen = until(&bus, |seen| seen.modem.len() == SCRIPTS.len() && told(seen)).await;
    assert_eq!((of(&seen, "pin").state.as_str(), of(&seen, "none").state.as_str()), ("locked", "failed"));
    assert_eq!(of(&seen, "well").lock, "", "a good card wants nothing");

    // The three with a good card are switched on; one of them has an access point name.
    let enable =
        format!("for nth in {{0..6}}; do call {root}/Modem/$nth {MM}.Modem.Enable true >/dev/null 2>&1 || true; done");
    let on = |seen: &Radios| ["well", "denied", "searching"].iter().all(|name| of(seen, name).state != "disabled");
    asked(&bus, &enable, |seen| on(seen) && of(seen, "well").state == "registered").await;
    shell(
        &bus,
        MM,
        &format!(
            "for nth in {{0..6}}; do call {root}/Modem/$nth {MM}.Modem.CreateBearer \"{{'apn': <'cmiot'>}}\" >/dev/null 2>&1 || true; done"
        ),
    );
    let complete = |seen: &Radios| of(seen, "well").apn == "cmiot" && !of(seen, "well").operator.is_empty();
    let seen = asked(&bus, &enable, |seen| {
        on(seen)
            && complete(seen)
            && of(seen, "denied").registration == "denied"
            && of(seen, "searching").registration == "searching"
    })
    .await;
    let well = of(&seen, "well");
    assert_eq!((well.registration.as_str(), well.operator.as_str()), ("home", "LABNET"));
    assert!((50..=100).contains(&well.percent), "{well:?}");
    assert_eq!((seen.wifi.len(), seen.wifi_trouble.as_str(), seen.modem_trouble.as_str()), (0, "", ""));

    // One of them goes off and on for the link that it carries; what cannot be used, or would ask for its PIN, is left.
    let link = |name: &str| Link {
        index: 1,
        name: if name.is_empty() { "wwan0".to_owned() } else { format!("abstract:pos{own}{name}") },
        kind: LinkKind::Cellular,
        up: true,
        carrier: true,
        addresses: Vec::new(),
        carrier_changes: None,
        never_connected: false,
    };
    for (name, why) in [("pin", "modem locked"), ("none", "modem failed"), ("asks", "sim-pin"), ("", "missing")] {
        let told = anew::deeds(Some(&bus), &link(name)).await.map_err(|trouble| trouble.to_string());
        assert_eq!(told, Err(why.to_owned()), "{name}");
    }
    let deeds = anew::deeds(Some(&bus), &link("well")).await.unwrap();
    let [Deed::ModemOff { modem, .. }, Deed::ModemOn { modem: same, apn: None, .. }] = deeds.as_slice() else {
        panic!("{deeds:?}")
    };
    assert_eq!(modem, same);
    // Whoever puts things back comes while it is still going off.
    let (off, on) = tokio::join!(anew::modem_off(Some(&bus), modem), anew::modem_on(Some(&bus), modem, None));
    assert!(on.is_ok(), "{off:?} {on:?}");
    let others = until(&bus, |seen| of(seen, "well").state == "registered").await;
    assert_eq!(of(&others, "denied").registration, "denied", "another one was touched");
    // Its manager is killed while it is off, and the next one knows it by another name.
    assert!(anew::modem_off(Some(&bus), modem).await.unwrap().ends_with(", off"));
    until(&bus, |seen| of(seen, "well").state == "disabled").await;
    drop(manager);
    let mut command = manager_on(&bus);
    let _manager = daemon(&mut command).unwrap();
    let (on, ()) = tokio::join!(anew::modem_on(Some(&bus), modem, None), async {
        let bus = bus.clone();
        let at = format!(
            "until call {root} org.freedesktop.DBus.Peer.Ping >/dev/null 2>&1; do sleep .05; done
            call {root} {MM}.Test.SetProfile well generic \"['abstract:pos{own}well']\""
        );
        tokio::task::spawn_blocking(move || shell(&bus, MM, &at)).await.unwrap();
    });
    assert_eq!(on.as_deref(), Ok("on"));
    until(&bus, |seen| of(seen, "well").state == "registered").await;
}

fn mock(bus: &str, what: &[&str]) -> Option<Daemon> {
    let known = Command::new("/usr/bin/python3").args(["-c", "import dbusmock"]).stderr(Stdio::null()).status();
    if !known.is_ok_and(|status| status.success()) || !has("gdbus") {
        println!("skipped: there is no python-dbusmock or gdbus here");
        return None;
    }
    let mut command = Command::new("/usr/bin/python3");
    daemon(command.args(["-m", "dbusmock", "--system"]).args(what).env("DBUS_SYSTEM_BUS_ADDRESS", bus))
}

const MOCK: &str = "org.freedesktop.DBus.Mock";
const SET: &str = "org.freedesktop.DBus.Properties.Set";

/// `NetworkManager` with one radio, the shop's access point and its profile; how the device came to its state.
fn shop(bus: &str, device: &str, why: &str) {
    let root = "/org/freedesktop/NetworkManager";
    shell(
        bus,
        NM,
        &format!(
            "until call {root} org.freedesktop.DBus.Peer.Ping >/dev/null 2>&1; do sleep .05; done
            call {root} {MOCK}.AddWiFiDevice w0 wlan0 30
            call {root} {MOCK}.AddAccessPoint {device} ap1 SHOP-POS 00:23:F8:7E:12:BB 2 2437 54000 82 0x100
            call {root} {MOCK}.AddWiFiConnection {device} c1 SHOP-POS wpa-psk
            call {device} {SET} {NM}.Device StateReason '{why}'"
        ),
    );
}

#[tokio::test]
async fn the_wanted_network_is_known_when_the_manager_has_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let Some((bus, _bus)) = bus(folder.path()).await else {
        println!("skipped: there is no dbus-daemon here");
        return;
    };
    let Some(_manager) = mock(&bus, &["--template", "networkmanager"]) else { return };
    let root = "/org/freedesktop/NetworkManager";
    let device = format!("{root}/Devices/w0");
    shop(&bus, &device, "<(uint32 120, uint32 7)>");
    let seen = until(&bus, |seen| seen.wifi.len() == 1).await;
    let wifi = &seen.wifi[0];
    assert_eq!((wifi.interface.as_str(), wifi.ssid.as_str(), wifi.wanted_heard), ("wlan0", "SHOP-POS", true));
    assert_eq!((wifi.state.as_str(), wifi.reason, wifi.heard), ("disconnected", 15, 1), "it would ask for a password");

    // The access point goes; then another one, with a name that is not ASCII, carries the terminal.
    shell(&bus, NM, &format!("call {root} {MOCK}.RemoveAccessPoint {device} {root}/AccessPoint/ap1"));
    let seen = until(&bus, |seen| seen.wifi[0].heard == 0).await;
    assert_eq!((seen.wifi[0].ssid.as_str(), seen.wifi[0].wanted_heard), ("SHOP-POS", false));
    shell(
        &bus,
        NM,
        &format!(
            "call {root} {MOCK}.AddAccessPoint {device} ap2 小店 00:23:F8:7E:12:BC 2 2437 54000 60 0x100
            call {device} {MOCK}.AddProperty {NM}.Device.Wireless ActiveAccessPoint \"<objectpath '{root}/AccessPoint/ap2'>\"
            call {device} {SET} {NM}.Device.Wireless Bitrate '<uint32 72000>'
            call {device} {SET} {NM}.Device State '<uint32 100>'"
        ),
    );
    let seen = until(&bus, |seen| seen.wifi[0].state == "completed").await;
    let wifi = &seen.wifi[0];
    assert_eq!((wifi.ssid.as_str(), wifi.dbm, wifi.mhz, wifi.mbit), ("小店", Some(-70), Some(2_437), Some(72)));
    assert_eq!(wifi.bssid, "00:23:f8:7e:12:bc");
}

/// NetworkManager itself says it once: looked at a moment later the device is disconnected for no reason.
#[tokio::test]
async fn why_it_failed_is_known_after_the_manager_has_forgotten_it() {
    let folder = tempfile::tempdir().unwrap();
    let Some((bus, _bus)) = bus(folder.path()).await else {
        println!("skipped: there is no dbus-daemon here");
        return;
    };
    let Some(_manager) = mock(&bus, &["--template", "networkmanager"]) else { return };
    let root = "/org/freedesktop/NetworkManager";
    let device = format!("{root}/Devices/w0");
    // From, to, why; the property says nothing of the reason afterwards.
    let goes = |(before, state, reason): (u32, u32, u32)| {
        let told = format!(
            "{MOCK}.EmitSignal {NM}.Device StateChanged uuu '[<uint32 {state}>, <uint32 {before}>, <uint32 {reason}>]'"
        );
        shell(&bus, NM, &format!("call {device} {SET} {NM}.Device State '<uint32 {state}>'; call {device} {told}"));
    };
    shop(&bus, &device, "<(uint32 30, uint32 0)>");
    let ears = Ears::default();
    let seen = heard(&bus, &ears, |seen| seen.wifi.len() == 1).await;
    assert_eq!(seen.wifi[0].reason, 0, "nothing has failed yet");
    for step in [(50, 60, 8), (60, 120, 7), (120, 30, 0)] {
        goes(step);
    }
    let seen = heard(&bus, &ears, |seen| seen.wifi[0].reason == HANDSHAKE).await;
    assert_eq!((seen.wifi[0].state.as_str(), seen.wifi[0].wanted_heard), ("disconnected", true));
    // It tries once more, and then somebody takes it off.
    goes((30, 40, 0));
    goes((40, 50, 0));
    assert_eq!(heard(&bus, &ears, |_| true).await.wifi[0].reason, HANDSHAKE);
    goes((50, 110, 39));
    heard(&bus, &ears, |seen| seen.wifi[0].reason == 0).await;
}

#[tokio::test]
async fn the_supplicant_tells_what_is_wanted_heard_and_how_fast_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let Some((bus, _bus)) = bus(folder.path()).await else {
        println!("skipped: there is no dbus-daemon here");
        return;
    };
    let root = "/fi/w1/wpa_supplicant1";
    let Some(supplicant) = mock(&bus, &[WPA, root, WPA]) else { return };
    let object = format!("{root}/Interfaces/0");
    shell(
        &bus,
        WPA,
        &format!(
            "until call {root} org.freedesktop.DBus.Peer.Ping >/dev/null 2>&1; do sleep .05; done
            add() {{ call {root} {MOCK}.AddObject \"$1\" \"$2\" \"$3\" \"${{4:-@a(ssss) []}}\" >/dev/null; }}
            call {root} {MOCK}.AddProperty {WPA} Interfaces \"<@ao ['{object}']>\"
            add {object} {WPA}.Interface \"{{'Ifname': <'wlan0'>, 'State': <'scanning'>, 'DisconnectReason': <-3>,
                'CurrentBSS': <objectpath '/'>, 'CurrentNetwork': <objectpath '/'>,
                'Networks': <@ao ['{object}/Networks/0', '{object}/Networks/1', '{object}/Networks/2']>,
                'BSSs': <@ao ['{object}/BSSs/0']>}}\" \"[('SignalPoll', '', 'v',
                'ret = dbus.Dictionary({{\\\"rssi\\\": dbus.Int32(-58), \\\"linkspeed\\\": dbus.Int32(65)}}, signature=\\\"sv\\\")')]\"
            add {object}/Networks/0 {WPA}.Network \"{{'Enabled': <false>, 'Properties': <{{'ssid': <'\\\"OLD\\\"'>}}>}}\"
            add {object}/Networks/1 {WPA}.Network \"{{'Enabled': <true>, 'Properties': <{{'ssid': <'\\\"GONE\\\"'>}}>}}\"
            add {object}/Networks/2 {WPA}.Network \"{{'Enabled': <true>, 'Properties': <{{'ssid': <'e5b08fe5ba97'>}}>}}\"
            add {object}/BSSs/0 {WPA}.BSS \"{{'SSID': <@ay [0xe5, 0xb0, 0x8f, 0xe5, 0xba, 0x97]>,
                'BSSID': <@ay [0x02, 0, 0, 0, 0, 0x0a]>, 'Signal': <@n -61>, 'Frequency': <@q 2437>,
                'Rates': <@au [54000000, 1000000]>}}\""
        ),
    );
    let seen = until(&bus, |seen| seen.wifi.len() == 1).await;
    let wifi = &seen.wifi[0];
    assert_eq!((wifi.ssid.as_str(), wifi.wanted_heard, wifi.heard), ("小店", true, 1), "the one that is heard");
    assert_eq!((wifi.state.as_str(), wifi.reason, wifi.dbm), ("scanning", -3, None));

    // It was heard once, and is not any more: every network that is wanted is told.
    let bss = format!("call {object}/BSSs/0");
    shell(&bus, WPA, &format!("{bss} {MOCK}.AddProperty {WPA}.BSS Age '<uint32 100>'"));
    let seen = until(&bus, |seen| !seen.wifi[0].wanted_heard).await;
    assert_eq!(
        (seen.wifi[0].ssid.as_str(), seen.wifi[0].wanted.as_slice()),
        ("GONE", ["GONE", "小店"].map(String::from).as_slice())
    );
    shell(&bus, WPA, &format!("{bss} {SET} {WPA}.BSS Age '<uint32 1>'"));

    shell(
        &bus,
        WPA,
        &format!(
            "call {object} {SET} {WPA}.Interface CurrentBSS \"<objectpath '{object}/BSSs/0'>\"
            call {object} {SET} {WPA}.Interface CurrentNetwork \"<objectpath '{object}/Networks/2'>\"
            call {object} {SET} {WPA}.Interface State \"<'completed'>\""
        ),
    );
    let seen = until(&bus, |seen| seen.wifi[0].state == "completed").await;
    let wifi = &seen.wifi[0];
    assert_eq!((wifi.ssid.as_str(), wifi.bssid.as_str()), ("小店", "02:00:00:00:00:0a"));
    // Of this moment, not of the scan.
    assert_eq!((wifi.dbm, wifi.mbit, wifi.mhz), (Some(-58), Some(65), Some(2_437)));

    // It hangs: that is told of Wi-Fi, and of nothing else.
    shell(&bus, WPA, &format!("kill -STOP {}", supplicant.0.id()));
    let seen = look(Some(&bus), &Ears::default()).await.unwrap();
    assert_eq!((seen.wifi_trouble.as_str(), seen.modem_trouble.as_str()), ("late", ""));
}

#[test]
fn names_of_networks_are_read_as_the_supplicant_writes_them() {
    assert_eq!(unquoted("\"SHOP 1\"").as_deref(), Some("SHOP 1"));
    assert_eq!(unquoted("e5b08fe5ba97").as_deref(), Some("小店"));
    assert_eq!(unquoted("SHOP").as_deref(), Some("SHOP"));
    assert_eq!(unquoted("\"\""), None);
    assert_eq!(unquoted("é"), Some("é".to_owned()));
}
