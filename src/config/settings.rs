//! What can be set: plain data with its defaults, bounds and words. Loading and judging live beside it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use super::devices::{
    AdapterConfigs, AppConfig, PowerConfig, PrinterConfig, ReaderConfig, SecurityConfig, UsbConfig,
};
pub use super::update::UpdateConfig;
use crate::model::scrub;

/// Everything that can be set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
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
    pub actions: ActionsConfig,
    pub update: UpdateConfig,
    pub parameters: ParametersConfig,
    pub reader: ReaderConfig,
    pub printer: PrinterConfig,
    pub power: PowerConfig,
    pub app: AppConfig,
    pub usb: Vec<UsbConfig>,
    pub security: SecurityConfig,
    pub adapter: AdapterConfigs,
    /// Where the site's own actions are; beside the configuration, never a setting.
    #[serde(skip)]
    #[schemars(skip)]
    pub actions_dir: PathBuf,
    pub check: Vec<CommandConfig>,
}

/// What the terminal is called; empty where the journal or the machine tells.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TerminalConfig {
    /// Terminal identification (DE41), 8 characters.
    #[schemars(length(max = 8))]
    pub tid: String,
    /// Merchant identification (DE42), 15 characters.
    #[schemars(length(max = 15))]
    pub mid: String,
    /// Serial number on the device's label; the machine's own when empty.
    pub serial: String,
}

/// The people to call, shown on HELP.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SupportConfig {
    /// Number to call.
    pub phone: String,
    /// When somebody answers, in words.
    pub hours: String,
}

/// How screens look.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SourceConfig {
    /// Shown as the transaction's source; the file's name when empty.
    pub name: String,
    /// `jsonl`, `regex`, `iso8583`, `jpos`, `journald`, `sqlite` or `socket`.
    pub kind: String,
    /// The journal; relative to the folder of the file that names it. Journald: folder of the journal, the system's
    /// when empty. Sqlite: the database. Socket: where the socket file is made.
    #[schemars(extend("format" = "path"))]
    pub path: PathBuf,
    /// Code table: `unionpay`, `unionpay-old`, `iso8583`, ...
    pub profile: String,
    /// IANA zone for stamps without one; the system's when empty.
    pub timezone: String,
    /// strptime form of the stamp; empty understands RFC 3339, `YYYY-MM-DD HH:MM:SS`, compact digits and epoch numbers.
    pub time_format: String,
    /// Ours = theirs, only where they differ; dotted paths reach into objects.
    pub map: BTreeMap<String, String>,
    /// Regex journals: tried in order, unanchored; group names are the default journal's fields. ISO 8583 logs: groups
    /// `time`, `hex` and `direction`; without any, a time and the longest hex dump of a line are found.
    pub patterns: Vec<String>,
    /// ISO 8583: a built-in packing or one of the site's `packings.d`; empty: each message's first bytes tell.
    pub packing: String,
    /// ISO 8583: `hex`, dumps in a text log (also when empty), or `frames`, a binary file of frames with 2-byte lengths.
    pub framing: String,
    /// Journald: only messages of these units.
    pub units: Vec<String>,
    /// Journald: only messages of these identifiers (`SYSLOG_IDENTIFIER`).
    pub identifiers: Vec<String>,
    /// Sqlite: the table or view with one transaction a row.
    pub table: String,
    /// Sqlite: a SELECT in place of `table`, where columns have to be put together.
    pub query: String,
    /// Sqlite: column of whole numbers that grow with every new row; never used twice for two transactions at once.
    pub order: String,
    /// Sqlite: column that changes with every change of a row; empty when there is none.
    pub updated: String,
    /// Sqlite: newest rows that are looked at again for changes.
    #[schemars(range(max = 10_000))]
    pub relook: u32,
    /// Socket: group that may push, beside the owner; the agent's own when empty.
    pub group: String,
    /// Socket: every line is answered with its number when it is stored.
    pub ack: bool,
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
            packing: String::new(),
            framing: String::new(),
            units: Vec::new(),
            identifiers: Vec::new(),
            table: String::new(),
            query: String::new(),
            order: "rowid".to_owned(),
            updated: String::new(),
            relook: 200,
            group: String::new(),
            ack: false,
        }
    }
}

impl SourceConfig {
    /// The configured name, else the file's; without the number of the card that a file may be named by.
    pub fn shown_name(&self) -> String {
        let name = if self.name.is_empty() {
            let word = if self.kind == "journald" { "journald" } else { "journal" };
            self.path.file_name().map_or_else(|| word.to_owned(), |n| n.to_string_lossy().into_owned())
        } else {
            self.name.clone()
        };
        scrub(&name, 13).into_owned()
    }
}

