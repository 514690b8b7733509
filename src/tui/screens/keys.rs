//! What each key does on each screen, from the screen table alone: help, `screens --json` and the README read it here.

use crate::text::{self, Lang};
use crate::tui::screens::{Lines, ScreenSpec, children, title};

/// A key and what it does on a screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// A digit, a range of digits, or a colour.
    pub key: String,
    pub does: String,
}

/// The keys of a screen, digits first, then the colours.
pub fn keys(spec: &ScreenSpec, lang: Lang) -> Vec<Key> {
    let key = |key: &str, does: String| Key { key: key.to_owned(), does };
    let says = |word: &str| text::t(lang, &format!("screen-key-{word}"));
    let mut out = Vec::new();
    match spec.lines {
        Lines::Children => {
            for child in children(spec.id) {
                let digit = child.id.get(child.id.len() - 1..).unwrap_or(child.id);
                let named = title(child, lang);
                out.push(key(digit, if child.id == digit { named } else { format!("{} {named}", child.id) }));
            }
            if spec.id == "1" {
                out.push(key("3-8", says("finding")));
                out.push(key("9", says("more")));
            }
        }
        Lines::Open => {
            out.push(key("1-8", says("open")));
            out.push(key("9", says("more")));
        }
        Lines::Read => out.push(key("9", says("more"))),
        Lines::Choices(most) => out.push(key(&format!("1-{most}"), says("choose"))),
    }
    out.push(key("0", says("dial")));
    if !spec.green.is_empty() {
        let labels: Vec<String> = spec.green.iter().map(|label| text::t(lang, label)).collect();
        out.push(key(&says("green"), labels.join(" / ")));
    }
    out.push(key(&says("yellow"), says("back")));
    out.push(key(&says("red"), says(if spec.id == "0" { "leave" } else { "home" })));
    out
}
