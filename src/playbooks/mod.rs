//! Playbooks: decision trees that lead a person from a refused sale or a fault to an end that says whom to call and
//! whether to do it again. One file each, `config/playbooks/*.toml`, built in and read at first use; a site adds or
//! replaces with [`load_dir`].
//!
//! Four kinds of nodes: a check answers itself from what the terminal knows ([`Knows`]), a question has one to seven
//! labelled answers and 8 for "unclear", an instruction names its screen, an end says who acts. What is not known
//! never leads to an end that says all is well: [`judge`] refuses such a file.
//!
//! Nothing here asks the machine or the store, and nothing is remembered: a [`Walk`] is a path of signs.

mod judge;
mod known;
mod read;
mod sheet;
#[cfg(test)]
mod tests;
mod tree;
mod walk;

use std::path::Path;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use crate::data;
use crate::model::{Outcome, Sale};
use crate::text::{self, Lang};

pub use crate::data::{Fault, Words};
pub use judge::{LABEL_CELLS, TEXT_CELLS, TITLE_CELLS, dial};
pub use known::{Evidence, Known, Knows, Told, Truth};
pub use tree::{CALL, End, Kind, Money, Node, Playbook, Question, RETRY, Topic};
pub use walk::{Choice, NoSuchStep, Taken, Took, UNCLEAR, Walk};

macro_rules! playbooks {
    ($($id:literal = $name:literal),* $(,)?) => {
        &[$(($id, concat!($name, ".toml"), include_str!(concat!("../../config/playbooks/", $name, ".toml")))),*]
    };
}

/// Built in: id, file, text; in the order people see them.
const BUILT_IN: &[(&str, &str, &str)] = playbooks![
    "P51" = "p51",
    "P61" = "p61",
    "P21" = "p21",
    "P01" = "p01",
    "PPIN" = "ppin",
    "PCARDREF" = "pcardref",
    "PPICKUP" = "ppickup",
    "PCHARGED" = "pcharged",
    "PNORESP" = "pnoresp",
    "PQR" = "pqr",
    "PCARD" = "pcard",
    "PKEY" = "pkey",
    "PREG" = "preg",
    "PFMT" = "pfmt",
    "PTIME" = "ptime",
    "PPRN" = "pprn",
    "PPWR" = "ppwr",
];

/// One playbook, read at first use.
struct Slot {
    id: String,
    built_in: Option<(&'static str, &'static str)>,
    read: OnceLock<Option<Arc<Playbook>>>,
}

impl Slot {
    fn get(&self) -> Option<Arc<Playbook>> {
        let (file, text) = self.built_in?;
        self.read.get_or_init(|| read::read(file, text).ok().map(Arc::new)).clone()
    }
}

/// Every playbook: those built in, and a site's over them.
struct Shelf {
    slots: Vec<Slot>,
    site: Vec<Arc<Playbook>>,
}

impl Shelf {
    fn new(site: Vec<Arc<Playbook>>) -> Self {
        let slots = BUILT_IN.iter().map(|(id, file, text)| Slot {
            id: (*id).to_owned(),
            built_in: Some((file, text)),
            read: OnceLock::new(),
        });
        Self { slots: slots.collect(), site }
    }

    fn get(&self, id: &str) -> Option<Arc<Playbook>> {
        let of_site = self.site.iter().rev().find(|book| book.id == id).cloned();
        of_site.or_else(|| self.slots.iter().find(|slot| slot.id == id)?.get())
    }

    fn ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = self.slots.iter().map(|slot| slot.id.clone()).collect();
        for book in &self.site {
            if !ids.contains(&book.id) {
                ids.push(book.id.clone());
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

/// The playbook with this id, whatever the case.
pub fn get(id: &str) -> Option<Arc<Playbook>> {
    shelf().get(&id.trim().to_ascii_uppercase())
}

/// Every id, in the order people see them, a site's own last.
pub fn ids() -> Vec<String> {
    shelf().ids()
}

/// The playbook of a sale, given that of its code: without an answer the silence has its own, and what a wallet did not
/// settle is no card's matter. Nothing for a sale that went through.
pub fn for_sale(sale: &Sale, of_code: Option<String>) -> Option<String> {
    let wallet = sale.method.as_deref().is_some_and(|method| method != "card");
    match (sale.outcome, &sale.code) {
        (Outcome::Approved, _) => None,
        (Outcome::Reversed, _) => Some("PCHARGED".to_owned()),
        (_, None) if wallet => Some("PQR".to_owned()),
        (_, None) => Some("PNORESP".to_owned()),
        (_, Some(_)) if wallet => of_code.or_else(|| Some("PQR".to_owned())),
        (_, Some(_)) => of_code,
    }
}

/// What an end says besides its text: the money, who acts, whether to do it again, words for the customer.
pub fn end_lines(end: &End, lang: Lang) -> Vec<String> {
    let word = |list: &str, word: &str| text::t(lang, &format!("playbook-{list}-{word}"));
    let mut lines: Vec<String> = end.money.map(|money| word("money", money.word())).into_iter().collect();
    lines.push(text::ta(lang, "playbook-call", &[("who", word("call", end.call).into())]));
    lines.push(text::ta(lang, "playbook-retry", &[("rule", word("retry", end.retry).into())]));
    if !end.say.is_empty() {
        lines.push(text::ta(lang, "playbook-say", &[("text", end.say.get(lang).into())]));
    }
    lines
}

/// Lays the `*.toml` files of a folder over the built-in playbooks, in the order of their names, instead of what was
/// laid before. A file with a fault is left out whole (what it would have replaced stays); every fault of every file
/// is returned. No folder, no faults.
pub fn load_dir(dir: &Path) -> Vec<Fault> {
    let (good, faults) = load(dir);
    *SHELF.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(Shelf::new(good)));
    faults
}

/// The playbooks of a folder that stand, and the faults of the others.
fn load(dir: &Path) -> (Vec<Arc<Playbook>>, Vec<Fault>) {
    let (mut good, mut faults) = (Vec::new(), Vec::new());
    for file in data::files(dir) {
        match file.map(|(name, text)| read::read(&name, &text)) {
            Ok(Ok(book)) => good.push(Arc::new(book)),
            Ok(Err(found)) => faults.extend(found),
            Err(fault) => faults.push(fault),
        }
    }
    faults.extend(retain_whole(&mut good));
    (good, faults)
}

/// Leaves out what opens a playbook that does not exist, until all that stand are whole.
fn retain_whole(good: &mut Vec<Arc<Playbook>>) -> Vec<Fault> {
    let mut faults = Vec::new();
    loop {
        let shelf = Shelf::new(good.clone());
        let ids = shelf.ids();
        let found: Vec<Fault> = good.iter().flat_map(|book| judge::opens(book, &ids)).collect();
        if found.is_empty() {
            return faults;
        }
        good.retain(|book| judge::opens(book, &ids).is_empty());
        faults.extend(found);
    }
}
