//! The orders of the exchange: by the time at which they came, and found by their id.

use super::exchange::Placed;
use holdfast_engine::order_store::IdHasher;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

/// Every order that ever came; none is given up.
#[derive(Debug, Default)]
pub(super) struct Placements {
    placed: Vec<Placed>,
    /// Where each order stands; only ever asked for one of them, so that its own order decides nothing.
    places: HashMap<u64, usize, BuildHasherDefault<IdHasher>>,
    /// Where orders stand that may have changed; whoever changes one gets it from here.
    changed: Vec<usize>,
}

impl Placements {
    /// Returns where an order stands; once it stands there it does so for good.
    pub fn place(&self, id: u64) -> Option<usize> {
        self.places.get(&id).copied()
    }

    /// Returns the order of a place.
    pub fn at(&self, place: usize) -> Option<&Placed> {
        self.placed.get(place)
    }

    pub fn get(&self, id: &u64) -> Option<&Placed> {
        self.placed.get(*self.places.get(id)?)
    }

    pub fn get_mut(&mut self, id: &u64) -> Option<&mut Placed> {
        let place = *self.places.get(id)?;
        if self.changed.last() != Some(&place) {
            self.changed.push(place);
        }
        self.placed.get_mut(place)
    }

    pub fn contains_key(&self, id: &u64) -> bool {
        self.places.contains_key(id)
    }

    /// Takes an order whose id has not come before.
    pub fn insert(&mut self, placed: Placed) {
        self.places.insert(placed.intent.client_order_id.0, self.placed.len());
        self.changed.push(self.placed.len());
        self.placed.push(placed);
    }

    /// Returns the orders that may have changed since the changes were forgotten.
    pub fn changed(&self) -> impl Iterator<Item = &Placed> {
        self.changed.iter().filter_map(|place| self.placed.get(*place))
    }

    /// Begins a new list of changes.
    pub fn forget_changes(&mut self) {
        self.changed.clear();
    }

    /// Returns the orders as they came.
    pub fn values(&self) -> impl Iterator<Item = &Placed> {
        self.placed.iter()
    }
}
