//! Rows on their way into the database: stored once, requests joined with their answers, twins of another journal
//! linked, everything counted. A batch may be history that fills in behind newer rows.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use rusqlite::{CachedStatement, Connection};

use super::crowd::CardKeys;
use super::db::Db;
use super::error::StoreError;
use super::files::Files;
use super::packs;
use super::rows::{self, Found, Fresh, Places, Told};
use super::tally::Tally;
use super::tracker::{Fate, Open, equal_or_absent};
use super::trends::Trends;
use super::undone::{self, Brief, MOST_CANDIDATES, Undoes, Undone};
use super::walk::{self, EVERY, LISTED, Order, Table, span_of};
use super::words::Words;
use crate::model::{Batch, FileMark, Outcome, Sale, SaleId};

/// Two journals' stamps of one sale differ by this much at most.
const TWINS_WITHIN_S: i64 = 600;

/// Rows behind a closed gap in which answers to the gap's requests are looked for.
const LOOK_BEHIND: usize = 5_000;

/// Steps of looking back that are made at once when history is whole; a long tail goes on between other jobs.
const LOOK_BACKS: usize = 8;

/// Rows stored by one statement.
const AT_ONCE: usize = 16;

/// The statements of a batch, compiled once and kept for the next one.
struct Statements<'c> {
    answered: CachedStatement<'c>,
    late: CachedStatement<'c>,
    reversed: CachedStatement<'c>,
    restored: CachedStatement<'c>,
    /// Only where there can be twins.
    twins: Option<CachedStatement<'c>>,
}

