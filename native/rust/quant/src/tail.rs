//! Value at risk and expected shortfall of a sample of profits and losses.
//!
//! With k = ⌊(1 − level) N⌋: VaR = −x₍ₖ₎ and CVaR = −(Σ_{i<k} x₍ᵢ₎ + ((1 − level) N − k) x₍ₖ₎) / ((1 − level) N), the definition of
//! Rockafellar and Uryasev (2002) and Acerbi and Tasche (2002), which holds with ties and fractional tails.

use holdfast_core::{Code, Error, Result};
use rayon::prelude::*;
use std::cmp::Ordering;

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
pub trait Outcome: Copy + Send + Sync {
    /// As a double.
    fn double(self) -> f64;
    /// The total order of floats.
    fn order(&self, other: &Self) -> Ordering;
    /// Whether a finite outcome is no more than another.
    fn is_at_most(self, bound: Self) -> bool;
}

impl Outcome for f32 {
    fn is_at_most(self, bound: Self) -> bool {
        self <= bound
    }

    fn double(self) -> f64 {
        f64::from(self)
    }

    fn order(&self, other: &Self) -> Ordering {
        self.total_cmp(other)
    }
}

impl Outcome for f64 {
    fn is_at_most(self, bound: Self) -> bool {
        self <= bound
    }

    fn double(self) -> f64 {
        self
    }

    fn order(&self, other: &Self) -> Ordering {
        self.total_cmp(other)
    }
}

/// Measures the tail of finite outcomes at one level.
///
/// # Errors
/// As [`tails`].
pub fn tail<T: Outcome>(outcomes: &[T], level: f64) -> Result<Tail> {
    let places = Places::of(outcomes.len(), level)?;
    let mut worst = worst(outcomes, places.upper + 1);
    Ok(places.measure(&mut worst))
}

/// Measures the tails of finite outcomes at several levels; the sample is looked through once.
///
/// # Errors
/// `ARGUMENT_INVALID` for a level outside (0, 1); `SAMPLE_TOO_SMALL` when not one whole outcome lies in the tail.
pub fn tails<T: Outcome>(outcomes: &[T], levels: &[f64]) -> Result<Vec<Tail>> {
    let places = levels
        .iter()
        .map(|level| Places::of(outcomes.len(), *level))
        .collect::<Result<Vec<Places>>>()?;
    let mut wider: Vec<usize> = (0..places.len()).collect();
    wider.sort_by_key(|index| std::cmp::Reverse(places[*index].upper));
    let most = wider.first().map_or(0, |index| places[*index].upper);
    let mut worst = worst(outcomes, most + 1);
    let mut found = vec![None; places.len()];
    // A wider tail that was measured has brought the outcomes of a narrower one to the front.
    let mut length = worst.len();
    for (order, index) in wider.iter().enumerate() {
        let places_here = &places[*index];
        found[*index] = worst.get_mut(..length).map(|worst| places_here.measure(worst));
        let next = wider.get(order + 1).map_or(0, |next| places[*next].upper);
        if next < places_here.rank {
            length = places_here.rank;
        }
    }
    Ok(found.into_iter().flatten().collect())
}

/// Which order statistics a level asks for.
struct Places {
    level: f64,
    /// Outcomes in the tail, with a fraction.
    mass: f64,
    /// The quantile.
    rank: usize,
    /// Two deviations of the rank below and above it.
    lower: usize,
    upper: usize,
}

impl Places {
    fn of(count: usize, level: f64) -> Result<Self> {
        if !(level > 0.0 && level < 1.0) {
            return Err(Error::new(
                Code::ArgumentInvalid,
                format!("level must be between 0 and 1, was {level}"),
            ));
        }
        let mass = (1.0 - level) * count as f64;
        // The product may fall short of a whole number by a rounding only.
        let rank = (mass + 1e-9).floor() as usize;
        if rank < 1 || rank >= count {
            return Err(Error::new(
                Code::SampleTooSmall,
                format!(
                    "sample must hold at least {:.0} outcomes for level {level}, has {count}",
                    (1.0 / (1.0 - level)).ceil() + 1.0,
                ),
            )
            .with("count", count));
        }
        let spread = (2.0 * (mass * level).sqrt()).ceil().max(1.0) as usize;
        let upper = (rank + spread).min(count - 1);
        Ok(Self { level, mass, rank, lower: rank.saturating_sub(spread), upper })
    }

