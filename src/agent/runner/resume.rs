//! What an agent finds of the one before it: a guard that is still armed, an update on trial, and runs without an end.

use tokio::sync::mpsc;

use super::desk::{Desk, LAST};
use super::guarded::Drive;
use super::ladder::Ladder;
use crate::actions::{
    self,
    guard::{Armed, Event, VERSION},
    update::trial::{self as update, Trial},
};
use crate::agent::calls::draft;
use crate::agent::core::{Core, Msg};
use crate::model::{Actor, AuditRow, RunView};
use crate::platform;

/// Audit rows that are looked through.
const TAIL: usize = 200;

/// Takes up what was left. The guard comes first: its deadline does not wait.
pub(in crate::agent) fn resume(core: &mut Core) {
    let desk = Desk::of(core);
    if let Some(file) = &desk.file {
        // Before anybody can begin anything; it is there since the first start.
        file.lay_out();
    }
    let armed = read(&desk);
    let trial = if armed.is_none() { read_trial(&desk) } else { None };
    let (orders, inbox) = mpsc::channel(8);
    let begun = armed.as_ref().map(|armed| &armed.begun).or(trial.as_ref().map(|trial| &trial.begun));
    let going = begun.map(|begun| begun.run);
    if let Some(begun) = begun {
        let spec = actions::find(&begun.action);
        let role = spec.map_or(begun.role, |spec| spec.role.max_of(begun.role));
        let known = if armed.is_some() { "restart-network" } else { "update-install" };
        core.runner.goes_on(spec.map_or(known, |spec| spec.id), role, orders);
    }
    let queue = core.queue.clone();
    tokio::spawn(async move {
        close_unfinished(&desk, going).await;
        if let Some(trial) = trial {
            resume_trial(desk, trial, inbox).await;
            let _ = queue.send(Msg::RunEnded).await;
            return;
        }
        let Some(armed) = armed else {
            let last = desk.store.get(LAST).await.unwrap_or_default();
            if let Ok(view) = serde_json::from_str::<RunView>(&last) {
                desk.tell(&view).await;
            }
            return;
        };
        drive(desk, armed, inbox).await;
        let _ = queue.send(Msg::RunEnded).await;
    });
}

/// The memory of a guarded run; one that cannot be read is set aside, and stays there for a person to look at.
fn read(desk: &Desk) -> Option<Armed> {
    let file = desk.file.as_ref()?;
    let text = file.read().ok()??;
    let armed = serde_json::from_str::<Armed>(&text).ok().filter(|armed| armed.version == VERSION);
    if armed.is_none() {
        // Where even that fails it is met again at the next start.
        let _ = file.set_aside();
    }
    armed
}

/// The memory of an update on trial, likewise.
fn read_trial(desk: &Desk) -> Option<Trial> {
    let file = desk.trial.as_ref()?;
    let text = file.read().ok()??;
    let trial = serde_json::from_str::<Trial>(&text).ok().filter(|trial| trial.version == update::VERSION);
    if trial.is_none() {
        let _ = file.set_aside();
    }
    trial
}

async fn resume_trial(desk: Desk, trial: Trial, orders: mpsc::Receiver<super::Order>) {
    let (actor, view) = (trial.begun.actor(), trial.begun.found(&trial.steps));
    super::trial::Drive::new(desk, actor, trial, view, orders).resume().await;
}

async fn drive(desk: Desk, armed: Armed, orders: mpsc::Receiver<super::Order>) {
    let (actor, mut view) = (armed.begun.actor(), armed.begun.found(&armed.steps));
    view.guard_left_ms = Some(armed.left_ms(&desk.hands.steady()));
    view.guard_s = Some(armed.seconds);
    let mut drive = Drive::new(desk, actor, armed, view, orders, Ladder::default());
    drive.event(Event::Resumed).await;
    drive.finish().await;
}

/// Every intent without an outcome is closed with what is known: it was begun, and nobody saw its end.
async fn close_unfinished(desk: &Desk, armed: Option<i64>) {
    let rows = desk.store.audit_tail(TAIL).await.unwrap_or_default();
    // Digits that were drawn for the phone are an intent too, but no run.
    let run = |row: &&AuditRow| row.draft.phase == "intent" && actions::find(&row.draft.action).is_some();
    for row in rows.iter().filter(run).filter(|row| !closed(&rows, row.seq)) {
        let known = if armed == Some(row.seq) { "it goes on" } else { "how far it got is not known" };
        let who = Actor {
            uid: u32::MAX,
            name: row.draft.who.clone(),
            role: crate::model::Role::Viewer,
            from: row.draft.from.clone(),
            session: None,
        };
        let mut close = draft(&who, &row.draft.action, "interrupted", "", &format!("run {}; {known}", row.seq));
        close.role.clone_from(&row.draft.role);
        close.time = platform::now();
        let _ = desk.store.audit_append(close).await;
    }
}

fn closed(rows: &[AuditRow], run: i64) -> bool {
    let start = format!("run {run};");
    rows.iter().any(|row| row.draft.phase != "intent" && row.draft.detail.starts_with(&start))
}
