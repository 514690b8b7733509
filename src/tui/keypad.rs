//! Keys: what the bytes of a terminal mean. What a key does on a screen stands in `screens::keys`. No clock in here:
//! the caller says when an unfinished sequence has waited long enough.

use std::time::Duration;

/// A key as the screens understand it; a keypad and a keyboard send the same ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Digit(u8),
    /// Enter.
    Green,
    /// Clear, Backspace.
    Yellow,
    /// Cancel, a lone Esc.
    Red,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    /// F1.
    Help,
    /// A printable sign that is no digit.
    Char(char),
    /// Ctrl-L: paint everything again.
    Redraw,
    /// Ctrl-C: leave at once.
    Leave,
}

/// How long a lone Esc is held: on a slow link it may be the start of an arrow key.
pub const ESC_HOLD: Duration = Duration::from_millis(100);

/// How long a paste may pause before it counts as ended.
pub const PASTE_HOLD: Duration = Duration::from_secs(2);

/// Longest control sequence that is waited for, bytes.
const LONGEST: usize = 32;

const ESC: u8 = 0x1b;

/// Turns a terminal's bytes into keys. Pasted text is dropped: card data has no business here.
#[derive(Debug, Default)]
pub struct Decoder {
    held: Vec<u8>,
    pasting: bool,
}

/// What one look at the held bytes gave.
enum Step {
    /// This many bytes are used up, with these keys.
    Took(usize, Vec<Key>),
    /// A bracketed paste begins behind this many bytes.
    Paste(usize),
    /// More bytes are needed.
    Wait,
}

impl Decoder {
    /// Takes what was read, gives the keys that are complete.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Key> {
        self.held.extend_from_slice(bytes);
        let mut keys = Vec::new();
        while !self.held.is_empty() {
            if self.pasting {
                if !self.skip_paste() {
                    break;
                }
                continue;
            }
            match step(&self.held) {
                Step::Took(used, found) => {
                    self.held.drain(..used);
                    keys.extend(found);
                }
                Step::Paste(used) => {
                    self.held.drain(..used);
                    self.pasting = true;
                }
                Step::Wait => break,
            }
        }
        keys
    }

    /// How long to wait for the rest of what is held; none when nothing is.
    pub fn waits(&self) -> Option<Duration> {
        if self.pasting { Some(PASTE_HOLD) } else { (!self.held.is_empty()).then_some(ESC_HOLD) }
    }

    /// The wait is over: a lone Esc was the red key, anything else was torn and is dropped.
    pub fn expire(&mut self) -> Vec<Key> {
        self.pasting = false;
        let held = std::mem::take(&mut self.held);
        if held == [ESC] { vec![Key::Red] } else { Vec::new() }
    }

    /// Drops pasted bytes; true once the end mark has come.
    fn skip_paste(&mut self) -> bool {
        const END: &[u8] = b"\x1b[201~";
        if let Some(at) = self.held.windows(END.len()).position(|part| part == END) {
            self.held.drain(..at + END.len());
            self.pasting = false;
            return true;
        }
        // The end mark may be torn: its first bytes are kept.
        let keep = self.held.len().min(END.len() - 1);
        self.held.drain(..self.held.len() - keep);
        false
    }
}

/// Reads one key or sequence at the start of `held`.
fn step(held: &[u8]) -> Step {
    match held[0] {
        ESC => escape(held),
        // C1 forms of a VT220 in 8-bit mode; no UTF-8 character begins with them.
        0x9b => control_sequence(held, 1),
        0x8f => single_shift(held, 1),
        b'\r' | b'\n' => Step::Took(1, vec![Key::Green]),
        0x7f | 0x08 => Step::Took(1, vec![Key::Yellow]),
        0x03 => Step::Took(1, vec![Key::Leave]),
        0x0c => Step::Took(1, vec![Key::Redraw]),
        digit @ b'0'..=b'9' => Step::Took(1, vec![Key::Digit(digit - b'0')]),
        sign @ 0x20..=0x7e => Step::Took(1, vec![Key::Char(char::from(sign))]),
        first if first >= 0xc0 => wide_sign(held),
        _ => Step::Took(1, Vec::new()),
    }
}

fn escape(held: &[u8]) -> Step {
    match held.get(1) {
        None => Step::Wait,
        Some(b'[') => control_sequence(held, 2),
        Some(b'O') => single_shift(held, 2),
        // Esc and a key in one packet: two keys, in this order.
        Some(_) => Step::Took(1, vec![Key::Red]),
    }
}

/// `ESC O x`: keypad and function keys of the VT family.
fn single_shift(held: &[u8], lead: usize) -> Step {
    let Some(last) = held.get(lead) else { return Step::Wait };
    let key = match last {
        b'A' => Some(Key::Up),
        b'B' => Some(Key::Down),
        b'C' => Some(Key::Right),
        b'D' => Some(Key::Left),
        b'P' => Some(Key::Help),
        b'M' => Some(Key::Green),
        digit @ b'p'..=b'y' => Some(Key::Digit(digit - b'p')),
        _ => None,
    };
    Step::Took(lead + 1, key.into_iter().collect())
}

