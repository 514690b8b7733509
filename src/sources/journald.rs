//! The system's journal (systemd): messages of the payment application, one transaction each.
//!
//! A child `journalctl` tells them; the cursor it gives with every message is stored together with what came of it, so
//! nothing is lost and nothing comes twice. Messages are read as JSON objects with the field map, or by patterns; one
//! that is no JSON object at all is some other message and passed over.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use rustix::event::{PollFd, PollFlags};
use serde::Deserialize;

use super::feed::{Feed, FeedKind, Splitter, Whole, payload_faults, wait};
use super::fields::Reason;
use super::follow::{Halt, PACE, RETRY, pause};
use super::lines::LINE_MAX;
use super::{LineParser, Taken};
use crate::config::SourceConfig;
use crate::model::Stamp;
use crate::platform::{Ended, ExecFault, Piped};

/// This kind's entry in [`super::FEEDS`].
pub const KIND: FeedKind = FeedKind { word: "journald", validate: payload_faults, run };

/// Rows of one commit while history is read.
const ROWS: usize = 1_000;
/// Messages that were nothing for us, after which the place is stored all the same.
const PASSED: u64 = 10_000;
/// A child that still runs after this long is well.
const SETTLED: Duration = Duration::from_millis(500);

fn run(feed: &mut Feed<'_>) -> Result<(), Halt> {
    run_with("journalctl", feed)
}

/// Follows the journal with this program.
fn run_with(program: &str, feed: &mut Feed<'_>) -> Result<(), Halt> {
    let Some(parser) = feed.parser_or_refuse() else { return Ok(()) };
    let json = feed.spec.config.patterns.is_empty();
    let mut retry = RETRY.0;
    // All there is first, to its end; then what comes.
    let mut follow = false;
    while !feed.stop.is_stopped() {
        let began = Instant::now();
        let argv = argv(program, &feed.spec.config, &feed.mark.cursor, follow);
        match Piped::start(&argv) {
            Ok(child) => {
                let ended = Reader::new(feed, &*parser, json).read(child)?;
                if !follow && ended.code == 0 {
                    feed.status.error = None;
                    feed.status.caught_up = true;
                    feed.report(true);
                    follow = true;
                    continue;
                }
                if feed.stop.is_stopped() {
                    break;
                }
                feed.refused(&words(&ended));
            }
            Err(ExecFault::Missing) => feed.refused("no-journalctl"),
            Err(ExecFault::Denied) => feed.refused("denied"),
            Err(ExecFault::Other(fault)) => feed.refused(&fault),
            Err(fault) => feed.refused(&format!("{fault:?}")),
        }
        if began.elapsed() > RETRY.1 {
            retry = RETRY.0;
        }
        pause(retry, feed.stop, feed.wake);
        retry = (retry * 2).min(RETRY.1);
    }
    Ok(())
}

/// How the child ended: the word for it, then its own words.
fn words(ended: &Ended) -> String {
    let said = if ended.said.is_empty() { format!("exit {}", ended.code) } else { ended.said.clone() };
    format!("ended {said}")
}

fn argv(program: &str, config: &SourceConfig, cursor: &str, follow: bool) -> Vec<String> {
    // Without --all, long messages are told as null; the other fields are nobody's business.
    let mut argv: Vec<String> =
        [program, "--output=json", "--all", "--quiet", "--output-fields=MESSAGE"].map(Into::into).into();
    if follow {
        argv.extend(["--follow", "--no-tail"].map(Into::into));
    }
    if !config.path.as_os_str().is_empty() {
        argv.push(format!("--directory={}", config.path.display()));
    }
    argv.extend(config.units.iter().map(|unit| format!("--unit={unit}")));
    argv.extend(config.identifiers.iter().map(|identifier| format!("--identifier={identifier}")));
    if !cursor.is_empty() {
        argv.push(format!("--after-cursor={cursor}"));
    }
    argv
}

/// One message as `journalctl --output=json` tells it (systemd's JSON export).
#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(rename = "__CURSOR", borrow)]
    cursor: Cow<'a, str>,
    #[serde(rename = "__REALTIME_TIMESTAMP", borrow)]
    time: Option<Cow<'a, str>>,
    #[serde(rename = "MESSAGE", default)]
    message: Option<Message>,
}

/// Text, bytes where it is no UTF-8, or several where the message was given more than once.
#[derive(Deserialize)]
#[serde(untagged)]
enum Message {
    Text(String),
    Bytes(Vec<u8>),
    Several(Vec<Message>),
}

