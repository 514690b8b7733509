//! Follows one journal: looks which files there are, reads what is new, then what was left out, and hands it on.
//!
//! The newest lines go first, history fills in behind. What was read is marked in the same transaction as its rows,
//! so a reader that is killed at any moment goes on where the store says.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::body::Body;
use super::feed;
use super::identity::{self, Refused};
use super::journal::Journal;
use super::lines::{CHUNK, Lines, Shape, border_before, find};
use super::piece::{self, Got, Stretch};
use super::ranges;
use super::recall;
use super::stop::{Stop, Wake};
use super::watch::Watch;
use super::{LineParser, Sink, SinkError, SourceError, SourceSpec, Taken, parser};
use crate::model::{Batch, FileMark, SaleId, SourceStatus, Stamp, scrub};

/// Unread bytes above which the newest lines go first.
const FAR_BEHIND: u64 = 256 << 10;
/// Bytes of the newest lines that then go first.
const TAIL: u64 = 64 << 10;
/// Gaps above which a journal that grows faster than it is read is read in order.
const GAPS_MAX: usize = 4;
/// Commits of new lines come no faster than this.
pub(super) const PACE: Duration = Duration::from_millis(20);
/// Status reports during long reading come no faster than this.
pub(super) const REPORT: Duration = Duration::from_millis(100);
/// First and longest wait before a refused batch is offered again.
pub(super) const RETRY: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(10));

/// Starts the reader of one journal on a thread of its own.
pub fn spawn(spec: SourceSpec, sink: Box<dyn Sink>, stop: Stop) -> io::Result<JoinHandle<()>> {
    let name: String = format!("source {}", spec.name);
    std::thread::Builder::new().name(name).spawn(move || {
        let wake = Arc::new(Wake::default());
        stop.wakes(&wake);
        if let Some(kind) = super::feed(&spec.config.kind) {
            return feed::run(kind, spec, sink, &stop, &wake);
        }
        follow(&spec, sink, &stop, &wake);
    })
}

fn follow(spec: &SourceSpec, mut sink: Box<dyn Sink>, stop: &Stop, wake: &Arc<Wake>) {
    while let Some(back) = read_on(spec, sink, stop, wake) {
        sink = back;
    }
}

/// Reads from the store's marks on. Gives the sink back when the store began anew, so that all is read again.
fn read_on(spec: &SourceSpec, mut sink: Box<dyn Sink>, stop: &Stop, wake: &Arc<Wake>) -> Option<Box<dyn Sink>> {
    let parser = match parser(spec) {
        Ok(parser) => parser,
        Err(fault) => {
            let error = match fault {
                SourceError::Pattern(_) => "pattern".to_owned(),
                SourceError::Kind(_) | SourceError::Packing(_) => fault.to_string(),
            };
            sink.status(SourceStatus { error: Some(error), caught_up: true, ..first_status(spec) });
            return None;
        }
    };
    let mut retry = RETRY.0;
    let marks = loop {
        match sink.marks(&spec.name) {
            Ok(marks) => break marks,
            Err(SinkError::Closed) => return None,
            Err(SinkError::Store(_) | SinkError::Reset) => {
                sink.status(SourceStatus { error: Some("store".to_owned()), ..first_status(spec) });
            }
        }
        pause(retry, stop, wake);
        if stop.is_stopped() {
            return None;
        }
        retry = (retry * 2).min(RETRY.1);
    };
    let mut follower = Follower::new(spec.clone(), parser, sink, marks);
    follower.run(stop, wake).is_break().then_some(follower.sink)
}

/// Sleeps whatever the journal does, but not when stopped.
pub(super) fn pause(time: Duration, stop: &Stop, wake: &Wake) {
    let began = Instant::now();
    while began.elapsed() < time && !stop.is_stopped() {
        wake.sleep(time.saturating_sub(began.elapsed()));
    }
}

/// Why reading stops for now.
#[derive(Debug)]
pub(super) enum Halt {
    /// For good.
    Closed,
    /// The store refuses; the same is read again later.
    Store,
    /// The store began anew.
    Reset,
    /// The journal refuses.
    Io(io::Error),
}

