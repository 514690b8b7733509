//! What each key does, in the three kinds of place: on a screen, in an entry box, in a dialog.

use crate::model::Secret;
use crate::proto::Request;
use crate::text::{self, Lang};
use crate::tui::app::{App, Effect, Overlay, Shown};
use crate::tui::dialog::Dialog;
use crate::tui::keypad::Key;
use crate::tui::multitap::{self, Tap};
use crate::tui::palette::{Hit, Known, Palette};
use crate::tui::screens::Place;
use crate::tui::view::{Act, Arg, Entry, Hidden, Keys, Local, Open};

/// A card reader that types pauses this long after a swipe, milliseconds.
const WEDGE_MS: u64 = 300;

/// What green does now.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::tui) enum Does {
    Nothing,
    /// Takes what has been typed.
    Accept,
    /// Opens the marked line.
    Line(Open),
    /// Lets the rows in that wait.
    News,
    Act(Act),
}

/// What the three colours do now, in words for the bottom bar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::tui) struct Bar {
    pub(in crate::tui) green: String,
    pub(in crate::tui) yellow: String,
    pub(in crate::tui) red: String,
}

impl App {
    pub(super) fn key(&mut self, key: Key) -> Vec<Effect> {
        match key {
            Key::Leave => return vec![Effect::Quit],
            Key::Redraw => {
                self.dirty = true;
                return vec![Effect::Repaint];
            }
            _ => {}
        }
        if self.notice.take().is_some() {
            self.dirty = true;
        }
        match self.overlay.take() {
            Some(Overlay::Dialog(dialog)) => self.in_dialog(dialog, key),
            Some(Overlay::Palette(palette)) => self.in_palette(palette, key),
            Some(Overlay::Leaving) => self.on_leaving(key),
            None if self.shown().view.entry.is_some() => self.in_entry(key),
            None => self.on_screen(key),
        }
    }

    fn on_screen(&mut self, key: Key) -> Vec<Effect> {
        if self.wedge(key) {
            return Vec::new();
        }
        self.aim();
        let dial = self.dial.clone();
        if !matches!(key, Key::Digit(_)) && self.dial.take().is_some() {
            self.dirty = true;
        }
        match (key, dial) {
            (Key::Digit(digit), Some(prefix)) => self.dialled(&prefix, digit),
            (Key::Digit(0), None) => self.arm(),
            (Key::Digit(digit), None) => self.digit(digit),
            (Key::Green, _) => self.green(),
            (Key::Yellow | Key::Left, _) => self.back(),
            (Key::Red, _) => self.red(),
            (Key::Up | Key::Char('k'), _) => self.mark(false),
            (Key::Down | Key::Char('j'), _) => self.mark(true),
            (Key::Right, _) => self.open_marked(),
            (Key::PageDown, _) => self.more(),
            (Key::PageUp, _) => self.turn(false),
            (Key::Help | Key::Char('?'), _) => self.help(),
            (Key::Char(':' | '/'), _) => {
                self.overlay = Some(Overlay::Palette(Palette::default()));
                self.dirty = true;
                Vec::new()
            }
            (Key::Char('q'), _) if self.at_home() => vec![Effect::Quit],
            _ => Vec::new(),
        }
    }

    /// A digit on a screen: a child of the area, else the line, else more.
    fn digit(&mut self, digit: u8) -> Vec<Effect> {
        if let Some(id) = self.child(digit) {
            let effects = self.open(&Open::Screen(id));
            return effects;
        }
        match self.line_behind(digit) {
            Some((Some(open), _)) => self.open(&open),
            Some((None, Some(reason))) => {
                self.notice = Some(reason);
                self.dirty = true;
                Vec::new()
            }
            Some((None, None)) => Vec::new(),
            None if digit == 9 => self.more(),
            None => {
                self.notice = Some(text::ta(self.look.lang, "app-no-line", &[("n", u32::from(digit).into())]));
                self.dirty = true;
                Vec::new()
            }
        }
    }

    /// What the line with this digit opens, and why it may not.
    fn line_behind(&mut self, digit: u8) -> Option<(Option<Open>, Option<String>)> {
        let now = self.now.mono;
        let shown = self.shown();
        let at = shown.sheet.digits.iter().find(|(n, _)| *n == digit).map(|(_, row)| *row)?;
        let row = shown.view.rows.get(at).cloned()?;
        // The hand was already on its way when the rows moved.
        let moved = self.visit().still.just_moved(now).and_then(|before| before.get(at)).cloned();
        let row = moved.unwrap_or(row);
        Some((row.open, row.blocked))
    }

