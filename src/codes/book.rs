//! All tables together: those built in, each parsed at its first use, and what a site laid over them.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::category::Category;
use super::read;
use super::sheet::{Entry, Sheet};
use crate::data::Words;

/// The table that holds the shared classes and no codes.
pub(super) const CLASSES: &str = "classes";

macro_rules! tables {
    ($($name:literal),* $(,)?) => {
        &[$(($name, concat!($name, ".toml"), include_str!(concat!("../../config/codes/", $name, ".toml")))),*]
    };
}

/// Tables built in: name, file, text; in the order people see them.
pub(super) const BUILT_IN: &[(&str, &str, &str)] = tables![
    "unionpay",
    "unionpay-old",
    "iso8583",
    "iso8583-1993",
    "visa",
    "mastercard",
    "amex",
    "discover",
    "jcb",
    "emv-offline",
    "acquirer-99bill",
    "acquirer-apac",
    "acquirer-cb",
    "acquirer-ccb",
    "acquirer-cil",
    "acquirer-elo",
    "acquirer-gicc",
    "acquirer-koolyun",
    "acquirer-rapyd",
    "classes",
];

/// Every table, merged lazily.
pub(super) struct Book {
    slots: Vec<Slot>,
}

struct Slot {
    name: &'static str,
    built_in: Option<(&'static str, &'static str)>,
    site: Vec<Sheet>,
    merged: OnceLock<Sheet>,
}

impl Book {
    /// The tables built in, with a site's files over them, in the order of the files.
    pub fn new(site: Vec<Sheet>) -> Self {
        let mut slots: Vec<Slot> = BUILT_IN
            .iter()
            .map(|(name, file, text)| Slot {
                name,
                built_in: Some((file, text)),
                site: Vec::new(),
                merged: OnceLock::new(),
            })
            .collect();
        for sheet in site {
            if let Some(slot) = slots.iter_mut().find(|slot| slot.name == sheet.profile) {
                slot.site.push(sheet);
            } else {
                let name = intern(&sheet.profile);
                slots.push(Slot { name, built_in: None, site: vec![sheet], merged: OnceLock::new() });
            }
        }
        Self { slots }
    }

    /// Names of all tables that hold codes.
    pub fn profiles(&self) -> impl Iterator<Item = &'static str> {
        self.slots.iter().map(|slot| slot.name).filter(|name| *name != CLASSES)
    }

    pub fn sheet(&self, name: &str) -> Option<&Sheet> {
        let slot = self.slots.iter().find(|slot| slot.name == name)?;
        Some(slot.merged.get_or_init(|| {
            let mut sheet = slot.built_in.map_or_else(Sheet::default, |(file, text)| read::read(file, text).0);
            for site in &slot.site {
                sheet.over(site.clone());
            }
            sheet
        }))
    }

    /// Tables that `sheet` falls back to, with whether their codes are listed as its own.
    pub fn behind<'b>(&'b self, sheet: &'b Sheet) -> impl Iterator<Item = (&'b Sheet, bool)> {
        let base = sheet.base.iter().flatten().map(|name| (name, true));
        let also = sheet.also.iter().flatten().map(|name| (name, false));
        base.chain(also).filter_map(|(name, listed)| Some((self.sheet(name)?, listed)))
    }

    /// The entry of a code already written as its table writes it.
    pub fn find(&self, profile: &str, code: &str) -> Option<Found<'_>> {
        let sheet = self.sheet(profile)?;
        if let Some(entry) = sheet.codes.get(code) {
            return Some(Found { book: self, sheet, owner: sheet, entry, listed: true });
        }
        self.behind(sheet).find_map(|(owner, listed)| {
            let entry = owner.codes.get(code)?;
            Some(Found { book: self, sheet, owner, entry, listed })
        })
    }

    /// Whether a table or the shared ones know a class.
    pub fn has_class(&self, profile: &str, class: &str) -> bool {
        [profile, CLASSES].iter().filter_map(|name| self.sheet(name)).any(|sheet| sheet.classes.contains_key(class))
    }

    /// Codes of a profile in display order, with those of its base tables; `also` tables on request.
    pub fn codes(&self, profile: &str, with_also: bool) -> Vec<&str> {
        let Some(sheet) = self.sheet(profile) else { return Vec::new() };
        let mut all: Vec<&str> = sheet.codes.keys().map(String::as_str).collect();
        for (base, listed) in self.behind(sheet) {
            if listed || with_also {
                all.extend(base.codes.keys().map(String::as_str));
            }
        }
        all.sort_unstable_by_key(|code| (display_group(code), *code));
        all.dedup();
        all
    }

    /// Every table that may hold texts for a profile: its own first.
    pub fn family(&self, profile: &str) -> Vec<&Sheet> {
        let Some(sheet) = self.sheet(profile) else { return Vec::new() };
        std::iter::once(sheet).chain(self.behind(sheet).map(|(sheet, _)| sheet)).collect()
    }
}

/// Plain numbers, then codes with letters, then those of a section of their own (`MAC 01`).
fn display_group(code: &str) -> u8 {
    if code.contains(' ') { 2 } else { u8::from(code.bytes().any(|byte| byte.is_ascii_alphabetic())) }
}

/// An entry together with the class and tables that complete it.
#[derive(Clone, Copy)]
pub(super) struct Found<'b> {
    pub book: &'b Book,
    /// The table that was asked.
    pub sheet: &'b Sheet,
    /// The table that knows the code.
    pub owner: &'b Sheet,
    pub entry: &'b Entry,
    /// False if it came from an `also` table.
    pub listed: bool,
}

impl<'b> Found<'b> {
    /// The class of the entry, from its own table or the shared ones.
    pub fn class(&self) -> Option<&'b Entry> {
        let name = self.entry.class.as_deref()?;
        self.owner.classes.get(name).or_else(|| self.book.sheet(CLASSES)?.classes.get(name))
    }

    /// A field of the entry, else of its class.
    pub fn field<T: ?Sized>(&self, get: impl Fn(&'b Entry) -> Option<&'b T>) -> Option<&'b T> {
        get(self.entry).or_else(|| get(self.class()?))
    }

    /// Words of the entry, else of its class.
    pub fn words<T>(&self, get: impl Fn(&'b Entry) -> &'b Words<T>) -> Option<&'b Words<T>> {
        self.field(|entry| Some(get(entry)).filter(|words| !words.is_empty()))
    }

    pub fn category(&self) -> Category {
        self.field(|entry| entry.category.as_ref()).copied().unwrap_or(Category::Unknown)
    }

    /// What is said because the code was found in another table than the one asked, or for every code of the table.
    pub fn note(&self) -> Option<&'b Words<String>> {
        let borrowed = !std::ptr::eq(self.sheet, self.owner) && self.listed;
        let words = if borrowed { &self.sheet.borrowed } else { &self.owner.note };
        Some(words).filter(|words| !words.is_empty())
    }
}

/// Names of tables live as long as the program: a site adds few, and the same ones at every load.
fn intern(name: &str) -> &'static str {
    static NAMES: std::sync::Mutex<BTreeMap<String, &'static str>> = std::sync::Mutex::new(BTreeMap::new());
    let mut names = NAMES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    names.entry(name.to_owned()).or_insert_with(|| String::leak(name.to_owned()))
}
