//! What may be done to the machine, apart from [`Host`](super::Host), which only looks. A deed is data: it is planned,
//! shown and written into the audit before it is done, and what was shown is what is done.

use std::net::IpAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::{BundleSeen, Fut, Installer, Link, RaucSeen, Trouble};
use crate::model::{NetChange, NetKind, NetSeen, Progress, Secret, Session};

/// One thing that can be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Deed {
    /// Runs a program; any exit code but 0 is a failure.
    Run { argv: Vec<String> },
    /// Stops and starts a systemd unit and waits until it is active.
    RestartUnit { unit: String },
    /// Starts a systemd unit and waits until it is active, or, where it ends by itself, has ended well.
    StartUnit { unit: String },
    /// The clock moves by so many microseconds; root itself or its unit does it.
    StepClock { offset_us: i64 },
    /// Sends a receipt printer ESC @ and a line feed.
    PrinterReset { device: String },
    /// Prints a slip, line by line, and below it the moment.
    Print { device: String, baud: u32, lines: Vec<String> },
    /// The machine starts anew, by whoever manages its power.
    Reboot,
    /// The machine goes off.
    PowerOff,
    /// NetworkManager connects a device again with the profile it has.
    NmReconnect { interface: String, profile: String },
    /// NetworkManager reads its settings again.
    NmReload,
    /// NetworkManager keeps what these devices have, and goes back to it by itself after so many seconds.
    NmCheckpoint { interfaces: Vec<String>, seconds: u32 },
    /// ... goes back to it now.
    NmRollback { checkpoint: String },
    /// ... forgets it.
    NmForget { checkpoint: String },
    /// NetworkManager gives a device the addresses it had, without connecting it anew.
    NmReapply { kept: LinkKept },
    /// NetworkManager gets a new profile, in its memory only, and connects it.
    NmSetUp { set_up: SetUp },
    /// ... writes a profile to the medium.
    NmSave {
        #[serde(default)]
        profile: String,
    },
    /// ... forgets a profile for good; one that is not there is forgotten.
    NmDelete {
        #[serde(default)]
        profile: String,
    },
    /// ... keeps a mobile profile for later: it connects no more by itself.
    NmAside { profile: String },
    /// ... disconnects a device.
    NmDisconnect { interface: String },
    /// ... switches every radio of this kind off, or on again.
    NmRadio { kind: NetKind, on: bool },
    /// Whoever keeps the Wi-Fi of this link without `NetworkManager` joins its network again.
    WifiAgain { interface: String },
    /// `ModemManager` switches the modem of this link off,
    ModemOff { interface: String, modem: String },
    /// ... and on again, whatever it was before, and connects what had been connected.
    ModemOn { interface: String, modem: String, apn: Option<String> },
    /// systemd-networkd configures a device again.
    NetworkdReconfigure { interface: String },
    /// systemd-networkd reads its settings again.
    NetworkdReload,
    /// Addresses, routes and name servers as they were, by the kernel's own interface.
    Restore { kept: NetKept },
    /// Brings a bundle from a path or an address to our own folder, whole or not at all.
    Fetch { from: String, ca_file: String, to: String, size: u64, sha256: String, most: u64 },
    /// RAUC installs this bundle, of this version and with this size and time, into the slot that does not run.
    RaucInstall { bundle: String, version: String, stamp: String },
    /// RAUC marks a slot `good`, `bad` or `active`.
    RaucMark { state: String, slot: String },
    /// Root's installer works: `refresh`, `install` or `rollback`.
    Update { verb: String, with: Installer },
}

/// A profile that is to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetUp {
    pub interface: String,
    pub kind: NetKind,
    /// UUID of the new profile; drawn when it is made.
    #[serde(default)]
    pub profile: String,
    /// UUID of the profile whose other settings it takes over.
    #[serde(default)]
    pub base: Option<String>,
    /// Without its password.
    pub change: NetChange,
    /// Never written anywhere but into the profile.
    #[serde(skip)]
    pub password: Secret,
}

impl Deed {
    /// Gives the new profile that this is about its UUID.
    pub fn name_profile(&mut self, uuid: &str) {
        match self {
            Self::NmSetUp { set_up: SetUp { profile, .. } } | Self::NmSave { profile } | Self::NmDelete { profile }
                if profile.is_empty() =>
            {
                uuid.clone_into(profile);
            }
            _ => {}
        }
    }
}

/// A route of a link other than those that come with its addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteKept {
    /// `192.0.2.0/24`; none for the default route.
    pub to: Option<String>,
    pub via: Option<IpAddr>,
    pub metric: u32,
}

/// What a link had.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkKept {
    pub name: String,
    pub up: bool,
    /// `192.0.2.10/24`, without those the kernel makes up.
    pub addresses: Vec<String>,
    pub routes: Vec<RouteKept>,
    /// The profile that NetworkManager had active on it.
    #[serde(default)]
    pub profile: Option<String>,
}

/// What the network had.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetKept {
    pub links: Vec<LinkKept>,
    /// Text of `/etc/resolv.conf` where it is a plain file.
    pub resolv: Option<String>,
}

