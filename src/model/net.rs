//! Settings of the network and the clock that a person chooses: what 95 shows, and what is to become of it.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::{Role, Secret};

/// Most bytes of a Wi-Fi network's name (IEEE 802.11).
const SSID: usize = 32;
/// Shortest and longest password of WPA (IEEE 802.11 annex J).
const PASSWORD: std::ops::RangeInclusive<usize> = 8..=63;
/// Longest name of an access point (3GPP TS 23.003).
const APN: usize = 100;

/// How a Wi-Fi network is locked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WifiLock {
    #[default]
    Open,
    /// WPA or WPA2 with one password for all.
    Psk,
    /// WPA3 with one password for all, and nothing older.
    Sae,
    /// Broken for twenty years: not offered.
    Wep,
    /// Each with a name and a password of their own.
    Enterprise,
}

impl WifiLock {
    /// The word of a place.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Psk => "psk",
            Self::Sae => "sae",
            Self::Wep => "wep",
            Self::Enterprise => "enterprise",
        }
    }

    /// Reads the word.
    pub fn of(word: &str) -> Option<Self> {
        [Self::Open, Self::Psk, Self::Sae, Self::Wep, Self::Enterprise].into_iter().find(|lock| lock.word() == word)
    }
}

/// A Wi-Fi network in reach.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WifiNear {
    /// Its name's bytes, in hex: they are in no particular encoding.
    pub ssid: String,
    /// Percent.
    pub strength: u8,
    pub lock: WifiLock,
    /// Connected to it now.
    pub active: bool,
}

/// What a device is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NetKind {
    #[default]
    Wired,
    Wifi,
    Cell,
}

/// A network device that can be set up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetDevice {
    /// As whoever manages it calls it; a modem's port, say.
    pub interface: String,
    pub kind: NetKind,
    /// UUID of the profile that is active on it.
    #[serde(default)]
    pub profile: Option<String>,
    /// It gets its address from the network; none where nothing is active.
    #[serde(default)]
    pub automatic: Option<bool>,
    /// `192.0.2.10/24`.
    #[serde(default)]
    pub addresses: Vec<String>,
    /// Name of the Wi-Fi network that is active, its bytes in hex.
    #[serde(default)]
    pub ssid: Option<String>,
    #[serde(default)]
    pub apn: Option<String>,
    /// Its way is taken before every other.
    #[serde(default)]
    pub first: bool,
}

/// A profile that has been made before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetProfile {
    pub uuid: String,
    pub kind: NetKind,
    /// Name of its Wi-Fi network, the bytes in hex.
    #[serde(default)]
    pub ssid: Option<String>,
    #[serde(default)]
    pub apn: Option<String>,
}

/// What can be set up here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetSeen {
    pub devices: Vec<NetDevice>,
    pub profiles: Vec<NetProfile>,
    /// Strongest first; empty unless it was asked for.
    pub wifi: Vec<WifiNear>,
    /// The networks in reach have been looked for.
    pub scanned: bool,
}

/// What is to become of the network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "set", rename_all = "kebab-case")]
pub enum NetChange {
    /// Connects to a Wi-Fi network.
    Wifi {
        /// Its name's bytes, in hex.
        ssid: String,
        lock: WifiLock,
        /// It does not say that it is there: it has to be asked for by name.
        #[serde(default)]
        hidden: bool,
        #[serde(default)]
        password: Secret,
    },
    /// Address from the network.
    Automatic { interface: String },
    /// Address, gateway and name server by hand.
    Fixed {
        interface: String,
        address: Ipv4Addr,
        prefix: u8,
        #[serde(default)]
        gateway: Option<Ipv4Addr>,
        #[serde(default)]
        dns: Option<Ipv4Addr>,
    },
    /// The mobile network comes first, with its own access point or the given one.
    Mobile {
        #[serde(default)]
        apn: Option<String>,
    },
}

impl NetChange {
    /// Who may do it: the shop chooses Wi-Fi and the mobile network, the rest needs a technician.
    pub const fn role(&self) -> Role {
        match self {
            Self::Wifi { .. } | Self::Mobile { apn: None } => Role::Merchant,
            _ => Role::Technician,
        }
    }

    /// A fixed address as a keypad writes it: address, mask, gateway and name server, `0` for none of those two.
    pub fn typed(interface: &str, words: &[&str]) -> Option<Self> {
        let [ip, mask, gateway, dns] = words else { return None };
        let (address, prefix) = (four(ip)?, prefix(four(mask)?)?);
        let interface = interface.to_owned();
        let change = Self::Fixed { interface, address, prefix, gateway: four(gateway), dns: four(dns) };
        Self::typed_well(words).then_some(change)
    }

