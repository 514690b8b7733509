//! Runs of actions from the first look to the last row of the audit, on a machine made of data with a clock that moves
//! when it is told to: what is shown is what is done, once; what is not proved or kept is undone, once; whoever dies
//! in between.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "actions/clock.rs"]
mod clock;
#[path = "actions/full.rs"]
mod full;
#[path = "actions/last.rs"]
mod last;
#[path = "actions/setup.rs"]
mod setup;
#[path = "support/small.rs"]
mod small;
#[path = "actions/waits.rs"]
mod waits;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pos_console::agent::{Agent, Boot, Folder};
use pos_console::config::{ActionsConfig, Config, NetworkConfig};
use pos_console::link::Link;
use pos_console::model::{Actor, AuditRow, NetSeen, Plan, Role, RunEnd, RunView, Session};
use pos_console::platform::fake::Machine;
use pos_console::platform::{Deed, Fut, Hands, LinkKept, NetKept, NmDevice, RouteKept, Steady, TcpSeen, Trouble};
use pos_console::proto::{Reply, Request, Update};

const HEALTHY: &str = r#"
[[link]]
name = "eth0"
addresses = ["192.0.2.10/24"]
[[route]]
interface = "eth0"
gateway = "192.0.2.1"
[[neighbour]]
ip = "192.0.2.1"
ping_ms = 1.0
[[dns]]
server = "192.0.2.53"
names = { "probe.test" = ["192.0.2.99"] }
[[time]]
at = "192.0.2.123:123"
offset_ms = 90000
[[time]]
at = "192.0.2.124:123"
offset_ms = 10
"#;

/// A machine that can be changed.
#[derive(Debug)]
struct World(Mutex<State>);

#[derive(Debug)]
struct State {
    at: Steady,
    net: NetKept,
    /// What every reconnect leads to.
    after: NetKept,
    profile: String,
    tcp: Option<TcpSeen>,
    done: Vec<Deed>,
    fails: bool,
    /// What a new profile leads to; why it does not come about.
    set_up: Result<NetKept, &'static str>,
    /// Profiles that are there, beside the one that was there from the beginning.
    made: Vec<String>,
    clock_us: i64,
    /// The interface was pulled out.
    gone: bool,
    /// What its radio has done to it, or why nothing can be.
    radio: Result<Vec<Deed>, Trouble>,
    /// Its modem goes off and nobody hears of it.
    mute: bool,
    /// Why its networks cannot be told.
    untold: Option<Trouble>,
}

fn net(address: &str) -> NetKept {
    let link = LinkKept {
        name: "eth0".into(),
        up: true,
        addresses: vec![address.into()],
        routes: vec![RouteKept { to: None, via: Some([192, 0, 2, 1].into()), metric: 100 }],
        profile: None,
    };
    NetKept { links: vec![link], resolv: None }
}

impl World {
    fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(State {
            at: Steady { boot: "first".into(), ms: 1_000 },
            net: net("192.0.2.10/24"),
            after: net("192.0.2.10/24"),
            profile: "shop".into(),
            tcp: None,
            done: Vec::new(),
            fails: false,
            set_up: Ok(net("192.0.2.77/24")),
            made: Vec::new(),
            clock_us: 0,
            gone: false,
            radio: Ok(Vec::new()),
            mute: false,
            untold: None,
        })))
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap())
    }

    fn acts(&self) -> usize {
        self.with(|state| state.done.iter().filter(|deed| matches!(deed, Deed::NmReconnect { .. })).count())
    }
}

impl Hands for World {
    fn steady(&self) -> Steady {
        self.with(|state| state.at.clone())
    }

    fn pace(&self) -> u32 {
        10
    }

