//! `app.alive`, `app.memory`: does the payment application run, does it start again and again, does it grow.

use std::time::Duration;

use super::adapter::{self, Kind};
use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Fact, Finding, Status};
use crate::platform::Fut;

pub(super) struct Alive;

const ALIVE: CheckSpec = CheckSpec {
    id: "app.alive",
    area: Area::App,
    screen: "64",
    every: Duration::from_secs(15),
    limit: Duration::from_secs(9),
    needs: &["sys.memory", "sys.disk", "sys.readonly"],
};

/// So many starts within [`LOOP_S`] are a loop, until the program has stayed up so many times longer than between them.
const STARTS: usize = 3;
const STEADY: i64 = 2;
const LOOP_S: i64 = 600;
/// A unit that systemd has started again so often, and whose program is this young, starts again and again.
const YOUNG_S: u64 = 120;

impl Check for Alive {
    fn spec(&self) -> &'static CheckSpec {
        &ALIVE
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            if let Some(found) = adapter::finding(&cx, Kind::Payment, &ALIVE).await {
                return vec![found.remedy("restart-app")];
            }
            vec![alive(&cx).await.remedy("restart-app")]
        })
    }
}

async fn alive(cx: &Cx) -> Finding {
    let wanted = &cx.config.app;
    if wanted.process.is_empty() {
        return ALIVE.found(cx, Status::Absent, "app-alive-not-looked");
    }
    let name = wanted.process.as_str();
    let running = match cx.host.gear().processes(name).await {
        Ok(running) => running,
        Err(trouble) => {
            let found = ALIVE.found(cx, Status::Unknown, "app-alive-unknown");
            return found.fact("reason", trouble.to_string()).fact("process", name);
        }
    };
    let now = cx.now.micros / 1_000_000;
    // The oldest is the application itself; others are its helpers.
    let oldest = running.iter().max_by_key(|seen| seen.age_s);
    let starts = starts(cx, oldest.map(|seen| i64::from(seen.pid)), now);
    let (restarts, again) = restarts(cx).await;
    let young = oldest.is_none_or(|seen| seen.age_s < YOUNG_S);
    let looping = goes_on(&starts, now) || again || young && restarts >= STARTS as u64;
    let (status, code) = match (looping, oldest) {
        (true, _) => (Status::Fail, "app-alive-looping"),
        (false, None) => (Status::Fail, "app-alive-dead"),
        (false, Some(_)) => (Status::Ok, "app-alive-ok"),
    };
    let found = ALIVE
        .found(cx, status, code)
        .fact("process", name)
        .fact("pid", oldest.map_or(0, |seen| i64::from(seen.pid)))
        .fact("minutes", oldest.map_or(0, |seen| seen.age_s / 60))
        .fact("restarts", restarts.max(starts.len() as u64));
    found.fact("starts", starts.iter().map(ToString::to_string).collect::<Vec<_>>())
}

/// When the program was seen to be another one than before, in the last minutes.
fn starts(cx: &Cx, pid: Option<i64>, now: i64) -> Vec<i64> {
    let Some(before) = cx.previous.iter().find(|found| found.id == ALIVE.id) else { return Vec::new() };
    let mut starts: Vec<i64> = match before.facts.get("starts") {
        Some(Fact::List(list)) => list.iter().filter_map(|text| text.parse().ok()).collect(),
        _ => Vec::new(),
    };
    let known = match before.facts.get("pid") {
        Some(Fact::Int(known)) => *known,
        _ => return Vec::new(),
    };
    if pid.is_some_and(|pid| pid != known) {
        starts.push(now);
    }
    starts.retain(|at| (0..LOOP_S).contains(&(now - at)));
    starts
}

/// Whether these starts are a loop that has not come to an end yet.
fn goes_on(starts: &[i64], now: i64) -> bool {
    let Some(newest) = starts.last_chunk::<STARTS>() else { return false };
    let longest = newest.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0);
    now - newest[STARTS - 1] <= STEADY * longest
}

/// How often systemd has started the unit again by itself, and whether it is about to.
async fn restarts(cx: &Cx) -> (u64, bool) {
    let unit = &cx.config.app.unit;
    if unit.is_empty() {
        return (0, false);
    }
    let argv = ["systemctl", "show", "-p", "NRestarts", "-p", "SubState", unit].map(str::to_owned);
    let Ok(output) = cx.host.exec(&argv, Duration::from_secs(3), 16 * 1024).await else { return (0, false) };
    let text = String::from_utf8_lossy(&output.stdout);
    let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    let count = value("NRestarts").and_then(|word| word.parse().ok()).unwrap_or(0);
    (count, value("SubState") == Some("auto-restart") && count > 0)
}

pub(super) struct Memory;

const MEMORY: CheckSpec = CheckSpec {
    id: "app.memory",
    area: Area::App,
    screen: "64",
    every: Duration::from_mins(1),
    limit: Duration::from_secs(4),
    needs: &[],
};

impl Check for Memory {
    fn spec(&self) -> &'static CheckSpec {
        &MEMORY
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            let wanted = &cx.config.app;
            if wanted.process.is_empty() || wanted.memory_warn_mb == 0 {
                return vec![MEMORY.found(&cx, Status::Absent, "app-memory-not-looked")];
            }
            let running = match cx.host.gear().processes(&wanted.process).await {
                Ok(running) => running,
                Err(trouble) => {
                    let found = MEMORY.found(&cx, Status::Unknown, "app-memory-unknown");
                    return vec![found.fact("reason", trouble.to_string())];
                }
            };
            let megabytes = running.iter().map(|seen| seen.memory).sum::<u64>() / 1_000_000;
            let (status, code) = match () {
                () if running.is_empty() => (Status::NotTested, "app-memory-dead"),
                () if megabytes > u64::from(wanted.memory_warn_mb) => (Status::Warning, "app-memory-much"),
                () => (Status::Ok, "app-memory-ok"),
            };
            let found = MEMORY.found(&cx, status, code).fact("megabytes", megabytes);
            vec![found.fact("limit_mb", wanted.memory_warn_mb).remedy("restart-app")]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Once, a terminal whose application had been mended was told for ten minutes more that it starts again and again.
    #[test]
    fn a_loop_is_over_when_the_program_stays_up_longer_than_it_did() {
        assert!(!goes_on(&[100, 107], 108), "two starts are none");
        assert!(goes_on(&[100, 107, 117], 118));
        assert!(goes_on(&[100, 107, 117], 137), "as long as twice the longest time between them");
        assert!(!goes_on(&[100, 107, 117], 138));
        // One that dies every three minutes is not well in between.
        assert!(goes_on(&[0, 180, 360], 540));
        assert!(goes_on(&[0, 5, 180, 360], 700));
        assert!(!goes_on(&[0, 180, 360], 721));
    }
}
