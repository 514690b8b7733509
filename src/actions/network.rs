//! 61 NET RESTART: who manages the network here, what would be done gently first, and how it is put back.

use super::hours::Hours;
use super::ifupdown::{self, Interfaces, Ways};
use super::prepare::{Cx, Prepared, said};
use super::simple::deed_of;
use crate::model::{NetKind, NetSeen, Said};
use crate::platform::{Deed, LinkKept, LinkKind, NetView, NmDevice, Trouble};

/// Whoever manages the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manager {
    NetworkManager,
    Networkd,
    Ifupdown,
    Command,
}

impl Manager {
    /// The word of the configuration.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NetworkManager => "networkmanager",
            Self::Networkd => "networkd",
            Self::Ifupdown => "ifupdown",
            Self::Command => "command",
        }
    }
}

pub(super) const NM_UNIT: &str = "NetworkManager.service";
const NETWORKD_UNIT: &str = "systemd-networkd.service";

/// Looks at the machine and says what would be done.
pub async fn prepare(cx: &Cx) -> Prepared {
    let mut plan = Prepared { at: cx.hands.steady(), ..Prepared::default() };
    let view = match cx.host.net().await {
        Ok(view) => view,
        Err(trouble) => {
            plan.block("no-interface", trouble.to_string());
            return plan;
        }
    };
    let nm = cx.hands.nm().await;
    // It is there and does not answer: nobody else is taken for the manager, it is started anew.
    let mute = nm.as_ref().is_err_and(|trouble| *trouble != Trouble::Missing);
    let devices = nm.unwrap_or_default();
    let candidates = candidates(&view, &cx.config.network.interfaces);
    let found = manager(cx, &candidates, (&devices, mute)).await;
    let Some((manager, asked)) = found.manager else {
        let (code, detail) = found.ways.against.unwrap_or_else(|| {
            (if candidates.is_empty() { "no-interface" } else { "no-manager" }, cx.config.actions.network.clone())
        });
        plan.block(code, detail);
        return plan;
    };
    let ways = found.ways;
    let along: Vec<String> = ways.along().into_iter().filter(|name| view.link(name).is_some()).collect();
    plan.interfaces = asked.iter().chain(&along).cloned().collect();
    plan.kept = cx.hands.keep(&plan.interfaces).await.unwrap_or_default();
    if plan.kept.links.is_empty() {
        plan.block("no-interface", plan.interfaces.join(" "));
        return plan;
    }
    plan.guard_s = Some(guard_seconds(cx));
    let down = manager == Manager::NetworkManager && devices.is_empty();
    plan.rungs =
        if down { vec![vec![restart_manager(cx, NM_UNIT)]] } else { rungs(cx, manager, &plan.kept.links, &ways) };
    let radio = if manager == Manager::NetworkManager {
        radio_rung(&radios(&view, &plan.interfaces, &seen(cx).await), &plan.kept.links)
    } else {
        radio_anew(cx, &view, &asked, &mut plan).await
    };
    // Whoever dies between off and on leaves a radio that would stay off for good.
    let on = |deed: &&Deed| matches!(deed, Deed::NmRadio { on: true, .. } | Deed::ModemOn { .. });
    let on: Vec<Deed> = radio.iter().filter(on).cloned().collect();
    plan.rungs.extend(Some(radio).filter(|rung| !rung.is_empty()));
    plan.checkpoint = manager == Manager::NetworkManager && !down;
    plan.back = back(cx, manager, &plan, &ways);
    // NetworkManager's radios are its own: it has to be there first.
    let at = usize::from(manager == Manager::NetworkManager);
    plan.back.splice(at..at, on);
    plan.steps = plan.rungs.iter().enumerate().map(|(at, rung)| rung_said(at, rung, &plan.interfaces)).collect();
    notes(cx, &view, &mut plan, manager);
    if !along.is_empty() {
        // Before the others: on a small screen the last ones are cut.
        plan.notes.insert(0, Said::new("run-note-along").fact("interface", along.join(" ")));
    }
    plan
}

pub(super) fn guard_seconds(cx: &Cx) -> u32 {
    let actions = &cx.config.actions;
    let usual = if cx.remote { actions.guard_remote_s } else { actions.guard_local_s };
    cx.guard_s.map_or(usual, |wanted| wanted.clamp(5, 3_600))
}

