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
use std::sync::Arc;

use crate::data::{self, Filed, Shelf, Shelved};
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

impl Filed for Playbook {
    const BUILT_IN: &'static [(&'static str, &'static str, &'static str)] = BUILT_IN;

    fn read(file: &str, text: &str) -> Result<Self, Vec<Fault>> {
        read::read(file, text)
    }

    fn id(&self) -> &str {
        &self.id
    }
}

static SHELF: Shelved<Playbook> = Shelved::new();

/// The playbook with this id, whatever the case.
pub fn get(id: &str) -> Option<Arc<Playbook>> {
    SHELF.get().get(&id.trim().to_ascii_uppercase())
}

/// Every id, in the order people see them, a site's own last.
pub fn ids() -> Vec<String> {
    SHELF.get().ids()
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
    SHELF.lay(good);
    faults
}

/// The playbooks of a folder that stand, and the faults of the others.
fn load(dir: &Path) -> (Vec<Arc<Playbook>>, Vec<Fault>) {
    let (mut good, mut faults) = data::read_dir(dir);
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
