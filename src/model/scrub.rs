//! Card numbers in fields where none belongs: found by their form and hidden, in whatever text is kept.
//!
//! Only for text fields; card and track fields are masked whole by [`super::MaskedPan`], without looking.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

use number::{LONGEST, SHORTEST, is_branded, is_card};

/// Signs between two groups of a number, at most.
const WIDEST: usize = 4;

/// A text in which every card number keeps at most its first six and last four digits, and track data nothing more.
///
/// Numbers shorter than `shortest` pass: 13 spares a retrieval reference number, which has twelve digits.
pub fn scrub(text: &str, shortest: usize) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let shortest = shortest.max(SHORTEST);
    // Most fields of a message are shorter, however a number were written in them.
    if bytes.len() < shortest {
        return Cow::Borrowed(text);
    }
    if spelled::may_be(text) {
        let signs: Vec<char> = text.chars().collect();
        let mut sheet = Sheet::new(&signs, shortest);
        sheet.spelled();
        return sheet.searched(text);
    }
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    // A merchant number is one run of digits: told without any copy.
    let one_run = digits == bytes.len() && digits <= LONGEST;
    if digits < shortest || (one_run && !run_holds_card(bytes, shortest)) || !may_hold_card(bytes) {
        return Cow::Borrowed(text);
    }
    if text.is_ascii() {
        return Sheet::new(bytes, shortest).searched(text);
    }
    let signs: Vec<char> = text.chars().collect();
    Sheet::new(&signs, shortest).searched(text)
}

/// The same for bytes in hex whose meaning nobody knows: a packed card number is found between any others.
///
/// A text that is not ASCII is no hex, and is looked through like any other.
pub fn scrub_dump(hex: &str) -> Cow<'_, str> {
    if !hex.is_ascii() {
        return scrub(hex, SHORTEST);
    }
    if !may_hold_card(hex.as_bytes()) {
        return Cow::Borrowed(hex);
    }
    let mut sheet = Sheet::new(hex.as_bytes(), SHORTEST);
    sheet.packed();
    sheet.searched(hex)
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
            // A sign of several bytes counts once.
            gap += usize::from(byte & 0xC0 != 0x80);
        }
        if digits >= SHORTEST || hex >= SHORTEST {
            return true;
        }
    }
    false
}

/// Whether one run of at most [`LONGEST`] ASCII digits is a card number or has one in it.
fn run_holds_card(run: &[u8], shortest: usize) -> bool {
    let mut found = is_card(run);
    number::padded(run, |_| found = true);
    number::behind_length(run, shortest, |_| found = true);
    found
}

/// What a text consists of: bytes, where it is ASCII.
trait Sign: Copy + PartialEq {
    fn sign(self) -> char;
}

impl Sign for u8 {
    fn sign(self) -> char {
        char::from(self)
    }
}

impl Sign for char {
    fn sign(self) -> char {
        self
    }
}

/// A text laid out sign by sign, with what has to be hidden. Most texts hide nothing: then little is allocated.
struct Sheet<'a, S> {
    signs: &'a [S],
    /// Value of each sign that is a digit (full width ones too), else 255.
    values: Vec<u8>,
    /// Unbroken runs of digits.
    runs: Vec<Range<usize>>,
    /// Empty until something is hidden.
    hide: Vec<bool>,
    shortest: usize,
    /// Whether a word stands in the text that announces a card number.
    announced: OnceCell<bool>,
}

impl<'a, S: Sign> Sheet<'a, S> {
    fn new(signs: &'a [S], shortest: usize) -> Self {
        let values: Vec<u8> = signs.iter().map(|&sign| digit(sign.sign())).collect();
        let mut runs: Vec<Range<usize>> = Vec::with_capacity(8);
        for (at, _) in values.iter().enumerate().filter(|(_, value)| **value < 10) {
            match runs.last_mut() {
                Some(run) if run.end == at => run.end = at + 1,
                _ => runs.push(at..at + 1),
            }
        }
        Self { signs, values, runs, hide: Vec::new(), shortest, announced: OnceCell::new() }
    }

