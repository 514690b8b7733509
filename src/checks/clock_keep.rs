//! `clock.rtc`, `clock.sync`: does the clock go on while the terminal is off, and does anybody keep it right.

use std::time::Duration;

use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Finding, Status};
use crate::platform::{ExecFault, Fut, Output, Trouble};

pub(super) struct Rtc;

const RTC: CheckSpec = CheckSpec {
    id: "clock.rtc",
    area: Area::Clock,
    screen: "53",
    every: Duration::from_mins(10),
    limit: Duration::from_secs(4),
    needs: &["clock.offset"],
};

const RTC_NOW: &str = "/sys/class/rtc/rtc0/since_epoch";
/// Clocks that are read a moment apart, and set every now and then, seconds.
const NEAR_S: i64 = 120;

impl Check for Rtc {
    fn spec(&self) -> &'static CheckSpec {
        &RTC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            let bytes = match cx.host.read(RTC_NOW, 64).await {
                Ok(bytes) => bytes,
                Err(Trouble::Missing) => return vec![RTC.found(&cx, Status::Absent, "clock-rtc-none")],
                Err(trouble) => {
                    let found = RTC.found(&cx, Status::Unknown, "clock-rtc-unknown");
                    return vec![found.fact("reason", trouble.to_string())];
                }
            };
            let text = String::from_utf8_lossy(&bytes).trim().to_owned();
            let Ok(told) = text.parse::<i64>() else {
                let found = RTC.found(&cx, Status::Unknown, "clock-rtc-unknown");
                return vec![found.fact("reason", text)];
            };
            let now = cx.host.now();
            let seconds = now.micros / 1_000_000;
            // It may hold the time of the zone.
            let zone = i64::from(now.offset) * 60;
            let off = (told - seconds).abs().min((told - seconds - zone).abs());
            let (status, code) = match () {
                () if told < cx.host.built().micros / 1_000_000 => (Status::Warning, "clock-rtc-lost"),
                () if off > NEAR_S => (Status::Warning, "clock-rtc-off"),
                () => (Status::Ok, "clock-rtc-ok"),
            };
            vec![RTC.found(&cx, status, code).fact("off_s", off).remedy("sync-time")]
        })
    }
}

pub(super) struct Keeper;

const SYNC: CheckSpec = CheckSpec {
    id: "clock.sync",
    area: Area::Clock,
    screen: "53",
    every: Duration::from_mins(5),
    limit: Duration::from_secs(9),
    needs: &["net.dns", "net.gateway", "net.address", "net.link"],
};

const PROGRAM: Duration = Duration::from_secs(4);

impl Check for Keeper {
    fn spec(&self) -> &'static CheckSpec {
        &SYNC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            let wanted = cx.config.actions.time.as_str();
            if wanted == "none" || wanted == "command" {
                return vec![SYNC.found(&cx, Status::Absent, "clock-sync-none")];
            }
            if wanted != "timesyncd"
                && let Some(found) = chrony(&cx, wanted == "chrony").await
            {
                return vec![found];
            }
            vec![timesyncd(&cx, wanted == "timesyncd").await]
        })
    }
}

/// What chrony says; none where it does not run and nobody asked for it.
async fn chrony(cx: &Cx, must: bool) -> Option<Finding> {
    let mut argv = cx.config.actions.chronyc.clone();
    argv.extend(["-c".to_owned(), "tracking".to_owned()]);
    let silent = |reason: String| {
        must.then(|| SYNC.found(cx, Status::Fail, "clock-sync-dead").fact("keeper", "chrony").fact("reason", reason))
    };
    let output = match cx.host.exec(&argv, PROGRAM, 16 * 1024).await {
        Ok(output) if output.code == 0 => output,
        Ok(output) => return silent(format!("exit {}", output.code)),
        Err(ExecFault::Missing) => return silent(ExecFault::Missing.to_string()),
        Err(fault) => {
            let found = SYNC.found(cx, Status::Unknown, "clock-sync-unknown");
            return Some(found.fact("keeper", "chrony").fact("reason", fault.to_string()));
        }
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    // Reference id, name, stratum, time, offset, ... leap status last.
    let words: Vec<&str> = text.trim().split(',').collect();
    let found = match (words.len(), words.last()) {
        (14, Some(&"Not synchronised")) => SYNC.found(cx, Status::Warning, "clock-sync-not-yet"),
        (14, _) => SYNC.found(cx, Status::Ok, "clock-sync-ok").fact("stratum", words[2]).fact("server", words[1]),
        _ => SYNC.found(cx, Status::Unknown, "clock-sync-unknown").fact("reason", "format"),
    };
    Some(found.fact("keeper", "chrony"))
}

/// What systemd says of its own keeper.
async fn timesyncd(cx: &Cx, must: bool) -> Finding {
    let argv = ["timedatectl", "show", "-p", "NTP", "-p", "NTPSynchronized"].map(str::to_owned);
    let told = cx.host.exec(&argv, PROGRAM, 16 * 1024).await;
    let Ok(Output { code: 0, stdout, .. }) = told else {
        let status = if must { Status::Unknown } else { Status::Absent };
        let code = if must { "clock-sync-unknown" } else { "clock-sync-none" };
        let reason = told.map_or_else(|fault| fault.to_string(), |output| format!("exit {}", output.code));
        return SYNC.found(cx, status, code).fact("keeper", "timesyncd").fact("reason", reason);
    };
    let text = String::from_utf8_lossy(&stdout);
    let says = |line: &str| text.lines().any(|own| own == line);
    let (status, code) = match () {
        () if says("NTPSynchronized=yes") => (Status::Ok, "clock-sync-ok"),
        () if says("NTP=no") && must => (Status::Fail, "clock-sync-dead"),
        () if says("NTP=no") => (Status::Absent, "clock-sync-none"),
        () => (Status::Warning, "clock-sync-not-yet"),
    };
    SYNC.found(cx, status, code).fact("keeper", "timesyncd").fact("reason", "NTP=no")
}
