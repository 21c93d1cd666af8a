//! Any margins joined by a Gaussian or a Student copula (Demarta and McNeil 2005).

use super::history::ROWS_MIN;
use super::model::{PathState, Walk, check_assets, check_column, correlated, invalid};
use super::source::Source;
use crate::cholesky::LowerTriangle;
use holdfast_core::Result;
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// How dependent extremes are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Dependence {
    /// Extremes of different assets are independent in the limit.
    Gaussian,
    /// Extremes come together, the more the fewer the degrees of freedom.
    Student {
        /// Degrees of freedom, 1 or more.
        freedom: f64,
    },
}

/// Distribution of one asset's log-return in one step.
#[derive(Debug, Clone, PartialEq)]
pub enum Margin {
    /// Normal.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        deviation: f64,
    },
    /// Student's, shifted and scaled.
    Student {
        /// Centre.
        mean: f64,
        /// Factor of the variable with variance ν / (ν − 2).
        scale: f64,
        /// Degrees of freedom, 1 or more.
        freedom: f64,
    },
    /// The observed one, straight between observations.
    Empirical {
        /// In ascending order.
        sorted: Vec<f64>,
    },
}

/// Correlated margins.
#[derive(Debug, Clone, PartialEq)]
pub struct Copula {
    /// How extremes come together.
    pub dependence: Dependence,
    /// Cholesky factor of the correlation of the normals beneath.
    pub factor: LowerTriangle,
    /// One an asset.
    pub margins: Vec<Margin>,
}

/// Probabilities are kept off 0 and 1, where quantiles are infinite.
const PROBABILITY_MIN: f64 = 1e-15;

impl Margin {
    fn validate(&self) -> Result<()> {
        let positive = |name: &str, value: f64| {
            if value > 0.0 && value.is_finite() {
                Ok(())
            } else {
                Err(invalid(format!("{name} must be above 0, was {value}")))
            }
        };
        match self {
            Self::Normal { mean, deviation } => {
                check_column("margin mean", &[*mean], 1)?;
                positive("margin deviation", *deviation)
            }
            Self::Student { mean, scale, freedom } => {
                check_column("margin mean", &[*mean], 1)?;
                positive("margin scale", *scale)?;
                check_freedom(*freedom)
            }
            Self::Empirical { sorted } => {
                check_column("margin observations", sorted, sorted.len())?;
                if sorted.len() < ROWS_MIN || !sorted.is_sorted() {
                    return Err(invalid(format!(
                        "a margin must have at least {ROWS_MIN} observations in ascending order, has {}",
                        sorted.len()
                    )));
                }
                Ok(())
            }
        }
    }

    fn quantile(&self, probability: f64) -> f64 {
        let u = probability.clamp(PROBABILITY_MIN, 1.0 - PROBABILITY_MIN);
        match self {
            Self::Normal { mean, deviation } => {
                mean + deviation * Normal::standard().inverse_cdf(u)
            }
            Self::Student { mean, scale, freedom } => {
                let unit =
                    StudentsT::new(0.0, 1.0, *freedom).map_or(f64::NAN, |t| t.inverse_cdf(u));
                mean + scale * unit
            }
            Self::Empirical { sorted } => {
                // Observation k stands at probability (k + ½) / n.
                let last = sorted.len() - 1;
                let place = (u * sorted.len() as f64 - 0.5).clamp(0.0, last as f64);
                let below = place as usize;
                let above = (below + 1).min(last);
                sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
            }
        }
    }

    fn mean(&self) -> f64 {
        match self {
            Self::Normal { mean, .. } | Self::Student { mean, .. } => *mean,
            // Half an interval at each end is cut off, and the ends stand for it.
            Self::Empirical { sorted } => sorted.iter().sum::<f64>() / sorted.len() as f64,
        }
    }
}

fn check_freedom(freedom: f64) -> Result<()> {
    if freedom >= 1.0 && freedom.is_finite() {
        return Ok(());
    }
    Err(invalid(format!("degrees of freedom must be 1 or more, were {freedom}")))
}

impl Walk for Copula {
    fn assets(&self) -> usize {
        self.margins.len()
    }

    fn factors(&self) -> usize {
        self.margins.len()
    }

    fn validate(&self) -> Result<()> {
        check_assets(self.margins.len())?;
        if self.factor.order != self.margins.len() {
            return Err(invalid(format!(
                "margins must number {}, one a row of the correlations, were {}",
                self.factor.order,
                self.margins.len()
            )));
        }
        if let Dependence::Student { freedom } = self.dependence {
            check_freedom(freedom)?;
        }
        self.margins.iter().try_for_each(Margin::validate)
    }

    fn advance(
        &self,
        step: u32,
        z: &[f64],
        source: &Source,
        _: &mut PathState,
        returns: &mut [f64],
    ) {
        let common = match self.dependence {
            Dependence::Gaussian => 1.0,
            Dependence::Student { freedom } => {
                (0.5 * freedom / source.gamma(0.5 * freedom, step)).sqrt()
            }
        };
        for (asset, (sum, margin)) in returns.iter_mut().zip(&self.margins).enumerate() {
            let variable = common * correlated(&self.factor, asset, z);
            *sum = match (self.dependence, margin) {
                // The margin's own distribution: there and back again is the variable itself.
                (Dependence::Gaussian, Margin::Normal { mean, deviation }) => {
                    mean + deviation * variable
                }
                (
                    Dependence::Student { freedom },
                    Margin::Student { mean, scale, freedom: own },
                ) if freedom == *own => mean + scale * variable,
                (Dependence::Gaussian, margin) => margin.quantile(Normal::standard().cdf(variable)),
                (Dependence::Student { freedom }, margin) => margin.quantile(
                    StudentsT::new(0.0, 1.0, freedom).map_or(f64::NAN, |t| t.cdf(variable)),
                ),
            };
        }
    }

    fn mean(&self) -> Option<Vec<f64>> {
        let known = |margin: &Margin| match margin {
            Margin::Student { freedom, .. } => *freedom > 1.0,
            Margin::Normal { .. } | Margin::Empirical { .. } => true,
        };
        self.margins.iter().all(known).then(|| self.margins.iter().map(Margin::mean).collect())
    }
}
