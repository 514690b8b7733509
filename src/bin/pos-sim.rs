//! The simulated terminal's entry.
fn main() {}
