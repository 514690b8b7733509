//! `net.trace`: every station on the way to each payment host, and behind which one it ends. Made only when somebody
//! asks for it; what was seen stays to be looked at, but is no finding any more.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::found::{Build, ms};
use super::names::{self, Place};
use super::reach::{about_host, each_host, path};
use super::{Check, CheckSpec, Cx};
use crate::config::HostConfig;
use crate::model::{Area, Fact, Finding, Status};
use crate::platform::{Fut, HopSeen, Ping, TraceEnd, TraceSeen};

/// For one trace; the name's look-up comes before it.
const LIMIT: Duration = Duration::from_millis(6_800);
const ECHO: Duration = Duration::from_millis(1_500);
/// Fewer of a hundred are no loss but chance: one of five questions is twenty.
const LOSS: u32 = 40;
/// A result is shown for this long, seconds.
const KEEP_S: i64 = 24 * 3_600;

pub(super) struct NetTrace;

const SPEC: CheckSpec = CheckSpec {
    id: "net.trace",
    area: Area::Network,
    screen: "24",
    every: Duration::from_mins(1),
    limit: Duration::from_secs(10),
    needs: &["host.tcp", "net.loss"],
};

impl Check for NetTrace {
    fn spec(&self) -> &'static CheckSpec {
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move { each_host(&SPEC, &cx, |cx, name, host| Box::pin(one(cx, name, host))).await })
    }

    fn waiting(&self, cx: &Cx) -> Option<Finding> {
        let asked = cx.asked.iter().any(|word| word.split(':').next() == Some(SPEC.id));
        let waits = || SPEC.found(cx, Status::NotTested, "net-trace-running").fact("wait_s", LIMIT.as_secs() + 1);
        (asked && !cx.config.host.is_empty()).then(waits)
    }
}

async fn one(cx: &Cx, name: String, host: &HostConfig) -> Finding {
    let id = format!("{}:{name}", SPEC.id);
    if !cx.asked_for(SPEC.id) && !cx.asked_for(&id) {
        let young = |found: &&Finding| (0..KEEP_S).contains(&cx.now.seconds_since(found.at));
        let before = cx.previous.iter().find(|found| found.id == id && found.facts.contains_key("hops"));
        // What it explained is over, or another way by now.
        let over = !cx.previous.iter().any(|found| explained(found, &name));
        let aged = |found: &Finding| if over { Status::Absent } else { found.status };
        let kept = before.filter(young).map(|found| Finding { status: aged(found), ..found.clone() });
        return kept.unwrap_or_else(|| about_host(&SPEC, cx, host, &name, Status::Absent, "net-trace-none"));
    }
    let found = |status, code| about_host(&SPEC, cx, host, &name, status, code);
    let to = match names::place(&host.address, None) {
        None => return found(Status::Unknown, "host-tcp-bad-address"),
        Some(Place::At(at)) => at,
        Some(Place::Named(own, port)) => {
            let ips = names::resolve(cx, &own).await.unwrap_or_default();
            match usable(cx, &ips).await {
                Some(ip) => SocketAddr::new(ip, port),
                None => return found(Status::NotTested, "net-trace-unresolved"),
            }
        }
    };
    let (seen, echo) = tokio::join!(cx.host.trace(to, LIMIT), cx.host.ping(to.ip(), ECHO));
    let way = path(cx, to.ip()).await;
    let (status, code) = judged(&seen, matches!(echo, Ping::Answered { .. }), way == "on-link");
    let found =
        found(status, code).fact("ip", to.ip().to_string()).fact("port", u32::from(to.port())).fact("path", way);
    with_stations(found, &seen)
}

/// Whether this finding is bad and a trace to the host says where.
fn explained(found: &Finding, name: &str) -> bool {
    let about = match found.family() {
        "host.tcp" => found.subject() == Some(name),
        family => family == "net.loss",
    };
    about && !matches!(found.status, Status::Ok | Status::Absent)
}

