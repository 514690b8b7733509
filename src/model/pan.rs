//! Card numbers: only a masked one can be built.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// A card number of which at most the first six and last four digits are kept.
///
/// Masking is idempotent, so a stored or received value is simply masked again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct MaskedPan(String);

impl MaskedPan {
    /// Masks whatever stands in a card field. Callable from `sources` and `iso8583` (and deserialisation) only.
    ///
    /// Separators and everything behind a track separator are dropped. 13 to 19 places keep 6 + 4, 8 to 12 keep the
    /// last 4, fewer keep nothing, more keep the first 6.
    pub fn from_clear(raw: &str) -> Self {
        let head = raw.trim().trim_start_matches([';', '%', 'B', 'b']);
        let places: Vec<char> = head
            .split(['=', 'D', 'd', '^'])
            .next()
            .unwrap_or_default()
            .chars()
            .filter(|c| !matches!(c, ' ' | '-' | '.' | '/'))
            .map(|c| if c.is_ascii_digit() { c } else { '*' })
            .collect();
        let count = places.len();
        let (first, last) = match count {
            13..=19 => (6, 4),
            8..=12 => (0, 4),
            0..=7 => (0, 0),
            _ => (6, 0),
        };
        // A longer value tells its length no more than needed.
        let shown = count.min(19);
        let masked =
            (0..shown).map(|i| if i < first || (count <= 19 && i + last >= count) { places[i] } else { '*' }).collect();
        Self(masked)
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

impl fmt::Display for MaskedPan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for MaskedPan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::from_clear(&String::deserialize(deserializer)?))
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
        ] {
            let pan = MaskedPan::from_clear(raw);
            assert_eq!(pan.as_str(), masked, "{raw}");
            assert_eq!(MaskedPan::from_clear(pan.as_str()), pan);
        }
    }
}
