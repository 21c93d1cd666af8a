//! One test a control beyond the first ones: it passes at its bound, denies beyond, and says nothing unless it is set.

use holdfast_core::{
    Amount, ClientOrderId, Code, Fraction, Instrument, InstrumentId, InstrumentSpec, OrderIntent,
    OrderRole, OrderTerms, OrderType, Price, Quantity, Side, TimeInForce, Timestamp,
};
use holdfast_risk::{
    Around, Control, Gate, GateSignal, LimitsSpec, Subject, Verdict, View, WorstCase,
};

const MS: i64 = 1_000_000;

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

fn order(side: Side, lots: i64) -> OrderIntent {
    OrderIntent {
        client_order_id: ClientOrderId(1),
        parent: ClientOrderId::NONE,
        instrument: InstrumentId(0),
        side,
        order_type: OrderType::Market,
        time_in_force: TimeInForce::Gtc,
        role: OrderRole::Strategy,
        reduce_only: false,
        quantity: Quantity::from_lots(lots),
        limit_price: None,
        trigger_price: None,
        stop_loss: None,
        take_profit: None,
        ts_intent: Timestamp(0),
        terms: OrderTerms::default(),
    }
}

fn buy(lots: i64) -> OrderIntent {
    order(Side::Buy, lots)
}

fn sell(lots: i64) -> OrderIntent {
    order(Side::Sell, lots)
}

fn limit(side: Side, lots: i64, ticks: i64) -> OrderIntent {
    OrderIntent {
        order_type: OrderType::Limit,
        limit_price: Some(Price::from_ticks(ticks)),
        ..order(side, lots)
    }
}

/// Limits of which these are set.
fn limits(set: &[(&str, &str)]) -> LimitsSpec {
    let mut written = serde_json::to_value(LimitsSpec::unlimited()).unwrap();
    for (key, value) in set {
        written[key] = (*value).into();
    }
    serde_json::from_value(written).unwrap()
}

fn codes(verdict: &Verdict) -> Vec<Code> {
    verdict.checks().filter(|check| !check.passed).map(|check| check.control.code()).collect()
}

/// A gate over one instrument that stands at 100.00, with an equity of 100,000.
struct Bench {
    gate: Gate,
    instrument: Instrument,
    around: Around,
    case: WorstCase,
    open: usize,
}

impl Bench {
    fn new(set: &[(&str, &str)]) -> Self {
        Self::of(&limits(set))
    }

    fn of(limits: &LimitsSpec) -> Self {
        let spec = spec();
        Self {
            gate: Gate::for_instruments(limits, usd("100000"), &[&spec]).unwrap(),
            instrument: Instrument::new(spec).unwrap(),
            around: Around::default(),
            case: WorstCase::default(),
            open: 0,
        }
    }

    fn view(&self, ns: i64) -> View<'_> {
        View {
            instrument: &self.instrument,
            now: Timestamp(ns),
            mark: Some((Price::from_ticks(10_000), Timestamp(0))),
            case: self.case,
            equity: usd("100000"),
            other_exposure: Amount::ZERO,
            open_orders: (self.open, 1_000),
            opening_ahead: 0,
            around: self.around,
        }
    }

    fn verdict(&self, intent: &OrderIntent, ns: i64) -> Verdict {
        self.gate.check(intent, &self.view(ns))
    }

    fn at(&self, intent: &OrderIntent, ns: i64) -> Vec<Code> {
        codes(&self.verdict(intent, ns))
    }

    fn now(&self, intent: &OrderIntent) -> Vec<Code> {
        self.at(intent, 0)
    }
}

/// Passes at the bound and is denied beyond with this one code.
fn bounded(set: &[(&str, &str)], at: &OrderIntent, beyond: &OrderIntent, code: Code) {
    let bench = Bench::new(set);
    assert_eq!(bench.now(at), [], "{code:?} at its bound");
    assert_eq!(bench.now(beyond), [code]);
    let check = bench.verdict(beyond, 0);
    let failed = check.checks().find(|check| !check.passed).unwrap();
    assert!(failed.limit.is_some() && failed.limit < Some(failed.observed), "{code:?}");
    assert_eq!(Bench::new(&[]).now(beyond), [], "{code:?} is off unless it is set");
}

