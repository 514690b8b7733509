//! Eight bytes at a time: the few questions that are asked of every byte of a journal.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;
/// Bytes of a wide word.
const WIDE: usize = 16;

/// A high bit at (or behind, never before) the first byte below `limit`, which is at most 128.
const fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(ONES * limit as u64) & !word & HIGHS
}

/// Likewise for the first byte that is `byte`.
const fn equal(word: u64, byte: u8) -> u64 {
    below(word ^ (ONES * byte as u64), 1)
}

fn words(bytes: &[u8]) -> (&[[u8; 8]], &[u8]) {
    bytes.as_chunks()
}

/// Place of the first quote, backslash or control byte.
pub fn end_of_plain(bytes: &[u8]) -> Option<usize> {
    let (words, rest) = words(bytes);
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let found = equal(word, b'"') | equal(word, b'\\') | below(word, 0x20);
        if found != 0 {
            return Some(at * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let found = rest.iter().position(|&byte| matches!(byte, b'"' | b'\\') || byte < 0x20)?;
    Some(words.len() * 8 + found)
}

/// Whether every byte is printable ASCII.
pub fn is_printable_ascii(bytes: &[u8]) -> bool {
    let (words, rest) = words(bytes);
    words.iter().all(|word| {
        let word = u64::from_le_bytes(*word);
        (word & HIGHS) | below(word, 0x20) | equal(word, 0x7f) == 0
    }) && rest.iter().all(|byte| matches!(byte, 0x20..0x7f))
}

/// The beginning of a text, as [`Start`] looks at it.
#[derive(Clone, Copy)]
pub struct Front<'a> {
    /// The first sixteen bytes; zeros where there are fewer.
    word: u128,
    bytes: &'a [u8],
}

impl<'a> Front<'a> {
    /// Of these bytes.
    #[inline]
    pub fn new(bytes: &'a [u8]) -> Self {
        let word = bytes.first_chunk().copied().unwrap_or_else(|| filled(bytes));
        Self { word: u128::from_le_bytes(word), bytes }
    }
}

/// A text that is looked for at the beginning of others: sixteen bytes are compared at once.
pub struct Start {
    word: u128,
    mask: u128,
    text: Box<[u8]>,
}

impl Start {
    /// Looks for this text.
    pub fn new(text: &[u8]) -> Self {
        let front = text.get(..WIDE).unwrap_or(text);
        let mask = u128::MAX.checked_shr(128 - 8 * front.len() as u32).unwrap_or(0);
        Self { word: u128::from_le_bytes(filled(front)), mask, text: text.into() }
    }

    /// What stands behind the text, if these bytes begin with it.
    #[inline]
    pub fn strip<'a>(&self, front: Front<'a>) -> Option<&'a [u8]> {
        if (front.word ^ self.word) & self.mask != 0 {
            return None;
        }
        let (start, behind) = front.bytes.split_at_checked(self.text.len())?;
        (start.len() <= WIDE || *start == *self.text).then_some(behind)
    }
}

/// A word of fewer bytes, with zeros behind them.
fn filled(bytes: &[u8]) -> [u8; WIDE] {
    let mut word = [0; WIDE];
    for (place, byte) in word.iter_mut().zip(bytes) {
        *place = *byte;
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        /// The quick answers are the plain ones.
        #[test]
        fn agrees_with_the_plain_way(bytes in proptest::collection::vec(
            proptest::prop_oneof![4 => 0x20_u8..0x7f, 1 => proptest::prelude::any::<u8>()], 0..40)
        ) {
            let slow = bytes.iter().position(|&byte| byte == b'"' || byte == b'\\' || byte < 0x20);
            proptest::prop_assert_eq!(end_of_plain(&bytes), slow);
            proptest::prop_assert_eq!(is_printable_ascii(&bytes), bytes.iter().all(|b| (0x20..0x7f).contains(b)));
        }

        #[test]
        fn a_beginning_is_found(text in "[ab]{0,40}", start in "[ab]{0,3}", cut in 0_usize..40) {
            for start in [start.as_str(), &text[..cut.min(text.len())], &format!("{text}a")] {
                let behind = Start::new(start.as_bytes()).strip(Front::new(text.as_bytes()));
                proptest::prop_assert_eq!(behind, text.as_bytes().strip_prefix(start.as_bytes()), "{}", start);
            }
        }
    }
}
