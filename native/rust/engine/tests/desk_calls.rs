//! What only a caller of the desk sees: what is recorded of a refused call, what is heard, and the whole of a request.

mod desk;
mod support;

use desk::{config, spec};
use holdfast_core::journal_record::RecordKind;
use holdfast_core::{
    Amendment, Amount, Bar, ClientOrderId, Code, Contingency, Fraction, InstrumentId,
    InstrumentKind, OrderIdText, OrderIntent, OrderTerms, OrderType, Price, Quantity, Replacement,
    ReportKind, Side, Timestamp, Trade, TrailingDistance, VenueReport,
};
use holdfast_engine::record_json::record_json;
use holdfast_engine::request_record::{REQUEST_BYTES, request_record};
use holdfast_engine::{
    AccountSpec, Command, Desk, DeskConfig, Funding, JournalReader, JournalWriter, SyncPolicy,
};
use serde_json::{Value, json};
use support::Folder;

fn open(journal: Option<JournalWriter>) -> Desk {
    let account = AccountSpec {
        currency: Some("USD".into()),
        balances: serde_json::from_value(json!([{ "currency": "EUR", "amount": "100" }])).unwrap(),
        rate_age_ms_max: Some("unlimited".into()),
        ..AccountSpec::default()
    };
    let mut perpetual = spec(InstrumentKind::Linear);
    perpetual.symbol = "PERP".into();
    let engine = config(vec![spec(InstrumentKind::Spot), perpetual], "1000000", account);
    let mut desk = Desk::open(
        &DeskConfig { engine, about: json!({}), fuse: holdfast_risk::fuse::FuseSpec::unlimited() },
        journal,
    )
    .unwrap();
    desk.on_rate("EUR", "2", Timestamp(1)).unwrap();
    desk.on_trade(&traded(1)).unwrap();
    desk
}

fn traded(at: i64) -> Trade {
    Trade {
        instrument: InstrumentId(0),
        ts_event: Timestamp(at),
        price: Price::from_ticks(1_000),
        quantity: Quantity::from_lots(1),
        aggressor_side: Side::Buy,
    }
}

fn intent() -> OrderIntent {
    OrderIntent::limit(InstrumentId(0), Side::Buy, Quantity::from_lots(10), Price::from_ticks(990))
}

fn report(desk: &mut Desk, id: u64, kind: ReportKind) -> holdfast_core::Result<()> {
    let ts = desk.engine().now();
    desk.report(&VenueReport::without_fill(ClientOrderId(id), kind, ts))
}

fn failures(folder: &Folder) -> Vec<Value> {
    let mut found = Vec::new();
    let reader = JournalReader::open(&folder.0).unwrap();
    reader
        .visit(|record| {
            if record.kind == RecordKind::Failure {
                found.push(record_json(record)?["content"]["code"].clone());
            }
            Ok(())
        })
        .unwrap();
    found
}

fn heard(desk: &mut Desk, kind: RecordKind) -> usize {
    let mut bytes = vec![0; 1 << 16];
    let length = desk.notices().take(&mut bytes);
    let (mut at, mut count) = (0, 0);
    while at < length {
        let size = u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        count += usize::from(bytes[at + 4] == kind as u8);
        at += holdfast_engine::notices::NOTICE_HEADER_BYTES + size;
    }
    count
}

