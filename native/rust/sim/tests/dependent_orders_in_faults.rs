//! Orders that depend on each other, and orders that were held, when answers are late or lost and the process dies: what the
//! fault simulator found.

mod support;

use holdfast_core::{
    Amendment, BaseState, ClientOrderId, Code, Contingency, OrderIntent, OrderType, Overlays,
    Price, Quantity, ReportKind, Side, Timestamp, VenueReport,
};
use holdfast_engine::gateway::{
    AccountStatus, Effects, Gateway, GatewayConfig, Heard, OpenOrder, Request,
};
use holdfast_engine::{Command, Engine, Input, OrderList};
use support::desk::Desk;
use support::*;

const MS: i64 = 1_000_000;

fn submit_list(desk: &mut Desk, contingency: Contingency, orders: &[OrderIntent]) -> u64 {
    let (first, ts_intent) = (desk.engine.next_client_order_id().0, desk.now());
    let at_once = if contingency.is_pair() { orders.len() } else { 1 };
    let orders: Vec<OrderIntent> = (0..)
        .zip(orders)
        .map(|(place, order)| OrderIntent {
            client_order_id: ClientOrderId(if place < at_once { first + place as u64 } else { 0 }),
            ts_intent,
            ..*order
        })
        .collect();
    let list = OrderList { contingency, orders: &orders };
    let verdict = desk.step(&Input::SubmitList(list)).unwrap().unwrap();
    assert!(verdict.approved());
    first
}

fn oco(desk: &mut Desk) -> (u64, u64) {
    let pair = [limit(Side::Buy, 10, 9_900), limit(Side::Buy, 10, 9_800)];
    let first = submit_list(desk, Contingency::Oco, &pair);
    (first, first + 1)
}

fn asked(desk: &Desk, id: u64) -> Vec<String> {
    let of = |command: &&Command| match command {
        Command::Cancel(each) => each.0 == id,
        Command::Replace(asked) => asked.client_order_id.0 == id,
        _ => false,
    };
    let text = |command: &Command| match command {
        Command::Replace(asked) => format!("to {}", asked.quantity.lots()),
        _ => "cancel".to_string(),
    };
    desk.commands.iter().filter(of).map(text).collect()
}

/// The answer to a query that finds an order open.
fn found_open(desk: &mut Desk, id: u64, lots: i64) {
    let last_quantity = Quantity::from_lots(lots);
    let report = VenueReport { last_quantity, ..desk.told(id, ReportKind::Accepted) };
    desk.hear(report).unwrap();
}

#[test]
fn ord_13_a_leg_that_a_query_brings_back_to_life_gives_way_to_what_the_other_one_filled_meanwhile()
{
    let mut desk = Desk::new();
    let (one, other) = oco(&mut desk);
    desk.report(other, ReportKind::Rejected).unwrap();
    desk.fill(one, 1, 4).unwrap();
    assert_eq!(asked(&desk, other), [] as [&str; 0], "it has ended, as far as anybody knows");
    found_open(&mut desk, other, 10);
    assert_eq!(asked(&desk, other), ["cancel"]);
}

#[test]
fn ord_13_a_leg_that_lives_again_after_a_cancel_that_its_false_end_swallowed_is_cancelled_again() {
    let mut desk = Desk::new();
    let (one, other) = oco(&mut desk);
    desk.fill(one, 1, 4).unwrap();
    assert_eq!(asked(&desk, other), ["cancel"]);
    desk.report(other, ReportKind::Rejected).unwrap();
    found_open(&mut desk, other, 10);
    assert_eq!(asked(&desk, other), ["cancel", "cancel"]);
}

#[test]
fn ord_13_what_one_leg_fills_before_the_other_ones_amendment_is_answered_is_taken_from_that_one() {
    let mut desk = Desk::new();
    desk.submit(market(Side::Buy, 10));
    desk.fill(1, 1, 10).unwrap();
    let exit = |intent: OrderIntent| OrderIntent { reduce_only: true, ..intent };
    let pair = [exit(stop(Side::Sell, 10, 9_500)), exit(limit(Side::Sell, 10, 10_500))];
    let first = submit_list(&mut desk, Contingency::Ouo, &pair);
    let (stop, target) = (first, first + 1);
    desk.step(&Input::Amend(Amendment {
        client_order_id: ClientOrderId(stop),
        quantity: None,
        limit_price: None,
        trigger_price: Some(Price::from_ticks(9_600)),
        ts: desk.now(),
    }))
    .unwrap();
    desk.fill(target, 2, 4).unwrap();
    desk.replaced(stop, 10).unwrap();
    assert_eq!(asked(&desk, stop), ["to 10", "to 6"], "six lots are left to protect");
}

