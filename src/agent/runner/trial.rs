//! Drives a new version through its trial: writes the memory before doing what it says, starts the machine anew, looks
//! whether what worked before works again, and calls the version before back where it does not.

use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::time::sleep;

use super::desk::{Desk, step};
use super::update::{PREVIOUS, TRIED, cx, kept};
use super::{Order, ladder};
use crate::actions::said;
use crate::actions::simple::deed_of;
use crate::actions::update::trial::{Event, Found, Next, Phase, Runs, Trial};
use crate::agent::calls::{refusal, reply};
use crate::model::{Actor, RunEnd, RunPhase, RunView, Said, Status, StepState, TriedSeen};
use crate::platform::{self, Deed, Installer};
use crate::proto::Reply;

/// What has to work again beside the way to the hosts, where it worked before.
const MORE: [&str; 2] = ["host.tls", "app.alive"];
const LOOK: Duration = Duration::from_secs(1);
/// Between two looks at everything.
const AGAIN: Duration = Duration::from_secs(3);
const STEP: Duration = Duration::from_mins(30);
/// A machine that has not gone down by then does not.
const DOWN: Duration = Duration::from_mins(3);
/// RAUC may come up later than this agent.
const RAUC: Duration = Duration::from_mins(2);
/// What came back is given this long to be well, for the sentence about it.
const AFTER: Duration = Duration::from_secs(90);
const PROGRAM: Duration = Duration::from_secs(20);
const OUTPUT: usize = 64 * 1024;

/// A trial under way.
pub(super) struct Drive {
    pub desk: Desk,
    pub actor: Actor,
    pub trial: Trial,
    pub view: RunView,
    pub orders: mpsc::Receiver<Order>,
}

impl Drive {
    pub fn new(desk: Desk, actor: Actor, trial: Trial, view: RunView, orders: mpsc::Receiver<Order>) -> Self {
        Self { desk, actor, trial, view, orders }
    }

    /// Puts the memory onto the medium; true when it is there.
    pub async fn write(&mut self) -> bool {
        self.trial.steps.clone_from(&self.view.steps);
        let (Some(file), Ok(text)) = (self.desk.trial.clone(), serde_json::to_string(&self.trial)) else {
            return false;
        };
        tokio::task::spawn_blocking(move || file.write(&text).is_ok()).await.unwrap_or(false)
    }

    /// Takes up what an agent before this one left.
    pub async fn resume(mut self) {
        let found = self.found().await;
        let now = self.desk.hands.steady();
        let next = self.trial.resume(found, &now);
        self.write().await;
        self.go_on(next).await;
    }

    /// To the end, or to the moment at which the machine goes down.
    pub async fn go_on(mut self, mut next: Next) {
        loop {
            next = match next {
                Next::Wait => self.wait().await,
                Next::Prove => self.prove().await,
                Next::Return => self.call_back().await,
                Next::Restart | Next::Leave => return self.restart().await,
                Next::Record => return self.record().await,
            };
            // Where it fails the next start goes by what it finds.
            self.write().await;
        }
    }

    /// What runs, and how far the installer is.
    async fn found(&self) -> Found {
        let other_boot = self.desk.hands.steady().boot != self.trial.boot;
        if self.trial.new_slot.is_empty() {
            // Root's unit goes on without us.
            let unit = [format!("pos-console-{}.service", self.trial.begun.action)];
            let units = self.desk.host.units(&unit).await.unwrap_or_default();
            let busy = units.named.iter().any(|unit| unit.state == "activating");
            return Found { runs: Runs::Only, other_boot, busy, whole: false };
        }
        let until = Instant::now() + RAUC;
        loop {
            if let Ok(seen) = self.desk.hands.rauc().await {
                let slot = seen.slots.iter().find(|slot| slot.name == self.trial.new_slot);
                let written = seen.whole.contains(&self.trial.new_slot)
                    && slot.is_some_and(|slot| slot.version == self.trial.new);
                let whole = slot.is_some_and(|slot| slot.next) && (written || !self.installs());
                let runs = if slot.is_some_and(|slot| slot.booted) { Runs::New } else { Runs::Old };
                return Found { runs, other_boot, busy: seen.busy, whole };
            }
            if Instant::now() >= until {
                // Nobody tells: another start is taken for the one that was wanted, and has to prove itself.
                let runs = if other_boot { Runs::New } else { Runs::Old };
                return Found { runs, other_boot, busy: false, whole: false };
            }
            sleep(LOOK).await;
        }
    }

