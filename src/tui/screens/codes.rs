//! 31 CODES: the way from what the till shows to its explanation, with a keypad alone.

use crate::codes as tables;
use crate::model::{Sale, Snapshot};
use crate::tui::screens::{Cx, Lines, ScreenSpec, explanation, nothing, parts, playbook};
use crate::tui::view::{Act, Arg, Entry, Green, Open, Para, Row, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "31",
    zh: "查代码",
    name: "CODES",
    lines: Lines::Choices(5),
    green: playbook::CODES_GREEN,
    needs: nothing,
    content: view,
};

fn view(cx: &Cx<'_>) -> View {
    match &cx.place.arg {
        Arg::Way(1) => last(cx),
        Arg::Way(2) => seen(cx),
        Arg::Way(3) => lettered(cx),
        Arg::Way(4) => texts(cx),
        Arg::Way(5) => typed(cx),
        Arg::Word(text) => behind(cx, text),
        Arg::Code { profile, code } => explanation::page(cx, profile, code),
        _ => ways(cx),
    }
}

/// The five ways in.
fn ways(cx: &Cx<'_>) -> View {
    let last = cx.snapshot().and_then(|s| s.failed.iter().rev().find_map(|sale| sale.code.as_deref()));
    let rows = (1..=5)
        .map(|n| Row {
            n: Some(n),
            text: cx.t(&format!("sales-codes-way-{n}")),
            right: if n == 1 { last.map(parts::clean).unwrap_or_default() } else { String::new() },
            open: Some(Open::Place("31", Arg::Way(n))),
            key: n.to_string(),
            ..Row::default()
        })
        .collect();
    View { head: vec![Para::tone(cx.t("sales-codes-head"), Tone::Dim)], rows, ..View::default() }
}

/// 1: the sale that just failed.
fn last(cx: &Cx<'_>) -> View {
    let sale = cx.snapshot().and_then(|s| s.failed.iter().rev().find(|sale| sale.code.is_some()));
    let Some((sale, code)) = sale.and_then(|sale| Some((sale, sale.code.as_deref()?))) else {
        return View { head: vec![Para::tone(cx.t("sales-codes-none-failed"), Tone::Dim)], ..View::default() };
    };
    let mut view = explanation::page(cx, &explanation::profile(cx, sale), code);
    let args = [("time", cx.when(sale.time).into()), ("amount", parts::money(cx.lang, sale).into())];
    view.head.insert(0, Para::tone(cx.ta("sales-codes-last", &args), Tone::Dim));
    // The sale itself is known here, with all that stood around it.
    if let Some(open) = playbook::of_sale(cx, sale).and_then(|id| playbook::start("32", &id, Some(sale), None)) {
        view.rows.retain(|row| row.key != "playbook");
        view.rows.insert(0, playbook::start_row(cx, Some(1), open));
    }
    view.green =
        Some(Green { label: cx.t("sale-green-evidence"), act: Act::Open(Open::Place("32", Arg::Sale(sale.id))) });
    view
}

/// 2: codes that occurred on this terminal, most frequent first.
fn seen(cx: &Cx<'_>) -> View {
    let Some(snapshot) = cx.snapshot() else { return parts::connecting(cx) };
    let rows: Vec<Row> = snapshot
        .codes
        .iter()
        .map(|seen| {
            let source = snapshot.journal.sources.iter().find(|source| source.name == seen.source);
            let profile = source.map_or_else(|| explanation::default_profile(cx), |source| source.profile.clone());
            let right = [("count", seen.count.into()), ("time", cx.when(seen.last).into())];
            Row { right: cx.ta("sales-codes-seen", &right), ..code_row(cx, "31", &profile, &seen.code) }
        })
        .collect();
    let head = if rows.is_empty() { vec![Para::tone(cx.t("sales-codes-none-seen"), Tone::Dim)] } else { Vec::new() };
    View { head, rows, ..View::default() }
}

/// 3: codes that a keypad without letters cannot type.
fn lettered(cx: &Cx<'_>) -> View {
    let profile = explanation::default_profile(cx);
    let rows = tables::lettered(&profile).iter().map(|code| code_row(cx, "31", &profile, code)).collect();
    View { rows, ..View::default() }
}

/// 4: texts that tills show instead of a code.
fn texts(cx: &Cx<'_>) -> View {
    let profile = explanation::default_profile(cx);
    let rows = tables::texts(&profile, cx.lang)
        .into_iter()
        .map(|text| Row {
            open: Some(Open::Place("31", Arg::Word(text.clone()))),
            key: text.clone(),
            text,
            ..Row::default()
        })
        .collect();
    View { head: vec![Para::tone(cx.t("sales-codes-texts"), Tone::Dim)], rows, ..View::default() }
}

/// The codes that stand behind a text.
fn behind(cx: &Cx<'_>, text: &str) -> View {
    let profile = explanation::default_profile(cx);
    let codes = behind_text(cx.snapshot(), &profile, text);
    let args = [("text", parts::clean(text).into()), ("count", codes.len().into())];
    let row = |code: &String| Row { right: seen_last(cx, code), ..code_row(cx, "31", &profile, code) };
    let mut rows: Vec<Row> = silent(cx).into_iter().collect();
    rows.extend(codes.iter().map(row));
    let mut head = vec![Para::tone(cx.ta("sales-codes-behind", &args), Tone::Strong)];
    let hint = tables::text_hint(&profile, text, cx.lang);
    head.extend(hint.as_ref().map(|hint| Para::new(hint.say.clone())));
    View { head, rows, green: step_by_step(cx, hint.and_then(|hint| hint.playbook)), ..View::default() }
}

