//! Value at risk of a portfolio whose returns are normal: whole evaluations, and updates when one exposure changes.
//!
//! With exposures w and covariance Σ the deviation of profits is √(wᵀΣw). The product Σw is kept, so that a change δ of
//! exposure i costs one pass over a column: the variance grows by 2 δ (Σw)ᵢ + δ² Σᵢᵢ. Sums run from the first asset to
//! the last in four strands, so that equal input gives equal bits.

use crate::cholesky::check_symmetric;
use crate::score::{ScoreInputs, ScoreLimits, score};
use holdfast_core::{Code, Error, Result};

/// Updates after which everything is computed afresh, so that rounding cannot add up.
const REFRESH_UPDATES: u32 = 4_096;
/// A variance that has fallen to this share of the largest since then is computed afresh too: what rounding left of the larger
/// one would show in it.
const REFRESH_SHARE: f64 = 1e-4;

/// VaR and CVaR of one confidence level in standard deviations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Multipliers {
    /// Quantile.
    pub var: f64,
    /// Mean beyond the quantile.
    pub cvar: f64,
}

/// What an evaluation needs beside the exposures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Capital {
    /// Money of the account.
    pub equity: f64,
    /// The most that it has been.
    pub peak: f64,
    /// Share of it that open positions would lose at their stops.
    pub heat_frac: f64,
}

/// One evaluation; money except where the name says otherwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evaluation {
    /// Of profits over one period.
    pub standard_deviation: f64,
    /// VaR and CVaR at the lower level.
    pub lower: Multipliers,
    /// VaR and CVaR at the upper level.
    pub upper: Multipliers,
    /// Gross exposure ÷ equity.
    pub leverage: f64,
    /// Largest exposure ÷ equity.
    pub concentration_frac: f64,
    /// (peak − equity) ÷ peak.
    pub drawdown_frac: f64,
    /// 0 to 100.
    pub score: f64,
}

/// A portfolio with its covariance, kept current.
#[derive(Debug, Clone)]
pub struct ParametricRisk {
    covariance: Vec<f64>,
    exposures: Vec<f64>,
    /// Covariance times exposures.
    image: Vec<f64>,
    variance: f64,
    /// The largest variance since everything was computed.
    largest: f64,
    updates: u32,
    lower: Multipliers,
    upper: Multipliers,
    limits: ScoreLimits,
}

impl ParametricRisk {
    /// Takes exposures and their covariance, row by row.
    ///
    /// # Errors
    /// `MATRIX_INVALID` for a matrix of another size, not finite or not symmetric; `ARGUMENT_INVALID` for an exposure that is
    /// not finite.
    pub fn new(
        covariance: Vec<f64>,
        exposures: Vec<f64>,
        levels: [Multipliers; 2],
        limits: ScoreLimits,
    ) -> Result<Self> {
        // An account that holds nothing has no risk, which is an answer and no error.
        if !(covariance.is_empty() && exposures.is_empty()) {
            check_symmetric(&covariance, exposures.len())?;
        }
        exposures.iter().try_for_each(|exposure| finite(*exposure))?;
        let [lower, upper] = levels;
        let image = vec![0.0; exposures.len()];
        let mut risk = Self {
            covariance,
            exposures,
            image,
            variance: 0.0,
            largest: 0.0,
            updates: 0,
            lower,
            upper,
            limits,
        };
        risk.refresh();
        Ok(risk)
    }

    /// Number of assets.
    #[must_use]
    pub fn order(&self) -> usize {
        self.exposures.len()
    }

    /// Deviation of profits over one period.
    #[must_use]
    pub fn standard_deviation(&self) -> f64 {
        self.variance.max(0.0).sqrt()
    }

    /// Changes one exposure and returns the deviation that follows.
    ///
    /// # Errors
    /// `ARGUMENT_INVALID` for an asset that is not there or an exposure that is not finite; nothing is changed then.
    pub fn set_exposure(&mut self, asset: usize, exposure: f64) -> Result<f64> {
        finite(exposure)?;
        let order = self.order();
        let unknown = || {
            Error::new(Code::ArgumentInvalid, format!("asset must be below {order}, was {asset}"))
        };
        let held = self.exposures.get_mut(asset).ok_or_else(unknown)?;
        let change = exposure - *held;
        *held = exposure;
        self.updates += 1;
        if self.updates >= REFRESH_UPDATES {
            self.refresh();
            return Ok(self.standard_deviation());
        }
        // Symmetric: the row is the column.
        let row = self.covariance.get(asset * order..(asset + 1) * order).unwrap_or_default();
        let before = self.image.get(asset).copied().unwrap_or_default();
        let own = row.get(asset).copied().unwrap_or_default();
        self.variance += change * (2.0 * before + change * own);
        for (sum, entry) in self.image.iter_mut().zip(row) {
            *sum += change * entry;
        }
        self.largest = self.largest.max(self.variance);
        if self.variance <= REFRESH_SHARE * self.largest {
            self.refresh();
        }
        Ok(self.standard_deviation())
    }

