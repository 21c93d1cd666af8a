//! The engine with its journal and its requests: what leaves, what must not, and the records at the boundary.

mod desk;
mod support;

use desk::{config, spec};
use holdfast_core::{
    Amendment, ClientOrderId, Code, InstrumentId, InstrumentKind, OrderIdText, OrderIntent,
    OrderTerms, OrderType, Price, Quantity, Quote, ReportKind, Side, Timestamp, TradingMode,
    TrailingDistance,
};
use holdfast_engine::replay::replay;
use holdfast_engine::report_record::{
    REPORT_BYTES, REPORT_OUTCOME, report_of_record, report_outcome,
};
use holdfast_engine::request_record::{REQUEST_BYTES, request_record};
use holdfast_engine::{
    AccountSpec, Command, Desk, DeskConfig, JournalReader, JournalWriter, SyncPolicy,
};
use holdfast_risk::fuse::FuseSpec;
use support::Folder;

fn desk_config() -> DeskConfig {
    let engine = config(vec![spec(InstrumentKind::Spot)], "1000000", AccountSpec::default());
    DeskConfig { engine, about: serde_json::json!({ "bot": "test" }), fuse: FuseSpec::default() }
}

fn intent() -> OrderIntent {
    OrderIntent::limit(
        InstrumentId(0),
        Side::Buy,
        Quantity::from_lots(1_000),
        Price::from_ticks(100_000),
    )
}

fn quoted(journal: Option<JournalWriter>) -> Desk {
    let mut desk = Desk::open(&desk_config(), journal).unwrap();
    let (bid, ask) = (Price::from_ticks(99_999), Price::from_ticks(100_001));
    let lots = Quantity::from_lots(10);
    desk.on_quote(&Quote {
        instrument: InstrumentId(0),
        ts_event: Timestamp(1),
        bid,
        bid_quantity: lots,
        ask,
        ask_quantity: lots,
    })
    .unwrap();
    desk
}

/// A report as JavaScript writes it.
fn report(id: u64, kind: ReportKind) -> [u8; REPORT_BYTES] {
    let mut bytes = [0; REPORT_BYTES];
    bytes[..8].copy_from_slice(&id.to_le_bytes());
    bytes[8] = kind as u8;
    bytes
}

fn fill(id: u64, trade: u64, lots: i64) -> [u8; REPORT_BYTES] {
    let mut bytes = report(id, ReportKind::Fill);
    bytes[11] = 2;
    bytes[16..24].copy_from_slice(&trade.to_le_bytes());
    bytes[24..32].copy_from_slice(&100_000_i64.to_le_bytes());
    bytes[32..40].copy_from_slice(&lots.to_le_bytes());
    bytes[40..48].copy_from_slice(&1_234_i64.to_le_bytes());
    bytes
}

fn tell(desk: &mut Desk, bytes: &[u8; REPORT_BYTES], at: i64) -> holdfast_core::Result<()> {
    desk.report(&report_of_record(bytes, Timestamp(at))?)
}

#[test]
fn nat_06_a_request_leaves_after_its_journal_was_committed_and_never_without() {
    let folder = Folder::new("requests");
    let journal = JournalWriter::create(&folder.0, SyncPolicy::Os).unwrap();
    let mut desk = quoted(Some(journal));
    let records = || JournalReader::open(&folder.0).unwrap().visit(|_| Ok(())).unwrap().records;
    assert!(desk.submit(intent(), Timestamp(2)).unwrap().approved());
    assert_eq!((desk.waiting(), records()), (1, 0), "nothing is on its way yet");
    let mut left = Vec::new();
    assert_eq!(desk.drain(8, |_, command| left.push(*command)), Ok(1));
    assert!(matches!(left[..], [Command::Place(order)] if order.client_order_id.0 == 1));
    assert_eq!(records(), 5);

    desk.cancel(ClientOrderId(1), Timestamp(3)).unwrap();
    let closed = desk.close().unwrap();
    assert_eq!(closed.requests_unsent, 1);
    let refused = desk.drain(8, |_, _| panic!("nothing may leave")).map_err(|error| error.code());
    assert_eq!(refused, Err(Code::JournalStopped));
    let replayed = replay(&JournalReader::open(&folder.0).unwrap()).unwrap();
    assert_eq!(replayed.state_hash, closed.snapshot.state_hash);
}

