//! How much history is kept: days counted from the newest transaction, megabytes, and space left to others. Deletes in
//! small steps, so that nobody waits for it.

use std::path::Path;

use super::db::Db;
use super::order::{NEIGHBOURS, PLAUSIBLE_FROM, order_stamp};
use super::packs;
use super::place;
use super::walk::{EVERY, LISTED, Order, span_of, until};
use crate::config::StoreConfig;
use crate::model::SaleId;

/// Rows deleted at a time.
const STEP: usize = 2_000;

/// Rows that are never deleted to give space to others.
const KEEP: i64 = 10_000;

/// Pages given back at a time.
const GIVE_BACK: i64 = 512;

const DAY_US: i64 = 86_400_000_000;
pub(super) const MEGABYTE: u64 = 1024 * 1024;

impl Db {
    /// One small step towards what may be kept; false when there is nothing left to do. `dir`: the state folder, for
    /// the space left on its file system.
    pub fn retain_step(&mut self, config: &StoreConfig, dir: Option<&Path>) -> rusqlite::Result<bool> {
        if self.delete_aged(config)? || self.delete_for_space(config, dir)? {
            return Ok(true);
        }
        let free: i64 = self.conn.query_row("PRAGMA freelist_count", [], |row| row.get(0))?;
        if free > GIVE_BACK {
            self.conn.execute_batch(&format!("PRAGMA incremental_vacuum({GIVE_BACK})"))?;
            return Ok(true);
        }
        self.tally.count_open(&self.conn)?;
        self.conn.execute_batch("PRAGMA shrink_memory")?;
        Ok(false)
    }

    /// Deletes rows that are too many days older than the newest one.
    fn delete_aged(&mut self, config: &StoreConfig) -> rusqlite::Result<bool> {
        if config.days == 0 {
            return Ok(false);
        }
        let sources = self.files.sources(&[]);
        let mut newest = None;
        for source in &sources {
            newest = newest.max(self.newest(source)?);
        }
        let Some(newest) = newest else { return Ok(false) };
        let limit = newest - i64::from(config.days) * DAY_US;
        let mut some = false;
        for source in &sources {
            let oldest = self.oldest(source, STEP)?;
            let aged = oldest.iter().take_while(|(_, moment)| *moment < limit).last();
            if let Some((id, _)) = aged {
                self.delete_up_to(source, *id)?;
                some = true;
            }
        }
        if !some {
            // Numbers stay when rows have to make room, but no longer than rows may.
            self.trends.forget_before(&self.conn, limit.div_euclid(3_600_000_000) - 24)?;
        }
        Ok(some)
    }

    /// Deletes the oldest rows while the store is too big or others need the space.
    fn delete_for_space(&mut self, config: &StoreConfig, dir: Option<&Path>) -> rusqlite::Result<bool> {
        let pages: u64 = self.conn.query_row(
            "SELECT (SELECT page_count FROM pragma_page_count) - (SELECT freelist_count FROM pragma_freelist_count)",
            [],
            |row| row.get::<_, i64>(0),
        )? as u64;
        let too_big = config.max_mb > 0 && pages * 4096 > config.max_mb.saturating_mul(MEGABYTE);
        let free_pages: i64 = self.conn.query_row("PRAGMA freelist_count", [], |row| row.get(0))?;
        // Space that deleting already made is given back before more is deleted.
        let short = free_pages <= GIVE_BACK
            && dir.is_some_and(|dir| place::free_bytes(dir) < config.reserve_mb.saturating_mul(MEGABYTE));
        if !(too_big || short && self.files.held() > KEEP) {
            return Ok(false);
        }
        let mut first: Option<(i64, std::sync::Arc<str>, i64)> = None;
        for source in self.files.sources(&[]) {
            let oldest = self.oldest(&source, STEP)?;
            let (Some((_, moment)), Some((last, _))) = (oldest.first(), oldest.last()) else { continue };
            if first.as_ref().is_none_or(|(than, ..)| moment < than) {
                first = Some((*moment, source, *last));
            }
        }
        let Some((_, source, last)) = first else { return Ok(false) };
        self.delete_up_to(&source, last)?;
        Ok(true)
    }