    /// Returns the deviation if one exposure were another one; nothing is changed.
    ///
    /// # Errors
    /// `ARGUMENT_INVALID` for an asset that is not there or an exposure that is not finite.
    pub fn what_if(&self, asset: usize, exposure: f64) -> Result<f64> {
        finite(exposure)?;
        let order = self.order();
        let (Some(held), Some(before), Some(own)) = (
            self.exposures.get(asset),
            self.image.get(asset),
            asset.checked_mul(order + 1).and_then(|cell| self.covariance.get(cell)),
        ) else {
            return Err(Error::new(
                Code::ArgumentInvalid,
                format!("asset must be below {order}, was {asset}"),
            ));
        };
        let change = exposure - held;
        let variance = self.variance + change * (2.0 * before + change * own);
        if variance > REFRESH_SHARE * self.largest.max(self.variance) {
            return Ok(variance.sqrt());
        }
        let mut exposures = self.exposures.clone();
        if let Some(place) = exposures.get_mut(asset) {
            *place = exposure;
        }
        Ok(self.variance_of(&exposures).max(0.0).sqrt())
    }

    fn variance_of(&self, exposures: &[f64]) -> f64 {
        let rows = self.covariance.chunks_exact(self.order().max(1));
        exposures.iter().zip(rows).map(|(exposure, row)| exposure * dot(row, exposures)).sum()
    }

    /// Writes what each asset adds to the deviation: wᵢ (Σw)ᵢ ÷ deviation; zeros when there is none.
    pub fn components(&self, out: &mut [f64]) {
        let deviation = self.standard_deviation();
        for ((out, exposure), sum) in out.iter_mut().zip(&self.exposures).zip(&self.image) {
            *out = if deviation > 0.0 { exposure * sum / deviation } else { 0.0 };
        }
    }

    /// Writes what one more unit of exposure to each asset adds to the deviation: (Σw)ᵢ ÷ deviation. Where nothing is at risk
    /// it is the asset's own deviation, whichever way it is held.
    pub fn marginals(&self, out: &mut [f64]) {
        let deviation = self.standard_deviation();
        let own = self.covariance.iter().step_by(self.order() + 1);
        for ((out, sum), own) in out.iter_mut().zip(&self.image).zip(own) {
            *out = if deviation > 0.0 { sum / deviation } else { own.max(0.0).sqrt() };
        }
    }

    /// Evaluates the exposures that are held.
    #[must_use]
    pub fn evaluate_held(&self, capital: Capital) -> Evaluation {
        self.figures(&self.exposures, self.variance, capital)
    }

    /// Evaluates other exposures with the same covariance; those held stay.
    ///
    /// # Errors
    /// `ARGUMENT_INVALID` for another number of exposures, or one that is not finite.
    pub fn evaluate(&self, exposures: &[f64], capital: Capital) -> Result<Evaluation> {
        if exposures.len() != self.order() {
            return Err(Error::new(
                Code::ArgumentInvalid,
                format!("exposures must number {}, were {}", self.order(), exposures.len()),
            ));
        }
        let variance = self.variance_of(exposures);
        if variance.is_finite() {
            return Ok(self.figures(exposures, variance, capital));
        }
        exposures.iter().try_for_each(|exposure| finite(*exposure))?;
        Err(Error::new(Code::ArgumentInvalid, "exposures must have a finite variance"))
    }

    fn figures(&self, exposures: &[f64], variance: f64, capital: Capital) -> Evaluation {
        let standard_deviation = variance.max(0.0).sqrt();
        let (mut gross, mut largest) = (0.0_f64, 0.0_f64);
        for exposure in exposures {
            gross += exposure.abs();
            largest = largest.max(exposure.abs());
        }
        let Capital { equity, peak, heat_frac } = capital;
        let of = |level: &Multipliers| Multipliers {
            var: level.var * standard_deviation,
            cvar: level.cvar * standard_deviation,
        };
        let (lower, upper) = (of(&self.lower), of(&self.upper));
        let inputs = ScoreInputs {
            var_frac: upper.var / equity,
            cvar_frac: upper.cvar / equity,
            drawdown_frac: if peak > 0.0 { ((peak - equity) / peak).max(0.0) } else { 0.0 },
            leverage: gross / equity,
            concentration_frac: largest / equity,
            heat_frac,
        };
        Evaluation {
            standard_deviation,
            lower,
            upper,
            leverage: inputs.leverage,
            concentration_frac: inputs.concentration_frac,
            drawdown_frac: inputs.drawdown_frac,
            score: if equity > 0.0 { score(&inputs, &self.limits) } else { 100.0 },
        }
    }

    fn refresh(&mut self) {
        self.updates = 0;
        let rows = self.covariance.chunks_exact(self.exposures.len().max(1));
        for (sum, row) in self.image.iter_mut().zip(rows) {
            *sum = dot(row, &self.exposures);
        }
        self.variance = dot(&self.image, &self.exposures);
        self.largest = self.variance;
    }
}

