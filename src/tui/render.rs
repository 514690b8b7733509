//! Draws the console into a buffer: title row, body, bottom bar, and what lies over them. Reads the state, changes
//! nothing.
//!
//! ```text
//! 32 失败交易 DECLINES          店员 网络x 14:05 DEMO     title, always row 1
//! body                          | preview                 from 80 columns
//! 绿=解释 黄=返回 红=首页                   9=更多 1/3    bar, always the last row
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use crate::model::{Area, Status};
use crate::text::{self, Lang, pad, truncate, width as cells};
use crate::tui::app::{App, LEAST, Overlay};
use crate::tui::mirror::LinkState;
use crate::tui::overlay;
use crate::tui::screens;
use crate::tui::sheet::{Line, Sheet};
use crate::tui::theme;
use crate::tui::view::Tone;

/// Draws everything.
pub(in crate::tui) fn draw(app: &App, area: Rect, buf: &mut Buffer) {
    if area.width < LEAST.0 || area.height < LEAST.1 {
        too_small(app, area, buf);
        return;
    }
    let row = |y, height| Rect { x: area.x, y: area.y + y, width: area.width, height };
    title(app, row(0, 1), buf);
    bar(app, row(area.height - 1, 1), buf);
    let mut body = row(1, area.height - 2);
    if let Some(text) = app.strip() {
        put(buf, body.x, body.y, &text, usize::from(body.width), app.look.style(Tone::Warn));
        body = Rect { y: body.y + 1, height: body.height - 1, ..body };
    }
    match &app.overlay {
        Some(Overlay::Dialog(dialog)) => overlay::dialog(app, dialog, body, buf),
        Some(Overlay::Palette(palette)) => overlay::palette(app, palette, body, buf),
        Some(Overlay::Leaving) | None => content(app, body, buf),
    }
    let notice = match &app.overlay {
        Some(Overlay::Leaving) => Some(text::t(app.look.lang, if app.kiosk { "app-leave-kiosk" } else { "app-leave" })),
        _ => app.notice.clone(),
    };
    if let Some(notice) = notice {
        over_last_rows(&notice, app, body, buf);
    }
}

/// A window that nothing fits into says so and waits.
fn too_small(app: &App, area: Rect, buf: &mut Buffer) {
    let lines = text::wrap(&text::t(app.look.lang, "app-enlarge"), usize::from(area.width.max(2)));
    for (line, y) in lines.iter().zip(area.y..area.bottom()) {
        put(buf, area.x, y, line, usize::from(area.width), Style::new());
    }
}

/// The sentence above the bottom bar, over the last rows of the body.
fn over_last_rows(notice: &str, app: &App, body: Rect, buf: &mut Buffer) {
    let width = usize::from(body.width);
    let lines = text::wrap(notice, width);
    let most = usize::from(body.height).min(lines.len());
    for (line, y) in lines.iter().take(most).zip(body.bottom() - most as u16..body.bottom()) {
        put(buf, body.x, y, &pad(line, width), width, app.look.style(Tone::Warn));
    }
}

/// The list and, where there is room, what the marked line leads to.
fn content(app: &App, body: Rect, buf: &mut Buffer) {
    let Some(shown) = app.drawn() else { return };
    let mut list = Rect { width: shown.list_width.min(body.width), ..body };
    if shown.waiting > 0 {
        let news = text::ta(app.look.lang, "app-waiting", &[("count", shown.waiting.into())]);
        put(buf, list.x, list.y, &news, usize::from(list.width), app.look.style(Tone::Strong));
        list = Rect { y: list.y + 1, height: list.height - 1, ..list };
    }
    sheet(&shown.sheet, app.visit().marked, app, list, buf);
    let Some(preview) = shown.preview.as_ref().filter(|_| list.width + 3 < body.width) else { return };
    let x = body.x + list.width + 1;
    for y in body.y..body.bottom() {
        put(buf, x, y, "|", 1, app.look.style(Tone::Dim));
    }
    let pane = Rect { x: x + 2, width: body.right() - x - 2, ..body };
    if let Some(spec) = screens::by_id(&preview.place.screen) {
        let titled = crate::tui::palette::titled(spec, app.look.lang);
        put(
            buf,
            pane.x,
            pane.y,
            &truncate(&titled, usize::from(pane.width)),
            usize::from(pane.width),
            app.look.style(Tone::Strong),
        );
    }
    let below = Rect { y: pane.y + 1, height: pane.height.saturating_sub(1), ..pane };
    sheet(&preview.sheet, None, app, below, buf);
}

