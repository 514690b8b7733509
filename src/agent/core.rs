//! The agent's one task.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::door::Door;
use super::ingest::{Committed, Running, StoreSink, unique_name};
use super::load::{Loaded, empty_snapshot, load, terminal};
use super::outlets::Outlets;
use super::proofs::Proofs;
use super::runner::{self, Made, Runner};
use super::schedule::Schedule;
use super::standing::GoodDays;
use super::{Boot, Folder, Handle, rights};
use crate::checks::{self, Check};
use crate::link::{Call, Peer};
use crate::model::{Actor, Event, Finding, RunView, Short, Snapshot, SourceStatus};
use crate::platform;
use crate::proto::{Reply, Update};
use crate::store::Store;
use crate::{codes, sources};

/// New rows are told at once; what follows from them (counts, pairs) this much later.
const SETTLE: Duration = Duration::from_millis(150);
/// The same while history fills in.
const SETTLE_HISTORY: Duration = Duration::from_secs(1);
/// Counts that age by themselves (requests in flight) are read again this often while there are any.
const AGEING: Duration = Duration::from_secs(15);
/// A front end that had no room is offered the snapshot again this often.
const RESYNC: Duration = Duration::from_millis(100);
/// Roles that were taken by a passcode are looked at this often.
const AGED: Duration = Duration::from_secs(1);
/// History is pruned this often, and only when every source has been read.
const PRUNE: Duration = Duration::from_hours(1);

/// Everything that reaches the agent.
pub(super) enum Msg {
    Attach(Peer),
    Detach(u64),
    Call {
        link: u64,
        actor: Actor,
        call: Call,
    },
    Committed(Committed),
    /// Listings changed without a new row: requests joined, history pruned, the medium lost or back.
    StoreChanged,
    Source(SourceStatus),
    Loaded(Box<Loaded>),
    /// Scheduled checks came back.
    Checked {
        checks: Vec<&'static dyn Check>,
        findings: Vec<Finding>,
    },
    Happened(Event),
    /// An action has been prepared for somebody.
    Made(Box<Made>),
    /// A passcode or an answer of support was tried.
    Rights(Box<rights::Changed>),
    /// A run went on.
    Run(Option<Box<RunView>>),
    /// The run under way is over.
    RunEnded,
    Stop(oneshot::Sender<()>),
}

/// The owner of the truth.
pub(super) struct Core {
    pub boot: Boot,
    pub store: Store,
    pub queue: mpsc::Sender<Msg>,
    pub snapshot: Snapshot,
    pub sources: Vec<Running>,
    pub runner: Runner,
    pub rights: rights::Rights,
    pub caught_up_waiters: Vec<oneshot::Sender<Reply>>,
    /// Findings as the checks gave them, by family; judging works on a copy.
    raw: BTreeMap<&'static str, Vec<Finding>>,
    /// Since when what is bad; from the kept events at first.
    past: Option<checks::Past>,
    good_days: GoodDays,
    pub proofs: Proofs,
    pub outlets: Outlets,
    schedule: Option<Schedule>,
    loaded: bool,
    loading: bool,
    /// The load under way began when every source had been read.
    load_covers_all: bool,
    reload_at: Option<Instant>,
    resync_at: Option<Instant>,
    prune_at: Instant,
    /// The agent is to end.
    ending: bool,
    /// Who waits for the end.
    farewell: Vec<oneshot::Sender<()>>,
}

impl Core {
    pub fn new(boot: Boot, queue: mpsc::Sender<Msg>) -> Self {
        let path = boot.folder.as_ref().map(Folder::path);
        let store = Store::open(path, &boot.config.store, platform::now());
        let mut snapshot = empty_snapshot();
        snapshot.terminal = terminal(&boot);
        Self {
            boot,
            store,
            queue,
            snapshot,
            sources: Vec::new(),
            runner: Runner::default(),
            rights: rights::Rights::default(),
            caught_up_waiters: Vec::new(),
            raw: BTreeMap::new(),
            past: None,
            good_days: GoodDays::default(),
            proofs: Proofs::default(),
            outlets: Outlets::default(),
            schedule: None,
            loaded: false,
            loading: false,
            load_covers_all: false,
            reload_at: None,
            resync_at: None,
            prune_at: Instant::now() + PRUNE,
            ending: false,
            farewell: Vec::new(),
        }
    }