/// `ESC [ parameters final`.
fn control_sequence(held: &[u8], lead: usize) -> Step {
    let rest = &held[lead..];
    // The Linux console's function keys: `ESC [ [ A`.
    if rest.first() == Some(&b'[') {
        return match rest.get(1) {
            None => Step::Wait,
            Some(b'A') => Step::Took(lead + 2, vec![Key::Help]),
            Some(_) => Step::Took(lead + 2, Vec::new()),
        };
    }
    let Some(at) = rest.iter().position(|byte| !(0x20..=0x3f).contains(byte)) else {
        return if rest.len() > LONGEST { Step::Took(held.len(), Vec::new()) } else { Step::Wait };
    };
    let used = lead + at + 1;
    // A byte that ends no sequence: what came before was torn, the byte itself counts.
    if !(0x40..=0x7e).contains(&rest[at]) {
        return Step::Took(used - 1, Vec::new());
    }
    let parameter = rest[..at].split(|byte| *byte == b';').next().unwrap_or_default();
    let key = match (rest[at], parameter) {
        (b'~', b"200") => return Step::Paste(used),
        (b'A', _) => Some(Key::Up),
        (b'B', _) => Some(Key::Down),
        (b'C', _) => Some(Key::Right),
        (b'D', _) => Some(Key::Left),
        (b'~', b"5") => Some(Key::PageUp),
        (b'~', b"6") => Some(Key::PageDown),
        (b'P', _) | (b'~', b"11") => Some(Key::Help),
        _ => None,
    };
    Step::Took(used, key.into_iter().collect())
}

/// One UTF-8 character of more than one byte.
fn wide_sign(held: &[u8]) -> Step {
    let long = match held[0] {
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        _ => 4,
    };
    let have = &held[..held.len().min(long)];
    match std::str::from_utf8(have) {
        Ok(text) => {
            Step::Took(long, text.chars().next().filter(|c| !c.is_control()).map(Key::Char).into_iter().collect())
        }
        Err(error) if error.error_len().is_none() => Step::Wait,
        Err(_) => Step::Took(1, Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keys(bytes: &[u8]) -> Vec<Key> {
        let mut decoder = Decoder::default();
        let mut keys = decoder.feed(bytes);
        keys.extend(decoder.expire());
        keys
    }

    #[test]
    fn keypad_and_keyboard_send_the_same_keys() {
        use Key::{Digit, Down, Green, Help, Leave, PageDown, Red, Up, Yellow};
        assert_eq!(keys(b"022\r"), [Digit(0), Digit(2), Digit(2), Green]);
        assert_eq!(keys(b"\n\x7f\x08\x03"), [Green, Yellow, Yellow, Leave]);
        assert_eq!(keys(b"\x1b[A\x1bOB\x1b[1;5B\x1b[6~"), [Up, Down, Down, PageDown]);
        assert_eq!(keys(b"\x1bOP\x1b[11~\x1b[[A\x9bA"), [Help, Help, Help, Up]);
        assert_eq!(keys(b"\x1bOr\x1bOM"), [Digit(2), Green]);
        assert_eq!(keys(b"\x1b"), [Red]);
        assert_eq!(keys("中".as_bytes()), [Key::Char('中')]);
    }

    #[test]
    fn quick_keys_in_one_packet_are_all_there() {
        use Key::{Digit, Green, Red};
        assert_eq!(keys(b"\x1b022"), [Red, Digit(0), Digit(2), Digit(2)]);
        assert_eq!(keys(b"\x1b\x1b\r"), [Red, Red, Green]);
    }

    #[test]
    fn an_arrow_key_split_by_a_slow_link_is_no_red_key() {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.feed(b"\x1b"), []);
        assert_eq!(decoder.waits(), Some(ESC_HOLD));
        assert_eq!(decoder.feed(b"["), []);
        assert_eq!(decoder.feed(b"A"), [Key::Up]);
        assert_eq!(decoder.waits(), None);
        // Even when its rest never comes.
        assert_eq!(decoder.feed(b"\x1b[1"), []);
        assert_eq!(decoder.expire(), []);
    }

    #[test]
    fn a_paste_presses_no_key() {
        use Key::Digit;
        assert_eq!(keys(b"1\x1b[200~4111111111111111\r\x1b[201~2"), [Digit(1), Digit(2)]);
        let mut decoder = Decoder::default();
        assert_eq!(decoder.feed(b"\x1b[200~41\r11\x1b[20"), []);
        assert_eq!(decoder.waits(), Some(PASTE_HOLD));
        assert_eq!(decoder.feed(b"1~3"), [Digit(3)]);
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_pieces_give_the_same_keys(bytes in prop::collection::vec(any::<u8>(), 0..64), cut in 0_usize..64) {
            let whole = keys(&bytes);
            let cut = cut.min(bytes.len());
            let mut decoder = Decoder::default();
            let mut parts = decoder.feed(&bytes[..cut]);
            parts.extend(decoder.feed(&bytes[cut..]));
            parts.extend(decoder.expire());
            prop_assert_eq!(whole, parts);
        }
    }
}
