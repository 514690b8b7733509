//! `sys.usb`: are the parts of this model that hang on USB there.

use std::time::Duration;

use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Finding, Status};
use crate::platform::{Fut, Trouble};

pub(super) struct SysUsb;

const SPEC: CheckSpec = CheckSpec {
    id: "sys.usb",
    area: Area::System,
    screen: "56",
    every: Duration::from_secs(30),
    limit: Duration::from_secs(6),
    needs: &[],
};

const FOLDER: &str = "/sys/bus/usb/devices";
/// Devices that are looked at.
const MOST: usize = 64;

impl Check for SysUsb {
    fn spec(&self) -> &'static CheckSpec {
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            let wanted = &cx.config.usb;
            let seen = match devices(&cx).await {
                Ok(seen) => seen,
                Err(Trouble::Missing) if wanted.is_empty() => {
                    return vec![SPEC.found(&cx, Status::Absent, "sys-usb-none")];
                }
                Err(trouble) => {
                    let found = SPEC.found(&cx, Status::Unknown, "sys-usb-unknown");
                    return vec![found.fact("reason", trouble.to_string())];
                }
            };
            let missing: Vec<String> =
                wanted.iter().filter(|one| !seen.contains(&one.id)).map(|one| one.name.clone()).collect();
            let found = match missing.first() {
                Some(first) => SPEC
                    .found(&cx, Status::Fail, "sys-usb-missing")
                    .fact("part", first.as_str())
                    .fact("missing_count", missing.len()),
                None => SPEC.found(&cx, Status::Ok, "sys-usb-ok").fact("expected", wanted.len()),
            };
            vec![found.fact("missing", missing).fact("devices_count", seen.len()).fact("devices", seen)]
        })
    }
}

/// `vendor:product` of everything on the bus but the hubs of the machine itself.
async fn devices(cx: &Cx) -> Result<Vec<String>, Trouble> {
    const LINUX: &str = "1d6b";
    let names = cx.host.list(FOLDER).await?;
    let mut seen = Vec::new();
    // Interfaces have a colon in their names; devices have none.
    for name in names.iter().filter(|name| !name.contains(':')).take(MOST) {
        let read = async |what: &str| {
            let bytes = cx.host.read(&format!("{FOLDER}/{name}/{what}"), 64).await.ok()?;
            Some(String::from_utf8_lossy(&bytes).trim().to_lowercase())
        };
        if let (Some(vendor), Some(product)) = (read("idVendor").await, read("idProduct").await)
            && vendor != LINUX
        {
            seen.push(format!("{vendor}:{product}"));
        }
    }
    Ok(seen)
}
