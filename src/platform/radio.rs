//! What radios say of themselves: plain data, no I/O.

use serde::Deserialize;

/// A Wi-Fi interface as its supplicant has it.
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
