//! A verdict that lists only what is news says the same as the whole one, and leaves engine and coverage in the same state.

use holdfast_core::journal_record::RecordKind;
use holdfast_core::wire::Encode;
use holdfast_core::{
    Amount, ClientOrderId, Fraction, InstrumentId, OrderIntent, Price, Quantity, Quote, ReportKind,
    Result, Side, Timestamp, TradeId, VenueReport,
};
use holdfast_engine::{Engine, EngineConfig, Input, Sink};
use holdfast_risk::{Check, GateCoverage, GateSignal, Quiet, Verdict};
use proptest::prelude::*;
use serde_json::{Value, json};

const MS: i64 = 1_000_000;

/// Keeps nothing; with a coverage it reads only what is news to it.
struct Nothing<'a>(Option<&'a Quiet>);

impl Sink for Nothing<'_> {
    fn record(&mut self, _: RecordKind, _: Timestamp, _: &(impl Encode + ?Sized)) -> Result<()> {
        Ok(())
    }

    fn quiet(&self) -> Option<&Quiet> {
        self.0
    }
}

fn config(set: &[(&str, Value)]) -> EngineConfig {
    let mut limits = serde_json::to_value(holdfast_risk::LimitsSpec::unlimited()).unwrap();
    for (key, value) in set {
        limits[*key] = value.clone();
    }
    let spec = |symbol: &str, contract: Value| {
        json!({
            "symbol": symbol, "venue": "SIM", "base_currency": symbol, "quote_currency": "USD",
            "settlement_currency": "USD", "tick_size": "0.01", "lot_size": "0.1",
            "contract_multiplier": "1", "min_quantity": "0.3", "max_quantity": "90",
            "min_notional": "40", "max_notional": "9000", "percent_price_frac": "0.2",
            "perpetual": false, "contract": contract,
        })
    };
    let spot = json!({ "kind": "spot", "margin": null, "expiry_ns": null, "strike": null, "option_right": null });
    let linear = json!({ "kind": "linear", "expiry_ns": null, "strike": null, "option_right": null,
        "margin": { "mode": "cross", "tiers": [
            { "notional_max": null, "initial_frac": "0.1", "maintenance_frac": "0.05" },
        ] } });
    serde_json::from_value(json!({
        "instruments": [spec("A", spot.clone()), spec("B", spot), spec("P", linear)],
        "limits": limits, "start_cash": "10000", "max_open_orders": 40,
    }))
    .unwrap()
}

/// Limits of every kind, so near that orders come to them, or far away; a control is off now and then.
fn limits() -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    let keys: [(&'static str, [&'static str; 2]); 29] = [
        ("order_qty_max", ["20", "60"]),
        ("order_notional_quote_max", ["2000.05", "8000"]),
        ("position_qty_max", ["35", "500"]),
        ("position_notional_quote_max", ["4000", "90000"]),
        ("position_frac_max", ["0.333333", "5"]),
        ("gross_exposure_frac_max", ["0.777777", "9"]),
        ("net_exposure_frac_max", ["0.4", "7"]),
        ("asset_exposure_frac_max", ["0.4", "6"]),
        ("group_exposure_frac_max", ["0.4", "8"]),
        ("concentration_frac_max", ["0.5", "1"]),
        ("leverage_max", ["3", "20"]),
        ("buying_power_frac_max", ["0.3", "1"]),
        ("margin_cover_frac_min", ["1.1", "2"]),
        ("price_band_frac_max", ["0.02", "0.1"]),
        ("price_age_ms_max", ["50", "100000"]),
        ("orders_per_minute_max", ["19", "1000"]),
        ("daily_trades_max", ["18", "1000"]),
        ("open_orders_max", ["16", "100"]),
        ("messages_per_second_max", ["22", "1000"]),
        ("strategy_messages_per_second_max", ["22", "1000"]),
        ("duplicate_window_ms_min", ["20", "500"]),
        ("daily_loss_frac_max", ["0.05", "0.5"]),
        ("weekly_loss_frac_max", ["0.5", "0.6"]),
        ("total_loss_frac_max", ["0.7", "0.9"]),
        ("drawdown_frac_max", ["0.3", "0.5"]),
        ("consecutive_losses_max", ["2", "50"]),
        ("price_collar_frac_max", ["0.03", "0.3"]),
        ("account_age_ms_max", ["400", "100000"]),
        ("intent_age_ms_max", ["90", "100000"]),
    ];
    let one = |(key, values): (&'static str, [&'static str; 2])| {
        let value = prop::sample::select(values.to_vec());
        prop::option::weighted(0.8, value).prop_map(move |v| v.map(|v| (key, json!(v))))
    };
    let each: Vec<_> = keys.into_iter().map(one).collect();
    (each, any::<bool>(), any::<bool>()).prop_map(|(set, soft, stop)| {
        let mut set: Vec<_> = set.into_iter().flatten().collect();
        let is_set = |key: &str| set.iter().any(|(known, _)| *known == key);
        let cuts = soft && is_set("order_qty_max") && is_set("drawdown_frac_max");
        set.push(("groups", json!({ "both": ["A", "P"] })));
        set.push(("price_collar_window_ms_min", json!("30")));
        set.push(("stop_loss_required", json!(stop)));
        if cuts {
            set.push(("drawdown_soft_frac_max", json!("0.0005")));
        }
        set
    })
}

