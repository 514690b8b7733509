use super::*;
use crate::platform::UnitSeen;
use crate::platform::fake::Machine;

/// Debian 12's, as far as it matters here.
const DEBIAN: &str = "ExecStart=-/bin/sh -c 'if [ -f /run/network/restart-hotplug ]; then /sbin/ifup -a'";

/// A terminal with these interfaces(5), this ifstate and these units with their states.
fn machine(files: &str, up: &str, units: &[(&str, &str)]) -> Machine {
    let mut machine = Machine::default();
    let mut say = |path: &str, text: &str| machine.files.insert(path.to_owned(), text.to_owned());
    say(INTERFACES, files);
    say(STATE, up);
    say("/lib/systemd/system/networking.service", DEBIAN);
    let named = units.iter().map(|(name, state)| UnitSeen { name: (*name).to_owned(), state: (*state).to_owned() });
    machine.units = Some(crate::platform::Units { failed: Vec::new(), named: named.collect() });
    machine
}

async fn ways(machine: &Machine, links: &[&str]) -> Ways {
    let links: Vec<String> = links.iter().map(|name| (*name).to_owned()).collect();
    Ways::look(machine, &links).await
}

fn words(deeds: &[Deed]) -> Vec<String> {
    let word = |deed: &Deed| match deed {
        Deed::StartUnit { unit } => format!("start {unit}"),
        Deed::RestartUnit { unit } => format!("restart {unit}"),
        other => format!("{other:?}"),
    };
    deeds.iter().map(word).collect()
}

fn rungs(ways: &Ways) -> Vec<Vec<String>> {
    ways.rungs().iter().map(|rung| words(rung)).collect()
}

const BOOTS: (&str, &str) = (BOOT, "active");
const OWN: &str = "restart ifup@eth0.service";
const FENCE: &str = "start pos-console-ifcycle@eth0.service";
const ALL: &str = "restart networking.service";

#[tokio::test]
async fn a_plugged_link_is_its_units_and_then_everybodys() {
    let text = "auto lo\nallow-hotplug eth0\niface eth0 inet dhcp\n";
    let units = [BOOTS, ("ifup@eth0.service", "active")];
    let seen = ways(&machine(text, "lo=lo\neth0=eth0\n", &units), &["eth0"]).await;
    assert_eq!(
        (rungs(&seen), words(&seen.back())),
        (vec![vec![OWN.to_owned()], vec![ALL.to_owned()]], vec![OWN.into()])
    );
    assert_eq!((seen.names(), seen.along(), seen.against), (vec!["eth0".to_owned()], vec![], None));
    // Fixed addresses change nothing: who brought it up has it.
    let text = "allow-hotplug eth0\niface eth0 inet static\n address 192.0.2.9/24\n";
    assert_eq!(rungs(&ways(&machine(text, "eth0=eth0\n", &units), &["eth0"]).await)[0], [OWN]);
}

#[tokio::test]
async fn what_other_hands_brought_up_is_its_units_first() {
    let text = "allow-hotplug eth0\niface eth0 inet dhcp\n";
    for (up, state, first) in [
        ("eth0=eth0\n", "inactive", vec!["start ifup@eth0.service", OWN]),
        ("eth0=eth0\n", "failed", vec!["start ifup@eth0.service", OWN]),
        ("eth0=eth0\n", "active", vec![OWN]),
        ("lo=lo\n", "inactive", vec![OWN]),
    ] {
        let seen = ways(&machine(text, up, &[BOOTS, ("ifup@eth0.service", state)]), &["eth0"]).await;
        assert_eq!(rungs(&seen)[0], first, "{up} {state}");
        assert_eq!(words(&seen.back()), [OWN]);
    }
    // The same for the unit of all.
    let text = "auto eth0\niface eth0 inet dhcp\n";
    let seen = ways(&machine(text, "eth0=eth0\n", &[(BOOT, "inactive")]), &["eth0"]).await;
    assert_eq!(rungs(&seen), [["start networking.service", ALL]]);
}

