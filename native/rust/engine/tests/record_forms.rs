//! The form of records that people and tools read: every record of a run has one, with the fields that its kind is known by.

mod desk;
mod random_run;

use holdfast_core::Timestamp;
use holdfast_core::journal_record::{RecordKind, hex};
use holdfast_engine::record_json::{concerns_order, fingerprint, record_json};
use holdfast_engine::{Engine, Sink};
use random_run::{Act, Player, Recorded, Stream, rich_config};
use serde_json::Value;
use std::collections::BTreeMap;

/// One record of each kind that a run of every act gives.
fn forms() -> BTreeMap<&'static str, Value> {
    let config = rich_config(false);
    let opened = serde_json::to_vec(&serde_json::json!({ "engine": config })).unwrap();
    let mut stream = Stream::default();
    stream.record(RecordKind::SessionOpened, Timestamp(0), opened.as_slice()).unwrap();
    let mut run = Recorded { engine: Engine::new(&config).unwrap(), stream };
    let acts: Vec<Act> = (0..600_u32)
        .map(|step| Act {
            kind: (step * 7 % 33) as u8,
            which: (step * 13 % 251) as u8,
            number: i64::from(step * 11 % 39 + 1),
            flag: step.is_multiple_of(3),
            wait_ms: if step % 60 == 59 { 90_000_000 } else { i64::from(step % 5) * 400 },
        })
        .collect();
    Player::default().play(&mut run, &acts);
    run.engine.close(&mut run.stream).unwrap();
    let mut forms = BTreeMap::new();
    run.stream.each(|record, _| {
        forms.entry(record.kind.name()).or_insert_with(|| record_json(record).unwrap());
    });
    forms
}

/// The fields of each kind; a kind may get more.
const KNOWN: [(&str, &str); 27] = [
    ("amend_requested", "client_order_id limit_ticks quantity_lots trigger_ticks"),
    ("bar", "close_ticks high_ticks instrument low_ticks open_ticks ts_open_ns volume_lots"),
    ("cancel_requested", "client_order_id"),
    (
        "day_closed",
        "benchmark_ticks cash equity fees gross_exposure marks position_value realized unrealized",
    ),
    ("failure", "code message"),
    ("funding", "instrument paid"),
    ("mode_changed", "mode reason"),
    (
        "order_changed",
        "alarm client_order_id cum_lots event fees order_type overlays quantity_lots role side status time_in_force",
    ),
    (
        "order_derived",
        "client_order_id instrument limit_ticks order_type parent quantity_lots reduce_only role side stop_loss_ticks take_profit_ticks terms time_in_force trigger_ticks",
    ),
    ("order_list_judged", "client_order_id contingency orders verdict"),
    (
        "order_submitted",
        "client_order_id instrument limit_ticks order_type parent quantity_lots reduce_only role side stop_loss_ticks take_profit_ticks terms time_in_force trigger_ticks",
    ),
    (
        "position_changed",
        "cash client_order_id instrument lots open_cost realized realized_by_fill",
    ),
    ("quote", "ask_lots ask_ticks bid_lots bid_ticks instrument"),
    ("rate_changed", "currency rate"),
    ("reconciliation_closed", "how item"),
    ("reconciliation_decision", "decision item reason"),
    ("reconciliation_item", "client_order_id difference item told"),
    ("reconciliation_state", "ignored mode open"),
    ("session_closed", "state_hash"),
    ("session_opened", "engine"),
    ("strategy_throttled", "strategy"),
    ("track_lost", "client_order_id"),
    ("trade", "aggressor_side instrument price_ticks quantity_lots"),
    (
        "trade_closed",
        "client_order_id entry_tick_lots entry_ticks exit_reason exit_tick_lots exit_ticks fees instrument lots most_lots opened_by opened_ns other_fees pnl side trade_id",
    ),
    (
        "venue_report",
        "account amendment client_order_id fee fee_currency instrument last_lots last_ticks liquidity_side report slippage trade_id venue_sequence",
    ),
    (
        "venue_snapshot",
        "balances fills fills_complete_from_ns orders orders_complete_until_ns positions positions_complete venue_ts_ns",
    ),
    ("verdict", "checks client_order_id limits_mark reducing suggested_lots verdict"),
];

#[test]
fn every_record_has_the_fields_that_its_kind_is_known_by() {
    let forms = forms();
    for (kind, fields) in KNOWN {
        let form = forms.get(kind).unwrap_or_else(|| panic!("no {kind}: {:?}", forms.keys()));
        assert_eq!(form["kind"], kind);
        for field in fields.split(' ') {
            assert!(form["content"].get(field).is_some(), "{kind} has no {field}: {form}");
        }
    }
}

#[test]
fn a_record_concerns_the_order_that_it_names_and_no_other() {
    let form = &forms()["order_changed"];
    let id = form["content"]["client_order_id"].clone();
    let id = id.as_u64().or_else(|| id.as_str()?.parse().ok()).unwrap();
    assert!(concerns_order(form, id) && !concerns_order(form, id + 1_000_000));
    assert_eq!(fingerprint(b"limits"), hex(blake3::hash(b"limits").as_bytes()));
}
