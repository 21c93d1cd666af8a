//! Kinds that the venue lacks, held by the engine: the same states, and fills one market event later.

mod support;

use holdfast_core::{
    Code, Contingency, Fraction, InstrumentId, OrderIntent, OrderTerms, OrderType, Price, Quantity,
    Side, TimeInForce, Timestamp, Trade, TrailingDistance,
};
use holdfast_engine::replay::replay;
use holdfast_engine::{JournalReader, JournalWriter, SyncPolicy};
use holdfast_sim::{Session, SessionConfig};
use proptest::prelude::*;
use support::*;

const WAITING: [&str; 5] =
    ["stop_market", "stop_limit", "take_profit_market", "take_profit_limit", "trailing_stop"];

fn emulating() -> SessionConfig {
    let mut config = config();
    config.engine.emulated_order_types = WAITING.map(str::to_string).to_vec();
    config
}

fn waiting(kind: OrderType, side: Side, trigger: i64, limit: i64) -> OrderIntent {
    let distance = TrailingDistance::Ticks(50);
    OrderIntent {
        order_type: kind,
        trigger_price: kind.has_trigger().then_some(Price::from_ticks(trigger)),
        limit_price: kind.has_limit().then_some(Price::from_ticks(limit)),
        terms: OrderTerms {
            trailing: (kind == OrderType::TrailingStop).then_some(distance),
            ..OrderTerms::default()
        },
        ..market(side, 1)
    }
}

/// States of the only order after each trade, and what it fills at; trades follow one another at these prices.
fn states(
    config: &SessionConfig,
    order: OrderIntent,
    path: &[i64],
) -> (Vec<&'static str>, Vec<i64>) {
    let mut session = open(config);
    let trade = |session: &mut Session, ns: i64, ticks: i64| {
        let trade = Trade {
            instrument: InstrumentId(0),
            ts_event: Timestamp(ns),
            price: Price::from_ticks(ticks),
            quantity: Quantity::from_lots(100),
            aggressor_side: Side::Buy,
        };
        session.on_trade(&trade).unwrap();
    };
    trade(&mut session, 0, 10_000);
    session.submit(order).unwrap();
    let mut seen = Vec::new();
    for (index, ticks) in path.iter().enumerate() {
        trade(&mut session, index as i64 + 1, *ticks);
        let state = session.engine().open_orders().next().map(|order| order.state.base().name());
        let state = state.unwrap_or("filled");
        if seen.last() != Some(&state) {
            seen.push(state);
        }
    }
    (seen, prices(&mut session).into_iter().map(|(price, _)| price).collect())
}

#[test]
fn ord_06_a_held_order_shows_the_states_of_one_that_the_venue_has() {
    let cases = [
        (waiting(OrderType::StopMarket, Side::Sell, 9_950, 0), vec![9_960, 9_950, 9_940]),
        (waiting(OrderType::TakeProfitMarket, Side::Sell, 10_050, 0), vec![10_040, 10_050, 10_060]),
        (waiting(OrderType::TrailingStop, Side::Sell, 0, 0), vec![10_100, 10_051, 10_050, 10_040]),
        (waiting(OrderType::TrailingStop, Side::Buy, 0, 0), vec![9_900, 9_949, 9_950, 9_960]),
        (waiting(OrderType::StopLimit, Side::Buy, 10_050, 10_070), vec![10_040, 10_055, 10_060]),
        (waiting(OrderType::TakeProfitLimit, Side::Buy, 9_950, 9_955), vec![9_960, 9_950, 9_940]),
    ];
    for (order, path) in cases {
        let (at_venue, filled) = states(&config(), order, &path);
        let (held, filled_later) = states(&emulating(), order, &path);
        assert_eq!(at_venue, ["accepted", "filled"], "{:?}", order.order_type);
        assert_eq!(held, ["accepted", "triggered", "filled"], "{:?}", order.order_type);
        assert_eq!(filled, [path[path.len() - 2]]);
        assert_eq!(filled_later, [path[path.len() - 1]], "one event later, when it has arrived");
    }
}

#[test]
fn ord_06_a_held_order_is_cancelled_and_expires_here() {
    let mut session = open(&emulating());
    session.on_bar(&flat_bar(0, 10_000)).unwrap();
    let stop = waiting(OrderType::StopMarket, Side::Sell, 9_900, 0);
    let id = session.submit(stop).unwrap().client_order_id;
    session.cancel(id).unwrap();
    let day = OrderIntent { time_in_force: TimeInForce::Day, ..stop };
    session.submit(day).unwrap();
    let terms = OrderTerms { expires: Some(Timestamp(3 * DAY_NS)), ..OrderTerms::default() };
    session.submit(OrderIntent { time_in_force: TimeInForce::Gtd, terms, ..stop }).unwrap();
    session.on_bar(&flat_bar(1, 10_000)).unwrap();
    assert_eq!(session.engine().open_order_count(), 2);
    session.on_bar(&flat_bar(2, 10_000)).unwrap();
    assert_eq!(session.engine().open_order_count(), 1, "its day is over");
    session.on_bar(&flat_bar(3, 9_000)).unwrap();
    let counts = session.engine().counts();
    assert_eq!((counts.canceled, counts.expired, counts.fills), (1, 2, 0));
    assert_eq!(session.engine().instruments()[0].case.open_sell, 0);
}

