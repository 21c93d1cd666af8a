//! Reconciliation: every difference between engine and venue is an item, trading is reduced until each is decided, and what
//! was decided is in the journal.

mod desk;
mod random_run;
mod venue_bench;

use holdfast_core::{
    Amount, BaseState, ClientOrderId, Code, InstrumentId, Overlays, ReportKind, Side, Timestamp,
    TradingMode,
};
use holdfast_engine::reconciliation::{DecisionKind, EXTERNAL_EPOCH};
use holdfast_engine::venue_snapshot::{VenueOrder, VenueOrderStatus, VenuePosition, VenueSnapshot};
use holdfast_engine::{Command, Engine, Input};
use random_run::Driven;
use venue_bench::*;

#[test]
fn ord_10_a_venue_that_agrees_leaves_nothing_to_decide_and_is_evidence() {
    let mut bench = resting(2);
    let [first, second] = [ClientOrderId(1), ClientOrderId(2)];
    let ts = bench.engine.now();
    bench.take(&Input::LoseTrack { client_order_id: second, ts }).unwrap();
    let told = mirror(&bench.engine);
    assert_eq!(bench.compare(&told), []);
    assert_eq!(bench.engine.mode(), TradingMode::Normal);
    let overlays = |id| bench.engine.open_order(id).unwrap().state.load().1;
    assert_eq!((overlays(first), overlays(second)), (Overlays::NONE, Overlays::NONE));
    bench.replays();
}

#[test]
fn ord_10_an_unknown_open_order_gets_an_id_of_its_own_and_reserves() {
    let mut bench = resting(0);
    let mut told = mirror(&bench.engine);
    told.orders.push(external(1, 10));
    let items = bench.compare(&told);
    assert_eq!((items.len(), items[0].1.name()), (1, "order_missing_here"));
    assert_eq!(bench.engine.mode(), TradingMode::Reduced);
    bench.decide(items[0].0, DecisionKind::Adopt, "").unwrap();
    assert_eq!(bench.engine.mode(), TradingMode::Normal);
    let order = bench.engine.open_orders().next().unwrap();
    let id = order.intent.client_order_id;
    assert_eq!((id.epoch(), order.reserved), (EXTERNAL_EPOCH, lots(10)));
    assert_eq!(bench.engine.venue_order_id(id), Some("X1"));
    assert_eq!(bench.engine.instruments()[0].case.open_buy, 10);
    told.ts_event = Timestamp(told.ts_event.0 + 1);
    assert_eq!(bench.compare(&told), [], "it is known by its venue id");
    bench.replays();

    // The same order after a restart on another machine has the same item and the same id.
    let mut again = resting(0);
    let items_again = again.compare(&told);
    assert_eq!(items_again[0].0, items[0].0);
    again.decide(items[0].0, DecisionKind::Flatten, "not mine").unwrap();
    assert_eq!(again.commands.last(), Some(&Command::Cancel(id)));
    assert_eq!(again.engine.open_order(id).unwrap().state.load().1, Overlays::PENDING_CANCEL);
    again.replays();
}

#[test]
fn ord_10_an_order_of_a_lost_journal_tail_keeps_its_id_which_is_not_given_again() {
    let mut bench = resting(0);
    let mut told = mirror(&bench.engine);
    let lost = VenueOrder { client_order_id: Some(ClientOrderId(3)), ..external(1, 10) };
    told.orders.push(lost);
    let items = bench.compare(&told);
    assert_eq!(bench.engine.next_client_order_id(), ClientOrderId(4));
    bench.decide(items[0].0, DecisionKind::Adopt, "").unwrap();
    assert_eq!(bench.engine.open_order(ClientOrderId(3)).unwrap().quantity, lots(10));
    bench.replays();
}

