//! Every machine of tests/machines: which root, which states, which exit code; every code has its sentences; nothing
//! a check does can hold up or break the others.

mod adapter;
mod bench;
mod cards;
mod custom;
mod namespace;
mod radio;
mod swipe;
mod trace;
mod trend;
mod turns;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::model::{Fact, SourceStatus, Status, StoreStatus};
use crate::platform::fake::Machine;
use crate::text::{self, Lang};

/// One file of tests/machines.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scene {
    /// What is the matter, in one sentence.
    #[expect(dead_code, reason = "for whoever reads the file")]
    title: String,
    machine: Machine,
    #[serde(default)]
    config: Config,
    #[serde(default)]
    journal: Journal,
    expect: Expect,
}

/// What the agent says of the journal; a shop without trouble where nothing is written.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Journal {
    sales: bool,
    waiting: u64,
    query_needed: u64,
    unanswered_in_a_row: u64,
    answered: u64,
    declined: u64,
    p95_ms: Option<u32>,
    no_source: bool,
    source_error: Option<String>,
    read: u64,
    unreadable: u64,
    last_unreadable: Option<String>,
    behind: u64,
    caught_up: bool,
    store_error: Option<String>,
    memory_only: bool,
    set_aside: Option<String>,
    trend: Option<trend::Scene>,
}

impl Default for Journal {
    fn default() -> Self {
        Self {
            sales: true,
            waiting: 0,
            query_needed: 0,
            unanswered_in_a_row: 0,
            answered: 50,
            declined: 4,
            p95_ms: Some(1_400),
            no_source: false,
            source_error: None,
            read: 120,
            unreadable: 0,
            last_unreadable: None,
            behind: 0,
            caught_up: true,
            store_error: None,
            memory_only: false,
            set_aside: None,
            trend: None,
        }
    }
}

impl Journal {
    fn facts(&self, now: Stamp) -> JournalFacts {
        let source = SourceStatus {
            name: "payment-app".into(),
            path: "/var/log/pos/journal.jsonl".to_owned(),
            profile: "unionpay".to_owned(),
            read: self.read,
            unreadable: self.unreadable,
            last_unreadable: self.last_unreadable.clone(),
            behind: self.behind,
            caught_up: self.caught_up,
            error: self.source_error.clone(),
            last: Some(now),
            ..SourceStatus::default()
        };
        JournalFacts {
            sources: if self.no_source { Vec::new() } else { vec![source] },
            store: StoreStatus {
                path: "/var/lib/pos-console/store.sqlite".to_owned(),
                sales: self.read,
                memory_only: self.memory_only,
                error: self.store_error.clone(),
                set_aside: self.set_aside.clone(),
                ..StoreStatus::default()
            },
            last_sale: self.sales.then_some(now),
            last_answer: self.sales.then_some(now),
            waiting: self.waiting,
            query_needed: self.query_needed,
            recent_answered: if self.sales { self.answered } else { 0 },
            recent_declined: self.declined,
            top_decline: (self.declined > 0).then(|| ("51".to_owned(), self.declined)),
            unanswered_in_a_row: self.unanswered_in_a_row,
            latency_p50_ms: self.p95_ms.map(|p95| p95 / 2),
            latency_p95_ms: self.p95_ms,
            trend: self.trend.as_ref().map(|trend| Arc::new(trend.facts(now))),
            ..JournalFacts::default()
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    /// Id of the root cause; empty for none.
    root: String,
    exit: u8,
    /// `status code` or `status code < id it is caused by`, by id. Ids that are not named have to be ok or absent.
    #[serde(default)]
    findings: BTreeMap<String, String>,
    /// Action that the root names.
    #[serde(default)]
    remedy: String,
}

fn machines() -> Vec<(String, Scene)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/machines");
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(&folder).expect("tests/machines").map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "toml"));
    paths.sort();
    let scene = |path: PathBuf| {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("a machine");
        let scene = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, scene)
    };
    paths.into_iter().map(scene).collect()
}

fn cx_of(scene: &Scene) -> Cx {
    Cx {
        host: Arc::new(scene.machine.clone()),
        config: Arc::new(scene.config.clone()),
        journal: Arc::new(scene.journal.facts(scene.machine.now)),
        now: scene.machine.now,
        previous: Arc::default(),
        asked: Arc::default(),
    }
}

/// A machine with nothing on it.
pub(super) fn bare_cx() -> Cx {
    Cx {
        host: Arc::new(Machine::default()),
        config: Arc::default(),
        journal: Arc::default(),
        now: Machine::default().now,
        previous: Arc::default(),
        asked: Arc::default(),
    }
}