/// Links that carry this machine: the configured ones, else those with a default route, else every wire and radio,
/// else whatever software link has an address.
fn candidates(view: &NetView, configured: &[String]) -> Vec<String> {
    let carries = |kind: LinkKind| kind.is_real() || kind == LinkKind::Virtual;
    if !configured.is_empty() {
        return configured.iter().filter(|name| view.link(name).is_some()).cloned().collect();
    }
    let mut routed: Vec<String> = Vec::new();
    for route in &view.routes {
        if view.link(&route.interface).is_some_and(|link| carries(link.kind)) && !routed.contains(&route.interface) {
            routed.push(route.interface.clone());
        }
    }
    if !routed.is_empty() {
        return routed;
    }
    let named = |fits: &dyn Fn(&crate::platform::Link) -> bool| -> Vec<String> {
        view.links.iter().filter(|link| fits(link)).map(|link| link.name.clone()).collect()
    };
    let real = named(&|link| link.kind.is_real());
    if real.is_empty() { named(&|link| link.kind == LinkKind::Virtual) } else { real }
}

/// Whoever manages some of these links, which, and what ifupdown would do about them where it does.
#[derive(Default)]
struct Found {
    manager: Option<(Manager, Vec<String>)>,
    ways: Ways,
}

impl Found {
    fn by(manager: Manager, links: Vec<String>) -> Self {
        Self { manager: (!links.is_empty()).then_some((manager, links)), ways: Ways::default() }
    }
}

/// Who manages which of these links; the configured word decides, else whoever says that it does.
async fn manager(cx: &Cx, links: &[String], (devices, mute): (&[NmDevice], bool)) -> Found {
    let wanted = cx.config.actions.network.as_str();
    let auto = wanted == "auto";
    let all = |manager: Manager| Found::by(manager, links.to_vec());
    if auto || wanted == "networkmanager" {
        let own = |name: &&String| devices.iter().any(|device| device.managed && device.interface == **name);
        let found = Found::by(Manager::NetworkManager, links.iter().filter(own).cloned().collect());
        if found.manager.is_some() {
            return found;
        }
        if auto && mute {
            return all(Manager::NetworkManager);
        }
        if !auto {
            return if devices.is_empty() { all(Manager::NetworkManager) } else { found };
        }
    }
    if auto || wanted == "networkd" {
        let units = cx.host.units(&[NETWORKD_UNIT.to_owned()]).await.unwrap_or_default();
        let runs = units.named.iter().any(|unit| unit.state == "active");
        if runs || !auto {
            return all(Manager::Networkd);
        }
    }
    let mut none = Found::default();
    if auto || wanted == "ifupdown" {
        none = ifupdowns(cx, links).await;
        if none.manager.is_some() || !auto {
            return none;
        }
    }
    // It has died, perhaps, and with it the network: starting it again is what is wanted.
    if auto && devices.is_empty() && nm_is_down(cx).await {
        return all(Manager::NetworkManager);
    }
    let command = (auto || wanted == "command") && !cx.config.actions.network_command.is_empty();
    if command { all(Manager::Command) } else { none }
}

/// Those of ifupdown. Root does it by itself; others ask whoever does it at boot.
async fn ifupdowns(cx: &Cx, links: &[String]) -> Found {
    if cx.hands.root() {
        let files = Interfaces::read(cx.host.as_ref()).await;
        return Found::by(Manager::Ifupdown, links.iter().filter(|name| files.knows(name)).cloned().collect());
    }
    let ways = Ways::look(cx.host.as_ref(), links).await;
    let found = Found::by(Manager::Ifupdown, ways.names());
    Found { ways, ..found }
}

/// Whether NetworkManager belongs to this machine but does not answer.
async fn nm_is_down(cx: &Cx) -> bool {
    if !cx.config.actions.network_manager_command.is_empty() {
        return true;
    }
    let units = cx.host.units(&[NM_UNIT.to_owned()]).await.unwrap_or_default();
    units.named.iter().any(|unit| !matches!(unit.state.as_str(), "active" | "not-found"))
}

