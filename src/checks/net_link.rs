//! `net.link`: is the wire or the radio connected.

use std::time::Duration;

use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Fact, Finding, Status};
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

/// The carrier went and came back between two looks.
const FLAPS: i64 = 2;

pub(super) struct NetLink;

const SPEC: CheckSpec = CheckSpec {
    id: "net.link",
    area: Area::Network,
    screen: "22",
    every: Duration::from_secs(15),
    limit: Duration::from_secs(5),
    needs: &["net.wifi", "net.cell"],
};

impl Check for NetLink {
    fn spec(&self) -> &'static CheckSpec {
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            match cx.host.net().await {
                Ok(view) => {
                    let mut findings = look(&cx, &view);
                    for found in &mut findings {
                        wire(&cx, found).await;
                    }
                    findings
                }
                Err(trouble) => {
                    vec![SPEC.found(&cx, Status::Unknown, "net-link-unknown").fact("reason", trouble.to_string())]
                }
            }
        })
    }
}

/// What the driver says of a wire that is connected: speed, duplex, errors; and whether it comes and goes.
async fn wire(cx: &Cx, found: &mut Finding) {
    let Some(name) = found.subject().map(str::to_owned) else { return };
    if found.status != Status::Ok || found.facts.get("kind") != Some(&Fact::from("ethernet")) {
        return;
    }
    for (fact, file) in [
        ("speed_mbit", "speed"),
        ("duplex", "duplex"),
        ("rx_errors", "statistics/rx_errors"),
        ("tx_errors", "statistics/tx_errors"),
    ] {
        let text = cx.host.read(&format!("/sys/class/net/{name}/{file}"), 64).await.unwrap_or_default();
        let text = String::from_utf8_lossy(&text).trim().to_owned();
        let fact_of = match text.parse::<i64>() {
            // Drivers without a figure say -1.
            Ok(number) if number >= 0 => Fact::Int(number),
            Err(_) if matches!(text.as_str(), "half" | "full") => Fact::Text(text),
            _ => continue,
        };
        found.facts.insert(fact.to_owned(), fact_of);
    }
    let before = cx.previous.iter().find(|before| before.id == found.id);
    let changes = |finding: &Finding| match finding.facts.get("carrier_changes") {
        Some(Fact::Int(changes)) => Some(*changes),
        _ => None,
    };
    let came_and_went = before.and_then(changes).zip(changes(found)).is_some_and(|(was, is)| is - was >= FLAPS);
    let half = found.facts.get("duplex") == Some(&Fact::from("half"));
    if came_and_went || half {
        found.status = Status::Warning;
        let code = if came_and_went { "net-link-flaps" } else { "net-link-half" };
        code.clone_into(&mut found.code);
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
