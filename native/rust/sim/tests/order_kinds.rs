//! Every order kind on the pessimistic path of a bar or tick: one test a stated rule.

mod support;

use holdfast_core::venue_report::LiquiditySide;
use holdfast_core::{
    BaseState, Code, Fraction, InstrumentId, OrderIntent, OrderTerms, OrderType, Price, Quantity,
    Quote, Side, TimeInForce, Timestamp, TrailingDistance,
};
use holdfast_sim::{Session, SessionConfig};
use support::*;

fn px(ticks: i64) -> Option<Price> {
    Some(Price::from_ticks(ticks))
}

fn kind(order_type: OrderType, side: Side, lots: i64) -> OrderIntent {
    OrderIntent { order_type, ..market(side, lots) }
}

fn stop_limit(side: Side, trigger: i64, limit: i64) -> OrderIntent {
    OrderIntent {
        trigger_price: px(trigger),
        limit_price: px(limit),
        ..kind(OrderType::StopLimit, side, 1)
    }
}

fn trailing(side: Side, distance: TrailingDistance) -> OrderIntent {
    let terms = OrderTerms { trailing: Some(distance), ..OrderTerms::default() };
    OrderIntent { terms, ..kind(OrderType::TrailingStop, side, 1) }
}

fn gtd(intent: OrderIntent, expires: i64) -> OrderIntent {
    let terms = OrderTerms { expires: Some(Timestamp(expires)), ..intent.terms };
    OrderIntent { time_in_force: TimeInForce::Gtd, terms, ..intent }
}

fn post_only(intent: OrderIntent) -> OrderIntent {
    OrderIntent { terms: OrderTerms { post_only: true, ..intent.terms }, ..intent }
}

fn iceberg(intent: OrderIntent, lots: i64) -> OrderIntent {
    let display = Some(Quantity::from_lots(lots));
    OrderIntent { terms: OrderTerms { display, ..intent.terms }, ..intent }
}

fn slipping() -> SessionConfig {
    let mut config = config();
    config.assumptions.slippage_bps = "10".into();
    config
}

/// A session after a flat bar at 100.00 with an order submitted at its close.
fn with_order(config: &SessionConfig, intent: OrderIntent) -> Session {
    let mut session = open(config);
    session.on_bar(&flat_bar(0, 10_000)).unwrap();
    assert!(session.submit(intent).unwrap().approved());
    session
}

/// What an order fills at in the bars that follow, volume 1000 each.
fn run(config: &SessionConfig, intent: OrderIntent, bars: &[[i64; 4]]) -> Vec<(i64, i64)> {
    let mut session = with_order(config, intent);
    for (day, prices) in bars.iter().enumerate() {
        session.on_bar(&bar(day as i64 + 1, *prices, 1_000)).unwrap();
    }
    prices(&mut session)
}

fn only_order(session: &Session) -> BaseState {
    session.engine().open_orders().next().unwrap().state.base()
}

#[test]
fn ord_06_a_stop_limit_triggers_and_then_rests_as_a_limit() {
    let buy = stop_limit(Side::Buy, 10_100, 10_105);
    assert_eq!(run(&config(), buy, &[[10_000, 10_099, 9_990, 10_050]]), []);
    let inside = [10_000, 10_200, 9_990, 10_150];
    assert_eq!(run(&config(), buy, &[inside]), [(10_100, 1)], "marketable at its trigger");
    assert_eq!(run(&slipping(), buy, &[inside]), [(10_105, 1)], "slips at most to its limit");
    let beyond = [10_150, 10_200, 10_110, 10_160];
    let mut session = with_order(&config(), buy);
    session.on_bar(&bar(1, beyond, 1_000)).unwrap();
    assert_eq!(prices(&mut session), [], "the gap is beyond the limit");
    assert_eq!(only_order(&session), BaseState::Triggered);
    session.on_bar(&bar(2, [10_160, 10_170, 10_104, 10_120], 1_000)).unwrap();
    let filled = fills(&mut session);
    assert_eq!((filled[0].1, filled[0].3), (10_105, LiquiditySide::Maker));
    let back = [10_150, 10_200, 10_000, 10_160];
    assert_eq!(run(&config(), buy, &[back]), [(10_105, 1)], "the low is after the open");
}

