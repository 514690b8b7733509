//! Mutated ISO 8583 messages: the decoder never panics, never hangs, points at a place within the message, and no
//! card number comes out of it.
//!
//! Starts from the kept corpus (`tests/fixtures/iso8583/corpus`), the published vectors and the malformed ones, and
//! goes on from every message that behaves in a new way. A seeded round is part of the gate; `scripts/fuzz [SECONDS]`
//! goes on for ten minutes and adds what it found to the corpus.

#![allow(clippy::panic)]

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use pos_console::iso8583::{Decoded, by_name, decode, decode_any, decode_as, names};

/// Rounds of the gate.
const ROUNDS: u64 = 15_000;
/// Messages kept to go on from, at most.
const MOST: usize = 20_000;
/// Nothing takes so long but what hangs.
const HANG: Duration = Duration::from_secs(20);

/// Test numbers of several brands; one has a wrong check digit.
const CARDS: [&str; 5] =
    ["4111111111111111", "5555555555554444", "6222021234567890123", "6222021234567891", "378282246310005"];

/// A generator of the same numbers for the same seed (xorshift64*).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, most: usize) -> usize {
        (self.next() >> 33) as usize % most.max(1)
    }
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/iso8583")
}

fn unhex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().as_chunks::<2>().0;
    pairs.iter().filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02X}");
        text
    })
}

/// Every message to begin with.
fn seeds() -> Vec<Vec<u8>> {
    let read = |name: &str| std::fs::read_to_string(fixtures().join(name)).expect("a fixture");
    let mut found = Vec::new();
    for line in read("vectors.jsonl").lines() {
        let vector: serde_json::Value = serde_json::from_str(line).expect("JSON");
        found.push(unhex(vector["hex"].as_str().expect("hex")));
    }
    found.extend(read("malformed.tsv").lines().filter_map(|line| Some(unhex(line.split('\t').nth(3)?))));
    for entry in std::fs::read_dir(fixtures().join("corpus")).expect("the corpus") {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("text");
        found.extend(text.lines().filter(|line| !line.starts_with('#')).map(unhex));
    }
    found
}

/// A card in one of the forms in which messages hold them.
fn card(dice: &mut Dice) -> Vec<u8> {
    let card = CARDS[dice.below(CARDS.len())];
    let even = if card.len().is_multiple_of(2) { card.to_owned() } else { format!("{card}0") };
    let length = card.len();
    match dice.below(6) {
        0 => unhex(&format!("{length:02}{even}")),
        1 => format!("{length:02}{card}").into_bytes(),
        2 => unhex(&format!("{:02}{card}D30121010000000000{}", length + 18, if length % 2 == 1 { "" } else { "0" })),
        3 => format!("{:02}{card}=30121010000000000", length + 18).into_bytes(),
        4 => format!("{length:02}{card}").bytes().map(|digit| digit - b'0' + 0xF0).collect(),
        _ => unhex(&format!("5A{:02X}{even}", even.len() / 2)),
    }
}

fn mutate(message: &mut Vec<u8>, others: &[Vec<u8>], dice: &mut Dice) {
    for _ in 0..=dice.below(4) {
        let at = dice.below(message.len());
        match dice.below(10) {
            0 | 1 => {
                if let Some(byte) = message.get_mut(at) {
                    *byte ^= 1 << dice.below(8);
                }
            }
            2 => {
                const ODD: [u8; 10] = [0, 0xff, 0x99, 0x60, b'0', b'9', 0x16, 0x19, 0x80, b'='];
                if let Some(byte) = message.get_mut(at) {
                    *byte = ODD[dice.below(ODD.len())];
                }
            }
            3 => message.truncate(at),
            4 => {
                let end = (at + 1 + dice.below(8)).min(message.len());
                message.drain(at..end);
            }
            5 => {
                let part: Vec<u8> = message.iter().skip(at).take(1 + dice.below(40)).copied().collect();
                message.splice(at..at, part);
            }
            // A length bomb.
            6 => {
                let bomb: &[u8] = [&b"\x99\x99"[..], b"\xff\xff", b"999", b"\x09\x99"][dice.below(4)];
                let end = (at + bomb.len()).min(message.len());
                message.splice(at..end, bomb.iter().copied());
            }
            7 => {
                let planted = card(dice);
                let end = (at + planted.len() * dice.below(2)).min(message.len());
                message.splice(at..end, planted);
            }
            8 => {
                let other = &others[dice.below(others.len())];
                message.truncate(at);
                message.extend(other.iter().skip(dice.below(other.len())));
            }
            _ => message.extend((0..dice.below(12)).map(|_| dice.next() as u8).collect::<Vec<_>>()),
        }
        message.truncate(2_000);
    }
}

