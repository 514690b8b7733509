//! Drives the guard: writes its memory before doing what it says, watches for proof, persons and the deadline, and
//! puts back what was before.

use std::future::Future;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

use super::desk::{Desk, hold_s, step};
use super::ladder::Ladder;
use super::{Order, remote};
use crate::actions::guard::{Armed, Event, Next, Phase};
use crate::actions::hours::{day, reboot_due};
use crate::actions::simple::deed_of;
use crate::actions::{net_setup, said};
use crate::agent::calls::{draft, refusal, reply};
use crate::model::{Actor, RunEnd, RunPhase, RunView, Said, StepState};
use crate::platform::{self, Deed, NmDevice, TcpSeen, Trouble};
use crate::proto::Reply;
use crate::text::{self, Lang};

/// How often time, persons and the connection are looked at.
const LOOK: Duration = Duration::from_millis(500);
/// Pause between two climbs of the ladder while it does not pass.
const AGAIN: Duration = Duration::from_secs(2);
/// Setting with the day on which the terminal restarted itself last.
const REBOOTED: &str = "reboot.last";
/// One way back.
const BACK: Duration = Duration::from_secs(8);
/// The last way back: nothing that could be tried waits for it.
const LAST: Duration = Duration::from_secs(20);
/// A modem that has to find its network.
const BACK_ON_AIR: Duration = Duration::from_secs(21);
/// After a way back the network is given this long to be as it was.
const SETTLE_BACK: Duration = Duration::from_secs(4);
/// After another boot the network is given this long to come up by itself.
const AFTER_BOOT: Duration = Duration::from_secs(20);

/// A guarded run under way.
pub(super) struct Drive {
    pub desk: Desk,
    pub actor: Actor,
    pub armed: Armed,
    pub view: RunView,
    pub orders: mpsc::Receiver<Order>,
    pub before: Ladder,
    pub ladder: Ladder,
    /// The connection as it was right after the last step.
    tcp: Option<TcpSeen>,
    next: Next,
}

/// Why something was cut short.
pub(super) enum Cut {
    /// The guard was decided meanwhile.
    Decided,
}

impl Drive {
    pub fn new(
        desk: Desk,
        actor: Actor,
        armed: Armed,
        view: RunView,
        orders: mpsc::Receiver<Order>,
        before: Ladder,
    ) -> Self {
        Self { desk, actor, armed, view, orders, before, ladder: Ladder::default(), tcp: None, next: Next::Go }
    }

    /// Takes an event: the memory is on the medium before anybody acts on it. False where it was not taken.
    pub async fn event(&mut self, event: Event) -> bool {
        self.event_by(event, None).await
    }

    async fn event_by(&mut self, event: Event, who: Option<&str>) -> bool {
        let keeps = matches!(event, Event::Keep | Event::Proved) && self.armed.phase == Phase::Judging;
        if keeps && !self.armed.over(&self.desk.hands.steady()) && !self.committed().await {
            return false;
        }
        let mut armed = self.armed.clone();
        let (next, taken) = armed.on(event, &self.desk.hands.steady());
        if armed.phase == self.armed.phase {
            if next != Next::Go {
                self.next = next;
            }
            return taken;
        }
        if let Some(who) = who.filter(|_| taken) {
            armed.decided_by = Some(who.to_owned());
        }
        armed.steps.clone_from(&self.view.steps);
        let kept = self.desk.remember(&armed).await;
        // Keeping needs the medium: else a power cut would undo what somebody was told is kept. Undoing does not.
        if !kept && armed.phase == Phase::Kept {
            return false;
        }
        self.armed = armed;
        if next != Next::Go {
            self.next = next;
        }
        taken
    }

    /// Remembers how far the steps got: an agent that is killed leaves no doubt about what was begun.
    pub async fn note_steps(&mut self) {
        self.armed.steps.clone_from(&self.view.steps);
        // The way back does not depend on it.
        self.desk.remember(&self.armed).await;
    }

