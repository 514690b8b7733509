//! Every way out leaves the terminal as it was found.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::terminal::{Session, Start};

fn console() -> Session {
    let mut session = Session::console(&Start::default());
    session.at("0").shows("首页 HOME").shows("DEMO");
    session
}

#[test]
fn quit() {
    let mut session = console();
    session.send("q");
    assert!(session.ends_clean().success());
}

#[test]
fn red_red_green() {
    let mut session = console();
    session.send("3").at("3");
    // A lone Esc counts once it has been held.
    session.send("\x1b").at("0");
    session.send("\x1b").shows("绿=退出");
    session.send("\r");
    assert!(session.ends_clean().success());
}

#[test]
fn ctrl_c_from_anywhere() {
    let mut session = console();
    session.send("0315").at("31");
    session.send("\x03");
    assert!(session.ends_clean().success());
}

#[test]
fn signals() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT] {
        let mut session = console();
        session.kill(signal);
        assert!(!session.ends_clean().success(), "{signal:?} is no quiet end");
    }
}

#[test]
fn a_signal_in_the_middle_of_a_stalled_frame() {
    let mut session = Session::straw("well", &Start::default());
    session.at("0").stop_reading();
    // Each of these repaints the whole screen, until the line is full.
    for _ in 0..200 {
        session.send("\x0c3\x0c0");
    }
    session.kill(Signal::TERM);
    assert_eq!(session.ends().exit_code(), 100 + 15);
    assert!(session.is_cooked());
}

#[test]
fn the_terminal_is_gone() {
    lost("plain");
}

#[test]
fn the_terminal_is_gone_and_nobody_hangs_up() {
    // crossterm#793: with SIGHUP kept away, a program that only reads keys spins for ever.
    lost("shielded");
}

/// Kills a terminal emulator; the console in it has to end by itself, without work.
fn lost(kind: &str) {
    let this = std::env::current_exe().unwrap();
    let mut terminal = Command::new(this)
        .args(["--exact", "child::is_a_terminal", "--nocapture"])
        .env("PTY_TERMINAL", kind)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(terminal.stdout.take().unwrap()).lines().map_while(Result::ok);
    let pid: u32 = said.find_map(|line| line.strip_prefix("console ")?.parse().ok()).expect("a console");
    let before = work(pid).expect("it runs");
    terminal.kill().unwrap();
    terminal.wait().unwrap();
    let started = Instant::now();
    let mut after = before;
    while let Some(work) = work(pid) {
        after = work;
        assert!(started.elapsed() < Duration::from_secs(20), "the console lives on");
        std::thread::sleep(Duration::from_millis(5));
    }
    println!("{kind}: ended after {:?}, {} ticks of work", started.elapsed(), after - before);
    assert!(after - before < 20, "it spins: {} ticks of work after its terminal was gone", after - before);
}

/// Ticks of processor time a process has used; none once it has ended.
fn work(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<u64>().ok();
    (*fields.first()? != "Z").then_some(ticks(11)? + ticks(12)?)
}

#[test]
fn a_panic_puts_the_terminal_back_before_it_speaks() {
    let mut session = Session::straw("panic", &Start::default());
    session.at("0");
    // Asks the agent of straw, which falls over.
    session.send("094");
    assert_eq!(session.ends_clean().exit_code(), 50);
    let raw = String::from_utf8_lossy(&session.raw()).into_owned();
    let (way_out, message) = (raw.find("\x1b[?1049l").unwrap(), raw.find("a part failed on purpose").unwrap());
    assert!(way_out < message, "the message is lost with the screen: {raw:?}");
}

#[test]
fn the_agent_goes_and_comes_back() {
    let mut session = Session::straw("back", &Start::default());
    session.at("0").send("094").shows("代理断开");
    session.until("is connected again", |screen, _| !screen.contents().contains("代理断开"));
    session.send("\x03");
    assert!(session.ends_clean().success());
}

#[test]
fn the_agent_is_gone_for_good_and_the_keys_still_work() {
    let mut session = Session::straw("gone", &Start::default());
    session.at("0").send("094").shows("代理断开");
    session.send("022").at("22");
    session.send("\x03");
    assert!(session.ends_clean().success());
}

#[test]
fn stopped_and_continued_it_paints_again() {
    let mut session = console();
    // Asked before: the answer may come at once.
    let before = session.raw().len();
    session.kill(Signal::STOP);
    session.kill(Signal::CONT);
    session.until("paints everything", |_, raw| {
        String::from_utf8_lossy(raw.get(before..).unwrap_or_default()).contains("\x1b[2J")
    });
    session.send("q");
    session.ends_clean();
}
