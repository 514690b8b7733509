//! Tries of passcodes and answers: slow, one at a time, each in the audit before anybody learns how it went.

use std::sync::Arc;

use tokio::sync::{Mutex, mpsc, oneshot};

use super::passcode::{self, Kept, Tries};
use super::{Change, Changed, Pending, may_set, now, over};
use crate::actions::phone::{Deal, Key};
use crate::agent::calls::{draft, refusal, reply};
use crate::agent::core::{Core, Msg};
use crate::model::{Actor, Role, Secret};
use crate::platform::Hands;
use crate::proto::{Refusal, Reply};
use crate::store::Store;

/// Setting that keeps this terminal's key for support's answers.
pub(super) const PHONE_KEY: &str = "phone.key";
/// Its wrong answers in a row.
const PHONE_TRIES: &str = "phone.tries";

/// Where a try is made.
struct Desk {
    store: Store,
    queue: mpsc::Sender<Msg>,
    hands: Arc<dyn Hands>,
    gate: Arc<Mutex<()>>,
    actor: Actor,
    link: u64,
}

fn refused(code: &str, detail: impl Into<String>) -> Refusal {
    Refusal { code: code.to_owned(), detail: detail.into() }
}

fn lost() -> Refusal {
    refused("audit", "passcode")
}

impl Desk {
    fn of(core: &Core, link: u64, actor: &Actor) -> Self {
        Self {
            store: core.store.clone(),
            queue: core.queue.clone(),
            hands: core.boot.host.hands(),
            gate: core.rights.gate.clone(),
            actor: actor.clone(),
            link,
        }
    }

    async fn audit(&self, action: &str, phase: &str, detail: &str) -> Result<(), Refusal> {
        let row = draft(&self.actor, action, phase, "", detail);
        self.store.audit_append(row).await.map(drop).map_err(|_| lost())
    }

