//! What scenarios say, each figure with its standard error.

use super::paths::Outcomes;
use super::sampling::Sampling;
use super::{Plan, REPLICATES};
use crate::tail::{Tail, tail};
use holdfast_core::{Code, Error, Result};

/// 97.5 % quantile of Student's distribution with one degree of freedom less than there are replicates.
const STUDENT_QUANTILE: f64 = 2.131_449_545_559_323;

/// A figure with its sampling error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The figure of all scenarios.
    pub value: f64,
    /// From the spread of the replicates' answers.
    pub standard_error: f64,
}

impl Estimate {
    /// The interval that holds the true figure in 95 of 100 simulations.
    #[must_use]
    pub fn interval(&self) -> [f64; 2] {
        let half = STUDENT_QUANTILE * self.standard_error;
        [self.value - half, self.value + half]
    }

    /// A figure and the answers of the replicates to it.
    fn of(value: f64, answers: &[f64]) -> Self {
        let count = answers.len() as f64;
        let mean = answers.iter().sum::<f64>() / count;
        let squares: f64 = answers.iter().map(|answer| (answer - mean).powi(2)).sum();
        Self { value, standard_error: (squares / (count - 1.0) / count).sqrt() }
    }
}

/// What happens along the paths.
#[derive(Debug, Clone, PartialEq)]
pub struct Along {
    /// Mean of the largest falls from a running maximum that starts at 0.
    pub drawdown: Estimate,
    /// Falls that are not exceeded with each level's probability.
    pub drawdown_quantiles: Vec<Estimate>,
    /// Mean share of steps that end below the running maximum.
    pub under_water: Estimate,
}

/// The mean with the help of a variable whose mean is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Controlled {
    /// The corrected mean.
    pub mean: Estimate,
    /// Correlation of profit and control.
    pub correlation: f64,
}

/// Answers of a simulation.
#[derive(Debug)]
pub struct Report {
    /// Profit and loss of each scenario.
    pub profit: Vec<f64>,
    /// Its mean.
    pub mean: Estimate,
    /// Its standard deviation.
    pub standard_deviation: f64,
    /// One a level.
    pub tails: Vec<Tail>,
    /// Where it was asked for.
    pub along: Option<Along>,
    /// Where it was asked for.
    pub controlled: Option<Controlled>,
    /// Probability that each perpetual is liquidated, in the order of positions.
    pub liquidations: Vec<Estimate>,
    /// Probability that each barrier is hit.
    pub hits: Vec<Estimate>,
    /// What a reader has to know.
    pub warning: Option<&'static str>,
}

pub(crate) fn not_finite(profit: &[f64]) -> Result<()> {
    let count = profit.iter().filter(|value| !value.is_finite()).count();
    if count == 0 {
        return Ok(());
    }
    let message = format!("outcomes must be finite, {count} were not");
    Err(Error::new(Code::SimulationNotFinite, message).with("count", count))
}

pub(crate) fn report(plan: &Plan, outcomes: Outcomes) -> Result<Report> {
    let split = |values: &[f64]| -> Vec<Vec<f64>> {
        let mut parts =
            vec![Vec::with_capacity(values.len() / REPLICATES as usize); REPLICATES as usize];
        for (scenario, value) in values.iter().enumerate() {
            parts[plan.sampling.replicate(scenario as u32) as usize].push(*value);
        }
        parts
    };
    let mean_of = |values: &[f64]| {
        let answers: Vec<f64> = split(values).iter().map(|part| mean(part)).collect();
        Estimate::of(mean(values), &answers)
    };
    let profit_parts = split(&outcomes.profit);
    let tails = plan
        .levels
        .iter()
        .map(|level| profit_tail(plan.sampling, &outcomes.profit, &profit_parts, *level))
        .collect::<Result<_>>()?;
    let average = mean(&outcomes.profit);
    let squares: f64 = outcomes.profit.iter().map(|value| (value - average).powi(2)).sum();
    let along = plan.along_the_path.then(|| -> Result<Along> {
        let losses: Vec<f64> = outcomes.drawdown.iter().map(|fall| -fall).collect();
        let parts = split(&losses);
        let quantile = |level: &f64| {
            let found = profit_tail(plan.sampling, &losses, &parts, *level)?;
            Ok(Estimate { value: found.var, standard_error: found.var_standard_error })
        };
        Ok(Along {
            drawdown: mean_of(&outcomes.drawdown),
            drawdown_quantiles: plan.levels.iter().map(quantile).collect::<Result<_>>()?,
            under_water: mean_of(&outcomes.under_water),
        })
    });
    let members = f64::from(plan.scenarios / REPLICATES);
    let probability = |counts: &[u64; REPLICATES as usize]| {
        let answers = counts.map(|count| count as f64 / members);
        Estimate::of(answers.iter().sum::<f64>() / f64::from(REPLICATES), &answers)
    };
    Ok(Report {
        mean: mean_of(&outcomes.profit),
        standard_deviation: (squares / f64::from(plan.scenarios)).sqrt(),
        tails,
        along: along.transpose()?,
        controlled: plan.control_variate.then(|| controlled(plan, &outcomes, &split)),
        liquidations: outcomes.liquidations.iter().map(probability).collect(),
        hits: outcomes.hits.iter().map(probability).collect(),
        warning: plan.model.walk().warning(),
        profit: outcomes.profit,
    })
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Independent scenarios have the errors of order statistics; others those of their replicates.
fn profit_tail(sampling: Sampling, all: &[f64], parts: &[Vec<f64>], level: f64) -> Result<Tail> {
    let found = tail(all, level)?;
    if sampling == Sampling::Random {
        return Ok(found);
    }
    let answers = parts.iter().map(|part| tail(part, level)).collect::<Result<Vec<Tail>>>()?;
    let error = |of: fn(&Tail) -> f64| {
        let answers: Vec<f64> = answers.iter().map(of).collect();
        Estimate::of(0.0, &answers).standard_error
    };
    Ok(Tail {
        var_standard_error: error(|part| part.var),
        cvar_standard_error: error(|part| part.cvar),
        ..found
    })
}

fn controlled(
    plan: &Plan,
    outcomes: &Outcomes,
    split: &dyn Fn(&[f64]) -> Vec<Vec<f64>>,
) -> Controlled {
    let known: f64 = {
        let steps = f64::from(plan.steps);
        let means = plan.model.walk().mean().unwrap_or_default();
        plan.positions
            .iter()
            .map(|position| position.delta() * steps * means[position.asset()])
            .sum()
    };
    let (profit, control) = (&outcomes.profit, &outcomes.control);
    let (average, centre) = (mean(profit), mean(control));
    let (mut both, mut own, mut other) = (0.0, 0.0, 0.0);
    for (x, y) in profit.iter().zip(control) {
        both += (x - average) * (y - centre);
        own += (x - average).powi(2);
        other += (y - centre).powi(2);
    }
    let slope = if other > 0.0 { both / other } else { 0.0 };
    let correlation = if own > 0.0 && other > 0.0 { both / (own * other).sqrt() } else { 0.0 };
    let answers: Vec<f64> = split(profit)
        .iter()
        .zip(split(control))
        .map(|(profit, control)| mean(profit) - slope * (mean(&control) - known))
        .collect();
    Controlled { mean: Estimate::of(average - slope * (centre - known), &answers), correlation }
}