/// The first address of a family in which the terminal has one of its own.
async fn usable(cx: &Cx, ips: &[IpAddr]) -> Option<IpAddr> {
    let view = cx.host.net().await.unwrap_or_default();
    let own = |ip: &&IpAddr| {
        let all = view.links.iter().filter(|link| link.carrier).flat_map(|link| &link.addresses);
        all.filter(|have| !have.is_link_local()).any(|have| have.ip.is_ipv4() == ip.is_ipv4())
    };
    ips.iter().find(own).or_else(|| ips.first()).copied()
}

/// What the way says: who owns the break is in the code.
fn judged(seen: &TraceSeen, echoes: bool, near: bool) -> (Status, &'static str) {
    match (&seen.end, seen.hops.len()) {
        (TraceEnd::Untold(_), _) => (Status::Unknown, "net-trace-untold"),
        (TraceEnd::Open, _) if loss_from(&seen.hops).is_some() => (Status::Warning, "net-trace-lossy"),
        (TraceEnd::Open, _) => (Status::Ok, "net-trace-whole"),
        (TraceEnd::Refused, _) => (Status::Fail, "net-trace-refused"),
        (TraceEnd::NotSent, _) => (Status::Fail, "net-trace-not-sent"),
        (TraceEnd::NoNeighbour | TraceEnd::Silent, _) if near && !echoes => (Status::Fail, "net-trace-near"),
        (TraceEnd::NoNeighbour, _) => (Status::Fail, "net-trace-at-once"),
        (TraceEnd::Said { forbidden: true, .. }, _) => (Status::Fail, "net-trace-forbidden"),
        (TraceEnd::Said { .. }, _) => (Status::Fail, "net-trace-no-way"),
        (TraceEnd::Silent, _) if echoes => (Status::Fail, "net-trace-port"),
        (TraceEnd::Silent, 0) => (Status::Fail, "net-trace-mute"),
        (TraceEnd::Silent, 1) => (Status::Fail, "net-trace-router"),
        (TraceEnd::Silent, _) => (Status::Fail, "net-trace-beyond"),
    }
}

/// The station from which on answers are lost as far as the host. A station in the middle that answers rarely while
/// those behind it answer always is only busy.
fn loss_from(hops: &[HopSeen]) -> Option<usize> {
    let lossy = |hop: &HopSeen| hop.lost_percent() >= LOSS;
    if !hops.last().is_some_and(lossy) {
        return None;
    }
    // A silent one says nothing either way.
    let well = hops.iter().rposition(|hop| hop.ip.is_some() && !lossy(hop));
    Some(well.map_or(0, |at| at + 1))
}

fn with_stations(found: Finding, seen: &TraceSeen) -> Finding {
    let told = |at: Option<&HopSeen>| at.and_then(|hop| hop.ip).map(|ip| ip.to_string()).unwrap_or_default();
    let hops: Vec<String> = (1..).zip(&seen.hops).map(|(nth, hop)| line(nth, hop)).collect();
    let last = seen.hops.iter().rposition(|hop| hop.ip.is_some());
    let mut found = found
        .fact("hops", hops)
        .fact("hops_count", seen.hops.len())
        .fact("last", last.map(|at| told(seen.hops.get(at))).unwrap_or_default())
        .fact("last_nth", last.map_or(0, |at| at + 1));
    if let Some(from) = loss_from(&seen.hops).filter(|_| seen.end == TraceEnd::Open) {
        let before = from.checked_sub(1).map(|at| told(seen.hops.get(at))).unwrap_or_default();
        found = found.fact("loss_nth", from + 1).fact("loss_behind", before);
    }
    if let (TraceEnd::Open | TraceEnd::Refused, Some(host)) = (&seen.end, seen.hops.last()) {
        found = found.fact("lost_percent", host.lost_percent());
        if let Some(rtt) = average(&host.rtts) {
            found = found.fact("rtt_ms", ms(rtt));
        }
    }
    match &seen.end {
        TraceEnd::Said { by, .. } => found.fact("by", by.to_string()),
        TraceEnd::Untold(reason) => found.fact("reason", reason.as_str()),
        _ => found,
    }
}

