//! A running simulation in a folder: everything wired together, and the door for `pos-sim fault`.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::FlockOperation;
use rustix::process::{Pid, test_kill_process};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::time::{interval, sleep};

use super::SimError;
use super::acquirer::{Acquirer, Manner};
use super::faults::{Fault, Faults, read_control, write_control};
use super::history::{History, days_until};
use super::ledger::Ledger;
use super::line::{Pen, Schema};
use super::moment::now_ms;
use super::setup::{Setup, replace};
use super::shop::Shop;
use super::terminal::{Dial, Pace, Terminal};
use super::tls::Papers;

/// How often the control file and the watched process are looked at.
const LOOK: Duration = Duration::from_millis(200);
/// Of 1000 requests, how many the application logs before the answer.
pub const REQUEST_PERMILLE: u64 = 300;

/// What `pos-sim run` was asked for.
#[derive(Clone, Debug)]
pub struct Options {
    pub dir: PathBuf,
    pub seed: u64,
    pub history_days: u32,
    pub per_day: u32,
    pub pace: Pace,
    pub faults: Faults,
    pub tls: bool,
    pub port: u16,
    pub answer_timeout_s: u64,
    pub schema: Schema,
    /// Minutes east of UTC.
    pub offset: i16,
    /// Ends when this process is gone.
    pub watched: Option<i32>,
    /// Thousandths of the bank's real thinking time.
    pub think_permille: u32,
}

/// Runs until a signal, the last customer or the end of the watched process.
pub async fn run(options: Options) -> Result<(), SimError> {
    let mut stop = Stop::listen()?;
    let dir = &options.dir;
    std::fs::create_dir_all(dir).map_err(SimError::file(dir))?;
    let dir = &dir.canonicalize().map_err(SimError::file(dir))?;
    let _lock = lock(dir)?;
    let able = Able { tls: options.tls, table: options.schema == Schema::Table };
    able.check(&options.faults).map_err(SimError::Usage)?;
    write_control(dir, &options.faults)?;

    let papers = options.tls.then(Papers::issue).transpose()?;
    let dial_tls = papers.as_ref().map(Papers::connector).transpose()?;
    let authority = papers.as_ref().map(|papers| papers.authority_pem.clone());
    let (faults, outage) = (watch::Sender::new(options.faults.clone()), watch::Sender::new(false));
    let manner = Manner {
        seed: options.seed,
        offset: options.offset,
        papers,
        think_permille: options.think_permille,
        slow: Duration::from_secs(6),
    };
    let acquirer = Acquirer::reserve(options.port, manner, faults.subscribe(), outage.subscribe())?;
    let setup = Setup {
        dir: dir.clone(),
        port: acquirer.port(),
        tls: options.tls,
        schema: options.schema,
        answer_timeout_s: options.answer_timeout_s,
    };
    if let Some(pem) = authority {
        replace(&setup.authority(), &pem)?;
    }
    let (shop, ledger) = prepare(&options, &setup)?;
    let history_lines = ledger.written;
    let dial = Dial { port: setup.port, tls: dial_tls, patience: Duration::from_secs(options.answer_timeout_s.max(1)) };
    let mut terminal = Terminal::new(shop, ledger, dial, faults.subscribe(), outage, options.offset);

    let mut applied = acquirer.applied();
    let served = tokio::spawn(acquirer.serve());
    // Once the first faults are in force the port is what the configuration says it is.
    let _ = applied.changed().await;
    write_status(dir, &setup, &applied.borrow_and_update().clone())?;
    setup.write()?;
    say(&format!(
        "{history_lines} lines of history in {}, acquirer on 127.0.0.1:{} ({}), {} customers a minute, faults: {}",
        setup.journal().display(),
        setup.port,
        if setup.tls { "TLS" } else { "TCP" },
        options.pace.per_minute,
        options.faults,
    ));
    let why = tokio::select! {
        served = terminal.live(options.pace) => format!("served {} customers", served?),
        ended = served => match ended {
            Ok(Err(error)) => return Err(error),
            _ => "the acquirer ended".to_owned(),
        },
        ended = keep_status(dir, &setup, applied) => { ended?; "the acquirer ended".to_owned() }
        () = obey(dir, able, &faults) => "the control file is gone for good".to_owned(),
        signal = stop.asked() => format!("stopped by {signal}"),
        () = gone(options.watched) => "the watched process ended".to_owned(),
    };
    let _ = std::fs::remove_file(status_file(dir));
    say(&format!("{why}; {} lines written live", terminal.ledger.written - history_lines));
    Ok(())
}

/// Opens the journal and fills it with the past; a journal that is there already is gone on with.
fn prepare(options: &Options, setup: &Setup) -> Result<(Shop, Ledger), SimError> {
    let mut shop = Shop::new(options.seed, REQUEST_PERMILLE);
    let mut ledger = Ledger::open(&setup.journal(), Pen { schema: options.schema, offset: options.offset })?;
    if let Some(stan) = ledger.last_stan()? {
        say("the journal is there already: no history, going on behind it");
        shop.resume(stan);
    } else if options.history_days > 0 {
        let now = now_ms();
        let sessions = days_until(now, options.history_days, options.offset).into_iter();
        let history = History::new(&mut shop, options.seed, options.offset, options.per_day, sessions);
        ledger.append_all(history)?;
    }
    Ok((shop, ledger))
}

