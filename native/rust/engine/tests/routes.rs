//! Why an order went to its venue stands before the order in the journal, and a replay finds it there.

mod desk;
mod support;

use desk::{config, spec};
use holdfast_core::journal_record::RecordKind;
use holdfast_core::{
    Code, InstrumentId, InstrumentKind, OrderIntent, Price, Quantity, Side, Timestamp, Trade,
};
use holdfast_engine::idempotency::key_of;
use holdfast_engine::record_json::record_json;
use holdfast_engine::replay::replay;
use holdfast_engine::{AccountSpec, Desk, DeskConfig, JournalReader, JournalWriter, SyncPolicy};
use holdfast_risk::fuse::FuseSpec;
use serde_json::json;
use support::Folder;

fn open(folder: &Folder) -> Desk {
    let mut other = spec(InstrumentKind::Spot);
    other.symbol = "OTHER".into();
    let instruments = vec![spec(InstrumentKind::Spot), other];
    let engine = config(instruments, "1000000", AccountSpec::default());
    let journal = JournalWriter::create(&folder.0, SyncPolicy::Os).unwrap();
    let config = DeskConfig { engine, about: json!({}), fuse: FuseSpec::unlimited() };
    let mut desk = Desk::open(&config, Some(journal)).unwrap();
    for instrument in [InstrumentId(0), InstrumentId(1)] {
        let trade = Trade {
            instrument,
            ts_event: Timestamp(1),
            price: Price::from_ticks(1_000),
            quantity: Quantity::from_lots(1),
            aggressor_side: Side::Buy,
        };
        desk.on_trade(&trade).unwrap();
    }
    desk
}

fn intent(instrument: u32) -> OrderIntent {
    OrderIntent::limit(
        InstrumentId(instrument),
        Side::Buy,
        Quantity::from_lots(10),
        Price::from_ticks(990),
    )
}

#[test]
fn ord_01_the_route_of_an_order_stands_before_it_and_is_replayed() {
    let folder = Folder::new("routes");
    let mut desk = open(&folder);
    desk.note_route(r#"{"venue":"KRAKEN"}"#, Timestamp(2)).unwrap();
    let verdict = desk.submit(intent(1), Timestamp(3)).unwrap();
    let closed = desk.close().unwrap();
    let mut told = Vec::new();
    JournalReader::open(&folder.0)
        .unwrap()
        .visit(|record| {
            if matches!(record.kind, RecordKind::RouteChosen | RecordKind::OrderSubmitted) {
                told.push(record_json(record)?);
            }
            Ok(())
        })
        .unwrap();
    assert_eq!(told[0]["kind"], "route_chosen");
    let content =
        json!({ "client_order_id": verdict.client_order_id.0, "route": { "venue": "KRAKEN" } });
    assert_eq!(told[0]["content"], content);
    assert_eq!(told[1]["content"]["client_order_id"], verdict.client_order_id.0);
    let replayed = replay(&JournalReader::open(&folder.0).unwrap()).unwrap();
    assert_eq!(replayed.state_hash, closed.snapshot.state_hash);
    assert!(replayed.compared_with_close);
}

#[test]
fn ord_01_a_route_that_is_not_json_or_too_long_leaves_no_record() {
    let folder = Folder::new("routes-refused");
    let mut desk = open(&folder);
    let long = format!("\"{}\"", "x".repeat(1 << 16));
    for text in ["", "{", long.as_str()] {
        let error = desk.note_route(text, Timestamp(2)).unwrap_err();
        assert_eq!(error.code(), Code::ArgumentInvalid, "{error}");
    }
    desk.close().unwrap();
    let mut routes = 0;
    let reader = JournalReader::open(&folder.0).unwrap();
    reader
        .visit(|record| {
            routes += usize::from(record.kind == RecordKind::RouteChosen);
            Ok(())
        })
        .unwrap();
    assert_eq!(routes, 0);
}

#[test]
fn ord_04_a_key_tells_where_its_first_order_went_while_it_is_remembered() {
    let folder = Folder::new("routes-keys");
    let mut desk = open(&folder);
    let key = key_of("entry-1").unwrap();
    assert_eq!(desk.engine().instrument_of_key(key, Timestamp(2)), None);
    let placed = desk.submit_once(intent(1), key, Timestamp(2)).unwrap();
    assert_eq!(desk.engine().instrument_of_key(key, Timestamp(3)), Some(InstrumentId(1)));
    let day = Timestamp(2 + holdfast_engine::idempotency::KEY_LIFE_NS);
    assert_eq!(desk.engine().instrument_of_key(key, day), Some(InstrumentId(1)), "it is open");
    desk.cancel(placed.client_order_id, Timestamp(4)).unwrap();
    let now = desk.engine().now();
    let ended = holdfast_core::VenueReport::without_fill(
        placed.client_order_id,
        holdfast_core::ReportKind::Canceled,
        now,
    );
    desk.report(&ended).unwrap();
    assert_eq!(desk.engine().instrument_of_key(key, day), None);
    desk.close().unwrap();
}
