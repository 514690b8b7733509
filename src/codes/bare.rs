//! What a verdict needs of a code: words of the closed lists, no texts.

use super::category::Category;

/// A code's words without its texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bare {
    /// Its class, such as `funds`; a site may have its own.
    pub class: String,
    pub category: Category,
    /// One of [`super::ANSWERED_BY`].
    pub answered_by: String,
    /// One of [`super::RETRY`].
    pub retry: String,
    /// One of [`super::CALL`].
    pub call: String,
    pub network_at_fault: bool,
}

/// The words of a code; nothing for a code that no table knows.
pub fn bare(profile: &str, code: &str) -> Option<Bare> {
    super::with(profile, code, |found| {
        let word = |field: Option<&&'static str>| field.map_or("unknown", |word| *word).to_owned();
        Bare {
            class: found.entry.class.clone().unwrap_or_default(),
            category: found.category(),
            answered_by: word(found.field(|entry| entry.answered_by.as_ref())),
            retry: word(found.field(|entry| entry.retry.as_ref())),
            call: word(found.field(|entry| entry.call.as_ref())),
            network_at_fault: found.field(|entry| entry.network_at_fault.as_ref()).copied().unwrap_or(false),
        }
    })
}