#[test]
fn ord_06_a_stop_limit_beyond_the_market_waits_for_the_next_bar() {
    let buy = stop_limit(Side::Buy, 10_100, 10_050);
    let inside = [10_000, 10_200, 9_900, 10_150];
    assert_eq!(run(&config(), buy, &[inside]), [], "the low may have been before the trigger");
    assert_eq!(run(&config(), buy, &[inside, [10_100, 10_100, 10_049, 10_060]]), [(10_050, 1)]);
    let sell = stop_limit(Side::Sell, 9_900, 9_950);
    let down = [10_000, 10_000, 9_800, 9_850];
    assert_eq!(run(&config(), sell, &[down, [9_900, 9_951, 9_850, 9_900]]), [(9_950, 1)]);
}

#[test]
fn ord_06_a_market_order_if_touched_fills_at_its_trigger_or_a_better_open_less_slippage() {
    let sell = OrderIntent {
        trigger_price: px(10_100),
        ..kind(OrderType::TakeProfitMarket, Side::Sell, 1)
    };
    assert_eq!(run(&config(), sell, &[[10_000, 10_099, 9_000, 9_500]]), []);
    assert_eq!(run(&config(), sell, &[[10_000, 10_100, 9_000, 9_500]]), [(10_100, 1)]);
    assert_eq!(run(&slipping(), sell, &[[10_000, 10_100, 9_000, 9_500]]), [(10_089, 1)]);
    assert_eq!(run(&config(), sell, &[[10_300, 10_400, 9_000, 9_500]]), [(10_300, 1)]);
    let buy =
        OrderIntent { trigger_price: px(9_900), ..kind(OrderType::TakeProfitMarket, Side::Buy, 1) };
    assert_eq!(run(&config(), buy, &[[10_000, 10_200, 9_900, 9_950]]), [(9_900, 1)]);
}

#[test]
fn ord_06_a_take_profit_limit_fills_at_its_limit_or_not_at_all() {
    let sell = |trigger: i64, limit: i64| OrderIntent {
        trigger_price: px(trigger),
        limit_price: px(limit),
        ..kind(OrderType::TakeProfitLimit, Side::Sell, 1)
    };
    let touched = [10_000, 10_100, 9_990, 10_050];
    assert_eq!(run(&config(), sell(10_100, 10_100), &[touched]), [], "not traded through");
    assert_eq!(
        run(&config(), sell(10_100, 10_100), &[[10_000, 10_101, 9_990, 10_050]]),
        [(10_100, 1)],
        "the high comes at or after the touch"
    );
    assert_eq!(run(&config(), sell(10_100, 10_090), &[touched]), [(10_100, 1)]);
    assert_eq!(
        run(&slipping(), sell(10_100, 10_095), &[touched]),
        [(10_095, 1)],
        "slips to the limit"
    );
    assert_eq!(run(&config(), sell(10_100, 10_200), &[[10_000, 10_150, 9_990, 10_050]]), []);
}

#[test]
fn ord_06_a_trailing_stop_meets_the_low_before_the_high_has_moved_it() {
    let sell = trailing(Side::Sell, TrailingDistance::Ticks(100));
    let both = [10_000, 10_500, 9_900, 10_450];
    assert_eq!(run(&config(), sell, &[both]), [(9_900, 1)], "100 below the open, not the high");
    let up = [10_000, 10_500, 9_901, 10_450];
    assert_eq!(run(&config(), sell, &[up]), []);
    assert_eq!(run(&config(), sell, &[up, [10_450, 10_460, 10_400, 10_420]]), [(10_400, 1)]);
    assert_eq!(run(&config(), sell, &[up, [10_300, 10_460, 10_200, 10_420]]), [(10_300, 1)], "gap");
    let back = [10_000, 10_500, 9_950, 10_300];
    assert_eq!(run(&config(), sell, &[back]), [(10_400, 1)], "the close is after the high");
    assert_eq!(run(&slipping(), sell, &[back]), [(10_389, 1)]);
    let gap = [9_890, 9_950, 9_880, 9_900];
    assert_eq!(run(&config(), sell, &[gap]), [(9_890, 1)], "it trailed from the last close");
}