    fn installs(&self) -> bool {
        self.trial.begun.action == "update-install"
    }

    /// The installer goes on without us.
    async fn wait(&mut self) -> Next {
        loop {
            self.show(RunPhase::Acting, vec![Said::new("update-goes-on")]).await;
            self.pause().await;
            let found = self.found().await;
            let now = self.desk.hands.steady();
            match self.trial.resume(found, &now) {
                Next::Wait => {}
                next => return next,
            }
        }
    }

    /// A second, in which persons are told that there is nothing to keep or undo.
    async fn pause(&mut self) {
        tokio::select! {
            Some(Order { answer, .. }) = self.orders.recv() => {
                reply(answer, refusal("busy", self.trial.begun.action.as_str()));
            }
            () = sleep(self.desk.span(LOOK)) => {}
        }
    }

    /// Waits until no sale is in flight: a request ages by itself, so this ends.
    pub async fn quiet(&mut self, key: &str) {
        while self.desk.journal().await.in_flight > 0 {
            self.show(RunPhase::Holding, vec![Said::new(key)]).await;
            self.pause().await;
        }
        self.view.phase = RunPhase::Acting;
    }

    async fn show(&mut self, phase: RunPhase, said: Vec<Said>) {
        self.view.phase = phase;
        self.view.said = said;
        self.desk.tell(&self.view).await;
    }

    /// How far the step is whose sentence has this word.
    fn mark(&mut self, word: &str, state: StepState) {
        let wanted = |said: &Said| said.key.starts_with("update-step-") && said.key.contains(word);
        for step in self.view.steps.iter_mut().filter(|step| wanted(&step.said)) {
            step.state = state;
        }
    }

    /// What the old version is able to do: the new one has to be able to do it too.
    pub async fn remember_what_works(&mut self) {
        let findings = ladder::look(&self.desk, ladder::rungs_and(&MORE)).await;
        let well = findings.into_iter().filter(|finding| finding.status == Status::Ok);
        self.trial.before = well.map(|finding| finding.id).collect();
        self.trial.app = self.health().application().await.is_none();
    }

    /// Looks whether it still, or again, does.
    fn health(&self) -> Health {
        Health { desk: self.desk.clone(), before: self.trial.before.clone(), app: self.trial.app }
    }
}

/// What has to work again.
struct Health {
    desk: Desk,
    before: Vec<String>,
    app: bool,
}

impl Health {
    /// What is wrong with the payment application, as far as the site has said how to tell.
    async fn application(&self) -> Option<Said> {
        let actions = &self.desk.config.actions;
        if !actions.app_unit.is_empty() {
            let units = self.desk.host.units(std::slice::from_ref(&actions.app_unit)).await.unwrap_or_default();
            let state = units.named.first().map(|seen| seen.state.clone()).unwrap_or_default();
            if state != "active" {
                let said = Said::new("run-not-standing").fact("unit", actions.app_unit.as_str());
                return Some(said.fact("state", if state.is_empty() { "?" } else { state.as_str() }));
            }
        }
        if !actions.app_healthy.is_empty() {
            let told = match self.desk.host.exec(&actions.app_healthy, PROGRAM, OUTPUT).await {
                Ok(output) if output.code == 0 => return None,
                Ok(output) => format!("exit {}", output.code),
                Err(fault) => format!("{fault:?}"),
            };
            return Some(Said::new("run-not-well").fact("argv", actions.app_healthy.join(" ")).fact("detail", told));
        }
        None
    }

    /// The first thing that worked before and does not now.
    async fn missing(&self) -> Option<Said> {
        if self.app
            && let Some(said) = self.application().await
        {
            return Some(said);
        }
        let findings = ladder::look(&self.desk, ladder::rungs_and(&MORE)).await;
        for id in &self.before {
            match findings.iter().find(|finding| finding.id == *id) {
                Some(finding) if finding.status == Status::Ok => {}
                Some(finding) => {
                    return Some(Said { key: format!("finding-{}", finding.code), facts: finding.facts.clone() });
                }
                None => return Some(Said::new("update-missing").fact("id", id.as_str())),
            }
        }
        None
    }

    /// The same on its own.
    async fn look(self) -> Option<Said> {
        self.missing().await
    }
}

