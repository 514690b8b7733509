//! Which finding is the cause and which follow from it: dependencies as data, and one root.

use super::{CHECKS, LADDER, fits, names};
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
    /// Only hosts that are known by a name.
    Named,
}

/// Lines of the dependency graph: each of the effects can follow from each of the causes.
#[derive(Clone, Copy)]
struct Edges {
    effects: &'static [&'static str],
    causes: &'static [&'static str],
    tie: Tie,
    way: Way,
    /// Finding codes of the effect that can follow from the cause; empty for all. What was really measured (a port
    /// that refused) follows from nothing.
    codes: &'static [&'static str],
    /// Finding codes of the cause that have this effect; empty for all.
    only_if: &'static [&'static str],
    /// It was measured all the same (a journal does not lie): its status stays.
    keeps_status: bool,
}

const UNREACHED: &[&str] = &["host-tcp-timeout", "host-tcp-unreachable", "host-tcp-unresolved"];
const BLOCKED: &[&str] = &["host-tcp-timeout", "host-tcp-filtered", "host-tcp-refused"];
const HUNG: &[&str] = &[
    "host-tls-silent",
    "host-tls-closed",
    "host-tls-broken",
    "host-echo-silent",
    "host-echo-closed",
    "host-echo-slow",
];
const UNHEARD: &[&str] = &["net-dns-dead", "net-dns-some-dead", "net-dns-dead-known", "net-dns-slow"];
const STUCK: &[&str] = &["txn-unanswered", "txn-query-needed", "txn-waiting", "txn-latency-slow", "trend-latency"];
const MISLED: &[&str] = &["net-dns-hijacked", "net-dns-bogus", "net-dns-disagree", "net-dns-search"];
const DATES: &[&str] = &["host-cert-not-yet", "host-cert-expired"];
/// Other causes that a root names.
const OTHERS: usize = 4;
/// What sales are seen by in the journal.
const SALES: &[&str] = &["txn.pending", "txn.latency", "trend.latency"];
/// The rungs of [`LADDER`] that several links share, those of the way to a host, and what is said there. The clock
/// between the last two stops no sale by itself.
const CARRIER: &[&str] = LADDER.split_at(2).0;
const LINE: &[&str] = LADDER.split_at(11).0.split_at(2).1;
const TALK: &[&str] = LADDER.split_at(15).0.split_at(12).1;
const HOST: &[&str] = &["host.tcp", "host.tls", "host.cert", "host.echo"];

const fn edges(effects: &'static [&'static str], causes: &'static [&'static str], tie: Tie, way: Way) -> Edges {
    Edges { effects, causes, tie, way, codes: &[], only_if: &[], keeps_status: false }
}

const fn only(codes: &'static [&'static str], edges: Edges) -> Edges {
    Edges { codes, ..edges }
}

const fn measured(codes: &'static [&'static str], edges: Edges) -> Edges {
    Edges { codes, keeps_status: true, ..edges }
}

