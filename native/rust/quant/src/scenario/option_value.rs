//! Black–Scholes values of sixteen scenarios at once, in double precision; loops over lanes compile to the widest vectors of
//! the function that they are inlined into. A value is within 10⁻¹³ of (spot + strike) of one made by the C
//! library's functions and a series of the normal distribution.

use crate::lanes::LANES;

pub(crate) type LaneF64 = [f64; LANES];

const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// e^x: x = k ln 2 + r with |r| ≤ ln 2 / 2, and Taylor's polynomial of r, of which the first term left out is below 2⁻⁵². Beyond
/// ±700 it is that of the bound. Within 10⁻¹⁴ of itself.
#[inline(always)]
pub(crate) fn exp(x: f64) -> f64 {
    exp_within(x.clamp(-700.0, 700.0))
}

/// e^x for |x| ≤ 700.
#[inline(always)]
fn exp_within(x: f64) -> f64 {
    // A number added to 1.5 × 2⁵² loses its fraction.
    const MAGIC: f64 = 6_755_399_441_055_744.0;
    const FACTORIALS: [f64; 14] = [
        1.0,
        1.0,
        1.0 / 2.0,
        1.0 / 6.0,
        1.0 / 24.0,
        1.0 / 120.0,
        1.0 / 720.0,
        1.0 / 5_040.0,
        1.0 / 40_320.0,
        1.0 / 362_880.0,
        1.0 / 3_628_800.0,
        1.0 / 39_916_800.0,
        1.0 / 479_001_600.0,
        1.0 / 6_227_020_800.0,
    ];
    let moved = x * std::f64::consts::LOG2_E + MAGIC;
    let k = moved - MAGIC;
    let r = (x - k * LN2_HIGH) - k * LN2_LOW;
    let exponent = moved.to_bits().wrapping_sub(MAGIC.to_bits());
    polynomial(r, &FACTORIALS) * f64::from_bits(exponent.wrapping_add(1_023) << 52)
}

/// Evaluates a polynomial, lowest coefficient first.
#[inline(always)]
fn polynomial<const N: usize>(x: f64, coefficients: &[f64; N]) -> f64 {
    let mut value = coefficients[N - 1];
    for index in (0..N - 1).rev() {
        value = value * x + coefficients[index];
    }
    value
}

/// Above and below the line of Hart's rational approximation of the normal distribution's tail over its density (1968, as in
/// West 2005), exact to 15 digits up to 7 deviations; beyond, where less than 10⁻¹¹ is left, the same formula is taken.
const ABOVE: [f64; 7] = [
    220.206_867_912_376,
    221.213_596_169_931,
    112.079_291_497_871,
    33.912_866_078_383,
    6.373_962_203_531_65,
    0.700_383_064_443_688,
    3.526_249_659_989_11e-2,
];
const BELOW: [f64; 8] = [
    440.413_735_824_752,
    793.826_512_519_948,
    637.333_633_378_831,
    296.564_248_779_674,
    86.780_732_202_946_1,
    16.064_177_579_207,
    1.755_667_163_182_64,
    8.838_834_764_831_84e-2,
];
/// Deviations beyond which nothing is left of the distribution.
const SIZE_MAX: f64 = 37.0;

/// The normal distribution function at the two places of Black and Scholes' formula. `forward_ratio` is that of the forward
/// price to the strike: the density at the second place is the first's times it, so that one exponential and one division
/// serve both.
#[inline(always)]
fn both_probabilities(upper: f64, lower: f64, forward_ratio: f64) -> (f64, f64) {
    let (one, other) = (upper.abs().min(SIZE_MAX), lower.abs().min(SIZE_MAX));
    let density = exp_within(-0.5 * one * one);
    let (below_one, below_other) = (polynomial(one, &BELOW), polynomial(other, &BELOW));
    let inverse = 1.0 / (below_one * below_other);
    let tail_one = density * polynomial(one, &ABOVE) * below_other * inverse;
    let tail_other = density * forward_ratio * polynomial(other, &ABOVE) * below_one * inverse;
    let of = |place: f64, tail: f64| if place > 0.0 { 1.0 - tail } else { tail };
    (of(upper, tail_one), of(lower, tail_other))
}

/// What an option's value takes that does not change from scenario to scenario.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// 1 for a call, −1 for a put.
    pub(crate) sign: f64,
    pub(crate) spot: f64,
    pub(crate) strike: f64,
    pub(crate) volatility: f64,
    pub(crate) rate: f64,
    pub(crate) carry: f64,
}

