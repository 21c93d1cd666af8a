//! Amendments: judged like orders, reserved for the worse case, and right in whatever order the venue answers.

mod support;

use holdfast_core::margin::{MarginSpec, TierSpec};
use holdfast_core::{
    Amendment, BaseState, ClientOrderId, Code, OrderIntent, OrderType, Overlays, Price, Quantity,
    ReportKind, Side, Timestamp,
};
use holdfast_engine::{Command, Input};
use holdfast_risk::Control;
use support::desk::Desk;
use support::*;

#[test]
fn ord_02_an_amendment_holds_the_worse_of_old_and_new_until_the_venue_answers() {
    let mut desk = Desk::new();
    let id = desk.rest(limit(Side::Buy, 10, 9_900));
    assert!(desk.amend(id, Some(25), Some(9_950)).unwrap().approved());
    assert_eq!(desk.case(), (0, 25, 0), "the larger new quantity");
    let Some(Command::Replace(asked)) = desk.commands.last() else { panic!("a replace is sent") };
    assert_eq!((asked.quantity.lots(), asked.limit_price), (25, Some(Price::from_ticks(9_950))));
    desk.replaced(id, 25).unwrap();
    let order = desk.order(id).unwrap();
    assert_eq!(
        (order.quantity.lots(), order.intent.limit_price),
        (25, Some(Price::from_ticks(9_950)))
    );
    assert!(desk.amend(id, Some(5), None).unwrap().approved());
    assert_eq!(desk.case(), (0, 25, 0), "the larger old quantity");
    desk.replaced(id, 5).unwrap();
    assert_eq!(desk.case(), (0, 5, 0));
    assert_eq!(desk.state(id), Some((BaseState::Accepted, Overlays::NONE)));
}

#[test]
fn ord_02_a_refused_amendment_gives_its_reservation_back() {
    let mut desk = Desk::new();
    let id = desk.rest(limit(Side::Sell, 10, 10_100));
    desk.amend(id, Some(30), None).unwrap();
    desk.fill(id, 1, 4).unwrap();
    assert_eq!(desk.case(), (-4, 0, 26));
    desk.report(id, ReportKind::ReplaceRejected).unwrap();
    assert_eq!(desk.case(), (-4, 0, 6));
    let order = desk.order(id).unwrap();
    assert_eq!((order.quantity.lots(), order.pending), (10, None));
}

#[test]
fn risk_16_an_amendment_that_breaks_a_limit_is_denied_with_its_numbers_and_changes_nothing() {
    let mut limits = config().engine;
    limits.limits.order_qty_max = "20".into();
    limits.limits.position_frac_max = "0.015".into();
    let mut desk = Desk::with(&limits);
    let id = desk.rest(limit(Side::Buy, 10, 9_900));
    let verdict = desk.amend(id, Some(21), None).unwrap();
    let failed: Vec<Code> =
        verdict.checks().filter(|check| !check.passed).map(|check| check.control.code()).collect();
    assert_eq!(failed, [Code::OrderQtyExceeded, Code::PositionLimitExceeded]);
    assert_eq!(verdict.client_order_id, ClientOrderId(id));
    assert_eq!((desk.case(), desk.commands.len()), ((0, 10, 0), 1));
    assert_eq!(desk.state(id), Some((BaseState::Accepted, Overlays::NONE)));
    assert!(
        desk.amend(id, Some(15), None).unwrap().approved(),
        "15 lots are 1.5 % of equity, the old 10 taken off"
    );
}

#[test]
fn risk_16_less_quantity_passes_capital_rules_and_a_new_price_does_not() {
    let mut limits = config().engine;
    limits.limits.order_notional_quote_max = "500".into();
    limits.limits.price_band_frac_max = "0.05".into();
    let mut desk = Desk::with(&limits);
    let id = desk.rest(limit(Side::Buy, 5, 9_900));
    assert!(
        !desk.amend(id, None, Some(10_001)).unwrap().approved(),
        "five at 100.01 are above 500"
    );
    let far = desk.amend(id, None, Some(9_000)).unwrap();
    assert!(far.checks().any(|check| check.control == Control::PriceBand && !check.passed));
    // The mark falls away from the order, so that as a new order it would be outside the band.
    desk.step(&holdfast_engine::Input::Bar(flat_bar(1, 7_000))).unwrap();
    let less = desk.amend(id, Some(4), None).unwrap();
    assert!(less.approved() && less.reducing);
    desk.replaced(id, 4).unwrap();
    assert!(!desk.amend(id, Some(5), None).unwrap().approved(), "more is judged at the new mark");
}

#[test]
fn an_amendment_of_a_half_filled_order_counts_what_is_left() {
    let mut limits = config().engine;
    limits.limits.position_frac_max = "0.02".into();
    let mut desk = Desk::with(&limits);
    let id = desk.rest(limit(Side::Buy, 15, 9_900));
    desk.fill(id, 1, 10).unwrap();
    assert!(
        desk.amend(id, Some(20), None).unwrap().approved(),
        "ten held and ten left are the limit"
    );
    desk.report(id, ReportKind::ReplaceRejected).unwrap();
    assert!(!desk.amend(id, Some(21), None).unwrap().approved());
    assert_eq!(desk.amend(id, Some(10), None).map_err(|e| e.code()), Err(Code::AmendInvalid));
}

