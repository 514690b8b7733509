//! The payment application's own database: one row of a table, one transaction.
//!
//! New rows are read in the order of a number that grows; the newest ones are looked at again, and a row whose content
//! has changed (an answer came, a reversal went through) takes the place of its older form. Only mapped columns are
//! read. How the file is read without standing in its owner's way is [`crate::platform::foreign`]'s business.

mod cursor;
mod table;

use std::collections::BTreeMap;
use std::time::Duration;

use super::feed::{Feed, FeedKind};
use super::fields::{Maker, Reason};
use super::follow::{Halt, pause};
use super::watch::Watch;
use super::{Taken, jsonl};
use crate::config::SourceConfig;
use crate::model::SaleId;
use crate::platform::foreign::{self, Foreign};
use cursor::{Cursor, Seen, content_print, row_print};
use table::{Record, Table};

/// This kind's entry in [`super::FEEDS`].
pub const KIND: FeedKind = FeedKind { word: "sqlite", validate, run };

/// Rows of one commit.
const ROWS: usize = 500;
/// Looks come no faster than this, however often the application writes.
const PACE: Duration = Duration::from_millis(100);
/// Newest rows by which a table is known again.
const KNOWN_BY: usize = 16;
/// A larger number is no place in a table: ids have room for 40 bits.
const ORDER_MAX: i64 = (1 << SaleId::OFFSET_BITS) - 2;

fn validate(config: &SourceConfig) -> Vec<(String, String)> {
    let mut faults = jsonl::map_faults(config);
    if config.table.is_empty() && config.query.is_empty() {
        faults.push(("table".to_owned(), String::new()));
    }
    if config.order.is_empty() {
        faults.push(("order".to_owned(), String::new()));
    }
    faults
}

fn run(feed: &mut Feed<'_>) -> Result<(), Halt> {
    let mut watch = Watch::new(&feed.spec.config.path, feed.wake.clone());
    let mut reader = Reader::new(feed);
    while !feed.stop.is_stopped() {
        watch.aim();
        feed.status.polled = watch.is_polled();
        match reader.look(feed)? {
            Ok(true) => feed.report(false),
            Ok(false) => {
                feed.status.error = None;
                feed.status.caught_up = true;
                feed.report(true);
                feed.wake.sleep(watch.patience(true));
                pause(PACE, feed.stop, feed.wake);
            }
            Err(why) => {
                feed.refused(&why.to_string());
                feed.wake.sleep(watch.patience(false));
                pause(PACE, feed.stop, feed.wake);
            }
        }
    }
    Ok(())
}

/// What is known of the table's newest rows.
struct Reader {
    maker: Maker,
    cursor: Cursor,
    /// Content of the rows that are looked at again, by their number; none for those read before this start.
    content: BTreeMap<i64, u64>,
}

/// What one look found.
struct Found {
    /// The newest rows up to the cursor, newest first.
    old: Vec<Record>,
    /// Rows behind it.
    new: Vec<Record>,
    /// Older rows that have changed since the last look, where a column tells.
    changed: Vec<Record>,
    /// The table holds rows, but none of those that were read last.
    anew: bool,
}

impl Reader {
    fn new(feed: &Feed<'_>) -> Self {
        let cursor = Cursor::from_text(&feed.mark.cursor);
        Self { maker: feed.maker(), cursor, content: BTreeMap::new() }
    }

    /// Looks once; true when there may be more at once.
    fn look(&mut self, feed: &mut Feed<'_>) -> Result<Result<bool, Foreign>, Halt> {
        let config = feed.spec.config.clone();
        let found = foreign::read(&config.path, |view| {
            let table = Table::of(view, &config)?;
            let mut found = self.found(&table, &config)?;
            if found.anew {
                found.new = table.after(-1, ROWS)?;
                (found.old, found.changed) = (Vec::new(), Vec::new());
            }
            Ok(found)
        });
        let found = match found {
            Ok(found) => found,
            Err(why) => return Ok(Err(why)),
        };
        if found.anew && feed.mark.ordinal != 0 {
            feed.begin_anew();
            self.cursor = Cursor::default();
            self.content.clear();
        }
        self.restate(feed, found.old, found.changed)?;
        let more = found.new.len() >= ROWS;
        if !found.new.is_empty() {
            self.take(feed, &found.new, config.relook as usize)?;
        }
        Ok(Ok(more))
    }

    fn found(&self, table: &Table<'_>, config: &SourceConfig) -> Result<Found, Foreign> {
        let new = table.after(self.cursor.at, ROWS)?;
        let old = if self.cursor.at < 0 {
            Vec::new()
        } else {
            table.newest(self.cursor.at, (config.relook as usize).max(KNOWN_BY))?
        };
        let known = self.cursor.seen.is_empty()
            || old.iter().any(|row| self.cursor.seen.iter().any(|seen| seen.is(row.order, row_print(row))));
        let empty = old.is_empty() && new.is_empty();
        let anew = !(known || empty);
        let changed = table.changed_since(self.cursor.updated, self.cursor.at, ROWS)?;
        Ok(Found { old, new, changed, anew })
    }

    /// Puts newer forms of rows in the places of the older ones.
    fn restate(&mut self, feed: &mut Feed<'_>, old: Vec<Record>, changed: Vec<Record>) -> Result<(), Halt> {
        let relook = feed.spec.config.relook as usize;
        let mut taken = Taken::default();
        let before = self.cursor.clone();
        let in_window = old.into_iter().take(relook);
        for row in in_window.chain(changed) {
            self.cursor.updated = self.cursor.updated.max(row.updated);
            let print = content_print(&row);
            if self.content.get(&row.order) == Some(&print) {
                continue;
            }
            let fresh = self.content.insert(row.order, print).is_none();
            // After a start all of them are put in their places once: what changed meanwhile is not known.
            if let Ok(sale) = self.maker.sale(&row.line(), SaleId::new(0, row.order as u64))
                && !(fresh && self.cursor.at < 0)
            {
                taken.rows.push(sale);
            }
        }
        self.forget(relook);
        if !taken.rows.is_empty() || before.updated != self.cursor.updated {
            feed.restate(taken, self.cursor.text())?;
        }
        Ok(())
    }

    /// Stores new rows.
    fn take(&mut self, feed: &mut Feed<'_>, rows: &[Record], relook: usize) -> Result<(), Halt> {
        let mut taken = Taken::default();
        for row in rows {
            self.cursor.at = self.cursor.at.max(row.order);
            self.cursor.updated = self.cursor.updated.max(row.updated);
            if !(0..=ORDER_MAX).contains(&row.order) {
                taken.refuse(0, Reason::Format);
                continue;
            }
            taken.take(row.order as u64, self.maker.sale(&row.line(), SaleId::new(0, row.order as u64)));
            self.content.insert(row.order, content_print(row));
            self.cursor.seen.push(Seen::new(row.order, row_print(row)));
        }
        let extra = self.cursor.seen.len().saturating_sub(KNOWN_BY);
        self.cursor.seen.drain(..extra);
        self.forget(relook);
        let to = self.cursor.at.clamp(0, ORDER_MAX) as u64 + 1;
        feed.commit(taken, to, self.cursor.text())
    }

    /// Keeps the content of the newest rows only.
    fn forget(&mut self, most: usize) {
        // With room for rows that a column of changes tells of.
        while self.content.len() > most + ROWS {
            self.content.pop_first();
        }
    }
}
