//! `libpcsclite.so.1`, found at run time: the program starts where there is none. The only `unsafe` of the crate, for a
//! C library cannot be called otherwise; nothing but the calls themselves is here, and no pointer leaves this file.
#![expect(unsafe_code, reason = "calls into a C library that is found at run time")]

use std::ffi::{CStr, CString, c_char, c_long, c_uchar, c_ulong, c_void};
use std::sync::Mutex;

use libloading::{Library, Symbol};
use zeroize::Zeroize;

/// Longest answer to reset the library hands over.
const MAX_ATR: usize = 33;
/// Longest answer to a command: 256 bytes and the status word.
const MAX_ANSWER: usize = 258;
/// Most readers that are looked at.
const MAX_READERS: usize = 16;

const SCOPE_SYSTEM: c_ulong = 2;
const SHARE_SHARED: c_ulong = 2;
const PROTOCOL_T0: c_ulong = 1;
const PROTOCOL_T1: c_ulong = 2;
/// The card is powered down behind us: whoever comes next begins with a reset.
const UNPOWER_CARD: c_ulong = 2;

/// A return code that is not success.
pub type Code = u32;

/// What `SCardGetStatusChange` fills in (`winscard.h`, not packed on Linux).
#[repr(C)]
struct ReaderState {
    name: *const c_char,
    user: *mut c_void,
    current: c_ulong,
    event: c_ulong,
    atr_len: c_ulong,
    atr: [c_uchar; MAX_ATR],
}

#[repr(C)]
struct IoRequest {
    protocol: c_ulong,
    length: c_ulong,
}

type Establish = unsafe extern "C" fn(c_ulong, *const c_void, *const c_void, *mut c_long) -> c_long;
type Release = unsafe extern "C" fn(c_long) -> c_long;
type ListReaders = unsafe extern "C" fn(c_long, *const c_char, *mut c_char, *mut c_ulong) -> c_long;
type StatusChange = unsafe extern "C" fn(c_long, c_ulong, *mut ReaderState, c_ulong) -> c_long;
type Connect = unsafe extern "C" fn(c_long, *const c_char, c_ulong, c_ulong, *mut c_long, *mut c_ulong) -> c_long;
type Disconnect = unsafe extern "C" fn(c_long, c_ulong) -> c_long;
type Transmit = unsafe extern "C" fn(
    c_long,
    *const IoRequest,
    *const c_uchar,
    c_ulong,
    *mut IoRequest,
    *mut c_uchar,
    *mut c_ulong,
) -> c_long;

/// Kept once it has been found; looked for again while it has not.
static FOUND: Mutex<Option<&'static Library>> = Mutex::new(None);

fn library() -> Option<&'static Library> {
    let mut found = FOUND.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if found.is_none() {
        // SAFETY: the library of the system's own smart card service; its initialisers only set up locks.
        let library = unsafe { Library::new("libpcsclite.so.1") }.ok()?;
        // It stays for the life of the process: other threads may be inside.
        *found = Some(Box::leak(Box::new(library)));
    }
    *found
}

/// A connection with the service.
pub struct Context {
    library: &'static Library,
    handle: c_long,
}

/// Why there is none.
pub enum NoContext {
    NoLibrary,
    Code(Code),
}

/// A reader, its state bits and the answer to reset of the card in it.
pub struct State {
    pub name: String,
    pub bits: u32,
    pub atr: Vec<u8>,
}

impl Context {
    pub fn establish() -> Result<Self, NoContext> {
        let library = library().ok_or(NoContext::NoLibrary)?;
        let establish: Symbol<'_, Establish> = symbol(library, b"SCardEstablishContext\0").map_err(NoContext::Code)?;
        let mut handle = 0;
        // SAFETY: the reserved pointers are null as the interface asks; `handle` outlives the call.
        let code = unsafe { establish(SCOPE_SYSTEM, std::ptr::null(), std::ptr::null(), &raw mut handle) };
        done(code).map_err(NoContext::Code)?;
        Ok(Self { library, handle })
    }

    /// Names of the readers; none is no error.
    pub fn readers(&self) -> Result<Vec<CString>, Code> {
        const NO_READERS: Code = 0x8010_002e;
        let list: Symbol<'_, ListReaders> = symbol(self.library, b"SCardListReaders\0")?;
        let mut names = [0_u8; 16 * 1024];
        let mut length = names.len() as c_ulong;
        // SAFETY: `length` tells the room of `names`; no groups are asked for.
        let code = unsafe { list(self.handle, std::ptr::null(), names.as_mut_ptr().cast(), &raw mut length) };
        match done(code) {
            Err(NO_READERS) => return Ok(Vec::new()),
            other => other?,
        }
        // Names end with a zero each, the list with one more.
        let told = names.get(..length as usize).unwrap_or(&names);
        let names = told.split(|byte| *byte == 0).filter(|name| !name.is_empty());
        Ok(names.filter_map(|name| CString::new(name).ok()).take(MAX_READERS).collect())
    }

