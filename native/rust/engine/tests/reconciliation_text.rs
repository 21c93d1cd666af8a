//! Reconciliation for people and tools: a venue's word as text, items with exact figures, and their records.

mod desk;
mod random_run;
mod venue_bench;

use holdfast_core::journal_record::RecordKind;
use holdfast_core::{
    Amount, ClientOrderId, Code, Fraction, InstrumentKind, OrderTerms, OrderType, ReportKind, Side,
    TimeInForce, Timestamp, TrailingDistance,
};
use holdfast_engine::reconciliation::{DecisionKind, Difference};
use holdfast_engine::record_json::record_json;
use holdfast_engine::venue_snapshot::{
    VenueBalance, VenueFill, VenueOrder, VenueOrderStatus, VenuePosition, VenueSnapshot,
};
use holdfast_engine::{AccountSpec, CurrencyId, Engine, EngineConfig, Input};
use random_run::Driven;
use serde_json::{Value, json};
use venue_bench::*;

/// Two instruments and two currencies, so that the first is not found by chance.
fn two_of_each() -> EngineConfig {
    let account = AccountSpec {
        currency: Some("USD".into()),
        balances: serde_json::from_value(json!([{ "currency": "EUR", "amount": "100" }])).unwrap(),
        rate_age_ms_max: Some("5000".into()),
        ..AccountSpec::default()
    };
    let (first, mut second) =
        (desk::spec(InstrumentKind::Linear), desk::spec(InstrumentKind::Linear));
    second.symbol = "ETH".into();
    desk::config(vec![first, second], "1000000", account)
}

fn venue_text() -> Value {
    json!({
        "ts_ns": "9", "orders_complete_until_ns": "8", "fills_complete_from_ns": "7",
        "positions_complete": true,
        "orders": [{
            "venue_order_id": "V1", "client_order_id": "3", "symbol": "ETH", "side": "sell",
            "type": "stop_limit", "time_in_force": "gtd", "reduce_only": true,
            "status": "open", "quantity": "0.010", "filled": "0.004", "average_price": "500.5",
            "limit_price": "499.5", "trigger_price": "500", "post_only": true, "display": "0.002",
            "trailing_price": null, "trailing_frac": "0.01", "expires_ns": "99",
        }, {
            "venue_order_id": "V2", "client_order_id": null, "symbol": "BTC", "side": "buy",
            "type": "limit", "time_in_force": "gtc", "reduce_only": false,
            "status": "canceled", "quantity": "0.010", "filled": "0", "average_price": "500.3",
            "limit_price": "499.5", "trigger_price": null, "post_only": false, "display": null,
            "trailing_price": "2.5", "trailing_frac": null, "expires_ns": null,
        }],
        "fills": [{
            "trade_id": "71", "venue_order_id": "V1", "client_order_id": "3", "symbol": "ETH",
            "side": "sell", "position_side": "short", "price": "500.5", "quantity": "0.004",
            "fee": "0.25", "fee_currency": "EUR", "ts_ns": "6",
        }, {
            "trade_id": "72", "venue_order_id": "V9", "client_order_id": null, "symbol": "BTC",
            "side": "buy", "position_side": null, "price": "500", "quantity": "0.001",
            "fee": "0", "fee_currency": null, "ts_ns": "5",
        }],
        "positions": [
            { "symbol": "ETH", "position_side": "short", "quantity": "-0.004", "entry_price": "500.5" },
            { "symbol": "BTC", "position_side": "long", "quantity": "0.001", "entry_price": "500.1" },
        ],
        "balances": [{ "currency": "EUR", "cash": "99.75" }],
    })
}

