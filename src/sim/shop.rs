//! Who comes to the counter and what they want. Decides nothing about answers.

use std::collections::VecDeque;

use super::line::Card;
use super::random::Random;

/// Public test numbers of the schemes; 62... also 19 digits long and one whose check digit is wrong, as some real
/// UnionPay cards have.
pub const PANS: &[&str] = &[
    "6200000000000005",
    "6222021234567890123",
    "6205500000000000004",
    "6200000000000000",
    "6222020000000000003",
    "4111111111111111",
    "4012888888881881",
    "5555555555554444",
    "5105105105105100",
    "378282246310005",
    "3530111333300000",
];

/// An approved transaction that can be voided, refunded or completed later.
#[derive(Clone, Copy, Debug)]
pub struct Earlier {
    pub kind: &'static str,
    pub stan: u32,
    pub batch: u32,
    pub amount: u64,
    pub method: &'static str,
    pub entry_mode: &'static str,
    pub card: Option<Card>,
}

/// What the person at the counter wants.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    pub kind: &'static str,
    pub method: &'static str,
    /// Fen; `None` for a balance inquiry.
    pub amount: Option<u64>,
    pub entry_mode: &'static str,
    pub card: Option<Card>,
    /// The stripe, because the chip could not be read.
    pub fallback: bool,
    /// The application logs its request before the answer comes.
    pub logs_request: bool,
    /// The wallet says "customer must confirm" first.
    pub asks_customer: bool,
    /// What a void, refund or completion takes back or completes.
    pub original: Option<Earlier>,
}

/// Numbers and memory of the payment application.
#[derive(Debug)]
pub struct Shop {
    pub chance: Random,
    /// The last trace number used (1..=999999, then again from 1).
    stan: u32,
    /// Batch number; one up at every settlement.
    pub batch: u32,
    earlier: VecDeque<Earlier>,
    /// Of 1000 requests, how many are logged before the answer.
    requests: u64,
}

impl Shop {
    /// A shop that has been selling for a while.
    pub fn new(seed: u64, request_permille: u64) -> Self {
        let mut chance = Random::new(seed);
        let stan = chance.below(400_000) as u32;
        let batch = chance.between(100, 900) as u32;
        Self { chance, stan, batch, earlier: VecDeque::new(), requests: request_permille }
    }

    /// Goes on behind this trace number, as after a restart of the application.
    pub fn resume(&mut self, stan: u32) {
        self.stan = stan;
    }

    /// The next trace number.
    pub const fn next_stan(&mut self) -> u32 {
        self.stan = if self.stan >= 999_999 { 1 } else { self.stan + 1 };
        self.stan
    }

    /// Remembers an approval.
    pub fn approved(&mut self, done: Earlier) {
        if matches!(done.kind, "sale" | "preauth") {
            if self.earlier.len() == 24 {
                self.earlier.pop_front();
            }
            self.earlier.push_back(done);
        }
    }

    /// The next customer's wish.
    pub fn next_wish(&mut self) -> Wish {
        let kind = self.chance.weighted(&[
            ("sale", 930),
            ("void", 18),
            ("refund", 14),
            ("preauth", 20),
            ("completion", 12),
            ("balance", 6),
        ]);
        let wanted = if kind == "completion" { "preauth" } else { "sale" };
        let takes_original = matches!(kind, "void" | "refund" | "completion");
        if takes_original
            && let Some(at) = self.earlier.iter().rposition(|done| done.kind == wanted)
            && let Some(original) = self.earlier.remove(at)
        {
            return self.with_original(kind, original);
        }
        self.fresh(if takes_original { "sale" } else { kind })
    }

    fn with_original(&mut self, kind: &'static str, original: Earlier) -> Wish {
        Wish {
            kind,
            method: original.method,
            amount: Some(original.amount),
            entry_mode: original.entry_mode,
            card: original.card,
            fallback: false,
            logs_request: self.chance.permille(self.requests),
            asks_customer: false,
            original: Some(original),
        }
    }

