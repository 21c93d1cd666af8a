//! Value at risk and expected shortfall of a sample of profits and losses.
//!
//! With k = ⌊(1 − level) N⌋: VaR = −x₍ₖ₎ and CVaR = −(Σ_{i<k} x₍ᵢ₎ + ((1 − level) N − k) x₍ₖ₎) / ((1 − level) N), the definition of
//! Rockafellar and Uryasev (2002) and Acerbi and Tasche (2002), which holds with ties and fractional tails.

use holdfast_core::{Code, Error, Result};

/// What the worst part of a sample says; losses are positive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tail {
    /// Share of outcomes that are no worse than `var`.
    pub level: f64,
    /// The loss that `1 − level` of the outcomes exceed.
    pub var: f64,
    /// The mean loss of those.
    pub cvar: f64,
    /// Standard error of `var`, from the spread of order statistics around it.
    pub var_standard_error: f64,
    /// Standard error of `cvar`.
    pub cvar_standard_error: f64,
}

/// Outcomes of one simulation or history.
pub trait Outcome: Copy {
    /// As a double.
    fn double(self) -> f64;
}

impl Outcome for f32 {
    fn double(self) -> f64 {
        f64::from(self)
    }
}

impl Outcome for f64 {
    fn double(self) -> f64 {
        self
    }
}

/// Measures the tail of finite outcomes.
///
/// # Errors
/// `ARGUMENT_INVALID` for a level outside (0, 1); `SAMPLE_TOO_SMALL` when not one whole outcome lies in the tail.
pub fn tail<T: Outcome>(outcomes: &[T], level: f64) -> Result<Tail> {
    if !(level > 0.0 && level < 1.0) {
        return Err(Error::new(
            Code::ArgumentInvalid,
            format!("level must be between 0 and 1, was {level}"),
        ));
    }
    let mass = (1.0 - level) * outcomes.len() as f64;
    // The product may fall short of a whole number by a rounding only.
    let whole = (mass + 1e-9).floor();
    let rank = whole as usize;
    if rank < 1 || rank >= outcomes.len() {
        return Err(Error::new(
            Code::SampleTooSmall,
            format!(
                "sample must hold at least {:.0} outcomes for level {level}, has {}",
                (1.0 / (1.0 - level)).ceil() + 1.0,
                outcomes.len()
            ),
        )
        .with("count", outcomes.len()));
    }
    // A band around the quantile is wanted too: order statistics two standard deviations of the rank away.
    let spread = (2.0 * (mass * level).sqrt()).ceil().max(1.0) as usize;
    let upper = (rank + spread).min(outcomes.len() - 1);
    let worst = worst(outcomes, upper + 1);
    let at = |index: usize| worst.get(index).copied().unwrap_or(f64::NAN);
    let quantile = at(rank);
    let sum: f64 = worst.iter().take(rank).sum();
    let shortfall = (sum + (mass - whole) * quantile) / mass;
    let excess: f64 = worst.iter().take(rank).map(|x| (x - shortfall).powi(2)).sum();
    let lower = rank.saturating_sub(spread);
    // The distance of the band is four deviations of the rank's own spread.
    let var_standard_error =
        (at(upper) - at(lower)) * (mass * level).sqrt() / (upper - lower) as f64;
    // Variance of a tail mean: the spread inside the tail, and of the boundary (Acerbi and Tasche 2002; Chen 2008).
    let inside = excess / mass;
    let boundary = level * (quantile - shortfall).powi(2);
    Ok(Tail {
        level,
        var: -quantile,
        cvar: -shortfall,
        var_standard_error,
        cvar_standard_error: ((inside + boundary) / mass).sqrt(),
    })
}

/// Samples up to this size are sorted out whole.
const SMALL: usize = 1 << 15;

