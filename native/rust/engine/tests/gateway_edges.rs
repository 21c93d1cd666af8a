//! The gateway at its turning points: what makes it ask, what it believes, and when it forgets an order.

mod desk;
mod gateway_bench;
mod random_run;
mod venue_bench;

use gateway_bench::*;
use holdfast_core::{
    ClientOrderId, Price, Quantity, Replacement, ReportKind, Timestamp, TradeId, VenueReport,
};
use holdfast_engine::gateway::{
    AccountStatus, Effects, Gateway, GatewayConfig, Heard, OpenOrder, Request, StatusOf,
};
use holdfast_engine::{Command, Input};
use random_run::Driven;

fn fill(trade: u64, lots: i64) -> VenueReport {
    VenueReport {
        trade_id: TradeId(trade),
        last_quantity: Quantity::from_lots(lots),
        last_price: Price::from_ticks(100),
        ..VenueReport::without_fill(ID, ReportKind::Fill, Timestamp(0))
    }
}

fn filled(gateway: &mut Gateway, at_ms: i64, trade: u64, lots: i64) -> Effects {
    hear(gateway, at_ms, Heard::Report(fill(trade, lots)))
}

fn ended(gateway: &mut Gateway, at_ms: i64, kind: ReportKind, lots: i64) -> Effects {
    let last_quantity = Quantity::from_lots(lots);
    let end = VenueReport { last_quantity, ..VenueReport::without_fill(ID, kind, Timestamp(0)) };
    hear(gateway, at_ms, Heard::Report(end))
}

/// Whether the gateway still has the order as one that is open at the engine's.
fn is_tracked(gateway: &mut Gateway, at_ms: i64) -> bool {
    !kinds(&hear(gateway, at_ms, Heard::Failed(ID))).is_empty()
}

fn only_report(effects: &Effects) -> VenueReport {
    match effects.inputs[..] {
        [Input::Report(report)] => report,
        _ => panic!("one report must be told: {effects:?}"),
    }
}

#[test]
fn exe_04_after_a_restart_what_was_asked_is_in_doubt_and_what_rests_is_not() {
    let mut bench = venue_bench::resting(3);
    let ts = bench.engine.now();
    bench.take(&Input::Cancel { client_order_id: ClientOrderId(2), ts }).unwrap();
    let id = bench.engine.next_client_order_id();
    let mut intent = venue_bench::Intent::intent_for_test(&venue_bench::external(1, 10), id);
    intent.ts_intent = ts;
    bench.take(&Input::Submit(intent)).unwrap();
    let mut effects = Effects::default();
    let gateway = Gateway::recover(CONFIG, &bench.engine, ts, &mut effects);
    assert!(!gateway.is_settled());
    let lost: Vec<u64> = effects
        .inputs
        .iter()
        .map(|input| match input {
            Input::LoseTrack { client_order_id, .. } => client_order_id.0,
            _ => 0,
        })
        .collect();
    assert_eq!(lost, [2, 4]);
}

#[test]
fn exe_04_a_wish_to_know_asks_once() {
    let mut gateway = resting();
    assert!(gateway.is_settled());
    command(&mut gateway, 10, Command::Query(ID));
    query_of(&tick(&mut gateway, 10));
    command(&mut gateway, 20, Command::Query(ID));
    assert_eq!(tick(&mut gateway, 20).requests, [], "the query is under way");
    assert_eq!(kinds(&hear(&mut gateway, 30, Heard::Failed(ID))), ["lose_track"]);
    assert_eq!(tick(&mut gateway, 30).requests, [], "and stays so");
}

#[test]
fn exe_04_a_lost_connection_is_asked_for_at_its_pace() {
    let mut gateway = Gateway::new(CONFIG, Timestamp(0));
    let asked: Vec<i64> = (0..5_000)
        .step_by(250)
        .filter(|at_ms| !tick(&mut gateway, *at_ms).requests.is_empty())
        .collect();
    assert_eq!(asked, [0, 2_000, 4_000]);
}

#[test]
fn exe_04_a_request_that_failed_is_doubt_at_once() {
    let mut gateway = connected(GatewayConfig { repeats_max: 2, ..CONFIG });
    command(&mut gateway, 0, Command::Place(intent()));
    let failed = hear(&mut gateway, 1, Heard::Failed(ID));
    assert_eq!(kinds(&failed), ["lose_track"]);
    // The placement goes out again, as often as it may; then the order is asked about.
    let again = [1, 501, 1_001].map(|at_ms| tick(&mut gateway, at_ms).requests);
    assert_eq!(again[..2], [[Request::Place(intent())], [Request::Place(intent())]]);
    assert!(matches!(again[2][..], [Request::QueryOrder { .. }]), "{again:?}");
}

#[test]
fn exe_04_what_became_of_an_amendment_is_told_with_its_number_and_price() {
    for (number, named) in [(0, None), (1, Some(1)), (3, Some(3))] {
        let mut gateway = resting();
        let wanted = form(number, 3);
        command(&mut gateway, 10, Command::Replace(wanted));
        let told = only_report(&hear(&mut gateway, 11, answer_to(ReportKind::Replaced, wanted)));
        assert_eq!((told.kind, told.amendment), (ReportKind::Replaced, named));
        let numbers = (told.last_price.ticks(), told.last_quantity.lots(), told.ts_event);
        assert_eq!(numbers, (100, 3, Timestamp(11 * MS)));
    }
}