#[test]
fn ord_06_a_bar_meets_a_held_trailing_stop_at_its_adverse_price_first() {
    let run = |bars: &[[i64; 4]]| {
        let mut session = open(&emulating());
        session.on_bar(&flat_bar(0, 10_000)).unwrap();
        session.submit(waiting(OrderType::TrailingStop, Side::Sell, 0, 0)).unwrap();
        for (day, prices) in bars.iter().enumerate() {
            session.on_bar(&bar(day as i64 + 1, *prices, 1_000)).unwrap();
        }
        prices(&mut session)
    };
    let next = [9_800, 9_800, 9_800, 9_800];
    assert_eq!(run(&[[10_000, 10_200, 9_950, 10_190], next]), [(9_800, 1)]);
    assert_eq!(run(&[[10_000, 10_200, 9_951, 10_150], next]), [(9_800, 1)], "the close came back");
    assert_eq!(run(&[[10_000, 10_200, 9_951, 10_151], [10_160; 4]]), []);
}

#[test]
fn ord_13_a_held_stop_protects_and_shrinks_with_its_target() {
    let mut config = emulating();
    config.assumptions.participation_frac_max = "0.1".into();
    let mut session = open(&config);
    session.on_bar(&flat_bar(0, 10_000)).unwrap();
    let entry = OrderIntent {
        stop_loss: Some(Price::from_ticks(9_500)),
        take_profit: Some(Price::from_ticks(10_500)),
        ..market(Side::Buy, 100)
    };
    session.submit(entry).unwrap();
    session.on_bar(&flat_bar(1, 10_000)).unwrap();
    session.on_bar(&bar(2, [10_000, 10_600, 9_900, 10_400], 300)).unwrap();
    let open_lots: Vec<i64> =
        session.engine().open_orders().map(|order| order.quantity.lots()).collect();
    assert_eq!((position(&session), open_lots), (70, vec![70, 100]), "the stop is held here");
    session.on_bar(&bar(3, [10_000, 10_000, 9_400, 9_450], 1_000)).unwrap();
    session.on_bar(&flat_bar(4, 9_400)).unwrap();
    assert_eq!((position(&session), session.engine().open_order_count()), (0, 0));
    let pair = [
        waiting(OrderType::StopMarket, Side::Buy, 9_500, 0),
        waiting(OrderType::StopMarket, Side::Sell, 9_300, 0),
    ];
    session.submit_list(Contingency::Oco, &pair).unwrap();
    session.on_bar(&bar(5, [9_400, 9_550, 9_390, 9_520], 1_000)).unwrap();
    session.on_bar(&flat_bar(6, 9_520)).unwrap();
    assert_eq!((position(&session), session.engine().open_order_count()), (1, 0));
}

#[test]
fn only_kinds_that_wait_can_be_emulated() {
    for name in ["limit", "stop", "market_to_limit"] {
        let mut config = config();
        config.engine.emulated_order_types = vec![name.into()];
        let opened = Session::open(&config, None).map(|_| ()).map_err(|e| e.code());
        assert_eq!(opened, Err(Code::ConfigInvalid), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// Whatever is held, cancelled, triggered or paired: the journal replays to the same state, and what is reserved is what
    /// may still fill.
    #[test]
    fn ord_06_sessions_with_held_orders_replay(
        steps in prop::collection::vec((0_u8..7, any::<bool>(), 1_i64..40, -300_i64..300), 1..40),
    ) {
        let folder = std::env::temp_dir().join(format!("holdfast-held-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let journal = JournalWriter::create(&folder, SyncPolicy::Os).unwrap();
        let mut config = emulating();
        config.assumptions.participation_frac_max = "0.02".into();
        let mut session = open_with_journal(&config, journal);
        let mut last = 10_000_i64;
        session.on_bar(&flat_bar(0, last)).unwrap();
        for (day, (kind, buys, lots, offset)) in steps.iter().enumerate() {
            let side = if *buys { Side::Buy } else { Side::Sell };
            let order_type = OrderType::from_number([2, 3, 4, 5, 6, 2, 6][*kind as usize]).unwrap();
            let share = TrailingDistance::Share(Fraction::from_millionths(offset.abs() * 100 + 1));
            let order = OrderIntent {
                quantity: Quantity::from_lots(*lots),
                ..waiting(order_type, side, last + offset, last + offset / 2)
            };
            match kind {
                5 => {
                    let pair = [order, waiting(OrderType::StopLimit, side.opposite(), last, last)];
                    session.submit_list(Contingency::Ouo, &pair).unwrap();
                }
                6 => {
                    let terms = OrderTerms { trailing: Some(share), ..order.terms };
                    session.submit(OrderIntent { terms, ..order }).unwrap();
                    let first = session.engine().open_orders().next();
                    let id = first.map(|order| order.intent.client_order_id).unwrap();
                    session.cancel(id).unwrap();
                }
                _ => {
                    session.submit(order).unwrap();
                }
            }
            let open = last;
            last += offset / 3;
            let (high, low) = (open.max(last) + lots, open.min(last) - lots);
            session.on_bar(&bar(day as i64 + 1, [open, high, low, last], 1_000)).unwrap();
        }
        let case = session.engine().instruments()[0].case;
        for (side, reserved) in [(Side::Buy, case.open_buy), (Side::Sell, case.open_sell)] {
            let open: i64 = session.engine().open_orders()
                .filter(|order| order.intent.side == side)
                .map(|order| order.leaves().lots())
                .sum();
            prop_assert_eq!(reserved, open);
        }
        let closed = session.close().unwrap();
        let replayed = replay(&JournalReader::open(&folder).unwrap()).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        prop_assert_eq!(replayed.state_hash, closed.snapshot.state_hash);
    }
}