#[test]
fn risk_02_a_position_is_bounded_in_units_and_in_money() {
    bounded(&[("position_qty_max", "50")], &buy(50), &buy(51), Code::PositionQtyExceeded);
    bounded(&[("position_qty_max", "50")], &sell(50), &sell(51), Code::PositionQtyExceeded);
    let set = [("position_notional_quote_max", "5000")];
    bounded(&set, &buy(50), &buy(51), Code::PositionNotionalExceeded);
    let mut bench = Bench::new(&[("position_qty_max", "50")]);
    bench.case = WorstCase { position: 10, open_buy: 20, ..WorstCase::default() };
    assert_eq!(bench.now(&buy(20)), []);
    assert_eq!(bench.now(&buy(21)), [Code::PositionQtyExceeded], "open orders count");
}

#[test]
fn risk_26_leverage_is_gross_exposure_over_equity() {
    bounded(&[("leverage_max", "2")], &buy(2_000), &buy(2_001), Code::LeverageExceeded);
}

#[test]
fn concentration_is_the_share_in_the_larger_of_equity_and_exposure() {
    let set = [("concentration_frac_max", "0.25")];
    bounded(&set, &buy(250), &buy(251), Code::ConcentrationExceeded);
    let bench = Bench::new(&set);
    let wide = |lots| View { other_exposure: usd("150000"), ..bench.view(0) }.with(&bench, lots);
    assert_eq!(wide(500), [], "50,000 of 200,000");
    assert_eq!(wide(501), [Code::ConcentrationExceeded]);
}

trait Judged {
    fn with(&self, bench: &Bench, lots: i64) -> Vec<Code>;
}

impl Judged for View<'_> {
    fn with(&self, bench: &Bench, lots: i64) -> Vec<Code> {
        codes(&bench.gate.check(&buy(lots), self))
    }
}

#[test]
fn net_exposure_counts_the_worse_side() {
    let mut bench = Bench::new(&[("net_exposure_frac_max", "0.5")]);
    bench.around.others_long = usd("10000");
    bench.around.others_short = usd("-30000");
    assert_eq!(bench.now(&buy(400)), []);
    assert_eq!(bench.now(&buy(401)), [Code::NetExposureExceeded]);
    assert_eq!(bench.now(&sell(200)), []);
    assert_eq!(bench.now(&sell(201)), [Code::NetExposureExceeded]);
}

#[test]
fn exposure_to_an_asset_and_to_a_group_counts_their_other_instruments() {
    let mut asset = Bench::new(&[("asset_exposure_frac_max", "0.5")]);
    asset.around.others_of_asset = usd("30000");
    assert_eq!(asset.now(&buy(200)), []);
    assert_eq!(asset.now(&buy(201)), [Code::AssetExposureExceeded]);
    let mut grouped = limits(&[("group_exposure_frac_max", "0.5")]);
    grouped.groups.insert("tech".into(), vec!["TEST".into()]);
    let mut group = Bench::of(&grouped);
    group.around.others_of_group = usd("30000");
    assert_eq!(group.now(&buy(200)), []);
    assert_eq!(group.now(&buy(201)), [Code::GroupExposureExceeded]);
    let mut alone = Bench::new(&[("group_exposure_frac_max", "0.5")]);
    alone.around.others_of_group = usd("30000");
    assert_eq!(alone.now(&buy(900)), [], "an instrument of no group has no such bound");
}

#[test]
fn buying_power_counts_every_open_buy_against_settled_cash() {
    let mut bench = Bench::new(&[("buying_power_frac_max", "0.5")]);
    bench.around.cash = Some((usd("10000"), usd("3000")));
    assert_eq!(bench.now(&buy(20)), []);
    assert_eq!(bench.now(&buy(21)), [Code::BuyingPowerExceeded]);
    assert_eq!(bench.now(&sell(500)), [], "selling needs no cash");
    bench.around.cash = Some((usd("-1"), Amount::ZERO));
    assert_eq!(bench.now(&buy(1)), [Code::BuyingPowerExceeded]);
}

