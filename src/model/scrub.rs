//! Card numbers in fields where none belongs: found by their form and hidden, in whatever text is kept.
//!
//! Only for text fields; card and track fields are masked whole by [`super::MaskedPan`], without looking.

use std::borrow::Cow;
use std::ops::Range;

/// Fewer digits than this are no card number.
const SHORTEST: usize = 12;
/// Digits of the longest card number (ISO/IEC 7812-1).
const LONGEST: usize = 19;
/// Signs between two groups of a number, at most.
const WIDEST: usize = 4;

/// A text in which every card number keeps at most its first six and last four digits, and track data nothing more.
///
/// Numbers shorter than `shortest` pass: 13 spares a retrieval reference number, which has twelve digits.
pub fn scrub(text: &str, shortest: usize) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let shortest = shortest.max(SHORTEST);
    let spelled = !text.is_ascii() || spelled::may_be(bytes);
    if !spelled {
        let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
        // EBCDIC in hex has a digit in every second place only.
        if digits < shortest {
            return Cow::Borrowed(text);
        }
        // A merchant number is one run of digits: told without any copy.
        let one_run = digits == bytes.len() && digits <= LONGEST;
        if (one_run && !run_holds_card(bytes, shortest)) || !may_hold_card(bytes) {
            return Cow::Borrowed(text);
        }
    }
    let signs: Vec<char> = text.chars().collect();
    let mut sheet = Sheet::new(&signs, shortest);
    if spelled {
        sheet.spelled();
    }
    hidden(text, &signs, sheet)
}

/// The same for bytes in hex whose meaning nobody knows: a packed card number is found between any others.
pub fn scrub_dump(hex: &str) -> Cow<'_, str> {
    if hex.bytes().filter(u8::is_ascii_digit).count() < SHORTEST {
        return Cow::Borrowed(hex);
    }
    let signs: Vec<char> = hex.chars().collect();
    let mut sheet = Sheet::new(&signs, SHORTEST);
    sheet.packed();
    hidden(hex, &signs, sheet)
}

fn hidden<'a>(text: &'a str, signs: &[char], mut sheet: Sheet<'_>) -> Cow<'a, str> {
    sheet.search();
    if !sheet.hide.contains(&true) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(signs.iter().zip(&sheet.hide).map(|(&sign, &hide)| if hide { '*' } else { sign }).collect())
}

/// Whether enough digits stand close together, or enough signs that digits in hex begin with.
fn may_hold_card(bytes: &[u8]) -> bool {
    let (mut digits, mut gap, mut hex) = (0, 0, 0);
    for &byte in bytes {
        hex += usize::from(matches!(byte, b'3' | b'F' | b'f'));
        if byte.is_ascii_digit() {
            digits = if gap > WIDEST { 1 } else { digits + 1 };
            gap = 0;
        } else {
            gap += 1;
        }
        if digits >= SHORTEST || hex >= SHORTEST {
            return true;
        }
    }
    false
}

/// A text laid out sign by sign, with what has to be hidden.
struct Sheet<'a> {
    signs: &'a [char],
    /// Value of each sign that is a digit (full width ones too), else 255.
    values: Vec<u8>,
    /// Unbroken runs of digits.
    runs: Vec<Range<usize>>,
    hide: Vec<bool>,
    shortest: usize,
    /// A word stands in the text that announces a card number.
    announced: bool,
}

impl<'a> Sheet<'a> {
    fn new(signs: &'a [char], shortest: usize) -> Self {
        let values: Vec<u8> = signs.iter().map(|&sign| digit(sign)).collect();
        let mut runs: Vec<Range<usize>> = Vec::new();
        for (at, _) in values.iter().enumerate().filter(|(_, value)| **value < 10) {
            match runs.last_mut() {
                Some(run) if run.end == at => run.end = at + 1,
                _ => runs.push(at..at + 1),
            }
        }
        let announced = announces(signs);
        Self { signs, values, runs, hide: vec![false; signs.len()], shortest, announced }
    }

    fn search(&mut self) {
        for first in 0..self.runs.len() {
            self.grouped(first);
            self.alike(first);
            self.padded(first);
            self.long_run(first);
            self.track(first);
        }
        self.hex();
    }

