//! Lists are judged as they will be sent, held orders wait for their own instrument and go as what they become, and the
//! account's sums hold every column.

mod desk;

use desk::{Desk, SECOND_NS, amount, config, spec};
use holdfast_core::trading_mode::TradingMode;
use holdfast_core::wire::{Encode, Layout, Writer};
use holdfast_core::{
    ClientOrderId, Code, Contingency, Fraction, InstrumentId, InstrumentKind, InstrumentSpec,
    OrderIntent, OrderTerms, OrderType, Price, Quantity, ReportKind, Result, Side, TimeInForce,
    Timestamp, Trade, TradeId, TrailingDistance, VenueReport,
};
use holdfast_engine::account_spec::BalanceSpec;
use holdfast_engine::order_list::OrderListJudged;
use holdfast_engine::{AccountSpec, Command, EngineConfig, Input, OrderList};
use holdfast_risk::Verdict;

const MARK: i64 = 80_000;

fn spot() -> EngineConfig {
    config(vec![spec(InstrumentKind::Spot)], "100000", AccountSpec::default())
}

fn two() -> EngineConfig {
    let second = InstrumentSpec { symbol: "ETH".into(), ..spec(InstrumentKind::Spot) };
    config(vec![spec(InstrumentKind::Spot), second], "100000", AccountSpec::default())
}

fn order(order_type: OrderType, side: Side, lots: i64) -> OrderIntent {
    OrderIntent {
        order_type,
        ts_intent: Timestamp(SECOND_NS),
        ..OrderIntent::market(InstrumentId(0), side, Quantity::from_lots(lots))
    }
}

fn limit(side: Side, lots: i64, ticks: i64) -> OrderIntent {
    OrderIntent {
        limit_price: Some(Price::from_ticks(ticks)),
        ..order(OrderType::Limit, side, lots)
    }
}

/// A stop that closes a long position.
fn stop(lots: i64, ticks: i64) -> OrderIntent {
    OrderIntent {
        trigger_price: Some(Price::from_ticks(ticks)),
        reduce_only: true,
        ..order(OrderType::StopMarket, Side::Sell, lots)
    }
}

fn target(lots: i64, ticks: i64) -> OrderIntent {
    OrderIntent { reduce_only: true, ..limit(Side::Sell, lots, ticks) }
}

fn list(
    desk: &mut Desk,
    contingency: Contingency,
    mut orders: Vec<OrderIntent>,
) -> Result<Vec<Code>> {
    let at_once = OrderList { contingency, orders: &orders }.sent_at_once();
    let first = desk.engine.next_client_order_id().0;
    for (id, order) in (first..).zip(orders.iter_mut().take(at_once)) {
        order.client_order_id = ClientOrderId(id);
    }
    let verdict = desk.step(&Input::SubmitList(OrderList { contingency, orders: &orders }))?;
    Ok(codes(&verdict.unwrap()))
}

fn codes(verdict: &Verdict) -> Vec<Code> {
    verdict.checks().filter(|check| !check.passed).map(|check| check.control.code()).collect()
}

fn marked(config: &EngineConfig) -> Desk {
    let mut desk = Desk::new(config);
    desk.mark(0, MARK);
    desk
}

#[test]
fn ord_13_both_children_of_a_bracket_are_exits_of_its_entry() {
    let entry = limit(Side::Buy, 10, 79_000);
    let (stop, target) = (stop(10, 70_000), target(10, 90_000));
    let mut desk = Desk::new(&two());
    desk.mark(0, MARK);
    desk.mark(1, MARK);
    for wrong in [
        OrderIntent { reduce_only: false, ..target },
        OrderIntent { instrument: InstrumentId(1), ..target },
        OrderIntent { side: Side::Buy, ..target },
    ] {
        let refused = list(&mut desk, Contingency::Bracket, vec![entry, stop, wrong]);
        assert_eq!(refused.map_err(|e| e.code()), Err(Code::OrderInvalid), "{wrong:?}");
    }
    assert_eq!(list(&mut desk, Contingency::Bracket, vec![entry, stop, target]), Ok(vec![]));
}

#[test]
fn ord_03_a_list_takes_the_next_ids_in_their_order() {
    let mut desk = marked(&spot());
    let of = |id, ticks| OrderIntent {
        client_order_id: ClientOrderId(id),
        ..limit(Side::Buy, 1, ticks)
    };
    let first = desk.engine.next_client_order_id().0;
    for ids in [[first, first], [first + 1, first + 2], [first, first + 2]] {
        let orders = [of(ids[0], 70_000), of(ids[1], 71_000)];
        let list = OrderList { contingency: Contingency::Oco, orders: &orders };
        let refused = desk.step(&Input::SubmitList(list)).map(|_| ()).map_err(|e| e.code());
        assert_eq!(refused, Err(Code::OrderInvalid), "{ids:?}");
    }
}