#[test]
fn open_orders_are_bounded_by_the_limits_too() {
    let mut bench = Bench::new(&[("open_orders_max", "3")]);
    bench.open = 2;
    assert_eq!(bench.now(&buy(1)), []);
    bench.open = 3;
    assert_eq!(bench.now(&buy(1)), [Code::OpenOrdersExceeded]);
}

#[test]
fn sec_05_messages_have_a_budget_and_cancels_a_reserve() {
    let set = [("messages_per_second_max", "4"), ("cancel_reserve_frac_min", "0.5")];
    let mut bench = Bench::new(&set);
    bench.gate.note_sent(&buy(1), Timestamp(0), false);
    assert_eq!(bench.now(&buy(1)), []);
    bench.around.messages_ahead = 1;
    assert_eq!(bench.now(&buy(1)), [Code::MessageRateExceeded], "a list counts in full");
    bench.around.messages_ahead = 0;
    bench.gate.note_message(&buy(1), Timestamp(0));
    assert_eq!(bench.now(&buy(1)), [Code::MessageRateExceeded], "cancels are counted");
    let long = WorstCase { position: 5, ..WorstCase::default() };
    bench.case = long;
    assert_eq!(bench.now(&sell(5)), [], "exits use the reserve");
    bench.case = WorstCase::default();
    assert_eq!(bench.at(&buy(1), 250 * MS), []);
}

#[test]
fn sec_05_each_strategy_has_a_message_budget_of_its_own() {
    let mut spec = limits(&[("strategy_messages_per_second_max", "1")]);
    spec.strategies = vec!["one".into(), "two".into()];
    let mut bench = Bench::of(&spec);
    let of = |strategy| OrderIntent {
        terms: OrderTerms { strategy, ..OrderTerms::default() },
        ..buy(1)
    };
    bench.gate.note_sent(&of(1), Timestamp(0), false);
    assert_eq!(bench.now(&of(1)), [Code::StrategyMessageRateExceeded]);
    assert_eq!(bench.now(&of(2)), []);
}

#[test]
fn the_same_intent_twice_is_a_duplicate_within_its_window() {
    let mut bench = Bench::new(&[("duplicate_window_ms_min", "100")]);
    let first = limit(Side::Buy, 1, 9_990);
    bench.gate.note_sent(&first, Timestamp(0), false);
    assert_eq!(bench.at(&first, 100 * MS - 1), [Code::DuplicateIntent]);
    assert_eq!(bench.at(&first, 100 * MS), []);
    let others = [
        limit(Side::Sell, 1, 9_990),
        limit(Side::Buy, 2, 9_990),
        limit(Side::Buy, 1, 9_991),
        OrderIntent { terms: OrderTerms { strategy: 1, ..OrderTerms::default() }, ..first },
    ];
    for other in others {
        assert_eq!(bench.now(&other), []);
    }
    let amended = Subject::Amendment { leaves: first.quantity, lessens: false };
    assert!(bench.gate.judge(&first, amended, &bench.view(0)).approved());
}

#[test]
fn a_strategy_that_executes_too_often_is_disabled_until_a_person_enables_it() {
    let set = [("executions_max", "2"), ("executions_window_ms_min", "1000")];
    let mut bench = Bench::new(&set);
    assert!(!bench.gate.note_execution(&buy(1), Timestamp(0)));
    assert!(!bench.gate.note_execution(&buy(1), Timestamp(1)));
    assert_eq!(bench.at(&buy(1), 2), []);
    assert!(bench.gate.note_execution(&buy(1), Timestamp(2)));
    assert_eq!(bench.at(&buy(1), 2), [Code::ExecutionsThrottled]);
    assert_eq!(bench.at(&buy(1), 3_600_000 * MS), [Code::ExecutionsThrottled], "time is no remedy");
    bench.gate.take_signal(&GateSignal::Enabled { strategy: 0 }, Timestamp(3));
    assert_eq!(bench.at(&buy(1), 3), []);
    let mut slow = Bench::new(&set);
    assert!((0..9).all(|second| !slow.gate.note_execution(&buy(1), Timestamp(second * 700 * MS))));
}

