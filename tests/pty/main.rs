//! Real programs in a pseudo terminal: what they send, and how they leave.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod asked;
mod child;
mod kiosk;
mod leaving;
mod manners;
mod terminal;

#[path = "../support/mod.rs"]
mod support;