#[test]
fn ord_13_every_order_of_a_list_that_opens_counts_for_those_behind_it() {
    let mut bounded = spot();
    bounded.limits.daily_trades_max = "1".into();
    let pair = || vec![limit(Side::Buy, 1, 70_000), limit(Side::Buy, 1, 71_000)];
    let mut desk = marked(&bounded);
    assert_eq!(list(&mut desk, Contingency::Oco, pair()), Ok(vec![Code::DailyTradesExceeded]));
    bounded.limits.daily_trades_max = "2".into();
    assert_eq!(list(&mut marked(&bounded), Contingency::Oco, pair()), Ok(vec![]));
    let mut desk = marked(&bounded);
    desk.trade(0, Side::Buy, 5, MARK, false);
    let exits = vec![target(5, 90_000), stop(5, 70_000)];
    assert_eq!(list(&mut desk, Contingency::Oco, exits), Ok(vec![]));
    let one = OrderIntent {
        client_order_id: desk.engine.next_client_order_id(),
        ..limit(Side::Buy, 1, 70_000)
    };
    let verdict = desk.step(&Input::Submit(one)).unwrap().unwrap();
    assert_eq!(codes(&verdict), [], "the exits counted for nothing");
}

#[test]
fn ord_13_an_exit_whose_twin_was_denied_is_tied_to_nothing() {
    let narrow = EngineConfig { max_open_orders: 3, ..spot() };
    let mut desk = marked(&narrow);
    let bracket = vec![limit(Side::Buy, 10, 79_000), stop(10, 70_000), target(10, 95_000)];
    let entry = desk.engine.next_client_order_id();
    assert_eq!(list(&mut desk, Contingency::Bracket, bracket), Ok(vec![]));
    // Others take the room that the second exit would need.
    for ticks in [50_000, 50_001] {
        let client_order_id = desk.engine.next_client_order_id();
        let other = OrderIntent { client_order_id, ..limit(Side::Buy, 1, ticks) };
        assert!(desk.step(&Input::Submit(other)).unwrap().unwrap().approved());
    }
    let filled = VenueReport {
        trade_id: TradeId(1),
        last_price: Price::from_ticks(79_000),
        last_quantity: Quantity::from_lots(10),
        ..VenueReport::without_fill(entry, ReportKind::Fill, Timestamp(SECOND_NS))
    };
    desk.step(&Input::Report(filled)).unwrap();
    let exits = desk.engine.open_orders().filter(|order| order.intent.reduce_only);
    let open: Vec<_> = exits.collect();
    let [exit] = open.as_slice() else { panic!("one exit must be open: {open:?}") };
    assert_eq!(exit.intent.order_type, OrderType::StopMarket);
    assert_eq!(exit.pairing, None);
}

#[test]
fn risk_07_only_a_stop_that_closes_the_whole_entry_for_certain_protects_it() {
    let mut guarded = spot();
    guarded.limits.stop_loss_required = true;
    let judged = |contingency, entry: OrderIntent, child: OrderIntent| {
        list(&mut marked(&guarded), contingency, vec![entry, child])
    };
    let entry = limit(Side::Buy, 10, 79_000);
    let denied = Ok(vec![Code::StopLossRequired]);
    let whole = stop(10, 70_000);
    assert_eq!(judged(Contingency::Oto, entry, whole), Ok(vec![]));
    let trailing = OrderIntent {
        order_type: OrderType::TrailingStop,
        trigger_price: None,
        terms: OrderTerms {
            trailing: Some(TrailingDistance::Share(Fraction::from_millionths(100_000))),
            ..OrderTerms::default()
        },
        ..whole
    };
    assert_eq!(judged(Contingency::Oto, entry, trailing), Ok(vec![]));
    for (child, why) in [
        (stop(9, 70_000), "a part only"),
        (stop(10, 79_500), "above the entry"),
        (target(10, 90_000), "no stop"),
        (OrderIntent { reduce_only: false, ..whole }, "it may open"),
        (
            OrderIntent {
                order_type: OrderType::StopLimit,
                limit_price: Some(Price::from_ticks(69_000)),
                ..whole
            },
            "it may not fill",
        ),
    ] {
        assert_eq!(judged(Contingency::Oto, entry, child), denied, "{why}");
    }
    let mut desk = marked(&guarded);
    let id = desk.engine.next_client_order_id();
    let held = OrderIntent {
        client_order_id: id,
        stop_loss: Some(Price::from_ticks(70_000)),
        ..order(OrderType::Market, Side::Buy, 10)
    };
    assert!(desk.step(&Input::Submit(held)).unwrap().unwrap().approved());
    desk.fill(id, 10, MARK, amount("0"));
    let pair = list(&mut desk, Contingency::Oco, vec![entry, whole]);
    assert_eq!(pair, denied, "a pair's other order follows nobody");
}

