//! A program in a pseudo terminal: every piece of its output is stamped when it is read, the screen is a model.

use std::io::{Read as _, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long anything may take before it is given up.
const LIMIT: Duration = Duration::from_secs(20);

/// A running program and what it has painted.
pub struct Tty {
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    output: Receiver<(Instant, Vec<u8>)>,
    screen: vt100::Parser,
    began: Instant,
    /// Bytes read so far.
    pub bytes: usize,
    // Closing it hangs up.
    _master: Box<dyn MasterPty + Send>,
}

impl Tty {
    /// Starts a program on a terminal of this size.
    pub fn start(command: &[String], cols: u16, rows: u16) -> Self {
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo terminal");
        let mut builder = CommandBuilder::new(&command[0]);
        builder.args(&command[1..]);
        builder.env("TERM", "xterm-256color");
        builder.env("LANG", "C.UTF-8");
        builder.cwd("/");
        let mut reader = pair.master.try_clone_reader().expect("its output");
        let keys = pair.master.take_writer().expect("its keys");
        let (send, output) = channel();
        thread::spawn(move || {
            let mut buffer = vec![0; 64 * 1024];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if send.send((Instant::now(), buffer[..count].to_vec())).is_err() {
                    break;
                }
            }
        });
        let began = Instant::now();
        let child = pair.slave.spawn_command(builder).expect("it starts");
        drop(pair.slave);
        let screen = vt100::Parser::new(rows.try_into().expect("rows"), cols.try_into().expect("columns"), 0);
        Self { child, keys, output, screen, began, bytes: 0, _master: pair.master }
    }

    pub fn pid(&self) -> u32 {
        self.child.process_id().expect("a process")
    }

    /// The screen as text.
    pub fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// Reads until the screen is as wanted; seconds since the start, none when it never is.
    pub fn until(&mut self, ready: impl Fn(&str) -> bool) -> Option<f64> {
        let end = Instant::now() + LIMIT;
        while let Some(at) = self.piece(end) {
            if ready(&self.text()) {
                return Some((at - self.began).as_secs_f64());
            }
        }
        None
    }

    /// Reads until nothing came for this long.
    pub fn quiet(&mut self, calm: Duration) {
        let end = Instant::now() + LIMIT;
        while Instant::now() < end && self.piece(Instant::now() + calm).is_some() {}
    }

    /// Reads for this long.
    pub fn watch(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while self.piece(end).is_some() {}
    }

    /// Presses a key; seconds until the first byte of what it painted.
    pub fn press(&mut self, key: &str) -> Option<f64> {
        let pressed = Instant::now();
        self.keys.write_all(key.as_bytes()).ok()?;
        self.keys.flush().ok()?;
        let painted = self.piece(pressed + LIMIT)?;
        Some((painted - pressed).as_secs_f64())
    }

    fn piece(&mut self, end: Instant) -> Option<Instant> {
        match self.output.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok((at, bytes)) => {
                self.bytes += bytes.len();
                self.screen.process(&bytes);
                Some(at)
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => None,
        }
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
