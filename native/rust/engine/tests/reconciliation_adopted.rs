//! What adopting and flattening do to orders, fills and positions.

mod desk;
mod random_run;
mod venue_bench;

use holdfast_core::journal_record::RecordKind;
use holdfast_core::{
    Amount, BaseState, ClientOrderId, OrderType, Overlays, Quantity, ReportKind, Side, VenueReport,
};
use holdfast_engine::exposure::Leg;
use holdfast_engine::reconciliation::{DecisionKind, Difference};
use holdfast_engine::venue_snapshot::{VenueFill, VenueOrder, VenueOrderStatus, VenuePosition};
use holdfast_engine::{AccountSpec, Command, Input};
use random_run::Driven;
use venue_bench::*;

#[test]
fn ord_10_an_end_there_keeps_reserved_what_filled_and_has_its_own_kind() {
    let ends = [
        (VenueOrderStatus::Rejected, BaseState::Rejected, 0),
        (VenueOrderStatus::Expired, BaseState::Expired, 4),
        (VenueOrderStatus::Canceled, BaseState::Canceled, 4),
    ];
    for (status, base, filled) in ends {
        let mut bench = resting(0);
        let mut intent = external(1, 10).intent_for_test(FIRST);
        intent.ts_intent = bench.engine.now();
        bench.take(&Input::Submit(intent)).unwrap();
        if filled > 0 {
            report(&mut bench, FIRST, ReportKind::Accepted);
        }
        let mut told = mirror(&bench.engine);
        told.orders[0].status = status;
        told.orders[0].filled = lots(filled);
        let items = bench.compare(&told);
        bench.decide(item_named(&items, "order_ended_there"), DecisionKind::Adopt, "").unwrap();
        let order = bench.engine.order(FIRST).unwrap();
        assert_eq!((order.state.base(), order.reserved), (base, lots(filled)), "{status:?}");
        bench.replays();
    }
}

#[test]
fn ord_10_an_older_fill_of_an_order_in_doubt_is_no_sign_of_life() {
    for is_listed in [false, true] {
        let mut bench = resting(2);
        let second = ClientOrderId(2);
        let mut told = mirror(&bench.engine);
        told.fills = vec![fill(71, &told.orders[1], 4, 985)];
        told.positions_complete = false;
        match is_listed {
            true => told.orders[1].filled = lots(4),
            false => drop(told.orders.remove(1)),
        }
        let items = bench.compare(&told);
        if !is_listed {
            let ended = item_named(&items, "order_missing_there");
            let refused = bench.decide(ended, DecisionKind::Adopt, "").unwrap_err();
            assert!(refused.to_string().contains("its fills must be decided first"), "{refused}");
        }
        bench.decide(item_named(&items, "fill_missing_here"), DecisionKind::Adopt, "").unwrap();
        let expected = if is_listed { Overlays::NONE } else { Overlays::IN_DOUBT };
        assert_eq!((overlays(&bench, second), overlays(&bench, FIRST)), (expected, Overlays::NONE));
        bench.replays();
    }
}

#[test]
fn ord_10_an_adopted_fill_is_booked_with_its_fee_in_its_currency() {
    let account = AccountSpec {
        currency: Some("USD".into()),
        balances: vec![
            serde_json::from_value(serde_json::json!({ "currency": "EUR", "amount": "100" }))
                .unwrap(),
        ],
        rate_age_ms_max: Some("5000".into()),
        ..AccountSpec::default()
    };
    let spec = desk::spec(holdfast_core::InstrumentKind::Spot);
    let mut bench = Bench::new(&desk::config(vec![spec], "1000", account));
    let mut told = mirror(&bench.engine);
    let (euro, fee) = (bench.engine.wallets().id("EUR").unwrap(), Amount::parse("0.25").unwrap());
    told.fills =
        vec![VenueFill { fee, fee_currency: euro.0 + 1, ..fill(71, &external(9, 5), 5, 1_000) }];
    told.balances.clear();
    told.positions_complete = false;
    let items = bench.compare(&told);
    bench.decide(items[0].0, DecisionKind::Adopt, "").unwrap();
    let cash = bench.engine.wallets().get(euro).unwrap().account.cash;
    assert_eq!(cash.to_string(), "99.75");
    bench.replays();
}

