//! One test a control at its boundary, and the properties of the judgement as a whole.

use holdfast_core::{
    Amount, ClientOrderId, Code, Instrument, InstrumentId, InstrumentSpec, OrderIntent, OrderTerms,
    OrderType, Price, Quantity, Side, Timestamp, TrailingDistance,
};
use holdfast_risk::{Control, Gate, LimitsSpec, Verdict, View, WorstCase};
use proptest::prelude::*;

fn unlimited() -> LimitsSpec {
    serde_json::from_value(serde_json::json!({
        "order_qty_max": "unlimited", "order_notional_quote_max": "unlimited", "position_frac_max": "unlimited",
        "gross_exposure_frac_max": "unlimited", "price_band_frac_max": "unlimited",
        "orders_per_minute_max": "unlimited", "daily_trades_max": "unlimited", "daily_loss_frac_max": "unlimited",
        "drawdown_frac_max": "unlimited", "stop_loss_required": false, "price_age_ms_max": "unlimited"
    }))
    .unwrap()
}

fn spec() -> InstrumentSpec {
    InstrumentSpec {
        symbol: "TEST".into(),
        venue: "SIM".into(),
        base_currency: "TEST".into(),
        quote_currency: "USD".into(),
        settlement_currency: "USD".into(),
        tick_size: "0.01".into(),
        lot_size: "1".into(),
        contract_multiplier: "1".into(),
        min_quantity: None,
        max_quantity: None,
        min_notional: None,
        max_notional: None,
        percent_price_frac: None,
        perpetual: false,
        contract: holdfast_core::ContractSpec::default(),
    }
}

fn usd(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

/// A buy of `lots` at market; the mark is 100.00 and equity 100,000.
fn buy(lots: i64) -> OrderIntent {
    OrderIntent {
        client_order_id: ClientOrderId(1),
        ..OrderIntent::market(InstrumentId(0), Side::Buy, Quantity::from_lots(lots))
    }
}

fn limit(price: i64) -> OrderIntent {
    OrderIntent {
        order_type: OrderType::Limit,
        limit_price: Some(Price::from_ticks(price)),
        ..buy(1)
    }
}

fn view(instrument: &Instrument) -> View<'_> {
    View {
        instrument,
        now: Timestamp(0),
        mark: Some((Price::from_ticks(10_000), Timestamp(0))),
        case: WorstCase::default(),
        equity: usd("100000"),
        other_exposure: Amount::ZERO,
        open_orders: (0, 10),
        opening_ahead: 0,
        around: holdfast_risk::Around::default(),
    }
}

