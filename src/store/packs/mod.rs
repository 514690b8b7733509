//! The table of packs: rows of history that nothing is looked for by, many to a record. One record for each would cost
//! the database more than all that is done with a row besides, and a first start waits for it.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};

use self::read::{Line, Lines};
use self::write::Pack;
use super::files::Files;
use super::rows::{self, Fresh, Places, Told};
use super::tally;
use super::walk::{Span, Table};
use super::words::Words;
use crate::model::{Outcome, Sale};

mod format;
pub(super) mod read;
#[cfg(test)]
mod tests;
mod write;

/// Fewer rows than this at once are stored one by one: what comes while a shop sells.
pub(super) const WORTH_IT: usize = if cfg!(test) { 3 } else { 64 };

/// Packs whose sales are counted: some ten thousand rows.
const MOST_COUNTED: i64 = 500;

/// Packs that are taken apart in one transaction.
const STEP: i64 = 500;

/// A row out of a pack: the transaction as its line told it, and the row that answered it.
#[derive(Clone, Debug)]
pub(super) struct Packed {
    pub sale: Sale,
    pub answered_by: Option<i64>,
}

impl Packed {
    fn of(line: &Line<'_>, table: Table<'_>) -> Self {
        Self { sale: line.sale(table), answered_by: line.answered_by }
    }
}

/// Whether nothing is to come for a row, and no index of the table of sales would have it.
pub(super) fn is_at_rest(row: &Fresh<'_>) -> bool {
    let later = [row.open, row.same_as, row.reversed_by, row.late_by];
    later.iter().all(Option::is_none)
        && !row.sale.as_host
        && row.sale.kind != "settle"
        && (row.answered_by.is_some() || row.sale.outcome == Outcome::Approved)
}

/// Whether there is a pack among these ids, both inclusive: what comes there now is no part of it.
pub(super) fn among(conn: &Connection, first: i64, last: i64) -> rusqlite::Result<bool> {
    let mut find = conn.prepare_cached("SELECT last >= ?1 FROM packs WHERE first <= ?2 ORDER BY first DESC LIMIT 1")?;
    Ok(find.query_row([first, last], |row| row.get(0)).optional()?.unwrap_or(false))
}

