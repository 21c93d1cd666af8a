//! The controls that look at the whole portfolio: correlation with what is held, VaR, CVaR, score, and the age of each.

mod support;

use holdfast_core::{
    Code, InstrumentId, OrderIntent, Price, Quantity, ReportKind, Side, Timestamp, Trade,
};
use holdfast_engine::{ActorPlan, ActorSpec, EngineConfig, Input};
use holdfast_risk::portfolio_risk::CORRELATION_UNKNOWN;
use holdfast_risk::{Control, LimitsSpec, RiskMeasured, Verdict};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::desk::Desk;
use support::*;

const MS: i64 = 1_000_000;
const MICROS: i64 = 1_000_000;

fn codes(verdict: &Verdict) -> Vec<Code> {
    verdict.checks().filter(|check| !check.passed).map(|check| check.control.code()).collect()
}

/// Three instruments of one currency under these limits.
fn three(values: &Value) -> EngineConfig {
    let mut written = serde_json::to_value(LimitsSpec::unlimited()).unwrap();
    for (key, value) in values.as_object().unwrap() {
        written[key] = value.clone();
    }
    let named = |symbol: &str| {
        let mut spec = spec();
        (spec.symbol, spec.base_currency) = (symbol.into(), symbol.into());
        spec
    };
    EngineConfig {
        instruments: vec![named("A"), named("B"), named("C")],
        limits: serde_json::from_value(written).unwrap(),
        ..config().engine
    }
}

/// A desk on which every instrument stands at 100.00, with an equity of 100,000.
fn desk(values: &Value) -> Desk {
    let mut desk = Desk::with(&three(values));
    (0..3).for_each(|id| mark(&mut desk, id, 10_000, 1));
    desk
}

fn mark(desk: &mut Desk, instrument: u32, ticks: i64, ns: i64) {
    desk.step(&Input::Trade(Trade {
        instrument: InstrumentId(instrument),
        ts_event: Timestamp(desk.now().0 + ns),
        price: Price::from_ticks(ticks),
        quantity: Quantity::from_lots(1),
        aggressor_side: Side::Buy,
    }))
    .unwrap();
}

fn on(instrument: u32, intent: OrderIntent) -> OrderIntent {
    OrderIntent { instrument: InstrumentId(instrument), ..intent }
}

/// Tells the gate numbers behind the present instant.
fn tell(desk: &mut Desk, kind: u8, rest: &[i64]) {
    let ts = desk.now();
    let values: Vec<i64> = std::iter::once(ts.0).chain(rest.iter().copied()).collect();
    let measured = RiskMeasured::of_values(kind, &values).unwrap();
    desk.step(&Input::RiskMeasured { measured: &measured, ts }).unwrap();
}

/// Correlations of B with A, of C with A, and of C with B, in millionths.
fn correlate(desk: &mut Desk, pairs: [i64; 3]) {
    let [ba, ca, cb] = pairs;
    tell(desk, 0, &[3, ba, ca, cb]);
}

/// VaR and CVaR in units, and what was measured of each instrument: exposure in units, 2 % and 3 % a unit.
fn measure(desk: &mut Desk, (var, cvar): (i64, i64), score: i64, exposures: [i64; 3]) {
    let mut values = vec![var * MICROS, cvar * MICROS, score * MICROS];
    values.extend(exposures.into_iter().flat_map(|held| [held * MICROS, 20_000, 30_000]));
    tell(desk, 1, &values);
}

fn hold(desk: &mut Desk, instrument: u32, side: Side, lots: i64) {
    let order = desk.rest(on(instrument, limit(side, lots, 10_000)));
    desk.fill(order, desk.now().0 as u64 + u64::from(instrument), lots).unwrap();
}

fn correlated() -> Value {
    json!({ "correlation_max": "0.7", "correlation_age_ms_max": "1000" })
}

#[test]
fn risk_04_correlation_above_the_limit_is_refused_and_at_it_passes() {
    let mut desk = desk(&correlated());
    assert!(desk.judge(on(0, market(Side::Buy, 1))).1.approved(), "nothing else is held");
    hold(&mut desk, 0, Side::Buy, 10);
    correlate(&mut desk, [700_000, 700_001, 0]);
    assert!(desk.judge(on(1, limit(Side::Buy, 1, 9_000))).1.approved(), "0.7 itself passes");
    let (_, verdict) = desk.judge(on(2, market(Side::Buy, 1)));
    assert_eq!(codes(&verdict), [Code::CorrelationTooHigh]);
    assert_eq!(verdict.suggested, None, "risk_12: no smaller size is less correlated");
    let check = verdict.checks().find(|check| check.control == Control::Correlation).unwrap();
    assert_eq!((check.limit, check.observed, check.age_ns), (Some(700_000), 700_001, 0));
}

