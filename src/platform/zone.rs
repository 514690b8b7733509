//! Time zones, one file for one name: the library's own look-up lists the whole zone database first, some six hundred
//! files, which is the greater part of a start.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;

use crate::model::Stamp;

/// Where zone files lie.
const FOLDERS: &[&str] = &["/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo"];

/// The machine's zone may be set while we run; it is looked at again after this long.
const FRESH: Duration = Duration::from_mins(1);

/// A zone by its IANA name, as its file is written; none where there is no such file.
pub fn zone(name: &str) -> Option<TimeZone> {
    let inside =
        !name.is_empty() && !name.starts_with('/') && !name.split('/').any(|part| matches!(part, "" | "." | ".."));
    if !inside || name.contains('\0') {
        return None;
    }
    let own = std::env::var_os("TZDIR").map(PathBuf::from);
    let folders = own.into_iter().chain(FOLDERS.iter().map(PathBuf::from));
    folders.into_iter().find_map(|folder| read(&folder.join(name), name))
}

/// The zone of the machine: `TZ`, else `/etc/localtime`, else whatever the library finds.
pub fn local_zone() -> TimeZone {
    static KNOWN: Mutex<Option<(Instant, TimeZone)>> = Mutex::new(None);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((at, zone)) = &*known
        && at.elapsed() < FRESH
    {
        return zone.clone();
    }
    let zone = match std::env::var("TZ") {
        Ok(text) => from_env(&text),
        Err(_) => read(Path::new("/etc/localtime"), "local"),
    };
    let zone = zone.unwrap_or_else(TimeZone::system);
    *known = Some((Instant::now(), zone.clone()));
    zone
}

/// `Asia/Shanghai`, `:Asia/Shanghai`, an absolute path, or a rule such as `CST-8`.
fn from_env(text: &str) -> Option<TimeZone> {
    let text = text.strip_prefix(':').unwrap_or(text);
    if text.starts_with('/') {
        return read(Path::new(text), "local");
    }
    zone(text).or_else(|| TimeZone::posix(text).ok())
}

/// The moment of a local time, `YYYYMMDDHHMM`.
pub(super) fn local(text: &str, zone: &TimeZone) -> Option<Stamp> {
    let whole = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let part = |range: std::ops::Range<usize>| text.get(range).filter(|_| whole)?.parse::<i16>().ok();
    let small = |range: std::ops::Range<usize>| i8::try_from(part(range)?).ok();
    let date = jiff::civil::DateTime::new(part(0..4)?, small(4..6)?, small(6..8)?, small(8..10)?, small(10..12)?, 0, 0);
    let at = date.ok()?.to_zoned(zone.clone()).ok()?;
    Some(Stamp::new(at.timestamp().as_microsecond(), i16::try_from(at.offset().seconds() / 60).ok()?))
}

fn read(file: &Path, name: &str) -> Option<TimeZone> {
    TimeZone::tzif(name, &std::fs::read(file).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offset(zone: &TimeZone) -> i32 {
        zone.to_offset(jiff::Timestamp::UNIX_EPOCH).seconds()
    }

    #[test]
    fn a_zone_is_what_the_library_makes_of_its_name() {
        for name in ["Asia/Shanghai", "America/New_York", "UTC"] {
            let theirs = TimeZone::get(name).ok();
            assert_eq!(zone(name).as_ref().map(offset), theirs.as_ref().map(offset), "{name}");
            if theirs.is_none() {
                println!("skipped: no zone {name} on this machine");
            }
        }
    }

    #[test]
    fn a_name_is_no_way_out_of_the_folder() {
        for name in ["", "/etc/localtime", "../zoneinfo/UTC", "Asia/../UTC", "Asia//Shanghai", "Asia", "no/such", "U\0"]
        {
            assert!(zone(name).is_none(), "{name:?}");
        }
    }

    #[test]
    fn the_environment_may_name_a_zone_in_four_ways() {
        assert_eq!(from_env("CST-8").as_ref().map(offset), Some(8 * 3600));
        assert!(from_env("no such zone").is_none());
        if let Some(shanghai) = zone("Asia/Shanghai") {
            for text in ["Asia/Shanghai", ":Asia/Shanghai", "/usr/share/zoneinfo/Asia/Shanghai"] {
                assert_eq!(from_env(text).as_ref().map(offset), Some(offset(&shanghai)), "{text}");
            }
        } else {
            println!("skipped: no zone database on this machine");
        }
    }
}
