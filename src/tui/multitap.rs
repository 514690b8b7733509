//! Letters by digits: pressed again at once, a digit chooses its next sign. No clock in here.

use crate::tui::app::Millis;

/// A digit pressed again within this time means its next sign, milliseconds.
const AGAIN_MS: u64 = 1_200;

/// The signs behind each digit, in the order in which they come.
const SIGNS: [&str; 10] = [
    "0 ",
    "1.-_@!#$%&*+=?/:;,'\"()<>[]{}|\\~^`",
    "abc2ABC",
    "def3DEF",
    "ghi4GHI",
    "jkl5JKL",
    "mno6MNO",
    "pqrs7PQRS",
    "tuv8TUV",
    "wxyz9WXYZ",
];

/// A sign that is being chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tap {
    digit: u8,
    at: usize,
    since: Millis,
}

impl Tap {
    /// The first sign behind a digit.
    pub const fn new(digit: u8, now: Millis) -> Self {
        Self { digit, at: 0, since: now }
    }

    /// The next sign, where the same digit was pressed again in time.
    pub fn again(self, digit: u8, now: Millis) -> Option<Self> {
        let count = signs(digit).chars().count();
        let same = digit == self.digit && now < self.until();
        same.then(|| Self { at: (self.at + 1) % count.max(1), since: now, ..self })
    }

    /// From when on the sign stays as it is.
    pub const fn until(self) -> Millis {
        self.since.plus(AGAIN_MS)
    }

    /// The sign that stands there now.
    pub fn sign(self) -> char {
        signs(self.digit).chars().nth(self.at).unwrap_or(' ')
    }
}

/// The signs behind a digit.
pub fn signs(digit: u8) -> &'static str {
    SIGNS.get(usize::from(digit)).copied().unwrap_or_default()
}

/// Whether a dot belongs before this digit: three stand there already, or the number would be more than 255.
pub fn wants_dot(typed: &str, digit: u8) -> bool {
    let last = typed.rsplit('.').next().unwrap_or_default();
    let more = last.parse::<u32>().unwrap_or(0) * 10 + u32::from(digit);
    typed.matches('.').count() < 3 && (last.len() >= 3 || more > 255)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_digit_goes_through_its_signs_and_round_again() {
        let mut tap = Tap::new(2, Millis(0));
        let mut seen = String::from(tap.sign());
        for n in 1..8 {
            tap = tap.again(2, Millis(n * 300)).unwrap();
            seen.push(tap.sign());
        }
        assert_eq!(seen, "abc2ABCa");
        assert_eq!(tap.again(3, Millis(2_200)), None);
        assert_eq!(tap.again(2, tap.until()), None);
    }

    #[test]
    fn every_sign_of_a_password_can_be_typed() {
        let all: String = SIGNS.concat();
        let missing: Vec<char> = (' '..='~').filter(|sign| !all.contains(*sign)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn dots_come_by_themselves() {
        let type_all = |digits: &str| {
            digits.bytes().fold(String::new(), |mut text, byte| {
                if wants_dot(&text, byte - b'0') {
                    text.push('.');
                }
                text.push(char::from(byte));
                text
            })
        };
        assert_eq!(type_all("192168001010"), "192.168.001.010");
        assert_eq!(type_all("255255255000"), "255.255.255.000");
        assert_eq!(type_all("30"), "30");
        assert_eq!(type_all("300"), "30.0");
    }
}
