//! Orders that are judged together have the answers that they have one by one: random accounts, random orders.

use holdfast_core::journal_record::RecordKind;
use holdfast_core::wire::Encode;
use holdfast_core::{
    Amount, InstrumentId, OrderIntent, OrderType, Price, Quantity, Quote, ReportKind, Result, Side,
    Timestamp, TradeId, VenueReport,
};
use holdfast_engine::candidates::{
    CandidateMemory, Candidates, NONE, REDUCES_ONLY, REFUSED, SELLS,
};
use holdfast_engine::{Engine, EngineConfig, Input, Sink};
use holdfast_risk::{COMPARED, Control, GateSignal};
use proptest::prelude::*;
use serde_json::{Value, json};

const MS: i64 = 1_000_000;

/// Keeps nothing.
struct Nothing;

impl Sink for Nothing {
    fn record(&mut self, _: RecordKind, _: Timestamp, _: &(impl Encode + ?Sized)) -> Result<()> {
        Ok(())
    }
}

fn spec(symbol: &str, more: &Value) -> Value {
    let mut spec = json!({
        "symbol": symbol, "venue": "SIM", "base_currency": symbol, "quote_currency": "USD",
        "settlement_currency": "USD", "tick_size": "0.01", "lot_size": "0.1", "contract_multiplier": "1",
        "min_quantity": null, "max_quantity": null, "min_notional": null, "max_notional": null,
        "percent_price_frac": null, "perpetual": false,
    });
    for (key, value) in more.as_object().unwrap() {
        spec[key] = value.clone();
    }
    spec
}

/// Four instruments: two plain ones of one base currency, one with margin, one without a price of its own yet.
fn config(set: &[(&str, Value)]) -> EngineConfig {
    let mut limits = serde_json::to_value(holdfast_risk::LimitsSpec::unlimited()).unwrap();
    for (key, value) in set {
        limits[*key] = value.clone();
    }
    let margin = json!({ "mode": "cross", "tiers": [
        { "notional_max": null, "initial_frac": "0.1", "maintenance_frac": "0.05" },
    ] });
    let filters = json!({
        "base_currency": "A", "min_quantity": "0.3", "max_quantity": "30", "min_notional": "40",
        "max_notional": "2500", "percent_price_frac": "0.15",
    });
    let perpetual = json!({ "perpetual": true, "contract": { "kind": "linear", "margin": margin,
        "expiry_ns": null, "strike": null, "option_right": null } });
    serde_json::from_value(json!({
        "instruments": [spec("A", &json!({})), spec("A2", &filters), spec("P", &perpetual), spec("Q", &json!({}))],
        "limits": limits, "start_cash": "10000", "max_open_orders": 40,
    }))
    .unwrap()
}

