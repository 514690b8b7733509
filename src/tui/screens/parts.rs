//! What several screens say in the same way: times, amounts, status words, sentences of findings.

use crate::model::{Area, Fact, Finding, Outcome, Sale, SaleState, Snapshot, Stamp, Status};
use crate::text::{self, Lang};
use crate::tui::mirror::LinkState;
use crate::tui::screens::{self, Cx};
use crate::tui::view::{Arg, Open, Para, Row, Tone, View};

pub use crate::text::clean;

impl Cx<'_> {
    /// A sentence.
    pub fn t(&self, key: &str) -> String {
        text::t(self.lang, key)
    }

    /// A sentence with arguments.
    pub fn ta(&self, key: &str, args: &[(&str, Fact)]) -> String {
        text::ta(self.lang, key, args)
    }

    /// A sentence with the facts of a finding.
    pub fn tf(&self, key: &str, finding: &Finding) -> String {
        text::tf(self.lang, key, &finding.facts)
    }

    /// What the agent told, once it has told something.
    pub fn snapshot(&self) -> Option<&Snapshot> {
        self.mirror.snapshot.as_ref()
    }

    /// `HH:MM` today, else with the day, else with the year; on the clock that wrote it.
    pub fn when(&self, at: Stamp) -> String {
        self.when_as(at, "%H:%M", "%m-%d %H:%M")
    }

    /// `HH:MM:SS` today, else as [`Cx::when`]; with its zone where that is not the terminal's.
    pub fn when_exactly(&self, at: Stamp) -> String {
        self.zoned(at, self.when_as(at, "%H:%M:%S", "%m-%d %H:%M:%S"))
    }

    /// As [`Cx::when`], with its zone where that is not the terminal's.
    pub fn when_zoned(&self, at: Stamp) -> String {
        self.zoned(at, self.when(at))
    }

    fn zoned(&self, at: Stamp, said: String) -> String {
        if at.offset == self.now.offset { said } else { format!("{said} {}", zone(at.offset)) }
    }

    /// Says once that a list's times are on another clock than the terminal's.
    pub fn zone_note<'s>(&self, mut sales: impl Iterator<Item = &'s Sale>) -> Option<Para> {
        let other = sales.find(|sale| sale.time.offset != self.now.offset)?;
        Some(Para::tone(self.ta("sale-zone", &[("zone", zone(other.time.offset).into())]), Tone::Dim))
    }

    /// `HH:MM` today, else the day alone.
    pub fn when_short(&self, at: Stamp) -> String {
        self.when_as(at, "%H:%M", "%m-%d")
    }

    fn when_as(&self, at: Stamp, today: &str, this_year: &str) -> String {
        let today_there = Stamp { offset: at.offset, ..self.now }.day();
        match today_there - at.day() {
            0 => at.strftime(today),
            -1..=300 => at.strftime(this_year),
            // A clock that once stood at 1970 leaves such rows.
            _ => at.strftime("%Y-%m-%d"),
        }
    }

    /// How a finding counts now: what an agent that is gone has told is stale.
    pub fn status_of(&self, finding: &Finding) -> Status {
        self.aged(finding.status)
    }

    /// `status`, or stale if nobody keeps it up to date any more.
    pub fn aged(&self, status: Status) -> Status {
        let gone = matches!(self.mirror.link, LinkState::Lost(_));
        if gone && status == Status::Ok { Status::Stale } else { status }
    }
}

/// An offset from UTC, as people write it.
fn zone(offset: i16) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    let (hours, minutes) = (offset.unsigned_abs() / 60, offset.unsigned_abs() % 60);
    if minutes == 0 { format!("UTC{sign}{hours}") } else { format!("UTC{sign}{hours}:{minutes:02}") }
}

/// The view while the agent has not told anything yet.
pub fn connecting(cx: &Cx<'_>) -> View {
    View { head: vec![Para::tone(cx.t("status-connecting"), Tone::Dim)], ..View::default() }
}

/// The word for a status.
pub fn status_word(lang: Lang, status: Status) -> String {
    text::t(lang, &format!("status-{}", status.word()))
}

/// The tone that goes with a status.
pub const fn status_tone(status: Status) -> Tone {
    match status {
        Status::Ok => Tone::Good,
        Status::Warning => Tone::Warn,
        Status::Fail => Tone::Bad,
        Status::Unknown | Status::Stale => Tone::Plain,
        Status::NotTested | Status::Absent => Tone::Dim,
    }
}

