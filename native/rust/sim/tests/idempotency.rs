//! Client ids that no restart repeats, and keys that make a submission happen once.

mod support;

use holdfast_core::{ClientOrderId, Code, OrderIdText, OrderIntent, Side};
use holdfast_engine::idempotency::{KEY_LIFE_NS, key_of};
use holdfast_engine::replay::replay;
use holdfast_engine::{Engine, Input, JournalReader, JournalWriter, SyncPolicy};
use support::desk::Desk;
use support::*;

#[test]
fn ord_04_a_repeated_key_returns_the_first_verdict_and_sends_nothing() {
    let mut desk = Desk::new();
    let key = key_of("entry").unwrap();
    let first = desk.submit_once(limit(Side::Buy, 5, 9_900), key).unwrap();
    let before = desk.engine.state_hash();
    assert_eq!(desk.submit_once(limit(Side::Buy, 5, 9_900), key), Ok(first));
    assert_eq!((desk.commands.len(), desk.engine.state_hash()), (1, before));
    let other = desk.submit_once(limit(Side::Buy, 6, 9_900), key);
    assert_eq!(other.map_err(|e| e.code()), Err(Code::IdempotencyConflict));
    assert_eq!((desk.commands.len(), desk.engine.state_hash()), (1, before));
    assert_eq!(desk.submit_once(limit(Side::Buy, 5, 9_900), key + 1), Ok(first + 1));
}

#[test]
fn ord_04_a_denial_is_a_first_result_too() {
    let mut limits = config().engine;
    limits.limits.order_qty_max = "4".into();
    let mut desk = Desk::with(&limits);
    let client_order_id = desk.engine.next_client_order_id();
    let intent = OrderIntent { client_order_id, ts_intent: desk.now(), ..market(Side::Buy, 5) };
    let first = desk.step(&Input::SubmitOnce { intent, key: 7 }).unwrap().unwrap();
    let again = desk.step(&Input::SubmitOnce { intent, key: 7 }).unwrap().unwrap();
    assert!(!first.approved());
    assert_eq!(first, again, "with every control and number");
}

#[test]
fn ord_05_a_key_is_forgotten_after_a_day_but_not_while_its_order_lives() {
    let mut desk = Desk::new();
    let resting = desk.submit_once(limit(Side::Buy, 5, 9_900), 1).unwrap();
    let gone = desk.submit_once(limit(Side::Buy, 5, 9_900), 2).unwrap();
    desk.report(gone, holdfast_core::ReportKind::Rejected).unwrap();
    assert_eq!(desk.submit_once(limit(Side::Buy, 5, 9_900), 2), Ok(gone));
    let days = KEY_LIFE_NS / DAY_NS;
    desk.step(&Input::Bar(flat_bar(days, 10_000))).unwrap();
    assert_eq!(desk.submit_once(limit(Side::Buy, 5, 9_900), 1), Ok(resting));
    assert_eq!(desk.submit_once(limit(Side::Buy, 5, 9_900), 2), Ok(gone + 1));
}

#[test]
fn ord_05_keys_must_outnumber_open_orders() {
    let mut wrong = config().engine;
    wrong.orders.idempotency_max = wrong.max_open_orders;
    assert_eq!(Engine::new(&wrong).map(|_| ()).map_err(|e| e.code()), Err(Code::ConfigInvalid));
}

#[test]
fn ord_04_ids_carry_the_epoch_of_their_session() {
    let mut config = config().engine;
    config.orders.id_epoch = 3;
    let mut desk = Desk::with(&config);
    let id = ClientOrderId(desk.submit(limit(Side::Buy, 5, 9_900)));
    assert_eq!((id.epoch(), id.number(), id.next_epoch()), (3, 1, Ok(4)));
    let text = OrderIdText::new("hf").unwrap();
    assert_eq!(text.write(id), "hf-00003-0000001");
    config.orders.id_epoch = u32::MAX;
    assert_eq!(Engine::new(&config).map(|_| ()).map_err(|e| e.code()), Err(Code::OrderIdInvalid));
}

#[test]
fn ord_04_keys_stand_in_the_journal_and_repeats_leave_no_trace() {
    let folder = std::env::temp_dir().join(format!("holdfast-keys-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let journal = JournalWriter::create(&folder, SyncPolicy::Os).unwrap();
    let mut session = open_with_journal(&config(), journal);
    session.on_bar(&flat_bar(0, 10_000)).unwrap();
    for key in [1, 2, 1, 1, 2] {
        session.submit_once(limit(Side::Buy, 5, 9_900), key).unwrap();
    }
    session.on_bar(&flat_bar(1, 9_000)).unwrap();
    assert_eq!(position(&session), 10);
    let closed = session.close().unwrap();
    let reader = JournalReader::open(&folder).unwrap();
    let mut keys = Vec::new();
    reader
        .visit(|record| {
            let json = holdfast_engine::record_json::record_json(record)?;
            keys.extend(json["content"]["idempotency_key"].as_str().map(str::to_string));
            Ok(())
        })
        .unwrap();
    assert_eq!(keys, [format!("{:032x}", 1), format!("{:032x}", 2)]);
    assert_eq!(replay(&reader).unwrap().state_hash, closed.snapshot.state_hash);
    std::fs::remove_dir_all(&folder).unwrap();
}
