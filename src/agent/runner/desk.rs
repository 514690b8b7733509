//! What a run needs of the agent: the store, the machine, and a voice.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, mpsc};

use super::Order;
use crate::actions::{self, ActionSpec, Prepared, guard::Armed};
use crate::agent::calls::{draft, refusal, reply};
use crate::agent::core::{Core, Msg};
use crate::config::Config;
use crate::model::{
    Actor, AuditDraft, Facts, JournalFacts, RunEnd, RunPhase, RunView, Said, StepSeen, StepState, scrub,
};
use crate::platform::{self, Deed, Hands, Host, Trouble};
use crate::proto::Reply;
use crate::store::{ArmedFile, Store};

/// Setting that keeps the last result until somebody has taken note of it.
pub(super) const LAST: &str = "run.last";
/// While it holds, the journal is looked at this often.
const HOLD: Duration = Duration::from_secs(1);
/// Audit rows that are looked through at once for a run's outcome.
const PAGE: usize = 200;

/// What is done.
pub(super) struct Job {
    pub spec: &'static ActionSpec,
    pub actor: Actor,
    pub run: i64,
    /// What it was prepared from.
    pub cx: actions::Cx,
    pub prepared: Prepared,
    pub orders: mpsc::Receiver<Order>,
}

/// A run's way to everything outside it.
#[derive(Clone)]
pub(in crate::agent) struct Desk {
    pub store: Store,
    pub queue: mpsc::Sender<Msg>,
    pub host: Arc<dyn Host>,
    pub hands: Arc<dyn Hands>,
    pub config: Arc<Config>,
    pub file: Option<ArmedFile>,
    pub trial: Option<ArmedFile>,
    /// The state folder.
    pub folder: Option<PathBuf>,
    pub closing: Arc<Mutex<()>>,
}

impl Desk {
    /// Of this agent.
    pub fn of(core: &Core) -> Self {
        Self {
            store: core.store.clone(),
            queue: core.queue.clone(),
            host: core.boot.host.clone(),
            hands: core.boot.host.hands(),
            config: core.boot.config.clone(),
            file: core.boot.folder.as_ref().map(|folder| ArmedFile::new(folder.path())),
            trial: core.boot.folder.as_ref().map(|folder| ArmedFile::of_update(folder.path())),
            folder: core.boot.folder.as_ref().map(|folder| folder.path().to_owned()),
            closing: core.runner.closing.clone(),
        }
    }

    /// Writes an intent, once what was left unfinished is closed; none when it is not on the medium.
    pub async fn intend(&self, intent: AuditDraft) -> Option<i64> {
        drop(self.closing.lock().await);
        self.store.audit_commit(intent).await.ok()?.map(|row| row.seq)
    }

    /// What the journal says now.
    pub async fn journal(&self) -> JournalFacts {
        self.store.journal_facts(platform::now(), self.config.transactions.answer_timeout_s).await
    }

    /// A wait, at the pace of this machine.
    pub fn span(&self, whole: Duration) -> Duration {
        whole / self.hands.pace().max(1)
    }

    /// Tells everybody how far it is.
    pub async fn tell(&self, view: &RunView) {
        let _ = self.queue.send(Msg::Run(Some(Box::new(view.clone())))).await;
    }

