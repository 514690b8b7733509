//! The simulation against itself, on loopback: answers, every fault, a live shop, the door for faults.
#![allow(clippy::panic, reason = "a test says why it cannot go on")]

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::acquirer::{Acquirer, Manner};
use super::faults::{Fault, Faults, control_file};
use super::line::{MAP, Schema};
use super::run::{Options, run, set_faults};
use super::shop::{Earlier, Shop, Wish};
use super::terminal::{Dial, Pace, request, service_request};
use super::tls::Papers;
use super::wire::{Message, WireError};

/// Long enough for a busy machine; only waits for silence take all of it, and those are short.
const PATIENCE: Duration = Duration::from_secs(20);
const SILENCE: Duration = Duration::from_millis(300);
const SLOW: Duration = Duration::from_millis(300);

struct Bench {
    dial: Dial,
    faults: watch::Sender<Faults>,
    applied: watch::Receiver<Faults>,
    _outage: watch::Sender<bool>,
}

impl Bench {
    async fn with(fault: Option<Fault>, tls: bool) -> Self {
        let faults = watch::Sender::new(Faults::new(fault));
        let outage = watch::Sender::new(false);
        let papers = tls.then(|| Papers::issue().expect("certificates"));
        let connector = papers.as_ref().map(|papers| papers.connector().expect("connector"));
        let manner = Manner { seed: 1, offset: 480, papers, think_permille: 0, slow: SLOW };
        let acquirer = Acquirer::reserve(0, manner, faults.subscribe(), outage.subscribe()).expect("a port");
        let dial = Dial { port: acquirer.port(), tls: connector, patience: PATIENCE };
        let mut applied = acquirer.applied();
        tokio::spawn(acquirer.serve());
        applied.changed().await.expect("serves");
        Self { dial, faults, applied, _outage: outage }
    }

    async fn set(&mut self, faults: Faults) {
        self.faults.send_replace(faults.clone());
        self.applied.wait_for(|now| *now == faults).await.expect("serves");
    }

    async fn echo(&self) -> Result<Message, WireError> {
        self.dial.exchange(&service_request("echo", 1, 1)).await
    }

    /// True when nothing comes back, and the connection stands, for as long as we listen.
    async fn is_silent(&self) -> bool {
        tokio::time::timeout(SILENCE, self.echo()).await.is_err()
    }
}

fn wish() -> Wish {
    Shop::new(3, 300).next_wish()
}

/// A request that the bank approves, whatever the seed thinks of others.
async fn approved(bench: &Bench) -> Message {
    for stan in 1..100 {
        let asked = request(&wish(), stan, 1, 480);
        // Some get no answer by design; those end with the connection's patience elsewhere.
        if let Ok(Ok(answer)) = tokio::time::timeout(SILENCE, bench.dial.exchange(&asked)).await
            && answer.get(39) == Some(b"00")
        {
            assert_eq!(answer.get(11), asked.get(11));
            return answer;
        }
    }
    panic!("a hundred requests and none approved");
}

#[tokio::test]
async fn the_acquirer_answers_every_kind_of_message_over_tcp_and_tls() {
    for tls in [false, true] {
        let bench = Bench::with(None, tls).await;
        for (kind, mti) in [("signon", 0x0810), ("settle", 0x0510), ("echo", 0x0830)] {
            let answer = bench.dial.exchange(&service_request(kind, 7, 1)).await.expect(kind);
            assert_eq!((answer.mti, answer.get(39)), (mti, Some(&b"00"[..])), "{kind}");
        }
        let answer = approved(&bench).await;
        assert_eq!(answer.mti & 0xFF, 0x10);
        assert_eq!(answer.get(37).map(<[u8]>::len), Some(12));
        assert_eq!(answer.get(38).map(<[u8]>::len), Some(6));
        let mut reversal = request(&wish(), 9, 1, 480).with(39, *b"98");
        reversal.mti = 0x0400;
        let answer = bench.dial.exchange(&reversal).await.expect("reversal");
        assert_eq!((answer.mti, answer.get(39)), (0x0410, Some(&b"00"[..])));
    }
}

