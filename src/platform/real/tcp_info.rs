//! One TCP connection as the kernel sees it: what its peer has confirmed. Asked by the kernel's socket diagnostics
//! (sock_diag(7), inet_diag_req_v2), which needs no right.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use rtnetlink::sys::protocols::NETLINK_SOCK_DIAG;
use rtnetlink::sys::{Socket, SocketAddr as NetlinkAddr};

use super::{aside::aside, netlink};
use crate::model::Session;
use crate::platform::{TcpSeen, Trouble};

const LIMIT: Duration = Duration::from_secs(2);

/// `SOCK_DIAG_BY_FAMILY`
const BY_FAMILY: u16 = 20;
/// `NLM_F_REQUEST`
const REQUEST: u16 = 1;
/// `NLM_F_ROOT | NLM_F_MATCH`
const DUMP: u16 = 0x300;
/// `NLMSG_DONE`
const DONE: u16 = 3;
/// `INET_DIAG_INFO`
const INFO: u16 = 2;
const TCP: u8 = 6;
/// Length of a netlink header, and of `inet_diag_msg`.
const HEADER: usize = 16;
const MESSAGE: usize = 72;
/// Where `struct tcp_info` has `tcpi_unacked`, `tcpi_bytes_acked` and `tcpi_bytes_received`.
const UNACKED: usize = 24;
const ACKED: usize = 120;
const RECEIVED: usize = 128;

/// Looks a connection up; none when there is no such one, [`Trouble::Missing`] where the kernel does not tell of any
/// (`tcp_diag` is a module).
pub async fn look(session: Session) -> Result<Option<TcpSeen>, Trouble> {
    let Some(mut seen) = aside(LIMIT, move || ask(session)).await?? else {
        let tells = aside(LIMIT, tells).await??;
        return if tells { Ok(None) } else { Err(Trouble::Missing) };
    };
    seen.inner = session.peer.ip().is_loopback() || inner(session).await;
    Ok(Some(seen))
}

/// Both ends here, or the terminal's end on a tunnel: whatever passes there says nothing about the way outside.
async fn inner(session: Session) -> bool {
    let Ok(view) = netlink::view().await else { return true };
    if view.link_of(plain(session.peer.ip())).is_some() {
        return true;
    }
    let Some(link) = view.link_of(plain(session.local.ip())) else { return true };
    let place = std::path::Path::new("/sys/class/net").join(&link.name);
    let kind = std::fs::read_to_string(place.join("type")).unwrap_or_default();
    // ARPHRD_NONE, TUNNEL, TUNNEL6, SIT, IPGRE; taps carry frames, but have flags of their own.
    matches!(kind.trim(), "65534" | "768" | "769" | "776" | "778") || place.join("tun_flags").exists()
}

/// An IPv4 address as such, also where a socket for both families shows it.
fn plain(ip: IpAddr) -> IpAddr {
    ip.to_canonical()
}

fn ask(session: Session) -> Result<Option<TcpSeen>, Trouble> {
    let mut socket = Socket::new(NETLINK_SOCK_DIAG)?;
    socket.bind_auto()?;
    socket.set_non_blocking(true)?;
    // sshd listens for both families: an IPv4 connection may live on an IPv6 socket.
    for mapped in [false, true] {
        if mapped && session.local.is_ipv6() {
            break;
        }
        socket.send_to(&question(session, mapped), &NetlinkAddr::new(0, 0), 0)?;
        let mut answer = Vec::with_capacity(4_096);
        socket.recv(&mut answer, 0)?;
        if let Some(seen) = read(&answer) {
            return Ok(Some(seen));
        }
    }
    Ok(None)
}

/// Whether the kernel tells of TCP connections at all: "no such connection" and "nobody knows of any" are the same
/// error. Asked for all those in no state, it answers with an empty list, or with an error.
fn tells() -> Result<bool, Trouble> {
    let mut socket = Socket::new(NETLINK_SOCK_DIAG)?;
    socket.bind_auto()?;
    socket.set_non_blocking(true)?;
    let mut asked = head(REQUEST | DUMP, false, 0);
    asked.extend([0; 4 + 32 + 12]);
    socket.send_to(&asked, &NetlinkAddr::new(0, 0), 0)?;
    let mut answer = Vec::with_capacity(4_096);
    socket.recv(&mut answer, 0)?;
    Ok(empty_list(&answer))
}

/// `NLMSG_DONE` without an error.
fn empty_list(answer: &[u8]) -> bool {
    let kind = answer.get(4..6).and_then(|bytes| bytes.try_into().ok()).map(u16::from_ne_bytes);
    let error = answer.get(HEADER..HEADER + 4).and_then(|bytes| bytes.try_into().ok()).map(i32::from_ne_bytes);
    kind == Some(DONE) && error.is_none_or(|error| error >= 0)
}

