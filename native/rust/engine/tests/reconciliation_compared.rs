//! What a comparison with the venue takes for a difference, and when a decision is refused.

mod desk;
mod random_run;
mod venue_bench;

use holdfast_core::journal_record::RecordKind;
use holdfast_core::{BaseState, ClientOrderId, Code, Side, Timestamp};
use holdfast_engine::reconciliation::{DecisionKind, Difference, EXTERNAL_EPOCH, ItemId};
use holdfast_engine::venue_snapshot::{VenueFill, VenueOrder, VenueOrderStatus};
use holdfast_engine::{Command, Input};
use random_run::Driven;
use venue_bench::*;

#[test]
fn ord_10_an_order_without_an_answer_that_is_open_there_is_accepted_and_another_side_is_no_evidence()
 {
    for is_other_side in [false, true] {
        let mut bench = resting(0);
        let mut intent = external(1, 10).intent_for_test(FIRST);
        intent.ts_intent = bench.engine.now();
        bench.take(&Input::Submit(intent)).unwrap();
        let mut told = mirror(&bench.engine);
        if is_other_side {
            told.orders[0].side = Side::Sell;
        }
        let items = bench.compare(&told);
        let base = bench.engine.open_order(FIRST).unwrap().state.base();
        let expected: (&[&str], _) = match is_other_side {
            true => (&["order_conflict"], BaseState::Submitted),
            false => (&[], BaseState::Accepted),
        };
        assert_eq!((names(&items).as_slice(), base), expected);
        bench.replays();
    }
}

#[test]
fn ord_10_ids_of_other_sessions_leave_the_next_id_alone_and_a_lost_one_is_passed_over() {
    let mut bench = resting(0);
    let mut told = mirror(&bench.engine);
    let other = ClientOrderId::compose(7, 3).unwrap();
    told.orders.push(VenueOrder { client_order_id: Some(other), ..external(1, 10) });
    bench.compare(&told);
    assert_eq!(bench.engine.next_client_order_id(), FIRST);
    told.orders.push(VenueOrder { client_order_id: Some(FIRST), ..external(2, 10) });
    later(&mut told, &bench);
    bench.compare(&told);
    assert_eq!(bench.engine.next_client_order_id(), ClientOrderId(2));
}

#[test]
fn ord_10_a_fill_may_have_been_applied_when_its_order_was_given_here_or_adopted() {
    let mut bench = resting(0);
    let mut told = mirror(&bench.engine);
    let lost = ClientOrderId(5);
    told.orders.push(VenueOrder { client_order_id: Some(lost), ..external(1, 10) });
    bench.compare(&told);
    told.orders.clear();
    let other = ClientOrderId::compose(7, 3).unwrap();
    let of = |trade: u64, client| VenueFill {
        client_order_id: client,
        ..fill(trade, &external(trade as u32, 10), 1, 1_000)
    };
    told.fills =
        vec![of(11, Some(ClientOrderId(3))), of(12, Some(lost)), of(13, Some(other)), of(14, None)];
    told.positions_complete = false;
    later(&mut told, &bench);
    let mut ours: Vec<(u64, bool)> = bench
        .compare(&told)
        .iter()
        .filter_map(|(_, each)| match each {
            Difference::FillUnknown { fill, was_ours } => Some((fill.trade_id.0, *was_ours)),
            _ => None,
        })
        .collect();
    ours.sort_unstable();
    assert_eq!(ours, [(11, true), (12, false), (13, false), (14, false)]);
    let item_of = |was_ours| Difference::FillUnknown { fill: told.fills[0].clone(), was_ours }.id();
    assert_eq!(item_of(true), item_of(false), "how much is known is no part of the id");
    let known = item_of(true);
    let refused = bench.decide(known, DecisionKind::Adopt, "").unwrap_err();
    assert!(refused.to_string().contains("was known once and is forgotten"), "{refused}");
}

#[test]
fn ord_10_fills_belong_to_an_unknown_order_by_either_id() {
    let mut bench = resting(0);
    let mut told = mirror(&bench.engine);
    let order = VenueOrder {
        client_order_id: Some(ClientOrderId(3)),
        filled: lots(6),
        average_price: Some(px(1_001)),
        ..external(1, 10)
    };
    let by_client = VenueFill { venue_order_id: "other".into(), ..fill(71, &order, 1, 1_003) };
    let by_venue = VenueFill { client_order_id: None, ..fill(72, &order, 2, 1_004) };
    told.orders.push(order);
    told.fills = vec![by_client, by_venue];
    told.positions_complete = false;
    let items = bench.compare(&told);
    let Difference::OrderMissingHere { fills, .. } = &items[0].1 else { panic!("{items:?}") };
    assert_eq!(fills, &told.fills);
    bench.decide(items[0].0, DecisionKind::Adopt, "").unwrap();
    let order = bench.engine.open_order(ClientOrderId(3)).unwrap();
    assert_eq!((order.cum_quantity, order.reserved), (lots(6), lots(4)));
    assert_eq!(
        order.filled_tick_lots,
        3 * 1_001 + 1_003 + 2 * 1_004,
        "what is not listed at the average"
    );
    assert_eq!(position(&bench), 3);
}

