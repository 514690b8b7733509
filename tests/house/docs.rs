//! Documents that are generated or must be true. `UPDATE=1 cargo test --test house` writes the generated parts anew.

use std::fmt::Write as _;
use std::process::Command;

use pos_console::text::Lang;
use pos_console::tui::screens::SCREENS;
use pos_console::tui::screens::keys::keys;

use crate::{read, top};

/// Replaces what stands between `<!-- name -->` and `<!-- /name -->`.
fn with_section(text: &str, name: &str, body: &str) -> Option<String> {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let start = text.find(&open)? + open.len();
    let end = start + text[start..].find(&close)?;
    Some(format!("{}{body}{}", &text[..start], &text[end..]))
}

fn screens_table() -> String {
    // The same on every screen, so they stand above the table once.
    const EVERYWHERE: &[&str] = &["0", "1-8", "9", "yellow", "red"];
    let mut table = "| id | 中文 | NAME | its own keys |\n| --- | --- | --- | --- |\n".to_owned();
    for screen in SCREENS {
        let own = keys(screen, Lang::EN).into_iter().filter(|key| !EVERYWHERE.contains(&key.key.as_str()));
        let own: Vec<String> = own.map(|key| format!("{}: {}", key.key, key.does)).collect();
        writeln!(table, "| {} | {} | {} | {} |", screen.id, screen.zh, screen.name, own.join("; ")).expect("a text");
    }
    table
}

#[test]
fn every_command_that_the_readme_names_is_there() {
    let text = read("README.md");
    let mut words: Vec<&str> = text
        .split("`pos-console ")
        .skip(1)
        .map(|rest| rest.split([' ', '`']).next().unwrap_or_default())
        .filter(|word| !word.starts_with('-'))
        .collect();
    words.sort_unstable();
    words.dedup();
    assert!(words.len() > 5, "{words:?}");
    for word in words {
        let help = Command::new(env!("CARGO_BIN_EXE_pos-console")).args([word, "--help"]).output().expect("it starts");
        assert!(help.status.success(), "pos-console {word} --help: {}", String::from_utf8_lossy(&help.stderr));
    }
}

#[test]
fn the_readme_is_current() {
    let text = with_section(&read("README.md"), "screens", &screens_table()).expect("a section for the screens");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(top().join("README.md"), &text).expect("README.md");
    }
    assert!(read("README.md") == text, "README.md is not current: UPDATE=1 cargo test --test house");
    for command in ["scripts/demo", "scripts/check"] {
        assert!(text.contains(command), "README.md does not name {command}");
        assert!(top().join(command).exists(), "README.md names {command}, which is not there");
    }
}