#[test]
fn ord_10_an_order_that_the_venue_does_not_list_is_in_doubt_until_there_is_evidence() {
    let mut bench = resting(1);
    let id = ClientOrderId(1);
    let mut told = mirror(&bench.engine);
    told.orders.clear();

    // A list that is not complete proves nothing.
    let partial = VenueSnapshot { orders_complete_until: None, ..told.clone() };
    assert_eq!(bench.compare(&partial), []);
    assert_eq!(bench.engine.open_order(id).unwrap().state.load().1, Overlays::NONE);

    // Neither does one that ends before the order was sent.
    let early = VenueSnapshot { orders_complete_until: Some(Timestamp(1)), ..told.clone() };
    assert_eq!(bench.compare(&early), []);

    // Complete orders with fills that may be missing: it is in doubt, and cannot be taken as ended.
    let without_fills = VenueSnapshot { fills_complete_from: None, ..told.clone() };
    let items = bench.compare(&without_fills);
    assert_eq!(items[0].1.name(), "order_missing_there");
    let order = bench.engine.open_order(id).unwrap();
    assert_eq!((order.state.load().1, order.reserved), (Overlays::IN_DOUBT, lots(10)));
    assert_eq!(bench.commands.last(), Some(&Command::Query(id)));
    let error = bench.decide(items[0].0, DecisionKind::Adopt, "").unwrap_err();
    assert_eq!(error.code(), Code::ReconciliationDecisionInvalid);
    assert!(error.to_string().contains("fills must be complete"), "{error}");
    assert_eq!(bench.engine.open_order(id).unwrap().state.load().1, Overlays::IN_DOUBT);

    // With complete fills the same item can be adopted.
    let again = bench.compare(&told);
    assert_eq!(again[0].0, items[0].0);
    bench.decide(items[0].0, DecisionKind::Adopt, "").unwrap();
    assert_eq!(bench.engine.order(id).unwrap().state.base(), BaseState::Canceled);
    assert_eq!(
        (bench.engine.mode(), bench.engine.instruments()[0].case.open_buy),
        (TradingMode::Normal, 0)
    );
    bench.replays();
}

#[test]
fn ord_10_a_position_without_orders_is_adopted_or_flattened_through_the_gate() {
    let told_of = |bench: &Bench, there: i64| {
        let price = Some(px(995));
        let mut told = mirror(&bench.engine);
        told.positions = vec![VenuePosition {
            instrument: BTC,
            is_short: false,
            lots: lots(there),
            average_price: price,
        }];
        told.balances.clear();
        told
    };
    let mut bench = resting(0);
    let told = told_of(&bench, 15);
    let items = bench.compare(&told);
    assert_eq!(items[0].1.name(), "position_differs");
    // Reduced: nothing opens while the difference stands.
    let id = bench.engine.next_client_order_id();
    let mut intent = external(1, 1).intent_for_test(id);
    intent.ts_intent = bench.engine.now();
    bench.take(&Input::Submit(intent)).unwrap();
    assert!(bench.engine.open_order(id).is_err(), "the gate refuses in reduced mode");
    bench.decide(items[0].0, DecisionKind::Adopt, "").unwrap();
    assert_eq!((position(&bench), bench.engine.mode()), (15, TradingMode::Normal));
    let cost = bench.engine.instruments()[0].position.open_cost().unwrap();
    assert_eq!(cost.to_string(), "7.4625", "15 lots of 0.001 at 995 ticks of 0.5");
    bench.replays();

    let mut bench = resting(0);
    let told = told_of(&bench, -15);
    let items = bench.compare(&told);
    bench.decide(items[0].0, DecisionKind::Flatten, "").unwrap();
    assert_eq!(position(&bench), -15);
    let Some(Command::Place(close)) = bench.commands.last() else { panic!("an order must go out") };
    assert_eq!((close.side, close.quantity, close.reduce_only), (Side::Buy, lots(15), true));
    assert_eq!(bench.engine.mode(), TradingMode::Normal);
    bench.replays();

    // Nothing is guessed: without a price of the venue's or the market's it cannot be adopted.
    let mut bench = Bench::new(&spot());
    let mut told = told_of(&bench, 4);
    told.positions[0].average_price = None;
    let items = bench.compare(&told);
    let error = bench.decide(items[0].0, DecisionKind::Adopt, "").unwrap_err();
    assert_eq!(error.code(), Code::ReconciliationDecisionInvalid);
}

