//! The age of a rate of exchange at every age and bound: too old is a denial by its code, and reducing orders pass.

mod desk;

use desk::{Desk, config, spec};
use holdfast_core::{Code, InstrumentKind, Side};
use holdfast_engine::AccountSpec;
use holdfast_engine::account_spec::BalanceSpec;
use holdfast_risk::Verdict;
use proptest::prelude::*;

const MS: i64 = 1_000_000;

fn is_stale(verdict: &Verdict) -> bool {
    verdict.checks().any(|check| !check.passed && check.control.code() == Code::RateStale)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_rate_older_than_its_bound_denies_what_opens_and_nothing_else(
        bound in 1_i64..100, around in -3_i64..=3, off in 0_i64..MS, sells in any::<bool>(),
    ) {
        let account = AccountSpec {
            currency: Some("USD".into()),
            balances: vec![BalanceSpec { currency: "BTC".into(), amount: "2".into() }],
            rate_age_ms_max: Some(bound.to_string()),
            ..AccountSpec::default()
        };
        let mut desk = Desk::new(&config(vec![spec(InstrumentKind::Inverse)], "10000", account));
        desk.mark(0, 80_000);
        prop_assert!(is_stale(&desk.submit(0, Side::Buy, 1, false)), "never told");
        desk.rate(1, "40000").unwrap();
        let age = ((bound + around) * MS + off).max(0);
        desk.trade(0, Side::Buy, 10, 80_000, false);
        desk.wait(age);
        let side = if sells { Side::Sell } else { Side::Buy };
        let opens = desk.submit(0, side, if sells { 20 } else { 1 }, false);
        prop_assert_eq!(is_stale(&opens), age > bound * MS, "{} of {}", age, bound * MS);
        prop_assert!(!is_stale(&desk.submit(0, Side::Sell, 10, true)));
    }
}
