//! Journals as real applications write them, in `tests/fixtures/journals`, each with what has to be read from it.
//! `UPDATE=1` writes the expected rows anew.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::{SourceSpec, Taken, parser, validate};
use crate::config::SourceConfig;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/journals")
}

/// Rows, one JSON object a line, then what could not be read.
fn read(config: SourceConfig, bytes: &[u8]) -> String {
    assert_eq!(validate(&config), []);
    let spec = SourceSpec {
        config,
        name: "app".into(),
        successes: Arc::new(["00".to_owned()].into()),
        zone_default: TimeZone::fixed(jiff::tz::offset(8)),
        tail_first: true,
    };
    let parser = parser(&spec).expect("a parser");
    // 2026-11-22 12:00 UTC.
    let mut taken = Taken { file: 0, written: 1_795_348_800_000_000, ..Taken::default() };
    parser.records(bytes, 0, &mut taken);
    let rows = taken.rows.iter().map(|sale| serde_json::to_string(sale).expect("JSON"));
    let mut lines: Vec<String> = rows.collect();
    let last = taken.last.map_or_else(String::new, |(at, reason)| format!(", the last at {at}: {reason}"));
    lines.push(format!("unreadable {}, unknown {}{last}", taken.unreadable, taken.unknown));
    lines.join("\n") + "\n"
}

#[test]
fn every_shape_gives_what_is_expected() {
    let text = std::fs::read_to_string(folder().join("sources.toml")).expect("the sources");
    let sources: toml::Table = text.parse().expect("TOML");
    assert!(sources.len() >= 10);
    for (file, settings) in sources {
        let mut config: SourceConfig = settings.try_into().expect("settings");
        config.path = file.clone().into();
        let bytes = std::fs::read(folder().join(&file)).expect("a journal");
        let rows = read(config, &bytes);
        for card in ["6222021234567890", "6222021234567891", "6222021234567892", "4111111111111111", "30121010"] {
            assert!(!rows.contains(card), "{file}: {card} is told");
        }
        let expected = folder().join(format!("{file}.expected"));
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&expected, &rows).expect("written");
        }
        assert_eq!(rows, std::fs::read_to_string(&expected).expect("expected rows"), "{file}");
    }
}
