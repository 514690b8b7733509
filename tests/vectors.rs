//! Published ISO 8583 vectors, exactly: made with an independent encoder, five packings, good and malformed ones.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;

use pos_console::iso8583::{by_name, decode, decode_any, decode_as, names};
use pos_console::model::MaskedPan;
use serde_json::Value;

const HIDDEN: [&str; 9] = ["14", "35", "36", "45", "52", "53", "54", "55", "62"];

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|at| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).unwrap()).collect()
}

fn expected(fields: &Value) -> BTreeMap<String, String> {
    let mask = |number: &str, text: &str| match number {
        "2" => {
            let text: String = text.chars().map(|c| if c.is_ascii_digit() { c } else { '*' }).collect();
            MaskedPan::from_clear(&text).to_string()
        }
        number if HIDDEN.contains(&number) => "hidden".to_owned(),
        _ => text.to_owned(),
    };
    fields
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(number, _)| number.bytes().all(|c| c.is_ascii_digit()))
        .map(|(number, text)| (number.clone(), mask(number, text.as_str().unwrap())))
        .collect()
}

#[test]
fn every_published_vector_decodes_exactly() {
    let (mut good, mut bad) = (0, 0);
    for line in include_str!("fixtures/iso8583/vectors.jsonl").lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        let (id, note) = (&vector["id"], &vector["note"]);
        let decoded =
            decode(&unhex(vector["hex"].as_str().unwrap()), &by_name(vector["packing"].as_str().unwrap()).unwrap());
        let got: BTreeMap<String, String> =
            decoded.fields().map(|(number, value)| (number.to_string(), value.to_owned())).collect();
        match vector.get("error") {
            None => {
                good += 1;
                assert_eq!(decoded.error, None, "{id} {note}");
                let wanted = &vector["decoded"];
                assert_eq!(got, expected(wanted), "{id} {note}");
                assert_eq!(decoded.mti(), wanted["t"].as_str(), "{id}");
                assert_eq!(decoded.bitmap(), wanted["p"].as_str(), "{id}");
                assert_eq!(decoded.header(), wanted.get("h").and_then(Value::as_str), "{id}");
                if vector["kind"] == "ok-but-suspicious" {
                    assert!(!decoded.warnings.is_empty(), "{id} {note}");
                }
            }
            Some(error) => {
                bad += 1;
                let fault = decoded.error.unwrap_or_else(|| panic!("{id} {note}: no error"));
                let field = match error["field"].as_str().unwrap() {
                    "h" => "header",
                    "t" => "mti",
                    "p" => "bitmap",
                    number => number,
                };
                assert_eq!(
                    (fault.field.to_string().as_str(), fault.offset as u64),
                    (field, error["pos"].as_u64().unwrap()),
                    "{id} {note}"
                );
                let wanted = expected(&vector["decoded_partial"]);
                for (number, text) in &got {
                    assert_eq!(wanted.get(number), Some(text), "{id} {note}: field {number}");
                }
            }
        }
    }
    assert!(good >= 80 && bad >= 15, "{good} good, {bad} bad");
}

#[test]
fn every_kind_of_broken_message_is_told_by_its_element_and_offset() {
    let mut kinds = 0;
    for line in include_str!("fixtures/iso8583/malformed.tsv").lines().filter(|line| !line.starts_with('#')) {
        let [packing, field, offset, hex, note] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let message = unhex(hex);
        let fault = decode(&message, &by_name(packing).unwrap()).error.unwrap_or_else(|| panic!("{note}: no error"));
        assert_eq!(
            (fault.field.to_string(), fault.offset.to_string()),
            (field.to_owned(), offset.to_owned()),
            "{note}"
        );
        kinds += 1;
    }
    assert!(kinds >= 50, "{kinds}");
}

#[test]
fn the_packing_that_fits_is_named_and_taken_when_none_was_chosen() {
    for line in include_str!("fixtures/iso8583/vectors.jsonl").lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        if vector.get("error").is_some() || vector["kind"] != "ok" {
            continue;
        }
        let (message, right) = (unhex(vector["hex"].as_str().unwrap()), vector["packing"].as_str().unwrap());
        let found = decode_any(&message);
        assert_eq!((&*found.packing, found.error), (right, None), "{}", vector["id"]);
        for name in names().iter().filter(|name| *name != right) {
            let wrong = decode_as(&message, &by_name(name).unwrap());
            // Echo tests are short enough to mean something in two packings.
            if wrong.error.is_some() {
                assert_eq!(wrong.fits.as_deref(), Some(right), "{} as {name}", vector["id"]);
            }
        }
    }
    // What fits nowhere is not said to fit.
    let broken = unhex("0200FF");
    assert_eq!(decode_as(&broken, &by_name("cup-pos").unwrap()).fits, None);
}

/// A cut message fits nowhere whole: the packing of its first bytes is named where it gets further, never a wrong one.
#[test]
fn a_cut_message_read_in_a_wrong_packing_still_names_the_right_one() {
    let (mut named, mut silent) = (0, 0);
    for line in include_str!("fixtures/iso8583/vectors.jsonl").lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        if vector.get("error").is_some() || vector["kind"] != "ok" {
            continue;
        }
        let (mut message, right) = (unhex(vector["hex"].as_str().unwrap()), vector["packing"].as_str().unwrap());
        message.truncate(message.len() - 2);
        assert_eq!(decode_as(&message, &by_name(right).unwrap()).fits, None, "{}", vector["id"]);
        for name in names().iter().filter(|name| *name != right) {
            let wrong = decode_as(&message, &by_name(name).unwrap());
            match wrong.fits.as_deref() {
                None => silent += 1,
                Some(fits) => {
                    assert_eq!((fits, wrong.fits_whole), (right, false), "{} as {name}", vector["id"]);
                    named += 1;
                }
            }
        }
    }
    assert!(named > 10 * silent, "{named} named, {silent} not");
}

proptest::proptest! {
    /// Whatever comes down the wire: no panic, offsets inside the message, nothing read twice.
    #[test]
    fn any_bytes_decode_without_harm(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400), flip in 0usize..400, of in 0usize..104) {
        let vector = include_str!("fixtures/iso8583/vectors.jsonl").lines().nth(of).map(|line| serde_json::from_str::<Value>(line).unwrap());
        let mut near = vector.map(|vector| unhex(vector["hex"].as_str().unwrap())).unwrap_or_default();
        if let Some(byte) = near.get_mut(flip) {
            *byte ^= 0x41;
        }
        for name in pos_console::iso8583::names() {
            for message in [&bytes, &near] {
                let decoded = decode(message, &by_name(&name).unwrap());
                if let Some(fault) = decoded.error {
                    proptest::prop_assert!(fault.offset <= message.len());
                }
            }
        }
        let _ = pos_console::iso8583::sniff(&bytes);
    }
}
