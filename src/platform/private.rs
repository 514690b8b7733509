//! Secrets from outside: a key file that only its owner may read, and what a person types without being shown.

use std::fs::File;
use std::io::{self, BufRead as _, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use crate::model::Secret;

/// Longest secret, bytes.
const MOST: u64 = 4_096;

/// Text of a file that nobody but its owner may read or write; else `PermissionDenied`.
pub fn private_text(path: &Path) -> io::Result<Secret> {
    let file = File::open(path)?;
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "others may read it: chmod 600"));
    }
    let mut text = String::with_capacity(MOST as usize);
    file.take(MOST).read_to_string(&mut text)?;
    Ok(Secret::new(text))
}

/// Puts the terminal back as it was.
struct Echo(Option<rustix::termios::Termios>);

impl Echo {
    fn off() -> Self {
        let stdin = io::stdin();
        let Ok(before) = tcgetattr(&stdin) else { return Self(None) };
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        quiet.local_modes.insert(LocalModes::ECHONL);
        // A terminal that cannot be told still takes the line.
        let _ = tcsetattr(&stdin, OptionalActions::Flush, &quiet);
        Self(Some(before))
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, before);
        }
    }
}

/// One line from standard input; at a terminal it is asked for and not shown.
pub fn private_line(ask: &str) -> io::Result<Secret> {
    let echo = Echo::off();
    if echo.0.is_some() {
        let mut out = io::stderr();
        write!(out, "{ask} ")?;
        out.flush()?;
    }
    let mut line = zeroize::Zeroizing::new(String::with_capacity(MOST as usize));
    io::stdin().lock().take(MOST).read_line(&mut line)?;
    drop(echo);
    Ok(Secret::new(line.trim().to_owned()))
}
