//! Time from elsewhere than a time server, and setting the clock ourselves: the date of a web server, the mobile
//! network's time, and a step of the clock by so many milliseconds, within bounds.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::tcp;
use crate::platform::{TimeFault, TimeSeen, Trouble};

/// Bytes of a web server's answer that are looked at.
const HEAD: usize = 4_096;
/// The bus and every modem together.
const NITZ: Duration = Duration::from_secs(4);
const MODEMS: &str = "org.freedesktop.ModemManager1";
const TIME: &str = "org.freedesktop.ModemManager1.Modem.Time";
/// Stratum of what is no time server.
const NO_SERVER: u8 = 16;
/// A clock is never set later than this after the build, seconds: 30 years.
const LATEST_S: i64 = 30 * 365 * 86_400;

/// Asks a web server for its date (RFC 9110 section 6.6.1): right to the second.
pub async fn http_date(to: SocketAddr, host: &str, limit: Duration) -> Result<TimeSeen, TimeFault> {
    tokio::time::timeout(limit, ask_date(to, host)).await.unwrap_or(Err(TimeFault::Silent))
}

async fn ask_date(to: SocketAddr, host: &str) -> Result<TimeSeen, TimeFault> {
    let mut stream = tcp::connect(to).await.map_err(|_| TimeFault::Refused)?;
    let began = std::time::Instant::now();
    let question = format!("HEAD / HTTP/1.1\r\nHost: {host}\r\nUser-Agent: pos-console\r\nConnection: close\r\n\r\n");
    stream.write_all(question.as_bytes()).await.map_err(|_| TimeFault::Silent)?;
    let mut head = Vec::new();
    (&mut stream).take(HEAD as u64).read_to_end(&mut head).await.map_err(|_| TimeFault::Silent)?;
    let (rtt, now) = (began.elapsed(), jiff::Timestamp::now());
    let seen = date_of(&head).ok_or_else(|| TimeFault::Useless("no-date".to_owned()))?;
    // The date is cut to the second: half of one and half the way are added.
    let micros = seen.as_microsecond() + 500_000 + i64::try_from(rtt.as_micros() / 2).unwrap_or(0);
    Ok(TimeSeen { offset_us: micros.saturating_sub(now.as_microsecond()), rtt, stratum: NO_SERVER })
}

/// The date in an answer's head.
fn date_of(head: &[u8]) -> Option<jiff::Timestamp> {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.split("\r\n");
    lines.next().filter(|line| line.starts_with("HTTP/"))?;
    let value = lines.take_while(|line| !line.is_empty()).find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("date").then(|| value.trim().to_owned())
    })?;
    let zoned = jiff::fmt::rfc2822::DateTimeParser::new().parse_zoned(&value).ok()?;
    Some(zoned.timestamp())
}

/// What the mobile network says that it is (NITZ), by ModemManager; often a minute off, and better than 1970.
pub async fn nitz() -> Result<TimeSeen, TimeFault> {
    let asked = tokio::time::timeout(NITZ, ask_modems()).await;
    asked.unwrap_or(Err(Trouble::Late)).map_err(|trouble| TimeFault::Useless(trouble.to_string()))
}

async fn ask_modems() -> Result<TimeSeen, Trouble> {
    let bus = super::bus::system().await?;
    for (path, faces) in super::radio::modem_objects(&bus).await? {
        if !faces.contains_key(TIME) {
            continue;
        }
        let Ok(answer) = bus.call_method(Some(MODEMS), path.as_ref(), Some(TIME), "GetNetworkTime", &()).await else {
            continue;
        };
        let Ok(text) = answer.body().deserialize::<String>() else { continue };
        if let Some(at) = network_time(&text) {
            let offset_us = at.as_microsecond().saturating_sub(jiff::Timestamp::now().as_microsecond());
            return Ok(TimeSeen { offset_us, rtt: Duration::ZERO, stratum: NO_SERVER });
        }
    }
    Err(Trouble::Missing)
}

/// ISO 8601 with an offset of hours, as ModemManager writes it: `2026-11-22T10:00:00+08`.
fn network_time(text: &str) -> Option<jiff::Timestamp> {
    let text = text.trim();
    let short = text.len() > 3 && matches!(text.as_bytes()[text.len() - 3], b'+' | b'-');
    let full = if short { format!("{text}:00") } else { text.to_owned() };
    full.parse().ok()
}

