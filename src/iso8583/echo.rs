//! The echo test of UnionPay's POS terminals (0820, field 60.3 = 301): the one message this program ever sends. It
//! names the terminal, moves nothing, and carries no card.

use super::{by_name, decode};
use crate::model::bytes_of;

/// Who asks, and behind which address and header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EchoTest<'a> {
    /// TPDU, 10 hex digits.
    pub tpdu: &'a str,
    /// UnionPay header, 12 hex digits.
    pub header: &'a str,
    /// DE41, 8 characters.
    pub tid: &'a str,
    /// DE42, 15 characters.
    pub mid: &'a str,
    /// Number of the batch, 6 digits.
    pub batch: &'a str,
}

/// How an answer to it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EchoAnswer {
    /// An 0830; DE39 where it has one.
    Answered(Option<String>),
    /// Another message, or none at all.
    Garbage,
}

impl EchoTest<'_> {
    /// The message without its length; none where a part has the wrong form.
    pub fn frame(&self) -> Option<Vec<u8>> {
        let mut out = unhex(self.tpdu, 5)?;
        out.extend(unhex(self.header, 6)?);
        // MTI, then a bitmap of the fields 41, 42 and 60.
        out.extend([0x08, 0x20, 0, 0, 0, 0, 0, 0xC0, 0, 0x10]);
        for (text, places) in [(self.tid, 8), (self.mid, 15)] {
            let plain = text.len() == places && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
            out.extend(plain.then_some(text.as_bytes())?);
        }
        // Field 60: 00, the batch, 301; eleven digits, packed from the left.
        out.extend([0x00, 0x11]);
        out.extend(unhex(&format!("00{}3010", self.batch), 6)?);
        Some(out)
    }
}

/// Reads an answer, without its length.
pub fn read_echo(answer: &[u8]) -> EchoAnswer {
    let Some(packing) = by_name("cup-pos") else { return EchoAnswer::Garbage };
    let size = u16::try_from(answer.len()).unwrap_or(u16::MAX);
    let read = decode(&[&size.to_be_bytes()[..], answer].concat(), &packing);
    if read.mti() != Some("0830") {
        return EchoAnswer::Garbage;
    }
    EchoAnswer::Answered(read.field(39).map(str::to_owned))
}

fn unhex(text: &str, bytes: usize) -> Option<Vec<u8>> {
    bytes_of(text).filter(|found| found.len() == bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: EchoTest<'_> = EchoTest {
        tpdu: "6000030000",
        header: "603100310000",
        tid: "12345678",
        mid: "898000000000001",
        batch: "000123",
    };

    #[test]
    fn the_echo_test_is_the_one_of_another_implementation() {
        let foreign = "60000300006031003100000820000000000\
                       0C0001031323334353637383839383030303030303030303030310011000001233010";
        assert_eq!(OURS.frame(), unhex(foreign, 52));
        for bad in [EchoTest { tid: "1", ..OURS }, EchoTest { batch: "x", ..OURS }, EchoTest { tpdu: "60", ..OURS }] {
            assert_eq!(bad.frame(), None);
        }
    }

    #[test]
    fn answers_are_read_and_nonsense_is_called_so() {
        let answer = "60000000036031003100000830000000000AC00010";
        let mut bytes = unhex(answer, answer.len() / 2).expect("hex");
        bytes.truncate(13);
        // 0830 with fields 39, 41, 42 and 60.
        bytes.extend([0, 0, 0, 0, 0x02, 0xC0, 0, 0x10]);
        bytes.extend(b"00");
        bytes.extend(b"12345678898000000000001");
        bytes.extend([0, 0x11, 0, 0, 1, 0x23, 0x30, 0x10]);
        assert_eq!(read_echo(&bytes), EchoAnswer::Answered(Some("00".to_owned())));
        assert_eq!(read_echo(&OURS.frame().expect("a frame")), EchoAnswer::Garbage, "the question is no answer");
        assert_eq!(read_echo(b""), EchoAnswer::Garbage);
        assert_eq!(read_echo(&[0xff; 40]), EchoAnswer::Garbage);
    }
}
