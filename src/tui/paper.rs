//! The bytes of a frame: a ratatui backend that writes nothing by itself. One frame becomes one buffer, so one write,
//! inside a synchronized update; what did not change costs nothing.
//!
//! Only codes that a VT220 line knows: 8 colours as 30-37, bold, dim, reverse, never a bare `CSI m` in the middle of
//! a styled run, never a query.

use std::convert::Infallible;
use std::io::Write as _;

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};

/// What the terminal at the other end can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speech {
    pub color: bool,
    /// Private modes: alternate screen, hidden cursor, bracketed paste, synchronized update.
    pub modes: bool,
}

/// Style of a cell, as far as it is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Pen {
    fg: Option<u8>,
    bg: Option<u8>,
    bold: bool,
    dim: bool,
    reverse: bool,
}

/// What a cell of the far screen holds, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    Blank,
    Sign,
    /// First half of a wide sign.
    Wide,
}

/// Bytes of the next frame and what is known of the screen at the other end.
#[derive(Debug)]
pub struct Paper {
    speech: Speech,
    size: Size,
    out: Vec<u8>,
    /// What the cells hold, row by row.
    cells: Vec<Holds>,
    cursor: Option<Position>,
    pen: Pen,
}

impl Paper {
    /// An empty screen of this size.
    pub fn new(speech: Speech, size: Size) -> Self {
        let mut paper = Self { speech, size, out: Vec::new(), cells: Vec::new(), cursor: None, pen: Pen::default() };
        paper.forget();
        paper
    }

    /// The terminal has this size now.
    pub fn resize(&mut self, size: Size) {
        if size != self.size {
            self.size = size;
            self.forget();
        }
    }

    /// Changes whether colours are sent.
    pub fn set_color(&mut self, color: bool) {
        self.speech.color = color;
    }

    /// Bytes to send before anything else of the next frame.
    pub fn lead_in(&mut self, bytes: &[u8]) {
        self.out.splice(0..0, bytes.iter().copied());
    }

    /// The frame since the last call, ready for one write; none when nothing changed.
    pub fn take(&mut self) -> Option<Vec<u8>> {
        if self.out.is_empty() {
            return None;
        }
        self.put_pen(Pen::default());
        let body = std::mem::take(&mut self.out);
        if !self.speech.modes {
            return Some(body);
        }
        let mut frame = Vec::with_capacity(body.len() + 16);
        frame.extend_from_slice(b"\x1b[?2026h");
        frame.extend_from_slice(&body);
        frame.extend_from_slice(b"\x1b[?2026l");
        Some(frame)
    }

    fn forget(&mut self) {
        self.cells.clear();
        self.cells.resize(usize::from(self.size.width) * usize::from(self.size.height), Holds::Blank);
        self.cursor = None;
    }

    fn row(&self, y: u16) -> usize {
        usize::from(y) * usize::from(self.size.width)
    }

    /// Notes what the screen holds once this cell is on it; true when that leaves half a wide sign behind.
    fn note(&mut self, x: u16, y: u16, cell: &Cell) -> bool {
        let at = self.row(y) + usize::from(x);
        let end = self.row(y) + usize::from(self.size.width);
        let wide = crate::text::width(cell.symbol()) > 1;
        let holds = match wide {
            true => Holds::Wide,
            false if self.is_blank(cell) => Holds::Blank,
            false => Holds::Sign,
        };
        let Some(slot) = self.cells.get_mut(at) else { return false };
        let before = std::mem::replace(slot, holds);
        if let Some(second) = self.cells[..end].get_mut(at + 1).filter(|_| wide || before == Holds::Wide) {
            *second = if wide { Holds::Sign } else { Holds::Blank };
        }
        before == Holds::Wide && !wide && at + 1 < end
    }

    /// The colour of a space does not show; its ground does.
    fn is_blank(&self, cell: &Cell) -> bool {
        let pen = self.pen_of(cell);
        cell.symbol() == " " && pen.bg.is_none() && !pen.reverse
    }

    /// Whether everything from here to the end of the row is blank.
    fn blank_from(&self, x: u16, y: u16) -> bool {
        let end = self.row(y) + usize::from(self.size.width);
        self.all_blank(self.row(y) + usize::from(x)..end)
    }

    fn all_blank(&self, range: std::ops::Range<usize>) -> bool {
        self.cells.get(range).is_some_and(|cells| cells.iter().all(|holds| *holds == Holds::Blank))
    }

    fn pen_of(&self, cell: &Cell) -> Pen {
        Pen {
            fg: number(cell.fg).filter(|_| self.speech.color),
            bg: number(cell.bg).filter(|_| self.speech.color),
            bold: cell.modifier.contains(Modifier::BOLD),
            dim: cell.modifier.contains(Modifier::DIM),
            reverse: cell.modifier.contains(Modifier::REVERSED),
        }
    }

