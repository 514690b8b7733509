//! What passcodes and support's answers allow a person beyond what the groups of their login say.

use serde::{Deserialize, Serialize};

use super::Role;

/// What stands here for whoever asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rights {
    /// By the groups of the login.
    pub base: Role,
    /// What counts now.
    pub role: Role,
    /// The one action, or `passcode-ROLE`, that support allowed.
    pub granted: Option<String>,
    /// A passcode of the shop is set.
    pub merchant: bool,
    /// A passcode of the technicians is set.
    pub technician: bool,
    /// The key that support's answers are checked with is set.
    pub phone: bool,
    /// Seconds without a key after which it falls back to `base`.
    pub idle_s: u32,
}

/// What is read out to support.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// Ten digits, the last one checks the others.
    pub digits: String,
    /// The terminal as support's side has to name it.
    pub terminal: String,
    /// Action id or `passcode-ROLE`.
    pub action: String,
    pub role: Role,
    /// Seconds that it can be answered.
    pub seconds: u32,
}
