//! Judges once more which sale was undone by what, in the journal's order: where history filled in behind rows that were
//! judged without it, where a row was told anew, and where an older version stored them.
//!
//! Done in small steps between other jobs. After each step the rows up to there read as if all had come in their order,
//! and the place to go on from is stored with them, so that nothing is lost by a restart.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Row;

use super::db::Db;
use super::packs::{self, read::Line};
use super::rows::{self, Found, outcome_number};
use super::undone::{self, Brief, MOST, MOST_CANDIDATES, Undoes};
use super::walk::{EVERY, Order, Span, span_of, until};
use crate::model::{Outcome, Short};

/// Rows judged at a time.
const STEP: usize = 2_000;

const APPROVED: i64 = outcome_number(Outcome::Approved);
const REVERSED: i64 = outcome_number(Outcome::Reversed);

/// A row that went through, and the rows that undid it: as it is stored, and as it was found.
#[derive(Clone, Copy)]
struct Held {
    id: i64,
    brief: Brief,
    is_void: bool,
    kept: Option<i64>,
    by: Option<i64>,
}

/// What is remembered from row to row.
#[derive(Default)]
pub(super) struct Lookback {
    went: VecDeque<Held>,
    /// Rows that ended a waiting request, and so undid no other one.
    ended: HashSet<i64>,
}

impl Lookback {
    /// A row that was passed is said to be undone by another one now, by a row that came meanwhile.
    pub fn told(&mut self, id: i64, by: Option<i64>) {
        if let Some(held) = self.went.iter_mut().rev().find(|held| held.id == id) {
            held.kept = by;
        }
    }
}

/// A row as far as it matters here.
struct Passed {
    id: i64,
    outcome: i64,
    kind: Short,
    brief: Brief,
    /// Of the row that it undoes, if it does.
    sought: Brief,
    undone_by: Option<i64>,
}

impl Passed {
    fn can_be_undone(&self) -> bool {
        self.outcome == APPROVED && undone::kind_can_be_undone(&self.kind)
    }

    fn is_undoing(&self) -> bool {
        self.outcome == REVERSED || (self.kind == "void" && self.outcome == APPROVED)
    }

    fn held(&self, by: Option<i64>) -> Held {
        let Self { id, brief, undone_by, .. } = *self;
        Held { id, brief, is_void: self.kind == "void", kept: undone_by, by }
    }
}

impl Db {
    /// When some rows can be judged again; none when none wait.
    pub fn lookback_due(&self) -> Option<Duration> {
        if self.tally.given_up {
            return None;
        }
        self.tally.by_source.iter().filter_map(|(_, tally)| tally.undone.due()).min()
    }

    /// Judges some rows that wait.
    pub fn lookback_step(&mut self) -> rusqlite::Result<()> {
        let due = |tally: &super::tally::SourceTally| tally.undone.due().is_some_and(|wait| wait.is_zero());
        let next = self.tally.by_source.iter().find(|(_, tally)| due(tally)).map(|(source, _)| source.clone());
        let Some(source) = next else { return Ok(()) };
        let state = &mut self.tally.of(&source).undone;
        let (Some(from), known) = (state.todo, state.lookback.take()) else { return Ok(()) };
        let gap = if state.is_filling() { self.files.first_gap(&source) } else { None };
        if gap.is_some_and(|gap| gap <= from) {
            // What still comes is judged as it comes; these rows wait for it.
            self.tally.of(&source).undone.at_gap = true;
            return Ok(());
        }
        let mut lookback = if let Some(known) = known {
            known
        } else {
            let found = self.lookback_from(&source, from)?;
            // A void that a later row undid gave its sale back: who was undone then is known only from the void on.
            if let Some(void) = found.went.iter().find(|held| held.is_void && held.kept.is_some_and(|by| by >= from)) {
                self.tally.of(&source).undone.judge_from(void.id);
                return Ok(());
            }
            Box::new(found)
        };
        let rows = self.rows_from(&source, from, gap.unwrap_or(i64::MAX))?;
        let mut changed = Vec::new();
        for row in &rows {
            self.judge(&mut lookback, row)?;
            if lookback.went.len() > MOST {
                changed.extend(lookback.went.pop_front().filter(|held| held.kept != held.by));
            }
        }
        let upto = rows.last().map_or(from - 1, |row| row.id);
        for held in &mut lookback.went {
            // What a later row is said to have undone is not known before that row was passed.
            if held.kept != held.by && held.kept.is_none_or(|kept| kept <= upto) {
                changed.push(*held);
                held.kept = held.by;
            }
        }
        for held in &changed {
            self.relink(held.id, held.by)?;
        }
        let tally = self.tally.of(&source);
        if !changed.is_empty() {
            tally.batch = None;
        }
        let (done, state) = (rows.len() < STEP, &mut tally.undone);
        state.todo = (!done || gap.is_some()).then_some(upto + 1);
        state.at_gap = done && gap.is_some();
        state.lookback = state.todo.is_some().then_some(lookback);
        Ok(())
    }

