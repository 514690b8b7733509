//! Reads a flat object in place: no nesting, no escapes, whole numbers. It never takes what is not JSON; what it does
//! not know it leaves to the JSON library.

use std::borrow::Cow;

use super::schema::Schema;
use crate::sources::fields::{Line, Value};
use crate::sources::swar;

/// Takes the fields of a text that is one flat object and nothing else; none means "ask the library".
pub fn read<'a>(text: &'a str, schema: &Schema, line: &mut Line<'a>) -> Option<()> {
    let mut scan = Scan { text, at: 0 };
    let mut next = 0;
    scan.eat(b'{')?;
    if !scan.try_eat(b'}') {
        loop {
            scan.space();
            let fields = if let Some((fields, length)) = schema.expected(&text[scan.at..], &mut next) {
                scan.at += length;
                fields
            } else {
                scan.eat(b'"')?;
                let key = scan.plain()?;
                scan.eat(b':')?;
                schema.fields(key, &mut next)
            };
            let value = scan.value()?;
            if let Some((&last, others)) = fields.split_last() {
                for &field in others {
                    line.set(field, value.clone());
                }
                line.set(last, value);
            }
            if scan.try_eat(b'}') {
                break;
            }
            scan.eat(b',')?;
        }
    }
    scan.space();
    (scan.at == text.len()).then_some(())
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scan<'a> {
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
        let rest = &self.text.as_bytes()[from..];
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
