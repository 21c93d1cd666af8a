//! The fills of one order, remembered so that each is applied once.

use crate::amount::Amount;
use crate::error::Result;
use crate::identifier::TradeId;
use crate::persist::{Persist, unfit};
use crate::persist_fields;
use crate::price::Price;
use crate::quantity::Quantity;
use crate::venue_report::VenueReport;
use crate::wire::Reader;

/// Fills remembered of one order; of a longer history the oldest are forgotten.
pub const FILLS_KEPT: usize = 1_024;
/// Fills that an order holds without memory of its own.
const INLINE: usize = 4;

/// One fill, by the numbers that must not change when it is told again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fill {
    /// The venue's id.
    pub trade_id: TradeId,
    /// Price.
    pub price: Price,
    /// Quantity.
    pub quantity: Quantity,
    /// Fee, in whatever currency.
    pub fee: Amount,
}

impl Fill {
    /// Returns the fill that a report tells of.
    #[must_use]
    pub const fn of(report: &VenueReport) -> Self {
        Self {
            trade_id: report.trade_id,
            price: report.last_price,
            quantity: report.last_quantity,
            fee: report.fee,
        }
    }
}

/// Whether a fill was seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sighting {
    /// It is new.
    New,
    /// It was applied before, with the same numbers.
    Duplicate,
    /// Its id was applied before with these numbers, which are others.
    Conflict(Fill),
}

/// The fills of one order. Ids need not rise: each venue counts as it likes.
#[derive(Debug, Default)]
pub struct OrderFills {
    first: [Fill; INLINE],
    first_count: usize,
    more: Vec<Fill>,
    /// Where the next one goes once `more` is full.
    oldest: usize,
    /// Highest id so far: above it nothing needs to be searched, and most venues' ids do rise.
    highest: u64,
}

impl OrderFills {
    /// Returns whether a fill was applied before.
    #[must_use]
    pub fn sighting(&self, fill: &Fill) -> Sighting {
        if fill.trade_id.0 > self.highest {
            return Sighting::New;
        }
        match self.iter().find(|known| known.trade_id == fill.trade_id) {
            None => Sighting::New,
            Some(known) if known == fill => Sighting::Duplicate,
            Some(known) => Sighting::Conflict(*known),
        }
    }

    /// Remembers a fill that is applied.
    pub fn note(&mut self, fill: Fill) {
        self.highest = self.highest.max(fill.trade_id.0);
        if let Some(slot) = self.first.get_mut(self.first_count) {
            *slot = fill;
            self.first_count += 1;
        } else if self.more.len() < FILLS_KEPT - INLINE {
            self.more.push(fill);
        } else if let Some(slot) = self.more.get_mut(self.oldest) {
            *slot = fill;
            self.oldest = (self.oldest + 1) % self.more.len();
        }
    }

    /// Returns the ids of the fills that are remembered.
    pub fn trade_ids(&self) -> impl Iterator<Item = TradeId> {
        self.iter().map(|fill| fill.trade_id)
    }

    fn iter(&self) -> impl Iterator<Item = &Fill> {
        self.first.iter().take(self.first_count).chain(&self.more)
    }
}

persist_fields!(Fill { trade_id, price, quantity, fee });