#[test]
fn ord_10_a_fill_of_another_side_is_a_conflict_without_numbers_of_ours() {
    let mut bench = resting(1);
    let mut told = mirror(&bench.engine);
    told.fills = vec![VenueFill { side: Side::Sell, ..fill(71, &told.orders[0], 4, 985) }];
    told.positions_complete = false;
    told.positions.clear();
    let items = bench.compare(&told);
    let conflict = |each: &(ItemId, Difference)| {
        matches!(&each.1, Difference::TradeConflict { client_order_id: FIRST, known: None, .. })
    };
    assert!(items.len() == 1 && items.iter().all(conflict), "{items:?}");
}

#[test]
fn ord_10_filled_whole_there_is_told_by_the_fills_and_filled_as_less_is_an_end() {
    for (whole, expected) in
        [(10, ["fill_missing_here"].as_slice()), (6, &["fill_missing_here", "order_ended_there"])]
    {
        let mut bench = resting(1);
        let mut told = mirror(&bench.engine);
        let order = &mut told.orders[0];
        (order.status, order.quantity, order.filled) =
            (VenueOrderStatus::Filled, lots(whole), lots(whole));
        told.fills = vec![fill(71, &told.orders[0], whole, 985)];
        told.positions_complete = false;
        assert_eq!(names(&bench.compare(&told)), expected);
    }
}

#[test]
fn ord_10_fills_are_known_from_the_moment_the_order_was_sent() {
    for (before, is_known) in [(0, true), (-1, false)] {
        let mut bench = resting(1);
        let mut told = mirror(&bench.engine);
        told.orders.clear();
        let sent = bench.engine.open_order(FIRST).unwrap().intent.ts_intent;
        told.fills_complete_from = Some(Timestamp(sent.0 - before));
        let items = bench.compare(&told);
        let Difference::OrderMissingThere { fills_known, .. } = items[0].1 else { panic!() };
        assert_eq!(fills_known, is_known);
    }
}

#[test]
fn ord_10_the_same_word_again_asks_and_records_nothing_twice() {
    let mut bench = resting(1);
    let mut told = mirror(&bench.engine);
    told.orders.clear();
    let first = bench.compare(&told);
    later(&mut told, &bench);
    assert_eq!(bench.compare(&told), first);
    let asked = bench.commands.iter().filter(|each| **each == Command::Query(FIRST)).count();
    assert_eq!((asked, count(&bench, RecordKind::ReconciliationItem)), (1, 1));
}

#[test]
fn ord_10_a_fill_that_arrived_meanwhile_is_not_adopted_again() {
    let mut bench = resting(1);
    let mut told = mirror(&bench.engine);
    told.orders[0].filled = lots(4);
    told.fills = vec![fill(71, &told.orders[0], 4, 985)];
    told.positions_complete = false;
    let items = bench.compare(&told);
    filled(&mut bench, FIRST, 71, 4, 985);
    let refused = bench.decide(items[0].0, DecisionKind::Adopt, "").unwrap_err();
    assert!(refused.to_string().contains("has moved on"), "{refused}");
    assert_eq!(position(&bench), 4);
}

#[test]
fn ord_10_a_reason_has_at_most_512_bytes() {
    let mut bench = resting(0);
    let mut told = mirror(&bench.engine);
    told.orders = vec![external(1, 10), external(2, 10)];
    let items = bench.compare(&told);
    for length in [513, 514] {
        let refused =
            bench.decide(items[0].0, DecisionKind::Ignore, &"x".repeat(length)).unwrap_err();
        assert_eq!(refused.code(), Code::ReconciliationDecisionInvalid);
        assert!(refused.to_string().starts_with("ignore must be possible"), "{refused}");
    }
    bench.decide(items[0].0, DecisionKind::Ignore, &"x".repeat(512)).unwrap();
    bench.decide(items[1].0, DecisionKind::Ignore, "short").unwrap();
}

#[test]
fn ord_10_balances_wait_while_something_that_moves_cash_is_undecided() {
    let mut bench = resting(0);
    let mut told = mirror(&bench.engine);
    bench.compare(&told);
    assert!(!bench.engine.balances_wait());
    told.orders.push(external(1, 10));
    later(&mut told, &bench);
    let items = bench.compare(&told);
    assert!(bench.engine.balances_wait());
    told.balances.clear();
    later(&mut told, &bench);
    bench.compare(&told);
    assert!(!bench.engine.balances_wait(), "none were told");
    bench.decide(items[0].0, DecisionKind::Ignore, "known").unwrap();
    assert!(!bench.engine.balances_wait());
}

#[test]
fn ord_10_two_orders_of_others_never_share_an_id() {
    let mut bench = resting(0);
    let mut told = mirror(&bench.engine);
    told.orders = vec![external(1, 10)];
    let items = bench.compare(&told);
    bench.decide(items[0].0, DecisionKind::Adopt, "").unwrap();
    let taken = bench.engine.open_orders().next().unwrap().intent.client_order_id;

    let mut bench = resting(0);
    let mut told = mirror(&bench.engine);
    told.orders = vec![VenueOrder { client_order_id: Some(taken), ..external(2, 10) }];
    let items = bench.compare(&told);
    bench.decide(items[0].0, DecisionKind::Adopt, "").unwrap();
    told.orders.push(external(1, 10));
    later(&mut told, &bench);
    let items = bench.compare(&told);
    bench.decide(items[0].0, DecisionKind::Adopt, "").unwrap();
    let ids: Vec<_> =
        bench.engine.open_orders().map(|order| order.intent.client_order_id).collect();
    assert_eq!((ids.len(), ids[1].0), (2, taken.0 + 1));
    assert!(ids.iter().all(|id| id.epoch() == EXTERNAL_EPOCH));
}
