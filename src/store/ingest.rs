//! Rows on their way into the database: stored once, requests joined with their answers, twins of another journal
//! linked, everything counted. A batch may be history that fills in behind newer rows.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::{CachedStatement, Connection, OptionalExtension, Row};

use super::crowd::CardKeys;
use super::db::Db;
use super::error::StoreError;
use super::files::Files;
use super::rows::{self, Fresh, Places};
use super::tally::Tally;
use super::tracker::{Fate, Open, equal_or_absent};
use super::trends::Trends;
use super::undone::{self, Brief, MOST_CANDIDATES, Undoes, Undone};
use super::words::Words;
use crate::model::{Batch, FileMark, Outcome, Sale, SaleId};

/// Two journals' stamps of one sale differ by this much at most.
const TWINS_WITHIN_S: i64 = 600;

/// Rows behind a closed gap in which answers to the gap's requests are looked for.
const LOOK_BEHIND: i64 = 5_000;

/// Steps of looking back that are made at once when history is whole; a long tail goes on between other jobs.
const LOOK_BACKS: usize = 8;

/// Rows stored by one statement.
const AT_ONCE: usize = 64;

/// The statements of a batch, compiled once and kept for the next one.
struct Statements<'c> {
    answered: CachedStatement<'c>,
    late: CachedStatement<'c>,
    reversed: CachedStatement<'c>,
    restored: CachedStatement<'c>,
    /// A row as it reads now, and whether it is listed.
    row: CachedStatement<'c>,
    /// Only where there can be twins.
    twins: Option<CachedStatement<'c>>,
}

impl<'c> Statements<'c> {
    fn prepare(conn: &'c Connection, twins: bool) -> rusqlite::Result<Self> {
        let find = "SELECT id, time_us, amount, tid, same_as FROM sales INDEXED BY sales_twins \
                    WHERE rrn = ?1 AND stan = ?2 AND answered_by IS NULL";
        let (columns, listed) = (rows::COLUMNS, rows::LISTED);
        let row = format!("SELECT {columns}, {listed} FROM sales WHERE id = ?1");
        Ok(Self {
            answered: conn.prepare_cached("UPDATE sales SET answered_by = ?2, open = NULL WHERE id = ?1")?,
            late: conn.prepare_cached("UPDATE sales SET late_by = ?2, open = NULL WHERE id = ?1")?,
            reversed: conn.prepare_cached("UPDATE sales SET reversed_by = ?2, open = NULL WHERE id = ?1")?,
            restored: conn.prepare_cached("UPDATE sales SET reversed_by = NULL WHERE id = ?1")?,
            row: conn.prepare_cached(&row)?,
            twins: if twins { Some(conn.prepare_cached(find)?) } else { None },
        })
    }
}

/// What another journal knows of the same sale.
#[derive(Default)]
struct Twins {
    /// The row of an earlier source: the one that is listed.
    first: Option<i64>,
    /// Rows of later sources, to be left out from now on.
    later: Vec<i64>,
}

/// What later rows made of a row.
struct Fates {
    answered: Option<i64>,
    reversed: Option<i64>,
    late: Option<i64>,
}

/// The parts of the database that rows pass through.
struct Intake<'d, 's> {
    conn: &'d Connection,
    words: &'d mut Words,
    files: &'d mut Files,
    tally: &'d mut Tally,
    /// Place of this source's counts in the tally.
    mine: usize,
    cards: &'d mut CardKeys,
    trends: &'d mut Trends,
    order: &'d [Arc<str>],
    source: Arc<str>,
    /// Rows of this batch in the order of their ids, to be stored: most requests find their answer before they are.
    fresh: Vec<Fresh<'s>>,
    /// By how much the number of listed rows changed, and in which file; one may be there several times.
    listed: Vec<(i64, i64)>,
}