/// Returns the `count` least outcomes in order. Of a large sample only those below a bound are looked at, which a part of
/// the sample suggests; where it suggested too few, the whole sample is.
fn worst<T: Outcome>(outcomes: &[T], count: usize) -> Vec<f64> {
    let all = || outcomes.iter().map(|outcome| outcome.double());
    let mut candidates: Vec<f64> = if outcomes.len() <= SMALL {
        all().collect()
    } else {
        let stride = outcomes.len() / SMALL + 1;
        let mut part: Vec<f64> =
            outcomes.iter().step_by(stride).map(|outcome| outcome.double()).collect();
        let expected = count as f64 * part.len() as f64 / outcomes.len() as f64;
        let place = ((expected + 6.0 * expected.sqrt() + 8.0) as usize).min(part.len() - 1);
        let (_, bound, _) = part.select_nth_unstable_by(place, f64::total_cmp);
        let bound = *bound;
        all().filter(|outcome| *outcome <= bound).collect()
    };
    if candidates.len() < count {
        candidates = all().collect();
    }
    if candidates.len() > count {
        candidates.select_nth_unstable_by(count - 1, f64::total_cmp);
        candidates.truncate(count);
    }
    candidates.sort_unstable_by(f64::total_cmp);
    candidates
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn follows_the_definition_on_a_sample_made_by_hand() {
        let outcomes: Vec<f64> = (0..100).map(|index| f64::from(index) - 50.0).collect();
        let found = tail(&outcomes, 0.95).unwrap();
        assert_eq!((found.var, found.cvar), (45.0, 48.0));
        let outcomes: Vec<f64> = (0..10).map(f64::from).collect();
        let found = tail(&outcomes, 0.75).unwrap();
        assert_eq!(found.var, -2.0);
        assert!((found.cvar + (0.0 + 1.0 + 0.5 * 2.0) / 2.5).abs() < 1e-15);
    }

    #[test]
    fn refuses_levels_and_samples_that_have_no_tail() {
        let code = |count: usize, level| tail(&vec![0.0_f64; count], level).map_err(|e| e.code());
        for level in [0.0, 1.0, -1.0, 2.0, f64::NAN] {
            assert_eq!(code(100, level), Err(Code::ArgumentInvalid));
        }
        assert_eq!(code(0, 0.5), Err(Code::SampleTooSmall));
        assert_eq!(code(99, 0.99), Err(Code::SampleTooSmall));
        assert!(code(101, 0.99).is_ok());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        /// Coherence on samples: translation, homogeneity, and CVaR never less than VaR.
        #[test]
        fn moves_and_scales_with_the_outcomes(
            outcomes in prop::collection::vec(-1e6..1e6_f64, 40..400), shift in -1e3..1e3_f64, scale in 0.1..10.0_f64,
        ) {
            let level = 0.9;
            let plain = tail(&outcomes, level).unwrap();
            let moved: Vec<f64> = outcomes.iter().map(|x| x * scale + shift).collect();
            let moved = tail(&moved, level).unwrap();
            prop_assert!(plain.cvar >= plain.var);
            prop_assert!((moved.var - (plain.var * scale - shift)).abs() < 1e-6);
            prop_assert!((moved.cvar - (plain.cvar * scale - shift)).abs() < 1e-6);
        }

        /// CVaR of a sum is at most the sum of the CVaRs; VaR may break that, CVaR must not.
        #[test]
        fn cvar_is_subadditive(pairs in prop::collection::vec((-1e3..1e3_f64, -1e3..1e3_f64), 40..400)) {
            let one: Vec<f64> = pairs.iter().map(|p| p.0).collect();
            let other: Vec<f64> = pairs.iter().map(|p| p.1).collect();
            let both: Vec<f64> = pairs.iter().map(|p| p.0 + p.1).collect();
            let cvar = |sample: &[f64]| tail(sample, 0.9).unwrap().cvar;
            prop_assert!(cvar(&both) <= cvar(&one) + cvar(&other) + 1e-9);
        }
    }
}
