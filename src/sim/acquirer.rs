//! The acquirer's host on loopback: takes connections, answers messages, and fails in the way it is told to.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::SimError;
use super::bank::{Question, decide, issuer, reference};
use super::faults::{Fault, Faults};
use super::moment::{civil, now_ms, push_digits};
use super::tls::Papers;
use super::wire::{Message, WireError};

/// A connection that says nothing for so long is closed.
const IDLE: Duration = Duration::from_mins(5);

/// How the host decides and how long things take.
pub struct Manner {
    pub seed: u64,
    /// Minutes east of UTC on the host's clock.
    pub offset: i16,
    /// TLS, or plain TCP when there are none.
    pub papers: Option<Papers>,
    /// The time a bank needs to think is taken in this many thousandths: 1000 is real, 0 is at once.
    pub think_permille: u32,
    /// What `slow` adds to each answer; a third of it to each connection.
    pub slow: Duration,
}

/// The host, its port reserved.
pub struct Acquirer {
    port: u16,
    door: Door,
    manner: Arc<Manner>,
    faults: watch::Receiver<Faults>,
    /// The line to the acquirer is out: as `mute`, beside the faults.
    outage: watch::Receiver<bool>,
    applied: watch::Sender<Faults>,
}

/// The port is ours in both cases; only an open one takes connections.
enum Door {
    Shut(TcpSocket),
    Open(TcpListener),
}

impl Acquirer {
    /// Takes a port on 127.0.0.1 (0 = a free one) without opening it yet.
    pub fn reserve(
        port: u16,
        manner: Manner,
        faults: watch::Receiver<Faults>,
        outage: watch::Receiver<bool>,
    ) -> Result<Self, SimError> {
        let failed = |source| SimError::Port { port, source };
        let socket = bound(port).map_err(failed)?;
        let port = socket.local_addr().map_err(failed)?.port();
        // Only what has been applied is ever compared with what was asked for, so "no fault" is a fair start.
        let applied = watch::Sender::new(Faults::default());
        Ok(Self { port, door: Door::Shut(socket), manner: Arc::new(manner), faults, outage, applied })
    }

    /// The port on 127.0.0.1.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Says which faults are in force, each time they have been put in force.
    pub fn applied(&self) -> watch::Receiver<Faults> {
        self.applied.subscribe()
    }

    /// Serves until the future is dropped or the port is lost.
    pub async fn serve(mut self) -> Result<(), SimError> {
        loop {
            let faults = self.faults.borrow_and_update().clone();
            let port = self.port;
            self.door =
                turn(self.door, port, faults.has(Fault::Refuse)).map_err(|source| SimError::Port { port, source })?;
            self.applied.send_replace(faults);
            tokio::select! {
                changed = self.faults.changed() => if changed.is_err() { return Ok(()) },
                stream = accept(&self.door) => {
                    let (manner, faults, outage) = (Arc::clone(&self.manner), self.faults.clone(), self.outage.clone());
                    tokio::spawn(async move {
                        // The other end may leave at any moment; that is its business.
                        let _ = timeout(IDLE, meet(stream, &manner, &faults, &outage)).await;
                    });
                }
            }
        }
    }
}

/// A free port stays reserved while it is shut: bound, but not listening, so that connections are refused.
fn bound(port: u16) -> std::io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    Ok(socket)
}

fn turn(door: Door, port: u16, shut: bool) -> std::io::Result<Door> {
    match door {
        Door::Shut(socket) if !shut => Ok(Door::Open(socket.listen(64)?)),
        Door::Open(listener) if shut => {
            drop(listener);
            Ok(Door::Shut(bound(port)?))
        }
        same => Ok(same),
    }
}

