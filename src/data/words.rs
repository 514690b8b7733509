//! A text in several languages.

use crate::text::Lang;

/// One text (or list of texts) per language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words<T = String>(pub(crate) Vec<(Lang, T)>);

impl<T> Default for Words<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Words<T> {
    /// Exactly in this language.
    pub fn exact(&self, lang: Lang) -> Option<&T> {
        self.0.iter().find(|(known, _)| *known == lang).map(|(_, text)| text)
    }

    /// In this language, else English, else whatever there is.
    pub fn find(&self, lang: Lang) -> Option<&T> {
        self.exact(lang).or_else(|| self.exact(Lang::EN)).or_else(|| self.0.first().map(|(_, text)| text))
    }

    /// Nothing in any language.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Lays `upper` over this: its languages win.
    pub fn over(&mut self, upper: Self) {
        for (lang, text) in upper.0 {
            self.0.retain(|(known, _)| *known != lang);
            self.0.push((lang, text));
        }
    }
}

impl Words {
    /// In this language, else English, else whatever there is; nothing is an empty text.
    pub fn get(&self, lang: Lang) -> &str {
        self.find(lang).map_or("", String::as_str)
    }
}
