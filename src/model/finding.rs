//! What a check found.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Stamp, scrub};

/// How a thing is. `Unknown` is a result: "cannot tell" is never shown as green.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Ok,
    Warning,
    Fail,
    /// Could not be told; the reason is in the facts.
    Unknown,
    /// Not asked, because something before it is broken.
    NotTested,
    /// Was told once, too long ago.
    Stale,
    /// This terminal has none: not a finding, never changes an exit code.
    Absent,
}

impl Status {
    /// How bad, for "the worst": higher is worse.
    pub const fn weight(self) -> u8 {
        match self {
            Self::Absent => 0,
            Self::Ok => 1,
            Self::NotTested => 2,
            Self::Stale => 3,
            Self::Unknown => 4,
            Self::Warning => 5,
            Self::Fail => 6,
        }
    }

    /// The word used in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::NotTested => "not_tested",
            Self::Stale => "stale",
            Self::Absent => "absent",
        }
    }

    /// Whether this status can be a root cause.
    pub const fn is_bad(self) -> bool {
        matches!(self, Self::Warning | Self::Fail)
    }
}

/// The part of the terminal a finding belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Area {
    Network,
    Host,
    Clock,
    Reader,
    Printer,
    Power,
    System,
    App,
    Params,
    Version,
    Security,
    Transactions,
    Source,
    Store,
    Notice,
}

impl Area {
    /// Every area, in the order they are listed.
    pub const ALL: [Self; 15] = [
        Self::Network,
        Self::Host,
        Self::Clock,
        Self::Reader,
        Self::Printer,
        Self::Power,
        Self::System,
        Self::App,
        Self::Params,
        Self::Version,
        Self::Security,
        Self::Transactions,
        Self::Source,
        Self::Store,
        Self::Notice,
    ];

    /// The word used in JSON and on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Host => "host",
            Self::Clock => "clock",
            Self::Reader => "reader",
            Self::Printer => "printer",
            Self::Power => "power",
            Self::System => "system",
            Self::App => "app",
            Self::Params => "params",
            Self::Version => "version",
            Self::Security => "security",
            Self::Transactions => "transactions",
            Self::Source => "source",
            Self::Store => "store",
            Self::Notice => "notice",
        }
    }
}

/// One measured value; units are in the fact's name (`rtt_ms`, `free_bytes`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Fact {
    Bool(bool),
    Int(i64),
    Real(f64),
    Text(String),
    List(Vec<String>),
}

impl From<bool> for Fact {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}
impl From<i64> for Fact {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}
impl From<u64> for Fact {
    fn from(value: u64) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}
impl From<u32> for Fact {
    fn from(value: u32) -> Self {
        Self::Int(i64::from(value))
    }
}
impl From<usize> for Fact {
    fn from(value: usize) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}
impl From<f64> for Fact {
    fn from(value: f64) -> Self {
        Self::Real(value)
    }
}
impl From<&str> for Fact {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}
impl From<String> for Fact {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}
impl From<Vec<String>> for Fact {
    fn from(value: Vec<String>) -> Self {
        Self::List(value)
    }
}

impl Fact {
    /// Without the card numbers that a name or a path from outside may hold; 13 spares a reference number.
    #[must_use]
    pub fn scrubbed(self) -> Self {
        match self {
            Self::Text(text) => Self::Text(scrubbed(text)),
            Self::List(list) => Self::List(list.into_iter().map(scrubbed).collect()),
            plain => plain,
        }
    }
}

/// The same text where nothing has to be hidden.
fn scrubbed(text: String) -> String {
    let clean = match scrub(&text, 13) {
        Cow::Owned(clean) => Some(clean),
        Cow::Borrowed(_) => None,
    };
    clean.unwrap_or(text)
}

/// The measured values behind a finding, by name.
pub type Facts = BTreeMap<String, Fact>;

/// What a check found: facts, never prose. The sentence is the locale message `finding-<code>` with the facts as
/// arguments.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Frozen check id with its subject, such as `host.tcp:primary`.
    pub id: String,
    pub area: Area,
    /// Id of the screen that owns it.
    pub screen: String,
    pub status: Status,
    /// Key of the sentence without the `finding-` prefix, such as `host-tcp-refused`.
    pub code: String,
    pub facts: Facts,
    /// Action id that helps, such as `restart-network`.
    pub remedy: Option<String>,
    pub at: Stamp,
    /// Set by the root-cause step: this is the one cause.
    #[serde(default)]
    pub root: bool,
    /// Set by the root-cause step: id of the finding this follows from.
    #[serde(default)]
    pub caused_by: Option<String>,
}

impl Finding {
    /// The id without its subject: `host.tcp` of `host.tcp:primary`.
    pub fn family(&self) -> &str {
        self.id.split(':').next().unwrap_or(&self.id)
    }

    /// The subject, such as `primary` of `host.tcp:primary`.
    pub fn subject(&self) -> Option<&str> {
        self.id.split_once(':').map(|(_, subject)| subject)
    }
}
