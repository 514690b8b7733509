//! A reader on the real store, and other processes: this program, started again to do one thing.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use pos_console::config::{SourceConfig, StoreConfig};
use pos_console::model::{Batch, FileMark, Sale, SourceStatus, Stamp};
use pos_console::proto::SaleQuery;
use pos_console::sources::{Sink, SinkError, SourceSpec, Stop, spawn};
use pos_console::store::{Store, StoreError};

/// The store as a reader's sink.
#[derive(Clone)]
pub struct Counter {
    pub store: Store,
    status: Arc<Mutex<SourceStatus>>,
}

fn refused(fault: StoreError) -> SinkError {
    match fault {
        StoreError::Closed => SinkError::Closed,
        StoreError::Reset => SinkError::Reset,
        other => SinkError::Store(other.to_string()),
    }
}

impl Sink for Counter {
    fn marks(&mut self, source: &str) -> Result<Vec<FileMark>, SinkError> {
        self.store.marks(source).map_err(refused)
    }

    fn commit(&mut self, batch: Batch) -> Result<FileMark, SinkError> {
        self.store.commit(batch).map_err(refused)
    }

    fn settle(&mut self) -> Result<bool, SinkError> {
        self.store.settle().map_err(refused)
    }

    fn status(&mut self, status: SourceStatus) {
        *self.status.lock().unwrap_or_else(PoisonError::into_inner) = status;
    }
}

/// A store with one reader at work.
pub struct Desk {
    pub counter: Counter,
    stop: Stop,
    thread: Option<JoinHandle<()>>,
}

impl Desk {
    /// In this state folder, or in memory.
    pub fn open(state: Option<&Path>, config: &SourceConfig) -> Self {
        let store = Store::open(state, &StoreConfig::default(), Stamp::new(1_795_190_400_000_000, 480));
        store.set_sources(&["app".into()]);
        let counter = Counter { store, status: Arc::default() };
        let spec = SourceSpec {
            config: config.clone(),
            name: "app".into(),
            successes: Arc::new(["00".to_owned()].into()),
            zone_default: TimeZone::UTC,
            tail_first: true,
        };
        let stop = Stop::new();
        let thread = spawn(spec, Box::new(counter.clone()), stop.clone()).expect("a thread");
        Self { counter, stop, thread: Some(thread) }
    }

    pub fn status(&self) -> SourceStatus {
        self.counter.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Every listed transaction, oldest first.
    pub fn sales(&self) -> Vec<Sale> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let query = SaleQuery { limit: 1_000_000, ..SaleQuery::default() };
        let (mut rows, _) = runtime.block_on(self.counter.store.sales(query)).expect("rows");
        rows.reverse();
        rows
    }

    pub fn stans(&self) -> Vec<u64> {
        let number = |sale: Sale| sale.stan.and_then(|stan| stan.parse().ok()).unwrap_or(0);
        self.sales().into_iter().map(number).collect()
    }

    /// Waits for a condition; fails after a time that only a hang reaches.
    pub fn until(&self, what: &str, fits: impl Fn(&Self) -> bool) {
        let began = Instant::now();
        while !fits(self) {
            let told = || format!("{:?}", self.status());
            assert!(began.elapsed() < Duration::from_mins(1), "never came: {what}; {}", told());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.stop.stop();
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(std::thread::panicking() || ended.is_none_or(|ended| ended.is_ok()), "the reader panicked");
    }
}

/// What this program is to do when it is started again, in the environment.
const JOB: &str = "POS_TEST_JOB";

/// The words after the job's name, in the process that was started to do it.
pub fn job(name: &str) -> Option<Vec<String>> {
    let text = std::env::var(JOB).ok()?;
    let mut words = text.split('\u{1f}').map(str::to_owned);
    (words.next()? == name).then(|| words.collect())
}

/// Starts this program again to do `name`, which is also the name of the test that does it.
pub fn start(name: &str, words: &[&str]) -> Child {
    let job = [&[name.rsplit("::").next().unwrap_or(name)], words].concat().join("\u{1f}");
    Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env(JOB, job)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started")
}

/// Does it, and gives back what it printed.
pub fn done(name: &str, words: &[&str]) -> String {
    let output = start(name, words).wait_with_output().expect("ended");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}
