//! What preparing an action is given and gives: the machine is looked at, nothing is touched.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::config::Config;
use crate::model::{Block, Draft, JournalFacts, NetKind, Plan, Role, Said, Session, Stamp};
use crate::platform::{Deed, Hands, Host, NetKept, Steady};

/// What an action is prepared from.
#[derive(Clone)]
pub struct Cx {
    pub host: Arc<dyn Host>,
    pub hands: Arc<dyn Hands>,
    pub config: Arc<Config>,
    pub journal: Arc<JournalFacts>,
    /// The person's own connection, where they came over one.
    pub session: Option<Session>,
    /// They came over SSH.
    pub remote: bool,
    /// The person's role.
    pub role: Role,
    /// What the person has chosen, and when.
    pub draft: Option<(Draft, Steady)>,
    /// Seconds of the guard, where the person wants others than the configured ones.
    pub guard_s: Option<u32>,
    /// Lines of the slip that is wanted; none for other actions.
    pub slip: Vec<String>,
    /// What is kept about updates.
    pub updates: super::update::Kept,
}

/// An action made ready.
#[derive(Clone, Debug, Default)]
pub struct Prepared {
    pub steps: Vec<Said>,
    pub notes: Vec<Said>,
    pub blocks: Vec<Block>,
    pub guard_s: Option<u32>,
    /// How it is asked, where that is not fixed.
    pub risk: Option<u8>,
    /// Gentlest first; later ones only where those before did not help.
    pub rungs: Vec<Vec<Deed>>,
    /// For what cuts the line: the links it is about, what they had, and the ways back.
    pub interfaces: Vec<String>,
    pub kept: NetKept,
    /// Whoever manages the network can keep a checkpoint of its own.
    pub checkpoint: bool,
    pub back: Vec<Deed>,
    /// For a changed setting: the device that has to have the new profile, what keeps it for good, and what goes then.
    pub wanted: Option<String>,
    pub commit: Vec<Deed>,
    pub then: Vec<Deed>,
    /// For the clock: where it stood when this was prepared.
    pub clock: Option<super::clock::Readings>,
    pub at: Steady,
    /// The time that a person typed, and the moment it is at `at`.
    pub by_hand: Option<(String, Stamp)>,
    /// How it is proved afterwards; all of it has to hold.
    pub verify: Vec<super::simple::Proof>,
    /// For updates: from where to where, and the way back.
    pub update: Option<Box<super::update::Going>>,
}

impl Prepared {
    /// A reason against it.
    pub fn block(&mut self, code: &str, detail: impl Into<String>) {
        self.blocks.push(Block { code: code.to_owned(), detail: detail.into(), yes: false });
    }

    /// A reason that a technician may overrule.
    pub fn ask(&mut self, code: &str, detail: impl Into<String>) {
        self.blocks.push(Block { code: code.to_owned(), detail: detail.into(), yes: true });
    }

    /// Hex SHA-256 over the action, its deeds, its guard and what has to be said yes to: what is shown and what is
    /// done have the same.
    pub fn hash(&self, action: &str) -> String {
        let asks: Vec<&str> = self.blocks.iter().filter(|block| block.yes).map(|block| block.code.as_str()).collect();
        let typed = self.by_hand.as_ref().map(|(typed, _)| typed);
        let whole = serde_json::json!([action, self.rungs, self.guard_s, self.interfaces, asks, typed]);
        let digest = ring::digest::digest(&ring::digest::SHA256, whole.to_string().as_bytes());
        digest.as_ref().iter().fold(String::with_capacity(64), |mut hex, byte| {
            // Writing into a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }

    /// What a person is shown of it.
    pub fn plan(&self, action: &str) -> Plan {
        Plan {
            action: action.to_owned(),
            token: String::new(),
            token_s: 0,
            hash: self.hash(action),
            steps: self.steps.clone(),
            notes: self.notes.clone(),
            blocks: self.blocks.clone(),
            guard_s: self.guard_s,
            risk: self.risk,
        }
    }
}

/// A deed in words.
pub fn said(deed: &Deed) -> Said {
    match deed {
        Deed::Run { argv } => Said::new("run-deed-run").fact("argv", argv.join(" ")),
        Deed::RestartUnit { unit } => Said::new("run-deed-unit").fact("unit", unit.as_str()),
        Deed::NmReconnect { interface, .. } | Deed::NetworkdReconfigure { interface } => {
            Said::new("run-deed-reconnect").fact("interface", interface.as_str())
        }
        Deed::StartUnit { unit } => Said::new("run-deed-start").fact("unit", unit.as_str()),
        Deed::StepClock { .. } => Said::new("run-deed-step-clock"),
        Deed::PrinterReset { device } => Said::new("run-deed-printer").fact("device", device.as_str()),
        Deed::Print { device, lines, .. } => {
            Said::new("run-deed-print").fact("device", device.as_str()).fact("lines", lines.len())
        }
        Deed::Reboot => Said::new("run-deed-reboot"),
        Deed::PowerOff => Said::new("run-deed-power-off"),
        Deed::NmReload | Deed::NetworkdReload => Said::new("run-deed-reload"),
        Deed::NmCheckpoint { .. } => Said::new("run-deed-checkpoint"),
        Deed::NmRollback { .. } => Said::new("run-deed-rollback"),
        Deed::NmForget { .. } => Said::new("run-deed-forget"),
        Deed::NmReapply { kept } => Said::new("run-deed-reapply").fact("interface", kept.name.as_str()),
        Deed::Restore { .. } => Said::new("run-deed-restore"),
        Deed::NmSetUp { set_up } => super::net_setup::said(set_up),
        Deed::NmSave { .. } => Said::new("run-deed-save"),
        Deed::NmDelete { .. } => Said::new("run-deed-forget-profile"),
        Deed::NmAside { .. } => Said::new("run-deed-aside"),
        Deed::NmRadio { kind, on } => {
            let radio = if *kind == NetKind::Cell { "4G" } else { "Wi-Fi" };
            Said::new("run-deed-radio").fact("radio", radio).fact("way", if *on { "on" } else { "off" })
        }
        Deed::WifiAgain { interface } => {
            Said::new("run-deed-wifi-again").fact("radio", "Wi-Fi").fact("interface", interface.as_str())
        }
        Deed::ModemOff { interface, modem } | Deed::ModemOn { interface, modem, .. } => {
            let way = if matches!(deed, Deed::ModemOn { .. }) { "on" } else { "off" };
            let modem = format!("{modem} ({interface})");
            Said::new("run-deed-modem").fact("modem", modem).fact("way", way)
        }
        Deed::NmDisconnect { interface } => Said::new("run-deed-disconnect").fact("interface", interface.as_str()),
        Deed::Fetch { from, size, .. } => {
            let name = from.rsplit('/').next().unwrap_or_default();
            let mb = i64::try_from(size.div_ceil(1_000_000)).unwrap_or(0);
            Said::new("update-deed-fetch").fact("name", name).fact("mb", mb)
        }
        Deed::RaucInstall { version, .. } => Said::new("update-deed-rauc").fact("version", version.as_str()),
        Deed::RaucMark { state, slot } => {
            Said::new("update-deed-mark").fact("state", state.as_str()).fact("slot", slot.as_str())
        }
        Deed::Update { verb, .. } => Said::new("update-deed-by").fact("verb", verb.as_str()),
    }
}