/// The lines of a sheet; those of the marked row reversed.
fn sheet(sheet: &Sheet, marked: Option<usize>, app: &App, area: Rect, buf: &mut Buffer) {
    for (line, y) in sheet.lines.iter().zip(area.y..area.bottom()) {
        spans(line, marked, app, Rect { y, height: 1, ..area }, buf);
    }
}

fn spans(line: &Line, marked: Option<usize>, app: &App, area: Rect, buf: &mut Buffer) {
    let pointed = |row: Option<usize>| row.is_some() && row == marked;
    let mut x = area.x;
    for span in &line.spans {
        let mut style = app.look.style(span.tone);
        if pointed(span.row) || span.reverse {
            style = style.patch(app.look.reverse());
        }
        let room = usize::from(area.right().saturating_sub(x));
        x = put(buf, x, area.y, &span.text, room, style);
    }
    if line.spans.last().is_some_and(|span| pointed(span.row)) && x < area.right() {
        buf.set_style(Rect { x, width: area.right() - x, ..area }, app.look.reverse());
    }
}

/// Writes a text of at most `room` cells; gives the column behind it.
pub(in crate::tui) fn put(buf: &mut Buffer, x: u16, y: u16, text: &str, room: usize, style: Style) -> u16 {
    if y >= buf.area.bottom() || x >= buf.area.right() {
        return x;
    }
    buf.set_stringn(x, y, text, room, style).0
}

/// Row 1: id and names at the left; role, lamps, link, clock and DEMO at the right as width allows.
fn title(app: &App, area: Rect, buf: &mut Buffer) {
    let width = usize::from(area.width);
    let place = app.place();
    let Some(spec) = screens::by_id(&place.screen) else {
        put(buf, area.x, area.y, &pad(&place.screen, width), width, app.look.reverse());
        return;
    };
    let right = Right::of(app, width < NARROW);
    let long = app.look.lang == Lang::ZH;
    let name = |zh: bool| {
        if zh { format!("{} {} {}", spec.id, spec.zh, spec.name) } else { format!("{} {}", spec.id, spec.name) }
    };
    // Dropped first: role, clock, lamps, 中文名. Never: id, NAME, DEMO, and the id that is being dialled.
    let (left, right) = (0..=3)
        .map(|dropped| (name(long), right.text(dropped)))
        .chain([(name(false), right.text(3)), (name(long), right.least()), (name(false), right.least())])
        .find(|(left, right)| cells(left) + 1 + cells(right) <= width)
        .unwrap_or_else(|| (name(false), right.least()));
    let gap = width.saturating_sub(cells(&left) + cells(&right)).max(1);
    let row = format!("{left}{}{right}", " ".repeat(gap));
    put(buf, area.x, area.y, &pad(&row, width), width, app.look.reverse().add_modifier(Modifier::BOLD));
}

/// Below this width the page is counted in the title row.
const NARROW: usize = 34;

/// What stands at the right of the title row.
struct Right {
    role: String,
    lamps: String,
    link: String,
    clock: String,
    dial: String,
    /// Where the bottom bar has no room for it.
    page: String,
    demo: &'static str,
}