    /// The text the sheet was made of, without its card numbers.
    fn searched(mut self, text: &str) -> Cow<'_, str> {
        self.search();
        if self.hide.is_empty() {
            return Cow::Borrowed(text);
        }
        Cow::Owned(
            self.signs.iter().zip(&self.hide).map(|(sign, &hide)| if hide { '*' } else { sign.sign() }).collect(),
        )
    }

    fn search(&mut self) {
        for first in 0..self.runs.len() {
            self.grouped(first);
            self.alike(first);
            self.inside(first);
            self.track(first);
        }
        self.hex();
    }

    /// Numbers written in groups (or one group), from this run on.
    fn grouped(&mut self, first: usize) {
        let (mut digits, mut places, mut count) = ([0; LONGEST], [0; LONGEST], 0);
        for at in first..self.runs.len() {
            let run = self.runs[at].clone();
            if (at > first && !self.linked(at - 1)) || count + run.len() > LONGEST {
                return;
            }
            for place in run {
                (digits[count], places[count]) = (self.values[place], place);
                count += 1;
            }
            let number = &digits[..count];
            if count >= self.shortest && (is_card(number) || (is_branded(number).is_some() && self.announced())) {
                self.mask(&places[..count]);
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
        let count = (last - first) * size + self.runs[last].len();
        if !(self.shortest..=LONGEST).contains(&count) {
            return;
        }
        let places: Vec<usize> = self.runs[first..=last].iter().flat_map(Clone::clone).collect();
        let digits: Vec<u8> = places.iter().map(|&place| self.values[place]).collect();
        if is_card(&digits) {
            self.mask(&places);
        }
    }

    /// Numbers within a run: filled up, behind their length, or anywhere in a long one when a word announces one.
    fn inside(&mut self, at: usize) {
        let run = self.runs[at].clone();
        if run.len() <= SHORTEST {
            return;
        }
        let mut found = Vec::new();
        let digits = &self.values[run.clone()];
        number::padded(digits, |part| found.push(part));
        if run.len() >= self.shortest + 2 {
            number::behind_length(digits, self.shortest, |part| found.push(part));
        }
        if run.len() > LONGEST && self.announced() {
            number::anywhere(digits, |part| found.push(part));
        }
        self.mask_parts(&run, found);
    }

    /// Digits that are spelled in some other way, and words in base64.
    fn spelled(&mut self) {
        let signs: Vec<char> = self.signs.iter().map(|sign| sign.sign()).collect();
        if let Some((plain, places)) = spelled::read(&signs) {
            let mut sheet = Sheet::new(&plain, self.shortest);
            sheet.search();
            for (place, _) in places.into_iter().zip(&sheet.hide).filter(|(_, hide)| **hide) {
                self.cover(place);
            }
        }
        for (place, text) in spelled::tokens(&signs) {
            if matches!(scrub(&text, SHORTEST), Cow::Owned(_)) {
                self.cover(place);
            }
        }
    }

    /// Card numbers anywhere among packed digits; ASCII digits in hex are left to [`Self::hex`].
    fn packed(&mut self) {
        for run in self.runs.clone() {
            let digits = &self.values[run.clone()];
            let ascii = |odd: usize| digits.iter().skip(odd).step_by(2).all(|digit| *digit == 3);
            if run.len() <= SHORTEST || ascii(0) || ascii(1) {
                continue;
            }
            let mut found = Vec::new();
            number::anywhere(digits, |part| found.push(part));
            self.mask_parts(&run, found);
        }
    }

    /// `digits=digits`, `digitsDdigits`, `digits^NAME^...`: the number is masked and what follows is hidden.
    fn track(&mut self, at: usize) {
        let end = self.runs[at].end;
        let Some(mark) = self.signs.get(end).map(|sign| sign.sign()) else { return };
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
            _ => self.cover(places),
        }
        let ends = |sign: char| mark != '^' && !(sign.is_ascii_hexdigit() || "=?;^".contains(sign));
        let length = self.signs[end + 1..].iter().take_while(|sign| !ends(sign.sign())).count();
        self.cover(end + 1..end + 1 + length);
    }

    /// ASCII or EBCDIC digits written in hex: `3431...`, `F4F1...`, also in groups of two.
    fn hex(&mut self) {
        let signs = self.signs;
        let is = |place: usize, wanted: &[char]| wanted.contains(&signs[place].sign());
        if (0..signs.len()).filter(|&place| is(place, &['3', 'F', 'f'])).count() < SHORTEST {
            return;
        }
        for odd in 0..2 {
            let between = |sign: char| is_gap(sign) || sign == ':';
            let mut places = (0..signs.len()).filter(|&at| !between(signs[at].sign())).skip(odd);
            let mut stretch: Vec<usize> = Vec::new();
            while let Some(high) = places.next() {
                match places.next() {
                    Some(low) if is(high, &['3', 'F', 'f']) && self.values[low] < 10 => stretch.extend([high, low]),
                    // The other half of a sign of two bytes.
                    Some(low) if is(high, &['0']) && is(low, &['0']) => {}
                    _ => {
                        self.hex_stretch(&stretch);
                        stretch.clear();
                    }
                }
            }
            self.hex_stretch(&stretch);
        }
    }

    fn hex_stretch(&mut self, stretch: &[usize]) {
        if stretch.len() < 2 * SHORTEST {
            return;
        }
        let decoded: Vec<u8> = stretch.chunks(2).filter_map(|pair| pair.get(1)).map(|&at| self.values[at]).collect();
        if (SHORTEST..=LONGEST.min(decoded.len())).any(|length| decoded.windows(length).any(is_card)) {
            self.cover(stretch.iter().copied());
        }
    }

    /// Whether only one or two separators stand between this run and the next, or a few blanks.
    ///
    /// A star is one, too, but three of them hide something.
    fn linked(&self, at: usize) -> bool {
        let Some(next) = self.runs.get(at + 1) else { return false };
        let between = &self.signs[self.runs[at].end..next.start];
        let all = |is: fn(char) -> bool| between.iter().all(|sign| is(sign.sign()));
        (between.len() <= 2 && (all(is_gap) || all(|sign| sign == '*')))
            || (between.len() <= WIDEST && all(char::is_whitespace))
    }

    fn announced(&self) -> bool {
        *self.announced.get_or_init(|| announces(self.signs.iter().map(|sign| sign.sign())))
    }

    fn mask_parts(&mut self, run: &Range<usize>, parts: Vec<Range<usize>>) {
        for part in parts {
            self.mask(&(run.start + part.start..run.start + part.end).collect::<Vec<_>>());
        }
    }

    /// Hides all but the first six and last four of these places; a place once hidden stays hidden.
    fn mask(&mut self, places: &[usize]) {
        let (first, last) = if places.len() > SHORTEST { (6, 4) } else { (0, 4) };
        self.cover(places[first..places.len() - last].iter().copied());
    }

    fn cover(&mut self, places: impl IntoIterator<Item = usize>) {
        self.hide.resize(self.signs.len(), false);
        for place in places {
            self.hide[place] = true;
        }
    }
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
fn announces(signs: impl Iterator<Item = char>) -> bool {
    let lower: String = signs.map(|sign| sign.to_ascii_lowercase()).collect();
    ["pan", "card", "acct", "track", "卡号", "主账号", "磁道"].iter().any(|word| lower.contains(word))
}

mod number;
mod spelled;
#[cfg(test)]
mod tests;
