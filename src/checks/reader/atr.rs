//! Answer to reset (ISO 7816-3): what a card says of itself when it gets power. It names the kind of card, not the
//! holder. Any bytes give an [`Atr`] or a fault that names the byte.

/// Longest answer to reset, bytes.
const MOST: usize = 33;

/// How the card writes its bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Convention {
    Direct,
    Inverse,
}

/// The check byte at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tck {
    /// Not sent, and not needed: the card speaks T=0 only.
    NotNeeded,
    Right,
    Wrong,
    /// Needed, but not sent; historical bytes may be missing before it.
    Missing,
}

/// A decoded answer to reset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Atr {
    pub convention: Convention,
    /// Protocols offered, in their order, each once; T=0 where nothing is said. 15 are no protocol but general facts.
    pub protocols: Vec<u8>,
    pub historical: Vec<u8>,
    pub tck: Tck,
}

/// What cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Empty,
    /// Longer than any card may answer.
    TooLong,
    /// The first byte is neither 3B nor 3F.
    Start(u8),
    /// It ends before this byte: `T0`, `TA1`, ...
    Ends {
        part: char,
        group: u8,
    },
}

impl std::fmt::Display for Fault {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => write!(out, "empty"),
            Self::TooLong => write!(out, "longer than {MOST} bytes"),
            Self::Start(byte) => write!(out, "TS {byte:02X}"),
            Self::Ends { part: '0', .. } => write!(out, "ends before T0"),
            Self::Ends { part, group } => write!(out, "ends before T{part}{group}"),
        }
    }
}

/// Decodes an answer to reset.
pub fn decode(bytes: &[u8]) -> Result<Atr, Fault> {
    if bytes.len() > MOST {
        return Err(Fault::TooLong);
    }
    let convention = match bytes.first() {
        None => return Err(Fault::Empty),
        Some(0x3B) => Convention::Direct,
        // As the line shows it, and as some readers hand it over.
        Some(0x3F | 0x03) => Convention::Inverse,
        Some(other) => return Err(Fault::Start(*other)),
    };
    let format = *bytes.get(1).ok_or(Fault::Ends { part: '0', group: 0 })?;
    let (mut at, mut group, mut flags) = (2, 1_u8, format >> 4);
    let mut protocols = Vec::new();
    loop {
        let mut next = None;
        for (bit, part) in ['A', 'B', 'C', 'D'].into_iter().enumerate() {
            if flags & (1 << bit) != 0 {
                let byte = *bytes.get(at).ok_or(Fault::Ends { part, group })?;
                at += 1;
                next = (part == 'D').then_some(byte);
            }
        }
        let Some(byte) = next else { break };
        if !protocols.contains(&(byte & 0x0F)) {
            protocols.push(byte & 0x0F);
        }
        flags = byte >> 4;
        group = group.saturating_add(1);
    }
    if protocols.is_empty() {
        protocols.push(0);
    }
    let end = at + usize::from(format & 0x0F);
    // A few cards tell fewer than they say, and work.
    let historical = bytes.get(at..end.min(bytes.len())).unwrap_or_default().to_vec();
    let needed = protocols.iter().any(|protocol| *protocol != 0);
    let whole = bytes.iter().skip(1).fold(0, |sum, byte| sum ^ byte) == 0;
    let tck = match (bytes.len().saturating_sub(end), needed, whole) {
        _ if bytes.len() < end => Tck::Missing,
        (0, true, _) => Tck::Missing,
        (1, _, true) => Tck::Right,
        (1, _, false) | (_, true, _) => Tck::Wrong,
        // A few cards tell more than they say, and work.
        (_, false, _) => Tck::NotNeeded,
    };
    Ok(Atr { convention, protocols, historical, tck })
}

impl Atr {
    /// `T=0, T=1`.
    pub fn protocol_words(&self) -> String {
        let words: Vec<String> = self.protocols.iter().filter(|p| **p != 15).map(|p| format!("T={p}")).collect();
        words.join(", ")
    }

