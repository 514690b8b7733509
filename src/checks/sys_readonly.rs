//! `sys.readonly`: has a file system that should be writable gone read-only (the kernel's answer to a dying disk).

use std::time::Duration;

use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Finding, Status};
use crate::platform::Fut;

const BOUND: usize = 1024 * 1024;
/// Read-only by nature.
const NEVER_WRITABLE: [&str; 6] = ["squashfs", "erofs", "iso9660", "cramfs", "romfs", "ramfs"];

pub(super) struct SysReadonly;

const SPEC: CheckSpec = CheckSpec {
    id: "sys.readonly",
    area: Area::System,
    screen: "56",
    every: Duration::from_mins(1),
    limit: Duration::from_secs(5),
    needs: &[],
};

impl Check for SysReadonly {
    fn spec(&self) -> &'static CheckSpec {
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            let mounts = match cx.host.read("/proc/self/mounts", BOUND).await {
                Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
                Err(trouble) => {
                    let found = SPEC.found(&cx, Status::Unknown, "sys-readonly-unknown");
                    return vec![found.fact("reason", trouble.to_string())];
                }
            };
            let fstab = cx.host.read("/etc/fstab", BOUND).await.unwrap_or_default();
            let fstab = String::from_utf8_lossy(&fstab);
            let own = cx.host.read("/proc/self/mountinfo", BOUND).await.unwrap_or_default();
            let own = String::from_utf8_lossy(&own);
            let gone = |place: &&String| {
                mounted(&mounts, place).is_some_and(|(kind, read_only)| {
                    read_only
                        && !fenced_off(&own, place)
                        && !NEVER_WRITABLE.contains(&kind)
                        && mounted(&fstab, place).is_none_or(|(_, meant)| !meant)
                })
            };
            vec![match cx.config.system.mounts.iter().find(gone) {
                Some(mount) => SPEC.found(&cx, Status::Fail, "sys-readonly").fact("mount", mount.as_str()),
                None => SPEC.found(&cx, Status::Ok, "sys-readonly-ok"),
            }]
        })
    }
}

/// Kind of the file system at `place`, and whether it is read-only; the last line wins, as mounts cover each other.
fn mounted<'a>(table: &'a str, place: &str) -> Option<(&'a str, bool)> {
    let row = |line: &'a str| {
        let mut words = line.split_whitespace().skip(1);
        let (at, kind, options) = (words.next()?, words.next()?, words.next()?);
        (at == place).then(|| (kind, options.split(',').any(|option| option == "ro")))
    };
    table.lines().rev().filter(|line| !line.starts_with('#')).find_map(row)
}

/// Whether only this program may not write there: a fenced-in service sees every mount as read-only, and the file system
/// itself, whose options stand last in mountinfo (proc(5)), is well.
fn fenced_off(mountinfo: &str, place: &str) -> bool {
    let row = |line: &str| {
        let (mount, system) = line.split_once(" - ")?;
        let at = mount.split_whitespace().nth(4)?;
        let options = system.split_whitespace().nth(2)?;
        (at == place).then(|| options.split(',').any(|option| option == "rw"))
    };
    mountinfo.lines().rev().find_map(row).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_that_is_fenced_in_does_not_take_its_fence_for_a_dying_disk() {
        let row = |system: &str| format!("30 1 254:0 / / ro,noatime shared:1 - ext4 /dev/vda {system}\n");
        assert!(fenced_off(&row("rw,errors=remount-ro"), "/"));
        assert!(!fenced_off(&row("ro,errors=remount-ro"), "/"));
        assert!(!fenced_off(&row("rw"), "/data"));
        assert!(!fenced_off("", "/") && !fenced_off("30 1 254:0 / / rw\n - \n", "/"));
    }

    #[test]
    fn the_mount_on_top_counts() {
        let table = "/dev/a / ext4 rw,relatime 0 0\n/dev/b /data ext4 rw 0 0\n/dev/c / ext4 ro,errors=remount-ro 0 0\n";
        assert_eq!(mounted(table, "/"), Some(("ext4", true)));
        assert_eq!(mounted(table, "/data"), Some(("ext4", false)));
        assert_eq!(mounted(table, "/none"), None);
        assert_eq!(mounted("broken\n\n# / x ro\n", "/"), None);
    }
}
