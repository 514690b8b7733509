//! The palette (`:` or `/`): a response code, the codes behind words that a till shows, a screen by id, Chinese name,
//! English name or pinyin initials, and a chapter of the handbook by a word of its title.

use std::sync::Arc;

use pinyin::ToPinyin;

use crate::codes as tables;
use crate::handbook::Chapter;
use crate::model::Snapshot;
use crate::text::Lang;
use crate::tui::screens::{SCREENS, ScreenSpec, behind_text, handbook};
use crate::tui::view::{Arg, Open};

/// Signs of screen names that are read otherwise than most often: both initials find them.
const READ_OTHERWISE: &[(char, char)] = &[('重', 'c'), ('行', 'h'), ('长', 'c'), ('调', 't')];

/// Most signs one can type.
const LONGEST: usize = 24;

/// The open palette.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Palette {
    pub typed: String,
    /// The marked hit.
    pub marked: usize,
}

/// What a typed text means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hit {
    /// A response code with its short meaning: opens 31 with the code filled in.
    Code {
        profile: String,
        code: String,
        short: String,
    },
    Screen(&'static str),
    /// A chapter of the handbook.
    Chapter(Arc<Chapter>),
}

impl Hit {
    /// Where it leads.
    pub fn place(&self) -> (&'static str, Arg) {
        match self {
            Self::Chapter(chapter) => match handbook::open(chapter, 0) {
                Open::Place(screen, arg) => (screen, arg),
                Open::Screen(screen) => (screen, Arg::None),
            },
            Self::Code { profile, code, .. } => ("31", Arg::Code { profile: profile.clone(), code: code.clone() }),
            Self::Screen(id) => (id, Arg::None),
        }
    }
}

/// What the palette looks in.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The terminal's code table.
    pub profile: &'a str,
    pub lang: Lang,
    /// What is known of the journal: the codes it knows come first behind a text.
    pub snapshot: Option<&'a Snapshot>,
}

impl Palette {
    /// Types a sign.
    pub fn push(&mut self, sign: char) {
        if self.typed.chars().count() < LONGEST {
            self.typed.push(sign);
        }
        self.marked = 0;
    }

    /// Deletes a sign; false when there is none.
    pub fn pop(&mut self) -> bool {
        self.marked = 0;
        self.typed.pop().is_some()
    }

    /// What fits, best first; codes before screens before chapters, exact before partial.
    pub fn hits(&self, known: Known<'_>) -> Vec<Hit> {
        let typed = self.typed.trim();
        let mut screens: Vec<(u8, &'static ScreenSpec)> =
            SCREENS.iter().filter_map(|spec| Some((rank(spec, typed)?, *spec))).collect();
        screens.sort_by_key(|(rank, _)| *rank);
        let mut hits = Vec::new();
        let hit = |code: String| {
            let short = tables::short(known.profile, &code, known.lang)?;
            Some(Hit::Code { profile: known.profile.to_owned(), code, short })
        };
        if typed.len() == 2 {
            hits.extend(hit(typed.to_ascii_uppercase()));
        } else if is_text(typed) {
            // Whoever types a screen's name wants it; what tills say stands behind.
            let named = screens.iter().take_while(|(rank, _)| *rank <= BY_NAME).count();
            hits.extend(screens.drain(..named).map(|(_, spec)| Hit::Screen(spec.id)));
            hits.extend(behind_text(known.snapshot, known.profile, typed).into_iter().filter_map(hit));
        }
        hits.extend(screens.into_iter().map(|(_, spec)| Hit::Screen(spec.id)));
        if is_text(typed) {
            let wanted = typed.to_lowercase();
            let fits = |chapter: &Arc<Chapter>| Lang::all().any(|lang| fits(chapter.title.get(lang), &wanted));
            hits.extend(crate::handbook::all().into_iter().filter(fits).map(Hit::Chapter));
        }
        hits
    }

    /// Moves the mark within `hits` lines.
    pub fn mark(&mut self, down: bool, hits: usize) {
        self.marked = if down { (self.marked + 1).min(hits.saturating_sub(1)) } else { self.marked.saturating_sub(1) };
    }
}

/// The last of [`rank`] that is a name, or how one begins.
const BY_NAME: u8 = 3;

/// Words rather than the beginning of an id: two signs of Chinese, or four letters.
fn is_text(typed: &str) -> bool {
    let wide = typed.chars().filter(|sign| !sign.is_ascii()).count();
    wide >= 2 || (typed.len() >= 4 && typed.chars().any(char::is_alphabetic))
}

/// Whether a title holds what was typed, letters of any case.
fn fits(title: &str, typed: &str) -> bool {
    title.to_lowercase().contains(typed)
}

/// How well a screen fits what was typed: lower is better.
fn rank(spec: &ScreenSpec, typed: &str) -> Option<u8> {
    let wanted = typed.to_lowercase();
    let name = spec.name.to_lowercase();
    if spec.id == wanted || name == wanted || spec.zh == wanted {
        Some(0)
    } else if spec.id.starts_with(&wanted) {
        Some(1)
    } else if initials(spec.zh, &wanted) {
        Some(2)
    } else if name.starts_with(&wanted) || spec.zh.starts_with(&wanted) {
        Some(3)
    } else if name.split(' ').any(|word| word.starts_with(&wanted)) || spec.zh.contains(&wanted) {
        Some(4)
    } else {
        None
    }
}

/// Whether `typed` is the start of the pinyin initials of a name.
fn initials(name: &str, typed: &str) -> bool {
    let mut signs = name.chars().filter(|sign| sign.to_pinyin().is_some());
    !typed.is_empty()
        && typed.chars().all(|letter| {
            signs.next().is_some_and(|sign| {
                let usual = sign.to_pinyin().and_then(|read| read.plain().chars().next());
                usual == Some(letter) || READ_OTHERWISE.contains(&(sign, letter))
            })
        })
}

/// A screen's title for a list: `22 线路检测 PATH`.
pub fn titled(spec: &ScreenSpec, lang: Lang) -> String {
    if lang == Lang::ZH {
        format!("{} {} {}", spec.id, spec.zh, spec.name)
    } else {
        format!("{} {}", spec.id, spec.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_follow_the_reading() {
        assert!(initials("首页", "sy"));
        assert!(initials("重启网络", "cqwl"));
        assert!(initials("签到/参数", "qdcs"));
        assert!(!initials("首页", "yy"));
        assert!(!initials("首页", ""));
    }
}
