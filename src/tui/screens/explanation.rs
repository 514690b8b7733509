//! A response code explained: what it means, what it is not, what to do. Shared by 31, 32 and 84.

use crate::model::Sale;
use crate::text::Lang;
use crate::tui::screens::{Cx, parts};
use crate::tui::view::{Para, Tone, View};

/// What the code tables say about one code, in one language.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// The table knows it.
    pub known: bool,
    pub meaning: String,
    pub detail: String,
    /// Nobody but the bank side can have said this.
    pub bank_side: bool,
    pub issuer: bool,
    pub network_at_fault: bool,
    pub success: bool,
    /// What the customer may hear.
    pub say: String,
    pub steps: Vec<String>,
    pub not: Vec<String>,
    /// Short text as terminals show it.
    pub display: String,
    /// What the other generation of the table says, where it differs.
    pub other_generation: String,
    pub retry: String,
}

/// What the table of `profile` says about `code`.
pub fn told(_lang: Lang, _profile: &str, _code: &str) -> Told {
    Told::default()
}

/// A few words for a list.
pub fn short(cx: &Cx<'_>, sale: &Sale, code: &str) -> String {
    let told = told(cx.lang, &profile(cx, sale), code);
    if told.known { told.meaning } else { cx.t("sale-code-unknown") }
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
    let told = told(cx.lang, profile, code);
    let shown = parts::clean(code);
    let mut head = Vec::new();
    if told.known {
        let args = [("code", shown.into()), ("meaning", told.meaning.as_str().into())];
        head.push(Para::tone(cx.ta("sale-code-meaning", &args), Tone::Strong));
    } else {
        let args = [("code", shown.into()), ("profile", profile.into())];
        head.push(Para::tone(cx.ta("sale-code-not-known", &args), Tone::Strong));
    }
    head.extend(body(cx, &told));
    let tail = vec![Para::tone(cx.ta("sale-code-table", &[("profile", profile.into())]), Tone::Dim)];
    View { head, tail, ..View::default() }
}

/// Meaning in full, what it is not, what to do, what to say.
pub fn body(cx: &Cx<'_>, told: &Told) -> Vec<Para> {
    let mut out = Vec::new();
    let mut say = |text: &str, key: &str, tone: Tone| {
        if !text.is_empty() {
            let text = if key.is_empty() { text.to_owned() } else { cx.ta(key, &[("text", text.into())]) };
            out.push(Para::tone(text, tone));
        }
    };
    say(&told.detail, "", Tone::Plain);
    for not in &told.not {
        say(not, "sale-code-not", Tone::Plain);
    }
    for (step, at) in told.steps.iter().zip(1_u32..) {
        say(&format!("{at}) {step}"), "", Tone::Plain);
    }
    say(&told.say, "sale-code-say", Tone::Plain);
    say(&told.retry, "sale-code-retry", Tone::Dim);
    say(&told.display, "sale-code-display", Tone::Dim);
    say(&told.other_generation, "sale-code-other", Tone::Dim);
    out
}

/// A few words about a code of a table.
pub fn short_of(cx: &Cx<'_>, profile: &str, code: &str) -> String {
    let told = told(cx.lang, profile, code);
    if told.known { told.meaning } else { cx.t("sale-code-unknown") }
}

/// Every code of a table, in its order.
pub fn listed(_profile: &str) -> Vec<String> {
    Vec::new()
}

/// Codes with letters.
pub fn lettered(_profile: &str) -> Vec<String> {
    Vec::new()
}

/// Texts that terminals show.
pub fn texts(_lang: Lang, _profile: &str) -> Vec<String> {
    Vec::new()
}

/// Codes behind such a text.
pub fn behind_text(_profile: &str, _text: &str) -> Vec<String> {
    Vec::new()
}

/// Whether this is a code of the table that is not a success.
pub fn is_listed(_profile: &str, _code: &str) -> bool {
    false
}