impl NetKept {
    /// Whether `other` reaches what this reached: the same addresses and ways on every link; profiles do not count.
    pub fn same_ways(&self, other: &Self) -> bool {
        self.links.iter().all(|link| {
            let Some(have) = other.links.iter().find(|have| have.name == link.name) else { return false };
            let all = |a: &LinkKept, b: &LinkKept| {
                a.addresses.iter().all(|address| b.addresses.contains(address))
                    && a.routes
                        .iter()
                        .all(|route| b.routes.iter().any(|own| own.to == route.to && own.via == route.via))
            };
            all(link, have) && all(have, link) && (have.up || !link.up)
        }) && (self.resolv.is_none() || self.resolv == other.resolv)
    }
}

/// A device of NetworkManager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NmDevice {
    pub interface: String,
    /// NetworkManager looks after it.
    pub managed: bool,
    /// UUID of its active profile.
    pub profile: Option<String>,
}

/// A moment on a clock that nobody sets and that counts while the machine sleeps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steady {
    /// The kernel's word for this boot.
    pub boot: String,
    /// Milliseconds since it.
    pub ms: u64,
}

/// A TCP connection as the kernel sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcpSeen {
    /// Bytes that the peer has confirmed.
    pub acked: u64,
    /// Bytes from the peer.
    pub received: u64,
    /// Segments out and not confirmed.
    pub unacked: u32,
    /// Its address belongs to a tunnel's link, or both ends are here: its progress proves nothing.
    pub inner: bool,
}

/// Whoever may change the machine.
pub trait Hands: std::fmt::Debug + Send + Sync {
    /// Now.
    fn steady(&self) -> Steady;

    /// How much faster than on a watch its time passes: a machine made of data need not be waited for as long.
    fn pace(&self) -> u32 {
        1
    }

    /// This program may do everything to the machine itself; else it leaves that to units that are shipped with it.
    fn root(&self) -> bool {
        true
    }

    /// Tells everybody who is logged in; how many terminals were told.
    fn tell(&self, _lines: Vec<String>) -> Fut<'_, usize> {
        Box::pin(async { 0 })
    }

    /// Devices of NetworkManager; [`Trouble::Missing`] where it does not run.
    fn nm(&self) -> Fut<'_, Result<Vec<NmDevice>, Trouble>>;

    /// What NetworkManager can set up, with `scan` also the Wi-Fi networks in reach; [`Trouble::Missing`] where it does
    /// not run.
    fn net_seen(&self, _scan: bool) -> Fut<'_, Result<NetSeen, Trouble>> {
        Box::pin(async { Err(Trouble::Missing) })
    }

    /// What has the radio of a link begin anew without `NetworkManager`; nothing where it has none, an error where it has
    /// one that cannot be reached.
    fn radio_anew<'a>(&'a self, _link: &'a Link) -> Fut<'a, Result<Vec<Deed>, Trouble>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    /// What these links have now.
    fn keep<'a>(&'a self, interfaces: &'a [String]) -> Fut<'a, Result<NetKept, Trouble>>;

    /// The connection of a session; none when the kernel has no such connection.
    fn tcp(&self, session: Session) -> Fut<'_, Result<Option<TcpSeen>, Trouble>>;

    /// RAUC as it stands; [`Trouble::Missing`] where it does not run.
    fn rauc(&self) -> Fut<'_, Result<RaucSeen, Trouble>> {
        Box::pin(async { Err(Trouble::Missing) })
    }

    /// What a bundle of RAUC says of itself; an error where its signature is not good.
    fn bundle<'a>(&'a self, _path: &'a str) -> Fut<'a, Result<BundleSeen, Trouble>> {
        Box::pin(async { Err(Trouble::Missing) })
    }

    /// As [`Hands::act`], telling how far it is.
    fn act_told<'a>(
        &'a self,
        deed: &'a Deed,
        limit: Duration,
        _told: mpsc::Sender<Progress>,
    ) -> Fut<'a, Result<String, Trouble>> {
        self.act(deed, limit)
    }

    /// Does it, and says in the machine's own words how it went (`exit 0`, a checkpoint's path).
    fn act<'a>(&'a self, deed: &'a Deed, limit: Duration) -> Fut<'a, Result<String, Trouble>>;
}

/// Nobody: every deed is missing.
#[derive(Debug)]
pub struct NoHands;

impl Hands for NoHands {
    fn steady(&self) -> Steady {
        Steady::default()
    }

    fn nm(&self) -> Fut<'_, Result<Vec<NmDevice>, Trouble>> {
        Box::pin(async { Err(Trouble::Missing) })
    }

    fn keep<'a>(&'a self, _: &'a [String]) -> Fut<'a, Result<NetKept, Trouble>> {
        Box::pin(async { Err(Trouble::Missing) })
    }

    fn tcp(&self, _: Session) -> Fut<'_, Result<Option<TcpSeen>, Trouble>> {
        Box::pin(async { Err(Trouble::Missing) })
    }

    fn act<'a>(&'a self, _: &'a Deed, _: Duration) -> Fut<'a, Result<String, Trouble>> {
        Box::pin(async { Err(Trouble::Missing) })
    }
}
