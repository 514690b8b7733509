//! Settings: built-in defaults, device profile, `/etc/pos-console/pos-console.toml`, `conf.d`, command line, in this
//! order. Every struct here is what the rest of the crate reads; loading and judging live beside it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Everything that can be set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Shows DEMO on every screen; written by `pos-sim` into its config.
    pub demo: bool,
    /// Device profile to lay under this file, by name; empty for none.
    pub profile: String,
    pub terminal: TerminalConfig,
    pub support: SupportConfig,
    pub ui: UiConfig,
    pub source: Vec<SourceConfig>,
    pub host: Vec<HostConfig>,
    pub network: NetworkConfig,
    pub clock: ClockConfig,
    pub system: SystemConfig,
    pub transactions: TransactionsConfig,
    pub checks: ChecksConfig,
    pub store: StoreConfig,
    pub roles: RolesConfig,
}

/// What the terminal is called; empty where the journal or the machine tells.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TerminalConfig {
    /// Terminal identification (DE41), 8 characters.
    pub tid: String,
    /// Merchant identification (DE42), 15 characters.
    pub mid: String,
    pub serial: String,
}

/// The people to call, shown on HELP.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SupportConfig {
    pub phone: String,
    pub hours: String,
}

/// How screens look.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UiConfig {
    /// `zh` or `en`; empty follows LANG, else zh.
    pub lang: String,
    /// Frames and marks in ASCII only.
    pub ascii: bool,
    /// No colours.
    pub no_color: bool,
}

/// One payment journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SourceConfig {
    /// Shown as the transaction's source; the file's name when empty.
    pub name: String,
    /// `jsonl` or `regex`.
    pub kind: String,
    pub path: PathBuf,
    /// Code table: `unionpay`, `unionpay-old`, `iso8583`, ...
    pub profile: String,
    /// IANA zone for stamps without one; the system's when empty.
    pub timezone: String,
    /// strptime form of the stamp; empty understands RFC 3339, `YYYY-MM-DD HH:MM:SS`, compact digits and epoch numbers.
    pub time_format: String,
    /// Ours = theirs, only where they differ; dotted paths reach into objects.
    pub map: BTreeMap<String, String>,
    /// Regex journals: tried in order, unanchored; group names are the default journal's fields.
    pub patterns: Vec<String>,
}

impl Default for SourceConfig {
    fn default() -> Self {
        Self {
            name: String::new(),
            kind: "jsonl".to_owned(),
            path: PathBuf::new(),
            profile: "unionpay".to_owned(),
            timezone: String::new(),
            time_format: String::new(),
            map: BTreeMap::new(),
            patterns: Vec::new(),
        }
    }
}

impl SourceConfig {
    /// The configured name, else the file's.
    pub fn shown_name(&self) -> String {
        if self.name.is_empty() {
            self.path.file_name().map_or_else(|| "journal".to_owned(), |n| n.to_string_lossy().into_owned())
        } else {
            self.name.clone()
        }
    }
}

/// One acquirer host.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HostConfig {
    pub name: String,
    /// `host:port`, `[ipv6]:port`.
    pub address: String,
    pub tls: bool,
    /// Name in the certificate; the host of `address` when empty.
    pub server_name: String,
    /// PEM file of the acquirer's own authority, beside the system's.
    pub ca_file: PathBuf,
}

/// What is expected of the network.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NetworkConfig {
    /// Only these interfaces are judged; all but loopback and virtual ones when empty.
    pub interfaces: Vec<String>,
    /// Name servers to ask; those of `/etc/resolv.conf` when empty.
    pub dns: Vec<String>,
    /// Name to resolve when no host has a name.
    pub probe_name: String,
    /// Captive portal probe; no probe when empty.
    pub portal_url: String,
}

/// Where the right time comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClockConfig {
    /// NTP servers, `host` or `host:port`; none means the offset is not asked.
    pub servers: Vec<String>,
    /// Offset that is a warning, milliseconds.
    pub warn_ms: u64,
    /// Offset that is a failure, milliseconds.
    pub fail_ms: u64,
}

impl Default for ClockConfig {
    fn default() -> Self {
        Self { servers: Vec::new(), warn_ms: 5_000, fail_ms: 60_000 }
    }
}

/// Limits of the machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SystemConfig {
    /// File systems to judge.
    pub mounts: Vec<String>,
    /// Free space, percent, below which is a warning / a failure.
    pub disk_warn_percent: u8,
    pub disk_fail_percent: u8,
    /// Available memory, percent, likewise.
    pub memory_warn_percent: u8,
    pub memory_fail_percent: u8,
    /// Degrees Celsius.
    pub temperature_warn: u16,
    pub temperature_fail: u16,
    /// systemd units that must be active.
    pub units: Vec<String>,
}

impl Default for SystemConfig {
    fn default() -> Self {
        Self {
            mounts: vec!["/".to_owned()],
            disk_warn_percent: 10,
            disk_fail_percent: 3,
            memory_warn_percent: 10,
            memory_fail_percent: 4,
            temperature_warn: 75,
            temperature_fail: 90,
            units: Vec::new(),
        }
    }
}

/// What is unusual in the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TransactionsConfig {
    /// A request without an answer is in flight for this long, seconds.
    pub answer_timeout_s: u64,
    /// Share of declines among the newest 50 answered, percent.
    pub declines_warn_percent: u8,
    /// Host time at the 95th percentile, milliseconds.
    pub latency_warn_ms: u32,
    pub latency_fail_ms: u32,
}

impl Default for TransactionsConfig {
    fn default() -> Self {
        Self { answer_timeout_s: 60, declines_warn_percent: 50, latency_warn_ms: 5_000, latency_fail_ms: 20_000 }
    }
}

/// How often checks run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChecksConfig {
    /// Times the normal rate; 6 runs everything six times as often.
    pub rate: f64,
    /// Check ids that never run.
    pub off: Vec<String>,
}

impl Default for ChecksConfig {
    fn default() -> Self {
        Self { rate: 1.0, off: Vec::new() }
    }
}

/// How much history is kept; counted from the newest transaction, never from the clock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoreConfig {
    pub days: u32,
    pub max_mb: u64,
    /// Space left free on the state folder's file system, megabytes.
    pub reserve_mb: u64,
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self { days: 400, max_mb: 2_000, reserve_mb: 64 }
    }
}

/// Groups that give a role on the socket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RolesConfig {
    pub viewer: Vec<String>,
    pub merchant: Vec<String>,
    pub support: Vec<String>,
    pub technician: Vec<String>,
    /// Group of the socket file.
    pub socket_group: String,
}

impl Default for RolesConfig {
    fn default() -> Self {
        Self {
            viewer: vec!["pos-viewer".to_owned()],
            merchant: vec!["pos-merchant".to_owned()],
            support: vec!["pos-support".to_owned()],
            technician: vec!["pos-technician".to_owned()],
            socket_group: "pos-viewer".to_owned(),
        }
    }
}