/// The ladder: power, device, link, address, gateway, line, DNS, way, host, clock, TLS, echo, sign-on and keys,
/// transactions. The first line that fits counts.
const EDGES: &[Edges] = &[
    only(&["net-link-no-wifi"], edges(&["net.link"], &["net.wifi"], Tie::Same, Way::Every)),
    only(&["net-link-no-cell"], edges(&["net.link"], &["net.cell"], Tie::Any, Way::Every)),
    edges(&["net.address"], &["net.link"], Tie::Same, Way::Every),
    edges(&["net.address"], &["net.link"], Tie::All, Way::Every),
    edges(
        &["net.gateway", "net.uplink", "net.loss", "net.portal", "net.dns"],
        &["net.link", "net.address"],
        Tie::All,
        Way::Every,
    ),
    edges(&["net.uplink", "net.loss", "net.portal"], &["net.gateway"], Tie::Any, Way::Every),
    edges(&["net.loss", "net.portal", "net.dns"], &["net.uplink"], Tie::Any, Way::Every),
    // An address that somebody else has as well, or a mask that hides the gateway: what goes wrong behind it is chance.
    Edges {
        only_if: &["net-address-duplicate", "net-address-wide"],
        ..edges(
            &["net.gateway", "net.loss", "net.dns", "host.tcp", "host.tls"],
            &["net.address"],
            Tie::Any,
            Way::Outward,
        )
    },
    only(&["net-dns-hijacked", "net-dns-bogus"], edges(&["net.dns"], &["net.portal"], Tie::Any, Way::Every)),
    edges(&["net.dns"], &["net.gateway"], Tie::Any, Way::Every),
    only(UNHEARD, edges(&["net.dns"], &["net.loss"], Tie::Any, Way::Every)),
    edges(&["net.route"], &["net.link", "net.address"], Tie::All, Way::Outward),
    edges(&["net.route"], &["net.gateway"], Tie::Any, Way::Routed),
    only(UNREACHED, edges(&["host.tcp"], &["net.link", "net.address"], Tie::All, Way::Outward)),
    only(UNREACHED, edges(&["host.tcp"], &["net.gateway", "net.uplink"], Tie::Any, Way::Routed)),
    only(&["host-tcp-unresolved"], edges(&["host.tcp"], &["net.dns"], Tie::Any, Way::Every)),
    Edges { only_if: MISLED, ..edges(HOST, &["net.dns"], Tie::Any, Way::Named) },
    edges(HOST, &["net.portal"], Tie::Any, Way::Routed),
    edges(&["host.tcp"], &["net.route"], Tie::Same, Way::Every),
    only(BLOCKED, edges(&["host.tcp"], &["net.firewall"], Tie::Any, Way::Routed)),
    only(UNREACHED, edges(&["host.tcp"], &["net.loss"], Tie::Any, Way::Outward)),
    only(&["clock-silent"], edges(&["clock.offset"], &["net.link", "net.address"], Tie::All, Way::Outward)),
    only(
        &["clock-silent"],
        edges(
            &["clock.offset"],
            &["net.gateway", "net.uplink", "net.loss", "net.portal", "net.dns", "net.firewall"],
            Tie::Any,
            Way::Outward,
        ),
    ),
    edges(&["host.tls", "host.cert", "host.echo", "net.mtu"], &["host.tcp"], Tie::Same, Way::Every),
    only(HUNG, edges(&["host.tls", "host.echo"], &["net.mtu"], Tie::Same, Way::Every)),
    only(HUNG, edges(&["host.tls", "host.echo"], &["net.loss"], Tie::Any, Way::Outward)),
    edges(&["host.cert", "host.echo"], &["host.tls"], Tie::Same, Way::Every),
    only(DATES, edges(&["host.cert"], &["clock.offset"], Tie::Any, Way::Every)),
    edges(&["host.echo"], &["host.cert"], Tie::Same, Way::Every),
    // Where the way ends is a measurement of its own; why is told by the ladder.
    measured(&[], edges(&["net.trace"], &["host.tcp"], Tie::Same, Way::Every)),
    measured(&["net-trace-lossy"], edges(&["net.trace"], &["net.loss"], Tie::Any, Way::Outward)),
    measured(STUCK, edges(SALES, CARRIER, Tie::All, Way::Every)),
    measured(STUCK, edges(SALES, LINE, Tie::Any, Way::Every)),
    measured(STUCK, edges(SALES, TALK, Tie::Any, Way::Every)),
    measured(
        &["txn-declines-many"],
        edges(&["txn.declines"], &["txn.issuer", "txn.keys", "txn.terminal"], Tie::Any, Way::Every),
    ),
    measured(
        &["txn-declines-many"],
        edges(&["txn.declines"], &["trend.bank", "trend.code", "trend.declines"], Tie::Any, Way::Every),
    ),
    edges(&["source.lag"], &["source.unknown"], Tie::Any, Way::Every),
    measured(&["store-full"], edges(&["store.health"], &["sys.disk"], Tie::Any, Way::Every)),
    measured(&["store-read-only"], edges(&["store.health"], &["sys.readonly"], Tie::Any, Way::Every)),
    only(
        &["reader-device-none", "reader-device-missing", "printer-gone"],
        edges(&["reader.device", "printer.status"], &["sys.usb"], Tie::Any, Way::Every),
    ),
    measured(&["sys-oom-killed"], edges(&["sys.oom"], &["sys.memory"], Tie::Any, Way::Every)),
    measured(
        &["app-alive-dead", "app-alive-looping"],
        edges(&["app.alive"], &["sys.memory", "sys.readonly", "sys.disk"], Tie::Any, Way::Every),
    ),
    measured(&["clock-rtc-off"], edges(&["clock.rtc"], &["clock.offset"], Tie::Any, Way::Every)),
    only(&["clock-sync-not-yet"], edges(&["clock.sync"], &["net.gateway", "net.dns"], Tie::Any, Way::Every)),
    only(&["clock-sync-not-yet"], edges(&["clock.sync"], &["net.link", "net.address"], Tie::All, Way::Every)),
    edges(&["reader.device", "reader.card"], &["reader.service"], Tie::Any, Way::Every),
    edges(&["reader.card"], &["reader.device"], Tie::Any, Way::Every),
    measured(&["trend-fallback"], edges(&["trend.fallback"], &["reader.fallback"], Tie::Any, Way::Every)),
];

