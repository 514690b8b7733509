//! `source.*`: can the payment journals be read, and are we at their end.

use std::time::Duration;

use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Facts, Finding, SourceStatus, Status};
use crate::platform::Fut;
use crate::text::{self, Lang};

/// Bytes of a journal that may wait without anybody caring.
const BEHIND: u64 = 1_000_000;

pub(super) struct Unknown;

const UNKNOWN: CheckSpec = CheckSpec {
    id: "source.unknown",
    area: Area::Source,
    screen: "34",
    every: Duration::from_secs(15),
    limit: Duration::from_secs(2),
    needs: &[],
};

impl Check for Unknown {
    fn spec(&self) -> &'static CheckSpec {
        &UNKNOWN
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            // One finding for all journals: the worst, the others in the facts.
            let judged = cx.journal.sources.iter().map(|source| (judge(source), source));
            let worst = judged.max_by_key(|((status, _), source)| (status.weight(), source.unreadable));
            let Some(((status, code), source)) = worst else {
                return vec![UNKNOWN.found(&cx, Status::Warning, "source-none")];
            };
            let all: Vec<String> =
                cx.journal.sources.iter().map(|source| format!("{} {}", source.name, judge(source).1)).collect();
            let mut found = UNKNOWN.found(&cx, status, code);
            found.facts.extend(facts(source));
            vec![found.fact("sources", all)]
        })
    }
}

/// What may stand before the details in [`SourceStatus::error`], with its code.
const WORDS: &[(&str, &str)] = &[
    ("missing", "source-missing"),
    ("denied", "source-denied"),
    ("directory", "source-directory"),
    ("pattern", "source-pattern"),
    ("no-journalctl", "source-no-journalctl"),
    ("ended", "source-ended"),
    ("no-folder", "source-no-folder"),
    ("unsafe-folder", "source-unsafe-folder"),
    ("occupied", "source-occupied"),
    ("in-use", "source-in-use"),
    ("group", "source-group"),
    ("not-sqlite", "source-not-sqlite"),
    ("busy", "source-busy"),
    ("left-open", "source-left-open"),
    ("no-table", "source-no-table"),
    ("no-column", "source-no-column"),
    ("no-number", "source-no-number"),
    ("query", "source-query"),
];

fn judge(source: &SourceStatus) -> (Status, &'static str) {
    let word = source.error.as_deref().map(|error| error.split(' ').next().unwrap_or_default());
    match word {
        Some(word) => {
            let code = WORDS.iter().find(|(known, _)| *known == word).map_or("source-error", |(_, code)| *code);
            // It is read all the same, or will be in a moment.
            let status = if matches!(word, "group" | "busy") { Status::Warning } else { Status::Fail };
            (status, code)
        }
        None if source.unreadable > 0 && source.read == 0 => (Status::Fail, nothing_read(source)),
        None if source.unknown > 0 => (Status::Warning, "source-format"),
        None if source.unreadable > 0 && last_reason(source) == "no-time" => (Status::Warning, "source-lines-time"),
        None if source.unreadable > 0 => (Status::Warning, "source-lines"),
        None => (Status::Ok, "source-ok"),
    }
}

/// Why nothing at all was read, where one setting stands behind it.
fn nothing_read(source: &SourceStatus) -> &'static str {
    match last_reason(source) {
        "no-time" => "source-nothing-time",
        _ if packing_that_fits(source).is_some() => "source-nothing-packing",
        _ => "source-nothing",
    }
}

/// What was wrong with the last line that was not understood; it stands behind its place.
fn last_reason(source: &SourceStatus) -> &str {
    let told = source.last_unreadable.as_deref().and_then(|told| told.split_once(' '));
    told.map_or("", |(_, reason)| reason)
}

/// The packing that reads the last message that the configured one could not read.
fn packing_that_fits(source: &SourceStatus) -> Option<&str> {
    last_reason(source).strip_prefix("packing ")?.strip_suffix(" fits")
}

/// Why a journal cannot be read, as a sentence; none while it can.
pub fn source_sentence(lang: Lang, source: &SourceStatus) -> Option<String> {
    source.error.as_ref()?;
    Some(text::tf(lang, &format!("finding-{}", judge(source).1), &facts(source)))
}

/// What the sentences about a journal name.
fn facts(source: &SourceStatus) -> Facts {
    Facts::from([
        ("source".to_owned(), (&*source.name).into()),
        ("path".to_owned(), source.path.as_str().into()),
        ("read".to_owned(), source.read.into()),
        ("unreadable".to_owned(), source.unreadable.into()),
        ("unknown".to_owned(), source.unknown.into()),
        ("where".to_owned(), source.last_unreadable.clone().unwrap_or_default().into()),
        ("packing".to_owned(), packing_that_fits(source).unwrap_or_default().into()),
        ("reason".to_owned(), details(source.error.as_deref().unwrap_or_default()).into()),
    ])
}

/// What an error says behind its word.
fn details(error: &str) -> &str {
    match error.split_once(' ') {
        Some((word, details)) if WORDS.iter().any(|(known, _)| *known == word) => details,
        _ => error,
    }
}

pub(super) struct Lag;

const LAG: CheckSpec = CheckSpec {
    id: "source.lag",
    area: Area::Source,
    screen: "34",
    every: Duration::from_secs(15),
    limit: Duration::from_secs(2),
    needs: &["source.unknown"],
};

impl Check for Lag {
    fn spec(&self) -> &'static CheckSpec {
        &LAG
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            let read = || cx.journal.sources.iter().filter(|source| source.error.is_none());
            let Some(slowest) = read().max_by_key(|source| source.behind) else {
                let code = if cx.journal.sources.is_empty() { "source-lag-none" } else { "source-lag-untested" };
                let status = if cx.journal.sources.is_empty() { Status::Absent } else { Status::NotTested };
                return vec![LAG.found(&cx, status, code)];
            };
            let (status, code) = match (slowest.caught_up, slowest.behind) {
                (true, behind) if behind > BEHIND => (Status::Warning, "source-lag-behind"),
                (false, behind) if behind > 0 => (Status::Ok, "source-lag-reading"),
                _ => (Status::Ok, "source-lag-ok"),
            };
            let found = LAG
                .found(&cx, status, code)
                .fact("source", &*slowest.name)
                .fact("behind_bytes", slowest.behind)
                .fact("behind_mb", slowest.behind / 1_000_000);
            vec![found.fact("polled", slowest.polled)]
        })
    }
}
