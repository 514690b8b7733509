//! 7 UPDATE: a version stays only if what worked before works again; nothing is installed that was not shown, not
//! signed or not wanted now; and the way back is found whatever was cut off. RAUC itself is in tests/lab/update.sh.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pos_console::agent::{Agent, Boot, Folder};
use pos_console::config::{ActionsConfig, Config, UpdateConfig};
use pos_console::model::{Role, RunEnd, RunView, SlotSeen};
use pos_console::platform::fake::Machine;
use pos_console::platform::{
    self, BundleSeen, Deed, Fut, Hands, NetKept, NmDevice, RaucSeen, Steady, TcpSeen, Trouble,
};
use pos_console::proto::{Reply, Request};

use super::{end, person, phases, plan, run};

/// A terminal with two slots and a boot loader.
#[derive(Debug, Clone)]
pub struct Slots {
    boot: u32,
    runs: usize,
    next: usize,
    versions: [&'static str; 2],
    good: [bool; 2],
    pub restarts: u32,
    installs: u32,
    /// RAUC fails with these words.
    fails: Option<&'static str>,
    bundle: Result<&'static str, &'static str>,
}

impl Default for Slots {
    fn default() -> Self {
        Self {
            boot: 1,
            runs: 0,
            next: 0,
            versions: ["1.0.0", "0.9.0"],
            good: [true, true],
            restarts: 0,
            installs: 0,
            fails: None,
            bundle: Ok("2.0.0"),
        }
    }
}

#[derive(Debug, Default)]
pub struct Terminal(Mutex<Slots>);

impl Terminal {
    pub fn with<T>(&self, work: impl FnOnce(&mut Slots) -> T) -> T {
        work(&mut self.0.lock().unwrap())
    }

    /// Down and up again.
    pub fn power(&self) {
        self.with(|slots| {
            slots.boot += 1;
            slots.runs = slots.next;
        });
    }

    pub fn state(&self) -> (usize, usize, u32) {
        self.with(|slots| (slots.runs, slots.next, slots.installs))
    }
}

const NAMES: [&str; 2] = ["rootfs.0", "rootfs.1"];

impl Hands for Terminal {
    fn steady(&self) -> Steady {
        Steady { boot: self.with(|slots| slots.boot.to_string()), ms: 1_000 }
    }

    fn pace(&self) -> u32 {
        10
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

    fn rauc(&self) -> Fut<'_, Result<RaucSeen, Trouble>> {
        Box::pin(async {
            let slots = self.with(|slots| slots.clone());
            let slot = |at: usize| SlotSeen {
                name: NAMES[at].to_owned(),
                boot: ["A", "B"][at].to_owned(),
                booted: slots.runs == at,
                next: slots.next == at,
                good: Some(slots.good[at]),
                version: slots.versions[at].to_owned(),
            };
            Ok(RaucSeen {
                compatible: "pos-lab".to_owned(),
                slots: vec![slot(0), slot(1)],
                whole: NAMES.map(str::to_owned).to_vec(),
                ..RaucSeen::default()
            })
        })
    }

    fn bundle<'a>(&'a self, _: &'a str) -> Fut<'a, Result<BundleSeen, Trouble>> {
        Box::pin(async {
            let bundle = self.with(|slots| slots.bundle);
            let version = bundle.map_err(|words| Trouble::Other(words.to_owned()))?.to_owned();
            Ok(BundleSeen { compatible: "pos-lab".to_owned(), version, description: "faster".to_owned() })
        })
    }

