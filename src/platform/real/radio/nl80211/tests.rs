//! What kernels and drivers answer: well, absurd, cut off; and this machine's own.

use proptest::prelude::*;

use super::super::kernel::merge;
use super::*;
use crate::platform::{Radios, WifiSeen};

fn nest(kind: u16, inner: &[Vec<u8>]) -> Vec<u8> {
    attribute(kind | 1 << 15, &inner.concat())
}

fn word(kind: u16, number: u32) -> Vec<u8> {
    attribute(kind, &number.to_ne_bytes())
}

/// What a driver answers to `GET_STATION`.
fn station(info: &[Vec<u8>]) -> Vec<u8> {
    [word(IFINDEX, 3), attribute(MAC, &[2, 0, 0, 0, 1, 0]), nest(STA_INFO, info)].concat()
}

/// What the kernel answers to `GET_SCAN`.
fn scanned(name: &[u8], status: Option<u32>, mbm: i32, ago: u32) -> Vec<u8> {
    let mut elements = vec![1, 2, 0x82, 0x84, 0, u8::try_from(name.len()).unwrap()];
    elements.extend(name);
    elements.extend([3, 1, 6]);
    let mut inner = vec![
        attribute(BSS_BSSID, &[2, 0, 0, 0, 1, 0]),
        word(BSS_FREQUENCY, 2_437),
        attribute(BSS_ELEMENTS, &elements),
        word(BSS_SIGNAL_MBM, mbm.cast_unsigned()),
        word(BSS_SEEN_MS_AGO, ago),
    ];
    inner.extend(status.map(|status| word(BSS_STATUS, status)));
    [word(IFINDEX, 3), nest(BSS, &inner)].concat()
}

fn radio(name: &str, kind: u32) -> Vec<u8> {
    let mut text = name.as_bytes().to_vec();
    text.push(0);
    [
        word(IFINDEX, 3),
        attribute(IFNAME, &text),
        word(IFTYPE, kind),
        attribute(SSID, b"SHOP-POS"),
        word(WIPHY_FREQ, 5_180),
    ]
    .concat()
}

/// An interface as the kernel tells of it altogether.
fn whole(station: Option<&[u8]>, heard: &[Vec<u8>]) -> Interface {
    let mut own = interface(&radio("wlan0", STATION)).unwrap();
    own.heard = Some(heard.iter().filter_map(|row| point(row)).collect());
    own.peer = access_point(station.and_then(peer).into_iter().collect(), own.own_point());
    (own.up, own.ready) = (Some(true), Some(own.peer.is_some()));
    own
}

/// A driver that knows everything, at 36 Mbit/s.
fn good() -> Vec<u8> {
    station(&[
        attribute(STA_SIGNAL, &[(-58_i8).cast_unsigned()]),
        attribute(STA_SIGNAL_AVG, &[(-61_i8).cast_unsigned()]),
        nest(STA_TX_BITRATE, &[attribute(RATE, &360_u16.to_ne_bytes()), word(RATE_32, 360)]),
        word(STA_TX_RETRIES, 17),
        word(STA_TX_FAILED, 2),
        word(STA_BEACON_LOSS, 1),
        word(STA_CONNECTED, 3_600),
        attribute(STA_FLAGS, &[0xff, 0, 0, 0, AUTHORIZED as u8, 0, 0, 0]),
    ])
}

fn one(told: Vec<WifiSeen>, own: Interface) -> WifiSeen {
    merge(Ok(Radios { wifi: told, ..Radios::default() }), &[own]).unwrap().wifi.remove(0)
}

/// `GET_INTERFACE` on Linux 6.1 with mac80211_hwsim: the peer-to-peer device, which has no name.
const P2P_DEVICE: &str = "0800010000000000080005000a0000000c00990003000000000000000a000600420000000000000008002e000c0000000500\
    53000000000008006200d0070000";

