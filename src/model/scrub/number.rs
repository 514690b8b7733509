//! What a card number is, and where one may stand in an unbroken run of digits.
//!
//! Digits are given as values or in ASCII: only the lower half of a byte counts.

use std::ops::{Range, RangeInclusive};

/// Fewer digits than this are no card number.
pub(super) const SHORTEST: usize = 12;
/// Digits of the longest card number (ISO/IEC 7812-1).
pub(super) const LONGEST: usize = 19;

/// Whether an issuer's numbers end in a check digit that can be relied on.
#[derive(Clone, Copy)]
pub(super) enum Check {
    Luhn,
    None,
}

impl Check {
    fn passes(self, digits: &[u8]) -> bool {
        match self {
            Self::Luhn => luhn(digits),
            Self::None => true,
        }
    }
}

/// Whether digits have issuer prefix, length and, where the brand keeps to it, check digit of a card.
pub(super) fn is_card(digits: &[u8]) -> bool {
    is_branded(digits).is_some_and(|check| check.passes(digits))
}

/// The check digit of digits that have a card's length and issuer prefix.
pub(super) fn is_branded(digits: &[u8]) -> Option<Check> {
    let (check, lengths) = issuer(digits)?;
    lengths.contains(&digits.len()).then_some(check)
}

/// Check digit and lengths of the cards whose numbers begin so.
///
/// `UnionPay` numbers need no check digit, because some have a wrong one.
fn issuer(digits: &[u8]) -> Option<(Check, RangeInclusive<usize>)> {
    let &[one, two, three, four, ..] = digits else { return None };
    let two = u16::from(value(one)) * 10 + u16::from(value(two));
    let four = two * 100 + u16::from(value(three)) * 10 + u16::from(value(four));
    let lengths = match two {
        62 => return Some((Check::None, 13..=LONGEST)),
        81 => return Some((Check::None, 16..=LONGEST)),
        // Visa.
        40..=49 => 13..=LONGEST,
        // Maestro and others.
        50 | 56..=58 | 60 | 61 | 63..=69 => SHORTEST..=LONGEST,
        // Mastercard.
        51..=55 => 16..=16,
        // Diners.
        30 | 36 | 38 | 39 => 14..=LONGEST,
        // American Express.
        34 | 37 => 15..=15,
        // Older Chinese debit cards.
        90..=99 => 16..=LONGEST,
        // Mastercard's second range, Mir, JCB.
        _ => match four {
            2221..=2720 => 16..=16,
            2200..=2204 | 3528..=3589 => 16..=LONGEST,
            1800 | 2131 => 15..=15,
            _ => return None,
        },
    };
    Some((Check::Luhn, lengths))
}

/// A digit's value, given as that or in ASCII.
const fn value(digit: u8) -> u8 {
    digit & 15
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, &digit)| match (at % 2, u32::from(value(digit)) * 2) {
            (0, double) => double / 2,
            (_, double) => double / 10 + double % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// A number filled up with zeros, before it or behind it.
pub(super) fn padded(run: &[u8], mut found: impl FnMut(Range<usize>)) {
    let zero = |digit: &&u8| value(**digit) == 0;
    let start = run.iter().take_while(zero).count();
    let behind = run[start..].iter().rev().take_while(zero).count();
    for end in run.len() - behind..=run.len() {
        let filled = end - start < run.len() && (run.len() > LONGEST || end == run.len());
        if filled && end - start > SHORTEST && is_card(&run[start..end]) {
            found(start..end);
        }
    }
}

/// A number behind its length, in digits or in bytes: packed dumps, tag 5A of a chip.
///
/// In a run that a card number could fill the length stands at its beginning, in a longer one anywhere.
pub(super) fn behind_length(run: &[u8], shortest: usize, mut found: impl FnMut(Range<usize>)) {
    let starts = if run.len() > LONGEST { run.len() } else { 1 };
    for (at, pair) in run.windows(2).enumerate().take(starts) {
        let length = usize::from(value(pair[0])) * 10 + usize::from(value(pair[1]));
        let begin = at + 2;
        let mut behind = |length: usize, whole_bytes: bool| {
            let end = begin + length;
            let fits = (shortest..=LONGEST).contains(&length) && end <= run.len();
            if fits && (!whole_bytes || length.is_multiple_of(2) || end == run.len()) && is_card(&run[begin..end]) {
                found(begin..end);
            }
        };
        behind(length, false);
        if length.is_multiple_of(2) {
            // The length counts the pad that makes whole bytes.
            behind(length.saturating_sub(1), false);
        }
        // In bytes, two digits each, the last one perhaps with a pad letter.
        behind(2 * length, true);
        behind((2 * length).saturating_sub(1), true);
    }
}

/// Numbers of 13 digits or more, wherever they stand.
pub(super) fn anywhere(run: &[u8], mut found: impl FnMut(Range<usize>)) {
    for start in 0..run.len() {
        let Some((check, lengths)) = issuer(&run[start..]) else { continue };
        for length in lengths.filter(|length| *length > SHORTEST) {
            if let Some(digits) = run.get(start..start + length)
                && check.passes(digits)
            {
                found(start..start + length);
            }
        }
    }
}