    /// `9`: the next page, and whatever waits.
    pub(super) fn more(&mut self) -> Vec<Effect> {
        let here = self.place();
        if here.screen == "6" && here.arg == Arg::None && !self.mirror.plugins.is_empty() {
            // 691 to 698 are its second page.
            return self.open(&Open::Place("6", Arg::Word(crate::tui::screens::SITE.to_owned())));
        }
        self.visit_mut().still.release();
        self.turn(true)
    }

    fn turn(&mut self, forward: bool) -> Vec<Effect> {
        let pages = self.shown().sheet.pages.max(1);
        let visit = self.visit_mut();
        visit.page = if forward { (visit.page + 1) % pages } else { (visit.page + pages - 1) % pages };
        visit.marked = None;
        self.touch();
        Vec::new()
    }

    fn green(&mut self) -> Vec<Effect> {
        self.shown();
        let does = self.drawn().map_or(Does::Nothing, |shown| self.green_does(shown).1);
        match does {
            Does::Nothing | Does::Accept => Vec::new(),
            Does::Line(open) => self.open(&open),
            Does::News => {
                self.visit_mut().still.release();
                self.visit_mut().page = 0;
                self.touch();
                Vec::new()
            }
            Does::Act(act) => self.act(act),
        }
    }

    pub(super) fn act(&mut self, act: Act) -> Vec<Effect> {
        self.visit_mut().still.release();
        match act {
            Act::Open(open) => self.open(&open),
            Act::Ask(request) => {
                self.touch();
                Self::ask(request)
            }
            Act::Confirm(confirm) => {
                let opened = self.now.mono;
                let dialog = Dialog::new(confirm, opened, || self.random());
                self.overlay = Some(Overlay::Dialog(dialog));
                self.dirty = true;
                Vec::new()
            }
            Act::Local(local) => {
                self.change(&local);
                match local {
                    // One's own session only, but at the terminal itself the shop's choice is kept.
                    Local::Lang(value) if self.kiosk => {
                        vec![Effect::Ask(Request::Set { key: "lang".to_owned(), value })]
                    }
                    _ => Vec::new(),
                }
            }
            Act::Leave => vec![Effect::Quit],
        }
    }

    fn change(&mut self, local: &Local) {
        match local {
            Local::Lang(tag) => self.look.lang = Lang::from_tag(tag).unwrap_or(self.look.lang),
            Local::Ascii(on) => self.look.ascii = *on,
            Local::Color(on) => self.look.color = *on,
            Local::Large(on) => self.look.large = *on,
        }
        self.touch();
    }

    fn red(&mut self) -> Vec<Effect> {
        if self.at_home() {
            self.overlay = Some(Overlay::Leaving);
            self.dirty = true;
            Vec::new()
        } else {
            self.go_home()
        }
    }

    /// The question on HOME: green leaves, a digit counts as itself, red asks on.
    fn on_leaving(&mut self, key: Key) -> Vec<Effect> {
        self.dirty = true;
        match key {
            Key::Green | Key::Char('q') => vec![Effect::Quit],
            Key::Red => {
                self.overlay = Some(Overlay::Leaving);
                Vec::new()
            }
            Key::Digit(_) => self.on_screen(key),
            _ => Vec::new(),
        }
    }

    fn in_entry(&mut self, key: Key) -> Vec<Effect> {
        let entry = self.shown().view.entry.clone().unwrap_or_default();
        if self.write(&entry, key) {
            self.touch();
            return Vec::new();
        }
        self.tap = None;
        match key {
            Key::Up | Key::Down if entry.hidden.is_some() => {
                let visit = self.visit_mut();
                visit.reveal = !visit.reveal;
                self.touch();
                Vec::new()
            }
            Key::Green => self.accept(),
            Key::Yellow | Key::Left => {
                if self.visit_mut().input.pop().is_none() {
                    return self.back();
                }
                self.touch();
                Vec::new()
            }
            Key::Red => self.go_home(),
            Key::Help => self.help(),
            Key::PageDown => self.turn(true),
            Key::PageUp => self.turn(false),
            _ => Vec::new(),
        }
    }