#[tokio::test]
async fn the_console_reads_every_message_of_this_line() {
    let bench = Bench::with(None, false).await;
    let packing = pos_console::iso8583::by_name("cup-pos").expect("built in");
    let mut shop = Shop::new(8, 300);
    let mut messages: Vec<Message> = ["signon", "settle", "echo"].map(|kind| service_request(kind, 7, 1)).into();
    for stan in 1..200 {
        let wish = shop.next_wish();
        messages.push(request(&wish, stan, 1, 480));
        let (method, entry_mode, card) = (wish.method, wish.entry_mode, wish.card);
        shop.approved(Earlier { kind: wish.kind, stan, batch: 1, amount: 100, method, entry_mode, card });
    }
    let mut answers = Vec::new();
    for message in messages.iter().step_by(9) {
        if let Ok(answer) = tokio::time::timeout(SILENCE, bench.dial.exchange(message)).await {
            answers.push(answer.expect("answers"));
        }
    }
    assert!(answers.len() > 15);
    for message in messages.iter().chain(&answers) {
        let read = pos_console::iso8583::decode(&message.encode().expect("encodes"), &packing);
        assert!(read.error.is_none() && read.warnings.is_empty(), "{message:?}: {:?} {:?}", read.error, read.warnings);
        for field in [3, 4, 11, 22, 25, 37, 38, 39, 41, 42, 60, 61] {
            let ours = message.get(field).map(|value| String::from_utf8_lossy(value).into_owned());
            let theirs = read.field(field).map(str::to_owned);
            assert_eq!(theirs, ours, "field {field}");
        }
    }
}

#[tokio::test]
async fn several_messages_go_over_one_connection() {
    let bench = Bench::with(None, false).await;
    let mut stream = TcpStream::connect(("127.0.0.1", bench.dial.port)).await.expect("connects");
    for stan in [4, 5] {
        service_request("signon", stan, 1).send(&mut stream).await.expect("sends");
        assert_eq!(Message::receive(&mut stream).await.expect("answers").number(11), Some(u64::from(stan)));
    }
}

#[tokio::test]
async fn mute_takes_the_connection_and_says_nothing_not_even_tls() {
    for tls in [false, true] {
        let bench = Bench::with(Some(Fault::Mute), tls).await;
        assert!(TcpStream::connect(("127.0.0.1", bench.dial.port)).await.is_ok());
        assert!(bench.is_silent().await);
    }
}

#[tokio::test]
async fn no_answer_shakes_hands_and_then_says_nothing() {
    let bench = Bench::with(Some(Fault::NoAnswer), true).await;
    let (connector, name) = bench.dial.tls.clone().expect("tls");
    let stream = TcpStream::connect(("127.0.0.1", bench.dial.port)).await.expect("connects");
    assert!(connector.connect(name, stream).await.is_ok());
    assert!(bench.is_silent().await);
}

#[tokio::test]
async fn refuse_closes_the_port_and_none_opens_the_same_one_again() {
    let mut bench = Bench::with(Some(Fault::Refuse), false).await;
    for _ in 0..3 {
        let refused = bench.echo().await.expect_err("refused");
        assert!(matches!(&refused, WireError::Line(error) if error.kind() == std::io::ErrorKind::ConnectionRefused));
        bench.set(Faults::default()).await;
        bench.echo().await.expect("answers again");
        bench.set(Faults::new([Fault::Refuse])).await;
    }
}

#[tokio::test]
async fn a_bad_certificate_is_refused_for_its_own_reason() {
    for (fault, reason) in [
        (Fault::Expired, "Expired"),
        (Fault::NotYetValid, "NotValidYet"),
        (Fault::WrongName, "NotValidForName"),
        (Fault::Untrusted, "UnknownIssuer"),
    ] {
        let mut bench = Bench::with(Some(fault), true).await;
        let error = bench.echo().await.expect_err("refused");
        let told = format!("{error:?}");
        assert!(told.contains(reason), "{fault}: {told}");
        bench.set(Faults::default()).await;
        bench.echo().await.expect("good again");
    }
}

#[tokio::test]
async fn slow_answers_late_but_answers() {
    let bench = Bench::with(Some(Fault::Slow), false).await;
    let start = Instant::now();
    assert_eq!(bench.echo().await.expect("answers").mti, 0x0830);
    assert!(start.elapsed() >= SLOW);
}

