//! ISO 8583:1987 in CUP POS framing: two length bytes, TPDU, header, MTI, bitmap, BCD fields.
//!
//! Both ends of the simulated line use it; the console's tolerant decoder is another room and not shared, so that
//! one cannot hide the other's faults.

use std::collections::BTreeMap;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// TPDU: id 60, destination 0003, source 0000.
const TPDU: [u8; 5] = [0x60, 0x00, 0x03, 0x00, 0x00];
/// Finance application, version 31, normal state, nothing demanded.
const HEADER: [u8; 6] = [0x60, 0x31, 0x00, 0x31, 0x00, 0x00];
/// Longest frame taken, bytes after the length.
const LONGEST: usize = 2048;

/// Why a frame is not a message.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    #[error("line: {0}")]
    Line(#[from] std::io::Error),
    #[error("frame of {0} bytes")]
    Length(usize),
    #[error("field {0} cannot be read")]
    Field(u8),
}

/// How long a field is.
#[derive(Clone, Copy)]
enum Size {
    Fixed(usize),
    /// One BCD byte of length.
    Ll,
    /// Two BCD bytes of length.
    Lll,
}

/// How its places stand in bytes.
#[derive(Clone, Copy, PartialEq)]
enum Pack {
    /// Digits, padded on the left.
    Right,
    /// Digits (and the `D` of track 2, written `=`), padded on the right.
    Left,
    /// As they are.
    Bytes,
}

const fn layout(field: u8) -> Option<(Size, Pack)> {
    Some(match field {
        2 | 32 | 33 | 35 => (Size::Ll, Pack::Left),
        3 | 11 | 12 => (Size::Fixed(6), Pack::Right),
        4 => (Size::Fixed(12), Pack::Right),
        13..=15 => (Size::Fixed(4), Pack::Right),
        22 => (Size::Fixed(3), Pack::Left),
        23 => (Size::Fixed(3), Pack::Right),
        25 | 26 => (Size::Fixed(2), Pack::Right),
        36 | 48 | 60 | 61 => (Size::Lll, Pack::Left),
        37 => (Size::Fixed(12), Pack::Bytes),
        38 => (Size::Fixed(6), Pack::Bytes),
        39 => (Size::Fixed(2), Pack::Bytes),
        42 => (Size::Fixed(15), Pack::Bytes),
        43 => (Size::Fixed(40), Pack::Bytes),
        44 => (Size::Ll, Pack::Bytes),
        49 => (Size::Fixed(3), Pack::Bytes),
        41 | 52 | 64 => (Size::Fixed(8), Pack::Bytes),
        53 => (Size::Fixed(16), Pack::Right),
        54..=59 | 62 | 63 => (Size::Lll, Pack::Bytes),
        _ => return None,
    })
}

/// A message: digits of numeric fields as ASCII, others as their bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    tpdu: [u8; 5],
    /// Four digits, e.g. `0200`, as their nibbles.
    pub mti: u16,
    fields: BTreeMap<u8, Vec<u8>>,
}

impl Message {
    /// An empty message of this type (0x0200 is `0200`).
    pub const fn new(mti: u16) -> Self {
        Self { tpdu: TPDU, mti, fields: BTreeMap::new() }
    }

    /// The answer to it: next function digit, addresses swapped, `fields` repeated where present.
    pub fn answer(&self, fields: &[u8]) -> Self {
        let [id, d0, d1, s0, s1] = self.tpdu;
        let repeated = fields.iter().filter_map(|field| Some((*field, self.fields.get(field)?.clone()))).collect();
        Self { tpdu: [id, s0, s1, d0, d1], mti: self.mti + 0x10, fields: repeated }
    }

    /// Sets a field.
    #[must_use]
    pub fn with(mut self, field: u8, value: impl Into<Vec<u8>>) -> Self {
        self.fields.insert(field, value.into());
        self
    }

