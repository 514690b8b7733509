use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::model::{Outcome, Sale, SaleId};
use crate::sources::{SourceSpec, parser};

const LINE: &str = r#"{"time":"2026-11-21T09:30:05.123+08:00","kind":"sale","method":"card","amount":1234,"currency":"156","stan":"000123","rrn":"112112030551","code":"51","tid":"12345678","mid":"898000000000001","entry_mode":"051","card":"6222021234567890123","latency_ms":1200,"host":"primary"}"#;

fn with_map(map: &[(&str, &str)]) -> Box<dyn LineParser> {
    let map: BTreeMap<_, _> = map.iter().map(|(ours, theirs)| ((*ours).to_owned(), (*theirs).to_owned())).collect();
    let spec = SourceSpec {
        config: SourceConfig { map, timezone: "Asia/Shanghai".to_owned(), ..SourceConfig::default() },
        name: "app".into(),
        successes: Arc::new(["00".to_owned()].into()),
        zone_default: TimeZone::UTC,
        tail_first: true,
    };
    parser(&spec).expect("a parser")
}

fn read(parser: &dyn LineParser, line: &[u8]) -> Taken {
    let mut taken = Taken { file: 1, ..Taken::default() };
    parser.line(line, 1000, &mut taken);
    taken
}

fn one(line: &str) -> Sale {
    let mut taken = read(&*with_map(&[]), line.as_bytes());
    assert_eq!((taken.rows.len(), taken.unreadable), (1, 0), "{line}: {taken:?}");
    taken.rows.remove(0)
}

fn refused(line: &[u8]) -> (usize, u64, Option<Reason>) {
    let taken = read(&*with_map(&[]), line);
    (taken.rows.len(), taken.unreadable, taken.last.map(|last| last.1))
}

#[test]
fn the_default_line_is_one_masked_transaction() {
    let sale = one(LINE);
    let told = serde_json::to_value(&sale).expect("json");
    assert_eq!(
        told,
        json!({
            "id": (1_i64 << 40) + 1000, "time": "2026-11-21T09:30:05.123+08:00", "kind": "sale", "method": "card",
            "amount": 1234, "currency": "156", "stan": "000123", "rrn": "112112030551", "code": "51", "state": null,
            "outcome": "declined", "tid": "12345678", "mid": "898000000000001", "entry_mode": "051",
            "card": "622202*********0123", "latency_ms": 1200, "host": "primary", "source": "app",
        })
    );
}

