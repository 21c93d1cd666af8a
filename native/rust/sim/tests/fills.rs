//! How bars fill orders: one test a stated assumption.

mod support;

use holdfast_core::venue_report::LiquiditySide;
use holdfast_core::{
    Code, InstrumentId, InstrumentSpec, OrderIntent, Price, Quantity, Quote, Side, TimeInForce,
    Timestamp, Trade,
};
use holdfast_sim::assumptions::LimitFill;
use support::*;

#[test]
fn sim_05_a_market_order_fills_at_the_next_open_with_slippage_and_fees() {
    let mut config = config();
    config.assumptions.slippage_bps = "10".into();
    config.assumptions.taker_fee_bps = "5".into();
    config.assumptions.fee_per_unit = "0.01".into();
    let mut session = open(&config);
    session.on_bar(&flat_bar(0, 10_000)).unwrap();
    session.submit(market(Side::Buy, 10)).unwrap();
    assert_eq!(position(&session), 0, "nothing fills at the close that was seen");
    session.on_bar(&bar(1, [10_100, 10_200, 10_000, 10_150], 1_000)).unwrap();
    assert_eq!(
        prices(&mut session),
        [(10_111, 10)],
        "101.00 plus 0.101, rounded to the worse tick"
    );
    let account = session.engine().account();
    assert_eq!(account.fees.to_string(), "0.60555", "5 bps of 1011.10 and 10 × 0.01");
    assert_eq!(account.slippage.to_string(), "1.1");
    assert_eq!(account.cash.to_string(), "98988.29445");
    assert_eq!(session.engine().equity().to_string(), "100003.29445");
}

#[test]
fn sim_05_limits_fill_through_their_price_or_at_a_better_open() {
    let run = |rule: LimitFill, next: [i64; 4]| {
        let mut config = config();
        config.assumptions.limit_fill = rule;
        config.assumptions.maker_fee_bps = "-1".into();
        let mut session = open(&config);
        session.on_bar(&flat_bar(0, 10_000)).unwrap();
        session.submit(limit(Side::Buy, 1, 9_900)).unwrap();
        session.on_bar(&bar(1, next, 1_000)).unwrap();
        let fees = session.engine().account().fees.to_string();
        (fills(&mut session).first().map(|fill| (fill.1, fill.3)), fees)
    };
    let touched = [10_000, 10_000, 9_900, 9_950];
    assert_eq!(run(LimitFill::Through, touched).0, None);
    assert_eq!(run(LimitFill::Touch, touched).0, Some((9_900, LiquiditySide::Maker)));
    let through = run(LimitFill::Through, [10_000, 10_000, 9_899, 9_950]);
    assert_eq!(
        through,
        (Some((9_900, LiquiditySide::Maker)), "-0.0099".into()),
        "a rebate is a negative fee"
    );
    let gap = run(LimitFill::Through, [9_800, 9_850, 9_700, 9_750]);
    assert_eq!(gap.0, Some((9_800, LiquiditySide::Taker)), "the open is better than the limit");
}

#[test]
fn sim_05_a_stop_fills_at_its_price_and_a_gap_at_the_open() {
    let run = |next: [i64; 4]| {
        let mut session = open(&config());
        session.on_bar(&flat_bar(0, 10_000)).unwrap();
        session.submit(stop(Side::Sell, 1, 9_500)).unwrap();
        session.on_bar(&bar(1, next, 1_000)).unwrap();
        prices(&mut session)
    };
    assert_eq!(run([10_000, 10_000, 9_501, 9_900]), []);
    assert_eq!(run([10_000, 10_000, 9_500, 9_900]), [(9_500, 1)]);
    assert_eq!(run([9_000, 9_900, 8_900, 9_800]), [(9_000, 1)]);
}

fn bracket(lots: i64, stop_loss: i64, take_profit: i64) -> OrderIntent {
    OrderIntent {
        stop_loss: Some(Price::from_ticks(stop_loss)),
        take_profit: Some(Price::from_ticks(take_profit)),
        ..market(Side::Buy, lots)
    }
}

#[test]
fn ord_13_the_stop_comes_before_the_target_when_both_lie_in_the_bar() {
    let mut session = open(&config());
    session.on_bar(&flat_bar(0, 10_000)).unwrap();
    session.submit(bracket(5, 9_500, 10_500)).unwrap();
    session.on_bar(&flat_bar(1, 10_000)).unwrap();
    assert_eq!(prices(&mut session), [(10_000, 5)]);
    session.on_bar(&bar(2, [10_000, 10_600, 9_400, 10_500], 1_000)).unwrap();
    assert_eq!(prices(&mut session), [(9_500, 5)]);
    assert_eq!(
        (position(&session), session.engine().open_orders().count()),
        (0, 0),
        "the target is cancelled"
    );
}

#[test]
fn ord_13_the_target_cancels_the_stop() {
    let mut session = open(&config());
    session.on_bar(&flat_bar(0, 10_000)).unwrap();
    session.submit(bracket(5, 9_500, 10_500)).unwrap();
    session.on_bar(&bar(1, [10_000, 10_501, 9_900, 10_400], 1_000)).unwrap();
    assert_eq!(
        prices(&mut session),
        [(10_000, 5), (10_500, 5)],
        "entered at the open, so the target may follow"
    );
    assert_eq!((position(&session), session.engine().open_orders().count()), (0, 0));
}

