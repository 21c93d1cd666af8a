//! Orders in places that are allocated once: a slab with a free list, an index by id, and a chain in the order of the ids.

use holdfast_core::persist::{Persist, PersistParts, unfit};
use holdfast_core::wire::Reader;
use holdfast_core::{InstrumentId, Order, OrderIntent, Result};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Stands for "no slot" in the chain.
const NONE: u32 = u32::MAX;
/// No order was asked for yet: no id is so large.
const NOTHING: (u64, u32) = (u64::MAX, NONE);

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

/// A place of the slab. Orders are large, so that one is written into its place and left there, and copied once when it
/// moves to another slab.
#[derive(Debug)]
struct Slot {
    order: Option<Order>,
    before: u32,
    after: u32,
}

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
            recent: NOTHING,
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
        self.slot(self.place(id)?)?.order.as_ref()
    }

    /// Returns an order to be changed.
    pub fn get_mut(&mut self, id: &u64) -> Option<&mut Order> {
        let place = self.place(id)?;
        self.recent = (*id, place);
        self.slot_mut(place)?.order.as_mut()
    }

    #[inline]
    fn place(&self, id: &u64) -> Option<u32> {
        let (recent, place) = self.recent;
        if recent == *id { Some(place) } else { self.index.get(id).copied() }
    }

    /// Adds an order; one that was here under the id is returned.
    pub fn insert(&mut self, id: u64, order: Order) -> Option<Order> {
        let replaced = self.remove(&id);
        let place = self.occupy(id, &order.intent);
        if let Some(slot) = self.slot_mut(place) {
            slot.order = Some(order);
        }
        replaced
    }

    /// Takes an order out.
    pub fn remove(&mut self, id: &u64) -> Option<Order> {
        let place = self.vacate(id)?;
        self.slot_mut(place)?.order.take()
    }

    /// Gives an order up.
    pub fn forget(&mut self, id: &u64) {
        if let Some(place) = self.vacate(id)
            && let Some(slot) = self.slot_mut(place)
        {
            slot.order = None;
        }
    }

    /// Moves an order to another store, in which none has its id.
    pub fn transfer(&mut self, id: &u64, into: &mut Self) {
        let Some(order) = self.get(id) else { return };
        let target = into.occupy(*id, &order.intent);
        let Some(place) = self.vacate(id) else { return };
        if let (Some(from), Some(to)) = (self.slot_mut(place), into.slot_mut(target)) {
            to.order = from.order.take();
        }
    }

    /// Makes an empty place for an order of this id.
    fn occupy(&mut self, id: u64, intent: &OrderIntent) -> u32 {
        if intent.reduce_only {
            let index = intent.instrument.index();
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
            && slot.order.as_ref().is_some_and(|order| order.intent.client_order_id.0 > id)
        {
            before = slot.before;
        }
        let after = self.slot(before).map_or(self.first, |slot| slot.after);
        let place = self.free.pop().unwrap_or(self.slots.len() as u32);
        match self.slot_mut(place) {
            Some(slot) => (slot.before, slot.after) = (before, after),
            None => self.slots.push(Slot { order: None, before, after }),
        }
        self.link(before, after, (place, place));
        self.index.insert(id, place);
        place
    }

    /// Takes the place of an order out of the index and the chain; the order itself still stands there.
    fn vacate(&mut self, id: &u64) -> Option<u32> {
        let place = self.index.remove(id)?;
        self.recent = NOTHING;
        let slot = self.slot(place)?;
        let (before, after) = (slot.before, slot.after);
        let reduces = slot.order.as_ref().map(|order| &order.intent).filter(|it| it.reduce_only);
        let instrument = reduces.map(|intent| intent.instrument.index());
        self.free.push(place);
        self.link(before, after, (after, before));
        if let Some(count) = instrument.and_then(|index| self.reduce_only.get_mut(index)) {
            *count -= 1;
        }
        Some(place)
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
            slot.order.as_ref()
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
        self.slots.get(place as usize)
    }

    fn slot_mut(&mut self, place: u32) -> Option<&mut Slot> {
        self.slots.get_mut(place as usize)
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
            // No order has this id yet, so that it needs no look-up.
            let place = self.occupy(id, &order.intent);
            if let Some(slot) = self.slot_mut(place) {
                slot.order = Some(order);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use holdfast_core::{
        ClientOrderId, OrderRole, OrderTerms, OrderType, Quantity, Side, TimeInForce, Timestamp,
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

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn nat_02_orders_move_between_two_stores_as_between_two_sorted_maps(
            steps in prop::collection::vec((0_u64..20, 0_u8..4), 1..200),
        ) {
            let (mut open, mut ended) = (OrderStore::with_capacity(4), OrderStore::with_capacity(4));
            let mut models = [BTreeMap::new(), BTreeMap::new()];
            for (step, (id, action)) in steps.into_iter().enumerate() {
                let lots = step as i64 + 1;
                match action {
                    0 if !models[1].contains_key(&id) => {
                        open.insert(id, order(id, lots));
                        models[0].insert(id, lots);
                    }
                    1 | 2 if models[0].contains_key(&id) => {
                        open.transfer(&id, &mut ended);
                        let moved = models[0].remove(&id).unwrap();
                        models[1].insert(id, moved);
                    }
                    _ => {
                        ended.forget(&id);
                        models[1].remove(&id);
                    }
                }
                for (store, model) in [(&mut open, &models[0]), (&mut ended, &models[1])] {
                    let found = store.get_mut(&id).map(|order| order.quantity.lots());
                    prop_assert_eq!(found, model.get(&id).copied());
                    prop_assert_eq!(store.get(&id).map(|order| order.quantity.lots()), found);
                    let seen: Vec<(u64, i64)> = store.values()
                        .map(|order| (order.intent.client_order_id.0, order.quantity.lots())).collect();
                    prop_assert_eq!(seen, model.iter().map(|(id, lots)| (*id, *lots)).collect::<Vec<_>>());
                    for instrument in 0..3 {
                        let count = model.values().filter(|lots| **lots as u32 % 3 == instrument && **lots % 2 == 0).count();
                        prop_assert_eq!(store.reduce_only_on(InstrumentId(instrument)), count);
                    }
                }
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
