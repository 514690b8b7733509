//! What the lines before said: nearly every line says again, word for word, most of what the one before it said.
//!
//! What is remembered are bytes that [`super::flat`] has read before: a key up to its colon, or a value up to its
//! delimiter. The same bytes at the same kind of place are read the same way, so comparing them is reading them. A memo
//! lives no longer than the piece of a file it was made from, and what it holds is bounded.

use crate::sources::fields::{Field, Line, Value};
use crate::sources::swar::Start;

/// Keys that are remembered, and values of each.
const KEYS: usize = 32;
const VALUES: usize = 4;
/// Bytes of a key or value that is remembered.
const LONGEST: usize = 64;
/// Values that were new, beyond those that were not, after which a key's values are not remembered any more.
const NEWS: u8 = 32;

/// A key, its fields and the values it had.
struct Place<'s> {
    key: Start,
    fields: &'s [Field],
    values: Vec<Known>,
    /// Where in `values` the next new one goes when they are full.
    turn: usize,
    news: u8,
}

/// A value, and whether it was the last of its line.
struct Known {
    raw: Start,
    value: Value<'static>,
    last: bool,
}

/// Keys and values of the lines before, and which key followed which value.
pub struct Memo<'s> {
    places: Vec<Place<'s>>,
    /// The place that came next the last time, for each spot.
    next: [u8; SPOTS],
    /// Behind what the next key stands: the beginning of a line, a known value of a place, another value of it, or a
    /// key that is not remembered.
    spot: usize,
}

const SPOTS: usize = 2 + KEYS * (VALUES + 1);

/// The spot behind this value of a place, [`VALUES`] standing for any other.
const fn spot(place: usize, value: usize) -> usize {
    1 + place * (VALUES + 1) + value
}

impl Default for Memo<'_> {
    fn default() -> Self {
        Self { places: Vec::new(), next: [0; SPOTS], spot: 0 }
    }
}

impl<'s> Memo<'s> {
    /// A line begins.
    pub fn begin(&mut self) {
        self.spot = 0;
    }

    /// The place whose key the text begins with, and that key's length.
    pub fn key(&mut self, text: &[u8]) -> Option<(usize, usize)> {
        let next = &mut self.next[self.spot];
        let likely = usize::from(*next);
        if let Some(place) = self.places.get(likely)
            && place.key.begins(text)
        {
            return Some((likely, place.key.len()));
        }
        // Keys that are left out are passed over; one that comes earlier than usual is found last.
        let behind = likely + 1..self.places.len();
        let found = behind.chain(0..likely.min(self.places.len())).find(|&at| self.places[at].key.begins(text))?;
        *next = found as u8;
        Some((found, self.places[found].key.len()))
    }

    /// Remembers a key that was read up to its colon; none when there are too many.
    pub fn learn_key(&mut self, raw: &[u8], fields: &'s [Field]) -> Option<usize> {
        let at = self.places.len();
        if at == KEYS || raw.len() > LONGEST {
            self.spot = SPOTS - 1;
            return None;
        }
        self.next[self.spot] = at as u8;
        self.places.push(Place { key: Start::new(raw), fields, values: Vec::new(), turn: 0, news: 0 });
        Some(at)
    }

    /// Fields of a place's key.
    pub fn fields(&self, place: usize) -> &'s [Field] {
        self.places[place].fields
    }

    /// Takes the value that the text begins with, if it is one of those this place had: how long it is, up to and with
    /// its delimiter, and whether it was the last of its line.
    pub fn value(&mut self, place: usize, text: &[u8], line: &mut Line<'_>) -> Option<(usize, bool)> {
        let known = self.places[place].values.iter().position(|known| known.raw.begins(text));
        self.spot = spot(place, known.unwrap_or(VALUES));
        let (at, place) = (known?, &mut self.places[place]);
        place.news = place.news.saturating_sub(1);
        let known = &place.values[at];
        for &field in place.fields {
            line.set(field, known.value.clone());
        }
        Some((known.raw.len(), known.last))
    }

    /// Remembers a value that was read up to and with its delimiter, if it is of a kind that comes again.
    pub fn learn_value(&mut self, at: usize, raw: &[u8], value: &Value<'_>, last: bool) {
        self.spot = spot(at, VALUES);
        let place = &mut self.places[at];
        if place.news > NEWS || raw.len() > LONGEST {
            return;
        }
        let Some(value) = value.lasting(place.fields) else { return };
        place.news += 1;
        if place.news > NEWS {
            place.values.clear();
            return;
        }
        let known = Known { raw: Start::new(raw), value, last };
        if place.values.len() < VALUES {
            place.values.push(known);
        } else {
            place.values[place.turn] = known;
            place.turn = (place.turn + 1) % VALUES;
        }
    }
}