    /// The bytes of a field.
    pub fn get(&self, field: u8) -> Option<&[u8]> {
        self.fields.get(&field).map(Vec::as_slice)
    }

    /// Every field that is there, in its order.
    pub fn fields(&self) -> impl Iterator<Item = (u8, &[u8])> {
        self.fields.iter().map(|(field, value)| (*field, value.as_slice()))
    }

    /// The number in a field of digits.
    pub fn number(&self, field: u8) -> Option<u64> {
        std::str::from_utf8(self.get(field)?).ok()?.parse().ok()
    }

    /// The frame, length bytes included.
    pub fn encode(&self) -> Result<Vec<u8>, WireError> {
        let mut body = [&TPDU[..0], &self.tpdu, &HEADER, &self.mti.to_be_bytes()].concat();
        let bitmap = self.fields.keys().fold(0u64, |bits, field| bits | 1 << (64 - u32::from(*field)));
        body.extend_from_slice(&bitmap.to_be_bytes());
        for (field, value) in &self.fields {
            let (size, pack) = layout(*field).ok_or(WireError::Field(*field))?;
            put(&mut body, size, pack, value).ok_or(WireError::Field(*field))?;
        }
        let length = u16::try_from(body.len()).map_err(|_| WireError::Length(body.len()))?;
        Ok([&length.to_be_bytes()[..], &body].concat())
    }

    /// Reads the part of a frame behind its length bytes.
    pub fn decode(body: &[u8]) -> Result<Self, WireError> {
        let short = || WireError::Length(body.len());
        let (tpdu, rest) = body.split_first_chunk::<5>().ok_or_else(short)?;
        let (_header, rest) = rest.split_first_chunk::<6>().ok_or_else(short)?;
        let (mti, rest) = rest.split_first_chunk::<2>().ok_or_else(short)?;
        let (bitmap, mut rest) = rest.split_first_chunk::<8>().ok_or_else(short)?;
        let bitmap = u64::from_be_bytes(*bitmap);
        let mut fields = BTreeMap::new();
        for field in (1..=64u8).filter(|field| bitmap & (1 << (64 - u32::from(*field))) != 0) {
            let value = layout(field).and_then(|(size, pack)| take(&mut rest, size, pack));
            fields.insert(field, value.ok_or(WireError::Field(field))?);
        }
        if !rest.is_empty() {
            return Err(WireError::Length(body.len()));
        }
        Ok(Self { tpdu: *tpdu, mti: u16::from_be_bytes(*mti), fields })
    }

    /// Writes the frame in one piece.
    pub async fn send(&self, line: &mut (impl AsyncWrite + Unpin)) -> Result<(), WireError> {
        let frame = self.encode()?;
        line.write_all(&frame).await?;
        Ok(line.flush().await?)
    }

    /// Reads one frame.
    pub async fn receive(line: &mut (impl AsyncRead + Unpin)) -> Result<Self, WireError> {
        let length = usize::from(line.read_u16().await?);
        if length > LONGEST {
            return Err(WireError::Length(length));
        }
        let mut body = vec![0; length];
        line.read_exact(&mut body).await?;
        Self::decode(&body)
    }
}

fn put(body: &mut Vec<u8>, size: Size, pack: Pack, value: &[u8]) -> Option<()> {
    let length = value.len();
    match size {
        Size::Fixed(places) if places != length => return None,
        Size::Ll if length > 99 => return None,
        Size::Lll if length > 999 => return None,
        Size::Fixed(_) => {}
        Size::Ll => body.push(bcd(length)),
        Size::Lll => body.extend_from_slice(&[bcd(length / 100), bcd(length % 100)]),
    }
    if pack == Pack::Bytes {
        body.extend_from_slice(value);
        return Some(());
    }
    let mut nibbles = value.iter().map(|place| nibble(*place)).collect::<Option<Vec<u8>>>()?;
    if nibbles.len() % 2 == 1 {
        nibbles.insert(if pack == Pack::Right { 0 } else { length }, 0);
    }
    body.extend(nibbles.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]));
    Some(())
}