    fn put_pen(&mut self, to: Pen) {
        let from = self.pen;
        if from == to {
            return;
        }
        self.pen = to;
        let dropped = (from.bold && !to.bold)
            || (from.dim && !to.dim)
            || (from.reverse && !to.reverse)
            || (from.fg.is_some() && to.fg.is_none())
            || (from.bg.is_some() && to.bg.is_none());
        let from = if dropped { Pen::default() } else { from };
        let mut codes: Vec<u8> = Vec::new();
        if dropped && to != Pen::default() {
            codes.push(0);
        }
        codes.extend((to.bold && !from.bold).then_some(1));
        codes.extend((to.dim && !from.dim).then_some(2));
        codes.extend((to.reverse && !from.reverse).then_some(7));
        codes.extend(to.fg.filter(|_| to.fg != from.fg).map(|n| 30 + n));
        codes.extend(to.bg.filter(|_| to.bg != from.bg).map(|n| 40 + n));
        let codes: Vec<String> = codes.iter().map(u8::to_string).collect();
        self.out.extend_from_slice(format!("\x1b[{}m", codes.join(";")).as_bytes());
    }

    fn put_cursor(&mut self, x: u16, y: u16) {
        let here = self.cursor;
        self.cursor = Some(Position { x, y });
        if here == self.cursor {
            return;
        }
        // A short gap of blanks is cheaper written than jumped over.
        if let Some(at) = here.filter(|at| at.y == y && at.x < x && x - at.x < 6 && self.pen == Pen::default()) {
            let gap = self.row(y) + usize::from(at.x)..self.row(y) + usize::from(x);
            if self.all_blank(gap) {
                self.out.resize(self.out.len() + usize::from(x - at.x), b' ');
                return;
            }
        }
        // Writing into memory does not fail.
        let _ = match here {
            Some(at) if x == 0 && y == at.y + 1 => self.out.write_all(b"\r\n"),
            _ if x == 0 && y == 0 => self.out.write_all(b"\x1b[H"),
            _ if x == 0 => write!(self.out, "\x1b[{}H", y + 1),
            _ => write!(self.out, "\x1b[{};{}H", y + 1, x + 1),
        };
    }

    /// Prints a cell's sign and follows the cursor; behind the last column its place is not known.
    fn put_sign(&mut self, x: u16, y: u16, symbol: &str) {
        self.out.extend_from_slice(symbol.as_bytes());
        let next = usize::from(x) + crate::text::width(symbol).max(1);
        self.cursor = (next < usize::from(self.size.width)).then_some(Position { x: next as u16, y });
    }
}

/// 0-7 of the named colours; anything finer is left to the terminal's own.
const fn number(color: Color) -> Option<u8> {
    Some(match color {
        Color::Black => 0,
        Color::Red | Color::LightRed => 1,
        Color::Green | Color::LightGreen => 2,
        Color::Yellow | Color::LightYellow => 3,
        Color::Blue | Color::LightBlue => 4,
        Color::Magenta | Color::LightMagenta => 5,
        Color::Cyan | Color::LightCyan => 6,
        Color::Gray | Color::White | Color::DarkGray => 7,
        _ => return None,
    })
}

impl Backend for Paper {
    type Error = Infallible;

