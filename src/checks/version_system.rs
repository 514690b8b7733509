//! `version.system`: what runs on this terminal: operating system, kernel, console. It judges nothing.

use std::time::Duration;

use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Finding, Status};
use crate::platform::Fut;

const BOUND: usize = 16 * 1024;
/// Where a system says its name (os-release(5)), nearest first.
const RELEASES: [&str; 2] = ["/etc/os-release", "/usr/lib/os-release"];
const KERNEL: &str = "/proc/sys/kernel/osrelease";

pub(super) struct System;

const SPEC: CheckSpec = CheckSpec {
    id: "version.system",
    area: Area::Version,
    screen: "55",
    every: Duration::from_hours(1),
    limit: Duration::from_secs(5),
    needs: &[],
};

impl Check for System {
    fn spec(&self) -> &'static CheckSpec {
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            let mut system = None;
            for path in RELEASES {
                system = system.or(text(&cx, path).await.as_deref().and_then(name));
            }
            let kernel = text(&cx, KERNEL).await.map(|text| short(&text)).filter(|text| !text.is_empty());
            let code = if system.is_some() { "version-system" } else { "version-system-unnamed" };
            let found = SPEC.found(&cx, Status::Ok, code).fact("console", env!("CARGO_PKG_VERSION"));
            let found = found.fact("kernel", kernel.unwrap_or_else(|| "-".to_owned()));
            vec![found.fact("system", system.unwrap_or_else(|| "-".to_owned()))]
        })
    }
}

async fn text(cx: &Cx, path: &str) -> Option<String> {
    let bytes = cx.host.read(path, BOUND).await.ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The name and version for people, as the system's maker wrote them.
fn name(release: &str) -> Option<String> {
    let value = |key: &str| {
        let line = release.lines().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix('='))?;
        let value = short(line.trim().trim_matches(['"', '\'']));
        (!value.is_empty()).then_some(value)
    };
    let image = value("IMAGE_VERSION").or_else(|| value("BUILD_ID"));
    let name = value("PRETTY_NAME").or_else(|| {
        let (name, version) = (value("NAME")?, value("VERSION").unwrap_or_default());
        Some(format!("{name} {version}").trim_end().to_owned())
    })?;
    Some(image.into_iter().fold(name, |name, image| format!("{name} ({image})")))
}

/// One line of at most 60 signs.
fn short(text: &str) -> String {
    text.trim().chars().map(|sign| if sign.is_control() { ' ' } else { sign }).take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_makers_own_words_are_taken() {
        for (release, wanted) in [
            (
                "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\n",
                Some("Debian GNU/Linux 12 (bookworm)"),
            ),
            ("NAME=POSLinux\nVERSION='4.2'\nIMAGE_VERSION=2026.11\n", Some("POSLinux 4.2 (2026.11)")),
            ("NAME=POSLinux\nBUILD_ID=\n", Some("POSLinux")),
            ("PRETTY_NAME_X=1\n# PRETTY_NAME=no\n", None),
            ("", None),
        ] {
            assert_eq!(name(release).as_deref(), wanted, "{release}");
        }
        assert_eq!(name(&format!("NAME={}", "x".repeat(5_000))).map(|text| text.len()), Some(60));
    }
}
