//! Chance that repeats: the same seed gives the same shop on every machine.

/// SplitMix64 (Steele, Lea, Flood 2014): small, fast, good enough for a shop. Not for secrets.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The stream of this seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A stream that depends on every one of `parts`, for verdicts that do not hang on the order of questions.
    pub fn of(parts: &[u64]) -> Self {
        let mut state = 0x5EED;
        for part in parts {
            state = Self(state ^ part).bits();
        }
        Self(state)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`; 0 when `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    /// A number in `low..=high`.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// True in `permille` of 1000 cases.
    pub fn permille(&mut self, permille: u64) -> bool {
        self.below(1000) < permille
    }

    /// One of a non-empty slice.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }

    /// One of a non-empty slice of (value, weight).
    pub fn weighted<T: Copy>(&mut self, of: &[(T, u32)]) -> T {
        let mut at = self.below(of.iter().map(|(_, weight)| u64::from(*weight)).sum());
        for (value, weight) in of {
            match at.checked_sub(u64::from(*weight)) {
                Some(rest) => at = rest,
                None => return *value,
            }
        }
        of[of.len() - 1].0
    }

    /// Waiting time of customers who know nothing of each other, with this mean.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        let unit = (self.bits() >> 11) as f64 / (1u64 << 53) as f64;
        -(1.0 - unit).ln() * mean
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_stream_and_weights_are_kept() {
        let draw = |seed| -> Vec<u64> {
            let mut random = Random::new(seed);
            (0..32).map(|_| random.below(1000)).collect()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        let mut random = Random::new(1);
        let ones = (0..10_000).filter(|_| random.weighted(&[(1, 1), (2, 9)]) == 1).count();
        assert!((800..1200).contains(&ones), "{ones}");
        let mean = (0..10_000).map(|_| random.exponential(5.0)).sum::<f64>() / 10_000.0;
        assert!((4.5..5.5).contains(&mean), "{mean}");
    }
}
