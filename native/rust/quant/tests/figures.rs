//! The portfolio of `reference/figures.md` section 17: 16 correlated assets, 2²⁰ scenarios, key (42, 7).

use holdfast_quant::cholesky::cholesky;
use holdfast_quant::normal;
use holdfast_quant::portfolio::{Payoff, Portfolio, Simulation};
use holdfast_quant::tail::tail;

const ASSETS: usize = 16;
/// VaR is the outcome of one path, which shows the last digits of the study's own logarithm and sine; CVaR is a mean.
const ONE_PATH: f64 = 1e-9;
const MANY_PATHS: f64 = 2e-11;

fn portfolio(payoff: Payoff) -> Portfolio {
    let volatility = |asset: usize| (0.15 + 0.02 * asset as f64) / 252.0_f64.sqrt();
    let correlation = |one: usize, other: usize| {
        if one == other { 1.0 } else { 0.3 + 0.6 * 0.5_f64.powi(one.abs_diff(other) as i32) }
    };
    let covariance: Vec<f64> = (0..ASSETS * ASSETS)
        .map(|cell| (cell / ASSETS, cell % ASSETS))
        .map(|(row, column)| volatility(row) * volatility(column) * correlation(row, column))
        .collect();
    let sign = |asset: usize| if asset % 4 == 3 { -0.5 } else { 1.0 };
    let drift = |asset: usize| match payoff {
        Payoff::Linear => 0.0,
        Payoff::Geometric => -0.5 * volatility(asset).powi(2),
    };
    Portfolio {
        exposures: (0..ASSETS)
            .map(|asset| sign(asset) * (1.0 + 0.1 * asset as f64) * 1e5)
            .collect(),
        drifts: (0..ASSETS).map(drift).collect(),
        factor: cholesky(&covariance, ASSETS).unwrap(),
        payoff,
    }
}

fn simulation(steps: u32) -> Simulation {
    Simulation { scenarios: 1 << 20, steps, seed: 42 | 7 << 32 }
}

fn close(value: f64, expected: f64, relative: f64) {
    assert!((value / expected - 1.0).abs() <= relative, "{value} is not {expected}");
}

#[test]
fn linear_risk_is_the_published_figure_in_double_precision() {
    for (steps, var, cvar) in
        [(1, 52_169.137_486, 59_730.832_888), (10, 164_237.148_023, 187_893.562_735)]
    {
        let outcomes = portfolio(Payoff::Linear).simulate_f64(&simulation(steps)).unwrap();
        let found = tail(&outcomes, 0.99).unwrap();
        close(found.var, var, ONE_PATH);
        close(found.cvar, cvar, MANY_PATHS);
    }
}

#[test]
fn geometric_risk_is_the_published_figure_in_double_precision() {
    for (steps, var, cvar) in
        [(1, 51_399.144_393, 58_661.321_014), (10, 156_861.393_132, 177_600.099_164)]
    {
        let outcomes = portfolio(Payoff::Geometric).simulate_f64(&simulation(steps)).unwrap();
        let found = tail(&outcomes, 0.99).unwrap();
        close(found.var, var, ONE_PATH);
        close(found.cvar, cvar, MANY_PATHS);
    }
}

/// Every path, and not only the tail: the largest deviation over a million of them, in standard deviations.
#[test]
fn prisk_07_single_precision_follows_double_precision_path_by_path() {
    for (payoff, steps, bound) in [
        (Payoff::Linear, 1, 4e-5),
        (Payoff::Linear, 10, 1.2e-4),
        (Payoff::Geometric, 1, 4e-5),
        (Payoff::Geometric, 10, 1.2e-4),
    ] {
        let portfolio = portfolio(payoff);
        let single = portfolio.simulate(&simulation(steps)).unwrap();
        let double = portfolio.simulate_f64(&simulation(steps)).unwrap();
        let largest = single
            .pnl
            .iter()
            .zip(&double)
            .map(|(one, other)| (f64::from(*one) - other).abs() / single.standard_deviation)
            .fold(0.0, f64::max);
        assert!(largest < bound, "{payoff:?} {steps}: {largest}");
        let (one, other) = (tail(&single.pnl, 0.99).unwrap(), tail(&double, 0.99).unwrap());
        close(one.var, other.var, 5e-7);
        close(one.cvar, other.cvar, 5e-7);
    }
}

#[test]
fn mean_and_deviation_are_the_published_ones() {
    let outcomes = portfolio(Payoff::Linear).simulate(&simulation(1)).unwrap();
    close(outcomes.standard_deviation, 22_420.066_39, 1e-6);
    assert!((outcomes.mean + 25.203_41).abs() < 0.01, "{}", outcomes.mean);
}

/// Errors in units of the stated standard error over 40 seeds have mean 0 and deviation 1, or the standard error is wrong.
#[test]
fn standard_errors_are_what_forty_seeds_scatter_by() {
    let portfolio = portfolio(Payoff::Linear);
    let z = normal::quantile(0.99);
    let (var, cvar) = (52_183.859, 22_431.666_9 * normal::density(z) / 0.01);
    let scores: Vec<(f64, f64)> = (0..40)
        .map(|seed| {
            let simulation = Simulation { scenarios: 1 << 17, steps: 1, seed };
            let found = tail(&portfolio.simulate(&simulation).unwrap().pnl, 0.99).unwrap();
            (
                (found.var - var) / found.var_standard_error,
                (found.cvar - cvar) / found.cvar_standard_error,
            )
        })
        .collect();
    for pick in [|score: &(f64, f64)| score.0, |score: &(f64, f64)| score.1] {
        let mean = scores.iter().map(pick).sum::<f64>() / 40.0;
        let variance = scores.iter().map(|score| (pick(score) - mean).powi(2)).sum::<f64>() / 39.0;
        assert!(mean.abs() < 0.5 && (0.6..1.6).contains(&variance.sqrt()), "{mean} {variance}");
    }
}

#[test]
fn prisk_07_a_draw_does_not_depend_on_the_batch_it_is_in() {
    let portfolio = portfolio(Payoff::Geometric);
    let many = portfolio.simulate(&simulation(2)).unwrap().pnl;
    let few = portfolio.simulate(&Simulation { scenarios: 10_001, ..simulation(2) }).unwrap().pnl;
    assert_eq!(many[..10_001], few);
    let single = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(single.install(|| portfolio.simulate(&simulation(2)).unwrap().pnl), many);
}

#[test]
fn bad_input_has_a_code() {
    let good = portfolio(Payoff::Linear);
    let refused = [
        Portfolio { exposures: vec![1.0; 15], ..good.clone() },
        Portfolio { exposures: vec![f64::NAN; 16], ..good.clone() },
        Portfolio { exposures: vec![1e300; 16], ..good.clone() },
        Portfolio { drifts: vec![0.0; 17], ..good.clone() },
    ];
    for portfolio in refused {
        let error = portfolio.simulate(&simulation(1)).unwrap_err();
        assert_eq!(error.code().name(), "ARGUMENT_INVALID");
    }
    for (scenarios, steps) in [(0, 1), (1, 0), (u32::MAX, 1), (1, 253)] {
        let wrong = Simulation { scenarios, steps, seed: 0 };
        assert_eq!(good.simulate(&wrong).unwrap_err().code().name(), "ARGUMENT_INVALID");
    }
    let huge = Portfolio { exposures: vec![3e38; 16], ..good };
    let error = huge.simulate(&Simulation { scenarios: 64, steps: 252, seed: 0 }).unwrap_err();
    assert_eq!(error.code().name(), "SIMULATION_NOT_FINITE");
}
