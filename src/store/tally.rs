//! What is counted as rows arrive, so that no question ever counts millions of rows: waiting requests, decline codes,
//! the newest success per way of paying, the open batch.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};

use super::files::Files;
use super::packs;
use super::rows::{self, open};
use super::sides::Sides;
use super::tracker::{Open, Told, Tracker};
use super::undone::Undone;
use super::walk::{Table, span_of};
use super::words::Words;
use crate::model::{Outcome, Sale, SaleId, Stamp};

/// Ways of paying that are told apart.
pub(super) const WAYS: [&str; 4] = ["insert", "tap", "swipe", "scan"];

/// Codes kept per source: a journal with a new code on every line must not fill the memory.
const MOST_CODES: usize = 1_000;

/// Waiting requests read back at start.
const MOST_OPEN: i64 = 1_000;

/// Setting that keeps the numbers of waiting rows, so that no start counts them.
const OPEN_COUNTS: &str = "count.open";

/// Setting that says from which row on rows are to be judged again, by source; a word where it is all of them.
const UNDONE_TODO: &str = "undone.todo";

/// Rows of one file looked at for the open batch, at most.
const BATCH_SCAN: i64 = 50_000;

/// How often a code was the reason of a decline.
#[derive(Clone, Debug)]
pub(super) struct CodeCount {
    pub count: i64,
    pub last_id: i64,
    pub last: Stamp,
    dirty: bool,
}

/// A newest success.
#[derive(Clone, Copy, Debug)]
pub(super) struct Good {
    pub id: i64,
    pub time: Stamp,
    dirty: bool,
}

/// Approved sales since the last settlement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BatchOpen {
    /// Row of the settlement; none when the journal never settled.
    pub settled: Option<i64>,
    pub approved: u64,
}

/// The counts of one source.
#[derive(Default)]
pub(super) struct SourceTally {
    pub tracker: Tracker,
    pub undone: Undone,
    pub sides: Sides,
    pub codes: HashMap<String, CodeCount>,
    pub goods: [Option<Good>; 4],
    /// Counted when first asked for.
    pub batch: Option<BatchOpen>,
}

/// The counts of all sources.
#[derive(Default)]
pub(super) struct Tally {
    /// Few: a list is searched faster than a map.
    pub by_source: Vec<(Arc<str>, SourceTally)>,
    /// Listed rows per value of the column `open`.
    pub open: [i64; open::COUNT],
    /// As they are stored.
    open_kept: [i64; open::COUNT],
    todo_kept: BTreeMap<Arc<str>, i64>,
    /// Rows that could not be judged again are left until the next start.
    pub given_up: bool,
}

impl Tally {
    /// Reads the counts back.
    pub fn load(conn: &Connection, words: &Words, files: &Files) -> rusqlite::Result<Self> {
        let mut tally = Self::default();
        tally.load_open(conn, words, files)?;
        tally.load_codes(conn)?;
        tally.load_goods(conn)?;
        tally.load_undone(conn, files)?;
        Ok(tally)
    }

    /// Where each source stands, and from where on its rows are still to be judged.
    fn load_undone(&mut self, conn: &Connection, files: &Files) -> rusqlite::Result<()> {
        let kept =
            conn.query_row("SELECT value FROM settings WHERE key = ?1", [UNDONE_TODO], |row| row.get::<_, String>(0));
        let kept = kept.optional()?;
        let some: BTreeMap<String, i64> =
            kept.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let all = kept.as_deref() == Some("all");
        let mut newest = conn.prepare(
            "SELECT max(id) FROM (SELECT max(id) AS id FROM sales WHERE id >= ?1 AND id < ?2 \
             UNION ALL SELECT * FROM (SELECT last FROM packs WHERE first >= ?1 AND first < ?2 \
             ORDER BY first DESC LIMIT 1))",
        )?;
        for source in files.sources(&[]) {
            let todo = some.get(&*source).copied().or(all.then_some(0));
            let mut last = None;
            for ordinal in files.of(&source).into_iter().rev() {
                let span = [SaleId::new(ordinal, 0).0, SaleId::new(ordinal + 1, 0).0];
                last = newest.query_row(span, |row| row.get::<_, Option<i64>>(0))?;
                if last.is_some() {
                    break;
                }
            }
            self.of(&source).undone.begin(last, todo);
            if let Some(todo) = todo {
                self.todo_kept.insert(source, todo);
            }
        }
        Ok(())
    }

