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

    /// The value of a path, letters of any case, as it stands in the file: to be compared, not shown.
    pub fn get(&self, path: &str) -> Option<&str> {
        let exact = self.0.get(path).or_else(|| {
            let alike = |(name, _): &(&String, &String)| name.eq_ignore_ascii_case(path);
            self.0.iter().find(alike).map(|(_, value)| value)
        });
        exact.map(String::as_str).filter(|value| !value.is_empty())
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

/// Reads a text in one of the text formats: UTF-8, UTF-16 with its mark, else GBK.
pub(super) fn text(format: &str, bytes: &[u8]) -> Result<Values, Unreadable> {
    let text = match encoding_rs::Encoding::for_bom(bytes) {
        Some((marked, _)) => marked.decode(bytes).0,
        None => match std::str::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(_) => encoding_rs::GB18030.decode_without_bom_handling(bytes).0,
        },
    };
    match format {
        "json" => json(&text),
        "xml" => xml(&text),
        "properties" => Ok(properties(&text)),
        _ => ini(&text),
    }
}

/// `name = value` line by line, below `[section]`. What stands behind a comment's sign with a space before it is one.
fn ini(text: &str) -> Result<Values, Unreadable> {
    let mut values = Values::default();
    let (mut section, mut inside) = (String::new(), 0_usize);
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';', '!']) {
            continue;
        }
        let bad = |reason: &str| Unreadable { line: at + 1, reason: reason.to_owned() };
        if let Some(name) = line.strip_prefix('[') {
            name.split_once(']').ok_or_else(|| bad("no ] at its end"))?.0.trim().clone_into(&mut section);
            inside = 0;
            continue;
        }
        let (name, value) = line.split_once(['=', ':']).ok_or_else(|| bad("no = in it"))?;
        values.put(&join(&section, name.trim()), unquoted(value.trim()));
        inside += 1;
        if !section.is_empty() {
            values.put(&section, &inside.to_string());
        }
    }
    Ok(values)
}

/// Without its quotes, else without the comment behind it.
fn unquoted(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some((inside, _)) = value.strip_prefix(quote).and_then(|rest| rest.split_once(quote)) {
            return inside;
        }
    }
    let end = value.match_indices([';', '#']).find(|(at, _)| value[..*at].ends_with(char::is_whitespace));
    end.map_or(value, |(at, _)| value[..at].trim_end())
}

/// Java's properties: `=`, `:` or a gap between name and value, `\` before signs and line ends, `\u` and four hex digits.
fn properties(text: &str) -> Values {
    let mut values = Values::default();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let mut line = line.trim_start().to_owned();
        if line.starts_with(['#', '!']) {
            continue;
        }
        while goes_on(&line) {
            line.pop();
            let Some(more) = lines.next() else { break };
            line.push_str(more.trim_start());
        }
        let end = name_ends(&line);
        let value = line[end..].trim_start();
        let value = value.strip_prefix(['=', ':']).unwrap_or(value).trim_start();
        let name = unescaped(&line[..end]);
        if !name.is_empty() {
            values.put(&name, &unescaped(value));
        }
    }
    values
}

