//! Which executions of an order were applied: each is applied once, in whatever order they arrive.

use crate::identifier::TradeId;

/// The execution ids that an order has booked.
///
/// Ids of a venue rise, so the newest one alone is compared nearly always; the older ones are kept for reports that
/// overtake each other. An order with one fill needs no memory of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AppliedTrades {
    newest: TradeId,
    /// The others, rising.
    older: Vec<TradeId>,
}

impl AppliedTrades {
    /// Returns whether this execution was applied.
    #[must_use]
    pub fn contains(&self, id: TradeId) -> bool {
        id == self.newest || (id < self.newest && self.older.binary_search(&id).is_ok())
    }

    /// Returns every execution that was applied, rising.
    pub fn iter(&self) -> impl Iterator<Item = TradeId> {
        let newest = (self.newest != TradeId(0)).then_some(self.newest);
        self.older.iter().copied().chain(newest)
    }

    /// Takes an execution as applied; `false` when it was already.
    pub fn insert(&mut self, id: TradeId) -> bool {
        if self.contains(id) {
            return false;
        }
        let older = if id > self.newest { std::mem::replace(&mut self.newest, id) } else { id };
        if older != TradeId(0)
            && let Err(place) = self.older.binary_search(&older)
        {
            self.older.insert(place, older);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]
        #[test]
        fn ord_02_agrees_with_a_set_in_any_order(ids in prop::collection::vec(1_u64..20, 0..40)) {
            let (mut applied, mut set) = (AppliedTrades::default(), BTreeSet::new());
            for id in ids {
                prop_assert_eq!(applied.insert(TradeId(id)), set.insert(id));
                prop_assert!(applied.iter().map(|id| id.0).eq(set.iter().copied()));
                for asked in 1..20 {
                    prop_assert_eq!(applied.contains(TradeId(asked)), set.contains(&asked));
                }
            }
        }
    }
}
