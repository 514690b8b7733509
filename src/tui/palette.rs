//! The palette (`:` or `/`): a screen by id, Chinese name, English name or pinyin initials, and a response code.

use pinyin::ToPinyin;

use crate::text::Lang;
use crate::tui::screens::{SCREENS, ScreenSpec};
use crate::tui::view::Arg;

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
}

impl Hit {
    /// Where it leads.
    pub fn place(&self) -> (&'static str, Arg) {
        match self {
            Self::Code { profile, code, .. } => ("31", Arg::Code { profile: profile.clone(), code: code.clone() }),
            Self::Screen(id) => (id, Arg::None),
        }
    }
}

/// Short meaning of a code, if the profile lists it.
pub type Short<'a> = &'a dyn Fn(&str) -> Option<String>;

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

    /// What fits, best first; codes before screens, exact before partial.
    pub fn hits(&self, profile: &str, short: Short<'_>) -> Vec<Hit> {
        let typed = self.typed.trim();
        let mut hits = Vec::new();
        if typed.len() == 2 {
            let code = typed.to_ascii_uppercase();
            if let Some(short) = short(&code) {
                hits.push(Hit::Code { profile: profile.to_owned(), code, short });
            }
        }
        let mut screens: Vec<(u8, &'static ScreenSpec)> =
            SCREENS.iter().filter_map(|spec| Some((rank(spec, typed)?, *spec))).collect();
        screens.sort_by_key(|(rank, _)| *rank);
        hits.extend(screens.into_iter().map(|(_, spec)| Hit::Screen(spec.id)));
        hits
    }

    /// Moves the mark within `hits` lines.
    pub fn mark(&mut self, down: bool, hits: usize) {
        self.marked = if down { (self.marked + 1).min(hits.saturating_sub(1)) } else { self.marked.saturating_sub(1) };
    }
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