/// Terms with so many years to go: what is worked out once for all scenarios of a step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quote {
    sign: f64,
    /// Logarithm of the forward price over the strike, before any move.
    moneyness: f64,
    /// The same before it is a logarithm.
    forward_ratio: f64,
    /// Present values of the forward price and of the strike.
    grown: f64,
    discounted: f64,
    /// Volatility of the whole time, and one over it; 0 at expiry.
    deviation: f64,
    inverse_deviation: f64,
}

impl Terms {
    pub(crate) fn after(&self, years: f64) -> Quote {
        let Self { sign, spot, strike, volatility, rate, carry } = *self;
        if years <= 0.0 {
            let (moneyness, forward_ratio) = ((spot / strike).ln(), spot / strike);
            let (deviation, inverse_deviation) = (0.0, f64::INFINITY);
            return Quote {
                sign,
                moneyness,
                forward_ratio,
                grown: spot,
                discounted: strike,
                deviation,
                inverse_deviation,
            };
        }
        let moneyness = (spot / strike).ln() + carry * years;
        let deviation = volatility * years.sqrt();
        Quote {
            sign,
            moneyness,
            forward_ratio: spot / strike * (carry * years).exp(),
            grown: spot * ((carry - rate) * years).exp(),
            discounted: strike * (-rate * years).exp(),
            deviation,
            inverse_deviation: 1.0 / deviation,
        }
    }
}

/// The moves of an underlying in each scenario: log-returns, growth e^return, ratios of the volatility to that of the
/// beginning, and one over these.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moves<'a> {
    pub(crate) log_returns: &'a LaneF64,
    pub(crate) growth: &'a LaneF64,
    pub(crate) ratios: &'a LaneF64,
    pub(crate) inverse_ratios: &'a LaneF64,
}

/// A floor keeps a variance that has fallen to 0 from dividing by it; the value is then the discounted intrinsic one.
const SPREAD_MIN: f64 = 1e-9;

