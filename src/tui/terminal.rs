//! The terminal: entered once, left on every way out: quit, error, panic, signal, a line that is gone.
//!
//! The tty is opened anew, without blocking: a stalled line (a dark SSH path) blocks neither keys nor agent, and its
//! end is seen at once. Where it cannot be opened anew, the standard streams do. Nothing is ever asked of it.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ratatui::layout::Size;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::termios::{self, OptionalActions, Termios};
use thiserror::Error;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::sync::Notify;

use crate::tui::paper::Speech;

/// Why a console cannot run on this terminal.
#[derive(Debug, Error)]
pub enum TuiError {
    #[error("standard output is not a terminal")]
    NotATerminal,
    #[error("the terminal cannot be used: {0}")]
    Terminal(#[from] io::Error),
    #[error("a part of the console failed; the terminal has been put back")]
    Panicked,
}

/// Largest screen that is drawn, cells: a terminal that claims more is not believed.
const MOST: Size = Size { width: 500, height: 200 };

/// What a terminal of this name can be told, beside its colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "four independent facts about a terminal")]
pub struct Manners {
    pub color: bool,
    /// Private modes, see [`Speech::modes`].
    pub modes: bool,
    /// Has a screen of its own for programs; where not, the screen is wiped.
    pub alternate: bool,
    /// Shows Chinese, as far as its name tells.
    pub chinese: bool,
}

impl Manners {
    /// By the name in `TERM`.
    pub fn of(term: &str) -> Self {
        let is = |names: &[&str]| names.iter().any(|name| term == *name || term.starts_with(&format!("{name}-")));
        if term.is_empty() || is(&["dumb", "unknown"]) {
            return Self { color: false, modes: false, alternate: false, chinese: true };
        }
        // The kernel's own console has no Chinese font and no second screen.
        if is(&["linux"]) {
            return Self { color: true, modes: true, alternate: false, chinese: false };
        }
        if is(&["vt100", "vt102", "vt220", "vt320", "vt420", "ansi"]) {
            return Self { color: true, modes: true, alternate: false, chinese: true };
        }
        Self { color: true, modes: true, alternate: true, chinese: true }
    }

    /// What the backend may send.
    pub const fn speech(self, color: bool) -> Speech {
        Speech { color, modes: self.modes }
    }

    /// Sent before the first frame.
    pub fn enter(self) -> Vec<u8> {
        let mut out = Vec::new();
        if self.alternate {
            out.extend_from_slice(b"\x1b[?1049h");
        }
        if self.modes {
            out.extend_from_slice(b"\x1b[?25l\x1b[?2004h");
        }
        out.extend_from_slice(b"\x1b[m\x1b[H\x1b[2J");
        out
    }

    /// Sent last: ends whatever a torn frame has begun.
    pub fn leave(self) -> Vec<u8> {
        let mut out = Vec::new();
        if self.modes {
            out.extend_from_slice(b"\x1b[?2026l\x1b[?2004l\x1b[?25h");
        }
        out.extend_from_slice(b"\x1b[m");
        if self.alternate {
            out.extend_from_slice(b"\x1b[?1049l");
        } else {
            out.extend_from_slice(b"\x1b[H\x1b[2J");
        }
        out
    }
}

/// Puts the terminal back, once, from wherever it is called; never fails and never waits for long.
#[derive(Clone, Debug)]
pub struct Restorer {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    fd: OwnedFd,
    saved: Termios,
    leave: Vec<u8>,
    /// Raw mode is on.
    armed: AtomicBool,
    /// Something has been sent that has to be taken back.
    dressed: AtomicBool,
    /// A part of a frame is out and its rest is not.
    torn: AtomicBool,
    /// Wakes the loop when the terminal was put back behind its back.
    gone: Notify,
}

impl Restorer {
    /// Leaves the terminal as it was found. A dead one is left alone.
    pub fn restore(&self) {
        let inner = &self.inner;
        if !inner.armed.swap(false, Ordering::SeqCst) {
            return;
        }
        if inner.dressed.load(Ordering::SeqCst) {
            // CAN ends a control sequence that was cut in the middle.
            let mut bytes = if inner.torn.load(Ordering::SeqCst) { vec![0x18] } else { Vec::new() };
            bytes.extend_from_slice(&inner.leave);
            write_for_a_moment(&inner.fd, &bytes);
        }
        let _ = termios::tcsetattr(&inner.fd, OptionalActions::Now, &inner.saved);
        inner.gone.notify_waiters();
    }

