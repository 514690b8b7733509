//! Who may know whom, and who may touch the machine.

use crate::none_of;
use crate::source::{Path, sources};

/// The rooms of the crate that a room may name, besides itself. A room without an entry is free.
const MAY_SEE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("text", &["model"]),
    ("proto", &["model"]),
    ("config", &["model", "text", "sources", "codes", "checks", "iso8583"]),
    ("data", &["model", "text"]),
    ("codes", &["model", "text", "data", "config"]),
    ("playbooks", &["model", "text", "data", "config"]),
    ("handbook", &["model", "text", "data", "playbooks"]),
    ("verdict", &["model", "codes", "text"]),
    ("platform", &["model", "text", "config"]),
    ("iso8583", &["model", "text"]),
    ("sources", &["model", "platform", "iso8583", "text", "config", "codes"]),
    ("checks", &["model", "platform", "iso8583", "text", "config", "codes"]),
    ("actions", &["model", "platform", "iso8583", "text", "config"]),
    ("store", &["model", "text", "config", "proto"]),
    ("link", &["model", "proto", "text", "config"]),
    (
        "agent",
        // playbooks, handbook: what a person walked is kept only if there is such a way.
        &[
            "model",
            "proto",
            "link",
            "text",
            "config",
            "platform",
            "sources",
            "store",
            "codes",
            "playbooks",
            "handbook",
            "checks",
            "actions",
        ],
    ),
    (
        "tui",
        &["model", "proto", "link", "text", "config", "codes", "playbooks", "handbook", "verdict", "checks", "actions"],
    ),
];

/// What only some files may name. A path begins with these words; a file begins with one of these.
const DOORS: &[(&[&str], &[&str])] = &[
    // The machine has one door.
    (&["std", "process", "Command"], &["src/platform/"]),
    (&["std", "process", "Child"], &["src/platform/"]),
    (&["tokio", "process"], &["src/platform/"]),
    (&["zbus"], &["src/platform/"]),
    (&["rtnetlink"], &["src/platform/"]),
    (&["netlink_packet_route"], &["src/platform/"]),
    (&["sysinfo"], &["src/platform/"]),
    (&["surge_ping"], &["src/platform/"]),
    (&["sntpc"], &["src/platform/"]),
    // These open their own files, never the machine's state.
    (
        &["std", "fs"],
        &[
            "src/platform/",
            "src/config/",
            "src/sources/",
            "src/store/",
            "src/link/",
            "src/data/",
            "src/iso8583/shelf.rs",
        ],
    ),
    (&["tokio", "fs"], &["src/platform/", "src/sources/", "src/link/"]),
    // Our own database is the store's; somebody else's is part of the machine. One file knows inotify.
    (&["rusqlite"], &["src/store/", "src/platform/foreign.rs"]),
    (&["notify"], &["src/sources/", "src/agent/"]),
    // Fluent stands behind text::t.
    (&["fluent_bundle"], &["src/text/"]),
];

/// Files that break a direction for a written reason.
const EXCEPTIONS: &[(&str, &[&str], &str)] = &[
    ("src/agent/folder.rs", &["std", "fs"], "the lock on the state folder, which is the agent's own"),
    ("src/agent/door.rs", &["std", "fs"], "the socket file in the same folder"),
    ("src/tui/runtime", &["crate", "platform"], "the loop, where the clock comes in"),
    ("src/headless/decode.rs", &["std", "fs"], "the file that the person names on the command line"),
];

/// Parts of the tui that meet the outside.
const TUI_OUTSIDE: &[&str] = &["src/tui/runtime", "src/tui/terminal"];

fn room(file: &str) -> &str {
    let inside = file.trim_start_matches("src/");
    inside.split(['/', '.']).next().unwrap_or(inside)
}

#[test]
fn every_exception_is_still_needed_and_says_why() {
    let all = sources();
    let unused: Vec<String> = EXCEPTIONS
        .iter()
        .filter(|(start, words, why)| {
            let used = all.iter().any(|(file, source)| {
                file.starts_with(start) && source.paths.iter().any(|path| path.starts_with(words))
            });
            !used || why.is_empty()
        })
        .map(|(start, words, _)| format!("{start}: {}", words.join("::")))
        .collect();
    none_of(&unused, "exceptions that nobody needs:");
}

fn excepted(file: &str, path: &Path) -> bool {
    EXCEPTIONS.iter().any(|(start, words, _)| file.starts_with(start) && path.starts_with(words))
}

