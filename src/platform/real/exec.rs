//! Programs: an argument list (never a shell), a deadline, a bound on what is kept of what they write.

use std::io::ErrorKind;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use nix::unistd::User;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};

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

/// What a program that has ended may still have in its pipes is waited for so long.
const LAST_WORDS: Duration = Duration::from_millis(300);
/// Bytes of a line that are looked at.
const LINE: usize = 4 * 1024;

fn spawn(argv: &[String], user: Option<&str>) -> Result<Child, ExecFault> {
    let (program, arguments) = argv.split_first().ok_or(ExecFault::Missing)?;
    let mut command = Command::new(program);
    if let Some(user) = user {
        let user = User::from_name(user).ok().flatten().ok_or(ExecFault::Denied)?;
        // Other groups are given up with it.
        command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
    }
    command
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
        })
}

impl Group {
    fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)))
    }
}

/// Runs a program to its end, as this user or as another one.
pub async fn run_as(argv: &[String], user: Option<&str>, limit: Duration, bound: usize) -> Result<Output, ExecFault> {
    let began = Instant::now();
    let mut child = spawn(argv, user)?;
    let mut group = Group::of(&child);
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

/// Runs a program that changes something, however much it writes: nobody ends an installer half way for its words.
/// `hear` takes every line of its standard output and says whether it was meant for it; the answer is the exit code
/// and the last line that was not. What it starts in the background lives on.
pub async fn follow(
    argv: &[String],
    limit: Duration,
    hear: impl Fn(&str) -> bool + Send + 'static,
) -> Result<(i32, String), ExecFault> {
    let mut child = spawn(argv, None)?;
    let mut group = Group::of(&child);
    let said = Arc::new(Mutex::new([String::new(), String::new()]));
    // Read to the end on their own: a child that holds a pipe open holds up nobody, and finds somebody at its other end.
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let mut out = tokio::spawn(lines(out, keep(&said, 0, hear)));
    let mut err = tokio::spawn(lines(err, keep(&said, 1, |_| false)));
    let status = tokio::time::timeout(limit, child.wait()).await.map_err(|_| ExecFault::Late)?;
    let status = status.map_err(|error| ExecFault::Other(error.to_string()))?;
    group.0 = None;
    let rest = async { (&mut out).await.and((&mut err).await) };
    let _ = tokio::time::timeout(LAST_WORDS, rest).await;
    let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0));
    let [told, complained] = said.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok((code, if complained.is_empty() { told } else { complained }))
}

/// Takes lines: `hear` first, and the last one that it does not want is kept.
fn keep<H: Fn(&str) -> bool>(said: &Arc<Mutex<[String; 2]>>, at: usize, hear: H) -> impl Fn(&str) + use<H> {
    let said = Arc::clone(said);
    move |line: &str| {
        if !line.trim().is_empty() && !hear(line) {
            line.clone_into(&mut said.lock().unwrap_or_else(PoisonError::into_inner)[at]);
        }
    }
}

/// Every line, a carriage return ends one too; of an endless one its beginning.
async fn lines(stream: Option<impl AsyncRead + Unpin>, each: impl Fn(&str)) {
    let Some(mut stream) = stream else { return };
    let (mut chunk, mut line) = (vec![0; LINE], Vec::new());
    while let Ok(n @ 1..) = stream.read(&mut chunk).await {
        for byte in &chunk[..n] {
            if matches!(byte, b'\n' | b'\r') {
                each(&String::from_utf8_lossy(&line));
                line.clear();
            } else if line.len() < LINE {
                line.push(*byte);
            }
        }
    }
    each(&String::from_utf8_lossy(&line));
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_program_that_changes_something_is_never_ended_for_its_words() {
        let long = Duration::from_mins(1);
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ear = Arc::clone(&heard);
        let hear = move |line: &str| {
            let percent = line.ends_with('%');
            if percent {
                ear.lock().unwrap().push(line.to_owned());
            }
            percent
        };
        // Far more than is kept of a program that is only asked.
        let talks = "yes xxxxxxxxxxxxxxx | head -c 400000; printf '10%%\\r50%%\\n'; echo done; exit 3";
        let told = follow(&argv(&["sh", "-c", talks]), long, hear).await;
        assert_eq!(told, Ok((3, "done".to_owned())));
        assert_eq!(*heard.lock().unwrap(), ["10%", "50%"]);
        let complains = follow(&argv(&["sh", "-c", "echo fine; echo why >&2"]), long, |_| false).await;
        assert_eq!(complains, Ok((0, "why".to_owned())));
        assert_eq!(follow(&argv(&["sleep", "60"]), Duration::from_millis(50), |_| false).await, Err(ExecFault::Late));
        assert_eq!(follow(&argv(&["/no/such/program"]), long, |_| false).await, Err(ExecFault::Missing));
    }

    #[tokio::test]
    async fn what_a_command_starts_in_the_background_lives_on() {
        let dir = tempfile::tempdir().unwrap();
        let mark = dir.path().join("alive");
        // It keeps the pipes that it was given, and writes to them afterwards.
        let script = "(sleep 1; echo still here; echo yes >\"$0\") & exit 0";
        let began = Instant::now();
        let told =
            follow(&argv(&["sh", "-c", script, mark.to_str().unwrap()]), Duration::from_mins(1), |_| false).await;
        assert_eq!(told, Ok((0, String::new())));
        while !mark.exists() {
            assert!(began.elapsed() < Duration::from_secs(30), "it was ended with the command");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

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
