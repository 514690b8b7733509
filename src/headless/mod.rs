//! The headless twin: everything the screens show, as text and JSON, for scripts and for support over SSH.

pub mod audit;
pub mod check;
mod choose;
pub mod daemon;
pub mod decode;
pub mod explain;
pub mod fix;
pub mod handbook;
pub mod helper;
pub mod journal;
pub mod output;
pub mod passcode;
mod phone;
pub mod playbook;
pub mod screen;
pub mod show;
mod told;
pub mod trends;

pub use output::{Exit, Output};

use crate::link::Link;
use crate::model::Snapshot;
use crate::tui::mirror::Mirror;

/// The state as told so far: waits for the first snapshot, then takes whatever else has come.
pub async fn first_snapshot(link: &mut Link) -> Option<Snapshot> {
    let mut mirror = Mirror::default();
    while mirror.snapshot.is_none() {
        mirror.apply(link.updates.recv().await?);
    }
    while let Ok(update) = link.updates.try_recv() {
        mirror.apply(update);
    }
    mirror.snapshot
}
