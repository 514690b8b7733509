//! Readers that type like keyboards (evdev): taken for ourselves during a test, so that nothing of a card is typed into
//! a screen, and given back when the test is over, however it ends.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use evdev::{Device, EventSummary, KeyCode};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::aside::aside;
use crate::platform::{InputFault, Trouble, Typed};

/// Nothing for this long after a sign: that was all.
const GAP: Duration = Duration::from_millis(500);

/// Waits for one swipe or scan from the device at `path`.
pub async fn one(path: String, limit: Duration) -> Result<Typed, InputFault> {
    let until = Instant::now() + limit;
    let read = aside(limit + GAP + Duration::from_millis(200), move || {
        let mut device = Device::open(&path).map_err(|error| fault(&error))?;
        device.grab().map_err(|error| fault(&error))?;
        device.set_nonblocking(true).map_err(|error| fault(&error))?;
        // Grabbed by us alone: it is released with the device.
        collect(&mut device, until)
    });
    read.await.unwrap_or_else(|trouble| match trouble {
        Trouble::Late => Err(InputFault::Nothing),
        other => Err(InputFault::Other(other.to_string())),
    })
}

fn fault(error: &std::io::Error) -> InputFault {
    match (error.kind(), error.raw_os_error().map(rustix::io::Errno::from_raw_os_error)) {
        (ErrorKind::NotFound, _) => InputFault::Missing,
        (ErrorKind::PermissionDenied, _) => InputFault::Denied,
        (ErrorKind::ResourceBusy, _) => InputFault::Held,
        (_, Some(rustix::io::Errno::NODEV)) => InputFault::Gone,
        _ => InputFault::Other(error.to_string()),
    }
}

fn collect(device: &mut Device, until: Instant) -> Result<Typed, InputFault> {
    let mut typed = Typed::default();
    let (mut end, mut shift) = (until, false);
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let limit = Timespec { tv_sec: left.as_secs().cast_signed(), tv_nsec: left.subsec_nanos().into() };
        let count = match poll(&mut [PollFd::new(&*device, PollFlags::IN)], Some(&limit)) {
            Err(rustix::io::Errno::INTR) => continue,
            Err(error) => return Err(InputFault::Other(error.to_string())),
            Ok(count) => count,
        };
        if count == 0 || left.is_zero() {
            return if typed.is_empty() { Err(InputFault::Nothing) } else { Ok(typed) };
        }
        let events = match device.fetch_events() {
            Ok(events) => events,
            Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
            Err(error) => return Err(fault(&error)),
        };
        for event in events {
            let EventSummary::Key(_, key, value) = event.destructure() else { continue };
            if matches!(key, KeyCode::KEY_LEFTSHIFT | KeyCode::KEY_RIGHTSHIFT) {
                shift = value != 0;
            } else if value == 1 {
                // Three tracks end with one Enter, or each with its own: the gap tells the end.
                if let Some(sign) = sign(key, shift) {
                    typed.push(sign);
                }
                end = Instant::now() + GAP;
            }
        }
    }
}

/// The sign of a key on the keyboard that these readers pretend to be (US).
fn sign(key: KeyCode, shift: bool) -> Option<u8> {
    const PLAIN: [(u16, &[u8]); 5] =
        [(2, b"1234567890-="), (16, b"qwertyuiop[]"), (30, b"asdfghjkl;'`"), (43, b"\\zxcvbnm,./"), (57, b" ")];
    const SHIFTED: [(u16, &[u8]); 5] =
        [(2, b"!@#$%^&*()_+"), (16, b"QWERTYUIOP{}"), (30, b"ASDFGHJKL:\"~"), (43, b"|ZXCVBNM<>?"), (57, b" ")];
    // Codes 71 to 83 are the number block: 7 8 9 - 4 5 6 + 1 2 3 0 .
    const BLOCK: &[u8] = b"789-456+1230.";
    if matches!(key, KeyCode::KEY_ENTER | KeyCode::KEY_KPENTER) {
        return Some(b'\n');
    }
    let code = key.code();
    if let Some(sign) = code.checked_sub(71).and_then(|at| BLOCK.get(usize::from(at))) {
        return Some(*sign);
    }
    let rows = if shift { SHIFTED } else { PLAIN };
    rows.iter().find_map(|(from, signs)| signs.get(usize::from(code.checked_sub(*from)?)).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_the_signs_of_a_us_keyboard() {
        let text = |keys: &[(KeyCode, bool)]| -> String {
            keys.iter().filter_map(|(key, shift)| sign(*key, *shift)).map(char::from).collect()
        };
        let keys = [
            (KeyCode::KEY_5, true),
            (KeyCode::KEY_B, true),
            (KeyCode::KEY_6, true),
            (KeyCode::KEY_SEMICOLON, false),
            (KeyCode::KEY_4, false),
            (KeyCode::KEY_EQUAL, false),
            (KeyCode::KEY_SLASH, true),
            (KeyCode::KEY_KP0, false),
            (KeyCode::KEY_SPACE, false),
            (KeyCode::KEY_ENTER, false),
            (KeyCode::KEY_F1, false),
        ];
        assert_eq!(text(&keys), "%B^;4=?0 \n");
    }

    #[tokio::test]
    async fn a_device_that_is_not_there_is_missing() {
        assert_eq!(one("/dev/input/none".to_owned(), GAP).await.err(), Some(InputFault::Missing));
    }

    /// The kernel's own way to make a keyboard (uinput): what `one` takes, nobody else gets.
    #[tokio::test]
    async fn what_is_typed_during_a_test_reaches_nobody_else() {
        if std::fs::OpenOptions::new().write(true).open("/dev/uinput").is_err() {
            println!("skipped: no keyboard can be made here: no /dev/uinput");
            return;
        }
        let keys = [KeyCode::KEY_SEMICOLON, KeyCode::KEY_6, KeyCode::KEY_ENTER];
        let set = keys.iter().collect::<evdev::AttributeSet<KeyCode>>();
        let builder = evdev::uinput::VirtualDevice::builder().expect("uinput").name("pos-console test reader");
        let mut reader = builder.with_keys(&set).expect("keys").build().expect("a keyboard");
        let node = reader.enumerate_dev_nodes_blocking().expect("its folder").flatten().next();
        let Some(path) = node.filter(|path| Device::open(path).is_ok()) else {
            println!("skipped: the keyboard that was made has no place in /dev");
            return;
        };
        let mut other = Device::open(&path).expect("opened");
        other.set_nonblocking(true).expect("set");
        let test = tokio::spawn(one(path.to_string_lossy().into_owned(), Duration::from_secs(20)));
        // Taken: nobody else can take it any more.
        while other.grab().is_ok() {
            other.ungrab().expect("given back");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        for key in keys {
            let press = |value| *evdev::KeyEvent::new(key, value);
            reader.emit(&[press(1), press(0)]).expect("typed");
        }
        let typed = test.await.expect("joins").expect("typed");
        assert!(!typed.is_empty());
        let seen = other.fetch_events().map(Iterator::count);
        assert!(seen.as_ref().is_err_and(|fault| fault.kind() == ErrorKind::WouldBlock), "{seen:?}");
        assert!(other.grab().is_ok(), "given back when the test is over");
    }
}
