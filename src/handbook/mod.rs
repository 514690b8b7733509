//! The handbook (84): chapters of short numbered steps for people in the shop, found by code, by finding or by name;
//! and rounds of inspection that are walked item by item. One file each, `config/handbook/*.toml`, built in and read
//! at first use; a site replaces or adds chapters with [`load_dir`], such as its own emergency plan.
//!
//! Only what to do stands here. What a code means is for `codes`, what follows from what for `playbooks`.

mod judge;
mod proof;
mod read;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may")]
mod tests;

use std::path::Path;
use std::sync::Arc;

use crate::data::{self, Filed, Shelved};
pub use crate::data::{Fault, Words};

pub use judge::{PAGE_CELLS, TITLE_CELLS};
pub use proof::{is_tested, is_there};

macro_rules! chapters {
    ($($id:literal),* $(,)?) => {
        &[$(($id, concat!($id, ".toml"), include_str!(concat!("../../config/handbook/", $id, ".toml")))),*]
    };
}

/// Built in: id, file, text; in the order people see them.
const BUILT_IN: &[(&str, &str, &str)] = chapters![
    "code-51",
    "code-61",
    "code-21",
    "contact-bank",
    "card",
    "no-answer",
    "charged",
    "emergency",
    "other-ways",
    "customer",
    "declines",
    "pin",
    "shop",
    "whom",
    "daily",
    "weekly",
    "monthly",
    "acceptance",
    "prevention",
    "training",
    "operate",
    "printer",
    "power",
    "clock",
    "upkeep",
    "upgrade",
    "maintenance",
    "safety",
    "records",
];

/// How often a round is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Every {
    Day,
    Week,
    Month,
    /// When a terminal is new here, or was exchanged.
    Once,
}

impl Every {
    /// Every interval.
    pub const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::Once];

    /// The word used in files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Once => "once",
        }
    }

    /// Days after which it is due again.
    pub const fn days(self) -> i64 {
        match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::Month => 31,
            Self::Once => i64::MAX,
        }
    }
}

/// One thing to do or to look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    pub text: Words,
    /// The screen that does or shows it; the text says how to dial it.
    pub screen: Option<String>,
    /// Checks that answer it (families, or ids with a subject); a person answers where they cannot.
    pub checks: Vec<String>,
}

/// Steps under one heading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    pub title: Words,
    pub steps: Vec<Step>,
}

/// A chapter, or a round of inspection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chapter {
    pub id: String,
    pub title: Words,
    pub pages: Vec<Page>,
    /// Playbooks that ask further; a code leads here through its playbook.
    pub playbooks: Vec<String>,
    /// Beginnings of check ids whose findings lead here.
    pub findings: Vec<String>,
    /// Walked item by item, this often.
    pub every: Option<Every>,
    file: String,
}

impl Chapter {
    /// Items of a round, in their order.
    pub fn items(&self) -> impl Iterator<Item = &Step> {
        self.pages.iter().flat_map(|page| &page.steps)
    }
}

/// What was found at one item of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Fine,
    Fault,
    Skipped,
    /// This terminal has no such part.
    Absent,
    /// A check said that it is fine.
    Proved,
}

impl Mark {
    /// Every mark with its digit, which is its sign in a row of marks too.
    pub const ALL: [(Self, u8, &'static str); 5] = [
        (Self::Fine, 1, "fine"),
        (Self::Fault, 2, "fault"),
        (Self::Skipped, 3, "skipped"),
        (Self::Absent, 4, "absent"),
        (Self::Proved, 5, "proved"),
    ];

    /// Its word in keys of sentences.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(mark, ..)| *mark == self).map_or("", |(.., word)| word)
    }

    /// Its sign in a row of marks.
    pub fn sign(self) -> char {
        Self::ALL.iter().find(|(mark, ..)| *mark == self).map_or('0', |(_, n, _)| char::from(b'0' + n))
    }

    /// Back from a row of marks; nothing where one is none of them.
    pub fn row(signs: &str) -> Option<Vec<Self>> {
        let mark = |sign: char| Self::ALL.iter().find(|(_, n, _)| sign == char::from(b'0' + n)).map(|(mark, ..)| *mark);
        signs.chars().map(mark).collect()
    }
}

impl Filed for Chapter {
    const BUILT_IN: &'static [(&'static str, &'static str, &'static str)] = BUILT_IN;

    fn read(file: &str, text: &str) -> Result<Self, Vec<Fault>> {
        read::read(file, text)
    }

    fn id(&self) -> &str {
        &self.id
    }
}

static SHELF: Shelved<Chapter> = Shelved::new();

/// The chapter with this id, whatever the case.
pub fn get(id: &str) -> Option<Arc<Chapter>> {
    SHELF.get().get(&id.trim().to_ascii_lowercase())
}

/// Every chapter, in the order people see them, a site's own last.
pub fn all() -> Vec<Arc<Chapter>> {
    let shelf = SHELF.get();
    shelf.ids().iter().filter_map(|id| shelf.get(id)).collect()
}

/// The chapter that goes with a playbook.
pub fn of_playbook(id: &str) -> Option<Arc<Chapter>> {
    SHELF.get().naming(id).into_iter().find(|chapter| chapter.playbooks.iter().any(|own| own == id))
}

/// The chapter that goes with a finding of this check: that with the longest beginning of its id.
pub fn of_finding(check: &str) -> Option<Arc<Chapter>> {
    let fits = |chapter: &Chapter| {
        let begins = chapter.findings.iter().filter(|begin| check.starts_with(begin.as_str()));
        begins.map(String::len).max()
    };
    // A chapter names at least the area of its findings, such as `net.`; a family of its own has no point.
    let area = match check.find(['.', ':']) {
        Some(at) if check[at..].starts_with('.') => &check[..=at],
        Some(at) => &check[..at],
        None => check,
    };
    let (_, chapter) = SHELF
        .get()
        .naming(area)
        .into_iter()
        .rev()
        .filter_map(|chapter| Some((fits(&chapter)?, chapter)))
        .max_by_key(|(length, _)| *length)?;
    Some(chapter)
}

/// Lays the `*.toml` files of a folder over the built-in chapters, in the order of their names, instead of what was
/// laid before. A file with a fault is left out whole; every fault of every file is returned. No folder, no faults.
pub fn load_dir(dir: &Path) -> Vec<Fault> {
    let (good, faults) = data::read_dir(dir);
    SHELF.lay(good);
    faults
}
