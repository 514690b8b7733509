//! A response code explained: what it means, what it is not, what to do. Shared by 31, 32 and 84.

use crate::codes::{self, Explanation};
use crate::model::Sale;
use crate::tui::screens::{Cx, handbook, parts, playbook};
use crate::tui::view::{Act, Green, Para, Row, Tone, View};

/// What the table of `profile` says about `code`, by today's rules.
pub fn told(cx: &Cx<'_>, profile: &str, code: &str) -> Explanation {
    match cx.snapshot() {
        Some(snapshot) => codes::explain_at(profile, code, cx.lang, snapshot.at),
        None => codes::explain(profile, code, cx.lang),
    }
}

/// A few words for a list.
pub fn short(cx: &Cx<'_>, profile: &str, code: &str) -> String {
    codes::short(profile, code, cx.lang).unwrap_or_else(|| cx.t("sale-code-unknown"))
}

/// The code table of the journal this sale stands in.
pub fn profile(cx: &Cx<'_>, sale: &Sale) -> String {
    let source = cx.snapshot().and_then(|s| s.journal.sources.iter().find(|source| source.name == sale.source));
    source.map(|source| source.profile.clone()).filter(|p| !p.is_empty()).unwrap_or_else(|| default_profile(cx))
}

/// The code table of this terminal.
pub fn default_profile(cx: &Cx<'_>) -> String {
    let configured = cx.snapshot().map(|s| s.terminal.profile.clone()).unwrap_or_default();
    if configured.is_empty() { "unionpay".to_owned() } else { configured }
}

/// The whole page about a code.
pub fn page(cx: &Cx<'_>, profile: &str, code: &str) -> View {
    let told = told(cx, profile, code);
    let mut head = Vec::new();
    if told.known {
        let args = [("code", parts::clean(&told.code).into()), ("meaning", told.meaning.as_str().into())];
        head.push(Para::tone(cx.ta("sale-code-meaning", &args), Tone::Strong));
        let who = cx.ta(
            "sale-code-who",
            &[
                ("answered", codes::answered_words(&told.answered_by, cx.lang).into()),
                ("retry", codes::again_words(&told, cx.lang).into()),
            ],
        );
        head.push(Para::new(who));
    } else {
        head.push(Para::tone(told.meaning.clone(), Tone::Strong));
    }
    head.extend(body(cx, &told));
    let open = told.playbook.as_deref().and_then(|id| playbook::start("31", id, None, Some(&told.code)));
    let mut rows: Vec<Row> = open.iter().map(|open| playbook::start_row(cx, Some(1), open.clone())).collect();
    let chapter = told.playbook.as_deref().and_then(crate::handbook::of_playbook);
    rows.extend(chapter.map(|chapter| handbook::row(cx, Some(2), &chapter)));
    let green = open.map(|open| Green { label: cx.t("playbook-start"), act: Act::Open(open) });
    // What to do stands before what else is known of the code, and the lines that lead on between the two.
    let tail = told.detail.iter().map(Para::new).chain(footnotes(cx, &told)).collect();
    View { head, rows, tail, green, ..View::default() }
}

/// What to say, what to do, what it is not.
pub fn body(cx: &Cx<'_>, told: &Explanation) -> Vec<Para> {
    let mut out = to_do(cx, told);
    out.extend(told.not.iter().map(|not| Para::tone(not.clone(), Tone::Dim)));
    out
}

/// What to say and what to do.
pub fn to_do(cx: &Cx<'_>, told: &Explanation) -> Vec<Para> {
    let mut out = Vec::new();
    if !told.say.is_empty() {
        out.push(Para::new(cx.ta("sale-code-say", &[("text", told.say.as_str().into())])));
    }
    out.extend(told.steps.iter().zip(1_u32..).map(|(step, at)| Para::new(format!("{at}) {step}"))));
    out
}

/// Where it comes from, and what else could be meant.
pub fn footnotes(cx: &Cx<'_>, told: &Explanation) -> Vec<Para> {
    let mut out = Vec::new();
    let mut note = |text: String| out.push(Para::tone(text, Tone::Dim));
    if let Some(other) = &told.other_generation {
        note(cx.ta("sale-code-other", &[("text", other.as_str().into())]));
    }
    if !told.display.is_empty() {
        note(cx.ta("sale-code-display", &[("text", told.display.join(" / ").into())]));
    }
    told.rule.iter().chain(&told.dated).for_each(|rule| note(rule.clone()));
    let title = codes::profile_title(&told.profile, cx.lang).unwrap_or_else(|| parts::clean(&told.profile));
    note(cx.ta("sale-code-table", &[("profile", title.into())]));
    out
}