const GATEWAY: GatewayConfig = GatewayConfig {
    answer_ns: 500 * MS,
    settle_ns: 10_000 * MS,
    backoff_ns: (100 * MS, 2_000 * MS),
    silence_ns: 60_000 * MS,
    resync_ns: 60_000 * MS,
    repeats_max: 1,
};

/// What the gateway of a restarted process asks about when its connection stands, and which orders it puts in doubt.
fn after_restart(engine: &Engine) -> (Vec<u64>, Vec<u64>, Gateway) {
    let mut effects = Effects::default();
    let now = engine.now();
    let mut gateway = Gateway::recover(GATEWAY, engine, now, &mut effects);
    gateway.hear(Heard::Connected, now, &mut effects);
    gateway.tick(now, &mut effects);
    let about = effects.requests.iter().filter_map(|request| match request {
        Request::QueryOrder { client_order_id, .. } => Some(client_order_id.0),
        _ => None,
    });
    let doubted = effects.inputs.iter().filter_map(|input| match input {
        Input::LoseTrack { client_order_id, .. } => Some(client_order_id.0),
        _ => None,
    });
    (about.collect(), doubted.collect(), gateway)
}

fn holding() -> Desk {
    let mut config = config().engine;
    config.emulated_order_types = vec!["stop_market".into(), "stop_limit".into()];
    Desk::with(&config)
}

fn falls_to(desk: &mut Desk, ticks: i64) {
    let at = Timestamp(desk.now().0 + 1);
    let bar = holdfast_core::Bar { ts_close: at, ..flat_bar(1, ticks) };
    let bar = holdfast_core::Bar { ts_open: Timestamp(at.0 - 1), ..bar };
    desk.step(&Input::Bar(bar)).unwrap();
}

#[test]
fn ord_06_a_restart_does_not_ask_the_venue_about_an_order_that_is_held_here() {
    let mut desk = holding();
    let held = desk.submit(stop(Side::Sell, 5, 9_500));
    let sent = desk.submit(limit(Side::Buy, 5, 9_900));
    let (about, doubted, _) = after_restart(&desk.engine);
    assert_eq!((about, doubted), (vec![sent], vec![sent]));
    assert_eq!(desk.engine.unanswered(), [ClientOrderId(sent)]);
    assert!(desk.order(held).is_some_and(|order| order.held.is_some()));
}

#[test]
fn ord_10_an_order_that_was_held_and_is_sent_is_in_doubt_after_a_restart_until_the_venue_shows_it()
{
    let mut desk = holding();
    let id = desk.submit(stop(Side::Sell, 5, 9_500));
    falls_to(&mut desk, 9_400);
    assert!(matches!(desk.commands.last(), Some(Command::Place(_))));
    let (about, doubted, _) = after_restart(&desk.engine);
    assert_eq!((about, doubted), (vec![id], vec![id]), "the crash may have kept it from the venue");
    assert_eq!(desk.engine.unanswered(), [ClientOrderId(id)]);
    desk.report(id, ReportKind::CancelRejected).unwrap();
    assert_eq!(desk.engine.unanswered().len(), 1, "a refusal may have overtaken it");
    desk.report(id, ReportKind::Accepted).unwrap();
    assert_eq!((after_restart(&desk.engine).1, desk.engine.unanswered().len()), (vec![], 0));
}