/// The simulator is another program; its files answer to none of these rules but the one that nobody knows it.
fn is_sim(file: &str) -> bool {
    file.starts_with("src/sim/") || file.starts_with("src/bin/")
}

#[test]
fn rooms_know_only_whom_they_may() {
    let mut faults = Vec::new();
    for (file, source) in sources() {
        let Some((_, may)) = MAY_SEE.iter().find(|(name, _)| *name == room(file)) else { continue };
        for path in source.paths.iter().filter(|path| path.starts_with(&["crate"])) {
            let Some(other) = path.segments.get(1) else { continue };
            let is_room = other.chars().next().is_some_and(char::is_lowercase);
            if is_room && other != room(file) && !may.contains(&other.as_str()) && !excepted(file, path) {
                faults.push(format!("{file}:{}: names {}", path.line, path.segments.join("::")));
            }
        }
    }
    none_of(&faults, "a room names another that it must not know (tests/house/directions.rs):");
}

#[test]
fn the_machine_has_one_door() {
    let mut faults = Vec::new();
    for (file, source) in sources().iter().filter(|(file, _)| !is_sim(file) && **file != "src/build.rs") {
        for path in &source.paths {
            for (words, files) in DOORS {
                let inside = files.iter().any(|start| file.starts_with(start));
                if path.starts_with(words) && !inside && !excepted(file, path) {
                    faults.push(format!("{file}:{}: names {}", path.line, path.segments.join("::")));
                }
            }
        }
    }
    none_of(&faults, "the machine is reached past src/platform:");
}

#[test]
fn screens_have_no_clock_no_loop_and_no_machine() {
    const CLOSED: &[&[&str]] =
        &[&["tokio"], &["crate", "platform"], &["std", "thread"], &["std", "fs"], &["std", "net"]];
    const CLOCKS: &[&str] = &["Instant", "SystemTime", "Zoned", "Timestamp", "Stamp"];
    let reads_clock = |path: &Path| matches!(path.segments.as_slice(), [.., clock, now] if now == "now" && CLOCKS.contains(&clock.as_str()));
    let mut faults = Vec::new();
    for (file, source) in sources() {
        if !file.starts_with("src/tui/") || TUI_OUTSIDE.iter().any(|start| file.starts_with(start)) {
            continue;
        }
        for path in &source.paths {
            let closed = CLOSED.iter().any(|words| path.starts_with(words)) || reads_clock(path);
            if closed && !excepted(file, path) {
                faults.push(format!("{file}:{}: names {}", path.line, path.segments.join("::")));
            }
        }
    }
    none_of(&faults, "the tui (but its runtime and terminal) touches the outside:");
}

#[test]
fn the_simulator_is_never_linked_into_the_console() {
    let mut faults = Vec::new();
    for (file, source) in sources().iter().filter(|(file, _)| !is_sim(file)) {
        for path in source.paths.iter().filter(|path| path.starts_with(&["crate", "sim"])) {
            faults.push(format!("{file}:{}: names {}", path.line, path.segments.join("::")));
        }
        for module in source.modules.iter().filter(|module| module.name == "sim") {
            faults.push(format!("{file}: declares {}", module.name));
        }
    }
    none_of(&faults, "pos-console knows pos-sim:");
}

#[test]
fn an_unmasked_card_number_is_taken_at_the_border_only() {
    const BORDER: &[&str] = &["src/sources/", "src/iso8583/", "src/model/pan.rs"];
    let mut faults = Vec::new();
    for (file, source) in sources() {
        if BORDER.iter().any(|start| file.starts_with(start)) {
            continue;
        }
        for path in &source.paths {
            for one in ["MaskedPan", "CardKey"] {
                if path.segments.ends_with(&[one.to_owned(), "from_clear".to_owned()]) {
                    faults.push(format!("{file}:{}: calls {one}::from_clear", path.line));
                }
            }
        }
    }
    none_of(&faults, "card numbers are masked in sources and iso8583, nowhere later:");
}

#[test]
fn the_binary_only_wires() {
    let lines = crate::read("src/main.rs").lines().count();
    assert!(lines <= 120, "src/main.rs has {lines} lines: logic belongs into the library");
}

#[test]
fn one_file_alone_calls_into_a_c_library() {
    // The lint refuses `unsafe` wherever nobody lifts it.
    const ONE: &str = "src/platform/real/pcsc/library.rs";
    let all = sources();
    let found: Vec<&str> = all.keys().copied().filter(|file| crate::read(file).contains("unsafe_code")).collect();
    assert_eq!(found, [ONE], "who lifts the lint on `unsafe`");
}