#[test]
fn risk_04_only_exposure_on_the_same_side_counts_unless_hedges_are_asked_for() {
    let mut one_sided = desk(&correlated());
    hold(&mut one_sided, 0, Side::Buy, 10);
    correlate(&mut one_sided, [900_000, -900_000, 0]);
    assert!(one_sided.judge(on(1, limit(Side::Sell, 1, 11_000))).1.approved(), "a hedge");
    let opposite = one_sided.judge(on(2, market(Side::Sell, 1))).1;
    assert_eq!(codes(&opposite), [Code::CorrelationTooHigh], "short what moves the other way");
    let mut absolute = correlated();
    absolute["correlation_absolute"] = true.into();
    let mut both = desk(&absolute);
    hold(&mut both, 0, Side::Buy, 10);
    correlate(&mut both, [900_000, -900_000, 0]);
    assert_eq!(codes(&both.judge(on(1, market(Side::Sell, 1))).1), [Code::CorrelationTooHigh]);
    assert_eq!(codes(&both.judge(on(2, market(Side::Buy, 1))).1), [Code::CorrelationTooHigh]);
}

#[test]
fn risk_04_open_orders_count_as_held_and_exits_pass() {
    let mut desk = desk(&correlated());
    hold(&mut desk, 0, Side::Buy, 10);
    correlate(&mut desk, [900_000, 0, 900_000]);
    let open = desk.rest(on(2, limit(Side::Sell, 5, 11_000)));
    assert_eq!(codes(&desk.judge(on(1, market(Side::Sell, 1))).1), [Code::CorrelationTooHigh]);
    desk.cancel(open).unwrap();
    desk.report(open, ReportKind::Canceled).unwrap();
    assert!(desk.judge(on(1, limit(Side::Sell, 1, 11_000))).1.approved(), "it is no longer open");
    assert!(desk.judge(on(0, market(Side::Sell, 10))).1.approved(), "exits pass");
}

#[test]
fn risk_04_correlations_that_are_missing_unknown_or_old_refuse() {
    let mut desk = desk(&correlated());
    hold(&mut desk, 0, Side::Buy, 10);
    let never = desk.judge(on(1, market(Side::Buy, 1))).1;
    assert_eq!(codes(&never), [Code::CorrelationStale]);
    let check = never.checks().find(|check| check.control == Control::CorrelationAge).unwrap();
    assert_eq!((check.limit, check.age_ns), (Some(i128::from(1_000 * MS)), i64::MAX));
    correlate(&mut desk, [0, CORRELATION_UNKNOWN, 0]);
    assert_eq!(codes(&desk.judge(on(2, market(Side::Buy, 1))).1), [Code::CorrelationStale]);
    mark(&mut desk, 0, 10_000, 1_000 * MS);
    assert!(desk.judge(on(1, limit(Side::Buy, 1, 9_000))).1.approved(), "at the bound");
    mark(&mut desk, 0, 10_000, 1);
    assert_eq!(codes(&desk.judge(on(1, market(Side::Buy, 1))).1), [Code::CorrelationStale]);
    assert!(desk.judge(on(0, market(Side::Sell, 10))).1.approved(), "exits pass");
}

fn bounded(key: &str, value: &str) -> Value {
    json!({ key: value, "risk_age_ms_max": "1000" })
}

#[test]
fn prisk_13_var_and_cvar_are_judged_with_what_was_not_measured_yet() {
    for (key, value, per_lot, code) in [
        ("var_amount_max", "1000", 2, Code::VarExceeded),
        ("var_frac_max", "0.01", 2, Code::VarExceeded),
        ("cvar_amount_max", "1000", 3, Code::CvarExceeded),
        ("cvar_frac_max", "0.01", 3, Code::CvarExceeded),
    ] {
        let mut desk = desk(&bounded(key, value));
        // 400 of 1,000 are measured; 100 lots rest elsewhere; a lot of 100.00 adds 2 or 3.
        measure(&mut desk, (400, 400), 0, [0, 0, 0]);
        desk.rest(on(1, limit(Side::Buy, 100, 10_000)));
        let most = (600 - 100 * per_lot) / per_lot;
        let (_, verdict) = desk.judge(on(0, market(Side::Buy, most + 1)));
        assert_eq!(codes(&verdict), [code], "{key}");
        assert_eq!(verdict.suggested, Some(Quantity::from_lots(most)), "{key}");
        assert!(desk.judge(on(0, limit(Side::Buy, most, 10_000))).1.approved(), "{key}");
    }
}

