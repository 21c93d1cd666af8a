//! Black–Scholes values of sixteen scenarios at once, in double precision; loops over lanes compile to the widest vectors of
//! the function that they are inlined into.

use crate::lanes::LANES;

pub(crate) type LaneF64 = [f64; LANES];

const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// e^x for |x| < 700: x = k ln 2 + r, Taylor's polynomial of r, of which the first term left out is below 2⁻⁵².
#[inline(always)]
pub(crate) fn exp(x: f64) -> f64 {
    // A number added to 1.5 × 2⁵² loses its fraction.
    const MAGIC: f64 = 6_755_399_441_055_744.0;
    const INVERSE: [f64; 13] = [
        1.0,
        1.0 / 2.0,
        1.0 / 3.0,
        1.0 / 4.0,
        1.0 / 5.0,
        1.0 / 6.0,
        1.0 / 7.0,
        1.0 / 8.0,
        1.0 / 9.0,
        1.0 / 10.0,
        1.0 / 11.0,
        1.0 / 12.0,
        1.0 / 13.0,
    ];
    let clamped = x.clamp(-700.0, 700.0);
    let moved = clamped * std::f64::consts::LOG2_E + MAGIC;
    let k = moved - MAGIC;
    let r = (clamped - k * LN2_HIGH) - k * LN2_LOW;
    // Horner's scheme over 1 + r (1 + r/2 (1 + r/3 (…))).
    let mut value = 1.0;
    for inverse in INVERSE.iter().rev() {
        value = 1.0 + r * inverse * value;
    }
    let exponent = moved.to_bits().wrapping_sub(MAGIC.to_bits());
    value * f64::from_bits(exponent.wrapping_add(1_023) << 52)
}

/// The standard normal distribution function: Hart's rational approximation (1968, as in West 2005), which is exact to
/// 15 digits up to 7 deviations; beyond, where less than 10⁻¹¹ is left, its tail is the same formula's.
#[inline(always)]
pub(crate) fn normal_cdf(x: f64) -> f64 {
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
    let size = x.abs().min(37.0);
    let mut above = ABOVE[6];
    for coefficient in ABOVE[..6].iter().rev() {
        above = above * size + coefficient;
    }
    let mut below = BELOW[7];
    for coefficient in BELOW[..7].iter().rev() {
        below = below * size + coefficient;
    }
    let tail = exp(-0.5 * size * size) * above / below;
    if x > 0.0 { 1.0 - tail } else { tail }
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

/// Values for log-returns of the underlying, its growth e^return, and ratios of the volatility to that of the beginning.
#[inline(always)]
pub(crate) fn values(
    terms: &Terms,
    years: f64,
    log_returns: &LaneF64,
    growth: &LaneF64,
    ratios: &LaneF64,
    out: &mut LaneF64,
) {
    let Terms { sign, spot, strike, volatility, rate, carry } = *terms;
    if years <= 0.0 {
        for lane in 0..LANES {
            out[lane] = (sign * (spot * growth[lane] - strike)).max(0.0);
        }
        return;
    }
    let moneyness = (spot / strike).ln() + carry * years;
    let (grown, discounted) =
        (spot * ((carry - rate) * years).exp(), strike * (-rate * years).exp());
    let deviation = volatility * years.sqrt();
    for lane in 0..LANES {
        // A floor keeps a variance that has fallen to 0 from dividing by it; the value is then the discounted intrinsic one.
        let spread = (deviation * ratios[lane]).max(1e-9);
        let upper = (moneyness + log_returns[lane]) / spread + 0.5 * spread;
        let lower = upper - spread;
        out[lane] = sign
            * (grown * growth[lane] * normal_cdf(sign * upper)
                - discounted * normal_cdf(sign * lower));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values of the distribution function are those of the C library's `erfc`.
    #[test]
    fn elementary_functions_are_exact_to_fourteen_digits() {
        for step in -14_000..=14_000 {
            let x = f64::from(step) / 20.0;
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-14, "exp {x}");
        }
        for (x, exact) in [
            (-6.5, 4.016000583859125e-11),
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
            assert!((normal_cdf(x) - exact).abs() < 5e-16, "cdf {x} {}", normal_cdf(x));
        }
        assert_eq!(normal_cdf(60.0), 1.0);
        assert!(normal_cdf(-60.0) < 1e-290);
    }

    /// `reference/figures.md` section 1: Haug 1998, pages 2 to 8.
    #[test]
    fn values_are_those_of_haug() {
        let flat = [0.0; LANES];
        let one = [1.0; LANES];
        for (sign, strike, spot, yield_, rate, years, volatility, expected) in [
            (1.0, 65.0, 60.0, 0.0, 0.08, 0.25, 0.30, 2.1334),
            (-1.0, 95.0, 100.0, 0.05, 0.10, 0.50, 0.20, 2.4648),
            (-1.0, 19.0, 19.0, 0.10, 0.10, 0.75, 0.28, 1.7011),
            (1.0, 1.6, 1.56, 0.08, 0.06, 0.50, 0.12, 0.0291),
        ] {
            let terms = Terms { sign, spot, strike, volatility, rate, carry: rate - yield_ };
            let mut out = [0.0; LANES];
            values(&terms, years, &flat, &one, &one, &mut out);
            assert!((out[0] - expected).abs() < 6e-5, "{} {expected}", out[0]);
        }
    }

    #[test]
    fn calls_and_puts_keep_parity_and_expire_at_their_intrinsic_value() {
        let returns: LaneF64 = std::array::from_fn(|lane| 0.1 * (lane as f64 - 8.0));
        let growth = returns.map(f64::exp);
        let call = Terms {
            sign: 1.0,
            spot: 100.0,
            strike: 95.0,
            volatility: 0.3,
            rate: 0.04,
            carry: 0.01,
        };
        let put = Terms { sign: -1.0, ..call };
        let (mut calls, mut puts) = ([0.0; LANES], [0.0; LANES]);
        values(&call, 0.7, &returns, &growth, &[1.3; LANES], &mut calls);
        values(&put, 0.7, &returns, &growth, &[1.3; LANES], &mut puts);
        for lane in 0..LANES {
            let forward =
                100.0 * growth[lane] * (-0.03_f64 * 0.7).exp() - 95.0 * (-0.04_f64 * 0.7).exp();
            assert!((calls[lane] - puts[lane] - forward).abs() < 1e-11);
        }
        values(&call, 0.0, &returns, &growth, &[1.0; LANES], &mut calls);
        assert_eq!(calls[0], 0.0);
        assert_eq!(calls[15], 100.0 * growth[15] - 95.0);
    }
}
