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
    runs: Keys,
    packed: Keys,
    words: Vec<String>,
}

/// Numbers that are looked for at every place of a long text: most places are ruled out by a few of their bits.
#[derive(Default)]
struct Keys {
    all: HashSet<u64>,
    low: Vec<bool>,
}

impl Keys {
    fn add(&mut self, key: u64) {
        self.low.resize(1 << 16, false);
        self.low[usize::from(key as u16)] = true;
        self.all.insert(key);
    }

    fn holds(&self, key: u64) -> bool {
        self.low.get(usize::from(key as u16)) == Some(&true) && self.all.contains(&key)
    }
}

/// Ten decimal digits roll through a number.
const TEN: u64 = 10_000_000_000;

/// What stands behind the number on a track: expiry, service code, the issuer's own digits; and a name.
pub struct Track {
    pub rest: String,
    pub name: String,
}

impl Secrets {
    /// Remembers a number.
    pub fn pan(&mut self, pan: &str) {
        let values: Vec<u64> = pan.bytes().map(|digit| u64::from(digit - b'0')).collect();
        for ten in values.windows(10) {
            self.runs.add(ten.iter().fold(0, |key, value| key * 10 + value));
            self.packed.add(ten.iter().fold(0, |key, value| key << 4 | value));
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
    /// one or two signs stand between them, and however they are spelled.
    pub fn in_text(&self, text: &str) -> Vec<String> {
        static HEX: OnceLock<regex::Regex> = OnceLock::new();
        static WIDE: OnceLock<regex::Regex> = OnceLock::new();
        static SPELLED: OnceLock<regex::Regex> = OnceLock::new();
        static WORD: OnceLock<regex::Regex> = OnceLock::new();
        let mut found = self.in_runs(text);
        for word in &self.words {
            if let Some(at) = memchr::memmem::find(text.as_bytes(), word.as_bytes()) {
                found.push(format!("{word} in {}", around(text, at)));
            }
        }
        // Digits as ASCII or EBCDIC in hex.
        let hex =
            HEX.get_or_init(|| regex::Regex::new(r"(?:3[0-9][ :]?){10,}|(?:[Ff][0-9][ :]?){10,}").expect("a pattern"));
        for part in hex.find_iter(text) {
            let plain: String = part.as_str().chars().filter(char::is_ascii_hexdigit).skip(1).step_by(2).collect();
            found.extend(self.in_runs(&plain).into_iter().map(|run| format!("hex {run}")));
        }
        let wide = WIDE.get_or_init(|| regex::Regex::new(r"(?:003[0-9]){10,}|(?:3[0-9]00){10,}").expect("a pattern"));
        for part in wide.find_iter(text) {
            let from = if part.as_str().starts_with("00") { 3 } else { 1 };
            let plain: String = part.as_str().chars().skip(from).step_by(4).collect();
            found.extend(self.in_runs(&plain).into_iter().map(|run| format!("UTF-16 {run}")));
        }
        // Digits in escapes of JSON (also twice), URLs and XML.
        let spelled = SPELLED.get_or_init(|| {
            regex::Regex::new(r"(?:(?:\\\\?u00|\\\\?x|0x|%|&#x)3[0-9][;, ]{0,2}|&#(?:4[89]|5[0-7]);){10,}")
                .expect("a pattern")
        });
        for part in spelled.find_iter(text) {
            let plain = if part.as_str().contains("&#4") || part.as_str().contains("&#5") {
                let codes = part.as_str().split(['&', '#', ';']).filter_map(|code| code.parse::<u32>().ok());
                codes.filter_map(char::from_u32).collect()
            } else {
                last_digits(part.as_str())
            };
            found.extend(self.in_runs(&plain).into_iter().map(|run| format!("spelled {run}")));
        }
        let word = WORD.get_or_init(|| regex::Regex::new(r"[A-Za-z0-9+/]{16,}").expect("a pattern"));
        for part in word.find_iter(text) {
            found.extend(self.in_runs(&from_base64(part.as_str())).into_iter().map(|run| format!("base64 {run}")));
        }
        found
    }

    fn in_runs(&self, text: &str) -> Vec<String> {
        let (mut key, mut digits, mut between, mut found) = (0_u64, 0_u32, 0, Vec::new());
        for (at, sign) in text.char_indices() {
            let value = match sign {
                '0'..='9' => sign as u64 - 48,
                ' ' | '-' | '.' | '_' | '/' | '\u{a0}' | '\u{200b}' if between < 2 => {
                    between += 1;
                    continue;
                }
                '\u{ff10}'..='\u{ff19}' => sign as u64 - 0xff10,
                '\u{660}'..='\u{669}' => sign as u64 - 0x660,
                '\u{966}'..='\u{96f}' => sign as u64 - 0x966,
                '\u{1d7ce}'..='\u{1d7d7}' => sign as u64 - 0x1d7ce,
                _ => {
                    (key, digits, between) = (0, 0, 0);
                    continue;
                }
            };
            between = 0;
            key = (key * 10 + value) % TEN;
            digits += 1;
            if digits >= 10 && self.runs.holds(key) {
                found.push(around(text, at));
                digits = 0;
            }
        }
        found
    }

    /// The same in the bytes of a file: as text, packed two digits to a byte, or as a number.
    pub fn in_bytes(&self, bytes: &[u8]) -> Vec<String> {
        let mut found = self.in_text(&String::from_utf8_lossy(bytes));
        let mut key = 0_u64;
        for (at, byte) in bytes.iter().enumerate() {
            key = (key << 8 | u64::from(*byte)) & 0xff_ffff_ffff;
            if self.packed.holds(key) {
                found.push(format!("packed {key:010x} at {at}"));
            }
        }
        for pan in &self.pans {
            let number: u64 = pan.parse().expect("digits");
            let whole = number.to_be_bytes();
            let whole = &whole[whole.iter().take_while(|byte| **byte == 0).count()..];
            if memchr::memmem::find(bytes, whole).is_some() {
                found.push(format!("{pan} as a number"));
            }
        }
        found
    }
}

/// The last digit of every escape.
fn last_digits(escapes: &str) -> String {
    let signs: Vec<char> = escapes.chars().collect();
    let ends = signs.iter().enumerate().filter(|(at, sign)| {
        sign.is_ascii_digit()
            && signs.get(at + 1).is_none_or(|next| !next.is_ascii_digit())
            && *at > 0
            && signs[at - 1] == '3'
    });
    ends.map(|(_, sign)| *sign).collect()
}

/// What a word in base64 stands for, where that is text; other bytes as blanks.
fn from_base64(word: &str) -> String {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let values = word.bytes().filter_map(|sign| SIGNS.iter().position(|known| *known == sign));
    let (mut out, mut bits, mut held) = (String::new(), 0_usize, 0);
    for six in values {
        (bits, held) = ((bits << 6 | six) & 0xffff, held + 6);
        if held >= 8 {
            held -= 8;
            let byte = (bits >> held) as u8;
            out.push(if byte.is_ascii_graphic() { char::from(byte) } else { '#' });
        }
    }
    out
}

/// The same word.
fn in_base64(text: &str) -> String {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in text.as_bytes().chunks(3) {
        let bits = three.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte)) << (8 * (3 - three.len()));
        out.extend((0..=three.len()).map(|at| char::from(SIGNS[bits >> (18 - 6 * at) & 63])));
    }
    out
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
        other_digits(pan, 0xff10),
        other_digits(pan, 0x660),
        grouped(pan, "\u{200b}"),
        spelled(pan, "\\u00"),
        spelled(pan, "%"),
        pan.chars().fold(String::new(), |out, digit| out + "&#" + &(digit as u32).to_string() + ";"),
        in_base64(&format!(";{pan}={}?", track.rest)),
        format!("0000{pan}"),
    ]
}

/// Forms that few journals have: each for some of the numbers only.
pub fn rare_forms(pan: &str) -> Vec<String> {
    let wide =
        |high: &str, low: &str| pan.chars().fold(String::new(), |out, digit| out + high + &digit.to_string() + low);
    vec![
        // UTF-16 in hex, either way round.
        wide("003", ""),
        wide("3", "00"),
        in_base64(pan),
        in_base64(&format!("{{\"pan\":\"{pan}\"}}")),
        other_digits(pan, 0x966),
        other_digits(pan, 0x1d7ce),
        spelled(pan, "\\x"),
        pan.chars().map(|digit| format!("0x3{digit}")).collect::<Vec<_>>().join(", "),
        format!("{pan:0>24}"),
        grouped(pan, "\u{a0}"),
        grouped(pan, "."),
        format!("<{}>", wide("3", " ")),
    ]
}

fn other_digits(pan: &str, zero: u32) -> String {
    pan.chars().map(|digit| char::from_u32(zero + digit as u32 - 48).expect("a digit")).collect()
}

/// Every digit as an escape that begins like this.
fn spelled(pan: &str, escape: &str) -> String {
    pan.chars().fold(String::new(), |out, digit| out + escape + "3" + &digit.to_string())
}
