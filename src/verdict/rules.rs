//! The rules as data, read at first use. They are built in and tested, so a fault in them is no state of a running
//! console: without rules every verdict is "unclear".

use std::sync::OnceLock;

use serde::Deserialize;

const TEXT: &str = include_str!("../../config/verdicts.toml");

/// One rule: if all of `when` holds, the rest is so.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    pub id: String,
    /// Signs of [`super::signs`]; `a|b` is either, `!a` is not.
    pub when: Vec<String>,
    /// A word of [`super::Who`], or `answerer`: the issuer where that is proved, else the acquirer.
    pub who: String,
    /// A word of [`super::Job`].
    pub job: String,
    #[serde(default)]
    pub useless: Vec<String>,
    pub see: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<Rule>,
}

/// Every rule, in the order in which they are tried.
pub(super) fn all() -> &'static [Rule] {
    static RULES: OnceLock<File> = OnceLock::new();
    &RULES.get_or_init(|| toml::from_str(TEXT).unwrap_or_default()).rule
}

/// Why the file does not read, for the test that keeps it readable.
#[cfg(test)]
pub(super) fn fault() -> Option<String> {
    toml::from_str::<File>(TEXT).err().map(|error| error.to_string())
}
