//! The controls that look at no size: whether anything may open at all just now.

mod bench;

use bench::{Bench, MS, buy, codes, limit, limits, sell, usd};
use holdfast_core::{
    Code, InstrumentId, OrderIntent, OrderRole, OrderTerms, Price, Side, Timestamp,
};
use holdfast_risk::{Control, GateSignal, LimitsSpec, Subject, WorstCase};

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
fn every_control_but_those_of_account_and_venue_is_named_by_a_limit_or_a_signal() {
    // A verdict of no limits says only what every order is judged by.
    let silent = Bench::new(&[]).verdict(&buy(1), 0);
    let spoke: Vec<Control> = silent.checks().map(|check| check.control).collect();
    assert!(spoke.iter().all(|control| (*control as u8) < 23), "{spoke:?}");
    assert_eq!(silent.limits_mark, Bench::new(&[]).gate.table().mark());
}