/// What is done, gentlest first.
fn rungs(cx: &Cx, manager: Manager, links: &[LinkKept], ways: &Ways) -> Vec<Vec<Deed>> {
    let each = |deed: fn(&LinkKept) -> Deed| -> Vec<Deed> { links.iter().map(deed).collect() };
    match manager {
        Manager::NetworkManager => {
            let again = each(reconnect);
            let reload = std::iter::once(Deed::NmReload).chain(again.iter().cloned()).collect();
            vec![again, reload, vec![restart_manager(cx, NM_UNIT)]]
        }
        Manager::Networkd => {
            let again = each(|link| Deed::NetworkdReconfigure { interface: link.name.clone() });
            let reload = std::iter::once(Deed::NetworkdReload).chain(again.iter().cloned()).collect();
            vec![again, reload, vec![restart_manager(cx, NETWORKD_UNIT)]]
        }
        Manager::Ifupdown if !cx.hands.root() => ways.rungs(),
        Manager::Ifupdown => vec![links.iter().flat_map(|link| [ifdown(link), ifup(link)]).collect()],
        Manager::Command => vec![vec![deed_of(&cx.config.actions.network_command)]],
    }
}

async fn seen(cx: &Cx) -> NetSeen {
    cx.hands.net_seen(false).await.unwrap_or_default()
}

/// The kinds of radio that these links are; a modem's own name is its port's.
fn radios(view: &NetView, links: &[String], seen: &NetSeen) -> Vec<NetKind> {
    let is = |kind: LinkKind, own: NetKind| {
        let linked = links.iter().filter_map(|name| view.link(name)).any(|link| link.kind == kind);
        let known = seen.devices.iter().any(|device| device.kind == own && links.contains(&device.interface));
        (linked || known).then_some(own)
    };
    [is(LinkKind::Wifi, NetKind::Wifi), is(LinkKind::Cellular, NetKind::Cell)].into_iter().flatten().collect()
}

/// The last rung but the terminal's own restart: the radio goes off and on. Nothing where there is none.
fn radio_rung(radios: &[NetKind], links: &[LinkKept]) -> Vec<Deed> {
    if radios.is_empty() {
        return Vec::new();
    }
    let switch = radios.iter().flat_map(|kind| [false, true].map(|on| Deed::NmRadio { kind: *kind, on }));
    switch.chain(links.iter().map(reconnect)).collect()
}

/// The same without `NetworkManager`, by whoever keeps the radio; then the first rung once more. A radio that cannot be
/// reached is told.
async fn radio_anew(cx: &Cx, view: &NetView, links: &[String], plan: &mut Prepared) -> Vec<Deed> {
    let mut rung = Vec::new();
    for link in links.iter().filter_map(|name| view.link(name)) {
        match cx.hands.radio_anew(link).await {
            Ok(deeds) => rung.extend(deeds),
            Err(trouble) => plan.notes.push(
                Said::new("run-note-radio").fact("interface", link.name.as_str()).fact("why", trouble.to_string()),
            ),
        }
    }
    let again = plan.rungs.first().filter(|_| !rung.is_empty()).cloned();
    rung.extend(again.into_iter().flatten());
    rung
}

fn reconnect(link: &LinkKept) -> Deed {
    Deed::NmReconnect { interface: link.name.clone(), profile: link.profile.clone().unwrap_or_default() }
}

fn ifdown(link: &LinkKept) -> Deed {
    Deed::Run { argv: ["ifdown", "--force", &link.name].map(str::to_owned).to_vec() }
}

fn ifup(link: &LinkKept) -> Deed {
    Deed::Run { argv: ["ifup", "--force", &link.name].map(str::to_owned).to_vec() }
}

pub(super) fn restart_manager(cx: &Cx, unit: &str) -> Deed {
    let own = &cx.config.actions.network_manager_command;
    if own.is_empty() { Deed::RestartUnit { unit: unit.to_owned() } } else { deed_of(own) }
}

/// The ways back. The last one needs nobody: the kernel gets the addresses and routes it had.
fn back(cx: &Cx, manager: Manager, plan: &Prepared, ways: &Ways) -> Vec<Deed> {
    let links = &plan.kept.links;
    let mut back: Vec<Deed> = Vec::new();
    match manager {
        Manager::NetworkManager => {
            back.push(restart_manager(cx, NM_UNIT));
            back.extend(links.iter().map(reconnect));
            let fixed = links.iter().filter(|link| !link.addresses.is_empty());
            back.extend(fixed.map(|link| Deed::NmReapply { kept: link.clone() }));
        }
        Manager::Networkd => back.push(restart_manager(cx, NETWORKD_UNIT)),
        Manager::Ifupdown if !cx.hands.root() => back.extend(ways.back()),
        Manager::Ifupdown => back.extend(links.iter().map(ifup)),
        Manager::Command => {}
    }
    back.push(restore(cx, plan));
    back
}