/// ... and the radio, associated with `SHOP-POS` by a supplicant that is not on the bus.
const WLAN0: &str = "08000300030000000a000400776c616e30000000080001000000000008000500020000000c00990001000000000000000a00\
    0600020000000000000008002e000c0000000500530000000000080026008509000008002201000000000800270000000000\
    08009f00000000000800a0008509000008006200d0070000";

/// `GET_STATION` there; its counters of every traffic class are left out.
const AT_THE_SHOP: &str = "08000300030000000a000600020000000100000008002e00030000000c011500080010002a00000008000100980700000c00\
    2a0077eaa4472700000008000200f5b3000008000300a20300000c001700f5b30000000000000c001800a203000000000000\
    0c00200000000000000000000c002700000000000000000005000700e200000005000d00e200000014000800080005001c02\
    0000060001001c02000014000e00080005001c020000060001001c020000080009003e03000008000a000a00000008000b00\
    0000000008000c000000000008001b00894c0000080012000000000018000f00040003000500040002000000060005006400\
    00000c001100fe000000a20000000c001c0001000000000000000c001d00970100000000000005001e00e2000000";

/// `GET_SCAN` there, 42 s after the last beacon of a scan.
const SCANNED: &str = "08002e000500000008000300030000000c009900010000000000000010012f000a000100020000000100000004000e000c00\
    0300e549e1e3e360060048000600000853484f502d504f53010882848b960c1218240301062a010432043048606c30140100\
    000fac040100000fac040100000fac0200003b0251007f0804004002000000400c000d00783316e9e36006004e000b000008\
    53484f502d504f53010882848b960c1218240301060504000200002a010432043048606c30140100000fac040100000fac04\
    0100000fac0200003b0251007f08040040020000004000000600040064000000060005001104000008000200850900000800\
    14000000000008000c000000000008000a00f0a200000c000f009c76f049270000000800070048f4ffff0800090001000000";

#[test]
fn a_real_kernels_answers_are_read() {
    let bytes = |text| crate::model::bytes_of(text).unwrap();
    assert_eq!(interface(&bytes(P2P_DEVICE)), None);
    let mut own = interface(&bytes(WLAN0)).unwrap();
    assert_eq!((own.name.as_str(), own.index, own.mhz), ("wlan0", 3, Some(2_437)));
    own.heard = Some(point(&bytes(SCANNED)).into_iter().collect());
    own.peer = peer(&bytes(AT_THE_SHOP));
    let seen = one(Vec::new(), own);
    assert_eq!(
        (seen.state.as_str(), seen.ssid.as_str(), seen.bssid.as_str()),
        ("completed", "SHOP-POS", "02:00:00:00:01:00")
    );
    assert_eq!((seen.dbm, seen.dbm_avg, seen.mbit, seen.mhz), (Some(-30), Some(-30), Some(54), Some(2_437)));
    assert_eq!((seen.retries, seen.failed, seen.beacon_loss, seen.connected_s), (Some(0), Some(0), Some(0), Some(42)));
    // The one it is on is heard, however long ago the last scan was.
    assert_eq!((seen.heard, seen.names.as_slice()), (1, ["SHOP-POS".to_owned()].as_slice()));
}

#[test]
fn an_interface_that_nobody_on_the_bus_knows_is_told_by_the_kernel() {
    let heard = [scanned(b"SHOP-POS", Some(ASSOCIATED), -5_900, 80), scanned(b"", None, -9_000, 25_000)];
    let seen = one(Vec::new(), whole(Some(&good()), &heard));
    assert_eq!((seen.interface.as_str(), seen.state.as_str(), seen.ssid.as_str()), ("wlan0", "completed", "SHOP-POS"));
    assert_eq!((seen.dbm, seen.dbm_avg, seen.mbit, seen.mhz), (Some(-58), Some(-61), Some(36), Some(2_437)));
    assert_eq!(
        (seen.retries, seen.failed, seen.beacon_loss, seen.connected_s),
        (Some(17), Some(2), Some(1), Some(3_600))
    );
    assert_eq!((seen.bssid.as_str(), seen.wanted_heard, seen.heard), ("02:00:00:00:01:00", true, 1));
    assert!(seen.kernel_only && seen.reason == 0, "{seen:?}");
}

