//! Takes units off a message (digits, text, bytes, lengths) and writes them as text. Never past its end.

use super::packing::{Bytes, Charset, Digits};

/// Why a unit could not be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The message ends before it.
    Short,
    /// A length that is no number, or larger than the field allows.
    Length,
    /// A pad nibble that should be zero.
    Pad,
    /// Bytes that are no text, or hex that is none.
    Encoding,
}

impl Trouble {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Length => "length",
            Self::Pad => "pad",
            Self::Encoding => "encoding",
        }
    }
}

/// A place in a message.
pub(super) struct Reader<'a> {
    message: &'a [u8],
    pub at: usize,
}

impl<'a> Reader<'a> {
    pub const fn new(message: &'a [u8]) -> Self {
        Self { message, at: 0 }
    }

    /// Bytes that have not been taken.
    pub const fn left(&self) -> usize {
        self.message.len() - self.at
    }

    /// The next `count` bytes as they are.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], Trouble> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.message.len()).ok_or(Trouble::Short)?;
        let taken = &self.message[self.at..end];
        self.at = end;
        Ok(taken)
    }

    /// `count` characters.
    pub fn text(&mut self, count: usize, charset: Charset, out: &mut Vec<u8>) -> Result<(), Trouble> {
        let bytes = self.take(count)?;
        match charset {
            Charset::Ascii if bytes.is_ascii() => out.extend_from_slice(bytes),
            Charset::Ascii => return Err(Trouble::Encoding),
            Charset::Ebcdic => out.extend(bytes.iter().map(|byte| ebcdic(*byte))),
        }
        Ok(())
    }

    /// `count` BCD digits without their padding; nibbles above 9 come as hex letters.
    pub fn bcd(&mut self, count: usize, pad_right: bool, out: &mut Vec<u8>) -> Result<(), Trouble> {
        let bytes = self.take(count.div_ceil(2))?;
        if count.is_multiple_of(2) {
            push_hex(out, bytes);
        } else if pad_right {
            push_hex(out, bytes);
            // Some pad with F; a digit there means that the length is wrong.
            if !matches!(out.pop(), Some(b'0' | b'F')) {
                return Err(Trouble::Pad);
            }
        } else {
            let [first, rest @ ..] = bytes else { return Err(Trouble::Short) };
            if first >> 4 != 0 {
                return Err(Trouble::Pad);
            }
            out.push(PAIRS[usize::from(*first)][1]);
            push_hex(out, rest);
        }
        Ok(())
    }

    /// `count` bytes as upper-case hex.
    pub fn bytes(&mut self, count: usize, form: Bytes, charset: Charset, out: &mut Vec<u8>) -> Result<(), Trouble> {
        match form {
            Bytes::Raw => push_hex(out, self.take(count)?),
            Bytes::Hex => {
                let from = out.len();
                self.text(count * 2, charset, out)?;
                let text = &mut out[from..];
                if !text.iter().all(u8::is_ascii_hexdigit) {
                    return Err(Trouble::Encoding);
                }
                text.make_ascii_uppercase();
            }
        }
        Ok(())
    }

    /// A length of `digits` digits.
    pub fn length(&mut self, digits: u8, form: Digits, charset: Charset) -> Result<usize, Trouble> {
        let digits = usize::from(digits);
        let mut length = 0;
        let mut next = |digit: u8| {
            length = length * 10 + usize::from(digit);
            (digit < 10).then_some(()).ok_or(Trouble::Length)
        };
        match form {
            Digits::Bcd => {
                // A pad nibble that is not zero makes a length that cannot be.
                let bytes = self.take(digits.div_ceil(2))?;
                for byte in bytes {
                    next(byte >> 4)?;
                    next(byte & 15)?;
                }
                if digits % 2 == 1 && bytes.first().is_some_and(|byte| byte >> 4 != 0) {
                    return Err(Trouble::Length);
                }
            }
            Digits::Text => {
                for byte in self.take(digits)? {
                    let sign = match charset {
                        Charset::Ascii if !byte.is_ascii() => return Err(Trouble::Encoding),
                        Charset::Ascii => *byte,
                        Charset::Ebcdic => ebcdic(*byte),
                    };
                    next(sign.wrapping_sub(b'0'))?;
                }
            }
        }
        Ok(length)
    }
}

/// Upper-case hex of every byte.
const PAIRS: [[u8; 2]; 256] = {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = [DIGITS[byte >> 4], DIGITS[byte & 15]];
        byte += 1;
    }
    pairs
};

/// Appends upper-case hex.
pub(super) fn push_hex(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend(bytes.iter().flat_map(|byte| PAIRS[usize::from(*byte)]));
}

/// Code page 037: letters, digits and the signs that occur in messages; anything else is `?`.
const fn ebcdic(byte: u8) -> u8 {
    match byte {
        0x40 => b' ',
        0xF0..=0xF9 => b'0' + (byte - 0xF0),
        0xC1..=0xC9 => b'A' + (byte - 0xC1),
        0xD1..=0xD9 => b'J' + (byte - 0xD1),
        0xE2..=0xE9 => b'S' + (byte - 0xE2),
        0x81..=0x89 => b'a' + (byte - 0x81),
        0x91..=0x99 => b'j' + (byte - 0x91),
        0xA2..=0xA9 => b's' + (byte - 0xA2),
        0x4B => b'.',
        0x4C => b'<',
        0x4D => b'(',
        0x4E => b'+',
        0x50 => b'&',
        0x5C => b'*',
        0x5D => b')',
        0x5E => b';',
        0x60 => b'-',
        0x61 => b'/',
        0x6B => b',',
        0x6C => b'%',
        0x6D => b'_',
        0x6E => b'>',
        0x7A => b':',
        0x7B => b'#',
        0x7C => b'@',
        0x7D => b'\'',
        0x7E => b'=',
        0x7F => b'"',
        _ => b'?',
    }
}