    /// Whether the first of these words can be read.
    pub fn typed_well(words: &[&str]) -> bool {
        let well = |(at, text): (usize, &&str)| match at {
            0 => four(text).is_some(),
            1 => four(text).and_then(prefix).is_some(),
            _ => *text == "0" || four(text).is_some(),
        };
        words.iter().enumerate().all(well)
    }

    /// What is wrong with it, as the code of a refusal.
    pub fn fault(&self) -> Option<&'static str> {
        let plain =
            |text: &str, most: usize| !text.is_empty() && text.len() <= most && !text.contains(char::is_control);
        match self {
            Self::Wifi { lock: WifiLock::Wep | WifiLock::Enterprise, .. } => Some("set-lock"),
            Self::Wifi { ssid, .. } if bytes_of(ssid).is_none_or(|ssid| ssid.is_empty() || ssid.len() > SSID) => {
                Some("set-name")
            }
            Self::Wifi { lock: WifiLock::Open, .. } | Self::Mobile { apn: None } => None,
            Self::Wifi { password, .. } => {
                let text = password.expose();
                let whole = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
                let fine = PASSWORD.contains(&text.len()) && text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
                (!fine && !whole).then_some("set-password")
            }
            Self::Fixed { interface, address, prefix, gateway, .. } => {
                let mask = u32::MAX.checked_shl(32 - u32::from((*prefix).min(32))).unwrap_or(0);
                let net = |ip: Ipv4Addr| u32::from(ip) & mask;
                let host = !address.is_unspecified() && !address.is_multicast() && !address.is_loopback();
                let own = u32::from(*address) & !mask;
                // A net of two has no address for the net itself and none for all.
                let usable = *prefix >= 31 || (own != 0 && own != !mask);
                let near = gateway.is_none_or(|gateway| net(gateway) == net(*address) && gateway != *address);
                match () {
                    () if !plain(interface, 32) => Some("set-name"),
                    () if !host || !usable || !(1..=32).contains(prefix) => Some("set-address"),
                    () if !near => Some("set-gateway"),
                    () => None,
                }
            }
            Self::Automatic { interface } => (!plain(interface, 32)).then_some("set-name"),
            Self::Mobile { apn: Some(apn) } => {
                let fine = apn.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
                (!fine || !plain(apn, APN)).then_some("set-apn")
            }
        }
    }
}

/// What a person has chosen for the next plan of an action; nothing is done by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "kebab-case")]
pub enum Draft {
    Net {
        change: NetChange,
    },
    /// The time on somebody's watch, in local time: `YYYYMMDDHHMM`.
    Time {
        local: String,
    },
    /// What is to be printed, in the language of this tag.
    Slip {
        about: SlipOf,
        lang: String,
    },
}

/// What a slip is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SlipOf {
    /// Whether the printer prints.
    Test,
    /// The last acceptance of this terminal.
    Acceptance,
}

impl Draft {
    /// The action it is for.
    pub const fn action(&self) -> &'static str {
        match self {
            Self::Net { .. } => "net-setup",
            Self::Time { .. } => "sync-time",
            Self::Slip { .. } => "test-slip",
        }
    }

    /// Whether a password is in it. A network without one is chosen like everything else.
    pub const fn secret(&self) -> bool {
        match self {
            Self::Net { change: NetChange::Wifi { password, .. } } => !password.is_empty(),
            _ => false,
        }
    }
}

/// Four numbers, with leading zeros as a keypad gives them.
fn four(text: &str) -> Option<Ipv4Addr> {
    let numbers: Vec<u8> = text.split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
    <[u8; 4]>::try_from(numbers).ok().map(Ipv4Addr::from)
}

/// A mask as the length of its prefix.
fn prefix(mask: Ipv4Addr) -> Option<u8> {
    let bits = u32::from(mask);
    let prefix = bits.leading_ones();
    (bits.count_ones() == prefix).then(|| u8::try_from(prefix).ok()).flatten()
}

/// Bytes from hex digits.
pub fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    if !hex.len().is_multiple_of(2) || !hex.bytes().all(|sign| sign.is_ascii_hexdigit()) {
        return None;
    }
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()).collect()
}

