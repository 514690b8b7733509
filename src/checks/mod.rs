//! Diagnostics: one file per check or tight family, one entry in [`CHECKS`] each.
//!
//! A check sees the machine through [`Host`] and the journal through [`JournalFacts`], never the store, the agent or
//! the screens. It holds no state; what it saw last time is in [`Cx::previous`].

use std::sync::Arc;
use std::time::Duration;

use crate::config::Config;
use crate::model::{Area, Finding, JournalFacts, Stamp};
use crate::platform::{Fut, Host};

/// What is fixed about a check.
#[derive(Debug)]
pub struct CheckSpec {
    /// Frozen family id, such as `host.tcp`.
    pub id: &'static str,
    pub area: Area,
    /// Screen that owns it.
    pub screen: &'static str,
    /// How often it runs by itself.
    pub every: Duration,
    /// It is given up after this long and reported as unknown.
    pub limit: Duration,
    /// Families that must hold before this one can be judged, nearest cause first.
    pub needs: &'static [&'static str],
}

/// What a check is given.
#[derive(Clone)]
pub struct Cx {
    pub host: Arc<dyn Host>,
    pub config: Arc<Config>,
    pub journal: Arc<JournalFacts>,
    pub now: Stamp,
    /// Findings of the run before.
    pub previous: Arc<Vec<Finding>>,
}

/// A diagnostic. It returns one finding per subject, at least one in all (`absent` where it does not apply).
pub trait Check: Sync {
    fn spec(&self) -> &'static CheckSpec;
    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>>;
}

/// Every check, in the order of the root-cause ladder.
pub const CHECKS: &[&dyn Check] = &[];
