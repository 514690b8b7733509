//! Whatever happens to a journal, in any order.

use proptest::prelude::*;

use super::*;

/// What happens in a shop, in any order.
#[derive(Clone, Debug)]
enum Event {
    Write(u64),
    /// A line in two parts, with a look between them.
    Torn(usize),
    /// The application dies within a line; its next line follows at once.
    Crash(usize),
    NoLineEnd,
    Garbage,
    Rotate,
    Copytruncate,
    /// Packs everything that was rotated away.
    Pack,
    Look,
    /// Reads this many pieces only.
    Glimpse(u8),
    /// Killed: after this many more commits, or at once.
    Kill(u8),
}

fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (1..40_u64).prop_map(Event::Write),
        1 => Just(Event::Write(4_500)),
        2 => (1..60_usize).prop_map(Event::Torn),
        1 => (1..60_usize).prop_map(Event::Crash),
        1 => Just(Event::NoLineEnd),
        1 => Just(Event::Garbage),
        3 => Just(Event::Rotate),
        2 => Just(Event::Copytruncate),
        2 => Just(Event::Pack),
        4 => Just(Event::Look),
        2 => (1..4_u8).prop_map(Event::Glimpse),
        3 => (0..4_u8).prop_map(Event::Kill),
    ]
}

fn happens(shop: &mut Shop, reader: &mut Option<Follower>, event: &Event) {
    match event {
        Event::Write(count) => shop.write(*count),
        Event::Torn(at) => {
            let line = shop.line();
            let at = (*at).min(line.len() - 2);
            shop.append("journal.jsonl", &line.as_bytes()[..at]);
            if let Some(reader) = reader {
                settle(reader);
            }
            shop.append("journal.jsonl", &line.as_bytes()[at..]);
        }
        Event::Crash(at) => {
            let line = shop.line();
            let at = (*at).min(line.len() - 2);
            let name = "journal.jsonl";
            shop.append(name, &line.as_bytes()[..at]);
            shop.append(name, line.as_bytes());
        }
        Event::NoLineEnd => {
            let line = shop.line();
            shop.append("journal.jsonl", line.trim_end().as_bytes());
            if let Some(reader) = reader {
                settle(reader);
            }
        }
        // Never twice the same: a file that was written over with what had been read of it cannot be told from itself.
        Event::Garbage => {
            let tick = shop.tick;
            shop.append("journal.jsonl", &[b"\n\xff\x00\x01garbage ", tick.to_string().as_bytes(), b"\n"].concat());
        }
        Event::Rotate => shop.rotate(),
        Event::Copytruncate => {
            if shop.journal().exists() && shop.journal().metadata().expect("there").len() > 0 {
                shop.copytruncate();
            }
        }
        Event::Pack => {
            let names = (1..30).map(|number| format!("journal.jsonl.{number}"));
            names.filter(|name| shop.path(name).exists()).for_each(|name| shop.pack(&name));
        }
        Event::Look => settle(reader.get_or_insert_with(|| shop.reader())),
        Event::Glimpse(passes) => {
            let reader = reader.get_or_insert_with(|| shop.reader());
            for _ in 0..*passes {
                let _ = reader.pass(true);
            }
        }
        Event::Kill(commits) => {
            if let Some(mut reader) = reader.take() {
                shop.shelf.with(|shelf| shelf.room = Some((u64::from(*commits), true)));
                settle(&mut reader);
                shop.shelf.with(|shelf| shelf.room = None);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever happens, every whole line is there exactly once and in order.
    #[test]
    fn every_line_exactly_once(events in prop::collection::vec(any_event(), 1..25)) {
        let mut shop = Shop::new();
        // The first look comes before everything: the order of history is told by names, which this shop reuses.
        shop.write(1);
        let mut reader = Some(shop.reader());
        settle(reader.as_mut().expect("a reader"));
        for event in &events {
            happens(&mut shop, &mut reader, event);
        }
        shop.write(1);
        settle(&mut reader.unwrap_or_else(|| shop.reader()));
        prop_assert_eq!(shop.shelf.stans(), (1..=shop.written).collect::<Vec<_>>());
        settle(&mut shop.reader());
        prop_assert_eq!(shop.shelf.stans().len() as u64, shop.written);
        prop_assert!(shop.status().caught_up);
    }
}
