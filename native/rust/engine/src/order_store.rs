//! Orders in places that are allocated once: a slab with a free list, an index by id, and a chain in the order of the ids for
//! the orders that are open, and another for those that have ended.

pub use crate::id_hasher::IdHasher;
use holdfast_core::persist::{Persist, PersistParts, unfit};
use holdfast_core::wire::Reader;
use holdfast_core::{InstrumentId, Order, OrderIntent, Result};
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

/// Stands for "no slot" in a chain.
const NONE: u32 = u32::MAX;
/// No order was asked for yet: no id is so large.
const NOTHING: (u64, u32) = (u64::MAX, NONE);

/// A place of the slab. Orders are large, so that one is written into its place and stays there until it is forgotten.
#[derive(Debug)]
struct Slot {
    order: Option<Order>,
    id: u64,
    has_ended: bool,
    before: u32,
    after: u32,
}

/// The slots of one kind by rising id.
#[derive(Debug, Clone, Copy)]
struct Chain {
    first: u32,
    last: u32,
    len: usize,
}

const EMPTY: Chain = Chain { first: NONE, last: NONE, len: 0 };

/// Orders by id. Iteration goes by rising id, so that what depends on it is the same in every run.
///
/// Up to its capacity it allocates nothing after it was made; past it, which only the return of an ended order can lead to, it
/// grows rather than lose track of one.
#[derive(Debug)]
pub struct OrderStore {
    slots: Vec<Slot>,
    free: Vec<u32>,
    index: HashMap<u64, u32, BuildHasherDefault<IdHasher>>,
    /// The order that was asked for last, and its place: one step asks for the same several times.
    recent: (u64, u32),
    open: Chain,
    ended: Chain,
    /// Open reduce-only orders by instrument: where there is none, nobody needs to look for one.
    reduce_only: Vec<usize>,
}

