//! A pseudo terminal with a model of its screen. Everything waits for a condition, never for a time.

use std::io::{Read, Write};
use std::num::NonZero;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

/// Longest wait for something that has to happen.
const PATIENCE: Duration = Duration::from_secs(30);

/// What has come out of the terminal.
struct Heard {
    parser: vt100::Parser,
    raw: Vec<u8>,
    /// The other end is closed.
    ended: bool,
    /// Nobody reads any more.
    deaf: bool,
}

type Shared = Arc<(Mutex<Heard>, Condvar)>;

/// A program in a terminal.
pub struct Session {
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    heard: Shared,
    /// State folder of a real console: goes when the session does.
    state: Option<tempfile::TempDir>,
}

/// How a program is started.
pub struct Start<'a> {
    pub term: &'a str,
    pub size: (u16, u16),
    pub env: &'a [(&'a str, &'a str)],
    /// Arguments of a real console before its subcommand.
    pub args: &'a [&'a str],
    /// Runs under a shell that leads the session and ignores SIGHUP.
    pub shielded: bool,
}

impl Default for Start<'_> {
    fn default() -> Self {
        Self { term: "xterm-256color", size: (80, 24), env: &[], args: &[], shielded: false }
    }
}

impl Session {
    /// The real console with an agent in its own process, an empty state folder and a DEMO mark.
    pub fn console(start: &Start<'_>) -> Self {
        let state = tempfile::tempdir().unwrap();
        let config = state.path().join("pos.toml");
        std::fs::write(&config, "demo = true\n").unwrap();
        let folder = state.path().join("state");
        let program = env!("CARGO_BIN_EXE_pos-console");
        let mut argv = vec![program, "--config", utf8(&config), "--state-dir", utf8(&folder)];
        argv.extend_from_slice(start.args);
        let mut session = Self::spawn(&argv, start);
        session.state = Some(state);
        session
    }

    /// The loop of the screens with an agent of straw, see `child`.
    pub fn straw(kind: &str, start: &Start<'_>) -> Self {
        let this = std::env::current_exe().unwrap();
        let argv = [utf8(&this), "--exact", "child::is_a_console", "--nocapture"];
        let mut env = start.env.to_vec();
        env.push(("PTY_CHILD", kind));
        Self::spawn(&argv, &Start { env: &env, ..*start })
    }

    /// Any program, as somebody at a terminal starts it.
    pub fn spawn(argv: &[&str], start: &Start<'_>) -> Self {
        let (cols, rows) = start.size;
        let pty = native_pty_system().openpty(PtySize { rows, cols, ..PtySize::default() }).unwrap();
        let mut command = if start.shielded {
            let mut shell = CommandBuilder::new("/bin/sh");
            // Not the last command: the shell stays as the leader of the session.
            shell.args(["-c", "trap '' HUP; \"$@\"; exit $?", "sh"]);
            shell.args(argv);
            shell
        } else {
            let mut command = CommandBuilder::new(argv[0]);
            command.args(&argv[1..]);
            command
        };
        for name in ["LANG", "LC_ALL", "LC_MESSAGES", "NO_COLOR", "SSH_CONNECTION"] {
            command.env_remove(name);
        }
        command.env("TERM", start.term);
        for (name, value) in start.env {
            command.env(name, value);
        }
        let child = pty.slave.spawn_command(command).unwrap();
        drop(pty.slave);
        let size = |cells: u16, standard: u16| NonZero::new(if cells < 2 { standard } else { cells }).unwrap();
        let parser = vt100::Parser::new(size(rows, 24), size(cols, 80), 0);
        let heard: Shared =
            Arc::new((Mutex::new(Heard { parser, raw: Vec::new(), ended: false, deaf: false }), Condvar::new()));
        listen(pty.master.try_clone_reader().unwrap(), Arc::clone(&heard));
        let writer = pty.master.take_writer().unwrap();
        Self { master: pty.master, writer, child, heard, state: None }
    }

    /// Types.
    pub fn send(&mut self, bytes: &str) -> &mut Self {
        self.writer.write_all(bytes.as_bytes()).unwrap();
        self.writer.flush().unwrap();
        self
    }

