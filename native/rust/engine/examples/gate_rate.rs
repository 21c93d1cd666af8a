//! How long the gate takes, natively, printed as JSON: `cargo run --release --example gate_rate`.
//!
//! Every control is on, a hundred instruments are priced, and a thousand orders rest. Check and reserve are measured as one
//! step of the engine, as a bot meets them; no journal is kept.

use holdfast_batch::Width;
use holdfast_core::{
    ClientOrderId, Code, ContractSpec, Error, InstrumentId, InstrumentSpec, OrderIntent, Price,
    Quantity, Quote, ReportKind, Result, Side, Timestamp, TradeId, VenueReport,
};
use holdfast_engine::candidates::{CandidateMemory, Candidates, NONE};
use holdfast_engine::config::OrderConfig;
use holdfast_engine::{AccountSpec, Command, Engine, EngineConfig, Input, Sink};
use holdfast_risk::{GateSignal, Verdict};
use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

const INSTRUMENTS: u32 = 100;
/// Orders that are measured, after as many that are not.
const ORDERS: usize = 20_000;
/// Orders that are judged at once, and rounds of them after as many that are not measured.
const CANDIDATES: usize = 4_096;
const ROUNDS: usize = 100;
/// When the session begins, and how much later each order comes.
const START: i64 = 1_000_000_000;
const STEP_NS: i64 = 1_000_000;

/// Every control that an order without a stop can pass, with bounds that these orders keep.
const LIMITS: &str = r#"{
    "order_qty_max": "100", "order_notional_quote_max": "1000000", "position_frac_max": "50",
    "gross_exposure_frac_max": "100", "price_band_frac_max": "0.1", "orders_per_minute_max": "65536",
    "daily_trades_max": "1000000000", "daily_loss_frac_max": "0.5", "drawdown_frac_max": "0.5",
    "stop_loss_required": false, "price_age_ms_max": "100000000", "position_qty_max": "100000",
    "position_notional_quote_max": "100000000", "net_exposure_frac_max": "100", "asset_exposure_frac_max": "100",
    "group_exposure_frac_max": "100", "groups": { "all": [GROUP] }, "concentration_frac_max": "1",
    "leverage_max": "100", "buying_power_frac_max": "100", "open_orders_max": "120000",
    "messages_per_second_max": "65536", "strategy_messages_per_second_max": "65536",
    "cancel_reserve_frac_min": "0.1", "duplicate_window_ms_min": "5", "executions_max": "65536",
    "executions_window_ms_min": "1000", "weekly_loss_frac_max": "0.5", "total_loss_frac_max": "0.5",
    "drawdown_soft_frac_max": "0.4", "consecutive_losses_max": "1000000000", "price_collar_frac_max": "0.1",
    "price_collar_window_ms_min": "1000", "stop_uncovered_ms_max": "1000000", "account_age_ms_max": "100000000",
    "intent_age_ms_max": "100000000", "clock_drift_ms_max": "1000", "trading_hours": "always",
    "calendars": { "always": [["0", "9000000000000000000"]] }
}"#;

/// Keeps nothing.
struct Nothing;

impl Sink for Nothing {
    fn record(
        &mut self,
        _kind: holdfast_core::journal_record::RecordKind,
        _ts: Timestamp,
        _content: &(impl holdfast_core::wire::Encode + ?Sized),
    ) -> Result<()> {
        Ok(())
    }
}

fn spec(number: u32) -> InstrumentSpec {
    InstrumentSpec {
        symbol: format!("I{number}"),
        venue: "SIM".into(),
        base_currency: format!("B{number}"),
        quote_currency: "USD".into(),
        settlement_currency: "USD".into(),
        tick_size: "0.01".into(),
        lot_size: "0.001".into(),
        contract_multiplier: "1".into(),
        min_quantity: Some("0.001".into()),
        max_quantity: Some("1000".into()),
        min_notional: Some("0.01".into()),
        max_notional: Some("10000000".into()),
        percent_price_frac: Some("0.2".into()),
        perpetual: false,
        contract: ContractSpec::default(),
    }
}

