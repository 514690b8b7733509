//! The payment application, live: serves customers, asks the acquirer over the wire, writes the journal.

use std::collections::VecDeque;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;

use super::SimError;
use super::bank::issuer;
use super::faults::Faults;
use super::history::{earlier, line_of};
use super::ledger::Ledger;
use super::line::{Card, Line, MID, TID, TRACK_TAIL};
use super::moment::{civil, now_ms, push_digits};
use super::shop::{Shop, Wish};
use super::wire::{Message, WireError};

/// A reversal is tried so often, then a person has to see to it.
const REVERSAL_TRIES: u32 = 3;
/// Customers of a live shop day: then it settles and signs on again.
const DAY: u64 = 100;
/// Customers who meet the daily outage.
const OUTAGE: std::ops::Range<u64> = 34..37;

/// Where the acquirer is.
pub struct Dial {
    pub port: u16,
    pub tls: Option<(TlsConnector, ServerName<'static>)>,
    /// Connection, handshake and answer together.
    pub patience: Duration,
}

/// How live it is.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Customers a minute.
    pub per_minute: f64,
    /// Ends after this many; never when `None`.
    pub customers: Option<u64>,
    /// An outage every shop day.
    pub outages: bool,
}

/// The application with everything it holds.
pub struct Terminal {
    pub shop: Shop,
    pub ledger: Ledger,
    pub dial: Dial,
    pub faults: watch::Receiver<Faults>,
    pub outage: watch::Sender<bool>,
    /// Minutes east of UTC.
    pub offset: i16,
    unreversed: VecDeque<Unreversed>,
}

struct Unreversed {
    wish: Wish,
    stan: u32,
    batch: u32,
    tries: u32,
}

impl Terminal {
    /// An application that has nothing open.
    pub fn new(
        shop: Shop,
        ledger: Ledger,
        dial: Dial,
        faults: watch::Receiver<Faults>,
        outage: watch::Sender<bool>,
        offset: i16,
    ) -> Self {
        Self { shop, ledger, dial, faults, outage, offset, unreversed: VecDeque::new() }
    }

    /// Serves customers until `pace` says enough; returns how many.
    pub async fn live(&mut self, pace: Pace) -> Result<u64, SimError> {
        self.service("signon").await?;
        let mut served = 0;
        while pace.customers.is_none_or(|most| served < most) {
            // Evenly enough that something is always about to happen, unevenly enough to look like people.
            let gap = 60.0 / pace.per_minute * (self.shop.chance.between(50, 150) as f64 / 100.0);
            sleep(Duration::from_secs_f64(gap)).await;
            self.outage.send_replace(pace.outages && OUTAGE.contains(&(served % DAY)));
            self.reverse_first().await?;
            self.serve().await?;
            served += 1;
            if served % 10 == 0 {
                self.service("echo").await?;
            }
            if served % DAY == 0 {
                self.service("settle").await?;
                self.shop.batch += 1;
                self.service("signon").await?;
            }
        }
        while !self.unreversed.is_empty() {
            self.reverse_first().await?;
        }
        Ok(served)
    }

    async fn serve(&mut self) -> Result<(), SimError> {
        let wish = self.shop.next_wish();
        let (stan, batch) = (self.shop.next_stan(), self.shop.batch);
        let asked = line_of(&wish, now_ms(), stan, batch);
        if wish.logs_request {
            self.note(Line { state: Some("sent"), ..asked }).await?;
        }
        if wish.asks_customer {
            sleep(self.dial.patience / 20).await;
            self.note(Line { at_ms: now_ms(), state: Some("query-needed"), ..asked }).await?;
        }
        let Some(answer) = self.ask(&request(&wish, stan, batch, self.offset)).await else {
            // The reversal is stored before the application dials, so it goes out whatever was lost.
            self.unreversed.push_back(Unreversed { wish, stan, batch, tries: 0 });
            return self.note(Line { at_ms: now_ms(), state: Some("timeout"), ..asked }).await;
        };
        self.note(answer.onto(asked)).await?;
        match &answer.code {
            b"00" => self.shop.approved(earlier(&wish, stan, batch)),
            b"A0" => self.service("signon").await?,
            _ => {}
        }
        Ok(())
    }

