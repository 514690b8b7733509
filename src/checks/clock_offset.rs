//! `clock.offset`: how far the clock is from the right time.

use std::time::Duration;

use futures_util::future::join_all;

use super::found::{Build, ms};
use super::names::{self, Place};
use super::reach::path;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Fact, Finding, Status};
use crate::platform::{Fut, TimeFault, TimeSeen};

const ASK: Duration = Duration::from_millis(2_400);
/// Servers that are asked.
const MOST: usize = 5;

pub(super) struct ClockOffset;

const SPEC: CheckSpec = CheckSpec {
    id: "clock.offset",
    area: Area::Clock,
    screen: "53",
    every: Duration::from_mins(10),
    limit: Duration::from_secs(8),
    needs: &["net.firewall", "net.dns", "net.gateway", "net.address", "net.link"],
};

impl Check for ClockOffset {
    fn spec(&self) -> &'static CheckSpec {
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move { vec![look(&cx).await.remedy("sync-time")] })
    }
}

async fn look(cx: &Cx) -> Finding {
    let servers = &cx.config.clock.servers;
    let answers = join_all(servers.iter().take(MOST).map(|server| ask(cx, server))).await;
    let mut times: Vec<TimeSeen> = answers.iter().filter_map(|(_, answer)| answer.as_ref().ok().copied()).collect();
    times.sort_by_key(|time| time.offset_us);
    let words: Vec<String> = servers.iter().zip(&answers).map(|(server, (_, answer))| said(server, answer)).collect();
    let found = match times.get(times.len() / 2) {
        Some(middle) => compare(cx, &times, *middle),
        // Before it was built this program cannot have run: that needs no server.
        None if cx.host.now() < cx.host.built() => SPEC.found(cx, Status::Fail, "clock-before-build"),
        None if servers.is_empty() => SPEC.found(cx, Status::Absent, "clock-not-asked"),
        None => SPEC.found(cx, Status::Unknown, "clock-silent"),
    };
    let local = answers.iter().all(|(way, _)| *way == "loopback");
    let found = if servers.is_empty() { found } else { found.fact("path", if local { "loopback" } else { "routed" }) };
    found.fact("servers", words).fact("now", cx.host.now().strftime("%Y-%m-%d %H:%M"))
}

fn compare(cx: &Cx, times: &[TimeSeen], middle: TimeSeen) -> Finding {
    let limits = &cx.config.clock;
    let (Some(first), Some(last)) = (times.first(), times.last()) else {
        return SPEC.found(cx, Status::Unknown, "clock-silent");
    };
    let spread = last.offset_us.abs_diff(first.offset_us) / 1_000;
    let off = middle.offset_us.unsigned_abs() / 1_000;
    // Two servers that contradict each other: nobody can say who is right.
    if times.len() == 2 && spread > limits.warn_ms.max(1_000) {
        return SPEC.found(cx, Status::Unknown, "clock-disagree").fact("spread_s", spread / 1_000);
    }
    let status = match off {
        off if off >= limits.fail_ms => Status::Fail,
        off if off >= limits.warn_ms => Status::Warning,
        _ => Status::Ok,
    };
    let code = match (status, middle.offset_us > 0) {
        (Status::Ok, _) => "clock-ok",
        (_, true) => "clock-behind",
        (_, false) => "clock-ahead",
    };
    SPEC.found(cx, status, code)
        .fact("offset_ms", Fact::Int(middle.offset_us / 1_000))
        .fact("off_s", off / 1_000)
        .fact("rtt_ms", ms(middle.rtt))
        .fact("stratum", u32::from(middle.stratum))
}

async fn ask(cx: &Cx, server: &str) -> (&'static str, Result<TimeSeen, TimeFault>) {
    let at = match names::place(server, Some(123)) {
        Some(Place::At(at)) => Some(at),
        Some(Place::Named(name, port)) => {
            names::resolve(cx, &name).await.and_then(|ips| ips.first().map(|ip| (*ip, port).into()))
        }
        None => None,
    };
    match at {
        Some(at) => (path(cx, at.ip()).await, cx.host.sntp(at, ASK).await),
        None => ("routed", Err(TimeFault::Useless("unresolved".to_owned()))),
    }
}

fn said(server: &str, answer: &Result<TimeSeen, TimeFault>) -> String {
    match answer {
        Ok(time) => format!("{server} {} ms", time.offset_us / 1_000),
        Err(TimeFault::Silent) => format!("{server} timeout"),
        Err(TimeFault::Refused) => format!("{server} refused"),
        Err(TimeFault::Useless(why)) => format!("{server} {why}"),
    }
}
