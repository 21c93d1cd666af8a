//! A run for a strategy from outside: a recorded market, the same misbehaving venue, network and disk, the same rules.
//!
//! The caller plays bar after bar: `advance` until the bar is reached, handling what is paused for, then `play`. Faults are
//! drawn from the seed as bars come, so that they meet the time at which a strategy acts.

use super::exchange::Exchange;
use super::kind::{FaultKind, FaultSet};
use super::random::Random;
use super::schedule::{Act, fault};
use super::setting::GATEWAY;
use super::world::{Pace, Pause, World};
use crate::notices::Notices;
use holdfast_core::journal_record::hex;
use holdfast_core::{
    Amendment, Bar, ClientOrderId, Code, Contingency, Error, InstrumentId, OrderIntent, Quantity,
    Rate, Result, Timestamp,
};
use holdfast_engine::{Engine, EngineConfig, Input, OrderList, PositionMode, RateChanged};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Bars of a thousand near which a fault begins.
const FAULTY_PERMILLE: u64 = 200;
/// How long before the close of a bar a fault begins at the earliest, and after it at the latest.
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
    /// The bar whose prices are under way.
    bar: Option<Bar>,
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
            bar: None,
        })
    }

    /// Lets everything happen up to the close of a bar, or up to the first thing that the strategy hears of; the caller
    /// handles it and calls again with the same bar.
    ///
    /// # Errors
    /// `SIMULATION_VIOLATED` when a rule is broken, `EVENT_INVALID` when the bar is malformed or out of order.
    pub fn advance(&mut self, bar: &Bar) -> Result<Pause> {
        if self.bar != Some(*bar) {
            self.begin(bar)?;
        }
        let pace = self.pace.as_mut().ok_or_else(unstarted)?;
        self.world.advance(pace, bar.ts_close.0)
    }

    /// Shows the bar to the engine; nothing happens while the process is dead.
    ///
    /// # Errors
    /// As `advance`.
    pub fn play(&mut self, bar: &Bar) -> Result<()> {
        self.world.hear_market(&Input::Bar(*bar))
    }

    fn begin(&mut self, bar: &Bar) -> Result<()> {
        bar.validate()?;
        let index = bar.instrument.index();
        let Some(state) = self.world.engine.instruments().get(index) else {
            return Err(Error::new(
                Code::InstrumentUnknown,
                format!("instrument {index} must be registered before use"),
            ));
        };
        // A basis point of the first price stays the fee: it must be the same for both sides, not exact to the last fill.
        let lot = state.instrument.notional(bar.open, Quantity::from_lots(1))?;
        let is_first = self.world.exchange.prices.get(index) == Some(&0);
        if let Some(fee) = self.world.exchange.fees.get_mut(index).filter(|_| is_first) {
            *fee = lot.raw() / 10_000;
        }
        if self.pace.is_none() {
            self.pace = Some(self.world.begin_at(bar.ts_open.0));
        }
        let now = self.world.now().0;
        if bar.ts_close.0 < now {
            return Err(Error::new(
                Code::EventInvalid,
                format!("time must not run back, the bar closes at {} ns", bar.ts_close.0),
            ));
        }
        self.draw_prices(bar, now);
        self.draw_fault(bar, now);
        self.bar = Some(*bar);
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

    fn draw_fault(&mut self, bar: &Bar, now: i64) {
        if !self.random.chance(FAULTY_PERMILLE) {
            return;
        }
        let place = self.random.below(self.kinds.len() as u64) as usize;
        let Some(kind) = self.kinds.get(place).copied() else { return };
        let at_ns = bar.ts_close.0 + self.random.between(-FAULT_LEAD_NS, FAULT_LAG_NS);
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

    /// Judges an order and, when approved, places it; id and time are set here.
    ///
    /// # Errors
    /// `SIMULATION_VIOLATED`, `SESSION_ABORTED` when the process dies or is dead, and what the engine refuses.
    pub fn submit(&mut self, intent: OrderIntent) -> Result<ClientOrderId> {
        self.world.order(intent)
    }

    /// Judges orders that depend on each other; ids and times are set here. Returns the id of the first.
    ///
    /// # Errors
    /// As `submit`.
    pub fn submit_list(
        &mut self,
        contingency: Contingency,
        orders: &[OrderIntent],
    ) -> Result<ClientOrderId> {
        self.world.order_list(OrderList { contingency, orders })
    }

    /// As `submit`, once for each key.
    ///
    /// # Errors
    /// As `submit`.
    pub fn submit_once(&mut self, intent: OrderIntent, key: u128) -> Result<ClientOrderId> {
        let id = self.world.engine.next_client_order_id();
        let intent = OrderIntent { client_order_id: id, ts_intent: self.world.now(), ..intent };
        let verdict = self.world.request(&Input::SubmitOnce { intent, key })?;
        let verdict = verdict.ok_or_else(|| {
            Error::new(Code::OrderInvalid, "a submitted order must have a verdict")
        })?;
        if verdict.client_order_id != id {
            let kind = holdfast_core::journal_record::RecordKind::Verdict;
            let now = self.world.now();
            self.world.notices().push(kind, now, verdict.as_ref());
        }
        Ok(verdict.client_order_id)
    }

    /// Cancels an open order.
    ///
    /// # Errors
    /// As `submit`.
    pub fn cancel(&mut self, client_order_id: ClientOrderId) -> Result<()> {
        let ts = self.world.now();
        self.world.request(&Input::Cancel { client_order_id, ts }).map(|_| ())
    }

    /// Changes an open order; the amendment's time is set here.
    ///
    /// # Errors
    /// As `submit`.
    pub fn amend(&mut self, amendment: Amendment) -> Result<()> {
        let amendment = Amendment { ts: self.world.now(), ..amendment };
        self.world.request(&Input::Amend(amendment)).map(|_| ())
    }

    /// Takes a rate of exchange.
    ///
    /// # Errors
    /// `CURRENCY_UNKNOWN`, `RATE_INVALID`, and as `submit`.
    pub fn set_rate(&mut self, currency: &str, rate: &str) -> Result<()> {
        let currency = self.world.engine.wallets().id(currency)?;
        let ts_event = self.world.now();
        let changed = RateChanged { currency, ts_event, rate: Rate::parse(rate)? };
        self.world.request(&Input::Rate(changed)).map(|_| ())
    }

    /// Stops the faults, waits until both sides agree, and replays the journal.
    ///
    /// # Errors
    /// `SIMULATION_VIOLATED`.
    pub fn finish(&mut self) -> Result<()> {
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
    Error::new(Code::DataEmpty, "a simulation must play at least one bar")
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
