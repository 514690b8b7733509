//! Character devices that are asked and answer a byte, and take what is to be printed: printers on USB, on a serial
//! line, on a pseudo terminal.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

use super::aside::aside;
use crate::platform::{DeviceFault, Trouble};

/// An answer comes within this, or never.
const ANSWER: Duration = Duration::from_millis(700);
/// What lies there unasked is thrown away; more than this is a flood.
const UNASKED: usize = 4_096;

/// Asks these questions one after the other; each is answered by one byte. Stops at the first that is not.
pub async fn ask(path: String, questions: Vec<[u8; 3]>, baud: u32, limit: Duration) -> Result<Vec<u8>, DeviceFault> {
    let until = Instant::now() + limit;
    let asked = aside(limit + ANSWER, move || {
        let mut device = open(&path, Some(baud))?;
        let mut answers = Vec::new();
        for question in questions {
            drain(&mut device, until)?;
            send(&mut device, &question, until)?;
            match receive(&mut device, until)? {
                Some(byte) => answers.push(byte),
                None if answers.is_empty() => return Err(DeviceFault::Silent),
                None => break,
            }
        }
        Ok(answers)
    });
    asked.await.unwrap_or_else(hung)
}

/// Hands these bytes over, all of them, within `limit`; a line without `baud` keeps the speed it has.
pub async fn put(path: String, bytes: Vec<u8>, baud: Option<u32>, limit: Duration) -> Result<(), DeviceFault> {
    let until = Instant::now() + limit;
    let put = aside(limit + ANSWER, move || {
        let mut device = open(&path, baud)?;
        send(&mut device, &bytes, until)?;
        // usblp forgets what the printer has not taken when it is closed: it is closed when it can take more.
        if ready(&device, PollFlags::OUT, until)? { Ok(()) } else { Err(DeviceFault::Silent) }
    });
    put.await.unwrap_or_else(hung)
}

fn hung<T>(trouble: Trouble) -> Result<T, DeviceFault> {
    match trouble {
        Trouble::Late => Err(DeviceFault::Late),
        other => Err(DeviceFault::Other(other.to_string())),
    }
}

fn fault(error: &std::io::Error) -> DeviceFault {
    match (error.kind(), error.raw_os_error().map(rustix::io::Errno::from_raw_os_error)) {
        (ErrorKind::NotFound, _) | (_, Some(rustix::io::Errno::NODEV | rustix::io::Errno::NXIO)) => {
            DeviceFault::Missing
        }
        (ErrorKind::PermissionDenied, _) => DeviceFault::Denied,
        (ErrorKind::ResourceBusy, _) => DeviceFault::Held,
        _ => DeviceFault::Other(error.to_string()),
    }
}

/// Never waits for the other side, never makes it the terminal of this process.
fn open(path: &str, baud: Option<u32>) -> Result<File, DeviceFault> {
    let flags = (rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY).bits();
    let device = OpenOptions::new().read(true).write(true).custom_flags(flags.cast_signed()).open(path);
    let device = device.map_err(|error| fault(&error))?;
    // A serial line or a pseudo terminal passes bytes through only when told to; others have no such settings.
    if let Ok(mut settings) = tcgetattr(&device) {
        settings.make_raw();
        if let Some(baud) = baud {
            let _ = settings.set_speed(baud);
        }
        tcsetattr(&device, OptionalActions::Now, &settings).map_err(|error| fault(&error.into()))?;
    }
    Ok(device)
}

/// Waits until something can be read or written; false when the time is over.
fn ready(device: &File, what: PollFlags, until: Instant) -> Result<bool, DeviceFault> {
    let left = until.saturating_duration_since(Instant::now());
    let limit = Timespec { tv_sec: left.as_secs().cast_signed(), tv_nsec: left.subsec_nanos().into() };
    let mut fds = [PollFd::new(device, what)];
    match poll(&mut fds, Some(&limit)) {
        Ok(0) => Ok(false),
        Ok(_) if fds[0].revents().intersects(what) => Ok(true),
        Ok(_) => Err(DeviceFault::Missing),
        Err(rustix::io::Errno::INTR) => Ok(Instant::now() < until),
        Err(error) => Err(fault(&error.into())),
    }
}

fn drain(device: &mut File, until: Instant) -> Result<(), DeviceFault> {
    let (mut bytes, mut thrown) = ([0; 512], 0);
    while ready(device, PollFlags::IN, Instant::now())? {
        match device.read(&mut bytes) {
            Ok(0) => return Ok(()),
            Ok(count) => thrown += count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(fault(&error)),
        }
        if thrown > UNASKED || Instant::now() >= until {
            return Err(DeviceFault::Flood);
        }
    }
    Ok(())
}

fn send(device: &mut File, bytes: &[u8], until: Instant) -> Result<(), DeviceFault> {
    let mut left = bytes;
    while !left.is_empty() {
        if Instant::now() >= until || !ready(device, PollFlags::OUT, until)? {
            // It does not take a question either.
            return Err(DeviceFault::Silent);
        }
        match device.write(left) {
            Ok(count) => left = left.get(count..).unwrap_or_default(),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
            Err(error) => return Err(fault(&error)),
        }
    }
    Ok(())
}