    fn act<'a>(&'a self, deed: &'a Deed, _: Duration) -> Fut<'a, Result<String, Trouble>> {
        Box::pin(async move {
            self.with(|slots| match deed {
                Deed::RaucInstall { .. } => {
                    slots.installs += 1;
                    if let Some(words) = slots.fails {
                        return Err(Trouble::Other(words.to_owned()));
                    }
                    let other = 1 - slots.runs;
                    slots.versions[other] = "2.0.0";
                    slots.next = other;
                    Ok("done".to_owned())
                }
                Deed::RaucMark { state, slot } => {
                    let at = NAMES.iter().position(|name| name == slot).unwrap();
                    match state.as_str() {
                        "active" => slots.next = at,
                        word => slots.good[at] = word == "good",
                    }
                    Ok("done".to_owned())
                }
                Deed::Reboot => {
                    slots.restarts += 1;
                    Ok("going down".to_owned())
                }
                other => panic!("{other:?}"),
            })
        })
    }
}

pub const STICK: &str = r#"
[files]
"/media/stick/two.raucb" = "a bundle"
[space."/media"]
total = 9000000000
free = 9000000000
[programs]
well = "fine"
"#;

fn stick(more: &str) -> String {
    format!("{STICK}{more}")
}

pub fn start(dir: &Path, terminal: &Arc<Terminal>, machine: &str, change: impl FnOnce(&mut Config)) -> Agent {
    let mut config = Config {
        update: UpdateConfig { source: "/media/stick".into(), health_s: 10, ..UpdateConfig::default() },
        actions: ActionsConfig { app_healthy: vec!["well".into()], ..ActionsConfig::default() },
        actions_dir: dir.join("actions.d"),
        ..Config::default()
    };
    change(&mut config);
    let boot = Boot {
        config: Arc::new(config),
        host: Arc::new(Machine { worked: Some(terminal.clone()), ..Machine::parse(machine).unwrap() }),
        folder: Some(Folder::lock(&dir.join("state")).unwrap()),
        sockets: Vec::new(),
        in_process: false,
        watch: false,
    };
    Agent::start(boot).unwrap()
}

/// Waits until the machine was told to start anew.
pub async fn restarting(terminal: &Terminal, times: u32) {
    for _ in 0..1_200 {
        if terminal.with(|slots| slots.restarts) >= times {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never starts anew");
}

/// The trial as it ends in this boot.
async fn ended(agent: &Agent) -> RunView {
    let mut link = agent.handle().attach(person(Role::Technician)).await;
    end(&mut link).await
}

#[tokio::test]
async fn a_version_that_works_stays_and_one_that_does_not_goes() {
    let dir = tempfile::tempdir().unwrap();
    let terminal = Arc::new(Terminal::default());
    let agent = start(dir.path(), &terminal, STICK, |_| {});
    let link = agent.handle().attach(person(Role::Merchant)).await;
    let shown = plan(&link, "72").await;
    assert!(!shown.token.is_empty(), "{:?}", shown.blocks);
    assert_eq!(run(&link, "72", None).await, "accepted");
    restarting(&terminal, 1).await;
    assert_eq!(terminal.state(), (0, 1, 1));
    agent.stop().await;
    terminal.power();
    let agent = start(dir.path(), &terminal, STICK, |_| {});
    let run_view = ended(&agent).await;
    assert_eq!((run_view.end, run_view.said[0].key.as_str()), (Some(RunEnd::Done), "update-good"), "{run_view:?}");
    assert_eq!(terminal.state(), (1, 1, 1));
    let link = agent.handle().attach(person(Role::Technician)).await;
    assert_eq!(phases(&link).await, ["intent", "interrupted", "done"]);
    // Going back by hand wants a reason, and a technician.
    assert_eq!(run(&link, "73", None).await, "reason-wanted");
    let shop = agent.handle().attach(person(Role::Merchant)).await;
    assert_eq!(run(&shop, "73", Some("broken")).await, "role");
    assert_eq!(run(&link, "73", Some("broken")).await, "accepted");
    restarting(&terminal, 2).await;
    agent.stop().await;
    terminal.power();
    let agent = start(dir.path(), &terminal, STICK, |_| {});
    let back = ended(&agent).await;
    assert_eq!((back.end, back.said[0].key.as_str()), (Some(RunEnd::Done), "update-gone-back"), "{back:?}");
    assert_eq!(terminal.state().0, 0);
    agent.stop().await;
}

#[tokio::test]
async fn a_sick_version_goes_back_twice_and_then_a_technician_is_asked() {
    let dir = tempfile::tempdir().unwrap();
    let terminal = Arc::new(Terminal::default());
    let sick = STICK.replace("\"fine\"", "\"exit 1\"");
    for n in 1..=2 {
        let agent = start(dir.path(), &terminal, STICK, |_| {});
        let link = agent.handle().attach(person(Role::Merchant)).await;
        assert_eq!(run(&link, "72", None).await, "accepted", "try {n}");
        restarting(&terminal, n * 2 - 1).await;
        agent.stop().await;
        terminal.power();
        assert_eq!(terminal.state().0, 1);
        // Its time never passes in this boot: a person says that it does not work.
        let agent = start(dir.path(), &terminal, &sick, |_| {});
        let link = agent.handle().attach(person(Role::Merchant)).await;
        for _ in 0..200 {
            if link.ask(Request::Guard { keep: false }).await == Reply::Done {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        restarting(&terminal, n * 2).await;
        agent.stop().await;
        terminal.power();
        let agent = start(dir.path(), &terminal, STICK, |_| {});
        let view = ended(&agent).await;
        let keys: Vec<&str> = view.said.iter().map(|said| said.key.as_str()).collect();
        let wanted: &[&str] = if n == 1 {
            &["update-back", "update-back-well"]
        } else {
            &["update-back", "update-back-well", "update-gave-up"]
        };
        assert_eq!((view.end, keys.as_slice()), (Some(RunEnd::Undone), wanted));
        assert_eq!((terminal.state().0, terminal.with(|slots| slots.good)), (0, [true, false]));
        agent.stop().await;
    }
    let agent = start(dir.path(), &terminal, STICK, |_| {});
    let link = agent.handle().attach(person(Role::Merchant)).await;
    assert_eq!(run(&link, "72", None).await, "upgrade-gave-up");
    let link = agent.handle().attach(person(Role::Technician)).await;
    assert!(!plan(&link, "72").await.token.is_empty(), "a technician may");
    agent.stop().await;
}

/// A machine, what its site configured, and the reason that is shown.
type Case = (String, fn(&mut Config), Option<&'static str>);

#[tokio::test]
async fn what_stands_against_it_is_shown_and_nothing_is_touched() {
    let terminal = Arc::new(Terminal::default());
    let power = |percent: &str, online: &str| {
        STICK.replace(
            "[space.",
            &format!(
                "\"/sys/class/power_supply/BAT0/type\" = \"Battery\"\n\"/sys/class/power_supply/BAT0/capacity\" = \
                 \"{percent}\"\n\"/sys/class/power_supply/AC/type\" = \"Mains\"\n\"/sys/class/power_supply/AC/online\" = \
                 \"{online}\"\n[space."
            ),
        )
    };
    let cases: Vec<Case> = vec![
        (power("20", "0"), |_| {}, Some("upgrade-power")),
        (power("20", "1"), |_| {}, None),
        (power("41", "0"), |_| {}, None),
        (stick(""), |config| config.actions.open_hours = "00:00-00:00".into(), Some("upgrade-open")),
        (
            stick(""),
            |config| {
                config.actions.open_hours = "00:00-00:00".into();
                config.update.during_hours = true;
            },
            None,
        ),
        (stick(""), |config| config.update.source = String::new(), Some("upgrade-no-source")),
        (
            stick(""),
            |config| config.update.source = "https://updates.test/update.toml".into(),
            Some("upgrade-not-asked"),
        ),
        (STICK.replace("two.raucb", "two.zip"), |_| {}, Some("upgrade-nothing")),
        (STICK.replace("[space.", "\"/media/stick/three.raucb\" = \"x\"\n[space."), |_| {}, Some("upgrade-several")),
        (stick(""), |config| config.update.backend = "none".into(), Some("upgrade-none")),
    ];
    for (machine, change, code) in cases {
        let dir = tempfile::tempdir().unwrap();
        let agent = start(dir.path(), &terminal, &machine, change);
        let link = agent.handle().attach(person(Role::Merchant)).await;
        let shown = plan(&link, "72").await;
        assert_eq!(shown.blocks.first().map(|block| block.code.as_str()), code, "{machine}");
        if let Some(code) = code {
            assert_eq!(run(&link, "72", None).await, code);
            assert_eq!(phases(&link).await, ["refused"]);
        }
        // There is nobody to ask either.
        let nobody = matches!(code, Some("upgrade-no-source" | "upgrade-none"));
        assert_eq!(
            plan(&link, "update-check").await.blocks.first().map(|block| block.code.as_str()),
            code.filter(|_| nobody)
        );
        agent.stop().await;
    }
    assert_eq!(terminal.state(), (0, 0, 0));
}

#[tokio::test]
async fn a_bad_signature_an_older_version_and_another_machines_bundle_are_not_installed() {
    let terminal = Arc::new(Terminal::default());
    for (bundle, code) in [
        (Err("signature verification failed"), "upgrade-signature"),
        (Ok("0.1"), "upgrade-older"),
        (Ok("1.0.0"), "upgrade-same"),
    ] {
        terminal.with(|slots| slots.bundle = bundle);
        let dir = tempfile::tempdir().unwrap();
        let agent = start(dir.path(), &terminal, STICK, |_| {});
        let link = agent.handle().attach(person(Role::Merchant)).await;
        assert_eq!(run(&link, "72", None).await, code);
        // A technician may say yes to a version, and to no signature that is bad.
        let link = agent.handle().attach(person(Role::Technician)).await;
        assert_eq!(plan(&link, "72").await.token.is_empty(), bundle.is_err());
        agent.stop().await;
    }
    assert_eq!(terminal.state(), (0, 0, 0));
}

#[tokio::test]
async fn a_plan_is_used_once_and_goes_when_another_bundle_is_put_in() {
    let dir = tempfile::tempdir().unwrap();
    let terminal = Arc::new(Terminal::default());
    let agent = start(dir.path(), &terminal, STICK, |_| {});
    let link = agent.handle().attach(person(Role::Merchant)).await;
    let token = plan(&link, "72").await.token;
    let act = async |token: &str| {
        let token = Some(token.to_owned());
        match link.ask(Request::Do { action: "72".into(), reason: None, token, guard_s: None }).await {
            Reply::Refused(refusal) => refusal.code,
            _ => "accepted".to_owned(),
        }
    };
    terminal.with(|slots| slots.bundle = Ok("3.0.0"));
    assert_eq!(act(&token).await, "plan-changed");
    assert_eq!(act(&token).await, "stale-plan");
    let token = plan(&link, "72").await.token;
    assert_eq!(act(&token).await, "accepted");
    assert_eq!(act(&token).await, "stale-plan");
    assert_eq!(run(&link, "72", None).await, "busy");
    agent.stop().await;
}

#[tokio::test]
async fn an_installer_that_fails_leaves_what_runs_and_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let terminal = Arc::new(Terminal::default());
    terminal.with(|slots| slots.fails = Some("no space left on slot"));
    let agent = start(dir.path(), &terminal, STICK, |_| {});
    let mut link = agent.handle().attach(person(Role::Merchant)).await;
    assert_eq!(run(&link, "72", None).await, "accepted");
    let view = end(&mut link).await;
    assert_eq!((view.end, view.said[0].key.as_str()), (Some(RunEnd::Failed), "update-broke"));
    assert!(view.steps[0].detail.contains("no space left"), "{view:?}");
    assert_eq!(terminal.state(), (0, 0, 1));
    assert!(!dir.path().join("state/update.json").exists());
    agent.stop().await;
}

/// A web server for a few questions: the bytes behind each path, cut off where the path ends with `.cut` once.
fn server(body: Vec<u8>, cut: usize, times: usize) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for n in 0..times {
            let Ok((mut stream, _)) = listener.accept() else { return };
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
                head.push(byte[0]);
            }
            let head = String::from_utf8_lossy(&head).into_owned();
            let from =
                head.lines().find_map(|line| line.strip_prefix("Range: bytes=")?.strip_suffix('-')?.parse().ok());
            let (status, first) = from.map_or(("200 OK", 0), |first: usize| ("206 Partial Content", first));
            let last = if n == 0 { cut } else { body.len() };
            let _ = write!(
                stream,
                "HTTP/1.0 {status}\r\nContent-Length: {}\r\nContent-Range: bytes {first}-{}/{}\r\n\r\n",
                body.len() - first,
                body.len() - 1,
                body.len()
            );
            let _ = stream.write_all(&body[first..last.max(first)]);
        }
    });
    port
}

fn sha256(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    digest.as_ref().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

#[tokio::test]
async fn a_download_goes_on_where_it_broke_off_and_has_to_be_the_one_that_was_told() {
    let body: Vec<u8> = (0..400_000_u32).map(|n| (n % 251) as u8).collect();
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("update/bundle");
    let fetch = |port: u16, sha256: String, size: usize, most: usize| Deed::Fetch {
        from: format!("http://127.0.0.1:{port}/two.raucb"),
        ca_file: String::new(),
        to: to.display().to_string(),
        size: size as u64,
        sha256,
        most: most as u64,
    };
    let hands = platform::real().hands();
    let act = async |deed: &Deed| hands.act(deed, Duration::from_mins(1)).await;
    let port = server(body.clone(), 150_000, 2);
    let good = fetch(port, sha256(&body), body.len(), 1_000_000);
    assert_eq!(act(&good).await, Err(Trouble::Other("broke off".into())));
    assert!(!to.exists());
    assert_eq!(std::fs::metadata(to.with_extension("part")).unwrap().len(), 150_000);
    act(&good).await.unwrap();
    assert!(std::fs::read(&to).unwrap() == body, "another file");
    std::fs::remove_file(&to).unwrap();
    // Another file than was told, a larger one, and nobody there.
    let port = server(body.clone(), body.len(), 1);
    assert!(act(&fetch(port, sha256(b"x"), body.len(), 1_000_000)).await.is_err());
    let port = server(body.clone(), body.len(), 1);
    assert!(act(&fetch(port, sha256(&body), body.len() - 1, 1_000_000)).await.is_err());
    let port = server(body.clone(), body.len(), 1);
    assert!(act(&fetch(port, sha256(&body), body.len(), 1_000)).await.is_err());
    assert!(act(&fetch(1, String::new(), 0, 1_000)).await.is_err());
    assert!(!to.exists() && !to.with_extension("part").exists());
}

/// Runs minisign; none where it is not installed.
fn minisign(arguments: &[&str]) -> Option<()> {
    let status = Command::new("minisign").args(arguments).stdout(std::process::Stdio::null()).status().ok()?;
    assert!(status.success(), "minisign {arguments:?}");
    Some(())
}

#[tokio::test]
async fn a_bundle_counts_only_with_the_signature_of_the_configured_key() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).display().to_string();
    for name in ["ours", "foreign"] {
        let made = minisign(&["-G", "-W", "-f", "-p", &at(&format!("{name}.pub")), "-s", &at(&format!("{name}.key"))]);
        if made.is_none() {
            println!("skipped: no minisign");
            return;
        }
    }
    let key = |name: &str| {
        let text = std::fs::read_to_string(dir.path().join(format!("{name}.pub"))).unwrap();
        text.lines().nth(1).unwrap().to_owned()
    };
    let bundle = at("bundle");
    std::fs::write(&bundle, vec![7; 300_000]).unwrap();
    let sign = |by: &str| {
        minisign(&["-S", "-H", "-s", &at(&format!("{by}.key")), "-m", &bundle, "-t", "version:2.0.0"]).unwrap();
    };
    let host = platform::real();
    let words = async || host.signed(&bundle, &key("ours")).await.map_err(|trouble| trouble.to_string());
    assert_eq!(words().await, Err("signature unsigned".into()));
    sign("foreign");
    assert_eq!(words().await, Err("signature foreign".into()));
    sign("ours");
    assert!(words().await.is_ok_and(|words| words.contains("version:2.0.0")));
    let signature = std::fs::read(at("bundle.minisig")).unwrap();
    std::fs::write(at("bundle.minisig"), &signature[..signature.len() / 2]).unwrap();
    assert_eq!(words().await, Err("signature unreadable".into()));
    // The words beside the file are signed too.
    let text = String::from_utf8(signature.clone()).unwrap().replace("version:2.0.0", "version:9.0.0");
    std::fs::write(at("bundle.minisig"), text).unwrap();
    assert!(words().await.is_err());
    std::fs::write(at("bundle.minisig"), &signature).unwrap();
    let mut bytes = std::fs::read(&bundle).unwrap();
    bytes[150_000] ^= 1;
    std::fs::write(&bundle, &bytes[..]).unwrap();
    assert_eq!(words().await, Err("signature wrong".into()));
    assert!(host.signed(&bundle, "no key").await.is_err());
    // The command runs with what was checked, and not at all with anything else.
    let update = |version: &str| Deed::Update {
        verb: "install".into(),
        with: pos_console::platform::Installer::Command {
            argv: vec!["cp".into(), "-t".into(), at("installed")],
            bundle: bundle.clone(),
            key: key("ours"),
            version: version.into(),
        },
    };
    std::fs::create_dir(at("installed")).unwrap();
    let hands = host.hands();
    let act = async |deed: Deed| hands.act(&deed, Duration::from_mins(1)).await;
    if Path::new("/run/systemd/system").exists() && !rustix::process::geteuid().is_root() {
        println!("skipped: here root's unit would be asked to install");
        return;
    }
    assert!(act(update("2.0.0")).await.is_err());
    assert!(!dir.path().join("installed/bundle").exists());
    sign("ours");
    assert!(act(update("3.0.0")).await.is_err(), "the version is signed too");
    act(update("2.0.0")).await.unwrap();
    assert!(std::fs::read(at("installed/bundle")).unwrap() == bytes);
}
