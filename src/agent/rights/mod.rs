//! Roles that are taken for a while: by a passcode, or for one action by an answer of support. They belong to one
//! link, end when nobody presses a key, and never make a caller of support act. Every try is in the audit; what was
//! typed is not.

mod desk;
mod passcode;

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::oneshot;

use super::calls::{draft, refusal, reply};
use super::core::{Core, Msg};
use super::{policy, runner};
use crate::actions::{self, phone};
use crate::link::Call;
use crate::model::{Actor, Role};
use crate::platform::Steady;
use crate::proto::{Reply, Request};

/// A role is kept this long without a key, at the terminal itself, milliseconds.
const IDLE_LOCAL_MS: u64 = 3 * 60_000;
/// The same over SSH.
const IDLE_REMOTE_MS: u64 = 10 * 60_000;
/// What support allowed can be begun for this long, milliseconds.
const GRANT_MS: u64 = 10 * 60_000;
/// Wrong answers to one challenge.
const ANSWERS: u32 = 5;

/// What is waited for on the phone.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    asked: phone::Asked,
    action: String,
    role: Role,
    terminal: String,
    until: Steady,
    left: u32,
}

impl Pending {
    fn told(&self) -> crate::model::Challenge {
        crate::model::Challenge {
            digits: self.asked.digits(),
            terminal: self.terminal.clone(),
            action: self.action.clone(),
            role: self.role,
            seconds: phone::WINDOW_S,
        }
    }
}

/// What one link has beyond its login.
#[derive(Debug)]
struct Held {
    base: Actor,
    /// Taken by a passcode, and when a key was pressed last.
    role: Option<(Role, Steady)>,
    /// Allowed by support, until then.
    granted: Option<(String, Steady)>,
    pending: Option<Pending>,
}

/// Every link that has something beyond its login.
#[derive(Debug, Default)]
pub(super) struct Rights {
    links: BTreeMap<u64, Held>,
    /// One passcode is compared at a time: nobody gets more tries by trying at once.
    gate: Arc<tokio::sync::Mutex<()>>,
}

/// What a try came to.
#[derive(Debug)]
pub(super) enum Change {
    Role(Role),
    /// This is read out to support.
    Asked(Box<Pending>),
    Granted(String),
    /// It was not begun: it can still be.
    GivenBack(String),
    /// Not this answer; another one may still be tried.
    Wrong(Box<Pending>),
}

/// A try that is over.
#[derive(Debug)]
pub(super) struct Changed {
    pub link: u64,
    pub actor: Actor,
    pub change: Change,
    pub answer: Option<oneshot::Sender<Reply>>,
}

fn idle_ms(actor: &Actor) -> u64 {
    if runner::remote(actor) { IDLE_REMOTE_MS } else { IDLE_LOCAL_MS }
}

fn later(now: &Steady, ms: u64) -> Steady {
    Steady { ms: now.ms.saturating_add(ms), ..now.clone() }
}

/// Another boot is later than everything.
fn over(until: &Steady, now: &Steady) -> bool {
    now.boot != until.boot || now.ms >= until.ms
}

impl Rights {
    fn held(&mut self, link: u64, actor: &Actor) -> &mut Held {
        self.links.entry(link).or_insert_with(|| Held { base: actor.clone(), role: None, granted: None, pending: None })
    }

    /// Whether time has to be looked at.
    pub fn any(&self) -> bool {
        self.links.values().any(|held| held.role.is_some() || held.granted.is_some())
    }

    /// The link is gone, and with it what it had.
    pub fn forget(&mut self, link: u64) {
        self.links.remove(&link);
    }

    /// The person with the role that counts now.
    fn raised(&self, link: u64, actor: Actor) -> Actor {
        match self.links.get(&link).and_then(|held| held.role.as_ref()) {
            Some((role, _)) => Actor { role: *role, ..actor },
            None => actor,
        }
    }

    /// Takes the roles that nobody used; who they were.
    fn expire(&mut self, now: &Steady) -> Vec<(u64, Actor, Role)> {
        let mut gone = Vec::new();
        for (link, held) in &mut self.links {
            if held.granted.as_ref().is_some_and(|(_, until)| over(until, now)) {
                held.granted = None;
            }
            let idle = idle_ms(&held.base);
            if let Some((role, _)) = held.role.take_if(|(_, last)| over(&later(last, idle), now)) {
                gone.push((*link, held.base.clone(), role));
            }
        }
        gone
    }
}

