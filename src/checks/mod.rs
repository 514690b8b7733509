//! Diagnostics: one file per check or tight family, one entry in [`CHECKS`] each.
//!
//! A check sees the machine through [`Host`] and the journal through [`JournalFacts`], never the store, the agent or
//! the screens. It holds no state; what it saw last time is in [`Cx::previous`]. It tells what it measured; which
//! finding follows from which is [`judge`]'s business.

mod adapter;
mod app;
mod chance;
mod clock_keep;
mod clock_offset;
mod custom;
mod fits;
mod found;
mod host_cert;
mod host_echo;
mod host_tcp;
mod host_tls;
mod leases;
mod memo;
mod names;
mod net_address;
mod net_cell;
mod net_dns;
mod net_firewall;
mod net_gateway;
mod net_link;
mod net_loss;
mod net_mtu;
mod net_portal;
mod net_route;
mod net_trace;
mod net_uplink;
mod net_wifi;
mod params;
mod past;
mod power;
mod printer;
mod reach;
mod reader;
mod root_cause;
mod run;
mod security;
mod select;
mod source;
mod store_health;
mod sys_disk;
mod sys_flash;
mod sys_load;
mod sys_memory;
mod sys_oom;
mod sys_readonly;
mod sys_temperature;
mod sys_units;
mod sys_usb;
mod trend;
mod turns;
mod txn;
mod txn_run;
mod version_system;
mod wedge;
mod words;

#[cfg(test)]
#[allow(clippy::panic, clippy::struct_excessive_bools)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use crate::config::Config;
use crate::model::{Area, Finding, JournalFacts, Stamp};
use crate::platform::{Fut, Host};

pub use adapter::{NAMES as ADAPTERS, schema as adapter_schema};
pub use params::{FORMATS as PARAMETER_FORMATS, NAMES as PARAMETER_NAMES};
pub use past::Past;
pub use root_cause::judge;
pub use run::run;
pub use select::{UnknownWord, affected, exit_code, narrow, overall, select};
pub use source::source_sentence;
pub use turns::Lane;
pub use words::{name, sentence, who, why};

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
    /// What somebody asked for by its id; a test that a person takes part in runs only then.
    pub asked: Arc<Vec<String>>,
}

impl Cx {
    /// Whether somebody asked for this very check.
    fn asked_for(&self, id: &str) -> bool {
        self.asked.iter().any(|word| word == id)
    }
}

/// A diagnostic. It returns one finding per subject, at least one in all (`absent` where it does not apply).
pub trait Check: Sync {
    fn spec(&self) -> &'static CheckSpec;
    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>>;

    /// What a person is to do meanwhile, where the run waits for one.
    fn waiting(&self, _: &Cx) -> Option<Finding> {
        None
    }
}

/// The rungs from the plug to a host's last answer, from below: what 22 PATH shows. They stand in [`CHECKS`] in this
/// order.
pub const LADDER: [&str; 16] = [
    "net.link",
    "net.address",
    "net.gateway",
    "net.uplink",
    "net.loss",
    "net.portal",
    "net.dns",
    "net.route",
    "net.firewall",
    "host.tcp",
    "net.mtu",
    "clock.offset",
    "host.tls",
    "host.cert",
    "host.echo",
    "txn.last",
];

/// Every check, in the order of the root-cause ladder.
pub const CHECKS: &[&dyn Check] = &[
    &net_wifi::NetWifi,
    &net_cell::NetCell,
    &net_link::NetLink,
    &net_address::NetAddress,
    &net_gateway::NetGateway,
    &net_uplink::NetUplink,
    &net_loss::NetLoss,
    &net_portal::NetPortal,
    &net_dns::NetDns,
    &net_route::CHECK,
    &net_firewall::NetFirewall,
    &host_tcp::CHECK,
    &net_mtu::CHECK,
    &clock_offset::ClockOffset,
    &host_tls::CHECK,
    &host_cert::CHECK,
    &host_echo::CHECK,
    &net_trace::NetTrace,
    &clock_keep::Rtc,
    &clock_keep::Keeper,
    &power::Supply,
    &power::Battery,
    &power::Boots,
    &sys_usb::SysUsb,
    &sys_flash::SysFlash,
    &sys_readonly::SysReadonly,
    &sys_disk::SysDisk,
    &sys_memory::SysMemory,
    &sys_oom::SysOom,
    &sys_temperature::SysTemperature,
    &sys_load::SysLoad,
    &sys_units::SysUnits,
    &app::Alive,
    &app::Memory,
    &reader::Service,
    &reader::Device,
    &reader::Card,
    &trend::Reader,
    &wedge::Swipe,
    &wedge::Scan,
    &printer::Printer,
    &adapter::Signal,
    &adapter::Keys,
    &adapter::Tamper,
    &security::Ports,
    &security::Certificates,
    &custom::Custom,
    &params::File,
    &params::Tid,
    &params::Mid,
    &params::Limits,
    &params::Keys,
    &params::Version,
    &version_system::System,
    &trend::Fallback,
    &trend::Bank,
    &trend::Code,
    &trend::Declines,
    &trend::Latency,
    &txn::Last,
    &txn::Pending,
    &txn_run::Issuer,
    &txn_run::Keys,
    &txn_run::Terminal,
    &txn::Declines,
    &txn::Latency,
    &source::Unknown,
    &source::Lag,
    &store_health::StoreHealth,
];