    fn nm(&self) -> Fut<'_, Result<Vec<NmDevice>, Trouble>> {
        let profile = self.with(|state| state.profile.clone());
        Box::pin(async { Ok(vec![NmDevice { interface: "eth0".into(), managed: true, profile: Some(profile) }]) })
    }

    fn net_seen(&self, scan: bool) -> Fut<'_, Result<NetSeen, Trouble>> {
        let untold = self.with(|state| state.untold.clone());
        Box::pin(async move {
            match untold {
                Some(trouble) => Err(trouble),
                None => Ok(setup::seen(&self.with(|state| state.profile.clone()), scan)),
            }
        })
    }

    fn keep<'a>(&'a self, _: &'a [String]) -> Fut<'a, Result<NetKept, Trouble>> {
        Box::pin(async {
            Ok(self.with(|state| {
                let mut kept = state.net.clone();
                kept.links[0].profile = Some(state.profile.clone());
                if state.gone { NetKept::default() } else { kept }
            }))
        })
    }

    fn radio_anew<'a>(&'a self, _: &'a pos_console::platform::Link) -> Fut<'a, Result<Vec<Deed>, Trouble>> {
        Box::pin(async { self.with(|state| state.radio.clone()) })
    }

    fn tcp(&self, _: Session) -> Fut<'_, Result<Option<TcpSeen>, Trouble>> {
        Box::pin(async { Ok(self.with(|state| state.tcp)) })
    }

    fn act<'a>(&'a self, deed: &'a Deed, _: Duration) -> Fut<'a, Result<String, Trouble>> {
        Box::pin(async move {
            if matches!(deed, Deed::ModemOff { .. }) && self.with(|state| state.mute) {
                self.with(|state| state.done.push(deed.clone()));
                std::future::pending::<()>().await;
            }
            self.with(|state| {
                state.done.push(deed.clone());
                match deed {
                    Deed::NmReconnect { .. } => state.net = state.after.clone(),
                    Deed::Restore { kept } => {
                        state.net = NetKept { resolv: None, ..kept.clone() };
                        state.net.links[0].profile = None;
                    }
                    Deed::NmSetUp { set_up } => match state.set_up.clone() {
                        Ok(after) => {
                            (state.net, state.profile) = (after, set_up.profile.clone());
                            state.made.push(set_up.profile.clone());
                        }
                        Err(why) => return Err(Trouble::Other(format!("not activated: {why} (7)"))),
                    },
                    Deed::NmDelete { profile } => {
                        state.made.retain(|have| have != profile);
                        if state.profile == *profile {
                            (state.net, state.profile) = (net("192.0.2.10/24"), "shop".into());
                        }
                    }
                    Deed::StepClock { offset_us } => state.clock_us += offset_us,
                    Deed::NmCheckpoint { .. } => return Ok("/checkpoint/1".to_owned()),
                    Deed::NmRollback { .. } | Deed::NmReapply { .. } => {
                        return Err(Trouble::Other("gone".into()));
                    }
                    _ => {}
                }
                if state.fails { Err(Trouble::Other("exit 1".into())) } else { Ok("exit 0".to_owned()) }
            })
        })
    }
}

fn start(dir: &Path, world: &Arc<World>, config: Config) -> Agent {
    start_on(dir, world, config, HEALTHY)
}

fn start_on(dir: &Path, world: &Arc<World>, config: Config, machine: &str) -> Agent {
    let machine = Machine { worked: Some(world.clone()), ..Machine::parse(machine).unwrap() };
    let boot = Boot {
        config: Arc::new(config),
        host: Arc::new(machine),
        folder: Some(Folder::lock(&dir.join("state")).unwrap()),
        sockets: Vec::new(),
        in_process: false,
        watch: false,
    };
    Agent::start(boot).unwrap()
}

fn config() -> Config {
    Config {
        network: NetworkConfig { probe_name: "probe.test".into(), ..NetworkConfig::default() },
        actions: ActionsConfig { settle_s: 0, ..ActionsConfig::default() },
        ..Config::default()
    }
}

fn person(role: Role, remote: bool) -> Actor {
    let session = Session { peer: "198.51.100.7:5000".parse().unwrap(), local: "192.0.2.10:22".parse().unwrap() };
    let from = if remote { "ssh 198.51.100.7" } else { "tty1" };
    Actor { uid: 1000, name: "tester".into(), role, from: from.into(), session: remote.then_some(session) }
}

async fn plan(link: &Link, action: &str) -> Plan {
    match link.ask(Request::Plan { action: action.into(), guard_s: None }).await {
        Reply::Planned(plan) => *plan,
        other => panic!("{other:?}"),
    }
}

async fn run(link: &Link, action: &str, token: Option<String>) -> Reply {
    link.ask(Request::Do { action: action.into(), reason: None, token, guard_s: None }).await
}

fn code(reply: &Reply) -> &str {
    match reply {
        Reply::Refused(refusal) => &refusal.code,
        Reply::Accepted { .. } => "accepted",
        Reply::Done => "done",
        _ => "other",
    }
}

/// Takes updates until the run fits.
async fn until(link: &mut Link, what: &str, fits: impl Fn(&RunView) -> bool) -> RunView {
    let waiting = async {
        loop {
            let run = match link.updates.recv().await.expect("the agent is there") {
                Update::Run { run: Some(run) } => *run,
                Update::Snapshot(snapshot) => match snapshot.run {
                    Some(run) => run,
                    None => continue,
                },
                _ => continue,
            };
            if fits(&run) {
                return run;
            }
        }
    };
    let Ok(run) = tokio::time::timeout(Duration::from_mins(1), waiting).await else {
        panic!("waited in vain for: {what}")
    };
    run
}

