//! A tolerant, read-only ISO 8583 decoder. Card data is masked or hidden while it is read; clear values never leave
//! this module.

mod decode;
mod echo;
mod header;
mod message;
mod packing;
mod reader;
mod shelf;

pub use decode::decode;
pub use echo::{EchoAnswer, EchoTest, read_echo};
pub use header::Header;
pub use message::{Decoded, Element, Fault};
pub use packing::{Packing, PackingError};
pub use shelf::{PackingFault, by_name, decode_any, decode_as, load_dir, names, names_with, sniff};
