//! The plan of a simulation as JSON, in the words of TypeScript.

use holdfast_core::{Code, Error, Result};
use holdfast_quant::cholesky::cholesky;
use holdfast_quant::scenario::book::ScenarioPosition;
use holdfast_quant::scenario::copula::{Copula, Dependence, Margin};
use holdfast_quant::scenario::heston::{Heston, Scheme, VarianceProcess};
use holdfast_quant::scenario::history::{Bootstrap, FilteredHistory, History, VarianceRecursion};
use holdfast_quant::scenario::jumps::Jumps;
use holdfast_quant::scenario::model::{Brownian, FactorModel, Model, Regimes};
use holdfast_quant::scenario::sampling::Sampling;
use holdfast_quant::scenario::{Barrier, Plan};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct PlanForm {
    model: ModelForm,
    positions: Vec<PositionForm>,
    barriers: Vec<BarrierForm>,
    sampling: SamplingForm,
    scenarios: u32,
    steps: u32,
    step_years: f64,
    /// Text, because a JavaScript number holds 53 bits of the 64.
    seed: String,
    path: bool,
    control_variate: bool,
    levels: Vec<f64>,
    outcomes: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum SamplingForm {
    Random,
    Antithetic,
    MomentMatched,
    Sobol,
}

/// Square matrices are flat, row by row.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MotionForm {
    drifts: Vec<f64>,
    covariance: Vec<f64>,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
enum ModelForm {
    Brownian {
        drifts: Vec<f64>,
        covariance: Vec<f64>,
    },
    Factors {
        drifts: Vec<f64>,
        loadings: Vec<f64>,
        common: usize,
        deviations: Vec<f64>,
    },
    Copula {
        correlation: Vec<f64>,
        freedom: Option<f64>,
        margins: Vec<MarginForm>,
    },
    Jumps {
        drifts: Vec<f64>,
        covariance: Vec<f64>,
        intensities: Vec<f64>,
        means: Vec<f64>,
        deviations: Vec<f64>,
        together: bool,
    },
    Heston {
        rates: Vec<f64>,
        correlation: Vec<f64>,
        variances: Vec<VarianceForm>,
        full_truncation: bool,
    },
    FilteredHistory {
        recursions: Vec<RecursionForm>,
    },
    Bootstrap {
        assets: usize,
        block_mean: f64,
    },
    Regimes {
        regimes: Vec<MotionForm>,
        start: Vec<f64>,
        transitions: Vec<f64>,
    },
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum MarginForm {
    Normal { mean: f64, deviation: f64 },
    Student { mean: f64, scale: f64, freedom: f64 },
    Empirical { sorted: Vec<f64> },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VarianceForm {
    start: f64,
    level: f64,
    speed: f64,
    volatility: f64,
    correlation: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecursionForm {
    mean: f64,
    start: f64,
    constant: f64,
    news: f64,
    memory: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BarrierForm {
    asset: usize,
    ratio: f64,
    continuous: bool,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum PositionForm {
    Linear {
        asset: usize,
        exposure: f64,
    },
    Perpetual {
        asset: usize,
        notional: f64,
        margin: f64,
        maintenance: f64,
        funding: f64,
        inverse: bool,
    },
    Option {
        asset: usize,
        call: bool,
        spot: f64,
        strike: f64,
        years: f64,
        volatility: f64,
        rate: f64,
        carry: f64,
        quantity: f64,
        greeks: bool,
    },
}

/// Returns the plan, and whether the outcomes are wanted.
pub(super) fn parse(text: &str, history: Vec<f64>) -> Result<(Plan, bool)> {
    let invalid = |message: String| Error::new(Code::ArgumentInvalid, message);
    let form: PlanForm = serde_json::from_str(text)
        .map_err(|error| invalid(format!("plan must have its fields, {error}")))?;
    let seed = form
        .seed
        .parse()
        .map_err(|_| invalid(format!("seed must have 64 bits, was {}", form.seed)))?;
    let plan = Plan {
        model: model(form.model, form.step_years, history)?,
        positions: form.positions.into_iter().map(position).collect(),
        barriers: form
            .barriers
            .into_iter()
            .map(|BarrierForm { asset, ratio, continuous }| Barrier { asset, ratio, continuous })
            .collect(),
        sampling: match form.sampling {
            SamplingForm::Random => Sampling::Random,
            SamplingForm::Antithetic => Sampling::Antithetic,
            SamplingForm::MomentMatched => Sampling::MomentMatched,
            SamplingForm::Sobol => Sampling::Sobol,
        },
        scenarios: form.scenarios,
        steps: form.steps,
        step_years: form.step_years,
        seed,
        along_the_path: form.path,
        control_variate: form.control_variate,
        levels: form.levels,
    };
    Ok((plan, form.outcomes))
}

fn brownian(drifts: Vec<f64>, covariance: &[f64]) -> Result<Brownian> {
    let factor = cholesky(covariance, drifts.len())?;
    Ok(Brownian { drifts, factor })
}

fn model(form: ModelForm, step_years: f64, rows: Vec<f64>) -> Result<Model> {
    Ok(match form {
        ModelForm::Brownian { drifts, covariance } => {
            Model::Brownian(brownian(drifts, &covariance)?)
        }
        ModelForm::Factors { drifts, loadings, common, deviations } => {
            Model::Factors(FactorModel { drifts, loadings, common, deviations })
        }
        ModelForm::Copula { correlation, freedom, margins } => Model::Copula(Copula {
            dependence: freedom
                .map_or(Dependence::Gaussian, |freedom| Dependence::Student { freedom }),
            factor: cholesky(&correlation, margins.len())?,
            margins: margins.into_iter().map(margin).collect(),
        }),
        ModelForm::Jumps { drifts, covariance, intensities, means, deviations, together } => {
            let diffusion = brownian(drifts, &covariance)?;
            Model::Jumps(Jumps { diffusion, intensities, means, deviations, together })
        }
        ModelForm::Heston { rates, correlation, variances, full_truncation } => {
            let scheme =
                if full_truncation { Scheme::FullTruncation } else { Scheme::QuadraticExponential };
            Model::Heston(Heston {
                factor: cholesky(&correlation, variances.len())?,
                rates,
                variances: variances.into_iter().map(variance).collect(),
                step_years,
                scheme,
            })
        }
        ModelForm::FilteredHistory { recursions } => Model::FilteredHistory(FilteredHistory {
            residuals: History { rows, assets: recursions.len() },
            recursions: recursions.into_iter().map(recursion).collect(),
        }),
        ModelForm::Bootstrap { assets, block_mean } => {
            Model::Bootstrap(Bootstrap { history: History { rows, assets }, block_mean })
        }
        ModelForm::Regimes { regimes, start, transitions } => Model::Regimes(Regimes {
            regimes: regimes
                .into_iter()
                .map(|motion| brownian(motion.drifts, &motion.covariance))
                .collect::<Result<_>>()?,
            start,
            transitions,
        }),
    })
}

fn margin(form: MarginForm) -> Margin {
    match form {
        MarginForm::Normal { mean, deviation } => Margin::Normal { mean, deviation },
        MarginForm::Student { mean, scale, freedom } => Margin::Student { mean, scale, freedom },
        MarginForm::Empirical { sorted } => Margin::Empirical { sorted },
    }
}

fn variance(form: VarianceForm) -> VarianceProcess {
    let VarianceForm { start, level, speed, volatility, correlation } = form;
    VarianceProcess { start, level, speed, volatility, correlation }
}

fn recursion(form: RecursionForm) -> VarianceRecursion {
    let RecursionForm { mean, start, constant, news, memory } = form;
    VarianceRecursion { mean, start, constant, news, memory }
}

fn position(form: PositionForm) -> ScenarioPosition {
    match form {
        PositionForm::Linear { asset, exposure } => ScenarioPosition::Linear { asset, exposure },
        PositionForm::Perpetual { asset, notional, margin, maintenance, funding, inverse } => {
            ScenarioPosition::Perpetual { asset, notional, margin, maintenance, funding, inverse }
        }
        PositionForm::Option {
            asset,
            call,
            spot,
            strike,
            years,
            volatility,
            rate,
            carry,
            quantity,
            greeks,
        } => ScenarioPosition::Option {
            asset,
            sign: if call { 1.0 } else { -1.0 },
            spot,
            strike,
            years,
            volatility,
            rate,
            carry,
            quantity,
            greeks,
        },
    }
}
