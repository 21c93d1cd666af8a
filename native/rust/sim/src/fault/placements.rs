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
}

impl Placements {
    pub fn get(&self, id: &u64) -> Option<&Placed> {
        self.placed.get(*self.places.get(id)?)
    }

    pub fn get_mut(&mut self, id: &u64) -> Option<&mut Placed> {
        self.placed.get_mut(*self.places.get(id)?)
    }

    pub fn contains_key(&self, id: &u64) -> bool {
        self.places.contains_key(id)
    }

    /// Takes an order whose id has not come before.
    pub fn insert(&mut self, placed: Placed) {
        self.places.insert(placed.intent.client_order_id.0, self.placed.len());
        self.placed.push(placed);
    }

    /// Returns the orders as they came.
    pub fn values(&self) -> impl Iterator<Item = &Placed> {
        self.placed.iter()
    }
}