#[test]
fn ord_13_the_exits_of_a_bracket_may_rest_beyond_the_price_band() {
    let mut banded = spot();
    banded.limits.price_band_frac_max = "0.05".into();
    let far = |contingency| {
        let orders = vec![limit(Side::Buy, 10, 79_000), stop(10, 50_000), target(10, 120_000)];
        list(&mut marked(&banded), contingency, orders)
    };
    assert_eq!(far(Contingency::Bracket), Ok(vec![]));
    assert_eq!(far(Contingency::Oto), Ok(vec![Code::PriceBandExceeded]));
}

#[test]
fn the_room_asked_for_is_what_the_longest_judgement_of_a_list_takes() {
    let longest = OrderListJudged {
        first: ClientOrderId(u64::MAX),
        contingency: Contingency::Bracket,
        orders: u8::MAX,
        approved: true,
    };
    let mut bytes = [0_u8; 64];
    let mut writer = Writer::new(&mut bytes, Layout::Compact);
    longest.encode(&mut writer);
    assert_eq!(writer.len(), longest.encoded_bytes_max());
}

/// Submits held orders, moves the market and returns what went to the venue.
fn released(config: &EngineConfig, held: &[OrderIntent], marks: &[(u32, i64)]) -> Vec<OrderIntent> {
    let mut desk = Desk::new(config);
    (0..config.instruments.len() as u32).for_each(|id| desk.mark(id, MARK));
    let mut commands = Vec::new();
    for intent in held {
        let intent = OrderIntent { client_order_id: desk.engine.next_client_order_id(), ..*intent };
        let input = Input::Submit(intent);
        let verdict = desk.engine.step(&input, &mut desk.records, &mut commands).unwrap();
        assert!(verdict.unwrap().approved());
    }
    for (instrument, ticks) in marks {
        let trade = Trade {
            instrument: InstrumentId(*instrument),
            ts_event: desk.now(),
            price: Price::from_ticks(*ticks),
            quantity: Quantity::from_lots(1),
            aggressor_side: Side::Buy,
        };
        desk.engine.step(&Input::Trade(trade), &mut desk.records, &mut commands).unwrap();
    }
    let placed = |command: Command| match command {
        Command::Place(intent) => Some(intent),
        _ => None,
    };
    commands.into_iter().filter_map(placed).collect()
}

#[test]
fn ord_06_a_held_order_waits_for_its_own_instrument() {
    let mut held = two();
    held.emulated_order_types = vec!["stop_market".into()];
    let stop = OrderIntent { reduce_only: false, ..stop(5, 70_000) };
    assert_eq!(released(&held, &[stop], &[(1, 60_000)]), []);
    assert_eq!(released(&held, &[stop], &[(1, 60_000), (0, 70_000)]).len(), 1);
}

#[test]
fn ord_06_a_held_order_goes_as_the_plain_one_that_it_has_become() {
    let mut held = spot();
    held.emulated_order_types =
        ["stop_market", "stop_limit", "trailing_stop"].map(str::to_string).to_vec();
    let market = OrderIntent { reduce_only: false, ..stop(5, 70_000) };
    let limited = OrderIntent {
        order_type: OrderType::StopLimit,
        limit_price: Some(Price::from_ticks(69_000)),
        terms: OrderTerms { display: Some(Quantity::from_lots(2)), ..OrderTerms::default() },
        ..market
    };
    let trailing = OrderIntent {
        order_type: OrderType::TrailingStop,
        trigger_price: None,
        terms: OrderTerms {
            trailing: Some(TrailingDistance::Ticks(1_000)),
            ..OrderTerms::default()
        },
        ..market
    };
    let went = released(&held, &[market, limited, trailing], &[(0, 65_000)]);
    let forms: Vec<_> = went
        .iter()
        .map(|order| (order.order_type, order.limit_price.is_some(), order.terms.display))
        .collect();
    assert_eq!(
        forms,
        [
            (OrderType::Market, false, None),
            (OrderType::Limit, true, Some(Quantity::from_lots(2))),
            (OrderType::Market, false, None)
        ]
    );
    assert!(went.iter().all(|order| order.trigger_price.is_none()));
    assert!(went.iter().all(|order| order.terms.trailing.is_none()));
}