#[tokio::test]
async fn what_only_booting_brings_up_has_no_gentle_way() {
    for text in [
        "auto eth0\niface eth0 inet dhcp\n",
        "allow-auto eth1 \\\n eth0\niface eth0 inet ppp\n provider shop\n",
        "auto eth0\niface eth0 inet static\n address 192.0.2.9/24\n wpa-conf /etc/wpa_supplicant/shop.conf\n",
        "auto eth0\niface eth0 inet static\n wireless-essid shop\n",
        "auto eth0\niface eth0 inet6 auto\n dhcp 1\n",
        "auto eth0\niface eth0 inet static\niface eth0 inet6 dhcp\n",
        "auto eth0\niface eth0 inet static inherits wifi\n",
        "auto eth0\niface eth0 inherits wifi\n",
        // No template of that unit: it is as if it were auto.
        "allow-hotplug eth0\niface eth0 inet dhcp\n",
    ] {
        let seen = ways(&machine(text, "lo=lo\neth0=eth0\n", &[BOOTS]), &["eth0"]).await;
        assert_eq!((rungs(&seen), words(&seen.back())), (vec![vec![ALL.to_owned()]], vec![ALL.to_owned()]), "{text}");
    }
}

#[tokio::test]
async fn fixed_addresses_are_our_own_fences() {
    for (text, more) in [
        ("auto eth0\niface eth0 inet static\n address 192.0.2.9/24\n up ip route add 198.51.100.0/24 dev eth0\n", true),
        ("auto eth0\niface eth0 inet static\niface eth0 inet6 auto\n privext 2\nmapping x\n dhcp 1\n", true),
        // Nobody brings it up at boot, and yet the fence does.
        ("iface eth0 inet6 static\n address 2001:db8::9/64\n", false),
    ] {
        let seen = ways(&machine(text, "lo=lo\n", &[BOOTS]), &["eth0"]).await;
        let all: Vec<&str> = [FENCE].into_iter().chain(more.then_some(ALL)).collect();
        assert_eq!(
            (rungs(&seen).concat(), words(&seen.back())),
            (all.iter().map(|w| (*w).to_owned()).collect(), vec![FENCE.to_owned()])
        );
    }
    // Without a unit for all, or without any systemd to ask, it is the only way.
    let text = "auto eth0\niface eth0 inet static\n";
    let mut bare = machine(text, "eth0=eth0\n", &[]);
    assert_eq!(rungs(&ways(&bare, &["eth0"]).await), [[FENCE]]);
    bare.units = None;
    assert_eq!(rungs(&ways(&bare, &["eth0"]).await), [[FENCE]]);
}

#[tokio::test]
async fn what_only_hands_bring_up_is_nobodys() {
    let text = "auto lo eth1\niface eth0 inet dhcp\niface eth1 inet dhcp\n#auto eth0\niface ppp0 inet ppp\n";
    let seen = ways(&machine(text, "lo=lo\n", &[BOOTS]), &["eth0", "ppp0"]).await;
    assert!(seen.names().is_empty() && seen.rungs().is_empty() && seen.back().is_empty());
    assert_eq!(seen.against, Some(("net-by-hand", "eth0 ppp0".to_owned())));
    // Not named at all, or with nobody to ask: nothing is said of it.
    for (text, name) in [("auto eth0\niface eth0 inet dhcp\n", "eth2"), ("auto eth0\niface eth0 inet dhcp\n", "eth0")] {
        let seen = ways(&machine(text, "", &[]), &[name]).await;
        assert!(seen.names().is_empty() && seen.against.is_none(), "{name}");
    }
}

