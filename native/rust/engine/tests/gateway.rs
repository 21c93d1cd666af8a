//! The gateway by itself: what it sends, when, and what it tells the engine.

mod gateway_bench;

use gateway_bench::*;
use holdfast_core::{Price, Quantity, Replacement, ReportKind, Timestamp, TradeId, VenueReport};
use holdfast_engine::Command;
use holdfast_engine::gateway::{GatewayConfig, Heard, Request, StatusOf};

#[test]
fn exe_04_no_answer_is_doubt_then_the_same_id_again_then_queries() {
    let mut gateway = connected(CONFIG);
    let sent = command(&mut gateway, 0, Command::Place(intent()));
    assert_eq!(sent.requests, [Request::Place(intent())]);
    assert!(tick(&mut gateway, 499).requests.is_empty());
    let late = tick(&mut gateway, 500);
    assert_eq!((kinds(&late), late.requests), (vec!["lose_track"], vec![Request::Place(intent())]));
    let asked = tick(&mut gateway, 1_000);
    assert!(kinds(&asked).is_empty(), "doubt is told once");
    let told = hear(&mut gateway, 1_100, answer(query_of(&asked), StatusOf::Open));
    assert_eq!(kinds(&told), ["accepted"]);
    assert!(gateway.is_settled());
}

#[test]
fn exe_04_a_venue_that_does_not_know_repeated_ids_is_never_sent_one() {
    let mut gateway = connected(GatewayConfig { repeats_max: 0, ..CONFIG });
    command(&mut gateway, 0, Command::Place(intent()));
    for at_ms in (500..20_000).step_by(100) {
        let places = tick(&mut gateway, at_ms).requests;
        assert!(!places.iter().any(|request| matches!(request, Request::Place(_))));
    }
}

#[test]
fn exe_04_unknown_is_proof_only_when_no_placement_can_arrive_any_more() {
    let mut gateway = connected(GatewayConfig { repeats_max: 0, ..CONFIG });
    command(&mut gateway, 0, Command::Place(intent()));
    let early = query_of(&tick(&mut gateway, 500));
    assert!(kinds(&hear(&mut gateway, 600, answer(early, StatusOf::Unknown))).is_empty());
    assert!(kinds(&hear(&mut gateway, 600, answer(early, StatusOf::Unknown))).is_empty());
    let asked = query_of(&tick(&mut gateway, 10_000));
    let stale = hear(&mut gateway, 10_050, answer(early, StatusOf::Open));
    assert!(kinds(&stale).is_empty(), "an answer to an older query does not count");
    assert_eq!(kinds(&hear(&mut gateway, 10_100, answer(asked, StatusOf::Unknown))), ["unknown"]);
    assert!(gateway.is_settled());
}

#[test]
fn exe_04_a_cancel_in_doubt_is_sent_again_when_the_order_is_open() {
    let mut gateway = connected(CONFIG);
    command(&mut gateway, 0, Command::Place(intent()));
    hear(&mut gateway, 10, report(ReportKind::Accepted));
    let sent = command(&mut gateway, 20, Command::Cancel(ID));
    assert_eq!(sent.requests, [Request::Cancel(ID)]);
    let late = tick(&mut gateway, 520);
    assert_eq!(kinds(&late), ["lose_track"]);
    let open = hear(&mut gateway, 530, answer(query_of(&late), StatusOf::Open));
    assert_eq!(open.requests, [Request::Cancel(ID)]);
    assert_eq!(kinds(&hear(&mut gateway, 540, report(ReportKind::Canceled))), ["canceled"]);
    assert!(gateway.is_settled());
}

#[test]
fn exe_04_a_lost_connection_is_doubt_and_the_next_one_asks_for_everything() {
    let mut gateway = connected(CONFIG);
    command(&mut gateway, 0, Command::Place(intent()));
    let lost = hear(&mut gateway, 10, Heard::Disconnected);
    assert_eq!(kinds(&lost), ["lose_track"]);
    assert_eq!(tick(&mut gateway, 10).requests, [Request::Reconnect]);
    let unsent = command(&mut gateway, 20, Command::Cancel(ID));
    assert!(unsent.requests.is_empty(), "nothing leaves without a connection");
    let back = hear(&mut gateway, 30, Heard::Connected);
    assert!(matches!(back.requests[..], [Request::QueryAccount { trades_after: TradeId(0), .. }]));
    assert!(!tick(&mut gateway, 30).requests.is_empty(), "the order is asked for or placed again");
    assert!(!gateway.is_settled());
}

