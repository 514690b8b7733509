//! `net.dns`: does every name server tell the addresses of the names that are needed.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::future::join_all;

use super::found::{Build, ms};
use super::reach::{Reached, reach};
use super::{Check, CheckSpec, Cx, names};
use crate::model::{Area, Finding, Status};
use crate::platform::{DnsReply, Fut, Trust};

/// A first answer this late makes every sale late.
const SLOW: Duration = Duration::from_millis(1_200);
/// A server that lies about names does so quickly.
const LIE: Duration = Duration::from_millis(1_500);

pub(super) struct NetDns;

const SPEC: CheckSpec = CheckSpec {
    id: "net.dns",
    area: Area::Network,
    screen: "22",
    every: Duration::from_mins(1),
    limit: Duration::from_millis(9_400),
    needs: &["net.portal", "net.loss", "net.gateway", "net.address", "net.link"],
};

impl Check for NetDns {
    fn spec(&self) -> &'static CheckSpec {
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move { vec![look(&cx).await.remedy("restart-network")] })
    }
}

async fn look(cx: &Cx) -> Finding {
    let names = names::wanted(cx).await;
    let servers = names::servers(cx).await;
    let shown: Vec<String> = servers.iter().map(shown).collect();
    let found = match (names.is_empty(), servers.is_empty()) {
        (true, true) => SPEC.found(cx, Status::Absent, "net-dns-not-needed"),
        (true, false) => nobody_asks(cx, &servers).await,
        (false, true) => without_servers(cx, &names).await,
        (false, false) => ask(cx, &names, &servers).await,
    };
    found.fact("servers", shown).fact("servers_count", servers.len()).fact("names", names)
}

fn shown(server: &SocketAddr) -> String {
    if server.port() == 53 { server.ip().to_string() } else { server.to_string() }
}

/// No name is needed: a server that speaks is fine, silence is nobody's fault.
async fn nobody_asks(cx: &Cx, servers: &[SocketAddr]) -> Finding {
    // The root's own addresses do not exist: harmless, and any server has something to say to it.
    let replies = join_all(servers.iter().map(|server| cx.host.ask_dns(*server, ".", names::ASK))).await;
    if replies.iter().any(DnsReply::spoke) {
        SPEC.found(cx, Status::Ok, "net-dns-reached")
    } else {
        SPEC.found(cx, Status::Absent, "net-dns-not-needed")
    }
}

async fn without_servers(cx: &Cx, names: &[String]) -> Finding {
    let found = join_all(names.iter().map(|name| names::resolve(cx, name))).await;
    if found.iter().all(Option::is_some) {
        SPEC.found(cx, Status::Ok, "net-dns-system").fact("name", names.join(", "))
    } else {
        SPEC.found(cx, Status::Fail, "net-dns-none")
    }
}

