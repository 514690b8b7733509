//! What hangs on a machine that is written as TOML: `[machine.gear]`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use crate::platform::{
    CardFault, CardState, DeviceFault, Directory, Fut, Gear, InputFault, ProcessSeen, ReaderSeen, ScanKind, Selected,
    SwipeSeen, Trouble, Typed,
};

/// What hangs on it.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FakeGear {
    /// PC/SC: `on`, `stopped` or `late`; no library when left out.
    pub pcsc: Option<String>,
    pub reader: Vec<ReaderEntry>,
    /// Devices and what they answer, a byte each: hex digits, or `silent`, `held`, `denied`, `flood`.
    pub device: BTreeMap<String, String>,
    /// What readers that type send, by device; nothing when left out.
    pub typed: BTreeMap<String, String>,
    /// Programs that run, by name.
    pub process: BTreeMap<String, Vec<ProcessSeen>>,
    /// Another one in its place, for tests where something happens.
    #[serde(skip)]
    pub instead: Option<Arc<dyn Gear>>,
}

impl std::fmt::Debug for FakeGear {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("FakeGear").field("pcsc", &self.pcsc).field("reader", &self.reader).finish_non_exhaustive()
    }
}

/// A card reader.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReaderEntry {
    pub name: String,
    pub card: CardState,
    pub held: bool,
    /// Answer to reset, in hex.
    pub atr: String,
    /// What choosing the directory gives: a status word in hex, `mute`, `held` or `late`.
    pub select: String,
}

/// Hex digits as bytes.
fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.chars().filter_map(|c| u8::try_from(c.to_digit(16)?).ok()).collect();
    digits.chunks_exact(2).map(|pair| pair[0] * 16 + pair[1]).collect()
}

impl FakeGear {
    fn typed(&self, path: &str) -> Result<Typed, InputFault> {
        let text = self.typed.get(path).ok_or(InputFault::Nothing)?;
        let mut typed = Typed::default();
        text.bytes().for_each(|sign| typed.push(sign));
        Ok(typed)
    }

    fn pcsc_runs(&self) -> Result<(), CardFault> {
        match self.pcsc.as_deref() {
            None => Err(CardFault::NoLibrary),
            Some("stopped") => Err(CardFault::NoService),
            Some("late") => Err(CardFault::Late),
            Some(_) => Ok(()),
        }
    }
}

impl Gear for FakeGear {
    fn readers(&self) -> Fut<'_, Result<Vec<ReaderSeen>, CardFault>> {
        Box::pin(async move {
            self.pcsc_runs()?;
            let seen = |entry: &ReaderEntry| ReaderSeen {
                name: entry.name.clone(),
                card: entry.card,
                held: entry.held,
                atr: bytes(&entry.atr),
            };
            Ok(self.reader.iter().map(seen).collect())
        })
    }

    fn select<'a>(&'a self, reader: &'a str, _: Directory, _: Duration) -> Fut<'a, Result<Selected, CardFault>> {
        Box::pin(async move {
            self.pcsc_runs()?;
            let entry = self.reader.iter().find(|entry| entry.name == reader).ok_or(CardFault::NoReader)?;
            match (entry.card, entry.select.as_str()) {
                (CardState::Empty, _) => Err(CardFault::NoCard),
                (CardState::Mute, _) | (_, "mute") => Err(CardFault::Mute),
                (_, "held") => Err(CardFault::Held),
                (_, "late") => Err(CardFault::Late),
                (_, word) => {
                    let sw = u16::from_str_radix(word, 16).unwrap_or(0x9000);
                    Ok(Selected { sw, took: Duration::from_millis(180) })
                }
            }
        })
    }

    fn ask_device<'a>(
        &'a self,
        path: &'a str,
        questions: &'a [[u8; 3]],
        _: u32,
        _: Duration,
    ) -> Fut<'a, Result<Vec<u8>, DeviceFault>> {
        Box::pin(async move {
            match self.device.get(path).map(String::as_str) {
                None => Err(DeviceFault::Missing),
                Some("silent") => Err(DeviceFault::Silent),
                Some("held") => Err(DeviceFault::Held),
                Some("denied") => Err(DeviceFault::Denied),
                Some("flood") => Err(DeviceFault::Flood),
                Some(hex) => Ok(bytes(hex).into_iter().take(questions.len()).collect()),
            }
        })
    }

    fn processes<'a>(&'a self, name: &'a str) -> Fut<'a, Result<Vec<ProcessSeen>, Trouble>> {
        Box::pin(async move { Ok(self.process.get(name).cloned().unwrap_or_default()) })
    }

    fn swipe<'a>(&'a self, path: &'a str, _: Duration) -> Fut<'a, Result<SwipeSeen, InputFault>> {
        Box::pin(async move { self.typed(path).map(Typed::swipe) })
    }

    fn scan<'a>(&'a self, path: &'a str, _: Duration) -> Fut<'a, Result<(ScanKind, usize), InputFault>> {
        Box::pin(async move { self.typed(path).map(|typed| typed.scan()) })
    }
}