#[test]
fn exe_04_a_silent_stream_counts_as_lost() {
    let mut gateway = connected(CONFIG);
    hear(&mut gateway, 30_000, Heard::Heartbeat);
    assert!(tick(&mut gateway, 89_999).requests.len() <= 1);
    tick(&mut gateway, 90_000);
    assert_eq!(tick(&mut gateway, 90_000).requests, [Request::Reconnect]);
}

#[test]
fn exe_04_a_rejection_after_a_fill_is_a_contradiction_that_is_asked_about() {
    let mut gateway = connected(CONFIG);
    command(&mut gateway, 0, Command::Place(intent()));
    let fill = VenueReport {
        trade_id: TradeId(3),
        last_price: Price::from_ticks(100),
        last_quantity: Quantity::from_lots(2),
        ..VenueReport::without_fill(ID, ReportKind::Fill, Timestamp(0))
    };
    assert_eq!(kinds(&hear(&mut gateway, 10, Heard::Report(fill))), ["fill"]);
    assert!(kinds(&hear(&mut gateway, 11, Heard::Report(fill))).is_empty(), "told once");
    assert_eq!(kinds(&hear(&mut gateway, 20, report(ReportKind::Rejected))), ["lose_track"]);
    query_of(&tick(&mut gateway, 20));
}

#[test]
fn exe_04_an_amended_price_is_in_force_when_the_venue_says_that_price() {
    let mut gateway = connected(CONFIG);
    command(&mut gateway, 0, Command::Place(intent()));
    hear(&mut gateway, 1, report(ReportKind::Accepted));
    let limit_price = Some(Price::from_ticks(90));
    let asked = Replacement { limit_price, ..Replacement::of_intent(&intent()) };
    command(&mut gateway, 10, Command::Replace(asked));
    // An answer that names another price is an older one: it is asked what is in force.
    let replaced = |ticks: i64| {
        Heard::Report(VenueReport {
            last_price: Price::from_ticks(ticks),
            last_quantity: asked.quantity,
            ..VenueReport::without_fill(ID, ReportKind::Replaced, Timestamp(0))
        })
    };
    assert_eq!(kinds(&hear(&mut gateway, 11, replaced(100))), Vec::<&str>::new());
    let query = query_of(&tick(&mut gateway, 11));
    let again = hear(&mut gateway, 12, answer(query, StatusOf::Open));
    assert_eq!(again.requests, [Request::Replace(asked)], "it has not arrived");
    assert_eq!(kinds(&hear(&mut gateway, 13, replaced(90))), ["replaced"]);
    assert!(gateway.is_settled());
}

#[test]
fn exe_04_an_order_that_filled_whole_while_it_was_to_grow_is_tracked_until_the_venue_says_what_is_in_force()
 {
    let fill = Heard::Report(VenueReport {
        trade_id: TradeId(1),
        last_price: Price::from_ticks(100),
        last_quantity: Quantity::from_lots(5),
        ..VenueReport::without_fill(ID, ReportKind::Fill, Timestamp(0))
    });
    let asked =
        Replacement { quantity: Quantity::from_lots(9), ..Replacement::of_intent(&intent()) };
    let growing = || {
        let mut gateway = connected(CONFIG);
        command(&mut gateway, 0, Command::Place(intent()));
        hear(&mut gateway, 1, report(ReportKind::Accepted));
        command(&mut gateway, 10, Command::Replace(asked));
        assert_eq!(kinds(&hear(&mut gateway, 11, fill.clone())), ["fill"]);
        assert!(!gateway.is_settled(), "the amendment has no answer");
        gateway
    };
    // The refusal may be about a copy, so that the venue is asked, and its answer ends it.
    let mut gateway = growing();
    assert!(kinds(&hear(&mut gateway, 12, report(ReportKind::ReplaceRejected))).is_empty());
    let query = query_of(&tick(&mut gateway, 12));
    let refused = hear(&mut gateway, 13, answer(query, StatusOf::Ended(ReportKind::Fill)));
    assert_eq!(kinds(&refused), ["replace_rejected"]);
    assert!(gateway.is_settled());
    // The answer was lost, and the venue says that the order has filled: so it was refused.
    let mut gateway = growing();
    let late = tick(&mut gateway, 510);
    let told = hear(&mut gateway, 511, answer(query_of(&late), StatusOf::Ended(ReportKind::Fill)));
    assert_eq!(kinds(&told), ["replace_rejected"]);
    assert!(gateway.is_settled());
}