#[test]
fn ord_06_a_held_order_ends_at_the_instant_of_its_date() {
    let mut held = spot();
    held.emulated_order_types = vec!["stop_market".into()];
    for (expires, sent) in [(SECOND_NS + 1, 1), (SECOND_NS, 0)] {
        let mut desk = Desk::new(&held);
        let dated = OrderIntent {
            client_order_id: desk.engine.next_client_order_id(),
            reduce_only: false,
            time_in_force: TimeInForce::Gtd,
            terms: OrderTerms { expires: Some(Timestamp(expires)), ..OrderTerms::default() },
            ts_intent: Timestamp(SECOND_NS - 1),
            ..stop(5, 70_000)
        };
        let trade = |ns: i64, ticks: i64| Trade {
            instrument: InstrumentId(0),
            ts_event: Timestamp(ns),
            price: Price::from_ticks(ticks),
            quantity: Quantity::from_lots(1),
            aggressor_side: Side::Buy,
        };
        let mut commands = Vec::new();
        for input in [
            Input::Trade(trade(SECOND_NS - 1, MARK)),
            Input::Submit(dated),
            Input::Trade(trade(SECOND_NS, 70_000)),
        ] {
            desk.engine.step(&input, &mut desk.records, &mut commands).unwrap();
        }
        assert_eq!(commands.len(), sent, "{expires}");
    }
}

#[test]
fn ord_14_every_column_of_the_books_is_added_up() {
    let mut desk = marked(&spot());
    let bought = desk.submit(0, Side::Buy, 100, false).client_order_id;
    desk.step(&Input::Report(VenueReport {
        trade_id: TradeId(1),
        last_price: Price::from_ticks(MARK),
        last_quantity: Quantity::from_lots(100),
        fee: amount("4"),
        slippage: amount("2"),
        ..VenueReport::without_fill(bought, ReportKind::Fill, desk.now())
    }))
    .unwrap();
    desk.fund(0, amount("3"));
    let shown = desk.engine.snapshot().unwrap();
    let columns = [
        shown.start_cash,
        shown.cash,
        shown.fees,
        shown.funding,
        shown.slippage,
        shown.turnover,
        shown.equity,
    ];
    assert_eq!(columns, ["100000", "95993", "4", "3", "2", "4000", "99993"]);
    assert_eq!((shown.strategy_orders_sent, shown.strategy_orders_filled), (1, 1));
    assert_eq!(shown.positions[0].avg_px, Some(40_000.0));
    desk.mark(0, MARK);
    let shown = desk.engine.snapshot().unwrap();
    assert_eq!((shown.marks, shown.marks_in_market), (2, 1));
    assert!((shown.exposure_frac_mean - 4_000.0 / 99_993.0 / 2.0).abs() < 1e-12);
    desk.trade(0, Side::Sell, 100, MARK, false);
    assert_eq!(desk.engine.snapshot().unwrap().positions[0].avg_px, None);
}

#[test]
fn ord_14_a_currency_of_which_nothing_is_held_needs_no_rate_but_for_its_own_orders() {
    let eth = InstrumentSpec {
        symbol: "ETHUSD".into(),
        base_currency: "ETH".into(),
        settlement_currency: "ETH".into(),
        ..spec(InstrumentKind::Inverse)
    };
    let instruments = vec![spec(InstrumentKind::Spot), spec(InstrumentKind::Inverse), eth];
    let account = |balances| AccountSpec {
        currency: Some("USD".into()),
        rate_age_ms_max: Some("5000".into()),
        balances,
        ..AccountSpec::default()
    };
    let mut desk = Desk::new(&config(instruments.clone(), "100000", account(vec![])));
    (0..3).for_each(|id| desk.mark(id, MARK));
    assert_eq!(codes(&desk.submit(0, Side::Buy, 1, false)), []);
    for id in [1, 2] {
        let denied = codes(&desk.submit(id, Side::Buy, 1, false));
        assert!(denied.contains(&Code::RateStale), "{id}: {denied:?}");
    }
    let held = vec![BalanceSpec { currency: "BTC".into(), amount: "2".into() }];
    let mut desk = Desk::new(&config(instruments, "100000", account(held)));
    (0..3).for_each(|id| desk.mark(id, MARK));
    assert!(codes(&desk.submit(0, Side::Buy, 1, false)).contains(&Code::RateStale));
    desk.rate(1, "40000").unwrap();
    assert_eq!(desk.engine.equity().to_string(), "180000", "a balance stays what it is");
    assert_eq!(codes(&desk.submit(0, Side::Buy, 1, false)), []);
}

