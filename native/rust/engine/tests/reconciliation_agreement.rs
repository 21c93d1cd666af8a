//! Whatever diverges between engine and venue, after the decisions they agree.

mod desk;
mod random_run;
mod venue_bench;

use holdfast_core::{
    Amount, ClientOrderId, InstrumentId, Quantity, Side, Timestamp, Trade, TradingMode,
};
use holdfast_engine::reconciliation::{DecisionKind, ItemId};
use holdfast_engine::venue_snapshot::{
    VenueFill, VenueOrder, VenueOrderStatus, VenuePosition, VenueSnapshot,
};
use holdfast_engine::{Command, Engine, Input, PositionMode};
use proptest::prelude::*;
use random_run::{Driven, Player, Stream, acts, rich_config};
use venue_bench::*;

/// One way in which the venue's word departs from the engine's.
#[derive(Debug, Clone, Copy)]
struct Divergence {
    kind: u8,
    which: u8,
    number: i64,
    flag: bool,
}

fn divergences() -> impl Strategy<Value = Vec<Divergence>> {
    let one = (0_u8..10, any::<u8>(), 1_i64..30, any::<bool>())
        .prop_map(|(kind, which, number, flag)| Divergence { kind, which, number, flag });
    prop::collection::vec(one, 1..8)
}

fn moved(told: &mut VenueSnapshot, instrument: InstrumentId, is_short: bool, by: i64) {
    let found = told
        .positions
        .iter_mut()
        .find(|each| (each.instrument, each.is_short) == (instrument, is_short));
    match found {
        Some(position) => position.lots = lots(position.lots.lots() + by),
        None => told.positions.push(VenuePosition {
            instrument,
            is_short,
            lots: lots(by),
            average_price: Some(px(1_000)),
        }),
    }
    told.positions
        .retain(|each| each.lots != Quantity::ZERO && (!each.is_short || each.lots.lots() < 0));
}

fn diverge(engine: &Engine, told: &mut VenueSnapshot, at: usize, how: &Divergence) {
    let instrument = InstrumentId(u32::from(how.which) % 3);
    let hedging = engine.position_mode() == PositionMode::Hedging;
    let open = told.orders.len();
    let place = how.which as usize % open.max(1);
    let side = if how.flag { Side::Buy } else { Side::Sell };
    let foreign = VenueOrder {
        venue_order_id: format!("D{at}"),
        instrument,
        side,
        reduce_only: false,
        limit_price: Some(px(900 + how.number)),
        ..external(at as u32 + 1, how.number + 5)
    };
    match how.kind {
        0 if open > 0 => {
            told.orders.remove(place);
        }
        1 if open > 0 => {
            let order = &mut told.orders[place];
            order.quantity = lots(order.filled.lots() + how.number);
        }
        2 if open > 0 => {
            let order = &mut told.orders[place];
            order.limit_price = order.limit_price.map(|_| px(800 + how.number));
            order.trigger_price = order.trigger_price.map(|_| px(800 + how.number));
        }
        3 => {
            let quantity = 1 + how.number % 4;
            let order = VenueOrder { filled: lots(quantity), ..foreign };
            let leg = engine.position_mode().leg(side, false);
            let is_short = hedging && leg == holdfast_engine::exposure::Leg::Short;
            told.fills.push(VenueFill {
                moves_short: is_short,
                ..fill(9_000 + at as u64, &order, quantity, 1_000)
            });
            moved(told, instrument, is_short, side.signed(quantity));
            told.orders.push(order);
        }
        4 if open > 0 => {
            let statuses = [VenueOrderStatus::Canceled, VenueOrderStatus::Expired];
            told.orders[place].status = statuses[how.number as usize % 2];
        }
        5 if open > 0 => {
            let order = told.orders[place].clone();
            let leaves = order.quantity.lots() - order.filled.lots();
            if order.status == VenueOrderStatus::Open && leaves > 1 {
                let quantity = 1 + how.number % (leaves - 1);
                let leg = engine.position_mode().leg(order.side, order.reduce_only);
                let is_short = leg == holdfast_engine::exposure::Leg::Short;
                let made = fill(9_000 + at as u64, &order, quantity, 1_000 + how.number);
                told.fills.push(VenueFill { moves_short: is_short, ..made });
                told.orders[place].filled = lots(order.filled.lots() + quantity);
                moved(told, order.instrument, is_short, order.side.signed(quantity));
            }
        }
        6 => {
            let order = VenueOrder { status: VenueOrderStatus::Filled, ..foreign };
            let is_short = hedging && !how.flag;
            told.fills.push(VenueFill {
                moves_short: is_short,
                ..fill(9_000 + at as u64, &order, how.number, 1_000)
            });
            moved(told, instrument, is_short, side.signed(how.number));
        }
        7 => moved(told, instrument, false, side.signed(how.number)),
        8 => {
            let place = how.which as usize % told.balances.len();
            told.balances[place].cash = Amount::from_raw(i128::from(how.number) << 60);
        }
        _ => {
            let ended = (1..engine.next_client_order_id().0)
                .filter_map(|id| engine.order(ClientOrderId(id)))
                .filter(|order| order.state.base().is_end() && order.leaves() > Quantity::ZERO)
                .nth(how.which as usize % 3);
            if let Some(order) = ended {
                told.orders.push(VenueOrder {
                    venue_order_id: format!("E{at}"),
                    client_order_id: Some(order.intent.client_order_id),
                    instrument: order.intent.instrument,
                    side: order.intent.side,
                    order_type: order.intent.order_type,
                    reduce_only: order.intent.reduce_only,
                    quantity: order.quantity,
                    filled: order.cum_quantity,
                    limit_price: order.intent.limit_price,
                    trigger_price: order.intent.trigger_price,
                    terms: order.intent.terms,
                    ..external(at as u32, 1)
                });
            }
        }
    }
}