/// Stores rows of one file, in the order of their ids.
pub(super) fn put(conn: &Connection, words: &mut Words, rows: &[&Fresh<'_>]) -> rusqlite::Result<()> {
    let mut rows = rows.iter().peekable();
    while let Some(first) = rows.peek() {
        let mut pack = Pack::from(first.id);
        while let Some(row) = rows.next_if(|_| !pack.is_full()) {
            pack.push(conn, words, (row.id, &row.sale, row.answered_by))?;
        }
        insert(conn, &pack)?;
    }
    Ok(())
}

fn insert(conn: &Connection, pack: &Pack<'_>) -> rusqlite::Result<()> {
    let mut insert =
        conn.prepare_cached("INSERT INTO packs(first, last, listed, sold, rows) VALUES(?1, ?2, ?3, ?4, ?5)")?;
    insert.execute(params![pack.first, pack.last, pack.listed, pack.sold, pack.bytes]).map(drop)
}

/// The row with this id, if it is in a pack.
pub(super) fn find(table: Table<'_>, id: i64) -> rusqlite::Result<Option<Packed>> {
    let Some((first, bytes)) = around(table.conn, id)? else { return Ok(None) };
    let mut lines = Lines::of(first, &bytes);
    while let Some(line) = lines.next()? {
        if line.id >= id {
            return Ok((line.id == id).then(|| Packed::of(line, table)));
        }
    }
    Ok(None)
}

/// The pack that a row would be in: where it begins, and its bytes.
fn around(conn: &Connection, id: i64) -> rusqlite::Result<Option<(i64, Vec<u8>)>> {
    let mut find =
        conn.prepare_cached("SELECT first, last >= ?1, rows FROM packs WHERE first <= ?1 ORDER BY first DESC LIMIT 1")?;
    let mut found = find.query([id])?;
    match found.next()? {
        Some(row) if row.get(1)? => Ok(Some((row.get(0)?, row.get(2)?))),
        _ => Ok(None),
    }
}

fn rows_of(table: Table<'_>, first: i64, bytes: &[u8]) -> rusqlite::Result<Vec<Packed>> {
    let (mut lines, mut rows) = (Lines::of(first, bytes), Vec::new());
    while let Some(line) = lines.next()? {
        rows.push(Packed::of(line, table));
    }
    Ok(rows)
}

/// Takes a row out of its pack, if it is in one, into the table of sales: it is about to change.
pub(super) fn loosen(conn: &Connection, words: &mut Words, files: &Files, id: i64) -> rusqlite::Result<()> {
    let Some((first, bytes)) = around(conn, id)? else { return Ok(()) };
    let mut lines = Lines::of(first, &bytes);
    let mut at = 0;
    while let Some(line) = lines.next()?.filter(|line| line.id <= id) {
        // Mostly it is none of them, and none has to be made a transaction.
        if line.id == id {
            let mut rows = rows_of(Table { conn, words, files }, first, &bytes)?;
            let row = rows.remove(at);
            keep(conn, words, first, &rows)?;
            return lay_out(conn, words, row);
        }
        at += 1;
    }
    Ok(())
}

/// Leaves these rows in a pack; the ids between which they are stay as they were.
fn keep(conn: &Connection, words: &mut Words, first: i64, rows: &[Packed]) -> rusqlite::Result<()> {
    if rows.is_empty() {
        return conn.execute("DELETE FROM packs WHERE first = ?1", [first]).map(drop);
    }
    let mut pack = Pack::from(first);
    for row in rows {
        pack.push(conn, words, (row.sale.id.0, &row.sale, row.answered_by))?;
    }
    let mut write = conn.prepare_cached("UPDATE packs SET listed = ?2, sold = ?3, rows = ?4 WHERE first = ?1")?;
    write.execute(params![first, pack.listed, pack.sold, pack.bytes]).map(drop)
}

/// Stores a row out of a pack as one of the table of sales.
fn lay_out(conn: &Connection, words: &mut Words, row: Packed) -> rusqlite::Result<()> {
    let (id, answered_by) = (row.sale.id.0, row.answered_by);
    let sale = Told::Whole(Arc::new(row.sale));
    let row = Fresh { sale, id, open: None, answered_by, same_as: None, reversed_by: None, late_by: None };
    let mut insert = conn.prepare_cached(&rows::insert_sql(1))?;
    Places::new(&mut insert, 1).insert(conn, words, &[&row])
}

/// How many rows of a span a settlement would settle; a journal without end is not counted to its end.
pub(super) fn sold(table: Table<'_>, (after, end): Span) -> rusqlite::Result<u64> {
    let mut sold: i64 = table.conn.query_row(
        "SELECT coalesce(sum(sold), 0) FROM (SELECT sold FROM packs WHERE first > ?1 AND first < ?2 ORDER BY first LIMIT ?3)",
        [after, end, MOST_COUNTED],
        |row| row.get(0),
    )?;
    // One may begin before them.
    if let Some((first, bytes)) = around(table.conn, after)? {
        let mut lines = Lines::of(first, &bytes);
        while let Some(line) = lines.next()? {
            let counts = line.id > after && line.is_listed() && line.outcome() == Outcome::Approved;
            sold += i64::from(counts && tally::in_batch(&line.kind(table)));
        }
    }
    Ok(sold.unsigned_abs())
}

/// Deletes the rows between two ids, both inclusive, of one file; how many of them were listed.
pub(super) fn delete(
    conn: &Connection,
    words: &mut Words,
    files: &Files,
    (low, high): (i64, i64),
) -> rusqlite::Result<i64> {
    let whole = "packs WHERE first BETWEEN ?1 AND ?2 AND last <= ?2";
    let mut listed: i64 =
        conn.query_row(&format!("SELECT coalesce(sum(listed), 0) FROM {whole}"), [low, high], |row| row.get(0))?;
    conn.execute(&format!("DELETE FROM {whole}"), [low, high])?;
    // The last one may go on behind them.
    if let Some((first, bytes)) = around(conn, high)?.filter(|(first, _)| *first >= low) {
        let mut rows = rows_of(Table { conn, words, files }, first, &bytes)?;
        let behind = rows.split_off(rows.partition_point(|row| row.sale.id.0 <= high));
        listed += rows.iter().filter(|row| row.answered_by.is_none()).count() as i64;
        keep(conn, words, first, &behind)?;
    }
    Ok(listed)
}

/// Takes every pack apart, for good: there are others now who look for what their rows say.
pub(super) fn unpack_all(conn: &Connection, words: &mut Words, files: &Files) -> rusqlite::Result<()> {
    loop {
        conn.execute_batch("BEGIN IMMEDIATE")?;
        let step = unpack_some(conn, words, files).and_then(|more| conn.execute_batch("COMMIT").map(|()| more));
        if step.is_err() && !conn.is_autocommit() {
            // What went wrong is told, not what comes of it.
            let _ = conn.execute_batch("ROLLBACK");
        }
        if !step? {
            return Ok(());
        }
    }
}

fn unpack_some(conn: &Connection, words: &mut Words, files: &Files) -> rusqlite::Result<bool> {
    let mut find = conn.prepare_cached("SELECT first, rows FROM packs ORDER BY first LIMIT ?1")?;
    let packs = find.query_map([STEP], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let packs: Vec<(i64, Vec<u8>)> = packs.collect::<Result<_, _>>()?;
    for (first, bytes) in &packs {
        for row in rows_of(Table { conn, words, files }, *first, bytes)? {
            lay_out(conn, words, row)?;
        }
        conn.execute("DELETE FROM packs WHERE first = ?1", [first])?;
    }
    Ok(!packs.is_empty())
}
