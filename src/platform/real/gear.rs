//! What hangs on this machine.

use std::time::Duration;

use super::pcsc;
use crate::platform::{CardFault, Directory, Fut, Gear, ReaderSeen, Selected};

/// The real things.
#[derive(Debug)]
pub struct RealGear;

impl Gear for RealGear {
    fn readers(&self) -> Fut<'_, Result<Vec<ReaderSeen>, CardFault>> {
        Box::pin(pcsc::readers())
    }

    fn select<'a>(&'a self, reader: &'a str, of: Directory, limit: Duration) -> Fut<'a, Result<Selected, CardFault>> {
        Box::pin(pcsc::select(reader.to_owned(), of, limit))
    }
}