#[test]
fn exe_04_a_rejection_without_a_fill_is_believed_and_ends_it() {
    let mut gateway = connected(CONFIG);
    command(&mut gateway, 0, Command::Place(intent()));
    assert_eq!(kinds(&ended(&mut gateway, 1, ReportKind::Rejected, 0)), ["rejected"]);
    assert!(gateway.is_settled());
}

#[test]
fn exe_04_an_end_that_overtook_fills_is_asked_about_and_another_is_forgotten() {
    for (told, known, is_asked) in [(2, 0, true), (2, 2, false), (0, 2, false)] {
        let mut gateway = resting();
        if known > 0 {
            filled(&mut gateway, 2, 1, known);
        }
        assert_eq!(kinds(&ended(&mut gateway, 10, ReportKind::Canceled, told)), ["canceled"]);
        assert_eq!(gateway.is_settled(), !is_asked, "{told} told, {known} known");
        if is_asked {
            let query = query_of(&tick(&mut gateway, 10));
            let status = StatusOf::Ended(ReportKind::Fill);
            let done = hear(&mut gateway, 20, answer(query, status));
            assert_eq!(kinds(&done), [""; 0], "its end was told");
            assert!(gateway.is_settled());
        }
    }
}

#[test]
fn exe_04_a_word_about_an_order_that_is_forgotten_makes_it_asked_about() {
    for heard in [report(ReportKind::Accepted), Heard::Report(fill(9, 2))] {
        let mut gateway = connected(CONFIG);
        assert_eq!(hear(&mut gateway, 10, heard).inputs.len(), 1);
        query_of(&tick(&mut gateway, 10));
    }
    let mut gateway = resting();
    hear(&mut gateway, 10, report(ReportKind::Triggered));
    assert_eq!(tick(&mut gateway, 10).requests, [], "one that is known is not");
}

#[test]
fn exe_04_fills_that_reach_the_smaller_quantity_end_the_order() {
    for is_asked in [false, true] {
        let mut gateway = resting();
        filled(&mut gateway, 2, 1, 2);
        command(&mut gateway, 10, Command::Replace(form(1, 3)));
        filled(&mut gateway, 11, 2, 1);
        let told = if is_asked {
            let query = query_of(&tick(&mut gateway, 510));
            hear(&mut gateway, 511, open_as(query, form(1, 3)))
        } else {
            hear(&mut gateway, 12, answer_to(ReportKind::Replaced, form(1, 3)))
        };
        assert_eq!(kinds(&told), ["replaced"]);
        assert!(!is_tracked(&mut gateway, 600), "asked: {is_asked}");
    }
}

#[test]
fn exe_04_a_quantity_that_has_filled_was_refused() {
    let mut gateway = resting();
    command(&mut gateway, 10, Command::Replace(form(1, 3)));
    filled(&mut gateway, 11, 1, 3);
    let query = query_of(&tick(&mut gateway, 510));
    let told = hear(&mut gateway, 511, open_as(query, form(0, 5)));
    assert_eq!(kinds(&told), ["replace_rejected"]);
    assert!(told.requests.is_empty() && gateway.is_settled());
}

#[test]
fn exe_04_a_trade_that_an_account_told_is_not_told_again() {
    let mut gateway = resting();
    let asked = hear(&mut gateway, 10, Heard::Connected).requests;
    let [Request::QueryAccount { query, .. }] = asked[..] else { panic!("{asked:?}") };
    let status = AccountStatus { query, open: Vec::new(), fills: vec![fill(6, 1), fill(7, 1)] };
    assert_eq!(kinds(&hear(&mut gateway, 11, Heard::Account(status))), ["fill", "fill"]);
    for trade in [6, 7] {
        assert_eq!(filled(&mut gateway, 12, trade, 1).inputs.len(), 0);
    }
    assert_eq!(filled(&mut gateway, 12, 8, 1).inputs.len(), 1);
}

#[test]
fn exe_04_an_answer_that_shows_nothing_new_is_not_told() {
    for (lots, expected) in [(5, [].as_slice()), (4, &["accepted"])] {
        let mut gateway = resting();
        command(&mut gateway, 10, Command::Query(ID));
        let query = query_of(&tick(&mut gateway, 10));
        assert_eq!(kinds(&hear(&mut gateway, 11, open_as(query, form(0, lots)))), expected);
        assert!(gateway.is_settled());
    }
    // A refused cancel is a word of the venue, and no proof that it has the order.
    let mut gateway = connected(GatewayConfig { repeats_max: 0, ..CONFIG });
    command(&mut gateway, 0, Command::Place(intent()));
    let query = query_of(&tick(&mut gateway, 500));
    hear(&mut gateway, 501, report(ReportKind::CancelRejected));
    assert_eq!(kinds(&hear(&mut gateway, 502, open_as(query, form(0, 5)))), ["accepted"]);
}