#[test]
fn one_that_has_lost_its_access_point_is_there_and_not_connected() {
    let lost = Interface { ssid: None, ..whole(None, &[scanned(b"OTHER", None, -7_000, 900)]) };
    let seen = one(Vec::new(), lost.clone());
    assert_eq!((seen.state.as_str(), seen.ssid.as_str(), seen.dbm), ("disconnected", "", None));
    assert_eq!((seen.heard, seen.names.as_slice()), (1, ["OTHER".to_owned()].as_slice()));
    assert_eq!(one(Vec::new(), Interface { up: Some(false), ..lost }).state, "interface_disabled");
}

#[test]
fn what_drivers_do_not_know_is_not_told() {
    let byte = |byte: i8| attribute(STA_SIGNAL, &[byte.cast_unsigned()]);
    for absurd in [0, 127, 1, -128] {
        assert_eq!(peer(&station(&[byte(absurd)])).unwrap().dbm, None, "{absurd}");
    }
    assert_eq!(peer(&station(&[byte(-90)])).unwrap().dbm, Some(-90));
    let nothing = peer(&station(&[nest(STA_TX_BITRATE, &[word(RATE_32, 0)])])).unwrap();
    assert_eq!(nothing, Peer { address: "02:00:00:00:01:00".to_owned(), ..Peer::default() });
    // Then the strength is that of the beacons, and without that nothing is said.
    let beacon = scanned(b"SHOP-POS", Some(ASSOCIATED), -6_450, 10);
    assert_eq!(one(Vec::new(), whole(Some(&station(&[byte(0)])), &[beacon])).dbm, Some(-64));
    let beacon = scanned(b"SHOP-POS", Some(ASSOCIATED), 0, 10);
    let mute = one(Vec::new(), whole(Some(&station(&[byte(127)])), &[beacon]));
    assert_eq!((mute.dbm, mute.state.as_str()), (None, "completed"));
    // Interfaces that connect to nobody: an access point of our own, one without a name.
    assert_eq!(interface(&radio("wlan0", 3)), None);
    assert_eq!(interface(&[word(IFINDEX, 3), word(IFTYPE, STATION)].concat()), None);
    assert_eq!(interface(&[]), None);
    assert_eq!(peer(&word(IFINDEX, 3)), None);
    // A name that is longer than what is there, and one that is hidden.
    assert_eq!(name_in(&[0, 9, b'S']), None);
    assert_eq!(name_in(&[0, 4, 0, 0, 0, 0]), None);
    assert_eq!(name_in(&[1, 1, 2, 0, 2, b'S', b'X']).as_deref(), Some("SX"));
}

/// Somebody who is talked to directly is a peer as well.
#[test]
fn of_several_peers_the_access_point_counts() {
    let other = Peer { address: "02:00:00:00:00:09".to_owned(), dbm: Some(-30), ..Peer::default() };
    let ours = peer(&good()).unwrap();
    let at = point(&scanned(b"SHOP-POS", Some(ASSOCIATED), -5_000, 0)).unwrap();
    assert_eq!(access_point(vec![other.clone(), ours.clone()], Some(&at)), Some(ours.clone()));
    assert_eq!(access_point(vec![other.clone(), ours], None), Some(other));
    assert_eq!(access_point(Vec::new(), Some(&at)), None);
}

