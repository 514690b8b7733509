//! A [`View`] laid out for a width and a height: wrapped, numbered, in pages. Nothing is lost: what does not fit on
//! the first page stands on the next one.
//!
//! ```text
//! lamps      网络2 正常  收单主机23 故障
//! head       断在第4步: 域名服务器不回应。
//! entry      代码: [61_ ]
//! rows       1 正常 线路              0.1s
//!            2 故障 域名              5.0s
//! tail       路由器上网正常时, 按绿键。
//! ```

use crate::text::{pad, truncate, width as cells, wrap};
use crate::tui::theme::{self, Look};
use crate::tui::view::{self, Lamp, Para, Row, Tone, View};

/// A piece of a line with one tone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    pub text: String,
    pub tone: Tone,
    /// Shown reversed: what has been typed.
    pub reverse: bool,
    /// The row it belongs to, by its place in the view.
    pub row: Option<usize>,
}

impl Span {
    fn of(text: impl Into<String>, tone: Tone) -> Self {
        Self { text: text.into(), tone, reverse: false, row: None }
    }
}

/// A line of the body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    pub spans: Vec<Span>,
}

impl Line {
    fn of(text: String, tone: Tone) -> Self {
        Self { spans: vec![Span::of(text, tone)] }
    }
}

/// One page, ready to be drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    pub lines: Vec<Line>,
    /// From 0.
    pub page: usize,
    pub pages: usize,
    /// Digits on this page and the rows they stand for.
    pub digits: Vec<(u8, usize)>,
    /// Rows on this page.
    pub rows: Vec<usize>,
}

/// What a sheet is laid out for.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    pub width: usize,
    pub height: usize,
    pub look: Look,
    /// Digits stand before the rows; not in a preview, where they would press something else.
    pub numbered: bool,
    /// What is typed is not shown as stars.
    pub reveal: bool,
    /// The last sign may still become another one.
    pub tapping: bool,
    /// What has been typed into the entry box.
    pub typed: &'a str,
}

/// Most lines a row is wrapped to.
const ROW_LINES: usize = 3;

/// The page `at` of a view.
pub fn sheet(view: &View, at: usize, frame: Frame<'_>) -> Sheet {
    let parts = Parts::new(view, frame);
    let plans = parts.plan();
    let pages = plans.len().max(1);
    let page = at.min(pages - 1);
    let mut sheet = Sheet { page, pages, ..Sheet::default() };
    if let Some(plan) = plans.get(page) {
        parts.fill(plan, &mut sheet);
    }
    sheet
}

/// What stands on one page.
#[derive(Clone, Debug, Default)]
struct Plan {
    /// Lines of the head.
    head: std::ops::Range<usize>,
    /// Rows with the digit before them.
    rows: Vec<(Option<u8>, usize)>,
    /// Rows side by side.
    grid: bool,
    tail: std::ops::Range<usize>,
    /// Most lines a row has on this page.
    cap: usize,
    /// Empty lines between the sections.
    airy: bool,
}

struct Parts<'a> {
    view: &'a View,
    frame: Frame<'a>,
    head: Vec<Line>,
    tail: Vec<Line>,
    /// Cells before the text of a row; the second only where it has a status.
    digit_cells: usize,
    status_cells: usize,
}

impl<'a> Parts<'a> {
    fn new(view: &'a View, frame: Frame<'a>) -> Self {
        let mut head = lamps(&view.lamps, frame);
        head.extend(view.head.iter().flat_map(|para| paragraph(para, frame.width)));
        head.extend(entry(view, frame));
        let tail = view.tail.iter().flat_map(|para| paragraph(para, frame.width)).collect();
        let words = view.rows.iter().filter_map(|row| row.status).map(|s| cells(&frame.look.status(s, frame.width)));
        let status_cells = words.max().map_or(0, |most| most + 1);
        let digit_cells = if frame.numbered && !view.rows.is_empty() { 2 } else { 0 };
        Self { view, frame, head, tail, digit_cells, status_cells }
    }

