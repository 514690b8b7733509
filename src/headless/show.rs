//! `show` and `screens`: what a screen says, as text and JSON, drawn from the same [`View`] as on the terminal.

use serde_json::{Value, json};

use crate::text::{self, Lang};
use crate::tui::screens::{self, SCREENS, ScreenSpec, keys};
use crate::tui::view::{Arg, Open, Page, Row, View, lamp_lines, page};

pub use screens::find;

/// Rows on a page of a leaf, as the digits allow.
const PAGE: usize = 8;

/// A screen as JSON: `id`, `name`, `zh`, `demo` and `lines` are stable; more keys may come. A line that a digit stands
/// before has it in `n`; beyond the first page its `page` tells how often `9` has to be pressed before.
pub fn json(spec: &ScreenSpec, view: &View, lang: Lang, demo: bool) -> Value {
    let mut lines: Vec<Value> = Vec::new();
    let plain = |text: &str| json!({"n": null, "text": text.replace('\n', " ")});
    lines.extend(
        view.lamps
            .iter()
            .map(|lamp| json!({"n": null, "text": lamp.text(), "status": lamp.status.word(), "screen": lamp.screen})),
    );
    lines.extend(view.head.iter().map(|para| plain(&para.text)));
    for (at, n, row) in numbered(view) {
        let mut line = json!({"n": n, "text": row_text(row, lang), "right": row.right});
        if let Some(status) = row.status {
            line["status"] = json!(status.word());
        }
        // What `show` takes to print what stands behind this line.
        if let Some(Open::Place("84", Arg::Chapter { id, .. } | Arg::Round { id, .. })) = &row.open
            && spec.id == "84"
        {
            line["opens"] = json!(format!("84:{id}"));
        }
        if at > 0 {
            line["page"] = json!(at + 1);
        }
        lines.push(line);
    }
    lines.extend(view.tail.iter().map(|para| plain(&para.text)));
    let mut out = json!({
        "id": spec.id,
        "name": spec.name,
        "zh": spec.zh,
        "demo": demo,
        "lang": lang.tag(),
        "green": view.green.as_ref().map(|green| green.label.as_str()),
        "lines": lines,
    });
    if spec.id == "0" {
        // The state code comes with the support tools; nothing is made up until then.
        out["state_code"] = Value::Null;
    }
    out
}

/// A screen as text of at most `width` cells a line.
pub fn text(spec: &ScreenSpec, view: &View, lang: Lang, demo: bool, width: usize) -> String {
    let mut lines = Vec::new();
    let mark = if demo { "  DEMO" } else { "" };
    lines.push(format!("{} {}{mark}", spec.id, screens::title(spec, lang)));
    for line in lamp_lines(&view.lamps, width) {
        let lamps: Vec<String> = line.iter().map(|lamp| lamp.text()).collect();
        lines.push(lamps.join("  "));
    }
    let wrapped = |text: &str| text::wrap(text, width);
    lines.extend(view.head.iter().flat_map(|para| wrapped(&para.text)));
    for (_, n, row) in numbered(view) {
        let digit = n.map_or_else(String::new, |n| format!("{n} "));
        let mut text = wrapped(&format!("{digit}{}", row_text(row, lang)));
        if digit.is_empty() {
            lines.append(&mut text);
            continue;
        }
        // What does not fit goes below its beginning, not below its digit.
        let mut first = true;
        for line in text {
            lines.push(if first { line } else { format!("  {line}") });
            first = false;
        }
    }
    lines.extend(view.tail.iter().flat_map(|para| wrapped(&para.text)));
    lines.extend(view.green.iter().map(|green| {
        let key = text::t(lang, "screen-key-green");
        format!("[{key}: {}]", green.label)
    }));
    lines.push(String::new());
    lines.join("\n")
}

/// Every row with the page it stands on and its digit; fixed ones once.
fn numbered(view: &View) -> Vec<(usize, Option<u8>, &Row)> {
    let pages = page(&view.rows, 0, PAGE).pages;
    let mut out = Vec::new();
    for at in 0..pages {
        let Page { lines, .. } = page(&view.rows, at, PAGE);
        out.extend(lines.into_iter().filter(|(_, row)| at == 0 || row.n.is_none()).map(|(n, row)| (at, n, row)));
    }
    // In their order: fixed ones below the others stand behind all of these.
    let place = |row: &Row| view.rows.iter().position(|have| std::ptr::eq(have, row));
    out.sort_by_key(|(_, _, row)| place(row));
    out
}

/// Status word, text, right-hand column, and why it cannot be opened.
fn row_text(row: &Row, lang: Lang) -> String {
    let status = row.status.map(|status| format!("{} ", screens::status_word(lang, status))).unwrap_or_default();
    let text = format!("{status}{}", row.text);
    let parts = [text.as_str(), &row.right, row.blocked.as_deref().unwrap_or_default()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ")
}

/// Every screen with its keys, as `screens --json` prints it.
pub fn screens_json(lang: Lang) -> Value {
    SCREENS
        .iter()
        .map(|spec| {
            let keys: Vec<Value> =
                keys::keys(spec, lang).into_iter().map(|key| json!({"key": key.key, "does": key.does})).collect();
            json!({"id": spec.id, "name": spec.name, "zh": spec.zh, "keys": keys})
        })
        .collect()
}

/// Every screen as a table for people: id, names, what it is for.
pub fn screens_text(lang: Lang) -> String {
    let titles = SCREENS.iter().map(|spec| text::width(&screens::title(spec, lang))).max().unwrap_or(0);
    let line = |spec: &&ScreenSpec| {
        let about = text::t(lang, &format!("screen-about-{}", spec.id));
        format!("{:<3}{}  {about}", spec.id, text::pad(&screens::title(spec, lang), titles))
    };
    let mut lines: Vec<String> = SCREENS.iter().map(line).collect();
    lines.push(String::new());
    lines.join("\n")
}
