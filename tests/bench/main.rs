//! Benchmarks: the real binaries in a pseudo terminal beside well-known programs, in one run on one machine.
//!
//! Only the ratios mean something; times belong to the machine they were taken on. Nothing here is asserted: the
//! goals are in the table that is printed. `scripts/bench [WORD...]` builds, installs the peers and runs the
//! measurements whose names begin with a word; `BENCH_RUNS` (11) and `BENCH_LINES` (1000000) set their size.

// A peer that does not start ends the measurement; nobody depends on it.
#![allow(clippy::panic)]

mod decline;
mod decode;
mod ingest;
mod process;
mod report;
mod screen;
mod site;
mod tty;

use std::env;
use std::path::PathBuf;
use std::process::Command;

use report::Report;
use site::Site;

/// The program under test.
const CONSOLE: &str = env!("CARGO_BIN_EXE_pos-console");
/// The simulator, for journals.
const SIM: &str = env!("CARGO_BIN_EXE_pos-sim");

/// How much is measured.
pub struct Extent {
    pub runs: usize,
    pub lines: u64,
}

fn main() {
    let words: Vec<String> = env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let wanted = |name: &str| words.is_empty() || words.iter().any(|word| name.starts_with(word.as_str()));
    let number = |name: &str, default: u64| env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let extent = Extent { runs: number("BENCH_RUNS", 11) as usize, lines: number("BENCH_LINES", 1_000_000) };
    let mut report = Report::default();
    size(&mut report);
    if ["first", "keys", "idle", "memory"].iter().any(|name| wanted(name)) {
        let site = Site::with_history(100_000);
        screen::run(&site, &extent, &wanted, &mut report);
    }
    if wanted("decode") {
        decode::run(&mut report);
    }
    if wanted("decline") {
        decline::run(&extent, &mut report);
    }
    if wanted("ingest") {
        ingest::run(&extent, &mut report);
    }
    report.print();
}

/// The binary as it was built, and as it would be without symbols.
fn size(report: &mut Report) {
    let bytes = std::fs::metadata(CONSOLE).map_or(0, |found| found.len());
    report.row("binary", "MB", bytes as f64 / 1e6, &[], "<= 8 MB");
}

/// Where a peer is, or a line that says it is not.
fn peer(name: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file());
    if found.is_none() {
        println!("skipped: {name} is not here");
    }
    found
}

/// Runs to the end and gives the seconds it took.
fn timed(command: &mut Command) -> f64 {
    let began = std::time::Instant::now();
    let done = command.status().expect("it starts");
    let took = began.elapsed().as_secs_f64();
    assert!(done.success(), "{command:?}: {done}");
    took
}