fn shown(finding: &Finding) -> String {
    let caused = finding.caused_by.as_ref().map(|id| format!(" < {id}")).unwrap_or_default();
    format!("{} {}{caused}", finding.status.word(), finding.code)
}

#[tokio::test]
async fn every_machine_is_judged_as_a_technician_would() {
    let machines = machines();
    assert!(machines.len() >= 25, "only {} machines", machines.len());
    let mut faults = Vec::new();
    for (name, scene) in &machines {
        let mut findings = run(cx_of(scene), CHECKS).await;
        let root = judge(&mut findings);
        let mut wrong = |what: String| faults.push(format!("{name}: {what}"));
        if root.as_deref().unwrap_or_default() != scene.expect.root {
            wrong(format!("the root is {root:?}, not {:?}", scene.expect.root));
        }
        let exit = exit_code(overall(&findings));
        if exit != scene.expect.exit {
            wrong(format!("exit code {exit}, not {}", scene.expect.exit));
        }
        let roots: Vec<&Finding> = findings.iter().filter(|finding| finding.root).collect();
        assert_eq!(roots.first().map(|finding| &finding.id), root.as_ref(), "{name}");
        assert!(roots.len() <= 1, "{name}: {} roots", roots.len());
        let remedy = roots.first().and_then(|finding| finding.remedy.clone()).unwrap_or_default();
        if remedy != scene.expect.remedy {
            wrong(format!("the remedy is {remedy:?}, not {:?}", scene.expect.remedy));
        }
        for finding in &findings {
            let calm = matches!(finding.status, Status::Ok | Status::Absent);
            match scene.expect.findings.get(&finding.id) {
                Some(expected) if *expected == shown(finding) => {}
                Some(expected) => wrong(format!("{} is {:?}, not {expected:?}", finding.id, shown(finding))),
                None if calm => {}
                None => wrong(format!("{} is {:?}, which nobody expects", finding.id, shown(finding))),
            }
            if let Some(cause) = &finding.caused_by
                && root.is_none()
            {
                wrong(format!("{} follows from {cause}, but there is no root", finding.id));
            }
        }
        for id in scene.expect.findings.keys().filter(|id| !findings.iter().any(|finding| finding.id == **id)) {
            wrong(format!("there is no finding {id}"));
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// Codes in the source of this module: whatever is passed as a finding's code.
fn codes_in_source() -> BTreeSet<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/checks");
    let word =
        regex::Regex::new(r#""((?:net|host|clock|sys|txn|trend|source|store|check|params|version|reader|printer|power|app|sec|custom)-[a-z0-9-]+)""#)
            .expect("a pattern");
    let mut codes = BTreeSet::new();
    let mut waiting = vec![folder];
    let mut files = Vec::new();
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).expect("src/checks") {
            let path = entry.expect("an entry").path();
            match (path.is_dir(), path.ends_with("tests") || path.ends_with("tests.rs")) {
                (_, true) => {}
                (true, _) => waiting.push(path),
                (false, _) => files.push(path),
            }
        }
    }
    for path in files {
        let text = std::fs::read_to_string(path).expect("a source");
        codes.extend(word.captures_iter(&text).map(|found| found[1].to_owned()));
    }
    codes
}

#[tokio::test]
async fn every_code_has_a_sentence_in_every_language_and_every_sentence_a_code() {
    let mut known = codes_in_source();
    // What mends it is named there too.
    known.remove("net-setup");
    let mut faults = Vec::new();
    for lang in Lang::all() {
        for code in known.iter().filter(|code| !text::has(lang, &format!("finding-{code}"))) {
            faults.push(format!("{}: no sentence for {code}", lang.tag()));
        }
        for check in CHECKS {
            let family = check.spec().id;
            if super::name(lang, family) == family {
                faults.push(format!("{}: no name for {family}", lang.tag()));
            }
            if !text::has(lang, &format!("finding-who-{}", family.replace('.', "-"))) {
                faults.push(format!("{}: nobody acts on {family}", lang.tag()));
            }
        }
    }
    for (folder, lang) in [("zh-CN", "zh"), ("en", "en")] {
        let path = format!("{}/config/locales/{folder}/finding.ftl", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).expect("finding.ftl");
        let keys = text.lines().filter_map(|line| line.strip_prefix("finding-")?.split_once(" =").map(|(key, _)| key));
        for key in keys {
            let families = || CHECKS.iter().map(|check| check.spec().id.replace('.', "-"));
            let has_owner = match key.split_once('-') {
                Some(("name", family)) => families().any(|own| own == family),
                Some(("who", word)) => families().any(|own| own == word) || known.contains(word),
                Some(("why", code)) => known.contains(code),
                _ => known.contains(key),
            };
            if !has_owner {
                faults.push(format!("{lang}: nobody says {key}"));
            }
        }
    }
    // Real findings fill every place of their sentence.
    for (name, scene) in machines() {
        let mut findings = run(cx_of(&scene), CHECKS).await;
        judge(&mut findings);
        for finding in &findings {
            for lang in Lang::all() {
                let said = sentence(lang, finding);
                if said.contains('{') || said.contains("[finding") || said.is_empty() {
                    faults.push(format!("{name}: {} says {said:?}", finding.id));
                }
            }
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn the_table_of_checks_is_whole() {
    let mut seen = BTreeSet::new();
    for check in CHECKS {
        let spec = check.spec();
        assert!(seen.insert(spec.id), "{} stands twice", spec.id);
        assert!(spec.limit <= Duration::from_secs(10), "{} may take longer than a verdict", spec.id);
        for need in spec.needs {
            assert!(CHECKS.iter().any(|check| check.spec().id == *need), "{} needs {need}", spec.id);
        }
    }
}

/// What stands between the plug and a host's first word.
fn path() -> Vec<&'static str> {
    let rungs = LADDER.iter().copied().take_while(|id| *id != "clock.offset");
    ["net.wifi", "net.cell"].into_iter().chain(rungs).collect()
}

#[test]
fn the_ladder_stands_in_the_table_in_its_order() {
    let place = |id: &str| CHECKS.iter().position(|check| check.spec().id == id).expect("a check");
    assert!(LADDER.iter().map(|id| place(id)).is_sorted());
}

#[test]
fn words_select_checks_with_what_they_need() {
    let ids = |words: &[&str]| -> Result<Vec<&str>, UnknownWord> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        select(&words).map(|checks| checks.iter().map(|check| check.spec().id).collect())
    };
    assert_eq!(ids(&[]).expect("all").len(), CHECKS.len());
    assert_eq!(ids(&["network"]).expect("an area"), [path().as_slice(), &["net.trace", "net.modem"]].concat());
    let tls = ids(&["host.tls:primary"]).expect("an id with its subject");
    assert_eq!(tls, [path().as_slice(), &["host.tls"]].concat());
    assert_eq!(ids(&["store"]).expect("an area"), ["sys.readonly", "sys.disk", "store.health"]);
    // Right words without a check in this version.
    assert!(ids(&["notice"]).expect("an area").is_empty());
    assert!(ids(&["notice.window"]).expect("a frozen id").is_empty());
    let unknown = ids(&["netwrok"]).expect_err("no such word");
    assert_eq!((unknown.word.as_str(), unknown.nearest.as_deref()), ("netwrok", Some("network")));
}

#[test]
fn a_change_reaches_whatever_stands_on_it() {
    let ids = |changed: &[&str]| affected(changed).iter().map(|check| check.spec().id).collect::<Vec<_>>();
    assert!(ids(&["net.link"]).starts_with(&[path().as_slice(), &["clock.offset", "host.tls"]].concat()));
    assert_eq!(ids(&["sys.disk"]), ["sys.readonly", "sys.disk", "sys.memory", "app.alive", "store.health"]);
    assert_eq!(ids(&["sys.load"]), ["sys.load"]);
    assert_eq!(ids(&["net.trace"]), ["net.trace"], "nothing stands on it");
    assert!(ids(&[]).is_empty());
}

#[test]
fn a_subject_narrows_the_findings() {
    let (_, scene) = machines().into_iter().find(|(name, _)| name == "healthy").expect("healthy");
    let cx = cx_of(&scene);
    let spec = CHECKS.iter().find(|check| check.spec().id == "host.tcp").expect("host.tcp").spec();
    let of = |id: &str| {
        let mut finding = spec.found(&cx, Status::Ok, "host-tcp-ok");
        id.clone_into(&mut finding.id);
        finding
    };
    let all = || vec![of("net.link:eth0"), of("host.tcp:primary"), of("host.tcp:backup")];
    let left = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let mut findings = all();
        narrow(&words, &mut findings);
        findings.into_iter().map(|finding| finding.id).collect::<Vec<_>>()
    };
    assert_eq!(left(&["host.tcp:primary"]), ["net.link:eth0", "host.tcp:primary"]);
    assert_eq!(left(&["host.tcp"]).len(), 3);
    assert_eq!(left(&[]).len(), 3);
}

struct Trap(fn() -> Fut<'static, Vec<Finding>>);

const TRAP: CheckSpec = CheckSpec {
    id: "sys.trap",
    area: Area::System,
    screen: "56",
    every: Duration::from_mins(1),
    limit: Duration::from_millis(100),
    needs: &[],
};

impl Check for Trap {
    fn spec(&self) -> &'static CheckSpec {
        &TRAP
    }

    fn run(&self, _: Cx) -> Fut<'_, Vec<Finding>> {
        (self.0)()
    }
}

