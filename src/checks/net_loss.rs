//! `net.loss`: are packets lost or late, inside the shop or behind its gateway. Nobody has to answer echoes: who never
//! does is not asked.

use std::net::IpAddr;
use std::time::Duration;

use super::found::{Build, ms};
use super::names::{self, Place};
use super::net_link::{carries, judged};
use super::reach::path;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Finding, Status};
use crate::platform::{Fut, Train, TrainSeen};

/// Of twelve lost in a hundred nobody notices much; from a fifth on sales time out.
const WARN_PERCENT: usize = 8;
const FAIL_PERCENT: usize = 20;
const WARN_SLOW: Duration = Duration::from_millis(800);
const FAIL_SLOW: Duration = Duration::from_millis(1_500);

/// At 30 % loss one such train in three hundred comes back whole.
const FIRST: Train = Train { count: 16, gap: Duration::from_millis(40), wait: Duration::from_millis(2_600), size: 16 };
/// Slower, so that a router that only limits echoes is not accused.
const SECOND: Train =
    Train { count: 16, gap: Duration::from_millis(130), wait: Duration::from_millis(1_500), size: 16 };
/// So many of one train may get lost by accident.
const ACCIDENT: usize = 2;
/// Places behind the gateway that are asked at the same time, of each family of addresses.
const FAR: usize = 2;
/// For the address of a host that has a name; two trains have to come back in what is left.
const TOLD: Duration = Duration::from_secs(2);

pub(super) struct NetLoss;

const SPEC: CheckSpec = CheckSpec {
    id: "net.loss",
    area: Area::Network,
    screen: "22",
    every: Duration::from_mins(15),
    limit: Duration::from_millis(9_500),
    needs: &["net.uplink", "net.gateway", "net.address", "net.link"],
};

impl Check for NetLoss {
    fn spec(&self) -> &'static CheckSpec {
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move { vec![look(&cx).await] })
    }
}

/// What a train (or two) said of one place.
#[derive(Clone)]
struct Seen {
    percent: usize,
    rtt: Duration,
}

async fn look(cx: &Cx) -> Finding {
    let view = cx.host.net().await.unwrap_or_default();
    if !judged(&view, &cx.config.network.interfaces).iter().any(|one| carries(one.link)) {
        return SPEC.found(cx, Status::Absent, "net-loss-quiet");
    }
    let gateway = view.routes.iter().find(|route| view.link(&route.interface).is_some_and(|link| link.carrier));
    let gateway = gateway.and_then(|route| route.gateway).filter(|gateway| !local_only(*gateway));
    let near = async {
        match gateway {
            Some(gateway) => ask(cx, gateway).await,
            None => None,
        }
    };
    let (near, (far, family)) = tokio::join!(near, far(cx));
    let lossy = |seen: &Option<Seen>| seen.as_ref().is_some_and(|seen| seen.percent >= WARN_PERCENT);
    let slow = |seen: &Option<Seen>| seen.as_ref().is_some_and(|seen| seen.rtt >= WARN_SLOW);
    let (code, worst) = match (&near, &far) {
        (None, None) => return SPEC.found(cx, Status::Absent, "net-loss-quiet"),
        // Loss inside the shop is part of the loss outside: where half of it is seen near, all of it may be.
        (Some(inner), Some(outer)) if lossy(&far) && inner.percent * 2 >= outer.percent => ("net-loss-near", &far),
        _ if lossy(&near) => ("net-loss-near", &near),
        _ if lossy(&far) && family.is_some() => ("net-loss-far-family", &far),
        _ if lossy(&far) => ("net-loss-far", &far),
        _ if slow(&near) => ("net-loss-slow-near", &near),
        _ if slow(&far) && family.is_some() => ("net-loss-slow-family", &far),
        _ if slow(&far) => ("net-loss-slow-far", &far),
        (Some(_), None) => ("net-loss-ok", &near),
        _ => ("net-loss-ok", &far),
    };
    let Some(seen) = worst else { return SPEC.found(cx, Status::Absent, "net-loss-quiet") };
    let status = match seen {
        seen if seen.percent >= FAIL_PERCENT || seen.rtt >= FAIL_SLOW => Status::Fail,
        seen if seen.percent >= WARN_PERCENT || seen.rtt >= WARN_SLOW => Status::Warning,
        _ => Status::Ok,
    };
    let mut found = SPEC.found(cx, status, code).fact("lost_percent", seen.percent).fact("rtt_ms", ms(seen.rtt));
    if let Some(family) = family {
        found = found.fact("family", family);
    }
    for (name, seen) in [("near", &near), ("far", &far)] {
        if let Some(seen) = seen {
            found =
                found.fact(&format!("{name}_lost_percent"), seen.percent).fact(&format!("{name}_rtt_ms"), ms(seen.rtt));
        }
    }
    found
}

