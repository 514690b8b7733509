//! Swipe readers and scan heads: a test is asked for, never made by itself, and nothing of a card is kept.

use super::*;

const DEVICES: &str = "N: Name=\"LAB Magstripe Reader\"\nH: Handlers=kbd event3\n\nN: Name=\"LAB Barcode Scanner\"\nH: Handlers=kbd event4\n";
const TRACK_2: &str = ";4111111111111111=30121011000000000?\n";

fn cx(typed: &[(&str, &str)], asked: &str) -> Cx {
    let mut machine = Machine::default();
    machine.files.insert("/proc/bus/input/devices".to_owned(), DEVICES.to_owned());
    let typed = typed.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    machine.gear.typed = typed.collect();
    Cx { host: Arc::new(machine), asked: Arc::new(vec![asked.to_owned()]), ..bare_cx() }
}

async fn one(cx: Cx, id: &str) -> Finding {
    let wanted: Vec<&'static dyn Check> = CHECKS.iter().copied().filter(|check| check.spec().id == id).collect();
    run(cx, &wanted).await.remove(0)
}

#[tokio::test]
async fn a_swipe_is_judged_by_track_and_nothing_of_it_stays() {
    for (typed, expected) in [
        (TRACK_2.to_owned(), "ok reader-swipe-ok"),
        (format!("%E?{TRACK_2}"), "ok reader-swipe-partly"),
        (";E?".to_owned(), "warning reader-swipe-bad"),
        (";411111".to_owned(), "warning reader-swipe-bad"),
        ("hello".to_owned(), "warning reader-swipe-odd"),
    ] {
        let found = one(cx(&[("/dev/input/event3", &typed)], "reader.swipe"), "reader.swipe").await;
        assert_eq!(shown(&found), expected, "{typed}");
        let all = serde_json::to_string(&found).expect("json");
        assert!(!all.contains("4111") && !all.contains("3012"), "{all}");
        for lang in Lang::all() {
            assert!(!sentence(lang, &found).contains('{'));
        }
    }
    assert_eq!(shown(&one(cx(&[], "reader.swipe"), "reader.swipe").await), "not_tested reader-typed-nothing");
}

#[tokio::test]
async fn nobody_takes_a_reader_unasked_or_during_a_sale() {
    let typed = [("/dev/input/event3", TRACK_2)];
    for asked in ["", "reader", "reader.card"] {
        assert_eq!(shown(&one(cx(&typed, asked), "reader.swipe").await), "ok reader-swipe-there");
    }
    let mut busy = cx(&typed, "reader.swipe");
    busy.journal = Arc::new(JournalFacts { in_flight: 1, ..JournalFacts::default() });
    assert_eq!(shown(&one(busy, "reader.swipe").await), "unknown reader-card-busy");
}

#[tokio::test]
async fn a_scan_is_told_by_its_kind_and_results_stay_a_while() {
    let found = one(cx(&[("/dev/input/event4", "134567890123456789")], "reader.scan"), "reader.scan").await;
    assert_eq!((shown(&found), &found.facts["kind"]), ("ok reader-scan-ok".to_owned(), &Fact::from("wallet")));
    assert!(!serde_json::to_string(&found).expect("json").contains("3456"));
    let mut later = cx(&[], "");
    later.previous = Arc::new(vec![found]);
    assert_eq!(shown(&one(later.clone(), "reader.scan").await), "ok reader-scan-ok");
    later.now.micros += 3_600_000_000;
    let after = one(later, "reader.scan").await;
    assert_eq!((shown(&after), &after.facts["good"]), ("ok reader-scan-there".to_owned(), &Fact::Int(1)));
}
