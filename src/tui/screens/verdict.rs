//! 11 VERDICT: the root cause, why, who acts, and which key helps; or one finding that was opened.

use crate::model::{Fact, Finding, Snapshot, Status};
use crate::proto::Request;
use crate::text;
use crate::tui::screens::{Cx, Lines, ScreenSpec, compared, handbook, parts, playbook};
use crate::tui::view::{Act, Arg, Green, Para, Row, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "11",
    zh: "结论",
    name: "VERDICT",
    lines: Lines::Open,
    green: &["checkup-green-fix", "checkup-green-place"],
    needs: |_| vec![Request::Baselines],
    content: view,
};

fn view(cx: &Cx<'_>) -> View {
    let Some(snapshot) = cx.snapshot() else { return parts::connecting(cx) };
    match chosen(cx, snapshot) {
        Some(finding) => about(cx, snapshot, finding),
        None => nothing_wrong(cx, snapshot),
    }
}

/// The finding that was opened, else the root, else the worst.
fn chosen<'a>(cx: &Cx<'_>, snapshot: &'a Snapshot) -> Option<&'a Finding> {
    let opened = match &cx.place.arg {
        Arg::Finding(id) => snapshot.findings.iter().find(|f| f.id == *id),
        _ => None,
    };
    opened.or_else(|| parts::problems(snapshot).into_iter().find(|f| f.status.is_bad()))
}

fn about(cx: &Cx<'_>, snapshot: &Snapshot, finding: &Finding) -> View {
    let status = cx.status_of(finding);
    let label =
        if parts::is_root(snapshot, finding) { cx.t("checkup-root") } else { parts::status_word(cx.lang, status) };
    let area = parts::area_word(cx.lang, finding.area);
    let sentence = parts::sentence(cx.lang, finding);
    let what = [("label", label.into()), ("area", area.into()), ("sentence", sentence.into())];
    let seen = [("time", cx.when_exactly(finding.at).into()), ("id", finding.id.as_str().into())];
    let mut head = vec![
        Para::tone(cx.ta("checkup-what", &what), parts::status_tone(status)),
        Para::tone(cx.ta("checkup-seen", &seen), Tone::Dim),
    ];
    head.extend(
        parts::fact(finding, "since").map(|since| Para::new(cx.ta("checkup-since", &[("since", since.into())]))),
    );
    head.extend(
        parts::fact(finding, "turns")
            .map(|turns| Para::tone(cx.ta("checkup-turns", &[("turns", turns.into())]), Tone::Warn)),
    );
    head.extend(fits(cx, finding));
    head.extend(compared::since_good_day(cx).filter(|_| parts::is_root(snapshot, finding)));
    head.extend(also(finding).first().map(|_| Para::tone(cx.t("checkup-also"), Tone::Strong)));
    let why = format!("finding-why-{}", finding.code);
    if text::has(cx.lang, &why) {
        head.push(Para::new(text::tf(cx.lang, &why, &finding.facts)));
    }
    if let Some(cause) = finding.caused_by.as_ref().and_then(|id| snapshot.findings.iter().find(|f| f.id == *id)) {
        head.push(Para::new(cx.ta("checkup-because", &[("cause", parts::sentence(cx.lang, cause).into())])));
    }
    if status.is_bad() && finding.caused_by.is_none() {
        head.extend(who(cx, finding).map(|who| Para::tone(cx.ta("checkup-who", &[("who", who.into())]), Tone::Strong)));
        head.push(Para::new(advice(cx, finding)));
    }
    let mut rows = steps(cx, snapshot, finding);
    let green = rows.first().and_then(|row| row.open.clone()).map(|open| {
        let fixes = finding.remedy.is_some() && finding.status.is_bad();
        Green { label: cx.t(if fixes { "checkup-green-fix" } else { "checkup-green-place" }), act: Act::Open(open) }
    });
    rows.extend(others(cx, snapshot, finding));
    rows.extend(consequences(cx, snapshot, finding));
    // A consequence is dealt with where its cause is.
    let book = playbook::of_finding(finding.family(), status).filter(|_| finding.caused_by.is_none());
    rows.extend(book.and_then(|id| playbook::start("84", id, None, None)).map(|on| playbook::start_row(cx, None, on)));
    let chapter = crate::handbook::of_finding(&finding.id).filter(|_| finding.caused_by.is_none());
    rows.extend(chapter.map(|chapter| handbook::row(cx, None, &chapter)));
    View { head, rows, green, ..View::default() }
}

/// The causes that fit, where there are several.
fn fits(cx: &Cx<'_>, finding: &Finding) -> Option<Para> {
    let Some(Fact::List(causes)) = finding.facts.get("fits") else { return None };
    let words: Vec<String> = causes.iter().map(|cause| cx.t(&format!("checkup-fit-{cause}"))).collect();
    let joined = words.join(if cx.lang == text::Lang::ZH { "；" } else { "; " });
    let key = if words.len() > 1 { "checkup-fits" } else { "checkup-fits-one" };
    Some(Para::new(cx.ta(key, &[("causes", joined.into())])))
}

