//! 62 SYNC TIME: what time servers say, whom to tell it, and when a person has to say yes first.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::future::join_all;

use super::prepare::{Cx, Prepared, said};
use super::simple::deed_of;
use crate::config::split_address;
use crate::model::{Draft, Role, Said, Stamp};
use crate::platform::{Deed, ExecFault, Host, Steady};

const ASK: Duration = Duration::from_millis(2_400);
const LOOKUP: Duration = Duration::from_secs(3);
const PROGRAM: Duration = Duration::from_secs(5);
const OUTPUT: usize = 64 * 1024;
/// Servers that are asked.
const MOST: usize = 5;
const NTP: u16 = 123;
const HTTP: &str = "http://";
const WEB: u16 = 80;
/// How the mobile network's time is named.
const NITZ: &str = "NITZ";
/// The clock is right within this, microseconds.
pub const RIGHT_US: u64 = 1_000_000;
/// Servers further apart than this disagree, microseconds.
const AGREE_US: u64 = 2_000_000;
/// Sales are stamped by this very clock: it may have run ahead by as much when the newest was answered, microseconds.
const SALES_US: i64 = 120_000_000;
/// A host's own clock may be ahead by as much, microseconds.
const HOST_US: i64 = 60_000_000;
/// How the time that a person typed is named.
const TYPED: &str = "typed";
const TIMESYNCD: &str = "systemd-timesyncd.service";

/// What the servers said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readings {
    /// Server and what to add to our clock, microseconds.
    pub offsets: Vec<(String, i64)>,
    /// Where they were asked.
    pub servers: Vec<String>,
}

impl Readings {
    /// The middle one of the finest kind, with its source.
    pub fn middle(&self) -> Option<&(String, i64)> {
        let finest = self.offsets.iter().map(|(by, _)| coarse(by)).min()?;
        let mut sorted: Vec<&(String, i64)> = self.offsets.iter().filter(|(by, _)| coarse(by) == finest).collect();
        sorted.sort_by_key(|(_, offset)| *offset);
        sorted.get(sorted.len() / 2).copied()
    }

    /// Whether two of them cannot both be right.
    pub fn disagree(&self) -> bool {
        let apart = |(one, a): &(String, i64), (other, b): &(String, i64)| {
            a.abs_diff(*b) > AGREE_US + coarse(one) + coarse(other)
        };
        self.offsets.iter().enumerate().any(|(at, one)| self.offsets[at + 1..].iter().any(|other| apart(one, other)))
    }

    /// How near to nothing the offset has to be, by what tells it, microseconds.
    pub fn right_us(by: &str) -> u64 {
        RIGHT_US + coarse(by)
    }
}

/// What a source may be off although it is right, microseconds: time servers nothing, a web server's date a second and
/// its way, the mobile network's time half a minute.
fn coarse(by: &str) -> u64 {
    match by {
        NITZ => 30_000_000,
        // A watch, to the minute.
        TYPED => 60_000_000,
        _ if by.starts_with(HTTP) => 2_000_000,
        _ => 0,
    }
}

/// Whoever keeps the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keeper {
    Chrony,
    Timesyncd,
    Command,
    /// Nobody who could: the clock is stepped by what was measured.
    Own,
}

/// Looks at the machine and says what would be done.
pub async fn prepare(cx: &Cx) -> Prepared {
    let mut plan = Prepared { at: cx.hands.steady(), ..Prepared::default() };
    if let Some((Draft::Time { local }, since)) = &cx.draft {
        by_hand(cx, (local, since), &mut plan).await;
        return plan;
    }
    let mut keeper = keeper(cx).await;
    let mut servers = cx.config.clock.servers.clone();
    if servers.is_empty() && keeper == Some(Keeper::Chrony) {
        servers = chrony_sources(cx).await;
    } else if servers.is_empty() && keeper == Some(Keeper::Timesyncd) {
        servers = timesyncd_servers(cx).await;
    }
    let mut readings = measure(cx.host.as_ref(), &servers).await;
    // What tells the time less well: beside a time server it only shows that something is wrong.
    let mut others: Vec<String> = cx.config.clock.http.iter().take(2).cloned().collect();
    others.push(NITZ.to_owned());
    let other = measure(cx.host.as_ref(), &others).await;
    let by_hand = readings.offsets.is_empty() && !other.offsets.is_empty() && cx.config.actions.time == "auto";
    readings.offsets.extend(other.offsets);
    readings.servers.extend(other.servers);
    if by_hand && keeper != Some(Keeper::Command) {
        // Whoever keeps the clock hears no server either: the clock is stepped from here.
        keeper = Some(Keeper::Own);
    }
    let Some(keeper) = keeper else {
        plan.block("no-time-keeper", cx.config.actions.time.clone());
        return plan;
    };
    judge(cx, &readings, &mut plan);
    plan.rungs = vec![deeds(cx, keeper)];
    plan.steps = plan.rungs.iter().flatten().map(|deed| step(deed, keeper)).collect();
    plan.clock = Some(readings);
    plan
}