#[test]
fn weekly_and_total_loss_stop_what_opens() {
    let mut week = Bench::new(&[("weekly_loss_frac_max", "0.1")]);
    week.gate.mark_equity(Timestamp(0), usd("90000.01")).unwrap();
    assert_eq!(week.now(&buy(1)), []);
    week.gate.mark_equity(Timestamp(1), usd("90000")).unwrap();
    assert_eq!(week.now(&buy(1)), [Code::WeeklyLossExceeded]);
    let mut total = Bench::new(&[("total_loss_frac_max", "0.2")]);
    total.gate.mark_equity(Timestamp(0), usd("80000")).unwrap();
    assert_eq!(total.now(&buy(1)), [Code::TotalLossExceeded]);
    total.case = WorstCase { position: 1, ..WorstCase::default() };
    assert_eq!(total.now(&sell(1)), [], "exits pass");
}

#[test]
fn risk_24_the_drawdown_guard_shrinks_sizes_before_the_hard_limit() {
    let set = [
        ("order_qty_max", "100"),
        ("position_frac_max", "0.5"),
        ("drawdown_soft_frac_max", "0.1"),
        ("drawdown_frac_max", "0.2"),
    ];
    let mut bench = Bench::new(&set);
    bench.gate.mark_equity(Timestamp(0), usd("90000")).unwrap();
    assert_eq!(bench.now(&buy(100)), [], "at the soft limit nothing is cut");
    bench.gate.mark_equity(Timestamp(1), usd("85000")).unwrap();
    assert_eq!(bench.now(&buy(50)), [], "half way, half the size");
    let cut = bench.verdict(&buy(51), 0);
    assert_eq!(codes(&cut), [Code::OrderQtyExceeded, Code::DrawdownGuard]);
    let guard = cut.checks().find(|check| check.control == Control::DrawdownGuard).unwrap();
    assert_eq!((guard.limit, guard.observed), (Some(100_000), 150_000));
    assert_eq!(bench.now(&buy(101)), [Code::OrderQtyExceeded], "past the limit itself");
    bench.gate.mark_equity(Timestamp(2), usd("80000")).unwrap();
    let whole = bench.now(&buy(1));
    assert!(whole.contains(&Code::DrawdownGuard) && !whole.contains(&Code::DrawdownExceeded));
    bench.gate.mark_equity(Timestamp(3), usd("95000")).unwrap();
    assert_eq!(bench.now(&buy(100)), [], "sizes come back with equity");
}

#[test]
fn risk_23_the_governor_cuts_every_size_and_only_tightens() {
    let mut bench = Bench::new(&[("order_qty_max", "100"), ("gross_exposure_frac_max", "0.1")]);
    let half = GateSignal::Governor { factor: Fraction::parse("0.5").unwrap() };
    bench.gate.check_signal(&half).unwrap();
    bench.gate.take_signal(&half, Timestamp(0));
    assert_eq!(bench.now(&buy(50)), []);
    assert_eq!(bench.now(&buy(51)), [Code::OrderQtyExceeded, Code::GrossExposureExceeded]);
    let more = GateSignal::Governor { factor: Fraction::parse("0.6").unwrap() };
    let refused = bench.gate.check_signal(&more).map_err(|e| e.code());
    assert_eq!(refused, Err(Code::LimitsLooseningDenied));
}

#[test]
fn losses_in_a_row_stop_what_opens_for_the_day() {
    let mut bench = Bench::new(&[("consecutive_losses_max", "2")]);
    bench.gate.note_close(Timestamp(0), usd("-1"));
    assert_eq!(bench.now(&buy(1)), []);
    bench.gate.note_close(Timestamp(0), usd("-1"));
    assert_eq!(bench.now(&buy(1)), [Code::ConsecutiveLosses]);
    assert_eq!(bench.at(&buy(1), 86_400_000 * MS), []);
}