#[tokio::test]
async fn decline_91_is_the_answer_to_money_only() {
    let bench = Bench::with(Some(Fault::Decline(*b"91")), false).await;
    for stan in 1..20 {
        let answer = bench.dial.exchange(&request(&wish(), stan, 1, 480)).await.expect("answers");
        assert_eq!(answer.get(39), Some(&b"91"[..]));
    }
    assert_eq!(bench.echo().await.expect("answers").get(39), Some(&b"00"[..]));
}

#[tokio::test]
async fn garbage_is_no_message_and_no_handshake() {
    for tls in [false, true] {
        let bench = Bench::with(Some(Fault::Garbage), tls).await;
        assert!(bench.echo().await.is_err());
    }
    let bench = Bench::with(Some(Fault::Garbage), false).await;
    let mut stream = TcpStream::connect(("127.0.0.1", bench.dial.port)).await.expect("connects");
    stream.write_all(b"hello").await.expect("sends");
    let mut some = [0; 8];
    assert!(stream.read(&mut some).await.expect("reads") > 0);
}

#[tokio::test]
async fn close_hangs_up_without_a_byte() {
    let bench = Bench::with(Some(Fault::Close), false).await;
    let mut stream = TcpStream::connect(("127.0.0.1", bench.dial.port)).await.expect("connects");
    assert_eq!(stream.read(&mut [0; 8]).await.expect("end"), 0);
}

fn options(dir: &Path, customers: Option<u64>) -> Options {
    Options {
        dir: dir.to_owned(),
        seed: 11,
        history_days: 2,
        per_day: 60,
        pace: Pace { per_minute: 60_000.0, customers, outages: false },
        faults: Faults::default(),
        tls: false,
        port: 0,
        answer_timeout_s: 1,
        schema: Schema::Default,
        offset: 480,
        watched: None,
        think_permille: 0,
    }
}

fn journal(dir: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(dir.join("journal.jsonl")).expect("journal");
    assert!(text.ends_with('\n'));
    text.lines().map(|line| serde_json::from_str(line).expect("a whole object")).collect()
}

/// What a seed decides: not the clock, not how long the machine took.
fn essence(lines: &[Value]) -> Vec<Value> {
    let strip = |line: &Value| {
        let mut line = line.clone();
        for clock in ["time", "latency_ms", "rrn", "host_time"] {
            line.as_object_mut().expect("object").remove(clock);
        }
        line
    };
    lines.iter().map(strip).collect()
}

#[tokio::test]
async fn a_live_shop_asks_the_acquirer_and_a_seed_repeats_it() {
    let mut live = Vec::new();
    for _ in 0..2 {
        let dir = tempfile::tempdir().expect("folder");
        let one = options(dir.path(), Some(120));
        run(Options { tls: true, history_days: 0, answer_timeout_s: 10, ..one }).await.expect("runs");
        live.push(essence(&journal(dir.path())));
        for file in ["pos-console.toml", "ca.pem"] {
            assert!(dir.path().join(file).exists(), "{file}");
        }
    }
    assert_eq!(live[0], live[1]);
    assert!(live[0].iter().all(|line| line["state"] != "timeout"), "a seed without silence keeps this test short");
    for (kind, at_least) in [("sale", 100), ("signon", 2), ("echo", 12), ("settle", 1)] {
        let count = live[0].iter().filter(|line| line["kind"] == kind).count();
        assert!(count >= at_least, "{count} of {kind}");
    }
    let declined = live[0].iter().filter(|line| line["code"].as_str().is_some_and(|code| code != "00")).count();
    assert!((1..40).contains(&declined), "{declined}");
}

