//! Takes units off a message: digits, text, bytes, lengths. Never past its end.

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
    pub fn new(message: &'a [u8]) -> Self {
        Self { message, at: 0 }
    }

    /// Bytes that have not been taken.
    pub fn left(&self) -> usize {
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
    pub fn text(&mut self, count: usize, charset: Charset) -> Result<String, Trouble> {
        let bytes = self.take(count)?;
        match charset {
            Charset::Ascii if bytes.is_ascii() => Ok(String::from_utf8_lossy(bytes).into_owned()),
            Charset::Ascii => Err(Trouble::Encoding),
            Charset::Ebcdic => Ok(bytes.iter().map(|byte| ebcdic(*byte)).collect()),
        }
    }

    /// `count` BCD digits without their padding; nibbles above 9 come as hex letters.
    pub fn bcd(&mut self, count: usize, pad_right: bool) -> Result<String, Trouble> {
        let nibbles = hex(self.take(count.div_ceil(2))?);
        if count.is_multiple_of(2) {
            return Ok(nibbles);
        }
        if pad_right {
            return Ok(nibbles[..count].to_owned());
        }
        nibbles.strip_prefix('0').map(str::to_owned).ok_or(Trouble::Pad)
    }

    /// `count` bytes as upper-case hex.
    pub fn bytes(&mut self, count: usize, form: Bytes, charset: Charset) -> Result<String, Trouble> {
        match form {
            Bytes::Raw => Ok(hex(self.take(count)?)),
            Bytes::Hex => {
                let text = self.text(count * 2, charset)?;
                if text.bytes().all(|c| c.is_ascii_hexdigit()) {
                    Ok(text.to_ascii_uppercase())
                } else {
                    Err(Trouble::Encoding)
                }
            }
        }
    }

    /// A length of `digits` digits.
    pub fn length(&mut self, digits: u8, form: Digits, charset: Charset) -> Result<usize, Trouble> {
        let text = match form {
            Digits::Bcd => {
                let text = self.bcd(usize::from(digits), false);
                // A non-zero pad nibble of an LLL length is a length that cannot be.
                text.map_err(|trouble| if trouble == Trouble::Pad { Trouble::Length } else { trouble })?
            }
            Digits::Text => self.text(usize::from(digits), charset)?,
        };
        if text.bytes().all(|c| c.is_ascii_digit()) {
            text.parse().map_err(|_| Trouble::Length)
        } else {
            Err(Trouble::Length)
        }
    }
}

/// Upper-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    bytes
        .iter()
        .flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]])
        .map(char::from)
        .collect()
}

/// Code page 037: letters, digits and the signs that occur in messages; anything else is `?`.
fn ebcdic(byte: u8) -> char {
    let within = |first: u8, letter: u8| char::from(letter + (byte - first));
    match byte {
        0x40 => ' ',
        0xF0..=0xF9 => within(0xF0, b'0'),
        0xC1..=0xC9 => within(0xC1, b'A'),
        0xD1..=0xD9 => within(0xD1, b'J'),
        0xE2..=0xE9 => within(0xE2, b'S'),
        0x81..=0x89 => within(0x81, b'a'),
        0x91..=0x99 => within(0x91, b'j'),
        0xA2..=0xA9 => within(0xA2, b's'),
        0x4B => '.',
        0x4C => '<',
        0x4D => '(',
        0x4E => '+',
        0x50 => '&',
        0x5C => '*',
        0x5D => ')',
        0x5E => ';',
        0x60 => '-',
        0x61 => '/',
        0x6B => ',',
        0x6C => '%',
        0x6D => '_',
        0x6E => '>',
        0x7A => ':',
        0x7B => '#',
        0x7C => '@',
        0x7D => '\'',
        0x7E => '=',
        0x7F => '"',
        _ => '?',
    }
}
