//! How fast the engine is with orders, measured natively and printed as JSON: `cargo run --release --example order_rate`.
//!
//! A step by itself is timed between two readings of the clock, whose usual cost is taken off and shown as a case of its own;
//! what stays in it is that neither the processor nor its caches can work ahead across a reading. The fills of a batch are
//! timed together as well, as they come where a venue reports many: there the whole has two readings.
//!
//! Nothing is switched off: every order is judged, accounted, written to the journal's buffer with its hash chain, and written
//! as the bytes of a request; every report is applied to order, position and account. No disk is waited for.

use holdfast_core::{
    Amount, Code, Error, InstrumentId, InstrumentSpec, OrderIdText, OrderIntent, OrderRole,
    OrderType, Price, Quantity, Quote, ReportKind, Result, Side, TimeInForce, Timestamp, TradeId,
    VenueReport,
};
use holdfast_core::{ClientOrderId, OrderTerms};
use holdfast_engine::config::OrderConfig;
use holdfast_engine::request_record::{REQUEST_BYTES, request_record};
use holdfast_engine::{
    AccountSpec, Desk, DeskConfig, EngineConfig, JournalOptions, JournalWriter, SyncPolicy,
};
use holdfast_risk::fuse::FuseSpec;
use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

/// Single steps that are measured, after as many that are not.
const STEPS: usize = 20_000;
/// Orders that rest while the others come and go.
const RESTING: usize = 1_000;
/// Rounds of the sustained cases, how many of them are not measured, the orders of each, and how many of them are under way
/// at a time.
const ROUNDS: usize = 128;
const WARM_UP: usize = 8;
const ORDERS: usize = 4_096;
const BATCH: usize = 64;
/// When the session begins.
const START: Timestamp = Timestamp(1_000_000_000);

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
    let unreadable = |error| Error::new(Code::LimitsInvalid, format!("limits must parse, {error}"));
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
        max_open_orders: RESTING + BATCH,
        account: AccountSpec::default(),
        emulated_order_types: Vec::new(),
        orders: OrderConfig::default(),
    })
}

/// An engine with a price, and orders that rest.
struct Market {
    desk: Desk,
    form: OrderIdText,
    requests: Vec<[u8; REQUEST_BYTES]>,
    trade: u64,
}

impl Market {
    fn open(journal: Option<JournalWriter>, resting: usize, further: bool) -> Result<Self> {
        let config = DeskConfig {
            engine: config(further)?,
            about: serde_json::Value::Null,
            fuse: FuseSpec::unlimited(),
        };
        let mut desk = Desk::open(&config, journal)?;
        desk.hears = false;
        let (bid, ask) = (Price::from_ticks(9_999), Price::from_ticks(10_001));
        let lots = Quantity::from_lots(1);
        desk.on_quote(&Quote {
            instrument: InstrumentId(0),
            ts_event: START,
            bid,
            bid_quantity: lots,
            ask,
            ask_quantity: lots,
        })?;
        let requests = Vec::with_capacity(BATCH);
        let mut market = Self { desk, form: OrderIdText::new("hf")?, requests, trade: 0 };
        for _ in 0..resting {
            let id = market.submit(Side::Buy, 9_500)?;
            market.drain()?;
            market.report(id, ReportKind::Accepted, 0)?;
        }
        Ok(market)
    }

    fn submit(&mut self, side: Side, ticks: i64) -> Result<ClientOrderId> {
        let intent = OrderIntent {
            client_order_id: ClientOrderId::NONE,
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
            terms: OrderTerms::default(),
            ts_intent: START,
        };
        let verdict = self.desk.submit(intent, START)?;
        let id = verdict.client_order_id;
        self.desk.recycle(verdict);
        Ok(id)
    }

    /// Writes the bytes of what is to be sent.
    fn drain(&mut self) -> Result<()> {
        self.requests.clear();
        let (form, requests) = (&self.form, &mut self.requests);
        self.desk.drain(BATCH, |engine, command| {
            requests.push(request_record(engine, command, form));
        })?;
        black_box(&self.requests);
        Ok(())
    }

    /// As `drain`, without the write to the file that a commit makes: the buffer alone.
    fn submit_to_bytes(&mut self, side: Side) -> Result<ClientOrderId> {
        let id = self.submit(side, 10_000)?;
        let order = self.desk.engine().open_order(id)?;
        let command = holdfast_engine::Command::Place(order.intent);
        black_box(request_record(self.desk.engine(), &command, &self.form));
        Ok(id)
    }

    fn report(&mut self, id: ClientOrderId, kind: ReportKind, lots: i64) -> Result<()> {
        let is_fill = kind == ReportKind::Fill;
        self.trade += u64::from(is_fill);
        self.desk.report(&VenueReport {
            trade_id: TradeId(if is_fill { self.trade } else { 0 }),
            last_price: Price::from_ticks(10_000),
            last_quantity: Quantity::from_lots(lots),
            fee: Amount::from_raw(123_456_789_000_000),
            ..VenueReport::without_fill(id, kind, START)
        })
    }
}

const fn side_of(round: usize) -> Side {
    if round.is_multiple_of(2) { Side::Buy } else { Side::Sell }
}

/// One measured case.
struct Figure {
    case: &'static str,
    subject: &'static str,
    unit: &'static str,
    samples: Vec<f64>,
}

fn timed(samples: &mut Vec<f64>, clock: f64, run: impl FnOnce() -> Result<()>) -> Result<()> {
    let start = Instant::now();
    run()?;
    samples.push((start.elapsed().as_nanos() as f64 - clock).max(0.0));
    Ok(())
}