    /// The word of its convention.
    pub const fn convention_word(&self) -> &'static str {
        match self.convention {
            Convention::Direct => "direct",
            Convention::Inverse => "inverse",
        }
    }
}

/// Bytes as hex digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02X}"))
}

#[cfg(test)]
#[allow(clippy::panic)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn unhex(text: &str) -> Vec<u8> {
        (0..text.len() / 2).map(|at| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).expect("hex")).collect()
    }

    #[test]
    fn published_answers_are_read_as_others_read_them() {
        let text = include_str!("../../../tests/fixtures/cards/atr.jsonl");
        let mut seen = 0;
        for line in text.lines() {
            let row: Value = serde_json::from_str(line).expect("a line");
            let word = row["atr"].as_str().expect("an atr");
            let atr = decode(&unhex(word)).unwrap_or_else(|fault| panic!("{word}: {fault}"));
            assert_eq!(hex(&atr.historical), row["historical"].as_str().expect("bytes"), "{word}");
            let protocols: Vec<String> = atr.protocols.iter().map(|p| format!("T={p}")).collect();
            let told: Vec<&str> =
                row["protocols"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
            assert_eq!(protocols, told, "{word}");
            let tck = match (row["has_tck"].as_bool(), row["tck_ok"].as_bool()) {
                (Some(true), Some(true)) => Tck::Right,
                (Some(true), _) => Tck::Wrong,
                _ if usize::from(unhex(word)[1] & 15) > atr.historical.len() => Tck::Missing,
                _ => Tck::NotNeeded,
            };
            assert_eq!((atr.tck, atr.convention_word()), (tck, row["convention"].as_str().expect("a word")), "{word}");
            seen += 1;
        }
        assert_eq!(seen, 200);
    }

    #[test]
    fn a_fault_names_the_byte() {
        let of = |text: &str| decode(&unhex(text)).map_err(|fault| fault.to_string());
        for (text, fault) in [
            ("", "empty"),
            ("40", "TS 40"),
            ("3B", "ends before T0"),
            ("3BF000", "ends before TB1"),
            ("3B80", "ends before TD1"),
            ("3B8080", "ends before TD2"),
        ] {
            assert_eq!(of(text), Err(fault.to_owned()), "{text}");
        }
        assert_eq!(decode(&[0x3B; 34]), Err(Fault::TooLong));
        let inverse = decode(&unhex("3F00")).expect("the shortest");
        assert_eq!((inverse.convention, inverse.tck), (Convention::Inverse, Tck::NotNeeded));
        assert_eq!(decode(&unhex("3B8001")).expect("T=1 without its check byte").tck, Tck::Missing);
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer_or_a_fault(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            if let Ok(atr) = decode(&bytes) {
                prop_assert!(atr.historical.len() <= 15 && !atr.protocols.is_empty());
                prop_assert!(bytes.len() <= MOST && atr.historical.len() + 2 <= bytes.len());
            }
        }

        /// What is put together comes apart again, and one flipped bit is seen.
        #[test]
        fn what_was_put_together_comes_apart(
            protocols in proptest::collection::vec(0_u8..=15, 1..4),
            historical in proptest::collection::vec(any::<u8>(), 0..16),
            bit in 0_u32..8,
        ) {
            let mut bytes = vec![0x3B, 0x80 | historical.len() as u8];
            for (at, protocol) in protocols.iter().enumerate() {
                bytes.push(if at + 1 < protocols.len() { 0x80 | protocol } else { *protocol });
            }
            bytes.extend(&historical);
            bytes.push(bytes.iter().skip(1).fold(0, |sum, byte| sum ^ byte));
            let atr = decode(&bytes).expect("a good one");
            prop_assert_eq!((&atr.historical, atr.tck), (&historical, Tck::Right));
            prop_assert!(protocols.iter().all(|protocol| atr.protocols.contains(protocol)));
            let last = bytes.len() - 1;
            bytes[last] ^= 1 << bit;
            prop_assert_eq!(decode(&bytes).map(|atr| atr.tck), Ok(Tck::Wrong));
        }
    }
}
