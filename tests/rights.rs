//! Roles that are taken for a while: passcodes that nobody gets by trying, answers of support that count once, what a
//! person types that is found nowhere afterwards, and a peer who claims to be somebody else.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pos_console::actions::phone::{Asked, Deal, Key};
use pos_console::agent::{Agent, Boot, Folder};
use pos_console::config::{Config, TerminalConfig};
use pos_console::link::Link;
use pos_console::model::{Actor, AuditRow, Challenge, Rights, Role, Secret};
use pos_console::platform::fake::Machine;
use pos_console::platform::{Deed, Fut, Hands, NetKept, NmDevice, Steady, TcpSeen, Trouble};
use pos_console::proto::{Reply, Request, Update};

const KEY: &str = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8";

/// A machine whose steady clock moves when it is told to.
#[derive(Debug)]
struct Clock(Mutex<Steady>);

impl Clock {
    fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(Steady { boot: "first".into(), ms: 1_000_000 })))
    }

    fn pass(&self, seconds: u64) {
        self.0.lock().unwrap().ms += seconds * 1_000;
    }
}

impl Hands for Clock {
    fn steady(&self) -> Steady {
        self.0.lock().unwrap().clone()
    }

    fn nm(&self) -> Fut<'_, Result<Vec<NmDevice>, Trouble>> {
        Box::pin(async { Err(Trouble::Missing) })
    }

    fn keep<'a>(&'a self, _: &'a [String]) -> Fut<'a, Result<NetKept, Trouble>> {
        Box::pin(async { Err(Trouble::Missing) })
    }

    fn tcp(&self, _: pos_console::model::Session) -> Fut<'_, Result<Option<TcpSeen>, Trouble>> {
        Box::pin(async { Ok(None) })
    }

    fn act<'a>(&'a self, _: &'a Deed, _: Duration) -> Fut<'a, Result<String, Trouble>> {
        Box::pin(async { Err(Trouble::Missing) })
    }
}

fn start(dir: &Path, clock: &Arc<Clock>) -> Agent {
    let terminal = TerminalConfig { tid: "12345678".into(), ..TerminalConfig::default() };
    let boot = Boot {
        config: Arc::new(Config { terminal, ..Config::default() }),
        host: Arc::new(Machine { worked: Some(clock.clone()), ..Machine::default() }),
        folder: Some(Folder::lock(&dir.join("state")).unwrap()),
        sockets: Vec::new(),
        in_process: false,
        watch: false,
    };
    Agent::start(boot).unwrap()
}

