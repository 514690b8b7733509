//! The console's entry: parse, pick a mode, exit code.
fn main() {}