#[test]
fn ord_10_a_venues_text_becomes_instruments_ticks_lots_and_amounts() {
    let engine = Engine::new(&two_of_each()).unwrap();
    let eth = holdfast_core::InstrumentId(1);
    let told = engine.read_venue(&venue_text().to_string()).unwrap();
    let first = VenueOrder {
        venue_order_id: "V1".into(),
        client_order_id: Some(ClientOrderId(3)),
        instrument: eth,
        side: Side::Sell,
        order_type: OrderType::StopLimit,
        time_in_force: TimeInForce::Gtd,
        reduce_only: true,
        status: VenueOrderStatus::Open,
        quantity: lots(10),
        filled: lots(4),
        average_price: Some(px(1_001)),
        limit_price: Some(px(999)),
        trigger_price: Some(px(1_000)),
        terms: OrderTerms {
            post_only: true,
            display: Some(lots(2)),
            trailing: Some(TrailingDistance::Share(Fraction::parse("0.01").unwrap())),
            expires: Some(Timestamp(99)),
            ..OrderTerms::default()
        },
    };
    let second = VenueOrder {
        status: VenueOrderStatus::Canceled,
        limit_price: Some(px(999)),
        terms: OrderTerms { trailing: Some(TrailingDistance::Ticks(5)), ..OrderTerms::default() },
        ..external(2, 10)
    };
    let fill_of = |trade, order: &VenueOrder, quantity, ticks, ts| VenueFill {
        ts_event: Timestamp(ts),
        ..fill(trade, order, quantity, ticks)
    };
    let ninth = external(9, 1);
    let expected = VenueSnapshot {
        ts_event: Timestamp(9),
        orders_complete_until: Some(Timestamp(8)),
        fills_complete_from: Some(Timestamp(7)),
        positions_complete: true,
        fills: vec![
            VenueFill {
                moves_short: true,
                fee: Amount::parse("0.25").unwrap(),
                fee_currency: 2,
                ..fill_of(71, &first, 4, 1_001, 6)
            },
            VenueFill { venue_order_id: "V9".into(), ..fill_of(72, &ninth, 1, 1_000, 5) },
        ],
        orders: vec![first, VenueOrder { venue_order_id: "V2".into(), ..second }],
        positions: vec![
            VenuePosition {
                instrument: eth,
                is_short: true,
                lots: lots(-4),
                average_price: Some(px(1_001)),
            },
            VenuePosition { instrument: BTC, is_short: false, lots: lots(1), average_price: None },
        ],
        balances: vec![VenueBalance {
            currency: CurrencyId(1),
            cash: Amount::parse("99.75").unwrap(),
        }],
    };
    assert_eq!(told, expected);
    let mut partial = venue_text();
    for field in ["orders_complete_until_ns", "fills_complete_from_ns"] {
        partial[field] = Value::Null;
    }
    let told = engine.read_venue(&partial.to_string()).unwrap();
    assert_eq!((told.orders_complete_until, told.fills_complete_from), (None, None));
}

#[test]
fn ord_10_text_that_does_not_fit_is_refused_with_its_field() {
    let engine = Engine::new(&two_of_each()).unwrap();
    let cases = [
        ("/ts_ns", "x", "ts_ns"),
        ("/orders/0/client_order_id", "-1", "client_order_id"),
        ("/orders/0/symbol", "XRP", "symbol"),
        ("/orders/0/side", "up", "side"),
        ("/orders/0/type", "none", "type"),
        ("/orders/0/time_in_force", "now", "time_in_force"),
        ("/orders/0/status", "lost", "status"),
        ("/orders/0/quantity", "0.0001", "quantity"),
        ("/orders/0/average_price", "1e5", "average_price"),
        ("/orders/0/limit_price", "500.1", "limit_price"),
        ("/orders/0/trigger_price", "500.1", "trigger_price"),
        ("/orders/0/display", "0.0001", "display"),
        ("/orders/0/trailing_frac", "half", "trailing_frac"),
        ("/orders/0/expires_ns", "never", "expires_ns"),
        ("/orders/1/trailing_price", "0.1", "trailing_price"),
        ("/fills/0/trade_id", "T1", "trade_id"),
        ("/fills/0/position_side", "both", "position_side"),
        ("/fills/0/price", "500.1", "price"),
        ("/fills/0/fee", "little", "fee"),
        ("/fills/0/fee_currency", "XRP", "currency"),
        ("/fills/0/ts_ns", "late", "fills.ts_ns"),
        ("/positions/0/position_side", "net", "position_side"),
        ("/positions/0/entry_price", "-", "entry_price"),
        ("/balances/0/cash", "all", "cash"),
        ("/balances/0/currency", "XRP", "currency"),
    ];
    for (place, value, field) in cases {
        let mut text = venue_text();
        *text.pointer_mut(place).unwrap() = value.into();
        let refused = engine.read_venue(&text.to_string()).unwrap_err();
        assert_eq!(refused.code(), Code::VenueSnapshotInvalid, "{place}");
        assert!(refused.to_string().starts_with(&format!("{field} must")), "{place}: {refused}");
    }
}

