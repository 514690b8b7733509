//! The rules of the house, kept by reading its own files: who may know whom, that everything is registered, that every
//! sentence exists in every language, that documents are true. A rule that fails names the file and the line.
#![expect(clippy::panic, reason = "a test that cannot read its own tree has failed")]

#[path = "house/coverage.rs"]
mod coverage;
#[path = "house/directions.rs"]
mod directions;
#[path = "house/docs.rs"]
mod docs;
#[path = "house/locales.rs"]
mod locales;
#[path = "house/registered.rs"]
mod registered;
#[path = "house/source.rs"]
mod source;
#[path = "house/tree.rs"]
mod tree;

use std::fs;
use std::path::{Path, PathBuf};

/// Top of the project.
fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file's text, by its path from the top.
fn read(path: &str) -> String {
    fs::read_to_string(top().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file below a folder, by its path from the top, sorted.
fn files_below(folder: &str, extension: &str) -> Vec<String> {
    fn visit(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                visit(&path, found);
            } else {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    visit(&top().join(folder), &mut found);
    let mut names: Vec<String> = found
        .iter()
        .filter(|path| extension.is_empty() || path.extension().is_some_and(|end| end == extension))
        .map(|path| path.strip_prefix(top()).expect("below the top").to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Fails with all faults at once, one a line.
fn none_of(faults: &[String], rule: &str) {
    assert!(faults.is_empty(), "{rule}\n  {}\n", faults.join("\n  "));
}