/// An address that needs an interface's number to be reached.
const fn local_only(ip: IpAddr) -> bool {
    matches!(ip, IpAddr::V6(ip) if ip.is_unicast_link_local())
}

/// The best of some places behind the gateway: what one of them loses by itself is not the line's fault. Where one
/// family of addresses is worse in several places than the other is, that one, and its name.
async fn far(cx: &Cx) -> (Option<Seen>, Option<&'static str>) {
    let mut places: Vec<IpAddr> = Vec::new();
    let hosts = || cx.config.host.iter().filter_map(|host| names::place(&host.address, None));
    let literal = hosts().filter_map(|place| if let Place::At(at) = place { Some(at.ip()) } else { None });
    // Hosts come last: many answer no echo, but where the router tells the names there is nobody else.
    let named = hosts().filter_map(|place| if let Place::Named(name, _) = place { Some(name) } else { None });
    let named = named.take(FAR).map(async |name| {
        let found = tokio::time::timeout(TOLD, names::resolve(cx, &name)).await;
        found.ok().flatten().unwrap_or_default()
    });
    let named = futures_util::future::join_all(named).await.into_iter().flatten();
    for ip in literal.chain(names::servers(cx).await.iter().map(std::net::SocketAddr::ip)).chain(named) {
        let alike = places.iter().filter(|place| place.is_ipv4() == ip.is_ipv4()).count();
        if alike < FAR && !places.contains(&ip) && path(cx, ip).await == "routed" {
            places.push(ip);
        }
    }
    let all = places.into_iter().map(async |ip| ask(cx, ip).await.map(|seen| (ip.is_ipv4(), seen)));
    let seen: Vec<(bool, Seen)> = futures_util::future::join_all(all).await.into_iter().flatten().collect();
    let bad = |seen: &Seen| seen.percent >= WARN_PERCENT || seen.rtt >= WARN_SLOW;
    let of = |four: bool| seen.iter().filter(move |(own, _)| *own == four).map(|(_, seen)| seen);
    let worse = |four: bool| of(four).count() >= FAR && of(four).all(bad) && of(!four).any(|seen| !bad(seen));
    let family = [(true, "IPv4"), (false, "IPv6")].into_iter().find(|(four, _)| worse(*four));
    let best = |seen: &&Seen| (seen.percent, seen.rtt);
    let chosen = match family {
        Some((four, _)) => of(four).min_by_key(best),
        None => seen.iter().map(|(_, seen)| seen).min_by_key(best),
    };
    (chosen.cloned(), family.map(|(_, name)| name))
}

/// What was lost on the way to one place and back; none where nothing ever came back.
async fn ask(cx: &Cx, to: IpAddr) -> Option<Seen> {
    let first = cx.host.train(to, FIRST).await;
    let rtt = first.median()?;
    if first.lost() == 0 {
        return Some(Seen { percent: 0, rtt });
    }
    let second = cx.host.train(to, SECOND).await;
    // A few that were lost once were an accident.
    let accident = second.lost() == 0 && first.lost() <= ACCIDENT;
    let percent = if accident { 0 } else { percent(&[&first, &second]) };
    Some(Seen { percent, rtt })
}

fn percent(trains: &[&TrainSeen]) -> usize {
    let sent: usize = trains.iter().map(|train| usize::from(train.sent)).sum();
    let lost: usize = trains.iter().map(|train| train.lost()).sum();
    lost * 100 / sent.max(1)
}
