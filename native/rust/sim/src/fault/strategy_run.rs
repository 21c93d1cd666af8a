//! A run for a strategy from outside: a recorded market, the same misbehaving venue, network and disk, the same rules.
//!
//! The caller plays one market event after the other: `advance` until it is reached, handling what is paused for, then `play`.
//! Faults are drawn from the seed as events come, so that they meet the time at which a strategy acts.

mod requests;

use super::exchange::Exchange;
use super::kind::{FaultKind, FaultSet};
use super::random::Random;
use super::schedule::{Act, fault};
use super::setting::GATEWAY;
use super::world::{Pace, Pause, World};
use crate::notices::Notices;
use holdfast_core::journal_record::hex;
use holdfast_core::{Bar, Code, Error, InstrumentId, Quantity, Result, Timestamp};
use holdfast_engine::{Engine, EngineConfig, Input, PositionMode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Market events of a thousand near which a fault begins, and how far such events are apart at least.
const FAULTY_PERMILLE: u64 = 200;
const FAULT_PAUSE_NS: i64 = 10_000_000_000;
/// How long before a market event a fault begins at the earliest, and after it at the latest.
const FAULT_LEAD_NS: i64 = 2_000_000_000;
const FAULT_LAG_NS: i64 = 1_000_000_000;

/// What a run is drawn from.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunOptions {
    /// The engine's configuration.
    pub engine: EngineConfig,
    /// The seed.
    pub seed: u64,
    /// `all`, `none`, or names with commas between them.
    pub faults: String,
    /// Faults that do not begin, by their number in this seed: how a failing run is made smaller.
    #[serde(default)]
    pub left_out: BTreeSet<u32>,
}

/// A fault that began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BegunFault {
    /// Its number in this seed.
    pub number: u32,
    /// Virtual time, ms since 1970.
    pub at_ms: i64,
    /// Its name.
    pub name: &'static str,
    /// How long it lasts, ms.
    pub span_ms: i64,
}

/// What became of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunOutcome {
    /// Hash over everything that the run did.
    pub hash: String,
    /// Events that were handled.
    pub events: u64,
    /// Fills at the venue.
    pub fills: u64,
    /// Deaths of the process.
    pub crashes: u64,
    /// Faults that began, in order.
    pub faults: Vec<BegunFault>,
}

/// One run.
#[derive(Debug)]
pub struct StrategyRun {
    world: World,
    pace: Option<Pace>,
    random: Random,
    kinds: Vec<FaultKind>,
    left_out: BTreeSet<u32>,
    begun: Vec<BegunFault>,
    drawn: u32,
    /// The market event that is under way.
    event: Option<Input<'static>>,
    fault_from: i64,
    /// The first rule that was broken; a strategy that catches exceptions cannot make it forgotten.
    broken: Option<Error>,
}

impl StrategyRun {
    /// Makes a run before its first bar.
    ///
    /// # Errors
    /// `FAULT_UNKNOWN`, and `CONFIG_INVALID` for an account that the rules do not know: they keep the books of spot in one
    /// currency a second time.
    pub fn new(options: &RunOptions) -> Result<Self> {
        let config = &options.engine;
        let faults = FaultSet::parse(&options.faults)?;
        let count = config.instruments.len();
        let exchange = Exchange::new(options.seed, vec![0; count]);
        let world = World::of(config, exchange, options.seed, Vec::new(), GATEWAY)?;
        check_account(&world.engine)?;
        let mut random = Random::new(options.seed, 5);
        // As in the simulator's own runs, each seed meets its own subset of the faults.
        let kinds = faults.iter().filter(|_| random.chance(500)).collect();
        Ok(Self {
            world,
            pace: None,
            random,
            kinds,
            left_out: options.left_out.clone(),
            begun: Vec::new(),
            drawn: 0,
            event: None,
            fault_from: i64::MIN,
            broken: None,
        })
    }