impl Right {
    fn of(app: &App, narrow: bool) -> Self {
        let lang = app.look.lang;
        let snapshot = app.mirror.snapshot.as_ref();
        let dial = app.dial.as_ref().map(|digits| text::ta(lang, "app-dial", &[("id", digits.as_str().into())]));
        Self {
            role: snapshot.map_or_else(String::new, |s| text::t(lang, &format!("app-role-{}", s.actor.role.word()))),
            lamps: lamps(app),
            link: link_word(app),
            clock: app.now.wall.hh_mm(),
            dial: dial.unwrap_or_default(),
            page: app.pages().filter(|_| narrow).map(|(page, pages)| format!("{page}/{pages}")).unwrap_or_default(),
            demo: if snapshot.is_some_and(|s| s.terminal.demo) { "DEMO" } else { "" },
        }
    }

    /// With the first `dropped` of role, clock, lamps and link left out.
    fn text(&self, dropped: usize) -> String {
        let keep = |rank: usize, text: &str| if dropped > rank { String::new() } else { text.to_owned() };
        let parts = [
            keep(0, &self.role),
            keep(2, &self.lamps),
            keep(2, &self.link),
            self.dial.clone(),
            keep(1, &self.clock),
            self.page.clone(),
            self.demo.to_owned(),
        ];
        joined(&parts)
    }

    /// What never goes.
    fn least(&self) -> String {
        joined(&[self.dial.clone(), self.demo.to_owned()])
    }
}