/// A bench and a venue that differ in every way but the balance.
fn all_differ() -> (Bench, VenueSnapshot) {
    let mut bench = resting(8);
    let stop = VenueOrder {
        order_type: OrderType::StopMarket,
        limit_price: None,
        trigger_price: Some(px(1_050)),
        ..external(1, 10)
    };
    let id = bench.engine.next_client_order_id();
    let mut intent = stop.intent_for_test(id);
    intent.ts_intent = bench.engine.now();
    bench.take(&Input::Submit(intent)).unwrap();
    report(&mut bench, id, ReportKind::Accepted);
    filled(&mut bench, ClientOrderId(8), 50, 2, 990);
    let mut told = mirror(&bench.engine);
    report(&mut bench, ClientOrderId(7), ReportKind::Canceled);
    let orders = &mut told.orders;
    orders[0].quantity = lots(6);
    orders[1].limit_price = Some(px(980));
    (orders[2].status, orders[2].filled) = (VenueOrderStatus::Expired, lots(0));
    orders[4].filled = lots(4);
    orders[5].side = Side::Sell;
    orders[8].trigger_price = Some(px(1_060));
    let conflict = VenueFill { price: px(991), ..fill(50, &orders[7], 2, 990) };
    let missing = fill(71, &orders[0], 1, 985);
    orders.remove(3);
    let foreign = external(1, 7);
    told.fills =
        vec![conflict, missing, fill(72, &foreign, 3, 1_001), fill(73, &external(9, 5), 5, 1_002)];
    told.orders.push(foreign);
    told.positions[0].lots = lots(20);
    told.ts_event = Timestamp(bench.engine.now().0 + 1);
    (bench, told)
}

/// What each item says: its order, kind, both sides and what may be decided.
const VIEWS: [&str; 13] = [
    "- FILL_UNKNOWN: unknown order; buy 0.005 at 501 trade 73; adopt ignore",
    "- ORDER_MISSING_HERE: unknown; buy 0.007 limit at 495 X1; adopt flatten ignore",
    "- POSITION_DIFFERS: 0.002 and 0.009 by fills; 0.02; adopt flatten ignore",
    "1 FILL_MISSING_HERE: not applied; buy 0.001 at 492.5 trade 71; adopt ignore",
    "1 QUANTITY_DIFFERS: 0.01; 0.006; adopt ignore",
    "2 PRICE_DIFFERS: limit 495; limit 490; adopt ignore",
    "3 ORDER_ENDED_THERE: open; expired, 0 filled; adopt ignore",
    "4 ORDER_MISSING_THERE: open, 0.01 left; not open; adopt ignore",
    "5 FILLED_DIFFERS: 0 filled; 0.004 filled; ignore",
    "6 ORDER_CONFLICT: buy 0.01; sell 0.01 limit at 495 V6; flatten ignore",
    "7 ORDER_ENDED_HERE: canceled; buy 0.01 limit at 495 V7; flatten ignore",
    "8 TRADE_CONFLICT: 0.002 at 495; buy 0.002 at 495.5 trade 50; ignore",
    "9 PRICE_DIFFERS: trigger 525; trigger 530; adopt ignore",
];

