//! What the kernel says about a process and everything it started: processor time, memory, context switches.

use std::fs;

/// A process tree at one moment.
#[derive(Clone, Copy, Default)]
pub struct Usage {
    /// Seconds on a processor.
    pub cpu: f64,
    /// Proportional share of memory, MiB.
    pub pss: f64,
    pub switches: f64,
}

/// The process and all its descendants, added up.
pub fn usage(root: u32) -> Usage {
    let mut sum = Usage::default();
    for pid in tree(root) {
        for task in children_of(&format!("/proc/{pid}/task")) {
            let schedule = read(&format!("/proc/{pid}/task/{task}/schedstat"));
            let nanos: f64 = schedule.split(' ').next().and_then(|word| word.parse().ok()).unwrap_or(0.0);
            sum.cpu += nanos / 1e9;
            let status = read(&format!("/proc/{pid}/task/{task}/status"));
            sum.switches += field(&status, "voluntary_ctxt_switches:") + field(&status, "nonvoluntary_ctxt_switches:");
        }
        sum.pss += field(&read(&format!("/proc/{pid}/smaps_rollup")), "Pss:") / 1024.0;
    }
    sum
}

fn tree(root: u32) -> Vec<u32> {
    let parents: Vec<(u32, u32)> = children_of("/proc")
        .into_iter()
        .filter_map(|pid| {
            let stat = read(&format!("/proc/{pid}/stat"));
            // The name in brackets may hold anything.
            let behind = stat.rsplit_once(')')?.1;
            Some((pid, behind.split_whitespace().nth(1)?.parse().ok()?))
        })
        .collect();
    let mut found = vec![root];
    let mut at = 0;
    while let Some(parent) = found.get(at).copied() {
        found.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid));
        at += 1;
    }
    found
}

fn children_of(folder: &str) -> Vec<u32> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn field(text: &str, name: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0.0)
}