async fn audit(link: &Link) -> Vec<AuditRow> {
    match link.ask(Request::AuditVerify).await {
        Reply::AuditVerified(report) => assert!(report.faults.is_empty(), "{report:?}"),
        other => panic!("{other:?}"),
    }
    let mut all: Vec<AuditRow> = Vec::new();
    loop {
        let after = all.last().map_or(0, |row| row.seq);
        match link.ask(Request::Audit { after, limit: 100 }).await {
            Reply::Audit { rows } if rows.is_empty() => return all,
            Reply::Audit { rows } => all.extend(rows),
            other => panic!("{other:?}"),
        }
    }
}

fn phases(rows: &[AuditRow]) -> Vec<&str> {
    rows.iter().map(|row| row.draft.phase.as_str()).collect()
}

fn armed(dir: &Path) -> bool {
    dir.join("state/guard.json").exists()
}

const WAITS: fn(&RunView) -> bool = |run| run.phase == pos_console::model::RunPhase::Confirming;

#[tokio::test]
async fn what_was_shown_is_done_once_and_a_local_person_needs_no_key() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    let agent = start(dir.path(), &world, config());
    let mut link = agent.handle().attach(person(Role::Merchant, false)).await;
    let shown = plan(&link, "61").await;
    assert_eq!(shown.steps.len(), 3, "{shown:?}");
    assert_eq!(shown.guard_s, Some(60));
    assert_eq!(world.acts(), 0, "looking acts");
    let (first, second) =
        tokio::join!(run(&link, "61", Some(shown.token.clone())), run(&link, "61", Some(shown.token.clone())));
    let mut codes = [code(&first), code(&second)];
    codes.sort_unstable();
    assert_eq!(codes, ["accepted", "stale-plan"], "a double press");
    let ended = until(&mut link, "the end", RunView::ended).await;
    assert_eq!(ended.end, Some(RunEnd::Done), "{ended:?}");
    assert_eq!(world.acts(), 1);
    assert!(!armed(dir.path()));
    let rows = audit(&link).await;
    let mut seen = phases(&rows);
    seen.sort_unstable();
    assert_eq!(seen, ["done", "intent", "refused"]);
    let intent = rows.iter().find(|row| row.draft.phase == "intent").unwrap();
    assert!(intent.draft.detail.contains(&shown.hash), "{:?}", intent.draft);
    // Noted: gone for everybody.
    assert!(matches!(link.ask(Request::Noted { run: ended.id }).await, Reply::Done));
    agent.stop().await;
}

#[tokio::test]
async fn who_came_over_the_network_is_seen_to_be_there_or_has_to_say_so() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    let agent = start(dir.path(), &world, config());
    let mut link = agent.handle().attach(person(Role::Technician, true)).await;
    let shown = plan(&link, "61").await;
    assert_eq!(shown.guard_s, Some(120));
    assert_eq!(code(&run(&link, "61", Some(shown.token)).await), "accepted");
    until(&mut link, "a confirmation", WAITS).await;
    assert!(armed(dir.path()));
    // Another run, a person of a lesser role.
    assert_eq!(code(&run(&link, "62", None).await), "busy");
    let merchant = agent.handle().attach(person(Role::Merchant, false)).await;
    assert_eq!(code(&merchant.ask(Request::Guard { keep: true }).await), "role");
    assert_eq!(code(&link.ask(Request::Guard { keep: true }).await), "done");
    let ended = until(&mut link, "the end", RunView::ended).await;
    assert_eq!(ended.end, Some(RunEnd::Done));
    assert_eq!(phases(&audit(&link).await), ["intent", "refused", "refused", "done"]);
    // Again, and this time the connection moves by itself.
    let moving = |acked| Some(TcpSeen { acked, received: 1, unacked: 0, inner: false });
    world.with(|state| state.tcp = moving(10));
    let shown = plan(&link, "61").await;
    assert_eq!(code(&run(&link, "61", Some(shown.token)).await), "accepted");
    until(&mut link, "a confirmation", WAITS).await;
    world.with(|state| state.tcp = moving(11));
    let ended = until(&mut link, "the proof", RunView::ended).await;
    assert_eq!((ended.end, ended.said[0].key.as_str()), (Some(RunEnd::Done), "run-kept-proved"));
    agent.stop().await;
}