#[test]
fn the_collar_holds_over_its_window_however_small_the_steps() {
    let set = [("price_collar_frac_max", "0.01"), ("price_collar_window_ms_min", "1000")];
    let mut bench = Bench::new(&set);
    let at = |bench: &Bench, intent: &OrderIntent| bench.now(intent);
    assert_eq!(
        at(&bench, &buy(1)),
        [Code::PriceCollarExceeded],
        "without a price nothing is known"
    );
    for step in 0..5 {
        let price = Price::from_ticks(9_900 + step * 25);
        bench.gate.note_price(InstrumentId(0), price, Timestamp(step * MS));
    }
    assert_eq!(at(&bench, &limit(Side::Buy, 1, 9_999)), []);
    assert_eq!(at(&bench, &limit(Side::Buy, 1, 10_000)), [Code::PriceCollarExceeded]);
    assert_eq!(at(&bench, &limit(Side::Sell, 1, 9_801)), []);
    assert_eq!(at(&bench, &limit(Side::Sell, 1, 9_800)), [Code::PriceCollarExceeded]);
    assert_eq!(at(&bench, &buy(1)), [Code::PriceCollarExceeded], "a market order costs the mark");
    bench.case = WorstCase { position: 1, ..WorstCase::default() };
    assert_eq!(at(&bench, &sell(1)), [], "a market exit names no price");
    assert_eq!(at(&bench, &limit(Side::Sell, 1, 9_800)), [Code::PriceCollarExceeded]);
}

#[test]
fn a_position_without_its_stop_for_too_long_lets_nothing_more_open() {
    let mut bench = Bench::new(&[("stop_uncovered_ms_max", "500")]);
    bench.around.uncovered_ns = 500 * MS;
    assert_eq!(bench.now(&buy(1)), []);
    bench.around.uncovered_ns += 1;
    assert_eq!(bench.now(&buy(1)), [Code::StopCoverageMissing]);
}

#[test]
fn an_account_that_was_not_confirmed_lately_is_stale() {
    let mut bench = Bench::new(&[("account_age_ms_max", "1000")]);
    let never = bench.verdict(&buy(1), 0);
    assert_eq!(codes(&never), [Code::AccountStale]);
    bench.gate.take_signal(&GateSignal::AccountConfirmed, Timestamp(0));
    assert_eq!(bench.at(&buy(1), 1_000 * MS), []);
    let late = bench.verdict(&buy(1), 1_000 * MS + 1);
    assert_eq!(codes(&late), [Code::AccountStale]);
    let check = late.checks().find(|check| check.control == Control::AccountAge).unwrap();
    assert_eq!((check.age_ns, check.observed), (1_000 * MS + 1, i128::from(1_000 * MS + 1)));
}

#[test]
fn an_order_that_was_caused_too_long_ago_is_stale() {
    let bench = Bench::new(&[("intent_age_ms_max", "10")]);
    let caused = |ns: i64| OrderIntent {
        terms: OrderTerms { cause: Some(Timestamp(ns)), ..OrderTerms::default() },
        ..buy(1)
    };
    assert_eq!(bench.at(&caused(0), 10 * MS), []);
    assert_eq!(bench.at(&caused(0), 10 * MS + 1), [Code::IntentStale]);
    assert_eq!(bench.at(&buy(1), 10 * MS + 1), [Code::IntentStale], "its price is its cause");
    assert_eq!(bench.at(&caused(5 * MS), 15 * MS), []);
    let derived = OrderIntent { role: OrderRole::StopLoss, ..buy(1) };
    assert_eq!(bench.at(&derived, 99 * MS), [], "what the engine derives is caused by a fill");
}

#[test]
fn ord_07_an_unknown_or_large_clock_offset_refuses() {
    let mut bench = Bench::new(&[("clock_drift_ms_max", "50")]);
    assert_eq!(bench.now(&buy(1)), [Code::ClockDriftExceeded], "never measured");
    let measured = |offset_ns| GateSignal::ClockMeasured { offset_ns };
    bench.gate.take_signal(&measured(-50 * MS), Timestamp(0));
    assert_eq!(bench.now(&buy(1)), []);
    bench.gate.take_signal(&measured(-50 * MS - 1), Timestamp(0));
    assert_eq!(bench.now(&buy(1)), [Code::ClockDriftExceeded]);
    bench.gate.take_signal(&measured(0), Timestamp(0));
    let ahead = |ns: i64| OrderIntent {
        terms: OrderTerms { cause: Some(Timestamp(ns)), ..OrderTerms::default() },
        ..buy(1)
    };
    assert_eq!(bench.now(&ahead(50 * MS)), []);
    assert_eq!(bench.now(&ahead(50 * MS + 1)), [Code::ClockDriftExceeded], "a cause to come");
}