fn judge(limits: &LimitsSpec, intent: &OrderIntent, change: impl Fn(&mut View<'_>)) -> Verdict {
    let instrument = Instrument::new(spec()).unwrap();
    let mut view = view(&instrument);
    change(&mut view);
    Gate::new(limits, usd("100000")).unwrap().check(intent, &view)
}

fn codes(verdict: &Verdict) -> Vec<Code> {
    verdict.checks().filter(|check| !check.passed).map(|check| check.control.code()).collect()
}

#[test]
fn risk_01_each_limit_passes_at_its_bound_and_denies_beyond() {
    let text = |value: &str| value.to_string();
    let cases: [(LimitsSpec, OrderIntent, OrderIntent, Code); 6] = [
        (
            LimitsSpec { order_qty_max: text("10"), ..unlimited() },
            buy(10),
            buy(11),
            Code::OrderQtyExceeded,
        ),
        (
            LimitsSpec { order_notional_quote_max: text("1000"), ..unlimited() },
            buy(10),
            buy(11),
            Code::OrderNotionalExceeded,
        ),
        (
            LimitsSpec { position_frac_max: text("0.02"), ..unlimited() },
            buy(20),
            buy(21),
            Code::PositionLimitExceeded,
        ),
        (
            LimitsSpec { gross_exposure_frac_max: text("0.8"), ..unlimited() },
            buy(800),
            buy(801),
            Code::GrossExposureExceeded,
        ),
        (
            LimitsSpec { price_band_frac_max: text("0.05"), ..unlimited() },
            limit(10_500),
            limit(10_501),
            Code::PriceBandExceeded,
        ),
        (
            LimitsSpec { price_band_frac_max: text("0.05"), ..unlimited() },
            limit(9_500),
            limit(9_499),
            Code::PriceBandExceeded,
        ),
    ];
    for (limits, at, beyond, code) in cases {
        assert_eq!(codes(&judge(&limits, &at, |_| ())), [], "{code:?}");
        assert_eq!(codes(&judge(&limits, &beyond, |_| ())), [code]);
    }
}

#[test]
fn ord_08_instrument_filters_hold() {
    let mut rules = spec();
    rules.min_quantity = Some("5".into());
    rules.max_quantity = Some("50".into());
    rules.min_notional = Some("600".into());
    rules.max_notional = Some("4000".into());
    rules.percent_price_frac = Some("0.1".into());
    let instrument = Instrument::new(rules).unwrap();
    let gate = Gate::new(&unlimited(), usd("100000")).unwrap();
    let judge = |intent: &OrderIntent| codes(&gate.check(intent, &view(&instrument)));
    assert_eq!(judge(&buy(6)), []);
    assert_eq!(judge(&buy(4)), [Code::QtyBelowMin, Code::NotionalBelowMin]);
    assert_eq!(judge(&buy(41)), [Code::NotionalAboveMax]);
    assert_eq!(judge(&buy(51)), [Code::QtyAboveMax, Code::NotionalAboveMax]);
    let far = OrderIntent { quantity: Quantity::from_lots(10), ..limit(11_001) };
    assert_eq!(judge(&far), [Code::PercentPriceExceeded]);
}

#[test]
fn risk_03_an_opening_order_needs_a_stop_loss_on_the_losing_side() {
    let limits = LimitsSpec { stop_loss_required: true, ..unlimited() };
    let with = |stop: i64, side: Side| OrderIntent {
        stop_loss: Some(Price::from_ticks(stop)),
        side,
        ..buy(1)
    };
    assert_eq!(codes(&judge(&limits, &buy(1), |_| ())), [Code::StopLossRequired]);
    assert_eq!(codes(&judge(&limits, &with(10_000, Side::Buy), |_| ())), [Code::StopLossRequired]);
    assert_eq!(codes(&judge(&limits, &with(9_999, Side::Buy), |_| ())), []);
    assert_eq!(codes(&judge(&limits, &with(9_999, Side::Sell), |_| ())), [Code::StopLossRequired]);
    assert_eq!(codes(&judge(&limits, &with(10_001, Side::Sell), |_| ())), []);
}

#[test]
fn fails_closed_without_a_price_with_an_old_one_and_without_equity() {
    let limits = LimitsSpec { price_age_ms_max: "1000".into(), ..unlimited() };
    assert_eq!(codes(&judge(&unlimited(), &buy(1), |v| v.mark = None)), [Code::PriceStale]);
    assert_eq!(codes(&judge(&limits, &buy(1), |v| v.now = Timestamp(1_000_000_000))), []);
    let old = judge(&limits, &buy(1), |v| v.now = Timestamp(1_000_000_001));
    assert_eq!(codes(&old), [Code::PriceStale]);
    assert!(old.checks().all(|check| check.age_ns == 1_000_000_001));
    assert_eq!(
        codes(&judge(&unlimited(), &buy(1), |v| v.equity = Amount::ZERO)),
        [Code::AccountUnavailable]
    );
}

#[test]
fn an_overflow_in_the_judgement_is_a_denial() {
    let verdict = judge(&unlimited(), &buy(i64::MAX), |v| v.case.open_buy = 1);
    assert!(codes(&verdict).contains(&Code::RiskArithmetic));
}

#[test]
fn capacity_is_a_denial_with_a_code() {
    assert_eq!(codes(&judge(&unlimited(), &buy(1), |v| v.open_orders = (9, 10))), []);
    assert_eq!(
        codes(&judge(&unlimited(), &buy(1), |v| v.open_orders = (10, 10))),
        [Code::OrderCapacityExhausted]
    );
}

#[test]
fn risk_20_risk_17_rate_and_daily_trades_count_what_was_sent() {
    let limits = LimitsSpec {
        orders_per_minute_max: "2".into(),
        daily_trades_max: "3".into(),
        ..unlimited()
    };
    let instrument = Instrument::new(spec()).unwrap();
    let mut gate = Gate::new(&limits, usd("100000")).unwrap();
    let at = |gate: &Gate, ns: i64| {
        codes(&gate.check(&buy(1), &View { now: Timestamp(ns), ..view(&instrument) }))
    };
    gate.note_sent(&buy(1), Timestamp(0), false);
    assert_eq!(at(&gate, 1), []);
    let behind = View { now: Timestamp(1), opening_ahead: 1, ..view(&instrument) };
    assert_eq!(
        codes(&gate.check(&buy(1), &behind)),
        [Code::OrderRateExceeded],
        "an order of the same list stands ahead"
    );
    gate.note_sent(&buy(1), Timestamp(1), false);
    assert_eq!(at(&gate, 2), [Code::OrderRateExceeded]);
    assert_eq!(at(&gate, 60_000_000_002), []);
    gate.note_sent(&buy(1), Timestamp(60_000_000_002), false);
    assert_eq!(at(&gate, 130_000_000_000), [Code::DailyTradesExceeded]);
    assert_eq!(at(&gate, 86_400_000_000_000), []);
    assert_eq!(gate.busiest_day_trades(), 3);
}

#[test]
fn exits_pass_every_capital_rule_and_cannot_flip() {
    let limits = LimitsSpec {
        order_qty_max: "1".into(),
        order_notional_quote_max: "1".into(),
        position_frac_max: "0.0001".into(),
        gross_exposure_frac_max: "0.0001".into(),
        daily_loss_frac_max: "0.01".into(),
        drawdown_frac_max: "0.01".into(),
        stop_loss_required: true,
        ..unlimited()
    };
    let instrument = Instrument::new(spec()).unwrap();
    let mut gate = Gate::new(&limits, usd("100000")).unwrap();
    gate.mark_equity(Timestamp(0), usd("50000")).unwrap();
    let sell = |lots: i64| OrderIntent { side: Side::Sell, ..buy(lots) };
    let long = View {
        case: WorstCase { position: 100, open_buy: 0, open_sell: 40, ..WorstCase::default() },
        ..view(&instrument)
    };
    assert!(gate.check(&sell(60), &long).approved());
    let flips = gate.check(&sell(61), &long);
    assert!(!flips.reducing && codes(&flips).contains(&Code::DrawdownExceeded));
    let stop = OrderIntent { reduce_only: true, ..sell(100) };
    assert!(
        gate.check(&stop, &long).approved(),
        "the venue clips a reduce-only order, so it can only reduce"
    );
    let wrong_side = OrderIntent { reduce_only: true, ..buy(1) };
    assert!(!gate.check(&wrong_side, &long).reducing);
}

#[test]
fn ax_09_any_opening_order_is_denied_once_the_days_loss_reaches_its_limit() {
    let limits = LimitsSpec { daily_loss_frac_max: "0.05".into(), ..unlimited() };
    let instrument = Instrument::new(spec()).unwrap();
    let mut gate = Gate::new(&limits, usd("100000")).unwrap();
    gate.mark_equity(Timestamp(0), usd("95001")).unwrap();
    assert_eq!(codes(&gate.check(&buy(1), &view(&instrument))), []);
    gate.mark_equity(Timestamp(1), usd("95000")).unwrap();
    assert_eq!(codes(&gate.check(&buy(1), &view(&instrument))), [Code::DailyLossExceeded]);
}

#[test]
fn a_denial_names_every_failed_control_at_once() {
    let limits = LimitsSpec {
        order_qty_max: "1".into(),
        position_frac_max: "0.02".into(),
        stop_loss_required: true,
        ..unlimited()
    };
    let verdict = judge(&limits, &buy(100), |_| ());
    assert_eq!(
        codes(&verdict),
        [Code::OrderQtyExceeded, Code::PositionLimitExceeded, Code::StopLossRequired]
    );
    let position =
        verdict.checks().find(|check| check.control == Control::PositionFraction).unwrap();
    assert_eq!((position.limit, position.observed), (Some(20_000), 100_000));
}

proptest! {
    #[test]
    fn a_larger_order_never_passes_where_a_smaller_one_fails(lots in 1_i64..2_000, more in 1_i64..2_000, position in -500_i64..500) {
        let limits = LimitsSpec {
            order_qty_max: "900".into(), order_notional_quote_max: "80000".into(), position_frac_max: "0.5".into(),
            gross_exposure_frac_max: "0.7".into(), ..unlimited()
        };
        let set = |v: &mut View<'_>| v.case.position = position;
        let small = judge(&limits, &buy(lots), set);
        let large = judge(&limits, &buy(lots + more), set);
        prop_assert!(small.approved() || !large.approved());
    }

    #[test]
    fn an_approved_opening_order_keeps_the_worst_case_within_its_limit(
        lots in 1_i64..2_000, position in -500_i64..500, buys in 0_i64..500, sells in 0_i64..500,
    ) {
        let limits = LimitsSpec { position_frac_max: "0.5".into(), ..unlimited() };
        let case = WorstCase { position, open_buy: buys, open_sell: sells, ..WorstCase::default() };
        let verdict = judge(&limits, &buy(lots), |v| v.case = case);
        if verdict.approved() && !verdict.reducing {
            prop_assert!((position + buys + lots).abs().max((position - sells).abs()) <= 500);
        }
    }
}

#[test]
fn ord_06_every_kind_is_judged_at_the_most_it_may_cost() {
    let limits = LimitsSpec { order_notional_quote_max: "100".into(), ..unlimited() };
    let price = |ticks: i64| Some(Price::from_ticks(ticks));
    let kind = |order_type: OrderType, trigger: Option<Price>, limit: Option<Price>| OrderIntent {
        order_type,
        trigger_price: trigger,
        limit_price: limit,
        ..buy(1)
    };
    let trailing = |ticks: i64| OrderIntent {
        order_type: OrderType::TrailingStop,
        terms: OrderTerms {
            trailing: Some(TrailingDistance::Ticks(ticks)),
            ..OrderTerms::default()
        },
        ..buy(1)
    };
    let denied = |intent: &OrderIntent| !judge(&limits, intent, |_| ()).approved();
    assert!(!denied(&kind(OrderType::MarketToLimit, None, None)));
    assert!(!denied(&kind(OrderType::TakeProfitMarket, price(9_900), None)));
    assert!(denied(&kind(OrderType::StopLimit, price(10_000), price(10_001))));
    assert!(denied(&kind(OrderType::TakeProfitLimit, price(10_001), price(9_900))));
    assert!(denied(&trailing(1)), "a buyer's stop stands above the mark");
    assert!(!denied(&OrderIntent { side: Side::Sell, ..trailing(1) }));
}
