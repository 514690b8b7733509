//! `journal`: the transactions, newest last.

use std::io;

use serde::Serialize;

use super::output::{Exit, Output, complain};
use super::told::{self, Told};
use crate::link::Link;
use crate::model::{Evidence, Outcome, Sale, Short, Snapshot, Stamp};
use crate::proto::{MAX_PAGE, Reply, Request, SaleFilter, SaleQuery};
use crate::text;

/// What was asked for.
#[derive(Clone, Debug)]
pub struct Ask {
    pub declined: bool,
    pub since: Option<Stamp>,
    /// Newest rows wanted; 0 means all.
    pub limit: usize,
    pub csv: bool,
}

/// One row of `journal --json`: stable keys.
#[derive(Serialize)]
pub(super) struct Row<'a> {
    time: Stamp,
    kind: &'a str,
    method: Option<&'a str>,
    amount: Option<i64>,
    currency: Option<&'a str>,
    stan: Option<&'a str>,
    rrn: Option<&'a str>,
    code: Option<&'a str>,
    outcome: Outcome,
    tid: Option<&'a str>,
    mid: Option<&'a str>,
    entry_mode: Option<&'a str>,
    card: Option<&'a str>,
    latency_ms: Option<u32>,
    host: Option<&'a str>,
    source: &'a str,
    #[serde(flatten)]
    told: Told<'a>,
}

impl<'a> Row<'a> {
    /// A transaction with what is known around it.
    pub(super) fn new(sale: &'a Sale, evidence: &'a Evidence, snapshot: Option<&Snapshot>) -> Self {
        let told = if told::explains(sale) { Told::of(sale, evidence, snapshot) } else { Told::NOTHING };
        Self {
            time: sale.time,
            kind: &sale.kind,
            method: sale.method.as_deref(),
            amount: sale.amount,
            currency: sale.currency.as_deref(),
            stan: sale.stan.as_deref(),
            rrn: sale.rrn.as_deref(),
            code: sale.code.as_deref(),
            outcome: sale.outcome,
            tid: sale.tid.as_deref(),
            mid: sale.mid.as_deref(),
            entry_mode: sale.entry_mode.as_deref(),
            card: sale.card.as_ref().map(crate::model::MaskedPan::as_str),
            latency_ms: sale.latency_ms,
            host: sale.host.as_deref(),
            source: &sale.source,
            told,
        }
    }
}

/// Prints what was asked for; a source that cannot be read is named on stderr and in the exit code.
pub async fn run(link: &mut Link, ask: &Ask, out: &mut Output) -> io::Result<Exit> {
    if let Reply::Refused(refusal) = link.ask(Request::CaughtUp).await {
        return Ok(out.refused(&refusal));
    }
    let filter = if ask.declined { SaleFilter::Declined } else { SaleFilter::All };
    let query = SaleQuery { filter, since: ask.since, limit: MAX_PAGE, ..SaleQuery::default() };
    // Told once: its sources have reached the end they had.
    let snapshot = told::snapshot(link).await;
    let mut writer = Writer::new(out, ask.csv, snapshot.as_ref())?;
    let refused = if ask.limit == 0 {
        stream(link, query, &mut writer).await?
    } else {
        newest(link, query, ask.limit, &mut writer).await?
    };
    writer.end()?;
    if let Some(refusal) = refused {
        return Ok(out.refused(&refusal));
    }
    Ok(unreadable_sources(snapshot.as_ref(), out))
}

/// All rows, oldest first, page by page.
async fn stream(
    link: &Link,
    mut query: SaleQuery,
    writer: &mut Writer<'_>,
) -> io::Result<Option<crate::proto::Refusal>> {
    query.ascending = true;
    loop {
        match link.ask(Request::Sales(query.clone())).await {
            Reply::Sales { rows, cursor } => {
                writer.rows(link, &rows).await?;
                if cursor.is_none() {
                    return Ok(None);
                }
                query.cursor = cursor;
            }
            Reply::Refused(refusal) => return Ok(Some(refusal)),
            _ => return Ok(None),
        }
    }
}

/// The newest `limit` rows, printed oldest first.
async fn newest(
    link: &Link,
    mut query: SaleQuery,
    limit: usize,
    writer: &mut Writer<'_>,
) -> io::Result<Option<crate::proto::Refusal>> {
    let mut rows: Vec<Sale> = Vec::new();
    loop {
        query.limit = (limit - rows.len()).min(MAX_PAGE);
        match link.ask(Request::Sales(query.clone())).await {
            Reply::Sales { rows: page, cursor } => {
                rows.extend(page);
                query.cursor = cursor;
                if rows.len() >= limit || query.cursor.is_none() {
                    break;
                }
            }
            Reply::Refused(refusal) => return Ok(Some(refusal)),
            _ => break,
        }
    }
    rows.reverse();
    writer.rows(link, &rows).await?;
    Ok(None)
}

/// Names every source that could not be read.
fn unreadable_sources(snapshot: Option<&Snapshot>, out: &Output) -> Exit {
    let Some(snapshot) = snapshot else { return Exit::Ok };
    let mut exit = Exit::Ok;
    for source in &snapshot.journal.sources {
        let Some(error) = crate::checks::source_sentence(out.lang, source) else { continue };
        if error.contains(&source.path) {
            complain(&error);
        } else {
            let args = [("path", source.path.clone().into()), ("error", error.into())];
            complain(&text::ta(out.lang, "cli-source-unreadable", &args));
        }
        exit = Exit::Input;
    }
    exit
}

