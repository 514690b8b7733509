//! The handbook (84): chapters of short numbered steps for people in the shop, found by code, by finding or by name;
//! and rounds of inspection that are walked item by item. One file each, `config/handbook/*.toml`, built in and read
//! at first use; a site replaces or adds chapters with [`load_dir`], such as its own emergency plan.
//!
//! Only what to do stands here. What a code means is for `codes`, what follows from what for `playbooks`.

mod judge;
mod read;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may")]
mod tests;

use std::path::Path;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use crate::data;
pub use crate::data::{Fault, Words};

pub use judge::{PAGE_CELLS, TITLE_CELLS};

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
}

impl Every {
    /// Every interval.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// The word used in files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// Days after which it is due again.
    pub const fn days(self) -> i64 {
        match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::Month => 31,
        }
    }
}

/// One thing to do or to look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    pub text: Words,
    /// The screen that does or shows it; the text says how to dial it.
    pub screen: Option<String>,
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
}

impl Mark {
    /// Every mark with its digit, which is its sign in a row of marks too.
    pub const ALL: [(Self, u8, &'static str); 3] =
        [(Self::Fine, 1, "fine"), (Self::Fault, 2, "fault"), (Self::Skipped, 3, "skipped")];

    /// Back from a row of marks; nothing where one is none of them.
    pub fn row(signs: &str) -> Option<Vec<Self>> {
        let mark = |sign: char| Self::ALL.iter().find(|(_, n, _)| sign == char::from(b'0' + n)).map(|(mark, ..)| *mark);
        signs.chars().map(mark).collect()
    }
}

/// One chapter, read at first use.
struct Slot {
    id: &'static str,
    built_in: (&'static str, &'static str),
    read: OnceLock<Option<Arc<Chapter>>>,
}

/// Every chapter: those built in, and a site's over them.
struct Shelf {
    slots: Vec<Slot>,
    site: Vec<Arc<Chapter>>,
}

impl Shelf {
    fn new(site: Vec<Arc<Chapter>>) -> Self {
        let slot = |(id, file, text): &(&'static str, &'static str, &'static str)| Slot {
            id,
            built_in: (file, text),
            read: OnceLock::new(),
        };
        Self { slots: BUILT_IN.iter().map(slot).collect(), site }
    }

    fn get(&self, id: &str) -> Option<Arc<Chapter>> {
        let of_site = self.site.iter().rev().find(|chapter| chapter.id == id).cloned();
        of_site.or_else(|| {
            let slot = self.slots.iter().find(|slot| slot.id == id)?;
            let (file, text) = slot.built_in;
            slot.read.get_or_init(|| read::read(file, text).ok().map(Arc::new)).clone()
        })
    }

    /// Those whose file has a quoted word that begins so: HOME asks at every start, and the others need no reading.
    fn naming(&self, begin: &str) -> Vec<Arc<Chapter>> {
        let quoted = format!("\"{begin}");
        let named = |id: &String| {
            let slot = self.slots.iter().find(|slot| slot.id == id);
            slot.is_none_or(|slot| slot.built_in.1.contains(&quoted)) || self.site.iter().any(|own| own.id == *id)
        };
        self.ids().iter().filter(|id| named(id)).filter_map(|id| self.get(id)).collect()
    }

    fn ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = self.slots.iter().map(|slot| slot.id.to_owned()).collect();
        for chapter in &self.site {
            if !ids.contains(&chapter.id) {
                ids.push(chapter.id.clone());
            }
        }
        ids
    }
}

static SHELF: RwLock<Option<Arc<Shelf>>> = RwLock::new(None);

fn shelf() -> Arc<Shelf> {
    if let Some(shelf) = &*SHELF.read().unwrap_or_else(PoisonError::into_inner) {
        return shelf.clone();
    }
    let mut slot = SHELF.write().unwrap_or_else(PoisonError::into_inner);
    slot.get_or_insert_with(|| Arc::new(Shelf::new(Vec::new()))).clone()
}

/// The chapter with this id, whatever the case.
pub fn get(id: &str) -> Option<Arc<Chapter>> {
    shelf().get(&id.trim().to_ascii_lowercase())
}

/// Every chapter, in the order people see them, a site's own last.
pub fn all() -> Vec<Arc<Chapter>> {
    let shelf = shelf();
    shelf.ids().iter().filter_map(|id| shelf.get(id)).collect()
}

/// The chapter that goes with a playbook.
pub fn of_playbook(id: &str) -> Option<Arc<Chapter>> {
    shelf().naming(id).into_iter().find(|chapter| chapter.playbooks.iter().any(|own| own == id))
}

/// The chapter that goes with a finding of this check: that with the longest beginning of its id.
pub fn of_finding(check: &str) -> Option<Arc<Chapter>> {
    let fits = |chapter: &Chapter| {
        let begins = chapter.findings.iter().filter(|begin| check.starts_with(begin.as_str()));
        begins.map(String::len).max()
    };
    // A chapter names at least the area of its findings, such as `net.`.
    let area = check.split_inclusive('.').next().unwrap_or(check);
    let (_, chapter) = shelf()
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
    let (mut good, mut faults) = (Vec::new(), Vec::new());
    for file in data::files(dir) {
        match file.map(|(name, text)| read::read(&name, &text)) {
            Ok(Ok(chapter)) => good.push(Arc::new(chapter)),
            Ok(Err(found)) => faults.extend(found),
            Err(fault) => faults.push(fault),
        }
    }
    *SHELF.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(Shelf::new(good)));
    faults
}