#[test]
fn ord_06_a_buyer_trails_the_lows_and_a_share_of_the_price_is_rounded_away() {
    let buy = trailing(Side::Buy, TrailingDistance::Share(Fraction::parse("0.01").unwrap()));
    let down = [10_000, 10_099, 9_501, 9_510];
    assert_eq!(run(&config(), buy, &[down]), []);
    assert_eq!(run(&config(), buy, &[down, [9_510, 9_600, 9_505, 9_590]]), [(9_597, 1)]);
}

#[test]
fn ord_06_a_trailing_stop_never_moves_back_and_follows_what_buyers_or_sellers_meet() {
    let mut session = open(&config());
    let quote = |ns: i64, bid: i64, ask: i64| Quote {
        instrument: InstrumentId(0),
        ts_event: Timestamp(ns),
        bid: Price::from_ticks(bid),
        bid_quantity: Quantity::from_lots(50),
        ask: Price::from_ticks(ask),
        ask_quantity: Quantity::from_lots(50),
    };
    session.on_quote(&quote(0, 9_990, 10_010)).unwrap();
    session.submit(trailing(Side::Sell, TrailingDistance::Ticks(100))).unwrap();
    for (ns, bid) in [(1, 10_200), (2, 10_150), (3, 10_101)] {
        session.on_quote(&quote(ns, bid, bid + 300)).unwrap();
        assert_eq!(position(&session), 0, "the bid has not come back by 100");
    }
    session.on_quote(&quote(4, 10_100, 10_400)).unwrap();
    assert_eq!(prices(&mut session), [(10_100, 1)]);
}

#[test]
fn ord_06_market_to_limit_rests_its_remainder_at_the_price_of_its_fill() {
    let mut config = slipping();
    config.assumptions.participation_frac_max = "0.1".into();
    let mut session = with_order(&config, kind(OrderType::MarketToLimit, Side::Buy, 150));
    session.on_bar(&bar(1, [10_000, 10_050, 10_000, 10_040], 1_000)).unwrap();
    assert_eq!(prices(&mut session), [(10_010, 100)], "the open plus slippage");
    session.on_bar(&bar(2, [10_050, 10_060, 10_010, 10_040], 1_000)).unwrap();
    assert_eq!(prices(&mut session), [], "the rest is a limit");
    session.on_bar(&bar(3, [10_050, 10_060, 10_009, 10_040], 1_000)).unwrap();
    let filled = fills(&mut session);
    assert_eq!((filled[0].1, filled[0].2, filled[0].3), (10_010, 50, LiquiditySide::Maker));
}

#[test]
fn ord_06_fill_or_kill_is_all_or_nothing_against_what_an_event_offers() {
    let mut config = config();
    config.assumptions.participation_frac_max = "0.1".into();
    let fok = |intent: OrderIntent| OrderIntent { time_in_force: TimeInForce::Fok, ..intent };
    let flat = [10_000, 10_000, 10_000, 10_000];
    assert_eq!(run(&config, fok(market(Side::Buy, 100)), &[flat]), [(10_000, 100)]);
    assert_eq!(run(&config, fok(market(Side::Buy, 101)), &[flat, flat]), []);
    assert_eq!(run(&config, fok(limit(Side::Buy, 50, 10_001)), &[flat]), [(10_000, 50)]);
    let mut session = with_order(&config, fok(limit(Side::Buy, 50, 9_990)));
    session.on_bar(&bar(1, [10_000, 10_000, 9_900, 9_950], 1_000)).unwrap();
    assert_eq!((position(&session), session.engine().counts().canceled), (0, 1));
}

