//! Every playbook is whole and every way through it ends; the judge finds each kind of fault.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may")]

mod broken;
mod facts;
mod field;
mod ways;

use std::sync::OnceLock;

use super::*;

/// Every playbook that is built in, read once for all tests.
fn every() -> &'static [Arc<Playbook>] {
    static ALL: OnceLock<Vec<Arc<Playbook>>> = OnceLock::new();
    let read = |(id, file, text): &(&str, &str, &str)| match read::read(file, text) {
        Ok(book) => {
            assert_eq!(book.id, *id, "{file}");
            Arc::new(book)
        }
        Err(faults) => panic!("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
    };
    ALL.get_or_init(|| BUILT_IN.iter().map(read).collect())
}

fn one(id: &str) -> Arc<Playbook> {
    every().iter().find(|book| book.id == id).unwrap().clone()
}

/// Answers nothing: every check is open.
struct Nothing;

impl Knows for Nothing {
    fn tell(&self, _: &Question) -> Told {
        Told { truth: Truth::Unknown, evidence: None }
    }
}

#[test]
fn built_in_playbooks_are_whole() {
    let books = every();
    let ids: Vec<String> = books.iter().map(|book| book.id.clone()).collect();
    for book in books {
        assert!(judge::opens(book, &ids).is_empty(), "{:?}", judge::opens(book, &ids));
        assert_eq!(get(&book.id.to_lowercase()).as_deref(), Some(&**book));
    }
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/config/playbooks")).unwrap();
    assert_eq!(files.count(), BUILT_IN.len(), "a file of config/playbooks is not built in");
    for wanted in [
        "P51", "P61", "P21", "P01", "PCARD", "PNORESP", "PKEY", "PREG", "PFMT", "PTIME", "PPRN", "PPWR", "PPIN",
        "PCARDREF", "PPICKUP", "PQR", "PCHARGED",
    ] {
        assert!(ids.iter().any(|id| id == wanted), "{wanted}");
    }
}
