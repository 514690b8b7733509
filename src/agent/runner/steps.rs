//! Actions that do a few things one after the other: none while a sale is in flight, the first that fails is the end,
//! and what they were for is looked at afterwards instead of being believed.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::desk::{self, Desk, Job, ready};
use super::ladder;
use crate::actions::Waits;
use crate::actions::simple::Proof;
use crate::model::{RunEnd, RunPhase, Said, Status, StepState};

/// One deed.
const DEED: Duration = Duration::from_mins(1);
/// A proof is waited for this long at least.
const PROOF: Duration = Duration::from_secs(20);
const PROGRAM: Duration = Duration::from_secs(20);
const OUTPUT: usize = 64 * 1024;
const LOOK: Duration = Duration::from_millis(500);

/// Runs it to its end.
pub(super) async fn run(mut desk: Desk, mut job: Job) {
    let mut view = desk::view(&job);
    if job.spec.waits != Waits::Never {
        let Some(ready) = ready(desk, job, &mut view).await else { return };
        (desk, job) = ready;
    }
    view.phase = RunPhase::Acting;
    for (at, deed) in job.prepared.rungs.clone().iter().flatten().enumerate() {
        let Some(step) = view.steps.get_mut(at) else { break };
        step.state = StepState::Running;
        let mut seen = step.clone();
        desk.tell(&view).await;
        let good = desk.act(deed, DEED, &mut seen).await;
        let detail = seen.detail.clone();
        view.steps[at] = seen;
        if !good {
            let said = vec![Said::new("run-step-refused").fact("n", (at + 1) as i64).fact("detail", detail)];
            return desk.end(&job.actor, view, RunEnd::Failed, said, "a step failed").await;
        }
    }
    view.phase = RunPhase::Checking;
    view.said = vec![Said::new("run-proving")];
    desk.tell(&view).await;
    let limit = desk.span(PROOF.max(Duration::from_secs(u64::from(job.spec.seconds))));
    for proof in &job.prepared.verify {
        if let Err(said) = prove(&desk, proof, Instant::now() + limit).await {
            return desk.end(&job.actor, view, RunEnd::Failed, vec![said], "not proved").await;
        }
    }
    let (key, why) =
        if job.prepared.verify.is_empty() { ("run-done-unproved", "done") } else { ("run-done-proved", "proved") };
    desk.end(&job.actor, view, RunEnd::Done, vec![Said::new(key)], why).await;
}

async fn prove(desk: &Desk, proof: &Proof, until: Instant) -> Result<(), Said> {
    match proof {
        Proof::Stands { unit, seconds } => stands(desk, unit, desk.span(Duration::from_secs(*seconds)), until).await,
        Proof::Says { argv } => says(desk, argv, until).await,
        Proof::Checks(families) => checks(desk, families, until).await,
    }
}

/// Active, and still so after a while: an application that dies at once is not well.
async fn stands(desk: &Desk, unit: &str, whole: Duration, until: Instant) -> Result<(), Said> {
    let mut since: Option<Instant> = None;
    loop {
        let units = desk.host.units(&[unit.to_owned()]).await.unwrap_or_default();
        let state = units.named.first().map(|seen| seen.state.clone()).unwrap_or_default();
        since = since.filter(|_| state == "active").or_else(|| (state == "active").then(Instant::now));
        if since.is_some_and(|since| since.elapsed() >= whole) {
            return Ok(());
        }
        if Instant::now() >= until + whole {
            let said = Said::new("run-not-standing").fact("unit", unit);
            return Err(said.fact("state", if state.is_empty() { "?" } else { state.as_str() }));
        }
        sleep(desk.span(LOOK)).await;
    }
}

async fn says(desk: &Desk, argv: &[String], until: Instant) -> Result<(), Said> {
    loop {
        let told = match desk.host.exec(argv, PROGRAM, OUTPUT).await {
            Ok(output) if output.code == 0 => return Ok(()),
            Ok(output) => format!("exit {}", output.code),
            Err(fault) => format!("{fault:?}"),
        };
        if Instant::now() >= until {
            return Err(Said::new("run-not-well").fact("argv", argv.join(" ")).fact("detail", told));
        }
        sleep(desk.span(LOOK)).await;
    }
}

/// None of them fails; those that cannot tell here say nothing.
async fn checks(desk: &Desk, families: &[&str], until: Instant) -> Result<(), Said> {
    if ladder::named(families).is_empty() {
        return Ok(());
    }
    loop {
        let findings = ladder::look(desk, ladder::named(families)).await;
        let Some(bad) = findings.into_iter().find(|finding| finding.status == Status::Fail) else { return Ok(()) };
        if Instant::now() >= until {
            return Err(Said { key: format!("finding-{}", bad.code), facts: bad.facts });
        }
        sleep(desk.span(LOOK * 4)).await;
    }
}
