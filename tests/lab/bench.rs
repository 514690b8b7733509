//! Makes each fault, asks the real program, undoes the fault, and counts.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::LAY;
use super::fault::{Fault, catalogue};
use super::world::has;

/// All has to be well again this long after the undo.
const MENDED: Duration = Duration::from_secs(15);
/// A machine that does many things at once is given more before a test fails.
const PATIENCE: Duration = Duration::from_mins(1);

/// What the program said.
struct Verdict {
    root: String,
    code: String,
    remedy: String,
    also: Vec<String>,
    took: Duration,
    report: Value,
}

/// A helper that ends with its owner.
struct Helper(Child);

impl Drop for Helper {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Bench {
    folder: PathBuf,
}

impl Bench {
    /// Runs shell with the functions of `lay.sh`.
    fn shell(&self, script: &str) {
        let status = Command::new("bash")
            .args(["-c", &format!("{LAY}\n{script}")])
            .env("LAB", &self.folder)
            .stdin(Stdio::null())
            .status()
            .expect("bash");
        if !status.success() {
            println!("  note: {script:?} ended with {status}");
        }
    }

    fn ask(&self) -> Verdict {
        let began = Instant::now();
        let output = Command::new(env!("CARGO_BIN_EXE_pos-console"))
            .arg("--config")
            .arg(self.folder.join("pos-console.toml"))
            .arg("--state-dir")
            .arg(self.folder.join("state"))
            .args(["check", "network", "host", "clock", "transactions"])
            .args(["sys.disk", "sys.readonly", "app.alive", "printer.status"])
            .args(["reader", "--json"])
            .env("SSL_CERT_FILE", self.folder.join("no-roots.pem"))
            .output()
            .expect("pos-console");
        let took = began.elapsed();
        let report: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
        let root = report["root_cause"].as_str().unwrap_or_default().to_owned();
        let of_root = |key: &str| {
            let finding = report["findings"].as_array().into_iter().flatten().find(|f| f["id"] == root.as_str());
            finding.and_then(|f| f[key].as_str()).unwrap_or_default().to_owned()
        };
        let (code, remedy) = (of_root("code"), of_root("remedy"));
        let of = report["findings"].as_array().into_iter().flatten().find(|f| f["id"] == root.as_str());
        let also = of.and_then(|f| f["facts"]["also"].as_array()).into_iter().flatten();
        let also = also.filter_map(|id| id.as_str().map(str::to_owned)).collect();
        Verdict { root, code, remedy, also, took, report }
    }

