//! What is not as it was: against the terminal's acceptance, and against the last day without a fault. Shared by 55 and
//! 11.

use crate::handbook;
use crate::model::{Difference, StoodOn, differences, standing};
use crate::tui::screens::{Cx, handbook as book, parts};
use crate::tui::view::{Para, Row, Tone};

/// What differs from how it stood; none where nobody knows that.
fn against(cx: &Cx<'_>, then: Option<&StoodOn>) -> Option<Vec<Difference>> {
    let snapshot = cx.snapshot()?;
    Some(differences(&then?.parts, &standing(&snapshot.findings, &snapshot.terminal)))
}

/// The name of a part.
fn part(cx: &Cx<'_>, difference: &Difference) -> String {
    cx.t(&format!("standing-{}", difference.part))
}

/// 55: both in one sentence each.
pub fn head(cx: &Cx<'_>) -> Vec<Para> {
    let Some(known) = &cx.mirror.baselines else { return Vec::new() };
    let line = |key: &str, then: Option<&StoodOn>| {
        let (differs, then) = (against(cx, then)?.len(), then?);
        let args = [("count", differs.into()), ("time", cx.when_short(then.at).into())];
        Some(Para::tone(cx.ta(key, &args), if differs == 0 { Tone::Plain } else { Tone::Strong }))
    };
    let install = line("standing-install", known.install.as_ref())
        .unwrap_or_else(|| Para::tone(cx.t("standing-no-install"), Tone::Dim));
    std::iter::once(install).chain(line("standing-good-day", known.good.as_ref())).collect()
}

/// 55: each difference, a line; and the round that says what is right here.
pub fn rows(cx: &Cx<'_>) -> Vec<Row> {
    let known = cx.mirror.baselines.as_ref();
    let install = against(cx, known.and_then(|known| known.install.as_ref())).unwrap_or_default();
    let good = against(cx, known.and_then(|known| known.good.as_ref())).unwrap_or_default();
    // What changed since a good day is told first; what is another than at the acceptance may have been meant.
    let older = install.iter().filter(|old| good.iter().all(|new| new.part != old.part));
    let of = |since: &'static str| move |difference| (since, difference);
    let all = good.iter().map(of("standing-since-day")).chain(older.map(of("standing-since-install")));
    let row = |(since, difference): (&str, &Difference)| {
        let args = [
            ("part", part(cx, difference).into()),
            ("then", parts::clean(&difference.then).into()),
            ("now", parts::clean(&difference.now).into()),
        ];
        Row { text: cx.ta(since, &args), key: format!("differs.{}", difference.part), ..Row::default() }
    };
    let round = handbook::get("acceptance").map(|chapter| book::row(cx, None, &chapter));
    all.map(row).chain(round).collect()
}

/// 11: what changed since the last day without a fault, in one sentence; nothing where nothing did.
pub fn since_good_day(cx: &Cx<'_>) -> Option<Para> {
    let good = cx.mirror.baselines.as_ref()?.good.as_ref()?;
    let changed = against(cx, Some(good))?;
    if changed.is_empty() {
        return None;
    }
    let names: Vec<String> = changed.iter().map(|difference| part(cx, difference)).collect();
    let args = [("time", cx.when_short(good.at).into()), ("parts", crate::text::listed(cx.lang, &names).into())];
    Some(Para::tone(cx.ta("standing-changed", &args), Tone::Strong))
}
