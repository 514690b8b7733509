//! 71, 72, 73: asks for new versions, installs one, names the other system. What becomes of it afterwards, across every
//! kill and power cut, is [`super::trial`]'s.

use std::path::Path;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use super::desk::{self, Desk, Job, ready as ready_after_sale, went};
use super::trial::Drive;
use super::{Order, actions};
use crate::actions::begun::Begun;
use crate::actions::update::trial::{Event, Next, Phase, Trial, VERSION};
use crate::actions::update::{Going, Kept, RESTART_ASKED, Restart, Verb, bytes, look, still_ready};
use crate::agent::calls::{refusal, reply};
use crate::agent::core::Core;
use crate::model::{OfferSeen, Role, RunEnd, RunPhase, Said, Signed, Stamp, StepState, TriedSeen, UpdateSeen};
use crate::platform::{self, Deed, Installer, Trouble};
use crate::proto::Reply;
use crate::store::Store;

/// Settings: what the source told last, how tries went, packages before the last update.
const OFFER: &str = "update.offer";
pub(super) const TRIED: &str = "update.tried";
pub(super) const PREVIOUS: &str = "update.previous";
/// One that has not told how far it is by then is said not to.
const SILENT: Duration = Duration::from_secs(3);
/// An installer that has not ended by then does not end.
const INSTALL: Duration = Duration::from_hours(1);

/// What is kept about updates.
pub(super) async fn kept(store: &Store, folder: Option<&Path>) -> Kept {
    async fn get<T: serde::de::DeserializeOwned>(store: &Store, key: &str) -> Option<T> {
        serde_json::from_str(&store.get(key).await?).ok()
    }
    Kept {
        folder: folder.map(|folder| folder.join("update").display().to_string()).unwrap_or_default(),
        offer: get::<(OfferSeen, Stamp)>(store, OFFER).await,
        tried: get::<TriedSeen>(store, TRIED).await.unwrap_or_default(),
        previous: get(store, PREVIOUS).await.unwrap_or_default(),
    }
}

/// What a look at updates is given.
pub(super) async fn cx(desk: &Desk) -> actions::Cx {
    actions::Cx {
        host: desk.host.clone(),
        hands: desk.hands.clone(),
        config: desk.config.clone(),
        journal: std::sync::Arc::new(desk.journal().await),
        session: None,
        remote: false,
        role: Role::Viewer,
        draft: None,
        guard_s: None,
        slip: Vec::new(),
        updates: kept(&desk.store, desk.folder.as_deref()).await,
    }
}

/// What runs and what could be installed; nobody outside this machine is asked.
pub(in crate::agent) fn updates(core: &Core, answer: oneshot::Sender<Reply>) {
    let desk = Desk::of(core);
    tokio::spawn(async move {
        let cx = cx(&desk).await;
        let seen = look(&cx, false).await;
        // A bundle on this machine is read once for its signature, and not at every look.
        let known = cx.updates.offer.as_ref().map(|(offer, _)| offer);
        if seen.offer.as_ref().is_some_and(|offer| !offer.stamp.is_empty() && known != Some(offer)) {
            keep(&desk, &seen).await;
        }
        reply(answer, Reply::Updates(Box::new(seen)));
    });
}

/// Runs it to its end.
pub(super) async fn run(desk: Desk, job: Job, verb: Verb) {
    match verb {
        Verb::Check => check(desk, job).await,
        Verb::Install | Verb::Rollback => install(desk, job).await,
    }
}

/// Asks the source, and keeps what it said.
async fn check(desk: Desk, job: Job) {
    let mut view = desk::view(&job);
    view.phase = RunPhase::Acting;
    desk.tell(&view).await;
    for (at, deed) in job.prepared.rungs.clone().iter().flatten().enumerate() {
        let mut step = view.steps[at].clone();
        step.state = StepState::Running;
        let good = desk.act(deed, INSTALL, &mut step).await;
        let detail = step.detail.clone();
        view.steps[at] = step;
        if !good {
            let said = Said::new("run-step-refused").fact("n", (at + 1) as i64).fact("detail", detail);
            return desk.end(&job.actor, view, RunEnd::Failed, vec![said], "a step failed").await;
        }
    }
    let began = Instant::now();
    let seen = look(&cx(&desk).await, true).await;
    keep(&desk, &seen).await;
    let (end, said) = told(&seen);
    if let Some(step) = view.steps.last_mut() {
        went(step, began, if end == RunEnd::Done { Ok(String::new()) } else { Err(Trouble::Other(String::new())) });
    }
    let why = seen.offer.as_ref().map_or_else(
        || seen.fault.clone().map(|(code, detail)| format!("{code} {detail}")).unwrap_or_default(),
        |offer| format!("{} is offered", offer.version),
    );
    desk.end(&job.actor, view, end, vec![said], &why).await;
}

