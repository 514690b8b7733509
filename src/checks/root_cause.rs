//! Which finding is the cause and which follow from it: dependencies as data, and one root.

use super::CHECKS;
use crate::model::{Fact, Finding, Status};

/// How subjects of cause and effect belong together.
#[derive(Clone, Copy)]
enum Tie {
    /// The same subject: link and address of `eth0`, connection and certificate of `primary`.
    Same,
    /// Every subject of the cause has to be broken: one good link is enough to get out.
    All,
    /// Any one is enough.
    Any,
}

/// Whether the effect lies on the way that the cause blocks.
#[derive(Clone, Copy)]
enum Way {
    Every,
    /// Not what this machine reaches within itself.
    Outward,
    /// Only what is behind the gateway.
    Routed,
}

/// One line of the dependency graph.
#[derive(Clone, Copy)]
struct Edge {
    effect: &'static str,
    cause: &'static str,
    tie: Tie,
    way: Way,
    /// Finding codes of the effect that can follow from the cause; empty for all. What was really measured (a port
    /// that refused) follows from nothing.
    codes: &'static [&'static str],
    /// It was measured all the same (a journal does not lie): its status stays.
    keeps_status: bool,
}

const UNREACHED: &[&str] = &["host-tcp-timeout", "host-tcp-unreachable", "host-tcp-unresolved"];
const STUCK: &[&str] = &["txn-unanswered", "txn-query-needed", "txn-waiting", "txn-latency-slow", "trend-latency"];

const fn edge(effect: &'static str, cause: &'static str, tie: Tie, way: Way) -> Edge {
    Edge { effect, cause, tie, way, codes: &[], keeps_status: false }
}

const fn only(codes: &'static [&'static str], edge: Edge) -> Edge {
    Edge { codes, ..edge }
}

const fn measured(codes: &'static [&'static str], edge: Edge) -> Edge {
    Edge { codes, keeps_status: true, ..edge }
}