    fn fresh(&mut self, kind: &'static str) -> Wish {
        let chance = &mut self.chance;
        // Wallets neither pre-authorise nor tell balances here.
        let how = if kind == "sale" {
            chance.weighted(&[
                ("tap", 34),
                ("insert", 22),
                ("swipe", 6),
                ("scan-pay", 22),
                ("scan-show", 12),
                ("phone", 4),
            ])
        } else {
            chance.weighted(&[("insert", 70), ("tap", 30)])
        };
        let pan = chance.pick(PANS);
        let amount = (kind != "balance").then(|| price(chance));
        let small = amount.is_none_or(|fen| fen <= 100_000);
        let (method, entry_mode, card) = match how {
            "tap" => ("card", if small { "072" } else { "071" }, Some(Card::Pan(pan))),
            "insert" => ("card", "051", Some(Card::Pan(pan))),
            "swipe" => ("card", "021", Some(if chance.permille(300) { Card::Track(pan) } else { Card::Pan(pan) })),
            "phone" => ("wallet", "071", Some(Card::Pan(pan))),
            "scan-pay" => {
                let kind_of_wallet = chance.pick(&[13, 28]);
                let code = kind_of_wallet * 10_000_000_000_000_000 + chance.below(10_000_000_000_000_000);
                ("scan-pay", "032", Some(Card::Wallet(code)))
            }
            _ => ("scan-show", "032", None),
        };
        Wish {
            kind,
            method,
            amount,
            entry_mode,
            card,
            // One in three: told by the price, so that no other throw of the dice changes.
            fallback: how == "swipe" && amount.is_some_and(|fen| fen / 100 % 3 == 0),
            logs_request: chance.permille(self.requests),
            asks_customer: method == "scan-pay" && chance.permille(60),
            original: None,
        }
    }
}

/// A shop's price in fen: mostly small, with the endings people like.
fn price(chance: &mut Random) -> u64 {
    let (low, high) = chance.weighted(&[((3, 80), 60), ((80, 500), 30), ((500, 3_000), 9), ((3_000, 20_000), 1)]);
    chance.between(low, high) * 100 + chance.weighted(&[(0, 50), (50, 20), (90, 15), (80, 10), (35, 5)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luhn(pan: &str) -> bool {
        let sum: u32 = pan
            .bytes()
            .rev()
            .enumerate()
            .map(|(place, digit)| {
                let value = u32::from(digit - b'0') * if place % 2 == 1 { 2 } else { 1 };
                if value > 9 { value - 9 } else { value }
            })
            .sum();
        sum.is_multiple_of(10)
    }

    #[test]
    fn test_cards_hold_62_numbers_with_and_without_a_good_check_digit() {
        let union: Vec<&&str> = PANS.iter().filter(|pan| pan.starts_with("62")).collect();
        assert!(union.iter().any(|pan| luhn(pan)) && union.iter().any(|pan| !luhn(pan)));
        assert!(PANS.iter().all(|pan| (13..=19).contains(&pan.len())));
    }

    #[test]
    fn a_void_has_an_original_and_takes_it_only_once() {
        let mut shop = Shop::new(5, 300);
        let mut taken = std::collections::BTreeSet::new();
        for _ in 0..5_000 {
            let wish = shop.next_wish();
            match wish.original {
                Some(original) => assert!(taken.insert(original.stan), "{} twice", original.stan),
                None => assert!(!matches!(wish.kind, "void" | "refund" | "completion")),
            }
            if let Some(amount) = wish.amount {
                let (method, entry_mode, card) = (wish.method, wish.entry_mode, wish.card);
                let (stan, batch) = (shop.next_stan(), shop.batch);
                shop.approved(Earlier { kind: wish.kind, stan, batch, amount, method, entry_mode, card });
            }
        }
        assert!(taken.len() > 100);
    }

    #[test]
    fn trace_numbers_start_again_after_999999() {
        let mut shop = Shop::new(5, 300);
        shop.resume(999_998);
        assert_eq!([shop.next_stan(), shop.next_stan()], [999_999, 1]);
    }
}