    /// Lives until told to stop, or until nobody could ever reach it again.
    pub async fn run(mut self, mut inbox: mpsc::Receiver<Msg>) {
        let doors = self.open_doors().await;
        self.start_sources();
        self.watch_store();
        if self.boot.watch {
            // What was found before says nothing about the time in between.
            self.record("start", "start", None);
        }
        if self.boot.folder.is_some() {
            runner::resume(&mut self);
        }
        self.reload();
        while !self.ending {
            let wake = self.next_wake();
            tokio::select! {
                biased;
                msg = inbox.recv() => match msg {
                    Some(msg) => self.on(msg),
                    None => break,
                },
                () = tokio::time::sleep_until(wake) => {}
            }
            // Whatever else has come is handled before anything is sent.
            while let Ok(msg) = inbox.try_recv() {
                self.on(msg);
            }
            self.on_time();
        }
        self.outlets.publish(&Update::Leaving);
        drop(doors);
        self.end(inbox).await;
    }

    async fn open_doors(&self) -> Vec<Door> {
        let own = self.boot.folder.as_ref().map(|folder| Folder::socket_in(folder.path()));
        let roles = Arc::new(self.boot.config.roles.clone());
        let mut doors = Vec::new();
        for path in own.into_iter().chain(self.boot.sockets.iter().cloned()) {
            let agent = Handle { queue: self.queue.clone() };
            match Door::open(path.clone(), agent, roles.clone()).await {
                Ok(door) => doors.push(door),
                Err(error) => eprintln_once(&format!("pos-console: {}: {error}", path.display())),
            }
        }
        doors
    }

    fn watch_store(&self) {
        let (mut changes, queue) = (self.store.changes(), self.queue.clone());
        tokio::spawn(async move {
            while changes.changed().await.is_ok() {
                if queue.send(Msg::StoreChanged).await.is_err() {
                    return;
                }
                // A busy ingest changes them all the time.
                tokio::time::sleep(SETTLE_HISTORY).await;
            }
        });
    }

    fn start_sources(&mut self) {
        let config = self.boot.config.clone();
        let mut names = Vec::new();
        for source in &config.source {
            let name = unique_name(&self.sources, &source.shown_name());
            names.push(name.clone());
            let status = SourceStatus {
                name: name.clone(),
                path: sources::shown_path(&source.path),
                profile: source.profile.clone(),
                ..SourceStatus::default()
            };
            let stop = sources::Stop::new();
            self.sources.push(Running { status, stop, thread: None });
        }
        self.store.set_sources(&names);
        for (at, source) in config.source.iter().enumerate() {
            let spec = sources::SourceSpec {
                config: source.clone(),
                name: names[at].clone(),
                successes: Arc::new(codes::successes(&source.profile).into_iter().collect()),
                zone_default: platform::local_zone(),
                tail_first: self.boot.watch,
            };
            let sink = StoreSink { store: self.store.clone(), queue: self.queue.clone() };
            let running = &mut self.sources[at];
            if source.kind == sources::PUSHED && !self.boot.watch {
                // A single question makes no socket: what is pushed to it would have nobody to take it a moment later.
                running.status.caught_up = true;
                continue;
            }
            match sources::spawn(spec, Box::new(sink), running.stop.clone()) {
                Ok(thread) => running.thread = Some(thread),
                Err(error) => {
                    running.status.error = Some(error.to_string());
                    running.status.caught_up = true;
                }
            }
        }
    }

    fn on(&mut self, msg: Msg) {
        match msg {
            Msg::Attach(peer) => self.attach(peer),
            Msg::Detach(id) => {
                self.outlets.remove(id);
                self.rights.forget(id);
                self.runner.drafts.forget(id);
            }
            Msg::Call { link, actor, call } => rights::call(self, link, actor, call),
            Msg::Rights(changed) => rights::changed(self, *changed),
            Msg::Committed(committed) => self.on_committed(committed),
            Msg::StoreChanged => self.reload_in(SETTLE_HISTORY),
            Msg::Source(status) => self.on_source(status),
            Msg::Loaded(loaded) => self.on_loaded(*loaded),
            Msg::Checked { checks, findings } => self.on_checked(&checks, &findings),
            Msg::Happened(event) => {
                self.snapshot.push_event(event.clone());
                self.outlets.publish(&Update::Event { event });
            }
            Msg::Made(made) => runner::made(self, *made),
            Msg::Run(run) => self.tell_run(run),
            Msg::RunEnded => self.runner.ended(),
            Msg::Stop(done) => {
                self.farewell.push(done);
                self.ending = true;
            }
        }
    }

