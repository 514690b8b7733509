//! Programs: an argument list (never a shell), a deadline, a bound on what they may write.

use std::io::ErrorKind;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::time::{Duration, Instant};

use nix::unistd::User;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;

use crate::platform::{ExecFault, Output};

/// Kills the program with whatever it started when its future ends early.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(pid) = self.0 {
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }
}

/// Runs a program to its end, as this user or as another one.
pub async fn run_as(argv: &[String], user: Option<&str>, limit: Duration, bound: usize) -> Result<Output, ExecFault> {
    let (program, arguments) = argv.split_first().ok_or(ExecFault::Missing)?;
    let began = Instant::now();
    let mut command = Command::new(program);
    if let Some(user) = user {
        let user = User::from_name(user).ok().flatten().ok_or(ExecFault::Denied)?;
        // Other groups are given up with it.
        command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
    }
    let mut child = command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .env_clear()
        .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        .env("LC_ALL", "C.UTF-8")
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| match error.kind() {
            ErrorKind::NotFound => ExecFault::Missing,
            ErrorKind::PermissionDenied => ExecFault::Denied,
            _ => ExecFault::Other(error.to_string()),
        })?;
    let mut group = Group(child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)));
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let work = async {
        let (stdout, stderr) = tokio::try_join!(bounded(stdout, bound), bounded(stderr, bound))?;
        let status = child.wait().await.map_err(|error| ExecFault::Other(error.to_string()))?;
        let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0));
        Ok(Output { code, stdout, stderr, took: began.elapsed() })
    };
    let result = tokio::time::timeout(limit, work).await.unwrap_or(Err(ExecFault::Late));
    if result.is_ok() {
        // It has been waited for: its number may already be somebody else's.
        group.0 = None;
    }
    result
}

async fn bounded(stream: Option<impl AsyncRead + Unpin>, bound: usize) -> Result<Vec<u8>, ExecFault> {
    let mut bytes = Vec::new();
    if let Some(stream) = stream {
        let read = stream.take(bound as u64 + 1).read_to_end(&mut bytes).await;
        read.map_err(|error| ExecFault::Other(error.to_string()))?;
    }
    if bytes.len() > bound { Err(ExecFault::Flood) } else { Ok(bytes) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn argv(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[tokio::test]
    async fn a_program_is_run_bounded_in_time_and_output() {
        let run = async |argv: &[String], limit, bound| run_as(argv, None, limit, bound).await;
        let long = Duration::from_secs(20);
        let output = run(&argv(&["sh", "-c", "echo out; echo err >&2; exit 3"]), long, 100).await.unwrap();
        assert_eq!(
            (output.code, output.stdout.as_slice(), output.stderr.as_slice()),
            (3, &b"out\n"[..], &b"err\n"[..])
        );
        assert_eq!(run(&argv(&["yes"]), long, 10_000).await, Err(ExecFault::Flood));
        assert_eq!(run(&argv(&["sleep", "60"]), Duration::from_millis(50), 10).await, Err(ExecFault::Late));
        assert_eq!(run(&argv(&["/no/such/program"]), long, 10).await, Err(ExecFault::Missing));
        assert_eq!(run(&[], long, 10).await, Err(ExecFault::Missing));
        assert_eq!(run_as(&argv(&["true"]), Some("no-such-user"), long, 10).await, Err(ExecFault::Denied));
        assert_eq!(run(&argv(&["sh", "-c", "kill -9 $$"]), long, 10).await.unwrap().code, 137);
    }
}
