//! A console without a terminal: keys as text in, the frame as text out, a clock that moves when it is told to.

use pos_console::model::Stamp;
use pos_console::proto::{Request, Update};
use pos_console::text::Lang;
use pos_console::tui::app::{App, Effect, Event, Millis, Moment, Options};
use pos_console::tui::keypad::Key;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use unicode_width::UnicodeWidthStr;

use crate::support;

/// What a console is started with in most tests.
pub fn options(lang: Lang) -> Options {
    Options { lang, ascii: false, color: true, kiosk: false, lang_given: false, seed: 7 }
}

pub struct Console {
    pub app: App,
    terminal: Terminal<TestBackend>,
    /// The last frame. Not the backend's own copy: that one keeps stale halves of wide signs.
    frame: Buffer,
    at: Moment,
    /// Everything the console wanted done, in order.
    pub effects: Vec<Effect>,
}

impl Console {
    /// Connected to the named fixture.
    pub fn new(fixture: &str, lang: Lang, (width, height): (u16, u16)) -> Self {
        Self::with(fixture, options(lang), (width, height))
    }

    pub fn with(fixture: &str, options: Options, (width, height): (u16, u16)) -> Self {
        let mut console = Self {
            app: App::new(options),
            terminal: Terminal::new(TestBackend::new(width, height)).expect("test backend"),
            frame: Buffer::default(),
            at: Moment { wall: support::now(), mono: Millis(1_000_000) },
            effects: Vec::new(),
        };
        let mirror = support::fixture(fixture);
        if let Some(snapshot) = mirror.snapshot {
            console.event(Event::Update(Update::Snapshot(Box::new(snapshot))));
        }
        if fixture == "lost" {
            console.event(Event::LinkLost);
        }
        console.draw();
        console
    }

    /// Time passes.
    pub fn wait(&mut self, ms: u64) {
        self.at.mono = self.at.mono.plus(ms);
        self.at.wall = Stamp { micros: self.at.wall.micros + ms as i64 * 1000, ..self.at.wall };
        self.event(Event::Tick);
        self.draw();
    }

    pub fn event(&mut self, event: Event) {
        let effects = self.app.on(self.at, event);
        self.effects.extend(effects);
    }

    /// Presses keys, each half a second after the other, drawing after each: digits, `G` `Y` `R` for the colours,
    /// `up down left right pgdn pgup F1 ^C ^L`, any other sign as itself.
    pub fn press(&mut self, keys: &str) -> &mut Self {
        for word in keys.split_whitespace() {
            self.at.mono = self.at.mono.plus(500);
            self.event(Event::Key(key(word)));
            self.draw();
        }
        self
    }

    /// Presses keys without looking in between.
    pub fn rush(&mut self, keys: &str) {
        for word in keys.split_whitespace() {
            self.at.mono = self.at.mono.plus(50);
            self.event(Event::Key(key(word)));
        }
        self.draw();
    }

    pub fn resize(&mut self, width: u16, height: u16) {
        self.terminal.backend_mut().resize(width, height);
        self.event(Event::Resize(width, height));
        self.draw();
    }

    pub fn draw(&mut self) {
        let drawn = self.terminal.draw(|frame| self.app.draw(frame)).expect("test backend");
        self.frame = drawn.buffer.clone();
        let effects = self.app.follow_up();
        self.effects.extend(effects);
    }

    pub fn buffer(&self) -> &Buffer {
        &self.frame
    }

    /// The frame, a text per row, without blanks at the end.
    pub fn rows(&self) -> Vec<String> {
        rows(self.buffer())
    }

    pub fn text(&self) -> String {
        self.rows().join("\n")
    }

    pub fn title(&self) -> String {
        self.rows().first().cloned().unwrap_or_default()
    }

    pub fn bar(&self) -> String {
        self.rows().last().cloned().unwrap_or_default()
    }

    /// The id in the title row.
    pub fn id(&self) -> String {
        self.title().split(' ').next().unwrap_or_default().to_owned()
    }

    /// The code that a dialog shows.
    pub fn code(&self) -> Option<String> {
        let row = self.rows().into_iter().find(|row| row.contains("输入代码") || row.contains("Type the code"))?;
        let digits: String = row.chars().filter(char::is_ascii_digit).collect();
        Some(digits)
    }

    pub fn quit(&self) -> bool {
        self.effects.contains(&Effect::Quit)
    }

    /// Requests so far.
    pub fn asked(&self) -> Vec<Request> {
        let asked = |effect: &Effect| if let Effect::Ask(request) = effect { Some(request.clone()) } else { None };
        self.effects.iter().filter_map(asked).collect()
    }
}

/// Digits as keys to press.
pub fn spaced(digits: &str) -> String {
    digits.chars().flat_map(|digit| [digit, ' ']).collect()
}

fn key(word: &str) -> Key {
    match word {
        "G" => Key::Green,
        "Y" => Key::Yellow,
        "R" => Key::Red,
        "up" => Key::Up,
        "down" => Key::Down,
        "left" => Key::Left,
        "right" => Key::Right,
        "pgdn" => Key::PageDown,
        "pgup" => Key::PageUp,
        "F1" => Key::Help,
        "^C" => Key::Leave,
        "^L" => Key::Redraw,
        one => match one.chars().next().expect("a sign") {
            digit @ '0'..='9' => Key::Digit(digit as u8 - b'0'),
            sign => Key::Char(sign),
        },
    }
}

/// A buffer as text: wide signs once (`TestBackend`'s own text form adds a tail for them).
pub fn rows(buffer: &Buffer) -> Vec<String> {
    let area = buffer.area;
    (area.y..area.bottom())
        .map(|y| {
            let mut row = String::new();
            let mut x = area.x;
            while x < area.right() {
                let symbol = buffer[(x, y)].symbol();
                row.push_str(symbol);
                x += (symbol.width() as u16).max(1);
            }
            row.trim_end().to_owned()
        })
        .collect()
}