fn limits() -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    let text =
        |values: &'static [&'static str]| prop::sample::select(values).prop_map(|v| json!(v));
    let keys: Vec<(&'static str, BoxedStrategy<Value>)> = vec![
        ("order_qty_max", text(&["5", "20", "12.34"]).boxed()),
        ("order_notional_quote_max", text(&["500", "2000.05"]).boxed()),
        ("position_qty_max", text(&["20", "35"]).boxed()),
        ("position_notional_quote_max", text(&["2100", "4000"]).boxed()),
        ("position_frac_max", text(&["0.2", "0.333333"]).boxed()),
        ("gross_exposure_frac_max", text(&["0.4", "0.777777"]).boxed()),
        ("net_exposure_frac_max", text(&["0.2", "0.4"]).boxed()),
        ("asset_exposure_frac_max", text(&["0.25", "0.4"]).boxed()),
        ("group_exposure_frac_max", text(&["0.25", "0.4"]).boxed()),
        ("concentration_frac_max", text(&["0.3", "1"]).boxed()),
        ("leverage_max", text(&["0.8", "3"]).boxed()),
        ("buying_power_frac_max", text(&["0.1", "1"]).boxed()),
        ("price_band_frac_max", text(&["0.02", "0.1"]).boxed()),
        ("price_age_ms_max", text(&["50", "100000"]).boxed()),
        ("orders_per_minute_max", text(&["9", "1000"]).boxed()),
        ("daily_trades_max", text(&["8", "1000"]).boxed()),
        ("open_orders_max", text(&["6", "100"]).boxed()),
        ("messages_per_second_max", text(&["12", "1000"]).boxed()),
        ("strategy_messages_per_second_max", text(&["12", "1000"]).boxed()),
        ("cancel_reserve_frac_min", text(&["0.2"]).boxed()),
        ("duplicate_window_ms_min", text(&["20", "500"]).boxed()),
        ("consecutive_losses_max", text(&["1", "50"]).boxed()),
        ("daily_loss_frac_max", text(&["0.01", "0.5"]).boxed()),
        ("drawdown_frac_max", text(&["0.3"]).boxed()),
        ("stop_loss_required", any::<bool>().prop_map(|on| json!(on)).boxed()),
        ("short_sale_denied", any::<bool>().prop_map(|on| json!(on)).boxed()),
        ("price_collar_frac_max", text(&["0.03", "0.1"]).boxed()),
        ("stop_uncovered_ms_max", text(&["30", "100000"]).boxed()),
        ("account_age_ms_max", text(&["40", "100000"]).boxed()),
        ("clock_drift_ms_max", text(&["1", "100"]).boxed()),
        ("intent_age_ms_max", text(&["40", "100000"]).boxed()),
    ];
    let each: Vec<_> = keys
        .into_iter()
        .map(|(key, value)| {
            prop::option::weighted(0.25, value).prop_map(move |v| v.map(|v| (key, v)))
        })
        .collect();
    (each, any::<bool>()).prop_map(|(set, soft)| {
        let mut set: Vec<_> = set.into_iter().flatten().collect();
        set.push(("groups", json!({ "both": ["A", "P"] })));
        set.push(("price_collar_window_ms_min", json!("30")));
        let sized = set.iter().any(|(key, _)| *key == "order_qty_max");
        let falls = set.iter().any(|(key, _)| *key == "drawdown_frac_max");
        if soft && sized && falls {
            set.push(("drawdown_soft_frac_max", json!("0.0005")));
        }
        set
    })
}

/// One thing that happens to an account.
#[derive(Debug, Clone)]
enum Event {
    Quote(u32, i64),
    Order(Candidate),
    Fill(usize, i64),
    Signal(u8),
}

/// An order that may be judged.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    instrument: u32,
    flags: u8,
    lots: i64,
    limit: i64,
    stop: i64,
}

fn candidate() -> impl Strategy<Value = Candidate> {
    let lots =
        prop_oneof![12 => 1_i64..260, 2 => 260_i64..4_000, 1 => any::<i64>(), 1 => -1_i64..2];
    let limit = prop_oneof![
        4 => Just(NONE), 10 => 9_500_i64..10_500, 3 => 8_000_i64..13_000,
        1 => prop_oneof![any::<i64>(), -1_i64..3, 39_000_i64..41_000],
    ];
    let stop = prop_oneof![3 => Just(NONE), 3 => 8_000_i64..12_000, 1 => -1_i64..3];
    let instrument = prop_oneof![10 => 0_u32..2, 2 => 2_u32..4, 1 => 4_u32..6];
    let flags = prop_oneof![10 => 0_u8..2, 1 => 2_u8..4];
    (instrument, flags, lots, limit, stop).prop_map(|(instrument, flags, lots, limit, stop)| {
        Candidate { instrument, flags, lots, limit, stop }
    })
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => (0_u32..3, 9_700_i64..10_300).prop_map(|(instrument, bid)| Event::Quote(instrument, bid)),
        5 => candidate().prop_map(Event::Order),
        3 => (0_usize..8, 1_i64..300).prop_map(|(order, lots)| Event::Fill(order, lots)),
        1 => (0_u8..5).prop_map(Event::Signal),
    ]
}