    /// What there is to say of a run.
    pub fn tell_run(&mut self, run: Option<Box<RunView>>) {
        self.snapshot.run = run.as_deref().cloned();
        self.outlets.publish(&Update::Run { run });
    }

    /// Gives the folder to another process: as `Stop`, but nobody waits.
    pub fn leave(&mut self) {
        self.ending = true;
    }

    fn attach(&mut self, peer: Peer) {
        let Peer { actor, mut calls, updates } = peer;
        let id = self.outlets.add(actor.clone(), updates);
        let queue = self.queue.clone();
        tokio::spawn(async move {
            while let Some(call) = calls.recv().await {
                if queue.send(Msg::Call { link: id, actor: actor.clone(), call }).await.is_err() {
                    return;
                }
            }
            let _ = queue.send(Msg::Detach(id)).await;
        });
        self.resync();
    }

    fn on_committed(&mut self, committed: Committed) {
        if committed.live {
            self.snapshot.take_sales(
                committed.rows.clone(),
                self.snapshot.journal.clone(),
                self.snapshot.last_good.clone(),
            );
            self.outlets.publish(&Update::Sales {
                rows: committed.rows,
                journal: Box::new(self.snapshot.journal.clone()),
                last_good: self.snapshot.last_good.clone(),
            });
        }
        self.reload_in(if committed.live { SETTLE } else { SETTLE_HISTORY });
    }

    fn on_source(&mut self, status: SourceStatus) {
        let Some(running) = self.sources.iter_mut().find(|running| running.status.name == status.name) else { return };
        running.status = status;
        // The snapshot learns it with what is loaded next: told early, it would not be seen to have changed.
        let somebody_waits = !self.caught_up_waiters.is_empty() && self.caught_up();
        self.reload_in(if somebody_waits { Duration::ZERO } else { SETTLE });
    }

    pub fn source_statuses(&self) -> Vec<SourceStatus> {
        self.sources.iter().map(|running| running.status.clone()).collect()
    }

    /// Whether every source has reached the end it had at start.
    pub fn caught_up(&self) -> bool {
        self.sources.iter().all(|running| running.status.caught_up)
    }

    /// Answered when sources are read *and* what was read is in the snapshot that was sent.
    pub fn await_caught_up(&mut self, answer: oneshot::Sender<Reply>) {
        self.caught_up_waiters.push(answer);
        if self.caught_up() {
            self.reload_in(Duration::ZERO);
        }
    }

    fn answer_caught_up(&mut self) {
        let read = self.sources.iter().map(|running| running.status.read).sum();
        let unreadable = self.sources.iter().map(|running| running.status.unreadable).sum();
        for waiter in self.caught_up_waiters.drain(..) {
            // Whoever waited may have left.
            let _ = waiter.send(Reply::CaughtUp { read, unreadable });
        }
    }

    fn reload_in(&mut self, after: Duration) {
        let at = Instant::now() + after;
        self.reload_at = Some(self.reload_at.map_or(at, |have| have.min(at)));
    }

    fn reload(&mut self) {
        self.reload_at = None;
        self.loading = true;
        self.load_covers_all = self.caught_up();
        let (store, queue) = (self.store.clone(), self.queue.clone());
        let timeout = self.boot.config.transactions.answer_timeout_s;
        tokio::spawn(async move {
            let loaded = load(store, platform::now(), timeout).await;
            let _ = queue.send(Msg::Loaded(Box::new(loaded))).await;
        });
    }

    fn on_loaded(&mut self, loaded: Loaded) {
        self.loading = false;
        let before = self.snapshot.journal.clone();
        let terminal = self.snapshot.terminal.clone();
        let sources = self.source_statuses();
        let differs = loaded.into_snapshot(&mut self.snapshot, sources, &self.store);
        self.learn_terminal();
        if !self.loaded {
            self.loaded = true;
            if self.boot.watch {
                self.schedule = Some(Schedule::new(&self.boot.config.checks, Instant::now()));
            }
            self.outlets.outdate();
        } else if differs || terminal != self.snapshot.terminal {
            self.outlets.outdate();
        } else if before != self.snapshot.journal {
            self.outlets.publish(&Update::Journal { journal: Box::new(self.snapshot.journal.clone()) });
        }
        if let Some(schedule) = self.schedule.as_mut().filter(|_| before != self.snapshot.journal) {
            schedule.journal_changed(Instant::now());
        }
        if self.snapshot.journal.in_flight > 0 {
            self.reload_in(AGEING);
        }
        self.resync();
        if self.load_covers_all {
            self.answer_caught_up();
        }
    }

