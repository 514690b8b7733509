//! `net.link`: is the wire or the radio connected.

use std::time::Duration;

use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Finding, Status};
use crate::platform::{Fut, Link, LinkKind, NetView};

/// Which links are judged, and as what.
pub(super) struct Judged<'a> {
    pub(super) link: &'a Link,
    /// Nobody configured this one, and another carries the terminal, or did so before: its state is nobody's worry.
    pub(super) spare: bool,
}

/// Links that matter: those configured, else those with hardware, else software ones that carry a path.
pub(super) fn judged<'a>(view: &'a NetView, configured: &[String]) -> Vec<Judged<'a>> {
    if !configured.is_empty() {
        let named = configured.iter().filter_map(|name| view.link(name));
        return named.map(|link| Judged { link, spare: false }).collect();
    }
    let real: Vec<&Link> = view.links.iter().filter(|link| link.kind.is_real()).collect();
    let virtual_ones = || view.links.iter().filter(|link| link.kind == LinkKind::Virtual).collect();
    let chosen = if real.is_empty() { virtual_ones() } else { real };
    let carried = chosen.iter().any(|link| carries(link));
    let was_carried = chosen.iter().any(|link| in_use(link));
    let spare = |link: &Link| if carried { !carries(link) } else { was_carried && !in_use(link) };
    chosen.into_iter().map(|link| Judged { link, spare: spare(link) }).collect()
}

/// Connected now or before, or somebody gave it an address.
fn in_use(link: &Link) -> bool {
    link.carrier || !link.never_connected || link.addresses.iter().any(|address| !address.is_link_local())
}

/// Connected, with an address that reaches farther than its own wire.
pub(super) fn carries(link: &Link) -> bool {
    link.carrier && link.addresses.iter().any(|address| !address.is_link_local() && !address.duplicate)
}

pub(super) struct NetLink;

const SPEC: CheckSpec = CheckSpec {
    id: "net.link",
    area: Area::Network,
    screen: "22",
    every: Duration::from_secs(15),
    limit: Duration::from_secs(4),
    needs: &[],
};

impl Check for NetLink {
    fn spec(&self) -> &'static CheckSpec {
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            match cx.host.net().await {
                Ok(view) => look(&cx, &view),
                Err(trouble) => {
                    vec![SPEC.found(&cx, Status::Unknown, "net-link-unknown").fact("reason", trouble.to_string())]
                }
            }
        })
    }
}

fn look(cx: &Cx, view: &NetView) -> Vec<Finding> {
    let configured = &cx.config.network.interfaces;
    let judged = judged(view, configured);
    let works = judged.iter().any(|one| carries(one.link));
    let mut findings: Vec<Finding> = judged.iter().map(|one| about(cx, one, works)).collect();
    for name in configured.iter().filter(|name| view.link(name).is_none()) {
        let status = if works { Status::Warning } else { Status::Fail };
        findings.push(SPEC.found(cx, status, "net-link-missing").about(name).fact("interface", name.as_str()));
    }
    if findings.is_empty() {
        findings.push(SPEC.found(cx, Status::Fail, "net-link-none"));
    }
    findings
}

fn about(cx: &Cx, one: &Judged<'_>, works: bool) -> Finding {
    let link = one.link;
    let bad = if works { Status::Warning } else { Status::Fail };
    let (status, code) = match (link.carrier, link.up, link.kind) {
        (true, ..) => (Status::Ok, "net-link-ok"),
        _ if one.spare => (Status::Absent, "net-link-spare"),
        (_, false, _) => (bad, "net-link-off"),
        (.., LinkKind::Wifi) => (bad, "net-link-no-wifi"),
        (.., LinkKind::Cellular) => (bad, "net-link-no-cell"),
        _ => (bad, "net-link-no-cable"),
    };
    let mut found = SPEC.found(cx, status, code).about(&link.name).remedy("restart-network");
    if let Some(changes) = link.carrier_changes {
        found = found.fact("carrier_changes", changes);
    }
    found.fact("interface", link.name.as_str()).fact("kind", link.kind.word()).fact("up", link.up)
}
