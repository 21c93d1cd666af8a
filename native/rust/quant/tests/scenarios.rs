//! Models, instruments and ways of sampling against closed forms and published figures.

use holdfast_core::Code;
use holdfast_quant::cholesky::{LowerTriangle, cholesky};
use holdfast_quant::scenario::book::ScenarioPosition;
use holdfast_quant::scenario::copula::{Copula, Dependence, Margin};
use holdfast_quant::scenario::estimate::{Estimate, Report};
use holdfast_quant::scenario::heston::{Heston, Scheme, VarianceProcess};
use holdfast_quant::scenario::history::{Bootstrap, FilteredHistory, History, VarianceRecursion};
use holdfast_quant::scenario::jumps::Jumps;
use holdfast_quant::scenario::model::{Brownian, FactorModel, Model, Regimes};
use holdfast_quant::scenario::sampling::Sampling;
use holdfast_quant::scenario::{Barrier, Plan};
use statrs::distribution::{ContinuousCDF, Normal};

fn one(deviation: f64) -> LowerTriangle {
    LowerTriangle { order: 1, packed: vec![deviation] }
}

fn brownian(drift: f64, deviation: f64) -> Model {
    Model::Brownian(Brownian { drifts: vec![drift], factor: one(deviation) })
}

fn plan(model: Model, positions: Vec<ScenarioPosition>) -> Plan {
    Plan {
        model,
        positions,
        barriers: Vec::new(),
        sampling: Sampling::Random,
        scenarios: 1 << 16,
        steps: 1,
        step_years: 1.0,
        seed: 11,
        along_the_path: false,
        control_variate: false,
        levels: vec![0.95, 0.99],
    }
}

fn linear(asset: usize, exposure: f64) -> ScenarioPosition {
    ScenarioPosition::Linear { asset, exposure }
}

fn call(strike: f64, years: f64, volatility: f64) -> ScenarioPosition {
    ScenarioPosition::Option {
        asset: 0,
        sign: 1.0,
        spot: 100.0,
        strike,
        years,
        volatility,
        rate: 0.0,
        carry: 0.0,
        quantity: 1.0,
        greeks: false,
    }
}

/// Black and Scholes without interest.
fn start_value(strike: f64, years: f64, volatility: f64) -> f64 {
    let spread = volatility * years.sqrt();
    let upper = (100.0 / strike).ln() / spread + 0.5 * spread;
    let normal = Normal::standard();
    100.0 * normal.cdf(upper) - strike * normal.cdf(upper - spread)
}

/// The price of a call that expires at the horizon: the discounted mean of what it pays.
fn call_price(report: &Report, strike: f64, years: f64, rate: f64) -> Estimate {
    let discount = (-rate * years).exp();
    Estimate {
        value: discount * (report.mean.value + start_value(strike, years, 0.2)),
        standard_error: discount * report.mean.standard_error,
    }
}

fn assert_near(found: Estimate, expected: f64, tolerance: f64) {
    let distance = (found.value - expected).abs();
    assert!(
        distance < 4.0 * found.standard_error + tolerance,
        "{} ± {} against {expected}",
        found.value,
        found.standard_error
    );
}

/// Over 40 seeds the distances in standard errors have mean 0 and deviation 1, within their own errors: the errors are honest.
#[test]
fn prisk_02_standard_errors_are_those_of_the_figures_for_every_sampling() {
    for sampling in
        [Sampling::Random, Sampling::Antithetic, Sampling::MomentMatched, Sampling::Sobol]
    {
        let exact = start_value(105.0, 1.0, 0.3);
        let scores: Vec<f64> = (0..40)
            .map(|seed| {
                let model = brownian(-0.045, 0.3);
                let report = Plan {
                    seed,
                    scenarios: 4_096,
                    sampling,
                    ..plan(model, vec![call(105.0, 1.0, 0.2)])
                }
                .simulate()
                .unwrap();
                let price = call_price(&report, 105.0, 1.0, 0.0);
                (price.value - exact) / price.standard_error
            })
            .collect();
        let mean = scores.iter().sum::<f64>() / 40.0;
        let deviation = (scores.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / 39.0).sqrt();
        assert!(mean.abs() < 0.6, "{}: mean {mean}", sampling.name());
        assert!((0.7..1.45).contains(&deviation), "{}: deviation {deviation}", sampling.name());
    }
}