/// `nth address lost% fastest average slowest`, milliseconds; `nth -` for a silent one.
fn line(nth: usize, hop: &HopSeen) -> String {
    let Some(ip) = hop.ip else { return format!("{nth} - 100") };
    let figure = |time: Option<Duration>| match time.map(ms) {
        Some(Fact::Real(value)) => format!("{value:.1}"),
        _ => "-".to_owned(),
    };
    let (least, most) = (hop.rtts.iter().min().copied(), hop.rtts.iter().max().copied());
    let times = [least, average(&hop.rtts), most].map(figure);
    format!("{nth} {ip} {} {}", hop.lost_percent(), times.join(" "))
}

fn average(rtts: &[Duration]) -> Option<Duration> {
    let count = u32::try_from(rtts.len()).ok().filter(|count| *count > 0)?;
    Some(rtts.iter().sum::<Duration>() / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop(last: u8, answered: usize) -> HopSeen {
        let ip = (answered > 0).then(|| IpAddr::from([192, 0, 2, last]));
        HopSeen { ip, sent: 5, rtts: vec![Duration::from_millis(u64::from(last)); answered] }
    }

    fn code(hops: Vec<HopSeen>, end: TraceEnd) -> &'static str {
        judged(&TraceSeen { hops, end }, false, false).1
    }

    #[test]
    fn the_owner_of_the_break_is_behind_the_last_station() {
        let by = IpAddr::from([192, 0, 2, 1]);
        assert_eq!(code(vec![hop(1, 5), hop(2, 5)], TraceEnd::Open), "net-trace-whole");
        assert_eq!(code(vec![hop(1, 5)], TraceEnd::Silent), "net-trace-router");
        assert_eq!(code(vec![hop(1, 5), hop(2, 0), hop(3, 5)], TraceEnd::Silent), "net-trace-beyond");
        assert_eq!(code(Vec::new(), TraceEnd::Silent), "net-trace-mute");
        assert_eq!(code(Vec::new(), TraceEnd::NoNeighbour), "net-trace-at-once");
        assert_eq!(code(vec![hop(1, 5)], TraceEnd::Said { by, forbidden: true }), "net-trace-forbidden");
        let silent = TraceSeen { hops: vec![hop(1, 5)], end: TraceEnd::Silent };
        assert_eq!(judged(&silent, true, false).1, "net-trace-port", "the host itself lives");
    }

    #[test]
    fn loss_counts_only_where_it_goes_on_to_the_host() {
        let lossy = |hops: Vec<HopSeen>| code(hops, TraceEnd::Open) == "net-trace-lossy";
        assert!(!lossy(vec![hop(1, 1), hop(2, 5), hop(3, 5)]), "a busy station");
        assert!(!lossy(vec![hop(1, 5), hop(2, 5), hop(3, 4)]), "one of five is chance");
        assert!(lossy(vec![hop(1, 5), hop(2, 3), hop(3, 2)]));
        assert_eq!(loss_from(&[hop(1, 5), hop(2, 0), hop(3, 3)]), Some(1), "from the silent one on");
        assert_eq!(loss_from(&[hop(1, 2), hop(2, 3)]), Some(0));
    }

    #[test]
    fn a_station_is_one_line_of_figures() {
        assert_eq!(line(1, &hop(1, 5)), "1 192.0.2.1 0 1.0 1.0 1.0");
        assert_eq!(line(2, &hop(2, 0)), "2 - 100");
        assert_eq!(line(3, &hop(3, 4)), "3 192.0.2.3 20 3.0 3.0 3.0");
    }
}