fn said(view: &Value) -> String {
    let text = |field: &str| view[field].as_str().unwrap_or("-").to_string();
    let decisions: Vec<&str> =
        view["decisions"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let (order, code) = (text("client_order_id"), text("code"));
    format!("{order} {code}: {}; {}; {}", text("here"), text("there"), decisions.join(" "))
}

fn record_of(bench: &Bench, kind: RecordKind) -> Vec<Value> {
    let mut found = Vec::new();
    bench.stream.each(|record, _| {
        if record.kind == kind {
            found.push(record_json(record).unwrap()["content"].clone());
        }
    });
    found
}

#[test]
fn ord_10_every_item_tells_both_sides_in_the_instruments_units_and_its_record_the_same() {
    let (mut bench, told) = all_differ();
    bench.compare(&told);
    let mut views: Vec<Value> =
        bench.engine.open_items().map(|each| bench.engine.item_view(each)).collect();
    for (view, record) in views.iter().zip(record_of(&bench, RecordKind::ReconciliationItem)) {
        assert_eq!((&view["id"], &view["evidence"]), (&record["item"], &record["told"]));
        let order = record["client_order_id"].as_u64().map(|id| id.to_string());
        assert_eq!(view["client_order_id"].as_str(), order.as_deref());
        assert_eq!(view["symbol"], "BTC");
        assert!(view["remedy"].as_str().unwrap().ends_with('.'));
    }
    views.sort_by_key(said);
    assert_eq!(views.iter().map(said).collect::<Vec<_>>(), VIEWS);
    let fill = json!({
        "trade_id": 72, "venue_order_id": "X1", "client_order_id": null, "instrument": 0,
        "side": "buy", "price_ticks": 1_001, "quantity_lots": 3, "fee": "0",
    });
    let order = json!({
        "venue_order_id": "X1", "client_order_id": null, "instrument": 0, "side": "buy",
        "order_type": "limit", "status": "open", "quantity_lots": 7, "filled_lots": 0,
        "limit_ticks": 990, "trigger_ticks": null, "reduce_only": false,
    });
    assert_eq!(views[1]["evidence"], json!({ "order": order, "fills": [fill] }));
    assert_eq!(views[12]["evidence"]["is_trigger"], true);
    let snapshot = &record_of(&bench, RecordKind::VenueSnapshot)[0];
    assert_eq!((&snapshot["orders"][8], &snapshot["fills"][2]), (&order, &fill));
}

#[test]
fn ord_10_the_journal_says_how_each_item_came_off_the_list() {
    let mut bench = resting(0);
    let mut told = mirror(&bench.engine);
    told.orders = vec![external(1, 7), external(2, 7), external(3, 7), external(4, 7)];
    let items = bench.compare(&told);
    let kinds = [DecisionKind::Adopt, DecisionKind::Flatten, DecisionKind::Ignore];
    for ((item, _), kind) in items.iter().zip(kinds) {
        bench.decide(*item, kind, "so").unwrap();
    }
    told.orders.retain(|order| {
        !matches!(&items[3].1, Difference::OrderMissingHere { order: left, .. } if left == order)
    });
    told.ts_event = Timestamp(told.ts_event.0 + 1);
    bench.compare(&told);
    let words = |kind, field: &str| -> Vec<String> {
        let records = record_of(&bench, kind);
        records.iter().map(|each| each[field].as_str().unwrap_or_default().to_string()).collect()
    };
    let closed = words(RecordKind::ReconciliationClosed, "how");
    assert_eq!(closed, ["adopt", "flatten", "ignore", "vanished"]);
    assert_eq!(words(RecordKind::ReconciliationDecision, "decision"), closed[..3]);
    assert_eq!(words(RecordKind::ReconciliationDecision, "reason"), ["so"; 3]);
    let states = record_of(&bench, RecordKind::ReconciliationState);
    assert_eq!(states[3], json!({ "open": 1, "ignored": 1, "mode": "reduced" }));
    assert_eq!(states[4], json!({ "open": 0, "ignored": 1, "mode": "normal" }));
}