    async fn tries(&self, key: &str) -> Tries {
        self.store.get(key).await.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    async fn keep_tries(&self, key: &str, tries: &Tries) -> Result<(), Refusal> {
        let text = serde_json::to_string(tries).unwrap_or_default();
        self.store.set(key, &text).await.map_err(|_| lost())?;
        self.store.flush().await.map_err(|_| lost())
    }

    /// Makes one try: not while one has to wait, counted before it is compared.
    async fn once(
        &self,
        (action, key, what): (&str, &str, &str),
        fits: impl Future<Output = bool>,
    ) -> Result<(), Refusal> {
        let mut tries = self.tries(key).await;
        let wait = tries.wait_ms(&self.hands.steady()).div_ceil(1_000);
        if wait > 0 {
            self.audit(action, "refused", &format!("{what}, not compared: {wait} s to wait")).await?;
            return Err(refused("passcode-wait", wait.to_string()));
        }
        tries.count(&self.hands.steady());
        self.keep_tries(key, &tries).await?;
        if fits.await {
            self.audit(action, "done", what).await?;
            return self.keep_tries(key, &Tries::default()).await;
        }
        self.audit(action, "refused", &format!("{what} wrong, {} in a row", tries.failed)).await?;
        let wait = tries.wait_ms(&self.hands.steady()).div_ceil(1_000);
        Err(refused(if action == "phone" { "phone-wrong" } else { "passcode-wrong" }, wait.to_string()))
    }

    async fn tell(self, change: Change, answer: Option<oneshot::Sender<Reply>>) {
        let changed = Changed { link: self.link, actor: self.actor, change, answer };
        let _ = self.queue.send(Msg::Rights(Box::new(changed))).await;
    }
}

/// Takes a role by its passcode.
pub(super) fn unlock(
    core: &Core,
    link: u64,
    (base, actor): (&Actor, &Actor),
    role: Role,
    passcode: Secret,
    answer: oneshot::Sender<Reply>,
) {
    let Some((key, tries)) = passcode::names(role).filter(|_| base.role != Role::Support) else {
        return reply(answer, refusal("role", Role::Merchant.word()));
    };
    if actor.role.may(role) {
        return reply(answer, Reply::Done);
    }
    let desk = Desk::of(core, link, base);
    tokio::spawn(async move {
        let gate = desk.gate.clone();
        let _turn = gate.lock().await;
        match desk.compare(role, (key, tries), passcode).await {
            Ok(()) => desk.tell(Change::Role(role), Some(answer)).await,
            Err(refusal) => reply(answer, Reply::Refused(refusal)),
        }
    });
}

impl Desk {
    async fn compare(&self, role: Role, (key, tries): (&str, &str), passcode: Secret) -> Result<(), Refusal> {
        let kept = self.store.get(key).await.and_then(|text| serde_json::from_str::<Kept>(&text).ok());
        let Some(kept) = kept else {
            self.audit("unlock", "refused", &format!("{} none is set", role.word())).await?;
            return Err(refused("passcode-unset", role.word()));
        };
        let work = tokio::task::spawn_blocking(move || kept.fits(&passcode));
        self.once(("unlock", tries, role.word()), async { work.await.unwrap_or(false) }).await
    }
}

/// Sets a passcode; `granted` goes back to whoever was refused.
pub(super) fn set(
    core: &Core,
    link: u64,
    actor: &Actor,
    (role, code): (Role, Secret),
    granted: Option<String>,
    answer: oneshot::Sender<Reply>,
) {
    let Some((key, tries)) = passcode::names(role) else { return reply(answer, refusal("bad-request", role.word())) };
    let desk = Desk::of(core, link, actor);
    tokio::spawn(async move {
        let gate = desk.gate.clone();
        let _turn = gate.lock().await;
        let done = desk.keep_passcode(role, (key, tries), code).await;
        match done {
            Ok(()) => reply(answer, Reply::Done),
            Err(refusal) => {
                reply(answer, Reply::Refused(refusal));
                if let Some(word) = granted {
                    desk.tell(Change::GivenBack(word), None).await;
                }
            }
        }
    });
}

impl Desk {
    async fn keep_passcode(&self, role: Role, (key, tries): (&str, &str), code: Secret) -> Result<(), Refusal> {
        let text = if code.is_empty() {
            String::new()
        } else if passcode::good(&code) {
            let kept = tokio::task::spawn_blocking(move || Kept::of(&code)).await.ok().flatten();
            serde_json::to_string(&kept.ok_or_else(lost)?).map_err(|_| lost())?
        } else {
            self.audit("passcode", "refused", &format!("{} too weak", role.word())).await?;
            return Err(refused("passcode-weak", role.word()));
        };
        let what = if text.is_empty() { "taken away" } else { "set" };
        self.audit("passcode", "done", &format!("{} {what}", role.word())).await?;
        self.store.set(key, &text).await.map_err(|_| lost())?;
        self.keep_tries(tries, &Tries::default()).await
    }
}

/// Sets the key that support's answers are checked with.
pub(super) fn set_key(core: &Core, actor: Actor, key: Secret, answer: oneshot::Sender<Reply>) {
    let desk = Desk::of(core, 0, &actor);
    tokio::spawn(async move {
        let done = async {
            if !may_set(&actor) {
                desk.audit("phone", "refused", "key: not root").await?;
                return Err(refused("passcode-root", "phone"));
            }
            if !key.is_empty() && Key::parse(key.expose()).is_none() {
                return Err(refused("phone-key", ""));
            }
            desk.audit("phone", "done", if key.is_empty() { "key taken away" } else { "key set" }).await?;
            desk.store.set(PHONE_KEY, key.expose().trim()).await.map_err(|_| lost())?;
            desk.keep_tries(PHONE_TRIES, &Tries::default()).await
        };
        let done: Result<(), Refusal> = done.await;
        reply(answer, done.map_or_else(Reply::Refused, |()| Reply::Done));
    });
}

/// Takes what support answered: right once, in time, for what was asked.
pub(super) fn answer(core: &mut Core, link: u64, actor: &Actor, typed: Secret, answer: oneshot::Sender<Reply>) {
    let now = now(core);
    let held = core.rights.held(link, actor);
    // Whatever comes of it: the same challenge is not compared twice at once.
    let pending = held.pending.take().filter(|pending| !over(&pending.until, &now) && pending.left > 0);
    let desk = Desk::of(core, link, actor);
    tokio::spawn(async move {
        let Some(pending) = pending else {
            let done = desk.audit("phone", "refused", "nothing waits for an answer").await;
            let code = done.err().unwrap_or_else(|| refused("phone-none", ""));
            return reply(answer, Reply::Refused(code));
        };
        let gate = desk.gate.clone();
        let _turn = gate.lock().await;
        match desk.answered(&pending, &typed).await {
            Ok(()) => desk.tell(Change::Granted(pending.action), Some(answer)).await,
            Err(refusal) => {
                let again = Pending { left: pending.left - 1, ..pending };
                desk.tell(Change::Wrong(Box::new(again)), None).await;
                reply(answer, Reply::Refused(refusal));
            }
        }
    });
}

impl Desk {
    async fn answered(&self, pending: &Pending, typed: &Secret) -> Result<(), Refusal> {
        let key = self.store.get(PHONE_KEY).await.map(Secret::new);
        let Some(key) = key.as_ref().and_then(|key| Key::parse(key.expose())) else {
            return Err(refused("phone-unset", ""));
        };
        let deal = Deal { terminal: &pending.terminal, action: &pending.action, role: pending.role };
        let right = pending.asked.answer(&key, deal);
        let what = format!("{} as {}", pending.action, pending.role.word());
        let fits = async { passcode::same(right.expose(), typed.expose()) };
        self.once(("phone", PHONE_TRIES, &what), fits).await
    }
}