    /// Writes a sign into the box; false for keys that write none.
    fn write(&mut self, entry: &Entry, key: Key) -> bool {
        let (now, tap) = (self.now.mono, self.tap.take());
        let visit = self.visit_mut();
        // Wholly at once: text that moves leaves itself behind.
        visit.input.reserve_exact(entry.max);
        let full = visit.input.chars().count() >= entry.max;
        match (entry.keys, key) {
            (Keys::Letters, Key::Digit(digit)) if !visit.typed_letters => {
                let again = tap.and_then(|tap| tap.again(digit, now));
                if again.is_some() {
                    visit.input.pop();
                } else if full {
                    return true;
                }
                let tap = again.unwrap_or_else(|| Tap::new(digit, now));
                visit.input.push(tap.sign());
                self.tap = Some(tap);
            }
            (Keys::Address, Key::Digit(digit)) => {
                if multitap::wants_dot(&visit.input, digit) {
                    visit.input.push('.');
                }
                if !full {
                    visit.input.push(char::from(b'0' + digit));
                }
            }
            (Keys::Address, Key::Right) => visit.input.push('.'),
            (_, Key::Digit(digit)) if !full => visit.input.push(char::from(b'0' + digit)),
            (_, Key::Char(sign)) if !full => {
                visit.typed_letters |= !sign.is_ascii_punctuation();
                visit.input.push(sign);
            }
            // Full; or the next sign is behind the same digit.
            (_, Key::Digit(_) | Key::Char(_)) | (Keys::Letters, Key::Right) => {}
            _ => return false,
        }
        true
    }

    /// Takes the typed text to the place: yellow comes back to the box.
    fn accept(&mut self) -> Vec<Effect> {
        let entry = self.shown().view.entry.clone().unwrap_or_default();
        let mut typed = std::mem::take(&mut self.visit_mut().input);
        if typed.is_empty() {
            return Vec::new();
        }
        if let Some(hidden) = entry.hidden {
            return self.accept_hidden(hidden, Secret::new(std::mem::take(&mut *typed)));
        }
        if let Some(prefix) = entry.leads {
            // A dot that comes by itself may be one too many; in a name it is meant.
            let typed = if entry.keys == Keys::Letters { typed.as_str() } else { typed.trim_end_matches('.') };
            let word = format!("{prefix}{typed}{}", entry.ends);
            return self.go(Place { arg: Arg::Word(word), ..self.place().clone() });
        }
        let place = Place { typed: Some(std::mem::take(&mut *typed)), ..self.place().clone() };
        self.go(place)
    }

    /// Takes what is for the agent alone; a new passcode only once it has been typed twice.
    fn accept_hidden(&mut self, hidden: Hidden, typed: Secret) -> Vec<Effect> {
        self.touch();
        if matches!(hidden, Hidden::New(_)) {
            let Some(first) = self.held.take() else {
                self.held = Some(typed);
                self.mirror.typed_once = true;
                return Vec::new();
            };
            self.mirror.typed_once = false;
            if first != typed {
                self.say("rights-differ");
                return Vec::new();
            }
        }
        let then = hidden.then();
        let mut effects = Self::ask(hidden.request(typed));
        if let Some((screen, word)) = then {
            effects.extend(self.open(&Open::Place(screen, Arg::Word(word.to_owned()))));
        }
        effects
    }

    fn in_dialog(&mut self, mut dialog: Dialog, key: Key) -> Vec<Effect> {
        self.dirty = true;
        if dialog.listens(self.now.mono) {
            match key {
                Key::Red => return Vec::new(),
                Key::Green if dialog.matches() => {
                    self.touch();
                    return Self::ask(dialog.confirm.request);
                }
                Key::Digit(digit) => dialog.digit(digit),
                Key::Yellow => dialog.wipe(),
                _ => {}
            }
        }
        self.overlay = Some(Overlay::Dialog(dialog));
        Vec::new()
    }

    fn in_palette(&mut self, mut palette: Palette, key: Key) -> Vec<Effect> {
        self.dirty = true;
        let hits = self.hits(&palette);
        match key {
            Key::Red => return Vec::new(),
            Key::Green => {
                let Some(hit) = hits.get(palette.marked) else {
                    self.overlay = Some(Overlay::Palette(palette));
                    return Vec::new();
                };
                let (screen, arg) = hit.place();
                return self.go(Place { screen: screen.to_owned(), arg, typed: None });
            }
            Key::Yellow if !palette.pop() => return Vec::new(),
            Key::Digit(digit) => palette.push(char::from(b'0' + digit)),
            Key::Char(sign) => palette.push(sign),
            Key::Down => palette.mark(true, hits.len()),
            Key::Up => palette.mark(false, hits.len()),
            _ => {}
        }
        self.overlay = Some(Overlay::Palette(palette));
        Vec::new()
    }