    /// Numbers written in groups (or one group), from this run on.
    fn grouped(&mut self, first: usize) {
        let mut places: Vec<usize> = Vec::with_capacity(LONGEST);
        for at in first..self.runs.len() {
            if at > first && !self.linked(at - 1) {
                return;
            }
            places.extend(self.runs[at].clone());
            if places.len() > LONGEST {
                return;
            }
            let digits = self.digits(&places);
            if places.len() >= self.shortest && (is_card(&digits) || (self.announced && brand(&digits).is_some())) {
                self.mask(&places);
            }
        }
    }

    /// Numbers in groups of one size with the same signs between them, whatever signs those are.
    fn alike(&mut self, first: usize) {
        let size = self.runs[first].len();
        let Some(next) = self.runs.get(first + 1).filter(|_| matches!(size, 1 | 2 | 4)) else { return };
        let between = self.runs[first].end..next.start;
        // Groups like these before it: seen from their first one.
        let follows = |at: usize| {
            let (before, behind) = (&self.runs[at], &self.runs[at + 1]);
            before.len() == size && self.signs[before.end..behind.start] == self.signs[between.clone()]
        };
        if between.len() > WIDEST || (first > 0 && follows(first - 1)) {
            return;
        }
        let mut last = first;
        while last + 1 < self.runs.len() && follows(last) && self.runs[last + 1].len() <= size {
            last += 1;
        }
        let places: Vec<usize> = self.runs[first..=last].iter().flat_map(Clone::clone).collect();
        if (self.shortest..=LONGEST).contains(&places.len()) && is_card(&self.digits(&places)) {
            self.mask(&places);
        }
    }

    /// A number filled up with zeros, before it or behind it.
    fn padded(&mut self, at: usize) {
        let run = self.runs[at].clone();
        let zeros = |value: &&u8| **value == 0;
        let start = run.start + self.values[run.clone()].iter().take_while(zeros).count();
        let behind = self.values[start..run.end].iter().rev().take_while(zeros).count();
        for end in run.end - behind..=run.end {
            let number = start..end;
            let filled = number.len() < run.len() && (run.len() > LONGEST || end == run.end);
            if filled && (SHORTEST + 1..=LONGEST).contains(&number.len()) && is_card(&self.values[number.clone()]) {
                self.mask(&number.collect::<Vec<_>>());
            }
        }
    }

    /// Digits that are spelled in some other way, and words in base64.
    fn spelled(&mut self) {
        if let Some((plain, places)) = spelled::read(self.signs) {
            let mut sheet = Sheet::new(&plain, self.shortest);
            sheet.search();
            for (place, _) in places.into_iter().zip(&sheet.hide).filter(|(_, hide)| **hide) {
                self.hide[place].fill(true);
            }
        }
        for (place, text) in spelled::tokens(self.signs) {
            if matches!(scrub(&text, SHORTEST), Cow::Owned(_)) {
                self.hide[place].fill(true);
            }
        }
    }

    /// A run longer than a card number is one token, but a number may stand in it behind its length (packed dumps),
    /// or anywhere when a word announces it.
    fn long_run(&mut self, at: usize) {
        let run = self.runs[at].clone();
        if run.len() < self.shortest + 2 {
            return;
        }
        let anywhere = self.announced && run.len() > LONGEST;
        let starts = if run.len() > LONGEST { run.len() } else { 1 };
        for start in (run.start..run.end).take(starts) {
            let length =
                usize::from(self.values[start]) * 10 + self.values.get(start + 1).map_or(0, |&v| usize::from(v.min(9)));
            let behind = start + 2..start + 2 + length;
            // The length may count the pad that makes whole bytes.
            let padded = behind.start..behind.end.saturating_sub(usize::from(length.is_multiple_of(2)));
            for behind in [behind, padded] {
                if (self.shortest..=LONGEST).contains(&behind.len())
                    && behind.end <= run.end
                    && is_card(&self.values[behind.clone()])
                {
                    self.mask(&behind.collect::<Vec<_>>());
                }
            }
            // In bytes, two digits each, the last one perhaps with a pad letter (tag 5A of a chip).
            let even = start + 2..start + 2 + 2 * length;
            for packed in [even.clone(), even.start..even.end.saturating_sub(1)] {
                if packed.len() >= self.shortest
                    && packed.len() <= LONGEST
                    && packed.end <= run.end
                    && (packed.len() % 2 == 0 || packed.end == run.end)
                    && is_card(&self.values[packed.clone()])
                {
                    self.mask(&packed.collect::<Vec<_>>());
                }
            }
            for length in self.shortest.max(13)..=LONGEST {
                let window = start..start + length;
                if anywhere && window.end <= run.end && is_card(&self.values[window.clone()]) {
                    self.mask(&window.collect::<Vec<_>>());
                }
            }
        }
    }

