//! A Unix socket that the payment application pushes its lines to: JSON with the field map, or any text with patterns.
//!
//! What is promised: every whole line is stored once, and with `ack` each is answered with its number on that
//! connection after it is on the medium. What was not answered may be lost with this process; the application sends it
//! again. While the store refuses, nothing more is read: the application's writes wait, and it should not.

mod door;

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags};

use super::feed::{Feed, FeedKind, Splitter, Whole, payload_faults, wait};
use super::fields::Reason;
use super::follow::Halt;
use super::{LineParser, Taken};
use crate::model::{Sale, SaleId};
use door::Door;

/// This kind's entry in [`super::FEEDS`].
pub const KIND: FeedKind = FeedKind { word: "socket", validate: payload_faults, run };

/// Applications at once; further ones wait in the socket's queue.
const CLIENTS: usize = 64;
/// A longer line is passed over.
const LINE_MAX: usize = 1 << 20;
/// Bytes read from one application before the next one's turn.
const TURN: usize = 64 << 10;
/// Answers that wait for an application; while there are more, nothing is read from it.
const OWED: usize = 64 << 10;
/// Rows that are only in memory and kept to be stored again where the store moves.
const UNSAVED: usize = 20_000;
/// The socket is tried again this often where it cannot be made.
const RETRY: Duration = Duration::from_secs(1);
/// Whether the socket is still there is looked at this often.
const GLANCE: Duration = Duration::from_secs(3);

fn run(feed: &mut Feed<'_>) -> Result<(), Halt> {
    let Some(parser) = feed.parser_or_refuse() else { return Ok(()) };
    let mut counter = Counter { door: None, clients: Vec::new(), unsaved: Vec::new(), parser };
    while !feed.stop.is_stopped() {
        counter.open(feed);
        counter.wait(feed)?;
        if feed.stop.is_stopped() {
            break;
        }
        counter.accept();
        counter.serve(feed)?;
        feed.report(false);
    }
    Ok(())
}

/// One application.
struct Client {
    stream: UnixStream,
    splitter: Splitter,
    /// Lines so far.
    number: u64,
    /// Answers it has not taken yet.
    owed: Vec<u8>,
    gone: bool,
}

/// What came of one line.
struct Heard {
    client: usize,
    number: u64,
    fault: Option<Reason>,
}

/// The socket, and everybody at it.
struct Counter {
    door: Option<Door>,
    clients: Vec<Client>,
    /// Rows that were stored, but not on the medium.
    unsaved: Vec<Sale>,
    parser: Box<dyn LineParser>,
}

impl Counter {
    /// Makes the socket where there is none, and says why it cannot be made.
    fn open(&mut self, feed: &mut Feed<'_>) {
        if self.door.as_ref().is_some_and(Door::is_there) {
            return;
        }
        self.door = None;
        match Door::open(&feed.spec.config.path, &feed.spec.config.group) {
            Ok((door, complaint)) => {
                self.door = Some(door);
                feed.status.error = complaint;
                feed.status.caught_up = true;
                feed.report(true);
            }
            Err(why) => feed.refused(&why),
        }
    }

    fn wait(&self, feed: &Feed<'_>) -> Result<(), Halt> {
        let mut fds: Vec<PollFd<'_>> = self.clients.iter().map(Client::waits_for).collect();
        if let Some(door) = self.door.as_ref().filter(|_| self.clients.len() < CLIENTS) {
            fds.push(PollFd::new(door.listener(), PollFlags::IN));
        }
        let most = if self.door.is_some() { GLANCE } else { RETRY };
        wait(&fds, feed.wake, feed.patience(Some(most)))?;
        Ok(())
    }

    fn accept(&mut self) {
        let Some(door) = &self.door else { return };
        while self.clients.len() < CLIENTS {
            // Nobody waits, or out of descriptors: those who wait keep their place.
            let Ok((stream, _)) = door.listener().accept() else { return };
            if stream.set_nonblocking(true).is_ok() {
                let splitter = Splitter::new(LINE_MAX);
                self.clients.push(Client { stream, splitter, number: 0, owed: Vec::new(), gone: false });
            }
        }
    }

    /// Takes what everybody has sent, stores it, answers.
    fn serve(&mut self, feed: &mut Feed<'_>) -> Result<(), Halt> {
        let mut taken = Taken::default();
        let mut to = feed.position();
        let mut heard = Vec::new();
        let mut bytes = vec![0; if self.clients.is_empty() { 0 } else { TURN }];
        for (at, client) in self.clients.iter_mut().enumerate() {
            client.hear(at, &mut bytes, &*self.parser, &mut taken, &mut to, &mut heard);
        }
        if !taken.is_empty() {
            let lasting = self.store(feed, taken, to)?;
            if feed.spec.config.ack {
                for told in heard {
                    self.clients[told.client].answer(&told, lasting);
                }
            }
        }
        self.clients.iter_mut().for_each(Client::pay);
        self.clients.retain(|client| !client.gone);
        Ok(())
    }