    /// What was passed before this row, as it was judged.
    fn lookback_from(&self, source: &Arc<str>, from: i64) -> rusqlite::Result<Lookback> {
        let mut lookback = Lookback::default();
        for ordinal in self.files.of(source).into_iter().rev() {
            let room = MOST - lookback.went.len().min(MOST);
            let (before, end) = span_of(ordinal);
            for row in self.passed(((before, from.min(end)), Order::Newest), 4 * room)? {
                if row.outcome != APPROVED {
                    lookback.ended.extend(row.undone_by.filter(|by| *by >= from));
                } else if row.can_be_undone() && lookback.went.len() < MOST {
                    lookback.went.push_front(row.held(row.undone_by.filter(|by| *by < from)));
                }
            }
        }
        Ok(lookback)
    }

    /// A step's worth of rows of one source, up to a row.
    fn rows_from(&self, source: &Arc<str>, from: i64, until: i64) -> rusqlite::Result<Vec<Passed>> {
        let mut rows = Vec::new();
        for ordinal in self.files.of(source) {
            let (before, end) = span_of(ordinal);
            if from >= end || before + 1 >= until || rows.len() >= STEP {
                continue;
            }
            let span = (before.max(from - 1), end.min(until));
            rows.extend(self.passed((span, Order::Oldest), STEP - rows.len())?);
        }
        Ok(rows)
    }

    /// Rows with ids of this span; those that another one stands for are none.
    fn passed(&self, way: (Span, Order), most: usize) -> rusqlite::Result<Vec<Passed>> {
        let mut rows = Vec::new();
        if most == 0 {
            return Ok(rows);
        }
        let columns = "id, outcome, kind, stan, rrn, amount, card, reversed_by, answered_by IS NOT NULL \
                       OR (as_host IS NOT NULL AND same_as IS NOT NULL), original_stan";
        // What is none keeps its place: a step's worth is counted in rows that were looked at.
        let row = |row: &Row<'_>| {
            let text = |at| row.get_ref(at)?.as_str_or_null().map_err(rusqlite::Error::from);
            let stands = !row.get::<_, bool>(8)?;
            Ok(Passed {
                id: row.get(0)?,
                outcome: if stands { row.get(1)? } else { -1 },
                kind: self.words.text(row, 2)?.unwrap_or_default(),
                brief: Brief::new(text(3)?, text(4)?, row.get(5)?, text(6)?),
                sought: Brief::new(text(9)?.or(text(3)?), text(4)?, row.get(5)?, text(6)?),
                undone_by: row.get::<_, Option<i64>>(7)?.filter(|_| stands),
            })
        };
        let table = self.table();
        let packed = |line: &Line<'_>| {
            let sale = line.sale(table);
            let outcome = if line.is_listed() { outcome_number(sale.outcome) } else { -1 };
            let (brief, sought) = (Brief::of(&sale), Brief::undone_by(&sale));
            Passed { id: line.id, outcome, kind: sale.kind, brief, sought, undone_by: None }
        };
        table.walk((EVERY, columns), way, row, packed, |_, row| {
            rows.push(row);
            until(rows.len() >= most)
        })?;
        Ok(rows)
    }

    fn judge(&self, lookback: &mut Lookback, row: &Passed) -> rusqlite::Result<()> {
        if row.outcome != APPROVED {
            lookback.ended.extend(row.undone_by);
        }
        if row.is_undoing() && !lookback.ended.remove(&row.id) {
            self.undo_again(lookback, row)?;
        }
        if row.can_be_undone() {
            lookback.went.push_back(row.held(None));
        }
        Ok(())
    }

    /// Finds the row that this one undid, as [`super::ingest`] does for rows that come in their order.
    fn undo_again(&self, lookback: &mut Lookback, row: &Passed) -> rusqlite::Result<()> {
        let written = |id: i64| rows::find(self.table(), id).map(|found| found.map(Found::into_written));
        let Some(undo) = written(row.id)? else { return Ok(()) };
        let near = |held: &Held| held.brief.may_be(row.sought);
        let candidates = lookback.went.iter().enumerate().rev().filter(|(_, held)| near(held)).take(MOST_CANDIDATES);
        let (mut sure, mut likely) = (None, Vec::new());
        for (at, held) in candidates.filter(|(_, held)| held.by.is_none()) {
            match written(held.id)?.as_ref().and_then(|sale| undone::undoes(&undo, sale)) {
                Some(Undoes::Surely) => {
                    sure = Some(at);
                    break;
                }
                Some(Undoes::Likely) => likely.push(at),
                None => {}
            }
        }
        let only = likely.first().copied().filter(|_| likely.len() == 1);
        let Some(at) = sure.or(only) else { return Ok(()) };
        let undone = &mut lookback.went[at];
        undone.by = Some(row.id);
        let (id, is_void) = (undone.id, undone.is_void);
        // A void came to nothing: the sale that it undid counts again.
        if is_void && let Some(sale) = lookback.went.iter_mut().find(|held| held.by == Some(id)) {
            sale.by = None;
        }
        Ok(())
    }

    /// Stores which row undid this one, if any.
    fn relink(&mut self, id: i64, by: Option<i64>) -> rusqlite::Result<()> {
        let listed = |db: &Self| rows::find(db.table(), id).map(|found| found.filter(Found::is_listed));
        packs::loosen(&self.conn, &mut self.words, &self.files, id)?;
        let before = listed(self)?;
        self.conn.execute("UPDATE sales SET reversed_by = ?2 WHERE id = ?1", (id, by))?;
        if let (Some(before), Some(after)) = (before, listed(self)?) {
            self.trends.count_out(&before.sale, id);
            self.trends.count_in(&after.sale, id);
        }
        Ok(())
    }
}