#[test]
fn requests_leave_in_their_order_whatever_the_portions() {
    let mut desk = quoted(None);
    let mut left = Vec::new();
    for round in 0..24_usize {
        for _ in 0..=round % 4 {
            desk.submit(intent(), Timestamp(2)).unwrap();
        }
        let note = |_: &_, command: &Command| {
            if let Command::Place(order) = command {
                left.push(order.client_order_id.0);
            }
        };
        desk.drain(round % 3, note).unwrap();
    }
    while desk.waiting() > 0 {
        desk.drain(7, |_, command| {
            if let Command::Place(order) = command {
                left.push(order.client_order_id.0);
            }
        })
        .unwrap();
    }
    let all: Vec<u64> = (1..desk.engine().next_client_order_id().0).collect();
    assert_eq!(left, all);
}

#[test]
fn ord_17_a_mode_is_tightened_by_anybody_and_loosened_by_a_reset_only() {
    let mut desk = quoted(None);
    desk.set_mode(TradingMode::Reduced, "feed is late", Timestamp(2)).unwrap();
    desk.set_mode(TradingMode::Reduced, "again", Timestamp(2)).unwrap();
    let loosened = desk.set_mode(TradingMode::Paused, "fine", Timestamp(3)).unwrap_err();
    assert_eq!(loosened.code(), Code::ModeResetRequired);
    assert_eq!(desk.engine().mode(), TradingMode::Reduced);
    let long = "x".repeat(1_025);
    let refused = desk.reset_mode(TradingMode::Normal, &long, Timestamp(3)).unwrap_err();
    assert_eq!(refused.code(), Code::ArgumentInvalid);
    desk.reset_mode(TradingMode::Normal, "looked at", Timestamp(3)).unwrap();
    assert_eq!(desk.engine().mode(), TradingMode::Normal);
}

#[test]
fn a_report_record_gives_every_field_and_refuses_what_is_none() {
    let mut bytes = fill(7, 9, 5);
    bytes[9] = 1;
    bytes[10] = 15;
    bytes[12] = 3;
    bytes[48..56].copy_from_slice(&77_i64.to_le_bytes());
    bytes[56] = 1;
    bytes[60] = 2;
    bytes[64] = 3;
    let read = report_of_record(&bytes, Timestamp(5)).unwrap();
    assert_eq!((read.client_order_id.0, read.trade_id.0, read.ts_event.0), (7, 9, 77));
    assert_eq!((read.fee.to_string().as_str(), read.fee_currency), ("12.34", 3));
    assert_eq!(read.instrument.map(|id| id.0), Some(1));
    assert_eq!((read.account.map(|id| id.0), read.sequence), (Some(2), Some(3)));
    bytes[10] = 0;
    let plain = report_of_record(&bytes, Timestamp(5)).unwrap();
    assert_eq!((plain.ts_event.0, plain.instrument, plain.account), (5, None, None));
    for (at, value) in [(8, 10), (9, 2), (11, 19)] {
        let mut wrong = bytes;
        wrong[at] = value;
        let refused = report_of_record(&wrong, Timestamp(5)).unwrap_err();
        assert_eq!(refused.code(), Code::ArgumentInvalid);
    }
}