#[test]
fn ord_02_cancel_and_amendment_in_flight_are_right_in_either_order_of_answers() {
    use ReportKind::{CancelRejected, Canceled, ReplaceRejected, Replaced};
    let both = Overlays::from_bits(3);
    for (answers, ends, quantity) in [
        ([Replaced, Canceled], true, 0),
        ([Canceled, ReplaceRejected], true, 0),
        ([ReplaceRejected, Canceled], true, 0),
        ([Canceled, Replaced], true, 0),
        ([CancelRejected, Replaced], false, 20),
        ([Replaced, CancelRejected], false, 20),
        ([ReplaceRejected, CancelRejected], false, 10),
        ([CancelRejected, ReplaceRejected], false, 10),
    ] {
        for amend_first in [true, false] {
            let mut desk = Desk::new();
            let id = desk.rest(limit(Side::Buy, 10, 9_900));
            if amend_first {
                desk.amend(id, Some(20), None).unwrap();
                desk.cancel(id).unwrap();
            } else {
                desk.cancel(id).unwrap();
                desk.amend(id, Some(20), None).unwrap();
            }
            assert_eq!(desk.state(id), Some((BaseState::Accepted, both)));
            assert_eq!(desk.case(), (0, 20, 0));
            for answer in answers {
                if answer == Replaced {
                    desk.replaced(id, 20).unwrap();
                } else {
                    desk.report(id, answer).unwrap();
                }
            }
            assert_eq!(desk.state(id).is_none(), ends, "{answers:?}");
            assert_eq!(desk.case(), (0, quantity, 0), "{answers:?}");
            let alarms = u64::from(answers == [Canceled, Replaced]);
            assert_eq!(desk.engine.counts().alarms, alarms, "{answers:?}");
        }
    }
}

#[test]
fn an_order_that_filled_whole_while_it_was_to_grow_ends_with_the_answer() {
    let mut desk = Desk::new();
    let id = desk.rest(limit(Side::Buy, 10, 9_900));
    desk.amend(id, Some(15), None).unwrap();
    desk.fill(id, 1, 10).unwrap();
    assert_eq!(desk.case(), (10, 5, 0), "five more may fill until the venue has answered");
    desk.report(id, ReportKind::ReplaceRejected).unwrap();
    assert_eq!((desk.state(id), desk.case()), (None, (10, 0, 0)));
    assert_eq!(desk.engine.counts().filled, 1);

    let id = desk.rest(limit(Side::Buy, 10, 9_900));
    desk.amend(id, Some(15), None).unwrap();
    desk.fill(id, 2, 10).unwrap();
    desk.replaced(id, 15).unwrap();
    assert_eq!(desk.case(), (20, 5, 0));
    desk.fill(id, 3, 5).unwrap();
    assert_eq!((desk.state(id), desk.engine.counts().filled), (None, 2));
}

#[test]
fn an_order_that_filled_more_than_it_was_cut_to_ends_with_the_answer() {
    let mut desk = Desk::new();
    let id = desk.rest(limit(Side::Sell, 10, 10_100));
    desk.amend(id, Some(5), None).unwrap();
    desk.fill(id, 1, 7).unwrap();
    assert_eq!(desk.case(), (-7, 0, 3));
    desk.replaced(id, 5).unwrap();
    assert_eq!((desk.state(id), desk.case()), (None, (-7, 0, 0)));
}

#[test]
fn what_cannot_be_amended_is_refused_with_a_code() {
    let mut desk = Desk::new();
    assert_eq!(desk.amend(1, Some(2), None).map_err(|e| e.code()), Err(Code::OrderUnknown));
    let id = desk.rest(market(Side::Buy, 10));
    assert_eq!(desk.amend(id, None, Some(9_000)).map_err(|e| e.code()), Err(Code::AmendInvalid));
    desk.amend(id, Some(8), None).unwrap();
    let twice = desk.amend(id, Some(7), None);
    assert_eq!(twice.map_err(|e| e.code()), Err(Code::OrderTransitionIllegal));
    assert_eq!(desk.commands.len(), 2, "one place, one replace");
}

#[test]
fn a_venue_that_changes_an_order_unasked_is_believed() {
    let mut desk = Desk::new();
    let id = desk.rest(limit(Side::Buy, 10, 9_900));
    desk.hear(holdfast_core::VenueReport {
        last_price: Price::from_ticks(9_890),
        last_quantity: Quantity::from_lots(8),
        ..desk.told(id, ReportKind::Replaced)
    })
    .unwrap();
    let order = desk.order(id).unwrap();
    assert_eq!(order.intent.limit_price, Some(Price::from_ticks(9_890)));
    assert_eq!(desk.case(), (0, 8, 0));
}

