//! Looks: weight, eight named colours, words and marks of a status. A colour never carries a meaning alone, and the
//! default background is never touched.

use ratatui::style::{Color, Modifier, Style};

use crate::model::Status;
use crate::text::{self, Lang};
use crate::tui::view::Tone;

/// How this console looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    pub lang: Lang,
    /// Marks instead of status words, nothing but ASCII of our own.
    pub ascii: bool,
    pub color: bool,
    /// One line per page, with room around it.
    pub large: bool,
}

/// Below this width a status is its mark, not its word.
const NARROW: usize = 30;

impl Look {
    /// A tone as a style; without colours its weight remains.
    pub fn style(self, tone: Tone) -> Style {
        let style = match tone {
            Tone::Plain => Style::new(),
            Tone::Strong | Tone::Big => Style::new().add_modifier(Modifier::BOLD),
            Tone::Dim => Style::new().add_modifier(Modifier::DIM),
            Tone::Good => Style::new().fg(Color::Green),
            Tone::Warn => Style::new().fg(Color::Yellow).add_modifier(Modifier::BOLD),
            Tone::Bad => Style::new().fg(Color::Red).add_modifier(Modifier::BOLD),
        };
        if self.color { style } else { Style { fg: None, ..style } }
    }

    /// Title row and whatever the person points at.
    pub fn reverse(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// The status as it stands before a line of this width.
    pub fn status(self, status: Status, width: usize) -> String {
        if self.ascii || width < NARROW {
            mark(status).to_owned()
        } else {
            text::t(self.lang, &format!("status-{}", status.word()))
        }
    }
}

/// The status in ASCII.
pub const fn mark(status: Status) -> &'static str {
    match status {
        Status::Ok => "ok",
        Status::Warning => "!",
        Status::Fail => "x",
        Status::Unknown => "?",
        Status::NotTested => "-",
        Status::Stale => "~",
        Status::Absent => ".",
    }
}

/// The tone of a status.
pub const fn tone(status: Status) -> Tone {
    match status {
        Status::Ok => Tone::Good,
        Status::Warning => Tone::Warn,
        Status::Fail => Tone::Bad,
        Status::Unknown | Status::Stale => Tone::Plain,
        Status::NotTested | Status::Absent => Tone::Dim,
    }
}