    /// Whether the terminal is still ours.
    pub fn armed(&self) -> bool {
        self.inner.armed.load(Ordering::SeqCst)
    }

    /// Before the message of a panic, the terminal is put back; the hook that was there runs after.
    pub fn hook_panics(&self) {
        let restorer = self.clone();
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            restorer.restore();
            before(info);
        }));
    }

    /// Ready when the terminal was put back by someone else.
    async fn put_back(&self) {
        let gone = self.inner.gone.notified();
        if self.armed() {
            gone.await;
        }
    }
}

/// Writes what the line takes within a fifth of a second.
fn write_for_a_moment(fd: &OwnedFd, mut bytes: &[u8]) {
    for _ in 0..20 {
        if bytes.is_empty() {
            return;
        }
        let moment = Timespec { tv_sec: 0, tv_nsec: 10_000_000 };
        let ready = poll(&mut [PollFd::new(fd, PollFlags::OUT)], Some(&moment));
        if matches!(ready, Ok(0)) {
            continue;
        }
        match rustix::io::write(fd, bytes) {
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(Errno::AGAIN | Errno::INTR) => {}
            Err(_) => return,
        }
    }
}

/// What a look at the line gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// So many bytes were read.
    Read(usize),
    /// The tty is gone.
    Gone,
}

/// An entered terminal.
#[derive(Debug)]
pub struct Tty {
    fd: AsyncFd<OwnedFd>,
    restorer: Restorer,
    manners: Manners,
    /// The rest of a frame that the line did not take yet.
    rest: Vec<u8>,
    entered: bool,
}

impl Tty {
    /// Takes the terminal of standard input and output.
    pub fn open(term: &str) -> Result<Self, TuiError> {
        let stdout = rustix::stdio::stdout();
        if !termios::isatty(stdout) {
            return Err(TuiError::NotATerminal);
        }
        let fd = reopen(stdout).map_or_else(|| rustix::io::dup(stdout).map_err(io::Error::from), Ok)?;
        Self::enter(fd, Manners::of(term))
    }

    /// Enters raw mode on this tty.
    pub fn enter(fd: OwnedFd, manners: Manners) -> Result<Self, TuiError> {
        let saved = termios::tcgetattr(&fd).map_err(io::Error::from)?;
        let mut raw = saved.clone();
        raw.make_raw();
        termios::tcsetattr(&fd, OptionalActions::Now, &raw).map_err(io::Error::from)?;
        let inner = Inner {
            fd: fd.try_clone()?,
            saved,
            leave: manners.leave(),
            armed: AtomicBool::new(true),
            dressed: AtomicBool::new(false),
            torn: AtomicBool::new(false),
            gone: Notify::new(),
        };
        let restorer = Restorer { inner: Arc::new(inner) };
        let fd = watch(fd).inspect_err(|_| restorer.restore())?;
        Ok(Self { fd, restorer, manners, rest: Vec::new(), entered: false })
    }

    pub const fn manners(&self) -> Manners {
        self.manners
    }

    pub fn restorer(&self) -> Restorer {
        self.restorer.clone()
    }

    /// Cells, 80x24 where the terminal does not know (a serial console).
    pub fn size(&self) -> Size {
        let (width, height) = termios::tcgetwinsize(&self.fd).map_or((0, 0), |size| (size.ws_col, size.ws_row));
        if width == 0 || height == 0 {
            return Size { width: 80, height: 24 };
        }
        Size { width: width.min(MOST.width), height: height.min(MOST.height) }
    }

    /// Raw mode again, after the process was stopped and went on.
    pub fn again(&mut self) {
        let mut raw = self.restorer.inner.saved.clone();
        raw.make_raw();
        let _ = termios::tcsetattr(&self.fd, OptionalActions::Now, &raw);
        self.entered = false;
    }