fn person(uid: u32, role: Role) -> Actor {
    Actor { uid, name: format!("user {uid}"), role, from: "tty1".into(), session: None }
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

fn code(reply: &Reply) -> &str {
    match reply {
        Reply::Refused(refusal) => &refusal.code,
        Reply::Done => "done",
        other => panic!("{other:?}"),
    }
}

async fn unlock(link: &Link, role: Role, passcode: &str) -> String {
    code(&link.ask(Request::Unlock { role, passcode: secret(passcode) }).await).to_owned()
}

async fn set(link: &Link, role: Role, passcode: &str) -> String {
    code(&link.ask(Request::SetPasscode { role, passcode: secret(passcode) }).await).to_owned()
}

async fn answer(link: &Link, text: &str) -> String {
    code(&link.ask(Request::Answer { answer: secret(text) }).await).to_owned()
}

async fn rights(link: &Link) -> Rights {
    match link.ask(Request::Rights).await {
        Reply::Rights(rights) => rights,
        other => panic!("{other:?}"),
    }
}

async fn challenge(link: &Link, action: &str) -> Challenge {
    match link.ask(Request::Challenge { action: action.into() }).await {
        Reply::Challenged(challenge) => challenge,
        other => panic!("{other:?}"),
    }
}

/// Support's side.
fn support(challenge: &Challenge) -> String {
    let own = Key::parse(KEY).unwrap().of_terminal(&challenge.terminal);
    let deal = Deal { terminal: &challenge.terminal, action: &challenge.action, role: challenge.role };
    let asked = Asked::parse(&challenge.digits).unwrap();
    asked.answer(&Key::parse(own.expose()).unwrap(), deal).expose().to_owned()
}

/// What an action that needs a technician says to this person: `role`, or whatever comes after that.
async fn power_off(link: &Link) -> String {
    match link.ask(Request::Do { action: "96".into(), reason: None, token: None, guard_s: None }).await {
        Reply::Refused(refusal) => refusal.code,
        Reply::Accepted { .. } => "accepted".into(),
        other => panic!("{other:?}"),
    }
}

async fn audit(link: &Link) -> Vec<AuditRow> {
    match link.ask(Request::AuditVerify).await {
        Reply::AuditVerified(report) => assert!(report.faults.is_empty(), "{report:?}"),
        other => panic!("{other:?}"),
    }
    match link.ask(Request::Audit { after: 0, limit: 500 }).await {
        Reply::Audit { rows } => rows,
        other => panic!("{other:?}"),
    }
}

async fn snapshot_with(link: &mut Link, role: Role) {
    let waiting = async {
        loop {
            if let Some(Update::Snapshot(snapshot)) = link.updates.recv().await
                && snapshot.actor.role == role
            {
                return;
            }
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(30), waiting).await.is_ok(), "the role is never told");
}

#[tokio::test]
async fn there_is_no_passcode_until_root_sets_one_and_then_only_that_one_opens() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), Clock::new());
    let agent = start(dir.path(), &clock);
    let root = agent.handle().attach(person(0, Role::Technician)).await;
    let mut shop = agent.handle().attach(person(1000, Role::Merchant)).await;
    assert_eq!(unlock(&shop, Role::Technician, "").await, "passcode-unset");
    // Never by whoever comes first, and no technician of the groups either.
    assert_eq!(set(&shop, Role::Technician, "274951").await, "passcode-root");
    let technician = agent.handle().attach(person(1001, Role::Technician)).await;
    assert_eq!(set(&technician, Role::Technician, "274951").await, "passcode-root");
    assert_eq!(set(&root, Role::Technician, "123456").await, "passcode-weak");
    assert_eq!(set(&root, Role::Technician, "274951").await, "done");
    assert_eq!(power_off(&shop).await, "role");
    assert_eq!(unlock(&shop, Role::Technician, "274952").await, "passcode-wrong");
    assert_eq!(unlock(&shop, Role::Technician, "274951").await, "done");
    snapshot_with(&mut shop, Role::Technician).await;
    assert_ne!(power_off(&shop).await, "role");
    // It belongs to that link; and support takes no other role.
    let other = agent.handle().attach(person(1000, Role::Merchant)).await;
    assert_eq!(power_off(&other).await, "role");
    let support = agent.handle().attach(person(1002, Role::Support)).await;
    assert_eq!(unlock(&support, Role::Technician, "274951").await, "role");
    // Keys keep it, no key for three minutes ends it.
    clock.pass(170);
    assert_eq!(code(&shop.ask(Request::Present).await), "done");
    clock.pass(170);
    assert_ne!(power_off(&shop).await, "role");
    clock.pass(20);
    snapshot_with(&mut shop, Role::Merchant).await;
    assert_eq!(power_off(&shop).await, "role");
    assert_eq!(rights(&shop).await.role, Role::Merchant);
    agent.stop().await;
    nothing_typed_is_kept(dir.path(), &["274951", "274952"]);
}

/// No file of the state folder has what was typed.
fn nothing_typed_is_kept(dir: &Path, typed: &[&str]) {
    for file in std::fs::read_dir(dir.join("state")).unwrap().flatten() {
        let bytes = std::fs::read(file.path()).unwrap_or_default();
        for text in typed {
            let found = bytes.windows(text.len()).any(|window| window == text.as_bytes());
            assert!(!found, "{text} in {}", file.path().display());
        }
    }
}

