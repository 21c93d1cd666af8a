//! Answers to amendments that are late, repeated or about another one, and an order that lives again with one unanswered.

mod support;

use holdfast_core::{
    Amendment, BaseState, ClientOrderId, Code, Overlays, Quantity, ReportKind, Side, Timestamp,
    VenueReport,
};
use holdfast_engine::{Command, Input};
use support::desk::Desk;
use support::*;

fn answer(desk: &mut Desk, id: u64, kind: ReportKind, number: u32, lots: i64) {
    let report = VenueReport {
        last_quantity: Quantity::from_lots(lots),
        amendment: Some(number),
        ..desk.told(id, kind)
    };
    desk.hear(report).unwrap();
}

#[test]
fn ord_02_an_answer_that_names_another_amendment_changes_nothing() {
    use ReportKind::{ReplaceRejected, Replaced};
    let mut desk = Desk::new();
    let id = desk.rest(limit(Side::Buy, 10, 9_900));
    desk.amend(id, Some(20), None).unwrap();
    answer(&mut desk, id, Replaced, 1, 20);
    desk.amend(id, Some(5), None).unwrap();
    answer(&mut desk, id, Replaced, 2, 5);
    desk.amend(id, Some(20), None).unwrap();
    let asked: Vec<(u32, u32)> = desk
        .commands
        .iter()
        .filter_map(|command| match command {
            Command::Replace(asked) => Some((asked.number, asked.follows)),
            _ => None,
        })
        .collect();
    assert_eq!(asked, [(1, 0), (2, 1), (3, 2)], "each names itself and the one before it");
    for kind in [Replaced, ReplaceRejected] {
        answer(&mut desk, id, kind, 1, 20);
        assert_eq!(desk.state(id), Some((BaseState::Accepted, Overlays::PENDING_REPLACE)));
        assert_eq!((desk.case(), desk.order(id).unwrap().quantity.lots()), ((0, 20, 0), 5));
    }
    answer(&mut desk, id, Replaced, 3, 20);
    assert_eq!(desk.state(id), Some((BaseState::Accepted, Overlays::NONE)));
    answer(&mut desk, id, Replaced, 2, 5);
    assert_eq!(desk.case(), (0, 20, 0), "a smaller quantity that is past takes nothing away");
    // A number that was refused is used up, and the form in force stays the one that is followed.
    desk.amend(id, Some(30), None).unwrap();
    answer(&mut desk, id, ReplaceRejected, 4, 30);
    desk.amend(id, Some(30), None).unwrap();
    let Some(Command::Replace(last)) = desk.commands.last() else { panic!("one is asked for") };
    assert_eq!((last.number, last.follows), (5, 3));
}

#[test]
fn ord_02_an_order_that_lives_again_reserves_what_was_asked_for_until_the_venue_tells_what_is_in_force()
 {
    let revived = |fills: bool| {
        let mut desk = Desk::new();
        let id = desk.submit(limit(Side::Buy, 10, 9_900));
        desk.amend(id, Some(25), None).unwrap();
        desk.report(id, ReportKind::Rejected).unwrap();
        assert_eq!(desk.case(), (0, 0, 0));
        if fills {
            desk.fill(id, 1, 10).unwrap();
        } else {
            desk.report(id, ReportKind::Accepted).unwrap();
        }
        (desk, id)
    };
    let told = |desk: &mut Desk, id: u64| {
        let last_quantity = Quantity::from_lots(10);
        let report = VenueReport { last_quantity, ..desk.told(id, ReportKind::Accepted) };
        desk.hear(report).unwrap();
    };
    let (mut desk, id) = revived(false);
    assert_eq!(desk.case(), (0, 25, 0), "the amendment may have been taken");
    told(&mut desk, id);
    assert_eq!((desk.case(), desk.order(id).unwrap().pending), ((0, 10, 0), None));
    let (mut desk, id) = revived(true);
    assert_eq!(desk.case(), (10, 15, 0));
    told(&mut desk, id);
    assert_eq!((desk.case(), desk.state(id)), ((10, 0, 0), None), "all of it has filled");
}

#[test]
fn nat_28_an_input_that_is_refused_without_a_record_leaves_the_clock_where_it_was() {
    let mut desk = Desk::new();
    let id = desk.rest(limit(Side::Buy, 10, 9_900));
    desk.amend(id, Some(20), None).unwrap();
    let (before, now) = (desk.engine.state_hash(), desk.now());
    let later = Timestamp(now.0 + 5);
    let refused = [
        Input::Amend(Amendment {
            client_order_id: ClientOrderId(id),
            quantity: Some(Quantity::from_lots(30)),
            limit_price: None,
            trigger_price: None,
            ts: later,
        }),
        Input::Cancel { client_order_id: ClientOrderId(id + 1), ts: later },
        Input::LoseTrack { client_order_id: ClientOrderId(id + 1), ts: later },
    ];
    let codes = refused.map(|input| desk.step(&input).map_err(|error| error.code()).unwrap_err());
    assert_eq!(codes, [Code::OrderTransitionIllegal, Code::OrderUnknown, Code::OrderUnknown]);
    assert_eq!((desk.engine.state_hash(), desk.now()), (before, now));
}
