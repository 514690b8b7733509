//! `explain`: what a response code means, whose it is and what it is not; with an agent at hand also the last sale that
//! got it, with what was known around it. Opens no store.

use std::io;

use serde::Serialize;

use super::journal::Row;
use super::output::{Exit, Output};
use super::told;
use crate::codes::{self, Explanation, TextHint};
use crate::link::Link;
use crate::model::{Evidence, Sale, Snapshot};
use crate::platform;
use crate::proto::{MAX_PAGE, Reply, Request, SaleFilter, SaleQuery};
use crate::text::{self, Lang};

/// Newest declines among which the last one is looked for.
const LOOK_AT: usize = 5_000;

/// The last sale that got the code.
pub struct Last {
    sale: Sale,
    evidence: Evidence,
    snapshot: Option<Snapshot>,
}

#[derive(Serialize)]
struct Explained<'a> {
    #[serde(flatten)]
    explanation: &'a Explanation,
    /// As in `journal --json`; `null` where no agent answers, or it never occurred.
    last: Option<Row<'a>>,
    /// Words instead of a code: the codes that can stand behind them, the likest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    behind: Option<Behind>,
}

/// What is known of words without a code.
#[derive(Serialize)]
struct Behind {
    #[serde(flatten)]
    hint: Option<TextHint>,
    codes: Vec<Meant>,
}

#[derive(Serialize)]
struct Meant {
    code: String,
    meaning: String,
}

/// Looks words up that are no code of the table.
fn behind(profile: &str, words: &str, lang: Lang) -> Option<Behind> {
    let hint = codes::text_hint(profile, words, lang);
    let meant = |code: String| Meant { meaning: codes::short(profile, &code, lang).unwrap_or_default(), code };
    let codes: Vec<Meant> = codes::behind_text(profile, words).into_iter().map(meant).collect();
    (hint.is_some() || !codes.is_empty()).then_some(Behind { hint, codes })
}

/// Asks an agent for the last sale that was refused with this code.
pub async fn last(link: &mut Link, code: &str) -> Option<Last> {
    let code = code.trim();
    let mut query = SaleQuery { filter: SaleFilter::Declined, limit: MAX_PAGE, ..SaleQuery::default() };
    let mut looked = 0;
    let sale = loop {
        let Reply::Sales { rows, cursor } = link.ask(Request::Sales(query.clone())).await else { return None };
        looked += rows.len();
        let same = |sale: &Sale| sale.code.as_deref().is_some_and(|have| have.eq_ignore_ascii_case(code));
        if let Some(found) = rows.into_iter().find(same) {
            break found;
        }
        query.cursor = Some(cursor.filter(|_| looked < LOOK_AT)?);
    };
    let snapshot = told::snapshot(link).await;
    let evidence = told::fetch(link, std::slice::from_ref(&sale)).await.pop().unwrap_or_default();
    Some(Last { sale, evidence, snapshot })
}

/// Prints the explanation; an unknown code says so.
pub fn run(code: &str, profile: &str, last: Option<&Last>, out: &mut Output) -> io::Result<Exit> {
    let explanation = codes::explain_at(profile, code, out.lang, platform::now());
    let exit = if explanation.known { Exit::Ok } else { Exit::Unknown };
    let words =
        if explanation.known || code.trim().chars().count() < 3 { None } else { behind(profile, code, out.lang) };
    if out.json {
        let last = last.map(|last| Row::new(&last.sale, &last.evidence, last.snapshot.as_ref()));
        out.json(&Explained { explanation: &explanation, last, behind: words })?;
        return Ok(exit);
    }
    let lang = out.lang;
    out.line(&format!("{} {} ({})", text::t(lang, "cli-explain-code"), explanation.code, explanation.profile))?;
    out.line(&explanation.meaning)?;
    if let Some(words) = words {
        words.hint.iter().try_for_each(|hint| out.line(&hint.say))?;
        words.codes.iter().try_for_each(|meant| out.line(&format!("  {} {}", meant.code, meant.meaning)))?;
        return Ok(exit);
    }
    if let Some(detail) = &explanation.detail {
        out.line(detail)?;
    }
    if !explanation.say.is_empty() {
        out.line(&text::ta(lang, "cli-explain-say", &[("text", explanation.say.clone().into())]))?;
    }
    for (n, step) in explanation.steps.iter().enumerate() {
        out.line(&format!("{}. {step}", n + 1))?;
    }
    for not in &explanation.not {
        out.line(&format!("- {not}"))?;
    }
    if explanation.known {
        let who = [
            ("answered", codes::answered_words(&explanation.answered_by, lang).into()),
            ("retry", codes::again_words(&explanation, lang).into()),
        ];
        out.line(&text::ta(lang, "sale-code-who", &who))?;
    }
    if let Some(other) = &explanation.other_generation {
        out.line(&text::ta(lang, "sale-code-other", &[("text", other.as_str().into())]))?;
    }
    explanation.rule.iter().chain(&explanation.dated).try_for_each(|rule| out.line(rule))?;
    if let Some(last) = last {
        let Last { sale, evidence, snapshot } = last;
        let args = [
            ("time", sale.time.to_string().into()),
            ("stan", sale.stan.as_deref().unwrap_or("none").into()),
            ("rrn", sale.rrn.as_deref().unwrap_or("none").into()),
        ];
        out.line(&text::ta(lang, "cli-explain-last", &args))?;
        out.line(&told::said(lang, sale, evidence, snapshot.as_ref()))?;
    }
    Ok(exit)
}
