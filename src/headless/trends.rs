//! The numbers behind 35 as JSON, for `show 35 --json`.

use serde_json::{Value, json};

use crate::model::{Counts, Snapshot, TrendSpan, Trends, Way, hour_begins};

/// Today by hour, the same day last week, days, weeks, the usual, and what has changed since when.
pub fn json(trends: &Trends, snapshot: Option<&Snapshot>) -> Value {
    let spans = |spans: &[TrendSpan]| -> Vec<Value> {
        let one = |span: &TrendSpan| {
            let mut out = counts(&span.counts);
            out["from"] = json!(hour_begins(span.hour, trends.offset));
            out
        };
        spans.iter().map(one).collect()
    };
    let findings = snapshot.iter().flat_map(|snapshot| &snapshot.findings);
    let changed: Vec<Value> = findings
        .filter(|finding| finding.id.starts_with("trend.") && finding.status.is_bad())
        .map(|finding| json!({"id": finding.id, "screen": finding.screen, "facts": finding.facts}))
        .collect();
    let mut usual = counts(&trends.usual);
    usual["days"] = json!(trends.usual_days);
    json!({
        "today": counts(&trends.today()),
        "hours": spans(&trends.hours),
        "hours_last_week": spans(&trends.hours_before),
        "days": spans(&trends.days),
        "weeks": spans(&trends.weeks),
        "usual": usual,
        "changed": changed,
        "counting": trends.counting,
    })
}

fn counts(counts: &Counts) -> Value {
    let ways: serde_json::Map<String, Value> =
        Way::ALL.iter().map(|way| (way.word().to_owned(), json!(counts.way(*way)))).collect();
    let banks: serde_json::Map<String, Value> = counts
        .banks
        .iter()
        .map(|(bank, seen)| (format!("{bank:06}"), json!({"count": seen.count, "declined": seen.declined})))
        .collect();
    json!({
        "count": counts.count,
        "approved": counts.answered().saturating_sub(counts.declined),
        "declined": counts.declined,
        "no_response": counts.no_response,
        "decline_percent": percent(counts.declined, counts.answered()),
        "p50_ms": counts.time_ms(50),
        "p95_ms": counts.time_ms(95),
        "ways": ways,
        "fallback_percent": percent(counts.way(Way::Fallback), counts.chip()),
        "codes": counts.codes,
        "banks": banks,
    })
}

/// With one place; null of nothing.
fn percent(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| (part as f64 * 1_000.0 / whole as f64).round() / 10.0)
}