/// A netlink header and the first words of `inet_diag_req_v2`, up to the states that are wanted.
fn head(flags: u16, six: bool, states: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER + 56);
    out.extend((HEADER as u32 + 56).to_ne_bytes());
    out.extend(BY_FAMILY.to_ne_bytes());
    out.extend(flags.to_ne_bytes());
    out.extend([0; 8]);
    // AF_INET, AF_INET6
    out.extend([if six { 10 } else { 2 }, TCP, 1 << (INFO - 1), 0]);
    out.extend(states.to_ne_bytes());
    out
}

/// The request for exactly this connection.
fn question(session: Session, mapped: bool) -> Vec<u8> {
    let six = mapped || session.local.is_ipv6();
    let mut out = head(REQUEST, six, u32::MAX);
    out.extend(session.local.port().to_be_bytes());
    out.extend(session.peer.port().to_be_bytes());
    out.extend(octets(session.local, six));
    out.extend(octets(session.peer, six));
    out.extend([0; 4]);
    // No cookie known.
    out.extend([0xff; 8]);
    out
}

fn octets(at: SocketAddr, six: bool) -> [u8; 16] {
    let mut out = [0; 16];
    match at.ip() {
        IpAddr::V6(ip) => out = ip.octets(),
        IpAddr::V4(ip) if six => out = ip.to_ipv6_mapped().octets(),
        IpAddr::V4(ip) => out[..4].copy_from_slice(&ip.octets()),
    }
    out
}

/// The answer's `tcp_info`; none for an error (no such connection).
fn read(answer: &[u8]) -> Option<TcpSeen> {
    let kind = u16::from_ne_bytes(answer.get(4..6)?.try_into().ok()?);
    if kind != BY_FAMILY {
        return None;
    }
    let total = u32::from_ne_bytes(answer.get(..4)?.try_into().ok()?) as usize;
    let mut rest = answer.get(HEADER + MESSAGE..total.min(answer.len()))?;
    while let (Some(size), Some(kind)) = (rest.get(..2), rest.get(2..4)) {
        let size = usize::from(u16::from_ne_bytes(size.try_into().ok()?));
        let kind = u16::from_ne_bytes(kind.try_into().ok()?);
        if size < 4 {
            return None;
        }
        if kind == INFO {
            let info = rest.get(4..size)?;
            let long = |at: usize| Some(u64::from_ne_bytes(info.get(at..at + 8)?.try_into().ok()?));
            let unacked = u32::from_ne_bytes(info.get(UNACKED..UNACKED + 4)?.try_into().ok()?);
            return Some(TcpSeen { acked: long(ACKED)?, received: long(RECEIVED)?, unacked, inner: false });
        }
        rest = rest.get(size.next_multiple_of(4)..)?;
    }
    None
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[tokio::test]
    async fn what_the_peer_confirmed_is_seen_and_loopback_proves_nothing() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut far, _) = listener.accept().unwrap();
        let session = Session { peer: far.local_addr().unwrap(), local: near.local_addr().unwrap() };
        let Ok(Some(before)) = look(session).await else {
            println!("skipped: this kernel has no socket diagnostics");
            return;
        };
        near.write_all(b"0123456789").unwrap();
        far.read_exact(&mut [0; 10]).unwrap();
        let after = look(session).await.unwrap().unwrap();
        assert_eq!(after.acked, before.acked + 10);
        assert!(after.inner);
        let nobody = Session { peer: "192.0.2.1:9".parse().unwrap(), ..session };
        assert_eq!(look(nobody).await.unwrap(), None);
    }

    #[test]
    fn a_kernel_without_the_module_is_no_kernel_without_the_connection() {
        let done = |error: i32| {
            let mut bytes = vec![0; HEADER];
            bytes[4..6].copy_from_slice(&DONE.to_ne_bytes());
            bytes.extend(error.to_ne_bytes());
            bytes
        };
        assert!(empty_list(&done(0)));
        // -ENOENT
        assert!(!empty_list(&done(-2)) && !empty_list(&[]) && !empty_list(&[0xff; 40]));
    }

    #[test]
    fn a_torn_answer_is_no_answer() {
        for size in 0..200 {
            let mut bytes = vec![0xff; size];
            assert_eq!(read(&bytes), None);
            if size > 8 {
                bytes[4..6].copy_from_slice(&BY_FAMILY.to_ne_bytes());
                let _ = read(&bytes);
                bytes[..4].copy_from_slice(&(size as u32).to_ne_bytes());
                let _ = read(&bytes);
            }
        }
    }
}
