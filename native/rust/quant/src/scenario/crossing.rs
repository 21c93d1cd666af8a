//! The law of a Brownian bridge at a barrier: what happens between two steps.

/// Probability that a Brownian path between two points touches a level; all are logarithms of the price over that of the
/// beginning, and the variance is that of the step. Beyond the level it is 1, before it exp(−2 · distance before · distance after
/// / variance). A level of 0 or more is met from below.
pub(crate) fn crossing(level: f64, before: f64, after: f64, variance: f64) -> f64 {
    let side = level.signum();
    let (near, far) = (side * (level - before), side * (level - after));
    if near <= 0.0 || far <= 0.0 { 1.0 } else { (-2.0 * near * far / variance).exp() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f64 = 0.08;
    const YIELD: f64 = 0.04;
    const YEARS: f64 = 0.5;
    const REBATE: f64 = 3.0;

    /// The mean of a function of a standard normal number, by the trapezoidal rule.
    fn mean(of: impl Fn(f64) -> f64) -> f64 {
        const STEP: f64 = 9e-4;
        (-10_000..=10_000)
            .map(|place| {
                let z = f64::from(place) * STEP;
                of(z) * (-0.5 * z * z).exp()
            })
            .sum::<f64>()
            * STEP
            / std::f64::consts::TAU.sqrt()
    }

    /// `reference/figures.md` section 9: barrier options of Haug 1998, page 72, that come into being at the barrier and pay a
    /// rebate at expiry otherwise.
    #[test]
    fn prisk_02_options_that_are_knocked_in_have_the_published_values() {
        for (barrier, sign, volatility, expected) in [
            (95.0, 1.0, 0.25, [7.7627, 4.0109, 2.0576]),
            (100.0, 1.0, 0.25, [13.8333, 7.8494, 3.9795]),
            (105.0, 1.0, 0.25, [14.1112, 8.4482, 4.5910]),
            (95.0, 1.0, 0.30, [9.0093, 5.1370, 2.8517]),
            (100.0, 1.0, 0.30, [14.8816, 9.2045, 5.3043]),
            (105.0, 1.0, 0.30, [15.2098, 9.7278, 5.8350]),
            (95.0, -1.0, 0.25, [2.9586, 6.5677, 11.9752]),
            (100.0, -1.0, 0.25, [2.2845, 5.9085, 11.6465]),
            (105.0, -1.0, 0.25, [1.4653, 3.3721, 7.0846]),
            (95.0, -1.0, 0.30, [3.8769, 7.7989, 13.3078]),
            (100.0, -1.0, 0.30, [3.3328, 7.2636, 12.9713]),
            (105.0, -1.0, 0.30, [2.0658, 4.4226, 8.3686]),
        ] {
            let variance: f64 = volatility * volatility * YEARS;
            let level = (barrier / 100.0_f64).ln();
            for (strike, expected) in [90.0, 100.0, 110.0].into_iter().zip(expected) {
                let found = mean(|z| {
                    let end = (RATE - YIELD) * YEARS - 0.5 * variance + variance.sqrt() * z;
                    let hit = crossing(level, 0.0, end, variance);
                    let payoff: f64 = (sign * (100.0 * end.exp() - strike)).max(0.0);
                    hit * payoff + (1.0 - hit) * REBATE
                }) * (-RATE * YEARS).exp();
                assert!((found - expected).abs() < 1e-4, "{barrier} {strike}: {found} {expected}");
            }
        }
    }

    /// The same section: fixed-strike lookback calls of Haug 1998, page 63, which pay the maximum.
    #[test]
    fn prisk_02_the_maximum_has_the_law_of_the_published_lookbacks() {
        for (strike, years, volatility, expected) in [
            (95.0_f64, 0.5, 0.1, 13.2687),
            (100.0, 0.5, 0.2, 14.1702),
            (105.0, 0.5, 0.3, 15.8512),
            (95.0, 1.0, 0.3, 34.7116),
            (105.0, 1.0, 0.1, 9.5445),
        ] {
            let (rate, variance): (f64, f64) = (0.1, volatility * volatility * years);
            let drift = rate * years - 0.5 * variance;
            let reached = |price: f64| {
                let level = (price / 100.0).ln();
                mean_coarse(|z| crossing(level, 0.0, drift + variance.sqrt() * z, variance))
            };
            // E max = what is sure + the sum of the probabilities of each price above it.
            let first = strike.max(100.0);
            let (width, count) = (0.25, 2_400);
            let above: f64 = (0..count)
                .map(|place| reached(first + (f64::from(place) + 0.5) * width) * width)
                .sum();
            let found = ((100.0 - strike).max(0.0) + above) * (-rate * years).exp();
            assert!((found - expected).abs() < 2e-3, "{strike} {volatility}: {found} {expected}");
        }
    }

    fn mean_coarse(of: impl Fn(f64) -> f64) -> f64 {
        const STEP: f64 = 0.02;
        (-400..=400)
            .map(|place| {
                let z = f64::from(place) * STEP;
                of(z) * (-0.5 * z * z).exp()
            })
            .sum::<f64>()
            * STEP
            / std::f64::consts::TAU.sqrt()
    }
}