#[test]
fn ord_06_an_amendment_of_an_order_that_was_held_names_no_trigger_to_the_venue() {
    let mut desk = holding();
    let intent = OrderIntent {
        order_type: OrderType::StopLimit,
        trigger_price: Some(Price::from_ticks(9_500)),
        ..limit(Side::Sell, 5, 9_450)
    };
    let id = desk.submit(intent);
    falls_to(&mut desk, 9_400);
    desk.report(id, ReportKind::Accepted).unwrap();
    let trigger = Amendment {
        client_order_id: ClientOrderId(id),
        quantity: None,
        limit_price: None,
        trigger_price: Some(Price::from_ticks(9_300)),
        ts: desk.now(),
    };
    let refused = desk.step(&Input::Amend(trigger)).map(|_| ()).map_err(|error| error.code());
    assert_eq!(refused, Err(Code::AmendInvalid), "it was met");
    desk.amend(id, Some(3), Some(9_440)).unwrap();
    let Some(Command::Replace(asked)) = desk.commands.last() else { panic!("one is asked for") };
    assert_eq!((asked.quantity.lots(), asked.trigger_price), (3, None));
    desk.replaced(id, 3).unwrap();
    let order = desk.order(id).unwrap();
    assert_eq!(order.intent.trigger_price, Some(Price::from_ticks(9_500)), "as it was asked for");
    assert_eq!((order.quantity.lots(), order.state.load().1), (3, Overlays::NONE));
}

#[test]
fn ord_13_a_restart_after_a_refused_cancel_still_wants_the_leg_gone() {
    let mut desk = Desk::new();
    let (one, other) = oco(&mut desk);
    desk.fill(one, 1, 4).unwrap();
    desk.report(other, ReportKind::CancelRejected).unwrap();
    let (about, _, mut gateway) = after_restart(&desk.engine);
    assert!(about.contains(&other));
    let mut effects = Effects::default();
    let now = Timestamp(desk.now().0 + 1_000 * MS);
    gateway.tick(now, &mut effects);
    let query = effects.requests.iter().find_map(|request| match request {
        Request::QueryOrder { client_order_id, query } if client_order_id.0 == other => {
            Some(*query)
        }
        _ => None,
    });
    let status = holdfast_engine::gateway::OrderStatus {
        query: query.unwrap(),
        client_order_id: ClientOrderId(other),
        status: holdfast_engine::gateway::StatusOf::Open,
        in_force: holdfast_core::Replacement::of(desk.order(other).unwrap()),
        fills: Vec::new(),
    };
    let mut effects = Effects::default();
    gateway.hear(Heard::Order(status), now, &mut effects);
    assert_eq!(effects.requests, [Request::Cancel(ClientOrderId(other))]);
}

#[test]
fn ord_13_an_amendment_of_an_order_that_was_amended_while_it_was_held_follows_its_placement() {
    let mut desk = holding();
    let pair = [stop(Side::Sell, 10, 9_500), limit(Side::Sell, 10, 10_500)];
    let held = submit_list(&mut desk, Contingency::Ouo, &pair);
    let target = held + 1;
    desk.amend(held, Some(24), None).unwrap();
    falls_to(&mut desk, 9_400);
    let Some(Command::Place(placed)) = desk.commands.last() else { panic!("its trigger is met") };
    assert_eq!((placed.client_order_id.0, placed.quantity.lots()), (held, 24));
    desk.report(held, ReportKind::Accepted).unwrap();
    desk.fill(target, 1, 7).unwrap();
    let Some(Command::Replace(asked)) = desk.commands.last() else { panic!("one is asked for") };
    let numbers = (asked.number, asked.follows);
    assert_eq!((asked.client_order_id.0, asked.quantity.lots(), numbers), (held, 17, (2, 0)));
}

/// The venue refuses what it was asked for last.
fn refuse(desk: &mut Desk, id: u64) {
    let number = desk.order(id).and_then(|order| order.pending).map(|asked| asked.number);
    let report = VenueReport { amendment: number, ..desk.told(id, ReportKind::ReplaceRejected) };
    desk.hear(report).unwrap();
}