#[tokio::test]
async fn a_tunnel_proves_nothing_and_nobody_confirming_undoes_it() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    world.with(|state| {
        state.after = net("192.0.2.66/24");
        state.tcp = Some(TcpSeen { acked: 1, received: 1, unacked: 0, inner: true });
    });
    let agent = start(dir.path(), &world, config());
    let mut link = agent.handle().attach(person(Role::Technician, true)).await;
    assert_eq!(code(&run(&link, "restart-network", None).await), "accepted");
    until(&mut link, "a confirmation", WAITS).await;
    world.with(|state| state.tcp = Some(TcpSeen { acked: 9, received: 9, unacked: 0, inner: true }));
    world.with(|state| state.at.ms += 121_000);
    let ended = until(&mut link, "the end", RunView::ended).await;
    assert_eq!(ended.end, Some(RunEnd::Undone), "{ended:?}");
    assert_eq!(world.with(|state| state.net.clone()), net("192.0.2.10/24"));
    assert!(!armed(dir.path()));
    assert_eq!(phases(&audit(&link).await), ["intent", "undone"]);
    agent.stop().await;
}

#[tokio::test]
async fn a_step_that_was_refused_is_no_success_of_a_network_that_was_never_touched() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    world.with(|state| state.fails = true);
    let agent = start(dir.path(), &world, config());
    let mut link = agent.handle().attach(person(Role::Merchant, false)).await;
    assert_eq!(code(&run(&link, "61", None).await), "accepted");
    let ended = until(&mut link, "the end", RunView::ended).await;
    assert_eq!(ended.end, Some(RunEnd::Failed), "{ended:?}");
    assert_eq!(phases(&audit(&link).await), ["intent", "failed"]);
    agent.stop().await;
}

#[tokio::test]
async fn the_agent_dies_and_the_next_one_keeps_the_promise() {
    for (case, boot) in [("the deadline passes", "first"), ("the power was cut", "second")] {
        let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
        world.with(|state| state.after = net("192.0.2.66/24"));
        let agent = start(dir.path(), &world, config());
        let mut link = agent.handle().attach(person(Role::Technician, true)).await;
        assert_eq!(code(&run(&link, "61", None).await), "accepted");
        until(&mut link, "a confirmation", WAITS).await;
        let acts = world.acts();
        agent.stop().await;
        assert!(armed(dir.path()), "{case}");
        world.with(|state| boot.clone_into(&mut state.at.boot));
        let agent = start(dir.path(), &world, config());
        let mut link = agent.handle().attach(person(Role::Technician, true)).await;
        if boot == "first" {
            let waits = until(&mut link, "the guard", |run| !run.ended()).await;
            assert!(waits.guard_left_ms.is_some());
            // Nothing is done a second time, and nobody else begins meanwhile.
            assert_eq!(world.acts(), acts, "{case}");
            assert_eq!(code(&run(&link, "61", None).await), "busy");
            world.with(|state| state.at.ms += 200_000);
        }
        let ended = until(&mut link, "the end", RunView::ended).await;
        assert_eq!(ended.end, Some(RunEnd::Undone), "{case}");
        let rows = audit(&link).await;
        let undone = rows.iter().filter(|row| row.draft.phase == "undone").count();
        assert_eq!((undone, phases(&rows)[..2].to_vec()), (1, vec!["intent", "interrupted"]), "{case}");
        assert!(!armed(dir.path()), "{case}");
        agent.stop().await;
        // A third life has nothing left to do, and still tells the result.
        let agent = start(dir.path(), &world, config());
        let mut link = agent.handle().attach(person(Role::Technician, true)).await;
        assert_eq!(until(&mut link, "the result", |_| true).await.end, Some(RunEnd::Undone));
        assert_eq!(audit(&link).await.len(), rows.len());
        agent.stop().await;
    }
}

#[tokio::test]
async fn what_has_changed_since_it_was_shown_is_not_done() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    let agent = start(dir.path(), &world, config());
    let link = agent.handle().attach(person(Role::Merchant, false)).await;
    let shown = plan(&link, "61").await;
    world.with(|state| state.profile = "another".into());
    assert_eq!(code(&run(&link, "61", Some(shown.token)).await), "plan-changed");
    // Somebody else's token, and one of another action.
    let shown = plan(&link, "61").await;
    let stranger = Actor { uid: 2000, ..person(Role::Merchant, false) };
    let other = agent.handle().attach(stranger).await;
    assert_eq!(code(&run(&other, "61", Some(shown.token)).await), "stale-plan");
    let shown = plan(&link, "61").await;
    assert_eq!(code(&run(&link, "62", Some(shown.token)).await), "stale-plan");
    assert_eq!(code(&run(&link, "61", Some("made up".into())).await), "stale-plan");
    assert_eq!(phases(&audit(&link).await), ["refused"; 4]);
    assert_eq!(world.with(|state| state.done.len()), 0);
    agent.stop().await;
}

