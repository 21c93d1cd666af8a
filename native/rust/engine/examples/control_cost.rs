//! What each control of the gate costs, measured natively and printed as JSON: `cargo run --release --example control_cost`.
//!
//! One limit at a time is switched on above a gate that has none, or above what the limit cannot be without, and the same
//! order is judged on both in turn. Two instruments, orders that rest on the other one, an order that passes wherever it can.

use holdfast_core::{
    ClientOrderId, Code, Error, InstrumentId, InstrumentSpec, OrderIntent, OrderTerms, Price,
    Quantity, Quote, Result, Side, Timestamp,
};
use holdfast_engine::config::OrderConfig;
use holdfast_engine::notices::Recorder;
use holdfast_engine::{AccountSpec, Engine, EngineConfig, Input};
use holdfast_risk::{Control, GateSignal, RiskMeasured};
use serde_json::{Map, Value, json};
use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

/// Checks of a sample, and samples of a case after as many again a tenth that are not kept.
const CHECKS: usize = 1_000;
const SAMPLES: usize = 200;
/// Orders that rest on the instrument beside.
const RESTING: usize = 100;
const START: Timestamp = Timestamp(1_000_000_000);

/// One limit, or one rule of the instrument, with the controls that it switches on.
struct Case {
    controls: &'static [Control],
    /// Limits that it cannot be without, and that the reference has as well.
    base: &'static str,
    limits: &'static str,
    /// A rule of the instrument in place of a limit.
    rule: &'static str,
    side: Side,
    /// Whether capital is planned for the order's strategy, which is no limit of a document.
    is_planned: bool,
}

const fn limit(controls: &'static [Control], limits: &'static str) -> Case {
    Case { controls, base: "{}", limits, rule: "{}", side: Side::Buy, is_planned: false }
}

const fn above(base: &'static str, case: Case) -> Case {
    Case { base, ..case }
}

const fn selling(case: Case) -> Case {
    Case { side: Side::Sell, ..case }
}

const fn rule(controls: &'static [Control], rule: &'static str) -> Case {
    Case { rule, ..limit(controls, "{}") }
}

