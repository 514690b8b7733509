//! `power.supply`, `power.battery`, `power.boots`: mains, battery, and starts without a shutdown before them.
//!
//! Drivers leave values out or send rubbish: what cannot be is `unknown`, with the value.

use std::time::Duration;

use super::adapter::{self, Kind};
use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Finding, Stamp, Status};
use crate::platform::{ExecFault, Fut};

const FOLDER: &str = "/sys/class/power_supply";
/// What the firmware of some boards counts: under-voltage now (bit 0), ever since the start (bit 16).
const THROTTLED: &str = "/sys/devices/platform/soc/soc:firmware/get_throttled";
const VALUE: usize = 256;
/// Supplies that are looked at.
const MOST: usize = 16;
const WEEK_S: i64 = 7 * 86_400;

const fn spec(id: &'static str) -> CheckSpec {
    CheckSpec {
        id,
        area: Area::Power,
        screen: "52",
        every: Duration::from_secs(30),
        limit: Duration::from_secs(9),
        needs: &[],
    }
}

/// One entry of the kernel's list.
struct Entry {
    name: String,
    kind: String,
}

/// A value of a supply; none where the driver tells none.
async fn value(cx: &Cx, supply: &str, what: &str) -> Option<String> {
    let bytes = cx.host.read(&format!("{FOLDER}/{supply}/{what}"), VALUE).await.ok()?;
    Some(String::from_utf8_lossy(&bytes).trim().to_owned()).filter(|text| !text.is_empty())
}

/// Supplies of the terminal itself, not of mice and pens.
async fn supplies(cx: &Cx) -> Vec<Entry> {
    let mut found = Vec::new();
    for name in cx.host.list(FOLDER).await.unwrap_or_default().into_iter().take(MOST) {
        let other = value(cx, &name, "scope").await.is_some_and(|scope| scope == "Device");
        if let Some(kind) = value(cx, &name, "type").await.filter(|_| !other) {
            found.push(Entry { name, kind });
        }
    }
    found
}

pub(super) struct Supply;

const SUPPLY: CheckSpec = spec("power.supply");

impl Check for Supply {
    fn spec(&self) -> &'static CheckSpec {
        &SUPPLY
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            if let Some(found) = adapter::finding(&cx, Kind::Power, &SUPPLY).await {
                return vec![found];
            }
            vec![supply(&cx).await]
        })
    }
}

async fn supply(cx: &Cx) -> Finding {
    let bytes = cx.host.read(THROTTLED, VALUE).await.unwrap_or_default();
    let bits = u32::from_str_radix(String::from_utf8_lossy(&bytes).trim().trim_start_matches("0x"), 16).unwrap_or(0);
    if bits & 1 != 0 {
        return SUPPLY.found(cx, Status::Fail, "power-supply-weak");
    }
    let all = supplies(cx).await;
    let mut online = Vec::new();
    for entry in all.iter().filter(|entry| entry.kind != "Battery" && entry.kind != "UPS") {
        online.push((entry.name.clone(), value(cx, &entry.name, "online").await));
    }
    let said = |word: &str| online.iter().find(|(_, value)| value.as_deref() == Some(word));
    let on = online.iter().find(|(_, value)| matches!(value.as_deref(), Some("1" | "2")));
    let dipped = bits & (1 << 16) != 0;
    match (on, online.is_empty()) {
        (Some((name, _)), _) if dipped => {
            SUPPLY.found(cx, Status::Warning, "power-supply-dipped").fact("supply", name.as_str())
        }
        (None, true) if dipped => SUPPLY.found(cx, Status::Warning, "power-supply-dipped").fact("supply", "-"),
        (Some((name, _)), _) => SUPPLY.found(cx, Status::Ok, "power-supply-ok").fact("supply", name.as_str()),
        (None, true) => SUPPLY.found(cx, Status::Absent, "power-supply-none"),
        (None, false) if said("0").is_some() => {
            let status = if cx.config.power.mains { Status::Warning } else { Status::Ok };
            SUPPLY.found(cx, status, "power-supply-off")
        }
        (None, false) => {
            let odd = online.iter().find_map(|(_, value)| value.clone()).unwrap_or_else(|| "-".to_owned());
            SUPPLY.found(cx, Status::Unknown, "power-supply-odd").fact("value", odd)
        }
    }
}