    /// Lets everything happen up to a market event (a bar, a trade or a quote), or up to the first thing that the strategy hears
    /// of; the caller handles it and calls again with the same event.
    ///
    /// # Errors
    /// `SIMULATION_VIOLATED` when a rule is broken, `EVENT_INVALID` when the event is malformed or out of order.
    pub fn advance(&mut self, event: &Input<'static>) -> Result<Pause> {
        if self.event != Some(*event) {
            self.begin(event)?;
        }
        self.whole()?;
        let pace = self.pace.as_mut().ok_or_else(unstarted)?;
        let outcome = self.world.advance(pace, event.ts().0);
        self.kept(outcome)
    }

    /// Remembers a broken rule.
    fn kept<T>(&mut self, outcome: Result<T>) -> Result<T> {
        outcome.inspect_err(|error| {
            if error.code() == Code::SimulationViolated {
                self.broken.get_or_insert_with(|| error.clone());
            }
        })
    }

    /// No rule may have been broken.
    fn whole(&self) -> Result<()> {
        self.broken.clone().map_or(Ok(()), Err)
    }

    /// Shows the event to the engine; nothing happens while the process is dead.
    ///
    /// # Errors
    /// As `advance`.
    pub fn play(&mut self, event: &Input<'static>) -> Result<()> {
        self.event = None;
        let outcome = self.world.hear_market(event);
        self.kept(outcome)
    }

    fn begin(&mut self, event: &Input<'static>) -> Result<()> {
        let (id, first, start) = match event {
            Input::Bar(bar) => {
                bar.validate()?;
                (bar.instrument, bar.open, bar.ts_open)
            }
            Input::Trade(trade) => (trade.instrument, trade.price, trade.ts_event),
            Input::Quote(quote) => (quote.instrument, quote.mid(), quote.ts_event),
            _ => return Err(Error::new(Code::EventInvalid, "an event must be of the market")),
        };
        let Some(state) = self.world.engine.instruments().get(id.index()) else {
            return Err(Error::new(
                Code::InstrumentUnknown,
                format!("instrument {} must be registered before use", id.0),
            ));
        };
        // A basis point of the first price stays the fee: it must be the same for both sides, not exact to the last fill.
        let lot = state.instrument.notional(first, Quantity::from_lots(1))?;
        let is_first = self.world.exchange.prices.get(id.index()) == Some(&0);
        if let Some(fee) = self.world.exchange.fees.get_mut(id.index()).filter(|_| is_first) {
            *fee = lot.raw() / 10_000;
        }
        if self.pace.is_none() {
            self.pace = Some(self.world.begin_at(start.0));
        }
        let (now, ts) = (self.world.now().0, event.ts().0);
        if ts < now {
            return Err(Error::new(
                Code::EventInvalid,
                format!("time must not run back, the event is of {ts} ns"),
            ));
        }
        match event {
            Input::Bar(bar) => self.draw_prices(bar, now),
            _ => self.world.quote(ts, id.0, first.ticks()),
        }
        self.draw_fault(ts, now);
        self.event = Some(*event);
        Ok(())
    }

    /// Prices reach the venue in eighths of the interval; which extreme comes first is drawn.
    fn draw_prices(&mut self, bar: &Bar, now: i64) {
        let (from, to) = (bar.ts_open.0.max(now), bar.ts_close.0);
        let eighth = (to - from) / 8;
        let (first, second) = match self.random.chance(500) {
            true => (bar.high, bar.low),
            false => (bar.low, bar.high),
        };
        let path = [(1, bar.open), (3, first), (5, second), (7, bar.close)];
        for (eighths, price) in path {
            self.world.quote(from + eighths * eighth, bar.instrument.0, price.ticks());
        }
    }

    fn draw_fault(&mut self, ts: i64, now: i64) {
        if ts < self.fault_from {
            return;
        }
        self.fault_from = ts + FAULT_PAUSE_NS;
        if !self.random.chance(FAULTY_PERMILLE) {
            return;
        }
        let place = self.random.below(self.kinds.len() as u64) as usize;
        let Some(kind) = self.kinds.get(place).copied() else { return };
        let at_ns = ts + self.random.between(-FAULT_LEAD_NS, FAULT_LAG_NS);
        let act = fault(&mut self.random, kind);
        let number = self.drawn;
        self.drawn += 1;
        if self.left_out.contains(&number) {
            return;
        }
        let at_ns = at_ns.max(now);
        if let Act::Fault { span_ns, .. } = act {
            let (at_ms, span_ms) = (at_ns / 1_000_000, span_ns / 1_000_000);
            self.begun.push(BegunFault { number, at_ms, name: kind.name(), span_ms });
        }
        self.world.plan(at_ns, act);
    }

