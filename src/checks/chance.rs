//! How likely a count is by chance alone: the exact binomial distribution, and what a share may really be.

/// The logarithm of the gamma function for `x > 0` (Lanczos, g = 7, nine terms; better than 1e-13).
fn ln_gamma(x: f64) -> f64 {
    const TERMS: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    let x = x - 1.0;
    let sum = TERMS.iter().zip(1..).fold(0.999_999_999_999_809_9, |sum, (term, at)| sum + term / (x + f64::from(at)));
    let t = x + 7.5;
    (x + 0.5).mul_add(t.ln(), -t) + 0.5 * (2.0 * std::f64::consts::PI).ln() + sum.ln()
}

/// The logarithm of the probability of exactly `k` of `n` where each happens with probability `p`.
fn ln_exactly(k: u64, n: u64, p: f64) -> f64 {
    let (k, n) = (k as f64, n as f64);
    let ways = ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0);
    ways + k * p.ln() + (n - k) * (-p).ln_1p()
}

/// The probability of `k` or more of `n` where each happens with probability `p`: the one-sided exact binomial test.
pub fn at_least(k: u64, n: u64, p: f64) -> f64 {
    if k == 0 || p >= 1.0 {
        return 1.0;
    }
    if k > n || p <= 0.0 {
        return 0.0;
    }
    // The terms from `k` on, each from the one before, until they add nothing any more.
    let odds = p / (1.0 - p);
    let (mut term, mut sum) = (1.0, 1.0);
    for at in k..n {
        term *= (n - at) as f64 / (at + 1) as f64 * odds;
        sum += term;
        if term < sum * 1e-15 && (at as f64) > n as f64 * p {
            break;
        }
    }
    (ln_exactly(k, n, p) + sum.ln()).exp().min(1.0)
}

/// The probability of `k` or fewer of `n`.
pub fn at_most(k: u64, n: u64, p: f64) -> f64 {
    at_least(n.saturating_sub(k), n, 1.0 - p)
}

/// The greatest share that seeing `k` of `n` does not speak against (Wilson 1927, one-sided 95 %): what was seen before
/// is no more certain than that.
pub fn at_most_usual(k: u64, n: u64) -> f64 {
    const Z: f64 = 1.645;
    if n == 0 {
        return 1.0;
    }
    let (n, share) = (n as f64, k as f64 / n as f64);
    let middle = share + Z * Z / (2.0 * n);
    let wide = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    ((middle + wide) / (1.0 + Z * Z / n)).min(1.0)
}

/// How much better a share of its own explains `k` of `n` than `p` does (logarithm of the ratio of likelihoods); 0
/// where the share is not above `p`.
pub fn better_by(k: u64, n: u64, p: f64) -> f64 {
    let (k, n) = (k as f64, n as f64);
    if n == 0.0 || k / n <= p || p <= 0.0 {
        return 0.0;
    }
    let others = n - k;
    let rest = if others > 0.0 { others * (others / n / (1.0 - p)).ln() } else { 0.0 };
    k * (k / n / p).ln() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(told: f64, truth: f64) -> bool {
        (told / truth - 1.0).abs() < 1e-9
    }

    #[test]
    fn the_gamma_function_is_that_of_the_tables() {
        for (x, truth) in
            [(5.0, 24.0_f64.ln()), (0.5, std::f64::consts::PI.sqrt().ln()), (171.0, 706.573_062_245_787_4)]
        {
            assert!(near(ln_gamma(x), truth), "{x}: {}", ln_gamma(x));
        }
        assert!(ln_gamma(1.0).abs() < 1e-12 && ln_gamma(2.0).abs() < 1e-12);
    }

    #[test]
    fn tails_are_exact() {
        // 1 - 0.98^50 - 50 * 0.02 * 0.98^49 and so on, added up by hand.
        let exact = |k: u64, n: u64, p: f64| -> f64 {
            let mut ways = 1.0;
            let mut sum = 0.0;
            for at in 0..=n {
                if at >= k {
                    sum += ways * p.powi(at as i32) * (1.0 - p).powi((n - at) as i32);
                }
                ways = ways * (n - at) as f64 / (at + 1) as f64;
            }
            sum
        };
        for (k, n, p) in [(6, 50, 0.02), (1, 50, 0.02), (25, 50, 0.5), (50, 50, 0.9), (3, 40, 0.3), (1, 1, 0.1)] {
            assert!(near(at_least(k, n, p), exact(k, n, p)), "{k} of {n} at {p}: {}", at_least(k, n, p));
            assert!(near(at_most(k - 1, n, p) + at_least(k, n, p), 1.0));
        }
        assert!((at_least(6, 50, 0.02) - 0.000_478_217).abs() < 1e-9);
        assert_eq!(
            (at_least(0, 9, 0.1), at_least(10, 9, 0.1), at_least(1, 9, 0.0), at_least(9, 9, 1.0)),
            (1.0, 0.0, 0.0, 1.0)
        );
        // Far out nothing overflows.
        assert!(at_least(5_000, 10_000, 0.01) < 1e-300 && near(at_least(2, 1_000_000, 0.5), 1.0));
    }

    #[test]
    fn what_was_seen_is_no_more_certain_than_its_number_allows() {
        assert!((at_most_usual(20, 1_000) - 0.028_6).abs() < 1e-3, "{}", at_most_usual(20, 1_000));
        assert!(at_most_usual(0, 10) > 0.2 && at_most_usual(0, 10_000) < 0.001);
        assert_eq!((at_most_usual(0, 0), at_most_usual(9, 9)), (1.0, 1.0));
        assert!(better_by(6, 50, 0.02) > 4.0 && better_by(50, 50, 0.02) > 190.0);
        assert!(better_by(1, 50, 0.02) <= 0.0);
    }
}
