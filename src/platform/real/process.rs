//! Programs that run, by name.

use std::time::Duration;

use super::aside::aside;
use crate::platform::{ProcessSeen, Trouble};

const LIMIT: Duration = Duration::from_secs(2);
/// Programs of one name that are told of.
const MOST: usize = 64;
/// Ticks of a second in /proc (the kernel's USER_HZ, 100 wherever Linux runs terminals).
const TICKS: u64 = 100;

/// Every program of this name: as the kernel has it (15 signs), or the file of its first argument.
pub async fn named(name: String) -> Result<Vec<ProcessSeen>, Trouble> {
    aside(LIMIT, move || {
        let uptime = std::fs::read_to_string("/proc/uptime")?;
        let up: f64 = uptime.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or(0.0);
        let mut found = Vec::new();
        for entry in std::fs::read_dir("/proc")?.flatten() {
            let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
            // A program may end while it is looked at.
            let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
            let Some((short, rest)) = named_stat(&stat) else { continue };
            let is_it = short == name.chars().take(15).collect::<String>() || {
                let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
                let first = line.split(|byte| *byte == 0).next().unwrap_or_default();
                String::from_utf8_lossy(first).rsplit('/').next() == Some(name.as_str())
            };
            let words: Vec<&str> = rest.split_whitespace().collect();
            // Fields 3 (state) and 22 (start) of proc(5); field 3 is the first of these words.
            let number = |field: usize| words.get(field - 3).and_then(|word| word.parse::<u64>().ok()).unwrap_or(0);
            let is_dead = matches!(words.first(), Some(&("Z" | "X")));
            if is_it && !is_dead {
                let age_s = (up as u64).saturating_sub(number(22) / TICKS);
                let status = std::fs::read_to_string(entry.path().join("status")).unwrap_or_default();
                found.push(ProcessSeen { pid, age_s, memory: resident(&status) });
            }
            if found.len() >= MOST {
                break;
            }
        }
        Ok(found)
    })
    .await?
}

/// Bytes in memory, from `/proc/PID/status`.
fn resident(status: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: u64 = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0);
    kib * 1_024
}

/// The name in brackets, which may hold anything, and the words behind it.
fn named_stat(stat: &str) -> Option<(&str, &str)> {
    let (open, close) = (stat.find('(')?, stat.rfind(')')?);
    Some((stat.get(open + 1..close)?, stat.get(close + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn this_program_is_found_by_its_name() {
        let exe = std::env::current_exe().expect("this test");
        let name = exe.file_name().expect("a name").to_string_lossy().into_owned();
        let found = named(name).await.expect("processes");
        let me = found.iter().find(|seen| seen.pid == std::process::id()).expect("this test runs");
        assert!(me.memory > 1_000_000 && me.age_s < 86_400, "{me:?}");
        assert_eq!(named("no-such-program-here".to_owned()).await, Ok(Vec::new()));
    }

    #[test]
    fn a_name_may_hold_brackets() {
        assert_eq!(named_stat("12 (a) (b) S 1"), Some(("a) (b", " S 1")));
        assert_eq!(named_stat("12"), None);
    }
}