/// A typed name as hex digits.
pub fn hex_of(name: &str) -> String {
    use std::fmt::Write as _;
    name.bytes().fold(String::with_capacity(name.len() * 2), |mut hex, byte| {
        // Writing into a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// A Wi-Fi network's name as a person reads it: UTF-8, else as routers for the Chinese market write it.
pub fn ssid_name(hex: &str) -> String {
    let bytes = bytes_of(hex).unwrap_or_default();
    let text = match std::str::from_utf8(&bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::GBK.decode_without_bom_handling(&bytes).0.into_owned(),
    };
    text.chars().map(|sign| if sign.is_control() { '?' } else { sign }).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn fixed(address: &str, prefix: u8, gateway: Option<&str>) -> Option<&'static str> {
        let gateway = gateway.map(|ip| ip.parse().unwrap());
        let address = address.parse().unwrap();
        NetChange::Fixed { interface: "eth0".into(), address, prefix, gateway, dns: None }.fault()
    }

    #[test]
    fn an_address_fits_its_net_and_its_gateway() {
        assert_eq!(fixed("192.0.2.10", 24, Some("192.0.2.1")), None);
        assert_eq!(fixed("192.0.2.10", 24, None), None);
        assert_eq!(fixed("192.0.2.10", 31, Some("192.0.2.11")), None);
        for (address, prefix) in [
            ("192.0.2.0", 24),
            ("192.0.2.255", 24),
            ("127.0.0.1", 8),
            ("0.0.0.0", 24),
            ("224.0.0.1", 4),
            ("10.0.0.1", 0),
            ("10.0.0.1", 33),
        ] {
            assert_eq!(fixed(address, prefix, None), Some("set-address"), "{address}/{prefix}");
        }
        assert_eq!(fixed("192.0.2.10", 24, Some("192.0.3.1")), Some("set-gateway"));
        assert_eq!(fixed("192.0.2.10", 24, Some("192.0.2.10")), Some("set-gateway"));
    }

    #[test]
    fn an_address_is_read_as_a_keypad_writes_it() {
        assert_eq!(four("192.168.001.010"), Some(Ipv4Addr::new(192, 168, 1, 10)));
        for bad in ["", "10.0.0", "10.0.0.256", "10.0.0.1.2", "10..0.1"] {
            assert_eq!(four(bad), None, "{bad}");
        }
        assert_eq!(prefix(Ipv4Addr::new(255, 255, 255, 0)), Some(24));
        assert_eq!(prefix(Ipv4Addr::new(255, 0, 255, 0)), None);
        let of = |words: &[&str]| NetChange::typed("eth0", words);
        assert_eq!(of(&["192.0.2.10", "255.255.255.0", "0"]), None);
        let (address, dns) = (Ipv4Addr::new(192, 0, 2, 10), Some(Ipv4Addr::new(192, 0, 2, 53)));
        let whole = NetChange::Fixed { interface: "eth0".into(), address, prefix: 24, gateway: None, dns };
        assert_eq!(of(&["192.000.002.010", "255.255.255.000", "0", "192.0.2.53"]), Some(whole));
        assert!(!NetChange::typed_well(&["192.0.2.10", "255.0.255.0"]));
    }

    #[test]
    fn a_password_is_as_long_as_the_standard_says() {
        let fault = |lock, password: &str| {
            let password = Secret::new(password.to_owned());
            NetChange::Wifi { ssid: "53484f50".into(), lock, hidden: false, password }.fault()
        };
        assert_eq!(fault(WifiLock::Psk, "88888888"), None);
        assert_eq!(fault(WifiLock::Psk, &"a".repeat(64)), None, "the key itself");
        for bad in ["", "1234567", &"x".repeat(64), "passwort\u{e4}"] {
            assert_eq!(fault(WifiLock::Psk, bad), Some("set-password"), "{bad}");
        }
        assert_eq!(fault(WifiLock::Open, ""), None);
        assert_eq!(fault(WifiLock::Wep, "12345"), Some("set-lock"));
    }

    #[test]
    fn names_are_read_in_the_encoding_they_have() {
        assert_eq!(ssid_name("53484f50"), "SHOP");
        assert_eq!(ssid_name("e5ba97"), "店");
        assert_eq!(ssid_name("b5ea"), "店");
        assert_eq!(ssid_name(&hex_of("店 5G:~")), "店 5G:~");
        assert_eq!(ssid_name("41 0"), "");
        assert_eq!(bytes_of("4g"), None);
    }

    #[test]
    fn the_shop_chooses_wifi_and_mobile_and_no_more() {
        let wifi =
            NetChange::Wifi { ssid: "41".into(), lock: WifiLock::Open, hidden: true, password: Secret::default() };
        assert_eq!((wifi.role(), NetChange::Mobile { apn: None }.role()), (Role::Merchant, Role::Merchant));
        for other in
            [NetChange::Mobile { apn: Some("cmnet".into()) }, NetChange::Automatic { interface: "eth0".into() }]
        {
            assert_eq!(other.role(), Role::Technician);
        }
    }
}