/// A finding in words: its sentence, else its id with the status word (never a bare key).
pub fn sentence(lang: Lang, finding: &Finding) -> String {
    let key = format!("finding-{}", finding.code);
    if text::has(lang, &key) {
        clean(&text::tf(lang, &key, &finding.facts))
    } else {
        format!("{}: {}", finding.id, status_word(lang, finding.status))
    }
}

/// The short name of a family of checks, else its id.
pub fn check_name(lang: Lang, family: &str) -> String {
    let key = format!("finding-name-{}", family.replace('.', "-"));
    if text::has(lang, &key) { text::t(lang, &key) } else { family.to_owned() }
}

/// The word for an area.
pub fn area_word(lang: Lang, area: Area) -> String {
    text::t(lang, &format!("status-area-{}", area.word()))
}

/// The newest transaction that counts as a sale.
pub fn last_sale_of<'a>(cx: &'a Cx<'_>) -> Option<&'a Sale> {
    last_sale(cx.snapshot()?)
}

/// A transaction as a line of the list `on`: its words, the amount on the right; the digit opens it there.
pub fn sale_row(cx: &Cx<'_>, on: &'static str, sale: &Sale, text: String) -> Row {
    Row {
        text,
        right: money(cx.lang, sale),
        tone: outcome_tone(sale.outcome),
        open: Some(Open::Place(on, Arg::Sale(sale.id))),
        key: sale.id.0.to_string(),
        ..Row::default()
    }
}

/// The worst status that counts: absent parts count only where nothing else is there.
pub fn worst<'a>(cx: &Cx<'_>, findings: impl IntoIterator<Item = &'a Finding>) -> Option<Status> {
    findings.into_iter().map(|finding| cx.status_of(finding)).max_by_key(|status| status.weight())
}

/// Problems in the order a person should take them: the root, other causes, consequences, what cannot be told.
pub fn problems(snapshot: &Snapshot) -> Vec<&Finding> {
    let mut found: Vec<&Finding> = snapshot
        .findings
        .iter()
        .filter(|f| matches!(f.status, Status::Fail | Status::Warning | Status::Unknown | Status::Stale))
        .collect();
    found.sort_by_key(|f| (!is_root(snapshot, f), !f.status.is_bad(), f.caused_by.is_some(), 9 - f.status.weight()));
    found
}

/// Whether this finding is the one cause.
pub fn is_root(snapshot: &Snapshot, finding: &Finding) -> bool {
    finding.root || snapshot.root_cause.as_deref() == Some(finding.id.as_str())
}

/// Findings that belong to a screen, as lines.
pub fn finding_rows(cx: &Cx<'_>, screen: &str) -> Vec<Row> {
    let Some(snapshot) = cx.snapshot() else { return Vec::new() };
    let own = snapshot.findings.iter().filter(|f| f.screen == screen);
    own.map(|finding| finding_row(cx, finding)).collect()
}

/// A finding as a line that opens its verdict.
pub fn finding_row(cx: &Cx<'_>, finding: &Finding) -> Row {
    let status = cx.status_of(finding);
    Row {
        status: Some(status),
        text: sentence(cx.lang, finding),
        tone: status_tone(status),
        open: Some(Open::Place("11", crate::tui::view::Arg::Finding(finding.id.clone()))),
        key: finding.id.clone(),
        ..Row::default()
    }
}

/// A line that opens a screen: its names, and on the right what is to be said about it now.
pub fn screen_row(cx: &Cx<'_>, n: Option<u8>, id: &'static str, right: String) -> Row {
    let text = screens::by_id(id).map_or_else(|| id.to_owned(), |spec| title(spec, cx.lang));
    let text = if n.is_some() { text } else { format!("{id} {text}") };
    Row { n, text, right, open: Some(Open::Screen(id)), key: id.to_owned(), ..Row::default() }
}

/// A screen's names: the local one, where there is one, and the NAME.
pub fn title(spec: &screens::ScreenSpec, lang: Lang) -> String {
    if lang == Lang::ZH { format!("{} {}", spec.zh, spec.name) } else { spec.name.to_owned() }
}

/// Children of an area as its lines, each with what `right` says about it.
pub fn child_rows(cx: &Cx<'_>, area: &str, right: impl Fn(&'static str) -> (Option<Status>, String)) -> Vec<Row> {
    screens::children(area)
        .map(|spec| {
            let n = spec.id.as_bytes().last().map(|digit| digit - b'0');
            let (status, right) = right(spec.id);
            Row {
                status,
                tone: status.map_or(Tone::Plain, |s| if s.is_bad() { status_tone(s) } else { Tone::Plain }),
                ..screen_row(cx, n, spec.id, right)
            }
        })
        .collect()
}

