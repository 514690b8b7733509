//! What the terminal knows, as answers to the checks of a playbook, each with the evidence it was taken from. What is
//! not known is answered `unknown`: nothing is guessed here.

mod findings;
mod journal;

use crate::model::{Fact, Facts, Sale, SaleId, Snapshot, Stamp};
use crate::text::{self, Lang};

use super::tree::Question;

/// What a check says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    Yes,
    No,
    Unknown,
}

impl Truth {
    /// Every answer of a check.
    pub const ALL: [Self; 3] = [Self::Yes, Self::No, Self::Unknown];

    /// The word used in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }

    /// Its sign in a path.
    pub const fn sign(self) -> char {
        match self {
            Self::Yes => 'y',
            Self::No => 'n',
            Self::Unknown => 'u',
        }
    }
}

/// What an answer was taken from: a sentence and its values.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// Key of the sentence.
    pub key: String,
    pub facts: Facts,
}

impl Evidence {
    fn new(key: impl Into<String>) -> Self {
        Self { key: key.into(), facts: Facts::new() }
    }

    fn fact(mut self, name: &str, value: impl Into<Fact>) -> Self {
        self.facts.insert(name.to_owned(), value.into());
        self
    }

    /// For people. What sources hand over may hold anything: control characters would move the cursor.
    pub fn sentence(&self, lang: Lang) -> String {
        let told = text::tf(lang, &self.key, &self.facts);
        told.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
    }
}

/// An answer with its evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub truth: Truth,
    pub evidence: Option<Evidence>,
}

impl Told {
    const fn new(truth: Truth, evidence: Evidence) -> Self {
        Self { truth, evidence: Some(evidence) }
    }
}

/// Whoever answers the checks of a playbook.
pub trait Knows {
    /// Answers one check.
    fn tell(&self, question: &Question) -> Told;
}

/// Seconds in a day.
const DAY: i64 = 86_400;

/// What a snapshot tells, about one sale or one code where there is one.
#[derive(Clone, Debug)]
pub struct Known<'a> {
    snapshot: &'a Snapshot,
    sale: Option<&'a Sale>,
    code: Option<String>,
    /// Different cards that got the sale's code within an hour, where the agent counts them.
    cards: Option<u64>,
    /// Nobody keeps the findings up to date any more.
    stale: bool,
}

impl<'a> Known<'a> {
    /// What the terminal knows, about nothing in particular.
    pub const fn new(snapshot: &'a Snapshot) -> Self {
        Self { snapshot, sale: None, code: None, cards: None, stale: false }
    }

    /// About this sale.
    #[must_use]
    pub fn sale(mut self, sale: &'a Sale, same_code_cards: Option<u64>) -> Self {
        self.code = sale.code.as_deref().map(str::to_owned);
        self.sale = Some(sale);
        self.cards = same_code_cards;
        self
    }

    /// About the sale with this id, wherever the snapshot holds it.
    #[must_use]
    pub fn sale_id(self, id: SaleId) -> Self {
        let held = self.rows().into_iter().chain(&self.snapshot.unfinished).find(|row| row.id == id);
        match held {
            Some(sale) => self.sale(sale, None),
            None => self,
        }
    }

    /// About the newest failed sale of the last day that fits, if there is one.
    #[must_use]
    pub fn newest(self, fits: impl Fn(&Sale) -> bool) -> Self {
        let now = self.snapshot.at;
        let young = |sale: &&Sale| now.seconds_since(sale.time) <= DAY;
        let rows = self.snapshot.failed.iter().rev().chain(self.snapshot.unfinished.iter().rev());
        let found = rows.filter(young).find(|sale| fits(sale));
        match found {
            Some(sale) => self.sale(sale, None),
            None => self,
        }
    }

    /// About this code, with the newest failed sale of the last day that got it.
    #[must_use]
    pub fn code(self, code: &str) -> Self {
        let mut known = self.newest(|sale| sale.code.as_deref() == Some(code));
        known.code = Some(code.to_owned());
        known
    }

    /// The agent is gone: what was well may not be so any more.
    #[must_use]
    pub const fn stale(mut self, stale: bool) -> Self {
        self.stale = stale;
        self
    }

    /// The sale it is about.
    pub const fn about(&self) -> Option<&'a Sale> {
        self.sale
    }

    /// The code it is about.
    pub fn code_meant(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The moment it is about.
    fn then(&self) -> Stamp {
        self.sale.map_or(self.snapshot.at, |sale| sale.time)
    }

    /// `HH:MM` today, else with the day.
    fn when(&self, at: Stamp) -> String {
        let at = Stamp { offset: self.snapshot.at.offset, ..at };
        if at.day() == self.snapshot.at.day() { at.hh_mm() } else { at.day_hh_mm() }
    }

    /// Every sale held, each once: failed ones, then the newest.
    fn rows(&self) -> Vec<&'a Sale> {
        let failed = &self.snapshot.failed;
        let others = self.snapshot.recent.iter().filter(|row| failed.iter().all(|have| have.id != row.id));
        failed.iter().chain(others).collect()
    }
}

impl Knows for Known<'_> {
    fn tell(&self, question: &Question) -> Told {
        match question {
            Question::Works(families) => findings::works(self, families, false),
            Question::Fine(families) => findings::works(self, families, true),
            Question::Says { codes, of } => findings::says(self, codes, of),
            Question::Code(codes) => self.is_code(codes),
            Question::Fact(topic) => journal::tell(self, *topic),
        }
    }
}

impl Known<'_> {
    fn is_code(&self, codes: &[String]) -> Told {
        match (&self.code, self.sale) {
            (Some(code), _) => {
                let truth = if codes.contains(code) { Truth::Yes } else { Truth::No };
                Told::new(truth, Evidence::new("playbook-seen-code").fact("code", code.as_str()))
            }
            (None, Some(_)) => Told::new(Truth::No, Evidence::new("playbook-seen-code-none")),
            (None, None) => Told::new(Truth::Unknown, Evidence::new("playbook-seen-no-sale")),
        }
    }
}