    pub fn resize(&mut self, cols: u16, rows: u16) {
        {
            let mut heard = self.heard.0.lock().unwrap();
            let size = |cells: u16| NonZero::new(cells.max(2)).unwrap();
            heard.parser.screen_mut().set_size(size(rows), size(cols));
        }
        self.master.resize(PtySize { rows, cols, ..PtySize::default() }).unwrap();
    }

    /// Waits until the screen shows this.
    pub fn shows(&mut self, text: &str) -> &mut Self {
        self.until(&format!("shows {text:?}"), |screen, _| screen.contents().contains(text));
        self
    }

    /// Waits until the title row begins with this id.
    pub fn at(&mut self, id: &str) -> &mut Self {
        let start = format!("{id} ");
        self.until(&format!("is at {id}"), |screen, _| screen.contents().starts_with(&start));
        self
    }

    /// Waits for a condition on the screen and the bytes that made it.
    pub fn until(&mut self, what: &str, holds: impl Fn(&vt100::Screen, &[u8]) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let (lock, told) = &*self.heard;
        let mut heard = lock.lock().unwrap();
        while !holds(heard.parser.screen(), &heard.raw) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero() && !heard.ended,
                "never: {what}\n{}\n{:?}",
                heard.parser.screen().contents(),
                String::from_utf8_lossy(&heard.raw)
            );
            heard = told.wait_timeout(heard, left).unwrap().0;
        }
    }

    /// Everything that was sent so far.
    pub fn raw(&self) -> Vec<u8> {
        self.heard.0.lock().unwrap().raw.clone()
    }

    pub fn text(&self) -> String {
        self.heard.0.lock().unwrap().parser.screen().contents()
    }

    /// Sends a signal to the program.
    pub fn kill(&self, signal: rustix::process::Signal) {
        let pid = self.child.process_id().and_then(|pid| rustix::process::Pid::from_raw(pid as i32)).unwrap();
        rustix::process::kill_process(pid, signal).unwrap();
    }

    pub fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// From now on nobody reads what the program writes.
    pub fn stop_reading(&mut self) {
        self.heard.0.lock().unwrap().deaf = true;
    }

    /// Whether the line edits and echoes again, as a shell wants it.
    pub fn is_cooked(&self) -> bool {
        let found = self.master.get_termios().unwrap();
        let flags = format!("{:?}", found.local_flags);
        flags.contains("ICANON") && flags.contains("ECHO")
    }

    /// Waits until the program has ended and everything it sent is here.
    pub fn ends(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "does not end\n{}", self.text());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Ends, with the terminal as it was found.
    pub fn ends_clean(&mut self) -> ExitStatus {
        let status = self.ends();
        self.until("sends the way out", |_, raw| ends_with_way_out(raw));
        let heard = self.heard.0.lock().unwrap();
        let screen = heard.parser.screen();
        assert!(!screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste());
        drop(heard);
        assert!(self.is_cooked(), "raw mode was left on");
        status
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // A failed test leaves nobody behind.
        let _ = self.child.kill();
    }
}

fn ends_with_way_out(raw: &[u8]) -> bool {
    let text = String::from_utf8_lossy(raw);
    text.contains("\x1b[?2026l\x1b[?2004l\x1b[?25h\x1b[m")
}

fn listen(mut reader: Box<dyn Read + Send>, heard: Shared) {
    thread::spawn(move || {
        let mut buffer = [0; 8192];
        loop {
            let read = reader.read(&mut buffer).unwrap_or(0);
            let (lock, told) = &*heard;
            let mut heard = lock.lock().unwrap();
            if read == 0 {
                heard.ended = true;
                told.notify_all();
                return;
            }
            heard.parser.process(&buffer[..read]);
            heard.raw.extend_from_slice(&buffer[..read]);
            told.notify_all();
            if heard.deaf {
                drop(heard);
                thread::park();
                return;
            }
        }
    });
}

fn utf8(path: &Path) -> &str {
    path.to_str().unwrap()
}
