//! What happens when: prices, orders and faults, drawn before the run so that a failing one can be made smaller.

use super::kind::{FaultKind, FaultSet};
use super::random::Random;
use super::setting::{INSTRUMENTS, JUMP_NS_MAX};
use holdfast_core::{Contingency, OrderType, Side, TimeInForce};
use serde::Serialize;

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// Others trade at a price so many ticks away.
    Price { instrument: u32, move_ticks: i64 },
    /// The strategy wants an order; the price is relative to the market.
    Submit {
        instrument: u32,
        side: Side,
        order_type: OrderType,
        time_in_force: TimeInForce,
        lots: i64,
        offset_ticks: i64,
        /// Whether stop loss and take profit follow its fills.
        protected: bool,
        /// Whether it carries an idempotency key.
        keyed: bool,
    },
    /// The strategy wants orders that depend on each other; the shape decides on their kinds.
    List {
        instrument: u32,
        contingency: Contingency,
        side: Side,
        lots: i64,
        offset_ticks: i64,
        shape: u64,
    },
    /// The strategy submits a key again, with the same order or another.
    Repeat { which: u64, other: bool },
    /// The strategy cancels one of its open orders.
    Cancel { which: u64 },
    /// The strategy wants one of its open orders changed; no price moves by zero ticks.
    Amend { which: u64, lots: i64, move_ticks: i64 },
    /// A fault begins; the detail says how.
    Fault { kind: FaultKind, span_ns: i64, detail: u64 },
}

/// An act with its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scheduled {
    pub at_ns: i64,
    pub act: Act,
}

/// A scheduled act for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActText {
    /// Virtual time, ms.
    pub at_ms: i64,
    /// What happens.
    pub what: String,
}

impl Scheduled {
    pub fn text(&self) -> ActText {
        let what = match self.act {
            Act::Price { instrument, move_ticks } => {
                format!("instrument {instrument} trades {move_ticks:+} ticks away")
            }
            Act::Submit {
                instrument,
                side,
                order_type,
                time_in_force,
                lots,
                offset_ticks,
                protected,
                keyed,
            } => {
                let (side, order_type) = (side.name(), order_type.name());
                let time_in_force = time_in_force.name();
                format!(
                    "{side} {lots} lots of instrument {instrument}, {order_type} {time_in_force}, {offset_ticks:+} ticks{}{}",
                    if protected { ", protected" } else { "" },
                    if keyed { ", with a key" } else { "" }
                )
            }
            Act::List { instrument, contingency, side, lots, offset_ticks, shape } => {
                let (list, side) = (contingency.name(), side.name());
                format!(
                    "{list} list, first {side} {lots} lots of instrument {instrument}, {offset_ticks:+} ticks, shape {shape}"
                )
            }
            Act::Repeat { which, other } => {
                let order = if other { "another order" } else { "the same order" };
                format!("key {which} (modulo their number) again, with {order}")
            }
            Act::Cancel { which } => format!("cancel of open order {which} (modulo their number)"),
            Act::Amend { which, lots, move_ticks } => {
                format!(
                    "open order {which} (modulo their number) to {lots} lots and {move_ticks:+} ticks"
                )
            }
            Act::Fault { kind, span_ns, detail } => {
                format!("{} for {} ms, detail {detail}", kind.name(), span_ns / 1_000_000)
            }
        };
        ActText { at_ms: self.at_ns / 1_000_000, what }
    }
}

/// Draws a schedule.
pub(super) fn draw(seed: u64, steps: u32, faults: FaultSet) -> Vec<Scheduled> {
    let mut random = Random::new(seed, 1);
    // Swarm testing: each seed meets its own subset of the faults, so that none hides another.
    let kinds: Vec<FaultKind> = faults.iter().filter(|_| random.chance(500)).collect();
    let mut at_ns = 0;
    let mut schedule = Vec::with_capacity(steps as usize);
    for step in 0..steps {
        at_ns += random.between(1_000_000, 120_000_000);
        let instrument = random.below(u64::from(INSTRUMENTS)) as u32;
        let act = match random.below(100) {
            // The first trades give each instrument its price.
            _ if step < INSTRUMENTS => Act::Price { instrument: step, move_ticks: 0 },
            0..55 => Act::Price { instrument, move_ticks: random.between(-30, 30) },
            55..80 => submit(&mut random, instrument),
            80..85 => Act::Cancel { which: random.below(64) },
            85..90 => Act::Amend {
                which: random.below(64),
                lots: random.between(1, 30),
                move_ticks: random.between(-20, 20),
            },
            _ => match kinds.get(random.below(kinds.len() as u64) as usize) {
                Some(kind) => fault(&mut random, *kind),
                None => Act::Price { instrument, move_ticks: random.between(-30, 30) },
            },
        };
        schedule.push(Scheduled { at_ns, act });
    }
    schedule
}

fn submit(random: &mut Random, instrument: u32) -> Act {
    let order_type = match random.below(10) {
        0..3 => OrderType::Market,
        3..8 => OrderType::Limit,
        _ => OrderType::StopMarket,
    };
    let immediate = order_type == OrderType::Limit && random.chance(200);
    Act::Submit {
        instrument,
        side: if random.chance(500) { Side::Buy } else { Side::Sell },
        order_type,
        time_in_force: if immediate { TimeInForce::Ioc } else { TimeInForce::Gtc },
        lots: random.between(1, 20),
        offset_ticks: random.between(0, 40),
        protected: random.chance(400),
        keyed: false,
    }
}

pub(super) fn fault(random: &mut Random, kind: FaultKind) -> Act {
    let detail = match kind {
        FaultKind::ClockJump => random.below(JUMP_NS_MAX.unsigned_abs() * 2),
        _ => random.below(1_000),
    };
    Act::Fault { kind, span_ns: random.between(50_000_000, 4_000_000_000), detail }
}