/// Addresses and routes as they were; root's unit reads what the guard kept, and only that.
pub(super) fn restore(cx: &Cx, plan: &Prepared) -> Deed {
    if cx.hands.root() {
        return Deed::Restore { kept: plan.kept.clone() };
    }
    Deed::StartUnit { unit: "pos-console-restore.service".to_owned() }
}

/// A rung in one sentence.
fn rung_said(at: usize, rung: &[Deed], links: &[String]) -> Said {
    let own = ifupdown::named(rung, links);
    let mut names: Vec<String> = Vec::new();
    for deed in rung {
        if let Deed::NmReconnect { interface, .. }
        | Deed::NetworkdReconfigure { interface }
        | Deed::WifiAgain { interface }
        | Deed::ModemOff { interface, .. } = deed
            && !names.contains(interface)
        {
            names.push(interface.clone());
        }
    }
    let whole = match rung.first() {
        Some(Deed::NmReload | Deed::NetworkdReload) => Said::new("run-rung-reload").fact("interface", names.join(" ")),
        Some(Deed::NmReconnect { .. } | Deed::NetworkdReconfigure { .. }) => {
            Said::new("run-deed-reconnect").fact("interface", names.join(" "))
        }
        Some(Deed::NmRadio { .. } | Deed::WifiAgain { .. } | Deed::ModemOff { .. }) => {
            let named = |deed: &Deed| matches!(deed, Deed::NmRadio { kind: NetKind::Cell, .. } | Deed::ModemOff { .. });
            let radio = if rung.iter().any(named) { "4G" } else { "Wi-Fi" };
            Said::new("run-rung-radio").fact("radio", radio).fact("interface", names.join(" "))
        }
        // The way of each link is its unit; a person is told the link.
        Some(Deed::StartUnit { .. } | Deed::RestartUnit { .. }) if !own.is_empty() => {
            Said::new("run-deed-reconnect").fact("interface", own.join(" "))
        }
        Some(Deed::StartUnit { unit }) if rung.len() > 1 => Said::new("run-deed-unit").fact("unit", unit.as_str()),
        Some(Deed::StartUnit { unit }) => Said::new("run-deed-start").fact("unit", unit.as_str()),
        Some(Deed::Run { .. }) => {
            let argv: Vec<String> = rung
                .iter()
                .filter_map(|deed| if let Deed::Run { argv } = deed { Some(argv.join(" ")) } else { None })
                .collect();
            Said::new("run-deed-run").fact("argv", argv.join("; "))
        }
        Some(deed) => said(deed),
        None => Said::new("run-deed-reload"),
    };
    whole.fact("rung", i64::try_from(at + 1).unwrap_or(1))
}

/// What one should know before, and what stands against it.
fn notes(cx: &Cx, view: &NetView, plan: &mut Prepared, manager: Manager) {
    plan.notes.push(Said::new("run-note-manager").fact("manager", manager.word()));
    line_notes(cx, view, plan);
    let actions = &cx.config.actions;
    let may_restart = match actions.reboot_rung.as_str() {
        "always" => true,
        "closed" => Hours::parse(&actions.open_hours).is_some(),
        _ => false,
    };
    plan.notes.push(Said::new(if may_restart { "run-note-last-rung" } else { "run-note-not-done" }));
}

/// What becomes of the person's own connection, and of what waits for the network.
pub(super) fn line_notes(cx: &Cx, view: &NetView, plan: &mut Prepared) {
    let own = cx.session.map(|session| session.local.ip().to_canonical());
    match own.and_then(|ip| view.link_of(ip)) {
        Some(link) if link.kind != LinkKind::Loopback && plan.interfaces.contains(&link.name) => {
            plan.notes.push(Said::new("run-note-session").fact("interface", link.name.as_str()));
        }
        Some(link) if link.kind != LinkKind::Loopback => {
            plan.notes.push(Said::new("run-note-other-link").fact("interface", link.name.as_str()));
        }
        // Their end of it is here, and no link has it: whatever carries it further is not this terminal's.
        _ if own.is_some() => plan.notes.push(Said::new("run-note-tunnel")),
        _ if cx.remote => plan.notes.push(Said::new("run-note-untold")),
        _ => {}
    }
    if view.routes.is_empty() {
        plan.notes.push(Said::new("run-note-no-route"));
    }
    if cx.journal.waiting > 0 {
        plan.notes.push(Said::new("run-note-waiting").fact("count", i64::try_from(cx.journal.waiting).unwrap_or(0)));
    }
}