/// What reading the clock twice costs.
fn clock_pairs() -> Vec<f64> {
    (0..10_000).map(|_| Instant::now().elapsed().as_nanos() as f64).collect()
}

fn clock_ns() -> f64 {
    let mut samples = clock_pairs();
    samples.sort_unstable_by(f64::total_cmp);
    samples.get(5_000).copied().unwrap_or(0.0)
}

/// Measures single steps of an order's life.
fn steps(market: &mut Market, subject: &'static str, figures: &mut Vec<Figure>) -> Result<()> {
    let clock = clock_ns();
    let [mut submits, mut accepts, mut fills] = [const { Vec::new() }; 3];
    for round in 0..2 * STEPS {
        if round == STEPS {
            for samples in [&mut submits, &mut accepts, &mut fills] {
                samples.clear();
            }
        }
        let mut id = ClientOrderId::NONE;
        timed(&mut submits, clock, || {
            id = market.submit_to_bytes(side_of(round))?;
            Ok(())
        })?;
        market.drain()?;
        timed(&mut accepts, clock, || market.report(id, ReportKind::Accepted, 0))?;
        timed(&mut fills, clock, || market.report(id, ReportKind::Fill, 10))?;
    }
    for (case, unit, samples) in [
        ("submit, gate, journal buffer, request bytes", "ns/order", submits),
        ("acceptance applied to its order", "ns/report", accepts),
        ("fill applied to order, position and account", "ns/report", fills),
    ] {
        figures.push(Figure { case, subject, unit, samples });
    }
    Ok(())
}

/// Measures whole lives of orders, one batch under way at a time.
fn sustained(market: &mut Market, subject: &'static str, figures: &mut Vec<Figure>) -> Result<()> {
    let [mut sent, mut lived, mut fills] = [const { Vec::new() }; 3];
    let mut ids = [ClientOrderId::NONE; BATCH];
    for round in 0..ROUNDS {
        let (mut sending, mut living) = (0, 0);
        for batch in 0..ORDERS / BATCH {
            let start = Instant::now();
            for (place, id) in ids.iter_mut().enumerate() {
                *id = market.submit(side_of(place + batch), 10_000)?;
            }
            market.drain()?;
            let sent_ns = start.elapsed().as_nanos();
            for id in ids {
                market.report(id, ReportKind::Fill, 10)?;
            }
            let lived_ns = start.elapsed().as_nanos();
            sending += sent_ns;
            living += lived_ns;
            if round >= WARM_UP {
                fills.push((lived_ns - sent_ns) as f64 / BATCH as f64);
            }
        }
        if round >= WARM_UP {
            sent.push(sending as f64 / ORDERS as f64);
            lived.push(living as f64 / ORDERS as f64);
        }
    }
    figures.push(Figure {
        case: "fills of a batch of 64, timed together",
        subject,
        unit: "ns/report",
        samples: fills,
    });
    let unit = "ns/order";
    figures.push(Figure { case: "orders sent, sustained", subject, unit, samples: sent });
    figures.push(Figure {
        case: "orders sent and filled, sustained",
        subject,
        unit,
        samples: lived,
    });
    Ok(())
}

fn measured(folder: &Path) -> Result<Vec<Figure>> {
    let mut figures = vec![Figure {
        case: "two readings of the clock",
        subject: "the clock",
        unit: "ns/pair",
        samples: clock_pairs(),
    }];
    let journal = |name: &str, pipelined| {
        let options = JournalOptions { pipelined, ..JournalOptions::new(SyncPolicy::Os) };
        JournalWriter::create_with(&folder.join(name), options).map(Some)
    };
    let subject = "Holdfast, native, with journal";
    steps(&mut Market::open(journal("steps", false)?, 0, false)?, subject, &mut figures)?;
    sustained(&mut Market::open(journal("in-line", false)?, 0, false)?, subject, &mut figures)?;
    let subject = "Holdfast, native, with journal and its thread";
    sustained(&mut Market::open(journal("pipelined", true)?, 0, false)?, subject, &mut figures)?;
    let subject = "Holdfast, native, without journal";
    steps(&mut Market::open(None, 0, false)?, subject, &mut figures)?;
    sustained(&mut Market::open(None, 0, false)?, subject, &mut figures)?;
    let subject = "Holdfast, native, without journal, 1,000 resting";
    steps(&mut Market::open(None, RESTING, false)?, subject, &mut figures)?;
    let subject = "Holdfast, native, without journal, 1,000 resting, nearly every limit";
    steps(&mut Market::open(None, RESTING, true)?, subject, &mut figures)?;
    Ok(figures)
}

/// Writes every sample for a program, and median and 99th percentile for people.
fn shown(figures: Vec<Figure>) -> serde_json::Value {
    let cases = figures.into_iter().map(|Figure { case, subject, unit, mut samples }| {
        samples.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| samples.get((samples.len() as f64 * share) as usize).copied();
        serde_json::json!({
            "case": case, "subject": subject, "unit": unit,
            "median": at(0.5).map(f64::round), "p99": at(0.99).map(f64::round),
            "samples": samples,
        })
    });
    serde_json::json!({ "cases": cases.collect::<Vec<_>>() })
}

fn main() -> Result<()> {
    let folder = std::env::temp_dir().join(format!("holdfast-order-rate-{}", std::process::id()));
    let figures = measured(&folder);
    let _ = std::fs::remove_dir_all(&folder);
    writeln!(std::io::stdout(), "{}", shown(figures?))
        .map_err(|error| Error::new(Code::OutputIo, format!("result must be shown, {error}")))
}
