//! Parameter files as the payment application keeps them, as names and values: INI, properties, JSON, XML, a table.
//!
//! Only what is asked for by name leaves this file, and never as it stands: see [`Values::shown`].

use std::collections::BTreeMap;
use std::path::Path;

use crate::config::ParametersConfig;
use crate::model::scrub;
use crate::platform::foreign::{self, Cell, Foreign, View};

/// Signs of a value that are shown.
const SHOWN: usize = 40;
/// From so many digits on, a number that is no merchant's may be a card's.
const CARD: usize = 13;
/// Hex digits from which on a value may be a key (a single DES key has sixteen).
const KEY: usize = 16;
/// Columns and rows of a table that are looked at.
const MOST: usize = 2_000;

/// Why a file gives no values.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unreadable {
    /// 0 where it has none.
    pub line: usize,
    pub reason: String,
}

/// Every value by its dotted path; a list by how many it holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Values(BTreeMap<String, String>);

impl Values {
    fn put(&mut self, path: &str, value: &str) {
        self.0.insert(path.to_owned(), value.trim().to_owned());
    }

    /// The value of a path, as it stands in the file: to be compared, not shown.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// What may be shown of a value: nothing of what looks like a key, of a card number its ends.
    pub fn shown(value: &str) -> String {
        let bare: String = value.chars().filter(|sign| !matches!(sign, ' ' | '-' | ':')).collect();
        let hex = bare.chars().filter(char::is_ascii_hexdigit).count();
        if bare.len() >= KEY && hex == bare.chars().count() || looks_coded(&bare) {
            return "****".to_owned();
        }
        let clean = scrub(value, CARD);
        clean.chars().filter(|sign| !sign.is_control()).take(SHOWN).collect()
    }
}

/// Long and without any gap, as keys and certificates are written in base 64.
fn looks_coded(bare: &str) -> bool {
    bare.len() >= 24 && bare.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
}

/// The format of a file: as configured, else by its ending.
pub(super) fn format(config: &ParametersConfig) -> &str {
    if !config.format.is_empty() {
        return &config.format;
    }
    match config.file.extension().and_then(|end| end.to_str()).unwrap_or_default().to_ascii_lowercase().as_str() {
        "json" => "json",
        "xml" => "xml",
        "properties" => "properties",
        "db" | "sqlite" | "sqlite3" => "sqlite",
        _ => "ini",
    }
}

/// Reads a text in one of the text formats.
pub(super) fn text(format: &str, bytes: &[u8]) -> Result<Values, Unreadable> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => encoding_rs::GB18030.decode_without_bom_handling(bytes).0,
    };
    let text = text.trim_start_matches('\u{feff}');
    match format {
        "json" => json(text),
        "xml" => xml(text),
        "properties" => lines(text, false),
        _ => lines(text, true),
    }
}

/// `name = value` line by line; in INI files below `[section]`.
fn lines(text: &str, sections: bool) -> Result<Values, Unreadable> {
    let mut values = Values::default();
    let (mut section, mut inside) = (String::new(), 0_usize);
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';', '!']) {
            continue;
        }
        let bad = |reason: &str| Unreadable { line: at + 1, reason: reason.to_owned() };
        if let Some(name) = line.strip_prefix('[').filter(|_| sections) {
            name.strip_suffix(']').ok_or_else(|| bad("no ] at its end"))?.trim().clone_into(&mut section);
            inside = 0;
            continue;
        }
        let (name, value) = line.split_once(['=', ':']).ok_or_else(|| bad("no = in it"))?;
        let path = if section.is_empty() { name.trim().to_owned() } else { format!("{section}.{}", name.trim()) };
        values.put(&path, value.trim().trim_matches('"'));
        inside += 1;
        if !section.is_empty() {
            values.put(&section, &inside.to_string());
        }
    }
    Ok(values)
}

fn json(text: &str) -> Result<Values, Unreadable> {
    let root: serde_json::Value = serde_json::from_str(text)
        // Not the library's words: they may hold a piece of the file.
        .map_err(|fault| Unreadable { line: fault.line(), reason: "not JSON from here on".to_owned() })?;
    let mut values = Values::default();
    walk(&root, "", &mut values);
    Ok(values)
}

