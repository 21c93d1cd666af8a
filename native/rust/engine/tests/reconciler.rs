//! Reconciliation of a journal by hand: on a copy of its state, or written to it.

mod desk;
mod random_run;
mod support;
mod venue_bench;

use holdfast_core::Code;
use holdfast_engine::reconciler::Reconciler;
use holdfast_engine::snapshot_file::list_snapshots;
use holdfast_engine::{JournalOptions, JournaledEngine, SnapshotPolicy, SyncPolicy};
use serde_json::{Value, json};
use support::Folder;
use venue_bench::spot;

fn begun(name: &str) -> Folder {
    let folder = Folder::new(name);
    let opened = serde_json::to_vec(&json!({ "engine": spot() })).unwrap();
    let options = JournalOptions::new(SyncPolicy::Os);
    let mut engine =
        JournaledEngine::create(&folder.0, &opened, options, SnapshotPolicy::default()).unwrap();
    engine.commit().unwrap();
    engine.leave().unwrap();
    folder
}

/// A venue with one open order and one position that nobody here knows.
fn foreign_venue() -> String {
    json!({
        "ts_ns": "9", "orders_complete_until_ns": "8", "fills_complete_from_ns": "0",
        "positions_complete": true,
        "orders": [{
            "venue_order_id": "X1", "client_order_id": null, "symbol": "BTC", "side": "buy",
            "type": "limit", "time_in_force": "gtc", "reduce_only": false,
            "status": "open", "quantity": "0.010", "filled": "0", "average_price": null,
            "limit_price": "499.5", "trigger_price": null, "post_only": false, "display": null,
            "trailing_price": null, "trailing_frac": null, "expires_ns": null,
        }],
        "fills": [],
        "positions": [
            { "symbol": "BTC", "position_side": null, "quantity": "0.015", "entry_price": "500" },
        ],
        "balances": [{ "currency": "USD", "cash": "1000" }],
    })
    .to_string()
}

#[test]
fn ord_10_a_reconciler_of_a_copy_decides_without_writing_and_one_that_writes_is_found_again() {
    let folder = begun("reconciler");
    let items = |state: &Value| -> Vec<String> {
        let open = state["open"].as_array().unwrap().iter();
        open.map(|each| each["id"].as_str().unwrap().to_string()).collect()
    };
    let decided = |mut reconciler: Reconciler| {
        let fresh = reconciler.state().unwrap();
        let none = json!([]);
        assert_eq!(
            (&fresh["open"], &fresh["commands"], &fresh["mode"]),
            (&none, &none, &json!("normal"))
        );
        assert_eq!(reconciler.report()["in_doubt"], none);
        assert!(reconciler.report()["replayed"].is_u64());
        reconciler.compare(&foreign_venue()).unwrap();
        let state = reconciler.state().unwrap();
        assert_eq!((&state["mode"], &state["balances_wait"]), (&json!("reduced"), &json!(true)));
        let position = state["open"]
            .as_array()
            .unwrap()
            .iter()
            .find(|each| each["code"] == "POSITION_DIFFERS");
        let sides = position.map(|each| (each["here"].clone(), each["there"].clone()));
        assert_eq!(sides, Some((json!("0"), json!("0.015"))), "no fill explains any of it");
        for id in items(&state) {
            let unknown = reconciler.decide(&id, "keep", "").unwrap_err();
            assert_eq!(unknown.code(), Code::ArgumentInvalid);
            reconciler.decide(&id, "flatten", "not mine").unwrap();
        }
        let refused = reconciler.decide("0f", "adopt", "").unwrap_err();
        assert_eq!(refused.code(), Code::ReconciliationItemUnknown);
        reconciler
    };
    let mut copy = decided(Reconciler::look(&folder.0).unwrap());
    let state = copy.state().unwrap();
    copy.close().unwrap();
    copy.abandon();
    assert_eq!(copy.state().unwrap_err().code(), Code::HandleClosed);
    assert_eq!(
        copy.decide("0f45ab0de66055a5", "adopt", "").unwrap_err().code(),
        Code::HandleClosed
    );

    let mut written =
        decided(Reconciler::open(&folder.0, JournalOptions::new(SyncPolicy::Os)).unwrap());
    assert_eq!(written.state().unwrap(), state, "a copy shows what writing would give");
    assert_eq!(state["open"][0]["here"], "999992.5 USD", "what the position cost shows as cash");
    assert_eq!(state["open"][0]["there"], "1000 USD");
    let commands = json!([
        { "command": "cancel", "client_order_id": "9007197581257782", "venue_order_id": "X1" },
        {
            "command": "place", "client_order_id": "1", "symbol": "BTC", "side": "sell",
            "type": "market", "reduce_only": true, "quantity": "0.015",
        },
    ]);
    assert_eq!(state["commands"], commands);
    written.close().unwrap();
    written.close().unwrap();
    assert_eq!(written.compare(&foreign_venue()).unwrap_err().code(), Code::HandleClosed);

    let again = Reconciler::look(&folder.0).unwrap();
    let (found, report) = (again.state().unwrap(), again.report());
    assert_eq!(found["open"], state["open"]);
    assert_eq!((&found["commands"], &report["replayed"]), (&json!([]), &json!(0)));
    assert_eq!(
        report["in_doubt"],
        json!(["1", "9007197581257782"]),
        "both were sent for all that is known"
    );
    assert!(report["snapshot"].as_u64().unwrap() > 0, "closing takes a snapshot");
    assert_eq!((&report["refused"], &report["cut_bytes"]), (&json!([]), &json!(0)));
}

#[test]
fn ord_10_a_reconciler_that_is_abandoned_leaves_what_was_decided_to_the_journal() {
    let folder = begun("abandoned");
    let mut written = Reconciler::open(&folder.0, JournalOptions::new(SyncPolicy::Os)).unwrap();
    written.compare(&foreign_venue()).unwrap();
    let state = written.state().unwrap();
    written.abandon();
    assert_eq!(written.state().unwrap_err().code(), Code::HandleClosed);
    let again = Reconciler::look(&folder.0).unwrap();
    assert_eq!(again.state().unwrap()["open"], state["open"]);
    assert_eq!(again.report()["snapshot"], Value::Null);

    // A snapshot that does not hold is told with its file.
    let mut taken = Reconciler::open(&folder.0, JournalOptions::new(SyncPolicy::Os)).unwrap();
    taken.close().unwrap();
    let (_, path) = list_snapshots(&folder.0).unwrap().remove(0);
    std::fs::write(&path, b"nothing").unwrap();
    let report = Reconciler::look(&folder.0).unwrap().report();
    let file = path.file_name().unwrap().to_str().unwrap();
    assert_eq!(
        (report["refused"][0]["file"].as_str(), report["refused"][0]["code"].as_str()),
        (Some(file), Some("SNAPSHOT_CORRUPT"))
    );
    assert!(report["replayed"].as_u64() > Some(0));
}
