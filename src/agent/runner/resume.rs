//! What an agent finds of the one before it: a guard that is still armed, an update on trial, and runs without an end.

use std::collections::BTreeMap;

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

/// Audit rows that are looked through, and how many at once.
const LOOKED: i64 = 2_000;
const PAGE: usize = 200;

/// Takes up what was left. The guard comes first: its deadline does not wait.
pub(in crate::agent) fn resume(core: &mut Core) {
    let desk = Desk::of(core);
    for file in desk.file.iter().chain(&desk.trial) {
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
    // Taken before anybody is heard; nobody has it yet.
    let closing = desk.closing.clone().try_lock_owned();
    tokio::spawn(async move {
        close_unfinished(&desk, going).await;
        drop(closing);
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
    for (run, row) in unfinished(desk).await {
        let known = if armed == Some(run) { "it goes on" } else { "how far it got is not known" };
        let who = Actor {
            uid: u32::MAX,
            name: row.draft.who.clone(),
            role: crate::model::Role::Viewer,
            from: row.draft.from.clone(),
            session: None,
        };
        let mut close = draft(&who, &row.draft.action, "interrupted", "", &format!("run {run}; {known}"));
        close.role.clone_from(&row.draft.role);
        close.time = platform::now();
        let _ = desk.store.audit_append(close).await;
    }
}

/// Runs that were begun and not closed. Whoever presses again and again meanwhile writes rows as well: many are looked at.
async fn unfinished(desk: &Desk) -> BTreeMap<i64, AuditRow> {
    let mut open = BTreeMap::new();
    let last = desk.store.audit_tail(1).await.unwrap_or_default().last().map_or(0, |row| row.seq);
    let mut after = last.saturating_sub(LOOKED);
    while let Ok(rows) = desk.store.audit(after, PAGE).await
        && let Some(end) = rows.last().map(|row| row.seq)
    {
        after = end;
        for row in rows {
            match run_of(&row) {
                Some(run) => drop(open.remove(&run)),
                // Digits that were drawn for the phone are an intent too, but no run.
                None if row.draft.phase == "intent" && actions::find(&row.draft.action).is_some() => {
                    open.insert(row.seq, row);
                }
                None => {}
            }
        }
    }
    open
}

/// The run that this row closes.
fn run_of(row: &AuditRow) -> Option<i64> {
    let detail = Some(&row.draft.detail).filter(|_| row.draft.phase != "intent")?;
    detail.strip_prefix("run ")?.split_once(';')?.0.parse().ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::agent::{Boot, Folder};
    use crate::platform::fake::Machine;

    #[tokio::test]
    async fn what_is_begun_in_the_first_moment_is_not_closed_as_unfinished() {
        let dir = tempfile::tempdir().unwrap();
        let boot = |dir: &std::path::Path| Boot {
            config: std::sync::Arc::default(),
            host: std::sync::Arc::new(Machine::default()),
            folder: Some(Folder::lock(dir).unwrap()),
            sockets: Vec::new(),
            in_process: false,
            watch: false,
        };
        let who = Actor {
            uid: 1000,
            name: "tester".to_owned(),
            role: crate::model::Role::Technician,
            from: "tty1".to_owned(),
            session: None,
        };
        let intent = || draft(&who, "reboot", "intent", "", "plan x");
        // One of an earlier life, which did not see its end.
        let (queue, _inbox) = mpsc::channel(8);
        let mut core = Core::new(boot(dir.path()), queue);
        let old = core.store.audit_commit(intent()).await.unwrap().unwrap().seq;
        resume(&mut core);
        // Nothing of that has been done yet when somebody is so quick.
        let desk = Desk::of(&core);
        let own = desk.intend(intent()).await.unwrap();
        drop(desk.closing.lock().await);
        let rows = desk.store.audit(0, PAGE).await.unwrap();
        assert_eq!(rows.iter().filter_map(run_of).collect::<Vec<_>>(), [old], "{own} as well: {rows:?}");
    }
}