#[test]
fn what_an_answer_says_besides_its_code_is_read() {
    let sale = one(
        r#"{"time":"2026-11-21T09:30:05+08:00","code":"51","card":"6222021234567890123","host_time":"1121093012","fallback":true,"issuer":"01020000","text":"余额不足 6222021234567890123"}"#,
    );
    assert_eq!(sale.host_time.expect("a time").to_string(), "2026-11-21T09:30:12+08:00");
    assert_eq!((sale.fallback, sale.issuer.as_deref()), (Some(true), Some("01020000")));
    assert_eq!(sale.text.as_deref(), Some("余额不足 622202*********0123"));
    assert_eq!(sale.card_key, crate::model::CardKey::from_clear("6222 0212 3456 7890 123"));
    assert!(sale.card_key.is_some() && !format!("{sale:?}").contains("4567890"));
    let told = one(
        r#"{"time":"2026-11-21 09:30:05","code":"00","card":"6222021234567890123","host_time":93012,"fallback":"N","issuer":{"id":1}}"#,
    );
    assert_eq!((told.fallback, told.issuer, told.card_key), (Some(false), None, None));
    assert!(told.host_time.is_some());
    // What is masked already says nothing of other cards.
    assert_eq!(one(r#"{"time":"2026-11-21 09:30:05","code":"51","card":"622202*********0123"}"#).card_key, None);
}

#[test]
fn other_types_than_expected_are_read_or_left_out() {
    let sale = one(r#"{"time":1795224605,"code":5,"stan":123,"amount":"1234","latency_ms":"1200","tid":12345678,
        "mid":898000000000001,"currency":156,"card":6222021234567890123,"rrn":112112030551,"extra":{"a":[1,2.5e3,null]}}"#);
    assert_eq!(sale.code.as_deref(), Some("05"));
    assert_eq!(sale.stan.as_deref(), Some("123"));
    assert_eq!((sale.amount, sale.latency_ms), (Some(1234), Some(1200)));
    assert_eq!(sale.card.expect("a card").as_str(), "622202*********0123");
    assert_eq!((sale.mid.as_deref(), sale.kind.as_str()), (Some("898000000000001"), "sale"));
    let sale = one(
        r#"{"time":"2026-11-21 09:30:05","code":"00","stan":[1],"amount":12.5,"latency_ms":-3,"tid":true,"card":{"pan":"6222021234567890"},"host":""}"#,
    );
    assert_eq!((sale.stan, sale.amount, sale.latency_ms, sale.tid), (None, None, None, None));
    assert_eq!((sale.card, sale.host, sale.outcome), (None, None, Outcome::Approved));
    assert_eq!(one(r#"{"time":"2026-11-21 09:30:05","code":51}"#).code.as_deref(), Some("51"));
    assert_eq!(one(r#"{"time":"2026-11-21 09:30:05","code":null,"state":"timeout"}"#).outcome, Outcome::NoResponse);
    // More digits than DE4 has are no amount; as a number they could be a card.
    assert_eq!(one(r#"{"time":"2026-11-21 09:30:05","code":"00","amount":6222021234567890}"#).amount, None);
    assert_eq!(one(r#"{"time":"2026-11-21 09:30:05","code":"00","amount":-1234}"#).amount, Some(-1234));
    assert_eq!(
        one(r#"{"time":"2026-11-21 09:30:05","code":"00","host":"\u4e3b\u673a\u001b[2J"}"#).host.as_deref(),
        Some("主机 [2J")
    );
}

#[test]
fn what_is_no_transaction_is_counted_with_its_reason() {
    for (line, reason) in [
        (&b"garbage"[..], Reason::NotObject),
        (b"\xff\xfe\x00\x01\x02", Reason::NotObject),
        (b"[1,2]", Reason::NotObject),
        (b"null", Reason::NotObject),
        (br#"{"time":"2026-11-21 09:30:05","code":"00""#, Reason::NotObject),
        (br#"{"time":"2026-11-21 09:30:05","code":"00"} tail"#, Reason::NotObject),
        (br#"{"time":"2026-11-21 09:30:05","code":01}"#, Reason::NotObject),
        (br#"{"time":"2026-11-21 09:30:05","code":"00","host":"\ud800"}"#, Reason::NotObject),
        (br"{}", Reason::NoTime),
        (br#"{"code":"00"}"#, Reason::NoTime),
        (br#"{"time":"soon","code":"00"}"#, Reason::NoTime),
        (br#"{"time":"2026-11-21 09:30:05"}"#, Reason::NoCode),
        (br#"{"time":"2026-11-21 09:30:05","code":null,"state":""}"#, Reason::NoCode),
        (b"\0\0\0\0", Reason::Zeros),
    ] {
        assert_eq!(refused(line), (0, 1, Some(reason)), "{}", String::from_utf8_lossy(line));
    }
    for blank in [&b""[..], b" ", b"\r", b"\xef\xbb\xbf"] {
        assert_eq!(refused(blank), (0, 0, None));
    }
}

#[test]
fn whole_objects_are_saved_from_broken_lines() {
    let parser = with_map(&[]);
    let at = |line: String| {
        let taken = read(&*parser, line.as_bytes());
        (taken.rows.iter().map(|sale| sale.id.offset() - 1000).collect::<Vec<_>>(), taken.unreadable)
    };
    assert_eq!(at(format!("{}{LINE}", &LINE[..100])), (vec![100], 1));
    assert_eq!(at(format!("\0\0\0\0{LINE}")), (vec![4], 1));
    assert_eq!(at(format!("\u{feff}{LINE}\r")), (vec![3], 0));
    assert_eq!(at(format!("{LINE}{LINE} {LINE}")), (vec![0, LINE.len() as u64, 2 * LINE.len() as u64 + 1], 0));
    assert_eq!(at(r#"{"time":"2026-11-21 09:30:05","code":"00","more":{"a":1}"#.to_owned()), (vec![], 1));
    assert_eq!(at(format!("{LINE}{}{LINE}", &LINE[..50])), (vec![0, LINE.len() as u64 + 50], 1));
    assert_eq!(at(format!("{LINE}{}", &LINE[..50])), (vec![0], 1));
    assert_eq!(at("{\"a\":".repeat(100_000)), (vec![], 1));
    assert_eq!(at(format!("{}{LINE}", "{\"a\":".repeat(20))), (vec![100], 1));
}

#[test]
fn an_unfinished_end_is_told_from_a_whole_object() {
    let parser = with_map(&[]);
    for whole in [LINE.to_owned(), format!("{LINE} \r"), format!("{LINE}{LINE}")] {
        assert!(parser.is_whole(whole.as_bytes()), "{whole}");
    }
    for torn in ["", "{", &LINE[..LINE.len() - 1], r#"{"a":{"b":1}"#, r#"{"a":"}"#, "}", "[1]"] {
        assert!(!parser.is_whole(torn.as_bytes()), "{torn}");
    }
}

#[test]
fn a_map_reaches_other_names_and_into_objects() {
    let parser = with_map(&[
        ("time", "ts"),
        ("code", "resp.code"),
        ("card", "card.number"),
        ("host", "host.name"),
        ("stan", "trace.no"),
        ("tid", "terminal"),
        ("mid", "terminal"),
        ("rrn", "data.1.rrn"),
    ]);
    let line = r#"{"data":["x",{"rrn":"112112030551"},"000012",[]],"ts":"2026-11-21 09:30:05","time":"ignored","resp":{"code":"51","text":"x"},"card":{"number":"6222021234567890"},
        "host":{"name":"primary"},"trace.no":"000123","terminal":"12345678","amount":5}"#;
    let taken = read(&*parser, line.as_bytes());
    let sale = taken.rows.first().expect("a row");
    assert_eq!((sale.code.as_deref(), sale.host.as_deref(), sale.amount), (Some("51"), Some("primary"), Some(5)));
    assert_eq!(sale.card.as_ref().map(crate::model::MaskedPan::as_str), Some("622202******7890"));
    assert_eq!(
        (sale.stan.as_deref(), sale.tid.as_deref(), sale.mid.as_deref()),
        (Some("000123"), Some("12345678"), Some("12345678"))
    );
    assert_eq!(sale.rrn.as_deref(), Some("112112030551"), "the second of a list");
    // The default name does not count where another one is given, and an object is no text.
    let taken = read(&*parser, br#"{"ts":"2026-11-21 09:30:05","code":"00"}"#);
    assert_eq!(taken.last.map(|last| last.1), Some(Reason::NoCode));
    let taken = read(&*parser, br#"{"ts":"2026-11-21 09:30:05","resp":"51"}"#);
    assert_eq!(taken.last.map(|last| last.1), Some(Reason::NoCode));
}

#[test]
fn chinese_in_gbk_is_read() {
    let (line, _, _) =
        encoding_rs::GBK.encode(r#"{"time":"2026-11-21 09:30:05","code":"00","host":"主机乗","note":"许可乗"}"#);
    let taken = read(&*with_map(&[]), &line);
    assert_eq!(taken.rows.first().and_then(|sale| sale.host.clone()).as_deref(), Some("主机乗"));
}

#[test]
fn faults_of_a_map_are_told() {
    let config = SourceConfig {
        map: [("rcc".to_owned(), "rc".to_owned()), ("time".to_owned(), String::new())].into(),
        ..SourceConfig::default()
    };
    let keys: Vec<_> = validate(&config).into_iter().map(|(key, _)| key).collect();
    assert_eq!(keys, ["map.rcc", "map.time"]);
}

/// ASCII digits in hex, as dumps show them.
fn in_hex(pan: &str) -> String {
    pan.chars().flat_map(|digit| ['3', digit]).collect()
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        "\\PC{0,12}|[0-9 ]{0,20}".prop_map(Into::into),
    ];
    leaf.prop_recursive(2, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::btree_map("[a-z]{1,3}", inner, 0..4)
                .prop_map(|map| map.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

fn any_key() -> impl Strategy<Value = String> {
    let names: Vec<&str> = Field::ALL.iter().map(|(_, name)| *name).collect();
    prop_oneof![4 => prop::sample::select(names).prop_map(str::to_owned), 1 => "[a-z\"\\\\é]{1,4}"]
}

/// A key and a value as a line writes them; few enough of both that the lines of one journal repeat them.
fn any_member() -> impl Strategy<Value = (String, String)> {
    const KEYS: &str =
        "kind code method host state stan rrn card tid fallback time batch pan kin kinds 终端 k\\u0069nd";
    const WORDS: &str = r#""sale"|"void"|" sale "|"\u0073ale"|"主机 "|""|"00"|"51"|"sent"|"898000000000001""#;
    const NUMBERS: &str = r#""623508226627"|null|true|5|51|5.1|-5|5e1|05|{}|[5]|6222021234567890123"#;
    const CARDS: &str = r#""6222021234567890123"|"4111 1111 1111 1111"|"34313131313131313131313131313131""#;
    let one_of = |all: &'static str, sign: char| prop::sample::select(all.split(sign).collect::<Vec<_>>());
    let field = prop::sample::select(Field::ALL.to_vec()).prop_map(|(_, name)| name.to_owned());
    let key = prop_oneof![2 => one_of(KEYS, ' ').prop_map(str::to_owned), 1 => field];
    let known = prop_oneof![one_of(WORDS, '|'), one_of(NUMBERS, '|'), one_of(CARDS, '|')].prop_map(str::to_owned);
    (key, prop_oneof![6 => known, 1 => "\"[a-z ]{0,70}\""])
}

fn any_line() -> impl Strategy<Value = String> {
    let head = ("time".to_owned(), r#""2026-11-21T09:30:05.123+08:00""#.to_owned());
    let form = prop::sample::select(vec![("", ":", ","), ("", ":", ","), (" ", ": ", ", "), ("\t", " :", " ,")]);
    let members = prop::collection::vec(any_member(), 0..7);
    let end = prop::sample::select(vec!["", "", "", " ", "\r", "}", "{\"time\":"]);
    (members, form, end, any::<bool>()).prop_map(move |(members, (lead, colon, comma), end, headed)| {
        let members = headed.then_some(&head).into_iter().chain(&members);
        let members: Vec<_> = members.map(|(key, value)| format!("\"{key}\"{colon}{value}")).collect();
        format!("{lead}{{{}}}{end}", members.join(comma))
    })
}

proptest! {
    /// What the lines before said changes nothing in what a line says.
    #[test]
    fn a_journal_is_read_as_each_of_its_lines(lines in prop::collection::vec(any_line(), 1..40), again in 1_usize..3) {
        let times = crate::sources::time::Times::new(&SourceConfig::default(), TimeZone::UTC);
        let maker = Maker::new("app".into(), &["00".to_owned()].into(), times);
        let map = [("mid".to_owned(), "tid".to_owned()), ("issuer".to_owned(), "card".to_owned())].into();
        let jsonl = Jsonl { schema: Schema::new(&map), maker };
        let journal = vec![lines.join("\n"); again].join("\n");
        let mut whole = Taken { file: 1, ..Taken::default() };
        jsonl.records(journal.as_bytes(), 0, &mut whole);
        let mut single = Taken { file: 1, ..Taken::default() };
        let mut at = 0;
        for line in journal.split('\n') {
            let before = single.rows.len();
            jsonl.line(line.as_bytes(), at, &mut single);
            if let Some(found) = jsonl.schema.read(line.trim()) {
                let id = SaleId::new(1, at + (line.len() - line.trim_start().len()) as u64);
                let sale = jsonl.maker.sale(&found, id).ok();
                prop_assert_eq!(format!("{:?}", sale.as_ref()), format!("{:?}", single.rows.get(before)), "{}", line);
            }
            at += line.len() as u64 + 1;
        }
        prop_assert_eq!(format!("{whole:?}"), format!("{single:?}"), "{}", journal);
    }

    /// The reader in place takes nothing that the library does not, and takes it alike.
    #[test]
    fn both_readers_agree(object in prop::collection::btree_map(any_key(), any_json(), 0..8), cut in any::<prop::sample::Index>(), change in any::<(prop::sample::Index, u8)>()) {
        let schema = Schema::new(&BTreeMap::new());
        let text = serde_json::to_string(&object).expect("json");
        let mut cut_at = cut.index(text.len() + 1);
        while !text.is_char_boundary(cut_at) { cut_at -= 1; }
        let mut changed = text.clone().into_bytes();
        let at = change.0.index(changed.len());
        changed[at] = change.1;
        let spaced = text.replace(',', " ,\t").replace(':', ": ");
        for text in [&text, &text[..cut_at], &spaced, &String::from_utf8_lossy(&changed)] {
            let mut flat = Line::default();
            if flat::read(text, &schema, &mut Memo::of_lines(), &mut flat).is_some() {
                prop_assert_eq!(Some(flat), schema.read(text), "{}", text);
            }
        }
    }

    /// No card number in any field gets into a transaction, whatever its form.
    #[test]
    fn no_card_number_gets_past_the_border(
        field in prop::sample::select(Field::ALL.to_vec()),
        pan in prop_oneof![Just("4111111111111111".to_owned()), Just("6011000990139424".to_owned()), "62[0-9]{14}", "62[0-9]{17}"],
        form in 0..8,
    ) {
        let groups: Vec<String> = pan.as_bytes().chunks(4).map(|part| String::from_utf8_lossy(part).into_owned()).collect();
        let value = match form {
            0 => json!(pan),
            1 => json!(pan.parse::<u64>().expect("digits")),
            2 => json!(groups.join(" ")),
            3 => json!(groups.join("-")),
            4 => json!(format!(";{pan}=25121010000012345678?")),
            5 => json!(format!("%B{pan}^DOE/JOHN^25121010000?")),
            6 => json!(in_hex(&pan)),
            _ => json!(format!("pay with {pan}, please")),
        };
        let mut line: serde_json::Value = serde_json::from_str(LINE).expect("json");
        line[field.1] = value.clone();
        line["other"] = value;
        for sale in read(&*with_map(&[]), line.to_string().as_bytes()).rows {
            let told = serde_json::to_string(&sale).expect("json");
            let digits: String = told.chars().filter(char::is_ascii_digit).collect();
            let hex = in_hex(&pan);
            prop_assert!(!digits.contains(&pan) && !told.contains(&hex), "{}", told);
            prop_assert!(!told.contains("2512101"), "{}", told);
        }
    }

    /// A card field is masked whatever stands in it.
    #[test]
    fn a_card_field_shows_ten_digits_at_most(card in "[0-9]{1,30}|[0-9 -]{1,30}|[0-9]{8,19}[=D][0-9]{4,20}") {
        let line = json!({"time": "2026-11-21T09:30:05Z", "code": "00", "card": card});
        let sale = one(&line.to_string());
        let shown = sale.card.map(|pan| pan.as_str().to_owned()).unwrap_or_default();
        prop_assert!(shown.bytes().filter(u8::is_ascii_digit).count() <= 10);
        let digits: String = card.chars().filter(char::is_ascii_digit).collect();
        prop_assert!(digits.is_empty() || shown != digits);
    }

    #[test]
    fn garbage_is_survived(line in prop::collection::vec(any::<u8>(), 0..300)) {
        let taken = read(&*with_map(&[]), &line);
        prop_assert!(taken.rows.is_empty());
    }

    /// A changed byte loses no more than its own line.
    #[test]
    fn damaged_lines_are_survived(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut line = LINE.as_bytes().to_vec();
        let at = at.index(line.len());
        line[at] = byte;
        let taken = read(&*with_map(&[]), &line);
        prop_assert!(taken.rows.len() as u64 + taken.unreadable >= 1 && taken.rows.len() <= 1);
    }
}