    /// Measures a set that holds at least the outcomes up to the upper place, in any order; it is rearranged.
    fn measure<T: Outcome>(&self, worst: &mut [T]) -> Tail {
        let Self { level, mass, rank, lower, upper } = *self;
        let (below, upper_value) = least(worst, upper);
        let (tail, quantile) = least(below, rank);
        let (sum, count) = (tail.iter().map(|x| x.double()).sum::<f64>(), rank as f64);
        let shortfall = (sum + (mass - count) * quantile) / mass;
        let excess: f64 = tail.iter().map(|x| (x.double() - shortfall).powi(2)).sum();
        let (_, lower_value) = least(tail, lower);
        // The distance of the band is four deviations of the rank's own spread.
        let var_standard_error =
            (upper_value - lower_value) * (mass * level).sqrt() / (upper - lower) as f64;
        // Variance of a tail mean: the spread inside the tail, and of the boundary (Acerbi and Tasche 2002; Chen 2008).
        let inside = excess / mass;
        let boundary = level * (quantile - shortfall).powi(2);
        Tail {
            level,
            var: -quantile,
            cvar: -shortfall,
            var_standard_error,
            cvar_standard_error: ((inside + boundary) / mass).sqrt(),
        }
    }
}

/// Brings the least `place` outcomes to the front and returns them with the one after.
fn least<T: Outcome>(outcomes: &mut [T], place: usize) -> (&mut [T], f64) {
    if place >= outcomes.len() {
        return (outcomes, f64::NAN);
    }
    let (before, at, _) = outcomes.select_nth_unstable_by(place, T::order);
    let at = at.double();
    (before, at)
}

/// Samples up to this size are looked at whole.
const SMALL: usize = 1 << 15;
/// Outcomes of one piece of the search for a tail.
const PIECE: usize = 1 << 17;

/// Returns the outcomes of which the `count` least are wanted, and few others, in the order of the sample. Of a large sample
/// only those below a bound are kept, which a part of the sample suggests; where it suggested too few, all are.
fn worst<T: Outcome>(outcomes: &[T], count: usize) -> Vec<T> {
    if outcomes.len() <= SMALL {
        return outcomes.to_vec();
    }
    let stride = outcomes.len() / SMALL + 1;
    let mut part: Vec<T> = outcomes.iter().step_by(stride).copied().collect();
    let expected = count as f64 * part.len() as f64 / outcomes.len() as f64;
    let place = ((expected + 6.0 * expected.sqrt() + 8.0) as usize).min(part.len() - 1);
    let (_, bound, _) = part.select_nth_unstable_by(place, T::order);
    let bound = *bound;
    let pieces: Vec<Vec<T>> =
        outcomes.par_chunks(PIECE).map(|piece| at_most(piece, bound)).collect();
    let candidates = pieces.concat();
    if candidates.len() < count { outcomes.to_vec() } else { candidates }
}

/// The outcomes that are no more than a bound. Every one is written, and stays written where it belongs: no branch depends on
/// what is random.
fn at_most<T: Outcome>(outcomes: &[T], bound: T) -> Vec<T> {
    const BLOCK: usize = 512;
    let mut kept = Vec::with_capacity(outcomes.len() / 8);
    let mut block = [bound; BLOCK];
    for outcomes in outcomes.chunks(BLOCK) {
        let mut length = 0;
        for outcome in outcomes {
            // At most as many as were read before: always within the block.
            block[length % BLOCK] = *outcome;
            length += usize::from(outcome.is_at_most(bound));
        }
        kept.extend_from_slice(&block[..length]);
    }
    kept
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

    /// Large samples are searched in pieces by a bound that a part of them suggests; a sorted sample has the same tail.
    #[test]
    fn a_large_sample_has_the_tail_of_its_sorted_self_whatever_its_order() {
        let count = 300_007_u32;
        let scattered: Vec<f64> =
            (0..count).map(|index| f64::from(index.wrapping_mul(2_654_435_761) % count)).collect();
        let mut sorted = scattered.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        // The part that is looked at first holds none of the tail of this one.
        let mut hidden = sorted.clone();
        hidden.rotate_left(7);
        let stride = hidden.len() / SMALL + 1;
        for (index, value) in hidden.iter_mut().enumerate().filter(|(index, _)| index % stride == 0)
        {
            *value += 1e6 + index as f64;
        }
        let mut hidden_sorted = hidden.clone();
        hidden_sorted.sort_unstable_by(f64::total_cmp);
        for (sample, sorted) in [(&scattered, &sorted), (&hidden, &hidden_sorted)] {
            let found = tails(sample, &[0.95, 0.99, 0.5]).unwrap();
            for Tail { level, var, cvar, .. } in found {
                let mass = (1.0 - level) * f64::from(count);
                let rank = mass.floor() as usize;
                let sum: f64 = sorted[..rank].iter().sum();
                let expected = -(sum + (mass - mass.floor()) * sorted[rank]) / mass;
                assert_eq!(var, -sorted[rank]);
                assert!((cvar / expected - 1.0).abs() < 1e-12, "{cvar} {expected}");
                assert_eq!(tail(sample, level).unwrap().var, var);
            }
        }
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
