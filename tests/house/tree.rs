//! The tree itself: what lies where, how long a file may get, and marks that must not stay.

use std::process::Command;

use crate::source::sources;
use crate::{files_below, none_of, read, top};

/// What the top level may hold, besides dot-files.
const TOP: &[&str] = &["Cargo.toml", "Cargo.lock", "README.md", "LICENSE", "src", "config", "scripts", "tests"];

/// Longest source file, lines; one that nears it wants to be two rooms.
const MOST_LINES: usize = 600;

/// Files under version control, or everything but build output where there is no git.
fn tracked() -> Vec<String> {
    let git = Command::new("git").args(["ls-files", "-co", "--exclude-standard"]).current_dir(top()).output();
    match git {
        Ok(listed) if listed.status.success() => {
            let mut files: Vec<String> = String::from_utf8_lossy(&listed.stdout).lines().map(str::to_owned).collect();
            files.retain(|file| top().join(file).exists());
            files
        }
        _ => {
            println!("skipped: git is not here, only the known folders are looked at");
            TOP.iter().filter(|name| top().join(name).is_dir()).flat_map(|folder| files_below(folder, "")).collect()
        }
    }
}

/// Tracked files that are text, with their text.
fn texts() -> Vec<(String, String)> {
    tracked()
        .into_iter()
        .filter_map(|file| Some((file.clone(), std::fs::read_to_string(top().join(&file)).ok()?)))
        .collect()
}

#[test]
fn the_top_level_holds_only_what_the_plan_allows() {
    let extra: Vec<String> = tracked()
        .iter()
        .filter_map(|file| file.split('/').next())
        .filter(|name| !name.starts_with('.') && !TOP.contains(name))
        .map(str::to_owned)
        .collect();
    none_of(&extra, "not in the plan of the top level:");
}

#[test]
fn no_file_is_longer_than_a_room() {
    let long: Vec<String> = files_below("src", "rs")
        .into_iter()
        .chain(files_below("tests", "rs"))
        .map(|file| (read(&file).lines().count(), file))
        .filter(|(lines, _)| *lines > MOST_LINES)
        .map(|(lines, file)| format!("{file}: {lines} lines"))
        .collect();
    none_of(&long, &format!("longer than {MOST_LINES} lines, two rooms in one:"));
}

fn is_code(file: &str) -> bool {
    file.starts_with("scripts/") || std::path::Path::new(file).extension().is_some_and(|end| end == "rs")
}

#[test]
fn nothing_is_left_unfinished() {
    let mut faults = Vec::new();
    for (file, source) in sources() {
        for (name, line) in &source.macros {
            if matches!(name.as_str(), "todo" | "unimplemented" | "dbg") {
                faults.push(format!("{file}:{line}: {name}!"));
            }
        }
    }
    // Written in two halves, so that this file is no finding of its own.
    let ignored = concat!("#[ign", "ore");
    let marks = [concat!("FIX", "ME"), concat!("XX", "X:"), concat!("assert!(tr", "ue)"), ignored];
    for (file, text) in texts().iter().filter(|(file, _)| is_code(file)) {
        for (index, line) in text.lines().enumerate() {
            if let Some(mark) = marks.iter().find(|mark| line.contains(**mark)) {
                faults.push(format!("{file}:{}: {mark}", index + 1));
            }
        }
    }
    none_of(&faults, "unfinished:");
}

#[test]
fn no_path_of_a_builders_machine_is_in_the_tree() {
    let folders = [concat!("/wo", "rk/"), concat!("/fa", "rm/"), concat!("/ro", "ot/.cargo")];
    let mut faults = Vec::new();
    for (file, text) in texts() {
        for (index, line) in text.lines().enumerate() {
            if folders.iter().any(|folder| line.contains(folder)) {
                faults.push(format!("{file}:{}: {}", index + 1, line.trim()));
            }
        }
    }
    none_of(&faults, "paths of one machine:");
}

#[test]
fn every_dependency_says_why_it_is_here() {
    let manifest = read("Cargo.toml");
    let mut faults = Vec::new();
    let mut section = "";
    let mut before = "";
    for (index, line) in manifest.lines().enumerate() {
        if line.starts_with('[') {
            section = line;
        } else if section.ends_with("dependencies]") && line.contains('=') && !line.starts_with('#') {
            // `# --- the screen` is a heading, not a reason.
            if !before.starts_with('#') || before.starts_with("# ---") {
                faults.push(format!("Cargo.toml:{}: {line}", index + 1));
            }
        }
        before = line;
    }
    none_of(&faults, "no comment above says why:");
}

#[cfg(unix)]
#[test]
fn scripts_can_be_run() {
    use std::os::unix::fs::PermissionsExt as _;
    for script in ["scripts/check", ".ci/run"] {
        let mode = std::fs::metadata(top().join(script)).map(|found| found.permissions().mode());
        assert!(mode.is_ok_and(|mode| mode & 0o111 != 0), "{script} is missing or not executable");
    }
    assert!(read(".ci/run").contains("scripts/check"), ".ci/run calls scripts/check");
}