#[test]
fn better_samplings_have_smaller_errors() {
    let error = |sampling| {
        let model = brownian(-0.02, 0.2);
        let wanted = Plan { sampling, steps: 16, ..plan(model, vec![call(100.0, 16.0, 0.2)]) };
        wanted.simulate().unwrap().mean.standard_error
    };
    let random = error(Sampling::Random);
    assert!(error(Sampling::Antithetic) < 0.95 * random);
    assert!(error(Sampling::MomentMatched) < 0.8 * random);
    assert!(error(Sampling::Sobol) < 0.1 * random);
}

#[test]
fn a_control_variate_keeps_the_mean_and_shrinks_its_error() {
    let wanted =
        Plan { control_variate: true, ..plan(brownian(-0.02, 0.2), vec![call(90.0, 1.0, 0.2)]) };
    let report = wanted.simulate().unwrap();
    let controlled = report.controlled.unwrap();
    let exact = start_value(90.0, 1.0, 0.2);
    let corrected = Estimate { value: controlled.mean.value + exact, ..controlled.mean };
    assert_near(corrected, exact, 0.0);
    assert!(controlled.correlation > 0.9);
    assert!(controlled.mean.standard_error < 0.5 * report.mean.standard_error);
}

/// Closed form of a normal loss.
#[test]
fn prisk_02_tails_of_a_portfolio_are_those_of_the_normal_distribution() {
    let covariance = [0.0004, 0.0001, 0.0001, 0.0009];
    let model = Model::Brownian(Brownian {
        drifts: vec![-0.0002, -0.00045],
        factor: cholesky(&covariance, 2).unwrap(),
    });
    let report =
        Plan { scenarios: 1 << 18, ..plan(model, vec![linear(0, 1_000.0), linear(1, -400.0)]) }
            .simulate()
            .unwrap();
    let deviation = (1_000.0_f64.powi(2) * 0.0004 + 400.0_f64.powi(2) * 0.0009
        - 2.0 * 1_000.0 * 400.0 * 0.0001)
        .sqrt();
    assert!((report.standard_deviation / deviation - 1.0).abs() < 0.01);
    let var = report.tails[1].var;
    assert!((var / (2.326_347_874 * deviation) - 1.0).abs() < 0.03, "{var}");
}

/// `reference/figures.md` section 6: Haug 1998, page 9, as corrected.
#[test]
fn calls_under_jumps_are_those_of_merton() {
    for (gamma, intensity, strike, years, expected) in [
        (0.25_f64, 1.0_f64, 100.0, 0.25_f64, 5.88),
        (0.50, 5.0, 110.0, 0.50, 4.67),
        (0.75, 10.0, 90.0, 0.50, 15.40),
        (0.75, 1.0, 100.0, 0.10, 2.70),
    ] {
        let total = 0.25_f64.powi(2);
        let jump = (gamma * total / intensity).sqrt();
        let diffusion = total * (1.0 - gamma);
        let steps = 4;
        let step = years / f64::from(steps);
        // The mean of a jump's logarithm is such that the mean of the jump is 1.
        let model = Model::Jumps(Jumps {
            diffusion: Brownian {
                drifts: vec![(0.08 - 0.5 * diffusion) * step],
                factor: one((diffusion * step).sqrt()),
            },
            intensities: vec![intensity * step],
            means: vec![-0.5 * jump * jump],
            deviations: vec![jump],
            together: false,
        });
        let wanted = Plan {
            scenarios: 1 << 18,
            steps,
            step_years: step,
            ..plan(model, vec![call(strike, years, 0.2)])
        };
        let price = call_price(&wanted.simulate().unwrap(), strike, years, 0.08);
        assert_near(price, expected, 6.8e-3);
    }
}

fn heston(process: VarianceProcess, rate: f64, step_years: f64, scheme: Scheme) -> Model {
    let factor = one(1.0);
    Model::Heston(Heston {
        rates: vec![rate],
        variances: vec![process],
        factor,
        step_years,
        scheme,
    })
}

