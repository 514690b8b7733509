//! What front ends ask, answered without making anybody else wait: reading the store and running checks is spawned.

use tokio::sync::oneshot;

use super::core::{Core, Msg};
use super::runner;
use super::standing;
use super::walks;
use crate::checks;
use crate::config::plugins::{Plugin, PluginFault};
use crate::link::Call;
use crate::model::{Actor, AuditDraft, PluginSeen, Role};
use crate::platform;
use crate::proto::{MAX_EVIDENCE, MAX_PAGE, Refusal, Reply, Request};
use crate::store::{Store, StoreError};

/// Answers, now or later, through the call's own channel.
pub(super) fn answer(core: &mut Core, link: u64, actor: Actor, call: Call) {
    let Call { request, answer } = call;
    let store = core.store.clone();
    match request {
        Request::CaughtUp => core.await_caught_up(answer),
        Request::Check { scope } => check(core, &scope, answer),
        Request::HandOver => hand_over(core, &actor, answer),
        Request::Plan { action, guard_s } => runner::plan(core, (link, actor), &action, guard_s, answer),
        Request::Do { action, reason, token, guard_s } => {
            runner::act(core, (link, actor), &action, reason, (token, guard_s), answer);
        }
        Request::Draft { draft } => runner::draft_kept(core, link, &actor, draft, answer),
        Request::Net { scan } => runner::net(core, scan, answer),
        Request::Guard { keep } => runner::guard(core, actor, keep, answer),
        Request::Noted { run } => runner::noted(core, &actor, run, answer),
        Request::Plugins => {
            let folder = core.boot.config.actions_dir.clone();
            tokio::task::spawn_blocking(move || reply(answer, Reply::Plugins { rows: plugins(&folder) }));
        }
        Request::Updates => runner::updates(core, answer),
        Request::Set { key, value } => set(store, actor, key, value, answer),
        Request::Walked { playbook, answers, end, sale } => {
            walks::keep(core, &actor, &walks::Told { playbook, answers, end, sale }, answer);
        }
        Request::Round { round, marks } => walks::keep_round(core, &actor, (&round, &marks), answer),
        reading => {
            tokio::spawn(async move { reply(answer, read(&store, reading).await.unwrap_or_else(refused_by_store)) });
        }
    }
}

/// What the site has laid down beside our actions.
fn plugins(folder: &std::path::Path) -> Vec<PluginSeen> {
    let seen = |(number, found): (u16, Result<Plugin, PluginFault>)| match found {
        Ok(found) => PluginSeen { number, zh: found.name.zh, en: found.name.en, fault: None },
        Err(fault) => {
            let fault = Some((fault.code().to_owned(), fault.detail()));
            PluginSeen { number, zh: String::new(), en: String::new(), fault }
        }
    };
    crate::config::plugins::all(folder).into_iter().map(seen).collect()
}

/// Whoever asked may have left.
pub(super) fn reply(answer: oneshot::Sender<Reply>, reply: Reply) {
    let _ = answer.send(reply);
}

pub(super) fn refusal(code: &str, detail: impl Into<String>) -> Reply {
    Reply::Refused(Refusal { code: code.to_owned(), detail: detail.into() })
}

#[expect(clippy::needless_pass_by_value, reason = "used as a function value")]
pub(super) fn refused_by_store(error: StoreError) -> Reply {
    refusal("store", error.to_string())
}

/// Questions that only read the store.
async fn read(store: &Store, request: Request) -> Result<Reply, StoreError> {
    Ok(match request {
        Request::Sales(mut query) => {
            query.limit = query.limit.min(MAX_PAGE);
            let (rows, cursor) = store.sales(query).await?;
            Reply::Sales { rows, cursor }
        }
        Request::Sale { id } => {
            let sale = store.sale(id).await?;
            let evidence = store.evidence(sale.clone().into_iter().collect()).await.pop().unwrap_or_default();
            Reply::Sale { sale: sale.map(Box::new), evidence: Box::new(evidence) }
        }
        Request::Evidence { mut ids } => {
            ids.truncate(MAX_EVIDENCE);
            Reply::Evidence { rows: store.evidence_of(ids).await? }
        }
        Request::Events { before, limit } => {
            let rows = store.events(before, limit.min(MAX_PAGE)).await?;
            Reply::Events { rows }
        }
        Request::Audit { after, limit } => Reply::Audit { rows: store.audit(after, limit.min(MAX_PAGE)).await? },
        Request::AuditTail { limit } => Reply::Audit { rows: store.audit_tail(limit.min(MAX_PAGE)).await? },
        Request::Baselines => Reply::Baselines(Box::new(standing::baselines(store).await)),
        Request::Signals => Reply::Signals { rows: store.signals(platform::now()).await? },
        Request::Trends => Reply::Trends(Box::new(store.trends(platform::now()).await?)),
        Request::AuditVerify => Reply::AuditVerified(store.audit_verify().await?),
        other => refusal("bad-request", format!("{other:?}")),
    })
}