/// An odd number of `\` at the end of a line: the value goes on in the next one.
fn goes_on(line: &str) -> bool {
    line.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

/// Where a name ends: at the first `=`, `:` or gap that has no `\` before it.
fn name_ends(line: &str) -> usize {
    let mut escaped = false;
    for (at, sign) in line.char_indices() {
        if !escaped && (matches!(sign, '=' | ':') || sign.is_whitespace()) {
            return at;
        }
        escaped = sign == '\\' && !escaped;
    }
    line.len()
}

fn unescaped(text: &str) -> String {
    let (mut out, mut signs) = (String::new(), text.chars());
    while let Some(sign) = signs.next() {
        if sign != '\\' {
            out.push(sign);
            continue;
        }
        match signs.next() {
            Some('u') => {
                let hex: String = signs.by_ref().take(4).collect();
                let code = u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32);
                out.push(code.unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            Some('t' | 'n' | 'r' | 'f') => out.push(' '),
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
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
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate().take(MOST) {
                // A list of `{"name": ..., "value": ...}` is a table of parameters.
                match named(item) {
                    Some((name, value)) => values.put(&join(path, name), &value),
                    None => walk(item, &join(path, &at.to_string()), values),
                }
            }
            values.put(path, &items.len().to_string());
        }
        Value::String(text) => values.put(path, text),
        Value::Null => {}
        other => values.put(path, &other.to_string()),
    }
}

/// Attributes and fields that name a parameter, and those that hold it.
const NAMED: [&str; 4] = ["name", "key", "id", "code"];
const HELD: [&str; 3] = ["value", "val", "text"];

/// The parameter that an object of a list names.
fn named(item: &serde_json::Value) -> Option<(&str, String)> {
    let fields = item.as_object()?;
    let name = NAMED.iter().find_map(|name| fields.get(*name)?.as_str())?;
    let value = HELD.iter().find_map(|held| fields.get(*held))?;
    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Some((name, value))
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Elements and attributes below the root; an element that stands several times counts. One that names a parameter
/// (`<entry key="tid">`, `<param name="tid" value="..."/>`) is found by that name too.
fn xml(text: &str) -> Result<Values, Unreadable> {
    let bad = |fault: &roxmltree::Error| Unreadable {
        line: fault.pos().row as usize,
        reason: "not XML from here on".to_owned(),
    };
    // Java writes a document type above its properties; nothing outside the file is ever fetched.
    let options = roxmltree::ParsingOptions { allow_dtd: true, nodes_limit: 200_000, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(text, options).map_err(|fault| bad(&fault))?;
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
            let words: String =
                child.children().filter_map(|inside| inside.text().filter(|_| inside.is_text())).collect();
            let has = |of: &[&str]| of.iter().find_map(|name| child.attribute(*name));
            let leaf = !child.children().any(|inside| inside.is_element());
            if let Some(named) = has(&NAMED).filter(|_| leaf) {
                values.put(&join(&path, named), has(&HELD).unwrap_or(&words));
            }
            let path = join(&path, name);
            if counts[name] == 1 {
                values.put(&path, &words);
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
        Cell::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => encoding_rs::GB18030.decode_without_bom_handling(bytes).0.into_owned(),
        },
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

    /// Files as applications really write them.
    #[test]
    fn shapes_from_the_field_are_read() {
        for (format, file, path, wanted) in [
            ("ini", "[terminal] ; the till\r\nTID = 12345678 ; label\r\n", "terminal.tid", "12345678"),
            ("ini", "tid='12345678'\n", "tid", "12345678"),
            ("ini", "url=http://h/a#b\nname=a;b\n", "url", "http://h/a#b"),
            ("ini", "\u{feff}tid: 12345678\n", "tid", "12345678"),
            ("properties", "tid 12345678\n", "tid", "12345678"),
            ("properties", "name=\\u6d4b\\u8bd5\n", "name", "测试"),
            ("properties", "a\\:b = one,\\\n   two\nflag\n", "a:b", "one,two"),
            ("properties", "path=c\\:\\\\x\n", "path", "c:\\x"),
            ("json", r#"{"terminals":[{"tid":"12345678"}]}"#, "terminals.0.tid", "12345678"),
            (
                "json",
                r#"{"params":[{"name":"TID","value":"12345678"},{"name":"x","value":5}]}"#,
                "params.tid",
                "12345678",
            ),
            ("json", r#"[{"key":"limit","value":50000}]"#, "limit", "50000"),
            ("json", r#"{"a.tid":"12345678"}"#, "a.tid", "12345678"),
            (
                "xml",
                "<?xml version='1.0'?><!DOCTYPE properties SYSTEM 'http://java.sun.com/dtd/properties.dtd'>\
                 <properties><comment/><entry key='x'>1</entry><entry key='tid'>12345678</entry></properties>",
                "tid",
                "12345678",
            ),
            (
                "xml",
                "<map><string name='a'>1</string><string name='tid'>12345678</string><int name='limit' value='5'/></map>",
                "tid",
                "12345678",
            ),
            ("xml", "<map><int name='a' value='1'/><int name='limit' value='500'/></map>", "limit", "500"),
            ("xml", "<p><tid><![CDATA[1234]]>5678</tid></p>", "tid", "12345678"),
            ("xml", "<p xmlns:v='urn:v'><v:tid>12345678</v:tid></p>", "tid", "12345678"),
        ] {
            assert_eq!(got(format, file, path).as_deref(), Some(wanted), "{format} {file}");
        }
        let (gbk, _, _) = encoding_rs::GBK.encode("[终端]\nname=测试\n");
        let read = text("ini", &gbk).expect("readable");
        assert_eq!(read.get("终端.name"), Some("测试"));
        let wide: Vec<u8> =
            [0xfeff_u16].into_iter().chain("tid=12345678\r\n".encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(text("ini", &wide).expect("readable").get("tid"), Some("12345678"));
        // Entities that grow are refused, not unfolded.
        let bomb = "<!DOCTYPE a [<!ENTITY a 'x'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;'>\
                    <!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;&c;'>]><p>&d;&d;&d;</p>";
        let _ = text("xml", bomb.as_bytes());
    }

    #[test]
    fn what_cannot_be_read_is_told_by_its_line_and_without_its_content() {
        for (format, bad, line) in [
            ("ini", "[a]\nb=1\nsecret 0123456789\n", 3),
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
