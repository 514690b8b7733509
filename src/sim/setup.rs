//! The folder of a simulated terminal: ready configuration and what runs in it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::SimError;
use super::line::{MAP, MID, Schema, TID};
use super::scribe::PATTERN;
use super::table;
use super::tls::SERVER_NAME;

/// What the configuration tells the console.
#[derive(Clone, Debug)]
pub struct Setup {
    pub dir: PathBuf,
    pub port: u16,
    pub tls: bool,
    pub schema: Schema,
    pub answer_timeout_s: u64,
}

impl Setup {
    /// The journal.
    pub fn journal(&self) -> PathBuf {
        self.dir.join(match self.schema {
            Schema::Default | Schema::Mapped => "journal.jsonl",
            Schema::Text => "journal.log",
            Schema::Jpos => "q2.log",
            Schema::Hex => "iso8583.log",
            Schema::Table => "journal.db",
        })
    }

    /// What the console has to know of the journal besides its place.
    fn kind(&self) -> String {
        let map = |map: &[(&str, &str)]| {
            map.iter()
                .fold("\n[source.map]\n".to_owned(), |all, (ours, theirs)| format!("{all}{ours} = \"{theirs}\"\n"))
        };
        match self.schema {
            Schema::Default => "kind = \"jsonl\"\n".to_owned(),
            Schema::Mapped => format!("kind = \"jsonl\"\n{}", map(MAP)),
            Schema::Text => format!("kind = \"regex\"\npatterns = ['{PATTERN}']\n"),
            Schema::Jpos => "kind = \"jpos\"\n".to_owned(),
            Schema::Hex => "kind = \"iso8583\"\npacking = \"cup-pos\"\n".to_owned(),
            Schema::Table => format!(
                "kind = \"sqlite\"\ntable = \"{}\"\norder = \"{}\"\n{}",
                table::NAME,
                table::ORDER,
                map(table::MAP)
            ),
        }
    }

    /// The acquirer's authority.
    pub fn authority(&self) -> PathBuf {
        self.dir.join("ca.pem")
    }

    /// The configuration.
    pub fn config(&self) -> PathBuf {
        self.dir.join("pos-console.toml")
    }

    /// The configuration's text.
    pub fn text(&self) -> String {
        let mut out = format!(
            r#"# Written by pos-sim: a simulated terminal. Nobody and nothing here is real.
demo = true

[terminal]
tid = "{TID}"
mid = "{MID}"
serial = "SIM-000001"

[support]
phone = "000-000-0000 (DEMO)"
hours = "00:00-00:00 (DEMO)"

[[source]]
name = "payment-app"
path = {journal}
profile = "unionpay"
{kind}"#,
            journal = quoted(&self.journal()),
            kind = self.kind(),
        );
        let _ =
            write!(out, "\n[[host]]\nname = \"primary\"\naddress = \"127.0.0.1:{}\"\ntls = {}\n", self.port, self.tls);
        if self.tls {
            let _ = write!(out, "server_name = \"{SERVER_NAME}\"\nca_file = {}\n", quoted(&self.authority()));
        }
        out.push_str("echo = {}\n");
        let _ = write!(out, "\n[transactions]\nanswer_timeout_s = {}\n", self.answer_timeout_s);
        out
    }

    /// Writes the configuration in one step: where it stands, the rest of the folder stands too.
    pub fn write(&self) -> Result<PathBuf, SimError> {
        let path = self.config();
        replace(&path, &self.text())?;
        Ok(path)
    }
}

/// Writes a file beside its place and moves it there.
pub fn replace(path: &Path, text: &str) -> Result<(), SimError> {
    let fresh = path.with_extension("new");
    std::fs::write(&fresh, text).map_err(SimError::file(&fresh))?;
    std::fs::rename(&fresh, path).map_err(SimError::file(path))
}

fn quoted(path: &Path) -> String {
    toml::Value::String(path.to_string_lossy().into_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pos_console::config::Config;

    #[test]
    fn the_console_reads_the_configuration_without_an_unknown_key() {
        for (tls, schema) in [(true, Schema::Default), (false, Schema::Mapped)] {
            let dir = PathBuf::from("/tmp/a \"quoted\" folder");
            let setup = Setup { dir: dir.clone(), port: 6000, tls, schema, answer_timeout_s: 15 };
            let config: Config = toml::from_str(&setup.text()).expect("valid");
            assert!(config.demo);
            assert_eq!(config.source[0].path, dir.join("journal.jsonl"));
            assert_eq!(config.source[0].map.len(), if schema == Schema::Mapped { MAP.len() } else { 0 });
            assert_eq!((config.host[0].address.as_str(), config.host[0].tls), ("127.0.0.1:6000", tls));
            assert_eq!(config.host[0].ca_file.as_os_str().is_empty(), !tls);
            assert_eq!(config.transactions.answer_timeout_s, 15);
        }
    }
}
