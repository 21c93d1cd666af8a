//! The models of prices: each turns the draws of one step into log-returns of all assets.

use super::copula::Copula;
use super::heston::Heston;
use super::history::{Bootstrap, FilteredHistory};
use super::jumps::Jumps;
use super::source::Source;
use crate::cholesky::LowerTriangle;
use crate::portfolio::ASSETS_MAX;
use holdfast_core::{Code, Error, Result};

/// Most common factors of a factor model.
pub const FACTORS_MAX: usize = 32;
/// Most regimes of a mixture.
pub const REGIMES_MAX: usize = 16;

/// A model of the assets' log-returns.
#[derive(Debug, Clone, PartialEq)]
pub enum Model {
    /// Correlated Brownian motion.
    Brownian(Brownian),
    /// Brownian motion with common factors and independent rests.
    Factors(FactorModel),
    /// Any margins joined by a Gaussian or Student copula.
    Copula(Copula),
    /// Brownian motion and jumps (Merton 1976).
    Jumps(Jumps),
    /// Stochastic variance (Heston 1993).
    Heston(Heston),
    /// Standardised residuals of history with today's variance (Barone-Adesi, Giannopoulos and Vosper 1999).
    FilteredHistory(FilteredHistory),
    /// Blocks of history (Politis and Romano 1994).
    Bootstrap(Bootstrap),
    /// Brownian motions that take turns as a Markov chain says.
    Regimes(Regimes),
}

/// What a path remembers from step to step.
#[derive(Debug, Clone, Default)]
pub(crate) struct PathState {
    pub(crate) variances: Vec<f64>,
    pub(crate) row: usize,
    pub(crate) regime: usize,
}

/// One model as the simulation sees it.
pub(crate) trait Walk: Sync {
    fn assets(&self) -> usize;
    /// Normals that a step takes from the sampler.
    fn factors(&self) -> usize;
    /// Checks sizes and numbers.
    fn validate(&self) -> Result<()>;
    /// Sets the state of a path's beginning.
    fn begin(&self, _state: &mut PathState) {}
    /// Writes the log-returns of one step.
    fn advance(
        &self,
        step: u32,
        normals: &[f64],
        source: &Source,
        state: &mut PathState,
        returns: &mut [f64],
    );
    /// Mean log-return of each asset in one step where it is known without a simulation.
    fn mean(&self) -> Option<Vec<f64>> {
        None
    }
    /// Variance of an asset's log-return in one step where it is a constant and paths are continuous.
    fn continuous_variance(&self, _asset: usize) -> Option<f64> {
        None
    }
    /// How an asset's volatility stands to that of the beginning.
    fn volatility_ratio(&self, _asset: usize, _state: &PathState) -> f64 {
        1.0
    }
    /// What a reader of the results has to know.
    fn warning(&self) -> Option<&'static str> {
        None
    }
}

impl Model {
    pub(crate) fn walk(&self) -> &dyn Walk {
        match self {
            Self::Brownian(model) => model,
            Self::Factors(model) => model,
            Self::Copula(model) => model,
            Self::Jumps(model) => model,
            Self::Heston(model) => model,
            Self::FilteredHistory(model) => model,
            Self::Bootstrap(model) => model,
            Self::Regimes(model) => model,
        }
    }
}

/// Correlated Brownian motion.
#[derive(Debug, Clone, PartialEq)]
pub struct Brownian {
    /// Mean log-return of each asset in one step.
    pub drifts: Vec<f64>,
    /// Cholesky factor of the covariance of log-returns in one step.
    pub factor: LowerTriangle,
}

impl Brownian {
    fn add_to(&self, normals: &[f64], returns: &mut [f64]) {
        for (asset, (sum, drift)) in returns.iter_mut().zip(&self.drifts).enumerate() {
            *sum = drift + correlated(&self.factor, asset, normals);
        }
    }
}

/// One asset's shock: its row of the factor times the independent normals.
pub(crate) fn correlated(factor: &LowerTriangle, asset: usize, normals: &[f64]) -> f64 {
    factor.row(asset).iter().zip(normals).map(|(entry, z)| entry * z).sum()
}

impl Walk for Brownian {
    fn assets(&self) -> usize {
        self.factor.order
    }

    fn factors(&self) -> usize {
        self.factor.order
    }

    fn validate(&self) -> Result<()> {
        check_assets(self.factor.order)?;
        check_column("drifts", &self.drifts, self.factor.order)
    }

    fn advance(&self, _: u32, z: &[f64], _: &Source, _: &mut PathState, returns: &mut [f64]) {
        self.add_to(z, returns);
    }

    fn mean(&self) -> Option<Vec<f64>> {
        Some(self.drifts.clone())
    }

    fn continuous_variance(&self, asset: usize) -> Option<f64> {
        Some(self.factor.row(asset).iter().map(|entry| entry * entry).sum())
    }
}

/// Brownian motion with common factors: return = drift + Σ loading × factor + deviation × own normal.
#[derive(Debug, Clone, PartialEq)]
pub struct FactorModel {
    /// Mean log-return of each asset in one step.
    pub drifts: Vec<f64>,
    /// Loadings of each asset on the common factors, asset by asset.
    pub loadings: Vec<f64>,
    /// Number of common factors.
    pub common: usize,
    /// Standard deviation of each asset's own part.
    pub deviations: Vec<f64>,
}

