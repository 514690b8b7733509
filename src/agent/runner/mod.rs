//! Runs actions: one at a time, only what was shown, the intent in the audit before the first step and the outcome
//! after the last. A run lives in the agent and outlives whoever asked for it; a guarded one outlives the agent too.
//!
//! ```text
//! Plan --> prepare --> offer with a token          Do + token --> prepare again --> the same? --> intent --> run
//! ```

mod clock;
mod desk;
mod drafts;
mod guarded;
mod ladder;
mod network;
mod resume;
mod steps;
mod trial;
mod update;

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::time::Instant;

use super::calls::{audited, draft, refusal, reply};
use super::core::{Core, Msg};
use crate::actions::simple::Simple;
use crate::actions::{self, ActionSpec, Prepared, Waits};
use crate::agent::slip;
use crate::model::{Actor, Block, Draft, JournalFacts, Plan, Role, Said, scrub};
use crate::proto::Reply;

pub(super) use desk::Desk;
pub(super) use resume::resume;
pub(super) use update::updates;

/// A plan can be started for this long.
const TOKEN: Duration = Duration::from_mins(3);
/// Plans that wait to be started; the oldest goes.
const OFFERS: usize = 32;
/// Characters of a reason that are kept.
const REASON: usize = 200;

/// A plan that somebody has seen.
struct Offer {
    token: String,
    uid: u32,
    action: &'static str,
    hash: String,
    guard_s: Option<u32>,
    until: Instant,
}

/// The run under way.
struct Active {
    action: &'static str,
    /// Whoever keeps or undoes it may do at least as much.
    role: Role,
    /// Taken up from an agent before this one: the next agent can take it up as well.
    resumed: bool,
    orders: mpsc::Sender<Order>,
}

/// What somebody wants of the run under way.
pub(super) struct Order {
    pub keep: bool,
    pub actor: Actor,
    pub answer: oneshot::Sender<Reply>,
}

/// What the agent knows of its runs.
#[derive(Default)]
pub(super) struct Runner {
    offers: Vec<Offer>,
    active: Option<Active>,
    /// Held while runs of an agent before this one are closed: no intent is written meanwhile, or it would be taken for
    /// one of theirs.
    closing: Arc<Mutex<()>>,
    pub drafts: drafts::Drafts,
}

impl Runner {
    /// A run is under way that no other agent could go on with: its steps are being done here.
    pub fn bound(&self) -> bool {
        self.active.as_ref().is_some_and(|active| !active.resumed)
    }
}

/// Why an action is being prepared.
pub(super) enum Wish {
    Show,
    /// With the hash of the plan that was shown, where one was.
    Do {
        reason: String,
        hash: Option<String>,
        /// Whose draft it is.
        link: u64,
    },
}

/// An action made ready for somebody.
pub(super) struct Made {
    actor: Actor,
    spec: &'static ActionSpec,
    cx: actions::Cx,
    prepared: Prepared,
    wish: Wish,
    answer: oneshot::Sender<Reply>,
}

/// What an action would do now.
pub(super) fn plan(
    core: &Core,
    (link, actor): (u64, Actor),
    word: &str,
    guard_s: Option<u32>,
    answer: oneshot::Sender<Reply>,
) {
    let Some(spec) = actions::find(word) else { return reply(answer, refusal("unknown-action", word)) };
    if let Some((code, detail)) = forbidden(core, &actor, spec) {
        // Shown as what stands against it, like every other reason.
        let mut prepared = Prepared::default();
        prepared.block(code, detail);
        return reply(answer, Reply::Planned(Box::new(prepared.plan(spec.id))));
    }
    prepare(core, (link, actor), spec, guard_s, Wish::Show, answer);
}

