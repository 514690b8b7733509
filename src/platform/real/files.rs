//! Files and file systems.

use std::fs::File;
use std::io::Read;
use std::time::Duration;

use super::aside::aside;
use crate::platform::{FileSeen, Space, Trouble};

const LIMIT: Duration = Duration::from_secs(2);
/// Names that are told of one folder.
const MOST: usize = 1_000;

/// At most `bound` bytes of a file; a longer one is an error, not a part.
pub async fn read(path: String, bound: usize) -> Result<Vec<u8>, Trouble> {
    aside(LIMIT, move || {
        let mut bytes = Vec::new();
        File::open(path)?.take(bound as u64 + 1).read_to_end(&mut bytes)?;
        if bytes.len() > bound { Err(Trouble::TooBig) } else { Ok(bytes) }
    })
    .await?
}

/// Names in a folder.
pub async fn list(path: String) -> Result<Vec<String>, Trouble> {
    aside(LIMIT, move || {
        let names = std::fs::read_dir(path)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut names: Vec<String> = names.take(MOST).collect();
        names.sort();
        Ok(names)
    })
    .await?
}

/// Size and time of a file.
pub async fn file(path: String) -> Result<FileSeen, Trouble> {
    aside(LIMIT, move || {
        let meta = std::fs::metadata(path)?;
        let changed = meta.modified()?.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let changed_us = i64::try_from(changed.as_micros()).unwrap_or(0);
        Ok(FileSeen { size: meta.len(), changed_us, folder: meta.is_dir() })
    })
    .await?
}

/// Room on the file system that holds `path`.
pub async fn space(path: String) -> Result<Space, Trouble> {
    aside(LIMIT, move || {
        let seen = rustix::fs::statvfs(path.as_str()).map_err(std::io::Error::from)?;
        Ok(Space {
            total: seen.f_blocks.saturating_mul(seen.f_frsize),
            free: seen.f_bavail.saturating_mul(seen.f_frsize),
            inodes: seen.f_files,
            inodes_free: seen.f_favail,
        })
    })
    .await?
}