#[tokio::test]
async fn a_hundred_tries_get_nobody_in_and_a_restart_gives_no_more_of_them() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), Clock::new());
    let mut agent = start(dir.path(), &clock);
    let root = agent.handle().attach(person(0, Role::Technician)).await;
    assert_eq!(set(&root, Role::Technician, "274951").await, "done");
    let (mut compared, mut waited) = (0, 0);
    for round in 0..4 {
        let shop = agent.handle().attach(person(1000, Role::Merchant)).await;
        let passcodes: Vec<String> = (0..25).map(|n| format!("90{round}{n:03}")).collect();
        let tries = passcodes.iter().map(|passcode| unlock(&shop, Role::Technician, passcode));
        for said in futures_util::future::join_all(tries).await {
            match said.as_str() {
                "passcode-wrong" => compared += 1,
                "passcode-wait" => waited += 1,
                other => panic!("{other}"),
            }
        }
        agent.stop().await;
        agent = start(dir.path(), &clock);
    }
    assert_eq!((compared, waited), (3, 97), "three tries are free, the others wait");
    let shop = agent.handle().attach(person(1000, Role::Merchant)).await;
    assert_eq!(unlock(&shop, Role::Technician, "274951").await, "passcode-wait", "the right one waits too");
    clock.pass(6);
    assert_eq!(unlock(&shop, Role::Technician, "274951").await, "done");
    let rows = audit(&shop).await;
    let tries: Vec<_> = rows.iter().filter(|row| row.draft.action == "unlock").collect();
    assert_eq!(tries.len(), 102);
    assert_eq!(tries.last().unwrap().draft.phase, "done");
    assert!(rows.iter().all(|row| !serde_json::to_string(row).unwrap().contains("\"274951\"")));
    agent.stop().await;
}

#[tokio::test]
async fn support_allows_one_action_once() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), Clock::new());
    let agent = start(dir.path(), &clock);
    let root = agent.handle().attach(person(0, Role::Technician)).await;
    let shop = agent.handle().attach(person(1000, Role::Merchant)).await;
    let ask = |action: &str| shop.ask(Request::Challenge { action: action.into() });
    assert_eq!(code(&ask("96").await), "phone-unset");
    let rows = audit(&shop).await;
    assert!(rows.iter().all(|row| row.draft.phase == "refused"), "nothing is waited for: {rows:?}");
    assert_eq!(code(&ask("nothing").await), "unknown-action");
    let own = Key::parse(KEY).unwrap().of_terminal("12345678");
    assert_eq!(code(&shop.ask(Request::SetPhoneKey { key: own.clone() }).await), "passcode-root");
    assert_eq!(code(&root.ask(Request::SetPhoneKey { key: secret("short") }).await), "phone-key");
    assert_eq!(code(&root.ask(Request::SetPhoneKey { key: own }).await), "done");
    assert_eq!(answer(&shop, "00000000").await, "phone-none");
    // Wrong, then right.
    let asked = challenge(&shop, "96").await;
    assert_eq!(
        (asked.action.as_str(), asked.terminal.as_str(), asked.role),
        ("power-off", "12345678", Role::Technician)
    );
    let right = support(&asked);
    let wrong = if right == "00000000" { "00000001" } else { "00000000" };
    assert_eq!(answer(&shop, wrong).await, "phone-wrong");
    assert_eq!(power_off(&shop).await, "role");
    // Answers are for a link; another one has not asked.
    let other = agent.handle().attach(person(1000, Role::Merchant)).await;
    assert_eq!(answer(&other, &right).await, "phone-none");
    assert_eq!(answer(&shop, &right).await, "done");
    assert_eq!(rights(&shop).await.granted.as_deref(), Some("power-off"));
    // Exactly that action, and nothing else.
    assert_ne!(power_off(&shop).await, "role");
    let other_action = shop.ask(Request::Do { action: "73".into(), reason: None, token: None, guard_s: None }).await;
    assert_eq!(code(&other_action), "role");
    // Replayed: used up, and it does not fit what is asked next.
    assert_eq!(answer(&shop, &right).await, "phone-none");
    let next = challenge(&shop, "96").await;
    if support(&next) != right {
        assert_eq!(answer(&shop, &right).await, "phone-wrong");
    }
    // Too late.
    clock.pass(31 * 60);
    assert_eq!(answer(&shop, &support(&next)).await, "phone-none");
    assert_eq!(power_off(&shop).await, "role", "what was allowed is over too");
    let rows = audit(&shop).await;
    assert!(rows.iter().filter(|row| row.draft.action == "phone").count() >= 9, "{rows:?}");
    agent.stop().await;
    nothing_typed_is_kept(dir.path(), &[&right]);
}

