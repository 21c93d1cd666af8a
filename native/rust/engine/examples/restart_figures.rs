//! Measures a restart: a journal with many orders, rebuilt from its snapshot and tail, and from its first record.
//!
//! Usage: `restart_figures FOLDER ORDERS OPEN`: a folder that is made, how many orders the journal holds, and how many of
//! them are open at the end. The process ends without closing its journal, as a crash does.

use holdfast_core::{
    InstrumentId, OrderIntent, Price, Quantity, ReportKind, Side, Timestamp, Trade, TradeId,
    VenueReport,
};
use holdfast_engine::restart::{RestartReport, rebuild};
use holdfast_engine::snapshot_file::list_snapshots;
use holdfast_engine::{Engine, Input, JournalOptions, JournaledEngine, SnapshotPolicy, SyncPolicy};
use serde_json::{Value, json};
use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

const SAMPLES: usize = 5;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn opened() -> Outcome<Vec<u8>> {
    let unlimited = "unlimited";
    Ok(serde_json::to_vec(&json!({ "engine": {
        "instruments": [{
            "symbol": "BTC", "venue": "SIM", "base_currency": "BTC", "quote_currency": "USD",
            "settlement_currency": "USD", "tick_size": "0.01", "lot_size": "0.001", "contract_multiplier": "1",
            "min_quantity": null, "max_quantity": null, "min_notional": null, "max_notional": null,
            "percent_price_frac": null, "perpetual": false,
        }],
        "limits": {
            "order_qty_max": unlimited, "order_notional_quote_max": unlimited, "position_frac_max": unlimited,
            "gross_exposure_frac_max": unlimited, "price_band_frac_max": unlimited,
            "orders_per_minute_max": unlimited, "daily_trades_max": unlimited, "daily_loss_frac_max": unlimited,
            "drawdown_frac_max": unlimited, "stop_loss_required": false, "price_age_ms_max": unlimited,
        },
        "start_cash": "1000000000", "max_open_orders": 65_536,
    }}))?)
}

/// A market event, an order, its acceptance, and its fill unless it stays open: what an order leaves in a journal.
fn order(engine: &mut JournaledEngine, at: u64, stays: bool) -> Outcome<()> {
    let ts = Timestamp(at as i64 * 1_000_000);
    let price = Price::from_ticks(4_300_000 + (at % 64) as i64);
    let side = if at.is_multiple_of(2) { Side::Buy } else { Side::Sell };
    let lots = Quantity::from_lots(10);
    engine.step(&Input::Trade(Trade {
        instrument: InstrumentId(0),
        ts_event: ts,
        price,
        quantity: lots,
        aggressor_side: side,
    }))?;
    let id = engine.engine().next_client_order_id();
    engine.step(&Input::Submit(OrderIntent {
        client_order_id: id,
        ts_intent: ts,
        ..OrderIntent::limit(InstrumentId(0), side, lots, price)
    }))?;
    let accepted = VenueReport::without_fill(id, ReportKind::Accepted, ts);
    engine.step(&Input::Report(accepted))?;
    if !stays {
        let filled = VenueReport {
            trade_id: TradeId(at),
            last_price: price,
            last_quantity: lots,
            ..VenueReport::without_fill(id, ReportKind::Fill, ts)
        };
        engine.step(&Input::Report(filled))?;
    }
    engine.commit()?;
    Ok(())
}

fn timed(folder: &Path) -> Outcome<(Vec<f64>, Engine, RestartReport)> {
    let mut samples = Vec::new();
    loop {
        let start = Instant::now();
        let (engine, report) = rebuild(folder)?;
        samples.push(start.elapsed().as_secs_f64() * 1_000.0);
        if samples.len() == SAMPLES {
            samples.sort_by(f64::total_cmp);
            return Ok((samples, engine, report));
        }
    }
}

fn figures(samples: &[f64], report: &RestartReport) -> Value {
    let rounded: Vec<f64> = samples.iter().map(|ms| (ms * 10.0).round() / 10.0).collect();
    json!({
        "median_ms": rounded.get(SAMPLES / 2), "samples_ms": rounded, "snapshot": report.snapshot,
        "records_replayed": report.replayed,
    })
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, orders, open] = arguments.as_slice() else {
        return Err("usage: restart_figures FOLDER ORDERS OPEN".into());
    };
    let (folder, orders, open) = (Path::new(folder), orders.parse::<u64>()?, open.parse::<u64>()?);
    let options = JournalOptions::new(SyncPolicy::Os);
    let mut engine =
        JournaledEngine::create(folder, &opened()?, options, SnapshotPolicy::default())?;
    for at in 1..=orders {
        order(&mut engine, at, at > orders.saturating_sub(open))?;
    }
    let records = engine.journal().chain().next_sequence;
    drop(engine);

    let (with, engine, report) = timed(folder)?;
    let snapshot =
        list_snapshots(folder)?.first().map(|newest| fs::metadata(&newest.1)).transpose()?;
    for (_, path) in list_snapshots(folder)? {
        fs::remove_file(path)?;
    }
    let (without, whole, full) = timed(folder)?;
    if engine.image_hash() != whole.image_hash() {
        return Err("both ways must give the same state".into());
    }
    let printed = json!({
        "orders": orders, "open": engine.open_order_count(), "records": records,
        "snapshot_bytes": snapshot.map(|file| file.len()),
        "with_snapshot": figures(&with, &report), "without_snapshot": figures(&without, &full),
    });
    writeln!(std::io::stdout(), "{printed:#}")?;
    Ok(())
}
