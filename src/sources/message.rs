//! What an ISO 8583 message says as a line of a journal, whether it came in bytes or was written out field by field.

use std::borrow::Cow;

use super::fields::{Field, Line, Value};

/// Finds the text of a field by its number.
pub trait Get<'a>: Fn(u8) -> Option<&'a str> {}
impl<'a, F: Fn(u8) -> Option<&'a str>> Get<'a> for F {}

/// The fields of a message of this type, but for its time and its card.
pub fn line<'a>(mti: &str, get: impl Get<'a>) -> Line<'a> {
    let mut line = Line::default();
    let mut set = |field: Field, text: Option<&'a str>| {
        if let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) {
            line.set(field, Value::Text(Cow::Borrowed(text)));
        }
    };
    let kind = kind(mti, &get);
    let request = is_request(mti);
    set(Field::Amount, get(4));
    set(Field::Stan, get(11));
    set(Field::EntryMode, get(22));
    set(Field::Rrn, get(37));
    set(Field::Tid, get(41));
    set(Field::Mid, get(42));
    set(Field::Currency, get(49));
    set(Field::OriginalStan, original_stan(&kind, &get));
    // In a reversal's request it is the reason, in any other request nothing.
    if !request || kind == "reversal" {
        set(Field::Code, get(39));
    }
    if request {
        line.set(Field::State, Value::Text("sent".into()));
    } else {
        // The issuer's own number, in front of the acquirer's; hosts that write free text here begin otherwise.
        // One number that goes on behind the eleven places is neither.
        let apart = |text: &&str| text.bytes().take_while(u8::is_ascii_digit).count() <= 11;
        let issuer = get(44).filter(apart).and_then(|text| text.get(..11.min(text.len()))).map(str::trim);
        if let Some(issuer) = issuer.filter(|text| text.len() >= 4 && text.bytes().all(|c| c.is_ascii_digit())) {
            line.set(Field::Issuer, Value::Text(issuer.into()));
        }
        if let Some(clock) = get(12) {
            line.set(Field::HostTime, Value::Text(format!("{}{clock}", get(13).unwrap_or_default()).into()));
        }
    }
    // Field 60.5: 2 = the chip could not be read and the stripe was taken instead. Hosts do not repeat it.
    let type_data = get(60).filter(|text| request && text.bytes().all(|c| c.is_ascii_digit()));
    if let Some(condition @ b'0'..=b'2') = type_data.and_then(|text| text.as_bytes().get(12)) {
        line.set(Field::Fallback, Value::Bool(*condition == b'2'));
    }
    let scanned = get(22).is_some_and(|mode| mode.starts_with("03"));
    if matches!(mti.as_bytes(), [_, b'1' | b'2' | b'4', ..]) && (scanned || get(22).is_some() || get(2).is_some()) {
        line.set(Field::Method, Value::Text(if scanned { "scan-pay" } else { "card" }.into()));
    }
    line.set(Field::Kind, Value::Text(kind.into()));
    line
}

/// The trace number of the transaction that this one takes back: behind its type in DE90 (ISO 8583:1987), behind the
/// batch number in UnionPay's DE61, where the date follows; what others have in DE61 has mostly no date there.
fn original_stan<'a>(kind: &str, get: &impl Get<'a>) -> Option<&'a str> {
    if !matches!(kind, "void" | "reversal") {
        return None;
    }
    let digits = |text: &&str| text.len() >= 16 && text.bytes().all(|c| c.is_ascii_digit());
    let dated = |text: &&str| ("01".."13").contains(&&text[12..14]) && ("01".."32").contains(&&text[14..16]);
    let standard = get(90).filter(digits).map(|text| &text[4..10]);
    // A reversal of UnionPay's has the trace number of what it takes back.
    let cup = get(61).filter(|_| kind == "void").filter(digits).filter(dated).map(|text| &text[6..12]);
    standard.or(cup).filter(|stan| stan.bytes().any(|digit| digit != b'0'))
}

/// Whether a message of this type asks: its function digit is even.
pub fn is_request(mti: &str) -> bool {
    matches!(mti.as_bytes(), [_, _, b'0' | b'2' | b'4' | b'6' | b'8', ..])
}

