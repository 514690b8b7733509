//! How many cards got the same answer about then, and what became of the sales around one: counted from the stored
//! rows near it, told apart by keys that live in memory only, else by what is left of their numbers.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use rusqlite::Row;

use super::db::Db;
use super::packs::read::Line;
use super::rows::outcome_number;
use super::stood::STOOD_NEAR;
use super::walk::{DECLINED, LISTED, Order, Span, Which, until};
use crate::model::{Alike, CardKey, Evidence, Others, Outcome, Sale, SaleId, SameCard, Short, Stamp, Undone};

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;
const DAY: i64 = 24 * HOUR;

/// Others are looked at within this, microseconds.
const AROUND: i64 = HOUR / 2;

/// A chip that failed this shortly before belongs to the same try, microseconds.
const SAME_TRY: i64 = 5 * 60 * SECOND;

/// Rows read on each side of a sale; more of them make the counts "at least".
const MOST_DECLINED: usize = 4_000;
const MOST_OTHERS: usize = 600;

/// Rows in a row that are too old or too new before a side ends: clocks step.
const GIVE_UP: usize = 50;

/// Keys kept; the oldest go first.
const MOST_KEYS: usize = 4_096;

/// Keys of failed sales by the id of their row, for a day. Gone when the process ends.
#[derive(Default)]
pub(super) struct CardKeys {
    by_id: BTreeMap<i64, (i64, CardKey)>,
    newest: i64,
}

impl CardKeys {
    /// Remembers the card of a row.
    pub fn note(&mut self, id: i64, time_us: i64, key: CardKey) {
        self.newest = self.newest.max(time_us);
        if self.newest - time_us > 2 * DAY {
            return;
        }
        self.by_id.insert(id, (time_us, key));
        while let Some((&first, &(time, _))) = self.by_id.first_key_value()
            && (self.by_id.len() > MOST_KEYS || self.newest - time > 2 * DAY)
        {
            self.by_id.remove(&first);
        }
    }

    /// Remembers the cards of rows that were stored by an earlier run; an answer that leaves out its card has that of
    /// its request.
    pub fn recall(&mut self, rows: &[Sale]) {
        let mut asked: BTreeMap<&str, CardKey> = BTreeMap::new();
        for sale in rows {
            let stan = sale.stan.as_deref().unwrap_or_default();
            let Some(key) = sale.card_key.or_else(|| asked.get(stan).copied()) else { continue };
            if sale.failed() {
                self.note(sale.id.0, sale.time.micros, key);
            } else if !stan.is_empty() {
                asked.insert(stan, key);
            }
        }
    }

    fn of(&self, id: i64) -> Option<CardKey> {
        self.by_id.get(&id).map(|(_, key)| *key)
    }
}

/// What is looked at of a row near a sale.
struct Near {
    id: i64,
    time: i64,
    /// Minutes east of Greenwich.
    offset: i16,
    outcome: i64,
    code: Option<Short>,
    card: Option<Short>,
    entry: Option<Short>,
    by_card: bool,
    moves_money: bool,
}

/// The rows near some sales, oldest first.
pub(super) struct Crowd {
    declined: Vec<Near>,
    others: Vec<Near>,
    /// Not every row of the day was read.
    cut: bool,
}

/// Which rows, how far away in time, and how many of them.
struct Side {
    which: Which,
    margin: i64,
    most: usize,
}

impl Db {
    /// The surroundings of these sales, in their order.
    pub fn evidence(&self, sales: &[Sale]) -> rusqlite::Result<Vec<Evidence>> {
        let mut crowds: BTreeMap<Arc<str>, Crowd> = BTreeMap::new();
        for sale in sales {
            if !crowds.contains_key(&sale.source) {
                let own: Vec<&Sale> = sales.iter().filter(|other| other.source == sale.source).collect();
                crowds.insert(sale.source.clone(), self.crowd(&own, &sale.source)?);
            }
        }
        let mut stood_near = self.conn.prepare(STOOD_NEAR)?;
        sales
            .iter()
            .map(|sale| {
                let stood = self.stood_around(&mut stood_near, sale.time)?;
                let Some(crowd) = crowds.get(&sale.source) else { return Ok(Evidence::default()) };
                let late = match sale.late_by {
                    Some(id) => self.sale(id)?.map(|answer| (answer.time, answer.outcome)),
                    None => None,
                };
                let undone = match sale.undone_by {
                    Some(id) => self.sale(id)?.map(|undo| Undone { time: undo.time, kind: undo.kind }),
                    None => None,
                };
                Ok(Evidence { late, undone, ..crowd.around(sale, stood, &self.cards) })
            })
            .collect()
    }