#[test]
fn what_is_refused_is_recorded_once_with_its_reason() {
    let folder = Folder::new("desk-refused");
    let mut desk = open(Some(JournalWriter::create(&folder.0, SyncPolicy::Os).unwrap()));
    let unknown = desk.cancel(ClientOrderId(9), Timestamp(2)).unwrap_err();
    assert_eq!(unknown.code(), Code::OrderUnknown);
    let wrong = VenueReport {
        last_quantity: Quantity::from_lots(1),
        last_price: Price::from_ticks(1_000),
        ..VenueReport::without_fill(ClientOrderId(9), ReportKind::Fill, Timestamp(3))
    };
    assert_eq!(desk.report(&wrong).unwrap_err().code(), Code::FillInvalid);
    desk.note_failure(Code::JournalIo, "outside", Timestamp(4)).unwrap();
    desk.commit().unwrap();
    assert_eq!(failures(&folder), ["ORDER_UNKNOWN", "FILL_INVALID", "JOURNAL_IO"]);
    desk.close().unwrap();
    assert_eq!(desk.drain(8, |_, _| ()), Ok(0), "nothing waits, so that nothing is committed");
    let stopped = desk.cancel(ClientOrderId(9), Timestamp(5)).unwrap_err();
    assert!(matches!(stopped.code(), Code::OrderUnknown | Code::JournalStopped), "{stopped}");
}

#[test]
fn a_repeated_submission_is_heard_again_and_only_by_who_hears() {
    let mut desk = open(None);
    assert!(desk.notices().is_empty(), "events of the market are known to who told them");
    let first = desk.submit_once(intent(), 7, Timestamp(2)).unwrap().client_order_id;
    assert_eq!(heard(&mut desk, RecordKind::Verdict), 1);
    let again = desk.submit_once(intent(), 7, Timestamp(3)).unwrap().client_order_id;
    assert_eq!((again, heard(&mut desk, RecordKind::Verdict)), (first, 1));
    desk.hears = false;
    desk.submit_once(intent(), 7, Timestamp(4)).unwrap();
    desk.submit_once(intent(), 8, Timestamp(4)).unwrap();
    assert!(desk.notices().is_empty());
    assert_eq!(desk.waiting(), 2);
}

#[test]
fn orders_of_a_list_get_ids_in_a_row_where_they_go_at_once() {
    let mut desk = open(None);
    desk.submit(intent(), Timestamp(2)).unwrap();
    let pair = [intent(), OrderIntent { limit_price: Some(Price::from_ticks(980)), ..intent() }];
    let (first, verdict) = desk.submit_list(Contingency::Oco, &pair, Timestamp(3)).unwrap();
    assert!(verdict.approved(), "{verdict:?}");
    assert_eq!((first, desk.engine().next_client_order_id()), (ClientOrderId(2), ClientOrderId(4)));
    let times: Vec<_> = [2, 3]
        .map(|id| desk.engine().open_order(ClientOrderId(id)).unwrap().intent)
        .map(|each| (each.ts_intent, each.limit_price.unwrap().ticks()))
        .to_vec();
    assert_eq!(times, [(Timestamp(3), 990), (Timestamp(3), 980)]);

    let follows =
        OrderIntent { side: Side::Sell, limit_price: Some(Price::from_ticks(1_010)), ..intent() };
    let (first, verdict) =
        desk.submit_list(Contingency::Oto, &[intent(), follows], Timestamp(4)).unwrap();
    assert!(verdict.approved(), "{verdict:?}");
    assert_eq!((first, desk.engine().next_client_order_id()), (ClientOrderId(4), ClientOrderId(5)));
    let ids: Vec<ClientOrderId> =
        desk.engine().open_orders().map(|each| each.intent.client_order_id).collect();
    assert_eq!(ids, [1, 2, 3, 4].map(ClientOrderId));
}

