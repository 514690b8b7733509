//! Data files as people write them (code tables, playbooks, chapters of the handbook): one way to read TOML so that
//! every fault is found at once and named with file and line, and one way to hold a text in several languages.
//!
//! What the data mean, and whether they are whole, is for the rooms that own them.

mod fault;
mod reader;
mod shelf;
mod words;

use std::path::Path;

pub use fault::{Fault, Place};
pub use reader::{Reader, Value, read};
pub use shelf::{Filed, Shelf, Shelved, read_dir};
pub use words::Words;

/// The `*.toml` files of a folder, in the order of their names: name and text, or why it cannot be read. No folder, no
/// files.
pub fn files(dir: &Path) -> Vec<Result<(String, String), Fault>> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let mut files: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "toml"));
    files.sort();
    let read = |path: &Path| {
        let name = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => Ok((name, text)),
            Err(error) => Err(Fault::new(&name, 0, "", "unreadable", error.to_string())),
        }
    };
    files.iter().map(|path| read(path)).collect()
}
