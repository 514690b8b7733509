//! Digits that are not written as digits: escapes of JSON, C, XML and URLs, digits of other scripts, base64.

use std::ops::Range;

/// Signs of base64 that are worth reading: twelve bytes.
const TOKEN: usize = 16;
/// Numerals of a script that also writes words with them count from here on.
const NUMERALS: usize = 12;

/// Zeros of scripts whose ten digits stand in a row.
const ZEROS: [u32; 26] = [
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0E50, 0x0ED0,
    0x0F20, 0x1040, 0x17E0, 0x1810, 0x2080, 0xA620, 0xFF10, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6,
];

/// Whether a text may hold escapes, base64, or twelve digits of which one is not ASCII.
pub(super) fn may_be(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (mut escapes, mut hex, mut plain) = (0, 0, true);
    for byte in bytes {
        plain &= byte.is_ascii_digit();
        escapes += usize::from(matches!(byte, b'\\' | b'%' | b'&'));
        hex += usize::from(*byte == b'x');
    }
    !plain
        && (escapes >= 3
            || has_token(bytes)
            || (hex >= NUMERALS && memchr::memmem::find_iter(bytes, b"0x").nth(NUMERALS - 1).is_some())
            || (!text.is_ascii() && has_other_digits(text)))
}

fn has_other_digits(text: &str) -> bool {
    let (mut all, mut other) = (0, 0);
    for sign in text.chars() {
        let foreign = script(sign).or_else(|| numeral(sign)).is_some();
        other += usize::from(foreign);
        all += usize::from(foreign || sign.is_ascii_digit());
    }
    other > 0 && all >= NUMERALS
}

/// Whether so many signs of base64 stand together, capital and small letters among them.
fn has_token(bytes: &[u8]) -> bool {
    bytes.len() >= TOKEN
        && bytes.split(|byte| !in_base64(*byte)).any(|part| {
            part.len() >= TOKEN
                && part.iter().any(u8::is_ascii_uppercase)
                && part.iter().any(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

const fn in_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

/// The text with everything spelled written as it is meant, and the places of each sign; none if nothing is spelled.
pub(super) fn read(signs: &[char]) -> Option<(Vec<char>, Vec<Range<usize>>)> {
    let (mut plain, mut places) = (Vec::with_capacity(signs.len()), Vec::with_capacity(signs.len()));
    let (mut at, mut spelled) = (0, false);
    while at < signs.len() {
        let numerals = signs[at..].iter().take_while(|sign| numeral(**sign).is_some()).count();
        if numerals >= NUMERALS {
            plain.extend(signs[at..at + numerals].iter().filter_map(|sign| numeral(*sign)));
            places.extend((at..at + numerals).map(|place| place..place + 1));
            (at, spelled) = (at + numerals, true);
            continue;
        }
        let (sign, length) = escape(&signs[at..]).or_else(|| Some((script(signs[at])?, 1))).unwrap_or((signs[at], 0));
        spelled |= length > 0;
        plain.push(sign);
        places.push(at..at + length.max(1));
        at += length.max(1);
    }
    spelled.then_some((plain, places))
}

/// A digit of another script.
fn script(sign: char) -> Option<char> {
    let code = u32::from(sign);
    // Chinese is told at once.
    if sign.is_ascii() || (0x2E80..0xA620).contains(&code) {
        return None;
    }
    let zero = ZEROS.into_iter().find(|zero| (*zero..*zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

/// A numeral that also stands in words, or above and within circles.
const fn numeral(sign: char) -> Option<char> {
    Some(match sign {
        '〇' | '零' | '⓪' | '⁰' => '0',
        '一' | '壹' | '①' | '¹' => '1',
        '二' | '贰' | '②' | '²' => '2',
        '三' | '叁' | '③' | '³' => '3',
        '四' | '肆' | '④' | '⁴' => '4',
        '五' | '伍' | '⑤' | '⁵' => '5',
        '六' | '陆' | '⑥' | '⁶' => '6',
        '七' | '柒' | '⑦' | '⁷' => '7',
        '八' | '捌' | '⑧' | '⁸' => '8',
        '九' | '玖' | '⑨' | '⁹' => '9',
        _ => return None,
    })
}

/// The sign that an escape at the beginning stands for, and how many signs it takes.
fn escape(signs: &[char]) -> Option<(char, usize)> {
    let code = |from: usize, count: usize, base: u32| {
        let part = signs.get(from..from + count)?;
        let value = part.iter().try_fold(0, |value, sign| Some(value * base + sign.to_digit(base)?))?;
        Some((char::from_u32(value)?, from + count))
    };
    // Up to the sign that closes it.
    let closed = |from: usize, base: u32, end: char| {
        let count = signs.get(from..)?.iter().take(7).position(|sign| *sign == end).filter(|count| *count > 0)?;
        code(from, count, base).map(|(sign, length)| (sign, length + 1))
    };
    match signs {
        ['\\', 'u', '{', ..] => closed(3, 16, '}'),
        ['\\' | '%', 'u', ..] => code(2, 4, 16),
        ['\\', 'x', ..] | ['0', 'x' | 'X', ..] => code(2, 2, 16),
        ['\\', ..] => code(1, 3, 8),
        ['%', ..] => code(1, 2, 16),
        ['&', '#', 'x' | 'X', ..] => closed(3, 16, ';'),
        ['&', '#', ..] => closed(2, 10, ';'),
        ['&', 'n', 'b', 's', 'p', ';', ..] => Some((' ', 6)),
        _ => None,
    }
}

/// Places of the words in base64, each with the ASCII text it stands for; other bytes in it as blanks.
pub(super) fn tokens(signs: &[char]) -> Vec<(Range<usize>, String)> {
    let is_sign = |sign: &char| u8::try_from(*sign).is_ok_and(in_base64);
    let mut found = Vec::new();
    let mut at = 0;
    while at < signs.len() {
        let length = signs[at..].iter().take_while(|sign| is_sign(sign)).count();
        if length >= TOKEN {
            found.push((at..at + length, decoded(&signs[at..at + length])));
        }
        at += length.max(1);
    }
    found
}

fn decoded(token: &[char]) -> String {
    let value = |sign: char| match sign {
        'A'..='Z' => Some(sign as u32 - 'A' as u32),
        'a'..='z' => Some(sign as u32 - 'a' as u32 + 26),
        '0'..='9' => Some(sign as u32 - '0' as u32 + 52),
        '+' | '-' => Some(62),
        '/' | '_' => Some(63),
        _ => None,
    };
    let (mut out, mut bits, mut held) = (String::new(), 0_u32, 0);
    for six in token.iter().filter_map(|sign| value(*sign)) {
        bits = (bits << 6 | six) & 0xFFFF;
        held += 6;
        if held >= 8 {
            held -= 8;
            let byte = (bits >> held & 0xFF) as u8;
            out.push(if byte.is_ascii_graphic() { char::from(byte) } else { ' ' });
        }
    }
    out
}
