//! A run that is there to be killed: orders through the engine into a journal, each acknowledged once it is committed.
//!
//! Usage: `crash_run FOLDER ORDERS SEED [POLICY]`, where the policy is `always` unless named. A line of standard output is an acknowledgement: what the next record's sequence
//! is, and the head of the chain. What it acknowledges must be in the journal whatever happens to the process.

use holdfast_core::journal_record::{RecordKind, hex};
use holdfast_core::venue_report::LiquiditySide;
use holdfast_core::{
    Amount, Code, Error, InstrumentId, OrderIntent, Price, Quantity, Quote, ReportKind, Result,
    Side, Timestamp, TradeId, VenueReport,
};
use holdfast_engine::{Command, Engine, EngineConfig, Input, JournalWriter, Sink, SyncPolicy};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;

/// Orders that are committed together at most, as a strategy that sends several in one step does.
const BURST_ORDERS_MAX: u64 = 8;
const STEP_NS: i64 = 1_000_000;

struct Run {
    engine: Engine,
    journal: JournalWriter,
    commands: Vec<Command>,
    now: i64,
    trades: u64,
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let ([folder, orders, seed] | [folder, orders, seed, _]) = arguments.as_slice() else {
        return Err("usage: crash_run FOLDER ORDERS SEED [POLICY]".into());
    };
    let policy = SyncPolicy::parse(arguments.get(3).map_or("always", String::as_str))?;
    run(JournalWriter::create(Path::new(folder), policy)?, orders.parse()?, seed.parse()?)?;
    Ok(())
}

/// The configuration: one instrument, and no limit but that of open orders.
fn opened() -> Value {
    json!({
        "engine": {
            "instruments": [{
                "symbol": "TEST", "venue": "SIM", "base_currency": "TEST", "quote_currency": "USD",
                "settlement_currency": "USD", "tick_size": "0.01", "lot_size": "1", "contract_multiplier": "1",
                "min_quantity": null, "max_quantity": null, "min_notional": null, "max_notional": null,
                "percent_price_frac": null, "perpetual": false,
            }],
            "limits": {
                "order_qty_max": "unlimited", "order_notional_quote_max": "unlimited",
                "position_frac_max": "unlimited", "gross_exposure_frac_max": "unlimited",
                "price_band_frac_max": "unlimited", "orders_per_minute_max": "unlimited",
                "daily_trades_max": "unlimited", "daily_loss_frac_max": "unlimited",
                "drawdown_frac_max": "unlimited", "stop_loss_required": false, "price_age_ms_max": "unlimited",
            },
            "start_cash": "1000000", "max_open_orders": 64,
        },
    })
}

fn run(journal: JournalWriter, orders: u64, seed: u64) -> Result<()> {
    let opened = opened();
    let config: EngineConfig = serde_json::from_value(opened["engine"].clone())
        .map_err(|error| Error::new(Code::ConfigInvalid, error.to_string()))?;
    let engine = Engine::new(&config)?;
    let mut run = Run { engine, journal, commands: Vec::new(), now: 0, trades: 0 };
    let payload = opened.to_string().into_bytes();
    run.journal.record(RecordKind::SessionOpened, Timestamp(0), payload.as_slice())?;
    let mut random = seed;
    let mut sent = 0;
    while sent < orders {
        run.quote(10_000 + (next(&mut random) % 100) as i64)?;
        for _ in 0..(1 + next(&mut random) % BURST_ORDERS_MAX).min(orders - sent) {
            let side = if sent.is_multiple_of(2) { Side::Buy } else { Side::Sell };
            run.submit(side, 1 + (next(&mut random) % 5) as i64)?;
            sent += 1;
        }
        // What the venue is to hear of is committed first.
        run.acknowledge()?;
        run.answer()?;
    }
    run.engine.close(&mut run.journal)?;
    run.acknowledge()?;
    run.journal.close()
}

/// The next number of a xorshift generator.
fn next(state: &mut u64) -> u64 {
    *state = (*state).max(1);
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

impl Run {
    fn step(&mut self, input: &Input<'_>) -> Result<()> {
        self.engine.step(input, &mut self.journal, &mut self.commands).map(|_| ())
    }

    fn quote(&mut self, bid: i64) -> Result<()> {
        self.now += STEP_NS;
        let lots = Quantity::from_lots(1_000);
        self.step(&Input::Quote(Quote {
            instrument: InstrumentId(0),
            ts_event: Timestamp(self.now),
            bid: Price::from_ticks(bid),
            bid_quantity: lots,
            ask: Price::from_ticks(bid + 1),
            ask_quantity: lots,
        }))
    }

    fn submit(&mut self, side: Side, lots: i64) -> Result<()> {
        self.step(&Input::Submit(OrderIntent {
            client_order_id: self.engine.next_client_order_id(),
            terms: holdfast_core::OrderTerms::default(),
            ts_intent: Timestamp(self.now),
            ..OrderIntent::market(InstrumentId(0), side, Quantity::from_lots(lots))
        }))
    }

    fn acknowledge(&mut self) -> Result<()> {
        self.journal.commit()?;
        let chain = self.journal.chain();
        let mut out = std::io::stdout().lock();
        writeln!(out, "{} {}", chain.next_sequence, hex(&chain.head))
            .and_then(|()| out.flush())
            .map_err(|error| Error::new(Code::OutputIo, error.to_string()))
    }

    /// Plays a venue that accepts and fills whatever it hears of.
    fn answer(&mut self) -> Result<()> {
        for command in std::mem::take(&mut self.commands) {
            let Command::Place(order) = command else { continue };
            self.now += 1;
            let id = order.client_order_id;
            let accepted = VenueReport::without_fill(id, ReportKind::Accepted, Timestamp(self.now));
            self.step(&Input::Report(accepted))?;
            self.trades += 1;
            self.step(&Input::Report(VenueReport {
                kind: ReportKind::Fill,
                trade_id: TradeId(self.trades),
                last_price: Price::from_ticks(10_000),
                last_quantity: order.quantity,
                liquidity_side: LiquiditySide::Taker,
                fee: Amount::from_raw(1),
                ..accepted
            }))?;
        }
        Ok(())
    }
}