    /// Sends the oldest open reversal.
    async fn reverse_first(&mut self) -> Result<(), SimError> {
        let Some(mut open) = self.unreversed.pop_front() else { return Ok(()) };
        let asked = Line { kind: "reversal", ..line_of(&open.wish, now_ms(), open.stan, open.batch) };
        if open.wish.logs_request {
            self.note(Line { code: Some(*b"98"), state: Some("sent"), ..asked }).await?;
        }
        let mut message = request(&open.wish, open.stan, open.batch, self.offset).with(39, *b"98");
        message.mti = 0x0400;
        if let Some(answer) = self.ask(&message).await {
            return self.note(answer.onto(asked)).await;
        }
        self.note(Line { at_ms: now_ms(), state: Some("timeout"), ..asked }).await?;
        open.tries += 1;
        if open.tries < REVERSAL_TRIES {
            self.unreversed.push_front(open);
        }
        Ok(())
    }

    async fn service(&mut self, kind: &'static str) -> Result<(), SimError> {
        let (stan, batch) = (self.shop.next_stan(), self.shop.batch);
        let asked = Line::bare(now_ms(), kind, stan, batch);
        let line = match self.ask(&service_request(kind, stan, batch)).await {
            Some(answer) => answer.onto(asked),
            None => Line { at_ms: now_ms(), state: Some("timeout"), ..asked },
        };
        self.note(line).await
    }

    async fn note(&mut self, line: Line) -> Result<(), SimError> {
        let faults = self.faults.borrow().clone();
        self.ledger.append(&line, &faults).await
    }

    /// One question over a connection of its own, as terminals do; none when no answer came.
    async fn ask(&self, message: &Message) -> Option<Answer> {
        let start = Instant::now();
        let reply = timeout(self.dial.patience, self.dial.exchange(message)).await.ok()?.ok()?;
        let ours = reply.mti == message.mti + 0x10 && reply.get(11) == message.get(11);
        let code = <[u8; 2]>::try_from(reply.get(39)?).ok()?;
        (ours && code.iter().all(u8::is_ascii_alphanumeric)).then(|| Answer {
            code,
            rrn: reply.number(37),
            host_time: reply.number(13).zip(reply.number(12)).map(|(day, clock)| day * 1_000_000 + clock),
            is_money: matches!(message.mti, 0x0100 | 0x0200 | 0x0220),
            latency_ms: start.elapsed().as_millis() as u32,
        })
    }
}

struct Answer {
    code: [u8; 2],
    rrn: Option<u64>,
    host_time: Option<u64>,
    /// Only such answers name the issuer.
    is_money: bool,
    latency_ms: u32,
}

impl Answer {
    fn onto(&self, asked: Line) -> Line {
        let Self { rrn, host_time, .. } = *self;
        let issuer = asked.card.and_then(Card::pan).filter(|_| self.is_money).map(issuer);
        let (code, latency_ms) = (Some(self.code), Some(self.latency_ms));
        Line { at_ms: now_ms(), rrn, code, latency_ms, host_time, issuer, ..asked }
    }
}

impl Dial {
    /// Connects, sends, receives, hangs up.
    pub async fn exchange(&self, message: &Message) -> Result<Message, WireError> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await?;
        match &self.tls {
            None => converse(stream, message).await,
            Some((connector, name)) => converse(connector.connect(name.clone(), stream).await?, message).await,
        }
    }
}

async fn converse(mut stream: impl AsyncRead + AsyncWrite + Unpin, message: &Message) -> Result<Message, WireError> {
    message.send(&mut stream).await?;
    Message::receive(&mut stream).await
}

