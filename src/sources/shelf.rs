//! For tests of sources that are no files: a store in memory that holds them to their promises.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;

use super::{Sink, SinkError, SourceSpec, Stop, spawn};
use crate::config::SourceConfig;
use crate::model::{Batch, FileMark, Sale, SaleId, SourceStatus};

/// What is stored, and how the store behaves.
#[derive(Clone, Default)]
pub struct State {
    pub rows: BTreeMap<SaleId, Sale>,
    pub marks: Vec<FileMark>,
    pub status: SourceStatus,
    /// Every error that was told.
    pub errors: Vec<String>,
    pub settled: u64,
    /// Commits that are still taken; then the store refuses for a while.
    pub room: Option<u64>,
    /// The next commit finds a store that began anew.
    pub anew: bool,
    /// Rows live in memory only.
    pub memory: bool,
}

/// A store that threads share.
#[derive(Clone, Default)]
pub struct Shelf(Arc<Mutex<State>>);

impl Shelf {
    pub fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Trace numbers in the order of the rows.
    pub fn stans(&self) -> Vec<String> {
        self.with(|state| state.rows.values().map(|sale| sale.stan.as_deref().unwrap_or_default().to_owned()).collect())
    }

    /// What a crash leaves: another store with the same content, out of reach of the old reader.
    pub fn after_crash(&self) -> Self {
        Self(Arc::new(Mutex::new(self.with(|state| state.clone()))))
    }

    /// Waits for a condition; fails after a time that only a hang reaches.
    pub fn until(&self, what: &str, condition: impl Fn(&State) -> bool) {
        let began = Instant::now();
        while !self.with(|state| condition(state)) {
            let state = self.with(|state| (state.rows.len(), state.status.clone()));
            assert!(began.elapsed() < Duration::from_secs(40), "never came: {what}; {state:?}");
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Sink for Shelf {
    fn marks(&mut self, source: &str) -> Result<Vec<FileMark>, SinkError> {
        Ok(self.with(|state| state.marks.iter().filter(|mark| *mark.source == *source).cloned().collect()))
    }

    fn commit(&mut self, mut batch: Batch) -> Result<FileMark, SinkError> {
        self.with(|state| {
            if std::mem::take(&mut state.anew) {
                state.rows.clear();
                state.marks.clear();
                return Err(SinkError::Reset);
            }
            match &mut state.room {
                Some(0) => {
                    state.room = None;
                    return Err(SinkError::Store("full".to_owned()));
                }
                Some(left) => *left -= 1,
                None => {}
            }
            if batch.mark.ordinal == 0 {
                assert!(batch.rows.is_empty(), "rows need an ordinal");
                batch.mark.ordinal = state.marks.last().map_or(1, |mark| mark.ordinal + 1);
                state.marks.push(batch.mark.clone());
            }
            for row in batch.rows {
                assert_eq!(row.id.file(), batch.mark.ordinal);
                let inside = batch.mark.done.iter().any(|range| (range.0..range.1).contains(&row.id.offset()));
                assert!(inside, "{:?} is outside of what is marked as read: {:?}", row.id, batch.mark.done);
                assert!(state.rows.insert(row.id, row).is_none() || batch.again, "a row twice");
            }
            let have = state.marks.iter_mut().find(|mark| mark.ordinal == batch.mark.ordinal).expect("a known mark");
            have.clone_from(&batch.mark);
            Ok(batch.mark)
        })
    }

    fn settle(&mut self) -> Result<bool, SinkError> {
        Ok(self.with(|state| {
            state.settled += 1;
            !state.memory
        }))
    }

    fn status(&mut self, status: SourceStatus) {
        self.with(|state| {
            state.errors.extend(status.error.clone());
            state.status = status;
        });
    }
}

/// A source of this kind at this path.
pub fn config(kind: &str, path: &Path) -> SourceConfig {
    SourceConfig { kind: kind.to_owned(), path: path.to_path_buf(), ..SourceConfig::default() }
}

/// With what its reader is started.
pub fn spec(config: &SourceConfig) -> SourceSpec {
    SourceSpec {
        config: config.clone(),
        name: "app".into(),
        successes: Arc::new(["00".to_owned()].into()),
        zone_default: TimeZone::UTC,
        tail_first: true,
    }
}

/// A reader at work; it ends with this.
pub struct Running {
    stop: Stop,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    pub fn start(config: &SourceConfig, shelf: &Shelf) -> Self {
        let stop = Stop::new();
        let thread = spawn(spec(config), Box::new(shelf.clone()), stop.clone()).expect("a thread");
        Self { stop, thread: Some(thread) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.stop();
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(std::thread::panicking() || ended.is_none_or(|ended| ended.is_ok()), "the reader panicked");
    }
}

/// A line of the default journal.
pub fn line(stan: u64) -> String {
    format!("{{\"time\":\"2026-11-21T09:30:05Z\",\"code\":\"00\",\"stan\":\"{stan}\"}}\n")
}
