//! Offset of the clock against a time server.

use std::net::SocketAddr;
use std::time::Duration;

use sntpc::{Error, NtpContext, NtpTimestampGenerator, NtpUdpSocket};
use tokio::net::UdpSocket;

use crate::platform::{TimeFault, TimeSeen};

/// The system clock for the library.
#[derive(Clone, Copy, Default)]
struct Clock {
    micros: u64,
}

impl NtpTimestampGenerator for Clock {
    fn init(&mut self) {
        self.micros = u64::try_from(jiff::Timestamp::now().as_microsecond()).unwrap_or(0);
    }

    fn timestamp_sec(&self) -> u64 {
        self.micros / 1_000_000
    }

    fn timestamp_subsec_micros(&self) -> u32 {
        (self.micros % 1_000_000) as u32
    }
}

/// A connected socket: the kernel drops what comes from anybody else, and tells of a closed port.
struct Wire(UdpSocket);

impl NtpUdpSocket for Wire {
    async fn send_to(&self, buf: &[u8], _: SocketAddr) -> sntpc::Result<usize> {
        self.0.send(buf).await.map_err(|_| Error::Network)
    }

    async fn recv_from(&self, buf: &mut [u8]) -> sntpc::Result<(usize, SocketAddr)> {
        let size = self.0.recv(buf).await.map_err(|_| Error::Network)?;
        let peer = self.0.peer_addr().map_err(|_| Error::Network)?;
        Ok((size, peer))
    }
}

/// Asks once, and once more where nothing came back.
pub async fn ask(server: SocketAddr, limit: Duration) -> Result<TimeSeen, TimeFault> {
    let mut last = TimeFault::Silent;
    for _ in 0..2 {
        match tokio::time::timeout(limit / 2, ask_once(server)).await {
            Ok(Ok(seen)) => return Ok(seen),
            Ok(Err(fault)) => last = fault,
            Err(_) => {}
        }
    }
    Err(last)
}

async fn ask_once(server: SocketAddr) -> Result<TimeSeen, TimeFault> {
    let bind: SocketAddr = if server.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0u16; 8], 0).into() };
    let socket = UdpSocket::bind(bind).await.map_err(|_| TimeFault::Silent)?;
    socket.connect(server).await.map_err(|_| TimeFault::Silent)?;
    match sntpc::get_time(server, &Wire(socket), NtpContext::new(Clock::default())).await {
        Ok(seen) => {
            Ok(TimeSeen { offset_us: seen.offset, rtt: Duration::from_micros(seen.roundtrip), stratum: seen.stratum })
        }
        Err(Error::Network) => Err(TimeFault::Refused),
        Err(Error::UnsynchronizedClock) => Err(TimeFault::Useless("unsynchronised".to_owned())),
        Err(Error::KissOfDeath(code)) => Err(TimeFault::Useless(format!("kiss-{}", code.as_str().to_lowercase()))),
        Err(other) => Err(TimeFault::Useless(format!("{other:?}"))),
    }
}
