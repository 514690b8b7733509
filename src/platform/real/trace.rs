//! The way to a host, station by station. Each question is a connection to the host's own port whose packets live so
//! many stations: every firewall on the way treats it as it treats a sale's. The stations' answers come by the socket's
//! error queue (`IP_RECVERR`, as tracepath has it), so this needs no right at all; raw sockets, which the tracing
//! crates use, would need one that the agent does not have. No data is ever sent to the host.

use std::io::IoSliceMut;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::{AsRawFd, OwnedFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::socket::sockopt::{Ipv4RecvErr, Ipv4Ttl, Ipv6RecvErr, Ipv6Ttl, SocketError};
use nix::sys::socket::{
    AddressFamily, ControlMessageOwned, MsgFlags, SockFlag, SockType, SockaddrStorage, connect, getsockname,
    getsockopt, recvmsg, setsockopt, socket,
};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::time::Timespec;

use super::aside::aside;
use crate::platform::{HopSeen, TraceEnd, TraceSeen};

/// Stations that are asked at most.
const MOST: u8 = 30;
/// So many silent ones in a row, and nobody is behind them.
const BLIND: u8 = 5;
/// Questions to each. A Linux router answers six at once and then one a second: more would look like loss.
const ROUNDS: u16 = 5;
/// Unanswered questions under way while the distance is not known: a host must not be overrun.
const AHEAD: usize = 3;
/// Younger than this a question keeps others from being asked.
const YOUNG: Duration = Duration::from_millis(400);
/// Between two rounds.
const GAP: Duration = Duration::from_millis(250);
/// An answer is awaited at least and at most this long.
const SHORT: Duration = Duration::from_millis(700);
const LONG: Duration = Duration::from_millis(2_800);
/// The kernel asks again after a second: a later answer of one that is quick else is not to the first question.
const AGAIN: Duration = Duration::from_millis(950);
const STEP: Duration = Duration::from_millis(20);

/// Asks the stations between here and `to`.
pub async fn trace(to: SocketAddr, limit: Duration) -> TraceSeen {
    let untold = |reason: String| TraceSeen { hops: Vec::new(), end: TraceEnd::Untold(reason) };
    match aside(limit + Duration::from_millis(500), move || Walk::new(to, limit).go()).await {
        Ok(Ok(seen)) => seen,
        Ok(Err(errno)) => untold(errno.desc().to_owned()),
        Err(trouble) => untold(trouble.to_string()),
    }
}

/// A question under way.
struct Asked {
    ttl: u8,
    at: Instant,
    socket: OwnedFd,
}

/// What came back to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    /// The packet died there.
    Station(IpAddr),
    Open,
    Refused,
    Stop {
        by: IpAddr,
        forbidden: bool,
    },
    /// It did not leave this machine.
    NotSent,
}

struct Told {
    ttl: u8,
    said: Said,
    rtt: Duration,
}

struct Walk {
    to: SocketAddr,
    until: Instant,
    under_way: Vec<Asked>,
    told: Vec<Told>,
    /// Questions by lifetime.
    sent: [u16; MOST as usize + 1],
    /// Our own addresses: a neighbour that is not there is told by ourselves.
    own: Option<IpAddr>,
}

impl Walk {
    fn new(to: SocketAddr, limit: Duration) -> Self {
        Self {
            to,
            until: Instant::now() + limit,
            under_way: Vec::new(),
            told: Vec::new(),
            sent: [0; MOST as usize + 1],
            own: None,
        }
    }

    fn go(mut self) -> nix::Result<TraceSeen> {
        self.find_end()?;
        let last = self.end_at().unwrap_or_else(|| self.heard_to().saturating_add(1)).min(MOST);
        if self.told.iter().all(|told| told.said != Said::NotSent) {
            for _ in 1..ROUNDS {
                let next = Instant::now() + GAP;
                for ttl in 1..=last {
                    self.ask(ttl)?;
                }
                self.listen_until(next)?;
                std::thread::sleep(next.saturating_duration_since(Instant::now()));
            }
        }
        let patience = self.told.iter().map(|told| told.rtt * 3).max().unwrap_or(LONG).clamp(SHORT, LONG);
        self.listen_until(Instant::now() + patience)?;
        Ok(self.seen(last))
    }

    /// Asks farther and farther until somebody stands at the end, or nobody answers any more.
    fn find_end(&mut self) -> nix::Result<()> {
        let mut ttl = 1;
        while self.end_at().is_none() && Instant::now() < self.until {
            let young = self.under_way.iter().filter(|asked| asked.at.elapsed() < YOUNG).count();
            let near = ttl <= MOST && ttl <= self.heard_to().saturating_add(BLIND);
            if near && young < AHEAD {
                self.ask(ttl)?;
                ttl += 1;
            } else if !near && self.under_way.iter().all(|asked| asked.at.elapsed() > LONG) {
                break;
            }
            self.listen(STEP)?;
        }
        Ok(())
    }

