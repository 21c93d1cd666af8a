//! Portfolio simulations from JavaScript, off its thread; results are JSON text, since a simulation takes milliseconds.

use crate::failure::{failure_json, guarded};
use crate::scenario::tail_json;
use holdfast_core::{Code, Error, Result, contain};
use holdfast_quant::cholesky::cholesky;
use holdfast_quant::portfolio::{Payoff, Portfolio, Simulation};
use holdfast_quant::tail::tails;
use napi::bindgen_prelude::{AsyncTask, Float32Array, Float64Array};
use napi::{Env, Task};
use napi_derive::napi;
use serde::Deserialize;
use serde_json::{Value, json};

/// What is not a column of numbers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    geometric: bool,
    scenarios: u32,
    steps: u32,
    /// Text, because a JavaScript number holds 53 bits of the 64.
    seed: String,
    levels: Vec<f64>,
    /// Whether the outcomes themselves are wanted.
    outcomes: bool,
}

/// What a simulation answers.
#[napi(object)]
pub struct PortfolioAnswer {
    /// JSON text of the figures, or of a failure.
    pub figures: String,
    /// One a scenario, where they were asked for.
    pub outcomes: Option<Float32Array>,
}

pub struct PortfolioTask {
    exposures: Vec<f64>,
    covariance: Vec<f64>,
    drifts: Vec<f64>,
    settings: String,
}

impl PortfolioTask {
    fn run(&mut self) -> Result<(Value, Option<Vec<f32>>)> {
        let invalid = |message: String| Error::new(Code::ArgumentInvalid, message);
        let settings: Settings = serde_json::from_str(&self.settings)
            .map_err(|error| invalid(format!("settings must have their fields, {error}")))?;
        let seed = settings
            .seed
            .parse()
            .map_err(|_| invalid(format!("seed must have 64 bits, was {}", settings.seed)))?;
        let portfolio = Portfolio {
            factor: cholesky(&self.covariance, self.exposures.len())?,
            exposures: std::mem::take(&mut self.exposures),
            drifts: std::mem::take(&mut self.drifts),
            payoff: if settings.geometric { Payoff::Geometric } else { Payoff::Linear },
        };
        let simulation = Simulation { scenarios: settings.scenarios, steps: settings.steps, seed };
        let outcomes = portfolio.simulate(&simulation)?;
        let found = tails(&outcomes.pnl, &settings.levels)?;
        let tails: Vec<Value> = found.iter().map(tail_json).collect();
        let figures = json!({
            "mean": outcomes.mean, "standardDeviation": outcomes.standard_deviation,
            "device": outcomes.device, "tails": tails,
        });
        Ok((figures, settings.outcomes.then_some(outcomes.pnl)))
    }
}

#[napi]
impl Task for PortfolioTask {
    type Output = (Value, Option<Vec<f32>>);
    type JsValue = PortfolioAnswer;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        // A rejection cannot carry a code of ours, so a failure is an answer too.
        Ok(contain::contain(|| self.run()).unwrap_or_else(|error| (failure_json(&error), None)))
    }

    fn resolve(
        &mut self,
        _env: Env,
        (figures, outcomes): Self::Output,
    ) -> napi::Result<PortfolioAnswer> {
        let outcomes = outcomes.map(Float32Array::new);
        Ok(PortfolioAnswer { figures: figures.to_string(), outcomes })
    }
}

/// Simulates a portfolio on all cores: exposures, covariance row by row, drifts, and settings as JSON.
#[napi(ts_return_type = "Promise<PortfolioAnswer>")]
pub fn simulate_portfolio(
    exposures: Float64Array,
    covariance: Float64Array,
    drifts: Float64Array,
    settings: String,
) -> AsyncTask<PortfolioTask> {
    AsyncTask::new(PortfolioTask {
        exposures: exposures.to_vec(),
        covariance: covariance.to_vec(),
        drifts: drifts.to_vec(),
        settings,
    })
}

/// Returns the Cholesky factor of a covariance matrix, row by row without the zeros.
///
/// # Errors
/// `MATRIX_INVALID`, `MATRIX_NOT_DEFINITE`.
#[napi]
pub fn cholesky_factor(covariance: Float64Array, order: u32) -> napi::Result<Float64Array, String> {
    guarded(|| Ok(Float64Array::new(cholesky(&covariance, order as usize)?.packed)))
}