fn intent(engine: &Engine, order: &Candidate, ts: i64) -> OrderIntent {
    let price = |ticks: i64| (ticks != NONE).then_some(Price::from_ticks(ticks));
    OrderIntent {
        client_order_id: engine.next_client_order_id(),
        order_type: if order.limit == NONE { OrderType::Market } else { OrderType::Limit },
        reduce_only: order.flags & REDUCES_ONLY != 0,
        limit_price: price(order.limit),
        stop_loss: price(order.stop),
        ts_intent: Timestamp(ts),
        ..OrderIntent::market(
            InstrumentId(order.instrument),
            if order.flags & SELLS == 0 { Side::Buy } else { Side::Sell },
            Quantity::from_lots(order.lots),
        )
    }
}

fn step(engine: &mut Engine, input: &Input<'_>) -> Option<u64> {
    let mut commands = Vec::new();
    let verdict = engine.step(input, &mut Nothing, &mut commands).ok()?;
    verdict.map(|verdict| verdict.failed())
}

/// Plays events; what the engine refuses does not happen.
fn play(engine: &mut Engine, events: &[Event]) -> i64 {
    let mut now = MS;
    let mut trades = 0;
    for event in events {
        now += 7 * MS;
        let ts = Timestamp(now);
        match event {
            Event::Quote(instrument, bid) => {
                let lots = Quantity::from_lots(1);
                let (bid, ask) = (Price::from_ticks(*bid), Price::from_ticks(bid + 2));
                let instrument = InstrumentId(*instrument);
                let (bid_quantity, ask_quantity) = (lots, lots);
                step(
                    engine,
                    &Input::Quote(Quote {
                        instrument,
                        ts_event: ts,
                        bid,
                        bid_quantity,
                        ask,
                        ask_quantity,
                    }),
                );
            }
            Event::Order(order) => {
                let order = Candidate { lots: order.lots.clamp(1, 60), ..*order };
                let intent = intent(engine, &order, now);
                step(engine, &Input::Submit(intent));
            }
            Event::Fill(place, lots) => {
                let open = engine.open_orders().nth(*place).map(|order| {
                    (order.intent.client_order_id, order.leaves().lots(), order.intent.limit_price)
                });
                let Some((id, leaves, limit)) = open else { continue };
                trades += 1;
                step(
                    engine,
                    &Input::Report(VenueReport {
                        trade_id: TradeId(trades),
                        last_price: limit.unwrap_or(Price::from_ticks(10_000)),
                        last_quantity: Quantity::from_lots(leaves.min(*lots)),
                        fee: Amount::from_raw(1),
                        ..VenueReport::without_fill(id, ReportKind::Fill, ts)
                    }),
                );
            }
            Event::Signal(kind) => {
                let signal = match kind {
                    0 => GateSignal::AccountConfirmed,
                    1 => GateSignal::ClockMeasured { offset_ns: 2 * MS },
                    2 => GateSignal::Halted { instrument: InstrumentId(1), halted: true },
                    3 => GateSignal::Halted { instrument: InstrumentId(1), halted: false },
                    _ => GateSignal::Governor {
                        factor: holdfast_core::Fraction::parse("0.7").unwrap(),
                    },
                };
                step(engine, &Input::Signal { signal, ts });
            }
        }
    }
    now
}

/// Candidates as arrays.
struct Arrays {
    instruments: Vec<u32>,
    flags: Vec<u8>,
    lots: Vec<i64>,
    limits: Vec<i64>,
    stops: Vec<i64>,
}

impl Arrays {
    fn of(orders: &[Candidate]) -> Self {
        Self {
            instruments: orders.iter().map(|order| order.instrument).collect(),
            flags: orders.iter().map(|order| order.flags).collect(),
            lots: orders.iter().map(|order| order.lots).collect(),
            limits: orders.iter().map(|order| order.limit).collect(),
            stops: orders.iter().map(|order| order.stop).collect(),
        }
    }