/// The last source: what a technician reads off a watch. Every other one that answers is compared with it.
async fn by_hand(cx: &Cx, (local, since): (&str, &Steady), plan: &mut Prepared) {
    if !cx.role.may(Role::Technician) {
        plan.block("role", Role::Technician.word());
        return;
    }
    let Some(typed) = cx.host.local(local) else {
        plan.block("clock-typed", local);
        return;
    };
    let now = cx.host.now();
    let passed = plan.at.ms.saturating_sub(since.ms).saturating_mul(1_000);
    let target = Stamp { micros: typed.micros.saturating_add(i64::try_from(passed).unwrap_or(0)), ..typed };
    let offset = target.micros.saturating_sub(now.micros);
    let mut servers = cx.config.clock.servers.clone();
    servers.extend(cx.config.clock.http.iter().take(2).cloned());
    servers.push(NITZ.to_owned());
    let mut readings = measure(cx.host.as_ref(), &servers).await;
    plan.clock = Some(readings.clone());
    readings.offsets.push((TYPED.to_owned(), offset));
    let form = "%Y-%m-%d %H:%M:%S";
    plan.notes.push(Said::new("run-clock-typed-before").fact("time", now.strftime(form)));
    plan.notes.push(Said::new("run-clock-typed-after").fact("time", target.strftime(form)));
    let (host, answer) = (cx.journal.last_host, cx.journal.last_answer);
    for (code, detail) in questions(&readings, target, offset, cx.host.built(), host, answer) {
        plan.ask(code, detail);
    }
    plan.rungs = vec![vec![Deed::StepClock { offset_us: 0 }]];
    plan.steps = vec![Said::new("run-deed-step-typed")];
    plan.by_hand = Some((local.to_owned(), target));
}

/// Asks every source how far our clock is off.
pub async fn measure(host: &dyn Host, servers: &[String]) -> Readings {
    let asked = servers.iter().take(MOST).map(|server| async move {
        let seen = if server == NITZ {
            host.nitz().await
        } else if let Some(rest) = server.strip_prefix(HTTP) {
            let rest = rest.trim_end_matches('/');
            let (name, _) = split_address(rest, Some(WEB))?;
            host.http_date(address(host, rest, WEB).await?, name, ASK).await
        } else {
            host.sntp(address(host, server, NTP).await?, ASK).await
        };
        Some((server.clone(), seen.ok()?.offset_us))
    });
    Readings { offsets: join_all(asked).await.into_iter().flatten().collect(), servers: servers.to_vec() }
}

async fn address(host: &dyn Host, server: &str, port: u16) -> Option<SocketAddr> {
    let (name, port) = split_address(server, Some(port))?;
    if let Ok(ip) = name.parse::<IpAddr>() {
        return Some(SocketAddr::new(ip, port));
    }
    let ips = host.lookup(name, LOOKUP).await.ok()?;
    ips.first().map(|ip| SocketAddr::new(*ip, port))
}

/// The configured word decides, else whoever answers.
async fn keeper(cx: &Cx) -> Option<Keeper> {
    let wanted = cx.config.actions.time.as_str();
    let may = |word: &str| wanted == "auto" || wanted == word;
    if may("chrony") && chronyc(cx, &["-c", "tracking"]).await.is_ok() {
        return Some(Keeper::Chrony);
    }
    if may("timesyncd") {
        let units = cx.host.units(&[TIMESYNCD.to_owned()]).await.unwrap_or_default();
        if units.named.iter().any(|unit| unit.state == "active") {
            return Some(Keeper::Timesyncd);
        }
    }
    (may("command") && !cx.config.actions.time_command.is_empty()).then_some(Keeper::Command)
}

