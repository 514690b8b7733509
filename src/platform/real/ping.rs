//! ICMP echo and other signs of life of a neighbour.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr, SocketAddrV6};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use rtnetlink::packet_route::neighbour::NeighbourState;
use surge_ping::{Client, Config, ICMP, IcmpPacket, PingIdentifier, PingSequence, SurgeError};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

use super::netlink;
use crate::platform::{Knock, Neighbour, Ping, Train, TrainSeen};

const TRIES: u16 = 3;
/// Whoever answers a train in a few milliseconds is not waited for longer than this behind its end.
const ENOUGH: Duration = Duration::from_millis(900);

/// ICMP echo, up to three times within `limit`, each awaited to its end; `scope` is the interface of a link-local IPv6
/// address.
pub async fn ping(to: IpAddr, scope: u32, limit: Duration) -> Ping {
    let client = match client(to) {
        Ok(client) => client,
        Err(ping) => return ping,
    };
    let mut echoes: FuturesUnordered<_> = (0..TRIES)
        .map(|sequence| {
            echo(&client, to, scope, sequence, limit / u32::from(TRIES) * u32::from(sequence), limit, b"pos-console")
        })
        .collect();
    let mut said_unreachable = false;
    while let Some(ping) = echoes.next().await {
        match ping {
            Ping::Answered { .. } | Ping::Denied => return ping,
            Ping::Unreachable => said_unreachable = true,
            Ping::Silent => {}
        }
    }
    if said_unreachable { Ping::Unreachable } else { Ping::Silent }
}

/// A train of echoes. Whoever answers is not waited for longer than its answers need.
pub async fn train(to: IpAddr, train: Train) -> TrainSeen {
    let mut seen = TrainSeen { sent: train.count, ..TrainSeen::default() };
    let client = match client(to) {
        Ok(client) => client,
        Err(ping) => return TrainSeen { denied: ping == Ping::Denied, ..seen },
    };
    let data = vec![b'p'; train.size];
    let last = train.gap * u32::from(train.count.saturating_sub(1));
    let mut echoes: FuturesUnordered<_> = (0..train.count)
        .map(|sequence| {
            let after = train.gap * u32::from(sequence);
            let (client, data) = (&client, &data);
            async move { (sequence, echo(client, to, 0, sequence, after, after + train.wait, data).await) }
        })
        .collect();
    let began = tokio::time::Instant::now();
    let mut rtts: Vec<(u16, Duration)> = Vec::new();
    loop {
        let patience = match rtts.iter().map(|(_, rtt)| *rtt).max() {
            Some(longest) => train.wait.min(ENOUGH.max(longest * 3)),
            None => train.wait,
        };
        match tokio::time::timeout_at(began + last + patience, echoes.next()).await {
            Ok(Some((_, Ping::Denied))) => return TrainSeen { denied: true, ..seen },
            Ok(Some((sequence, Ping::Answered { rtt }))) => rtts.push((sequence, rtt)),
            Ok(Some(_)) => {}
            Ok(None) | Err(_) => break,
        }
    }
    rtts.sort_unstable();
    seen.rtts = rtts.into_iter().map(|(_, rtt)| rtt).collect();
    seen
}

fn client(to: IpAddr) -> Result<Client, Ping> {
    let kind = if to.is_ipv4() { ICMP::V4 } else { ICMP::V6 };
    Client::new(&Config::builder().kind(kind).build()).map_err(|error| match error.kind() {
        ErrorKind::PermissionDenied => Ping::Denied,
        // An IPv6 socket on a kernel without IPv6.
        _ => Ping::Unreachable,
    })
}

/// One echo, sent `after` so long and awaited `until` then, both from now on.
async fn echo(
    client: &Client,
    to: IpAddr,
    scope: u32,
    sequence: u16,
    after: Duration,
    until: Duration,
    data: &[u8],
) -> Ping {
    tokio::time::sleep(after).await;
    let mut pinger = client.pinger(to, PingIdentifier(own_number())).await;
    pinger.scope_id(scope).timeout(until.saturating_sub(after));
    match pinger.ping(PingSequence(sequence), data).await {
        Ok((packet, rtt)) if is_reply(&packet) => Ping::Answered { rtt },
        Ok(_) => Ping::Unreachable,
        Err(SurgeError::IOError(error)) => match error.kind() {
            ErrorKind::PermissionDenied => Ping::Denied,
            ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable => Ping::Unreachable,
            _ => Ping::Silent,
        },
        Err(_) => Ping::Silent,
    }
}

