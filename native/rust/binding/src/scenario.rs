//! Scenarios of a book from JavaScript, off its thread: a plan and figures as JSON text, columns as arrays.

mod plan;

use crate::failure::{failure_json, guarded};
use holdfast_core::{Result, contain};
use holdfast_quant::scenario::device::OptionStart;
use holdfast_quant::scenario::estimate::{Estimate, Report};
use holdfast_quant::tail::Tail;
use napi::bindgen_prelude::{AsyncTask, Float64Array};
use napi::{Env, Task};
use napi_derive::napi;
use serde_json::{Value, json};

/// What a simulation answers.
#[napi(object)]
pub struct ScenarioAnswer {
    /// JSON text of the figures, or of a failure.
    pub figures: String,
    /// Profit and loss of each scenario, where they were asked for.
    pub outcomes: Option<Float64Array>,
}

pub struct ScenarioTask {
    plan: String,
    history: Vec<f64>,
}

impl ScenarioTask {
    fn run(&mut self) -> Result<(Value, Option<Vec<f64>>)> {
        let (plan, wants_outcomes) = plan::parse(&self.plan, std::mem::take(&mut self.history))?;
        let report = plan.simulate()?;
        Ok((figures(&report), wants_outcomes.then_some(report.profit)))
    }
}

fn figures(report: &Report) -> Value {
    let estimates = |all: &[Estimate]| all.iter().map(estimate).collect::<Vec<Value>>();
    json!({
        "mean": estimate(&report.mean),
        "standardDeviation": report.standard_deviation,
        "tails": report.tails.iter().map(tail_json).collect::<Vec<Value>>(),
        "path": report.along.as_ref().map(|along| json!({
            "drawdown": estimate(&along.drawdown),
            "drawdownQuantiles": estimates(&along.drawdown_quantiles),
            "underWater": estimate(&along.under_water),
        })),
        "controlled": report.controlled.map(|controlled| json!({
            "mean": estimate(&controlled.mean), "correlation": controlled.correlation,
        })),
        "liquidations": estimates(&report.liquidations),
        "barriers": estimates(&report.hits),
        "warning": report.warning,
    })
}

fn estimate(estimate: &Estimate) -> Value {
    let [low, high] = estimate.interval();
    json!({
        "value": estimate.value, "standardError": estimate.standard_error, "low": low, "high": high,
    })
}

pub(crate) fn tail_json(tail: &Tail) -> Value {
    json!({
        "level": tail.level, "var": tail.var, "cvar": tail.cvar,
        "varStandardError": tail.var_standard_error, "cvarStandardError": tail.cvar_standard_error,
    })
}

#[napi]
impl Task for ScenarioTask {
    type Output = (Value, Option<Vec<f64>>);
    type JsValue = ScenarioAnswer;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        Ok(contain::contain(|| self.run()).unwrap_or_else(|error| (failure_json(&error), None)))
    }

    fn resolve(&mut self, _env: Env, output: Self::Output) -> napi::Result<ScenarioAnswer> {
        let (figures, outcomes) = output;
        let outcomes = outcomes.map(Float64Array::new);
        Ok(ScenarioAnswer { figures: figures.to_string(), outcomes })
    }
}

/// Simulates a book on all cores: the plan as JSON, and the rows of a history where the model has one.
#[napi(ts_return_type = "Promise<ScenarioAnswer>")]
pub fn simulate_scenarios(plan: String, history: Float64Array) -> AsyncTask<ScenarioTask> {
    AsyncTask::new(ScenarioTask { plan, history: history.to_vec() })
}

/// What a graphics device takes of a plan.
#[napi(object)]
pub struct ScenarioNumbers {
    /// Cholesky factors, row by row without the zeros.
    pub factors: Float64Array,
    /// Value, delta, gamma, theta and vega of each option.
    pub options: Float64Array,
    /// What a reader of the results has to know.
    pub warning: Option<String>,
}

/// Checks a plan, and works out what a graphics device takes of it.
///
/// # Errors
/// `ARGUMENT_INVALID`, `MATRIX_INVALID`, `MATRIX_NOT_DEFINITE`.
#[napi]
pub fn scenario_numbers(
    plan: String,
    history: Float64Array,
) -> napi::Result<ScenarioNumbers, String> {
    guarded(|| {
        let (plan, _) = plan::parse(&plan, history.to_vec())?;
        let numbers = plan.device_numbers()?;
        let columns = |option: &OptionStart| {
            [option.value, option.delta, option.gamma, option.theta, option.vega]
        };
        let options: Vec<f64> = numbers.options.iter().flat_map(columns).collect();
        Ok(ScenarioNumbers {
            factors: Float64Array::new(numbers.factors),
            options: Float64Array::new(options),
            warning: numbers.warning.map(str::to_string),
        })
    })
}
