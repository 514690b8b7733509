//! What hangs on the terminal and what is expected of it: plain data with its defaults.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The card readers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReaderConfig {
    /// PC/SC: `auto` (missed where its service is installed and was started), `on` or `off`.
    pub pcsc: String,
    /// Readers that must be there, by the beginning of their names; any one is enough when empty.
    pub readers: Vec<String>,
    /// Words in the names of readers that are tapped.
    pub contactless: Vec<String>,
    /// Magnetic stripe reader that types like a keyboard: its device, or words of its name; found by itself when empty.
    pub swipe: String,
    /// Scan head that types like a keyboard, likewise.
    pub scanner: String,
}

impl Default for ReaderConfig {
    fn default() -> Self {
        let contactless = ["contactless", "picc", "nfc"];
        Self {
            pcsc: "auto".to_owned(),
            readers: Vec::new(),
            contactless: contactless.map(str::to_owned).to_vec(),
            swipe: String::new(),
            scanner: String::new(),
        }
    }
}

/// The receipt printer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PrinterConfig {
    /// Its device; the first one on USB when empty, `none` for a terminal without.
    pub device: String,
    /// Speed of a serial line.
    #[schemars(range(min = 300, max = 4_000_000))]
    pub baud: u32,
    /// Queue of CUPS in place of a device.
    pub queue: String,
}

impl Default for PrinterConfig {
    fn default() -> Self {
        Self { device: String::new(), baud: 9_600, queue: String::new() }
    }
}

/// Mains and battery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PowerConfig {
    /// Running from the battery is a warning.
    pub mains: bool,
    /// A battery must be there.
    pub battery: bool,
    /// Charge, percent, at or below which a discharging battery is a warning.
    #[schemars(range(max = 100))]
    pub battery_warn_percent: u8,
    /// The same for a failure.
    #[schemars(range(max = 100))]
    pub battery_fail_percent: u8,
    /// Starts within seven days without a shutdown before them, from which on is a warning.
    #[schemars(range(min = 1, max = 1_000))]
    pub boots_warn: u32,
}

impl Default for PowerConfig {
    fn default() -> Self {
        Self { mains: false, battery: false, battery_warn_percent: 20, battery_fail_percent: 8, boots_warn: 3 }
    }
}

/// The payment application as a program.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AppConfig {
    /// Name of its program; not looked for when empty.
    pub process: String,
    /// Its systemd unit, for counting restarts.
    pub unit: String,
    /// Memory it may hold, megabytes; 0 for no limit.
    #[schemars(range(max = 1_000_000))]
    pub memory_warn_mb: u32,
}

/// A device on USB that belongs to this model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UsbConfig {
    /// What a person calls it: `PIN pad`.
    pub name: String,
    /// Vendor and product, as `lsusb` writes them: `1234:abcd`.
    #[schemars(regex(pattern = r"^[0-9a-f]{4}:[0-9a-f]{4}$"))]
    pub id: String,
}

/// What may be open, and certificates besides the hosts' own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SecurityConfig {
    /// Ports that may listen to the network: `22/tcp`; `any` for all of them, which are not looked at then.
    pub ports: Vec<String>,
    /// The packet filter (nftables) must have rules.
    pub firewall: bool,
    /// PEM files whose certificates must be valid; relative to the folder of the file that names them.
    #[schemars(extend("format" = "path"))]
    pub certificates: Vec<PathBuf>,
    /// Days before the end of a certificate from which on is a warning.
    #[schemars(range(max = 3_650))]
    pub certificate_warn_days: u32,
}

impl Default for SecurityConfig {
    fn default() -> Self {
        Self { ports: vec!["any".to_owned()], firewall: false, certificates: Vec::new(), certificate_warn_days: 30 }
    }
}

/// The vendor's commands, for what cannot be asked in an open way.
pub type AdapterConfigs = BTreeMap<String, AdapterConfig>;

/// A vendor's command that prints one JSON object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AdapterConfig {
    /// The program with its arguments, no shell.
    pub command: Vec<String>,
    /// It is killed after this long, seconds.
    #[schemars(range(min = 1, max = 8))]
    pub timeout_s: u32,
}

impl Default for AdapterConfig {
    fn default() -> Self {
        Self { command: Vec::new(), timeout_s: 4 }
    }
}