    /// What is in these readers now.
    pub fn states(&self, names: &[CString]) -> Result<Vec<State>, Code> {
        const TIMEOUT: Code = 0x8010_000a;
        let change: Symbol<'_, StatusChange> = symbol(self.library, b"SCardGetStatusChange\0")?;
        let empty = |name: &CString| ReaderState {
            name: name.as_ptr(),
            user: std::ptr::null_mut(),
            current: 0,
            event: 0,
            atr_len: 0,
            atr: [0; MAX_ATR],
        };
        let mut states: Vec<ReaderState> = names.iter().map(empty).collect();
        // SAFETY: `states` has as many entries as are told, and their names outlive the call.
        let code = unsafe { change(self.handle, 0, states.as_mut_ptr(), states.len() as c_ulong) };
        match done(code) {
            Ok(()) | Err(TIMEOUT) => {}
            Err(code) => return Err(code),
        }
        let state = |(name, state): (&CString, &ReaderState)| State {
            name: name.to_string_lossy().into_owned(),
            bits: state.event as u32,
            atr: state.atr.iter().copied().take(state.atr_len as usize).collect(),
        };
        Ok(names.iter().zip(&states).map(state).collect())
    }

    /// Opens the card in a reader, not for ourselves alone: the payment application must not be locked out.
    pub fn connect(&self, reader: &CStr) -> Result<Card<'_>, Code> {
        let connect: Symbol<'_, Connect> = symbol(self.library, b"SCardConnect\0")?;
        let (mut handle, mut protocol) = (0, 0);
        let any = PROTOCOL_T0 | PROTOCOL_T1;
        // SAFETY: `reader` ends with a zero; both results outlive the call.
        let code =
            unsafe { connect(self.handle, reader.as_ptr(), SHARE_SHARED, any, &raw mut handle, &raw mut protocol) };
        done(code)?;
        Ok(Card { context: self, handle, protocol })
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        let Ok(release) = symbol::<Release>(self.library, b"SCardReleaseContext\0") else { return };
        // SAFETY: the handle is ours and is not used again.
        unsafe { release(self.handle) };
    }
}

/// A card that is open.
pub struct Card<'a> {
    context: &'a Context,
    handle: c_long,
    protocol: c_ulong,
}

impl Card<'_> {
    pub const fn is_t0(&self) -> bool {
        self.protocol == PROTOCOL_T0
    }

    /// Sends one command and returns the status word; whatever else the card says is wiped.
    pub fn status_word(&self, command: &[u8]) -> Result<Option<u16>, Code> {
        let transmit: Symbol<'_, Transmit> = symbol(self.context.library, b"SCardTransmit\0")?;
        let request = IoRequest { protocol: self.protocol, length: size_of::<IoRequest>() as c_ulong };
        let mut answer = [0_u8; MAX_ANSWER];
        let mut length = answer.len() as c_ulong;
        // SAFETY: lengths tell the room of `command` and `answer`; the protocol of the answer is not asked for.
        let code = unsafe {
            transmit(
                self.handle,
                &raw const request,
                command.as_ptr(),
                command.len() as c_ulong,
                std::ptr::null_mut(),
                answer.as_mut_ptr(),
                &raw mut length,
            )
        };
        let told = answer.get(..length as usize).unwrap_or(&[]);
        let word = match told {
            [.., one, two] => Some(u16::from_be_bytes([*one, *two])),
            _ => None,
        };
        answer.zeroize();
        done(code)?;
        Ok(word)
    }
}

impl Drop for Card<'_> {
    fn drop(&mut self) {
        let Ok(disconnect) = symbol::<Disconnect>(self.context.library, b"SCardDisconnect\0") else { return };
        // SAFETY: the handle is ours and is not used again.
        unsafe { disconnect(self.handle, UNPOWER_CARD) };
    }
}

fn symbol<T>(library: &'static Library, name: &[u8]) -> Result<Symbol<'static, T>, Code> {
    const UNSUPPORTED: Code = 0x8010_001f;
    // SAFETY: the types are those of winscard.h, and each is used with its own name only.
    unsafe { library.get(name) }.map_err(|_| UNSUPPORTED)
}

/// Codes are 32 bits; their sign differs between machines.
const fn done(code: c_long) -> Result<(), Code> {
    if code == 0 { Ok(()) } else { Err(code as Code) }
}
