//! The real engine walks along random ways through the model, and must stand where the model's order stands.

use crate::local::{Local, Report};
use crate::world::{Met, ORDERED, World};
use holdfast_core::{
    Amount, Bar, ClientOrderId, InstrumentId, OrderEvent, OrderIntent, Price, Quantity, ReportKind,
    Side, Timestamp, TradeId, VenueReport,
};
use holdfast_engine::sink::NoSink;
use holdfast_engine::{Engine, EngineConfig, Input};
use proptest::prelude::*;

const ID: ClientOrderId = ClientOrderId(1);
const NOW: Timestamp = Timestamp(1_000);

fn engine() -> Engine {
    let word = "unlimited";
    let config: EngineConfig = serde_json::from_value(serde_json::json!({
        "instruments": [{
            "symbol": "TEST", "venue": "SIM", "base_currency": "TEST", "quote_currency": "USD",
            "settlement_currency": "USD", "tick_size": "0.01", "lot_size": "1", "contract_multiplier": "1",
            "min_quantity": null, "max_quantity": null, "min_notional": null, "max_notional": null,
            "percent_price_frac": null, "perpetual": false
        }],
        "limits": {
            "order_qty_max": word, "order_notional_quote_max": word, "position_frac_max": word,
            "gross_exposure_frac_max": word, "price_band_frac_max": word, "orders_per_minute_max": word,
            "daily_trades_max": word, "daily_loss_frac_max": word, "drawdown_frac_max": word,
            "stop_loss_required": false, "price_age_ms_max": word
        },
        "start_cash": "1000", "max_open_orders": 4
    }))
    .unwrap();
    Engine::new(&config).unwrap()
}

fn step(engine: &mut Engine, input: &Input<'_>) {
    engine.step(input, &mut NoSink, &mut Vec::new()).unwrap();
}

fn sent() -> Engine {
    let mut engine = engine();
    let price = Price::from_ticks(100);
    step(
        &mut engine,
        &Input::Bar(Bar {
            instrument: InstrumentId(0),
            ts_open: Timestamp(0),
            ts_close: NOW,
            open: price,
            high: price,
            low: price,
            close: price,
            volume: Quantity::from_lots(1),
        }),
    );
    step(
        &mut engine,
        &Input::Submit(OrderIntent {
            client_order_id: ID,
            terms: holdfast_core::OrderTerms::default(),
            ts_intent: NOW,
            ..OrderIntent::limit(
                InstrumentId(0),
                Side::Buy,
                Quantity::from_lots(i64::from(ORDERED)),
                price,
            )
        }),
    );
    engine
}

fn told(report: Report) -> VenueReport {
    let plain = |kind| VenueReport::without_fill(ID, kind, NOW);
    let with = |kind, lots: u8| VenueReport {
        last_quantity: Quantity::from_lots(i64::from(lots)),
        ..plain(kind)
    };
    match report {
        Report::Accepted => plain(ReportKind::Accepted),
        Report::Rejected => plain(ReportKind::Rejected),
        Report::Fill(trade) => VenueReport {
            trade_id: TradeId(u64::from(trade) + 1),
            last_price: Price::from_ticks(100),
            fee: Amount::ZERO,
            ..with(ReportKind::Fill, 1)
        },
        Report::Canceled(filled) => with(ReportKind::Canceled, filled),
        Report::Expired(filled) => with(ReportKind::Expired, filled),
        Report::Replaced(quantity) => with(ReportKind::Replaced, quantity),
        Report::CancelRejected => plain(ReportKind::CancelRejected),
        Report::ReplaceRejected(quantity) => with(ReportKind::ReplaceRejected, quantity),
        Report::Unknown => plain(ReportKind::Unknown),
    }
}

fn compare(engine: &Engine, local: &Local) {
    let state = &engine.instruments()[0];
    let lots = i64::from(local.filled());
    assert_eq!(state.position.lots().lots(), lots, "fills of {local:?}");
    assert_eq!(state.case.open_buy, i64::from(local.reserved), "reservation of {local:?}");
    let open = engine.open_orders().next();
    assert_eq!(open.is_none(), local.base.is_end(), "end of {local:?}");
    if let Some(order) = open {
        let (base, overlays, _) = order.state.load();
        assert_eq!((base, overlays.bits()), (local.base, local.overlays));
        assert_eq!(order.cum_quantity.lots(), lots);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn ord_02_the_engine_stands_where_the_model_stands(choices in prop::collection::vec(any::<u16>(), 1..60)) {
        let (mut engine, mut world) = (sent(), World::first());
        compare(&engine, &world.local);
        for choice in choices {
            let mut steps = world.steps();
            // The engine has no request for an amendment of its own; the model alone covers those.
            steps.retain(|(_, met, _)| *met != Met::Request(OrderEvent::RequestReplace));
            let (_, met, after) = steps[usize::from(choice) % steps.len()];
            match met {
                Met::Nothing => {}
                Met::Report(report) => step(&mut engine, &Input::Report(told(report))),
                Met::Request(OrderEvent::RequestCancel) => {
                    step(&mut engine, &Input::Cancel { client_order_id: ID, ts: NOW });
                }
                Met::Request(_) => {
                    step(&mut engine, &Input::LoseTrack { client_order_id: ID, ts: NOW });
                }
            }
            world = after;
            compare(&engine, &world.local);
        }
    }
}