impl Db {
    /// Takes a batch into the open transaction; the mark comes back with its ordinal.
    ///
    /// `again`: it was taken before, into a transaction that came to nothing; its file may be gone with it.
    pub fn take(&mut self, batch: &Batch, again: bool) -> Result<FileMark, StoreError> {
        let mut mark = batch.mark.clone();
        if mark.ordinal == 0 || (again && self.files.get(mark.ordinal).is_none()) {
            mark.ordinal = self.files.add(&self.conn, &mark)?;
        } else if !self.files.continues(&mark) {
            return Err(StoreError::Reset);
        }
        let twins = self.has_twins();
        let mut statements = Statements::prepare(&self.conn, twins)?;
        let mut intake = Intake {
            conn: &self.conn,
            words: &mut self.words,
            files: &mut self.files,
            mine: self.tally.place(&mark.source),
            tally: &mut self.tally,
            cards: &mut self.cards,
            trends: &mut self.trends,
            order: &self.order,
            source: mark.source.clone(),
            fresh: Vec::with_capacity(batch.rows.len()),
            listed: Vec::new(),
        };
        intake.tally.at(intake.mine).undone.expect(batch.live);
        let mut sales = in_order(&batch.rows);
        let fates = if batch.again { intake.take_out(&mut sales, mark.ordinal)? } else { BTreeMap::new() };
        let stored = stored(&self.conn, mark.ordinal, &sales)?;
        for sale in &sales {
            let id = SaleId::new(mark.ordinal, sale.id.offset()).0;
            if stored.binary_search(&id).is_err() {
                intake.take(&mut statements, sale, id)?;
            }
            if let Some(fates) = fates.get(&id) {
                intake.put_back(id, fates);
            }
        }
        intake.store()?;
        if let Some(last) = sales.last().filter(|_| !batch.live) {
            let last = SaleId::new(mark.ordinal, last.id.offset()).0;
            intake.end_from_behind(&mut statements, &mark, last)?;
        }
        let listed = std::mem::take(&mut intake.listed);
        drop(statements);
        for (ordinal, by) in listed {
            self.files.list(&self.conn, ordinal, by)?;
        }
        self.files.write(&self.conn, &mark)?;
        if !batch.live && self.files.first_gap(&mark.source).is_none() {
            // The history is whole: nobody is to see the rows behind it as they were judged without it.
            for _ in 0..LOOK_BACKS {
                self.lookback_step()?;
            }
        }
        Ok(mark)
    }
}

/// Whether a row reads as it did; of a card only what is stored of it.
fn is_same(old: &Sale, new: &Sale) -> bool {
    let Sale { id, card_key, source, .. } = old;
    *old == Sale { id: *id, card_key: *card_key, source: source.clone(), ..new.clone() }
}

/// The rows of a batch as they stand in their file.
fn in_order(rows: &[Sale]) -> Vec<&Sale> {
    let mut sales: Vec<&Sale> = rows.iter().collect();
    if !sales.is_sorted_by(|a, b| a.id.offset() < b.id.offset()) {
        sales.sort_by_key(|sale| sale.id.offset());
        sales.dedup_by_key(|sale| sale.id.offset());
    }
    sales
}