    /// The same by their ids; one that is gone has empty surroundings.
    pub fn evidence_of(&self, ids: &[SaleId]) -> rusqlite::Result<Vec<Evidence>> {
        let found = ids.iter().map(|id| self.sale(*id)).collect::<rusqlite::Result<Vec<Option<Sale>>>>()?;
        let sales: Vec<Sale> = found.iter().flatten().cloned().collect();
        let mut told = self.evidence(&sales)?.into_iter();
        Ok(found.iter().map(|sale| sale.as_ref().and_then(|_| told.next()).unwrap_or_default()).collect())
    }

    /// The rows near these sales of one source.
    fn crowd(&self, sales: &[&Sale], source: &Arc<str>) -> rusqlite::Result<Crowd> {
        let declined = Side { which: DECLINED, margin: DAY, most: MOST_DECLINED };
        let others = Side { which: LISTED, margin: AROUND, most: MOST_OTHERS };
        let (declined, cut) = self.near_all(sales, source, &declined)?;
        let (others, _) = self.near_all(sales, source, &others)?;
        Ok(Crowd { declined, others, cut })
    }

    /// Sales that lie close together are surrounded in one go.
    fn near_all(&self, sales: &[&Sale], source: &Arc<str>, side: &Side) -> rusqlite::Result<(Vec<Near>, bool)> {
        let mut by_id = sales.to_vec();
        by_id.sort_by_key(|sale| sale.id);
        let apart = |a: &&Sale, b: &&Sale| (b.time.micros - a.time.micros).abs() <= 2 * side.margin;
        let (mut rows, mut cut) = (Vec::new(), false);
        for group in by_id.chunk_by(apart) {
            let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
            let times = || group.iter().map(|sale| sale.time.micros);
            let oldest = times().min().unwrap_or(0).saturating_sub(side.margin);
            let newest = times().max().unwrap_or(0).saturating_add(side.margin);
            let near = |time: i64| (oldest..=newest).contains(&time);
            let (mut before, cut_before) =
                self.side(side, ((-1, first.id.0), Order::Newest), side.most, source, near)?;
            before.reverse();
            rows.append(&mut before);
            let within = (first.id.0 - 1, last.id.0 + 1);
            let most = side.most * group.len();
            let (mut within, cut_within) = self.side(side, (within, Order::Oldest), most, source, |_| true)?;
            rows.append(&mut within);
            let behind = ((last.id.0, i64::MAX), Order::Oldest);
            let (mut after, cut_after) = self.side(side, behind, side.most, source, near)?;
            rows.append(&mut after);
            cut |= cut_before || cut_within || cut_after;
        }
        Ok((rows, cut))
    }

    /// Rows of this source between two ids, until they are too far away; true when there were too many.
    fn side(
        &self,
        side: &Side,
        way: (Span, Order),
        most: usize,
        source: &Arc<str>,
        near: impl Fn(i64) -> bool,
    ) -> rusqlite::Result<(Vec<Near>, bool)> {
        let (mut rows, mut missed, mut read, mut cut) = (Vec::new(), 0, 0, false);
        let table = self.table();
        let packed = |line: &Line<'_>| Near::of(&line.sale(table));
        table.walk(
            (side.which, COLUMNS),
            way,
            |row| self.near(row),
            packed,
            |id, row| {
                read += 1;
                cut = read > most && missed <= GIVE_UP;
                let enough = cut || missed > GIVE_UP;
                if !enough && self.files.source_of(id) == Some(source) {
                    if near(row.time) {
                        missed = 0;
                        rows.push(row);
                    } else {
                        missed += 1;
                    }
                }
                until(enough)
            },
        )?;
        Ok((rows, cut))
    }

    fn near(&self, row: &Row<'_>) -> rusqlite::Result<Near> {
        let (kind, method) = (self.words.text(row, 7)?, self.words.text(row, 6)?);
        Ok(Near {
            id: row.get(0)?,
            time: row.get(1)?,
            outcome: row.get(2)?,
            code: self.words.text(row, 3)?,
            card: row.get_ref(4)?.as_str_or_null()?.map(Short::from),
            offset: row.get(8)?,
            entry: self.words.text(row, 5)?,
            by_card: Near::is_by_card(method.as_deref()),
            moves_money: kind.is_some_and(|kind| Near::is_money(&kind)),
        })
    }
}

impl Near {
    fn of(sale: &Sale) -> Self {
        Self {
            id: sale.id.0,
            time: sale.time.micros,
            outcome: outcome_number(sale.outcome),
            code: sale.code.clone(),
            card: sale.card.as_ref().map(|card| card.as_str().into()),
            offset: sale.time.offset,
            entry: sale.entry_mode.clone(),
            by_card: Self::is_by_card(sale.method.as_deref()),
            moves_money: Self::is_money(&sale.kind),
        }
    }

    fn is_by_card(method: Option<&str>) -> bool {
        method.is_none_or(|method| method == "card")
    }

    fn is_money(kind: &str) -> bool {
        matches!(kind, "sale" | "preauth" | "completion")
    }
}

/// What [`Db::near`] needs, in its order.
const COLUMNS: &str = "id, time_us, outcome, code, card, entry_mode, method, kind, offset_min";