    /// Writes how a run ended, once: into the audit, the events, and onto HOME. False where its row would be gone with the
    /// power.
    pub async fn conclude(&self, actor: &Actor, view: &RunView, end: RunEnd, why: &str) -> bool {
        let start = format!("run {};", view.id);
        let known = |phase: &str| matches!(phase, "done" | "failed" | "undone");
        let mut after = view.id;
        while let Ok(rows) = self.store.audit(after, PAGE).await
            && let Some(end) = rows.last().map(|row| row.seq)
        {
            if rows.iter().any(|row| known(&row.draft.phase) && row.draft.detail.starts_with(&start)) {
                return true;
            }
            after = end;
        }
        let steps: Vec<String> = view.steps.iter().filter(|step| step.state != StepState::Waiting).map(line).collect();
        let detail = format!("{start} {why}; {}", steps.join("; "));
        // Nothing can be undone for want of a row; the chain tells that one is missing no more than before.
        let outcome = draft(actor, &view.action, end.word(), "", &detail);
        let kept = matches!(self.store.audit_commit(outcome).await, Ok(Some(_)));
        let text = serde_json::to_string(view).unwrap_or_default();
        let _ = self.store.set(LAST, &text).await;
        let facts = Facts::from([("action".to_owned(), view.action.as_str().into())]);
        if let Ok(event) = self.store.event_append(platform::now(), "action", None, end.word(), facts).await {
            let _ = self.queue.send(Msg::Happened(event)).await;
        }
        kept
    }

    /// A run without a guard, or one that never came to it, is over.
    pub async fn end(&self, actor: &Actor, mut view: RunView, end: RunEnd, said: Vec<Said>, why: &str) {
        for step in view.steps.iter_mut().filter(|step| step.state == StepState::Waiting) {
            step.state = StepState::Skipped;
        }
        view.phase = RunPhase::Ended;
        view.end = Some(end);
        view.said = said;
        self.conclude(actor, &view, end, why).await;
        self.tell(&view).await;
    }

    /// Remembers a guarded run; on the medium when it returns true.
    pub async fn remember(&self, armed: &Armed) -> bool {
        let (Some(file), Ok(text)) = (self.file.clone(), serde_json::to_string(armed)) else { return false };
        tokio::task::spawn_blocking(move || file.write(&text).is_ok()).await.unwrap_or(false)
    }

    /// Forgets it.
    pub async fn forget(&self) {
        if let Some(file) = self.file.clone() {
            // It stands there concluded: the next start finds its row in the audit, or writes it, and forgets it then.
            let forget = move || file.remove().map(|()| file.lay_out());
            let _ = tokio::task::spawn_blocking(forget).await;
        }
    }

    /// Does a deed and keeps in `step` how it went.
    pub async fn act(&self, deed: &Deed, limit: Duration, step: &mut StepSeen) -> bool {
        let began = Instant::now();
        let done = self.hands.act(deed, limit).await;
        went(step, began, done)
    }
}

/// Keeps in `step` how a deed went.
pub(super) fn went(step: &mut StepSeen, began: Instant, done: Result<String, Trouble>) -> bool {
    step.took_ms = Some(u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX));
    let good = done.is_ok();
    step.state = if good { StepState::Done } else { StepState::Failed };
    let words = done.unwrap_or_else(|trouble: Trouble| trouble.to_string());
    let words = scrub(&words, 13).into_owned();
    step.detail = if step.detail.is_empty() { words } else { format!("{}, {words}", step.detail) };
    good
}

/// How long a sale in flight is waited for, seconds.
pub(super) const fn hold_s(config: &Config) -> u64 {
    config.transactions.answer_timeout_s + 5
}

/// Waits while a sale is in flight. What was agreed to has to hold after that as well: it is made ready once more, and
/// what stands against it then, or another plan, is the end. None: the run was ended here.
pub(super) async fn ready(desk: Desk, mut job: Job, view: &mut RunView) -> Option<(Desk, Job)> {
    let until = Instant::now() + Duration::from_secs(hold_s(&desk.config));
    let (said, why) = loop {
        match hold(&desk, &mut job, view, until).await {
            Held::Never => return Some((desk, job)),
            Held::Still => break (Said::new("run-held"), "in-flight".to_owned()),
            Held::Until => match again(&desk, &mut job).await {
                // Somebody may have begun to pay meanwhile.
                None => view.said = Vec::new(),
                Some((code, detail)) => {
                    let said = Said::new(format!("refused-{code}")).fact("detail", detail.as_str());
                    break (said, format!("refused {code} {detail}").trim_end().to_owned());
                }
            },
        }
    };
    desk.end(&job.actor, view.clone(), RunEnd::Failed, vec![said], &why).await;
    None
}