impl From<SinkError> for Halt {
    fn from(fault: SinkError) -> Self {
        match fault {
            SinkError::Closed => Self::Closed,
            SinkError::Store(_) => Self::Store,
            SinkError::Reset => Self::Reset,
        }
    }
}

impl From<io::Error> for Halt {
    fn from(fault: io::Error) -> Self {
        Self::Io(fault)
    }
}

/// The reader of one journal.
pub(super) struct Follower {
    pub(super) spec: SourceSpec,
    parser: Box<dyn LineParser>,
    sink: Box<dyn Sink>,
    lines: Lines,
    /// The next piece of history, read while the store worked on the one before.
    ahead: Option<(Stretch, io::Result<Got>)>,
    /// Every file of this journal that is known, oldest first.
    pub(super) journals: Vec<Journal>,
    /// The one that stands at the path.
    pub(super) current: Option<usize>,
    /// The files that were there at the start have been looked for.
    pub(super) started: bool,
    status: SourceStatus,
    told: Option<SourceStatus>,
    told_at: Instant,
    /// What an earlier run held in memory is still to be read again.
    forgotten: bool,
    /// Newest transaction.
    last: Option<(SaleId, Stamp)>,
}

impl Follower {
    /// A reader that goes on behind these marks.
    pub(super) fn new(
        spec: SourceSpec,
        parser: Box<dyn LineParser>,
        sink: Box<dyn Sink>,
        marks: Vec<FileMark>,
    ) -> Self {
        let status = first_status(&spec);
        Self {
            forgotten: !marks.is_empty(),
            spec,
            parser,
            sink,
            lines: Lines::default(),
            ahead: None,
            journals: marks.into_iter().map(Journal::known).collect(),
            current: None,
            started: false,
            status,
            told: None,
            told_at: Instant::now(),
            last: None,
        }
    }

    /// Reads until it is stopped or the sink is closed.
    /// Reads until stopped (continue), or until the store began anew (break).
    fn run(&mut self, stop: &Stop, wake: &Arc<Wake>) -> ControlFlow<()> {
        let mut watch = Watch::new(&self.spec.config.path, wake.clone());
        let mut happened = true;
        let mut retry = RETRY.0;
        while !stop.is_stopped() {
            let began = Instant::now();
            watch.aim();
            self.status.polled = watch.is_polled();
            match self.pass(happened) {
                Ok(true) => {
                    (retry, happened) = (RETRY.0, false);
                    self.report(false);
                    continue;
                }
                Ok(false) => {
                    // While nothing is to be read, no memory is held for it.
                    (self.lines, self.ahead) = (Lines::default(), None);
                    self.report(true);
                    wake.sleep(watch.patience(self.status.error.is_none()));
                }
                Err(Halt::Closed) => break,
                Err(Halt::Reset) => return ControlFlow::Break(()),
                Err(Halt::Store) => {
                    self.status.error = Some("store".to_owned());
                    self.report(true);
                    pause(retry, stop, wake);
                    retry = (retry * 2).min(RETRY.1);
                }
                Err(Halt::Io(fault)) => {
                    self.refused(Refused::from(fault));
                    self.status.caught_up = true;
                    self.report(true);
                    pause(watch.patience(false), stop, wake);
                }
            }
            std::thread::sleep(PACE.saturating_sub(began.elapsed()));
            happened = true;
        }
        ControlFlow::Continue(())
    }