impl Drive {
    /// Looks until all is well twice in a row, somebody decides, or the time is up.
    async fn prove(&mut self) -> Next {
        self.mark("prove", StepState::Running);
        let mut well = 0;
        let (mut looking, mut look_at) = (Box::pin(self.health().look()), Instant::now());
        let mut said: Option<Said> = None;
        let event = loop {
            let left = self.trial.left_ms(&self.desk.hands.steady());
            self.view.guard_left_ms = Some(left);
            self.view.guard_s = Some(self.trial.health_s);
            let head = Said::new("update-proving").fact("version", self.trial.new.as_str());
            let lines = std::iter::once(head).chain(said.clone()).collect();
            self.show(RunPhase::Checking, lines).await;
            if left == 0 {
                break Event::Sick;
            }
            tokio::select! {
                found = &mut looking, if look_at <= Instant::now() => {
                    well = if found.is_none() { well + 1 } else { 0 };
                    said = found;
                    if well >= 2 {
                        break Event::Well;
                    }
                    looking = Box::pin(self.health().look());
                    look_at = Instant::now() + self.desk.span(AGAIN);
                }
                Some(Order { keep, answer, actor }) = self.orders.recv() => {
                    reply(answer, Reply::Done);
                    self.trial.detail = actor.name;
                    break if keep { Event::Well } else { Event::Sick };
                }
                () = sleep(self.desk.span(LOOK)) => {}
            }
        };
        self.mark("prove", if event == Event::Well { StepState::Done } else { StepState::Failed });
        self.view.guard_left_ms = None;
        if let Some(said) = said.filter(|_| event == Event::Sick) {
            self.trial.detail.clone_from(&said.key);
            self.view.said = vec![said];
        }
        let now = self.desk.hands.steady();
        self.trial.on(event, &now)
    }

    /// The version before is named again.
    async fn call_back(&mut self) -> Next {
        self.show(RunPhase::Undoing, vec![Said::new("update-returning").fact("version", self.trial.old.as_str())])
            .await;
        let mut event = Event::Returned { restart: !self.trial.new_slot.is_empty() };
        for (at, deed) in self.trial.back.clone().iter().enumerate() {
            let mut seen = step(&said(deed));
            // The first one is what it is about; marking the bad one as bad helps only the boot loader.
            if !self.desk.act(deed, STEP, &mut seen).await && at == 0 {
                self.trial.detail.clone_from(&seen.detail);
                event = Event::Broke;
            }
            self.view.steps.push(seen);
        }
        let now = self.desk.hands.steady();
        self.trial.on(event, &now)
    }

    /// The machine starts anew; the agent of the next start goes on.
    async fn restart(mut self) {
        self.quiet("update-restart-waits").await;
        self.mark("restart", StepState::Done);
        // The agent of the next start shows the steps as they stand here.
        self.write().await;
        self.show(RunPhase::Acting, vec![Said::new("update-restarting")]).await;
        let command = &self.desk.config.actions.reboot_command;
        let deed = if command.is_empty() { Deed::Reboot } else { deed_of(command) };
        let done = self.desk.hands.act(&deed, STEP).await;
        if done.is_ok() {
            let until = Instant::now() + DOWN;
            while Instant::now() < until {
                self.pause().await;
            }
        }
        // It stays on the medium: whenever the machine starts, the trial goes on.
        let key = if self.trial.phase == Phase::Leaving { "update-restart-back" } else { "update-restart-by-hand" };
        self.view.end = Some(RunEnd::Failed);
        self.show(RunPhase::Ended, vec![Said::new(key)]).await;
    }

    /// The outcome: to the boot loader, into the audit, onto HOME; then the memory goes.
    async fn record(mut self) {
        let trial = self.trial.clone();
        if trial.phase == Phase::Good && !trial.new_slot.is_empty() {
            let mark = Deed::RaucMark { state: "good".to_owned(), slot: trial.new_slot.clone() };
            let mut seen = step(&said(&mark));
            self.desk.act(&mark, STEP, &mut seen).await;
            self.view.steps.push(seen);
        }
        self.keep_count().await;
        let (end, said) = self.outcome().await;
        for step in self.view.steps.iter_mut().filter(|step| step.state == StepState::Waiting) {
            step.state = StepState::Skipped;
        }
        self.view.phase = RunPhase::Ended;
        self.view.end = Some(end);
        self.view.said = said;
        self.view.guard_left_ms = None;
        self.view.guard_s = None;
        let why = format!("{} {} {}", word(trial.phase), trial.why, trial.detail);
        let recorded = self.desk.conclude(&self.actor, &self.view, end, why.trim()).await;
        if let Some(file) = self.desk.trial.clone().filter(|_| recorded) {
            // A half one that was never begun with goes on next time.
            let used = trial.touched;
            let forget = move || {
                if used {
                    let _ = file.remove_bundles();
                }
                file.remove().map(|()| file.lay_out())
            };
            // It stands there decided: the next start finds its row in the audit, or writes it, and forgets it then.
            let _ = tokio::task::spawn_blocking(forget).await;
        }
        self.desk.tell(&self.view).await;
    }