/// `reference/figures.md` section 5: Fang and Oosterlee 2008, and Andersen 2008, case I.
#[test]
fn prisk_09_calls_under_stochastic_variance_are_the_published_ones() {
    let fang = VarianceProcess {
        start: 0.0175,
        level: 0.0398,
        speed: 1.5768,
        volatility: 0.5751,
        correlation: -0.5711,
    };
    let andersen = VarianceProcess {
        start: 0.04,
        level: 0.04,
        speed: 0.5,
        volatility: 1.0,
        correlation: -0.9,
    };
    for (process, years, steps, expected, tolerance) in
        [(fang, 1.0, 32, 5.785_155, 0.005), (andersen, 10.0, 80, 13.084_670, 0.06)]
    {
        let step_years = years / f64::from(steps);
        let model = heston(process, 0.0, step_years, Scheme::QuadraticExponential);
        let wanted = Plan { steps, step_years, ..plan(model, vec![call(100.0, years, 0.2)]) };
        let report = wanted.simulate().unwrap();
        assert_near(call_price(&report, 100.0, years, 0.0), expected, tolerance);
        assert_eq!(report.warning, None);
        // The mean price is today's.
        let model = heston(process, 0.0, step_years, Scheme::QuadraticExponential);
        let forward = Plan { steps, step_years, ..plan(model, vec![linear(0, 100.0)]) };
        assert_near(forward.simulate().unwrap().mean, 0.0, 0.02);
    }
    let biased = heston(andersen, 0.0, 0.125, Scheme::FullTruncation);
    let wanted =
        Plan { steps: 80, step_years: 0.125, ..plan(biased, vec![call(100.0, 10.0, 0.2)]) };
    let report = wanted.simulate().unwrap();
    assert!(report.warning.is_some());
    let price = call_price(&report, 100.0, 10.0, 0.0);
    assert!(price.value - 13.084_670 > 4.0 * price.standard_error, "{}", price.value);
}

/// The law of the maximum of Brownian motion with drift, whatever the number of steps.
#[test]
fn hits_between_steps_follow_the_law_of_the_maximum() {
    let (drift, deviation): (f64, f64) = (0.01, 0.1);
    for steps in [1, 4, 25] {
        let horizon = f64::from(steps);
        let model = brownian(drift / horizon, deviation / horizon.sqrt());
        let barriers = [1.1, 0.9].map(|ratio| Barrier { asset: 0, ratio, continuous: true });
        let wanted =
            Plan { steps, barriers: barriers.to_vec(), ..plan(model, vec![linear(0, 1.0)]) };
        let report = wanted.simulate().unwrap();
        let normal = Normal::standard();
        let law = |level: f64, drift: f64| {
            normal.cdf((drift - level) / deviation)
                + (2.0 * drift * level / deviation.powi(2)).exp()
                    * normal.cdf((-level - drift) / deviation)
        };
        assert_near(report.hits[0], law(1.1_f64.ln(), drift), 0.0);
        assert_near(report.hits[1], law(-(0.9_f64.ln()), -drift), 0.0);
    }
}

/// Without drift the mean of the largest fall of Brownian motion is √(π/2) σ √T (Magdon-Ismail et al. 2004); steps see less.
#[test]
fn drawdowns_are_those_of_brownian_motion() {
    let wanted = Plan {
        steps: 252,
        scenarios: 1 << 14,
        along_the_path: true,
        ..plan(brownian(0.0, 0.000_1), vec![linear(0, 1_000.0)])
    };
    let along = wanted.simulate().unwrap().along.unwrap();
    let exact = (std::f64::consts::FRAC_PI_2 * 252.0).sqrt() * 0.1;
    let ratio = along.drawdown.value / exact;
    assert!((0.93..1.0).contains(&ratio), "{ratio}");
    assert!(along.drawdown_quantiles[1].value > along.drawdown_quantiles[0].value);
    // Almost every step ends below the maximum so far.
    assert!((0.85..1.0).contains(&along.under_water.value), "{}", along.under_water.value);
}

#[test]
fn a_liquidation_in_one_step_has_the_probability_of_its_price() {
    let perpetual = ScenarioPosition::Perpetual {
        asset: 0,
        notional: 10_000.0,
        margin: 1_000.0,
        maintenance: 0.005,
        funding: 0.0,
        inverse: false,
    };
    let report = plan(brownian(0.0, 0.06), vec![perpetual]).simulate().unwrap();
    // 1,000 + 10,000 (x − 1) = 50 x.
    let price = 9_000.0 / 9_950.0_f64;
    assert_near(report.liquidations[0], Normal::standard().cdf(price.ln() / 0.06), 0.0);
    assert!(report.profit.iter().all(|profit| *profit >= -1_000.0));
}