fn receive(device: &mut File, until: Instant) -> Result<Option<u8>, DeviceFault> {
    let until = until.min(Instant::now() + ANSWER);
    let mut byte = [0];
    while ready(device, PollFlags::IN, until)? {
        match device.read(&mut byte) {
            Ok(0) => std::thread::sleep(Duration::from_millis(20)),
            Ok(_) => return Ok(Some(byte[0])),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
            Err(error) => return Err(fault(&error)),
        }
        if Instant::now() >= until {
            break;
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use portable_pty::{PtySize, native_pty_system};

    use super::*;

    /// How the printer behaves.
    #[derive(Clone, Copy)]
    enum Manner {
        /// Answers its four status questions with these bytes.
        Says([u8; 4]),
        Silent,
        Floods,
    }

    /// A printer at the other end of a line; ends with the test.
    fn printer(manner: Manner) -> (String, Box<dyn portable_pty::MasterPty + Send>, Box<dyn std::any::Any>) {
        let pair = native_pty_system().openpty(PtySize::default()).expect("a pseudo terminal");
        let path = pair.master.tty_name().expect("a name").to_string_lossy().into_owned();
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let mut writer = pair.master.take_writer().expect("a writer");
        std::thread::spawn(move || {
            let mut question = Vec::new();
            let mut byte = [0];
            while matches!(reader.read(&mut byte), Ok(1)) {
                question.push(byte[0]);
                let Some([0x10, 0x04, number]) = question.last_chunk::<3>() else { continue };
                let answered = match manner {
                    Manner::Says(answers) => {
                        let at = usize::from(*number).saturating_sub(1);
                        writer.write_all(answers.get(at..=at).unwrap_or_default())
                    }
                    Manner::Silent => Ok(()),
                    Manner::Floods => writer.write_all(&[0x12; 8_192]),
                };
                if answered.and_then(|()| writer.flush()).is_err() {
                    return;
                }
                question.clear();
            }
        });
        (path, pair.master, Box::new(pair.slave))
    }

    /// A printer that takes everything and shows it; ends with the test.
    fn paper()
    -> (String, std::sync::mpsc::Receiver<u8>, Box<dyn portable_pty::MasterPty + Send>, Box<dyn std::any::Any>) {
        let pair = native_pty_system().openpty(PtySize::default()).expect("a pseudo terminal");
        let path = pair.master.tty_name().expect("a name").to_string_lossy().into_owned();
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut byte = [0];
            while matches!(reader.read(&mut byte), Ok(1)) && tell.send(byte[0]).is_ok() {}
        });
        (path, told, pair.master, Box::new(pair.slave))
    }

    #[tokio::test]
    async fn a_slip_reaches_the_paper_byte_for_byte() {
        let (path, paper, _master, _slave) = paper();
        // More than a line holds at once; a raw line changes nothing of it.
        let lines: Vec<String> = (0..400).map(|n| format!("{n:04} 测试条 \r ABCDEFGHIJKLMNOP")).collect();
        let bytes = crate::platform::escpos::slip(&lines);
        assert_eq!(put(path, bytes.clone(), Some(9_600), Duration::from_mins(1)).await, Ok(()));
        let printed: Vec<u8> =
            (0..bytes.len()).map_while(|_| paper.recv_timeout(Duration::from_mins(1)).ok()).collect();
        assert!(printed == bytes, "{} of {} bytes", printed.len(), bytes.len());
    }

    #[tokio::test]
    async fn a_printer_that_takes_nothing_ends_within_its_time() {
        let pair = native_pty_system().openpty(PtySize::default()).expect("a pseudo terminal");
        let path = pair.master.tty_name().expect("a name").to_string_lossy().into_owned();
        let whole = vec![b'x'; 1_000_000];
        assert_eq!(put(path, whole, Some(9_600), Duration::from_millis(300)).await, Err(DeviceFault::Silent));
        let none = put("/dev/usb/lp-none".to_owned(), vec![b'\n'], None, Duration::from_secs(5)).await;
        assert_eq!(none, Err(DeviceFault::Missing));
    }

    async fn asked(manner: Manner, questions: &[u8]) -> Result<Vec<u8>, DeviceFault> {
        let (path, _master, _slave) = printer(manner);
        let questions = questions.iter().map(|number| [0x10, 0x04, *number]).collect();
        ask(path, questions, 9_600, Duration::from_secs(4)).await
    }

    #[tokio::test]
    async fn a_printer_on_a_line_tells_its_four_bytes() {
        let paper_out = [0x1A, 0x32, 0x12, 0x7E];
        assert_eq!(asked(Manner::Says(paper_out), &[1, 2, 3, 4]).await, Ok(paper_out.to_vec()));
        assert_eq!(asked(Manner::Silent, &[1, 2, 3, 4]).await, Err(DeviceFault::Silent));
    }

    #[tokio::test]
    async fn a_printer_that_does_not_stop_is_left_alone() {
        let answers = asked(Manner::Floods, &[1, 2, 3, 4]).await;
        assert!(matches!(answers, Err(DeviceFault::Flood) | Ok(_)), "{answers:?}");
        assert!(answers.is_err() || answers.is_ok_and(|bytes| bytes.len() <= 4));
    }

    #[tokio::test]
    async fn a_device_that_is_not_there_is_missing() {
        let none = ask("/dev/usb/lp-none".to_owned(), vec![[0x10, 0x04, 1]], 9_600, Duration::from_secs(1)).await;
        assert_eq!(none, Err(DeviceFault::Missing));
    }
}
