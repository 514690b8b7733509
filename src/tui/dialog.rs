//! The question before an action: what it will do stands first, keys count only after a moment, and green is a yes only
//! once the shown code has been typed.

use crate::tui::app::Millis;
use crate::tui::view::Confirm;

/// Keys are ignored for this long: they were meant for what stood here before. Milliseconds.
pub const DEAF_MS: u64 = 700;

/// An open question.
#[derive(Clone, Debug, PartialEq)]
pub struct Dialog {
    pub confirm: Confirm,
    /// The digits to type.
    pub code: String,
    pub typed: String,
    opened: Millis,
}

impl Dialog {
    /// Asks now. `draw` gives a random number for each digit of the code.
    pub fn new(confirm: Confirm, opened: Millis, mut draw: impl FnMut() -> u64) -> Self {
        // Never 0: on a screen it means HOME.
        let code = (0..confirm.code_digits).map(|_| char::from(b'1' + (draw() % 9) as u8)).collect();
        Self { confirm, code, typed: String::new(), opened }
    }

    /// Whether keys count already.
    pub fn listens(&self, at: Millis) -> bool {
        at >= self.opened.plus(DEAF_MS)
    }

    /// A digit of the code.
    pub fn digit(&mut self, digit: u8) {
        if self.typed.len() < self.code.len() {
            self.typed.push(char::from(b'0' + digit));
        }
    }

    /// Yellow.
    pub fn wipe(&mut self) {
        self.typed.clear();
    }

    /// Whether green is a yes now.
    pub fn matches(&self) -> bool {
        self.typed == self.code
    }
}