/// Runs an action, or says why not; either way the audit keeps that it was wanted.
pub(super) fn act(
    core: &mut Core,
    (link, actor): (u64, Actor),
    word: &str,
    reason: Option<String>,
    (token, guard_s): (Option<String>, Option<u32>),
    answer: oneshot::Sender<Reply>,
) {
    // Only known ids reach the audit: it is no place to store a client's text.
    let Some(spec) = actions::find(word) else { return reply(answer, refusal("unknown-action", word)) };
    // Somebody may well type the card that it is about.
    let reason =
        scrub(&reason.unwrap_or_default(), 12).chars().filter(|c| !c.is_control()).take(REASON).collect::<String>();
    if let Some((code, detail)) = forbidden(core, &actor, spec) {
        let phase = if code == "unavailable" { "unavailable" } else { "refused" };
        return audited(core, draft(&actor, spec.id, phase, &reason, code), refusal(code, detail), answer);
    }
    if spec.reason && reason.trim().is_empty() {
        return refuse(core, &actor, spec, &reason, ("reason-wanted", spec.id), answer);
    }
    // A token is used up by the first who shows it, whatever comes of it.
    let (hash, guard_s) = match token {
        None => (None, guard_s),
        // What was shown could not be started: at most its reason is told again.
        Some(token) if token.is_empty() => (Some(token), guard_s),
        Some(token) => match core.runner.redeem(&token, &actor, spec.id) {
            Some(offer) => (Some(offer.hash), offer.guard_s),
            None => return refuse(core, &actor, spec, &reason, ("stale-plan", spec.id), answer),
        },
    };
    if let Some(active) = &core.runner.active {
        return refuse(core, &actor, spec, &reason, ("busy", active.action), answer);
    }
    prepare(core, (link, actor), spec, guard_s, Wish::Do { reason, hash, link }, answer);
}

/// What somebody has chosen; it is judged when its plan is made.
pub(super) fn draft_kept(core: &mut Core, link: u64, actor: &Actor, draft: Draft, answer: oneshot::Sender<Reply>) {
    if !actor.role.may(Role::Merchant) {
        return reply(answer, refusal("role", Role::Merchant.word()));
    }
    let now = core.boot.host.hands().steady();
    let kept = core.runner.drafts.keep(link, draft, now);
    reply(answer, if kept { Reply::Done } else { refusal("busy", "95") });
}

/// What can be set up.
pub(super) fn net(core: &Core, scan: bool, answer: oneshot::Sender<Reply>) {
    let hands = core.boot.host.hands();
    tokio::spawn(async move {
        let seen = hands.net_seen(scan).await;
        let untold = |trouble| {
            let (code, detail) = actions::net_setup::untold(&trouble);
            refusal(code, detail)
        };
        reply(answer, seen.map_or_else(untold, Reply::Net));
    });
}

/// Keeps the change that waits, or undoes it.
pub(super) fn guard(core: &Core, actor: Actor, keep: bool, answer: oneshot::Sender<Reply>) {
    let Some(active) = &core.runner.active else { return reply(answer, refusal("no-guard", "")) };
    let verb = if keep { "keep" } else { "undo" };
    if !actor.role.may(active.role) {
        let row = draft(&actor, active.action, "refused", verb, "role");
        return audited(core, row, refusal("role", active.role.word()), answer);
    }
    if let Err(error) = active.orders.try_send(Order { keep, actor, answer }) {
        let order = match error {
            mpsc::error::TrySendError::Full(order) | mpsc::error::TrySendError::Closed(order) => order,
        };
        reply(order.answer, refusal("busy", active.action));
    }
}

/// The result of a run has been seen: it need not stand on HOME any longer.
pub(super) fn noted(core: &mut Core, actor: &Actor, run: i64, answer: oneshot::Sender<Reply>) {
    if !actor.role.may(Role::Merchant) {
        return reply(answer, refusal("role", Role::Merchant.word()));
    }
    if core.snapshot.run.as_ref().is_some_and(|seen| seen.id == run && seen.ended()) {
        core.tell_run(None);
        let store = core.store.clone();
        // Should it fail, the result stands there once more after the next start.
        tokio::spawn(async move { store.set(desk::LAST, "").await });
    }
    reply(answer, Reply::Done);
}

/// Why this person may not, or this version cannot, whatever the machine says.
fn forbidden(core: &Core, actor: &Actor, spec: &'static ActionSpec) -> Option<(&'static str, &'static str)> {
    if !actor.role.may(spec.role) {
        return Some(("role", spec.role.word()));
    }
    if core.boot.in_process && spec.guarded && remote(actor) {
        return Some(("needs-agent", spec.id));
    }
    if spec.runs.is_none() {
        return Some(("unavailable", spec.id));
    }
    // Without a place of its own nothing could be remembered, and nothing is done that is not.
    core.boot.folder.is_none().then_some(("audit", spec.id))
}

