//! Tells everybody who is logged in, on their terminals: two plain lines, as wall(1) would. A terminal with a console
//! of ours in front is left alone: it shows the same on its own screen.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::aside::aside;

/// Everything together: a terminal that takes nothing is not waited for.
const LIMIT: Duration = Duration::from_secs(3);
/// Terminals that are told.
const MOST: usize = 64;
/// Longest text, bytes.
const LONGEST: usize = 400;
/// utmp(5) on Linux, glibc and musl: a record, and where its type and its line stand.
const RECORD: usize = 384;
const LINE: std::ops::Range<usize> = 8..40;
/// `USER_PROCESS`
const USER: i16 = 7;

/// How many terminals were told.
pub async fn tell(lines: Vec<String>) -> usize {
    aside(LIMIT, move || {
        let ours = fronts(Path::new("/proc"));
        let text = plain(&lines);
        let seen = logged_in(Path::new("/run"), Path::new("/dev"));
        let told = |path: &PathBuf| number(path).is_none_or(|tty| !ours.contains(&tty)) && write(path, &text).is_ok();
        seen.iter().take(MOST).filter(|path| told(path)).count()
    })
    .await
    .unwrap_or(0)
}

/// Printable text only: what is told may quote a machine's words.
fn plain(lines: &[String]) -> String {
    let clean = |line: &String| -> String { line.chars().filter(|c| !c.is_control()).collect() };
    let mut text = lines.iter().map(clean).collect::<Vec<_>>().join("\r\n");
    while text.len() > LONGEST {
        text.pop();
    }
    format!("\r\n\x07{text}\r\n")
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
    let flags = i32::try_from(flags.bits()).unwrap_or(0);
    let mut tty = std::fs::OpenOptions::new().write(true).custom_flags(flags).open(path)?;
    if !rustix::termios::isatty(&tty) {
        return Err(std::io::ErrorKind::InvalidInput.into());
    }
    tty.write_all(text.as_bytes())
}

/// Terminals of those who are logged in: by utmp, and where the system keeps none, by logind's sessions. A terminal
/// that nobody logged in on belongs to somebody's work.
fn logged_in(run: &Path, dev: &Path) -> BTreeSet<PathBuf> {
    let utmp = std::fs::read(run.join("utmp")).unwrap_or_default();
    let found: BTreeSet<PathBuf> = lines(&utmp).map(|line| dev.join(line)).collect();
    if found.is_empty() { sessions(&run.join("systemd/sessions")).map(|line| dev.join(line)).collect() } else { found }
}

fn lines(utmp: &[u8]) -> impl Iterator<Item = String> {
    utmp.chunks_exact(RECORD).filter_map(|record| {
        let kind = i16::from_ne_bytes([record[0], record[1]]);
        let line: String =
            record.get(LINE)?.iter().take_while(|byte| **byte != 0).map(|byte| char::from(*byte)).collect();
        (kind == USER && is_line(&line)).then_some(line)
    })
}

/// `tty1`, `pts/3`: nothing that leads elsewhere.
fn is_line(line: &str) -> bool {
    let tty = line.strip_prefix("pts/").unwrap_or(line);
    !tty.is_empty() && tty.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn sessions(folder: &Path) -> impl Iterator<Item = String> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let texts = files.filter_map(|file| std::fs::read_to_string(file.path()).ok());
    let tty = |text: String| text.lines().find_map(|line| line.strip_prefix("TTY=").map(str::to_owned));
    texts.filter_map(tty).filter(|line| is_line(line))
}

/// Device number of a terminal, as /proc has it.
fn number(path: &Path) -> Option<u64> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).ok().map(|seen| seen.rdev())
}

/// Terminals with a console of ours in front.
fn fronts(proc: &Path) -> BTreeSet<u64> {
    let own = |entry: std::fs::DirEntry| {
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        let (name, rest) = stat.split_once('(')?.1.rsplit_once(") ")?;
        // state, ppid, pgrp, session, tty (proc_pid_stat(5))
        (name == "pos-console").then(|| rest.split(' ').nth(4)?.parse::<u64>().ok()).flatten()
    };
    let all: Vec<_> = std::fs::read_dir(proc).into_iter().flatten().flatten().collect();
    all.into_iter().filter_map(own).filter(|tty| *tty != 0).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn record(kind: i16, line: &str) -> Vec<u8> {
        let mut record = vec![0; RECORD];
        record[..2].copy_from_slice(&kind.to_ne_bytes());
        record[8..8 + line.len()].copy_from_slice(line.as_bytes());
        record
    }

    #[test]
    fn those_who_are_logged_in_are_found_and_nothing_else_is_opened() {
        let bytes: Vec<u8> = [(USER, "pts/3"), (8, "pts/4"), (USER, "tty1"), (USER, "../etc/passwd"), (USER, "")]
            .into_iter()
            .flat_map(|(kind, line)| record(kind, line))
            .chain([1, 2, 3])
            .collect();
        assert_eq!(lines(&bytes).collect::<Vec<_>>(), ["pts/3", "tty1"]);
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(write(file.path(), "x").is_err(), "a file is no terminal");
        assert_eq!(std::fs::read(file.path()).unwrap(), b"");
    }

    #[test]
    fn without_utmp_logind_knows_and_without_both_nobody_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let (run, dev) = (dir.path(), Path::new("/dev"));
        assert!(logged_in(run, dev).is_empty());
        std::fs::create_dir_all(run.join("systemd/sessions")).unwrap();
        std::fs::write(run.join("systemd/sessions/4"), "UID=1000\nTTY=pts/7\nREMOTE=1\n").unwrap();
        std::fs::write(run.join("systemd/sessions/5"), "UID=0\nTTY=../x\n").unwrap();
        assert_eq!(logged_in(run, dev), BTreeSet::from([PathBuf::from("/dev/pts/7")]));
    }

    #[test]
    fn what_is_told_moves_no_cursor() {
        let text = plain(&["\x1b[2Jdone".to_owned(), "完成".to_owned(), "x".repeat(999)]);
        assert!(text.starts_with("\r\n\x07[2Jdone\r\n完成\r\nx") && text.len() < 410, "{text:?}");
        assert_eq!(text.matches('\x1b').count(), 0);
    }
}