#[test]
fn ord_10_fills_are_adopted_once_and_explain_the_position() {
    let mut bench = resting(1);
    let id = ClientOrderId(1);
    let mut told = mirror(&bench.engine);
    told.orders[0].filled = lots(4);
    let own = fill(71, &told.orders[0], 4, 985);
    let other = fill(72, &external(9, 5), 5, 1_001);
    told.fills = vec![own, other];
    told.positions = vec![VenuePosition {
        instrument: BTC,
        is_short: false,
        lots: lots(9),
        average_price: None,
    }];
    told.balances.clear();
    let items = bench.compare(&told);
    let mut names: Vec<&str> = items.iter().map(|(_, each)| each.name()).collect();
    names.sort_unstable();
    assert_eq!(names, ["fill_missing_here", "fill_unknown"], "the fills explain the position");
    for (item, _) in &items {
        bench.decide(*item, DecisionKind::Adopt, "").unwrap();
    }
    assert_eq!((position(&bench), bench.engine.open_order(id).unwrap().cum_quantity), (9, lots(4)));
    told.ts_event = Timestamp(told.ts_event.0 + 1);
    assert_eq!(bench.compare(&told), [], "applied once");

    // The same trade with other numbers is a conflict, which nobody can adopt.
    told.fills[0].price = px(986);
    told.ts_event = Timestamp(told.ts_event.0 + 1);
    let items = bench.compare(&told);
    assert_eq!(items[0].1.name(), "trade_conflict");
    let refused = bench.decide(items[0].0, DecisionKind::Adopt, "").unwrap_err();
    assert_eq!(refused.code(), Code::ReconciliationDecisionInvalid);
    let silent = bench.decide(items[0].0, DecisionKind::Ignore, " ").unwrap_err();
    assert!(silent.to_string().contains("with a reason"), "{silent}");
    bench.decide(items[0].0, DecisionKind::Ignore, "the venue corrected its tape").unwrap();
    assert_eq!(bench.engine.mode(), TradingMode::Normal);
    told.ts_event = Timestamp(told.ts_event.0 + 1);
    assert_eq!(bench.compare(&told), [], "what was ignored stays so");
    let unknown = bench.decide(items[0].0, DecisionKind::Ignore, "again").unwrap_err();
    assert_eq!(unknown.code(), Code::ReconciliationItemUnknown);
    bench.replays();
}

#[test]
fn ord_10_a_fill_without_numbers_is_asked_for_and_not_made_up() {
    let mut bench = resting(1);
    let mut told = mirror(&bench.engine);
    told.orders[0].filled = lots(4);
    let items = bench.compare(&told);
    assert_eq!(items[0].1.name(), "filled_differs");
    let refused = bench.decide(items[0].0, DecisionKind::Adopt, "").unwrap_err();
    assert!(refused.to_string().contains("no price"), "{refused}");
    told.orders[0].average_price = Some(px(987));
    told.positions = vec![VenuePosition {
        instrument: BTC,
        is_short: false,
        lots: lots(4),
        average_price: None,
    }];
    told.balances.clear();
    told.ts_event = Timestamp(told.ts_event.0 + 1);
    let items = bench.compare(&told);
    assert_eq!(items.len(), 1, "the complete word takes the older item off: {items:?}");
    bench.decide(items[0].0, DecisionKind::Adopt, "").unwrap();
    assert_eq!((position(&bench), bench.engine.mode()), (4, TradingMode::Normal));
    bench.replays();
}

#[test]
fn ord_10_quantity_price_end_and_balance_are_adopted() {
    let mut bench = resting(3);
    let mut told = mirror(&bench.engine);
    told.orders[0].quantity = lots(6);
    told.orders[1].limit_price = Some(px(980));
    told.orders[2].status = VenueOrderStatus::Expired;
    told.balances[0].cash = Amount::parse("999990").unwrap();
    let items = bench.compare(&told);
    let mut names: Vec<&str> = items.iter().map(|(_, each)| each.name()).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        ["balance_differs", "order_ended_there", "price_differs", "quantity_differs"]
    );
    for (item, _) in &items {
        assert_eq!(bench.engine.mode(), TradingMode::Reduced);
        bench.decide(*item, DecisionKind::Adopt, "").unwrap();
    }
    let order = |id| bench.engine.order(ClientOrderId(id)).unwrap();
    assert_eq!((order(1).quantity, order(1).reserved), (lots(6), lots(6)));
    assert_eq!(order(2).intent.limit_price, Some(px(980)));
    assert_eq!(order(3).state.base(), BaseState::Expired);
    assert_eq!(bench.engine.account().cash.to_string(), "999990");
    assert_eq!(bench.engine.equity(), bench.engine.account().start_cash);
    assert_eq!(bench.engine.mode(), TradingMode::Normal);
    bench.replays();
}