/// The kind of a transaction: message type, processing code, condition code and UnionPay's transaction type (60.1).
fn kind<'a>(mti: &str, get: &impl Get<'a>) -> String {
    let starts = |field: u8, with: &str| get(field).is_some_and(|text| text.starts_with(with));
    let network = || get(70).or_else(|| get(60).and_then(|text| text.get(8..11)));
    let kind = match mti.as_bytes() {
        [_, b'1' | b'2', ..] if starts(3, "31") => "balance",
        [_, b'1', ..] if starts(3, "20") => "void",
        [_, b'1', ..] => "preauth",
        [_, b'2', function, ..] if starts(3, "20") && (starts(60, "25") || matches!(function, b'2' | b'3')) => "refund",
        [_, b'2', ..] if starts(3, "20") || starts(3, "02") => "void",
        [_, b'2', ..] if starts(25, "06") => "completion",
        [_, b'2', ..] => "sale",
        [_, b'3', ..] => "upload",
        [_, b'4', ..] => "reversal",
        [_, b'5', ..] => "settle",
        [_, b'6', ..] => "script",
        [_, b'8', ..] => match (network(), mti.get(2..3)) {
            (Some("301"), _) => "echo",
            (Some("002"), _) => "signoff",
            (Some("001"), _) | (_, Some("0" | "1")) => "signon",
            _ => "status",
        },
        _ => mti,
    };
    kind.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reversals_request_carries_its_reason_and_no_other_request_a_code() {
        let get = |number: u8| [(39, "98"), (11, "000123")].iter().find(|(n, _)| *n == number).map(|(_, text)| *text);
        let code = |mti: &str| line(mti, get).clone();
        let with = |mti: &str, code: Option<&'static str>| {
            let mut wanted = line(mti, |number| get(number).filter(|_| number != 39));
            wanted.set(Field::Code, code.map_or(Value::None, |code| Value::Text(code.into())));
            wanted
        };
        assert_eq!(code("0400"), with("0400", Some("98")));
        assert_eq!(code("0420"), with("0420", Some("98")));
        assert_eq!(code("0200"), with("0200", None));
        assert_eq!(code("0410"), with("0410", Some("98")));
    }

    #[test]
    fn what_a_void_or_reversal_takes_back_is_told_by_its_trace_number() {
        for (mti, fields, wanted) in [
            ("0200", &[(3, "200000"), (60, "23000123"), (61, "0001230004561121")][..], Some("000456")),
            ("0200", &[(3, "200000"), (61, "00012300045611210012345678901")], Some("000456")),
            ("0420", &[(90, "020000045611210930050000000000000000000000")], Some("000456")),
            // A sale takes nothing back, whatever stands there.
            ("0200", &[(3, "000000"), (61, "0001230004561121")], None),
            // No day, and no number.
            ("0200", &[(3, "200000"), (61, "000000000030084012345")], None),
            ("0200", &[(3, "200000"), (61, "0001230000001121")], None),
            ("0400", &[(61, "0001230004561121"), (90, "0200")], None),
            ("0200", &[(3, "200000"), (61, "12300045611２1")], None),
        ] {
            let get = |number: u8| fields.iter().find(|(known, _)| *known == number).map(|(_, text)| *text);
            assert_eq!(original_stan(&kind(mti, &get), &get), wanted, "{mti} {fields:?}");
        }
    }

    #[test]
    fn every_kind_of_message_has_its_word() {
        for (mti, fields, expected) in [
            ("0200", &[(3, "000000"), (25, "00"), (60, "22000123")][..], "sale"),
            ("0210", &[(3, "000000"), (25, "00")], "sale"),
            ("0200", &[(3, "310000"), (60, "01000123")], "balance"),
            ("0100", &[(3, "030000"), (25, "06"), (60, "10000123")], "preauth"),
            ("0100", &[(3, "200000"), (25, "06"), (60, "11000123")], "void"),
            ("0200", &[(3, "000000"), (25, "06"), (60, "20000123")], "completion"),
            ("0200", &[(3, "200000"), (25, "06"), (60, "21000123")], "void"),
            ("0200", &[(3, "200000"), (25, "00"), (60, "23000123")], "void"),
            ("0220", &[(3, "200000"), (25, "00"), (60, "25000123")], "refund"),
            ("0230", &[(3, "200000")], "refund"),
            ("0400", &[(3, "000000")], "reversal"),
            ("0500", &[], "settle"),
            ("0320", &[], "upload"),
            ("0620", &[], "script"),
            ("0800", &[(60, "00000123003")], "signon"),
            ("0820", &[(60, "00000123301")], "echo"),
            ("0820", &[(60, "00000123002")], "signoff"),
            ("0800", &[(70, "301")], "echo"),
            ("1200", &[(3, "000000")], "sale"),
            ("0920", &[], "0920"),
        ] {
            let get = |number: u8| fields.iter().find(|(known, _)| *known == number).map(|(_, text)| *text);
            assert_eq!(kind(mti, &get), expected, "{mti} {fields:?}");
        }
        assert!(is_request("0200") && is_request("0420") && !is_request("0210") && !is_request("0430"));
    }
}