fn argv(cx: &Cx, words: &[&str]) -> Vec<String> {
    cx.config.actions.chronyc.iter().cloned().chain(words.iter().map(|word| (*word).to_owned())).collect()
}

async fn chronyc(cx: &Cx, words: &[&str]) -> Result<String, ExecFault> {
    let output = cx.host.exec(&argv(cx, words), PROGRAM, OUTPUT).await?;
    if output.code != 0 {
        return Err(ExecFault::Other(format!("exit {}", output.code)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Servers that chrony itself asks: column 3 of its list, column 1 `^` for servers.
async fn chrony_sources(cx: &Cx) -> Vec<String> {
    let text = chronyc(cx, &["-c", "sources"]).await.unwrap_or_default();
    let address = |line: &str| {
        let columns: Vec<&str> = line.split(',').collect();
        (columns.first() == Some(&"^")).then(|| columns.get(2).map(|&at| at.to_owned())).flatten()
    };
    text.lines().filter_map(address).take(MOST).collect()
}

/// The server that systemd-timesyncd talks to, else those that it was given.
async fn timesyncd_servers(cx: &Cx) -> Vec<String> {
    let argv = ["timedatectl", "show-timesync", "--no-pager"].map(str::to_owned);
    let Ok(output) = cx.host.exec(&argv, PROGRAM, OUTPUT).await else { return Vec::new() };
    servers_in(&String::from_utf8_lossy(&output.stdout))
}

fn servers_in(text: &str) -> Vec<String> {
    let of = |key: &str| {
        let found = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        found.unwrap_or_default().split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    let keys = ["ServerAddress", "LinkNTPServers", "SystemNTPServers", "FallbackNTPServers"];
    keys.map(of).into_iter().find(|found| !found.is_empty()).unwrap_or_default().into_iter().take(MOST).collect()
}

fn deeds(cx: &Cx, keeper: Keeper) -> Vec<Deed> {
    match keeper {
        // Its socket is root's: the unit measures first and then steps, as below.
        Keeper::Chrony if !cx.hands.root() => {
            vec![Deed::StartUnit { unit: "pos-console-chrony.service".to_owned() }]
        }
        // Right after a step chrony has measured nothing, says "OK" and leaves the clock wrong: it measures first.
        Keeper::Chrony => vec![
            Deed::Run { argv: argv(cx, &["burst", "4/4"]) },
            Deed::Run { argv: argv(cx, &["waitsync", "10", "0", "0", "1"]) },
            Deed::Run { argv: argv(cx, &["makestep"]) },
        ],
        Keeper::Timesyncd => vec![Deed::RestartUnit { unit: TIMESYNCD.to_owned() }],
        // Filled in when it is done: the plan stays the same while the clock runs.
        Keeper::Own => vec![Deed::StepClock { offset_us: 0 }],
        Keeper::Command => vec![deed_of(&cx.config.actions.time_command)],
    }
}

/// A deed in words; what chrony is told has words of its own, and its command line for the audit.
fn step(deed: &Deed, keeper: Keeper) -> Said {
    let Deed::Run { argv } = deed else { return said(deed) };
    let has = |word: &str| argv.iter().any(|have| have == word);
    let key = match keeper {
        Keeper::Chrony if has("burst") => "run-clock-measure",
        Keeper::Chrony if has("waitsync") => "run-clock-wait",
        Keeper::Chrony => "run-clock-step",
        Keeper::Timesyncd | Keeper::Command | Keeper::Own => return said(deed),
    };
    Said::new(key).fact("argv", argv.join(" "))
}

/// What is said of the readings, and what stands against it.
fn judge(cx: &Cx, readings: &Readings, plan: &mut Prepared) {
    let Some((server, offset)) = readings.middle() else {
        plan.block("no-time-source", readings.servers.join(" "));
        return;
    };
    let now = cx.host.now();
    let target = Stamp { micros: now.micros.saturating_add(*offset), ..now };
    plan.notes.push(offset_said("run-clock-offset", *offset).fact("server", server.as_str()));
    plan.notes.push(Said::new("run-clock-target").fact("time", target.strftime("%Y-%m-%d %H:%M:%S")));
    for (code, detail) in
        questions(readings, target, *offset, cx.host.built(), cx.journal.last_host, cx.journal.last_answer)
    {
        plan.ask(code, detail);
    }
}

/// What a technician has to say yes to first.
fn questions(
    readings: &Readings,
    target: Stamp,
    offset: i64,
    built: Stamp,
    last_host: Option<Stamp>,
    last_answer: Option<Stamp>,
) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    if readings.disagree() {
        let each = readings.offsets.iter().map(|(server, offset)| format!("{server} {} s", offset / 1_000_000));
        found.push(("clock-disagree", each.collect::<Vec<_>>().join(", ")));
    }
    if target < built {
        found.push(("clock-too-old", built.strftime("%Y-%m-%d")));
    }
    // A host's own clock ran on since: no right time is before it. Ours only hints at it.
    let host = last_host.filter(|last| target.micros < last.micros.saturating_sub(HOST_US));
    let newest = host
        .or(last_answer)
        .filter(|last| host.is_some() || (offset < 0 && target.micros < last.micros.saturating_sub(SALES_US)));
    if let Some(last) = newest {
        found.push(("clock-behind-sales", Stamp { offset: target.offset, ..last }.strftime("%Y-%m-%d %H:%M:%S")));
    }
    found
}

/// An offset as a person reads it.
pub fn offset_said(key: &str, offset_us: i64) -> Said {
    let way = if offset_us < 0 { "ahead" } else { "behind" };
    let ms = offset_us.unsigned_abs() / 1_000;
    let seconds = format!("{}.{}", ms / 1_000, ms % 1_000 / 100);
    Said::new(key).fact("seconds", seconds).fact("way", way)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn readings(offsets: &[i64]) -> Readings {
        let offsets = offsets.iter().map(|s| (format!("server {s}"), s * 1_000_000)).collect();
        Readings { offsets, servers: Vec::new() }
    }

    fn codes(offsets: &[i64], now: &str, last: Option<&str>) -> Vec<&'static str> {
        let readings = readings(offsets);
        let offset = readings.middle().unwrap().1;
        let now = Stamp::parse(now).unwrap();
        let target = Stamp { micros: now.micros + offset, ..now };
        let built = Stamp::parse("2026-01-01T00:00:00Z").unwrap();
        let last = last.map(|text| Stamp::parse(text).unwrap());
        questions(&readings, target, offset, built, None, last).into_iter().map(|(code, _)| code).collect()
    }

    #[test]
    fn a_person_is_asked_only_where_the_clock_could_be_made_worse() {
        let noon = "2026-11-21T12:00:00+08:00";
        assert!(codes(&[5], noon, Some(noon)).is_empty());
        // A clock that woke up in 1970 goes forward, however far: no shop that was closed for days is refused.
        assert!(codes(&[1_795_000_000, 1_795_000_001], "1970-01-01T00:10:00Z", None).is_empty());
        // A clock 90 s ahead has stamped its newest sale ahead too.
        assert!(codes(&[-90], noon, Some(noon)).is_empty());
        assert_eq!(codes(&[-3 * 86_400], noon, Some(noon)), ["clock-behind-sales"]);
        assert_eq!(codes(&[0, 100], noon, None), ["clock-disagree"]);
        assert_eq!(codes(&[-400 * 86_400], noon, None), ["clock-too-old"]);
    }

    #[test]
    fn no_right_time_is_before_what_a_host_said() {
        let at = |text: &str| Stamp::parse(text).unwrap();
        let (built, host) = (at("2026-01-01T00:00:00Z"), Some(at("2026-11-21T12:00:00Z")));
        let ask = |target: &str, offset: i64| questions(&readings(&[0]), at(target), offset, built, host, None);
        // Even forward: the server itself may be the one that is wrong.
        assert_eq!(ask("2026-11-20T12:00:00Z", 86_400_000_000)[0].0, "clock-behind-sales");
        assert!(ask("2026-11-21T11:59:30Z", -30_000_000).is_empty());
        assert!(ask("2026-12-24T00:00:00Z", 60_000_000).is_empty(), "a shop that was closed for weeks");
    }

    #[test]
    fn what_is_less_precise_disagrees_later_and_decides_only_alone() {
        let all = |list: &[(&str, i64)]| Readings {
            offsets: list.iter().map(|(by, s)| ((*by).to_owned(), s * 1_000_000)).collect(),
            servers: Vec::new(),
        };
        let both = all(&[("ntp.test", 5), ("http://date.test", 8), (NITZ, 30)]);
        assert!(!both.disagree());
        assert_eq!(both.middle().unwrap().0, "ntp.test");
        assert!(all(&[("ntp.test", 5), ("http://date.test", 15)]).disagree());
        let alone = all(&[(NITZ, 100), ("http://date.test", 90)]);
        assert_eq!(alone.middle().unwrap().0, "http://date.test");
        assert_eq!(Readings::right_us("http://date.test"), 3_000_000);
    }

    #[test]
    fn timesyncd_says_whom_it_asks() {
        let asked = "SystemNTPServers=\nFallbackNTPServers=0.pool.test 1.pool.test\nServerName=0.pool.test\n\
                     ServerAddress=192.0.2.7\nPollIntervalUSec=32s\n";
        assert_eq!(servers_in(asked), ["192.0.2.7"]);
        assert_eq!(servers_in("FallbackNTPServers=0.pool.test 1.pool.test\n"), ["0.pool.test", "1.pool.test"]);
        assert!(servers_in("").is_empty());
    }

    /// Every kind of source, and how far it may be off, microseconds.
    const KINDS: [(&str, i64); 4] =
        [("ntp.test", 0), ("http://date.test", 2_000_000), (NITZ, 30_000_000), (TYPED, 60_000_000)];

    #[test]
    fn any_two_sources_disagree_as_soon_as_both_cannot_be_right() {
        for (one, off) in KINDS {
            for (other, also) in KINDS {
                let apart = AGREE_US as i64 + off + also;
                for (by, wanted) in [(apart, false), (-apart, false), (apart + 1, true), (-apart - 1, true)] {
                    let offsets = vec![(one.to_owned(), 500), (other.to_owned(), 500 + by)];
                    let both = Readings { offsets, servers: Vec::new() };
                    assert_eq!(both.disagree(), wanted, "{one} and {other}, {by} us apart");
                }
            }
        }
    }

    #[test]
    fn whatever_tells_it_no_time_is_taken_that_cannot_be() {
        let at = |text: &str| Stamp::parse(text).unwrap();
        let later = |stamp: Stamp, micros: i64| Stamp { micros: stamp.micros + micros, ..stamp };
        let (built, host) = (at("2026-11-01T00:00:00Z"), at("2026-11-21T12:00:00Z"));
        for (source, _) in KINDS {
            // Forward and back: the way there does not make it right.
            for offset in [-86_400_000_000, 86_400_000_000] {
                let readings = Readings { offsets: vec![(source.to_owned(), offset)], servers: Vec::new() };
                let codes = |target, host, answer| -> Vec<&str> {
                    questions(&readings, target, offset, built, host, answer)
                        .into_iter()
                        .map(|(code, _)| code)
                        .collect()
                };
                assert_eq!(codes(later(built, -1), None, None), ["clock-too-old"], "{source} {offset}");
                assert!(codes(built, None, None).is_empty(), "{source} {offset}");
                assert_eq!(
                    codes(later(host, -HOST_US - 1), Some(host), None),
                    ["clock-behind-sales"],
                    "{source} {offset}"
                );
                assert!(codes(later(host, -HOST_US), Some(host), None).is_empty(), "{source} {offset}");
                // Our own stamp of the newest answer only hints, and only at a step back.
                let hint = codes(later(host, -SALES_US - 1), None, Some(host));
                assert_eq!(hint.len(), usize::from(offset < 0), "{source} {offset}: {hint:?}");
                assert_eq!(codes(later(built, -1), Some(host), None), ["clock-too-old", "clock-behind-sales"]);
            }
        }
    }

    #[test]
    fn an_offset_is_told_with_its_way() {
        let said = offset_said("x", -90_250_000);
        assert_eq!((&said.facts["seconds"], &said.facts["way"]), (&"90.2".into(), &"ahead".into()));
    }
}