/// The ladder: power, device, link, address, gateway, DNS, host, clock, TLS, echo, sign-on and keys, transactions.
const EDGES: &[Edge] = &[
    edge("net.address", "net.link", Tie::Same, Way::Every),
    edge("net.address", "net.link", Tie::All, Way::Every),
    edge("net.gateway", "net.link", Tie::All, Way::Every),
    edge("net.gateway", "net.address", Tie::All, Way::Every),
    edge("net.dns", "net.link", Tie::All, Way::Every),
    edge("net.dns", "net.address", Tie::All, Way::Every),
    edge("net.dns", "net.gateway", Tie::Any, Way::Every),
    only(UNREACHED, edge("host.tcp", "net.link", Tie::All, Way::Outward)),
    only(UNREACHED, edge("host.tcp", "net.address", Tie::All, Way::Outward)),
    only(UNREACHED, edge("host.tcp", "net.gateway", Tie::Any, Way::Routed)),
    only(&["host-tcp-unresolved"], edge("host.tcp", "net.dns", Tie::Any, Way::Every)),
    only(&["clock-silent"], edge("clock.offset", "net.link", Tie::All, Way::Outward)),
    only(&["clock-silent"], edge("clock.offset", "net.address", Tie::All, Way::Outward)),
    only(&["clock-silent"], edge("clock.offset", "net.gateway", Tie::Any, Way::Outward)),
    only(&["clock-silent"], edge("clock.offset", "net.dns", Tie::Any, Way::Outward)),
    edge("host.tls", "host.tcp", Tie::Same, Way::Every),
    edge("host.cert", "host.tcp", Tie::Same, Way::Every),
    edge("host.cert", "host.tls", Tie::Same, Way::Every),
    only(&["host-cert-not-yet", "host-cert-expired"], edge("host.cert", "clock.offset", Tie::Any, Way::Every)),
    measured(STUCK, edge("txn.pending", "net.link", Tie::All, Way::Every)),
    measured(STUCK, edge("txn.pending", "net.address", Tie::All, Way::Every)),
    measured(STUCK, edge("txn.pending", "net.gateway", Tie::Any, Way::Every)),
    measured(STUCK, edge("txn.pending", "net.dns", Tie::Any, Way::Every)),
    measured(STUCK, edge("txn.pending", "host.tcp", Tie::Any, Way::Every)),
    measured(STUCK, edge("txn.pending", "host.tls", Tie::Any, Way::Every)),
    measured(STUCK, edge("txn.pending", "host.cert", Tie::Any, Way::Every)),
    measured(STUCK, edge("txn.latency", "net.link", Tie::All, Way::Every)),
    measured(STUCK, edge("txn.latency", "net.address", Tie::All, Way::Every)),
    measured(STUCK, edge("txn.latency", "net.gateway", Tie::Any, Way::Every)),
    measured(STUCK, edge("txn.latency", "net.dns", Tie::Any, Way::Every)),
    measured(STUCK, edge("txn.latency", "host.tcp", Tie::Any, Way::Every)),
    measured(STUCK, edge("txn.latency", "host.tls", Tie::Any, Way::Every)),
    measured(STUCK, edge("txn.latency", "host.cert", Tie::Any, Way::Every)),
    measured(STUCK, edge("trend.latency", "net.link", Tie::All, Way::Every)),
    measured(STUCK, edge("trend.latency", "net.address", Tie::All, Way::Every)),
    measured(STUCK, edge("trend.latency", "net.gateway", Tie::Any, Way::Every)),
    measured(STUCK, edge("trend.latency", "net.dns", Tie::Any, Way::Every)),
    measured(STUCK, edge("trend.latency", "host.tcp", Tie::Any, Way::Every)),
    measured(STUCK, edge("trend.latency", "host.tls", Tie::Any, Way::Every)),
    measured(STUCK, edge("trend.latency", "host.cert", Tie::Any, Way::Every)),
    measured(&["txn-declines-many"], edge("txn.declines", "trend.bank", Tie::Any, Way::Every)),
    measured(&["txn-declines-many"], edge("txn.declines", "trend.code", Tie::Any, Way::Every)),
    measured(&["txn-declines-many"], edge("txn.declines", "trend.declines", Tie::Any, Way::Every)),
    edge("source.lag", "source.unknown", Tie::Any, Way::Every),
    measured(&["store-full"], edge("store.health", "sys.disk", Tie::Any, Way::Every)),
    measured(&["store-read-only"], edge("store.health", "sys.readonly", Tie::Any, Way::Every)),
];

/// Names the root cause, marks what follows from it (`caused_by`, and not tested where it was not really measured),
/// and returns the root's id.
///
/// Only a warning or a failure can be root; a failure before a warning, and among equals the lowest rung.
pub fn judge(findings: &mut [Finding]) -> Option<String> {
    for finding in findings.iter_mut() {
        finding.root = false;
        finding.caused_by = None;
    }
    // In ladder order, so that a cause that is itself an effect has already been resolved.
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by_key(|at| rung(findings[*at].family()));
    for at in order.iter().copied() {
        if matches!(findings[at].status, Status::Ok | Status::Absent | Status::Stale) {
            continue;
        }
        let cause = EDGES.iter().find_map(|edge| Some((cause_of(edge, &findings[at], findings)?, edge.keeps_status)));
        if let Some((cause, keeps_status)) = cause {
            // What a mere warning has broken is worse than the warning: it must not vanish behind it.
            let mere = findings.iter().any(|finding| finding.id == cause && finding.status == Status::Warning);
            let finding = &mut findings[at];
            if !keeps_status && !mere {
                finding.status = Status::NotTested;
                finding.remedy = None;
            }
            finding.caused_by = Some(cause);
        }
    }
    let root = [Status::Fail, Status::Warning].into_iter().find_map(|status| {
        order.iter().copied().find(|at| findings[*at].status == status && findings[*at].caused_by.is_none())
    })?;
    findings[root].root = true;
    Some(findings[root].id.clone())
}