    /// Every page.
    fn plan(&self) -> Vec<Plan> {
        if self.view.rows.is_empty() {
            return self.text_pages();
        }
        if let Some(plan) = self.one_page() {
            return self.tail_apart(&plan).unwrap_or_else(|| vec![plan]);
        }
        let height = self.frame.height.max(1);
        // A head that leaves no room for three rows gets pages of its own.
        let least = 3.min(self.view.rows.len());
        let head_apart = self.head.len() + least > height;
        let (mut plans, room, head) = if head_apart {
            (chunks(0..self.head.len(), height, |head| Plan { head, ..Plan::default() }), height, 0..0)
        } else {
            (Vec::new(), height - self.head.len(), 0..self.head.len())
        };
        plans.extend(self.row_pages(room, &head));
        // The tail goes below the last rows if there is room, else behind them.
        let used = plans.last().map_or(height, |plan| plan.head.len() + self.rows_height(plan));
        let tail = 0..self.tail.len();
        match plans.last_mut() {
            Some(plan) if used + tail.len() <= height => plan.tail = tail,
            _ => plans.extend(chunks(tail, height, |tail| Plan { tail, ..Plan::default() })),
        }
        plans
    }

    fn text_pages(&self) -> Vec<Plan> {
        let height = self.frame.height.max(1);
        let (head, tail) = (0..self.head.len(), 0..self.tail.len());
        if head.len() + tail.len() <= height {
            let airy = head.len() + tail.len() + 2 < height;
            return vec![Plan { head, tail, airy, ..Plan::default() }];
        }
        let mut plans = chunks(head, height, |head| Plan { head, ..Plan::default() });
        plans.extend(chunks(tail, height, |tail| Plan { tail, ..Plan::default() }));
        plans
    }

    /// Everything on one page, if that can be.
    fn one_page(&self) -> Option<Plan> {
        if self.frame.look.large {
            return None;
        }
        let page = view::page(&self.view.rows, 0, 8);
        if page.pages > 1 {
            return None;
        }
        let rows = self.indices(&page);
        let whole = |cap, grid| {
            let (head, tail) = (0..self.head.len(), 0..self.tail.len());
            let mut plan = Plan { head, rows: rows.clone(), grid, tail, cap, airy: false };
            let used = plan.head.len() + self.rows_height(&plan) + plan.tail.len();
            plan.airy = used + 2 < self.frame.height;
            (used <= self.frame.height).then_some(plan)
        };
        if let Some(plan) = whole(1, true).filter(|_| self.grid_columns() > 1) {
            return Some(plan);
        }
        let fixed = self.view.rows.iter().all(|row| row.n.is_some());
        (1..=ROW_LINES)
            .rev()
            .filter(|cap| *cap > 1 || fixed || self.untruncated(&rows))
            .find_map(|cap| whole(cap, false))
    }

    /// Rows that would be cut off only because of the tail are shown whole, and the tail behind them.
    fn tail_apart(&self, plan: &Plan) -> Option<Vec<Plan>> {
        if plan.grid || plan.cap > 1 || plan.tail.is_empty() || self.untruncated(&plan.rows) {
            return None;
        }
        let rows = |cap| Plan { cap, tail: 0..0, airy: false, ..plan.clone() };
        let fits = |first: &Plan| first.head.len() + self.rows_height(first) <= self.frame.height;
        let first = (2..=ROW_LINES).rev().map(rows).find(fits)?;
        let tail = chunks(plan.tail.clone(), self.frame.height, |tail| Plan { tail, ..Plan::default() });
        Some(std::iter::once(first).chain(tail).collect())
    }

    /// Whether these rows lose nothing on one line each.
    fn untruncated(&self, rows: &[(Option<u8>, usize)]) -> bool {
        rows.iter().all(|(_, row)| self.row(*row, None, ROW_LINES).len() == 1)
    }

