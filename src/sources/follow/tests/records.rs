//! Journals whose records are several lines, or no lines at all.

use super::*;

/// A message as jPOS writes it.
fn event(stan: u64) -> String {
    format!(
        "<log realm=\"channel\" at=\"2026-11-21T09:30:05.{:03}\">\n  <receive>\n    <isomsg direction=\"incoming\">\n      \
         <field id=\"0\" value=\"0210\"/>\n      <field id=\"11\" value=\"{stan}\"/>\n      <field id=\"39\" value=\"00\"/>\n    \
         </isomsg>\n  </receive>\n</log>\n",
        stan % 1000
    )
}

fn frame(stan: u64) -> Vec<u8> {
    let body = format!("0210{:016X}{stan:06}00", (1_u64 << 53) | (1 << 25));
    [&u16::try_from(body.len()).expect("short").to_be_bytes()[..], body.as_bytes()].concat()
}

fn reader(shop: &Shop, kind: &str) -> Follower {
    let mut spec = shop.spec();
    spec.config.kind = kind.to_owned();
    if kind == "iso8583" {
        spec.config.framing = "frames".to_owned();
        spec.config.packing = "iso87-ascii-hexbitmap".to_owned();
    }
    let marks = shop.shelf.with(|shelf| shelf.marks.clone());
    let parser = parser(&spec).expect("a parser");
    Follower::new(spec, parser, Box::new(shop.shelf.clone()), marks)
}

/// Bytes of one record.
type Record = fn(u64) -> Vec<u8>;

const KINDS: [(&str, Record); 2] = [("jpos", |stan| event(stan).into_bytes()), ("iso8583", frame)];

#[test]
fn a_record_counts_when_it_is_whole_and_once() {
    for (kind, record) in KINDS {
        let mut shop = Shop::new();
        let mut reader_now = reader(&shop, kind);
        for stan in 1..=3 {
            let bytes = record(stan);
            // Wherever the writer is cut off, and the reader killed.
            for cut in [1, 3, bytes.len() / 3, bytes.len() / 2, bytes.len() - 2] {
                let from = shop.written as usize;
                shop.append("journal.jsonl", &bytes[from..cut.max(from)]);
                shop.written = cut.max(from) as u64;
                settle(&mut reader_now);
                assert_eq!(shop.shelf.stans().len() as u64, stan - 1, "{kind}: {cut} of {}", bytes.len());
                if cut % 2 == 0 {
                    reader_now = reader(&shop, kind);
                }
            }
            shop.append("journal.jsonl", &bytes[shop.written as usize..]);
            shop.written = 0;
            settle(&mut reader_now);
            assert_eq!(shop.shelf.stans(), (1..=stan).collect::<Vec<_>>(), "{kind}");
        }
        settle(&mut reader(&shop, kind));
        assert_eq!(shop.shelf.stans(), [1, 2, 3], "{kind}");
        assert_eq!(shop.status().unreadable, 0, "{kind}");
    }
}

#[test]
fn a_long_journal_is_read_from_its_beginning_and_goes_on_after_a_kill() {
    for (kind, record) in KINDS {
        let mut shop = Shop::new();
        let count = if kind == "jpos" { 12_000 } else { 80_000 };
        let bytes: Vec<u8> = (1..=count).flat_map(record).collect();
        assert!(bytes.len() as u64 > 2 * CHUNK as u64);
        shop.append("journal.jsonl", &bytes);
        for _ in 0..3 {
            shop.shelf.with(|shelf| shelf.room = Some((2, true)));
            settle(&mut reader(&shop, kind));
            shop.shelf.with(|shelf| shelf.room = None);
        }
        settle(&mut reader(&shop, kind));
        assert_eq!(shop.shelf.stans(), (1..=count).collect::<Vec<_>>(), "{kind}");
    }
}

#[test]
fn what_a_crash_has_torn_costs_only_itself() {
    for (kind, record) in KINDS {
        let mut shop = Shop::new();
        for stan in 1..=3 {
            shop.append("journal.jsonl", &record(stan));
        }
        let torn = record(99);
        shop.append("journal.jsonl", &torn[..torn.len() * 2 / 3]);
        let mut reader_now = reader(&shop, kind);
        settle(&mut reader_now);
        for stan in 4..=6 {
            shop.append("journal.jsonl", &record(stan));
            settle(&mut reader_now);
        }
        assert_eq!(shop.shelf.stans(), [1, 2, 3, 4, 5, 6], "{kind}");
        assert_eq!(shop.status().unreadable, 1, "{kind}");
        assert!(shop.status().last_unreadable.is_some_and(|told| told.ends_with(" torn")), "{kind}");
    }
}
