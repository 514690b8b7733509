//! The full-screen console: waits for the tui.

use std::io;

use crate::agent::reach::Wish;
use crate::headless::output::Exit;
use crate::text::Lang;

/// How it looks.
pub struct Look {
    pub lang: Lang,
    pub lang_given: bool,
    pub ascii: bool,
    pub no_color: bool,
    pub kiosk: bool,
}

/// Runs it until the person leaves.
pub async fn run(_wish: Wish, _look: Look) -> io::Result<Exit> {
    Ok(Exit::Unavailable)
}
