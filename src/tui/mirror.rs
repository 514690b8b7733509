//! The front end's copy of the agent's state; [`Mirror::apply`] and [`Mirror::answer`] are its only writers.

use crate::model::{
    AuditRow, Baselines, ChainReport, Challenge, Event, Evidence, Finding, NetSeen, Plan, PluginSeen, Rights, Sale,
    SaleId, SignalDay, Snapshot, Trends, UpdateSeen,
};
use crate::proto::{Cursor, Refusal, Reply, Request, Update};

/// How the agent is reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LinkState {
    /// No snapshot yet.
    #[default]
    Connecting,
    Live,
    /// Gone; data keep their age. Seconds since.
    Lost(u32),
}

/// One transaction opened on 32.
#[derive(Clone, Debug, PartialEq)]
pub struct SaleDetail {
    pub sale: Sale,
    pub evidence: Evidence,
}

/// What the front end knows.
#[derive(Clone, Debug, Default)]
pub struct Mirror {
    pub snapshot: Option<Snapshot>,
    pub link: LinkState,
    /// Pages that were asked for.
    pub sales: Vec<Sale>,
    pub sales_cursor: Option<Cursor>,
    pub detail: Option<(SaleId, Option<SaleDetail>)>,
    pub events: Vec<Event>,
    pub audit: Vec<AuditRow>,
    pub audit_report: Option<ChainReport>,
    pub refusal: Option<Refusal>,
    /// Transactions in numbers, as they were told last.
    pub trends: Option<Trends>,
    /// What an action would do, as it was told last.
    pub plan: Option<Plan>,
    /// What can be set up, as it was told last.
    pub net: Option<NetSeen>,
    /// Seconds until the pending change is undone.
    pub guard_left: Option<u32>,
    /// What passcodes and support allow here, as it was told last.
    pub rights: Option<Rights>,
    /// Actions of the site.
    pub plugins: Vec<PluginSeen>,
    /// What runs and what could be installed, as it was told last.
    pub updates: Option<UpdateSeen>,
    /// What this terminal can be compared with, as it was told last.
    pub baselines: Option<Baselines>,
    /// The last hours of the ways out, for 21.
    pub signals: Vec<SignalDay>,
    /// What is to be read out to support.
    pub challenge: Option<Challenge>,
    /// A new passcode has been typed once.
    pub typed_once: bool,
}

impl Mirror {
    /// Whether support has allowed this one.
    pub fn granted(&self, action: &str) -> bool {
        self.rights.as_ref().is_some_and(|rights| rights.granted.as_deref() == Some(action))
    }

    /// Whether a role has been taken that ends when nobody presses a key.
    pub fn raised(&self) -> bool {
        self.rights.as_ref().is_some_and(|rights| rights.role != rights.base)
    }

    /// Takes an update from the agent.
    pub fn apply(&mut self, update: Update) {
        match update {
            Update::Snapshot(snapshot) => {
                self.events.clone_from(&snapshot.events);
                if let Some(rights) = &mut self.rights {
                    rights.role = snapshot.actor.role;
                }
                self.snapshot = Some(*snapshot);
                self.link = LinkState::Live;
            }
            Update::Sales { rows, journal, last_good } => {
                if let Some(snapshot) = &mut self.snapshot {
                    snapshot.take_sales(rows, *journal, last_good);
                }
            }
            Update::Codes { rows } => {
                if let Some(snapshot) = &mut self.snapshot {
                    snapshot.codes = rows;
                }
            }
            Update::Findings { findings, root_cause, checking, at } => {
                if let Some(snapshot) = &mut self.snapshot {
                    snapshot.findings = findings;
                    snapshot.root_cause = root_cause;
                    snapshot.checking = checking;
                    snapshot.at = at;
                }
            }
            Update::Journal { journal } => {
                if let Some(snapshot) = &mut self.snapshot {
                    snapshot.journal = *journal;
                }
            }
            Update::Event { event } => {
                if let Some(snapshot) = &mut self.snapshot {
                    snapshot.push_event(event.clone());
                }
                self.events.push(event);
            }
            Update::Run { run } => {
                if let Some(snapshot) = &mut self.snapshot {
                    snapshot.run = run.map(|run| *run);
                }
            }
            Update::Leaving => self.link = LinkState::Lost(0),
        }
    }

    /// These have just been looked at again: what is as it was is told by nobody else.
    fn looked(&mut self, fresh: &[Finding]) {
        for found in self.snapshot.iter_mut().flat_map(|snapshot| &mut snapshot.findings) {
            if let Some(again) = fresh.iter().find(|again| again.id == found.id && again.code == found.code) {
                found.at = again.at;
            }
        }
    }

    /// Takes the agent's answer to `request`.
    pub fn answer(&mut self, request: &Request, reply: Reply) {
        match (request, reply) {
            (Request::Sales(_), Reply::Sales { rows, cursor }) => {
                self.sales = rows;
                self.sales_cursor = cursor;
            }
            (Request::Sale { id }, Reply::Sale { sale, evidence }) => {
                self.detail = Some((*id, sale.map(|sale| SaleDetail { sale: *sale, evidence: *evidence })));
            }
            (_, Reply::Events { rows }) => self.events = rows,
            (_, Reply::Audit { rows }) => self.audit = rows,
            (_, Reply::AuditVerified(report)) => self.audit_report = Some(report),
            (_, Reply::Trends(trends)) => self.trends = Some(*trends),
            (_, Reply::Planned(plan)) => self.plan = Some(*plan),
            (_, Reply::Net(seen)) => self.net = Some(seen),
            (_, Reply::Plugins { rows }) => self.plugins = rows,
            (_, Reply::Updates(seen)) => self.updates = Some(*seen),
            (_, Reply::Signals { rows }) => self.signals = rows,
            (_, Reply::Baselines(baselines)) => self.baselines = Some(*baselines),
            (Request::Check { .. }, Reply::Checked { findings, .. }) => self.looked(&findings),
            (_, Reply::Rights(rights)) => self.rights = Some(rights),
            (_, Reply::Challenged(challenge)) => self.challenge = Some(challenge),
            (Request::Answer { .. }, Reply::Done) => self.challenge = None,
            // After a choice, what was planned before was about something else.
            (Request::Plan { .. }, Reply::Refused(_)) | (Request::Draft { .. }, Reply::Done) => self.plan = None,
            (_, Reply::Refused(refusal)) => self.refusal = Some(refusal),
            _ => {}
        }
    }
}
