//! Reads a flat object in place: no nesting, no escapes, whole numbers. It never takes what is not JSON; what it does
//! not know it leaves to the JSON library.

use std::borrow::Cow;

use super::memo::Memo;
use super::schema::Schema;
use crate::sources::fields::{Line, Value};
use crate::sources::swar;

/// Takes the fields of a text that is one flat object and nothing else; none means "ask the library".
pub fn read<'a, 's>(text: &'a str, schema: &'s Schema, memo: &mut Memo<'s>, line: &mut Line<'a>) -> Option<()> {
    let mut scan = Scan { text, at: 0 };
    memo.begin();
    scan.eat(b'{')?;
    if !scan.try_eat(b'}') {
        while !scan.member(schema, memo, line)? {}
    }
    scan.space();
    (scan.at == text.len()).then_some(())
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scan<'a> {
    /// Takes one key with its value and what ends them; tells whether it was the last.
    fn member<'s>(&mut self, schema: &'s Schema, memo: &mut Memo<'s>, line: &mut Line<'a>) -> Option<bool> {
        self.space();
        let (place, fields) = if let Some((place, length)) = memo.key(self.rest()) {
            self.at += length;
            if let Some((length, last)) = memo.value(place, self.rest(), line) {
                self.at += length;
                return Some(last);
            }
            (Some(place), memo.fields(place))
        } else {
            let from = self.at;
            self.eat(b'"')?;
            let fields = schema.fields(self.plain()?);
            self.eat(b':')?;
            (memo.learn_key(&self.text.as_bytes()[from..self.at], fields), fields)
        };
        let from = self.at;
        let value = self.value()?;
        let last = self.try_eat(b'}');
        if !last {
            self.eat(b',')?;
        }
        if let Some(place) = place {
            memo.learn_value(place, &self.text.as_bytes()[from..self.at], &value, last);
        }
        if let Some((&first, others)) = fields.split_first() {
            for &field in others {
                line.set(field, value.clone());
            }
            line.set(first, value);
        }
        Some(last)
    }

    fn rest(&self) -> &'a [u8] {
        &self.text.as_bytes()[self.at..]
    }

    fn peek(&self) -> u8 {
        // Zero stands for the end: no form read here holds one.
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn space(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\r' | b'\n') {
            self.at += 1;
        }
    }

    fn try_eat(&mut self, sign: u8) -> bool {
        self.space();
        let found = self.peek() == sign;
        self.at += usize::from(found);
        found
    }

    fn eat(&mut self, sign: u8) -> Option<()> {
        self.try_eat(sign).then_some(())
    }

    /// The rest of a text without escapes, up to and over its closing quote.
    fn plain(&mut self) -> Option<&'a str> {
        let from = self.at;
        let rest = self.rest();
        let length = swar::end_of_plain(rest)?;
        if rest[length] != b'"' {
            return None;
        }
        self.at += length + 1;
        self.text.get(from..from + length)
    }

    fn value(&mut self) -> Option<Value<'a>> {
        self.space();
        match self.peek() {
            b'"' => {
                self.at += 1;
                self.plain().map(|text| Value::Text(Cow::Borrowed(text)))
            }
            b'0'..=b'9' => self.whole().map(Value::Whole),
            b'-' => {
                self.at += 1;
                let number = self.whole().and_then(|number| i64::try_from(number).ok())?;
                Some(Value::Negative(-number))
            }
            b'n' => self.word("null", Value::None),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            _ => None,
        }
    }

    fn whole(&mut self) -> Option<u64> {
        let from = self.at;
        let mut number = 0_u64;
        while let digit @ b'0'..=b'9' = self.peek() {
            number = number.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
            self.at += 1;
        }
        let length = self.at - from;
        let leading_zero = length > 1 && self.text.as_bytes()[from] == b'0';
        let goes_on = matches!(self.peek(), b'.' | b'e' | b'E');
        (length > 0 && !leading_zero && !goes_on).then_some(number)
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Option<Value<'a>> {
        self.text[self.at..].starts_with(word).then(|| self.at += word.len())?;
        Some(value)
    }
}