fn walk(value: &serde_json::Value, path: &str, values: &mut Values) {
    use serde_json::Value;
    match value {
        Value::Object(fields) => {
            if !path.is_empty() {
                values.put(path, &fields.len().to_string());
            }
            for (name, value) in fields {
                walk(value, &join(path, name), values);
            }
        }
        Value::Array(items) => values.put(path, &items.len().to_string()),
        Value::String(text) => values.put(path, text),
        Value::Null => {}
        other => values.put(path, &other.to_string()),
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Elements and attributes below the root; an element that stands several times counts.
fn xml(text: &str) -> Result<Values, Unreadable> {
    let bad = |fault: &roxmltree::Error| Unreadable {
        line: fault.pos().row as usize,
        reason: "not XML from here on".to_owned(),
    };
    let document = roxmltree::Document::parse(text).map_err(|fault| bad(&fault))?;
    let mut values = Values::default();
    let mut waiting = vec![(document.root_element(), String::new())];
    while let Some((element, path)) = waiting.pop() {
        for attribute in element.attributes() {
            values.put(&join(&path, attribute.name()), attribute.value());
        }
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for child in element.children().filter(roxmltree::Node::is_element) {
            let name = child.tag_name().name();
            *counts.entry(name).or_default() += 1;
            let path = join(&path, name);
            if counts[name] == 1 {
                values.put(&path, child.text().unwrap_or_default());
                waiting.push((child, path));
            } else {
                values.put(&path, &counts[name].to_string());
            }
        }
    }
    Ok(values)
}

/// Reads a table of names and values, or one with a column for each parameter.
pub(super) fn table(path: &Path, config: &ParametersConfig) -> Result<Values, Foreign> {
    foreign::read(path, |view| {
        let columns = view.columns(&config.table)?;
        let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
        let known = |wanted: &str| {
            let missing = || Foreign::NoColumn(format!("{}.{wanted}", config.table));
            columns
                .iter()
                .find(|column| column.eq_ignore_ascii_case(wanted))
                .map(|name| quoted(name))
                .ok_or_else(missing)
        };
        if config.name_column.is_empty() {
            let all: Vec<String> = columns.iter().map(|name| quoted(name)).collect();
            return wide(view, &columns, &format!("SELECT {} FROM {} LIMIT 1", all.join(", "), quoted(&config.table)));
        }
        let (name, value) = (known(&config.name_column)?, known(&config.value_column)?);
        let rows = view.rows(&format!("SELECT {name}, {value} FROM {} LIMIT {MOST}", quoted(&config.table)), &[])?;
        let mut values = Values::default();
        for row in rows {
            if let [name, value] = row.as_slice() {
                values.put(&cell(name), &cell(value));
            }
        }
        Ok(values)
    })
}

fn wide(view: &View<'_>, columns: &[String], sql: &str) -> Result<Values, Foreign> {
    let mut values = Values::default();
    for row in view.rows(sql, &[])? {
        columns.iter().zip(&row).for_each(|(name, value)| values.put(name, &cell(value)));
    }
    Ok(values)
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Whole(number) => number.to_string(),
        Cell::Real(number) => number.to_string(),
        Cell::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn got(format: &str, text_: &str, path: &str) -> Option<String> {
        text(format, text_.as_bytes()).expect("readable").get(path).map(str::to_owned)
    }

    #[test]
    fn every_text_format_is_read_by_path() {
        let ini = "; terminal\n[terminal]\nid = 12345678\nname=\"x\"\n[aids]\na=1\nb=2\n";
        assert_eq!(got("ini", ini, "terminal.id").as_deref(), Some("12345678"));
        assert_eq!(got("ini", ini, "aids").as_deref(), Some("2"));
        assert_eq!(got("properties", "#c\npos.tid=12345678\n", "pos.tid").as_deref(), Some("12345678"));
        let json = r#"{"terminal":{"tid":"12345678","limit":5000},"aids":["A","B","C"]}"#;
        assert_eq!(got("json", json, "terminal.tid").as_deref(), Some("12345678"));
        assert_eq!(
            (got("json", json, "terminal.limit").as_deref(), got("json", json, "aids").as_deref()),
            (Some("5000"), Some("3"))
        );
        let xml = "<pos v='1.2'><terminal id='12345678'><mid>898000000000001</mid></terminal><ca/><ca/></pos>";
        assert_eq!(got("xml", xml, "terminal.id").as_deref(), Some("12345678"));
        assert_eq!(got("xml", xml, "terminal.mid").as_deref(), Some("898000000000001"));
        assert_eq!((got("xml", xml, "ca").as_deref(), got("xml", xml, "v").as_deref()), (Some("2"), Some("1.2")));
    }

    #[test]
    fn what_cannot_be_read_is_told_by_its_line_and_without_its_content() {
        for (format, bad, line) in [
            ("ini", "[a]\nb=1\nsecret0123456789\n", 3),
            ("ini", "[a\n", 1),
            ("json", "{\n\"a\":secret0123456789}", 2),
            ("xml", "<a>\n<secret0123456789></b></a>", 2),
        ] {
            let fault = text(format, bad.as_bytes()).expect_err(bad);
            assert_eq!(fault.line, line, "{bad}");
            assert!(!fault.reason.contains("secret"), "{}", fault.reason);
        }
    }

    #[test]
    fn keys_and_card_numbers_are_never_shown() {
        for secret in ["0123456789ABCDEF", "01 23 45 67 89 AB CD EF FE DC", "c2VjcmV0IGtleSBvZiB0aGUgdGVybWluYWw="] {
            assert_eq!(Values::shown(secret), "****", "{secret}");
        }
        assert!(!Values::shown("card 6222021234567890123").contains("021234567"));
        assert_eq!(Values::shown("898000000000001"), "898000000000001");
        assert_eq!(Values::shown("v2.1.0"), "v2.1.0");
    }

    proptest! {
        #[test]
        fn no_file_makes_it_stumble(bytes in prop::collection::vec(any::<u8>(), 0..200), format in "ini|json|xml|properties") {
            let _ = text(&format, &bytes);
        }
    }
}