/// An amount with its currency; empty where the journal gave none.
pub fn money(lang: Lang, sale: &Sale) -> String {
    let Some(amount) = sale.amount else { return String::new() };
    let written = sale.currency.as_deref().unwrap_or_default();
    let (letters, places) = currency(written);
    let number = decimal(amount, places);
    match letters {
        "CNY" => text::ta(lang, "sale-yuan", &[("amount", number.into())]),
        "" => number,
        letters => format!("{} {number}", clean(letters)),
    }
}

/// Minor units as a decimal number.
fn decimal(amount: i64, places: u32) -> String {
    let unit = 10_u64.pow(places);
    let sign = if amount < 0 { "-" } else { "" };
    let (whole, part) = (amount.unsigned_abs() / unit, amount.unsigned_abs() % unit);
    if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part:0w$}", w = places as usize) }
}

/// ISO 4217 letters and minor-unit digits of the currencies that are known here; others keep what was written.
fn currency(written: &str) -> (&str, u32) {
    match written {
        "" => ("", 2),
        "156" | "CNY" => ("CNY", 2),
        "344" | "HKD" => ("HKD", 2),
        "446" | "MOP" => ("MOP", 2),
        "840" | "USD" => ("USD", 2),
        "978" | "EUR" => ("EUR", 2),
        "826" | "GBP" => ("GBP", 2),
        "392" | "JPY" => ("JPY", 0),
        "410" | "KRW" => ("KRW", 0),
        "704" | "VND" => ("VND", 0),
        "414" | "KWD" => ("KWD", 3),
        other => (other, 2),
    }
}

/// What kind of transaction it is.
pub fn kind_word(lang: Lang, sale: &Sale) -> String {
    let key = format!("sale-kind-{}", sale.kind);
    if text::has(lang, &key) { text::t(lang, &key) } else { clean(&sale.kind) }
}

/// How a transaction ended, in words.
pub fn outcome_word(lang: Lang, sale: &Sale) -> String {
    let word = match (sale.outcome, sale.state) {
        (Outcome::Pending, Some(SaleState::QueryNeeded)) => "query-needed",
        (Outcome::NoResponse, Some(SaleState::Reversed)) => "no-response-reversed",
        (outcome, _) => outcome.word(),
    };
    text::t(lang, &format!("sale-outcome-{word}"))
}

/// Why the terminal reverses (ISO 8583:1987 DE39 of a reversal's request); none for other transactions and codes.
pub fn reversal_reason(lang: Lang, sale: &Sale) -> Option<String> {
    let key = format!("sale-reason-{}", sale.code.as_deref().filter(|_| sale.is_reversal_request())?);
    text::has(lang, &key).then(|| text::t(lang, &key))
}

/// The tone that goes with an outcome.
pub const fn outcome_tone(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Approved => Tone::Good,
        Outcome::Declined | Outcome::Reversed | Outcome::Pending => Tone::Warn,
        Outcome::NoResponse => Tone::Bad,
    }
}

/// Seconds with one place, from milliseconds.
pub fn seconds(ms: u32) -> String {
    format!("{}.{}", ms / 1000, ms % 1000 / 100)
}

/// A fact of a finding as text.
pub fn fact(finding: &Finding, name: &str) -> Option<String> {
    Some(match finding.facts.get(name)? {
        Fact::Bool(value) => value.to_string(),
        Fact::Int(value) => value.to_string(),
        Fact::Real(value) => format!("{value:.1}"),
        Fact::Text(value) => clean(value),
        Fact::List(values) => clean(&values.join(", ")),
    })
}

/// Newest first, each once: what the snapshot holds (newest last), then older ones from a page (newest first).
pub fn newest_first<'a>(held: &'a [Sale], page: impl IntoIterator<Item = &'a Sale>) -> Vec<&'a Sale> {
    let older = page.into_iter().filter(|sale| held.iter().all(|have| have.id != sale.id));
    held.iter().rev().chain(older).collect()
}

/// The newest real transaction: not a sign-on, an echo or a settlement.
pub fn last_sale(snapshot: &Snapshot) -> Option<&Sale> {
    let service = |sale: &&Sale| !matches!(sale.kind.as_str(), "signon" | "echo" | "settle" | "reversal");
    snapshot.recent.iter().rev().find(service).or_else(|| snapshot.recent.last())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_their_currencys_places() {
        assert_eq!(decimal(1234, 2), "12.34");
        assert_eq!(decimal(-5, 2), "-0.05");
        assert_eq!(decimal(1234, 0), "1234");
        assert_eq!(decimal(i64::MIN, 3), "-9223372036854775.808");
        assert_eq!(seconds(1234), "1.2");
        assert_eq!(currency("XXX"), ("XXX", 2));
    }
}