pub(super) struct Battery;

const BATTERY: CheckSpec = spec("power.battery");

impl Check for Battery {
    fn spec(&self) -> &'static CheckSpec {
        &BATTERY
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            if cx.config.adapter.contains_key(Kind::Power.word()) {
                return vec![BATTERY.found(&cx, Status::Absent, "power-battery-none")];
            }
            let mut found = Vec::new();
            for entry in supplies(&cx).await.iter().filter(|entry| entry.kind == "Battery") {
                if value(&cx, &entry.name, "present").await.as_deref() != Some("0") {
                    found.push(battery(&cx, &entry.name).await);
                }
            }
            let missing = if cx.config.power.battery {
                (Status::Fail, "power-battery-missing")
            } else {
                (Status::Absent, "power-battery-none")
            };
            // One finding for all: the worst.
            let worst = found.into_iter().max_by_key(|found| found.status.weight());
            vec![worst.unwrap_or_else(|| BATTERY.found(&cx, missing.0, missing.1))]
        })
    }
}

/// Charge in percent: as told, else from what it holds and what it holds when full.
async fn charge(cx: &Cx, name: &str) -> Result<u8, String> {
    if let Some(text) = value(cx, name, "capacity").await {
        let sane = text.parse::<i64>().ok().filter(|percent| (0..=100).contains(percent));
        return sane.and_then(|percent| u8::try_from(percent).ok()).ok_or(text);
    }
    for what in ["charge", "energy"] {
        let number = async |end: &str| value(cx, name, &format!("{what}_{end}")).await?.parse::<i64>().ok();
        if let (Some(now), Some(full)) = (number("now").await, number("full").await) {
            let sane = full > 0 && (0..=full.saturating_mul(11) / 10).contains(&now);
            let percent = if sane { u8::try_from((now * 100 / full).min(100)).ok() } else { None };
            return percent.ok_or_else(|| format!("{now}/{full}"));
        }
    }
    Err("-".to_owned())
}

async fn battery(cx: &Cx, name: &str) -> Finding {
    let limits = &cx.config.power;
    let health = value(cx, name, "health").await.unwrap_or_default();
    let state = value(cx, name, "status").await.unwrap_or_default();
    let celsius = temperature(cx, name).await;
    let charge = match charge(cx, name).await {
        Ok(charge) => charge,
        Err(value) => {
            return BATTERY.found(cx, Status::Unknown, "power-battery-odd").fact("value", value).fact("battery", name);
        }
    };
    let drains = state == "Discharging";
    let (status, code) = match (health.as_str(), charge) {
        ("Dead" | "Unspecified failure" | "Over voltage", _) => (Status::Fail, "power-battery-bad"),
        (_, 0..=100) if drains && charge <= limits.battery_fail_percent => (Status::Fail, "power-battery-empty"),
        ("Overheat" | "Overcurrent" | "Hot", _) => (Status::Warning, "power-battery-hot"),
        ("Cold" | "Cool", _) => (Status::Warning, "power-battery-cold"),
        (_, _) if drains && charge <= limits.battery_warn_percent => (Status::Warning, "power-battery-low"),
        (_, 0) if state == "Full" => (Status::Unknown, "power-battery-odd"),
        _ if celsius.is_some_and(|celsius| celsius >= 60.0) => (Status::Warning, "power-battery-hot"),
        _ => (Status::Ok, "power-battery-ok"),
    };
    let found = BATTERY
        .found(cx, status, code)
        .fact("percent", u32::from(charge))
        .fact("state", if state.is_empty() { "Unknown" } else { state.as_str() })
        .fact("health", if health.is_empty() { "-" } else { health.as_str() })
        .fact("value", format!("{charge}% {state}"))
        .fact("battery", name);
    match celsius {
        Some(celsius) => found.fact("celsius", celsius),
        None => found,
    }
}

/// Degrees Celsius. The kernel's unit is a tenth; some drivers send whole degrees, none is told where neither can be.
async fn temperature(cx: &Cx, name: &str) -> Option<f64> {
    let told: f64 = value(cx, name, "temp").await?.parse().ok()?;
    let tenths = told / 10.0;
    (told != 0.0 && (-40.0..=100.0).contains(&tenths)).then_some(tenths)
}

