//! Maintenance passcodes: kept as argon2id hashes, tried ever more slowly. A try is counted on the medium before it is
//! compared, so that cutting the power gives nobody another one.

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};

use crate::actions::phone::{hex, random};
use crate::model::{Role, Secret};
use crate::platform::Steady;

/// 9 MiB, four passes, one lane (OWASP password storage, argon2id): the machine is small.
const COST: (u32, u32, u32) = (9_216, 4, 1);
/// Wrong tries that cost no waiting.
const FREE: u32 = 3;
/// The first wait, then twice as long each time, milliseconds.
const FIRST_MS: u64 = 5_000;
/// The longest wait, milliseconds.
const MOST_MS: u64 = 900_000;

/// Digits that a passcode may have.
pub const LENGTH: std::ops::RangeInclusive<usize> = 6..=12;

/// A passcode as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    hash: String,
}

impl Kept {
    /// Hashes a passcode; none where the system has no randomness.
    pub fn of(passcode: &Secret) -> Option<Self> {
        let salt = hex(&random::<16>()?);
        let (memory_kib, passes, lanes) = COST;
        let mut kept = Self { memory_kib, passes, lanes, salt, hash: String::new() };
        kept.hash = kept.hash_of(passcode)?;
        Some(kept)
    }

    /// Whether it is this one. Slow on purpose: never on the agent's own task.
    pub fn fits(&self, passcode: &Secret) -> bool {
        self.hash_of(passcode).is_some_and(|hash| same(&hash, &self.hash))
    }

    fn hash_of(&self, passcode: &Secret) -> Option<String> {
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).ok()?;
        let mut out = zeroize::Zeroizing::new([0_u8; 32]);
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon.hash_password_into(passcode.expose().as_bytes(), self.salt.as_bytes(), out.as_mut_slice()).ok()?;
        Some(hex(out.as_slice()))
    }
}

/// Whether two texts are the same, in a time that does not tell where they differ.
pub fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |diff, (a, b)| diff | (a ^ b)) == 0
}

/// Wrong tries in a row, and when the last one was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tries {
    pub failed: u32,
    #[serde(default)]
    last: Steady,
}

impl Tries {
    /// Milliseconds until the next try. After another boot the whole wait begins anew.
    pub fn wait_ms(&self, now: &Steady) -> u64 {
        let Some(over) = self.failed.checked_sub(FREE) else { return 0 };
        let whole = FIRST_MS.checked_shl(over.min(16)).unwrap_or(MOST_MS).min(MOST_MS);
        let passed = if now.boot == self.last.boot { now.ms.saturating_sub(self.last.ms) } else { now.ms };
        whole.saturating_sub(passed)
    }

    /// One more.
    pub fn count(&mut self, now: &Steady) {
        self.failed = self.failed.saturating_add(1);
        self.last = now.clone();
    }
}

/// Whether a passcode can be set: digits only, no row of the same digit and no run up or down.
pub fn good(passcode: &Secret) -> bool {
    let digits = passcode.expose().as_bytes();
    let step = |by: i16| digits.windows(2).all(|pair| i16::from(pair[1]) - i16::from(pair[0]) == by);
    LENGTH.contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit) && !step(0) && !step(1) && !step(-1)
}

/// Where a role's passcode and its tries are kept; only these two roles have one.
pub const fn names(role: Role) -> Option<(&'static str, &'static str)> {
    match role {
        Role::Merchant => Some(("passcode.merchant", "passcode.merchant.tries")),
        Role::Technician => Some(("passcode.technician", "passcode.technician.tries")),
        Role::Viewer | Role::Support => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    #[test]
    fn a_passcode_is_kept_as_a_hash_that_only_it_fits() {
        let kept = Kept::of(&secret("274951")).unwrap();
        let text = serde_json::to_string(&kept).unwrap();
        assert!(!text.contains("274951"), "{text}");
        let again: Kept = serde_json::from_str(&text).unwrap();
        assert!(again.fits(&secret("274951")) && !again.fits(&secret("274952")) && !again.fits(&secret("")));
        assert_ne!(Kept::of(&secret("274951")).unwrap().hash, kept.hash);
    }

    #[test]
    fn what_anybody_would_try_first_is_not_taken() {
        for bad in ["", "12345", "000000", "123456", "987654", "27495a", "2749512749512", "２７４９５１"] {
            assert!(!good(&secret(bad)), "{bad}");
        }
        assert!(good(&secret("274951")) && good(&secret("112233445566")));
    }

    #[test]
    fn tries_become_slower_and_another_boot_does_not_help() {
        let at = |boot: &str, ms| Steady { boot: boot.to_owned(), ms };
        let mut tries = Tries::default();
        let mut waits = Vec::new();
        for _ in 0..100 {
            tries.count(&at("a", 1_000));
            waits.push(tries.wait_ms(&at("a", 1_000)));
        }
        assert_eq!(waits[..6], [0, 0, 5_000, 10_000, 20_000, 40_000]);
        assert!(waits[20..].iter().all(|wait| *wait == MOST_MS));
        assert_eq!(tries.wait_ms(&at("a", 1_000 + MOST_MS)), 0);
        assert_eq!(tries.wait_ms(&at("b", 4_000)), MOST_MS - 4_000);
    }
}