    fn load_open(&mut self, conn: &Connection, words: &Words, files: &Files) -> rusqlite::Result<()> {
        let kept =
            conn.query_row("SELECT value FROM settings WHERE key = ?1", [OPEN_COUNTS], |row| row.get::<_, String>(0));
        match kept.optional()?.and_then(|text| serde_json::from_str(&text).ok()) {
            Some(counts) => self.open = counts,
            None => self.count_open(conn)?,
        }
        self.open_kept = self.open;
        let columns = rows::COLUMNS;
        let mut statement = conn.prepare(&format!(
            "SELECT {columns}, open FROM sales INDEXED BY sales_open WHERE open IS NOT NULL ORDER BY id DESC LIMIT ?1"
        ))?;
        let mut found = statement.query([MOST_OPEN])?;
        while let Some(row) = found.next()? {
            let Some(source) = files.source_of(row.get(0)?).cloned() else { continue };
            let sale = rows::read(row, words, source.clone())?;
            let open = row.get(rows::BEHIND)?;
            self.of(&source).tracker.add(sale.stan.as_deref(), waiting(&sale, sale.id.0, open));
        }
        Ok(())
    }

    /// Counts the waiting rows, where no count was kept.
    pub fn count_open(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        let mut counts = conn
            .prepare("SELECT open, count(*) FROM sales INDEXED BY sales_open WHERE open IS NOT NULL GROUP BY open")?;
        let mut found = counts.query([])?;
        self.open = [0; open::COUNT];
        while let Some(row) = found.next()? {
            if let Some(slot) = self.open.get_mut(row.get::<_, u32>(0)? as usize) {
                *slot = row.get(1)?;
            }
        }
        Ok(())
    }

    fn load_codes(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        let mut statement = conn.prepare("SELECT source, code, count, last_id, last_us, last_offset FROM codes")?;
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            let count = CodeCount {
                count: row.get(2)?,
                last_id: row.get(3)?,
                last: Stamp::new(row.get(4)?, row.get(5)?),
                dirty: false,
            };
            self.of(&row.get::<_, String>(0)?).codes.insert(row.get(1)?, count);
        }
        Ok(())
    }

    fn load_goods(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        let mut statement = conn.prepare("SELECT way, source, id, time_us, offset_min FROM goods")?;
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            let way: String = row.get(0)?;
            let Some(at) = WAYS.iter().position(|known| *known == way) else { continue };
            let good = Good { id: row.get(2)?, time: Stamp::new(row.get(3)?, row.get(4)?), dirty: false };
            self.of(&row.get::<_, String>(1)?).goods[at] = Some(good);
        }
        Ok(())
    }

    /// The counts of this source.
    pub fn of(&mut self, source: &str) -> &mut SourceTally {
        let place = self.place(source);
        self.at(place)
    }

    /// Where the counts of this source are, for whoever asks for them more than once; good until they are loaded anew.
    pub fn place(&mut self, source: &str) -> usize {
        self.by_source.iter().position(|(name, _)| **name == *source).unwrap_or_else(|| {
            self.by_source.push((Arc::from(source), SourceTally::default()));
            self.by_source.len() - 1
        })
    }

    /// The counts at a [place](Self::place).
    pub fn at(&mut self, place: usize) -> &mut SourceTally {
        &mut self.by_source[place].1
    }

    /// Counts a row of the source at this [place](Self::place) that arrived and is listed.
    pub fn count_in(&mut self, place: usize, sale: &Sale, id: i64) {
        let open = rows::open_as(sale);
        if let Some(slot) = open.and_then(|open| self.open.get_mut(open as usize)) {
            *slot += 1;
        }
        let tally = self.at(place);
        if let Some(open) = open {
            tally.tracker.add(sale.stan.as_deref(), waiting(sale, id, open));
        }
        tally.count_code(sale, id, 1);
        tally.count_good(sale, id);
        tally.count_batch(sale, id);
    }

    /// Takes a row out of the counts that turned out to be another one's twin.
    pub fn count_out(&mut self, source: &str, sale: &Sale, id: i64, open: Option<i64>) {
        let tally = self.of(source);
        tally.count_code(sale, id, -1);
        tally.batch = None;
        tally.tracker.remove(id);
        if let Some(open) = open {
            self.drop_open(open);
        }
    }

    /// One request fewer waits.
    pub fn drop_open(&mut self, open: i64) {
        if let Some(slot) = self.open.get_mut(open as usize) {
            *slot -= 1;
        }
    }

    /// Writes what changed since the last time.
    pub fn flush(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        if self.open != self.open_kept {
            let counts = serde_json::to_string(&self.open).unwrap_or_default();
            conn.execute("INSERT OR REPLACE INTO settings VALUES(?1, ?2)", [OPEN_COUNTS, &counts])?;
            self.open_kept = self.open;
        }
        let todo = |(source, tally): &(Arc<str>, SourceTally)| Some((source.clone(), tally.undone.todo?));
        let todo: BTreeMap<Arc<str>, i64> = self.by_source.iter().filter_map(todo).collect();
        if todo != self.todo_kept {
            let by_name: BTreeMap<&str, i64> = todo.iter().map(|(source, id)| (&**source, *id)).collect();
            let text = serde_json::to_string(&by_name).unwrap_or_default();
            conn.execute("INSERT OR REPLACE INTO settings VALUES(?1, ?2)", [UNDONE_TODO, &text])?;
            self.todo_kept = todo;
        }
        for (source, tally) in &mut self.by_source {
            for (code, count) in tally.codes.iter_mut().filter(|(_, count)| count.dirty) {
                conn.execute(
                    "INSERT OR REPLACE INTO codes VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
                    params![&**source, code, count.count, count.last_id, count.last.micros, count.last.offset],
                )?;
                count.dirty = false;
            }
            for (way, good) in WAYS.iter().zip(&mut tally.goods) {
                if let Some(good) = good.as_mut().filter(|good| good.dirty) {
                    conn.execute(
                        "INSERT OR REPLACE INTO goods VALUES(?1, ?2, ?3, ?4, ?5)",
                        params![way, &**source, good.id, good.time.micros, good.time.offset],
                    )?;
                    good.dirty = false;
                }
            }
        }
        Ok(())
    }
}