#[test]
fn a_restricted_instrument_lets_nothing_open() {
    let mut bench = Bench::of(&LimitsSpec { restricted: true, ..LimitsSpec::unlimited() });
    assert_eq!(bench.now(&buy(1)), [Code::InstrumentRestricted]);
    bench.case = WorstCase { position: 1, ..WorstCase::default() };
    assert_eq!(bench.now(&sell(1)), []);
}

#[test]
fn orders_open_within_trading_hours_only() {
    let mut spec = limits(&[("trading_hours", "day")]);
    spec.calendars.insert("day".into(), vec![["100".into(), "200".into()]]);
    let mut bench = Bench::of(&spec);
    assert_eq!(bench.at(&buy(1), 99), [Code::OutsideTradingHours]);
    assert_eq!(bench.at(&buy(1), 100), []);
    assert_eq!(bench.at(&buy(1), 199), []);
    assert_eq!(bench.at(&buy(1), 200), [Code::OutsideTradingHours]);
    bench.case = WorstCase { position: 1, ..WorstCase::default() };
    assert_eq!(bench.at(&sell(1), 200), [], "no rule of hours holds up an exit");
}

#[test]
fn a_halted_instrument_and_an_open_breaker_let_nothing_open() {
    let mut bench = Bench::new(&[]);
    let halted = |halted| GateSignal::Halted { instrument: InstrumentId(0), halted };
    bench.gate.take_signal(&halted(true), Timestamp(0));
    assert_eq!(bench.now(&buy(1)), [Code::InstrumentHalted]);
    bench.gate.take_signal(&halted(false), Timestamp(0));
    let breaker = |component, open| GateSignal::Breaker { component, open };
    bench.gate.take_signal(&breaker(3, true), Timestamp(0));
    bench.gate.take_signal(&breaker(31, true), Timestamp(0));
    let verdict = bench.verdict(&buy(1), 0);
    assert_eq!(codes(&verdict), [Code::BreakerOpen]);
    let check = verdict.checks().find(|check| check.control == Control::Breaker).unwrap();
    assert_eq!(check.observed, 1 << 31 | 1 << 3);
    bench.gate.take_signal(&breaker(31, false), Timestamp(0));
    bench.case = WorstCase { position: 1, ..WorstCase::default() };
    assert_eq!(bench.now(&sell(1)), []);
    bench.gate.take_signal(&breaker(3, false), Timestamp(0));
    assert_eq!(bench.now(&buy(1)), []);
    let unknown = GateSignal::Halted { instrument: InstrumentId(1), halted: true };
    let refused = bench.gate.check_signal(&unknown).map_err(|e| e.code());
    assert_eq!(refused, Err(Code::InstrumentUnknown));
}

#[test]
fn a_short_sale_needs_permission() {
    let mut bench = Bench::of(&LimitsSpec { short_sale_denied: true, ..LimitsSpec::unlimited() });
    assert_eq!(bench.now(&sell(1)), [Code::ShortSaleDenied]);
    assert_eq!(bench.now(&buy(1)), []);
    bench.case = WorstCase { position: 10, open_sell: 4, ..WorstCase::default() };
    assert_eq!(bench.now(&sell(6)), []);
    assert_eq!(bench.now(&sell(7)), [Code::ShortSaleDenied], "open sells count");
}

#[test]
fn every_control_but_those_of_account_and_venue_is_named_by_a_limit_or_a_signal() {
    // A verdict of no limits says only what every order is judged by.
    let silent = Bench::new(&[]).verdict(&buy(1), 0);
    let spoke: Vec<Control> = silent.checks().map(|check| check.control).collect();
    assert!(spoke.iter().all(|control| (*control as u8) < 23), "{spoke:?}");
    assert_eq!(silent.limits_mark, Bench::new(&[]).gate.table().mark());
}
