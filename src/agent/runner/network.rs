//! 61 NET RESTART and 95 NET SETUP: holds while a sale is in flight, arms the guard, acts gently first, and leaves the rest to it.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::desk::{self, Desk, Job, ready};
use super::guarded::Drive;
use super::ladder::Ladder;
use crate::actions::begun::Begun;
use crate::actions::guard::{Armed, Event, Phase, VERSION};
use crate::actions::{Prepared, phone};
use crate::model::{RunEnd, RunPhase, Said, Stamp, StepState};
use crate::platform::{self, Deed};

/// One deed; a manager that hangs is late, and the next rung is tried.
const DEED: Duration = Duration::from_secs(25);
/// A new network: finding it, its password, its address.
const CONNECTING: Duration = Duration::from_secs(45);
/// A changed network is given this long at most to get its addresses.
const COMING_UP: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(300);
/// NetworkManager's own way back comes after ours.
const LATER_S: u32 = 30;

/// Runs it to its end.
pub(super) async fn run(desk: Desk, job: Job) {
    let mut view = desk::view(&job);
    let Some((desk, mut job)) = ready(desk, job, &mut view).await else { return };
    let before = Ladder::climb(desk.clone()).await;
    // What stands there now, not what stood there when somebody looked at the plan.
    job.prepared.kept = match desk.hands.keep(&job.prepared.interfaces).await {
        Ok(kept) if !kept.links.is_empty() || job.prepared.wanted.is_some() => kept,
        _ => {
            return desk.end(&job.actor, view, RunEnd::Failed, vec![Said::new("run-no-snapshot")], "no-snapshot").await;
        }
    };
    name_profile(&mut job.prepared);
    let mut armed = arm(&desk, &job);
    if !desk.remember(&armed).await {
        return desk.end(&job.actor, view, RunEnd::Failed, vec![Said::new("run-not-armed")], "not-armed").await;
    }
    if job.prepared.checkpoint {
        checkpoint(&desk, &job, &mut armed).await;
    }
    let rungs = std::mem::take(&mut job.prepared.rungs);
    let Job { actor, orders, .. } = job;
    let mut drive = Drive::new(desk, actor, armed, view, orders, before);
    let done =
        if drive.armed.wanted.is_some() { all(&mut drive, &rungs).await } else { some(&mut drive, &rungs).await };
    if drive.open() {
        // A network that was never touched proves nothing.
        drive.event(if done { Event::Acted } else { Event::Broken }).await;
    }
    drive.finish().await;
}

/// A new profile gets its name before the guard is armed: whoever puts things back knows it.
fn name_profile(prepared: &mut Prepared) {
    let Some(bytes) = phone::random::<16>().filter(|_| prepared.wanted.is_some()) else { return };
    // RFC 9562 section 5.4
    let mut whole = u128::from_be_bytes(bytes);
    whole = whole & !(0xf << 76) | 4 << 76;
    whole = whole & !(3 << 62) | 2 << 62;
    let hex = format!("{whole:032x}");
    let uuid = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-");
    let Prepared { rungs, commit, then, back, .. } = prepared;
    rungs.iter_mut().flatten().chain(commit).chain(then).chain(back).for_each(|deed| deed.name_profile(&uuid));
}

/// Gentlest first, until it helped; whether anything was done.
async fn some(drive: &mut Drive, rungs: &[Vec<Deed>]) -> bool {
    let mut done = false;
    for (at, rung) in rungs.iter().enumerate() {
        let more = climb(drive, at, rung).await;
        done |= drive.view.steps.get(at).is_some_and(|step| step.state == StepState::Done);
        if !more {
            break;
        }
    }
    done
}

/// One after the other; whether all of it was done.
async fn all(drive: &mut Drive, rungs: &[Vec<Deed>]) -> bool {
    for (at, rung) in rungs.iter().enumerate() {
        if !act(drive, at, rung).await {
            return false;
        }
    }
    let settle =
        settle(drive.desk.clone(), drive.armed.wanted.iter().map(|(interface, _)| interface.clone()).collect());
    drive.show(RunPhase::Checking, vec![Said::new("run-checking")]).await;
    drive.meanwhile(settle).await.is_ok()
}