impl Walk for FactorModel {
    fn assets(&self) -> usize {
        self.drifts.len()
    }

    fn factors(&self) -> usize {
        self.common + self.drifts.len()
    }

    fn validate(&self) -> Result<()> {
        check_assets(self.drifts.len())?;
        if self.common == 0 || self.common > FACTORS_MAX {
            return Err(invalid(format!(
                "factors must number 1 to {FACTORS_MAX}, were {}",
                self.common
            )));
        }
        check_column("drifts", &self.drifts, self.drifts.len())?;
        check_column("loadings", &self.loadings, self.drifts.len() * self.common)?;
        check_column("deviations", &self.deviations, self.drifts.len())?;
        check_positive("deviations", &self.deviations, true)
    }

    fn advance(&self, _: u32, z: &[f64], _: &Source, _: &mut PathState, returns: &mut [f64]) {
        let (common, own) = z.split_at(self.common);
        let rows = self.loadings.chunks_exact(self.common);
        for (asset, (sum, row)) in returns.iter_mut().zip(rows).enumerate() {
            let shared: f64 = row.iter().zip(common).map(|(loading, z)| loading * z).sum();
            *sum = self.drifts[asset] + shared + self.deviations[asset] * own[asset];
        }
    }

    fn mean(&self) -> Option<Vec<f64>> {
        Some(self.drifts.clone())
    }

    fn continuous_variance(&self, asset: usize) -> Option<f64> {
        let row = self.loadings.chunks_exact(self.common).nth(asset)?;
        let shared: f64 = row.iter().map(|loading| loading * loading).sum();
        Some(shared + self.deviations[asset].powi(2))
    }
}

/// Brownian motions that take turns as a Markov chain says.
#[derive(Debug, Clone, PartialEq)]
pub struct Regimes {
    /// The motion in each regime.
    pub regimes: Vec<Brownian>,
    /// Probability of each regime before the first step.
    pub start: Vec<f64>,
    /// Probability of going from one regime to another in a step, row by row.
    pub transitions: Vec<f64>,
}

impl Walk for Regimes {
    fn assets(&self) -> usize {
        self.regimes.first().map_or(0, Walk::assets)
    }

    fn factors(&self) -> usize {
        self.assets()
    }

    fn validate(&self) -> Result<()> {
        let count = self.regimes.len();
        if count == 0 || count > REGIMES_MAX {
            return Err(invalid(format!("regimes must number 1 to {REGIMES_MAX}, were {count}")));
        }
        for regime in &self.regimes {
            regime.validate()?;
            if regime.assets() != self.assets() {
                return Err(invalid("regimes must have the same assets".into()));
            }
        }
        check_column("start", &self.start, count)?;
        check_column("transitions", &self.transitions, count * count)?;
        check_distribution("start", &self.start)?;
        self.transitions
            .chunks_exact(count)
            .try_for_each(|row| check_distribution("transitions", row))
    }

    fn begin(&self, state: &mut PathState) {
        // No regime yet: the first step draws from the start.
        state.regime = usize::MAX;
    }

    fn advance(
        &self,
        step: u32,
        z: &[f64],
        source: &Source,
        state: &mut PathState,
        returns: &mut [f64],
    ) {
        let count = self.regimes.len();
        let [u, ..] = source.uniforms(step, 0, crate::philox::Stream::Regime);
        let row = if state.regime == usize::MAX {
            &self.start[..]
        } else {
            &self.transitions[state.regime * count..(state.regime + 1) * count]
        };
        let mut below = 0.0;
        state.regime = row
            .iter()
            .position(|probability| {
                below += probability;
                u < below
            })
            .unwrap_or(count - 1);
        self.regimes[state.regime].add_to(z, returns);
    }
}

pub(crate) fn invalid(message: String) -> Error {
    Error::new(Code::ArgumentInvalid, message)
}

pub(crate) fn check_assets(count: usize) -> Result<()> {
    if count == 0 || count > ASSETS_MAX {
        return Err(invalid(format!("assets must number 1 to {ASSETS_MAX}, were {count}")));
    }
    Ok(())
}

pub(crate) fn check_column(name: &str, values: &[f64], count: usize) -> Result<()> {
    if values.len() != count {
        return Err(invalid(format!("{name} must number {count}, were {}", values.len())));
    }
    match values.iter().position(|value| !value.is_finite()) {
        Some(wrong) => Err(invalid(format!("{name} must be finite, {wrong} is {}", values[wrong]))),
        None => Ok(()),
    }
}

pub(crate) fn check_positive(name: &str, values: &[f64], zero_too: bool) -> Result<()> {
    let wrong = |value: &f64| !(*value > 0.0 || zero_too && *value == 0.0);
    match values.iter().position(wrong) {
        Some(place) => {
            let bound = if zero_too { "0 or more" } else { "above 0" };
            Err(invalid(format!("{name} must be {bound}, {place} is {}", values[place])))
        }
        None => Ok(()),
    }
}

fn check_distribution(name: &str, values: &[f64]) -> Result<()> {
    check_positive(name, values, true)?;
    let sum: f64 = values.iter().sum();
    if (sum - 1.0).abs() > 1e-9 {
        return Err(invalid(format!("{name} must sum to 1, sum to {sum}")));
    }
    Ok(())
}
