//! How fast a journal becomes history: parsed, masked, indexed, durable; beside `jq`, which only selects, and a
//! database made for analysis, which types the same columns. They take turns; the middle of each is told.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use pos_console::config::SourceConfig;
use pos_console::model::{Batch, FileMark, SourceStatus};
use pos_console::sources::{Sink, SinkError, SourceSpec, Stop, spawn};

use crate::report::{Report, median};
use crate::site::Site;
use crate::{Extent, peer, timed};

/// How often each takes its turn.
const TURNS: usize = 5;

pub fn run(extent: &Extent, report: &mut Report) {
    let site = Site::with_journal(extent.lines);
    let megabytes = std::fs::metadata(site.journal()).map_or(0, |found| found.len()) as f64 / 1e6;
    // Into the page cache first, so that whoever comes first pays nothing for the others.
    let _ = std::fs::read(site.journal());
    let jq = peer("jq");
    let (mut ours, mut parsed, mut selected, mut loaded) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TURNS {
        site.forget();
        ours.push(site.read_all());
        parsed.push(parse(&site.journal(), extent.lines));
        selected.extend(jq.as_ref().map(|path| {
            let mut command = Command::new(path);
            timed(command.args(["-c", "select(.code == \"51\")"]).arg(site.journal()).stdout(Stdio::null()))
        }));
        loaded.extend(load(&site.journal()));
    }
    if loaded.is_empty() {
        println!("skipped: no python here has duckdb");
    }
    let speed = |seconds: &mut Vec<f64>| megabytes / median(seconds);
    let peers = [("jq", speed(&mut selected)), ("duckdb, 1 thread", speed(&mut loaded))];
    let peers: Vec<(&str, f64)> = peers.into_iter().filter(|(_, speed)| !speed.is_nan()).collect();
    let goal = ">= 5 x jq, >= 0.5 x duckdb";
    report.row(&format!("journal to history, {} lines", extent.lines), "MB/s", speed(&mut ours), &peers, goal);
    let jq: Vec<(&str, f64)> = peers.into_iter().filter(|(name, _)| *name == "jq").collect();
    report.row("the same journal parsed and masked alone", "MB/s", speed(&mut parsed), &jq, ">= 10 x jq");
    report.row("the same journal again, nothing new", "s", site.read_all(), &[], "");
}

/// Seconds that a reader takes whose rows nobody stores.
fn parse(journal: &Path, lines: u64) -> f64 {
    let spec = SourceSpec {
        config: SourceConfig { path: journal.to_owned(), ..SourceConfig::default() },
        name: "journal".into(),
        successes: Arc::new(["00".to_owned()].into()),
        zone_default: TimeZone::UTC,
        tail_first: false,
    };
    let (seen, stop, began) = (Nowhere::default(), Stop::new(), Instant::now());
    let thread = spawn(spec, Box::new(seen.clone()), stop.clone()).expect("a thread");
    let (rows, more) = &*seen.0;
    let rows = rows.lock().unwrap_or_else(PoisonError::into_inner);
    let all = more.wait_timeout_while(rows, Duration::from_mins(2), |rows| *rows < lines);
    let took = began.elapsed().as_secs_f64();
    assert!(all.is_ok_and(|(rows, _)| *rows == lines), "not every line is a transaction");
    stop.stop();
    thread.join().expect("it ends");
    took
}

/// Counts the rows and lets go of them.
#[derive(Clone, Default)]
struct Nowhere(Arc<(Mutex<u64>, Condvar)>);

impl Sink for Nowhere {
    fn marks(&mut self, _: &str) -> Result<Vec<FileMark>, SinkError> {
        Ok(Vec::new())
    }

    fn commit(&mut self, batch: Batch) -> Result<FileMark, SinkError> {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) += batch.rows.len() as u64;
        self.0.1.notify_all();
        Ok(FileMark { ordinal: 1, ..batch.mark })
    }

    fn status(&mut self, _: SourceStatus) {}
}

/// Seconds in which duckdb makes a table of the journal, where a Python that has it is named by `BENCH_PYTHON`, or
/// found.
fn load(journal: &Path) -> Option<f64> {
    let python = std::env::var("BENCH_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let folder = tempfile::tempdir().expect("a folder");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench/load.py");
    let done = Command::new(python).arg(script).arg(journal).arg(folder.path()).output().ok()?;
    String::from_utf8_lossy(&done.stdout).trim().parse().ok()
}