    /// The terminal's identity from its newest transaction, where nobody configured it.
    fn learn_terminal(&mut self) {
        let newest = |pick: fn(&crate::model::Sale) -> &Option<Short>| {
            self.snapshot.recent.iter().rev().find_map(|sale| pick(sale).as_ref().map(Short::to_string))
        };
        let (tid, mid) = (newest(|sale| &sale.tid), newest(|sale| &sale.mid));
        let terminal = &mut self.snapshot.terminal;
        let config = &self.boot.config.terminal;
        terminal.tid = Some(config.tid.clone()).filter(|tid| !tid.is_empty()).or(tid);
        terminal.mid = Some(config.mid.clone()).filter(|mid| !mid.is_empty()).or(mid);
    }

    fn next_wake(&self) -> Instant {
        let checks = self.schedule.as_ref().and_then(Schedule::next);
        let reload = self.reload_at.filter(|_| !self.loading);
        let idle = self.rights.any().then(|| Instant::now() + AGED);
        [checks, reload, self.resync_at, idle, Some(self.prune_at)].into_iter().flatten().min().unwrap_or(self.prune_at)
    }

    fn on_time(&mut self) {
        let now = Instant::now();
        rights::look(self);
        if !self.loading && self.reload_at.is_some_and(|at| at <= now) {
            self.reload();
        }
        if self.resync_at.is_some_and(|at| at <= now) {
            self.resync();
        }
        if self.prune_at <= now {
            self.prune_at = now + PRUNE;
            if self.caught_up() {
                self.store.retention();
            }
        }
        let due = self.schedule.as_mut().map(|schedule| schedule.take(now)).unwrap_or_default();
        if !due.is_empty() {
            self.run_checks(due);
        }
    }

    /// What checks are given.
    pub fn check_context(&self) -> checks::Cx {
        checks::Cx {
            host: self.boot.host.clone(),
            config: self.boot.config.clone(),
            journal: Arc::new(self.snapshot.journal.clone()),
            now: platform::now(),
            previous: Arc::new(self.raw.values().flatten().cloned().collect()),
            asked: Arc::default(),
        }
    }

    fn run_checks(&mut self, due: Vec<&'static dyn Check>) {
        self.snapshot.checking = self.checking();
        let (cx, queue) = (self.check_context(), self.queue.clone());
        tokio::spawn(async move {
            let findings = checks::run(cx, &due).await;
            let _ = queue.send(Msg::Checked { checks: due, findings }).await;
        });
    }

    /// Whether there are checks that have not told anything yet.
    fn checking(&self) -> bool {
        self.schedule.as_ref().is_some_and(Schedule::first_round)
    }

    /// Puts what a person is to do into the place of the finding that is waited for.
    pub fn waits(&mut self, check: &'static dyn Check, waiting: Finding) {
        let mut family = self.raw.get(check.spec().id).cloned().unwrap_or_default();
        family.retain(|found| found.id != waiting.id);
        family.push(waiting);
        self.on_checked(&[check], &family);
    }