#[test]
fn ord_13_a_leg_whose_due_quantity_is_refused_is_asked_for_it_again_and_cancelled_in_the_end() {
    let mut desk = Desk::new();
    let pair = [limit(Side::Buy, 10, 9_900), limit(Side::Buy, 10, 9_800)];
    let first = submit_list(&mut desk, Contingency::Ouo, &pair);
    let (one, other) = (first, first + 1);
    desk.report(one, ReportKind::Accepted).unwrap();
    desk.report(other, ReportKind::Accepted).unwrap();
    desk.fill(one, 1, 4).unwrap();
    refuse(&mut desk, other);
    desk.replaced(other, 6).unwrap();
    assert_eq!(asked(&desk, other), ["to 6", "to 6"], "the second one is taken");
    desk.fill(one, 2, 1).unwrap();
    let alarms = desk.engine.counts().alarms;
    for _ in 0..3 {
        refuse(&mut desk, other);
    }
    let all = ["to 6", "to 6", "to 5", "to 5", "to 5", "cancel"];
    assert_eq!(
        (asked(&desk, other), desk.engine.counts().alarms),
        (all.map(String::from).to_vec(), alarms + 1)
    );
}

#[test]
fn ord_13_a_stop_whose_smaller_quantity_is_refused_for_good_keeps_protecting_the_position() {
    let mut desk = Desk::new();
    desk.submit(market(Side::Buy, 10));
    desk.fill(1, 1, 10).unwrap();
    let exit = |intent: OrderIntent| OrderIntent { reduce_only: true, ..intent };
    let pair = [exit(stop(Side::Sell, 10, 9_500)), exit(limit(Side::Sell, 10, 10_500))];
    let first = submit_list(&mut desk, Contingency::Ouo, &pair);
    let (stop, target) = (first, first + 1);
    desk.report(stop, ReportKind::Accepted).unwrap();
    desk.fill(target, 2, 4).unwrap();
    for _ in 0..3 {
        refuse(&mut desk, stop);
    }
    assert_eq!(asked(&desk, stop), ["to 6", "to 6", "to 6"], "six lots must not be left bare");
    desk.fill(target, 3, 2).unwrap();
    desk.replaced(stop, 4).unwrap();
    desk.fill(target, 4, 4).unwrap();
    assert_eq!(asked(&desk, stop)[3..], ["to 4", "cancel"]);
}

#[test]
fn ord_10_an_order_that_a_fill_behind_its_end_brings_back_to_life_is_ended_again() {
    let mut desk = Desk::new();
    let id = desk.submit(limit(Side::Buy, 3, 9_900));
    desk.report(id, ReportKind::Rejected).unwrap();
    let (now, lots) = (desk.now(), Quantity::from_lots);
    let canceled = VenueReport { last_quantity: lots(2), ..desk.told(id, ReportKind::Canceled) };
    let fill = desk.fill_report(id, 1, 2);
    let mut gateway = Gateway::new(GATEWAY, now);
    let mut effects = Effects::default();
    gateway.hear(Heard::Connected, now, &mut effects);
    let query = effects.requests.iter().find_map(|request| match request {
        Request::QueryAccount { query, .. } => Some(*query),
        _ => None,
    });
    // The venue has it: the rejection was not true.
    let there =
        OpenOrder { client_order_id: ClientOrderId(id), quantity: lots(3), filled: Quantity::ZERO };
    let account = AccountStatus { query: query.unwrap(), open: vec![there], fills: Vec::new() };
    gateway.hear(Heard::Account(account), now, &mut effects);
    gateway.tick(now, &mut effects);
    gateway.hear(Heard::Report(canceled), now, &mut effects);
    gateway.hear(Heard::Report(fill), now, &mut effects);
    gateway.tick(now, &mut effects);
    let query = effects.requests.iter().rev().find_map(|request| match request {
        Request::QueryOrder { query, .. } => Some(*query),
        _ => None,
    });
    let status = holdfast_engine::gateway::OrderStatus {
        query: query.unwrap(),
        client_order_id: ClientOrderId(id),
        status: holdfast_engine::gateway::StatusOf::Ended(ReportKind::Canceled),
        in_force: holdfast_core::Replacement::of(desk.engine.order(ClientOrderId(id)).unwrap()),
        fills: vec![fill],
    };
    gateway.hear(Heard::Order(status), now, &mut effects);
    for input in std::mem::take(&mut effects.inputs) {
        desk.step(&input).unwrap();
    }
    assert!(desk.engine.open_order(ClientOrderId(id)).is_err(), "its end is told again");
    let ended = desk.engine.order(ClientOrderId(id)).unwrap();
    assert_eq!((ended.state.base(), ended.cum_quantity), (BaseState::Canceled, lots(2)));
}