#[tokio::test]
async fn a_check_that_hangs_breaks_or_says_nothing_takes_no_other_down() {
    static HANGS: Trap = Trap(|| Box::pin(std::future::pending()));
    static BREAKS: Trap = Trap(|| Box::pin(async { panic!("a fault of this check") }));
    static MUTE: Trap = Trap(|| Box::pin(async { Vec::new() }));
    let (_, scene) = machines().into_iter().find(|(name, _)| name == "healthy").expect("healthy");
    let link = *CHECKS.iter().find(|check| check.spec().id == "net.link").expect("net.link");
    let findings = run(cx_of(&scene), &[&HANGS, &BREAKS, &MUTE, link]).await;
    let shown: Vec<String> = findings.iter().map(shown).collect();
    assert_eq!(shown, ["unknown check-late", "unknown check-broken", "unknown check-broken", "ok net-link-ok"]);
    assert_eq!(exit_code(overall(&findings)), 3);
    assert_eq!(judge(&mut findings.clone()), None, "what cannot be told is no cause");
}

#[tokio::test]
async fn checks_that_are_switched_off_never_run() {
    let (_, mut scene) = machines().into_iter().find(|(name, _)| name == "host-refused").expect("host-refused");
    scene.config.checks.off = vec!["host.tcp:primary".to_owned(), "sys.load".to_owned()];
    let findings = run(cx_of(&scene), CHECKS).await;
    assert!(findings.iter().all(|finding| finding.id != "host.tcp:primary" && finding.id != "sys.load"));
    assert!(findings.iter().any(|finding| finding.id == "host.tls:primary"));
}