    /// Takes fresh findings, judges the whole and tells what changed.
    pub fn on_checked(&mut self, checks: &[&'static dyn Check], findings: &[Finding]) {
        let mut turned = Vec::new();
        for check in checks {
            let family = check.spec().id;
            let fresh: Vec<Finding> = findings.iter().filter(|found| found.family() == family).cloned().collect();
            let before = self.raw.insert(family, fresh).unwrap_or_default();
            let after = &self.raw[family];
            let known = |found: &Finding| before.iter().any(|have| have.id == found.id && have.status == found.status);
            let same = before.len() == after.len() && after.iter().all(known);
            if !before.is_empty() && !same {
                turned.push(family);
            }
        }
        if let Some(schedule) = &mut self.schedule {
            let now = Instant::now();
            schedule.done(checks, now);
            // A cable that was pulled or put back says something about every host: they do not wait for their turn.
            // Those that ran just now have seen the same.
            let mut affected = checks::affected(&turned);
            affected.retain(|check| !checks.iter().any(|ran| ran.spec().id == check.spec().id));
            schedule.hasten(&affected, now);
        }
        let mut judged: Vec<Finding> =
            checks::CHECKS.iter().filter_map(|check| self.raw.get(check.spec().id)).flatten().cloned().collect();
        let root_cause = checks::judge(&mut judged);
        let at = platform::now();
        let mut past = self.past();
        past.take(&judged, at);
        past.tell(&mut judged, at);
        self.past = Some(past);
        self.record_changes(&judged);
        self.proofs.take(findings, Instant::now());
        let looked_at = |found: &&Finding| checks.iter().any(|check| check.spec().id == found.family());
        self.store.stood(judged.iter().filter(looked_at).cloned().collect(), at);
        let changed = self.snapshot.root_cause != root_cause
            || self.snapshot.checking != self.checking()
            || self.snapshot.findings.len() != judged.len()
            || self.snapshot.findings.iter().zip(&judged).any(|(a, b)| !same_finding(a, b));
        self.snapshot.findings.clone_from(&judged);
        self.snapshot.root_cause.clone_from(&root_cause);
        let checking = self.checking();
        self.snapshot.checking = checking;
        self.snapshot.at = at;
        if self.schedule.is_some() {
            self.good_days.look(&self.store, &self.snapshot, &self.boot.config.checks.off);
        }
        if changed {
            self.outlets.publish(&Update::Findings { findings: judged, root_cause, checking, at });
        }
    }

    /// The stories of findings so far.
    pub fn past(&self) -> checks::Past {
        self.past.clone().unwrap_or_else(|| checks::Past::of(&self.snapshot.events))
    }

    /// Every turn of a finding into or out of trouble becomes an event that survives a reboot.
    fn record_changes(&self, judged: &[Finding]) {
        for finding in judged {
            let before = self.snapshot.findings.iter().find(|have| have.id == finding.id);
            let was_bad = before.is_some_and(|have| have.status.is_bad());
            if finding.status.is_bad() != was_bad || (was_bad && before.is_some_and(|have| have.code != finding.code)) {
                self.record("finding", "finding", Some(finding.clone()));
            }
        }
    }

    /// Writes an event; it comes back as a message once it is stored.
    pub fn record(&self, kind: &str, code: &str, finding: Option<Finding>) {
        let (kind, code) = (kind.to_owned(), code.to_owned());
        let (store, queue) = (self.store.clone(), self.queue.clone());
        tokio::spawn(async move {
            let facts = crate::model::Facts::new();
            if let Ok(event) = store.event_append(platform::now(), &kind, finding, &code, facts).await {
                let _ = queue.send(Msg::Happened(event)).await;
            }
        });
    }

    pub fn resync(&mut self) {
        let waits = self.loaded && self.outlets.resync(&self.snapshot);
        self.resync_at = waits.then(|| Instant::now() + RESYNC);
    }

    /// Stops the sources, closes the store, then frees the folder (its lock goes with `boot`).
    async fn end(mut self, mut inbox: mpsc::Receiver<Msg>) {
        for running in &self.sources {
            running.stop.stop();
        }
        // A source may wait for room in the queue: let it go.
        inbox.close();
        while let Some(msg) = inbox.recv().await {
            if let Msg::Stop(done) = msg {
                self.farewell.push(done);
            }
        }
        let threads: Vec<_> = self.sources.iter_mut().filter_map(|running| running.thread.take()).collect();
        let store = self.store.clone();
        let closing = tokio::task::spawn_blocking(move || {
            for thread in threads {
                // A source that panicked has ended too.
                let _ = thread.join();
            }
            store.close();
        });
        let _ = closing.await;
        drop(self.boot);
        for done in self.farewell {
            let _ = done.send(());
        }
    }
}

/// Whether two findings say the same; the moment alone is no news.
fn same_finding(a: &Finding, b: &Finding) -> bool {
    a.id == b.id
        && a.status == b.status
        && a.code == b.code
        && a.facts == b.facts
        && a.root == b.root
        && a.caused_by == b.caused_by
        && a.remedy == b.remedy
}

/// A line for the service log. Never while a console draws in this process: there the reason is in the store's and
/// sources' status.
fn eprintln_once(line: &str) {
    use std::io::Write as _;
    if !rustix::termios::isatty(std::io::stderr()) {
        // Nobody to tell when even this fails.
        let _ = writeln!(std::io::stderr(), "{line}");
    }
}