#[test]
fn every_call_moves_the_engine_to_its_time() {
    let mut desk = open(None);
    desk.submit(intent(), Timestamp(2)).unwrap();
    report(&mut desk, 1, ReportKind::Accepted).unwrap();
    let change = Amendment {
        client_order_id: ClientOrderId(1),
        quantity: Some(Quantity::from_lots(9)),
        limit_price: None,
        trigger_price: None,
        ts: Timestamp(0),
    };
    assert!(desk.amend(change, Timestamp(5)).unwrap().approved());
    assert_eq!(desk.engine().now(), Timestamp(5));
    desk.on_trade(&traded(6)).unwrap();
    let price = |desk: &Desk| desk.engine().instruments()[0].mark.unwrap().0.ticks();
    assert_eq!((desk.engine().now(), price(&desk)), (Timestamp(6), 1_000));
    let ticks = Price::from_ticks(1_002);
    let bar = Bar {
        instrument: InstrumentId(0),
        ts_open: Timestamp(6),
        ts_close: Timestamp(7),
        open: ticks,
        high: ticks,
        low: ticks,
        close: ticks,
        volume: Quantity::from_lots(1),
    };
    desk.on_bar(&bar).unwrap();
    assert_eq!((desk.engine().now(), price(&desk)), (Timestamp(7), 1_002));
    let wrong = Bar { low: Price::from_ticks(1_003), ..bar };
    assert_eq!(desk.on_bar(&wrong).unwrap_err().code(), Code::EventInvalid);
    let before = desk.engine().account().cash;
    let paid = Amount::parse("3").unwrap();
    desk.on_funding(Funding { instrument: InstrumentId(1), ts_event: Timestamp(8), paid }).unwrap();
    assert_eq!(desk.engine().account().cash, before.minus(paid).unwrap());
    let equity = desk.engine().equity();
    desk.on_rate("EUR", "3", Timestamp(9)).unwrap();
    assert_eq!(desk.engine().equity(), equity.plus(Amount::parse("100").unwrap()).unwrap());
    assert_eq!(desk.on_rate("XRP", "3", Timestamp(9)).unwrap_err().code(), Code::CurrencyUnknown);
}

fn record(engine: &holdfast_engine::Engine, command: &Command) -> [u8; REQUEST_BYTES] {
    request_record(engine, command, &OrderIdText::new("bot").unwrap())
}

fn word(record: &[u8], at: usize) -> i64 {
    i64::from_le_bytes(record[at..at + 8].try_into().unwrap())
}

#[test]
fn a_request_holds_every_term_and_flag_of_its_order() {
    let desk = open(None);
    let share = Fraction::parse("0.01").unwrap();
    let whole = OrderIntent {
        client_order_id: ClientOrderId(7),
        instrument: InstrumentId(1),
        parent: ClientOrderId(5),
        order_type: OrderType::StopLimit,
        trigger_price: Some(Price::from_ticks(995)),
        reduce_only: true,
        terms: OrderTerms {
            post_only: true,
            display: Some(Quantity::from_lots(2)),
            trailing: Some(TrailingDistance::Share(share)),
            expires: Some(Timestamp(99)),
            ..OrderTerms::default()
        },
        ..intent()
    };
    let placed = record(desk.engine(), &Command::Place(whole));
    assert_eq!(placed[4], 1 | 2 | 4 | 8 | 32 | 64 | 128, "every flag but ticks of a trail");
    let words = [8, 16, 24, 32, 40, 48, 56, 64, 72].map(|at| word(&placed, at));
    assert_eq!(words, [7, 1, 10, 990, 995, 10_000, 2, 99, 5]);
    for (flag, order) in [
        (4, intent()),
        (4 | 1, OrderIntent { reduce_only: true, ..intent() }),
        (
            4 | 2,
            OrderIntent {
                terms: OrderTerms { post_only: true, ..OrderTerms::default() },
                ..intent()
            },
        ),
    ] {
        assert_eq!(record(desk.engine(), &Command::Place(order))[4], flag);
    }
}

#[test]
fn a_replacement_names_its_number_and_the_one_whose_form_it_changes() {
    let mut desk = open(None);
    desk.submit(intent(), Timestamp(2)).unwrap();
    let form = Replacement::of_intent(&desk.engine().open_order(ClientOrderId(1)).unwrap().intent);
    let change = Replacement { number: 0x0102_0304, follows: 0x0506_0708, ..form };
    let replaced = record(desk.engine(), &Command::Replace(change));
    assert_eq!(replaced[80..88], [4, 3, 2, 1, 8, 7, 6, 5]);
}
