//! `net.gateway`: is there a way out, and is the first station on it alive. Never false: a gateway that ignores every
//! question but lets traffic through is a good gateway.

use std::net::IpAddr;
use std::time::Duration;

use futures_util::future::join_all;

use super::found::{Build, ms};
use super::net_link::{carries, judged};
use super::reach::{Reached, path, reach};
use super::{Check, CheckSpec, Cx, names};
use crate::model::{Area, Fact, Finding, Status};
use crate::platform::{ConnectFault, Fut, Knock, Life, NetView, Ping, Route};

/// Long enough for a line with seconds of delay; a live gateway answers at once.
const KNOCK: Duration = Duration::from_millis(4_200);

/// A gateway that is silent for so long may be one that ignores questions.
const DOUBT: Duration = Duration::from_millis(1_200);

pub(super) struct NetGateway;

const SPEC: CheckSpec = CheckSpec {
    id: "net.gateway",
    area: Area::Network,
    screen: "22",
    every: Duration::from_secs(30),
    limit: Duration::from_millis(9_500),
    needs: &["net.address", "net.link"],
};

impl Check for NetGateway {
    fn spec(&self) -> &'static CheckSpec {
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            let found = match cx.host.net().await {
                Ok(view) => look(&cx, &view).await,
                Err(trouble) => {
                    SPEC.found(&cx, Status::Unknown, "net-gateway-unknown").fact("reason", trouble.to_string())
                }
            };
            vec![found.remedy("restart-network")]
        })
    }
}

async fn look(cx: &Cx, view: &NetView) -> Finding {
    let links = judged(view, &cx.config.network.interfaces);
    if !links.iter().any(|one| carries(one.link)) {
        return SPEC.found(cx, Status::NotTested, "net-gateway-untested");
    }
    let alive = |route: &&Route| view.link(&route.interface).is_some_and(|link| link.carrier);
    match view.routes.iter().find(alive) {
        None if needs_none(cx).await => SPEC.found(cx, Status::Absent, "net-gateway-not-needed"),
        None => SPEC.found(cx, Status::Fail, "net-gateway-none"),
        Some(Route { gateway: None, interface, .. }) => {
            SPEC.found(cx, Status::Ok, "net-gateway-direct").fact("interface", interface.as_str())
        }
        Some(Route { gateway: Some(gateway), interface, .. }) => ask(cx, *gateway, interface).await,
    }
}

async fn ask(cx: &Cx, gateway: IpAddr, interface: &str) -> Finding {
    // Where it does not answer at once the two run side by side: a verdict must not take the sum.
    let beyond = async {
        tokio::time::sleep(DOUBT).await;
        something_beyond(cx, gateway.is_ipv4()).await
    };
    let (mut knock, mut beyond) = (std::pin::pin!(cx.host.knock(gateway, interface, KNOCK)), std::pin::pin!(beyond));
    let (knock, beyond) = tokio::select! {
        knock = &mut knock => match knock.life() {
            Life::Alive => (knock, true),
            _ => (knock, beyond.await),
        },
        yes = &mut beyond => (knock.await, yes),
    };
    let (status, code) = match knock.life() {
        Life::Alive if matches!(knock.ping, Ping::Answered { .. }) => (Status::Ok, "net-gateway-ok"),
        Life::Alive => (Status::Ok, "net-gateway-quiet"),
        // The neighbour table may lag behind: what came through is the stronger proof.
        _ if beyond => (Status::Ok, "net-gateway-quiet"),
        Life::Dead => (Status::Fail, "net-gateway-dead"),
        Life::Unclear if known_to_be_quiet(cx) => (Status::Unknown, "net-gateway-unclear"),
        Life::Unclear => (Status::Fail, "net-gateway-silent"),
    };
    with_facts(SPEC.found(cx, status, code), &knock).fact("gateway", gateway.to_string()).fact("interface", interface)
}

fn with_facts(found: Finding, knock: &Knock) -> Finding {
    let found = match knock.ping {
        Ping::Answered { rtt } => found.fact("icmp", "answered").fact("rtt_ms", ms(rtt)),
        Ping::Silent => found.fact("icmp", "silent"),
        Ping::Unreachable => found.fact("icmp", "unreachable"),
        Ping::Denied => found.fact("icmp", "denied"),
    };
    found.fact("arp", knock.neighbour.word())
}

/// It was alive without answering before: its silence means nothing now.
fn known_to_be_quiet(cx: &Cx) -> bool {
    let before = cx.previous.iter().find(|finding| finding.id == SPEC.id);
    before.is_some_and(|finding| {
        finding.code == "net-gateway-quiet" && finding.facts.get("icmp") == Some(&Fact::from("silent"))
    })
}

/// Something behind the gateway answered: a host, or a name server. What came over the other family of addresses, and
/// so over another gateway, counts only where nothing of this one was asked in vain.
async fn something_beyond(cx: &Cx, four: bool) -> bool {
    let host = async |host| match reach(cx, host).await {
        Reached::Dialled { to, dialled } if path(cx, to.ip()).await == "routed" => {
            let answered = matches!(dialled.tcp, Ok(_) | Err(ConnectFault::Refused | ConnectFault::Filtered));
            Some((to.is_ipv4(), answered))
        }
        _ => None,
    };
    let hosts = async { join_all(cx.config.host.iter().map(host)).await };
    let servers = async {
        let name = names::wanted(cx).await.into_iter().next().unwrap_or_else(|| ".".to_owned());
        let mut all = Vec::new();
        for server in names::servers(cx).await {
            if path(cx, server.ip()).await == "routed" {
                let spoke = cx.host.ask_dns(server, &name, names::ASK).await.spoke();
                all.push(Some((server.is_ipv4(), spoke)));
                if spoke && server.is_ipv4() == four {
                    break;
                }
            }
        }
        all
    };
    let (hosts, servers) = tokio::join!(hosts, servers);
    let all: Vec<(bool, bool)> = hosts.into_iter().chain(servers).flatten().collect();
    let own = || all.iter().filter(|(family, _)| *family == four);
    own().any(|(_, answered)| *answered) || own().next().is_none() && all.iter().any(|(_, answered)| *answered)
}

/// Every host is reached without a gateway, or nobody needs to go out.
async fn needs_none(cx: &Cx) -> bool {
    if cx.config.host.is_empty() {
        return false;
    }
    let near = join_all(cx.config.host.iter().map(async |host| match reach(cx, host).await {
        Reached::Dialled { to, .. } => path(cx, to.ip()).await != "routed",
        _ => false,
    }));
    near.await.into_iter().all(|near| near)
}
