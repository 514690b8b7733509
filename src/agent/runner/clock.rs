//! 62 SYNC TIME: tells whoever keeps the clock, and believes only a time server asked again.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::desk::{self, Desk, Job, ready};
use super::ladder;
use crate::actions::clock::{RIGHT_US, Readings, measure, offset_said};
use crate::model::{RunEnd, RunPhase, Said, Stamp, StepState};
use crate::platform::{Deed, Steady};

/// One deed: chrony waits for its measurements by itself.
const DEED: Duration = Duration::from_secs(30);
/// A clock that is being corrected is given this long.
const COMING_RIGHT: Duration = Duration::from_secs(20);
const LOOK: Duration = Duration::from_secs(1);
/// What the clock decides: looked at again afterwards.
const AFTER: [&str; 3] = ["clock.offset", "host.tls", "host.cert"];

/// Runs it to its end.
pub(super) async fn run(desk: Desk, job: Job) {
    let mut view = desk::view(&job);
    let Some((desk, job)) = ready(desk, job, &mut view).await else { return };
    let before = job.prepared.clock.clone().unwrap_or_default();
    view.phase = RunPhase::Acting;
    for (at, deed) in job.prepared.rungs.clone().iter().flatten().enumerate() {
        let Some(step) = view.steps.get_mut(at) else { break };
        step.state = StepState::Running;
        let mut seen = step.clone();
        desk.tell(&view).await;
        let stepped = match &job.prepared.by_hand {
            Some(typed) => Some(Deed::StepClock { offset_us: off(&desk, &job.prepared.at, typed.1) }),
            None => fresh(&desk, deed, &before.servers).await,
        };
        let deed = stepped.as_ref().unwrap_or(deed);
        // A deed that fails is told; whether the clock is right is measured, not concluded.
        desk.act(deed, DEED, &mut seen).await;
        view.steps[at] = seen;
    }
    view.phase = RunPhase::Checking;
    view.said = vec![Said::new("run-clock-measuring")];
    desk.tell(&view).await;
    let alone = job.prepared.by_hand.is_some() && before.offsets.is_empty();
    let after = if alone {
        // Nobody answered before, and a clock that was set tells nobody to.
        measure(desk.host.as_ref(), &before.servers).await
    } else {
        come_right(&desk, &before.servers).await
    };
    ladder::look(&desk, ladder::named(&AFTER)).await;
    let typed = job.prepared.by_hand.as_ref().filter(|_| after.middle().is_none());
    let (ended, said, why) = match typed {
        Some((_, target)) => by_hand(&desk, off(&desk, &job.prepared.at, *target)),
        None => verdict(&before, &after),
    };
    desk.end(&job.actor, view, ended, said, &why).await;
}

/// How far our clock is from the time that was typed, which has run on since.
fn off(desk: &Desk, at: &Steady, target: Stamp) -> i64 {
    let passed = desk.hands.steady().ms.saturating_sub(at.ms).saturating_mul(1_000);
    target.micros.saturating_add(i64::try_from(passed).unwrap_or(0)).saturating_sub(desk.host.now().micros)
}

/// Nobody else tells the time: that the clock says what was typed is all there is to see.
fn by_hand(desk: &Desk, off: i64) -> (RunEnd, Vec<Said>, String) {
    let time = desk.host.now().strftime("%Y-%m-%d %H:%M:%S");
    let right = off.unsigned_abs() < RIGHT_US;
    let (ended, key) =
        if right { (RunEnd::Done, "run-clock-typed-right") } else { (RunEnd::Failed, "run-clock-typed-wrong") };
    (ended, vec![Said::new(key).fact("time", time)], format!("typed, {off} us off, no source to compare with"))
}

/// A step of our own goes by what is measured now, not by what was when the plan was made.
async fn fresh(desk: &Desk, deed: &Deed, servers: &[String]) -> Option<Deed> {
    if !matches!(deed, Deed::StepClock { .. }) {
        return None;
    }
    let offset_us = measure(desk.host.as_ref(), servers).await.middle()?.1;
    Some(Deed::StepClock { offset_us })
}

/// Measures until the clock is right, or its time is up.
async fn come_right(desk: &Desk, servers: &[String]) -> Readings {
    let until = Instant::now() + desk.span(COMING_RIGHT);
    loop {
        let readings = measure(desk.host.as_ref(), servers).await;
        let right = readings.middle().is_some_and(|(by, offset)| offset.unsigned_abs() < Readings::right_us(by));
        if right || Instant::now() >= until {
            return readings;
        }
        sleep(desk.span(LOOK)).await;
    }
}

fn verdict(before: &Readings, after: &Readings) -> (RunEnd, Vec<Said>, String) {
    let mut said = Vec::new();
    let told = |readings: &Readings| readings.middle().map_or("none".to_owned(), |(s, us)| format!("{us} us by {s}"));
    let why = format!("before {}, after {}", told(before), told(after));
    let ended = match after.middle() {
        Some((server, offset)) if offset.unsigned_abs() < Readings::right_us(server) => {
            said.push(offset_said("run-clock-right", *offset).fact("server", server.as_str()));
            RunEnd::Done
        }
        Some((server, offset)) => {
            said.push(offset_said("run-clock-wrong", *offset).fact("server", server.as_str()));
            RunEnd::Failed
        }
        None => {
            said.push(Said::new("run-clock-unproved"));
            RunEnd::Failed
        }
    };
    if let Some((_, offset)) = before.middle() {
        said.push(offset_said("run-clock-before", *offset));
    }
    (ended, said, why)
}
