//! Card numbers in every form that journals write them in, and how each would show through.

use std::collections::HashSet;
use std::sync::OnceLock;

/// SplitMix64: the same cards in every run.
pub struct Chance(pub u64);

impl Chance {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + (self.bits() % 10) as u8)).collect()
    }

    /// A number that begins like this and has a right (or, where wanted, a wrong) check digit.
    pub fn pan(&mut self, head: &str, length: usize, valid: bool) -> String {
        let body = format!("{head}{}", self.digits(length - head.len() - 1));
        let check = ('0'..='9').find(|check| luhn(&format!("{body}{check}")) == valid);
        format!("{body}{}", check.expect("one fits"))
    }
}

fn luhn(pan: &str) -> bool {
    let sum: u32 = pan
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, digit)| match (at % 2, u32::from(digit - b'0')) {
            (0, value) => value,
            (_, value) => value * 2 / 10 + value * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// What must not be seen anywhere.
#[derive(Default)]
pub struct Secrets {
    pans: Vec<String>,
    runs: HashSet<[u8; 10]>,
    packed: HashSet<[u8; 5]>,
    words: Vec<String>,
}

/// What stands behind the number on a track: expiry, service code, the issuer's own digits; and a name.
pub struct Track {
    pub rest: String,
    pub name: String,
}

impl Secrets {
    /// Remembers a number.
    pub fn pan(&mut self, pan: &str) {
        let values: Vec<u8> = pan.bytes().map(|digit| digit - b'0').collect();
        for ten in values.windows(10) {
            self.runs.insert(ten.try_into().expect("ten"));
            let five: Vec<u8> = ten.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect();
            self.packed.insert(five.try_into().expect("five"));
        }
        self.pans.push(pan.to_owned());
    }

    /// Remembers what stands behind a number.
    pub fn track(&mut self, chance: &mut Chance) -> Track {
        let track =
            Track { rest: format!("2912101{}", chance.digits(9)), name: format!("MUSTER/{}", chance.digits(7)) };
        self.words.extend([track.rest.clone(), track.name.clone()]);
        track
    }

    /// Every number that shows through in a text, with its surroundings; ten digits in a row are too many, whatever
    /// one or two signs stand between them.
    pub fn in_text(&self, text: &str) -> Vec<String> {
        static HEX: OnceLock<regex::Regex> = OnceLock::new();
        let mut found = self.in_runs(text);
        for word in self.words.iter().filter(|word| text.contains(word.as_str())) {
            found.push(format!("{word} in {}", around(text, text.find(word.as_str()).unwrap_or(0))));
        }
        // Digits as ASCII or EBCDIC in hex.
        let hex =
            HEX.get_or_init(|| regex::Regex::new(r"(?:3[0-9][ :]?){10,}|(?:[Ff][0-9][ :]?){10,}").expect("a pattern"));
        for part in hex.find_iter(text) {
            let plain: String = part.as_str().chars().filter(char::is_ascii_hexdigit).skip(1).step_by(2).collect();
            found.extend(self.in_runs(&plain).into_iter().map(|run| format!("hex {run}")));
        }
        found
    }

    fn in_runs(&self, text: &str) -> Vec<String> {
        let (mut last, mut between, mut found) = (Vec::new(), 0, Vec::new());
        for (at, sign) in text.char_indices() {
            let value = match sign {
                '0'..='9' => sign as u8 - b'0',
                '\u{ff10}'..='\u{ff19}' => (sign as u32 - 0xff10) as u8,
                ' ' | '-' | '.' | '_' | '/' | '\u{a0}' if between < 2 => {
                    between += 1;
                    continue;
                }
                _ => {
                    last.clear();
                    continue;
                }
            };
            between = 0;
            last.push(value);
            if last.len() > 10 {
                last.remove(0);
            }
            if <[u8; 10]>::try_from(last.as_slice()).is_ok_and(|ten| self.runs.contains(&ten)) {
                found.push(around(text, at));
                last.clear();
            }
        }
        found
    }

    /// The same in the bytes of a file: as text, packed two digits to a byte, or as a number.
    pub fn in_bytes(&self, bytes: &[u8]) -> Vec<String> {
        let mut found = self.in_text(&String::from_utf8_lossy(bytes));
        let packed = bytes.windows(5).enumerate().filter(|(_, five)| self.packed.contains(*five));
        found.extend(packed.map(|(at, five)| format!("packed {five:02x?} at {at}")));
        for pan in &self.pans {
            let number: u64 = pan.parse().expect("digits");
            let whole = number.to_be_bytes();
            let whole = &whole[whole.iter().take_while(|byte| **byte == 0).count()..];
            if bytes.windows(whole.len()).any(|part| part == whole) {
                found.push(format!("{pan} as a number"));
            }
        }
        found
    }
}

fn around(text: &str, at: usize) -> String {
    let from = text.floor_char_boundary(at.saturating_sub(60));
    let to = text.floor_char_boundary((at + 40).min(text.len()));
    text[from..to].replace('\n', " ")
}

fn in_hex(pan: &str, high: char) -> String {
    pan.chars().flat_map(|digit| [high, digit]).collect()
}

fn grouped(pan: &str, between: &str) -> String {
    let signs: Vec<char> = pan.chars().collect();
    signs.chunks(4).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>().join(between)
}

/// A number in every form that a journal may write it in.
pub fn forms(pan: &str, track: &Track) -> Vec<String> {
    let even = if pan.len().is_multiple_of(2) { pan.to_owned() } else { format!("{pan}F") };
    let track2 = format!("{pan}D{}", track.rest);
    let padded = if track2.len() % 2 == 0 { track2.clone() } else { format!("{track2}F") };
    vec![
        pan.to_owned(),
        format!("card {pan} ok"),
        format!("卡号{pan}元"),
        grouped(pan, " "),
        grouped(pan, "-"),
        grouped(pan, "  "),
        format!(";{pan}={}?", track.rest),
        format!("{pan}={}", track.rest),
        format!("%B{pan}^{}^{}?", track.name, track.rest),
        padded.clone(),
        in_hex(pan, '3'),
        in_hex(pan, 'F'),
        grouped(&in_hex(pan, '3'), " "),
        format!("{:02}{even}", pan.len()),
        format!("5A{:02X}{even}", even.len() / 2),
        format!("5A{:02X}{even}5F24032912319F02060000", even.len() / 2),
        format!("57{:02X}{padded}", padded.len() / 2),
        format!("02007024048000000016{pan}000000000000001234"),
        pan.chars().map(|digit| char::from_u32(0xff10 + digit as u32 - 48).expect("a digit")).collect(),
    ]
}
