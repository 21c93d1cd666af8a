//! Scenarios made of what happened: filtered historical simulation, and the stationary bootstrap.

use super::model::{PathState, Walk, check_assets, check_column, check_positive, invalid};
use super::source::Source;
use crate::philox::Stream;
use holdfast_core::Result;

/// Fewest rows of a history.
pub const ROWS_MIN: usize = 10;

/// Rows of observations, a column an asset.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// Row by row, the oldest first.
    pub rows: Vec<f64>,
    /// Number of assets.
    pub assets: usize,
}

impl History {
    fn count(&self) -> usize {
        self.rows.len() / self.assets.max(1)
    }

    fn row(&self, row: usize) -> &[f64] {
        &self.rows[row * self.assets..(row + 1) * self.assets]
    }

    fn validate(&self) -> Result<()> {
        check_assets(self.assets)?;
        if !self.rows.len().is_multiple_of(self.assets) || self.count() < ROWS_MIN {
            return Err(invalid(format!(
                "history must have at least {ROWS_MIN} whole rows of {}, has {} numbers",
                self.assets,
                self.rows.len()
            )));
        }
        check_column("history", &self.rows, self.rows.len())
    }

    /// A row that is as likely as any other.
    fn draw(&self, u: f64) -> usize {
        ((u * self.count() as f64) as usize).min(self.count() - 1)
    }
}

/// How one asset's variance follows its returns: next = constant + news × shock² + memory × variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VarianceRecursion {
    /// Mean log-return in one step.
    pub mean: f64,
    /// Variance of the first step.
    pub start: f64,
    /// GARCH's ω; 0 for an exponentially weighted average.
    pub constant: f64,
    /// Weight of the last squared shock.
    pub news: f64,
    /// Weight of the last variance.
    pub memory: f64,
}

/// Residuals with variance 1 that are drawn by the row, so that assets keep their dependence, and scaled by variances that
/// go on as the model of each asset says.
#[derive(Debug, Clone, PartialEq)]
pub struct FilteredHistory {
    /// Standardised residuals.
    pub residuals: History,
    /// One an asset.
    pub recursions: Vec<VarianceRecursion>,
}

impl Walk for FilteredHistory {
    fn assets(&self) -> usize {
        self.residuals.assets
    }

    fn factors(&self) -> usize {
        0
    }

    fn validate(&self) -> Result<()> {
        self.residuals.validate()?;
        let column = |of: fn(&VarianceRecursion) -> f64| -> Vec<f64> {
            self.recursions.iter().map(of).collect()
        };
        check_column("means", &column(|r| r.mean), self.residuals.assets)?;
        for (name, values) in [
            ("variances", column(|r| r.start)),
            ("constants", column(|r| r.constant)),
            ("news weights", column(|r| r.news)),
            ("memory weights", column(|r| r.memory)),
        ] {
            check_column(name, &values, self.residuals.assets)?;
            check_positive(name, &values, true)?;
        }
        match self.recursions.iter().position(|r| r.news + r.memory > 1.0 + 1e-12) {
            Some(wrong) => Err(invalid(format!(
                "weights must sum to at most 1, those of asset {wrong} do not"
            ))),
            None => Ok(()),
        }
    }

    fn begin(&self, state: &mut PathState) {
        state.variances.clear();
        state.variances.extend(self.recursions.iter().map(|recursion| recursion.start));
    }

    fn advance(
        &self,
        step: u32,
        _: &[f64],
        source: &Source,
        state: &mut PathState,
        returns: &mut [f64],
    ) {
        let [u, ..] = source.uniforms(step, 0, Stream::Rows);
        let residuals = self.residuals.row(self.residuals.draw(u));
        let columns = self.recursions.iter().zip(residuals).zip(&mut state.variances);
        for (sum, ((recursion, residual), variance)) in returns.iter_mut().zip(columns) {
            let shock = variance.sqrt() * residual;
            *sum = recursion.mean + shock;
            *variance =
                recursion.constant + recursion.news * shock * shock + recursion.memory * *variance;
        }
    }

    fn volatility_ratio(&self, asset: usize, state: &PathState) -> f64 {
        let start = self.recursions[asset].start;
        if start > 0.0 { (state.variances[asset] / start).sqrt() } else { 1.0 }
    }
}

/// Runs of consecutive rows, whose lengths are geometric, in a history that is a ring.
#[derive(Debug, Clone, PartialEq)]
pub struct Bootstrap {
    /// Log-returns.
    pub history: History,
    /// Mean number of rows of a run; 1 draws every row anew.
    pub block_mean: f64,
}

impl Walk for Bootstrap {
    fn assets(&self) -> usize {
        self.history.assets
    }

    fn factors(&self) -> usize {
        0
    }

    fn validate(&self) -> Result<()> {
        self.history.validate()?;
        if !(self.block_mean >= 1.0 && self.block_mean <= self.history.count() as f64) {
            return Err(invalid(format!(
                "mean block must be 1 to the history's {} rows, was {}",
                self.history.count(),
                self.block_mean
            )));
        }
        Ok(())
    }

    fn begin(&self, state: &mut PathState) {
        // No row yet: the first step starts a run.
        state.row = usize::MAX;
    }

    fn advance(
        &self,
        step: u32,
        _: &[f64],
        source: &Source,
        state: &mut PathState,
        returns: &mut [f64],
    ) {
        let [u, change, ..] = source.uniforms(step, 0, Stream::Rows);
        let fresh = state.row == usize::MAX || change * self.block_mean < 1.0;
        state.row =
            if fresh { self.history.draw(u) } else { (state.row + 1) % self.history.count() };
        returns.copy_from_slice(self.history.row(state.row));
    }

    fn mean(&self) -> Option<Vec<f64>> {
        let count = self.history.count() as f64;
        let mean = |asset: usize| {
            self.history.rows.iter().skip(asset).step_by(self.history.assets).sum::<f64>() / count
        };
        Some((0..self.history.assets).map(mean).collect())
    }
}
