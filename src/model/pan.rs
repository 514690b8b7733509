//! Card numbers: only a masked one can be built, and a key that tells two of them apart while the process lives.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, Serialize};

use super::Short;

/// A card number of which at most the first six and last four digits are kept.
///
/// Masking is idempotent, so a stored or received value is simply masked again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct MaskedPan(Short);

impl MaskedPan {
    /// Masks whatever stands in a card field. Callable from `sources` and `iso8583` (and deserialisation) only.
    ///
    /// Separators and everything behind a track separator (or an expiry) are dropped. 13 to 19 places keep 6 + 4,
    /// 8 to 12 keep the last 4, fewer keep nothing, more keep the first 6. Whatever is no digit becomes a star.
    pub fn from_clear(raw: &str) -> Self {
        // A whole number, or what was left of one.
        if let 13..=LONGEST = raw.len()
            && raw.bytes().all(|byte| byte.is_ascii_digit() || byte == b'*')
        {
            let mut places = [b'*'; LONGEST];
            let (digits, last) = (raw.as_bytes(), raw.len() - 4);
            places[..6].copy_from_slice(&digits[..6]);
            places[last..digits.len()].copy_from_slice(&digits[last..]);
            return Self(Short::from_utf8(&places[..digits.len()]).unwrap_or_default());
        }
        let (places, count) = places_of(raw);
        let (first, last) = match count {
            0..=7 => (0, 0),
            8..=12 => (0, 4),
            13..=LONGEST => (6, 4),
            _ => (6, 0),
        };
        // A longer value tells its length no more than needed.
        let shown = count.min(LONGEST);
        let masked = places[..shown].iter().enumerate();
        Self(masked.map(|(i, &place)| if i < first || i + last >= shown { char::from(place) } else { '*' }).collect())
    }

    /// First six (where kept) and last four, with stars between: for screens and JSON.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last four places, for whatever leaves the terminal.
    pub fn tail(&self) -> &str {
        self.0.get(self.0.len().saturating_sub(4)..).unwrap_or_default()
    }
}

/// Places of the longest card number (ISO/IEC 7812-1).
const LONGEST: usize = 19;

/// The digits of a card field, other signs as stars, and how many there are; one more than [`LONGEST`] means "more".
fn places_of(raw: &str) -> ([u8; LONGEST + 1], usize) {
    let mut places = [b'*'; LONGEST + 1];
    let (mut count, mut group) = (0, 0);
    for sign in raw.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ';' | '%' | 'B' | 'b')).chars() {
        match sign {
            '=' | 'D' | 'd' | '^' | '/' | '|' | ',' | ';' | '?' => break,
            '-' | '.' | '_' => group = 0,
            // What stands apart behind a whole number is its expiry or sequence number.
            _ if sign.is_whitespace() && group >= 12 => break,
            _ if sign.is_whitespace() => group = 0,
            _ if count > LONGEST => break,
            _ => {
                if sign.is_ascii_digit() {
                    places[count] = sign as u8;
                }
                count += 1;
                group += 1;
            }
        }
    }
    (places, count)
}

/// Tells two card numbers apart, within this process only: a hash whose key is random at every start.
///
/// It is never written, sent or shown, and says nothing about the number to whoever lacks the key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CardKey(u64);

impl CardKey {
    /// The key of a card number in the clear; none where places are masked already, or it is no whole number.
    /// Callable from `sources` only.
    pub fn from_clear(raw: &str) -> Option<Self> {
        static SECRET: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        if let 13..=LONGEST = raw.len()
            && raw.bytes().all(|byte| byte.is_ascii_digit())
        {
            return Some(Self(SECRET.hash_one(raw.as_bytes())));
        }
        let (places, count) = places_of(raw);
        let places = places.get(..count).filter(|_| (13..=LONGEST).contains(&count))?;
        places.iter().all(u8::is_ascii_digit).then(|| Self(SECRET.hash_one(places)))
    }
}

impl fmt::Debug for CardKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardKey")
    }
}

impl fmt::Display for MaskedPan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for MaskedPan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::from_clear(&Short::deserialize(deserializer)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_by_length_and_again_to_the_same() {
        for (raw, masked) in [
            ("6222021234567890123", "622202*********0123"),
            ("4111 1111-1111 1111", "411111******1111"),
            (";6222021234567890=25121010000", "622202******7890"),
            ("12345678", "****5678"),
            ("1234", "****"),
            ("62220212345678901234567", "622202*************"),
            ("622202******1234", "622202******1234"),
            ("", ""),
            ("4222222222222/2512", "422222***2222"),
            ("4222222222222 2512", "422222***2222"),
            ("%B4111111111111111^DOE/JOHN^25121011000", "411111******1111"),
            ("6222021234567890123D25121010000", "622202*********0123"),
            ("4111\u{a0}1111\u{3000}1111 1111", "411111******1111"),
            ("VISA 4111111111111111", "****41*************"),
            ("４１１１１１１１１１１１１１１１", "****************"),
            ("34313131313131313131313131313131", "343131*************"),
        ] {
            let pan = MaskedPan::from_clear(raw);
            assert_eq!(pan.as_str(), masked, "{raw}");
            assert_eq!(MaskedPan::from_clear(pan.as_str()), pan);
        }
    }

    #[test]
    fn a_key_tells_numbers_apart_however_they_are_written_and_shows_nothing() {
        let key = CardKey::from_clear("6222021234567890123").expect("a key");
        assert_eq!(Some(key), CardKey::from_clear("6222 0212-3456 7890123=2512"));
        assert_ne!(Some(key), CardKey::from_clear("6222021234567890124"));
        assert_eq!(format!("{key:?}"), "CardKey");
        for masked in
            ["622202*********0123", "622202******0123", "1234", "", "62220212345678901234567", "VISA 41111111111"]
        {
            assert_eq!(CardKey::from_clear(masked), None, "{masked}");
        }
    }

    proptest::proptest! {
        /// At most ten places stay, the hidden ones are in the middle, and masking again changes nothing.
        #[test]
        fn whatever_stands_in_a_card_field_is_masked(raw in "[0-9 =D^;%B*/.-]{0,60}|\\PC{0,40}|[0-9]{1,40}") {
            let pan = MaskedPan::from_clear(&raw);
            proptest::prop_assert!(pan.as_str().bytes().filter(u8::is_ascii_digit).count() <= 10);
            proptest::prop_assert!(pan.as_str().len() <= 19);
            proptest::prop_assert!(pan.as_str().bytes().all(|b| b.is_ascii_digit() || b == b'*'));
            proptest::prop_assert_eq!(MaskedPan::from_clear(pan.as_str()), pan);
        }
    }
}