#[derive(Debug, Clone, Copy)]
enum Event {
    Quote(u32, i64),
    Order { instrument: u32, sells: bool, lots: i64, limit: i64, stop: Option<i64> },
    Fill(usize, i64),
    Confirm,
}

fn event() -> impl Strategy<Value = Event> {
    let lots = prop_oneof![12 => 4_i64..60, 3 => 60_i64..900, 1 => any::<i64>(), 1 => -1_i64..2];
    let limit = prop_oneof![12 => 9_700_i64..10_300, 2 => 8_000_i64..13_000, 1 => any::<i64>()];
    let order = (0_u32..3, any::<bool>(), lots, limit, prop::option::of(8_000_i64..12_000));
    prop_oneof![
        3 => (0_u32..3, 9_700_i64..10_300).prop_map(|(instrument, bid)| Event::Quote(instrument, bid)),
        9 => order.prop_map(|(instrument, sells, lots, limit, stop)| {
            Event::Order { instrument, sells, lots, limit, stop }
        }),
        3 => (0_usize..8, 1_i64..300).prop_map(|(order, lots)| Event::Fill(order, lots)),
        1 => Just(Event::Confirm),
    ]
}

fn quote(instrument: u32, bid: i64, ts_event: Timestamp) -> Input<'static> {
    let (bid, ask) = (Price::from_ticks(bid), Price::from_ticks(bid + 2));
    let lots = Quantity::from_lots(1);
    let instrument = InstrumentId(instrument);
    let (bid_quantity, ask_quantity) = (lots, lots);
    Input::Quote(Quote { instrument, ts_event, bid, bid_quantity, ask, ask_quantity })
}

/// The input that an event is to an engine; a fill of an order that is not there is none.
fn input(engine: &Engine, event: Event, ts: Timestamp) -> Option<Input<'static>> {
    Some(match event {
        Event::Quote(instrument, bid) => quote(instrument, bid, ts),
        Event::Order { instrument, sells, lots, limit, stop } => Input::Submit(OrderIntent {
            client_order_id: engine.next_client_order_id(),
            stop_loss: stop.map(Price::from_ticks),
            ts_intent: ts,
            ..OrderIntent::limit(
                InstrumentId(instrument),
                if sells { Side::Sell } else { Side::Buy },
                Quantity::from_lots(lots),
                Price::from_ticks(limit),
            )
        }),
        Event::Fill(place, lots) => {
            let order = engine.open_orders().nth(place)?;
            Input::Report(VenueReport {
                trade_id: TradeId(ts.0 as u64),
                last_price: order.intent.limit_price.unwrap_or(Price::from_ticks(10_000)),
                last_quantity: Quantity::from_lots(order.leaves().lots().min(lots)),
                fee: Amount::from_raw(1),
                ..VenueReport::without_fill(order.intent.client_order_id, ReportKind::Fill, ts)
            })
        }
        Event::Confirm => Input::Signal { signal: GateSignal::AccountConfirmed, ts },
    })
}

