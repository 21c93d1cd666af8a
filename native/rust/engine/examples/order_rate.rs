//! How fast the engine is with orders, measured natively and printed as JSON: `cargo run --release --example order_rate`.
//!
//! Nothing is switched off: every step is judged, accounted and written to the journal's buffer with its hash chain.

use holdfast_core::{
    Amount, Bar, ClientOrderId, Error, InstrumentId, InstrumentSpec, OrderIntent, OrderRole,
    OrderType, Price, Quantity, ReportKind, Result, Side, TimeInForce, Timestamp, TradeId,
    VenueReport,
};
use holdfast_engine::config::OrderConfig;
use holdfast_engine::sink::NoSink;
use holdfast_engine::{Command, Engine, EngineConfig, Input, JournalWriter, Sink, SyncPolicy};
use std::io::Write;
use std::time::Instant;

const ROUNDS: usize = 200_000;
/// Orders that rest while the others come and go.
const RESTING: usize = 1_000;

fn spec() -> InstrumentSpec {
    InstrumentSpec {
        symbol: "TEST".into(),
        venue: "SIM".into(),
        base_currency: "TEST".into(),
        quote_currency: "USD".into(),
        settlement_currency: "USD".into(),
        tick_size: "0.01".into(),
        lot_size: "0.001".into(),
        contract_multiplier: "1".into(),
        min_quantity: Some("0.001".into()),
        max_quantity: Some("1000".into()),
        min_notional: None,
        max_notional: None,
        percent_price_frac: Some("0.2".into()),
        perpetual: false,
        contract: holdfast_core::ContractSpec::default(),
    }
}

/// Further limits, all far away: with them every control is judged that needs
/// no signal from outside and no time to pass.
const FURTHER: &str = r#"{
    "position_qty_max": "100000", "position_notional_quote_max": "100000000", "net_exposure_frac_max": "100",
    "asset_exposure_frac_max": "100", "group_exposure_frac_max": "100", "groups": { "all": ["TEST"] },
    "concentration_frac_max": "1", "leverage_max": "100", "buying_power_frac_max": "100",
    "open_orders_max": "60000",
    "weekly_loss_frac_max": "0.5", "total_loss_frac_max": "0.5", "drawdown_soft_frac_max": "0.4",
    "consecutive_losses_max": "1000000000", "price_collar_frac_max": "0.1", "price_collar_window_ms_min": "1000",
    "stop_uncovered_ms_max": "1000000", "intent_age_ms_max": "100000000", "trading_hours": "always",
    "calendars": { "always": [["0", "9000000000000000000"]] }
}"#;

/// Limits that are all set and all far away, so that every control has to be judged.
fn config(further: bool) -> Result<EngineConfig> {
    let mut limits = serde_json::json!({
        "order_qty_max": "100", "order_notional_quote_max": "1000000", "position_frac_max": "50",
        "gross_exposure_frac_max": "100", "price_band_frac_max": "0.1",
        "orders_per_minute_max": "unlimited", "daily_trades_max": "unlimited",
        "daily_loss_frac_max": "0.5", "drawdown_frac_max": "0.5", "stop_loss_required": false,
        "price_age_ms_max": "unlimited"
    });
    let unreadable = |error| {
        Error::new(holdfast_core::Code::LimitsInvalid, format!("limits must parse, {error}"))
    };
    if let (true, Some(object)) = (further, limits.as_object_mut()) {
        let more: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(FURTHER).map_err(unreadable)?;
        object.extend(more);
    }
    let limits = serde_json::from_value(limits).map_err(unreadable)?;
    Ok(EngineConfig {
        instruments: vec![spec()],
        limits,
        start_cash: "1000000000".into(),
        max_open_orders: RESTING + 16,
        account: holdfast_engine::AccountSpec::default(),
        emulated_order_types: Vec::new(),
        orders: OrderConfig::default(),
    })
}

struct Desk<S> {
    engine: Engine,
    sink: S,
    commands: Vec<Command>,
    trade: u64,
}

impl<S: Sink> Desk<S> {
    fn new(sink: S, resting: usize, further: bool) -> Result<Self> {
        let engine = Engine::new(&config(further)?)?;
        let mut desk = Self { engine, sink, commands: Vec::with_capacity(16), trade: 0 };
        let price = Price::from_ticks(10_000);
        desk.step(&Input::Bar(Bar {
            instrument: InstrumentId(0),
            ts_open: Timestamp(0),
            ts_close: Timestamp(1_000_000_000),
            open: price,
            high: price,
            low: price,
            close: price,
            volume: Quantity::from_lots(1),
        }))?;
        for _ in 0..resting {
            let id = desk.submit(Side::Buy, 9_500)?;
            desk.report(id, ReportKind::Accepted, 0)?;
        }
        Ok(desk)
    }

    fn step(&mut self, input: &Input<'_>) -> Result<()> {
        self.commands.clear();
        if let Some(verdict) = self.engine.step(input, &mut self.sink, &mut self.commands)? {
            self.engine.recycle(verdict);
        }
        Ok(())
    }

