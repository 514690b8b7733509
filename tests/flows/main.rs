//! Keys to frames: what a person presses and what then stands on the screen, without a terminal and without a clock.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod driver;
mod keys;
mod remedies;
mod rights;
mod setup;
mod sizes;
#[path = "../support/mod.rs"]
mod support;