/// Numbers with leading zeros, one behind the other.
pub fn padded(parts: &[(i64, usize)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (value, width) in parts {
        push_digits(&mut out, *value, *width);
    }
    out
}

/// A kind in the words of ISO 8583: type, processing code (F3), condition (F25), transaction type (F60.1).
pub const fn words(kind: &str) -> (u16, &'static [u8; 6], &'static [u8; 2], i64) {
    match kind.as_bytes() {
        b"void" => (0x0200, b"200000", b"00", 23),
        b"refund" => (0x0220, b"200000", b"00", 25),
        b"preauth" => (0x0100, b"030000", b"06", 10),
        b"completion" => (0x0200, b"000000", b"06", 20),
        b"balance" => (0x0200, b"310000", b"00", 1),
        _ => (0x0200, b"000000", b"00", 22),
    }
}

/// The request that a wish becomes.
pub fn request(wish: &Wish, stan: u32, batch: u32, offset: i16) -> Message {
    let (mti, processing, condition, kind) = words(wish.kind);
    let chip = wish.entry_mode.starts_with("05") || wish.entry_mode.starts_with("07");
    let mut message = Message::new(mti)
        .with(3, *processing)
        .with(11, padded(&[(i64::from(stan), 6)]))
        .with(22, wish.entry_mode)
        .with(25, *condition)
        .with(41, TID)
        .with(42, MID)
        .with(49, *b"156")
        .with(
            60,
            padded(&[
                (kind, 2),
                (i64::from(batch), 6),
                (0, 3),
                (if chip { 5 } else { 2 }, 1),
                (if wish.fallback { 2 } else { 0 }, 1),
            ]),
        )
        .with(64, [0; 8]);
    if let Some(amount) = wish.amount {
        message = message.with(4, padded(&[(amount as i64, 12)]));
    }
    message = match wish.card {
        Some(card) if wish.entry_mode.starts_with("02") => {
            message.with(35, [card.pan().unwrap_or_default(), TRACK_TAIL].concat())
        }
        Some(Card::Wallet(code)) => message.with(59, padded(&[(code as i64, 18)])),
        Some(card) => message.with(2, card.pan().unwrap_or_default()).with(14, *b"3012"),
        None => message,
    };
    if chip {
        // Cryptogram, its kind, application data: enough to look like a chip, worth nothing.
        message = message.with(23, *b"001").with(55, *b"\x9f\x26\x08\x11\x22\x33\x44\x55\x66\x77\x88\x9f\x27\x01\x80");
    }
    if wish.entry_mode.ends_with('1') && wish.original.is_none() {
        message = message.with(26, *b"12").with(52, [0x11; 8]).with(53, *b"2600000000000000");
    }
    if let Some(original) = wish.original {
        let today = civil(now_ms(), offset);
        let parts = [(i64::from(original.batch), 6), (i64::from(original.stan), 6), (today.month, 2), (today.day, 2)];
        message = message.with(61, padded(&parts));
    }
    message
}

/// Sign-on, settlement and echo test.
pub fn service_request(kind: &str, stan: u32, batch: u32) -> Message {
    let (mti, management) = match kind {
        "signon" => (0x0800, 3),
        "settle" => (0x0500, 201),
        _ => (0x0820, 301),
    };
    let message = Message::new(mti)
        .with(41, TID)
        .with(42, MID)
        .with(60, padded(&[(0, 2), (i64::from(batch), 6), (management, 3)]));
    let numbered = |message: Message| message.with(11, padded(&[(i64::from(stan), 6)])).with(63, *b"01 ");
    match kind {
        "signon" => numbered(message),
        // Totals are not ours to add up here: a batch that balances at nothing.
        "settle" => numbered(message).with(48, [b'0'; 62]).with(49, *b"156"),
        _ => message,
    }
}