#[test]
fn an_entry_inside_the_bar_can_be_stopped_but_not_rewarded_in_it() {
    let run = |low: i64| {
        let mut session = open(&config());
        session.on_bar(&flat_bar(0, 10_000)).unwrap();
        let entry = OrderIntent {
            stop_loss: Some(Price::from_ticks(9_500)),
            take_profit: Some(Price::from_ticks(10_100)),
            ..limit(Side::Buy, 5, 9_900)
        };
        session.submit(entry).unwrap();
        session.on_bar(&bar(1, [10_000, 10_300, low, 10_200], 1_000)).unwrap();
        (prices(&mut session), position(&session))
    };
    assert_eq!(run(9_400), (vec![(9_900, 5), (9_500, 5)], 0));
    assert_eq!(run(9_800), (vec![(9_900, 5)], 5));
}

#[test]
fn sim_05_participation_caps_a_fill_and_the_rest_rests() {
    let mut config = config();
    config.assumptions.participation_frac_max = "0.1".into();
    let mut session = open(&config);
    session.on_bar(&flat_bar(0, 10_000)).unwrap();
    session.submit(market(Side::Buy, 100)).unwrap();
    for (day, volume, expected) in [(1, 300, 30), (2, 0, 30), (3, 509, 80), (4, 1_000, 100)] {
        session.on_bar(&bar(day, [10_000; 4], volume)).unwrap();
        assert_eq!(position(&session), expected, "day {day}");
    }
    assert_eq!(session.engine().open_orders().count(), 0);
    let counts = session.engine().counts();
    assert_eq!((counts.fills, counts.filled, counts.partially_filled), (3, 1, 1));
}

#[test]
fn a_protective_order_is_clipped_to_the_position() {
    let mut session = open(&config());
    session.on_bar(&flat_bar(0, 10_000)).unwrap();
    session
        .submit(OrderIntent { stop_loss: Some(Price::from_ticks(9_000)), ..market(Side::Buy, 100) })
        .unwrap();
    session.on_bar(&flat_bar(1, 10_000)).unwrap();
    session.submit(market(Side::Sell, 60)).unwrap();
    session.on_bar(&flat_bar(2, 10_000)).unwrap();
    assert_eq!(position(&session), 40);
    session.on_bar(&bar(3, [10_000, 10_000, 8_900, 9_500], 1_000)).unwrap();
    assert_eq!(position(&session), 0, "100 rest on the stop, 40 are left to sell");
    assert_eq!(session.engine().open_orders().count(), 0);
}

#[test]
fn protective_orders_end_with_the_position_they_protect() {
    let mut session = open(&config());
    session.on_bar(&flat_bar(0, 10_000)).unwrap();
    session.submit(bracket(10, 9_000, 12_000)).unwrap();
    session.on_bar(&flat_bar(1, 10_000)).unwrap();
    assert_eq!(session.engine().open_orders().count(), 2);
    session.submit(market(Side::Sell, 10)).unwrap();
    session.on_bar(&flat_bar(2, 10_000)).unwrap();
    assert_eq!((position(&session), session.engine().open_orders().count()), (0, 0));
    assert_eq!(session.engine().counts().canceled, 2);
}

#[test]
fn day_orders_expire_and_immediate_orders_live_for_one_open() {
    let mut session = open(&config());
    session.on_bar(&flat_bar(0, 10_000)).unwrap();
    session
        .submit(OrderIntent { time_in_force: TimeInForce::Day, ..limit(Side::Buy, 1, 9_000) })
        .unwrap();
    session
        .submit(OrderIntent { time_in_force: TimeInForce::Ioc, ..limit(Side::Buy, 1, 9_999) })
        .unwrap();
    session.on_bar(&flat_bar(1, 10_000)).unwrap();
    assert_eq!((session.engine().counts().canceled, session.engine().counts().expired), (1, 0));
    session.on_bar(&bar(2, [8_000; 4], 1_000)).unwrap();
    assert_eq!(session.engine().counts().expired, 1);
    assert_eq!(position(&session), 0);
}

#[test]
fn latency_moves_an_order_to_the_first_bar_that_opens_after_its_arrival() {
    let mut config = config();
    config.assumptions.latency_ms = 50;
    let mut session = open(&config);
    session.on_bar(&flat_bar(0, 10_000)).unwrap();
    session.submit(market(Side::Buy, 1)).unwrap();
    session.on_bar(&flat_bar(1, 10_100)).unwrap();
    assert_eq!(position(&session), 0);
    session.on_bar(&flat_bar(2, 10_200)).unwrap();
    assert_eq!(prices(&mut session), [(10_200, 1)]);
}