    /// Stops the faults, waits until both sides agree, and replays the journal.
    ///
    /// # Errors
    /// `SIMULATION_VIOLATED`.
    pub fn finish(&mut self) -> Result<()> {
        self.whole()?;
        let pace = self.pace.as_mut().ok_or_else(unstarted)?;
        self.world.settle(pace)?;
        self.world.replay()
    }

    /// Returns what became of the run so far.
    #[must_use]
    pub fn outcome(&self) -> RunOutcome {
        RunOutcome {
            hash: hex(&self.world.hash()),
            events: self.world.events,
            fills: self.world.exchange.fills.len() as u64,
            crashes: self.world.crashes,
            faults: self.begun.clone(),
        }
    }

    /// Returns the engine of the process.
    #[must_use]
    pub const fn engine(&self) -> &Engine {
        &self.world.engine
    }

    /// Returns whether the process is dead.
    #[must_use]
    pub const fn is_down(&self) -> bool {
        self.world.down
    }

    /// Returns the position that the venue keeps, in lots.
    #[must_use]
    pub fn venue_lots(&self, id: InstrumentId) -> i64 {
        self.world.exchange.positions.get(id.index()).copied().unwrap_or(0)
    }

    /// Returns what the strategy hears of.
    pub fn notices(&mut self) -> &mut Notices {
        self.world.notices()
    }

    /// Returns the present time.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.world.now()
    }
}

fn unstarted() -> Error {
    Error::new(Code::DataEmpty, "a simulation must play at least one market event")
}

fn check_account(engine: &Engine) -> Result<()> {
    let is_spot = engine.instruments().iter().all(|state| !state.instrument.kind().is_margined());
    let is_plain =
        engine.position_mode() == PositionMode::Netting && engine.wallets().foreign().is_empty();
    if is_spot && is_plain {
        return Ok(());
    }
    Err(Error::new(
        Code::ConfigInvalid,
        "a simulation under faults must be of spot instruments, netted, in one currency",
    )
    .with("field", "account"))
}

#[cfg(test)]
mod tests {
    use super::super::setting::engine_config;
    use super::*;
    use holdfast_core::{Amount, ClientOrderId, Price, Side, Trade};

    #[test]
    fn str_07_a_broken_rule_is_found_and_cannot_be_caught_away() {
        let faults = "none".to_string();
        let options =
            RunOptions { engine: engine_config(), seed: 1, faults, left_out: BTreeSet::new() };
        let mut run = StrategyRun::new(&options).unwrap();
        let trade = |second: i64| {
            Input::Trade(Trade {
                instrument: InstrumentId(0),
                ts_event: Timestamp(second * 1_000_000_000),
                price: Price::from_ticks(10_000),
                quantity: Quantity::from_lots(1),
                aggressor_side: Side::Buy,
            })
        };
        assert_eq!(run.advance(&trade(1)), Ok(Pause::Reached));
        run.play(&trade(1)).unwrap();
        let cash = run.world.ledger.cash;
        run.world.ledger.cash = cash.plus(Amount::ONE).unwrap();
        let unknown = ClientOrderId(99);
        assert_eq!(run.cancel(unknown).map_err(|e| e.code()), Err(Code::OrderUnknown));
        let violated = Err(Code::SimulationViolated);
        assert_eq!(run.play(&trade(2)).map_err(|e| e.code()), violated);
        run.world.ledger.cash = cash;
        assert_eq!(run.advance(&trade(3)).map(|_| ()).map_err(|e| e.code()), violated);
        assert_eq!(run.finish().map_err(|e| e.code()), violated);
    }
}