    /// Waits until there is something to read, or nobody to read from.
    pub async fn readable(&self) {
        // An error shows when reading.
        let _ = self.fd.readable().await;
    }

    /// Reads what is there; none when that is nothing.
    pub fn read(&self, buffer: &mut [u8]) -> Option<Line> {
        let read = self.fd.try_io(Interest::READABLE, |fd| {
            let mut polled = [PollFd::new(fd, PollFlags::IN)];
            // The descriptor may block where it could not be opened anew: look before reading.
            poll(&mut polled, Some(&Timespec::default()))?;
            let found = polled[0].revents();
            if found.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) {
                return Ok(0);
            }
            if !found.contains(PollFlags::IN) {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            rustix::io::read(fd, &mut *buffer).map_err(io::Error::from)
        });
        match read {
            Ok(0) => Some(Line::Gone),
            Ok(read) => Some(Line::Read(read)),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => None,
            Err(_) => Some(Line::Gone),
        }
    }

    /// Whether a frame is still on its way.
    pub fn busy(&self) -> bool {
        !self.rest.is_empty()
    }

    /// Sends a frame: one write, unless the line is full.
    pub fn send(&mut self, frame: Vec<u8>) -> Result<(), io::Error> {
        if frame.is_empty() {
            return Ok(());
        }
        self.restorer.inner.dressed.store(true, Ordering::SeqCst);
        if self.rest.is_empty() {
            self.rest = frame;
        } else {
            self.rest.extend_from_slice(&frame);
        }
        self.push()
    }

    /// What has to stand before the next frame: the way into the screen, once.
    pub fn lead_in(&mut self) -> Option<Vec<u8>> {
        (!std::mem::replace(&mut self.entered, true)).then(|| self.manners.enter())
    }

    /// Waits until the line takes more of the frame.
    pub async fn writable(&self) {
        // An error shows when writing.
        let _ = self.fd.writable().await;
    }

    /// Writes what the line takes now.
    pub fn push(&mut self) -> Result<(), io::Error> {
        while !self.rest.is_empty() {
            match rustix::io::write(&self.fd, &self.rest) {
                Ok(written) => {
                    self.rest.drain(..written);
                }
                Err(Errno::AGAIN) => {
                    // Tells the reactor that the line is full, so that `writable` waits.
                    let _ = self.fd.try_io(Interest::WRITABLE, |_| Err::<(), _>(io::ErrorKind::WouldBlock.into()));
                    break;
                }
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.restorer.inner.torn.store(!self.rest.is_empty(), Ordering::SeqCst);
        Ok(())
    }

    /// Ready when a panic elsewhere has put the terminal back.
    pub async fn put_back(&self) {
        self.restorer.put_back().await;
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        self.restorer.restore();
    }
}

/// Registers the tty with the loop.
#[expect(deprecated, reason = "its successor is unsafe for descriptors that may change; an OwnedFd does not")]
fn watch(fd: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    AsyncFd::with_interest(fd, Interest::READABLE | Interest::WRITABLE)
}

/// The same terminal through a description of our own, so that not blocking is not forced upon the shell.
fn reopen(stdout: std::os::fd::BorrowedFd<'_>) -> Option<OwnedFd> {
    let open = |path: &Path| {
        rustix::fs::open(path, OFlags::RDWR | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty()).ok()
    };
    let same = |fd: &OwnedFd| {
        let (ours, theirs) = (rustix::fs::fstat(fd), rustix::fs::fstat(stdout));
        ours.is_ok_and(|ours| theirs.is_ok_and(|theirs| ours.st_rdev == theirs.st_rdev))
    };
    let name = termios::ttyname(stdout, Vec::new()).ok()?;
    let by_name = open(Path::new(name.to_str().ok()?)).filter(same);
    // After `su` the name may belong to someone else; the controlling terminal can be opened all the same.
    by_name.or_else(|| {
        let controlling = open(Path::new("/dev/tty"))?;
        let session = termios::tcgetsid(&controlling).ok()?;
        (termios::tcgetsid(stdout.as_fd()).ok()? == session).then_some(controlling)
    })
}