    /// Card numbers anywhere among packed digits; ASCII digits in hex are left to [`Self::hex`].
    fn packed(&mut self) {
        for run in self.runs.clone() {
            let ascii = |odd: usize| run.clone().skip(odd).step_by(2).all(|place| self.values[place] == 3);
            if run.len() < SHORTEST + 1 || ascii(0) || ascii(1) {
                continue;
            }
            for start in run.clone() {
                for length in (SHORTEST + 1..=LONGEST).take_while(|length| start + length <= run.end) {
                    if is_card(&self.values[start..start + length]) {
                        self.mask(&(start..start + length).collect::<Vec<_>>());
                    }
                }
            }
        }
    }

    /// `digits=digits`, `digitsDdigits`, `digits^NAME^...`: the number is masked and what follows is hidden.
    fn track(&mut self, at: usize) {
        let end = self.runs[at].end;
        let Some(&mark) = self.signs.get(end) else { return };
        let follows = self.values[end + 1..].iter().take_while(|value| **value < 10).count();
        if !matches!((mark, follows), ('^', _) | ('=' | 'D' | 'd', 4..)) {
            return;
        }
        let mut first = at;
        while first > 0 && self.linked(first - 1) && end - self.runs[first - 1].start < 2 * LONGEST {
            first -= 1;
        }
        let places: Vec<usize> = self.runs[first..=at].iter().flat_map(Clone::clone).collect();
        match places.len() {
            0..SHORTEST => return,
            SHORTEST..=LONGEST => self.mask(&places),
            _ => places.iter().for_each(|&place| self.hide[place] = true),
        }
        for place in end + 1..self.signs.len() {
            if mark != '^' && !(self.signs[place].is_ascii_hexdigit() || "=?;^".contains(self.signs[place])) {
                break;
            }
            self.hide[place] = true;
        }
    }

    /// ASCII or EBCDIC digits written in hex: `3431...`, `F4F1...`, also in groups of two.
    fn hex(&mut self) {
        let between = |sign: char| is_gap(sign) || sign == ':';
        let places: Vec<usize> = (0..self.signs.len()).filter(|&at| !between(self.signs[at])).collect();
        for odd in 0..2 {
            let mut stretch: Vec<usize> = Vec::new();
            for pair in places.get(odd..).unwrap_or_default().chunks(2) {
                if let &[high, low] = pair
                    && matches!(self.signs[high], '3' | 'F' | 'f')
                    && self.values[low] < 10
                {
                    stretch.extend(pair);
                } else if let &[high, low] = pair
                    && !stretch.is_empty()
                    && self.signs[high] == '0'
                    && self.signs[low] == '0'
                {
                    // The other half of a sign of two bytes.
                } else {
                    self.hex_stretch(&stretch);
                    stretch.clear();
                }
            }
            self.hex_stretch(&stretch);
        }
    }

    fn hex_stretch(&mut self, stretch: &[usize]) {
        let decoded: Vec<u8> = stretch.chunks(2).filter_map(|pair| pair.get(1)).map(|&at| self.values[at]).collect();
        let found = (SHORTEST..=LONGEST.min(decoded.len())).any(|length| decoded.windows(length).any(is_card));
        if found {
            for &place in stretch {
                self.hide[place] = true;
            }
        }
    }