/// The inline fills that there are, and nothing of the empty places.
impl Persist for OrderFills {
    fn save(&self, out: &mut Vec<u8>) {
        let Self { first, first_count, more, oldest, highest } = self;
        first_count.save(out);
        first.iter().take(*first_count).for_each(|fill| fill.save(out));
        more.save(out);
        oldest.save(out);
        highest.save(out);
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        let mut fills = Self { first_count: usize::load(reader)?, ..Self::default() };
        let first = fills.first.get_mut(..fills.first_count);
        for slot in first.ok_or_else(|| unfit("fewer fills must stand inline"))? {
            *slot = Fill::load(reader)?;
        }
        fills.more = Vec::load(reader)?;
        fills.oldest = usize::load(reader)?;
        fills.highest = u64::load(reader)?;
        let is_whole = fills.first_count == INLINE || fills.more.is_empty();
        let fits = fills.more.len() <= FILLS_KEPT - INLINE && fills.oldest <= fills.more.len();
        if is_whole && fits { Ok(fills) } else { Err(unfit("fills must be within their bounds")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fill(id: u64, ticks: i64) -> Fill {
        Fill {
            trade_id: TradeId(id),
            price: Price::from_ticks(ticks),
            quantity: Quantity::from_lots(1),
            fee: Amount::ZERO,
        }
    }

    #[test]
    fn the_ids_are_those_of_the_fills_in_the_order_of_their_coming() {
        let mut fills = OrderFills::default();
        for id in [5, 3, 9, 1, 7, 2] {
            fills.note(fill(id, 100));
        }
        let ids: Vec<u64> = fills.trade_ids().map(|id| id.0).collect();
        assert_eq!(ids, [5, 3, 9, 1, 7, 2]);
    }

    #[test]
    fn other_numbers_under_a_known_id_are_a_conflict() {
        let mut seen = OrderFills::default();
        seen.note(fill(9, 100));
        seen.note(fill(3, 100));
        assert_eq!(seen.sighting(&fill(9, 100)), Sighting::Duplicate);
        assert_eq!(seen.sighting(&fill(4, 100)), Sighting::New, "an id below the highest");
        assert_eq!(seen.sighting(&fill(3, 101)), Sighting::Conflict(fill(3, 100)));
        let dearer = Fill { fee: Amount::ONE, ..fill(9, 100) };
        assert_eq!(seen.sighting(&dearer), Sighting::Conflict(fill(9, 100)));
    }

    #[test]
    fn the_newest_are_kept_when_there_are_too_many() {
        let mut seen = OrderFills::default();
        let count = FILLS_KEPT as u64 + 500;
        (1..=count).for_each(|id| seen.note(fill(id, 1)));
        assert_eq!(seen.iter().count(), FILLS_KEPT);
        let newest = FILLS_KEPT as u64 - INLINE as u64;
        for id in count - newest + 1..=count {
            assert_eq!(seen.sighting(&fill(id, 1)), Sighting::Duplicate, "{id}");
        }
    }

    #[test]
    fn fills_that_could_not_have_been_noted_are_refused() {
        let loads = |first_count: usize, more: usize, oldest: usize| {
            let mut bytes = Vec::new();
            first_count.save(&mut bytes);
            (0..first_count as u64).for_each(|id| fill(id, 1).save(&mut bytes));
            vec![fill(9, 1); more].save(&mut bytes);
            oldest.save(&mut bytes);
            9_u64.save(&mut bytes);
            OrderFills::load(&mut Reader::new(&bytes)).is_ok()
        };
        let most = FILLS_KEPT - INLINE;
        assert!(loads(0, 0, 0) && loads(INLINE, 2, 1) && loads(INLINE, most, 0));
        assert!(!loads(INLINE - 1, 1, 0), "places inline come first");
        assert!(!loads(INLINE, most + 1, 0) && !loads(INLINE, 1, 2));
        assert!(!loads(INLINE + 1, 0, 0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn ord_12_equals_a_map_for_any_ids(told in prop::collection::vec((1_u64..40, 1_i64..3), 1..120)) {
            let mut seen = OrderFills::default();
            let mut model = std::collections::HashMap::new();
            for (id, ticks) in told {
                let expected = match model.get(&id) {
                    None => Sighting::New,
                    Some(known) if *known == ticks => Sighting::Duplicate,
                    Some(known) => Sighting::Conflict(fill(id, *known)),
                };
                prop_assert_eq!(seen.sighting(&fill(id, ticks)), expected);
                if expected == Sighting::New {
                    seen.note(fill(id, ticks));
                    model.insert(id, ticks);
                }
            }
        }
    }
}