async fn accept(door: &Door) -> TcpStream {
    let Door::Open(listener) = door else { return std::future::pending().await };
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            // Out of descriptors or a peer that left at once: neither ends the host.
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn meet(
    mut stream: TcpStream,
    manner: &Manner,
    faults: &watch::Receiver<Faults>,
    outage: &watch::Receiver<bool>,
) -> Result<(), WireError> {
    let now = faults.borrow().clone();
    if now.has(Fault::Close) {
        return Ok(());
    }
    if now.has(Fault::Mute) || *outage.borrow() {
        return swallow(&mut stream).await;
    }
    if now.has(Fault::Garbage) {
        let mut first = [0; 512];
        let _ = stream.read(&mut first).await?;
        stream.write_all(b"\x00\x10\xff\xfe\xfd garbage \xff\xff\xff\xff").await?;
        return swallow(&mut stream).await;
    }
    if now.has(Fault::Slow) {
        sleep(manner.slow / 3).await;
    }
    match &manner.papers {
        None => talk(stream, manner, faults).await,
        Some(papers) => talk(papers.acceptor(&now).accept(stream).await?, manner, faults).await,
    }
}

/// Reads and says nothing until the other end gives up.
async fn swallow(stream: &mut (impl AsyncRead + Unpin)) -> Result<(), WireError> {
    let mut sink = [0; 1024];
    while stream.read(&mut sink).await? > 0 {}
    Ok(())
}

async fn talk(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    manner: &Manner,
    faults: &watch::Receiver<Faults>,
) -> Result<(), WireError> {
    loop {
        let request = Message::receive(&mut stream).await?;
        let now = faults.borrow().clone();
        if now.has(Fault::NoAnswer) {
            return swallow(&mut stream).await;
        }
        let Some((answer, think)) = answer(&request, manner, &now) else { continue };
        sleep(think).await;
        if now.has(Fault::Slow) {
            sleep(manner.slow).await;
        }
        answer.send(&mut stream).await?;
    }
}

/// The answer and how long it takes; none when the bank side stays silent.
fn answer(request: &Message, manner: &Manner, faults: &Faults) -> Option<(Message, Duration)> {
    let quick = Duration::from_millis(u64::from(manner.think_permille) * 120 / 1000);
    let stan = request.number(11).unwrap_or(0) as u32;
    let base = request.answer(&[2, 3, 4, 11, 25, 41, 42, 49, 60]);
    let (code, think) = match request.mti {
        0x0820 => return Some((base.with(39, *b"00"), quick)),
        0x0800 | 0x0400 | 0x0500 => (*b"00", quick * 3),
        _ => {
            let entry = request.get(22).unwrap_or(b"00");
            let verdict = decide(Question {
                seed: manner.seed,
                stan,
                amount: request.number(4).unwrap_or(0),
                entry: [entry[0], entry[1]],
                issuer_asked: request.get(61).is_none(),
            });
            let think = u64::from(verdict.think_ms) * u64::from(manner.think_permille) / 1000;
            (faults.declines().or(verdict.code)?, Duration::from_millis(think))
        }
    };
    let at_ms = now_ms();
    let c = civil(at_ms, manner.offset);
    let digits = |parts: &[i64]| {
        let mut out = Vec::new();
        for part in parts {
            push_digits(&mut out, *part, 2);
        }
        out
    };
    let mut rrn = Vec::new();
    push_digits(&mut rrn, reference(at_ms, manner.offset, stan) as i64, 12);
    let mut answer = base
        .with(12, digits(&[c.hour, c.minute, c.second]))
        .with(13, digits(&[c.month, c.day]))
        .with(32, *b"48020000")
        .with(37, rrn)
        .with(39, code);
    if matches!(request.mti, 0x0100 | 0x0200 | 0x0220) {
        // Issuer and acquirer in F44: the console tells by it which bank has spoken.
        let pan = request.get(2).or_else(|| request.get(35)).and_then(|pan| std::str::from_utf8(pan).ok());
        let who = format!("{:<11}48020000   ", pan.map_or("", issuer));
        answer = answer.with(44, who).with(63, *b"CUP");
        if code == *b"00" {
            let mut approval = Vec::new();
            push_digits(&mut approval, i64::from(stan), 6);
            answer = answer.with(38, approval);
        }
    }
    Some((answer, think))
}
