//! A passcode or a key on its way: it is not shown, not logged, and does not stay in memory.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// Text that is wiped when it goes. Only whoever compares or keeps it may look inside.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Takes the text over.
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself; never for a screen, a log or the audit.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Nothing has been given.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_sent_but_never_told() {
        let secret = Secret::new("274951".to_owned());
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)), "Secret Some(Secret)");
        assert_eq!(serde_json::to_string(&secret).unwrap(), "\"274951\"");
        assert_eq!(serde_json::from_str::<Secret>("\"274951\"").unwrap().expose(), "274951");
    }
}