#[test]
fn prisk_13_what_was_measured_is_not_counted_twice() {
    let mut desk = desk(&bounded("var_amount_max", "1000"));
    measure(&mut desk, (0, 0), 0, [0; 3]);
    hold(&mut desk, 0, Side::Buy, 200);
    let over = desk.judge(on(1, market(Side::Buy, 301))).1;
    assert_eq!(codes(&over), [Code::VarExceeded], "a fill that was not measured counts by itself");
    measure(&mut desk, (300, 300), 0, [20_000, 0, 0]);
    assert!(desk.judge(on(1, limit(Side::Buy, 350, 10_000))).1.approved());
    assert_eq!(codes(&desk.judge(on(2, market(Side::Sell, 1))).1), [Code::VarExceeded]);
    assert!(desk.judge(on(0, market(Side::Sell, 200))).1.approved(), "exits pass");
}

#[test]
fn where_only_totals_are_told_the_total_is_judged() {
    let mut desk = desk(&bounded("var_frac_max", "0.01"));
    tell(&mut desk, 1, &[1_000 * MICROS, 0, 0]);
    assert!(desk.judge(on(0, limit(Side::Buy, 5, 9_000))).1.approved(), "at the limit");
    tell(&mut desk, 1, &[1_000 * MICROS + 1, 0, 0]);
    let (_, verdict) = desk.judge(on(0, market(Side::Buy, 1)));
    assert_eq!(codes(&verdict), [Code::VarExceeded]);
    assert_eq!(verdict.suggested, None);
}

#[test]
fn risk_that_was_never_told_or_is_old_refuses() {
    for key in
        ["var_frac_max", "cvar_frac_max", "var_amount_max", "cvar_amount_max", "risk_score_max"]
    {
        let value = if key == "risk_score_max" { "50" } else { "1" };
        let mut desk = desk(&bounded(key, value));
        let never = desk.judge(on(0, market(Side::Buy, 1))).1;
        assert_eq!(codes(&never), [Code::PortfolioRiskStale], "{key}");
        measure(&mut desk, (0, 0), 0, [0; 3]);
        mark(&mut desk, 0, 10_000, 1_000 * MS);
        let fresh = desk.judge(on(0, market(Side::Sell, 1))).1;
        assert!(!codes(&fresh).contains(&Code::PortfolioRiskStale), "{key}");
        mark(&mut desk, 0, 10_000, 1);
        let old = desk.judge(on(1, market(Side::Buy, 1))).1;
        assert!(codes(&old).contains(&Code::PortfolioRiskStale), "{key}");
    }
}

#[test]
fn risk_28_the_score_stands_in_every_verdict_and_may_be_limited() {
    let mut free = desk(&json!({}));
    let score = |verdict: &Verdict| {
        verdict
            .checks()
            .find(|check| check.control == Control::RiskScore)
            .map(|check| check.observed)
    };
    let before = free.judge(on(0, limit(Side::Buy, 5, 10_000)));
    assert_eq!(score(&before.1), None);
    measure(&mut free, (1, 1), 37, [0; 3]);
    let verdict = free.judge(on(0, limit(Side::Buy, 5, 10_000))).1;
    assert_eq!((score(&verdict), verdict.approved()), (Some(37_000_000), true));
    let mut limited = desk(&bounded("risk_score_max", "50"));
    hold_when(&mut limited, 50);
    measure(&mut limited, (1, 1), 51, [0; 3]);
    assert_eq!(codes(&limited.judge(on(1, market(Side::Buy, 1))).1), [Code::RiskScoreExceeded]);
    let exit = limited.judge(on(0, market(Side::Sell, 5))).1;
    assert_eq!((score(&exit), exit.approved()), (Some(51_000_000), true), "exits pass, and tell");
}

fn hold_when(desk: &mut Desk, score: i64) {
    measure(desk, (1, 1), score, [0; 3]);
    hold(desk, 0, Side::Buy, 5);
}