/// A sum of two has Student's distribution too; `reference/figures.md` section 13 has its shortfall for 4 degrees of freedom.
#[test]
fn a_student_copula_has_students_tails_alone_and_together() {
    let margin = || Margin::Student { mean: 0.0, scale: 1e-5, freedom: 4.0 };
    let factor = || cholesky(&[1.0, 0.5, 0.5, 1.0], 2).unwrap();
    let cvar = |dependence, positions| {
        let margins = vec![margin(), margin()];
        let model = Model::Copula(Copula { dependence, factor: factor(), margins });
        Plan { scenarios: 1 << 18, ..plan(model, positions) }.simulate().unwrap().tails[1].cvar
    };
    let student = Dependence::Student { freedom: 4.0 };
    let both = || vec![linear(0, 1e5), linear(1, 1e5)];
    let (alone, together) = (cvar(student, vec![linear(0, 1e5)]), cvar(student, both()));
    assert!((alone / 5.220_584_194 - 1.0).abs() < 0.03, "{alone}");
    assert!((together / (3.0_f64.sqrt() * 5.220_584_194) - 1.0).abs() < 0.03, "{together}");
    // The same margins and correlation, but extremes that do not come together.
    assert!(cvar(Dependence::Gaussian, both()) < 0.98 * together);
}

#[test]
fn empirical_margins_keep_the_distribution_of_the_observations() {
    let sorted: Vec<f64> = (0..500).map(|k| (f64::from(k) / 500.0 - 0.5) * 0.02).collect();
    let mean = sorted.iter().sum::<f64>() / 500.0;
    let margins = vec![Margin::Empirical { sorted }];
    let model =
        Model::Copula(Copula { dependence: Dependence::Gaussian, factor: one(1.0), margins });
    let wanted = Plan { control_variate: true, ..plan(model, vec![linear(0, 1_000.0)]) };
    let report = wanted.simulate().unwrap();
    assert_near(report.mean, 1_000.0 * (mean + 0.5 * 0.02_f64.powi(2) / 12.0), 1e-3);
    assert!((report.tails[0].var - 9.0).abs() < 0.2, "{}", report.tails[0].var);
}

fn history(rows: usize) -> History {
    let value = |row: usize, column: usize| {
        let wave = (row as f64 * 0.7 + column as f64).sin();
        0.01 * wave + 0.001 * column as f64
    };
    let rows = (0..rows).flat_map(|row| (0..2).map(move |column| value(row, column))).collect();
    History { rows, assets: 2 }
}

#[test]
fn the_bootstrap_keeps_means_and_lengthens_runs() {
    let rows = history(100);
    let mean: f64 = rows.rows.iter().step_by(2).sum::<f64>() / 100.0;
    for block_mean in [1.0, 10.0] {
        let model = Model::Bootstrap(Bootstrap { history: rows.clone(), block_mean });
        let wanted = Plan { steps: 5, control_variate: true, ..plan(model, vec![linear(0, 1.0)]) };
        let report = wanted.simulate().unwrap();
        let controlled = report.controlled.unwrap();
        // e^x − 1 − x is half the variance of the sum.
        let convexity = 0.5 * report.standard_deviation.powi(2);
        assert_near(controlled.mean, 5.0 * mean + convexity, 1e-5);
    }
}

#[test]
fn filtered_history_scales_residuals_by_a_variance_that_follows_them() {
    let rows: Vec<f64> = (0..1_000)
        .map(|k| Normal::standard().inverse_cdf((f64::from(k) + 0.5) / 1_000.0))
        .collect();
    let unit = (rows.iter().map(|z| z * z).sum::<f64>() / 1_000.0).sqrt();
    let residuals = History { rows: rows.iter().map(|z| z / unit).collect(), assets: 1 };
    let recursion =
        VarianceRecursion { mean: 0.0, start: 0.0004, constant: 2e-6, news: 0.1, memory: 0.88 };
    let model = |recursion| {
        Model::FilteredHistory(FilteredHistory {
            residuals: residuals.clone(),
            recursions: vec![recursion],
        })
    };
    let deviation = |steps: u32, recursion| {
        let wanted = Plan { steps, ..plan(model(recursion), vec![linear(0, 1.0)]) };
        let profit = wanted.simulate().unwrap().profit;
        let log = |gain: &f64| gain.ln_1p();
        profit.iter().map(|gain| log(gain).powi(2)).sum::<f64>() / profit.len() as f64
    };
    assert!((deviation(1, recursion) / 0.0004 - 1.0).abs() < 0.02);
    // The expected variance goes to its level of 0.0001 by 0.98 a step.
    let expected: f64 = (0..20).map(|k| 0.0001 + 0.0003 * 0.98_f64.powi(k)).sum();
    assert!((deviation(20, recursion) / expected - 1.0).abs() < 0.03);
}

