//! Which bytes of a file are in the store: sorted ranges that do not touch.

/// Adds a range; what it touches grows together.
pub fn add(done: &mut Vec<(u64, u64)>, from: u64, to: u64) {
    if from >= to {
        return;
    }
    let first = done.partition_point(|range| range.1 < from);
    let after = done.partition_point(|range| range.0 <= to);
    let (mut low, mut high) = (from, to);
    for range in &done[first..after] {
        (low, high) = (low.min(range.0), high.max(range.1));
    }
    done.splice(first..after, [(low, high)]);
}

/// End of the last range.
pub fn end(done: &[(u64, u64)]) -> u64 {
    done.last().map_or(0, |range| range.1)
}

/// The first gap before the last range.
pub fn first_gap(done: &[(u64, u64)]) -> Option<(u64, u64)> {
    match done {
        [first, ..] if first.0 > 0 => Some((0, first.0)),
        [first, second, ..] => Some((first.1, second.0)),
        _ => None,
    }
}

/// Bytes below `limit` that are in no range.
pub fn missing(done: &[(u64, u64)], limit: u64) -> u64 {
    limit - done.iter().map(|range| range.1.min(limit) - range.0.min(limit)).sum::<u64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        /// Agrees with a table of bytes.
        #[test]
        fn agrees_with_a_table(parts in proptest::collection::vec((0_u64..60, 0_u64..12), 0..20)) {
            let (mut done, mut table) = (Vec::new(), [false; 80]);
            for (from, length) in parts {
                add(&mut done, from, from + length);
                table[from as usize..(from + length) as usize].fill(true);
                proptest::prop_assert!(done.windows(2).all(|pair| pair[0].1 < pair[1].0), "{done:?}");
                for (at, set) in table.iter().enumerate() {
                    let at = at as u64;
                    proptest::prop_assert_eq!(*set, done.iter().any(|range| range.0 <= at && at < range.1));
                }
                proptest::prop_assert_eq!(missing(&done, 80), table.iter().filter(|set| !**set).count() as u64);
                let gap = table.iter().position(|set| !set).map_or(0, |at| at as u64);
                proptest::prop_assert_eq!(first_gap(&done).map(|gap| gap.0), (gap < end(&done)).then_some(gap));
            }
        }
    }
}