    /// How often this version has failed; what was there before a good one.
    async fn keep_count(&self) {
        if !self.installs() || !self.trial.touched {
            return;
        }
        let trial = &self.trial;
        let good = trial.phase == Phase::Good && trial.why.is_empty();
        let before = kept(&self.desk.store, None).await.tried;
        let failed = if before.version == trial.new { before.failed } else { 0 };
        let tried =
            TriedSeen { version: trial.new.clone(), failed: if good { 0 } else { failed + 1 }, at: platform::now() };
        let text = serde_json::to_string(&tried).unwrap_or_default();
        let _ = self.desk.store.set(TRIED, &text).await;
        let packages = trial.back.iter().find_map(|deed| match deed {
            Deed::Update { with: Installer::Apt { packages }, .. } => Some(packages),
            _ => None,
        });
        if let Some(packages) = packages.filter(|_| trial.phase == Phase::Good) {
            let _ = self.desk.store.set(PREVIOUS, &serde_json::to_string(packages).unwrap_or_default()).await;
        }
    }

    /// How it ended, in sentences.
    async fn outcome(&self) -> (RunEnd, Vec<Said>) {
        let trial = &self.trial;
        let with = |key: &str| {
            let said = Said::new(key).fact("old", trial.old.as_str()).fact("new", trial.new.as_str());
            said.fact("detail", trial.detail.as_str())
        };
        let gave_up = async || -> Option<Said> {
            let tried = cx(&self.desk).await.updates.tried;
            let stop = self.installs() && tried.version == trial.new && tried.failed >= self.desk.config.update.tries;
            stop.then(|| with("update-gave-up").fact("count", i64::from(tried.failed)))
        };
        match (trial.phase, trial.why.as_str()) {
            (Phase::Good, "") if self.installs() => (RunEnd::Done, vec![with("update-good")]),
            (Phase::Good, "") => (RunEnd::Done, vec![with("update-gone-back")]),
            (Phase::Good, _) => (RunEnd::Failed, vec![with("update-broke-well")]),
            (Phase::Back, why) => {
                let key = if why == "fell-back" { "update-fell-back" } else { "update-back" };
                let (until, health) = (Instant::now() + self.desk.span(AFTER), self.health());
                let missing = loop {
                    let missing = health.missing().await;
                    if missing.is_none() || Instant::now() >= until {
                        break missing;
                    }
                    sleep(self.desk.span(AGAIN)).await;
                };
                let mut said = vec![with(key)];
                match missing {
                    None => said.push(Said::new("update-back-well")),
                    Some(missing) => said.extend([Said::new("update-back-but"), missing]),
                }
                said.extend(gave_up().await);
                (RunEnd::Undone, said)
            }
            (_, "untouched") => (RunEnd::Failed, vec![refused(&trial.detail)]),
            (_, why @ ("interrupted" | "no-return" | "fell-back" | "sick")) => {
                let mut said = vec![with(&format!("update-{why}"))];
                said.extend(gave_up().await);
                (RunEnd::Failed, said)
            }
            _ => {
                let mut said = vec![with("update-broke")];
                said.extend(gave_up().await);
                (RunEnd::Failed, said)
            }
        }
    }
}

/// Why nothing was begun: a reason that stands against it, or the machine's own words.
fn refused(detail: &str) -> Said {
    match detail.split_once(' ') {
        Some((code @ ("upgrade-power" | "upgrade-space"), rest)) => {
            Said::new(format!("refused-{code}")).fact("detail", rest)
        }
        Some(("signature", rest)) => Said::new("refused-upgrade-signature").fact("detail", rest),
        Some(("disk", "full")) => Said::new("update-disk-full"),
        Some(("broke", "off")) => Said::new("update-broke-off"),
        Some(("called", "off")) => Said::new("update-called-off"),
        _ => Said::new("update-untouched").fact("detail", detail),
    }
}

const fn word(phase: Phase) -> &'static str {
    match phase {
        Phase::Good => "good",
        Phase::Back => "went back",
        _ => "failed",
    }
}