    /// The farthest station that said something.
    fn heard_to(&self) -> u8 {
        self.told.iter().map(|told| told.ttl).max().unwrap_or(0)
    }

    /// The nearest lifetime with which the end of the way was reached.
    fn end_at(&self) -> Option<u8> {
        self.told.iter().filter(|told| !matches!(told.said, Said::Station(_))).map(|told| told.ttl).min()
    }

    fn ask(&mut self, ttl: u8) -> nix::Result<()> {
        let four = self.to.is_ipv4();
        let family = if four { AddressFamily::Inet } else { AddressFamily::Inet6 };
        let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
        let socket = socket(family, SockType::Stream, flags, None)?;
        if four {
            setsockopt(&socket, Ipv4RecvErr, &true)?;
            setsockopt(&socket, Ipv4Ttl, &i32::from(ttl))?;
        } else {
            setsockopt(&socket, Ipv6RecvErr, &true)?;
            setsockopt(&socket, Ipv6Ttl, &i32::from(ttl))?;
        }
        self.sent[usize::from(ttl)] += 1;
        let at = Instant::now();
        match connect(socket.as_raw_fd(), &SockaddrStorage::from(self.to)) {
            Ok(()) => self.told.push(Told { ttl, said: Said::Open, rtt: at.elapsed() }),
            Err(Errno::EINPROGRESS) => {
                self.own = self.own.or_else(|| own_address(&socket));
                self.under_way.push(Asked { ttl, at, socket });
            }
            Err(Errno::ECONNREFUSED) => self.told.push(Told { ttl, said: Said::Refused, rtt: at.elapsed() }),
            Err(Errno::ENETUNREACH | Errno::EHOSTUNREACH | Errno::EACCES | Errno::EPERM | Errno::EINVAL) => {
                self.told.push(Told { ttl, said: Said::NotSent, rtt: at.elapsed() });
            }
            Err(errno) => return Err(errno),
        }
        Ok(())
    }

    fn listen_until(&mut self, end: Instant) -> nix::Result<()> {
        let end = end.min(self.until);
        while !self.under_way.is_empty() && Instant::now() < end {
            self.listen(end.saturating_duration_since(Instant::now()))?;
        }
        Ok(())
    }

    /// Takes what has come within `wait`.
    fn listen(&mut self, wait: Duration) -> nix::Result<()> {
        let mut fds: Vec<PollFd<'_>> =
            self.under_way.iter().map(|asked| PollFd::new(&asked.socket, PollFlags::OUT)).collect();
        let wait = Timespec::try_from(wait).unwrap_or_default();
        match poll(&mut fds, Some(&wait)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(Errno::from_raw(error.raw_os_error())),
        }
        let woken: Vec<bool> = fds.iter().map(|fd| !fd.revents().is_empty()).collect();
        drop(fds);
        let mut woken = woken.into_iter();
        let (own, mut told) = (self.own, Vec::new());
        self.under_way.retain(|asked| {
            let said = woken.next().filter(|woken| *woken).and_then(|_| heard(&asked.socket, own));
            told.extend(said.map(|said| Told { ttl: asked.ttl, said, rtt: asked.at.elapsed() }));
            said.is_none()
        });
        self.told.append(&mut told);
        Ok(())
    }

    fn seen(&self, last: u8) -> TraceSeen {
        let end = self.end();
        let mut hops: Vec<HopSeen> = (1..=last).map(|ttl| self.hop(ttl)).collect();
        // Who says stop is a station already, or the first behind the last.
        if let TraceEnd::Said { by, .. } = end
            && hops.iter().rev().skip(1).any(|hop| hop.ip == Some(by))
        {
            hops.pop();
        }
        if matches!(end, TraceEnd::NotSent | TraceEnd::NoNeighbour) {
            hops.clear();
        }
        while hops.last().is_some_and(|hop| hop.ip.is_none()) {
            hops.pop();
        }
        TraceSeen { hops, end }
    }

    fn end(&self) -> TraceEnd {
        let any = |said: Said| self.told.iter().any(|told| told.said == said);
        let stop = || {
            self.told.iter().find_map(|told| match told.said {
                Said::Stop { by, forbidden } => Some((by, forbidden)),
                _ => None,
            })
        };
        if any(Said::Open) {
            TraceEnd::Open
        } else if any(Said::Refused) {
            TraceEnd::Refused
        } else if any(Said::NotSent) {
            TraceEnd::NotSent
        } else if let Some((by, forbidden)) = stop() {
            if Some(by) == self.own { TraceEnd::NoNeighbour } else { TraceEnd::Said { by, forbidden } }
        } else {
            TraceEnd::Silent
        }
    }

