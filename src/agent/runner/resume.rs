//! What an agent finds of the one before it: a guard that is still armed, and runs without an end.

use tokio::sync::mpsc;

use super::desk::{Desk, LAST};
use super::guarded::Drive;
use super::ladder::Ladder;
use crate::actions::{
    self,
    guard::{Armed, Event, VERSION},
};
use crate::agent::calls::draft;
use crate::agent::core::{Core, Msg};
use crate::model::{Actor, AuditRow, RunPhase, RunView, StepState};
use crate::platform;

/// Audit rows that are looked through.
const TAIL: usize = 200;

/// Takes up what was left. The guard comes first: its deadline does not wait.
pub(in crate::agent) fn resume(core: &mut Core) {
    let desk = Desk::of(core);
    let armed = read(&desk);
    let (orders, inbox) = mpsc::channel(8);
    let armed_run = armed.as_ref().map(|armed| armed.run);
    if let Some(armed) = &armed {
        let spec = actions::find(&armed.action);
        let role = spec.map_or(armed.role, |spec| spec.role.max_of(armed.role));
        core.runner.goes_on(spec.map_or("restart-network", |spec| spec.id), role, orders);
    }
    let queue = core.queue.clone();
    tokio::spawn(async move {
        close_unfinished(&desk, armed_run).await;
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

async fn drive(desk: Desk, mut armed: Armed, orders: mpsc::Receiver<super::Order>) {
    for step in armed.steps.iter_mut().filter(|step| step.state == StepState::Running) {
        // Half done, perhaps: it is not done again.
        step.state = StepState::Failed;
        "interrupted".clone_into(&mut step.detail);
    }
    let actor = Actor {
        uid: u32::MAX,
        name: armed.who.clone(),
        role: armed.role,
        from: armed.from.clone(),
        session: armed.session,
    };
    let view = RunView {
        id: armed.run,
        action: armed.action.clone(),
        who: armed.who.clone(),
        role: armed.role,
        began: armed.began,
        phase: RunPhase::Checking,
        steps: armed.steps.clone(),
        guard_left_ms: Some(armed.left_ms(&desk.hands.steady())),
        guard_s: Some(armed.seconds),
        end: None,
        said: Vec::new(),
    };
    let mut drive = Drive::new(desk, actor, armed, view, orders, Ladder::default());
    drive.event(Event::Resumed).await;
    drive.finish().await;
}

/// Every intent without an outcome is closed with what is known: it was begun, and nobody saw its end.
async fn close_unfinished(desk: &Desk, armed: Option<i64>) {
    let rows = desk.store.audit_tail(TAIL).await.unwrap_or_default();
    for row in rows.iter().filter(|row| row.draft.phase == "intent" && !closed(&rows, row.seq)) {
        let known = if armed == Some(row.seq) { "the guard goes on" } else { "how far it got is not known" };
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
