//! What installers of new versions tell.

use serde::{Deserialize, Serialize};

use crate::model::SlotSeen;

/// Whoever installs where no slots are: both need root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum Installer {
    /// Packages, as `name=version`; none for reading the lists anew. To be fetched a package may be named twice.
    Apt { packages: Vec<String> },
    /// A command of the site; where it installs, the bundle and the key that has to have signed it as this version.
    Command { argv: Vec<String>, bundle: String, key: String, version: String },
}

/// RAUC as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RaucSeen {
    pub compatible: String,
    /// It is installing.
    pub busy: bool,
    pub last_error: String,
    /// Those that the machine can start from.
    pub slots: Vec<SlotSeen>,
    /// Slots whose last installation is whole.
    pub whole: Vec<String>,
}

/// A bundle whose signature is good.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BundleSeen {
    pub compatible: String,
    pub version: String,
    /// The maker's words.
    pub description: String,
}

/// A file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileSeen {
    pub size: u64,
    /// Last change, microseconds since 1970.
    pub changed_us: i64,
    pub folder: bool,
}
