//! A program whose lines are read while it runs: an argument list (never a shell), an end with its reader.
//!
//! Blocking, for a thread of its own; what it reads with is a descriptor that can be waited for.

use std::io::{ErrorKind, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::fs::OFlags;
use rustix::process::{Pid, Signal, kill_process_group};

use super::ExecFault;

/// Most that is kept of what a program complains of, bytes.
const COMPLAINT: usize = 4_096;
/// A program that closed its output has this long to end by itself.
const GRACE: Duration = Duration::from_secs(1);

/// A running program; it is killed with whatever it started when this is dropped.
#[derive(Debug)]
pub struct Piped {
    child: Child,
    out: ChildStdout,
    err: ChildStderr,
    said: Vec<u8>,
    over: bool,
}

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Exit code, 128 + signal where it was killed.
    pub code: i32,
    /// The last line it complained with.
    pub said: String,
}

impl Piped {
    /// Starts a program.
    pub fn start(argv: &[String]) -> Result<Self, ExecFault> {
        let (program, arguments) = argv.split_first().ok_or(ExecFault::Missing)?;
        let other = |fault: std::io::Error| ExecFault::Other(fault.to_string());
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .env_clear()
            .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            .env("LC_ALL", "C.UTF-8")
            .process_group(0)
            .spawn()
            .map_err(|fault| match fault.kind() {
                ErrorKind::NotFound => ExecFault::Missing,
                ErrorKind::PermissionDenied => ExecFault::Denied,
                _ => other(fault),
            })?;
        let (Some(out), Some(err)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(ExecFault::Other("no pipe".to_owned()));
        };
        let piped = Self { child, out, err, said: Vec::new(), over: false };
        for fd in [piped.out.as_fd(), piped.err.as_fd()] {
            let flags = rustix::fs::fcntl_getfl(fd).map_err(|fault| other(fault.into()))?;
            rustix::fs::fcntl_setfl(fd, flags | OFlags::NONBLOCK).map_err(|fault| other(fault.into()))?;
        }
        Ok(piped)
    }

    /// What it writes can be read from this.
    pub fn out(&self) -> BorrowedFd<'_> {
        self.out.as_fd()
    }

    /// The next bytes it wrote: none where there are none now, 0 where no more will come.
    pub fn read(&mut self, into: &mut [u8]) -> std::io::Result<Option<usize>> {
        self.listen();
        match self.out.read(into) {
            Ok(got) => Ok(Some(got)),
            Err(fault) if matches!(fault.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// Keeps the end of what it complains with.
    fn listen(&mut self) {
        let mut bytes = [0; 1_024];
        while let Ok(got @ 1..) = self.err.read(&mut bytes) {
            self.said.extend_from_slice(&bytes[..got]);
            let extra = self.said.len().saturating_sub(COMPLAINT);
            self.said.drain(..extra);
        }
    }

    /// Waits for its end, and hastens it where it does not come.
    pub fn end(mut self) -> Ended {
        let began = Instant::now();
        let status = loop {
            match self.child.try_wait() {
                Ok(Some(status)) => break Some(status),
                Ok(None) if began.elapsed() < GRACE => std::thread::sleep(Duration::from_millis(5)),
                _ => break None,
            }
        };
        self.listen();
        self.over = status.is_some();
        let said = String::from_utf8_lossy(&self.said);
        let said = said.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        let said = said.chars().filter(|sign| !sign.is_control()).take(200).collect();
        let code = status.map_or(128, |status| status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0)));
        Ended { code, said }
    }
}

impl Drop for Piped {
    fn drop(&mut self) {
        if self.over {
            // It has been waited for: its number may already be somebody else's.
            return;
        }
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use rustix::event::{PollFd, PollFlags, poll};

    use super::*;

    fn argv(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    /// Everything it writes.
    fn all(piped: &mut Piped) -> Vec<u8> {
        let (mut all, mut bytes) = (Vec::new(), [0; 64]);
        loop {
            match piped.read(&mut bytes).unwrap() {
                Some(0) => return all,
                Some(got) => all.extend_from_slice(&bytes[..got]),
                None => {
                    let mut fds = [PollFd::from_borrowed_fd(piped.out(), PollFlags::IN)];
                    poll(&mut fds, None).unwrap();
                }
            }
        }
    }

    #[test]
    fn a_program_is_read_while_it_runs_and_tells_how_it_ended() {
        let mut piped =
            Piped::start(&argv(&["sh", "-c", "echo one; echo no >&2; echo two; echo why >&2; exit 3"])).unwrap();
        assert_eq!(all(&mut piped), b"one\ntwo\n");
        assert_eq!(piped.end(), Ended { code: 3, said: "why".to_owned() });
        assert_eq!(Piped::start(&argv(&["/no/such/program"])).unwrap_err(), ExecFault::Missing);
        assert_eq!(Piped::start(&[]).unwrap_err(), ExecFault::Missing);
    }

    #[test]
    fn it_is_killed_with_its_children_when_nobody_reads_any_more() {
        let mut piped = Piped::start(&argv(&["sh", "-c", "sleep 1000 & echo $!; wait"])).unwrap();
        let mut bytes = [0; 32];
        let got = loop {
            match piped.read(&mut bytes).unwrap() {
                Some(got) => break got,
                None => std::thread::yield_now(),
            }
        };
        let sleeper: i32 = String::from_utf8_lossy(&bytes[..got]).trim().parse().unwrap();
        drop(piped);
        let began = Instant::now();
        let gone = || {
            // Killed, though nobody may have waited for it yet.
            let stat = std::fs::read_to_string(format!("/proc/{sleeper}/stat")).unwrap_or_default();
            stat.is_empty() || stat.contains(") Z ") || stat.contains(") X ")
        };
        while !gone() {
            assert!(began.elapsed() < Duration::from_secs(30), "it lives on");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