/// Ids of what else is bad by itself.
fn also(finding: &Finding) -> &[String] {
    match finding.facts.get("also") {
        Some(Fact::List(ids)) if finding.root => ids,
        _ => &[],
    }
}

/// What else is bad by itself, a line each.
fn others(cx: &Cx<'_>, snapshot: &Snapshot, finding: &Finding) -> Vec<Row> {
    let ids = also(finding);
    let found = ids.iter().filter_map(|id| snapshot.findings.iter().find(|f| f.id == *id));
    found.map(|f| Row { right: cx.t("checkup-beside"), ..parts::finding_row(cx, f) }).collect()
}

/// Where it goes on: the remedy, then the screen that shows the thing itself.
fn steps(cx: &Cx<'_>, snapshot: &Snapshot, finding: &Finding) -> Vec<Row> {
    let mut rows = Vec::new();
    let cause = finding.caused_by.as_ref().and_then(|id| snapshot.findings.iter().find(|f| f.id == *id));
    if let Some(cause) = cause {
        rows.push(parts::finding_row(cx, cause));
    } else if finding.status.is_bad()
        && let Some(action) = finding.remedy.as_deref().and_then(crate::actions::find)
        && let Some(spec) = crate::tui::screens::by_id(action.screen)
    {
        let right = if action.runs.is_none() { cx.t("fix-not-here") } else { String::new() };
        rows.push(parts::screen_row(cx, None, spec.id, right));
    }
    // The screen that shows it, unless the remedy is that screen.
    if let Some(spec) = crate::tui::screens::by_id(&finding.screen)
        && spec.id != "11"
        && rows.iter().all(|row| row.key != spec.id)
    {
        rows.push(parts::screen_row(cx, None, spec.id, String::new()));
    }
    rows
}

/// What follows from it.
fn consequences(cx: &Cx<'_>, snapshot: &Snapshot, finding: &Finding) -> Vec<Row> {
    let follows = |f: &&Finding| f.caused_by.as_deref() == Some(finding.id.as_str());
    snapshot
        .findings
        .iter()
        .filter(follows)
        .map(|f| Row { right: cx.t("checkup-follows"), ..parts::finding_row(cx, f) })
        .collect()
}

/// Whose job it is: by what was found, else by its family.
fn who(cx: &Cx<'_>, finding: &Finding) -> Option<String> {
    let family = finding.family().replace('.', "-");
    let keys = [format!("finding-who-{}", finding.code), format!("finding-who-{family}")];
    keys.iter().find(|key| text::has(cx.lang, key)).map(|key| cx.t(key))
}

/// What they do: by family where that differs from its area.
fn advice(cx: &Cx<'_>, finding: &Finding) -> String {
    let family = format!("checkup-do-{}", finding.family().replace('.', "-"));
    let area = format!("checkup-do-{}", finding.area.word());
    cx.t(if text::has(cx.lang, &family) { &family } else { &area })
}

/// No problem: what was tested, and since when that holds.
fn nothing_wrong(cx: &Cx<'_>, snapshot: &Snapshot) -> View {
    let of = |wanted: Status| snapshot.findings.iter().filter(move |f| cx.status_of(f) == wanted);
    let areas = |wanted: Status| {
        let mut areas: Vec<String> = Vec::new();
        for finding in of(wanted) {
            let word = parts::area_word(cx.lang, finding.area);
            if !areas.contains(&word) {
                areas.push(word);
            }
        }
        areas.join(if cx.lang == text::Lang::ZH { "、" } else { ", " })
    };
    if snapshot.findings.is_empty() {
        return View { head: vec![Para::tone(cx.t("checkup-never"), Tone::Dim)], ..View::default() };
    }
    let mut head = Vec::new();
    if let Some(oldest) = of(Status::Ok).map(|f| f.at).min() {
        let tested = [
            ("count", of(Status::Ok).count().into()),
            ("areas", areas(Status::Ok).into()),
            ("time", cx.when_exactly(oldest).into()),
        ];
        head.push(Para::tone(cx.t("checkup-nothing"), Tone::Good));
        head.push(Para::new(cx.ta("checkup-tested", &tested)));
    }
    for (status, key) in [
        (Status::Unknown, "checkup-cannot-tell"),
        (Status::Stale, "checkup-out-of-date"),
        (Status::NotTested, "checkup-not-tested"),
    ] {
        if of(status).next().is_some() {
            head.push(Para::new(cx.ta(key, &[("areas", areas(status).into())])));
        }
    }
    let rows = of(Status::Unknown).chain(of(Status::Stale)).map(|f| parts::finding_row(cx, f)).collect();
    View { head, rows, tail: vec![Para::tone(cx.t("checkup-limits"), Tone::Dim)], ..View::default() }
}
