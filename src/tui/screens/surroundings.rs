//! What the terminal knew around one sale, in words: line, host, clock and reader, other cards, clocks. Shared by the
//! evidence of 32, 33 and 34.

use crate::model::{Alike, Area, EVIDENCE_S, Evidence, Finding, Sale, Stood};
use crate::text;
use crate::tui::screens::{Cx, parts};
use crate::tui::view::{Para, Tone};
use crate::verdict;

/// Parts that are told of, in this order.
const AREAS: [Area; 5] = [Area::Network, Area::Host, Area::Clock, Area::Reader, Area::Power];

/// Everything there is to say, most telling first.
pub fn paras(cx: &Cx<'_>, sale: &Sale, evidence: &Evidence) -> Vec<Para> {
    let mut out = around(cx, sale, evidence);
    out.extend(crowd(cx, sale, evidence));
    out.extend(same_card(cx, evidence));
    out.extend(others(cx, sale, evidence));
    out.extend(answer(cx, sale, evidence));
    out
}

fn joined(cx: &Cx<'_>, words: &[String]) -> String {
    text::listed(cx.lang, words)
}

/// How each part stood, since when, and what was not looked at.
fn around(cx: &Cx<'_>, sale: &Sale, evidence: &Evidence) -> Vec<Para> {
    let at = sale.time;
    let area = |area: Area| parts::area_word(cx.lang, area);
    // What is wrong with the parameters is said with the codes it is about.
    let wrong_parts = evidence.wrong(at).filter(|stood| AREAS.contains(&stood.area));
    let mut out: Vec<Para> = wrong_parts.map(|stood| wrong(cx, stood)).collect();
    let (mut good, mut last, mut unseen) = (Vec::new(), Vec::new(), Vec::new());
    for part in AREAS {
        let own = || evidence.stood.iter().filter(|stood| stood.area == part);
        let word = |stood: &Stood| parts::status_word(cx.lang, stood.status);
        match own().find(|stood| stood.near(at)) {
            Some(stood) if stood.status.is_bad() => {}
            Some(stood) => {
                let from = cx.when(stood.from);
                let args = [("area", area(part).into()), ("word", word(stood).into()), ("from", from.into())];
                good.push(cx.ta("verdict-around-since", &args));
            }
            None => match own().max_by_key(|stood| stood.until.micros) {
                Some(stood) => {
                    let when = cx.when(stood.until);
                    let args = [("area", area(part).into()), ("word", word(stood).into()), ("at", when.into())];
                    last.push(cx.ta("verdict-around-old", &args));
                }
                None => unseen.push(area(part)),
            },
        }
    }
    let mut say = |key: &str, name: &str, words: &[String], tone| {
        if !words.is_empty() {
            out.push(Para::tone(cx.ta(key, &[(name, joined(cx, words).into())]), tone));
        }
    };
    say("verdict-around", "words", &good, Tone::Plain);
    say("verdict-around-last", "words", &last, Tone::Dim);
    say("verdict-around-unseen", "areas", &unseen, Tone::Dim);
    out
}

/// A part that was wrong: its sentence, and since when.
fn wrong(cx: &Cx<'_>, stood: &Stood) -> Para {
    let finding = Finding {
        id: stood.id.clone(),
        area: stood.area,
        screen: String::new(),
        status: stood.status,
        code: stood.code.clone(),
        facts: stood.facts.clone(),
        remedy: None,
        at: stood.until,
        root: false,
        caused_by: None,
    };
    let args = [
        ("area", parts::area_word(cx.lang, stood.area).into()),
        ("sentence", parts::sentence(cx.lang, &finding).into()),
        ("from", cx.when(stood.from).into()),
    ];
    Para::tone(cx.ta("verdict-around-wrong", &args), Tone::Warn)
}