/// Everything that is told of a message, as people and programs get it.
fn told(decoded: &Decoded) -> String {
    let mut text = serde_json::to_string(decoded).expect("JSON");
    for (number, value) in decoded.fields() {
        let _ = write!(text, "\n{number} {value}");
    }
    let _ = write!(text, "\n{decoded:?}");
    text
}

/// Where a card number stands in the clear: by itself, behind its length, or as digits in hex. A longer run of digits
/// is one number of another kind.
fn leak(text: &str) -> Option<&'static str> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    CARDS.into_iter().find(|card| {
        let ascii: String = card.chars().flat_map(|digit| ['3', digit]).collect();
        let alone = |at: usize| {
            let before = text[..at].bytes().rev().take_while(u8::is_ascii_digit).count();
            let length = format!("{:02}", card.len());
            before + digits(&text[at..]) <= 19 || text[..at].ends_with(&length)
        };
        text.contains(&ascii) || text.match_indices(card).any(|(at, _)| alone(at))
    })
}

/// How a message behaves: per packing what was read and what stopped it.
fn look(message: &[u8]) -> Vec<String> {
    let began = Instant::now();
    let mut found = Vec::new();
    for name in names() {
        let packing = by_name(&name).expect("a packing");
        let decoded = decode(message, &packing);
        if let Some(fault) = decoded.error {
            assert!(fault.offset <= message.len(), "{}: {fault:?}", hex(message));
        }
        let text = told(&decoded);
        if let Some(card) = leak(&text) {
            panic!("{card} comes out of {} read as {name}: {text}", hex(message));
        }
        let fault = decoded.error.map_or_else(String::new, |fault| format!("{} {}", fault.field, fault.kind));
        let fields: Vec<u8> = decoded.fields().map(|(number, _)| number).collect();
        found.push(format!("{name} {fault} {fields:?} {:?}", decoded.warnings));
        assert!(began.elapsed() < HANG, "{} takes for ever as {name}", hex(message));
    }
    for decoded in [decode_any(message), decode_as(message, &by_name("cup-pos").expect("a packing"))] {
        assert!(leak(&told(&decoded)).is_none(), "{}", hex(message));
    }
    found
}

#[test]
fn no_mutation_of_any_message_does_harm() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let seconds: Option<u64> = number("FUZZ_SECONDS");
    let seed = number("FUZZ_SEED").unwrap_or(1);
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut messages = seeds();
    let mut seen: HashSet<String> = messages.iter().flat_map(|message| look(message)).collect();
    let (mut rounds, mut fresh, began) = (0_u64, Vec::new(), Instant::now());
    loop {
        let goes_on = match seconds {
            Some(seconds) => began.elapsed() < Duration::from_secs(seconds),
            None => rounds < ROUNDS / names().len() as u64,
        };
        if !goes_on {
            break;
        }
        rounds += 1;
        let mut message = messages[dice.below(messages.len())].clone();
        mutate(&mut message, &messages, &mut dice);
        let ways = look(&message);
        if ways.into_iter().filter(|way| seen.insert(way.clone())).count() > 0 && messages.len() < MOST {
            fresh.push(message.clone());
            messages.push(message);
        }
    }
    println!("{rounds} messages from seed {seed}, {} of them behave in a new way", fresh.len());
    if let Some(seconds) = seconds.filter(|seconds| *seconds >= 600) {
        // A few of each run are enough to begin the next one from.
        let mut text = format!("# Found by a run of {seconds} s from seed {seed}.\n");
        fresh.iter().step_by(1 + fresh.len() / 200).for_each(|message| {
            let _ = writeln!(text, "{}", hex(message));
        });
        std::fs::write(fixtures().join(format!("corpus/seed-{seed}.hex")), text).expect("written");
    }
}
