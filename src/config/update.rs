//! How new versions come onto the terminal: plain data with its defaults.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where new versions come from and who installs them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UpdateConfig {
    /// Who installs: `auto`, `rauc`, `apt`, `command` or `none`.
    pub backend: String,
    /// Where new versions are: a bundle, a folder such as a USB stick's, or the http(s) address of an `update.toml`.
    pub source: String,
    /// PEM file of the update server's own authority, beside the system's; relative to the folder of the file that
    /// names it.
    #[schemars(extend("format" = "path"))]
    pub ca_file: PathBuf,
    /// Larger bundles are refused, megabytes.
    #[schemars(range(min = 1, max = 100_000))]
    pub max_mb: u64,
    /// Seconds for fetching a bundle.
    #[schemars(range(min = 10, max = 86_400))]
    pub fetch_s: u64,
    /// `apt`: the packages.
    pub packages: Vec<String>,
    /// `command`: minisign public key that bundles have to be signed with; none is installed without.
    pub key: String,
    /// `command`: prints the version that runs as its first line.
    pub version_command: Vec<String>,
    /// `command`: installs; the path of the checked bundle follows its arguments.
    pub install_command: Vec<String>,
    /// `command`: goes back to the version before.
    pub rollback_command: Vec<String>,
    /// The terminal restarts after installing: `auto` (where the new version only runs then), `always` or `never`.
    pub restart: String,
    /// May be installed while the shop is open.
    pub during_hours: bool,
    /// Charge, percent, from which on a terminal without mains may install.
    #[schemars(range(max = 100))]
    pub battery_percent: u8,
    /// Space that has to stay free, megabytes.
    #[schemars(range(max = 1_000_000))]
    pub reserve_mb: u64,
    /// Seconds after the start of the new version within which all that worked before has to work again.
    #[schemars(range(min = 10, max = 7_200))]
    pub health_s: u32,
    /// Failed tries of one version after which it is not tried again.
    #[schemars(range(min = 1, max = 10))]
    pub tries: u32,
}

impl Default for UpdateConfig {
    fn default() -> Self {
        Self {
            backend: "auto".to_owned(),
            source: String::new(),
            ca_file: PathBuf::new(),
            max_mb: 2_048,
            fetch_s: 1_800,
            packages: Vec::new(),
            key: String::new(),
            version_command: Vec::new(),
            install_command: Vec::new(),
            rollback_command: Vec::new(),
            restart: "auto".to_owned(),
            during_hours: false,
            battery_percent: 40,
            reserve_mb: 64,
            health_s: 600,
            tries: 2,
        }
    }
}
