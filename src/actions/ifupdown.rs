//! 61 NET RESTART where ifupdown has the network and the agent is not root: whoever brings an interface up at boot is
//! asked to bring it up anew, so that its DHCP client, supplicant and the site's scripts have the rights they have at
//! boot. It reads interfaces(5) and what is up now, and says which unit is asked; it touches nothing itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::platform::{Deed, Host};

const INTERFACES: &str = "/etc/network/interfaces";
const MORE: &str = "/etc/network/interfaces.d";
/// Files of that folder that are read.
const MOST: usize = 64;
/// What ifupdown has brought up: `eth0=eth0` a line.
const STATE: &str = "/run/network/ifstate";
/// Brings up at boot what is `auto`; taken down it takes everything along that is up.
const BOOT: &str = "networking.service";
/// Where that unit may stand, the strongest first.
const FOLDERS: &[&str] = &["/etc/systemd/system", "/lib/systemd/system", "/usr/lib/systemd/system"];
/// What it is known by that it brings up again what is `allow-hotplug` too (Debian 12 does, those before do not).
const HOTPLUG: &str = "restart-hotplug";

/// What interfaces(5) says. Names are taken as they are written: patterns (`auto /eth*`), mappings and what is
/// inherited are not resolved, so an interface that is only in one of those counts as nobody's.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Interfaces {
    stanzas: BTreeMap<String, Vec<Stanza>>,
    auto: BTreeSet<String>,
    hotplug: BTreeSet<String>,
}

#[derive(Debug, PartialEq, Eq)]
struct Stanza {
    family: String,
    method: String,
    /// It says something that wants more than an address: Wi-Fi, DHCPv6, or what is not looked into.
    more: bool,
}

impl Stanza {
    /// Whether the fence of root's own unit is wide enough: no packets of its own, no devices, no daemons.
    fn is_plain(&self) -> bool {
        let way = (self.family.as_str(), self.method.as_str());
        !self.more && matches!(way, ("inet" | "inet6", "static") | ("inet6", "auto"))
    }
}

impl Interfaces {
    /// The file, with the folder that Debian's own takes in.
    pub(super) async fn read(host: &dyn Host) -> Self {
        let mut text = text(host, INTERFACES).await;
        if text.lines().any(|line| line.trim_start().starts_with("source") && line.contains(MORE)) {
            for name in host.list(MORE).await.unwrap_or_default().into_iter().take(MOST) {
                text += "\n";
                text += &self::text(host, &format!("{MORE}/{name}")).await;
            }
        }
        Self::parse(&text)
    }

    fn parse(text: &str) -> Self {
        let mut found = Self::default();
        let mut open: Option<String> = None;
        for line in text.replace("\\\n", " ").lines() {
            let mut words = line.split_whitespace().map(str::to_owned);
            let Some(first) = words.next().filter(|word| !word.starts_with('#')) else { continue };
            match first.as_str() {
                "iface" => {
                    open = words.next();
                    let Some(name) = &open else { continue };
                    let mut word = || words.next().unwrap_or_default();
                    let (family, method) = (word(), word());
                    let stanza = Stanza { family, method, more: words.next().is_some() };
                    found.stanzas.entry(name.clone()).or_default().push(stanza);
                    continue;
                }
                "auto" | "allow-auto" => found.auto.extend(words),
                "allow-hotplug" => found.hotplug.extend(words),
                "mapping" | "source" | "source-directory" | "template" | "rename" | "no-auto-down" | "no-scripts" => {}
                word if word.starts_with("allow-") => {}
                option => {
                    let stanza = open.as_ref().and_then(|name| found.stanzas.get_mut(name)?.last_mut());
                    if let Some(stanza) = stanza {
                        stanza.more |=
                            option.starts_with("wpa-") || option.starts_with("wireless-") || option == "dhcp";
                    }
                    continue;
                }
            }
            open = None;
        }
        found
    }

    /// Whether there is anything about this link.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.stanzas.contains_key(name)
    }

    fn is_plain(&self, name: &str) -> bool {
        self.stanzas.get(name).is_some_and(|stanzas| stanzas.iter().all(Stanza::is_plain))
    }
}

async fn text(host: &dyn Host, path: &str) -> String {
    let bytes = host.read(path, 256 * 1024).await.unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Who is asked to bring a link up anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// The system's unit of this link, which udev starts where it appears.
    Own,
    /// Root's unit of ours.
    Fence,
    /// Nobody for this link alone: the unit that does it for all.
    Boot,
}