#[test]
fn ord_10_an_order_that_ended_here_is_cancelled_there_and_never_revived_by_a_wish() {
    let mut bench = resting(1);
    let mut told = mirror(&bench.engine);
    report(&mut bench, ClientOrderId(1), ReportKind::Canceled);
    told.ts_event = Timestamp(bench.engine.now().0 + 1);
    let items = bench.compare(&told);
    assert_eq!(items[0].1.name(), "order_ended_here");
    assert_eq!(bench.engine.decisions(&items[0].1), [DecisionKind::Flatten, DecisionKind::Ignore]);
    bench.decide(items[0].0, DecisionKind::Flatten, "").unwrap();
    assert_eq!(bench.commands.last(), Some(&Command::Cancel(ClientOrderId(1))));

    // An order under our id with another side.
    told.orders[0].side = Side::Sell;
    told.ts_event = Timestamp(told.ts_event.0 + 1);
    let items = bench.compare(&told);
    assert_eq!(items[0].1.name(), "order_conflict");
    assert_eq!(bench.engine.decisions(&items[0].1), [DecisionKind::Flatten, DecisionKind::Ignore]);
    bench.replays();
}

#[test]
fn ord_10_a_stricter_mode_stands_and_a_normal_one_waits_for_the_items() {
    let mut bench = resting(0);
    let mut told = mirror(&bench.engine);
    told.orders.push(external(1, 10));
    let items = bench.compare(&told);
    let set = |bench: &mut Bench, mode| {
        let ts = bench.engine.now();
        bench.take(&Input::ModeChanged { mode, reason: "", ts }).unwrap();
        bench.engine.mode()
    };
    assert_eq!(set(&mut bench, TradingMode::Paused), TradingMode::Paused);
    assert_eq!(set(&mut bench, TradingMode::Normal), TradingMode::Reduced);
    bench.decide(items[0].0, DecisionKind::Ignore, "a colleague's").unwrap();
    assert_eq!(bench.engine.mode(), TradingMode::Normal);
    bench.replays();
}

#[test]
fn ord_10_a_contradictory_or_older_word_of_the_venue_is_refused_and_changes_nothing() {
    let mut bench = resting(1);
    let good = mirror(&bench.engine);
    let before = bench.engine.image();
    let wrong = |change: &dyn Fn(&mut VenueSnapshot)| {
        let mut told = good.clone();
        change(&mut told);
        told
    };
    let cases = [
        wrong(&|told| told.orders[0].instrument = InstrumentId(7)),
        wrong(&|told| told.orders[0].filled = lots(11)),
        wrong(&|told| told.orders[0].filled = lots(10)),
        wrong(&|told| told.orders[0].venue_order_id.clear()),
        wrong(&|told| told.orders[0].limit_price = None),
        wrong(&|told| told.orders.push(told.orders[0].clone())),
        wrong(&|told| told.fills = vec![fill(0, &told.orders[0], 1, 1)]),
        wrong(&|told| told.fills = vec![fill(1, &told.orders[0], 1, 1); 2]),
        wrong(&|told| told.balances.push(told.balances[0].clone())),
        wrong(&|told| {
            told.positions = vec![VenuePosition {
                instrument: BTC,
                is_short: true,
                lots: lots(1),
                average_price: None,
            }];
        }),
        wrong(&|told| told.balances = vec![told.balances[0].clone(); 5_000]),
    ];
    for told in cases {
        let refused = bench.take(&Input::VenueState(&told)).unwrap_err();
        assert_eq!(refused.code(), Code::VenueSnapshotInvalid, "{told:?}");
        assert_eq!(bench.engine.image(), before);
    }
    bench.compare(&good);
    let older = VenueSnapshot { ts_event: Timestamp(good.ts_event.0 - 1), ..good };
    let refused = bench.take(&Input::VenueState(&older)).unwrap_err();
    assert_eq!(refused.code(), Code::VenueSnapshotStale);
    let mut config = spot();
    config.orders.id_epoch = EXTERNAL_EPOCH;
    assert_eq!(Engine::new(&config).unwrap_err().code(), Code::ConfigInvalid);
}