#[test]
fn the_outcome_of_a_report_tells_the_order_and_its_position() {
    let mut desk = quoted(None);
    desk.submit(intent(), Timestamp(2)).unwrap();
    tell(&mut desk, &report(1, ReportKind::Accepted), 3).unwrap();
    let done = tell(&mut desk, &fill(1, 1, 400), 4);
    let bytes = report_outcome(desk.engine(), ClientOrderId(1), &done);
    let word = |at: usize| i64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    assert_eq!((bytes[0], bytes[4], word(8), word(16), word(24)), (1, 5, 400, 600, 400));
    let refused = tell(&mut desk, &fill(9, 2, 1), 5);
    let bytes = report_outcome(desk.engine(), ClientOrderId(9), &refused);
    assert_eq!((bytes[0], u16::from_le_bytes([bytes[2], bytes[3]])), (3, Code::FillInvalid as u16));
    assert_eq!(bytes.len(), REPORT_BYTES - REPORT_OUTCOME);
}

#[test]
fn a_request_record_names_the_order_and_its_form() {
    let mut desk = quoted(None);
    let trailing = OrderIntent {
        order_type: OrderType::TrailingStop,
        side: Side::Sell,
        limit_price: None,
        terms: OrderTerms { trailing: Some(TrailingDistance::Ticks(40)), ..OrderTerms::default() },
        ..intent()
    };
    desk.submit(intent(), Timestamp(2)).unwrap();
    desk.submit(trailing, Timestamp(2)).unwrap();
    tell(&mut desk, &report(1, ReportKind::Accepted), 3).unwrap();
    let change = Amendment {
        client_order_id: ClientOrderId(1),
        quantity: Some(Quantity::from_lots(900)),
        limit_price: None,
        trigger_price: None,
        ts: Timestamp(4),
    };
    desk.amend(change, Timestamp(4)).unwrap();
    desk.lose_track(ClientOrderId(2), Timestamp(5)).unwrap();
    let form = OrderIdText::new("bot").unwrap();
    let mut records: Vec<[u8; REQUEST_BYTES]> = Vec::new();
    desk.drain(8, |engine, command| records.push(request_record(engine, command, &form))).unwrap();
    let word = |record: usize, at: usize| {
        i64::from_le_bytes(records[record][at..at + 8].try_into().unwrap())
    };
    let kinds: Vec<u8> = records.iter().map(|record| record[0]).collect();
    assert_eq!(kinds, [0, 0, 2, 3]);
    assert_eq!((records[0][4], word(0, 24), word(0, 32)), (4, 1_000, 100_000));
    assert_eq!((records[1][1], records[1][2], records[1][4], word(1, 48)), (1, 6, 16, 40));
    assert_eq!((records[2][4], word(2, 8), word(2, 24), word(2, 32)), (4, 1, 900, 100_000));
    assert_eq!((word(3, 8), records[3][4], word(3, 24)), (2, 16, 1_000));
    let text = &records[2][88..88 + usize::from(records[2][6])];
    assert_eq!(text, b"bot-00000-0000001");
}

#[test]
fn a_strategy_that_the_limits_do_not_name_is_refused_alone_and_in_a_list() {
    let mut config = desk_config();
    config.engine.limits.strategies = vec!["trend".into()];
    let mut desk = Desk::open(&config, None).unwrap();
    let of = |strategy| OrderIntent {
        terms: OrderTerms { strategy, cause: Some(Timestamp(1)), ..OrderTerms::default() },
        ..intent()
    };
    assert!(desk.submit(of(1), Timestamp(2)).is_ok());
    let refused = desk.submit(of(2), Timestamp(3)).map_err(|error| error.code());
    assert_eq!(refused.map(|_| ()), Err(Code::StrategyUnknown));
    let pair = [of(1), of(u16::MAX)];
    let refused = desk.submit_list(holdfast_core::Contingency::Oco, &pair, Timestamp(4));
    assert_eq!(refused.map(|_| ()).map_err(|error| error.code()), Err(Code::StrategyUnknown));
    let judged = desk.engine().what_if(&of(2)).map(|_| ()).map_err(|error| error.code());
    assert_eq!(judged, Err(Code::StrategyUnknown));
    assert_eq!(desk.engine().next_client_order_id(), ClientOrderId(2), "no id was used up");
}