fn told(verdict: &Verdict) -> (u64, u64, bool, Option<Quantity>, u64) {
    let spoken = verdict.spoken() | verdict.passed_quietly();
    (spoken, verdict.failed(), verdict.reducing, verdict.suggested, verdict.limits_mark)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// Some forty orders in each of a thousand accounts, each judged and checked in both ways and then sent in both.
    #[test]
    fn risk_01_a_verdict_of_what_is_news_agrees_with_the_whole_one(
        set in limits(), events in prop::collection::vec(event(), 40..90),
    ) {
        let Ok(mut whole) = Engine::new(&config(&set)) else { return Ok(()) };
        let mut quiet = Engine::new(&config(&set)).unwrap();
        let near = Fraction::from_millionths(800_000);
        let mut coverages = [GateCoverage::new(near), GateCoverage::new(near)];
        let mut scratch = Verdict::new(ClientOrderId::NONE, false);
        let first = (0..3).map(|instrument| Event::Quote(instrument, 9_999)).chain([Event::Confirm]);
        for (at, event) in first.chain(events).enumerate() {
            let ts = Timestamp((at as i64 + 1) * 7 * MS);
            let Some(input) = input(&whole, event, ts) else { continue };
            if let Input::Submit(intent) = &input {
                let judged = whole.what_if(intent);
                let glanced = whole.glance(intent, coverages[1].quiet(), &mut scratch);
                prop_assert_eq!(judged.is_ok(), glanced.is_ok());
                if let (Ok(judged), Ok(())) = (judged, glanced) {
                    prop_assert_eq!(judged.approved(), scratch.approved());
                    let listed: Vec<&Check> = scratch.checks().filter(|check| check.passed).collect();
                    prop_assert!(listed.iter().all(|check| judged.checks().any(|each| each == *check)));
                }
            }
            if let Input::Submit(intent) = &input {
                let checked = whole.check_at(intent, ts);
                let quietly = quiet.check_quietly_at(intent, ts, Some(coverages[1].quiet()));
                prop_assert_eq!(checked.as_ref().map_err(|e| e.code()).err(), quietly.as_ref().map_err(|e| e.code()).err());
                if let (Ok(checked), Ok(quietly)) = (checked, quietly) {
                    prop_assert_eq!(told(&checked), told(&quietly));
                    prop_assert!(checked.approved() || checked == quietly, "a denial is whole");
                    whole.recycle(checked);
                    quiet.recycle(quietly);
                }
            }
            let (mut one, mut other) = (Vec::new(), Vec::new());
            let judged = whole.step(&input, &mut Nothing(None), &mut one);
            let told_of = coverages[1].quiet();
            let glanced = quiet.step(&input, &mut Nothing(Some(told_of)), &mut other);
            prop_assert_eq!(judged.as_ref().map_err(|e| e.code()).err(), glanced.as_ref().map_err(|e| e.code()).err());
            if let (Ok(Some(judged)), Ok(Some(glanced))) = (judged, glanced) {
                prop_assert_eq!(told(&judged), told(&glanced));
                prop_assert!(judged.approved() || judged == glanced, "a denial is whole");
                prop_assert_eq!(coverages[0].note(&judged), coverages[1].note(&glanced));
                whole.recycle(judged);
                quiet.recycle(glanced);
            }
            prop_assert_eq!(one, other);
        }
        prop_assert_eq!(whole.image_hash(), quiet.image_hash());
        prop_assert_eq!(coverages[0].orders(), coverages[1].orders());
        let [told, told_quietly] = &mut coverages;
        prop_assert!(told.report().eq(told_quietly.report()));
    }
}

#[test]
fn an_order_like_the_one_before_lists_next_to_nothing() {
    let set = [("position_frac_max", json!("5")), ("order_qty_max", json!("60"))];
    let mut engine = Engine::new(&config(&set)).unwrap();
    let mut coverage = GateCoverage::new(Fraction::from_millionths(800_000));
    let mut commands = Vec::new();
    let mut listed = Vec::new();
    for at in 0..3 {
        let ts = Timestamp((at + 1) * MS);
        engine.step(&quote(0, 9_999, ts), &mut Nothing(None), &mut commands).unwrap();
        let order =
            Event::Order { instrument: 0, sells: at % 2 == 1, lots: 5, limit: 10_000, stop: None };
        let input = input(&engine, order, ts).unwrap();
        let verdict = engine
            .step(&input, &mut Nothing(Some(coverage.quiet())), &mut commands)
            .unwrap()
            .unwrap();
        assert!(verdict.approved() && verdict.passed_quietly() != 0);
        listed.push(verdict.checks().count());
        coverage.note(&verdict);
    }
    assert!(listed[0] > listed[1] && listed[1] > 0 && listed[2] < 6, "{listed:?}");
}