fn take(rest: &mut &[u8], size: Size, pack: Pack) -> Option<Vec<u8>> {
    let length = match size {
        Size::Fixed(places) => places,
        Size::Ll => unbcd(split(rest, 1)?[0])?,
        Size::Lll => {
            let bytes = split(rest, 2)?;
            unbcd(bytes[0])? * 100 + unbcd(bytes[1])?
        }
    };
    if pack == Pack::Bytes {
        return Some(split(rest, length)?.to_vec());
    }
    let bytes = split(rest, length.div_ceil(2))?;
    let places: Vec<u8> = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(place).collect::<Option<_>>()?;
    let skip = if pack == Pack::Right { places.len() - length } else { 0 };
    Some(places[skip..skip + length].to_vec())
}

fn split<'a>(rest: &mut &'a [u8], at: usize) -> Option<&'a [u8]> {
    let (head, tail) = rest.split_at_checked(at)?;
    *rest = tail;
    Some(head)
}

const fn bcd(value: usize) -> u8 {
    (((value / 10 % 10) << 4) | (value % 10)) as u8
}

const fn unbcd(byte: u8) -> Option<usize> {
    let (high, low) = (byte >> 4, byte & 15);
    if high > 9 || low > 9 { None } else { Some(high as usize * 10 + low as usize) }
}

const fn nibble(place: u8) -> Option<u8> {
    match place {
        b'0'..=b'9' => Some(place - b'0'),
        b'=' => Some(13),
        _ => None,
    }
}

const fn place(nibble: u8) -> Option<u8> {
    match nibble {
        0..=9 => Some(b'0' + nibble),
        13 => Some(b'='),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unhex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex")).collect()
    }

    /// Made by another implementation: an echo test, a declined sale, a swiped request, a sign-on.
    const FOREIGN: &[&str] = &[
        "00346000030000603100310000082000000000\
         00C0001031323334353637383839383030303030303030303030310011000001233010",
        "009460000300006031003100000210703A00810AD0801316555555555555444400000000000000123469555709300511211121000848\
         0200003534383036333238323238393531313233343536373838393830303030303030303030303122303130323030303020202034383\
         032303030302020203135360014220001230005000011435550D3E0B6EEB2BBD7E30102030405060708",
        "0062600003000060310031000002003020048020C0801100000000000000123428842090200035620000000000\
         0005D30121010000000000003132333435363738383938303030303030303030303031313536001322000123000500A1B2C3D4E5F60718",
        "003C600003000060310031000008000020000000C000129253713132333435363738383938303030303030303030303031001100000123\
         00400003303120",
    ];

    #[test]
    fn messages_of_another_implementation_decode_and_encode_to_the_same_bytes() {
        for hex in FOREIGN {
            let frame = unhex(hex);
            let message = Message::decode(&frame[2..]).expect(hex);
            assert_eq!(message.get(41), Some(&b"12345678"[..]));
            assert_eq!(message.encode().expect(hex), frame, "{hex}");
        }
        let declined = Message::decode(&unhex(FOREIGN[1])[2..]).expect("decodes");
        assert_eq!((declined.mti, declined.get(39), declined.number(4)), (0x0210, Some(&b"51"[..]), Some(1234)));
        let swiped = Message::decode(&unhex(FOREIGN[2])[2..]).expect("decodes");
        assert_eq!(swiped.get(35), Some(&b"6200000000000005=301210100000000000"[..]));
        assert_eq!(swiped.get(22), Some(&b"902"[..]));
    }

    proptest! {
        #[test]
        fn no_bytes_panic_and_what_decodes_encodes(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(message) = Message::decode(&body) {
                prop_assert!(message.encode().is_ok());
            }
        }
    }
}
