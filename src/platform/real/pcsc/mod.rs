//! Readers and cards through PC/SC. The library may hang with its service: one call at a time, on a thread of its own,
//! with an end; while one hangs, others are late at once.

mod library;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use library::{Code, Context, NoContext, State};

use super::aside::aside;
use crate::platform::{CardFault, CardState, Directory, ReaderSeen, Selected, Trouble};

const LOOK: Duration = Duration::from_secs(3);

const STATE_UNAVAILABLE: u32 = 0x08;
const STATE_PRESENT: u32 = 0x20;
const STATE_EXCLUSIVE: u32 = 0x80;
const STATE_MUTE: u32 = 0x200;
const STATE_UNKNOWN: u32 = 0x04;

static BUSY: AtomicBool = AtomicBool::new(false);

/// Held by the thread that is inside the library, however it ends.
struct Inside;

impl Inside {
    fn enter() -> Option<Self> {
        (!BUSY.swap(true, Ordering::AcqRel)).then_some(Self)
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        BUSY.store(false, Ordering::Release);
    }
}

/// One call into the library.
async fn call<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> Result<T, CardFault> + Send + 'static,
) -> Result<T, CardFault> {
    let until = Instant::now() + limit;
    let inside = loop {
        match Inside::enter() {
            Some(inside) => break inside,
            None if Instant::now() >= until => return Err(CardFault::Late),
            None => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    let left = until.saturating_duration_since(Instant::now());
    let ran = aside(left, move || {
        let _inside = inside;
        work()
    });
    ran.await.unwrap_or_else(|trouble| match trouble {
        Trouble::Late => Err(CardFault::Late),
        other => Err(CardFault::Other(other.to_string())),
    })
}

/// Every reader and what is in it.
pub async fn readers() -> Result<Vec<ReaderSeen>, CardFault> {
    call(LOOK, || {
        let context = establish()?;
        let names = context.readers().map_err(fault)?;
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let states = context.states(&names).map_err(fault)?;
        Ok(states.into_iter().map(seen).collect())
    })
    .await
}

/// Chooses the directory of the card in `reader` and powers the card down again.
pub async fn select(reader: String, directory: Directory, limit: Duration) -> Result<Selected, CardFault> {
    call(limit, move || {
        let context = establish()?;
        let name = std::ffi::CString::new(reader).map_err(|_| CardFault::NoReader)?;
        let began = Instant::now();
        let card = context.connect(&name).map_err(fault)?;
        let word = card.status_word(&command(directory, card.is_t0())).map_err(fault)?;
        Ok(Selected { sw: word.ok_or(CardFault::Mute)?, took: began.elapsed() })
    })
    .await
}

/// SELECT by name (ISO 7816-4): nothing else is ever sent. With T=0 the card is not asked for the length of what it
/// would tell: nobody wants it.
fn command(directory: Directory, t0: bool) -> Vec<u8> {
    let name = directory.name().as_bytes();
    let mut command = vec![0x00, 0xA4, 0x04, 0x00, name.len() as u8];
    command.extend_from_slice(name);
    if !t0 {
        command.push(0x00);
    }
    command
}

fn establish() -> Result<Context, CardFault> {
    Context::establish().map_err(|why| match why {
        NoContext::NoLibrary => CardFault::NoLibrary,
        NoContext::Code(code) => fault(code),
    })
}

fn seen(state: State) -> ReaderSeen {
    let has = |bit: u32| state.bits & bit != 0;
    let card = if has(STATE_UNAVAILABLE | STATE_UNKNOWN) {
        CardState::Broken
    } else if has(STATE_MUTE) || has(STATE_PRESENT) && state.atr.is_empty() {
        CardState::Mute
    } else if has(STATE_PRESENT) {
        CardState::Present
    } else {
        CardState::Empty
    };
    let atr = if card == CardState::Present { state.atr } else { Vec::new() };
    ReaderSeen { name: state.name, card, held: has(STATE_EXCLUSIVE), atr }
}

/// Codes of pcsclite.h.
fn fault(code: Code) -> CardFault {
    match code {
        0x8010_001d | 0x8010_001e | 0x8010_0001 | 0x8010_0013 => CardFault::NoService,
        0x8010_0009 | 0x8010_0017 | 0x8010_002e => CardFault::NoReader,
        0x8010_000c | 0x8010_0069 => CardFault::NoCard,
        0x8010_0066 | 0x8010_0067 | 0x8010_0065 | 0x8010_0016 | 0x8010_0010 | 0x8010_000f => CardFault::Mute,
        0x8010_000b => CardFault::Held,
        0x8010_006a => CardFault::Denied,
        0x8010_000a => CardFault::Late,
        code => CardFault::Other(format!("{code:#010x}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_only_ever_asked_for_its_directory() {
        let hex = |bytes: Vec<u8>| bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02X}"));
        assert_eq!(hex(command(Directory::Contact, false)), "00A404000E315041592E5359532E444446303100");
        assert_eq!(hex(command(Directory::Contactless, true)), "00A404000E325041592E5359532E4444463031");
    }

    #[test]
    fn states_are_read_as_the_service_means_them() {
        let of = |bits, atr: &[u8]| seen(State { name: "r".to_owned(), bits, atr: atr.to_vec() }).card;
        assert_eq!(of(0x10, &[]), CardState::Empty);
        assert_eq!(of(0x20, &[0x3b, 0]), CardState::Present);
        assert_eq!((of(0x220, &[0x3b]), of(0x20, &[])), (CardState::Mute, CardState::Mute));
        assert_eq!((of(0x08, &[]), of(0x04, &[])), (CardState::Broken, CardState::Broken));
    }
}
