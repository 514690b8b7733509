//! The card bench: a card that comes late, sales in flight, counts, and results that stay.

use std::sync::Mutex;

use super::*;
use crate::platform::fake::{FakeGear, ReaderEntry};
use crate::platform::*;

const GOOD: &str = "3B6800000073C84012009000";

/// A reader whose card is put in only when it has been looked for often enough; notes what cards were asked.
struct Slot {
    gear: FakeGear,
    looks: Mutex<u32>,
    asked: Mutex<Vec<Directory>>,
}

impl Gear for Slot {
    fn readers(&self) -> Fut<'_, Result<Vec<ReaderSeen>, CardFault>> {
        Box::pin(async move {
            let mut readers = self.gear.readers().await?;
            let mut looks = self.looks.lock().expect("looks");
            if *looks > 0 {
                *looks -= 1;
                for reader in &mut readers {
                    reader.card = CardState::Empty;
                    reader.atr.clear();
                }
            }
            Ok(readers)
        })
    }
    fn select<'a>(&'a self, reader: &'a str, of: Directory, limit: Duration) -> Fut<'a, Result<Selected, CardFault>> {
        self.asked.lock().expect("asked").push(of);
        self.gear.select(reader, of, limit)
    }
}

fn slot(select: &str, looks: u32) -> Arc<Slot> {
    let chip = ReaderEntry {
        name: "ACME 00 00".to_owned(),
        card: CardState::Present,
        atr: GOOD.to_owned(),
        select: select.to_owned(),
        ..ReaderEntry::default()
    };
    let tap = ReaderEntry { name: "ACME PICC 00 01".to_owned(), ..chip.clone() };
    let gear = FakeGear { pcsc: Some("on".to_owned()), reader: vec![chip, tap], ..FakeGear::default() };
    Arc::new(Slot { gear, looks: Mutex::new(looks), asked: Mutex::default() })
}

fn cx(slot: &Arc<Slot>, asked: &str) -> Cx {
    let gear = FakeGear { instead: Some(slot.clone()), ..FakeGear::default() };
    let machine = Machine { gear, ..Machine::default() };
    Cx {
        now: machine.now,
        host: Arc::new(machine),
        config: Arc::default(),
        journal: Arc::default(),
        previous: Arc::default(),
        asked: Arc::new(vec![asked.to_owned()]),
    }
}

async fn card(cx: Cx) -> Vec<Finding> {
    let card: Vec<&'static dyn Check> = CHECKS.iter().copied().filter(|c| c.spec().id == "reader.card").collect();
    run(cx, &card).await
}

fn of<'a>(found: &'a [Finding], id: &str) -> &'a Finding {
    found.iter().find(|found| found.id == id).expect("a finding")
}

#[tokio::test]
async fn the_test_waits_for_the_card_and_asks_it_for_its_directory_alone() {
    let slot = slot("9000", 3);
    let found = card(cx(&slot, "reader.card")).await;
    assert_eq!(shown(of(&found, "reader.card")), "ok reader-card-ok");
    assert_eq!(of(&found, "reader.card").facts["good"], Fact::Int(1));
    assert_eq!(*slot.asked.lock().expect("asked"), [Directory::Contact]);
    let tap = card(cx(&slot, "reader.card:tap")).await;
    assert_eq!(of(&tap, "reader.card:tap").screen, "43");
    assert_eq!(*slot.asked.lock().expect("asked"), [Directory::Contact, Directory::Contactless]);
}

#[tokio::test]
async fn nobody_touches_a_card_unasked_or_during_a_sale() {
    let slot = slot("9000", 0);
    for asked in ["", "reader", "reader.device"] {
        assert_eq!(shown(of(&card(cx(&slot, asked)).await, "reader.card")), "ok reader-card-present");
    }
    let mut busy = cx(&slot, "reader.card");
    busy.journal = Arc::new(JournalFacts { in_flight: 1, ..JournalFacts::default() });
    assert_eq!(shown(of(&card(busy).await, "reader.card")), "unknown reader-card-busy");
    assert!(slot.asked.lock().expect("asked").is_empty());
}

#[tokio::test]
async fn what_a_card_refuses_is_the_cards_matter_and_the_status_word_is_told() {
    for (word, expected) in [
        ("9000", "ok reader-card-ok"),
        ("6118", "ok reader-card-ok"),
        ("6A82", "ok reader-card-no-directory"),
        ("6A81", "ok reader-card-blocked"),
        ("6283", "ok reader-card-app-blocked"),
        ("6985", "ok reader-card-refuses"),
        ("6984", "ok reader-card-pin-blocked"),
        ("63C2", "ok reader-card-pin-tries"),
        ("6E00", "ok reader-card-not-payment"),
        ("6F00", "warning reader-card-odd"),
        ("mute", "warning reader-card-mute"),
        ("late", "warning reader-card-mute"),
        ("held", "unknown reader-card-held"),
    ] {
        let found = card(cx(&slot(word, 0), "reader.card")).await;
        let card = of(&found, "reader.card");
        assert_eq!(shown(card), expected, "{word}");
        for lang in Lang::all() {
            let said = sentence(lang, card);
            assert!(!said.contains('{') && !said.contains("[finding"), "{word}: {said}");
        }
    }
}

#[tokio::test]
async fn one_mute_card_is_the_card_three_are_the_reader_and_a_good_one_ends_it() {
    let mute = slot("mute", 0);
    let mut previous = Vec::new();
    let mut states = Vec::new();
    for _ in 0..3 {
        let mut cx = cx(&mute, "reader.card");
        cx.previous = Arc::new(previous);
        previous = card(cx).await;
        states.push(shown(of(&previous, "reader.card")));
    }
    assert_eq!(states, ["warning reader-card-mute", "warning reader-card-mute", "fail reader-card-all-mute"]);
    // It stands for a while, whatever is in the slot meanwhile, then goes; the counts stay.
    let mut later = cx(&mute, "");
    later.previous = Arc::new(previous.clone());
    later.now.micros += 60_000_000;
    assert_eq!(shown(of(&card(later.clone()).await, "reader.card")), "fail reader-card-all-mute");
    later.now.micros += 3_600_000_000;
    let after = card(later).await;
    assert_eq!(shown(of(&after, "reader.card")), "ok reader-card-present");
    assert_eq!(of(&after, "reader.card").facts["bad"], Fact::Int(3));
    let good = slot("9000", 0);
    let mut cx = cx(&good, "reader.card");
    cx.previous = Arc::new(previous);
    let found = card(cx).await;
    let facts = &of(&found, "reader.card").facts;
    assert_eq!((&facts["good"], &facts["bad"], &facts["in_a_row"]), (&Fact::Int(1), &Fact::Int(3), &Fact::Int(0)));
}