    /// Rows over pages: fixed ones that fill a page by themselves are turned too, otherwise they stand on each.
    fn row_pages(&self, room: usize, head: &std::ops::Range<usize>) -> Vec<Plan> {
        let rows = &self.view.rows;
        let cap = if self.frame.look.large { ROW_LINES * 2 } else { 2 };
        let plan = |rows, cap| Plan { head: head.clone(), rows, cap, ..Plan::default() };
        let heights: Vec<usize> = (0..rows.len()).map(|row| self.height(row, cap)).collect();
        let fixed: usize = rows.iter().zip(&heights).filter(|(row, _)| row.n.is_some()).map(|(_, high)| high).sum();
        let free = rows.iter().filter(|row| row.n.is_none()).count();
        if self.frame.look.large {
            let numbered = self.indices_of_all();
            return numbered.into_iter().map(|row| plan(vec![row], cap)).collect();
        }
        if free == 0 || fixed + 1 > room {
            // Rows that always stand together are whole where they fit so, else a line each.
            let high = |cap| (0..rows.len()).map(|row| self.height(row, cap)).sum::<usize>();
            let whole = (2..=ROW_LINES).rev().find(|cap| high(*cap) <= room).unwrap_or(1);
            let cap = if free == 0 { whole } else { cap };
            return self.greedy(self.indices_of_all(), room, cap).into_iter().map(|rows| plan(rows, cap)).collect();
        }
        let fits = |most: usize| {
            let first = view::page(rows, 0, most);
            (0..first.pages).all(|at| {
                let page = self.indices(&view::page(rows, at, most));
                page.iter().map(|(_, row)| heights[*row]).sum::<usize>() <= room
            })
        };
        let most = (1..=8).rev().find(|most| fits(*most)).unwrap_or(1);
        let pages = view::page(rows, 0, most).pages;
        (0..pages).map(|at| plan(self.indices(&view::page(rows, at, most)), cap)).collect()
    }

    /// Rows with the digits they have on pages of eight.
    fn indices_of_all(&self) -> Vec<(Option<u8>, usize)> {
        let pages = view::page(&self.view.rows, 0, 8).pages;
        let mut all: Vec<(Option<u8>, usize)> =
            (0..pages).flat_map(|at| self.indices(&view::page(&self.view.rows, at, 8))).collect();
        all.sort_by_key(|(_, row)| *row);
        all.dedup();
        all
    }

    fn indices(&self, page: &view::Page<'_>) -> Vec<(Option<u8>, usize)> {
        let at = |row: &Row| self.view.rows.iter().position(|have| std::ptr::eq(have, row));
        page.lines.iter().filter_map(|(digit, row)| Some((*digit, at(row)?))).collect()
    }

    fn greedy(&self, rows: Vec<(Option<u8>, usize)>, room: usize, cap: usize) -> Vec<Vec<(Option<u8>, usize)>> {
        let mut pages: Vec<Vec<(Option<u8>, usize)>> = Vec::new();
        let mut used = 0;
        for row in rows {
            let high = self.height(row.1, cap);
            match pages.last_mut() {
                Some(page) if used + high <= room => page.push(row),
                _ => {
                    pages.push(vec![row]);
                    used = 0;
                }
            }
            used += high;
        }
        pages
    }

    fn height(&self, row: usize, cap: usize) -> usize {
        self.row(row, None, cap).len()
    }

    fn rows_height(&self, plan: &Plan) -> usize {
        if plan.grid {
            return plan.rows.len().div_ceil(self.grid_columns());
        }
        plan.rows.iter().map(|(_, row)| self.height(*row, plan.cap)).sum()
    }

    /// How many rows stand side by side: 1 where one of them does not fit into its share.
    fn grid_columns(&self) -> usize {
        let rows = &self.view.rows;
        if rows.iter().any(|row| row.n.is_none()) {
            return 1;
        }
        let widest = rows.iter().map(|row| self.lead_cells(row) + cells(&row_text(row)) + right_cells(row)).max();
        let widest = widest.unwrap_or(0);
        (2..=usize::from(self.view.columns)).rev().find(|n| widest <= self.share(*n)).unwrap_or(1)
    }