#[test]
fn exe_04_unknown_ends_the_asking_about_an_ended_order_only_when_no_placement_can_arrive() {
    for (at_ms, is_over) in [(9_999, false), (10_000, true), (10_001, true)] {
        let mut gateway = resting();
        ended(&mut gateway, at_ms, ReportKind::Canceled, 2);
        let query = query_of(&tick(&mut gateway, at_ms));
        hear(&mut gateway, at_ms, answer(query, StatusOf::Unknown));
        assert_eq!(gateway.is_settled(), is_over, "at {at_ms}");
    }
    let mut gateway = resting();
    command(&mut gateway, 20_000, Command::Query(ID));
    let query = query_of(&tick(&mut gateway, 20_000));
    hear(&mut gateway, 20_001, answer(query, StatusOf::Unknown));
    assert!(!gateway.is_settled(), "it was there once, and is open here");
}

#[test]
fn exe_04_each_wait_between_queries_doubles_up_to_the_longest() {
    let mut gateway = resting();
    command(&mut gateway, 10, Command::Query(ID));
    let mut at_ms = 10;
    let mut waits = Vec::new();
    for _ in 0..6 {
        let query = query_of(&tick(&mut gateway, at_ms));
        hear(&mut gateway, at_ms, answer(query, StatusOf::Unknown));
        let wait = (gateway.next_wake().0 - at_ms * MS) / MS;
        waits.push(wait);
        assert_eq!(tick(&mut gateway, at_ms + wait - 1).requests, []);
        at_ms += wait;
    }
    assert_eq!(waits, [200, 400, 800, 1_600, 2_000, 2_000]);
}

#[test]
fn exe_04_an_account_that_shows_something_else_is_reason_to_ask() {
    let there = |lots, filled| {
        let (quantity, filled) = (Quantity::from_lots(lots), Quantity::from_lots(filled));
        vec![OpenOrder { client_order_id: ID, quantity, filled }]
    };
    // The order has five lots, of which one filled.
    let cases = [
        (there(5, 1), false),
        (there(5, 0), false),
        (there(5, 2), true),
        (there(4, 1), true),
        (there(6, 1), true),
        (Vec::new(), true),
    ];
    for (open, is_asked) in cases {
        let mut gateway = resting();
        filled(&mut gateway, 2, 1, 1);
        let asked = tick(&mut gateway, 60_000).requests;
        let [Request::QueryAccount { query, .. }] = asked[..] else { panic!("{asked:?}") };
        let text = format!("{open:?}");
        hear(
            &mut gateway,
            60_001,
            Heard::Account(AccountStatus { query, open, fills: Vec::new() }),
        );
        assert_eq!(!tick(&mut gateway, 60_001).requests.is_empty(), is_asked, "{text}");
    }
}

#[test]
fn exe_04_an_order_placed_at_the_instant_of_the_question_is_asked_about_when_it_is_not_listed() {
    for (placed_ms, is_asked) in [(0, true), (1, false)] {
        let mut gateway = Gateway::new(CONFIG, Timestamp(0));
        let asked = hear(&mut gateway, 0, Heard::Connected).requests;
        let [Request::QueryAccount { query, .. }] = asked[..] else { panic!("{asked:?}") };
        command(&mut gateway, placed_ms, Command::Place(intent()));
        hear(&mut gateway, 2, report(ReportKind::Accepted));
        let none = AccountStatus { query, open: Vec::new(), fills: Vec::new() };
        hear(&mut gateway, 3, Heard::Account(none));
        assert_eq!(!tick(&mut gateway, 3).requests.is_empty(), is_asked);
    }
}

/// An answer that names no number.
fn unnumbered(kind: ReportKind, form: Replacement) -> Heard {
    let Heard::Report(report) = answer_to(kind, form) else { panic!("must be a report") };
    Heard::Report(VenueReport { amendment: None, ..report })
}

#[test]
fn exe_04_an_answer_without_a_number_is_believed_of_the_first_amendment_and_its_form_only() {
    let cases = [((1, 3), 3, true), ((2, 3), 3, false), ((1, 3), 4, false), ((2, 3), 4, false)];
    for ((number, wanted), answered, is_believed) in cases {
        let mut gateway = resting();
        command(&mut gateway, 10, Command::Replace(form(number, wanted)));
        let told = hear(&mut gateway, 11, unnumbered(ReportKind::Replaced, form(1, answered)));
        let expected: &[&str] = if is_believed { &["replaced"] } else { &[] };
        assert_eq!(kinds(&told), expected, "{number}: {wanted}, {answered}");
    }
    // A refusal of another quantity is about another amendment.
    for (refused, is_meant) in [(3, true), (4, false), (0, true)] {
        let mut gateway = resting();
        command(&mut gateway, 10, Command::Replace(form(2, 3)));
        hear(&mut gateway, 11, unnumbered(ReportKind::ReplaceRejected, form(1, refused)));
        assert_eq!(!tick(&mut gateway, 11).requests.is_empty(), is_meant, "{refused}");
    }
}
