//! The simulated terminal: a payment application and its acquirer host on loopback, for demo, training and tests.
//!
//! Writes and speaks what real ones do: journal lines with clear (test) card numbers, ISO 8583 in CUP POS framing over
//! TCP or TLS, and faults to switch on. Linked into `pos-sim` only; the console knows nothing of it.
//!
//! ```text
//! shop (who buys what) -> history (past days at once) ---------------------> journal
//!                      -> terminal (live) <- TCP/TLS, wire -> acquirer -> bank (the verdict)
//! ```

pub mod acquirer;
pub mod bank;
pub mod bulk;
pub mod faults;
pub mod history;
pub mod ledger;
pub mod line;
pub mod moment;
pub mod random;
pub mod run;
pub mod scribe;
pub mod setup;
pub mod shop;
pub mod table;
pub mod terminal;
pub mod tls;
pub mod wire;

#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};

/// Why the simulation cannot go on; `exit_code` says it to scripts.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    #[error("{path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("cannot listen on 127.0.0.1:{port}: {source}")]
    Port { port: u16, source: io::Error },
    #[error("{path}: {source}")]
    Database { path: PathBuf, source: rusqlite::Error },
    #[error("another pos-sim runs in {0}")]
    Busy(PathBuf),
    #[error("{0}")]
    Usage(String),
    #[error("certificates: {0}")]
    Certificate(String),
    #[error("cannot start: {0}")]
    Start(io::Error),
}

impl SimError {
    /// An I/O error with the file it happened to.
    pub fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }

    /// sysexits: 64 usage, 69 port, 70 inside, 73 file, 75 busy.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 64,
            Self::Port { .. } => 69,
            Self::Certificate(_) | Self::Start(_) => 70,
            Self::File { .. } | Self::Database { .. } => 73,
            Self::Busy(_) => 75,
        }
    }
}