impl OrderStore {
    /// Makes room for so many orders, those that have ended among them.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            slots: Vec::with_capacity(capacity),
            free: Vec::with_capacity(capacity),
            // Twice the room: then what removals leave behind is cleared in place and never by moving.
            index: HashMap::with_capacity_and_hasher(capacity * 2, BuildHasherDefault::default()),
            recent: NOTHING,
            open: EMPTY,
            ended: EMPTY,
            reduce_only: Vec::new(),
        }
    }

    /// Returns how many orders are open.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.open.len
    }

    /// Returns whether none is open.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.open.len == 0
    }

    /// Returns whether an order is open.
    #[must_use]
    pub fn contains_key(&self, id: &u64) -> bool {
        self.place(id).and_then(|place| self.slot(place)).is_some_and(|slot| !slot.has_ended)
    }

    /// Returns an open order.
    #[must_use]
    pub fn get(&self, id: &u64) -> Option<&Order> {
        let slot = self.slot(self.place(id)?)?;
        if slot.has_ended { None } else { slot.order.as_ref() }
    }

    /// Returns an open order to be changed.
    pub fn get_mut(&mut self, id: &u64) -> Option<&mut Order> {
        let slot = self.asked_for(id)?;
        if slot.has_ended { None } else { slot.order.as_mut() }
    }

    /// Returns an order, also one that has ended.
    #[must_use]
    pub fn find(&self, id: &u64) -> Option<&Order> {
        self.slot(self.place(id)?)?.order.as_ref()
    }

    /// Returns an order to be changed, also one that has ended.
    pub fn find_mut(&mut self, id: &u64) -> Option<&mut Order> {
        self.asked_for(id)?.order.as_mut()
    }

    /// Returns an order that has ended.
    #[must_use]
    pub fn ended(&self, id: &u64) -> Option<&Order> {
        let slot = self.slot(self.place(id)?)?;
        if slot.has_ended { slot.order.as_ref() } else { None }
    }

    #[inline]
    fn place(&self, id: &u64) -> Option<u32> {
        let (recent, place) = self.recent;
        if recent == *id { Some(place) } else { self.index.get(id).copied() }
    }

    #[inline]
    fn asked_for(&mut self, id: &u64) -> Option<&mut Slot> {
        let place = self.place(id)?;
        self.recent = (*id, place);
        self.slot_mut(place)
    }

    /// Adds an open order; one that was here under its id is given up. An order is too large to be moved more often than once.
    #[inline(always)]
    pub fn insert(&mut self, id: u64, order: Order) {
        self.put(id, order, false);
    }

    #[inline(always)]
    fn put(&mut self, id: u64, order: Order, ended: bool) {
        // Ids rise, so that hardly any can be here already.
        if [self.open, self.ended]
            .iter()
            .any(|chain| self.id_at(chain.last).is_some_and(|last| last >= id))
        {
            self.forget(&id);
        }
        if !ended {
            self.count_reduce_only(&order.intent, 1);
        }
        let place = self.free.pop().unwrap_or(self.slots.len() as u32);
        match self.slot_mut(place) {
            Some(slot) => {
                slot.order = Some(order);
                slot.id = id;
            }
            None => {
                let order = Some(order);
                self.slots.push(Slot { order, id, has_ended: false, before: NONE, after: NONE });
            }
        }
        self.index.insert(id, place);
        self.chain(place, ended);
    }

    /// Puts an open order to those that have ended; returns whether it was open.
    pub fn retire(&mut self, id: &u64) -> bool {
        self.turn(id, true)
    }

    /// Puts an order that has ended to the open ones; returns whether it had ended.
    pub fn revive(&mut self, id: &u64) -> bool {
        self.turn(id, false)
    }

    /// Gives an order up that has ended.
    pub fn forget_ended(&mut self, id: &u64) {
        if self.ended(id).is_some() {
            self.forget(id);
        }
    }

    fn forget(&mut self, id: &u64) {
        let Some(place) = self.index.remove(id) else { return };
        self.recent = NOTHING;
        self.unchain(place);
        let given_up = self.slot_mut(place).and_then(|slot| {
            let order = slot.order.as_ref().map(|order| order.intent);
            slot.order = None;
            order.filter(|_| !slot.has_ended)
        });
        if let Some(intent) = given_up {
            self.count_reduce_only(&intent, -1);
        }
        self.free.push(place);
    }

    /// Moves an order from one chain to the other.
    fn turn(&mut self, id: &u64, ends: bool) -> bool {
        let Some(place) = self.place(id) else { return false };
        let Some(slot) = self.slot(place).filter(|slot| slot.has_ended != ends) else {
            return false;
        };
        if let Some(intent) = slot.order.as_ref().map(|order| &order.intent)
            && intent.reduce_only
        {
            let intent = *intent;
            self.count_reduce_only(&intent, if ends { -1 } else { 1 });
        }
        self.unchain(place);
        self.chain(place, ends);
        true
    }

    fn count_reduce_only(&mut self, intent: &OrderIntent, change: isize) {
        if !intent.reduce_only {
            return;
        }
        let index = intent.instrument.index();
        if index >= self.reduce_only.len() {
            self.reduce_only.resize(index + 1, 0);
        }
        if let Some(count) = self.reduce_only.get_mut(index) {
            *count = count.saturating_add_signed(change);
        }
    }

    const fn of_kind(&mut self, ended: bool) -> &mut Chain {
        if ended { &mut self.ended } else { &mut self.open }
    }

    /// Puts a slot into a chain.
    fn chain(&mut self, place: u32, ended: bool) {
        let Some(id) = self.id_at(place) else { return };
        let chain = *self.of_kind(ended);
        // Ids rise, so that the place is nearly always the end.
        let (mut before, mut after) = (chain.last, NONE);
        while let Some(slot) = self.slot(before).filter(|slot| slot.id > id) {
            (before, after) = (slot.before, before);
        }
        if let Some(slot) = self.slot_mut(place) {
            (slot.has_ended, slot.before, slot.after) = (ended, before, after);
        }
        self.of_kind(ended).len += 1;
        self.link(ended, (before, after), (place, place));
    }

    /// Takes a slot out of its chain; the order itself still stands there.
    fn unchain(&mut self, place: u32) {
        let Some(slot) = self.slot(place) else { return };
        let (ended, before, after) = (slot.has_ended, slot.before, slot.after);
        self.of_kind(ended).len -= 1;
        self.link(ended, (before, after), (after, before));
    }

    /// Makes the neighbours of a place point at `forward` and `backward`.
    fn link(&mut self, ended: bool, (before, after): (u32, u32), (forward, backward): (u32, u32)) {
        match self.slot_mut(before) {
            Some(slot) => slot.after = forward,
            None => self.of_kind(ended).first = forward,
        }
        match self.slot_mut(after) {
            Some(slot) => slot.before = backward,
            None => self.of_kind(ended).last = backward,
        }
    }

    /// Returns how many open reduce-only orders an instrument has.
    #[must_use]
    pub fn reduce_only_on(&self, instrument: InstrumentId) -> usize {
        self.reduce_only.get(instrument.index()).copied().unwrap_or(0)
    }

    /// Returns the open orders by rising id.
    pub fn values(&self) -> impl Iterator<Item = &Order> {
        self.along(self.open)
    }

    /// Returns the orders that have ended by rising id.
    pub fn ended_values(&self) -> impl Iterator<Item = &Order> {
        self.along(self.ended)
    }

    fn along(&self, chain: Chain) -> impl Iterator<Item = &Order> {
        let mut next = chain.first;
        std::iter::from_fn(move || {
            let slot = self.slot(next)?;
            next = slot.after;
            slot.order.as_ref()
        })
    }

    #[inline]
    fn id_at(&self, place: u32) -> Option<u64> {
        self.slot(place).map(|slot| slot.id)
    }

    #[inline]
    fn slot(&self, place: u32) -> Option<&Slot> {
        self.slots.get(place as usize)
    }

    #[inline]
    fn slot_mut(&mut self, place: u32) -> Option<&mut Slot> {
        self.slots.get_mut(place as usize)
    }
}

/// The open orders by rising id, and those that have ended; in which places they lie decides nothing.
impl PersistParts for OrderStore {
    fn save_parts(&self, out: &mut Vec<u8>) {
        for chain in [self.open, self.ended] {
            chain.len.save(out);
            self.along(chain).for_each(|order| order.save(out));
        }
    }

    fn load_parts(&mut self, reader: &mut Reader<'_>) -> Result<()> {
        if !self.index.is_empty() {
            *self = Self::with_capacity(self.slots.capacity());
        }
        for ended in [false, true] {
            let mut last = None;
            for _ in 0..usize::load(reader)? {
                let order = Order::load(reader)?;
                let id = order.intent.client_order_id.0;
                if last.is_some_and(|last| last >= id) || self.index.contains_key(&id) {
                    return Err(unfit("orders must stand by rising id, and each once"));
                }
                last = Some(id);
                self.put(id, order, ended);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