#[test]
fn an_order_that_lives_after_its_end_is_reserved_again() {
    let mut desk = Desk::new();
    let id = desk.submit(limit(Side::Buy, 10, 9_900));
    desk.report(id, ReportKind::Rejected).unwrap();
    assert_eq!(desk.case(), (0, 0, 0));
    desk.report(id, ReportKind::Accepted).unwrap();
    assert_eq!((desk.case(), desk.engine.counts().alarms), ((0, 10, 0), 1));
}

fn wish(id: u64, lots: Option<i64>, limit: Option<i64>, trigger: Option<i64>) -> Amendment {
    Amendment {
        client_order_id: ClientOrderId(id),
        quantity: lots.map(Quantity::from_lots),
        limit_price: limit.map(Price::from_ticks),
        trigger_price: trigger.map(Price::from_ticks),
        ts: Timestamp(0),
    }
}

#[test]
fn sim_the_venue_fills_at_the_new_price_and_trigger() {
    let mut session = open(&config());
    session.on_bar(&flat_bar(0, 10_000)).unwrap();
    session.submit(limit(Side::Buy, 5, 9_000)).unwrap();
    session.submit(stop(Side::Buy, 3, 12_000)).unwrap();
    session.amend(wish(1, Some(6), Some(9_800), None)).unwrap();
    session.amend(wish(2, None, None, Some(10_200))).unwrap();
    session.on_bar(&bar(1, [10_000, 10_300, 9_700, 10_000], 1_000)).unwrap();
    assert_eq!(prices(&mut session), [(10_200, 3), (9_800, 6)]);
}

#[test]
fn sim_an_order_keeps_its_place_when_it_shrinks_and_loses_it_when_it_changes_otherwise() {
    let first_filled = |lots: Option<i64>, limit_price: Option<i64>| {
        let mut config = config();
        config.assumptions.participation_frac_max = "0.5".into();
        let mut session = open(&config);
        session.on_bar(&flat_bar(0, 10_000)).unwrap();
        session.submit(limit(Side::Buy, 10, 9_900)).unwrap();
        session.submit(limit(Side::Buy, 10, 9_900)).unwrap();
        session.amend(wish(1, lots, limit_price, None)).unwrap();
        // Half of eight lots is all that own orders get.
        session.on_bar(&bar(1, [10_000, 10_000, 9_800, 9_900], 8)).unwrap();
        fills(&mut session)[0].0
    };
    assert_eq!(first_filled(Some(9), None), 1);
    assert_eq!(first_filled(Some(11), None), 2);
    assert_eq!(first_filled(None, Some(9_901)), 2);
}

#[test]
fn an_order_that_the_engine_holds_is_amended_without_the_venue() {
    let mut config = config().engine;
    config.emulated_order_types = vec!["stop_limit".into()];
    let mut desk = Desk::with(&config);
    let stop = OrderIntent {
        order_type: OrderType::StopLimit,
        trigger_price: Some(Price::from_ticks(10_200)),
        ..limit(Side::Buy, 10, 10_300)
    };
    let id = desk.submit(stop);
    assert!(desk.amend(id, Some(6), Some(10_250)).unwrap().approved());
    let order = desk.order(id).unwrap();
    let in_force = (order.quantity.lots(), order.intent.limit_price, order.pending);
    assert_eq!(in_force, (6, Some(Price::from_ticks(10_250)), None));
    assert_eq!((desk.case(), desk.commands.len()), ((0, 6, 0), 0), "the venue has heard nothing");

    desk.step(&Input::Bar(flat_bar(1, 10_220))).unwrap();
    let [Command::Place(sent)] = desk.commands[..] else { panic!("{:?}", desk.commands) };
    assert_eq!((sent.quantity.lots(), sent.order_type), (6, OrderType::Limit));
    assert_eq!(sent.limit_price, Some(Price::from_ticks(10_250)));
}

#[test]
fn the_gate_judges_an_amendment_with_the_margin_that_the_order_holds_given_back() {
    let mut config = config().engine;
    config.instruments[0].contract = holdfast_core::ContractSpec {
        kind: holdfast_core::InstrumentKind::Linear,
        margin: Some(MarginSpec {
            mode: holdfast_core::MarginMode::Cross,
            tiers: vec![TierSpec {
                notional_max: None,
                initial_frac: "1".into(),
                maintenance_frac: "0.5".into(),
            }],
        }),
        ..Default::default()
    };
    config.start_cash = "1000".into();
    let mut desk = Desk::with(&config);
    // Without leverage 10 lots at 100 need all the margin; moved down by a tick they need no more.
    let id = desk.rest(limit(Side::Buy, 10, 10_000));
    assert!(desk.amend(id, None, Some(9_999)).unwrap().approved());
    desk.replaced(id, 10).unwrap();
    assert!(!desk.amend(id, Some(11), None).unwrap().approved());
}
