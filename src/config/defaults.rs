//! What is built in: the commented default config and the device profiles. Both can be laid over by files.

/// Every setting with its default and its reason, as `config default` prints it. A test keeps it equal to
/// `Config::default()`.
pub const DEFAULT_TOML: &str = include_str!("../../config/pos-console.toml");

/// Built-in device profiles: name and text. One more is one file and one line here; a file of the same name in the
/// config folder's `profiles/` goes first.
pub const PROFILES: &[(&str, &str)] = &[];
