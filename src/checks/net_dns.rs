//! `net.dns`: does every name server tell the addresses of the names that are needed.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::join_all;

use super::found::{Build, ms};
use super::{Check, CheckSpec, Cx, names};
use crate::model::{Area, Finding, Status};
use crate::platform::{DnsReply, Fut};

/// A first answer this late makes every sale late.
const SLOW: Duration = Duration::from_millis(1_200);

pub(super) struct NetDns;

const SPEC: CheckSpec = CheckSpec {
    id: "net.dns",
    area: Area::Network,
    screen: "22",
    every: Duration::from_mins(1),
    limit: Duration::from_secs(6),
    needs: &["net.gateway", "net.address", "net.link"],
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
    let unresolved = by_name.iter().find(|(.., known)| !known);
    let untold = by_name.iter().find(|(_, _, told, _)| !told);
    let (status, code, name) = match (unresolved, untold) {
        (Some((name, replies, ..)), _) => (Status::Fail, why(replies), name.as_str()),
        // Only servers are missing; somebody else still knows the name.
        (None, Some((name, ..))) if dead.len() == servers.len() => {
            (Status::Warning, "net-dns-dead-known", name.as_str())
        }
        (None, Some((name, ..))) => (Status::Ok, "net-dns-system", name.as_str()),
        (None, None) if !dead.is_empty() => (Status::Warning, "net-dns-some-dead", ""),
        (None, None) if best.is_some_and(|best| best >= SLOW) => (Status::Warning, "net-dns-slow", ""),
        (None, None) => (Status::Ok, "net-dns-ok", ""),
    };
    let mut found = SPEC.found(cx, status, code);
    if let Some(best) = best {
        found = found.fact("rtt_ms", ms(best));
    }
    found.fact("name", name).fact("dead_count", dead.len()).fact("dead", dead).fact("replies", detail)
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