#[tokio::test]
async fn a_forgotten_passcode_is_set_anew_with_support() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), Clock::new());
    let agent = start(dir.path(), &clock);
    let root = agent.handle().attach(person(0, Role::Technician)).await;
    let own = Key::parse(KEY).unwrap().of_terminal("12345678");
    assert_eq!(code(&root.ask(Request::SetPhoneKey { key: own }).await), "done");
    let shop = agent.handle().attach(person(1000, Role::Viewer)).await;
    let asked = challenge(&shop, "passcode-merchant").await;
    assert_eq!(answer(&shop, &support(&asked)).await, "done");
    // The other one is not meant, a weak one is not taken, and then it is used up.
    assert_eq!(set(&shop, Role::Technician, "274951").await, "passcode-root");
    assert_eq!(set(&shop, Role::Merchant, "111111").await, "passcode-weak");
    let again = async {
        while rights(&shop).await.granted.is_none() {
            tokio::task::yield_now().await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(30), again).await.is_ok());
    assert_eq!(set(&shop, Role::Merchant, "274951").await, "done");
    assert_eq!(set(&shop, Role::Merchant, "604182").await, "passcode-root");
    assert_eq!(unlock(&shop, Role::Merchant, "274951").await, "done");
    assert_eq!(rights(&shop).await.role, Role::Merchant);
    assert_eq!(code(&shop.ask(Request::Lock).await), "done");
    assert_eq!(rights(&shop).await.role, Role::Viewer);
    agent.stop().await;
}

/// Who somebody is comes from the kernel, whatever the greeting says.
#[test]
fn a_forged_peer_stays_who_it_is() {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::process::{Command, Stdio};
    if !rustix::process::geteuid().is_root() {
        println!("skipped: only root can be somebody else");
        return;
    }
    let dir = tempfile::Builder::new().prefix("forged").tempdir_in("/tmp").unwrap();
    let socket = dir.path().join("agent.sock");
    let mut agent = Command::new(env!("CARGO_BIN_EXE_pos-console"))
        .args(["--state-dir".as_ref(), dir.path().join("state").as_os_str(), "--socket".as_ref(), socket.as_os_str()])
        .arg("agent")
        .env("XDG_CONFIG_HOME", dir.path())
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let begun = std::time::Instant::now();
    // Once it greets, the socket has the rights it was given.
    let greets = || {
        let stream = std::os::unix::net::UnixStream::connect(&socket)?;
        BufReader::new(stream).read_line(&mut String::new())
    };
    while greets().is_err() && begun.elapsed() < Duration::from_mins(1) {
        std::thread::sleep(Duration::from_millis(20));
    }
    let open = |path: &Path, mode| {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    open(dir.path(), 0o755);
    open(&socket, 0o666);
    let claims = concat!(
        r#"{"frame":"hello","version":2,"build":"x","from":"tty1","uid":0,"role":"technician","name":"root"}"#,
        "\n",
        r#"{"frame":"call","id":1,"request":{"ask":"do","action":"96","reason":null,"role":"technician","uid":0}}"#,
        "\n",
        r#"{"frame":"call","id":2,"request":{"ask":"set-passcode","role":"technician","passcode":"274951"}}"#,
        "\n"
    );
    let script = r#"use IO::Socket::UNIX; my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "no: $!";
        print $s <STDIN>; $s->flush; my $n = 0;
        while ($n < 2 && defined(my $l = <$s>)) { if ($l =~ /^.{0,12}"answer"/) { print $l; $n++ } }"#;
    let child = Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups", "perl", "-e", script])
        .arg(&socket)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        println!("skipped: no setpriv or perl");
        agent.kill().unwrap();
        agent.wait().unwrap();
        return;
    };
    child.stdin.take().unwrap().write_all(claims.as_bytes()).unwrap();
    let lines: Vec<String> = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok).collect();
    child.wait().unwrap();
    agent.kill().unwrap();
    agent.wait().unwrap();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("\"role\"") && line.contains("refused")), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("passcode-root")), "{lines:?}");
}