#[test]
fn ord_17_a_reason_of_the_longest_length_is_taken_and_a_longer_one_is_not() {
    for (bytes, fits) in [(1_024, true), (1_025, false)] {
        let mut desk = marked(&spot());
        let reason = "r".repeat(bytes);
        let input =
            Input::ModeChanged { mode: TradingMode::Paused, reason: &reason, ts: desk.now() };
        assert_eq!(desk.step(&input).is_ok(), fits, "{bytes}");
        assert_eq!(desk.engine.mode() == TradingMode::Paused, fits);
    }
}

#[test]
fn sec_05_every_message_of_a_list_counts_against_the_budget() {
    let mut slow = spot();
    slow.limits.messages_per_second_max = "1".into();
    let pair = vec![limit(Side::Buy, 1, 70_000), limit(Side::Buy, 1, 71_000)];
    let judged = list(&mut marked(&slow), Contingency::Oco, pair.clone());
    assert_eq!(judged, Ok(vec![Code::MessageRateExceeded]));
    slow.limits.messages_per_second_max = "2".into();
    assert_eq!(list(&mut marked(&slow), Contingency::Oco, pair), Ok(vec![]));
}

/// An account in USD with 100,000 that trades spot and an inverse contract, at 40,000 a bitcoin.
fn foreign(set: impl FnOnce(&mut EngineConfig)) -> Desk {
    let account = AccountSpec {
        currency: Some("USD".into()),
        balances: vec![BalanceSpec { currency: "BTC".into(), amount: "1".into() }],
        rate_age_ms_max: Some("5000".into()),
        ..AccountSpec::default()
    };
    let instruments = vec![spec(InstrumentKind::Spot), spec(InstrumentKind::Inverse)];
    let mut config = config(instruments, "60000", account);
    set(&mut config);
    let mut desk = Desk::new(&config);
    desk.mark(0, MARK);
    desk.mark(1, MARK);
    desk.rate(1, "40000").unwrap();
    desk
}

#[test]
fn ord_14_an_order_that_settles_in_another_currency_is_judged_in_that_one() {
    let mut desk = foreign(|config| config.limits.gross_exposure_frac_max = "0.3".into());
    // 2.5 BTC of equity; a contract is 100 USD, so that 300 are 0.75 BTC.
    assert_eq!(codes(&desk.submit(1, Side::Buy, 301, false)), [Code::GrossExposureExceeded]);
    assert_eq!(codes(&desk.submit(1, Side::Buy, 300, false)), []);
    let mut desk = foreign(|config| config.limits.net_exposure_frac_max = "0.6".into());
    desk.trade(0, Side::Buy, 1_000, MARK, false);
    desk.mark(0, MARK);
    // 1 BTC is held as spot, and 0.5 BTC may come to it.
    assert_eq!(codes(&desk.submit(1, Side::Buy, 201, false)), [Code::NetExposureExceeded]);
    assert_eq!(codes(&desk.submit(1, Side::Buy, 200, false)), []);
}

#[test]
fn ord_14_a_rate_of_exactly_the_largest_age_is_good_enough() {
    let mut desk = foreign(|_| {});
    desk.wait(5 * SECOND_NS);
    desk.mark(1, MARK);
    assert_eq!(codes(&desk.submit(1, Side::Buy, 1, false)), []);
}

#[test]
fn ord_14_a_fee_in_another_currency_is_none_of_the_order_own_fees() {
    let mut desk = foreign(|_| {});
    let id = desk.submit(0, Side::Buy, 10, false).client_order_id;
    desk.fill_with_fee_in(id, 10, MARK, amount("0.001"), 2).unwrap();
    assert_eq!(desk.engine.order(id).unwrap().fees, amount("0"));
    let id = desk.submit(0, Side::Buy, 10, false).client_order_id;
    desk.fill_with_fee_in(id, 10, MARK, amount("3"), 0).unwrap();
    assert_eq!(desk.engine.order(id).unwrap().fees, amount("3"));
}

#[test]
fn ord_14_another_rate_values_at_once_what_settles_in_its_currency() {
    let mut desk = foreign(|_| {});
    desk.trade(1, Side::Buy, 400, MARK, false);
    desk.mark(1, MARK);
    assert_eq!(desk.engine.snapshot().unwrap().gross_exposure, "40000");
    desk.rate(1, "50000").unwrap();
    assert_eq!(desk.engine.snapshot().unwrap().gross_exposure, "50000");
}