    /// The moment of a source's newest row, judged by its neighbours: one stamp in the far future deletes nothing.
    fn newest(&self, source: &str) -> rusqlite::Result<Option<i64>> {
        let mut times = Vec::new();
        for ordinal in self.files.of(source).into_iter().rev() {
            self.table().times(LISTED, (span_of(ordinal), Order::Newest), |_, time| {
                times.push(time);
                until(times.len() >= 4 * NEIGHBOURS)
            })?;
            if times.len() >= 4 * NEIGHBOURS {
                break;
            }
        }
        let Some((first, older)) = times.split_first() else { return Ok(None) };
        let older: Vec<i64> = older.iter().copied().filter(|time| *time >= PLAUSIBLE_FROM).take(NEIGHBOURS).collect();
        Ok(Some(order_stamp(*first, &older, &[])))
    }

    /// The oldest rows of a source with their moments, oldest first.
    fn oldest(&self, source: &str, most: usize) -> rusqlite::Result<Vec<(i64, i64)>> {
        let mut rows: Vec<(i64, i64)> = Vec::new();
        for ordinal in self.files.of(source) {
            self.table().times(EVERY, (span_of(ordinal), Order::Oldest), |id, time| {
                rows.push((id, time));
                until(rows.len() >= most + NEIGHBOURS)
            })?;
            if rows.len() >= most + NEIGHBOURS {
                break;
            }
        }
        let plausible = |times: &mut dyn Iterator<Item = &(i64, i64)>| -> Vec<i64> {
            times.map(|(_, time)| *time).filter(|time| *time >= PLAUSIBLE_FROM).take(NEIGHBOURS).collect()
        };
        let moments = rows.iter().enumerate().take(most).map(|(at, (id, time))| {
            let older = plausible(&mut rows[..at].iter().rev());
            let newer = plausible(&mut rows[at + 1..].iter());
            (*id, order_stamp(*time, &older, &newer))
        });
        Ok(moments.collect())
    }

    /// Deletes the rows of a source up to this one.
    pub fn delete_up_to(&mut self, source: &str, last: i64) -> rusqlite::Result<()> {
        for ordinal in self.files.of(source) {
            let (low, high) = (SaleId::new(ordinal, 0).0, last.min(SaleId::new(ordinal + 1, 0).0 - 1));
            if low > last {
                break;
            }
            self.forget_open(source, low, high)?;
            let listed: i64 = self.conn.query_row(
                "SELECT count(*) FROM sales WHERE id BETWEEN ?1 AND ?2 AND answered_by IS NULL AND same_as IS NULL",
                [low, high],
                |row| row.get(0),
            )?;
            self.conn.execute("DELETE FROM sales WHERE id BETWEEN ?1 AND ?2", [low, high])?;
            let packed = packs::delete(&self.conn, &mut self.words, &self.files, (low, high))?;
            if listed + packed > 0 {
                self.files.list(&self.conn, ordinal, -listed - packed)?;
            }
        }
        Ok(())
    }

    /// Takes rows that are about to be deleted out of the waiting ones.
    fn forget_open(&mut self, source: &str, low: i64, high: i64) -> rusqlite::Result<()> {
        let mut statement = self.conn.prepare(
            "SELECT id, open FROM sales INDEXED BY sales_open WHERE open IS NOT NULL AND id BETWEEN ?1 AND ?2",
        )?;
        let open: Vec<(i64, i64)> =
            statement.query_map([low, high], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
        for (id, open) in open {
            self.tally.drop_open(open);
            self.tally.of(source).tracker.remove(id);
        }
        Ok(())
    }

    /// Keeps the newest rows only, while the store lives in memory.
    pub fn trim(&mut self, most: i64) -> rusqlite::Result<()> {
        // Deleting in larger pieces than one row at a time; a quarter more is bounded as well.
        if self.files.held() <= most + most / 4 {
            return Ok(());
        }
        let sources = self.files.sources(&[]);
        let quota = most / (sources.len() as i64).max(1);
        for source in sources {
            let mut left = quota;
            for ordinal in self.files.of(&source).into_iter().rev() {
                let held = self.files.get(ordinal).map_or(0, |file| file.held);
                if held <= left {
                    left -= held;
                    continue;
                }
                let (mut seen, mut cut) = (0, SaleId::new(ordinal, 0).0);
                self.table().times(LISTED, (span_of(ordinal), Order::Newest), |id, _| {
                    (seen, cut) = (seen + 1, id);
                    until(seen > left)
                })?;
                self.delete_up_to(&source, cut)?;
                break;
            }
        }
        Ok(())
    }
}
