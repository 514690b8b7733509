//! What the bank side says. The same question with the same seed gets the same answer, over the wire or in history.

use super::moment::civil;
use super::random::Random;

/// What the acquirer knows of a request when it decides.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    pub seed: u64,
    pub stan: u32,
    /// Fen; 0 where there is none.
    pub amount: u64,
    /// First two digits of DE22: 02 stripe, 03 code, 05 chip, 07 contactless.
    pub entry: [u8; 2],
    /// Sale or pre-authorisation: the bank of the card is asked. Else the acquirer decides alone.
    pub issuer_asked: bool,
}

/// How the bank side answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Response code; `None`: it never answers.
    pub code: Option<[u8; 2]>,
    /// Request to answer, milliseconds.
    pub think_ms: u32,
}

/// Declines of chip and contactless cards with how often they come, of about a hundred.
const CARD: &[(&[u8; 2], u32)] = &[
    (b"51", 36),
    (b"55", 15),
    (b"61", 9),
    (b"05", 6),
    (b"57", 5),
    (b"54", 5),
    (b"91", 5),
    (b"14", 4),
    (b"01", 4),
    (b"62", 3),
    (b"65", 3),
    (b"96", 3),
    (b"75", 2),
    (b"98", 2),
    (b"21", 1),
    (b"41", 1),
    (b"30", 1),
    (b"A0", 1),
];

/// Declines of swiped cards: the chip should have been used.
const STRIPE: &[(&[u8; 2], u32)] =
    &[(b"45", 45), (b"51", 22), (b"55", 10), (b"14", 8), (b"54", 6), (b"01", 5), (b"57", 4)];

/// Declines of wallets.
const WALLET: &[(&[u8; 2], u32)] = &[(b"51", 50), (b"61", 20), (b"96", 12), (b"91", 10), (b"05", 8)];

/// The acquirer's own refusals of voids, refunds, completions.
const ACQUIRER: &[(&[u8; 2], u32)] = &[(b"25", 5), (b"12", 3), (b"64", 2)];

/// Who issued a card (DE44.1), by the first digits of its number.
pub fn issuer(pan: &str) -> &'static str {
    match pan.as_bytes() {
        [b'6', b'2', b'2', b'2', b'0', b'2', ..] => "01020000",
        [b'6', b'2', b'0', b'5', ..] => "03080000",
        [b'6', b'2', ..] => "01050000",
        _ => "00010344",
    }
}

/// Reference number (DE37) as many hosts build it: last digit of the year, day of the year, hour, trace number.
pub const fn reference(at_ms: i64, offset: i16, stan: u32) -> u64 {
    let c = civil(at_ms, offset);
    let head = (c.year % 10) * 100_000 + c.day_of_year * 100 + c.hour;
    head as u64 * 1_000_000 + stan as u64
}

/// The verdict on a request.
pub fn decide(asked: Question) -> Verdict {
    let mut chance = Random::of(&[asked.seed, u64::from(asked.stan), asked.amount, u64::from(asked.entry[1])]);
    let think_ms = (350.0 + chance.exponential(550.0)).min(9_000.0) as u32;
    // Large amounts meet limits more often.
    let risk = match asked.amount {
        0..=50_000 => 60,
        50_001..=300_000 => 85,
        _ => 160,
    };
    let (table, declines) = match (asked.issuer_asked, &asked.entry) {
        (false, _) => (ACQUIRER, 20),
        (true, b"02") => (STRIPE, 200),
        (true, b"03") => (WALLET, 35),
        (true, _) => (CARD, risk),
    };
    let roll = chance.below(10_000);
    let code = if roll < 70 && asked.issuer_asked {
        return Verdict { code: None, think_ms };
    } else if roll < 70 + declines * 10 {
        *chance.weighted(table)
    } else if roll >= 9_995 {
        // Success with a defect: money is taken, something else is not in order.
        *chance.pick(&[b"A2", b"A4", b"A5", b"A6"])
    } else {
        *b"00"
    };
    Verdict { code: Some(code), think_ms }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(stan: u32, entry: [u8; 2]) -> Question {
        Question { seed: 3, stan, amount: 1_000 + u64::from(stan % 90) * 100, entry, issuer_asked: true }
    }

    #[test]
    fn declines_are_as_many_as_in_a_real_shop_and_repeat() {
        let verdicts: Vec<Verdict> = (1..=50_000).map(|stan| decide(asked(stan, *b"05"))).collect();
        let declined = verdicts.iter().filter(|v| v.code.is_some_and(|c| c != *b"00" && c[0] != b'A')).count();
        assert!((2_500..4_000).contains(&declined), "{declined} of 50000");
        let silent = verdicts.iter().filter(|v| v.code.is_none()).count();
        assert!((200..500).contains(&silent), "{silent} of 50000");
        for code in CARD.iter().map(|(code, _)| **code) {
            assert!(verdicts.iter().any(|v| v.code == Some(code)), "{}", String::from_utf8_lossy(&code));
        }
        assert_eq!(decide(asked(77, *b"05")), decide(asked(77, *b"05")));
        assert!((1..2_000).any(|stan| decide(asked(stan, *b"02")).code == Some(*b"45")));
    }
}
