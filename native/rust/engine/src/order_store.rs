//! Orders in places that are allocated once: a slab with a free list, an index by id, and a chain in the order of the ids.

use holdfast_core::persist::{Persist, PersistParts, unfit};
use holdfast_core::wire::Reader;
use holdfast_core::{InstrumentId, Order, Result};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Stands for "no slot" in the chain.
const NONE: u32 = u32::MAX;

/// The golden ratio of 64 bits.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
/// The bits of a hash by which a table tells keys of one place apart; the lowest bits say the place.
const TAG: u64 = 0x7F << 57;

/// Lays ids, which count up and come from nobody who could choose them, beside each other, so that few cache lines and
/// pages are touched. Every other place stays empty: a table clears a removed entry at once where an empty one is near.
#[derive(Debug, Default, Clone, Copy)]
pub struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(self.0.rotate_left(8) ^ u64::from(*byte));
        }
    }

    fn write_u64(&mut self, value: u64) {
        // Epochs, which stand in the upper half of an id, begin at places of their own.
        let epoch = (value >> 32).wrapping_mul(GOLDEN) >> 32;
        self.0 = (value.wrapping_mul(GOLDEN) & TAG) | ((value ^ epoch) << 1 & !TAG);
    }
}

#[derive(Debug)]
struct Slot {
    order: Order,
    before: u32,
    after: u32,
}

/// Orders by id. Iteration goes by rising id, so that what depends on it is the same in every run.
///
/// Up to its capacity it allocates nothing after it was made; past it, which only the return of an ended order can lead to, it
/// grows rather than lose track of one.
#[derive(Debug)]
pub struct OrderStore {
    slots: Vec<Option<Slot>>,
    free: Vec<u32>,
    index: HashMap<u64, u32, BuildHasherDefault<IdHasher>>,
    first: u32,
    last: u32,
    /// Reduce-only orders by instrument: where there is none, nobody needs to look for one.
    reduce_only: Vec<usize>,
}

impl OrderStore {
    /// Makes room for so many orders.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            slots: Vec::with_capacity(capacity),
            free: Vec::with_capacity(capacity),
            // Twice the room: then what removals leave behind is cleared in place and never by moving.
            index: HashMap::with_capacity_and_hasher(capacity * 2, BuildHasherDefault::default()),
            first: NONE,
            last: NONE,
            reduce_only: Vec::new(),
        }
    }

    /// Returns how many orders there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Returns whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// Returns whether an order is here.
    #[must_use]
    pub fn contains_key(&self, id: &u64) -> bool {
        self.index.contains_key(id)
    }

    /// Returns an order.
    #[must_use]
    pub fn get(&self, id: &u64) -> Option<&Order> {
        self.slot(*self.index.get(id)?).map(|slot| &slot.order)
    }

    /// Returns an order to be changed.
    pub fn get_mut(&mut self, id: &u64) -> Option<&mut Order> {
        let place = *self.index.get(id)?;
        self.slot_mut(place).map(|slot| &mut slot.order)
    }

    /// Adds an order; one that was here under the id is returned.
    pub fn insert(&mut self, id: u64, order: Order) -> Option<Order> {
        let replaced = if self.index.contains_key(&id) { self.remove(&id) } else { None };
        if order.intent.reduce_only {
            let index = order.intent.instrument.index();
            if index >= self.reduce_only.len() {
                self.reduce_only.resize(index + 1, 0);
            }
            if let Some(count) = self.reduce_only.get_mut(index) {
                *count += 1;
            }
        }
        // Ids rise, so that the place is nearly always the end.
        let mut before = self.last;
        while let Some(slot) = self.slot(before)
            && slot.order.intent.client_order_id.0 > id
        {
            before = slot.before;
        }
        let after = self.slot(before).map_or(self.first, |slot| slot.after);
        let place = match self.free.pop() {
            Some(place) => {
                if let Some(target) = self.slots.get_mut(place as usize) {
                    *target = Some(Slot { order, before, after });
                }
                place
            }
            None => {
                self.slots.push(Some(Slot { order, before, after }));
                (self.slots.len() - 1) as u32
            }
        };
        self.link(before, after, (place, place));
        self.index.insert(id, place);
        replaced
    }

    /// Takes an order out.
    pub fn remove(&mut self, id: &u64) -> Option<Order> {
        let place = self.index.remove(id)?;
        // What is looked at is read before the slot is moved, which is the longest way to it.
        let slot = self.slot(place)?;
        let (before, after) = (slot.before, slot.after);
        let (instrument, is_counted) =
            (slot.order.intent.instrument, slot.order.intent.reduce_only);
        self.free.push(place);
        self.link(before, after, (after, before));
        if is_counted && let Some(count) = self.reduce_only.get_mut(instrument.index()) {
            *count -= 1;
        }
        self.slots.get_mut(place as usize)?.take().map(|slot| slot.order)
    }

    /// Returns how many reduce-only orders an instrument has.
    #[must_use]
    pub fn reduce_only_on(&self, instrument: InstrumentId) -> usize {
        self.reduce_only.get(instrument.index()).copied().unwrap_or(0)
    }

    /// Returns the orders by rising id.
    pub fn values(&self) -> impl Iterator<Item = &Order> {
        let mut next = self.first;
        std::iter::from_fn(move || {
            let slot = self.slot(next)?;
            next = slot.after;
            Some(&slot.order)
        })
    }

    /// Makes the neighbours of a place point at `forward` and `backward`.
    fn link(&mut self, before: u32, after: u32, (forward, backward): (u32, u32)) {
        match self.slot_mut(before) {
            Some(slot) => slot.after = forward,
            None => self.first = forward,
        }
        match self.slot_mut(after) {
            Some(slot) => slot.before = backward,
            None => self.last = backward,
        }
    }

    fn slot(&self, place: u32) -> Option<&Slot> {
        self.slots.get(place as usize)?.as_ref()
    }

    fn slot_mut(&mut self, place: u32) -> Option<&mut Slot> {
        self.slots.get_mut(place as usize)?.as_mut()
    }
}