/// As 92 has it: what a viewer may not he may once, with support's answer; and nothing without it.
#[test]
fn support_allows_an_action_from_the_command_line() {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::process::CommandExt as _;
    use std::process::{Command, Stdio};
    if !rustix::process::geteuid().is_root() {
        println!("skipped: only root can be somebody else");
        return;
    }
    let dir = tempfile::Builder::new().prefix("phone").tempdir_in("/tmp").unwrap();
    let at = |name: &str| dir.path().join(name).display().to_string();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::write(at("config.toml"), "[terminal]\ntid = \"12345678\"\n").unwrap();
    std::fs::write(at("key"), KEY).unwrap();
    std::fs::set_permissions(at("key"), std::fs::Permissions::from_mode(0o600)).unwrap();
    let console = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pos-console"));
        command.args(["--lang", "en", "--config", &at("config.toml"), "--socket", &at("sock")]).args(words);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    let run = |words: &[&str], typed: &str| {
        let mut child = console(words).spawn().unwrap();
        child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
        String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
    };
    let mut agent = console(&["--state-dir", &at("state"), "agent"]).spawn().unwrap();
    let begun = std::time::Instant::now();
    while std::os::unix::net::UnixStream::connect(at("sock")).is_err() && begun.elapsed() < Duration::from_mins(1) {
        std::thread::sleep(Duration::from_millis(20));
    }
    std::fs::set_permissions(at("sock"), std::fs::Permissions::from_mode(0o666)).unwrap();
    let own = run(&["answer", "--key", &at("key"), "--terminal", "12345678", "--terminal-key"], "");
    run(&["passcode", "set", "phone"], &own);
    // Whoever is nobody here: the plan of a technician's action, with no answer, a wrong one and the right one.
    let plan = ["do", "96", "--plan", "--json", "--phone"];
    let told: Vec<(Option<i32>, String)> = ["none", "wrong", "right"]
        .into_iter()
        .map(|answer| {
            let words = if answer == "none" { &plan[..4] } else { &plan[..] };
            let mut child = console(words).uid(65_534).gid(65_534).spawn().unwrap();
            if answer != "none" {
                let mut said = String::new();
                BufReader::new(child.stderr.take().unwrap()).read_line(&mut said).unwrap();
                let digits: Vec<&str> = said.rsplit(": ").next().unwrap().split_whitespace().collect();
                let key = at("key");
                let words = [&["answer", "--key", &key, "--terminal", "12345678", "--action", "96"][..], &digits];
                let right = run(&words.concat(), "").replace(' ', "");
                let wrong = if right.starts_with("0000") { "11112222\n" } else { "00001111\n" };
                let typed = if answer == "right" { right.as_str() } else { wrong };
                child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
            }
            let output = child.wait_with_output().unwrap();
            (output.status.code(), String::from_utf8(output.stdout).unwrap())
        })
        .collect();
    agent.kill().unwrap();
    agent.wait().unwrap();
    assert_eq!((told[0].0, told[1].0, told[2].0), (Some(77), Some(77), Some(0)), "{told:?}");
    assert!(told[2].1.contains("\"ok\": true") && !told[0].1.contains("\"ok\": true"), "{told:?}");
}