/// One acquirer host.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HostConfig {
    /// Short word behind the check's id (`host.tcp:primary`).
    pub name: String,
    /// `host:port`, `[ipv6]:port`.
    pub address: String,
    /// The host speaks TLS.
    pub tls: bool,
    /// Name in the certificate; the host of `address` when empty.
    pub server_name: String,
    /// PEM file of the acquirer's own authority, beside the system's; relative to the folder of the file that names it.
    #[schemars(extend("format" = "path"))]
    pub ca_file: PathBuf,
    /// The host takes echo tests; nothing is ever sent to a host without this.
    pub echo: Option<EchoConfig>,
}

/// The echo test (0820) of a host. `{}` takes the terminal's own numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EchoConfig {
    /// TPDU, 10 hex digits.
    #[schemars(length(min = 10, max = 10))]
    pub tpdu: String,
    /// UnionPay header, 12 hex digits.
    #[schemars(length(min = 12, max = 12))]
    pub header: String,
    /// DE41; the terminal's when empty.
    #[schemars(length(max = 8))]
    pub tid: String,
    /// DE42; the terminal's when empty.
    #[schemars(length(max = 15))]
    pub mid: String,
    /// Number of the batch, 6 digits.
    #[schemars(length(min = 6, max = 6))]
    pub batch: String,
}

impl Default for EchoConfig {
    fn default() -> Self {
        Self {
            tpdu: "6000030000".to_owned(),
            header: "603100310000".to_owned(),
            tid: String::new(),
            mid: String::new(),
            batch: "000001".to_owned(),
        }
    }
}

/// A check of the site's own: a command by the convention of Nagios plugins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CommandConfig {
    /// Short word behind the check's id (`custom:disk`).
    pub name: String,
    /// The program with its arguments, no shell.
    pub command: Vec<String>,
    /// Seconds until it is ended with everything it started.
    #[schemars(range(min = 1, max = 9))]
    pub timeout_s: u64,
    /// User it runs as; the agent's own when empty.
    pub user: String,
}

impl Default for CommandConfig {
    fn default() -> Self {
        Self { name: String::new(), command: Vec::new(), timeout_s: 8, user: String::new() }
    }
}

/// What is expected of the network.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ClockConfig {
    /// NTP servers, `host` or `host:port`; none means the offset is not asked.
    pub servers: Vec<String>,
    /// Web servers whose date is asked where no time server answers: `http://host` or `http://host:port`.
    pub http: Vec<String>,
    /// Offset that is a warning, milliseconds.
    #[schemars(range(min = 1, max = 86_400_000))]
    pub warn_ms: u64,
    /// Offset that is a failure, milliseconds.
    #[schemars(range(min = 1, max = 86_400_000))]
    pub fail_ms: u64,
}

impl Default for ClockConfig {
    fn default() -> Self {
        Self { servers: Vec::new(), http: Vec::new(), warn_ms: 5_000, fail_ms: 60_000 }
    }
}

/// Limits of the machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SystemConfig {
    /// File systems to judge.
    pub mounts: Vec<String>,
    /// Free space, percent, below which is a warning.
    #[schemars(range(max = 100))]
    pub disk_warn_percent: u8,
    /// Free space, percent, below which is a failure.
    #[schemars(range(max = 100))]
    pub disk_fail_percent: u8,
    /// Available memory, percent, below which is a warning.
    #[schemars(range(max = 100))]
    pub memory_warn_percent: u8,
    /// Available memory, percent, below which is a failure.
    #[schemars(range(max = 100))]
    pub memory_fail_percent: u8,
    /// Hottest sensor, degrees Celsius, from which on is a warning.
    #[schemars(range(max = 200))]
    pub temperature_warn: u16,
    /// Hottest sensor, degrees Celsius, from which on is a failure.
    #[schemars(range(max = 200))]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TransactionsConfig {
    /// A request without an answer is in flight for this long, seconds.
    #[schemars(range(min = 1, max = 3_600))]
    pub answer_timeout_s: u64,
    /// Share of declines among the newest 50 answered, percent, from which on is a warning.
    #[schemars(range(max = 100))]
    pub declines_warn_percent: u8,
    /// Host time at the 95th percentile, milliseconds, from which on is a warning.
    #[schemars(range(min = 1, max = 600_000))]
    pub latency_warn_ms: u32,
    /// Host time at the 95th percentile, milliseconds, from which on is a failure.
    #[schemars(range(min = 1, max = 600_000))]
    pub latency_fail_ms: u32,
}

impl Default for TransactionsConfig {
    fn default() -> Self {
        Self { answer_timeout_s: 60, declines_warn_percent: 50, latency_warn_ms: 5_000, latency_fail_ms: 20_000 }
    }
}

/// How often checks run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ChecksConfig {
    /// Times the normal rate; 6 runs everything six times as often.
    #[schemars(range(min = 0.01, max = 60))]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StoreConfig {
    /// Days before the newest transaction that are kept.
    #[schemars(range(min = 1, max = 36_500))]
    pub days: u32,
    /// Most the history may take, megabytes.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub max_mb: u64,
    /// Space left free on the state folder's file system, megabytes.
    #[schemars(range(max = 1_000_000))]
    pub reserve_mb: u64,
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self { days: 400, max_mb: 2_000, reserve_mb: 64 }
    }
}