#[tokio::test]
async fn nobody_else_is_taken_down_for_good() {
    let auto = "auto eth0\niface eth0 inet dhcp\niface eth9 inet dhcp\n";
    let seen = ways(&machine(auto, "lo=lo\neth0=eth0\neth9=eth9\n", &[BOOTS]), &["eth0"]).await;
    assert_eq!((seen.names().len(), seen.against), (0, Some(("net-along", "eth9".to_owned()))));
    // With a gentle way of its own it stays with that.
    let hotplug = "allow-hotplug eth0\niface eth0 inet dhcp\niface eth9 inet dhcp\n";
    let units = [BOOTS, ("ifup@eth0.service", "active")];
    let seen = ways(&machine(hotplug, "eth0=eth0\neth9=shop\n", &units), &["eth0"]).await;
    assert_eq!((rungs(&seen), seen.along(), seen.against), (vec![vec![OWN.to_owned()]], vec![], None));
    // A Debian before 12 brings up again what is auto, and only that.
    let mut old = machine(hotplug, "eth0=eth0\n", &units);
    old.files.insert("/etc/systemd/system/networking.service".to_owned(), "ExecStop=/sbin/ifdown -a".to_owned());
    assert_eq!(rungs(&ways(&old, &["eth0"]).await), [[OWN]]);
    // A pattern is not resolved, so whom it means is not known.
    let pattern = "auto /eth*\nauto eth0\niface eth0 inet dhcp\n";
    let seen = ways(&machine(pattern, "eth0=eth0\neth1=eth1\n", &[BOOTS]), &["eth0"]).await;
    assert_eq!(seen.against, Some(("net-along", "eth1".to_owned())));
}

#[tokio::test]
async fn several_links_go_each_its_own_way() {
    let text = "auto lo eth0 eth1 eth3 eth3:1\nallow-hotplug wlan0\niface eth0 inet static\niface eth1 inet dhcp\n\
        iface wlan0 inet dhcp\n wpa-conf /etc/wpa_supplicant/shop.conf\niface eth2 inet dhcp\niface eth3 inet dhcp\n";
    let up = "lo=lo\neth0=eth0\neth1=eth1\nwlan0=wlan0\neth3=eth3\neth3:1=eth3:1\n";
    let units = [BOOTS, ("ifup@wlan0.service", "active")];
    let seen = ways(&machine(text, up, &units), &["wlan0", "eth0", "eth1", "eth2"]).await;
    assert_eq!(seen.names(), ["wlan0", "eth0", "eth1"]);
    assert_eq!(rungs(&seen), [vec!["restart ifup@wlan0.service", FENCE], vec![ALL]]);
    assert_eq!(words(&seen.back()), ["restart ifup@wlan0.service", FENCE, ALL]);
    // The others go down too, each once.
    assert_eq!(seen.along(), ["eth3"]);
    let links = seen.names();
    assert_eq!(named(&seen.rungs()[0], &links), ["wlan0", "eth0"]);
    assert!(named(&seen.rungs()[1], &links).is_empty());
}

#[tokio::test]
async fn a_name_stands_in_a_unit_as_systemd_writes_it() {
    // What systemd-escape(1) says of them.
    for (name, wanted) in [
        ("eth0", "eth0"),
        ("br-lan", "br\\x2dlan"),
        ("eth0.100", "eth0.100"),
        (".x", "\\x2ex"),
        ("a_b:1", "a_b:1"),
        ("usb+", "usb\\x2b"),
        ("a/b", "a-b"),
    ] {
        assert_eq!(escaped(name), wanted);
    }
    let text = "allow-hotplug br-lan\niface br-lan inet dhcp\nauto my-net\niface my-net inet static\n";
    let units = [BOOTS, ("ifup@br\\x2dlan.service", "active")];
    let seen = ways(&machine(text, "", &units), &["br-lan", "my-net"]).await;
    assert_eq!(rungs(&seen)[0], ["restart ifup@br\\x2dlan.service", "start pos-console-ifcycle@my-net.service"]);
}

#[tokio::test]
async fn the_folder_counts_where_it_is_taken_in() {
    let mut machine = Machine::default();
    let mut say = |path: &str, text: &str| machine.files.insert(path.to_owned(), text.to_owned());
    say(INTERFACES, "source /etc/network/interfaces.d/*");
    say("/etc/network/interfaces.d/shop", "iface eth0 inet dhcp");
    assert!(Interfaces::read(&machine).await.knows("eth0"));
    machine.files.insert(INTERFACES.to_owned(), "auto lo".to_owned());
    assert!(!Interfaces::read(&machine).await.knows("eth0"));
}

proptest::proptest! {
    #[test]
    fn any_file_is_read(text in "(auto|allow-hotplug|iface|wpa-ssid|dhcp|inet| |eth0|\\\\|\n|#|\\PC){0,40}") {
        let found = Interfaces::parse(&text);
        proptest::prop_assert!(found.stanzas.values().all(|stanzas| !stanzas.is_empty()));
    }
}