async fn ask(cx: &Cx, names: &[String], servers: &[SocketAddr]) -> Finding {
    let by_name = join_all(names.iter().map(async |name| {
        let replies = join_all(servers.iter().map(|server| cx.host.ask_dns(*server, name, names::ASK))).await;
        let told = replies.iter().any(|reply| matches!(reply, DnsReply::Addresses { .. }));
        // The system may know what the servers do not (search domains, other name services).
        let known = told || names::resolve(cx, name).await.is_some();
        (name, replies, told, known)
    }))
    .await;
    let replies_of = |nth: usize| by_name.iter().map(move |(_, replies, ..)| &replies[nth]);
    let mut dead = Vec::new();
    let mut detail = Vec::new();
    let mut best: Option<Duration> = None;
    for (nth, server) in servers.iter().enumerate() {
        let worst = replies_of(nth).find(|reply| !matches!(reply, DnsReply::Addresses { .. }));
        detail.push(format!("{} {}", shown(server), worst.map_or_else(|| "ok".to_owned(), DnsReply::word)));
        if !replies_of(nth).any(DnsReply::spoke) {
            dead.push(shown(server));
        }
        let fastest = replies_of(nth).filter_map(|reply| match reply {
            DnsReply::Addresses { rtt, .. } => Some(*rtt),
            _ => None,
        });
        best = fastest.chain(best).min();
    }
    let told: Vec<(&String, Vec<IpAddr>)> =
        by_name.iter().map(|(name, replies, ..)| (*name, addresses(replies))).collect();
    let all_known = by_name.iter().all(|(.., told, known)| *told && *known);
    let search = names::search(cx).await;
    let misled = if all_known && dead.is_empty() { misled(cx, servers, &search, &told).await } else { None };
    let replies: Vec<&[DnsReply]> = by_name.iter().map(|(_, replies, ..)| replies.as_slice()).collect();
    let wrong = if all_known { wrong_answer(cx, servers, &told, &replies).await } else { None };
    let unresolved = by_name.iter().find(|(.., known)| !known);
    let untold = by_name.iter().find(|(_, _, told, _)| !told);
    let (status, code, name) = match (unresolved, untold) {
        (Some((name, replies, ..)), _) => (Status::Fail, why(replies), name.as_str()),
        // Only servers are missing; somebody else still knows the name.
        (None, Some((name, ..))) if dead.len() == servers.len() => {
            (Status::Warning, "net-dns-dead-known", name.as_str())
        }
        (None, Some((name, ..))) => (Status::Ok, "net-dns-system", name.as_str()),
        (None, None) if misled.is_some() => {
            misled.as_ref().map_or((Status::Ok, "net-dns-ok", ""), |(code, name, _)| (Status::Fail, *code, *name))
        }
        (None, None) if wrong.is_some() => {
            wrong.map_or((Status::Ok, "net-dns-ok", ""), |(code, name)| (Status::Fail, code, name))
        }
        (None, None) if !dead.is_empty() => (Status::Warning, "net-dns-some-dead", ""),
        (None, None) if best.is_some_and(|best| best >= SLOW) => (Status::Warning, "net-dns-slow", ""),
        (None, None) => (Status::Ok, "net-dns-ok", ""),
    };
    let mut found = SPEC.found(cx, status, code);
    if let Some(best) = best {
        found = found.fact("rtt_ms", ms(best));
    }
    let answered_by = servers.iter().zip(replies.first().copied().unwrap_or_default());
    let answered_by = answered_by.filter(|(_, reply)| matches!(reply, DnsReply::Addresses { .. })).map(|(at, _)| at);
    if let Some(first) = answered_by.map(shown).next() {
        found = found.fact("answered_by", first);
    }
    if !search.domains.is_empty() {
        found = found.fact("search", search.domains).fact("ndots", search.ndots);
    }
    if let Some((.., proof)) = misled {
        found = found.fact("other", proof);
    }
    let answers = told.iter().flat_map(|(_, ips)| ips).map(ToString::to_string).collect::<Vec<_>>();
    found
        .fact("answers", answers)
        .fact("name", name)
        .fact("dead_count", dead.len())
        .fact("dead", dead)
        .fact("replies", detail)
}

fn addresses(replies: &[DnsReply]) -> Vec<IpAddr> {
    let mut all: Vec<IpAddr> = Vec::new();
    for reply in replies {
        if let DnsReply::Addresses { ips, .. } = reply {
            all.extend(ips.iter().filter(|ip| !all.contains(ip)).copied().collect::<Vec<_>>());
        }
    }
    all
}