impl SourceTally {
    fn count_code(&mut self, sale: &Sale, id: i64, by: i64) {
        let Some(code) = sale.code.as_deref().filter(|_| sale.outcome == Outcome::Declined) else { return };
        if let Some(known) = self.codes.get_mut(code) {
            known.count = (known.count + by).max(0);
            known.dirty = true;
            if id > known.last_id {
                (known.last_id, known.last) = (id, sale.time);
            }
        } else if by > 0 && self.codes.len() < MOST_CODES {
            self.codes.insert(code.to_owned(), CodeCount { count: by, last_id: id, last: sale.time, dirty: true });
        }
    }

    fn count_good(&mut self, sale: &Sale, id: i64) {
        if sale.outcome != Outcome::Approved {
            return;
        }
        let Some(way) = way(sale) else { return };
        let good = &mut self.goods[way];
        if good.is_none_or(|known| id > known.id) {
            *good = Some(Good { id, time: sale.time, dirty: true });
        }
    }

    fn count_batch(&mut self, sale: &Sale, id: i64) {
        let Some(batch) = &mut self.batch else { return };
        if sale.outcome != Outcome::Approved || batch.settled.is_some_and(|settled| id < settled) {
            return;
        }
        if sale.kind == "settle" {
            // Counted again when asked for: history fills in behind newer rows.
            self.batch = None;
        } else if in_batch(&sale.kind) {
            batch.approved += 1;
        }
    }

    /// The open batch of this source, counted from its rows when it is not known.
    pub fn batch(&mut self, table: Table<'_>, ordinals: &[i64]) -> rusqlite::Result<BatchOpen> {
        if let Some(batch) = self.batch {
            return Ok(batch);
        }
        let conn = table.conn;
        let mut find = conn.prepare(
            "SELECT max(id) FROM sales INDEXED BY sales_settled \
             WHERE kind = 8 AND outcome = 0 AND id > ?1 AND id < ?2",
        )?;
        // Kinds 1, 2, 3 and 5: sale, void, refund, completion, see `in_batch`.
        let mut count = conn.prepare(
            "SELECT count(*) FROM (SELECT outcome, kind, answered_by, same_as, reversed_by FROM sales \
             WHERE id > ?1 AND id < ?2 LIMIT ?3) WHERE outcome = 0 AND kind IN (1, 2, 3, 5) \
             AND answered_by IS NULL AND same_as IS NULL AND reversed_by IS NULL",
        )?;
        let mut batch = BatchOpen { settled: None, approved: 0 };
        let mut spans = Vec::new();
        for ordinal in ordinals.iter().rev() {
            let (from, end) = span_of(*ordinal);
            batch.settled = find.query_row([from, end], |row| row.get::<_, Option<i64>>(0)).optional()?.flatten();
            spans.push((batch.settled.unwrap_or(from), end));
            if batch.settled.is_some() {
                break;
            }
        }
        // A journal that never settles has no open batch to count.
        for (from, end) in spans.into_iter().filter(|_| batch.settled.is_some()) {
            batch.approved += count.query_row([from, end, BATCH_SCAN], |row| row.get::<_, i64>(0))? as u64;
            batch.approved += packs::sold(table, (from, end))?;
        }
        self.batch = Some(batch);
        Ok(batch)
    }
}

/// Kinds that a settlement settles.
pub(super) fn in_batch(kind: &str) -> bool {
    matches!(kind, "sale" | "void" | "refund" | "completion")
}

/// A row as a waiting request.
fn waiting(sale: &Sale, id: i64, open: i64) -> Open {
    let told = Box::new(Told::of(sale));
    Open { id, time: sale.time, kind: sale.kind.clone(), tid: sale.tid.clone(), waits: open, told }
}

/// The way of paying, as a place in [`WAYS`] (ISO 8583:1987 DE22, first two digits).
fn way(sale: &Sale) -> Option<usize> {
    if matches!(sale.method.as_deref(), Some("scan-pay" | "scan-show" | "wallet")) {
        return Some(3);
    }
    match sale.entry_mode.as_deref()?.get(..2)? {
        "05" => Some(0),
        "07" | "91" => Some(1),
        "02" | "80" | "90" => Some(2),
        _ => None,
    }
}