/// Reads `p90250` and `m90250`: milliseconds forward or back. (systemd takes no sign in a unit's name.)
fn step_of(text: &str) -> Option<i64> {
    let (sign, digits) = text.split_at_checked(1)?;
    let fine = (1..=14).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let ms: i64 = digits.parse().ok().filter(|_| fine)?;
    match sign {
        "p" => Some(ms),
        "m" => Some(-ms),
        _ => None,
    }
}

/// A step as a unit's name has it.
pub fn step_word(offset_us: i64) -> String {
    let sign = if offset_us < 0 { 'm' } else { 'p' };
    format!("{sign}{}", offset_us.unsigned_abs() / 1_000)
}

/// Where a step leads, if the clock may be set to that: not before the build, not decades after it.
fn target(step: &str, now_us: i64, built_us: i64) -> Option<i64> {
    let to = now_us.checked_add(step_of(step)?.checked_mul(1_000)?)?;
    (built_us..built_us.saturating_add(LATEST_S * 1_000_000)).contains(&to).then_some(to)
}

/// Steps the clock; root only.
pub fn step(word: &str) -> Result<String, Trouble> {
    let now = jiff::Timestamp::now().as_microsecond();
    let to = target(word, now, crate::platform::built().micros)
        .ok_or_else(|| Trouble::Other(format!("{word:?}: no step within bounds")))?;
    let at = rustix::time::Timespec { tv_sec: to.div_euclid(1_000_000), tv_nsec: to.rem_euclid(1_000_000) * 1_000 };
    rustix::time::clock_settime(rustix::time::ClockId::Realtime, at).map_err(std::io::Error::from)?;
    Ok("stepped".to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_web_servers_date_is_read_from_its_head_only() {
        let of = |text: &str| date_of(text.as_bytes()).map(|at| at.to_string());
        let good = "HTTP/1.1 301 Moved\r\nServer: x\r\nDATE: Sun, 22 Nov 2026 02:00:00 GMT\r\n\r\n";
        assert_eq!(of(good).as_deref(), Some("2026-11-22T02:00:00Z"));
        assert_eq!(of("HTTP/1.1 200 OK\r\n\r\nDate: Sun, 22 Nov 2026 02:00:00 GMT\r\n"), None);
        for bad in ["", "SSH-2.0\r\nDate: Sun, 22 Nov 2026 02:00:00 GMT\r\n", "HTTP/1.1 200 OK\r\nDate: soon\r\n\r\n"] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_mobile_networks_time_is_read_as_the_modem_manager_writes_it() {
        let of = |text: &str| network_time(text).map(|at| at.to_string());
        assert_eq!(of("2026-11-22T10:00:00+08").as_deref(), Some("2026-11-22T02:00:00Z"));
        assert_eq!(of("2026-11-22T10:00:00+08:00").as_deref(), Some("2026-11-22T02:00:00Z"));
        assert_eq!(of("2026-11-22T10:00:00Z").as_deref(), Some("2026-11-22T10:00:00Z"));
        assert_eq!((of(""), of("+08"), of("soon")), (None, None, None));
    }

    #[test]
    fn a_step_is_a_number_within_bounds() {
        let built = 1_767_225_600_000_000;
        assert_eq!(target("p90250", built, built), Some(built + 90_250_000));
        assert_eq!(target("m1000", built + 5_000_000, built), Some(built + 4_000_000));
        // 1970 forward; never before the build, never into another age.
        assert_eq!(target(&step_word(built), 0, built), Some(built));
        assert_eq!(target("m1", built, built), None);
        assert_eq!(target("p99999999999999", built, built), None);
        for bad in ["", "p", "1", "+1", "p-1", "p1;x", "px", "m 1", "p999999999999999"] {
            assert_eq!(step_of(bad), None, "{bad}");
        }
        assert_eq!(step_word(-1_500), "m1");
    }

    #[tokio::test]
    async fn a_web_server_is_asked_for_its_date() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut question = [0; 512];
            let read = stream.read(&mut question).await.unwrap();
            assert!(question[..read].starts_with(b"HEAD / HTTP/1.1\r\nHost: date.test\r\n"));
            let now = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(90);
            let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
            stream.write_all(format!("HTTP/1.1 200 OK\r\nDate: {date}\r\n\r\n").as_bytes()).await.unwrap();
        });
        let seen = http_date(at, "date.test", Duration::from_secs(20)).await.unwrap();
        assert!((88_000_000..93_000_000).contains(&seen.offset_us), "{seen:?}");
    }
}