#[test]
fn regimes_mix_their_moments() {
    let regime =
        |drift: f64, deviation: f64| Brownian { drifts: vec![drift], factor: one(deviation) };
    let model = Model::Regimes(Regimes {
        regimes: vec![regime(0.001, 0.01), regime(-0.002, 0.04)],
        start: vec![0.8, 0.2],
        transitions: vec![0.9, 0.1, 0.4, 0.6],
    });
    // The start is the chain's own distribution, so every step is alike.
    let report =
        Plan { scenarios: 1 << 18, ..plan(model, vec![linear(0, 1.0)]) }.simulate().unwrap();
    let mean = 0.8 * 0.001 + 0.2 * -0.002;
    let square =
        0.8 * (0.01_f64.powi(2) + 0.001_f64.powi(2)) + 0.2 * (0.04_f64.powi(2) + 0.002_f64.powi(2));
    let logs: Vec<f64> = report.profit.iter().map(|gain| gain.ln_1p()).collect();
    let count = logs.len() as f64;
    assert!((logs.iter().sum::<f64>() / count - mean).abs() < 4.0 * (square / count).sqrt());
    let found = logs.iter().map(|x| x * x).sum::<f64>() / count;
    assert!((found / square - 1.0).abs() < 0.03, "{found} {square}");
}

#[test]
fn a_factor_model_has_the_covariance_of_its_loadings() {
    let model = Model::Factors(FactorModel {
        drifts: vec![0.0; 3],
        loadings: vec![0.01, 0.0, 0.008, 0.004, -0.002, 0.01],
        common: 2,
        deviations: vec![0.005, 0.003, 0.0],
    });
    let report =
        plan(model, vec![linear(0, 100.0), linear(1, 200.0), linear(2, -50.0)]).simulate().unwrap();
    let common = [100.0 * 0.01 + 200.0 * 0.008 + 50.0 * 0.002, 200.0 * 0.004 - 50.0 * 0.01];
    let own = [100.0 * 0.005, 200.0 * 0.003];
    let variance: f64 = common.iter().chain(&own).map(|money: &f64| money * money).sum();
    assert!((report.standard_deviation / variance.sqrt() - 1.0).abs() < 0.02);
}

#[test]
fn prisk_07_paths_do_not_depend_on_the_number_of_threads() {
    let wanted = Plan {
        steps: 3,
        scenarios: 8_192 + 32,
        sampling: Sampling::Sobol,
        along_the_path: true,
        ..plan(brownian(0.0, 0.1), vec![linear(0, 1.0), call(100.0, 5.0, 0.3)])
    };
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| wanted.simulate().unwrap().profit)
    };
    let bits = |profit: Vec<f64>| profit.into_iter().map(f64::to_bits).collect::<Vec<u64>>();
    assert_eq!(bits(on(1)), bits(on(2)));
}

#[test]
fn what_cannot_be_simulated_is_refused_by_name() {
    let sound = || plan(brownian(0.0, 0.1), vec![linear(0, 1.0)]);
    let many = Plan { scenarios: 1 << 30, ..sound() };
    let refusals = [
        (Plan { steps: 0, ..sound() }, "steps"),
        (Plan { scenarios: 33, ..sound() }, "multiple of 32"),
        (many, "bytes"),
        (Plan { positions: vec![], ..sound() }, "positions"),
        (Plan { positions: vec![linear(1, 1.0)], ..sound() }, "position 0"),
        (Plan { positions: vec![linear(0, f64::NAN)], ..sound() }, "finite"),
        (Plan { positions: vec![call(-1.0, 1.0, 0.2)], ..sound() }, "option"),
        (
            Plan { barriers: vec![Barrier { asset: 0, ratio: 1.0, continuous: false }], ..sound() },
            "barrier 0",
        ),
        (
            Plan {
                model: Model::Bootstrap(Bootstrap { history: history(5), block_mean: 2.0 }),
                ..sound()
            },
            "rows",
        ),
        (
            Plan {
                model: Model::Bootstrap(Bootstrap { history: history(50), block_mean: 2.0 }),
                sampling: Sampling::Sobol,
                ..sound()
            },
            "sobol",
        ),
        (
            Plan {
                model: Model::Regimes(Regimes {
                    regimes: vec![Brownian { drifts: vec![0.0], factor: one(0.1) }],
                    start: vec![0.9],
                    transitions: vec![1.0],
                }),
                ..sound()
            },
            "sum to 1",
        ),
    ];
    for (wrong, word) in refusals {
        let error = wrong.simulate().unwrap_err();
        assert_eq!(error.code(), Code::ArgumentInvalid);
        assert!(error.to_string().contains(word), "{error} has no {word}");
    }
}
