//! Documents that are generated or must be true. `UPDATE=1 cargo test --test house` writes the generated parts anew.

use std::fmt::Write as _;

use pos_console::tui::screens::SCREENS;

use crate::{read, top};

/// Replaces what stands between `<!-- name -->` and `<!-- /name -->`.
fn with_section(text: &str, name: &str, body: &str) -> Option<String> {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let start = text.find(&open)? + open.len();
    let end = start + text[start..].find(&close)?;
    Some(format!("{}{body}{}", &text[..start], &text[end..]))
}

fn screens_table() -> String {
    let mut table = "| id | 中文 | NAME |\n| --- | --- | --- |\n".to_owned();
    for screen in SCREENS {
        writeln!(table, "| {} | {} | {} |", screen.id, screen.zh, screen.name).expect("a text");
    }
    table
}

#[test]
fn the_readme_holds_the_tables_of_the_program() {
    let text = with_section(&read("README.md"), "screens", &screens_table()).expect("a section for the screens");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(top().join("README.md"), &text).expect("README.md");
    }
    assert!(read("README.md") == text, "README.md is not current: UPDATE=1 cargo test --test house");
}

#[test]
fn the_readme_names_the_two_commands() {
    let text = read("README.md");
    for command in ["scripts/demo", "scripts/check"] {
        assert!(text.contains(command), "README.md does not name {command}");
        assert!(top().join(command).exists(), "README.md names {command}, which is not there");
    }
}