/// How these links are brought up anew.
#[derive(Debug, Default)]
pub(super) struct Ways {
    links: Vec<(String, Way)>,
    /// What networking.service takes down too; it brings all of it up again.
    along: Vec<String>,
    /// It may be asked.
    boot: bool,
    /// Units that have to be started before they are restarted: what they would bring up is up already, by other hands.
    late: BTreeSet<String>,
    /// Why some link is left out: the word and what it is about.
    pub(super) against: Option<(&'static str, String)>,
}

impl Ways {
    /// Looks at these links.
    pub(super) async fn look(host: &dyn Host, links: &[String]) -> Self {
        let files = Interfaces::read(host).await;
        let links: Vec<&String> = links.iter().filter(|name| files.knows(name)).collect();
        if links.is_empty() {
            return Self::default();
        }
        let names: Vec<String> = links.iter().map(|name| own(name)).chain([BOOT.to_owned()]).collect();
        let units = host.units(&names).await.unwrap_or_default().named;
        let state = |unit: &str| units.iter().find(|seen| seen.name == unit).map_or("not-found", |seen| &seen.state);
        let up = up(&text(host, STATE).await);
        let all = raises_hotplug(host).await;
        let raised = |name: &str| files.auto.contains(name) || all && files.hotplug.contains(name);
        let lost: Vec<&str> = up.iter().map(String::as_str).filter(|name| !raised(name)).collect();
        let there = state(BOOT) != "not-found";
        let mut ways = Self { along: up.clone(), boot: there && lost.is_empty(), ..Self::default() };
        let (mut by_hand, mut stuck) = (Vec::new(), false);
        for name in links {
            if files.hotplug.contains(name) && state(&own(name)) != "not-found" {
                ways.links.push((name.clone(), Way::Own));
            } else if files.is_plain(name) {
                ways.links.push((name.clone(), Way::Fence));
            } else if raised(name) && ways.boot {
                ways.links.push((name.clone(), Way::Boot));
            } else if !files.auto.contains(name) && !files.hotplug.contains(name) {
                by_hand.push(name.as_str());
            } else {
                stuck |= there && raised(name);
            }
        }
        ways.boot &= ways.links.iter().any(|(name, _)| raised(name));
        let idle = |unit: &String| !matches!(state(unit), "active" | "not-found");
        let mine = |way: &(String, Way)| way.1 == Way::Own && up.contains(&way.0);
        ways.late = ways.links.iter().filter(|way| mine(way)).map(|(name, _)| own(name)).filter(idle).collect();
        ways.late.extend(Some(BOOT.to_owned()).filter(|unit| idle(unit) && !up.is_empty()));
        ways.against = match stuck {
            true => Some(("net-along", lost.join(" "))),
            false if by_hand.is_empty() => None,
            false => Some(("net-by-hand", by_hand.join(" "))),
        };
        ways
    }

    /// The links that somebody can be asked about.
    pub(super) fn names(&self) -> Vec<String> {
        self.links.iter().map(|(name, _)| name.clone()).collect()
    }

    /// Links that go down besides those, where it comes to networking.service; an alias is its link's.
    pub(super) fn along(&self) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for name in self.along.iter().filter(|_| self.boot) {
            let link = name.split(':').next().unwrap_or_default().to_owned();
            if !found.contains(&link) && !self.links.iter().any(|(name, _)| *name == link) {
                found.push(link);
            }
        }
        found
    }

    /// What is done, gentlest first.
    pub(super) fn rungs(&self) -> Vec<Vec<Deed>> {
        let gentle: Vec<Deed> = self.links.iter().flat_map(|(name, way)| self.anew(name, *way)).collect();
        let boot = if self.boot { self.restart(BOOT.to_owned()) } else { Vec::new() };
        [gentle, boot].into_iter().filter(|rung| !rung.is_empty()).collect()
    }

    /// The same as a way back.
    pub(super) fn back(&self) -> Vec<Deed> {
        let whole = self.boot && (self.links.iter().any(|(_, way)| *way == Way::Boot) || !self.along().is_empty());
        let boot = whole.then(|| Deed::RestartUnit { unit: BOOT.to_owned() });
        let gentle = self.links.iter().filter_map(|(name, way)| match way {
            Way::Own => Some(Deed::RestartUnit { unit: own(name) }),
            Way::Fence => Some(Deed::StartUnit { unit: fence(name) }),
            Way::Boot => None,
        });
        gentle.chain(boot).collect()
    }

    fn anew(&self, name: &str, way: Way) -> Vec<Deed> {
        match way {
            Way::Own => self.restart(own(name)),
            Way::Fence => vec![Deed::StartUnit { unit: fence(name) }],
            Way::Boot => Vec::new(),
        }
    }

    /// A restart of a unit that does not run is a start alone, and that leaves alone what is up.
    fn restart(&self, unit: String) -> Vec<Deed> {
        let start = self.late.contains(&unit).then(|| Deed::StartUnit { unit: unit.clone() });
        start.into_iter().chain([Deed::RestartUnit { unit }]).collect()
    }
}

/// What is up by ifupdown, but the loopback.
fn up(state: &str) -> Vec<String> {
    let names = state.lines().filter_map(|line| line.split('=').next()).map(str::trim);
    names.filter(|name| !name.is_empty() && *name != "lo").map(str::to_owned).collect()
}

async fn raises_hotplug(host: &dyn Host) -> bool {
    for folder in FOLDERS {
        let unit = text(host, &format!("{folder}/{BOOT}")).await;
        if !unit.is_empty() {
            return unit.contains(HOTPLUG);
        }
    }
    false
}

/// The links of these that a rung is about by their own units.
pub(super) fn named<'link>(rung: &[Deed], links: &'link [String]) -> Vec<&'link str> {
    let about = |name: &&String| {
        rung.iter().any(|deed| match deed {
            Deed::StartUnit { unit } | Deed::RestartUnit { unit } => *unit == own(name) || *unit == fence(name),
            _ => false,
        })
    };
    links.iter().filter(about).map(String::as_str).collect()
}

/// Debian's unit of a link.
fn own(name: &str) -> String {
    format!("ifup@{}.service", escaped(name))
}

/// Both, by root's unit: it ends when the interface is up again.
fn fence(name: &str) -> String {
    format!("pos-console-ifcycle@{name}.service")
}

/// A name as it stands in the name of a unit (systemd.unit(5), "String Escaping").
fn escaped(name: &str) -> String {
    let mut whole = String::with_capacity(name.len());
    for (at, byte) in name.bytes().enumerate() {
        match byte {
            b'/' => whole.push('-'),
            b'.' if at == 0 => whole.push_str("\\x2e"),
            b':' | b'_' | b'.' => whole.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => whole.push(char::from(byte)),
            // Writing into a String cannot fail.
            byte => {
                let _ = write!(whole, "\\x{byte:02x}");
            }
        }
    }
    whole
}

#[cfg(test)]
mod tests;