impl<'c> Statements<'c> {
    fn prepare(conn: &'c Connection, twins: bool) -> rusqlite::Result<Self> {
        let find = "SELECT id, time_us, amount, tid, same_as FROM sales INDEXED BY sales_twins \
                    WHERE rrn = ?1 AND stan = ?2 AND answered_by IS NULL";
        Ok(Self {
            answered: conn.prepare_cached("UPDATE sales SET answered_by = ?2, open = NULL WHERE id = ?1")?,
            late: conn.prepare_cached("UPDATE sales SET late_by = ?2, open = NULL WHERE id = ?1")?,
            reversed: conn.prepare_cached("UPDATE sales SET reversed_by = ?2, open = NULL WHERE id = ?1")?,
            restored: conn.prepare_cached("UPDATE sales SET reversed_by = NULL WHERE id = ?1")?,
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
    /// Rows at rest go into packs.
    packs: bool,
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
        let twins = self.twins;
        let mut statements = Statements::prepare(&self.conn, twins)?;
        let mut intake = Intake {
            conn: &self.conn,
            words: &mut self.words,
            files: &mut self.files,
            mine: self.tally.place(&mark.source),
            tally: &mut self.tally,
            cards: &mut self.cards,
            trends: &mut self.trends,
            packs: self.packs && !twins,
            order: &self.order,
            source: mark.source.clone(),
            fresh: Vec::with_capacity(batch.rows.len()),
            listed: Vec::new(),
        };
        intake.tally.at(intake.mine).undone.expect(batch.live);
        let mut sales = in_order(&batch.rows);
        let fates = if batch.again { intake.take_out(&mut sales, mark.ordinal)? } else { BTreeMap::new() };
        let stored = stored(intake.table(), mark.ordinal, &sales)?;
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
fn next_stored(table: Table<'_>, source: &str, id: i64) -> rusqlite::Result<Option<i64>> {
    let mut next = None;
    for ordinal in table.files.of(source).into_iter().filter(|ordinal| *ordinal >= SaleId(id).file()) {
        let (before, end) = span_of(ordinal);
        table.times(EVERY, ((id.max(before), end), Order::Oldest), |id, _| {
            next = Some(id);
            ControlFlow::Break(())
        })?;
        if next.is_some() {
            break;
        }
    }
    Ok(next)
}

/// Ids among these that are stored already, ascending: reading a line again changes nothing.
fn stored(table: Table<'_>, ordinal: i64, sales: &[&Sale]) -> rusqlite::Result<Vec<i64>> {
    let (Some(first), Some(last)) = (sales.first(), sales.last()) else { return Ok(Vec::new()) };
    let [first, last] = [first, last].map(|sale| SaleId::new(ordinal, sale.id.offset()).0);
    let mut ids = Vec::new();
    table.times(EVERY, ((first - 1, last + 1), Order::Oldest), |id, _| {
        ids.push(id);
        ControlFlow::Continue(())
    })?;
    Ok(ids)
}

impl<'s> Intake<'_, 's> {
    fn take(&mut self, statements: &mut Statements<'_>, sale: &'s Sale, id: i64) -> rusqlite::Result<()> {
        let twins = match &mut statements.twins {
            Some(find) => self.twins(find, sale)?,
            None => Twins::default(),
        };
        let table = Table { conn: self.conn, words: self.words, files: self.files };
        let next = || next_stored(table, &self.source, id);
        let given_back = |until| Undone::given_back(table, &self.source, (id, until));
        let in_order = self.tally.at(self.mine).undone.in_order(id, next, given_back)?;
        let other = self.other_side(sale, id)?;
        let same_as = twins.first.or(other.filter(|_| sale.as_host));
        let open = if same_as.is_some() { None } else { rows::open_as(sale) };
        let tracker = &self.tally.at(self.mine).tracker;
        let awaited = tracker.awaits(sale);
        let whole = if awaited { tracker.complete(sale, id).map(Arc::new) } else { None };
        let stored = whole.clone().map_or(Told::Line(sale), Told::Whole);
        let row = Fresh { sale: stored, id, open, answered_by: None, same_as, reversed_by: None, late_by: None };
        self.fresh.push(row);
        // It ends nothing by itself: the side towards the acquirer does.
        if sale.as_host && other.is_some() {
            return Ok(());
        }
        let sale = whole.as_deref().unwrap_or(sale);
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

    /// Stores the rows that have gathered. Many at once go into packs, those at rest, unless packs are about there
    /// already.
    fn store(&mut self) -> rusqlite::Result<()> {
        let fresh = std::mem::take(&mut self.fresh);
        let (Some(first), Some(last)) = (fresh.first(), fresh.last()) else { return Ok(()) };
        let pack = self.packs && fresh.len() >= packs::WORTH_IT && !packs::among(self.conn, first.id, last.id)?;
        let (at_rest, rows): (Vec<_>, Vec<_>) = fresh.iter().partition(|row| pack && packs::is_at_rest(row));
        packs::put(self.conn, self.words, &at_rest)?;
        let (many, rest) = rows.as_chunks::<AT_ONCE>();
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
        self.loosen(id)?;
        let before = if recounts { self.listed(id)? } else { None };
        let statement = match fate {
            Fate::Answered => &mut statements.answered,
            Fate::Late => &mut statements.late,
            Fate::Reversed => &mut statements.reversed,
        };
        statement.execute([id, by])?;
        if let Some(before) = before {
            self.trends.count_out(&before, id);
            self.listed(id)?.iter().for_each(|after| self.trends.count_in(after, id));
        }
        Ok(())
    }

    /// Finds the sale that went through before and that this row undoes.
    fn undo(&mut self, statements: &mut Statements<'_>, undo: &Sale, id: i64) -> rusqlite::Result<()> {
        let undone = &mut self.tally.at(self.mine).undone;
        let table = Table { conn: self.conn, words: self.words, files: self.files };
        undone.load(table, &self.source, id)?;
        let (brief, mut behind) = (Brief::undone_by(undo), None);
        let mut likely = Vec::new();
        let mut sure = None;
        for _ in 0..MOST_CANDIDATES {
            let undone = &self.tally.at(self.mine).undone;
            let Some(candidate) = undone.candidate(brief, id, &mut behind) else { break };
            let sale = match self.fresh.binary_search_by_key(&candidate, |row| row.id) {
                Ok(at) => Some(self.fresh[at].as_read()),
                Err(_) => rows::find(self.table(), candidate)?.map(|found| found.sale),
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
                None => rows::find(self.table(), candidate)?.map(|found| found.sale),
            };
            let Some(before) = before.filter(|sale| sale.undone_by == Some(SaleId(id))) else { continue };
            let after = if let Some(at) = fresh {
                let row = &mut self.fresh[at];
                row.reversed_by = None;
                row.same_as.is_none().then(|| row.as_read())
            } else {
                statements.restored.execute([candidate])?;
                self.listed(candidate)?
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
            let table = Table { conn: self.conn, words: self.words, files: self.files };
            sides.load(table, &self.source)?;
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

    /// A row as it reads now, if it is listed.
    fn listed(&self, id: i64) -> rusqlite::Result<Option<Sale>> {
        Ok(rows::find(self.table(), id)?.filter(Found::is_listed).map(|found| found.sale))
    }

    fn rows_between(&self, after: i64, until: i64) -> rusqlite::Result<Vec<Sale>> {
        let (mut sales, mut read) = (Vec::new(), 0);
        self.table().sales(LISTED, ((after, until), Order::Oldest), |sale| {
            read += 1;
            // Files of other sources may lie between two of this one.
            if sale.source == self.source {
                sales.push(sale);
            }
            walk::until(read >= LOOK_BEHIND)
        })?;
        Ok(sales)
    }

    /// What reads the stored rows.
    fn table(&self) -> Table<'_> {
        Table { conn: self.conn, words: self.words, files: self.files }
    }

    /// Makes a row one that can be changed.
    fn loosen(&mut self, id: i64) -> rusqlite::Result<()> {
        packs::loosen(self.conn, self.words, self.files, id)
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
        self.loosen(id)?;
        let Some(found) = rows::find(self.table(), id)? else { return Ok(()) };
        self.conn.execute("UPDATE sales SET same_as = ?2, open = NULL WHERE id = ?1", [id, first])?;
        if found.same_as.is_none() {
            self.list(id, -1);
            self.tally.count_out(&found.sale.source, &found.sale, id, found.open);
            self.trends.count_out(&found.sale, id);
        }
        Ok(())
    }

    /// Removes the rows whose newer form comes, from the table and from every count, and leaves out what has not
    /// changed; gives back what other rows have made of them.
    fn take_out(&mut self, sales: &mut Vec<&Sale>, ordinal: i64) -> rusqlite::Result<BTreeMap<i64, Fates>> {
        let mut remove = self.conn.prepare("DELETE FROM sales WHERE id = ?1")?;
        let mut all = BTreeMap::new();
        let mut changed = Vec::with_capacity(sales.len());
        for sale in sales.iter().copied() {
            let id = SaleId::new(ordinal, sale.id.offset()).0;
            let Some(found) = rows::find(self.table(), id)? else {
                changed.push(sale);
                continue;
            };
            let old = &found.sale;
            if is_same(old, sale) {
                continue;
            }
            changed.push(sale);
            if found.is_listed() {
                self.list(id, -1);
                self.tally.count_out(&self.source, old, id, found.open);
                self.trends.count_out(old, id);
            }
            self.loosen(id)?;
            remove.execute([id])?;
            self.tally.at(self.mine).undone.judge_from(id);
            let later = |row: Option<SaleId>| row.map(|row| row.0);
            let (reversed, late) = (later(old.undone_by), later(old.late_by));
            all.insert(id, Fates { answered: found.answered_by, reversed, late });
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