/// A name that the servers know and programs on this machine all the same do not get, with the proof. The C library
/// takes the first server's "no such name" for the truth, and tries search domains first for names with few dots.
async fn misled<'a>(
    cx: &Cx,
    servers: &[SocketAddr],
    search: &names::Search,
    told: &[(&'a String, Vec<IpAddr>)],
) -> Option<(&'static str, &'a str, String)> {
    for (name, ips) in told {
        let system = cx.host.lookup(name, names::LOOKUP).await;
        if system.as_ref().is_ok_and(|own| own.iter().any(|ip| ips.contains(ip))) {
            continue;
        }
        let mut denied = None;
        for server in servers {
            match cx.host.ask_dns(*server, name, names::ASK).await {
                DnsReply::NoName { .. } => denied = denied.or(Some(shown(server))),
                DnsReply::Addresses { .. } => break,
                // Whoever is silent or broken is passed over.
                _ => {}
            }
        }
        if let (Err(_), Some(server)) = (&system, denied) {
            return Some(("net-dns-order", name.as_str(), server));
        }
        let Ok(own) = system else { continue };
        if name.matches('.').count() >= search.ndots {
            continue;
        }
        for domain in &search.domains {
            let longer = format!("{name}.{domain}");
            let replies = join_all(servers.iter().map(|server| cx.host.ask_dns(*server, &longer, LIE))).await;
            if addresses(&replies).iter().any(|ip| own.contains(ip)) {
                return Some(("net-dns-search", name.as_str(), longer));
            }
        }
    }
    None
}

/// An answer that cannot be true: one that is also given for a name that does not exist, an address that is nobody's,
/// or one that another server contradicts while the host cannot be used.
async fn wrong_answer<'a>(
    cx: &Cx,
    servers: &[SocketAddr],
    told: &[(&'a String, Vec<IpAddr>)],
    replies: &[&[DnsReply]],
) -> Option<(&'static str, &'a str)> {
    let bogus = |ip: &IpAddr| match ip {
        IpAddr::V4(ip) => ip.is_unspecified() || ip.is_loopback() || ip.is_link_local() || ip.is_broadcast(),
        IpAddr::V6(ip) => ip.is_unspecified() || ip.is_loopback() || ip.is_unicast_link_local(),
    };
    if let Some((name, _)) = told.iter().find(|(_, ips)| !ips.is_empty() && ips.iter().all(bogus)) {
        return Some(("net-dns-bogus", name.as_str()));
    }
    let nobody = format!("{:x}.invalid", cx.now.micros.unsigned_abs());
    let lies = join_all(servers.iter().map(|server| cx.host.ask_dns(*server, &nobody, LIE))).await;
    let lies = addresses(&lies);
    if let Some((name, _)) = told.iter().find(|(_, ips)| ips.iter().any(|ip| lies.contains(ip))) {
        return Some(("net-dns-hijacked", name.as_str()));
    }
    for ((name, _), replies) in told.iter().zip(replies) {
        let sets: Vec<Vec<IpAddr>> = replies.iter().map(|reply| addresses(std::slice::from_ref(reply))).collect();
        let sets: Vec<&Vec<IpAddr>> = sets.iter().filter(|set| !set.is_empty()).collect();
        let apart = sets.iter().any(|a| sets.iter().any(|b| a.iter().all(|ip| !b.contains(ip))));
        if apart && unusable(cx, name).await {
            return Some(("net-dns-disagree", name.as_str()));
        }
    }
    None
}

/// A host of this name cannot be used where the system leads to.
async fn unusable(cx: &Cx, name: &str) -> bool {
    let hosts =
        cx.config.host.iter().filter(
            |host| matches!(names::place(&host.address, None), Some(names::Place::Named(own, _)) if own == name),
        );
    let reached = join_all(hosts.map(|host| reach(cx, host))).await;
    reached.iter().any(|reached| match reached {
        Reached::Dialled { dialled, .. } => match (&dialled.tcp, &dialled.tls) {
            (Err(_), _) | (Ok(_), Some(Err(_))) => true,
            (Ok(_), Some(Ok(seen))) => {
                seen.cert.as_ref().is_ok_and(|cert| !cert.name_ok || cert.trust != Trust::Trusted)
            }
            (Ok(_), None) => false,
        },
        _ => false,
    })
}

/// Why no server told the addresses: the answer that says most.
fn why(replies: &[DnsReply]) -> &'static str {
    let any = |test: fn(&DnsReply) -> bool| replies.iter().any(test);
    if any(|reply| matches!(reply, DnsReply::NoName { .. })) {
        "net-dns-no-name"
    } else if any(|reply| matches!(reply, DnsReply::NoData { .. })) {
        "net-dns-no-address"
    } else if any(|reply| matches!(reply, DnsReply::Error { .. })) {
        "net-dns-error"
    } else if any(|reply| matches!(reply, DnsReply::Garbage)) {
        "net-dns-garbage"
    } else {
        "net-dns-dead"
    }
}
