//! TCP connections: refused, filtered, timed out and unreachable are four different things.

use std::io::{Error, ErrorKind};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use nix::sys::socket::setsockopt;
use nix::sys::socket::sockopt::TcpMaxSeg;
use rustix::io::Errno;
use tokio::net::{TcpSocket, TcpStream};

use super::{ping, tls};
use crate::platform::{ConnectFault, Dialled, Ping, TlsAsk, TlsFault};

/// A payment host that has not accepted by then is as good as dead.
const CONNECT: Duration = Duration::from_secs(3);
/// An echo is sent meanwhile when the connection takes this long: it tells silence of the port from silence of the
/// host.
const DOUBT: Duration = Duration::from_millis(1_200);

/// Data bytes of a segment that gets through every tunnel.
const SMALL: u32 = 500;
/// A second look, when the first has already taken long.
const SECOND: Duration = Duration::from_millis(2_500);

/// As [`dial`], but neither end sends a packet that a narrow way could lose for its size.
pub async fn dial_small(to: SocketAddr, ask: Option<TlsAsk>) -> Dialled {
    let began = Instant::now();
    let opened = async {
        let socket = if to.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        setsockopt(&socket, TcpMaxSeg, &SMALL).map_err(Error::from)?;
        socket.connect(to).await
    };
    let stream = match tokio::time::timeout(SECOND, opened).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return Dialled { tcp: Err(fault(&error)), tls: None },
        Err(_) => return Dialled { tcp: Err(ConnectFault::Timeout), tls: None },
    };
    let (took, own) = (began.elapsed(), stream.local_addr().map_or(to.ip(), |own| own.ip()));
    let tls = match ask {
        Some(ask) => {
            Some(tokio::time::timeout(SECOND, tls::handshake(stream, ask)).await.unwrap_or(Err(TlsFault::Silent)))
        }
        None => None,
    };
    Dialled { tcp: Ok((took, own)), tls }
}

/// Opens a connection, makes the handshake where asked, and closes it again.
pub async fn dial(to: SocketAddr, ask: Option<TlsAsk>) -> Dialled {
    let began = Instant::now();
    let stream = match connect(to).await {
        Ok(stream) => stream,
        Err(fault) => return Dialled { tcp: Err(fault), tls: None },
    };
    let took = began.elapsed();
    let own = stream.local_addr().map_or(to.ip(), |own| own.ip());
    let tls = match ask {
        Some(ask) => Some(tls::handshake(stream, ask).await),
        None => None,
    };
    Dialled { tcp: Ok((took, own)), tls }
}

pub(super) async fn connect(to: SocketAddr) -> Result<TcpStream, ConnectFault> {
    let mut connecting = Box::pin(TcpStream::connect(to));
    if let Ok(result) = tokio::time::timeout(DOUBT, &mut connecting).await {
        return settle(result, to).await;
    }
    let rest = CONNECT.saturating_sub(DOUBT);
    let mut connecting = std::pin::pin!(tokio::time::timeout(rest, connecting));
    let mut echo = std::pin::pin!(ping::ping(to.ip(), 0, rest));
    let mut heard = None;
    // One that comes about late is not kept waiting for its echo.
    let result = loop {
        tokio::select! {
            result = &mut connecting => break result,
            ping = &mut echo, if heard.is_none() => heard = Some(ping),
        }
    };
    if let Ok(result) = result {
        return settle(result, to).await;
    }
    let echo = match heard {
        Some(ping) => ping,
        None => echo.await,
    };
    Err(if matches!(echo, Ping::Answered { .. }) { ConnectFault::Filtered } else { ConnectFault::Timeout })
}

async fn settle(result: std::io::Result<TcpStream>, to: SocketAddr) -> Result<TcpStream, ConnectFault> {
    match result {
        Ok(stream) => Ok(stream),
        Err(error) => match fault(&error) {
            // A firewall's "prohibited" and a router's "no such host" are one error here; the echo tells them apart.
            ConnectFault::Unreachable if error.kind() == ErrorKind::HostUnreachable => {
                let echo = ping::ping(to.ip(), 0, Duration::from_millis(900)).await;
                let filtered = matches!(echo, Ping::Answered { .. });
                Err(if filtered { ConnectFault::Filtered } else { ConnectFault::Unreachable })
            }
            fault => Err(fault),
        },
    }
}

fn fault(error: &Error) -> ConnectFault {
    match (error.kind(), Errno::from_io_error(error)) {
        (ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted, _) => {
            ConnectFault::Refused
        }
        // A local rule forbids it.
        (ErrorKind::PermissionDenied, _) | (_, Some(Errno::PERM | Errno::ACCESS)) => ConnectFault::Filtered,
        (ErrorKind::TimedOut, _) => ConnectFault::Timeout,
        _ => ConnectFault::Unreachable,
    }
}
