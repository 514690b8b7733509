//! Who asks: always told by the kernel, never by the client.

use serde::{Deserialize, Serialize};

/// What a person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Looks only.
    Viewer,
    /// Shop staff: looks, and actions of low risk.
    Merchant,
    /// Call centre: looks and points, never acts.
    Support,
    /// Everything.
    Technician,
}

impl Role {
    /// Whether this role may do what `needed` may do; support never acts.
    pub const fn may(self, needed: Self) -> bool {
        match needed {
            Self::Viewer => true,
            Self::Support => matches!(self, Self::Support | Self::Technician),
            Self::Merchant => matches!(self, Self::Merchant | Self::Technician),
            Self::Technician => matches!(self, Self::Technician),
        }
    }

    /// The one of both that may do more; for support and merchant, whom nobody else stands in for, the first.
    #[must_use]
    pub const fn max_of(self, other: Self) -> Self {
        if other.may(self) { other } else { self }
    }

    /// The word used in the audit and in configuration.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Merchant => "merchant",
            Self::Support => "support",
            Self::Technician => "technician",
        }
    }
}

/// A person at a front end: uid from the peer credentials, role from the groups of that uid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    pub uid: u32,
    /// Login name, or `uid N` where the system knows none.
    pub name: String,
    pub role: Role,
    /// Where from: `tty1`, `ssh 192.0.2.7`, `local`. Told by the client, so evidence only, never a right.
    pub from: String,
    /// The connection they sit behind, where the client named one.
    #[serde(default)]
    pub session: Option<super::Session>,
}
