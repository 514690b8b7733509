//! What is known of this terminal's software: what runs, what could be installed, and how tries went.

use serde::{Deserialize, Serialize};

use super::Stamp;

/// A place for a whole system, of those a machine can start from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotSeen {
    /// `rootfs.0`
    pub name: String,
    /// The boot loader's word for it.
    pub boot: String,
    pub booted: bool,
    /// Next in line when the machine starts.
    pub next: bool,
    /// The boot loader may start it; none where that is not known.
    #[serde(default)]
    pub good: Option<bool>,
    /// Empty where nobody wrote it down.
    #[serde(default)]
    pub version: String,
}

/// What is known of a bundle's signature.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", content = "why", rename_all = "kebab-case")]
pub enum Signed {
    Good,
    /// Not here yet: looked at once it has been fetched, before anything is installed.
    #[default]
    Later,
    /// By the package manager's own keys, when it fetches.
    ByManager,
    Bad(String),
}

/// A version that could be installed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferSeen {
    pub version: String,
    /// Bytes; 0 where that is not known.
    pub size: u64,
    /// Where the bundle is: a path or an address; packages by name.
    pub bundle: String,
    /// Hex, where the manifest tells it.
    #[serde(default)]
    pub sha256: String,
    /// Size and time of the file, where it is one: another file under the same name is another offer.
    #[serde(default)]
    pub stamp: String,
    /// What changes, in the maker's words.
    #[serde(default)]
    pub zh: String,
    #[serde(default)]
    pub en: String,
    pub signed: Signed,
}

/// How tries of one version went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriedSeen {
    pub version: String,
    pub failed: u32,
    #[serde(default)]
    pub at: Stamp,
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UpdateSeen {
    /// `rauc`, `apt`, `command`; empty where there is none.
    pub by: String,
    /// What runs; empty where nobody tells.
    pub running: String,
    #[serde(default)]
    pub slots: Vec<SlotSeen>,
    /// As it is configured.
    pub source: String,
    #[serde(default)]
    pub offer: Option<OfferSeen>,
    /// Why nothing can be offered: the code of a refusal and its detail.
    #[serde(default)]
    pub fault: Option<(String, String)>,
    /// When the source was asked.
    #[serde(default)]
    pub asked: Option<Stamp>,
    #[serde(default)]
    pub tried: TriedSeen,
}

impl UpdateSeen {
    /// The slot that runs.
    pub fn booted(&self) -> Option<&SlotSeen> {
        self.slots.iter().find(|slot| slot.booted)
    }

    /// The slot that an update would go to, or a rollback back to.
    pub fn other(&self) -> Option<&SlotSeen> {
        self.slots.iter().find(|slot| !slot.booted)
    }
}

/// How far something is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub percent: u8,
    /// In the words of whoever does it.
    pub text: String,
}