#[test]
fn ord_10_an_unknown_order_is_as_large_as_all_its_fills_and_no_other_ones() {
    let mut bench = resting(0);
    let mut told = mirror(&bench.engine);
    let (order, other) = (external(9, 8), external(8, 2));
    told.fills =
        vec![fill(71, &order, 5, 1_001), fill(72, &order, 3, 1_002), fill(73, &other, 2, 1_003)];
    told.positions_complete = false;
    let items = bench.compare(&told);
    let of = |trade: u64| {
        let found = items.iter().find(|(_, each)| {
            matches!(each, Difference::FillUnknown { fill, .. } if fill.trade_id.0 == trade)
        });
        found.unwrap().0
    };
    bench.decide(of(71), DecisionKind::Adopt, "").unwrap();
    let open = bench.engine.open_orders().next().unwrap();
    let id = open.intent.client_order_id;
    assert_eq!((open.quantity, open.cum_quantity), (lots(8), lots(5)));
    bench.decide(of(72), DecisionKind::Adopt, "").unwrap();
    let order = bench.engine.order(id).unwrap();
    assert_eq!((order.quantity, order.cum_quantity), (lots(8), lots(8)));
    assert_eq!((order.state.base(), position(&bench)), (BaseState::Filled, 8));
    bench.replays();
}

#[test]
fn ord_10_fills_without_numbers_are_booked_at_the_price_told_under_a_trade_id_of_ours() {
    let mut bench = resting(2);
    let mut told = mirror(&bench.engine);
    for (order, ticks) in told.orders.iter_mut().zip([987, 989]) {
        (order.filled, order.average_price) = (lots(4), Some(px(ticks)));
    }
    told.positions_complete = false;
    told.positions.clear();
    let items = bench.compare(&told);
    assert_eq!(names(&items), ["filled_differs"; 2]);
    for (id, _) in &items {
        bench.decide(*id, DecisionKind::Adopt, "").unwrap();
    }
    let order = |id| bench.engine.open_order(ClientOrderId(id)).unwrap();
    assert_eq!([1, 2].map(|id| order(id).filled_tick_lots), [4 * 987, 4 * 989]);
    let mut trades = Vec::new();
    for id in [1, 2] {
        trades.extend(order(id).fills.trade_ids().map(|id| id.0));
    }
    assert!(trades.len() == 2 && trades[0] != trades[1], "{trades:?}");
    assert!(trades.iter().all(|id| (1 << 52..1 << 53).contains(id)), "{trades:?}");

    // Fewer than were applied: nothing is taken back.
    told.orders[0].filled = lots(3);
    later(&mut told, &bench);
    let items = bench.compare(&told);
    let fewer = item_named(&items, "filled_differs");
    let refused = bench.decide(fewer, DecisionKind::Adopt, "").unwrap_err();
    assert!(refused.to_string().contains("are not taken back"), "{refused}");
}

#[test]
fn ord_10_flattening_an_unknown_order_whose_fills_end_it_cancels_nothing() {
    let mut bench = resting(0);
    let mut told = mirror(&bench.engine);
    let order = VenueOrder { filled: lots(4), ..external(1, 10) };
    told.fills = vec![fill(71, &order, 10, 1_000)];
    told.orders.push(order);
    told.positions_complete = false;
    let items = bench.compare(&told);
    bench.decide(item_named(&items, "order_missing_here"), DecisionKind::Flatten, "").unwrap();
    assert_eq!((position(&bench), bench.commands.len()), (10, 0));
}

#[test]
fn ord_10_each_leg_is_flattened_by_its_own_closing_order_and_none_where_there_is_none() {
    for (is_short, held, side) in [(false, 15, Side::Sell), (true, -15, Side::Buy)] {
        let mut bench = hedging();
        let mut told = mirror(&bench.engine);
        told.positions = vec![VenuePosition {
            instrument: BTC,
            is_short,
            lots: lots(held),
            average_price: Some(px(1_000)),
        }];
        told.balances.clear();
        let items = bench.compare(&told);
        bench.decide(items[0].0, DecisionKind::Flatten, "").unwrap();
        let leg = if is_short { Leg::Short } else { Leg::Long };
        assert_eq!(bench.engine.instruments()[0].leg(leg).lots(), lots(held));
        let Some(Command::Place(close)) = bench.commands.last() else {
            panic!("an order must go out")
        };
        assert_eq!((close.side, close.quantity, close.reduce_only), (side, lots(15), true));

        // Gone there: there is nothing to close, and adopting takes it off here.
        let ended = bench.engine.open_orders().next().unwrap().intent.client_order_id;
        report(&mut bench, ended, ReportKind::Canceled);
        told.positions[0].lots = Quantity::ZERO;
        later(&mut told, &bench);
        let items = bench.compare(&told);
        assert_eq!(names(&items), ["position_differs"]);
        let refused = bench.decide(items[0].0, DecisionKind::Flatten, "").unwrap_err();
        assert!(refused.to_string().contains("no position to close"), "{refused}");
        bench.decide(items[0].0, DecisionKind::Adopt, "").unwrap();
        assert_eq!(bench.engine.instruments()[0].leg(leg).lots(), Quantity::ZERO);
        bench.replays();
    }
}