fn config(open_orders: usize) -> Result<EngineConfig> {
    let symbols: Vec<String> = (0..INSTRUMENTS).map(|number| format!("\"I{number}\"")).collect();
    let limits = serde_json::from_str(&LIMITS.replace("GROUP", &symbols.join(",")))
        .map_err(|error| Error::new(Code::LimitsInvalid, format!("limits must parse, {error}")))?;
    Ok(EngineConfig {
        instruments: (0..INSTRUMENTS).map(spec).collect(),
        limits,
        start_cash: "1000000000".into(),
        max_open_orders: open_orders + 64,
        account: AccountSpec::default(),
        emulated_order_types: Vec::new(),
        orders: OrderConfig::default(),
    })
}

struct Market {
    engine: Engine,
    commands: Vec<Command>,
    now: i64,
    trade: u64,
}

impl Market {
    fn open(resting: usize) -> Result<Self> {
        let engine = Engine::new(&config(resting)?)?;
        let mut market = Self { engine, commands: Vec::with_capacity(64), now: START, trade: 0 };
        let ts = Timestamp(START);
        market.step(&Input::Signal { signal: GateSignal::AccountConfirmed, ts })?;
        market.step(&Input::Signal { signal: GateSignal::ClockMeasured { offset_ns: 5 }, ts })?;
        for number in 0..INSTRUMENTS {
            let lots = Quantity::from_lots(1);
            market.step(&Input::Quote(Quote {
                instrument: InstrumentId(number),
                ts_event: ts,
                bid: Price::from_ticks(9_999),
                bid_quantity: lots,
                ask: Price::from_ticks(10_001),
                ask_quantity: lots,
            }))?;
        }
        for round in 0..resting {
            let intent = market.order(round, Side::Buy, 9_500);
            let id = market.submit(intent)?;
            market.report(id, ReportKind::Accepted, 0)?;
        }
        Ok(market)
    }

    fn step(&mut self, input: &Input<'_>) -> Result<()> {
        self.commands.clear();
        self.engine.step(input, &mut Nothing, &mut self.commands).map(|_| ())
    }

    fn order(&mut self, round: usize, side: Side, ticks: i64) -> OrderIntent {
        self.now += STEP_NS;
        OrderIntent {
            client_order_id: self.engine.next_client_order_id(),
            ts_intent: Timestamp(self.now),
            ..OrderIntent::limit(
                InstrumentId((round % INSTRUMENTS as usize) as u32),
                side,
                Quantity::from_lots(10),
                Price::from_ticks(ticks),
            )
        }
    }

    fn submit(&mut self, intent: OrderIntent) -> Result<ClientOrderId> {
        self.commands.clear();
        let judged = self.engine.step(&Input::Submit(intent), &mut Nothing, &mut self.commands)?;
        let verdict = judged
            .ok_or_else(|| Error::new(Code::OrderInvalid, "a submitted order must be judged"))?;
        if !verdict.approved() {
            let failed: Vec<_> = verdict.checks().filter(|check| !check.passed).collect();
            let message = format!("every order must pass, failed {failed:?}");
            return Err(Error::new(Code::OrderInvalid, message));
        }
        let id = verdict.client_order_id;
        self.engine.recycle(verdict);
        Ok(id)
    }

    fn report(&mut self, id: ClientOrderId, kind: ReportKind, lots: i64) -> Result<()> {
        let is_fill = kind == ReportKind::Fill;
        self.trade += u64::from(is_fill);
        self.step(&Input::Report(VenueReport {
            trade_id: TradeId(if is_fill { self.trade } else { 0 }),
            last_price: Price::from_ticks(10_000),
            last_quantity: Quantity::from_lots(lots),
            ..VenueReport::without_fill(id, kind, Timestamp(self.now))
        }))
    }
}

/// What reading the clock twice costs.
fn clock_ns() -> f64 {
    let mut samples: Vec<u128> = (0..10_000).map(|_| Instant::now().elapsed().as_nanos()).collect();
    samples.sort_unstable();
    samples.get(5_000).map_or(0.0, |middle| *middle as f64)
}