/// What stands against it now: a reason, or that something else would be done than what was shown.
async fn again(desk: &Desk, job: &mut Job) -> Option<(String, String)> {
    let runner = job.spec.runs?;
    job.cx.journal = Arc::new(desk.journal().await);
    if matches!(runner, actions::Runner::Update(_)) {
        job.cx.updates = super::update::kept(&desk.store, desk.folder.as_deref()).await;
    }
    let mut prepared = runner.prepare(&job.cx, job.spec.id).await;
    prepared.blocks.splice(0..0, super::unsettled(job.spec, &job.cx.journal));
    let plan = prepared.plan(job.spec.id);
    if let Some(block) = plan.blocking(job.actor.role).next() {
        return Some((block.code.clone(), block.detail.clone()));
    }
    if plan.hash != job.prepared.hash(job.spec.id) {
        return Some(("plan-changed".to_owned(), job.spec.id.to_owned()));
    }
    job.prepared = prepared;
    None
}

/// How long a sale was waited for.
enum Held {
    /// There was none.
    Never,
    /// Until it ended.
    Until,
    /// It did not end, or somebody changed their mind.
    Still,
}

async fn hold(desk: &Desk, job: &mut Job, view: &mut RunView, until: Instant) -> Held {
    let mut waited = false;
    loop {
        let open = desk.journal().await.in_flight;
        if open == 0 {
            return if waited { Held::Until } else { Held::Never };
        }
        if Instant::now() >= until {
            return Held::Still;
        }
        waited = true;
        view.phase = RunPhase::Holding;
        let left = until.saturating_duration_since(Instant::now()).as_secs();
        let holding = Said::new("run-holding").fact("count", i64::try_from(open).unwrap_or(1));
        view.said = vec![holding.fact("seconds", i64::try_from(left).unwrap_or(0))];
        desk.tell(view).await;
        tokio::select! {
            Some(Order { keep, answer, .. }) = job.orders.recv() => {
                // There is nothing to keep yet; undoing is not doing it.
                reply(answer, if keep { refusal("no-guard", "") } else { Reply::Done });
                if !keep {
                    return Held::Still;
                }
            }
            () = tokio::time::sleep(desk.span(HOLD)) => {}
        }
    }
}

/// A run that has just been begun, as everybody sees it.
pub(super) fn view(job: &Job) -> RunView {
    RunView {
        id: job.run,
        action: job.spec.id.to_owned(),
        who: job.actor.name.clone(),
        role: job.actor.role,
        began: platform::now(),
        phase: RunPhase::Holding,
        steps: job.prepared.steps.iter().map(step).collect(),
        guard_left_ms: None,
        guard_s: job.prepared.guard_s,
        end: None,
        said: Vec::new(),
        progress: None,
    }
}

/// A step that waits.
pub(super) fn step(said: &Said) -> StepSeen {
    StepSeen { said: said.clone(), ..StepSeen::default() }
}

/// A step as the audit has it: without a language.
fn line(step: &StepSeen) -> String {
    let word = step.said.key.rsplit('-').next().unwrap_or_default();
    let facts: Vec<String> = step
        .said
        .facts
        .iter()
        .filter(|(name, _)| *name != "rung")
        .map(|(name, value)| format!("{name}={}", plain(value)))
        .collect();
    let state = serde_json::to_value(step.state).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
    let took = step.took_ms.map(|ms| format!(" {ms} ms")).unwrap_or_default();
    format!("{word} {} {state}{took} {}", facts.join(" "), step.detail).trim_end().to_owned()
}

fn plain(fact: &crate::model::Fact) -> String {
    match serde_json::to_value(fact) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}