/// Runs checks now; the answer is judged by itself, and what the whole agent knows is brought up to date too.
fn check(core: &mut Core, scope: &[String], answer: oneshot::Sender<Reply>) {
    let wanted = match checks::select(scope) {
        Ok(wanted) => wanted,
        Err(unknown) => {
            let meant = unknown.nearest.map(|meant| format!(" ({meant}?)")).unwrap_or_default();
            return reply(answer, refusal("unknown-check", format!("{}{meant}", unknown.word)));
        }
    };
    let off = &core.boot.config.checks.off;
    let wanted: Vec<_> = wanted.into_iter().filter(|check| !off.iter().any(|id| id == check.spec().id)).collect();
    let (mut cx, queue, mut past) = (core.check_context(), core.queue.clone(), core.past());
    let scope = scope.to_vec();
    cx.asked = std::sync::Arc::new(scope.clone());
    // A test that a person takes part in says what to do while it waits.
    for check in &wanted {
        if let Some(found) = check.waiting(&cx) {
            core.waits(*check, found);
        }
    }
    tokio::spawn(async move {
        let raw = checks::run(cx, &wanted).await;
        let mut findings = raw.clone();
        // Narrowed first: the root is one of those that are told.
        checks::narrow(&scope, &mut findings);
        let root_cause = checks::judge(&mut findings);
        let at = platform::now();
        past.take(&findings, at);
        past.tell(&mut findings, at);
        // A narrower question must not make the console forget the rest, so the raw findings go to the agent.
        let _ = queue.send(Msg::Checked { checks: wanted, findings: raw }).await;
        reply(answer, Reply::Checked { findings, root_cause });
    });
}

/// A console that holds the folder gives it to `pos-console agent`.
fn hand_over(core: &mut Core, actor: &Actor, answer: oneshot::Sender<Reply>) {
    if !core.boot.in_process {
        return reply(answer, refusal("busy", "an agent already runs here"));
    }
    if !actor.role.may(Role::Technician) {
        return reply(answer, refusal("role", Role::Technician.word()));
    }
    if core.runner.bound() {
        return reply(answer, refusal("busy", "a run is under way"));
    }
    reply(answer, Reply::Done);
    core.leave();
}

pub(super) fn draft(actor: &Actor, action: &str, phase: &str, reason: &str, detail: &str) -> AuditDraft {
    AuditDraft {
        time: platform::now(),
        who: actor.name.clone(),
        role: actor.role.word().to_owned(),
        from: actor.from.clone(),
        action: action.to_owned(),
        phase: phase.to_owned(),
        reason: reason.to_owned(),
        detail: detail.to_owned(),
    }
}

/// Writes a row, then answers; where it cannot be written that is the answer.
pub(super) fn audited(core: &Core, row: AuditDraft, outcome: Reply, answer: oneshot::Sender<Reply>) {
    let store = core.store.clone();
    tokio::spawn(async move {
        let kept = store.audit_append(row).await;
        reply(answer, if kept.is_ok() { outcome } else { refusal("audit", "the audit cannot be written") });
    });
}

/// Keeps a default of the terminal, audited.
fn set(store: Store, actor: Actor, key: String, value: String, answer: oneshot::Sender<Reply>) {
    if key != "lang" || crate::text::Lang::from_tag(&value).is_none() {
        return reply(answer, refusal("bad-request", key));
    }
    tokio::spawn(async move {
        if !actor.role.may(Role::Merchant) {
            let _ = store.audit_append(draft(&actor, "set", "refused", "", &format!("role {key}"))).await;
            return reply(answer, refusal("role", Role::Merchant.word()));
        }
        let done = async {
            store.audit_append(draft(&actor, "set", "done", "", &format!("{key} = {value}"))).await?;
            store.set(&key, &value).await
        };
        reply(answer, done.await.map_or_else(refused_by_store, |()| Reply::Done));
    });
}