    /// What the palette offers now.
    pub(in crate::tui) fn hits(&self, palette: &Palette) -> Vec<Hit> {
        let profile = self.mirror.snapshot.as_ref().map_or("unionpay", |snapshot| snapshot.terminal.profile.as_str());
        let profile = if profile.is_empty() { "unionpay" } else { profile };
        let lang = self.look.lang;
        palette.hits(Known { profile, lang, snapshot: self.mirror.snapshot.as_ref() })
    }

    /// Moves the mark one row; it comes in at the first row of the page.
    fn mark(&mut self, down: bool) -> Vec<Effect> {
        let shown = self.shown();
        let (rows, page) = (shown.view.rows.len(), shown.sheet.rows.clone());
        let before = self.visit().marked;
        let marked = match before {
            _ if rows == 0 => None,
            None if down => page.first().copied(),
            None => page.last().copied(),
            Some(at) if down => Some((at + 1).min(rows - 1)),
            Some(at) => Some(at.saturating_sub(1)),
        };
        if marked == before {
            return Vec::new();
        }
        self.visit_mut().marked = marked;
        self.touch();
        Vec::new()
    }

    fn open_marked(&mut self) -> Vec<Effect> {
        let marked = self.visit().marked;
        let open = marked.and_then(|at| self.shown().view.rows.get(at).and_then(|row| row.open.clone()));
        open.map(|open| self.open(&open)).unwrap_or_default()
    }

    /// A key has been pressed here: rows stand still from now on. A digit that was meant for rows that have just moved
    /// looks at those first.
    fn aim(&mut self) {
        let now = self.now.mono;
        if self.visit().still.just_moved(now).is_none() {
            self.visit_mut().still.aim(now);
        }
    }

    pub(super) fn at_home(&self) -> bool {
        self.place().screen == "0"
    }

    /// Whether this key comes from a card reader that types: `%` and `;` begin its tracks.
    fn wedge(&mut self, key: Key) -> bool {
        let begins = matches!(key, Key::Char('%' | ';'));
        let runs = self.now.mono < self.wedged_until;
        if begins || runs {
            self.wedged_until = self.now.mono.plus(WEDGE_MS);
        }
        begins || runs
    }

    /// What green does and is called.
    pub(in crate::tui) fn green_does(&self, shown: &Shown) -> (String, Does) {
        let lang = self.look.lang;
        let visit = self.visit();
        let t = |key| text::t(lang, key);
        if shown.view.entry.is_some() {
            let does = if visit.input.is_empty() { Does::Nothing } else { Does::Accept };
            return (t("app-green-accept"), does);
        }
        let marked = visit.marked.and_then(|at| Some((at, shown.view.rows.get(at)?.open.clone()?)));
        if let Some((at, open)) = marked {
            let digit = shown.sheet.digits.iter().find(|(_, row)| *row == at).map(|(n, _)| u32::from(*n));
            let label =
                digit.map_or_else(|| t("app-green-open"), |n| text::ta(lang, "app-green-open-n", &[("n", n.into())]));
            return (label, Does::Line(open));
        }
        match &shown.view.green {
            Some(green) => (green.label.clone(), Does::Act(green.act.clone())),
            None if shown.waiting > 0 => (t("app-green-news"), Does::News),
            None => ("-".to_owned(), Does::Nothing),
        }
    }

    /// What the colours do now.
    pub(in crate::tui) fn bar(&self) -> Bar {
        let t = |key| text::t(self.look.lang, key);
        let bar = |green, yellow, red| Bar { green: t(green), yellow: t(yellow), red: t(red) };
        match &self.overlay {
            Some(Overlay::Leaving) if self.kiosk => bar("app-green-leave-kiosk", "app-yellow-stay", "app-nothing"),
            Some(Overlay::Leaving) => bar("app-green-leave", "app-yellow-stay", "app-nothing"),
            Some(Overlay::Dialog(dialog)) if dialog.matches() => bar("app-green-yes", "app-yellow-wipe", "app-red-no"),
            Some(Overlay::Dialog(_)) => bar("app-green-type", "app-yellow-wipe", "app-red-no"),
            Some(Overlay::Palette(_)) => bar("app-green-open", "app-yellow-delete", "app-red-close"),
            None => {
                let empty = Shown::default();
                let shown = self.drawn().unwrap_or(&empty);
                let yellow = match (&shown.view.entry, self.visit().input.is_empty()) {
                    (Some(_), false) => "app-yellow-delete",
                    _ if self.at_start() => "app-nothing",
                    _ => "app-yellow-back",
                };
                let red = if self.at_home() { "app-red-leave" } else { "app-red-home" };
                Bar { green: self.green_does(shown).0, yellow: t(yellow), red: t(red) }
            }
        }
    }
}