pub(super) struct Boots;

const BOOTS: CheckSpec = CheckSpec { every: Duration::from_mins(30), ..spec("power.boots") };

/// What the system's login record says of starts and shutdowns, newest first.
const LAST: [&str; 7] = ["last", "-x", "--time-format", "iso", "-n", "400", "reboot"];

impl Check for Boots {
    fn spec(&self) -> &'static CheckSpec {
        &BOOTS
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            let argv: Vec<String> = LAST.iter().copied().chain(["shutdown"]).map(str::to_owned).collect();
            vec![match cx.host.exec(&argv, Duration::from_secs(4), 256 * 1024).await {
                Ok(output) if output.code == 0 => boots(&cx, &String::from_utf8_lossy(&output.stdout)),
                Ok(output) => BOOTS
                    .found(&cx, Status::Unknown, "power-boots-unknown")
                    .fact("reason", format!("exit {}", output.code)),
                Err(ExecFault::Missing) => BOOTS.found(&cx, Status::Absent, "power-boots-none"),
                Err(fault) => {
                    BOOTS.found(&cx, Status::Unknown, "power-boots-unknown").fact("reason", fault.to_string())
                }
            }]
        })
    }
}

fn boots(cx: &Cx, text: &str) -> Finding {
    let (all, unclean, newest) = unclean(text, cx.now);
    if all == 0 {
        return BOOTS.found(cx, Status::Absent, "power-boots-none");
    }
    let many = unclean >= u64::from(cx.config.power.boots_warn);
    let (status, code) = match (many, unclean) {
        (true, _) => (Status::Warning, "power-boots-unclean"),
        (false, 0) => (Status::Ok, "power-boots-ok"),
        (false, _) => (Status::Ok, "power-boots-some"),
    };
    let last = newest.map_or_else(|| "-".to_owned(), Stamp::day_hh_mm);
    BOOTS.found(cx, status, code).fact("unclean", unclean).fact("boots", all).fact("last", last)
}

/// Starts in the last week, how many of them without a shutdown before, and when the newest of those was.
fn unclean(text: &str, now: Stamp) -> (u64, u64, Option<Stamp>) {
    let row = |line: &str| {
        let mut words = line.split_whitespace();
        let is_boot = match words.next()? {
            "reboot" => true,
            "shutdown" => false,
            _ => return None,
        };
        Some((is_boot, words.find_map(Stamp::parse)?))
    };
    let mut rows = text.lines().filter_map(row).peekable();
    let (mut all, mut bad, mut newest) = (0, 0, None);
    while let Some((is_boot, at)) = rows.next() {
        if !is_boot || now.seconds_since(at) > WEEK_S {
            continue;
        }
        all += 1;
        // The row behind is what came before: another start, and no shutdown between them.
        if rows.peek().is_some_and(|(before, _)| *before) {
            bad += 1;
            newest = newest.or(Some(at));
        }
    }
    (all, bad, newest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_without_a_shutdown_before_it_is_told() {
        let now = Stamp::parse("2026-11-21T09:30:00+08:00").expect("a stamp");
        let text = "reboot   system boot  6.1.0 2026-11-21T08:00:00+08:00   still running\n\
                    reboot   system boot  6.1.0 2026-11-20T08:00:00+08:00 - 2026-11-20T22:00:00+08:00  (14:00)\n\
                    shutdown system down  6.1.0 2026-11-19T22:00:00+08:00 - 2026-11-20T08:00:00+08:00  (10:00)\n\
                    reboot   system boot  6.1.0 2026-11-19T08:00:00+08:00 - 2026-11-19T22:00:00+08:00  (14:00)\n\
                    reboot   system boot  6.1.0 2026-10-01T08:00:00+08:00 - crash (14:00)\n\nwtmp begins 2026-09-01\n";
        let (all, bad, newest) = unclean(text, now);
        assert_eq!((all, bad), (3, 2));
        assert_eq!(newest.expect("one").to_string(), "2026-11-21T08:00:00+08:00");
        assert_eq!(unclean("rubbish\nreboot x\n\u{0}", now).0, 0);
    }
}
