//! Idempotency keys, watched from outside: what the engine must remember of each, kept a second time in a plain list.
//!
//! The strategy remembers every key that it used, also those whose answer it never got, because the process died.

use super::checks::{limits, violated};
use super::world::World;
use holdfast_core::{ClientOrderId, Code, Error, OrderIntent, Quantity, Result, Timestamp};
use holdfast_engine::idempotency::{KEY_LIFE_NS, key_of};
use holdfast_engine::{Engine, Input};

/// What stands for a key.
#[derive(Debug, Clone)]
struct Entry {
    key: u128,
    since: Timestamp,
    intent: OrderIntent,
}

/// Keys in the order in which they may be forgotten.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// Every key that was used, with its order.
    used: Vec<(u128, OrderIntent)>,
    entries: Vec<Entry>,
    /// The entries before the last submission, which a crash may have torn off.
    before: Option<Vec<Entry>>,
}

fn is_open(engine: &Engine, id: ClientOrderId) -> bool {
    engine.find_open_order(id).is_some()
}

impl Keys {
    /// Returns the first order of a key that must be remembered.
    fn first(&self, key: u128, now: i64, engine: &Engine) -> Option<OrderIntent> {
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        let is_young = now - entry.since.0 < KEY_LIFE_NS;
        let kept = is_young || is_open(engine, entry.intent.client_order_id);
        kept.then_some(entry.intent)
    }

    /// Forgets what may be forgotten for a new key; `false` when there is no room.
    fn make_room(&mut self, now: i64, engine: &Engine, most: usize) -> bool {
        for _ in 0..self.entries.len() {
            let Some(oldest) = self.entries.first() else { break };
            if now - oldest.since.0 < KEY_LIFE_NS && self.entries.len() < most {
                break;
            }
            let oldest = self.entries.remove(0);
            if is_open(engine, oldest.intent.client_order_id) {
                self.entries.push(oldest);
            }
        }
        self.entries.len() < most
    }

    fn remember(&mut self, key: u128, intent: OrderIntent) {
        self.entries.retain(|entry| entry.key != key);
        self.entries.push(Entry { key, since: intent.ts_intent, intent });
    }

    /// The process started again, and its next order id tells whether the last submission survived.
    pub fn restarted(&mut self, next: ClientOrderId) {
        let newest = self.entries.iter().map(|entry| entry.intent.client_order_id).max();
        if let (Some(newest), Some(before)) = (newest, self.before.take())
            && newest >= next
        {
            self.entries = before;
        }
    }
}

impl World {
    /// Submits an order under a key of its own.
    pub(super) fn submit_keyed(&mut self, intent: OrderIntent) -> Result<()> {
        let key = key_of(&format!("order {}", self.keys.used.len()))?;
        self.keys.used.push((key, intent));
        self.once(key, intent)
    }

    /// Submits a key again, as somebody does who got no answer; another order under it must be refused.
    pub(super) fn repeat(&mut self, which: u64, other: bool) -> Result<()> {
        let place = which.checked_rem(self.keys.used.len() as u64).unwrap_or(0) as usize;
        let Some((key, mut intent)) = self.keys.used.get(place).copied() else { return Ok(()) };
        if other {
            intent.quantity = Quantity::from_lots(intent.quantity.lots() + 1);
        }
        self.once(key, intent)
    }

    fn once(&mut self, key: u128, intent: OrderIntent) -> Result<()> {
        if self.down {
            return Ok(());
        }
        let next = self.engine.next_client_order_id();
        let intent =
            OrderIntent { client_order_id: next, ts_intent: Timestamp(self.now), ..intent };
        let known = self.keys.first(key, self.now, &self.engine);
        let mut has_room = true;
        if known.is_none() {
            self.keys.before = Some(self.keys.entries.clone());
            has_room = self.keys.make_room(self.now, &self.engine, self.keys_max);
            if has_room {
                self.keys.remember(key, intent);
            }
        }
        let input = Input::SubmitOnce { intent, key };
        let outcome = self.engine.step(&input, &mut self.journal, &mut self.commands);
        let broken = |rule: &str| Err(violated(rule).with("order", next.0));
        match (known, outcome) {
            (Some(first), Ok(Some(verdict))) => {
                let same = intent.quantity == first.quantity
                    && verdict.client_order_id == first.client_order_id
                    && self.engine.next_client_order_id() == next
                    && self.commands.is_empty();
                if same { Ok(()) } else { broken("a key must not make two orders") }
            }
            (Some(first), Err(error)) if error.code() == Code::IdempotencyConflict => {
                let differs = first.quantity != intent.quantity;
                if differs { Ok(()) } else { broken("a repeat must get the first verdict") }
            }
            (None, Ok(Some(verdict))) if has_room && verdict.client_order_id == next => {
                if verdict.approved() && !verdict.reducing {
                    limits(&self.engine, &self.exchange, &intent)?;
                }
                Ok(())
            }
            (None, Err(error)) if !has_room && error.code() == Code::CapacityExhausted => Ok(()),
            (None, Err(error)) => self.survive(error),
            (_, Err(error)) if error.code() == Code::JournalIo => self.survive(error),
            (_, Err(error)) => broken(&told(&error)),
            (_, Ok(_)) => broken("a key must be forgotten after its time only"),
        }
    }

    /// Every key that must be remembered still leads to its first order.
    pub(super) fn keys_hold(&mut self) -> Result<()> {
        for (key, intent) in self.keys.used.clone() {
            if self.keys.first(key, self.now, &self.engine).is_some() {
                self.once(key, intent)?;
            }
        }
        Ok(())
    }
}

fn told(error: &Error) -> String {
    format!("a submission with a key must not fail like this: {error}")
}