    /// Stores what came; true when it is on the medium. Rows that are nowhere else are stored again where the store
    /// has moved or begun anew.
    fn store(&mut self, feed: &mut Feed<'_>, taken: Taken, to: u64) -> Result<bool, Halt> {
        self.unsaved.extend_from_slice(&taken.rows);
        let extra = self.unsaved.len().saturating_sub(UNSAVED);
        self.unsaved.drain(..extra);
        let mut stored = feed.commit(taken, to, String::new());
        loop {
            match stored.and_then(|()| feed.settle()) {
                Ok(lasting) => {
                    if lasting {
                        self.unsaved = Vec::new();
                    }
                    return Ok(lasting);
                }
                Err(Halt::Reset) => {
                    feed.begin()?;
                    let from = feed.position();
                    let rows: Vec<Sale> = (from..)
                        .zip(&self.unsaved)
                        .map(|(at, sale)| Sale { id: SaleId::new(0, at), ..sale.clone() })
                        .collect();
                    let to = from + rows.len() as u64;
                    stored = feed.commit(Taken { rows, ..Taken::default() }, to, String::new());
                }
                Err(Halt::Store) if !feed.stop.is_stopped() => {
                    feed.refused("store");
                    super::follow::pause(RETRY, feed.stop, feed.wake);
                    stored = Ok(());
                }
                Err(halt) => return Err(halt),
            }
        }
    }
}

impl Client {
    /// Until it sends something, or takes its answers.
    fn waits_for(&self) -> PollFd<'_> {
        let mut flags = PollFlags::empty();
        flags.set(PollFlags::IN, self.owed.len() < OWED);
        flags.set(PollFlags::OUT, !self.owed.is_empty());
        PollFd::new(&self.stream, flags)
    }

    /// Reads its turn; `to` counts what came from everybody.
    fn hear(
        &mut self,
        at: usize,
        bytes: &mut [u8],
        parser: &dyn LineParser,
        taken: &mut Taken,
        to: &mut u64,
        heard: &mut Vec<Heard>,
    ) {
        if self.owed.len() >= OWED {
            return;
        }
        match self.stream.read(bytes) {
            Ok(0) => self.gone = true,
            Ok(got) => {
                let Self { splitter, number, .. } = self;
                splitter.take(&bytes[..got], |whole| line(&whole, at, number, parser, taken, to, heard));
            }
            Err(fault) if matches!(fault.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
            Err(_) => self.gone = true,
        }
        if self.gone {
            let rest = std::mem::replace(&mut self.splitter, Splitter::new(0));
            let number = &mut self.number;
            if rest.is_skipping() {
                line(&Whole::TooLong, at, number, parser, taken, to, heard);
            } else if parser.is_whole(rest.rest()) {
                line(&Whole::Line(rest.rest()), at, number, parser, taken, to, heard);
            } else if !rest.rest().trim_ascii().is_empty() {
                // It broke off in the middle of a line.
                taken.refuse(*to, Reason::NotObject);
                *to += rest.rest().len() as u64 + 1;
            }
        }
    }

    /// Owes the answer to one line.
    fn answer(&mut self, told: &Heard, lasting: bool) {
        let Heard { number, fault, .. } = told;
        let more = match fault {
            Some(reason) => format!(",\"error\":\"{reason}\""),
            None if !lasting => ",\"stored\":\"memory\"".to_owned(),
            None => String::new(),
        };
        self.owed.extend_from_slice(format!("{{\"ack\":{number}{more}}}\n").as_bytes());
    }

    /// Hands out the answers it takes now.
    fn pay(&mut self) {
        while !self.owed.is_empty() {
            match self.stream.write(&self.owed) {
                Ok(0) => break,
                Ok(sent) => drop(self.owed.drain(..sent)),
                Err(fault) if matches!(fault.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => break,
                Err(_) => {
                    // It may have closed only its ear: what it still sends is heard.
                    self.owed.clear();
                }
            }
        }
    }
}

/// Takes one line of a client.
fn line(
    whole: &Whole<'_>,
    client: usize,
    number: &mut u64,
    parser: &dyn LineParser,
    taken: &mut Taken,
    to: &mut u64,
    heard: &mut Vec<Heard>,
) {
    let before = taken.unreadable;
    match whole {
        Whole::Line(line) if line.trim_ascii().is_empty() => return,
        Whole::Line(line) => {
            parser.line(line, *to, taken);
            *to += line.len() as u64 + 1;
        }
        Whole::TooLong => {
            taken.refuse(*to, Reason::TooLong);
            *to += 1;
        }
    }
    *number += 1;
    let fault = taken.last.as_ref().filter(|_| taken.unreadable > before).map(|(_, reason)| reason.clone());
    heard.push(Heard { client, number: *number, fault });
}

#[cfg(test)]
mod tests;