/// One line of the graph.
#[derive(Clone, Copy)]
struct Edge {
    of: &'static Edges,
    effect: &'static str,
    cause: &'static str,
}

/// The lines that lead to this effect, in their order.
fn edges_to(effect: &str) -> impl Iterator<Item = Edge> {
    EDGES.iter().flat_map(move |of| {
        let hit = of.effects.iter().copied().find(|own| *own == effect);
        hit.into_iter().flat_map(move |effect| of.causes.iter().map(move |cause| Edge { of, effect, cause }))
    })
}

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
        let cause = edges_to(findings[at].family())
            .find_map(|edge| Some((cause_of(edge, &findings[at], findings)?, edge.of.keeps_status)));
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
    fits::tell(root, findings);
    tell_others(root, &order, findings);
    Some(findings[root].id.clone())
}

/// Names in the root what else is bad by itself, in ladder order: mending the root will not mend that.
fn tell_others(root: usize, order: &[usize], findings: &mut [Finding]) {
    let worst = findings[root].status;
    let free = |at: &usize| *at != root && findings[*at].status == worst && findings[*at].caused_by.is_none();
    let others: Vec<String> =
        order.iter().copied().filter(free).take(OTHERS).map(|at| findings[at].id.clone()).collect();
    findings[root].facts.remove("also");
    if !others.is_empty() {
        let facts = &mut findings[root].facts;
        facts.insert("also".to_owned(), Fact::List(others));
        facts.entry("confidence".to_owned()).or_insert_with(|| Fact::from("sure"));
    }
}

/// Place of a family on the ladder; what is not on it comes last.
fn rung(family: &str) -> usize {
    CHECKS.iter().position(|check| check.spec().id == family).unwrap_or(CHECKS.len())
}

/// Id of the finding at the bottom of what this edge blames.
fn cause_of(edge: Edge, effect: &Finding, findings: &[Finding]) -> Option<String> {
    let of = edge.of;
    if !(of.codes.is_empty() || of.codes.contains(&effect.code.as_str())) {
        return None;
    }
    if !on_the_way(of.way, effect) {
        return None;
    }
    let all = findings.iter().filter(|finding| finding.family() == edge.cause && finding.status != Status::Absent);
    let same = |finding: &&Finding| !matches!(of.tie, Tie::Same) || finding.subject() == effect.subject();
    let all: Vec<&Finding> = all.filter(same).collect();
    let blocking = |finding: &&Finding| blocks(edge, finding) && clock_explains(edge, effect, finding);
    if matches!(of.tie, Tie::All) && !all.iter().all(blocking) {
        return None;
    }
    // The bottom of the chain, not the rung in between; a failure before a warning, whoever was looked at first.
    let bottoms = all.iter().copied().filter(blocking).filter_map(|finding| bottom(finding, findings));
    bottoms.min_by_key(|bottom| bottom.status != Status::Fail).map(|bottom| bottom.id.clone())
}

