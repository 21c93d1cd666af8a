//! What an actor does whose part of the account is lost, beside one engine over the whole account.

mod actor_floor;

use actor_floor::{EPOCH, Log, account};
use holdfast_core::venue_report::LiquiditySide;
use holdfast_core::{
    Amount, ClientOrderId, InstrumentId, OrderIntent, Price, Quantity, ReportKind, Side, Timestamp,
    Trade, TradeId, VenueReport,
};
use holdfast_engine::{ActorOptions, ActorPlan, ActorSpec, Actors, Input};

fn trade(id: u32, ticks: i64, ts: i64) -> Input<'static> {
    Input::Trade(Trade {
        instrument: InstrumentId(id),
        ts_event: Timestamp(ts),
        price: Price::from_ticks(ticks),
        quantity: Quantity::from_lots(1),
        aggressor_side: Side::Buy,
    })
}

/// A market order; one that sells only reduces.
fn order(id: u32, side: Side, lots: i64, ts: i64) -> Input<'static> {
    Input::Submit(OrderIntent {
        reduce_only: side == Side::Sell,
        ts_intent: Timestamp(ts),
        ..OrderIntent::market(InstrumentId(id), side, Quantity::from_lots(lots))
    })
}

/// What was bought at 100 stands at 60.
fn inputs(epoch: u32) -> [Input<'static>; 8] {
    let bought = ClientOrderId::compose(epoch, 1).unwrap();
    let fill = VenueReport {
        trade_id: TradeId(1),
        last_price: Price::from_ticks(10_000),
        last_quantity: Quantity::from_lots(30),
        liquidity_side: LiquiditySide::Taker,
        ..VenueReport::without_fill(bought, ReportKind::Fill, Timestamp(4))
    };
    [
        trade(0, 10_000, 1),
        trade(1, 10_000, 2),
        order(1, Side::Buy, 30, 3),
        Input::Report(fill),
        trade(1, 6_000, 5),
        order(1, Side::Buy, 1, 6),
        order(0, Side::Buy, 1, 7),
        order(1, Side::Sell, 30, 8),
    ]
}

/// Returns the equity of each actor before the end, and which of its orders passed.
fn played(specs: &[ActorSpec], epoch: u32) -> Vec<(Amount, Vec<bool>)> {
    let plan = ActorPlan::new(&account(2, 40_000, false), specs).unwrap();
    let ports = vec![Log::default(); specs.len()];
    let options = ActorOptions { workers: 2, ..ActorOptions::default() };
    let mut actors = Actors::open(plan, ports, options).unwrap();
    for input in inputs(epoch) {
        actors.send(input).unwrap();
    }
    let figures = actors.figures().unwrap().actors;
    let passed = actors.finish().unwrap().into_iter().map(|actor| {
        let steps = actor.port().steps.iter();
        steps.filter_map(|step| step.split_once(' ')?.0.parse().ok()).collect()
    });
    figures.iter().map(|each| each.equity).zip(passed).collect()
}

#[test]
fn ord_09_an_actor_whose_budget_is_lost_only_reduces_though_the_account_has_equity() {
    let whole = [ActorSpec { instruments: vec![0, 1], budget: "40000".into() }];
    let amount = |text: &str| Amount::parse(text).unwrap();
    assert_eq!(played(&whole, EPOCH), [(amount("38800"), vec![true; 4])]);
    let parts = [
        ActorSpec { instruments: vec![0], budget: "39000".into() },
        ActorSpec { instruments: vec![1], budget: "1000".into() },
    ];
    let expected = [(amount("39000"), vec![true]), (amount("-200"), vec![true, false, true])];
    assert_eq!(played(&parts, EPOCH + 1), expected);
}
