//! Names: the system's own resolver, and one question to one name server, so that the broken one is named.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::time::{Duration, Instant};

use hickory_proto::op::{Message, MessageType, Query, ResponseCode};
use hickory_proto::rr::{Name, RData, RecordType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::{timeout, timeout_at};

use super::aside::aside;
use crate::platform::{DnsReply, LookupFault, Trouble};

/// Largest UDP answer that is looked at.
const DATAGRAM: usize = 4096;
/// Answers kept of one name.
const MOST: usize = 16;

/// Addresses of a name as programs on this machine get them.
pub async fn lookup(name: String, limit: Duration) -> Result<Vec<IpAddr>, LookupFault> {
    let found = aside(limit, move || (name.as_str(), 0).to_socket_addrs().map(Iterator::collect::<Vec<_>>)).await;
    match found {
        Ok(Ok(found)) => {
            let mut ips: Vec<IpAddr> = Vec::new();
            for ip in found.iter().map(SocketAddr::ip) {
                if !ips.contains(&ip) && ips.len() < MOST {
                    ips.push(ip);
                }
            }
            if ips.is_empty() { Err(LookupFault::NotFound) } else { Ok(ips) }
        }
        // The resolver's errors have no kind of their own: whatever it says, it found nothing.
        Ok(Err(_)) => Err(LookupFault::NotFound),
        Err(Trouble::Late) => Err(LookupFault::Late),
        Err(other) => Err(LookupFault::Other(other.to_string())),
    }
}

/// Asks one server for the addresses of a name: IPv4, and IPv6 where there are none. A lost packet is sent once more.
pub async fn ask(server: SocketAddr, name: &str, limit: Duration) -> DnsReply {
    // A name that cannot be written in a question does not exist.
    let Ok(mut name) = Name::from_utf8(name) else { return DnsReply::NoName { rtt: Duration::ZERO } };
    name.set_fqdn(true);
    match ask_kind(server, &name, RecordType::A, limit).await {
        DnsReply::NoData { rtt } => match ask_kind(server, &name, RecordType::AAAA, limit / 2).await {
            found @ DnsReply::Addresses { .. } => found,
            _ => DnsReply::NoData { rtt },
        },
        other => other,
    }
}

async fn ask_kind(server: SocketAddr, name: &Name, kind: RecordType, limit: Duration) -> DnsReply {
    let mut question = Message::query();
    question.metadata.recursion_desired = true;
    question.add_query(Query::query(name.clone(), kind));
    over_udp(server, &question, limit).await
}

async fn over_udp(server: SocketAddr, question: &Message, limit: Duration) -> DnsReply {
    let began = Instant::now();
    let start = tokio::time::Instant::now();
    let (mut again, end) = (Some(start + limit / 2), start + limit);
    let bind: SocketAddr = if server.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0u16; 8], 0).into() };
    let Ok(bytes) = question.to_vec() else { return DnsReply::NoName { rtt: Duration::ZERO } };
    let socket = match UdpSocket::bind(bind).await {
        Ok(socket) => socket,
        Err(error) => return fault(&error),
    };
    if let Err(error) = socket.connect(server).await {
        return fault(&error);
    }
    if let Err(error) = socket.send(&bytes).await {
        return fault(&error);
    }
    let mut buffer = [0; DATAGRAM];
    let mut garbage = false;
    loop {
        match timeout_at(again.unwrap_or(end), socket.recv(&mut buffer)).await {
            // The same question on the same socket: an answer that is merely late still counts.
            Err(_) if again.take().is_some() => {
                let _ = socket.send(&bytes).await;
            }
            Err(_) => return if garbage { DnsReply::Garbage } else { DnsReply::Silent },
            Ok(Err(error)) => return fault(&error),
            Ok(Ok(size)) => match judge(&buffer[..size], question, began) {
                Judged::Reply(reply) => return reply,
                Judged::Cut => {
                    let rest = end.saturating_duration_since(tokio::time::Instant::now());
                    return timeout(rest, over_tcp(server, &bytes, question, began)).await.unwrap_or(DnsReply::Silent);
                }
                // Whoever answers nonsense first may be forging: wait for the true answer.
                Judged::Nonsense => garbage = true,
            },
        }
    }
}

/// The same question over TCP, where the answer did not fit into a datagram.
async fn over_tcp(server: SocketAddr, bytes: &[u8], question: &Message, began: Instant) -> DnsReply {
    let talk = async {
        let mut stream = TcpStream::connect(server).await?;
        let size = u16::try_from(bytes.len()).map_err(std::io::Error::other)?;
        stream.write_all(&[&size.to_be_bytes(), bytes].concat()).await?;
        // The length is 16 bits: that bounds the answer.
        let size = stream.read_u16().await?;
        let mut answer = vec![0; usize::from(size)];
        stream.read_exact(&mut answer).await?;
        Ok::<_, std::io::Error>(answer)
    };
    match talk.await {
        Ok(answer) => match judge(&answer, question, began) {
            Judged::Reply(reply) => reply,
            Judged::Cut | Judged::Nonsense => DnsReply::Garbage,
        },
        Err(error) => fault(&error),
    }
}

enum Judged {
    Reply(DnsReply),
    /// Cut off: ask again over TCP.
    Cut,
    Nonsense,
}

fn judge(bytes: &[u8], question: &Message, began: Instant) -> Judged {
    let Ok(answer) = Message::from_vec(bytes) else { return Judged::Nonsense };
    let about_ours = answer.queries.is_empty()
        || answer.queries.first().map(Query::name) == question.queries.first().map(Query::name);
    if answer.metadata.id != question.metadata.id
        || answer.metadata.message_type != MessageType::Response
        || !about_ours
    {
        return Judged::Nonsense;
    }
    if answer.metadata.truncation {
        return Judged::Cut;
    }
    let rtt = began.elapsed();
    Judged::Reply(match answer.metadata.response_code {
        ResponseCode::NoError => {
            let ips: Vec<IpAddr> = answer.answers.iter().filter_map(|row| ip_of(&row.data)).take(MOST).collect();
            if ips.is_empty() { DnsReply::NoData { rtt } } else { DnsReply::Addresses { ips, rtt } }
        }
        ResponseCode::NXDomain => DnsReply::NoName { rtt },
        ResponseCode::ServFail => DnsReply::Error { code: "servfail".to_owned(), rtt },
        ResponseCode::Refused => DnsReply::Error { code: "refused".to_owned(), rtt },
        other => DnsReply::Error { code: format!("rcode-{}", u16::from(other)), rtt },
    })
}

fn ip_of(data: &RData) -> Option<IpAddr> {
    match data {
        RData::A(ip) => Some(IpAddr::V4(ip.0)),
        RData::AAAA(ip) => Some(IpAddr::V6(ip.0)),
        _ => None,
    }
}

fn fault(error: &std::io::Error) -> DnsReply {
    match error.kind() {
        ErrorKind::ConnectionRefused => DnsReply::Refused,
        ErrorKind::NetworkUnreachable
        | ErrorKind::HostUnreachable
        | ErrorKind::NetworkDown
        | ErrorKind::AddrNotAvailable => DnsReply::Unreachable,
        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset => DnsReply::Garbage,
        _ => DnsReply::Silent,
    }
}

/// The reader on any bytes, for tests.
#[cfg(test)]
pub fn read_anything(bytes: &[u8]) {
    let mut question = Message::query();
    if let Ok(answer) = Message::from_vec(bytes) {
        question.metadata.id = answer.metadata.id;
    }
    judge(bytes, &question, Instant::now());
}