    fn candidates(&self) -> Candidates<'_> {
        let Self { instruments, flags, lots, limits, stops } = self;
        Candidates { strategy: 0, instruments, flags, lots, limits, stops }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// A hundred orders and more against each of as many accounts: beyond a hundred thousand.
    #[test]
    fn nat_19_a_batch_answers_as_the_gate_answers_one_by_one(
        set in limits(),
        events in prop::collection::vec(event(), 0..40),
        orders in prop::collection::vec(candidate(), 100..140),
    ) {
        let Ok(mut engine) = Engine::new(&config(&set)) else { return Ok(()) };
        play(&mut engine, &events);
        let hash = engine.state_hash();
        let arrays = Arrays::of(&orders);
        let mut memory = CandidateMemory::with_capacity(orders.len());
        let mut failed = vec![1; orders.len()];
        let expected: Vec<u64> = orders
            .iter()
            .map(|order| {
                let ts = engine.now().0;
                let verdict = engine.what_if(&intent(&engine, order, ts));
                verdict.map_or(REFUSED, |verdict| verdict.failed())
            })
            .collect();
        for width in holdfast_batch::Width::available() {
            memory.width = width;
            engine.check_batch(&arrays.candidates(), &mut memory, &mut failed);
            for (at, (failed, expected)) in failed.iter().zip(&expected).enumerate() {
                let names: Vec<&Control> =
                    Control::ALL.iter().filter(|c| (failed ^ expected) >> **c as u8 & 1 == 1).collect();
                prop_assert_eq!(failed, expected, "{:?} {:?}", names, orders[at]);
            }
        }
        prop_assert_eq!(engine.state_hash(), hash, "nothing changes");
    }

    #[test]
    fn a_basket_answers_as_orders_that_are_submitted_one_after_the_other(
        set in limits(),
        events in prop::collection::vec(event(), 0..30),
        orders in prop::collection::vec(candidate(), 1..30),
    ) {
        let Ok(mut engine) = Engine::new(&config(&set)) else { return Ok(()) };
        let now = play(&mut engine, &events);
        let mut other = Engine::new(&config(&set)).unwrap();
        play(&mut other, &events);
        // Both stand at the same instant, as the limits that count by time ask for.
        for engine in [&mut engine, &mut other] {
            step(engine, &Input::Signal { signal: GateSignal::AccountConfirmed, ts: Timestamp(now) });
        }
        let hash = engine.state_hash();
        let arrays = Arrays::of(&orders);
        let mut memory = CandidateMemory::with_capacity(orders.len());
        let mut failed = vec![1; orders.len()];
        engine.check_together(&arrays.candidates(), &mut memory, &mut failed).unwrap();
        prop_assert_eq!(engine.state_hash(), hash, "nothing changes");
        for (order, failed) in orders.iter().zip(&failed) {
            let intent = intent(&other, order, now);
            let submitted = step(&mut other, &Input::Submit(intent)).unwrap_or(REFUSED);
            prop_assert_eq!(*failed, submitted, "{:?}", order);
        }
    }
}

#[test]
fn orders_of_plain_instruments_are_compared_and_not_judged_one_by_one() {
    let mut engine = Engine::new(&config(&[("order_qty_max", json!("5"))])).unwrap();
    play(&mut engine, &[Event::Quote(0, 9_999)]);
    let order = Candidate { instrument: 0, flags: 0, lots: 60, limit: 10_000, stop: NONE };
    let arrays = Arrays::of(&[order; 64]);
    let mut memory = CandidateMemory::with_capacity(64);
    let mut failed = vec![0; 64];
    engine.check_batch(&arrays.candidates(), &mut memory, &mut failed);
    assert_eq!(failed, [1 << Control::OrderQuantity as u8; 64]);
    assert_ne!(COMPARED & failed[0], 0);
    assert!(memory.compared > 0, "the comparison was used");
}