#[tokio::test]
async fn a_gateway_that_never_answered_is_not_accused_for_its_silence() {
    let (_, scene) = machines().into_iter().find(|(name, _)| name == "gateway-silent").expect("gateway-silent");
    let mut cx = cx_of(&scene);
    let gateway = CHECKS.iter().find(|check| check.spec().id == "net.gateway").expect("net.gateway");
    let before = gateway.spec().found(&cx, Status::Ok, "net-gateway-quiet");
    cx.previous = Arc::new(vec![Finding { facts: [("icmp".to_owned(), Fact::from("silent"))].into(), ..before }]);
    let findings = run(cx, &[*gateway]).await;
    assert_eq!(shown(&findings[0]), "unknown net-gateway-unclear");
}

#[tokio::test]
async fn a_host_is_dialled_once_for_all_that_look_at_it() {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use crate::platform::*;

    /// Counts the dials of another machine.
    struct Counting(Machine, Arc<AtomicUsize>);
    impl Host for Counting {
        fn now(&self) -> Stamp {
            self.0.now()
        }
        fn built(&self) -> Stamp {
            self.0.built()
        }
        fn read<'a>(&'a self, path: &'a str, bound: usize) -> Fut<'a, Result<Vec<u8>, ReadFault>> {
            self.0.read(path, bound)
        }
        fn net(&self) -> Fut<'_, Result<NetView, Trouble>> {
            self.0.net()
        }
        fn ping(&self, to: std::net::IpAddr, limit: Duration) -> Fut<'_, Ping> {
            self.0.ping(to, limit)
        }
        fn knock<'a>(&'a self, to: std::net::IpAddr, interface: &'a str, limit: Duration) -> Fut<'a, Knock> {
            self.0.knock(to, interface, limit)
        }
        fn lookup<'a>(&'a self, name: &'a str, limit: Duration) -> Fut<'a, Result<Vec<std::net::IpAddr>, LookupFault>> {
            self.0.lookup(name, limit)
        }
        fn ask_dns<'a>(&'a self, server: std::net::SocketAddr, name: &'a str, limit: Duration) -> Fut<'a, DnsReply> {
            self.0.ask_dns(server, name, limit)
        }
        fn dial(&self, to: std::net::SocketAddr, tls: Option<TlsAsk>) -> Fut<'_, Dialled> {
            Box::pin(async move {
                self.1.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
                self.0.dial(to, tls).await
            })
        }
        fn sntp(&self, server: std::net::SocketAddr, limit: Duration) -> Fut<'_, Result<TimeSeen, TimeFault>> {
            self.0.sntp(server, limit)
        }
        fn space<'a>(&'a self, path: &'a str) -> Fut<'a, Result<Space, Trouble>> {
            self.0.space(path)
        }
        fn vitals(&self) -> Fut<'_, Result<Vitals, Trouble>> {
            self.0.vitals()
        }
        fn temperatures(&self) -> Fut<'_, Result<Vec<Temperature>, Trouble>> {
            self.0.temperatures()
        }
        fn units<'a>(&'a self, names: &'a [String]) -> Fut<'a, Result<Units, Trouble>> {
            self.0.units(names)
        }
        fn exec<'a>(&'a self, argv: &'a [String], limit: Duration, bound: usize) -> Fut<'a, Result<Output, ExecFault>> {
            self.0.exec(argv, limit, bound)
        }
        fn list<'a>(&'a self, path: &'a str) -> Fut<'a, Result<Vec<String>, ReadFault>> {
            self.0.list(path)
        }
    }

    let (_, scene) = machines().into_iter().find(|(name, _)| name == "healthy").expect("healthy");
    let dials = Arc::new(AtomicUsize::new(0));
    let mut cx = cx_of(&scene);
    cx.host = Arc::new(Counting(scene.machine.clone(), dials.clone()));
    run(cx.clone(), CHECKS).await;
    assert_eq!(dials.load(Ordering::Relaxed), scene.config.host.len());
    run(cx, CHECKS).await;
    assert_eq!(dials.load(Ordering::Relaxed), 2 * scene.config.host.len(), "a new run probes afresh");
}