/// What a finding that has been judged already follows from at last; itself, where it follows from nothing.
fn bottom<'a>(finding: &'a Finding, findings: &'a [Finding]) -> Option<&'a Finding> {
    match &finding.caused_by {
        Some(id) => findings.iter().find(|cause| cause.id == *id),
        None => Some(finding),
    }
}

/// Whether a finding is broken in a way that others can follow from: failed, or not tested because of a failure.
fn blocks(edge: Edge, finding: &Finding) -> bool {
    if !(edge.of.only_if.is_empty() || edge.of.only_if.contains(&finding.code.as_str())) {
        return false;
    }
    match finding.status {
        Status::Fail => true,
        Status::NotTested => finding.caused_by.is_some(),
        // A clock that is wrong enough for the certificate is wrong enough, and so is a line that loses packets; a
        // trend, and a reader that is dirty, are never more than a warning.
        Status::Warning => {
            matches!(edge.cause, "clock.offset" | "net.loss" | "reader.fallback") || edge.cause.starts_with("trend.")
        }
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
        Way::Named => match effect.facts.get("address") {
            Some(Fact::Text(address)) => matches!(names::place(address, None), Some(names::Place::Named(..))),
            _ => false,
        },
    }
}

/// A wrong clock is the cause of a certificate's dates only if the right time would be within them.
fn clock_explains(edge: Edge, effect: &Finding, clock: &Finding) -> bool {
    if edge.cause != "clock.offset" || edge.effect != "host.cert" {
        return true;
    }
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
    use crate::checks::tests::bare_cx;

    #[test]
    fn the_ladder_is_cut_where_it_is_said_to_be() {
        assert_eq!(CARRIER, ["net.link", "net.address"]);
        assert_eq!((LINE.first(), LINE.last()), (Some(&"net.gateway"), Some(&"net.mtu")));
        assert_eq!(TALK, ["host.tls", "host.cert", "host.echo"]);
    }

    /// Once, of two causes the one that happened to stand first was blamed.
    #[test]
    fn of_two_causes_the_failure_is_blamed_whoever_stands_first() {
        let of = |id: &str, status, code: &str| {
            let spec =
                CHECKS.iter().map(|check| check.spec()).find(|spec| spec.id == id.split(':').next().unwrap_or(id));
            let mut finding = spec.expect(id).found(&bare_cx(), status, code);
            id.clone_into(&mut finding.id);
            finding
        };
        let effect = of("host.tcp:primary", Status::Fail, "host-tcp-timeout");
        let (warns, fails) =
            (of("net.loss:a", Status::Warning, "net-loss-far"), of("net.loss:b", Status::Fail, "net-loss-far"));
        for mut all in [vec![warns.clone(), fails.clone(), effect.clone()], vec![fails, effect, warns]] {
            judge(&mut all);
            let host = all.iter().find(|finding| finding.id == "host.tcp:primary").expect("the host");
            assert_eq!((host.status, host.caused_by.as_deref()), (Status::NotTested, Some("net.loss:b")));
        }
    }

    #[test]
    fn every_edge_goes_up_the_ladder_and_is_among_the_needs() {
        let all = || CHECKS.iter().map(|check| check.spec());
        for edge in EDGES.iter().flat_map(|edges| edges.effects).flat_map(|effect| edges_to(effect)) {
            let effect = all().find(|spec| spec.id == edge.effect).expect(edge.effect);
            assert!(rung(edge.cause) < rung(edge.effect), "{} before {}", edge.cause, edge.effect);
            let mut reach: Vec<&str> = effect.needs.to_vec();
            let mut at = 0;
            while at < reach.len() {
                let more = all().filter(|spec| spec.id == reach[at]).flat_map(|spec| spec.needs);
                reach.extend(more.filter(|need| !reach.contains(need)).copied().collect::<Vec<_>>());
                at += 1;
            }
            assert!(reach.contains(&edge.cause), "{} does not need {}", edge.effect, edge.cause);
        }
    }
}