/// Measures single orders: judged alone, and judged, reserved and sent; all of them fill, so that as many rest as before.
fn singles(resting: usize) -> Result<Vec<serde_json::Value>> {
    let mut market = Market::open(resting)?;
    let clock = clock_ns();
    let mut verdict = Verdict::new(ClientOrderId::NONE, false);
    let (mut checks, mut submits) = (Vec::new(), Vec::new());
    for round in 0..2 * ORDERS {
        let side =
            if (round / INSTRUMENTS as usize).is_multiple_of(2) { Side::Buy } else { Side::Sell };
        let intent = market.order(round, side, 10_000 + (round % 7) as i64);
        let start = Instant::now();
        market.engine.what_if_into(&intent, &mut verdict)?;
        black_box(&verdict);
        let checked = start.elapsed();
        let start = Instant::now();
        let id = market.submit(intent)?;
        let submitted = start.elapsed();
        market.report(id, ReportKind::Fill, 10)?;
        if round >= ORDERS {
            checks.push((checked.as_nanos() as f64 - clock).max(0.0));
            submits.push((submitted.as_nanos() as f64 - clock).max(0.0));
        }
    }
    let subject = format!("Holdfast, native, {resting} resting, {INSTRUMENTS} instruments");
    Ok(vec![
        figure("one order judged by every control", &subject, checks),
        figure("one order judged by every control, reserved and sent", &subject, submits),
    ])
}

/// Measures many orders judged at once, and one by one, over all instruments and over one.
fn batches(instruments: u32) -> Result<Vec<serde_json::Value>> {
    let market = Market::open(1_000)?;
    let number = |order: usize| (order as u32) % instruments;
    let indexes: Vec<u32> = (0..CANDIDATES).map(number).collect();
    let flags: Vec<u8> = (0..CANDIDATES).map(|order| (order / 7 % 2) as u8).collect();
    let lots: Vec<i64> = (0..CANDIDATES as i64).map(|order| 1 + order * 37 % 150_000).collect();
    let limits: Vec<i64> = (0..CANDIDATES as i64).map(|order| 8_900 + order * 13 % 2_200).collect();
    let stops = vec![NONE; CANDIDATES];
    let (instruments_of, flags, limits) = (&indexes, &flags, &limits);
    let orders = Candidates {
        strategy: 0,
        instruments: instruments_of,
        flags,
        lots: &lots,
        limits,
        stops: &stops,
    };
    let mut memory = CandidateMemory::with_capacity(CANDIDATES);
    let mut failed = vec![0; CANDIDATES];
    let mut cases = Vec::new();
    let case = format!("orders judged at once, {CANDIDATES} on {instruments} instruments");
    for width in Width::available() {
        memory.width = width;
        let mut samples = Vec::new();
        for round in 0..2 * ROUNDS {
            let start = Instant::now();
            market.engine.check_batch(black_box(&orders), &mut memory, &mut failed);
            let ns = start.elapsed().as_nanos() as f64 / CANDIDATES as f64;
            if round >= ROUNDS {
                samples.push(ns);
            }
        }
        cases.push(figure(&case, &format!("Holdfast, native, {}", width.name()), samples));
    }
    let mut samples = Vec::new();
    let mut verdict = Verdict::new(ClientOrderId::NONE, false);
    for round in 0..2 * ROUNDS {
        let start = Instant::now();
        for at in 0..CANDIDATES {
            market.engine.what_if_into(&orders.intent(&market.engine, at), &mut verdict)?;
            black_box(&verdict);
        }
        let ns = start.elapsed().as_nanos() as f64 / CANDIDATES as f64;
        if round >= ROUNDS {
            samples.push(ns);
        }
    }
    cases.push(figure(&case, "Holdfast, native, one by one", samples));
    Ok(cases)
}

/// Every sample for a program, median and 99th percentile for people.
fn figure(case: &str, subject: &str, mut samples: Vec<f64>) -> serde_json::Value {
    samples.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| samples.get((samples.len() as f64 * share) as usize).copied();
    serde_json::json!({
        "case": case, "subject": subject, "unit": "ns/order",
        "median": at(0.5), "p99": at(0.99),
        "samples": samples,
    })
}

fn main() -> Result<()> {
    let mut cases = Vec::new();
    for resting in [10, 1_000] {
        cases.extend(singles(resting)?);
    }
    for instruments in [1, INSTRUMENTS] {
        cases.extend(batches(instruments)?);
    }
    writeln!(std::io::stdout(), "{}", serde_json::json!({ "cases": cases }))
        .map_err(|error| Error::new(Code::OutputIo, format!("result must be shown, {error}")))
}