/// Keeps what the source said.
async fn keep(desk: &Desk, seen: &UpdateSeen) {
    if let Some(offer) = &seen.offer {
        let text = serde_json::to_string(&(offer, platform::now())).unwrap_or_default();
        // It can be asked again.
        let _ = desk.store.set(OFFER, &text).await;
    }
}

/// What a check found, in a sentence.
fn told(seen: &UpdateSeen) -> (RunEnd, Said) {
    match (&seen.offer, &seen.fault) {
        (Some(offer), _) => match &offer.signed {
            Signed::Bad(why) => (RunEnd::Failed, Said::new("refused-upgrade-signature").fact("detail", why.as_str())),
            _ if offer.version == seen.running => {
                (RunEnd::Done, Said::new("update-found-same").fact("version", offer.version.as_str()))
            }
            _ => (RunEnd::Done, Said::new("update-found").fact("version", offer.version.as_str())),
        },
        (None, Some((code, detail))) => {
            let end = if code == "upgrade-nothing" { RunEnd::Done } else { RunEnd::Failed };
            (end, Said::new(format!("refused-{code}")).fact("detail", detail.as_str()))
        }
        (None, None) => (RunEnd::Done, Said::new("refused-upgrade-nothing").fact("detail", seen.source.as_str())),
    }
}

/// Installs, or names the other system; then the trial goes on by itself.
async fn install(desk: Desk, job: Job) {
    let mut view = desk::view(&job);
    let Some((desk, mut job)) = ready_after_sale(desk, job, &mut view).await else { return };
    let Some(going) = job.prepared.update.take() else { return };
    view.phase = RunPhase::Acting;
    view.said = vec![Said::new("update-before")];
    desk.tell(&view).await;
    let trial = trial(&desk, &job, &going);
    let Job { actor, orders, .. } = job;
    let mut drive = Drive::new(desk, actor, trial, view, orders);
    drive.remember_what_works().await;
    // The medium knows it before anything is done.
    if !drive.write().await {
        let Drive { desk, actor, view, .. } = drive;
        return desk.end(&actor, view, RunEnd::Failed, vec![Said::new("update-not-kept")], "not kept").await;
    }
    let done = steps(&mut drive, &going).await;
    let now = drive.desk.hands.steady();
    let next = match done {
        Ok(()) => {
            let restart = match going.restart {
                Restart::Always => true,
                Restart::Never => false,
                Restart::Asked => drive.desk.host.file(RESTART_ASKED).await.is_ok(),
            };
            drive.trial.on(Event::Installed { restart }, &now)
        }
        Err(detail) => {
            drive.trial.detail = detail;
            if drive.trial.touched {
                drive.trial.on(Event::Broke, &now)
            } else {
                // Nothing was changed: no trial, no try.
                drive.trial.phase = Phase::Failed;
                "untouched".clone_into(&mut drive.trial.why);
                Next::Record
            }
        }
    };
    drive.write().await;
    drive.go_on(next).await;
}

fn trial(desk: &Desk, job: &Job, going: &Going) -> Trial {
    Trial {
        version: VERSION,
        begun: Begun::by(&job.actor, job.run, job.spec.id, platform::now()),
        by: going.by.to_owned(),
        old: going.old.clone(),
        new: going.new.clone(),
        old_slot: going.old_slot.clone(),
        new_slot: going.new_slot.clone(),
        returns: going.returns,
        touched: false,
        phase: Phase::Going,
        why: String::new(),
        detail: String::new(),
        boot: desk.hands.steady().boot,
        deadline_ms: 0,
        health_s: desk.config.update.health_s,
        starts: 0,
        before: Vec::new(),
        app: false,
        go: going.go.clone(),
        back: going.back.clone(),
        steps: Vec::new(),
    }
}

