//! What lies over a screen: the question before an action and the palette. Both take the body; title row and bottom
//! bar stay.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::text::{self, pad, truncate, wrap};
use crate::tui::app::App;
use crate::tui::dialog::Dialog;
use crate::tui::palette::{self, Hit, Palette};
use crate::tui::render::put;
use crate::tui::screens;
use crate::tui::view::Tone;

/// Widest text of an overlay: longer lines are hard to read.
const WIDEST: u16 = 72;

/// The question: title, what it will do, the code and what has been typed.
pub(in crate::tui) fn dialog(app: &App, dialog: &Dialog, area: Rect, buf: &mut Buffer) {
    let area = Rect { width: area.width.min(WIDEST), ..area };
    let width = usize::from(area.width);
    let title = app.look.reverse();
    put(buf, area.x, area.y, &pad(&dialog.confirm.title, width), width, title);
    let lang = app.look.lang;
    let ask = if dialog.code.is_empty() {
        text::t(lang, "app-dialog-green")
    } else {
        let typed = format!("{}{}", dialog.typed, "_".repeat(dialog.code.len() - dialog.typed.len()));
        text::ta(lang, "app-dialog-code", &[("code", dialog.code.as_str().into()), ("typed", typed.into())])
    };
    // The code is always in sight; what does not fit above it is cut, and says so.
    let ask = wrap(&ask, width);
    let room = usize::from(area.height).saturating_sub(1 + ask.len());
    let lines = dialog
        .confirm
        .body
        .iter()
        .flat_map(|para| wrap(&para.text, width).into_iter().map(|line| (line, app.look.style(para.tone))));
    let mut lines: Vec<_> = lines.collect();
    if lines.len() > room {
        lines.truncate(room);
        if let Some((line, _)) = lines.last_mut() {
            *line = truncate(&format!("{line}~~"), width);
        }
    }
    let mut y = area.y + 1;
    for (line, style) in &lines {
        put(buf, area.x, y, line, width, *style);
        y += 1;
    }
    if lines.len() + 1 < room {
        y += 1;
    }
    for line in &ask {
        put(buf, area.x, y, line, width, app.look.style(Tone::Strong));
        y += 1;
    }
}

/// The palette: the typed text and what fits, codes before screens.
pub(in crate::tui) fn palette(app: &App, palette: &Palette, area: Rect, buf: &mut Buffer) {
    let width = usize::from(area.width.min(WIDEST));
    let lang = app.look.lang;
    let typed = format!("> {}_", palette.typed);
    put(buf, area.x, area.y, &pad(&typed, width), width, app.look.style(Tone::Strong));
    let hits = app.hits(palette);
    if hits.is_empty() {
        put(buf, area.x, area.y + 1, &text::t(lang, "app-palette-none"), width, app.look.style(Tone::Dim));
    }
    let room = usize::from(area.height).saturating_sub(1).max(1);
    // The marked hit is in sight.
    let first = (palette.marked + 1).saturating_sub(room);
    for ((i, hit), y) in hits.iter().enumerate().skip(first).zip(area.y + 1..area.bottom()) {
        let line = match hit {
            Hit::Code { code, short, .. } => {
                text::ta(lang, "app-palette-code", &[("code", code.as_str().into()), ("short", short.as_str().into())])
            }
            Hit::Chapter(chapter) => text::ta(lang, "handbook-see", &[("title", chapter.title.get(lang).into())]),
            Hit::Screen(id) => {
                let title = screens::by_id(id).map_or_else(String::new, |spec| palette::titled(spec, lang));
                text::ta(lang, "app-palette-screen", &[("title", title.into())])
            }
        };
        let style = if i == palette.marked { app.look.reverse() } else { app.look.style(Tone::Plain) };
        put(buf, area.x, y, &pad(&line, width), width, style);
    }
}