pub(super) fn remote(actor: &Actor) -> bool {
    actor.session.is_some() || actor.from.starts_with("ssh")
}

fn refuse(
    core: &Core,
    actor: &Actor,
    spec: &ActionSpec,
    reason: &str,
    (code, detail): (&str, &str),
    answer: oneshot::Sender<Reply>,
) {
    audited(core, draft(actor, spec.id, "refused", reason, code), refusal(code, detail), answer);
}

fn prepare(
    core: &Core,
    (link, actor): (u64, Actor),
    spec: &'static ActionSpec,
    guard_s: Option<u32>,
    wish: Wish,
    answer: oneshot::Sender<Reply>,
) {
    let Some(runner) = spec.runs else { return };
    let cx = actions::Cx {
        host: core.boot.host.clone(),
        hands: core.boot.host.hands(),
        config: core.boot.config.clone(),
        journal: Arc::new(core.snapshot.journal.clone()),
        session: actor.session,
        remote: remote(&actor),
        role: actor.role,
        draft: core.runner.drafts.of(link, spec.id, &core.boot.host.hands().steady()),
        guard_s,
        slip: Vec::new(),
        updates: actions::update::Kept::default(),
    };
    let terminal = core.snapshot.terminal.clone();
    let (queue, store) = (core.queue.clone(), core.store.clone());
    let folder = core.boot.folder.as_ref().map(|folder| folder.path().to_owned());
    tokio::spawn(async move {
        let mut cx = cx;
        if matches!(runner, actions::Runner::Update(_)) {
            cx.updates = update::kept(&store, folder.as_deref()).await;
        }
        if runner == actions::Runner::Simple(Simple::Slip) {
            cx.slip = slip::lines(cx.draft.as_ref().map(|(draft, _)| draft), &terminal, &store).await;
        }
        let prepared = runner.prepare(&cx, spec.id).await;
        // The agent ends: whoever asked sees the link go.
        let _ = queue.send(Msg::Made(Box::new(Made { actor, spec, cx, prepared, wish, answer }))).await;
    });
}

/// An action has been prepared: it is shown, or begun.
pub(super) fn made(core: &mut Core, made: Made) {
    let Made { actor, spec, cx, mut prepared, wish, answer } = made;
    waits(core, spec, &mut prepared);
    // Somebody has to be there after the terminal has started anew.
    if core.boot.in_process && spec.runs == Some(actions::Runner::Update(actions::update::Verb::Install)) {
        prepared.block("upgrade-agent", "");
    }
    match wish {
        Wish::Show => {
            if let Some(active) = &core.runner.active {
                prepared.block("busy", active.action);
            }
            let plan = prepared.plan(spec.id);
            let plan = core.runner.offer(plan, spec.id, &actor, cx.guard_s);
            reply(answer, Reply::Planned(Box::new(plan)));
        }
        Wish::Do { reason, hash, link } => {
            let plan = prepared.plan(spec.id);
            let block = plan.blocking(actor.role).next().cloned();
            if let Some(active) = &core.runner.active {
                return refuse(core, &actor, spec, &reason, ("busy", active.action), answer);
            }
            if let Some(Block { code, detail, .. }) = block {
                return refuse(core, &actor, spec, &reason, (&code, &detail), answer);
            }
            if hash.is_some_and(|hash| hash != plan.hash) {
                return refuse(core, &actor, spec, &reason, ("plan-changed", spec.id), answer);
            }
            core.runner.drafts.forget(link);
            begin(core, (actor, cx), spec, prepared, &plan, &reason, answer);
        }
    }
}

/// Open business: a sale in flight is waited for once it is begun, a batch that is not settled stands against it.
fn waits(core: &Core, spec: &ActionSpec, prepared: &mut Prepared) {
    let journal = &core.snapshot.journal;
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    if spec.waits != Waits::Never && journal.in_flight > 0 {
        let seconds = count(desk::hold_s(&core.boot.config));
        let note = Said::new("run-note-in-flight").fact("count", count(journal.in_flight)).fact("seconds", seconds);
        prepared.notes.insert(0, note);
    }
    prepared.blocks.splice(0..0, unsettled(spec, journal));
}