    fn hop(&self, ttl: u8) -> HopSeen {
        let own = self.told.iter().filter(|told| told.ttl == ttl);
        let ip = own.clone().find_map(|told| match told.said {
            Said::Station(ip) | Said::Stop { by: ip, .. } => Some(ip),
            Said::Open | Said::Refused => Some(self.to.ip()),
            Said::NotSent => None,
        });
        let mut rtts: Vec<Duration> = own.map(|told| told.rtt).collect();
        if rtts.iter().min().is_some_and(|fastest| *fastest < AGAIN / 2) {
            rtts.retain(|rtt| *rtt < AGAIN);
        }
        HopSeen { ip, sent: self.sent[usize::from(ttl)], rtts }
    }
}

fn own_address(socket: &OwnedFd) -> Option<IpAddr> {
    let own: SockaddrStorage = getsockname(socket.as_raw_fd()).ok()?;
    match (own.as_sockaddr_in(), own.as_sockaddr_in6()) {
        (Some(four), _) => Some(four.ip().into()),
        (_, Some(six)) => Some(six.ip().into()),
        _ => None,
    }
}

/// What a socket that woke up has to say; none where it woke up for nothing.
fn heard(socket: &OwnedFd, own: Option<IpAddr>) -> Option<Said> {
    if let Some(said) = queued(socket) {
        return Some(said);
    }
    match getsockopt(socket, SocketError) {
        // Connected: the socket has no error, and a peer.
        Ok(0) => nix::sys::socket::getpeername::<SockaddrStorage>(socket.as_raw_fd()).ok().map(|_| Said::Open),
        Ok(code) => Some(match Errno::from_raw(code) {
            Errno::ECONNREFUSED | Errno::ECONNRESET => Said::Refused,
            // Nobody tells from where: this machine itself.
            _ => own.map_or(Said::NotSent, |by| Said::Stop { by, forbidden: false }),
        }),
        Err(_) => None,
    }
}

/// The message of a station in the error queue.
fn queued(socket: &OwnedFd) -> Option<Said> {
    let (mut data, mut space) = ([0; 128], [0; 512]);
    let mut iov = [IoSliceMut::new(&mut data)];
    let message =
        recvmsg::<()>(socket.as_raw_fd(), &mut iov, Some(&mut space), MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT)
            .ok()?;
    message.cmsgs().ok()?.find_map(|control| match control {
        ControlMessageOwned::Ipv4RecvErr(error, Some(from)) => {
            let by = IpAddr::V4(Ipv4Addr::from(u32::from_be(from.sin_addr.s_addr)));
            said(by, (error.ee_origin, error.ee_type, error.ee_code))
        }
        ControlMessageOwned::Ipv6RecvErr(error, Some(from)) => {
            let by = IpAddr::V6(Ipv6Addr::from(from.sin6_addr.s6_addr));
            said(by, (error.ee_origin, error.ee_type, error.ee_code))
        }
        _ => None,
    })
}

/// Origin (linux/errqueue.h), type and code of an ICMP message (RFC 792, RFC 4443).
const fn said(by: IpAddr, (origin, kind, code): (u8, u8, u8)) -> Option<Said> {
    match (origin, kind) {
        (2, 11) | (3, 3) => Some(Said::Station(by)),
        (2, 3) => Some(Said::Stop { by, forbidden: matches!(code, 9 | 10 | 13) }),
        (3, 1) => Some(Said::Stop { by, forbidden: code == 1 }),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_host_of_this_machine_is_reached_at_once() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let seen = trace(at, Duration::from_secs(8)).await;
        assert_eq!((seen.end, seen.hops.len()), (TraceEnd::Open, 1));
        assert_eq!((seen.hops[0].ip, seen.hops[0].lost_percent()), (Some(at.ip()), 0));
        drop(listener);
        assert_eq!(trace(at, Duration::from_secs(8)).await.end, TraceEnd::Refused);
    }

    #[test]
    fn messages_of_stations_are_told_apart() {
        let by = IpAddr::from([192, 0, 2, 1]);
        assert_eq!(said(by, (2, 11, 0)), Some(Said::Station(by)));
        assert_eq!(said(by, (2, 3, 1)), Some(Said::Stop { by, forbidden: false }));
        assert_eq!(said(by, (2, 3, 13)), Some(Said::Stop { by, forbidden: true }));
        assert_eq!(said(by, (3, 1, 1)), Some(Said::Stop { by, forbidden: true }));
        assert_eq!(said(by, (1, 11, 0)), None);
    }
}
