//! A machine written as TOML, for tests (see tests/machines).
