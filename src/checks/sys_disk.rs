//! `sys.disk`: is there room on the file systems that are judged.

use std::time::Duration;

use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Finding, Status};
use crate::platform::{Fut, Space, Trouble};

pub(super) struct SysDisk;

const SPEC: CheckSpec = CheckSpec {
    id: "sys.disk",
    area: Area::System,
    screen: "56",
    every: Duration::from_mins(1),
    limit: Duration::from_secs(5),
    needs: &[],
};

impl Check for SysDisk {
    fn spec(&self) -> &'static CheckSpec {
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            let mounts = &cx.config.system.mounts;
            let spaces = futures_util::future::join_all(mounts.iter().map(|mount| cx.host.space(mount))).await;
            let judged = mounts.iter().zip(spaces).map(|(mount, space)| judge(&cx, mount, space));
            // One finding for all: the worst, and among equals the fullest.
            let worst = judged.max_by_key(|(finding, free)| (finding.status.weight(), u8::MAX - free));
            vec![worst.map_or_else(|| SPEC.found(&cx, Status::Absent, "sys-disk-none"), |(finding, _)| finding)]
        })
    }
}

fn judge(cx: &Cx, mount: &str, space: Result<Space, Trouble>) -> (Finding, u8) {
    let space = match space {
        Ok(space) if space.total > 0 => space,
        other => {
            let reason = other.err().map_or_else(|| "empty".to_owned(), |trouble| trouble.to_string());
            let found = SPEC.found(cx, Status::Unknown, "sys-disk-unknown").fact("mount", mount);
            return (found.fact("reason", reason), u8::MAX);
        }
    };
    let limits = &cx.config.system;
    let free = percent(space.free, space.total);
    // Some file systems have no fixed number of files and say 0.
    let files = if space.inodes == 0 { 100 } else { percent(space.inodes_free, space.inodes) };
    let status = match free.min(files) {
        left if left < limits.disk_fail_percent => Status::Fail,
        left if left < limits.disk_warn_percent => Status::Warning,
        _ => Status::Ok,
    };
    let code = match status {
        Status::Ok => "sys-disk-ok",
        _ if files < free => "sys-disk-files",
        Status::Fail => "sys-disk-full",
        _ => "sys-disk-low",
    };
    let found = SPEC
        .found(cx, status, code)
        .fact("mount", mount)
        .fact("free_percent", u32::from(free))
        .fact("files_free_percent", u32::from(files))
        .fact("free_mb", space.free / 1_000_000)
        .fact("free_bytes", space.free)
        .fact("total_bytes", space.total);
    (found, free.min(files))
}

fn percent(part: u64, whole: u64) -> u8 {
    u8::try_from(u128::from(part) * 100 / u128::from(whole.max(1))).unwrap_or(100).min(100)
}
