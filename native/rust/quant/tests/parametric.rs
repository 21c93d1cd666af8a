//! The parametric risk that is kept current, against whole evaluations.

use holdfast_quant::parametric::{Capital, Multipliers, ParametricRisk};
use holdfast_quant::score::ScoreLimits;
use proptest::prelude::*;

const LEVELS: [Multipliers; 2] =
    [Multipliers { var: 1.645, cvar: 2.063 }, Multipliers { var: 2.326, cvar: 2.665 }];
const CAPITAL: Capital = Capital { equity: 1_000.0, peak: 1_250.0, heat_frac: 0.03 };

fn covariance(order: usize) -> Vec<f64> {
    let entry = |row: usize, column: usize| {
        let correlation = if row == column { 1.0 } else { 0.4 };
        correlation * (0.01 + 0.001 * row as f64) * (0.01 + 0.001 * column as f64)
    };
    (0..order * order).map(|cell| entry(cell / order, cell % order)).collect()
}

fn risk(exposures: &[f64]) -> ParametricRisk {
    let limits = ScoreLimits::default();
    ParametricRisk::new(covariance(exposures.len()), exposures.to_vec(), LEVELS, limits).unwrap()
}

#[test]
fn rounding_does_not_add_up_over_many_updates() {
    let mut exposures = [0.0; 20];
    let mut held = risk(&exposures);
    for update in 0..100_000_usize {
        exposures[update % 20] = (update as f64 * 0.7).sin() * 1e6;
        held.set_exposure(update % 20, exposures[update % 20]).unwrap();
    }
    let fresh = risk(&exposures);
    let (kept, exact) = (held.standard_deviation(), fresh.standard_deviation());
    assert!((kept / exact - 1.0).abs() < 1e-10, "{kept} {exact}");
}

#[test]
fn a_portfolio_that_is_closed_has_no_risk_left_and_a_what_if_says_so() {
    let mut held = risk(&[310_533.4, -120_000.7, 77.3]);
    held.set_exposure(0, 0.0).unwrap();
    held.set_exposure(1, 0.0).unwrap();
    assert_eq!(held.what_if(2, 0.0).unwrap(), 0.0);
    assert_eq!(held.set_exposure(2, 0.0).unwrap(), 0.0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// PRISK-13: an update gives what a whole evaluation gives, a what-if says so before, and components add up.
    #[test]
    fn prisk_13_updates_agree_with_whole_evaluations(
        exposures in prop::collection::vec(-1e6..1e6_f64, 1..24),
        changes in prop::collection::vec((0_usize..24, -1e6..1e6_f64), 1..40),
    ) {
        let (mut held, mut now) = (risk(&exposures), exposures.clone());
        for (asset, exposure) in changes {
            let asset = asset % exposures.len();
            now[asset] = exposure;
            let expected = held.what_if(asset, exposure).unwrap();
            let found = held.set_exposure(asset, exposure).unwrap();
            prop_assert!((found - expected).abs() <= 1e-9 * expected);
        }
        let whole = held.evaluate(&now, CAPITAL).unwrap();
        let kept = held.evaluate_held(CAPITAL);
        prop_assert!((kept.standard_deviation - whole.standard_deviation).abs() <= 1e-8 * (1.0 + whole.standard_deviation));
        let mut components = vec![0.0; held.order()];
        held.components(&mut components);
        let sum: f64 = components.iter().sum();
        let mut marginals = vec![0.0; held.order()];
        held.marginals(&mut marginals);
        for ((marginal, exposure), component) in marginals.iter().zip(&now).zip(&components) {
            prop_assert!((marginal * exposure - component).abs() <= 1e-9 * (1.0 + component.abs()));
        }
        prop_assert!((sum - kept.standard_deviation).abs() <= 1e-6 * (1.0 + sum.abs()));
    }
}
