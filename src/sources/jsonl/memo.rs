//! What the lines before said: nearly every line says again, word for word, most of what the one before it said.
//!
//! What is remembered are bytes that [`super::flat`] has read before: a key up to its colon, or a value up to its
//! delimiter. The same bytes at the same kind of place are read the same way, so comparing them is reading them. A memo
//! lives no longer than the piece of a file it was made from, and what it holds is bounded.

use crate::model::Short;
use crate::sources::fields::{self, Field, Line, Value, Words};
use crate::sources::swar::{Front, Start};

/// Keys that are remembered, and values of each.
const KEYS: usize = 64;
const VALUES: usize = 4;
/// Bytes of a key or value that is remembered.
const LONGEST: usize = 64;
/// A key whose values were new so much more often than not has another one on each line.
const NEWS: u8 = 32;

/// Places where a key may begin: see [`Memo::spot`].
const SPOTS: usize = 2 + KEYS * (VALUES + 1);
/// Behind a key that is not remembered.
const UNKNOWN: usize = SPOTS - 1;

/// A key, its fields and the values it had.
struct Place<'s> {
    key: Start,
    fields: &'s [Field],
    values: Vec<Known>,
    /// Where in `values` the next new one goes when they are full.
    turn: usize,
    /// How many more values were new than not; above [`NEWS`] none is remembered.
    news: u8,
}

/// A value, and whether it was the last of its line. What was made of it is among the words.
struct Known {
    raw: Start,
    last: bool,
}

/// What stands behind the keys and values that are known.
pub enum Met<'s> {
    /// Nothing: the last one ended the object.
    End,
    /// The value of a known key, which is another one than before.
    Value { place: usize, fields: &'s [Field] },
    /// A key that is not known.
    Key,
}

/// Keys and values of the lines before, and which key followed which value. The default one remembers nothing.
pub struct Memo<'s> {
    /// How many keys may be remembered.
    most: usize,
    places: Vec<Place<'s>>,
    /// The place that came next the last time, for each spot.
    next: [u8; SPOTS],
    /// What was made of the values, [`VALUES`] for each place.
    words: Vec<Option<Short>>,
    /// Behind what the next key stands: the beginning of a line, a known value of a place, another value of it, or
    /// [`UNKNOWN`].
    spot: usize,
}

/// The spot behind this value of a place, [`VALUES`] standing for any other.
const fn spot(place: usize, value: usize) -> usize {
    1 + place * (VALUES + 1) + value
}

/// The word of this value of a place.
const fn word(place: usize, value: usize) -> u8 {
    (place * VALUES + value) as u8
}

impl Default for Memo<'_> {
    fn default() -> Self {
        Self { most: 0, places: Vec::new(), next: [0; SPOTS], words: Vec::new(), spot: 0 }
    }
}

impl<'s> Memo<'s> {
    /// One for a line that has others behind it.
    pub fn of_lines() -> Self {
        Self { most: KEYS, ..Self::default() }
    }

    /// The texts that [`Self::meet`] names to the line.
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// A line begins.
    pub fn begin(&mut self) {
        self.spot = 0;
    }

    /// Takes all keys and values that the text begins with, as far as the lines before said the same.
    pub fn meet(&mut self, text: &mut &[u8], line: &mut Line<'_>) -> Met<'s> {
        loop {
            let Some((at, behind)) = self.place(Front::new(text)) else { return Met::Key };
            let place = &mut self.places[at];
            let front = Front::new(behind);
            let mut values = place.values.iter().enumerate();
            let Some((nth, known, behind)) = values.find_map(|(nth, it)| Some((nth, it, it.raw.strip(front)?))) else {
                *text = behind;
                self.spot = spot(at, VALUES);
                return Met::Value { place: at, fields: place.fields };
            };
            *text = behind;
            self.spot = spot(at, nth);
            place.news = place.news.saturating_sub(1);
            for &field in place.fields {
                line.set_word(field, word(at, nth));
            }
            if known.last {
                return Met::End;
            }
        }
    }

    /// The place whose key the text begins with, and what stands behind that.
    fn place<'a>(&mut self, text: Front<'a>) -> Option<(usize, &'a [u8])> {
        let next = &mut self.next[self.spot];
        let likely = usize::from(*next);
        if let Some(place) = self.places.get(likely)
            && let Some(behind) = place.key.strip(text)
        {
            return Some((likely, behind));
        }
        // There are too many to look for one that follows none of ours.
        if self.spot == UNKNOWN {
            return None;
        }
        // Keys that are left out are passed over; one that comes earlier than usual is found last.
        let from = (likely + 1).min(self.places.len());
        let (before, others) = self.places.split_at(from);
        let mut all = (from..).zip(others).chain((0..).zip(before));
        let (at, behind) = all.find_map(|(at, place)| Some((at, place.key.strip(text)?)))?;
        *next = at as u8;
        Some((at, behind))
    }

    /// Remembers a key that was read up to its colon; none when there are too many.
    pub fn learn_key(&mut self, raw: &[u8], fields: &'s [Field]) -> Option<usize> {
        let at = self.places.len();
        if at == self.most || raw.len() > LONGEST {
            self.spot = UNKNOWN;
            return None;
        }
        self.next[self.spot] = at as u8;
        let news = if fields.iter().all(|field| field.repeats()) { 0 } else { u8::MAX };
        self.places.push(Place { key: Start::new(raw), fields, values: Vec::new(), turn: 0, news });
        Some(at)
    }

    /// Remembers a value that was read up to and with its delimiter, if it is of a kind that comes again.
    pub fn learn_value(&mut self, at: usize, raw: &[u8], value: &Value<'_>, last: bool) {
        self.spot = spot(at, VALUES);
        let place = &mut self.places[at];
        if place.news > NEWS || raw.len() > LONGEST {
            return;
        }
        let mut made = place.fields.iter().map(|field| fields::text(*field, value));
        let text = made.next().flatten();
        if made.any(|other| other != text) {
            return;
        }
        place.news += 1;
        if place.news > NEWS {
            place.values.clear();
            return;
        }
        let known = Known { raw: Start::new(raw), last };
        let mut nth = place.values.len();
        if nth < VALUES {
            place.values.push(known);
        } else {
            nth = place.turn;
            place.values[nth] = known;
            place.turn = (nth + 1) % VALUES;
        }
        let word = usize::from(word(at, nth));
        if word >= self.words.len() {
            self.words.resize(word + 1, None);
        }
        self.words[word] = text;
    }
}
