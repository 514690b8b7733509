//! What hangs on the machine: card readers, printers; and programs that run. Everything is bounded in time; nothing a card says comes through.

use std::time::Duration;

use super::{
    CardFault, DeviceFault, Directory, Fut, InputFault, ProcessSeen, ReaderSeen, ScanKind, Selected, SwipeSeen, Trouble,
};

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

    /// Asks a device questions that it answers by one byte each; fewer answers where it stops.
    fn ask_device<'a>(
        &'a self,
        _path: &'a str,
        _questions: &'a [[u8; 3]],
        _baud: u32,
        _limit: Duration,
    ) -> Fut<'a, Result<Vec<u8>, DeviceFault>> {
        Box::pin(async { Err(DeviceFault::Missing) })
    }

    /// Waits for a swipe from a reader that types, which is taken for this alone meanwhile.
    fn swipe<'a>(&'a self, _path: &'a str, _limit: Duration) -> Fut<'a, Result<SwipeSeen, InputFault>> {
        Box::pin(async { Err(InputFault::Missing) })
    }

    /// The same for a scan: the kind of the code and how many signs it had.
    fn scan<'a>(&'a self, _path: &'a str, _limit: Duration) -> Fut<'a, Result<(ScanKind, usize), InputFault>> {
        Box::pin(async { Err(InputFault::Missing) })
    }

    /// Every program of this name that runs.
    fn processes<'a>(&'a self, _name: &'a str) -> Fut<'a, Result<Vec<ProcessSeen>, Trouble>> {
        Box::pin(async { Err(Trouble::Missing) })
    }
}

/// Nothing hangs on it.
#[derive(Debug)]
pub struct NoGear;

impl Gear for NoGear {}