    fn submit(&mut self, side: Side, ticks: i64) -> Result<ClientOrderId> {
        let client_order_id = self.engine.next_client_order_id();
        self.step(&Input::Submit(OrderIntent {
            client_order_id,
            parent: ClientOrderId::NONE,
            instrument: InstrumentId(0),
            side,
            order_type: OrderType::Limit,
            time_in_force: TimeInForce::Gtc,
            role: OrderRole::Strategy,
            reduce_only: false,
            quantity: Quantity::from_lots(10),
            limit_price: Some(Price::from_ticks(ticks)),
            trigger_price: None,
            stop_loss: None,
            take_profit: None,
            terms: holdfast_core::OrderTerms::default(),
            ts_intent: self.engine.now(),
        }))?;
        Ok(client_order_id)
    }

    fn report(&mut self, id: ClientOrderId, kind: ReportKind, lots: i64) -> Result<()> {
        self.trade += u64::from(kind == ReportKind::Fill);
        self.step(&Input::Report(VenueReport {
            trade_id: TradeId(if kind == ReportKind::Fill { self.trade } else { 0 }),
            last_price: Price::from_ticks(10_000),
            last_quantity: Quantity::from_lots(lots),
            fee: Amount::from_raw(123_456_789_000_000),
            ..VenueReport::without_fill(id, kind, self.engine.now())
        }))
    }
}

/// Mean, median and 99th percentile of single steps, in nanoseconds; the clock's own cost is taken off the percentiles.
struct Spread {
    mean: f64,
    median: u64,
    p99: u64,
}

fn spread(mut samples: Vec<u64>, clock: u64) -> Spread {
    samples.sort_unstable();
    let at = |per_mille: usize| {
        samples.get(samples.len() * per_mille / 1_000).copied().unwrap_or(0).saturating_sub(clock)
    };
    let sum: u64 = samples.iter().map(|each| each.saturating_sub(clock)).sum();
    Spread { mean: sum as f64 / samples.len().max(1) as f64, median: at(500), p99: at(990) }
}

fn timed(samples: &mut Vec<u64>, run: impl FnOnce() -> Result<()>) -> Result<()> {
    let start = Instant::now();
    run()?;
    samples.push(start.elapsed().as_nanos() as u64);
    Ok(())
}

fn clock_ns() -> u64 {
    let mut samples: Vec<u64> =
        (0..10_000).map(|_| Instant::now().elapsed().as_nanos() as u64).collect();
    samples.sort_unstable();
    samples.get(5_000).copied().unwrap_or(0)
}

fn measure<S: Sink>(desk: &mut Desk<S>) -> Result<serde_json::Value> {
    let (mut submits, mut accepts, mut fills) = (Vec::new(), Vec::new(), Vec::new());
    for samples in [&mut submits, &mut accepts, &mut fills] {
        samples.reserve(ROUNDS);
    }
    for round in 0..ROUNDS {
        let side = if round % 2 == 0 { Side::Buy } else { Side::Sell };
        let id = desk.engine.next_client_order_id();
        timed(&mut submits, || desk.submit(side, 10_000).map(|_| ()))?;
        timed(&mut accepts, || desk.report(id, ReportKind::Accepted, 0))?;
        timed(&mut fills, || desk.report(id, ReportKind::Fill, 10))?;
    }
    let clock = clock_ns();
    let shown = |samples: Vec<u64>| {
        let Spread { mean, median, p99 } = spread(samples, clock);
        serde_json::json!({ "mean_ns": mean.round(), "median_ns": median, "p99_ns": p99 })
    };
    let start = Instant::now();
    for round in 0..ROUNDS {
        let side = if round % 2 == 0 { Side::Buy } else { Side::Sell };
        let id = desk.submit(side, 10_000)?;
        desk.report(id, ReportKind::Accepted, 0)?;
        desk.report(id, ReportKind::Fill, 10)?;
    }
    let lives = ROUNDS as f64 / start.elapsed().as_secs_f64();
    let start = Instant::now();
    for _ in 0..ROUNDS {
        let id = desk.submit(Side::Buy, 9_900)?;
        desk.report(id, ReportKind::Rejected, 0)?;
    }
    let sent = ROUNDS as f64 / start.elapsed().as_secs_f64();
    Ok(serde_json::json!({
        "submit": shown(submits), "report_accepted": shown(accepts), "report_fill": shown(fills),
        "orders_per_s_submit_accept_fill": lives.round(), "orders_per_s_submit_reject": sent.round(),
    }))
}

fn main() -> Result<()> {
    let folder = std::env::temp_dir().join(format!("holdfast-order-rate-{}", std::process::id()));
    let journal = JournalWriter::create(&folder, SyncPolicy::Os)?;
    let journaled = measure(&mut Desk::new(journal, 0, false)?);
    let _ = std::fs::remove_dir_all(&folder);
    let shown = serde_json::json!({
        "with_journal": journaled?,
        "without_journal": measure(&mut Desk::new(NoSink, 0, false)?)?,
        "without_journal_1000_resting": measure(&mut Desk::new(NoSink, RESTING, false)?)?,
        "every_limit_1000_resting": measure(&mut Desk::new(NoSink, RESTING, true)?)?,
        "rounds": ROUNDS,
    });
    writeln!(std::io::stdout(), "{shown:#}").map_err(|error| {
        Error::new(holdfast_core::Code::OutputIo, format!("result must be shown, {error}"))
    })
}