#[test]
fn sim_05_perpetuals_pay_funding_for_each_interval() {
    let mut config = config();
    config.engine.instruments = vec![InstrumentSpec { perpetual: true, ..spec() }];
    config.assumptions.funding_bps = "1".into();
    let mut session = open(&config);
    session.on_bar(&flat_bar(0, 10_000)).unwrap();
    session.submit(market(Side::Buy, 10)).unwrap();
    session.on_bar(&flat_bar(1, 10_000)).unwrap();
    assert_eq!(session.engine().account().funding.to_string(), "0");
    session.on_bar(&flat_bar(2, 10_000)).unwrap();
    assert_eq!(
        session.engine().account().funding.to_string(),
        "0.3",
        "three intervals of 1 bp of 1000"
    );
    assert_eq!(session.engine().equity().to_string(), "99999.7");
}

#[test]
fn a_cancelled_order_does_not_fill() {
    let mut session = open(&config());
    session.on_bar(&flat_bar(0, 10_000)).unwrap();
    let order = session.submit(limit(Side::Buy, 1, 9_500)).unwrap().client_order_id;
    session.cancel(order).unwrap();
    assert_eq!(session.cancel(order).map_err(|e| e.code()), Err(Code::OrderUnknown));
    session.on_bar(&bar(1, [9_000; 4], 1_000)).unwrap();
    assert_eq!(position(&session), 0);
}

#[test]
fn bad_events_are_refused_with_codes() {
    let mut session = open(&config());
    session.on_bar(&flat_bar(5, 10_000)).unwrap();
    let code = |result: holdfast_core::Result<()>| result.map_err(|e| e.code());
    assert_eq!(code(session.on_bar(&flat_bar(3, 10_000))), Err(Code::EventInvalid));
    assert_eq!(code(session.on_bar(&bar(6, [10, 9, 8, 10], 1))), Err(Code::EventInvalid));
    let stranger =
        holdfast_core::Bar { instrument: holdfast_core::InstrumentId(9), ..flat_bar(6, 1) };
    assert_eq!(code(session.on_bar(&stranger)), Err(Code::InstrumentUnknown));
    let empty = market(Side::Buy, 0);
    assert_eq!(session.submit(empty).map(|_| ()).map_err(|e| e.code()), Err(Code::OrderInvalid));
    assert!(session.on_bar(&flat_bar(6, 10_000)).is_ok(), "a refusal changes nothing");
}

fn trade(ns: i64, price: i64, lots: i64) -> Trade {
    Trade {
        instrument: InstrumentId(0),
        ts_event: Timestamp(ns),
        price: Price::from_ticks(price),
        quantity: Quantity::from_lots(lots),
        aggressor_side: Side::Buy,
    }
}

fn quote(ns: i64, [bid, bid_lots, ask, ask_lots]: [i64; 4]) -> Quote {
    Quote {
        instrument: InstrumentId(0),
        ts_event: Timestamp(ns),
        bid: Price::from_ticks(bid),
        bid_quantity: Quantity::from_lots(bid_lots),
        ask: Price::from_ticks(ask),
        ask_quantity: Quantity::from_lots(ask_lots),
    }
}

#[test]
fn quotes_fill_buyers_at_the_ask_and_sellers_at_the_bid_up_to_what_stands_there() {
    let mut session = open(&config());
    session.on_quote(&quote(0, [9_990, 50, 10_010, 30])).unwrap();
    session.submit(market(Side::Buy, 40)).unwrap();
    session.on_quote(&quote(1, [9_991, 50, 10_011, 30])).unwrap();
    session.on_quote(&quote(2, [9_992, 50, 10_012, 30])).unwrap();
    assert_eq!(prices(&mut session), [(10_011, 30), (10_012, 10)]);
    assert_eq!(
        session.engine().instruments()[0].mark.unwrap().0.ticks(),
        10_002,
        "marked at the middle"
    );
    session.submit(stop(Side::Sell, 40, 9_900)).unwrap();
    session.on_quote(&quote(3, [9_901, 50, 9_950, 30])).unwrap();
    assert_eq!(position(&session), 40);
    session.on_quote(&quote(4, [9_899, 50, 9_950, 30])).unwrap();
    assert_eq!(
        prices(&mut session),
        [(9_899, 40)],
        "a stop is triggered by the side that it would trade with"
    );
}

#[test]
fn trades_fill_at_their_price_up_to_a_share_of_their_quantity() {
    let mut config = config();
    config.assumptions.participation_frac_max = "0.5".into();
    let mut session = open(&config);
    session.on_trade(&trade(0, 10_000, 10)).unwrap();
    session.submit(limit(Side::Buy, 8, 9_950)).unwrap();
    session.on_trade(&trade(1, 9_950, 10)).unwrap();
    session.on_trade(&trade(2, 9_949, 10)).unwrap();
    session.on_trade(&trade(3, 9_940, 100)).unwrap();
    let filled: Vec<_> = fills(&mut session).iter().map(|fill| (fill.1, fill.2, fill.3)).collect();
    let maker = LiquiditySide::Maker;
    assert_eq!(
        filled,
        [(9_950, 5, maker), (9_950, 3, maker)],
        "an order in the book trades at its own price"
    );
    let late = session.on_trade(&trade(2, 9_940, 1)).map_err(|e| e.code());
    assert_eq!(late, Err(Code::EventInvalid));
}