#[test]
fn a_measure_that_does_not_fit_is_refused_and_changes_nothing() {
    let mut desk = desk(&correlated());
    let now = desk.now();
    for (kind, values) in [
        (0, vec![now.0, 2, 0]),
        (0, vec![now.0 + 1, 3, 0, 0, 0]),
        (1, vec![now.0, 0, 0, 0, 1, 1, 1]),
    ] {
        let measured = RiskMeasured::of_values(kind, &values).unwrap();
        let refused = desk.step(&Input::RiskMeasured { measured: &measured, ts: now });
        assert_eq!(refused.map_err(|e| e.code()).err(), Some(Code::RiskMeasureInvalid));
    }
    assert_eq!(desk.engine.limits().instruments(), 3);
    hold(&mut desk, 0, Side::Buy, 1);
    assert_eq!(codes(&desk.judge(on(1, market(Side::Buy, 1))).1), [Code::CorrelationStale]);
}

#[test]
fn limits_on_what_is_told_need_an_age_and_one_actor() {
    for (key, value) in [
        ("correlation_max", "0.7"),
        ("var_frac_max", "0.1"),
        ("cvar_amount_max", "5"),
        ("risk_score_max", "50"),
    ] {
        let made = holdfast_engine::Engine::new(&three(&json!({ key: value })));
        assert_eq!(made.map_err(|e| e.code()).err(), Some(Code::LimitsContradictory), "{key}");
    }
    let actors = |own: &[&[u32]]| -> Vec<ActorSpec> {
        let budget = 100_000 / own.len();
        own.iter()
            .map(|ids| ActorSpec { instruments: ids.to_vec(), budget: budget.to_string() })
            .collect()
    };
    let account = three(&correlated());
    let several = ActorPlan::new(&account, &actors(&[&[0], &[1, 2]]));
    assert_eq!(several.map_err(|e| e.code()).err(), Some(Code::ActorPlanInvalid));
    assert!(ActorPlan::new(&account, &actors(&[&[0, 1, 2]])).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// Whatever is held, ordered and measured: an order that passes leaves VaR and CVaR within their limits even if
    /// everything open fills, and no correlation above its limit on the same side.
    #[test]
    fn no_order_that_passes_can_bring_the_portfolio_past_its_limits(
        acts in prop::collection::vec((0_u8..3, 0_u32..3, any::<bool>(), 1_i64..200), 1..14),
        pairs in prop::array::uniform3(-1_000_000_i64..1_000_000),
    ) {
        let limits = json!({
            "correlation_max": "0.7", "correlation_age_ms_max": "1000",
            "var_amount_max": "700", "cvar_amount_max": "900", "risk_age_ms_max": "1000"
        });
        let mut desk = desk(&limits);
        correlate(&mut desk, pairs);
        let (mut measured, mut var, mut cvar) = ([0_i64; 3], 0, 0);
        measure(&mut desk, (0, 0), 0, measured);
        for (act, instrument, buy, lots) in acts {
            let side = if buy { Side::Buy } else { Side::Sell };
            if act == 0 {
                measured = [0, 1, 2].map(|id| {
                    desk.engine.instruments()[id as usize].case.position * 100
                });
                let gross: i64 = measured.iter().map(|held| held.abs()).sum();
                (var, cvar) = (gross / 50, gross * 3 / 100);
                measure(&mut desk, (var, cvar), 0, measured);
                continue;
            }
            let (order, verdict) = desk.judge(on(instrument, limit(side, lots, 10_000)));
            if !verdict.approved() {
                continue;
            }
            if !verdict.reducing {
                let mut added = 0;
                for id in [0_u32, 1, 2] {
                    let case = desk.engine.instruments()[id as usize].case;
                    let was = measured[id as usize];
                    let (most, least) = (case.most().unwrap() * 100, case.least().unwrap() * 100);
                    added += (most - was).abs().max((least - was).abs());
                    let other = match (instrument.min(id), instrument.max(id)) {
                        (0, 1) => pairs[0], (0, 2) => pairs[1], (1, 2) => pairs[2], _ => continue,
                    };
                    let same = if buy { most > 0 } else { least < 0 };
                    let opposite = if buy { least < 0 } else { most > 0 };
                    prop_assert!(!same || other <= 700_000);
                    prop_assert!(!opposite || -other <= 700_000);
                }
                prop_assert!(var + added / 50 <= 700 && cvar + added * 3 / 100 <= 900);
            }
            if act == 2 {
                desk.report(order, ReportKind::Accepted).unwrap();
                let trade = order;
                desk.fill(order, trade, lots).unwrap();
            }
        }
    }
}
