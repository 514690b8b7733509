//! What was probably meant by a mistyped word.

/// The nearest candidate and how many letters away it is (a swap counts as one); none where no more than half would
/// be right. Case and `-` for `_` are no difference.
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<(&'a str, usize)> {
    let plain = |text: &str| text.to_lowercase().replace('-', "_");
    let word = plain(word);
    candidates
        .map(|candidate| (candidate, strsim::osa_distance(&word, &plain(candidate))))
        .min_by_key(|(_, distance)| *distance)
        .filter(|(candidate, distance)| 2 * distance <= candidate.chars().count().max(word.chars().count()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_or_nothing() {
        let known = || ["path", "patterns", "no_color"].into_iter();
        assert_eq!(nearest("paht", known()), Some(("path", 1)));
        assert_eq!(nearest("No-Colour", known()), Some(("no_color", 1)));
        assert_eq!(nearest("zzzz", known()), None);
        assert_eq!(nearest("x", std::iter::empty()), None);
    }
}
