//! Normals in double precision from the same words as the fast path, and the normal distribution.

use crate::philox::{Stream, words};
use statrs::distribution::{ContinuousCDF, Normal};

/// Returns the middle of a word's cell in (0, 1).
#[must_use]
pub fn uniform(word: u32) -> f64 {
    (f64::from(word) + 0.5) / 4_294_967_296.0
}

/// Returns the four normals of a counter (Box and Muller 1958): cosine and sine of words (0, 1), then of (2, 3).
#[must_use]
pub fn normals(scenario: u32, step: u32, block: u32, key: [u32; 2]) -> [f64; 4] {
    let [a, b, c, d] = words([scenario, step, block, Stream::Diffusion as u32], key);
    let pair = |first: u32, second: u32| {
        let radius = (-2.0 * uniform(first).ln()).sqrt();
        let (sin, cos) = (std::f64::consts::TAU * uniform(second)).sin_cos();
        [radius * cos, radius * sin]
    };
    let ([z0, z1], [z2, z3]) = (pair(a, b), pair(c, d));
    [z0, z1, z2, z3]
}

/// Returns the quantile of the standard normal distribution.
#[must_use]
pub fn quantile(probability: f64) -> f64 {
    Normal::standard().inverse_cdf(probability)
}

/// Returns the density of the standard normal distribution.
#[must_use]
pub fn density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / std::f64::consts::TAU.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `reference/figures.md` section 13: multipliers of value at risk and expected shortfall.
    #[test]
    fn multipliers_are_the_published_ones() {
        for (level, var, shortfall) in [
            (0.95, 1.644_853_626_951_472_2, 2.062_712_807_507_425_7),
            (0.975, 1.959_963_984_540_054, 2.337_802_792_201_413_3),
            (0.99, 2.326_347_874_040_840_8, 2.665_214_220_345_806),
        ] {
            let z = quantile(level);
            assert!((z - var).abs() < 1e-9, "{z} {var}");
            assert!((density(z) / (1.0 - level) - shortfall).abs() < 1e-8);
        }
    }
}
