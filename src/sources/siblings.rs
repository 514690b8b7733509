//! Files that stand beside a journal because it was rotated. Names only: what a file is, its identity says.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::DirEntryExt;
use std::path::{Path, PathBuf};

/// A file beside the journal.
#[derive(Debug)]
pub struct Sibling {
    pub path: PathBuf,
    pub ino: u64,
    /// Its name begins as the journal's does: it may be a copy.
    pub related: bool,
    /// Its name is that of a rotated file: unread, it is read whole.
    pub rotated: bool,
    /// Its name holds only a number or a date beside the journal's.
    pub numbered: bool,
    /// The digits that rotation has put into its name.
    pub digits: String,
}

impl Sibling {
    /// Where it belongs among others by its name alone: dates grow with time, numbers shrink. None without digits.
    fn age(&self) -> Option<(bool, u64)> {
        let number: u64 = self.digits.get(..self.digits.len().min(18))?.parse().ok()?;
        if self.digits.len() >= 6 { Some((true, number)) } else { Some((false, u64::MAX - number)) }
    }
}

/// The order in which files that nobody has seen before were written: by their names where all have dates or all have
/// numbers, else by the time of the last change.
pub fn oldest_first<T>(found: &mut [T], sibling: impl Fn(&T) -> &Sibling, changed: impl Fn(&T) -> i64) {
    let ages: Vec<_> = found.iter().map(|one| sibling(one).age()).collect();
    let by_name = ages.iter().all(|age| age.is_some_and(|age| Some(age.0) == ages[0].map(|first| first.0)));
    if by_name {
        found.sort_by_key(|one| sibling(one).age());
    } else {
        found.sort_by_key(changed);
    }
}

/// Words that rotation puts into names beside numbers and dates.
const ROTATED: &[&str] = &["old", "prev", "previous", "last", "bak", "backup", "rotated"];
/// Extensions that may follow again.
const EXTENSIONS: &[&str] = &["log", "json", "jsonl", "txt"];
/// First bytes of files that are compressed in ways nobody reads here: their content was read before.
const COMPRESSED: &[&[u8]] = &[b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"\x04\x22\x4d\x18"];

/// Every regular file in the folders of the journal and of the file it leads to, but for the journal itself.
pub fn list(journal: &Path) -> Vec<Sibling> {
    let mut names = vec![journal.to_path_buf()];
    names.extend(std::fs::canonicalize(journal).ok().filter(|real| real != journal));
    let mut found: Vec<Sibling> = Vec::new();
    for name in &names {
        let folder = name.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            let ino = entry.ino();
            let regular = entry.file_type().is_ok_and(|kind| kind.is_file());
            if !regular || names.contains(&path) || found.iter().any(|have| have.ino == ino) {
                continue;
            }
            let kind = names.iter().find_map(|name| Kind::of(name.file_name()?, &entry.file_name()));
            let kind = kind.unwrap_or_default();
            let Kind { related, rotated, numbered, digits } = kind;
            found.push(Sibling { path, ino, related, rotated, numbered, digits });
        }
    }
    found
}

/// Whether a file begins as compressed ones do.
pub fn is_compressed(head: &[u8]) -> bool {
    COMPRESSED.iter().any(|magic| head.starts_with(magic))
}

/// The part of a name that all names of a journal's files begin with.
pub fn stem(name: &OsStr) -> &[u8] {
    let name = name.as_bytes();
    match name.iter().rposition(|byte| *byte == b'.') {
        Some(dot) if dot > 0 => &name[..dot],
        _ => name,
    }
}

#[derive(Default, Debug, PartialEq, Eq)]
struct Kind {
    related: bool,
    rotated: bool,
    numbered: bool,
    digits: String,
}

impl Kind {
    /// `name.*`, `name-*` and, with a number or date, `stem.*.ext`, `stem-*.ext`; each perhaps with `.gz` behind it,
    /// and then also without the extension.
    fn of(journal: &OsStr, name: &OsStr) -> Option<Self> {
        let (whole, name) = (journal.as_bytes(), name.as_bytes());
        let stem = stem(journal);
        let packed = name.strip_suffix(b".gz");
        let bare = packed.unwrap_or(name);
        let middle = match bare.strip_prefix(whole) {
            Some([]) => return None,
            Some(rest) => rest,
            None => {
                let rest = bare.strip_prefix(stem)?;
                rest.strip_suffix(&whole[stem.len()..]).or(packed.map(|_| rest))?
            }
        };
        if !matches!(middle.first()?, b'.' | b'-' | b'_') {
            return None;
        }
        let words: Vec<&[u8]> = middle.split(|byte| !byte.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).collect();
        let is_number = |word: &[u8]| {
            word.iter().any(u8::is_ascii_digit)
                && word.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'T' | b't' | b'Z' | b'z'))
        };
        let is_one_of =
            |word: &[u8], list: &[&str]| list.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()));
        let known = words.iter().all(|word| is_number(word) || is_one_of(word, ROTATED) || is_one_of(word, EXTENSIONS));
        let told = words.iter().any(|word| is_number(word) || is_one_of(word, ROTATED));
        let rotated = known && told;
        let digits = words.iter().filter(|word| is_number(word)).flat_map(|word| word.iter());
        Some(Self {
            digits: digits.filter(|byte| byte.is_ascii_digit()).map(|byte| char::from(*byte)).collect(),
            related: name.starts_with(whole) || rotated,
            rotated,
            numbered: rotated && !words.iter().any(|word| is_one_of(word, ROTATED)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_rotated_files_are_known() {
        let kind = |name: &str| Kind::of(OsStr::new("journal.jsonl"), OsStr::new(name)).unwrap_or_default();
        for name in [
            "journal.jsonl.1",
            "journal.jsonl-20261121",
            "journal.jsonl.2026-11-21_09",
            "journal.1.jsonl",
            "journal-2026-11-21T09Z.jsonl",
            "journal.jsonl.1.log",
            "journal.jsonl.1.gz",
            "journal.jsonl-20261121.gz",
            "journal.1.jsonl.gz",
            "journal.1.gz",
            "journal-20260101.gz",
        ] {
            let Kind { related, rotated, numbered, digits } = kind(name);
            assert!(related && rotated && numbered && !digits.is_empty(), "{name}");
        }
        assert_eq!(kind("journal.jsonl.old"), Kind { related: true, rotated: true, ..Kind::default() });
        for name in ["journal.jsonl.lock", "journal.jsonl-wal", "journal.jsonl.swp"] {
            assert_eq!(kind(name), Kind { related: true, ..Kind::default() }, "{name}");
        }
        for name in
            ["journal-debug.jsonl", "journal.jsonl.gz", "journal.1", "other.jsonl.1", "journal.jsonlx", "journal"]
        {
            assert_eq!(kind(name), Kind::default(), "{name}");
        }
    }
}