/// Tells our echoes from those of another process on raw sockets.
fn own_number() -> u16 {
    std::process::id() as u16
}

fn is_reply(packet: &IcmpPacket) -> bool {
    match packet {
        IcmpPacket::V4(packet) => packet.get_icmp_type().0 == 0,
        IcmpPacket::V6(packet) => packet.get_icmpv6_type().0 == 129,
    }
}

/// How much later than a refused port an echo may come back.
const GRACE: Duration = Duration::from_millis(500);

/// Any sign of life from a neighbour, within `limit`; the first one is enough.
pub async fn knock(to: IpAddr, interface: &str, limit: Duration) -> Knock {
    let scope = if to.is_ipv6() { netlink::index_of(interface).await.unwrap_or(0) } else { 0 };
    let began = Instant::now();
    let mut echo = std::pin::pin!(ping(to, scope, limit));
    let mut port = std::pin::pin!(any_port(to, scope, limit));
    let (ping, port_answered) = tokio::select! {
        ping = &mut echo => match ping {
            Ping::Answered { .. } => (ping, false),
            _ => (ping, port.await),
        },
        // Whoever refuses a port may still be about to answer the echo.
        yes = &mut port => if yes {
            (timeout(GRACE, echo).await.unwrap_or(Ping::Silent), true)
        } else {
            (echo.await, false)
        },
    };
    let neighbour = match netlink::neighbour(to).await {
        Ok(Some(entry)) => judge(entry, began.elapsed()),
        _ => Neighbour::Unknown,
    };
    Knock { ping, neighbour, port_answered }
}

/// What a table entry proves, `since` after the first packet went out.
fn judge(entry: netlink::NeighbourEntry, since: Duration) -> Neighbour {
    match entry.state {
        NeighbourState::Failed | NeighbourState::Incomplete => Neighbour::Failed,
        // Without address resolution nothing is ever confirmed.
        NeighbourState::Noarp | NeighbourState::Permanent => Neighbour::Unknown,
        _ if entry.heard.is_some_and(|heard| heard <= since) => Neighbour::Confirmed,
        _ => Neighbour::Remembered,
    }
}

/// Whether some port answers or refuses. It also makes the kernel look for the neighbour where echo is forbidden.
async fn any_port(to: IpAddr, scope: u32, limit: Duration) -> bool {
    let at = |port| match to {
        IpAddr::V4(ip) => SocketAddr::from((ip, port)),
        IpAddr::V6(ip) => SocketAddr::V6(SocketAddrV6::new(ip, port, 0, scope)),
    };
    let tcp = |port| async move {
        match timeout(limit, TcpStream::connect(at(port))).await {
            Ok(Ok(_)) => true,
            Ok(Err(error)) => error.kind() == ErrorKind::ConnectionRefused,
            Err(_) => false,
        }
    };
    let udp = async {
        let bind: SocketAddr = if to.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0u16; 8], 0).into() };
        let Ok(socket) = UdpSocket::bind(bind).await else { return false };
        // The first port of traceroute's range: nothing listens there, so a live neighbour says so.
        if socket.connect(at(33_434)).await.is_err() || socket.send(b"\0").await.is_err() {
            return false;
        }
        let mut answer = [0; 16];
        match timeout(limit, socket.recv(&mut answer)).await {
            Ok(Ok(_)) => true,
            Ok(Err(error)) => error.kind() == ErrorKind::ConnectionRefused,
            Err(_) => false,
        }
    };
    // The first yes decides; a no has to be everybody's.
    let mut all: Vec<std::pin::Pin<Box<dyn Future<Output = bool> + Send>>> =
        vec![Box::pin(tcp(53)), Box::pin(tcp(80)), Box::pin(udp)];
    while !all.is_empty() {
        let (yes, _, rest) = futures_util::future::select_all(all).await;
        if yes {
            return true;
        }
        all = rest;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn this_machine_answers_itself() {
        let home = IpAddr::from([127, 0, 0, 1]);
        let knock = knock(home, "lo", Duration::from_secs(2)).await;
        match knock.ping {
            Ping::Denied => println!("skipped: no echo requests for this user"),
            Ping::Answered { .. } => {}
            Ping::Silent => assert!(knock.port_answered, "neither an echo nor a port: {knock:?}"),
            Ping::Unreachable => assert!(knock.port_answered, "loopback is unreachable: {knock:?}"),
        }
        assert!(any_port(home, 0, Duration::from_secs(2)).await, "a closed port of our own refuses");
    }
}
