//! Support allows one action by phone, with no network: the terminal shows ten digits, support's side makes eight of
//! them with a key that both have, and the terminal takes those once. HMAC-SHA256 over terminal, action, role, time
//! window and a number drawn for this once.

use std::fmt::Write as _;

use ring::hmac;

use crate::model::{Role, Secret, Stamp};

/// Length of a time window, seconds; also how long a challenge can be answered.
pub const WINDOW_S: u32 = 1_800;
/// Windows that the digits tell apart; they come round after three weeks.
const WINDOWS: i64 = 1_000;
/// What is asked for where somebody is to keep or undo the change that waits.
pub const GUARD: &str = "guard";
/// The screen where that is done.
pub const GUARD_SCREEN: &str = "00";
/// Digits of an answer.
pub const ANSWER_DIGITS: usize = 8;
/// Digits of a challenge.
pub const CHALLENGE_DIGITS: usize = 10;

/// What is asked for: a number drawn for this once, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    nonce: u32,
    window: u16,
}

/// What an answer allows.
#[derive(Clone, Copy, Debug)]
pub struct Deal<'a> {
    pub terminal: &'a str,
    /// Action id or `passcode-ROLE`.
    pub action: &'a str,
    pub role: Role,
}

/// The half hour of this moment.
fn window(at: Stamp) -> u16 {
    u16::try_from(at.micros.div_euclid(i64::from(WINDOW_S) * 1_000_000).rem_euclid(WINDOWS)).unwrap_or(0)
}

impl Asked {
    /// Draws one; none where the system has no randomness.
    pub fn draw(now: Stamp) -> Option<Self> {
        let bytes = random::<8>()?;
        let nonce = u32::try_from(u64::from_le_bytes(bytes) % 1_000_000).ok()?;
        Some(Self { nonce, window: window(now) })
    }

    /// As it is read out; the last digit checks the others (ISO/IEC 7812-1, Luhn).
    pub fn digits(self) -> String {
        let body = format!("{:06}{:03}", self.nonce, self.window);
        let check = (10 - luhn(&body, true) % 10) % 10;
        format!("{body}{check}")
    }

    /// Reads what was read out; none when it was misheard.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let whole = digits.len() == CHALLENGE_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !whole || !luhn(&digits, false).is_multiple_of(10) {
            return None;
        }
        Some(Self { nonce: digits.get(..6)?.parse().ok()?, window: digits.get(6..9)?.parse().ok()? })
    }

    /// How many windows the other side's clock is away from `now`.
    pub fn windows_away(self, now: Stamp) -> i64 {
        let away = (i64::from(self.window) - i64::from(window(now))).rem_euclid(WINDOWS);
        away.min(WINDOWS - away)
    }

    /// What support reads back.
    pub fn answer(self, key: &Key, deal: Deal<'_>) -> Secret {
        let whole = format!(
            "pos-console answer 1\0{}\0{}\0{}\0{}\0{}",
            deal.terminal,
            deal.action,
            deal.role.word(),
            self.window,
            self.nonce
        );
        let tag = hmac::sign(&key.0, whole.as_bytes());
        let number = tag.as_ref().iter().take(8).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        Secret::new(format!("{:08}", number % 100_000_000))
    }
}

/// Sum of the digits, every second one from the right doubled; with `open` the check digit is still to come.
fn luhn(digits: &str, open: bool) -> u32 {
    let double = |(at, byte): (usize, u8)| {
        let digit = u32::from(byte - b'0');
        match at.is_multiple_of(2) != open {
            true => digit,
            false if digit > 4 => digit * 2 - 9,
            false => digit * 2,
        }
    };
    digits.bytes().rev().enumerate().map(double).sum()
}

/// A key of 32 bytes.
#[derive(Debug)]
pub struct Key(hmac::Key);

impl Key {
    /// Reads 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        let mut bytes = zeroize::Zeroizing::new([0_u8; 32]);
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()?;
        }
        Some(Self(hmac::Key::new(hmac::HMAC_SHA256, bytes.as_slice())))
    }

    /// The key of one terminal, from the one that support keeps: a terminal that is stolen knows nothing of others.
    pub fn of_terminal(&self, terminal: &str) -> Secret {
        let tag = hmac::sign(&self.0, format!("pos-console terminal 1\0{terminal}").as_bytes());
        Secret::new(hex(tag.as_ref()))
    }
}

/// Hexadecimal digits of some bytes.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        // Writing into a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Bytes that nobody can guess.
pub fn random<const N: usize>() -> Option<[u8; N]> {
    use ring::rand::SecureRandom as _;
    let mut bytes = [0_u8; N];
    ring::rand::SystemRandom::new().fill(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MASTER: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    fn deal<'a>(terminal: &'a str, action: &'a str, role: Role) -> Deal<'a> {
        Deal { terminal, action, role }
    }

    #[test]
    fn an_answer_fits_one_terminal_one_action_one_role_and_one_number() {
        let key = Key::parse(Key::parse(MASTER).unwrap().of_terminal("12345678").expose()).unwrap();
        let asked = Asked { nonce: 482_109, window: 375 };
        let good = asked.answer(&key, deal("12345678", "power-off", Role::Technician));
        assert_eq!(good.expose().len(), ANSWER_DIGITS);
        let others = [
            asked.answer(&key, deal("12345679", "power-off", Role::Technician)),
            asked.answer(&key, deal("12345678", "reboot", Role::Technician)),
            asked.answer(&key, deal("12345678", "power-off", Role::Merchant)),
            Asked { nonce: 482_110, ..asked }.answer(&key, deal("12345678", "power-off", Role::Technician)),
            Asked { window: 376, ..asked }.answer(&key, deal("12345678", "power-off", Role::Technician)),
            asked.answer(&Key::parse(MASTER).unwrap(), deal("12345678", "power-off", Role::Technician)),
        ];
        assert!(others.iter().all(|other| *other != good));
    }

    #[test]
    fn support_sees_that_a_clock_is_far_off() {
        let at = |text: &str| Stamp::parse(text).unwrap();
        let asked = Asked { nonce: 1, window: window(at("2026-11-22T10:10:00Z")) };
        assert_eq!(asked.windows_away(at("2026-11-22T10:20:00+00:00")), 0);
        assert_eq!(asked.windows_away(at("2026-11-22T18:40:00+08:00")), 1);
        assert!(asked.windows_away(at("2026-11-25T10:10:00Z")) > 100);
    }

    proptest! {
        #[test]
        fn what_is_read_out_is_read_back_and_one_wrong_digit_is_noticed(
            nonce in 0_u32..1_000_000, window in 0_u16..1_000, at in 0_usize..10, by in 1_u8..10,
        ) {
            let asked = Asked { nonce, window };
            let digits = asked.digits();
            prop_assert_eq!(Asked::parse(&format!("{} {}", &digits[..4], &digits[4..])), Some(asked));
            let mut wrong: Vec<u8> = digits.into_bytes();
            wrong[at] = b'0' + (wrong[at] - b'0' + by) % 10;
            prop_assert_eq!(Asked::parse(&String::from_utf8(wrong).unwrap()), None);
        }

        #[test]
        fn nothing_that_is_typed_breaks_it(text in "\\PC{0,80}") {
            let _ = (Asked::parse(&text), Key::parse(&text));
        }
    }
}