/// Each client id once, as `validate` wants it.
fn tidied(mut told: VenueSnapshot) -> VenueSnapshot {
    let mut seen = std::collections::BTreeSet::new();
    told.orders.retain(|order| order.client_order_id.is_none_or(|id| seen.insert(id)));
    for order in &mut told.orders {
        if order.filled > order.quantity {
            order.quantity = order.filled;
        }
        if order.filled == order.quantity && order.status == VenueOrderStatus::Open {
            order.status = VenueOrderStatus::Filled;
        }
    }
    told
}

fn reserved(engine: &Engine, id: InstrumentId, reduce_only: bool, side: Side) -> i64 {
    engine
        .open_orders()
        .map(|order| (&order.intent, order.reserved.lots()))
        .filter(|(intent, _)| {
            (intent.instrument, intent.reduce_only, intent.side) == (id, reduce_only, side)
        })
        .map(|(_, lots)| lots)
        .sum()
}

fn diverged(hedging: bool, run: &[random_run::Act], how: &[Divergence]) -> (Bench, VenueSnapshot) {
    let mut bench = Bench::new(&rich_config(hedging));
    Player::default().play(&mut bench, run);
    let ts = bench.engine.now();
    bench.take(&Input::ModeChanged { mode: TradingMode::Normal, reason: "", ts }).unwrap();
    for (index, price) in [1_000, 1_001, 1_002].into_iter().enumerate() {
        let trade = Trade {
            instrument: InstrumentId(index as u32),
            ts_event: ts,
            price: px(price),
            quantity: lots(1),
            aggressor_side: Side::Buy,
        };
        bench.take(&Input::Trade(trade)).unwrap();
    }
    let mut told = mirror(&bench.engine);
    for (at, each) in how.iter().enumerate() {
        diverge(&bench.engine, &mut told, at, each);
    }
    let told = tidied(told);
    (bench, told)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    /// Whatever diverges: once every item is decided, adopted where that is possible, a second look finds nothing, the mode is
    /// normal again, the positions are the venue's, and the journal gives the same state.
    #[test]
    fn ord_10_after_every_decision_engine_and_venue_agree(
        hedging in any::<bool>(), run in acts(50), how in divergences(),
    ) {
        let (mut bench, mut told) = diverged(hedging, &run, &how);
        let mut items = bench.compare(&told);
        prop_assert_eq!(bench.engine.mode() == TradingMode::Reduced, !items.is_empty());
        let mut ignored = 0;
        for _ in 0..200 {
            let Some((id, difference)) = items.first().cloned() else { break };
            prop_assert_eq!(bench.engine.mode(), TradingMode::Reduced);
            let adopts = bench.engine.decisions(&difference).contains(&DecisionKind::Adopt);
            let kind = if adopts { DecisionKind::Adopt } else { DecisionKind::Ignore };
            ignored += u32::from(!adopts);
            bench.decide(id, kind, "seen").unwrap();
            items = bench.items();
        }
        prop_assert_eq!(&items, &[]);
        prop_assert_eq!(bench.engine.mode(), TradingMode::Normal);
        for (index, state) in bench.engine.instruments().iter().enumerate() {
            let id = InstrumentId(index as u32);
            let case = &state.case;
            prop_assert_eq!(
                (case.open_buy, case.open_sell, case.reduce_buy, case.reduce_sell),
                (
                    reserved(&bench.engine, id, false, Side::Buy), reserved(&bench.engine, id, false, Side::Sell),
                    reserved(&bench.engine, id, true, Side::Buy), reserved(&bench.engine, id, true, Side::Sell),
                ),
            );
            let there = |is_short: bool| told.positions.iter()
                .find(|each| (each.instrument, each.is_short) == (id, is_short))
                .map_or(0, |each| each.lots.lots());
            if ignored == 0 {
                prop_assert_eq!(state.position.lots().lots(), there(false));
                prop_assert_eq!(state.short.lots().lots(), there(true));
            }
        }
        told.ts_event = Timestamp(told.ts_event.0 + 1);
        if ignored == 0 {
            prop_assert_eq!(bench.compare(&told), []);
        }
        bench.replays();
    }

    /// An engine that was restarted finds the same items, and flattening never leaves more than what the gate lets pass.
    #[test]
    fn ord_10_items_are_the_same_after_a_restart_and_flattening_only_reduces(
        hedging in any::<bool>(), run in acts(40), how in divergences(),
    ) {
        let (mut bench, told) = diverged(hedging, &run, &how);
        let mut restarted = Engine::new(&rich_config(hedging)).unwrap();
        restarted.take_image(&bench.engine.image()).unwrap();
        let found: Vec<ItemId> = bench.compare(&told).into_iter().map(|(id, _)| id).collect();
        let mut commands = Vec::new();
        restarted.step(&Input::VenueState(&told), &mut Stream::default(), &mut commands).unwrap();
        prop_assert_eq!(restarted.open_items().map(|item| item.id).collect::<Vec<_>>(), found);
        prop_assert_eq!(restarted.image(), bench.engine.image());

        for _ in 0..200 {
            let Some((id, difference)) = bench.items().first().cloned() else { break };
            let kind = bench.engine.decisions(&difference)[..].iter().copied()
                .find(|kind| *kind == DecisionKind::Flatten).unwrap_or(DecisionKind::Ignore);
            let sent = bench.commands.len();
            bench.decide(id, kind, "close it").unwrap();
            for command in &bench.commands[sent..] {
                if let Command::Place(order) = command {
                    prop_assert!(order.reduce_only, "{:?}", order);
                }
            }
        }
        prop_assert_eq!(bench.engine.mode(), TradingMode::Normal);
        bench.replays();
    }
}