/// A call of a link, by whoever it may be now.
pub(super) fn call(core: &mut Core, link: u64, actor: Actor, call: Call) {
    look(core);
    let base = actor;
    let actor = core.rights.raised(link, base.clone());
    let Call { request, answer } = call;
    match request {
        Request::Rights => rights(core, link, &base, &actor, answer),
        Request::Unlock { role, passcode } => desk::unlock(core, link, (&base, &actor), role, passcode, answer),
        Request::SetPasscode { role, passcode } => set(core, link, &actor, (role, passcode), answer),
        Request::SetPhoneKey { key } => desk::set_key(core, actor, key, answer),
        Request::Challenge { action } => challenge(core, link, &actor, &action, answer),
        Request::Answer { answer: typed } => desk::answer(core, link, &actor, typed, answer),
        Request::Lock => lock(core, link, &base, answer),
        Request::Present => {
            let now = now(core);
            if let Some((_, last)) = core.rights.links.get_mut(&link).and_then(|held| held.role.as_mut()) {
                *last = now;
            }
            reply(answer, Reply::Done);
        }
        request => acting(core, link, actor, Call { request, answer }),
    }
}

/// Everything else; what support allowed counts for its action, once.
fn acting(core: &mut Core, link: u64, actor: Actor, call: Call) {
    let word = match &call.request {
        Request::Plan { action, .. } | Request::Do { action, .. } => actions::find(action).map(|spec| spec.id),
        Request::Guard { .. } => Some(phone::GUARD),
        _ => None,
    };
    let begins = matches!(call.request, Request::Do { .. } | Request::Guard { .. });
    let held = core
        .rights
        .links
        .get_mut(&link)
        .filter(|held| held.granted.as_ref().is_some_and(|(action, _)| Some(action.as_str()) == word));
    let Some(held) = held else { return super::calls::answer(core, link, actor, call) };
    let actor = Actor { role: Role::Technician, ..actor };
    if !begins {
        return super::calls::answer(core, link, actor, call);
    }
    let granted = held.granted.take().map(|(action, _)| action).unwrap_or_default();
    let (inner, answered) = oneshot::channel();
    let Call { request, answer } = call;
    let (queue, who) = (core.queue.clone(), actor.clone());
    super::calls::answer(core, link, actor, Call { request, answer: inner });
    tokio::spawn(async move {
        let Ok(said) = answered.await else { return };
        if !matches!(said, Reply::Accepted { .. } | Reply::Done) {
            let change = Change::GivenBack(granted);
            let _ = queue.send(Msg::Rights(Box::new(Changed { link, actor: who, change, answer: None }))).await;
        }
        reply(answer, said);
    });
}

fn now(core: &Core) -> Steady {
    core.boot.host.hands().steady()
}

/// Takes back what nobody used.
pub(super) fn look(core: &mut Core) {
    if !core.rights.any() {
        return;
    }
    let now = now(core);
    for (link, base, role) in core.rights.expire(&now) {
        core.outlets.set_role(link, base.role);
        core.resync();
        let row = draft(&base, "unlock", "done", "", &format!("{} given back: no key was pressed", role.word()));
        keep(core, row);
    }
}

/// Writes a row that nobody waits for.
fn keep(core: &Core, row: crate::model::AuditDraft) {
    let store = core.store.clone();
    // What it tells of has happened; a medium that is full says so elsewhere.
    tokio::spawn(async move { store.audit_append(row).await });
}

/// A try is over.
pub(super) fn changed(core: &mut Core, changed: Changed) {
    let Changed { link, actor, change, answer } = changed;
    let now = now(core);
    let held = core.rights.held(link, &actor);
    match change {
        Change::Role(role) => {
            held.role = Some((role, now));
            core.outlets.set_role(link, role);
            // The snapshot with the new role is there before the answer.
            core.resync();
        }
        Change::Asked(pending) => {
            let told = pending.told();
            held.pending = Some(*pending);
            if let Some(answer) = answer {
                reply(answer, Reply::Challenged(told));
            }
            return;
        }
        Change::Granted(action) | Change::GivenBack(action) => {
            held.pending = None;
            held.granted = Some((action, later(&now, GRANT_MS)));
        }
        Change::Wrong(pending) => {
            // A newer challenge counts instead.
            held.pending.get_or_insert(*pending);
        }
    }
    if let Some(answer) = answer {
        reply(answer, Reply::Done);
    }
}