    /// Cells of one of `columns` rows side by side.
    fn share(&self, columns: usize) -> usize {
        self.frame.width.saturating_sub((columns - 1) * 2) / columns
    }

    fn lead_cells(&self, row: &Row) -> usize {
        self.digit_cells + row.status.map_or(0, |_| self.status_cells)
    }

    fn fill(&self, plan: &Plan, sheet: &mut Sheet) {
        let airy = |lines: &mut Vec<Line>| {
            if plan.airy && !lines.is_empty() {
                lines.push(Line::default());
            }
        };
        sheet.lines.extend_from_slice(&self.head[plan.head.clone()]);
        if !plan.rows.is_empty() {
            airy(&mut sheet.lines);
            self.fill_rows(plan, sheet);
        }
        if !plan.tail.is_empty() {
            airy(&mut sheet.lines);
            sheet.lines.extend_from_slice(&self.tail[plan.tail.clone()]);
        }
        sheet.lines.truncate(self.frame.height);
        sheet.digits = plan.rows.iter().filter_map(|(digit, row)| Some(((*digit)?, *row))).collect();
        sheet.rows = plan.rows.iter().map(|(_, row)| *row).collect();
    }

    fn fill_rows(&self, plan: &Plan, sheet: &mut Sheet) {
        if plan.grid {
            let columns = self.grid_columns();
            let share = self.share(columns);
            for group in plan.rows.chunks(columns) {
                let mut line = Line::default();
                for (i, (digit, row)) in group.iter().enumerate() {
                    line.spans.push(Span::of(if i == 0 { "" } else { "  " }, Tone::Plain));
                    let spans = self.row_in(*row, *digit, 1, share).remove(0).spans;
                    let used: usize = spans.iter().map(|span| cells(&span.text)).sum();
                    line.spans.extend(spans);
                    line.spans.push(Span::of(" ".repeat(share.saturating_sub(used)), Tone::Plain));
                }
                sheet.lines.push(line);
            }
            return;
        }
        let lines: Vec<Line> = plan.rows.iter().flat_map(|(digit, row)| self.row(*row, *digit, plan.cap)).collect();
        if self.frame.look.large && lines.len() + 2 <= self.frame.height.saturating_sub(sheet.lines.len()) {
            sheet.lines.push(Line::default());
        }
        sheet.lines.extend(lines);
    }

    /// The lines of one row.
    fn row(&self, at: usize, digit: Option<u8>, cap: usize) -> Vec<Line> {
        self.row_in(at, digit, cap, self.frame.width)
    }

    fn row_in(&self, at: usize, digit: Option<u8>, cap: usize, width: usize) -> Vec<Line> {
        let row = &self.view.rows[at];
        let room = width.saturating_sub(self.lead_cells(row)).max(2);
        let right = right_cells(row);
        // A right-hand column that would squeeze the text goes behind it.
        let beside = right > 0 && room >= right + 10.min(cells(&row.text) + 1);
        let text = match (beside || right == 0, cap) {
            (true, _) | (false, 0 | 1) => row_text(row),
            _ => format!("{} {}", row_text(row), row.right),
        };
        let text_room = if beside { room - right } else { room };
        let mut lines = wrap(&text, text_room);
        if lines.len() > cap {
            let rest = lines.split_off(cap.max(1) - 1).join(" ");
            lines.push(truncate(&rest, text_room));
        }
        let tone = if row.blocked.is_some() { Tone::Dim } else { row.tone };
        let span = |text, tone| Span { text, tone, reverse: false, row: Some(at) };
        let numbered = |(i, text): (usize, String)| {
            let mut spans = Vec::new();
            if self.digit_cells > 0 {
                let digit = digit.filter(|_| i == 0).map_or_else(String::new, |n| n.to_string());
                spans.push(span(pad(&digit, self.digit_cells), Tone::Strong));
            }
            if let Some(status) = row.status {
                let word = if i == 0 { self.frame.look.status(status, self.frame.width) } else { String::new() };
                spans.push(span(pad(&word, self.status_cells), if i == 0 { theme::tone(status) } else { Tone::Plain }));
            }
            let first_right = beside && i == 0;
            spans.push(span(if first_right { pad(&text, text_room) } else { text }, tone));
            if first_right {
                spans.push(span(format!(" {}", row.right), tone));
            }
            Line { spans }
        };
        lines.into_iter().enumerate().map(numbered).collect()
    }
}