/// Adds `quantity` × (value − `before`) of an option to each scenario's total.
#[inline(always)]
pub(crate) fn add_values(
    quote: &Quote,
    moves: Moves<'_>,
    (quantity, before): (f64, f64),
    total: &mut LaneF64,
) {
    let Quote { sign, moneyness, forward_ratio, grown, discounted, .. } = *quote;
    let Moves { log_returns, growth, ratios, inverse_ratios } = moves;
    if quote.deviation == 0.0 {
        for lane in 0..LANES {
            let value = (sign * (grown * growth[lane] - discounted)).max(0.0);
            total[lane] += quantity * (value - before);
        }
        return;
    }
    for lane in 0..LANES {
        let spread = (quote.deviation * ratios[lane]).max(SPREAD_MIN);
        let inverse = (quote.inverse_deviation * inverse_ratios[lane]).min(1.0 / SPREAD_MIN);
        let upper = (moneyness + log_returns[lane]) * inverse + 0.5 * spread;
        let lower = upper - spread;
        let ratio = forward_ratio * growth[lane];
        let (one, other) = both_probabilities(sign * upper, sign * lower, ratio);
        let value = sign * (grown * growth[lane] * one - discounted * other);
        total[lane] += quantity * (value - before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(terms: &Terms, years: f64, log_returns: &LaneF64, ratios: &LaneF64) -> LaneF64 {
        let growth = log_returns.map(f64::exp);
        let inverse_ratios = ratios.map(f64::recip);
        let moves = Moves { log_returns, growth: &growth, ratios, inverse_ratios: &inverse_ratios };
        let mut total = [0.0; LANES];
        add_values(&terms.after(years), moves, (1.0, 0.0), &mut total);
        total
    }

    /// The normal distribution function by its own series (Marsaglia 2004), to the last digits of a double.
    fn series_cdf(x: f64) -> f64 {
        let size = x.abs().min(9.0);
        let (mut sum, mut term, mut divisor) = (size, size, 1.0);
        while sum + term != sum {
            divisor += 2.0;
            term *= size * size / divisor;
            sum += term;
        }
        let half = sum * (-0.5 * size * size).exp() / std::f64::consts::TAU.sqrt();
        0.5 + half.copysign(x)
    }

    /// Black and Scholes with the functions of the C library.
    fn reference(terms: &Terms, years: f64, log_return: f64, ratio: f64) -> f64 {
        let Terms { sign, spot, strike, volatility, rate, carry } = *terms;
        let spread = volatility * ratio * years.sqrt();
        let upper = ((spot / strike).ln() + log_return + carry * years) / spread + 0.5 * spread;
        let asset = spot * (log_return + (carry - rate) * years).exp();
        let bond = strike * (-rate * years).exp();
        sign * (asset * series_cdf(sign * upper) - bond * series_cdf(sign * (upper - spread)))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn a_value_is_within_ten_to_the_minus_thirteen_of_the_reference(
            (strike, years, volatility) in (20.0..400.0_f64, 0.001..5.0_f64, 0.02..2.0_f64),
            (rate, carry, ratio) in (-0.05..0.2_f64, -0.1..0.2_f64, 0.1..4.0_f64),
            (log_return, put) in (-0.9..0.9_f64, any::<bool>()),
        ) {
            let terms = Terms {
                sign: if put { -1.0 } else { 1.0 }, spot: 100.0, strike, volatility, rate, carry,
            };
            let found = values(&terms, years, &[log_return; LANES], &[ratio; LANES])[3];
            let exact = reference(&terms, years, log_return, ratio);
            let scale = 100.0 * log_return.exp() + strike;
            prop_assert!((found - exact).abs() <= 1e-13 * scale, "{found} {exact}");
        }
    }

    /// The values of the distribution function are those of the C library's `erfc`.
    #[test]
    fn elementary_functions_are_exact_to_fourteen_digits() {
        for step in -14_000..=14_000 {
            let x = f64::from(step) / 20.0;
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-14, "exp {x}");
        }
        for (x, exact) in [
            (-6.5_f64, 4.016000583859125e-11_f64),
            (-5.0, 2.866515718791946e-07),
            (-4.056, 2.496012959462397e-05),
            (-3.0, 0.0013498980316300957),
            (-1.96, 0.024997895148220435),
            (-0.5, 0.3085375387259869),
            (0.25, 0.5987063256829237),
            (1.0, 0.8413447460685429),
            (2.326, 0.9899907246591323),
            (3.7, 0.9998922002665226),
        ] {
            // With the ratio of the densities the second place has a tail as exact as the first.
            let lower = x - 0.3;
            let ratio = (0.5 * (x * x - lower * lower)).exp();
            let (upper_found, _) = both_probabilities(x, lower, ratio);
            let (_, lower_found) = both_probabilities(x + 0.3, x, (0.3 * x + 0.045).exp());
            assert!((upper_found - exact).abs() < 5e-16, "cdf {x} {upper_found}");
            assert!((lower_found - exact).abs() < 5e-16, "cdf {x} {lower_found}");
        }
        assert_eq!(both_probabilities(60.0, 59.0, 1.0), (1.0, 1.0));
        assert!(both_probabilities(-60.0, -60.0, 1.0).0 < 1e-290);
    }

    /// `reference/figures.md` section 1: Haug 1998, pages 2 to 8.
    #[test]
    fn values_are_those_of_haug() {
        let (flat, one) = ([0.0; LANES], [1.0; LANES]);
        for (sign, strike, spot, yield_, rate, years, volatility, expected) in [
            (1.0, 65.0, 60.0, 0.0, 0.08, 0.25, 0.30, 2.1334),
            (-1.0, 95.0, 100.0, 0.05, 0.10, 0.50, 0.20, 2.4648),
            (-1.0, 19.0, 19.0, 0.10, 0.10, 0.75, 0.28, 1.7011),
            (1.0, 1.6, 1.56, 0.08, 0.06, 0.50, 0.12, 0.0291),
        ] {
            let terms = Terms { sign, spot, strike, volatility, rate, carry: rate - yield_ };
            let out = values(&terms, years, &flat, &one);
            assert!((out[0] - expected).abs() < 6e-5, "{} {expected}", out[0]);
        }
    }

    #[test]
    fn calls_and_puts_keep_parity_and_expire_at_their_intrinsic_value() {
        let returns: LaneF64 = std::array::from_fn(|lane| 0.1 * (lane as f64 - 8.0));
        let call = Terms {
            sign: 1.0,
            spot: 100.0,
            strike: 95.0,
            volatility: 0.3,
            rate: 0.04,
            carry: 0.01,
        };
        let put = Terms { sign: -1.0, ..call };
        let growth = returns.map(f64::exp);
        let calls = values(&call, 0.7, &returns, &[1.3; LANES]);
        let puts = values(&put, 0.7, &returns, &[1.3; LANES]);
        for lane in 0..LANES {
            let forward =
                100.0 * growth[lane] * (-0.03_f64 * 0.7).exp() - 95.0 * (-0.04_f64 * 0.7).exp();
            assert!((calls[lane] - puts[lane] - forward).abs() < 1e-11);
        }
        let calls = values(&call, 0.0, &returns, &[1.0; LANES]);
        assert_eq!(calls[0], 0.0);
        assert_eq!(calls[15], 100.0 * growth[15] - 95.0);
    }
}
