//! Where a row belongs in time, judged by its neighbours in its own journal.
//!
//! Clocks of terminals jump: a flat battery dates rows 1970, a typing error 2099. Rows keep the order they were read
//! in; only where journals are merged must each row have a moment that fits its neighbours, so that one wrong stamp
//! neither vanishes nor holds up everything behind it. A row's moment depends on the rows around it alone, never on
//! where a listing began.

/// Neighbours looked at on each side, not counting impossible ones.
pub(super) const NEIGHBOURS: usize = 32;

/// 2015-01-01T00:00:00Z: a stamp before it comes from a clock that had lost its battery.
pub(super) const PLAUSIBLE_FROM: i64 = 1_420_070_400_000_000;

/// A lone jump of more than 400 days is believed only when enough rows follow it.
const FAR: i64 = 400 * 86_400_000_000;

/// The moment (microseconds) a row dated `time` is ordered by.
///
/// `older` and `newer` hold the plausible times of the nearest rows that were read before and after it, in any order.
pub(super) fn order_stamp(time: i64, older: &[i64], newer: &[i64]) -> i64 {
    let (mut before, mut after) = (older.to_vec(), newer.to_vec());
    before.sort_unstable();
    after.sort_unstable();
    // Medians, not extremes: wrong neighbours must not bend a right row.
    let (low, high) = (median(&before), median(&after));
    let (thin_before, thin_after) = (before.len() < NEIGHBOURS / 2, after.len() < NEIGHBOURS / 2);
    // Near the ends of a journal nothing on the thin side can contradict a wild stamp: the other side must.
    let wild_late = thin_after && low.is_some_and(|low| time > low + FAR);
    let wild_early = thin_before && high.is_some_and(|high| time < high - FAR);
    let early = wild_early || low.is_some_and(|low| time < low);
    let late = wild_late || high.is_some_and(|high| time > high);
    if early == late {
        return time;
    }
    // A wrong row goes to its nearest neighbour that the other side does not contradict.
    let ceiling = high.filter(|_| !thin_after).or(low.map(|low| low + FAR)).unwrap_or(i64::MAX);
    let floor = low.filter(|_| !thin_before).or(high.map(|high| high - FAR)).unwrap_or(i64::MIN);
    let nearest = if wild_late || (early && !wild_early) {
        before.iter().rfind(|moment| **moment <= ceiling)
    } else {
        after.iter().find(|moment| **moment >= floor)
    };
    nearest.copied().unwrap_or(time)
}

/// The lower one of the two in the middle.
fn median(sorted: &[i64]) -> Option<i64> {
    sorted.get(sorted.len().saturating_sub(1) / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000_000;
    const BASE: i64 = 1_790_000_000_000_000;

    /// Order stamps of a whole journal.
    fn stamps(times: &[i64]) -> Vec<i64> {
        let plausible = |t: &&i64| **t >= PLAUSIBLE_FROM;
        (0..times.len())
            .map(|i| {
                let older: Vec<i64> = times[..i].iter().rev().filter(plausible).take(NEIGHBOURS).copied().collect();
                let newer: Vec<i64> = times[i + 1..].iter().filter(plausible).take(NEIGHBOURS).copied().collect();
                order_stamp(times[i], &older, &newer)
            })
            .collect()
    }

    #[test]
    fn a_healthy_journal_keeps_its_own_times() {
        let times: Vec<i64> = (0..500).map(|n| BASE + n * DAY / 7 + (n / 100) * 60 * DAY).collect();
        assert_eq!(stamps(&times), times);
    }

    #[test]
    fn wrong_stamps_stay_between_their_neighbours() {
        let right: Vec<i64> = (0..300).map(|n| BASE + n * 600_000_000).collect();
        for (from, to, wrong) in [
            (0, 1, 0),
            (0, 40, 86_400_000_000),
            (150, 151, 0),
            (100, 200, 1_000_000),
            (150, 160, BASE + 73 * 365 * DAY),
            (299, 300, BASE + 73 * 365 * DAY),
            (290, 300, BASE + 20 * 365 * DAY),
            (280, 300, 0),
            (100, 114, BASE - 700 * DAY),
            (296, 300, BASE - 700 * DAY),
            (0, 5, BASE - 700 * DAY),
            (0, 5, BASE + 2_000 * DAY),
        ] {
            let mut times = right.clone();
            times[from..to].fill(wrong);
            for (i, stamp) in stamps(&times).into_iter().enumerate() {
                let off = (stamp - right[i]).abs();
                assert!(off < DAY, "row {i} of wrong rows {from}..{to} is {} hours off", off / 3_600_000_000);
            }
        }
    }
}