    /// Whether which way it goes is still open.
    pub const fn open(&self) -> bool {
        self.armed.open()
    }

    /// Waits for something while time passes and persons speak; cut short once the guard is decided.
    pub async fn meanwhile<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Cut> {
        let mut work = std::pin::pin!(work);
        let look = self.desk.span(LOOK);
        loop {
            tokio::select! {
                done = &mut work => return Ok(done),
                Some(order) = self.orders.recv() => self.order(order).await,
                () = sleep(look) => { self.event(Event::Look).await; }
            }
            if !self.open() {
                return Err(Cut::Decided);
            }
        }
    }

    /// A person keeps or undoes it.
    async fn order(&mut self, order: Order) {
        let Order { keep, actor, answer } = order;
        let event = if keep { Event::Keep } else { Event::Undo };
        let taken = self.event_by(event, Some(&actor.name)).await;
        reply(answer, if taken { Reply::Done } else { refusal("busy", self.armed.begun.action.as_str()) });
    }

    /// Shows how far it is.
    pub async fn show(&mut self, phase: RunPhase, said: Vec<Said>) {
        self.view.phase = phase;
        self.view.said = said;
        let open = self.open();
        self.view.guard_left_ms = open.then(|| self.armed.left_ms(&self.desk.hands.steady()));
        self.desk.tell(&self.view).await;
    }

    /// From the last step to the record: proof, a person or the deadline, then keeping or undoing.
    pub async fn finish(mut self) {
        if self.open() {
            self.radio_on().await;
        }
        if self.open() {
            self.judge().await;
        }
        if self.armed.phase == Phase::Undoing {
            self.put_back().await;
            self.event(Event::Restored).await;
        }
        self.record().await;
    }

    /// Waits until it is decided.
    async fn judge(&mut self) {
        self.tcp = self.connection().await;
        let mut climbing = Box::pin(Ladder::climb(self.desk.clone()));
        let mut climb_at: Option<Instant> = None;
        let (look, again) = (self.desk.span(LOOK), self.desk.span(AGAIN));
        let mut passes = false;
        self.show(RunPhase::Checking, vec![Said::new("run-checking")]).await;
        while self.open() {
            tokio::select! {
                ladder = &mut climbing, if climb_at.is_none() => {
                    self.ladder = ladder;
                    passes = self.stands().await;
                    climbing = Box::pin(Ladder::climb(self.desk.clone()));
                    // While it waits for a person the ladder is climbed now and then: what broke later is seen.
                    climb_at = Some(Instant::now() + if passes { again * 5 } else { again });
                    let said = self.waits_for(passes).await;
                    self.show(RunPhase::Confirming, said).await;
                    if !passes && self.hopeless().await {
                        self.event(Event::Broken).await;
                    }
                }
                Some(order) = self.orders.recv() => self.order(order).await,
                () = sleep(look) => {
                    self.event(Event::Look).await;
                    if climb_at.is_some_and(|at| at <= Instant::now()) {
                        climb_at = None;
                    }
                }
            }
            if self.open() && passes && self.proved().await {
                self.event(Event::Proved).await;
            }
        }
    }

    /// Whether the ladder passes, and what was wanted is in force.
    async fn stands(&self) -> bool {
        let Some((interface, profile)) = &self.armed.wanted else {
            return self.ladder.passes(&self.before) && !self.manager_gone().await;
        };
        let devices = self.desk.hands.nm().await.unwrap_or_default();
        let has = |device: &NmDevice| device.interface == *interface && device.profile.as_ref() == Some(profile);
        self.ladder.passes_by(&self.before, interface) && devices.iter().any(has)
    }

    /// Writes down what is to be kept; false when it could not be.
    async fn committed(&self) -> bool {
        for deed in &self.armed.commit {
            if self.desk.hands.act(deed, BACK).await.is_err() {
                return false;
            }
        }
        true
    }

