//! A tolerant, read-only ISO 8583 decoder. Card data is masked or hidden while it is read; clear values never leave
//! this module.

mod decode;
mod packing;
mod reader;

pub use decode::{Decoded, Fault, Value, decode};
pub use packing::{Packing, PackingError, by_name, names, sniff};