fn joined(parts: &[String]) -> String {
    parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// How the agent is reached, when that is worth a word.
fn link_word(app: &App) -> String {
    let lang = app.look.lang;
    match app.mirror.link {
        LinkState::Connecting => text::t(lang, "app-connecting"),
        LinkState::Lost(_) => String::new(),
        LinkState::Live => {
            let own = app.mirror.snapshot.as_ref().is_some_and(|snapshot| snapshot.terminal.in_process);
            if own { text::t(lang, "app-in-process") } else { String::new() }
        }
    }
}

/// Areas of the lamps with the parts of the terminal they stand for.
const LAMPS: &[(&str, &[Area])] = &[
    ("app-lamp-network", &[Area::Network]),
    ("app-lamp-host", &[Area::Host]),
    ("app-lamp-reader", &[Area::Reader]),
    ("app-lamp-printer", &[Area::Printer]),
    ("app-lamp-power", &[Area::Power]),
    ("app-lamp-clock", &[Area::Clock]),
    ("app-lamp-app", &[Area::App, Area::Params, Area::Version]),
    ("app-lamp-system", &[Area::System, Area::Security]),
    ("app-lamp-sales", &[Area::Transactions, Area::Source, Area::Store]),
];

/// The parts in trouble with their marks, `ok` when there are none, nothing when nobody knows.
fn lamps(app: &App) -> String {
    let Some(snapshot) = app.mirror.snapshot.as_ref().filter(|s| !s.findings.is_empty()) else { return String::new() };
    if app.lost_at.is_some() {
        return String::new();
    }
    let worst = |areas: &[Area]| {
        let found = snapshot.findings.iter().filter(|f| areas.contains(&f.area) && f.caused_by.is_none());
        found.map(|f| f.status).max_by_key(|status| status.weight())
    };
    let bad: Vec<String> = LAMPS
        .iter()
        .filter_map(|(key, areas)| Some((key, worst(areas).filter(|status| status.is_bad())?)))
        .map(|(key, status)| format!("{}{}", text::t(app.look.lang, key), theme::mark(status)))
        .collect();
    if !bad.is_empty() {
        return bad.into_iter().take(3).collect::<Vec<_>>().join(" ");
    }
    // "Cannot tell" is never green.
    let known = snapshot.findings.iter().any(|f| f.status == Status::Ok);
    if known { app.look.status(Status::Ok, usize::MAX) } else { String::new() }
}

impl App {
    /// A row of its own below the title while the agent is gone: since when, and how old what one sees is.
    pub(in crate::tui) fn strip(&self) -> Option<String> {
        let lang = self.look.lang;
        let LinkState::Lost(seconds) = self.mirror.link else {
            // What waits for a person stands on every screen; 00 says the rest.
            let left = self.mirror.guard_left?;
            let clock = format!("{}:{:02}", left / 60, left % 60);
            return Some(text::ta(lang, "app-guard", &[("left", clock.into())]));
        };
        let since = if seconds < 60 {
            text::ta(lang, "app-seconds", &[("n", seconds.into())])
        } else {
            text::ta(lang, "app-minutes", &[("n", (seconds / 60).into())])
        };
        let at = self.mirror.snapshot.as_ref().map(|snapshot| snapshot.at.hh_mm());
        Some(match at {
            Some(at) => text::ta(lang, "app-lost", &[("since", since.into()), ("at", at.into())]),
            None => text::ta(lang, "app-lost-empty", &[("since", since.into())]),
        })
    }

    pub(in crate::tui) const fn strip_needed(&self) -> bool {
        matches!(self.mirror.link, LinkState::Lost(_)) || self.mirror.guard_left.is_some()
    }
}

/// The last row: what green, yellow and red do now, and the page.
fn bar(app: &App, area: Rect, buf: &mut Buffer) {
    let width = usize::from(area.width);
    let bar = app.bar();
    let lang = app.look.lang;
    let word = |key: &str| text::t(lang, key);
    let keys = |long: bool| {
        let [green, yellow, red] = if long {
            ["app-bar-green", "app-bar-yellow", "app-bar-red"]
        } else {
            ["app-bar-g", "app-bar-y", "app-bar-r"]
        };
        [
            (word(green), &bar.green, Color::Green),
            (word(yellow), &bar.yellow, Color::Yellow),
            (word(red), &bar.red, Color::Red),
        ]
    };
    let needed = |keys: &[(String, &String, Color); 3], end: &str| {
        keys.iter().map(|(key, does, _)| cells(key) + cells(does) + 1).sum::<usize>() - 1
            + usize::from(!end.is_empty())
            + cells(end)
    };
    // Long words, short words; the page as a sentence, as a number, in the title row; then green's label is cut.
    let ends = page_words(app);
    let choices = [(true, 0), (true, 1), (false, 0), (false, 1), (false, 2)];
    let fits = choices.into_iter().find(|(long, end)| needed(&keys(*long), &ends[*end]) <= width);
    let (long, end) = fits.unwrap_or((false, 2));
    let (keys, end) = (keys(long), &ends[end]);
    let over = needed(&keys, end).saturating_sub(width);
    let edge = area.right().saturating_sub(cells(end) as u16);
    let mut x = area.x;
    for (i, (key, does, color)) in keys.iter().enumerate() {
        let room = if i == 0 { cells(does).saturating_sub(over).max(1) } else { cells(does) };
        let left = |x: u16| usize::from(edge.saturating_sub(x));
        let colored = Style::new().add_modifier(Modifier::REVERSED);
        let colored = if app.look.color { colored.fg(*color) } else { colored };
        let name = key.trim_end_matches('=');
        x = put(buf, x, area.y, name, left(x), colored);
        x = put(buf, x, area.y, &key[name.len()..], left(x), Style::new());
        x = put(buf, x, area.y, &truncate(does, room), left(x), Style::new().add_modifier(Modifier::BOLD));
        x = put(buf, x, area.y, " ", left(x), Style::new());
    }
    put(buf, edge, area.y, end, cells(end), Style::new());
}

/// The page in the bottom bar: as a sentence, as a number, not at all; empty where there is only one.
fn page_words(app: &App) -> [String; 3] {
    let Some((page, pages)) = app.pages() else { return Default::default() };
    let nine = if app.nine_is_more() { "app-bar-more" } else { "app-bar-page" };
    let sentence = text::ta(app.look.lang, nine, &[("page", page.into()), ("pages", pages.into())]);
    [sentence, format!("{page}/{pages}"), String::new()]
}
