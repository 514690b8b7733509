//! How fast a journal becomes history: parsed, masked, indexed, durable; beside `jq` that only selects.

use std::process::{Command, Stdio};

use crate::report::Report;
use crate::site::Site;
use crate::{Extent, peer, timed};

pub fn run(extent: &Extent, report: &mut Report) {
    let site = Site::with_journal(extent.lines);
    let megabytes = std::fs::metadata(site.journal()).map_or(0, |found| found.len()) as f64 / 1e6;
    // Into the page cache first, so that whoever comes first pays nothing for the others.
    let _ = std::fs::read(site.journal());
    let mut best = f64::MAX;
    for _ in 0..3 {
        site.forget();
        best = best.min(site.read_all());
    }
    let restart = site.read_all();
    let jq = peer("jq").map(|path| {
        let mut command = Command::new(path);
        timed(command.args(["-c", "select(.code == \"51\")"]).arg(site.journal()).stdout(Stdio::null()))
    });
    let peers: Vec<(&str, f64)> = jq.map(|seconds| ("jq", megabytes / seconds)).into_iter().collect();
    report.row(&format!("journal to history, {} lines", extent.lines), "MB/s", megabytes / best, &peers, ">= 5 x jq");
    report.row("the same journal again, nothing new", "s", restart, &[], "");
}