#[test]
fn ord_06_post_only_that_would_cross_is_rejected_by_the_venue() {
    let outcome = |limit_ticks: i64| {
        let session = with_order(&config(), post_only(limit(Side::Buy, 1, limit_ticks)));
        (session.engine().counts().rejected, session.engine().open_order_count())
    };
    assert_eq!(outcome(10_000), (1, 0), "it would trade at the last price");
    assert_eq!(outcome(10_001), (1, 0));
    assert_eq!(outcome(9_999), (0, 1));
    let resting = post_only(limit(Side::Buy, 1, 9_900));
    let mut session = with_order(&config(), resting);
    session.on_bar(&bar(1, [9_800, 9_850, 9_700, 9_750], 1_000)).unwrap();
    let filled = fills(&mut session);
    assert_eq!((filled[0].1, filled[0].3), (9_900, LiquiditySide::Maker), "never a taker");
    let sell = with_order(&config(), post_only(limit(Side::Sell, 1, 10_000)));
    assert_eq!(sell.engine().counts().rejected, 1);
}

#[test]
fn ord_06_a_late_post_only_order_is_held_against_the_price_at_its_arrival() {
    let mut config = config();
    config.assumptions.latency_ms = 50;
    let mut session = with_order(&config, post_only(limit(Side::Buy, 1, 9_900)));
    session.on_bar(&flat_bar(1, 10_000)).unwrap();
    session.on_bar(&bar(2, [9_800, 9_850, 9_700, 9_750], 1_000)).unwrap();
    assert_eq!((position(&session), session.engine().counts().rejected), (0, 1));
}

#[test]
fn ord_06_an_iceberg_shows_its_display_quantity_once_an_event() {
    let order = iceberg(limit(Side::Buy, 25, 9_900), 10);
    let through = [9_950, 9_960, 9_890, 9_900];
    assert_eq!(
        run(&config(), order, &[through, through, through, through]),
        [(9_900, 10), (9_900, 10), (9_900, 5)]
    );
    let open_and_inside = [9_800, 9_960, 9_700, 9_900];
    assert_eq!(run(&config(), order, &[open_and_inside]), [(9_800, 10)], "not twice in one bar");
}

#[test]
fn ord_06_good_till_date_ends_at_its_time() {
    let order = |expires: i64| gtd(limit(Side::Buy, 1, 9_900), expires);
    let quiet = [10_000, 10_000, 9_950, 10_000];
    let through = [10_000, 10_000, 9_800, 10_000];
    assert_eq!(run(&config(), order(3 * DAY_NS), &[quiet, through]), [(9_900, 1)]);
    let expired = |expires: i64, bars: &[[i64; 4]]| {
        let mut session = with_order(&config(), order(expires));
        for (day, prices) in bars.iter().enumerate() {
            session.on_bar(&bar(day as i64 + 1, *prices, 1_000)).unwrap();
        }
        (position(&session), session.engine().counts().expired)
    };
    assert_eq!(expired(2 * DAY_NS, &[quiet, through]), (0, 1), "over before the bar opens");
    assert_eq!(expired(2 * DAY_NS + 5, &[quiet, through]), (0, 1), "over inside the bar");
    let jumped = [9_800, 9_850, 9_700, 9_750];
    assert_eq!(expired(2 * DAY_NS + 5, &[quiet, jumped]), (1, 0), "the open was in time");
    let mut session = open(&config());
    session.on_bar(&flat_bar(3, 10_000)).unwrap();
    let late = session.submit(order(3 * DAY_NS)).map(|_| ()).map_err(|e| e.code());
    assert_eq!(late, Err(Code::OrderInvalid), "its time is past");
}

#[test]
fn a_stop_limit_protects_nothing_it_did_not_fill_and_a_bracket_follows_every_kind() {
    let entry = OrderIntent {
        stop_loss: px(9_500),
        take_profit: px(10_900),
        ..stop_limit(Side::Buy, 10_100, 10_105)
    };
    let mut session = with_order(&config(), entry);
    session.on_bar(&bar(1, [10_000, 10_200, 9_990, 10_150], 1_000)).unwrap();
    assert_eq!(session.engine().open_order_count(), 2, "stop and target for the lot that filled");
    session.on_bar(&bar(2, [10_150, 10_901, 10_100, 10_800], 1_000)).unwrap();
    assert_eq!(prices(&mut session), [(10_100, 1), (10_900, 1)]);
    assert_eq!((position(&session), session.engine().open_order_count()), (0, 0));
}
