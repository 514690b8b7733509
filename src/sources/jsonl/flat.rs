//! Reads a flat object in place: no nesting, no escapes, whole numbers. It never takes what is not JSON; what it does
//! not know it leaves to the JSON library.

use std::borrow::Cow;

use super::memo::{Memo, Met};
use super::schema::Schema;
use crate::sources::fields::{Line, Value};
use crate::sources::swar;

/// Takes the fields of a text that is one flat object and nothing else; none means "ask the library".
pub fn read<'a>(text: &'a str, schema: &'a Schema, memo: &mut Memo<'a>, line: &mut Line<'a>) -> Option<()> {
    let mut scan = Scan { text, rest: text.as_bytes() };
    memo.begin();
    scan.eat(b'{')?;
    if !scan.try_eat(b'}') {
        while !scan.members(schema, memo, line)? {}
    }
    scan.space();
    scan.rest.is_empty().then_some(())
}

struct Scan<'a> {
    text: &'a str,
    /// The end of it that is still to be read.
    rest: &'a [u8],
}

impl<'a> Scan<'a> {
    /// Takes what is known, and then one key with its value that is not; tells whether that was the last.
    fn members(&mut self, schema: &'a Schema, memo: &mut Memo<'a>, line: &mut Line<'a>) -> Option<bool> {
        self.space();
        let (place, fields) = match memo.meet(&mut self.rest, line) {
            Met::End => return Some(true),
            Met::Value { place, fields } => (Some(place), fields),
            Met::Key => {
                let before = self.rest;
                self.eat(b'"')?;
                let fields = schema.fields(self.plain()?);
                self.eat(b':')?;
                (memo.learn_key(self.since(before), fields), fields)
            }
        };
        let before = self.rest;
        let value = self.value()?;
        let last = self.try_eat(b'}');
        if !last {
            self.eat(b',')?;
            self.space();
        }
        if let Some(place) = place {
            memo.learn_value(place, self.since(before), &value, last);
        }
        if let Some((&first, others)) = fields.split_first() {
            for &field in others {
                line.set(field, value.clone());
            }
            line.set(first, value);
        }
        Some(last)
    }

    /// What was read since this was the rest.
    fn since(&self, before: &'a [u8]) -> &'a [u8] {
        &before[..before.len() - self.rest.len()]
    }

    fn space(&mut self) {
        while let [b' ' | b'\t' | b'\r' | b'\n', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    fn try_eat(&mut self, sign: u8) -> bool {
        if self.rest.first().is_some_and(|first| *first <= b' ') {
            self.space();
        }
        let Some((_, rest)) = self.rest.split_first().filter(|(first, _)| **first == sign) else { return false };
        self.rest = rest;
        true
    }

    fn eat(&mut self, sign: u8) -> Option<()> {
        self.try_eat(sign).then_some(())
    }

    /// The rest of a text without escapes, up to and over its closing quote.
    fn plain(&mut self) -> Option<&'a str> {
        let from = self.text.len() - self.rest.len();
        let length = swar::end_of_plain(self.rest)?;
        let [b'"', rest @ ..] = &self.rest[length..] else { return None };
        self.rest = rest;
        self.text.get(from..from + length)
    }

    fn value(&mut self) -> Option<Value<'a>> {
        self.space();
        match self.rest {
            [b'"', rest @ ..] => {
                self.rest = rest;
                self.plain().map(|text| Value::Text(Cow::Borrowed(text)))
            }
            [b'0'..=b'9', ..] => self.whole().map(Value::Whole),
            [b'-', rest @ ..] => {
                self.rest = rest;
                let number = self.whole().and_then(|number| i64::try_from(number).ok())?;
                Some(Value::Negative(-number))
            }
            [b'n', ..] => self.word("null", Value::None),
            [b't', ..] => self.word("true", Value::Bool(true)),
            [b'f', ..] => self.word("false", Value::Bool(false)),
            _ => None,
        }
    }

    fn whole(&mut self) -> Option<u64> {
        let before = self.rest;
        let (mut number, mut length) = (0_u64, 0);
        while let Some(digit @ b'0'..=b'9') = before.get(length) {
            number = number.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
            length += 1;
        }
        self.rest = before.get(length..)?;
        let leading_zero = length > 1 && before[0] == b'0';
        let goes_on = matches!(self.rest, [b'.' | b'e' | b'E', ..]);
        // Nineteen digits always fit.
        ((1..20).contains(&length) && !leading_zero && !goes_on).then_some(number)
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Option<Value<'a>> {
        self.rest = self.rest.strip_prefix(word.as_bytes())?;
        Some(value)
    }
}