#[tokio::test]
async fn without_a_place_to_remember_it_nothing_is_done() {
    let world = World::new();
    let machine = Machine { worked: Some(world.clone()), ..Machine::parse(HEALTHY).unwrap() };
    let boot = Boot {
        config: Arc::new(config()),
        host: Arc::new(machine),
        folder: None,
        sockets: Vec::new(),
        in_process: true,
        watch: false,
    };
    let agent = Agent::start(boot).unwrap();
    let link = agent.handle().attach(person(Role::Technician, false)).await;
    assert_eq!(code(&run(&link, "61", None).await), "audit");
    assert_eq!(world.with(|state| state.done.len()), 0);
    let remote = agent.handle().attach(person(Role::Technician, true)).await;
    assert_eq!(code(&run(&remote, "61", None).await), "needs-agent");
    agent.stop().await;
}

const INSIDE: &str = "POS_CONSOLE_TEST_ACTIONS";
const LAY: &str = "
    mount -t tmpfs none /run && echo 'nameserver 192.0.2.1' > /run/resolv.conf
    mount --bind /run/resolv.conf /etc/resolv.conf
    ip link set lo up
    ip link add eth0 type veth peer name far && ip link set far up && ip link set eth0 up
    ip addr add 192.0.2.10/24 dev eth0 && ip route add default via 192.0.2.1
";

#[test]
fn a_real_kernel_gets_back_what_a_command_took_away() {
    use std::process::{Command, Stdio};
    let can = Command::new("unshare").args(["-rnm", "ip", "link"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !can.is_ok_and(|status| status.success()) {
        println!("skipped: no namespaces for this user, or no `ip`");
        return;
    }
    let status = Command::new("unshare")
        .args(["-rnm", "--fork", "--kill-child", "sh", "-c", &format!("set -e; {LAY} exec \"$@\""), "sh"])
        .arg(std::env::current_exe().unwrap())
        .args(["inside", "--exact", "--nocapture"])
        .env("DBUS_SYSTEM_BUS_ADDRESS", format!("unix:path={}", last::BUS))
        .env(INSIDE, "1")
        .status()
        .unwrap();
    assert!(status.success(), "see above");
}

/// Runs in the namespace: the real machine, its real clock, the shortest guard.
#[tokio::test]
async fn inside() {
    if std::env::var_os(INSIDE).is_none() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let login = last::Login::play().await;
    let taking = ["ip", "addr", "flush", "dev", "eth0"].map(str::to_owned).to_vec();
    let actions = ActionsConfig {
        network: "command".into(),
        network_command: taking,
        reboot_rung: "always".into(),
        guard_remote_s: 5,
        settle_s: 0,
        ..ActionsConfig::default()
    };
    let boot = Boot {
        config: Arc::new(Config { actions, ..Config::default() }),
        host: pos_console::platform::real(),
        folder: Some(Folder::lock(&dir.path().join("state")).unwrap()),
        sockets: Vec::new(),
        in_process: false,
        watch: false,
    };
    let agent = Agent::start(boot).unwrap();
    let mut link = agent.handle().attach(person(Role::Technician, true)).await;
    let shown = plan(&link, "61").await;
    assert_eq!(code(&run(&link, "61", Some(shown.token)).await), "accepted");
    let ended = until(&mut link, "the end", RunView::ended).await;
    assert_eq!(ended.end, Some(RunEnd::Undone), "{ended:?}");
    let view = pos_console::platform::real().net().await.unwrap();
    let eth0 = view.link("eth0").unwrap();
    assert!(eth0.addresses.iter().any(|address| address.ip.to_string() == "192.0.2.10"), "{eth0:?}");
    assert!(view.routes.iter().any(|route| route.interface == "eth0"), "{view:?}");
    // What was put back leads nowhere: nobody is at the other end of that cable.
    let rows = last::through(&link).await;
    let told = if login.is_some() { "done" } else { "failed" };
    assert_eq!(phases(&rows), ["intent", "undone", "intent", told], "{rows:?}");
    if let Some(login) = login {
        assert_eq!(login.asked(), [("Reboot".to_owned(), false)]);
    }
    agent.stop().await;
}