#[test]
fn ord_10_a_rejected_order_that_is_open_there_lives_again_in_the_venues_form() {
    for quantity in [10, 6] {
        let mut bench = resting(0);
        let mut intent = external(1, 10).intent_for_test(FIRST);
        intent.ts_intent = bench.engine.now();
        bench.take(&Input::Submit(intent)).unwrap();
        let mut told = mirror(&bench.engine);
        report(&mut bench, FIRST, ReportKind::Rejected);
        assert_eq!(bench.engine.instruments()[0].case.open_buy, 0);
        told.orders[0].limit_price = Some(px(970));
        told.orders[0].quantity = lots(quantity);
        later(&mut told, &bench);
        let items = bench.compare(&told);
        assert_eq!(names(&items), ["order_ended_here"]);
        bench.decide(items[0].0, DecisionKind::Adopt, "").unwrap();
        let order = bench.engine.open_order(FIRST).unwrap();
        assert_eq!(order.state.base(), BaseState::Accepted);
        assert_eq!((order.quantity, order.reserved), (lots(quantity), lots(quantity)));
        assert_eq!(order.intent.limit_price, Some(px(970)));
        let changes = count(&bench, RecordKind::OrderChanged);
        assert_eq!(changes, if quantity == 10 { 3 } else { 4 }, "only another quantity is taken");
        later(&mut told, &bench);
        assert_eq!(bench.compare(&told), []);
        bench.replays();
    }
}

#[test]
fn ord_10_an_amendment_is_answered_by_its_whole_form_and_by_nothing_less() {
    // The quantity alone was asked for, and the venue has it.
    let mut bench = resting(1);
    amended(&mut bench, Some(6), None);
    let mut told = mirror(&bench.engine);
    told.orders[0].quantity = lots(6);
    let items = bench.compare(&told);
    bench.decide(item_named(&items, "quantity_differs"), DecisionKind::Adopt, "").unwrap();
    let order = bench.engine.open_order(FIRST).unwrap();
    assert_eq!((order.quantity, order.pending, order.amended), (lots(6), None, 1));
    assert_eq!(order.state.load().1, Overlays::NONE);
    bench.replays();

    // Quantity and price were asked for: either alone may still be under way.
    let mut bench = resting(1);
    amended(&mut bench, Some(6), Some(980));
    let mut told = mirror(&bench.engine);
    (told.orders[0].quantity, told.orders[0].limit_price) = (lots(6), Some(px(980)));
    let items = bench.compare(&told);
    assert_eq!(names(&items), ["price_differs", "quantity_differs"]);
    bench.decide(item_named(&items, "quantity_differs"), DecisionKind::Adopt, "").unwrap();
    assert!(bench.engine.open_order(FIRST).unwrap().pending.is_some());
    bench.decide(item_named(&items, "price_differs"), DecisionKind::Adopt, "").unwrap();
    let order = bench.engine.open_order(FIRST).unwrap();
    assert_eq!((order.pending, order.intent.limit_price), (None, Some(px(980))));
    bench.replays();
}

#[test]
fn ord_10_a_price_is_adopted_where_it_stands_and_only_while_the_engine_has_not_moved_on() {
    let mut bench = resting(0);
    let stop = VenueOrder {
        order_type: OrderType::StopMarket,
        limit_price: None,
        trigger_price: Some(px(1_050)),
        ..external(1, 10)
    };
    let mut intent = stop.intent_for_test(FIRST);
    intent.ts_intent = bench.engine.now();
    bench.take(&Input::Submit(intent)).unwrap();
    report(&mut bench, FIRST, ReportKind::Accepted);
    let mut told = mirror(&bench.engine);
    told.orders[0].trigger_price = Some(px(1_060));
    let items = bench.compare(&told);
    assert_eq!(names(&items), ["price_differs"]);
    bench.decide(items[0].0, DecisionKind::Adopt, "").unwrap();
    let intent = &bench.engine.open_order(FIRST).unwrap().intent;
    assert_eq!((intent.trigger_price, intent.limit_price), (Some(px(1_060)), None));

    // The engine has the venue's price already, or a third one.
    for (ticks, is_possible) in [(980, true), (970, false)] {
        let mut bench = resting(1);
        amended(&mut bench, None, Some(ticks));
        let mut told = mirror(&bench.engine);
        told.orders[0].limit_price = Some(px(980));
        let items = bench.compare(&told);
        let ts = bench.engine.now();
        let replaced = VenueReport {
            last_quantity: lots(10),
            ..VenueReport::without_fill(FIRST, ReportKind::Replaced, ts)
        };
        bench.take(&Input::Report(replaced)).unwrap();
        let decided = bench.decide(items[0].0, DecisionKind::Adopt, "");
        assert_eq!(decided.is_ok(), is_possible, "{decided:?}");
    }
}