    /// Whether only one or two separators stand between this run and the next, or a few blanks.
    fn linked(&self, at: usize) -> bool {
        let Some(next) = self.runs.get(at + 1) else { return false };
        let between = &self.signs[self.runs[at].end..next.start];
        (between.len() <= 2 && between.iter().all(|&sign| is_gap(sign)))
            || (between.len() <= WIDEST && between.iter().all(|sign| sign.is_whitespace()))
    }

    fn digits(&self, places: &[usize]) -> Vec<u8> {
        places.iter().map(|&place| self.values[place]).collect()
    }

    /// Hides all but the first six and last four of these places; a place once hidden stays hidden.
    fn mask(&mut self, places: &[usize]) {
        let (first, last) = if places.len() > SHORTEST { (6, 4) } else { (0, 4) };
        for &place in &places[first..places.len() - last] {
            self.hide[place] = true;
        }
    }
}

/// Whether one run of at most [`LONGEST`] ASCII digits is a card number or a length with one behind it.
fn run_holds_card(run: &[u8], shortest: usize) -> bool {
    let mut values = [0; LONGEST];
    for (value, byte) in values.iter_mut().zip(run) {
        *value = byte.wrapping_sub(b'0');
    }
    let digits = &values[..run.len()];
    let length = usize::from(digits[0]) * 10 + usize::from(digits[1]);
    let filled = digits.iter().take_while(|digit| **digit == 0).count();
    is_card(digits)
        || (filled > 0 && digits.len() > SHORTEST + filled && is_card(&digits[filled..]))
        || (length >= shortest && digits.len() >= length + 2 && is_card(&digits[2..length + 2]))
}

/// A digit's value, in ASCII or full width, else 255.
fn digit(sign: char) -> u8 {
    match sign {
        '0'..='9' => sign as u8 - b'0',
        '\u{ff10}'..='\u{ff19}' => (sign as u32 - 0xff10) as u8,
        _ => u8::MAX,
    }
}

/// Signs that may stand between the groups of a number; a colon belongs to times.
fn is_gap(sign: char) -> bool {
    !sign.is_alphanumeric() && !matches!(sign, ':' | '=' | '^' | '*')
}

/// Whether a word in the text announces a card number.
fn announces(signs: &[char]) -> bool {
    let lower: String = signs.iter().map(char::to_ascii_lowercase).collect();
    ["pan", "card", "acct", "track", "卡号", "主账号", "磁道"].iter().any(|word| lower.contains(word))
}

/// Whether digits (as values) have issuer prefix, length and, where the brand keeps to it, check digit of a card.
fn is_card(digits: &[u8]) -> bool {
    match brand(digits) {
        Some(Check::Luhn) => luhn(digits),
        Some(Check::None) => true,
        None => false,
    }
}

enum Check {
    Luhn,
    None,
}

/// Issuer prefix and length; UnionPay numbers need no check digit, because some have a wrong one.
fn brand(digits: &[u8]) -> Option<Check> {
    let length = digits.len();
    if !(SHORTEST..=LONGEST).contains(&length) {
        return None;
    }
    let two = u16::from(digits[0]) * 10 + u16::from(digits[1]);
    let four = two * 100 + u16::from(digits[2]) * 10 + u16::from(digits[3]);
    match (two, length) {
        (62, 13..) | (81, 16..) => Some(Check::None),
        // Visa; Maestro and others on 5 and 6; Diners; Amex; older Chinese debit cards on 9.
        (40..=49, 13..)
        | (50 | 56..=58 | 60 | 61 | 63..=69, _)
        | (51..=55, 16)
        | (30 | 36 | 38 | 39, 14..)
        | (34 | 37, 15)
        | (90..=99, 16..) => Some(Check::Luhn),
        // Mastercard's second range, Mir, JCB.
        _ if (matches!(four, 2221..=2720) && length == 16)
            || (matches!(four, 2200..=2204) && length >= 16)
            || (matches!(four, 3528..=3589) && length >= 16)
            || (matches!(four, 1800 | 2131) && length == 15) =>
        {
            Some(Check::Luhn)
        }
        _ => None,
    }
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, &digit)| match (at % 2, u32::from(digit) * 2) {
            (0, double) => double / 2,
            (_, double) => double / 10 + double % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

mod spelled;
#[cfg(test)]
mod tests;
