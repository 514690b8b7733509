//! Runs of actions: what would be done, what is being done, and how it ended.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use super::{Facts, Progress, Role, Stamp};

/// A sentence by its locale key, with its arguments.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Said {
    pub key: String,
    #[serde(default)]
    pub facts: Facts,
}

impl Said {
    /// The sentence behind `key`.
    pub fn new(key: impl Into<String>) -> Self {
        Self { key: key.into(), facts: Facts::new() }
    }

    /// With one argument more; a name out of the settings keeps no card number.
    #[must_use]
    pub fn fact(mut self, name: &str, value: impl Into<super::Fact>) -> Self {
        self.facts.insert(name.to_owned(), value.into().scrubbed());
        self
    }
}

/// Why an action cannot be done now. The sentence is the locale message `refused-<code>`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Block {
    pub code: String,
    /// For the sentence, where it has a gap.
    #[serde(default)]
    pub detail: String,
    /// A technician may do it all the same, once it has been shown.
    #[serde(default)]
    pub yes: bool,
}

/// What an action would do on this machine now. Shown before anything is done; its token starts exactly this.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub action: String,
    /// Starts this plan once; empty while something blocks it.
    pub token: String,
    /// Seconds that the token is good for.
    pub token_s: u32,
    /// Hex SHA-256 of what would be done.
    pub hash: String,
    /// In this order; later rungs only if those before did not help.
    pub steps: Vec<Said>,
    /// What one should know before.
    pub notes: Vec<Said>,
    pub blocks: Vec<Block>,
    /// Seconds after which it is undone unless proved or confirmed.
    pub guard_s: Option<u32>,
    /// How it is asked, where that is not fixed: 1 to 3 as for actions.
    #[serde(default)]
    pub risk: Option<u8>,
}

impl Plan {
    /// Reasons that this role cannot overrule.
    pub fn blocking(&self, role: Role) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(move |block| !(block.yes && role.may(Role::Technician)))
    }
}

/// An action of the site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PluginSeen {
    /// 691 to 698.
    pub number: u16,
    pub zh: String,
    pub en: String,
    /// Why it does not count: code and detail of the refusal.
    #[serde(default)]
    pub fault: Option<(String, String)>,
}

/// How far a step got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    #[default]
    Waiting,
    Running,
    Done,
    Failed,
    /// Not needed any more.
    Skipped,
}

/// A step of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StepSeen {
    pub said: Said,
    pub state: StepState,
    pub took_ms: Option<u64>,
    /// Exit code, or the machine's own words.
    #[serde(default)]
    pub detail: String,
}

/// Where a run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunPhase {
    /// A transaction is in flight: nothing has been touched yet.
    #[default]
    Holding,
    Acting,
    /// Settling, then testing.
    Checking,
    /// Somebody has to keep or undo it before the deadline.
    Confirming,
    Undoing,
    Ended,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunEnd {
    /// Carried out and proved, or confirmed.
    Done,
    /// Carried out, and it did not help or did not work.
    Failed,
    /// What was before has been put back.
    Undone,
}

impl RunEnd {
    /// The word of the audit and of JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Undone => "undone",
        }
    }
}

/// A run as everybody sees it: the one under way, or the last one until somebody has taken note of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunView {
    /// Sequence number of its intent in the audit.
    pub id: i64,
    pub action: String,
    pub who: String,
    /// Whoever keeps or undoes it may do at least as much.
    pub role: Role,
    pub began: Stamp,
    pub phase: RunPhase,
    pub steps: Vec<StepSeen>,
    /// Milliseconds until it is undone by itself, when this was sent.
    #[serde(default)]
    pub guard_left_ms: Option<u64>,
    /// The guard's whole time, seconds.
    #[serde(default)]
    pub guard_s: Option<u32>,
    #[serde(default)]
    pub end: Option<RunEnd>,
    /// What there is to say now: what is waited for, or the result.
    #[serde(default)]
    pub said: Vec<Said>,
    /// How far the step under way is, where it tells.
    #[serde(default)]
    pub progress: Option<Progress>,
}

impl RunView {
    /// Nobody waits for anything any more.
    pub const fn ended(&self) -> bool {
        matches!(self.phase, RunPhase::Ended)
    }
}

/// The TCP connection that a person sits behind, as the client tells it: evidence, never a right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Where the person is.
    pub peer: SocketAddr,
    /// The terminal's end.
    pub local: SocketAddr,
}

impl Session {
    /// Reads `SSH_CONNECTION`: peer, its port, own address, own port.
    pub fn of_ssh(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let mut end = || {
            let ip: IpAddr = words.next()?.split('%').next()?.parse().ok()?;
            Some(SocketAddr::new(ip, words.next()?.parse().ok()?))
        };
        Some(Self { peer: end()?, local: end()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_read_as_sshd_writes_it() {
        let session = Session::of_ssh("192.0.2.7 50122 192.0.2.1 22");
        assert_eq!(session.map(|s| (s.peer.port(), s.local.port())), Some((50_122, 22)));
        assert!(Session::of_ssh("fe80::1%eth0 1 fe80::2%eth0 22").is_some_and(|s| s.peer.is_ipv6()));
        assert_eq!(Session::of_ssh("rm -rf /"), None);
        assert_eq!(Session::of_ssh(""), None);
    }
}
