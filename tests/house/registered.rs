//! One more = one file + one line: whatever lies in a folder is in its table.

use std::collections::BTreeSet;

use crate::none_of;
use crate::source::{all_sources, module_files, sources};

#[test]
fn every_source_file_is_part_of_a_program() {
    let all = all_sources();
    let mut reached: BTreeSet<String> = BTreeSet::new();
    let mut waiting: Vec<String> = all
        .keys()
        .filter(|file| {
            matches!(file.as_str(), "src/lib.rs" | "src/main.rs" | "src/build.rs") || file.starts_with("src/bin/")
        })
        .cloned()
        .collect();
    while let Some(file) = waiting.pop() {
        if reached.insert(file.clone())
            && let Some(source) = all.get(&file)
        {
            waiting.extend(source.modules.iter().flat_map(|module| module_files(&file, module)));
        }
    }
    let lost: Vec<String> = all.keys().filter(|file| !reached.contains(*file)).cloned().collect();
    none_of(&lost, "no `mod` line leads to these files:");
}

/// A table of things, each in its own file: whatever implements the trait (or is a constant of the type) below the
/// folder must stand in the table as `module::NAME`.
struct Table {
    folder: &'static str,
    name: &'static str,
    kind: &'static str,
}

const TABLES: &[Table] = &[
    Table { folder: "src/checks/", name: "CHECKS", kind: "Check" },
    // A shape that many checks share: each of its constants is a check.
    Table { folder: "src/checks/", name: "CHECKS", kind: "PerHost" },
    Table { folder: "src/tui/screens/", name: "SCREENS", kind: "ScreenSpec" },
    Table { folder: "src/actions/", name: "ACTIONS", kind: "ActionSpec" },
    Table { folder: "src/sources/", name: "KINDS", kind: "SourceKind" },
    Table { folder: "src/sources/", name: "FEEDS", kind: "FeedKind" },
];

#[test]
fn every_check_screen_action_and_journal_format_is_in_its_table() {
    let all = sources();
    let mut faults = Vec::new();
    for table in TABLES {
        let home = format!("{}mod.rs", table.folder);
        let words: Vec<&str> = all
            .get(home.as_str())
            .into_iter()
            .flat_map(|source| &source.consts)
            .filter(|(name, ..)| name == table.name)
            .flat_map(|(_, _, value)| value.iter().map(String::as_str))
            .collect();
        assert!(!words.is_empty(), "{home} has no table {}", table.name);
        for (file, source) in all.iter().filter(|(file, _)| file.starts_with(table.folder) && **file != home) {
            let shape = |by: &str| TABLES.iter().any(|other| other.kind == by);
            let implemented = source.impls.iter().filter(|(of, by)| of == table.kind && !shape(by)).map(|(_, by)| by);
            let constant = source.consts.iter().filter(|(_, kind, _)| kind == &[table.kind]).map(|(name, ..)| name);
            for name in implemented.chain(constant) {
                if !words.windows(2).any(|pair| pair == [module(file), name.as_str()]) {
                    faults.push(format!("{file}: {name} is not in {} ({home})", table.name));
                }
            }
        }
    }
    none_of(&faults, "not registered:");
}

/// The name of the module that a file is.
fn module(file: &str) -> &str {
    let path = file.trim_end_matches("/mod.rs").trim_end_matches(".rs");
    path.rsplit('/').next().unwrap_or(path)
}