impl Message {
    fn each(&self, act: &mut impl FnMut(&[u8])) {
        match self {
            Self::Text(text) => act(text.as_bytes()),
            Self::Bytes(bytes) => act(bytes),
            Self::Several(all) => all.iter().for_each(|message| message.each(act)),
        }
    }
}

/// Reads what one child tells.
struct Reader<'r, 'f> {
    feed: &'r mut Feed<'f>,
    parser: &'r dyn LineParser,
    json: bool,
    taken: Taken,
    /// Up to where `taken` reaches.
    to: u64,
    cursor: String,
    passed: u64,
    zone: TimeZone,
}

impl<'r, 'f> Reader<'r, 'f> {
    fn new(feed: &'r mut Feed<'f>, parser: &'r dyn LineParser, json: bool) -> Self {
        let (to, cursor) = (feed.position(), feed.mark.cursor.clone());
        let zone = super::time::zone(&feed.spec.config.timezone).unwrap_or_else(|| feed.spec.zone_default.clone());
        Self { feed, parser, json, taken: Taken::default(), to, cursor, passed: 0, zone }
    }

    /// To its end, or until stopped.
    fn read(mut self, mut child: Piped) -> Result<Ended, Halt> {
        let began = Instant::now();
        let mut splitter = Splitter::new(LINE_MAX);
        let mut bytes = vec![0; 64 << 10];
        loop {
            if self.feed.stop.is_stopped() {
                self.store()?;
                return Ok(Ended { code: 0, said: String::new() });
            }
            match child.read(&mut bytes)? {
                Some(0) => {
                    self.store()?;
                    return Ok(child.end());
                }
                Some(got) => {
                    self.well();
                    splitter.take(&bytes[..got], |whole| self.take(&whole));
                    if self.taken.rows.len() >= ROWS || self.passed >= PASSED {
                        self.store()?;
                    }
                }
                None => {
                    let pending = !self.taken.is_empty();
                    let young = self.feed.status.error.is_some() && began.elapsed() < SETTLED;
                    let most = if pending { Some(PACE) } else { young.then_some(SETTLED) };
                    let fds = [PollFd::from_borrowed_fd(child.out(), PollFlags::IN)];
                    let happened = wait(&fds, self.feed.wake, self.feed.patience(most))?;
                    if !happened && pending {
                        self.store()?;
                    }
                    if !happened && began.elapsed() >= SETTLED {
                        self.well();
                    }
                    self.feed.report(false);
                }
            }
        }
    }

    /// The child does what it should.
    fn well(&mut self) {
        if self.feed.status.error.take().is_some() {
            self.feed.report(true);
        }
    }

    fn take(&mut self, whole: &Whole<'_>) {
        let Whole::Line(line) = whole else {
            self.taken.refuse(self.to, Reason::TooLong);
            self.to += 1;
            return;
        };
        if line.trim_ascii().is_empty() {
            return;
        }
        let Ok(entry) = serde_json::from_slice::<Entry<'_>>(line) else {
            self.taken.refuse(self.to, Reason::NotObject);
            self.to += 1;
            return;
        };
        let micros = entry.time.and_then(|time| time.parse().ok());
        self.taken.envelope = micros.map(|micros| self.shown(micros));
        if let Some(message) = entry.message {
            message.each(&mut |text| self.message(text));
        }
        self.cursor = entry.cursor.into_owned();
        self.passed += 1;
    }

    fn message(&mut self, text: &[u8]) {
        for line in text.split(|byte| *byte == b'\n') {
            if !self.json || line.trim_ascii_start().starts_with(b"{") {
                self.parser.line(line, self.to, &mut self.taken);
                self.to += line.len() as u64 + 1;
            }
        }
    }

    /// The message's moment with the offset of the source's zone.
    fn shown(&self, micros: i64) -> Stamp {
        let at = jiff::Timestamp::from_microsecond(micros).unwrap_or_default();
        Stamp::new(micros, i16::try_from(self.zone.to_offset(at).seconds() / 60).unwrap_or(0))
    }

    fn store(&mut self) -> Result<(), Halt> {
        let worth = !self.taken.is_empty() || self.passed >= PASSED;
        if worth {
            self.passed = 0;
            self.feed.commit(std::mem::take(&mut self.taken), self.to, self.cursor.clone())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