#[tokio::test]
async fn an_outage_leaves_timeouts_and_then_their_reversals() {
    let dir = tempfile::tempdir().expect("folder");
    let mut options = options(dir.path(), Some(40));
    options.pace.outages = true;
    run(options).await.expect("runs");
    let lines = journal(dir.path());
    let of = |kind: &str, outcome: &dyn Fn(&Value) -> bool| -> Vec<String> {
        let wanted = lines.iter().filter(|line| line["kind"] == kind && outcome(line));
        wanted.map(|line| line["stan"].to_string()).collect()
    };
    let timeouts: Vec<String> = lines
        .iter()
        .filter(|line| line["state"] == "timeout" && line["kind"] != "reversal")
        .map(|line| line["stan"].to_string())
        .collect();
    let reversed = of("reversal", &|line| line["code"] == "00");
    assert!(timeouts.len() >= 3, "{timeouts:?}");
    assert!(timeouts.iter().all(|stan| reversed.contains(stan)), "{timeouts:?} against {reversed:?}");
}

#[tokio::test]
async fn a_second_start_goes_on_behind_the_journal_that_is_there() {
    let dir = tempfile::tempdir().expect("folder");
    run(options(dir.path(), Some(3))).await.expect("runs");
    let before = journal(dir.path());
    run(options(dir.path(), Some(3))).await.expect("runs again");
    let after = journal(dir.path());
    assert_eq!(after[..before.len()], before[..]);
    let stan = |line: &Value| -> u64 { line["stan"].as_str().and_then(|text| text.parse().ok()).expect("stan") };
    let newest = before.iter().map(stan).max();
    assert_eq!(Some(stan(&after[before.len()])), newest.map(|stan| stan + 1));
}

#[tokio::test]
async fn the_mapped_journal_of_a_run_is_named_in_its_configuration() {
    let dir = tempfile::tempdir().expect("folder");
    run(Options { schema: Schema::Mapped, ..options(dir.path(), Some(2)) }).await.expect("runs");
    let config = std::fs::read_to_string(dir.path().join("pos-console.toml")).expect("config");
    let config: pos_console::config::Config = toml::from_str(&config).expect("valid");
    assert_eq!(config.source[0].map.len(), MAP.len());
    let time = &config.source[0].map["time"];
    assert!(journal(dir.path()).iter().all(|line| line[time].is_string()));
}

#[tokio::test]
async fn faults_are_switched_while_it_runs_and_wrong_ones_are_refused() {
    let dir = tempfile::tempdir().expect("folder");
    let path = dir.path().to_owned();
    let fault = |names: &'static str| {
        let path = path.clone();
        tokio::task::spawn_blocking(move || set_faults(&path, &Faults::parse(names).expect(names)))
    };
    assert!(fault("mute").await.expect("joins").is_err(), "nobody runs there");
    let mut slow = options(&path, None);
    slow.pace.per_minute = 1.0;
    let running = tokio::spawn(run(slow));
    while !path.join("pos-console.toml").exists() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let second = run(options(&path, Some(1))).await.expect_err("one a folder");
    assert_eq!(second.exit_code(), 75);

    let config = std::fs::read_to_string(path.join("pos-console.toml")).expect("config");
    let config: pos_console::config::Config = toml::from_str(&config).expect("valid");
    let address = config.host[0].address.clone();
    assert!(TcpStream::connect(&address).await.is_ok());
    fault("refuse").await.expect("joins").expect("refuse");
    assert!(TcpStream::connect(&address).await.is_err());
    fault("none").await.expect("joins").expect("none");
    assert!(TcpStream::connect(&address).await.is_ok());
    assert_eq!(fault("expired").await.expect("joins").expect_err("needs TLS").exit_code(), 64);
    // Who writes nonsense into the control file by hand changes nothing.
    std::fs::write(control_file(&path), "nonsense\n").expect("writes");
    fault("decline-51 slow").await.expect("joins").expect("two at once");
    assert!(!running.is_finished());
    running.abort();
}

#[tokio::test]
async fn the_watched_process_takes_the_simulation_with_it() {
    let dir = tempfile::tempdir().expect("folder");
    let mut child = std::process::Command::new("sleep").arg("600").spawn().expect("sleep");
    let mut watching = options(dir.path(), None);
    watching.watched = i32::try_from(child.id()).ok();
    watching.pace.per_minute = 1.0;
    let running = tokio::spawn(run(watching));
    while !dir.path().join("pos-console.toml").exists() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    child.kill().expect("ends");
    child.wait().expect("is reaped");
    running.await.expect("joins").expect("ends by itself");
}