/// Does one rung and looks whether it helped; true when the next one is to be tried.
async fn climb(drive: &mut Drive, at: usize, rung: &[Deed]) -> bool {
    act(drive, at, rung).await;
    if !drive.open() {
        return false;
    }
    drive.show(RunPhase::Checking, vec![Said::new("run-checking")]).await;
    let settle = settle(drive.desk.clone(), drive.armed.kept.links.iter().map(|link| link.name.clone()).collect());
    if drive.meanwhile(settle).await.is_err() {
        return false;
    }
    match drive.meanwhile(Ladder::climb(drive.desk.clone())).await {
        Ok(ladder) => {
            drive.ladder = ladder;
            !drive.ladder.passes(&drive.before) || drive.manager_gone().await
        }
        Err(_) => false,
    }
}

/// Does one rung; whether every deed of it was done.
async fn act(drive: &mut Drive, at: usize, rung: &[Deed]) -> bool {
    if let Some(step) = drive.view.steps.get_mut(at) {
        step.state = StepState::Running;
    }
    drive.note_steps().await;
    drive.show(RunPhase::Acting, Vec::new()).await;
    let (mut good, mut seen) = (true, drive.view.steps.get(at).cloned().unwrap_or_default());
    let began = Instant::now();
    for deed in rung {
        let desk = drive.desk.clone();
        let limit = if matches!(deed, Deed::NmSetUp { .. }) { CONNECTING } else { DEED };
        let Ok(done) = drive.meanwhile(desk.act(deed, limit, &mut seen)).await else {
            good = false;
            break;
        };
        good &= done;
    }
    seen.took_ms = u64::try_from(began.elapsed().as_millis()).ok();
    if !good {
        seen.state = StepState::Failed;
    }
    if let Some(step) = drive.view.steps.get_mut(at) {
        *step = seen;
    }
    drive.note_steps().await;
    good && drive.open()
}

/// The configured moment, then until every link has an address, as long as that may take.
async fn settle(desk: Desk, links: Vec<String>) {
    sleep(Duration::from_secs(u64::from(desk.config.actions.settle_s))).await;
    let until = Instant::now() + desk.span(COMING_UP);
    while Instant::now() < until {
        let now = desk.hands.keep(&links).await.unwrap_or_default();
        if links.iter().all(|name| now.links.iter().any(|link| link.name == *name && !link.addresses.is_empty())) {
            return;
        }
        sleep(desk.span(LOOK)).await;
    }
}

fn arm(desk: &Desk, job: &Job) -> Armed {
    let (now, wall) = (desk.hands.steady(), platform::now());
    let seconds = job.prepared.guard_s.unwrap_or(desk.config.actions.guard_local_s);
    let mut back = job.prepared.back.clone();
    for deed in &mut back {
        match deed {
            Deed::Restore { kept } => kept.clone_from(&job.prepared.kept),
            Deed::NmReapply { kept } => {
                if let Some(link) = job.prepared.kept.links.iter().find(|link| link.name == kept.name) {
                    kept.clone_from(link);
                }
            }
            _ => {}
        }
    }
    let uuid = job.prepared.commit.iter().find_map(|deed| match deed {
        Deed::NmSave { profile } => Some(profile.clone()),
        _ => None,
    });
    Armed {
        version: VERSION,
        begun: Begun::by(&job.actor, job.run, job.spec.id, wall),
        seconds,
        boot: now.boot,
        deadline_ms: now.ms + u64::from(seconds) * 1_000,
        deadline: Stamp { micros: wall.micros + i64::from(seconds) * 1_000_000, ..wall },
        phase: Phase::Acting,
        why: String::new(),
        decided_by: None,
        kept: job.prepared.kept.clone(),
        back,
        wanted: job.prepared.wanted.clone().zip(uuid),
        commit: job.prepared.commit.clone(),
        then: job.prepared.then.clone(),
        after: Vec::new(),
        steps: desk::view(job).steps,
        said: Vec::new(),
    }
}

/// NetworkManager's own memory beside ours: it also knows what cannot be seen from outside. It is gone with
/// NetworkManager, so nothing depends on it.
async fn checkpoint(desk: &Desk, job: &Job, armed: &mut Armed) {
    let seconds = armed.seconds.saturating_add(LATER_S);
    let deed = Deed::NmCheckpoint { interfaces: job.prepared.interfaces.clone(), seconds };
    let Ok(checkpoint) = desk.hands.act(&deed, DEED).await else { return };
    let at = usize::from(!armed.back.is_empty());
    armed.back.insert(at, Deed::NmRollback { checkpoint: checkpoint.clone() });
    armed.after.push(Deed::NmForget { checkpoint });
    desk.remember(armed).await;
}
