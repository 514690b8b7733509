//! What only root can do, for the units that are shipped with this program: each does one fixed thing, whatever asked
//! for it. What the agent left is taken as data and never as a command.

use std::path::Path;
use std::time::Duration;

use crate::platform::{Deed, Hands as _, Installer, NetKept, Trouble};

use super::real::hands::RealHands;

/// Everything together.
const LIMIT: Duration = Duration::from_secs(10);
/// A device is off the bus for so long.
const OFF: Duration = Duration::from_secs(1);
/// Where the kernel takes devices off its USB drivers and gives them back.
const DRIVER: &str = "/sys/bus/usb/drivers/usb";

/// The kernel gets back what a guard kept.
pub async fn restore(kept: NetKept) -> Result<String, Trouble> {
    RealHands.act(&Deed::Restore { kept }, LIMIT).await
}

/// Steps the clock: `p90250` forward, `m90250` back, milliseconds.
pub fn step_clock(word: &str) -> Result<String, Trouble> {
    super::real::settime::step(word)
}

/// Installs, goes back or reads the lists anew, as root. A bundle is checked once more: whatever the agent says of it.
pub async fn update(verb: &str, with: &Installer, limit: Duration) -> Result<String, Trouble> {
    super::real::update::as_unit(verb, with, limit).await
}

/// Whether this is a place on the USB: bus, a dash, ports with dots between.
fn is_place(text: &str) -> bool {
    let number = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('-').is_some_and(|(bus, ports)| number(bus) && ports.split('.').all(number))
}

/// Takes a USB device off the bus and puts it back.
pub async fn usb_rebind(place: &str) -> Result<String, Trouble> {
    rebind(Path::new(DRIVER), place, OFF).await
}

async fn rebind(driver: &Path, place: &str, off: Duration) -> Result<String, Trouble> {
    if !is_place(place) {
        return Err(Trouble::Other(format!("{place:?}: no place on the USB")));
    }
    let write = |file: &str| std::fs::write(driver.join(file), place);
    write("unbind")?;
    tokio::time::sleep(off).await;
    // It has to come back whatever happens: once more where the bus was not ready.
    if write("bind").is_err() {
        tokio::time::sleep(off).await;
        write("bind")?;
    }
    Ok("done".to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_a_place_on_the_usb_is_rebound() {
        let dir = tempfile::tempdir().unwrap();
        for file in ["unbind", "bind"] {
            std::fs::write(dir.path().join(file), "").unwrap();
        }
        for bad in ["", "1", "../1-1", "1-1/..", "1-", "-1", "1-1.", "1-1:1.0", "1-1\n", "9999-1"] {
            assert!(rebind(dir.path(), bad, Duration::ZERO).await.is_err(), "{bad:?}");
        }
        assert_eq!(std::fs::read_to_string(dir.path().join("unbind")).unwrap(), "");
        rebind(dir.path(), "1-1.2", Duration::ZERO).await.unwrap();
        for file in ["unbind", "bind"] {
            assert_eq!(std::fs::read_to_string(dir.path().join(file)).unwrap(), "1-1.2");
        }
        std::fs::remove_file(dir.path().join("unbind")).unwrap();
        std::fs::create_dir(dir.path().join("unbind")).unwrap();
        assert!(rebind(dir.path(), "1-1.2", Duration::ZERO).await.is_err());
    }
}