/// Says one line to whoever started us; a closed pipe is no reason to stop.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "pos-sim: {line}").and_then(|()| out.flush());
}

/// One simulation a folder; the lock falls with its holder.
fn lock(dir: &Path) -> Result<File, SimError> {
    let path = dir.join("pos-sim.lock");
    let file = File::create(&path).map_err(SimError::file(&path))?;
    match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(_) => Err(SimError::Busy(dir.to_owned())),
    }
}

/// What a simulation has that faults can be about.
#[derive(Clone, Copy, Debug)]
struct Able {
    tls: bool,
    /// The journal is a table and no file of lines.
    table: bool,
}

impl Able {
    fn check(self, faults: &Faults) -> Result<(), String> {
        if faults.need_tls() && !self.tls {
            return Err(format!("faults `{faults}` are the certificate's and need --tls"));
        }
        if self.table && [Fault::Torn, Fault::Rotate, Fault::Truncate].iter().any(|fault| faults.has(*fault)) {
            return Err(format!("faults `{faults}` are those of a file of lines; this journal is a table"));
        }
        Ok(())
    }
}

fn status_file(dir: &Path) -> PathBuf {
    dir.join("pos-sim.json")
}

fn write_status(dir: &Path, setup: &Setup, faults: &Faults) -> Result<(), SimError> {
    let status = serde_json::json!({
        "pid": std::process::id(), "port": setup.port, "tls": setup.tls,
        "table": setup.schema == Schema::Table, "faults": faults.to_string(),
    });
    replace(&status_file(dir), &format!("{status}\n"))
}

async fn keep_status(dir: &Path, setup: &Setup, mut applied: watch::Receiver<Faults>) -> Result<(), SimError> {
    while applied.changed().await.is_ok() {
        let faults = applied.borrow_and_update().clone();
        write_status(dir, setup, &faults)?;
    }
    Ok(())
}

/// Puts in force what the control file says, whenever it says something else.
async fn obey(dir: &Path, able: Able, faults: &watch::Sender<Faults>) {
    let mut ticks = interval(LOOK);
    let mut refused = String::new();
    loop {
        ticks.tick().await;
        let Some(asked) = read_control(dir) else { continue };
        match asked.and_then(|asked| able.check(&asked).map(|()| asked)) {
            Ok(asked) => {
                let changed = faults.send_if_modified(|now| {
                    let differs = *now != asked;
                    now.clone_from(&asked);
                    differs
                });
                if changed {
                    say(&format!("faults now: {asked}"));
                }
            }
            Err(why) if why != refused => {
                say(&why);
                refused = why;
            }
            Err(_) => {}
        }
    }
}

/// The signals that end it; listened to before anybody is told that it runs.
struct Stop {
    term: Signal,
    int: Signal,
    hup: Signal,
}

impl Stop {
    fn listen() -> Result<Self, SimError> {
        let to = |kind| signal(kind).map_err(SimError::Start);
        Ok(Self {
            term: to(SignalKind::terminate())?,
            int: to(SignalKind::interrupt())?,
            hup: to(SignalKind::hangup())?,
        })
    }

    async fn asked(&mut self) -> &'static str {
        tokio::select! {
            _ = self.term.recv() => "SIGTERM",
            _ = self.int.recv() => "SIGINT",
            _ = self.hup.recv() => "SIGHUP",
        }
    }
}

async fn gone(watched: Option<i32>) {
    let Some(pid) = watched.and_then(Pid::from_raw) else { return std::future::pending().await };
    while test_kill_process(pid) != Err(rustix::io::Errno::SRCH) {
        sleep(LOOK).await;
    }
}

/// `pos-sim fault`: asks the simulation in `dir` for these faults and waits until they are in force.
pub fn set_faults(dir: &Path, faults: &Faults) -> Result<(), SimError> {
    let path = status_file(dir);
    let status = || -> Option<serde_json::Value> { serde_json::from_slice(&std::fs::read(&path).ok()?).ok() };
    if status().is_none() || lock(dir).is_ok() {
        return Err(SimError::Usage(format!("no pos-sim runs in {}", dir.display())));
    }
    let has = |what: &str| status().is_some_and(|status| status[what] == true);
    Able { tls: has("tls"), table: has("table") }.check(faults).map_err(SimError::Usage)?;
    write_control(dir, faults)?;
    let wanted = faults.to_string();
    for _ in 0..100 {
        match status() {
            Some(now) if now["faults"] == wanted.as_str() => {
                say(&format!("faults now: {wanted}"));
                return Ok(());
            }
            Some(_) => std::thread::sleep(Duration::from_millis(50)),
            None => break,
        }
    }
    Err(SimError::Usage(format!("pos-sim in {} does not answer", dir.display())))
}