/// Findings of the real families in any state.
fn any_findings() -> impl Strategy<Value = Vec<Finding>> {
    const STATES: [Status; 7] =
        [Status::Ok, Status::Warning, Status::Fail, Status::Unknown, Status::NotTested, Status::Stale, Status::Absent];
    const CODES: [&str; 6] =
        ["net-link-off", "host-tcp-timeout", "host-cert-not-yet", "clock-silent", "txn-waiting", "store-full"];
    let one = (
        0..CHECKS.len(),
        proptest::sample::select(&STATES[..]),
        proptest::sample::select(&CODES[..]),
        0..3usize,
        any::<bool>(),
    );
    proptest::collection::vec(one, 0..24).prop_map(|all| {
        let mut findings: Vec<Finding> = Vec::new();
        for (check, status, code, subject, loopback) in all {
            let spec = CHECKS[check].spec();
            let id = if subject == 0 { spec.id.to_owned() } else { format!("{}:s{subject}", spec.id) };
            if findings.iter().any(|finding| finding.id == id) {
                continue;
            }
            let path = if loopback { "loopback" } else { "routed" };
            findings.push(Finding {
                id,
                area: spec.area,
                screen: spec.screen.to_owned(),
                status,
                code: code.to_owned(),
                facts: [("path".to_owned(), Fact::from(path))].into(),
                remedy: Some("restart-network".to_owned()),
                at: Stamp::default(),
                root: false,
                caused_by: None,
            });
        }
        findings
    })
}

proptest! {
    #[test]
    fn whatever_was_found_the_judgement_is_sound(before in any_findings()) {
        let mut after = before.clone();
        let root = judge(&mut after);
        let by_id = |id: &str| after.iter().find(|finding| finding.id == id);
        let bad = |finding: &&Finding| finding.status.is_bad();
        prop_assert_eq!(root.is_some(), after.iter().any(|finding| finding.status.is_bad()));
        prop_assert_eq!(after.iter().filter(|finding| finding.root).count(), usize::from(root.is_some()));
        if let Some(root) = &root {
            let root = by_id(root).expect("the root is one of them");
            prop_assert!(root.root && root.status.is_bad() && root.caused_by.is_none());
            let free_failure = after.iter().filter(bad).any(|f| f.status == Status::Fail && f.caused_by.is_none());
            prop_assert!(root.status == Status::Fail || !free_failure, "a failure comes before a warning");
        }
        for (was, is) in before.iter().zip(&after) {
            prop_assert_eq!(&was.id, &is.id);
            prop_assert!(was.status == is.status || is.status == Status::NotTested && is.caused_by.is_some());
            if let Some(cause) = &is.caused_by {
                let cause = by_id(cause).expect("the cause is one of them");
                prop_assert!(cause.status.is_bad() && cause.caused_by.is_none(), "the bottom of the chain");
                prop_assert!(matches!(was.status, Status::Fail | Status::Warning | Status::Unknown | Status::NotTested));
            }
        }
        let mut again = before;
        again.reverse();
        judge(&mut again);
        again.reverse();
        let states = |all: &[Finding]| all.iter().map(|finding| finding.status).collect::<Vec<_>>();
        prop_assert_eq!(states(&after), states(&again), "the order of findings does not matter");
    }
}
