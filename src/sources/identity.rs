//! Which file is which: device, inode and a print of the first bytes.

use std::fmt::Write;
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{Mode, OFlags};

use super::ranges;
use crate::model::FileMark;

/// Bytes that a print covers at most.
pub const PRINT_MAX: usize = 1024;

/// Opens a journal; a pipe or device is refused without waiting for its other end.
pub fn open(path: &Path) -> Result<(File, Metadata), Refused> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    let file: File =
        rustix::fs::open(path, flags, Mode::empty()).map_err(|fault| Refused::from(io::Error::from(fault)))?.into();
    let meta = file.metadata().map_err(Refused::from)?;
    judged(meta).map(|meta| (file, meta))
}

/// A file as it is found at a path, if it is a regular one.
pub fn at_path(path: &Path) -> Result<Metadata, Refused> {
    judged(std::fs::metadata(path).map_err(Refused::from)?)
}

fn judged(meta: Metadata) -> Result<Metadata, Refused> {
    match meta.file_type() {
        kind if kind.is_file() => Ok(meta),
        kind if kind.is_dir() => Err(Refused("directory".to_owned())),
        _ => Err(Refused("special".to_owned())),
    }
}

/// Why a journal cannot be read, as [`crate::model::SourceStatus::error`] has it.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused(pub String);

impl From<io::Error> for Refused {
    fn from(fault: io::Error) -> Self {
        Self(match fault.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => "missing".to_owned(),
            io::ErrorKind::PermissionDenied => "denied".to_owned(),
            io::ErrorKind::IsADirectory => "directory".to_owned(),
            // No reader or driver at the other end: a pipe, socket or device.
            _ if fault.raw_os_error() == Some(rustix::io::Errno::NXIO.raw_os_error()) => "special".to_owned(),
            _ => fault.to_string(),
        })
    }
}

/// When a file was last written to, microseconds since 1970.
pub fn mtime(meta: &Metadata) -> i64 {
    meta.mtime() * 1_000_000 + meta.mtime_nsec() / 1000
}

/// How many of a file's first bytes can be counted on to stay: whole lines, else whatever is written of the first.
pub fn steady(head: &[u8]) -> usize {
    match memchr::memrchr(b'\n', head) {
        Some(feed) => feed + 1,
        None => memchr::memchr(0, head).unwrap_or(head.len()),
    }
}

/// Digest of the first bytes of a file.
///
/// The inner digits of whatever could be a card number are left out: who has a digest and the rest of the line could
/// otherwise try out the hidden ones.
pub fn print(bytes: &[u8]) -> String {
    let mut plain = bytes.to_vec();
    let mut digits: Vec<usize> = Vec::new();
    for at in 0..=plain.len() {
        match plain.get(at) {
            Some(byte) if byte.is_ascii_digit() => digits.push(at),
            Some(b' ' | b'-') if at > 0 && plain[at - 1].is_ascii_digit() => {}
            _ => {
                if digits.len() >= 12 {
                    digits[6..digits.len() - 4].iter().for_each(|&at| plain[at] = b'*');
                }
                digits.clear();
            }
        }
    }
    let digest = ring::digest::digest(&ring::digest::SHA256, &plain);
    digest.as_ref()[..16].iter().fold(String::with_capacity(32), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whether a text begins as that of the mark did.
pub fn begins(mark: &FileMark, head: &[u8]) -> bool {
    let length = mark.print_len as usize;
    length > 0 && head.get(..length).is_some_and(|bytes| print(bytes) == mark.print)
}

/// Whether a file that begins so, of this size, is the one of the mark or a copy of it.
pub fn fits(mark: &FileMark, head: &[u8], size: u64) -> bool {
    size >= ranges::end(&mark.done)
        && head.get(..mark.print_len as usize).is_some_and(|bytes| mark.print_len == 0 || print(bytes) == mark.print)
}

/// Lets a mark's print cover more of the file that has grown.
pub fn extend(mark: &mut FileMark, head: &[u8]) {
    // What has been taken stays as well: binary frames end in no line feed.
    let steady = steady(head).max(head.len().min(ranges::end(&mark.done) as usize));
    if steady > mark.print_len as usize {
        mark.print_len = steady as u32;
        mark.print = print(&head[..steady]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_print_does_not_tell_a_card_number_but_tells_files_apart() {
        let line = |pan: &str, time: &str| format!("{{\"time\":\"{time}\",\"pan\":\"{pan}\"}}\n").into_bytes();
        let a = line("6222021234567890", "2026-11-21 09:30:05");
        assert_eq!(print(&a), print(&line("6222029999997890", "2026-11-21 09:30:05")));
        assert_eq!(print(&line("6222 0212 3456 7890", "x")), print(&line("6222 0299 9999 7890", "x")));
        assert_ne!(print(&a), print(&line("6222021234567890", "2026-11-21 09:30:06")));
        assert_eq!(print(b"").len(), 32);
    }

    #[test]
    fn only_what_stays_is_covered() {
        assert_eq!(steady(b"one\ntwo\nthr"), 8);
        assert_eq!(steady(b"thr"), 3);
        assert_eq!(steady(b"thr\0\0\0"), 3);
        assert_eq!(steady(b"\0\0"), 0);
    }
}