    /// Looks and reads one piece; false when nothing is left to read. `happened` says that something woke us.
    pub(super) fn pass(&mut self, happened: bool) -> Result<bool, Halt> {
        self.look(happened)?;
        if self.started && std::mem::take(&mut self.forgotten) {
            self.recall()?;
        }
        while let Some(job) = self.next_job() {
            if self.read(&job)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Reads the end of what an earlier run has read once more. What cannot be read stays forgotten.
    fn recall(&mut self) -> Result<(), Halt> {
        let mut rows = Vec::new();
        for journal in &self.journals {
            let Some(file) = &journal.file else { continue };
            rows.append(&mut recall::recall(&*self.parser, file, &journal.mark).unwrap_or_default());
        }
        if rows.is_empty() { Ok(()) } else { Ok(self.sink.recall(rows)?) }
    }

    /// The journal cannot be read now.
    pub(super) fn refused(&mut self, why: Refused) {
        self.status.error = Some(why.0);
    }

    /// The journal can be read.
    pub(super) fn readable(&mut self) {
        self.status.error = None;
    }

    /// What to read next: the rest of a file that was rotated away, new lines, then what was left out.
    fn next_job(&self) -> Option<Job> {
        let rests = self.journals.iter().enumerate().filter(|(at, _)| Some(*at) != self.current);
        let small_rest = rests.clone().find(|(_, file)| (1..=FAR_BEHIND).contains(&file.live())).map(|(at, _)| at);
        let new = self.current.filter(|at| self.journals[*at].live() > 0);
        let rest = || rests.clone().find(|(_, file)| file.live() > 0).map(|(at, _)| at);
        if let Some(at) = small_rest.or(new).or_else(rest) {
            let file = &self.journals[at];
            return Some(Job { at, from: file.live_from(), end: file.size, live: true });
        }
        let mut gaps = self.journals.iter().enumerate().filter_map(|(at, file)| Some((at, file.gap()?)));
        gaps.next().map(|(at, (from, end))| Job { at, from, end, live: false })
    }

    /// Reads and commits one piece; false when there was none to take.
    fn read(&mut self, job: &Job) -> Result<bool, Halt> {
        let journal = &mut self.journals[job.at];
        if journal.torn.is_some_and(|torn| torn.0 == job.from) && job.live && still_torn(journal, job.end)? {
            return Ok(false);
        }
        let Some(file) = journal.file.clone() else { return Ok(false) };
        let closed = !job.live || file.is_packed();
        let mut stretch = Stretch { file: journal.mark.ordinal, from: job.from, end: job.end, closed };
        let any_order = self.parser.shape() == Shape::Lines && !file.is_packed();
        let far = job.live && job.end - job.from > FAR_BEHIND && any_order;
        if far && self.spec.tail_first && journal.mark.done.len() < GAPS_MAX {
            stretch.from = border_before(&file, job.from, job.end - TAIL)?.unwrap_or(job.from);
        }
        let ready = self.ahead.take().filter(|(ready, _)| *ready == stretch);
        let got = ready.map_or_else(|| piece::read(&*self.parser, &mut self.lines, &file, stretch), |(_, got)| got);
        match got? {
            Got::Lines { taken, to } => {
                let next = ((!job.live || far) && job.end > to).then_some(Stretch { from: to, ..stretch });
                self.commit(job, (stretch.from, to), taken, next.map(|next| (&*file, next)))?;
                return Ok(true);
            }
            Got::Torn => journal.torn = Some((stretch.from, job.end)),
            Got::Wait if !job.live => return Err(Halt::Io(io::ErrorKind::UnexpectedEof.into())),
            // A lone line end is worth no commit of its own.
            Got::LineEnd | Got::Wait => {}
        }
        self.journals[job.at].stuck = true;
        Ok(false)
    }

    /// Has the store number this file and those before it, in their order.
    fn allocate_up_to(&mut self, at: usize) -> Result<(), Halt> {
        for journal in &mut self.journals[..=at] {
            if journal.mark.ordinal == 0 && journal.size > 0 && journal.file.is_some() {
                let batch = Batch { mark: journal.mark.clone(), rows: Vec::new(), live: false, again: false };
                journal.mark = self.sink.commit(batch)?;
            }
        }
        Ok(())
    }

    /// Stores a piece, and reads the next one meanwhile.
    fn commit(
        &mut self,
        job: &Job,
        (from, to): (u64, u64),
        mut taken: Taken,
        mut next: Option<(&Body, Stretch)>,
    ) -> Result<(), Halt> {
        if taken.file == 0 {
            self.allocate_up_to(job.at)?;
            taken.file = self.journals[job.at].mark.ordinal;
            taken.rows.iter_mut().for_each(|sale| sale.id = SaleId::new(taken.file, sale.id.offset()));
            // What is read ahead is of the file with this number, and of no other without one.
            if let Some((_, next)) = &mut next {
                next.file = taken.file;
            }
        }
        let journal = &mut self.journals[job.at];
        let mut mark = journal.mark.clone();
        ranges::add(&mut mark.done, from, to);
        mark.read += taken.rows.len() as u64;
        mark.unreadable += taken.unreadable;
        mark.unknown += taken.unknown;
        if let Some((at, reason)) = &taken.last {
            mark.refused(*at, reason);
        }
        if let Some(file) = journal.file.as_ref().filter(|_| (mark.print_len as usize) < identity::PRINT_MAX) {
            identity::extend(&mut mark, &file.head()?);
        }
        let newest = taken.rows.last().map(|sale| (sale.id, sale.time));
        let batch = Batch { mark, rows: taken.rows, live: job.live, again: false };
        let (parser, lines, ahead) = (&*self.parser, &mut self.lines, &mut self.ahead);
        journal.mark = self.sink.commit_beside(batch, &mut || {
            *ahead = next.map(|(file, next)| (next, piece::read(parser, lines, file, next)));
        })?;
        journal.torn = None;
        if newest.is_some_and(|newest| self.last.is_none_or(|last| last.0 < newest.0)) {
            self.last = newest;
        }
        Ok(())
    }

    /// Tells the sink how things are, if that has changed.
    pub(super) fn report(&mut self, now: bool) {
        let count = |of: fn(&FileMark) -> u64| self.journals.iter().map(|file| of(&file.mark)).sum();
        let status = SourceStatus {
            read: count(|mark| mark.read),
            unreadable: count(|mark| mark.unreadable),
            unknown: count(|mark| mark.unknown),
            behind: self.journals.iter().map(|file| file.behind(file.size)).sum(),
            caught_up: self.status.caught_up || self.has_caught_up(),
            last: self.last.map(|last| last.1),
            last_unreadable: self.last_unreadable(),
            ..self.status.clone()
        };
        let urgent =
            self.told.as_ref().is_none_or(|told| told.caught_up != status.caught_up || told.error != status.error);
        self.status = status;
        if (now || urgent || self.told_at.elapsed() >= REPORT) && self.told.as_ref() != Some(&self.status) {
            self.told = Some(self.status.clone());
            self.told_at = Instant::now();
            self.sink.status(self.status.clone());
        }
    }

    /// Of the newest file that holds a line that could not be read.
    fn last_unreadable(&self) -> Option<String> {
        let bad = self.journals.iter().map(|file| &file.mark).filter(|mark| !mark.last_unreadable.is_empty());
        bad.max_by_key(|mark| mark.ordinal).map(|mark| mark.last_unreadable.clone())
    }

    /// Everything that was there at the start is in the store.
    fn has_caught_up(&self) -> bool {
        self.started && self.journals.iter().all(|file| file.behind(file.at_start) == 0)
    }
}

/// A stretch to read.
struct Job {
    at: usize,
    from: u64,
    end: u64,
    live: bool,
}

/// Whether a long line without its end has still not got one; a short one is simply read again.
fn still_torn(journal: &mut Journal, end: u64) -> io::Result<bool> {
    let (Some(file), Some((from, known))) = (&journal.file, journal.torn) else { return Ok(false) };
    if known - from < CHUNK as u64 {
        return Ok(false);
    }
    let ends = |bytes: &[u8]| memchr::memchr2(b'\n', b'}', bytes);
    if end > known && find(file, known, end, ends)?.is_some() {
        return Ok(false);
    }
    journal.stuck = true;
    journal.torn = Some((from, end.max(known)));
    Ok(true)
}

/// A path as it may be shown: some applications name a file by the card that it is about.
pub fn shown_path(path: &Path) -> String {
    scrub(&path.display().to_string(), 13).into_owned()
}

pub(super) fn first_status(spec: &SourceSpec) -> SourceStatus {
    SourceStatus {
        name: spec.name.clone(),
        path: shown_path(&spec.config.path),
        profile: spec.config.profile.clone(),
        ..SourceStatus::default()
    }
}

#[cfg(test)]
mod tests;
