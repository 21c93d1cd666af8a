//! A desk whose driver sends the orders itself: a check leaves no trace, what is allowed is handed over once, exits never turn
//! a position over.

mod desk;

use desk::{config, spec};
use holdfast_core::{
    Amendment, ClientOrderId, Code, InstrumentId, InstrumentKind, OrderIntent, Price, Quantity,
    Quote, ReportKind, Side, Timestamp, TradingMode, VenueReport,
};
use holdfast_engine::{AccountSpec, Command, Desk, DeskConfig};
use holdfast_risk::GateSignal;
use proptest::prelude::*;

fn intent(side: Side, lots: i64) -> OrderIntent {
    OrderIntent::limit(InstrumentId(0), side, Quantity::from_lots(lots), Price::from_ticks(100_000))
}

fn quote(at: i64) -> Quote {
    let lots = Quantity::ZERO;
    let price = Price::from_ticks(100_000);
    let (instrument, ts_event) = (InstrumentId(0), Timestamp(at));
    Quote { instrument, ts_event, bid: price, bid_quantity: lots, ask: price, ask_quantity: lots }
}

fn open() -> Desk {
    let mut engine = config(vec![spec(InstrumentKind::Spot)], "1000000", AccountSpec::default());
    engine.orders.venue_protects = true;
    let about = serde_json::Value::Null;
    let mut desk = Desk::open(
        &DeskConfig { engine, about, fuse: holdfast_risk::fuse::FuseSpec::unlimited() },
        None,
    )
    .unwrap();
    desk.on_quote(&quote(1)).unwrap();
    desk
}

fn fill(desk: &mut Desk, id: ClientOrderId, trade: u64, lots: i64, at: i64) {
    let mut report = VenueReport::without_fill(id, ReportKind::Fill, Timestamp(at));
    report.trade_id = holdfast_core::TradeId(trade);
    report.last_price = Price::from_ticks(100_000);
    report.last_quantity = Quantity::from_lots(lots);
    desk.report(&report).unwrap();
}

#[test]
fn a_check_leaves_no_trace_and_says_what_a_submission_would() {
    let mut desk = open();
    let (before, order) = (desk.engine().image(), intent(Side::Buy, 1_000));
    let checked = desk.check(&order, Timestamp(5)).unwrap();
    assert_eq!(desk.engine().image(), before);
    desk.recycle(checked.clone());
    assert_eq!(desk.submit_for_caller(order, Timestamp(5)).unwrap(), checked);
    assert_ne!(desk.engine().image(), before);
    let back = desk.check(&order, Timestamp(4)).map_err(|error| error.code());
    assert_eq!(back, Err(Code::EventInvalid));
    let wrong = OrderIntent { quantity: Quantity::ZERO, ..order };
    let none = desk.check(&wrong, Timestamp(6)).map_err(|error| error.code());
    assert_eq!(none, Err(Code::OrderInvalid));
    assert_eq!(desk.engine().now(), Timestamp(5));
}

#[test]
fn what_the_caller_sends_is_asked_of_nobody_else() {
    let mut desk = open();
    let order =
        OrderIntent { stop_loss: Some(Price::from_ticks(90_000)), ..intent(Side::Buy, 1_000) };
    let id = desk.submit_for_caller(order, Timestamp(2)).unwrap().client_order_id;
    let amendment = Amendment {
        client_order_id: id,
        quantity: Some(Quantity::from_lots(900)),
        limit_price: None,
        trigger_price: None,
        ts: Timestamp(0),
    };
    assert!(desk.amend_for_caller(amendment, Timestamp(3)).unwrap().approved());
    desk.cancel_for_caller(id, Timestamp(4)).unwrap();
    assert_eq!(desk.waiting(), 0);
    fill(&mut desk, id, 1, 500, 5);
    assert_eq!((desk.waiting(), desk.engine().open_order_count()), (0, 1), "no stop is placed");
    desk.lose_track(id, Timestamp(6)).unwrap();
    let mut left = Vec::new();
    desk.drain(8, |_, command| left.push(*command)).unwrap();
    assert_eq!(left, [Command::Query(id)], "what the engine wants itself stays");
}

#[test]
fn a_signal_reaches_the_gate() {
    let mut desk = open();
    let halted = GateSignal::Halted { instrument: InstrumentId(0), halted: true };
    desk.signal(halted, Timestamp(2)).unwrap();
    assert!(!desk.check(&intent(Side::Buy, 1), Timestamp(3)).unwrap().approved());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn risk_reductions_together_never_take_more_than_the_position(
        held in prop_oneof![-50_i64..0, 1_i64..50],
        steps in prop::collection::vec((0_i64..30, any::<bool>(), 0_u8..3), 1..12),
    ) {
        let mut desk = open();
        let side = if held > 0 { Side::Buy } else { Side::Sell };
        let entry = desk.submit_for_caller(intent(side, held.abs()), Timestamp(2)).unwrap();
        fill(&mut desk, entry.client_order_id, 1, held.abs(), 3);
        let mode = [TradingMode::Normal, TradingMode::Paused, TradingMode::Reduced];
        let mut under_way = 0;
        for (step, (lots, ordinary, strictness)) in steps.into_iter().enumerate() {
            let now = Timestamp(10 + step as i64);
            desk.reset_mode(mode[usize::from(strictness)], "a test", now).unwrap();
            let asked = intent(Side::Buy, lots);
            if ordinary && lots > 0 {
                let exit = desk.submit_for_caller(intent(side.opposite(), lots), now).unwrap();
                under_way += if exit.approved() { lots } else { 0 };
                continue;
            }
            match desk.reduce(asked, now) {
                Ok(verdict) => {
                    prop_assert!(verdict.approved() && verdict.reducing);
                    let order = desk.engine().open_order(verdict.client_order_id).unwrap();
                    prop_assert_eq!(order.intent.side, side.opposite());
                    let cut = order.quantity.lots();
                    prop_assert!(cut > 0 && (lots == 0 || cut <= lots));
                    under_way += cut;
                    prop_assert!(under_way <= held.abs(), "{} of {}", under_way, held);
                }
                Err(error) => {
                    prop_assert_eq!(error.code(), Code::NothingToReduce);
                    prop_assert!(under_way >= held.abs());
                }
            }
        }
    }
}
