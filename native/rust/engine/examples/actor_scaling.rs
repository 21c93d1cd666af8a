//! How the rate of orders grows with worker threads, printed as JSON: `cargo run --release --example actor_scaling`.
//!
//! The same stream over eight instruments, one actor each, every record with its hash chain in memory: an order is judged,
//! accepted and filled, with a price before every fourth. Every run must end in the same state.

use holdfast_core::journal_record::{Chain, RecordKind};
use holdfast_core::wire::Encode;
use holdfast_core::{
    Amount, ClientOrderId, Code, Error, InstrumentId, InstrumentSpec, OrderIntent, Price, Quantity,
    ReportKind, Result, Side, Timestamp, Trade, TradeId, VenueReport,
};
use holdfast_engine::{
    AccountSpec, ActorOptions, ActorPlan, ActorPort, ActorStep, Actors, EngineConfig, Input, Sink,
};
use std::io::Write;
use std::time::Instant;

const INSTRUMENTS: u32 = 8;
const ORDERS: u32 = 400_000;
/// Bytes of records that an actor gathers before it starts anew, as a journal's group does.
const GROUP_BYTES: usize = 1 << 20;

/// Encodes and chains every record, as a journal does before it writes.
#[derive(Default)]
struct Chained {
    chain: Chain,
    group: Vec<u8>,
    denied: u64,
}

impl Sink for Chained {
    fn record(
        &mut self,
        kind: RecordKind,
        ts: Timestamp,
        content: &(impl Encode + ?Sized),
    ) -> Result<()> {
        if self.group.len() > GROUP_BYTES {
            self.group.clear();
        }
        self.chain.append(&mut self.group, kind, ts, content)
    }
}

impl ActorPort for Chained {
    fn stepped(&mut self, step: ActorStep<'_>) {
        let is_good = match step.outcome {
            Ok(Some(verdict)) => verdict.approved(),
            Ok(None) => true,
            Err(_) => false,
        };
        self.denied += u64::from(!is_good);
    }
}

fn spec(number: u32) -> InstrumentSpec {
    InstrumentSpec {
        symbol: format!("I{number}"),
        venue: "SIM".into(),
        base_currency: format!("I{number}"),
        quote_currency: "USD".into(),
        settlement_currency: "USD".into(),
        tick_size: "0.01".into(),
        lot_size: "0.001".into(),
        contract_multiplier: "1".into(),
        min_quantity: None,
        max_quantity: None,
        min_notional: None,
        max_notional: None,
        percent_price_frac: None,
        perpetual: false,
        contract: holdfast_core::ContractSpec::default(),
    }
}

/// Limits that are all set and all far away, so that every control has to be judged.
fn account() -> Result<EngineConfig> {
    let limits = serde_json::json!({
        "order_qty_max": "100", "order_notional_quote_max": "1000000", "position_frac_max": "50",
        "gross_exposure_frac_max": "100", "price_band_frac_max": "0.1",
        "orders_per_minute_max": "unlimited", "daily_trades_max": "unlimited",
        "daily_loss_frac_max": "0.5", "drawdown_frac_max": "0.5", "stop_loss_required": false,
        "price_age_ms_max": "unlimited"
    });
    let limits = serde_json::from_value(limits)
        .map_err(|error| Error::new(Code::LimitsInvalid, format!("limits must parse, {error}")))?;
    Ok(EngineConfig {
        instruments: (0..INSTRUMENTS).map(spec).collect(),
        limits,
        start_cash: "8000000000".into(),
        max_open_orders: 1_024,
        account: AccountSpec::default(),
        emulated_order_types: Vec::new(),
        orders: holdfast_engine::config::OrderConfig::default(),
    })
}

fn intent(instrument: u32, side: Side, ts: i64) -> OrderIntent {
    OrderIntent {
        ts_intent: Timestamp(ts),
        ..OrderIntent::limit(
            InstrumentId(instrument),
            side,
            Quantity::from_lots(10),
            Price::from_ticks(10_000),
        )
    }
}

/// Prices, orders and their reports, round the instruments.
fn stream() -> Result<Vec<Input<'static>>> {
    let mut inputs = Vec::with_capacity(ORDERS as usize * 4);
    for order in 0..ORDERS {
        let (instrument, round) = (order % INSTRUMENTS, order / INSTRUMENTS);
        let ts = i64::from(order) * 1_000;
        if round.is_multiple_of(4) {
            inputs.push(Input::Trade(Trade {
                instrument: InstrumentId(instrument),
                ts_event: Timestamp(ts),
                price: Price::from_ticks(10_000 + i64::from(round % 7)),
                quantity: Quantity::from_lots(1),
                aggressor_side: Side::Buy,
            }));
        }
        let side = if round.is_multiple_of(2) { Side::Buy } else { Side::Sell };
        inputs.push(Input::Submit(intent(instrument, side, ts)));
        let id = ClientOrderId::compose(instrument, round + 1)?;
        let plain = VenueReport::without_fill(id, ReportKind::Accepted, Timestamp(ts));
        inputs.push(Input::Report(plain));
        inputs.push(Input::Report(VenueReport {
            kind: ReportKind::Fill,
            trade_id: TradeId(u64::from(order) + 1),
            last_price: Price::from_ticks(10_000),
            last_quantity: Quantity::from_lots(10),
            fee: Amount::from_raw(123_456_789_000_000),
            ..plain
        }));
    }
    Ok(inputs)
}

/// Runs the stream; returns seconds and the hash over all states.
fn run(inputs: &[Input<'static>], workers: usize) -> Result<(f64, [u8; 32])> {
    let plan = ActorPlan::per_instrument(&account()?)?;
    let ports = (0..INSTRUMENTS).map(|_| Chained::default()).collect();
    let options = ActorOptions { workers, ..ActorOptions::default() };
    let mut actors = Actors::open(plan, ports, options)?;
    let start = Instant::now();
    for input in inputs {
        actors.send(*input)?;
    }
    let hash = actors.figures()?.sum.state_hash;
    let elapsed = start.elapsed().as_secs_f64();
    let denied: u64 = actors.finish()?.iter().map(|actor| actor.port().denied).sum();
    if denied > 0 {
        return Err(Error::new(Code::OrderInvalid, format!("no order must fail, {denied} did")));
    }
    Ok((elapsed, hash))
}

fn main() -> Result<()> {
    let inputs = stream()?;
    let (_, expected) = run(&inputs, 0)?;
    let mut rows = Vec::new();
    for workers in [0, 1, 2, 4, 8] {
        let mut best = f64::INFINITY;
        for _ in 0..3 {
            let (elapsed, hash) = run(&inputs, workers)?;
            if hash != expected {
                let message = format!("{workers} workers must end in the same state");
                return Err(Error::new(Code::JournalDiverged, message));
            }
            best = best.min(elapsed);
        }
        rows.push(serde_json::json!({
            "workers": workers,
            "orders_per_s": (f64::from(ORDERS) / best).round(),
            "inputs_per_s": (inputs.len() as f64 / best).round(),
        }));
    }
    let shown = serde_json::json!({
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
        "instruments": INSTRUMENTS, "orders": ORDERS, "inputs": inputs.len(), "runs": rows,
    });
    writeln!(std::io::stdout(), "{shown:#}")
        .map_err(|error| Error::new(Code::OutputIo, format!("result must be shown, {error}")))
}
