//! What a person sees and waits for: first frame, keys, and what a resting screen costs.

use std::time::Duration;

use crate::process::{Usage, usage};
use crate::report::{Report, median, quantile};
use crate::site::Site;
use crate::tty::Tty;
use crate::{Extent, peer};

const SIZE: (u16, u16) = (80, 24);

/// How long a resting screen is watched: the clock changes once, slow checks come by.
const IDLE: Duration = Duration::from_mins(1);

/// Keys pressed for one percentile.
const KEYS: usize = 200;

/// A program with how to tell that its first real frame is there, and two keys that change its screen to and fro.
struct Subject {
    name: &'static str,
    command: Vec<String>,
    ready: fn(&str) -> bool,
    keys: [&'static str; 2],
}

impl Subject {
    fn start(&self) -> (Tty, f64) {
        let mut tty = Tty::start(&self.command, SIZE.0, SIZE.1);
        let Some(took) = tty.until(self.ready) else { panic!("{} never got ready:\n{}", self.name, tty.text()) };
        (tty, took)
    }
}

pub fn run(site: &Site, extent: &Extent, wanted: &dyn Fn(&str) -> bool, report: &mut Report) {
    let ours = |name| Subject { name, command: site.console(&[]), ready: home_is_there, keys: ["2", "\x7f"] };
    let mut subjects = vec![ours("alone")];
    if let Some(path) = peer("htop") {
        let command = vec![path.to_string_lossy().into_owned(), "-d".to_owned(), "10".to_owned()];
        subjects.push(Subject {
            name: "htop",
            command,
            ready: |text| text.contains("PID") && text.contains("Load average"),
            keys: ["\x1b[B", "\x1b[A"],
        });
    }
    if let Some(path) = peer("btop") {
        let command = vec![path.to_string_lossy().into_owned(), "--utf-force".to_owned()];
        subjects.push(Subject {
            name: "btop",
            command,
            ready: |text| text.contains("Pid:") || text.contains("Program"),
            keys: ["\x1b[B", "\x1b[A"],
        });
    }
    if wanted("first") {
        first(&subjects, extent, "in-process", "<= 1.0 x btop", report);
        let _agent = site.agent();
        subjects[0] = ours("attached");
        first(&subjects, extent, "attached", "fastest full peer x 0.8", report);
    }
    subjects[0] = ours("alone");
    if wanted("keys") {
        keys(&subjects, report);
    }
    if wanted("idle") || wanted("memory") {
        idle(&subjects, "in-process", None, report);
        let agent = site.agent();
        subjects[0] = ours("attached");
        idle(&subjects[..1], "attached", Some(agent.pid()), report);
    }
}

/// HOME with the newest sale, not only its title.
fn home_is_there(text: &str) -> bool {
    text.starts_with("0 ") && text.contains("HOME") && text.contains("\nLast ")
}

fn first(subjects: &[Subject], extent: &Extent, mode: &str, goal: &str, report: &mut Report) {
    let mut times = vec![Vec::new(); subjects.len()];
    let mut bytes = vec![Vec::new(); subjects.len()];
    // In turns, so that what disturbs the machine disturbs all alike.
    for _ in 0..extent.runs {
        for (index, subject) in subjects.iter().enumerate() {
            let (mut tty, took) = subject.start();
            times[index].push(took * 1000.0);
            // Some paint their first screen in many pieces.
            tty.quiet(Duration::from_millis(60));
            bytes[index].push(tty.bytes as f64);
        }
    }
    let mut told = |what: &str, unit, values: &mut [Vec<f64>], goal| {
        let middle: Vec<f64> = values.iter_mut().map(|values| median(values)).collect();
        report.row(&format!("{what}, {mode}"), unit, middle[0], &named(&subjects[1..], &middle[1..]), goal);
    };
    told("first frame", "ms", &mut times, goal);
    told("first frame", "bytes", &mut bytes, "");
}

fn keys(subjects: &[Subject], report: &mut Report) {
    let mut middle = Vec::new();
    let mut slowest = Vec::new();
    for subject in subjects {
        let (mut tty, _) = subject.start();
        tty.quiet(Duration::from_millis(300));
        let mut times = Vec::new();
        for press in 0..KEYS {
            if let Some(took) = tty.press(subject.keys[press % 2]) {
                times.push(took * 1000.0);
            }
            // At no fixed distance from anybody's own clock.
            tty.quiet(Duration::from_millis(25 + (press as u64 * 7) % 20));
        }
        middle.push(quantile(&mut times, 0.5));
        slowest.push(quantile(&mut times, 0.99));
    }
    report.row("key to paint p50", "ms", middle[0], &named(&subjects[1..], &middle[1..]), "<= 1.0 x bottom");
    report.row("key to paint p99", "ms", slowest[0], &named(&subjects[1..], &slowest[1..]), "<= 1.5 x bottom");
}

fn idle(subjects: &[Subject], mode: &str, agent: Option<u32>, report: &mut Report) {
    let seconds = IDLE.as_secs_f64();
    let mut rest: Vec<[f64; 4]> = Vec::new();
    let mut of_agent = None;
    for subject in subjects {
        let (mut tty, _) = subject.start();
        tty.watch(Duration::from_secs(4));
        let (before, agent_before, bytes) = (usage(tty.pid()), agent.map(usage), tty.bytes);
        tty.watch(IDLE);
        let after = usage(tty.pid());
        if let (Some(pid), Some(before)) = (agent, agent_before) {
            of_agent = Some(cost(before, usage(pid), seconds));
        }
        let [cpu, pss, switches] = cost(before, after, seconds);
        rest.push([(tty.bytes - bytes) as f64 / seconds, cpu, pss, switches]);
    }
    for (at, (what, unit, goal)) in [
        ("idle bytes", "bytes/s", "0 between minutes"),
        ("idle processor", "%", "<= 0.1 x htop attached"),
        ("memory (PSS)", "MiB", ""),
        ("context switches", "per s", "<= 5 with the agent"),
    ]
    .iter()
    .enumerate()
    {
        let values: Vec<f64> = rest.iter().map(|row| row[at]).collect();
        report.row(&format!("{what}, {mode}"), unit, values[0], &named(&subjects[1..], &values[1..]), goal);
    }
    if let Some([cpu, pss, switches]) = of_agent {
        report.row("idle processor, agent", "%", cpu, &[], "<= 0.5 x htop");
        report.row("memory (PSS), agent with 100,000 lines", "MiB", pss, &[], "");
        report.row("context switches, agent", "per s", switches, &[], "");
    }
}

fn cost(before: Usage, after: Usage, seconds: f64) -> [f64; 3] {
    [(after.cpu - before.cpu) / seconds * 100.0, after.pss, (after.switches - before.switches) / seconds]
}

fn named(subjects: &[Subject], values: &[f64]) -> Vec<(&'static str, f64)> {
    subjects.iter().map(|subject| subject.name).zip(values.iter().copied()).collect()
}
