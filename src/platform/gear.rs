//! What hangs on the machine: card readers now. Everything is bounded in time; nothing a card says comes through.

use std::time::Duration;

use super::{CardFault, Directory, Fut, ReaderSeen, Selected};

/// Whatever hangs on a machine.
pub trait Gear: Send + Sync {
    /// Card readers and what is in them; no card is touched.
    fn readers(&self) -> Fut<'_, Result<Vec<ReaderSeen>, CardFault>> {
        Box::pin(async { Err(CardFault::NoLibrary) })
    }

    /// Powers the card in a reader up, chooses its directory, powers it down. Nothing else is ever asked of a card.
    fn select<'a>(&'a self, _reader: &'a str, _: Directory, _limit: Duration) -> Fut<'a, Result<Selected, CardFault>> {
        Box::pin(async { Err(CardFault::NoLibrary) })
    }
}

/// Nothing hangs on it.
#[derive(Debug)]
pub struct NoGear;

impl Gear for NoGear {}