/// How many cards got this code.
fn crowd(cx: &Cx<'_>, sale: &Sale, evidence: &Evidence) -> Option<Para> {
    let code = parts::clean(sale.code.as_deref()?);
    let (hour, day) = (evidence.hour?, evidence.day?);
    if day.sales == 1 {
        return Some(Para::tone(cx.ta("verdict-crowd-only", &[("code", code.into())]), Tone::Dim));
    }
    if day.cards == 1 {
        let said = || Para::tone(cx.ta("verdict-crowd-one", &[("code", code.into())]), Tone::Dim);
        return day.exact.then(said);
    }
    let sure = |alike: Alike| if alike.exact { "yes" } else { "no" };
    let args = [
        ("code", code.into()),
        ("hour", hour.cards.into()),
        ("sure_hour", sure(hour).into()),
        ("day", day.cards.into()),
        ("sure_day", sure(day).into()),
        ("banks", day.banks.unwrap_or(0).into()),
        ("since", if day.exact { "sure".into() } else { day.since.map_or("never".into(), |at| cx.when(at).into()) }),
    ];
    let tone = if hour.cards >= 3 { Tone::Warn } else { Tone::Plain };
    Some(Para::tone(cx.ta("verdict-crowd", &args), tone))
}

fn same_card(cx: &Cx<'_>, evidence: &Evidence) -> Option<Para> {
    let same = evidence.same_card.filter(|same| same.times > 1)?;
    let sure = if same.exact { "yes" } else { "no" };
    Some(Para::new(cx.ta("verdict-same-card", &[("times", same.times.into()), ("sure", sure.into())])))
}

/// What became of other sales about then.
fn others(cx: &Cx<'_>, sale: &Sale, evidence: &Evidence) -> Option<Para> {
    let others = evidence.others;
    if others.approved + others.declined + others.unanswered == 0 || sale.moneyless() {
        return None;
    }
    let args = [
        ("approved", others.approved.into()),
        ("declined", others.declined.into()),
        ("unanswered", others.unanswered.into()),
    ];
    Some(Para::tone(cx.ta("verdict-others", &args), Tone::Dim))
}

/// What the answer says besides its code: its clock, its issuer, the text that was shown; and how the card was read.
fn answer(cx: &Cx<'_>, sale: &Sale, evidence: &Evidence) -> Vec<Para> {
    let mut out = Vec::new();
    if let Some((at, _)) = evidence.late {
        out.push(Para::tone(cx.ta("verdict-late", &[("time", cx.when_exactly(at).into())]), Tone::Warn));
    }
    if let Some(undone) = &evidence.undone {
        let args = [("kind", undone.kind.as_str().into()), ("time", cx.when_exactly(undone.time).into())];
        out.push(Para::new(cx.ta("verdict-undone", &args)));
    }
    if let Some(host) = sale.host_time {
        let ahead = host.seconds_since(sale.time);
        let way = match ahead {
            1.. => "ahead",
            0 => "same",
            _ => "behind",
        };
        let tone = if ahead.abs() > 2 * EVIDENCE_S { Tone::Warn } else { Tone::Dim };
        let args = [("seconds", ahead.unsigned_abs().into()), ("way", way.into())];
        out.push(Para::tone(cx.ta("verdict-clock", &args), tone));
    }
    if verdict::fallback(sale, evidence) == Some(true) {
        out.push(Para::new(cx.t("verdict-fallback")));
    }
    if let Some(issuer) = &sale.issuer {
        out.push(Para::tone(cx.ta("verdict-issuer", &[("issuer", parts::clean(issuer).into())]), Tone::Dim));
    }
    if let Some(shown) = &sale.text {
        out.push(Para::tone(cx.ta("verdict-text", &[("text", parts::clean(shown).into())]), Tone::Dim));
    }
    out
}

/// The verdict's line, whose job it is, what worked and what is no use.
pub fn verdict_paras(
    cx: &Cx<'_>,
    sale: &Sale,
    evidence: &Evidence,
    judged: &verdict::Verdict,
    meaning: &str,
) -> Vec<Para> {
    let said = verdict::said(cx.lang, sale, evidence, judged, meaning);
    let rest = [said.worked, said.no_use, said.job];
    std::iter::once(Para::tone(said.line, Tone::Strong)).chain(rest.into_iter().flatten().map(Para::new)).collect()
}
