//! `sys.temperature`: is the terminal too hot.

use std::time::Duration;

use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Finding, Status};
use crate::platform::{Fut, Temperature};

pub(super) struct SysTemperature;

const SPEC: CheckSpec = CheckSpec {
    id: "sys.temperature",
    area: Area::System,
    screen: "56",
    every: Duration::from_mins(1),
    limit: Duration::from_secs(5),
    needs: &[],
};

/// Where the kernel tells what it does against heat.
const FOLDER: &str = "/sys/class/thermal";
/// Cooling devices that are looked at.
const MOST: usize = 64;
/// Parts of the type of one that makes a processor slower.
const PROCESSORS: [&str; 3] = ["cpu", "processor", "devfreq"];

impl Check for SysTemperature {
    fn spec(&self) -> &'static CheckSpec {
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            let found = match cx.host.temperatures().await {
                Ok(all) if all.is_empty() => SPEC.found(&cx, Status::Absent, "sys-temperature-none"),
                Ok(all) => judge(&cx, &all),
                Err(trouble) => {
                    SPEC.found(&cx, Status::Unknown, "sys-temperature-unknown").fact("reason", trouble.to_string())
                }
            };
            // A terminal that is too hot is told as that; one that has cooled itself down is slow.
            if found.status.is_bad() {
                return vec![found];
            }
            vec![match throttled(&cx).await {
                Some(percent) => {
                    let slow = SPEC.found(&cx, Status::Warning, "sys-temperature-throttled");
                    Finding { facts: found.facts, ..slow }.fact("percent", percent)
                }
                None => found,
            }]
        })
    }
}

/// By how many per cent of what it can the kernel holds the processor back (Documentation/driver-api/thermal, sysfs).
/// Fans that run hold nothing back.
async fn throttled(cx: &Cx) -> Option<u64> {
    let names = cx.host.list(FOLDER).await.ok()?;
    let mut most = None;
    for name in names.iter().filter(|name| name.starts_with("cooling_device")).take(MOST) {
        let kind = text(cx, name, "type").await?.to_ascii_lowercase();
        if !PROCESSORS.iter().any(|known| kind.contains(known)) {
            continue;
        }
        let (now, full) = (text(cx, name, "cur_state").await, text(cx, name, "max_state").await);
        let number = |text: Option<String>| text.and_then(|text| text.parse::<u64>().ok());
        if let (Some(now), Some(full)) = (number(now), number(full))
            && (1..=full).contains(&now)
        {
            most = most.max(Some((now * 100).div_ceil(full)));
        }
    }
    most
}

async fn text(cx: &Cx, device: &str, file: &str) -> Option<String> {
    let bytes = cx.host.read(&format!("{FOLDER}/{device}/{file}"), 256).await.ok()?;
    Some(String::from_utf8_lossy(&bytes).trim().to_owned())
}

fn judge(cx: &Cx, all: &[Temperature]) -> Finding {
    let limits = &cx.config.system;
    // Drivers that count in tenths or send rubbish: no board is that hot and still runs.
    let sane = |one: &&Temperature| (-40.0..=130.0).contains(&one.celsius);
    let Some(hottest) = all.iter().filter(sane).max_by(|a, b| a.celsius.total_cmp(&b.celsius)) else {
        let shown = all.first().map_or(0.0, |one| one.celsius);
        return SPEC.found(cx, Status::Unknown, "sys-temperature-absurd").fact("celsius", shown);
    };
    let (status, code) = match hottest.celsius {
        hot if hot >= f64::from(limits.temperature_fail) => (Status::Fail, "sys-temperature-high"),
        hot if hot >= f64::from(limits.temperature_warn) => (Status::Warning, "sys-temperature-high"),
        _ => (Status::Ok, "sys-temperature-ok"),
    };
    SPEC.found(cx, status, code).fact("celsius", hottest.celsius).fact("sensor", hottest.label.as_str())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::platform::fake::Machine;

    async fn found(devices: &[(&str, &str, &str)], celsius: f64) -> Finding {
        let mut machine =
            Machine { temperature: vec![Temperature { label: "cpu".to_owned(), celsius }], ..Machine::default() };
        for (at, (kind, now, most)) in devices.iter().enumerate() {
            for (file, value) in [("type", kind), ("cur_state", now), ("max_state", most)] {
                machine.files.insert(format!("{FOLDER}/cooling_device{at}/{file}"), format!("{value}\n"));
            }
        }
        let cx = Cx { host: Arc::new(machine), ..crate::checks::tests::bare_cx() };
        SysTemperature.run(cx).await.pop().expect("one finding")
    }

    #[tokio::test]
    async fn a_processor_that_is_held_back_is_told_and_a_fan_that_runs_is_not() {
        for (devices, celsius, code) in [
            (&[][..], 50.0, "sys-temperature-ok"),
            (&[("thermal-cpufreq-0", "0", "10")], 50.0, "sys-temperature-ok"),
            (&[("Fan", "3", "3")], 50.0, "sys-temperature-ok"),
            (&[("thermal-cpufreq-0", "0", "10"), ("thermal-cpufreq-1", "4", "10")], 70.0, "sys-temperature-throttled"),
            (&[("Processor", "10", "10")], 120.0, "sys-temperature-high"),
            (&[("thermal-cpufreq-0", "99", "10")], 50.0, "sys-temperature-ok"),
            (&[("thermal-cpufreq-0", "x", "0")], 50.0, "sys-temperature-ok"),
        ] {
            assert_eq!(found(devices, celsius).await.code, code, "{devices:?}");
        }
        let told = found(&[("thermal-cpufreq-1", "4", "10")], 70.0).await;
        assert_eq!(told.facts.get("percent"), Some(&crate::model::Fact::Int(40)));
        assert!(told.facts.contains_key("celsius") && told.status == Status::Warning);
    }
}
