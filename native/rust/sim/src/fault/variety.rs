//! What a seed varies besides its faults: lists, keys, triggers and pauses in the schedule, and the engine's setting that fits.
//! It is drawn from a stream of its own, so that a seed without them keeps its schedule.

use super::act_kind::{ActKind, ActSet};
use super::lists::SHAPES;
use super::random::Random;
use super::schedule::{Act, Scheduled};
use super::setting::engine_config;
use holdfast_core::{Contingency, OrderType, TimeInForce};
use holdfast_engine::EngineConfig;
use holdfast_engine::idempotency::KEY_LIFE_NS;

/// Kinds that an engine can hold in place of a venue that lacks them.
const WAITING: [OrderType; 5] = [
    OrderType::StopMarket,
    OrderType::StopLimit,
    OrderType::TakeProfitMarket,
    OrderType::TakeProfitLimit,
    OrderType::TrailingStop,
];
/// Open orders of a seed whose keys reach the bound of their number: few enough that a run has more keys.
const FEW_ORDERS: usize = 12;

/// What one seed draws for a whole run.
#[derive(Debug, Clone)]
pub(super) struct Variety {
    pub config: EngineConfig,
    acts: ActSet,
    random: Random,
}

impl Variety {
    pub fn of(seed: u64, acts: ActSet) -> Self {
        let mut random = Random::new(seed, 6);
        // As with faults, each seed has its own half, so that none hides another.
        let acts = acts.filter(|| random.chance(600));
        let mut config = engine_config();
        if acts.has(ActKind::Triggers) {
            let lacking = WAITING.iter().filter(|_| random.chance(500));
            config.emulated_order_types = lacking.map(|kind| kind.name().to_string()).collect();
        }
        if acts.has(ActKind::Keys) {
            config.max_open_orders = if random.chance(300) { FEW_ORDERS } else { 64 };
            config.orders.idempotency_max = config.max_open_orders + 1;
        }
        Self { config, acts, random }
    }

    /// Puts the seed's own acts in the place of some of a schedule's.
    pub fn applied(mut self, mut schedule: Vec<Scheduled>) -> Vec<Scheduled> {
        let mut later_ns = 0;
        for scheduled in &mut schedule {
            if self.acts.has(ActKind::Days) && self.random.chance(4) {
                later_ns += self.pause_ns();
            }
            scheduled.at_ns += later_ns;
            scheduled.act = self.varied(scheduled.act);
        }
        schedule
    }

    /// A pause near the end of a key's life, or far from it.
    const fn pause_ns(&mut self) -> i64 {
        match self.random.below(3) {
            0 => KEY_LIFE_NS / 2,
            1 => KEY_LIFE_NS + self.random.between(-20_000_000_000, 20_000_000_000),
            _ => KEY_LIFE_NS * 2,
        }
    }

    fn varied(&mut self, act: Act) -> Act {
        match act {
            Act::Submit { instrument, side, lots, offset_ticks, .. }
                if self.acts.has(ActKind::Lists) && self.random.chance(350) =>
            {
                let contingency = match self.random.below(5) {
                    0 => Contingency::Oco,
                    1 => Contingency::Ouo,
                    2 => Contingency::Oto,
                    _ => Contingency::Bracket,
                };
                let shape = self.random.below(SHAPES);
                Act::List { instrument, contingency, side, lots, offset_ticks, shape }
            }
            Act::Submit { instrument, side, lots, offset_ticks, protected, .. }
                if self.acts.has(ActKind::Triggers) && self.random.chance(400) =>
            {
                let place = self.random.below(WAITING.len() as u64) as usize;
                let order_type = WAITING.get(place).copied().unwrap_or(OrderType::StopMarket);
                let time_in_force = TimeInForce::Gtc;
                self.keyed(Act::Submit {
                    instrument,
                    side,
                    order_type,
                    time_in_force,
                    lots,
                    offset_ticks,
                    protected,
                    keyed: false,
                })
            }
            Act::Submit { .. } => self.keyed(act),
            Act::Price { .. } if self.acts.has(ActKind::Keys) && self.random.chance(100) => {
                Act::Repeat { which: self.random.below(64), other: self.random.chance(250) }
            }
            _ => act,
        }
    }

    fn keyed(&mut self, mut act: Act) -> Act {
        if let Act::Submit { keyed, .. } = &mut act {
            *keyed = self.acts.has(ActKind::Keys) && self.random.chance(600);
        }
        act
    }
}
