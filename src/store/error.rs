//! What can go wrong with the store.

use rusqlite::ErrorCode;

/// Why the store did not do it. Full, read-only and damaged media never come through here: the store goes on in
/// memory or anew, and [`super::Store::status`] says so.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The store was closed, or its thread is gone.
    #[error("the store is closed")]
    Closed,
    /// The store began anew behind the caller's back: ask for the marks again and read from there.
    #[error("the store began anew; its marks must be read again")]
    Reset,
    /// SQLite refused.
    #[error("the database refused")]
    Sql(#[from] rusqlite::Error),
    /// A value that is in the store does not read back.
    #[error("a stored value does not read back")]
    Json(#[from] serde_json::Error),
}

/// What a failure means for where the store lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The file is no sound database: set it aside, begin anew.
    Damaged,
    /// The medium does not take writes; the word is `StoreStatus::error`.
    Medium(String),
    /// Nothing that another place would cure.
    Other,
}

/// Sorts a failure of SQLite.
pub(super) fn trouble(error: &rusqlite::Error) -> Trouble {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Trouble::Damaged,
        Some(ErrorCode::DiskFull) => Trouble::Medium("full".to_owned()),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Trouble::Medium("read-only".to_owned()),
        Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::DatabaseBusy) => {
            Trouble::Medium(words(error))
        }
        _ => Trouble::Other,
    }
}

/// The system's words for a failure, without SQLite's wrapping.
fn words(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(text)) => text.clone(),
        other => other.to_string(),
    }
}

/// The word for a failed system call on the state folder.
pub(super) fn io_word(error: &std::io::Error) -> String {
    use std::io::ErrorKind as Kind;
    match error.kind() {
        Kind::ReadOnlyFilesystem | Kind::PermissionDenied => "read-only".to_owned(),
        Kind::StorageFull | Kind::QuotaExceeded => "full".to_owned(),
        _ => error.to_string(),
    }
}
