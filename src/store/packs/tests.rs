//! What goes into a pack comes out of it, and damage does no harm.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use proptest::prelude::*;

use super::write::Pack;
use super::*;
use crate::model::{Sale, SaleId, Short, Stamp};
use crate::store::rows::{outcome_of, state_of};

/// Any text, and often the same.
fn text() -> impl Strategy<Value = Option<Short>> {
    prop_oneof![
        3 => prop::sample::select(vec!["00", "51", "primary", "898000000000001"]).prop_map(|text| Some(text.into())),
        1 => Just(None),
        1 => "\\PC{0,90}".prop_map(|text| Some(text.into())),
    ]
}

fn number() -> impl Strategy<Value = Option<Short>> {
    prop::option::of(prop_oneof!["[0-9]{6}", "2263[0-9]{8}", "[0-9é]{0,60}"].prop_map(Short::from))
}

fn micros() -> impl Strategy<Value = i64> {
    prop_oneof![0..4_000_000_000_i64, (0..4_000_000_i64).prop_map(|millis| millis * 1_000), any::<i64>()]
}

prop_compose! {
    fn row()(
        (id, micros, offset, host_time) in (0..1_u64 << 41, micros(), any::<i16>(), prop::option::of(micros())),
        (kind, method, currency, code, tid) in (text(), text(), text(), text(), text()),
        (mid, entry_mode, host, issuer, shown) in (text(), text(), text(), text(), text()),
        (stan, rrn, original_stan, card) in (number(), number(), number(), prop::option::of("[0-9*]{0,19}|[0-9]{6}[*]{0,9}[0-9]{4}")),
        (amount, latency_ms, fallback) in (prop::option::of(any::<i64>()), any::<Option<u32>>(), any::<Option<bool>>()),
        (outcome, state, answered_by) in (0..5_i64, 0..5_i64, prop::option::of(any::<i64>())),
    ) -> Packed {
        let sale = Sale {
            id: SaleId(id as i64),
            time: Stamp::new(micros, offset),
            kind: kind.unwrap_or_default(),
            host_time: host_time.map(|micros| Stamp::new(micros, offset)),
            text: shown,
            card: card.map(|card| serde_json::from_value(card.into()).unwrap()),
            outcome: outcome_of(outcome),
            state: state_of(state),
            method, currency, code, tid, mid, entry_mode, host, issuer, stan, rrn, original_stan,
            amount, latency_ms, fallback,
            late_by: None,
            undone_by: None,
            as_host: false,
            card_key: None,
            source: Arc::from(""),
        };
        Packed { sale, answered_by }
    }
}

fn database() -> Connection {
    let conn = Connection::open_in_memory().unwrap();
    conn.execute_batch("CREATE TABLE words(n INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)").unwrap();
    conn
}

fn read(bytes: &[u8], first: i64, words: &Words) -> rusqlite::Result<Vec<Packed>> {
    let conn = Connection::open_in_memory()?;
    rows_of(Table { conn: &conn, words, files: &Files::default() }, first, bytes)
}

proptest! {
    #[test]
    fn rows_come_out_as_they_went_in(mut rows in prop::collection::vec(row(), 1..40), broken in any::<(usize, u8)>()) {
        rows.sort_by_key(|row| row.sale.id);
        let (conn, mut words) = (database(), Words::default());
        let first = rows[0].sale.id.0;
        let mut pack = Pack::from(first);
        for row in &rows {
            pack.push(&conn, &mut words, (row.sale.id.0, &row.sale, row.answered_by)).unwrap();
        }
        prop_assert_eq!(pack.listed, rows.iter().filter(|row| row.answered_by.is_none()).count() as i64);
        prop_assert_eq!(pack.last, rows[rows.len() - 1].sale.id.0);
        let told = |row: &Packed| (row.sale.clone(), row.answered_by);
        let got = read(&pack.bytes, first, &words).unwrap();
        prop_assert_eq!(got.iter().map(told).collect::<Vec<_>>(), rows.iter().map(told).collect::<Vec<_>>());
        // Damage is said to be damage, or reads as some row; it never does harm.
        let at = broken.0 % pack.bytes.len();
        let mut bytes = pack.bytes.clone();
        bytes[at] ^= broken.1;
        let _ = read(&bytes, first, &words);
        let _ = read(&pack.bytes[..at], first, &words);
    }
}

#[test]
fn damage_is_damage_of_the_database() {
    let words = Words::default();
    let error = read(&[0, 0x80], 1, &words).unwrap_err();
    assert_eq!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::DatabaseCorrupt));
}
