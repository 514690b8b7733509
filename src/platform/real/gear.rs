//! What hangs on this machine.

use std::time::Duration;

use super::{device, input, pcsc, process};
use crate::platform::{
    CardFault, DeviceFault, Directory, Fut, Gear, InputFault, ProcessSeen, ReaderSeen, ScanKind, Selected, SwipeSeen,
    Trouble,
};

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

    fn ask_device<'a>(
        &'a self,
        path: &'a str,
        questions: &'a [[u8; 3]],
        baud: u32,
        limit: Duration,
    ) -> Fut<'a, Result<Vec<u8>, DeviceFault>> {
        Box::pin(device::ask(path.to_owned(), questions.to_vec(), baud, limit))
    }

    fn processes<'a>(&'a self, name: &'a str) -> Fut<'a, Result<Vec<ProcessSeen>, Trouble>> {
        Box::pin(process::named(name.to_owned()))
    }

    fn swipe<'a>(&'a self, path: &'a str, limit: Duration) -> Fut<'a, Result<SwipeSeen, InputFault>> {
        Box::pin(async move { input::one(path.to_owned(), limit).await.map(crate::platform::Typed::swipe) })
    }

    fn scan<'a>(&'a self, path: &'a str, limit: Duration) -> Fut<'a, Result<(ScanKind, usize), InputFault>> {
        Box::pin(async move { input::one(path.to_owned(), limit).await.map(|typed| typed.scan()) })
    }
}
