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
/// folder must stand in the table.
struct Table {
    folder: &'static str,
    file: &'static str,
    name: &'static str,
    kind: &'static str,
}

const TABLES: &[Table] = &[
    Table { folder: "src/checks/", file: "src/checks/mod.rs", name: "CHECKS", kind: "Check" },
    Table { folder: "src/tui/screens/", file: "src/tui/screens/mod.rs", name: "SCREENS", kind: "ScreenSpec" },
    Table { folder: "src/actions/", file: "src/actions/mod.rs", name: "ACTIONS", kind: "ActionSpec" },
];

#[test]
fn every_check_screen_and_action_is_in_its_table() {
    let all = sources();
    let mut faults = Vec::new();
    for table in TABLES {
        let listed: BTreeSet<&str> = all
            .get(table.file)
            .into_iter()
            .flat_map(|source| &source.consts)
            .filter(|(name, ..)| name == table.name)
            .flat_map(|(_, _, value)| value.iter().map(String::as_str))
            .collect();
        for (file, source) in all.iter().filter(|(file, _)| file.starts_with(table.folder)) {
            let implemented = source.impls.iter().filter(|(of, _)| of == table.kind).map(|(_, by)| by);
            let constant = source
                .consts
                .iter()
                .filter(|(name, kind, _)| kind == &[table.kind] && name != table.name)
                .map(|(name, ..)| name);
            for name in implemented.chain(constant).filter(|name| !listed.contains(name.as_str())) {
                // A type may stand in the table by a constant of it.
                let by_constant = source
                    .consts
                    .iter()
                    .any(|(constant, kind, _)| kind.contains(name) && listed.contains(constant.as_str()));
                if !by_constant {
                    faults.push(format!("{file}: {name} is not in {} ({})", table.name, table.file));
                }
            }
        }
    }
    none_of(&faults, "not registered:");
}
