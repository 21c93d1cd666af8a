//! Plans of the capital: what each rule comes to, and the bounds that hold whatever is asked for.

use holdfast_core::{Amount, Code};
use holdfast_risk::capital::{CapitalPlan, CapitalRule, StrategyCapital};
use proptest::prelude::*;

fn shares(json: serde_json::Value) -> Result<Vec<i64>, Code> {
    let plan: CapitalPlan = serde_json::from_value(json).unwrap();
    let allocated = plan.allocate(Amount::parse("1000").unwrap()).map_err(|error| error.code())?;
    Ok(allocated.iter().map(|each| each.share.millionths()).collect())
}

fn weighted(rule: &str, weights: &[&str]) -> serde_json::Value {
    let strategies: Vec<_> =
        weights.iter().map(|weight| serde_json::json!({ "weight": weight })).collect();
    serde_json::json!({"rule": rule, "reserve_frac": "0.1", "strategies": strategies})
}

#[test]
fn risk_25_each_rule_divides_what_the_reserve_leaves() {
    let equal =
        serde_json::json!({"rule": "equal", "reserve_frac": "0.1", "strategies": [{}, {}, {}]});
    assert_eq!(shares(equal), Ok(vec![300_000; 3]));
    assert_eq!(shares(weighted("score", &["1", "2", "0"])), Ok(vec![300_000, 600_000, 0]));
    assert_eq!(shares(weighted("score", &["0", "0"])), Ok(vec![0, 0]));
    let volatile = weighted("inverse_volatility", &["0.1", "0.2"]);
    assert_eq!(shares(volatile), Ok(vec![600_000, 300_000]));
    let fixed = serde_json::json!({"rule": "fixed", "reserve_frac": "0.1", "strategies": [
        {"frac": "0.2"}, {"amount": "700"}
    ]});
    assert_eq!(shares(fixed), Ok(vec![200_000, 700_000]));
}

#[test]
fn risk_25_what_a_bound_takes_or_gives_the_others_share() {
    let bounded = serde_json::json!({"rule": "equal", "reserve_frac": "0", "strategies": [
        {"max_frac": "0.1"}, {}, {"min_frac": "0.5"}
    ]});
    assert_eq!(shares(bounded), Ok(vec![100_000, 400_000, 500_000]));
    let all_bounded = serde_json::json!({"rule": "equal", "reserve_frac": "0", "strategies": [
        {"max_frac": "0.1"}, {"max_frac": "0.2"}
    ]});
    assert_eq!(shares(all_bounded), Ok(vec![100_000, 200_000]), "the rest stays with nobody");
}

#[test]
fn risk_25_wrong_plans_are_refused() {
    let rows = [
        (weighted("score", &[]), Code::LimitsInvalid),
        (weighted("score", &["-1"]), Code::LimitsInvalid),
        (weighted("score", &["NaN"]), Code::LimitsInvalid),
        (weighted("score", &["1000001"]), Code::LimitsInvalid),
        (weighted("inverse_volatility", &["0"]), Code::LimitsInvalid),
        (
            serde_json::json!({"rule": "equal", "reserve_frac": "1.1", "strategies": [{}]}),
            Code::LimitsInvalid,
        ),
        (
            serde_json::json!({"rule": "fixed", "reserve_frac": "0", "strategies": [{}]}),
            Code::LimitsInvalid,
        ),
        (
            serde_json::json!({"rule": "fixed", "reserve_frac": "0", "strategies": [{"frac": "0.5", "amount": "5"}]}),
            Code::LimitsInvalid,
        ),
        (
            serde_json::json!({"rule": "fixed", "reserve_frac": "0", "strategies": [{"amount": "1001"}]}),
            Code::LimitsContradictory,
        ),
        (
            serde_json::json!({"rule": "fixed", "reserve_frac": "0.5", "strategies": [{"frac": "0.6"}]}),
            Code::LimitsContradictory,
        ),
        (
            serde_json::json!({"rule": "equal", "reserve_frac": "0.5", "strategies": [{"min_frac": "0.3"}, {"min_frac": "0.3"}]}),
            Code::LimitsContradictory,
        ),
        (
            serde_json::json!({"rule": "equal", "reserve_frac": "0", "strategies": [{"min_frac": "0.3", "max_frac": "0.2"}]}),
            Code::LimitsContradictory,
        ),
    ];
    for (plan, code) in rows {
        assert_eq!(shares(plan.clone()), Err(code), "{plan}");
    }
    let plan: CapitalPlan = serde_json::from_value(weighted("score", &["1"])).unwrap();
    let broke = plan.allocate(Amount::ZERO).map_err(|error| error.code());
    assert_eq!(broke, Err(Code::AccountUnavailable));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn risk_25_shares_stay_within_their_bounds_and_never_pass_one_less_the_reserve(
        reserve in 0_i64..900_000,
        rule in 0_u8..3,
        rows in prop::collection::vec((0_i64..1_000_000, 0_i64..60_000, 0_i64..1_000_000), 1..12),
    ) {
        let text = |parts: i64| format!("{}.{:06}", parts / 1_000_000, parts % 1_000_000);
        let strategies: Vec<StrategyCapital> = rows.iter().map(|(weight, least, span)| StrategyCapital {
            weight: Some(text(weight + i64::from(rule == 1))),
            min_frac: Some(text(*least)),
            max_frac: Some(text((least + span).min(1_000_000))),
            ..StrategyCapital::default()
        }).collect();
        let rules = [CapitalRule::Equal, CapitalRule::InverseVolatility, CapitalRule::Score];
        let plan = CapitalPlan {
            rule: rules[usize::from(rule)],
            reserve_frac: text(reserve),
            strategies,
            second_key: false,
        };
        let least: i64 = rows.iter().map(|row| row.1).sum();
        let outcome = plan.allocate(Amount::ONE);
        if least > 1_000_000 - reserve {
            prop_assert_eq!(outcome.map_err(|error| error.code()), Err(Code::LimitsContradictory));
            return Ok(());
        }
        let shares: Vec<i64> = outcome.unwrap().iter().map(|each| each.share.millionths()).collect();
        prop_assert!(shares.iter().sum::<i64>() <= 1_000_000 - reserve, "{:?}", shares);
        for (share, (_, least, span)) in shares.iter().zip(&rows) {
            prop_assert!(least <= share && *share <= (least + span).min(1_000_000), "{:?}", shares);
        }
    }
}