/// The first stored row of a source behind this one.
fn next_stored(conn: &Connection, files: &Files, source: &str, id: i64) -> rusqlite::Result<Option<i64>> {
    let mut find = conn.prepare("SELECT min(id) FROM sales WHERE id > ?1 AND id < ?2")?;
    for ordinal in files.of(source).into_iter().filter(|ordinal| *ordinal >= SaleId(id).file()) {
        let (from, end) = (SaleId::new(ordinal, 0).0, SaleId::new(ordinal + 1, 0).0);
        let found: Option<i64> = find.query_row([id.max(from - 1), end], |row| row.get(0))?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Ids among these that are in the table already, ascending: reading a line again changes nothing.
fn stored(conn: &Connection, ordinal: i64, sales: &[&Sale]) -> rusqlite::Result<Vec<i64>> {
    let (Some(first), Some(last)) = (sales.first(), sales.last()) else { return Ok(Vec::new()) };
    let mut find = conn.prepare_cached("SELECT id FROM sales WHERE id BETWEEN ?1 AND ?2 ORDER BY id")?;
    let ends = [first, last].map(|sale| SaleId::new(ordinal, sale.id.offset()).0);
    find.query_map(ends, |row| row.get(0))?.collect()
}

impl<'s> Intake<'_, 's> {
    fn take(&mut self, statements: &mut Statements<'_>, sale: &'s Sale, id: i64) -> rusqlite::Result<()> {
        let twins = match &mut statements.twins {
            Some(find) => self.twins(find, sale)?,
            None => Twins::default(),
        };
        let next = || next_stored(self.conn, self.files, &self.source, id);
        let given_back = |until| Undone::given_back(self.conn, self.words, self.files, &self.source, (id, until));
        let in_order = self.tally.at(self.mine).undone.in_order(id, next, given_back)?;
        let other = self.other_side(sale, id)?;
        let same_as = twins.first.or(other.filter(|_| sale.as_host));
        let open = if same_as.is_some() { None } else { rows::open_as(sale) };
        let tracker = &self.tally.at(self.mine).tracker;
        let awaited = tracker.awaits(sale);
        let whole = if awaited { tracker.complete(sale, id) } else { None };
        let stored = whole.clone().map_or(Cow::Borrowed(sale), Cow::Owned);
        let row = Fresh { sale: stored, id, open, answered_by: None, same_as, reversed_by: None, late_by: None };
        self.fresh.push(row);
        // It ends nothing by itself: the side towards the acquirer does.
        if sale.as_host && other.is_some() {
            return Ok(());
        }
        let sale = whole.as_ref().unwrap_or(sale);
        if let Some(key) = sale.card_key.filter(|_| sale.failed()) {
            self.cards.note(id, sale.time.micros, key);
        }
        let ended = awaited && self.end(statements, sale, id)?;
        if in_order && undone::is_undoing(sale) && !ended {
            self.undo(statements, sale, id)?;
        }
        if in_order && undone::can_be_undone(sale) {
            self.tally.at(self.mine).undone.note(sale, id);
        }
        if same_as.is_some() {
            return Ok(());
        }
        self.list(id, 1);
        self.tally.count_in(self.mine, sale, id);
        self.trends.count_in(sale, id);
        for later in twins.later.into_iter().chain(other) {
            self.hide_twin(later, id)?;
        }
        Ok(())
    }

    /// Stores the rows that have gathered.
    fn store(&mut self) -> rusqlite::Result<()> {
        let fresh = std::mem::take(&mut self.fresh);
        let (many, rest) = fresh.as_chunks::<AT_ONCE>();
        if !many.is_empty() {
            let mut insert = self.conn.prepare_cached(&rows::insert_sql(AT_ONCE))?;
            let mut places = Places::new(&mut insert, AT_ONCE);
            many.iter().try_for_each(|rows| places.insert(self.conn, self.words, rows))?;
        }
        if !rest.is_empty() {
            let mut insert = self.conn.prepare_cached(&rows::insert_sql(1))?;
            let mut places = Places::new(&mut insert, 1);
            rest.chunks(1).try_for_each(|row| places.insert(self.conn, self.words, row))?;
        }
        Ok(())
    }

    /// Ends the requests of this source that this row answers or undoes; true when it undid one.
    fn end(&mut self, statements: &mut Statements<'_>, sale: &Sale, id: i64) -> rusqlite::Result<bool> {
        let mut undid = false;
        for (Open { id: request, waits, .. }, fate) in self.tally.at(self.mine).tracker.take_ended(sale, id) {
            self.seal(statements, request, fate, id)?;
            self.tally.drop_open(waits);
            undid |= fate == Fate::Reversed;
            if fate == Fate::Answered {
                self.list(request, -1);
            }
        }
        Ok(undid)
    }

    /// Writes at a row what the row `by` made of it.
    fn seal(&mut self, statements: &mut Statements<'_>, id: i64, fate: Fate, by: i64) -> rusqlite::Result<()> {
        // A request that was out counted for nothing; another one reads differently from now on.
        let recounts = fate != Fate::Answered;
        if let Ok(at) = self.fresh.binary_search_by_key(&id, |row| row.id) {
            let row = &mut self.fresh[at];
            let before = recounts.then(|| row.as_read());
            row.open = None;
            match fate {
                Fate::Answered => row.answered_by = Some(by),
                Fate::Late => row.late_by = Some(by),
                Fate::Reversed => row.reversed_by = Some(by),
            }
            if let Some(before) = before {
                self.trends.count_out(&before, id);
                self.trends.count_in(&row.as_read(), id);
            }
            return Ok(());
        }
        let before = if recounts { self.listed(statements, id)? } else { None };
        let statement = match fate {
            Fate::Answered => &mut statements.answered,
            Fate::Late => &mut statements.late,
            Fate::Reversed => &mut statements.reversed,
        };
        statement.execute([id, by])?;
        if let Some(before) = before {
            self.trends.count_out(&before, id);
            self.listed(statements, id)?.iter().for_each(|after| self.trends.count_in(after, id));
        }
        Ok(())
    }

    /// Finds the sale that went through before and that this row undoes.
    fn undo(&mut self, statements: &mut Statements<'_>, undo: &Sale, id: i64) -> rusqlite::Result<()> {
        let undone = &mut self.tally.at(self.mine).undone;
        undone.load(self.conn, self.words, self.files, &self.source, id)?;
        let (brief, mut behind) = (Brief::undone_by(undo), None);
        let mut likely = Vec::new();
        let mut sure = None;
        for _ in 0..MOST_CANDIDATES {
            let undone = &self.tally.at(self.mine).undone;
            let Some(candidate) = undone.candidate(brief, id, &mut behind) else { break };
            let sale = match self.fresh.binary_search_by_key(&candidate, |row| row.id) {
                Ok(at) => Some(self.fresh[at].as_read()),
                Err(_) => self.row(statements, candidate)?.map(|(sale, _)| sale),
            };
            // A row behind this one, read before it, may have taken what was left to take: it is judged again.
            let later = |sale: &Sale| sale.undone_by.is_some_and(|by| by.0 > id);
            let sale = sale.map(|sale| if later(&sale) { Sale { outcome: Outcome::Approved, ..sale } } else { sale });
            match sale.as_ref().and_then(|sale| undone::undoes(undo, sale)) {
                Some(Undoes::Surely) => {
                    sure = sale.map(|sale| (candidate, sale));
                    break;
                }
                Some(Undoes::Likely) => likely.extend(sale.map(|sale| (candidate, sale))),
                None => {}
            }
        }
        // Of two sales alike nobody can tell which one it was.
        let only = likely.first().cloned().filter(|_| likely.len() == 1);
        if let Some((at, undone)) = sure.or(only) {
            self.seal(statements, at, Fate::Reversed, id)?;
            if undone.kind == "void" {
                self.restore_from(statements, &undone, at)?;
            }
            let tally = self.tally.at(self.mine);
            tally.batch = None;
            tally.undone.told(at, Some(id));
        }
        Ok(())
    }

    /// A void came to nothing: the sale that it undid counts again.
    fn restore_from(&mut self, statements: &mut Statements<'_>, void: &Sale, id: i64) -> rusqlite::Result<()> {
        let (brief, mut behind) = (Brief::undone_by(void), None);
        for _ in 0..MOST_CANDIDATES {
            let undone = &self.tally.at(self.mine).undone;
            let Some(candidate) = undone.candidate(brief, id, &mut behind) else { break };
            let fresh = self.fresh.binary_search_by_key(&candidate, |row| row.id).ok();
            let before = match fresh {
                Some(at) => Some(self.fresh[at].as_read()),
                None => self.row(statements, candidate)?.map(|(sale, _)| sale),
            };
            let Some(before) = before.filter(|sale| sale.undone_by == Some(SaleId(id))) else { continue };
            let after = if let Some(at) = fresh {
                let row = &mut self.fresh[at];
                row.reversed_by = None;
                row.same_as.is_none().then(|| row.as_read())
            } else {
                statements.restored.execute([candidate])?;
                self.listed(statements, candidate)?
            };
            if let Some(after) = after {
                self.trends.count_out(&before, candidate);
                self.trends.count_in(&after, candidate);
            }
            self.tally.at(self.mine).undone.told(candidate, None);
            return Ok(());
        }
        Ok(())
    }

    /// The row that tells the same message from the other side. What an earlier run took is looked at too.
    fn other_side(&mut self, sale: &Sale, id: i64) -> rusqlite::Result<Option<i64>> {
        let sides = &mut self.tally.at(self.mine).sides;
        if sides.lacks_rows(sale) {
            sides.load(self.conn, self.words, self.files, &self.source)?;
            sides.note(self.fresh.iter().map(|row| (&*row.sale, row.id, row.same_as)));
        }
        Ok(sides.take(sale, id))
    }

    /// History has arrived up to `last`: if newer rows follow it without a gap, they may answer its requests.
    fn end_from_behind(&mut self, statements: &mut Statements<'_>, mark: &FileMark, last: i64) -> rusqlite::Result<()> {
        if !self.tally.at(self.mine).tracker.waits_before(last) {
            return Ok(());
        }
        let offset = SaleId(last).offset();
        let Some(&(from, to)) = mark.done.iter().find(|(from, to)| (*from..*to).contains(&offset)) else {
            return Ok(());
        };
        let mut until = SaleId::new(mark.ordinal, to).0;
        // A file that is wholly read goes on in the next one of its source.
        if from == 0 && mark.done.len() == 1 {
            let next = self.files.of(&mark.source).into_iter().find(|ordinal| *ordinal > mark.ordinal);
            let next = next.and_then(|ordinal| self.files.get(ordinal).map(|file| (ordinal, &file.done)));
            if let Some((ordinal, done)) = next
                && let Some((0, to)) = done.first()
            {
                until = SaleId::new(ordinal, *to).0;
            }
        }
        for sale in self.rows_between(last, until)? {
            self.end(statements, &sale, sale.id.0)?;
        }
        Ok(())
    }

    /// A row as it reads now, and whether it is listed.
    fn row(&self, statements: &mut Statements<'_>, id: i64) -> rusqlite::Result<Option<(Sale, bool)>> {
        let source = self.files.source_of(id).cloned().unwrap_or_default();
        let read = |row: &Row<'_>| Ok((rows::read(row, self.words, source)?, row.get(rows::BEHIND)?));
        statements.row.query_row([id], read).optional()
    }

    /// A row as it reads now, if it is listed.
    fn listed(&self, statements: &mut Statements<'_>, id: i64) -> rusqlite::Result<Option<Sale>> {
        Ok(self.row(statements, id)?.filter(|(_, listed)| *listed).map(|(sale, _)| sale))
    }

    fn rows_between(&self, after: i64, until: i64) -> rusqlite::Result<Vec<Sale>> {
        let (columns, listed) = (rows::COLUMNS, rows::LISTED);
        let mut statement = self.conn.prepare(&format!(
            "SELECT {columns} FROM sales WHERE id > ?1 AND id < ?2 AND {listed} ORDER BY id LIMIT ?3"
        ))?;
        let mut found = statement.query([after, until, LOOK_BEHIND])?;
        let mut sales = Vec::new();
        while let Some(row) = found.next()? {
            // Files of other sources may lie between two of this one.
            if self.files.source_of(row.get(0)?) == Some(&self.source) {
                sales.push(rows::read(row, self.words, self.source.clone())?);
            }
        }
        Ok(sales)
    }

    fn twins(&self, find: &mut CachedStatement<'_>, sale: &Sale) -> rusqlite::Result<Twins> {
        let mut twins = Twins::default();
        let (Some(rrn), Some(stan)) = (&sale.rrn, &sale.stan) else { return Ok(twins) };
        let mine = self.rank(&self.source);
        let mut best = mine;
        let mut found = find.query([rrn.as_str(), stan.as_str()])?;
        while let Some(row) = found.next()? {
            let id: i64 = row.get(0)?;
            let Some(source) = self.files.source_of(id) else { continue };
            let apart = (row.get::<_, i64>(1)? - sale.time.micros).abs() / 1_000_000;
            let same = apart <= TWINS_WITHIN_S
                && row.get::<_, Option<i64>>(2)? == sale.amount
                && equal_or_absent(self.words.text(row, 3)?.as_deref(), sale.tid.as_deref());
            let rank = self.rank(source);
            if !same || rank == mine {
                continue;
            }
            if rank > mine {
                twins.later.push(id);
            } else if rank < best && row.get::<_, Option<i64>>(4)?.is_none() {
                (best, twins.first) = (rank, Some(id));
            }
        }
        Ok(twins)
    }

    /// Leaves a row out from now on: another one tells the same sale, and counts.
    fn hide_twin(&mut self, id: i64, first: i64) -> rusqlite::Result<()> {
        if let Ok(at) = self.fresh.binary_search_by_key(&id, |row| row.id) {
            let row = &mut self.fresh[at];
            let (sale, open) = (row.as_read(), row.open.take());
            if row.same_as.replace(first).is_none() {
                let source = self.source.clone();
                self.list(id, -1);
                self.tally.count_out(&source, &sale, id, open);
                self.trends.count_out(&sale, id);
            }
            return Ok(());
        }
        let Some(source) = self.files.source_of(id).cloned() else { return Ok(()) };
        let columns = rows::COLUMNS;
        let mut statement = self.conn.prepare(&format!("SELECT {columns}, same_as, open FROM sales WHERE id = ?1"))?;
        let (sale, listed, open) = statement.query_row([id], |row| {
            let same: Option<i64> = row.get(rows::BEHIND)?;
            Ok((rows::read(row, self.words, source.clone())?, same.is_none(), row.get(rows::BEHIND + 1)?))
        })?;
        self.conn.execute("UPDATE sales SET same_as = ?2, open = NULL WHERE id = ?1", [id, first])?;
        if listed {
            self.list(id, -1);
            self.tally.count_out(&source, &sale, id, open);
            self.trends.count_out(&sale, id);
        }
        Ok(())
    }

    /// Removes the rows whose newer form comes, from the table and from every count, and leaves out what has not
    /// changed; gives back what other rows have made of them.
    fn take_out(&mut self, sales: &mut Vec<&Sale>, ordinal: i64) -> rusqlite::Result<BTreeMap<i64, Fates>> {
        let columns = rows::COLUMNS;
        let mut find = self.conn.prepare(&format!(
            "SELECT {columns}, same_as, open, answered_by, reversed_by, late_by FROM sales WHERE id = ?1"
        ))?;
        let mut remove = self.conn.prepare("DELETE FROM sales WHERE id = ?1")?;
        let mut all = BTreeMap::new();
        let mut changed = Vec::with_capacity(sales.len());
        for sale in sales.iter().copied() {
            let id = SaleId::new(ordinal, sale.id.offset()).0;
            let found = find.query_row([id], |row| {
                let behind = |at: usize| row.get::<_, Option<i64>>(rows::BEHIND + at);
                let fates = Fates { answered: behind(2)?, reversed: behind(3)?, late: behind(4)? };
                Ok((rows::read(row, self.words, self.source.clone())?, behind(0)?, behind(1)?, fates))
            });
            let Some((old, same_as, open, fates)) = found.optional()? else {
                changed.push(sale);
                continue;
            };
            if is_same(&old, sale) {
                continue;
            }
            changed.push(sale);
            if same_as.is_none() && fates.answered.is_none() {
                self.list(id, -1);
                self.tally.count_out(&self.source, &old, id, open);
                self.trends.count_out(&old, id);
            }
            remove.execute([id])?;
            self.tally.at(self.mine).undone.judge_from(id);
            all.insert(id, fates);
        }
        *sales = changed;
        Ok(all)
    }

    /// What other rows had made of the older form holds for the newer one too.
    fn put_back(&mut self, id: i64, fates: &Fates) {
        let Ok(at) = self.fresh.binary_search_by_key(&id, |row| row.id) else { return };
        if fates.answered.is_none() && fates.reversed.is_none() && fates.late.is_none() {
            return;
        }
        let row = &mut self.fresh[at];
        (row.answered_by, row.reversed_by, row.late_by) = (fates.answered, fates.reversed, fates.late);
        let open = row.open.take();
        if row.same_as.is_some() {
            return;
        }
        self.trends.count_out(&row.sale, id);
        if row.answered_by.is_none() {
            self.trends.count_in(&row.as_read(), id);
        } else {
            self.list(id, -1);
        }
        if let Some(open) = open {
            self.tally.at(self.mine).tracker.remove(id);
            self.tally.drop_open(open);
        }
    }

    fn list(&mut self, id: i64, by: i64) {
        let file = SaleId(id).file();
        match self.listed.last_mut() {
            Some((last, sum)) if *last == file => *sum += by,
            _ => self.listed.push((file, by)),
        }
    }

    fn rank(&self, source: &str) -> usize {
        self.order.iter().position(|name| **name == *source).unwrap_or(usize::MAX)
    }
}