    fn draw<'a, I>(&mut self, content: I) -> Result<(), Infallible>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let cells: Vec<(u16, u16, &Cell)> =
            content.filter(|(x, y, _)| *x < self.size.width && *y < self.size.height).collect();
        // Halves that a narrow sign leaves behind are not in the diff when they were plain: terminals disagree about
        // how they look, so they are written.
        let halves: Vec<bool> = cells.iter().map(|(x, y, cell)| self.note(*x, *y, cell)).collect();
        let mut wiped_row = None;
        for (i, (x, y, cell)) in cells.iter().copied().enumerate() {
            if wiped_row == Some(y) {
                continue;
            }
            // Blanks up to the edge: one erase instead of many spaces.
            if self.is_blank(cell) && self.size.width - x > 3 && self.blank_from(x, y) {
                self.put_cursor(x, y);
                self.put_pen(Pen::default());
                self.out.extend_from_slice(b"\x1b[K");
                wiped_row = Some(y);
                continue;
            }
            self.put_cursor(x, y);
            if !self.is_blank(cell) {
                self.put_pen(self.pen_of(cell));
            } else if self.pen.reverse || self.pen.bg.is_some() {
                self.put_pen(Pen::default());
            }
            self.put_sign(x, y, cell.symbol());
            let next = cells.get(i + 1).map(|(x, y, _)| (*x, *y));
            if halves[i] && next != Some((x + 1, y)) {
                self.put_pen(Pen::default());
                self.put_sign(x + 1, y, " ");
            }
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn show_cursor(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        Ok(self.cursor.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, _position: P) -> Result<(), Infallible> {
        Ok(())
    }

    fn clear(&mut self) -> Result<(), Infallible> {
        self.put_pen(Pen::default());
        self.out.extend_from_slice(b"\x1b[H\x1b[2J");
        self.forget();
        Ok(())
    }

    fn clear_region(&mut self, _region: ClearType) -> Result<(), Infallible> {
        self.clear()
    }

    fn size(&self) -> Result<Size, Infallible> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        Ok(WindowSize { columns_rows: self.size, pixels: Size::default() })
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::Terminal;
    use ratatui::style::Style;

    const FULL: Speech = Speech { color: true, modes: true };

    fn terminal(speech: Speech, width: u16, height: u16) -> Terminal<Paper> {
        Terminal::new(Paper::new(speech, Size { width, height })).expect("infallible")
    }

    /// Draws these lines and gives the bytes as text.
    fn frame(terminal: &mut Terminal<Paper>, lines: &[(&str, Style)]) -> String {
        terminal
            .draw(|frame| {
                for (y, (text, style)) in (0..).zip(lines) {
                    let width = usize::from(frame.area().width);
                    frame.buffer_mut().set_stringn(0, y, text, width, *style);
                }
            })
            .expect("infallible");
        String::from_utf8(terminal.backend_mut().take().unwrap_or_default()).expect("utf-8")
    }

    #[test]
    fn nothing_changed_is_nothing_sent() {
        let mut terminal = terminal(FULL, 20, 4);
        let first = frame(&mut terminal, &[("余额 51", Style::new())]);
        assert_eq!(first, "\x1b[?2026h\x1b[H余额 51\x1b[?2026l");
        assert_eq!(frame(&mut terminal, &[("余额 51", Style::new())]), "");
    }

    #[test]
    fn styles_end_before_the_frame_does_and_blank_tails_are_erased() {
        let mut terminal = terminal(Speech { color: true, modes: false }, 20, 4);
        let style = Style::new().fg(Color::Red).add_modifier(Modifier::BOLD);
        assert_eq!(frame(&mut terminal, &[("stop", style), ("go", Style::new())]), "\x1b[H\x1b[1;31mstop\r\n\x1b[mgo");
        assert_eq!(frame(&mut terminal, &[("", style), ("go", Style::new())]), "\x1b[H\x1b[K");
    }

    #[test]
    fn without_colour_only_weight_is_sent() {
        let mut terminal = terminal(Speech { color: false, modes: false }, 9, 2);
        let style = Style::new().fg(Color::Red).bg(Color::Blue).add_modifier(Modifier::REVERSED);
        assert_eq!(frame(&mut terminal, &[("x", style)]), "\x1b[H\x1b[7mx\x1b[m");
    }

    #[test]
    fn what_is_sent_draws_what_was_meant() {
        // Random frames over each other end on the same screen as the last one drawn fresh.
        let words = ["", "收单主机23 故障", "a b", "余额不足 not enough", "0123456789012345678901234567890", "对时"];
        let styles = [Style::new(), Style::new().add_modifier(Modifier::REVERSED), Style::new().fg(Color::Green)];
        let mut seed = 7_u64;
        let mut next = |n: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize % n
        };
        let (rows, columns) = (6.try_into().expect("not 0"), 24.try_into().expect("not 0"));
        let mut terminal = terminal(FULL, 24, 6);
        let mut far = vt100::Parser::new(rows, columns, 0);
        for _ in 0..300 {
            let lines: Vec<(&str, Style)> = (0..6).map(|_| (words[next(6)], styles[next(3)])).collect();
            let sent = frame(&mut terminal, &lines);
            far.process(sent.as_bytes());
            let mut fresh = vt100::Parser::new(rows, columns, 0);
            let mut other = super::tests::terminal(FULL, 24, 6);
            fresh.process(frame(&mut other, &lines).as_bytes());
            let text = |parser: &vt100::Parser| -> Vec<String> {
                parser.screen().rows(0, 24).map(|row| row.trim_end().to_owned()).collect()
            };
            assert_eq!(text(&far), text(&fresh));
            for (y, x) in (0..6).flat_map(|y| (0..24).map(move |x| (y, x))) {
                let (a, b) = (far.screen().cell(y, x).expect("cell"), fresh.screen().cell(y, x).expect("cell"));
                if !b.is_wide_continuation() {
                    assert_eq!(a.inverse(), b.inverse(), "at {x},{y}");
                }
                if b.has_contents() && b.contents() != " " {
                    assert_eq!(a.fgcolor(), b.fgcolor(), "at {x},{y}");
                }
            }
        }
    }
}