/// Cells of the right-hand column with the space before it.
fn right_cells(row: &Row) -> usize {
    if row.right.is_empty() { 0 } else { cells(&row.right) + 1 }
}

/// The text of a row with the reason why it is blocked.
fn row_text(row: &Row) -> String {
    match &row.blocked {
        Some(reason) if !reason.is_empty() => format!("{} ({reason})", row.text),
        _ => row.text.clone(),
    }
}

fn paragraph(para: &Para, width: usize) -> Vec<Line> {
    wrap(&para.text, width).into_iter().map(|text| Line::of(text, para.tone)).collect()
}

fn lamps(lamps: &[Lamp], frame: Frame<'_>) -> Vec<Line> {
    let line = |lamps: Vec<&Lamp>| {
        let mut spans = Vec::new();
        for (i, lamp) in lamps.into_iter().enumerate() {
            let gap = if i == 0 { "" } else { "  " };
            let word = if frame.look.ascii { theme::mark(lamp.status) } else { &lamp.word };
            spans.push(Span::of(format!("{gap}{}{} ", lamp.label, lamp.screen), Tone::Plain));
            spans.push(Span::of(word, theme::tone(lamp.status)));
        }
        Line { spans }
    };
    view::lamp_lines(lamps, frame.width).into_iter().map(line).collect()
}

/// The box that digits go into.
fn entry(view: &View, frame: Frame<'_>) -> Vec<Line> {
    let Some(entry) = &view.entry else { return Vec::new() };
    let stars = entry.hidden.as_ref().is_some_and(view::Hidden::stars) && !entry.shown && !frame.reveal;
    let shown = if stars { starred(frame) + "_" } else { format!("{}_", frame.typed) };
    let room = frame.width.saturating_sub(2).max(2);
    // The end of what is typed is what one looks at.
    let skip = shown.chars().count().saturating_sub(room);
    let shown = pad(&shown.chars().skip(skip).collect::<String>(), (entry.max + 1).min(room));
    let label = format!("{} ", entry.label);
    let typed = Span { reverse: true, ..Span::of(shown, Tone::Strong) };
    if cells(&label) + cells(&typed.text) <= frame.width {
        vec![Line { spans: vec![Span::of(label, Tone::Plain), typed] }]
    } else {
        let mut lines: Vec<Line> =
            wrap(&entry.label, frame.width).into_iter().map(|l| Line::of(l, Tone::Plain)).collect();
        lines.push(Line { spans: vec![typed] });
        lines
    }
}

/// Stars; the sign that is being chosen has to be seen.
fn starred(frame: Frame<'_>) -> String {
    let count = frame.typed.chars().count();
    let last = frame.typed.chars().next_back().filter(|_| frame.tapping);
    "*".repeat(count - usize::from(last.is_some())) + &last.map(String::from).unwrap_or_default()
}

/// A range in pieces of at most `size`.
fn chunks(range: std::ops::Range<usize>, size: usize, plan: impl Fn(std::ops::Range<usize>) -> Plan) -> Vec<Plan> {
    let end = range.end;
    range.step_by(size.max(1)).map(|start| plan(start..(start + size.max(1)).min(end))).collect()
}