const fn planned(controls: &'static [Control]) -> Case {
    Case { is_planned: true, base: r#"{ "strategies": ["one"] }"#, ..limit(controls, "{}") }
}

const CASES: &[Case] = &[
    limit(&[Control::PriceAge], r#"{ "price_age_ms_max": "1000" }"#),
    limit(&[Control::OrderQuantity], r#"{ "order_qty_max": "100" }"#),
    limit(&[Control::OrderNotional], r#"{ "order_notional_quote_max": "1000000" }"#),
    rule(&[Control::MinQuantity], r#"{ "min_quantity": "0.001" }"#),
    rule(&[Control::MaxQuantity], r#"{ "max_quantity": "1000" }"#),
    rule(&[Control::MinNotional], r#"{ "min_notional": "0.1" }"#),
    rule(&[Control::MaxNotional], r#"{ "max_notional": "1000000" }"#),
    limit(&[Control::PriceBand], r#"{ "price_band_frac_max": "0.1" }"#),
    rule(&[Control::PercentPrice], r#"{ "percent_price_frac": "0.2" }"#),
    limit(&[Control::PositionFraction], r#"{ "position_frac_max": "50" }"#),
    limit(&[Control::GrossExposure], r#"{ "gross_exposure_frac_max": "50" }"#),
    limit(&[Control::OrderRate], r#"{ "orders_per_minute_max": "10000" }"#),
    limit(&[Control::DailyTrades], r#"{ "daily_trades_max": "100000" }"#),
    limit(&[Control::DailyLoss], r#"{ "daily_loss_frac_max": "0.5" }"#),
    limit(&[Control::Drawdown], r#"{ "drawdown_frac_max": "0.5" }"#),
    limit(&[Control::StopLoss], r#"{ "stop_loss_required": true }"#),
    limit(&[Control::PositionQuantity], r#"{ "position_qty_max": "100000" }"#),
    limit(&[Control::PositionNotional], r#"{ "position_notional_quote_max": "100000000" }"#),
    limit(&[Control::NetExposure], r#"{ "net_exposure_frac_max": "50" }"#),
    limit(&[Control::AssetExposure], r#"{ "asset_exposure_frac_max": "50" }"#),
    above(
        r#"{ "groups": { "all": ["T0", "T1"] } }"#,
        limit(&[Control::GroupExposure], r#"{ "group_exposure_frac_max": "50" }"#),
    ),
    limit(&[Control::Concentration], r#"{ "concentration_frac_max": "1" }"#),
    limit(&[Control::Leverage], r#"{ "leverage_max": "100" }"#),
    limit(&[Control::BuyingPower], r#"{ "buying_power_frac_max": "100" }"#),
    limit(&[Control::OpenOrderCount], r#"{ "open_orders_max": "60000" }"#),
    limit(&[Control::MessageRate], r#"{ "messages_per_second_max": "10000" }"#),
    limit(&[Control::StrategyMessageRate], r#"{ "strategy_messages_per_second_max": "10000" }"#),
    limit(&[Control::DuplicateIntent], r#"{ "duplicate_window_ms_min": "1000" }"#),
    limit(
        &[Control::Executions],
        r#"{ "executions_max": "1000", "executions_window_ms_min": "60000" }"#,
    ),
    limit(&[Control::WeeklyLoss], r#"{ "weekly_loss_frac_max": "0.5" }"#),
    limit(&[Control::TotalLoss], r#"{ "total_loss_frac_max": "0.5" }"#),
    above(
        r#"{ "drawdown_frac_max": "0.5", "position_frac_max": "50" }"#,
        limit(&[Control::DrawdownGuard], r#"{ "drawdown_soft_frac_max": "0.4" }"#),
    ),
    limit(&[Control::ConsecutiveLosses], r#"{ "consecutive_losses_max": "1000" }"#),
    limit(
        &[Control::PriceCollar],
        r#"{ "price_collar_frac_max": "0.1", "price_collar_window_ms_min": "1000" }"#,
    ),
    limit(&[Control::StopCoverage], r#"{ "stop_uncovered_ms_max": "1000000" }"#),
    limit(&[Control::AccountAge], r#"{ "account_age_ms_max": "1000000" }"#),
    limit(&[Control::IntentAge], r#"{ "intent_age_ms_max": "1000000" }"#),
    limit(&[Control::ClockDrift], r#"{ "clock_drift_ms_max": "1000" }"#),
    limit(&[Control::Restricted], r#"{ "restricted": true }"#),
    limit(
        &[Control::TradingHours],
        r#"{ "trading_hours": "all", "calendars": { "all": [["0", "9000000000000000000"]] } }"#,
    ),
    selling(limit(&[Control::ShortSale], r#"{ "short_sale_denied": true }"#)),
    limit(
        &[Control::Correlation, Control::CorrelationAge],
        r#"{ "correlation_max": "0.7", "correlation_age_ms_max": "1000000" }"#,
    ),
    limit(
        &[Control::ValueAtRisk, Control::RiskAge],
        r#"{ "var_frac_max": "0.5", "risk_age_ms_max": "1000000" }"#,
    ),
    limit(&[Control::Shortfall], r#"{ "cvar_frac_max": "0.5", "risk_age_ms_max": "1000000" }"#),
    planned(&[Control::CapitalAllocation]),
    limit(&[Control::RiskScore], r#"{ "risk_score_max": "90", "risk_age_ms_max": "1000000" }"#),
];

fn unreadable(error: &serde_json::Error) -> Error {
    Error::new(Code::LimitsInvalid, format!("a case must parse, {error}"))
}

/// Puts the fields of some objects into one; a later one wins.
fn merged(parts: &[&str]) -> Result<Value> {
    let mut all = Map::new();
    for part in parts {
        let fields: Map<String, Value> =
            serde_json::from_str(part).map_err(|error| unreadable(&error))?;
        all.extend(fields);
    }
    Ok(Value::Object(all))
}

const UNLIMITED: &str = r#"{
    "order_qty_max": "unlimited", "order_notional_quote_max": "unlimited", "position_frac_max": "unlimited",
    "gross_exposure_frac_max": "unlimited", "price_band_frac_max": "unlimited",
    "orders_per_minute_max": "unlimited", "daily_trades_max": "unlimited",
    "daily_loss_frac_max": "unlimited", "drawdown_frac_max": "unlimited", "stop_loss_required": false,
    "price_age_ms_max": "unlimited", "position_qty_max": "unlimited",
    "position_notional_quote_max": "unlimited"
}"#;

fn instrument(place: usize, rule: &str) -> Result<InstrumentSpec> {
    let spec = json!({
        "symbol": format!("T{place}"), "venue": "SIM", "base_currency": "TEST", "quote_currency": "USD",
        "settlement_currency": "USD", "tick_size": "0.01", "lot_size": "0.001",
        "contract_multiplier": "1", "min_quantity": null, "max_quantity": null, "min_notional": null,
        "max_notional": null, "percent_price_frac": null, "perpetual": false,
    });
    serde_json::from_value(merged(&[&spec.to_string(), rule])?).map_err(|error| unreadable(&error))
}

fn intent(instrument: u32, side: Side) -> OrderIntent {
    OrderIntent {
        stop_loss: Some(Price::from_ticks(if side == Side::Buy { 9_900 } else { 10_100 })),
        ts_intent: START,
        ..OrderIntent::limit(
            InstrumentId(instrument),
            side,
            Quantity::from_lots(10),
            Price::from_ticks(10_000),
        )
    }
}

/// An engine with prices, resting orders, and whatever a control wants to be told.
fn engine(limits: &[&str], rule: &str, is_planned: bool) -> Result<Engine> {
    let limits = merged(&[&[UNLIMITED], limits].concat())?;
    let mut engine = Engine::new(&EngineConfig {
        instruments: vec![instrument(0, rule)?, instrument(1, "{}")?],
        limits: serde_json::from_value(limits).map_err(|error| unreadable(&error))?,
        start_cash: "1000000000".into(),
        max_open_orders: 2 * RESTING,
        account: AccountSpec::default(),
        emulated_order_types: Vec::new(),
        orders: OrderConfig::default(),
    })?;
    let (mut sink, mut commands) =
        (Recorder { journal: None, notices: None, quiet: None }, Vec::new());
    let mut step = |input: &Input<'_>| engine.step(input, &mut sink, &mut commands);
    for place in 0..2 {
        step(&Input::Quote(Quote {
            instrument: InstrumentId(place),
            ts_event: START,
            bid: Price::from_ticks(9_999),
            bid_quantity: Quantity::from_lots(1),
            ask: Price::from_ticks(10_001),
            ask_quantity: Quantity::from_lots(1),
        }))?;
    }
    let correlations = [START.0, 2, 300_000];
    let risk = [START.0, 1_000_000, 2_000_000, 10_000_000, 0, 20_000, 30_000, 0, 20_000, 30_000];
    for (kind, values) in [(0, &correlations[..]), (1, &risk[..])] {
        let measured = RiskMeasured::of_values(kind, values)?;
        step(&Input::RiskMeasured { measured: &measured, ts: START })?;
    }
    for signal in [GateSignal::AccountConfirmed, GateSignal::ClockMeasured { offset_ns: 1_000 }] {
        step(&Input::Signal { signal, ts: START })?;
    }
    if is_planned {
        let whole = json!({ "rule": "equal", "reserve_frac": "0", "strategies": [{}] });
        let plan = serde_json::from_value(whole).map_err(|error| unreadable(&error))?;
        step(&Input::PlanCapital { plan: &plan, ts: START })?;
    }
    for place in 0..RESTING {
        let client_order_id = ClientOrderId(place as u64 + 1);
        let quantity = Quantity::from_lots(10 + place as i64);
        step(&Input::Submit(OrderIntent { client_order_id, quantity, ..intent(1, Side::Buy) }))?;
    }
    Ok(engine)
}

/// Nanoseconds a check.
fn sample(engine: &Engine, order: &OrderIntent) -> Result<f64> {
    let start = Instant::now();
    for _ in 0..CHECKS {
        black_box(engine.what_if(black_box(order))?);
    }
    Ok(start.elapsed().as_nanos() as f64 / CHECKS as f64)
}

fn measured(case: &Case) -> Result<Value> {
    let without = engine(&[case.base], "{}", false)?;
    let with = engine(&[case.base, case.limits], case.rule, case.is_planned)?;
    let terms = OrderTerms { strategy: u16::from(case.is_planned), ..OrderTerms::default() };
    let order = OrderIntent { terms, ..intent(0, case.side) };
    let verdict = with.what_if(&order)?;
    for control in case.controls {
        if !verdict.checks().any(|check| check.control == *control) {
            let name = control.code().name();
            return Err(Error::new(Code::LimitsInvalid, format!("{name} must be judged")));
        }
    }
    let [mut samples, mut reference] = [const { Vec::new() }; 2];
    for round in 0..SAMPLES + SAMPLES / 10 {
        let (one, other) = (sample(&without, &order)?, sample(&with, &order)?);
        if round >= SAMPLES / 10 {
            reference.push(one);
            samples.push(other);
        }
    }
    let codes: Vec<&str> = case.controls.iter().map(|control| control.code().name()).collect();
    Ok(json!({ "codes": codes, "samples": samples, "reference": reference }))
}

fn main() -> Result<()> {
    let cases: Vec<Value> = CASES.iter().map(measured).collect::<Result<_>>()?;
    writeln!(std::io::stdout(), "{}", json!({ "cases": cases }))
        .map_err(|error| Error::new(Code::OutputIo, format!("result must be shown, {error}")))
}
