//! Stochastic variance (Heston 1993), stepped by the quadratic-exponential scheme with martingale correction (Andersen 2008).

use super::model::{
    PathState, Walk, check_assets, check_column, check_positive, correlated, invalid,
};
use super::source::Source;
use crate::cholesky::LowerTriangle;
use crate::philox::Stream;
use holdfast_core::Result;

/// How the variance is stepped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Moments of the variance are matched; the discounted price stays a martingale.
    QuadraticExponential,
    /// Euler steps with the variance cut off at 0: cheaper, and biased unless steps are short.
    FullTruncation,
}

/// One asset's variance process; rates are a year's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VarianceProcess {
    /// Variance at the beginning.
    pub start: f64,
    /// Variance that it returns to.
    pub level: f64,
    /// Speed of the return.
    pub speed: f64,
    /// Volatility of the variance.
    pub volatility: f64,
    /// Correlation of variance and price.
    pub correlation: f64,
}

/// Assets with stochastic variance.
#[derive(Debug, Clone, PartialEq)]
pub struct Heston {
    /// Growth rate of each asset's expected price, a year.
    pub rates: Vec<f64>,
    /// Variance of each asset.
    pub variances: Vec<VarianceProcess>,
    /// Cholesky factor of the correlation of the prices' shocks that are not those of their variances.
    pub factor: LowerTriangle,
    /// Length of a step.
    pub step_years: f64,
    /// How the variance is stepped.
    pub scheme: Scheme,
}

/// Andersen's threshold between the two forms of the variance's distribution.
const SWITCH: f64 = 1.5;

impl Walk for Heston {
    fn assets(&self) -> usize {
        self.variances.len()
    }

    fn factors(&self) -> usize {
        self.variances.len()
    }

    fn validate(&self) -> Result<()> {
        let count = self.variances.len();
        check_assets(count)?;
        check_column("rates", &self.rates, count)?;
        if self.factor.order != count {
            return Err(invalid(format!(
                "correlations must be {count} × {count}, were {0} × {0}",
                self.factor.order
            )));
        }
        check_positive("step years", &[self.step_years], false)?;
        let column = |of: fn(&VarianceProcess) -> f64| -> Vec<f64> {
            self.variances.iter().map(of).collect()
        };
        check_positive("variance starts", &column(|v| v.start), true)?;
        check_positive("variance levels", &column(|v| v.level), false)?;
        check_positive("variance speeds", &column(|v| v.speed), false)?;
        check_positive("variance volatilities", &column(|v| v.volatility), false)?;
        let correlations = column(|v| v.correlation);
        match correlations.iter().position(|rho| !(-1.0..=1.0).contains(rho)) {
            Some(wrong) => Err(invalid(format!(
                "variance correlations must be −1 to 1, {wrong} is {}",
                correlations[wrong]
            ))),
            None => check_column("variances", &column(|v| v.start + v.level + v.speed), count),
        }
    }

    fn begin(&self, state: &mut PathState) {
        state.variances.clear();
        state.variances.extend(self.variances.iter().map(|process| process.start));
    }

    fn advance(
        &self,
        step: u32,
        z: &[f64],
        source: &Source,
        state: &mut PathState,
        returns: &mut [f64],
    ) {
        for (asset, (sum, process)) in returns.iter_mut().zip(&self.variances).enumerate() {
            let shock = correlated(&self.factor, asset, z);
            let draws = source.normals_and_uniforms(step, asset as u32, Stream::Variance);
            let before = state.variances[asset];
            let (log_return, after) = match self.scheme {
                Scheme::QuadraticExponential => {
                    process.quadratic_exponential(before, self.step_years, shock, draws)
                }
                Scheme::FullTruncation => {
                    process.full_truncation(before, self.step_years, shock, draws.0[0])
                }
            };
            *sum = self.rates[asset] * self.step_years + log_return;
            state.variances[asset] = after;
        }
    }

    fn volatility_ratio(&self, asset: usize, state: &PathState) -> f64 {
        let start = self.variances[asset].start;
        if start > 0.0 { (state.variances[asset].max(0.0) / start).sqrt() } else { 1.0 }
    }

    fn warning(&self) -> Option<&'static str> {
        (self.scheme == Scheme::FullTruncation).then_some(
            "full truncation is biased unless its steps are short; the quadratic-exponential scheme is not",
        )
    }
}

impl VarianceProcess {
    /// Andersen (2008), sections 3.2 and 4.2: log-return without its rate, and the variance after the step.
    fn quadratic_exponential(
        &self,
        before: f64,
        years: f64,
        shock: f64,
        ([z, _], [u, _]): ([f64; 2], [f64; 2]),
    ) -> (f64, f64) {
        let Self { level, speed, volatility, correlation, .. } = *self;
        let decay = (-speed * years).exp();
        let mean = level + (before - level) * decay;
        let noise = volatility * volatility / speed;
        let variance = before * noise * decay * (1.0 - decay)
            + level * noise * 0.5 * (1.0 - decay) * (1.0 - decay);
        let spread = variance / (mean * mean);

        let slope = 0.5 * years * (speed * correlation / volatility - 0.5);
        let skew = correlation / volatility;
        let (first, second) = (slope - skew, slope + skew);
        let rest = 0.5 * years * (1.0 - correlation * correlation);
        let tilt = second + 0.5 * rest;

        // The variance after the step, and the logarithm of E e^(tilt × variance) where it exists.
        let (after, growth) = if spread <= SWITCH {
            let ratio = 2.0 / spread;
            let square = ratio - 1.0 + ratio.sqrt() * (ratio - 1.0).sqrt();
            let scale = mean / (1.0 + square);
            let free = 1.0 - 2.0 * tilt * scale;
            let growth = (free > 0.0).then(|| tilt * square * scale / free - 0.5 * free.ln());
            (scale * (square.sqrt() + z).powi(2), growth)
        } else {
            let zero = (spread - 1.0) / (spread + 1.0);
            let rate = (1.0 - zero) / mean;
            let after = if u <= zero { 0.0 } else { ((1.0 - zero) / (1.0 - u)).ln() / rate };
            let growth = (tilt < rate).then(|| (zero + rate * (1.0 - zero) / (rate - tilt)).ln());
            (after, growth)
        };
        let plain = -correlation * speed * level * years / volatility;
        let constant =
            growth.map_or(plain + first * before, |growth| -growth - 0.5 * rest * before);
        (constant + second * after + (rest * (before + after)).max(0.0).sqrt() * shock, after)
    }

    /// Lord, Koekkoek and van Dijk (2010).
    fn full_truncation(&self, before: f64, years: f64, shock: f64, z: f64) -> (f64, f64) {
        let positive = before.max(0.0);
        let root = (positive * years).sqrt();
        let mixed = self.correlation * z + (1.0 - self.correlation.powi(2)).max(0.0).sqrt() * shock;
        let after =
            before + self.speed * (self.level - positive) * years + self.volatility * root * z;
        (root * mixed - 0.5 * positive * years, after)
    }
}