/// The orders by rising id; in which places they lie decides nothing.
impl PersistParts for OrderStore {
    fn save_parts(&self, out: &mut Vec<u8>) {
        self.len().save(out);
        self.values().for_each(|order| order.save(out));
    }

    fn load_parts(&mut self, reader: &mut Reader<'_>) -> Result<()> {
        if !self.is_empty() {
            *self = Self::with_capacity(self.slots.capacity());
        }
        let mut last = None;
        for _ in 0..usize::load(reader)? {
            let order = Order::load(reader)?;
            let id = order.intent.client_order_id.0;
            if last.is_some_and(|last| last >= id) {
                return Err(unfit("orders must stand by rising id"));
            }
            last = Some(id);
            self.insert(id, order);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use holdfast_core::{
        ClientOrderId, OrderIntent, OrderRole, OrderTerms, OrderType, Quantity, Side, TimeInForce,
        Timestamp,
    };
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn order(id: u64, lots: i64) -> Order {
        Order::new(OrderIntent {
            client_order_id: ClientOrderId(id),
            parent: ClientOrderId::NONE,
            instrument: InstrumentId(lots as u32 % 3),
            side: Side::Buy,
            order_type: OrderType::Market,
            time_in_force: TimeInForce::Gtc,
            role: OrderRole::Strategy,
            reduce_only: lots % 2 == 0,
            quantity: Quantity::from_lots(lots),
            limit_price: None,
            trigger_price: None,
            stop_loss: None,
            take_profit: None,
            terms: OrderTerms::default(),
            ts_intent: Timestamp(0),
        })
    }

    #[test]
    fn ids_that_count_up_lie_beside_each_other_with_room_between() {
        let place = |id: u64| {
            let mut hasher = IdHasher::default();
            hasher.write_u64(id);
            hasher.finish() % (1 << 14)
        };
        for epoch in [0_u64, 1, 7] {
            let places: Vec<u64> = (1..=4_096).map(|number| place(epoch << 32 | number)).collect();
            assert!(places.iter().all(|place| place % 2 == 0));
            let mut apart = places.clone();
            apart.sort_unstable();
            apart.dedup();
            assert_eq!(apart.len(), places.len());
            let near = places.windows(2).filter(|pair| pair[0].abs_diff(pair[1]) <= 64).count();
            assert!(near > 3_900, "{near}");
        }
        assert_ne!(place(1), place(1 << 32 | 1));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn nat_02_equals_a_sorted_map_for_any_use(
            steps in prop::collection::vec((0_u64..40, any::<bool>()), 1..200),
        ) {
            let (mut store, mut model) = (OrderStore::with_capacity(4), BTreeMap::new());
            for (step, (id, adds)) in steps.into_iter().enumerate() {
                let lots = step as i64 + 1;
                if adds {
                    let replaced = store.insert(id, order(id, lots)).map(|order| order.quantity.lots());
                    prop_assert_eq!(replaced, model.insert(id, lots));
                } else {
                    prop_assert_eq!(store.remove(&id).map(|order| order.quantity.lots()), model.remove(&id));
                }
                prop_assert_eq!(store.get(&id).map(|order| order.quantity.lots()), model.get(&id).copied());
                prop_assert_eq!(store.contains_key(&id), model.contains_key(&id));
                prop_assert_eq!((store.len(), store.is_empty()), (model.len(), model.is_empty()));
                let seen: Vec<(u64, i64)> = store.values()
                    .map(|order| (order.intent.client_order_id.0, order.quantity.lots())).collect();
                for instrument in 0..3 {
                    let count = model.values().filter(|lots| **lots as u32 % 3 == instrument && **lots % 2 == 0).count();
                    prop_assert_eq!(store.reduce_only_on(InstrumentId(instrument)), count);
                }
                prop_assert_eq!(seen, model.iter().map(|(id, lots)| (*id, *lots)).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn nat_02_places_are_used_again() {
        let mut store = OrderStore::with_capacity(2);
        for id in 1..1_000 {
            store.insert(id, order(id, 1));
            if let Some(order) = store.get_mut(&id) {
                order.quantity = Quantity::from_lots(5);
            }
            assert_eq!(store.remove(&id).map(|order| order.quantity.lots()), Some(5));
        }
        assert_eq!((store.slots.len(), store.free.len()), (1, 1));
    }
}