impl Crowd {
    fn around(&self, sale: &Sale, stood: Vec<crate::model::Stood>, keys: &CardKeys) -> Evidence {
        let by_card = sale.method.as_deref().is_none_or(|method| method == "card");
        let code = sale.code.as_deref().filter(|_| by_card && sale.outcome == Outcome::Declined);
        let alike = |within: i64| code.map(|code| self.alike(sale, code, within, keys));
        Evidence {
            stood,
            hour: alike(HOUR),
            day: alike(DAY),
            same_card: code.and_then(|code| self.same_card(sale, code, keys)),
            others: self.others(sale),
            late: None,
            undone: None,
            chip_tried: by_card && self.chip_tried(sale, keys),
        }
    }

    fn with_code<'c>(&'c self, sale: &'c Sale, code: &'c str, within: i64) -> impl Iterator<Item = &'c Near> {
        self.declined.iter().filter(move |row| {
            row.by_card && row.code.as_deref() == Some(code) && (row.time - sale.time.micros).abs() <= within
        })
    }

    fn alike(&self, sale: &Sale, code: &str, within: i64, keys: &CardKeys) -> Alike {
        let mut whole: HashSet<CardKey> = HashSet::new();
        let (mut of_whole, mut masks, mut banks) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let (mut sales, mut unkeyed) = (0, 0);
        // Where the run of whole numbers up to now begins.
        let mut since = None;
        for row in self.with_code(sale, code, within) {
            sales += 1;
            let mask = row.card.as_deref().filter(|mask| shows(mask) >= 4);
            banks.insert(row.card.as_deref().and_then(bank));
            if let Some(key) = keys.of(row.id) {
                whole.insert(key);
                of_whole.extend(mask);
                since.get_or_insert(Stamp::new(row.time, row.offset));
            } else {
                since = None;
                unkeyed += 1;
                masks.extend(mask);
            }
        }
        // A mask that a whole number also has may be that card.
        let cards = whole.len() + masks.difference(&of_whole).count();
        let sales = u64::max(sales, 1);
        let cards = (cards as u64).max(1);
        let exact = (unkeyed == 0 || sales == 1) && !self.cut;
        Alike {
            sales,
            cards,
            exact,
            since: since.filter(|_| !exact),
            banks: (cards > 1 && !banks.contains(&None)).then_some(banks.len() as u64),
        }
    }

    fn same_card(&self, sale: &Sale, code: &str, keys: &CardKeys) -> Option<SameCard> {
        let own = (keys.of(sale.id.0), sale.card.as_ref().map(crate::model::MaskedPan::as_str));
        own.1.filter(|mask| shows(mask) >= 4)?;
        let same: Vec<bool> = self
            .with_code(sale, code, DAY)
            .filter(|row| row.id != sale.id.0)
            .filter_map(|row| same_card(own, (keys.of(row.id), row.card.as_deref())))
            .collect();
        Some(SameCard { times: same.len() as u64 + 1, exact: same.iter().all(|exact| *exact) })
    }

    fn others(&self, sale: &Sale) -> Others {
        let mut others = Others::default();
        let near = |row: &&Near| row.id != sale.id.0 && (row.time - sale.time.micros).abs() <= AROUND;
        for row in self.others.iter().filter(near).filter(|row| row.moves_money) {
            match row.outcome {
                0 => others.approved += 1,
                1 => others.declined += 1,
                3 => others.unanswered += 1,
                _ => {}
            }
        }
        others
    }

    fn chip_tried(&self, sale: &Sale, keys: &CardKeys) -> bool {
        let own = (keys.of(sale.id.0), sale.card.as_ref().map(crate::model::MaskedPan::as_str));
        self.others
            .iter()
            .filter(|row| row.id < sale.id.0 && row.outcome != 0)
            .filter(|row| (0..=SAME_TRY).contains(&(sale.time.micros - row.time)))
            .filter(|row| row.entry.as_deref().is_some_and(|mode| mode.starts_with("05") || mode.starts_with("95")))
            .any(|row| same_card(own, (keys.of(row.id), row.card.as_deref())).is_some())
    }
}

/// Digits that are left of a number.
fn shows(mask: &str) -> usize {
    mask.bytes().filter(u8::is_ascii_digit).count()
}

/// The first six digits, where they are left.
fn bank(mask: &str) -> Option<&str> {
    mask.get(..6).filter(|first| first.bytes().all(|sign| sign.is_ascii_digit()))
}

/// Whether two rows show one card: `Some(true)` by the whole number, `Some(false)` as far as is left of it.
fn same_card(a: (Option<CardKey>, Option<&str>), b: (Option<CardKey>, Option<&str>)) -> Option<bool> {
    match (a.0, b.0) {
        (Some(a), Some(b)) => (a == b).then_some(true),
        _ => (a.1 == b.1 && a.1.is_some_and(|mask| shows(mask) >= 4)).then_some(false),
    }
}