/// Place of a family on the ladder; what is not on it comes last.
fn rung(family: &str) -> usize {
    CHECKS.iter().position(|check| check.spec().id == family).unwrap_or(CHECKS.len())
}

/// Id of the finding at the bottom of what this edge blames.
fn cause_of(edge: &Edge, effect: &Finding, findings: &[Finding]) -> Option<String> {
    if edge.effect != effect.family() || !(edge.codes.is_empty() || edge.codes.contains(&effect.code.as_str())) {
        return None;
    }
    if !on_the_way(edge.way, effect) || !clock_explains(edge, effect, findings) {
        return None;
    }
    let mut all = findings.iter().filter(|finding| finding.family() == edge.cause && finding.status != Status::Absent);
    let broken = match edge.tie {
        Tie::Same => all.find(|finding| finding.subject() == effect.subject()).filter(|finding| blocks(edge, finding)),
        Tie::Any => all.find(|finding| blocks(edge, finding)),
        Tie::All => {
            let all: Vec<&Finding> = all.collect();
            all.iter().all(|finding| blocks(edge, finding)).then(|| all.into_iter().next()).flatten()
        }
    }?;
    // The bottom of the chain, not the rung in between.
    Some(broken.caused_by.clone().unwrap_or_else(|| broken.id.clone()))
}

/// Whether a finding is broken in a way that others can follow from: failed, or not tested because of a failure.
fn blocks(edge: &Edge, finding: &Finding) -> bool {
    match finding.status {
        Status::Fail => true,
        Status::NotTested => finding.caused_by.is_some(),
        // A clock that is wrong enough for the certificate is wrong enough; a trend is never more than a warning.
        Status::Warning => edge.cause == "clock.offset" || edge.cause.starts_with("trend."),
        _ => false,
    }
}

fn on_the_way(way: Way, effect: &Finding) -> bool {
    let path = effect.facts.get("path");
    let is = |word: &str| path == Some(&Fact::from(word));
    match way {
        Way::Every => true,
        Way::Outward => !is("loopback"),
        Way::Routed => !is("loopback") && !is("on-link"),
    }
}

/// A wrong clock is the cause of a certificate's dates only if the right time would be within them.
fn clock_explains(edge: &Edge, effect: &Finding, findings: &[Finding]) -> bool {
    if edge.cause != "clock.offset" || edge.effect != "host.cert" {
        return true;
    }
    let Some(clock) = findings.iter().find(|finding| finding.family() == "clock.offset") else { return false };
    if clock.code == "clock-before-build" {
        return effect.code == "host-cert-not-yet";
    }
    let number = |finding: &Finding, name: &str| match finding.facts.get(name) {
        Some(Fact::Int(value)) => Some(*value),
        _ => None,
    };
    let (Some(offset), Some(from), Some(until)) =
        (number(clock, "offset_ms"), number(effect, "valid_from_s"), number(effect, "valid_until_s"))
    else {
        return false;
    };
    let right = (effect.at.micros / 1_000 + offset) / 1_000;
    (from..=until).contains(&right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_edge_goes_up_the_ladder_and_is_among_the_needs() {
        for edge in EDGES {
            let effect = CHECKS.iter().find(|check| check.spec().id == edge.effect).expect(edge.effect);
            assert!(rung(edge.cause) < rung(edge.effect), "{} before {}", edge.cause, edge.effect);
            let mut reach: Vec<&str> = effect.spec().needs.to_vec();
            let mut at = 0;
            while at < reach.len() {
                let more =
                    CHECKS.iter().filter(|check| check.spec().id == reach[at]).flat_map(|check| check.spec().needs);
                reach.extend(more.filter(|need| !reach.contains(need)).copied().collect::<Vec<_>>());
                at += 1;
            }
            assert!(reach.contains(&edge.cause), "{} does not need {}", edge.effect, edge.cause);
        }
    }
}