/// A batch that is not settled, where that stands against it.
fn unsettled(spec: &ActionSpec, journal: &JournalFacts) -> Option<Block> {
    let open = journal.batch_open.filter(|open| *open > 0 && spec.waits == Waits::Batch)?;
    Some(Block { code: "batch-open".to_owned(), detail: open.to_string(), yes: false })
}

fn begin(
    core: &mut Core,
    (actor, cx): (Actor, actions::Cx),
    spec: &'static ActionSpec,
    prepared: Prepared,
    plan: &Plan,
    reason: &str,
    answer: oneshot::Sender<Reply>,
) {
    let (orders, inbox) = mpsc::channel(8);
    core.runner.active = Some(Active { action: spec.id, role: spec.role.max_of(actor.role), resumed: false, orders });
    let desk = Desk::of(core);
    let intent = draft(&actor, spec.id, "intent", reason, &format!("plan {}", plan.hash));
    let queue = core.queue.clone();
    tokio::spawn(async move {
        match desk.intend(intent).await {
            Some(run) => {
                reply(answer, Reply::Accepted { run });
                let job = desk::Job { spec, actor, run, cx, prepared, orders: inbox };
                match spec.runs {
                    Some(actions::Runner::Network | actions::Runner::NetSetup) => network::run(desk, job).await,
                    Some(actions::Runner::Clock) => clock::run(desk, job).await,
                    Some(actions::Runner::Simple(_)) => steps::run(desk, job).await,
                    Some(actions::Runner::Update(verb)) => update::run(desk, job, verb).await,
                    None => {}
                }
            }
            // Nothing is done that is not remembered.
            None => reply(answer, refusal("audit", spec.id)),
        }
        let _ = queue.send(Msg::RunEnded).await;
    });
}

impl Runner {
    fn offer(&mut self, mut plan: Plan, action: &'static str, actor: &Actor, guard_s: Option<u32>) -> Plan {
        let now = Instant::now();
        self.offers.retain(|offer| offer.until > now);
        if plan.blocking(actor.role).next().is_some() {
            return plan;
        }
        let Some(token) = token() else { return plan };
        if self.offers.len() >= OFFERS {
            self.offers.remove(0);
        }
        self.offers.push(Offer {
            token: token.clone(),
            uid: actor.uid,
            action,
            hash: plan.hash.clone(),
            guard_s,
            until: now + TOKEN,
        });
        plan.token = token;
        plan.token_s = TOKEN.as_secs() as u32;
        plan
    }

    fn redeem(&mut self, token: &str, actor: &Actor, action: &str) -> Option<Offer> {
        let now = Instant::now();
        let at = self.offers.iter().position(|offer| offer.token == token)?;
        let offer = self.offers.remove(at);
        (offer.uid == actor.uid && offer.action == action && offer.until > now).then_some(offer)
    }

    /// The run under way has ended.
    pub fn ended(&mut self) {
        self.active = None;
    }

    /// A run of an earlier agent goes on.
    fn goes_on(&mut self, action: &'static str, role: Role, orders: mpsc::Sender<Order>) {
        self.active = Some(Active { action, role, resumed: true, orders });
    }
}

fn token() -> Option<String> {
    use ring::rand::SecureRandom as _;
    let mut bytes = [0_u8; 16];
    ring::rand::SystemRandom::new().fill(&mut bytes).ok()?;
    Some(bytes.iter().fold(String::with_capacity(32), |mut hex, byte| {
        // Writing into a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_good_for_a_while_and_once() {
        let actor = Actor {
            uid: 1000,
            name: "tester".to_owned(),
            role: Role::Technician,
            from: "tty1".to_owned(),
            session: None,
        };
        let mut runner = Runner::default();
        let shown = runner.offer(Plan::default(), "reboot", &actor, None);
        assert!(runner.redeem(&shown.token, &actor, "reboot").is_some());
        assert!(runner.redeem(&shown.token, &actor, "reboot").is_none(), "twice");
        let shown = runner.offer(Plan::default(), "reboot", &actor, None);
        runner.offers[0].until = Instant::now();
        assert!(runner.redeem(&shown.token, &actor, "reboot").is_none(), "too late");
    }
}
