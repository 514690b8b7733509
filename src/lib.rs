//! The maintenance console of Linux payment terminals.
//!
//! The **agent** owns the truth (one task, one queue); **front ends** hold a mirror of it; both talk over a
//! [`link::Link`]/[`link::Peer`] pair that is the same in one process and across a Unix socket, so role checks and
//! audit can never differ between the two modes.
//!
//! ```text
//! payment journal -> sources (masking border) -> agent -> store
//!                                                  | updates        requests |
//! machine <- platform <- checks, actions <- agent  v                         |
//!                                             link (channels or socket) -> tui / headless
//! ```

pub mod actions;
pub mod agent;
pub mod checks;
pub mod cli;
pub mod codes;
pub mod config;
pub mod data;
pub mod handbook;
pub mod headless;
pub mod iso8583;
pub mod link;
pub mod model;
pub mod platform;
pub mod playbooks;
pub mod proto;
pub mod sources;
pub mod store;
pub mod text;
pub mod tui;
pub mod verdict;