    fn well_again(&self, within: Duration) -> Option<Duration> {
        let since = Instant::now();
        loop {
            let verdict = self.ask();
            if verdict.root.is_empty() {
                return Some(since.elapsed());
            }
            if since.elapsed() > within {
                tell(&verdict.report);
                return None;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

/// What is not well, a line each.
fn tell(report: &Value) {
    for finding in report["findings"].as_array().into_iter().flatten() {
        if !matches!(finding["status"].as_str(), Some("ok" | "absent")) {
            println!("    {} {} {}", finding["id"], finding["status"], finding["summary"]);
            println!("        {}", finding["facts"]);
        }
    }
}

fn right(fault: &Fault, verdict: &Verdict) -> bool {
    if fault.root.is_empty() {
        return verdict.root.is_empty();
    }
    let code = fault.code.is_empty() || verdict.code.is_empty() || verdict.code == fault.code;
    let also = fault.also.iter().all(|id| verdict.also.contains(id));
    fault.root.contains(&verdict.root) && code && also && fault.remedy.contains(&verdict.remedy)
}

/// Runs inside the terminal's namespace.
#[test]
fn all_faults() {
    if std::env::var_os("LAB_INSIDE").is_none() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let bench = Bench { folder: folder.path().to_owned() };
    let world = |role: &str, place: &str| {
        let exe = std::env::var_os("LAB_EXE").expect("this test");
        let mut command = Command::new("ip");
        command.args(["netns", "exec", place]).arg(exe).args(["world::role", "--exact", "--nocapture"]);
        command.env("LAB_ROLE", role).env("LAB", &bench.folder).env_remove("LAB_INSIDE").stdout(Stdio::null());
        Helper(command.spawn().expect("a helper"))
    };
    let _world = (world("world", "world"), world("router", "router"));
    wait_for(&bench.folder.join("ca.pem"));
    std::fs::write(bench.folder.join("pos-console.toml"), super::world::config(&bench.folder)).expect("config");
    bench.shell("dns ok; journal 00 12; disk; app; printer ok");
    if super::world::has_cards() {
        bench.shell("cards ok");
    }
    assert!(bench.well_again(PATIENCE).is_some(), "the healthy terminal is not well");

    let all = std::env::var_os("POS_LAB_FAULTS");
    let only = all.as_ref().map(|name| name.to_string_lossy().into_owned()).filter(|name| name != "all");
    let mut chosen = catalogue();
    chosen.retain(|fault| match &only {
        Some(name) => fault.name.contains(name.as_str()),
        None => all.is_some() || fault.quick,
    });
    let (mut took, mut mended, mut wrong, mut skipped) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for fault in &chosen {
        if !fault.needs.is_empty() && !has(&fault.needs) {
            println!("skipped: {} needs {}", fault.name, fault.needs);
            skipped += 1;
            continue;
        }
        bench.shell(&fault.inject);
        let verdict = bench.ask();
        let good = right(fault, &verdict);
        println!(
            "{:>6} ms  {} {}: {} {}",
            verdict.took.as_millis(),
            if good { "right" } else { "WRONG" },
            fault.name,
            if verdict.root.is_empty() { "no fault" } else { &verdict.root },
            verdict.code,
        );
        took.push(verdict.took);
        if !good {
            println!("    {}: expected {:?} {} remedy {:?}", fault.title, fault.root, fault.code, fault.remedy);
            println!("    beside it {:?}, not {:?}", verdict.also, fault.also);
            tell(&verdict.report);
            wrong.push(fault.name.clone());
        }
        bench.shell(&fault.undo);
        match bench.well_again(PATIENCE) {
            Some(after) => mended.push(after),
            None => panic!("{}: not well again", fault.name),
        }
    }
    let healthy = healthy(&bench);
    took.sort_unstable();
    let tried = chosen.len() - skipped;
    println!("faults: {tried} tried, {} right ({} %)", tried - wrong.len(), (tried - wrong.len()) * 100 / tried.max(1));
    println!(
        "verdict: median {} ms, worst {} ms; right again after {} ms at worst, {} of {tried} within {} s",
        took.get(took.len() / 2).map_or(0, Duration::as_millis),
        took.last().map_or(0, Duration::as_millis),
        mended.iter().max().map_or(0, Duration::as_millis),
        mended.iter().filter(|after| **after <= MENDED).count(),
        MENDED.as_secs(),
    );
    println!("healthy: {} false findings in {} checks", healthy.0, healthy.1);
    assert!(wrong.is_empty(), "wrong: {wrong:?}");
    assert_eq!(healthy.0, 0, "false findings in a healthy period");
}

/// Asks for so long as `POS_LAB_HEALTHY` says in seconds; how often something was found, and how often it was asked.
fn healthy(bench: &Bench) -> (usize, usize) {
    let seconds = std::env::var("POS_LAB_HEALTHY").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    let (since, mut found, mut asked) = (Instant::now(), 0, 0);
    while since.elapsed() < Duration::from_secs(seconds) {
        let verdict = bench.ask();
        asked += 1;
        if !verdict.root.is_empty() {
            found += 1;
            tell(&verdict.report);
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    (found, asked)
}

fn wait_for(file: &Path) {
    let since = Instant::now();
    while !file.exists() {
        assert!(since.elapsed() < PATIENCE, "the world does not begin");
        std::thread::sleep(Duration::from_millis(20));
    }
}