#[test]
fn the_kernels_figures_go_before_those_of_the_others_and_their_reasons_stay() {
    let told = |state: &str| WifiSeen {
        interface: "wlan0".to_owned(),
        state: state.to_owned(),
        ssid: "SHOP-POS".to_owned(),
        dbm: Some(-40),
        mbit: Some(54),
        bssid: "02:00:00:00:00:77".to_owned(),
        reason: 15,
        heard: 4,
        wanted_heard: true,
        ..WifiSeen::default()
    };
    let heard = [scanned(b"SHOP-POS", Some(ASSOCIATED), -5_900, 80)];
    let seen = one(vec![told("completed")], whole(Some(&good()), &heard));
    assert_eq!((seen.dbm, seen.mbit, seen.bssid.as_str()), (Some(-58), Some(36), "02:00:00:00:01:00"));
    assert_eq!((seen.heard, seen.reason, seen.kernel_only), (4, 15, false));
    // What the kernel does not know stays.
    let seen = one(vec![told("completed")], whole(Some(&station(&[])), &[]));
    assert_eq!((seen.dbm, seen.mbit, seen.mhz), (Some(-40), Some(54), Some(5_180)));

    // The manager waits for an address, or gave up while somebody else connected it.
    let seen = one(vec![told("disconnected")], whole(Some(&good()), &heard));
    assert_eq!((seen.state.as_str(), seen.reason), ("completed", 0));
    // Associated, and the keys are not agreed on: a wrong password stays one.
    let shaking = station(&[attribute(STA_FLAGS, &[2, 0, 0, 0, 0, 0, 0, 0])]);
    let shaking = Interface { ready: Some(false), ..whole(Some(&shaking), &heard) };
    let seen = one(vec![told("disconnected")], shaking.clone());
    assert_eq!((seen.state.as_str(), seen.reason), ("disconnected", 15));
    assert_eq!(one(Vec::new(), shaking).state, "4way_handshake");

    // The manager has not heard yet that the access point is gone.
    let gone = || whole(None, &[scanned(b"SHOP-POS", None, -5_900, 21_000)]);
    let seen = one(vec![told("completed")], gone());
    assert_eq!((seen.state.as_str(), seen.dbm, seen.wanted_heard), ("disconnected", None, false));
    assert_eq!((seen.ssid.as_str(), seen.bssid.as_str(), seen.reason), ("SHOP-POS", "", 15));
    // A driver that tells nothing of scans, or whose link carries all the same, does not speak against it.
    let unsure = [Interface { heard: None, ..gone() }, Interface { ready: Some(true), ..gone() }];
    for own in unsure {
        assert_eq!(one(vec![told("completed")], own), told("completed"));
    }
}

#[test]
fn a_bus_that_cannot_be_asked_does_not_hide_what_the_kernel_knows() {
    let heard = [scanned(b"SHOP-POS", Some(ASSOCIATED), -5_900, 80)];
    let seen = merge(Err(Trouble::Late), &[whole(Some(&good()), &heard)]).unwrap();
    assert_eq!((seen.wifi.len(), seen.modem_trouble.as_str()), (1, "late"));
    assert!(merge(Err(Trouble::Late), &[]).is_err());
}

#[tokio::test]
async fn this_machines_kernel_is_asked() {
    let known = std::fs::read_dir("/sys/class/net").unwrap().flatten();
    let radios = known.filter(|link| link.path().join("phy80211").exists()).count();
    let seen = view().await.unwrap();
    assert!(seen.len() <= radios.max(MOST) && (radios > 0 || seen.is_empty()), "{seen:?}");
    // Who asks for a family that no kernel has is told so, at once.
    let kernel = Kernel::open().unwrap();
    assert_eq!(kernel.family("no-such-thing").await, Err(Trouble::Missing));
    // The family that every kernel has has its number by definition (linux/genetlink.h).
    assert_eq!(kernel.family("nlctrl").await, Ok(CONTROL));
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = (interface(&bytes), peer(&bytes), point(&bytes), name_in(&bytes));
        let _ = (peer(&nest(STA_INFO, std::slice::from_ref(&bytes))), point(&nest(BSS, &[bytes])));
    }
}
