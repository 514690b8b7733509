//! The numbers of hours put together: for checks, the newest against the usual ones; for 35, days and weeks.

use std::sync::Arc;

use super::db::Db;
use super::trends::Sums;
use crate::model::{Counts, Stamp, TrendFacts, TrendSpan, Trends, WEEK_HOURS, hour_of};

/// What is usual is learned from so many hours: four weeks.
const USUAL_HOURS: i64 = 4 * WEEK_HOURS;
/// Transactions in the newest hours that are compared, if so many happened within [`RECENT_MOST`].
const RECENT: u64 = 50;
const RECENT_LEAST: i64 = 24;
const RECENT_MOST: i64 = WEEK_HOURS;
/// A terminal that took nothing for so long says nothing about today.
const STALE_S: i64 = 3 * 86_400;
/// A journal whose clock runs ahead of ours by more says nothing either.
const AHEAD_S: i64 = 86_400;

const DAYS: i64 = 14;
const WEEKS: i64 = 8;
/// Codes and issuers told for each day, week or hour.
const LISTED: usize = 12;

/// Monday, 1970-01-05: the days before it belong to the week before.
const FIRST_MONDAY: i64 = 4;

impl Db {
    /// The newest hours and what was usual before; none where nothing happened lately.
    pub fn trend_facts(&mut self, newest: Option<Stamp>, now: Stamp) -> rusqlite::Result<Option<Arc<TrendFacts>>> {
        let Some(newest) = newest else { return Ok(None) };
        let age = now.seconds_since(newest);
        if !(-AHEAD_S..=STALE_S).contains(&age) || self.trends.counting() {
            return Ok(None);
        }
        let end = hour_of(newest) + 1;
        let mut hours = self.trend_hours(end - RECENT_MOST, end)?;
        let mut seen = 0;
        let enough = hours.iter().rev().take_while(|(hour, counts)| {
            let wanted = seen < RECENT || *hour >= end - RECENT_LEAST;
            seen += counts.count;
            wanted
        });
        let recent = hours.split_off(hours.len() - enough.count());
        let Some(&(from, _)) = recent.first() else { return Ok(None) };
        let (usual, usual_days) = self.usual(from - USUAL_HOURS, from)?;
        Ok(Some(Arc::new(TrendFacts { offset: newest.offset, recent: spans(recent), usual, usual_days })))
    }

    /// Sums by hour of the day, made anew only when something in them changed.
    fn usual(&mut self, from: i64, to: i64) -> rusqlite::Result<(Vec<TrendSpan>, u32)> {
        if self.trends.usual.as_ref().is_none_or(|sums| sums.span != (from, to)) {
            let mut sums = Sums { span: (from, to), by_hour_of_day: vec![Counts::default(); 24], days: 0 };
            let mut day = None;
            for (hour, counts) in self.trend_hours(from, to)? {
                sums.by_hour_of_day[hour.rem_euclid(24) as usize].add(&counts);
                if day.replace(hour.div_euclid(24)) != Some(hour.div_euclid(24)) {
                    sums.days += 1;
                }
            }
            self.trends.usual = Some(sums);
        }
        let Some(sums) = &self.trends.usual else { return Ok((Vec::new(), 0)) };
        let by_hour = sums.by_hour_of_day.iter().zip(0..).filter(|(counts, _)| counts.count > 0);
        Ok((by_hour.map(|(counts, hour)| TrendSpan { hour, counts: counts.clone() }).collect(), sums.days))
    }

    /// Everything that 35 shows. Today is the day it is where the newest transaction was stamped.
    pub fn trends_shown(&mut self, now: Stamp) -> rusqlite::Result<Trends> {
        let offset = self.newest_offset()?.unwrap_or(now.offset);
        let now = Stamp { offset, ..now };
        let today = now.day();
        let monday = today - (today - FIRST_MONDAY).rem_euclid(7);
        let first_week = monday - (WEEKS - 1) * 7;
        let mut shown = Trends { offset, hour: hour_of(now), counting: self.trends.counting(), ..Trends::default() };
        let mut usual_day = None;
        for (hour, counts) in self.trend_hours(first_week * 24, (today + 1) * 24)? {
            let day = hour.div_euclid(24);
            let week = day - (day - FIRST_MONDAY).rem_euclid(7);
            add(&mut shown.weeks, week * 24, &counts);
            if day > today - DAYS {
                add(&mut shown.days, day * 24, &counts);
            }
            if (today - USUAL_HOURS / 24..today).contains(&day) {
                shown.usual.add(&counts);
                shown.usual_days += u32::from(usual_day.replace(day) != Some(day));
            }
            if day == today {
                add(&mut shown.hours, hour, &counts);
            } else if day == today - 7 {
                add(&mut shown.hours_before, hour, &counts);
            }
        }
        let lists = [&mut shown.hours, &mut shown.hours_before, &mut shown.days, &mut shown.weeks];
        for span in lists.into_iter().flatten() {
            span.counts.shorten(LISTED);
        }
        shown.usual.shorten(4 * LISTED);
        Ok(shown)
    }

    /// The offset that the newest listed transaction was stamped with.
    fn newest_offset(&self) -> rusqlite::Result<Option<i16>> {
        let query = crate::proto::SaleQuery { limit: 1, ..crate::proto::SaleQuery::default() };
        Ok(self.sales(&query)?.0.first().map(|sale| sale.time.offset))
    }
}

fn spans(hours: Vec<(i64, Counts)>) -> Vec<TrendSpan> {
    hours.into_iter().map(|(hour, counts)| TrendSpan { hour, counts }).collect()
}

/// Adds numbers to the last span, or begins a new one: hours come in their order.
fn add(spans: &mut Vec<TrendSpan>, hour: i64, counts: &Counts) {
    match spans.last_mut() {
        Some(last) if last.hour == hour => last.counts.add(counts),
        _ => spans.push(TrendSpan { hour, counts: counts.clone() }),
    }
}