#[test]
fn exe_04_an_amendment_waits_until_the_venue_has_shown_that_it_has_the_order() {
    let mut gateway = connected(CONFIG);
    command(&mut gateway, 0, Command::Place(intent()));
    let held = command(&mut gateway, 1, Command::Replace(form(1, 9)));
    assert!(held.requests.is_empty(), "it could overtake the placement and be refused");
    let accepted = hear(&mut gateway, 2, report(ReportKind::Accepted));
    assert_eq!(accepted.requests, [Request::Replace(form(1, 9))]);
    assert!(!gateway.is_settled());
    let replaced = hear(&mut gateway, 3, answer_to(ReportKind::Replaced, form(1, 9)));
    assert_eq!(kinds(&replaced), ["replaced"]);
    assert!(gateway.is_settled());
}

#[test]
fn exe_04_an_answer_to_an_earlier_amendment_of_the_same_form_is_not_believed() {
    let mut gateway = resting();
    for (number, lots) in [(1, 9), (2, 3)] {
        command(&mut gateway, 10, Command::Replace(form(number, lots)));
        hear(&mut gateway, 11, answer_to(ReportKind::Replaced, form(number, lots)));
    }
    assert!(gateway.is_settled());
    let again = form(3, 9);
    command(&mut gateway, 20, Command::Replace(again));
    // Copies of what was said about the first: neither grants the third, nor refuses it.
    assert!(kinds(&hear(&mut gateway, 21, answer_to(ReportKind::Replaced, form(1, 9)))).is_empty());
    let query = query_of(&tick(&mut gateway, 21));
    let refusal = answer_to(ReportKind::ReplaceRejected, form(1, 9));
    assert!(kinds(&hear(&mut gateway, 22, refusal)).is_empty());
    let open = hear(&mut gateway, 23, open_as(query, form(2, 3)));
    assert_eq!(open.requests, [Request::Replace(again)], "it is asked for until it is answered");
    assert_eq!(
        kinds(&hear(&mut gateway, 24, answer_to(ReportKind::Replaced, again))),
        ["replaced"]
    );
    assert!(gateway.is_settled());
}

#[test]
fn exe_04_a_refused_amendment_is_refused_when_a_later_query_shows_another_form_in_force() {
    let refused = |in_force: Replacement| {
        let mut gateway = resting();
        command(&mut gateway, 10, Command::Replace(form(1, 9)));
        let late = query_of(&tick(&mut gateway, 510));
        let refusal = answer_to(ReportKind::ReplaceRejected, form(1, 9));
        assert!(kinds(&hear(&mut gateway, 520, refusal)).is_empty());
        // What was asked before the refusal may have been answered before a copy was taken.
        assert!(hear(&mut gateway, 530, open_as(late, form(0, 5))).inputs.is_empty());
        let query = query_of(&tick(&mut gateway, 530));
        let told = hear(&mut gateway, 540, open_as(query, in_force));
        assert!(gateway.is_settled() && told.requests.is_empty(), "{told:?}");
        kinds(&told)
    };
    assert_eq!(refused(form(0, 5)), ["replace_rejected"]);
    assert_eq!(refused(form(1, 9)), ["replaced"], "another copy was taken");
}

#[test]
fn exe_04_a_query_that_was_asked_before_an_amendment_was_answered_tells_nothing_about_it() {
    let mut gateway = resting();
    command(&mut gateway, 10, Command::Replace(form(1, 9)));
    let stale = query_of(&tick(&mut gateway, 510));
    assert_eq!(
        kinds(&hear(&mut gateway, 520, answer_to(ReportKind::Replaced, form(1, 9)))),
        ["replaced"]
    );
    assert!(hear(&mut gateway, 530, open_as(stale, form(0, 5))).inputs.is_empty());
    let query = query_of(&tick(&mut gateway, 530));
    assert!(hear(&mut gateway, 540, open_as(query, form(1, 9))).inputs.is_empty());
    assert!(gateway.is_settled());
}
