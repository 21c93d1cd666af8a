//! Scenarios of a book over a horizon, in double precision: a choice of models, instruments and ways of sampling, with what
//! happens along each path and standard errors in every answer.
//!
//! `portfolio` is the fast path for correlated assets in single precision; this is the general one.

pub mod book;
mod bridge;
pub mod copula;
mod crossing;
pub mod device;
pub mod estimate;
mod greeks;
pub mod heston;
pub mod history;
pub mod jumps;
pub mod model;
mod option_value;
mod paths;
pub mod sampling;
mod sobol;
mod source;

use crate::philox::key_of;
use crate::portfolio::STEPS_MAX;
use book::{Book, INSTRUMENTS_MAX, ScenarioPosition};
use estimate::{Report, report};
use holdfast_core::Result;
use model::{Model, check_positive, invalid};
use paths::play_all;
use sampling::Sampling;

/// Parts of a simulation whose answers are compared for its standard errors; each has its own scrambling or matching.
pub const REPLICATES: u32 = 16;
/// Most bytes of outcomes that are kept.
pub const OUTCOME_BYTES_MAX: u64 = 1 << 30;
/// Most barriers that are watched.
pub const BARRIERS_MAX: usize = 64;

/// A level of an asset's price, as a ratio to its price at the beginning.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Barrier {
    /// The asset's column.
    pub asset: usize,
    /// Ratio to the price at the beginning: above 1 it is hit from below, below 1 from above.
    pub ratio: f64,
    /// Whether hits between two steps count: by the law of a Brownian bridge, so only with a model of continuous paths with
    /// constant variance.
    pub continuous: bool,
}

/// What is simulated, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// How prices move.
    pub model: Model,
    /// What is held.
    pub positions: Vec<ScenarioPosition>,
    /// Barriers that are watched.
    pub barriers: Vec<Barrier>,
    /// How scenarios are spread.
    pub sampling: Sampling,
    /// Number of paths.
    pub scenarios: u32,
    /// Steps of each path.
    pub steps: u32,
    /// Length of a step, which options and Heston's model ask for.
    pub step_years: f64,
    /// Equal seeds give equal paths, on any number of threads.
    pub seed: u64,
    /// Whether profit and loss are wanted at every step: drawdown and time under water.
    pub along_the_path: bool,
    /// Whether the mean is to be corrected by that of the book's linear part, which is known.
    pub control_variate: bool,
    /// Confidence levels of the tails.
    pub levels: Vec<f64>,
}

impl Plan {
    /// Checks sizes and numbers.
    ///
    /// # Errors
    /// `ARGUMENT_INVALID` naming the field.
    pub fn validate(&self) -> Result<()> {
        let walk = self.model.walk();
        walk.validate()?;
        if self.steps == 0 || self.steps > STEPS_MAX {
            return Err(invalid(format!("steps must be 1 to {STEPS_MAX}, were {}", self.steps)));
        }
        check_positive("step years", &[self.step_years], false)?;
        if self.scenarios < 2 * REPLICATES || !self.scenarios.is_multiple_of(2 * REPLICATES) {
            return Err(invalid(format!(
                "scenarios must be a multiple of {}, were {}",
                2 * REPLICATES,
                self.scenarios
            )));
        }
        let bytes = self.outcome_bytes();
        if bytes > OUTCOME_BYTES_MAX {
            return Err(invalid(format!(
                "scenarios must fit {OUTCOME_BYTES_MAX} bytes of outcomes, {} take {bytes}",
                self.scenarios
            ))
            .with("bytes", bytes));
        }
        if self.positions.is_empty() || self.positions.len() > INSTRUMENTS_MAX {
            return Err(invalid(format!(
                "positions must number 1 to {INSTRUMENTS_MAX}, were {}",
                self.positions.len()
            )));
        }
        for (place, position) in self.positions.iter().enumerate() {
            position.validate(place, walk.assets())?;
        }
        self.validate_barriers()?;
        if self.control_variate && walk.mean().is_none() {
            return Err(invalid("a control variate needs a model whose mean is known".into()));
        }
        if self.sampling != Sampling::Random && walk.factors() == 0 {
            return Err(invalid(format!(
                "scenarios of history are drawn at random, {} spreads normals",
                self.sampling.name()
            )));
        }
        Ok(())
    }

    fn validate_barriers(&self) -> Result<()> {
        let walk = self.model.walk();
        if self.barriers.len() > BARRIERS_MAX {
            return Err(invalid(format!(
                "barriers must number at most {BARRIERS_MAX}, were {}",
                self.barriers.len()
            )));
        }
        for (place, barrier) in self.barriers.iter().enumerate() {
            if barrier.asset >= walk.assets() {
                return Err(invalid(format!(
                    "barrier {place} must name one of {} assets, names {}",
                    walk.assets(),
                    barrier.asset
                )));
            }
            if !(barrier.ratio > 0.0 && barrier.ratio.is_finite()) || barrier.ratio == 1.0 {
                return Err(invalid(format!(
                    "barrier {place} must be a ratio above 0 other than 1, was {}",
                    barrier.ratio
                )));
            }
            if barrier.continuous && walk.continuous_variance(barrier.asset).is_none() {
                return Err(invalid(format!(
                    "barrier {place} can be watched between steps only where paths are Brownian"
                )));
            }
        }
        Ok(())
    }

    /// Bytes that the outcomes take.
    #[must_use]
    pub fn outcome_bytes(&self) -> u64 {
        let columns =
            1 + if self.along_the_path { 2 } else { 0 } + if self.control_variate { 1 } else { 0 };
        u64::from(self.scenarios) * columns * size_of::<f64>() as u64
    }

    /// Simulates all scenarios on all cores and measures them.
    ///
    /// # Errors
    /// `ARGUMENT_INVALID` naming the field, `SAMPLE_TOO_SMALL`, `SIMULATION_NOT_FINITE` with the count of outcomes that are
    /// no numbers.
    pub fn simulate(&self) -> Result<Report> {
        self.validate()?;
        let outcomes = play_all(self)?;
        report(self, outcomes)
    }
}
