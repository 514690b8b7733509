//! What radios say of themselves: plain data, no I/O.

use serde::Deserialize;

/// A Wi-Fi interface as its supplicant, the manager and the kernel have it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WifiSeen {
    pub interface: String,
    /// `completed`, `disconnected`, `scanning`, `4way_handshake`, ...
    pub state: String,
    /// Network it is, or wants to be, connected to; empty for none.
    pub ssid: String,
    /// Every network that it would connect to by itself, while it is connected to none.
    pub wanted: Vec<String>,
    /// Signal, dBm; none while not connected.
    pub dbm: Option<i16>,
    /// Frequency of the channel, MHz.
    pub mhz: Option<u16>,
    /// Rate now, else the highest that the access point offers, Mbit/s.
    pub mbit: Option<u32>,
    /// Hardware address of the access point; empty while not connected.
    pub bssid: String,
    /// Reason code of the last disconnection (IEEE 802.11, table 9-49); negative when it was our side.
    pub reason: i32,
    /// Access points heard, and whether the wanted one is among them.
    pub heard: usize,
    pub wanted_heard: bool,
    /// Signal on average since it is connected, dBm.
    pub dbm_avg: Option<i16>,
    /// Packets sent again, given up, and beacons that did not come, since it is connected; none where the kernel or its
    /// driver does not count.
    pub retries: Option<u32>,
    pub failed: Option<u32>,
    pub beacon_loss: Option<u32>,
    /// How long it is connected, seconds.
    pub connected_s: Option<u32>,
    /// Nobody but the kernel tells of it: while it is not connected nobody knows what is wanted, nor why that failed.
    pub kernel_only: bool,
    /// Names of the networks that are heard, where only the kernel tells.
    pub names: Vec<String>,
}

/// A modem as `ModemManager` has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ModemSeen {
    pub name: String,
    /// `failed`, `locked`, `disabled`, `searching`, `registered`, `connected`, ...
    pub state: String,
    /// Why it failed: `sim-missing`, `sim-error`, `esim-without-profiles`, `unknown`; empty for no failure.
    pub failed: String,
    /// What it is locked with: `sim-pin`, `sim-puk`, ...; empty for nothing.
    pub lock: String,
    /// `home`, `roaming`, `searching`, `denied`, `idle`, `unknown`.
    pub registration: String,
    pub operator: String,
    /// Signal, percent.
    pub percent: u32,
    /// LTE received power and quality, tenths of dBm and dB; none where the modem does not tell.
    pub rsrp: Option<i32>,
    pub rsrq: Option<i32>,
    /// Access point name of the connection, where there is one.
    pub apn: String,
}

/// Every radio of the machine; none where nobody manages any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Radios {
    pub wifi: Vec<WifiSeen>,
    pub modem: Vec<ModemSeen>,
    /// Why Wi-Fi cannot be read although somebody manages it; empty for no trouble.
    pub wifi_trouble: String,
    /// The same of modems.
    pub modem_trouble: String,
}
