//! What the terminal knew around one transaction, besides the transaction itself. Data only: what follows from it is
//! said elsewhere.

use serde::{Deserialize, Serialize};

use super::{Area, Facts, Outcome, Short, Stamp, Status};

/// A stored state this near to a transaction counts as its evidence, seconds.
pub const EVIDENCE_S: i64 = 60;

/// How a part of the terminal stood, as checks had found it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stood {
    pub area: Area,
    pub status: Status,
    /// Id of the finding that told, such as `net.link:eth0`.
    pub id: String,
    /// Key of its sentence, as in [`super::Finding::code`].
    pub code: String,
    /// Facts of the sentence; kept for what was wrong.
    #[serde(default, skip_serializing_if = "Facts::is_empty")]
    pub facts: Facts,
    /// It was found so first, without a change since.
    pub from: Stamp,
    /// It was found so last.
    pub until: Stamp,
}

impl Stood {
    /// Looked at within [`EVIDENCE_S`] of this moment.
    pub const fn near(&self, at: Stamp) -> bool {
        let margin = EVIDENCE_S * 1_000_000;
        self.from.micros <= at.micros.saturating_add(margin) && self.until.micros >= at.micros.saturating_sub(margin)
    }

    /// The id without its subject: `host.tcp` of `host.tcp:primary`.
    pub fn family(&self) -> &str {
        self.id.split(':').next().unwrap_or(&self.id)
    }
}

/// Sales that were refused with the same code about then, this one included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alike {
    pub sales: u64,
    /// Different cards among them.
    pub cards: u64,
    /// Every one was told apart by its whole number; else there are at least so many.
    pub exact: bool,
    /// Since when every one was told apart by its whole number, where that does not hold for all of them; none where it
    /// holds for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Stamp>,
    /// Different first six digits; none where there is one card, or not all show them.
    pub banks: Option<u64>,
}

/// The same card with the same code about then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SameCard {
    /// This one included.
    pub times: u64,
    /// Told by its whole number; else by its first six and last four.
    pub exact: bool,
}

/// What became of other sales within half an hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Others {
    pub approved: u64,
    pub declined: u64,
    pub unanswered: u64,
}

/// A reversal or void that undid a sale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undone {
    pub time: Stamp,
    /// As in [`super::Sale::kind`].
    pub kind: Short,
}

/// The surroundings of one transaction.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// How line, host, clock, reader and supply stood: whatever was wrong, and one witness of each part that was not;
    /// a part that was looked at too long before is told with its last state.
    pub stood: Vec<Stood>,
    /// Within 60 minutes; none without a code, and for codes shown instead of cards.
    pub hour: Option<Alike>,
    /// Within 24 hours.
    pub day: Option<Alike>,
    /// Within 24 hours.
    pub same_card: Option<SameCard>,
    pub others: Others,
    /// The answer that came after the sale had been given up: its moment and how it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<(Stamp, Outcome)>,
    /// What undid the sale after it had gone through, or been given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone: Option<Undone>,
    /// The same card was tried by its chip, without success, in the minutes before.
    pub chip_tried: bool,
}

impl Evidence {
    /// What was wrong within a minute of `at`.
    pub fn wrong(&self, at: Stamp) -> impl Iterator<Item = &Stood> {
        self.stood.iter().filter(move |stood| stood.status.is_bad() && stood.near(at))
    }

    /// How this part stood within a minute of `at`; none when nobody looked.
    pub fn area(&self, area: Area, at: Stamp) -> Option<&Stood> {
        let own = self.stood.iter().filter(|stood| stood.area == area && stood.near(at));
        own.max_by_key(|stood| stood.status.weight())
    }
}