fn rights(core: &Core, link: u64, base: &Actor, actor: &Actor, answer: oneshot::Sender<Reply>) {
    let granted = core.rights.links.get(&link).and_then(|held| held.granted.as_ref()).map(|(action, _)| action.clone());
    let (store, base, actor) = (core.store.clone(), base.clone(), actor.clone());
    tokio::spawn(async move {
        let set = async |key: &str| store.get(key).await.is_some_and(|text| !text.is_empty());
        let seen = crate::model::Rights {
            base: base.role,
            role: actor.role,
            granted,
            merchant: set("passcode.merchant").await,
            technician: set("passcode.technician").await,
            phone: set(desk::PHONE_KEY).await,
            idle_s: u32::try_from(idle_ms(&base) / 1_000).unwrap_or(0),
        };
        reply(answer, Reply::Rights(seen));
    });
}

/// Root and the agent's own user could do it anyway; others only where support allowed it.
fn set(
    core: &mut Core,
    link: u64,
    actor: &Actor,
    (role, passcode): (Role, crate::model::Secret),
    answer: oneshot::Sender<Reply>,
) {
    let word = format!("passcode-{}", role.word());
    let held = core.rights.links.get_mut(&link);
    let granted = held.and_then(|held| held.granted.take_if(|(action, _)| *action == word)).is_some();
    if !may_set(actor) && (!granted || passcode.is_empty()) {
        keep(core, draft(actor, "passcode", "refused", "", &format!("{} not root", role.word())));
        return reply(answer, refusal("passcode-root", role.word()));
    }
    desk::set(core, link, actor, (role, passcode), granted.then_some(word), answer);
}

fn may_set(actor: &Actor) -> bool {
    actor.uid == 0 || actor.uid == policy::own_uid()
}

/// A role and what support allowed are given back.
fn lock(core: &mut Core, link: u64, base: &Actor, answer: oneshot::Sender<Reply>) {
    let held = core.rights.links.remove(&link);
    if let Some((role, _)) = held.and_then(|held| held.role) {
        core.outlets.set_role(link, base.role);
        core.resync();
        keep(core, draft(base, "unlock", "done", "", &format!("{} given back", role.word())));
    }
    reply(answer, Reply::Done);
}

/// What an answer is to be for, and the role it is for.
fn wanted(word: &str) -> Option<(String, Role)> {
    match word {
        "passcode-merchant" => Some((word.to_owned(), Role::Merchant)),
        "passcode-technician" => Some((word.to_owned(), Role::Technician)),
        phone::GUARD | phone::GUARD_SCREEN => Some((phone::GUARD.to_owned(), Role::Technician)),
        _ => actions::find(word).map(|spec| (spec.id.to_owned(), Role::Technician)),
    }
}

/// Draws what has to be read out; the last one counts.
fn challenge(core: &Core, link: u64, actor: &Actor, word: &str, answer: oneshot::Sender<Reply>) {
    let Some((action, role)) = wanted(word) else { return reply(answer, refusal("unknown-action", word)) };
    if actor.role == Role::Support {
        return reply(answer, refusal("role", Role::Merchant.word()));
    }
    let terminal = &core.snapshot.terminal;
    let named = [terminal.tid.as_ref(), terminal.serial.as_ref()].into_iter().flatten().find(|name| !name.is_empty());
    let terminal = named.unwrap_or(&terminal.machine).clone();
    let Some(asked) = phone::Asked::draw(core.boot.host.now()) else {
        return reply(answer, refusal("store", "no randomness"));
    };
    let until = later(&now(core), u64::from(phone::WINDOW_S) * 1_000);
    let what = format!("{action} as {}", role.word());
    let rows = [draft(actor, "phone", "intent", "", &what), draft(actor, "phone", "refused", "", "no key is set")];
    let pending = Box::new(Pending { asked, action, role, terminal, until, left: ANSWERS });
    let changed = Changed { link, actor: actor.clone(), change: Change::Asked(pending), answer: Some(answer) };
    let (store, queue) = (core.store.clone(), core.queue.clone());
    tokio::spawn(async move {
        let known = store.get(desk::PHONE_KEY).await.is_some_and(|key| !key.is_empty());
        let [asked, refused] = rows;
        // Where nothing can be answered, nothing is waited for.
        let code = match store.audit_append(if known { asked } else { refused }).await {
            Ok(_) if known => None,
            Ok(_) => Some("phone-unset"),
            Err(_) => Some("audit"),
        };
        match (code, changed) {
            (Some(code), Changed { answer: Some(answer), .. }) => reply(answer, refusal(code, "phone")),
            (_, changed) => {
                let _ = queue.send(Msg::Rights(Box::new(changed))).await;
            }
        }
    });
}
