//! `sys.flash`: how much of its life the built-in storage has left (eMMC 5.0, JESD84: sysfs tells it).

use std::time::Duration;

use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Finding, Status};
use crate::platform::Fut;

pub(super) struct SysFlash;

const SPEC: CheckSpec = CheckSpec {
    id: "sys.flash",
    area: Area::System,
    screen: "56",
    every: Duration::from_hours(6),
    limit: Duration::from_secs(5),
    needs: &[],
};

const FOLDER: &str = "/sys/block";

impl Check for SysFlash {
    fn spec(&self) -> &'static CheckSpec {
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            let mut found = Vec::new();
            let names = cx.host.list(FOLDER).await.unwrap_or_default();
            for name in names.iter().filter(|name| name.starts_with("mmcblk") && !name.contains("boot")).take(4) {
                let life = numbers(&cx, &format!("{FOLDER}/{name}/device/life_time")).await;
                let reserve = numbers(&cx, &format!("{FOLDER}/{name}/device/pre_eol_info")).await;
                // Cards in a slot have neither.
                if !life.is_empty() || !reserve.is_empty() {
                    found.push(judge(&cx, name, &life, reserve.first().copied()));
                }
            }
            let worst = found.into_iter().max_by_key(|found| found.status.weight());
            vec![worst.unwrap_or_else(|| SPEC.found(&cx, Status::Absent, "sys-flash-none"))]
        })
    }
}

/// Numbers in hex, as the kernel writes them: `0x01 0x02`.
async fn numbers(cx: &Cx, path: &str) -> Vec<u32> {
    let bytes = cx.host.read(path, 256).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    text.split_whitespace().filter_map(|word| u32::from_str_radix(word.trim_start_matches("0x"), 16).ok()).collect()
}

/// Life in steps of a tenth (1: up to 10 % used, 11: beyond its life, 0: not told); reserve blocks 1 to 3.
fn judge(cx: &Cx, name: &str, life: &[u32], reserve: Option<u32>) -> Finding {
    let told: Vec<u32> = life.iter().copied().filter(|step| (1..=11).contains(step)).collect();
    let reserve = reserve.filter(|level| (1..=3).contains(level));
    let used = told.iter().max().copied();
    let (status, code) = match (used, reserve) {
        (Some(11), _) | (_, Some(3)) => (Status::Fail, "sys-flash-worn"),
        (Some(10), _) | (_, Some(2)) => (Status::Warning, "sys-flash-wearing"),
        (None, None) => (Status::Unknown, "sys-flash-odd"),
        _ => (Status::Ok, "sys-flash-ok"),
    };
    let odd: Vec<String> = life.iter().map(|step| format!("{step:#04x}")).collect();
    let found = SPEC.found(cx, status, code).fact("device", name).fact("value", odd.join(" "));
    found.fact("used_percent", used.map_or(0, |step| (step * 10).min(100)))
}