/// How old the last failed sale may be to be the one whose words somebody reads out, microseconds.
const JUST_NOW_US: i64 = 60 * 60 * 1_000_000;

/// The failed sale that the words are most likely about.
fn just_failed(snapshot: &Snapshot) -> Option<&Sale> {
    // By the order they were read in: the clock may have stepped.
    let sale = snapshot.failed.last()?;
    let newest = snapshot.recent.last().map_or(sale.time.micros, |sale| sale.time.micros);
    (newest.saturating_sub(sale.time.micros) < JUST_NOW_US).then_some(sale)
}

/// The codes that can stand behind a text, best first: that of the sale that has just failed, whatever the table says
/// of its text; then those this terminal got before, the last one first; then the others in the table's order.
pub fn behind_text(snapshot: Option<&Snapshot>, profile: &str, text: &str) -> Vec<String> {
    let mut codes = tables::behind_text(profile, text);
    let Some(snapshot) = snapshot else { return codes };
    let last = |code: &String| {
        let seen = snapshot.codes.iter().filter(|seen| seen.code == *code).map(|seen| seen.last.micros);
        std::cmp::Reverse(seen.max().unwrap_or(i64::MIN))
    };
    codes.sort_by_key(last);
    let hint = || tables::text_hint(profile, text, crate::text::Lang::EN);
    let known = !codes.is_empty() || hint().is_some_and(|hint| hint.of_host);
    let just = just_failed(snapshot).and_then(|sale| sale.code.as_ref().map(ToString::to_string));
    if let Some(code) = just.filter(|code| known && tables::is_success(profile, code) == Some(false)) {
        codes.retain(|other| *other != code);
        codes.insert(0, code);
    }
    codes
}

/// When this terminal got the code last.
fn seen_last(cx: &Cx<'_>, code: &str) -> String {
    let seen = cx.snapshot().and_then(|s| s.codes.iter().filter(|seen| seen.code == code).map(|seen| seen.last).max());
    seen.map(|at| cx.ta("sales-codes-here", &[("time", cx.when(at).into())])).unwrap_or_default()
}

/// The last failed sale has no code at all: nobody answered, whatever words the till shows.
fn silent(cx: &Cx<'_>) -> Option<Row> {
    let sale = just_failed(cx.snapshot()?).filter(|sale| sale.code.is_none())?;
    Some(Row {
        text: cx.ta("sales-codes-silent", &[("time", cx.when(sale.time).into())]),
        open: Some(Open::Place("32", Arg::Sale(sale.id))),
        key: "silent".to_owned(),
        ..Row::default()
    })
}

/// Green on words without a code: the playbook that finds it.
fn step_by_step(cx: &Cx<'_>, id: Option<String>) -> Option<Green> {
    let open = playbook::start("31", &id?, None, None)?;
    Some(Green { label: cx.t("playbook-start"), act: Act::Open(open) })
}

/// 5: typed digits.
fn typed(cx: &Cx<'_>) -> View {
    let Some(code) = cx.place.typed.as_deref().map(str::trim).filter(|code| !code.is_empty()) else {
        return View {
            head: vec![Para::new(cx.t("sales-codes-type"))],
            entry: Some(Entry { label: cx.t("sales-codes-entry"), max: 4, ..Entry::default() }),
            ..View::default()
        };
    };
    explanation::page(cx, &explanation::default_profile(cx), &code.to_ascii_uppercase())
}

/// A code as a line that opens its explanation on the screen `on`.
pub fn code_row(cx: &Cx<'_>, on: &'static str, profile: &str, code: &str) -> Row {
    Row {
        text: format!("{} {}", parts::clean(code), explanation::short(cx, profile, code)),
        open: Some(Open::Place(on, Arg::Code { profile: profile.to_owned(), code: code.to_owned() })),
        key: code.to_owned(),
        ..Row::default()
    }
}

/// A screen and a response code may have the same digits: a last line leads whoever meant the code.
pub fn twin(cx: &Cx<'_>, spec: &ScreenSpec, view: &mut View) {
    let profile = explanation::default_profile(cx);
    let leaf = spec.id.len() == 2 && spec.id != "00" && spec.id != "31";
    if !leaf || tables::is_success(&profile, spec.id) != Some(false) {
        return;
    }
    let code = [("code", spec.id.into())];
    // A digit goes into the box there.
    if view.entry.is_some() {
        view.tail.push(Para::tone(cx.ta("sales-codes-twin-typing", &code), Tone::Dim));
        return;
    }
    // Where eight lines just fill the page, the eighth is worth more than the short cut.
    if view.rows.iter().filter(|row| row.n.is_none()).count() == 8 {
        view.tail.push(Para::tone(cx.ta("sales-codes-twin-far", &code), Tone::Dim));
        return;
    }
    view.rows.push(Row {
        n: Some(8),
        text: cx.ta("sales-codes-twin", &code),
        tone: Tone::Dim,
        open: Some(Open::Place("31", Arg::Code { profile, code: spec.id.to_owned() })),
        key: "code".to_owned(),
        ..Row::default()
    });
}