fn finite(exposure: f64) -> Result<()> {
    if exposure.is_finite() {
        return Ok(());
    }
    Err(Error::new(Code::ArgumentInvalid, format!("exposure must be finite, was {exposure}")))
}

/// Four strands, added at the end in their order: fast, and the same on every processor.
fn dot(left: &[f64], right: &[f64]) -> f64 {
    let mut strands = [0.0_f64; 4];
    let (one, other) = (left.chunks_exact(4), right.chunks_exact(4));
    let rest: f64 = one.remainder().iter().zip(other.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in one.zip(other) {
        for ((strand, a), b) in strands.iter_mut().zip(a).zip(b) {
            *strand += a * b;
        }
    }
    let [a, b, c, d] = strands;
    (a + b) + (c + d) + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEVELS: [Multipliers; 2] =
        [Multipliers { var: 1.645, cvar: 2.063 }, Multipliers { var: 2.326, cvar: 2.665 }];
    const CAPITAL: Capital = Capital { equity: 1_000.0, peak: 1_250.0, heat_frac: 0.03 };

    fn covariance(order: usize) -> Vec<f64> {
        let entry = |row: usize, column: usize| {
            let correlation = if row == column { 1.0 } else { 0.4 };
            correlation * (0.01 + 0.001 * row as f64) * (0.01 + 0.001 * column as f64)
        };
        (0..order * order).map(|cell| entry(cell / order, cell % order)).collect()
    }

    fn risk(exposures: &[f64]) -> ParametricRisk {
        let limits = ScoreLimits::default();
        ParametricRisk::new(covariance(exposures.len()), exposures.to_vec(), LEVELS, limits)
            .unwrap()
    }

    #[test]
    fn prisk_01_evaluates_two_assets_as_computed_by_hand() {
        let found = risk(&[100.0, -50.0]).evaluate_held(CAPITAL);
        let variance: f64 =
            1e4 * 1e-4 + 2_500.0 * 0.011 * 0.011 - 2.0 * 5_000.0 * 0.4 * 0.01 * 0.011;
        assert!((found.standard_deviation - variance.sqrt()).abs() < 1e-12);
        assert!((found.upper.var - 2.326 * variance.sqrt()).abs() < 1e-12);
        assert_eq!((found.leverage, found.concentration_frac), (0.15, 0.1));
        assert!((found.drawdown_frac - 0.2).abs() < 1e-15);
    }

    #[test]
    fn refuses_what_is_no_portfolio() {
        let limits = ScoreLimits::default();
        let code = |matrix: Vec<f64>, exposures: Vec<f64>| {
            ParametricRisk::new(matrix, exposures, LEVELS, limits)
                .map_err(|error| error.code())
                .err()
        };
        assert_eq!(code(vec![1.0; 3], vec![1.0; 2]), Some(Code::MatrixInvalid));
        assert_eq!(code(vec![1.0], vec![]), Some(Code::MatrixInvalid));
        assert_eq!(code(covariance(2), vec![1.0, f64::NAN]), Some(Code::ArgumentInvalid));
        let mut held = risk(&[1.0, 2.0]);
        let before = held.standard_deviation();
        for (asset, exposure) in [(2, 1.0), (usize::MAX / 2, 1.0), (0, f64::INFINITY)] {
            assert_eq!(
                held.set_exposure(asset, exposure).unwrap_err().code(),
                Code::ArgumentInvalid
            );
        }
        for asset in [2, usize::MAX] {
            assert_eq!(held.what_if(asset, 1.0).unwrap_err().code(), Code::ArgumentInvalid);
        }
        assert_eq!(held.evaluate(&[1.0], CAPITAL).unwrap_err().code(), Code::ArgumentInvalid);
        assert_eq!(
            held.evaluate(&[1.0, f64::NAN], CAPITAL).unwrap_err().code(),
            Code::ArgumentInvalid
        );
        assert_eq!(held.standard_deviation(), before);
    }

    #[test]
    fn ax_01_an_account_that_holds_nothing_has_no_risk() {
        let capital = Capital { equity: 100_000.0, peak: 100_000.0, heat_frac: 0.0 };
        let found = risk(&[]).evaluate_held(capital);
        let none = Multipliers { var: 0.0, cvar: 0.0 };
        assert_eq!((found.lower, found.upper), (none, none));
        assert_eq!((found.drawdown_frac, found.leverage, found.score), (0.0, 0.0, 0.0));
        assert_eq!(risk(&[]).evaluate(&[], capital).unwrap(), found);
        assert_eq!(risk(&[]).set_exposure(0, 1.0).unwrap_err().code(), Code::ArgumentInvalid);
    }

    #[test]
    fn an_account_without_equity_has_the_worst_score() {
        let capital = Capital { equity: 0.0, ..CAPITAL };
        assert_eq!(risk(&[1.0]).evaluate_held(capital).score, 100.0);
    }
}