/// One deed after the other; the machine's own words where one fails.
async fn steps(drive: &mut Drive, going: &Going) -> Result<(), String> {
    for (at, deed) in going.go.iter().enumerate() {
        let called_off = matches!(deed, Deed::Fetch { .. });
        let fetches = called_off || matches!(deed, Deed::Update { verb, .. } if verb == "fetch");
        if !fetches {
            ready(drive, going).await?;
            fetched(drive, going, deed).await?;
            drive.trial.touched = true;
            if !drive.write().await {
                return Err("not kept".to_owned());
            }
        }
        let limit = if fetches { Duration::from_secs(drive.desk.config.update.fetch_s) } else { INSTALL };
        drive.view.steps[at].state = StepState::Running;
        drive.view.said = Vec::new();
        let began = Instant::now();
        let done = act(drive, deed, limit, called_off).await;
        drive.view.progress = None;
        let mut step = drive.view.steps[at].clone();
        let good = went(&mut step, began, done);
        let detail = step.detail.clone();
        drive.view.steps[at] = step;
        drive.desk.tell(&drive.view).await;
        if !good {
            return Err(detail);
        }
    }
    Ok(())
}

/// What was asked before is asked again: a sale may have begun, the mains may have gone.
async fn ready(drive: &mut Drive, going: &Going) -> Result<(), String> {
    drive.quiet("update-waits").await;
    let cx = cx(&drive.desk).await;
    // What was fetched has taken its room already.
    let here = going.go.iter().any(|deed| matches!(deed, Deed::Fetch { .. }));
    let reserve = if here { 0 } else { bytes(&going.go) };
    match still_ready(&cx, reserve).await {
        Some((code, detail)) => Err(format!("{code} {detail}")),
        None => Ok(()),
    }
}

/// A bundle that came over the line is what was shown, or it is not installed.
async fn fetched(drive: &Drive, going: &Going, deed: &Deed) -> Result<(), String> {
    if let Deed::Update { verb, with: Installer::Command { bundle, key, version, .. } } = deed
        && verb == "install"
    {
        return match drive.desk.host.signed(bundle, key).await {
            Ok(words) if words.split_whitespace().any(|word| word.strip_prefix("version:") == Some(version)) => Ok(()),
            Ok(_) => Err("signature version".to_owned()),
            Err(trouble) => Err(trouble.to_string()),
        };
    }
    let Deed::RaucInstall { bundle, version, .. } = deed else { return Ok(()) };
    if !going.go.iter().any(|deed| matches!(deed, Deed::Fetch { .. })) {
        return Ok(());
    }
    match drive.desk.hands.bundle(bundle).await {
        Ok(seen) if seen.version == *version => Ok(()),
        Ok(seen) => Err(format!("signature version {}", seen.version)),
        Err(trouble) => Err(format!("signature {trouble}")),
    }
}

/// Does a deed, and shows how far it is; while a bundle is fetched, whoever may can call it off.
async fn act(drive: &mut Drive, deed: &Deed, limit: Duration, called_off: bool) -> Result<String, Trouble> {
    let (told, mut tells) = mpsc::channel(4);
    let hands = drive.desk.hands.clone();
    let mut work = hands.act_told(deed, limit, told);
    let (silent, mut waits) = (tokio::time::Instant::now() + SILENT, true);
    loop {
        drive.desk.tell(&drive.view).await;
        tokio::select! {
            done = &mut work => return done,
            Some(progress) = tells.recv() => {
                drive.view.said.clear();
                drive.view.progress = Some(progress);
            }
            () = tokio::time::sleep_until(silent), if waits => {
                waits = false;
                if drive.view.progress.is_none() {
                    drive.view.said = vec![Said::new("update-no-figure")];
                }
            }
            Some(Order { keep, answer, .. }) = drive.orders.recv() => {
                if called_off && !keep {
                    reply(answer, Reply::Done);
                    return Err(Trouble::Other("called off".to_owned()));
                }
                reply(answer, refusal("busy", drive.trial.begun.action.as_str()));
            }
        }
    }
}