/// Rows as JSON, CSV or text, one a line.
struct Writer<'a> {
    out: &'a mut Output,
    csv: bool,
    first: bool,
    /// Tells each source's code table, where rows are explained.
    snapshot: Option<&'a Snapshot>,
}

const CSV_HEAD: &str =
    "time,kind,method,amount,currency,stan,rrn,code,outcome,tid,mid,entry_mode,card_last4,latency_ms,host,source";

impl<'a> Writer<'a> {
    fn new(out: &'a mut Output, csv: bool, snapshot: Option<&'a Snapshot>) -> io::Result<Self> {
        if csv {
            out.line(CSV_HEAD)?;
        } else if out.json {
            out.raw("[")?;
        }
        Ok(Self { out, csv, first: true, snapshot })
    }

    async fn rows(&mut self, link: &Link, rows: &[Sale]) -> io::Result<()> {
        if self.csv {
            return rows.iter().try_for_each(|sale| self.out.line(&csv(sale)));
        }
        let known = told::fetch(link, rows).await;
        for (sale, evidence) in rows.iter().zip(&known) {
            if !self.out.json {
                self.plain(sale, evidence)?;
                continue;
            }
            self.out.raw(if std::mem::take(&mut self.first) { "\n" } else { ",\n" })?;
            self.out.json_inline(&Row::new(sale, evidence, self.snapshot))?;
        }
        Ok(())
    }

    /// One line, and below one that was not simply approved the verdict on it.
    fn plain(&mut self, sale: &Sale, evidence: &Evidence) -> io::Result<()> {
        self.out.line(&plain(sale))?;
        if !told::explains(sale) {
            return Ok(());
        }
        self.out.line(&format!("    {}", told::said(self.out.lang, sale, evidence, self.snapshot)))
    }

    fn end(self) -> io::Result<()> {
        if self.out.json && !self.csv { self.out.raw(if self.first { "]\n" } else { "\n]\n" }) } else { Ok(()) }
    }
}

/// Leaves the terminal as a file, so the card is its last four.
fn csv(sale: &Sale) -> String {
    let opt = |text: &Option<Short>| quoted(text.as_deref().unwrap_or_default());
    let num = |number: Option<i64>| number.map(|n| n.to_string()).unwrap_or_default();
    [
        sale.time.to_string(),
        quoted(&sale.kind),
        opt(&sale.method),
        num(sale.amount),
        opt(&sale.currency),
        opt(&sale.stan),
        opt(&sale.rrn),
        opt(&sale.code),
        sale.outcome.word().to_owned(),
        opt(&sale.tid),
        opt(&sale.mid),
        opt(&sale.entry_mode),
        quoted(sale.card.as_ref().map(crate::model::MaskedPan::tail).unwrap_or_default()),
        num(sale.latency_ms.map(i64::from)),
        opt(&sale.host),
        quoted(&sale.source),
    ]
    .join(",")
}

/// Quoted where CSV needs it; a leading formula sign is defused, since these files end up in spreadsheets.
fn quoted(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

fn plain(sale: &Sale) -> String {
    let dash = |text: &Option<Short>| text.clone().unwrap_or_else(|| "-".into());
    format!(
        "{}  {:<10} {:<11} {:>12} {:>3}  {:<6} {:<12} {}",
        sale.time,
        sale.kind,
        sale.outcome.word(),
        sale.amount.map_or_else(|| "-".to_owned(), |amount| amount.to_string()),
        dash(&sale.code),
        dash(&sale.stan),
        dash(&sale.rrn),
        sale.card.as_ref().map_or("-", crate::model::MaskedPan::as_str),
    )
}

/// Reads `--since`: RFC 3339, `YYYY-MM-DD`, `YYYY-MM-DD HH:MM[:SS]`, or an age such as `90m`, `24h`, `7d`.
pub fn since(text: &str, now: Stamp) -> Option<Stamp> {
    if let Some(stamp) = Stamp::parse(text) {
        return Some(stamp);
    }
    if let Some(unit) = text.chars().last().filter(|unit| matches!(unit, 's' | 'm' | 'h' | 'd')) {
        let seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            _ => 86_400,
        };
        let count: i64 = text.strip_suffix(unit)?.parse().ok()?;
        return Some(Stamp::new(now.micros - count.checked_mul(seconds * 1_000_000)?, now.offset));
    }
    let text = text.replace(' ', "T");
    let full = match text.len() {
        10 => format!("{text}T00:00:00"),
        16 => format!("{text}:00"),
        _ => text,
    };
    let sign = if now.offset < 0 { '-' } else { '+' };
    Stamp::parse(&format!("{full}{sign}{:02}:{:02}", now.offset.abs() / 60, now.offset.abs() % 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_reads_moments_days_and_ages() {
        let now = Stamp::parse("2026-11-22T10:00:00+08:00").expect("stamp");
        for (text, wanted) in [
            ("2026-11-21T09:30:05Z", "2026-11-21T09:30:05+00:00"),
            ("2026-11-21", "2026-11-21T00:00:00+08:00"),
            ("2026-11-21 09:30", "2026-11-21T09:30:00+08:00"),
            ("90m", "2026-11-22T08:30:00+08:00"),
            ("7d", "2026-11-15T10:00:00+08:00"),
        ] {
            assert_eq!(since(text, now).expect(text).to_string(), wanted);
        }
        assert_eq!(since("yesterday", now), None);
    }

    #[test]
    fn csv_defuses_formulas_and_quotes() {
        assert_eq!(quoted("=1+1"), "'=1+1");
        assert_eq!(quoted("a,\"b\""), "\"a,\"\"b\"\"\"");
    }
}
