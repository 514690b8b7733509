//! No way out of a kiosk into a shell: not by a key, not by a signal of the terminal, not by what a login shell or a
//! forced command is called with.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::terminal::{Session, Start};

/// Everything that opens a shell somewhere else: shell escapes of pagers and editors, job control, quit, completion.
const TRIES: &[&str] = &[
    "!",
    "!sh\r",
    ":!sh\r",
    "|sh\r",
    "`sh`\r",
    "$(sh)\r",
    "\x1a",
    "\x1c",
    "\x19",
    "\x04",
    "\x12",
    "\x0f",
    "\x18\x05",
    "v",
    "e",
    "s",
    "\x1bx",
    "\x1b!",
    "\x1b:",
    "\x1b[24~",
    "\x1bOS",
    "\x02:",
    "\x01c",
    "~.\r",
    "/",
    "\x1b",
    ":",
    "!ls\r",
    "\x1b",
    "\x00",
    "\x1b[200~sh\r\x1b[201~",
    "8\t\t",
    "85?",
    "0",
];

/// Processes that this one has started and that a person could type into; what checks ask runs without a terminal.
fn typed_into(pid: u32) -> Vec<String> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let children: String =
        tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok()).collect();
    let has_terminal = |child: &&str| {
        let input = std::fs::read_link(format!("/proc/{child}/fd/0"));
        input.is_ok_and(|file| file.starts_with("/dev/pts") || file.starts_with("/dev/tty"))
    };
    children.split_whitespace().filter(has_terminal).map(str::to_owned).collect()
}

/// `R`, `S`, `T` for stopped ...
fn state(pid: u32) -> Option<char> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}

#[test]
fn no_key_leads_out_of_a_kiosk() {
    let env = [("PAGER", "sh"), ("EDITOR", "sh"), ("VISUAL", "sh"), ("SHELL", "/bin/sh"), ("LESSOPEN", "|sh %s")];
    let start = Start { args: &["--kiosk", "--lang", "zh"], env: &env, ..Start::default() };
    let mut session = Session::console(&start);
    session.at("0").shows("首页 HOME");
    for keys in TRIES {
        session.send(keys);
        // Wherever that led: red goes home, and home answers.
        session.send("\x1b").send("\x1b[A").send("\x1b").send("0").at("0");
        let pid = session.pid();
        // What a check has just forked has its own input a moment later; a shell would stay.
        let began = Instant::now();
        while !typed_into(pid).is_empty() {
            assert!(began.elapsed() < Duration::from_secs(10), "{keys:?} started something: {:?}", typed_into(pid));
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(state(pid).is_some_and(|state| !matches!(state, 'T' | 'Z')), "{keys:?} stopped or ended it");
    }
    // Ctrl-C ends the session, and nothing is behind it.
    session.send("\x03");
    assert!(session.ends_clean().success());
}

#[test]
fn the_terminals_signals_end_it_or_do_nothing() {
    use rustix::process::Signal;
    for signal in [Signal::TSTP, Signal::TTIN, Signal::TTOU] {
        let mut session = Session::console(&Start { args: &["--kiosk"], ..Start::default() });
        session.at("0");
        session.kill(signal);
        // Stopped, a shell would be in front again.
        session.send("1").at("1");
        assert!(state(session.pid()).is_some_and(|state| state != 'T'), "{signal:?}");
        session.send("\x03");
        assert!(session.ends_clean().success(), "{signal:?}");
    }
}

#[test]
fn as_a_login_shell_and_as_a_forced_command_it_runs_nobodys_command() {
    use std::os::unix::process::CommandExt as _;
    let dir = tempfile::tempdir().unwrap();
    let made = dir.path().join("made");
    let touch = format!("touch {}", made.display());
    let calls: [&[&str]; 4] = [&["-c", &touch], &["-i"], &["-lc", &touch], &["--login", "-c", &touch]];
    for words in calls {
        for name in ["-pos-console", "pos-console"] {
            let status = Command::new(env!("CARGO_BIN_EXE_pos-console"))
                .arg0(name)
                .args(words)
                .env("SSH_ORIGINAL_COMMAND", &touch)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .unwrap();
            assert_eq!(status.code(), Some(64), "{words:?}");
        }
    }
    assert!(!made.exists());
}