/// Groups that give a role on the socket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RolesConfig {
    /// May look.
    pub viewer: Vec<String>,
    /// The shop: one-key repairs.
    pub merchant: Vec<String>,
    /// The call centre: looks and points.
    pub support: Vec<String>,
    /// Everything.
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

/// How one-key actions are carried out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ActionsConfig {
    /// Who runs the network: `auto`, `networkmanager`, `networkd`, `ifupdown`, `command` or `none`.
    pub network: String,
    /// `command`: restarts the network; a program with its arguments, no shell.
    pub network_command: Vec<String>,
    /// Restarts the network's manager where there is no systemd; a program with its arguments.
    pub network_manager_command: Vec<String>,
    /// Who runs the clock: `auto`, `chrony`, `timesyncd`, `command` or `none`.
    pub time: String,
    /// `command`: sets the clock; a program with its arguments, no shell.
    pub time_command: Vec<String>,
    /// How chrony is talked to; a program with its first arguments, such as a socket's path.
    pub chronyc: Vec<String>,
    /// Resets the card reader: a program with its arguments, or one unit to start; else pcscd is restarted.
    pub reader_command: Vec<String>,
    /// The reader's place on the USB, such as `1-1.2`: it is taken off the bus and put back first.
    pub reader_usb: String,
    /// systemd unit of the payment application.
    pub app_unit: String,
    /// Restarts the payment application where that is not enough; a program with its arguments, or one unit to start.
    pub app_command: Vec<String>,
    /// Says with exit 0 that the payment application is well.
    pub app_healthy: Vec<String>,
    /// Seconds that the restarted payment application has to stand.
    #[schemars(range(min = 1, max = 300))]
    pub app_stands_s: u32,
    /// Lets the payment application sign on and fetch its parameters.
    pub sign_on_command: Vec<String>,
    /// Resets the printer.
    pub printer_command: Vec<String>,
    /// Device of a receipt printer that takes ESC @, such as `/dev/usb/lp0`.
    pub printer_device: String,
    /// Restarts the terminal; systemd-logind when empty.
    pub reboot_command: Vec<String>,
    /// Switches the terminal off; systemd-logind when empty.
    pub power_off_command: Vec<String>,
    /// Seconds until an unconfirmed network change is undone, for a person who came over SSH.
    #[schemars(range(min = 5, max = 3_600))]
    pub guard_remote_s: u32,
    /// The same for a person at the terminal itself.
    #[schemars(range(min = 5, max = 3_600))]
    pub guard_local_s: u32,
    /// Restarts the terminal, once a day, when an undone network change left no network: `never`, `closed` (outside
    /// `open_hours`) or `always`.
    pub reboot_rung: String,
    /// When the shop is open, `08:00-22:00` in local time; empty: not known.
    pub open_hours: String,
    /// Seconds that a changed network is given to come up before it is tested.
    #[schemars(range(max = 120))]
    pub settle_s: u32,
}

impl Default for ActionsConfig {
    fn default() -> Self {
        Self {
            network: "auto".to_owned(),
            network_command: Vec::new(),
            network_manager_command: Vec::new(),
            time: "auto".to_owned(),
            time_command: Vec::new(),
            chronyc: vec!["chronyc".to_owned(), "-n".to_owned()],
            reader_command: Vec::new(),
            reader_usb: String::new(),
            app_unit: String::new(),
            app_command: Vec::new(),
            app_healthy: Vec::new(),
            app_stands_s: 5,
            sign_on_command: Vec::new(),
            printer_command: Vec::new(),
            printer_device: String::new(),
            reboot_command: Vec::new(),
            power_off_command: Vec::new(),
            guard_remote_s: 120,
            guard_local_s: 60,
            reboot_rung: "closed".to_owned(),
            open_hours: String::new(),
            settle_s: 2,
        }
    }
}

/// The payment application's parameters: where they stand, which is which, and what they should be.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ParametersConfig {
    /// The parameter file; relative to the folder of the file that names it. Empty: parameters are not looked at.
    #[schemars(extend("format" = "path"))]
    pub file: PathBuf,
    /// `ini`, `json`, `xml`, `properties` or `sqlite`; by the file's ending when empty.
    pub format: String,
    /// Sqlite: the table.
    pub table: String,
    /// Sqlite: column with the names, in a table of name and value; empty for a table with one column each.
    pub name_column: String,
    /// Sqlite: column with the values beside `name_column`.
    pub value_column: String,
    /// Ours = theirs; dotted paths reach into sections and objects. Ours are the names of `[parameters.expected]`.
    pub keys: BTreeMap<String, String>,
    /// What a parameter should be, by our name.
    pub expected: BTreeMap<String, String>,
}
