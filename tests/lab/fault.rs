//! One file of the catalogue.

use std::path::PathBuf;

use serde::{Deserialize, Deserializer};

/// A fault: how it is made, what has to be said, how it is undone.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The file's name.
    #[serde(skip)]
    pub name: String,
    /// What is the matter, in one sentence.
    pub title: String,
    /// Shell, with the functions of `lay.sh`.
    pub inject: String,
    pub undo: String,
    /// Ids that may be named as the root; empty for a disturbance that is no fault.
    #[serde(default)]
    pub root: Vec<String>,
    /// Ids that the root has to name beside itself: what is wrong independently of it.
    #[serde(default)]
    pub also: Vec<String>,
    /// Code of the root's sentence, where only one is right.
    #[serde(default)]
    pub code: String,
    /// The action that the root names; one of them where either root is right, none where nothing stands.
    #[serde(default = "none", deserialize_with = "one_or_more")]
    pub remedy: Vec<String>,
    /// In the VM: a check that is asked by itself, for it is made only when somebody wants it.
    #[serde(default)]
    pub ask: String,
    /// In the VM: facts that the root has to give.
    #[serde(default)]
    pub facts: Vec<String>,
    /// Belongs to the few that the gate tries.
    #[serde(default)]
    pub quick: bool,
    /// A program without which it cannot be made.
    #[serde(default)]
    pub needs: String,
}

fn none() -> Vec<String> {
    vec![String::new()]
}

fn one_or_more<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Words {
        One(String),
        More(Vec<String>),
    }
    Ok(match Words::deserialize(from)? {
        Words::One(word) => vec![word],
        Words::More(words) => words,
    })
}

/// The whole catalogue, by name.
pub fn catalogue() -> Vec<Fault> {
    read_folder("tests/lab/faults")
}

fn read_folder(folder: &str) -> Vec<Fault> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("faults").map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("a fault");
        let mut fault: Fault = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        fault.name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        fault
    };
    paths.into_iter().map(read).collect()
}

#[test]
fn every_fault_is_whole() {
    let all = catalogue();
    assert!(all.len() >= 25, "only {} faults", all.len());
    assert!(all.iter().filter(|fault| fault.quick).count() >= 6, "too few for the gate");
    assert!(all.iter().all(|fault| fault.ask.is_empty() && fault.facts.is_empty()), "that is for the VM");
    // Those of the VM terminal have the same shape; nothing of them runs here.
    let machines = read_folder("tests/lab/vm/faults");
    assert!(machines.len() >= 12, "only {} faults of the VM", machines.len());
    for fault in all.into_iter().chain(machines) {
        assert!(!fault.title.is_empty() && !fault.inject.is_empty() && !fault.undo.is_empty(), "{}", fault.name);
        assert!(fault.root.is_empty() == fault.code.is_empty() || !fault.root.is_empty(), "{}", fault.name);
    }
}