    /// At the terminal itself the ladder is enough; who came over the network has to be seen to be still there.
    async fn proved(&self) -> bool {
        if !remote(&self.actor) {
            return true;
        }
        let (Some(before), Some(now)) = (self.tcp, self.connection().await) else { return false };
        !now.inner && now.acked > before.acked && now.unacked == 0
    }

    async fn connection(&self) -> Option<TcpSeen> {
        self.desk.hands.tcp(self.armed.begun.session?).await.ok().flatten()
    }

    /// What somebody who came over the network has to know: that nothing can be proved, or not how they came.
    async fn untold(&self) -> &'static str {
        match self.connection().await {
            Some(tcp) if tcp.inner => "run-wait-tunnel",
            Some(_) => "run-wait-proof",
            None => "run-wait-untold",
        }
    }

    /// Nothing is as bad as waiting for a deadline in front of a terminal that is as broken as before.
    async fn hopeless(&self) -> bool {
        let local = !remote(&self.actor) && self.armed.wanted.is_none();
        local && self.ladder.no_worse(&self.before) && self.as_before().await
    }

    /// Whether NetworkManager belongs to this run and does not answer: addresses outlive it, their leases do not.
    pub async fn manager_gone(&self) -> bool {
        self.by_nm() && self.desk.hands.nm().await == Err(Trouble::Missing)
    }

    fn by_nm(&self) -> bool {
        self.armed.back.iter().any(|deed| matches!(deed, Deed::NmReconnect { .. } | Deed::NmDelete { .. }))
    }

    /// Whether the network is as it was.
    async fn as_before(&self) -> bool {
        let names: Vec<String> = self.armed.kept.links.iter().map(|link| link.name.clone()).collect();
        self.desk.hands.keep(&names).await.is_ok_and(|now| self.armed.kept.same_ways(&now))
    }

    /// How the radio rung stands.
    fn radio_rung(&self) -> StepState {
        let rung = self.view.steps.iter().find(|step| step.said.key == "run-rung-radio");
        rung.map_or(StepState::Skipped, |step| step.state)
    }

    /// A radio whose rung broke off between off and on is not left off, whichever way it goes: another link may carry.
    async fn radio_on(&mut self) {
        let broke_off = self.radio_rung() == StepState::Failed;
        let on = |deed: &&Deed| matches!(deed, Deed::ModemOn { .. } | Deed::NmRadio { on: true, .. });
        let on: Vec<Deed> = self.armed.back.iter().filter(|deed| broke_off && on(deed)).cloned().collect();
        for deed in on {
            let (desk, mut step) = (self.desk.clone(), step(&said(&deed)));
            let done = self.meanwhile(desk.act(&deed, BACK_ON_AIR, &mut step)).await;
            self.view.steps.push(step);
            if done.is_err() {
                return;
            }
        }
    }

    async fn waits_for(&self, passes: bool) -> Vec<Said> {
        if !passes {
            return std::iter::once(Said::new("run-broken")).chain(self.ladder.said()).collect();
        }
        vec![Said::new(if remote(&self.actor) { self.untold().await } else { "run-wait-proof" })]
    }

    /// The ways back, gentlest first, until the network is as it was.
    async fn put_back(&mut self) {
        self.show(RunPhase::Undoing, vec![Said::new("run-undoing")]).await;
        if self.armed.why == "reboot" && self.stands_after_boot().await {
            return;
        }
        let nm = self.by_nm();
        let back = self.armed.back.clone();
        for (at, deed) in back.iter().enumerate() {
            let gone = self.manager_gone().await;
            // What was only tried goes in any case: it would come back by itself. A modem that was switched off may be so
            // although its link has all its addresses; one that was not is left alone.
            let modem = matches!(deed, Deed::ModemOn { .. });
            if modem && matches!(self.radio_rung(), StepState::Waiting | StepState::Skipped) {
                continue;
            }
            let always = modem || matches!(deed, Deed::NmDelete { .. });
            if !always && !gone && self.as_before().await {
                continue;
            }
            let manager = matches!(deed, Deed::RestartUnit { .. } | Deed::Run { .. });
            if manager && nm && !gone {
                // It runs: no need to restart it.
                continue;
            }
            let mut step = step(&said(deed));
            step.state = StepState::Running;
            let limit = match deed {
                Deed::ModemOn { .. } => BACK_ON_AIR,
                _ if at + 1 == back.len() => LAST,
                _ => BACK,
            };
            let good = self.desk.act(deed, limit, &mut step).await;
            self.view.steps.push(step);
            self.show(RunPhase::Undoing, vec![Said::new("run-undoing")]).await;
            let (until, look) = (Instant::now() + self.desk.span(SETTLE_BACK), self.desk.span(LOOK));
            while good && Instant::now() < until && !self.as_before().await {
                sleep(look).await;
            }
        }
        self.ladder = Ladder::climb(self.desk.clone()).await;
    }

    /// Another boot has set up the network from its files, which were never touched: it is left alone if it carries.
    async fn stands_after_boot(&mut self) -> bool {
        let until = Instant::now() + self.desk.span(AFTER_BOOT);
        let tried = self.armed.back.iter().find(|deed| matches!(deed, Deed::NmDelete { .. })).cloned();
        let mut gone = tried.is_none();
        loop {
            if let Some(tried) = tried.as_ref().filter(|_| !gone) {
                // Whoever manages the network may come up later than this.
                gone = self.desk.hands.act(tried, BACK).await.is_ok();
            }
            self.ladder = Ladder::climb(self.desk.clone()).await;
            if gone && self.ladder.passes(&Ladder::default()) {
                return true;
            }
            if Instant::now() >= until {
                return false;
            }
            sleep(self.desk.span(AGAIN)).await;
        }
    }

    /// The outcome: into the audit, onto HOME, then the memory goes.
    async fn record(mut self) {
        for deed in self.armed.after.clone() {
            // A checkpoint that is not let go would be gone back to later, when nobody expects it any more; one that
            // was gone back to is gone.
            let _ = self.desk.hands.act(&deed, BACK).await;
        }
        for step in self.view.steps.iter_mut().filter(|step| step.state == StepState::Waiting) {
            step.state = StepState::Skipped;
        }
        if self.armed.phase == Phase::Kept {
            for deed in self.armed.then.clone() {
                // A profile too many does no harm: the newest one is taken.
                let _ = self.desk.hands.act(&deed, BACK).await;
            }
        }
        let failed = self.armed.wanted.is_some() && self.armed.why == "broken";
        let helped = self.armed.why != "broken" || !self.before_was_back().await;
        let end = match self.armed.phase {
            Phase::Kept => RunEnd::Done,
            _ if !helped || failed => RunEnd::Failed,
            _ => RunEnd::Undone,
        };
        let by = self.armed.decided_by.clone().unwrap_or_default();
        let back = self.armed.phase == Phase::Kept || self.ladder.passes(&self.before) || self.as_before().await;
        let first = match (end, self.armed.why.as_str()) {
            (RunEnd::Done, "proved") => Said::new("run-kept-proved"),
            (RunEnd::Done, _) => Said::new("run-kept-by").fact("who", by),
            (RunEnd::Failed, _) if failed => Said::new(self.why_not()),
            (RunEnd::Failed, _) => Said::new("run-no-help"),
            (RunEnd::Undone, "asked") if back => Said::new("run-undone-by").fact("who", by),
            (RunEnd::Undone, "reboot") => Said::new("run-undone-boot"),
            (RunEnd::Undone, _) if !back => Said::new("run-undone-not"),
            (RunEnd::Undone, "broken") => Said::new("run-undone-broken"),
            (RunEnd::Undone, _) => Said::new("run-undone-late"),
        };
        let mut said = vec![first];
        if failed {
            said.push(Said::new("run-set-up-as-before"));
        }
        said.extend(self.ladder.said());
        self.view.end = Some(end);
        self.view.phase = RunPhase::Ended;
        self.view.said = said;
        self.view.guard_left_ms = None;
        let why = self.armed.why.clone();
        // Where not even the reserve takes its row, the next start does.
        if self.desk.conclude(&self.actor, &self.view, end, &why).await {
            self.event(Event::Recorded).await;
            self.desk.forget().await;
        }
        self.desk.tell(&self.view).await;
        self.announce().await;
        self.last_rung().await;
    }

    /// Why new settings did not come about, as far as whoever tried them said.
    fn why_not(&self) -> &'static str {
        let failed = self.view.steps.iter().find(|step| step.state == StepState::Failed);
        net_setup::why(failed.map_or("", |step| step.detail.as_str()))
    }

    /// Everybody who is logged in is told, in both languages: nobody knows theirs.
    async fn announce(&self) {
        let key = match self.view.end {
            Some(RunEnd::Done) => "run-end-done",
            Some(RunEnd::Undone) => "run-end-undone",
            _ => "run-end-failed",
        };
        let line = |lang| {
            let action = text::t(lang, &format!("action-{}", self.view.action));
            let time = self.view.began.strftime("%H:%M");
            let ended = text::ta(lang, key, &[("action", action.into()), ("time", time.into())]);
            let said = self.view.said.first().map(|said| text::tf(lang, &said.key, &said.facts));
            format!("pos-console: {ended} {}", said.unwrap_or_default())
        };
        self.desk.hands.tell(vec![line(Lang::EN), line(Lang::ZH)]).await;
    }

    /// What was put back carries nothing either: the terminal starts anew, if that is allowed and nobody is paying.
    async fn last_rung(&mut self) {
        let dead = self.armed.phase == Phase::Undone && !self.ladder.passes(&self.before);
        if !dead || !self.may_restart().await || !self.nobody_pays().await {
            return;
        }
        // Waiting takes time: the network may be back, or the shop may have opened.
        if Ladder::climb(self.desk.clone()).await.passes(&self.before) || !self.may_restart().await {
            return;
        }
        let actions = &self.desk.config.actions;
        let intent =
            draft(&self.actor, "reboot", "intent", "no network", &format!("after run {}", self.armed.begun.run));
        // The budget stands before it is spent.
        if self.desk.store.set(REBOOTED, &day(platform::now())).await.is_err() {
            return;
        }
        let Some(run) = self.desk.intend(intent).await else { return };
        let deed = if actions.reboot_command.is_empty() { Deed::Reboot } else { deed_of(&actions.reboot_command) };
        let (phase, words) = match self.desk.hands.act(&deed, BACK).await {
            Ok(words) => ("done", words),
            Err(trouble) => ("failed", trouble.to_string()),
        };
        let row = draft(&self.actor, "reboot", phase, "", &format!("run {run}; {words}"));
        // The machine goes down: the next start closes a row that is missing.
        let _ = self.desk.store.audit_append(row).await;
    }

    async fn may_restart(&self) -> bool {
        let actions = &self.desk.config.actions;
        let last = self.desk.store.get(REBOOTED).await.unwrap_or_default();
        reboot_due(&actions.reboot_rung, &actions.open_hours, platform::now(), &last)
    }

    /// Waits for a sale in flight as long as its answer may take.
    async fn nobody_pays(&mut self) -> bool {
        let until = Instant::now() + Duration::from_secs(hold_s(&self.desk.config));
        let again = self.desk.span(AGAIN);
        while self.desk.journal().await.in_flight > 0 {
            if Instant::now() >= until {
                return false;
            }
            tokio::select! {
                Some(Order { answer, .. }) = self.orders.recv() => {
                    reply(answer, refusal("busy", self.armed.begun.action.as_str()));
                }
                () = sleep(again) => {}
            }
        }
        true
    }

    /// Nothing had to be put back.
    async fn before_was_back(&self) -> bool {
        let restored = |step: &crate::model::StepSeen| {
            let by_unit = step.said.facts.get("unit") == Some(&"pos-console-restore.service".into());
            step.said.key == "run-deed-restore" || by_unit
        };
        !self.view.steps.iter().any(restored) && self.as_before().await
    }
}
